//! `portcullis codeowners`: a CODEOWNERS file from the scopes of a workspace.

use super::args::{CodeownersArguments, Global};
use super::{Output, observe};
use crate::base;
use crate::codeowners::{codeowners, owner};
use crate::exit::Exit;
use std::collections::BTreeMap;

/// Runs the command.
pub(super) fn run(arguments: &CodeownersArguments, global: &Global, output: &mut Output) -> Exit {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in &arguments.owner {
        match owner(text) {
            Ok((files, named)) => owners.entry(files).or_default().extend(named),
            Err(error) => return output.fail(Exit::Usage, &error.to_string(), None),
        }
    }
    let workspace = match observe::load(&arguments.dir, global, output) {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let prefix = base::prefix(&workspace.root).unwrap_or_default();
    match codeowners(&workspace, &owners, &prefix) {
        Ok(text) => {
            let written = output.data.write_all(text.as_bytes());
            output.finish(written, Exit::Done)
        }
        Err(error) => output.fail(Exit::Usage, &error.to_string(), None),
    }
}
