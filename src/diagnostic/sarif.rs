//! Diagnostics as SARIF 2.1.0, for code scanning.

use super::place::{placed, whole_message};
use super::{Diagnostic, Severity};
use crate::config::Sources;
use crate::meaning;
use crate::neutral::neutral;
use camino::Utf8Path;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What stays as it is in the path of a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Returns the log. `base` is where the workspace lies in its repository; paths begin there.
///
/// Lines that move keep their alerts: the fingerprint is over code, path, message and the text of the line.
pub fn document(diagnostics: &[Diagnostic], sources: &Sources, base: &Utf8Path) -> Value {
    let mut rules: BTreeMap<&str, usize> =
        diagnostics.iter().map(|found| (found.code, 0)).collect();
    for (i, index) in rules.values_mut().enumerate() {
        *index = i;
    }
    let results: Vec<Value> = placed(diagnostics, sources, base)
        .iter()
        .map(|found| {
            let diagnostic = found.diagnostic;
            json!({
                "ruleId": diagnostic.code,
                "ruleIndex": rules.get(diagnostic.code),
                "level": level(diagnostic.severity),
                "message": { "text": message(&whole_message(diagnostic, sources, base)) },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": utf8_percent_encode(&found.path, PATH).to_string() },
                        "region": {
                            "startLine": found.line,
                            "startColumn": found.column,
                            "endColumn": found.end_column,
                        },
                    },
                }],
                "partialFingerprints": { "primaryLocationLineHash": found.fingerprint },
            })
        })
        .collect();
    let rules: Vec<Value> = rules.keys().map(|code| rule(code)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "portcullis",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Describes a code, as `portcullis rule CODE` does, with the page that has it.
fn rule(code: &str) -> Value {
    let mut rule = json!({ "id": code, "shortDescription": { "text": code.replace('-', " ") } });
    if let Some(meaning) = meaning::find(code).into_iter().next() {
        let more = meaning
            .more
            .iter()
            .map(|(label, text)| format!("{label}: {text}"));
        let help: Vec<String> = std::iter::once(meaning.text.to_owned())
            .chain(more)
            .collect();
        rule["fullDescription"] = json!({ "text": message(meaning.text) });
        rule["help"] = json!({ "text": help.join("\n\n") });
        rule["helpUri"] = meaning::address(meaning.page).into();
    }
    rule
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Makes a message plain text: SARIF reads `{0}` as a placeholder and `[text](place)` as a link (2.1.0, 3.11.5 and 3.11.6).
fn message(text: &str) -> String {
    let mut plain = neutral(text).into_owned();
    if plain.contains("](") {
        plain = plain
            .replace('\\', "\\\\")
            .replace('[', "\\[")
            .replace(']', "\\]");
    }
    plain.replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::message;

    #[test]
    fn neither_links_nor_placeholders() {
        assert_eq!(message("write `{}`"), "write `{{}}`");
        assert_eq!(message("[a](1)"), "\\[a\\](1)");
        assert_eq!(message("[a] b"), "[a] b");
    }
}
