//! Every documented operation against Atlassian's OpenAPI files, where the reference folder is at hand.
//!
//! The server answers each request with the example of its own description, so this says two things: what the client
//! sends is described, and what the descriptions show is understood.

use crate::documents::reference;
use crate::service::{Reply, Seen, Service, json, with};
use portcullis::jsm::Group;
use portcullis::model::{AccountId, DeskId, OrganizationId, Right};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// One of the OpenAPI files, and what stands before its paths.
struct Api {
    prefix: &'static str,
    document: Value,
}

/// An operation of a file.
struct Operation<'a> {
    api: &'a Api,
    template: &'a str,
    described: &'a Value,
}

fn apis(folder: &Path) -> Vec<Api> {
    let files = [
        ("", "jsm-cloud-openapi.json"),
        ("", "jira-platform-v3-extract.json"),
        ("/wiki/api/v2", "confluence-v2-extract.json"),
        ("/admin", "atlassian-admin-orgs-extract.json"),
    ];
    let read = |(prefix, file)| {
        let text = std::fs::read_to_string(folder.join(file)).expect(file);
        let document = serde_json::from_str(&text).expect(file);
        Api { prefix, document }
    };
    files.into_iter().map(read).collect()
}

fn matches(template: &str, path: &str) -> bool {
    let (t, p): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    t.len() == p.len() && t.iter().zip(&p).all(|(t, p)| t.starts_with('{') || t == p)
}

fn operation<'a>(apis: &'a [Api], seen: &Seen) -> Option<Operation<'a>> {
    let path = seen.target.split('?').next()?;
    apis.iter().find_map(|api| {
        let path = path.strip_prefix(api.prefix)?;
        let paths = api.document["paths"].as_object()?;
        let mut found: Vec<_> = paths.iter().filter(|(t, _)| matches(t, path)).collect();
        // A literal path wins over a template.
        found.sort_by_key(|(template, _)| template.matches('{').count());
        let (template, methods) = found.first()?;
        Some(Operation {
            api,
            template,
            described: methods.get(seen.method.to_lowercase())?,
        })
    })
}

impl Operation<'_> {
    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        match value["$ref"].as_str() {
            Some(pointer) => self.api.document.pointer(&pointer[1..]).expect(pointer),
            None => value,
        }
    }

    /// Says what in a request is not as described.
    fn complaints(&self, seen: &Seen) -> Vec<String> {
        let mut complaints = Vec::new();
        let parameters = self.described["parameters"].as_array().cloned();
        let parameters = parameters.unwrap_or_default();
        let parameters: Vec<_> = parameters.iter().map(|p| self.resolved(p)).collect();
        let query = seen.target.split_once('?').map_or("", |(_, query)| query);
        let given: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        for (name, value) in &given {
            let known = parameters
                .iter()
                .find(|p| p["in"] == "query" && p["name"] == name.as_ref());
            let fits = known.map(|p| match p["schema"]["type"].as_str() {
                Some("integer") => value.parse::<i64>().is_ok(),
                Some("boolean") => value.parse::<bool>().is_ok(),
                _ => true,
            });
            if fits != Some(true) {
                complaints.push(format!("`{name}={value}`"));
            }
        }
        for p in parameters
            .iter()
            .filter(|p| p["in"] == "query" && p["required"] == true)
        {
            if !given.iter().any(|(name, _)| p["name"] == name.as_ref()) {
                complaints.push(format!("`{}` is missing", p["name"]));
            }
        }
        let body = &self.described["requestBody"]["content"]["application/json"]["schema"];
        match (body.is_null(), seen.body.is_null()) {
            (true, true) => {}
            (true, false) => complaints.push("there is a body".to_owned()),
            (false, true) => complaints.push("there is no body".to_owned()),
            (false, false) => {
                let schema = json!({
                    "allOf": [body],
                    "components": self.api.document["components"],
                });
                let validator = jsonschema::draft4::new(&schema).expect("a schema");
                complaints.extend(validator.iter_errors(&seen.body).map(|e| e.to_string()));
            }
        }
        complaints
    }

    /// Answers with the description's own example, as the last page of a list.
    fn reply(&self) -> Option<Reply> {
        let responses = self.described["responses"].as_object()?;
        let (status, response) = responses
            .iter()
            .find(|(status, _)| status.starts_with('2'))?;
        let status = status.parse().ok()?;
        let content = &self.resolved(response)["content"]["application/json"];
        let example = match &content["example"] {
            Value::Null => content["examples"]
                .as_object()
                .and_then(|examples| Some(examples.values().next()?["value"].clone())),
            example => Some(example.clone()),
        };
        let mut example = match example {
            Some(Value::String(text)) => serde_json::from_str(&text).ok()?,
            Some(value) => value,
            None => return Some(with(status, &[], "")),
        };
        for (mark, value) in [("isLastPage", json!(true)), ("isLast", json!(true))] {
            if let Some(present) = example.get_mut(mark) {
                *present = value;
            }
        }
        if let Some(links) = example.get_mut("links").and_then(Value::as_object_mut) {
            links.insert("next".to_owned(), Value::Null);
        }
        Some(json(status, example))
    }
}

