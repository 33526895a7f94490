//! The same for the problems of a workspace, whose excerpts show lines of rosters.

use super::Privacy;
use super::people::People;
use crate::config::{Column, SourceFile, Sources, codes};
use crate::diagnostic::{Diagnostic, FileId, marked_text};

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
        mask_quoted(diagnostic, sources);
        people.rewrite(&mut diagnostic.message);
        diagnostic
            .labels
            .iter_mut()
            .for_each(|label| people.rewrite(&mut label.text));
        diagnostic
            .hint
            .iter_mut()
            .for_each(|hint| people.rewrite(hint));
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

/// Masks what a problem quotes of a person's entry.
///
/// What is no address has no form by which it could be found in a sentence, so it is known by where it stands: between
/// backticks, or behind the colon of a hint.
fn mask_quoted(diagnostic: &mut Diagnostic, sources: &Sources) {
    // These quote nothing else, so that no escape sequence of YAML can get in between.
    let always = [codes::INVALID_ADDRESS, codes::INVALID_ID].contains(&diagnostic.code);
    let values = [
        codes::INVALID_DATE,
        codes::UNKNOWN_KEY,
        codes::UNKNOWN_WORD,
        codes::WRONG_TYPE,
    ];
    let in_a_table = diagnostic.span().is_some_and(|span| {
        let file = sources.get(span.file);
        file.is_some_and(|file| matches!(file.path.extension(), Some("csv" | "txt")))
    });
    if !always && !in_a_table && !values.contains(&diagnostic.code) {
        return;
    }
    let marked: Vec<&str> = diagnostic
        .labels
        .iter()
        .filter_map(|label| marked_text(sources, label))
        .collect();
    let foreign = |text: &str| {
        let text = text.trim_end_matches('…').trim_matches(['"', '\'', ' ']);
        !text.is_empty() && (always || marked.iter().any(|marked| marked.contains(text)))
    };
    let message = &mut diagnostic.message;
    if let (Some(first), Some(last)) = (message.find('`'), message.rfind('`')) {
        // With backticks in what is quoted nobody can tell where a quotation ends.
        let whole = marked.iter().any(|marked| marked.contains('`'))
            || message.matches('`').count() % 2 == 1;
        let quoted = &message[first + 1..last.max(first + 1)];
        let masked = match whole {
            true => crossed(quoted),
            false => masked_quotations(quoted, &foreign),
        };
        let tail = &message[last.max(first + 1)..];
        *message = format!("{}`{masked}{tail}", &message[..first]);
    }
    if let Some(hint) = &mut diagnostic.hint {
        if diagnostic.code == codes::UNUSED_COLUMN
            && let Some((head, values)) = hint.split_once(" in: [")
            && let Some((values, tail)) = values.rsplit_once("], out: [")
        {
            // The mapping to write lists what stands in the cells.
            *hint = format!("{head} in: [{}], out: [{tail}", crossed(values));
            return;
        }
        if let Some((head, tail)) = hint.split_once(": ")
            && foreign(tail)
        {
            *hint = format!("{head}: {}", crossed(tail));
        } else if in_a_table && let Some((head, rest)) = hint.split_once('`') {
            *hint = match rest.rsplit_once('`') {
                Some((quoted, tail)) => {
                    // A hint also names the columns of the format, of which a slip is a part.
                    let ours = |text: &str| Column::WORDS.iter().any(|(word, _)| *word == text);
                    let foreign = |text: &str| !ours(text) && foreign(text);
                    format!("{head}`{}`{tail}", masked_quotations(quoted, &foreign))
                }
                None => hint.clone(),
            };
        }
    }
}

/// Masks every second part between backticks, the first one included, where it is foreign.
fn masked_quotations(quoted: &str, foreign: &impl Fn(&str) -> bool) -> String {
    let parts: Vec<String> = quoted
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 == 0 && foreign(part) {
            true => crossed(part),
            false => part.to_owned(),
        })
        .collect();
    parts.join("`")
}

/// Replaces every character but spaces and colons.
fn crossed(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' | '\t' | '\r' | ':' => c,
            _ => 'x',
        })
        .collect()
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
