//! What a judgement needs of a site, beyond what is managed: the one definition of what is read, whichever command asks.
//!
//! A project is *judged* when it is managed, named by an expectation, or touched by a row: when something that the files
//! change decides who gets in there. Of judged projects everything is read that decides on access: channel access, customers,
//! links, the members of linked organizations, the permission scheme, and who is in the role of customers.

use super::{Extent, Observer};
use crate::config::{Ability, Create, ExpectedWho, Mode, OrganizationState, Project, Site, Who};
use crate::desired::Desired;
use crate::diagnostic::Located;
use crate::jsm::Organization;
use crate::model::{
    AccountId, Address, ChannelAccess, Email, ManySet, OrganizationId, OrganizationName,
    ProjectKey, Read, SpaceKey,
};
use crate::observed::{ObservedProject, Resolution, Standing};
use crate::plan::identity::{self, Identity};
use std::collections::BTreeSet;

impl Observer<'_, '_> {
    /// Says whether the list of organizations is needed whatever the projects say.
    pub(super) fn needs_organizations(&self) -> bool {
        match &self.extent {
            Extent::Whole(_) => true,
            Extent::Desired(desired) => {
                let site = desired.site;
                !site.organizations.is_empty()
                    || site.organizations_mode == Mode::Exact
                    || !site.nobody_leaves()
                    || site
                        .projects
                        .values()
                        .any(|project| project.organizations.is_some())
            }
        }
    }

    /// Says whether the members of an organization are wanted for sure, before the others are known.
    pub(super) fn surely_wanted(&self, organization: &Organization) -> bool {
        let Extent::Desired(desired) = &self.extent else {
            return true;
        };
        let site = desired.site;
        let declared = site.organizations.get_key_value(organization.name.as_str());
        !site.nobody_leaves()
            || declared.is_some_and(|(name, declared)| {
                declared.id.is_none() && desired.members.contains_key(name)
            })
    }

    /// Says whether rows may change who is a member of a declared organization, or what its members may do.
    pub(super) fn is_managed(&self, desired: &Desired<'_>, name: &OrganizationName) -> bool {
        desired.members.contains_key(name)
            || links(desired.site, name)
            || is_meant(desired, name)
            || desired
                .site
                .organizations
                .get(name)
                .is_some_and(|organization| organization.state.value != OrganizationState::Present)
    }

    /// Returns the projects whose access is judged, among those that the site has.
    pub(super) fn judged(&self) -> BTreeSet<ProjectKey> {
        let Some(projects) = self.observed.whole_projects() else {
            return BTreeSet::new();
        };
        match &self.extent {
            Extent::Whole(whole) => projects
                .keys()
                .filter(|key| whole.only.as_ref().is_none_or(|only| only == *key))
                .cloned()
                .collect(),
            Extent::Desired(desired) => {
                let organizations = self.touched_organizations(desired);
                let leaving = self.leaving(desired);
                let spaces = managed_spaces(desired);
                projects
                    .iter()
                    .filter(|(key, seen)| {
                        is_asked(desired, key)
                            || shows(seen, &spaces)
                            || touches(seen.organizations.as_ref(), |id| organizations.contains(id))
                            || touches(seen.customers.as_ref(), |id| leaving.contains(id))
                    })
                    .map(|(key, _)| key.clone())
                    .collect()
            }
        }
    }

    /// Returns open projects of which nothing is asked, where accounts come, go, or change their role: whoever has one reaches
    /// them, but for a permission scheme that says otherwise.
    pub(super) fn open_to_accounts(&self) -> BTreeSet<ProjectKey> {
        let Extent::Desired(desired) = &self.extent else {
            return BTreeSet::new();
        };
        let projects = self.observed.whole_projects().into_iter().flatten();
        let open = projects.filter(|(_, seen)| {
            let access = seen.channel_access.as_ref();
            access.and_then(|seen| seen.value.known()) == Some(&ChannelAccess::Open)
        });
        let open: BTreeSet<ProjectKey> = open.map(|(key, _)| key.clone()).collect();
        let site = desired.site;
        let ends = !site.roles.is_empty() || site.people.values().any(|person| person.revoked);
        match !open.is_empty() && (ends || self.makes_accounts(desired)) {
            true => open,
            false => BTreeSet::new(),
        }
    }

    /// Says whether somebody who is listed has no account, and is to get one.
    fn makes_accounts(&self, desired: &Desired<'_>) -> bool {
        let resolutions = &self.observed.resolutions;
        let lacks =
            |found: &Resolution| matches!(found, Resolution::NotFound | Resolution::NoneActive);
        if !resolutions.values().any(lacks) {
            return false;
        }
        let mut lists = desired.members.values().chain(desired.customers.values());
        lists.any(|list| {
            list.roster.create != Create::Never
                && list.present.iter().any(|entry| match &entry.who {
                    Who::Email(email) => resolutions.get(email).is_some_and(lacks),
                    Who::Account(_) => false,
                })
        })
    }

