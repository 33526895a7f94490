//! Lints in a plan: what the plan makes newly true is a check and may block; what holds already is a finding.

use super::culprits::{Sides, culprits, is_to_blame};
use super::{Found, Judged, changes, judge, judged, newly_true};
use crate::access::{Coverage, Fact, State};
use crate::desired::Desired;
use crate::diagnostic::Severity;
use crate::observed::Observed;
use crate::plan::{Finding, Plan};
use crate::policy::Verdict;
use std::collections::{BTreeMap, BTreeSet};

/// Warnings that nothing but a site shows, so that `plan` repeats them. Of the others, `validate` repeats those that hold
/// already, and a plan tells only what it makes newly true.
const STANDING: [&str; 3] = ["L35", "L48", "L49"];

/// Judges a plan by every lint, and blocks the changes that make an error newly true that nobody acknowledged.
///
/// `before` is the state that was read, `after` the one that the plan leads to. What was not known before counts as it will
/// be. What is blocked stays in the plan, with the lint as the reason.
pub fn review<'w>(
    plan: &mut Plan,
    desired: &Desired<'w>,
    observed: &Observed,
    before: &State<'w>,
    after: &State<'w>,
) -> Vec<Verdict> {
    // What a plan changes is new by itself.
    let by_change = changes(desired, observed, plan, before, after);
    let mut assumed = before.clone();
    assume(&mut assumed, after, observed);
    let sides = Sides {
        before: &assumed,
        after,
        site: desired.site.key.as_str(),
    };
    let then = judge(&assumed, desired, Some(observed));
    let now = judge(after, desired, Some(observed));
    let fresh = newly_true(&then, &now);
    let mut found: Vec<(Found, bool)> = now.into_iter().zip(fresh).collect();
    found.extend(by_change.into_iter().map(|found| (found, true)));
    let (found, fresh): (Vec<Found>, Vec<bool>) = found.into_iter().unzip();
    let mut verdicts: BTreeMap<&'static str, Verdict> = BTreeMap::new();
    for (judged, new) in judged(desired.workspace, found, desired.today)
        .into_iter()
        .zip(fresh)
    {
        // Of what is outside the targets not everything was read. What a row of the plan makes true there still counts.
        let makes_true = |change| is_to_blame(change, &judged.found, sides);
        let counts = new
            && judged.found.certain
            && judged.severity() == Severity::Error
            && plan.changes.iter().any(makes_true);
        if !counts && !is_targeted(desired, &judged.found) {
            continue;
        }
        if new && judged.severity() == Severity::Error {
            let problem = block(plan, &judged, sides);
            let code = judged.found.lint.code;
            verdicts
                .entry(code)
                .or_insert_with(|| Verdict {
                    warns: false,
                    kind: "lint",
                    name: code.to_owned(),
                    problems: Vec::new(),
                    source: judged.found.span,
                })
                .problems
                .push(problem);
        } else if new
            || judged.severity() == Severity::Error
            || STANDING.contains(&judged.found.lint.code)
        {
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

/// Lets what is not known of the state before a plan be as the plan leaves it: a condition that may have held already is not
/// newly true.
fn assume<'w>(before: &mut State<'w>, after: &State<'w>, observed: &Observed) {
    fn fill<T: Clone>(before: &mut Fact<T>, after: &Fact<T>) {
        if before.value().is_none() {
            *before = after.clone();
        }
    }
    let (site, then) = (&mut before.site, &after.site);
    fill(&mut site.internal, &then.internal);
    fill(&mut site.external, &then.external);
    fill(&mut site.allowed, &then.allowed);
    fill(&mut site.create, &then.create);
    fill(&mut site.no_login, &then.no_login);
    fill(&mut site.kb_all_logged_in, &then.kb_all_logged_in);
    fill(&mut site.kb_anyone, &then.kb_anyone);
    fill(&mut site.confluence_plan, &then.confluence_plan);
    fill(&mut before.any_domain, &after.any_domain);
    if let Coverage::Unread(_) = before.approved.coverage {
        before.approved = after.approved.clone();
    }
    let known: BTreeSet<&str> = observed
        .whole_organizations()
        .into_iter()
        .flat_map(|live| live.values())
        .filter(|seen| {
            let domains = seen.email_domains.as_ref();
            domains.is_some_and(|domains| domains.value.known().is_some())
        })
        .map(|seen| seen.name.as_str())
        .collect();
    for organization in &mut before.organizations {
        let mut then = after.organizations.iter();
        if let Some(then) = then.find(|then| then.name == organization.name)
            && !known.contains(organization.name.as_str())
        {
            organization.email_domains.clone_from(&then.email_domains);
        }
    }
    for project in &mut before.projects {
        let Some(then) = after
            .project(project.key.as_str())
            .and_then(|at| after.projects.get(at))
        else {
            continue;
        };
        fill(&mut project.channel_access, &then.channel_access);
        fill(&mut project.customer_sharing, &then.customer_sharing);
        for (space, viewers) in &mut project.spaces {
            if let Some(then) = then.spaces.get(space) {
                fill(viewers, then);
            }
        }
    }
}

/// Blocks what makes a finding true, and says so. A rule of Atlassian's that stands against a change already says it better
/// than the lint of the same number.
fn block(plan: &mut Plan, judged: &Judged<'_>, sides: Sides<'_, '_>) -> String {
    let found = &judged.found;
    let code = found.lint.code;
    let reason = format!("lint {code}");
    let rule = format!("{code}:");
    let blamed = culprits(&plan.changes, found, sides);
    for (change, to_blame) in plan.changes.iter_mut().zip(blamed) {
        let mut said = change.blocked_by.iter();
        if to_blame && !said.any(|said| *said == reason || said.starts_with(&rule)) {
            change.blocked_by.push(reason.clone());
        }
    }
    format!(
        "{}: {} (hint: {})",
        found.address, found.message, found.hint
    )
}

/// Says whether a finding is about something that is asked for.
fn is_targeted(desired: &Desired<'_>, found: &Found) -> bool {
    let targets = &desired.targets;
    targets.is_empty() || targets.iter().any(|target| found.address.within(target))
}
