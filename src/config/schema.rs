//! The JSON Schemas (draft-07) that editors use.

use super::document::{Document, MappedDocument};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// Returns the schema of configuration files.
pub fn schema() -> Value {
    generate::<Document>("Portcullis configuration, version 1")
}

/// Returns the schema of descriptions of settings endpoints (`surfaces.mapped`).
pub fn mapped_schema() -> Value {
    generate::<MappedDocument>("Portcullis description of settings endpoints, version 1")
}

fn generate<T: JsonSchema>(title: &str) -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    without_null(&mut schema);
    if let Some(root) = schema.as_object_mut() {
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

    #[test]
    fn every_key_is_described_and_null_is_nowhere() {
        for schema in [schema(), mapped_schema()] {
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
