//! Help centers besides the one of the site, each for an audience of its own; and request types that are for some people only.
//!
//! Both decide what somebody finds beside the portals, and neither is a boundary of a portal (V6, V9): a portal shows itself by
//! its address, whatever help center lists it.

use super::accounts::Account;
use super::objects::{Project, SiteError};
use super::site::Site;
use super::visit::Caller;
use crate::model::{AccountId, AccountKind, OrganizationId, ProjectKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who may enter a help center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    #[default]
    Public,
    /// External customers.
    External,
    /// Internal customers.
    Internal,
    /// Members of the organizations that it names.
    Organizations,
}

impl Audience {
    /// Every audience with its word in forms, its word on the gateway, and its label.
    pub(super) const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Public, "public", "PUBLIC", "Public: everybody"),
        (Self::External, "external", "EXTERNAL", "External customers"),
        (Self::Internal, "internal", "INTERNAL", "Internal customers"),
        (
            Self::Organizations,
            "organizations",
            "GROUP_BASED",
            "Members of these organizations",
        ),
    ];

    /// Returns the word on the gateway.
    pub(super) fn gateway_word(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|row| row.0 == self).map_or("", |row| row.2)
    }
}

/// A help center.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HelpCenter {
    /// Who may enter.
    pub audience: Audience,
    /// The organizations whose members may, by number.
    pub(super) organizations: BTreeSet<u32>,
    /// Whether it is a support site of Customer Service Management ("customer experience").
    #[serde(default)]
    pub customer_service: bool,
}

/// A request type of a project; without groups and people it is for everybody who sees the portal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestType {
    /// The name people see.
    pub name: String,
    /// The groups that it is restricted to.
    pub groups: BTreeSet<String>,
    /// The accounts that it is restricted to.
    pub people: BTreeSet<AccountId>,
}

impl RequestType {
    /// Says whether it is for some people only.
    pub(super) fn is_restricted(&self) -> bool {
        !self.groups.is_empty() || !self.people.is_empty()
    }
}

/// The name of the help center that every site has.
pub(super) const OF_THE_SITE: &str = "Help Center";

impl Site {
    /// Says who may enter a help center, which is made if it is not there.
    ///
    /// # Errors
    /// When an organization does not exist.
    pub fn set_help_center(
        &mut self,
        name: &str,
        audience: Audience,
        organizations: &[OrganizationId],
    ) -> Result<(), SiteError> {
        let organizations = organizations
            .iter()
            .map(|id| self.organization_number(id))
            .collect::<Result<_, _>>()?;
        let center = self.help_centers.entry(name.to_owned()).or_default();
        center.audience = audience;
        center.organizations = organizations;
        Ok(())
    }

    /// Makes a support site of Customer Service Management of a help center, which is made if it is not there.
    pub fn set_support_site(&mut self, name: &str) {
        let center = self.help_centers.entry(name.to_owned()).or_default();
        center.customer_service = true;
    }

    /// Returns every help center by name, that of the site first, each with its number.
    pub(super) fn help_centers(&self) -> Vec<(u32, &str, HelpCenter)> {
        let of_the_site = self
            .help_centers
            .get(OF_THE_SITE)
            .cloned()
            .unwrap_or_default();
        let others = self.help_centers.iter();
        let others = others.filter(|(name, _)| name.as_str() != OF_THE_SITE);
        let mut all = vec![(1, OF_THE_SITE, of_the_site)];
        all.extend(
            (2..)
                .zip(others)
                .map(|(number, (name, center))| (number, name.as_str(), center.clone())),
        );
        all
    }

    /// Says whether a caller may enter a help center.
    pub(super) fn enters(&self, center: &HelpCenter, caller: Caller<'_>) -> bool {
        let account = match caller {
            Caller::Anonymous => None,
            Caller::Account(id) => self.account(id).filter(|a| a.state.is_active()),
        };
        let Some(account) = account.filter(|account| self.has_role(account)) else {
            return center.audience == Audience::Public;
        };
        if self.is_agent(account) {
            return true;
        }
        match center.audience {
            Audience::Public => true,
            Audience::External => account.kind == AccountKind::PortalOnly,
            Audience::Internal => account.kind == AccountKind::Atlassian,
            Audience::Organizations => {
                let handle = self.accounts.handle(&account.id);
                center.organizations.iter().any(|number| {
                    handle
                        .zip(self.organizations.get(number))
                        .is_some_and(|(handle, o)| o.members.contains(handle, &self.accounts))
                })
            }
        }
    }

    /// Adds a request type to a project, or replaces the one of that name.
    ///
    /// # Errors
    /// When the project, a group or an account does not exist.
    pub fn set_request_type(
        &mut self,
        key: &ProjectKey,
        kind: RequestType,
    ) -> Result<(), SiteError> {
        let names = self.group_names();
        if let Some(unknown) = kind.groups.iter().find(|name| !names.contains(name)) {
            return Err(SiteError::Group(unknown.clone()));
        }
        if let Some(unknown) = kind.people.iter().find(|id| self.account(id).is_none()) {
            return Err(SiteError::Account(*unknown));
        }
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        let same = project.request_types.values_mut();
        match same.into_iter().find(|known| known.name == kind.name) {
            Some(known) => *known = kind,
            None => {
                let last = project.request_types.keys().next_back();
                let id = last.map_or(project.desk * 100, |last| *last) + 1;
                project.request_types.insert(id, kind);
            }
        }
        Ok(())
    }

    /// Says whether an account may ask for something by a request type, if it sees the portal (V6).
    pub(super) fn may_ask(&self, project: &Project, kind: &RequestType, account: &Account) -> bool {
        let id = account.id();
        self.shows_portal(&project.key, Caller::Account(&id))
            && (!kind.is_restricted()
                || self.is_agent(account)
                || kind.people.contains(&id)
                || self
                    .groups_of(account)
                    .iter()
                    .any(|name| kind.groups.contains(name)))
    }
}

/// The request types of a project, by id.
pub(super) type RequestTypes = BTreeMap<u32, RequestType>;
