//! `portcullis init`: a commented starter workspace that plans cleanly against the embedded sandbox, or one that begins with what a
//! live site has.

mod ci;
mod from;
mod strategy;

use super::args::{Global, InitArguments, Strategy};
use super::{Lookup, Output, schema};
use crate::config::{self, ROOT_FILE};
use crate::exit::Exit;
use crate::files::{Given, Refusal, Root};
use camino::Utf8Path;
use ci::Pipeline;
use clap::ValueEnum as _;
use serde_json::Value;
use std::io::Write as _;

const FILES: [(&str, &str); 7] = [
    ("portcullis.yaml", include_str!("init/portcullis.yaml")),
    ("sites/acme.yaml", include_str!("init/site.yaml")),
    (
        "organizations/globex.yaml",
        include_str!("init/organization.yaml"),
    ),
    ("projects/itsm.yaml", include_str!("init/project.yaml")),
    ("rosters/globex.csv", include_str!("init/roster.csv")),
    (
        "drivers/sandbox-settings.yaml",
        include_str!("init/sandbox-settings.yaml"),
    ),
    ("seed/portcullis.yaml", include_str!("init/seed.yaml")),
];
/// Makes a schema.
type Schema = fn() -> Value;
/// The schemas that the files name in their first line.
const SCHEMAS: [(&str, Schema); 2] = [
    ("schemas/portcullis.schema.json", config::schema),
    ("schemas/mapped.schema.json", config::mapped_schema),
];
/// The file that keeps what the program writes for itself out of Git.
pub(super) const GIT_IGNORE: &str = ".gitignore";
/// Its text.
pub(super) const IGNORED: &str = "# The sandbox's state and the journal of what was applied: neither belongs into Git.\n/.portcullis/\n";

/// What is said where it is there already.
const LEFT_AS_IT_IS: &str =
    "note: `.gitignore` was left as it is; add the line `/.portcullis/` to it";

/// Runs the command.
pub(super) async fn run(
    arguments: &InitArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    match &arguments.from {
        Some(url) => from::run(url, arguments, global, output, lookup).await,
        None => starter(arguments, global, output).await,
    }
}

/// What the strategies are, as they are asked for.
const STRATEGIES: &str = "Who are the customers of the site?
  internal  employees, each with an Atlassian account
  external  people of other companies, with portal-only accounts
  hybrid    both
  closed    whoever has an account keeps it, and nobody new comes
";

/// Asks a person who the customers are; an empty answer leaves the starter as it is. Nothing where no answer can be read.
async fn asked(output: &mut Output) -> Option<Option<Strategy>> {
    let mut text = format!("{STRATEGIES}Strategy (Enter: the starter as it is): ");
    loop {
        let typed = output.answer(&text).await?;
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return Some(None);
        }
        match Strategy::from_str(&typed, true) {
            Ok(strategy) => return Some(Some(strategy)),
            Err(_) => "One of internal, external, hybrid, closed: ".clone_into(&mut text),
        }
    }
}

/// Writes the starter workspace.
async fn starter(arguments: &InitArguments, global: &Global, output: &mut Output) -> Exit {
    let directory = &arguments.dir;
    let host = arguments.ci;
    let pipeline = host.map(|host| Pipeline::of(directory, host, global.today()));
    if let Some(pipeline) = &pipeline
        && let Some(exit) = refuse(pipeline, output)
    {
        return exit;
    }
    if let Some(pipeline) = &pipeline
        && Given::new(directory.join(ROOT_FILE)).is_a_file()
    {
        return write_pipeline(pipeline, output);
    }
    let names = || {
        let files = FILES.iter().map(|(name, _)| *name);
        files.chain(SCHEMAS.iter().map(|(name, _)| *name))
    };
    let present: Vec<&str> = names()
        .filter(|name| Given::new(directory.join(name)).is_there())
        .collect();
    if !present.is_empty() {
        let message = format!("`{directory}` has {} already", listed(&present));
        let hint = "nothing was written; name an empty or new directory";
        return output.fail(Exit::Usage, &message, Some(hint));
    }
    let strategy = match arguments.strategy {
        None if output.interactive => match asked(output).await {
            Some(strategy) => strategy,
            None => {
                let hint = "nothing was written; `--strategy` says it without a question";
                return output.fail(Exit::Unexpected, "the answer could not be read", Some(hint));
            }
        },
        given => given,
    };
    let ignored = Given::new(directory.join(GIT_IGNORE)).is_there();
    if let Err(error) = write_all(directory, strategy, ignored) {
        return output.fail(Exit::Unexpected, &error.to_string(), None);
    }
    if ignored {
        output.note(LEFT_AS_IT_IS);
    }
    let mut text: String = names().map(|name| format!("{name}\n")).collect();
    if !ignored {
        text.push_str(GIT_IGNORE);
        text.push('\n');
    }
    let written = output.data.write_all(text.as_bytes());
    let argument = if directory == "." {
        String::new()
    } else {
        format!(" {directory}")
    };
    let written = written.and_then(|()| output.data.flush());
    if let (Ok(()), Some(pipeline)) = (&written, &pipeline) {
        let exit = write_pipeline(pipeline, output);
        if exit != Exit::Done {
            return exit;
        }
    }
    let exit = output.finish(written, Exit::Done);
    output.note(&format!(
        "\nNext: `portcullis plan{argument}` has nothing to change. {}",
        strategy::first(strategy)
    ));
    exit
}

/// Ends the command where a file of the pipeline is there already.
fn refuse(pipeline: &Pipeline, output: &mut Output) -> Option<Exit> {
    let names = pipeline.files.iter().map(|(name, _)| *name);
    let present: Vec<&str> = names
        .filter(|name| Given::new(pipeline.path(name)).is_there())
        .collect();
    if present.is_empty() {
        return None;
    }
    let message = format!("the repository has {} already", listed(&present));
    let hint = "nothing was written; move it away, and compare afterwards";
    Some(output.fail(Exit::Usage, &message, Some(hint)))
}

/// Writes the files of a pipeline and names them.
fn write_pipeline(pipeline: &Pipeline, output: &mut Output) -> Exit {
    let mut names = String::new();
    for (name, text) in &pipeline.files {
        if let Err(error) = Given::new(pipeline.path(name)).create_new(text.as_bytes()) {
            return output.fail(Exit::Unexpected, &error.to_string(), None);
        }
        names.push_str(name);
        names.push('\n');
    }
    let written = output.data.write_all(names.as_bytes());
    let exit = output.finish(written, Exit::Done);
    output.note(&pipeline.next());
    exit
}

/// Writes the starter, with its schemas.
fn write_all(
    directory: &Utf8Path,
    strategy: Option<Strategy>,
    ignored: bool,
) -> Result<(), Refusal> {
    let root = Root::create(directory)?;
    for (name, text) in FILES {
        root.named(name)
            .create_new(strategy::adapted(name, text, strategy).as_bytes())?;
    }
    for (name, schema) in SCHEMAS {
        root.named(name)
            .create_new(schema::text(&schema()).as_bytes())?;
    }
    if !ignored {
        root.named(GIT_IGNORE).create_new(IGNORED.as_bytes())?;
    }
    Ok(())
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
