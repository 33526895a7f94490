//! Groups of the directory: who is in them, and what being in them grants.

use super::super::call::Answer;
use super::super::site::Site;
use super::html::{self, Notice, hidden, line};
use super::people::role;
use super::projects::ROWS;
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::{AccountId, AccountKind, Email};

/// Shows the groups, and the members of the one that is asked for.
pub(super) fn page(site: &Site, query: &Form, refused: Option<&str>) -> Answer {
    let path = format!("{CONSOLE}/groups");
    let rows: Vec<Vec<String>> = site
        .group_names()
        .iter()
        .map(|name| {
            vec![
                format!(
                    "<a href=\"{path}?name={}\">{}</a>",
                    encoded(name),
                    html::text(name)
                ),
                html::text(&site.group_id(name)),
                site.group_members(name).len().to_string(),
                role(site.group_access(name).0).to_owned(),
            ]
        })
        .collect();
    let create = html::framed(
        &path,
        "create",
        "Create group",
        &line("text", "new", "new", "Group name", query.get("new")),
        "Create group",
    );
    let body = format!(
        "{create}{}{}",
        html::table(
            "Groups",
            &["Group", "Id", "Members", "Jira Service Management"],
            &rows
        ),
        site.group_named(query.get("name"))
            .map(|name| members(site, &name))
            .unwrap_or_default(),
    );
    let notice = match refused {
        Some(why) => Some(Notice::Refused(why, "create")),
        None => query.has("done").then_some(Notice::Done("Done.")),
    };
    html::page(site.name(), "Groups", notice.as_ref(), &body)
}

fn members(site: &Site, name: &str) -> String {
    let path = format!("{CONSOLE}/groups");
    let made = site.groups.contains_key(name);
    let handles = site.group_members(name);
    let rows: Vec<Vec<String>> = site
        .rows(&handles[..handles.len().min(ROWS)])
        .into_iter()
        .map(|account| {
            let remove = match made {
                false => String::new(),
                true => html::form(
                    &path,
                    &(hidden("name", name) + &hidden("remove", &account.id)),
                    "Remove",
                ),
            };
            vec![
                html::text(&account.email),
                html::text(&account.name),
                remove,
            ]
        })
        .collect();
    let table = html::table("Members", &["E-mail address", "Name", "Action"], &rows);
    let add = match made {
        false => "<p>Its members follow from the roles of accounts.</p>\n".to_owned(),
        true => html::framed(
            &path,
            "members",
            "Add group members",
            &(hidden("name", name) + &line("email", "add", "add", "E-mail address", "")),
            "Add",
        ),
    };
    format!("<h2>{}</h2>\n{table}{add}", html::text(name))
}

/// Makes a group, or adds or removes a member.
pub(super) fn put(site: &mut Site, form: &Form) -> Answer {
    let name = match form.has("new") {
        true => form.get("new").trim().to_owned(),
        false => form.get("name").to_owned(),
    };
    match change(site, &name, form) {
        Ok(()) => see_other(format!("{CONSOLE}/groups?name={}&done", encoded(&name))),
        Err(why) => page(site, form, Some(&why)),
    }
}

fn change(site: &mut Site, name: &str, form: &Form) -> Result<(), String> {
    if form.has("new") {
        if name.is_empty() || site.group_named(name).is_some() {
            return Err("A group needs a name that no other has.".to_owned());
        }
        site.add_group(name, None);
        return Ok(());
    }
    let done = match form.has("remove") {
        true => site.remove_from_group(name, &[AccountId::new(form.get("remove"))]),
        false => {
            let id =
                internal(site, form.get("add")).ok_or("No Atlassian account has this address.")?;
            site.add_to_group(name, &[id])
        }
    };
    done.map_err(|error| format!("This could not be done: {error}."))
}

fn internal(site: &Site, address: &str) -> Option<AccountId> {
    let email = Email::new(address.trim()).ok()?;
    site.accounts_with_email(email.key())
        .into_iter()
        .find(|account| account.kind == AccountKind::Atlassian)
        .map(|account| account.id())
}
