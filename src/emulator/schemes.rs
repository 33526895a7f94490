//! Permission schemes over the wire: Jira's own API, by its published description.
//!
//! Beside reading, it takes and drops grants, so that a leak can be made and seen.

use super::call::{Answer, Call, Reply};
use super::objects::Project;
use super::permissions::{GRANTABLE, Grant, HOLDERS};
use super::roles::ProjectRole;
use super::site::Site;
use serde_json::{Value, json};

/// Finds the project that a path names by key or id.
pub(super) fn find<'s>(
    site: &'s Site,
    call: &Call<'_>,
    parameter: &str,
) -> Result<&'s Project, Answer> {
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
    if project.team_managed {
        scheme["scope"] = json!({"type": "PROJECT", "project": {"id": project.id.to_string(), "key": project.key, "name": project.name}});
    }
    // The description says that any value of `expand` brings the grants.
    if call.query("expand").is_some_and(|words| !words.is_empty()) {
        scheme["permissions"] = grants_of(site, project, call);
    }
    Ok(Answer::json(200, &scheme))
}

pub(super) fn grants(site: &Site, call: &Call<'_>) -> Reply {
    match by_scheme(site, call) {
        Some(project) => Ok(Answer::json(
            200,
            &json!({
                "expand": "user,group,projectRole,field,all",
                "permissions": grants_of(site, project, call),
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

fn grants_of(site: &Site, project: &Project, call: &Call<'_>) -> Value {
    project
        .permissions
        .grants()
        .iter()
        .map(|(number, grant)| grant_row(site, project, *number, grant, call))
        .collect()
}

fn grant_row(site: &Site, project: &Project, number: u64, grant: &Grant, call: &Call<'_>) -> Value {
    let id = project.grant_id(number);
    let mut holder = json!({"type": grant.holder});
    if let Some(parameter) = &grant.parameter {
        let (parameter, value) = match grant.holder.as_str() {
            "group" => (parameter.clone(), site.group_id(parameter)),
            "projectRole" => {
                let id = shown_role(project, parameter);
                (id.clone(), id)
            }
            _ => (parameter.clone(), parameter.clone()),
        };
        holder["parameter"] = json!(parameter);
        holder["value"] = json!(value);
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

/// Returns the id by which a project knows a role; the scheme keeps the one that company-managed projects share.
fn shown_role(project: &Project, kept: &str) -> String {
    let role = ProjectRole::ALL
        .into_iter()
        .find(|role| role.id().to_string() == kept);
    role.map_or_else(|| kept.to_owned(), |role| role.id_in(project).to_string())
}

pub(super) fn grant(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = by_scheme(site, call)
        .map(|project| project.key.clone())
        // The description of this operation knows no 404.
        .ok_or_else(|| no_scheme(call, 400))?;
    let grant = wanted(site, &site.projects[&key], call)?;
    let id = site
        .grant_permission(&key, grant.clone())
        .ok()
        .flatten()
        .ok_or_else(|| call.error(400, "The permission grant already exists."))?;
    let project = &site.projects[&key];
    let number = id - project.grant_id(0);
    Ok(Answer::json(
        201,
        &grant_row(site, project, number, &grant, call),
    ))
}

/// Reads a grant out of a body.
fn wanted(site: &Site, project: &Project, call: &Call<'_>) -> Result<Grant, Answer> {
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
        ("group", Some(text)) => site.group_named(text),
        ("projectRole", Some(text)) => {
            ProjectRole::of_project(project, text).map(|role| role.id().to_string())
        }
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
