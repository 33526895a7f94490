//! `portcullis export`: the live site as a workspace whose plan is empty, or as a snapshot.

mod source;

use super::args::{ExportArguments, ExportMembers, ExportMode, Global};
use super::{Lookup, Output, init, observe, plan};
use crate::config::Mode;
use crate::exit::Exit;
use crate::export::{self, Export, Members, Shape};
use crate::files::{self, Access, Given, Refusal};
use crate::model::{Read, SiteKey};
use crate::observe::{Whole, observe_site};
use crate::observed::{Observed, snapshot as snapshots};
use crate::report::text::counted;
use camino::Utf8Path;
use source::Source;

/// Runs the command.
pub(super) async fn run(
    arguments: &ExportArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match export(arguments, global, output, lookup).await {
        Ok(()) => Exit::Done,
        Err(exit) => exit,
    }
}

async fn export(
    arguments: &ExportArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<(), Exit> {
    if let (Some(old), Some(new)) = (&arguments.observed, &arguments.snapshot) {
        let observed = plan::snapshot(old, output)?;
        snapshot(new, &observed)
            .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
        output.note(&format!("Wrote the snapshot `{new}`."));
        return Ok(());
    }
    if let Some(to) = &arguments.to {
        files::refuse_unless_free(to).map_err(|why| output.fail(Exit::Usage, &why, None))?;
    }
    let found = found(arguments, global, output, lookup).await?;
    if let Some(to) = &arguments.to {
        files::write_directory(to, &found.workspace.files)
            .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
    }
    if let Some(file) = &arguments.snapshot {
        snapshot(file, &found.observed)
            .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
    }
    summary(&found.workspace, arguments, output);
    Ok(())
}

/// What was read of a site, and the workspace that says it, of which nothing is written yet.
pub(super) struct Found {
    /// The site's key in the workspace.
    pub(super) key: SiteKey,
    /// What was read.
    pub(super) observed: Observed,
    /// The files.
    pub(super) workspace: Export,
}

/// Reads the site and says what it did not tell.
pub(super) async fn found(
    arguments: &ExportArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Found, Exit> {
    let source = Source::open(arguments, global, output, lookup).await?;
    let observed = read(&source, arguments.snapshot.is_some(), output).await;
    let state = source.state_file().cloned();
    let target = source.target.clone();
    if let Err(error) = source.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    let observed = observed?;
    let shape = Shape {
        members: match arguments.members {
            ExportMembers::Csv => Members::Csv,
            ExportMembers::None => Members::None,
        },
        mode: match arguments.mode {
            ExportMode::AddOnly => Mode::AddOnly,
            ExportMode::Exact => Mode::Exact,
        },
        ids: !arguments.no_ids,
    };
    let mut workspace = export::workspace(&observed, &target, shape)
        .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
    gaps(&workspace, arguments.partial, output)?;
    tell_unread(&observed, output);
    if let (Some(state), Some(_)) = (state, &arguments.to) {
        // Without its state, the sandbox of the new workspace would be another, empty site.
        let text = state
            .read_text(files::LARGE)
            .map_err(|error| output.fail(Exit::Unexpected, &error.to_string(), None))?;
        let path = format!(".portcullis/sandbox/{}.json", target.key);
        workspace.files.insert(path.into(), text);
    }
    if arguments.to.is_some() {
        let ignored = init::IGNORED.to_owned();
        workspace.files.insert(init::GIT_IGNORE.into(), ignored);
    }
    Ok(Found {
        key: target.key,
        observed,
        workspace,
    })
}

/// Reads the site; for a snapshot also who is in which role and group, which a workspace does not write but `who` asks for.
async fn read(source: &Source, permissions: bool, output: &mut Output) -> Result<Observed, Exit> {
    let connection = source.connection();
    let before = connection.requests();
    let reader = connection.reader();
    let whole = Whole {
        staff: permissions,
        ..Whole::new(&source.surfaces, source.atlassian_id.as_deref())
    };
    match observe_site(&reader, source.target.key.clone(), whole).await {
        Ok(mut observed) => {
            observed.requests = connection.requests() - before;
            Ok(observed)
        }
        Err(error) => {
            let message = format!("site `{}` cannot be read: {error}", source.target.key);
            Err(output.fail(observe::exit_of(&error), &message, error.hint().as_deref()))
        }
    }
}

/// Reports what could not be read whole; an error unless it may be left out.
fn gaps(export: &Export, partial: bool, output: &mut Output) -> Result<(), Exit> {
    let mut worst = Exit::Done;
    for gap in &export.gaps {
        let message = format!("{} could not be read whole: {}", gap.what, gap.cause.why);
        if partial {
            output.note(&format!("warning: {}", crate::neutral::neutral(&message)));
            continue;
        }
        let exit = if gap.cause.forbidden {
            Exit::Forbidden
        } else {
            Exit::Unreadable
        };
        worst = worst.and(output.fail(exit, &message, None));
    }
    if worst == Exit::Done {
        return Ok(());
    }
    output.note("\nNothing was written. With --partial, what could not be read is left out.");
    Err(worst)
}

/// Says what the site did not tell: it is left out, with a comment where it would stand.
fn tell_unread(observed: &Observed, output: &mut Output) {
    observe::tell_gaps(observed, output);
    if observed.approved_domains.is_none() {
        output.note(&format!(
            "warning: site `{}`: the approved domains, and who holds the role Customer, were not read: the Admin API needs the `id` of the Atlassian organization",
            observed.site
        ));
    }
    for (key, seen) in observed.whole_projects().into_iter().flatten() {
        let permissions = seen.permissions.as_ref();
        let customers = permissions.and_then(|seen| seen.customers.as_ref());
        if let Some(Read::Incomplete(_)) = customers {
            output.note(&format!(
                "warning: no groups of customers are written for {key}, and its list of customers may hold people who are there by a group, by a permission or for the record"
            ));
        }
    }
}

/// Writes a snapshot; a failure leaves what was there.
fn snapshot(file: &Utf8Path, observed: &Observed) -> Result<(), Refusal> {
    Given::new(file).replace(Access::Private, |out| snapshots::write(observed, out))
}

/// Says what was written.
pub(super) fn summary(export: &Export, arguments: &ExportArguments, output: &mut Output) {
    let counts = export.counts;
    if let Some(to) = &arguments.to {
        output.note(&format!(
            "Wrote `{to}`: {}, {}, {}.",
            counted(counts.organizations, "organization", "organizations"),
            counted(counts.projects, "project", "projects"),
            counted(counts.people, "roster entry", "roster entries")
        ));
        if counts.unknown_domains > 0 {
            output.note(&format!(
                "warning: the e-mail domains of {} are not known: under `exact`, whom Atlassian adds by them is removed. Declare the `email_domains`, or use `--mode add_only`.",
                counted(counts.unknown_domains, "organization", "organizations")
            ));
        }
        if counts.left_out > 0 {
            output.note(&format!(
                "Left out, with a comment: {}, which the format cannot name.",
                counts.left_out
            ));
        }
    }
    if let Some(file) = &arguments.snapshot {
        output.note(&format!("Wrote the snapshot `{file}`."));
    }
}
