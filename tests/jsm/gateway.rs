//! GraphQL: answers of every shape, and documents that fit the published schema.

use crate::service::{Seen, Service, json};
use portcullis::jsm::{ErrorKind, space_ari};
use portcullis::model::{CloudId, WhoCanView};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ARI: &str = "ari:cloud:confluence:c-1:space/11";

fn source(current: Value) -> Value {
    json!({"name": "IT KB", "sourceARI": ARI, "sourceId": "s-1",
        "url": "https://acme.atlassian.net/wiki/spaces/ITKB/overview",
        "permissions": {"viewPermission": {"currentPermission": current,
            "validPermissions": ["CONFLUENCE_LICENSED_USERS", "CONFLUENCE_UNLICENSED_USERS"]}}})
}

fn linked(sources: Vec<Value>) -> Value {
    json!({"data": {"knowledgeBase_linkedSources": {"__typename": "KnowledgeBaseLinkedSources",
        "linkedSources": sources, "inaccessibleLinkedSources": [{"sourceType": "CONFLUENCE"}]}}})
}

/// Answers the site's id, and every GraphQL request by its operation name.
async fn gateway(answer: impl Fn(&str, &Seen) -> Value + Send + Sync + 'static) -> Service {
    Service::ruled(move |seen| {
        if seen.target == "/_edge/tenant_info" {
            return Some(json(200, json!({"cloudId": "c-1"})));
        }
        let operation = seen.body["operationName"].as_str()?;
        Some(json(200, answer(operation, seen)))
    })
    .await
}

#[tokio::test]
async fn linked_spaces_come_with_key_viewers_and_what_cannot_be_seen() {
    let other = json!({"name": "Drive", "sourceARI": "ari:cloud:google::doc/1"});
    let service = gateway(move |_, _| {
        let ours = source(json!("CONFLUENCE_UNLICENSED_USERS"));
        linked(vec![ours.clone(), ours, other.clone()])
    })
    .await;
    let found = service
        .connect()
        .reader()
        .linked_spaces("ITSM")
        .await
        .unwrap();
    assert_eq!(
        (found.spaces.len(), found.inaccessible, found.other),
        (1, 1, 1)
    );
    let space = &found.spaces[0];
    assert_eq!(space.space_ari, space_ari(&CloudId::new("c-1"), "11"));
    assert_eq!(space.key.as_deref(), Some("ITKB"));
    assert_eq!(space.current, Some(WhoCanView::AllLoggedIn));
    assert_eq!(
        space.valid,
        [WhoCanView::OnlyConfluenceUsers, WhoCanView::AllLoggedIn]
    );
    let seen = service.seen();
    assert_eq!(seen[1].line(), "POST /gateway/api/graphql");
    assert_eq!(
        seen[1].body["variables"],
        json!({"cloudId": "c-1", "project": "ITSM"})
    );
}

#[tokio::test]
async fn whatever_does_not_fit_is_an_error_and_never_an_empty_list() {
    let query_error = |status: Value| {
        json!({"data": {"knowledgeBase_linkedSources": {"__typename": "QueryError",
            "message": "nope", "extensions": [{"errorType": "X", "statusCode": status}]}}})
    };
    for (answer, kind) in [
        (
            json!({"errors": [{"message": "no", "extensions": {"statusCode": 403}}], "data": null}),
            ErrorKind::Forbidden,
        ),
        (
            json!({"errors": [{"message": "no"}]}),
            ErrorKind::Unreadable,
        ),
        (json!({"data": null}), ErrorKind::Unreadable),
        (json!({"data": {}}), ErrorKind::Unreadable),
        (json!({}), ErrorKind::Unreadable),
        (query_error(json!(401)), ErrorKind::Unauthorized),
        (query_error(json!(500)), ErrorKind::Server),
        (query_error(Value::Null), ErrorKind::Unreadable),
        (
            json!({"data": {"knowledgeBase_linkedSources": {"__typename": "KnowledgeBaseLinkedSources"}}}),
            ErrorKind::Unreadable,
        ),
        (
            linked(vec![source(json!("SOMEBODY"))]),
            ErrorKind::Unreadable,
        ),
        (
            linked(vec![json!({"name": "no id"})]),
            ErrorKind::Unreadable,
        ),
    ] {
        let shown = answer.to_string();
        let service = gateway(move |_, _| answer.clone()).await;
        let error = service
            .connect()
            .reader()
            .linked_spaces("ITSM")
            .await
            .expect_err(&shown);
        assert_eq!(error.kind(), kind, "{shown}: {error}");
    }
}

