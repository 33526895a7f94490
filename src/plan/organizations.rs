//! Organizations: whether they exist, their names, members and e-mail domains.

use crate::config::driver::MappedField;
use crate::config::{ManagedBy, Mode, Organization, OrganizationState};
use crate::diagnostic::Located;
use crate::model::{AccountSet, Address, Domain, Field, OrganizationId, OrganizationName, Surface};
use crate::neutral::named;
use crate::observed::{Observation, ObservedOrganization};
use crate::plan::change::{Action, Change, Effect, OrganizationRef, Phase, Reason, ResourceType};
use crate::plan::diff::{Draft, whole};
use crate::plan::identity::Identity;
use crate::plan::lists::{ListOwner, PeopleList};
use crate::plan::manual::ManualSubject;
use crate::plan::{Block, roster, surfaces};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Draft<'a> {
    pub(super) fn organizations(&mut self) {
        let site = self.desired.site;
        if site.organizations.is_empty()
            && site.organizations_mode == Mode::AddOnly
            && site.nobody_leaves()
        {
            return;
        }
        let live = match whole(self.observed.organizations.as_ref()) {
            Ok(live) => live,
            Err(why) => {
                let address = self.address(["organization"]);
                return self.error(address, why, None);
            }
        };
        let matched: BTreeSet<OrganizationId> = self
            .identities
            .values()
            .flat_map(|identity| match identity {
                Identity::Live(id) | Identity::NearDuplicate(id) => std::slice::from_ref(id),
                Identity::Several(ids) => ids.as_slice(),
                Identity::Nowhere | Identity::IdUnknown => &[],
            })
            .cloned()
            .collect();
        // Whatever its `id` says, a declared name is never "no longer declared".
        let declared: BTreeSet<String> = site
            .organizations
            .iter()
            .flat_map(|(name, organization)| {
                let previous = organization.previous_name.as_ref();
                std::iter::once(name.folded()).chain(previous.map(|name| name.value.folded()))
            })
            .collect();
        self.coverage.organizations_live = live.len();
        for (name, organization) in &site.organizations {
            self.organization(name, organization, live);
        }
        for (id, seen) in live {
            if matched.contains(id) {
                continue;
            }
            self.people_absent_from(id, seen, scim_block(seen));
            if site.organizations_mode == Mode::Exact
                && !declared.contains(&OrganizationName::fold(&seen.name))
                && self.no_longer_declared(id, seen)
            {
                continue;
            }
            self.unmanaged.organizations.push(seen.name.clone());
        }
    }

    fn organization(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        live: &'a BTreeMap<OrganizationId, ObservedOrganization>,
    ) {
        let address = self.address(["organization", name.as_str()]);
        let identity = self
            .identities
            .get(name)
            .cloned()
            .unwrap_or(Identity::Nowhere);
        match (identity, organization.state.value) {
            (Identity::Live(id), OrganizationState::Present) => {
                let Some(seen) = live.get(&id) else { return };
                self.coverage.organizations_managed += 1;
                self.name(name, organization, &id, seen);
                self.members(name, organization, Some((&id, seen)), Vec::new());
                self.email_domains(
                    name,
                    organization,
                    OrganizationRef::Existing(id.clone()),
                    seen.email_domains.as_ref(),
                    Vec::new(),
                );
            }
            (Identity::Live(id), OrganizationState::Retired) => {
                let Some(seen) = live.get(&id) else { return };
                self.coverage.organizations_managed += 1;
                self.retire(name, organization, &id, seen);
            }
            (Identity::Live(id), OrganizationState::Absent) => {
                let Some(seen) = live.get(&id) else { return };
                let blocked = scim_block(seen);
                self.delete(
                    address,
                    name.as_str(),
                    &id,
                    Reason::StateAbsent,
                    Some(organization.state.span),
                    blocked,
                );
            }
            (Identity::Nowhere, OrganizationState::Present) => {
                self.create(name, organization, Vec::new())
            }
            (Identity::NearDuplicate(id), OrganizationState::Present) => {
                let other = live.get(&id).map_or("", |seen| seen.name.as_str());
                let why = format!(
                    "nearly the same name as organization {other} of the site: write `id: \"{id}\"` if it is that one, or choose another name",
                    other = named(other)
                );
                self.create(name, organization, vec![Block::Rule(why.into())]);
            }
            (Identity::Nowhere | Identity::NearDuplicate(_), _) => {}
            (Identity::IdUnknown, _) => {
                let id = organization.id.as_ref().map_or("", |id| id.value.as_str());
                let why = format!(
                    "the site has no organization with id `{id}`, or it cannot be seen: remove `id` to find it by name"
                );
                let span = organization.id.as_ref().map(|id| id.span);
                self.invalid(address, why, span);
            }
            (Identity::Several(ids), _) => {
                let ids = ids
                    .iter()
                    .map(|id| format!("`{id}`"))
                    .collect::<Vec<_>>()
                    .join(", ");
                let why = format!(
                    "several organizations of the site have this name ({ids}): write `id:` to choose one"
                );
                self.invalid(address, why, Some(organization.span));
            }
        }
    }

    fn name(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        id: &OrganizationId,
        seen: &ObservedOrganization,
    ) {
        if seen.name == name.as_str() {
            return;
        }
        let address = self.address(["organization", name.as_str()]);
        let (before, after) = (
            json!({ "name": seen.name }),
            json!({ "name": name.as_str() }),
        );
        self.changes.push(Change {
            address,
            kind: ResourceType::Organization,
            name: name.as_str().to_owned(),
            action: Action::Update,
            before,
            after,
            reason: Reason::Renamed,
            source: Some(organization.span),
            surface: Surface::Documented,
            effect: Effect::RenameOrganization(id.clone(), name.clone()),
            phase: Phase::Organizations,
            blocked_by: scim_block(seen),
            waiting_for: Vec::new(),
            needs_right: None,
        });
    }

    fn create(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        blocked_by: Vec<Block>,
    ) {
        if organization.managed_by == ManagedBy::Scim {
            let address = self.address(["organization", name.as_str()]);
            let why = "an identity provider manages it, and it is not on the site yet: nothing is created in its place";
            return self.finding(
                address,
                "scim-organization-missing",
                why,
                Some(organization.span),
            );
        }
        self.changes.push(Change {
            address: self.address(["organization", name.as_str()]),
            kind: ResourceType::Organization,
            name: name.as_str().to_owned(),
            action: Action::Create,
            before: Value::Null,
            after: json!({ "name": name.as_str() }),
            reason: Reason::Listed,
            source: Some(organization.span),
            surface: Surface::Documented,
            effect: Effect::CreateOrganization(name.clone()),
            phase: Phase::Organizations,
            blocked_by: blocked_by.clone(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        let blocked = if blocked_by.is_empty() {
            Vec::new()
        } else {
            vec![super::links::organization_not_made()]
        };
        self.members(name, organization, None, blocked.clone());
        let empty = Observation::read(BTreeSet::new(), Surface::Documented);
        self.email_domains(
            name,
            organization,
            OrganizationRef::Planned(name.clone()),
            Some(&empty),
            blocked,
        );
    }

    /// Compares members; a planned organization has none yet.
    fn members(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        live: Option<(&OrganizationId, &'a ObservedOrganization)>,
        mut blocked: Vec<Block>,
    ) {
        let Some(desired) = self.desired.members.get(name) else {
            if let Some((id, seen)) = live {
                // Whoever must be out is out, whoever else decides on the list.
                self.people_absent_from(id, seen, scim_block(seen));
            }
            return;
        };
        let nobody = AccountSet::default();
        let (id, members) = match live {
            None => (None, &nobody),
            Some((id, seen)) => match whole(seen.members.as_ref()) {
                Ok(members) => {
                    blocked.extend(scim_block(seen));
                    (Some(id), members)
                }
                Err(why) => {
                    let address = self.address(["organization", name.as_str(), "member"]);
                    return self.error(address, why, Some(desired.roster.span));
                }
            },
        };
        // A written list says which domains the organization will have, so a domain that goes keeps nobody. Domains that
        // are not written are not read either: a snapshot that holds them must not change the plan.
        let own: BTreeSet<&Domain> = organization
            .email_domains
            .iter()
            .flat_map(|written| written.value.iter().map(|domain| &domain.value))
            .collect();
        let comparison = roster::compare(desired, members, &self.index, &own);
        let reference = match id {
            Some(id) => OrganizationRef::Existing(id.clone()),
            None => OrganizationRef::Planned(name.clone()),
        };
        let list = PeopleList {
            parts: &["organization", name.as_str()],
            owner: ListOwner::Organization(&reference),
            blocked,
            additions_blocked: Vec::new(),
            removals_blocked: Vec::new(),
            removals_wait_for: Vec::new(),
        };
        self.people(&list, desired, comparison);
    }

    /// Removes people whom `people` declares absent from an organization that no roster manages.
    fn people_absent_from(
        &mut self,
        id: &OrganizationId,
        seen: &'a ObservedOrganization,
        blocked_by: Vec<Block>,
    ) {
        if self.desired.site.nobody_leaves() {
            return;
        }
        let name = seen.name.as_str();
        let members = match whole(seen.members.as_ref()) {
            Ok(members) => members,
            Err(why) => {
                let address = self.address(["organization", name, "member"]);
                return self.error(address, why, None);
            }
        };
        let list = PeopleList {
            parts: &["organization", name],
            owner: ListOwner::Organization(&OrganizationRef::Existing(id.clone())),
            blocked: blocked_by,
            additions_blocked: Vec::new(),
            removals_blocked: Vec::new(),
            removals_wait_for: Vec::new(),
        };
        self.absent_people(&list, members);
    }

    fn email_domains(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        reference: OrganizationRef,
        seen: Option<&Observation<BTreeSet<Domain>>>,
        blocked_by: Vec<Block>,
    ) {
        let Some(written) = &organization.email_domains else {
            return;
        };
        let wanted: BTreeSet<Domain> = written
            .value
            .iter()
            .map(|domain| domain.value.clone())
            .collect();
        let list_address = self.address(["organization", name.as_str(), "email-domain"]);
        self.unreadable(seen, &list_address, written.span);
        let attested_whole = self.attested(&list_address);
        let known: Option<BTreeSet<Domain>> = match seen.map(|observation| &observation.value) {
            Some(Field::Known(list)) => Some(list.clone()),
            _ => attested_whole.and_then(|value| serde_json::from_value(value.clone()).ok()),
        };
        self.count_field(known.is_some());
        let route = surfaces::route(
            &self.desired.site.surfaces,
            MappedField::OrganizationEmailDomains,
        );
        let unread = matches!(
            seen.map(|observation| &observation.value),
            Some(Field::Unknown(_)) | None
        );
        let surface = if unread && route.read != Surface::Manual {
            Surface::Manual
        } else {
            route.write
        };
        let mut rows = self.new_email_domains(name, &written.value, known.as_ref());
        for domain in known.iter().flat_map(|live| live.difference(&wanted)) {
            let domain = Located::new(domain.clone(), written.span);
            rows.push((Action::Delete, Reason::NotListed, domain));
        }
        if rows.is_empty() {
            return;
        }
        let mut addresses = Vec::new();
        for (action, reason, domain) in rows {
            let Located {
                value: domain,
                span,
            } = domain;
            let address = self.email_domain_address(name, &domain);
            addresses.push(address.clone());
            let value = json!({ "domain": domain.as_str() });
            let (before, after) = match action {
                Action::Delete => (value, Value::Null),
                _ => (Value::Null, value),
            };
            self.changes.push(Change {
                address,
                kind: ResourceType::OrganizationEmailDomain,
                name: domain.as_str().to_owned(),
                action,
                before,
                after,
                reason,
                source: Some(span),
                surface,
                effect: Effect::SetEmailDomains(reference.clone(), wanted.clone()),
                phase: Phase::Grants,
                blocked_by: blocked_by.clone(),
                waiting_for: Vec::new(),
                needs_right: None,
            });
        }
        if surface == Surface::Manual {
            let present = known.map_or(Value::Null, |live| json!(live));
            self.by_hand(
                &ManualSubject::EmailDomains(name.clone()),
                addresses,
                present,
                json!(wanted),
            );
        }
    }

    /// Returns the written domains that are not there, as far as that is known.
    fn new_email_domains(
        &self,
        name: &OrganizationName,
        written: &[Located<Domain>],
        known: Option<&BTreeSet<Domain>>,
    ) -> Vec<(Action, Reason, Located<Domain>)> {
        let row = |domain: &Located<Domain>| {
            let reason = match known {
                Some(live) if live.contains(&domain.value) => return None,
                Some(_) => Reason::Listed,
                None => match self.attested(&self.email_domain_address(name, &domain.value)) {
                    Some(Value::Bool(true)) => return None,
                    // Somebody looked, and it is not there.
                    Some(Value::Bool(false)) => Reason::Listed,
                    _ => Reason::Unknown,
                },
            };
            Some((Action::Create, reason, domain.clone()))
        };
        written.iter().filter_map(row).collect()
    }

    fn email_domain_address(&self, name: &OrganizationName, domain: &Domain) -> Address {
        self.address([
            "organization",
            name.as_str(),
            "email-domain",
            domain.as_str(),
        ])
    }

    /// Unlinks an organization everywhere and keeps it, with its members unless it is to be emptied.
    fn retire(
        &mut self,
        name: &'a OrganizationName,
        organization: &'a Organization,
        id: &OrganizationId,
        seen: &'a ObservedOrganization,
    ) {
        let blocked = scim_block(seen);
        let span = organization.state.span;
        let reason = match organization.ended {
            true => Reason::Expired,
            false => Reason::Retired,
        };
        match whole(self.observed.projects.as_ref()) {
            Err(why) => {
                let address = self.address(["organization", name.as_str()]);
                self.error(address, why, Some(span));
            }
            Ok(projects) => {
                for (key, project) in projects {
                    match whole(project.organizations.as_ref()) {
                        Err(why) => {
                            let address = self.address(["project", key.as_str(), "organization"]);
                            self.error(address, why, Some(span));
                        }
                        Ok(linked) if linked.contains(id) => {
                            self.unlink(key, (name.as_str(), id.clone()), reason, span);
                        }
                        Ok(_) => {}
                    }
                }
            }
        }
        if !organization.empty {
            return self.people_absent_from(id, seen, blocked);
        }
        match whole(seen.members.as_ref()) {
            Err(why) => {
                let address = self.address(["organization", name.as_str(), "member"]);
                self.error(address, why, Some(span));
            }
            Ok(members) => {
                for account in members {
                    if let Some(why) = self.index.untouchable(account) {
                        self.left_in_place(
                            &["organization", name.as_str(), "member"],
                            account,
                            why,
                            span,
                        );
                        continue;
                    }
                    let email = self
                        .index
                        .account(account)
                        .and_then(|account| account.email.as_ref());
                    let person = email
                        .map_or_else(|| format!("id:{account}"), |email| email.key().to_owned());
                    self.changes.push(Change {
                        address: self.address(["organization", name.as_str(), "member", &person]),
                        kind: ResourceType::OrganizationMember,
                        name: person,
                        action: Action::Delete,
                        before: json!({ "account_id": account }),
                        after: Value::Null,
                        reason,
                        source: Some(span),
                        surface: Surface::Documented,
                        effect: Effect::RemoveMember(id.clone(), *account),
                        phase: Phase::Revocations,
                        blocked_by: blocked.clone(),
                        waiting_for: Vec::new(),
                        needs_right: None,
                    });
                }
            }
        }
    }

    /// Deletes an organization that Portcullis made for this workspace and that is no longer declared.
    fn no_longer_declared(&mut self, id: &OrganizationId, seen: &ObservedOrganization) -> bool {
        let address = self.address(["organization", &seen.name]);
        match whole(seen.ownership.as_ref()) {
            Err(why) => {
                self.error(address, why, None);
                true
            }
            Ok(Some(mark)) if mark.workspace == self.desired.site.key.as_str() => {
                self.delete(
                    address,
                    &seen.name,
                    id,
                    Reason::NoLongerDeclared,
                    Some(self.desired.site.span),
                    scim_block(seen),
                );
                true
            }
            Ok(_) => false,
        }
    }

    fn delete(
        &mut self,
        address: Address,
        name: &str,
        id: &OrganizationId,
        reason: Reason,
        source: Option<crate::diagnostic::Span>,
        blocked_by: Vec<Block>,
    ) {
        self.changes.push(Change {
            address,
            kind: ResourceType::Organization,
            name: name.to_owned(),
            action: Action::Delete,
            before: json!({ "name": name, "id": id.as_str() }),
            after: Value::Null,
            reason,
            source,
            surface: Surface::Documented,
            effect: Effect::DeleteOrganization(id.clone()),
            phase: Phase::Deletions,
            blocked_by,
            waiting_for: Vec::new(),
            needs_right: None,
        });
    }

    /// Returns what a valid attestation says of an address.
    pub(super) fn attested(&self, address: &Address) -> Option<&'a Value> {
        self.desired
            .attestations
            .get(address.as_str())
            .map(|attestation| &attestation.value)
    }

    pub(super) fn count_field(&mut self, known: bool) {
        if known {
            self.coverage.fields_known += 1;
        } else {
            self.coverage.fields_unknown += 1;
        }
    }
}

/// Why an organization that an identity provider manages is never changed (L69).
fn scim_block(seen: &ObservedOrganization) -> Vec<Block> {
    if seen.scim_managed {
        vec![Block::Rule(
            "L69: an identity provider manages this organization".into(),
        )]
    } else {
        Vec::new()
    }
}
