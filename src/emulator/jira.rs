//! Jira's own API as far as a reconciler uses it: the server, the caller, permissions, projects and people (atlassian-rest.md, 5 and 6).

use super::accounts::Account;
use super::call::{Answer, Call, Reply, jira_user};
use super::directory::group;
use super::objects::Project;
use super::page::encoded;
use super::schemes::find;
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
        "CREATE_SHARED_OBJECTS",
        "Share dashboards and filters",
        "GLOBAL",
        false,
    ),
    (
        "MANAGE_GROUP_FILTER_SUBSCRIPTIONS",
        "Manage group filter subscriptions",
        "GLOBAL",
        false,
    ),
    (
        "ADMINISTER_PROJECTS",
        "Administer projects",
        "PROJECT",
        false,
    ),
    ("BROWSE_PROJECTS", "Browse projects", "PROJECT", false),
    ("CREATE_ISSUES", "Create issues", "PROJECT", false),
    ("EDIT_ISSUES", "Edit issues", "PROJECT", false),
    ("ADD_COMMENTS", "Add comments", "PROJECT", false),
    ("ASSIGN_ISSUES", "Assign issues", "PROJECT", false),
    ("TRANSITION_ISSUES", "Transition issues", "PROJECT", false),
    ("MODIFY_REPORTER", "Modify reporter", "PROJECT", false),
    ("MANAGE_WATCHERS", "Manage watchers", "PROJECT", false),
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
            "serverTime": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string(),
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

/// Says which permissions the caller has, on the site and in the project that the query names.
pub(super) fn permissions(site: &Site, call: &Call<'_>) -> Reply {
    let mut project = None;
    for name in ["projectKey", "projectId"] {
        if let Some(wanted) = call.query(name) {
            let found = site
                .projects
                .values()
                .find(|p| p.key.as_str() == wanted || wanted.parse() == Ok(p.id));
            match found {
                Some(found) => project = Some(found),
                None => return Err(call.error(404, "No project could be found.")),
            }
        }
    }
    let mut held = serde_json::Map::new();
    for key in call.query_all("permissions") {
        let Some(row) = PERMISSIONS.iter().position(|row| row.0 == key) else {
            return Err(call.error(400, &format!("Unrecognized permission: {key}")));
        };
        let have = has(site, call, project, &PERMISSIONS[row]);
        let mut answer = described(row);
        answer["id"] = json!(row.to_string());
        answer["havePermission"] = json!(have);
        held.insert(key.to_owned(), answer);
    }
    if held.is_empty() {
        return Err(call.error(400, "The `permissions` query parameter is required."));
    }
    Ok(Answer::json(200, &json!({"permissions": held})))
}

/// Lists every permission.
pub(super) fn all_permissions(_: &Site, _: &Call<'_>) -> Reply {
    let all: serde_json::Map<String, Value> = (0..PERMISSIONS.len())
        .map(|row| (PERMISSIONS[row].0.to_owned(), described(row)))
        .collect();
    Ok(Answer::json(200, &json!({"permissions": all})))
}

fn described(row: usize) -> Value {
    let (key, name, scope, _) = PERMISSIONS[row];
    json!({"key": key, "name": name, "type": scope, "description": name})
}

fn has(
    site: &Site,
    call: &Call<'_>,
    project: Option<&Project>,
    (key, _, scope, admins_only): &(&str, &str, &str, bool),
) -> bool {
    if *key == "USER_PICKER" {
        return call.options.browse_users;
    }
    if *key == "ADMINISTER_PROJECTS" && *scope == "PROJECT" {
        // Without a project: whether there is one that the caller administers.
        return match project {
            Some(project) => call.administers(site, project),
            None => {
                call.is_admin()
                    || site.projects.is_empty()
                    || site.projects.values().any(|p| call.administers(site, p))
            }
        };
    }
    !admins_only || call.is_admin()
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
        .map(|project| project_row(project, call))
        .collect();
    Ok(Answer::json(
        200,
        &bean(call, start, size, found.len(), rows),
    ))
}

/// Reads one project.
pub(super) fn project(site: &Site, call: &Call<'_>) -> Reply {
    let project = find(site, call, "projectIdOrKey")?;
    Ok(Answer::json(200, &project_row(project, call)))
}

fn project_row(project: &Project, call: &Call<'_>) -> Value {
    json!({
        "self": format!("{}/rest/api/3/project/{}", call.base, project.id),
        "id": project.id.to_string(),
        "key": project.key,
        "name": project.name,
        "projectTypeKey": "service_desk",
        "simplified": project.team_managed,
        "style": if project.team_managed { "next-gen" } else { "classic" },
        "isPrivate": false,
    })
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
    let licensed = site.is_agent(account);
    let mut user = jira_user(account, call.base);
    user["expand"] = json!("groups,applicationRoles");
    user["groups"] = json!({
        "size": groups.len(),
        "items": if asked("groups") { groups.iter().map(|name| group(site, name, call)).collect() } else { Vec::new() },
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
