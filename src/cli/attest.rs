//! `portcullis attest`: writes down that a person looked up a value that no program can read. Never talks to a site.

use super::args::{AttestArguments, Global};
use super::{Output, observe};
use crate::config::amend::{self, Statement};
use crate::config::{self, Attestation, LoadOptions, Workspace};
use crate::diagnostic::Severity;
use crate::exit::Exit;
use crate::files::{Access, Named, Root};
use crate::model::Address;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::ToSpan;
use serde_json::Value;
use std::io::{self, Write};

/// How long a statement counts when nothing else is said, in days.
const DAYS: i64 = 90;

/// What the commands that plans print have in the place of a person.
const PLACEHOLDER: &str = "YOU";

/// Runs the command.
pub(super) fn run(arguments: &AttestArguments, global: &Global, output: &mut Output) -> Exit {
    match attest(arguments, global, output) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn attest(arguments: &AttestArguments, global: &Global, output: &mut Output) -> Result<Exit, Exit> {
    let (directory, address) = match arguments.place.as_slice() {
        [directory, address] => (Utf8Path::new(directory), address),
        [address] => (Utf8Path::new("."), address),
        _ => return Err(output.fail(Exit::Usage, "an address is missing", None)),
    };
    if arguments.by == PLACEHOLDER {
        let message = format!("`--by {PLACEHOLDER}` says nobody");
        let hint = "put in who looked, such as `--by jo@acme.example`";
        return Err(output.fail(Exit::Usage, &message, Some(hint)));
    }
    let workspace = observe::load(directory, global, output)?;
    let on = arguments.on.unwrap_or_else(|| global.today());
    let until = match arguments.until {
        Some(until) => until,
        None => on
            .checked_add(DAYS.days())
            .map_err(|error| output.fail(Exit::Usage, &format!("`--on`: {error}"), None))?,
    };
    let statement = Statement {
        address: Address::from_encoded(address),
        // A word such as `restricted` needs no quotes, which shells would take away anyway.
        value: serde_json::from_str(&arguments.value)
            .unwrap_or_else(|_| Value::from(arguments.value.as_str())),
        by: arguments.by.clone(),
        on,
        until,
    };
    let old = newest(&workspace, &statement.address);
    let path = match old.and_then(|old| workspace.sources.get(old.span.file)) {
        Some(file) => file.path.clone(),
        None => file_of(statement.address.root()),
    };
    let file = Root::open(directory)
        .map_err(|refusal| output.fail(Exit::Unexpected, &refusal.to_string(), None))?
        .named(&*path);
    let text = amended(&file, &statement, old).map_err(|error| {
        let message = format!("`{path}` cannot be changed: {error}");
        output.fail(
            Exit::Unexpected,
            &message,
            Some("write the statement into it by hand"),
        )
    })?;
    check(directory, &path, &text, &statement, global, output)?;
    file.replace(text.as_bytes(), Access::Ordinary)
        .map_err(|refusal| {
            let message = format!("nothing was recorded: {refusal}");
            output.fail(Exit::Unexpected, &message, None)
        })?;
    let address = crate::neutral::neutral(address);
    let done = match old {
        None => format!("recorded {address}"),
        Some(old) if old.value == statement.value => format!("renewed {address}"),
        Some(old) => {
            let (from, to) = (old.value.to_string(), statement.value.to_string());
            let (from, to) = (crate::neutral::neutral(&from), crate::neutral::neutral(&to));
            format!("changed {address} from {from} to {to}")
        }
    };
    let written = writeln!(output.data, "{done} in {path}, until {until}");
    Ok(output.finish(written, Exit::Done))
}

/// Returns the statement about an address that counts: the newest, of several of a day the first.
fn newest<'w>(workspace: &'w Workspace, address: &Address) -> Option<&'w Attestation> {
    let about = workspace
        .attestations
        .iter()
        .filter(|attestation| attestation.address.value == *address);
    about.reduce(|newest, other| if other.on > newest.on { other } else { newest })
}

/// Returns the file that holds the statements about a site or an Atlassian organization.
fn file_of(root: &str) -> Utf8PathBuf {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = root
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    Utf8Path::new("attestations").join(format!("{name}.yaml"))
}

/// Returns the new text of the file.
fn amended(file: &Named, statement: &Statement, old: Option<&Attestation>) -> io::Result<String> {
    let before = match file.read_text(config::Limits::default().file_bytes) {
        Ok(text) => text,
        Err(refusal) if refusal.is_missing() => return Ok(amend::new_file(statement)),
        Err(refusal) => return Err(refusal.into()),
    };
    // Places are counted without the byte order mark, which stays where it is.
    let (mark, body) = match before.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", before.as_str()),
    };
    amend::with_statement(body, statement, old.map(|old| old.span))
        .map(|text| format!("{mark}{text}"))
        .ok_or_else(|| io::Error::other("the place of the statement cannot be found"))
}

/// Loads the workspace as it would be; what is wrong then is said by the loader itself.
fn check(
    directory: &Utf8Path,
    path: &Utf8Path,
    text: &str,
    statement: &Statement,
    global: &Global,
    output: &mut Output,
) -> Result<(), Exit> {
    let loaded = config::load_as_if(directory, LoadOptions::new(global.today()), path, text);
    let Some(workspace) = loaded.workspace else {
        let errors: Vec<_> = loaded
            .diagnostics
            .into_iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .collect();
        observe::report(&errors, &loaded.sources, output);
        return Err(output.fail(Exit::Invalid, "nothing was recorded", None));
    };
    match newest(&workspace, &statement.address) {
        Some(found)
            if found.value == statement.value
                && found.by == statement.by
                && found.on == statement.on
                && found.until == statement.until =>
        {
            Ok(())
        }
        Some(newer) if newer.on >= statement.on => {
            let place = workspace.sources.place(newer.span);
            let message = format!("nothing was recorded: {place} has a newer statement");
            Err(output.fail(Exit::Invalid, &message, None))
        }
        _ => {
            let message = format!("nothing was recorded: `{path}` is not part of the workspace");
            let hint = "add `attestations/**` to `include` in `portcullis.yaml`";
            Err(output.fail(Exit::Invalid, &message, Some(hint)))
        }
    }
}
