//! Customer organizations, their members and their e-mail domains.

use super::Moment;
use super::lists::{Lists, join, proves_role};
use crate::access::answer::Source;
use crate::access::desired;
use crate::access::people::{ListId, PeopleBuilder};
use crate::access::state::{Coverage, Organization};
use crate::config::OrganizationState;
use crate::desired::Desired;
use crate::model::{Domain, Field, OrganizationId, OrganizationName};
use serde_json::Value;
use std::collections::BTreeMap;

/// Organizations by position, and the positions of live ids and of written names.
pub(super) struct Positions<'a> {
    pub(super) by_id: BTreeMap<OrganizationId, u32>,
    pub(super) by_name: BTreeMap<&'a OrganizationName, u32>,
}

pub(super) fn organizations<'a>(
    lists: &Lists<'a>,
    people: &mut PeopleBuilder<'a>,
) -> (Vec<Organization>, Positions<'a>) {
    let site = lists.desired.site;
    let after = lists.moment == Moment::After;
    let mut organizations = Vec::new();
    let mut positions = Positions {
        by_id: BTreeMap::new(),
        by_name: BTreeMap::new(),
    };
    for (id, seen) in lists.observed.whole_organizations().into_iter().flatten() {
        let name = lists.identities.get(id).copied();
        let declared = name.and_then(|name| site.organizations.get(name));
        let state = declared.map(|declared| declared.state.value);
        if after && state == Some(OrganizationState::Absent) {
            continue;
        }
        let retired = after && state == Some(OrganizationState::Retired);
        let at = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
        positions.by_id.insert(id.clone(), at);
        if let Some(name) = name {
            positions.by_name.insert(name, at);
        }
        let written_domains = declared
            .filter(|_| after)
            .and_then(|declared| declared.email_domains.as_ref());
        let email_domains: Vec<(Domain, Source)> = match (written_domains, &seen.email_domains) {
            _ if retired => Vec::new(),
            (Some(written), _) => written
                .value
                .iter()
                .map(|domain| (domain.value.clone(), Source::Written(domain.span)))
                .collect(),
            (None, Some(seen)) => match &seen.value {
                Field::Known(domains) => domains
                    .iter()
                    .map(|domain| (domain.clone(), Source::Read(seen.surface)))
                    .collect(),
                Field::Unknown(_) => attested_domains(lists.desired, name),
            },
            (None, None) => attested_domains(lists.desired, name),
        };
        let members = if retired {
            let were = seen.members.as_ref().and_then(|read| read.complete());
            for account in were.into_iter().flatten() {
                if let Some(id) = people.find_account(account) {
                    proves_role(people, id);
                }
            }
            Coverage::Whole
        } else {
            let keep = email_domains.iter().map(|(domain, _)| domain).collect();
            let wanted = name.and_then(|name| lists.desired.members.get(name));
            lists.fill(
                people,
                ListId::Organization(at),
                seen.members.as_ref(),
                wanted,
                &keep,
            )
        };
        organizations.push(Organization {
            name: seen.name.clone(),
            email_domains,
            members,
        });
    }
    if after {
        for (name, declared) in &site.organizations {
            if positions.by_name.contains_key(name)
                || declared.state.value != OrganizationState::Present
            {
                continue;
            }
            let at = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
            positions.by_name.insert(name, at);
            if let Some(roster) = lists.desired.members.get(name) {
                for entry in &roster.present {
                    let known = match &entry.who {
                        crate::config::Who::Email(email) => people.find(email),
                        crate::config::Who::Account(id) => people.find_account(id),
                    };
                    let id = known.unwrap_or_else(|| desired::intern(people, entry));
                    join(
                        people,
                        id,
                        ListId::Organization(at),
                        Source::Written(entry.span),
                    );
                }
            }
            organizations.push(Organization {
                name: name.as_str().to_owned(),
                email_domains: declared
                    .email_domains
                    .iter()
                    .flat_map(|domains| &domains.value)
                    .map(|domain| (domain.value.clone(), Source::Written(domain.span)))
                    .collect(),
                members: Coverage::Whole,
            });
        }
    }
    (organizations, positions)
}

fn attested_domains(
    desired: &Desired<'_>,
    name: Option<&OrganizationName>,
) -> Vec<(Domain, Source)> {
    let Some(name) = name else {
        return Vec::new();
    };
    let below = desired.address(["organization", name.as_str(), "email-domain"]);
    let prefix = format!("{below}/");
    desired
        .attestations
        .iter()
        .filter(|(address, attestation)| {
            address.starts_with(&prefix) && attestation.value == Value::Bool(true)
        })
        .filter_map(|(address, attestation)| {
            let domain = Domain::new(&address[prefix.len()..]).ok()?;
            Some((domain, Source::Attested(attestation.span)))
        })
        .collect()
}
