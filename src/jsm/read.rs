//! What can be read from a site. Nothing here changes anything, so planning holds only a [`Reader`].

use super::call::{Answer, Base, Call};
use super::error::{ApiError, ErrorKind};
use super::http::Http;
use super::settle::settled;
use super::types::{
    Account, ApprovedDomain, ApprovedProduct, Identity, LinkedSpaces, Organization,
    RequestSecurity, RestrictedType, Server, ServiceDesk,
};
use super::{gateway, help_centers, paging, wire};
use crate::model::{AccountId, CloudId, DeskId, HelpCenter, OrganizationId, Right, unfit_path};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Reads a site. Every list is whole or an error: one page that fails makes the list fail.
#[derive(Clone)]
pub struct Reader {
    pub(super) http: Arc<Http>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// How many account ids go into one request for users; the maximum is not published.
const USERS_PER_REQUEST: usize = 50;
/// How many space keys go into one request.
const SPACES_PER_REQUEST: usize = 50;
/// Rows per page of all users, the documented maximum.
const USERS_PER_PAGE: usize = 1000;

const AGENT: &str = "a Jira Service Management agent of the project";
pub(super) const BROWSE_USERS: &str = "the global permission `Browse users and groups`";
pub(super) const PROJECT_ADMIN: &str = "project administrator";
pub(super) const ORG_ADMIN: &str = "admin of the Atlassian organization";

impl Reader {
    pub(super) fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    /// Reads until what was read is as it should be after a write, a few times at most and with growing pauses, since
    /// answers may lag behind. Returns the last reading, whether it is so or not.
    ///
    /// # Errors
    /// Those of `read`, at once.
    pub async fn settled<T>(
        &self,
        read: impl AsyncFn() -> Result<T, ApiError>,
        holds: impl Fn(&T) -> bool,
    ) -> Result<T, ApiError> {
        settled(&self.http, read, holds).await
    }

    /// Waits as before repeating a request for the time `attempt`, from 0.
    pub async fn rest(&self, attempt: u32) {
        self.http.rest(attempt).await;
    }

    /// Returns what the site says of itself to anybody, without credentials.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn server(&self) -> Result<Server, ApiError> {
        let call = Call::get(Base::Anonymous, "/rest/api/3/serverInfo");
        let server: wire::Server = self.http.send(call).await?.json()?;
        // Jira writes the zone without a colon, such as `+0000`.
        let time = server
            .server_time
            .and_then(|time| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", time).ok());
        Ok(Server {
            version: server.version,
            time,
        })
    }

    /// Returns who calls.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn identity(&self) -> Result<Identity, ApiError> {
        let answer = self
            .http
            .send(Call::get(Base::Jira, "/rest/api/3/myself"))
            .await?;
        let account: Account = answer.json::<wire::User>()?.into();
        Ok(Identity {
            account_id: account.account_id,
            email: account.email,
            display_name: account.display_name,
        })
    }

