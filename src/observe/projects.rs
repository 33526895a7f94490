//! Reading service projects: links, rosters, channel access, sharing and linked spaces.

use super::lists::contradiction;
use super::needs::{asks_for_articles, changes_lists, is_asked, lacks_access};
use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::UnlistedProjects;
use crate::config::driver::MappedField;
use crate::jsm::{Account, ApiError, LinkedSpaces, Organization, RequestSecurity};
use crate::mapped::{self, Subject};
use crate::model::{
    AccountSet, ChannelAccess, CustomerSharing, Field, Incomplete, ProjectKey, Read, SpaceKey,
    Surface,
};
use crate::neutral::named;
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
    /// How many customers it should have.
    expected: usize,
}

impl Wanted {
    fn nothing(key: &ProjectKey, seen: &ObservedProject) -> Self {
        Self {
            key: key.clone(),
            desk: seen.desk.clone(),
            organizations: false,
            customers: false,
            access: false,
            sharing: false,
            spaces: false,
            space_keys: Vec::new(),
            expected: 0,
        }
    }
}

/// What reading one project gave.
pub(super) struct Answers {
    key: ProjectKey,
    organizations: Option<Result<Vec<Organization>, ApiError>>,
    customers: Option<Result<Vec<Account>, ApiError>>,
    security: Option<Result<RequestSecurity, ApiError>>,
    access: Option<Observation<ChannelAccess>>,
    sharing: Option<Observation<CustomerSharing>>,
    spaces: Option<Observation<BTreeMap<SpaceKey, ObservedSpace>>>,
}

/// The projects of a site with what reading them gave; `None` where they were not needed.
pub(super) type Projects =
    Option<Result<(BTreeMap<ProjectKey, ObservedProject>, Vec<Answers>), Incomplete>>;

impl Observer<'_, '_> {
    pub(super) async fn projects(&self) -> Projects {
        let needed = match &self.extent {
            Extent::Whole(_) => true,
            Extent::Desired(desired) => {
                let site = desired.site;
                !site.projects.is_empty()
                    || site.unlisted_projects.value != UnlistedProjects::Ignore
                    || changes_lists(desired)
                    || desired.targets.is_empty()
            }
        };
        if !needed {
            return None;
        }
        let desks = match self.reader.service_desks().await {
            Ok(desks) => desks,
            Err(error) => return Some(Err(error.incomplete())),
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
                only_shown: AccountSet::default(),
                knowledge_base: None,
                permissions: None,
            };
            if projects.insert(key.clone(), seen).is_some() {
                return Some(Err(contradiction(&format!(
                    "the project key {key} is there twice"
                ))));
            }
        }
        let wanted = projects.iter().map(|(key, seen)| self.wanted(key, seen));
        let answers = self.read_projects(wanted.collect()).await;
        Some(Ok((projects, answers)))
    }

    /// Reads the rest of those projects that rows touch by way of a list, which the links tell: only a plan of a part gets here
    /// without it.
    pub(super) async fn projects_touched(&mut self) {
        if !matches!(&self.extent, Extent::Desired(desired) if !desired.targets.is_empty()) {
            return;
        }
        let judged = self.judged();
        let wanted: Vec<Wanted> = self
            .observed
            .whole_projects()
            .into_iter()
            .flatten()
            .filter(|(key, seen)| judged.contains(*key) && lacks_access(seen))
            .map(|(key, seen)| Wanted {
                organizations: seen.organizations.is_none(),
                customers: seen.customers.is_none(),
                access: seen.channel_access.is_none(),
                ..Wanted::nothing(key, seen)
            })
            .collect();
        let answers = self.read_projects(wanted).await;
        let Some(Read::Complete(projects)) = self.observed.projects.take() else {
            return;
        };
        self.take_projects(Some(Ok((projects, answers))));
    }

    async fn read_projects(&self, wanted: Vec<Wanted>) -> Vec<Answers> {
        let mut answers: Vec<Answers> = stream::iter(wanted)
            .map(|wanted| self.project(wanted))
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        answers.sort_by(|one, other| one.key.cmp(&other.key));
        answers
    }

    pub(super) fn take_projects(&mut self, read: Projects) {
        let (mut projects, answers) = match read {
            None => return,
            Some(Err(why)) => {
                self.observed.projects = Some(Read::Incomplete(why));
                return;
            }
            Some(Ok(read)) => read,
        };
        for answer in answers {
            let customers = answer.customers.map(|list| self.keep_accounts(list));
            let Some(seen) = projects.get_mut(&answer.key) else {
                continue;
            };
            seen.customers = customers.or(seen.customers.take());
            if let Some(links) = answer.organizations {
                seen.organizations = Some(match links {
                    Ok(list) => {
                        let ids = list.iter().map(|organization| organization.id.clone());
                        let ids = Read::Complete(ids.collect::<BTreeSet<_>>());
                        self.links.insert(answer.key.clone(), list);
                        ids
                    }
                    Err(error) => Read::Incomplete(error.incomplete()),
                });
            }
            if let Some(Ok(security)) = &answer.security {
                seen.echoed_signup = security.global_public_signup;
                seen.echoed_anonymous = security.global_anonymous_access;
            }
            seen.channel_access = answer.access.or(seen.channel_access.take());
            seen.customer_sharing = answer.sharing.or(seen.customer_sharing.take());
            seen.knowledge_base = answer.spaces.or(seen.knowledge_base.take());
        }
        self.observed.projects = Some(Read::Complete(projects));
    }

    fn wanted(&self, key: &ProjectKey, seen: &ObservedProject) -> Wanted {
        let Extent::Desired(desired) = &self.extent else {
            return Wanted {
                organizations: true,
                customers: true,
                access: true,
                sharing: true,
                spaces: true,
                ..Wanted::nothing(key, seen)
            };
        };
        let project = desired.site.projects.get(key);
        // Whom a change touches depends on every way into every portal. A plan of a part reads what it touches: what the files
        // ask of a project, and the links, which tell where lists of people lead.
        let asked = desired.targets.is_empty() || is_asked(desired, key);
        Wanted {
            organizations: asked || changes_lists(desired),
            customers: asked || !desired.site.nobody_leaves(),
            access: asked,
            sharing: project.is_some_and(|project| project.customer_sharing.is_some()),
            // Who can view a space belongs to the space: another project that links it shows the same.
            spaces: project.is_some_and(|project| !project.knowledge_base.is_empty())
                || asks_for_articles(desired, key)
                || asked
                    && (desired.site.projects.values())
                        .any(|project| !project.knowledge_base.is_empty()),
            space_keys: project
                .map(|project| project.knowledge_base.keys().cloned().collect())
                .unwrap_or_default(),
            expected: desired
                .customers
                .get(key)
                .map_or(0, |roster| roster.present.len()),
            ..Wanted::nothing(key, seen)
        }
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
                Some(self.reader.desk_customers(desk, wanted.expected).await)
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
                "the gateway does not tell the key of the linked space {}",
                named(&space.space_ari)
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
