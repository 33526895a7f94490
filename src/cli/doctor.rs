//! `portcullis doctor`: what this machine, these credentials and this workspace can and cannot do, before anything is tried.

mod surfaces;

use super::args::{DoctorArguments, Global, Limits, Reach, ReportFormat};
use super::{Lookup, Output, observe};
use crate::config::{Auth, ROOT_FILE, Site, SiteUrl, Workspace, means_another};
use crate::desired::Desired;
use crate::diagnostic::Located;
use crate::doctor::{self, Check, ProjectRights, Rights, SiteReport, State};
use crate::exit::Exit;
use crate::files::Given;
use crate::jsm::{ApiError, Reader};
use crate::model::{Read, SiteKey};
use crate::report::text::counted;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How far a clock may be off before anybody should care.
const CLOCK_SECONDS: i64 = 60;
/// Runs the command. Nothing is ever written to a site.
pub(super) async fn run(
    arguments: &DoctorArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match examined(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn examined(
    arguments: &DoctorArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let reach = Reach {
        dir: arguments.dir.clone(),
        site: arguments.site.clone(),
        target: Vec::new(),
        partial: false,
        limits: Limits::default(),
    };
    let mut machine = machine(lookup);
    let there = Given::new(reach.dir.join(ROOT_FILE)).is_there();
    // What is nearly a workspace, or names another directory than it means, has a hint of its own.
    if !there && !means_another(&reach.dir) {
        machine.push(credentials(None, Auth::Classic, lookup));
        return Ok(nothing_yet(arguments, &machine, output));
    }
    let workspace = observe::load(&reach.dir, global, output)?;
    let keys = observe::sites(&workspace, &reach, output)?;
    let mut reports = Vec::new();
    let mut unreachable = false;
    for key in keys {
        let (report, reached) = site(&workspace, &key, &reach, global, output, lookup).await?;
        unreachable |= !reached;
        reports.push(report);
    }
    let exit = doctor::exit(&reports, unreachable);
    let width = output.style.width;
    let written = match arguments.format {
        ReportFormat::Text => doctor::write(&machine, &reports, width, &mut output.data),
        ReportFormat::Json => {
            let document = doctor::document(&machine, &reports, exit);
            let text = crate::diagnostic::json::to_text(&document);
            output.data.write_all(text.as_bytes())
        }
    };
    Ok(output.finish(written, exit))
}

/// Says what can be said before there is a workspace: the machine, the credentials, and how to make a token.
fn nothing_yet(arguments: &DoctorArguments, machine: &[Check], output: &mut Output) -> Exit {
    let directory = &arguments.dir;
    let missing = format!("there is no `{ROOT_FILE}` in `{directory}`");
    let hint = "`portcullis init access --from https://YOURS.atlassian.net` begins with a live site, `portcullis init access` with a sandbox, \
                and `portcullis review --url https://YOURS.atlassian.net` needs no files";
    let report = SiteReport {
        advice: doctor::tokens(Auth::Classic),
        ..SiteReport::default()
    };
    let written = match arguments.format {
        ReportFormat::Text => {
            doctor::write_before(machine, &report, output.style.width, &mut output.data)
        }
        ReportFormat::Json => {
            let document = doctor::document(machine, &[], Exit::Invalid);
            let text = crate::diagnostic::json::to_text(&document);
            output.data.write_all(text.as_bytes())
        }
    };
    let exit = output.finish(written, Exit::Invalid);
    match exit {
        Exit::Invalid => output.fail(exit, &missing, Some(hint)),
        other => other,
    }
}

/// Says which credentials the environment has, by name only.
fn credentials(site: Option<&SiteKey>, auth: Auth, lookup: Lookup) -> Check {
    let names = match auth {
        Auth::Classic | Auth::Scoped => ["EMAIL", "API_TOKEN"],
        Auth::Oauth => ["CLIENT_ID", "CLIENT_SECRET"],
    };
    let own = site.map(|key| key.as_str().to_uppercase().replace('-', "_"));
    let set = |name: &str| lookup(name).is_some_and(|value| !value.is_empty());
    let absent = names.iter().filter(|name| {
        let of_the_site = own.as_ref().map(|own| format!("PORTCULLIS_{own}_{name}"));
        !of_the_site.is_some_and(|name| set(&name)) && !set(&format!("PORTCULLIS_{name}"))
    });
    let absent: Vec<String> = absent.map(|name| format!("PORTCULLIS_{name}")).collect();
    match absent.as_slice() {
        [] => Check::new(State::Good, "token", "the environment has one; not tried"),
        absent => {
            let is = if absent.len() == 1 { "is" } else { "are" };
            let says = format!("{} {is} not set", absent.join(" and "));
            Check::new(State::Missing, "token", says)
        }
    }
}

/// Looks at the machine.
fn machine(lookup: Lookup) -> Vec<Check> {
    let set = |name: &&str| lookup(name).is_some_and(|value| !value.is_empty());
    let proxy = match crate::jsm::PROXIES.iter().find(|name| set(name)) {
        None => Check::new(State::Good, "proxy", "none is set"),
        // What a proxy variable holds may be a password.
        Some(name) => Check::new(
            State::Note,
            "proxy",
            format!("Atlassian's hosts are reached as {name} says, but for those in NO_PROXY"),
        ),
    };
    let version = concat!("portcullis ", env!("CARGO_PKG_VERSION"));
    vec![Check::new(State::Good, "program", version), proxy]
}

/// Looks at one site; says whether it could be reached.
async fn site(
    workspace: &Workspace,
    key: &SiteKey,
    reach: &Reach,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<(SiteReport, bool), Exit> {
    let Some(declared) = workspace.sites.get(key) else {
        return Ok((SiteReport::default(), true));
    };
    let embedded = matches!(
        declared.url.as_ref().map(|url| &url.value),
        Some(SiteUrl::Sandbox)
    );
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let mut report = SiteReport {
        site: key.to_string(),
        url: match declared.url.as_ref().map(|url| &url.value) {
            Some(SiteUrl::Remote(url)) => url.as_str().trim_end_matches('/').to_owned(),
            _ => "the embedded sandbox".to_owned(),
        },
        ..SiteReport::default()
    };
    let atlassian_id = session.atlassian_id.as_deref();
    let desired = observe::desired(workspace, key, reach, atlassian_id, global.today());
    let Some(desired) = desired else {
        return Ok((report, true));
    };
    let reader = session.connection.reader();
    let (mut checks, reached) = host(&reader, embedded).await;
    let mut rights = Rights::default();
    let mut known = false;
    if reached {
        let caller = caller(&reader, declared, (embedded, global.today()), lookup).await;
        known = caller
            .first()
            .is_some_and(|check| check.state == State::Good);
        checks.extend(caller);
    } else if !embedded {
        checks.push(credentials(Some(key), declared.auth, lookup));
    }
    report.sections.push(("the site", checks));
    if known {
        let checks = self::rights(&reader, &desired, &mut rights).await;
        report.sections.push(("rights of this account", checks));
        let checks = surfaces::tried(&reader, &desired, &mut rights).await;
        report.sections.push(("surfaces", checks));
        let checks = doors(&reader, &desired, &rights).await;
        report.sections.push(("also decides, never judged", checks));
        report.fields = doctor::fields(&desired, &rights);
    }
    report.advice = if embedded {
        Vec::new()
    } else {
        doctor::advice(declared, &report)
    };
    // What the embedded sandbox could not save would be lost; nothing was changed, so it is not worth failing over.
    let _ = session.close().await;
    Ok((report, reached))
}

/// Says whether the site answers, and how far its clock is off.
async fn host(reader: &Reader, embedded: bool) -> (Vec<Check>, bool) {
    let server = match reader.server().await {
        Ok(server) => server,
        Err(error) => return (vec![failed("connection", &error)], false),
    };
    let reached = match (embedded, server.version) {
        (true, _) => "it runs in this process".to_owned(),
        (false, Some(version)) => format!("it answers: Jira {version}"),
        (false, None) => "it answers".to_owned(),
    };
    let mut checks = vec![Check::new(State::Good, "connection", reached)];
    checks.push(match server.time {
        None => Check::new(State::Unknown, "clock", "the site does not tell its time"),
        Some(time) => {
            let off = Timestamp::now().as_second() - time.as_second();
            if off.abs() <= CLOCK_SECONDS {
                Check::new(
                    State::Good,
                    "clock",
                    "this machine's clock agrees with the site's",
                )
            } else {
                let side = if off > 0 { "ahead of" } else { "behind" };
                let says = format!("this machine's clock is {} s {side} the site's", off.abs());
                Check::new(State::Note, "clock", says)
                    .hint("set the clock: what ends on a date ends by this machine's day (UTC)")
            }
        }
    });
    (checks, true)
}

/// Says who calls, and what is known of the token.
async fn caller(
    reader: &Reader,
    declared: &Site,
    (embedded, today): (bool, Date),
    lookup: Lookup,
) -> Vec<Check> {
    let (auth, key) = (declared.auth, &declared.key);
    let identity = match reader.identity().await {
        Ok(identity) => identity,
        Err(error) => return vec![failed("caller", &error)],
    };
    let name = identity.display_name;
    let says = match identity.email {
        Some(email) => format!("{name} <{email}>"),
        None => format!("{name}, account {}", identity.account_id),
    };
    let kind = match auth {
        Auth::Classic => "a token without scopes, sent to the site itself (`auth: classic`)",
        Auth::Scoped => "a token with scopes, sent to api.atlassian.com (`auth: scoped`)",
        Auth::Oauth => {
            "a service account's OAuth token, asked for again before it ends, sent to api.atlassian.com (`auth: oauth`)"
        }
    };
    let mut checks = vec![Check::new(State::Good, "caller", says.trim())];
    if embedded {
        let says = "the sandbox's own administrator; nothing has to be set";
        checks.push(Check::new(State::Good, "token", says));
        return checks;
    }
    let site = key.as_str().to_uppercase().replace('-', "_");
    let name = match auth {
        Auth::Classic | Auth::Scoped => "API_TOKEN",
        Auth::Oauth => "CLIENT_SECRET",
    };
    let own = format!("PORTCULLIS_{site}_{name}");
    let from = if lookup(&own).is_some_and(|token| !token.is_empty()) {
        own
    } else {
        format!("PORTCULLIS_{name}")
    };
    checks.push(Check::new(
        State::Good,
        "token",
        format!("{kind}, from {from}"),
    ));
    checks.push(age(auth, declared.token_expires.as_ref(), today));
    checks
}

/// Says when the token ends, which only the workspace can know.
fn age(auth: Auth, expires: Option<&Located<Date>>, today: Date) -> Check {
    let what = "age of the token";
    let shows = match auth {
        Auth::Classic | Auth::Scoped => {
            "id.atlassian.com > Security > API tokens shows when it ends"
        }
        Auth::Oauth => {
            "admin.atlassian.com > Directory > Service accounts shows when its credentials end"
        }
    };
    let Some(expires) = expires else {
        let says =
            "Atlassian tells no program how old a token is; API tokens end after a year at most";
        let hint =
            format!("{shows}: write the day as `token_expires`, and it is told 30 days ahead");
        return Check::new(State::Unknown, what, says).hint(hint);
    };
    let last = expires.value;
    let left = today.until(last).map_or(0, |left| left.get_days());
    match left {
        31.. => Check::new(
            State::Good,
            what,
            format!("it ends on {last} (`token_expires`)"),
        ),
        0..=30 => Check::new(
            State::Note,
            what,
            format!("it ends in {left} days, on {last} (`token_expires`)"),
        )
        .hint("make a new one, give it to the pipelines, and write its last day"),
        _ => Check::new(
            State::Note,
            what,
            format!("it should have ended on {last} (`token_expires`), and still works"),
        )
        .hint(format!("{shows}: write that day")),
    }
}

fn failed(what: &str, error: &ApiError) -> Check {
    let check = Check::new(State::Missing, what, error.to_string());
    match error.hint() {
        Some(hint) => check.hint(hint),
        None => check,
    }
}

/// Asks for the caller's rights: those of the site, and those of each declared project.
async fn rights(reader: &Reader, desired: &Desired<'_>, rights: &mut Rights) -> Vec<Check> {
    let mut checks = Vec::new();
    match reader
        .permissions(&["ADMINISTER", "USER_PICKER"], None)
        .await
    {
        Err(error) => checks.push(Check::new(State::Unknown, "rights", error.to_string())),
        Ok(held) => {
            rights.administer = held.get("ADMINISTER").copied();
            rights.browse_users = held.get("USER_PICKER").copied();
            checks.push(right(
                "Jira administrator",
                rights.administer,
                "makes accounts, deletes organizations",
            ));
            checks.push(right(
                "Browse users and groups",
                rights.browse_users,
                "finds accounts by address",
            ));
        }
    }
    let desks = match reader.service_desks().await {
        Ok(desks) => desks,
        Err(error) => {
            checks.push(Check::new(
                State::Unknown,
                "service projects",
                error.to_string(),
            ));
            return checks;
        }
    };
    rights.projects_known = true;
    for key in desired.site.projects.keys() {
        if !desks.iter().any(|desk| desk.key == key.as_str()) {
            let says = "the site shows no such service project to this account";
            checks.push(Check::new(State::Missing, key.as_str(), says).hint(
                "check the key, and that the account is an agent or administrator of the project",
            ));
            continue;
        }
        let keys = ["SERVICEDESK_AGENT", "ADMINISTER_PROJECTS"];
        let held = reader.permissions(&keys, Some(key.as_str())).await;
        let held = held.unwrap_or_else(|_| BTreeMap::new());
        let project = ProjectRights {
            agent: held.get(keys[0]).copied(),
            administer: held.get(keys[1]).copied(),
        };
        let state = match (project.agent, project.administer) {
            (Some(true), Some(true)) => State::Good,
            (None, _) | (_, None) => State::Unknown,
            _ => State::Note,
        };
        let says = format!(
            "agent: {}; administrator of the project: {}",
            answer(project.agent),
            answer(project.administer)
        );
        checks.push(Check::new(state, key.as_str(), says));
        rights.projects.insert(key.clone(), project);
    }
    checks
}

fn answer(held: Option<bool>) -> &'static str {
    match held {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    }
}

fn right(what: &str, held: Option<bool>, does: &str) -> Check {
    match held {
        Some(true) => Check::new(State::Good, what, format!("yes: {does}")),
        Some(false) => Check::new(State::Note, what, format!("no ({does})")),
        None => Check::new(State::Unknown, what, format!("not known ({does})")),
    }
}

/// Tries what also decides who gets in: read and told by `plan`, `who`, `explain` and `review`, and judged by none of them.
async fn doors(reader: &Reader, desired: &Desired<'_>, rights: &Rights) -> Vec<Check> {
    let what = "help centers";
    let unread = |why: &dyn std::fmt::Display| {
        let text = format!(
            "those with an audience, and support sites of Customer Service Management, are not read: {why}"
        );
        Check::new(State::Note, what, text)
    };
    let help_centers = match crate::observe::help_centers(reader, &desired.site.surfaces).await {
        None => unread(&"the surface `gateway` is not used (`deny`)"),
        Some(Read::Incomplete(why)) => unread(&why.why),
        Some(Read::Complete(centers)) => {
            let centers = counted(centers.len(), "help center", "help centers");
            Check::new(
                State::Good,
                what,
                format!("{centers}, with who may enter each"),
            )
        }
    };
    let what = "request types";
    let restricted = reader.restricted_request_types().await;
    let request_types = match (restricted, rights.administer) {
        (Err(error), _) => Check::new(State::Note, what, format!("not read: {error}")),
        (Ok(types), Some(true)) => Check::new(
            State::Good,
            what,
            match types.len() {
                0 => "none is for some people only".to_owned(),
                n => format!(
                    "{} for some people only; for whom, no API tells",
                    counted(n, "request type", "request types")
                ),
            },
        ),
        (Ok(_), _) => Check::new(
            State::Note,
            what,
            "those that are for some people only are shown to administrators only",
        ),
    };
    let never = Check::new(
        State::Note,
        "never read",
        "blocked and allowed senders of a project's e-mail channel, chat channels, and the access settings of team-managed projects: no API tells them",
    );
    vec![help_centers, request_types, never]
}
