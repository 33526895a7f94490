//! `portcullis validate`: every problem of the workspace at once, without network.

use super::args::{Global, ValidateArguments, ValidateFormat};
use super::plan::PSEUDONYM_KEY;
use super::{Lookup, Output};
use crate::base;
use crate::config::{self, LoadOptions};
use crate::diagnostic::{self, Severity};
use crate::exit::Exit;
use crate::expect;
use crate::lint;
use crate::report::privacy::{self, Privacy};
use camino::{Utf8Path, Utf8PathBuf};

/// Runs the command.
pub(super) fn run(
    arguments: &ValidateArguments,
    global: &Global,
    output: &mut Output,
    lookup: Lookup,
) -> Exit {
    let today = global.today();
    let mut loaded = config::load(&arguments.dir, LoadOptions::new(today));
    if let Some(workspace) = &loaded.workspace {
        let found = &mut loaded.diagnostics;
        found.extend(lint::diagnostics(workspace, today));
        found.extend(expect::diagnostics(workspace, today));
        diagnostic::sort(found);
    }
    let valid = loaded
        .diagnostics
        .iter()
        .all(|diagnostic| diagnostic.severity != Severity::Error);
    let exit = exit_of(&loaded.diagnostics);
    if global.privacy != Privacy::Full {
        let key = lookup(PSEUDONYM_KEY);
        let (diagnostics, sources) = (&mut loaded.diagnostics, &loaded.sources);
        loaded.sources =
            privacy::redact_diagnostics(diagnostics, sources, global.privacy, key.as_deref());
    }
    let inventory = loaded.inventory();
    let (diagnostics, sources) = (&loaded.diagnostics, &loaded.sources);
    let base = as_code_hosts_name_it(&arguments.dir);
    let written = match arguments.format {
        ValidateFormat::Text => {
            let style = diagnostic::text::TextStyle {
                color: output.style.color,
                width: output.style.width,
                folded: output.terminal.is_some(),
            };
            let read = output.folded(&format!("read: {inventory}"));
            let said = diagnostic::text::write(&mut output.data, diagnostics, sources, style);
            said.and_then(|()| match (valid, diagnostics.len()) {
                (true, 0) => writeln!(output.data, "the workspace is valid"),
                (true, 1) => writeln!(output.data, "the workspace is valid, with 1 remark"),
                (true, remarks) => writeln!(
                    output.data,
                    "the workspace is valid, with {remarks} remarks"
                ),
                (false, _) if exit == Exit::Expectation => writeln!(
                    output.data,
                    "the files are sound, and break what they promise: {}",
                    totals(diagnostics)
                ),
                (false, _) => writeln!(
                    output.data,
                    "the workspace is not valid: {}",
                    totals(diagnostics)
                ),
            })
            .and_then(|()| match inventory.files {
                0 => Ok(()),
                _ => writeln!(output.data, "{read}"),
            })
        }
        ValidateFormat::Json => {
            let document = diagnostic::json::document(diagnostics, sources);
            let document = document.of_run(&inventory, exit);
            output
                .data
                .write_all(diagnostic::json::to_text(&document).as_bytes())
        }
        ValidateFormat::Sarif => {
            let document = diagnostic::sarif::document(diagnostics, sources, &base);
            let text = diagnostic::json::to_text(&document);
            output.data.write_all(text.as_bytes())
        }
        ValidateFormat::Codequality => {
            let document = diagnostic::codequality::document(diagnostics, sources, &base);
            let text = diagnostic::json::to_text(&document);
            output.data.write_all(text.as_bytes())
        }
        ValidateFormat::Github => {
            let token = diagnostic::github::token(diagnostics);
            diagnostic::github::write(&mut output.data, diagnostics, sources, &base, &token)
        }
        ValidateFormat::Junit => {
            diagnostic::junit::write(&mut output.data, diagnostics, sources, &base)
        }
    };
    output.finish(written, exit)
}

/// A workspace that contradicts itself is invalid, whatever else; one that is sound and breaks its own promises is not.
fn exit_of(diagnostics: &[diagnostic::Diagnostic]) -> Exit {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    errors.fold(Exit::Done, |exit, diagnostic| {
        exit.and(match diagnostic.code {
            expect::FAILED => Exit::Expectation,
            _ => Exit::Invalid,
        })
    })
}

/// Counts what was found, by severity: `2 errors, 1 warning`.
fn totals(diagnostics: &[diagnostic::Diagnostic]) -> String {
    let kinds = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let counted = kinds.iter().filter_map(|(severity, word)| {
        let found = diagnostics.iter().filter(|d| d.severity == *severity);
        match found.count() {
            0 => None,
            1 => Some(format!("1 {word}")),
            count => Some(format!("{count} {word}s")),
        }
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// Returns the workspace as a path from the root of its repository: code hosts know no other paths, wherever the command runs.
/// Outside of a repository it is the path from where the command runs, where the workspace lies below.
fn as_code_hosts_name_it(directory: &Utf8Path) -> Utf8PathBuf {
    if let Some(prefix) = base::prefix(directory) {
        return prefix.into();
    }
    let here = std::env::current_dir().ok();
    let here = here.as_deref().and_then(Utf8Path::from_path);
    here.and_then(|here| directory.strip_prefix(here).ok())
        .unwrap_or(directory)
        .to_owned()
}
