//! OAuth for a service account: a token for a client id and secret, where it is taken, and its end.

use crate::harness::{Box, Who, acme};
use portcullis::emulator::{OAUTH_CLIENT, Options};
use serde_json::{Value, json};
use std::time::Duration;

fn asked(secret: &str) -> Value {
    json!({"grant_type": "client_credentials", "client_id": OAUTH_CLIENT.0, "client_secret": secret})
}

async fn token(sandbox: &Box) -> Value {
    let body = Some(asked(OAUTH_CLIENT.1));
    let got = sandbox
        .send(Who::Nobody, "POST", "/oauth/token", body)
        .await;
    assert_eq!(got.status, 200, "{}", got.body);
    got.body
}

#[tokio::test]
async fn a_token_is_taken_by_the_gateway_alone() {
    let sandbox = Box::start(acme().site).await;
    let cloud = sandbox.sandbox.site().cloud_id().to_string();
    let given = token(&sandbox).await;
    assert_eq!(
        (&given["token_type"], &given["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    let bearer = given["access_token"].as_str().unwrap();
    let me = sandbox
        .with_bearer(
            bearer,
            "GET",
            &format!("/ex/jira/{cloud}/rest/api/3/myself"),
            None,
        )
        .await;
    assert_eq!((me.status, &me.body["accountType"]), (200, &json!("app")));
    let made = sandbox
        .with_bearer(
            bearer,
            "POST",
            &format!("/ex/jira/{cloud}/rest/servicedeskapi/customer"),
            Some(json!({"email": "new@x.example", "displayName": "New"})),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    for path in [
        "/rest/api/3/myself".to_owned(),
        "/admin/v1/orgs".to_owned(),
        "/rest/sandbox-settings/1/site".to_owned(),
    ] {
        let got = sandbox.with_bearer(bearer, "GET", &path, None).await;
        assert_eq!(got.status, 401, "{path}");
    }
    let query = json!({"query": "query { __typename }"});
    let graph = sandbox
        .with_bearer(bearer, "POST", "/gateway/api/graphql", Some(query))
        .await;
    assert_eq!(graph.status, 401, "GraphQL takes no OAuth");
    let stats = sandbox.sandbox.stats();
    assert_eq!(stats.by_operation["POST /oauth/token"], 1);
    assert_eq!(stats.writes, 1, "a token is no change of the site");
}

#[tokio::test]
async fn whoever_does_not_know_the_secret_gets_none() {
    let sandbox = Box::start(acme().site).await;
    let before = sandbox.sandbox.site();
    for (body, status) in [
        (asked("guess"), 401),
        (json!({"grant_type": "password"}), 400),
        (json!({}), 400),
    ] {
        let got = sandbox
            .send(Who::Nobody, "POST", "/oauth/token", Some(body))
            .await;
        assert_eq!(got.status, status);
        assert!(got.body.get("access_token").is_none());
    }
    assert!(sandbox.sandbox.site() == before);
    let cloud = before.cloud_id().to_string();
    let path = format!("/ex/jira/{cloud}/rest/api/3/myself");
    let got = sandbox.with_bearer("guess", "GET", &path, None).await;
    assert_eq!(got.status, 401);
}

#[tokio::test]
async fn a_token_ends() {
    let options = Options {
        token_life: Duration::ZERO,
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options).await;
    let cloud = sandbox.sandbox.site().cloud_id().to_string();
    let given = token(&sandbox).await;
    let path = format!("/ex/jira/{cloud}/rest/api/3/myself");
    let bearer = given["access_token"].as_str().unwrap();
    let got = sandbox.with_bearer(bearer, "GET", &path, None).await;
    assert_eq!(got.status, 401);
}
