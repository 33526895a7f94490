//! Entity properties of organizations (atlassian-rest.md, 4.4).

use super::call::{Answer, Call, Reply};
use super::organizations::find;
use super::page::encoded;
use super::site::Site;
use serde_json::{Value, json};

pub(super) fn keys(site: &Site, call: &Call<'_>) -> Reply {
    let organization = &site.organizations[&find(site, call)?];
    let keys: Vec<Value> = organization
        .properties
        .keys()
        .map(|key| {
            json!({"key": key, "self": format!(
                "{}/rest/servicedeskapi/organization/{}/property/{}", call.base, organization.id, encoded(key),
            )})
        })
        .collect();
    Ok(Answer::json(200, &json!({"keys": keys})))
}

pub(super) fn one(site: &Site, call: &Call<'_>) -> Reply {
    let key = call.param("propertyKey");
    match site.organizations[&find(site, call)?].properties.get(key) {
        Some(value) => Ok(Answer::json(200, &json!({"key": key, "value": value}))),
        None => Err(missing(call)),
    }
}

pub(super) fn put(site: &mut Site, call: &Call<'_>) -> Reply {
    let id = find(site, call)?;
    let key = call.param("propertyKey");
    if key.is_empty() || key.len() > 255 {
        return Err(call.error(400, "The property key must have at most 255 bytes."));
    }
    if call.body.len() > 32_768 {
        return Err(call.error(400, "The property value must have at most 32768 bytes."));
    }
    let Ok(value) = serde_json::from_slice::<Value>(call.body) else {
        return Err(call.error(400, "The property value must be valid, non-empty JSON."));
    };
    let before = site
        .organizations
        .get_mut(&id)
        .and_then(|organization| organization.properties.insert(key.to_owned(), value));
    Ok(Answer::empty(if before.is_some() { 200 } else { 201 }))
}

pub(super) fn delete(site: &mut Site, call: &Call<'_>) -> Reply {
    let id = find(site, call)?;
    let removed = site
        .organizations
        .get_mut(&id)
        .and_then(|organization| organization.properties.remove(call.param("propertyKey")));
    match removed {
        Some(_) => Ok(Answer::empty(204)),
        None => Err(missing(call)),
    }
}

fn missing(call: &Call<'_>) -> Answer {
    call.error(404, "The property does not exist.")
}
