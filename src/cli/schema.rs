//! `portcullis schema`: the JSON Schemas that editors use.

use super::Output;
use super::args::SchemaArguments;
use crate::config;
use crate::exit::Exit;

/// Runs the command.
pub(super) fn run(arguments: &SchemaArguments, output: &mut Output) -> Exit {
    let written = output.data.write_all(text(arguments.mapped).as_bytes());
    output.finish(written, Exit::Done)
}

/// Returns a schema as a file holds it: of configuration files, or of descriptions of settings endpoints.
pub(super) fn text(mapped: bool) -> String {
    let schema = if mapped {
        config::mapped_schema()
    } else {
        config::schema()
    };
    format!("{schema:#}\n")
}
