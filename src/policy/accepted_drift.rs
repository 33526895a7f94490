//! Differences that somebody accepted until a date.

use crate::config::AcceptedDrift;
use crate::plan::{Action, Change, Plan};
use jiff::civil::Date;

/// A change that is left out of the plan, and who answers for that.
#[derive(Debug, Clone)]
pub struct Accepted<'w> {
    /// What would have been done.
    pub change: Change,
    /// Who accepted it, why, and until when.
    pub acceptance: &'w AcceptedDrift,
}

/// Takes the changes out of a plan that `policy.accept_drift` accepts today.
///
/// What blocks or waits for one of them keeps saying so; the first acceptance in the YAML that matches is the one named. `also` is
/// what has to accept it as well, where something has to.
pub fn split_accepted<'w>(
    plan: &mut Plan,
    accepted: &'w [AcceptedDrift],
    also: Option<&[AcceptedDrift]>,
    today: Date,
) -> Vec<Accepted<'w>> {
    let holds = |accepted: &&AcceptedDrift| accepted.until.is_none_or(|until| until >= today);
    let lasting: Vec<&AcceptedDrift> = accepted.iter().filter(holds).collect();
    let also: Option<Vec<&AcceptedDrift>> = also.map(|also| also.iter().filter(holds).collect());
    if lasting.is_empty() {
        return Vec::new();
    }
    let mut split = Vec::new();
    let mut kept = Vec::with_capacity(plan.changes.len());
    for change in std::mem::take(&mut plan.changes) {
        // Where a name is not known, leaving alone is the cautious side of a removal, and not of anything that is added.
        let meant = |accepted: &&&AcceptedDrift| {
            let pattern = accepted.address.value.as_str();
            match change.action {
                Action::Delete => change.address.may_match(pattern),
                Action::Create | Action::Update => change.address.matches(pattern),
            }
        };
        let agreed = also
            .as_ref()
            .is_none_or(|also| also.iter().any(|one| meant(&one)));
        match lasting.iter().find(|one| agreed && meant(one)) {
            Some(acceptance) => split.push(Accepted { change, acceptance }),
            None => kept.push(change),
        }
    }
    plan.changes = kept;
    // A step by hand for something that is left alone would still be asked of somebody.
    plan.manual_steps.retain(|step| {
        step.addresses.is_empty()
            || step.addresses.iter().any(|address| {
                !split
                    .iter()
                    .any(|accepted| accepted.change.address == *address)
            })
    });
    split
}
