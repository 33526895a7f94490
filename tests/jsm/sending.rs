//! What is repeated, what is not, and what an error says.

use crate::service::{Reply, Service, json, with};
use portcullis::jsm::{Connection, ErrorKind};
use portcullis::model::{AccountId, OrganizationId};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Barrier;

fn org() -> OrganizationId {
    OrganizationId::new("12")
}

fn busy(status: u16, retry_after: &str) -> Reply {
    with(status, &[("retry-after", retry_after)], "{}")
}

fn empty_page() -> Reply {
    json(200, json!({"size": 0, "isLastPage": true, "values": []}))
}

#[tokio::test]
async fn a_429_waits_as_long_as_the_service_asks_in_seconds_or_as_a_date() {
    let service = Service::answering([
        busy(429, "7"),
        busy(503, "Sun, 06 Nov 1994 08:49:37 GMT"),
        empty_page(),
    ])
    .await;
    let connection = service.connect();
    assert!(
        connection
            .reader()
            .organizations()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(service.waited(), [7, 10]);
    assert_eq!(connection.requests(), 3);
}

#[tokio::test]
async fn without_a_time_to_wait_pauses_grow_and_end() {
    let service = Service::ruled(|_| Some(json(503, json!({})))).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.status(), Some(503));
    // Half of 0.5 s doubling, without jitter: 0.25, 0.5, 1, 2, 4.
    assert_eq!(service.waited(), [0, 0, 1, 2, 4]);
    assert_eq!(service.seen().len(), 6);
}

#[tokio::test]
async fn a_wait_longer_than_allowed_ends_at_once() {
    let service = Service::answering([busy(429, "3600")]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after().unwrap().as_secs(), 3600);
    assert_eq!(service.waited(), [0_u64; 0]);
}

#[tokio::test]
async fn idempotent_writes_are_repeated() {
    let service =
        Service::answering([busy(429, "1"), json(502, json!({})), with(204, &[], "")]).await;
    let writer = service.connect().writer();
    writer
        .add_members(&org(), &[AccountId::new("a")])
        .await
        .unwrap();
    assert_eq!(service.seen().len(), 3);
}

#[tokio::test]
async fn what_creates_something_is_sent_once() {
    for (reply, kind) in [
        (json(502, json!({})), ErrorKind::Uncertain),
        (
            json(500, json!({"errorMessage": "x"})),
            ErrorKind::Uncertain,
        ),
        (Reply::Cut, ErrorKind::Uncertain),
        (with(201, &[], "not json"), ErrorKind::Uncertain),
        (json(400, json!({"errorMessage": "x"})), ErrorKind::Rejected),
    ] {
        let service = Service::answering([reply.clone()]).await;
        let writer = service.connect().writer();
        let error = writer
            .create_customer("a@x.example", "A")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(service.seen().len(), 1);

        let service = Service::answering([reply]).await;
        let writer = service.connect().writer();
        let error = writer.create_organization("A").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(service.seen().len(), 1);
        assert_eq!(service.waited(), [0_u64; 0]);
    }
}

#[tokio::test]
async fn what_came_too_fast_was_not_carried_out_and_is_sent_again_even_if_it_creates() {
    let made = json!({"accountId": "qm:1:2", "displayName": "A", "emailAddress": "a@x.example", "active": true});
    let service = Service::answering([busy(429, "7"), json(201, made)]).await;
    let writer = service.connect().writer();
    writer.create_customer("a@x.example", "A").await.unwrap();
    assert_eq!(service.waited(), [7]);

    let service = Service::ruled(|_| Some(busy(429, "1"))).await;
    let writer = service.connect().writer();
    let error = writer.create_organization("A").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
}

#[tokio::test]
async fn a_refusal_holds_every_request_of_its_kind_back() {
    let service = Service::answering([busy(429, "400"), empty_page()]).await;
    let connection = service.connect();
    let error = connection.reader().organizations().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // Longer than anybody waits, so the next one is not even sent.
    let error = connection.reader().organizations().await.unwrap_err();
    assert!(
        error.to_string().contains("left alone for 400 s"),
        "{error}"
    );
    assert_eq!(service.seen().len(), 1);
}

#[tokio::test]
async fn the_users_limit_spreads_requests() {
    let service = Service::ruled(|_| Some(empty_page())).await;
    let mut endpoint = service.endpoint();
    endpoint.options.max_rps = Some(2.0);
    let connection = Connection::open(endpoint).unwrap();
    for _ in 0..4 {
        connection.reader().organizations().await.unwrap();
    }
    // Half a second each.
    assert_eq!(service.waited().len(), 3);
}

#[tokio::test]
async fn a_cut_read_is_repeated_and_a_cut_write_that_stays_cut_is_uncertain() {
    let service = Service::answering([Reply::Cut, empty_page()]).await;
    assert!(service.connect().reader().organizations().await.is_ok());

    let service = Service::ruled(|_| Some(Reply::Cut)).await;
    let writer = service.connect().writer();
    let error = writer.delete_organization(&org()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uncertain);
    assert_eq!(service.seen().len(), 6);
}

