//! The record of a run for auditors: which commit and which plan, who approved, what was done, what became of it.
//!
//! It names people, so it is for its owner alone, and it is written before the first change as well: a run that breaks off leaves
//! one that says when it began and what it meant to do.

use super::applied::AppliedDocument;
use super::document::{MadeSite, Override, PlanDocument};
use crate::apply::Outcome;
use crate::neutral::json::escaped;
use crate::neutral::phrase::Phrase;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a run did, and on whose word.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Record {
    /// The version of this format.
    pub format_version: &'static str,
    /// The version of Portcullis.
    pub tool_version: &'static str,
    /// When it began, in UTC.
    pub started: String,
    /// When it ended; `null` in the record of a run that broke off.
    pub finished: Option<String>,
    /// The commit that is checked out where the workspace lies; `null` where there is none.
    pub commit: Option<String>,
    /// The digest of what was planned right before.
    pub digest: String,
    /// The digest of what the policy blocked of it.
    pub acceptance_digest: String,
    /// The sites, with their own digests.
    pub sites: BTreeMap<String, RecordSite>,
    /// On whose word it was done.
    pub approval: Approval,
    /// Every row that was planned, with what became of it.
    pub rows: Vec<RecordRow>,
    /// What was read back after the writes: `touched lists` with `--verify`, else `undocumented surfaces`, which always are.
    pub read_back: &'static str,
    /// The exit code; `null` in the record of a run that broke off.
    pub exit_code: Option<u8>,
    /// The reason of the exit code, in words.
    pub exit_reason: Option<&'static str>,
}

/// A site of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordSite {
    /// Where it is.
    pub origin: String,
    /// Its id at Atlassian, where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_id: Option<String>,
    /// The digest of its share.
    pub digest: String,
    /// The digest of what the policy blocked of it.
    pub acceptance_digest: String,
}

impl RecordSite {
    fn of(site: &MadeSite) -> Self {
        Self {
            origin: site.origin.clone(),
            cloud_id: site.cloud_id.clone(),
            digest: site.digest.clone(),
            acceptance_digest: site.acceptance_digest.clone(),
        }
    }
}

/// On whose word something was done.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Approval {
    /// `reviewed plan`, `question`, `--auto-approve` or `--due`.
    pub by: &'static str,
    /// The file of the reviewed plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_digest: Option<String>,
    /// Who overrode the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// A row of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordRow {
    /// What.
    pub address: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was to be done.
    pub actions: Vec<String>,
    /// The live value before.
    pub before: Value,
    /// The value that was to be.
    pub after: Value,
    /// Over which surface.
    pub surface: String,
    /// Why it was to be done.
    pub action_reason: String,
    /// Why it was not to be done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked_by: Vec<Phrase>,
    /// Where it is asked for, as `file:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What became of it; `null` in the record of a run that broke off.
    pub result: Option<Outcome>,
}

impl Record {
    /// Begins a record, before anything is done.
    pub fn begin(
        document: &PlanDocument,
        approval: Approval,
        (started, commit): (String, Option<String>),
        verify: bool,
    ) -> Self {
        let sites = document.made.iter().flat_map(|made| &made.sites);
        let rows = document.resource_changes.iter().map(|row| RecordRow {
            address: row.address.clone(),
            kind: row.kind.clone(),
            actions: row.change.actions.clone(),
            before: row.change.before.clone(),
            after: row.change.after.clone(),
            surface: row.portcullis.surface.clone(),
            action_reason: row.action_reason.clone(),
            blocked_by: row.portcullis.blocked_by.clone(),
            source: row
                .portcullis
                .source
                .as_ref()
                .map(|source| format!("{}:{}", source.file, source.line)),
            result: None,
        });
        Self {
            format_version: "1.0",
            tool_version: env!("CARGO_PKG_VERSION"),
            started,
            finished: None,
            commit,
            digest: document.digest.clone(),
            acceptance_digest: document.acceptance_digest.clone(),
            sites: sites
                .map(|(key, site)| (key.clone(), RecordSite::of(site)))
                .collect(),
            approval,
            rows: rows.collect(),
            read_back: match verify {
                true => "touched lists",
                false => "undocumented surfaces",
            },
            exit_code: None,
            exit_reason: None,
        }
    }

    /// Ends it with what became of every row.
    pub fn end(&mut self, applied: &AppliedDocument, finished: String) {
        let mut results: BTreeMap<(&str, &str), &Outcome> = BTreeMap::new();
        for row in &applied.results {
            // Rows that share an address are one row here: the worst of what became of them counts.
            let result = results
                .entry((&row.address, row.action))
                .or_insert(&row.result);
            if matches!(row.result, Outcome::Failed(_)) {
                *result = &row.result;
            }
        }
        for row in &mut self.rows {
            let action = row.actions.first().map_or("", String::as_str);
            let result = results.get(&(row.address.as_str(), action));
            row.result = result.map(|result| (*result).clone());
        }
        self.finished = Some(finished);
        self.exit_code = Some(applied.exit_code);
        self.exit_reason = Some(applied.exit_reason);
    }

    /// Returns the record as indented JSON, harmless for a terminal, with a line break at the end.
    pub fn json(&self) -> String {
        let mut text = escaped(&serde_json::to_string_pretty(self).unwrap_or_default());
        text.push('\n');
        text
    }
}
