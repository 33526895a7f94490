//! The sandbox's own settings endpoints, for what Atlassian offers on pages only. Clients reach them through a `mapped` description.

use super::audit::{Event, Item};
use super::call::{Answer, Call, Reply};
use super::organizations;
use super::private::find;
use super::settings::SiteSettings;
use super::site::Site;
use crate::model::{
    ChannelAccess, CustomerSharing, Domain, EmailAccountCreation, OrganizationManagement,
    ProjectKey, SpaceKey, WhoCanView,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) fn site(site: &Site, _: &Call<'_>) -> Reply {
    Ok(Answer::json(200, &site_document(site)))
}

/// Replaces the settings as a whole and refuses what the real pages refuse (L15, L62).
pub(super) fn put_site(site: &mut Site, call: &Call<'_>) -> Reply {
    let body = call.json()?;
    let toggle = |path: &str| {
        at(&body, path)
            .as_bool()
            .ok_or_else(|| call.error(400, &format!("{path} must be true or false.")))
    };
    let word = |path: &str| {
        at(&body, path)
            .as_str()
            .ok_or_else(|| call.error(400, &format!("{path} must be a word.")))
    };
    let mut new = site.settings.clone();
    new.atlassian_accounts = toggle("/customerAccess/internal/atlassianAccounts")?;
    new.portal_only_accounts = toggle("/customerAccess/external/portalOnlyAccounts")?;
    new.restrict_domains = toggle("/customerAccess/external/restrictDomains")?;
    new.allowed_domains = domains(call, at(&body, "/customerAccess/external/allowedDomains"))?;
    new.customers_can_create_accounts = match word("/customerAccess/portal/accountCreation")? {
        "allow" => true,
        "deny" => false,
        _ => return Err(call.error(400, "accountCreation must be allow or deny.")),
    };
    new.view_without_login = !toggle("/customerAccess/portal/loginRequired")?;
    new.email_account_creation =
        EmailAccountCreation::from_word(word("/email/accountCreation")?)
            .ok_or_else(|| call.error(400, "there is no such email account creation."))?;
    new.organization_management =
        OrganizationManagement::from_word(word("/organizationManagement")?)
            .ok_or_else(|| call.error(400, "there is no such organization management."))?;
    new.portal_only_password = toggle("/portalOnlyAuthentication/password")?;
    new.portal_only_sso = toggle("/portalOnlyAuthentication/sso")?;
    new.kb_allow_all_logged_in = toggle("/knowledgeBase/allLoggedInUsers")?;
    new.kb_allow_anyone = toggle("/knowledgeBase/anyone")?;
    replace(site, new).map_err(|refusal| call.error(400, refusal))?;
    Ok(Answer::json(200, &site_document(site)))
}

/// Puts new settings in place, unless they are what the real pages refuse (L15, L62).
pub(super) fn replace(site: &mut Site, new: SiteSettings) -> Result<(), &'static str> {
    if new.view_without_login && !new.customers_can_create_accounts {
        return Err("Viewing without login needs customers to be able to create accounts.");
    }
    if !new.portal_only_password && !new.portal_only_sso {
        return Err("At least one way to log in must stay on.");
    }
    if new != site.settings {
        note_change(site, &new);
        site.settings = new;
        site.settings_version += 1;
    }
    Ok(())
}

fn note_change(site: &mut Site, new: &SiteSettings) {
    let fields = |settings: &SiteSettings| match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let before = fields(&site.settings);
    let item = Item::new("SETTINGS", "customer-access", "Jira Service Management");
    let mut entry = Event::site(
        "service management",
        "Jira Service Management settings changed",
        item,
    );
    for (field, value) in fields(new) {
        let old = before.get(&field).cloned().unwrap_or_default();
        entry = entry.changed(&field, old, value);
    }
    site.note(entry);
}

pub(super) fn email_domains(site: &Site, call: &Call<'_>) -> Reply {
    let organization = &site.organizations[&organizations::find(site, call)?];
    Ok(Answer::json(
        200,
        &json!({"emailDomains": organization.email_domains}),
    ))
}

pub(super) fn put_email_domains(site: &mut Site, call: &Call<'_>) -> Reply {
    let id = organizations::find(site, call)?;
    let list = domains(call, &call.json()?["emailDomains"])?;
    if list.len() > 10 {
        return Err(call.error(400, "An organization can have at most 10 email domains."));
    }
    if let Some(organization) = site.organizations.get_mut(&id) {
        organization.email_domains = list;
    }
    email_domains(site, call)
}

