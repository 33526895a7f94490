//! The undocumented `requestsecurity` endpoint of a project (surfaces.md, 1.3).

use super::call::{Answer, Call, Reply};
use super::objects::Project;
use super::site::Site;
use crate::model::{ChannelAccess, CustomerSharing, ProjectKey, WhoCanView};
use serde_json::{Value, json};

pub(super) fn read(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    Ok(Answer::json(200, &body(site, call, project)))
}

/// Merges the three writable switches; everything else in the body is ignored.
pub(super) fn write(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = find(site, call)?;
    let sent = call.json()?;
    let flag = |name: &str, before: bool| match &sent[name] {
        Value::Null => Ok(before),
        Value::Bool(value) => Ok(*value),
        _ => Err(call.error(400, &format!("{name} must be true or false."))),
    };
    if let Some(project) = site.projects.get(&key) {
        let (manage, autocomplete) = switches(project.customer_sharing);
        let open = flag(
            "serviceDeskOpenAccess",
            project.channel_access == ChannelAccess::Open,
        )?;
        let manage = flag("manageEnabled", manage)?;
        let autocomplete = flag("autocompleteEnabled", autocomplete)?;
        let access = match open {
            true => ChannelAccess::Open,
            false => ChannelAccess::Restricted,
        };
        let sharing = match (manage, autocomplete) {
            (false, _) => CustomerSharing::OwnOrganizations,
            (true, false) => CustomerSharing::AnyCustomerByEmail,
            (true, true) => CustomerSharing::SearchProject,
        };
        site.set_customer_permissions(&key, access, sharing);
    }
    Ok(Answer::json(200, &body(site, call, &site.projects[&key])))
}

/// Finds the project that the path names by key.
pub(super) fn find(site: &Site, call: &Call<'_>) -> Result<ProjectKey, Answer> {
    site.projects
        .get_key_value(call.param("projectKey"))
        .map(|(key, _)| key.clone())
        .ok_or_else(|| call.error(404, "The service project does not exist."))
}

const fn switches(sharing: CustomerSharing) -> (bool, bool) {
    match sharing {
        CustomerSharing::OwnOrganizations => (false, false),
        CustomerSharing::AnyCustomerByEmail => (true, false),
        CustomerSharing::SearchProject => (true, true),
    }
}

fn body(site: &Site, call: &Call<'_>, project: &Project) -> Value {
    let open = project.channel_access == ChannelAccess::Open;
    let (manage, autocomplete) = switches(project.customer_sharing);
    let viewed_by = |who: WhoCanView| {
        project
            .knowledge_base
            .iter()
            .filter_map(|key| site.spaces.get(key))
            .any(|space| space.who_can_view == who)
    };
    json!({
        "id": project.desk,
        "projectName": project.name,
        "emailAddress": "",
        "portalUrl": format!("{}/servicedesk/customer/portal/{}", call.base, project.desk),
        "portalId": project.desk,
        "anonymousAccessLinkedConfluenceSpace": viewed_by(WhoCanView::Anyone),
        "unlicensedAccessLinkedConfluenceSpace": viewed_by(WhoCanView::AllLoggedIn),
        "globalPublicSignup": site.settings.customers_can_create_accounts,
        "globalAnonymousAccess": site.settings.view_without_login,
        "canAdministerJIRA": call.is_admin(),
        "customerRoleMisconfigured": project.permissions.granted_to_customers_role(),
        "serviceDeskPublicSignup": site.acts_open(project) && site.settings.customers_can_create_accounts,
        "manageEnabled": manage,
        "autocompleteEnabled": autocomplete,
        "serviceDeskOpenAccess": open,
        "_links": {"self": format!("{}{}", call.base, call.path)},
    })
}
