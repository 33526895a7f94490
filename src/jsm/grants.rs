//! What is given to and taken from people and groups beside lists: roles of projects, roles of accounts, portal-only access, an
//! invitation; and the name of an organization. Each is one change.

use super::call::{Base, Call, Repeat};
use super::error::{ApiError, ErrorKind};
use super::read::ORG_ADMIN;
use super::settle::settled;
use super::types::{Account, Group, Organization};
use super::wire;
use super::write::{AGENT, Writer};
use crate::model::{AccountId, DeskId, OrganizationId};
use reqwest::Method;
use serde_json::json;

const ROLES_ADMIN: &str =
    "the project permission `Administer projects`, or the global permission `Administer Jira`";
const SITE_ADMIN: &str = "site admin";
const INVITER: &str =
    "the global permission `Administer Jira`, and administrator of the service project";

impl Writer {
    /// Puts a group into a role of a project; one that is in it is fine.
    ///
    /// # Errors
    /// `NotFound` when there is no such project, role or group; else as every request.
    pub async fn add_role_group(
        &self,
        project_key: &str,
        role_id: &str,
        group: &Group,
    ) -> Result<(), ApiError> {
        let body = match &group.id {
            Some(id) => json!({"groupId": [id]}),
            None => json!({"group": [group.name]}),
        };
        let path = role_path(project_key, role_id);
        let call = Call::write(Method::POST, Base::Jira, path, Repeat::Always)
            .body(body)
            .right(ROLES_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Takes a group out of a role of a project.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn remove_role_group(
        &self,
        project_key: &str,
        role_id: &str,
        group: &Group,
    ) -> Result<(), ApiError> {
        let path = role_path(project_key, role_id);
        let call = Call::write(Method::DELETE, Base::Jira, path, Repeat::Always).right(ROLES_ADMIN);
        let call = match &group.id {
            Some(id) => call.query("groupId", id),
            None => call.query("group", &group.name),
        };
        self.http.send(call).await.map(drop)
    }

    /// Grants a role on an app of a site to an Atlassian account, such as `atlassian/customer`.
    ///
    /// # Errors
    /// `Conflict` when the licence is used up; else as every request.
    pub async fn assign_role(
        &self,
        org_id: &str,
        account: &AccountId,
        role: &str,
        resource: &str,
    ) -> Result<(), ApiError> {
        self.role(org_id, account, "assign", role, resource).await
    }

    /// Takes a role on an app of a site from an Atlassian account; one that a group gives stays.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`].
    pub async fn revoke_role(
        &self,
        org_id: &str,
        account: &AccountId,
        role: &str,
        resource: &str,
    ) -> Result<(), ApiError> {
        self.role(org_id, account, "revoke", role, resource).await
    }

    async fn role(
        &self,
        org_id: &str,
        account: &AccountId,
        what: &str,
        role: &str,
        resource: &str,
    ) -> Result<(), ApiError> {
        let path = format!(
            "/admin/v1/orgs/{}/users/{}/roles/{what}",
            wire::segment(org_id),
            wire::segment(&account.text())
        );
        let call = Call::write(Method::POST, Base::Admin, path, Repeat::Always)
            .body(json!({"role": role, "resource": resource}))
            .right(ORG_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Ends the access of a portal-only account. Only a person can give it back.
    ///
    /// # Errors
    /// `NotFound` when there is no such account; else as every request.
    pub async fn end_portal_access(&self, account: &AccountId) -> Result<(), ApiError> {
        let id = wire::segment(&account.text());
        let path = format!("/rest/servicedeskapi/customer/user/{id}/revoke-portal-only-access");
        let call = Call::write(Method::PUT, Base::Jira, path, Repeat::Always).right(SITE_ADMIN);
        self.http.send(call).await.map(drop)
    }

    /// Invites somebody to a service project: the service sends a mail, and makes a portal-only account where there is none.
    ///
    /// # Errors
    /// `Conflict` when the address has an account already; `Uncertain` when the mail may have been sent. It is never repeated by
    /// itself.
    pub async fn invite_customer(
        &self,
        desk: &DeskId,
        email: &str,
        display_name: &str,
    ) -> Result<Account, ApiError> {
        let desk = wire::segment(desk.as_str());
        let path = format!("/rest/servicedeskapi/servicedesk/{desk}/customer/invite");
        let call = Call::write(Method::POST, Base::Jira, path, Repeat::IfUnsent)
            .query("strictConflictStatusCode", true)
            .body(json!({"email": email, "displayName": display_name}))
            .right(INVITER);
        let user: wire::User = self.http.send(call).await?.json()?;
        Ok(user.into())
    }

    /// Gives a customer organization another name, over the API of Customer Service Management, and reads back over that of Jira
    /// Service Management that it has it.
    ///
    /// # Errors
    /// `NotTaken` when no reading shows the new name; else as every request.
    pub async fn rename_organization(
        &self,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<Organization, ApiError> {
        let cloud_id = self.http.target().cloud_id(&self.http).await?;
        let id = wire::segment(organization.as_str());
        let path = format!(
            "/jsm/csm/cloudid/{}/api/v1/organization/{id}",
            wire::segment(cloud_id.as_str())
        );
        let call = Call::write(Method::PUT, Base::Api, path, Repeat::Always)
            .body(json!({"name": name}))
            .right(AGENT);
        self.http.send(call).await?;
        let path = format!("/rest/servicedeskapi/organization/{id}");
        let read = Call::get(Base::Jira, path).right(AGENT);
        let look = async || {
            let answer = self.http.send(read.clone()).await?;
            let seen: Organization = answer.json::<wire::Org>()?.into();
            Ok((answer, seen))
        };
        let (answer, seen) = settled(&self.http, look, |(_, seen)| seen.name == name).await?;
        match seen.name == name {
            true => Ok(seen),
            false => Err(answer.error(
                ErrorKind::NotTaken,
                "reading back does not show the organization's new name",
            )),
        }
    }
}

fn role_path(project_key: &str, role_id: &str) -> String {
    format!(
        "/rest/api/3/project/{}/role/{}",
        wire::segment(project_key),
        wire::segment(role_id)
    )
}
