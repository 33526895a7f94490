//! The site as it would be seen after some changes of a plan: the changes folded over what was read.
//!
//! Only what access depends on is folded. Positions stay: an organization that goes is emptied and unlinked rather than
//! taken out, and one that comes is put last, so that lists of two outlooks can be compared by their positions.

mod by_hand;

use crate::desired::Desired;
use crate::model::{
    AccountId, AccountKind, Email, Field, OrganizationId, OrganizationName, ProjectKey, Read,
    SpaceKey, Surface, WhoCanView,
};
use crate::observed::{
    Observation, Observed, ObservedAccount, ObservedGrant, ObservedOrganization, ObservedSpace,
    Standing,
};
use crate::plan::{Change, Operation, OrganizationRef, PersonRef};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What stands before the name of an organization, or the address of an account, that a plan makes; sorts after ids.
const PLANNED: &str = "~planned:";

/// Returns the id by which an account that a plan makes is known in an outlook.
pub(super) fn planned_account(email: &Email) -> AccountId {
    AccountId::new(format!("{PLANNED}{}", email.key()))
}

fn organization(reference: &OrganizationRef) -> OrganizationId {
    match reference {
        OrganizationRef::Existing(id) => id.clone(),
        OrganizationRef::Planned(name) => OrganizationId::new(format!("{PLANNED}{name}")),
    }
}

fn account(reference: &PersonRef) -> AccountId {
    match reference {
        PersonRef::Existing(id) => id.clone(),
        PersonRef::Planned(email) => planned_account(email),
    }
}

/// Says whether a change can concern more people than those whom it names: a setting, a domain, or a link, by which new
/// addresses may get in.
pub(super) const fn concerns_classes(change: &Change) -> bool {
    !matches!(
        change.operation,
        Operation::AddMember(..)
            | Operation::RemoveMember(..)
            | Operation::AddCustomer(..)
            | Operation::RemoveCustomer(..)
            | Operation::CreateAccount { .. }
            | Operation::CreateOrganization(_)
            | Operation::SetCustomerSharing(..)
    )
}

/// Returns whose access the changes can touch; `None` when some change concerns whole classes of people.
pub(super) fn touched(observed: &Observed, changes: &[&Change]) -> Option<HashSet<AccountId>> {
    let mut people: HashSet<AccountId> = HashSet::new();
    let members = |id: &OrganizationId| -> Vec<AccountId> {
        observed
            .whole_organizations()
            .and_then(|live| live.get(id)?.members.as_ref()?.complete())
            .into_iter()
            .flatten()
            .cloned()
            .collect()
    };
    for change in changes {
        match &change.operation {
            Operation::AddMember(_, person) | Operation::AddCustomer(_, person) => {
                people.insert(account(person));
            }
            Operation::RemoveMember(_, id) | Operation::RemoveCustomer(_, id) => {
                people.insert(id.clone());
            }
            Operation::CreateAccount { email, .. } => {
                people.insert(planned_account(email));
            }
            Operation::CreateOrganization(_) | Operation::SetCustomerSharing(..) => {}
            Operation::Link(_, reference) => people.extend(members(&organization(reference))),
            Operation::Unlink(_, id) | Operation::DeleteOrganization(id) => {
                people.extend(members(id));
            }
            _ => return None,
        }
    }
    // Whether an account has a twin depends on the other account of its address.
    let addresses: HashSet<&str> = people
        .iter()
        .filter_map(|id| observed.accounts.get(id)?.email.as_ref())
        .map(Email::key)
        .collect();
    let twins: Vec<AccountId> = observed
        .accounts
        .iter()
        .filter(|(_, seen)| {
            seen.email
                .as_ref()
                .is_some_and(|email| addresses.contains(email.key()))
        })
        .map(|(id, _)| id.clone())
        .collect();
    people.extend(twins);
    Some(people)
}

