//! Service projects: access, sharing, links, rosters, spaces.

use super::lists::Lists;
use super::organizations::Positions;
use super::{Moment, NOT_ASKED, permissions, settled};
use crate::access::answer::Source;
use crate::access::desired;
use crate::access::people::{ListId, PeopleBuilder};
use crate::access::state::{Coverage, Fact, Link, Project};
use crate::config::{Mode, OrganizationState};
use crate::desired::Desired;
use crate::model::{
    ChannelAccess, CustomerSharing, Field, ProjectKey, Read, SpaceKey, Surface, WhoCanView,
};
use crate::observed::Observation;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn projects<'a>(
    lists: &Lists<'a>,
    positions: &Positions<'a>,
    people: &mut PeopleBuilder<'a>,
) -> Vec<Project> {
    let desired = lists.desired;
    let after = lists.moment == Moment::After;
    let mut projects = Vec::new();
    let mut circles = 0;
    for (key, seen) in lists.observed.whole_projects().into_iter().flatten() {
        let at = u32::try_from(projects.len()).unwrap_or(u32::MAX);
        let declared = desired.site.projects.get(key).filter(|_| after);
        let roster = lists.fill(
            people,
            ListId::Roster(at),
            seen.customers.as_ref(),
            desired.customers.get(key),
            &BTreeSet::new(),
        );
        let read = Source::Read(Surface::Documented);
        let (mut links, coverage) = match &seen.organizations {
            Some(Read::Complete(ids)) => {
                let links = ids
                    .iter()
                    .filter_map(|id| {
                        Some(Link {
                            organization: *positions.by_id.get(id)?,
                            source: read,
                        })
                    })
                    .collect();
                (links, Coverage::Whole)
            }
            Some(Read::Incomplete(why)) => (Vec::new(), Coverage::Unread(why.why.clone())),
            None => (Vec::new(), Coverage::Unread(NOT_ASKED.to_owned())),
        };
        if after {
            links_after(desired, key, positions, &mut links);
        }
        links.sort_by_key(|link| link.organization);
        let mut access = channel_access(desired, key, seen.channel_access.as_ref());
        let mut sharing = customer_sharing(desired, key, seen.customer_sharing.as_ref());
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
        if let Some(declared) = declared {
            if declared.channel_access.is_some() {
                access = desired::written(declared.channel_access.as_ref());
            }
            if declared.customer_sharing.is_some() {
                sharing = desired::written(declared.customer_sharing.as_ref());
            }
            for (space, linked) in &declared.knowledge_base {
                if linked.who_can_view.is_some() {
                    spaces.insert(
                        space.clone(),
                        desired::written(linked.who_can_view.as_ref()),
                    );
                }
            }
        }
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

/// Links after the plan: retired and deleted organizations go, written ones come, `exact` removes the rest.
fn links_after(
    desired: &Desired<'_>,
    key: &ProjectKey,
    positions: &Positions<'_>,
    links: &mut Vec<Link>,
) {
    for (name, organization) in &desired.site.organizations {
        if organization.state.value != OrganizationState::Present
            && let Some(at) = positions.by_name.get(name)
        {
            links.retain(|link| link.organization != *at);
        }
    }
    let written = desired
        .site
        .projects
        .get(key)
        .and_then(|project| project.organizations.as_ref());
    let Some(written) = written else {
        return;
    };
    let wanted: BTreeMap<u32, Source> = written
        .list
        .iter()
        .filter(|name| {
            desired
                .site
                .organizations
                .get(&name.value)
                .is_none_or(|o| o.state.value == OrganizationState::Present)
        })
        .filter_map(|name| {
            let at = *positions.by_name.get(&name.value)?;
            Some((at, Source::Written(name.span)))
        })
        .collect();
    if written.mode == Mode::Exact {
        links.retain(|link| wanted.contains_key(&link.organization));
    }
    for (organization, source) in wanted {
        if !links.iter().any(|link| link.organization == organization) {
            links.push(Link {
                organization,
                source,
            });
        }
    }
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
