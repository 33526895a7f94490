//! The site as a visitor sees it, and the doors that let people in.
//!
//! `GET /__sandbox/visit?as=ADDRESS` (or without `as`, for somebody without login) shows the help center; `POST
//! /__sandbox/doors/DOOR` goes through a door, with an `email` and the `project` or `organization` that it leads to, and changes
//! the site as the real one would.

use super::super::accounts::{Account, AccountState};
use super::super::call::Answer;
use super::super::doors::{Entered, Look, Way};
use super::super::help_centers::{HelpCenter, RequestType};
use super::super::objects::Project;
use super::super::site::Site;
use super::super::visit::{Caller, Sight};
use super::html::{self, Notice, hidden, line};
use super::people;
use super::projects::ROWS;
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::{AccountKind, Email, OrganizationId, ProjectKey, SpaceKey};
use serde_json::{Map, Value, json};

/// Everything that one visitor finds.
struct Visit<'s> {
    site: &'s Site,
    /// The address; `None` for somebody without login.
    email: Option<Email>,
    accounts: Vec<&'s Account>,
}

impl<'s> Visit<'s> {
    fn new(site: &'s Site, email: Option<Email>) -> Self {
        let accounts = email
            .as_ref()
            .map(|email| site.accounts_with_email(email.key()))
            .unwrap_or_default();
        Self {
            site,
            email,
            accounts,
        }
    }

    /// Asks a question for each account of the visitor, or once for somebody without one; a single yes is enough.
    fn any(&self, test: impl Fn(Caller<'_>) -> bool) -> bool {
        match self.accounts.as_slice() {
            [] => test(Caller::Anonymous),
            accounts => accounts
                .iter()
                .any(|account| test(Caller::Account(&account.id()))),
        }
    }

    /// What the visitor finds at a portal: with the first account that sees it, else with the first.
    fn sight(&self, project: &ProjectKey) -> Sight<'s> {
        let mut sights = self
            .accounts
            .iter()
            .map(|account| self.site.sight(project, Caller::Account(&account.id())));
        let Some(first) = sights.next() else {
            return self.site.sight(project, Caller::Anonymous);
        };
        match first.shown() {
            true => first,
            false => sights.find(|sight| sight.shown()).unwrap_or(first),
        }
    }

    /// Says whether the visitor has an Atlassian account.
    fn is_atlassian(&self) -> bool {
        let mut accounts = self.accounts.iter();
        accounts.any(|account| account.kind == AccountKind::Atlassian)
    }

    /// Why a portal shows itself or does not, as markup: the words, the rule, and the place in the console where that is decided.
    fn why(&self, sight: Sight<'_>, project: &ProjectKey) -> String {
        let of_project = |part: &str| format!("{CONSOLE}/project/{project}#{part}");
        let page = |name: &str| format!("{CONSOLE}/{name}");
        let (label, place) = match sight {
            Sight::Anybody => ("Portal access", page("customer-access#login")),
            Sight::Open | Sight::NoLogin | Sight::Restricted | Sight::NoPortal => {
                ("Channel access", of_project("channel-access"))
            }
            Sight::Customer | Sight::Organization(_) | Sight::ForTheRecord => {
                ("Customers", of_project("customers"))
            }
            Sight::Group(_) => ("Groups", page("groups")),
            Sight::Permission | Sight::Scheme => ("the project", of_project("customers")),
            Sight::OutOfUse if !self.is_atlassian() => {
                ("Portal-only customers", page("portal-only-customers"))
            }
            Sight::Agent | Sight::OutOfUse | Sight::NoRole => ("Users", page("users")),
        };
        format!(
            "{} ({}, <a href=\"{place}\">{label}</a>)",
            html::text(&sight.to_string()),
            sight.rule(self.is_atlassian())
        )
    }

    fn sees(&self, project: &ProjectKey) -> bool {
        self.sight(project).shown()
    }

