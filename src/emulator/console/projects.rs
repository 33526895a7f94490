//! The page of a service project: customer permissions, knowledge base, customers.

use super::super::call::Answer;
use super::super::objects::Project;
use super::super::site::Site;
use super::html::{self, Notice, choice, group, hidden, line};
use super::settings::{organization_link, saved};
use super::{CONSOLE, Form, see_other};
use crate::model::{ChannelAccess, CustomerSharing, SpaceKey, WhoCanView};

/// How many rows of a list one page shows.
pub(super) const ROWS: usize = 200;

const AUDIENCES: [(&str, &str); 3] = [
    ("anyone", "Anyone"),
    ("all_logged_in", "All logged-in users"),
    (
        "only_confluence_users",
        "Only people with Confluence access",
    ),
];

/// Shows a project.
pub(super) fn page(
    site: &Site,
    key: &str,
    query: &Form,
    refused: Option<&(String, &'static str)>,
) -> Answer {
    let Some(project) = site.projects.get(key) else {
        return html::error(404, "There is no such service project.");
    };
    let body = format!(
        "<p>{}. <a href=\"#customers\">Customers</a></p>\n\
         <h2>Space settings (or Project settings)</h2>\n<h3>Access</h3>\n<h4>Customer permissions</h4>\n{}\
         <h3>Channels &amp; self service</h3>\n<h4 id=\"knowledge-base\">Knowledge base</h4>\n{}\
         <h2 id=\"customers\">Customers</h2>\n{}",
        html::text(&project.name),
        permissions(project),
        knowledge_base(site, project),
        customers(site, project),
    );
    let notice = match refused {
        Some((why, id)) => Some(Notice::Refused(why, id)),
        None => saved(query),
    };
    html::page(
        site.name(),
        &format!("project {key}"),
        notice.as_ref(),
        &body,
    )
}

fn path(project: &Project, part: &str) -> String {
    format!("{CONSOLE}/project/{}/{part}", project.key)
}

fn permissions(project: &Project) -> String {
    let present = Form::default()
        .with("channel-access", project.channel_access.word())
        .with("customer-sharing", project.customer_sharing.word());
    let controls = [
        group(
            "channel-access",
            "Channel access",
            &choice(
                &present,
                "channel-access",
                &[
                    ("open", "Open: whoever customer access lets in"),
                    (
                        "restricted",
                        "Restricted: customers and organizations of this project only",
                    ),
                ],
            ),
        ),
        group(
            "customer-sharing",
            "Customer sharing",
            &choice(
                &present,
                "customer-sharing",
                &[
                    ("own_organizations", "With their own organizations"),
                    (
                        "any_customer_by_email",
                        "With any customer, by typing an address",
                    ),
                    (
                        "search_project",
                        "With any customer or organization, by searching in this project",
                    ),
                ],
            ),
        ),
    ]
    .concat();
    html::form(&path(project, "customer-permissions"), &controls, "Save")
}

fn knowledge_base(site: &Site, project: &Project) -> String {
    let mut out = String::new();
    for (at, (key, space)) in site.spaces.iter().enumerate() {
        let linked = project.knowledge_base.contains(key);
        let present = Form::default().with("who-can-view", space.who_can_view.word());
        let (controls, submit) = match linked {
            true => (choice(&present, "who-can-view", &AUDIENCES), "Save"),
            false => (hidden("link", "on"), "link the space"),
        };
        let legend = match linked {
            true => format!("{key} ({}): Who can view", space.name),
            false => format!("{key} ({}): not linked", space.name),
        };
        out.push_str(&html::form(
            &path(project, "knowledge-base"),
            &(hidden("space", key.as_str()) + &group(&format!("space-{at}"), &legend, &controls)),
            submit,
        ));
    }
    match out.is_empty() {
        true => "<p>The site has no Confluence space.</p>\n".to_owned(),
        false => out,
    }
}

fn customers(site: &Site, project: &Project) -> String {
    let organizations: Vec<Vec<String>> = project
        .organizations
        .iter()
        .filter_map(|id| site.organizations.get(id))
        .take(ROWS)
        .map(|organization| {
            vec![
                organization_link(&organization.name),
                organization.members.as_slice().len().to_string(),
            ]
        })
        .collect();
    let handles = project.roster.as_slice();
    let roster: Vec<Vec<String>> = site
        .rows(&handles[..handles.len().min(ROWS)])
        .into_iter()
        .map(|account| vec![html::text(&account.email), html::text(&account.name)])
        .collect();
    let add = html::form(
        "/__sandbox/doors/agent-invite",
        &(hidden("project", project.key.as_str())
            + &line(
                "email",
                "email",
                "email",
                "E-mail address of a customer to add",
                "",
            )),
        "Add customer",
    );
    format!(
        "{}{}<p>{} of {} customers are shown.</p>\n{add}",
        html::table(
            "Organizations",
            &["Organization", "Members"],
            &organizations
        ),
        html::table(
            "Customers of the project itself",
            &["E-mail address", "Name"],
            &roster
        ),
        roster.len(),
        handles.len(),
    )
}

/// Takes a form of a project's page.
pub(super) fn put(site: &mut Site, key: &str, part: &str, form: &Form) -> Answer {
    let known = site.projects.get_key_value(key).map(|(key, _)| key.clone());
    let Some(known) = known else {
        return html::error(404, "There is no such service project.");
    };
    let done = match part {
        "customer-permissions" => put_permissions(site, key, form),
        "knowledge-base" => put_space(site, &known, form),
        _ => return html::error(404, "There is no such page."),
    };
    match done {
        Ok(()) => see_other(format!("{CONSOLE}/project/{known}?saved")),
        Err(refusal) => page(site, key, form, Some(&refusal)),
    }
}

fn put_permissions(site: &mut Site, key: &str, form: &Form) -> Result<(), (String, &'static str)> {
    let access = ChannelAccess::from_word(form.get("channel-access"))
        .ok_or_else(|| ("Choose a channel access.".to_owned(), "channel-access"))?;
    let sharing = CustomerSharing::from_word(form.get("customer-sharing"))
        .ok_or_else(|| ("Choose a customer sharing.".to_owned(), "customer-sharing"))?;
    if let Some(project) = site.projects.get_mut(key) {
        project.channel_access = access;
        project.customer_sharing = sharing;
    }
    Ok(())
}

fn put_space(
    site: &mut Site,
    key: &crate::model::ProjectKey,
    form: &Form,
) -> Result<(), (String, &'static str)> {
    let refused = |why: &str| Err((why.to_owned(), "knowledge-base"));
    let space: Option<SpaceKey> = site
        .spaces
        .get_key_value(form.get("space"))
        .map(|(space, _)| space.clone());
    let Some(space) = space else {
        return refused("There is no such space.");
    };
    if form.has("link") {
        site.link_space_by_hand(key, &space);
        return Ok(());
    }
    let Some(who) = WhoCanView::from_word(form.get("who-can-view")) else {
        return refused("Choose who can view the space.");
    };
    let present = site.spaces.get(&space).map(|space| space.who_can_view);
    if present != Some(who) && !site.may_view(&space, site.projects.get(key), who) {
        return refused("This audience cannot be chosen with the present settings.");
    }
    if let Some(state) = site.spaces.get_mut(&space) {
        state.view_by(who);
    }
    Ok(())
}
