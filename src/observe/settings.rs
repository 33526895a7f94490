//! Reading site-wide settings, e-mail domains and approved domains.

use super::needs::{self, changes_lists};
use super::projects::no_program;
use super::{Extent, LISTS_AT_ONCE, Observer};
use crate::config::driver::{MappedField, Mapping};
use crate::config::{Mode, Surfaces};
use crate::jsm::{ApiError, ApprovedDomain};
use crate::mapped::{self, Subject};
use crate::model::{Domain, Incomplete, OrganizationId, Read, SiteField, Surface};
use crate::observed::{Observation, ObservedApproval, ObservedGrant};
use crate::plan::domains::{ANYONE, is_customer_role};
use crate::plan::identity::{self, Identity};
use crate::plan::surfaces;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Observer<'_, '_> {
    /// Reads one field behind a mapped endpoint; whatever goes wrong makes that field unknown, with the reason.
    pub(super) async fn mapped_field<T>(
        &self,
        field: MappedField,
        subject: Subject<'_>,
        read: impl Fn(&Mapping, &Value) -> Result<T, String>,
    ) -> Observation<T> {
        let found = self
            .surfaces()
            .mapped
            .as_ref()
            .and_then(|driver| mapped::find(driver, field));
        let Some((endpoint, mapping)) = found else {
            return no_program(Surface::Mapped);
        };
        match self.reader.mapped(&subject.path(endpoint)).await {
            Err(error) => Observation::failed(error.incomplete(), Surface::Mapped),
            Ok(document) => match read(mapping, &document) {
                Ok(value) => Observation::read(value, Surface::Mapped),
                Err(why) => Observation::unknown(why, Surface::Mapped),
            },
        }
    }

    pub(super) async fn site_settings(&mut self) {
        let wanted: BTreeSet<SiteField> = match &self.extent {
            Extent::Whole(whole) => readable(whole.surfaces).collect(),
            // What nobody manages and a program can read still decides who gets which account.
            Extent::Desired(desired) => {
                let managed = desired.site.settings.keys().copied();
                let judged = readable(&desired.site.surfaces)
                    .filter(|_| desired.targets.is_empty() || changes_lists(desired));
                managed.chain(judged).collect()
            }
        };
        // Several fields share an endpoint, which is read once.
        let mut documents: BTreeMap<String, Result<Value, ApiError>> = BTreeMap::new();
        let surfaces = self.surfaces().clone();
        for field in wanted {
            let found = surfaces
                .mapped
                .as_ref()
                .and_then(|driver| mapped::find(driver, MappedField::Site(field)));
            let observation = match found {
                None => no_program(Surface::Manual),
                Some((endpoint, mapping)) => {
                    let path = Subject::default().path(endpoint);
                    if !documents.contains_key(&path) {
                        let document = self.reader.mapped(&path).await;
                        documents.insert(path.clone(), document);
                    }
                    match documents.get(&path) {
                        Some(Ok(document)) => match mapped::site_value(field, mapping, document) {
                            Ok(value) => Observation::read(value, Surface::Mapped),
                            Err(why) => Observation::unknown(why, Surface::Mapped),
                        },
                        Some(Err(error)) => {
                            Observation::failed(error.incomplete(), Surface::Mapped)
                        }
                        None => no_program(Surface::Mapped),
                    }
                }
            };
            self.observed.settings.insert(field, observation);
        }
        self.email_domains().await;
    }

    async fn email_domains(&mut self) {
        if surfaces::route(self.surfaces(), MappedField::OrganizationEmailDomains).read
            != Surface::Mapped
        {
            return;
        }
        let Some(live) = self.observed.whole_organizations() else {
            return;
        };
        let wanted: Vec<OrganizationId> = match &self.extent {
            Extent::Whole(_) => live.keys().cloned().collect(),
            // An account that is made joins by its domain, wherever that leads.
            Extent::Desired(desired) => identity::identify(desired.site, live)
                .into_iter()
                .filter(|(name, _)| {
                    let declared = desired.site.organizations.get(*name);
                    declared.is_some_and(|organization| organization.email_domains.is_some())
                        || needs::links(desired.site, name)
                })
                .filter_map(|(_, identity)| match identity {
                    Identity::Live(id) => Some(id),
                    _ => None,
                })
                .chain(
                    self.linked_to_judged()
                        .into_iter()
                        .filter(|id| live.contains_key(id)),
                )
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        };
        let this = &*self;
        let answers: Vec<_> = stream::iter(wanted)
            .map(|id| async move {
                let subject = Subject {
                    organization_id: Some(id.as_str()),
                    ..Subject::default()
                };
                let field = MappedField::OrganizationEmailDomains;
                let seen = this
                    .mapped_field(field, subject, mapped::email_domains)
                    .await;
                (id, seen)
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .collect()
            .await;
        self.each_organization(answers, |organization, seen| {
            organization.email_domains = Some(seen)
        });
    }

    pub(super) async fn approved_domains(&mut self) {
        let (organization_id, mut names, whole_list, any) = match &self.extent {
            Extent::Whole(whole) => match whole.atlassian_organization {
                None => return,
                Some(id) => (id.to_owned(), BTreeSet::new(), true, true),
            },
            Extent::Desired(desired) => {
                let Some((_, organization)) = desired.atlassian else {
                    return;
                };
                let site = &desired.site.key;
                let approved = organization.approved_domains.as_ref();
                let names: BTreeSet<String> = approved
                    .iter()
                    .flat_map(|approved| &approved.domains)
                    .filter(|(_, entry)| entry.sites.contains_key(site))
                    .map(|(domain, _)| domain.as_str().to_owned())
                    .collect();
                let exact = approved.is_some_and(|approved| approved.mode == Mode::Exact);
                let any = organization.any_domain.contains_key(site);
                // Which account somebody gets depends on every approved domain: where it costs a key that is there, all are read.
                let whole = self.reader.has_org_key() && desired.atlassian_id.is_some();
                if names.is_empty() && !exact && !any && !whole {
                    return;
                }
                // The Customer role is learned from existing entries where it is not written.
                let learn = organization.customer_role.is_none() && !names.is_empty();
                let id = match &desired.atlassian_id {
                    Some(id) => id.clone(),
                    None => {
                        let why = Incomplete {
                            why:
                                "the Atlassian organization has no `id`, which the Admin API needs"
                                    .into(),
                            forbidden: false,
                        };
                        self.observed.approved_domains = Some(Read::Incomplete(why.clone()));
                        self.observed.any_domain = Some(Read::Incomplete(why));
                        return;
                    }
                };
                (id, names, exact || learn || whole, any || whole)
            }
        };
        if whole_list {
            match self.reader.approved_domains(&organization_id).await {
                Ok(list) => names.extend(list.into_iter().filter(|name| name != ANYONE)),
                Err(error) => {
                    self.observed.approved_domains = Some(Read::Incomplete(error.incomplete()));
                    self.observed.any_domain = Some(Read::Incomplete(error.incomplete()));
                    return;
                }
            }
        }
        let reader = self.reader;
        let id = organization_id.as_str();
        let answers: Vec<(String, Result<ApprovedDomain, ApiError>)> = stream::iter(names)
            .map(|name| async move {
                let answer = reader.approved_domain(id, &name).await;
                (name, answer)
            })
            .buffered(LISTS_AT_ONCE)
            .collect()
            .await;
        let product = match self.reader.cloud_id().await {
            Ok(cloud_id) => jsm_product(cloud_id.as_str()),
            Err(error) => {
                self.observed.approved_domains = Some(Read::Incomplete(error.incomplete()));
                self.observed.any_domain = Some(Read::Incomplete(error.incomplete()));
                return;
            }
        };
        let mut seen = BTreeMap::new();
        let mut failed = None;
        for (name, answer) in answers {
            match (Domain::new(&name), answer) {
                (Ok(domain), Ok(answer)) => {
                    self.learn_customer_role(&answer);
                    seen.insert(domain, approval(&answer, &product));
                }
                (Err(error), _) => {
                    failed = Some(Incomplete {
                        why: error.to_string().into(),
                        forbidden: false,
                    })
                }
                (_, Err(error)) => failed = Some(error.incomplete()),
            }
        }
        self.observed.approved_domains = Some(match failed {
            Some(why) => Read::Incomplete(why),
            None => Read::Complete(seen),
        });
        if any {
            self.observed.any_domain = Some(match reader.approved_domain(id, ANYONE).await {
                Ok(answer) => Read::Complete(approval(&answer, &product).jsm),
                Err(error) => Read::Incomplete(error.incomplete()),
            });
        }
    }

    fn learn_customer_role(&mut self, domain: &ApprovedDomain) {
        let role = domain
            .products
            .iter()
            .filter_map(|product| product.role.as_ref())
            .find(|role| is_customer_role(role));
        if let (None, Some(role)) = (&self.observed.customer_role, role) {
            self.observed.customer_role = Some(role.clone());
        }
    }
}

/// The site-wide settings that a description of a settings endpoint makes readable.
fn readable(surfaces: &Surfaces) -> impl Iterator<Item = SiteField> {
    SiteField::ALL.into_iter().filter(|field| {
        surfaces::route(surfaces, MappedField::Site(*field)).read == Surface::Mapped
    })
}

/// Returns the ARI of Jira Service Management on a site, by the published pattern of product ARIs.
pub(crate) fn jsm_product(cloud_id: &str) -> String {
    format!("ari:cloud:jira-servicedesk::site/{cloud_id}")
}

fn approval(answer: &ApprovedDomain, product: &str) -> ObservedApproval {
    let jsm = answer
        .products
        .iter()
        .find(|entry| entry.product_id == product)
        .map(|entry| ObservedGrant {
            role: entry.role.clone(),
            admin_approval: entry.admin_approval_required,
        });
    let others = answer.products.len() - usize::from(jsm.is_some());
    ObservedApproval { jsm, others }
}
