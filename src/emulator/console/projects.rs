//! The page of a service project: customer permissions, knowledge base, customers. docs/sandbox.md says which labels are Atlassian's own.

use super::super::call::Answer;
use super::super::objects::Project;
use super::super::roles::{Listed, ProjectRole, RoleActor};
use super::super::site::Site;
use super::html::{self, Notice, choice, group, hidden, line};
use super::settings::{organization_link, saved};
use super::{CONSOLE, Form, see_other};
use crate::model::{AccountId, ChannelAccess, CustomerSharing, ProjectKey, SpaceKey, WhoCanView};

/// Why a form was refused, and the id of the control to look at.
type Refusal = (String, &'static str);

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
pub(super) fn page(site: &Site, key: &str, query: &Form, refused: Option<&Refusal>) -> Answer {
    let Some(project) = site.projects.get(key) else {
        return html::error(404, "There is no such service project.");
    };
    let body = format!(
        "<p>{}, {}. <a href=\"#customers\">Customers</a></p>\n\
         <h2>Space settings (or Project settings)</h2>\n<h3>Access</h3>\n<h4>Customer permissions</h4>\n{}\
         <h3>Channels &amp; self service</h3>\n<h4 id=\"knowledge-base\">Knowledge base</h4>\n{}\
         <h2 id=\"customers\">Customers</h2>\n{}",
        html::text(&project.name),
        match project.team_managed {
            true => "team-managed",
            false => "company-managed",
        },
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
                    ("own_organizations", "Other customers in their organization"),
                    (
                        "any_customer_by_email",
                        "Any customer, by typing an email address",
                    ),
                    (
                        "search_project",
                        "Any customer or organization, by searching in this project",
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
            false => (hidden("link", "on"), "Link the space"),
        };
        let legend = match linked {
            true => format!("{key} ({}): Who can view", space.name),
            false => format!("{key} ({}): not linked", space.name),
        };
        out.push_str(&html::framed(
            &path(project, "knowledge-base"),
            &format!("space-{at}"),
            &legend,
            &(hidden("space", key.as_str()) + &controls),
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
    let besides = site.listed_besides(project);
    let listed = handles
        .iter()
        .map(|handle| (*handle, None))
        .chain(besides.iter().map(|(handle, why)| (*handle, Some(*why))));
    let roster: Vec<Vec<String>> = listed
        .take(ROWS)
        .filter_map(|(handle, why)| Some((site.accounts.get(handle)?, why)))
        .map(|(account, why)| {
            let remove = match why {
                Some(_) => String::new(),
                None => html::form(
                    &path(project, "customers"),
                    &hidden("remove", &account.id),
                    "Remove",
                ),
            };
            vec![
                html::text(&account.email),
                html::text(&account.name),
                reason(why).to_owned(),
                remove,
            ]
        })
        .collect();
    let add = html::framed(
        "/__sandbox/doors/agent-invite",
        "add-customer",
        "Add customers",
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
        "{}{}<p>{} of {} customers are shown.</p>\n{add}{}",
        html::table(
            "Organizations",
            &["Organization", "Members"],
            &organizations
        ),
        html::table(
            "Customers of the project itself",
            &["E-mail address", "Name", "Listed", "Action"],
            &roster
        ),
        roster.len(),
        handles.len() + besides.len(),
        customer_groups(site, project) + &request_types(project),
    )
}

/// What can be asked for, and by whom.
fn request_types(project: &Project) -> String {
    if project.request_types.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = project
        .request_types
        .values()
        .map(|kind| {
            let groups = kind.groups.iter().cloned().collect::<Vec<_>>().join(", ");
            let whom = match (kind.is_restricted(), kind.people.len()) {
                (false, _) => "everybody who sees the portal".to_owned(),
                (true, 0) => groups,
                (true, people) if groups.is_empty() => format!("{people} people"),
                (true, people) => format!("{groups}, {people} people"),
            };
            vec![html::text(&kind.name), html::text(&whom)]
        })
        .collect();
    html::table("Request types", &["Request type", "Restrictions"], &rows)
}

/// Why somebody is in the list.
const fn reason(why: Option<Listed>) -> &'static str {
    match why {
        None => "in the project role Service Desk Customers",
        Some(Listed::Group) => "through a group in the project role",
        Some(Listed::Permission) => "by a permission",
        Some(Listed::Record) => "for the record",
    }
}

/// The groups in the project role of customers, as the page of project roles shows them.
fn customer_groups(site: &Site, project: &Project) -> String {
    let path = path(project, "customers");
    let rows: Vec<Vec<String>> = site
        .customer_groups(project)
        .map(|name| {
            vec![
                html::text(name),
                site.group_members(name).len().to_string(),
                html::form(&path, &hidden("remove-group", name), "Remove"),
            ]
        })
        .collect();
    let options: Vec<String> = site.group_names();
    let add = html::framed(
        &path,
        "customer-groups",
        "Service Desk Customers: groups",
        &html::select("group", "group", "Group", &options),
        "Add group",
    );
    format!(
        "<h3>Project roles</h3>\n{}{add}",
        html::table(
            "Groups in the project role Service Desk Customers",
            &["Group", "Members", "Action"],
            &rows
        )
    )
}

/// Puts a group into the role of customers, or takes somebody or a group out of it.
///
/// Whoever is taken out of the customers of an open project stays in the list for the record.
fn put_customers(site: &mut Site, key: &ProjectKey, form: &Form) -> Result<(), Refusal> {
    let refused = |why: String| (why, "customer-groups");
    let role = ProjectRole::Customers;
    if form.has("group") {
        let actor = RoleActor::Group(form.get("group").to_owned());
        return site
            .add_role_actor(key, role, actor)
            .map_err(|error| refused(format!("Nothing was added: {error}.")));
    }
    let actor = match form.has("remove-group") {
        true => RoleActor::Group(form.get("remove-group").to_owned()),
        false => RoleActor::Account(AccountId::new(form.get("remove"))),
    };
    let there = site.remove_role_actor(key, role, &actor);
    if there != Ok(true) {
        return Err(refused("The project role has no such actor.".to_owned()));
    }
    let open = site.projects[key].channel_access == ChannelAccess::Open;
    if open && let RoleActor::Account(id) = actor {
        // Who was an actor is an account.
        let _ = site.list_for_the_record(key, &[id]);
    }
    Ok(())
}

/// Takes a form of a project's page.
pub(super) fn put(site: &mut Site, key: &str, part: &str, form: &Form) -> Answer {
    let known = site.projects.get_key_value(key).map(|(key, _)| key.clone());
    let Some(known) = known else {
        return html::error(404, "There is no such service project.");
    };
    let done = match part {
        "customer-permissions" => put_permissions(site, key, form),
        "customers" => put_customers(site, &known, form),
        "knowledge-base" => put_space(site, &known, form),
        _ => return html::error(404, "There is no such page."),
    };
    match done {
        Ok(()) => see_other(format!("{CONSOLE}/project/{known}?saved")),
        Err(refusal) => page(site, key, form, Some(&refusal)),
    }
}

fn put_permissions(site: &mut Site, key: &str, form: &Form) -> Result<(), Refusal> {
    let access = ChannelAccess::from_word(form.get("channel-access"))
        .ok_or_else(|| ("Choose a channel access.".to_owned(), "channel-access"))?;
    let sharing = CustomerSharing::from_word(form.get("customer-sharing"))
        .ok_or_else(|| ("Choose a customer sharing.".to_owned(), "customer-sharing"))?;
    let known = site.projects.get_key_value(key).map(|(key, _)| key.clone());
    if let Some(key) = known {
        site.set_customer_permissions(&key, access, sharing);
    }
    Ok(())
}

fn put_space(site: &mut Site, key: &ProjectKey, form: &Form) -> Result<(), Refusal> {
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
