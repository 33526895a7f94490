//! Documents with comments: foreign text goes through the YAML writer as a value, and into comments made harmless.

use super::SCHEMA;
use crate::neutral::{is_hidden, neutral};
use serde_yaml::{Mapping, Value};
use std::fmt::Write as _;

/// A mapping in the order in which it is written.
#[derive(Debug, Default)]
pub(super) struct Block(Mapping);

impl Block {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set(key, value);
        self
    }

    /// Adds an entry, if there is something to add.
    pub(super) fn maybe(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds a list; the format wants `allow_empty` beside an empty one.
    pub(super) fn list(self, key: &str, items: Vec<Value>) -> Self {
        let empty = items.is_empty();
        let block = self.with(key, items);
        if empty {
            block.with("allow_empty", true)
        } else {
            block
        }
    }

    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(Value::String(key.to_owned()), value.into());
    }

    /// Sets a value below nested blocks.
    pub(super) fn set_at(&mut self, path: &[&str], value: Value) {
        match path {
            [] => {}
            [key] => self.set(key, value),
            [key, rest @ ..] => {
                let below = self
                    .0
                    .entry(Value::String((*key).to_owned()))
                    .or_insert_with(|| Value::Mapping(Mapping::new()));
                if let Value::Mapping(mapping) = below {
                    let mut block = Self(std::mem::take(mapping));
                    block.set_at(rest, value);
                    *mapping = block.0;
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Block> for Value {
    fn from(block: Block) -> Self {
        Self::Mapping(block.0)
    }
}

/// Writes a file of the format: the line by which editors find the schema, comments, the version, and the block.
pub(super) fn document(
    to_root: &str,
    comments: &[String],
    block: Block,
) -> Result<String, serde_yaml::Error> {
    let mut text = format!("# yaml-language-server: $schema={to_root}{SCHEMA}\n");
    for comment in comments {
        // A comment ends where the line ends, so no foreign text may end the line.
        let line = format!("# {}", neutral(comment));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let mut whole = Block::new().with("version", 1);
    whole.0.extend(block.0);
    let mut quoting = Quoting::default();
    let plain = quoting.mapping(whole.0);
    text.push_str(&quoting.undo(serde_yaml::to_string(&plain)?));
    Ok(text)
}

/// Says whether the YAML writer would not write a text so that people and every parser see what it holds.
///
/// It leaves characters plain that turn, hide or (in YAML 1.1) break lines, and the key that means a merge.
fn needs_escapes(text: &str) -> bool {
    text == "<<" || text.chars().any(escaped)
}

fn escaped(c: char) -> bool {
    is_hidden(c) || matches!(c, '\u{FFFC}'..='\u{FFFF}')
}

/// Writes a text in double quotes, with an escape for whatever cannot be seen.
fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => written.extend(['\\', c]),
            c if escaped(c) => {
                // Writing to a string cannot fail.
                let _ = match u32::from(c) {
                    code @ ..=0xFFFF => write!(written, "\\u{code:04X}"),
                    code => write!(written, "\\U{code:08X}"),
                };
            }
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

/// Texts that are quoted here and not by the YAML writer, which gets a plain word in the place of each.
#[derive(Debug, Default)]
struct Quoting {
    words: Vec<(String, String)>,
}

impl Quoting {
    fn text(&mut self, text: String) -> String {
        if !needs_escapes(&text) && !text.contains(Self::WORD) {
            return text;
        }
        let quoted = quoted(&text);
        // As long as what replaces it, so that the writer chooses the form for long keys where one is needed.
        let word = format!("{}{:06}x", Self::WORD, self.words.len());
        let word = format!(
            "{word}{}",
            "x".repeat(quoted.len().saturating_sub(word.len()))
        );
        self.words.push((word.clone(), quoted));
        word
    }

    /// No text that holds it is written as it is, so a word found in the output is one of ours.
    const WORD: &str = "portcullisquoted";

    fn mapping(&mut self, mapping: Mapping) -> Mapping {
        mapping
            .into_iter()
            .map(|(key, value)| (self.value(key), self.value(value)))
            .collect()
    }

    fn value(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Sequence(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Mapping(mapping) => Value::Mapping(self.mapping(mapping)),
            other => other,
        }
    }

    /// Puts the quoted texts in the place of their words, which stand in the output in the order in which they were made.
    fn undo(&self, text: String) -> String {
        let mut written = String::with_capacity(text.len());
        let mut rest = text.as_str();
        for (word, quoted) in &self.words {
            if let Some((before, after)) = rest.split_once(word.as_str()) {
                written.push_str(before);
                written.push_str(quoted);
                rest = after;
            }
        }
        written.push_str(rest);
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_that_yaml_would_merge_is_quoted() {
        let below = Block::new()
            .with("id", "1")
            .with("list", vec![Value::from("<<")]);
        let text = document("", &[], Block::new().with("<<", below)).unwrap();
        assert!(
            text.ends_with("version: 1\n\"<<\":\n  id: '1'\n  list:\n  - \"<<\"\n"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn whatever_stands_in_keys_values_and_comments_reads_back_equal(
            key in prop_oneof!["\\PC{1,200}", "[a\u{202e}\u{2028}\u{85}\u{feff}🏰\"\\\\]{1,200}", any::<String>()],
            value in any::<String>(),
            comment in any::<String>(),
        ) {
            let block = Block::new().with("sites", Block::new().with(&key, value.as_str()));
            let wanted = Value::from(Block::new().with("version", 1)
                .with("sites", Block::new().with(&key, value.as_str())));
            let text = document("", &[comment], block).unwrap();
            let first: Value = serde_yaml::from_str(&text).unwrap();
            prop_assert_eq!(&first, &wanted);
            prop_assert!(text.lines().nth(1).is_some_and(|line| line.starts_with('#')), "{}", text);
            prop_assert!(text.lines().nth(2).is_some_and(|line| line.starts_with("version")), "{}", text);
        }
    }
}
