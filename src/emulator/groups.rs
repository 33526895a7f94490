//! Groups of Atlassian accounts: three that follow from the roles of accounts, and those that administrators made.
//!
//! A group can stand for a role: whoever is in it has the role as long as they are. Portal-only accounts are in no group.

use super::accounts::{Account, App, Handle, Role};
use super::audit::{Event, Item};
use super::ids::uuid_of;
use super::members::Members;
use super::objects::SiteError;
use super::site::Site;
use crate::model::{AccountId, AccountKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The category of audit records about groups.
const GROUPS: &str = "group management";

/// A group that an administrator made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) members: Members,
    /// The JSM role that it grants.
    pub(super) role: Role,
    /// The other apps that it opens.
    #[serde(default)]
    pub(super) apps: BTreeSet<App>,
}

impl Site {
    /// Adds a group without members, which grants nothing, under an id of its own or the given one. An existing one is left alone.
    pub fn add_group(&mut self, name: &str, id: Option<&str>) {
        if self.group_named(name).is_some() {
            return;
        }
        let id = match id {
            Some(id) => id.to_owned(),
            None => uuid_of(&format!("group {} {name}", self.cloud_id())),
        };
        let group = Group {
            id,
            members: Members::default(),
            role: Role::None,
            apps: BTreeSet::new(),
        };
        let item = Item::new("GROUP", &group.id, name);
        self.groups.insert(name.to_owned(), group);
        self.note(Event::site(GROUPS, "Group created", item));
    }

    /// Says which JSM role, and which other apps, membership of a group grants.
    ///
    /// # Errors
    /// When nobody made such a group.
    pub fn set_group_access(
        &mut self,
        name: &str,
        role: Role,
        apps: BTreeSet<App>,
    ) -> Result<(), SiteError> {
        let group = self
            .groups
            .get_mut(name)
            .ok_or_else(|| SiteError::Group(name.to_owned()))?;
        group.role = role;
        group.apps = apps;
        Ok(())
    }

    /// Puts Atlassian accounts into a group that somebody made.
    ///
    /// # Errors
    /// When there is no such group or account, or an account is portal-only; nobody is added then.
    pub fn add_to_group(&mut self, name: &str, accounts: &[AccountId]) -> Result<(), SiteError> {
        for id in accounts {
            let account = self.account(id).ok_or(SiteError::Account(*id))?;
            if account.kind == AccountKind::PortalOnly {
                return Err(SiteError::NoGroupMember(*id));
            }
        }
        self.change_group(name, accounts, Members::insert)?;
        self.note_group(name, accounts, true);
        Ok(())
    }

    /// Takes accounts out of a group that somebody made.
    ///
    /// # Errors
    /// When there is no such group or account; nobody is removed then.
    pub fn remove_from_group(
        &mut self,
        name: &str,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        self.change_group(name, accounts, |members, batch, all| {
            members.remove(&batch, all);
        })?;
        self.note_group(name, accounts, false);
        Ok(())
    }

    /// Both logs know who came into a group and who left it.
    fn note_group(&mut self, name: &str, accounts: &[AccountId], added: bool) {
        let (summary, action) = match added {
            true => ("User added to group", "user_added_to_group"),
            false => ("User removed from group", "user_removed_from_group"),
        };
        for id in accounts {
            let group = Item::new("GROUP", self.group_id(name), name);
            let user = self.account_item(&id.text());
            self.note(Event::site(GROUPS, summary, group.clone()).with(user.clone()));
            self.note(Event::organization(action, summary, user).with(group));
        }
    }

    fn change_group(
        &mut self,
        name: &str,
        accounts: &[AccountId],
        change: impl FnOnce(&mut Members, Vec<Handle>, &super::accounts::Accounts),
    ) -> Result<(), SiteError> {
        let batch = self.handles(accounts)?;
        let group = self
            .groups
            .get_mut(name)
            .ok_or_else(|| SiteError::Group(name.to_owned()))?;
        change(&mut group.members, batch, &self.accounts);
        Ok(())
    }