/// Returns the accounts that the changes put on lists or take off them: all of them are customers, before and after
/// ([`State::live_knowing`](crate::access::State::live_knowing)).
pub(super) fn customers(observed: &Observed, changes: &[&Change]) -> BTreeSet<AccountId> {
    let mut people = BTreeSet::new();
    for change in changes {
        match &change.operation {
            Operation::AddMember(_, PersonRef::Existing(id))
            | Operation::AddCustomer(_, PersonRef::Existing(id))
            | Operation::RemoveMember(_, id)
            | Operation::RemoveCustomer(_, id) => {
                people.insert(id.clone());
            }
            Operation::DeleteOrganization(id) => {
                let live = observed.whole_organizations();
                let members = live.and_then(|live| live.get(id)?.members.as_ref()?.complete());
                people.extend(members.into_iter().flatten().cloned());
            }
            _ => {}
        }
    }
    people
}

/// Returns what was read, as far as it concerns these people; lists of organizations without them stay, emptied.
pub(super) fn reduced(observed: &Observed, people: &HashSet<AccountId>) -> Observed {
    let accounts = observed
        .accounts
        .iter()
        .filter(|(id, _)| people.contains(*id))
        .map(|(id, seen)| (id.clone(), seen.clone()))
        .collect();
    let list = |list: &Option<Read<BTreeSet<AccountId>>>| {
        list.as_ref().map(|list| match list {
            Read::Complete(ids) => Read::Complete(
                ids.iter()
                    .filter(|id| people.contains(*id))
                    .cloned()
                    .collect(),
            ),
            Read::Incomplete(why) => Read::Incomplete(why.clone()),
        })
    };
    let organizations = observed.organizations.as_ref().map(|read| match read {
        Read::Complete(live) => Read::Complete(
            live.iter()
                .map(|(id, seen)| {
                    let seen = ObservedOrganization {
                        name: seen.name.clone(),
                        scim_managed: seen.scim_managed,
                        members: list(&seen.members),
                        ownership: None,
                        email_domains: seen.email_domains.clone(),
                    };
                    (id.clone(), seen)
                })
                .collect(),
        ),
        Read::Incomplete(why) => Read::Incomplete(why.clone()),
    });
    let projects = observed.projects.as_ref().map(|read| match read {
        Read::Complete(live) => Read::Complete(
            live.iter()
                .map(|(key, seen)| {
                    let customers = list(&seen.customers);
                    let seen = crate::observed::ObservedProject {
                        desk: seen.desk.clone(),
                        name: seen.name.clone(),
                        channel_access: seen.channel_access.clone(),
                        customer_sharing: seen.customer_sharing.clone(),
                        echoed_signup: seen.echoed_signup,
                        echoed_anonymous: seen.echoed_anonymous,
                        organizations: seen.organizations.clone(),
                        customers,
                        knowledge_base: seen.knowledge_base.clone(),
                        permissions: seen.permissions.clone(),
                    };
                    (key.clone(), seen)
                })
                .collect(),
        ),
        Read::Incomplete(why) => Read::Incomplete(why.clone()),
    });
    Observed {
        format_version: observed.format_version.clone(),
        site: observed.site.clone(),
        cloud_id: observed.cloud_id.clone(),
        caller: observed.caller.clone(),
        accounts,
        resolutions: BTreeMap::new(),
        organizations,
        projects,
        settings: observed.settings.clone(),
        approved_domains: observed.approved_domains.clone(),
        any_domain: observed.any_domain.clone(),
        customer_role: observed.customer_role.clone(),
        rights: observed.rights.clone(),
        groups: observed.groups.clone(),
        customer_role_holders: observed.customer_role_holders.clone(),
        requests: observed.requests,
    }
}