    fn enters(&self, center: &HelpCenter) -> bool {
        self.any(|caller| self.site.enters(center, caller))
    }

    /// V6: whether somebody may ask by a request type; without login, by those that are for everybody.
    fn asks(&self, project: &Project, kind: &RequestType) -> bool {
        match self.accounts.as_slice() {
            [] => self.sees(&project.key) && !kind.is_restricted(),
            accounts => accounts
                .iter()
                .any(|account| self.site.may_ask(project, kind, account)),
        }
    }

    /// R1a: two accounts on the address, so that nobody can rely on which of them is meant.
    fn is_double(&self) -> bool {
        self.accounts.len() > 1
    }

    /// R1c: one of the two is an Atlassian account without a role, which leads from one login to the other and back.
    fn is_in_a_loop(&self) -> bool {
        self.is_double()
            && self
                .accounts
                .iter()
                .any(|account| account.state.is_active() && !self.site.has_role(account))
    }

    fn reads(&self, project: &ProjectKey, space: &SpaceKey) -> bool {
        self.any(|caller| self.site.shows_articles(project, space, caller))
    }
}

/// Shows a visit.
pub(super) fn page(site: &Site, query: &Form, wants_json: bool) -> Answer {
    let email = match query.get("as").trim() {
        "" => None,
        address => match Email::new(address) {
            Ok(email) => Some(email),
            Err(_) if wants_json => return problem(400, "This is no e-mail address."),
            Err(_) => {
                let visit = Visit::new(site, None);
                let notice = Notice::Refused("This is no e-mail address.", "as");
                return shown(&visit, address, Some(&notice));
            }
        },
    };
    let visit = Visit::new(site, email);
    if wants_json {
        return Answer::json(200, &document(&visit));
    }
    let written = visit.email.as_ref().map_or("", Email::written).to_owned();
    let said = said(query.get("said"));
    let notice = said.as_ref().map(|(accepted, says)| match accepted {
        true => Notice::Done(says),
        false => Notice::Refused(says, "doors"),
    });
    let mut answer = shown(&visit, &written, notice.as_ref());
    answer.status = 200;
    answer
}

/// Goes through a door; returns the e-mails that it takes too.
pub(super) fn door(site: &mut Site, door: &str, form: &Form, wants_json: bool) -> (Answer, u64) {
    let refused = |status, why: &str| match wants_json {
        true => (problem(status, why), 0),
        false => (html::error(status, why), 0),
    };
    let Ok(email) = Email::new(form.get("email").trim()) else {
        return refused(400, "This is no e-mail address.");
    };
    if door == "verify" {
        return told(&email, &site.verify(&email), wants_json);
    }
    let project = site
        .projects
        .get_key_value(form.get("project").trim())
        .map(|(key, _)| key.clone());
    let organization = OrganizationId::new(form.get("organization"));
    let way = match (door, &project) {
        ("sign-up", _) => Way::SignUp,
        ("portal-form", Some(key)) => Way::PortalForm(key),
        ("email", Some(key)) => Way::Email(key),
        ("agent-invite", Some(key)) => Way::AgentInvite(key),
        ("portal-form" | "email" | "agent-invite", None) => {
            return refused(404, "There is no such service project.");
        }
        ("organization-add", _) if site.organization(&organization).is_none() => {
            return refused(404, "There is no such organization.");
        }
        ("organization-add", _) => Way::OrganizationAdd(&organization),
        _ => return refused(404, "There is no such door."),
    };
    let entered = site.enter(&email, form.get("name").trim(), way);
    told(&email, &entered, wants_json)
}

/// Answers somebody who went through a door.
fn told(email: &Email, entered: &Entered, wants_json: bool) -> (Answer, u64) {
    let mails = entered.mails;
    if wants_json {
        return (Answer::json(200, &result(entered)), mails);
    }
    let place = format!(
        "/__sandbox/visit?as={}&said={}-{}",
        encoded(email.written()),
        match (entered.look.accepted, entered.look.held) {
            (true, _) => "yes",
            (false, true) => "held",
            (false, false) => "no",
        },
        entered.look.outcome.word(),
    );
    (see_other(place), mails)
}

