//! Site-wide settings, allowed and approved domains, attestations.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::emulator::Role;

#[test]
fn every_site_setting_changes_through_the_described_endpoint() {
    assert_snapshot!(check(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: true }
email: { cc_creates_accounts: anyone_by_settings }
organization_management: jira_admins_only
portal_only_login: { password: false, sso: true }
knowledge_base: { allow_all_logged_in: false, allow_anyone: true }",
        "customer_access: { external: { portal_only_accounts: false } }",
    ));
}

#[test]
fn allowed_domains_are_a_whole_list() {
    assert_snapshot!(check(
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: [a.example, new.example] } }",
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: [a.example, old.example] } }",
    ));
}

#[test]
fn allowed_domains_go_from_any_to_a_list() {
    assert_snapshot!(check(
        "customer_access: { external: { allowed_domains: [a.example] } }",
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }",
    ));
}

#[test]
fn allowed_domains_go_from_a_list_to_any() {
    assert_snapshot!(check(
        "customer_access: { external: { allowed_domains: any } }",
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: [a.example] } }",
    ));
}

#[test]
fn settings_that_the_yaml_leaves_out_are_not_managed() {
    assert_snapshot!(check(
        "customer_access: { view_without_login: false }",
        "customer_access: { internal: { atlassian_accounts: true }, customers_can_create_accounts: true, external: { allowed_domains: [a.example] } }
knowledge_base: { allow_anyone: true }",
    ));
}

#[test]
fn settings_without_a_route_are_steps_by_hand() {
    assert_snapshot!(check(
        "surfaces: {}
user_management: original
customer_access: { internal: { atlassian_accounts: true }, external: { allowed_domains: [a.example] }, view_without_login: false }
knowledge_base: { allow_anyone: false }
organizations: { Globex: { email_domains: [globex.example] } }",
        "organizations: { Globex: {} }",
    ));
}

#[test]
fn valid_attestations_count_and_expired_ones_do_not() {
    assert_snapshot!(check(
        "surfaces: {}
customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true }, view_without_login: false }
=top=
attestations:
  - { address: acme/customer-access/internal, value: true, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/customer-access/external, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.example, on: 2026-01-01, until: 2026-03-30 }",
        "",
    ));
}

#[test]
fn an_attestation_that_the_site_contradicts_is_drift() {
    assert_snapshot!(check(
        "surfaces: { private: read }
customer_access: { customers_can_create_accounts: false, view_without_login: false }
projects: { ITSM: { channel_access: restricted } }
=top=
attestations:
  - { address: acme/customer-access/customers-can-create-accounts, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }",
        "customer_access: { external: { portal_only_accounts: true }, customers_can_create_accounts: true }
projects: { ITSM: { channel_access: restricted } }",
    ));
}

#[test]
fn an_attestation_that_the_site_contradicts_never_hides_behind_an_echo_that_agrees_with_the_files()
{
    assert_snapshot!(check(
        "surfaces: { private: read }
customer_access: { customers_can_create_accounts: false, view_without_login: true }
projects: { ITSM: { channel_access: restricted } }
=top=
attestations:
  - { address: acme/customer-access/customers-can-create-accounts, value: true, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }",
        "customer_access: { external: { portal_only_accounts: true }, customers_can_create_accounts: false, view_without_login: true }
projects: { ITSM: { channel_access: restricted } }",
    ));
}

#[test]
fn new_accounts_wait_for_the_domain_that_somebody_must_allow() {
    assert_snapshot!(check(
        "surfaces: {}
customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: [x.example] } }
organizations: { Globex: { members: { list: [new@x.example] } } }
=top=
attestations:
  - { address: acme/customer-access/internal, value: false, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/customer-access/external, value: true, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }",
        "organizations: { Globex: {} }",
    ));
}

const KNOWN: &str = "
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: {
  kept.example: { sites: { acme: { role: customer } } },
  other.example: { sites: { acme: { role: customer, admin_approval: true } } },
  old.example: { sites: { acme: { role: customer } } } } } } }";

#[test]
fn an_approved_domain_is_added_with_the_role_learned_from_another() {
    assert_snapshot!(check(
        "=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { new.example: { sites: { acme: { role: customer } } }, other.example: { sites: { acme: { role: customer } } } } } } }",
        KNOWN,
    ));
}

#[test]
fn an_approved_domain_is_never_added_with_a_guessed_role() {
    assert_snapshot!(check(
        "=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { new.example: { sites: { acme: { role: customer } } } } } } }",
        "",
    ));
}

#[test]
fn exact_approved_domains_lose_the_rest() {
    assert_snapshot!(check(
        "=top=
atlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: { kept.example: { sites: { acme: { role: customer } } } } } } }",
        KNOWN,
    ));
}

#[test]
fn role_none_takes_the_entry_away_and_role_user_is_left_to_people() {
    assert_snapshot!(check(
        "=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { old.example: { sites: { acme: { role: none } } }, kept.example: { sites: { acme: { role: user } } } } }, any_domain: { sites: { acme: { role: none } } } } }",
        KNOWN,
    ));
}

/// The entry of this site goes; what the domain grants elsewhere stays.
#[test]
fn other_products_of_an_approved_domain_are_kept() {
    run(async {
        let case = Case::new(
            "=top=\natlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: { kept.example: { sites: { acme: { role: customer } } } } } } }",
            KNOWN,
        )
        .await;
        let grant = portcullis::emulator::ProductAccess {
            role: "ari:cloud:confluence::role/product/member".into(),
            admin_approval_required: true,
        };
        case.sandbox.edit(|site| {
            let domain = site.approved_domains.get_mut("old.example").unwrap();
            domain
                .products
                .insert("ari:cloud:confluence::site/x".into(), grant.clone());
            site.approve_domain("third.example", Role::User, false);
        });
        case.converge().await;
        let site = case.sandbox.site();
        let kept: Vec<_> = site
            .approved_domains
            .iter()
            .map(|(name, access)| (name.as_str(), access.products.len()))
            .collect();
        assert_eq!(kept, [("kept.example", 1), ("old.example", 1)]);
        assert_eq!(
            site.approved_domains["old.example"].products["ari:cloud:confluence::site/x"],
            grant
        );
    });
}
