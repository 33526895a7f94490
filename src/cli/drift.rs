//! `portcullis drift`: what differs, and whose doing it is. Holds readers only, so it cannot write to the site.

mod logs;

use super::args::{DriftArguments, DriftFormat, Global};
use super::plan::refuse_base;
use super::{Lookup, Output, observe};
use crate::base::{self, Base, BaseError};
use crate::config::{Sources, Workspace};
use crate::diagnostic::{FileId, Span};
use crate::drift::{self, blame::Logs};
use crate::exit::Exit;
use crate::files::{self, Access, Given};
use crate::model::{Address, SiteKey};
use crate::observed::Observed;
use crate::patch::{self, Difference};
use crate::pipeline;
use crate::plan::{Change, Plan};
use crate::report::build::{self, Planned};
use crate::report::document::ResourceChange;
use crate::report::drift::{self as report, DriftDocument, EarlierDrift};
use crate::report::html;
use crate::report::privacy;
use camino::Utf8Path;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// One site, read.
struct Read {
    key: SiteKey,
    observed: Observed,
    atlassian_id: Option<String>,
    /// What the base would do to the site.
    base: Option<Plan>,
    /// What the audit logs say, where they were asked.
    logs: Option<Logs>,
    requests: u64,
}

/// Runs the command.
pub(super) async fn run(
    arguments: &DriftArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match drift(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn drift(
    arguments: &DriftArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let reach = &arguments.reach;
    let today = global.today();
    let earlier = match &arguments.since {
        Some(file) => Some((file, earlier(file, output)?)),
        None => None,
    };
    let workspace = observe::load_targets(reach, global, output)?;
    let base = open_base(arguments, today, output)?;
    let mut found = Found::new(DriftDocument::new(arguments.base.as_deref()));
    let mut read = Vec::new();
    for key in observe::sites(&workspace, reach, output)? {
        match live(
            &workspace,
            base.as_ref(),
            key,
            arguments,
            global,
            output,
            lookup,
        )
        .await
        {
            Ok(site) => read.push(site),
            Err(exit) => found.worst = found.worst.and(exit),
        }
    }
    for (index, site) in read.iter_mut().enumerate() {
        found.add(&workspace, arguments, today, (index, site));
    }
    let Found {
        mut document,
        worst,
        planned,
        ..
    } = found;
    document.note(
        &workspace,
        &drift::acceptances(&workspace, &found.used, &found.roots, today),
    );
    if read.is_empty() && worst != Exit::Done {
        return Err(worst);
    }
    if let Some(file) = &arguments.write_patch {
        let mut proposed = propose(&workspace, &read, &found.reverts, arguments, today);
        let why = "the files change it as well since the base: decide which of the two holds";
        let others = found
            .by_branch
            .into_iter()
            .map(|address| (address, why.into()));
        proposed.left.extend(others);
        save(&proposed, file, output)?;
        document.patched(&proposed, file.as_str());
    }
    let secret = output.pseudonym_key.clone();
    let mut judged = build::document(&workspace, &planned);
    build::set_arguments(&mut judged, &reach.dir, reach.narrowed());
    if let Some(made) = &mut judged.made {
        super::source::stamp(made, &reach.dir, global, lookup);
    }
    document.judged(privacy::redact(judged, output.privacy, secret.as_deref()));
    let exit = worst.and(ended(&document, &planned, arguments));
    document.finish(exit);
    privacy::redact_drift(&mut document, output.privacy, secret.as_deref());
    if let Some((file, earlier)) = &earlier {
        document.since(file.as_str(), earlier);
    }
    let written = match arguments.format {
        DriftFormat::Json => report::json(&document, &mut output.data),
        DriftFormat::Html => html::drift(&document, &mut output.data),
        DriftFormat::Text => report::text(&document, output.style, &mut output.data),
    };
    Ok(output.finish(written, exit))
}

/// What was found on all sites.
struct Found {
    document: DriftDocument,
    /// How urgently what could not be read ends the command.
    worst: Exit,
    planned: Vec<Planned>,
    /// The acceptances that a difference met, and the keys below which everything could be compared.
    used: BTreeSet<Span>,
    roots: BTreeSet<String>,
    /// What can be accepted by an edit, by the position of the site.
    reverts: Vec<(usize, Vec<Change>)>,
    /// What the files change as well since the base.
    by_branch: Vec<String>,
}

impl Found {
    const fn new(document: DriftDocument) -> Self {
        Self {
            document,
            worst: Exit::Done,
            planned: Vec::new(),
            used: BTreeSet::new(),
            roots: BTreeSet::new(),
            reverts: Vec::new(),
            by_branch: Vec::new(),
        }
    }

    /// Compares a site with the files.
    fn add(
        &mut self,
        workspace: &Workspace,
        arguments: &DriftArguments,
        today: Date,
        (index, site): (usize, &mut Read),
    ) {
        let id = site.atlassian_id.as_deref();
        let Some(desired) = observe::desired(workspace, &site.key, &arguments.reach, id, today)
        else {
            return;
        };
        let head = pipeline::difference(&desired, &site.observed);
        let standing = pipeline::standing(head.clone(), &desired, &site.observed);
        let base_plan = site.base.take();
        let based = base_plan.is_some();
        let found = drift::compare(head, base_plan, &standing.plan, &desired, today);
        self.planned.push(standing);
        let document = &mut self.document;
        let before = document.resource_drift.len();
        let changes_before = document.resource_changes.len();
        document.add(workspace, site.key.as_str(), &found, based);
        if let Some(logs) = &site.logs {
            let waiting: Vec<ResourceChange> = document.waiting(changes_before).cloned().collect();
            let differing = &document.resource_drift[before..];
            let rows = logs::rows(logs, &site.observed, (differing, &waiting));
            document.blame.get_or_insert_default().extend(rows);
        }
        document.note(workspace, &drift::attestations(&desired));
        document.requests += site.requests;
        let accepted = found.accepted.iter();
        self.used
            .extend(accepted.map(|accepted| accepted.acceptance.span));
        if found.errors.is_empty() {
            self.roots.insert(site.key.as_str().to_owned());
            self.roots
                .extend(desired.atlassian.map(|(key, _)| key.to_owned()));
        }
        for error in &found.errors {
            self.worst = self.worst.and(if error.cause.forbidden {
                Exit::Forbidden
            } else {
                Exit::Unreadable
            });
        }
        let (mine, others): (Vec<Change>, Vec<Change>) = found
            .foreign
            .into_iter()
            .partition(|change| found.revertible.contains(&change.address));
        let others = others.iter().map(|change| change.address.to_string());
        self.by_branch.extend(others);
        self.reverts.push((index, mine));
    }
}

/// Opens the base, where one is named, and says what is remarkable about it.
fn open_base(
    arguments: &DriftArguments,
    today: Date,
    output: &mut Output,
) -> Result<Option<Base>, Exit> {
    let Some(revision) = &arguments.base else {
        return Ok(None);
    };
    let opened = Base::open(&arguments.reach.dir, revision, today);
    let base = opened.map_err(|error| match error {
        BaseError::Invalid { .. } => {
            let hint = error.hint();
            output.fail(Exit::Invalid, &error.to_string(), hint.as_deref())
        }
        error => refuse_base(&error, output),
    })?;
    for (_, remark) in base.remarks() {
        output.note(&format!("warning: {remark}"));
    }
    Ok(Some(base))
}

/// Reads an earlier report.
fn earlier(file: &Utf8Path, output: &mut Output) -> Result<EarlierDrift, Exit> {
    let read = Given::new(file).read_text(files::LARGE);
    let text = read.map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    EarlierDrift::read(&text)
        .map_err(|why| output.fail(Exit::Usage, &format!("`{file}` {why}"), None))
}

/// Writes a patch, where there is something in it.
fn save(proposed: &patch::Patch, file: &Utf8Path, output: &mut Output) -> Result<(), Exit> {
    if proposed.diff.is_empty() {
        return Ok(());
    }
    let patch = proposed.diff.as_bytes();
    Given::new(file)
        .replace(Access::Ordinary, |file| file.write_all(patch))
        .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))
}

