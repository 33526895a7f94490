//! What the README and the book show and nobody runs: YAML is held to the schema, and text is no command.

use super::pages::every_page;
use portcullis::config::{roster_schema, schema};
use serde_json::{Value, json};

/// A block of a page.
struct Block {
    /// Where it begins, for a message.
    at: String,
    language: String,
    /// What the comment before it says.
    said: String,
    text: String,
}

/// Returns the blocks of every page, without those that the program generates.
fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in every_page() {
        let text = fs_err::read_to_string(&page).unwrap();
        let mut said = String::new();
        let mut generated = false;
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let trimmed = line.trim_start();
            if trimmed.starts_with("<!-- ") {
                match trimmed {
                    table if table.starts_with("<!-- table: ") => generated = true,
                    table if table.starts_with("<!-- /table") => generated = false,
                    other => other.clone_into(&mut said),
                }
            } else if let Some(language) = trimmed.strip_prefix("```") {
                let indent = line.len() - trimmed.len();
                let text: Vec<&str> = lines
                    .by_ref()
                    .map(|(_, line)| line)
                    .take_while(|line| line.trim() != "```")
                    .map(|line| line.get(indent..).unwrap_or_default())
                    .collect();
                if !generated {
                    blocks.push(Block {
                        at: format!("{page}:{}", number + 1),
                        language: language.to_owned(),
                        said: std::mem::take(&mut said),
                        text: text.join("\n"),
                    });
                }
            } else if !trimmed.is_empty() {
                said.clear();
            }
        }
    }
    blocks
}

/// Puts a piece of a file where it belongs in one.
fn in_a_file(mut piece: Value) -> Value {
    if let Some(members) = piece.get("members") {
        let organizations = json!({ "Globex": { "members": members } });
        piece = json!({ "sites": { "acme": { "organizations": organizations } } });
    }
    if let Some(file) = piece.as_object_mut() {
        file.entry("version").or_insert(json!(1));
    }
    piece
}

#[test]
fn every_block_of_yaml_fits_its_schema() {
    let file = jsonschema::validator_for(&schema()).unwrap();
    let roster = jsonschema::validator_for(&roster_schema()).unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for block in blocks() {
        // What is written is used by the commands of its page; an acceptance has a form of its own.
        let elsewhere = block.said.contains("write: acceptances/");
        if block.language != "yaml" || elsewhere {
            continue;
        }
        seen += 1;
        let value: Value = serde_yaml::from_str(&block.text)
            .unwrap_or_else(|error| panic!("{}: {error}", block.at));
        let (validator, value) = match value {
            list @ Value::Array(_) => (&roster, list),
            piece => (&file, in_a_file(piece)),
        };
        let errors = validator.iter_errors(&value);
        wrong.extend(errors.map(|error| format!("{}: {error}", block.at)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 10, "only {seen} blocks were found");
}

#[test]
fn a_block_of_text_is_no_command() {
    let programs = [
        "portcullis ",
        "cargo ",
        "git ",
        "gh ",
        "curl ",
        "rustup ",
        "sha256sum ",
        "docker ",
        "export ",
    ];
    let mut wrong = Vec::new();
    for block in blocks() {
        let command = |line: &str| {
            let line = line.trim_start_matches("$ ");
            programs.iter().any(|program| line.starts_with(program))
        };
        let named =
            ["text", "console", "yaml", "csv", "sh", "json"].contains(&block.language.as_str());
        if !named || (block.language == "text" && block.text.lines().any(command)) {
            wrong.push(block.at);
        }
    }
    assert!(wrong.is_empty(), "not held by anything: {wrong:#?}");
}
