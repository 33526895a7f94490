//! Diagnostics as GitLab's code quality report.

use super::place::{placed, whole_message};
use super::{Diagnostic, Severity};
use crate::config::Sources;
use crate::neutral::neutral;
use camino::Utf8Path;
use serde_json::{Value, json};

/// Returns the report; every fingerprint is distinct, since GitLab shows equal ones once.
pub fn document(diagnostics: &[Diagnostic], sources: &Sources, base: &Utf8Path) -> Value {
    let placed = placed(diagnostics, sources, base);
    let elements = placed.iter().map(|found| {
        let severity = match found.diagnostic.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        json!({
            "description": neutral(&whole_message(found.diagnostic, sources, base)),
            "check_name": found.diagnostic.code,
            "fingerprint": found.fingerprint,
            "severity": severity,
            "location": { "path": neutral(&found.path), "lines": { "begin": found.line } },
        })
    });
    Value::Array(elements.collect())
}