pub(super) fn customer_permissions(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    Ok(Answer::json(
        200,
        &json!({"channelAccess": project.channel_access, "customerSharing": project.customer_sharing}),
    ))
}

pub(super) fn put_customer_permissions(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = find(site, call)?;
    let body = call.json()?;
    let access = ChannelAccess::from_word(body["channelAccess"].as_str().unwrap_or(""));
    let sharing = CustomerSharing::from_word(body["customerSharing"].as_str().unwrap_or(""));
    let (Some(access), Some(sharing)) = (access, sharing) else {
        return Err(call.error(400, "channelAccess and customerSharing must be provided."));
    };
    site.set_customer_permissions(&key, access, sharing);
    customer_permissions(site, call)
}

pub(super) fn knowledge_base(site: &Site, call: &Call<'_>) -> Reply {
    let project = &site.projects[&find(site, call)?];
    let spaces: Map<String, Value> = project
        .knowledge_base
        .iter()
        .filter_map(|key| Some((key, site.spaces.get(key)?)))
        .map(|(key, space)| (key.to_string(), json!({"whoCanView": space.who_can_view})))
        .collect();
    Ok(Answer::json(200, &json!({"spaces": spaces})))
}

/// Links the spaces that are not linked yet and sets who can view. Spaces left out stay as they are.
pub(super) fn put_knowledge_base(site: &mut Site, call: &Call<'_>) -> Reply {
    let key = find(site, call)?;
    let body = call.json()?;
    let Some(spaces) = body["spaces"].as_object() else {
        return Err(call.error(400, "spaces must be provided."));
    };
    let wanted = spaces
        .iter()
        .map(|(space, value)| audience(site, call, &key, space, &value["whoCanView"]))
        .collect::<Result<Vec<_>, _>>()?;
    for (space, who) in wanted {
        if let Some(project) = site.projects.get_mut(&key) {
            project.knowledge_base.insert(space.clone());
        }
        if let Some(state) = site.spaces.get_mut(&space) {
            state.view_by(who);
        }
    }
    knowledge_base(site, call)
}

fn audience(
    site: &Site,
    call: &Call<'_>,
    project: &ProjectKey,
    space: &str,
    who: &Value,
) -> Result<(SpaceKey, WhoCanView), Answer> {
    let Some((key, state)) = site.spaces.get_key_value(space) else {
        return Err(call.error(404, &format!("The space {space} does not exist.")));
    };
    let Some(who) = WhoCanView::from_word(who.as_str().unwrap_or("")) else {
        return Err(call.error(400, "whoCanView must be provided."));
    };
    // What is chosen already may stay, even where it could not be chosen any more.
    if state.who_can_view != who && !site.may_view(key, site.projects.get(project), who) {
        return Err(call.error(
            400,
            "whoCanView cannot be chosen with the present settings.",
        ));
    }
    Ok((key.clone(), who))
}

fn domains(call: &Call<'_>, list: &Value) -> Result<BTreeSet<Domain>, Answer> {
    let items = list
        .as_array()
        .ok_or_else(|| call.error(400, "a list of domains is missing."))?;
    items
        .iter()
        .map(|item| {
            Domain::new(item.as_str().unwrap_or(""))
                .map_err(|error| call.error(400, &error.to_string()))
        })
        .collect()
}

fn at<'a>(body: &'a Value, path: &str) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    body.pointer(path).unwrap_or(NOTHING)
}

fn site_document(site: &Site) -> Value {
    let s = &site.settings;
    json!({
        "customerAccess": {
            "internal": {"atlassianAccounts": s.atlassian_accounts},
            "external": {
                "portalOnlyAccounts": s.portal_only_accounts,
                "restrictDomains": s.restrict_domains,
                "allowedDomains": s.allowed_domains,
            },
            "portal": {
                "accountCreation": if s.customers_can_create_accounts { "allow" } else { "deny" },
                "loginRequired": !s.view_without_login,
            },
        },
        "email": {"accountCreation": s.email_account_creation},
        "organizationManagement": s.organization_management,
        "portalOnlyAuthentication": {"password": s.portal_only_password, "sso": s.portal_only_sso},
        "knowledgeBase": {"allLoggedInUsers": s.kb_allow_all_logged_in, "anyone": s.kb_allow_anyone},
        "readOnlyVersion": site.settings_version,
    })
}
