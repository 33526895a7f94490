//! Who holds what in a project, as it was seen: the permission scheme, the roles, and who is in them.

use crate::model::{AccountSet, Read};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A project's permission scheme and roles as they were seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedPermissions {
    /// The permission scheme.
    pub scheme: Read<ObservedScheme>,
    /// Whether the project is team-managed, as its scheme or its roles say: access settings of its own decide, and no scheme
    /// that the rules know.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub team_managed: bool,
    /// The names of the project's roles by their ids.
    pub roles: Read<BTreeMap<String, String>>,
    /// Who is in the roles that make agents and administrators, by the role's id; `None` when that was not asked for.
    pub actors: Option<BTreeMap<String, Read<ObservedActors>>>,
    /// The members of groups that hold something here, by the group's name, as far as they were asked for.
    pub groups: BTreeMap<String, Read<AccountSet>>,
    /// Who is in the role *Service Desk Customers*; `None` when that was not asked for.
    ///
    /// This is the grant. Atlassian's list of customers is a view of it, and may hold people who are there by a permission or for
    /// the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customers: Option<Read<ObservedCustomers>>,
}

/// Who is in the project role *Service Desk Customers*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedCustomers {
    /// The role's id, which other projects of the site may share.
    pub role: String,
    /// Accounts.
    pub people: AccountSet,
    /// Groups.
    pub groups: BTreeSet<GroupRef>,
    /// Groups that the role gives every new project; `None` where that did not matter, since no group is to go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Read<BTreeSet<GroupRef>>>,
}

/// A group of Atlassian accounts, as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupRef {
    /// Its id, where the answer tells it; names can change.
    pub id: Option<String>,
    /// Its name; the id where there is none.
    pub name: String,
}

impl GroupRef {
    /// Returns what tells it from other groups: the id, else the name.
    pub fn key(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.name)
    }
}

/// A group whose members were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedGroup {
    /// Its name.
    pub name: String,
    /// Its active members; where they could not be read, the group is of unknown size.
    pub members: Read<AccountSet>,
    /// Whether the site says that there is no such group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing: bool,
}

/// A permission scheme as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedScheme {
    /// Its name.
    pub name: String,
    /// Who holds what.
    pub grants: Vec<SchemeGrant>,
}

/// A permission, and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemeGrant {
    /// The permission's key, such as `BROWSE_PROJECTS`.
    pub permission: String,
    /// Who holds it.
    pub holder: SchemeHolder,
}

/// The holder of a permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemeHolder {
    /// Its type in the API's words, such as `projectRole`.
    pub kind: String,
    /// Its id, for types of which there are several: a role, a group, a custom field, an account.
    pub id: Option<String>,
    /// Its name, for a group.
    pub name: Option<String>,
}

/// Who is in a role of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedActors {
    /// Accounts.
    pub people: AccountSet,
    /// The names of groups.
    pub groups: BTreeSet<String>,
}

/// What is wrong with a permission scheme, so that nobody can be added to a project's customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeFault {
    /// V8a: *Service Project Customer – Portal Access* lacks Browse Projects or Create Issues.
    LacksPortalAccess,
    /// V8b: permissions are granted to the project role *Service Desk Customers*.
    GrantedToCustomersRole,
}

impl SchemeGrant {
    /// The permission to see a project.
    pub const BROWSE: &'static str = "BROWSE_PROJECTS";
    /// The permission to make requests.
    pub const CREATE: &'static str = "CREATE_ISSUES";
    /// The permissions whose holders are agents or administrators of a project.
    pub const STAFF: [&'static str; 2] = ["ADMINISTER_PROJECTS", "SERVICEDESK_AGENT"];

    /// Says whether its holder is an agent or administrator of the project.
    pub fn makes_staff(&self) -> bool {
        Self::STAFF.contains(&self.permission.as_str())
    }
}

impl SchemeHolder {
    /// The security type *Service Project Customer – Portal Access*.
    pub const PORTAL_ONLY: &'static str = "sd.customer.portal.only";
    /// A project role.
    pub const ROLE: &'static str = "projectRole";
    /// One account.
    pub const USER: &'static str = "user";
    /// A group.
    pub const GROUP: &'static str = "group";

    /// Returns the name of a group, or its id where the site does not tell the name.
    pub fn group(&self) -> String {
        let name = self.name.as_ref().or(self.id.as_ref());
        name.cloned().unwrap_or_default()
    }
}

impl ObservedPermissions {
    /// The name of the role whose people are the project's customers.
    pub const CUSTOMERS: &'static str = "Service Desk Customers";
    /// The names of the roles that make agents and administrators, where the scheme does not tell.
    const STAFF: [&'static str; 2] = ["Administrators", "Service Desk Team"];

    /// Returns the ids of the roles whose people are agents or administrators of the project: by the scheme, or by their usual
    /// names where that could not be read.
    pub fn staff_roles(&self) -> BTreeSet<&str> {
        let roles = self.roles.complete();
        match &self.scheme {
            Read::Complete(scheme) => scheme
                .grants
                .iter()
                .filter(|grant| grant.makes_staff() && grant.holder.kind == SchemeHolder::ROLE)
                .filter_map(|grant| grant.holder.id.as_deref())
                .filter(|id| {
                    let name = roles.and_then(|roles| roles.get(*id));
                    name.is_none_or(|name| !Self::is_customers(name))
                })
                .collect(),
            Read::Incomplete(_) => roles
                .into_iter()
                .flatten()
                .filter(|(_, name)| Self::STAFF.contains(&name.as_str()))
                .map(|(id, _)| id.as_str())
                .collect(),
        }
    }

    /// Returns why nobody can be added to the project's customers, as far as the scheme was read.
    pub fn fault(&self) -> Option<SchemeFault> {
        let grants = &self.scheme.complete()?.grants;
        let customers_may = |permission: &str| {
            grants.iter().any(|grant| {
                grant.permission == permission && grant.holder.kind == SchemeHolder::PORTAL_ONLY
            })
        };
        if !customers_may(SchemeGrant::BROWSE) || !customers_may(SchemeGrant::CREATE) {
            return Some(SchemeFault::LacksPortalAccess);
        }
        self.acts_restricted()
            .then_some(SchemeFault::GrantedToCustomersRole)
    }

    /// Says whether the project acts restricted whatever its channel access says, as far as the scheme was read: permissions are
    /// granted to the role of its customers (V8b).
    pub fn acts_restricted(&self) -> bool {
        let (Some(scheme), Some(role)) = (self.scheme.complete(), self.customers_role()) else {
            return false;
        };
        scheme.grants.iter().any(|grant| {
            grant.holder.kind == SchemeHolder::ROLE && grant.holder.id.as_deref() == Some(role)
        })
    }

    /// Returns the id of the role whose people are the project's customers.
    pub fn customers_role(&self) -> Option<&str> {
        let roles = self.roles.complete()?;
        let found = roles.iter().find(|(_, name)| Self::is_customers(name));
        found.map(|(id, _)| id.as_str())
    }

    /// Says whether a role of this name is that of the project's customers.
    pub fn is_customers(name: &str) -> bool {
        name.eq_ignore_ascii_case(Self::CUSTOMERS)
    }
}
