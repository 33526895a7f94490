//! The rows of a plan as lists: what stands in the way in full view, long lists folded.

use super::super::document::{PlanDocument, ResourceChange, Source};
use super::super::sections::{Section, checks, errors, findings, forecast, law};
use super::super::subject::{Subject, root, spoken};
use super::super::text::rows::{Section as Fate, action, label, reason, value};
use super::markup::{OPEN, begin, folded, phrase, short};
use crate::neutral::html::escaped;
use crate::neutral::phrase::{Phrase, Piece};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes what could not be read, what does not pass, and what is blocked and would be removed, changed and added.
pub(super) fn before_steps(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    table(&errors(document), out)?;
    table(&checks(document), out)?;
    table(&law(document), out)?;
    for (title, fate) in [
        ("Blocked, will not be done", Fate::Blocked),
        ("To remove", Fate::Remove),
        ("To change", Fate::Change),
        ("To add", Fate::Add),
    ] {
        rows(document, title, fate, out)?;
    }
    Ok(())
}

/// Writes what waits for a step by hand, and what is worth knowing.
pub(super) fn after_steps(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    rows(
        document,
        "By hand, without a known click path",
        Fate::ByHand,
        out,
    )?;
    rows(document, "Waiting for a step by hand", Fate::Waiting, out)?;
    table(&findings(document), out)?;
    table(&forecast(document), out)
}

/// Rows that belong to the same, for the same reason.
struct Group<'d> {
    heading: Phrase,
    rows: Vec<&'d ResourceChange>,
}

fn rows(document: &PlanDocument, title: &str, fate: Fate, out: &mut dyn Write) -> io::Result<()> {
    let many = document.sites.len() > 1;
    let steps = document
        .manual_steps
        .iter()
        .flat_map(|step| &step.addresses);
    let settled: BTreeSet<&str> = steps.map(String::as_str).collect();
    let mut groups: BTreeMap<(String, u8, String, String), Group<'_>> = BTreeMap::new();
    let mut count = 0;
    for row in &document.resource_changes {
        let told = fate == Fate::ByHand && settled.contains(row.address.as_str());
        if Fate::of(row) != fate || told {
            continue;
        }
        count += row.portcullis.count.unwrap_or(1);
        let subject = Subject::of(&row.address);
        let why = why(row, many);
        let site = match many {
            true => root(&row.address).to_owned(),
            false => String::new(),
        };
        let key = (site, subject.rank, subject.of.to_string(), why.to_string());
        let group = groups.entry(key).or_insert_with(|| {
            let mut heading = subject.of;
            if many {
                heading = heading.word(" on ").key(root(&row.address));
            }
            let heading = heading.word(": ").then(&why);
            Group {
                heading,
                rows: Vec::new(),
            }
        });
        group.rows.push(row);
    }
    if groups.is_empty() {
        return Ok(());
    }
    let title = format!("{title} ({count})");
    begin(&title, out)?;
    let mut content = String::new();
    let mixed = matches!(fate, Fate::Blocked | Fate::Waiting | Fate::ByHand);
    for group in groups.values() {
        written(group, mixed, &mut content);
    }
    let shown: usize = groups.values().map(|group| group.rows.len() + 1).sum();
    // What is blocked is what a reviewer came for.
    if shown <= OPEN || fate == Fate::Blocked && shown <= 2 * OPEN {
        writeln!(out, "<div data-find>\n{content}</div>")?;
    } else {
        let summary = format!("{count} in {} places", groups.len());
        folded(&title, &summary, usize::MAX, &content, out)?;
    }
    writeln!(out, "</section>")
}

/// Adds a group: a short one row by row; of a long one, what all rows have in common stands above them.
fn written(group: &Group<'_>, mixed: bool, content: &mut String) {
    let rows = &group.rows;
    let first = rows.first().map(|row| common(row));
    let same = |of: fn(&Common) -> &str| {
        let word = of(first.as_ref()?).to_owned();
        let all = rows.iter().all(|row| of(&common(row)) == word);
        all.then_some(word)
    };
    let class = same(|common| common.class).filter(|_| rows.len() > OPEN && !mixed);
    let Some(class) = class else {
        let _ = writeln!(content, "<h3>{}</h3>\n<ul>", phrase(&group.heading));
        for row in rows {
            line(row, mixed, content);
        }
        content.push_str("</ul>\n");
        return;
    };
    let (kind, file) = (same(|common| &common.kind), same(|common| &common.file));
    let mut heading = group.heading.clone();
    if let Some(kind) = kind.as_deref().filter(|kind| !kind.is_empty()) {
        heading = heading.word(&format!(", each a {}", kind.trim_end()));
    }
    if let Some(file) = file.as_deref().filter(|file| !file.is_empty()) {
        heading = heading.word(", in ").key(file);
    }
    let _ = writeln!(content, "<h3>{}</h3>\n<ul class={class}>", phrase(&heading));
    for row in rows {
        content.push_str("<li>");
        let label = label(row);
        match (label.pieces(), &kind) {
            // A plain address needs no walls.
            ([Piece::Word(_), Piece::Key(key)], Some(_)) if key.bytes().all(is_plain) => {
                content.push_str(key)
            }
            ([Piece::Word(_), rest @ ..], Some(_)) => {
                let rest = rest.iter().fold(Phrase::default(), |phrase, piece| {
                    phrase.piece(piece.clone())
                });
                content.push_str(&short(&rest));
            }
            _ => content.push_str(&short(&label)),
        }
        let value = value(row);
        if !value.is_empty() {
            let _ = write!(content, ": {}", short(&value));
        }
        if let Some(count) = row.portcullis.count {
            let _ = write!(content, " ({count})");
        }
        if let Some(source) = &row.portcullis.source {
            let _ = match &file {
                Some(_) => write!(content, " <i>:{}</i>", source.line),
                None => write!(
                    content,
                    " <i>{}</i>",
                    escaped(&format!("{}:{}", source.file, source.line))
                ),
            };
        }
        content.push('\n');
    }
    content.push_str("</ul>\n");
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-' | b'_' | b'+')
}

