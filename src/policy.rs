//! Limits and protections: which changes must not be carried out, however much the YAML asks for them.
//!
//! A blocked change stays in the plan, with the reason beside it. What the policy blocks can be overridden for exactly one plan
//! ([`acceptance`]); what a rule of Atlassian's blocks (L52, R3, L69, a near-duplicate name) cannot ([`Block`](crate::plan::Block)).

pub mod acceptance;
mod accepted_drift;
mod bounds;
mod emptied;
mod gates;
mod limits;
mod people;
mod protect;

pub use accepted_drift::{Accepted, split_accepted};
pub use bounds::{Bound, built_in};
pub(crate) use gates::gates;

use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::judge::{Ledger, Sheet, Worlds};
use crate::neutral::phrase::{Phrase, marked, ours, quoted, say};
use crate::observed::Observed;
use crate::plan::{Change, Effect, Finding, Plan};

/// The result of one limit or protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `limit`, `protect`, or `built_in`.
    pub kind: &'static str,
    /// The YAML key, with the list it is about.
    pub name: String,
    /// What is exceeded or touched; empty when it passes.
    pub problems: Vec<Phrase>,
    /// Where the rule is written.
    pub source: Option<Span>,
    /// What the problems amount to.
    pub weight: Weight,
}

/// What the problems of a verdict amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// They fail the check.
    Fails,
    /// They are only told.
    Warns,
    /// Something is not known that would decide.
    Undecided,
}

impl Verdict {
    /// Returns the word used in the plan JSON.
    pub const fn status(&self) -> &'static str {
        match (self.problems.is_empty(), self.weight) {
            (true, _) => "pass",
            (false, Weight::Fails) => "fail",
            (false, Weight::Warns) => "warn",
            (false, Weight::Undecided) => "unknown",
        }
    }

    /// Says whether it fails.
    pub fn fails(&self) -> bool {
        self.weight == Weight::Fails && !self.problems.is_empty()
    }
}

/// Takes what is accepted as drift out of a plan, tells it, and returns it.
pub(crate) fn accept_drift(plan: &mut Plan, desired: &Desired<'_>) -> Vec<Change> {
    let accepted = &desired.law.policy.accept_drift;
    let mut left_alone = Vec::new();
    // What a branch accepts is left alone once its base accepts it as well.
    let also = desired.base.map(|law| law.policy.accept_drift.as_slice());
    for accepted in split_accepted(plan, accepted, also, desired.today) {
        let acceptance = accepted.acceptance;
        plan.findings.push(Finding {
            message: say(
                "{} left alone: {} ({})",
                [
                    ours(accepted.change.action.word()),
                    quoted(&acceptance.reason),
                    marked(&acceptance.owner),
                ],
            ),
            address: accepted.change.address.clone(),
            code: "drift-accepted",
            source: Some(acceptance.span),
        });
        left_alone.push(accepted.change);
    }
    left_alone
}

/// Judges what is protected: what the policy names, and that nothing is emptied unless somebody wrote it so.
pub(crate) fn protections(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    ledger: &mut Ledger,
) {
    protect::protect(sheet, desired, observed, ledger);
    protect::freeze(sheet, desired, observed, ledger);
    let mut blocks = Vec::new();
    emptied::organizations(sheet, desired, observed, &mut blocks, ledger);
    emptied::projects(sheet, desired, observed, ledger);
    for (at, block) in blocks {
        sheet.block(at, block);
    }
}

/// Judges the limits in numbers, of rows and of people, on the rows that are free now.
pub(crate) fn limits(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    observed: &Observed,
    worlds: &Worlds<'_, '_>,
    ledger: &mut Ledger,
) {
    let mut blocks = Vec::new();
    limits::max_removals(sheet, desired, observed, &mut blocks, ledger);
    limits::max_new_accounts(sheet, desired, &mut blocks, ledger);
    limits::max_licences_removed(sheet, desired, &mut blocks, ledger);
    people::limits(sheet, desired, worlds, &mut blocks, ledger);
    // Every limit counts what is free at the start of its round.
    for (at, block) in blocks {
        sheet.block(at, block);
    }
}

const fn makes_account(change: &Change) -> bool {
    matches!(change.effect, Effect::CreateAccount { .. })
}