/// What a page says after a door: only words of ours travel in the address.
fn said(code: &str) -> Option<(bool, &'static str)> {
    let (accepted, outcome) = code.split_once('-')?;
    if accepted == "held" {
        return Some((false, "The request is held until the address is verified."));
    }
    let accepted = accepted == "yes";
    let says = match (outcome, accepted) {
        ("atlassian", _) => "There is a new Atlassian account.",
        ("portal_only", _) => "There is a new portal-only account.",
        ("pending_approval", _) => "An administrator has to approve the person first.",
        ("rejected", _) => "No account: this site does not let the address in there.",
        ("existing", true) => "Done, with the account that there was.",
        ("existing", false) => {
            "There is an account, and it may not do this: log in, or ask an administrator."
        }
        ("denied", _) => "There is an account, and it is out of use.",
        _ => return None,
    };
    Some((accepted, says))
}

fn problem(status: u16, why: &str) -> Answer {
    Answer::json(status, &json!({"error": why}))
}

fn result(entered: &Entered) -> Value {
    let mut value = look(entered.look);
    value["says"] = json!(entered.look.says);
    value["accountId"] = json!(entered.account.as_ref().map(ToString::to_string));
    value["joined"] = json!(entered.joined);
    value["mails"] = json!(entered.mails);
    value
}

fn look(look: Look) -> Value {
    json!({"outcome": look.outcome.word(), "accepted": look.accepted, "held": look.held})
}

/// The visit as JSON.
fn document(visit: &Visit<'_>) -> Value {
    let site = visit.site;
    let accounts: Vec<Value> = visit
        .accounts
        .iter()
        .map(|account| {
            let organizations = site
                .accounts
                .handle(&account.id)
                .map(|handle| site.memberships(handle))
                .unwrap_or_default();
            json!({
                "accountId": &*account.id, "kind": account.kind, "role": site.role_of(account),
                "state": account.state, "organizations": organizations,
                "groups": site.groups_of(account), "apps": site.apps_of(account),
            })
        })
        .collect();
    let portals: Vec<Value> = site
        .projects
        .values()
        .map(|project| {
            let articles: Map<String, Value> = project
                .knowledge_base
                .iter()
                .map(|space| (space.to_string(), json!(visit.reads(&project.key, space))))
                .collect();
            let sight = visit.sight(&project.key);
            let kinds: Map<String, Value> = project
                .request_types
                .values()
                .map(|kind| (kind.name.clone(), json!(visit.asks(project, kind))))
                .collect();
            json!({
                "requestTypes": kinds,
                "project": project.key.as_str(), "name": project.name,
                "view": sight.shown(), "why": sight.to_string(), "rule": sight.rule(visit.is_atlassian()), "articles": articles,
            })
        })
        .collect();
    let centers: Vec<Value> = site
        .help_centers()
        .iter()
        .map(|(_, name, center)| json!({"name": name, "enter": visit.enters(center)}))
        .collect();
    let mut document = json!({
        "as": visit.email.as_ref().map(Email::written),
        "accounts": accounts,
        "duplicate": visit.is_double(),
        "loginLoop": visit.is_in_a_loop(),
        "portals": portals,
        "helpCenters": centers,
    });
    if let Some(email) = &visit.email {
        let of_projects = |way: for<'w> fn(&'w ProjectKey) -> Way<'w>| -> Map<String, Value> {
            site.projects
                .keys()
                .map(|key| (key.to_string(), look(site.look(email, way(key)))))
                .collect()
        };
        let organizations: Map<String, Value> = site
            .organizations
            .values()
            .map(|organization| {
                let id = organization.id();
                let found = site.look(email, Way::OrganizationAdd(&id));
                (id.to_string(), look(found))
            })
            .collect();
        document["doors"] = json!({
            "signUp": look(site.look(email, Way::SignUp)),
            "portalForm": of_projects(|key| Way::PortalForm(key)),
            "email": of_projects(|key| Way::Email(key)),
            "agentInvite": of_projects(|key| Way::AgentInvite(key)),
            "organizationAdd": organizations,
            "restCreate": look(site.look(email, Way::RestCreate)),
        });
    }
    document
}

