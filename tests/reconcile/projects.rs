//! Service projects: access, sharing, links, rosters, knowledge bases.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::model::ProjectKey;

#[test]
fn access_and_sharing_change_together() {
    assert_snapshot!(check(
        "projects: { ITSM: { channel_access: restricted, customer_sharing: search_project }, WEB: { channel_access: open, customer_sharing: own_organizations } }",
        "projects: { ITSM: { channel_access: open }, WEB: { customer_sharing: any_customer_by_email } }",
    ));
}

#[test]
fn links_are_added_and_under_exact_removed() {
    assert_snapshot!(check(
        "organizations: { Globex: {}, Initech: {} }
projects: { ITSM: { organizations: { mode: exact, list: [Globex, Initech] } }, HR: { organizations: { list: [Initech] } } }",
        "organizations: { Globex: {}, Umbrella: {} }
projects: { ITSM: { organizations: { list: [Globex, Umbrella] } }, HR: { organizations: { list: [Umbrella] } } }",
    ));
}

#[test]
fn an_emptied_exact_list_unlinks_everything() {
    assert_snapshot!(check(
        "projects: { ITSM: { organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Umbrella: {} }
projects: { ITSM: { organizations: { list: [Umbrella] }, customers: { list: [cy@x.example] } } }",
    ));
}

#[test]
fn customers_come_and_go_and_kept_ones_stay() {
    assert_snapshot!(check(
        "projects: { ITSM: { customers: { mode: exact, list: [cy@x.example, dee@x.example], keep: ['*@partner.example'] } } }",
        "organizations: { O: { members: { list: [dee@x.example] } } }
projects: { ITSM: { customers: { list: [cy@x.example, old@x.example, pat@partner.example] } } }",
    ));
}

#[test]
fn add_only_customers_keep_whom_the_list_does_not_name() {
    assert_snapshot!(check(
        "projects: { ITSM: { customers: { list: [cy@x.example] } } }",
        "organizations: { O: { members: { list: [cy@x.example] } } }
projects: { ITSM: { customers: { list: [old@x.example] } } }",
    ));
}

#[test]
fn removing_customers_from_an_open_project_is_blocked() {
    assert_snapshot!(check(
        "projects: { ITSM: { customers: { mode: exact, list: [cy@x.example] } } }
people: { mal@x.example: { state: absent } }",
        "projects: { ITSM: { channel_access: open, customers: { list: [cy@x.example, old@x.example] } }, WEB: { channel_access: open, customers: { list: [mal@x.example] } } }",
    ));
}

#[test]
fn removing_customers_works_when_the_same_plan_restricts_the_project_first() {
    assert_snapshot!(check(
        "projects: { ITSM: { channel_access: restricted, customers: { mode: exact, list: [cy@x.example] } } }",
        "projects: { ITSM: { channel_access: open, customers: { list: [cy@x.example, old@x.example] } } }",
    ));
}

#[test]
fn customers_go_before_the_project_is_opened() {
    assert_snapshot!(check(
        "projects: { ITSM: { channel_access: open, customers: { mode: exact, list: [cy@x.example] } } }",
        "projects: { ITSM: { channel_access: restricted, customers: { list: [cy@x.example, old@x.example] } } }",
    ));
}

#[test]
fn a_project_that_is_not_there_is_an_error_of_its_own() {
    assert_snapshot!(check(
        "projects: { NOPE: { channel_access: restricted }, ITSM: { channel_access: restricted } }",
        "projects: { ITSM: { channel_access: open } }",
    ));
}

#[test]
fn unlisted_projects_can_be_an_error() {
    assert_snapshot!(check(
        "unlisted_projects: error\nprojects: { ITSM: { channel_access: restricted } }",
        "projects: { ITSM: {}, HR: {} }",
    ));
}

#[test]
fn a_space_is_linked_and_another_changes_its_viewers() {
    assert_snapshot!(check(
        "projects: { ITSM: { knowledge_base: { NEW: { who_can_view: only_confluence_users }, KB: { who_can_view: only_confluence_users }, SAME: {} } } }",
        "spaces: { NEW: {} }
projects: { ITSM: { knowledge_base: { KB: { who_can_view: all_logged_in }, SAME: { who_can_view: all_logged_in }, MORE: {} } } }",
    ));
}

#[test]
fn a_space_that_does_not_exist_fails_by_name() {
    assert_snapshot!(check(
        "projects: { ITSM: { knowledge_base: { NOPE: { who_can_view: all_logged_in } } } }",
        "projects: { ITSM: {} }",
    ));
}

#[test]
fn viewers_that_the_site_does_not_offer_are_blocked_with_their_rule() {
    assert_snapshot!(check(
        "spaces: { KB: { anonymous_access: false } }
projects: { ITSM: { knowledge_base: { KB: { who_can_view: anyone } } } }",
        "spaces: { KB: { anonymous_access: false } }
projects: { ITSM: { knowledge_base: { KB: { who_can_view: all_logged_in } } } }",
    ));
}

