//! Diagnostics as annotations of GitHub Actions, behind the text that people read in the log.

use super::place::{placed, whole_message};
use super::text::{self, TextStyle};
use super::{Diagnostic, Severity};
use crate::config::Sources;
use crate::neutral::workflow::{message, property};
use camino::Utf8Path;
use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};

/// How many annotations of one kind GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the diagnostics as text between `::stop-commands::` and its end, then one annotation for each of the first ten
/// of a kind; the tenth says how many more there are.
///
/// `token` ends the part in which the runner ignores commands; see [`token`].
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    base: &Utf8Path,
    token: &str,
) -> io::Result<()> {
    if !diagnostics.is_empty() {
        let mut shown = Vec::new();
        text::write(&mut shown, diagnostics, sources, TextStyle::default())?;
        writeln!(out, "::stop-commands::{token}")?;
        out.write_all(&shown)?;
        writeln!(out, "::{token}::")?;
    }
    let placed = placed(diagnostics, sources, base);
    for (severity, kind) in [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "notice"),
    ] {
        let of_kind: Vec<_> = placed
            .iter()
            .filter(|found| found.diagnostic.severity == severity)
            .collect();
        let shown = if of_kind.len() > SHOWN {
            SHOWN - 1
        } else {
            of_kind.len()
        };
        for found in of_kind.iter().take(shown) {
            writeln!(
                out,
                "::{kind} file={},line={},col={},endColumn={},title={}::{}",
                property(&found.path),
                found.line,
                found.column,
                found.end_column,
                property(found.diagnostic.code),
                message(&whole_message(found.diagnostic, sources, base)),
            )?;
        }
        let hidden = of_kind.len() - shown;
        if hidden > 0 {
            writeln!(
                out,
                "::{kind} title=portcullis::{hidden} more of this kind are in the log"
            )?;
        }
    }
    Ok(())
}

/// Returns a token that the content cannot have guessed: a hash over the diagnostics and over randomness of this process.
///
/// Whoever writes the files chooses the content, so a hash of that alone could be computed beforehand.
pub fn token(diagnostics: &[Diagnostic]) -> String {
    let mut hash = Sha256::new();
    for _ in 0..2 {
        // The standard library seeds this from the operating system.
        hash.update(RandomState::new().hash_one(0_u8).to_le_bytes());
    }
    for diagnostic in diagnostics {
        hash.update(diagnostic.message.to_string());
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
