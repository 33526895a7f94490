//! Desk customers and customer accounts.

use crate::harness::{Box, Who, acme, email, key, path_id};
use portcullis::emulator::{AccountState, NewAccount, Role};
use portcullis::model::{AccountKind, Domain};
use serde_json::{Value, json};

const ITSM: &str = "/rest/servicedeskapi/servicedesk/ITSM/customer";
const WEB: &str = "/rest/servicedeskapi/servicedesk/WEB/customer";
const STRICT: &str = "/rest/servicedeskapi/customer?strictConflictStatusCode=true";

fn person(address: &str) -> Option<Value> {
    Some(json!({"email": address, "displayName": "Somebody"}))
}

#[tokio::test]
async fn q3_adding_an_unknown_customer_adds_the_others_and_answers_400() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let got = sandbox
        .send(
            Who::Agent,
            "POST",
            ITSM,
            Some(json!({"accountIds": [acme.bo, "nobody"]})),
        )
        .await;
    assert_eq!(got.status, 400);
    assert!(
        !got.body.to_string().contains("nobody"),
        "the answer does not say which"
    );
    assert_eq!(sandbox.all(ITSM, "displayName").await.len(), 2);
    assert_eq!(
        sandbox
            .status(
                Who::Agent,
                "POST",
                ITSM,
                Some(json!({"accountIds": [acme.bo]}))
            )
            .await,
        204
    );
}

#[tokio::test]
async fn q4_an_open_desk_keeps_its_customers() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let body = Some(json!({"accountIds": [acme.ana]}));
    let refused = sandbox.send(Who::Agent, "DELETE", WEB, body.clone()).await;
    assert_eq!(refused.status, 400);
    let key = refused.body["i18nErrorMessage"]["i18nKey"]
        .as_str()
        .unwrap();
    assert!(
        key.starts_with("sd.jsm.error.servicedesk.customer.remove.servicedesk.open.access."),
        "{key}"
    );
    for _ in 0..2 {
        assert_eq!(
            sandbox
                .status(Who::Agent, "DELETE", ITSM, body.clone())
                .await,
            204
        );
    }
    assert!(sandbox.all(ITSM, "accountId").await.is_empty());
}

#[tokio::test]
async fn q6_a_hidden_address_is_a_key_left_out() {
    let mut acme = acme();
    let hidden = NewAccount {
        email_hidden: true,
        ..NewAccount::portal_only(email("hid@globex.example"))
    };
    let id = acme.site.add_account(NewAccount {
        name: Some("Hid".into()),
        ..hidden
    });
    acme.site
        .add_customers(&key("ITSM"), std::slice::from_ref(&id))
        .unwrap();
    let sandbox = Box::start(acme.site).await;
    let page = sandbox.get(&format!("{ITSM}?query=hid@globex")).await;
    assert_eq!(page["size"], 1);
    assert_eq!(page["values"][0]["accountId"], id.text().into_owned());
    assert!(page["values"][0].get("emailAddress").is_none());
    let found = sandbox
        .get("/rest/api/3/user/search?query=hid@globex.example")
        .await;
    assert_eq!(found[0]["accountId"], id.text().into_owned());
    assert!(found[0].get("emailAddress").is_none());
}

#[tokio::test]
async fn q7_one_address_can_have_two_accounts_and_inactive_ones_conflict_unseen() {
    let mut acme = acme();
    let twin = acme.site.add_account(NewAccount::atlassian(
        email("ana@globex.example"),
        Role::Customer,
    ));
    acme.site
        .set_account_state(&acme.bo, AccountState::Revoked)
        .unwrap();
    let sandbox = Box::start(acme.site).await;
    let twins = sandbox
        .get("/rest/api/3/user/search?query=ANA@globex.example")
        .await;
    let kinds: Vec<&str> = twins
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["accountType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["customer", "atlassian"]);
    assert_eq!(twins[1]["accountId"], twin.text().into_owned());
    assert_eq!(
        sandbox
            .get("/rest/api/3/user/search?query=bo@globex.example")
            .await,
        json!([])
    );
    assert_eq!(
        sandbox
            .status(Who::Admin, "POST", STRICT, person("Bo@Globex.example"))
            .await,
        409
    );
    let lenient = "/rest/servicedeskapi/customer";
    assert_eq!(
        sandbox
            .status(Who::Admin, "POST", lenient, person("bo@globex.example"))
            .await,
        400
    );
}

#[tokio::test]
async fn q8_experimental_operations_need_their_header() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let body = Some(json!({"accountIds": [acme.ana]}));
    for (method, path, body) in [("GET", ITSM, None), ("DELETE", ITSM, body.clone())] {
        let got = sandbox
            .try_send(Who::Admin, method, path, body, false)
            .await
            .unwrap();
        assert_eq!(got.status, 412, "{method} {path}");
    }
    let got = sandbox
        .try_send(Who::Admin, "POST", ITSM, body, false)
        .await
        .unwrap();
    assert_eq!(got.status, 204, "adding is not experimental");
}

