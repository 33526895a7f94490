//! Jira's own API as far as a reconciler uses it: the server, the caller, permissions, projects and people (atlassian-rest.md, 5 and 6).

use super::accounts::Account;
use super::call::{Answer, Call, Reply, jira_user};
use super::objects::Project;
use super::page::encoded;
use super::site::Site;
use serde_json::{Value, json};

/// What searches look through at most, however far a caller pages.
const SEARCHED: usize = 1000;

/// A permission: key, name, type, whether only administrators have it.
const PERMISSIONS: &[(&str, &str, &str, bool)] = &[
    ("ADMINISTER", "Administer Jira", "GLOBAL", true),
    ("SYSTEM_ADMIN", "System Administrator", "GLOBAL", true),
    ("USER_PICKER", "Browse users and groups", "GLOBAL", false),
    ("BULK_CHANGE", "Make bulk changes", "GLOBAL", false),
    ("CREATE_PROJECT", "Create projects", "GLOBAL", true),
    (
        "ADMINISTER_PROJECTS",
        "Administer projects",
        "PROJECT",
        false,
    ),
    ("BROWSE_PROJECTS", "Browse projects", "PROJECT", false),
    ("CREATE_ISSUES", "Create issues", "PROJECT", false),
    (
        "SERVICEDESK_AGENT",
        "Service project agent",
        "PROJECT",
        false,
    ),
];

pub(super) fn tenant(site: &Site, _: &Call<'_>) -> Reply {
    Ok(Answer::json(200, &json!({"cloudId": site.cloud_id()})))
}

pub(super) fn server(_: &Site, call: &Call<'_>) -> Reply {
    Ok(Answer::json(
        200,
        &json!({
            "baseUrl": call.base,
            "displayUrl": call.base,
            "displayUrlServicedeskHelpCenter": format!("{}/servicedesk", call.base),
            "displayUrlConfluence": format!("{}/wiki", call.base),
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100_300,
            "buildDate": "2026-01-01T00:00:00.000+0000",
            "scmInfo": "0000000000000000000000000000000000000000",
            "serverTitle": "Jira",
            "serverTimeZone": "Etc/UTC",
        }),
    ))
}

pub(super) fn myself(site: &Site, call: &Call<'_>) -> Reply {
    match call.caller.account(site) {
        Some(account) => Ok(Answer::json(200, &detailed(site, account, call))),
        None => Err(call.error(401, "Client must be authenticated to access this resource.")),
    }
}

pub(super) fn permissions(site: &Site, call: &Call<'_>) -> Reply {
    let known = |wanted: Option<&str>| {
        wanted.is_none_or(|w| {
            site.projects
                .values()
                .any(|p| p.key.as_str() == w || w.parse() == Ok(p.id))
        })
    };
    if !known(call.query("projectKey")) || !known(call.query("projectId")) {
        return Err(call.error(404, "No project could be found."));
    }
    let mut held = serde_json::Map::new();
    for key in call.query_all("permissions") {
        let Some((i, (_, name, scope, admins_only))) = PERMISSIONS
            .iter()
            .enumerate()
            .find(|(_, permission)| permission.0 == key)
        else {
            return Err(call.error(400, &format!("Unrecognized permission: {key}")));
        };
        let have = match key {
            "USER_PICKER" => call.options.browse_users,
            _ => !admins_only || call.is_admin(),
        };
        held.insert(
            key.to_owned(),
            json!({
                "id": i.to_string(), "key": key, "name": name, "type": scope,
                "description": name, "havePermission": have,
            }),
        );
    }
    if held.is_empty() {
        return Err(call.error(400, "The `permissions` query parameter is required."));
    }
    Ok(Answer::json(200, &json!({"permissions": held})))
}

pub(super) fn projects(site: &Site, call: &Call<'_>) -> Reply {
    let size = match call.number("maxResults", 50) {
        0 | 101.. => 100,
        size => size,
    };
    let start = call.number("startAt", 0);
    let keys: Vec<&str> = call.query_all("keys").collect();
    let ids: Vec<&str> = call.query_all("id").collect();
    let query = call.query("query").unwrap_or("").to_lowercase();
    let service = call
        .query("typeKey")
        .is_none_or(|kinds| kinds.split(',').any(|kind| kind == "service_desk"));
    let found: Vec<&Project> = site
        .projects
        .values()
        .filter(|p| {
            service
                && (keys.is_empty() || keys.contains(&p.key.as_str()))
                && (ids.is_empty() || ids.contains(&p.id.to_string().as_str()))
                && (p.key.as_str().to_lowercase().contains(&query)
                    || p.name.to_lowercase().contains(&query))
        })
        .collect();
    if found.is_empty() {
        return Err(call.error(404, "No project could be found."));
    }
    let rows: Vec<Value> = found
        .iter()
        .skip(start)
        .take(size)
        .map(|project| {
            json!({
                "self": format!("{}/rest/api/3/project/{}", call.base, project.id),
                "id": project.id.to_string(),
                "key": project.key,
                "name": project.name,
                "projectTypeKey": "service_desk",
                "simplified": false,
                "style": "classic",
                "isPrivate": false,
            })
        })
        .collect();
    Ok(Answer::json(
        200,
        &bean(call, start, size, found.len(), rows),
    ))
}

