//! The plan as a comment on a pull request: what a reviewer needs on the first screen, within a budget of bytes.
//!
//! A long plan loses detail section by section, the least important first: rows, then counts per list, then all but a
//! heading. Text is only ever left out in whole lines, so no table and no escape is cut.

use super::document::PlanDocument;
use super::html::is_safe_link;
use super::sections::{Form, Section, overriding, remarks, rest, sections};
use super::text::headline;
use super::verdict::{Tone, verdict};
use crate::neutral::markdown::{code, prose};
use crate::neutral::phrase::{Phrase, Piece};
use crate::neutral::shortened;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The budget unless told otherwise; GitHub takes 65,536 characters a comment.
pub const MAX_BYTES: usize = 60_000;

/// The least budget that holds a heading and the counts.
pub const LEAST_BYTES: usize = 4_000;

/// How many lists a summary names.
const LISTS: usize = 15;
/// How many people of one row are named.
const ITEMS: usize = 5;
/// How many sites a heading names.
const SITES: usize = 5;

/// Returns the comment, at most `max_bytes` bytes of it; less than [`LEAST_BYTES`] counts as that.
///
/// Its first line is a hidden marker with the sites, by which a pipeline finds the comment to edit in place.
pub fn plan(document: &PlanDocument, max_bytes: usize) -> String {
    let max_bytes = max_bytes.max(LEAST_BYTES);
    let mut sections = sections(document, ITEMS);
    if let Some(files) = document
        .made
        .as_ref()
        .and_then(|made| made.files.as_deref())
    {
        link_places(&mut sections, files);
    }
    let head = head(document);
    let foot = foot(document);
    let mut room = max_bytes.saturating_sub(head.len() + foot.len());
    // Sections without space for their own heading go, the least important first.
    while sections
        .iter()
        .map(|section| least(section).len())
        .sum::<usize>()
        > room
    {
        let Some(last) = (0..sections.len()).max_by_key(|&i| sections[i].priority) else {
            break;
        };
        sections.remove(last);
    }
    let mut order: Vec<usize> = (0..sections.len()).collect();
    order.sort_by_key(|&i| sections[i].priority);
    let whole: Vec<String> = sections
        .iter()
        .map(|section| with_rows(section, section.rows.len()))
        .collect();
    let fits = whole.iter().map(String::len).sum::<usize>() <= room;
    let mut shown: Vec<String> = if fits {
        whole
    } else {
        sections.iter().map(least).collect()
    };
    if !fits {
        room -= shown.iter().map(String::len).sum::<usize>();
        for (turn, &i) in order.iter().enumerate() {
            // Whoever comes first may take half of what is left, so that the others are not reduced to a heading.
            let last = turn + 1 == order.len();
            let share = if last { room } else { room / 2 };
            let best = fitting(&sections[i], shown[i].len() + share);
            room -= best.len() - shown[i].len();
            shown[i] = best;
        }
    }
    let mut text = head;
    text.extend(shown);
    text.push_str(&foot);
    text
}

/// Lets every place lead to its line at the commit that was planned.
fn link_places(sections: &mut [Section], files: &str) {
    let cells = sections.iter_mut().flat_map(|section| &mut section.rows);
    for cell in cells.flatten() {
        let phrase = std::mem::take(cell);
        *cell = phrase.linked(|place| super::made::line_of(files, place));
    }
}

