//! Limits on how many people gain or lose access.

use super::bounds::{self, Bounds};
use super::{Verdict, Weight};
use crate::access::{Coverage, PersonId, Project, State};
use crate::desired::Desired;
use crate::impact::{self, Group, Impact};
use crate::judge::{Ledger, Sheet, Worlds};
use crate::neutral::named;
use crate::neutral::phrase::Phrase;
use crate::plan::{Block, Change, Effect};
use std::collections::{BTreeSet, HashSet};

/// Which way people go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Losing,
    Gaining,
}

impl Way {
    const fn word(self) -> &'static str {
        match self {
            Self::Losing => "losing",
            Self::Gaining => "gaining",
        }
    }

    const fn people(self, impact: &Impact) -> &BTreeSet<PersonId> {
        match self {
            Self::Losing => &impact.losing,
            Self::Gaining => &impact.gaining,
        }
    }

    const fn groups(self, impact: &Impact) -> &Vec<Group> {
        match self {
            Self::Losing => &impact.losses,
            Self::Gaining => &impact.gains,
        }
    }
}

/// Judges both limits on the gains and losses of both worlds after the first, united.
pub(super) fn limits(
    sheet: &Sheet<'_>,
    desired: &Desired<'_>,
    worlds: &Worlds<'_, '_>,
    blocks: &mut Vec<(usize, Block)>,
    ledger: &mut Ledger,
) {
    let policy = desired.law.policy;
    let limits = [
        (bounds::people_losing(policy), Way::Losing),
        (bounds::people_gaining(policy), Way::Gaining),
    ];
    if limits.iter().all(|(limit, _)| limit.is_none()) {
        return;
    }
    let impacts: Vec<Impact> = worlds
        .after()
        .map(|after| impact::people(worlds.before, after, sheet))
        .collect();
    let all = std::cell::OnceCell::new();
    for (limit, way) in limits {
        let Some(limit) = limit else { continue };
        let mut people: BTreeSet<PersonId> = BTreeSet::new();
        for impact in &impacts {
            people.extend(way.people(impact));
        }
        let key = format!("policy.max_people_{}_access", way.word());
        let all = || *all.get_or_init(|| impact::people_with_access(worlds.before));
        let problem = exceeded(&limit, people.len(), all);
        if let Some(problem) = &problem {
            let groups = impacts.iter().flat_map(|impact| way.groups(impact));
            let causes: BTreeSet<usize> =
                groups.flat_map(|group| &group.caused_by).copied().collect();
            for at in causes {
                blocks.push((at, Block::Policy(format!("{key}: {problem}").into())));
            }
        }
        let unread = unjudged(sheet, worlds.before, way, &key, blocks);
        ledger.put(Verdict {
            kind: "limit",
            name: key,
            weight: Weight::Fails,
            problems: problem
                .into_iter()
                .chain(unread)
                .map(Phrase::from)
                .collect(),
            source: limit.span,
        });
    }
}

/// Blocks the rows that touch a list which was not read whole, so that nobody can say how many people they concern.
fn unjudged(
    sheet: &Sheet<'_>,
    before: &State<'_>,
    way: Way,
    key: &str,
    blocks: &mut Vec<(usize, Block)>,
) -> Vec<String> {
    let mut told = Vec::new();
    let known = std::cell::OnceCell::new();
    let known = || known.get_or_init(|| linked(before));
    for (at, change) in sheet.free() {
        if let Some(missing) = unread(change, before, way, known) {
            let text = format!("{key}: {missing}");
            told.push(format!("{}: {missing}", named(&change.address)));
            blocks.push((at, Block::Unjudged(text.into())));
        }
    }
    told
}

/// Says what was not read of the people whom a change concerns as a whole list.
fn unread<'l>(
    change: &Change,
    before: &State<'_>,
    way: Way,
    linked: impl FnOnce() -> &'l HashSet<u32>,
) -> Option<String> {
    if let Effect::AddCustomerGroup(_, group) = &change.effect
        && way == Way::Gaining
    {
        let known = before.groups.get(group.key());
        let why = match known.map(|known| &known.members) {
            Some(Coverage::Whole | Coverage::AsWritten(_)) => return None,
            Some(Coverage::Unread(why)) => why.as_str(),
            None => "nobody asked",
        };
        return Some(format!(
            "the members of group {} were not read ({why})",
            named(&group.name)
        ));
    }
    let (id, wanted) = match &change.effect {
        Effect::DeleteOrganization(id) | Effect::Unlink(_, id) => (id, Way::Losing),
        Effect::Link(_, crate::plan::OrganizationRef::Existing(id)) => (id, Way::Gaining),
        _ => return None,
    };
    if wanted != way {
        return None;
    }
    let at = before.organizations.of_id(id)?;
    let organization = before.organizations.get(at as usize)?;
    let Coverage::Unread(why) = &organization.members else {
        return None;
    };
    // Where no project can be reached by it, who is in it does not matter.
    if way == Way::Losing && !linked().contains(&at) {
        return None;
    }
    Some(format!(
        "the members of organization {} were not read ({why})",
        named(&organization.name)
    ))
}

/// The organizations that some project links, or may link.
fn linked(before: &State<'_>) -> HashSet<u32> {
    let unread = |project: &Project| project.links != Coverage::Whole;
    if before.projects.iter().any(unread) {
        let all = (0..).zip(&before.organizations);
        return all.map(|(at, _)| at).collect();
    }
    let links = before
        .projects
        .iter()
        .flat_map(|project| &project.organizations);
    links.map(|link| link.organization).collect()
}

/// Says by how much a limit is exceeded; count and percent, whichever comes first. A percentage does not apply below the
/// floor of people with access.
fn exceeded(limit: &Bounds, people: usize, all: impl FnOnce() -> usize) -> Option<String> {
    let number = people as u64;
    if let Some(count) = limit.count
        && number > count
    {
        let people = match people {
            1 => "1 person".to_owned(),
            n => format!("{n} people"),
        };
        return Some(format!("{people}, at most {count} are allowed"));
    }
    let percent = limit.percent.filter(|_| people > 0)?;
    let all = all();
    if (all as u64) < limit.floor.unwrap_or(0) {
        return None;
    }
    (number * 100 > percent * all as u64).then(|| {
        format!("{people} of the {all} people with access, at most {percent} % are allowed")
    })
}
