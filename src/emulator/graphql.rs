//! Just enough GraphQL for the gateway: reading a document, checking it against the published types, and giving back exactly
//! what it selects.
//!
//! Written by hand because the part needed is small and closed: executable documents with variables, aliases, fragments and
//! the two standard directives. Subscriptions, custom scalars and introspection are refused as unknown fields.

mod parse;
mod schema;

use parse::Parser;
use schema::{ARGUMENTS, TYPES, UNIONS, check_keys};
use serde_json::{Map, Value, json};

/// One field of the top level, with its arguments filled in.
#[derive(Debug)]
pub(super) struct Field {
    alias: String,
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    selections: Vec<Selection>,
}

impl Field {
    /// Returns the key under which a value stands that was made for this field and its arguments alone: no name can be like it.
    pub(super) fn own_key(&self) -> String {
        format!("@{}", self.alias)
    }
}

#[derive(Debug)]
enum Selection {
    Field(Field),
    /// `... on Type { }`; without a type it applies to whatever it stands in.
    Inline(Option<String>, Vec<Self>),
    Spread(String),
}

struct Fragment {
    name: String,
    on: String,
    selections: Vec<Selection>,
}

/// What the body of a request asks for.
pub(super) struct Asked {
    name: String,
    mutation: bool,
    /// The top-level fields, or why the document cannot be carried out.
    fields: Result<Vec<Selection>, String>,
    fragments: Vec<Fragment>,
}

impl Asked {
    /// Reads a request body. A body that cannot be read asks for nothing and is answered with the reason.
    pub(super) fn of(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let wanted = body["operationName"].as_str();
        let refused = |why: String| Self {
            name: wanted.unwrap_or("anonymous").to_owned(),
            mutation: false,
            fields: Err(why),
            fragments: Vec::new(),
        };
        let Some(document) = body["query"].as_str() else {
            return refused("the body holds no document in `query`".into());
        };
        let variables = body["variables"].as_object().cloned().unwrap_or_default();
        let parsed =
            Parser::new(document, variables).and_then(|mut parser| parser.document(wanted));
        match parsed {
            Ok(mut asked) => {
                let root = if asked.mutation { "Mutation" } else { "Query" };
                if let Ok(fields) = &asked.fields
                    && let Err(why) = asked.check(root, fields, 0)
                {
                    asked.fields = Err(why);
                }
                asked
            }
            Err(why) => refused(why),
        }
    }

    /// Returns the name by which the operation is counted: its own, or that of its first field.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Says whether it would change state.
    pub(super) fn is_mutation(&self) -> bool {
        self.mutation
    }

    /// Answers with what `resolve` gives for each top-level field, cut down to what is selected.
    pub(super) fn carry_out(&self, mut resolve: impl FnMut(&Field) -> Value) -> Value {
        let fields = match &self.fields {
            Ok(fields) => fields,
            Err(why) => {
                return json!({"errors": [{"message": why, "extensions": {"classification": "ValidationError", "statusCode": 400}}]});
            }
        };
        let mut data = Map::new();
        self.each_field(fields, &mut |field| {
            let value = if field.name == "__typename" {
                json!(if self.mutation { "Mutation" } else { "Query" })
            } else {
                self.select(&resolve(field), &field.selections)
            };
            data.insert(field.alias.clone(), value);
        });
        json!({"data": data})
    }

