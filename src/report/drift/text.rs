//! Drift for people, in the words of a plan: who it is about first, then what differs by whose doing it is, then what comes next.
//! Silent, that is one line, when nothing matters.

use super::{BlameRow, DriftDocument, PatchRow, WAITS};
use crate::neutral::phrase::{Phrase, quoted};
use crate::report::document::{Check, FindingDocument, PlanDocument, ResourceChange, Source};
use crate::report::doubts::Doubts;
use crate::report::sentences::{Mark, lines};
use crate::report::subject::{Subject, root, spoken};
use crate::report::text::layout::{Page, Paint};
use crate::report::text::rows::{Row, Widths};
use crate::report::text::values::{Null, words};
use crate::report::text::{Style, told};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// How many rows of one section are shown.
const SHOWN: usize = 50;

/// How many entries of a list in a value are shown.
const ITEMS: usize = 8;

/// Writes the document for people.
///
/// # Errors
/// When the sink fails.
pub fn text(document: &DriftDocument, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    if is_quiet(document) {
        let accepted = match document.accepted.len() {
            0 => String::new(),
            count => format!(" ({count} accepted)"),
        };
        return page.prose(0, (Paint::Plain, ""), &format!("no drift{accepted}"));
    }
    people(document, &mut page)?;
    expectations(document, &mut page)?;
    differences(document, &mut page)?;
    let many = document.sites.len() > 1;
    sentences("not known", &document.unknown(), &mut page, |group| {
        let Some(error) = group.first() else {
            return (Phrase::default(), None);
        };
        let says = error.message.clone();
        let says = match error.forbidden {
            true => says.word(" (a right or a credential is missing)"),
            false => says,
        };
        if let (Some(all), true) = (document.of_all(group), group.len() > 1) {
            return (all.word(": ").then(&says), None);
        }
        // Whoever looks it up and attests it needs the address.
        let what = spoken(&error.address, many).word(" (").key(&error.address);
        (what.word("): ").then(&says), error.source.as_ref())
    })?;
    sentences("accepted", &document.accepted, &mut page, |row| {
        let what = spoken(&row.address, many)
            .word(": ")
            .then(&quoted(&row.reason));
        let what = what.word(", answered for by ").name(&row.owner);
        let what = match &row.until {
            Some(day) => what.word(", until ").key(day),
            None => what,
        };
        (what, row.source.as_ref())
    })?;
    sentences("worth knowing", &document.notices, &mut page, |row| {
        let what = spoken(&row.address, many).word(": ");
        let what = what.then(&row.message);
        (what.word(&format!(" [{}]", row.code)), row.source.as_ref())
    })?;
    let doubts = Doubts::of_checks(document.expectations());
    let findings = document.findings.iter();
    let findings: Vec<&FindingDocument> =
        findings.filter(|finding| !doubts.tell(finding)).collect();
    sentences("findings", &findings, &mut page, |finding| {
        let what = spoken(&finding.address, many).word(": ");
        let what = what.then(&finding.message);
        let what = what.word(" [").key(&finding.code).word("]");
        (what, finding.source.as_ref())
    })?;
    let unlisted = "service projects that no file has";
    sentences(
        unlisted,
        &document.unlisted_projects,
        &mut page,
        |address| (spoken(address, many), None),
    )?;
    if let Some(patch) = &document.patch {
        proposed(patch, &mut page)?;
    }
    next(document, &mut page)
}

fn is_quiet(document: &DriftDocument) -> bool {
    !document.differs()
        && !document.waits()
        && document.expectations().next().is_none()
        && document.notices.is_empty()
        && document.unlisted_projects.is_empty()
        && document.exit_code == 0
}

/// Writes what taking the site to the files would do to people.
fn people(document: &DriftDocument, page: &mut Page<'_>) -> io::Result<()> {
    let Some(standing) = &document.standing else {
        return Ok(());
    };
    let lines = lines(standing);
    if lines.iter().all(|line| line.mark == Mark::Note) {
        return Ok(());
    }
    page.line(
        0,
        &[(
            Paint::Heading,
            "who gains or loses access when the site is taken to the files",
        )],
    )?;
    told(&lines, page)
}

/// The expectations that do not hold on the site as it is.
fn expectations(document: &DriftDocument, page: &mut Page<'_>) -> io::Result<()> {
    let expectations: Vec<&Check> = document.expectations().collect();
    let heading = "expectations that do not hold on the site as it is";
    sentences(heading, &expectations, page, |check| {
        let what = Phrase::default().name(&check.address.to_display);
        let what = what.word(match check.status.as_str() {
            "fail" => " fails: ",
            _ => " is undecided: ",
        });
        let problems = check.problems.iter();
        let problems: Vec<Phrase> = problems.map(|problem| problem.message.clone()).collect();
        (what.joined(&problems, "; "), None)
    })
}

