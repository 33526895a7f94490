//! Whatever the bytes are, reading ends with diagnostics, never with a panic, and the same bytes give the same diagnostics.

use super::good::EVERYTHING;
use super::support::{Files, brief, rendered};
use proptest::prelude::*;

fn check(files: &Files) {
    let (once, again) = (files.load(), files.load());
    assert_eq!(once.diagnostics, again.diagnostics);
    assert_eq!(brief(&once), brief(&again));
    // Rendering must find its way in any text, too.
    rendered(&once);
    let document = portcullis::diagnostic::json::document(&once.diagnostics, &once.sources);
    portcullis::diagnostic::json::to_text(&document);
    let broken = once
        .diagnostics
        .iter()
        .any(|d| d.severity == portcullis::diagnostic::Severity::Error);
    assert_eq!(once.workspace.is_none(), broken);
}

/// Pieces that mean something to YAML or to the format.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("- ".to_string()),
        Just("\n".to_string()),
        Just("\n  ".to_string()),
        Just(": ".to_string()),
        Just("null".to_string()),
        Just("{ ".to_string()),
        Just(" }".to_string()),
        Just("[".to_string()),
        Just("]".to_string()),
        Just("\t".to_string()),
        Just("&a ".to_string()),
        Just("*a ".to_string()),
        Just("\"".to_string()),
        Just("sites".to_string()),
        Just("---\n".to_string()),
        Just("\u{202e}".to_string()),
        Just("|\n".to_string()),
        "[a-z@.*]{0,6}",
        "\\PC{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let files = Files::new("");
        files.write("portcullis.yaml", &bytes);
        check(&files);
    }

    #[test]
    fn any_roster(text in "[a-z@.,\"\n\r #;é<>]{0,120}", csv in any::<bool>()) {
        let name = if csv { "r.csv" } else { "r.txt" };
        let files = Files::new("");
        files.write("portcullis.yaml", format!("version: 1\nsites: {{ a: {{ url: \"sandbox:\", organizations: {{ X: {{ members: {{ from: [{name}] }} }} }} }} }}\n"));
        files.write(name, format!("email,name\n{text}"));
        check(&files);
    }

    #[test]
    fn mutated_workspaces(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..12, piece()), 1..6)
    ) {
        let mut text: Vec<char> = EVERYTHING.chars().collect();
        for (at, removed, inserted) in edits {
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        // The marker of the test's own file format must stay usable.
        let files = Files::new("");
        for part in text.split("=== ").skip(1) {
            if let Some((path, text)) = part.split_once('\n')
                && path.ends_with(['l', 'v', 't'])
                && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-'))
                && !path.contains("..") && !path.starts_with('/')
            {
                files.write(path, text);
            }
        }
        check(&files);
    }
}
