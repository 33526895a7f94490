//! What a change looks like on the wire, and how its failure is told.

use crate::service::{Service, json, with};
use portcullis::jsm::{ErrorKind, MappedMethod};
use portcullis::model::{AccountId, DeskId, OrganizationId};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

fn done() -> crate::service::Reply {
    with(204, &[], "")
}

#[tokio::test]
async fn an_address_that_has_an_account_is_a_conflict() {
    let service = Service::answering([
        json(409, json!({"errorMessage": "An account already exists."})),
        json(
            201,
            json!({"accountId": "qm:1:2", "displayName": "B", "emailAddress": "b@x.example", "active": true}),
        ),
    ])
    .await;
    let writer = service.connect().writer();
    let error = writer
        .create_customer("a@x.example", "A")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let made = writer.create_customer("b@x.example", "B").await.unwrap();
    assert!(made.account_id.looks_portal_only());
    let seen = service.seen();
    assert_eq!(
        seen[0].line(),
        "POST /rest/servicedeskapi/customer?strictConflictStatusCode=true"
    );
    assert_eq!(
        seen[0].body,
        json!({"email": "a@x.example", "displayName": "A"})
    );
}

#[tokio::test]
async fn removals_are_deletes_with_a_json_body() {
    let service = Service::answering([done(), done(), done(), done(), done(), done()]).await;
    let writer = service.connect().writer();
    let (desk, org) = (DeskId::new("3"), OrganizationId::new("12"));
    let people = [AccountId::new("qm:1"), AccountId::new("5b")];
    writer.add_members(&org, &people).await.unwrap();
    writer.remove_members(&org, &people).await.unwrap();
    writer.add_customers(&desk, &people).await.unwrap();
    writer.remove_customers(&desk, &people).await.unwrap();
    writer.link_organization(&desk, &org).await.unwrap();
    writer.unlink_organization(&desk, &org).await.unwrap();
    let ids = json!({"accountIds": ["qm:1", "5b"]});
    let link = json!({"organizationId": 12});
    let member = "/rest/servicedeskapi/organization/12/user";
    let customer = "/rest/servicedeskapi/servicedesk/3/customer";
    let linked = "/rest/servicedeskapi/servicedesk/3/organization";
    let expected = [
        (format!("POST {member}"), &ids),
        (format!("DELETE {member}"), &ids),
        (format!("POST {customer}"), &ids),
        (format!("DELETE {customer}"), &ids),
        (format!("POST {linked}"), &link),
        (format!("DELETE {linked}"), &link),
    ];
    let seen = service.seen();
    let got: Vec<_> = seen.iter().map(|s| (s.line(), &s.body)).collect();
    assert_eq!(got, expected);
    assert!(
        seen.iter()
            .all(|s| s.header("content-type") == Some("application/json"))
    );
}