/// What differs, by whose doing it is.
fn differences(document: &DriftDocument, page: &mut Page<'_>) -> io::Result<()> {
    let with_base = document.base.is_some();
    let heading = match with_base {
        true => "changed on the site",
        false => "different",
    };
    let blamed = document.blamed();
    let says = |row: &ResourceChange| {
        let differs = differs(row, with_base);
        match blamed.get(row.address.as_str()) {
            Some(blame) => differs.word("; ").then(&done_by(blame)),
            None => differs,
        }
    };
    match &document.since {
        None => {
            let drift: Vec<&ResourceChange> = document.resource_drift.iter().collect();
            rows(document, heading, &drift, page, says)?;
        }
        Some(since) => {
            let new: BTreeSet<&str> = since.new.iter().map(String::as_str).collect();
            let drift = document.resource_drift.iter();
            let (fresh, known): (Vec<&ResourceChange>, Vec<&ResourceChange>) =
                drift.partition(|row| new.contains(row.address.as_str()));
            let fresh_heading = format!("{heading}, new since {}", since.report);
            rows(document, &fresh_heading, &fresh, page, says)?;
            let known_heading = format!("{heading} already then");
            rows(document, &known_heading, &known, page, says)?;
        }
    }
    let changes = document.resource_changes.iter();
    let (waits, unapplied): (Vec<&ResourceChange>, Vec<&ResourceChange>) =
        changes.partition(|row| row.action_reason == WAITS);
    let wanted = |row: &ResourceChange| match action(row) {
        "update" => becomes(&row.change.before, &row.change.after, " → "),
        _ => Phrase::default(),
    };
    rows(
        document,
        "in the files, not applied yet",
        &unapplied,
        page,
        wanted,
    )?;
    rows(document, "waits for a person", &waits, page, |row| {
        let wanted = wanted(row);
        match blamed.get(row.address.as_str()) {
            None => wanted,
            Some(blame) if wanted.is_empty() => done_by(blame),
            Some(blame) => wanted.word("; ").then(&done_by(blame)),
        }
    })
}

/// Says who did it and when, as the log has it, or that no log says.
pub(in crate::report) fn done_by(row: &BlameRow) -> Phrase {
    match (&row.by, &row.at) {
        (Some(by), Some(at)) => Phrase::of("by ")
            .name(by)
            .word(" on ")
            .key(at)
            .word(": ")
            .then(&quoted(&row.says)),
        (None, Some(at)) => Phrase::of("on ")
            .key(at)
            .word(", by nobody whom the log names: ")
            .then(&quoted(&row.says)),
        _ => row.says.clone(),
    }
}

/// Says how the site differs from what was described.
fn differs(row: &ResourceChange, with_base: bool) -> Phrase {
    let says = match (with_base, action(row)) {
        (true, "create") => Phrase::of("added"),
        (true, "delete") => Phrase::of("removed"),
        (false, "create") => Phrase::of("only on the site"),
        (false, "delete") => Phrase::of("only in the files"),
        _ => {
            let (is, described) = (&row.change.after, &row.change.before);
            Phrase::of("is ").then(&becomes(is, described, ", described as "))
        }
    };
    match row.portcullis.blocked_by.as_slice() {
        [] => says,
        why => says.word("; could not be applied: ").joined(why, "; "),
    }
}

/// Says of a row what differs or is wanted, whichever it is about.
pub(in crate::report) fn changed(row: &ResourceChange, with_base: bool) -> Phrase {
    match row.action_reason.as_str() {
        "foreign_change" | "difference" => differs(row, with_base),
        _ if action(row) == "update" => becomes(&row.change.before, &row.change.after, " → "),
        _ => Phrase::default(),
    }
}

/// Says whether a row waits for a person.
pub(in crate::report) fn waits(row: &ResourceChange) -> bool {
    row.action_reason == WAITS
}

/// Two values, as far as they differ.
fn becomes(one: &Value, other: &Value, between: &str) -> Phrase {
    let first = words(&differing(one, other), Null::Unknown, ITEMS);
    let second = words(&differing(other, one), Null::Unknown, ITEMS);
    first.word(between).then(&second)
}

