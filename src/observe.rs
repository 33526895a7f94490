//! Reading a site as far as the desired state needs it: bulk lists only, never a request per existing member.
//!
//! What cannot be read ends as [`Read::Incomplete`] or as an unknown field. Only the probe of the caller's identity is
//! fatal, since nothing can be believed without it.

mod people;
mod permissions;
mod projects;
mod settings;

pub use permissions::{Depth, changing_access, observe_permissions};
pub(crate) use settings::jsm_product;

use crate::config::{Mode, OrganizationState, Surfaces};
use crate::desired::Desired;
use crate::jsm::{Account, ApiError, Organization, Reader};
use crate::model::{Email, Incomplete, OrganizationId, Read, SiteKey};
use crate::observed::{Observed, ObservedAccount, ObservedOrganization, Ownership, Standing};
use crate::plan::identity::{self, Identity};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many lists are read at the same time; the client's own limit is what counts towards the site.
const LISTS_AT_ONCE: usize = 64;

/// What to read.
pub(crate) enum Extent<'d, 'w> {
    /// What a desired state manages.
    Desired(&'d Desired<'w>),
    /// Everything, for an export.
    Everything(&'d Surfaces, Option<&'d str>),
}

/// Reads what a desired state manages.
///
/// # Errors
/// When the caller's identity cannot be read: credentials missing or refused, or the site out of reach.
pub async fn observe(reader: &Reader, desired: &Desired<'_>) -> Result<Observed, ApiError> {
    let extent = Extent::Desired(desired);
    Observer::run(reader, desired.site.key.clone(), extent, BTreeSet::new()).await
}

/// Reads everything that the surfaces allow, for an export or a snapshot.
///
/// `atlassian_organization` is the id of the Atlassian organization, where approved domains are wanted.
///
/// # Errors
/// As [`observe`].
pub async fn observe_everything(
    reader: &Reader,
    site: SiteKey,
    surfaces: &Surfaces,
    atlassian_organization: Option<&str>,
) -> Result<Observed, ApiError> {
    Observer::run(
        reader,
        site,
        Extent::Everything(surfaces, atlassian_organization),
        BTreeSet::new(),
    )
    .await
}

/// Reads everything that access depends on, and whether these addresses have accounts.
///
/// # Errors
/// As [`observe`].
pub async fn observe_access(
    reader: &Reader,
    site: SiteKey,
    surfaces: &Surfaces,
    atlassian_organization: Option<&str>,
    people: BTreeSet<Email>,
) -> Result<Observed, ApiError> {
    let extent = Extent::Everything(surfaces, atlassian_organization);
    Observer::run(reader, site, extent, people).await
}

/// Says whether some project is to be linked to an organization, so that its members gain something.
fn links(site: &crate::config::Site, name: &crate::model::OrganizationName) -> bool {
    site.projects
        .values()
        .filter_map(|project| project.organizations.as_ref())
        .any(|linked| linked.list.iter().any(|listed| listed.value == *name))
}

/// A reading under way.
pub(crate) struct Observer<'d, 'w> {
    reader: &'d Reader,
    /// Addresses to look up beyond those that the extent needs.
    people: BTreeSet<Email>,
    extent: Extent<'d, 'w>,
    caller_email: Option<String>,
    observed: Observed,
}

impl<'d, 'w> Observer<'d, 'w> {
    async fn run(
        reader: &'d Reader,
        site: SiteKey,
        extent: Extent<'d, 'w>,
        people: BTreeSet<Email>,
    ) -> Result<Observed, ApiError> {
        let identity = reader.identity().await?;
        let mut observer = Self {
            reader,
            people,
            extent,
            caller_email: identity.email,
            observed: Observed::nothing(site),
        };
        observer.observed.caller = Some(identity.account_id);
        observer.observed.cloud_id = Some(identity.cloud_id);
        observer.projects().await;
        observer.organizations().await;
        observer.members().await;
        observer.site_settings().await;
        observer.approved_domains().await;
        observer.addresses_of_listed_ids().await;
        observer.resolve_addresses().await;
        observer.kinds_of_shared_addresses().await;
        observer.standings().await;
        Ok(observer.observed)
    }

    fn surfaces(&self) -> &Surfaces {
        match &self.extent {
            Extent::Desired(desired) => &desired.site.surfaces,
            Extent::Everything(surfaces, _) => surfaces,
        }
    }

