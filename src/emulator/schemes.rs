//! Permission schemes, project roles and groups over the wire: Jira's own API, by its published description.
//!
//! Beside reading, it takes and drops grants and puts people into roles, so that a leak can be made and seen.

use super::accounts::Account;
use super::call::{Answer, Call, Reply, jira_user};
use super::jira::bean;
use super::objects::Project;
use super::page::encoded;
use super::permissions::{GRANTABLE, Grant, HOLDERS, ProjectRole, RoleActor};
use super::site::Site;
use crate::model::{AccountId, ProjectKey};
use serde_json::{Value, json};

/// Finds the project that a path names by key or id.
fn find<'s>(site: &'s Site, call: &Call<'_>, parameter: &str) -> Result<&'s Project, Answer> {
    let text = call.param(parameter);
    site.projects
        .values()
        .find(|project| project.key.as_str() == text || text.parse() == Ok(project.id))
        .ok_or_else(|| {
            call.error(
                404,
                &format!("No project could be found with key '{text}'."),
            )
        })
}

fn by_scheme<'s>(site: &'s Site, call: &Call<'_>) -> Option<&'s Project> {
    let id: u64 = call.param("schemeId").parse().ok()?;
    site.projects
        .values()
        .find(|project| project.scheme_id() == id)
}

fn group_id(name: &str) -> String {
    format!("group-{name}")
}

/// Finds a group of the site by its name or its id.
fn group_named(site: &Site, text: &str) -> Option<String> {
    let mut groups = site.groups().into_iter();
    groups.find(|name| name == text || group_id(name) == text)
}

pub(super) fn assigned(site: &Site, call: &Call<'_>) -> Reply {
    let project = find(site, call, "projectKeyOrId")?;
    let id = project.scheme_id();
    let mut scheme = json!({
        "expand": "permissions,user,group,projectRole,field,all",
        "id": id,
        "self": format!("{}/rest/api/3/permissionscheme/{id}", call.base),
        "name": format!("JIRA Service Management Permission Scheme for Project {}", project.key),
        "description": "",
    });
    // The description says that any value of `expand` brings the grants.
    if call.query("expand").is_some_and(|words| !words.is_empty()) {
        scheme["permissions"] = grants_of(project, call);
    }
    Ok(Answer::json(200, &scheme))
}

pub(super) fn grants(site: &Site, call: &Call<'_>) -> Reply {
    match by_scheme(site, call) {
        Some(project) => Ok(Answer::json(
            200,
            &json!({
                "expand": "user,group,projectRole,field,all",
                "permissions": grants_of(project, call),
            }),
        )),
        None => Err(no_scheme(call, 404)),
    }
}

fn no_scheme(call: &Call<'_>, status: u16) -> Answer {
    call.error(
        status,
        "The permission scheme does not exist, or you do not have the necessary permission.",
    )
}

fn grants_of(project: &Project, call: &Call<'_>) -> Value {
    project
        .permissions
        .grants()
        .iter()
        .map(|(number, grant)| grant_row(project, *number, grant, call))
        .collect()
}

fn grant_row(project: &Project, number: u64, grant: &Grant, call: &Call<'_>) -> Value {
    let id = project.grant_id(number);
    let mut holder = json!({"type": grant.holder});
    if let Some(parameter) = &grant.parameter {
        holder["parameter"] = json!(parameter);
        holder["value"] = match grant.holder.as_str() {
            "group" => json!(group_id(parameter)),
            _ => json!(parameter),
        };
    }
    let expands = match grant.holder.as_str() {
        kind @ ("group" | "user" | "projectRole") => Some(kind),
        "userCustomField" | "groupCustomField" => Some("field"),
        _ => None,
    };
    if let Some(expands) = expands {
        holder["expand"] = json!(expands);
    }
    json!({
        "id": id,
        "self": format!("{}/rest/api/3/permissionscheme/{}/permission/{id}", call.base, project.scheme_id()),
        "holder": holder,
        "permission": grant.permission,
    })
}