/// What rows of a list often share.
struct Common {
    class: &'static str,
    /// The words before the name, such as `member `.
    kind: String,
    file: String,
}

fn common(row: &ResourceChange) -> Common {
    let label = label(row);
    let kind = match label.pieces() {
        [Piece::Word(word), ..] => word.clone(),
        _ => String::new(),
    };
    let file = row
        .portcullis
        .source
        .as_ref()
        .map(|source| source.file.clone());
    Common {
        class: class(row),
        kind,
        file: file.unwrap_or_default(),
    }
}

fn class(row: &ResourceChange) -> &'static str {
    match action(row) {
        "delete" => "del",
        "update" => "chg",
        _ => "add",
    }
}

/// Adds a row; its sign is the style's, since what happens stands above it or is said here.
fn line(row: &ResourceChange, blocked: bool, content: &mut String) {
    let class = class(row);
    let _ = write!(content, "<li class={class}>");
    if blocked {
        let verb = match class {
            "del" => "remove ",
            "chg" => "change ",
            _ => "add ",
        };
        content.push_str(verb);
    }
    content.push_str(&short(&label(row)));
    let value = value(row);
    if !value.is_empty() {
        let _ = write!(content, ": {}", short(&value));
    }
    if let Some(count) = row.portcullis.count {
        let _ = write!(content, " ({count})");
    }
    if let Some(place) = place(row.portcullis.source.as_ref()) {
        let _ = write!(content, " <i>{}</i>", escaped(&place));
    }
    content.push('\n');
}

fn place(source: Option<&Source>) -> Option<String> {
    source.map(|source| format!("{}:{}", source.file, source.line))
}

/// Why rows are there, and what holds them back; what is blocked says what would lift it.
fn why(row: &ResourceChange, many: bool) -> Phrase {
    let mut why = Phrase::read(&reason(&row.action_reason));
    let extra = &row.portcullis;
    for blocked in &extra.blocked_by {
        why = why.word("; blocked by ").then(blocked);
    }
    for (at, lifted) in extra.lifted_by.iter().enumerate() {
        let before = if at == 0 { "; lifted by " } else { "; and by " };
        why = why.word(before).then(lifted);
    }
    if let Some(first) = extra.waiting_for.first() {
        why = why.word("; after ").then(&spoken(first, many));
        if extra.waiting_for.len() > 1 {
            why = why.word(&format!(" and {} more", extra.waiting_for.len() - 1));
        }
    }
    if let Some(right) = &extra.needs_right {
        why = why.word("; lacks ").then(&Phrase::read(right));
    }
    if !matches!(extra.surface.as_str(), "" | "documented" | "manual") {
        why = why.word("; over ").then(&Phrase::read(&extra.surface));
        if let Some(request) = &extra.request {
            why = why.word(" ").name(request);
        }
    }
    match extra.origin.as_deref() {
        None | Some("this_branch") => why,
        Some(origin) => why
            .word("; ")
            .then(&Phrase::read(&origin.replace('_', " "))),
    }
}

/// Writes a section whose rows are sentences.
fn table(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    if section.rows.is_empty() {
        return Ok(());
    }
    let title = section.heading();
    begin(&title, out)?;
    let mut content = String::from("<ul>\n");
    for row in &section.rows {
        let cells = row.iter().filter(|cell| !cell.is_empty());
        let cells: Vec<String> = cells.map(phrase).collect();
        let _ = writeln!(content, "<li>{}</li>", cells.join(" · "));
    }
    content.push_str("</ul>\n");
    if section.rows.len() <= OPEN {
        writeln!(out, "<div data-find>\n{content}</div>")?;
    } else {
        folded(
            &title,
            &format!("all {}", section.rows.len()),
            usize::MAX,
            &content,
            out,
        )?;
    }
    writeln!(out, "</section>")
}
