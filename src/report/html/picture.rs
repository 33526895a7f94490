//! The picture of who comes where: classes, organizations and groups on the left, portals in the middle, their spaces on the
//! right. A line that comes, goes or stays is drawn as such, and everything that is drawn is said in words below.

use super::super::impact::{PortalRow, WayRow};
use super::markup::phrase;
use super::people::class_words;
use crate::neutral::html::escaped;
use crate::neutral::phrase::Phrase;
use crate::neutral::shortened;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use unicode_width::UnicodeWidthChar as _;

/// How many portals and how many ways to each are drawn; a larger picture shows nothing.
const PORTALS: usize = 12;
const WAYS: usize = 24;
/// How many ways to one portal are said in words.
const SAID: usize = 12;
/// The height of a node with its distance, and of a node.
const STEP: usize = 34;
const NODE: usize = 26;
/// Where the columns begin, and how wide a node of each is.
const COLUMNS: [usize; 3] = [0, 355, 630];
const WIDE: [usize; 3] = [270, 190, 160];
/// Between the sides of a node and its text.
const PAD: usize = 8;
/// The size of letters, as the style has it.
const LETTER: usize = 13;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Comes,
    Goes,
    Stays,
}

impl Fate {
    const fn of(before: bool, after: bool) -> Option<Self> {
        match (before, after) {
            (false, true) => Some(Self::Comes),
            (true, false) => Some(Self::Goes),
            (true, true) => Some(Self::Stays),
            (false, false) => None,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Comes => "add",
            Self::Goes => "del",
            Self::Stays => "same",
        }
    }
}

/// A way to a portal.
struct Way {
    name: Phrase,
    plain: String,
    fate: Fate,
    note: String,
}

/// Returns the ways to a portal, what changes first.
fn ways(portal: &PortalRow) -> Vec<Way> {
    let reaches = |answer: &str| answer != "no";
    let classes = portal.classes.iter().filter_map(|class| {
        let (before, after) = (class.before.as_str(), class.after_manual_steps.as_str());
        let fate = Fate::of(reaches(before), reaches(after))?;
        let words = class_words(&class.class);
        let note = match (before, after) {
            ("uncertain", _) | (_, "uncertain") => " (perhaps)",
            _ => "",
        };
        Some(Way {
            name: Phrase::of(words),
            plain: words.to_owned(),
            fate,
            note: note.to_owned(),
        })
    });
    let rows = portal.ways.iter().filter_map(|row| {
        Some(Way {
            name: Phrase::of(&row.kind).word(" ").name(&row.name),
            plain: quoted(&row.name),
            fate: Fate::of(row.before, row.after)?,
            note: moved(row),
        })
    });
    let mut all: Vec<Way> = classes.chain(rows).collect();
    // Within an organization somebody may come or go as well.
    all.sort_by_key(|way| (way.fate, way.note.is_empty() || !way.note.contains('→')));
    all
}

/// A name between quotes that it does not contain, so that it cannot be read as words of the picture.
fn quoted(name: &str) -> String {
    let name = name.replace(['“', '”'], "'");
    format!("“{}”", shortened(&name, 20))
}

/// How wide a text is at most, in hundredths of a letter's size: the widest of the fonts that browsers take for `system-ui`.
fn measured(text: &str) -> usize {
    let letter = |c: char| match c {
        'f' | 'i' | 'j' | 'l' | 'r' | 't' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '('
        | ')' | '[' | ']' | '-' | '|' | '!' => 41,
        'm' | 'w' | 'M' | 'W' | 'N' | 'O' | 'Q' | 'G' | 'D' | 'H' | 'U' | '@' | '%' | '→' | '…'
        | '&' => 100,
        c if c.is_uppercase() => 77,
        // A letter of a script that fills a square.
        c => 64 * c.width().unwrap_or(0).max(1),
    };
    text.chars().map(letter).sum()
}

/// A name with its note, as far as there is room: the name is shortened, never the note.
fn fitted(name: &str, note: &str, room: usize) -> String {
    let inner = name
        .strip_prefix('“')
        .and_then(|name| name.strip_suffix('”'));
    let whole = inner.unwrap_or(name);
    let mut letters = whole.chars().count();
    loop {
        let short = shortened(whole, letters);
        let text = match inner {
            Some(_) => format!("“{short}”{note}"),
            None => format!("{short}{note}"),
        };
        if letters <= 1 || measured(&text) * LETTER <= room * 100 {
            return text;
        }
        letters -= 1;
    }
}

fn moved(row: &WayRow) -> String {
    let people = match (row.before, row.after) {
        (true, true) if row.people_before != row.people_after => {
            format!("{} → {}", row.people_before, row.people_after)
        }
        (true, false) => row.people_before.to_string(),
        _ => row.people_after.to_string(),
    };
    let noun = if people == "1" { "person" } else { "people" };
    format!(" ({people} {noun})")
}

/// Writes the picture, and the same in words.
pub(super) fn picture(portals: &[&PortalRow], many: bool, out: &mut dyn Write) -> io::Result<()> {
    let drawn = portals.len() <= PORTALS;
    if drawn {
        writeln!(out, "{}", drawing(portals, many))?;
    }
    let mut words = String::new();
    for portal in portals.iter().take(4 * PORTALS) {
        let mut name = Phrase::default().key(&portal.project);
        if many {
            name = name.word(" on ").key(&portal.site);
        }
        let _ = writeln!(words, "<h3>{}</h3>\n<ul>", phrase(&name));
        let ways = ways(portal);
        for way in ways.iter().take(SAID) {
            let _ = writeln!(
                words,
                "<li class=\"{}\">{}{}</li>",
                way.fate.class(),
                phrase(&way.name),
                escaped(&way.note)
            );
        }
        if ways.len() > SAID {
            let _ = writeln!(
                words,
                "<li class=\"same\">and {} more ways</li>",
                ways.len() - SAID
            );
        }
        for space in &portal.spaces {
            let _ = writeln!(
                words,
                "<li class=\"{}\">{}</li>",
                space_fate(space).class(),
                phrase(&space_words(space))
            );
        }
        let _ = writeln!(words, "</ul>");
    }
    writeln!(
        out,
        "<details><summary>Who comes by which way, in words</summary>\n<noscript data-of=\"Ways\">\n{words}</noscript>\n</details>"
    )
}

