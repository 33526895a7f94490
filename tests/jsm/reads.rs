//! What single objects look like on the wire and in the model.

use crate::service::{Reply, Service, json};
use portcullis::jsm::ErrorKind;
use portcullis::model::{AccountId, AccountKind, DeskId, OrganizationId};
use serde_json::json;

#[tokio::test]
async fn a_hidden_address_is_none_however_it_is_left_out() {
    let page = json!({"size": 3, "isLastPage": true, "values": [
        {"accountId": "a", "displayName": "A", "active": true},
        {"accountId": "b", "displayName": "B", "active": false, "emailAddress": null},
        {"accountId": "c", "displayName": "C", "active": true, "emailAddress": ""},
    ]});
    let service = Service::answering([json(200, page)]).await;
    let reader = service.connect().reader();
    let found = reader
        .organization_members(&OrganizationId::new("1"), 0)
        .await
        .unwrap();
    assert!(found.iter().all(|account| account.email.is_none()));
    assert!(found.iter().all(|account| account.kind.is_none()));
    assert!(!found[1].active);
}

#[tokio::test]
async fn jira_tells_the_kind_of_an_account() {
    let of = |id: &str, kind: &str| json!({"accountId": id, "displayName": id, "active": true, "accountType": kind});
    let page = json!({"isLast": true, "values": [
        of("a", "atlassian"), of("c", "customer"), of("p", "app"), of("u", "unknown")]});
    let service = Service::answering([json(200, page)]).await;
    let ids = ["a", "c", "p", "u"].map(AccountId::new);
    let found = service.connect().reader().users(&ids).await.unwrap();
    let kinds: Vec<_> = found.iter().map(|a| (a.kind, a.app)).collect();
    assert_eq!(
        kinds,
        [
            (Some(AccountKind::Atlassian), false),
            (Some(AccountKind::PortalOnly), false),
            (None, true),
            (None, false)
        ]
    );
}

#[tokio::test]
async fn desks_and_organizations_bear_what_old_ones_lack() {
    let desks = json!({"size": 1, "isLastPage": true, "values": [{"id": "1", "projectId": "10001",
        "projectName": "IT", "projectKey": "ITSM", "projectTypeKey": "service_desk"}]});
    let organizations = json!({"size": 2, "isLastPage": true, "values": [
        {"id": "12", "name": "Globex", "scimManaged": true}, {"id": "13", "name": "Old"}]});
    let service = Service::answering([json(200, desks), json(200, organizations)]).await;
    let reader = service.connect().reader();
    let desk = reader.service_desks().await.unwrap().remove(0);
    assert_eq!((desk.key.as_str(), desk.name.as_str()), ("ITSM", "IT"));
    assert_eq!(desk.id, DeskId::new("1"));
    let found = reader.desk_organizations(&desk.id).await.unwrap();
    let managed: Vec<_> = found.iter().map(|o| o.scim_managed).collect();
    assert_eq!(managed, [true, false]);
    assert!(service.lines()[1].starts_with("GET /rest/servicedeskapi/servicedesk/1/organization?"));
}

#[tokio::test]
async fn the_caller_is_known_by_account_and_the_site_by_an_id_that_is_asked_for_once() {
    let service = Service::ruled(|seen| match seen.target.as_str() {
        "/rest/api/3/myself" => Some(json(
            200,
            json!({"accountId": "5b", "displayName": "Jo", "emailAddress": "jo@acme.com"}),
        )),
        "/_edge/tenant_info" => Some(json(200, json!({"cloudId": "c-1"}))),
        _ => None,
    })
    .await;
    let reader = service.connect().reader();
    let caller = reader.identity().await.unwrap();
    assert_eq!(caller.email.as_deref(), Some("jo@acme.com"));
    assert_eq!(reader.known_cloud_id(), None);
    assert_eq!(reader.cloud_id().await.unwrap().as_str(), "c-1");
    assert_eq!(reader.cloud_id().await.unwrap().as_str(), "c-1");
    assert_eq!(reader.known_cloud_id().unwrap().as_str(), "c-1");
    assert_eq!(service.seen().len(), 2);
}