#[tokio::test]
async fn viewers_that_the_caller_may_not_know_are_none() {
    let service = gateway(|_, _| {
        let mut ours = source(Value::Null);
        ours["permissions"] = Value::Null;
        linked(vec![source(Value::Null), ours])
    })
    .await;
    let found = service
        .connect()
        .reader()
        .linked_spaces("ITSM")
        .await
        .unwrap();
    assert_eq!(found.spaces[0].current, None);
}

/// A gateway that stores the viewers if `keep`, and says `result` to a mutation.
async fn space(keep: bool, result: Value) -> Service {
    let now = Arc::new(Mutex::new(json!("CONFLUENCE_LICENSED_USERS")));
    gateway(move |operation, seen| {
        let mut now = now.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match operation {
            "knowledgeBaseSpacePermission_updateView" => {
                if keep {
                    *now = seen.body["variables"]["input"]["viewPermission"].clone();
                }
                json!({"data": {"knowledgeBaseSpacePermission_updateView": result}})
            }
            _ => linked(vec![source(now.clone())]),
        }
    })
    .await
}

#[tokio::test]
async fn viewers_are_set_and_read_back() {
    let service = space(true, json!({"success": true, "error": null})).await;
    let writer = service.connect().writer();
    writer
        .set_space_viewers("ITSM", ARI, WhoCanView::Anyone)
        .await
        .unwrap();
    assert_eq!(
        service.seen()[1].body["variables"]["input"],
        json!({"spaceAri": ARI, "viewPermission": "ANONYMOUS_USERS"})
    );
}

#[tokio::test]
async fn viewers_that_are_refused_or_not_taken_are_told() {
    let refusal =
        json!({"success": false, "error": {"message": "not on a free plan", "extensions": null}});
    let denied =
        json!({"success": false, "error": {"message": "no", "extensions": {"statusCode": 403}}});
    for (result, kind) in [
        (refusal, ErrorKind::Rejected),
        (denied, ErrorKind::Forbidden),
        (json!({"success": true}), ErrorKind::NotTaken),
        (Value::Null, ErrorKind::Unreadable),
    ] {
        let service = space(false, result).await;
        let error = service
            .connect()
            .writer()
            .set_space_viewers("ITSM", ARI, WhoCanView::AllLoggedIn)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
}

#[tokio::test]
async fn a_space_is_linked_and_read_back() {
    for (results, there, expected) in [
        (json!([{"sourceARI": ARI, "success": true}]), true, None),
        (
            json!([{"sourceARI": ARI, "success": true}]),
            false,
            Some(ErrorKind::NotTaken),
        ),
        (
            json!([{"sourceARI": ARI, "success": false, "mutationError": {"message": "no"}}]),
            true,
            Some(ErrorKind::Rejected),
        ),
    ] {
        let service = gateway(move |operation, _| match operation {
            "knowledgeBase_linkSources" => {
                json!({"data": {"knowledgeBase_linkSources": {"linkSourceResults": results}}})
            }
            _ if there => linked(vec![source(json!("ANONYMOUS_USERS"))]),
            _ => linked(vec![]),
        })
        .await;
        let linked = service.connect().writer().link_space("ITSM", ARI).await;
        assert_eq!(linked.err().map(|error| error.kind()), expected);
    }
}

/// A link is not made twice blindly; but where the answer got lost, reading shows whether it was made.
#[tokio::test]
async fn a_space_whose_link_was_answered_by_nobody_is_looked_for() {
    for there in [true, false] {
        let service = gateway(move |operation, _| match operation {
            "knowledgeBase_linkSources" => {
                json!({"errors": [{"message": "later", "extensions": {"statusCode": 500}}], "data": null})
            }
            _ if there => linked(vec![source(json!("ANONYMOUS_USERS"))]),
            _ => linked(vec![]),
        })
        .await;
        let linked = service.connect().writer().link_space("ITSM", ARI).await;
        let kind = linked.err().map(|error| error.kind());
        assert_eq!(kind, (!there).then_some(ErrorKind::Uncertain));
        let links = service
            .seen()
            .iter()
            .filter(|seen| seen.body["operationName"] == "knowledgeBase_linkSources")
            .count();
        assert_eq!(links, 1);
    }
}
