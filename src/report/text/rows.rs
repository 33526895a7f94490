//! One line per change, grouped by what it belongs to; long lists of people are folded.

use super::Settled;
use super::layout::{Page, Paint, fit_end};

use super::values::{Null, of_roles, transition, words};
use crate::neutral::columns::padded;
use crate::neutral::neutral;
use crate::neutral::phrase::Phrase;
use crate::report::document::{ResourceChange, Source};
use crate::report::subject::{Subject, spoken};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use unicode_width::UnicodeWidthStr;

/// Removals are shown up to this many per group, whatever the limit: they are what a review is for.
const REMOVALS_SHOWN: usize = 50;
/// Groups of one section that are shown while lists fold, so that a change to every organization stays readable.
const GROUPS_SHOWN: usize = 50;
/// Entries of a list shown within one row.
const LIST_ITEMS: usize = 3;

/// The parts of a plan, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Section {
    /// What goes.
    Remove,
    /// What must not be done.
    Blocked,
    /// What changes.
    Change,
    /// What comes.
    Add,
    /// What can be done once a person has acted.
    Waiting,
    /// What a person does.
    ByHand,
}

impl Section {
    pub(in crate::report) const ALL: [Self; 6] = [
        Self::Remove,
        Self::Blocked,
        Self::Change,
        Self::Add,
        Self::Waiting,
        Self::ByHand,
    ];

    /// Says where a change is shown; what keeps it from being done comes before what it does.
    pub(in crate::report) fn of(change: &ResourceChange) -> Self {
        if !change.portcullis.blocked_by.is_empty() {
            Self::Blocked
        } else if change.portcullis.surface == "manual" {
            Self::ByHand
        } else if !change.portcullis.waiting_for.is_empty() {
            Self::Waiting
        } else {
            match action(change) {
                "delete" => Self::Remove,
                "update" => Self::Change,
                _ => Self::Add,
            }
        }
    }

    const fn heading(self) -> (Paint, &'static str) {
        match self {
            Self::Remove => (Paint::Remove, "remove"),
            Self::Blocked => (Paint::Alarm, "blocked, will not be done"),
            Self::Change => (Paint::Change, "change"),
            Self::Add => (Paint::Add, "add"),
            Self::Waiting => (Paint::Change, "waiting for a step by hand"),
            Self::ByHand => (Paint::Change, "by hand, without a known click path"),
        }
    }
}

/// Returns `file:line`.
pub(in crate::report) fn place(source: Option<&Source>) -> String {
    source.map_or_else(String::new, |source| {
        let place = format!("{}:{}", source.file, source.line);
        Phrase::default().key(&place).to_string()
    })
}

/// Returns what happens; Terraform's two-element replacements do not occur.
pub(in crate::report) fn action(change: &ResourceChange) -> &str {
    change.change.actions.first().map_or("", String::as_str)
}

const fn sign(action: &str) -> (Paint, &'static str) {
    match action.as_bytes() {
        b"delete" => (Paint::Remove, "- "),
        b"update" => (Paint::Change, "~ "),
        b"create" => (Paint::Add, "+ "),
        _ => (Paint::Plain, "? "),
    }
}

/// Returns `action_reason` in words; the set is open, so an unknown word is shown as it is.
pub(in crate::report) fn reason(word: &str) -> String {
    match word {
        "create_because_listed" => "listed",
        "create_because_no_account" => "has no account",
        "update_because_different" => "differs",
        "update_because_unknown" => "live value not known",
        "update_because_renamed" => "renamed",
        "delete_because_not_listed" => "not listed",
        "delete_because_expired" => "entry has expired",
        "delete_because_listed_absent" => "listed as absent",
        "delete_because_person_absent" => "person is absent everywhere",
        "update_because_person_revoked" => "access ends; only a person can give it back",
        "delete_because_organization_retired" => "organization is retired",
        "delete_because_state_absent" => "state is absent",
        "delete_because_no_resource_config" => "no longer declared",
        other => return neutral(other).replace('_', " "),
    }
    .into()
}

/// Whether a type comes in long lists, which may be folded.
fn is_listed(kind: &str) -> bool {
    !matches!(
        kind,
        "jsm_customer_access"
            | "jsm_site_setting"
            | "jsm_project_access"
            | "jsm_knowledge_base_space"
            | "jsm_organization"
    )
}

/// The columns of one row behind its sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Row {
    sign: (Paint, &'static str),
    /// Label, values, reason, place, remarks.
    cells: [String; 5],
    /// The request of a described endpoint, on a line of its own below the row.
    request: Option<String>,
}

