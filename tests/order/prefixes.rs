//! Random small sites: after every prefix of the ordered changes, whatever happens first inside a stage, the evaluator
//! finds nobody exposed or interrupted whom the plan does not name.

use crate::abilities;
use crate::fold::{fold, unit};
use crate::sites::{Shape, Side, Tape, cases, judge, read, state};
use crate::support::run;
use portcullis::plan::{Plan, diff, order};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SHAPE: Shape = Shape {
    organizations: &["A", "B", "C"],
    projects: &["P", "Q", "R"],
    known: &[
        "p0@a.example",
        "p1@a.example",
        "p2@a.example",
        "p3@a.example",
    ],
    strangers: &["n0@new.example", "n1@new.example", "f0@fresh.example"],
    rarity: 2,
};

/// The requests of every stage: positions of changes that are settled at once.
fn stages(plan: &Plan) -> Vec<Vec<Vec<usize>>> {
    let mut stages: BTreeMap<u32, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for (at, change) in plan.changes.iter().enumerate() {
        if change.is_automatic() {
            let stage = stages.entry(plan.order.stages[at]).or_default();
            stage.entry(unit(at, change)).or_default().push(at);
        }
    }
    stages
        .into_values()
        .map(|units| units.into_values().collect())
        .collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn no_prefix_exposes_or_interrupts_whom_the_plan_does_not_name(tape in proptest::collection::vec(any::<u8>(), 320)) {
        let mut tape = Tape::new(&tape);
        run(async {
            let seed = state(&mut tape, SHAPE, Side::Seed);
            let wanted = state(&mut tape, SHAPE, Side::Desired);
            let (case, observed, story) = read(&seed, &wanted).await;
            let desired = case.desired();
            let mut plan = diff::diff(&desired, &observed);
            order::arrange(&mut plan, &desired, &observed);
            assert!(plan.errors.is_empty(), "{:?}\n{story}", plan.errors);
            let stages = stages(&plan);
            let mut end = observed.clone();
            for change in stages.iter().flatten().flatten() {
                fold(&mut end, &plan.changes[*change]);
            }
            let again = diff::diff(&desired, &end);
            let left: Vec<_> = again.changes.iter().filter(|change| change.is_automatic()).map(|change| change.address.to_string()).collect();
            let joined = left.iter().all(|address| address.contains("/member/") && address.contains("new.example"));
            assert!(joined, "folding leaves {left:?}\n{story}");
            let (before, after) = (judge(SHAPE, &desired, &observed), judge(SHAPE, &desired, &end));
            for _ in 0..3 {
                let mut site = observed.clone();
                let mut done = Vec::new();
                for stage in &stages {
                    let mut units = stage.clone();
                    for at in (1..units.len()).rev() {
                        units.swap(at, usize::from(tape.below(u8::try_from(at + 1).unwrap_or(255))));
                    }
                    for unit in units {
                        for at in unit {
                            fold(&mut site, &plan.changes[at]);
                            done.push(format!("{} {} {}", plan.order.stages[at], plan.changes[at].action.word(), plan.changes[at].address));
                        }
                        for wrong in abilities::wrong(&before, &judge(SHAPE, &desired, &site), &after) {
                            assert!(abilities::is_named(&plan, &wrong), "{wrong:?} after\n{}\n{:#?}\n{story}", done.join("\n"), plan.order.unsafe_steps);
                        }
                    }
                }
            }
        });
    }
}
