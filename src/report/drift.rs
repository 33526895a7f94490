//! What differs, and whose doing it is, as a document: as JSON here, for people in [`text`].

mod text;

use super::said::SaidImpact;
use crate::config::{Sources, Workspace};
use crate::diagnostic::Span;
use crate::drift::{Drift, Notice, turned};
use crate::exit::Exit;
use crate::neutral::phrase::{Phrase, say};
use crate::patch::Patch;
use crate::plan::Change;
use crate::report::alike::{self, Field};
use crate::report::build;
use crate::report::document::{
    Check, FindingDocument, PlanDocument, Redaction, ResourceChange, ScopeError, Source,
};
use crate::report::subject::root;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
pub use text::text;
pub(in crate::report) use text::{action, changed, done_by, waits};

/// The reason of a row that only a person can bring about, or that waits for one.
const WAITS: &str = "waits_for_a_person";
/// What is said of a value that nobody knows, unless a read that failed says more.
const UNKNOWN: &str =
    "its live value is not known: no program can read it and no valid attestation states it";

/// What differs, and whose doing it is.
#[derive(Debug, Serialize, JsonSchema)]
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
    /// The plan that would take the site to the files, whose words the text form has.
    #[serde(skip)]
    pub standing: Option<PlanDocument>,
    /// What was checked, as in a plan; expectations are judged on the site as it is.
    pub checks: Vec<Check>,
    /// Things worth knowing that change nothing, as in a plan.
    pub findings: Vec<FindingDocument>,
    /// What taking the site to the files would do to people, as in a plan.
    #[schemars(with = "serde_json::Value")]
    pub access_impact: SaidImpact,
    /// Attestations and acceptances that end, have ended, or accept nothing.
    pub notices: Vec<NoticeRow>,
    /// Service projects that the files do not have.
    pub unlisted_projects: Vec<String>,
    /// With `--blame`: who changed what somebody did on the site, one row for each of
    /// `resource_drift`, and for each of `resource_changes` that waits for a person and whose live value is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blame: Option<Vec<BlameRow>>,
    /// With `--since`: what is new since an earlier report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<SinceRow>,
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
#[derive(Debug, Serialize, JsonSchema)]
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
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeRow {
    /// Stable code.
    pub code: &'static str,
    /// What it is about.
    pub address: String,
    /// What it is.
    pub message: Phrase,
    /// Where it stands.
    pub source: Option<Source>,
}

/// Who changed something, as the audit logs say; without `at` they do not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BlameRow {
    /// What was changed.
    pub address: String,
    /// Who did it: an address, a name or an id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The record in the log's words, or why there is none.
    pub says: Phrase,
}

/// What is new since an earlier report.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SinceRow {
    /// The earlier report.
    pub report: String,
    /// Addresses of `resource_drift` and `resource_changes` that it lacks, or has with another value. These rows come first.
    pub new: Vec<String>,
    /// Addresses that it has and that do not differ any more.
    pub gone: Vec<String>,
}

/// What a patch accepts, and what has to be decided by hand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PatchRow {
    /// Where the patch was written; absent when there was nothing to write.
    pub file: Option<String>,
    /// What it accepts.
    pub accepted: Vec<String>,
    /// What it does not, with the reason.
    pub left: Vec<LeftRow>,
}

/// What has to be decided by hand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftRow {
    /// What.
    pub address: String,
    /// Why.
    pub why: Phrase,
}

impl DriftDocument {
    /// Returns the rows that wait for a person, from a position in `resource_changes` on.
    pub fn waiting(&self, from: usize) -> impl Iterator<Item = &ResourceChange> {
        let rows = self.resource_changes.iter().skip(from);
        rows.filter(|row| row.action_reason == WAITS)
    }

