//! Customer organizations and their members (atlassian-rest.md, 4.2 and 4.3).

use super::accounts::Handle;
use super::call::{Answer, Call, Reply};
use super::desks::{accounts_of, user_page};
use super::objects::Organization;
use super::page::{self, Window};
use super::site::Site;
use crate::model::OrganizationManagement;
use serde_json::Value;

pub(super) fn list(site: &Site, call: &Call<'_>) -> Reply {
    let window = Window::of(call);
    let account = account_filter(site, call)?;
    let mut rows: Vec<&Organization> = site
        .organizations
        .values()
        .filter(|o| account.is_none_or(|a| o.members.contains(a, &site.accounts)))
        .skip(window.from)
        .take(window.size + 1)
        .collect();
    let more = rows.len() > window.size;
    rows.truncate(window.size);
    Ok(
        window.envelope(call, &rows, more, 256, |out, organization| {
            page::organization(out, organization, call.base);
        }),
    )
}

pub(super) fn create(site: &mut Site, call: &Call<'_>) -> Reply {
    guard_management(site, call)?;
    let body = call.json()?;
    let name = body["name"].as_str().unwrap_or("").trim();
    let length = name.chars().count();
    if length == 0 || length > 200 {
        return Err(call.error(
            400,
            "The organization name must have between 1 and 200 characters.",
        ));
    }
    let next = site.next_organization();
    let id = site.put_organization(name, next);
    let mut answer = written(&site.organizations[&id], call);
    answer.status = 201;
    Ok(answer)
}

pub(super) fn one(site: &Site, call: &Call<'_>) -> Reply {
    Ok(written(&site.organizations[&find(site, call)?], call))
}

pub(super) fn delete(site: &mut Site, call: &Call<'_>) -> Reply {
    let id = find(site, call)?;
    site.drop_organization(id);
    Ok(Answer::empty(204))
}

pub(super) fn members(site: &Site, call: &Call<'_>) -> Reply {
    let organization = &site.organizations[&find(site, call)?];
    Ok(user_page(
        site,
        call,
        &Window::of(call),
        organization.members.as_slice(),
    ))
}

pub(super) fn add_members(site: &mut Site, call: &Call<'_>) -> Reply {
    let (id, batch) = batch(site, call)?;
    if let Some(organization) = site.organizations.get_mut(&id) {
        organization.members.insert(batch, &site.accounts);
    }
    Ok(Answer::empty(204))
}

pub(super) fn remove_members(site: &mut Site, call: &Call<'_>) -> Reply {
    let (id, batch) = batch(site, call)?;
    if let Some(organization) = site.organizations.get_mut(&id) {
        organization.members.remove(&batch, &site.accounts);
    }
    Ok(Answer::empty(204))
}

/// Reads whom to add or remove. One unknown id refuses the whole batch, unlike on service desks.
fn batch(site: &Site, call: &Call<'_>) -> Result<(u32, Vec<Handle>), Answer> {
    let id = find(site, call)?;
    guard_management(site, call)?;
    if site.organizations[&id].scim_managed {
        return Err(call.error(400, "The organization is managed by an identity provider."));
    }
    let (known, unknown) = accounts_of(site, call)?;
    if unknown > 0 {
        return Err(call.error(400, "One or more of the accounts do not exist."));
    }
    Ok((id, known))
}

/// Refuses agents where the site leaves organizations to Jira administrators.
pub(super) fn guard_management(site: &Site, call: &Call<'_>) -> Result<(), Answer> {
    let closed = site.settings.organization_management == OrganizationManagement::JiraAdminsOnly;
    if closed && !call.is_admin() {
        return Err(call.error(403, "Only Jira administrators can manage organizations."));
    }
    Ok(())
}

/// Reads the `accountId` filter of organization lists.
pub(super) fn account_filter(site: &Site, call: &Call<'_>) -> Result<Option<Handle>, Answer> {
    let Some(id) = call.query("accountId") else {
        return Ok(None);
    };
    site.accounts
        .handle(id)
        .map(Some)
        .ok_or_else(|| call.error(404, "The user does not exist."))
}

/// Reads an organization id, which callers send as a number or as a string of digits.
pub(super) fn number_of(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64()?.try_into().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Finds the organization that the path names.
pub(super) fn find(site: &Site, call: &Call<'_>) -> Result<u32, Answer> {
    call.param("organizationId")
        .parse()
        .ok()
        .filter(|id| site.organizations.contains_key(id))
        .ok_or_else(|| {
            call.keyed_error(
                404,
                "sd.customer.organization.error.not.found",
                "The organization does not exist.",
            )
        })
}

fn written(organization: &Organization, call: &Call<'_>) -> Answer {
    let mut out = Vec::with_capacity(256);
    page::organization(&mut out, organization, call.base);
    Answer::raw(out)
}
