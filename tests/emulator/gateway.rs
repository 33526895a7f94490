//! The GraphQL gateway: selections, errors inside 200, and the rules of who can view.

use crate::harness::{Box, Who, acme, key, space};
use portcullis::emulator::{ConfluencePlan, Site};
use portcullis::model::{ChannelAccess, WhoCanView};
use serde_json::{Value, json};

/// Takes one precondition away.
type Spoil = fn(&mut Site);

const LINKED: &str = "query Links($cloud: ID!, $project: String) {
  knowledgeBase_linkedSources(cloudId: $cloud, projectIdentifier: $project) {
    __typename
    ... on KnowledgeBaseLinkedSources { linkedSources { sourceARI url permissions { viewPermission { ...Detail } } } }
    ... on QueryError { message extensions { statusCode } }
  }
}
fragment Detail on KnowledgeBaseSourcePermissionDetailV2 { currentPermission validPermissions invalidPermissions }";

const UPDATE: &str = "mutation View($cloud: ID, $input: KnowledgeBaseSpacePermissionUpdateViewInput!) {
  knowledgeBaseSpacePermission_updateView(cloudId: $cloud, input: $input) {
    success error { message extensions { errorType statusCode } } permission { viewPermission { currentPermission } }
  }
}";

struct Gateway {
    sandbox: Box,
    cloud: String,
}

impl Gateway {
    async fn start(site: Site) -> Self {
        let cloud = site.cloud_id().to_string();
        Self {
            sandbox: Box::start(site).await,
            cloud,
        }
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        let mut variables = variables;
        variables["cloud"] = json!(self.cloud);
        let body = json!({"query": query, "variables": variables});
        let got = self
            .sandbox
            .send(Who::Agent, "POST", "/gateway/api/graphql", Some(body))
            .await;
        assert_eq!(got.status, 200);
        got.body
    }

    async fn ari(&self, key: &str) -> String {
        let spaces = self
            .sandbox
            .get(&format!("/wiki/api/v2/spaces?keys={key}"))
            .await;
        format!(
            "ari:cloud:confluence:{}:space/{}",
            self.cloud,
            spaces["results"][0]["id"].as_str().unwrap()
        )
    }

    async fn view(&self, key: &str, who: &str) -> Value {
        let input = json!({"spaceAri": self.ari(key).await, "viewPermission": who});
        self.ask(UPDATE, json!({"input": input})).await["data"]["knowledgeBaseSpacePermission_updateView"].clone()
    }
}

/// A site on which `ITKB` of the project `WEB` may be shown to anyone.
fn public() -> Site {
    let mut site = acme().site;
    site.settings.kb_allow_anyone = true;
    site.settings.view_without_login = true;
    site.link_space(&key("WEB"), &space("ITKB"), WhoCanView::AllLoggedIn)
        .unwrap();
    site.space_mut(&space("ITKB")).unwrap().anonymous_access = true;
    site
}

#[tokio::test]
async fn answers_hold_what_is_selected_and_nothing_else() {
    let gateway = Gateway::start(acme().site).await;
    let ari = gateway.ari("ITKB").await;
    let answer = gateway.ask(LINKED, json!({"project": "ITSM"})).await;
    let url = format!("{}/wiki/spaces/ITKB", gateway.sandbox.url);
    assert_eq!(
        answer,
        json!({"data": {"knowledgeBase_linkedSources": {
            "__typename": "KnowledgeBaseLinkedSources",
            "linkedSources": [{"sourceARI": ari, "url": url, "permissions": {"viewPermission": {
                "currentPermission": "CONFLUENCE_UNLICENSED_USERS",
                "validPermissions": ["CONFLUENCE_UNLICENSED_USERS", "CONFLUENCE_LICENSED_USERS"],
                "invalidPermissions": ["ANONYMOUS_USERS"],
            }}}],
        }}})
    );
    let short = "{ a: knowledgeBase_linkedSources(cloudId: \"CLOUD\", projectIdentifier: \"10002\") { ... on KnowledgeBaseLinkedSources { linkedSources { n: name sourceId @skip(if: true) } } } }";
    let answer = gateway
        .ask(&short.replace("CLOUD", &gateway.cloud), json!({}))
        .await;
    assert_eq!(
        answer,
        json!({"data": {"a": {"linkedSources": [{"n": "IT articles"}]}}})
    );
}

