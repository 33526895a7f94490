//! Service projects: access, sharing, links, rosters, spaces.

use super::lists::Lists;
use super::{NOT_ASKED, permissions, settled};
use crate::access::answer::Source;
use crate::access::organizations::Organizations;
use crate::access::people::{ListId, PeopleBuilder};
use crate::access::state::{Coverage, Fact, Link, Project};
use crate::desired::Desired;
use crate::model::{
    ChannelAccess, CustomerSharing, Field, ProjectKey, Read, SpaceKey, Surface, WhoCanView,
};
use crate::observed::Observation;
use std::collections::BTreeMap;

pub(super) fn projects<'a>(
    lists: &Lists<'a>,
    organizations: &Organizations,
    people: &mut PeopleBuilder<'a>,
) -> Vec<Project> {
    let desired = lists.desired;
    let unlisted = match &lists.observed.organizations {
        Some(Read::Complete(_)) => None,
        Some(Read::Incomplete(why)) => Some(why.why.to_string()),
        None => Some(NOT_ASKED.to_owned()),
    };
    let mut projects = Vec::new();
    let mut circles = 0;
    for (key, seen) in lists.observed.whole_projects().into_iter().flatten() {
        let at = u32::try_from(projects.len()).unwrap_or(u32::MAX);
        let roster = lists.customers(people, ListId::Roster(at), seen);
        let read = Source::Read(Surface::Documented);
        let (mut links, coverage) = match &seen.organizations {
            // Which organizations these are, and who is in them, is not known.
            Some(Read::Complete(ids)) if unlisted.is_some() && !ids.is_empty() => {
                let why = unlisted.as_deref().unwrap_or(NOT_ASKED);
                (Vec::new(), Coverage::Unread(why.to_owned()))
            }
            Some(Read::Complete(ids)) => {
                let links = ids
                    .iter()
                    .filter_map(|id| {
                        Some(Link {
                            organization: organizations.of_id(id)?,
                            source: read,
                            sure: true,
                        })
                    })
                    .collect();
                (links, Coverage::Whole)
            }
            Some(Read::Incomplete(why)) => (Vec::new(), Coverage::Unread(why.why.to_string())),
            None => (Vec::new(), Coverage::Unread(NOT_ASKED.to_owned())),
        };
        links.sort_by_key(|link| link.organization);
        let access = channel_access(desired, key, seen.channel_access.as_ref());
        let sharing = customer_sharing(desired, key, seen.customer_sharing.as_ref());
        let mut spaces: BTreeMap<_, Fact<WhoCanView>> = BTreeMap::new();
        let mut spaces_coverage = Coverage::Unread(NOT_ASKED.to_owned());
        if let Some(observation) = &seen.knowledge_base {
            match &observation.value {
                Field::Known(linked) => {
                    spaces_coverage = Coverage::Whole;
                    for (space, linked) in linked {
                        let fact = match &linked.who_can_view {
                            Field::Known(who) => {
                                Fact::Known(*who, Source::Read(observation.surface))
                            }
                            Field::Unknown(why) => Fact::Unknown(why.clone()),
                        };
                        spaces.insert(space.clone(), fact);
                    }
                }
                Field::Unknown(why) => spaces_coverage = Coverage::Unread(why.clone()),
            }
        }
        attested_spaces(desired, key, &mut spaces);
        let scheme = permissions::scheme(
            seen.permissions.as_ref(),
            lists.observed,
            people,
            &mut circles,
        );
        projects.push(Project {
            key: key.clone(),
            channel_access: access,
            customer_sharing: sharing,
            organizations: links,
            links: coverage,
            roster,
            spaces,
            spaces_coverage,
            scheme,
        });
    }
    projects
}

fn channel_access(
    desired: &Desired<'_>,
    key: &ProjectKey,
    seen: Option<&Observation<ChannelAccess>>,
) -> Fact<ChannelAccess> {
    settled(
        desired,
        seen,
        &["project", key.as_str(), "access"],
        |value| ChannelAccess::from_word(value.as_str()?),
    )
}

fn customer_sharing(
    desired: &Desired<'_>,
    key: &ProjectKey,
    seen: Option<&Observation<CustomerSharing>>,
) -> Fact<CustomerSharing> {
    settled(
        desired,
        seen,
        &["project", key.as_str(), "sharing"],
        |value| CustomerSharing::from_word(value.as_str()?),
    )
}

fn attested_spaces(
    desired: &Desired<'_>,
    key: &ProjectKey,
    spaces: &mut BTreeMap<SpaceKey, Fact<WhoCanView>>,
) {
    let prefix = format!(
        "{}/",
        desired.address(["project", key.as_str(), "knowledge-base"])
    );
    for (address, attestation) in &desired.attestations {
        let Some(name) = address.strip_prefix(&prefix) else {
            continue;
        };
        let value = attestation.value.as_str().and_then(WhoCanView::from_word);
        if let (Ok(space), Some(who)) = (SpaceKey::new(name), value) {
            let entry = spaces
                .entry(space)
                .or_insert_with(|| Fact::Unknown(NOT_ASKED.to_owned()));
            if entry.value().is_none() {
                *entry = Fact::Known(who, Source::Attested(attestation.span));
            }
        }
    }
}
