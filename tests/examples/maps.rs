//! The maps for contributors name files that are there.

use super::root;

#[test]
fn every_file_that_a_map_names_exists() {
    for page in [
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/releasing.md",
    ] {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let spans = text.split('`').skip(1).step_by(2);
        let named = spans.filter(|span| {
            let first = span.split('/').next().unwrap();
            span.contains('/')
                && ["src", "tests", ".ci", ".github", "schemas", "examples"].contains(&first)
        });
        let named: Vec<&str> = named.filter(|span| !span.contains(' ')).collect();
        for path in &named {
            assert!(root().join(path).exists(), "{page} names `{path}`");
        }
        assert!(!named.is_empty(), "{page}");
    }
}
