//! Drift as text and as JSON; silent, that is one line, when nothing matters.

use crate::config::{Sources, Workspace};
use crate::diagnostic::Span;
use crate::drift::{Drift, Notice, turned};
use crate::exit::Exit;
use crate::neutral::phrase::Phrase;
use crate::neutral::{named, neutral};
use crate::patch::Patch;
use crate::plan::Change;
use crate::report::build;
use crate::report::document::{
    Check, FindingDocument, PlanDocument, Redaction, ResourceChange, ScopeError, Source,
};
use crate::report::text::Style;
use crate::report::text::values::{Null, words};
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

/// How many rows of one section are shown as text.
const SHOWN: usize = 50;

/// The reason of a row that only a person can bring about, or that waits for one.
const WAITS: &str = "waits_for_a_person";

/// How many entries of a list in a value are shown as text.
const ITEMS: usize = 8;

/// What differs, and whose doing it is.
#[derive(Debug, Serialize)]
pub struct DriftDocument {
    /// The version of this format.
    pub format_version: &'static str,
    /// The version of Portcullis.
    pub tool_version: &'static str,
    /// The sites that were read.
    pub sites: Vec<String>,
    /// What was compared with, when something was.
    pub base: Option<String>,
    /// What somebody did on the site, in the shape of a plan's rows: `before` is what was described, `after` is what is live.
    /// Without a base, whatever differs.
    pub resource_drift: Vec<ResourceChange>,
    /// What the files ask for since the base and nobody applied, and what waits for a person (`waits_for_a_person`).
    pub resource_changes: Vec<ResourceChange>,
    /// Differences that somebody answers for.
    pub accepted: Vec<AcceptedRow>,
    /// What is not known.
    pub unreadable: Vec<ScopeError>,
    /// What was checked, as in a plan; expectations are judged on the site as it is.
    pub checks: Vec<Check>,
    /// Things worth knowing that change nothing, as in a plan.
    pub findings: Vec<FindingDocument>,
    /// What taking the site to the files would do to people, as in a plan.
    pub access_impact: Value,
    /// Attestations and acceptances that end, have ended, or accept nothing.
    pub notices: Vec<NoticeRow>,
    /// Service projects that the files do not have.
    pub unlisted_projects: Vec<String>,
    /// The patch, when one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<PatchRow>,
    /// How people were taken out, where they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portcullis: Option<Redaction>,
    /// Requests.
    pub requests: u64,
    /// The exit code.
    pub exit_code: u8,
    /// The reason of the exit code, in words.
    pub exit_reason: &'static str,
}

/// A difference that somebody answers for.
#[derive(Debug, Serialize)]
pub struct AcceptedRow {
    /// What differs.
    pub address: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: Option<String>,
    /// Where that is written.
    pub source: Option<Source>,
}

/// Something worth knowing.
#[derive(Debug, Serialize)]
pub struct NoticeRow {
    /// Stable code.
    pub code: &'static str,
    /// What it is about.
    pub address: String,
    /// What it is.
    pub message: String,
    /// Where it stands.
    pub source: Option<Source>,
}

/// What a patch accepts, and what has to be decided by hand.
#[derive(Debug, Serialize)]
pub struct PatchRow {
    /// Where the patch was written; absent when there was nothing to write.
    pub file: Option<String>,
    /// What it accepts.
    pub accepted: Vec<String>,
    /// What it does not, with the reason.
    pub left: Vec<LeftRow>,
}

/// What has to be decided by hand.
#[derive(Debug, Serialize)]
pub struct LeftRow {
    /// What.
    pub address: String,
    /// Why.
    pub why: String,
}

impl DriftDocument {
    /// Starts a document in which nothing differs.
    pub fn new(base: Option<&str>) -> Self {
        Self {
            format_version: "1.0",
            tool_version: env!("CARGO_PKG_VERSION"),
            sites: Vec::new(),
            base: base.map(str::to_owned),
            resource_drift: Vec::new(),
            resource_changes: Vec::new(),
            accepted: Vec::new(),
            unreadable: Vec::new(),
            checks: Vec::new(),
            findings: Vec::new(),
            access_impact: Value::Null,
            notices: Vec::new(),
            unlisted_projects: Vec::new(),
            patch: None,
            portcullis: None,
            requests: 0,
            exit_code: 0,
            exit_reason: "done",
        }
    }

