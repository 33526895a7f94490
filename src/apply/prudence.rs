//! Holding revocations back when a grant that should have come first did not work.
//!
//! Grants come before revocations so that nobody who keeps access is interrupted. A grant that failed would turn that
//! order into a loss, so whatever takes access from the same people or on the same project waits for the next run.

use super::Outcome;
use crate::model::{AccountId, ChannelAccess, ProjectKey};
use crate::plan::{Operation, PersonRef, Phase, Plan};
use std::collections::BTreeSet;

/// Cuts the changes of a phase into those to carry out and those to hold back, with the reason.
pub(super) fn hold_back(
    plan: &Plan,
    indices: Vec<usize>,
    outcomes: &[Option<Outcome>],
) -> (Vec<usize>, Vec<(usize, String)>) {
    let takes = indices.first().is_some_and(|&index| {
        matches!(
            plan.changes[index].phase,
            Phase::Narrow | Phase::Revocations
        )
    });
    if !takes {
        return (indices, Vec::new());
    }
    let mut people: BTreeSet<&AccountId> = BTreeSet::new();
    let mut projects: BTreeSet<&ProjectKey> = BTreeSet::new();
    let mut open: BTreeSet<&ProjectKey> = BTreeSet::new();
    for (change, outcome) in plan.changes.iter().zip(outcomes) {
        if !matches!(outcome, Some(Outcome::Failed(_) | Outcome::NotTried(_))) {
            continue;
        }
        match &change.operation {
            Operation::AddMember(_, PersonRef::Existing(account))
            | Operation::AddCustomer(_, PersonRef::Existing(account)) => {
                people.insert(account);
            }
            Operation::Link(key, _) => {
                projects.insert(key);
            }
            Operation::SetChannelAccess(key, ChannelAccess::Restricted) => {
                open.insert(key);
            }
            _ => {}
        }
    }
    let mut go = Vec::with_capacity(indices.len());
    let mut held = Vec::new();
    for index in indices {
        let why = match &plan.changes[index].operation {
            Operation::RemoveMember(_, account) | Operation::RemoveCustomer(_, account)
                if people.contains(account) =>
            {
                Some("giving this person access elsewhere did not work".to_owned())
            }
            Operation::RemoveCustomer(key, _) if open.contains(key) => Some(format!(
                "project {key} could not be restricted, and Atlassian removes no customers from an open one"
            )),
            Operation::RemoveCustomer(key, _)
            | Operation::Unlink(key, _)
            | Operation::SetChannelAccess(key, ChannelAccess::Restricted)
                if projects.contains(key) =>
            {
                Some(format!(
                    "linking an organization to project {key} did not work"
                ))
            }
            _ => None,
        };
        match why {
            Some(why) => held.push((index, why)),
            None => go.push(index),
        }
    }
    (go, held)
}