impl Row {
    pub(super) fn of(change: &ResourceChange) -> Self {
        let action = action(change);
        let values = value(change);
        let mut remarks = Vec::new();
        if let Some(right) = &change.portcullis.needs_right {
            remarks.push(format!("lacks {}", neutral(right)));
        }
        let surface = change.portcullis.surface.as_str();
        if !matches!(surface, "" | "documented" | "manual") {
            remarks.push(format!("over {}", neutral(surface)));
        }
        match change.portcullis.origin.as_deref() {
            None | Some("this_branch") => {}
            Some("there_before") => remarks.push("there before".into()),
            Some(other) => remarks.push(neutral(other).replace('_', " ")),
        }
        let place = place(change.portcullis.source.as_ref());
        // That the two values differ can be seen.
        let why = match change.action_reason.as_str() {
            "update_because_different" => String::new(),
            word => reason(word),
        };
        Self {
            sign: sign(action),
            cells: [
                label(change).to_string(),
                values.to_string(),
                why,
                place,
                remarks.join(", "),
            ],
            request: change
                .portcullis
                .request
                .as_deref()
                .map(|request| neutral(request).into_owned()),
        }
    }

    /// A row that tells a difference in words of its own, behind the sign of what somebody did.
    pub(in crate::report) fn told(change: &ResourceChange, says: &Phrase, why: String) -> Self {
        Self {
            sign: sign(action(change)),
            cells: [
                label(change).to_string(),
                says.to_string(),
                why,
                place(change.portcullis.source.as_ref()),
                String::new(),
            ],
            request: None,
        }
    }

    /// A row for something that does not change by itself, such as a person of a checklist.
    pub(super) fn bare(address: &str) -> Self {
        let label = Subject::of(address).what.to_string();
        let none = String::new;
        Self {
            sign: (Paint::Plain, "  "),
            cells: [label, none(), none(), none(), none()],
            request: None,
        }
    }
}

/// Returns the value that comes, goes or changes, as far as it says more than the label.
pub(in crate::report) fn value(change: &ResourceChange) -> Phrase {
    let body = &change.change;
    let action = action(change);
    let null = Null::before(action);
    let (before, after) = (essence(&body.before), essence(&body.after));
    match action {
        "update" => {
            of_roles(before, after).unwrap_or_else(|| transition(before, after, null, LIST_ITEMS))
        }
        _ if !is_valued(&change.kind) => Phrase::default(),
        "delete" if !before.is_null() => words(before, null, LIST_ITEMS),
        _ if !after.is_null() => words(after, null, LIST_ITEMS),
        _ => Phrase::default(),
    }
}

/// Returns the one value of an object whose only key the label already says.
fn essence(value: &Value) -> &Value {
    match value.as_object().map(|map| {
        (
            map.len(),
            map.get("who_can_view")
                .or_else(|| map.get("name"))
                .or_else(|| map.get("sites")),
        )
    }) {
        Some((1, Some(only))) => only,
        _ => value,
    }
}

/// Whether the value of a created or removed thing says more than that it is there.
fn is_valued(kind: &str) -> bool {
    !is_listed(kind) && kind != "jsm_organization" || kind == "jsm_approved_domain"
}

/// What it is, with the display name of a person when the address does not hold it.
pub(in crate::report) fn label(change: &ResourceChange) -> Phrase {
    let what = Subject::of(&change.address).what;
    let person = matches!(
        change.kind.as_str(),
        "jsm_customer_account" | "jsm_organization_member" | "jsm_project_customer"
    );
    let name = change.name.as_str();
    if person && !name.is_empty() && !what.mentions(name) {
        what.word(" (").name(name).word(")")
    } else {
        what
    }
}

/// The rows of one parent that wait for, or are blocked by, the same.
struct Group<'a> {
    because: String,
    changes: Vec<&'a ResourceChange>,
}