    /// Adds one site. Rows of a foreign change that only the base describes have no place in the files.
    pub fn add(&mut self, workspace: &Workspace, site: &str, drift: &Drift<'_>, with_base: bool) {
        let sources = &workspace.sources;
        self.sites.push(site.to_owned());
        for change in &drift.foreign {
            let mut row = build::row(workspace, change);
            let body = &mut row.change;
            turned(&mut body.actions, &mut body.before, &mut body.after);
            let reason = if with_base {
                "foreign_change"
            } else {
                "difference"
            };
            reason.clone_into(&mut row.action_reason);
            if !drift.revertible.contains(&change.address) {
                row.portcullis.source = None;
            }
            self.resource_drift.push(row);
        }
        let rows = drift
            .unapplied
            .iter()
            .map(|change| build::row(workspace, change));
        self.resource_changes.extend(rows);
        let waiting = drift.waiting.iter().map(|change| {
            let mut row = build::row(workspace, change);
            WAITS.clone_into(&mut row.action_reason);
            row
        });
        self.resource_changes.extend(waiting);
        self.accepted
            .extend(drift.accepted.iter().map(|accepted| AcceptedRow {
                address: accepted.change.address.to_string(),
                owner: accepted.acceptance.owner.clone(),
                reason: accepted.acceptance.reason.clone(),
                until: accepted.acceptance.until.map(|until| until.to_string()),
                source: place(sources, accepted.acceptance.span),
            }));
        let unknown = |change: &Change| {
            ScopeError {
            address: change.address.to_string(),
            message: "its live value is not known: no program can read it and no valid attestation states it".to_owned(),
            forbidden: false,
            source: change.source.and_then(|span| place(sources, span)),
        }
        };
        self.unreadable.extend(drift.unknown.iter().map(unknown));
        self.unreadable
            .extend(drift.errors.iter().map(|error| ScopeError {
                address: error.address.to_string(),
                message: error.cause.why.clone(),
                forbidden: error.cause.forbidden,
                source: error.source.and_then(|span| place(sources, span)),
            }));
        let projects = drift
            .unlisted
            .iter()
            .map(|key| format!("{site}/project/{key}"));
        self.unlisted_projects.extend(projects);
    }

    /// Adds what was judged, as a plan has it.
    pub fn judged(&mut self, plan: PlanDocument) {
        self.checks = plan.checks;
        self.findings = plan.findings;
        self.access_impact = plan.access_impact;
    }

    /// Adds something worth knowing.
    pub fn note(&mut self, workspace: &Workspace, notices: &[Notice]) {
        self.notices.extend(notices.iter().map(|notice| NoticeRow {
            code: notice.code,
            address: notice.address.clone(),
            message: notice.message.clone(),
            source: place(&workspace.sources, notice.source),
        }));
    }

    /// Says what became of a patch.
    pub fn patched(&mut self, patch: &Patch, file: &str) {
        self.patch = Some(PatchRow {
            file: (!patch.diff.is_empty()).then(|| file.to_owned()),
            accepted: patch.accepted.clone(),
            left: patch
                .left
                .iter()
                .map(|(address, why)| LeftRow {
                    address: address.clone(),
                    why: why.clone(),
                })
                .collect(),
        });
    }

    /// Ends the document: rows that share an address become one, and the exit code is set.
    pub fn finish(&mut self, exit: Exit) {
        build::merge_shared_addresses(&mut self.resource_drift);
        build::merge_shared_addresses(&mut self.resource_changes);
        self.exit_code = exit.code();
        self.exit_reason = exit.reason();
    }

    /// Says whether something differs or is not known, beside what waits for a person.
    pub fn differs(&self) -> bool {
        let mut changes = self.resource_changes.iter();
        !self.resource_drift.is_empty()
            || !self.unreadable.is_empty()
            || changes.any(|row| row.action_reason != WAITS)
    }

    /// Says whether something waits for a person.
    pub fn waits(&self) -> bool {
        let mut changes = self.resource_changes.iter();
        changes.any(|row| row.action_reason == WAITS)
    }

    /// Returns the expectations that fail, and those that are undecided.
    fn expectations(&self) -> impl Iterator<Item = &Check> {
        let checks = self.checks.iter();
        checks.filter(|check| check.address.kind == "expectation" && check.status != "pass")
    }
}

fn place(sources: &Sources, span: Span) -> Option<Source> {
    Some(Source {
        file: sources.get(span.file)?.path.to_string(),
        line: span.line,
    })
}

/// Writes the document as JSON.
///
/// # Errors
/// When the sink fails.
pub fn json(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let plain = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", crate::neutral::json::escaped(&plain))
}

