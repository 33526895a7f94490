//! Help centers with an audience, over the gateway and on their page; request types that are for some people only.

use crate::harness::{Box, Who, acme, email, key};
use portcullis::emulator::{Audience, NewAccount, RequestType, Role, Site};
use serde_json::{Value, json};

/// The harness's site with a help center for Globex, one for internal customers, and Ivy, who is one.
fn with_centers() -> Site {
    let acme = acme();
    let mut site = acme.site;
    site.add_account(NewAccount::atlassian(email("ivy@acme.com"), Role::Customer));
    site.set_help_center("Partners", Audience::Organizations, &[acme.globex])
        .unwrap();
    site.set_help_center("Staff", Audience::Internal, &[])
        .unwrap();
    site
}

async fn ask(sandbox: &Box, query: &str) -> Value {
    let cloud = sandbox.sandbox.site().cloud_id().to_string();
    let query = query.replace("CLOUD", &cloud);
    let body = Some(json!({"query": query}));
    let got = sandbox
        .send(Who::Admin, "POST", "/gateway/api/graphql", body)
        .await;
    assert!(got.body.get("errors").is_none(), "{query}: {}", got.body);
    got.body["data"].clone()
}

const LIST: &str = r#"query { helpCenter(cloudId: "CLOUD") { helpCenters(workspaceAri: "ari:cloud:jira::site/CLOUD", sortOrder: CREATED_DATE_ASCENDING) {
    nodes { __typename ... on HelpCenter { id slug name { default } permissionSettings { __typename
      ... on HelpCenterPermissionSettings { accessControlType hydratedAllowedAccessGroups { totalCount edges { node { organizationId organizationName } } } }
      ... on QueryError { message } } } ... on QueryError { message } }
    pageInfo { hasNextPage endCursor } } } }"#;