#[tokio::test]
async fn making_an_account_needs_an_administrator_and_sends_no_mail() {
    let sandbox = Box::start(acme().site).await;
    let refused = sandbox
        .send(Who::Agent, "POST", STRICT, person("new@x.example"))
        .await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body["errorMessage"]
            .as_str()
            .unwrap()
            .contains("JIRA Administrators")
    );
    let made = sandbox
        .send(Who::Admin, "POST", STRICT, person("New@X.example"))
        .await;
    assert_eq!(made.status, 201);
    assert!(made.body["accountId"].as_str().unwrap().starts_with("qm:"));
    assert_eq!(made.body["emailAddress"], "New@X.example");
    assert_eq!(sandbox.sandbox.stats().mails, 0);
    for body in [
        json!({"email": "x", "displayName": "X"}),
        json!({"email": "y@x.example"}),
    ] {
        assert_eq!(
            sandbox.status(Who::Admin, "POST", STRICT, Some(body)).await,
            400
        );
    }
}

#[tokio::test]
async fn an_invitation_sends_a_mail_and_puts_the_person_on_the_roster() {
    let sandbox = Box::start(acme().site).await;
    let path = format!("{ITSM}/invite?strictConflictStatusCode=true");
    assert_eq!(
        sandbox
            .status(Who::Agent, "POST", &path, person("inv@x.example"))
            .await,
        403
    );
    let made = sandbox
        .send(Who::Admin, "POST", &path, person("inv@x.example"))
        .await;
    assert_eq!(made.status, 201);
    let roster = sandbox.all(ITSM, "accountId").await;
    assert!(roster.contains(&made.body["accountId"].as_str().unwrap().to_owned()));
    assert_eq!(
        sandbox
            .status(Who::Admin, "POST", &path, person("inv@x.example"))
            .await,
        409
    );
    assert_eq!(sandbox.sandbox.stats().mails, 1);
}

#[tokio::test]
async fn a2_a_new_account_joins_the_organization_of_its_domain() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let made = sandbox
        .send(Who::Admin, "POST", STRICT, person("new@globex.example"))
        .await;
    let members = format!("/rest/servicedeskapi/organization/{}/user", acme.globex);
    let ids = sandbox.all(&members, "accountId").await;
    assert_eq!(ids.len(), 3);
    assert!(ids.contains(&made.body["accountId"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn r3_decides_what_an_address_gets() {
    let mut acme = acme();
    acme.site.settings.atlassian_accounts = true;
    acme.site.settings.restrict_domains = true;
    acme.site.settings.allowed_domains = [Domain::new("x.example").unwrap()].into();
    acme.site.approve_domain("acme.com", Role::Customer, true);
    let sandbox = Box::start(acme.site).await;
    let internal = sandbox
        .send(Who::Admin, "POST", STRICT, person("new@acme.com"))
        .await;
    let site = sandbox.sandbox.site();
    let account = site.accounts_with_email("new@acme.com")[0];
    assert_eq!(
        (account.kind, account.role),
        (AccountKind::Atlassian, Role::Customer)
    );
    assert_eq!(internal.body["accountId"], account.id().text().into_owned());
    assert_eq!(
        sandbox
            .status(Who::Admin, "POST", STRICT, person("new@x.example"))
            .await,
        201
    );
    let refused = sandbox
        .send(Who::Admin, "POST", STRICT, person("new@y.example"))
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.body["errorMessage"]
            .as_str()
            .unwrap()
            .contains("domains allowed")
    );
    assert!(
        sandbox
            .sandbox
            .site()
            .accounts_with_email("new@y.example")
            .is_empty()
    );
}

#[tokio::test]
async fn q17_revoking_takes_a_portal_only_account_by_its_encoded_id() {
    let mut acme = acme();
    let staff = acme.site.add_account(NewAccount::atlassian(
        email("staff@acme.com"),
        Role::Customer,
    ));
    let sandbox = Box::start(acme.site).await;
    let path = |id| {
        format!(
            "/rest/servicedeskapi/customer/user/{}/revoke-portal-only-access",
            path_id(id)
        )
    };
    assert_eq!(
        sandbox
            .status(Who::Agent, "PUT", &path(&acme.ana), None)
            .await,
        403
    );
    assert_eq!(
        sandbox
            .status(Who::Admin, "PUT", &path(&acme.ana), None)
            .await,
        204
    );
    assert_eq!(
        sandbox.status(Who::Admin, "PUT", &path(&staff), None).await,
        404
    );
    let state = sandbox.sandbox.site().account(&acme.ana).unwrap().state;
    assert_eq!(state, AccountState::Revoked);
}

#[tokio::test]
async fn a_desk_answers_to_all_its_names() {
    let sandbox = Box::start(acme().site).await;
    let project = sandbox.get("/rest/servicedeskapi/servicedesk/ITSM").await;
    let (desk, id) = (
        project["id"].as_str().unwrap(),
        project["projectId"].as_str().unwrap(),
    );
    for name in [
        desk.to_owned(),
        "projectKey:ITSM".into(),
        format!("projectId:{id}"),
        format!("serviceDeskId:{desk}"),
        format!("projectId%3A{id}"),
    ] {
        assert_eq!(
            sandbox
                .get(&format!("/rest/servicedeskapi/servicedesk/{name}"))
                .await,
            project,
            "{name}"
        );
    }
    assert_eq!(
        sandbox
            .status(
                Who::Admin,
                "GET",
                "/rest/servicedeskapi/servicedesk/NONE",
                None
            )
            .await,
        404
    );
    assert_eq!(
        sandbox
            .all("/rest/servicedeskapi/servicedesk", "projectKey")
            .await,
        ["WEB", "ITSM"]
    );
}
