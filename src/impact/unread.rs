//! What the impact could not judge, because it was not read: said, never guessed.

use crate::desired::Desired;
use crate::model::{Field, OrganizationId, Read, SiteField};
use crate::observed::{Observation, Observed};
use std::collections::BTreeSet;

/// Returns what is not known of the site and bears on who has access, as sentence fragments in a stable order.
pub(super) fn unread(desired: &Desired<'_>, observed: &Observed) -> Vec<String> {
    let mut unread = Vec::new();
    let projects = match &observed.projects {
        Some(Read::Complete(projects)) => projects,
        Some(Read::Incomplete(why)) => return vec![format!("the service projects: {}", why.why)],
        None => return vec!["the service projects".to_owned()],
    };
    let mut linked: BTreeSet<&OrganizationId> = BTreeSet::new();
    for (key, project) in projects {
        let attested = |part: &str| {
            let address = desired.address(["project", key.as_str(), part]);
            desired.attestations.contains_key(address.as_str())
        };
        if !known(project.channel_access.as_ref()) && !attested("access") {
            let why = reason(project.channel_access.as_ref());
            unread.push(format!("whether {key} is open or restricted{why}"));
        }
        match &project.customers {
            Some(Read::Complete(_)) => {}
            Some(Read::Incomplete(why)) => {
                unread.push(format!("the customers of {key}: {}", why.why));
            }
            None => unread.push(format!("the customers of {key}")),
        }
        match &project.organizations {
            Some(Read::Complete(ids)) => linked.extend(ids),
            Some(Read::Incomplete(why)) => {
                unread.push(format!("the organizations of {key}: {}", why.why));
            }
            None => unread.push(format!("the organizations of {key}")),
        }
    }
    let mut unknown = 0_usize;
    for id in linked {
        let members = observed
            .whole_organizations()
            .and_then(|live| live.get(id)?.members.as_ref());
        if !matches!(members, Some(Read::Complete(_))) {
            unknown += 1;
        }
    }
    if unknown > 0 {
        let s = if unknown == 1 { "" } else { "s" };
        unread.push(format!("the members of {unknown} linked organization{s}"));
    }
    let echoed = |read: fn(&crate::observed::ObservedProject) -> Option<bool>| {
        projects.values().any(|project| read(project).is_some())
    };
    for (field, what, echoed) in [
        (
            SiteField::CustomersCanCreateAccounts,
            "whether customers can create accounts",
            echoed(|project| project.echoed_signup),
        ),
        (
            SiteField::ViewWithoutLogin,
            "whether portals can be viewed without login",
            echoed(|project| project.echoed_anonymous),
        ),
    ] {
        let address = desired.address(field.address_parts());
        let known = known(observed.settings.get(&field))
            || echoed
            || desired.attestations.contains_key(address.as_str());
        if !known && !projects.is_empty() {
            unread.push(what.to_owned());
        }
    }
    unread
}

fn known<T>(seen: Option<&Observation<T>>) -> bool {
    seen.is_some_and(|seen| seen.value.known().is_some())
}

fn reason<T>(seen: Option<&Observation<T>>) -> String {
    match seen.map(|seen| &seen.value) {
        Some(Field::Unknown(why)) => format!(": {why}"),
        _ => String::new(),
    }
}