fn space_fate(space: &super::super::impact::ShelfRow) -> Fate {
    match (&space.before, &space.after) {
        (None, Some(_)) => Fate::Comes,
        (Some(_), None) => Fate::Goes,
        _ => Fate::Stays,
    }
}

fn viewers(word: Option<&String>) -> String {
    word.map_or("not known".to_owned(), |word| word.replace('_', " "))
}

fn space_words(space: &super::super::impact::ShelfRow) -> Phrase {
    let text = Phrase::of("articles of ").key(&space.space).word(": for ");
    match space.before == space.after {
        true => text.word(&viewers(space.after.as_ref())),
        false => text.word(&format!(
            "{} → {}",
            viewers(space.before.as_ref()),
            viewers(space.after.as_ref())
        )),
    }
}

/// Draws the picture; it says nothing that the words below do not, so it is hidden from readers of screens.
fn drawing(portals: &[&PortalRow], many: bool) -> String {
    let mut left: Vec<(String, String)> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut lines = Vec::new();
    let mut hidden = 0;
    for (at, portal) in portals.iter().enumerate() {
        for way in ways(portal) {
            let key = (portal.site.clone(), way.name.to_string());
            let place = match places.get(&key) {
                Some(place) => *place,
                None if left.len() < WAYS => {
                    left.push((way.plain.clone(), way.note.clone()));
                    places.insert(key, left.len() - 1);
                    left.len() - 1
                }
                None => {
                    hidden += 1;
                    continue;
                }
            };
            lines.push((0, place, at, way.fate));
        }
    }
    let mut right = Vec::new();
    for (at, portal) in portals.iter().enumerate() {
        for space in portal.spaces.iter().take(WAYS - right.len().min(WAYS)) {
            lines.push((1, at, right.len(), space_fate(space)));
            let changed = match space.before == space.after {
                true => "",
                false => " (changes)",
            };
            right.push((space.space.clone(), changed.to_owned()));
        }
    }
    let middle: Vec<(String, String)> = portals
        .iter()
        .map(|portal| {
            let name = match many {
                true => format!("{} on {}", portal.project, portal.site),
                false => portal.project.clone(),
            };
            (
                name,
                format!(" ({} → {})", portal.before, portal.after_manual_steps),
            )
        })
        .collect();
    let rows = left.len().max(middle.len()).max(right.len()).max(1);
    let height = rows * STEP;
    let width = COLUMNS[2] + WIDE[2];
    let columns = [&left, &middle, &right];
    // Shorter columns stand in the middle.
    let top = |column: usize, at: usize| (rows - columns[column].len()) * STEP / 2 + at * STEP;
    let mut text =
        format!("<svg class=\"picture\" viewBox=\"0 0 {width} {height}\" aria-hidden=\"true\">\n");
    // What changes lies above what stays.
    lines.sort_by_key(|line| std::cmp::Reverse(line.3));
    for (column, from, to, fate) in lines {
        let (x1, x2) = (COLUMNS[column] + WIDE[column], COLUMNS[column + 1]);
        let (y1, y2) = (top(column, from) + NODE / 2, top(column + 1, to) + NODE / 2);
        let middle = usize::midpoint(x1, x2);
        let _ = writeln!(
            text,
            "<path class=\"{}\" d=\"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}\"/>",
            fate.class()
        );
    }
    for (column, nodes) in columns.into_iter().enumerate() {
        for (at, (name, note)) in nodes.iter().enumerate() {
            let (x, y, wide) = (COLUMNS[column], top(column, at), WIDE[column]);
            let _ = writeln!(
                text,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{NODE}\" rx=\"5\"/><text x=\"{}\" y=\"{}\">{}</text>",
                x + PAD,
                y + 18,
                escaped(&fitted(name, note, wide - 2 * PAD))
            );
        }
    }
    text.push_str("</svg>\n<p class=\"legend\" aria-hidden=\"true\"><span class=\"add\">+ comes</span> <span class=\"del\">− goes</span> <span class=\"same\">= stays</span>");
    if hidden > 0 {
        let _ = write!(text, "; {hidden} more ways are not drawn");
    }
    text.push_str("</p>");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_in_its_box_and_keeps_its_note_and_its_marks() {
        let room = WIDE[0] - 2 * PAD;
        let fits = |text: &str| measured(text) * LETTER <= room * 100;
        for (name, note) in [
            ("anyone with an address", " (perhaps)"),
            ("“Globex”", " (3 → 5 people)"),
        ] {
            let text = fitted(name, note, room);
            assert_eq!(text, format!("{name}{note}"));
            assert!(fits(&text), "{text}");
        }
        for name in [
            "“WWWWWWWWWWWWWWWWWWWW”",
            "“株式会社グローベックスの社員名簿の部”",
        ] {
            let text = fitted(name, " (12345 → 1 people)", room);
            assert!(
                text.starts_with('“') && text.ends_with("…” (12345 → 1 people)"),
                "{text}"
            );
            assert!(fits(&text), "{text}");
        }
    }
}
