//! Lints in a plan: what the plan makes newly true is a check and may block; what holds already is a finding.

use super::{Found, Judged, changes, judge, judged, newly_true};
use crate::access::State;
use crate::desired::Desired;
use crate::diagnostic::Severity;
use crate::observed::Observed;
use crate::plan::{Change, Finding, Plan, ResourceType};
use crate::policy::Verdict;
use std::collections::BTreeMap;

/// Judges a plan by every lint, and blocks the changes that make an error newly true that nobody acknowledged.
///
/// `before` is the state that was read, `after` the one that the plan leads to. What is blocked stays in the plan, with the
/// lint as the reason.
pub fn review<'w>(
    plan: &mut Plan,
    desired: &Desired<'w>,
    observed: &Observed,
    before: &State<'w>,
    after: &State<'w>,
) -> Vec<Verdict> {
    let then = judge(before, desired, Some(observed));
    let now = judge(after, desired, Some(observed));
    let fresh = newly_true(&then, &now);
    let mut found: Vec<(Found, bool)> = now.into_iter().zip(fresh).collect();
    // What a plan changes is new by itself.
    let by_change = changes(desired, observed, plan, before, after);
    found.extend(by_change.into_iter().map(|found| (found, true)));
    let (found, fresh): (Vec<Found>, Vec<bool>) = found.into_iter().unzip();
    let mut verdicts: BTreeMap<&'static str, Verdict> = BTreeMap::new();
    for (judged, new) in judged(desired.workspace, found, desired.today)
        .into_iter()
        .zip(fresh)
    {
        if new && judged.severity() == Severity::Error {
            let problem = block(plan, &judged);
            let code = judged.found.lint.code;
            verdicts
                .entry(code)
                .or_insert_with(|| Verdict {
                    kind: "lint",
                    name: code.to_owned(),
                    problems: Vec::new(),
                    source: judged.found.span,
                })
                .problems
                .push(problem);
        } else {
            plan.findings.push(Finding {
                address: judged.found.address.clone(),
                code: judged.found.lint.code,
                message: judged.message(),
                source: judged.found.span,
            });
        }
    }
    verdicts.into_values().collect()
}

/// Blocks what makes a finding true: changes at its address, of its project or organization, and of the site's settings; where
/// there are none, every change of the site.
fn block(plan: &mut Plan, judged: &Judged<'_>) -> String {
    let found = &judged.found;
    let reason = format!("lint {}", found.lint.code);
    let any = plan.changes.iter().any(|change| bears_on(change, found));
    for change in &mut plan.changes {
        if (!any || bears_on(change, found)) && !change.blocked_by.contains(&reason) {
            change.blocked_by.push(reason.clone());
        }
    }
    format!(
        "{}: {} (hint: {})",
        found.address, found.message, found.hint
    )
}

fn bears_on(change: &Change, found: &Found) -> bool {
    let object: Vec<&str> = found.address.as_str().split('/').take(3).collect();
    let within = change
        .address
        .as_str()
        .strip_prefix(object.join("/").as_str())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    within
        || change.address.matches(found.address.as_str())
        || matches!(
            change.kind,
            ResourceType::CustomerAccess
                | ResourceType::AllowedDomain
                | ResourceType::ApprovedDomain
                | ResourceType::SiteSetting
        )
        || (is_about_openness(found) && change.kind == ResourceType::ProjectAccess)
        || domain_of(found).is_some_and(|domain| {
            change.kind == ResourceType::CustomerAccount
                && change.name.ends_with(&format!("@{domain}"))
        })
}

/// L13 and L14 also come true when a project opens.
fn is_about_openness(found: &Found) -> bool {
    matches!(found.lint.code, "L13" | "L14")
}

/// The domain of a finding about people of one.
fn domain_of(found: &Found) -> Option<&str> {
    found
        .address
        .as_str()
        .split_once("/account/%2A@")
        .map(|(_, domain)| domain)
}
