//! What belongs after a change that failed is held back, over real HTTP.

use crate::support::{Case, run};
use portcullis::apply::Outcome;
use portcullis::emulator::{Answer, Fate, Options, Passage, Policy, Verdict};
use std::sync::Arc;

/// Refuses every write whose path and operation contain these words.
#[derive(Debug)]
struct Refuse(&'static [&'static str]);

impl Policy for Refuse {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let refused = passage.write && self.0.iter().all(|word| passage.operation.contains(word));
        Verdict {
            fate: if refused {
                Fate::Answer(Answer::json(
                    403,
                    &serde_json::json!({ "errorMessage": "refused" }),
                ))
            } else {
                Fate::Pass
            },
            ..Verdict::default()
        }
    }
}

fn outcomes(desired: &str, seed: &str, refuse: &'static [&'static str]) -> Vec<String> {
    run(async {
        let options = Options {
            policy: Arc::new(Refuse(refuse)),
            ..Options::default()
        };
        let case = Case::with(desired, seed, options).await;
        let round = case.plan().await;
        let report = case.apply(&round).await;
        round
            .plan
            .changes
            .iter()
            .zip(&report.outcomes)
            .map(|(change, outcome)| {
                let word = match outcome {
                    Outcome::Done | Outcome::AlreadyTrue => "done",
                    Outcome::Failed(_) => "failed",
                    Outcome::NotTried(_) => "held back",
                    _ => "other",
                };
                format!(
                    "{} {}: {word}",
                    change.action.word(),
                    &change.address.as_str()[5..]
                )
            })
            .collect()
    })
}

#[test]
fn a_failed_grant_holds_the_revocation_back() {
    let told = outcomes(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: {} }
projects: { ITSM: { channel_access: restricted, customers: { list: [ana@x.example, old@x.example] } } }",
        &["POST", "/organization/", "/user"],
    );
    assert_eq!(
        told,
        [
            "create organization/Globex/member/ana@x.example: failed",
            "create project/ITSM/organization/Globex: done",
            "delete project/ITSM/customer/ana@x.example: held back",
            "delete project/ITSM/customer/old@x.example: done",
        ]
    );
}

#[test]
fn a_failed_revocation_holds_the_grant_back_that_would_expose() {
    let told = outcomes(
        "organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { mode: exact, list: [], allow_empty: true } } }",
        "organizations: { Globex: {}, Other: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }",
        &["DELETE", "/servicedesk/", "/organization"],
    );
    assert_eq!(
        told,
        [
            "create organization/Globex/member/ana@x.example: held back",
            "delete project/ITSM/organization/Globex: failed",
        ]
    );
}

#[test]
fn a_failed_removal_of_a_customer_keeps_the_project_restricted() {
    let told = outcomes(
        "projects: { ITSM: { channel_access: open, customers: { mode: exact, list: [], allow_empty: true } } }",
        "projects: { ITSM: { channel_access: restricted, customers: { list: [old@x.example] } } }",
        &["DELETE", "/servicedesk/", "/customer"],
    );
    assert_eq!(
        told,
        [
            "delete project/ITSM/customer/old@x.example: failed",
            "update project/ITSM/access: held back",
        ]
    );
}

#[test]
fn a_failed_link_keeps_the_project_open() {
    let told = outcomes(
        "organizations: { Globex: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] } } }",
        "organizations: { Globex: { members: { list: [ana@x.example] } } }
projects: { ITSM: { channel_access: open } }",
        &["POST", "/servicedesk/", "/organization"],
    );
    assert_eq!(
        told,
        [
            "create project/ITSM/organization/Globex: failed",
            "update project/ITSM/access: held back",
        ]
    );
}
