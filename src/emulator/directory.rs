//! Groups over the wire: Jira's own API, by its published description.

use super::accounts::Account;
use super::call::{Answer, Call, Reply, jira_user};
use super::jira::bean;
use super::page::encoded;
use super::site::Site;
use serde_json::{Value, json};

/// Lists groups, all of them or those named.
pub(super) fn groups(site: &Site, call: &Call<'_>) -> Reply {
    guard(call)?;
    let ids: Vec<&str> = call.query_all("groupId").collect();
    let names: Vec<&str> = call.query_all("groupName").collect();
    let rows: Vec<Value> = site
        .group_names()
        .into_iter()
        .map(|name| (site.group_id(&name), name))
        .filter(|(id, name)| {
            (ids.is_empty() && names.is_empty())
                || ids.contains(&id.as_str())
                || names.contains(&name.as_str())
        })
        .map(|(id, name)| json!({"groupId": id, "name": name}))
        .collect();
    Ok(paged(call, &rows, Value::clone))
}

/// Lists the members of a group.
pub(super) fn members(site: &Site, call: &Call<'_>) -> Reply {
    let group = match (call.query("groupId"), call.query("groupname")) {
        (Some(text), None) | (None, Some(text)) => text,
        (Some(_), Some(_)) => {
            return Err(call.error(400, "Only one of groupId or groupname can be provided."));
        }
        (None, None) => {
            return Err(call.error(400, "Either groupId or groupname must be provided."));
        }
    };
    guard(call)?;
    let Some(group) = site.group_named(group) else {
        return Err(call.error(
            404,
            &format!("The group '{}' does not exist.", encoded(group)),
        ));
    };
    let inactive_too = call.flag("includeInactiveUsers");
    let members: Vec<&Account> = site
        .rows(&site.group_members(&group))
        .into_iter()
        .filter(|account| inactive_too || account.state.is_active())
        .collect();
    Ok(paged(call, &members, |account| {
        let mut user = jira_user(account, call.base);
        // The description of this operation knows no locale.
        if let Some(fields) = user.as_object_mut() {
            fields.remove("locale");
        }
        user
    }))
}

/// Lists the groups of an account.
pub(super) fn groups_of(site: &Site, call: &Call<'_>) -> Reply {
    guard(call)?;
    let Some(account) = site.accounts.by_id(call.query("accountId").unwrap_or("")) else {
        return Err(call.error(404, "The user does not exist."));
    };
    let groups: Vec<Value> = site
        .groups_of(account)
        .iter()
        .map(|name| group(site, name, call))
        .collect();
    Ok(Answer::json(200, &Value::Array(groups)))
}

/// Writes a group as users name it.
pub(super) fn group(site: &Site, name: &str, call: &Call<'_>) -> Value {
    let id = site.group_id(name);
    json!({
        "name": name, "groupId": id,
        "self": format!("{}/rest/api/3/group?groupId={}", call.base, encoded(&id)),
    })
}

fn guard(call: &Call<'_>) -> Result<(), Answer> {
    match call.options.browse_users {
        true => Ok(()),
        false => Err(call.error(403, "You are not authorized to perform this operation.")),
    }
}

fn paged<T>(call: &Call<'_>, all: &[T], row: impl Fn(&T) -> Value) -> Answer {
    let start = call.number("startAt", 0);
    let size = call.number("maxResults", 50).clamp(1, 50);
    let rows = all.iter().skip(call.position()).take(size).map(row);
    Answer::json(200, &bean(call, start, size, all.len(), rows.collect()))
}
