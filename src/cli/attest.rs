//! `portcullis attest`: writes down that a person looked up a value that no program can read. Never talks to a site.

mod asked;
mod table;

use super::args::{AttestArguments, Global};
use super::{Output, observe};
use crate::config::amend::{self, Statement};
use crate::config::{self, Attestation, LoadOptions, Workspace, last_day};
use crate::diagnostic::Severity;
use crate::exit::Exit;
use crate::files::{Access, Named, Root};
use crate::model::Address;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// What the commands that plans print have in the place of a person.
const PLACEHOLDER: &str = "YOU";

/// Runs the command.
pub(super) async fn run(arguments: &AttestArguments, global: &Global, output: &mut Output) -> Exit {
    match attest(arguments, global, output).await {
        Ok(exit) | Err(exit) => exit,
    }
}

async fn attest(
    arguments: &AttestArguments,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Exit> {
    let many = arguments.all_of.is_some() || arguments.from.is_some();
    let (directory, address) = match arguments.place.as_slice() {
        [] if many => (".", None),
        [directory] if many => (directory.as_str(), None),
        [address] => (".", Some(address)),
        [directory, address] if !many => (directory.as_str(), Some(address)),
        _ => {
            let message = "only the workspace stands beside --all-of and --from";
            return Err(output.fail(Exit::Usage, message, None));
        }
    };
    let directory = Utf8Path::new(directory);
    if arguments.by.as_deref() == Some(PLACEHOLDER) {
        let message = format!("`--by {PLACEHOLDER}` says nobody");
        let hint = "put in who looked, such as `--by jo@acme.example`";
        return Err(output.fail(Exit::Usage, &message, Some(hint)));
    }
    let workspace = observe::load(directory, global, output)?;
    let seen = Seen {
        by: arguments.by.as_deref(),
        on: arguments.on.unwrap_or_else(|| global.today()),
        until: arguments.until,
        days: workspace.policy.attestation_days(),
    };
    let mut left = 0;
    let statements = match (&arguments.all_of, &arguments.from, address) {
        (Some(file), ..) => {
            let answers = asked::ask(file, output).await?;
            left = answers.left;
            if answers.seen.is_empty() && left == 0 {
                output.note(&format!(
                    "nothing is recorded: no step of `{file}` is settled by a statement"
                ));
            }
            let all = answers.seen.into_iter();
            let all = all.map(|(address, value)| seen.statement(address, value));
            all.collect::<Result<Vec<_>, _>>()
        }
        (None, Some(file), _) => table::read(file, &seen, output)?,
        (None, None, Some(address)) => {
            let value = arguments.value.as_deref().unwrap_or_default();
            seen.statement(Address::from_encoded(address), value_of(value))
                .map(|one| vec![one])
        }
        (None, None, None) => return Err(output.fail(Exit::Usage, "an address is missing", None)),
    };
    let statements = statements.map_err(|why| output.fail(Exit::Usage, &why, None))?;
    let done = record(directory, workspace, &statements, global, output)?;
    let written = done
        .iter()
        .map(|line| output.folded(line))
        .collect::<Vec<_>>()
        .iter()
        .try_for_each(|line| writeln!(output.data, "{line}"));
    let exit = match left {
        0 => Exit::Done,
        left => {
            let s = if left == 1 { "" } else { "s" };
            output.note(&format!("{left} step{s} left for another time"));
            Exit::ManualStepsRemain
        }
    };
    Ok(output.finish(written, exit))
}

/// Who looked and when, where nothing else is said of a statement.
struct Seen<'a> {
    by: Option<&'a str>,
    on: Date,
    until: Option<Date>,
    /// How many days a statement counts where nothing says until when.
    days: u64,
}

impl Seen<'_> {
    fn statement(&self, address: Address, value: Value) -> Result<Statement, String> {
        let by = self.by.ok_or("who looked is missing: `--by WHO`")?;
        let until = match self.until {
            Some(until) => until,
            None => last_day(self.on, self.days)
                .ok_or_else(|| format!("no day is {} days after {}", self.days, self.on))?,
        };
        Ok(Statement {
            address,
            value,
            by: by.to_owned(),
            on: self.on,
            until,
        })
    }
}

