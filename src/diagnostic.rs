//! A problem in a user's file, as data: rendering is somebody else's job.

use serde::Serialize;

/// A file of the workspace; an index into [`crate::config::Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FileId(pub u16);

/// Where something stands in the user's files. Line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1; columns beyond 65,535 are reported as that.
    pub column: u16,
}

/// A value with the place it was written at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Located<T> {
    /// Puts a value and its place together.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be planned from it.
    Error,
    /// A risk, a cost or a surprise; never blocks.
    Warning,
    /// Worth knowing.
    Note,
}

/// A marked place of a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where the mark begins.
    pub span: Span,
    /// How many characters it covers, at least 1.
    pub length: u32,
    /// What the mark says; may be empty.
    pub text: String,
}

/// A problem in a user's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case code such as `unknown-key`, or a lint's number (`L13`).
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// A lower-case fragment without full stop, literals in backticks.
    pub message: String,
    /// Marked places, the main one first.
    pub labels: Vec<Label>,
    /// What to do next.
    pub hint: Option<String>,
}
