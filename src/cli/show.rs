//! `portcullis show`: a saved plan, in any form, without network.

use super::args::{Global, ShowArguments};
use super::plan::{PSEUDONYM_KEY, render};
use super::{Lookup, Output};
use crate::exit::Exit;
use crate::files::{self, Given};
use crate::report::{json, privacy};

/// Runs the command.
pub(super) fn run(
    arguments: &ShowArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    let text = match Given::new(&*arguments.file).read_text(files::LARGE) {
        Ok(text) => text,
        Err(error) => return output.fail(Exit::Usage, &error.to_string(), None),
    };
    match json::read_plan(&text) {
        Ok(document) => {
            let key = lookup(PSEUDONYM_KEY);
            let document = privacy::redact(document, global.privacy, key.as_deref());
            let form = (arguments.format, arguments.max_bytes);
            render(&document, form, Exit::Done, output)
        }
        Err(error) => output.fail(Exit::Usage, &format!("`{}` {error}", arguments.file), None),
    }
}