    /// Returns the organizations linked to projects that the workspace declares; judging impact needs their members.
    fn touched_links(&self) -> impl Iterator<Item = &OrganizationId> {
        let declared = match &self.extent {
            Extent::Desired(desired) if desired.targets.is_empty() => Some(&desired.site.projects),
            _ => None,
        };
        self.observed
            .whole_projects()
            .into_iter()
            .flatten()
            .filter(move |(key, _)| declared.is_some_and(|projects| projects.contains_key(*key)))
            .filter_map(|(_, project)| project.organizations.as_ref()?.complete())
            .flatten()
    }

    async fn organizations(&mut self) {
        let needed = match &self.extent {
            Extent::Everything(..) => true,
            Extent::Desired(desired) => {
                let site = desired.site;
                !site.organizations.is_empty()
                    || site.organizations_mode == Mode::Exact
                    || !site.people.is_empty()
                    || site
                        .projects
                        .values()
                        .any(|project| project.organizations.is_some())
                    || self.touched_links().next().is_some()
            }
        };
        if !needed {
            return;
        }
        let mut listed = self.list_organizations().await;
        if let Read::Complete(live) = &listed
            && let Some(why) = self.blind_spot(live).await
        {
            listed = Read::Incomplete(why);
        }
        self.observed.organizations = Some(listed);
        self.ownership().await;
    }

    /// Lists the organizations. One that a project links and that the list lacks slipped between two pages, or the list
    /// lags behind: it would look as if it had to be made, and its link as if nobody wanted it.
    async fn list_organizations(&self) -> Read<BTreeMap<OrganizationId, ObservedOrganization>> {
        let linked: BTreeSet<&OrganizationId> = self
            .observed
            .whole_projects()
            .into_iter()
            .flat_map(|projects| projects.values())
            .filter_map(|project| project.organizations.as_ref()?.complete())
            .flatten()
            .collect();
        let lacks = |list: &Vec<Organization>| {
            let listed: BTreeSet<&OrganizationId> = list.iter().map(|row| &row.id).collect();
            !linked.is_subset(&listed)
        };
        let look = async || self.reader.organizations().await;
        let listed = self.reader.settled(look, |list| !lacks(list)).await;
        match listed {
            Err(error) => Read::Incomplete(error.incomplete()),
            Ok(list) if lacks(&list) => Read::Incomplete(Incomplete {
                why: "a project links an organization that the list of organizations lacks: the site is being changed; run again".into(),
                forbidden: false,
            }),
            Ok(list) => Read::Complete(
                list.into_iter()
                    .map(|organization| {
                        let seen = ObservedOrganization {
                            name: organization.name,
                            scim_managed: organization.scim_managed,
                            members: None,
                            ownership: None,
                            email_domains: None,
                        };
                        (organization.id, seen)
                    })
                    .collect(),
            ),
        }
    }

    /// Says why a list of organizations cannot be believed: somebody without rights sees only their own ones, and the
    /// rest would look as if it had to be created.
    async fn blind_spot(
        &self,
        live: &BTreeMap<OrganizationId, ObservedOrganization>,
    ) -> Option<Incomplete> {
        let missing = match &self.extent {
            // Nothing says how many there should be, and an export must not pass a part for the whole.
            Extent::Everything(..) => true,
            Extent::Desired(desired) => identity::identify(desired.site, live)
                .values()
                .any(|identity| !matches!(identity, Identity::Live(_))),
        };
        if !missing {
            return None;
        }
        let agent = "SERVICEDESK_AGENT";
        match self.reader.permissions(&["ADMINISTER", agent], None).await {
            Err(error) => Some(error.incomplete()),
            Ok(rights) if rights.values().any(|has| *has) => None,
            Ok(_) => Some(Incomplete {
                why: "the caller is neither a Jira administrator nor an agent, and such callers see only their own organizations".into(),
                forbidden: true,
            }),
        }
    }