#[test]
fn viewers_follow_the_switches_that_the_same_plan_opens() {
    assert_snapshot!(check(
        "customer_access: { external: { portal_only_accounts: true }, customers_can_create_accounts: true, view_without_login: true }
knowledge_base: { allow_anyone: true }
projects: { ITSM: { channel_access: open, knowledge_base: { KB: { who_can_view: anyone } } } }",
        "confluence_plan: standard
spaces: { KB: { anonymous_access: true } }
projects: { ITSM: { channel_access: restricted, knowledge_base: { KB: { who_can_view: all_logged_in } } } }",
    ));
}

#[test]
fn two_projects_share_one_space() {
    assert_snapshot!(check(
        "projects: { ITSM: { knowledge_base: { KB: { who_can_view: all_logged_in } } }, HR: { knowledge_base: { KB: { who_can_view: all_logged_in } } } }",
        "projects: { ITSM: { knowledge_base: { KB: {} } }, HR: {} }",
    ));
}

/// Denied surfaces make their fields unknown and manual, and nothing else.
#[test]
fn denied_surfaces_become_steps_by_hand() {
    assert_snapshot!(check(
        "surfaces: { gateway: deny, private: deny }
organizations: { Globex: {} }
projects: { ITSM: { channel_access: restricted, customer_sharing: own_organizations, organizations: { list: [Globex] }, customers: { mode: exact, list: [cy@x.example] }, knowledge_base: { KB: { who_can_view: all_logged_in } } } }",
        "projects: { ITSM: { channel_access: open, customers: { list: [cy@x.example, old@x.example] } } }",
    ));
}

/// What waited for a person is carried out by the next apply, once the person has done the step.
#[test]
fn waiting_removals_are_carried_out_after_the_step_by_hand() {
    run(async {
        let case = Case::new(
            "surfaces: { private: read }
projects: { ITSM: { channel_access: restricted, customers: { mode: exact, list: [cy@x.example] } } }",
            "projects: { ITSM: { channel_access: open, customers: { list: [cy@x.example, old@x.example] } } }",
        )
        .await;
        let first = case.plan().await;
        let report = case.apply(&first).await;
        assert_eq!(
            (
                report.counts().manual,
                report.counts().waiting,
                report.counts().failed
            ),
            (1, 1, 0)
        );
        case.sandbox.edit(|site| {
            site.project_mut(&ProjectKey::new("ITSM").unwrap())
                .unwrap()
                .channel_access = portcullis::model::ChannelAccess::Restricted;
        });
        let second = case.converge().await;
        assert_eq!(
            second.addresses(),
            ["delete acme/project/ITSM/customer/old@x.example"]
        );
    });
}

/// Of a space that is not linked yet the site does not tell what it offers; what is known of the project and the site does.
#[test]
fn viewers_of_a_space_to_be_linked_are_held_to_what_is_known() {
    assert_snapshot!(check(
        "spaces: { KB: { anonymous_access: true } }
projects: { ITSM: { channel_access: restricted, knowledge_base: { KB: { who_can_view: anyone } } } }",
        "confluence_plan: standard
knowledge_base: { allow_anyone: true }
spaces: { KB: { anonymous_access: true } }
projects: { ITSM: { channel_access: restricted } }",
    ));
}

/// What nobody said of Confluence is no promise: the site refuses a public space whose anonymous access is off.
#[test]
fn whether_a_new_space_can_be_public_is_told_where_the_files_do_not_say_it() {
    let plan = |anonymous: &str| {
        check(
            &format!(
                "confluence_plan: standard
spaces: {{ KB: {{ {anonymous} }} }}
projects: {{ ITSM: {{ knowledge_base: {{ KB: {{ who_can_view: anyone }} }} }} }}"
            ),
            "confluence_plan: standard
customer_access: { customers_can_create_accounts: true, view_without_login: true }
knowledge_base: { allow_anyone: true }
spaces: { KB: {} }
projects: { ITSM: { channel_access: open } }",
        )
    };
    let told = "`anonymous_access` of `spaces.KB` (K4)";
    assert!(plan("").contains(told), "{}", plan(""));
    assert!(!plan("anonymous_access: true").contains(told));
}

/// What Confluence rules out does not come by what the same plan opens.
#[test]
fn viewers_that_confluence_rules_out_are_blocked_whatever_the_plan_opens() {
    assert_snapshot!(check(
        "confluence_plan: free
customer_access: { customers_can_create_accounts: true, view_without_login: true }
projects: { ITSM: { channel_access: open, knowledge_base: { KB: { who_can_view: anyone } } } }",
        "confluence_plan: free
knowledge_base: { allow_anyone: true }
spaces: { KB: {} }
projects: { ITSM: { channel_access: restricted } }",
    ));
}
