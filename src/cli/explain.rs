//! `portcullis explain`: what account somebody would get, what they reach, and why.

use super::args::{ExplainArguments, Global, Limits, Reach, ReportFormat};
use super::{Lookup, Output, observe, plan};
use crate::access::State;
use crate::access::explain::text::Form;
use crate::access::explain::{Asked, explain, json, text};
use crate::config::Workspace;
use crate::desired::Desired;
use crate::desired::ends::Ends;
use crate::diagnostic::json::to_text;
use crate::exit::Exit;
use crate::files::Given;
use crate::model::{Email, ProjectKey, SiteKey};
use crate::observe::{Whole, observe_site};
use crate::observed::Observed;
use crate::report::privacy;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Runs the command.
pub(super) async fn run(
    arguments: &ExplainArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match explained(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn explained(
    arguments: &ExplainArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let asked = asked(arguments, output)?;
    let only = match &arguments.project {
        None => None,
        Some(key) => Some(project(key, output)?),
    };
    let snapshot = match &arguments.observed {
        Some(file) => Some(plan::snapshot(file, output)?),
        None => None,
    };
    let mut reach = reach(arguments.dir.as_ref(), arguments.site.as_ref());
    let workspace = observe::load(&reach.dir, global, output)?;
    let key = one_site(&workspace, &mut reach, snapshot.as_ref(), output)?;
    let Some(desired) = observe::desired(&workspace, &key, &reach, None, global.today()) else {
        return Ok(Exit::Done);
    };
    let wanted = State::offline(&desired);
    let mut beside = Wanted {
        only: only.clone(),
        ..Wanted::default()
    };
    if let Asked::Address(email) = &asked {
        beside.people.insert(*email);
        // Only somebody with an account can be in a role or a group.
        beside.roles = true;
    }
    let (from, given) = (
        (&workspace, &key, &reach, global),
        (snapshot, arguments.live),
    );
    let observed = seen(from, given, beside, output, lookup).await?;
    let state = observed
        .as_ref()
        .map(|observed| State::live(&desired, observed));
    if let Some(only) = &only
        && wanted.project(only.as_str()).is_none()
        && state
            .as_ref()
            .is_none_or(|state| state.project(only.as_str()).is_none())
    {
        return Err(no_project(
            state.as_ref().unwrap_or(&wanted),
            only.as_str(),
            state.is_some(),
            output,
        ));
    }
    let mut as_desired = explain(&wanted, &asked, only.as_ref());
    let mut as_live = state
        .as_ref()
        .map(|state| explain(state, &asked, only.as_ref()));
    let secret = output.pseudonym_key.clone();
    for explanation in as_live.iter_mut().chain([&mut as_desired]) {
        privacy::redact_explanation(explanation, output.privacy, secret.as_deref());
    }
    let (main, other) = match &as_live {
        Some(live) => (live, Some(&as_desired)),
        None => (&as_desired, None),
    };
    let who = match &asked {
        Asked::Address(email) => {
            privacy::Mask::new(output.privacy, secret.as_deref()).who(email.key())
        }
        class => class.to_string(),
    };
    let exit = Exit::Done;
    let sources = &workspace.sources;
    let ends = match &asked {
        Asked::Address(email) => {
            let mut organizations = wanted.organizations_of(email);
            let live = state.iter();
            organizations.extend(live.flat_map(|state| state.organizations_of(email)));
            Ends::of(&desired).of_address(email, &organizations)
        }
        _ => Vec::new(),
    };
    let written = match arguments.format {
        ReportFormat::Text => {
            let form = Form {
                rules: arguments.rules,
                channels: arguments.channels,
                width: output.style.width,
            };
            let of = (key.as_str(), who.as_str());
            text::write(&mut output.data, of, main, other, &ends, sources, form)
        }
        ReportFormat::Json => {
            let other = other.filter(|other| !main.agrees(other));
            let document = json::document(key.as_str(), &who, main, other, &ends, sources, exit);
            output.data.write_all(to_text(&document).as_bytes())
        }
    };
    Ok(output.finish(written, exit))
}

/// Reads of whom the command is asked.
fn asked(arguments: &ExplainArguments, output: &mut Output) -> Result<Asked, Exit> {
    let who = &arguments.who;
    if arguments.dir.is_none() && is_directory(who) {
        let message = format!("WHO is missing: `{who}` is a directory");
        let hint = format!("`portcullis explain {who} WHO`");
        return Err(output.fail(Exit::Usage, &message, Some(&hint)));
    }
    Asked::new(who).map_err(|error| {
        let message = format!("invalid address `{who}`: {error}");
        let hint = "WHO is an address, `anonymous`, `anyone`, `any_customer`, or `*@domain`";
        output.fail(Exit::Usage, &message, Some(hint))
    })
}

fn project(key: &str, output: &mut Output) -> Result<ProjectKey, Exit> {
    ProjectKey::new(key).map_err(|error| {
        let message = format!("invalid project key `{key}`: {error}");
        output.fail(Exit::Usage, &message, None)
    })
}

/// Returns how the workspace is reached, for commands that ask about one site.
pub(super) fn reach(dir: Option<&Utf8PathBuf>, site: Option<&String>) -> Reach {
    Reach {
        dir: dir.cloned().unwrap_or_else(|| Utf8PathBuf::from(".")),
        site: site.cloned().into_iter().collect(),
        target: Vec::new(),
        partial: false,
        limits: Limits::default(),
    }
}

/// Chooses the one site that is meant: the one asked for, else the snapshot's, else the only one.
pub(super) fn one_site(
    workspace: &Workspace,
    reach: &mut Reach,
    snapshot: Option<&Observed>,
    output: &mut Output,
) -> Result<SiteKey, Exit> {
    if reach.site.is_empty()
        && let Some(observed) = snapshot
        && workspace.sites.contains_key(&observed.site)
    {
        reach.site.push(observed.site.to_string());
    }
    let mut sites = observe::sites(workspace, reach, output)?;
    if sites.len() > 1 {
        let known: Vec<&str> = sites.iter().map(SiteKey::as_str).collect();
        let hint = format!("choose one with --site: {}", known.join(", "));
        let message = "the workspace has several sites";
        return Err(output.fail(Exit::Usage, message, Some(&hint)));
    }
    let key = sites.remove(0);
    if let Some(observed) = snapshot
        && observed.site != key
    {
        output.note(&format!(
            "warning: the snapshot is of a site called `{}`, and is taken for `{key}`",
            observed.site
        ));
    }
    Ok(key)
}

/// Says that a project is not there, and which ones are.
///
/// `read` is false where the site itself was not asked.
pub(super) fn no_project(state: &State<'_>, key: &str, read: bool, output: &mut Output) -> Exit {
    let known: Vec<&str> = state
        .projects
        .iter()
        .map(|project| project.key.as_str())
        .collect();
    let mut hint = match known.as_slice() {
        [] => "no project is described".to_owned(),
        known => match crate::config::closest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the projects are: {}", known.join(", ")),
        },
    };
    if !read {
        let with = match hint.ends_with('?') {
            true => " With",
            false => "; with",
        };
        hint.push_str(with);
        hint.push_str(" `--live`, those that only the site has as well");
    }
    output.fail(
        Exit::Usage,
        &format!("there is no project `{key}`"),
        Some(&hint),
    )
}

/// Whether the one argument of a command that takes `[DIR]` first is a workspace, or a directory where there is no workspace here.
pub(super) fn is_directory(argument: &str) -> bool {
    let directory = Utf8Path::new(argument);
    let has_root =
        |directory: &Utf8Path| Given::new(directory.join(crate::config::ROOT_FILE)).is_there();
    Given::new(directory).is_a_directory() && (has_root(directory) || !has_root(Utf8Path::new(".")))
}

/// What to read of a live site beyond what every answer needs.
#[derive(Default)]
pub(super) struct Wanted {
    /// Addresses to look up.
    pub(super) people: BTreeSet<Email>,
    /// The project whose permission scheme is needed; without it, those of all.
    pub(super) only: Option<ProjectKey>,
    /// Whether to read who is in the roles and groups of those projects.
    pub(super) roles: bool,
}

/// What a question about a site is asked of, beside the workspace: a snapshot, the site itself where that was asked for with
/// `--live`, or nothing.
pub(super) async fn seen(
    from: (&Workspace, &SiteKey, &Reach, &Global),
    given: (Option<Observed>, bool),
    wanted: Wanted,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Option<Observed>, Exit> {
    let (workspace, key, reach, global) = from;
    Ok(match given {
        (Some(snapshot), _) => Some(snapshot),
        (None, false) => None,
        (None, true) => Some(live(workspace, key, reach, global, wanted, output, lookup).await?),
    })
}

/// Reads what access on a site depends on.
async fn live(
    workspace: &Workspace,
    key: &SiteKey,
    reach: &Reach,
    global: &Global,
    wanted: Wanted,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Observed, Exit> {
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let atlassian = session.atlassian_id.as_deref();
    let Some(desired): Option<Desired<'_>> =
        observe::desired(workspace, key, reach, atlassian, global.today())
    else {
        return Ok(Observed::nothing(key.clone()));
    };
    let reader = session.connection.reader();
    let whole = Whole {
        people: wanted.people,
        only: wanted.only,
        staff: wanted.roles,
        ..Whole::new(&desired.site.surfaces, desired.atlassian_id.as_deref())
    };
    let read = observe_site(&reader, key.clone(), whole).await;
    if let Err(error) = session.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    match read {
        Ok(observed) => {
            observe::tell_gaps(&observed, output);
            Ok(observed)
        }
        Err(error) => {
            let message = format!("site `{key}` cannot be read: {error}");
            Err(output.fail(observe::exit_of(&error), &message, error.hint().as_deref()))
        }
    }
}
