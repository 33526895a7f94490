//! From what is desired and what was read to a judged, ordered plan: the steps between reading and carrying out.
//!
//! ```text
//! plan::diff ─► target (rows that were asked for) ─► judge (blocks, verdicts, impact, order)
//! ```
//!
//! Pure: the same input gives the same plan. The commands load and read before it, and show or carry out after it.

use crate::access::{Doors, State};
use crate::desired::Desired;
use crate::expect;
use crate::judge::{self, Lints, Sheet, Worlds};
use crate::observed::Observed;
use crate::plan::{Block, Change, Plan, diff, opened, rights};
use crate::report::build::{Lifted, Overridden, Planned};
use crate::target;
use std::collections::BTreeSet;

/// Compares one site, as far as the targets go; nothing is judged yet.
pub fn difference(desired: &Desired<'_>, observed: &Observed) -> Plan {
    let mut plan = diff::diff(desired, observed);
    target::keep(&mut plan, &desired.targets);
    plan
}

/// Plans one site, judges the plan and orders it.
pub fn plan(desired: &Desired<'_>, observed: &Observed) -> Planned {
    plan_by(desired, observed, Lints::Judged)
}

/// Judges one site as it is: what would take it to the files, with the expectations judged on what was read.
pub fn standing(difference: Plan, desired: &Desired<'_>, observed: &Observed) -> Planned {
    let mut planned = judged(difference, desired, observed, Lints::Judged);
    let before = State::live(desired, observed);
    let sheet = Sheet::new(&planned.plan.changes);
    let standing = expect::standing(desired, &Worlds::new(&before, &sheet));
    planned
        .verdicts
        .retain(|verdict| verdict.kind != "expectation");
    planned.verdicts.extend(standing);
    planned
}

/// As [`plan`], with blocks that stand before anything is judged, such as that nobody reviewed a row.
pub fn plan_beside(
    desired: &Desired<'_>,
    observed: &Observed,
    stands: impl Fn(&Change) -> Option<Block>,
) -> Planned {
    let mut plan = difference(desired, observed);
    for change in &mut plan.changes {
        change.blocked_by.extend(stands(change));
    }
    judged(plan, desired, observed, Lints::Judged)
}

/// As [`plan_beside`], with the rows alone that a date or a person's line orders by now. They are judged by themselves, within the
/// limits.
pub fn plan_due(
    desired: &Desired<'_>,
    observed: &Observed,
    stands: impl Fn(&Change) -> Option<Block>,
) -> Planned {
    let mut plan = difference(desired, observed);
    plan.changes.retain(|change| change.reason.is_due());
    let left: BTreeSet<_> = plan.changes.iter().map(|row| row.address.clone()).collect();
    plan.manual_steps
        .retain(|step| step.addresses.iter().any(|address| left.contains(address)));
    plan.replacements.retain(|gone, _| left.contains(gone));
    // Who is listed and cannot be brought in is another run's business.
    plan.left_out.clear();
    for change in &mut plan.changes {
        change.blocked_by.extend(stands(change));
    }
    judged(plan, desired, observed, Lints::Judged)
}

/// As [`plan`], with lints or without them.
pub fn plan_by(desired: &Desired<'_>, observed: &Observed, lints: Lints) -> Planned {
    judged(difference(desired, observed), desired, observed, lints)
}

fn judged(mut plan: Plan, desired: &Desired<'_>, observed: &Observed, lints: Lints) -> Planned {
    rights::mark(&mut plan, desired, observed);
    let judgement = judge::judge(&mut plan, desired, observed, lints);
    opened::tell(&mut plan, observed);
    Planned {
        impact: judgement.impact,
        plan,
        verdicts: judgement.verdicts,
        overridden: judgement
            .overridden
            .map(|(plan, impact)| Overridden { plan, impact }),
        also_decides: Doors::of(observed).of_plan(),
        requests: observed.requests,
        lifted: Lifted::new(),
    }
}