#[tokio::test]
async fn a_permission_that_the_answer_leaves_out_is_not_taken_as_missing() {
    let service = Service::ruled(|_| {
        Some(json(
            200,
            json!({"permissions": {"ADMINISTER": {"id": "0", "havePermission": true}}}),
        ))
    })
    .await;
    let reader = service.connect().reader();
    let found = reader
        .permissions(&["ADMINISTER"], Some("ITSM"))
        .await
        .unwrap();
    assert!(found["ADMINISTER"]);
    assert_eq!(
        service.lines(),
        ["GET /rest/api/3/mypermissions?permissions=ADMINISTER&projectKey=ITSM"]
    );
    let both = reader
        .permissions(&["ADMINISTER", "USER_PICKER"], None)
        .await;
    assert_eq!(both.unwrap_err().kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn a_property_is_absent_only_by_the_service_s_own_word() {
    let service = Service::answering([
        json(200, json!({"key": "portcullis", "value": {"tool": "x"}})),
        json(404, json!({"errorMessage": "no property"})),
        crate::service::with(404, &[("content-type", "text/html")], "<html>"),
    ])
    .await;
    let reader = service.connect().reader();
    let id = OrganizationId::new("1");
    let read = || reader.organization_property(&id, "portcullis");
    assert_eq!(read().await.unwrap(), Some(json!({"tool": "x"})));
    assert_eq!(read().await.unwrap(), None);
    assert_eq!(read().await.unwrap_err().kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn agents_are_told_by_their_application_roles() {
    let service = Service::answering([
        json(
            200,
            json!({"accountId": "a", "applicationRoles": {"size": 1, "items": [{"key": "jira-servicedesk", "name": "x"}]}}),
        ),
        json(200, json!({"accountId": "a"})),
    ])
    .await;
    let reader = service.connect().reader();
    let account = AccountId::new("712020:a");
    let roles = reader.application_roles(&account).await.unwrap();
    assert_eq!(roles.unwrap(), ["jira-servicedesk"]);
    assert_eq!(reader.application_roles(&account).await.unwrap(), None);
    assert_eq!(
        service.lines()[0],
        "GET /rest/api/3/user?accountId=712020%3Aa&expand=applicationRoles"
    );
}

#[tokio::test]
async fn request_security_keeps_what_is_missing_apart_from_false() {
    let service = Service::answering([
        json(
            200,
            json!({"serviceDeskOpenAccess": false, "manageEnabled": "yes", "globalPublicSignup": true}),
        ),
        json(200, json!([])),
    ])
    .await;
    let reader = service.connect().reader();
    let found = reader.request_security("ITSM").await.unwrap();
    assert_eq!(found.open_access, Some(false));
    assert_eq!(found.manage_enabled, None);
    assert_eq!(found.autocomplete_enabled, None);
    assert_eq!(found.global_public_signup, Some(true));
    let error = reader.request_security("ITSM").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn approved_domains_are_read_whatever_type_the_notifications_have() {
    let product =
        json!({"productId": "ari:x", "adminApprovalRequired": false, "role": "ari:r", "new": 1});
    let service = Service::answering([
        json(
            200,
            json!({"domain": "acme.com", "adminNotifications": "ON_REQUEST", "products": [product]}),
        ),
        json(
            200,
            json!({"domain": "b.com", "enabled": false, "adminNotifications": true, "products": []}),
        ),
        json(200, json!({"domain": "c.com", "adminNotifications": true})),
    ])
    .await;
    let reader = service.connect().reader();
    let found = reader.approved_domain("o", "acme.com").await.unwrap();
    assert_eq!(found.admin_notifications, json!("ON_REQUEST"));
    assert_eq!(found.products[0].role.as_deref(), Some("ari:r"));
    assert_eq!(found.products[0].raw["new"], 1);
    let empty = reader.approved_domain("o", "b.com").await.unwrap();
    assert!(empty.products.is_empty());
    let broken = reader.approved_domain("o", "c.com").await.unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn an_answer_that_is_not_utf8_is_no_answer() {
    let body = b"{\"isLastPage\":true,\"size\":1,\"values\":[{\"id\":\"1\",\"name\":\"Gl\xf6bex\",\"_links\":{}}]}";
    let service = Service::answering([Reply::Bytes(body.to_vec())]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}
