//! Organizations that are linked to a service project.

use crate::config::{LinkedOrganizations, Mode, OrganizationState};
use crate::diagnostic::{Located, Span};
use crate::model::{OrganizationId, OrganizationName, ProjectKey, Surface};
use crate::observed::ObservedProject;
use crate::plan::Block;
use crate::plan::change::{Action, Change, Effect, OrganizationRef, Phase, Reason, ResourceType};
use crate::plan::diff::{Draft, whole};
use crate::plan::identity::Identity;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Which live organizations the files list.
#[derive(Default)]
struct Expected {
    organizations: BTreeSet<OrganizationId>,
    /// While one listed organization is not identified, an unlisted link might be that one.
    unsure: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn linked_organizations(
        &mut self,
        key: &'a ProjectKey,
        wanted: &'a LinkedOrganizations,
        seen: &ObservedProject,
    ) {
        let linked = match whole(seen.organizations.as_ref()) {
            Ok(linked) => linked,
            Err(why) => {
                let address = self.address(["project", key.as_str(), "organization"]);
                return self.error(address, why, Some(wanted.span));
            }
        };
        let expected = self.new_links(key, wanted, linked);
        let ended = self.ended_links(key, wanted, linked);
        if wanted.mode == Mode::AddOnly || expected.unsure {
            return;
        }
        let retired = |id: &OrganizationId| {
            let declared = self.names.get(id).into_iter().flatten();
            let mut organizations =
                declared.filter_map(|name| self.desired.site.organizations.get(*name));
            organizations.any(|one| one.state.value != OrganizationState::Present)
        };
        let extra: Vec<OrganizationId> = linked
            .iter()
            .filter(|id| {
                !expected.organizations.contains(*id) && !retired(id) && !ended.contains(id)
            })
            .cloned()
            .collect();
        for id in extra {
            let declared = self.names.get(&id).and_then(|names| names.first());
            let declared = declared.map(|name| name.as_str().to_owned());
            let live = self
                .observed
                .whole_organizations()
                .and_then(|live| live.get(&id));
            let name = declared
                .or_else(|| live.map(|organization| organization.name.clone()))
                .unwrap_or_else(|| format!("id:{id}"));
            self.unlink(key, (&name, id), Reason::NotListed, wanted.span);
        }
    }

    /// Links what is listed and not linked yet.
    fn new_links(
        &mut self,
        key: &ProjectKey,
        wanted: &LinkedOrganizations,
        linked: &BTreeSet<OrganizationId>,
    ) -> Expected {
        let mut expected = Expected::default();
        for Located { value: name, span } in &wanted.list {
            if !self.is_present(name) {
                continue;
            }
            let (reference, blocked_by) = match self.identities.get(name) {
                Some(Identity::Live(id)) => {
                    expected.organizations.insert(id.clone());
                    if linked.contains(id) {
                        continue;
                    }
                    (OrganizationRef::Existing(id.clone()), Vec::new())
                }
                Some(Identity::Nowhere) => (OrganizationRef::Planned(name.clone()), Vec::new()),
                Some(Identity::NearDuplicate(id)) => {
                    expected.organizations.insert(id.clone());
                    let blocks = vec![organization_not_made()];
                    (OrganizationRef::Planned(name.clone()), blocks)
                }
                Some(Identity::Several(ids)) => {
                    expected.organizations.extend(ids.iter().cloned());
                    expected.unsure = true;
                    continue;
                }
                Some(Identity::IdUnknown) | None => {
                    expected.unsure = true;
                    continue;
                }
            };
            self.changes.push(Change {
                address: self.address(["project", key.as_str(), "organization", name.as_str()]),
                kind: ResourceType::ProjectOrganization,
                name: name.as_str().to_owned(),
                action: Action::Create,
                before: Value::Null,
                after: json!({ "project": key.as_str(), "organization": name.as_str() }),
                reason: Reason::Listed,
                source: Some(*span),
                surface: Surface::Documented,
                effect: Effect::Link(key.clone(), reference),
                phase: Phase::Grants,
                blocked_by,
                waiting_for: Vec::new(),
                needs_right: None,
            });
        }
        expected
    }

    /// Unlinks what was to be linked until a day that has passed, whatever the mode; returns which organizations those are.
    fn ended_links(
        &mut self,
        key: &ProjectKey,
        wanted: &LinkedOrganizations,
        linked: &BTreeSet<OrganizationId>,
    ) -> BTreeSet<OrganizationId> {
        let mut ended = BTreeSet::new();
        for link in &wanted.dated {
            let Located { value: name, span } = &link.name;
            let Some(Identity::Live(id)) = self.identities.get(name) else {
                continue;
            };
            // One that is retired is unlinked everywhere already.
            if link.until >= self.desired.today || !self.is_present(name) || !linked.contains(id) {
                continue;
            }
            let id = id.clone();
            self.unlink(key, (name.as_str(), id.clone()), Reason::Expired, *span);
            ended.insert(id);
        }
        ended
    }

    fn is_present(&self, name: &OrganizationName) -> bool {
        let declared = self.desired.site.organizations.get(name);
        declared.is_some_and(|one| one.state.value == OrganizationState::Present)
    }

    /// Makes the row of a link that goes.
    pub(super) fn unlink(
        &mut self,
        key: &ProjectKey,
        (name, id): (&str, OrganizationId),
        reason: Reason,
        source: Span,
    ) {
        self.changes.push(Change {
            address: self.address(["project", key.as_str(), "organization", name]),
            kind: ResourceType::ProjectOrganization,
            name: name.to_owned(),
            action: Action::Delete,
            before: json!({ "project": key.as_str(), "organization": name }),
            after: Value::Null,
            reason,
            source: Some(source),
            surface: Surface::Documented,
            effect: Effect::Unlink(key.clone(), id),
            phase: Phase::Revocations,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
    }
}

/// Why nothing can rest on an organization that must not be made.
pub(super) fn organization_not_made() -> Block {
    Block::DependsOn {
        what: "the organization cannot be made".into(),
        overridable: false,
    }
}
