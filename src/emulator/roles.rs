//! Project roles: who is in them, and the list of customers, which is a view of one of them.
//!
//! What is stored is how the actors of a project differ from those that every project has: every agent of the site is in its
//! team, and the two built-in callers administer it. The people in the role of customers are the roster.

use super::accounts::{Account, Handle};
use super::audit::{Event, Item};
use super::objects::{Project, SiteError};
use super::site::{ADMIN, AGENT, PROJECTS, Site};
use crate::model::{AccountId, ProjectKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A project role. Company-managed projects share them; a team-managed project has its own, of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Administers the project.
    Administrators,
    /// The project's agents.
    Team,
    /// The project's customers.
    Customers,
}

impl ProjectRole {
    /// Every role, by id.
    pub const ALL: [Self; 3] = [Self::Administrators, Self::Customers, Self::Team];

    /// Returns the id that company-managed projects share.
    pub const fn id(self) -> u64 {
        match self {
            Self::Administrators => 10_002,
            Self::Customers => 10_100,
            Self::Team => 10_101,
        }
    }

    /// Returns the name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrators => "Administrators",
            Self::Customers => "Service Desk Customers",
            Self::Team => "Service Desk Team",
        }
    }

    /// Returns the id of the role in a project.
    pub(super) fn id_in(self, project: &Project) -> u64 {
        match (project.team_managed, self) {
            (false, _) => self.id(),
            (true, Self::Administrators) => 20_000 + u64::from(project.desk) * 10,
            (true, Self::Customers) => 20_001 + u64::from(project.desk) * 10,
            (true, Self::Team) => 20_002 + u64::from(project.desk) * 10,
        }
    }

    /// Finds a role of a project by its id there.
    pub(super) fn of_project(project: &Project, text: &str) -> Option<Self> {
        let id: u64 = text.parse().ok()?;
        Self::ALL.into_iter().find(|role| role.id_in(project) == id)
    }
}

/// Somebody in a project role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleActor {
    /// One account.
    Account(AccountId),
    /// Everybody in a group of this name.
    Group(String),
}

/// Why somebody is in the list of a project's customers without being an actor of the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Listed {
    /// Through a group that is an actor of the role.
    Group,
    /// By a permission of the scheme (V7).
    Permission,
    /// For the record: the person was a customer once, or asked for something.
    Record,
}

impl Site {
    /// Puts somebody into a role of a project; an account in the role of customers comes onto the roster.
    ///
    /// # Errors
    /// When there is no such project, account or group.
    pub fn add_role_actor(
        &mut self,
        key: &ProjectKey,
        role: ProjectRole,
        actor: RoleActor,
    ) -> Result<(), SiteError> {
        self.check_actor(&actor)?;
        match actor {
            RoleActor::Account(id) if role == ProjectRole::Customers => {
                let batch = self.handles(&[id])?;
                self.project_named(key)?;
                self.change_roster(key, batch, true);
                Ok(())
            }
            actor => {
                let derived = self.derived_actors(role).contains(&actor);
                let project = self.project_named(key)?;
                let actor = (role, actor);
                let returned = project.permissions.without.remove(&actor);
                let added = !derived && project.permissions.actors.insert(actor.clone());
                if returned || added {
                    self.note_role(key, role, &[actor.1], true);
                }
                Ok(())
            }
        }
    }

