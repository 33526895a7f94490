//! Lists to their end, or not at all.

use crate::service::{Seen, Service, json};
use portcullis::jsm::ErrorKind;
use portcullis::model::{AccountId, DeskId, OrganizationId};
use serde_json::{Value, json};

fn user(n: u64) -> Value {
    json!({"accountId": format!("a{n:05}"), "displayName": format!("User {n}"), "active": true,
        "emailAddress": format!("u{n}@x.example"), "_links": {}})
}

fn page(rows: Vec<Value>, last: bool) -> Value {
    json!({"size": rows.len(), "start": 0, "limit": 50, "isLastPage": last, "values": rows})
}

fn number(seen: &Seen, name: &str) -> u64 {
    let url = url::Url::parse(&format!("http://x{}", seen.target)).expect("a target");
    let found = url.query_pairs().find(|(n, _)| n == name);
    found.and_then(|(_, v)| v.parse().ok()).unwrap_or(u64::MAX)
}

#[tokio::test]
async fn pages_advance_by_the_rows_that_came_not_by_the_limit_asked_for() {
    let service = Service::ruled(|seen| {
        // The server lowers whatever limit it is asked for to three.
        let start = number(seen, "start");
        let rows: Vec<_> = (start..7.min(start + 3)).map(user).collect();
        Some(json(200, page(rows, start + 3 >= 7)))
    })
    .await;
    let reader = service.connect().reader();
    let members = reader
        .organization_members(&OrganizationId::new("12"), 0)
        .await
        .unwrap();
    let ids: Vec<_> = members.iter().map(|m| m.account_id.text()).collect();
    assert_eq!(
        ids,
        [
            "a00000", "a00001", "a00002", "a00003", "a00004", "a00005", "a00006"
        ]
    );
    assert_eq!(
        service.lines(),
        [0, 3, 6].map(|start| format!(
            "GET /rest/servicedeskapi/organization/12/user?start={start}&limit=100"
        ))
    );
}

#[tokio::test]
async fn a_full_page_is_no_end_and_a_short_one_neither() {
    let service = Service::answering([
        json(200, page(vec![user(1)], false)),
        json(200, page(vec![user(2), user(3)], false)),
        json(200, page(vec![], true)),
    ])
    .await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    assert_eq!(found.unwrap().len(), 3);
}

#[tokio::test]
async fn rows_that_shift_between_pages_count_once() {
    let service = Service::answering([
        json(200, page(vec![user(1), user(2)], false)),
        json(200, page(vec![user(2), user(3)], true)),
    ])
    .await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    assert_eq!(found.unwrap().len(), 3);
}

#[tokio::test]
async fn an_empty_page_that_is_not_the_last_makes_the_list_unreadable() {
    let service = Service::answering([
        json(200, page(vec![user(1)], false)),
        json(200, page(vec![], false)),
    ])
    .await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    let error = found.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("not the last"), "{error}");
}

#[tokio::test]
async fn a_server_that_ignores_the_position_does_not_hang_the_client() {
    let service = Service::ruled(|_| Some(json(200, page(vec![user(1)], false)))).await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    assert_eq!(found.unwrap_err().kind(), ErrorKind::Unreadable);
    assert!(service.seen().len() <= 4);
}

#[tokio::test]
async fn a_page_that_says_it_holds_more_than_was_asked_for_is_unreadable() {
    for size in [1_000, u64::MAX] {
        let rows = json!({"size": size, "isLastPage": false, "values": [user(1)]});
        let service = Service::ruled(move |_| Some(json(200, rows.clone()))).await;
        let reader = service.connect().reader();
        let found = reader.desk_customers(&DeskId::new("1"), 0).await;
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Unreadable);
        let found = reader.organizations().await;
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Unreadable);
        assert!(service.seen().len() <= 2, "{size}");
    }
}

#[tokio::test]
async fn a_page_without_its_end_mark_is_unreadable() {
    let service = Service::answering([json(200, json!({"size": 0, "values": []}))]).await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("isLastPage"), "{error}");
}

#[tokio::test]
async fn a_list_fails_as_a_whole_when_one_page_fails() {
    let service = Service::answering([
        json(200, page(vec![user(1)], false)),
        json(403, json!({"errorMessage": "no"})),
    ])
    .await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    let error = found.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.right().unwrap().contains("agent"));
    assert!(error.incomplete().forbidden);
}