/// Returns how what was found ends the command.
fn ended(document: &DriftDocument, planned: &[Planned], arguments: &DriftArguments) -> Exit {
    let checks = observe::exit_of_checks(planned);
    if !arguments.detailed_exitcode {
        checks
    } else if document.differs() {
        checks.and(Exit::Changes)
    } else if document.waits() && !arguments.allow_manual {
        checks.and(Exit::ManualStepsRemain)
    } else {
        checks
    }
}

/// Reads a site as far as the files need it, and as far as the base does where that is something else.
async fn live(
    workspace: &Workspace,
    base: Option<&Base>,
    key: SiteKey,
    arguments: &DriftArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Read, Exit> {
    let reach = &arguments.reach;
    let today = global.today();
    let session = observe::open(workspace, &key, reach, today, output, lookup).await?;
    let atlassian_id = session.atlassian_id.clone();
    let id = atlassian_id.as_deref();
    let head = observe::desired(workspace, &key, reach, id, today).ok_or(Exit::Invalid)?;
    let read = observe::read(&session, &head, output).await;
    let before = base.and_then(|base| base.workspace.as_ref());
    let mut base_plan = base.map(|_| None);
    if let (Ok(observed), Some(before)) = (&read, before)
        && let Some(desired) = observe::desired(before, &key, reach, id, today)
    {
        let plan = if same_files(&workspace.sources, &before.sources) {
            pipeline::difference(&desired, observed)
        } else {
            let observed = observe::read(&session, &desired, output).await?;
            pipeline::difference(&desired, &observed)
        };
        base_plan = Some(Some(plan));
    }
    let logs = match arguments.blame && read.is_ok() {
        true => Some(logs::read(&session.connection.reader(), &head).await),
        false => None,
    };
    let requests = session.connection.requests();
    if let Err(error) = session.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    let observed = read?;
    // Where there was nothing before, the base asks for nothing.
    let nothing = || Plan {
        changes: Vec::new(),
        errors: Vec::new(),
        ..pipeline::difference(&head, &observed)
    };
    let base = base_plan.map(|plan| plan.unwrap_or_else(nothing));
    Ok(Read {
        key,
        base,
        logs,
        atlassian_id: atlassian_id.clone(),
        requests,
        observed,
    })
}

fn same_files(one: &Sources, other: &Sources) -> bool {
    (0..=u16::MAX)
        .map(|number| (one.get(FileId(number)), other.get(FileId(number))))
        .take_while(|pair| pair.0.is_some() || pair.1.is_some())
        .all(|pair| matches!(pair, (Some(a), Some(b)) if a.path == b.path && a.text == b.text))
}

/// Proposes the edit that accepts what somebody changed.
fn propose(
    workspace: &Workspace,
    read: &[Read],
    reverts: &[(usize, Vec<Change>)],
    arguments: &DriftArguments,
    today: Date,
) -> patch::Patch {
    let reach = &arguments.reach;
    let differences: Vec<Difference<'_>> = reverts
        .iter()
        .map(|(index, changes)| Difference {
            site: &read[*index].key,
            observed: &read[*index].observed,
            changes: changes.iter().collect(),
        })
        .collect();
    let replan = |workspace: &Workspace, key: &SiteKey| -> BTreeSet<String> {
        let Some(site) = read.iter().find(|site| site.key == *key) else {
            return BTreeSet::new();
        };
        let id = site.atlassian_id.as_deref();
        observe::desired(workspace, key, reach, id, today)
            .map(|desired| pipeline::difference(&desired, &site.observed))
            .map(|plan| {
                let addresses = plan.changes.iter().map(|change| &change.address);
                let errors = plan.errors.iter().map(|error| &error.address);
                addresses.chain(errors).map(Address::to_string).collect()
            })
            .unwrap_or_default()
    };
    let directory: &Utf8Path = &workspace.root;
    let prefix = base::prefix(directory).unwrap_or_default();
    patch::propose(workspace, &differences, &prefix, today, &replan)
}
