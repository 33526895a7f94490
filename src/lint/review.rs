//! Lints in a plan: what the plan makes newly true is a check and may block; what holds already is a finding.

use super::culprits::{Sides, culprits, is_to_blame};
use super::{Found, Judged, changes, judge, judged, newly_true};
use crate::access::State;
use crate::desired::Desired;
use crate::diagnostic::Severity;
use crate::judge::{Ledger, Sheet, Worlds};
use crate::neutral::phrase::{Phrase, key, say};
use crate::observed::Observed;
use crate::plan::{Block, Change, Finding, Reason};
use crate::policy::{Verdict, Weight};
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// Warnings that nothing but a site shows, so that `plan` repeats them. Of the others, `validate` repeats those that hold
/// already, and a plan tells only what it makes newly true. Beside them, who signs up and meets a closed door (L71) depends on
/// projects that the files need not have.
const STANDING: [&str; 4] = ["L35", "L48", "L49", "L71"];

/// What holds already, so that it is nothing that the plan makes true.
pub(crate) struct Held(Vec<Found>);

impl Held {
    /// Judges the state that was read.
    pub(crate) fn new<'w>(before: &State<'w>, desired: &Desired<'w>, observed: &Observed) -> Self {
        Self(judge(before, desired, Some(observed)))
    }
}

/// Judges a plan by every lint, and blocks the changes that make an error newly true that nobody acknowledged.
///
/// Judged is the last world of the plan. What is blocked stays in the plan, with the lint as the reason.
pub(crate) fn review(
    sheet: &mut Sheet<'_>,
    held: &Held,
    desired: &Desired<'_>,
    observed: &Observed,
    worlds: &Worlds<'_, '_>,
    ledger: &mut Ledger,
) {
    let (before, after) = (worlds.before, worlds.done());
    // What a plan changes is new by itself.
    let by_change = changes(desired, observed, sheet, before, after);
    let sides = Sides {
        before,
        after,
        site: desired.site.key.as_str(),
    };
    let now = judge(after, desired, Some(observed));
    let fresh = newly_true(&held.0, &now);
    let mut found: Vec<(Found, bool)> = now.into_iter().zip(fresh).collect();
    found.extend(by_change.into_iter().map(|found| (found, true)));
    let (found, fresh): (Vec<Found>, Vec<bool>) = found.into_iter().unzip();
    let mut verdicts: BTreeMap<&'static str, Verdict> = BTreeMap::new();
    for (judged, new) in judged(desired.law.policy, found, desired.today)
        .into_iter()
        .zip(fresh)
    {
        // Of what is outside the targets not everything was read. What a row of the plan makes true there still counts.
        let makes_true = |(_, change): (usize, &Change)| is_to_blame(change, &judged.found, sides);
        let counts = new
            && judged.found.certain
            && judged.severity() == Severity::Error
            && sheet.changes().iter().enumerate().any(makes_true);
        if !counts && !is_targeted(desired, &judged.found) {
            continue;
        }
        if new && judged.severity() == Severity::Error && !is_meant(sheet, &judged.found, sides) {
            let problem = block(sheet, &judged, sides);
            let code = judged.found.lint.code;
            verdicts
                .entry(code)
                .or_insert_with(|| Verdict {
                    weight: Weight::Fails,
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
            ledger.tell(Finding {
                address: judged.found.address.clone(),
                code: judged.found.lint.code,
                message: judged.message(),
                source: judged.found.span,
            });
        }
    }
    for verdict in verdicts.into_values() {
        ledger.put(verdict);
    }
}

/// Says whether somebody wrote down what makes a finding true: a project is left without customers (L31) because people are
/// absent, entries have expired, or organizations are retired, absent or no longer declared.
fn is_meant(sheet: &Sheet<'_>, found: &Found, sides: Sides<'_, '_>) -> bool {
    if found.lint.code != "L31" {
        return false;
    }
    let mut rows = culprits(sheet, found, sides).into_iter().peekable();
    rows.peek().is_some()
        && rows.all(|at| {
            matches!(
                sheet.changes()[at].reason,
                Reason::PersonAbsent
                    | Reason::Absent
                    | Reason::Expired
                    | Reason::Retired
                    | Reason::StateAbsent
                    | Reason::NoLongerDeclared
            )
        })
}

/// Blocks what makes a finding true, and says so. A rule of Atlassian's that stands against a change already says it better
/// than the lint of the same number.
fn block(sheet: &mut Sheet<'_>, judged: &Judged<'_>, sides: Sides<'_, '_>) -> Phrase {
    let found = &judged.found;
    let code = found.lint.code;
    let rule = format!("{code}:");
    for at in culprits(sheet, found, sides) {
        let mut said = sheet.blocks(at).iter();
        if !said.any(|said| matches!(said, Block::Rule(text) if text.begins_with(&rule))) {
            sheet.block(at, Block::Lint(code));
        }
    }
    // For people: a name reads as it is written, `*@globex.example` and not `%2A@globex.example`.
    let address = percent_decode_str(found.address.as_str()).decode_utf8_lossy();
    say(
        "{}: {} (hint: {})",
        [key(&address), found.message.clone(), found.hint.clone()],
    )
}

/// Says whether a finding is about something that is asked for.
fn is_targeted(desired: &Desired<'_>, found: &Found) -> bool {
    let targets = &desired.targets;
    targets.is_empty() || targets.iter().any(|target| found.address.within(target))
}
