//! What is declared many times and cannot be read, such as the e-mail domains of nine hundred organizations: one line tells of all.
//!
//! A step of its own, or a sentence, has only what somebody changed: on this branch, or against what somebody has looked up.

use super::document::{ManualStepDocument, PlanDocument, ResourceChange};
use super::subject::root;
use crate::neutral::phrase::Phrase;
use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, BTreeSet};

/// From how many on one line tells of all.
const MANY: usize = 10;

/// How many names that line has.
const NAMED: usize = 3;

/// What organizations and projects have one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    EmailDomains,
    ChannelAccess,
    CustomerSharing,
    Viewers,
}

impl Field {
    /// Returns what an address is about.
    pub(super) fn of(address: &str) -> Option<Self> {
        let parts: Vec<&str> = address.split('/').skip(1).collect();
        match parts.as_slice() {
            ["organization", _, "email-domain", ..] => Some(Self::EmailDomains),
            ["project", _, "access"] => Some(Self::ChannelAccess),
            ["project", _, "sharing"] => Some(Self::CustomerSharing),
            ["project", _, "knowledge-base", _] => Some(Self::Viewers),
            _ => None,
        }
    }

    /// Says whose it is, of how many, and who the first ones are.
    pub(super) fn of_all<'a>(self, addresses: impl IntoIterator<Item = &'a str>) -> Phrase {
        let (what, owners) = match self {
            Self::EmailDomains => ("the e-mail domains of", "organizations"),
            Self::ChannelAccess => ("the channel access of", "projects"),
            Self::CustomerSharing => ("the customer sharing of", "projects"),
            Self::Viewers => ("who can view the articles of", "projects"),
        };
        let mut known = BTreeSet::new();
        let names: Vec<Phrase> = addresses
            .into_iter()
            .filter_map(|address| address.split('/').nth(2))
            .filter(|owner| known.insert(*owner))
            .map(|owner| percent_decode_str(owner).decode_utf8_lossy())
            .map(|owner| Phrase::default().name(&owner))
            .collect();
        let all = Phrase::of(&format!("{what} {} {owners}: ", names.len()));
        let all = all.joined(names.iter().take(NAMED), ", ");
        match names.len().saturating_sub(NAMED) {
            0 => all,
            more => all.word(&format!(" and {more} more")),
        }
    }
}

/// Puts what has the same key together, where there is much of it, at the place of the first; the rest stays as it is.
pub(super) fn together<'d, T, K: Ord>(
    all: impl IntoIterator<Item = &'d T>,
    key: impl Fn(&'d T) -> Option<K>,
) -> Vec<Vec<&'d T>> {
    let mut at: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    let all: Vec<&T> = all.into_iter().collect();
    for (index, one) in all.iter().enumerate() {
        if let Some(key) = key(*one) {
            at.entry(key).or_default().push(index);
        }
    }
    at.retain(|_, places| places.len() >= MANY);
    let mut heads: BTreeMap<usize, &[usize]> = BTreeMap::new();
    let mut others: BTreeSet<usize> = BTreeSet::new();
    for places in at.values() {
        if let Some((first, rest)) = places.split_first() {
            heads.insert(*first, places);
            others.extend(rest);
        }
    }
    (0..all.len())
        .filter(|index| !others.contains(index))
        .map(|index| match heads.get(&index) {
            Some(places) => places.iter().map(|place| all[*place]).collect(),
            None => vec![all[index]],
        })
        .collect()
}

/// Says whether a row only asks what is there, and the branch in question did not write it.
pub(super) fn asks(row: &ResourceChange) -> bool {
    let extra = &row.portcullis;
    row.asks() && extra.blocked_by.is_empty() && extra.origin.as_deref() != Some("this_branch")
}

/// Puts the steps that nobody has to take one by one together; `asks` says it of the row at an address.
pub(super) fn steps<'d>(
    all: impl IntoIterator<Item = &'d ManualStepDocument>,
    asks: impl Fn(&str) -> bool,
) -> Vec<Vec<&'d ManualStepDocument>> {
    together(all, |step| {
        let first = step.addresses.first()?;
        let open = step.present.is_null()
            && step.states.is_some()
            && step.addresses.iter().all(|address| asks(address));
        open.then_some((root(first), Field::of(first)?))
    })
}

/// The addresses of a plan whose rows only ask.
pub(super) fn asked(document: &PlanDocument) -> BTreeSet<&str> {
    let rows = document.resource_changes.iter();
    rows.filter(|row| asks(row))
        .map(|row| row.address.as_str())
        .collect()
}

/// Says what to do instead of many steps; `None` where a group is one step.
pub(super) fn look_up(group: &[&ManualStepDocument]) -> Option<Phrase> {
    let [first, _, ..] = group else { return None };
    let field = Field::of(first.addresses.first()?)?;
    let addresses = group.iter().flat_map(|step| &step.addresses);
    Some(Phrase::of("look up ").then(&field.of_all(addresses.map(String::as_str))))
}

/// The command that records many values at once.
pub(super) fn record(document: &PlanDocument) -> String {
    document.in_workspace("attest", "--from FILE.csv --by YOU")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_many_times_is_told_once_at_its_first_place() {
        let all: Vec<String> = (0..24).map(|n| format!("{n:02}")).collect();
        let even = |text: &String| {
            let number: usize = text.parse().ok()?;
            number.is_multiple_of(2).then_some(())
        };
        let groups = together(&all, even);
        assert_eq!(groups.len(), 13);
        assert_eq!(groups[0].len(), 12);
        assert_eq!(groups[1], [&all[1]]);
        let few = together(&all[..18], even);
        assert!(few.iter().all(|group| group.len() == 1), "{few:?}");
    }

    #[test]
    fn the_first_names_are_said() {
        let addresses: Vec<String> = (0..12)
            .map(|n| format!("acme/organization/Org%2F{}/email-domain/{n}.example", n / 2))
            .collect();
        let said = Field::EmailDomains.of_all(addresses.iter().map(String::as_str));
        assert_eq!(
            said.to_string(),
            "the e-mail domains of 6 organizations: `Org/0`, `Org/1`, `Org/2` and 3 more"
        );
    }
}
