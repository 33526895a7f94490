//! What a site holds besides accounts and settings: organizations, service projects, spaces.

use super::help_centers::RequestTypes;
use super::members::Members;
use super::permissions::Permissions;
use crate::model::{
    AccountId, ChannelAccess, CustomerSharing, DeskId, Domain, OrganizationId, OrganizationName,
    ProjectKey, SpaceKey, WhoCanView,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Something named does not exist on the site; reads after "could not do it: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// No account has this id.
    #[error("there is no account `{0}`")]
    Account(AccountId),
    /// No organization has this id.
    #[error("there is no organization `{0}`")]
    Organization(OrganizationId),
    /// No service project has this key.
    #[error("there is no service project `{0}`")]
    Project(ProjectKey),
    /// No Confluence space has this key.
    #[error("there is no space `{0}`")]
    Space(SpaceKey),
    /// No group has this name.
    #[error("there is no group `{0}`")]
    Group(String),
    /// Portal-only accounts are in no group.
    #[error("the account `{0}` is portal-only, and no group takes it")]
    NoGroupMember(AccountId),
    /// Another organization has this name.
    #[error("there is an organization `{0}` already")]
    NameTaken(OrganizationName),
}

/// A customer organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Organization {
    pub(super) id: u32,
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) members: Members,
    /// Domains whose new customers join by themselves (A2), at most 10.
    pub email_domains: BTreeSet<Domain>,
    /// Entity properties by key.
    pub properties: BTreeMap<String, serde_json::Value>,
    /// Whether an identity provider owns the members.
    pub scim_managed: bool,
}

impl Organization {
    /// Returns the id.
    pub fn id(&self) -> OrganizationId {
        OrganizationId::new(self.id.to_string())
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A service project with its customer permissions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Project {
    pub(super) key: ProjectKey,
    pub(super) id: u32,
    pub(super) desk: u32,
    /// The name people see.
    pub name: String,
    /// Who may send requests.
    pub channel_access: ChannelAccess,
    /// With whom a customer may share.
    pub customer_sharing: CustomerSharing,
    /// Whether it is team-managed, with project roles of its own.
    #[serde(default)]
    pub team_managed: bool,
    /// What can be asked for, and by whom.
    #[serde(default)]
    pub(super) request_types: RequestTypes,
    pub(super) roster: Members,
    /// People who are listed as customers for the record, which gives them nothing.
    #[serde(default)]
    pub(super) record: Members,
    pub(super) organizations: BTreeSet<u32>,
    /// The spaces linked as knowledge bases; who can view is kept by the space.
    pub knowledge_base: BTreeSet<SpaceKey>,
    #[serde(default)]
    pub(super) permissions: Permissions,
}

impl Project {
    /// Returns the key.
    pub fn key(&self) -> &ProjectKey {
        &self.key
    }

    /// Returns the id of the service desk, which is not the id of the project.
    pub fn desk_id(&self) -> DeskId {
        DeskId::new(self.desk.to_string())
    }

    /// Returns the id of the project.
    pub fn project_id(&self) -> u32 {
        self.id
    }

    /// Returns the ids of the linked organizations, lowest first.
    pub fn organizations(&self) -> Vec<OrganizationId> {
        self.organizations
            .iter()
            .map(|id| OrganizationId::new(id.to_string()))
            .collect()
    }
}

/// A Confluence space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    pub(super) id: u32,
    /// The name people see.
    pub name: String,
    /// K4: anonymous people may view it in Confluence.
    pub anonymous_access: bool,
    /// K6: any active user may view it.
    pub unlicensed_access: bool,
    /// Who can view its articles in portals; shared by every project that links it.
    pub who_can_view: WhoCanView,
}

impl Space {
    /// Sets who can view the space's articles; the space's own "any active user" switch follows (K6).
    pub(super) fn view_by(&mut self, who: WhoCanView) {
        self.who_can_view = who;
        self.unlicensed_access = who != WhoCanView::OnlyConfluenceUsers;
    }
}
