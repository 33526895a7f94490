//! The limits that apply: as written, else as built in.

use crate::config::{Limit, Policy};
use crate::diagnostic::Span;

/// How much may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// At most this many.
    pub(super) count: Option<u64>,
    /// At most this share, in percent.
    pub(super) percent: Option<u64>,
    /// Below this many people or entries the percentage does not apply.
    pub(super) floor: Option<u64>,
    /// Where that is written; built in where it is not.
    pub(super) span: Option<Span>,
}

/// What applies to people losing access where nothing is written.
const PEOPLE_LOSING: Bounds = Bounds {
    count: Some(50),
    percent: Some(30),
    floor: Some(10),
    span: None,
};

/// What applies to removals from a list where nothing is written.
const REMOVALS: Bounds = Bounds {
    count: None,
    percent: Some(30),
    floor: Some(10),
    span: None,
};

/// A limit as another workspace may have it, for comparing two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bound {
    count: Option<u64>,
    percent: Option<u64>,
    floor: Option<u64>,
}

impl Bound {
    /// Reads what a rule says: `count`, `percent` and `floor`, each left out or `null` where it limits nothing.
    pub fn read(says: &serde_json::Value) -> Self {
        let number = |key| says.get(key).and_then(serde_json::Value::as_u64);
        Self {
            count: number("count"),
            percent: number("percent"),
            floor: number("floor"),
        }
    }

    /// Says whether something would pass that the other stops.
    pub fn allows_more_than(&self, other: &Self) -> bool {
        let grown = |new: Option<u64>, old: Option<u64>| match (new, old) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(new), Some(old)) => new > old,
        };
        grown(self.count, other.count)
            || grown(self.percent, other.percent)
            // Below the floor a percentage does not apply.
            || other.percent.is_some() && self.floor.unwrap_or(0) > other.floor.unwrap_or(0)
    }
}

/// What applies where nothing is written.
pub mod built_in {
    use super::{Bound, Bounds, PEOPLE_LOSING, REMOVALS};
    use crate::config::ATTESTATION_DAYS;

    /// Returns the limit of a key such as `policy.max_removals`.
    pub fn limit(key: &str) -> Bound {
        let of = |bounds: Bounds| Bound {
            count: bounds.count,
            percent: bounds.percent,
            floor: bounds.floor,
        };
        match key {
            "policy.max_people_losing_access" => of(PEOPLE_LOSING),
            "policy.max_removals" => of(REMOVALS),
            "policy.attestation_days" => Bound {
                count: Some(ATTESTATION_DAYS),
                ..Bound::default()
            },
            _ => Bound::default(),
        }
    }

    /// Returns what happens where a class gains access.
    pub fn class_gain(class: &str) -> &'static str {
        let mut classes = crate::policy::gates::CLASSES.iter();
        let found = classes.find(|(known, _)| known.word() == class);
        match found.map(|(_, gate)| gate) {
            Some(crate::config::Gate::Block) => "block",
            Some(crate::config::Gate::Warn) => "warn",
            Some(crate::config::Gate::Allow) | None => "allow",
        }
    }
}

/// What is written; nothing where that is `off`.
fn written(limit: &Limit) -> Option<Bounds> {
    (limit.count.is_some() || limit.percent.is_some()).then_some(Bounds {
        count: limit.count,
        percent: limit.percent,
        floor: limit.floor,
        span: Some(limit.span),
    })
}

/// How many people may lose access.
pub(super) fn people_losing(policy: &Policy) -> Option<Bounds> {
    let limit = policy.max_people_losing_access.as_ref();
    limit.map_or(Some(PEOPLE_LOSING), written)
}

/// How many people may gain access; only what is written.
pub(super) fn people_gaining(policy: &Policy) -> Option<Bounds> {
    policy.max_people_gaining_access.as_ref().and_then(written)
}

/// How much one list may lose.
pub(super) fn removals(policy: &Policy) -> Option<Bounds> {
    let limit = policy.max_removals.as_ref();
    limit.map_or(Some(REMOVALS), written)
}