/// Returns the hidden marker of a plan of these sites; the same sites always give the same one.
pub fn marker(sites: &[String]) -> String {
    let mut name = String::new();
    for (i, site) in sites.iter().enumerate() {
        if i > 0 {
            name.push(',');
        }
        for byte in site.bytes() {
            // Two hyphens would end the comment.
            if byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'.')
                || byte == b'-' && !name.ends_with('-')
            {
                name.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    if name.len() > 200 {
        let hash = Sha256::digest(name.as_bytes());
        name = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
    }
    format!("<!-- portcullis:plan site={name} -->")
}

fn head(document: &PlanDocument) -> String {
    let mut sites: Vec<String> = document
        .sites
        .iter()
        .take(SITES)
        .map(|site| code(&shortened(site, 40)))
        .collect();
    if document.sites.len() > SITES {
        sites.push(format!("and {} more", document.sites.len() - SITES));
    }
    let (tone, says) = verdict(document);
    let mut text = format!(
        "{}\n\n### Portcullis plan: {}\n\n**{}{}**\n\n{}\n\n",
        marker(&document.sites),
        sites.join(", "),
        match tone {
            Tone::Stop => "⛔ ",
            Tone::Look => "⚠️ ",
            Tone::Calm => "✅ ",
        },
        phrase(&says),
        prose(&headline(document))
    );
    for remark in remarks(document) {
        let _ = write!(text, "{}\n\n", phrase(&remark));
    }
    text
}

fn foot(document: &PlanDocument) -> String {
    let mut text = String::from("<details><summary>The rest in numbers</summary>\n\n");
    for (what, pieces) in rest(document) {
        let _ = writeln!(text, "- {what}: {}", phrase(&pieces));
    }
    text.push_str("\n</details>\n");
    if let Some(how) = overriding(document) {
        let _ = write!(text, "\n{}\n", phrase(&how));
    }
    text
}

fn title(section: &Section) -> String {
    format!("#### {}\n\n", section.heading())
}

/// A section as its heading alone.
fn least(section: &Section) -> String {
    title(section)
}

/// Returns the longest form of a section that fits into so many bytes.
fn fitting(section: &Section, bytes: usize) -> String {
    let whole = with_rows(section, section.rows.len());
    if whole.len() <= bytes {
        return whole;
    }
    // Rows have a size of their own, but the number of rows that fit can be searched: more rows are never shorter.
    let (mut low, mut high) = (0, section.rows.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        if with_rows(section, middle).len() <= bytes {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    if low > 0 {
        return with_rows(section, low);
    }
    let lists = format!("{}{}", title(section), lists(section));
    if lists.len() <= bytes {
        lists
    } else {
        least(section)
    }
}

/// A section with so many of its rows, folded where they are more than a reader takes in at once.
fn with_rows(section: &Section, shown: usize) -> String {
    let total = section.rows.len();
    let mut text = title(section);
    if total <= section.open && shown == total {
        text.push_str(&body(section, &section.rows));
        text.push('\n');
        return text;
    }
    text.push_str(&lists(section));
    if shown == 0 {
        return text;
    }
    let summary = if shown == total {
        "all of them".to_owned()
    } else {
        format!("the first {shown}")
    };
    let _ = write!(text, "<details><summary>{summary}</summary>\n\n");
    text.push_str(&body(section, &section.rows[..shown]));
    if shown < total {
        let more = match total - shown {
            1 => "1 more row is in the plan file; `portcullis show PLANFILE` shows it.".to_owned(),
            n => format!(
                "{n} more rows are in the plan file; `portcullis show PLANFILE` lists them."
            ),
        };
        let _ = write!(text, "\n{more}\n");
    }
    text.push_str("\n</details>\n\n");
    text
}

/// How many things belong to what.
fn lists(section: &Section) -> String {
    let mut text = String::new();
    for (of, count) in section.lists.iter().take(LISTS) {
        let _ = writeln!(text, "- {}: {count}", phrase(of));
    }
    if section.lists.len() > LISTS {
        let rest: usize = section
            .lists
            .iter()
            .skip(LISTS)
            .map(|(_, count)| count)
            .sum();
        let _ = writeln!(
            text,
            "- {rest} more in {} other places",
            section.lists.len() - LISTS
        );
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn body(section: &Section, rows: &[Vec<Phrase>]) -> String {
    let mark = match section.form {
        Form::Table => return table(&section.heads, rows),
        Form::Items => "- ",
        Form::Tasks => "- [ ] ",
    };
    let mut text = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            let mark = if at == 0 { mark } else { "  - " };
            let _ = writeln!(text, "{mark}{}", phrase(cell));
        }
    }
    text
}

fn table(heads: &[&'static str], rows: &[Vec<Phrase>]) -> String {
    let mut text = format!(
        "| {} |\n|{}\n",
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    for row in rows {
        for cell in row {
            let _ = write!(text, "| {} ", phrase(cell));
        }
        text.push_str("|\n");
    }
    text
}

/// The most pieces of one phrase; a message that names more ends in `…`.
const PIECES: usize = 60;

fn phrase(phrase: &Phrase) -> String {
    let mut text = String::new();
    let mut add = |next: &str, is_code: bool| {
        // Code spans neither grow together nor swallow a letter that stands beside them.
        let ends = text.ends_with('`');
        let touches = match is_code {
            true => ends || text.ends_with(char::is_alphanumeric),
            false => ends && next.starts_with(char::is_alphanumeric),
        };
        if touches {
            text.push(' ');
        }
        text.push_str(next);
    };
    for piece in phrase.pieces().iter().take(PIECES) {
        match piece {
            running if running.is_running_text() => {
                let words = &*running.text();
                let open = words.starts_with(' ');
                let close = words.len() > 1 && words.ends_with(' ');
                let (open, close) = (if open { " " } else { "" }, if close { " " } else { "" });
                add(&format!("{open}{}{close}", prose(words)), false);
            }
            Piece::Place(at, Some(link)) => add(&format!("[{}]({link})", code(at)), false),
            Piece::Link(url) if is_safe_link(url) => add(&format!("<{url}>"), false),
            foreign => add(&code(&foreign.text()), true),
        }
    }
    if phrase.pieces().len() > PIECES {
        text.push_str(" …");
    }
    text
}
