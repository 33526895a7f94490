//! `portcullis init`: a commented starter workspace that plans cleanly against the embedded sandbox.

mod ci;

use super::args::{Global, InitArguments};
use super::{Output, schema};
use crate::exit::Exit;
use camino::Utf8Path;
use ci::Pipeline;
use std::fs::File;
use std::io::{self, Write};

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
const SCHEMAS: [(&str, bool); 2] = [
    ("schemas/portcullis.schema.json", false),
    ("schemas/mapped.schema.json", true),
];
/// The file that keeps what the program writes for itself out of Git.
pub(super) const GIT_IGNORE: &str = ".gitignore";
/// Its text.
pub(super) const IGNORED: &str = "# The sandbox's state and the journal of what was applied: neither belongs into Git.\n/.portcullis/\n";

/// Runs the command.
pub(super) fn run(arguments: &InitArguments, global: &Global, output: &mut Output) -> Exit {
    let directory = &arguments.dir;
    let host = arguments.ci;
    let pipeline = host.map(|host| Pipeline::of(directory, host, global.today()));
    if let Some(pipeline) = &pipeline
        && let Some(exit) = refuse(pipeline, output)
    {
        return exit;
    }
    if let Some(pipeline) = &pipeline
        && directory.join("portcullis.yaml").is_file()
    {
        return write_pipeline(pipeline, output);
    }
    let names = || {
        let files = FILES.iter().map(|(name, _)| *name);
        files.chain(SCHEMAS.iter().map(|(name, _)| *name))
    };
    let present: Vec<&str> = names()
        .filter(|name| directory.join(name).symlink_metadata().is_ok())
        .collect();
    if !present.is_empty() {
        let message = format!("`{directory}` has {} already", listed(&present));
        let hint = "nothing was written; name an empty or new directory";
        return output.fail(Exit::Usage, &message, Some(hint));
    }
    let ignored = directory.join(GIT_IGNORE).symlink_metadata().is_ok();
    if let Err(error) = write_all(directory, ignored) {
        return output.fail(Exit::Unexpected, &error.to_string(), None);
    }
    if ignored {
        output.note("note: `.gitignore` was left as it is; add the line `/.portcullis/` to it");
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
        "\nNext: `portcullis plan{argument}` has nothing to change. Edit `rosters/globex.csv` and plan again."
    ));
    exit
}

/// Ends the command where a file of the pipeline is there already.
fn refuse(pipeline: &Pipeline, output: &mut Output) -> Option<Exit> {
    let names = pipeline.files.iter().map(|(name, _)| *name);
    let present: Vec<&str> = names
        .filter(|name| pipeline.path(name).symlink_metadata().is_ok())
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
        if let Err(error) = write_new(&pipeline.path(name), text) {
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

fn write_all(directory: &Utf8Path, ignored: bool) -> io::Result<()> {
    for (name, text) in FILES {
        write_new(&directory.join(name), text)?;
    }
    for (name, mapped) in SCHEMAS {
        write_new(&directory.join(name), &schema::text(mapped))?;
    }
    if !ignored {
        write_new(&directory.join(GIT_IGNORE), IGNORED)?;
    }
    Ok(())
}

/// Writes a file that must not exist yet.
fn write_new(path: &Utf8Path, text: &str) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("`{path}`: {error}"));
    if let Some(parent) = path.parent() {
        fs_err::create_dir_all(parent)?;
    }
    let mut file = File::create_new(path).map_err(named)?;
    file.write_all(text.as_bytes()).map_err(named)
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
