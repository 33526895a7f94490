//! Random pairs of a live site and a desired state, judged by an oracle that shares no code with planning.

use crate::random::{PROJECTS, Tape, Wanted, describe, desire, expected, live, seen, wanted};
use crate::support::{Case, Round, run, site};
use portcullis::apply::Outcome;
use portcullis::emulator::Options;
use portcullis::model::ProjectKey;
use portcullis::report::json::plan_json;
use proptest::prelude::*;

/// The plan as machines see it, without the number of requests that reading took.
fn bytes(round: &Round) -> String {
    let mut document = round.document.clone();
    document.api_budget.plan_requests = 0;
    plan_json(&document)
}

/// A moderate number of cases, unless `PROPTEST_CASES` says otherwise.
fn cases() -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 100,
        ..ProptestConfig::default()
    };
    ProptestConfig {
        cases: if given { default.cases } else { 40 },
        ..default
    }
}

fn tape() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 400)
}

proptest! {
    #![proptest_config(cases())]

    /// After apply nothing is left to do, and the site is as desired where managed and as before elsewhere.
    #[test]
    fn apply_makes_the_desired_state_and_nothing_else(tape in tape()) {
        let mut tape = Tape(tape.iter());
        let mut live = live(&mut tape);
        let wanted = wanted(&mut tape, &mut live);
        let (seed, desired) = (describe(&live, true), desire(&wanted));
        run(async {
            let case = Case::new(&desired, &seed).await;
            assert_eq!(seen(&case.sandbox.site()), live, "the seed is what the oracle thinks");
            let first = case.plan().await;
            // The same input gives the same bytes, however the pages are cut.
            assert_eq!(first.json(), case.plan().await.json());
            let options = Options { page_cap: 3, ..Options::default() };
            let cut = Case::with(&desired, &seed, options).await;
            assert_eq!(bytes(&first), bytes(&cut.plan().await));
            assert_eq!(case.sandbox.stats().writes, 0);
            let report = case.apply(&first).await;
            for (change, outcome) in first.plan.changes.iter().zip(&report.outcomes) {
                assert!(matches!(outcome, Outcome::Done | Outcome::AlreadyTrue), "{}: {outcome:?}\nseed\n{seed}\ndesired\n{desired}", change.address);
            }
            let second = case.plan().await;
            assert_eq!(second.addresses(), Vec::<String>::new(), "seed\n{seed}\ndesired\n{desired}\n{}", first.text());
            assert_eq!(seen(&case.sandbox.site()), expected(&live, &wanted), "seed\n{seed}\ndesired\n{desired}\n{}", first.text());
        });
    }

    /// A site that is described exactly as it is has nothing to change.
    #[test]
    fn a_site_compared_with_itself_has_no_difference(tape in tape()) {
        let live = live(&mut Tape(tape.iter()));
        let (seed, desired) = (describe(&live, true), describe(&live, false));
        run(async {
            let case = Case::on(&desired, site(&seed), Options::default()).await;
            let round = case.plan().await;
            assert_eq!(round.addresses(), Vec::<String>::new(), "{desired}\n{}", round.text());
            assert!(round.plan.errors.is_empty() && round.plan.findings.is_empty(), "{}", round.text());
        });
    }
}

/// The oracle itself: an empty desired state leaves everything alone.
#[test]
fn the_oracle_leaves_alone_what_is_not_managed() {
    let choices: Vec<u8> = (0..400).map(|n| (n * 7 % 251) as u8).collect();
    let live = live(&mut Tape(choices.iter()));
    assert_eq!(expected(&live, &Wanted::default()), live);
    let key = ProjectKey::new(PROJECTS[0]).unwrap();
    assert!(site(&describe(&live, true)).project(&key).is_some());
}
