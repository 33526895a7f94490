//! What differs between site and files: what it comes to, who it is about, and the rows by whose doing they are.

use super::super::document::ResourceChange;
use super::super::drift::{DriftDocument, action, changed, done_by, waits};
use super::super::subject::{Subject, root, spoken};
use super::super::text::rows::label;
use super::markup::{OPEN, begin, folded, phrase, short};
use super::people;
use crate::neutral::phrase::{Phrase, quoted};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes what it comes to.
pub(super) fn head(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let failing = document.checks.iter();
    let failing =
        failing.filter(|check| check.address.kind == "expectation" && check.status == "fail");
    let (open, unapplied): (Vec<_>, Vec<_>) =
        document.resource_changes.iter().partition(|row| waits(row));
    let count = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let differs = match document.base {
        Some(_) => [
            "thing was changed on the site",
            "things were changed on the site",
        ],
        None => ["thing differs", "things differ"],
    };
    let parts = [
        count(
            failing.count(),
            "expectation does not hold",
            "expectations do not hold",
        ),
        count(document.resource_drift.len(), differs[0], differs[1]),
        count(
            unapplied.len(),
            "row is not applied yet",
            "rows are not applied yet",
        ),
        count(open.len(), "waits for a person", "wait for a person"),
        count(
            document.unreadable.len(),
            "value is not known",
            "values are not known",
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let tone = match (document.exit_code, parts.is_empty()) {
        (10, _) => "stop",
        (_, true) => "calm",
        _ => "look",
    };
    let text = match parts.is_empty() {
        true => "No drift.".to_owned(),
        false => format!("{}.", parts.join(", ")),
    };
    writeln!(out, "<p class=\"verdict {tone}\">{text}</p>")?;
    if let Some(base) = &document.base {
        let base = Phrase::of("Compared with ")
            .key(base)
            .word(", which was last applied.");
        writeln!(out, "<p>{}</p>", phrase(&base))?;
    }
    Ok(())
}

/// Writes the rest.
pub(super) fn body(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let did = match document.base {
        Some(_) => "Changed on the site",
        None => "Different",
    };
    let drift = document.resource_drift.iter();
    match &document.since {
        None => rows(document, did, &drift.collect::<Vec<_>>(), out)?,
        Some(since) => {
            let new: BTreeSet<&str> = since.new.iter().map(String::as_str).collect();
            let (fresh, known): (Vec<_>, Vec<_>) =
                drift.partition(|row| new.contains(row.address.as_str()));
            let report = &since.report;
            rows(document, &format!("{did}, new since {report}"), &fresh, out)?;
            rows(document, &format!("{did} already then"), &known, out)?;
        }
    }
    let (open, unapplied): (Vec<_>, Vec<_>) =
        document.resource_changes.iter().partition(|row| waits(row));
    rows(document, "In the files, not applied yet", &unapplied, out)?;
    rows(document, "Waits for a person", &open, out)?;
    let many = document.sites.len() > 1;
    let unknown = document.unknown().into_iter().filter_map(|group| {
        let first = group.first()?;
        let what = match group.as_slice() {
            [one] => spoken(&one.address, many),
            all => document.of_all(all)?,
        };
        Some(what.word(": ").then(&first.message))
    });
    sentences("Not known", unknown.collect(), out)?;
    let accepted = document.accepted.iter().map(|row| {
        let what = spoken(&row.address, many)
            .word(": ")
            .then(&quoted(&row.reason));
        let what = what.word(", answered for by ").name(&row.owner);
        match &row.until {
            Some(day) => what.word(", until ").key(day),
            None => what,
        }
    });
    sentences("Accepted", accepted.collect(), out)?;
    let notices = document
        .notices
        .iter()
        .map(|row| spoken(&row.address, many).word(": ").then(&row.message));
    let findings = document
        .findings
        .iter()
        .map(|row| spoken(&row.address, many).word(": ").then(&row.message));
    sentences("Worth knowing", notices.chain(findings).collect(), out)?;
    let Some(standing) = &document.standing else {
        return Ok(());
    };
    let impact = standing.access_impact.impact();
    let impact = impact.unwrap_or_default();
    if !standing.resource_changes.is_empty() {
        begin("When the site is taken to the files", out)?;
        people::numbers(&impact, out)?;
        writeln!(out, "</section>")?;
        people::sentences(standing, out)?;
        people::portals(standing, &impact, out)?;
        people::groups(standing, &impact, out)?;
    }
    Ok(())
}

fn rows(
    document: &DriftDocument,
    title: &str,
    rows: &[&ResourceChange],
    out: &mut dyn Write,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let many = document.sites.len() > 1;
    let mut groups: BTreeMap<(String, u8, String), (Phrase, Vec<&ResourceChange>)> =
        BTreeMap::new();
    for row in rows {
        let subject = Subject::of(&row.address);
        let site = root(&row.address);
        let of = match many {
            true => subject.of.word(" on ").key(site),
            false => subject.of,
        };
        let key = (site.to_owned(), subject.rank, of.to_string());
        groups
            .entry(key)
            .or_insert_with(|| (of, Vec::new()))
            .1
            .push(row);
    }
    let title = format!("{title} ({})", rows.len());
    begin(&title, out)?;
    let blamed = document.blamed();
    let mut content = String::new();
    for (of, rows) in groups.values() {
        let _ = writeln!(content, "<h3>{}</h3>\n<ul>", phrase(of));
        for row in rows {
            let class = match action(row) {
                "delete" => "del",
                "update" => "chg",
                _ => "add",
            };
            let _ = write!(content, "<li class={class}>{}", short(&label(row)));
            let says = changed(row, document.base.is_some());
            if !says.is_empty() {
                let _ = write!(content, ": {}", short(&says));
            }
            if let Some(blame) = blamed.get(row.address.as_str()) {
                let _ = write!(content, "; {}", short(&done_by(blame)));
            }
            if let Some(source) = &row.portcullis.source {
                let place = Phrase::default().place(&source.file, source.line);
                let _ = write!(content, " <i>{}</i>", short(&place));
            }
            content.push('\n');
        }
        content.push_str("</ul>\n");
    }
    if rows.len() <= OPEN {
        writeln!(out, "<div data-find>\n{content}</div>")?;
    } else {
        let summary = format!("{} in {} places", rows.len(), groups.len());
        folded(&title, &summary, usize::MAX, &content, out)?;
    }
    writeln!(out, "</section>")
}

fn sentences(title: &str, rows: Vec<Phrase>, out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let title = format!("{title} ({})", rows.len());
    begin(&title, out)?;
    let rows: Vec<String> = rows
        .iter()
        .map(|row| format!("<li>{}</li>\n", phrase(row)))
        .collect();
    let content = format!("<ul>\n{}</ul>\n", rows.concat());
    folded(
        &title,
        &format!("all {}", rows.len()),
        rows.len(),
        &content,
        out,
    )?;
    writeln!(out, "</section>")
}