/// Writes rows below what they belong to, each behind the sign of what happened.
fn rows(
    document: &DriftDocument,
    heading: &str,
    all: &[&ResourceChange],
    page: &mut Page<'_>,
    says: impl Fn(&ResourceChange) -> Phrase,
) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    head(heading, all.len(), page)?;
    let many = document.sites.len() > 1;
    let mut groups: BTreeMap<(String, u8, String), Vec<Row>> = BTreeMap::new();
    for row in all.iter().take(SHOWN) {
        let subject = Subject::of(&row.address);
        let site = match many {
            true => root(&row.address).to_owned(),
            false => String::new(),
        };
        let of = match many {
            true => subject.of.word(" on ").key(&site),
            false => subject.of,
        };
        let group = groups
            .entry((site, subject.rank, of.to_string()))
            .or_default();
        group.push(Row::told(row, &says(row), String::new()));
    }
    let whole = Widths::of(groups.values().flatten(), 4, page);
    for ((_, _, of), rows) in &groups {
        page.prose(2, (Paint::Plain, ""), of)?;
        let own = Widths::of(rows.iter(), 4, page);
        let widths = if whole.overflow { &own } else { &whole };
        for row in rows {
            widths.write(row, page)?;
        }
    }
    more(all.len(), page)
}

/// Writes a section of sentences.
fn sentences<'r, T>(
    heading: &str,
    all: &'r [T],
    page: &mut Page<'_>,
    sentence: impl Fn(&'r T) -> (Phrase, Option<&'r Source>),
) -> io::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    head(heading, all.len(), page)?;
    for row in all.iter().take(SHOWN) {
        let (text, source) = sentence(row);
        let place = source.map(|source| format!("  ({}:{})", source.file, source.line));
        let text = format!("{text}{}", place.unwrap_or_default());
        page.prose(2, (Paint::Plain, "* "), &text)?;
    }
    more(all.len(), page)
}

fn head(heading: &str, count: usize, page: &mut Page<'_>) -> io::Result<()> {
    page.blank();
    let count = format!(" ({count})");
    page.line(0, &[(Paint::Heading, heading), (Paint::Plain, &count)])
}

fn more(all: usize, page: &mut Page<'_>) -> io::Result<()> {
    if all <= SHOWN {
        return Ok(());
    }
    let text = format!("{} more (--format json lists them)", all - SHOWN);
    page.prose(2, (Paint::Faint, "… and "), &text)
}

/// What a patch accepts, and what it cannot.
fn proposed(patch: &PatchRow, page: &mut Page<'_>) -> io::Result<()> {
    let heading = "cannot be accepted by a patch";
    sentences(heading, &patch.left, page, |row| {
        let what = spoken(&row.address, false).word(": ");
        (what.then(&row.why), None)
    })?;
    page.blank();
    match &patch.file {
        Some(file) => {
            let count = patch.accepted.len();
            let s = if count == 1 { "" } else { "s" };
            let text = format!("{file} accepts {count} difference{s}: git apply {file}");
            page.unbroken(0, "", &text)
        }
        None => page.prose(0, (Paint::Plain, ""), "nothing can be accepted by a patch"),
    }
}

/// What can be done about it: take the site to the files, or the files to the site.
fn next(document: &DriftDocument, page: &mut Page<'_>) -> io::Result<()> {
    let Some(standing) = &document.standing else {
        return Ok(());
    };
    let command = |name: &str| PlanDocument::command(standing, name);
    page.blank();
    if !document.unreadable.is_empty() && !document.differs_surely() {
        let text = "mend what could not be read, or look it up by hand, then:";
        return page.next(text, &command("drift"));
    }
    if !document.resource_drift.is_empty() {
        page.next("to see what takes the site to the files:", &command("plan"))?;
        if document.patch.is_none() {
            let patch = format!("{} --write-patch drift.patch", command("drift"));
            page.next("to take the files to the site instead:", &patch)?;
        }
        return Ok(());
    }
    if document
        .resource_changes
        .iter()
        .any(|row| row.action_reason != WAITS)
    {
        return page.next("to see what applying it does:", &command("plan"));
    }
    if document.waits() {
        return page.next("the steps by hand are those of:", &command("plan"));
    }
    Ok(())
}

/// Returns what happened to a row.
pub(in crate::report) fn action(row: &ResourceChange) -> &str {
    row.change.actions.first().map_or("", String::as_str)
}

/// Of two objects, keeps what the other has otherwise.
fn differing(value: &Value, other: &Value) -> Value {
    match (value, other) {
        (Value::Object(map), Value::Object(other)) => map
            .iter()
            .filter(|(key, value)| other.get(*key) != Some(*value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ITEMS, Null, differing, words};
    use serde_json::{Value, json};

    #[test]
    fn values_are_words_and_of_objects_only_what_differs() {
        let said = |value: &Value, other: &Value| {
            words(&differing(value, other), Null::Unknown, ITEMS).to_string()
        };
        let (old, new) = (
            json!({"name": "Globex", "id": "1"}),
            json!({"name": "Globex Inc", "id": "1"}),
        );
        assert_eq!(said(&new, &old), "name: `Globex Inc`");
        assert_eq!(said(&old, &new), "name: Globex");
        assert_eq!(said(&json!(["a.example"]), &json!([])), "a.example");
        assert_eq!(said(&Value::Null, &json!(true)), "unknown");
    }
}