#[tokio::test]
async fn all_users_are_read_until_an_empty_page() {
    let service = Service::ruled(|seen| {
        let start = number(seen, "startAt");
        let rows: Vec<_> = (start..5.min(start + 2)).map(user).collect();
        Some(json(200, rows.into()))
    })
    .await;
    let users = service.connect().reader().all_users(9).await.unwrap();
    let users = users.unwrap();
    assert_eq!(users.len(), 5);
    assert_eq!(service.seen().len(), 4);
}

#[tokio::test]
async fn a_search_with_a_lone_hit_costs_one_request_and_one_with_more_goes_on() {
    let lone = Service::answering([json(200, json!([user(1)]))]).await;
    let found = lone.connect().reader().search_users("u1@x.example").await;
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(
        lone.lines(),
        ["GET /rest/api/3/user/search?query=u1%40x.example&startAt=0&maxResults=50"]
    );
    let twins = Service::answering([
        json(200, json!([user(1), user(2)])),
        json(200, json!([user(3)])),
        json(200, json!([])),
    ])
    .await;
    let found = twins.connect().reader().search_users("u").await;
    assert_eq!(found.unwrap().len(), 3);
}

#[tokio::test]
async fn users_by_id_are_asked_for_in_batches_with_an_explicit_page_size() {
    let service = Service::ruled(|seen| {
        let rows: Vec<_> = (0..seen.target.matches("accountId=").count() as u64)
            .map(|n| user(n + number(seen, "startAt")))
            .collect();
        Some(json(
            200,
            json!({"isLast": true, "total": rows.len(), "values": rows}),
        ))
    })
    .await;
    let ids: Vec<_> = (0..51).map(|n| AccountId::new(format!("qm:{n}"))).collect();
    service.connect().reader().users(&ids).await.unwrap();
    let lines = service.lines();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].contains("accountId=qm%3A0&accountId=qm%3A1&"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].ends_with("?accountId=qm%3A50&startAt=0&maxResults=50"),
        "{}",
        lines[1]
    );
}

#[tokio::test]
async fn admin_lists_follow_urls_and_bare_cursors_but_never_their_host() {
    let rows = |domain: &str, next: Value| {
        json(
            200,
            json!({"data": [{"domain": domain}], "links": {"next": next}}),
        )
    };
    let service = Service::answering([
        rows(
            "a.example",
            json!("https://evil.example/x?cursor=Yg%3D%3D&limit=20"),
        ),
        rows("b.example", json!("Yw==")),
        rows("c.example", Value::Null),
    ])
    .await;
    let domains = service.connect().reader().approved_domains("org-1").await;
    assert_eq!(domains.unwrap(), ["a.example", "b.example", "c.example"]);
    let path = "GET /admin/v2/orgs/org-1/app-access-settings/domains?limit=100";
    assert_eq!(
        service.lines(),
        [
            path.to_owned(),
            format!("{path}&cursor=Yg%3D%3D"),
            format!("{path}&cursor=Yw%3D%3D")
        ]
    );
    let seen = service.seen();
    assert_eq!(
        seen[1].authorization.as_deref(),
        Some("Bearer 0rg-s3cret-key")
    );
}

#[tokio::test]
async fn a_cursor_that_leads_back_ends_in_an_error() {
    let service = Service::ruled(|_| {
        Some(json(
            200,
            json!({"data": [{"domain": "a.example"}], "links": {"next": "same"}}),
        ))
    })
    .await;
    let error = service
        .connect()
        .reader()
        .approved_domains("o")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert_eq!(service.seen().len(), 2);
}

#[tokio::test]
async fn spaces_are_found_by_key_over_pages() {
    let service = Service::answering([
        json(200, json!({"results": [{"id": "11", "key": "A"}], "_links": {"next": "/wiki/api/v2/spaces?cursor=q"}})),
        json(200, json!({"results": [{"id": "12", "key": "B"}], "_links": {}})),
    ])
    .await;
    let ids = service
        .connect()
        .reader()
        .space_ids(&["A", "B"])
        .await
        .unwrap();
    assert_eq!(ids["A"], "11");
    assert_eq!(ids["B"], "12");
    assert_eq!(
        service.lines()[1],
        "GET /wiki/api/v2/spaces?limit=250&keys=A&keys=B&cursor=q"
    );
}

