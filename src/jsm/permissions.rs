//! Who holds what in a project: its permission scheme, its roles, and the members of groups. Reading only.

use super::call::{Base, Call};
use super::error::{ApiError, ErrorKind};
use super::read::{BROWSE_USERS, PROJECT_ADMIN, Reader};
use super::types::{
    Account, GrantHolder, Group, PermissionGrant, PermissionScheme, ProjectRole, RoleActors,
};
use super::write::JIRA_ADMIN;
use super::{paging, wire};
use crate::model::AccountId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows per page of a group, the documented maximum.
const MEMBERS_PER_PAGE: usize = 50;

#[derive(Deserialize)]
struct Scheme {
    name: String,
    permissions: Option<Vec<Grant>>,
    scope: Option<Scope>,
}

#[derive(Deserialize)]
struct Scope {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Grant {
    permission: String,
    holder: Holder,
}

#[derive(Deserialize)]
struct Holder {
    #[serde(rename = "type")]
    kind: String,
    parameter: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct Role {
    actors: Option<Vec<Actor>>,
    scope: Option<Scope>,
}

/// Says whether something belongs to one team-managed project.
fn project_only(scope: Option<Scope>) -> bool {
    scope.and_then(|scope| scope.kind).as_deref() == Some("PROJECT")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Actor {
    display_name: Option<String>,
    actor_user: Option<ActorUser>,
    actor_group: Option<ActorGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActorUser {
    #[serde(deserialize_with = "wire::filled")]
    account_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActorGroup {
    name: Option<String>,
    display_name: Option<String>,
    group_id: Option<String>,
}

impl From<ActorGroup> for Group {
    fn from(group: ActorGroup) -> Self {
        let name = group.name.or(group.display_name);
        Self {
            name: name.or_else(|| group.group_id.clone()).unwrap_or_default(),
            id: group.group_id,
        }
    }
}

/// A role that projects share.
#[derive(Deserialize)]
struct SharedRole {
    id: u64,
    actors: Option<Vec<Actor>>,
}

impl Reader {
    /// Reads the permission scheme of a project with its grants, in one request.
    ///
    /// # Errors
    /// `Unreadable` when the answer leaves the grants out; else as every request.
    pub async fn permission_scheme(&self, project_key: &str) -> Result<PermissionScheme, ApiError> {
        let key = wire::segment(project_key);
        let call = Call::get(
            Base::Jira,
            format!("/rest/api/3/project/{key}/permissionscheme"),
        )
        .query("expand", "permissions")
        .right(PROJECT_ADMIN);
        let answer = self.http.send(call).await?;
        let scheme: Scheme = answer.json()?;
        let Some(grants) = scheme.permissions else {
            return Err(answer.unreadable("the answer leaves out the grants of the scheme"));
        };
        Ok(PermissionScheme {
            name: scheme.name,
            project_only: project_only(scheme.scope),
            grants: grants
                .into_iter()
                .map(|grant| PermissionGrant {
                    permission: grant.permission,
                    holder: GrantHolder {
                        kind: grant.holder.kind,
                        parameter: grant.holder.parameter,
                        value: grant.holder.value,
                    },
                })
                .collect(),
        })
    }

    /// Lists the roles of a project, by name.
    ///
    /// # Errors
    /// `Unreadable` when the address of a role does not end with its id; else as every request.
    pub async fn project_roles(&self, project_key: &str) -> Result<Vec<ProjectRole>, ApiError> {
        let key = wire::segment(project_key);
        let call =
            Call::get(Base::Jira, format!("/rest/api/3/project/{key}/role")).right(PROJECT_ADMIN);
        let answer = self.http.send(call).await?;
        let roles: BTreeMap<String, String> = answer.json()?;
        roles
            .into_iter()
            .map(|(name, address)| {
                let id = address.rsplit('/').next().unwrap_or_default();
                let numeric = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
                if numeric {
                    Ok(ProjectRole {
                        id: id.to_owned(),
                        name,
                    })
                } else {
                    Err(answer.unreadable("the address of a project role holds no id"))
                }
            })
            .collect()
    }

    /// Reads who is in a role of a project. A group is one actor.
    ///
    /// # Errors
    /// `Unreadable` when an actor is neither an account nor a group; else as every request.
    pub async fn role_actors(
        &self,
        project_key: &str,
        role_id: &str,
    ) -> Result<RoleActors, ApiError> {
        let path = format!(
            "/rest/api/3/project/{}/role/{}",
            wire::segment(project_key),
            wire::segment(role_id)
        );
        let answer = self
            .http
            .send(Call::get(Base::Jira, path).right(PROJECT_ADMIN))
            .await?;
        let role: Role = answer.json()?;
        let Some(actors) = role.actors else {
            return Err(answer.unreadable("the answer leaves out who is in the role"));
        };
        let mut found = RoleActors {
            project_only: project_only(role.scope),
            ..RoleActors::default()
        };
        for actor in actors {
            match (actor.actor_user, actor.actor_group) {
                (Some(user), _) => found.people.push((
                    AccountId::new(user.account_id),
                    actor.display_name.unwrap_or_default(),
                )),
                (None, Some(group)) => found.groups.push(group.into()),
                (None, None) => {
                    return Err(
                        answer.unreadable("an actor of a role is neither a user nor a group")
                    );
                }
            }
        }
        Ok(found)
    }

    /// Lists the groups that a role gives every new project.
    ///
    /// # Errors
    /// `NotFound` when no role that projects share has this id; else as every request.
    pub async fn default_role_groups(&self, role_id: &str) -> Result<Vec<Group>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/role").right(JIRA_ADMIN);
        let answer = self.http.send(call).await?;
        let roles: Vec<SharedRole> = answer.json()?;
        let role = roles
            .into_iter()
            .find(|role| role.id.to_string() == role_id);
        let Some(role) = role else {
            return Err(answer.error(
                ErrorKind::NotFound,
                "no role that projects share has this id",
            ));
        };
        let groups = role.actors.unwrap_or_default().into_iter();
        Ok(groups
            .filter_map(|actor| actor.actor_group)
            .map(Into::into)
            .collect())
    }

    /// Lists the active members of a group, or returns `None` when there are more than `most`.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn group_members(
        &self,
        group: &Group,
        most: u64,
    ) -> Result<Option<Vec<Account>>, ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/group/member").right(BROWSE_USERS);
        let call = match &group.id {
            Some(id) => call.query("groupId", id),
            None => call.query("groupname", &group.name),
        };
        let members: Option<Vec<wire::User>> =
            paging::jira(&self.http, call, MEMBERS_PER_PAGE, most).await?;
        Ok(members.map(|members| members.into_iter().map(Into::into).collect()))
    }
}
