//! `portcullis plan`: what would change, and why.

use super::args::{Global, PlanArguments, PlanFormat};
use super::{Lookup, Output, accept, observe};
use crate::base::{self, Base, BaseError};
use crate::config::Workspace;
use crate::exit::Exit;
use crate::model::SiteKey;
use crate::observed::Observed;
use crate::report::build::{self, Planned};
use crate::report::document::{Made, PlanDocument};
use crate::report::{gitlab, html, json, markdown, privacy, text};
use camino::Utf8Path;

/// The variable whose value goes into pseudonyms, so that nobody without it can check a guess.
pub(super) const PSEUDONYM_KEY: &str = "PORTCULLIS_PSEUDONYM_KEY";

/// One site, read and planned.
struct Site {
    planned: Planned,
    /// What the base would do to the same live state.
    before: Option<Planned>,
    observed: Observed,
}

/// Runs the command.
pub(super) async fn run(
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match plan(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn plan(
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let reach = &arguments.reach;
    let workspace = observe::load_targets(reach, global, output)?;
    let base = match &arguments.base {
        Some(revision) => open_base(&reach.dir, revision, global, output)?,
        None => None,
    };
    let before = base.as_ref().and_then(|base| base.workspace.as_ref());
    let mut sites: Vec<Site> = Vec::new();
    let mut worst = Exit::Done;
    for key in observe::sites(&workspace, reach, output)? {
        let result = match &arguments.observed {
            Some(file) => snapshot(file, output)
                .map(|observed| judge(&workspace, before, &key, arguments, None, global, observed)),
            None => live(&workspace, before, &key, arguments, global, output, lookup).await,
        };
        match result {
            Ok(site) => sites.extend(site),
            Err(exit) => worst = worst.and(exit),
        }
    }
    if sites.is_empty() && worst != Exit::Done {
        return Err(worst);
    }
    let from = match arguments.observed {
        Some(_) => Made::SNAPSHOT,
        None => Made::LIVE,
    };
    let made = accept::made(from, sites.iter().map(|site| &site.observed));
    let (mut planned, before): (Vec<_>, Vec<_>) = sites
        .into_iter()
        .map(|site| (site.planned, site.before))
        .unzip();
    let overridden = accept::accept(&workspace, &mut planned, None, global.today(), output)?;
    let mut document = build::document(&workspace, &planned);
    if let Some(by) = &overridden {
        build::set_overridden(&mut document, by);
    }
    document.made = Some(made);
    build::set_arguments(&mut document, &reach.dir, reach.narrowed());
    if let Some(base) = &base {
        let before: Vec<Planned> = before.into_iter().flatten().collect();
        let there = build::document(base.workspace.as_ref().unwrap_or(&workspace), &before);
        base::mark_origins(&mut document, &there);
    }
    if worst != Exit::Done {
        document.errored = true;
        document.complete = false;
        document.applyable = false;
    }
    if arguments.observed.is_some() {
        document.applyable = false;
    }
    let errors = observe::exit_of_plans(&planned);
    let mut exit = worst.and(errors);
    if arguments.detailed_exitcode && !document.resource_changes.is_empty() {
        exit = exit.and(Exit::Changes);
        if document
            .resource_changes
            .iter()
            .any(|row| !row.portcullis.blocked_by.is_empty())
        {
            exit = exit.and(Exit::Blocked);
        }
    }
    build::set_exit(&mut document, exit);
    let key = lookup(PSEUDONYM_KEY);
    let document = privacy::redact(document, global.privacy, key.as_deref());
    if let Some(path) = &arguments.out {
        save(path, &document, output)?;
    }
    let form = (arguments.format, arguments.max_bytes);
    let exit = render(&document, form, exit, output);
    accept::explain(&workspace, &planned, output);
    // The forms for people say it themselves.
    if matches!(arguments.format, PlanFormat::Json | PlanFormat::Gitlab) {
        accept::advise(&document, output);
    }
    Ok(exit)
}

/// Opens the base. One that is itself invalid must not stop the pull request that mends it, so it is only told.
fn open_base(
    directory: &Utf8Path,
    revision: &str,
    global: &Global,
    output: &mut Output,
) -> Result<Option<Base>, Exit> {
    match Base::open(directory, revision, global.today()) {
        Ok(base) => Ok(Some(base)),
        Err(error @ BaseError::Invalid { .. }) => {
            output.note(&format!("warning: {error}; no origins are told"));
            Ok(None)
        }
        Err(error @ BaseError::Unknown(..)) => {
            Err(output.fail(Exit::Usage, &error.to_string(), Some(FETCH)))
        }
        Err(error) => Err(output.fail(Exit::Unreadable, &error.to_string(), Some(FETCH))),
    }
}

/// What helps when a revision is not known.
pub(super) const FETCH: &str = "a shallow clone has few revisions: fetch it first, such as with `fetch-depth: 0` in actions/checkout";

/// Plans one site, and what the base would do to it.
fn judge(
    workspace: &Workspace,
    before: Option<&Workspace>,
    key: &SiteKey,
    arguments: &PlanArguments,
    atlassian_id: Option<&str>,
    global: &Global,
    observed: Observed,
) -> Option<Site> {
    let of = |workspace| {
        let desired = observe::desired(
            workspace,
            key,
            &arguments.reach,
            atlassian_id,
            global.today(),
        )?;
        Some(observe::plan(&desired, &observed))
    };
    Some(Site {
        planned: of(workspace)?,
        before: before.and_then(of),
        observed,
    })
}

async fn live(
    workspace: &Workspace,
    before: Option<&Workspace>,
    key: &SiteKey,
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Option<Site>, Exit> {
    let reach = &arguments.reach;
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let atlassian_id = session.atlassian_id.clone();
    let Some(desired) = observe::desired(
        workspace,
        key,
        reach,
        atlassian_id.as_deref(),
        global.today(),
    ) else {
        return Ok(None);
    };
    let observed = observe::read_to_plan(&session, &desired, output).await;
    if let Err(error) = session.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    let id = atlassian_id.as_deref();
    Ok(judge(
        workspace, before, key, arguments, id, global, observed?,
    ))
}

/// Reads a snapshot.
pub(super) fn snapshot(file: &Utf8Path, output: &mut Output) -> Result<Observed, Exit> {
    let text = fs_err::read_to_string(file)
        .map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("`{file}` is not a snapshot: {error}");
        output.fail(
            Exit::Usage,
            &message,
            Some("write one with `portcullis export --snapshot FILE`"),
        )
    })
}

fn save(path: &Utf8Path, document: &PlanDocument, output: &mut Output) -> Result<(), Exit> {
    fs_err::write(path, json::plan_json(document))
        .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))
}

/// Writes a plan in the form asked for; the number is the most bytes that Markdown may take.
pub(super) fn render(
    document: &PlanDocument,
    (format, max_bytes): (PlanFormat, usize),
    exit: Exit,
    output: &mut Output,
) -> Exit {
    let written = match format {
        PlanFormat::Text => text::plan(document, output.style, &mut output.data),
        PlanFormat::Json => output.data.write_all(json::plan_json(document).as_bytes()),
        PlanFormat::Markdown => {
            let text = markdown::plan(document, max_bytes);
            output.data.write_all(text.as_bytes())
        }
        PlanFormat::Html => html::plan(document, &mut output.data),
        PlanFormat::Gitlab => output.data.write_all(gitlab::plan(document).as_bytes()),
    };
    output.finish(written, exit)
}