#[tokio::test]
async fn errors_come_inside_200() {
    let gateway = Gateway::start(acme().site).await;
    let answer = gateway.ask(LINKED, json!({"project": "NONE"})).await;
    assert_eq!(
        answer["data"]["knowledgeBase_linkedSources"]["__typename"],
        "QueryError"
    );
    for wrong in [
        "{ nonsense }",
        "{ knowledgeBase_linkedSources(cloudId: \"x\") { linkedSources { name } } }",
        "{ knowledgeBase_linkedSources(cloudId: \"x\") }",
        "{ knowledgeBase_linkedSources(cloudId: \"x\") { ... on MutationError { message } } }",
        "{ knowledgeBase_linkedSources(cloudId: \"x\") { ...Missing } }",
        "{ knowledgeBase_linkedSources(cloudId: \"x",
        "query A { __typename } query B { __typename }",
        "query Q($needed: ID!) { __typename }",
        "{ knowledgeBase_linkedSources(cloudId: $undeclared) { __typename } }",
        "{ knowledgeBase_linkedSources(cloudID: \"x\") { __typename } }",
        "{ knowledgeBase_linkedSources(projectIdentifier: \"x\") { __typename } }",
        "{ knowledgeBaseSpacePermission_bulkQuery(cloudId: \"x\") { __typename } }",
        "mutation { knowledgeBaseSpacePermission_updateView(input: {spaceARI: \"x\"}) { success } }",
        "mutation { knowledgeBaseSpacePermission_updateView(input: {spaceAri: \"x\", viewPermission: EVERYBODY}) { success } }",
        "",
    ] {
        let answer = gateway.ask(wrong, json!({})).await;
        assert!(
            answer["errors"][0]["message"].is_string(),
            "{wrong}: {answer}"
        );
        assert!(answer.get("data").is_none());
    }
    let hostile = format!("{{ {}", "a { ".repeat(10_000));
    assert!(gateway.ask(&hostile, json!({})).await["errors"].is_array());
    let circle = "query { ...A } fragment A on Query { ...A }";
    assert!(gateway.ask(circle, json!({})).await["errors"].is_array());
}

#[tokio::test]
async fn many_spaces_are_asked_for_at_once() {
    let gateway = Gateway::start(acme().site).await;
    let aris = json!([gateway.ari("ITKB").await, "ari:cloud:confluence:x:space/1"]);
    let query = "query Bulk($cloud: ID!, $aris: [ID!]!) { knowledgeBaseSpacePermission_bulkQuery(cloudId: $cloud, spaceAris: $aris) {
        ... on KnowledgeBaseSpacePermissionResponse { spaceAri permission { viewPermission { currentPermission } } }
        ... on KnowledgeBaseSpacePermissionQueryError { spaceAri message } } }";
    let answer = gateway.ask(query, json!({"aris": aris})).await;
    let rows = &answer["data"]["knowledgeBaseSpacePermission_bulkQuery"];
    assert_eq!(
        rows[0]["permission"]["viewPermission"]["currentPermission"],
        "CONFLUENCE_UNLICENSED_USERS"
    );
    assert_eq!(rows[1]["spaceAri"], "ari:cloud:confluence:x:space/1");
    assert!(rows[1]["message"].is_string());
    let stats = gateway.sandbox.sandbox.stats();
    assert_eq!(stats.by_operation["POST /gateway/api/graphql#Bulk"], 1);
    assert_eq!(stats.writes, 0);
}

#[tokio::test]
async fn k1_to_k4_each_stand_between_a_space_and_anyone() {
    let gateway = Gateway::start(public()).await;
    assert_eq!(
        gateway.view("ITKB", "ANONYMOUS_USERS").await["success"],
        true
    );
    assert_eq!(gateway.sandbox.sandbox.stats().writes, 1);
    let cases: [(&str, Spoil); 5] = [
        ("K1", |site| site.settings.kb_allow_anyone = false),
        ("K2", |site| site.confluence_plan = ConfluencePlan::Free),
        ("K3 open", |site| {
            site.project_mut(&key("WEB")).unwrap().channel_access = ChannelAccess::Restricted
        }),
        ("K3 login", |site| site.settings.view_without_login = false),
        ("K4", |site| {
            site.space_mut(&space("ITKB")).unwrap().anonymous_access = false
        }),
    ];
    for (rule, spoil) in cases {
        let mut site = public();
        spoil(&mut site);
        let gateway = Gateway::start(site).await;
        let answer = gateway.view("ITKB", "ANONYMOUS_USERS").await;
        assert_eq!(answer["success"], false, "{rule}");
        assert_eq!(answer["error"]["extensions"]["statusCode"], 400, "{rule}");
        assert_eq!(
            answer["permission"]["viewPermission"]["currentPermission"],
            "CONFLUENCE_UNLICENSED_USERS",
            "{rule}"
        );
    }
}

