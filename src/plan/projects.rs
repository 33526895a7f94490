//! Service projects: channel access, sharing and rosters.

use crate::config::driver::MappedField;
use crate::config::{Mode, Project, UnlistedProjects};
use crate::desired::DesiredRoster;
use crate::diagnostic::Span;
use crate::model::{
    AccountSet, Address, ChannelAccess, CustomerSharing, Field, Incomplete, ProjectKey, Surface,
};
use crate::observed::{Observation, ObservedProject, SchemeFault};
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::{Draft, whole};
use crate::plan::lists::{ListOwner, PeopleList};
use crate::plan::manual::ManualSubject;
use crate::plan::{Block, roster, surfaces};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A field as planning sees it: its value as far as known, and the surface that would write it.
pub(super) struct Seen<T> {
    pub(super) known: Option<T>,
    pub(super) write: Surface,
}

impl<'a> Draft<'a> {
    pub(super) fn projects(&mut self) {
        let site = self.desired.site;
        if site.projects.is_empty() && self.observed.projects.is_none() {
            return;
        }
        let live = match whole(self.observed.projects.as_ref()) {
            Ok(live) => live,
            Err(why) => {
                let address = self.address(["project"]);
                return self.error(address, why, None);
            }
        };
        self.coverage.projects_live = live.len();
        for (key, project) in &site.projects {
            match live.get(key) {
                Some(seen) => {
                    self.coverage.projects_managed += 1;
                    self.project(key, project, seen);
                }
                None => {
                    let address = self.address(["project", key.as_str()]);
                    let why = "the site has no service project with this key, or the caller cannot see it";
                    self.error(
                        address,
                        Incomplete {
                            why: why.into(),
                            forbidden: false,
                        },
                        Some(project.span),
                    );
                }
            }
        }
        for (key, seen) in live {
            if site.projects.contains_key(key) {
                continue;
            }
            self.people_absent_from_project(key, seen);
            match site.unlisted_projects.value {
                UnlistedProjects::Ignore => continue,
                UnlistedProjects::Report => {}
                UnlistedProjects::Error => {
                    let address = self.address(["project", key.as_str()]);
                    let why = "the site has this service project, the YAML has not, and `unlisted_projects` is `error`";
                    self.invalid(address, why, Some(site.unlisted_projects.span));
                }
            }
            self.unmanaged.projects.push(key.as_str().to_owned());
        }
    }

    fn project(&mut self, key: &'a ProjectKey, project: &'a Project, seen: &'a ObservedProject) {
        let access = self.channel_access(key, project, seen);
        self.customer_sharing(key, project, seen);
        if let Some(linked) = &project.organizations {
            self.linked_organizations(key, linked, seen);
        }
        self.customers(key, project, seen, access);
        self.customer_groups(key, project, seen);
        if !project.knowledge_base.is_empty() {
            self.knowledge_base(key, project, seen);
        }
    }

    /// Plans channel access and returns the live value as far as known.
    fn channel_access(
        &mut self,
        key: &'a ProjectKey,
        project: &'a Project,
        seen: &ObservedProject,
    ) -> Option<ChannelAccess> {
        let address = self.address(["project", key.as_str(), "access"]);
        let state = self.seen(
            seen.channel_access.as_ref(),
            MappedField::ChannelAccess,
            &address,
            |word| ChannelAccess::from_word(word.as_str()?),
        );
        if let Some(wanted) = &project.channel_access {
            self.unreadable(seen.channel_access.as_ref(), &address, wanted.span);
            self.count_field(state.known.is_some());
            if state.known != Some(wanted.value) {
                let phase = match wanted.value {
                    ChannelAccess::Restricted => Phase::Narrow,
                    ChannelAccess::Open => Phase::Open,
                };
                let effect = Effect::SetChannelAccess(key.clone(), wanted.value);
                let words = (state.known.map(ChannelAccess::word), wanted.value.word());
                let subject = ManualSubject::ChannelAccess(key.clone());
                self.project_field(
                    address,
                    "channel access",
                    words,
                    &state,
                    effect,
                    phase,
                    wanted.span,
                    &subject,
                );
            }
        }
        state.known
    }

