//! `doctor`: what can and cannot be done, told before anything is tried.

use super::harness::{Place, site};
use portcullis::emulator::Options;

fn field<'v>(document: &'v serde_json::Value, name: &str) -> &'v serde_json::Value {
    let fields = document["sites"][0]["fields"].as_array().unwrap();
    let found = fields.iter().find(|field| field["field"] == name);
    found.unwrap_or_else(|| panic!("no field {name}: {document:#}"))
}

#[test]
fn the_embedded_sandbox_needs_nothing() {
    let place = Place::quickstart();
    let ran = place.run(&["doctor"]);
    insta::assert_snapshot!("embedded", ran.text());
    assert_eq!(ran.code, 0, "{}", ran.text());
    // Nothing is done: the plan still has everything to do.
    assert_eq!(place.run(&["plan", "--detailed-exitcode"]).code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_can_do_what_has_a_route() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[("COLUMNS", "80")]);
    let ran = place.run(&["doctor"]);
    insta::assert_snapshot!("remote", ran.text());
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(sandbox.stats().writes, 0);
    // A word that is wider than the terminal is not broken.
    let wide = |line: &&str| line.chars().count() > 80 && line.trim().contains(' ');
    assert_eq!(ran.out.lines().find(wide), None);
    let document = place.run(&["doctor", "--format", "json"]).json();
    assert_eq!(document["exit_code"], 0);
    let members = field(&document, "organizations.members");
    assert_eq!(members["way"], "automatic");
    assert_eq!(members["surface"], "documented");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_lacks_is_refused_with_the_right_by_name() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
        ("PORTCULLIS_ORG_API_KEY", "wrong"),
        ("PORTCULLIS_ALLOW_LOOPBACK", "1"),
    ]);
    let ran = place.run(&["doctor", "--format", "json"]);
    assert_eq!(ran.code, 7, "{}", ran.text());
    let document = ran.json();
    for (name, right) in [
        (
            "accounts of listed people who have none",
            "Jira administrator",
        ),
        ("approved_domains", "PORTCULLIS_ORG_API_KEY"),
    ] {
        let refused = field(&document, name);
        assert_eq!(refused["way"], "refused", "{refused}");
        assert!(
            refused["why"].as_str().unwrap().contains(right),
            "{refused}"
        );
    }
    // Agents manage what the site does not keep for its administrators.
    assert_eq!(field(&document, "organizations.members")["way"], "refused");
    assert_eq!(
        field(&document, "projects.organizations")["way"],
        "automatic"
    );
    // What was promised is what happens: the plan of the same account says the same of accounts.
    assert_eq!(sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_the_site_does_not_show_is_missing() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    place.write(
        "projects/nowhere.yaml",
        "version: 1\nsites: { acme: { projects: { NOWHERE: { channel_access: restricted } } } }\n",
    );
    let ran = place.run(&["doctor", "--format", "json"]);
    assert_eq!(ran.code, 7, "{}", ran.text());
    assert_eq!(field(&ran.json(), "projects")["objects"][0], "NOWHERE");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_are_wrong_and_a_host_that_is_silent() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[
        ("PORTCULLIS_API_TOKEN", "wrong"),
        ("PORTCULLIS_ALLOW_LOOPBACK", "1"),
        ("HTTPS_PROXY", "http://user:secret@proxy.example:3128"),
    ]);
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 7, "{}", ran.text());
    assert!(ran.out.contains("missing  caller"), "{}", ran.out);
    assert!(ran.out.contains("HTTPS_PROXY"), "{}", ran.out);
    assert!(!ran.text().contains("secret"), "{}", ran.text());
    sandbox.stop().await.unwrap();
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    assert!(ran.out.contains("missing  reached"), "{}", ran.out);
}
