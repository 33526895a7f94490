//! Diagnostics as JSON, in the shape of `terraform validate -json`, with `code` besides.

use super::excerpt::marked;
use super::{Diagnostic, Severity};
use crate::config::Sources;
use serde_json::{Value, json};

/// Returns the document: `format_version`, `valid`, the counts, and `diagnostics`.
///
/// Places other than the main one, which Terraform's shape has no key for, stand in `detail`.
pub fn document(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let errors = count(Severity::Error);
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": count(Severity::Warning),
        "diagnostics": diagnostics.iter().map(|d| diagnostic(d, sources)).collect::<Vec<_>>(),
    })
}

/// Returns one element of `diagnostics`.
pub fn diagnostic(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let mut detail: Vec<String> = Vec::new();
    for label in diagnostic.labels.iter().skip(1) {
        let text = if label.text.is_empty() {
            "see"
        } else {
            &label.text
        };
        detail.push(format!("{text}: {}", sources.place(label.span)));
    }
    detail.extend(diagnostic.hint.clone());
    let mut value = json!({
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "summary": diagnostic.message,
        "detail": detail.join("\n"),
    });
    let Some(label) = diagnostic.labels.first() else {
        return value;
    };
    let (Some(file), Some(found)) = (sources.get(label.span.file), marked(sources, label)) else {
        return value;
    };
    let column = usize::from(label.span.column);
    let length = found.line[found.start..found.end].chars().count();
    value["range"] = json!({
        "filename": file.path,
        "start": { "line": label.span.line, "column": column, "byte": found.offset + found.start },
        "end": { "line": label.span.line, "column": column + length, "byte": found.offset + found.end },
    });
    value["snippet"] = json!({
        "context": null,
        "code": found.line,
        "start_line": label.span.line,
        "highlight_start_offset": found.start,
        "highlight_end_offset": found.end,
        "values": [],
    });
    value
}

/// Writes JSON with indentation; characters that could deceive a terminal are written as `\uXXXX`, which means the same.
pub fn to_text(value: &Value) -> String {
    let mut safe = crate::neutral::json::escaped(&format!("{value:#}"));
    safe.push('\n');
    safe
}
