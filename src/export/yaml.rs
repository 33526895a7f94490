//! Documents with comments: foreign text goes through the YAML writer as a value, and into comments made harmless.

use super::SCHEMA;
use crate::neutral::neutral;
use serde_yaml::{Mapping, Value};

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
    text.push_str(&serde_yaml::to_string(&whole.0)?);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_stands_in_keys_values_and_comments_reads_back_equal(
            key in "\\PC{1,200}",
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
            // The parser that reads workspaces is another one, and must see the same.
            let second: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            prop_assert_eq!(second, serde_json::to_value(&first).unwrap());
        }
    }
}
