//! A problem in a user's file, as data. Each way of showing it is one file below.

pub mod codequality;
mod excerpt;
pub mod github;
pub mod json;
pub mod junit;
mod place;
pub mod sarif;
pub mod text;

use crate::neutral::phrase::Phrase;
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

/// A place with the number of characters that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Where it begins.
    pub span: Span,
    /// How many characters, at least 1.
    pub length: u32,
}

impl From<Span> for Mark {
    fn from(span: Span) -> Self {
        Self { span, length: 1 }
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
    pub text: Phrase,
}

impl Label {
    /// What the mark says, or that it is to be looked at.
    pub(crate) fn words(&self) -> Phrase {
        match self.text.is_empty() {
            true => Phrase::of("see"),
            false => self.text.clone(),
        }
    }
}

/// A problem in a user's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case code such as `unknown-key`, or a lint's number (`L13`).
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// A lower-case fragment without full stop, literals in backticks.
    pub message: Phrase,
    /// Marked places, the main one first.
    pub labels: Vec<Label>,
    /// What to do next.
    pub hint: Option<Phrase>,
}

impl Diagnostic {
    /// Starts an error without a place.
    pub fn error(code: &'static str, message: impl Into<Phrase>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// Starts a warning without a place.
    pub fn warning(code: &'static str, message: impl Into<Phrase>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    /// Starts a note without a place.
    pub fn note(code: &'static str, message: impl Into<Phrase>) -> Self {
        Self::new(code, Severity::Note, message.into())
    }

    fn new(code: &'static str, severity: Severity, message: Phrase) -> Self {
        Self {
            code,
            severity,
            message,
            labels: Vec::new(),
            hint: None,
        }
    }

    /// Adds a marked place; the first one added is the main one.
    #[must_use]
    pub fn at(self, mark: impl Into<Mark>) -> Self {
        self.label(mark, "")
    }

    /// Adds a marked place with a text beside the mark.
    #[must_use]
    pub fn label(mut self, mark: impl Into<Mark>, text: impl Into<Phrase>) -> Self {
        let mark = mark.into();
        self.labels.push(Label {
            span: mark.span,
            length: mark.length.max(1),
            text: text.into(),
        });
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Phrase>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the main place.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Sorts by place, then code and message, and drops exact repetitions, so that the same input gives the same list.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_cached_key(|one| {
        let message = one.message.to_string();
        (one.span(), one.severity, one.code, message)
    });
    diagnostics.dedup();
}

/// Returns at most 60 characters of foreign text, for messages.
pub(crate) fn short(text: &str) -> std::borrow::Cow<'_, str> {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}