/// A list of `rows` users in pages of 50, as a service serves it; `edit` changes the page at a position.
async fn long(rows: u64, edit: impl Fn(u64, &mut Vec<Value>) + Send + Sync + 'static) -> Service {
    Service::ruled(move |seen| {
        let start = number(seen, "start");
        let mut found: Vec<_> = (start..rows.min(start + 50)).map(user).collect();
        edit(start, &mut found);
        Some(json(200, page(found, start + 50 >= rows)))
    })
    .await
}

async fn members(service: &Service, expected: usize) -> Result<usize, portcullis::jsm::ApiError> {
    let reader = service.connect().reader();
    let id = OrganizationId::new("12");
    let members = reader.organization_members(&id, expected).await?;
    let ids: Vec<_> = members.iter().map(|m| m.account_id.text()).collect();
    assert!(ids.is_sorted(), "the rows come in the order of the list");
    Ok(members.len())
}

#[tokio::test]
async fn a_list_that_is_as_long_as_expected_takes_its_pages_and_no_request_more() {
    for rows in [999, 1000, 1001, 1234, 5000] {
        let service = long(rows, |_, _| ()).await;
        let expected = usize::try_from(rows).unwrap();
        assert_eq!(members(&service, expected).await.unwrap(), expected);
        let pages = rows.div_ceil(50);
        assert_eq!(service.seen().len() as u64, pages, "{rows}");
    }
}

#[tokio::test]
async fn a_list_of_another_length_than_expected_takes_one_request_more_at_most() {
    for (rows, expected) in [
        (30, 5000),
        (1100, 5000),
        (5000, 1500),
        (5030, 0),
        (20_000, 0),
    ] {
        let service = long(rows, |_, _| ()).await;
        let found = members(&service, expected).await.unwrap();
        assert_eq!(found as u64, rows);
        let (pages, made) = (rows.div_ceil(50), service.seen().len() as u64);
        assert!(
            made <= pages + 1,
            "{rows} rows, {expected} expected: {made} for {pages}"
        );
    }
}

#[tokio::test]
async fn a_service_with_other_pages_than_usual_is_read_whole_all_the_same() {
    let service = Service::ruled(|seen| {
        // 30 rows at first, then fewer now and then: a short page is no end.
        let start = number(seen, "start");
        let size = if start % 4 == 2 { 7 } else { 30 };
        let rows: Vec<_> = (start..2000.min(start + size)).map(user).collect();
        Some(json(200, page(rows, start + size >= 2000)))
    })
    .await;
    assert_eq!(members(&service, 2000).await.unwrap(), 2000);
}

#[tokio::test]
async fn rows_that_move_between_pages_read_at_once_make_the_list_unreadable() {
    // The page at 500 begins a row early, so that the row before it is there twice.
    let service = long(2000, |start, rows| {
        if start == 500 {
            rows.rotate_right(1);
            rows[0] = user(499);
        }
    })
    .await;
    let error = members(&service, 2000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("being changed"), "{error}");
}

#[tokio::test]
async fn a_row_that_comes_twice_and_differs_is_no_row() {
    let other = json!({"accountId": "a00001", "displayName": "User 1", "active": true,
        "emailAddress": "other@x.example", "_links": {}});
    let service = Service::answering([
        json(200, page(vec![user(1), user(2)], false)),
        json(200, page(vec![other], true)),
    ])
    .await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    let error = found.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("a00001"), "{error}");
    let organization = |name: &str| json!({"id": "12", "name": name, "_links": {}});
    let service = Service::answering([
        json(200, page(vec![organization("Globex")], false)),
        json(200, page(vec![organization("Globex Old")], true)),
    ])
    .await;
    let error = service
        .connect()
        .reader()
        .organizations()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn an_empty_id_is_no_id() {
    let nobody = json!({"accountId": "", "displayName": "?", "active": true, "_links": {}});
    let service = Service::answering([json(200, page(vec![nobody], true))]).await;
    let found = service
        .connect()
        .reader()
        .desk_customers(&DeskId::new("1"), 0)
        .await;
    let error = found.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.to_string().contains("an id is empty"), "{error}");
}

#[tokio::test]
async fn more_users_than_searching_is_worth_are_not_listed() {
    let service = Service::ruled(|seen| {
        let start = number(seen, "startAt");
        let rows: Vec<_> = (start..5000.min(start + 1000)).map(user).collect();
        Some(json(200, rows.into()))
    })
    .await;
    let reader = service.connect().reader();
    assert_eq!(reader.all_users(3).await.unwrap(), None);
    assert_eq!(service.seen().len(), 2);
    assert_eq!(reader.all_users(50).await.unwrap().unwrap().len(), 5000);
}