/// Writes one section of one site.
pub(super) fn section(
    changes: &[&ResourceChange],
    section: Section,
    settled: &Settled<'_>,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let mut groups: BTreeMap<(u8, String, String), Group<'_>> = BTreeMap::new();
    let mut count = 0;
    for change in changes {
        // The checklist shows it.
        if section == Section::ByHand && settled.has(&change.address) {
            continue;
        }
        count += change.portcullis.count.unwrap_or(1);
        let subject = Subject::of(&change.address);
        let because = because(change, section);
        let group = groups
            .entry((subject.rank, subject.of.to_string(), because.clone()))
            .or_insert_with(|| Group {
                because,
                changes: Vec::new(),
            });
        group.changes.push(change);
    }
    if groups.is_empty() {
        return Ok(());
    }
    for group in groups.values_mut() {
        // The thing itself and its settings before its lists; otherwise the order of the document.
        group.changes.sort_by_key(|change| is_listed(&change.kind));
    }
    page.blank();
    let (paint, heading) = section.heading();
    page.line(
        2,
        &[(paint, heading), (Paint::Plain, &format!(" ({count})"))],
    )?;

    let groups_shown = page.limit(GROUPS_SHOWN);
    let folded: Vec<(String, &Group<'_>, Vec<Row>)> = groups
        .iter()
        .take(groups_shown)
        .map(|((_, parent, _), group)| (parent.clone(), group, shown_rows(&group.changes, page)))
        .collect();
    // Columns are aligned over the whole section while every row fits on its line by that, else within each group.
    let whole = Widths::of(folded.iter().flat_map(|(_, _, rows)| rows), 6, page);
    for (parent, group, rows) in &folded {
        page.prose(4, (Paint::Plain, ""), parent)?;
        if !group.because.is_empty() {
            page.prose(6, (Paint::Alarm, "! "), &group.because)?;
        }
        let own = Widths::of(rows.iter(), 6, page);
        let widths = if whole.overflow { &own } else { &whole };
        for row in rows {
            widths.write(row, page)?;
        }
        more(group.changes.len() - rows.len(), 6, page)?;
    }
    if groups.len() > groups_shown {
        let hidden = groups.values().skip(groups_shown);
        let changes: usize = hidden.map(|group| group.changes.len()).sum();
        let groups = groups.len() - groups_shown;
        let text = format!(
            "{changes} more in {groups} other places (portcullis show PLAN --format json lists them)"
        );
        page.prose(4, (Paint::Faint, "… and "), &text)?;
    }
    Ok(())
}

/// Writes how many rows were left out.
pub(super) fn more(hidden: usize, indent: usize, page: &mut Page<'_>) -> io::Result<()> {
    if hidden == 0 {
        return Ok(());
    }
    let text = format!("{hidden} more (portcullis show PLAN --format json lists them)");
    page.prose(indent, (Paint::Faint, "… and "), &text)
}

/// Returns how many of `count` rows are shown under a limit; a fold never hides only one.
pub(super) const fn shown_of(count: usize, limit: usize) -> usize {
    if count <= limit.saturating_add(1) {
        count
    } else {
        limit
    }
}

fn shown_rows(changes: &[&ResourceChange], page: &Page<'_>) -> Vec<Row> {
    let fixed = changes
        .iter()
        .filter(|change| !is_listed(&change.kind))
        .count();
    let removal = changes.iter().any(|change| action(change) == "delete");
    let limit = page.limit(if removal { REMOVALS_SHOWN } else { 0 });
    let shown = fixed + shown_of(changes.len() - fixed, limit);
    changes
        .iter()
        .take(shown)
        .map(|change| Row::of(change))
        .collect()
}

/// Returns what stands against a change, or what it waits for.
fn because(change: &ResourceChange, section: Section) -> String {
    match section {
        Section::Blocked => {
            let marks = &change.portcullis;
            let mut because = Phrase::default().joined(&marks.blocked_by, "; ");
            if !marks.lifted_by.is_empty() {
                let because_of = because.word("; lifted by ");
                because = because_of.joined(&marks.lifted_by, "; and by ");
            }
            because.to_string()
        }
        Section::Waiting => {
            let mut first: Vec<String> = change
                .portcullis
                .waiting_for
                .iter()
                .take(LIST_ITEMS)
                .map(|address| spoken(address, false).to_string())
                .collect();
            let hidden = change.portcullis.waiting_for.len() - first.len();
            if hidden > 0 {
                first.push(format!("{hidden} more"));
            }
            format!("after: {}", first.join(", "))
        }
        _ => String::new(),
    }
}

/// The widths of the columns of rows that stand below each other.
pub(in crate::report) struct Widths {
    indent: usize,
    columns: [usize; 5],
    /// Whether some row needs more room, so that it is written over several lines.
    pub(in crate::report) overflow: bool,
}

/// The column of `file:line`, the only one that is cut, at its beginning: the end is what a reader looks for.
const PLACE: usize = 3;

/// How far columns are narrowed, and in which order. A row that does not fit then is not cut: it takes more lines.
const NARROWED: [(usize, usize); 4] = [(0, 50), (1, 26), (PLACE, 32), (0, 32)];

impl Widths {
    /// Measures rows and narrows columns until they fit the page.
    pub(in crate::report) fn of<'r>(
        rows: impl Iterator<Item = &'r Row> + Clone,
        indent: usize,
        page: &Page<'_>,
    ) -> Self {
        let mut columns = widest(rows.clone());
        let available = |columns: &[usize; 5]| {
            let gaps = 2 * columns
                .iter()
                .filter(|&&column| column > 0)
                .count()
                .saturating_sub(1);
            page.width().saturating_sub(indent + 2 + gaps)
        };
        let mut overflow = false;
        for (column, least) in NARROWED {
            let excess = columns
                .iter()
                .sum::<usize>()
                .saturating_sub(available(&columns));
            if excess == 0 {
                break;
            }
            columns[column] -= excess.min(columns[column].saturating_sub(least));
            if column == PLACE {
                continue;
            }
            // The rows that take more lines do not widen the columns of the others.
            let narrow = columns;
            columns = widest(rows.clone().filter(|row| row.fits(&narrow)));
            columns[PLACE] = columns[PLACE].min(narrow[PLACE]);
            overflow = true;
        }
        if columns.iter().sum::<usize>() > available(&columns) {
            columns = [0; 5];
            overflow = true;
        }
        Self {
            indent,
            columns,
            overflow,
        }
    }

    pub(in crate::report) fn write(&self, row: &Row, page: &mut Page<'_>) -> io::Result<()> {
        self.columns_of(row, page)?;
        match &row.request {
            Some(request) => page.prose(self.indent + 4, (Paint::Faint, ""), request),
            None => Ok(()),
        }
    }

    fn columns_of(&self, row: &Row, page: &mut Page<'_>) -> io::Result<()> {
        if !row.fits(&self.columns) {
            return row.over_lines(self.indent, page);
        }
        let mut cells = Vec::with_capacity(5);
        for (i, (cell, &width)) in row.cells.iter().zip(&self.columns).enumerate() {
            if width == 0 {
                continue;
            }
            let paint = if i >= 3 { Paint::Faint } else { Paint::Plain };
            cells.push((paint, format!("{}  ", padded(&fit_end(cell, width), width))));
        }
        let mut pieces = vec![row.sign];
        pieces.extend(cells.iter().map(|(paint, text)| (*paint, text.as_str())));
        page.row(self.indent, &pieces)
    }
}

