//! Project roles and their actors over the wire: Jira's own API, by its published description.

use super::call::{Answer, Call, Reply};
use super::objects::Project;
use super::roles::{ProjectRole, RoleActor};
use super::schemes::find;
use super::site::Site;
use crate::model::{AccountId, ProjectKey};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Where a body names the actors of a role that replace the ones there are, by kind.
const KINDS: [(&str, bool); 3] = [
    ("atlassian-user-role-actor", false),
    ("atlassian-group-role-actor", true),
    ("atlassian-group-role-actor-id", true),
];

/// Lists the roles of a project, by name.
pub(super) fn roles(site: &Site, call: &Call<'_>) -> Reply {
    let project = found(site, call)?;
    let roles: Map<String, Value> = ProjectRole::ALL
        .into_iter()
        .map(|role| (role.name().to_owned(), json!(url(project, role, call))))
        .collect();
    Ok(Answer::json(200, &Value::Object(roles)))
}

/// Lists the roles that company-managed projects share, with their default actors.
pub(super) fn all(site: &Site, call: &Call<'_>) -> Reply {
    let roles: Vec<Value> = ProjectRole::ALL
        .into_iter()
        .map(|role| {
            let id = role.id();
            json!({
                "self": format!("{}/rest/api/3/role/{id}", call.base),
                "name": role.name(),
                "id": id,
                "description": "",
                "actors": actors(site, id, site.default_actors(role), true),
            })
        })
        .collect();
    Ok(Answer::json(200, &Value::Array(roles)))
}

/// Reads one role of a project.
pub(super) fn role(site: &Site, call: &Call<'_>) -> Reply {
    let project = found(site, call)?;
    let role = role_of(project, call)?;
    Ok(Answer::json(200, &body(site, project, role, call)))
}

/// Adds actors.
pub(super) fn add(site: &mut Site, call: &Call<'_>) -> Reply {
    let (key, role) = named(site, call)?;
    let sent = call.json()?;
    let mut wanted = Vec::new();
    for (field, of_groups) in [("user", false), ("group", true), ("groupId", true)] {
        wanted.extend(actors_in(site, call, &sent[field], of_groups)?);
    }
    if wanted.is_empty() {
        return Err(call.error(400, "Only one of user, group or groupId must be provided."));
    }
    put_in(site, call, &key, role, wanted)
}

/// Replaces the actors.
pub(super) fn set(site: &mut Site, call: &Call<'_>) -> Reply {
    let (key, role) = named(site, call)?;
    let sent = &call.json()?["categorisedActors"];
    if !sent.is_object() {
        return Err(call.error(400, "categorisedActors must be provided."));
    }
    let mut wanted = Vec::new();
    for (kind, of_groups) in KINDS {
        wanted.extend(actors_in(site, call, &sent[kind], of_groups)?);
    }
    for actor in site.role_actors(&key, role) {
        if !wanted.contains(&actor) {
            take_out(site, call, &key, role, &actor)?;
        }
    }
    put_in(site, call, &key, role, wanted)
}

/// Takes one actor out.
pub(super) fn remove(site: &mut Site, call: &Call<'_>) -> Reply {
    let (key, role) = named(site, call)?;
    let actor = match (
        call.query("user"),
        call.query("group"),
        call.query("groupId"),
    ) {
        (Some(id), None, None) => RoleActor::Account(AccountId::new(id)),
        (None, Some(text), None) | (None, None, Some(text)) => RoleActor::Group(
            site.group_named(text)
                .ok_or_else(|| call.error(404, "We can't find the group in Jira."))?,
        ),
        _ => return Err(call.error(400, "Only one of user, group or groupId must be provided.")),
    };
    match take_out(site, call, &key, role, &actor)? {
        true => Ok(Answer::empty(204)),
        false => Err(call.error(404, "The project role has no such actor.")),
    }
}

/// Finds the project that the path names, for those who administer it.
fn found<'s>(site: &'s Site, call: &Call<'_>) -> Result<&'s Project, Answer> {
    let project = find(site, call, "projectIdOrKey")?;
    match call.administers(site, project) {
        true => Ok(project),
        false => Err(call.error(
            404,
            "You do not have permission to view or edit the roles of this project.",
        )),
    }
}