/// Says whether a project's roster and all its organizations are empty when the changes are done, by counting.
pub(super) fn emptied(observed: &Observed, changes: &[&Change], key: &ProjectKey) -> bool {
    let Some(project) = observed.whole_projects().and_then(|live| live.get(key)) else {
        return false;
    };
    let (Some(Read::Complete(customers)), Some(Read::Complete(linked))) =
        (&project.customers, &project.organizations)
    else {
        return false;
    };
    let mut roster = customers.len();
    let mut linked = linked.clone();
    let mut members: HashMap<OrganizationId, usize> = HashMap::new();
    // Who is in organizations that were not read is not known.
    if observed.whole_organizations().is_none() && !linked.is_empty() {
        return false;
    }
    for (id, seen) in observed.whole_organizations().into_iter().flatten() {
        // A list that was not read may hold somebody.
        let count = match &seen.members {
            Some(Read::Complete(list)) => list.len(),
            _ => usize::MAX / 2,
        };
        members.insert(id.clone(), count);
    }
    for change in changes {
        match &change.operation {
            Operation::AddCustomer(here, _) if here == key => roster += 1,
            Operation::RemoveCustomer(here, _) if here == key => roster = roster.saturating_sub(1),
            Operation::Link(here, reference) if here == key => {
                linked.insert(organization(reference));
            }
            Operation::Unlink(here, id) if here == key => {
                linked.remove(id);
            }
            Operation::DeleteOrganization(id) => {
                linked.remove(id);
            }
            Operation::AddMember(reference, _) => {
                *members.entry(organization(reference)).or_default() += 1;
            }
            Operation::RemoveMember(id, _) => {
                let count = members.entry(id.clone()).or_default();
                *count = count.saturating_sub(1);
            }
            _ => {}
        }
    }
    roster == 0
        && linked
            .iter()
            .all(|id| members.get(id).is_none_or(|count| *count == 0))
}

/// Folds changes over what was read. Manual ones count as done; filter them out where they must not.
pub(super) fn fold<'c>(
    mut observed: Observed,
    desired: &Desired<'_>,
    changes: impl IntoIterator<Item = &'c Change>,
) -> Observed {
    for change in changes {
        one(&mut observed, desired, change);
    }
    observed
}

fn one(observed: &mut Observed, desired: &Desired<'_>, change: &Change) {
    match &change.operation {
        Operation::CreateAccount { email, name } => {
            observed.accounts.insert(
                planned_account(email),
                ObservedAccount {
                    email: Some(email.clone()),
                    name: name.clone(),
                    kind: Some(AccountKind::PortalOnly),
                    active: true,
                    standing: Standing::Customer,
                },
            );
        }
        Operation::CreateOrganization(name) => create_organization(observed, name),
        Operation::DeleteOrganization(id) => {
            if let Some(members) = members(observed, id) {
                members.clear();
            }
            if let Some(Read::Complete(projects)) = &mut observed.projects {
                for project in projects.values_mut() {
                    if let Some(Read::Complete(linked)) = &mut project.organizations {
                        linked.remove(id);
                    }
                }
            }
        }
        Operation::AddMember(reference, person) => {
            if let Some(members) = members(observed, &organization(reference)) {
                members.insert(account(person));
            }
        }
        Operation::RemoveMember(id, person) => {
            if let Some(members) = members(observed, id) {
                members.remove(person);
            }
        }
        Operation::AddCustomer(key, person) => {
            if let Some(Some(Read::Complete(customers))) =
                project(observed, key).map(|project| &mut project.customers)
            {
                customers.insert(account(person));
            }
        }
        Operation::RemoveCustomer(key, person) => {
            if let Some(Some(Read::Complete(customers))) =
                project(observed, key).map(|project| &mut project.customers)
            {
                customers.remove(person);
            }
        }
        Operation::Link(key, reference) => {
            if let Some(Some(Read::Complete(linked))) =
                project(observed, key).map(|project| &mut project.organizations)
            {
                linked.insert(organization(reference));
            }
        }
        Operation::Unlink(key, id) => {
            if let Some(Some(Read::Complete(linked))) =
                project(observed, key).map(|project| &mut project.organizations)
            {
                linked.remove(id);
            }
        }
        Operation::SetChannelAccess(key, access) => {
            if let Some(project) = project(observed, key) {
                project.channel_access = Some(Observation::read(*access, change.surface));
            }
        }
        Operation::SetCustomerSharing(key, sharing) => {
            if let Some(project) = project(observed, key) {
                project.customer_sharing = Some(Observation::read(*sharing, change.surface));
            }
        }
        Operation::LinkSpace(key, space, who) => {
            // A space that is linked without a choice gets Confluence's own default, which is not known.
            set_viewers(observed, key, space, *who, change.surface);
        }
        Operation::SetViewers(key, space, who) => {
            set_viewers(observed, key, space, Some(*who), change.surface);
        }
        Operation::SetSite(field, value) => {
            let value = Observation::read(value.clone(), change.surface);
            observed.settings.insert(*field, value);
        }
        Operation::SetEmailDomains(reference, domains) => {
            if let Some(organization) = organization_mut(observed, &organization(reference)) {
                organization.email_domains =
                    Some(Observation::read(domains.clone(), change.surface));
            }
        }
        Operation::ApproveDomain {
            domain,
            role,
            admin_approval,
        } => {
            if let Some(Read::Complete(approved)) = &mut observed.approved_domains {
                let entry = approved.entry(domain.clone()).or_insert_with(|| {
                    crate::observed::ObservedApproval {
                        jsm: None,
                        others: 0,
                    }
                });
                entry.jsm = Some(ObservedGrant {
                    role: Some(role.clone()),
                    admin_approval: Some(*admin_approval),
                });
            }
        }
        Operation::DisapproveDomain(domain) => {
            if let Some(Read::Complete(approved)) = &mut observed.approved_domains {
                approved.remove(domain);
            }
        }
        Operation::Manual => by_hand::by_hand(observed, desired, change),
    }
}

