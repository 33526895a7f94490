//! Jira's own API, Confluence, and who may call what.

use crate::harness::{Box, Who, acme, email, space};
use portcullis::emulator::{AccountState, NewAccount, Options, Site};
use serde_json::{Value, json};

#[tokio::test]
async fn credentials_are_checked_before_anything_else() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    for path in [
        "/rest/servicedeskapi/organization",
        "/rest/api/3/myself",
        "/wiki/api/v2/spaces",
        "/gateway/api/graphql",
        "/rest/sandbox-settings/1/site",
    ] {
        let method = if path.contains("graphql") {
            "POST"
        } else {
            "GET"
        };
        for who in [Who::Nobody, Who::Wrong, Who::Key] {
            assert_eq!(sandbox.status(who, method, path, None).await, 401, "{path}");
        }
    }
    let got = sandbox
        .send(Who::Admin, "GET", "/rest/api/3/myself", None)
        .await;
    assert_eq!(
        got.headers["x-aaccountid"],
        got.body["accountId"].as_str().unwrap()
    );
    for path in [
        "/rest/api/3/serverInfo",
        "/rest/servicedeskapi/info",
        "/_edge/tenant_info",
    ] {
        assert_eq!(
            sandbox.status(Who::Nobody, "GET", path, None).await,
            200,
            "{path}"
        );
    }
    assert_eq!(sandbox.sandbox.stats().refused, 15);
}

#[tokio::test]
async fn scoped_tokens_reach_the_same_operations_through_the_gateway() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let cloud = sandbox.get("/_edge/tenant_info").await["cloudId"]
        .as_str()
        .unwrap()
        .to_owned();
    let plain = sandbox.get("/rest/servicedeskapi/organization/1").await;
    let path = format!("/ex/jira/{cloud}/rest/servicedeskapi/organization/1");
    assert_eq!(sandbox.get(&path).await, plain);
    let spaces = sandbox
        .get(&format!(
            "/ex/confluence/{cloud}/wiki/api/v2/spaces?keys=ITKB"
        ))
        .await;
    assert_eq!(spaces["results"][0]["key"], "ITKB");
    let refused = sandbox.send(Who::Wrong, "GET", &path, None).await;
    assert_eq!((refused.status, &refused.body["code"]), (401, &json!(401)));
    assert_eq!(
        sandbox
            .status(Who::Admin, "GET", "/ex/jira/other/rest/api/3/myself", None)
            .await,
        404
    );
    assert_eq!(
        sandbox.sandbox.stats().by_operation["GET /rest/servicedeskapi/organization/{organizationId}"],
        3
    );
}

#[tokio::test]
async fn q5_without_the_right_to_browse_users_searches_find_nobody() {
    let options = Options {
        browse_users: false,
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options).await;
    assert_eq!(
        sandbox.get("/rest/api/3/user/search?query=ana").await,
        json!([])
    );
    assert_eq!(
        sandbox
            .status(Who::Admin, "GET", "/rest/api/3/users/search", None)
            .await,
        403
    );
    let held = sandbox
        .get("/rest/api/3/mypermissions?permissions=USER_PICKER")
        .await;
    assert_eq!(held["permissions"]["USER_PICKER"]["havePermission"], false);
}