    /// Returns the site's id behind the gateway, asked for once.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn cloud_id(&self) -> Result<CloudId, ApiError> {
        self.http.target().cloud_id(&self.http).await
    }

    /// Returns the site's id behind the gateway where something has asked for it already.
    pub fn known_cloud_id(&self) -> Option<CloudId> {
        self.http.target().known_cloud_id()
    }

    /// Says whether there is a key for the Admin API.
    pub fn has_org_key(&self) -> bool {
        self.http.target().has_org_key()
    }

    /// Says for each right that is a permission of Jira whether the caller has it, in a project where one is given.
    ///
    /// # Errors
    /// As [`Self::permissions`].
    pub async fn rights(
        &self,
        rights: &[Right],
        project_key: Option<&str>,
    ) -> Result<BTreeMap<Right, bool>, ApiError> {
        let keys: Vec<&str> = rights.iter().filter_map(|right| right.key()).collect();
        let held = self.permissions(&keys, project_key).await?;
        let of = |right: &Right| Some((*right, *held.get(right.key()?)?));
        Ok(rights.iter().filter_map(of).collect())
    }

    /// Says for each permission key whether the caller has it, in a project where one is given.
    ///
    /// # Errors
    /// `Unreadable` when the answer leaves out a key that was asked for; else as every request.
    pub async fn permissions(
        &self,
        keys: &[&str],
        project_key: Option<&str>,
    ) -> Result<BTreeMap<String, bool>, ApiError> {
        let mut call =
            Call::get(Base::Jira, "/rest/api/3/mypermissions").query("permissions", keys.join(","));
        if let Some(project_key) = project_key {
            call = call.query("projectKey", project_key);
        }
        let answer = self.http.send(call).await?;
        let mut found = answer.json::<wire::Permissions>()?.permissions;
        keys.iter()
            .map(|key| match found.remove(*key) {
                Some(permission) => Ok(((*key).to_owned(), permission.have_permission)),
                None => Err(answer.unreadable(format!("the answer says nothing about `{key}`"))),
            })
            .collect()
    }

    /// Lists the service projects that the caller can see.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn service_desks(&self) -> Result<Vec<ServiceDesk>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/servicedeskapi/servicedesk");
        let desks: Vec<wire::Desk> = paging::jsm(&self.http, call, |_| ()).await?;
        Ok(desks.into_iter().map(Into::into).collect())
    }

    /// Lists the customer organizations that the caller can see: all of them for an agent.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn organizations(&self) -> Result<Vec<Organization>, ApiError> {
        self.organizations_by_page(|_| ()).await
    }

    /// Lists the customer organizations; `page` is told of each page as it comes, before it is known whether the list will be
    /// whole.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn organizations_by_page(
        &self,
        page: impl Fn(&[Organization]),
    ) -> Result<Vec<Organization>, ApiError> {
        let path = "/rest/servicedeskapi/organization".to_owned();
        self.organization_list(path, page).await
    }

    /// Lists the customer organizations that are linked to a service project.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn desk_organizations(&self, desk: &DeskId) -> Result<Vec<Organization>, ApiError> {
        let desk = wire::segment(desk.as_str());
        let path = format!("/rest/servicedeskapi/servicedesk/{desk}/organization");
        self.organization_list(path, |_| ()).await
    }

    async fn organization_list(
        &self,
        path: String,
        page: impl Fn(&[Organization]),
    ) -> Result<Vec<Organization>, ApiError> {
        let call = Call::get(Base::Jira, path).right(AGENT);
        let told = |rows: &[wire::Org]| {
            let rows: Vec<Organization> = rows.iter().cloned().map(Into::into).collect();
            page(&rows);
        };
        let organizations = paging::jsm(&self.http, call, told).await?;
        Ok(organizations.into_iter().map(Into::into).collect())
    }

    /// Lists the members of a customer organization. How many are `expected` only decides how many pages are asked for at once.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn organization_members(
        &self,
        organization: &OrganizationId,
        expected: usize,
    ) -> Result<Vec<Account>, ApiError> {
        let id = wire::segment(organization.as_str());
        let path = format!("/rest/servicedeskapi/organization/{id}/user");
        self.customer_list(path, expected).await
    }

    /// Lists the customers of a service project. In an open project that is not the list of who has access. `expected` is as in
    /// [`Self::organization_members`].
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn desk_customers(
        &self,
        desk: &DeskId,
        expected: usize,
    ) -> Result<Vec<Account>, ApiError> {
        let desk = wire::segment(desk.as_str());
        let path = format!("/rest/servicedeskapi/servicedesk/{desk}/customer");
        self.customer_list(path, expected).await
    }

    async fn customer_list(&self, path: String, expected: usize) -> Result<Vec<Account>, ApiError> {
        let call = Call::get(Base::Jira, path).right(AGENT);
        let users: Vec<wire::User> = paging::jsm_wide(&self.http, call, expected).await?;
        Ok(users.into_iter().map(Into::into).collect())
    }

    /// Returns an entity property of a customer organization, or `None` when it has none of this name.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn organization_property(
        &self,
        organization: &OrganizationId,
        key: &str,
    ) -> Result<Option<Value>, ApiError> {
        let call = Call::get(Base::Jira, property_path(organization, key));
        match self.http.send(call).await {
            Ok(answer) => Ok(Some(answer.json::<wire::PropertyValue>()?.value)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Searches active accounts by the beginning of their address or name.
    ///
    /// An empty result is no proof of absence: without *Browse users and groups* the service answers with nobody. A
    /// first page with one account or none ends the search; more are followed to the end.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn search_users(&self, query: &str) -> Result<Vec<Account>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/user/search")
            .query("query", query)
            .right(BROWSE_USERS);
        let users: Vec<wire::User> = paging::search(&self.http, call, USERS_PER_REQUEST).await?;
        Ok(users.into_iter().map(Into::into).collect())
    }

    /// Lists every account of the site, inactive and deleted ones included; `None` where that turns out to take more than about
    /// `worth` requests.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn all_users(&self, worth: usize) -> Result<Option<Vec<Account>>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/users/search").right(BROWSE_USERS);
        let users: Option<Vec<wire::User>> =
            paging::bare(&self.http, call, USERS_PER_PAGE, worth).await?;
        Ok(users.map(|users| users.into_iter().map(Into::into).collect()))
    }

    /// Returns the accounts of these ids, in requests of 50; ids that the site does not know are left out.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn users(&self, ids: &[AccountId]) -> Result<Vec<Account>, ApiError> {
        let mut accounts = Vec::with_capacity(ids.len());
        for batch in ids.chunks(USERS_PER_REQUEST) {
            let mut call = Call::get(Base::Jira, "/rest/api/3/user/bulk").right(BROWSE_USERS);
            for id in batch {
                call = call.query("accountId", id);
            }
            let users: Option<Vec<wire::User>> =
                paging::jira(&self.http, call, USERS_PER_REQUEST, u64::MAX).await?;
            accounts.extend(users.into_iter().flatten().map(Account::from));
        }
        Ok(accounts)
    }

    /// Returns the keys of the applications that an account has a seat of; agents hold `jira-servicedesk`.
    ///
    /// `None` means that the answer leaves them out.
    ///
    /// # Errors
    /// `NotFound` for an account that the site does not know; else as every request.
    pub async fn application_roles(
        &self,
        account: &AccountId,
    ) -> Result<Option<Vec<String>>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/user")
            .query("accountId", account)
            .query("expand", "applicationRoles")
            .right(BROWSE_USERS);
        let user: wire::UserRoles = self.http.send(call).await?.json()?;
        let items = user.application_roles.and_then(|roles| roles.items);
        Ok(items.map(|roles| roles.into_iter().map(|role| role.key).collect()))
    }

    /// Returns the ids of Confluence spaces by their keys; keys that the caller cannot see are left out.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn space_ids(&self, keys: &[&str]) -> Result<BTreeMap<String, String>, ApiError> {
        let mut ids = BTreeMap::new();
        for batch in keys.chunks(SPACES_PER_REQUEST) {
            let mut call = Call::get(Base::Confluence, "/wiki/api/v2/spaces").query("limit", 250);
            for key in batch {
                call = call.query("keys", key);
            }
            let spaces: Vec<wire::Space> = paging::confluence(&self.http, call).await?;
            ids.extend(spaces.into_iter().map(|space| (space.key, space.id)));
        }
        Ok(ids)
    }

    /// Reads the customer permissions of a project from the private `requestsecurity` endpoint.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn request_security(&self, project_key: &str) -> Result<RequestSecurity, ApiError> {
        let call = Call::get(Base::Jira, security_path(project_key)).right(PROJECT_ADMIN);
        let answer = self.http.send(call).await?;
        security(&answer)
    }

    /// Reads the knowledge-base spaces of a project through the gateway.
    ///
    /// # Errors
    /// `Unreadable` when any part of the answer is not as published; else as every request.
    pub async fn linked_spaces(&self, project_key: &str) -> Result<LinkedSpaces, ApiError> {
        gateway::linked_spaces(&self.http, project_key).await
    }

    /// Lists the site's help centers through the gateway, each with who may enter.
    ///
    /// # Errors
    /// `Unreadable` when any part of the answer is not as published; else as every request.
    pub async fn help_centers(&self) -> Result<Vec<HelpCenter>, ApiError> {
        help_centers::list(&self.http).await
    }

    /// Lists the request types of all service projects that are for some people only. Whoever is no administrator is shown none.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn restricted_request_types(&self) -> Result<Vec<RestrictedType>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/servicedeskapi/requesttype")
            .query("restrictionStatus", "restricted");
        let types: Vec<wire::RequestType> = paging::jsm(&self.http, call, |_| ()).await?;
        // A service that knows no such filter answers with all of them.
        let restricted = types.into_iter().filter(wire::RequestType::is_restricted);
        Ok(restricted.map(Into::into).collect())
    }

    /// Lists the domains that have app access settings in an Atlassian organization.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn approved_domains(&self, org_id: &str) -> Result<Vec<String>, ApiError> {
        let call = Call::get(Base::Admin, domains_path(org_id))
            .query("limit", 100)
            .right(ORG_ADMIN);
        let rows: Vec<wire::DomainRow> = paging::admin(&self.http, call).await?;
        Ok(rows.into_iter().map(|row| row.domain).collect())
    }

    /// Reads the app access settings of a domain; one that is not configured has no products.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn approved_domain(
        &self,
        org_id: &str,
        domain: &str,
    ) -> Result<ApprovedDomain, ApiError> {
        let path = format!("{}/{}", domains_path(org_id), wire::segment(domain));
        let answer = self
            .http
            .send(Call::get(Base::Admin, path).right(ORG_ADMIN))
            .await?;
        approved_domain(&answer)
    }

    /// Reads a settings endpoint that the operator described: a path on the site's own origin.
    ///
    /// # Errors
    /// `Rejected` for a path that no description may name, see [`unfit_path`]; else as every request.
    pub async fn mapped(&self, path: &str) -> Result<Value, ApiError> {
        let answer = self
            .http
            .send(mapped_call(Call::get(Base::Site, path))?)
            .await?;
        answer.json()
    }
}