fn create_organization(observed: &mut Observed, name: &OrganizationName) {
    if let Some(Read::Complete(live)) = &mut observed.organizations {
        live.insert(
            organization(&OrganizationRef::Planned(name.clone())),
            ObservedOrganization {
                name: name.as_str().to_owned(),
                scim_managed: false,
                members: Some(Read::Complete(BTreeSet::new())),
                ownership: None,
                email_domains: None,
            },
        );
    }
}

fn organization_mut<'o>(
    observed: &'o mut Observed,
    id: &OrganizationId,
) -> Option<&'o mut ObservedOrganization> {
    match &mut observed.organizations {
        Some(Read::Complete(live)) => live.get_mut(id),
        _ => None,
    }
}

fn members<'o>(
    observed: &'o mut Observed,
    id: &OrganizationId,
) -> Option<&'o mut BTreeSet<AccountId>> {
    match &mut organization_mut(observed, id)?.members {
        Some(Read::Complete(members)) => Some(members),
        _ => None,
    }
}

fn project<'o>(
    observed: &'o mut Observed,
    key: &ProjectKey,
) -> Option<&'o mut crate::observed::ObservedProject> {
    match &mut observed.projects {
        Some(Read::Complete(live)) => live.get_mut(key),
        _ => None,
    }
}

fn set_viewers(
    observed: &mut Observed,
    key: &ProjectKey,
    space: &SpaceKey,
    who: Option<WhoCanView>,
    surface: Surface,
) {
    let Some(project) = project(observed, key) else {
        return;
    };
    let mut spaces = match project.knowledge_base.take().map(|seen| seen.value) {
        Some(Field::Known(spaces)) => spaces,
        _ => BTreeMap::new(),
    };
    let who_can_view = match who {
        Some(who) => Field::Known(who),
        None => Field::Unknown("the space is linked without a choice of viewers".to_owned()),
    };
    spaces.insert(
        space.clone(),
        ObservedSpace {
            ari: None,
            who_can_view,
            possible: None,
        },
    );
    project.knowledge_base = Some(Observation::read(spaces, surface));
}
