//! Stated examples of the safe order.

use crate::support::{Case, run};
use portcullis::plan::Plan;

/// The automatic changes, one line a stage.
fn stages(desired: &str, seed: &str) -> (Vec<String>, Plan) {
    run(async {
        let case = Case::new(desired, seed).await;
        let plan = case.converge().await.plan;
        let last = plan.order.stages.iter().max().copied().unwrap_or(0);
        let lines = (0..=last)
            .map(|stage| {
                let of = plan.changes.iter().zip(&plan.order.stages);
                let rows: Vec<String> = of
                    .filter(|(change, at)| **at == stage && change.is_automatic())
                    .map(|(change, _)| {
                        format!("{} {}", change.action.word(), &change.address.as_str()[5..])
                    })
                    .collect();
                rows.join(", ")
            })
            .collect();
        (lines, plan)
    })
}

#[test]
fn people_leave_the_roster_after_they_moved_to_an_organization_and_the_project_is_restricted() {
    let (stages, plan) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example, bo@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: {} }
projects: { ITSM: { channel_access: open, customers: { list: [ana@x.example, bo@x.example] } } }",
    );
    assert_eq!(
        stages,
        [
            "create organization/Globex/member/ana@x.example, create organization/Globex/member/bo@x.example, create project/ITSM/organization/Globex, update project/ITSM/access",
            "delete project/ITSM/customer/ana@x.example, delete project/ITSM/customer/bo@x.example",
        ]
    );
    assert!(plan.order.unsafe_steps.is_empty());
}

#[test]
fn a_project_is_restricted_after_its_members_moved_to_an_organization() {
    let (stages, plan) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { list: [bo@x.example] } } }",
        "organizations: { Globex: {}, Other: { members: { list: [ana@x.example, bo@x.example] } } }
projects: { ITSM: { channel_access: open } }",
    );
    assert_eq!(
        stages,
        [
            "create organization/Globex/member/ana@x.example, create project/ITSM/customer/bo@x.example, create project/ITSM/organization/Globex",
            "update project/ITSM/access",
        ]
    );
    assert!(plan.order.unsafe_steps.is_empty());
}

#[test]
fn an_organization_is_unlinked_before_people_join_it() {
    let (stages, plan) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: {}, Other: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }",
    );
    assert_eq!(
        stages,
        [
            "delete project/ITSM/organization/Globex",
            "create organization/Globex/member/ana@x.example"
        ]
    );
    assert!(plan.order.unsafe_steps.is_empty());
}

#[test]
fn people_leave_an_organization_before_it_is_linked() {
    let (stages, _) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [Globex] } } }",
        "organizations: { Globex: { members: { list: [ana@x.example, old@x.example] } } }
projects: { ITSM: { channel_access: restricted } }",
    );
    assert_eq!(
        stages,
        [
            "delete organization/Globex/member/old@x.example",
            "create project/ITSM/organization/Globex"
        ]
    );
}

/// Who leaves an organization keeps the project, since it opens; who is on the roster must go first (L52).
#[test]
fn a_project_is_opened_before_people_leave_its_organization_and_after_they_left_its_roster() {
    let (stages, plan) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [], allow_empty: true } } }
projects: { ITSM: { channel_access: open, organizations: { list: [Globex] }, customers: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { list: [bo@x.example] } } }",
    );
    assert_eq!(
        stages,
        [
            "delete project/ITSM/customer/bo@x.example",
            "update project/ITSM/access",
            "delete organization/Globex/member/ana@x.example",
        ]
    );
    let [step] = &plan.order.unsafe_steps[..] else {
        panic!("{:?}", plan.order.unsafe_steps)
    };
    assert_eq!(
        (step.what.to_string(), step.people.as_slice()),
        (
            "project ITSM".to_owned(),
            ["bo@x.example".into()].as_slice()
        )
    );
    let finding = plan
        .findings
        .iter()
        .find(|finding| finding.code == "unsafe-step")
        .unwrap();
    assert!(
        finding.message.to_string().contains("bo@x.example")
            && finding.message.to_string().contains("L52"),
        "{}",
        finding.message
    );
}