#[tokio::test]
async fn an_organization_id_that_is_no_number_is_told_and_not_sent() {
    let service = Service::answering([]).await;
    let writer = service.connect().writer();
    let error = writer
        .link_organization(&DeskId::new("1"), &OrganizationId::new("x"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn the_key_of_an_open_project_s_refusal_is_kept() {
    let key = "sd.jsm.error.servicedesk.customer.remove.servicedesk.open.access.x";
    let body =
        json!({"errorMessage": "open", "i18nErrorMessage": {"i18nKey": key, "parameters": []}});
    let service = Service::answering([json(400, body)]).await;
    let writer = service.connect().writer();
    let error = writer
        .remove_customers(&DeskId::new("1"), &[AccountId::new("a")])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
    assert_eq!(error.i18n_key(), Some(key));
}

/// A server whose settings take what `keep` lets through.
async fn settings(start: Value, keep: bool) -> Service {
    let state = Arc::new(Mutex::new(start));
    Service::ruled(move |seen| {
        let mut state = state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if seen.method == "POST" && keep {
            *state = seen.body.clone();
        }
        Some(json(200, state.clone()))
    })
    .await
}

fn patch(field: &str, value: bool) -> serde_json::Map<String, Value> {
    [(field.to_owned(), json!(value))].into_iter().collect()
}

#[tokio::test]
async fn request_security_is_read_merged_posted_whole_and_read_again() {
    let start = json!({"id": 1, "serviceDeskOpenAccess": true, "manageEnabled": true, "x": [1]});
    let service = settings(start, true).await;
    let writer = service.connect().writer();
    let now = writer
        .set_request_security("ITSM", &patch("serviceDeskOpenAccess", false))
        .await
        .unwrap();
    assert_eq!(now.open_access, Some(false));
    assert_eq!(now.manage_enabled, Some(true));
    let seen = service.seen();
    let path = "/rest/servicedesk/1/servicedesk/ITSM/settings/requestsecurity";
    assert_eq!(
        service.lines(),
        ["GET", "POST", "GET"].map(|method| format!("{method} {path}"))
    );
    assert_eq!(
        seen[1].body,
        json!({"id": 1, "serviceDeskOpenAccess": false, "manageEnabled": true, "x": [1]})
    );
    assert_eq!(seen[1].header("x-atlassian-token"), Some("no-check"));
}

#[tokio::test]
async fn request_security_that_is_not_taken_is_told() {
    let service = settings(json!({"serviceDeskOpenAccess": true}), false).await;
    let writer = service.connect().writer();
    let error = writer
        .set_request_security("ITSM", &patch("serviceDeskOpenAccess", false))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotTaken);
    assert_eq!(
        service.seen().len(),
        5,
        "read, written, and read back three times"
    );
}

/// Answers may lag behind a write for a moment.
#[tokio::test]
async fn reading_back_is_repeated_until_it_shows_the_change() {
    let (old, new) = (
        json!({"serviceDeskOpenAccess": true}),
        json!({"serviceDeskOpenAccess": false}),
    );
    let answers = [&old, &json!({}), &old, &old, &new];
    let service = Service::answering(answers.map(|body| json(200, body.clone()))).await;
    let now = service
        .connect()
        .writer()
        .set_request_security("ITSM", &patch("serviceDeskOpenAccess", false))
        .await
        .unwrap();
    assert_eq!(now.open_access, Some(false));
    assert_eq!(service.seen().len(), 5);
    assert_eq!(service.waits.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn request_security_without_the_field_is_left_alone() {
    for start in [json!({"id": 1}), json!({"serviceDeskOpenAccess": "open"})] {
        let service = settings(start, true).await;
        let writer = service.connect().writer();
        let error = writer
            .set_request_security("ITSM", &patch("serviceDeskOpenAccess", false))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
        assert_eq!(service.seen().len(), 1);
    }
}

#[tokio::test]
async fn approved_domains_are_written_with_the_organization_s_key() {
    let service = Service::answering([
        json(200, json!({})),
        json(201, json!({})),
        json(200, json!({})),
    ])
    .await;
    let writer = service.connect().writer();
    writer
        .upsert_approved_product("o", "a.example", "ari:p", "ari:r", false)
        .await
        .unwrap();
    writer
        .create_approved_domain("o", "b.example", &json!(true), "ari:p", "ari:r", true)
        .await
        .unwrap();
    let kept = [json!({"productId": "ari:q", "odd": 1})];
    writer
        .replace_approved_products("o", "c.example", &json!("ON_REQUEST"), &kept)
        .await
        .unwrap();
    let base = "/admin/v2/orgs/o/app-access-settings/domains";
    assert_eq!(
        service.lines(),
        [
            format!("POST {base}/a.example/products"),
            format!("POST {base}"),
            format!("PUT {base}/c.example")
        ]
    );
    let seen = service.seen();
    assert!(
        seen.iter()
            .all(|s| s.authorization.as_deref() == Some("Bearer 0rg-s3cret-key"))
    );
    assert_eq!(
        seen[0].body,
        json!({"productId": "ari:p", "role": "ari:r", "adminApprovalRequired": false})
    );
    assert_eq!(
        seen[2].body,
        json!({"adminNotifications": "ON_REQUEST", "products": kept})
    );
}

#[tokio::test]
async fn mapped_settings_are_written_by_the_method_of_their_description() {
    let service = Service::answering([done(), done(), done()]).await;
    let writer = service.connect().writer();
    for method in [MappedMethod::Put, MappedMethod::Post, MappedMethod::Patch] {
        writer
            .put_mapped("/rest/x/1", method, &json!({"a": true}))
            .await
            .unwrap();
    }
    assert_eq!(
        service.lines(),
        ["PUT /rest/x/1", "POST /rest/x/1", "PATCH /rest/x/1"]
    );
}

#[tokio::test]
async fn organization_properties_are_put_as_they_are() {
    let service = Service::answering([with(201, &[], "")]).await;
    let writer = service.connect().writer();
    let value = json!({"tool": "portcullis"});
    writer
        .set_organization_property(&OrganizationId::new("7"), "portcullis", &value)
        .await
        .unwrap();
    let seen = service.seen();
    assert_eq!(
        seen[0].line(),
        "PUT /rest/servicedeskapi/organization/7/property/portcullis"
    );
    assert_eq!(seen[0].body, value);
}

fn group(id: Option<&str>) -> portcullis::jsm::Group {
    portcullis::jsm::Group {
        id: id.map(str::to_owned),
        name: "hr-staff".into(),
    }
}

#[tokio::test]
async fn groups_roles_and_access_are_one_request_each_as_documented() {
    let service = Service::ruled(|seen| match seen.method.as_str() {
        "POST" if seen.target.ends_with("/role/10100") => Some(json(200, json!({"actors": []}))),
        "POST" if seen.target.contains("/invite") => Some(json(
            201,
            json!({"accountId": "qm:1", "displayName": "Fred", "active": true}),
        )),
        _ => Some(with(204, &[], "")),
    })
    .await;
    let writer = service.connect().writer();
    let (fred, ari) = (
        AccountId::new("qm:a:b"),
        "ari:cloud:jira-servicedesk::site/c",
    );
    writer
        .add_role_group("HR", "10100", &group(Some("g-1")))
        .await
        .unwrap();
    writer
        .add_role_group("HR", "10100", &group(None))
        .await
        .unwrap();
    writer
        .remove_role_group("HR", "10100", &group(Some("g-1")))
        .await
        .unwrap();
    writer
        .assign_role("o", &fred, "atlassian/customer", ari)
        .await
        .unwrap();
    writer
        .revoke_role("o", &fred, "atlassian/user", ari)
        .await
        .unwrap();
    writer.end_portal_access(&fred).await.unwrap();
    let invited = writer
        .invite_customer(&DeskId::new("3"), "fred@x.example", "Fred")
        .await;
    assert_eq!(invited.unwrap().account_id.text(), "qm:1");
    assert_eq!(
        service.lines(),
        [
            "POST /rest/api/3/project/HR/role/10100",
            "POST /rest/api/3/project/HR/role/10100",
            "DELETE /rest/api/3/project/HR/role/10100?groupId=g-1",
            "POST /admin/v1/orgs/o/users/qm%3Aa%3Ab/roles/assign",
            "POST /admin/v1/orgs/o/users/qm%3Aa%3Ab/roles/revoke",
            "PUT /rest/servicedeskapi/customer/user/qm%3Aa%3Ab/revoke-portal-only-access",
            "POST /rest/servicedeskapi/servicedesk/3/customer/invite?strictConflictStatusCode=true",
        ]
    );
    let seen = service.seen();
    assert_eq!(seen[0].body, json!({"groupId": ["g-1"]}));
    assert_eq!(seen[1].body, json!({"group": ["hr-staff"]}));
    assert_eq!(
        seen[3].body,
        json!({"role": "atlassian/customer", "resource": ari})
    );
    assert_eq!(
        seen[6].body,
        json!({"email": "fred@x.example", "displayName": "Fred"})
    );
}

#[tokio::test]
async fn a_rename_counts_once_reading_shows_it() {
    let serve = |name: &'static str| {
        Service::ruled(
            move |seen| match (seen.method.as_str(), seen.target.as_str()) {
                (_, "/_edge/tenant_info") => Some(json(200, json!({"cloudId": "c-1"}))),
                ("PUT", "/jsm/csm/cloudid/c-1/api/v1/organization/12") => {
                    Some(json(200, json!({})))
                }
                ("GET", "/rest/servicedeskapi/organization/12") => {
                    Some(json(200, json!({"id": "12", "name": name, "_links": {}})))
                }
                _ => None,
            },
        )
    };
    let id = OrganizationId::new("12");
    let service = serve("Globex").await;
    let renamed = service
        .connect()
        .writer()
        .rename_organization(&id, "Globex")
        .await;
    assert_eq!(renamed.unwrap().name, "Globex");
    assert_eq!(service.seen()[1].body, json!({"name": "Globex"}));
    let service = serve("Globex Inc").await;
    let error = service
        .connect()
        .writer()
        .rename_organization(&id, "Globex")
        .await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::NotTaken);
}
