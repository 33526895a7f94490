//! Accounts in the administration: inviting people with Atlassian accounts, their roles and apps, and what can be done to
//! portal-only ones.

use super::super::accounts::{Account, AccountState, App, Handle, Role};
use super::super::call::Answer;
use super::super::site::{ADMIN, AGENT, Site};
use super::super::users::Resource;
use super::html::{self, Notice, hidden, line};
use super::projects::ROWS;
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::{AccountId, AccountKind, Email};

/// Shows the Atlassian accounts that a search finds, and the form that invites.
pub(super) fn users(site: &Site, query: &Form, refused: Option<&str>) -> Answer {
    let path = format!("{CONSOLE}/users");
    let invite = html::framed(
        &path,
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
        "Invite",
    );
    let rows: Vec<Vec<String>> = found(site, query, AccountKind::Atlassian)
        .map(|account| {
            vec![
                html::text(&account.email),
                role(site.role_of(account)).to_owned(),
                apps(site, account),
                html::text(&site.groups_of(account).join(", ")),
                state(account),
                actions(site, account, &path),
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
                "Other apps",
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

/// The apps besides Jira Service Management that an account may use, by itself or through a group.
fn apps(site: &Site, account: &Account) -> String {
    let apps = site.apps_of(account).into_iter().map(app_name);
    apps.collect::<Vec<_>>().join(", ")
}

/// What can be done about the roles and the access of an account; what a group gives is not its own, and is not offered.
fn actions(site: &Site, account: &Account, path: &str) -> String {
    let action = |action: &str, submit: &str| {
        html::form(
            path,
            &(hidden("account", &account.id) + &hidden("action", action)),
            submit,
        )
    };
    let mut all = match site.role_of(account) {
        Role::None => html::form(path, &hidden("email", &account.email), "Grant access"),
        _ => String::new(),
    };
    if account.role != Role::Customer {
        all += &action("customer", "Jira Service Management: Customer");
    }
    for app in &account.apps {
        all += &action(app_action(*app), &format!("{}: None", app_name(*app)));
    }
    let groups = site.groups_of(account).into_iter();
    for group in groups.filter(|group| site.groups.contains_key(group)) {
        all += &html::form(
            &format!("{CONSOLE}/groups"),
            &(hidden("name", &group) + &hidden("remove", &account.id)),
            &format!("Remove from group {group}"),
        );
    }
    all += &match account.state {
        AccountState::Deactivated => action("restore", "Restore access"),
        _ => action("suspend", "Suspend access"),
    };
    format!("<details><summary>More actions (…)</summary>\n{all}</details>")
}

const fn app_name(app: App) -> &'static str {
    match app {
        App::Jira => "Jira",
        App::Confluence => "Confluence",
    }
}

const fn app_action(app: App) -> &'static str {
    match app {
        App::Jira => "no-jira",
        App::Confluence => "no-confluence",
    }
}

/// Takes a form of the page of users; returns the e-mails that it takes too.
pub(super) fn put_users(site: &mut Site, form: &Form) -> (Answer, u64) {
    match form.has("account") {
        true => (change_user(site, form), 0),
        false => invite(site, form),
    }
}

/// Makes one account a customer and nothing more, takes an app from it, or suspends it.
fn change_user(site: &mut Site, form: &Form) -> Answer {
    let id = AccountId::new(form.get("account"));
    let account = site
        .account(&id)
        .filter(|account| account.kind == AccountKind::Atlassian);
    let Some(account) = account.cloned() else {
        return html::error(404, "There is no such Atlassian account.");
    };
    // Nobody is locked out of the sandbox.
    if [ADMIN.0, AGENT.0].contains(&account.email()) {
        return users(site, form, Some("This account has to stay as it is."));
    }
    let own = |site: &mut Site, resource, role, grant| {
        let account = site.account(&id).cloned();
        account.is_some_and(|account| site.change_role(&account, resource, role, grant))
    };
    let done = match form.get("action") {
        "customer" => {
            // The role is there before the licence goes.
            own(site, Resource::Jsm, "atlassian/customer", true)
                && ["atlassian/admin", "atlassian/user"]
                    .into_iter()
                    .all(|role| own(site, Resource::Jsm, role, false))
        }
        "no-jira" => own(site, Resource::Other(App::Jira), "atlassian/user", false),
        "no-confluence" => own(
            site,
            Resource::Other(App::Confluence),
            "atlassian/user",
            false,
        ),
        "suspend" => site
            .set_account_state(&id, AccountState::Deactivated)
            .is_ok(),
        "restore" => site.set_account_state(&id, AccountState::Active).is_ok(),
        _ => false,
    };
    match done {
        true => see_other(format!(
            "{CONSOLE}/users?search={}&done",
            encoded(account.email())
        )),
        false => html::error(422, "There is no such action for this account."),
    }
}

/// Invites somebody, or grants the role Customer; returns the e-mails that it takes too.
fn invite(site: &mut Site, form: &Form) -> (Answer, u64) {
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
