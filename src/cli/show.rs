//! `portcullis show`: a saved plan, in any form, without network.

use super::Output;
use super::args::ShowArguments;
use super::plan::render;
use crate::exit::Exit;
use crate::report::json;

/// Runs the command.
pub(super) fn run(arguments: &ShowArguments, output: &mut Output) -> Exit {
    let text = match fs_err::read_to_string(&arguments.file) {
        Ok(text) => text,
        Err(error) => return output.fail(Exit::Unreadable, &error.to_string(), None),
    };
    match json::read_plan(&text) {
        Ok(document) => render(&document, arguments.format, Exit::Done, output),
        Err(error) => output.fail(
            Exit::Invalid,
            &format!("`{}` {error}", arguments.file),
            None,
        ),
    }
}
