//! What random worlds found, each by its name: small worlds in which a sure sentence was not what the site then did.

use crate::http::Wire;
use crate::round::{Found, round};
use crate::support::run;
use crate::world::World;
use portcullis::emulator::{Grant, ProjectRole};

/// Everything is allowed, so that what is planned is done.
const ALLOWED: &str = "policy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, max_people_losing_access: off, max_removals: off }";
/// The switches of most of these sites: nobody signs up, and portals need a login.
const SHUT: &str = "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: false, view_without_login: false }";

/// A site, and what is wanted of it, with switches and a policy where they have none of their own.
fn world(site: &str, desired: &str) -> World {
    let (desired, top) = desired.split_once("=top=").unwrap_or((desired, ""));
    let or = |text: &str, key: &str, default: &'static str| match text.contains(key) {
        true => "",
        false => default,
    };
    let switches = or(site, "customer_access:", SHUT);
    let policy = or(top, "policy:", ALLOWED);
    World {
        seed: format!("{switches}\n{site}"),
        provisioned: Vec::new(),
        grants: Vec::new(),
        desired: format!("{desired}\n=top=\n{top}\n{policy}\n"),
        targets: Vec::new(),
        key: true,
        agent: false,
    }
}

/// Tries a world, in which nothing that is said may be wrong.
fn tried(world: &World) -> Found {
    let mut found = Found::default();
    run(round(world, false, &mut Wire::open(), &mut found));
    assert!(
        found.wrong.is_empty(),
        "{:#?}\n{}",
        found.wrong,
        world.told()
    );
    found
}

#[test]
fn a_new_account_gains_no_open_project_that_its_scheme_shuts() {
    // The files say nothing of WEB, and its scheme grants something to the role of customers (V8b).
    let mut world = world(
        "organizations: { Globex: {} }\nprojects: { WEB: { channel_access: open } }",
        "organizations: { Globex: { members: { list: [ana@elsewhere.example] } } }",
    );
    let customers = ProjectRole::Customers.id().to_string();
    let grant = Grant::new("ADD_COMMENTS", "projectRole", Some(&customers));
    world.grants.push(("WEB".to_owned(), grant));
    assert_eq!(tried(&world).applied, 1);
}

#[test]
fn what_a_person_has_yet_to_do_decides_nothing_while_accounts_are_made() {
    // The rule for any domain still makes Atlassian accounts; that it should not is for a person to set.
    let world = world(
        "organizations: { Globex: {} }\n=top=\natlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: user } } } } }",
        "organizations: { Globex: { members: { list: [ana@globex.example] } } }\n=top=\natlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: none } } } } }",
    );
    let found = tried(&world);
    let row = found
        .rows
        .iter()
        .find(|row| row.contains("acme/account/ana@globex.example"));
    let row = row.unwrap_or_else(|| panic!("{:#?}", found.rows));
    assert!(row.contains("acme-corp/approved-domain/ANYONE"), "{row}");
}

#[test]
fn whoever_loses_the_account_loses_articles_by_that() {
    // Two people lose the same articles: one of them saw the portal, the other was logged in and no more.
    let world = world(
        "accounts: { list: [{ email: bo@x.example }] }\nknowledge_base: { allow_all_logged_in: true }\nprojects: { WEB: { customers: { list: [ana@x.example] }, knowledge_base: { KB: { who_can_view: all_logged_in } } }, HR: { customers: { list: [bo@x.example] } } }",
        "surfaces: { gateway: write, private: write, accounts: write, mapped: settings.yaml }\npeople: { ana@x.example: { state: revoked }, bo@x.example: { state: revoked } }\nprojects: { WEB: { knowledge_base: { KB: {} } }, HR: { customers: { list: [] } } }",
    );
    let found = tried(&world);
    assert!(found.applied == 1 && found.causes > 0, "{:#?}", found.rows);
}

#[test]
fn an_agent_who_may_not_manage_organizations_promises_nothing_of_them() {
    // The setting says so, and an agent cannot read it.
    let mut world = world(
        "organization_management: jira_admins_only\naccounts: { list: [{ email: bo@x.example }] }\norganizations: { Globex: { members: { list: [ana@x.example] } } }\nprojects: { HR: { organizations: { list: [Globex] } } }",
        "organizations: { Globex: { members: { mode: exact, list: [bo@x.example] } } }",
    );
    (world.key, world.agent) = (false, true);
    let found = tried(&world);
    assert_eq!(found.applied, 0, "{:#?}", found.rows);
}

