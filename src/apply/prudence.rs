//! Holding changes back when one that belongs before them did not work.
//!
//! The order of stages keeps everybody from being interrupted or exposed. A change that failed would turn that order into
//! a loss or a leak, so whatever was to come after it for somebody's sake waits for the next run.

use super::Outcome;
use crate::model::{AccountId, Address, ChannelAccess, ProjectKey};
use crate::neutral::phrase::{Phrase, foreign, say};
use crate::plan::{Danger, Effect, Order, PersonRef, Plan};
use std::collections::BTreeSet;

/// Cuts the changes of a stage into those to carry out and those to hold back, with the reason.
pub(super) fn hold_back(
    plan: &Plan,
    ordered: &Order,
    indices: Vec<usize>,
    outcomes: &[Option<Outcome>],
) -> (Vec<usize>, Vec<(usize, Phrase)>) {
    let mut people: BTreeSet<&AccountId> = BTreeSet::new();
    let mut projects: BTreeSet<&ProjectKey> = BTreeSet::new();
    let mut open: BTreeSet<&ProjectKey> = BTreeSet::new();
    let mut full: BTreeSet<&ProjectKey> = BTreeSet::new();
    let mut failed = Vec::new();
    for (index, (change, outcome)) in plan.changes.iter().zip(outcomes).enumerate() {
        if !matches!(outcome, Some(Outcome::Failed(_) | Outcome::NotTried(_))) {
            continue;
        }
        failed.push(index);
        match &change.effect {
            Effect::AddMember(_, PersonRef::Existing(account))
            | Effect::AddCustomer(_, PersonRef::Existing(account)) => {
                people.insert(account);
            }
            Effect::Link(key, _) | Effect::AddCustomerGroup(key, _) => {
                projects.insert(key);
            }
            Effect::SetChannelAccess(key, ChannelAccess::Restricted) => {
                open.insert(key);
            }
            Effect::RemoveCustomer(key, _) => {
                full.insert(key);
            }
            _ => {}
        }
    }
    if failed.is_empty() {
        return (indices, Vec::new());
    }
    let not_done: BTreeSet<&Address> = failed
        .iter()
        .map(|index| &plan.changes[*index].address)
        .collect();
    let failed = ordered.steps_of(failed);
    let mut go = Vec::with_capacity(indices.len());
    let mut held = Vec::new();
    for index in indices {
        let why: Option<Phrase> = match &plan.changes[index].effect {
            Effect::RemoveMember(_, account) | Effect::RemoveCustomer(_, account)
                if people.contains(account) =>
            {
                Some("giving this person access elsewhere did not work".into())
            }
            Effect::RemoveCustomer(key, _) if open.contains(key) => Some(format!(
                "project {key} could not be restricted, and Atlassian removes no customers from an open one"
            ).into()),
            Effect::SetChannelAccess(key, ChannelAccess::Open) if full.contains(key) => {
                Some(format!(
                    "removing customers from project {key} did not work, and Atlassian removes none from an open one"
                ).into())
            }
            Effect::RemoveCustomer(key, _)
            | Effect::Unlink(key, _)
            | Effect::RemoveCustomerGroup(key, _)
            | Effect::SetChannelAccess(key, ChannelAccess::Restricted)
                if projects.contains(key) =>
            {
                Some(format!(
                    "letting an organization or a group into project {key} did not work"
                ).into())
            }
            _ => None,
        };
        let place = plan.replacements.get(&plan.changes[index].address);
        let why = why.or_else(|| {
            let come = place.filter(|come| not_done.contains(come))?;
            Some(say(
                "{}, which comes in its place, did not work",
                [foreign(come)],
            ))
        });
        let why = why.or_else(|| {
            ordered.failed_before(index, &failed).map(|danger| {
                match danger {
                    Danger::Exposure => "what must go first did not work, and this would let people in who should not be",
                    Danger::Interruption => "what must come first did not work, and this would take away what people keep",
                }
                .into()
            })
        });
        match why {
            Some(why) => held.push((index, why)),
            None => go.push(index),
        }
    }
    (go, held)
}
