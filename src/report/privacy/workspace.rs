//! The same for the problems of a workspace, whose excerpts show lines of rosters.

use super::Privacy;
use super::people::{People, crossed};
use crate::config::{SourceFile, Sources};
use crate::diagnostic::{Diagnostic, FileId};

/// Takes personal data out of diagnostics and out of the files that excerpts are cut from.
///
/// Places stay true: in excerpts every character but those of YAML's keys and marks is masked by an `x`.
pub fn redact(
    diagnostics: &mut [Diagnostic],
    sources: &Sources,
    privacy: Privacy,
    key: Option<&str>,
) -> Sources {
    if privacy == Privacy::Full {
        return sources.clone();
    }
    let people = People::new(privacy, key);
    for diagnostic in diagnostics {
        people.phrase(&mut diagnostic.message);
        diagnostic
            .labels
            .iter_mut()
            .for_each(|label| people.phrase(&mut label.text));
        diagnostic
            .hint
            .iter_mut()
            .for_each(|hint| people.phrase(hint));
    }
    let mut masked = Sources::default();
    for id in 0..=u16::MAX {
        let Some(file) = sources.get(FileId(id)) else {
            break;
        };
        let lines: Vec<String> = file.text.split('\n').map(mask).collect();
        masked.add(SourceFile {
            path: file.path.clone(),
            text: lines.join("\n").into(),
        });
    }
    masked
}

/// Masks one line, without changing its length in characters.
fn mask(line: &str) -> String {
    let start = line.len() - line.trim_start_matches([' ', '-']).len();
    let key = line[start..].find(':').map_or(0, |colon| {
        let key = &line[start..start + colon];
        let ours = !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if ours { colon + 1 } else { 0 }
    });
    let (kept, rest) = line.split_at(start + key);
    format!("{kept}{}", crossed(rest))
}
