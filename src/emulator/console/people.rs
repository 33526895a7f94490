//! Accounts in the administration: inviting people with Atlassian accounts, and what can be done to portal-only ones.

use super::super::accounts::{Account, AccountState, Handle, Role};
use super::super::call::Answer;
use super::super::site::Site;
use super::html::{self, Notice, group, hidden, line};
use super::projects::ROWS;
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::{AccountId, AccountKind, Email};

/// Shows the Atlassian accounts that a search finds, and the form that invites.
pub(super) fn users(site: &Site, query: &Form, refused: Option<&str>) -> Answer {
    let path = format!("{CONSOLE}/users");
    let invite = html::form(
        &path,
        &group(
            "invite",
            "Invite users",
            &[
                line(
                    "email",
                    "email",
                    "email",
                    "E-mail address",
                    query.get("email"),
                ),
                "<p class=\"hint\">Jira Service Management: Customer</p>\n".to_owned(),
            ]
            .concat(),
        ),
        "Invite",
    );
    let rows: Vec<Vec<String>> = found(site, query, AccountKind::Atlassian)
        .map(|account| {
            let present = site.role_of(account);
            let action = match present {
                Role::None => html::form(&path, &hidden("email", &account.email), "Grant access"),
                _ => String::new(),
            };
            vec![
                html::text(&account.email),
                role(present).to_owned(),
                html::text(&site.groups_of(account).join(", ")),
                state(account),
                action,
            ]
        })
        .collect();
    let body = format!(
        "{invite}{}{}",
        search("users", query),
        html::table(
            "People with Atlassian accounts",
            &[
                "E-mail address",
                "Jira Service Management",
                "Groups",
                "State",
                "Action"
            ],
            &rows
        ),
    );
    let notice = match refused {
        Some(why) => Some(Notice::Refused(why, "email")),
        None => notice(query),
    };
    html::page(site.name(), "Users", notice.as_ref(), &body)
}

/// Invites somebody, or grants the role Customer; returns the e-mails that it takes too.
pub(super) fn invite(site: &mut Site, form: &Form) -> (Answer, u64) {
    let Ok(email) = Email::new(form.get("email").trim()) else {
        return (users(site, form, Some("This is no e-mail address.")), 0);
    };
    let changed = site.invite_internal(&email);
    let place = format!("{CONSOLE}/users?search={}&done", encoded(email.key()));
    (see_other(place), u64::from(changed))
}

/// Shows the portal-only accounts that a search finds.
pub(super) fn portal_only(site: &Site, query: &Form) -> Answer {
    let path = format!("{CONSOLE}/portal-only-customers");
    let rows: Vec<Vec<String>> = found(site, query, AccountKind::PortalOnly)
        .map(|account| {
            let action = |action: &str, submit: &str| {
                html::form(
                    &path,
                    &(hidden("account", &account.id) + &hidden("action", action)),
                    submit,
                )
            };
            let access = match account.state {
                AccountState::Revoked => action("grant", "Grant access"),
                _ => action("revoke", "Revoke access"),
            };
            let migrate = action("migrate", "Migrate");
            vec![
                html::text(&account.email),
                html::text(&account.name),
                state(account),
                format!(
                    "<details><summary>More actions (…)</summary>\n{access}\
                     <p>Migrate to Atlassian account</p>\n{migrate}</details>"
                ),
            ]
        })
        .collect();
    let body = format!(
        "{}{}",
        search("portal-only-customers", query),
        html::table(
            "Portal-only accounts",
            &["E-mail address", "Name", "State", "Action"],
            &rows
        ),
    );
    html::page(
        site.name(),
        "Portal-only customers",
        notice(query).as_ref(),
        &body,
    )
}

/// Grants, revokes or migrates one account; returns the e-mails that it takes too.
pub(super) fn change_portal_only(site: &mut Site, form: &Form) -> (Answer, u64) {
    let id = AccountId::new(form.get("account"));
    let account = site
        .account(&id)
        .filter(|account| account.kind == AccountKind::PortalOnly);
    let Some(email) = account.map(|account| account.email().to_owned()) else {
        return (html::error(404, "There is no such portal-only account."), 0);
    };
    let (done, mails) = match form.get("action") {
        "grant" => (change(site, &id, Site::give_access_back), 0),
        "revoke" => (change(site, &id, Site::end_access), 0),
        "migrate" => (site.migrate(&id), 1),
        _ => (false, 0),
    };
    if !done {
        return (
            html::error(422, "There is no such action for this account."),
            0,
        );
    }
    let place = format!(
        "{CONSOLE}/portal-only-customers?search={}&done",
        encoded(&email)
    );
    (see_other(place), mails)
}

fn change(site: &mut Site, id: &AccountId, what: fn(&mut Site, Handle)) -> bool {
    let handle = site.accounts.handle(&id.text());
    handle.map(|handle| what(site, handle)).is_some()
}

fn notice(query: &Form) -> Option<Notice<'static>> {
    query.has("done").then_some(Notice::Done("Done."))
}

fn search(page: &str, query: &Form) -> String {
    format!(
        "<form role=\"search\" action=\"{CONSOLE}/{page}\">\n{}<button type=\"submit\">Search</button>\n</form>\n\
         <p class=\"hint\">At most {ROWS} are shown.</p>\n",
        line(
            "search",
            "search",
            "search",
            "search by e-mail address",
            query.get("search")
        ),
    )
}

/// Finds accounts by the beginning of their address; without one the first of all.
fn found<'s>(site: &'s Site, query: &Form, kind: AccountKind) -> impl Iterator<Item = &'s Account> {
    let text = query.get("search").trim();
    let everybody = text.is_empty().then(|| site.accounts.iter());
    let searched = (!text.is_empty()).then(|| site.accounts.search(text));
    searched
        .into_iter()
        .flatten()
        .filter_map(|handle| site.accounts.get(handle))
        .chain(everybody.into_iter().flatten())
        .filter(move |account| account.kind == kind)
        .take(ROWS)
}

/// The words for a role in Jira Service Management.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::None => "None",
        Role::Customer => "Customer",
        Role::User => "User (agent)",
        Role::Admin => "Administrator",
    }
}

fn state(account: &Account) -> String {
    match account.state {
        AccountState::Active => "active",
        AccountState::Unverified => "unverified",
        AccountState::Revoked => "access revoked",
        AccountState::Deactivated => "deactivated",
    }
    .to_owned()
}
