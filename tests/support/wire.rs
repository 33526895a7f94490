//! Checks recorded exchanges against Atlassian's own OpenAPI files: paths, queries, bodies and answers.
//!
//! The files are the independent truth for both ends of the wire. They are data to test against and no part of the project:
//! they are read from `PORTCULLIS_REFERENCE`, or from `../shared/reference` beside the project. Schemas are read strictly: a
//! key that an object's schema does not list is an error, also where the file leaves the object open.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests fail and speak like tests"
)]

use portcullis::emulator::Exchange;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::path::PathBuf;

/// The official files with the prefix under which each server's paths are reached.
const FILES: &[(&str, &str)] = &[
    ("jsm-cloud-openapi.json", ""),
    ("jira-platform-v3-extract.json", ""),
    ("confluence-v2-extract.json", "/wiki/api/v2"),
    ("atlassian-admin-orgs-extract.json", "/admin"),
];

/// What no OpenAPI file describes, and other tests look after.
const OUTSIDE: &[&str] = &[
    "/_edge/tenant_info",
    "/gateway/api/graphql",
    "/rest/servicedesk/1/",
    "/rest/sandbox-settings/1/",
    "/jsm/csm/",
    "/oauth/token",
];

/// Keys that the files describe in words and examples, and forgot in the schema.
const FORGOTTEN: &[(&str, &str)] = &[("AuditRecordBean", "authorAccountId")];

/// Statuses that every operation may have, listed or not.
const ALWAYS: &[u16] = &[401, 403, 412, 413, 429, 500, 502, 503, 504];

/// The official descriptions, ready to check with.
pub(crate) struct Wire {
    files: Vec<File>,
    validators: HashMap<String, jsonschema::Validator>,
}

struct File {
    name: &'static str,
    prefix: &'static str,
    document: Value,
    components: Value,
}

/// Finds the directory of the official files; says so on stderr where there is none.
pub(crate) fn reference() -> Option<PathBuf> {
    let directory = std::env::var_os("PORTCULLIS_REFERENCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference"),
        PathBuf::from,
    );
    if directory.join(FILES[0].0).is_file() {
        return Some(directory);
    }
    eprintln!("skipped: no reference");
    None
}

/// What a path and a method stand for in a file.
struct Found {
    file: usize,
    template: String,
    operation: Value,
    parameters: Vec<(String, String)>,
}

impl Wire {
    /// Reads the official files; says so on stderr and gives nothing where there are none.
    pub(crate) fn load() -> Option<Self> {
        let directory = reference()?;
        let files = FILES
            .iter()
            .map(|(name, prefix)| {
                let document: Value =
                    serde_json::from_slice(&std::fs::read(directory.join(name)).unwrap()).unwrap();
                let schemas = document["components"]["schemas"].as_object().unwrap();
                let mut strict: Map<String, Value> = schemas
                    .iter()
                    .map(|(key, schema)| (key.clone(), strict(schema, &document)))
                    .collect();
                for (schema, key) in FORGOTTEN {
                    if let Some(schema) = strict.get_mut(*schema) {
                        schema["properties"][*key] = json!({"type": "string"});
                    }
                }
                File {
                    name,
                    prefix,
                    document,
                    components: json!({"schemas": strict}),
                }
            })
            .collect();
        Some(Self {
            files,
            validators: HashMap::new(),
        })
    }

    /// Gives every objection to every exchange, each with the request it is about.
    pub(crate) fn check_all(&mut self, exchanges: &[Exchange]) -> Vec<String> {
        exchanges
            .iter()
            .flat_map(|exchange| {
                let objections = self.check(exchange);
                objections.into_iter().map(|objection| {
                    let status = exchange.status.unwrap_or_default();
                    format!(
                        "{} {} -> {status}: {objection}",
                        exchange.method, exchange.path
                    )
                })
            })
            .collect()
    }

    /// Gives every objection to one exchange. An exchange without an answer is checked as a request only.
    pub(crate) fn check(&mut self, exchange: &Exchange) -> Vec<String> {
        let path = plain(&exchange.path);
        if OUTSIDE.iter().any(|prefix| path.starts_with(prefix)) {
            return Vec::new();
        }
        let Some(found) = self.find(&exchange.method, path) else {
            return vec!["the path is not documented for this method".into()];
        };
        let mut objections = Vec::new();
        self.check_parameters(&found, exchange, &mut objections);
        self.check_request(&found, exchange, &mut objections);
        if let Some(status) = exchange.status {
            self.check_response(&found, exchange, status, &mut objections);
        }
        objections
    }

    /// Says which documented operation an exchange is, as `METHOD /template`.
    pub(crate) fn operation(&self, exchange: &Exchange) -> Option<String> {
        let found = self.find(&exchange.method, plain(&exchange.path))?;
        Some(format!("{} {}", exchange.method, found.template))
    }

