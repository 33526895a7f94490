//! The keys of a JSON Schema as a table of the documentation: path, value, meaning.

use super::markdown::{header, row};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Returns the keys of a block and of what it holds, as far as the blocks that have a table of their own. Without a name the
/// block is the root of the schema.
pub fn table(schema: &Value, block: Option<&str>, own: &[&str]) -> String {
    let mut keys = Keys {
        schema,
        own,
        told: BTreeMap::new(),
        table: header(&["key", "value", "meaning"]),
    };
    let start = match block {
        Some(name) => keys.definition(name),
        None => Some(schema),
    };
    if let Some(start) = start {
        keys.block(start, "");
    }
    keys.table
}

struct Keys<'s> {
    schema: &'s Value,
    own: &'s [&'s str],
    /// Where the keys of a definition stand first.
    told: BTreeMap<&'s str, String>,
    table: String,
}

/// What a key holds: how it is reached from there, and the block.
struct Inner<'s> {
    way: String,
    name: Option<&'s str>,
    block: &'s Value,
}

impl<'s> Keys<'s> {
    fn definition(&self, name: &str) -> Option<&'s Value> {
        self.schema.get("definitions")?.get(name)
    }

    fn block(&mut self, block: &'s Value, before: &str) {
        let Some(properties) = block["properties"].as_object() else {
            return;
        };
        let needed: Vec<&str> = strings(&block["required"]).collect();
        for (key, property) in properties {
            let path = format!("{before}{key}");
            let mut value = self.words(property).join(" or ");
            if needed.contains(&key.as_str()) && self.own_format() {
                value.push_str(" (needed)");
            }
            let mut inner = Vec::new();
            self.inner(property, String::new(), &mut inner);
            let mut text = plain(property["description"].as_str().unwrap_or_default());
            let known = inner.iter().find_map(|inner| self.told.get(inner.name?));
            if let Some(first) = known {
                text.push_str(&format!(" The keys are those of `{first}`."));
            }
            row(&mut self.table, &[&format!("`{path}`"), &value, &text]);
            if inner.len() > 1 && inner.iter().all(|one| one.name.is_none()) {
                self.choices(&inner, &path);
                continue;
            }
            for Inner { way, name, block } in inner {
                match name {
                    Some(name) if self.own.contains(&name) || self.told.contains_key(name) => {}
                    name => {
                        let path = format!("{path}{way}");
                        if let Some(name) = name {
                            self.told.insert(name, path.clone());
                        }
                        self.block(block, &format!("{path}."));
                    }
                }
            }
        }
    }

    /// Tells the keys of a value that is one of several: each once, with what it means in which of them.
    fn choices(&mut self, choices: &[Inner<'s>], path: &str) {
        let mut told: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
        for Inner { way, block, .. } in choices {
            let properties = block["properties"].as_object();
            let properties = || properties.into_iter().flatten();
            let word = properties().find_map(|(_, value)| match &value["const"] {
                Value::Null => None,
                word => Some(spelled(word)),
            });
            let about = plain(block["description"].as_str().unwrap_or_default());
            for (key, property) in properties() {
                let (words, texts) = told.entry(format!("{path}{way}.{key}")).or_default();
                for word in self.words(property) {
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                let own = property["description"].as_str().map(plain);
                texts.extend(match (&word, property["const"].is_null()) {
                    (Some(word), false) => Some(format!("{word}: {about}")),
                    (Some(word), true) if own.is_none() => Some(format!("With {word}.")),
                    _ => own,
                });
            }
        }
        for (path, (words, texts)) in told {
            let value = words.join(" or ");
            row(
                &mut self.table,
                &[&format!("`{path}`"), &value, &texts.join(" ")],
            );
        }
    }

    /// Says whether people write it: what the program writes holds every key that it can hold.
    fn own_format(&self) -> bool {
        self.schema["$id"].is_string()
    }

    /// Finds the blocks that a value may hold.
    fn inner(&self, value: &'s Value, way: String, found: &mut Vec<Inner<'s>>) {
        if let Some(name) = named(value) {
            if let Some(block) = self.definition(name) {
                match block["properties"].is_object() {
                    true => found.push(Inner {
                        way,
                        name: Some(name),
                        block,
                    }),
                    false => self.inner(block, way, found),
                }
            }
            return;
        }
        if value["properties"].is_object() {
            found.push(Inner {
                way,
                name: None,
                block: value,
            });
            return;
        }
        for option in options(value) {
            self.inner(option, way.clone(), found);
        }
        if value["items"].is_object() {
            self.inner(&value["items"], format!("{way}[]"), found);
        }
        if value["additionalProperties"].is_object() {
            self.inner(&value["additionalProperties"], format!("{way}.*"), found);
        }
    }

    /// Says what may stand there.
    fn words(&self, value: &'s Value) -> Vec<String> {
        let mut words = Vec::new();
        if let Some(name) = named(value) {
            words = self
                .definition(name)
                .map_or_else(Vec::new, |found| self.words(found));
            if words.is_empty() {
                words.push("mapping".to_owned());
            }
            return words;
        }
        if !value["const"].is_null() {
            return vec![spelled(&value["const"])];
        }
        if let Some(list) = value["enum"].as_array() {
            return list.iter().map(spelled).collect();
        }
        for option in options(value) {
            for word in self.words(option) {
                if !words.contains(&word) {
                    words.push(word);
                }
            }
        }
        let kinds = match &value["type"] {
            Value::String(one) => vec![one.as_str()],
            many => strings(many).collect(),
        };
        words.extend(kinds.into_iter().map(|kind| self.kind(kind, value)));
        if words.is_empty() {
            words.push("any value".to_owned());
        }
        words
    }

    fn kind(&self, kind: &str, value: &'s Value) -> String {
        match kind {
            "string" => "text".to_owned(),
            "integer" | "number" => "number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "null" => "`null`".to_owned(),
            "array" => format!("list of {}", self.words(&value["items"]).join(" or ")),
            _ if value["additionalProperties"].is_object() => "mapping by name".to_owned(),
            _ => "mapping".to_owned(),
        }
    }
}

/// Returns the name of the definition that a schema refers to; `#` is the whole.
fn named(value: &Value) -> Option<&str> {
    value["$ref"].as_str()?.rsplit('/').next()
}

fn options(value: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|key| value.as_object().and_then(|map: &Map<_, _>| map.get(key)))
        .filter_map(Value::as_array)
        .flatten()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn spelled(value: &Value) -> String {
    match value {
        Value::String(word) => format!("`{word}`"),
        other => format!("`{other}`"),
    }
}

/// Takes links between pieces of code out of a comment.
fn plain(text: &str) -> String {
    text.replace("[`", "`")
        .replace("`]", "`")
        .replace("\n", " ")
        .replace("|", "\\|")
}