#[tokio::test]
async fn searches_match_beginnings_of_names_and_addresses_of_the_active() {
    let mut acme = acme();
    acme.site.add_account(NewAccount {
        name: Some("ana@else.example".into()),
        ..NewAccount::portal_only(email("zed@x.example"))
    });
    let sandbox = Box::start(acme.site).await;
    let names = async |query: &str| -> Vec<String> {
        let found = sandbox
            .get(&format!("/rest/api/3/user/search?query={query}"))
            .await;
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|u| u["emailAddress"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("An").await, ["ana@globex.example", "zed@x.example"]);
    assert_eq!(names("na").await, Vec::<String>::new());
    assert_eq!(
        names("ana@").await,
        ["ana@globex.example"],
        "an address is looked for among addresses only"
    );
    assert_eq!(
        names("admin%40sandbox.example").await,
        ["admin@sandbox.example"]
    );
    assert_eq!(
        sandbox
            .status(Who::Admin, "GET", "/rest/api/3/user/search", None)
            .await,
        400
    );
}

#[tokio::test]
async fn searches_end_at_the_thousandth_user() {
    let mut site = Site::empty("acme");
    for i in 0..1010 {
        site.add_account(NewAccount::portal_only(email(&format!("p{i}@x.example"))));
    }
    let sandbox = Box::start(site).await;
    let count = async |path: &str| sandbox.get(path).await.as_array().unwrap().len();
    assert_eq!(
        count("/rest/api/3/user/search?query=p&maxResults=2000").await,
        1000
    );
    assert_eq!(
        count("/rest/api/3/user/search?query=p&startAt=990&maxResults=100").await,
        10
    );
    assert_eq!(
        count("/rest/api/3/users/search?maxResults=5000").await,
        1000
    );
    assert_eq!(
        count("/rest/api/3/users/search?startAt=1000&maxResults=1000").await,
        12
    );
    assert_eq!(
        count("/rest/api/3/users/search?startAt=2000&maxResults=1000").await,
        0
    );
}

#[tokio::test]
async fn listing_everybody_includes_the_inactive() {
    let mut acme = acme();
    acme.site
        .set_account_state(&acme.bo, AccountState::Deactivated)
        .unwrap();
    let sandbox = Box::start(acme.site).await;
    let everybody = sandbox.get("/rest/api/3/users/search").await;
    let bo = everybody
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["accountId"] == acme.bo.text().into_owned())
        .unwrap();
    assert_eq!(bo["active"], false);
}

