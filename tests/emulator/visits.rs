//! The visitor's view: which portals and doors somebody finds, what going in does, and what it says of why.

use crate::browser::{Browser, all};
use crate::harness::{acme, email, key};
use portcullis::emulator::{NewAccount, Role};
use scraper::Html;
use serde_json::{Value, json};

#[tokio::test]
async fn a_visitor_finds_portals_and_doors_and_goes_in() {
    let browser = Browser::on(acme().site).await;
    let portals = |visit: &Value| -> Vec<String> {
        let rows = visit["portals"].as_array().unwrap();
        rows.iter()
            .filter(|row| row["view"] == true)
            .map(|row| row["project"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(portals(&browser.visit("").await), Vec::<String>::new());
    let ana = browser.visit("?as=ANA@globex.example").await;
    assert_eq!(portals(&ana), ["ITSM", "WEB"]);
    assert_eq!(ana["portals"][0]["articles"], json!({"ITKB": true}));
    assert_eq!(portals(&browser.visit("?as=cy@acme.com").await), ["WEB"]);

    let page = browser.page("/__sandbox/visit?as=dee@globex.example").await;
    let rows = "<th scope=\"row\">Sign up</th><td data-head=\"Project\"></td><td data-head=\"What would happen\">There is a new portal-only account.</td>";
    assert!(
        page.contains(rows) && page.contains("has no account on this site"),
        "{page}"
    );
    assert!(
        browser
            .sandbox
            .site()
            .accounts_with_email("dee@globex.example")
            .is_empty()
    );

    // A2 and A3: whoever signs up with the organization's domain joins it, and reaches what it is linked to.
    let page = browser
        .submit(
            "/__sandbox/doors/sign-up",
            &[("email", "dee@globex.example")],
        )
        .await;
    assert!(
        page.contains("There is a new portal-only account.") && page.contains("IT help (ITSM)"),
        "{page}"
    );
    assert_eq!(browser.sandbox.stats().mails, 1);
    let page = browser
        .submit(
            "/__sandbox/doors/sign-up",
            &[("email", "dee@globex.example")],
        )
        .await;
    assert!(page.contains("log in"), "{page}");
    assert_eq!(browser.sandbox.stats().mails, 1);
    let page = browser
        .submit(
            "/__sandbox/doors/email",
            &[("email", "cy@acme.com"), ("project", "ITSM")],
        )
        .await;
    assert!(page.contains("role=\"alert\""), "V3: {page}");

    for (door, form, status) in [
        ("sign-up", &[("email", "nobody")][..], 400),
        (
            "email",
            &[("email", "a@b.example"), ("project", "NONE")],
            404,
        ),
        (
            "organization-add",
            &[("email", "a@b.example"), ("organization", "99")],
            404,
        ),
        ("window", &[("email", "a@b.example")], 404),
    ] {
        let answer = browser
            .send(&format!("/__sandbox/doors/{door}"), form)
            .await;
        assert_eq!(answer.status().as_u16(), status, "{door} {form:?}");
    }
    let answer = browser
        .http
        .post(browser.url("/__sandbox/doors/agent-invite"))
        .header("accept", "application/json")
        .json(&json!({"email": "eli@x.example", "project": "ITSM", "name": "Eli"}))
        .send()
        .await
        .unwrap();
    let entered: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(entered["outcome"], "portal_only", "{entered}");
    let site = browser.sandbox.site();
    let roster = site.project_customers(&key("ITSM"));
    assert!(roster.iter().any(|account| account.name() == "Eli"));
}

#[tokio::test]
async fn an_identity_provider_keeps_its_organization_and_no_role_keeps_out() {
    let acme = acme();
    let mut site = acme.site;
    site.organization_mut(&acme.globex).unwrap().scim_managed = true;
    site.add_account(NewAccount::atlassian(email("jo@acme.com"), Role::None));
    let browser = Browser::on(site).await;
    let before = browser.sandbox.site();
    for (door, address) in [
        ("organization-add", "new@b.example"),
        ("organization-add", "cy@acme.com"),
        ("agent-invite", "jo@acme.com"),
    ] {
        let form = [
            ("email", address),
            ("organization", "1"),
            ("project", "ITSM"),
        ];
        let page = browser
            .submit(&format!("/__sandbox/doors/{door}"), &form)
            .await;
        assert!(page.contains("role=\"alert\""), "{door} {address}: {page}");
    }
    assert_eq!(before, browser.sandbox.site());
}

#[tokio::test]
async fn a_visit_names_the_rule_and_the_page_that_decides() {
    let browser = Browser::on(acme().site).await;
    let mut followed = 0;
    for query in ["", "?as=ana@globex.example", "?as=eve@elsewhere.example"] {
        let visit = browser.visit(query).await;
        let page = browser.page(&format!("/__sandbox/visit{query}")).await;
        for portal in visit["portals"].as_array().unwrap() {
            let rule = portal["rule"].as_str().unwrap();
            assert!(page.contains(&format!("({rule}, <a href=")), "{portal}");
        }
        let page = Html::parse_document(&page);
        for link in all(&page, "td a") {
            let path = link.value().attr("href").unwrap();
            let there = browser.page(path.split('#').next().unwrap()).await;
            if let Some((_, id)) = path.split_once('#') {
                assert!(there.contains(&format!("id=\"{id}\"")), "{path}");
            }
            followed += 1;
        }
    }
    assert!(followed >= 6, "{followed}");
}
