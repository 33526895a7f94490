//! Fields outside the documented API: read, merge, write, read again, compare.

use super::{Apply, Findings, Made, Outcome, explain};
use crate::config::driver::{Driver, MappedField, WriteMethod};
use crate::jsm::{ApiError, ErrorKind, LinkedSpaces, MappedMethod, space_ari};
use crate::mapped::{self, Subject};
use crate::model::{
    ChannelAccess, CustomerSharing, OrganizationId, ProjectKey, SpaceKey, Surface, WhoCanView,
};
use crate::neutral::phrase::Phrase;
use crate::plan::{Change, Effect, Plan};
use serde_json::{Map, Value, json};

/// A document that one read-merge-write changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// The private settings of a project.
    Security(ProjectKey),
    /// A mapped endpoint: its name, and what fills its path.
    Mapped(String, Option<ProjectKey>, Option<OrganizationId>),
}

impl Apply<'_> {
    fn driver(&self) -> Option<&Driver> {
        self.desired.site.surfaces.mapped.as_ref()
    }

    /// Returns the document that a change belongs to, if it belongs to one.
    pub(super) fn document_of(
        &self,
        change: &Change,
        made: &Made,
    ) -> Option<Result<Target, Phrase>> {
        let (field, project, organization) = match &change.effect {
            Effect::SetSite(field, _) => (MappedField::Site(*field), None, None),
            Effect::SetEmailDomains(reference, _) => match self.organization(reference, made) {
                Ok(id) => (MappedField::OrganizationEmailDomains, None, Some(id)),
                Err(why) => return Some(Err(why)),
            },
            Effect::SetChannelAccess(key, _) => {
                (MappedField::ChannelAccess, Some(key.clone()), None)
            }
            Effect::SetCustomerSharing(key, _) => {
                (MappedField::CustomerSharing, Some(key.clone()), None)
            }
            Effect::SetViewers(key, ..) if change.surface == Surface::Mapped => {
                (MappedField::WhoCanView, Some(key.clone()), None)
            }
            _ => return None,
        };
        if change.surface == Surface::Private {
            return project.map(|key| Ok(Target::Security(key)));
        }
        let Some(mapping) = self.driver().and_then(|driver| driver.fields.get(&field)) else {
            return Some(Err("no mapped description reaches this field".into()));
        };
        Some(Ok(Target::Mapped(
            mapping.endpoint.clone(),
            project,
            organization,
        )))
    }

    pub(super) async fn document(
        &self,
        plan: &Plan,
        target: &Target,
        indices: &[usize],
    ) -> Findings {
        match target {
            Target::Security(key) => self.security(plan, key, indices).await,
            Target::Mapped(endpoint, project, organization) => {
                self.mapped(
                    plan,
                    endpoint,
                    project.as_ref(),
                    organization.as_ref(),
                    indices,
                )
                .await
            }
        }
    }

    async fn security(&self, plan: &Plan, key: &ProjectKey, indices: &[usize]) -> Findings {
        let mut patch = Map::new();
        for &index in indices {
            match plan.changes[index].effect {
                Effect::SetChannelAccess(_, access) => {
                    patch.insert(
                        "serviceDeskOpenAccess".into(),
                        json!(access == ChannelAccess::Open),
                    );
                }
                Effect::SetCustomerSharing(_, sharing) => {
                    let (manage, autocomplete) = match sharing {
                        CustomerSharing::OwnOrganizations => (false, false),
                        CustomerSharing::AnyCustomerByEmail => (true, false),
                        CustomerSharing::SearchProject => (true, true),
                    };
                    patch.insert("manageEnabled".into(), json!(manage));
                    patch.insert("autocompleteEnabled".into(), json!(autocomplete));
                }
                _ => {}
            }
        }
        match self.writer.set_request_security(key.as_str(), &patch).await {
            Ok(_) => Findings::of(indices, &Outcome::Done),
            Err(error) => Findings::failed(indices, &error),
        }
    }

    async fn mapped(
        &self,
        plan: &Plan,
        endpoint: &str,
        project: Option<&ProjectKey>,
        organization: Option<&OrganizationId>,
        indices: &[usize],
    ) -> Findings {
        let failed = |why: String| Findings::of(indices, &Outcome::Failed(why.into()));
        let Some((driver, described)) = self
            .driver()
            .and_then(|driver| Some((driver, driver.endpoints.get(endpoint)?)))
        else {
            return failed(format!(
                "no mapped description names the endpoint `{endpoint}`"
            ));
        };
        let method = match described.write {
            Some(WriteMethod::Put) => MappedMethod::Put,
            Some(WriteMethod::Post) => MappedMethod::Post,
            Some(WriteMethod::Patch) => MappedMethod::Patch,
            None => {
                return failed(format!(
                    "the endpoint `{endpoint}` is described as read only"
                ));
            }
        };
        let subject = Subject {
            project_key: project.map(ProjectKey::as_str),
            organization_id: organization.map(OrganizationId::as_str),
            space_key: None,
        };
        let path = subject.path(described);
        let before = match self.reader.mapped(&path).await {
            Ok(document) => document,
            Err(error) => return Findings::failed(indices, &error),
        };
        let mut document = before.clone();
        for &index in indices {
            if let Err(why) = merge(driver, &plan.changes[index].effect, subject, &mut document) {
                return failed(why);
            }
        }
        if document == before {
            return Findings::of(indices, &Outcome::AlreadyTrue);
        }
        let written = match self.writer.put_mapped(&path, method, &document).await {
            // It may have been written: reading tells.
            Err(error) if error.kind() == ErrorKind::Uncertain => Err(error),
            Err(error) => return Findings::failed(indices, &error),
            Ok(()) => Ok(()),
        };
        // What was written holds when merging it again changes nothing.
        let holds = |index: usize, document: &Value| {
            let mut merged = document.clone();
            merge(driver, &plan.changes[index].effect, subject, &mut merged)
                .map(|()| merged == *document)
        };
        let all_hold = |document: &Value| {
            let mut indices = indices.iter();
            indices.all(|&index| holds(index, document) == Ok(true))
        };
        let look = async || self.reader.mapped(&path).await;
        let after = match self.reader.settled(look, all_hold).await {
            Ok(document) => document,
            Err(error) => return Findings::failed(indices, &error),
        };
        let mut findings = Findings::default();
        for &index in indices {
            let outcome = match (holds(index, &after), &written) {
                (Ok(true), _) => Outcome::Done,
                (_, Err(error)) => Outcome::Failed(explain(error)),
                (Ok(false), Ok(())) => {
                    Outcome::Failed("written, but reading it back shows another value".into())
                }
                (Err(why), Ok(())) => {
                    Outcome::Failed(format!("written, but reading it back failed: {why}").into())
                }
            };
            findings.outcomes.push((index, outcome));
        }
        findings
    }

    pub(super) async fn link_space(
        &self,
        index: usize,
        key: &ProjectKey,
        space: &SpaceKey,
        viewers: Option<WhoCanView>,
    ) -> Findings {
        match self.link_and_show(key, space, viewers).await {
            Ok(outcome) => Findings::one(index, outcome),
            Err(Trouble::Api(error)) => Findings::failed(&[index], &error),
            Err(Trouble::Other(why)) => Findings::one(index, Outcome::Failed(why.into())),
        }
    }

    async fn link_and_show(
        &self,
        key: &ProjectKey,
        space: &SpaceKey,
        viewers: Option<WhoCanView>,
    ) -> Result<Outcome, Trouble> {
        let ids = self.reader.space_ids(&[space.as_str()]).await?;
        let id = ids.get(space.as_str()).ok_or_else(|| {
            Trouble::Other(format!(
                "Confluence has no space `{space}` that the caller can see"
            ))
        })?;
        let cloud = self.observed.cloud_id.as_ref();
        let cloud =
            cloud.ok_or_else(|| Trouble::Other("the site's cloud id is not known".to_owned()))?;
        let ari = space_ari(cloud, id);
        self.writer.link_space(key.as_str(), &ari).await?;
        let linked = self.reader.linked_spaces(key.as_str()).await?;
        let now = linked.spaces.iter().find(|linked| linked.space_ari == ari);
        let Some(now) = now else {
            return Ok(Outcome::Failed(
                "linked, but reading it back does not show the space".into(),
            ));
        };
        match viewers {
            Some(viewers) if now.current != Some(viewers) => {
                self.writer
                    .set_space_viewers(key.as_str(), &ari, viewers)
                    .await?;
                let after = self.reader.linked_spaces(key.as_str()).await?;
                Ok(shown(&after, &ari, viewers))
            }
            _ => Ok(Outcome::Done),
        }
    }

    pub(super) async fn set_viewers(
        &self,
        index: usize,
        key: &ProjectKey,
        space: &SpaceKey,
        viewers: WhoCanView,
    ) -> Findings {
        let seen = self.observed.whole_projects().and_then(|projects| {
            projects
                .get(key)?
                .knowledge_base
                .as_ref()?
                .value
                .known()?
                .get(space)?
                .ari
                .clone()
        });
        let Some(ari) = seen else {
            return Findings::one(
                index,
                Outcome::Failed(format!("the identifier of space `{space}` is not known").into()),
            );
        };
        // The permission belongs to the space, so another project's change may have set it already.
        match self.reader.linked_spaces(key.as_str()).await {
            Ok(linked)
                if linked
                    .spaces
                    .iter()
                    .any(|linked| linked.space_ari == ari && linked.current == Some(viewers)) =>
            {
                return Findings::one(index, Outcome::AlreadyTrue);
            }
            Ok(_) => {}
            Err(error) => return Findings::failed(&[index], &error),
        }
        match self
            .writer
            .set_space_viewers(key.as_str(), &ari, viewers)
            .await
        {
            Ok(()) => {}
            Err(error) => return Findings::failed(&[index], &error),
        }
        match self.reader.linked_spaces(key.as_str()).await {
            Ok(linked) => Findings::one(index, shown(&linked, &ari, viewers)),
            Err(error) => Findings::failed(&[index], &error),
        }
    }
}

