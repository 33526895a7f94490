//! The gateway's answers held against the published type definitions: every field can be selected, and has its type.

use crate::harness::{Box, Who, acme};
use crate::wire::reference;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A type of a field: its name, whether it refuses null, and whether it is a list of the inner one.
#[derive(Debug, Clone)]
struct Kind {
    name: String,
    required: bool,
    item: Option<std::boxed::Box<Self>>,
}

#[derive(Debug, Default)]
struct Schema {
    types: BTreeMap<String, BTreeMap<String, Kind>>,
    unions: BTreeMap<String, Vec<String>>,
    enums: BTreeMap<String, Vec<String>>,
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Self {
        let mut tokens = Vec::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap();
            let mut word = String::new();
            for c in line.chars().chain([' ']) {
                if c.is_alphanumeric() || c == '_' {
                    word.push(c);
                    continue;
                }
                if !word.is_empty() {
                    tokens.push(std::mem::take(&mut word));
                }
                if "{}()[]:!=|".contains(c) {
                    tokens.push(c.to_string());
                }
            }
        }
        Self { tokens, at: 0 }
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn take(&mut self, token: &str) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|t| t == token);
        self.at += usize::from(there);
        there
    }

    fn kind(&mut self) -> Kind {
        let (name, item) = if self.take("[") {
            let item = self.kind();
            assert!(self.take("]"));
            (item.name.clone(), Some(std::boxed::Box::new(item)))
        } else {
            (self.next(), None)
        };
        let required = self.take("!");
        Kind {
            name,
            required,
            item,
        }
    }

    fn schema(mut self) -> Schema {
        let mut schema = Schema::default();
        while self.at < self.tokens.len() {
            let (what, name) = (self.next(), self.next());
            if what == "union" {
                assert!(self.take("="));
                let mut members = vec![self.next()];
                while self.take("|") {
                    members.push(self.next());
                }
                schema.unions.insert(name, members);
                continue;
            }
            assert!(self.take("{"), "{what} {name}");
            let mut fields = BTreeMap::new();
            let mut words = Vec::new();
            while !self.take("}") {
                let field = self.next();
                words.push(field.clone());
                if self.take("(") {
                    while !self.take(")") {
                        self.at += 1;
                    }
                }
                if self.take(":") {
                    fields.insert(field, self.kind());
                }
            }
            match what.as_str() {
                "type" => drop(schema.types.insert(name, fields)),
                "enum" => drop(schema.enums.insert(name, words)),
                _ => assert_eq!(what, "input"),
            }
        }
        schema
    }
}

impl Schema {
    /// Writes a selection of everything that a type has.
    fn everything(&self, name: &str) -> String {
        if let Some(members) = self.unions.get(name) {
            let parts: Vec<String> = members
                .iter()
                .map(|m| format!("... on {m} {}", self.everything(m)))
                .collect();
            return format!("{{ __typename {} }}", parts.join(" "));
        }
        match self.types.get(name) {
            Some(fields) => {
                let parts: Vec<String> = fields
                    .iter()
                    .map(|(f, kind)| format!("{f} {}", self.everything(&kind.name)))
                    .collect();
                format!("{{ __typename {} }}", parts.join(" "))
            }
            None => String::new(),
        }
    }

    fn check(&self, at: &str, value: &Value, kind: &Kind) {
        if value.is_null() {
            assert!(!kind.required, "{at} is null");
            return;
        }
        if let Some(item) = &kind.item {
            for value in value
                .as_array()
                .unwrap_or_else(|| panic!("{at} is no list: {value}"))
            {
                self.check(at, value, item);
            }
            return;
        }
        let actual = value["__typename"].as_str();
        let name = match self.unions.get(&kind.name) {
            Some(members) => members.iter().find(|m| Some(m.as_str()) == actual).unwrap(),
            None => &kind.name,
        };
        if let Some(fields) = self.types.get(name) {
            assert_eq!(actual, Some(name.as_str()), "{at}");
            let mut keys: Vec<&String> = value.as_object().unwrap().keys().collect();
            keys.retain(|key| *key != "__typename");
            assert_eq!(keys, fields.keys().collect::<Vec<_>>(), "{at}");
            for (field, kind) in fields {
                self.check(&format!("{at}.{field}"), &value[field], kind);
            }
        } else if let Some(words) = self.enums.get(name) {
            assert!(words.iter().any(|word| value == word), "{at} is {value}");
        } else {
            let fits = match name.as_str() {
                "Boolean" => value.is_boolean(),
                "Int" => value.is_i64(),
                _ => value.is_string(),
            };
            assert!(fits, "{at} is {value}");
        }
    }
}