    /// Returns by whose doing each difference is, by its address, as far as the logs were asked.
    pub(super) fn blamed(&self) -> BTreeMap<&str, &BlameRow> {
        let rows = self.blame.iter().flatten();
        rows.map(|row| (row.address.as_str(), row)).collect()
    }

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
            standing: None,
            checks: Vec::new(),
            findings: Vec::new(),
            access_impact: SaidImpact::NOTHING,
            notices: Vec::new(),
            unlisted_projects: Vec::new(),
            blame: None,
            since: None,
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
        let unknown = |change: &Change| ScopeError {
            address: change.address.to_string(),
            message: UNKNOWN.into(),
            forbidden: false,
            source: change.source.and_then(|span| place(sources, span)),
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
        self.checks.clone_from(&plan.checks);
        self.findings.clone_from(&plan.findings);
        let unread = plan.findings.iter();
        let unread = unread.filter(|finding| finding.code == "not-readable");
        for error in &mut self.unreadable {
            let mut about = unread.clone().filter(|finding| {
                let rest = error.address.strip_prefix(&finding.address);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            // A program could have read it, and something kept it from that.
            if let Some(finding) = about.next().filter(|_| error.message == UNKNOWN) {
                error.message = say("its live value is not known: {}", [finding.message.clone()]);
            }
        }
        self.access_impact = plan.access_impact.clone();
        self.standing = Some(plan);
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

    /// Puts what is new since an earlier report first. Called once the rows are what is written.
    pub fn since(&mut self, report: &str, earlier: &EarlierDrift) {
        let is_new = |row: &ResourceChange| {
            let key = (row.address.clone(), row.change.after.clone());
            !earlier.rows.contains(&key)
        };
        let rows = || self.resource_drift.iter().chain(&self.resource_changes);
        let new = rows()
            .filter(|row| is_new(row))
            .map(|row| row.address.clone())
            .collect();
        let known: BTreeSet<&str> = rows().map(|row| row.address.as_str()).collect();
        let gone: BTreeSet<&str> = earlier
            .rows
            .iter()
            .map(|(address, _)| address.as_str())
            .filter(|address| !known.contains(address))
            .collect();
        self.since = Some(SinceRow {
            report: report.to_owned(),
            new,
            gone: gone.into_iter().map(str::to_owned).collect(),
        });
        // Stable: within both parts the order stays.
        self.resource_drift.sort_by_key(|row| !is_new(row));
        self.resource_changes.sort_by_key(|row| !is_new(row));
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

    /// Returns what is not known; what many declare and nobody can read is one entry for all of them.
    pub(super) fn unknown(&self) -> Vec<Vec<&ScopeError>> {
        alike::together(&self.unreadable, |error| {
            let field = Field::of(&error.address)?;
            Some((root(&error.address), field, &error.message, error.forbidden))
        })
    }

    /// Says of what many declare what it is and whose.
    pub(super) fn of_all(&self, group: &[&ScopeError]) -> Option<Phrase> {
        let first = &group.first()?.address;
        let all = Field::of(first)?.of_all(group.iter().map(|error| error.address.as_str()));
        Some(match self.sites.len() {
            0 | 1 => all,
            _ => all.word(" on ").key(root(first)),
        })
    }

    /// Says whether something differs or is not known, beside what waits for a person.
    pub fn differs(&self) -> bool {
        !self.unreadable.is_empty() || self.differs_surely()
    }

    /// Says whether something is known to differ, beside what waits for a person.
    fn differs_surely(&self) -> bool {
        let mut changes = self.resource_changes.iter();
        !self.resource_drift.is_empty() || changes.any(|row| row.action_reason != WAITS)
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

/// What is compared of an earlier report.
#[derive(Debug, Default)]
pub struct EarlierDrift {
    rows: Vec<(String, Value)>,
}

impl EarlierDrift {
    /// Reads a report that was written as JSON.
    ///
    /// # Errors
    /// When it is none; reads after the name of the file.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = |_| "is no report: `portcullis drift --format json` writes one".to_owned();
        let document: EarlierDocument = serde_json::from_str(text).map_err(wrong)?;
        if document.format_version.split('.').next() != Some("1") {
            return Err(format!(
                "is a report of format `{}`, this program reads `1.*`",
                document.format_version
            ));
        }
        let rows = document
            .resource_drift
            .into_iter()
            .chain(document.resource_changes);
        Ok(Self {
            rows: rows.map(|row| (row.address, row.change.after)).collect(),
        })
    }
}

#[derive(Deserialize)]
struct EarlierDocument {
    format_version: String,
    resource_drift: Vec<EarlierRow>,
    resource_changes: Vec<EarlierRow>,
}

#[derive(Deserialize)]
struct EarlierRow {
    address: String,
    change: EarlierChange,
}

#[derive(Deserialize)]
struct EarlierChange {
    #[serde(default)]
    after: Value,
}

/// Writes the document as JSON.
///
/// # Errors
/// When the sink fails.
pub fn json(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    let plain = serde_json::to_string_pretty(document)?;
    writeln!(out, "{}", crate::neutral::json::escaped(&plain))
}
