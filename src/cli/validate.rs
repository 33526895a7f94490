//! `portcullis validate`: every problem of the workspace at once, without network.

use super::Output;
use super::args::{Global, ValidateArguments, ValidateFormat};
use crate::config::{self, LoadOptions};
use crate::diagnostic::{self, Severity};
use crate::exit::Exit;

/// Runs the command.
pub(super) fn run(arguments: &ValidateArguments, global: &Global, output: &mut Output) -> Exit {
    let loaded = config::load(&arguments.dir, LoadOptions::new(global.today()));
    let valid = loaded.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
    let exit = if valid { Exit::Done } else { Exit::Invalid };
    let (diagnostics, sources) = (&loaded.diagnostics, &loaded.sources);
    let written = match arguments.format {
        ValidateFormat::Text => {
            diagnostic::text::render(diagnostics, sources, output.style.color, &mut output.data).and_then(|()| {
                match (valid, diagnostics.is_empty()) {
                    (true, true) => writeln!(output.data, "the workspace is valid"),
                    (true, false) => writeln!(output.data, "the workspace is valid, with {} remarks", diagnostics.len()),
                    (false, _) => Ok(()),
                }
            })
        }
        ValidateFormat::Json => diagnostic::json::render(diagnostics, sources, exit, &mut output.data),
    };
    output.finish(written, exit)
}