/// Two organizations that swap their projects and their people: no order holds both promises.
#[test]
fn a_swap_that_no_order_makes_safe_is_named_and_interrupts_rather_than_exposes() {
    let (_, plan) = stages(
        "organizations: { One: { members: { mode: exact, list: [bo@x.example] } }, Two: { members: { mode: exact, list: [ana@x.example] } } }
projects: { P: { channel_access: restricted, organizations: { mode: exact, list: [Two] } }, Q: { channel_access: restricted, organizations: { mode: exact, list: [One] } } }",
        "organizations: { One: { members: { list: [ana@x.example] } }, Two: { members: { list: [bo@x.example] } } }
projects: { P: { channel_access: restricted, organizations: { list: [One] } }, Q: { channel_access: restricted, organizations: { list: [Two] } } }",
    );
    assert!(!plan.order.unsafe_steps.is_empty());
    assert!(
        plan.order
            .unsafe_steps
            .iter()
            .all(|step| step.danger == portcullis::plan::Danger::Interruption)
    );
    assert!(
        plan.findings
            .iter()
            .any(|finding| finding.code == "unsafe-step")
    );
}

/// A step by hand that must come first holds back what would let people in meanwhile.
#[test]
fn what_a_step_by_hand_must_precede_waits_for_it() {
    run(async {
        let case = Case::new(
            "surfaces: { private: read, mapped: settings.yaml }
customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [new@x.example] } } }
projects: { ITSM: { channel_access: restricted } }",
            "projects: { ITSM: { channel_access: open } }\norganizations: { Globex: {} }
customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }",
        )
        .await;
        let plan = case.plan().await.plan;
        // Making the account now would let its owner into ITSM until somebody restricts it.
        let account = plan
            .changes
            .iter()
            .find(|change| change.address.as_str() == "acme/account/new@x.example")
            .unwrap();
        let waits: Vec<&str> = account
            .waiting_for
            .iter()
            .map(|address| address.as_str())
            .collect();
        assert_eq!(waits, ["acme/project/ITSM/access"]);
    });
}

/// The seed of the knowledge base: who can view it has still to be said.
const NOTHING_LINKED: &str = "knowledge_base: { allow_all_logged_in: true }
spaces: { KB: { anonymous_access: true } }
projects: { ITSM: { channel_access: restricted, customers: { list: [ana@x.example] } } }";

/// Whoever could sign up keeps the project through an account that is made before signing up ends.
#[test]
fn new_people_get_their_accounts_while_they_can_still_sign_up() {
    let (_, plan) = stages(
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true, allowed_domains: [x.example] }, customers_can_create_accounts: false, view_without_login: false }
organizations: { Globex: { members: { list: [new@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }",
        "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: true, view_without_login: false }
organizations: { Globex: {} }
projects: { ITSM: { channel_access: open } }",
    );
    assert!(
        plan.order.unsafe_steps.is_empty(),
        "{:?}",
        plan.order.unsafe_steps
    );
}

/// Access that holds through a route which is there neither before nor after.
#[test]
fn access_is_kept_through_a_route_that_exists_only_in_between() {
    let (stages, plan) = stages(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: open, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: {}, Other: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { list: [ana@x.example] } } }",
    );
    assert!(
        plan.order.unsafe_steps.is_empty(),
        "{:?}",
        plan.order.unsafe_steps
    );
    assert_eq!(
        stages,
        [
            "create organization/Globex/member/ana@x.example",
            "delete project/ITSM/customer/ana@x.example",
            "update project/ITSM/access",
            "delete project/ITSM/organization/Globex",
        ]
    );
}

