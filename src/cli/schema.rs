//! `portcullis schema`: the JSON Schemas that editors use.

use super::Output;
use super::args::SchemaArguments;
use crate::config;
use crate::exit::Exit;
use serde_json::Value;

/// Runs the command.
pub(super) fn run(arguments: &SchemaArguments, output: &mut Output) -> Exit {
    let schema = if arguments.mapped {
        config::mapped_schema()
    } else if arguments.roster {
        config::roster_schema()
    } else {
        config::schema()
    };
    let written = output.data.write_all(text(&schema).as_bytes());
    output.finish(written, Exit::Done)
}

/// Returns a schema as a file holds it.
pub(super) fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}
