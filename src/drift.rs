//! Drift: what differs, and whose doing it is. Pure; reads and writes nothing.
//!
//! With a base (what was last applied) three states are compared, and a difference has a cause:
//!
//! ```text
//! live differs from base               foreign change    somebody changed the site
//! branch wants other than base         unapplied         Git is ahead
//! live differs, and the policy says so accepted          with owner, reason and date
//! only a person can do it              waits             an open step, unless somebody did it once and it was undone
//! not known                            unreadable        an attestation is missing, or a list could not be read
//! ```
//!
//! What the branch no longer wants changed although live differs from the base is settled: the files follow the site.
//! Without a base there is only "different".

pub mod blame;

use crate::config::{AcceptedDrift, Workspace};
use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::model::Address;
use crate::neutral::phrase::{Phrase, person, prose, say};
use crate::plan::{Change, Plan, PlanError, Reason};
use crate::policy::{Accepted, split_accepted};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;

/// How many days ahead the end of an attestation is told.
const AHEAD_DAYS: i32 = 14;

/// What differs on one site.
#[derive(Debug)]
pub struct Drift<'w> {
    /// Changes that would take the site back to the base; without a base, to the files.
    pub foreign: Vec<Change>,
    /// Changes that the files ask for since the base.
    pub unapplied: Vec<Change>,
    /// Changes that only a person can make, or that wait for one.
    pub waiting: Vec<Change>,
    /// Differences that somebody answers for.
    pub accepted: Vec<Accepted<'w>>,
    /// Changes whose live value is not known.
    pub unknown: Vec<Change>,
    /// Scopes that could not be read.
    pub errors: Vec<PlanError>,
    /// Those of `foreign` that the files would revert as well: an edit of the files could accept them.
    pub revertible: BTreeSet<Address>,
    /// Service projects that the files do not have.
    pub unlisted: Vec<String>,
}

/// Something worth knowing that is no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What it is about; a pattern for acceptances.
    pub address: String,
    /// A sentence fragment.
    pub message: Phrase,
    /// Where it stands.
    pub source: Span,
}

/// Compares one site. `head` and `base` are plans as the diff gives them, before any policy; `judged` is the head's plan as
/// the judge ordered it.
///
/// A step by hand that is open is unfinished work, whoever moved the base on meanwhile. One that somebody stated to have done
/// is a change on the site when it differs again.
pub fn compare<'w>(
    mut head: Plan,
    base: Option<Plan>,
    judged: &Plan,
    desired: &Desired<'w>,
    today: Date,
) -> Drift<'w> {
    let accepted: &'w [AcceptedDrift] = &desired.workspace.policy.accept_drift;
    let split = split_accepted(&mut head, accepted, None, today);
    let (unknown, wanted): (Vec<Change>, Vec<Change>) = head
        .changes
        .into_iter()
        .partition(|change| change.reason == Reason::Unknown);
    let open: BTreeSet<&Address> = judged
        .changes
        .iter()
        .filter(|change| change.is_by_hand() || !change.waiting_for.is_empty())
        .map(|change| &change.address)
        .collect();
    let (waiting, wanted): (Vec<Change>, Vec<Change>) = wanted
        .into_iter()
        .partition(|change| open.contains(&change.address) && !was_done(desired, change));
    let mut drift = Drift {
        foreign: Vec::new(),
        unapplied: Vec::new(),
        waiting,
        accepted: split,
        unknown,
        errors: head.errors,
        revertible: BTreeSet::new(),
        unlisted: head.unmanaged.projects,
    };
    let Some(mut base) = base else {
        drift.revertible = wanted.iter().map(|change| change.address.clone()).collect();
        drift.foreign = wanted;
        return drift;
    };
    split_accepted(&mut base, accepted, None, today);
    for error in base.errors {
        // The same list is read for both; a scope that only the base has is not judged any more.
        if !drift.errors.contains(&error) && wanted.iter().any(|c| c.address == error.address) {
            drift.errors.push(error);
        }
    }
    let same = |a: &Change, b: &Change| {
        a.address == b.address && a.action == b.action && a.after == b.after
    };
    let by_address = |list: &[Change]| -> BTreeSet<Address> {
        list.iter().map(|change| change.address.clone()).collect()
    };
    let (wanted_at, base_at) = (by_address(&wanted), by_address(&base.changes));
    for change in wanted {
        let there_before = base_at.contains(&change.address)
            && base.changes.iter().any(|before| same(before, &change));
        if there_before {
            drift.revertible.insert(change.address.clone());
            drift.foreign.push(change);
        } else {
            drift.unapplied.push(change);
        }
    }
    // Both differ from each other and from the site: somebody changed it, and so does the branch.
    let both = base.changes.into_iter().filter(|change| {
        change.reason != Reason::Unknown
            && wanted_at.contains(&change.address)
            && !drift.revertible.contains(&change.address)
    });
    drift.foreign.extend(both);
    drift
}