    /// Returns the projects of which it matters who serves them: an expectation names somebody who may be an agent there.
    pub(super) fn served(&self) -> BTreeSet<ProjectKey> {
        let Extent::Desired(desired) = &self.extent else {
            return BTreeSet::new();
        };
        // Whoever holds the role Customer may hold an agent's as well, by a group.
        let perhaps_agent = |id: &AccountId| {
            let seen = self.observed.accounts.get(id);
            let customer = seen.is_some_and(|seen| seen.standing == Standing::Customer);
            !customer && !id.looks_portal_only()
        };
        let people: BTreeSet<&Email> = expected_people(desired).collect();
        let domains: BTreeSet<&str> = (expected(desired))
            .filter_map(|who| match who {
                ExpectedWho::Domain(domain) => Some(domain.as_str()),
                _ => None,
            })
            .collect();
        let others = desired
            .expectations()
            .any(|expectation| matches!(expectation.who.value, ExpectedWho::Others(_)));
        let meant = |email: &Email| people.contains(email) || domains.contains(email.domain());
        let one = (self.observed.accounts.iter()).any(|(id, seen)| {
            perhaps_agent(id) && (others || seen.email.as_ref().is_some_and(meant))
        });
        let organizations = self.observed.whole_organizations();
        let identities = organizations.map(|live| identity::identify(desired.site, live));
        let of_a_list = || {
            identities.into_iter().flatten().any(|(name, identity)| {
                let Identity::Live(id) = identity else {
                    return false;
                };
                let seen = organizations.and_then(|live| live.get(&id));
                let members = seen.and_then(|seen| seen.members.as_ref()?.complete());
                is_meant(desired, name) && members.into_iter().flatten().any(perhaps_agent)
            })
        };
        // Who is in a group is read with the projects.
        match one || expected_groups(desired).next().is_some() || of_a_list() {
            true => self
                .judged()
                .into_iter()
                .filter(|key| is_expected(desired, key))
                .collect(),
            false => BTreeSet::new(),
        }
    }

    /// Returns the organizations that judged projects link.
    pub(super) fn linked_to_judged(&self) -> BTreeSet<OrganizationId> {
        let projects = self.observed.whole_projects();
        self.judged()
            .iter()
            .filter_map(|key| projects?.get(key)?.organizations.as_ref()?.complete())
            .flatten()
            .cloned()
            .collect()
    }

    /// Returns the live organizations that rows may change: their members, or whether they are there.
    pub(super) fn touched_organizations(&self, desired: &Desired<'_>) -> BTreeSet<OrganizationId> {
        let Some(live) = self.observed.whole_organizations() else {
            return BTreeSet::new();
        };
        let leaving = self.leaving(desired);
        let identities = identity::identify(desired.site, live);
        let mut touched: BTreeSet<OrganizationId> = identities
            .iter()
            .filter(|(name, _)| {
                desired.members.contains_key(*name)
                    || desired
                        .site
                        .organizations
                        .get(**name)
                        .is_some_and(|declared| declared.state.value != OrganizationState::Present)
            })
            .filter_map(|(_, identity)| match identity {
                Identity::Live(id) => Some(id.clone()),
                _ => None,
            })
            .collect();
        let declared: BTreeSet<&OrganizationId> = identities
            .values()
            .filter_map(|identity| match identity {
                Identity::Live(id) => Some(id),
                _ => None,
            })
            .collect();
        let exact = desired.site.organizations_mode == Mode::Exact;
        touched.extend(
            live.iter()
                .filter(|(id, seen)| {
                    // Only what bears the mark may be removed for not being declared.
                    let ours = matches!(&seen.ownership, Some(Read::Complete(Some(_))));
                    exact && ours && !declared.contains(id)
                        || touches(seen.members.as_ref(), |id| leaving.contains(id))
                })
                .map(|(id, _)| id.clone()),
        );
        touched
    }

    /// Returns the accounts in sight that must leave every list.
    fn leaving(&self, desired: &Desired<'_>) -> ManySet<AccountId> {
        if desired.site.nobody_leaves() {
            return ManySet::default();
        }
        self.observed
            .accounts
            .iter()
            .filter(|(_, seen)| {
                seen.email
                    .as_ref()
                    .is_some_and(|email| desired.site.people.contains_key(email))
            })
            .map(|(id, _)| *id)
            .collect()
    }
}

/// Returns the spaces that the files say something of: who can view one belongs to the space, whichever project links it.
fn managed_spaces<'w>(desired: &Desired<'w>) -> BTreeSet<&'w SpaceKey> {
    let projects = desired.site.projects.values();
    projects
        .flat_map(|project| project.knowledge_base.keys())
        .collect()
}