/// The visit as a page.
fn shown(visit: &Visit<'_>, written: &str, notice: Option<&Notice<'_>>) -> Answer {
    let title = match &visit.email {
        Some(email) => format!("As {}", email.written()),
        None => "Without login".to_owned(),
    };
    let body = format!(
        "<form role=\"search\" action=\"/__sandbox/visit\">\n{}<button type=\"submit\">Visit</button>\n</form>\n{}{}{}{}",
        line(
            "email",
            "as",
            "as",
            "Visit as this e-mail address; leave it empty for somebody without login",
            written
        ),
        accounts(visit),
        help_center(visit),
        doors(visit),
        outlook(visit),
    );
    html::page(visit.site.name(), &title, notice, &body)
}

fn accounts(visit: &Visit<'_>) -> String {
    if visit.email.is_none() {
        return String::new();
    }
    if visit.accounts.is_empty() {
        return "<p>The address has no account on this site, so what follows is what anybody sees.</p>\n".to_owned();
    }
    let rows: Vec<Vec<String>> = visit
        .accounts
        .iter()
        .map(|account| {
            let organizations = visit
                .site
                .accounts
                .handle(&account.id)
                .map(|handle| visit.site.memberships(handle))
                .unwrap_or_default();
            vec![
                html::text(&account.name),
                match account.kind {
                    AccountKind::Atlassian => "Atlassian account",
                    AccountKind::PortalOnly => "portal-only account",
                }
                .to_owned(),
                people::role(visit.site.role_of(account)).to_owned(),
                usable(account.state).to_owned(),
                html::text(&organizations.join(", ")),
                html::text(&visit.site.groups_of(account).join(", ")),
            ]
        })
        .collect();
    let warning = match (visit.is_double(), visit.is_in_a_loop()) {
        (_, true) => {
            "<p>Two accounts share the address, and the Atlassian account has no role here: the person is sent from one login to the other.</p>\n"
        }
        (true, false) => {
            "<p>Two accounts share the address: which of them a login, a request or a mail reaches cannot be relied on.</p>\n"
        }
        (false, false) => "",
    };
    let table = html::table(
        "Accounts of this address",
        &["Name", "Kind", "Role", "State", "Organizations", "Groups"],
        &rows,
    );
    let unverified = visit
        .accounts
        .iter()
        .any(|account| account.state == AccountState::Unverified);
    let verify = match (&visit.email, unverified) {
        (Some(email), true) => html::form(
            "/__sandbox/doors/verify",
            &hidden("email", email.written()),
            "Verify the address",
        ),
        _ => String::new(),
    };
    table + warning + &verify
}

/// What a state means for the person.
const fn usable(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "can be used",
        AccountState::Unverified => "can be used once the address is verified",
        AccountState::Revoked => "out of use: its access was revoked",
        AccountState::Deactivated => "out of use: deactivated",
    }
}