fn widest<'r>(rows: impl Iterator<Item = &'r Row>) -> [usize; 5] {
    let mut columns = [0; 5];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(&row.cells) {
            *column = cell.width().max(*column);
        }
    }
    columns
}

impl Row {
    fn fits(&self, columns: &[usize; 5]) -> bool {
        self.cells
            .iter()
            .zip(columns)
            .enumerate()
            .all(|(i, (cell, &column))| match i {
                PLACE => cell.is_empty() || column > 0,
                _ => cell.width() <= column,
            })
    }

    /// Writes what is and what happens, and below it why and where.
    fn over_lines(&self, indent: usize, page: &mut Page<'_>) -> io::Result<()> {
        let joined = |cells: &[String]| {
            let cells: Vec<&str> = cells
                .iter()
                .map(String::as_str)
                .filter(|cell| !cell.is_empty())
                .collect();
            cells.join("  ")
        };
        page.prose(indent, self.sign, &joined(&self.cells[..2]))?;
        let why = joined(&self.cells[2..]);
        if why.is_empty() {
            return Ok(());
        }
        page.prose(indent + 4, (Paint::Plain, ""), &why)
    }
}

/// Says whether a row for this change would show that the thing does not exist yet.
pub(in crate::report) fn null_of(change: Option<&ResourceChange>) -> Null {
    match change {
        Some(change) if !change.asks() => Null::before(action(change)),
        _ => Null::Unknown,
    }
}

/// Returns what is and what is to be, for checklists: of two objects only what differs, of lists every entry.
pub(super) fn turned(present: &Value, expected: &Value, null: Null) -> Phrase {
    transition(present, expected, null, REMOVALS_SHOWN)
}

/// Returns all entries of a value, for checklists: a person must be able to type the whole list.
pub(in crate::report) fn whole(value: &Value, null: Null) -> Phrase {
    words(value, null, REMOVALS_SHOWN)
}