    /// Returns the names of the groups that follow from the roles of accounts: agents, administrators, customers.
    pub(super) fn default_groups(&self) -> [String; 3] {
        [
            "jira-servicedesk-users".to_owned(),
            "site-admins".to_owned(),
            format!("jira-servicemanagement-customers-{}", self.name()),
        ]
    }

    /// Returns the names of all groups.
    pub(super) fn group_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .default_groups()
            .into_iter()
            .chain(self.groups.keys().cloned())
            .collect();
        names.sort();
        names
    }

    /// Returns the id of a group by its name.
    pub(super) fn group_id(&self, name: &str) -> String {
        match self.groups.get(name) {
            Some(group) => group.id.clone(),
            None => uuid_of(&format!("group {} {name}", self.cloud_id())),
        }
    }

    /// Finds a group by its name or its id.
    pub fn group_named(&self, text: &str) -> Option<String> {
        let mut names = self.group_names().into_iter();
        names.find(|name| name == text || self.group_id(name) == text)
    }

    /// Returns the JSM role and the other apps that a group grants.
    pub(super) fn group_access(&self, name: &str) -> (Role, BTreeSet<App>) {
        if let Some(group) = self.groups.get(name) {
            return (group.role, group.apps.clone());
        }
        let [agents, admins, customers] = self.default_groups();
        let role = match name {
            name if name == agents => Role::User,
            name if name == admins => Role::Admin,
            name if name == customers => Role::Customer,
            _ => Role::None,
        };
        (role, BTreeSet::new())
    }

    /// Returns the groups of an account: those that follow from its own role, then those that it was put into.
    pub(super) fn groups_of(&self, account: &Account) -> Vec<String> {
        let [agents, admins, customers] = self.default_groups();
        let mut groups = match (account.kind, account.role) {
            (AccountKind::Atlassian, Role::Admin) => vec![agents, admins],
            (AccountKind::Atlassian, Role::User) => vec![agents],
            (AccountKind::Atlassian, Role::Customer) => vec![customers],
            _ => Vec::new(),
        };
        groups.extend(self.made_groups_of(account).map(|(name, _)| name.clone()));
        groups
    }

    /// Returns the members of a group, those out of use included, sorted by account id.
    pub fn members_of_group(&self, name: &str) -> Vec<&Account> {
        self.rows(&self.group_members(name))
    }

    /// Returns the members of a group, those out of use included.
    pub(super) fn group_members(&self, name: &str) -> Vec<Handle> {
        if let Some(group) = self.groups.get(name) {
            return group.members.as_slice().to_vec();
        }
        let [agents, admins, customers] = self.default_groups();
        let fits = |account: &Account| {
            account.kind == AccountKind::Atlassian
                && match account.role {
                    Role::Admin => name == agents || name == admins,
                    Role::User => name == agents,
                    Role::Customer => name == customers,
                    Role::None => false,
                }
        };
        (0..)
            .zip(self.accounts.iter())
            .filter_map(|(handle, account)| fits(account).then_some(handle))
            .collect()
    }

    /// Returns the JSM role that an account has, by itself or through a group.
    pub(super) fn role_of(&self, account: &Account) -> Role {
        let through = self.made_groups_of(account).map(|(_, group)| group.role);
        through.fold(account.role, Role::max)
    }

    /// Says whether an account is an agent or an administrator, by itself or through a group.
    pub(super) fn is_agent(&self, account: &Account) -> bool {
        self.role_of(account) >= Role::User
    }

    /// Says whether an account may use another app, by itself or through a group.
    pub(super) fn uses(&self, account: &Account, app: App) -> bool {
        self.apps_of(account).contains(&app)
    }

    /// Returns the other apps that an account may use, by itself or through a group.
    pub(super) fn apps_of(&self, account: &Account) -> BTreeSet<App> {
        let through = self.made_groups_of(account).map(|(_, group)| &group.apps);
        through.fold(account.apps.clone(), |all, more| &all | more)
    }

    fn made_groups_of(&self, account: &Account) -> impl Iterator<Item = (&String, &Group)> {
        let handle = match self.groups.is_empty() {
            true => None,
            false => self.accounts.handle(&account.id),
        };
        self.groups.iter().filter(move |(_, group)| {
            handle.is_some_and(|handle| group.members.contains(handle, &self.accounts))
        })
    }
}
