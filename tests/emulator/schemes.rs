//! Permission schemes, project roles and groups, and what a leaky or broken scheme does.

use crate::harness::{Box, Who, acme, email, key};
use portcullis::emulator::{Caller, Door, Entry, NewAccount, Role, Site};
use portcullis::model::AccountId;
use serde_json::{Value, json};

/// Somebody who is on no list.
fn outsider(site: &Site) -> AccountId {
    site.accounts_with_email("cy@acme.com")[0].id()
}

async fn scheme(sandbox: &Box, project: &str) -> Value {
    let path = format!("/rest/api/3/project/{project}/permissionscheme?expand=permissions");
    sandbox.get(&path).await
}

/// Grants a permission in the scheme of a project, as people do on its page, and returns the id of the grant.
async fn grant(sandbox: &Box, project: &str, permission: &str, holder: Value) -> String {
    let id = scheme(sandbox, project).await["id"].clone();
    let path = format!("/rest/api/3/permissionscheme/{id}/permission");
    let body = json!({"permission": permission, "holder": holder});
    let got = sandbox.send(Who::Admin, "POST", &path, Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.body);
    format!("{path}/{}", got.body["id"])
}

fn seen(sandbox: &Box, project: &str, account: &AccountId) -> bool {
    let site: Site = sandbox.sandbox.site();
    site.shows_portal(&key(project), Caller::Account(account))
}

/// The restricted project of the harness's site, and an open one.
const SHUT: &str = "ITSM";
const OPEN: &str = "WEB";

#[tokio::test]
async fn a_new_project_lets_customers_in_by_the_portal_and_staff_by_roles() {
    let sandbox = Box::start(acme().site).await;
    let scheme = scheme(&sandbox, SHUT).await;
    let holders = |permission: &str| -> Vec<String> {
        let grants = scheme["permissions"].as_array().unwrap().iter();
        grants
            .filter(|grant| grant["permission"] == permission)
            .map(|grant| {
                let holder = &grant["holder"];
                format!(
                    "{} {}",
                    holder["type"].as_str().unwrap(),
                    holder["parameter"].as_str().unwrap_or("-")
                )
            })
            .collect()
    };
    let browse = [
        "projectRole 10002",
        "projectRole 10101",
        "sd.customer.portal.only -",
    ];
    assert_eq!(holders("BROWSE_PROJECTS"), browse);
    assert_eq!(holders("CREATE_ISSUES"), browse);
    assert_eq!(holders("SERVICEDESK_AGENT"), browse[..2]);
    let roles = sandbox.get("/rest/api/3/project/ITSM/role").await;
    let names: Vec<&String> = roles.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "Administrators",
            "Service Desk Customers",
            "Service Desk Team"
        ]
    );
    let plain = sandbox
        .get("/rest/api/3/project/ITSM/permissionscheme")
        .await;
    assert_eq!(plain.get("permissions"), None);
}

#[tokio::test]
async fn a_leak_shows_the_portal_and_its_end_hides_it() {
    let acme = acme();
    let outsider = outsider(&acme.site);
    let sandbox = Box::start(acme.site).await;
    assert!(!seen(&sandbox, SHUT, &outsider));
    for holder in [
        json!({"type": "userCustomField", "parameter": "customfield_10010"}),
        json!({"type": "groupCustomField", "value": "customfield_10011"}),
        json!({"type": "reporter"}),
    ] {
        let made = grant(&sandbox, SHUT, "BROWSE_PROJECTS", holder.clone()).await;
        assert!(seen(&sandbox, SHUT, &outsider), "{holder}");
        assert_eq!(sandbox.status(Who::Admin, "DELETE", &made, None).await, 204);
        assert!(!seen(&sandbox, SHUT, &outsider), "{holder}");
        assert_eq!(sandbox.status(Who::Admin, "DELETE", &made, None).await, 400);
    }
    grant(&sandbox, SHUT, "EDIT_ISSUES", json!({"type": "reporter"})).await;
    assert!(
        !seen(&sandbox, SHUT, &outsider),
        "only Browse Projects leaks"
    );
}

