//! Expectations on the desired state: what holds, what fails with which counterexample, and what cannot be decided offline.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use camino::Utf8Path;
use jiff::civil::date;
use portcullis::config::{LoadOptions, load};
use portcullis::diagnostic::{Diagnostic, Severity};
use portcullis::expect;

/// A site with an open project for all, a restricted one for Globex, and one of which nothing is said.
const SITE: &str = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    customer_access:
      internal: { atlassian_accounts: false }
      external: { portal_only_accounts: true, allowed_domains: [globex.example] }
      customers_can_create_accounts: true
      view_without_login: false
    spaces: { ITKB: { unlicensed_access: true } }
    knowledge_base: { allow_all_logged_in: true }
    organizations:
      Globex: { members: { mode: exact, list: [ana@globex.example, { email: eve@initech.example, account: atlassian }] } }
    projects:
      WEB: { channel_access: open, knowledge_base: { ITKB: { who_can_view: all_logged_in } } }
      HR: { channel_access: restricted, organizations: { mode: exact, list: [Globex] }, customers: { mode: exact, list: [cy@acme.com] } }
      OPS: {}
      TAX: { channel_access: restricted }
      PAY: { channel_access: restricted, organizations: { list: [Globex] }, customers: { mode: exact, list: [cy@acme.com] } }
expectations:
";

/// Judges one expectation: its remaining keys.
fn judged(keys: &str) -> Option<Diagnostic> {
    judged_on(SITE, keys)
}