/// Reads a value: JSON, a list or a mapping as the files write it, or a word such as `restricted`; none needs quotes that shells
/// would take away anyway.
fn value_of(text: &str) -> Value {
    let json = serde_json::from_str(text).ok();
    let written = || {
        let several = text.trim_start().starts_with(['[', '{']);
        several.then(|| config::small_file(text)).flatten()
    };
    json.or_else(written).unwrap_or_else(|| Value::from(text))
}

/// Records statements, all of them or none; returns what became of each, in words.
fn record(
    directory: &Utf8Path,
    mut workspace: Workspace,
    statements: &[Statement],
    global: &Global,
    output: &mut Output,
) -> Result<Vec<String>, Exit> {
    let mut done = Vec::with_capacity(statements.len());
    // Each statement is put into the files as those before it left them.
    let mut texts: BTreeMap<Utf8PathBuf, Arc<str>> = BTreeMap::new();
    let root = Root::open(directory)
        .map_err(|refusal| output.fail(Exit::Unexpected, &refusal.to_string(), None))?;
    for statement in statements {
        let old = newest(&workspace, &statement.address);
        let path = match old.and_then(|old| workspace.sources.get(old.span.file)) {
            Some(file) => file.path.clone(),
            None => file_of(statement.address.root()),
        };
        let text = amended(texts.get(&path), &root.named(&*path), statement, old);
        let text = text.map_err(|error| {
            let message = format!("`{path}` cannot be changed: {error}");
            let hint = "write the statement into it by hand";
            output.fail(Exit::Unexpected, &message, Some(hint))
        })?;
        done.push(said(statement, old, &path));
        texts.insert(path.clone(), text.into());
        workspace = check(directory, &path, &texts, statement, global, output)?;
    }
    for (path, text) in &texts {
        root.named(&**path)
            .replace(text.as_bytes(), Access::Ordinary)
            .map_err(|refusal| {
                let message = format!("not everything was recorded: {refusal}");
                output.fail(Exit::Unexpected, &message, None)
            })?;
    }
    Ok(done)
}

fn said(statement: &Statement, old: Option<&Attestation>, path: &Utf8Path) -> String {
    let address = crate::neutral::neutral(statement.address.as_str());
    let done = match old {
        None => format!("recorded {address}"),
        Some(old) if old.value == statement.value => format!("renewed {address}"),
        Some(old) => {
            let (from, to) = (old.value.to_string(), statement.value.to_string());
            let (from, to) = (crate::neutral::neutral(&from), crate::neutral::neutral(&to));
            format!("changed {address} from {from} to {to}")
        }
    };
    format!("{done} in {path}, until {}", statement.until)
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
fn amended(
    changed: Option<&Arc<str>>,
    file: &Named,
    statement: &Statement,
    old: Option<&Attestation>,
) -> io::Result<String> {
    let read = match changed {
        Some(text) => Ok(text.to_string()),
        None => file.read_text(config::Limits::default().file_bytes),
    };
    let before = match read {
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
    texts: &BTreeMap<Utf8PathBuf, Arc<str>>,
    statement: &Statement,
    global: &Global,
    output: &mut Output,
) -> Result<Workspace, Exit> {
    let options = LoadOptions::new(global.today());
    let plain = texts.iter().map(|(path, text)| {
        let body = text
            .strip_prefix('\u{feff}')
            .map_or_else(|| Arc::clone(text), Arc::from);
        (path.clone(), body)
    });
    let loaded = config::load_replacing(directory, options, plain.collect());
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
            Ok(workspace)
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

#[cfg(test)]
mod tests {
    use super::value_of;
    use serde_json::json;

    #[test]
    fn a_value_is_json_or_what_the_files_write() {
        assert_eq!(value_of("[globex.example]"), json!(["globex.example"]));
        assert_eq!(value_of("[\"globex.example\"]"), json!(["globex.example"]));
        assert_eq!(value_of("{ password: true }"), json!({ "password": true }));
        assert_eq!(value_of("restricted"), json!("restricted"));
        assert_eq!(value_of("true"), json!(true));
        assert_eq!(value_of("[globex.example"), json!("[globex.example"));
    }
}