    fn find(&self, method: &str, path: &str) -> Option<Found> {
        let method = method.to_lowercase();
        let mut best: Option<Found> = None;
        for (i, file) in self.files.iter().enumerate() {
            let Some(rest) = path.strip_prefix(file.prefix) else {
                continue;
            };
            for (template, operations) in file.document["paths"].as_object().unwrap() {
                let Some(parameters) = matched(template, rest) else {
                    continue;
                };
                let Some(operation) = operations.get(&method) else {
                    continue;
                };
                // A template with fewer parameters says more: `/customer/invite` before `/customer/{id}`.
                if best
                    .as_ref()
                    .is_none_or(|b| parameters.len() < b.parameters.len())
                {
                    let mut operation = operation.clone();
                    let shared = operations["parameters"]
                        .as_array()
                        .cloned()
                        .unwrap_or_default();
                    let own = operation["parameters"]
                        .as_array()
                        .cloned()
                        .unwrap_or_default();
                    operation["parameters"] = own.into_iter().chain(shared).collect();
                    best = Some(Found {
                        file: i,
                        template: template.clone(),
                        operation,
                        parameters,
                    });
                }
            }
        }
        best
    }

    fn check_parameters(&self, found: &Found, exchange: &Exchange, objections: &mut Vec<String>) {
        let document = &self.files[found.file].document;
        let listed: Vec<&Value> = found.operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| resolved(parameter, document))
            .collect();
        for (name, value) in &exchange.query {
            match listed
                .iter()
                .find(|p| p["in"] == "query" && p["name"] == name.as_str())
            {
                Some(parameter) => check_value(parameter, value, document, objections),
                None => objections.push(format!("the query parameter `{name}` is not documented")),
            }
        }
        for (name, value) in &found.parameters {
            if let Some(parameter) = listed
                .iter()
                .find(|p| p["in"] == "path" && p["name"] == name.as_str())
            {
                check_value(parameter, value, document, objections);
            }
        }
        for parameter in &listed {
            let name = parameter["name"].as_str().unwrap_or("");
            let sent = exchange.query.iter().any(|(sent, _)| sent == name);
            if parameter["in"] == "query" && parameter["required"] == true && !sent {
                objections.push(format!("the query parameter `{name}` is missing"));
            }
        }
    }

    fn check_request(&mut self, found: &Found, exchange: &Exchange, objections: &mut Vec<String>) {
        let document = &self.files[found.file].document;
        let body = resolved(&found.operation["requestBody"], document).clone();
        if exchange.request_body.is_empty() {
            if body["required"] == true {
                objections.push("the request has no body".into());
            }
            return;
        }
        if body.is_null() {
            objections.push("no request body is documented".into());
            return;
        }
        let json = exchange
            .request_headers
            .iter()
            .any(|(key, value)| key == "content-type" && value.starts_with("application/json"));
        if !json {
            objections.push("the request's content type is not `application/json`".into());
        }
        let schema = &body["content"]["application/json"]["schema"];
        let key = format!("{} {} request", found.template, exchange.method);
        self.validate(
            found.file,
            key,
            schema,
            &exchange.request_body,
            "request",
            objections,
        );
    }

    fn check_response(
        &mut self,
        found: &Found,
        exchange: &Exchange,
        status: u16,
        objections: &mut Vec<String>,
    ) {
        let document = &self.files[found.file].document;
        let responses = &found.operation["responses"];
        let Some(response) = responses
            .get(status.to_string())
            .or_else(|| responses.get("default"))
        else {
            if !ALWAYS.contains(&status) {
                objections.push("the status is not documented".into());
            }
            return;
        };
        let response = resolved(response, document);
        let schema = response["content"]["application/json"]["schema"].clone();
        if exchange.response_body.is_empty() {
            let named = schema.as_object().is_some_and(|schema| !schema.is_empty());
            if named && status == 200 && schema.get("$ref").is_some() {
                objections.push("the answer has no body".into());
            }
            return;
        }
        if status == 204 {
            objections.push("an answer 204 has a body".into());
        }
        let key = format!("{} {} {status}", found.template, exchange.method);
        self.validate(
            found.file,
            key,
            &schema,
            &exchange.response_body,
            "answer",
            objections,
        );
    }

    fn validate(
        &mut self,
        file: usize,
        key: String,
        schema: &Value,
        body: &[u8],
        what: &str,
        objections: &mut Vec<String>,
    ) {
        let Ok(instance) = serde_json::from_slice::<Value>(body) else {
            objections.push(format!("the {what} is not JSON"));
            return;
        };
        let file = &self.files[file];
        let validator = self
            .validators
            .entry(format!("{} {key}", file.name))
            .or_insert_with(|| {
                let root = json!({
                    "$schema": "https://json-schema.org/draft/2020-12/schema",
                    "components": file.components,
                    "allOf": [strict(schema, &file.document)],
                });
                jsonschema::validator_for(&root).unwrap_or_else(|error| panic!("{key}: {error}"))
            });
        for error in validator.iter_errors(&instance) {
            objections.push(format!("{what}: {error} at `{}`", error.instance_path()));
        }
    }
}

