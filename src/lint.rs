//! Lints: what is contradictory, leaky, costly or surprising in a state of customer access, by the numbers L01 to L71.
//!
//! # Data flow
//!
//! ```text
//! State (desired)        ─► judge ─► Found ─► acknowledge ─► Diagnostic   `validate`
//! State (live), (after)  ─► judge ─► Found, newly true or not ─► Verdict  `plan`
//! ```
//!
//! [`table::TABLE`] lists all of them with their severity and with what is judged, or why nothing is. One function judges
//! one lint or a family that shares its condition; each names its number.
//!
//! A finding is *certain* when every fact that it rests on is known. Only findings of severity "error" that are certain and
//! not acknowledged make a workspace invalid; the rest are warnings and notes. Against a live site, a finding counts against
//! the plan only where the plan makes it newly true ([`newly_true`]).

mod acknowledge;
mod articles;
mod change;
mod culprits;
mod groups;
mod people;
mod review;
mod schemes;
mod settings;
pub mod table;

pub use acknowledge::{Judged, diagnostics, judged};
pub use change::changes;
pub(crate) use review::{Held, review};

use crate::access::{Source, State};
use crate::desired::Desired;
use crate::diagnostic::{Severity, Span};
use crate::model::Address;
use crate::neutral::named;
use crate::neutral::phrase::{Phrase, marked};
use crate::observed::Observed;
use std::collections::HashSet;

/// A row of the table of lints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lint {
    /// Its number, such as `L13`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Whether an error may be accepted by `policy.acknowledge`. Warnings and notes always may.
    pub acknowledgeable: bool,
    /// Its condition, as the access model has it.
    pub condition: &'static str,
    /// Where it is judged, or why it is not.
    pub basis: Basis,
}

/// Where a lint is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// On any state: by `validate` on what is written, by `plan` on the state after the plan.
    State,
    /// By `plan` only, from what was read, or from the difference that the plan makes.
    Plan,
    /// By another check, which reports this code instead.
    Check(&'static str),
    /// Not judged, for this reason.
    Not(&'static str),
}

/// A lint whose condition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub lint: &'static Lint,
    /// What it is about.
    pub address: Address,
    /// The condition with the values at hand: a lower-case fragment without full stop.
    pub message: Phrase,
    /// Where the decisive value is written.
    pub span: Option<Span>,
    /// What to do.
    pub hint: Phrase,
    /// Whether every fact that it rests on is known.
    pub certain: bool,
}

/// A state under judgement, and what was found so far.
struct Scene<'s, 'w> {
    state: &'s State<'w>,
    desired: &'s Desired<'w>,
    observed: Option<&'s Observed>,
    found: Vec<Found>,
}

impl<'s, 'w> Scene<'s, 'w> {
    /// Notes a finding at an address below the site.
    fn report(
        &mut self,
        code: &str,
        parts: &[&str],
        source: Option<Source>,
        message: impl Into<Phrase>,
        hint: &str,
    ) {
        let address = self.desired.address(parts.iter().copied());
        self.report_at(code, address, source, message, hint);
    }

    /// Notes a finding at any address.
    fn report_at(
        &mut self,
        code: &str,
        address: Address,
        source: Option<Source>,
        message: impl Into<Phrase>,
        hint: &str,
    ) {
        if let Some(lint) = table::find(code) {
            self.found.push(Found {
                lint,
                address,
                message: message.into(),
                span: source.and_then(Source::span),
                hint: hint.into(),
                certain: true,
            });
        }
    }

    /// Says that the last finding rests on something that is not known.
    fn uncertain(&mut self) {
        if let Some(found) = self.found.last_mut() {
            found.certain = false;
        }
    }

    /// Returns the address of an approved domain, or of the any-domain rule (`ANYONE`).
    fn approved(&self, domain: &str) -> Address {
        let root = self
            .desired
            .atlassian
            .map_or(self.desired.site.key.as_str(), |(key, _)| key);
        Address::new([root, "approved-domain", domain])
    }
}

/// Judges a state by every lint that needs nothing but a state, in the order of the table, then by address.
///
/// `observed` is what was read, where something was: facts that only it holds.
pub fn judge<'w>(
    state: &State<'w>,
    desired: &Desired<'w>,
    observed: Option<&Observed>,
) -> Vec<Found> {
    let mut scene = Scene {
        state,
        desired,
        observed,
        found: Vec::new(),
    };
    settings::judge(&mut scene);
    articles::judge(&mut scene);
    groups::judge(&mut scene);
    schemes::judge(&mut scene);
    people::judge(&mut scene);
    let mut found = scene.found;
    sort(&mut found);
    found
}

/// Returns which findings of `after` are not in `before`: the plan makes them newly true.
///
/// Findings are the same when lint and address are.
pub fn newly_true(before: &[Found], after: &[Found]) -> Vec<bool> {
    let key = |found: &'_ Found| (found.lint.code, found.address.clone());
    let before: HashSet<(&str, Address)> = before.iter().map(key).collect();
    let fresh = after.iter().map(|found| !before.contains(&key(found)));
    fresh.collect()
}

/// Sorts findings by number, then address.
fn sort(found: &mut [Found]) {
    found.sort_by(|a, b| {
        (a.lint.code, &a.address, &a.message).cmp(&(b.lint.code, &b.address, &b.message))
    });
}

/// Lists people between marks, at most five of them.
fn people<'a>(people: impl IntoIterator<Item = &'a str>) -> Phrase {
    let all: Vec<Phrase> = people.into_iter().map(marked).collect();
    let some = Phrase::default().joined(all.iter().take(5), ", ");
    match all.len() {
        0..=5 => some,
        more => some.word(&format!(" and {} more", more - 5)),
    }
}

/// Lists names in backticks, at most five of them.
fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<String> = names.into_iter().map(named).collect();
    match all.len() {
        0..=5 => all.join(", "),
        more => format!("{} and {} more", all[..5].join(", "), more - 5),
    }
}
