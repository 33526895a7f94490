//! From what is desired and what was read to a judged, ordered plan: the steps between reading and carrying out.
//!
//! ```text
//! plan::diff ─► target (rows that were asked for) ─► judge (blocks, verdicts, impact, order)
//! ```
//!
//! Pure: the same input gives the same plan. The commands load and read before it, and show or carry out after it.

use crate::desired::Desired;
use crate::judge::{self, Lints};
use crate::observed::Observed;
use crate::plan::{Plan, diff};
use crate::report::build::{Overridden, Planned};
use crate::target;

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

/// As [`plan`], with lints or without them.
pub fn plan_by(desired: &Desired<'_>, observed: &Observed, lints: Lints) -> Planned {
    let mut plan = difference(desired, observed);
    let judgement = judge::judge(&mut plan, desired, observed, lints);
    Planned {
        impact: judgement.impact,
        plan,
        verdicts: judgement.verdicts,
        overridden: judgement
            .overridden
            .map(|(plan, impact)| Overridden { plan, impact }),
        requests: observed.requests,
    }
}
