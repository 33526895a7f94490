//! What can be changed on a site. Only apply holds a [`Writer`].
//!
//! Lists of accounts are sent as given: splitting them, and finding the culprit of a refused one, is apply's work.

use super::call::{Base, Call, Repeat};
use super::error::{ApiError, ErrorKind};
use super::http::Http;
use super::read::{domains_path, mapped_call, property_path, security, security_path};
use super::settle::settled;
use super::types::{Account, Organization, RequestSecurity};
use super::{gateway, wire};
use crate::model::{AccountId, DeskId, OrganizationId, WhoCanView};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::Arc;

/// Changes a site. Each method is one change; those outside the documented API read back what they did.
pub struct Writer {
    pub(super) http: Arc<Http>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

/// The method by which a mapped settings endpoint takes its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MappedMethod {
    /// Replaces the settings.
    Put,
    /// Posts the settings.
    Post,
    /// Changes the settings that are in the body.
    Patch,
}

pub(super) const JIRA_ADMIN: &str = "the global permission `Administer Jira`";
pub(super) const AGENT: &str = "a Jira Service Management agent of the project; or Jira administrator, where organization management is limited to those";
const DESK_ADMIN: &str = "administrator of the service project";
const ORG_ADMIN: &str = "admin of the Atlassian organization";

impl Writer {
    pub(super) fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    /// Makes a portal-only account; no mail is sent.
    ///
    /// # Errors
    /// `Conflict` when the address has an account already, which is then not returned; `Uncertain` when the account
    /// may have been made; `RateLimited` when it certainly was not. It is never repeated by itself.
    pub async fn create_customer(
        &self,
        email: &str,
        display_name: &str,
    ) -> Result<Account, ApiError> {
        let path = "/rest/servicedeskapi/customer";
        let call = Call::write(Method::POST, Base::Jira, path, Repeat::IfUnsent)
            .query("strictConflictStatusCode", true)
            .body(json!({"email": email, "displayName": display_name}))
            .right(JIRA_ADMIN);
        let user: wire::User = self.http.send(call).await?.json()?;
        Ok(user.into())
    }

    /// Makes a customer organization, or returns the one that has this name: the answer does not tell which.
    ///
    /// # Errors
    /// `Uncertain` when it may have been made; else as every request.
    pub async fn create_organization(&self, name: &str) -> Result<Organization, ApiError> {
        let path = "/rest/servicedeskapi/organization";
        let call = Call::write(Method::POST, Base::Jira, path, Repeat::IfUnsent)
            .body(json!({"name": name}))
            .right(AGENT);
        let organization: wire::Org = self.http.send(call).await?.json()?;
        Ok(organization.into())
    }

    /// Sets an entity property of a customer organization (at most 32,768 bytes of JSON).
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn set_organization_property(
        &self,
        organization: &OrganizationId,
        key: &str,
        value: &Value,
    ) -> Result<(), ApiError> {
        let path = property_path(organization, key);
        let call = Call::write(Method::PUT, Base::Jira, path, Repeat::Always)
            .body(value.clone())
            .right(AGENT);
        self.http.send(call).await.map(drop)
    }

