//! What a branch does to the rules that judge it, in words: one sentence a change, with what the plan comes to under the old rule.

use super::document::{FindingDocument, PlanDocument, RuleChange};
use super::subject::spoken;
use crate::neutral::phrase::Phrase;
use std::collections::HashSet;

/// Returns what this plan comes to under the old rule, as the end of a sentence; empty where that says nothing.
pub(crate) fn then(change: &RuleChange) -> &'static str {
    match (change.outcome.as_str(), change.kind.as_str()) {
        ("blocked", "rule") => "; under the old rule this plan is blocked",
        ("failed", _) => "; under the old rule this plan fails",
        ("warned", _) => "; under the old rule this plan is warned about",
        _ => "",
    }
}

/// Returns what follows from a change here: for reviewers, who see it beside the others.
fn here(change: &RuleChange) -> &'static str {
    match (change.decisive, change.loosens, change.kind.as_str()) {
        (true, _, "rule") => "; it counts once the base has it or its owners approve",
        (true, ..) => "; nothing is done there before the base has it",
        (false, true, "rule") if then(change).is_empty() => {
            "; under the old rule this plan comes to the same"
        }
        _ => "",
    }
}

/// One change of the rules, as a reviewer reads it.
pub(super) struct Told<'d> {
    /// What it says.
    pub(super) change: &'d RuleChange,
    /// What it is about.
    pub(super) about: Phrase,
    /// What the branch does, and what that comes to.
    pub(super) says: Phrase,
}

/// Returns the changes of the rules, those that make a difference first, then those that let more happen.
pub(super) fn told(document: &PlanDocument) -> Vec<Told<'_>> {
    let many = document.sites.len() > 1;
    let mut changes: Vec<&RuleChange> = document.rule_changes.iter().collect();
    changes.sort_by_key(|change| (!change.decisive, !change.loosens));
    let told = changes.into_iter().map(|change| Told {
        change,
        // A rule says itself what it is about.
        about: match change.kind.as_str() {
            "rule" => Phrase::of("rules"),
            "acceptance" => Phrase::of("acceptances"),
            _ => spoken(&change.address, many),
        },
        says: change.message.clone().word(then(change)).word(here(change)),
    });
    told.collect()
}

/// Returns the findings without those that repeat a change of the rules: these have a section of their own.
pub(super) fn other_findings(document: &PlanDocument) -> impl Iterator<Item = &FindingDocument> {
    let changes = document.rule_changes.iter();
    let told: HashSet<(&str, Phrase)> = changes
        .map(|change| {
            let text = change.message.clone().word(then(change));
            (change.address.as_str(), text)
        })
        .collect();
    let findings = document.findings.iter();
    findings.filter(move |finding| {
        told.is_empty() || !told.contains(&(finding.address.as_str(), finding.message.clone()))
    })
}
