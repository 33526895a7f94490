//! Help centers and who may enter each.

use super::super::call::Answer;
use super::super::help_centers::Audience;
use super::super::site::Site;
use super::html::{self, Notice, choice, hidden, line, lines};
use super::{CONSOLE, Form, see_other};
use crate::model::OrganizationId;

/// Shows the help centers, each with its form, and the form that makes one.
pub(super) fn page(site: &Site, query: &Form, refused: Option<&str>) -> Answer {
    let path = format!("{CONSOLE}/help-centers");
    let options = Audience::ALL.map(|(_, word, _, label)| (word, label));
    let mut body = String::new();
    for (number, name, center) in site.help_centers() {
        let word = Audience::ALL
            .into_iter()
            .find(|row| row.0 == center.audience)
            .map_or("", |row| row.1);
        let named: Vec<&str> = center
            .organizations
            .iter()
            .filter_map(|number| site.organizations.get(number))
            .map(|organization| organization.name.as_str())
            .collect();
        let present = Form::default().with("audience", word);
        // The id of a control stands once on the page.
        let id = format!("organizations-{number}");
        let text = Form::default().with(&id, named.join("\n"));
        let controls = choice(&present, "audience", &options)
            + &lines(&text, &id, "Organizations", "One on each line, by name.");
        body.push_str(&html::framed(
            &path,
            &format!("center-{number}"),
            name,
            &(hidden("name", name) + &hidden("number", &number.to_string()) + &controls),
            "Save",
        ));
    }
    body.push_str(&html::framed(
        &path,
        "create",
        "Create help center",
        &line("text", "new", "name", "Name", query.get("new")),
        "Create",
    ));
    let notice = match refused {
        Some(why) => Some(Notice::Refused(why, "create")),
        None => query.has("saved").then_some(Notice::Done("Saved.")),
    };
    html::page(site.name(), "Help centers", notice.as_ref(), &body)
}

/// Makes a help center, or says who may enter one.
pub(super) fn put(site: &mut Site, form: &Form) -> Answer {
    match change(site, form) {
        Ok(()) => see_other(format!("{CONSOLE}/help-centers?saved")),
        Err(why) => page(site, form, Some(&why)),
    }
}

fn change(site: &mut Site, form: &Form) -> Result<(), String> {
    let name = form.get("name").trim();
    if name.is_empty() {
        return Err("A help center needs a name.".to_owned());
    }
    let audience = match form.get("audience") {
        "" if !form.has("number") => Audience::Public,
        word => Audience::ALL
            .into_iter()
            .find(|row| row.1 == word)
            .map(|row| row.0)
            .ok_or("Choose who may enter.")?,
    };
    let written = form.get(&format!("organizations-{}", form.get("number")));
    let organizations = written
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let found = site.organization_named(line);
            found
                .map(|organization| organization.id())
                .ok_or_else(|| format!("No organization is called `{line}`."))
        })
        .collect::<Result<Vec<OrganizationId>, _>>()?;
    site.set_help_center(name, audience, &organizations)
        .map_err(|error| format!("This could not be saved: {error}."))
}