#[tokio::test]
async fn k5_stands_between_a_space_and_all_logged_in() {
    let mut site = acme().site;
    site.settings.kb_allow_all_logged_in = false;
    let gateway = Gateway::start(site).await;
    assert_eq!(
        gateway.view("ITKB", "CONFLUENCE_LICENSED_USERS").await["success"],
        true
    );
    assert_eq!(
        gateway.view("ITKB", "CONFLUENCE_UNLICENSED_USERS").await["success"],
        false
    );
}

#[tokio::test]
async fn the_permission_belongs_to_the_space_and_projects_share_it() {
    let gateway = Gateway::start(public()).await;
    let update = "mutation U($cloud: ID!, $ari: ID!) { knowledgeBase_updateSourceViewPermission(cloudId: $cloud, projectIdentifier: \"WEB\",
        permissionUpdateRequest: {sourceARI: $ari, sourceVisibility: \"EXTERNAL\", viewPermission: \"CONFLUENCE_LICENSED_USERS\"}) {
        ... on KnowledgeBaseSourcePermissionsResponse { viewPermission { currentPermission } } ... on MutationError { message } } }";
    let answer = gateway
        .ask(update, json!({"ari": gateway.ari("ITKB").await}))
        .await;
    assert_eq!(
        answer["data"]["knowledgeBase_updateSourceViewPermission"]["viewPermission"]["currentPermission"],
        "CONFLUENCE_LICENSED_USERS"
    );
    let other = gateway.ask(LINKED, json!({"project": "ITSM"})).await;
    let seen = &other["data"]["knowledgeBase_linkedSources"]["linkedSources"][0]["permissions"]["viewPermission"];
    assert_eq!(seen["currentPermission"], "CONFLUENCE_LICENSED_USERS");
    let answer = gateway
        .ask(update, json!({"ari": gateway.ari("OTHER").await}))
        .await;
    assert!(
        answer["data"]["knowledgeBase_updateSourceViewPermission"]["message"].is_string(),
        "it is not linked"
    );
}

#[tokio::test]
async fn linking_shows_a_space_to_all_logged_in_and_unlinking_is_told_apart() {
    let gateway = Gateway::start(acme().site).await;
    let ari = gateway.ari("OTHER").await;
    let link = "mutation L($cloud: ID!, $ari: ID) { knowledgeBase_linkSources(cloudId: $cloud, projectIdentifier: \"WEB\", sources: [{sourceARI: $ari, visibility: \"EXTERNAL\"}, {sourceARI: \"x\"}]) {
        linkSourceResults { sourceARI success mutationError { message } } } }";
    let answer = gateway.ask(link, json!({"ari": ari})).await;
    let results = &answer["data"]["knowledgeBase_linkSources"]["linkSourceResults"];
    assert_eq!(
        (&results[0]["success"], &results[1]["success"]),
        (&json!(true), &json!(false))
    );
    let site = gateway.sandbox.sandbox.site();
    assert_eq!(
        site.space(&space("OTHER")).unwrap().who_can_view,
        WhoCanView::AllLoggedIn
    );
    let unlink = "mutation U($cloud: ID!, $ari: ID) { knowledgeBase_unlinkSources(cloudId: $cloud, projectIdentifier: \"WEB\", linkedSources: [{sourceARI: $ari}]) { unlinkSourceResults { success } } }";
    for expected in [true, false] {
        let answer = gateway.ask(unlink, json!({"ari": ari})).await;
        assert_eq!(
            answer["data"]["knowledgeBase_unlinkSources"]["unlinkSourceResults"][0]["success"],
            expected
        );
    }
}
