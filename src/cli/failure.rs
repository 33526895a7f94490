//! The document that a command asked for JSON writes when it ends before it has its own.

use super::Output;
use super::args::{Command, DriftFormat, PlanFormat, ReportFormat, ReviewFormat, WhoFormat};
use super::output::Failure;
use crate::exit::Exit;
use crate::report::build;
use crate::report::document::ScopeError;
use crate::report::json;
use schemars::JsonSchema;
use serde::Serialize;

/// Which document a reader of standard output waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plan,
    Other,
}

/// What every reader of JSON finds after a failure.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FailureDocument<'a> {
    /// The version of this format.
    format_version: &'static str,
    /// The version of Portcullis.
    tool_version: &'static str,
    /// Always `true`.
    errored: bool,
    /// What went wrong.
    errors: &'a [Failure],
    /// The exit code.
    exit_code: u8,
    /// The reason of the exit code, in words.
    exit_reason: &'static str,
}

/// Writes a document about a failure where JSON was asked for and none was written; returns how the command ends.
pub(super) fn tell(command: &Command, exit: Exit, output: &mut Output) -> Exit {
    let Some(shape) = shape(command) else {
        return exit;
    };
    if output.has_ended() || exit == Exit::Done {
        return exit;
    }
    let text = match shape {
        Shape::Plan => plan(&output.failures, exit),
        Shape::Other => {
            let document = FailureDocument {
                format_version: "1.0",
                tool_version: env!("CARGO_PKG_VERSION"),
                errored: true,
                errors: &output.failures,
                exit_code: exit.code(),
                exit_reason: exit.reason(),
            };
            crate::diagnostic::json::to_text(&document)
        }
    };
    let written = output.data.write_all(text.as_bytes());
    output.finish(written, exit)
}

fn shape(command: &Command) -> Option<Shape> {
    let report = |format| (format == ReportFormat::Json).then_some(Shape::Other);
    match command {
        Command::Plan(arguments) => (arguments.format == PlanFormat::Json).then_some(Shape::Plan),
        Command::Show(arguments) => (arguments.format == PlanFormat::Json).then_some(Shape::Plan),
        Command::Apply(arguments) => report(arguments.format),
        Command::Doctor(arguments) => report(arguments.format),
        Command::Drift(arguments) => {
            (arguments.format == DriftFormat::Json).then_some(Shape::Other)
        }
        Command::Explain(arguments) => report(arguments.format),
        Command::Who(arguments) => (arguments.format == WhoFormat::Json).then_some(Shape::Other),
        Command::Review(arguments) => {
            (arguments.format == ReviewFormat::Json).then_some(Shape::Other)
        }
        _ => None,
    }
}

/// A plan in which nothing was considered.
fn plan(failures: &[Failure], exit: Exit) -> String {
    let mut document = build::nothing();
    document.errors = failures
        .iter()
        .map(|failure| ScopeError {
            address: String::new(),
            message: failure.message.clone().into(),
            forbidden: failure.forbidden,
            source: failure.source.clone(),
        })
        .collect();
    build::set_exit(&mut document, exit);
    json::plan_json(&document)
}