#[test]
fn an_agent_by_a_group_is_not_kept_out_by_the_role_customer() {
    // Holding the role Customer does not say that somebody is no agent.
    let world = world(
        "accounts: { list: [{ email: ivy@x.example, account: atlassian, role: customer }] }\norganizations: { Globex: { members: { list: [ivy@x.example] } } }\nprojects: { HR: {} }\nsandbox: { groups: { board: { members: [ivy@x.example], role: user } } }",
        "organizations: { Globex: {} }\nprojects: { HR: { organizations: { mode: exact, list: [], allow_empty: true } } }\n=top=\nexpectations: [{ name: not ivy, who: ivy@x.example, cannot: view_portal, site: acme, projects: [HR] }, { name: the board, who: \"group:board\", can: view_portal, site: acme, projects: [HR] }, { name: not Globex, who: \"organization:Globex\", cannot: view_portal, site: acme, projects: [HR] }]",
    );
    assert_eq!(tried(&world).verdicts, 3);
}

#[test]
fn who_is_revoked_keeps_what_is_shown_without_a_login() {
    let world = world(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }\naccounts: { list: [{ email: ana@x.example }] }\nprojects: { WEB: { channel_access: open } }",
        "surfaces: { gateway: write, private: write, accounts: write, mapped: settings.yaml }\ncustomer_access: { view_without_login: true }\npeople: { ana@x.example: { state: revoked } }\nprojects: { WEB: {} }\n=top=\npolicy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, max_people_losing_access: off, acknowledge: [{ lint: L14, address: \"acme/**\", reason: meant, owner: it@acme.com, until: 2027-06-30 }] }",
    );
    let found = tried(&world);
    assert!(found.applied == 1 && found.writes == 2, "{:#?}", found.rows);
}

#[test]
fn what_everybody_saw_without_a_login_is_a_cause_where_nothing_else_was_sure() {
    // Whether an account without the role Customer gets anything by a list is not known; without a login it was.
    let mut world = world(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: true }\naccounts: { list: [{ email: ivy@x.example, account: atlassian, role: none }] }\norganizations: { Globex: { members: { list: [ivy@x.example] } } }\nprojects: { HR: { channel_access: open, organizations: { list: [Globex] } } }\nsandbox: { groups: { board: { members: [ivy@x.example], role: none } }, projects: { HR: { customer_groups: [board] } } }",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { view_without_login: false }\nprojects: { HR: { customer_groups: { mode: exact, list: [], allow_empty: true } } }",
    );
    world.key = false;
    let found = tried(&world);
    assert!(found.applied == 1 && found.causes > 0, "{:#?}", found.rows);
}

#[test]
fn an_account_that_only_a_held_back_setting_makes_certain_is_held_back_too() {
    // The domain is approved, which nobody reads; the toggle that would make it matter no more is held back.
    let world = world(
        "\n=top=\natlassian_organizations: { acme-corp: { approved_domains: { domains: { x.example: { sites: { acme: { role: customer } } } } } } }",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { internal: { atlassian_accounts: false } }\norganizations: { Globex: { members: { list: [ana@x.example] } } }\n=top=\npolicy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, freeze: [acme/customer-access/internal] }",
    );
    let found = tried(&world);
    let row = "create acme/account/ana@x.example";
    let row = found.rows.iter().find(|told| told.starts_with(row));
    let row = row.unwrap_or_else(|| panic!("{:#?}", found.rows));
    assert!(row.contains("other kind"), "{row}");
}

#[test]
fn a_link_shows_articles_for_a_moment_where_nobody_could_read_the_sites_switch() {
    // The files want the switch off, and nothing says whether it is (K6).
    let world = world(
        "knowledge_base: { allow_all_logged_in: true }\nspaces: { DOCS: { anonymous_access: false } }\naccounts: { list: [{ email: ana@x.example }] }\nprojects: { HR: {} }",
        "confluence_plan: standard\nsurfaces: { gateway: write, private: write }\nknowledge_base: { allow_all_logged_in: false }\nspaces: { DOCS: {} }\nprojects: { HR: { customers: { mode: exact, list: [ana@x.example] }, knowledge_base: { DOCS: { who_can_view: only_confluence_users } } } }",
    );
    assert_eq!(tried(&world).writes, 3);
}

#[test]
fn a_link_shows_a_space_for_a_moment_as_another_project_shows_it() {
    // Anyone sees DOCS where WEB is open, which it is not; ITSM is.
    let world = world(
        "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: true }\nconfluence_plan: standard\nknowledge_base: { allow_all_logged_in: false, allow_anyone: true }\nspaces: { DOCS: { anonymous_access: true } }\nprojects: { WEB: { knowledge_base: { DOCS: { who_can_view: anyone } } }, ITSM: { channel_access: open } }",
        "confluence_plan: standard\nsurfaces: { gateway: write, private: write, mapped: settings.yaml }\nspaces: { DOCS: {} }\nprojects: { ITSM: { knowledge_base: { DOCS: { who_can_view: only_confluence_users } } } }",
    );
    assert_eq!(tried(&world).writes, 2);
}

