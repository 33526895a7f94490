//! The threat model promises nothing that no test holds: every test that it names exists.

use super::pages::root;
use std::collections::BTreeMap;

/// The references of a page, as `tests/files/door.rs::no_named_path_leads_out`.
fn named(page: &str) -> Vec<(&str, &str)> {
    let code = page.split('`').skip(1).step_by(2);
    code.filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect()
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let page = fs_err::read_to_string(root().join("docs/threat-model.md")).unwrap();
    let named = named(&page);
    assert!(named.len() > 40, "{} promises are held", named.len());
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    let mut missing = Vec::new();
    for (file, test) in named {
        let text = texts
            .entry(file)
            .or_insert_with(|| fs_err::read_to_string(root().join(file)).unwrap_or_default());
        if !text.contains(&format!("fn {test}(")) {
            missing.push(format!("{file}::{test}"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_row_of_the_threat_model_names_a_test() {
    let page = fs_err::read_to_string(root().join("docs/threat-model.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter(|row| !row.ends_with("| held by |"));
    let bare: Vec<&str> = rows.filter(|row| named(row).is_empty()).collect();
    assert!(bare.is_empty(), "{bare:#?}");
}
