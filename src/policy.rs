//! Limits and protections: which changes must not be carried out, however much the YAML asks for them.
//!
//! A blocked change stays in the plan, with the reason beside it. What the policy blocks begins with [`PREFIX`] and can be
//! overridden for exactly one plan ([`acceptance`]); what a rule of Atlassian's blocks (L52, R3, L69, a near-duplicate name) cannot.

pub mod acceptance;
mod accepted_drift;
mod dependents;
mod emptied;
mod impact;
mod limits;
mod protect;

pub use accepted_drift::{Accepted, split_accepted};

use crate::access::State;
use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::observed::Observed;
use crate::plan::{Change, Finding, Operation, Plan, order};

/// How every reason begins that the policy gives for blocking.
pub const PREFIX: &str = "policy";

/// The result of one limit or protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `limit`, `protect`, or `built_in`.
    pub kind: &'static str,
    /// The YAML key, with the list it is about.
    pub name: String,
    /// What is exceeded or touched; empty when it passes.
    pub problems: Vec<String>,
    /// Where the rule is written.
    pub source: Option<Span>,
    /// Whether the problems are only told, and block nothing.
    pub warns: bool,
}

/// Applies the policy to a plan: drops what is accepted, blocks what is not allowed, and says what was judged.
///
/// Every rule is one step below; each blocks rows by itself and gives a verdict even when it passes. `before` is the state as
/// the site was read.
pub fn review(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    before: &State<'_>,
) -> Vec<Verdict> {
    let policy = &desired.workspace.policy;
    let at_first = (plan.changes.len(), blocked(plan));
    for accepted in split_accepted(plan, &policy.accept_drift, desired.today) {
        let acceptance = accepted.acceptance;
        plan.findings.push(Finding {
            message: format!(
                "{} left alone: {} ({})",
                accepted.change.action.word(),
                acceptance.reason,
                acceptance.owner
            ),
            address: accepted.change.address,
            code: "drift-accepted",
            source: Some(acceptance.span),
        });
    }
    let mut verdicts = Vec::new();
    for pattern in &policy.protect {
        let verdict = protect::protect(plan, desired, observed, &pattern.value, pattern.span);
        verdicts.push(verdict);
    }
    if let Some(limit) = &policy.max_removals {
        verdicts.extend(limits::max_removals(plan, desired, observed, limit));
    }
    if let Some(limit) = &policy.max_new_accounts {
        verdicts.push(limits::max_new_accounts(plan, limit));
    }
    dependents::block_dependents(plan);
    verdicts.extend(impact::review(plan, desired, observed, before));
    verdicts.extend(emptied::organizations(plan, desired, observed));
    verdicts.extend(emptied::projects(plan, desired, observed));
    for change in &mut plan.changes {
        change.blocked_by.sort();
        change.blocked_by.dedup();
    }
    // What does not happen changes what is safe.
    if (plan.changes.len(), blocked(plan)) != at_first {
        order::arrange(plan, desired, observed);
    }
    verdicts
}

/// Counts the changes that something stands against.
fn blocked(plan: &Plan) -> usize {
    let changes = plan.changes.iter();
    changes
        .filter(|change| !change.blocked_by.is_empty())
        .count()
}

/// Says whether every reason that blocks a row is the policy's, so that the row can be overridden.
pub fn is_overridable(blocked_by: &[String]) -> bool {
    blocked_by.iter().all(|why| why.starts_with(PREFIX))
}

/// Returns the plan as it is with what the policy blocks lifted and the order made anew; `None` where the policy blocks
/// nothing. What a rule blocks stays blocked.
pub fn lifted(plan: &Plan, desired: &Desired<'_>, observed: &Observed) -> Option<Plan> {
    let is_policy = |why: &String| why.starts_with(PREFIX);
    if !plan
        .changes
        .iter()
        .any(|change| change.blocked_by.iter().any(is_policy))
    {
        return None;
    }
    let mut plan = plan.clone();
    for change in &mut plan.changes {
        change.blocked_by.retain(|why| !is_policy(why));
    }
    order::arrange(&mut plan, desired, observed);
    Some(plan)
}

fn makes_account(change: &Change) -> bool {
    matches!(change.operation, Operation::CreateAccount { .. })
}

fn block(plan: &mut Plan, which: impl Fn(&Change) -> bool, why: &str) {
    for change in plan.changes.iter_mut().filter(|change| which(change)) {
        change.blocked_by.push(why.to_owned());
    }
}