pub(super) fn user(site: &Site, call: &Call<'_>) -> Reply {
    let Some(id) = call.query("accountId") else {
        return Err(call.error(400, "The account id must be provided."));
    };
    if !call.options.browse_users {
        return Err(call.error(403, "You are not authorized to perform this operation."));
    }
    match site.accounts.by_id(id) {
        Some(account) => Ok(Answer::json(200, &detailed(site, account, call))),
        None => Err(call.error(
            404,
            "Specified user does not exist or you do not have required permissions",
        )),
    }
}

pub(super) fn search(site: &Site, call: &Call<'_>) -> Reply {
    let (query, id) = (call.query("query"), call.query("accountId"));
    if query.is_none() && id.is_none() && call.query("property").is_none() {
        return Err(call.error(
            400,
            "One of the parameters query, accountId or property must be provided.",
        ));
    }
    let found: Vec<&Account> = if !call.options.browse_users {
        Vec::new()
    } else if let Some(id) = id {
        site.accounts.by_id(id).into_iter().collect()
    } else {
        site.rows(&site.accounts.search(query.unwrap_or("").trim()))
    };
    let size = call.number("maxResults", 50).min(SEARCHED);
    let users: Vec<Value> = found
        .into_iter()
        .filter(|account| account.state.is_active())
        .take(SEARCHED)
        .skip(call.position())
        .take(size)
        .map(|account| jira_user(account, call.base))
        .collect();
    Ok(Answer::json(200, &Value::Array(users)))
}

pub(super) fn everybody(site: &Site, call: &Call<'_>) -> Reply {
    if !call.options.browse_users {
        return Err(call.error(403, "You are not authorized to perform this operation."));
    }
    let users: Vec<Value> = site
        .accounts
        .iter()
        .skip(call.position())
        .take(call.number("maxResults", 50).min(1000))
        .map(|account| jira_user(account, call.base))
        .collect();
    Ok(Answer::json(200, &Value::Array(users)))
}

pub(super) fn bulk(site: &Site, call: &Call<'_>) -> Reply {
    let ids: Vec<&str> = call
        .query
        .iter()
        .filter(|(key, _)| key == "accountId")
        .map(|(_, id)| id.as_str())
        .collect();
    if ids.is_empty() {
        return Err(call.error(400, "At least one account id must be provided."));
    }
    let start = call.number("startAt", 0);
    let size = call.number("maxResults", 10).clamp(1, 200);
    let found: Vec<&Account> = ids
        .into_iter()
        .filter_map(|id| site.accounts.by_id(id))
        .collect();
    let rows = found
        .iter()
        .skip(start)
        .take(size)
        .map(|account| jira_user(account, call.base))
        .collect();
    Ok(Answer::json(
        200,
        &bean(call, start, size, found.len(), rows),
    ))
}

/// Writes Jira's page envelope.
pub(super) fn bean(
    call: &Call<'_>,
    start: usize,
    size: usize,
    total: usize,
    rows: Vec<Value>,
) -> Value {
    let url = |start: usize| {
        let mut url = format!("{}{}?", call.base, call.path);
        for (key, value) in call.query {
            if key != "startAt" && key != "maxResults" {
                url.push_str(&format!("{}={}&", encoded(key), encoded(value)));
            }
        }
        format!("{url}startAt={start}&maxResults={size}")
    };
    let end = start + rows.len();
    let mut page = json!({
        "self": url(start), "startAt": start, "maxResults": size,
        "total": total, "isLast": end >= total, "values": rows,
    });
    if end < total {
        page["nextPage"] = json!(url(end));
    }
    page
}

/// Writes a user with groups and application roles, filled only when `expand` asks for them.
fn detailed(site: &Site, account: &Account, call: &Call<'_>) -> Value {
    let expand = call.query("expand").unwrap_or("");
    let asked = |what: &str| expand.split(',').any(|word| word.trim() == what);
    let groups = site.groups_of(account);
    let group = |name: &str| json!({"name": name, "groupId": format!("group-{name}"), "self": format!("{}/rest/api/3/group?groupId=group-{name}", call.base)});
    let licensed = account.is_agent();
    let mut user = jira_user(account, call.base);
    user["expand"] = json!("groups,applicationRoles");
    user["groups"] = json!({
        "size": groups.len(),
        "items": if asked("groups") { groups.iter().map(|name| group(name)).collect() } else { Vec::new() },
    });
    let roles = if licensed && asked("applicationRoles") {
        vec![json!({
            "key": "jira-servicedesk", "name": "Jira Service Management",
            "groups": ["jira-servicedesk-users"], "defaultGroups": ["jira-servicedesk-users"],
            "selectedByDefault": false, "defined": true, "hasUnlimitedSeats": true, "platform": false,
        })]
    } else {
        Vec::new()
    };
    user["applicationRoles"] = json!({"size": usize::from(licensed), "items": roles});
    user
}
