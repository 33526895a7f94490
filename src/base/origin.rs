//! Whose doing each change of a plan is. Four answers, and none of them guessed.

use super::{Base, History};
use crate::report::document::{FindingDocument, PlanDocument, ResourceChange};
use std::collections::BTreeMap;

/// Where a change comes from, as plans name it.
mod word {
    pub(super) const THIS_BRANCH: &str = "this_branch";
    pub(super) const THERE_BEFORE: &str = "there_before";
    pub(super) const BEHIND: &str = "behind";
    pub(super) const UNKNOWN: &str = "unknown";
}

/// The changes of a plan by address.
struct Rows<'d> {
    changes: BTreeMap<&'d str, &'d ResourceChange>,
    /// What could not be planned there.
    unplanned: Vec<&'d str>,
}

impl<'d> Rows<'d> {
    fn of(document: &'d PlanDocument) -> Self {
        let rows = document.resource_changes.iter();
        let errors = document.errors.iter();
        Self {
            changes: rows.map(|row| (row.address.as_str(), row)).collect(),
            unplanned: errors.map(|error| error.address.as_str()).collect(),
        }
    }

    /// Says whether it would change the same thing to the same value; `None` where it could not be planned.
    fn holds(&self, row: &ResourceChange) -> Option<bool> {
        let same = self.changes.get(row.address.as_str()).is_some_and(|there| {
            there.change.actions == row.change.actions && there.change.after == row.change.after
        });
        let lost = self.unplanned.iter().any(|scope| {
            let below = row.address.strip_prefix(scope);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        });
        (same || !lost).then_some(same)
    }
}

/// Marks every change of a plan, and says what stands in the way of an answer.
///
/// `there` is the plan of the base against the same live state. `fork` is that of the workspace where the branch left the base:
/// what it would change too, and the base would not, the branch only lacks.
pub fn mark_origins(
    document: &mut PlanDocument,
    base: &Base,
    there: &PlanDocument,
    fork: Option<&PlanDocument>,
) {
    let before = Rows::of(there);
    let fork = fork.map(Rows::of);
    for row in &mut document.resource_changes {
        let origin = match before.holds(row) {
            Some(true) => word::THERE_BEFORE,
            None => word::UNKNOWN,
            Some(false) if !base.unread.is_empty() => word::UNKNOWN,
            Some(false) => match (&base.history, &fork) {
                (History::Unknown { .. }, _) => word::UNKNOWN,
                (History::Behind { .. }, Some(fork)) => match fork.holds(row) {
                    Some(true) => word::BEHIND,
                    Some(false) => word::THIS_BRANCH,
                    None => word::UNKNOWN,
                },
                _ => word::THIS_BRANCH,
            },
        };
        row.portcullis.origin = Some(origin.to_owned());
    }
    for (code, message) in remarks(base) {
        remark(document, code, message);
    }
}

/// Marks every change as unknown, where the base could not be read.
pub fn mark_unknown(document: &mut PlanDocument, why: &str) {
    for row in &mut document.resource_changes {
        row.portcullis.origin = Some(word::UNKNOWN.to_owned());
    }
    remark(document, "base-not-read", why.to_owned());
}

pub(super) fn remarks(base: &Base) -> Vec<(&'static str, String)> {
    let name = &base.name;
    let mut found = Vec::new();
    match &base.history {
        History::Contained => {}
        History::Behind { commits, .. } => {
            let commits = match commits {
                1 => "1 commit".to_owned(),
                commits => format!("{commits} commits"),
            };
            found.push((
                "branch-behind-base",
                format!(
                    "this branch is {commits} behind `{name}`, and they change the workspace: merge or rebase first, or what only `{name}` has so far is undone"
                ),
            ));
        }
        History::Unknown { why } => found.push((
            "base-history-unknown",
            format!("which changes are this branch's cannot be told: {why}"),
        )),
    }
    if !base.unread.is_empty() {
        found.push((
            "base-not-read",
            format!(
                "not everything of `{name}` was read: {}",
                base.unread.join("; ")
            ),
        ));
    }
    if base.workspace.is_none() {
        found.push((
            "no-workspace-at-base",
            format!(
                "there is no workspace at `{name}`, so every change is new; where it lay elsewhere, name that place with `--base REV:PATH`"
            ),
        ));
    }
    found
}

fn remark(document: &mut PlanDocument, code: &'static str, message: String) {
    document.findings.push(FindingDocument {
        address: document.sites.first().cloned().unwrap_or_default(),
        code: code.to_owned(),
        message: message.into(),
        source: None,
    });
}
