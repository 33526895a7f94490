//! The two Confluence reads that a reconciler needs: spaces by key or id, and their role assignments (atlassian-rest.md, 9).

use super::call::{Answer, Call, Reply};
use super::site::Site;
use serde_json::{Value, json};

/// The ids of the roles, in this sandbox.
const VIEWER: &str = "00000000-0000-0000-0000-00000000a001";
const EDITOR: &str = "00000000-0000-0000-0000-00000000a002";

pub(super) fn spaces(site: &Site, call: &Call<'_>) -> Reply {
    let keys: Vec<&str> = call.query_all("keys").collect();
    let ids: Vec<&str> = call.query_all("ids").collect();
    let rows = site
        .spaces
        .iter()
        .filter(|(key, space)| {
            (keys.is_empty() || keys.contains(&key.as_str()))
                && (ids.is_empty() || ids.contains(&space.id.to_string().as_str()))
        })
        .map(|(key, space)| {
            json!({
                "id": space.id.to_string(), "key": key, "name": space.name, "type": "knowledge_base", "status": "current",
                "_links": {"webui": format!("/spaces/{key}")},
            })
        })
        .collect();
    Ok(paged(call, rows))
}

pub(super) fn role_assignments(site: &Site, call: &Call<'_>) -> Reply {
    let Some(space) = site
        .spaces
        .values()
        .find(|space| call.param("id").parse() == Ok(space.id))
    else {
        return Err(call.error(404, "The space does not exist."));
    };
    let mut rows = vec![("all-licensed-users", EDITOR)];
    if space.anonymous_access {
        rows.push(("anonymous-users", VIEWER));
    }
    if space.unlicensed_access {
        rows.push(("authenticated-users", VIEWER));
    }
    let rows = rows
        .into_iter()
        .filter(|(principal, role)| {
            call.query("principal-type").is_none_or(|t| t == "ACCESS_CLASS")
                && call.query("principal-id").is_none_or(|id| id == *principal)
                && call.query("role-id").is_none_or(|id| id == *role)
        })
        .map(|(principal, role)| {
            json!({"principal": {"principalType": "ACCESS_CLASS", "principalId": principal}, "roleId": role})
        })
        .collect();
    Ok(paged(call, rows))
}

/// Writes a page with a relative link to the next one, in the body and as a header.
fn paged(call: &Call<'_>, rows: Vec<Value>) -> Answer {
    let limit = call.number("limit", 25).clamp(1, 250);
    let start = call.number("cursor", 0);
    let end = start.saturating_add(limit).min(rows.len());
    let mut links = json!({"base": format!("{}/wiki", call.base)});
    let mut headers = Vec::new();
    if end < rows.len() {
        let mut next = format!("{}?", call.path);
        for (key, value) in call.query {
            if key != "cursor" && key != "limit" {
                next.push_str(&format!("{key}={}&", super::page::encoded(value)));
            }
        }
        let next = format!("{next}cursor={end}&limit={limit}");
        headers.push(("link", format!("<{next}>; rel=\"next\"")));
        links["next"] = json!(next);
    }
    let results = &rows[start.min(end)..end];
    Answer {
        headers,
        ..Answer::json(200, &json!({"results": results, "_links": links}))
    }
}
