//! Reading a site as far as the desired state needs it: bulk lists only, never a request per existing member.
//!
//! What cannot be read ends as [`Read::Incomplete`] or as an unknown field. Only the probe of the caller's identity is
//! fatal, since nothing can be believed without it.

mod doors;
mod lists;
mod needs;
mod people;
mod permissions;
mod person_roles;
mod projects;
mod rights;
mod roles;
mod settings;

pub(crate) use doors::help_centers;
pub(crate) use settings::jsm_product;

use crate::config::{Mode, OrganizationState, Surfaces};
use crate::desired::Desired;
use crate::jsm::{ApiError, Organization, Reader};
use crate::model::{Email, Incomplete, OrganizationId, ProjectKey, Read, Right, SiteKey};
use crate::observed::{Observed, ObservedOrganization, Ownership};
use crate::plan::identity::{self, Identity};
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// How many lists are read at the same time; the client's own limit is what counts towards the site.
const LISTS_AT_ONCE: usize = 64;

/// What to read.
pub(crate) enum Extent<'d, 'w> {
    /// What a desired state manages, and what judging it needs.
    Desired(&'d Desired<'w>),
    /// Everything that the surfaces allow.
    Whole(Whole<'d>),
}

/// What reading a whole site is for.
#[derive(Debug, Clone)]
pub struct Whole<'d> {
    /// The surfaces that may be used.
    pub surfaces: &'d Surfaces,
    /// The id of the Atlassian organization, where its approved domains and roles are wanted.
    pub atlassian_organization: Option<&'d str>,
    /// Addresses to look up.
    pub people: BTreeSet<Email>,
    /// The only project whose permission scheme and roles are wanted; without it, those of all.
    pub only: Option<ProjectKey>,
    /// Whether to read who is an agent or an administrator of those projects.
    pub staff: bool,
}

impl<'d> Whole<'d> {
    /// Everything but agents and administrators, for an export.
    pub const fn new(surfaces: &'d Surfaces, atlassian_organization: Option<&'d str>) -> Self {
        Self {
            surfaces,
            atlassian_organization,
            people: BTreeSet::new(),
            only: None,
            staff: false,
        }
    }
}

/// Reads what a desired state manages, and whatever judging it needs.
///
/// # Errors
/// When the caller's identity cannot be read: credentials missing or refused, or the site out of reach.
pub async fn observe(reader: &Reader, desired: &Desired<'_>) -> Result<Observed, ApiError> {
    let extent = Extent::Desired(desired);
    Observer::run(reader, desired.site.key.clone(), extent).await
}

/// Reads a whole site, as far as the surfaces allow: for an export, a snapshot, or an answer about its present state.
///
/// # Errors
/// As [`observe`].
pub async fn observe_site(
    reader: &Reader,
    site: SiteKey,
    whole: Whole<'_>,
) -> Result<Observed, ApiError> {
    Observer::run(reader, site, Extent::Whole(whole)).await
}

/// A reading under way.
pub(crate) struct Observer<'d, 'w> {
    reader: &'d Reader,
    extent: Extent<'d, 'w>,
    caller_email: Option<String>,
    /// The organizations that each project links, as its own list names them.
    links: BTreeMap<ProjectKey, Vec<Organization>>,
    observed: Observed,
}

impl<'d, 'w> Observer<'d, 'w> {
    async fn run(
        reader: &'d Reader,
        site: SiteKey,
        extent: Extent<'d, 'w>,
    ) -> Result<Observed, ApiError> {
        let identity = reader.identity().await?;
        let mut observer = Self {
            reader,
            extent,
            caller_email: identity.email,
            links: BTreeMap::new(),
            observed: Observed::nothing(site),
        };
        observer.observed.caller = Some(identity.account_id);
        let (rights, projects, organizations) = tokio::join!(
            observer.rights(),
            observer.projects(),
            observer.organizations_at_once()
        );
        observer.observed.rights = Some(rights);
        observer.take_projects(projects);
        observer.organizations(organizations).await;
        observer.projects_touched().await;
        observer.members().await;
        observer.rights_in_projects().await;
        observer.site_settings().await;
        observer.approved_domains().await;
        observer.addresses_of_listed_ids().await;
        observer.resolve_addresses().await;
        observer.kinds_of_shared_addresses().await;
        match observer.extent {
            // Who holds the grant decides who may be removed at all, and only those are asked about one by one.
            Extent::Desired(_) => {
                observer.permissions().await;
                observer.standings().await;
            }
            // Whoever was found to have no licence is no agent by being in a role.
            Extent::Whole(_) => {
                observer.standings().await;
                observer.permissions().await;
            }
        }
        observer.roles_of_people().await;
        observer.customer_role_holders().await;
        observer.doors().await;
        observer.observed.cloud_id = reader.known_cloud_id();
        Ok(observer.observed)
    }

    fn surfaces(&self) -> &Surfaces {
        match &self.extent {
            Extent::Desired(desired) => &desired.site.surfaces,
            Extent::Whole(whole) => whole.surfaces,
        }
    }

    /// Completes the list of organizations that was asked for beside the projects, or asks for it where a project links one.
    async fn organizations(&mut self, early: Option<lists::Early>) {
        let early = match early {
            Some(early) => early,
            None if self.linked_to_judged().is_empty() => return,
            None => lists::Early::of(self.reader.organizations().await),
        };
        let mut listed = self.list_organizations(early.listed).await;
        if let Read::Complete(live) = &listed
            && let Some(why) = self.blind_spot(live)
        {
            listed = Read::Incomplete(why);
        }
        self.observed.organizations = Some(listed);
        self.keep_members(early.members);
        self.links_agree();
        self.ownership().await;
    }

    /// Lists the organizations. One that a project links and that the list lacks slipped between two pages, or the list
    /// lags behind: it would look as if it had to be made, and its link as if nobody wanted it.
    async fn list_organizations(
        &self,
        first: Result<Vec<Organization>, ApiError>,
    ) -> Read<BTreeMap<OrganizationId, ObservedOrganization>> {
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
        let listed = match first {
            Ok(list) if lacks(&list) => {
                let look = async || self.reader.organizations().await;
                self.reader.settled(look, |list| !lacks(list)).await
            }
            first => first,
        };
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
    fn blind_spot(
        &self,
        live: &BTreeMap<OrganizationId, ObservedOrganization>,
    ) -> Option<Incomplete> {
        let missing = match &self.extent {
            // Nothing says how many there should be, and an export must not pass a part for the whole.
            Extent::Whole(_) => true,
            Extent::Desired(desired) => identity::identify(desired.site, live)
                .values()
                .any(|identity| !matches!(identity, Identity::Live(_))),
        };
        if !missing {
            return None;
        }
        match self.observed.rights.as_ref()? {
            Read::Incomplete(why) => Some(why.clone()),
            Read::Complete(rights)
                if [Right::AdministerJira, Right::ServiceProjectAgent]
                    .iter()
                    .any(|right| rights.has(*right, None) == Some(true)) =>
            {
                None
            }
            Read::Complete(_) => Some(Incomplete {
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
            Extent::Whole(_) => Vec::new(),
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
}
