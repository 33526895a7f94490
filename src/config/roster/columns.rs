//! Columns that nobody reads: those that could matter are never dropped in silence.

use super::reading::{Column, Purpose, Reading};
use super::table::folded;
use crate::config::codes;
use crate::config::context::{Context, parse_date};
use crate::diagnostic::{Diagnostic, Mark, short};
use crate::neutral::phrase::{Phrase, bare, foreign, ours, personal, say, snippet};
use std::collections::BTreeSet;

/// Words in a header that say that the column decides who may stay, how long, or where; the docs list them.
const WORDS: [(Meaning, &[&str]); 4] = [
    (
        Meaning::Status,
        &[
            "status",
            "state",
            "active",
            "inactive",
            "enabled",
            "disabled",
            "suspended",
            "blocked",
            "locked",
            "deactivated",
            "revoked",
            "deleted",
            "archived",
            "terminated",
        ],
    ),
    (
        Meaning::End,
        &[
            "until",
            "end",
            "ends",
            "ended",
            "expires",
            "expired",
            "expiry",
            "expiration",
            "termination",
            "leaving",
            "leaver",
            "left",
        ],
    ),
    (
        Meaning::Organization,
        &[
            "organization",
            "organizations",
            "organisation",
            "organisations",
            "org",
            "orgs",
            "company",
            "companies",
            "customer",
            "client",
            "tenant",
        ],
    ),
    (
        Meaning::Other,
        &[
            "project", "projects", "role", "roles", "group", "groups", "access", "licence",
            "license",
        ],
    ),
];

/// What a column seems to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Whether the person may still be there.
    Status,
    /// Until when.
    End,
    /// In which organization.
    Organization,
    /// In which project, in which role and the like.
    Other,
}

/// Returns every word that makes a column matter, for the documentation.
pub fn column_words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|(_, words)| words.iter().copied())
}

/// Returns what the words of a header say; `None` where none of them is in the table.
///
/// Directories write several words as one: `accountEnabled`.
fn meaning(header: &str) -> Option<Meaning> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in header.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
    }
    words.iter().find_map(|word| {
        let entry = WORDS
            .iter()
            .find(|(_, words)| words.contains(&word.as_str()));
        entry.map(|(meaning, _)| *meaning)
    })
}

/// A column that is neither mapped nor ignored, with what its cells have shown so far.
#[derive(Debug)]
pub(super) struct Unused {
    /// Where it stands among the columns.
    pub(super) at: usize,
    /// Its header.
    name: String,
    mark: Mark,
    by_word: Option<Meaning>,
    filled: bool,
    all_dates: bool,
    all_names: bool,
    /// The first few values, for the mapping to write.
    values: BTreeSet<String>,
}

/// How many values of a column a message shows.
const SHOWN: usize = 4;

impl Unused {
    pub(super) fn new(at: usize, name: &str, mark: Mark) -> Self {
        Self {
            at,
            name: name.to_owned(),
            mark,
            by_word: meaning(name),
            filled: false,
            all_dates: true,
            all_names: true,
            values: BTreeSet::new(),
        }
    }

    /// Looks at a cell. False when nothing more is to be learned from this column.
    pub(super) fn look(
        &mut self,
        cell: &str,
        reading: &Reading,
        declared: &BTreeSet<String>,
    ) -> bool {
        let cell = cell.trim();
        if cell.is_empty() {
            return true;
        }
        self.filled = true;
        self.all_dates = self.all_dates && is_date(cell, reading);
        self.all_names = self.all_names && declared.contains(&cell.to_lowercase());
        let more = self.by_word.is_some() && self.values.len() < SHOWN;
        if more {
            self.values.insert(short(cell).into_owned());
        }
        more || (self.by_word.is_none() && (self.all_dates || self.all_names))
    }

    fn meaning(&self) -> Option<Meaning> {
        match (self.by_word, self.filled) {
            (Some(meaning), _) => Some(meaning),
            (None, true) if self.all_dates => Some(Meaning::End),
            (None, true) if self.all_names => Some(Meaning::Organization),
            _ => None,
        }
    }
}

fn is_date(cell: &str, reading: &Reading) -> bool {
    let formats = reading
        .date_format
        .as_deref()
        .into_iter()
        .chain(["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%Y/%m/%d"]);
    let day = cell.get(..10).unwrap_or(cell);
    let timed = cell.len() == 10 || matches!(cell.as_bytes().get(10), Some(b'T' | b' '));
    (timed && parse_date(day).is_some())
        || formats
            .into_iter()
            .any(|format| jiff::civil::Date::strptime(format, cell).is_ok())
}

