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
        (step.what.as_str(), step.people.as_slice()),
        ("project ITSM", ["bo@x.example".to_owned()].as_slice())
    );
    let finding = plan
        .findings
        .iter()
        .find(|finding| finding.code == "unsafe-step")
        .unwrap();
    assert!(
        finding.message.contains("bo@x.example") && finding.message.contains("L52"),
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
