//! Customer organizations: the list, and the page of one with its name, e-mail domains and members.

use super::super::call::Answer;
use super::super::objects::Organization;
use super::super::site::Site;
use super::html::{self, Notice, hidden, line, lines};
use super::projects::ROWS;
use super::settings::{domains, joined, organization_link, saved};
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::OrganizationName;

/// The most e-mail domains of an organization (L40).
const MOST_DOMAINS: usize = 10;

/// Shows the organizations whose name holds the words searched for.
pub(super) fn list(site: &Site, query: &Form) -> Answer {
    listed(site, query, None)
}

fn listed(site: &Site, query: &Form, notice: Option<&Notice<'_>>) -> Answer {
    let search = query.get("search");
    let wanted = search.to_lowercase();
    let mut found = site
        .organizations
        .values()
        .filter(|organization| organization.name.to_lowercase().contains(&wanted));
    let rows: Vec<Vec<String>> = found
        .by_ref()
        .take(ROWS)
        .map(|organization| {
            vec![
                organization_link(&organization.name),
                organization.members.as_slice().len().to_string(),
                html::text(&joined(&organization.email_domains).replace('\n', ", ")),
            ]
        })
        .collect();
    let more = match found.count() {
        0 => String::new(),
        more => format!("<p>{more} more: search for a part of the name.</p>\n"),
    };
    let body = format!(
        "<form role=\"search\" action=\"{CONSOLE}/customers\">\n{}<button type=\"submit\">Search</button>\n</form>\n{}{more}",
        line(
            "search",
            "search",
            "search",
            "Part of an organization's name",
            search
        ),
        html::table(
            "Organizations",
            &["Organization", "Members", "Email domains"],
            &rows
        ),
    );
    html::page(site.name(), "Customers", notice, &body)
}

/// Shows the organization of a name; the list where there is none, since a step may name one that another step renames first.
pub(super) fn page(site: &Site, query: &Form) -> Answer {
    match site.organization_named(query.get("name")) {
        Some(organization) => {
            let present =
                Form::default().with("email-domains", joined(&organization.email_domains));
            shown(site, organization, &present, saved(query).as_ref())
        }
        None => {
            let note = format!("No organization is called `{}`.", query.get("name"));
            listed(site, &Form::default(), Some(&Notice::Done(&note)))
        }
    }
}

fn shown(
    site: &Site,
    organization: &Organization,
    form: &Form,
    notice: Option<&Notice<'_>>,
) -> Answer {
    let id = hidden("id", &organization.id.to_string());
    let path = format!("{CONSOLE}/organization");
    let name = match form.has("new-name") {
        true => form.get("new-name"),
        false => &organization.name,
    };
    let handles = organization.members.as_slice();
    let members: Vec<Vec<String>> = site
        .rows(&handles[..handles.len().min(ROWS)])
        .into_iter()
        .map(|account| vec![html::text(&account.email), html::text(&account.name)])
        .collect();
    let rename = html::framed(
        &path,
        "name",
        "edit its name",
        &(id.clone() + &line("text", "new-name", "new-name", "Name", name)),
        "Save",
    );
    let manage = html::framed(
        &path,
        "domains",
        "Manage email domains",
        &(id + &lines(
            form,
            "email-domains",
            "Email domains",
            "One on each line, 10 at most. New customers of these domains join by themselves; nobody who is there is moved.",
        )),
        "Save",
    );
    let add = html::framed(
        "/__sandbox/doors/organization-add",
        "add-customer",
        "Add customers",
        &(hidden("organization", &organization.id.to_string())
            + &line(
                "email",
                "email",
                "email",
                "E-mail address of a customer to add",
                "",
            )),
        "Add customer",
    );
    let projects: String = site
        .projects
        .values()
        .filter(|project| project.organizations.contains(&organization.id))
        .take(ROWS)
        .map(|project| {
            format!(
                ", <a href=\"{CONSOLE}/project/{0}\">project {0}</a>",
                project.key
            )
        })
        .collect();
    let body = format!(
        "<p><a href=\"{CONSOLE}/customers\">Customers</a>{projects}</p>\n{rename}\
         <details open><summary>More actions (…)</summary>\n{manage}</details>\n\
         {}<p>{} of {} members are shown.</p>\n{add}",
        html::table("Members", &["E-mail address", "Name"], &members),
        members.len(),
        handles.len(),
    );
    html::page(site.name(), &organization.name, notice, &body)
}

/// Takes a new name, or e-mail domains, for the organization of an id.
pub(super) fn put(site: &mut Site, form: &Form) -> Answer {
    let found = form
        .get("id")
        .parse()
        .ok()
        .and_then(|id: u32| site.organizations.get(&id))
        .cloned();
    let Some(organization) = found else {
        return html::error(404, "There is no such organization.");
    };
    let done = match form.has("new-name") {
        true => rename(site, &organization, form.get("new-name")).map_err(|why| (why, "new-name")),
        false => put_domains(site, &organization, form.get("email-domains"))
            .map(|()| organization.name.clone())
            .map_err(|why| (why, "email-domains")),
    };
    match done {
        Ok(name) => see_other(format!(
            "{CONSOLE}/organization?name={}&saved",
            encoded(&name)
        )),
        Err((why, id)) => {
            let mut form = form.clone();
            if !form.has("email-domains") {
                form = form.with("email-domains", joined(&organization.email_domains));
            }
            shown(site, &organization, &form, Some(&Notice::Refused(&why, id)))
        }
    }
}

fn rename(site: &mut Site, organization: &Organization, name: &str) -> Result<String, String> {
    let name =
        OrganizationName::new(name.trim()).map_err(|error| format!("This is no name: {error}."))?;
    site.rename_organization(&organization.id(), &name)
        .map_err(|error| format!("This cannot be its name: {error}."))?;
    Ok(name.as_str().to_owned())
}

fn put_domains(site: &mut Site, organization: &Organization, text: &str) -> Result<(), String> {
    let list = domains(text)?;
    if list.len() > MOST_DOMAINS {
        return Err("An organization can have at most 10 email domains.".to_owned());
    }
    if let Some(state) = site.organizations.get_mut(&organization.id) {
        state.email_domains = list;
    }
    Ok(())
}
