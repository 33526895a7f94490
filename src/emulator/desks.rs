//! Service desks: their list, their linked organizations and their customers (atlassian-rest.md, 4.1, 4.5, 4.6).

use super::accounts::Handle;
use super::call::{Answer, Call, Reply};
use super::objects::Project;
use super::organizations::{account_filter, guard_management, number_of};
use super::page::{self, Window};
use super::site::Site;
use crate::model::{ChannelAccess, OrganizationId, ProjectKey};
use serde_json::{Value, json};

/// The key that programs match on when an open desk refuses to lose a customer.
const OPEN_ACCESS: &str =
    "sd.jsm.error.servicedesk.customer.remove.servicedesk.open.access.not.allowed";

pub(super) fn info(_: &Site, call: &Call<'_>) -> Reply {
    Ok(Answer::json(
        200,
        &json!({
            "version": "1001.0.0-SNAPSHOT",
            "platformVersion": "1001.0.0-SNAPSHOT",
            "buildDate": {
                "iso8601": "2026-01-01T00:00:00+0000",
                "jira": "2026-01-01T00:00:00.000+0000",
                "friendly": "2026-01-01",
                "epochMillis": 1_767_225_600_000_i64,
            },
            "buildChangeSet": "0000000000000000000000000000000000000000",
            "isLicensedForUse": true,
            "_links": {"self": format!("{}/rest/servicedeskapi/info", call.base)},
        }),
    ))
}

pub(super) fn list(site: &Site, call: &Call<'_>) -> Reply {
    let mut desks: Vec<&Project> = site.projects.values().collect();
    desks.sort_unstable_by_key(|project| project.desk);
    Ok(Window::of(call).page(call, &desks, 256, |out, project| {
        out.extend_from_slice(desk(project, call).to_string().as_bytes());
    }))
}

pub(super) fn one(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    Ok(Answer::json(200, &desk(project, call)))
}

pub(super) fn organizations(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    let account = account_filter(site, call)?;
    let linked: Vec<_> = project
        .organizations
        .iter()
        .filter_map(|id| site.organizations.get(id))
        .filter(|o| account.is_none_or(|a| o.members.contains(a, &site.accounts)))
        .collect();
    Ok(
        Window::of(call).page(call, &linked, 256, |out, organization| {
            page::organization(out, organization, call.base);
        }),
    )
}

pub(super) fn link(site: &mut Site, call: &Call<'_>) -> Reply {
    set_link(site, call, true)
}

pub(super) fn unlink(site: &mut Site, call: &Call<'_>) -> Reply {
    set_link(site, call, false)
}

fn set_link(site: &mut Site, call: &Call<'_>, linked: bool) -> Reply {
    let key = find(site, call)?;
    guard_management(site, call)?;
    let body = call.json()?;
    let Some(id) = number_of(&body["organizationId"]) else {
        return Err(call.error(400, "organizationId must be provided."));
    };
    if !site.organizations.contains_key(&id) {
        return Err(call.error(404, "The organization does not exist."));
    }
    let id = OrganizationId::new(id.to_string());
    site.set_organization_link(&key, &id, linked)
        .map_err(|error| call.error(404, &error.to_string()))?;
    Ok(Answer::empty(204))
}

pub(super) fn customers(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    let window = Window::of(call);
    let query = call.query("query").unwrap_or("").trim().to_lowercase();
    let besides = site.listed_besides(project);
    if query.is_empty() && besides.is_empty() {
        return Ok(user_page(site, call, &window, project.roster.as_slice()));
    }
    // The list is a view: the actors of the role, and those who are there through a group, by a permission or for the record.
    let mut all: Vec<Handle> = project.roster.as_slice().to_vec();
    all.extend(besides.into_iter().map(|(handle, _)| handle));
    all.sort_by_key(|handle| site.accounts.id_of(*handle));
    all.retain(|handle| {
        query.is_empty()
            || site.accounts.get(*handle).is_some_and(|account| {
                account.email.to_lowercase().starts_with(&query)
                    || account.name.to_lowercase().starts_with(&query)
            })
    });
    Ok(user_page(site, call, &window, &all))
}

