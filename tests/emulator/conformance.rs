//! Every imitated documented operation, checked both ways against Atlassian's OpenAPI files.

use crate::harness::{Box, Who, acme, email, key, path_id};
use crate::wire::Wire;
use portcullis::emulator::{CUSTOMER_ROLE, Exchange, NewAccount, RequestType, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

/// Sends at least one request of every operation, with refusals of every kind among them.
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
    let s = "/rest/servicedeskapi";
    let people = || Some(json!({"accountIds": [ana]}));
    let person = |email: &str| Some(json!({"email": email, "displayName": "Di"}));
    let product = json!({"productId": jsm, "role": CUSTOMER_ROLE, "adminApprovalRequired": false});
    let domains = format!("/admin/v2/orgs/{org}/app-access-settings/domains");
    let directory = format!("/admin/v2/orgs/{org}/directories/-");
    let groups = sandbox
        .get("/rest/api/3/group/bulk?groupName=site-admins")
        .await;
    let admins = groups["values"][0]["groupId"].as_str().unwrap().to_owned();
    let spaces = sandbox
        .get("/wiki/api/v2/spaces?keys=ITKB,OTHER&limit=1")
        .await;
    let scheme = sandbox
        .get("/rest/api/3/project/ITSM/permissionscheme")
        .await;
    let scheme = format!("/rest/api/3/permissionscheme/{}", scheme["id"]);
    let space = spaces["results"][0]["id"].as_str().unwrap().to_owned();
    let steps: Vec<(Who, &str, String, Option<Value>)> = vec![
        (Who::Nobody, "GET", format!("{s}/info"), None),
        (Who::Nobody, "GET", format!("{s}/organization"), None),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk?start=0&limit=1"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/projectKey:WEB"),
            None,
        ),
        (Who::Agent, "GET", format!("{s}/servicedesk/NONE"), None),
        (
            Who::Agent,
            "GET",
            format!("{s}/organization?accountId={ana}"),
            None,
        ),
        (Who::Agent, "GET", format!("{s}/organization/1"), None),
        (Who::Agent, "GET", format!("{s}/organization/9"), None),
        (
            Who::Agent,
            "POST",
            format!("{s}/organization"),
            Some(json!({"name": "N"})),
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/organization"),
            Some(json!({"name": ""})),
        ),
        (Who::Agent, "DELETE", format!("{s}/organization/2"), None),
        (Who::Admin, "DELETE", format!("{s}/organization/2"), None),
        (
            Who::Agent,
            "GET",
            format!("{s}/organization/1/user?limit=1&start=1"),
            None,
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/organization/1/user"),
            people(),
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/organization/1/user"),
            people(),
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/organization/1/user"),
            Some(json!({"accountIds": ["nobody"]})),
        ),
        (
            Who::Agent,
            "PUT",
            format!("{s}/organization/1/property/portcullis"),
            Some(json!({"a": 1})),
        ),
        (
            Who::Agent,
            "PUT",
            format!("{s}/organization/1/property/portcullis"),
            Some(json!({"a": 2})),
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/organization/1/property"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/organization/1/property/portcullis"),
            None,
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/organization/1/property/portcullis"),
            None,
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/organization/1/property/portcullis"),
            None,
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/servicedesk/1/organization"),
            Some(json!({"organizationId": 1})),
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/1/organization"),
            None,
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/servicedesk/1/organization"),
            Some(json!({"organizationId": 1})),
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/servicedesk/ITSM/customer"),
            people(),
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/ITSM/customer?query=an"),
            None,
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/servicedesk/WEB/customer"),
            people(),
        ),
        (
            Who::Agent,
            "DELETE",
            format!("{s}/servicedesk/ITSM/customer"),
            people(),
        ),
        (
            Who::Admin,
            "POST",
            format!("{s}/servicedesk/ITSM/customer/invite"),
            person("i@x.example"),
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/customer?strictConflictStatusCode=true"),
            person("c@x.example"),
        ),
        (
            Who::Admin,
            "POST",
            format!("{s}/customer?strictConflictStatusCode=true"),
            person("c@x.example"),
        ),
        (
            Who::Admin,
            "POST",
            format!("{s}/customer?strictConflictStatusCode=true"),
            person("c@x.example"),
        ),
        (Who::Admin, "POST", format!("{s}/customer"), person("c")),
        (
            Who::Admin,
            "PUT",
            format!(
                "{s}/customer/user/{}/revoke-portal-only-access",
                path_id(&acme.bo)
            ),
            None,
        ),
        (Who::Nobody, "GET", "/rest/api/3/serverInfo".into(), None),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/myself?expand=groups,applicationRoles".into(),
            None,
        ),
        (Who::Nobody, "GET", "/rest/api/3/myself".into(), None),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/mypermissions?permissions=ADMINISTER".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/mypermissions?permissions=X".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/project/search?typeKey=service_desk&maxResults=1".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/project/search?keys=NONE".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            format!("/rest/api/3/user?accountId={ana}"),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/user/search?query=an".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/users/search?startAt=0&maxResults=2".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            format!("/rest/api/3/user/bulk?accountId={ana}&maxResults=50"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/ITSM/permissionscheme".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/ITSM/permissionscheme?expand=permissions".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/NONE/permissionscheme".into(),
            None,
        ),
        (
            Who::Admin,
            "POST",
            format!("{scheme}/permission"),
            Some(
                json!({"permission": "BROWSE_PROJECTS", "holder": {"type": "group", "parameter": "site-admins"}}),
            ),
        ),
        (
            Who::Admin,
            "POST",
            format!("{scheme}/permission"),
            Some(json!({"permission": "BROWSE_PROJECTS", "holder": {"type": "reporter"}})),
        ),
        (
            Who::Admin,
            "POST",
            format!("{scheme}/permission"),
            Some(json!({"permission": "FLY", "holder": {"type": "reporter"}})),
        ),
        (
            Who::Agent,
            "POST",
            format!("{scheme}/permission"),
            Some(json!({"permission": "BROWSE_PROJECTS", "holder": {"type": "reporter"}})),
        ),
        (Who::Agent, "GET", format!("{scheme}/permission"), None),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/permissionscheme/1/permission".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/ITSM/role".into(),
            None,
        ),
        (
            Who::Agent,
            "POST",
            "/rest/api/3/project/ITSM/role/10101".into(),
            Some(json!({"user": [ana], "group": ["site-admins"]})),
        ),
        (
            Who::Agent,
            "POST",
            "/rest/api/3/project/ITSM/role/10101".into(),
            Some(json!({})),
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/ITSM/role/10101".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/project/ITSM/role/1".into(),
            None,
        ),
        (
            Who::Agent,
            "POST",
            "/rest/api/3/project/ITSM/role/10100".into(),
            Some(json!({"group": ["site-admins"]})),
        ),
        (
            Who::Agent,
            "PUT",
            "/rest/api/3/project/ITSM/role/10100".into(),
            Some(json!({"categorisedActors": {
                "atlassian-user-role-actor": [ana], "atlassian-group-role-actor": ["site-admins"],
            }})),
        ),
        (
            Who::Agent,
            "DELETE",
            "/rest/api/3/project/ITSM/role/10100?group=site-admins".into(),
            None,
        ),
        (
            Who::Agent,
            "DELETE",
            "/rest/api/3/project/ITSM/role/10100".into(),
            None,
        ),
        (Who::Admin, "GET", "/rest/api/3/role".into(), None),
        (Who::Agent, "GET", "/rest/api/3/permissions".into(), None),
        (Who::Agent, "GET", "/rest/api/3/project/ITSM".into(), None),
        (Who::Agent, "GET", "/rest/api/3/project/NONE".into(), None),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/group/bulk?maxResults=2&groupName=site-admins".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("/rest/api/3/user/groups?accountId={ana}"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/group/member?groupname=jira-servicedesk-users&maxResults=1".into(),
            None,
        ),
        (
            Who::Agent,
            "GET",
            "/rest/api/3/group/member?groupname=none".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            format!("/wiki/api/v2/spaces/{space}/role-assignments"),
            None,
        ),
        (Who::Key, "GET", "/admin/v1/orgs".into(), None),
        (Who::Admin, "GET", "/admin/v1/orgs".into(), None),
        (Who::Key, "GET", format!("/admin/v1/orgs/{org}"), None),
        (Who::Key, "GET", "/admin/v1/orgs/none".into(), None),
        (
            Who::Key,
            "POST",
            format!("/admin/v2/orgs/{org}/workspaces"),
            Some(json!({"limit": 20})),
        ),
        (
            Who::Key,
            "GET",
            format!("/admin/v2/orgs/{org}/directories"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("{directory}/users?limit=1&roleIds=atlassian/customer"),
            None,
        ),
        (Who::Key, "GET", format!("{directory}/users?limit=1"), None),
        (Who::Key, "GET", format!("{directory}/users?limit=0"), None),
        (Who::Key, "GET", format!("{directory}/users/{staff}"), None),
        (
            Who::Key,
            "GET",
            format!("{directory}/users/{staff}/role-assignments"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("{directory}/users/nobody/role-assignments"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("{directory}/groups?accountIds={staff}"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("{directory}/groups/{admins}/role-assignments"),
            None,
        ),
        (
            Who::Key,
            "POST",
            format!("/admin/v1/orgs/{org}/users/{staff}/roles/assign"),
            Some(json!({"role": "atlassian/customer", "resource": jsm})),
        ),
        (
            Who::Key,
            "POST",
            format!("/admin/v1/orgs/{org}/users/{staff}/roles/revoke"),
            Some(json!({"role": "atlassian/customer", "resource": jsm})),
        ),
        (
            Who::Key,
            "POST",
            format!("/admin/v1/orgs/{org}/users/{staff}/roles/assign"),
            Some(json!({"role": "atlassian/guest", "resource": jsm})),
        ),
        (
            Who::Key,
            "POST",
            domains.clone(),
            Some(json!({"domain": "acme.com", "adminNotifications": false, "products": [product]})),
        ),
        (
            Who::Key,
            "POST",
            domains.clone(),
            Some(json!({"domain": "acme.com", "adminNotifications": false, "products": []})),
        ),
        (
            Who::Key,
            "POST",
            format!("{domains}/acme.com/products"),
            Some(product.clone()),
        ),
        (
            Who::Key,
            "PUT",
            format!("{domains}/acme.com"),
            Some(json!({"adminNotifications": false, "products": [product]})),
        ),
        (
            Who::Key,
            "PUT",
            format!("{domains}/none.com"),
            Some(json!({"adminNotifications": false, "products": []})),
        ),
        (Who::Key, "GET", format!("{domains}?limit=1"), None),
        (Who::Key, "GET", format!("{domains}/acme.com"), None),
        (Who::Key, "GET", format!("{domains}/none.com"), None),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/auditing/record?limit=50&filter=role".into(),
            None,
        ),
        (
            Who::Admin,
            "GET",
            "/rest/api/3/auditing/record".into(),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("/admin/v1/orgs/{org}/events?limit=1"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("/admin/v1/orgs/{org}/events-stream?limit=2&sortOrder=desc"),
            None,
        ),
        (
            Who::Key,
            "GET",
            format!("/admin/v1/orgs/{org}/event-actions"),
            None,
        ),
        (
            Who::Admin,
            "GET",
            format!("{s}/requesttype?restrictionStatus=restricted&serviceDeskId=1"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/ITSM/requesttype?limit=1&restrictionStatus=restricted"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/ITSM/requesttype/201"),
            None,
        ),
        (
            Who::Agent,
            "GET",
            format!("{s}/servicedesk/ITSM/requesttype/9"),
            None,
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/servicedesk/ITSM/requesttype/permissions/check"),
            Some(json!({
                "accountId": ana, "permissions": ["canCreateRequest", "canAdminister"], "requestTypeIds": [201, 9],
            })),
        ),
        (
            Who::Agent,
            "POST",
            format!("{s}/servicedesk/ITSM/requesttype/permissions/check"),
            Some(json!({"permissions": []})),
        ),
    ];
    for (who, method, path, body) in steps {
        sandbox.send(who, method, &path, body).await;
    }
    sandbox.sandbox.exchanges()
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