/// Says whether a project links one of these spaces.
fn shows(seen: &ObservedProject, spaces: &BTreeSet<&SpaceKey>) -> bool {
    let linked = seen.knowledge_base.as_ref();
    let linked = linked.and_then(|observation| observation.value.known());
    (linked.into_iter().flatten()).any(|(space, _)| spaces.contains(space))
}

/// Says whether the files ask something of a project: a value, a list, an expectation.
pub(super) fn is_asked(desired: &Desired<'_>, key: &ProjectKey) -> bool {
    let declared = desired.site.projects.get(key);
    declared.is_some_and(|project| desired.targets.is_empty() || asks(project))
        || is_expected(desired, key)
}

/// Says whether anything of a declared project is managed; a target leaves its name and nothing else.
fn asks(project: &Project) -> bool {
    project.channel_access.is_some()
        || project.customer_sharing.is_some()
        || project.organizations.is_some()
        || project.customers.is_some()
        || project.customer_groups.is_some()
        || !project.knowledge_base.is_empty()
}

/// Says whether an expectation is about a project.
fn is_expected(desired: &Desired<'_>, key: &ProjectKey) -> bool {
    expects(desired, key, |ability| ability != Ability::SignUp)
}

/// Returns whom expectations of a site are about. With a target, only what it leaves is looked up.
fn expected<'w>(desired: &Desired<'w>) -> impl Iterator<Item = &'w ExpectedWho> + use<'w> {
    let whole = desired.targets.is_empty();
    let site = &desired.site.key;
    let expectations = desired.expectations();
    expectations
        .filter(move |expectation| whole && expectation.site.value == *site)
        .flat_map(|expectation| expectation.who.value.named())
}

/// Returns the addresses that expectations of a site are about.
pub(super) fn expected_people<'w>(
    desired: &Desired<'w>,
) -> impl Iterator<Item = &'w Email> + use<'w> {
    expected(desired).filter_map(|who| match who {
        ExpectedWho::Person(email) => Some(email),
        _ => None,
    })
}

/// Returns the names of groups that expectations of a site are about.
pub(super) fn expected_groups<'w>(
    desired: &Desired<'w>,
) -> impl Iterator<Item = &'w str> + use<'w> {
    expected(desired).filter_map(|who| match who {
        ExpectedWho::Group(name) => Some(name.as_str()),
        _ => None,
    })
}

/// Says whether an expectation is about the members of an organization.
fn is_meant(desired: &Desired<'_>, name: &OrganizationName) -> bool {
    let mut expectations = desired.expectations();
    expectations.any(|expectation| {
        expectation.site.value == desired.site.key
            && expectation
                .who
                .value
                .named()
                .into_iter()
                .any(|who| matches!(who, ExpectedWho::Organization(who) if who == name))
    })
}

/// Says whether an expectation is about the articles of a project.
pub(super) fn asks_for_articles(desired: &Desired<'_>, key: &ProjectKey) -> bool {
    expects(desired, key, |ability| ability == Ability::ReadArticle)
}

fn expects(desired: &Desired<'_>, key: &ProjectKey, ability: impl Fn(Ability) -> bool) -> bool {
    let address = Address::new([key.as_str()]);
    desired
        .expectations()
        .filter(|expectation| {
            expectation.site.value == desired.site.key && ability(expectation.ability.value)
        })
        .any(|expectation| {
            let named = |patterns: &[Located<String>]| {
                patterns
                    .iter()
                    .any(|pattern| address.matches(&pattern.value))
            };
            named(&expectation.projects) && !named(&expectation.except)
        })
}

/// Says whether rows may take effect through lists of people, wherever those lead.
pub(super) fn changes_lists(desired: &Desired<'_>) -> bool {
    !desired.members.is_empty()
        || !desired.site.nobody_leaves()
        || desired.site.organizations_mode == Mode::Exact
        || desired
            .site
            .organizations
            .values()
            .any(|declared| declared.state.value != OrganizationState::Present)
}

fn touches<L, T: 'static>(list: Option<&Read<L>>, is_one: impl Fn(&T) -> bool) -> bool
where
    for<'l> &'l L: IntoIterator<Item = &'l T>,
{
    let list = list.and_then(Read::complete);
    list.is_some_and(|list| list.into_iter().any(is_one))
}

/// Says whether some project is to be linked to an organization, so that its members gain something.
pub(super) fn links(site: &Site, name: &OrganizationName) -> bool {
    site.projects
        .values()
        .filter_map(|project: &Project| project.organizations.as_ref())
        .any(|linked| linked.list.iter().any(|listed| listed.value == *name))
}

/// Says whether nothing of a project beside its links is known yet.
pub(super) fn lacks_access(seen: &ObservedProject) -> bool {
    seen.customers.is_none() || seen.channel_access.is_none() || seen.organizations.is_none()
}