fn judged_on(site: &str, keys: &str) -> Option<Diagnostic> {
    let text = format!("{site}  - {{ name: it, site: acme, {keys} }}\n");
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    fs_err::write(root.join("portcullis.yaml"), text).unwrap();
    let today = date(2026, 11, 22);
    let loaded = load(root, LoadOptions::new(today));
    let errors: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut found = expect::diagnostics(&loaded.workspace.unwrap(), today);
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

#[track_caller]
fn holds(keys: &str) {
    let found = judged(keys);
    assert!(found.is_none(), "{keys}: {found:?}");
}

/// The expectation must fail with this in the message; returns the diagnostic.
#[track_caller]
fn fails(keys: &str, with: &str) -> Diagnostic {
    let found = judged(keys).unwrap_or_else(|| panic!("{keys} holds"));
    assert_eq!(found.code, "expectation-failed", "{found:?}");
    assert_eq!(found.severity, Severity::Error);
    assert!(found.message.to_string().contains(with), "{found:?}");
    found
}

#[track_caller]
fn undecided(keys: &str) {
    let found = judged(keys).unwrap_or_else(|| panic!("{keys} holds"));
    assert_eq!(found.code, "expectation-undecided", "{found:?}");
    assert_eq!(found.severity, Severity::Warning);
}

#[test]
fn anonymous_visitors() {
    holds("who: anonymous, cannot: view_portal, projects: [WEB, HR]");
    holds("who: anonymous, cannot: view_portal, projects: [\"*\"]");
    fails(
        "who: anonymous, can: view_portal, projects: [WEB]",
        "a visitor without login cannot view the portal of `WEB`",
    );
}

#[test]
fn anyone_at_all() {
    holds("who: anyone, cannot: sign_up");
    fails(
        "who: anyone, can: sign_up",
        "anyone with an address of a public mail provider cannot sign up",
    );
}

#[test]
fn any_customer() {
    holds("who: any_customer, can: send_request, projects: [WEB]");
    holds("who: any_customer, cannot: view_portal, projects: [HR]");
    fails(
        "who: any_customer, cannot: view_portal, projects: [\"*\"], except: [HR, OPS]",
        "any customer can view the portal of `WEB`",
    );
    undecided("who: any_customer, cannot: view_portal, projects: [OPS]");
}

#[test]
fn a_domain_means_new_addresses_and_every_known_account() {
    holds("who: \"*@globex.example\", can: sign_up");
    holds("who: \"*@globex.example\", can: send_request, projects: [WEB]");
    // Globex may have the domain, which nobody manages.
    undecided("who: \"*@globex.example\", can: view_portal, projects: [HR]");
    fails(
        "who: \"*@globex.example\", cannot: view_portal, projects: [HR]",
        "`ana@globex.example` can view the portal of `HR`",
    );
    fails(
        "who: \"*@initech.example\", can: sign_up",
        "a new address of `initech.example` cannot sign up",
    );
}

#[test]
fn an_organization_means_its_members() {
    holds("who: \"organization:Globex\", can: send_request, projects: [HR, WEB]");
    fails(
        "who: \"organization:Globex\", cannot: view_portal, projects: [HR]",
        "can view the portal of `HR`",
    );
}

#[test]
fn a_person_who_is_not_listed_may_have_an_account() {
    holds("who: cy@acme.com, can: view_portal, projects: [HR]");
    holds("who: bo@globex.example, can: view_portal, projects: [WEB]");
    undecided("who: mal@other.example, cannot: view_portal, projects: [WEB]");
    holds("who: mal@other.example, cannot: view_portal, projects: [HR]");
    fails(
        "who: mal@other.example, can: view_portal, projects: [HR]",
        "`mal@other.example` cannot view",
    );
}

#[test]
fn who_may_be_on_a_list_that_is_not_managed_is_undecided() {
    for who in ["a@b.example", "cy@acme.com", "\"organization:Globex\""] {
        undecided(&format!("who: {who}, can: view_portal, projects: [TAX]"));
    }
    undecided("who: a@b.example, can: send_request, projects: [PAY]");
    holds("who: cy@acme.com, can: view_portal, projects: [PAY]");
    // A class is on no list, and a whole list names everybody.
    fails(
        "who: any_customer, can: view_portal, projects: [TAX]",
        "any customer cannot view the portal of `TAX`",
    );
    fails(
        "who: anonymous, can: view_portal, projects: [TAX]",
        "a visitor without login cannot",
    );
    undecided("who: eve@globex.example, can: view_portal, projects: [HR]");
}

#[test]
fn nobody_is_said_to_be_kept_out_whom_an_open_ended_list_may_hold() {
    for project in ["TAX", "PAY"] {
        for who in ["a@b.example", "\"*@b.example\""] {
            undecided(&format!(
                "who: {who}, cannot: view_portal, projects: [{project}]"
            ));
        }
    }
    undecided("who: ana@globex.example, cannot: view_portal, projects: [TAX]");
    // A class is on no list, whoever is new is on none, and a whole list names everybody.
    holds("who: any_customer, cannot: view_portal, projects: [TAX, PAY, HR]");
    holds("who: anyone, cannot: view_portal, projects: [TAX, PAY, HR]");
    holds("who: \"*@b.example\", cannot: view_portal, projects: [HR]");
    holds("who: a@b.example, cannot: view_portal, projects: [HR]");
    fails(
        "who: \"*@b.example\", can: view_portal, projects: [TAX]",
        "a new address of `b.example` cannot view",
    );
}

/// With Atlassian accounts for internal customers, whoever may be approved may sign up.
#[test]
fn sign_up_is_open_where_domains_or_a_rule_are_not_known() {
    let site = |approved: &str, rule: &str| {
        SITE.replace("atlassian_accounts: false", "atlassian_accounts: true")
            .replace("sites:\n  acme:\n", &format!("atlassian_organizations:\n  corp:\n    approved_domains: {{ mode: {approved}, domains: {{ corp.example: {{ sites: {{ acme: {{ role: customer }} }} }} }} }}\n{rule}sites:\n  acme:\n    atlassian_organization: corp\n"))
    };
    let rule = "    any_domain: { sites: { acme: { role: none } } }\n";
    let open = site("add_only", rule);
    assert_eq!(
        word_on(&open, "who: \"*@b.example\", cannot: sign_up"),
        "undecided"
    );
    assert_eq!(word_on(&open, "who: anyone, cannot: sign_up"), "holds");
    let whole = site("exact", rule);
    assert_eq!(
        word_on(&whole, "who: \"*@b.example\", cannot: sign_up"),
        "holds"
    );
    let no_rule = site("exact", "");
    assert_eq!(
        word_on(&no_rule, "who: anyone, cannot: sign_up"),
        "undecided"
    );
}

#[test]
fn articles() {
    holds("who: any_customer, can: read_article, projects: [WEB], space: ITKB");
    holds("who: anonymous, cannot: read_article, projects: [\"*\"], space: ITKB");
    fails(
        "who: any_customer, cannot: read_article, projects: [\"*\"], space: ITKB",
        "any customer can read articles of `ITKB` in `WEB`",
    );
    undecided("who: any_customer, cannot: read_article, projects: [HR], space: ITKB");
}

#[test]
fn a_counterexample_names_rules_and_lines() {
    let found = fails(
        "who: \"*@globex.example\", cannot: view_portal, projects: [HR]",
        "ana@globex.example",
    );
    let lines: Vec<(u32, String)> = found
        .labels
        .iter()
        .map(|label| {
            let text = label.text.to_string();
            (label.span.line, text.split(':').next().unwrap().to_owned())
        })
        .collect();
    let expectation = u32::try_from(SITE.lines().count()).unwrap() + 1;
    let line = |line: u32, says: &str| (line, says.to_owned());
    assert_eq!(lines[0], line(expectation, "expected here"));
    assert!(lines.contains(&line(13, "V1")), "the membership: {lines:?}");
    assert!(lines.contains(&line(16, "V10")), "the link: {lines:?}");
}

/// How an expectation ends, in one word.
fn word(keys: &str) -> &'static str {
    word_on(SITE, keys)
}

fn word_on(site: &str, keys: &str) -> &'static str {
    match judged_on(site, keys) {
        None => "holds",
        Some(found) if found.code == "expectation-failed" => "fails",
        Some(_) => "undecided",
    }
}

