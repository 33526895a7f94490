//! `portcullis apply`: plans, asks, carries out, reports.

use super::args::{ApplyArguments, Global, ReportFormat};
use super::law::{self, Law};
use super::progress::{self, Phases};
use super::question::Question;
use super::{Lookup, Output, accept, observe, plan};
use crate::apply::{Apply, ApplyReport, Journal, Stage};
use crate::base::{self, Base};
use crate::config::Workspace;
use crate::connect::Session;
use crate::desired::Desired;
use crate::exit::Exit;
use crate::files::{self, Access, Given, Root};
use crate::model::SiteKey;
use crate::neutral::phrase::{self, Phrase, ours, say};
use crate::observed::Observed;
use crate::pipeline;
use crate::plan::{Block, Change};
use crate::report::build::{self, Planned};
use crate::report::document::{Made, Override, PlanDocument};
use crate::report::json::ReadPlanError;
use crate::report::privacy::{self, Privacy};
use crate::report::record::{Approval, Record};
use crate::report::{applied, json, text};
use crate::{review, rules};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// A site that is open, read and planned.
struct Ready<'w> {
    session: Session,
    desired: Desired<'w>,
    observed: Observed,
}

/// What was planned, and what the policy says of it.
struct Judged<'p> {
    planned: &'p [Planned],
    /// Who overrode the policy.
    overridden: Option<Override>,
    /// How urgently sites that could not be planned end the command.
    unread: Exit,
}

