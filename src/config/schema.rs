//! The JSON Schemas (draft-07) that editors use.

use super::document::{Document, MappedDocument, PersonEntry};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Where the schemas of the newest version can be read, and what they are called by.
const HOME: &str = "https://raw.githubusercontent.com/portcullis-jsm/portcullis/main/schemas/";

/// Returns the schema of configuration files.
pub fn schema() -> Value {
    generate::<Document>(
        "portcullis.schema.json",
        "Portcullis configuration, version 1",
    )
}

/// Returns the schema of descriptions of settings endpoints (`surfaces.mapped`).
pub fn mapped_schema() -> Value {
    let title = "Portcullis description of settings endpoints, version 1";
    generate::<MappedDocument>("mapped.schema.json", title)
}

/// Returns the schema of rosters that are `.yaml` lists.
pub fn roster_schema() -> Value {
    let title = "Portcullis roster, version 1";
    generate::<Vec<PersonEntry>>("roster.schema.json", title)
}

fn generate<T: JsonSchema>(file: &str, title: &str) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert("$id".into(), format!("{HOME}{file}").into());
        root.insert("title".into(), title.into());
    }
    schema
}

/// Takes `null` out of optional keys: a key is written with a value or left out.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(without_null);
            no_null_type(object);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

fn no_null_type(object: &mut Map<String, Value>) {
    let null = json!({ "type": "null" });
    if let Some(Value::Array(any)) = object.get_mut("anyOf") {
        any.retain(|option| *option != null);
        if any.len() == 1
            && let Some(only) = any.pop()
        {
            object.remove("anyOf");
            object.insert("allOf".into(), json!([only]));
        }
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys;
    use super::super::mapped::keys as mapped_keys;
    use super::*;
    use std::collections::BTreeSet;

    fn properties<'s>(schema: &'s Value, name: &str, root: &str) -> &'s Map<String, Value> {
        let block = if name == root {
            schema
        } else {
            &schema["definitions"][name]
        };
        assert_eq!(block["additionalProperties"], json!(false), "{name}");
        block["properties"].as_object().unwrap()
    }

    #[test]
    fn reader_and_schema_know_the_same_keys() {
        let mapped = mapped_schema();
        let schema = schema();
        let ordinary = keys::ALL
            .iter()
            .map(|(name, keys)| (&schema, "Document", *name, *keys));
        let more = [
            ("MappedDocument", mapped_keys::TOP),
            ("EndpointBlock", mapped_keys::ENDPOINT),
            ("FieldBlock", mapped_keys::FIELD),
            ("AnyBlock", mapped_keys::ANY),
        ];
        let more = more
            .into_iter()
            .map(|(name, keys)| (&mapped, "MappedDocument", name, keys));
        let mut blocks = 0;
        for (schema, root, name, keys) in ordinary.chain(more) {
            let written: BTreeSet<&str> = properties(schema, name, root)
                .keys()
                .map(String::as_str)
                .collect();
            let read: BTreeSet<&str> = keys.iter().copied().collect();
            assert_eq!(written, read, "{name}");
            blocks += 1;
        }
        let defined = |schema: &Value| {
            let definitions = schema["definitions"].as_object().unwrap().values();
            definitions
                .filter(|d| d.get("properties").is_some())
                .count()
                + 1
        };
        assert_eq!(blocks, defined(&schema) + defined(&mapped));
    }

    /// Calls a function with every key of a schema and what is said of it.
    fn each_key(schema: &Value, look: &mut dyn FnMut(&str, &Value)) {
        let properties = schema["properties"].as_object().into_iter().flatten();
        properties.for_each(|(key, property)| look(key, property));
        match schema {
            Value::Object(object) => object.values().for_each(|value| each_key(value, look)),
            Value::Array(items) => items.iter().for_each(|value| each_key(value, look)),
            _ => {}
        }
    }

    #[test]
    fn defaults_are_what_the_text_says_and_fit_their_key() {
        let schema = schema();
        let mut seen = 0;
        each_key(&schema, &mut |key, property| {
            let text = property["description"].as_str().unwrap_or_default();
            let default = &property["default"];
            let named = text
                .strip_suffix("` when absent.")
                .and_then(|text| text.rsplit('`').next());
            match default {
                Value::String(word) => assert_eq!(named, Some(word.as_str()), "{key}: {text}"),
                Value::Bool(truth) => {
                    assert_eq!(named, Some(truth.to_string().as_str()), "{key}: {text}");
                }
                Value::Null => assert_eq!(named, None, "{key} says a default and has none"),
                _ => {}
            }
            if !default.is_null() {
                seen += 1;
                let mut alone = property.clone();
                alone["definitions"] = schema["definitions"].clone();
                alone["$schema"] = schema["$schema"].clone();
                assert!(jsonschema::is_valid(&alone, default), "{key}: {default}");
            }
        });
        assert!(seen > 30, "{seen}");
    }

    #[test]
    fn every_key_is_described_and_null_is_nowhere() {
        for schema in [schema(), mapped_schema(), roster_schema()] {
            let text = schema.to_string();
            assert!(!text.contains("\"null\""));
            let mut stack = vec![&schema];
            while let Some(value) = stack.pop() {
                if let Some(properties) = value["properties"].as_object() {
                    for (key, property) in properties {
                        assert!(property["description"].is_string(), "{key}: {property}");
                    }
                }
                match value {
                    Value::Object(object) => stack.extend(object.values()),
                    Value::Array(items) => stack.extend(items),
                    _ => {}
                }
            }
        }
    }
}
