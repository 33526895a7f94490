//! Reading service projects: links, rosters, channel access, sharing and linked spaces.

use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::driver::MappedField;
use crate::config::{OrganizationState, UnlistedProjects};
use crate::jsm::{Account, ApiError, LinkedSpaces, Organization, RequestSecurity};
use crate::mapped::{self, Subject};
use crate::model::{ChannelAccess, CustomerSharing, Field, ProjectKey, Read, SpaceKey, Surface};
use crate::observed::{Observation, ObservedProject, ObservedSpace};
use crate::plan::surfaces;
use futures_util::stream::{self, StreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// Which parts of one project to read.
struct Wanted {
    key: ProjectKey,
    desk: crate::model::DeskId,
    organizations: bool,
    customers: bool,
    access: bool,
    sharing: bool,
    spaces: bool,
    space_keys: Vec<SpaceKey>,
}

/// What reading one project gave.
struct Answers {
    key: ProjectKey,
    organizations: Option<Result<Vec<Organization>, ApiError>>,
    customers: Option<Result<Vec<Account>, ApiError>>,
    security: Option<Result<RequestSecurity, ApiError>>,
    access: Option<Observation<ChannelAccess>>,
    sharing: Option<Observation<CustomerSharing>>,
    spaces: Option<Observation<BTreeMap<SpaceKey, ObservedSpace>>>,
}

impl Observer<'_, '_> {
    pub(super) async fn projects(&mut self) {
        let needed = match &self.extent {
            Extent::Everything(..) => true,
            Extent::Desired(desired) => {
                let site = desired.site;
                !site.projects.is_empty()
                    || !site.people.is_empty()
                    || site.unlisted_projects.value != UnlistedProjects::Ignore
                    || retires(site)
                    || desired.targets.is_empty()
            }
        };
        if !needed {
            return;
        }
        let desks = match self.reader.service_desks().await {
            Ok(desks) => desks,
            Err(error) => {
                self.observed.projects = Some(Read::Incomplete(error.incomplete()));
                return;
            }
        };
        let mut projects = BTreeMap::new();
        for desk in desks {
            // A key that no project can have is nothing that the YAML could name.
            let Ok(key) = ProjectKey::new(&desk.key) else {
                continue;
            };
            let seen = ObservedProject {
                desk: desk.id,
                name: desk.name,
                channel_access: None,
                customer_sharing: None,
                echoed_signup: None,
                echoed_anonymous: None,
                organizations: None,
                customers: None,
                knowledge_base: None,
                permissions: None,
            };
            projects.insert(key, seen);
        }
        let wanted: Vec<Wanted> = projects
            .iter()
            .map(|(key, seen)| self.wanted(key, seen))
            .collect();
        let this = &*self;
        let answers: Vec<Answers> = stream::iter(wanted)
            .map(|wanted| this.project(wanted))
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        for answer in answers {
            let customers = answer.customers.map(|list| self.keep_accounts(list));
            let Some(seen) = projects.get_mut(&answer.key) else {
                continue;
            };
            seen.customers = customers;
            seen.organizations = answer.organizations.map(|list| match list {
                Ok(list) => Read::Complete(
                    list.into_iter()
                        .map(|organization| organization.id)
                        .collect::<BTreeSet<_>>(),
                ),
                Err(error) => Read::Incomplete(error.incomplete()),
            });
            if let Some(Ok(security)) = &answer.security {
                seen.echoed_signup = security.global_public_signup;
                seen.echoed_anonymous = security.global_anonymous_access;
            }
            seen.channel_access = answer.access;
            seen.customer_sharing = answer.sharing;
            seen.knowledge_base = answer.spaces;
        }
        self.observed.projects = Some(Read::Complete(projects));
    }

    fn wanted(&self, key: &ProjectKey, seen: &ObservedProject) -> Wanted {
        let mut wanted = Wanted {
            key: key.clone(),
            desk: seen.desk.clone(),
            organizations: true,
            customers: true,
            access: true,
            sharing: true,
            spaces: true,
            space_keys: Vec::new(),
        };
        if let Extent::Desired(desired) = &self.extent {
            let site = desired.site;
            let project = site.projects.get(key);
            let people = !site.people.is_empty();
            wanted.organizations =
                retires(site) || project.is_some_and(|project| project.organizations.is_some());
            wanted.customers = people || project.is_some_and(|project| project.customers.is_some());
            wanted.access =
                wanted.customers || project.is_some_and(|project| project.channel_access.is_some());
            wanted.sharing = project.is_some_and(|project| project.customer_sharing.is_some());
            // Whom a change touches depends on every way into every portal. A plan of a part reads its own part only.
            if desired.targets.is_empty() {
                wanted.organizations = true;
                wanted.customers = true;
                wanted.access = true;
            }
            wanted.spaces = project.is_some_and(|project| !project.knowledge_base.is_empty());
            wanted.space_keys = project
                .map(|project| project.knowledge_base.keys().cloned().collect())
                .unwrap_or_default();
        }
        wanted
    }

    async fn project(&self, wanted: Wanted) -> Answers {
        let Wanted { key, desk, .. } = &wanted;
        let organizations = async {
            if wanted.organizations {
                Some(self.reader.desk_organizations(desk).await)
            } else {
                None
            }
        };
        let customers = async {
            if wanted.customers {
                Some(self.reader.desk_customers(desk).await)
            } else {
                None
            }
        };
        let settings = async { self.access(&wanted).await };
        let spaces = async {
            if wanted.spaces {
                Some(self.spaces(&wanted).await)
            } else {
                None
            }
        };
        let (organizations, customers, (security, access, sharing), spaces) =
            tokio::join!(organizations, customers, settings, spaces);
        Answers {
            key: key.clone(),
            organizations,
            customers,
            security,
            access,
            sharing,
            spaces,
        }
    }

    async fn access(
        &self,
        wanted: &Wanted,
    ) -> (
        Option<Result<RequestSecurity, ApiError>>,
        Option<Observation<ChannelAccess>>,
        Option<Observation<CustomerSharing>>,
    ) {
        let access_by = surfaces::route(self.surfaces(), MappedField::ChannelAccess).read;
        let sharing_by = surfaces::route(self.surfaces(), MappedField::CustomerSharing).read;
        let private = (wanted.access && access_by == Surface::Private)
            || (wanted.sharing && sharing_by == Surface::Private);
        let security = match private {
            true => Some(self.reader.request_security(wanted.key.as_str()).await),
            false => None,
        };
        let access = match (wanted.access, access_by) {
            (false, _) => None,
            (true, Surface::Private) => security
                .as_ref()
                .map(|security| from_security(security, channel_access)),
            (true, Surface::Mapped) => {
                let subject = Subject {
                    project_key: Some(wanted.key.as_str()),
                    ..Subject::default()
                };
                Some(
                    self.mapped_field(MappedField::ChannelAccess, subject, mapped::channel_access)
                        .await,
                )
            }
            (true, _) => Some(no_program(Surface::Manual)),
        };
        let sharing = match (wanted.sharing, sharing_by) {
            (false, _) => None,
            (true, Surface::Private) => security
                .as_ref()
                .map(|security| from_security(security, sharing)),
            (true, Surface::Mapped) => {
                let subject = Subject {
                    project_key: Some(wanted.key.as_str()),
                    ..Subject::default()
                };
                Some(
                    self.mapped_field(
                        MappedField::CustomerSharing,
                        subject,
                        mapped::customer_sharing,
                    )
                    .await,
                )
            }
            (true, _) => Some(no_program(Surface::Manual)),
        };
        (security, access, sharing)
    }

    async fn spaces(&self, wanted: &Wanted) -> Observation<BTreeMap<SpaceKey, ObservedSpace>> {
        match surfaces::route(self.surfaces(), MappedField::WhoCanView).read {
            Surface::Gateway => match self.reader.linked_spaces(wanted.key.as_str()).await {
                Ok(linked) => from_gateway(linked),
                Err(error) => Observation::failed(error.incomplete(), Surface::Gateway),
            },
            Surface::Mapped => {
                let subject = Subject {
                    project_key: Some(wanted.key.as_str()),
                    ..Subject::default()
                };
                let read = |mapping: &crate::config::driver::Mapping,
                            document: &serde_json::Value| {
                    let mut spaces = BTreeMap::new();
                    for key in &wanted.space_keys {
                        if let Some(who) = mapped::who_can_view(mapping, document, key)? {
                            let space = ObservedSpace {
                                ari: None,
                                who_can_view: Field::Known(who),
                                possible: None,
                            };
                            spaces.insert(key.clone(), space);
                        }
                    }
                    Ok(spaces)
                };
                self.mapped_field(MappedField::WhoCanView, subject, read)
                    .await
            }
            _ => no_program(Surface::Manual),
        }
    }
}

fn retires(site: &crate::config::Site) -> bool {
    site.organizations
        .values()
        .any(|organization| organization.state.value == OrganizationState::Retired)
}

pub(super) fn no_program<T>(surface: Surface) -> Observation<T> {
    Observation::unknown("no allowed surface can read it".to_owned(), surface)
}

fn from_security<T>(
    security: &Result<RequestSecurity, ApiError>,
    read: impl Fn(&RequestSecurity) -> Option<T>,
) -> Observation<T> {
    match security {
        Err(error) => Observation::failed(error.incomplete(), Surface::Private),
        Ok(security) => match read(security) {
            Some(value) => Observation::read(value, Surface::Private),
            None => Observation::unknown("the answer lacks the field".to_owned(), Surface::Private),
        },
    }
}

fn channel_access(security: &RequestSecurity) -> Option<ChannelAccess> {
    security.open_access.map(|open| {
        if open {
            ChannelAccess::Open
        } else {
            ChannelAccess::Restricted
        }
    })
}

/// Reads customer sharing out of two switches, by their names; the meaning is unproven (surfaces.md, 1.3).
fn sharing(security: &RequestSecurity) -> Option<CustomerSharing> {
    match (security.manage_enabled?, security.autocomplete_enabled?) {
        (false, false) => Some(CustomerSharing::OwnOrganizations),
        (true, false) => Some(CustomerSharing::AnyCustomerByEmail),
        (true, true) => Some(CustomerSharing::SearchProject),
        (false, true) => None,
    }
}

fn from_gateway(linked: LinkedSpaces) -> Observation<BTreeMap<SpaceKey, ObservedSpace>> {
    let mut spaces = BTreeMap::new();
    for space in linked.spaces {
        let key = space.key.as_deref().map(SpaceKey::new);
        let Some(Ok(key)) = key else {
            let why = format!(
                "the gateway does not tell the key of the linked space `{}`",
                space.space_ari
            );
            return Observation::unknown(why, Surface::Gateway);
        };
        let who_can_view = match space.current {
            Some(who) => Field::Known(who),
            None => Field::Unknown("the gateway does not say who can view it".to_owned()),
        };
        let possible = (!space.valid.is_empty()).then(|| space.valid.into_iter().collect());
        spaces.insert(
            key,
            ObservedSpace {
                ari: Some(space.space_ari),
                who_can_view,
                possible,
            },
        );
    }
    if linked.inaccessible > 0 {
        let why = format!(
            "{} linked spaces cannot be seen by the caller",
            linked.inaccessible
        );
        return Observation::unknown(why, Surface::Gateway);
    }
    Observation::read(spaces, Surface::Gateway)
}