fn named(site: &Site, call: &Call<'_>) -> Result<(ProjectKey, ProjectRole), Answer> {
    let project = found(site, call)?;
    Ok((project.key.clone(), role_of(project, call)?))
}

fn role_of(project: &Project, call: &Call<'_>) -> Result<ProjectRole, Answer> {
    ProjectRole::of_project(project, call.param("id"))
        .ok_or_else(|| call.error(404, "The project role does not exist."))
}

/// Reads a list of account ids, or of names and ids of groups.
fn actors_in(
    site: &Site,
    call: &Call<'_>,
    list: &Value,
    of_groups: bool,
) -> Result<Vec<RoleActor>, Answer> {
    let words = list.as_array().into_iter().flatten();
    words
        .filter_map(Value::as_str)
        .map(|text| match of_groups {
            true => site
                .group_named(text)
                .map(RoleActor::Group)
                .ok_or_else(|| call.error(404, "We can't find the group in Jira.")),
            false => site
                .accounts
                .by_id(text)
                .filter(|account| account.state.is_active())
                .map(|account| RoleActor::Account(account.id()))
                .ok_or_else(|| call.error(404, "We can't find the user in Jira.")),
        })
        .collect()
}

fn put_in(
    site: &mut Site,
    call: &Call<'_>,
    key: &ProjectKey,
    role: ProjectRole,
    wanted: Vec<RoleActor>,
) -> Reply {
    for actor in wanted {
        site.add_role_actor(key, role, actor)
            .map_err(|error| call.error(404, &error.to_string()))?;
    }
    Ok(Answer::json(
        200,
        &body(site, &site.projects[key], role, call),
    ))
}

fn take_out(
    site: &mut Site,
    call: &Call<'_>,
    key: &ProjectKey,
    role: ProjectRole,
    actor: &RoleActor,
) -> Result<bool, Answer> {
    site.remove_role_actor(key, role, actor)
        .map_err(|error| call.error(404, &error.to_string()))
}

fn url(project: &Project, role: ProjectRole, call: &Call<'_>) -> String {
    format!(
        "{}/rest/api/3/project/{}/role/{}",
        call.base,
        project.id,
        role.id_in(project)
    )
}

fn body(site: &Site, project: &Project, role: ProjectRole, call: &Call<'_>) -> Value {
    let id = role.id_in(project);
    let inactive_too = !call.flag("excludeInactiveUsers");
    let mut body = json!({
        "self": url(project, role, call),
        "name": role.name(),
        "id": id,
        "description": "",
        "actors": actors(site, id, site.role_actors(&project.key, role), inactive_too),
    });
    if project.team_managed {
        body["scope"] = json!({
            "type": "PROJECT",
            "project": {"id": project.id.to_string(), "key": project.key, "name": project.name},
        });
    }
    body
}

/// Writes actors, sorted by display name.
fn actors(site: &Site, role: u64, actors: BTreeSet<RoleActor>, inactive_too: bool) -> Vec<Value> {
    let mut rows: Vec<(String, Value)> = actors
        .iter()
        .filter_map(|actor| match actor {
            RoleActor::Account(id) => {
                let account = site.account(id)?;
                let shown = inactive_too || account.state.is_active();
                let row = json!({
                    "type": "atlassian-user-role-actor",
                    "displayName": &*account.name,
                    "actorUser": {"accountId": id},
                });
                shown.then(|| (account.name.to_string(), row))
            }
            RoleActor::Group(name) => {
                let row = json!({
                    "type": "atlassian-group-role-actor",
                    "displayName": name,
                    "name": name,
                    "actorGroup": {"name": name, "displayName": name, "groupId": site.group_id(name)},
                });
                Some((name.clone(), row))
            }
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    (1_u64..)
        .zip(rows)
        .map(|(number, (_, mut row))| {
            row["id"] = json!(role * 100_000 + number);
            row
        })
        .collect()
}
