//! Every code that is given as a reason can be looked up in docs/rules.md, and nothing is told there twice.

use std::collections::BTreeSet;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/rules.md");

/// Whether a word is the code of a rule: a letter, a number, and perhaps `.1` or a small letter.
fn is_code(word: &str) -> bool {
    let Some(number) = word.strip_prefix(['R', 'G', 'V', 'K', 'A', 'Q']) else {
        return false;
    };
    let number = number.strip_suffix(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    let number = number.unwrap_or(&word[1..]);
    let parts: Vec<&str> = number.split('.').collect();
    parts.len() <= 2
        && parts.iter().all(|part| {
            (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| is_code(word))
}

fn rows() -> Vec<&'static str> {
    PAGE.lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "))
        .map(|(code, _)| code)
        .filter(|code| is_code(code))
        .collect()
}

/// Adds the codes in the code of every file below `directory`; comments are not printed.
fn printed(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs_err::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            printed(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs_err::read_to_string(&path).unwrap();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            // What stands between quotation marks is every other piece.
            found.extend(
                lines
                    .flat_map(|line| line.split('"').skip(1).step_by(2))
                    .flat_map(codes)
                    .map(str::to_owned),
            );
        }
    }
}

#[test]
fn every_code_that_is_printed_has_a_row() {
    let mut found = BTreeSet::new();
    printed(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    for known in ["R3.1", "R1a", "V8b", "V10", "K11", "Q19"] {
        assert!(found.contains(known), "{known} is not found in the source");
    }
    let rows: BTreeSet<&str> = rows().into_iter().collect();
    let missing: Vec<_> = found
        .iter()
        .filter(|code| !rows.contains(code.as_str()))
        .collect();
    assert!(missing.is_empty(), "not in docs/rules.md: {missing:?}");
}

#[test]
fn the_other_pages_name_only_codes_that_have_a_row_and_no_code_has_two() {
    let all = rows();
    let rows: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(rows.len(), all.len());
    for page in [
        include_str!("../../docs/access.md"),
        include_str!("../../docs/lints.md"),
        PAGE,
    ] {
        assert!(page.contains("rules.md") || page == PAGE);
        let missing: Vec<_> = codes(page).filter(|code| !rows.contains(code)).collect();
        assert!(missing.is_empty(), "not in docs/rules.md: {missing:?}");
    }
}

/// Every rule of the model is a reason somewhere, or is listed as none with why. The ways to an account (G) are told by name.
#[test]
fn every_rule_is_a_reason_somewhere_or_says_why_it_is_none() {
    use portcullis::access::Channel;
    use portcullis::meaning::rules;
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut table) = (BTreeSet::new(), BTreeSet::new());
    for entry in fs_err::read_dir(&src).unwrap() {
        let path = entry.unwrap().path();
        // What the codes mean is no reason of anything.
        if path.is_dir() && path.file_name().unwrap() != "meaning" {
            printed(&path, &mut found);
        }
    }
    let listed: BTreeSet<&str> = rules::NOT_CITED.iter().map(|(code, _)| *code).collect();
    let (mut silent, mut both) = (Vec::new(), Vec::new());
    for rule in rules::TABLE {
        table.insert(rule.code);
        let cited = found.contains(rule.code);
        match (cited, listed.contains(rule.code)) {
            (false, false) if !rule.code.starts_with('G') => silent.push(rule.code),
            (true, true) => both.push(rule.code),
            _ => {}
        }
    }
    assert!(silent.is_empty(), "neither a reason nor listed: {silent:?}");
    assert!(both.is_empty(), "a reason, and listed as none: {both:?}");
    let unknown: Vec<_> = listed.difference(&table).collect();
    assert!(unknown.is_empty(), "no rules: {unknown:?}");
    assert_eq!(
        table.iter().filter(|code| code.starts_with('G')).count(),
        Channel::ALL.len()
    );
}
