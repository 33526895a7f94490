//! Where a token goes, and where it is never seen.

use crate::service::{BASIC, ORG_KEY, Service, TOKEN, json, with};
use portcullis::jsm::{Auth, Connection, ErrorKind};
use portcullis::model::OrganizationId;
use serde_json::json;

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Service::answering([]).await;
    let location = format!("{}/rest?token=x", other.url);
    let service = Service::answering([with(302, &[("location", &location)], "")]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("`127.0.0.1`"), "{error}");
    assert!(!error.to_string().contains("token=x"), "{error}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn an_address_that_may_not_receive_a_token_opens_no_connection() {
    let service = Service::answering([]).await;
    let mut endpoint = service.endpoint();
    endpoint.site_url = "https://help.acme.example".into();
    let error = Connection::open(endpoint).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Host);
    assert!(error.to_string().contains("`help.acme.example`"), "{error}");

    let mut endpoint = service.endpoint();
    endpoint.api_url = Some("https://evil.atlassian.net".into());
    assert_eq!(
        Connection::open(endpoint).err().unwrap().kind(),
        ErrorKind::Host
    );
}

#[tokio::test]
async fn classic_tokens_go_to_the_site_with_the_standing_headers() {
    let service = Service::answering([json(
        200,
        json!({"size": 0, "isLastPage": true, "values": []}),
    )])
    .await;
    service.connect().reader().organizations().await.unwrap();
    let seen = service.seen();
    assert_eq!(seen[0].authorization.as_deref(), Some(BASIC));
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("x-experimentalapi"), Some("opt-in"));
    assert!(!seen[0].target.contains("requestLanguage"));
}

#[tokio::test]
async fn scoped_tokens_go_through_the_gateway_and_the_site_s_id_is_asked_for_once_without_them() {
    let service = Service::ruled(|seen| match seen.target.split('?').next()? {
        "/_edge/tenant_info" => Some(json(200, json!({"cloudId": "c-1", "extra": 1}))),
        "/ex/confluence/c-1/wiki/api/v2/spaces" => Some(json(200, json!({"results": []}))),
        _ => Some(json(
            200,
            json!({"size": 0, "isLastPage": true, "values": []}),
        )),
    })
    .await;
    let mut endpoint = service.endpoint();
    endpoint.auth = Auth::Scoped;
    let reader = Connection::open(endpoint).unwrap().reader();
    reader.organizations().await.unwrap();
    reader.service_desks().await.unwrap();
    reader.space_ids(&["A"]).await.unwrap();
    let seen = service.seen();
    let paths: Vec<_> = seen
        .iter()
        .map(|s| s.target.split('?').next().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "/_edge/tenant_info",
            "/ex/jira/c-1/rest/servicedeskapi/organization",
            "/ex/jira/c-1/rest/servicedeskapi/servicedesk",
            "/ex/confluence/c-1/wiki/api/v2/spaces"
        ]
    );
    assert_eq!(seen[0].authorization, None);
    assert!(
        seen[1..]
            .iter()
            .all(|s| s.authorization.as_deref() == Some(BASIC))
    );
}

#[tokio::test]
async fn missing_credentials_are_told_before_anything_is_sent() {
    let service = Service::answering([]).await;
    let mut endpoint = service.endpoint();
    endpoint.credentials = None;
    endpoint.org_key = None;
    endpoint.auth = Auth::Scoped;
    let reader = Connection::open(endpoint).unwrap().reader();
    let site = reader.organizations().await.unwrap_err();
    assert_eq!(site.kind(), ErrorKind::Unauthorized);
    assert!(
        site.incomplete()
            .why
            .to_string()
            .contains("PORTCULLIS_API_TOKEN")
    );
    assert!(site.incomplete().forbidden);
    let admin = reader.approved_domains("o").await.unwrap_err();
    assert!(
        admin
            .incomplete()
            .why
            .to_string()
            .contains("PORTCULLIS_ORG_API_KEY")
    );
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn no_error_shows_a_token_or_a_query() {
    let long = "x".repeat(5000);
    for reply in [
        json(400, json!({"errorMessage": "no\u{1b}[31m\nline"})),
        json(401, json!({"message": "no"})),
        json(403, json!({"errorMessage": long})),
        with(200, &[], "<html>"),
        with(302, &[("location", "https://evil.example/a")], ""),
        crate::service::Reply::Cut,
    ] {
        let service = Service::ruled(move |_| Some(reply.clone())).await;
        let connection = service.connect();
        let search = connection.reader().search_users("ana@x.example").await;
        let domains = connection.reader().approved_domains("o").await;
        let made = connection
            .writer()
            .create_customer("ana@x.example", "A")
            .await;
        for error in [search.unwrap_err(), domains.unwrap_err(), made.unwrap_err()] {
            let shown = format!("{error} {error:?} {:?}", error.incomplete());
            for secret in [TOKEN, &BASIC[6..], ORG_KEY, "ana%40", "ana@"] {
                assert!(!shown.contains(secret), "{shown}");
            }
            assert!(error.message().len() < 500, "{error}");
            assert!(!error.message().contains(char::is_control), "{error}");
        }
    }
}

#[tokio::test]
async fn mapped_paths_that_could_leave_the_site_are_not_requested() {
    let service = Service::answering([json(200, json!({"a": 1}))]).await;
    let reader = service.connect().reader();
    for path in [
        "//evil.example/x",
        "/a/../../b",
        "https://evil.example",
        "/rest/settings/1?kind=a",
        // A service that chooses an id chooses a part of the path.
        "/rest/settings/%2E%2E/x",
        "/rest/%61pi/3/user",
        "/rest/settings/skip%2Dpermission%2Dcheck",
    ] {
        let error = reader.mapped(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected, "{path}");
    }
    assert!(service.seen().is_empty());
    let found = reader.mapped("/rest/settings/1").await.unwrap();
    assert_eq!(found, json!({"a": 1}));
    assert_eq!(service.lines(), ["GET /rest/settings/1"]);
}

#[tokio::test]
async fn ids_stay_inside_their_segment_of_the_path() {
    let service = Service::answering([with(204, &[], ""), with(204, &[], "")]).await;
    let writer = service.connect().writer();
    let strange = OrganizationId::new("1/../2?x=qm:3");
    writer.delete_organization(&strange).await.unwrap();
    writer
        .delete_organization(&OrganizationId::new(".."))
        .await
        .unwrap();
    assert_eq!(
        service.lines(),
        [
            "DELETE /rest/servicedeskapi/organization/1%2F..%2F2%3Fx%3Dqm%3A3",
            "DELETE /rest/servicedeskapi/organization/%2E%2E%00"
        ]
    );
}

#[test]
fn the_client_is_built() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let service = Service::answering([]).await;
        let mut endpoint = service.endpoint();
        endpoint.site_url = "https://acme.atlassian.net".into();
        assert!(Connection::open(endpoint).is_ok());
        assert!(Connection::open(service.endpoint()).is_ok());
    });
}

#[test]
fn the_client_is_built_on_a_machine_without_roots() {
    // A fresh process, since the environment is read when a client is built and cannot be changed safely here.
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "security::the_client_is_built"])
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}