    fn customer_sharing(
        &mut self,
        key: &'a ProjectKey,
        project: &'a Project,
        seen: &ObservedProject,
    ) {
        let Some(wanted) = &project.customer_sharing else {
            return;
        };
        let address = self.address(["project", key.as_str(), "sharing"]);
        let state = self.seen(
            seen.customer_sharing.as_ref(),
            MappedField::CustomerSharing,
            &address,
            |word| CustomerSharing::from_word(word.as_str()?),
        );
        self.unreadable(seen.customer_sharing.as_ref(), &address, wanted.span);
        self.count_field(state.known.is_some());
        if state.known == Some(wanted.value) {
            return;
        }
        let phase = match state.known {
            Some(live) if live > wanted.value => Phase::Narrow,
            _ => Phase::Open,
        };
        let effect = Effect::SetCustomerSharing(key.clone(), wanted.value);
        let words = (state.known.map(CustomerSharing::word), wanted.value.word());
        let subject = ManualSubject::CustomerSharing(key.clone());
        self.project_field(
            address,
            "customer sharing",
            words,
            &state,
            effect,
            phase,
            wanted.span,
            &subject,
        );
    }

    #[expect(clippy::too_many_arguments, reason = "each is one column of the row")]
    fn project_field<T>(
        &mut self,
        address: Address,
        name: &str,
        (before, after): (Option<&str>, &str),
        state: &Seen<T>,
        effect: Effect,
        phase: Phase,
        source: Span,
        subject: &ManualSubject,
    ) {
        let before = before.map_or(Value::Null, |word| json!(word));
        let after = json!(after);
        let manual = state.write == Surface::Manual;
        self.changes.push(Change {
            address: address.clone(),
            kind: ResourceType::ProjectAccess,
            name: name.to_owned(),
            action: Action::Update,
            before: before.clone(),
            after: after.clone(),
            reason: if state.known.is_some() {
                Reason::Differs
            } else {
                Reason::Unknown
            },
            source: Some(source),
            surface: state.write,
            effect,
            phase,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        if manual {
            self.by_hand(subject, vec![address], before, after);
        }
    }

    /// Brings a field into the form in which planning judges it.
    ///
    /// A value that a program read is written by the field's write surface. A value that no program could read is
    /// written by hand, since every other write begins with reading.
    pub(super) fn seen<T: Clone>(
        &self,
        observation: Option<&Observation<T>>,
        field: MappedField,
        address: &Address,
        parse: impl Fn(&Value) -> Option<T>,
    ) -> Seen<T> {
        match observation.map(|observation| &observation.value) {
            Some(Field::Known(value)) => Seen {
                known: Some(value.clone()),
                write: surfaces::route(&self.desired.site.surfaces, field).write,
            },
            Some(Field::Unknown(_)) | None => Seen {
                known: self.attested(address).and_then(parse),
                write: Surface::Manual,
            },
        }
    }

    /// Says why a written field could not be read.
    ///
    /// On a surface without a promise the field falls back to a person. An endpoint that the operator described was
    /// asked for by name, so not being able to read it is an error.
    pub(super) fn unreadable<T>(
        &mut self,
        observation: Option<&Observation<T>>,
        address: &Address,
        source: Span,
    ) {
        let Some(observation) = observation else {
            return;
        };
        let Field::Unknown(why) = &observation.value else {
            return;
        };
        match observation.surface {
            Surface::Manual => {}
            Surface::Mapped
                if self
                    .errors
                    .iter()
                    .any(|error| error.cause.why == why.as_str()) => {}
            Surface::Mapped => {
                let cause = Incomplete {
                    why: why.clone().into(),
                    forbidden: observation.forbidden,
                };
                self.error(address.clone(), cause, Some(source));
            }
            _ => self.finding(address.clone(), "not-readable", why.clone(), Some(source)),
        }
    }

    fn customers(
        &mut self,
        key: &'a ProjectKey,
        project: &'a Project,
        seen: &'a ObservedProject,
        access: Option<ChannelAccess>,
    ) {
        let Some(desired) = self.desired.customers.get(key) else {
            return self.people_absent_from_project(key, seen);
        };
        let customers = match whole(seen.customers.as_ref()) {
            Ok(customers) => customers,
            Err(why) => {
                let address = self.address(["project", key.as_str(), "customer"]);
                return self.error(address, why, Some(desired.roster.span));
            }
        };
        let (removals_blocked, removals_wait_for) = self.removals_from(
            key,
            project.channel_access.as_ref().map(|access| access.value),
            access,
        );
        let comparison = roster::compare(desired, customers, &self.index, &BTreeSet::new());
        if desired.roster.mode == Mode::Exact {
            self.only_shown(key, desired, seen);
        }
        let list = PeopleList {
            parts: &["project", key.as_str()],
            owner: ListOwner::Project(key),
            blocked: Vec::new(),
            additions_blocked: shut_to_customers(seen).into_iter().collect(),
            removals_blocked,
            removals_wait_for,
        };
        self.people(&list, desired, comparison);
    }

    /// Says how many people Atlassian's list of customers shows although they do not hold the role: nobody can remove them there.
    fn only_shown(
        &mut self,
        key: &ProjectKey,
        desired: &'a DesiredRoster<'a>,
        seen: &'a ObservedProject,
    ) {
        // Whoever is there by a group of the role is told of with the group.
        let permissions = seen.permissions.as_ref();
        let customers = permissions.and_then(|seen| seen.customers.as_ref()?.complete());
        let groups = customers
            .into_iter()
            .flat_map(|customers| &customers.groups);
        let in_groups: BTreeSet<_> = groups
            .filter_map(|group| self.observed.whole_group(group))
            .flatten()
            .collect();
        let shown = seen.only_shown.iter();
        let shown: AccountSet = shown
            .filter(|id| !in_groups.contains(id))
            .cloned()
            .collect();
        let comparison = roster::compare(desired, &shown, &self.index, &BTreeSet::new());
        let people = match comparison.removals.len() + comparison.stays.len() {
            0 => return,
            1 => "1 unlisted person is".to_owned(),
            count => format!("{count} unlisted people are"),
        };
        let message = format!(
            "{people} in Atlassian's list of customers by a group, by a permission, or for the record: nothing takes them off that list"
        );
        let address = self.address(["project", key.as_str(), "customer"]);
        self.finding(address, "left-in-place", message, Some(desired.roster.span));
    }

    /// Says what stands against removing customers: Atlassian refuses it while the project is open (L52).
    fn removals_from(
        &mut self,
        key: &ProjectKey,
        wanted: Option<ChannelAccess>,
        live: Option<ChannelAccess>,
    ) -> (Vec<Block>, Vec<Address>) {
        let access = self.address(["project", key.as_str(), "access"]);
        match (wanted, live) {
            // A restricted project is opened after customers left it.
            (Some(ChannelAccess::Open), None | Some(ChannelAccess::Open))
            | (None, Some(ChannelAccess::Open)) => (
                vec![Block::Rule(
                    "L52: Atlassian refuses to remove customers while the project is open".into(),
                )],
                Vec::new(),
            ),
            _ => (Vec::new(), self.manual_changes_at(&[access])),
        }
    }

    fn people_absent_from_project(&mut self, key: &ProjectKey, seen: &'a ObservedProject) {
        let site = self.desired.site;
        if site.nobody_leaves() {
            return;
        }
        let customers = match whole(seen.customers.as_ref()) {
            Ok(customers) => customers,
            Err(why) => {
                let address = self.address(["project", key.as_str(), "customer"]);
                return self.error(address, why, None);
            }
        };
        let live = seen
            .channel_access
            .as_ref()
            .and_then(|access| access.value.known())
            .copied();
        let wanted = site
            .projects
            .get(key)
            .and_then(|project| project.channel_access.as_ref())
            .map(|access| access.value);
        let (removals_blocked, removals_wait_for) = self.removals_from(key, wanted, live);
        let list = PeopleList {
            parts: &["project", key.as_str()],
            owner: ListOwner::Project(key),
            blocked: Vec::new(),
            additions_blocked: Vec::new(),
            removals_blocked,
            removals_wait_for,
        };
        self.absent_people(&list, customers);
    }
}

/// Says what stands against adding customers: a permission scheme that lets none in (V8a, V8b).
fn shut_to_customers(seen: &ObservedProject) -> Option<Block> {
    let why = match seen.permissions.as_ref()?.fault()? {
        SchemeFault::LacksPortalAccess => {
            "V8a: the project's permission scheme lets no customers in, so adding one fails"
        }
        SchemeFault::GrantedToCustomersRole => {
            "V8b: the project's permission scheme grants permissions to the role Service Desk Customers, so adding a customer fails"
        }
    };
    Some(Block::Rule(why.into()))
}