#[test]
fn nobody_is_invited_to_a_list_that_the_run_leaves_alone() {
    // One request makes the account and puts it on the list of HR, of which no row was asked for.
    let mut world = world(
        "projects: { HR: {} }",
        "organizations: { Globex: { members: { list: [ana@b.example] } } }\nprojects: { HR: { customers: { create: invite, list: [ana@b.example] } } }",
    );
    world.targets = vec!["acme/account/**".to_owned()];
    let found = tried(&world);
    assert_eq!(found.writes, 0, "{:#?}", found.rows);
    let why = "an invitation puts them on a list";
    assert!(found.rows[0].contains(why), "{:#?}", found.rows);
}

#[test]
fn people_of_public_mail_domains_are_told_apart_where_they_fare_otherwise() {
    // What the any-domain rule gives people of companies is not documented (Q5), before and after.
    let world = world(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }\nprojects: { WEB: { channel_access: open } }\n=top=\natlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: user } } } } }",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { external: { portal_only_accounts: false } }\nprojects: { WEB: {} }\n=top=\natlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: user } } } } }\npolicy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, acknowledge: [{ lint: L46, address: \"acme/**\", reason: meant, owner: it@acme.com, until: 2027-06-30 }] }",
    );
    assert_eq!(tried(&world).applied, 1);
}

#[test]
fn whoever_is_made_loses_what_signing_up_gave_by_the_domain_too() {
    // Whoever signs up of the domain gets Confluence with the account; the domain is approved no more, and an account is made.
    let world = world(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }\nspaces: { KB: {} }\nprojects: { HR: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }\n=top=\natlassian_organizations: { acme-corp: { approved_domains: { domains: { a.example: { sites: { acme: { role: customer } } }, b.example: { sites: { acme: { role: user } } } } } } }",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\norganizations: { Globex: { members: { list: [ana@b.example] } } }\nprojects: { HR: { knowledge_base: { KB: {} } } }\n=top=\natlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: { a.example: { sites: { acme: { role: customer } } } } } } }",
    );
    let found = tried(&world);
    assert!(found.applied == 1 && found.causes > 0, "{:#?}", found.rows);
}

#[test]
fn articles_for_anyone_are_lost_with_the_portal_without_a_login_too() {
    let world = world(
        "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: true }\nconfluence_plan: standard\nknowledge_base: { allow_all_logged_in: false, allow_anyone: true }\nspaces: { KB: { anonymous_access: true } }\nprojects: { WEB: { channel_access: open, knowledge_base: { KB: { who_can_view: anyone } } } }",
        "confluence_plan: standard\nsurfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { view_without_login: false }\nspaces: { KB: { anonymous_access: true } }\nprojects: { WEB: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }",
    );
    let found = tried(&world);
    assert!(found.applied == 1 && found.causes > 0, "{:#?}", found.rows);
}

#[test]
fn whoever_an_agent_may_put_on_a_list_perhaps_gains_by_it() {
    let mut world = world(
        "accounts: { list: [{ email: bo@b.example }] }\norganizations: { Globex: {} }\nprojects: { HR: {} }",
        "organizations: { Globex: { members: { list: [bo@b.example] } } }\nprojects: { HR: { organizations: { list: [Globex] } } }",
    );
    (world.key, world.agent) = (false, true);
    assert_eq!(tried(&world).writes, 2);
}

#[test]
fn an_account_is_held_back_with_the_switch_that_keeps_its_domain_from_mattering() {
    let world = world(
        "=top=\natlassian_organizations: { acme-corp: { approved_domains: { domains: { b.example: { sites: { acme: { role: none } } } } } } }",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { internal: { atlassian_accounts: false } }\norganizations: { Globex: { members: { list: [ana@b.example] } } }\n=top=\natlassian_organizations: { acme-corp: { customer_role: \"ari:cloud:jira-servicedesk::role/product/customer\", approved_domains: { domains: { b.example: { sites: { acme: { role: customer } } } } } } }\npolicy: { class_gains: { anonymous: allow, anyone: allow, any_customer: allow }, freeze: [acme/customer-access/internal] }",
    );
    let found = tried(&world);
    let row = "create acme/account/ana@b.example";
    let row = found.rows.iter().find(|told| told.starts_with(row));
    let row = row.unwrap_or_else(|| panic!("{:#?}", found.rows));
    assert!(row.contains("other kind"), "{row}");
}

#[test]
fn rights_are_asked_in_projects_that_somebody_only_leaves() {
    // The files say nothing of ITSM, and the caller may not change its list.
    let mut world = world(
        "accounts: { list: [{ email: ana@b.example }] }\nprojects: { HR: {}, ITSM: { customers: { list: [ana@b.example, bo@b.example] } } }\nsandbox: { projects: { ITSM: { agent_administers: false } } }",
        "people: { ana@b.example: { state: absent } }\nprojects: { HR: {} }",
    );
    (world.key, world.agent) = (false, true);
    assert_eq!(tried(&world).writes, 0);
}
