//! The one operation of the Customer Service Management API that customer access needs: giving an organization another name.
//!
//! It is documented and has no published description of its answers, so that nothing but the status should be relied on.

use super::call::{Answer, Call, Reply};
use super::organizations::{find, guard_management};
use super::site::Site;
use crate::model::{OrganizationId, OrganizationName};
use serde_json::json;

/// Renames an organization.
pub(super) fn rename(site: &mut Site, call: &Call<'_>) -> Reply {
    let number = find(site, call)?;
    guard_management(site, call)?;
    if site.organizations[&number].scim_managed {
        return Err(call.error(400, "The organization is managed by an identity provider."));
    }
    let body = call.json()?;
    let name = OrganizationName::new(body["name"].as_str().unwrap_or("").trim())
        .map_err(|error| call.error(400, &format!("The name cannot be used: {error}.")))?;
    let id = OrganizationId::new(number.to_string());
    site.rename_organization(&id, &name)
        .map_err(|error| call.error(409, &error.to_string()))?;
    Ok(Answer::json(
        200,
        &json!({"id": id.as_str(), "name": name.as_str()}),
    ))
}
