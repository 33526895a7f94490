//! Who changed what: the site's audit records and the events of the Atlassian organization.

use crate::harness::{Box, Who, acme, email};
use portcullis::emulator::{NewAccount, Role, Site};
use serde_json::{Value, json};

async fn records(sandbox: &Box, query: &str) -> Vec<Value> {
    let page = sandbox
        .get(&format!("/rest/api/3/auditing/record{query}"))
        .await;
    page["records"].as_array().unwrap().clone()
}

fn summaries(records: &[Value]) -> Vec<&str> {
    let rows = records.iter();
    rows.map(|row| row["summary"].as_str().unwrap()).collect()
}

fn id_of(site: &Site, address: &str) -> String {
    site.accounts_with_email(address)[0].id().to_string()
}

#[tokio::test]
async fn what_was_done_over_rest_is_recorded_with_its_author() {
    let acme = acme();
    let agent = id_of(&acme.site, "agent@sandbox.example");
    let bo = acme.bo.to_string();
    let sandbox = Box::start(acme.site).await;
    assert!(
        records(&sandbox, "").await.is_empty(),
        "how things began is no change"
    );
    let list = "/rest/servicedeskapi/servicedesk/ITSM/customer";
    let add = json!({"accountIds": [bo]});
    for _ in 0..2 {
        sandbox
            .send(Who::Agent, "POST", list, Some(add.clone()))
            .await;
    }
    sandbox.send(Who::Admin, "DELETE", list, Some(add)).await;
    let all = records(&sandbox, "").await;
    assert_eq!(
        summaries(&all),
        ["Project roles changed", "Project roles changed"],
        "adding somebody who is there changes nothing"
    );
    let added = &all[1];
    assert_eq!(added["authorAccountId"], agent.as_str());
    assert_eq!(added["objectItem"]["name"], "ITSM");
    assert_eq!(
        added["changedValues"],
        json!([{"fieldName": "Users", "changedTo": "Bo"}])
    );
    let items = added["associatedItems"].as_array().unwrap();
    assert_eq!(items[0]["name"], "Service Desk Customers");
    assert_eq!(items[1]["id"], bo.as_str());
    assert_eq!(
        all[0]["changedValues"],
        json!([{"fieldName": "Users", "changedFrom": "Bo"}])
    );
    assert_eq!(
        sandbox
            .status(Who::Agent, "GET", "/rest/api/3/auditing/record", None)
            .await,
        403
    );
}

