//! Rows without a name: an organization whose name could not be read, a person whose address is hidden. The cautious side is taken.

use crate::lies::{Liar, case};
use crate::support::{Case, Round, run};
use portcullis::plan::Block;
use serde_json::json;

const SEED: &str = "
    customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
    accounts: { list: [{ email: mal@globex.example, email_hidden: true }] }
    organizations: { Globex: { members: { list: [ana@globex.example, mal@globex.example] } }, Umbrella: { members: { list: [wes@umbrella.example] } } }
    projects: { HR: { channel_access: restricted, organizations: { list: [Umbrella] } } }";

fn desired(policy: &str) -> String {
    format!(
        "
    organizations: {{ Globex: {{ members: {{ mode: exact, list: [ana@globex.example] }} }} }}
    projects: {{ HR: {{ organizations: {{ mode: exact, list: [], allow_empty: true }} }} }}
    =top=
    policy: {{ max_people_losing_access: off, max_removals: off, {policy} }}"
    )
}

/// What stands against the one row below an address, and what the checks of protections say.
fn judged(round: &Round, below: &str) -> (Vec<String>, Vec<String>) {
    let rows = round.plan.changes.iter();
    let rows: Vec<_> = rows
        .filter(|row| row.address.as_str().starts_with(below))
        .collect();
    assert_eq!(rows.len(), 1, "{below}: {:?}", round.addresses());
    let blocks = rows[0].blocked_by.iter().map(Block::to_string).collect();
    let checks = round.document.checks.iter();
    let checks = checks.filter(|check| check.address.kind == "protect");
    (blocks, checks.map(|check| check.status.clone()).collect())
}

const LINK: &str = "acme/project/HR/organization/";
const MEMBER: &str = "acme/organization/Globex/member/id:";

#[test]
fn a_hidden_member_may_be_the_one_who_is_protected() {
    run(async {
        for (pattern, blocked, status) in [
            (
                "acme/organization/Globex/member/mal@globex.example",
                true,
                "unknown",
            ),
            // A pattern that means everybody needs no name.
            ("acme/organization/Globex/**", true, "fail"),
            ("acme/organization/Umbrella/member/*", false, "pass"),
            ("acme/organization/Globex/member/id:qm:other", false, "pass"),
        ] {
            let case = Case::new(&desired(&format!("protect: [\"{pattern}\"]")), SEED).await;
            let (blocks, checks) = judged(&case.plan().await, MEMBER);
            let held = blocks.iter().any(|why| why.contains("protect"));
            assert_eq!(held, blocked, "{pattern}: {blocks:?}");
            assert_eq!(checks, [status], "{pattern}");
        }
    });
}

#[test]
fn a_link_whose_organization_could_not_be_named_may_be_the_protected_one() {
    run(async {
        for (pattern, blocked) in [
            ("acme/project/HR/organization/Umbrella", true),
            ("acme/organization/Umbrella/**", true),
            ("acme/organization/Umbrella", true),
            ("acme/project/ITSM/organization/Umbrella", false),
            (
                "acme/organization/Umbrella/member/wes@umbrella.example",
                false,
            ),
        ] {
            let busy = json!({"errorMessage": "busy"});
            let list = "GET /rest/servicedeskapi/organization";
            let liar = Liar::new(list, 503, busy, usize::MAX);
            let desired = desired(&format!("protect: [\"{pattern}\"]"));
            let case = case(&desired, SEED, &liar).await;
            let round = case.plan().await;
            assert!(!round.plan.errors.is_empty(), "the plan is a partial one");
            let (blocks, checks) = judged(&round, LINK);
            let held = blocks.iter().any(|why| why.contains("protect"));
            assert_eq!(held, blocked, "{pattern}: {blocks:?}");
            let status = if blocked { "unknown" } else { "pass" };
            assert_eq!(checks, [status], "{pattern}");
            // With every name read it holds by name.
            let case = Case::new(&desired, SEED).await;
            let (blocks, _) = judged(&case.plan().await, LINK);
            let held = blocks.iter().any(|why| why.contains("protect"));
            assert_eq!(held, blocked, "{pattern}: {blocks:?}");
        }
    });
}

#[test]
fn what_is_accepted_by_name_is_left_alone_where_the_name_is_not_known() {
    run(async {
        for (pattern, planned) in [
            ("acme/organization/Globex/member/mal@globex.example", false),
            ("acme/organization/Umbrella/member/*", true),
        ] {
            let accepted = format!(
                "accept_drift: [{{ address: \"{pattern}\", reason: known, owner: it@acme.com }}]"
            );
            let case = Case::new(&desired(&accepted), SEED).await;
            let addresses = case.plan().await.addresses();
            let found = addresses.iter().any(|row| row.contains(MEMBER));
            assert_eq!(found, planned, "{pattern}: {addresses:?}");
        }
    });
}

#[test]
fn a_target_by_name_does_not_include_who_has_none() {
    run(async {
        let case = Case::new(&desired("max_new_accounts: 9"), SEED).await;
        for (target, included) in [
            ("acme/organization/Globex/member/mal@globex.example", false),
            ("acme/organization/Globex/member/*@globex.example", false),
            ("acme/organization/Globex", true),
        ] {
            let mut plan = case.plan().await.plan;
            portcullis::target::keep(&mut plan, &[target.to_owned()]);
            let mut rows = plan.changes.iter();
            let found = rows.any(|row| row.address.as_str().starts_with(MEMBER));
            assert_eq!(found, included, "{target}");
        }
    });
}