    /// Deletes a customer organization, whatever it is linked to. There is no way back.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn delete_organization(&self, organization: &OrganizationId) -> Result<(), ApiError> {
        let id = wire::segment(organization.as_str());
        let path = format!("/rest/servicedeskapi/organization/{id}");
        let call = Call::write(Method::DELETE, Base::Jira, path, Repeat::Always).right(JIRA_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Adds accounts to a customer organization.
    ///
    /// # Errors
    /// `Rejected` when one of them does not exist: whether the others were added is not documented. Else as every request.
    pub async fn add_members(
        &self,
        organization: &OrganizationId,
        accounts: &[AccountId],
    ) -> Result<(), ApiError> {
        self.accounts(Method::POST, members_path(organization), accounts, AGENT)
            .await
    }

    /// Removes accounts from a customer organization.
    ///
    /// # Errors
    /// As [`Self::add_members`].
    pub async fn remove_members(
        &self,
        organization: &OrganizationId,
        accounts: &[AccountId],
    ) -> Result<(), ApiError> {
        self.accounts(Method::DELETE, members_path(organization), accounts, AGENT)
            .await
    }

    /// Adds accounts to the customers of a service project.
    ///
    /// # Errors
    /// `Rejected` when one of them does not exist: the others were added. Else as every request.
    pub async fn add_customers(
        &self,
        desk: &DeskId,
        accounts: &[AccountId],
    ) -> Result<(), ApiError> {
        self.accounts(Method::POST, customers_path(desk), accounts, DESK_ADMIN)
            .await
    }

    /// Removes accounts from the customers of a service project.
    ///
    /// # Errors
    /// `Rejected` when the project is open; else as every request.
    pub async fn remove_customers(
        &self,
        desk: &DeskId,
        accounts: &[AccountId],
    ) -> Result<(), ApiError> {
        self.accounts(Method::DELETE, customers_path(desk), accounts, DESK_ADMIN)
            .await
    }

    async fn accounts(
        &self,
        method: Method,
        path: String,
        accounts: &[AccountId],
        right: &'static str,
    ) -> Result<(), ApiError> {
        let call = Call::write(method, Base::Jira, path, Repeat::Always)
            .body(json!({"accountIds": accounts}))
            .right(right);
        self.http.send(call).await.map(drop)
    }

    /// Links a customer organization to a service project; a link that exists is fine.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn link_organization(
        &self,
        desk: &DeskId,
        organization: &OrganizationId,
    ) -> Result<(), ApiError> {
        self.link(Method::POST, desk, organization).await
    }

