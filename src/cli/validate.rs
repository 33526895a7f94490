//! `portcullis validate`: every problem of the workspace at once, without network.

use super::Output;
use super::args::{Global, ValidateArguments, ValidateFormat};
use crate::config::{self, LoadOptions};
use crate::diagnostic::{self, Severity};
use crate::exit::Exit;
use crate::lint;

/// Runs the command.
pub(super) fn run(arguments: &ValidateArguments, global: &Global, output: &mut Output) -> Exit {
    let today = global.today();
    let mut loaded = config::load(&arguments.dir, LoadOptions::new(today));
    if let Some(workspace) = &loaded.workspace {
        loaded
            .diagnostics
            .extend(lint::diagnostics(workspace, today));
        diagnostic::sort(&mut loaded.diagnostics);
    }
    let valid = loaded
        .diagnostics
        .iter()
        .all(|diagnostic| diagnostic.severity != Severity::Error);
    let exit = if valid { Exit::Done } else { Exit::Invalid };
    let (diagnostics, sources) = (&loaded.diagnostics, &loaded.sources);
    let written = match arguments.format {
        ValidateFormat::Text => {
            let style = diagnostic::text::TextStyle {
                color: output.style.color,
                ..Default::default()
            };
            diagnostic::text::write(&mut output.data, diagnostics, sources, style).and_then(|()| {
                match (valid, diagnostics.len()) {
                    (true, 0) => writeln!(output.data, "the workspace is valid"),
                    (true, 1) => writeln!(output.data, "the workspace is valid, with 1 remark"),
                    (true, remarks) => writeln!(
                        output.data,
                        "the workspace is valid, with {remarks} remarks"
                    ),
                    (false, _) => Ok(()),
                }
            })
        }
        ValidateFormat::Json => {
            let mut document = diagnostic::json::document(diagnostics, sources);
            document["exit_code"] = exit.code().into();
            document["exit_reason"] = exit.reason().into();
            output
                .data
                .write_all(diagnostic::json::to_text(&document).as_bytes())
        }
    };
    output.finish(written, exit)
}