/// No request links a space and says who can view it, so the moment in between is named.
#[test]
fn a_space_for_confluence_users_is_shown_to_all_customers_for_a_moment() {
    let (_, plan) = stages(
        "projects: { ITSM: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }",
        NOTHING_LINKED,
    );
    let found: Vec<String> = plan
        .findings
        .iter()
        .filter(|finding| finding.code == "unsafe-step")
        .map(|finding| finding.message.to_string())
        .collect();
    assert_eq!(
        found,
        [
            "for a moment customers of ITSM, customers on no list can reach the articles of KB in project ITSM: who can view a space is set after it is linked, and until then it is shown as before, or to everybody who is logged in where nothing linked it (K6)"
        ]
    );
}

#[test]
fn the_site_stops_showing_articles_before_a_space_is_linked() {
    let (stages, plan) = stages(
        "knowledge_base: { allow_all_logged_in: false }
projects: { ITSM: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }",
        NOTHING_LINKED,
    );
    assert!(plan.order.unsafe_steps.is_empty());
    assert_eq!(stages.len(), 2, "{stages:?}");
    assert!(stages[1].ends_with("knowledge-base/KB"), "{stages:?}");
}

/// What comes before the step by hand is carried out now, what belongs after it waits, in stages of its own.
#[test]
fn each_side_of_a_step_by_hand_is_safe_by_itself() {
    run(async {
        let case = Case::new(
            "surfaces: { mapped: settings.yaml }
organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { mode: exact, list: [], allow_empty: true } } }",
            "organizations: { Globex: {} }
projects: { ITSM: { channel_access: open, customers: { list: [ana@x.example] } } }",
        )
        .await;
        let plan = case.plan().await.plan;
        let told: Vec<String> = plan
            .changes
            .iter()
            .map(|change| {
                let when = match (change.is_automatic(), change.waiting_for.is_empty()) {
                    (true, _) => "now",
                    (false, true) => "by hand",
                    (false, false) => "waits",
                };
                format!(
                    "{} {}: {when}",
                    change.action.word(),
                    &change.address.as_str()[5..]
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "create organization/Globex/member/ana@x.example: now",
                "create project/ITSM/organization/Globex: now",
                "update project/ITSM/access: by hand",
                "delete project/ITSM/customer/ana@x.example: waits",
            ]
        );
        assert!(plan.order.unsafe_steps.is_empty());
    });
}

#[test]
fn who_stops_being_an_agent_is_on_a_list_first_and_reads_nothing_new() {
    let (stages, _) = stages(
        "confluence_plan: standard
surfaces: { gateway: write, roles: write }
people: { ivy@x.example: { role: customer, take_away: [jira-service-management, jira] } }
organizations: { Globex: { members: { list: [ivy@x.example] } } }
projects: { HR: { organizations: { list: [Globex] } }, WEB: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }",
        "confluence_plan: standard
accounts: { list: [{ email: ivy@x.example, account: atlassian, role: user }] }
organizations: { Globex: {} }
spaces: { KB: {} }
projects: { HR: { channel_access: restricted, organizations: { list: [Globex] } }, WEB: {} }",
    );
    assert_eq!(
        stages,
        [
            "create organization/Globex/member/ivy@x.example",
            "update account/ivy@x.example/role",
            "create project/WEB/knowledge-base/KB",
        ]
    );
}

#[test]
fn a_new_account_waits_for_links_that_it_might_join_by_itself() {
    // Nobody reads the e-mail domains of Globex, and the one of the new account may be one of them (A2).
    let (stages, _) = stages(
        "surfaces: { private: write }
organizations: { Globex: {}, Hooli: { members: { list: [ana@new.example] } } }
projects: { HR: { organizations: { mode: exact, list: [], allow_empty: true } } }",
        "customer_access: { internal: { atlassian_accounts: false }, external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { email_domains: [new.example] }, Hooli: {} }
projects: { HR: { channel_access: restricted, organizations: { list: [Globex] } } }",
    );
    assert_eq!(
        stages,
        [
            "delete project/HR/organization/Globex",
            "create account/ana@new.example",
            "create organization/Hooli/member/ana@new.example",
        ]
    );
}