    /// Takes somebody out of a role of a project, and says whether they were in it.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn remove_role_actor(
        &mut self,
        key: &ProjectKey,
        role: ProjectRole,
        actor: &RoleActor,
    ) -> Result<bool, SiteError> {
        let there = self.role_actors(key, role).contains(actor);
        let derived = self.derived_actors(role).contains(actor);
        let handle = match actor {
            RoleActor::Account(id) => self.accounts.handle(&id.text()),
            RoleActor::Group(_) => None,
        };
        let project = self.project_named(key)?;
        match handle.filter(|_| role == ProjectRole::Customers) {
            Some(handle) => self.change_roster(key, vec![handle], false),
            None => {
                let taken = (role, actor.clone());
                project.permissions.actors.remove(&taken);
                if there && derived {
                    project.permissions.without.insert(taken);
                }
                if there {
                    self.note_role(key, role, std::slice::from_ref(actor), false);
                }
            }
        }
        Ok(there)
    }

    /// Puts accounts onto the roster of a project, or takes them off; those who are there, or are not, stay as they are.
    pub(super) fn change_roster(&mut self, key: &ProjectKey, mut batch: Vec<Handle>, add: bool) {
        let Some(project) = self.projects.get_mut(key) else {
            return;
        };
        batch.retain(|handle| project.roster.contains(*handle, &self.accounts) != add);
        let actors: Vec<RoleActor> = batch
            .iter()
            .map(|handle| RoleActor::Account(AccountId::new(self.accounts.id_of(*handle))))
            .collect();
        match add {
            true => project.roster.insert(batch, &self.accounts),
            false => project.roster.remove(&batch, &self.accounts),
        }
        if !actors.is_empty() {
            self.note_role(key, ProjectRole::Customers, &actors, add);
        }
    }

    /// Notes that actors came into a role of a project, or left it.
    fn note_role(&mut self, key: &ProjectKey, role: ProjectRole, actors: &[RoleActor], add: bool) {
        let id = self
            .projects
            .get(key)
            .map_or(0, |project| role.id_in(project));
        let mut entry = Event::site(PROJECTS, "Project roles changed", self.project_item(key))
            .with(Item::new("PROJECT_ROLE", id, role.name()));
        for actor in actors {
            let (field, item) = match actor {
                RoleActor::Account(id) => ("Users", self.account_item(&id.text())),
                RoleActor::Group(name) => ("Groups", Item::new("GROUP", self.group_id(name), name)),
            };
            entry = match add {
                true => entry.changed(field, "", &item.name),
                false => entry.changed(field, &item.name, ""),
            };
            entry = entry.with(item);
        }
        self.note(entry);
    }

    /// Takes the built-in agent out of the role that administers a project.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn dismiss_agent(&mut self, key: &ProjectKey) -> Result<(), SiteError> {
        let ids: Vec<AccountId> = self
            .accounts_with_email(AGENT.0)
            .into_iter()
            .map(Account::id)
            .collect();
        for id in ids {
            self.remove_role_actor(key, ProjectRole::Administrators, &RoleActor::Account(id))?;
        }
        Ok(())
    }

    /// Makes somebody a default actor of a role: every project made from now on has them in it.
    ///
    /// # Errors
    /// When there is no such account or group.
    pub fn add_default_actor(
        &mut self,
        role: ProjectRole,
        actor: RoleActor,
    ) -> Result<(), SiteError> {
        self.check_actor(&actor)?;
        self.default_actors.insert((role, actor));
        Ok(())
    }

    /// Returns the default actors of a role.
    pub(super) fn default_actors(&self, role: ProjectRole) -> BTreeSet<RoleActor> {
        let of_role = self.default_actors.iter().filter(|(of, _)| *of == role);
        of_role.map(|(_, actor)| actor.clone()).collect()
    }

    /// Gives a new project the default actors of its roles.
    pub(super) fn fill_roles(&mut self, key: &ProjectKey) {
        for (role, actor) in self.default_actors.clone() {
            // What was checked when it became a default is still there: nothing deletes accounts or groups.
            let _ = self.add_role_actor(key, role, actor);
        }
    }

    /// Returns who is in a role of a project.
    pub fn role_actors(&self, key: &ProjectKey, role: ProjectRole) -> BTreeSet<RoleActor> {
        let Some(project) = self.projects.get(key) else {
            return BTreeSet::new();
        };
        let mut actors = match role {
            ProjectRole::Customers => self
                .rows(project.roster.as_slice())
                .into_iter()
                .map(|account| RoleActor::Account(account.id()))
                .collect(),
            _ => self.derived_actors(role),
        };
        let of_role = |set: &BTreeSet<(ProjectRole, RoleActor)>| -> BTreeSet<RoleActor> {
            let of_role = set.iter().filter(|(of, _)| *of == role);
            of_role.map(|(_, actor)| actor.clone()).collect()
        };
        actors.extend(of_role(&project.permissions.actors));
        let removed = of_role(&project.permissions.without);
        actors.retain(|actor| !removed.contains(actor));
        actors
    }

    /// Returns the names of the groups in the role of a project's customers.
    pub(super) fn customer_groups<'p>(
        &self,
        project: &'p Project,
    ) -> impl Iterator<Item = &'p str> {
        project
            .permissions
            .actors
            .iter()
            .filter_map(|(role, actor)| match (role, actor) {
                (ProjectRole::Customers, RoleActor::Group(name)) => Some(name.as_str()),
                _ => None,
            })
    }

    /// Returns the group through which an account is in the role of a project's customers.
    pub(super) fn customer_group<'p>(
        &self,
        project: &'p Project,
        account: &Account,
    ) -> Option<&'p str> {
        let mut groups = self.customer_groups(project).peekable();
        groups.peek()?;
        let own = self.groups_of(account);
        groups.find(|name| own.iter().any(|own| own == name))
    }

    /// Says whether an account is in a role of a project that staff have, by itself or through a group.
    pub(super) fn is_staff(&self, project: &Project, account: &Account) -> bool {
        let groups = self.groups_of(account);
        project.permissions.actors.iter().any(|(role, actor)| {
            *role != ProjectRole::Customers
                && match actor {
                    RoleActor::Account(id) => id.text() == *account.id,
                    RoleActor::Group(name) => groups.contains(name),
                }
        })
    }

    /// Says whether an account is in the role that administers a project.
    pub(super) fn administers(&self, project: &Project, account: &Account) -> bool {
        let groups = self.groups_of(account);
        self.role_actors(&project.key, ProjectRole::Administrators)
            .iter()
            .any(|actor| match actor {
                RoleActor::Account(id) => id.text() == *account.id,
                RoleActor::Group(name) => groups.contains(name),
            })
    }

    /// Lists people as customers of a project for the record: it gives them nothing.
    ///
    /// # Errors
    /// When the project or an account does not exist; nobody is listed then.
    pub fn list_for_the_record(
        &mut self,
        key: &ProjectKey,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        let batch = self.handles(accounts)?;
        let all = &self.accounts;
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        project.record.insert(batch, all);
        Ok(())
    }

    /// Returns who is listed as a customer besides the roster, sorted by account id, each with the first reason.
    pub(super) fn listed_besides(&self, project: &Project) -> Vec<(Handle, Listed)> {
        let mut listed: Vec<(Handle, Listed)> = Vec::new();
        for group in self.customer_groups(project) {
            let members = self.group_members(group);
            listed.extend(members.into_iter().map(|handle| (handle, Listed::Group)));
        }
        let by_permission = self.customers_by_scheme(project).into_iter();
        listed.extend(by_permission.map(|handle| (handle, Listed::Permission)));
        let record = project.record.as_slice().iter();
        listed.extend(record.map(|handle| (*handle, Listed::Record)));
        listed.retain(|(handle, _)| !project.roster.contains(*handle, &self.accounts));
        listed.sort_by(|a, b| {
            let ids = self.accounts.id_of(a.0).cmp(self.accounts.id_of(b.0));
            ids.then(a.1.cmp(&b.1))
        });
        listed.dedup_by_key(|(handle, _)| *handle);
        listed
    }

    /// Who is in a role of every project because of what they are on the site.
    fn derived_actors(&self, role: ProjectRole) -> BTreeSet<RoleActor> {
        let actor = |account: &Account| RoleActor::Account(account.id());
        match role {
            ProjectRole::Customers => BTreeSet::new(),
            ProjectRole::Team => self
                .accounts()
                .filter(|account| self.is_agent(account))
                .map(actor)
                .collect(),
            ProjectRole::Administrators => [ADMIN.0, AGENT.0]
                .into_iter()
                .flat_map(|address| self.accounts_with_email(address))
                .filter(|account| self.is_agent(account))
                .map(actor)
                .collect(),
        }
    }

    fn check_actor(&self, actor: &RoleActor) -> Result<(), SiteError> {
        match actor {
            RoleActor::Account(id) if self.account(id).is_none() => Err(SiteError::Account(*id)),
            RoleActor::Group(name) if !self.group_names().contains(name) => {
                Err(SiteError::Group(name.clone()))
            }
            _ => Ok(()),
        }
    }

    fn project_named(&mut self, key: &ProjectKey) -> Result<&mut Project, SiteError> {
        self.projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))
    }
}