fn help_center(visit: &Visit<'_>) -> String {
    let mut all = visit.site.projects.values();
    let rows: Vec<Vec<String>> = all
        .by_ref()
        .take(ROWS)
        .map(|project| {
            let articles: Vec<String> = project
                .knowledge_base
                .iter()
                .filter(|space| visit.reads(&project.key, space))
                .map(|space| html::text(space.as_str()))
                .collect();
            let sight = visit.sight(&project.key);
            vec![
                format!("{} ({})", html::text(&project.name), project.key),
                if sight.shown() { "shown" } else { "not shown" }.to_owned(),
                visit.why(sight, &project.key),
                match articles.is_empty() {
                    true => "none".to_owned(),
                    false => articles.join(", "),
                },
            ]
        })
        .collect();
    let none = match visit
        .site
        .projects
        .keys()
        .any(|project| visit.sees(project))
    {
        true => "",
        false => "<p>No portal shows itself.</p>\n",
    };
    let centers: Vec<Vec<String>> = visit
        .site
        .help_centers()
        .iter()
        .map(|(_, name, center)| {
            let enters = if visit.enters(center) {
                "lets in"
            } else {
                "keeps out"
            };
            vec![html::text(name), enters.to_owned()]
        })
        .collect();
    // A site without others has nothing to say about its one help center.
    let centers = match centers.len() {
        1 => String::new(),
        _ => html::table("Help centers", &["Help center", "Visitor"], &centers),
    };
    let more = match all.count() {
        0 => String::new(),
        more => format!("<p>{more} more portals.</p>\n"),
    };
    format!(
        "<h2>Help center</h2>\n{none}{}{more}{centers}",
        html::table(
            "Portals",
            &["Portal", "Shown", "Why", "Articles of these spaces"],
            &rows
        )
    )
}

fn doors(visit: &Visit<'_>) -> String {
    let site = visit.site;
    let keys: Vec<String> = site.projects.keys().map(ToString::to_string).collect();
    let email = |id: &str| match &visit.email {
        Some(email) => format!(
            "<p class=\"hint\">as {}</p>\n{}",
            html::text(email.written()),
            hidden("email", email.written())
        ),
        None => line(
            "email",
            &format!("{id}-email"),
            "email",
            "E-mail address",
            "",
        ),
    };
    let project = |door: &str| {
        let id = format!("{door}-project");
        match keys.len() <= ROWS {
            true => html::select(&id, "project", "Project", &keys),
            // Nobody looks through a longer list.
            false => line("text", &id, "project", "Project", ""),
        }
    };
    let mut out = "<h2 id=\"doors\">Doors</h2>\n".to_owned();
    if site.settings.customers_can_create_accounts {
        out.push_str(&html::framed(
            "/__sandbox/doors/sign-up",
            "sign-up",
            "Sign up",
            &email("sign-up"),
            "Sign up",
        ));
    } else {
        out.push_str(
            "<p>Customers cannot create accounts here: there is no link to sign up.</p>\n",
        );
    }
    for (door, legend, submit) in [
        (
            "portal-form",
            "Send a request by the form of a portal, without login",
            "Send the request",
        ),
        ("email", "Send a request by e-mail", "Send the e-mail"),
        (
            "agent-invite",
            "An agent adds the person on the project's Customers page",
            "Add",
        ),
    ] {
        out.push_str(&html::framed(
            &format!("/__sandbox/doors/{door}"),
            door,
            legend,
            &(email(door) + &project(door)),
            submit,
        ));
    }
    out
}

/// What would happen to the address at each door, without anything happening.
fn outlook(visit: &Visit<'_>) -> String {
    let (site, Some(email)) = (visit.site, &visit.email) else {
        return String::new();
    };
    let row = |door: &str, project: &str, way| {
        let cell = html::text(project);
        vec![door.to_owned(), cell, site.look(email, way).says.to_owned()]
    };
    let mut rows = vec![row("Sign up", "", Way::SignUp)];
    for key in site.projects.keys().take(ROWS) {
        let project = key.as_str();
        rows.extend([
            row("Form of the portal", project, Way::PortalForm(key)),
            row("E-mail", project, Way::Email(key)),
            row("Added by an agent", project, Way::AgentInvite(key)),
        ]);
    }
    rows.push(row("Made by REST", "", Way::RestCreate));
    html::table(
        "What would happen at each door",
        &["Door", "Project", "What would happen"],
        &rows,
    )
}