/// Writes the document for people.
///
/// # Errors
/// When the sink fails.
pub fn text(document: &DriftDocument, _style: Style, out: &mut dyn Write) -> io::Result<()> {
    let quiet = !document.differs()
        && !document.waits()
        && document.expectations().next().is_none()
        && document.notices.is_empty()
        && document.unlisted_projects.is_empty()
        && document.exit_code == 0;
    if quiet {
        let accepted = match document.accepted.len() {
            0 => String::new(),
            count => format!(" ({count} accepted)"),
        };
        return writeln!(out, "no drift{accepted}");
    }
    expectations(document, out)?;
    differences(document, out)?;
    section(out, "not known", &document.unreadable, |error| {
        let right = if error.forbidden {
            " (a right or a credential is missing)"
        } else {
            ""
        };
        format!(
            "{}: {}{right}{}",
            shown(&error.address),
            error.message,
            at(error.source.as_ref())
        )
    })?;
    section(out, "accepted", &document.accepted, |row| {
        let until = row
            .until
            .as_ref()
            .map_or_else(String::new, |day| format!(" until {day}"));
        format!(
            "{}: {} ({}){until}{}",
            shown(&row.address),
            row.reason,
            row.owner,
            at(row.source.as_ref())
        )
    })?;
    section(out, "worth knowing", &document.notices, |row| {
        format!(
            "{}: {} [{}]{}",
            shown(&row.address),
            row.message,
            row.code,
            at(row.source.as_ref())
        )
    })?;
    section(out, "findings", &document.findings, |finding| {
        format!(
            "{}: {} [{}]{}",
            shown(&finding.address),
            finding.message,
            finding.code,
            at(finding.source.as_ref())
        )
    })?;
    section(
        out,
        "service projects that no file has",
        &document.unlisted_projects,
        |address| shown(address).to_string(),
    )?;
    match &document.patch {
        Some(patch) => proposed(patch, out),
        None => Ok(()),
    }
}

/// The expectations that do not hold.
fn expectations(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let expectations: Vec<&Check> = document.expectations().collect();
    section(
        out,
        "expectations that do not hold",
        &expectations,
        |check| {
            let problems = check
                .problems
                .iter()
                .map(|problem| problem.message.as_str());
            let problems: Vec<&str> = problems.collect();
            let status = match check.status.as_str() {
                "fail" => "fails",
                _ => "is undecided",
            };
            format!(
                "{} {status}: {}",
                named(&check.address.to_display),
                problems.join("; ")
            )
        },
    )
}

/// What differs, by whose doing it is.
fn differences(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let with_base = document.base.is_some();
    let did = if with_base {
        "changed on the site"
    } else {
        "different"
    };
    section(out, did, &document.resource_drift, |row| {
        let verb = match (with_base, action(row)) {
            (true, "create") => "added",
            (true, "delete") => "removed",
            (false, "create") => "only on the site:",
            (false, "delete") => "only in the files:",
            _ => "is",
        };
        let words = match verb {
            "is" => {
                let (is, described) = (&row.change.after, &row.change.before);
                format!(
                    "{} is {}, described as {}",
                    shown(&row.address),
                    words(&differing(is, described), Null::Unknown, ITEMS),
                    words(&differing(described, is), Null::Unknown, ITEMS)
                )
            }
            verb => format!("{verb} {}", shown(&row.address)),
        };
        let blocked = match row.portcullis.blocked_by.as_slice() {
            [] => String::new(),
            why => format!(" [could not be applied: {}]", why.join("; ")),
        };
        format!("{words}{blocked}{}", at(row.portcullis.source.as_ref()))
    })?;
    let (waits, unapplied): (Vec<&ResourceChange>, Vec<&ResourceChange>) = document
        .resource_changes
        .iter()
        .partition(|row| row.action_reason == WAITS);
    let line = |row: &&ResourceChange| {
        let place = at(row.portcullis.source.as_ref());
        format!("{} {}{place}", action(row), shown(&row.address))
    };
    section(out, "in the files, not applied yet", &unapplied, line)?;
    section(out, "waits for a person", &waits, line)
}

/// What a patch accepts, and what it cannot.
fn proposed(patch: &PatchRow, out: &mut dyn Write) -> io::Result<()> {
    section(out, "cannot be accepted by a patch", &patch.left, |row| {
        format!("{}: {}", shown(&row.address), row.why)
    })?;
    match &patch.file {
        Some(file) => {
            let count = patch.accepted.len();
            let s = if count == 1 { "" } else { "s" };
            let file = neutral(file);
            writeln!(
                out,
                "{file} accepts {count} difference{s}: git apply {file}"
            )?;
        }
        None => writeln!(out, "nothing can be accepted by a patch")?,
    }
    Ok(())
}

fn section<T>(
    out: &mut dyn Write,
    heading: &str,
    rows: &[T],
    line: impl Fn(&T) -> String,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "{heading} ({})", rows.len())?;
    for row in rows.iter().take(SHOWN) {
        writeln!(out, "  {}", neutral(&line(row)))?;
    }
    if rows.len() > SHOWN {
        let more = rows.len() - SHOWN;
        writeln!(out, "  … and {more} more (--format json lists them)")?;
    }
    writeln!(out)
}

/// An address as one piece, whatever stands in the names of which it is made.
fn shown(address: &str) -> Phrase {
    Phrase::default().key(address)
}

fn action(row: &ResourceChange) -> &str {
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

fn at(source: Option<&Source>) -> String {
    source.map_or_else(String::new, |source| {
        format!(" ({}:{})", source.file, source.line)
    })
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