    /// Unlinks a customer organization from a service project; a link that does not exist is fine.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn unlink_organization(
        &self,
        desk: &DeskId,
        organization: &OrganizationId,
    ) -> Result<(), ApiError> {
        self.link(Method::DELETE, desk, organization).await
    }

    async fn link(
        &self,
        method: Method,
        desk: &DeskId,
        organization: &OrganizationId,
    ) -> Result<(), ApiError> {
        let path = format!(
            "/rest/servicedeskapi/servicedesk/{}/organization",
            wire::segment(desk.as_str())
        );
        let call = Call::write(method, Base::Jira, path, Repeat::Always).right(AGENT);
        // Answers give the id as text, this body takes a number.
        let id: u32 = organization.as_str().parse().map_err(|_| {
            call.error(
                ErrorKind::Unreadable,
                format!("the organization's id `{organization}` is not a number"),
            )
        })?;
        self.http
            .send(call.body(json!({"organizationId": id})))
            .await
            .map(drop)
    }

    /// Changes customer permissions of a project through the private `requestsecurity` endpoint: reads them, posts
    /// them whole with the patch in, reads them again until they show it, and compares the patched fields.
    ///
    /// # Errors
    /// `Unreadable` when a patched field is not there to be changed, or is of another type; `NotTaken` when no
    /// reading shows the patch; else as every request.
    pub async fn set_request_security(
        &self,
        project_key: &str,
        patch: &Map<String, Value>,
    ) -> Result<RequestSecurity, ApiError> {
        let path = security_path(project_key);
        let read = Call::get(Base::Jira, path.clone()).right(DESK_ADMIN);
        let answer = self.http.send(read.clone()).await?;
        let mut whole: Map<String, Value> = answer.json()?;
        for (field, value) in patch {
            match whole.get_mut(field) {
                Some(present)
                    if std::mem::discriminant(present) == std::mem::discriminant(value) =>
                {
                    *present = value.clone();
                }
                _ => {
                    return Err(answer.unreadable(format!(
                        "the answer holds no `{field}` of the expected type, so it is not changed"
                    )));
                }
            }
        }
        let mut call = Call::write(Method::POST, Base::Jira, path, Repeat::Always)
            .body(Value::Object(whole))
            .right(DESK_ADMIN);
        call.no_check = true;
        self.http.send(call).await?;
        let untaken = |now: &RequestSecurity| {
            let mut patched = patch.iter();
            patched.find_map(|(field, value)| (now.raw.get(field) != Some(value)).then_some(field))
        };
        let look = async || {
            let answer = self.http.send(read.clone()).await?;
            let now = security(&answer)?;
            Ok((answer, now))
        };
        let (answer, now) = settled(&self.http, look, |(_, now)| untaken(now).is_none()).await?;
        match untaken(&now) {
            None => Ok(now),
            Some(field) => Err(answer.error(
                ErrorKind::NotTaken,
                format!("reading back does not show the new value of `{field}`"),
            )),
        }
    }

    /// Links a Confluence space to a project as a knowledge base, and reads back that it is linked.
    ///
    /// # Errors
    /// `NotTaken` when it is not; `Uncertain` when it may be; else as every request.
    pub async fn link_space(&self, project_key: &str, space_ari: &str) -> Result<(), ApiError> {
        gateway::link_space(&self.http, project_key, space_ari).await
    }

    /// Sets who can view a linked space, for every project that links it, and reads back that it holds.
    ///
    /// # Errors
    /// `Rejected` when the gateway refuses; `NotTaken` when reading back shows something else; else as every request.
    pub async fn set_space_viewers(
        &self,
        project_key: &str,
        space_ari: &str,
        who: WhoCanView,
    ) -> Result<(), ApiError> {
        gateway::set_viewers(&self.http, project_key, space_ari, who).await
    }

    /// Writes to a settings endpoint that the operator described: a path on the site's own origin.
    ///
    /// # Errors
    /// `Rejected` for a path that no description may name, see [`crate::model::unfit_path`]; else as every request.
    pub async fn put_mapped(
        &self,
        path: &str,
        method: MappedMethod,
        body: &Value,
    ) -> Result<(), ApiError> {
        let (method, repeat) = match method {
            MappedMethod::Put => (Method::PUT, Repeat::Always),
            MappedMethod::Post => (Method::POST, Repeat::IfUnsent),
            MappedMethod::Patch => (Method::PATCH, Repeat::IfUnsent),
        };
        let mut call =
            mapped_call(Call::write(method, Base::Site, path, repeat))?.body(body.clone());
        call.no_check = true;
        self.http.send(call).await.map(drop)
    }

    /// Sets what one app grants to people of a configured domain, leaving other apps alone.
    ///
    /// # Errors
    /// `NotFound` when the domain is not configured; else as every request.
    pub async fn upsert_approved_product(
        &self,
        org_id: &str,
        domain: &str,
        product_id: &str,
        role: &str,
        admin_approval: bool,
    ) -> Result<(), ApiError> {
        let path = format!(
            "{}/{}/products",
            domains_path(org_id),
            wire::segment(domain)
        );
        let call = Call::write(Method::POST, Base::Admin, path, Repeat::Always)
            .body(product(product_id, role, admin_approval))
            .right(ORG_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Configures a domain that has no app access settings yet, for one app.
    ///
    /// # Errors
    /// `Conflict` when it has some; `Uncertain` when it may have been made; else as every request.
    pub async fn create_approved_domain(
        &self,
        org_id: &str,
        domain: &str,
        admin_notifications: &Value,
        product_id: &str,
        role: &str,
        admin_approval: bool,
    ) -> Result<(), ApiError> {
        let path = domains_path(org_id);
        let call = Call::write(Method::POST, Base::Admin, path, Repeat::IfUnsent)
            .body(json!({
                "domain": domain,
                "adminNotifications": admin_notifications,
                "products": [product(product_id, role, admin_approval)],
            }))
            .right(ORG_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Replaces every app's entry of a domain: `products` are entries as read, so that nothing is lost on the way.
    ///
    /// # Errors
    /// `NotFound` when the domain is not configured; else as every request.
    pub async fn replace_approved_products(
        &self,
        org_id: &str,
        domain: &str,
        admin_notifications: &Value,
        products: &[Value],
    ) -> Result<(), ApiError> {
        let path = format!("{}/{}", domains_path(org_id), wire::segment(domain));
        let call = Call::write(Method::PUT, Base::Admin, path, Repeat::Always)
            .body(json!({"adminNotifications": admin_notifications, "products": products}))
            .right(ORG_ADMIN);
        self.http.send(call).await.map(drop)
    }
}

fn product(product_id: &str, role: &str, admin_approval: bool) -> Value {
    json!({"productId": product_id, "role": role, "adminApprovalRequired": admin_approval})
}

fn members_path(organization: &OrganizationId) -> String {
    let id = wire::segment(organization.as_str());
    format!("/rest/servicedeskapi/organization/{id}/user")
}

fn customers_path(desk: &DeskId) -> String {
    let desk = wire::segment(desk.as_str());
    format!("/rest/servicedeskapi/servicedesk/{desk}/customer")
}