#[tokio::test]
async fn a_deletion_repeated_after_a_lost_answer_may_find_nothing() {
    let gone = || json(404, json!({"errorMessage": "no such organization"}));
    let service = Service::answering([Reply::Cut, gone(), gone()]).await;
    let writer = service.connect().writer();
    writer.delete_organization(&org()).await.unwrap();
    let error = writer.delete_organization(&org()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_was_never_sent_is_tried_again_even_if_it_creates() {
    // A socket that does not listen keeps its port from everybody else.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let service = Service::answering([]).await;
    let mut endpoint = service.endpoint();
    endpoint.site_url = url;
    let connection = Connection::open(endpoint).unwrap();
    let error = connection
        .writer()
        .create_organization("A")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    // A host that never answered is most often a slip in its name: one more attempt, and no patience.
    assert_eq!(connection.requests(), 2);
    assert!(error.hint().unwrap().contains("url"));
}

#[tokio::test]
async fn a_host_that_answered_once_is_waited_for() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Nobody else gets in: from here on connections are refused.
        drop(listener);
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).unwrap();
        let page = r#"{"size":0,"isLastPage":true,"values":[]}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let service = Service::answering([]).await;
    let mut endpoint = service.endpoint();
    endpoint.site_url = url;
    let connection = Connection::open(endpoint).unwrap();
    assert!(
        connection
            .reader()
            .organizations()
            .await
            .unwrap()
            .is_empty()
    );
    server.join().unwrap();
    let error = connection.reader().organizations().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    assert_eq!(connection.requests(), 1 + 6);
}

#[tokio::test]
async fn the_budget_counts_repeated_requests_too() {
    let service = Service::ruled(|_| Some(busy(429, "1"))).await;
    let mut endpoint = service.endpoint();
    endpoint.options.budget = Some(2);
    let connection = Connection::open(endpoint).unwrap();
    let error = connection.reader().organizations().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BudgetSpent);
    assert_eq!(service.seen().len(), 2);
    assert_eq!(connection.requests(), 2);
    assert!(error.incomplete().why.to_string().contains("--budget"));
}

#[tokio::test]
async fn a_budget_spent_after_a_lost_write_leaves_it_uncertain() {
    let service = Service::ruled(|_| Some(json(502, json!({})))).await;
    let mut endpoint = service.endpoint();
    endpoint.options.budget = Some(1);
    let writer = Connection::open(endpoint).unwrap().writer();
    let error = writer.delete_organization(&org()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uncertain);
}

