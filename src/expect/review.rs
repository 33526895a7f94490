//! Expectations judged on what a plan leads to, and the rows that make them fail.

use super::offline::step_text;
use super::subjects::{self, Who};
use super::{Counterexample, Judgement, Miss, ask, misses, of_site, verdict};
use crate::access::{Answer, PersonId, SituationId, Source, State, Trail, Visitor};
use crate::config::{Ability, Expectation, Sources, Undecided};
use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::impact::{Target, Tracer, Whose};
use crate::judge::{Ledger, Sheet, Worlds};
use crate::neutral::phrase::Phrase;
use crate::plan::{Block, Finding};
use crate::policy::{Verdict, Weight};
use std::collections::{BTreeSet, HashMap};

/// Judges the expectations of one site, and holds back what makes them fail.
pub(crate) fn review(
    sheet: &mut Sheet<'_>,
    desired: &Desired<'_>,
    worlds: &Worlds<'_, '_>,
    ledger: &mut Ledger,
) {
    let sources = &desired.workspace.sources;
    let mut blocks: Vec<(usize, Block)> = Vec::new();
    let rows = 0..sheet.changes().len();
    let holding: BTreeSet<String> = rows
        .flat_map(|at| sheet.blocks(at))
        .filter_map(|block| match block {
            Block::Expectation(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    for expectation in of_site(desired.law.expectations, &desired.site.key) {
        // A promise is kept once everything is done; a prohibition at every moment that a run ends with.
        let states: Vec<&State<'_>> = match expectation.can {
            true => vec![worlds.done()],
            false => worlds.after().collect(),
        };
        let mut worst = Judgement::Holds;
        let mut held_back = BTreeSet::new();
        for state in states {
            let lists = subjects::lists(expectation, state);
            let (found, held) = misses(expectation, state, &lists);
            let judgement = verdict(expectation, state, &lists, &found, held);
            if matches!(judgement, Judgement::Fails(_)) {
                held_back.extend(causes(expectation, state, worlds.before, &found, sheet));
            }
            if rank(&judgement) > rank(&worst) {
                worst = judgement;
            }
        }
        // What fails and holds nothing back may come to hold, where the rows that it met are held back by something else.
        let holds_back = !held_back.is_empty() || holding.contains(&expectation.name);
        let block = || Block::Expectation(expectation.name.clone());
        blocks.extend(held_back.into_iter().map(|at| (at, block())));
        if expectation.can && worst == Judgement::Holds && worlds.done.is_some() {
            later(expectation, desired, worlds, ledger);
        }
        let (problems, weight) = match &worst {
            Judgement::Holds => (Vec::new(), Weight::Fails),
            Judgement::Fails(example) => (vec![told(example, sources)], Weight::Fails),
            Judgement::Undecided(example) if expectation.undecided == Undecided::Block => {
                let told = Phrase::of("cannot be decided: ").then(&told(example, sources));
                (vec![told], Weight::Fails)
            }
            Judgement::Undecided(example) => {
                ledger.tell(Finding {
                    address: desired.address(["expectation", expectation.name.as_str()]),
                    code: "expectation-undecided",
                    message: told(example, sources),
                    source: Some(expectation.span),
                });
                (vec![told(example, sources)], Weight::Undecided)
            }
        };
        let verdict = Verdict {
            weight,
            kind: "expectation",
            name: expectation.name.clone(),
            problems,
            source: Some(expectation.span),
        };
        match holds_back {
            true => ledger.put(verdict),
            false => ledger.replace(verdict),
        }
    }
    for (at, block) in blocks {
        sheet.block(at, block);
    }
}

const fn rank(judgement: &Judgement) -> u8 {
    match judgement {
        Judgement::Holds => 0,
        Judgement::Undecided(_) => 1,
        Judgement::Fails(_) => 2,
    }
}

/// Says that a promise holds only once people have taken their steps.
fn later(
    expectation: &Expectation,
    desired: &Desired<'_>,
    worlds: &Worlds<'_, '_>,
    ledger: &mut Ledger,
) {
    let state = &worlds.applied;
    let lists = subjects::lists(expectation, state);
    let (found, held) = misses(expectation, state, &lists);
    if verdict(expectation, state, &lists, &found, held) != Judgement::Holds {
        ledger.tell(Finding {
            address: desired.address(["expectation", expectation.name.as_str()]),
            code: "expectation-holds-later",
            message: "it holds once the steps by hand are taken, and not before".into(),
            source: Some(expectation.span),
        });
    }
}

/// Finds the free rows that make an expectation fail in a state: for whoever misses and did not miss before, the rows whose
/// effects opened the way in, or broke it.
fn causes(
    expectation: &Expectation,
    state: &State<'_>,
    before: &State<'_>,
    misses: &[Miss],
    sheet: &Sheet<'_>,
) -> BTreeSet<usize> {
    let tracer = Tracer::new(before, state, sheet);
    let (had, has) = (
        subjects::lists(expectation, before),
        subjects::lists(expectation, state),
    );
    let mut moved: HashMap<SituationId, Vec<PersonId>> = HashMap::new();
    for id in state.people.moved() {
        moved
            .entry(state.people.situation_of(id))
            .or_default()
            .push(id);
    }
    let mut rows = BTreeSet::new();
    for miss in misses
        .iter()
        .filter(|miss| miss.answer != Answer::Uncertain)
    {
        let now = miss.subject.who.visitor(state, &has);
        let was = miss.subject.who.visitor(before, &had);
        let was = was.or_else(|| newcomer(&miss.subject.who, before, state));
        let missed = was.as_ref().is_some_and(|visitor| {
            let silent = &mut Trail::silent();
            ask(expectation, before, visitor, miss.place, silent) == miss.answer
        });
        if missed {
            continue;
        }
        let Some(at) = miss.place else {
            rows.extend(tracer.signing_up());
            continue;
        };
        let target = Target {
            project: state.projects[at].key.clone(),
            space: match expectation.ability.value {
                Ability::ReadArticle => expectation.space.as_ref().map(|space| space.value.clone()),
                _ => None,
            },
        };
        for whose in whose(&miss.subject.who, before, state, &moved) {
            rows.extend(tracer.rows(whose, &target, at, (&was, &now), expectation.can));
        }
    }
    rows
}

/// Somebody whom the plan makes was a new address before.
fn newcomer<'s>(who: &Who, before: &'s State<'_>, after: &State<'_>) -> Option<Visitor<'s>> {
    let Who::Person(id) = who else { return None };
    let email = after.people.get(*id).email?;
    Some(Visitor::new_address(before, email.domain()))
}