/// Cuts the prefix by which scoped tokens reach a site.
fn plain(path: &str) -> &str {
    let mut parts = path.splitn(5, '/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(""), Some("ex"), Some("jira" | "confluence"), Some(cloud)) => path
            .find(cloud)
            .map_or(path, |at| &path[at + cloud.len()..]),
        _ => path,
    }
}

/// Matches a path with a template; gives the parameters, decoded.
fn matched(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (wanted, got): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != got.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (want, have) in wanted.iter().zip(got) {
        match want.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
            Some(name) => {
                let value = percent_encoding::percent_decode_str(have)
                    .decode_utf8()
                    .ok()?;
                parameters.push((name.to_owned(), value.into_owned()));
            }
            None if *want == have => {}
            None => return None,
        }
    }
    Some(parameters)
}

fn resolved<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    match value["$ref"]
        .as_str()
        .and_then(|path| document.pointer(&path[1..]))
    {
        Some(target) => resolved(target, document),
        None => value,
    }
}

/// Checks a parameter in its written form: numbers, truth values and closed lists of words.
fn check_value(parameter: &Value, text: &str, document: &Value, objections: &mut Vec<String>) {
    let schema = resolved(&parameter["schema"], document);
    let schema = if schema["type"] == "array" {
        resolved(&schema["items"], document)
    } else {
        schema
    };
    let values: Vec<&str> = match schema["type"].as_str() {
        Some("array") => text.split(',').collect(),
        _ => vec![text],
    };
    for value in values {
        let fits = match schema["type"].as_str() {
            Some("integer") => value.split(',').all(|part| part.parse::<i64>().is_ok()),
            Some("boolean") => matches!(value, "true" | "false"),
            _ => schema["enum"].as_array().is_none_or(|words| {
                value
                    .split(',')
                    .all(|part| words.iter().any(|word| word == part))
            }),
        };
        if !fits {
            let name = parameter["name"].as_str().unwrap_or("");
            objections.push(format!("the parameter `{name}` cannot be `{value}`"));
        }
    }
}

/// Turns an OpenAPI 3.0 schema into a strict JSON Schema: `nullable` spelled out, `allOf` merged, objects closed.
fn strict(schema: &Value, document: &Value) -> Value {
    let Some(object) = schema.as_object() else {
        return json!(true);
    };
    if object.contains_key("$ref") && !object.contains_key("allOf") {
        return json!({"$ref": object["$ref"]});
    }
    let object = merged(object, document);
    let mut out = Map::new();
    for (key, value) in &object {
        let value = match key.as_str() {
            "properties" => value
                .as_object()
                .unwrap()
                .iter()
                .map(|(k, v)| (k.clone(), strict(v, document)))
                .collect::<Map<_, _>>()
                .into(),
            "items" => strict(value, document),
            "additionalProperties" if value.is_object() => strict(value, document),
            "oneOf" | "anyOf" => value
                .as_array()
                .unwrap()
                .iter()
                .map(|v| strict(v, document))
                .collect(),
            "type"
            | "required"
            | "enum"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minLength"
            | "maxLength"
            | "minimum"
            | "maximum"
            | "additionalProperties" => value.clone(),
            _ => continue,
        };
        out.insert(key.clone(), value);
    }
    // A one-of whose members overlap, as open objects do, is meant as any-of.
    if let Some(members) = out.remove("oneOf") {
        out.insert("anyOf".into(), members);
    }
    let closed = out
        .get("properties")
        .is_some_and(|p| p.as_object().is_some_and(|p| !p.is_empty()));
    if closed
        && !out
            .get("additionalProperties")
            .is_some_and(Value::is_object)
    {
        out.insert("additionalProperties".into(), json!(false));
    }
    if object.get("nullable") == Some(&json!(true)) {
        out.remove("enum");
        return json!({"anyOf": [{"type": "null"}, out]});
    }
    Value::Object(out)
}

/// Merges what `allOf` joins into one schema, so that it can be closed as a whole.
fn merged(object: &Map<String, Value>, document: &Value) -> Map<String, Value> {
    let mut all = object.clone();
    let Some(Value::Array(parts)) = all.remove("allOf") else {
        return all;
    };
    for part in parts {
        let Some(part) = resolved(&part, document).as_object() else {
            continue;
        };
        for (key, value) in merged(part, document) {
            match (all.get_mut(&key), value) {
                (Some(Value::Object(before)), Value::Object(more)) if key == "properties" => {
                    for (name, schema) in more {
                        match before.get_mut(&name) {
                            Some(Value::Object(known)) => {
                                known.extend(schema.as_object().cloned().unwrap_or_default())
                            }
                            _ => drop(before.insert(name, schema)),
                        }
                    }
                }
                (Some(Value::Array(before)), Value::Array(more)) if key == "required" => {
                    before.extend(more)
                }
                (Some(_), _) => {}
                (None, value) => drop(all.insert(key, value)),
            }
        }
    }
    all
}
