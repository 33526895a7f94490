//! The Admin API: approved domains.

use crate::harness::{Box, Who, acme};
use portcullis::emulator::{ANYONE, CUSTOMER_ROLE, MEMBER_ROLE, Role};
use serde_json::{Value, json};

struct Domains {
    sandbox: Box,
    path: String,
    jsm: String,
}

async fn start(fill: impl FnOnce(&mut portcullis::emulator::Site)) -> Domains {
    let mut acme = acme();
    fill(&mut acme.site);
    let path = format!(
        "/admin/v2/orgs/{}/app-access-settings/domains",
        acme.site.atlassian_organization()
    );
    let jsm = acme.site.jsm_product();
    Domains {
        sandbox: Box::start(acme.site).await,
        path,
        jsm,
    }
}

impl Domains {
    async fn send(&self, method: &str, rest: &str, body: Option<Value>) -> (u16, Value) {
        let got = self
            .sandbox
            .send(Who::Key, method, &format!("{}{rest}", self.path), body)
            .await;
        (got.status, got.body)
    }
}

#[tokio::test]
async fn q16_an_unknown_domain_is_200_with_empty_products() {
    let domains = start(|_| {}).await;
    let (status, body) = domains.send("GET", "/nowhere.example", None).await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({"domain": "nowhere.example", "enabled": false, "adminNotifications": false, "products": []})
    );
    assert_eq!(
        domains
            .send(
                "PUT",
                "/nowhere.example",
                Some(json!({"adminNotifications": false, "products": []}))
            )
            .await
            .0,
        404
    );
    let product = json!({"productId": domains.jsm, "role": CUSTOMER_ROLE});
    assert_eq!(
        domains
            .send("POST", "/nowhere.example/products", Some(product))
            .await
            .0,
        404
    );
    assert_eq!(
        domains.send("DELETE", "/nowhere.example", None).await.0,
        405,
        "no DELETE is documented"
    );
}

#[tokio::test]
async fn a_domain_is_made_once_replaced_whole_and_upserted_by_product() {
    let domains = start(|_| {}).await;
    let jira = json!({"productId": "ari:cloud:jira::site/x", "role": "ari:cloud:identity::role/product/member", "adminApprovalRequired": true});
    let body = json!({"domain": "Acme.com", "adminNotifications": true, "products": [jira]});
    let made = domains
        .sandbox
        .send(Who::Key, "POST", &domains.path, Some(body.clone()))
        .await;
    assert_eq!(made.status, 201);
    assert!(
        made.headers["location"]
            .to_str()
            .unwrap()
            .ends_with("/domains/acme.com")
    );
    assert_eq!(domains.send("POST", "", Some(body)).await.0, 409);

    let jsm = json!({"productId": domains.jsm});
    let (status, both) = domains.send("POST", "/acme.com/products", Some(jsm)).await;
    assert_eq!(
        (status, both["products"].as_array().unwrap().len()),
        (200, 2)
    );
    assert_eq!(
        domains.sandbox.sandbox.site().approved_domains["acme.com"].products[&domains.jsm].role,
        MEMBER_ROLE,
        "a role left out is the member role"
    );

    let only =
        json!({"productId": domains.jsm, "role": CUSTOMER_ROLE, "adminApprovalRequired": false});
    let (_, replaced) = domains
        .send(
            "PUT",
            "/acme.com",
            Some(json!({"adminNotifications": false, "products": [only]})),
        )
        .await;
    assert_eq!(replaced["products"], json!([only]));
    let (status, emptied) = domains
        .send(
            "PUT",
            "/acme.com",
            Some(json!({"adminNotifications": false, "products": []})),
        )
        .await;
    assert_eq!((status, &emptied["products"]), (200, &json!([])));
    assert_eq!(
        domains.send("GET", "", None).await.1["data"],
        json!([]),
        "an emptied entry is gone from the list"
    );
}

#[tokio::test]
async fn domains_are_listed_in_order_and_by_cursor() {
    let domains = start(|site| {
        site.approve_domain(ANYONE, Role::Customer, false);
        for i in 0..25 {
            site.approve_domain(&format!("d{i:02}.example"), Role::Customer, false);
        }
    })
    .await;
    let (_, first) = domains.send("GET", "", None).await;
    assert_eq!(first["data"].as_array().unwrap().len(), 20);
    assert_eq!(
        first["data"][0],
        json!({"domain": "ANYONE", "enabled": true, "numberOfProductsAppliesTo": 1})
    );
    let next = domains
        .sandbox
        .send(
            Who::Key,
            "GET",
            first["links"]["next"].as_str().unwrap(),
            None,
        )
        .await;
    assert_eq!(next.body["data"].as_array().unwrap().len(), 6);
    assert_eq!(next.body["data"][5]["domain"], "d24.example");
    assert!(next.body["links"]["next"].is_null());
    assert_eq!(domains.send("GET", "?limit=101", None).await.0, 400);
    assert_eq!(domains.send("GET", "?cursor=!", None).await.0, 400);
}

#[tokio::test]
async fn only_the_organizations_key_opens_the_admin_api() {
    let domains = start(|_| {}).await;
    for who in [Who::Admin, Who::Agent, Who::Nobody] {
        let got = domains.sandbox.send(who, "GET", &domains.path, None).await;
        assert_eq!(got.status, 401);
        assert_eq!(got.body["code"], 401);
    }
    let got = domains
        .sandbox
        .send(
            Who::Key,
            "GET",
            "/admin/v2/orgs/other/app-access-settings/domains",
            None,
        )
        .await;
    assert_eq!(
        (got.status, &got.body["errors"][0]["code"]),
        (404, &json!("ADMIN-404-2"))
    );
    let orgs = domains
        .sandbox
        .send(Who::Key, "GET", "/admin/v1/orgs", None)
        .await;
    let id = orgs.body["data"][0]["id"].as_str().unwrap();
    assert!(domains.path.contains(id));
    let stats = domains.sandbox.sandbox.stats();
    assert_eq!(
        stats.by_operation["GET /v2/orgs/{orgId}/app-access-settings/domains"],
        4
    );
}

#[tokio::test]
async fn workspaces_are_found_by_a_search_that_is_a_read() {
    let domains = start(|_| {}).await;
    let path = domains
        .path
        .replace("/app-access-settings/domains", "/workspaces");
    let got = domains
        .sandbox
        .send(Who::Key, "POST", &path, Some(json!({"limit": 20})))
        .await;
    assert_eq!(got.body["data"][0]["id"], domains.jsm.as_str());
    assert_eq!(domains.sandbox.sandbox.stats().writes, 0);
}
