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
    assert!(ran.out.contains("missing  connection"), "{}", ran.out);
}

/// Somebody who becomes a customer, and a project whose access is declared.
const DECLARED: &str = "    surfaces: { gateway: write, private: write, roles: write, accounts: write }
    people:
      dev@acme.example: { role: customer, take_away: [jira], reason: left, owner: it@acme.example }
      mal@globex.example: { state: revoked, reason: left, owner: it@acme.example }
    projects: { ITSM: { channel_access: restricted, knowledge_base: { ITKB: { who_can_view: all_logged_in } } } }
";

#[tokio::test(flavor = "multi_thread")]
async fn every_surface_is_told_and_no_field_is_promised_over_one_that_refuses() {
    let sandbox = site(Options::default()).await;
    let id = sandbox.site().atlassian_organization().to_owned();
    let text = |auth: &str| {
        format!(
            "version: 1\natlassian_organizations: {{ corp: {{ id: {id} }} }}\nsites:\n  acme:\n    url: \"{}\"\n    atlassian_organization: corp\n{auth}{DECLARED}",
            sandbox.url()
        )
    };
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    place.write("portcullis.yaml", &text(""));
    let surface = |document: &serde_json::Value, name: &str| {
        let checks = document["sites"][0]["checks"].as_array().unwrap();
        let mut found = checks
            .iter()
            .filter(|check| check["section"] == "surfaces" && check["what"] == name);
        let found = found.next();
        found
            .unwrap_or_else(|| panic!("no surface {name}: {document:#}"))
            .clone()
    };
    let whole = place.run(&["doctor", "--format", "json"]).json();
    for name in ["documented", "gateway", "private", "roles", "audit"] {
        assert_eq!(surface(&whole, name)["state"], "ok", "{name}: {whole:#}");
    }
    // Nothing tells who is a site admin.
    assert_eq!(surface(&whole, "accounts")["state"], "unknown");
    for name in ["people.role", "projects.channel_access"] {
        assert_eq!(field(&whole, name)["way"], "automatic", "{whole:#}");
    }
    // Without the organization's key a role is a step by hand, as the plan has it.
    place.without("PORTCULLIS_ORG_API_KEY");
    let blind = place.run(&["doctor", "--format", "json"]).json();
    assert_eq!(field(&blind, "people.role")["way"], "by hand", "{blind:#}");
    let why = field(&blind, "people.role")["why"].as_str().unwrap();
    assert!(why.contains("PORTCULLIS_ORG_API_KEY"), "{why}");
    assert!(
        surface(&blind, "roles")["hint"]
            .as_str()
            .unwrap()
            .contains("PORTCULLIS_ORG_API_KEY")
    );
    // By OAuth neither the gateway nor the private endpoint answers here: both are steps by hand in the plan too.
    for name in ["PORTCULLIS_EMAIL", "PORTCULLIS_API_TOKEN"] {
        place.without(name);
    }
    place.environment(&[
        ("PORTCULLIS_CLIENT_ID", portcullis::emulator::OAUTH_CLIENT.0),
        (
            "PORTCULLIS_CLIENT_SECRET",
            portcullis::emulator::OAUTH_CLIENT.1,
        ),
    ]);
    place.write("portcullis.yaml", &text("    auth: oauth\n"));
    let oauth = place.run(&["doctor", "--format", "json"]).json();
    let plan = place.run(&["plan", "--format", "json"]).json();
    for (name, address) in [
        ("projects.channel_access", "acme/project/ITSM/access"),
        (
            "projects.knowledge_base.who_can_view",
            "acme/project/ITSM/knowledge-base/ITKB",
        ),
    ] {
        assert_eq!(field(&oauth, name)["way"], "by hand", "{oauth:#}");
        let rows = plan["resource_changes"].as_array().unwrap();
        let row = rows.iter().find(|row| row["address"] == address).unwrap();
        assert_eq!(row["portcullis"]["surface"], "manual", "{row}");
    }
    assert_eq!(sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_endpoint_refuses_is_by_hand() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
    ]);
    let document = place.run(&["doctor", "--format", "json"]).json();
    let field = field(&document, "customer_access.view_without_login");
    assert_eq!(field["way"], "by hand", "{field}");
    assert!(
        field["why"].as_str().unwrap().contains("refuses"),
        "{field}"
    );
}

#[test]
fn before_there_is_a_workspace_it_says_how_to_make_a_token() {
    let mut place = Place::new();
    let ran = place.run(&["doctor"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    for said in [
        "PORTCULLIS_EMAIL and PORTCULLIS_API_TOKEN are not set",
        "a token for planning",
        "a token for applying",
    ] {
        assert!(ran.out.contains(said), "{}", ran.out);
    }
    assert!(ran.text().contains("portcullis init"), "{}", ran.text());
    place.environment(&[
        ("PORTCULLIS_EMAIL", "jo@acme.example"),
        ("PORTCULLIS_API_TOKEN", "a-secret"),
    ]);
    let ran = place.run(&["doctor"]);
    assert!(ran.out.contains("the environment has one"), "{}", ran.out);
    assert!(!ran.text().contains("a-secret"), "{}", ran.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_is_silent_hides_no_missing_credentials() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    sandbox.stop().await.unwrap();
    let ran = place.run(&["doctor"]);
    assert!(ran.out.contains("token    "), "{}", ran.out);
}
