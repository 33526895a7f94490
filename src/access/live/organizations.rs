//! Customer organizations, their members and their e-mail domains.

use super::NOT_ASKED;
use super::lists::Lists;
use crate::access::answer::Source;
use crate::access::organizations::{Organization, Organizations};
use crate::access::people::{ListId, PeopleBuilder};
use crate::access::state::Coverage;
use crate::model::{Domain, Field, OrganizationId};
use serde_json::Value;
use std::ops::Bound;

pub(super) fn organizations<'a>(
    lists: &Lists<'a>,
    people: &mut PeopleBuilder<'a>,
) -> Organizations {
    let mut organizations = Organizations::default();
    if lists.observed.whole_organizations().is_none() {
        organizations.hide_others();
    }
    for (at, (id, seen)) in (0..).zip(lists.observed.whole_organizations().into_iter().flatten()) {
        let known = seen
            .email_domains
            .as_ref()
            .map(|seen| (&seen.value, seen.surface));
        let (email_domains, domains) = match known {
            Some((Field::Known(domains), surface)) => {
                let source = Source::Read(surface);
                let domains = domains.iter().map(|domain| (domain.clone(), source));
                (domains.collect(), Coverage::Whole)
            }
            Some((Field::Unknown(why), _)) => attested_domains(lists, id, why),
            None => attested_domains(lists, id, NOT_ASKED),
        };
        let mut organization = Organization {
            id: Some(id.clone()),
            name: seen.name.clone(),
            email_domains: Vec::new(),
            domains: Coverage::Whole,
            provisioned: seen.scim_managed,
            members: lists.fill(people, ListId::Organization(at), seen.members.as_ref()),
            gone: false,
        };
        organization.set_domains(email_domains, domains);
        organizations.push(organization);
    }
    organizations
}

/// The domains that a person saw, one by one or as a whole list; without a whole list there may be others.
fn attested_domains(
    lists: &Lists<'_>,
    id: &OrganizationId,
    why: &str,
) -> (Vec<(Domain, Source)>, Coverage) {
    let unread = Coverage::Unread(why.to_owned());
    let Some(name) = lists.identities.get(id) else {
        return (Vec::new(), unread);
    };
    let desired = lists.desired;
    let list = desired.address(["organization", name.as_str(), "email-domain"]);
    if let Some(attestation) = desired.attestations.get(list.as_str())
        && let Ok(whole) = serde_json::from_value::<Vec<Domain>>(attestation.value.clone())
    {
        let source = Source::Attested(attestation.span);
        let whole = whole.into_iter().map(|domain| (domain, source));
        return (whole.collect(), Coverage::Whole);
    }
    let prefix = format!("{list}/");
    let below = desired
        .attestations
        .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
        .take_while(|(address, _)| address.starts_with(&prefix));
    let seen = below
        .filter(|(_, attestation)| attestation.value == Value::Bool(true))
        .filter_map(|(address, attestation)| {
            let domain = Domain::new(&address[prefix.len()..]).ok()?;
            Some((domain, Source::Attested(attestation.span)))
        });
    (seen.collect(), unread)
}