pub(super) fn property_path(organization: &OrganizationId, key: &str) -> String {
    format!(
        "/rest/servicedeskapi/organization/{}/property/{}",
        wire::segment(organization.as_str()),
        wire::segment(key)
    )
}

pub(super) fn security_path(project_key: &str) -> String {
    format!(
        "/rest/servicedesk/1/servicedesk/{}/settings/requestsecurity",
        wire::segment(project_key)
    )
}

pub(super) fn domains_path(org_id: &str) -> String {
    format!(
        "/admin/v2/orgs/{}/app-access-settings/domains",
        wire::segment(org_id)
    )
}

pub(super) fn security(answer: &Answer) -> Result<RequestSecurity, ApiError> {
    let raw: Value = answer.json()?;
    if !raw.is_object() {
        return Err(answer.unreadable("the answer is not an object"));
    }
    let flag = |name: &str| raw.get(name).and_then(Value::as_bool);
    Ok(RequestSecurity {
        open_access: flag("serviceDeskOpenAccess"),
        manage_enabled: flag("manageEnabled"),
        autocomplete_enabled: flag("autocompleteEnabled"),
        global_public_signup: flag("globalPublicSignup"),
        global_anonymous_access: flag("globalAnonymousAccess"),
        raw,
    })
}

fn approved_domain(answer: &Answer) -> Result<ApprovedDomain, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        domain: String,
        #[serde(default)]
        admin_notifications: Value,
        products: Vec<Value>,
    }
    let raw: Value = answer.json()?;
    let Wire {
        domain,
        admin_notifications,
        products,
    } = answer.json()?;
    let products = products
        .into_iter()
        .map(|raw| {
            let text = |name: &str| raw.get(name).and_then(Value::as_str).map(str::to_owned);
            Ok(ApprovedProduct {
                product_id: text("productId")
                    .ok_or_else(|| answer.unreadable("a product has no `productId`"))?,
                admin_approval_required: raw.get("adminApprovalRequired").and_then(Value::as_bool),
                role: text("role"),
                raw,
            })
        })
        .collect::<Result<_, ApiError>>()?;
    Ok(ApprovedDomain {
        domain,
        admin_notifications,
        products,
        raw,
    })
}

/// Checks the path of a mapped description once more, as it is about to be sent: a service chose what fills its places.
pub(super) fn mapped_call(mut call: Call) -> Result<Call, ApiError> {
    call.described = true;
    match unfit_path(&call.path) {
        Some(why) => Err(ApiError::new(
            ErrorKind::Rejected,
            format!("a described path is not asked for: {why}"),
        )),
        None => Ok(call),
    }
}
