//! The directory of the Atlassian organization, over the Admin API: who holds which role. Reading only.

use super::call::{Base, Call};
use super::error::ApiError;
use super::paging;
use super::paging::Row;
use super::read::{ORG_ADMIN, Reader};
use super::types::DirectoryUser;
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
}