#[tokio::test]
async fn users_in_bulk_are_ten_unless_more_are_asked_for() {
    let mut site = Site::empty("acme");
    let ids: Vec<_> = (0..12)
        .map(|i| site.add_account(NewAccount::portal_only(email(&format!("p{i}@x.example")))))
        .collect();
    let sandbox = Box::start(site).await;
    let query: String = ids.iter().map(|id| format!("accountId={id}&")).collect();
    let page = sandbox
        .get(&format!("/rest/api/3/user/bulk?{query}accountId=nobody"))
        .await;
    assert_eq!(
        (page["values"].as_array().unwrap().len(), &page["total"]),
        (10, &json!(12))
    );
    assert_eq!(
        sandbox.get(page["nextPage"].as_str().unwrap()).await["isLast"],
        true
    );
    let page = sandbox
        .get(&format!("/rest/api/3/user/bulk?{query}maxResults=200"))
        .await;
    assert_eq!(page["values"].as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn a_user_shows_roles_only_when_asked() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let plain = sandbox.get("/rest/api/3/myself").await;
    assert_eq!(plain["applicationRoles"], json!({"size": 1, "items": []}));
    let path = format!(
        "/rest/api/3/user?accountId={}&expand=applicationRoles,groups",
        plain["accountId"].as_str().unwrap()
    );
    let full = sandbox.get(&path).await;
    assert_eq!(
        full["applicationRoles"]["items"][0]["key"],
        "jira-servicedesk"
    );
    assert_eq!(full["groups"]["size"], 2);
    let ana = sandbox
        .get(&format!(
            "/rest/api/3/user?accountId={}&expand=applicationRoles",
            acme.ana
        ))
        .await;
    assert_eq!(ana["applicationRoles"]["size"], 0);
    assert_eq!(
        sandbox
            .status(Who::Admin, "GET", "/rest/api/3/user?accountId=nobody", None)
            .await,
        404
    );
}

#[tokio::test]
async fn permissions_must_be_named_and_known() {
    let sandbox = Box::start(acme().site).await;
    let ask = async |who, query: &str| {
        sandbox
            .send(
                who,
                "GET",
                &format!("/rest/api/3/mypermissions{query}"),
                None,
            )
            .await
    };
    assert_eq!(ask(Who::Admin, "").await.status, 400);
    assert_eq!(
        ask(Who::Admin, "?permissions=ADMINISTER,NONSENSE")
            .await
            .status,
        400
    );
    assert_eq!(
        ask(Who::Admin, "?permissions=ADMINISTER&projectKey=NONE")
            .await
            .status,
        404
    );
    let have = |got: &Value, key: &str| got["permissions"][key]["havePermission"].clone();
    let admin = ask(
        Who::Admin,
        "?permissions=ADMINISTER,ADMINISTER_PROJECTS&projectKey=ITSM",
    )
    .await
    .body;
    let agent = ask(
        Who::Agent,
        "?permissions=ADMINISTER,ADMINISTER_PROJECTS&projectKey=ITSM",
    )
    .await
    .body;
    assert_eq!(
        (have(&admin, "ADMINISTER"), have(&agent, "ADMINISTER")),
        (json!(true), json!(false))
    );
    assert_eq!(have(&agent, "ADMINISTER_PROJECTS"), true);
}

#[tokio::test]
async fn project_search_pages_and_answers_404_for_nothing() {
    let sandbox = Box::start(acme().site).await;
    let page = sandbox
        .get("/rest/api/3/project/search?typeKey=service_desk&maxResults=1")
        .await;
    assert_eq!(
        (&page["total"], &page["isLast"], &page["values"][0]["key"]),
        (&json!(2), &json!(false), &json!("ITSM"))
    );
    let next = sandbox.get(page["nextPage"].as_str().unwrap()).await;
    assert_eq!(
        (&next["isLast"], &next["values"][0]["key"]),
        (&json!(true), &json!("WEB"))
    );
    assert_eq!(
        sandbox
            .get("/rest/api/3/project/search?maxResults=500")
            .await["maxResults"],
        100
    );
    for query in ["typeKey=software", "keys=NONE"] {
        let path = format!("/rest/api/3/project/search?{query}");
        assert_eq!(
            sandbox.status(Who::Admin, "GET", &path, None).await,
            404,
            "{query}"
        );
    }
}

#[tokio::test]
async fn confluence_shows_who_besides_the_licensed_may_view_a_space() {
    let mut acme = acme();
    acme.site
        .space_mut(&space("OTHER"))
        .unwrap()
        .anonymous_access = true;
    let sandbox = Box::start(acme.site).await;
    let page = sandbox
        .get("/wiki/api/v2/spaces?keys=OTHER,ITKB&limit=1")
        .await;
    let next = sandbox.get(page["_links"]["next"].as_str().unwrap()).await;
    let ids = [&page, &next].map(|p| p["results"][0]["id"].as_str().unwrap().to_owned());
    let anonymous = async |id: &str| {
        let path = format!(
            "/wiki/api/v2/spaces/{id}/role-assignments?principal-type=ACCESS_CLASS&principal-id=anonymous-users"
        );
        sandbox.get(&path).await["results"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((anonymous(&ids[0]).await, anonymous(&ids[1]).await), (0, 1));
    assert_eq!(
        sandbox
            .get(&format!("/wiki/api/v2/spaces?ids={}", ids[1]))
            .await["results"][0]["key"],
        "OTHER"
    );
}

#[tokio::test]
async fn every_right_can_be_asked_for_and_is_told_by_caller() {
    let sandbox = Box::start(acme().site).await;
    let all = sandbox.get("/rest/api/3/permissions").await;
    let all: Vec<&String> = all["permissions"].as_object().unwrap().keys().collect();
    let words = all
        .iter()
        .map(|key| key.as_str())
        .collect::<Vec<_>>()
        .join(",");
    let path = format!("/rest/api/3/mypermissions?permissions={words}&projectKey=ITSM");
    let held = |body: &Value| -> Vec<String> {
        let rows = body["permissions"].as_object().unwrap().iter();
        rows.filter(|(_, row)| row["havePermission"] == true)
            .map(|(key, _)| key.clone())
            .collect()
    };
    let admin = sandbox.send(Who::Admin, "GET", &path, None).await;
    assert_eq!(held(&admin.body).len(), all.len());
    let agent = held(&sandbox.send(Who::Agent, "GET", &path, None).await.body);
    for right in ["ADMINISTER", "SYSTEM_ADMIN", "CREATE_PROJECT"] {
        assert!(!agent.contains(&right.to_owned()), "{agent:?}");
    }
    for right in ["ADMINISTER_PROJECTS", "SERVICEDESK_AGENT", "USER_PICKER"] {
        assert!(agent.contains(&right.to_owned()), "{agent:?}");
    }
    for who in [Who::Key, Who::Nobody, Who::Wrong] {
        assert_eq!(sandbox.status(who, "GET", &path, None).await, 401);
    }
}
