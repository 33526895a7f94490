//! Service projects of a site: making them, their roster, their permissions and their linked organizations.

use super::accounts::Account;
use super::audit::{Event, Item};
use super::help_centers::RequestTypes;
use super::members::Members;
use super::objects::{Project, SiteError};
use super::permissions::Permissions;
use super::site::{PROJECTS, Site};
use crate::model::{AccountId, ChannelAccess, CustomerSharing, OrganizationId, ProjectKey};
use std::collections::BTreeSet;

impl Site {
    /// Returns every service project by key.
    pub fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// Returns the project with this key.
    pub fn project(&self, key: &ProjectKey) -> Option<&Project> {
        self.projects.get(key)
    }

    /// Returns a project for changing what is public in it.
    pub fn project_mut(&mut self, key: &ProjectKey) -> Option<&mut Project> {
        self.projects.get_mut(key)
    }

    /// Adds a service project: restricted, sharing within own organizations, with the default actors as its only customers.
    /// An existing one is left alone.
    pub fn add_project(&mut self, key: &ProjectKey, name: &str) -> &mut Project {
        let new = !self.projects.contains_key(key);
        self.put_project(key, name);
        if new {
            self.fill_roles(key);
        }
        self.put_project(key, name)
    }

    fn put_project(&mut self, key: &ProjectKey, name: &str) -> &mut Project {
        let desk = self.projects.values().map(|p| p.desk).max().unwrap_or(0) + 1;
        self.projects.entry(key.clone()).or_insert_with(|| Project {
            key: key.clone(),
            id: 10_000 + desk,
            desk,
            name: name.to_owned(),
            channel_access: ChannelAccess::Restricted,
            customer_sharing: CustomerSharing::OwnOrganizations,
            team_managed: false,
            request_types: RequestTypes::new(),
            roster: Members::default(),
            record: Members::default(),
            organizations: BTreeSet::new(),
            knowledge_base: BTreeSet::new(),
            permissions: Permissions::default(),
        })
    }

    /// Sets who may send requests to a project, and with whom its customers may share.
    pub(super) fn set_customer_permissions(
        &mut self,
        key: &ProjectKey,
        access: ChannelAccess,
        sharing: CustomerSharing,
    ) {
        let Some(project) = self.projects.get_mut(key) else {
            return;
        };
        let before = (project.channel_access, project.customer_sharing);
        project.channel_access = access;
        project.customer_sharing = sharing;
        if before != (access, sharing) {
            let item = self.project_item(key);
            let entry = Event::site(PROJECTS, "Customer permissions changed", item)
                .changed("Channel access", before.0.word(), access.word())
                .changed("Customer sharing", before.1.word(), sharing.word());
            self.note(entry);
        }
    }

    /// Returns the roster of a project, sorted by account id.
    pub fn project_customers(&self, key: &ProjectKey) -> Vec<&Account> {
        self.project(key)
            .map(|project| self.rows(project.roster.as_slice()))
            .unwrap_or_default()
    }

    /// Adds people to the roster of a project.
    ///
    /// # Errors
    /// When the project or an account does not exist; nobody is added then.
    pub fn add_customers(
        &mut self,
        key: &ProjectKey,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        let batch = self.handles(accounts)?;
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        project.roster.insert(batch, &self.accounts);
        Ok(())
    }

    /// Removes people from the roster of a project, open or not.
    ///
    /// # Errors
    /// When the project or an account does not exist; nobody is removed then.
    pub fn remove_customers(
        &mut self,
        key: &ProjectKey,
        accounts: &[AccountId],
    ) -> Result<(), SiteError> {
        let batch = self.handles(accounts)?;
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        project.roster.remove(&batch, &self.accounts);
        Ok(())
    }

    /// Links an organization to a project, or cuts the link.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn set_organization_link(
        &mut self,
        key: &ProjectKey,
        id: &OrganizationId,
        linked: bool,
    ) -> Result<(), SiteError> {
        let number = self.organization_number(id)?;
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        let changed = match linked {
            true => project.organizations.insert(number),
            false => project.organizations.remove(&number),
        };
        if changed {
            let summary = match linked {
                true => "Customer organization added to project",
                false => "Customer organization removed from project",
            };
            let name = self.organizations.get(&number).map_or("", |o| &o.name);
            let item = Item::new("ORGANIZATION", number, name);
            self.note(Event::site(PROJECTS, summary, self.project_item(key)).with(item));
        }
        Ok(())
    }
}