/// Makes every documented request once, and names those whose answer was not understood.
async fn tour(service: &Service) -> Vec<String> {
    let connection = service.connect();
    let (reader, writer) = (connection.reader(), connection.writer());
    let (org, desk) = (OrganizationId::new("12"), DeskId::new("3"));
    let person = AccountId::new("qm:a713c8ea-1075-4e30-9d96-891a7d181739:5ad6d3581db05e2a66fa80b");
    let people = [person];
    let yes = json!(true);
    let mut failed = Vec::new();
    macro_rules! call {
        ($($on:ident.$method:ident($($argument:expr),*)),+ $(,)?) => {
            $(if let Err(error) = $on.$method($($argument),*).await {
                failed.push(format!("{}: {error}", stringify!($method)));
            })+
        };
    }
    call!(
        reader.service_desks(),
        reader.organizations(),
        reader.organization_members(&org, 0),
        reader.organization_property(&org, "portcullis"),
        reader.desk_organizations(&desk),
        reader.desk_customers(&desk, 0),
        reader.users(&people),
        reader.application_roles(&person),
        reader.project_roles("ITSM"),
        reader.role_actors("ITSM", "10101"),
        reader.approved_domains("o"),
        reader.approved_domain("o", "example.com"),
        writer.create_customer("a@x.example", "A"),
        writer.create_organization("Globex"),
        writer.set_organization_property(&org, "portcullis", &yes),
        writer.delete_organization(&org),
        writer.add_members(&org, &people),
        writer.remove_members(&org, &people),
        writer.add_customers(&desk, &people),
        writer.remove_customers(&desk, &people),
        writer.link_organization(&desk, &org),
        writer.unlink_organization(&desk, &org),
        writer.add_role_group(
            "ITSM",
            "10100",
            &Group {
                id: Some("g".into()),
                name: "g".into()
            }
        ),
        writer.remove_role_group(
            "ITSM",
            "10100",
            &Group {
                id: None,
                name: "g".into()
            }
        ),
        writer.assign_role("o", &person, "atlassian/customer", "ari:p"),
        writer.revoke_role("o", &person, "atlassian/user", "ari:p"),
        writer.end_portal_access(&person),
        writer.invite_customer(&desk, "a@x.example", "A"),
        writer.upsert_approved_product("o", "example.com", "ari:p", "ari:r", false),
        writer.create_approved_domain("o", "example.com", &yes, "ari:p", "ari:r", false),
        writer.replace_approved_products("o", "example.com", &yes, &[]),
    );
    // The examples of these are of other permissions, never end, or do not exist: only what was sent is of interest.
    let _ = reader.space_ids(&["ITKB", "~jo"]).await;
    let _ = reader.identity().await;
    let _ = reader.permissions(&["ADMINISTER"], Some("ITSM")).await;
    let _ = reader.search_users("ana@x.example").await;
    let _ = reader.all_users(9).await;
    let _ = reader.rights(&Right::ASKED, None).await;
    let _ = reader.customer_role_holders("o", "ari:p").await;
    let _ = reader.audit_records().await;
    let _ = reader.organization_events("o").await;
    let _ = reader.permission_scheme("ITSM").await;
    let group = Group {
        id: Some("g".into()),
        name: "site-admins".into(),
    };
    let _ = reader.group_members(&group, 0).await;
    let named = Group { id: None, ..group };
    let _ = reader.group_members(&named, 9).await;
    failed
}

#[test]
fn a_request_that_is_not_described_would_be_noticed() {
    let Some(folder) = reference() else { return };
    let apis = apis(&folder);
    let complaints = |method: &str, target: &str, body: Value| {
        let seen = Seen {
            method: method.to_owned(),
            target: target.to_owned(),
            authorization: None,
            headers: Vec::new(),
            body,
        };
        operation(&apis, &seen).map(|operation| operation.complaints(&seen).len())
    };
    let organizations = "/rest/servicedeskapi/organization";
    let odd = format!("{organizations}?start=x&requestLanguage=en-US");
    assert_eq!(complaints("GET", &odd, Value::Null), Some(2));
    assert_eq!(complaints("POST", organizations, Value::Null), Some(1));
    assert_eq!(
        complaints("POST", organizations, json!({"name": 1})),
        Some(1)
    );
    assert_eq!(complaints("PUT", organizations, Value::Null), None);
}

#[tokio::test]
async fn requests_are_as_described_and_described_answers_are_understood() {
    let Some(folder) = reference() else { return };
    let apis = Arc::new(apis(&folder));
    let complaints = Arc::new(Mutex::new(BTreeSet::new()));
    let operations = Arc::new(Mutex::new(BTreeSet::new()));
    let service = {
        let (complaints, operations) = (Arc::clone(&complaints), Arc::clone(&operations));
        Service::ruled(move |seen| {
            if seen.target == "/_edge/tenant_info" {
                return Some(json(200, json!({"cloudId": "c-1"})));
            }
            let note = |text: String| {
                let mut complaints = complaints.lock().expect("not poisoned");
                complaints.insert(format!("{}: {text}", seen.line()));
            };
            let Some(operation) = operation(&apis, seen) else {
                note("no such operation".to_owned());
                return None;
            };
            operation.complaints(seen).into_iter().for_each(note);
            let name = format!("{} {}", seen.method, operation.template);
            operations.lock().expect("not poisoned").insert(name);
            operation.reply()
        })
        .await
    };
    let failed = tour(&service).await;
    assert_eq!(failed, [""; 0]);
    assert_eq!(*complaints.lock().expect("not poisoned"), BTreeSet::new());
    assert_eq!(operations.lock().expect("not poisoned").len(), 41);
}
