//! Expectations that are undecided: a check and a finding say so with the same words, and it is told once.

use super::document::{Check, FindingDocument};
use crate::neutral::phrase::Phrase;
use std::collections::HashSet;

/// What is said of expectations that are undecided, by a check and by a finding: it is told once.
pub(super) struct Doubts<'d>(HashSet<&'d Phrase>);

impl<'d> Doubts<'d> {
    /// What checks say.
    pub(super) fn of_checks(checks: impl IntoIterator<Item = &'d Check>) -> Self {
        let open = checks.into_iter().filter(|check| is_open(check));
        let problems = open.flat_map(|check| &check.problems);
        Self(problems.map(|problem| &problem.message).collect())
    }

    /// What findings say.
    pub(super) fn of_findings(findings: &'d [FindingDocument]) -> Self {
        let open = findings.iter().filter(|finding| is_doubt(finding));
        Self(open.map(|finding| &finding.message).collect())
    }

    /// Says whether a finding tells what a check does.
    pub(super) fn tell(&self, finding: &FindingDocument) -> bool {
        is_doubt(finding) && self.0.contains(&finding.message)
    }

    /// Says whether a check tells what findings do.
    pub(super) fn tell_all(&self, check: &Check) -> bool {
        let mut problems = check.problems.iter();
        is_open(check)
            && !check.problems.is_empty()
            && problems.all(|problem| self.0.contains(&problem.message))
    }
}

fn is_open(check: &Check) -> bool {
    check.address.kind == "expectation" && check.status == "unknown"
}

fn is_doubt(finding: &FindingDocument) -> bool {
    finding.code == "expectation-undecided"
}