/// Every kind of `who` with every ability, at an open, a restricted and an undescribed project: `can`/`cannot`.
#[test]
fn every_who_with_every_ability() {
    let places = ["WEB", "HR", "OPS"];
    let mut table = String::new();
    for who in [
        "anonymous",
        "anyone",
        "any_customer",
        "\"*@globex.example\"",
        "\"organization:Globex\"",
        "ana@globex.example",
        "mal@other.example",
    ] {
        let both = |ability: &str, rest: &str| {
            let can = word(&format!("who: {who}, can: {ability}{rest}"));
            let cannot = word(&format!("who: {who}, cannot: {ability}{rest}"));
            // Somebody who has an account neither needs to sign up nor can, so both are kept.
            if ability != "sign_up" {
                let both = [can, cannot];
                assert_ne!(both, ["holds", "holds"], "{who} {ability}{rest}");
                // What is not known decides nothing.
                let decided = both.contains(&"undecided") && both.contains(&"holds");
                assert!(!decided, "{who} {ability}{rest}");
            }
            format!("{can}/{cannot}")
        };
        table += &format!("{who}\n  sign_up {}\n", both("sign_up", ""));
        for ability in ["view_portal", "send_request"] {
            let at = places
                .map(|key| format!("{key} {}", both(ability, &format!(", projects: [{key}]"))));
            table += &format!("  {ability} {}\n", at.join(", "));
        }
        let at = places.map(|key| {
            let rest = format!(", projects: [{key}], space: ITKB");
            format!("{key} {}", both("read_article", &rest))
        });
        table += &format!("  read_article {}\n", at.join(", "));
    }
    insta::assert_snapshot!(table, @r#"
    anonymous
      sign_up fails/holds
      view_portal WEB fails/holds, HR fails/holds, OPS fails/holds
      send_request WEB fails/holds, HR fails/holds, OPS fails/holds
      read_article WEB fails/holds, HR undecided/undecided, OPS undecided/undecided
    anyone
      sign_up fails/holds
      view_portal WEB fails/holds, HR fails/holds, OPS fails/holds
      send_request WEB fails/holds, HR fails/holds, OPS fails/holds
      read_article WEB fails/holds, HR undecided/undecided, OPS undecided/undecided
    any_customer
      sign_up holds/holds
      view_portal WEB holds/fails, HR fails/holds, OPS undecided/undecided
      send_request WEB holds/fails, HR fails/holds, OPS undecided/undecided
      read_article WEB holds/fails, HR undecided/undecided, OPS undecided/undecided
    "*@globex.example"
      sign_up holds/fails
      view_portal WEB holds/fails, HR undecided/fails, OPS undecided/undecided
      send_request WEB holds/fails, HR undecided/fails, OPS undecided/undecided
      read_article WEB holds/fails, HR undecided/undecided, OPS undecided/undecided
    "organization:Globex"
      sign_up holds/holds
      view_portal WEB holds/fails, HR holds/fails, OPS undecided/undecided
      send_request WEB holds/fails, HR holds/fails, OPS undecided/undecided
      read_article WEB holds/fails, HR undecided/undecided, OPS undecided/undecided
    ana@globex.example
      sign_up holds/holds
      view_portal WEB holds/fails, HR holds/fails, OPS undecided/undecided
      send_request WEB holds/fails, HR holds/fails, OPS undecided/undecided
      read_article WEB holds/fails, HR undecided/undecided, OPS undecided/undecided
    mal@other.example
      sign_up undecided/holds
      view_portal WEB undecided/undecided, HR fails/holds, OPS undecided/undecided
      send_request WEB undecided/undecided, HR fails/holds, OPS undecided/undecided
      read_article WEB undecided/undecided, HR undecided/undecided, OPS undecided/undecided
    "#);
}

/// Where a plan leaves open what an expectation asks, it says so and goes on.
#[test]
fn what_is_undecided_is_told_by_a_plan_and_stops_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    fs_err::create_dir(root.join("seed")).unwrap();
    let seed = "version: 1\nsites:\n  acme:\n    projects: { OPS: { channel_access: restricted, customers: { list: [cy@acme.com] } } }\n";
    fs_err::write(root.join("seed/portcullis.yaml"), seed).unwrap();
    // No surface reads whether OPS is open.
    let text = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    seed: seed
    surfaces: { private: deny }
    projects: { OPS: { customers: { list: [cy@acme.com, bo@acme.com] } } }
expectations:
  - { name: closed, who: any_customer, site: acme, cannot: view_portal, projects: [OPS] }
  - { name: listed, who: cy@acme.com, site: acme, can: view_portal, projects: [OPS] }
";
    fs_err::write(root.join("portcullis.yaml"), text).unwrap();
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(arguments)
            .current_dir(root)
            .env("PORTCULLIS_TODAY", "2026-11-22")
            .output()
            .unwrap()
    };
    let output = run(&["plan", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: Vec<_> = plan["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["code"] == "expectation-undecided")
        .collect();
    assert_eq!(found.len(), 1, "{plan:#}");
    assert_eq!(found[0]["address"], "acme/expectation/closed");
    assert_eq!(found[0]["source"]["line"], 9);
    let message = found[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "any customer may or may not be able to view the portal of `OPS`, because V1"
        ),
        "{message}"
    );
    let checks = plan["checks"].as_array().unwrap();
    let listed = checks
        .iter()
        .find(|check| check["address"]["to_display"] == "listed")
        .unwrap();
    assert_eq!(listed["status"], "pass");
}