#[test]
fn a_portal_is_shut_before_people_of_public_mail_domains_may_sign_up() {
    // People of companies come before and after, by the any-domain rule, which passes public mail domains by (R5).
    let any = "atlassian_organizations: { acme-corp: { any_domain: { sites: { acme: { role: customer } } } } }";
    let (stages, _) = stages(
        &format!(
            "surfaces: {{ private: write, mapped: settings.yaml }}
customer_access: {{ external: {{ portal_only_accounts: true, allowed_domains: any }} }}
projects: {{ WEB: {{ channel_access: restricted }} }}
=top=
{any}"
        ),
        &format!(
            "customer_access: {{ internal: {{ atlassian_accounts: true }}, external: {{ portal_only_accounts: true, allowed_domains: [b.example] }}, customers_can_create_accounts: true }}
projects: {{ WEB: {{ channel_access: open, customers: {{ list: [bo@b.example] }} }} }}
=top=
{any}"
        ),
    );
    assert_eq!(stages[0], "update project/WEB/access", "{stages:?}");
}

#[test]
fn who_becomes_a_customer_is_off_the_lists_first_that_are_not_meant() {
    // A list gives an Atlassian account nothing that does not hold the role Customer.
    let role = "atlassian_organizations: { acme-corp: { customer_role: \"ari:cloud:jira-servicedesk::role/product/customer\" } }";
    let (stages, _) = stages(
        &format!(
            "surfaces: {{ roles: write }}
people: {{ ivy@x.example: {{ role: customer, take_away: [] }} }}
projects: {{ HR: {{ customers: {{ mode: exact, list: [bo@x.example] }} }} }}
=top=
{role}"
        ),
        &format!(
            "accounts: {{ list: [{{ email: ivy@x.example, account: atlassian, role: none }}] }}
projects: {{ HR: {{ channel_access: restricted, customers: {{ list: [ivy@x.example, bo@x.example] }} }} }}
=top=
{role}"
        ),
    );
    assert_eq!(
        stages,
        [
            "delete project/HR/customer/ivy@x.example",
            "update account/ivy@x.example/role",
        ]
    );
}

#[test]
fn a_space_is_linked_once_strangers_get_no_licence_by_their_domain() {
    // The any-domain rule may give new people an agent's licence (Q5) until their domain has an entry of its own, and agents read
    // what is linked.
    let approved = |domains: &str| {
        format!(
            "atlassian_organizations: {{ acme-corp: {{ any_domain: {{ sites: {{ acme: {{ role: user }} }} }}, approved_domains: {{ mode: exact, domains: {{ {domains} }} }} }} }}"
        )
    };
    let customer = "x.example: { sites: { acme: { role: customer } } }";
    let with_approval = "y.example: { sites: { acme: { role: customer, admin_approval: true } } }";
    let (stages, _) = stages(
        &format!(
            "surfaces: {{ gateway: write, mapped: settings.yaml }}
knowledge_base: {{ allow_all_logged_in: false }}
projects: {{ HR: {{ knowledge_base: {{ DOCS: {{ who_can_view: only_confluence_users }} }} }} }}
=top=
{}",
            approved(&format!("{customer}, {with_approval}"))
        ),
        &format!(
            "customer_access: {{ internal: {{ atlassian_accounts: true }}, customers_can_create_accounts: true }}
knowledge_base: {{ allow_all_logged_in: false }}
spaces: {{ DOCS: {{}} }}
projects: {{ HR: {{ channel_access: restricted }} }}
=top=
{}",
            approved(customer)
        ),
    );
    assert_eq!(
        stages,
        [
            "create corp/approved-domain/y.example",
            "create project/HR/knowledge-base/DOCS",
        ]
    );
}
