//! Diagnostics as JSON, in the shape of `terraform validate -json`, with `code` besides.

use super::excerpt::marked;
use super::{Diagnostic, Severity};
use crate::config::{Inventory, Sources};
use crate::exit::Exit;
use crate::neutral::phrase::Phrase;
use schemars::JsonSchema;
use serde::Serialize;

/// What `validate --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiagnosticsDocument<'d> {
    /// The version of this format.
    format_version: &'static str,
    /// Whether there is no error.
    valid: bool,
    /// How many errors there are.
    error_count: usize,
    /// How many warnings there are.
    warning_count: usize,
    /// Every problem, file by file.
    diagnostics: Vec<DiagnosticDocument<'d>>,
    /// How much was read, by kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<&'d Inventory>,
    /// The exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    /// The reason of the exit code, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_reason: Option<&'static str>,
}

/// One problem.
#[derive(Debug, Serialize, JsonSchema)]
struct DiagnosticDocument<'d> {
    /// `error`, `warning` or `note`.
    #[schemars(with = "String")]
    severity: Severity,
    /// The stable code, as `portcullis rule` knows it.
    code: &'static str,
    /// What is wrong.
    summary: &'d Phrase,
    /// Other places that have to do with it, and what to do, a line each.
    detail: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range<'d>>,
    /// The line of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Snippet<'d>>,
}

/// A piece of a line of a file.
#[derive(Debug, Serialize, JsonSchema)]
struct Range<'d> {
    /// The path relative to the workspace.
    filename: &'d str,
    /// Where it begins.
    start: Position,
    /// Right after its last character.
    end: Position,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct Position {
    /// From 1.
    line: u32,
    /// In characters, from 1.
    column: usize,
    /// In bytes from the beginning of the file, from 0.
    byte: usize,
}

/// A line of a file as it stands there.
#[derive(Debug, Serialize, JsonSchema)]
struct Snippet<'d> {
    /// Always `null`: Terraform's name for the block around.
    context: Option<&'d str>,
    /// The line.
    code: &'d str,
    /// Its number, from 1.
    start_line: u32,
    /// Where in the line it begins, in bytes.
    highlight_start_offset: usize,
    /// Where in the line it ends, in bytes.
    highlight_end_offset: usize,
    /// Always empty: Terraform's name for values of expressions.
    values: [&'d str; 0],
}

impl<'d> DiagnosticsDocument<'d> {
    /// Says what else belongs to the run: how much was read, and how it ends.
    #[must_use]
    pub fn of_run(self, read: &'d Inventory, exit: Exit) -> Self {
        Self {
            read: Some(read),
            exit_code: Some(exit.code()),
            exit_reason: Some(exit.reason()),
            ..self
        }
    }
}

/// Returns the document.
///
/// Places other than the main one, which Terraform's shape has no key for, stand in `detail`.
pub fn document<'d>(
    diagnostics: &'d [Diagnostic],
    sources: &'d Sources,
) -> DiagnosticsDocument<'d> {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let errors = count(Severity::Error);
    let all = diagnostics.iter();
    DiagnosticsDocument {
        format_version: "1.0",
        valid: errors == 0,
        error_count: errors,
        warning_count: count(Severity::Warning),
        diagnostics: all.map(|one| diagnostic(one, sources)).collect(),
        read: None,
        exit_code: None,
        exit_reason: None,
    }
}

fn diagnostic<'d>(diagnostic: &'d Diagnostic, sources: &'d Sources) -> DiagnosticDocument<'d> {
    let mut detail: Vec<String> = Vec::new();
    for label in diagnostic.labels.iter().skip(1) {
        detail.push(format!("{}: {}", label.words(), sources.place(label.span)));
    }
    detail.extend(diagnostic.hint.as_ref().map(ToString::to_string));
    let mut document = DiagnosticDocument {
        severity: diagnostic.severity,
        code: diagnostic.code,
        summary: &diagnostic.message,
        detail: detail.join("\n"),
        range: None,
        snippet: None,
    };
    let Some(label) = diagnostic.labels.first() else {
        return document;
    };
    let (Some(file), Some(found)) = (sources.get(label.span.file), marked(sources, label)) else {
        return document;
    };
    let column = usize::from(label.span.column);
    let length = found.line[found.start..found.end].chars().count();
    let position = |column: usize, byte: usize| Position {
        line: label.span.line,
        column,
        byte: found.offset + byte,
    };
    document.range = Some(Range {
        filename: file.path.as_str(),
        start: position(column, found.start),
        end: position(column + length, found.end),
    });
    document.snippet = Some(Snippet {
        context: None,
        code: found.line,
        start_line: label.span.line,
        highlight_start_offset: found.start,
        highlight_end_offset: found.end,
        values: [],
    });
    document
}

/// Writes JSON with indentation; characters that could deceive a terminal are written as `\uXXXX`, which means the same.
pub fn to_text(document: &impl Serialize) -> String {
    // Text, numbers and lists of them under names, which always become JSON.
    let value = serde_json::to_value(document).unwrap_or_default();
    let mut safe = crate::neutral::json::escaped(&format!("{value:#}"));
    safe.push('\n');
    safe
}
