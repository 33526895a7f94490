//! `portcullis plan`: what would change, and why.

use super::args::{Global, PlanArguments, PlanFormat};
use super::law::{self, Law};
use super::{Lookup, Output, accept, observe};
use crate::base::{self, Base, BaseError, History};
use crate::config::Workspace;
use crate::exit::Exit;
use crate::files::{self, Access, Given};
use crate::model::SiteKey;
use crate::observed::{Observed, snapshot as snapshots};
use crate::pipeline;
use crate::plan::Change;
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
    /// The same of the files where the branch left the base, while it is behind.
    fork: Option<Planned>,
    /// This plan's rows by the rules of the base alone.
    by_the_base: Option<Planned>,
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
    let mut workspace = observe::load_targets(reach, global, output)?;
    let base = match &arguments.base {
        Some(revision) => Some(open_base(&reach.dir, revision, global, output)?),
        None => None,
    };
    let (named, rules) = (arguments.base.as_deref(), arguments.rules_from.as_deref());
    let source = law::Source::open(&reach.dir, named, rules, global, output)?;
    let mut rule_changes = source.changes(base.as_ref(), &workspace, &reach.target);
    let law = source.law(base.as_ref(), &mut workspace);
    let workspace = workspace;
    let compared = Compared::with(base.as_ref(), &law);
    let (sites, worst) = read(&workspace, &compared, arguments, global, output, lookup).await?;
    if sites.is_empty() && worst != Exit::Done {
        return Err(worst);
    }
    let from = match arguments.observed {
        Some(_) => Made::SNAPSHOT,
        None => Made::LIVE,
    };
    let (mut planned, mut others, mut observed) = (Vec::new(), Vec::new(), Vec::new());
    let mut by_the_base = Vec::new();
    for site in sites {
        planned.push(site.planned);
        by_the_base.extend(site.by_the_base);
        others.push((site.before, site.fork));
        observed.push(site.observed);
    }
    let accepted = law.accepted(&workspace);
    let today = global.today();
    let overridden = accept::accept(&workspace, accepted, &mut planned, None, today, output)?;
    let mut document = build::document(&workspace, &planned);
    if let Some(by) = &overridden {
        build::set_overridden(&mut document, by);
    }
    accept::stamp(&mut document, from, &observed);
    // A large site takes much room, and what follows takes some of its own.
    drop(observed);
    if let Some(made) = &mut document.made {
        made.partial = reach.partial;
        super::source::stamp(made, &reach.dir, global, lookup);
    }
    build::set_arguments(&mut document, &reach.dir, reach.narrowed());
    match &base {
        Some(Ok(base)) => tell_origins(&mut document, base, &workspace, others),
        Some(Err(why)) => base::mark_unknown(&mut document, why),
        None => {}
    }
    base::outcomes(
        &mut rule_changes,
        &planned,
        &by_the_base,
        overridden.is_some(),
    );
    base::tell_rules(&mut document, rule_changes);
    if worst != Exit::Done {
        document.errored = true;
        document.complete = false;
        document.applyable = false;
    }
    if arguments.observed.is_some() {
        document.applyable = false;
    }
    observe::tell_unread(&planned, output);
    let exit = worst.and(ended(&document, &planned, arguments, output));
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

/// Reads and plans the sites; the exit is how urgently those that could not be read end the command.
async fn read(
    workspace: &Workspace,
    compared: &Compared<'_>,
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<(Vec<Site>, Exit), Exit> {
    let mut sites: Vec<Site> = Vec::new();
    let mut worst = Exit::Done;
    for key in observe::sites(workspace, &arguments.reach, output)? {
        let result = match &arguments.observed {
            Some(file) => snapshot(file, output).map(|observed| {
                judge(workspace, compared, &key, arguments, None, global, observed)
            }),
            None => live(workspace, compared, &key, arguments, global, output, lookup).await,
        };
        match result {
            Ok(site) => sites.extend(site),
            Err(exit) => worst = worst.and(exit),
        }
    }
    Ok((sites, worst))
}

/// Returns how what was planned ends the command.
fn ended(
    document: &PlanDocument,
    planned: &[Planned],
    arguments: &PlanArguments,
    output: &mut Output,
) -> Exit {
    let mut exit = observe::exit_of_plans(planned).and(observe::exit_of_checks(planned));
    let mut rows = document.resource_changes.iter();
    if rows.any(|row| !row.portcullis.blocked_by.is_empty()) {
        exit = exit.and(Exit::Blocked);
    }
    if !arguments.ignore_write_rights && !observe::lacking(planned).is_empty() {
        exit = exit.and(observe::lacks_a_right(planned, output));
    }
    if arguments.detailed_exitcode && !document.resource_changes.is_empty() {
        exit = exit.and(Exit::Changes);
    }
    exit
}

/// Opens the base. One that is itself invalid must not stop the pull request that mends it, so the reason is given back.
pub(super) fn open_base(
    directory: &Utf8Path,
    revision: &str,
    global: &Global,
    output: &mut Output,
) -> Result<Result<Base, String>, Exit> {
    match Base::open(directory, revision, global.today()) {
        Ok(base) => Ok(Ok(base)),
        Err(error @ BaseError::Invalid { .. }) => {
            output.note(&format!(
                "warning: {error}; no origins are told, and no rules of it judge"
            ));
            Ok(Err(error.to_string()))
        }
        Err(error) => Err(refuse_base(&error, output)),
    }
}

/// Ends a command whose base cannot be read.
pub(super) fn refuse_base(error: &BaseError, output: &mut Output) -> Exit {
    let exit = if error.is_usage() {
        Exit::Usage
    } else {
        Exit::Unreadable
    };
    output.fail(exit, &error.to_string(), error.hint().as_deref())
}

/// The workspaces that the branch's own is compared with.
struct Compared<'b> {
    base: Option<&'b Workspace>,
    fork: Option<&'b Workspace>,
    /// What judges beside the branch's own rules.
    law: &'b Law<'b>,
}