/// Returns the people behind a subject: everybody in a situation shares its fate, and has rows of their own.
///
/// `moved` are the people whom the plan moves, by the situation that they come into.
fn whose<'w>(
    who: &'w Who,
    before: &State<'_>,
    state: &'w State<'_>,
    moved: &HashMap<SituationId, Vec<PersonId>>,
) -> Vec<Whose<'w>> {
    match who {
        Who::Person(id) => {
            let with = moved.get(&state.people.situation_of(*id));
            let mut all: Vec<PersonId> = with.cloned().unwrap_or_default();
            if all.binary_search(id).is_err() {
                all.push(*id);
            }
            let person = |id| Whose::person(before, state, id);
            all.into_iter().map(person).collect()
        }
        Who::Address(email) | Who::Signs(email) => match state.people.lookup(email) {
            crate::access::Lookup::Accounts(ids) => {
                let person = |id| Whose::person(before, state, id);
                ids.into_iter().map(person).collect()
            }
            _ => vec![Whose::Class(Some(email.domain()))],
        },
        Who::New(domain) => vec![Whose::Class(Some(domain))],
        _ => vec![Whose::Class(None)],
    }
}

/// A counterexample in one line: who, by which rules, from which lines.
pub(super) fn told(example: &Counterexample, sources: &Sources) -> Phrase {
    let steps: Vec<Phrase> = example
        .because
        .iter()
        .map(|step| {
            let place = step
                .source
                .and_then(Source::span)
                .and_then(|span| at(sources, span))
                .unwrap_or_default();
            step_text(step).word(&place)
        })
        .collect();
    match steps.is_empty() {
        true => example.text.clone(),
        false => {
            let because = example.text.clone().word(", because ");
            because.joined(&steps, "; ")
        }
    }
}

fn at(sources: &Sources, span: Span) -> Option<String> {
    Some(format!(" ({}:{})", sources.get(span.file)?.path, span.line))
}
