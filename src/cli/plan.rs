//! `portcullis plan`: what would change, and why.

use super::args::{Global, PlanArguments, PlanFormat};
use super::{Lookup, Output, observe};
use crate::exit::Exit;
use crate::observed::Observed;
use crate::report::build::{self, Planned};
use crate::report::document::PlanDocument;
use crate::report::{gitlab, html, json, markdown, privacy, text};
use camino::Utf8Path;

/// The variable whose value goes into pseudonyms, so that nobody without it can check a guess.
pub(super) const PSEUDONYM_KEY: &str = "PORTCULLIS_PSEUDONYM_KEY";

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
    let mut planned: Vec<Planned> = Vec::new();
    let mut worst = Exit::Done;
    for key in observe::sites(&workspace, reach, output)? {
        let result = match &arguments.observed {
            Some(file) => snapshot(file, output).map(|observed| {
                observe::desired(&workspace, &key, reach, None, global.today())
                    .map(|desired| observe::plan(&desired, &observed))
            }),
            None => live(&workspace, &key, arguments, global, output, lookup).await,
        };
        match result {
            Ok(site) => planned.extend(site),
            Err(exit) => worst = worst.and(exit),
        }
    }
    if planned.is_empty() && worst != Exit::Done {
        return Err(worst);
    }
    let mut document = build::document(&workspace, &planned);
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
    Ok(render(&document, form, exit, output))
}

async fn live(
    workspace: &crate::config::Workspace,
    key: &crate::model::SiteKey,
    arguments: &PlanArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Result<Option<Planned>, Exit> {
    let reach = &arguments.reach;
    let session = observe::open(workspace, key, reach, global.today(), output, lookup).await?;
    let Some(desired) = observe::desired(
        workspace,
        key,
        reach,
        session.atlassian_id.as_deref(),
        global.today(),
    ) else {
        return Ok(None);
    };
    let observed = observe::read(&session, &desired, output).await;
    if let Err(error) = session.close().await {
        output.note(&format!(
            "warning: the sandbox's state could not be saved: {error}"
        ));
    }
    Ok(Some(observe::plan(&desired, &observed?)))
}

/// Reads a snapshot.
fn snapshot(file: &Utf8Path, output: &mut Output) -> Result<Observed, Exit> {
    let text = fs_err::read_to_string(file)
        .map_err(|error| output.fail(Exit::Unreadable, &error.to_string(), None))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("`{file}` is not a snapshot: {error}");
        output.fail(
            Exit::Unreadable,
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