impl<'b> Compared<'b> {
    fn with(base: Option<&'b Result<Base, String>>, law: &'b Law<'b>) -> Self {
        let Some(Ok(base)) = base else {
            return Self {
                base: None,
                fork: None,
                law,
            };
        };
        Self {
            law,
            base: base.workspace.as_ref(),
            fork: match &base.history {
                History::Behind { fork, .. } => fork.workspace.as_ref(),
                _ => None,
            },
        }
    }
}

/// Marks whose doing each change is; `others` are what the base and the fork would do, site by site.
fn tell_origins(
    document: &mut PlanDocument,
    base: &Base,
    workspace: &Workspace,
    others: Vec<(Option<Planned>, Option<Planned>)>,
) {
    let (before, fork): (Vec<_>, Vec<_>) = others.into_iter().unzip();
    let of = |workspace, planned: Vec<Option<Planned>>| {
        let planned: Vec<Planned> = planned.into_iter().flatten().collect();
        build::document(workspace, &planned)
    };
    let there = of(base.workspace.as_ref().unwrap_or(workspace), before);
    let fork = match &base.history {
        History::Behind { fork: left, .. } => {
            Some(of(left.workspace.as_ref().unwrap_or(workspace), fork))
        }
        _ => None,
    };
    base::mark_origins(document, base, &there, fork.as_ref());
}

/// Plans one site, and what the workspaces that it is compared with would do to it.
fn judge(
    workspace: &Workspace,
    compared: &Compared<'_>,
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
        Some(pipeline::plan(&desired, &observed))
    };
    let mut desired = observe::desired(
        workspace,
        key,
        &arguments.reach,
        atlassian_id,
        global.today(),
    )?;
    compared.law.bind(&mut desired);
    let against = |change: &Change| compared.law.against(change, workspace);
    let planned = pipeline::plan_beside(&desired, &observed, against);
    let under = desired.under_the_base();
    let by_the_base = under.map(|under| pipeline::plan(&under, &observed));
    Some(Site {
        planned,
        by_the_base,
        before: compared.base.and_then(of),
        fork: compared.fork.and_then(of),
        observed,
    })
}

async fn live(
    workspace: &Workspace,
    compared: &Compared<'_>,
    key: &SiteKey,
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Option<Site>, Exit> {
    let reach = &arguments.reach;
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let atlassian_id = session.atlassian_id.clone();
    let Some(mut desired) = observe::desired(
        workspace,
        key,
        reach,
        atlassian_id.as_deref(),
        global.today(),
    ) else {
        return Ok(None);
    };
    compared.law.bind(&mut desired);
    let observed = observe::read(&session, &desired, output).await;
    if let Err(error) = session.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    let id = atlassian_id.as_deref();
    Ok(judge(
        workspace, compared, key, arguments, id, global, observed?,
    ))
}

/// Reads a snapshot.
pub(super) fn snapshot(file: &Utf8Path, output: &mut Output) -> Result<Observed, Exit> {
    let input = Given::new(file)
        .reader(files::LARGE)
        .map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    snapshots::read(input).map_err(|error| {
        let message = format!("`{file}` is not a snapshot: {error}");
        output.fail(
            Exit::Usage,
            &message,
            Some("write one with `portcullis export --snapshot FILE`"),
        )
    })
}

fn save(path: &Utf8Path, document: &PlanDocument, output: &mut Output) -> Result<(), Exit> {
    let text = json::plan_json(document);
    Given::new(path)
        .replace(Access::Private, |file| file.write_all(text.as_bytes()))
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
