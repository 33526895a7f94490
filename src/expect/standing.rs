//! Expectations judged on the site as it is, as `drift` shows them.

use super::review::told;
use super::{Judgement, judge, of_site};
use crate::config::Undecided;
use crate::desired::Desired;
use crate::judge::Worlds;
use crate::neutral::phrase::Phrase;
use crate::policy::{Verdict, Weight};

/// Judges the expectations of one site on what was read.
///
/// What must not be possible must not be possible now, whatever a plan would mend. A promise that is not kept now and will be
/// once the plan is carried out is unfinished work, not a broken promise.
pub(crate) fn standing(desired: &Desired<'_>, worlds: &Worlds<'_, '_>) -> Vec<Verdict> {
    let sources = &desired.workspace.sources;
    of_site(desired.law.expectations, &desired.site.key)
        .map(|expectation| {
            let now = judge(expectation, worlds.before);
            let mended = || judge(expectation, worlds.done()) == Judgement::Holds;
            let (weight, problems) = match &now {
                Judgement::Holds => (Weight::Fails, Vec::new()),
                _ if expectation.can && mended() => (Weight::Fails, Vec::new()),
                Judgement::Fails(example) => (Weight::Fails, vec![told(example, sources)]),
                Judgement::Undecided(example) if expectation.undecided == Undecided::Block => {
                    let told = Phrase::of("cannot be decided: ").then(&told(example, sources));
                    (Weight::Fails, vec![told])
                }
                Judgement::Undecided(example) => (Weight::Undecided, vec![told(example, sources)]),
            };
            Verdict {
                weight,
                kind: "expectation",
                name: expectation.name.clone(),
                problems,
                source: Some(expectation.span),
            }
        })
        .collect()
}