#[tokio::test]
async fn every_published_field_can_be_selected_and_has_its_type() {
    let Some(directory) = reference() else { return };
    let text = std::fs::read_to_string(directory.join("gateway-kb.graphql")).unwrap();
    let schema = Reader::new(&text).schema();
    let acme = acme();
    let cloud = acme.site.cloud_id().to_string();
    let sandbox = Box::start(acme.site).await;
    let spaces = sandbox.get("/wiki/api/v2/spaces?keys=ITKB").await;
    let ari = format!(
        "ari:cloud:confluence:{cloud}:space/{}",
        spaces["results"][0]["id"].as_str().unwrap()
    );
    let here = format!("cloudId: \"{cloud}\", projectIdentifier: \"ITSM\"");
    let away = format!("cloudId: \"{cloud}\", projectIdentifier: \"NONE\"");
    let source = format!("{{sourceARI: \"{ari}\"}}");
    let update = |who: &str| {
        format!("permissionUpdateRequest: {{sourceARI: \"{ari}\", viewPermission: \"{who}\"}}")
    };
    let input =
        |ari: &str, who: &str| format!("input: {{spaceAri: \"{ari}\", viewPermission: {who}}}");
    let cases = [
        ("Query", "knowledgeBase_linkedSources", here.clone()),
        ("Query", "knowledgeBase_linkedSources", away.clone()),
        (
            "Query",
            "knowledgeBaseSpacePermission_bulkQuery",
            format!("cloudId: \"{cloud}\", spaceAris: [\"{ari}\", \"x\"]"),
        ),
        (
            "Mutation",
            "knowledgeBase_linkSources",
            format!("{here}, sources: [{source}, {{sourceARI: \"x\"}}]"),
        ),
        (
            "Mutation",
            "knowledgeBase_updateSourceViewPermission",
            format!("{here}, {}", update("CONFLUENCE_LICENSED_USERS")),
        ),
        (
            "Mutation",
            "knowledgeBase_updateSourceViewPermission",
            format!("{here}, {}", update("ANONYMOUS_USERS")),
        ),
        (
            "Mutation",
            "knowledgeBaseSpacePermission_updateView",
            input(&ari, "CONFLUENCE_UNLICENSED_USERS"),
        ),
        (
            "Mutation",
            "knowledgeBaseSpacePermission_updateView",
            input(&ari, "ANONYMOUS_USERS"),
        ),
        (
            "Mutation",
            "knowledgeBaseSpacePermission_updateView",
            input("x", "ANONYMOUS_USERS"),
        ),
        (
            "Mutation",
            "knowledgeBase_unlinkSources",
            format!("{here}, linkedSources: [{source}]"),
        ),
        (
            "Mutation",
            "knowledgeBase_unlinkSources",
            format!("{away}, linkedSources: [{source}]"),
        ),
    ];
    for (root, field, arguments) in cases {
        let kind = &schema.types[root][field];
        let query = format!(
            "{} {{ {field}({arguments}) {} }}",
            root.to_lowercase(),
            schema.everything(&kind.name)
        );
        let body = Some(json!({"query": query}));
        let got = sandbox
            .send(Who::Admin, "POST", "/gateway/api/graphql", body)
            .await;
        assert!(got.body.get("errors").is_none(), "{query}: {}", got.body);
        schema.check(field, &got.body["data"][field], kind);
    }
}
