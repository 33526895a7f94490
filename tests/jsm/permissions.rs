//! Permission schemes, roles and groups on the wire and in the model.

use crate::service::{Service, json};
use portcullis::jsm::{ErrorKind, Group};
use serde_json::json;

#[tokio::test]
async fn a_scheme_comes_with_its_grants_in_one_request() {
    let scheme = json!({"id": 1, "name": "S", "scope": {"type": "PROJECT"}, "permissions": [
        {"id": 2, "permission": "BROWSE_PROJECTS", "holder": {"type": "reporter"}},
        {"id": 3, "permission": "BROWSE_PROJECTS", "holder": {"type": "group", "parameter": "g", "value": "u-1"}},
    ]});
    let service = Service::answering([
        json(200, scheme),
        json(200, json!({"id": 1, "name": "S"})),
        json(403, json!({"errorMessages": ["no"], "errors": {}})),
    ])
    .await;
    let reader = service.connect().reader();
    let read = reader.permission_scheme("IT SM").await.unwrap();
    assert!(read.project_only);
    assert_eq!(read.grants.len(), 2);
    assert_eq!(read.grants[1].holder.value.as_deref(), Some("u-1"));
    assert_eq!(
        service.lines()[0],
        "GET /rest/api/3/project/IT%20SM/permissionscheme?expand=permissions"
    );
    // A scheme without its grants is no scheme without grants.
    let error = reader.permission_scheme("ITSM").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    let error = reader.permission_scheme("ITSM").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
}

#[tokio::test]
async fn roles_are_known_by_the_last_part_of_their_address() {
    let at = |id: &str| format!("https://acme.atlassian.net/rest/api/3/project/10001/role/{id}");
    let service = Service::answering([
        json(
            200,
            json!({"Service Desk Team": at("10101"), "Administrators": at("10002")}),
        ),
        json(200, json!({"Administrators": at("")})),
    ])
    .await;
    let reader = service.connect().reader();
    let roles = reader.project_roles("ITSM").await.unwrap();
    let roles: Vec<_> = roles
        .iter()
        .map(|role| (role.id.as_str(), role.name.as_str()))
        .collect();
    assert_eq!(
        roles,
        [("10002", "Administrators"), ("10101", "Service Desk Team")]
    );
    let error = reader.project_roles("ITSM").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn actors_are_accounts_or_groups_and_nothing_else() {
    let service = Service::answering([
        json(200, json!({"name": "Team", "actors": [
            {"id": 1, "displayName": "Ana", "type": "atlassian-user-role-actor", "actorUser": {"accountId": "712020:a"}},
            {"id": 2, "displayName": "agents", "type": "atlassian-group-role-actor", "actorGroup": {"name": "agents", "groupId": "u-1"}},
        ]})),
        json(200, json!({"name": "Team", "actors": [{"id": 1, "displayName": "?"}]})),
        json(200, json!({"name": "Team"})),
    ])
    .await;
    let reader = service.connect().reader();
    let actors = reader.role_actors("ITSM", "10101").await.unwrap();
    assert_eq!(actors.people[0].0.text(), "712020:a");
    assert_eq!(actors.people[0].1, "Ana");
    assert_eq!(actors.groups[0].id.as_deref(), Some("u-1"));
    for _ in 0..2 {
        let error = reader.role_actors("ITSM", "10101").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
    }
}

#[tokio::test]
async fn members_of_a_group_are_read_whole_or_not_at_all() {
    let page = |id: &str, last: bool| {
        let member = json!({"accountId": id, "displayName": id, "active": true});
        json(
            200,
            json!({"isLast": last, "total": 2, "startAt": 0, "values": [member]}),
        )
    };
    let service = Service::answering([
        page("a", true),
        page("a", false),
        page("a", false),
        page("b", true),
    ])
    .await;
    let reader = service.connect().reader();
    let group = Group {
        id: Some("u-1".into()),
        name: "agents".into(),
    };
    let one = reader.group_members(&group, 1).await.unwrap().unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(
        service.lines()[0],
        "GET /rest/api/3/group/member?groupId=u-1&startAt=0&maxResults=50"
    );
    assert_eq!(reader.group_members(&group, 1).await.unwrap(), None);
    assert_eq!(service.lines().len(), 2, "the size is known after one page");
    let both = reader.group_members(&group, 2).await.unwrap().unwrap();
    assert_eq!(both.len(), 2);
}

#[tokio::test]
async fn a_large_group_takes_its_pages_and_fails_when_it_shifts() {
    let serve = |shifted: bool| {
        Service::ruled(move |seen| {
            let url = url::Url::parse(&format!("http://x{}", seen.target)).ok()?;
            let (_, start) = url.query_pairs().find(|(name, _)| name == "startAt")?;
            let start: usize = start.parse().ok()?;
            let from = if shifted && start == 100 {
                start - 1
            } else {
                start
            };
            let members: Vec<_> = (from..230.min(from + 50))
                .map(|n| json!({"accountId": format!("712020:{n:04}"), "displayName": "P", "active": true}))
                .collect();
            Some(json(
                200,
                json!({"isLast": start + 50 >= 230, "total": 230, "startAt": start, "values": members}),
            ))
        })
    };
    let group = Group {
        id: Some("u-1".into()),
        name: "all-staff".into(),
    };
    let service = serve(false).await;
    let reader = service.connect().reader();
    let members = reader.group_members(&group, u64::MAX).await.unwrap();
    assert_eq!(members.unwrap().len(), 230);
    assert_eq!(service.seen().len(), 5);
    let error = serve(true).await.connect().reader();
    let error = error.group_members(&group, u64::MAX).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}

#[tokio::test]
async fn the_directory_is_asked_for_one_role_on_one_app_and_tells_who_is_suspended() {
    let row = |id: &str, status: &str| json!({"accountId": id, "status": status, "accountStatus": "active", "email": "x@acme.example"});
    let service = Service::answering([
        json(
            200,
            json!({"data": [row("712020:a", "active")], "links": {"next": "c=1"}}),
        ),
        json(
            200,
            json!({"data": [row("712020:b", "suspended")], "links": {}}),
        ),
        json(200, json!({"data": [row("", "active")], "links": {}})),
    ])
    .await;
    let reader = service.connect().reader();
    let ari = "ari:cloud:jira-servicedesk::site/c-1";
    let found = reader.customer_role_holders("o-1", ari).await.unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|user| (user.account_id.text().into_owned(), user.active))
        .collect();
    let wanted = [("712020:a", true), ("712020:b", false)];
    assert_eq!(found, wanted.map(|(id, active)| (id.to_owned(), active)));
    let first = "GET /admin/v2/orgs/o-1/directories/-/users?roleIds=atlassian%2Fcustomer&resourceIds=ari%3Acloud%3Ajira-servicedesk%3A%3Asite%2Fc-1&limit=100";
    assert_eq!(
        service.lines(),
        [first.to_owned(), format!("{first}&cursor=c%3D1")]
    );
    let error = reader.customer_role_holders("o-1", ari).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
}
