//! Where a diagnostic stands, as code hosts name it: a path from the root of the repository, a line, a fingerprint that outlives edits.

use super::Diagnostic;
use super::excerpt::marked;
use crate::config::Sources;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A diagnostic with its main place.
#[derive(Debug)]
pub(super) struct Placed<'d> {
    /// The diagnostic.
    pub(super) diagnostic: &'d Diagnostic,
    /// The path from the root of the repository, with `/`; the root file for a problem without a place.
    pub(super) path: String,
    /// From 1.
    pub(super) line: u32,
    /// From 1, in characters.
    pub(super) column: u32,
    /// The column behind the mark.
    pub(super) end_column: u32,
    /// 32 hexadecimal digits over code, path, text of the line and message, not over its number; distinct within one run.
    pub(super) fingerprint: String,
}

/// Finds the place of every diagnostic. `base` is where the workspace lies in its repository.
pub(super) fn placed<'d>(
    diagnostics: &'d [Diagnostic],
    sources: &Sources,
    base: &Utf8Path,
) -> Vec<Placed<'d>> {
    let mut seen: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    let placed = diagnostics.iter().map(|diagnostic| {
        let label = diagnostic.labels.first();
        let file = label.and_then(|label| sources.get(label.span.file));
        let path = path(
            base,
            file.map_or(Utf8Path::new("portcullis.yaml"), |file| &file.path),
        );
        let found = label.and_then(|label| marked(sources, label));
        let text = found.map_or("", |found| found.line.trim());
        let length = found.map_or(0, |found| {
            found.line[found.start..found.end].chars().count()
        });
        let column = label.map_or(1, |label| u32::from(label.span.column.max(1)));
        let mut hash = Sha256::new();
        let message = diagnostic.message.to_string();
        for part in [diagnostic.code, &path, text, &message] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let first: [u8; 32] = hash.finalize().into();
        // The same problem on two lines that read the same: told apart by their order.
        let count = seen
            .entry(first)
            .and_modify(|count| *count += 1)
            .or_insert(0);
        let mut hash = Sha256::new();
        hash.update(first);
        hash.update(count.to_le_bytes());
        let fingerprint = hash
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Placed {
            diagnostic,
            path,
            line: label.map_or(1, |label| label.span.line.max(1)),
            column,
            end_column: column + u32::try_from(length).unwrap_or(0).max(1),
            fingerprint,
        }
    });
    placed.collect()
}

/// Joins the workspace and a path within it, without `.` and with `/`.
pub(super) fn path(base: &Utf8Path, file: &Utf8Path) -> String {
    let mut joined = Utf8PathBuf::new();
    for part in base.components().chain(file.components()) {
        if part != Utf8Component::CurDir {
            joined.push(part);
        }
    }
    joined.into_string().replace('\\', "/")
}

/// Returns the message of a diagnostic with its other places and its hint, one after the other.
pub(super) fn whole_message(diagnostic: &Diagnostic, sources: &Sources, base: &Utf8Path) -> String {
    let mut text = diagnostic.message.to_string();
    for label in diagnostic.labels.iter().skip(1) {
        let file = sources
            .get(label.span.file)
            .map_or(Utf8Path::new("?"), |file| &file.path);
        text.push_str(&format!(
            "; {}: {}:{}",
            label.words(),
            path(base, file),
            label.span.line
        ));
    }
    if let Some(hint) = &diagnostic.hint {
        text.push_str("; hint: ");
        text.push_str(&hint.to_string());
    }
    text
}
