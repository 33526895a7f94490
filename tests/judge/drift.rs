//! (f) `drift` and `plan` see the same: the same rows, and expectations as the site is.

use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::verdicts::{holds, is_about_whoever_comes, verdict};
use portcullis::config::Expectation;
use portcullis::drift;
use portcullis::model::Address;
use portcullis::observed::Observed;
use portcullis::pipeline;
use portcullis::report::build::Planned;
use std::collections::BTreeSet;

const PART: &str = "drift";

/// Compares what both commands say of the site as it is. Returns what must hold once the plan is carried out: promises that pass
/// although they are broken, and that the plan keeps by what it holds back.
pub(crate) fn check<'e>(
    stage: &Stage<'e>,
    observed: &Observed,
    planned: &Planned,
    before: &Pages,
    found: &mut Found,
) -> Vec<&'e Expectation> {
    let mut later = Vec::new();
    let desired = &stage.desired;
    let head = pipeline::difference(desired, observed);
    let standing = pipeline::standing(head.clone(), desired, observed);
    let told = drift::compare(head, None, &standing.plan, desired, desired.today);
    let rows: BTreeSet<&Address> = [&told.foreign, &told.unapplied, &told.waiting, &told.unknown]
        .into_iter()
        .flatten()
        .map(|row| &row.address)
        .collect();
    let plan: BTreeSet<&Address> = planned
        .plan
        .changes
        .iter()
        .map(|row| &row.address)
        .collect();
    for address in rows.symmetric_difference(&plan) {
        found.put(
            PART,
            &[],
            format!("{address} is in one of plan and drift only"),
        );
    }
    if planned.plan.errors.len() != told.errors.len() {
        found.put(PART, &[], "other errors".to_owned());
    }
    let mended = |expectation: &Expectation| {
        let planned = verdict(&planned.verdicts, expectation);
        planned.is_some_and(|verdict| verdict.status() == "pass")
    };
    for expectation in &desired.workspace.expectations {
        let (Some(verdict), Some(holds)) = (
            verdict(&standing.verdicts, expectation),
            holds(expectation, before),
        ) else {
            continue;
        };
        let wrong = match verdict.status() {
            // A promise that the plan keeps is unfinished work, and no broken one.
            "pass" if expectation.can && !holds && !mended(expectation) => {
                later.push(expectation);
                false
            }
            "pass" => !(holds || expectation.can),
            "fail" => holds && !is_about_whoever_comes(verdict),
            _ => false,
        };
        if wrong {
            found.put(
                PART,
                &[],
                format!(
                    "{} ({:?} {}): {} as the site is ({:?}), and on the pages it {}",
                    expectation.name,
                    expectation.who.value,
                    if expectation.can { "can" } else { "cannot" },
                    verdict.status(),
                    verdict.problems,
                    if holds { "holds" } else { "fails" }
                ),
            );
        }
    }
    later
}

/// Checks what [`check`] left for later.
pub(crate) fn kept(later: &[&Expectation], after: &Pages, found: &mut Found) {
    for expectation in later {
        if holds(expectation, after) == Some(false) {
            let name = &expectation.name;
            let text = format!("{name}: passes as unfinished work, and the plan does not keep it");
            found.put(PART, &[], text);
        }
    }
}