#[tokio::test]
async fn a_group_that_may_browse_is_let_in() {
    let mut acme = acme();
    let new = NewAccount::atlassian(email("ivy@acme.example"), Role::Customer);
    let internal = acme.site.add_account(new);
    let portal_only = outsider(&acme.site);
    let name = format!("jira-servicemanagement-customers-{}", acme.site.name());
    let sandbox = Box::start(acme.site).await;
    assert!(!seen(&sandbox, SHUT, &internal));
    grant(
        &sandbox,
        SHUT,
        "BROWSE_PROJECTS",
        json!({"type": "group", "parameter": name}),
    )
    .await;
    assert!(seen(&sandbox, SHUT, &internal));
    assert!(!seen(&sandbox, SHUT, &portal_only));
    let members = sandbox
        .get(&format!("/rest/api/3/group/member?groupname={name}"))
        .await;
    let ids: Vec<&str> = members["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["accountId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [internal.text().into_owned()]);
}

#[tokio::test]
async fn people_and_groups_come_into_roles() {
    let acme = acme();
    let cy = outsider(&acme.site);
    let sandbox = Box::start(acme.site).await;
    let actors = |role: u32| {
        let path = format!("/rest/api/3/project/ITSM/role/{role}");
        let sandbox = &sandbox;
        async move {
            let body = sandbox.get(&path).await;
            let actors = body["actors"].as_array().unwrap().iter();
            actors
                .map(|actor| actor["displayName"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(actors(10_101).await, ["Sandbox Admin", "Sandbox Agent"]);
    let add = |role: u32, body: Value| {
        let path = format!("/rest/api/3/project/ITSM/role/{role}");
        let sandbox = &sandbox;
        async move { sandbox.status(Who::Agent, "POST", &path, Some(body)).await }
    };
    assert_eq!(add(10_101, json!({"user": [cy]})).await, 200);
    assert_eq!(add(10_101, json!({"group": ["site-admins"]})).await, 200);
    assert_eq!(actors(10_101).await.len(), 4);
    assert!(seen(&sandbox, SHUT, &cy), "an agent of the project");
    assert_eq!(add(10_101, json!({"user": ["nobody"]})).await, 404);
    assert_eq!(add(10_101, json!({"group": ["nobody"]})).await, 404);
    assert_eq!(add(10_101, json!({})).await, 400);
    assert_eq!(add(1, json!({"user": [cy]})).await, 404);
    // The role of the customers is the roster.
    let before = actors(10_100).await.len();
    assert_eq!(add(10_100, json!({"user": [cy]})).await, 200);
    assert_eq!(actors(10_100).await.len(), before + 1);
    let roster = sandbox.sandbox.site();
    let roster = roster.project_customers(&key(SHUT));
    assert!(roster.iter().any(|account| account.id() == cy));
}

#[tokio::test]
async fn v8a_stops_mail_and_agents_and_v8b_shuts_an_open_project() {
    let acme = acme();
    let cy = outsider(&acme.site);
    let ana = acme.ana;
    let sandbox = Box::start(acme.site).await;
    let customers = format!("/rest/servicedeskapi/servicedesk/{OPEN}/customer");
    let add = || Some(json!({"accountIds": [ana]}));
    let customer = email("new@x.example");
    let open = key(OPEN);
    let site = sandbox.sandbox.site();
    assert_eq!(site.knock(&customer, Door::Email(&open)), Entry::PortalOnly);
    assert!(seen(&sandbox, OPEN, &cy));
    assert_eq!(
        sandbox.status(Who::Agent, "POST", &customers, add()).await,
        204
    );

    let role = json!({"type": "projectRole", "parameter": "10100"});
    let made = grant(&sandbox, OPEN, "ADD_COMMENTS", role).await;
    assert!(
        !seen(&sandbox, OPEN, &cy),
        "V8b: the open project acts restricted"
    );
    assert_eq!(
        sandbox.status(Who::Agent, "POST", &customers, add()).await,
        400
    );
    let site = sandbox.sandbox.site();
    assert_eq!(site.knock(&customer, Door::Email(&open)), Entry::Rejected);
    assert_eq!(site.knock(&customer, Door::SignUp), Entry::PortalOnly);
    let settings = format!("/rest/servicedesk/1/servicedesk/{OPEN}/settings/requestsecurity");
    assert_eq!(
        sandbox.get(&settings).await["customerRoleMisconfigured"],
        true
    );
    assert_eq!(sandbox.status(Who::Admin, "DELETE", &made, None).await, 204);
    assert!(seen(&sandbox, OPEN, &cy));

    let scheme = scheme(&sandbox, OPEN).await;
    let portal = scheme["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|grant| {
            grant["permission"] == "CREATE_ISSUES"
                && grant["holder"]["type"] == "sd.customer.portal.only"
        })
        .unwrap();
    let portal = format!(
        "/rest/api/3/permissionscheme/{}/permission/{}",
        scheme["id"], portal["id"]
    );
    assert_eq!(
        sandbox.status(Who::Admin, "DELETE", &portal, None).await,
        204
    );
    assert_eq!(
        sandbox.status(Who::Agent, "POST", &customers, add()).await,
        400
    );
    let site = sandbox.sandbox.site();
    assert_eq!(site.knock(&customer, Door::Email(&open)), Entry::Rejected);
    assert!(
        seen(&sandbox, OPEN, &cy),
        "V8a hides nothing from customers"
    );
}

#[tokio::test]
async fn schemes_are_changed_by_administrators_only_and_by_known_words_only() {
    let sandbox = Box::start(acme().site).await;
    let id = scheme(&sandbox, SHUT).await["id"].clone();
    let path = format!("/rest/api/3/permissionscheme/{id}/permission");
    let reporter = json!({"permission": "BROWSE_PROJECTS", "holder": {"type": "reporter"}});
    let post = |who: Who, body: Value| {
        let (sandbox, path) = (&sandbox, &path);
        async move { sandbox.status(who, "POST", path, Some(body)).await }
    };
    assert_eq!(post(Who::Agent, reporter.clone()).await, 403);
    assert_eq!(post(Who::Nobody, reporter.clone()).await, 401);
    assert_eq!(post(Who::Admin, reporter.clone()).await, 201);
    assert_eq!(post(Who::Admin, reporter).await, 400, "it is there already");
    for (permission, holder) in [
        ("FLY", json!({"type": "reporter"})),
        ("BROWSE_PROJECTS", json!({"type": "stranger"})),
        ("BROWSE_PROJECTS", json!({"type": "group"})),
        (
            "BROWSE_PROJECTS",
            json!({"type": "group", "parameter": "nobody"}),
        ),
        (
            "BROWSE_PROJECTS",
            json!({"type": "projectRole", "parameter": "1"}),
        ),
        (
            "BROWSE_PROJECTS",
            json!({"type": "user", "parameter": "nobody"}),
        ),
        (
            "BROWSE_PROJECTS",
            json!({"type": "userCustomField", "parameter": "10010"}),
        ),
    ] {
        let body = json!({"permission": permission, "holder": holder});
        assert_eq!(post(Who::Admin, body.clone()).await, 400, "{body}");
    }
    let paths = [
        "/rest/api/3/project/NONE/permissionscheme",
        "/rest/api/3/project/NONE/role",
        "/rest/api/3/project/ITSM/role/1",
        "/rest/api/3/permissionscheme/1/permission",
        "/rest/api/3/group/member?groupname=nobody",
    ];
    for path in paths {
        assert_eq!(
            sandbox.status(Who::Admin, "GET", path, None).await,
            404,
            "{path}"
        );
    }
}

#[test]
fn a_state_from_before_schemes_has_healthy_ones() {
    let site = acme().site;
    let mut stored = serde_json::to_value(&site).unwrap();
    for project in stored["projects"].as_object_mut().unwrap().values_mut() {
        project
            .as_object_mut()
            .unwrap()
            .remove("permissions")
            .unwrap();
    }
    let read: Site = serde_json::from_value(stored).unwrap();
    assert!(read == site);
}