#[tokio::test]
async fn requests_in_flight_reach_the_limit_and_stay_under_it() {
    /// How many requests are being answered, and how many there were at most.
    #[derive(Default)]
    struct Load {
        now: AtomicUsize,
        most: AtomicUsize,
    }
    // Answers come three at a time, so fewer in flight would never end and more would be seen.
    let (load, three) = (Arc::new(Load::default()), Arc::new(Barrier::new(3)));
    let handler = {
        let load = Arc::clone(&load);
        move || async move {
            let now = load.now.fetch_add(1, Ordering::SeqCst) + 1;
            load.most.fetch_max(now, Ordering::SeqCst);
            three.wait().await;
            load.now.fetch_sub(1, Ordering::SeqCst);
            axum::Json(json!({"size": 0, "isLastPage": true, "values": []}))
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut endpoint = Service::answering([]).await.endpoint();
    endpoint.site_url = format!("http://{}", listener.local_addr().unwrap());
    endpoint.options.concurrency = 3;
    let app = axum::Router::new().fallback(handler);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let reader = Connection::open(endpoint).unwrap().reader();
    let lists = futures_util::future::join_all((0..9).map(|_| reader.organizations())).await;
    assert!(lists.iter().all(Result::is_ok));
    assert_eq!(load.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_ends_the_attempt() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut endpoint = Service::answering([]).await.endpoint();
    endpoint.site_url = format!("http://{}", listener.local_addr().unwrap());
    endpoint.options.timeout = std::time::Duration::from_millis(20);
    endpoint.options.retries = 1;
    // Nothing ever answers, so the outcome does not depend on how fast anything is.
    let silent = axum::Router::new().fallback(std::future::pending::<&'static str>);
    tokio::spawn(async move { axum::serve(listener, silent).await });
    let connection = Connection::open(endpoint).unwrap();
    let read = connection.reader().organizations().await.unwrap_err();
    assert_eq!(read.kind(), ErrorKind::Unreachable, "{read}");
    assert_eq!(connection.requests(), 2);
    let made = connection.writer().create_organization("A").await;
    assert_eq!(made.unwrap_err().kind(), ErrorKind::Uncertain);
    assert_eq!(connection.requests(), 3);
}

#[tokio::test]
async fn statuses_become_kinds_with_the_words_of_the_service() {
    for (status, body, kind, words) in [
        (
            400,
            r#"{"errorMessage":"Bad."}"#,
            ErrorKind::Rejected,
            "Bad.",
        ),
        (
            401,
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
            ErrorKind::Unauthorized,
            "scope does not match",
        ),
        (
            403,
            r#"{"errorMessages":["Not yours."],"errors":{}}"#,
            ErrorKind::Forbidden,
            "Not yours.",
        ),
        (
            404,
            r#"{"errorMessage":"Gone."}"#,
            ErrorKind::NotFound,
            "Gone.",
        ),
        (404, "", ErrorKind::Unreadable, "no reason"),
        (404, "<html>", ErrorKind::Unreadable, "HTML instead of JSON"),
        (
            409,
            r#"{"errorMessage":"There."}"#,
            ErrorKind::Conflict,
            "There.",
        ),
        (
            412,
            r#"{"errorMessage":"Experimental."}"#,
            ErrorKind::ExperimentalHeader,
            "Experimental.",
        ),
        (500, "oops", ErrorKind::Server, "no reason"),
    ] {
        let service = Service::answering([with(status, &[("x-arequestid", "r-1")], body)]).await;
        let error = service
            .connect()
            .reader()
            .organizations()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert!(error.to_string().contains(words), "{error}");
        assert!(
            error
                .to_string()
                .contains("`GET /rest/servicedeskapi/organization`"),
            "{error}"
        );
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn html_with_status_200_asks_for_the_url() {
    let page = with(200, &[("content-type", "text/html")], "<html>log in</html>");
    let service = Service::answering([page]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    let why = error.incomplete().why;
    assert!(why.to_string().contains("HTML instead of JSON"), "{why}");
    assert!(
        why.to_string()
            .contains("check that the `url` is that of a Jira site"),
        "{why}"
    );
}

#[tokio::test]
async fn a_401_hints_at_the_kind_of_token_and_a_403_names_the_right() {
    let service = Service::answering([json(401, json!({}))]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert!(error.hint().unwrap().contains("auth: scoped"));

    let refusal = json!({"errorMessage": "JIRA Administrators global permission is required.",
        "i18nErrorMessage": {"i18nKey": "sd.admin", "parameters": []}});
    let service = Service::answering([json(403, refusal)]).await;
    let writer = service.connect().writer();
    let error = writer
        .create_customer("a@x.example", "A")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.i18n_key(), Some("sd.admin"));
    assert!(error.right().unwrap().contains("Administer Jira"));
    assert!(
        error
            .incomplete()
            .why
            .to_string()
            .contains("Administer Jira")
    );
}

/// A list of one organization whose name is as long as this, packed.
fn packed(length: usize) -> Reply {
    let mut pack = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let name = "a".repeat(length);
    let list = json!({"size": 1, "isLastPage": true, "values": [{"id": "1", "name": name}]});
    pack.write_all(list.to_string().as_bytes())
        .expect("memory takes everything");
    Reply::Packed(pack.finish().expect("memory takes everything"))
}

#[tokio::test]
async fn an_answer_is_bounded_as_it_is_after_unpacking() {
    let service = Service::answering([packed(1 << 20)]).await;
    let list = service.connect().reader().organizations().await.unwrap();
    assert_eq!(list[0].name.len(), 1 << 20);
    let bomb = packed(24 << 20);
    if let Reply::Packed(bytes) = &bomb {
        assert!(bytes.len() < 1 << 20, "it comes small");
    }
    let service = Service::answering([bomb]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("larger than 16 MiB"), "{error}");
    assert_eq!(service.seen().len(), 1, "it is not asked for again");
}

#[tokio::test]
async fn an_answer_that_does_not_go_on_is_given_up() {
    let service = Service::answering([Reply::Stalls, Reply::Stalls, Reply::Stalls]).await;
    let mut endpoint = service.endpoint();
    endpoint.options.stall = Duration::from_millis(20);
    endpoint.options.retries = 2;
    let connection = Connection::open(endpoint).unwrap();
    let began = std::time::Instant::now();
    let error = connection.reader().organizations().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.to_string().contains("did not go on"), "{error}");
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "not the time of a whole answer"
    );
    assert_eq!(service.seen().len(), 3);
    // Of a creation nobody knows whether it was carried out.
    let service = Service::answering([Reply::Stalls]).await;
    let mut endpoint = service.endpoint();
    endpoint.options.stall = Duration::from_millis(20);
    let writer = Connection::open(endpoint).unwrap().writer();
    let error = writer.create_organization("A").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uncertain);
}

#[tokio::test]
async fn all_attempts_together_have_an_end() {
    let service = Service::answering([
        busy(503, "250"),
        busy(503, "250"),
        busy(503, "250"),
        busy(503, "250"),
    ])
    .await;
    let mut endpoint = service.endpoint();
    endpoint.options.total = Duration::from_secs(600);
    let reader = Connection::open(endpoint).unwrap().reader();
    reader.organizations().await.unwrap_err();
    assert_eq!(
        service.waited(),
        [250, 250],
        "a third wait would be more than ten minutes"
    );
}
