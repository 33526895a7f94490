//! Five changes that look small, as a reviewer reads them: the first block of the plan, in full.

use super::examples::{block, plan};
use std::fmt::Write as _;

/// `how many` addresses of a domain, as a YAML list.
fn people(domain: &str, count: usize) -> String {
    let mut list = String::from("[");
    for n in 1..=count {
        let _ = write!(list, "{}u{n:03}@{domain}", if n > 1 { ", " } else { "" });
    }
    list + "]"
}

/// A site with ITSM, which 214 customers use, and HR, which nobody but staff does.
fn site() -> String {
    format!(
        "
    customer_access:
      internal: {{ atlassian_accounts: false }}
      external: {{ portal_only_accounts: true, allowed_domains: any }}
      customers_can_create_accounts: false
      view_without_login: true
    organizations:
      Globex: {{ email_domains: [globex.example], members: {{ mode: exact, list: {globex} }} }}
      Initech: {{ members: {{ mode: exact, list: {initech} }} }}
    projects:
      ITSM:
        channel_access: open
        organizations: {{ mode: exact, list: [Globex, Initech] }}
        customers: {{ mode: exact, list: {single} }}
        knowledge_base: {{ ITKB: {{ who_can_view: all_logged_in }} }}
      HR:
        channel_access: restricted
        organizations: {{ mode: exact, list: [], allow_empty: true }}
        customers: {{ mode: exact, list: {staff} }}
        knowledge_base: {{ HRKB: {{ who_can_view: only_confluence_users }} }}
    spaces:
      ITKB: {{ anonymous_access: false, unlicensed_access: true }}
      HRKB: {{ anonymous_access: false, unlicensed_access: false }}
    knowledge_base: {{ allow_all_logged_in: true, allow_anyone: false }}
",
        globex = people("globex.example", 41),
        initech = people("initech.example", 100),
        single = people("other.example", 70),
        staff = people("acme.example", 3),
    )
}

fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}`");
        text.replacen(from, to, 1)
    })
}

/// The block of a plan from one state of the site to another.
fn told(before: &str, after: &str, policy: &str) -> String {
    block(&plan(before, &format!("{after}=top=\npolicy: {policy}\n")))
}

const ALLOWED: &str = "{ class_gains: { anonymous: allow, anyone: allow, any_customer: allow } }";
const NOTHING_WRITTEN: &str = "{ unmanaged: count }";
const SIGN_UP: (&str, &str) = (
    "customers_can_create_accounts: false",
    "customers_can_create_accounts: true",
);
const NO_LOGIN: (&str, &str) = ("view_without_login: false", "view_without_login: true");

/// C goes from deny to allow, while portals can be viewed without login and ITSM is open: the web walks in.
#[test]
fn sign_up_is_switched_on_while_a_project_is_open() {
    let after = edited(&site(), &[SIGN_UP]);
    insta::assert_snapshot!("sign_up_blocked", told(&site(), &after, NOTHING_WRITTEN));
    insta::assert_snapshot!("sign_up_allowed", told(&site(), &after, ALLOWED));
}

/// Members of linked organizations and people on the roster keep a project that closes; who came by being a customer does not.
#[test]
fn a_project_closes_and_organizations_keep_it() {
    let after = edited(
        &site(),
        &[("channel_access: open", "channel_access: restricted")],
    );
    insta::assert_snapshot!("closed", told(&site(), &after, ALLOWED));
}

/// Globex is unlinked from a restricted project: 41 people lose it, and 3 of them have nothing else.
#[test]
fn an_organization_is_unlinked_and_some_of_its_people_have_nothing_else() {
    let elsewhere: Vec<String> = (4..=41)
        .map(|n| format!("u{n:03}@globex.example"))
        .collect();
    let staff = people("acme.example", 3);
    let both = staff.replacen('[', &format!("[{}, ", elsewhere.join(", ")), 1);
    let before = edited(
        &site(),
        &[
            ("channel_access: open", "channel_access: restricted"),
            (&staff, &both),
        ],
    );
    let after = edited(&before, &[("list: [Globex, Initech]", "list: [Initech]")]);
    insta::assert_snapshot!("unlinked", told(&before, &after, ALLOWED));
}

/// Globex has an e-mail domain, so linking it to HR lets in whoever has such an address, not only its 41 members (A2, A3).
#[test]
fn an_organization_is_linked_whose_domain_lets_new_people_in() {
    let before = edited(
        &site(),
        &[
            SIGN_UP,
            ("view_without_login: true", "view_without_login: false"),
        ],
    );
    let after = edited(
        &before,
        &[("list: [], allow_empty: true", "list: [Globex]")],
    );
    insta::assert_snapshot!("linked", told(&before, &after, ALLOWED));
    // A domain at which anybody can get an address is the web by another name.
    let anybody = (
        "email_domains: [globex.example]",
        "email_domains: [gmail.com]",
    );
    let (before, after) = (edited(&before, &[anybody]), edited(&after, &[anybody]));
    insta::assert_snapshot!("linked_to_anybody", told(&before, &after, ALLOWED));
}

/// N goes from off to on, while customers can create accounts: portals without login.
#[test]
fn portals_open_without_login() {
    let before = edited(
        &site(),
        &[
            SIGN_UP,
            ("view_without_login: true", "view_without_login: false"),
        ],
    );
    let after = edited(&before, &[NO_LOGIN]);
    insta::assert_snapshot!("no_login_blocked", told(&before, &after, NOTHING_WRITTEN));
    insta::assert_snapshot!("no_login_allowed", told(&before, &after, ALLOWED));
}