/// Says what is left out of account: errors under `exact`, warnings otherwise, and a note for what does not seem to matter.
pub(super) fn judge(
    cx: &mut Context,
    unused: &[Unused],
    purpose: Purpose,
    exact: bool,
    path: &str,
) {
    for column in unused {
        let Some(meaning) = column.meaning() else {
            continue;
        };
        let name = personal(short(&column.name));
        let message = say("the column {} is not used, and could matter", [name]);
        let diagnostic = if exact {
            Diagnostic::error(codes::UNUSED_COLUMN, message)
        } else {
            Diagnostic::warning(codes::UNUSED_COLUMN, message)
        };
        let name = foreign(quoted(&column.name));
        let ignored = snippet(say("ignore_columns: [{}]", [name.clone()]));
        let way = say_mapping(column, meaning, purpose, name);
        cx.report(diagnostic.at(column.mark).hint(say(
            "{}, or {} beside {}",
            [way, ignored, foreign(format!("file: {path}"))],
        )));
    }
    let rest: Vec<&Unused> = unused
        .iter()
        .filter(|column| column.meaning().is_none())
        .collect();
    if let Some(first) = rest.first() {
        let names: Vec<Phrase> = rest
            .iter()
            .map(|column| personal(short(&column.name)))
            .collect();
        cx.report(
            Diagnostic::note(
                codes::UNUSED_COLUMN,
                match names.as_slice() {
                    [one] => say("the column {} is not used", [one.clone()]),
                    many => say(
                        "the columns {} are not used",
                        [Phrase::default().joined(many, ", ")],
                    ),
                },
            )
            .at(first.mark),
        );
    }
}

/// Says how a column is put to use that could matter.
fn say_mapping(column: &Unused, meaning: Meaning, purpose: Purpose, name: Phrase) -> Phrase {
    let columns = |what: &str| snippet(say("columns: { {}: {} }", [ours(what), name.clone()]));
    match meaning {
        Meaning::End if purpose != Purpose::Leavers => say("write {}", [columns("until")]),
        Meaning::Organization | Meaning::Other if purpose == Purpose::List => {
            let other = "project";
            let list = match folded(&column.name).contains(other) {
                true => other,
                false => "organization",
            };
            say(
                "name the file under `rosters` of the site with {}, which fills many lists",
                [columns(list)],
            )
        }
        Meaning::Organization if purpose == Purpose::Lists => {
            say("write {}", [columns("organization")])
        }
        _ => {
            let values = column.values.iter().map(|value| bare(quoted(value)));
            let values: Vec<Phrase> = values.collect();
            let values = Phrase::default().joined(&values, ", ");
            let block = say("where: { {}: { in: [{}], out: [] } }", [name, values]);
            say("write {}", [snippet(block)])
        }
    }
}

/// Writes a text as YAML reads it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Returns the column that a header's unknown name was probably meant to be.
///
/// An ignored `untill` would let guests in for ever, so one slip of the pen is an error, and so is `valid until`. Columns of
/// other programs' tables (`amount`, `company name`) are further away than that.
pub(super) fn meant(
    name: &str,
    missing: impl Fn(Column) -> bool,
    purpose: Purpose,
) -> Option<Column> {
    let written = name.to_lowercase().replace(['-', ' ', '.'], "_");
    if Column::WORDS.iter().any(|(word, _)| *word == written) && !name.contains(['-', ' ', '.']) {
        return None;
    }
    purpose.columns().iter().copied().find(|column| {
        let word = column.word();
        let near = strsim::damerau_levenshtein(&written, word) <= 1
            || *column == Column::Until && written.split('_').any(|part| part == word);
        near && missing(*column)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_matter_are_known_by_their_words() {
        for (header, means) in [
            ("User status", Some(Meaning::Status)),
            ("Account Enabled", Some(Meaning::Status)),
            ("END DATE", Some(Meaning::End)),
            ("Valid-until", Some(Meaning::End)),
            ("Organization Name", Some(Meaning::Organization)),
            ("company", Some(Meaning::Organization)),
            ("accountEnabled", Some(Meaning::Status)),
            ("companyName", Some(Meaning::Organization)),
            ("profile.organization", Some(Meaning::Organization)),
            ("Status [READ ONLY]", Some(Meaning::Status)),
            ("Projects", Some(Meaning::Other)),
            ("Org role", Some(Meaning::Organization)),
            ("weekend phone", None),
            ("Department", None),
            ("amount", None),
            ("notes", None),
        ] {
            assert_eq!(meaning(header), means, "{header}");
        }
    }
}