pub(super) fn grant(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = by_scheme(site, call)
        .map(|project| project.key.clone())
        // The description of this operation knows no 404.
        .ok_or_else(|| no_scheme(call, 400))?;
    let grant = wanted(site, call)?;
    let id = site
        .grant_permission(&key, grant.clone())
        .ok()
        .flatten()
        .ok_or_else(|| call.error(400, "The permission grant already exists."))?;
    let project = &site.projects[&key];
    let number = id - project.grant_id(0);
    Ok(Answer::json(201, &grant_row(project, number, &grant, call)))
}

/// Reads a grant out of a body.
fn wanted(site: &Site, call: &Call<'_>) -> Result<Grant, Answer> {
    let body = call.json()?;
    let permission = body["permission"].as_str().unwrap_or("");
    if !GRANTABLE.contains(&permission) {
        return Err(call.error(400, &format!("Unrecognized permission: '{permission}'")));
    }
    let holder = &body["holder"];
    let kind = holder["type"].as_str().unwrap_or("");
    if !HOLDERS.contains(&kind) {
        return Err(call.error(400, &format!("Unrecognized type: '{kind}'")));
    }
    let given = holder["value"]
        .as_str()
        .or_else(|| holder["parameter"].as_str());
    let parameter = match (kind, given) {
        ("group", Some(text)) => group_named(site, text),
        ("projectRole", Some(text)) => ProjectRole::by_id(text).map(|role| role.id().to_string()),
        ("user", Some(id)) => site
            .accounts
            .by_id(id)
            .map(|account| account.id.to_string()),
        ("userCustomField" | "groupCustomField", Some(field)) => field
            .strip_prefix("customfield_")
            .is_some_and(|number| number.parse::<u32>().is_ok())
            .then(|| field.to_owned()),
        ("applicationRole", application) => {
            return Ok(Grant::new(permission, kind, application));
        }
        ("group" | "projectRole" | "user" | "userCustomField" | "groupCustomField", None) => None,
        _ => return Ok(Grant::new(permission, kind, None)),
    };
    match parameter {
        Some(parameter) => Ok(Grant::new(permission, kind, Some(&parameter))),
        None => Err(call.error(400, &format!("The holder of type '{kind}' does not exist."))),
    }
}

pub(super) fn revoke(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = by_scheme(site, call).map(|project| project.key.clone());
    let id = call.param("permissionId").parse().ok();
    match key.zip(id) {
        Some((key, id)) if site.revoke_grant(&key, id) => Ok(Answer::empty(204)),
        _ => Err(call.error(400, "The permission grant does not exist.")),
    }
}

fn role_url(project: &Project, role: ProjectRole, call: &Call<'_>) -> String {
    format!(
        "{}/rest/api/3/project/{}/role/{}",
        call.base,
        project.id,
        role.id()
    )
}

pub(super) fn roles(site: &Site, call: &Call<'_>) -> Reply {
    let project = find(site, call, "projectIdOrKey")?;
    let roles: serde_json::Map<String, Value> = ProjectRole::ALL
        .into_iter()
        .map(|role| (role.name().to_owned(), json!(role_url(project, role, call))))
        .collect();
    Ok(Answer::json(200, &Value::Object(roles)))
}

fn find_role(call: &Call<'_>) -> Result<ProjectRole, Answer> {
    ProjectRole::by_id(call.param("id"))
        .ok_or_else(|| call.error(404, "The project role does not exist."))
}

pub(super) fn role(site: &Site, call: &Call<'_>) -> Reply {
    let project = find(site, call, "projectIdOrKey")?;
    let role = find_role(call)?;
    Ok(Answer::json(200, &role_body(site, project, role, call)))
}