#[tokio::test]
async fn what_was_done_in_the_console_is_recorded_as_done_by_whom_the_form_names() {
    let mut site = acme().site;
    site.add_account(NewAccount::atlassian(email("jo@acme.com"), Role::Admin));
    let (jo, admin) = (
        id_of(&site, "jo@acme.com"),
        id_of(&site, "admin@sandbox.example"),
    );
    let sandbox = Box::start(site).await;
    let form = json!({"channel-access": "open", "customer-sharing": "own_organizations", "by": "jo@acme.com"});
    sandbox
        .form("console/project/ITSM/customer-permissions", form)
        .await;
    let form = json!({"internal": true, "external": true, "domains": "any", "creation": "deny"});
    sandbox.form("console/customer-access", form).await;
    let all = records(&sandbox, "").await;
    assert_eq!(
        summaries(&all),
        [
            "Jira Service Management settings changed",
            "Customer permissions changed"
        ]
    );
    assert_eq!(all[0]["authorAccountId"], admin.as_str());
    assert_eq!(all[1]["authorAccountId"], jo.as_str());
    let changes =
        json!([{"fieldName": "Channel access", "changedFrom": "restricted", "changedTo": "open"}]);
    assert_eq!(all[1]["changedValues"], changes);
    let fields: Vec<&Value> = all[0]["changedValues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| &change["fieldName"])
        .collect();
    assert_eq!(
        fields,
        ["atlassian_accounts", "customers_can_create_accounts"]
    );
}

#[tokio::test]
async fn records_are_filtered_paged_and_bounded_by_time() {
    let sandbox = Box::start(acme().site).await;
    for name in ["One", "Two", "Three"] {
        let body = Some(json!({"name": name}));
        sandbox
            .send(
                Who::Agent,
                "POST",
                "/rest/servicedeskapi/organization",
                body,
            )
            .await;
    }
    let members = "/rest/servicedeskapi/organization/1/user";
    let ana = id_of(&sandbox.sandbox.site(), "ana@globex.example");
    let body = Some(json!({"accountIds": [ana]}));
    sandbox.send(Who::Agent, "DELETE", members, body).await;
    assert_eq!(
        records(&sandbox, "").await.len(),
        3,
        "members are not recorded"
    );
    let two = records(&sandbox, "?filter=organization%20two").await;
    assert_eq!(two[0]["objectItem"]["name"], "Two");
    assert_eq!(two.len(), 1);
    let middle = records(&sandbox, "?offset=1&limit=1").await;
    assert_eq!(middle[0]["objectItem"]["name"], "Two");
    let created = middle[0]["created"].as_str().unwrap().replace('+', "%2B");
    assert_eq!(
        records(&sandbox, &format!("?from={created}")).await.len(),
        2
    );
    assert_eq!(records(&sandbox, "?to=2020-01-01T00:00:00Z").await.len(), 0);
    assert_eq!(records(&sandbox, "?from=2020-01-01").await.len(), 3);
    let wrong = "/rest/api/3/auditing/record?from=yesterday";
    assert_eq!(sandbox.status(Who::Admin, "GET", wrong, None).await, 400);
}

#[tokio::test]
async fn the_organization_logs_domains_roles_and_groups() {
    let mut site = acme().site;
    let dev = site.add_account(NewAccount::atlassian(email("dev@acme.com"), Role::User));
    let (org, jsm) = (site.atlassian_organization().to_owned(), site.jsm_product());
    let admin = id_of(&site, "admin@sandbox.example");
    let sandbox = Box::start(site).await;
    let revoke = format!("/admin/v1/orgs/{org}/users/{dev}/roles/revoke");
    for _ in 0..2 {
        let body = json!({"role": "atlassian/user", "resource": jsm});
        sandbox.send(Who::Key, "POST", &revoke, Some(body)).await;
    }
    let form = json!({"domain": "acme.com", "role": "customer"});
    sandbox.form("console/app-access", form).await;
    sandbox
        .form("console/groups", json!({"new": "hr-staff"}))
        .await;
    let form = json!({"name": "hr-staff", "add": "dev@acme.com"});
    sandbox.form("console/groups", form).await;

    let get = |path: String| {
        let (sandbox, org) = (&sandbox, &org);
        async move {
            let path = format!("/admin/v1/orgs/{org}/{path}");
            let got = sandbox.send(Who::Key, "GET", &path, None).await;
            assert_eq!(got.status, 200, "{path}: {}", got.body);
            got.body
        }
    };
    let actions = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| row["attributes"]["action"].as_str().unwrap().to_owned())
            .collect()
    };
    let oldest_first = get("events-stream".into()).await;
    assert_eq!(
        actions(&oldest_first),
        [
            "user_revoked_role",
            "approved_domain_updated",
            "user_added_to_group"
        ]
    );
    let event = &oldest_first["data"][1]["attributes"];
    assert_eq!(event["actor"]["id"], admin.as_str());
    assert_eq!(event["context"][0]["id"], "acme.com");
    let first = get("events?limit=2".into()).await;
    assert_eq!(actions(&first).len(), 2);
    let cursor = first["meta"]["next"].as_str().unwrap();
    let rest = get(format!("events?limit=2&cursor={cursor}")).await;
    assert_eq!(actions(&rest), ["user_revoked_role"]);
    let domains = get("events?action=approved_domain_updated&q=acme".into()).await;
    assert_eq!(actions(&domains).len(), 1);
    let known = get("event-actions".into()).await;
    let known: Vec<&Value> = known["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["id"])
        .collect();
    for action in actions(&oldest_first) {
        assert!(known.iter().any(|id| *id == &json!(action)), "{action}");
    }
    for path in ["events?limit=0", "events?cursor=!", "events?from=x"] {
        let path = format!("/admin/v1/orgs/{org}/{path}");
        assert_eq!(sandbox.status(Who::Key, "GET", &path, None).await, 400);
    }
    assert_eq!(
        summaries(&records(&sandbox, "").await),
        ["User added to group", "Group created"],
        "the site's log knows groups, and not what the organization decides"
    );
}

#[tokio::test]
async fn a_state_keeps_its_records_and_two_sites_are_equal_without_them() {
    let sandbox = Box::start(acme().site).await;
    let before = sandbox.sandbox.site();
    let body = Some(json!({"name": "One"}));
    let made = sandbox
        .send(
            Who::Admin,
            "POST",
            "/rest/servicedeskapi/organization",
            body,
        )
        .await;
    let path = format!(
        "/rest/servicedeskapi/organization/{}",
        made.body["id"].as_str().unwrap()
    );
    sandbox.send(Who::Admin, "DELETE", &path, None).await;
    let after = sandbox.sandbox.site();
    assert!(before == after);
    let stored = serde_json::to_string(&after).unwrap();
    let again = Box::start(serde_json::from_str(&stored).unwrap()).await;
    assert_eq!(
        summaries(&records(&again, "").await),
        [
            "Customer organization deleted",
            "Customer organization created"
        ]
    );
}
