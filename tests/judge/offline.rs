//! (d) What is said offline, from the files alone, against the pages once everything that they ask for was done.

use crate::live;
use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::world::everybody;
use portcullis::access::State;
use portcullis::access::explain::Asked;
use portcullis::model::Email;
use portcullis::report::build::Planned;

/// Compares what `explain` says without `--live`.
pub(crate) fn check(stage: &Stage<'_>, planned: &Planned, after: &Pages, found: &mut Found) {
    let plan = &planned.plan;
    let all_done = plan.errors.is_empty()
        && stage.desired.targets.is_empty()
        && stage.desired.workspace.policy.accept_drift.is_empty()
        // What stays on the site although the files want it gone is told.
        && !(plan.findings.iter()).any(|finding| finding.code == "left-in-place")
        && plan
            .changes
            .iter()
            .all(|row| row.is_automatic() && !row.is_question());
    if !all_done {
        return;
    }
    found.whole += 1;
    let state = State::offline(&stage.desired);
    // What no file tells, the answers take for granted and say so: accounts are active, one on an address, and customers'.
    for who in everybody().filter(|who| after.is_plain(who)) {
        let email = Email::new(who).unwrap();
        live::explained(&state, &Asked::Address(email), after, "offline", found);
    }
    for asked in live::classes() {
        live::explained(&state, &asked, after, "offline", found);
    }
}
