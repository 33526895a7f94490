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
    let text = format!("{SITE}  - {{ name: it, site: acme, {keys} }}\n");
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
    assert!(found.message.contains(with), "{found:?}");
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
    fails(
        "who: \"*@globex.example\", can: view_portal, projects: [HR]",
        "a new address of `globex.example` cannot view",
    );
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
    fails(
        "who: eve@globex.example, can: view_portal, projects: [HR]",
        "`eve@globex.example` cannot view the portal of `HR`",
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
    let lines: Vec<(u32, &str)> = found
        .labels
        .iter()
        .map(|label| (label.span.line, label.text.split(':').next().unwrap()))
        .collect();
    let expectation = u32::try_from(SITE.lines().count()).unwrap() + 1;
    assert_eq!(lines[0], (expectation, "expected here"));
    assert!(lines.contains(&(13, "V1")), "the membership: {lines:?}");
    assert!(lines.contains(&(16, "V10")), "the link: {lines:?}");
}