/// Says whether somebody stated once that a step by hand was done: then it is a change on the site when it differs again.
fn was_done(desired: &Desired<'_>, change: &Change) -> bool {
    let address = change.address.as_str();
    let current = desired.attestations.get(address).map(|seen| &seen.value);
    let expired = desired.expired_attestations.iter();
    let expired = expired
        .filter(|seen| seen.address.value.as_str() == address)
        .map(|seen| &seen.value);
    expired.chain(current).any(|value| *value == change.after)
}

/// Says which attestations of a site have ended or are about to.
pub fn attestations(desired: &Desired<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    for attestation in &desired.expired_attestations {
        let address = attestation.address.value.as_str();
        if desired.attestations.contains_key(address) {
            continue;
        }
        let message = saw(attestation)
            .word(" only: look again and run ")
            .name("portcullis attest");
        notices.push(Notice {
            code: "attestation-expired",
            address: address.to_owned(),
            message,
            source: attestation.span,
        });
    }
    for (address, attestation) in &desired.attestations {
        let days = desired
            .today
            .until(attestation.until)
            .map_or(i32::MAX, |span| span.get_days());
        if days <= AHEAD_DAYS {
            notices.push(Notice {
                code: "attestation-ends-soon",
                address: (*address).to_owned(),
                message: saw(attestation),
                source: attestation.span,
            });
        }
    }
    notices
}

/// Says what an attestation is and how long it counts.
fn saw(attestation: &crate::config::Attestation) -> Phrase {
    let until = attestation.until;
    let on = format!(" saw on {} counts until {until}", attestation.on);
    Phrase::of("what ").person(&attestation.by).word(&on)
}

/// Says which acceptances have ended, and which accept nothing any more.
///
/// `roots` are the sites and Atlassian organizations that were read whole; an acceptance of another one is not judged.
pub fn acceptances(
    workspace: &Workspace,
    used: &BTreeSet<Span>,
    roots: &BTreeSet<String>,
    today: Date,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    for accepted in &workspace.policy.accept_drift {
        let pattern = accepted.address.value.as_str();
        let first = pattern.split('/').next().unwrap_or_default();
        let read = roots
            .iter()
            .any(|root| Address::new([root.as_str()]).matches(first));
        let (code, message) = match accepted.until {
            Some(until) if until < today => (
                "acceptance-expired",
                person(&accepted.owner)
                    .word(&format!(" accepted it until {until}: it counts again")),
            ),
            _ if read && !used.contains(&accepted.span) => (
                "acceptance-stale",
                say(
                    "nothing differs there any more: take it out ({}, {})",
                    [prose(&accepted.reason), person(&accepted.owner)],
                ),
            ),
            _ => continue,
        };
        notices.push(Notice {
            code,
            address: pattern.to_owned(),
            message,
            source: accepted.span,
        });
    }
    notices
}

/// Turns a change around: not what would be done, but what somebody did.
pub fn turned(actions: &mut [String], before: &mut Value, after: &mut Value) {
    std::mem::swap(before, after);
    for action in actions {
        let other = match action.as_str() {
            "create" => "delete",
            "delete" => "create",
            _ => continue,
        };
        other.clone_into(action);
    }
}
