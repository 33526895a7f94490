//! Which live organization each declared one is: by id, by name, by previous name, by ownership mark.

use crate::config::{Organization, Site};
use crate::model::{OrganizationId, OrganizationName, Read};
use crate::observed::ObservedOrganization;
use std::collections::{BTreeMap, BTreeSet};

/// What a declared organization is on the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// This one, under this name.
    Live(OrganizationId),
    /// Not there.
    Nowhere,
    /// Not there, and a live one has nearly the same name.
    NearDuplicate(OrganizationId),
    /// The written id does not exist.
    IdUnknown,
    /// Several live ones have exactly this name.
    Several(Vec<OrganizationId>),
}

/// Finds every declared organization among the live ones.
///
/// The ownership mark counts only where it was read, and only for organizations that nothing else matches: it survives a
/// rename in the UI.
pub fn identify<'w>(
    site: &'w Site,
    live: &BTreeMap<OrganizationId, ObservedOrganization>,
) -> BTreeMap<&'w OrganizationName, Identity> {
    let mut by_name: BTreeMap<&str, Vec<&OrganizationId>> = BTreeMap::new();
    let mut by_folded: BTreeMap<String, &OrganizationId> = BTreeMap::new();
    let mut by_mark: BTreeMap<&OrganizationName, &OrganizationId> = BTreeMap::new();
    for (id, organization) in live {
        by_name
            .entry(organization.name.as_str())
            .or_default()
            .push(id);
        by_folded
            .entry(OrganizationName::fold(&organization.name))
            .or_insert(id);
        if let Some(Read::Complete(Some(mark))) = &organization.ownership
            && mark.workspace == site.key.as_str()
        {
            by_mark.entry(&mark.key).or_insert(id);
        }
    }
    let named = |name: &OrganizationName| match by_name.get(name.as_str()).map(Vec::as_slice) {
        None | Some([]) => None,
        Some([one]) => Some(Identity::Live((*one).clone())),
        Some(several) => Some(Identity::Several(
            several.iter().map(|id| (*id).clone()).collect(),
        )),
    };
    let mut found: BTreeMap<&OrganizationName, Identity> = BTreeMap::new();
    let mut taken: BTreeSet<OrganizationId> = BTreeSet::new();
    for (name, organization) in &site.organizations {
        let identity = match &organization.id {
            Some(id) if live.contains_key(&id.value) => Some(Identity::Live(id.value.clone())),
            Some(_) => Some(Identity::IdUnknown),
            None => named(name),
        };
        if let Some(identity) = identity {
            if let Identity::Live(id) = &identity {
                taken.insert(id.clone());
            }
            found.insert(name, identity);
        }
    }
    for (name, organization) in &site.organizations {
        if found.contains_key(name) {
            continue;
        }
        let identity = renamed(organization, &named, &taken)
            .or_else(|| {
                let id = by_mark.get(name)?;
                (!taken.contains(*id)).then(|| Identity::Live((*id).clone()))
            })
            .or_else(|| {
                let id = by_folded.get(&name.folded())?;
                (!taken.contains(*id)).then(|| Identity::NearDuplicate((*id).clone()))
            })
            .unwrap_or(Identity::Nowhere);
        if let Identity::Live(id) = &identity {
            taken.insert(id.clone());
        }
        found.insert(name, identity);
    }
    found
}

fn renamed(
    organization: &Organization,
    named: &impl Fn(&OrganizationName) -> Option<Identity>,
    taken: &BTreeSet<OrganizationId>,
) -> Option<Identity> {
    let previous = organization.previous_name.as_ref()?;
    named(&previous.value)
        .filter(|identity| !matches!(identity, Identity::Live(id) if taken.contains(id)))
}
