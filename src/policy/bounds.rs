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
