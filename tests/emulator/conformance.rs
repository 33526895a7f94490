//! Every imitated documented operation, checked both ways against Atlassian's OpenAPI files.

use crate::harness::{Box, Who, acme, email, key, path_id};
use crate::wire::Wire;
use portcullis::emulator::{CUSTOMER_ROLE, Exchange, NewAccount, RequestType, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Requests of each of them.
const REQUESTS: &str = include_str!("requests.txt");

/// Every documented operation that the sandbox claims to imitate.
const OPERATIONS: &[&str] = &[
    "DELETE /rest/api/3/project/{projectIdOrKey}/role/{id}",
    "DELETE /rest/servicedeskapi/organization/{organizationId}",
    "DELETE /rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}",
    "DELETE /rest/servicedeskapi/organization/{organizationId}/user",
    "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
    "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
    "GET /rest/api/3/auditing/record",
    "GET /rest/api/3/group/bulk",
    "GET /rest/api/3/group/member",
    "GET /rest/api/3/mypermissions",
    "GET /rest/api/3/myself",
    "GET /rest/api/3/permissions",
    "GET /rest/api/3/permissionscheme/{schemeId}/permission",
    "GET /rest/api/3/project/search",
    "GET /rest/api/3/project/{projectIdOrKey}",
    "GET /rest/api/3/project/{projectIdOrKey}/role",
    "GET /rest/api/3/project/{projectIdOrKey}/role/{id}",
    "GET /rest/api/3/project/{projectKeyOrId}/permissionscheme",
    "GET /rest/api/3/role",
    "GET /rest/api/3/serverInfo",
    "GET /rest/api/3/user",
    "GET /rest/api/3/user/bulk",
    "GET /rest/api/3/user/groups",
    "GET /rest/api/3/user/search",
    "GET /rest/api/3/users/search",
    "GET /rest/servicedeskapi/info",
    "GET /rest/servicedeskapi/organization",
    "GET /rest/servicedeskapi/organization/{organizationId}",
    "GET /rest/servicedeskapi/organization/{organizationId}/property",
    "GET /rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}",
    "GET /rest/servicedeskapi/organization/{organizationId}/user",
    "GET /rest/servicedeskapi/requesttype",
    "GET /rest/servicedeskapi/servicedesk",
    "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}",
    "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
    "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
    "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype",
    "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype/{requestTypeId}",
    "GET /spaces",
    "GET /spaces/{id}/role-assignments",
    "GET /v1/orgs",
    "GET /v1/orgs/{orgId}",
    "GET /v1/orgs/{orgId}/event-actions",
    "GET /v1/orgs/{orgId}/events",
    "GET /v1/orgs/{orgId}/events-stream",
    "GET /v2/orgs/{orgId}/app-access-settings/domains",
    "GET /v2/orgs/{orgId}/app-access-settings/domains/{domain}",
    "GET /v2/orgs/{orgId}/directories",
    "GET /v2/orgs/{orgId}/directories/{directoryId}/groups",
    "GET /v2/orgs/{orgId}/directories/{directoryId}/groups/{groupId}/role-assignments",
    "GET /v2/orgs/{orgId}/directories/{directoryId}/users",
    "GET /v2/orgs/{orgId}/directories/{directoryId}/users/{accountId}/role-assignments",
    "GET /v2/orgs/{orgId}/directories/{directoryId}/users/{userId}",
    "POST /rest/api/3/permissionscheme/{schemeId}/permission",
    "POST /rest/api/3/project/{projectIdOrKey}/role/{id}",
    "POST /rest/servicedeskapi/customer",
    "POST /rest/servicedeskapi/organization",
    "POST /rest/servicedeskapi/organization/{organizationId}/user",
    "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
    "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer/invite",
    "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
    "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/requesttype/permissions/check",
    "POST /v1/orgs/{orgId}/users/{userId}/roles/assign",
    "POST /v1/orgs/{orgId}/users/{userId}/roles/revoke",
    "POST /v2/orgs/{orgId}/app-access-settings/domains",
    "POST /v2/orgs/{orgId}/app-access-settings/domains/{domain}/products",
    "POST /v2/orgs/{orgId}/workspaces",
    "PUT /rest/api/3/project/{projectIdOrKey}/role/{id}",
    "PUT /rest/servicedeskapi/customer/user/{accountId}/revoke-portal-only-access",
    "PUT /rest/servicedeskapi/organization/{organizationId}/property/{propertyKey}",
    "PUT /v2/orgs/{orgId}/app-access-settings/domains/{domain}",
];

/// Sends [`REQUESTS`] to a small site.
async fn tour() -> Vec<Exchange> {
    let mut acme = acme();
    let staff = NewAccount::atlassian(email("staff@acme.com"), Role::User);
    let staff = acme.site.add_account(staff).to_string();
    let kind = RequestType {
        name: "Ask".into(),
        groups: ["site-admins".to_owned()].into(),
        ..RequestType::default()
    };
    acme.site.set_request_type(&key("ITSM"), kind).unwrap();
    let org = acme.site.atlassian_organization().to_owned();
    let jsm = acme.site.jsm_product();
    let ana = acme.ana.to_string();
    let sandbox = Box::start(acme.site).await;
    let product = json!({"productId": jsm, "role": CUSTOMER_ROLE, "adminApprovalRequired": false});
    let groups = sandbox
        .get("/rest/api/3/group/bulk?groupName=site-admins")
        .await;
    let spaces = sandbox
        .get("/wiki/api/v2/spaces?keys=ITKB,OTHER&limit=1")
        .await;
    let scheme = sandbox
        .get("/rest/api/3/project/ITSM/permissionscheme")
        .await;
    let words = [
        ("{api}", "/rest/servicedeskapi".to_owned()),
        (
            "{scheme}",
            format!("/rest/api/3/permissionscheme/{}", scheme["id"]),
        ),
        (
            "{domains}",
            format!("/admin/v2/orgs/{org}/app-access-settings/domains"),
        ),
        ("{directory}", format!("/admin/v2/orgs/{org}/directories/-")),
        ("{org}", org),
        ("{jsm}", jsm),
        ("{ana}", ana),
        ("{bo}", path_id(&acme.bo)),
        ("{staff}", staff),
        ("{admins}", text(&groups["values"][0]["groupId"])),
        ("{space}", text(&spaces["results"][0]["id"])),
        ("{product}", product.to_string()),
    ];
    let filled = words
        .iter()
        .fold(REQUESTS.to_owned(), |all, (word, value)| {
            all.replace(word, value)
        });
    for line in filled.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut parts = line.splitn(2, char::is_whitespace);
        let who = match parts.next() {
            Some("nobody") => Who::Nobody,
            Some("agent") => Who::Agent,
            Some("admin") => Who::Admin,
            Some("key") => Who::Key,
            _ => panic!("nobody of that name sends `{line}`"),
        };
        let (method, rest) = parts.next().unwrap().trim().split_once(' ').unwrap();
        let (path, body) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        let body = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
        sandbox.send(who, method, path, body).await;
    }
    sandbox.sandbox.exchanges()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_imitated_operation_agrees_with_its_schema() {
    let Some(mut wire) = Wire::load() else { return };
    let exchanges = tour().await;
    let objections = wire.check_all(&exchanges);
    assert!(objections.is_empty(), "{}", objections.join("\n"));
    let seen: BTreeSet<String> = exchanges
        .iter()
        .filter_map(|exchange| wire.operation(exchange))
        .collect();
    assert_eq!(
        seen.iter().map(String::as_str).collect::<Vec<_>>(),
        OPERATIONS
    );
    for exchange in &exchanges {
        let named = format!("{} {}", exchange.method, exchange.template);
        assert_eq!(
            wire.operation(exchange),
            Some(named),
            "the sandbox counts by the official template"
        );
    }
}

#[test]
fn the_checker_objects_to_what_is_wrong() {
    let Some(mut wire) = Wire::load() else { return };
    let good = Exchange {
        method: "POST".into(),
        template: String::new(),
        path: "/rest/servicedeskapi/organization/1/user".into(),
        query: Vec::new(),
        request_headers: vec![("content-type".into(), "application/json".into())],
        request_body: br#"{"accountIds":["a"]}"#.to_vec(),
        status: Some(204),
        response_body: Vec::new(),
    };
    assert_eq!(wire.check(&good), Vec::<String>::new());
    let get = Exchange {
        method: "GET".into(),
        request_body: Vec::new(),
        request_headers: Vec::new(),
        status: Some(200),
        response_body: br#"{"size":0,"values":[]}"#.to_vec(),
        ..good.clone()
    };
    assert_eq!(wire.check(&get), Vec::<String>::new());
    let body = |text: &str| Exchange {
        request_body: text.as_bytes().to_vec(),
        ..good.clone()
    };
    let answer = |text: &str| Exchange {
        response_body: text.as_bytes().to_vec(),
        ..get.clone()
    };
    for (wrong, word) in [
        (body(r#"{"accountIds":["a"],"extra":1}"#), "extra"),
        (body(r#"{"accountIds":"a"}"#), "array"),
        (body("["), "JSON"),
        (
            Exchange {
                request_headers: Vec::new(),
                ..good.clone()
            },
            "content type",
        ),
        (
            Exchange {
                path: "/rest/servicedeskapi/organisation".into(),
                ..good.clone()
            },
            "not documented",
        ),
        (
            Exchange {
                method: "PATCH".into(),
                ..good.clone()
            },
            "not documented",
        ),
        (
            Exchange {
                path: "/rest/servicedeskapi/organization/x/user".into(),
                ..good.clone()
            },
            "cannot be `x`",
        ),
        (
            Exchange {
                query: vec![("startAt".into(), "1".into())],
                ..get.clone()
            },
            "`startAt`",
        ),
        (
            Exchange {
                query: vec![("start".into(), "one".into())],
                ..get.clone()
            },
            "cannot be `one`",
        ),
        (
            Exchange {
                status: Some(418),
                ..get.clone()
            },
            "status",
        ),
        (answer(r#"{"size":"0"}"#), "integer"),
        (
            answer(r#"{"values":[{"accountId":"a","email":"x"}]}"#),
            "email",
        ),
        (answer(r#"{"values":[{"_links":{"web":"x"}}]}"#), "web"),
        (answer(""), "no body"),
    ] {
        let objections = wire.check(&wrong).join("; ");
        assert!(objections.contains(word), "{word}: {objections}");
    }
}
