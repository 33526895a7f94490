//! What the impact could not judge, because it was not read: said, never guessed.

use crate::access::{Coverage, Fact, Role, State};
use crate::model::{Field, ProjectKey, Read, SpaceKey};
use crate::neutral::phrase::{Phrase, ours, say};
use crate::observed::{Observation, Observed, Resolution};
use std::collections::BTreeSet;

/// How many names a fragment holds.
const NAMES: usize = 3;

/// Returns what is not known of projects and lists, as sentence fragments in a stable order.
///
/// `before` is the state as read, which attestations complete.
pub(super) fn people(observed: &Observed, before: &State<'_>) -> Vec<Phrase> {
    let projects = match &observed.projects {
        Some(Read::Complete(projects)) => projects,
        Some(Read::Incomplete(why)) => return vec![because("the service projects", &why.why)],
        None => return vec!["the service projects".into()],
    };
    let mut unread = Vec::new();
    let mut linked: BTreeSet<u32> = BTreeSet::new();
    for project in &before.projects {
        let key = &project.key;
        let seen = projects.get(key);
        if project.channel_access.value().is_none() {
            let why = reason(seen.and_then(|seen| seen.channel_access.as_ref()));
            unread.push(format!("whether {key} is open or restricted{why}").into());
        }
        match seen.and_then(|seen| seen.customers.as_ref()) {
            Some(Read::Complete(_)) => {}
            Some(Read::Incomplete(why)) => {
                unread.push(because(&format!("the customers of {key}"), &why.why));
            }
            None => unread.push(format!("the customers of {key}").into()),
        }
        if let Some(why) = &project.scheme.customers_unread {
            unread.push(
                format!("which groups are in the role Service Desk Customers of {key}: {why}")
                    .into(),
            );
        }
        match (
            &project.links,
            seen.and_then(|seen| seen.organizations.as_ref()),
        ) {
            (Coverage::Unread(_), Some(Read::Incomplete(why))) => {
                unread.push(because(&format!("the organizations of {key}"), &why.why));
            }
            (Coverage::Unread(_), Some(Read::Complete(ids))) => {
                let s = if ids.len() == 1 { "" } else { "s" };
                unread.push(
                    format!("the members of the {} organization{s} of {key}", ids.len()).into(),
                );
            }
            (Coverage::Unread(_), None) => {
                unread.push(format!("the organizations of {key}").into())
            }
            _ => {}
        }
        linked.extend(project.organizations.iter().map(|link| link.organization));
    }
    let unknown = linked
        .into_iter()
        .filter_map(|at| before.organizations.get(at as usize))
        .filter(|organization| matches!(organization.members, Coverage::Unread(_)))
        .count();
    if unknown > 0 {
        let s = if unknown == 1 { "" } else { "s" };
        unread.push(format!("the members of {unknown} linked organization{s}").into());
    }
    unread.extend(addresses(observed));
    unread.extend(roles(observed, before));
    unread
}

/// What was not read, and why.
fn because(what: &str, why: &Phrase) -> Phrase {
    say("{}: {}", [ours(what), why.clone()])
}

/// Atlassian accounts of which it is not known whether they hold the role Customer: all of their access rests on that.
fn roles(observed: &Observed, before: &State<'_>) -> Option<Phrase> {
    if matches!(observed.customer_role_holders, Some(Read::Complete(_))) {
        return None;
    }
    let unknown = before
        .people
        .iter()
        .filter(|person| person.account.role == Role::Unknown)
        .count();
    let accounts = match unknown {
        0 => return None,
        1 => "1 Atlassian account holds".to_owned(),
        count => format!("{count} Atlassian accounts hold"),
    };
    let how = match observed.customer_role_holders {
        Some(_) => "the organization's API key reads it",
        None => "the organization's API key reads it, once its `id` is declared",
    };
    Some(format!("whether {accounts} the role Customer ({how})").into())
}

/// Returns what is not known of the site's own settings, on which depends what whole classes of people may do.
pub(super) fn classes(before: &State<'_>) -> Vec<Phrase> {
    if before.projects.is_empty() {
        return Vec::new();
    }
    let site = &before.site;
    let mut unread = Vec::new();
    for (fact, what) in [
        (&site.create, "whether customers can create accounts"),
        (
            &site.no_login,
            "whether portals can be viewed without login",
        ),
    ] {
        if fact.value().is_none() {
            unread.push(what.into());
        }
    }
    unread.extend(accounts(before));
    unread
}

/// What decides whom the site gives an account.
fn accounts(before: &State<'_>) -> Option<Phrase> {
    let site = &before.site;
    let mut parts = Vec::new();
    if site.internal.value().is_none() {
        parts.push("the internal toggle");
    }
    if site.external.value().is_none() {
        parts.push("the external toggle");
    }
    // Without portal-only accounts the list is without effect; the same goes for the other kind below.
    if site.allowed.value().is_none() && site.external.value() != Some(&false) {
        parts.push("the allowed domains");
    }
    if site.internal.value() != Some(&false) {
        if let Coverage::Unread(_) = before.approved.coverage {
            parts.push("the approved domains");
        }
        if let Fact::Unknown(_) = before.any_domain {
            parts.push("the any-domain rule");
        }
    }
    (!parts.is_empty()).then(|| format!("who may get an account ({})", parts.join(", ")).into())
}

/// The articles whose readers were not read, of the projects that are meant.
pub(super) fn articles(before: &State<'_>, meant: impl Fn(&ProjectKey) -> bool) -> Option<Phrase> {
    let unread = |coverage: &Coverage| matches!(coverage, Coverage::Unread(_));
    let links: Vec<&ProjectKey> = before
        .projects
        .iter()
        .filter(|project| meant(&project.key) && unread(&project.spaces_coverage))
        .map(|project| &project.key)
        .collect();
    let viewers: BTreeSet<&SpaceKey> = before
        .projects
        .iter()
        .filter(|project| meant(&project.key))
        .flat_map(|project| &project.spaces)
        .filter(|(_, viewers)| viewers.value().is_none())
        .map(|(space, _)| space)
        .collect();
    let mut parts = Vec::new();
    if !links.is_empty() {
        let keys = links.iter().map(ToString::to_string);
        parts.push(format!("the articles linked to {}", some(keys)));
    }
    if !viewers.is_empty() {
        let keys = viewers.iter().map(ToString::to_string);
        parts.push(format!("who can view the articles of {}", some(keys)));
    }
    (!parts.is_empty()).then(|| parts.join(", and ").into())
}

/// Listed people of whom it is not known whether they have an account.
fn addresses(observed: &Observed) -> Option<Phrase> {
    let unresolved = observed.resolutions.values();
    let count = unresolved
        .filter(|resolution| matches!(resolution, Resolution::Unresolved(_)))
        .count();
    match count {
        0 => None,
        1 => Some("whether 1 listed address has an account".into()),
        n => Some(format!("whether {n} listed addresses have an account").into()),
    }
}

/// The first few names, and how many more there are.
fn some(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMES);
    let first: Vec<String> = names.take(NAMES).collect();
    match more {
        0 => first.join(", "),
        n => format!("{} and {n} more", first.join(", ")),
    }
}

fn reason<T>(seen: Option<&Observation<T>>) -> String {
    match seen.map(|seen| &seen.value) {
        Some(Field::Unknown(why)) => format!(": {why}"),
        _ => String::new(),
    }
}
