//! The directory of the Atlassian organization, over the Admin API: who holds which role. Reading only.

use super::call::{Base, Call};
use super::error::ApiError;
use super::paging;
use super::paging::Row;
use super::read::{ORG_ADMIN, Reader};
use super::types::{DirectoryUser, Group, RoleAssignment};
use super::wire;
use crate::model::{AccountId, Email};
use serde::Deserialize;

/// The canonical id of the role that customers of Jira Service Management hold.
pub const CUSTOMER_ROLE: &str = "atlassian/customer";

/// Rows per page of the Admin API, the documented maximum.
const ROWS_PER_PAGE: u32 = 100;

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct User {
    #[serde(deserialize_with = "wire::filled")]
    account_id: String,
    email: Option<String>,
    status: Option<String>,
    account_status: Option<String>,
}

impl Row for User {
    fn id(&self) -> &str {
        &self.account_id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl From<User> for DirectoryUser {
    fn from(user: User) -> Self {
        let is = |word: &Option<String>| word.as_deref().is_none_or(|word| word == "active");
        Self {
            account_id: AccountId::new(user.account_id),
            email: user.email.and_then(|email| Email::new(&email).ok()),
            active: is(&user.status) && is(&user.account_status),
        }
    }
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Assigned {
    #[serde(deserialize_with = "wire::filled")]
    resource_id: String,
    resource_owner: Option<String>,
    roles: Option<Vec<String>>,
    default_role: Option<String>,
}

impl Row for Assigned {
    fn id(&self) -> &str {
        &self.resource_id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl From<Assigned> for RoleAssignment {
    fn from(row: Assigned) -> Self {
        Self {
            resource: row.resource_id,
            owner: row.resource_owner.unwrap_or_default(),
            roles: row.roles.unwrap_or_default().into_iter().collect(),
        }
    }
}

#[derive(Deserialize, PartialEq)]
struct GroupRow {
    #[serde(deserialize_with = "wire::filled")]
    id: String,
    name: String,
}

impl Row for GroupRow {
    fn id(&self) -> &str {
        &self.id
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}

impl Reader {
    /// Lists who holds the role Customer on one app of a site, in every directory of the organization.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn customer_role_holders(
        &self,
        org_id: &str,
        product_id: &str,
    ) -> Result<Vec<DirectoryUser>, ApiError> {
        let path = format!(
            "/admin/v2/orgs/{}/directories/-/users",
            wire::segment(org_id)
        );
        let call = Call::get(Base::Admin, path)
            .query("roleIds", CUSTOMER_ROLE)
            .query("resourceIds", product_id)
            .query("limit", ROWS_PER_PAGE)
            .right(ORG_ADMIN);
        let users: Vec<User> = paging::admin(&self.http, call).await?;
        Ok(users.into_iter().map(Into::into).collect())
    }

    /// Says whether the directory of the organization can be read, by asking for one person.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn directory_answers(&self, org_id: &str) -> Result<(), ApiError> {
        let path = format!(
            "/admin/v2/orgs/{}/directories/-/users",
            wire::segment(org_id)
        );
        let call = Call::get(Base::Admin, path)
            .query("limit", 1)
            .right(ORG_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Lists the roles of an account, in every app and site of the organization, those through groups included.
    ///
    /// # Errors
    /// `NotFound` for an account that the directory does not list; else as every request.
    pub async fn role_assignments(
        &self,
        org_id: &str,
        account: &AccountId,
    ) -> Result<Vec<RoleAssignment>, ApiError> {
        let path = format!(
            "/admin/v2/orgs/{}/directories/-/users/{}/role-assignments",
            wire::segment(org_id),
            wire::segment(&account.text())
        );
        let call = Call::get(Base::Admin, path)
            .query("limit", ROWS_PER_PAGE)
            .right(ORG_ADMIN);
        let rows: Vec<Assigned> = paging::admin(&self.http, call).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Lists the groups of an account that grant a role on an app.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn groups_granting(
        &self,
        org_id: &str,
        account: &AccountId,
        resource: &str,
        role: &str,
    ) -> Result<Vec<Group>, ApiError> {
        let path = format!(
            "/admin/v2/orgs/{}/directories/-/groups",
            wire::segment(org_id)
        );
        let call = Call::get(Base::Admin, path)
            .query("accountIds", account)
            .query("resourceIds", resource)
            .query("roleIds", role)
            .query("limit", ROWS_PER_PAGE)
            .right(ORG_ADMIN);
        let rows: Vec<GroupRow> = paging::admin(&self.http, call).await?;
        Ok(rows
            .into_iter()
            .map(|row| Group {
                name: row.name,
                id: Some(row.id),
            })
            .collect())
    }

    /// Says whether a group is the one by which an app grants a role to whoever is given it: then the role is the account's own.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn is_default_group(
        &self,
        org_id: &str,
        group_id: &str,
        resource: &str,
    ) -> Result<bool, ApiError> {
        let path = format!(
            "/admin/v2/orgs/{}/directories/-/groups/{}/role-assignments",
            wire::segment(org_id),
            wire::segment(group_id)
        );
        let call = Call::get(Base::Admin, path)
            .query("resourceIds", resource)
            .query("limit", ROWS_PER_PAGE)
            .right(ORG_ADMIN);
        let rows: Vec<Assigned> = paging::admin(&self.http, call).await?;
        Ok(rows.iter().any(|row| row.default_role.is_some()))
    }
}