/// Runs the command.
pub(super) async fn run(
    arguments: &ApplyArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match apply(arguments, global, output, lookup).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn apply(
    arguments: &ApplyArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Exit, Exit> {
    let mut workspace = observe::load_targets(&arguments.reach, global, output)?;
    let keys = observe::sites(&workspace, &arguments.reach, output)?;
    if arguments.report.is_some() && output.privacy != Privacy::Full {
        let message = "`--report` names people, and `--privacy` says that nobody be named";
        return Err(output.fail(Exit::Usage, message, Some("leave one of the two out")));
    }
    if arguments.plan.is_some() && !arguments.reach.target.is_empty() {
        let hint = "a reviewed plan says itself what is done; leave one of the two out";
        let message = "`--plan` and `--target` exclude each other";
        return Err(output.fail(Exit::Usage, message, Some(hint)));
    }
    let reviewed = match &arguments.plan {
        None => None,
        Some(file) => Some(reviewed(file, global, output)?),
    };
    let (base, source) = open_rules(arguments, global, output)?;
    let law = source.law(base.as_ref(), &mut workspace);
    let workspace = workspace;
    let mut ready: Vec<Ready<'_>> = Vec::new();
    let mut planned: Vec<Planned> = Vec::new();
    let mut worst = Exit::Done;
    for key in keys {
        match prepare((&workspace, &law), &key, arguments, global, output, lookup).await {
            Ok(site) => {
                let against = |change: &Change| law.against(change, &workspace);
                let (desired, observed) = (&site.desired, &site.observed);
                planned.push(match arguments.due {
                    true => pipeline::plan_due(desired, observed, against),
                    false => pipeline::plan_beside(desired, observed, against),
                });
                ready.push(site);
            }
            Err(exit) => worst = worst.and(exit),
        }
    }
    if let Some(reviewed) = &reviewed
        && worst == Exit::Done
        && let Err(exit) = only_reviewed(
            (&workspace, &law),
            &ready,
            &mut planned,
            reviewed,
            arguments,
            output,
        )
    {
        worst = worst.and(exit);
        planned.clear();
    }
    let asked = arguments.accept.as_deref();
    let accepted = accept::accept(
        &workspace,
        law.accepted(&workspace),
        &mut planned,
        asked,
        global.today(),
        output,
    );
    let exit = match accepted {
        Err(exit) => worst.and(exit),
        Ok(overridden) => {
            let reviewed = reviewed.as_ref();
            let judged = Judged {
                planned: &planned,
                overridden,
                unread: worst,
            };
            carry_out(&workspace, &ready, &judged, arguments, reviewed, output).await
        }
    };
    for site in ready {
        if let Err(error) = site.session.close().await {
            output.note(&format!(
                "warning: the sandbox's state could not be saved: {error}"
            ));
        }
    }
    Ok(exit)
}

/// Opens what other rules come from.
fn open_rules(
    arguments: &ApplyArguments,
    global: &Global,
    output: &mut Output,
) -> Result<(Option<Result<Base, String>>, law::Source), Exit> {
    let (named, rules) = (arguments.base.as_deref(), arguments.rules_from.as_deref());
    let directory = &arguments.reach.dir;
    let source = law::Source::open(directory, named, rules, global, output)?;
    let base = match (&source, named) {
        (law::Source::Base, Some(revision)) => {
            Some(plan::open_base(directory, revision, global, output)?)
        }
        _ => None,
    };
    Ok((base, source))
}

async fn prepare<'w, 'b: 'w>(
    (workspace, law): (&'w Workspace, &'w Law<'b>),
    key: &SiteKey,
    arguments: &ApplyArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Ready<'w>, Exit> {
    let reach = &arguments.reach;
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let mut desired = observe::desired(
        workspace,
        key,
        reach,
        session.atlassian_id.as_deref(),
        global.today(),
    )
    .ok_or(Exit::Invalid)?;
    law.bind(&mut desired);
    let observed = observe::read(&session, &desired, output).await?;
    Ok(Ready {
        session,
        desired,
        observed,
    })
}

async fn carry_out(
    workspace: &Workspace,
    ready: &[Ready<'_>],
    judged: &Judged<'_>,
    arguments: &ApplyArguments,
    reviewed: Option<&PlanDocument>,
    output: &mut Output,
) -> Exit {
    let planned = judged.planned;
    let mut document = build::document(workspace, planned);
    if let Some(by) = &judged.overridden {
        build::set_overridden(&mut document, by);
    }
    let observed = ready.iter().map(|site| &site.observed);
    accept::stamp(&mut document, Made::LIVE, observed);
    let reach = &arguments.reach;
    build::set_arguments(&mut document, &reach.dir, reach.narrowed());
    observe::tell_unread(planned, output);
    observe::tell_lacking(planned, output);
    let incomplete = judged.unread.and(observe::exit_of_plans(planned));
    let key = output.pseudonym_key.clone();
    let rows = match output.privacy {
        Privacy::Full => Vec::new(),
        Privacy::Pseudonymous | Privacy::Counts => document.resource_changes.clone(),
    };
    let whole = document.clone();
    let document = privacy::redact(document, output.privacy, key.as_deref());
    if let Err(error) = show(&document, arguments, output) {
        return output.finish(Err(error), Exit::Unexpected);
    }
    if incomplete != Exit::Done && !arguments.reach.partial {
        // Where no site could be opened, there is no rest.
        let hint = match planned {
            [] => "mend what is named above, then apply again",
            _ => "mend what is named above, or apply the rest with `--partial`",
        };
        return output.fail(
            incomplete,
            "nothing was applied: not everything could be read",
            Some(hint),
        );
    }
    let automatic = planned
        .iter()
        .flat_map(|planned| &planned.plan.changes)
        .filter(|change| change.is_automatic())
        .count();
    // What waits for a step by hand comes next: credentials that cannot finish do not begin.
    if !observe::lacking(planned).is_empty() {
        return observe::lacks_a_right(planned, output);
    }
    if automatic > 0
        && !arguments.auto_approve
        && !arguments.due
        && reviewed.is_none()
        && let Err(exit) = ask(&document, automatic, arguments, output).await
    {
        return exit;
    }
    let approval = approval(arguments, reviewed, judged.overridden.clone());
    let mut record = match begin_record(&whole, approval, workspace, arguments, output) {
        Ok(record) => record,
        Err(exit) => return exit,
    };
    let reports = run_sites(workspace, ready, planned, arguments, output).await;
    let checks = observe::exit_of_checks(planned);
    let exit = incomplete
        .and(checks)
        .and(outcome(planned, &reports, arguments));
    let requests: u64 = ready
        .iter()
        .map(|site| site.session.connection.requests())
        .sum();
    let mut report = applied::document(workspace, planned, &reports, requests, exit);
    if let (Some(record), Some(path)) = (&mut record, &arguments.report) {
        record.end(&report, Timestamp::now().to_string());
        if let Err(failed) = save(path, record, output) {
            // What was done is done, and the exit code says that something is missing.
            return exit.and(failed);
        }
    }
    privacy::redact_applied(&mut report, &rows, output.privacy, key.as_deref());
    let written = match arguments.format {
        ReportFormat::Text => applied::text(&report, &document, output.style, &mut output.data),
        ReportFormat::Json => applied::json(&report, &mut output.data),
    };
    let exit = output.finish(written, exit);
    accept::explain(workspace, planned, output);
    accept::advise(&document, output);
    exit
}

/// Shows the plan before anything is asked or done.
fn show(
    document: &PlanDocument,
    arguments: &ApplyArguments,
    output: &mut Output,
) -> io::Result<()> {
    match arguments.format {
        ReportFormat::Text => {
            let style = text::Style {
                next: false,
                ..output.style
            };
            text::plan(document, style, &mut output.data)?;
            output.data.flush()
        }
        ReportFormat::Json => Ok(()),
    }
}

/// Says on whose word a run is done.
fn approval(
    arguments: &ApplyArguments,
    reviewed: Option<&PlanDocument>,
    overridden: Option<Override>,
) -> Approval {
    let file = arguments.plan.as_ref().filter(|_| reviewed.is_some());
    Approval {
        by: match (reviewed, arguments.due, arguments.auto_approve) {
            (Some(_), ..) => "reviewed plan",
            (None, true, _) => "--due",
            (None, false, true) => "--auto-approve",
            (None, false, false) => "question",
        },
        plan: file.map(ToString::to_string),
        plan_digest: reviewed.map(|reviewed| reviewed.digest.clone()),
        overridden,
    }
}

/// Begins the record of a run, where one is asked for, and writes it: where it cannot be written nothing is done.
fn begin_record(
    document: &PlanDocument,
    approval: Approval,
    workspace: &Workspace,
    arguments: &ApplyArguments,
    output: &mut Output,
) -> Result<Option<Record>, Exit> {
    let Some(path) = &arguments.report else {
        return Ok(None);
    };
    let began = (Timestamp::now().to_string(), base::commit(&workspace.root));
    let record = Record::begin(document, approval, began, arguments.verify);
    save(path, &record, output)?;
    Ok(Some(record))
}

fn save(path: &Utf8Path, record: &Record, output: &mut Output) -> Result<(), Exit> {
    let text = record.json();
    Given::new(path)
        .replace(Access::Private, |file| file.write_all(text.as_bytes()))
        .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))
}

/// Asks whether a plan is carried out.
///
/// # Errors
/// When the answer is no, or nobody can be asked.
async fn ask(
    document: &PlanDocument,
    automatic: usize,
    arguments: &ApplyArguments,
    output: &mut Output,
) -> Result<(), Exit> {
    match confirmed(&Question::of(document, automatic), output).await {
        Some(true) => Ok(()),
        Some(false) => {
            let message = "nothing was applied: the answer was no";
            Err(output.fail(Exit::Blocked, message, None))
        }
        None => {
            let accept = arguments.accept.as_ref();
            let accept = accept.map(|digest| format!(" --accept {digest}"));
            let hint = format!(
                "review the plan, then run `{} --auto-approve{}`",
                document.command("apply"),
                accept.unwrap_or_default()
            );
            let message = "nothing was applied: nobody can be asked here";
            Err(output.fail(Exit::Usage, message, Some(&hint)))
        }
    }
}

/// Carries the plans out, site by site.
async fn run_sites(
    workspace: &Workspace,
    ready: &[Ready<'_>],
    planned: &[Planned],
    arguments: &ApplyArguments,
    output: &mut Output,
) -> Vec<ApplyReport> {
    let mut reports: Vec<ApplyReport> = Vec::new();
    for planned in planned {
        let changes = planned.plan.changes.iter();
        let automatic = changes.filter(|change| change.is_automatic()).count();
        output
            .interruption
            .will_apply(&planned.plan.site, automatic);
    }
    for (site, planned) in ready.iter().zip(planned) {
        let key = &site.desired.site.key;
        let phases = Phases::default();
        let (journal, file) = match journal(workspace, key, planned) {
            Ok(opened) => opened,
            Err(error) => {
                output.note(&format!("warning: no journal is kept: {error}"));
                (Journal::none(), None)
            }
        };
        let journal = Arc::new(journal);
        output.interruption.begins(key, &journal, file);
        let (reader, writer) = (
            site.session.connection.reader(),
            site.session.connection.writer(),
        );
        let apply = Apply {
            reader: &reader,
            writer: &writer,
            desired: &site.desired,
            observed: &site.observed,
            journal: &journal,
            begins: &|stage| phases.begin(stage_in_words(key, stage)),
        };
        let requests = || site.session.connection.requests();
        let carried_out = async {
            match arguments.verify {
                true => apply.run_and_verify(&planned.plan).await,
                false => apply.run(&planned.plan).await,
            }
        };
        let report = progress::during(output, None, &phases, requests, carried_out);
        reports.push(report.await);
    }
    reports
}

/// Reads the file of a reviewed plan and says whether it can be applied at all.
fn reviewed(file: &Utf8Path, global: &Global, output: &mut Output) -> Result<PlanDocument, Exit> {
    let text = Given::new(file)
        .read_text(files::LARGE)
        .map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    let reviewed = json::read_plan(&text).map_err(|error| {
        // A plan of another version is a reviewed plan that does not cover anything; what is no plan is a slip.
        let exit = match error {
            ReadPlanError::Version { .. } => Exit::Stale,
            _ => Exit::Usage,
        };
        output.fail(exit, &format!("`{file}` {error}"), None)
    })?;
    match review::applicable(&reviewed, global.other_day()) {
        Ok(_) => Ok(reviewed),
        Err(why) => {
            let hint = "make one with `portcullis plan --out FILE` and review that";
            Err(output.fail(Exit::Stale, &format!("`{file}` {why}"), Some(hint)))
        }
    }
}

/// Blocks whatever nobody reviewed, and whatever would do more to people than was reviewed, and says so.
///
/// # Errors
/// When the reviewed plan is of other sites.
fn only_reviewed(
    (workspace, law): (&Workspace, &Law<'_>),
    ready: &[Ready<'_>],
    planned: &mut Vec<Planned>,
    reviewed: &PlanDocument,
    arguments: &ApplyArguments,
    output: &mut Output,
) -> Result<(), Exit> {
    let file = arguments.plan.as_deref().unwrap_or(Utf8Path::new("-"));
    let mut fresh = build::document(workspace, planned);
    let observed = ready.iter().map(|site| &site.observed);
    accept::stamp(&mut fresh, Made::LIVE, observed.clone());
    let rules = rules::of(workspace);
    let sites = match (&reviewed.made, &fresh.made) {
        (Some(old), Some(new)) => review::same_sites(old, new),
        _ => Ok(()),
    };
    if let Err(why) = sites.and_then(|()| review::same_rules(reviewed, &rules)) {
        return Err(output.fail(Exit::Stale, &format!("`{file}` {why}"), None));
    }
    let compared = review::compare(reviewed, &fresh);
    let sites: Vec<review::Live<'_>> = match compared.gone.is_empty() {
        true => Vec::new(),
        false => observed.clone().map(review::Live::new).collect(),
    };
    for row in &compared.gone {
        let live = sites.iter().find_map(|site| site.is_as(row));
        let what = ours(row.change.actions.join(" ")).word(" ");
        let what = what.key(&row.address);
        output.say(&match live {
            Some(true) => say("already true: {}", [what]),
            Some(false) => say(
                "no longer planned: {}: the files of now do not ask for it",
                [what],
            ),
            None => say("already true, or no longer asked for: {}", [what]),
        });
    }
    // A shared address may have several rows, of which the actions tell which is meant.
    let mut stands: BTreeMap<(String, String), Block> = BTreeMap::new();
    for extra in &compared.extra {
        let actions = extra.change.change.actions.join(" ");
        output.say(&say(
            "not reviewed: {} {}: {}",
            [
                ours(&actions),
                phrase::key(&extra.change.address),
                ours(extra.why),
            ],
        ));
        let key = (extra.change.address.clone(), actions);
        stands.insert(key, Block::Unreviewed(extra.why.into()));
    }
    loop {
        if !stands.is_empty() {
            *planned = ready
                .iter()
                .map(|site| {
                    pipeline::plan_beside(&site.desired, &site.observed, |change| {
                        let key = (change.address.to_string(), change.action.word().to_owned());
                        let unreviewed = stands.get(&key).cloned();
                        unreviewed.or_else(|| law.against(change, workspace))
                    })
                })
                .collect();
        }
        let fresh = build::document(workspace, planned);
        let at_first = stands.len();
        let withheld = review::withheld(reviewed, &fresh).map_err(|error| {
            let message = format!("`{file}` cannot be held against this plan: {error}");
            output.fail(Exit::Stale, &message, None)
        })?;
        for (address, who) in withheld {
            let who = Phrase::default().joined(&who, ", ");
            let rows = fresh.resource_changes.iter();
            for row in rows.filter(|row| row.address == address) {
                let key = (address.clone(), row.change.actions.join(" "));
                stands.entry(key).or_insert_with(|| {
                    let said = say(
                        "withheld: {}: nobody reviewed that {}",
                        [phrase::key(&address), who.clone()],
                    );
                    output.say(&said);
                    Block::Withheld(who.clone())
                });
            }
        }
        if stands.len() == at_first {
            return Ok(());
        }
    }
}

/// Returns how an apply ends.
fn outcome(planned: &[Planned], reports: &[ApplyReport], arguments: &ApplyArguments) -> Exit {
    let allow_manual = arguments.allow_manual;
    let mut exit = Exit::Done;
    if planned
        .iter()
        .any(|planned| !planned.plan.left_out.is_empty())
        && !allow_manual
    {
        exit = Exit::ManualStepsRemain;
    }
    let changes = || planned.iter().flat_map(|planned| &planned.plan.changes);
    let reviewed = changes().any(|change| change.blocked_by.iter().any(Block::is_of_a_review));
    for change in changes() {
        let blocks = &change.blocked_by;
        let by = |what: fn(&Block) -> bool| blocks.iter().any(what);
        if by(|block| matches!(block, Block::Withheld(_))) {
            exit = exit.and(Exit::Stale);
        } else if by(|block| matches!(block, Block::Unreviewed(_))) {
            if arguments.detailed_exitcode {
                exit = exit.and(Exit::Changes);
            }
        } else if blocks.is_empty() {
            continue;
        } else if reviewed && by(|block| matches!(block, Block::DependsOn { .. })) {
            // It rests on something that nobody reviewed, or that is withheld.
            exit = exit.and(Exit::Stale);
        } else {
            exit = exit.and(Exit::Blocked);
        }
    }
    for report in reports {
        let counts = report.counts();
        if report.forbidden {
            exit = exit.and(Exit::Forbidden);
        }
        if counts.failed > 0 {
            exit = exit.and(Exit::Partial);
        }
        let left = counts.manual + counts.waiting + counts.inactive_or_hidden;
        if left > 0 && !allow_manual {
            exit = exit.and(Exit::ManualStepsRemain);
        }
    }
    exit
}

/// Asks whether to go on; `None` when nobody can be asked.
async fn confirmed(question: &Question, output: &mut Output) -> Option<bool> {
    if !output.interactive {
        return None;
    }
    let answer = output.answer(&question.text).await?;
    Some(answer.trim() == question.word)
}

fn stage_in_words(site: &SiteKey, stage: Stage) -> String {
    let Stage {
        number,
        of,
        changes,
    } = stage;
    let s = if changes == 1 { "" } else { "s" };
    format!("applying {site}: stage {number} of {of}, {changes} change{s}")
}

/// Opens the journal of one site, and says where it is; a run without automatic changes keeps none.
fn journal(
    workspace: &Workspace,
    site: &SiteKey,
    planned: &Planned,
) -> io::Result<(Journal, Option<Utf8PathBuf>)> {
    if !planned
        .plan
        .changes
        .iter()
        .any(crate::plan::Change::is_automatic)
    {
        return Ok((Journal::none(), None));
    }
    let path = Utf8PathBuf::from(format!(".portcullis/journal/{site}.jsonl"));
    let file = Root::open(&workspace.root)?.own(&*path).append()?;
    let journal = Journal::new(Box::new(file), Timestamp::now);
    Ok((journal, Some(workspace.root.join(path))))
}