/// Says whether reading back shows who can view a space as it was written.
fn shown(linked: &LinkedSpaces, ari: &str, viewers: WhoCanView) -> Outcome {
    let holds = linked
        .spaces
        .iter()
        .any(|linked| linked.space_ari == ari && linked.current == Some(viewers));
    if holds {
        Outcome::Done
    } else {
        Outcome::Failed("written, but reading it back shows another value".into())
    }
}

enum Trouble {
    Api(ApiError),
    Other(String),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// Changes a document so that it says what an effect wants.
fn merge(
    driver: &Driver,
    effect: &Effect,
    subject: Subject<'_>,
    document: &mut Value,
) -> Result<(), String> {
    let mapping = |field: MappedField| {
        driver
            .fields
            .get(&field)
            .ok_or_else(|| "no mapped description reaches this field".to_owned())
    };
    match effect {
        Effect::SetSite(field, value) => {
            mapped::set_site_value(*field, mapping(MappedField::Site(*field))?, document, value)
        }
        Effect::SetEmailDomains(_, list) => mapped::set_email_domains(
            mapping(MappedField::OrganizationEmailDomains)?,
            document,
            list,
        ),
        Effect::SetChannelAccess(_, access) => mapped::set_word(
            mapping(MappedField::ChannelAccess)?,
            document,
            subject,
            access.word(),
        ),
        Effect::SetCustomerSharing(_, sharing) => mapped::set_word(
            mapping(MappedField::CustomerSharing)?,
            document,
            subject,
            sharing.word(),
        ),
        Effect::SetViewers(_, space, viewers) => {
            let subject = Subject {
                space_key: Some(space.as_str()),
                ..subject
            };
            mapped::set_word(
                mapping(MappedField::WhoCanView)?,
                document,
                subject,
                viewers.word(),
            )
        }
        _ => Err("this is no field of a settings document".to_owned()),
    }
}
