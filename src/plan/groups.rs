//! Groups in a project's role *Service Desk Customers*: who comes, who goes, and what stands against going.
//!
//! A group stands for people whom nobody lists one by one, so it goes only where every member is known and none of them is
//! somebody whom Portcullis never takes access from. What the role gives every new project is Atlassian's to keep.

use crate::config::{CustomerGroup, CustomerGroups, Mode, Project};
use crate::diagnostic::Span;
use crate::model::{AccountSet, Incomplete, ProjectKey, Read, Surface};
use crate::neutral::named;
use crate::neutral::phrase::{marked, ours, say};
use crate::observed::{GroupRef, ObservedCustomers, ObservedProject, Standing};
use crate::plan::Block;
use crate::plan::change::{Action, Change, Effect, Phase, Reason, ResourceType};
use crate::plan::diff::{Draft, whole};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl Draft<'_> {
    /// Plans the groups of a project's role of customers; where the files say nothing of them, they are told.
    pub(super) fn customer_groups(
        &mut self,
        key: &ProjectKey,
        project: &Project,
        seen: &ObservedProject,
    ) {
        let permissions = seen.permissions.as_ref();
        let read = permissions.and_then(|seen| seen.customers.as_ref());
        match (&project.customer_groups, whole(read)) {
            (Some(wanted), Err(why)) => {
                let address = self.address(["project", key.as_str(), "customer-group"]);
                self.error(address, why, Some(wanted.span));
            }
            (None, Err(_)) => {}
            (None, Ok(customers)) => {
                for group in &customers.groups {
                    self.unlisted_group(key, group, project.span);
                }
            }
            (Some(wanted), Ok(customers)) => self.groups_of(key, wanted, customers),
        }
    }

    fn groups_of(
        &mut self,
        key: &ProjectKey,
        wanted: &CustomerGroups,
        customers: &ObservedCustomers,
    ) {
        // While one listed group is not identified, an unlisted one might be it.
        let mut unsure = false;
        for group in &wanted.list {
            let mut there = customers.groups.iter();
            if there.any(|live| group.means(live)) {
                continue;
            }
            unsure |= !self.group_comes(key, group, customers);
        }
        let mut there = customers.groups.iter();
        let mut extra: Vec<&GroupRef> = Vec::new();
        extra.extend(there.by_ref().filter(|live| {
            let mut listed = wanted.list.iter();
            !listed.any(|group| group.means(live))
        }));
        for group in extra {
            match wanted.mode {
                Mode::Exact if !unsure => self.group_goes(key, group, wanted.span, customers),
                _ => self.unlisted_group(key, group, wanted.span),
            }
        }
    }

    /// Makes the row of a group that comes; says whether it is known which group that is.
    fn group_comes(
        &mut self,
        key: &ProjectKey,
        group: &CustomerGroup,
        customers: &ObservedCustomers,
    ) -> bool {
        let address = self.address(["project", key.as_str(), "customer-group", &group.name]);
        let other = customers.groups.iter().find(|live| live.name == group.name);
        let known = match &group.id {
            Some(id) => self.observed.groups.get(id).map(|seen| GroupRef {
                id: Some(id.clone()),
                name: seen.name.clone(),
            }),
            None => self.observed.group_named(&group.name),
        };
        let namesake = other.and_then(|live| live.id.clone()).or_else(|| {
            let found = self.observed.group_named(&group.name)?;
            found
                .id
                .filter(|id| group.id.as_ref().is_some_and(|mine| mine != id))
        });
        if let (Some(mine), Some(theirs)) = (&group.id, &namesake) {
            let why = format!(
                "the site's group of this name has the id {}, and the files say {}: it is another group",
                named(theirs),
                named(mine)
            );
            self.invalid(address, why, Some(group.span));
            return false;
        }
        let live = known.unwrap_or_else(|| GroupRef {
            id: group.id.clone(),
            name: group.name.clone(),
        });
        if self
            .observed
            .groups
            .get(live.key())
            .is_some_and(|seen| seen.missing)
        {
            let cause = Incomplete {
                why: "the site has no such group, or the caller cannot see it".into(),
                forbidden: false,
            };
            self.error(address, cause, Some(group.span));
            return false;
        }
        self.changes.push(Change {
            address,
            kind: ResourceType::ProjectCustomerGroup,
            name: group.name.clone(),
            action: Action::Create,
            before: Value::Null,
            after: self.group_value(key, &live, &group.name),
            reason: Reason::Listed,
            source: Some(group.span),
            surface: Surface::Documented,
            effect: Effect::AddCustomerGroup(key.clone(), live),
            phase: Phase::Grants,
            blocked_by: Vec::new(),
            waiting_for: Vec::new(),
            needs_right: None,
        });
        true
    }

    /// Makes the row of a group that goes, with whatever stands against it.
    fn group_goes(
        &mut self,
        key: &ProjectKey,
        group: &GroupRef,
        source: Span,
        customers: &ObservedCustomers,
    ) {
        let address = self.address(["project", key.as_str(), "customer-group", &group.name]);
        let mut blocked_by = Vec::new();
        match &customers.defaults {
            Some(Read::Complete(defaults))
                if defaults.iter().any(|other| other.key() == group.key()) =>
            {
                let message = format!(
                    "group {} stays: the role Service Desk Customers gives it to every new project",
                    named(&group.name)
                );
                return self.finding(address, "left-in-place", message, Some(source));
            }
            Some(Read::Complete(_)) => {}
            Some(Read::Incomplete(why)) => blocked_by.push(Block::Rule(say(
                "whether the role gives the group to every new project was not read: {}",
                [why.why.clone()],
            ))),
            None => blocked_by.push(Block::Rule(
                "whether the role gives the group to every new project was not read".into(),
            )),
        }
        blocked_by.extend(self.stands_against_going(group));
        self.changes.push(Change {
            address,
            kind: ResourceType::ProjectCustomerGroup,
            name: group.name.clone(),
            action: Action::Delete,
            before: self.group_value(key, group, &group.name),
            after: Value::Null,
            reason: Reason::NotListed,
            source: Some(source),
            surface: Surface::Documented,
            effect: Effect::RemoveCustomerGroup(key.clone(), group.clone()),
            phase: Phase::Revocations,
            blocked_by,
            waiting_for: Vec::new(),
            needs_right: None,
        });
    }

    /// A group goes only where every member was read, and none is the caller, an agent or administrator, or an app.
    fn stands_against_going(&self, group: &GroupRef) -> Option<Block> {
        let members = match self
            .observed
            .groups
            .get(group.key())
            .map(|seen| &seen.members)
        {
            Some(Read::Complete(members)) => members,
            Some(Read::Incomplete(why)) => {
                return Some(Block::Rule(say(
                    "its members were not read: {}",
                    [why.why.clone()],
                )));
            }
            None => return Some(Block::Rule("its members were not read".into())),
        };
        let mut stay: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for id in members {
            let unasked = !id.looks_portal_only()
                && self
                    .index
                    .account(id)
                    .is_none_or(|seen| seen.standing == Standing::NotAsked);
            let why = match self.index.untouchable(id) {
                Some(why) => why.phrase(),
                None if unasked => "whether they are an agent was not read",
                None => continue,
            };
            let email = self.index.email_of(id);
            let who = email.map_or_else(|| format!("id:{id}"), |email| email.key().to_owned());
            stay.entry(why).or_default().insert(who);
        }
        let (why, people) = stay.into_iter().next()?;
        let first = people.first().map(marked)?;
        let whom = match people.len() {
            1 => say("its member {} stays on every list", [first]),
            count => say(
                "{} of its members, {} the first of them, stay on every list",
                [ours(count), first],
            ),
        };
        Some(Block::Rule(whom.word(": ").word(why)))
    }

    /// Says that a group which the files do not list is in the role.
    fn unlisted_group(&mut self, key: &ProjectKey, group: &GroupRef, source: Span) {
        let size = match self.observed.whole_group(group).map(AccountSet::len) {
            Some(1) => "1 member".to_owned(),
            Some(size) => format!("{size} members"),
            None => "members whom nobody could read".to_owned(),
        };
        self.finding(
            self.address(["project", key.as_str(), "customer-group", &group.name]),
            "customer-group",
            format!(
                "group {} is in the project's role Service Desk Customers with {size}: they are customers beside those whom the files list",
                named(&group.name)
            ),
            Some(source),
        );
    }

    fn group_value(&self, key: &ProjectKey, group: &GroupRef, name: &str) -> Value {
        let mut value = json!({ "project": key.as_str(), "group": name });
        if let Some(id) = &group.id {
            value["group_id"] = json!(id);
        }
        value["members"] = json!(self.observed.whole_group(group).map(AccountSet::len));
        value
    }
}