    /// Acts on every field that is selected in one.
    pub(super) fn each_of<'a>(&'a self, field: &'a Field, act: &mut dyn FnMut(&'a Field)) {
        self.each_field(&field.selections, act);
    }

    fn each_field<'a>(&'a self, selections: &'a [Selection], act: &mut dyn FnMut(&'a Field)) {
        for selection in selections {
            match selection {
                Selection::Field(field) => act(field),
                Selection::Inline(_, inner) => self.each_field(inner, act),
                Selection::Spread(name) => {
                    if let Some(fragment) = self.fragment(name) {
                        self.each_field(&fragment.selections, act);
                    }
                }
            }
        }
    }

    fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragments.iter().find(|fragment| fragment.name == name)
    }

    fn select(&self, value: &Value, selections: &[Selection]) -> Value {
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| self.select(item, selections))
                .collect(),
            Value::Object(object) => {
                let mut out = Map::new();
                self.select_into(object, selections, &mut out);
                Value::Object(out)
            }
            leaf => leaf.clone(),
        }
    }

    fn select_into(
        &self,
        object: &Map<String, Value>,
        selections: &[Selection],
        out: &mut Map<String, Value>,
    ) {
        let here = object.get("__typename").and_then(Value::as_str);
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let value = object
                        .get(&field.own_key())
                        .or_else(|| object.get(&field.name))
                        .unwrap_or(&Value::Null);
                    let selected = self.select(value, &field.selections);
                    match (out.get_mut(&field.alias), selected) {
                        // The same field selected twice is one field with both selections.
                        (Some(Value::Object(before)), Value::Object(more)) => before.extend(more),
                        (_, selected) => {
                            out.insert(field.alias.clone(), selected);
                        }
                    }
                }
                Selection::Inline(on, inner) => {
                    if on.as_deref().is_none_or(|on| Some(on) == here) {
                        self.select_into(object, inner, out);
                    }
                }
                Selection::Spread(name) => {
                    if let Some(fragment) = self.fragment(name)
                        && Some(fragment.on.as_str()) == here
                    {
                        self.select_into(object, &fragment.selections, out);
                    }
                }
            }
        }
    }

    /// Checks that every selected field exists, that objects have a selection and that leaves have none.
    fn check(&self, of: &str, selections: &[Selection], depth: usize) -> Result<(), String> {
        if depth > 16 {
            return Err("the document is nested too deeply".into());
        }
        let members = UNIONS.iter().find(|(name, _)| *name == of).map(|(_, m)| *m);
        let fields = TYPES
            .iter()
            .find(|(name, _)| *name == of)
            .map_or(&[][..], |(_, f)| *f);
        let fits = |on: &str| on == of || members.is_some_and(|members| members.contains(&on));
        for selection in selections {
            match selection {
                Selection::Field(field) if field.name == "__typename" => {}
                Selection::Field(field) => {
                    let Some((_, kind)) = fields.iter().find(|(name, _)| *name == field.name)
                    else {
                        return Err(format!(
                            "Field '{}' in type '{of}' is undefined",
                            field.name
                        ));
                    };
                    let arguments = ARGUMENTS
                        .iter()
                        .find(|(name, _)| *name == field.name)
                        .map_or(&[][..], |(_, keys)| *keys);
                    check_keys(&field.name, arguments, &field.arguments)?;
                    let composite = TYPES.iter().any(|(name, _)| name == kind)
                        || UNIONS.iter().any(|(name, _)| name == kind);
                    if composite == field.selections.is_empty() {
                        return Err(format!(
                            "Field '{}' of type '{kind}' must {}have a selection of subfields",
                            field.name,
                            if composite { "" } else { "not " },
                        ));
                    }
                    self.check(kind, &field.selections, depth + 1)?;
                }
                Selection::Inline(on, inner) => {
                    let on = on.as_deref().unwrap_or(of);
                    if !fits(on) {
                        return Err(format!(
                            "Fragment cannot be spread here as objects of type '{of}' can never be of type '{on}'"
                        ));
                    }
                    self.check(on, inner, depth + 1)?;
                }
                Selection::Spread(name) => {
                    let fragment = self
                        .fragment(name)
                        .ok_or_else(|| format!("Undefined fragment '{name}'"))?;
                    if !fits(&fragment.on) {
                        return Err(format!("Fragment '{name}' cannot be spread in type '{of}'"));
                    }
                    self.check(&fragment.on, &fragment.selections, depth + 1)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_document_breaks_the_reader(
            words in prop::collection::vec(prop::sample::select(vec![
                "query", "mutation", "fragment", "on", "{", "}", "(", ")", "[", "]", ":", "$", "!", "=", "@", "...", "\"x\"", "-1.5",
                "true", "null", "a", "__typename", "skip", "if", "knowledgeBase_linkedSources", "cloudId", "#", "\n", "&", "é",
            ]), 0..40),
        ) {
            let body = json!({"query": words.join(" "), "variables": {"a": 1}});
            let asked = Asked::of(body.to_string().as_bytes());
            let answer = asked.carry_out(|_| json!({"__typename": "QueryError", "message": "m"}));
            prop_assert!(answer.get("data").is_some() != answer.get("errors").is_some());
        }
    }
}