#[tokio::test]
async fn the_gateway_lists_help_centers_with_their_audience() {
    let sandbox = Box::start(with_centers()).await;
    let data = ask(&sandbox, LIST).await;
    let page = &data["helpCenter"]["helpCenters"];
    let rows: Vec<(&str, &str)> = page["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let settings = &node["permissionSettings"];
            (
                node["name"]["default"].as_str().unwrap(),
                settings["accessControlType"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Help Center", "PUBLIC"),
            ("Partners", "GROUP_BASED"),
            ("Staff", "INTERNAL")
        ]
    );
    let partners = &page["nodes"][1]["permissionSettings"]["hydratedAllowedAccessGroups"];
    assert_eq!(partners["edges"][0]["node"]["organizationName"], "Globex");
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    assert_eq!(sandbox.sandbox.stats().writes, 0);
}

#[tokio::test]
async fn a_support_site_is_a_help_center_of_its_own_type() {
    let mut site = with_centers();
    site.set_support_site("Partners");
    let sandbox = Box::start(site).await;
    let data = ask(&sandbox, &LIST.replace(" id slug", " type id slug")).await;
    let nodes = data["helpCenter"]["helpCenters"]["nodes"]
        .as_array()
        .unwrap();
    let types: Vec<&str> = nodes
        .iter()
        .map(|node| node["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["BASIC", "CUSTOMER_SERVICE", "ADVANCED"]);
    let settings = &nodes[1]["permissionSettings"];
    assert_eq!(
        settings["accessControlType"], "GROUP_BASED",
        "its audience stays"
    );
}

#[tokio::test]
async fn fields_with_arguments_of_their_own_keep_apart() {
    let sandbox = Box::start(with_centers()).await;
    let data = ask(&sandbox, LIST).await;
    let nodes = &data["helpCenter"]["helpCenters"]["nodes"];
    let (partners, staff) = (
        nodes[1]["id"].as_str().unwrap(),
        nodes[2]["id"].as_str().unwrap(),
    );
    let settings = |alias: &str, ari: &str| {
        format!(
            "{alias}: helpCenterPermissionSettings(helpCenterAri: \"{ari}\") {{ __typename ... on HelpCenterPermissionSettings {{ accessControlType }} ... on QueryError {{ message }} }}"
        )
    };
    let query = format!(
        "query {{ helpCenter(cloudId: \"CLOUD\") {{ {} {} {} first: helpCenters(workspaceAri: \"x\", sortOrder: CREATED_DATE_ASCENDING, first: 1) {{ pageInfo {{ endCursor hasNextPage }} }} }} }}",
        settings("a", partners),
        settings("b", staff),
        settings("c", "none"),
    );
    let data = ask(&sandbox, &query).await;
    let found = &data["helpCenter"];
    assert_eq!(found["a"]["accessControlType"], "GROUP_BASED");
    assert_eq!(found["b"]["accessControlType"], "INTERNAL");
    assert_eq!(found["c"]["__typename"], "QueryError");
    assert_eq!(
        found["first"]["pageInfo"],
        json!({"endCursor": "1", "hasNextPage": true})
    );
    let other = ask(
        &sandbox,
        "query { helpCenter(cloudId: \"other\") { helpCenters(workspaceAri: \"x\", sortOrder: CREATED_DATE_ASCENDING) { pageInfo { hasNextPage } } } }",
    )
    .await;
    assert!(other["helpCenter"].is_null());
}

#[tokio::test]
async fn a_visitor_is_let_into_the_help_centers_that_are_for_them() {
    let sandbox = Box::start(with_centers()).await;
    for (address, wanted) in [
        ("ana@globex.example", [true, true, false]),
        ("ivy@acme.com", [true, false, true]),
        ("cy@acme.com", [true, false, false]),
        ("agent@sandbox.example", [true, true, true]),
        ("nobody@x.example", [true, false, false]),
    ] {
        let visit = sandbox.visit(address).await;
        let enters: Vec<bool> = visit["helpCenters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|center| center["enter"].as_bool().unwrap())
            .collect();
        assert_eq!(enters, wanted, "{address}");
        assert_eq!(
            visit["portals"][1]["view"],
            json!(address != "nobody@x.example"),
            "{address}: a help center is no boundary of an open portal"
        );
    }
}

#[tokio::test]
async fn the_audience_is_set_on_the_page() {
    let sandbox = Box::start(with_centers()).await;
    let page = "console/help-centers";
    sandbox.form(page, json!({"name": "Suppliers"})).await;
    let form = json!({"name": "Suppliers", "number": "4", "audience": "organizations", "organizations-4": "Globex"});
    sandbox.form(page, form).await;
    let data = ask(&sandbox, LIST).await;
    let suppliers = &data["helpCenter"]["helpCenters"]["nodes"][3]["permissionSettings"];
    assert_eq!(suppliers["accessControlType"], "GROUP_BASED");
    let groups = &suppliers["hydratedAllowedAccessGroups"];
    assert_eq!(groups["totalCount"], 1);
}

#[tokio::test]
async fn a_restricted_request_type_is_told_and_checked_for_a_person() {
    let mut site = with_centers();
    site.add_group("hr-staff", None);
    let ivy = site.accounts_with_email("ivy@acme.com")[0].id();
    let ana = site.accounts_with_email("ana@globex.example")[0].id();
    site.add_to_group("hr-staff", std::slice::from_ref(&ivy))
        .unwrap();
    for (name, groups) in [("Ask", vec![]), ("Hire somebody", vec!["hr-staff"])] {
        let kind = RequestType {
            name: name.to_owned(),
            groups: groups.into_iter().map(str::to_owned).collect(),
            ..RequestType::default()
        };
        site.set_request_type(&key("WEB"), kind).unwrap();
    }
    let unknown = RequestType {
        groups: ["nobody".to_owned()].into(),
        ..RequestType::default()
    };
    assert!(site.set_request_type(&key("WEB"), unknown).is_err());
    let sandbox = Box::start(site).await;
    let path = "/rest/servicedeskapi/servicedesk/WEB/requesttype";
    let kinds = sandbox.get(path).await;
    let rows: Vec<(&str, &str)> = kinds["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| {
            (
                kind["name"].as_str().unwrap(),
                kind["restrictionStatus"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows, [("Ask", "OPEN"), ("Hire somebody", "RESTRICTED")]);
    assert_eq!(
        sandbox
            .all(&format!("{path}?restrictionStatus=restricted"), "name")
            .await,
        ["Hire somebody"]
    );
    let everywhere = "/rest/servicedeskapi/requesttype";
    assert_eq!(
        sandbox
            .all(
                &format!("{everywhere}?restrictionStatus=restricted"),
                "name"
            )
            .await,
        ["Hire somebody"]
    );
    let ids: Vec<u64> = kinds["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["id"].as_str().unwrap().parse().unwrap())
        .collect();
    let check = |who: Who, account: String| {
        let (sandbox, ids) = (&sandbox, &ids);
        async move {
            let body = json!({"accountId": account, "permissions": ["canCreateRequest"], "requestTypeIds": ids});
            let path = format!("{path}/permissions/check");
            sandbox.send(who, "POST", &path, Some(body)).await
        }
    };
    let of = |got: &Value| got["canCreateRequest"].as_array().unwrap().len();
    assert_eq!(of(&check(Who::Agent, ana.to_string()).await.body), 1);
    assert_eq!(of(&check(Who::Agent, ivy.to_string()).await.body), 2);
    assert_eq!(check(Who::Agent, "nobody".into()).await.status, 400);
    sandbox
        .sandbox
        .edit(|site| site.dismiss_agent(&key("WEB")))
        .unwrap();
    assert_eq!(check(Who::Agent, ana.to_string()).await.status, 401);
    assert_eq!(sandbox.sandbox.stats().writes, 0);
    let visit = sandbox.visit("ana@globex.example").await;
    let web = &visit["portals"][1];
    assert_eq!(
        web["requestTypes"],
        json!({"Ask": true, "Hire somebody": false})
    );
    // Who administers nothing is not shown that there is one.
    sandbox
        .sandbox
        .edit(|site| site.dismiss_agent(&key("WEB")).unwrap());
    let got = sandbox.send(Who::Agent, "GET", everywhere, None).await;
    let shown: Vec<&str> = got.body["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| kind["name"].as_str().unwrap())
        .collect();
    assert_eq!(shown, ["Ask"]);
}