    /// Reads ownership marks: only before an organization would be made, or removed for not being declared.
    async fn ownership(&mut self) {
        let Some(live) = self.observed.whole_organizations() else {
            return;
        };
        let wanted: Vec<OrganizationId> = match &self.extent {
            Extent::Everything(..) => Vec::new(),
            Extent::Desired(desired) => {
                let identities = identity::identify(desired.site, live);
                let creates = identities.iter().any(|(name, identity)| {
                    let state = desired
                        .site
                        .organizations
                        .get(*name)
                        .map(|organization| organization.state.value);
                    *identity == Identity::Nowhere && state == Some(OrganizationState::Present)
                });
                let matched: BTreeSet<&OrganizationId> = identities
                    .values()
                    .filter_map(|identity| match identity {
                        Identity::Live(id) => Some(id),
                        _ => None,
                    })
                    .collect();
                if creates || desired.site.organizations_mode == Mode::Exact {
                    live.keys()
                        .filter(|id| !matched.contains(id))
                        .cloned()
                        .collect()
                } else {
                    Vec::new()
                }
            }
        };
        let reader = self.reader;
        let marks: Vec<_> = stream::iter(wanted)
            .map(|id| async move {
                let read = reader.organization_property(&id, Ownership::PROPERTY).await;
                let mark = match read {
                    Err(error) => Read::Incomplete(error.incomplete()),
                    // A property of another shape is somebody else's: not ours.
                    Ok(value) => {
                        Read::Complete(value.and_then(|value| serde_json::from_value(value).ok()))
                    }
                };
                (id, mark)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        self.each_organization(marks, |organization, mark| {
            organization.ownership = Some(mark)
        });
    }

    fn each_organization<T>(
        &mut self,
        values: Vec<(OrganizationId, T)>,
        set: impl Fn(&mut ObservedOrganization, T),
    ) {
        if let Some(Read::Complete(live)) = &mut self.observed.organizations {
            for (id, value) in values {
                if let Some(organization) = live.get_mut(&id) {
                    set(organization, value);
                }
            }
        }
    }

    /// Reads members of the organizations that are ours to change, of those that a person must leave, and, for judging
    /// impact, of those that are linked to declared projects.
    async fn members(&mut self) {
        let Some(live) = self.observed.whole_organizations() else {
            return;
        };
        let wanted: BTreeSet<OrganizationId> = match &self.extent {
            Extent::Everything(..) => live.keys().cloned().collect(),
            Extent::Desired(desired) if !desired.site.people.is_empty() => {
                live.keys().cloned().collect()
            }
            Extent::Desired(desired) => identity::identify(desired.site, live)
                .into_iter()
                .filter(|(name, _)| {
                    desired.members.contains_key(*name)
                        || desired.targets.is_empty() && links(desired.site, name)
                        || desired
                            .site
                            .organizations
                            .get(*name)
                            .is_some_and(|organization| {
                                organization.state.value == OrganizationState::Retired
                            })
                })
                .filter_map(|(_, identity)| match identity {
                    Identity::Live(id) => Some(id),
                    _ => None,
                })
                .chain(self.touched_links().cloned())
                .collect(),
        };
        let reader = self.reader;
        let lists: Vec<_> = stream::iter(wanted)
            .map(|id| async move {
                let members = reader.organization_members(&id).await;
                (id, members)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        let mut reads = Vec::with_capacity(lists.len());
        for (id, list) in lists {
            reads.push((id, self.keep_accounts(list)));
        }
        self.each_organization(reads, |organization, members| {
            organization.members = Some(members)
        });
    }

    /// Remembers the accounts of a list and returns their ids.
    fn keep_accounts(
        &mut self,
        list: Result<Vec<Account>, ApiError>,
    ) -> Read<BTreeSet<crate::model::AccountId>> {
        match list {
            Err(error) => Read::Incomplete(error.incomplete()),
            Ok(accounts) => {
                let mut ids = BTreeSet::new();
                for account in accounts {
                    ids.insert(account.account_id.clone());
                    self.keep_account(account);
                }
                Read::Complete(ids)
            }
        }
    }

    fn keep_account(&mut self, account: Account) {
        keep_account(&mut self.observed, account);
    }
}

/// Remembers an account that a list showed, beside what is known of it already.
fn keep_account(observed: &mut Observed, account: Account) {
    // An address that does not parse cannot be compared with anything, so it counts as hidden.
    let email = account
        .email
        .as_deref()
        .and_then(|text| Email::new(text).ok());
    let standing = if account.app {
        Standing::App
    } else {
        Standing::NotAsked
    };
    match observed.accounts.get_mut(&account.account_id) {
        None => {
            let seen = ObservedAccount {
                email,
                name: account.display_name,
                kind: account.kind,
                active: account.active,
                standing,
            };
            observed.accounts.insert(account.account_id, seen);
        }
        Some(seen) => {
            seen.email = seen.email.take().or(email);
            seen.kind = seen.kind.or(account.kind);
            if account.app {
                seen.standing = Standing::App;
            }
        }
    }
}
