//! Tables of the documentation that the program makes: `PORTCULLIS_WRITE_DOCS=1 cargo test --test book` writes them anew.

use super::pages::{pages, root};
use portcullis::cli::{environment, reference};
use portcullis::meaning::findings::Stage;
use portcullis::meaning::markdown;
use std::collections::BTreeSet;

const BEGIN: &str = "<!-- table: ";
const END: &str = "<!-- /table -->";

fn generated(name: &str) -> String {
    match name {
        "lints" => markdown::lints(),
        "reasons" => markdown::reasons(),
        "not-cited" => markdown::not_cited(),
        "files" => markdown::files(),
        "judged" => markdown::findings(Stage::Judged),
        "plan" => markdown::findings(Stage::Plan),
        "drift" => markdown::findings(Stage::Drift),
        "commands" => reference::commands(),
        "exit-codes" => reference::exit_codes(),
        "precedence" => reference::precedence(),
        "variables" => reference::variables(),
        keys if keys.starts_with("keys-") => reference::configuration(&keys["keys-".len()..])
            .unwrap_or_else(|| panic!("nothing generates `{keys}`")),
        json if json.starts_with("json-") => reference::document(&json["json-".len()..])
            .unwrap_or_else(|| panic!("nothing generates `{json}`")),
        rules => match rules
            .strip_prefix("rules-")
            .map(|family| family.chars().next())
        {
            Some(Some(family)) => markdown::rules(family),
            _ => panic!("nothing generates `{name}`"),
        },
    }
}

/// Returns a page with its tables made anew, and their names.
fn renewed(page: &str) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut names = Vec::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (name, after) = after.split_once(" -->\n").expect("the name of a table");
        let (_, after) = after.split_once(END).expect("the end of a table");
        text.push_str(&format!(
            "{before}{BEGIN}{name} -->\n{}{END}",
            generated(name)
        ));
        names.push(name.to_owned());
        rest = after;
    }
    (text + rest, names)
}

#[test]
fn what_is_generated_is_as_the_program_has_it() {
    let write = std::env::var_os("PORTCULLIS_WRITE_DOCS").is_some();
    let mut all = BTreeSet::new();
    for path in pages() {
        let text = fs_err::read_to_string(&path).unwrap();
        let (renewed, names) = renewed(&text);
        for name in names {
            assert!(all.insert(name.clone()), "{name} stands twice");
        }
        if write && renewed != text {
            fs_err::write(&path, &renewed).unwrap();
        }
        assert!(
            write || renewed == text,
            "{path} differs from the program: PORTCULLIS_WRITE_DOCS=1 cargo test --test book\n{}",
            similar::TextDiff::from_lines(&text, &renewed).unified_diff()
        );
    }
    let expected = [
        "commands",
        "drift",
        "exit-codes",
        "files",
        "json-apply",
        "json-doctor",
        "json-drift",
        "json-explain",
        "json-failure",
        "json-impact",
        "json-plan",
        "json-record",
        "json-review",
        "json-rule",
        "json-sandbox",
        "json-sites",
        "json-validate",
        "json-who",
        "judged",
        "keys-accounts",
        "keys-atlassian",
        "keys-attestations",
        "keys-expectations",
        "keys-file",
        "keys-organization",
        "keys-policy",
        "keys-project",
        "keys-sandbox",
        "keys-site",
        "lints",
        "not-cited",
        "plan",
        "precedence",
        "reasons",
        "rules-A",
        "rules-G",
        "rules-K",
        "rules-Q",
        "rules-R",
        "rules-V",
        "variables",
    ];
    assert_eq!(all.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn every_variable_of_the_environment_is_in_the_reference() {
    let known: BTreeSet<&str> = environment::TABLE
        .iter()
        .map(|variable| variable.name)
        .collect();
    let mut found = BTreeSet::new();
    let mut files = vec![root().join("src")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(
                path.read_dir_utf8()
                    .unwrap()
                    .map(|entry| entry.unwrap().into_path()),
            );
        } else if path.extension() == Some("rs") {
            let text = fs_err::read_to_string(&path).unwrap();
            // Tests stand at the end of a file, and have examples of their own.
            let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            for word in
                lines.flat_map(|line| line.split(|c: char| !(c.is_ascii_uppercase() || c == '_')))
            {
                if word.starts_with("PORTCULLIS_") && word.len() > "PORTCULLIS_".len() {
                    found.insert(word.to_owned());
                }
            }
        }
    }
    assert!(found.contains("PORTCULLIS_PSEUDONYM_KEY"), "{found:?}");
    let missing: Vec<&String> = found
        .iter()
        // A piece of a pattern such as `PORTCULLIS_<SITE>_EMAIL`, and the site of an example.
        .filter(|name| !name.ends_with('_') && !name.starts_with("PORTCULLIS_ACME"))
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "not in src/cli/environment.rs: {missing:?}"
    );
}
