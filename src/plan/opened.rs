//! What a plan does to help centers and support sites that customer organizations open: told by name, since no rule judges them.

use super::change::Effect;
use super::{Finding, Plan};
use crate::access::help_center_words;
use crate::model::{Audience, Field, HelpCenter, OrganizationId, Read};
use crate::neutral::named;
use crate::neutral::phrase::{Phrase, foreign, say};
use crate::observed::Observed;
use std::collections::BTreeMap;

/// What becomes of the people of an organization.
#[derive(Default)]
struct Fate {
    /// The row that deletes the organization, by its position.
    deleted: Option<usize>,
    /// The first row that changes its members, and how many come and go.
    first: Option<usize>,
    joining: usize,
    leaving: usize,
}

/// Says which help centers the people of an organization lose with it, or gain and lose as its members, and where that was not read.
pub fn tell(plan: &mut Plan, observed: &Observed) {
    let (Some(organizations), Some(doors)) = (observed.whole_organizations(), &observed.doors)
    else {
        return;
    };
    let told: Vec<Finding> = fates(plan)
        .iter()
        .filter_map(|(id, fate)| Some((&organizations.get(*id)?.name, fate)))
        .flat_map(|(name, fate)| {
            let said = match &doors.help_centers {
                Some(Read::Complete(centers)) => centers
                    .iter()
                    .filter_map(|center| says(center, name, fate).map(Phrase::from))
                    .collect(),
                Some(Read::Incomplete(why)) => unread(name, fate, &why.why),
                None => unread(
                    name,
                    fate,
                    &"the surface `gateway` is not used (`deny`)".into(),
                ),
            };
            let row = fate.deleted.or(fate.first);
            let row = row.and_then(|at| plan.changes.get(at));
            let findings = said.into_iter().filter_map(|message| {
                let row = row?;
                Some(Finding {
                    address: row.address.clone(),
                    code: "opens-help-center",
                    message,
                    source: row.source,
                })
            });
            findings.collect::<Vec<_>>()
        })
        .collect();
    plan.findings.extend(told);
}

/// What the rows that may be done do to the people of each organization.
fn fates(plan: &Plan) -> BTreeMap<&OrganizationId, Fate> {
    use super::change::OrganizationRef::Existing;
    let mut fates: BTreeMap<&OrganizationId, Fate> = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        if !change.blocked_by.is_empty() {
            continue;
        }
        match &change.effect {
            Effect::DeleteOrganization(id) => fates.entry(id).or_default().deleted = Some(at),
            Effect::AddMember(Existing(id), _) => {
                let fate = fates.entry(id).or_default();
                fate.first.get_or_insert(at);
                fate.joining += 1;
            }
            Effect::RemoveMember(id, _) => {
                let fate = fates.entry(id).or_default();
                fate.first.get_or_insert(at);
                fate.leaving += 1;
            }
            _ => {}
        }
    }
    fates
}

/// What is said of a help center that an organization opens, or perhaps.
fn says(center: &HelpCenter, organization: &str, fate: &Fate) -> Option<String> {
    let what = help_center_words(center);
    let is = match &center.audience {
        Field::Known(Audience::Organizations(names, more)) => {
            match (names.iter().any(|name| name == organization), *more) {
                (true, _) => "is",
                (false, 0) => return None,
                (false, _) => "may be",
            }
        }
        // Nobody learns anything from a guess about each member.
        Field::Unknown(_) if fate.deleted.is_some() => "may be",
        Field::Known(_) | Field::Unknown(_) => return None,
    };
    let name = named(organization);
    let opened = format!("{what} {is} opened to the members of {name}");
    Some(match fate.deleted {
        Some(_) => {
            format!("{opened}: deleting the organization closes it to them, and that is not judged")
        }
        None => format!(
            "{opened}: {}, and that is not judged",
            moves(fate.joining, fate.leaving)
        ),
    })
}

fn moves(joining: usize, leaving: usize) -> String {
    let join = match joining {
        1 => "the one who joins gains it as well".to_owned(),
        n => format!("the {n} who join gain it as well"),
    };
    let leave = match leaving {
        1 => "the one who leaves loses it as well".to_owned(),
        n => format!("the {n} who leave lose it as well"),
    };
    match (joining, leaving) {
        (_, 0) => join,
        (0, _) => leave,
        _ => format!("{join}, {leave}"),
    }
}

/// That nobody knows what a deletion closes.
fn unread(organization: &str, fate: &Fate, why: &Phrase) -> Vec<Phrase> {
    let deleted = fate.deleted.map(|_| {
        say(
            "which help centers and support sites are opened to the members of {} was not read, and deleting the organization closes them: {}",
            [foreign(organization), why.clone()],
        )
    });
    deleted.into_iter().collect()
}