fn role_body(site: &Site, project: &Project, role: ProjectRole, call: &Call<'_>) -> Value {
    let inactive_too = !call.flag("excludeInactiveUsers");
    let mut actors: Vec<(String, Value)> = site
        .role_actors(&project.key, role)
        .iter()
        .filter_map(|actor| match actor {
            RoleActor::Account(id) => {
                let account = site.account(id)?;
                let shown = inactive_too || account.state.is_active();
                shown.then(|| {
                    let name = account.name.to_string();
                    let row = json!({
                        "type": "atlassian-user-role-actor",
                        "displayName": name,
                        "actorUser": {"accountId": id.as_str()},
                    });
                    (name, row)
                })
            }
            RoleActor::Group(name) => Some((
                name.clone(),
                json!({
                    "type": "atlassian-group-role-actor",
                    "displayName": name,
                    "name": name,
                    "actorGroup": {"name": name, "displayName": name, "groupId": group_id(name)},
                }),
            )),
        })
        .collect();
    actors.sort_by(|a, b| a.0.cmp(&b.0));
    let actors: Vec<Value> = (1_u64..)
        .zip(actors)
        .map(|(number, (_, mut row))| {
            row["id"] = json!(role.id() * 100_000 + number);
            row
        })
        .collect();
    json!({
        "self": role_url(project, role, call),
        "name": role.name(),
        "id": role.id(),
        "description": "",
        "actors": actors,
    })
}

pub(super) fn add_actors(site: &mut Site, call: &Call<'_>) -> Reply {
    let key: ProjectKey = find(site, call, "projectIdOrKey")?.key.clone();
    let role = find_role(call)?;
    let body = call.json()?;
    let named = |field: &str| -> Vec<String> {
        body[field]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let mut actors = Vec::new();
    for id in named("user") {
        if site.accounts.by_id(&id).is_none() {
            return Err(call.error(404, "We can't find the user in Jira."));
        }
        actors.push(RoleActor::Account(AccountId::new(id)));
    }
    for text in named("group").into_iter().chain(named("groupId")) {
        let Some(name) = group_named(site, &text) else {
            return Err(call.error(404, "We can't find the group in Jira."));
        };
        if role == ProjectRole::Customers {
            return Err(call.error(400, "The sandbox does not imitate groups of customers."));
        }
        actors.push(RoleActor::Group(name));
    }
    if actors.is_empty() {
        return Err(call.error(400, "Only one of user, group or groupId must be provided."));
    }
    for actor in actors {
        site.add_role_actor(&key, role, actor)
            .map_err(|error| call.error(404, &error.to_string()))?;
    }
    Ok(Answer::json(
        200,
        &role_body(site, &site.projects[&key], role, call),
    ))
}

pub(super) fn group_members(site: &Site, call: &Call<'_>) -> Reply {
    let Some(text) = call.query("groupId").or_else(|| call.query("groupname")) else {
        return Err(call.error(400, "Either groupId or groupname must be provided."));
    };
    if !call.options.browse_users && !call.is_admin() {
        return Err(call.error(403, "You are not authorized to perform this operation."));
    }
    let Some(group) = group_named(site, text) else {
        return Err(call.error(
            404,
            &format!("The group '{}' does not exist.", encoded(text)),
        ));
    };
    let inactive_too = call.flag("includeInactiveUsers");
    let members: Vec<&Account> = site
        .accounts()
        .filter(|account| site.groups_of(account).contains(&group))
        .filter(|account| inactive_too || account.state.is_active())
        .collect();
    let start = call.number("startAt", 0);
    let size = call.number("maxResults", 50).clamp(1, 50);
    let rows = members
        .iter()
        .skip(start)
        .take(size)
        .map(|account| {
            let mut user = jira_user(account, call.base);
            // The description of this operation knows no locale.
            if let Some(fields) = user.as_object_mut() {
                fields.remove("locale");
            }
            user
        })
        .collect();
    Ok(Answer::json(
        200,
        &bean(call, start, size, members.len(), rows),
    ))
}