/// Writes a page of a list of accounts that is sorted by account id.
pub(super) fn user_page(site: &Site, call: &Call<'_>, window: &Window, all: &[Handle]) -> Answer {
    window.page(call, all, 384, |out, handle| {
        if let Some(account) = site.accounts.get(*handle) {
            page::user(out, account, call.base);
        }
    })
}

pub(super) fn add_customers(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = find(site, call)?;
    guard_project(site, call, &key)?;
    guard_scheme(site, call, &key)?;
    let (known, unknown) = accounts_of(site, call)?;
    site.change_roster(&key, known, true);
    if unknown > 0 {
        // The valid ones were added; the real answer does not say which either.
        return Err(call.error(400, "One or more of the accounts do not exist."));
    }
    Ok(Answer::empty(204))
}

/// Refuses those who do not administer the project.
fn guard_project(site: &Site, call: &Call<'_>, key: &ProjectKey) -> Result<(), Answer> {
    match call.administers(site, &site.projects[key]) {
        true => Ok(()),
        false => Err(call.error(
            403,
            "Only administrators of the service project can change its customers.",
        )),
    }
}

/// V8a, V8b: a broken permission scheme stops agents and administrators from adding customers.
pub(super) fn guard_scheme(site: &Site, call: &Call<'_>, key: &ProjectKey) -> Result<(), Answer> {
    let scheme = &site.projects[key].permissions;
    if scheme.lacks_portal_access() || scheme.granted_to_customers_role() {
        return Err(call.error(
            400,
            "Signup is not currently available: the permission scheme of the service project does not let customers in.",
        ));
    }
    Ok(())
}

pub(super) fn remove_customers(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = find(site, call)?;
    guard_project(site, call, &key)?;
    if site.projects[&key].channel_access == ChannelAccess::Open {
        return Err(call.keyed_error(
            400,
            OPEN_ACCESS,
            "Customers cannot be removed from a service project with public signup or open access.",
        ));
    }
    let (known, unknown) = accounts_of(site, call)?;
    if unknown > 0 {
        return Err(call.error(400, "One or more of the accounts do not exist."));
    }
    site.change_roster(&key, known, false);
    Ok(Answer::empty(204))
}

/// Reads `accountIds`: those that exist, and how many do not.
pub(super) fn accounts_of(site: &Site, call: &Call<'_>) -> Result<(Vec<Handle>, usize), Answer> {
    let body = call.json()?;
    let Some(ids) = body["accountIds"].as_array().filter(|ids| !ids.is_empty()) else {
        return Err(call.error(400, "accountIds must be provided."));
    };
    let known: Vec<Handle> = ids
        .iter()
        .filter_map(Value::as_str)
        .filter_map(|id| site.accounts.handle(id))
        .collect();
    let unknown = ids.len() - known.len();
    Ok((known, unknown))
}

/// Finds the desk that the path names in any of its five spellings.
pub(super) fn find(site: &Site, call: &Call<'_>) -> Result<ProjectKey, Answer> {
    let text = call.param("serviceDeskId");
    let by = |wanted: &dyn Fn(&Project) -> bool| site.projects.values().find(|p| wanted(p));
    let project = match text.split_once(':') {
        Some(("projectKey", key)) => by(&|p| p.key.as_str() == key),
        Some(("projectId", id)) => by(&|p| id.parse() == Ok(p.id)),
        Some(("serviceDeskId", id)) => by(&|p| id.parse() == Ok(p.desk)),
        Some(_) => None,
        None => by(&|p| text.parse() == Ok(p.desk) || p.key.as_str() == text),
    };
    project.map(|project| project.key.clone()).ok_or_else(|| {
        call.keyed_error(
            404,
            "sd.agent.servicedesk.error.no.service.desk",
            "The service desk does not exist.",
        )
    })
}

fn desk(project: &Project, call: &Call<'_>) -> Value {
    json!({
        "id": project.desk.to_string(),
        "projectId": project.id.to_string(),
        "projectName": project.name,
        "projectKey": project.key,
        "projectTypeKey": "service_desk",
        "_links": {"self": format!("{}/rest/servicedeskapi/servicedesk/{}", call.base, project.desk)},
    })
}
