//! The order of a plan's changes: stages in which no prefix exposes anybody or interrupts whom it need not.
//!
//! Every change gets a stage. All changes of one stage may be carried out at once, in any order and any part of them,
//! and a stage ends before the next begins. For everybody and at every moment:
//!
//! - nobody can do what they could do neither before nor after;
//! - nobody loses what they keep, wherever an order exists that holds both. Where none does, exposure weighs more, and
//!   the plan names the step and the people in a finding `unsafe-step`.
//!
//! "After" is the state when the plan is complete, steps by hand included. A change that would expose or interrupt
//! somebody while such a step is open waits for it, so that the rule holds for what each run carries out.
//!
//! ```text
//! changes ─► facts (what turns on, off, stays; by which step) ─► abilities (routes of facts) ─► rules ─► stages
//! ```

mod ability;
mod facts;
mod graph;
mod needs;
mod people;
mod rule;
mod rules;
mod search;
mod settings;

use crate::desired::Desired;
use crate::model::Address;
use crate::neutral::phrase::{Phrase, ours, say};
use crate::observed::Observed;
use crate::plan::{Change, Effect, Finding, Plan};
use facts::Facts;
use graph::Graph;
use rule::Kind;
use rules::{About, Whom};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The code of findings about steps for which no safe order exists.
pub const UNSAFE_STEP: &str = "unsafe-step";

/// How many people a finding names.
const NAMED: usize = 5;

/// When every change of a plan is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// The stage of every change, in the order of the plan's changes, from 0.
    pub stages: Vec<u32>,
    /// The steps for which no order holds both promises.
    pub unsafe_steps: Vec<UnsafeStep>,
    /// The step of every change, by position; `None` for what is blocked.
    steps: Vec<Option<u32>>,
    /// For every step, the steps that must have worked before, and what goes wrong otherwise.
    after: Vec<Vec<(u32, Danger)>>,
}

/// What goes wrong when a step is done although one that belongs before it did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// Somebody can do what they are not meant to.
    Exposure,
    /// Somebody loses what they keep.
    Interruption,
}

/// A step that somebody pays for, whatever the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsafeStep {
    /// The change that is carried out too early for them.
    pub change: usize,
    /// What happens to them for a moment.
    pub danger: Danger,
    /// What it is about, such as `project ITSM`.
    pub what: Phrase,
    /// The people: addresses, `id:…` where none is visible, or a class such as `customers on no list`.
    pub people: Vec<Phrase>,
    /// Whether no order avoids it, rather than that none was found: more than sixteen steps that get in each other's way
    /// are not always searched to the end.
    pub proven: bool,
}

impl Order {
    /// Returns what must have worked before a change, as changes of the plan, with what goes wrong otherwise.
    ///
    /// What one person's own changes need of each other is left to the caller, since people in one situation share steps.
    pub fn failed_before(&self, change: usize, failed: &HashSet<u32>) -> Option<Danger> {
        let step = self.steps.get(change).copied().flatten()?;
        self.after[step as usize]
            .iter()
            .find(|(first, _)| failed.contains(first))
            .map(|(_, danger)| *danger)
    }

    /// Returns the steps of some changes.
    pub fn steps_of(&self, changes: impl IntoIterator<Item = usize>) -> HashSet<u32> {
        changes
            .into_iter()
            .filter_map(|at| self.steps.get(at).copied().flatten())
            .collect()
    }
}

/// Orders a plan, as it stands: blocked changes never happen, manual and waiting ones happen later.
pub fn order(plan: &Plan, desired: &Desired<'_>, observed: &Observed) -> Order {
    let mut graph = Graph::default();
    let mut facts = Facts::new(plan, desired, observed, &mut graph);
    let classes = people::classes(&mut facts, &mut graph);
    let abouts = rules::add(plan, &facts, &classes, &mut graph);
    let of_step = graph.stages();
    let mut stages: Vec<u32> = facts
        .step_of
        .iter()
        .map(|step| step.map_or(0, |step| of_step[step as usize]))
        .collect();
    graph::compress(&mut stages);
    let mut class_of: BTreeMap<u32, u32> = BTreeMap::new();
    for (at, class) in (0..).zip(&classes) {
        let own = class.lists.values().filter_map(|fact| fact.step);
        class_of.extend(own.map(|step| (step, at)));
    }
    let mut after = vec![Vec::new(); of_step.len()];
    for rule in &graph.rules {
        let danger = match rule.kind {
            Kind::Exposure => Danger::Exposure,
            Kind::Interruption => Danger::Interruption,
        };
        for (first, then) in rule.edges() {
            let (first, then) = (graph.whole(*first), graph.whole(*then));
            let same = class_of
                .get(&first)
                .is_some_and(|class| class_of.get(&then) == Some(class));
            if !same && first != then {
                after[then as usize].push((first, danger));
            }
        }
    }
    for steps in &mut after {
        steps.sort_unstable();
        steps.dedup();
    }
    Order {
        unsafe_steps: unsafe_steps(&facts, &classes, &graph, &abouts),
        stages,
        steps: facts.step_of,
        after,
    }
}

fn unsafe_steps(
    facts: &Facts<'_>,
    classes: &[people::Class],
    graph: &Graph,
    abouts: &[About],
) -> Vec<UnsafeStep> {
    let mut first_change: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, step) in facts.step_of.iter().enumerate() {
        if let Some(step) = step {
            first_change.entry(*step).or_insert(at);
        }
    }
    type Key = (u32, Danger, String);
    let mut found: BTreeMap<Key, (usize, bool, BTreeSet<Phrase>)> = BTreeMap::new();
    for rule in graph.rules.iter().filter(|rule| rule.chosen.is_none()) {
        let Some(too_early) = rule.too_early() else {
            continue;
        };
        let (Some(change), Some(about)) = (
            first_change.get(&graph.whole(too_early)),
            abouts.get(rule.about as usize),
        ) else {
            continue;
        };
        let danger = match rule.kind {
            Kind::Exposure => Danger::Exposure,
            Kind::Interruption => Danger::Interruption,
        };
        // Steps of one batch are one finding.
        let batch = graph.batch[too_early as usize];
        let entry = found
            .entry((batch, danger, about.what.clone()))
            .or_insert_with(|| (*change, true, BTreeSet::new()));
        entry.0 = entry.0.min(*change);
        entry.1 &= rule.proven;
        match &about.whom {
            Whom::Class(at) => {
                let people = &classes[*at as usize].people;
                entry
                    .2
                    .extend(people.iter().map(|who| people::name(facts, *who)));
            }
            Whom::Strangers(who) => {
                entry.2.insert(who.as_str().into());
            }
        }
    }
    let mut steps: Vec<UnsafeStep> = found
        .into_iter()
        .map(|((_, danger, what), (change, proven, people))| UnsafeStep {
            change,
            danger,
            what: what.into(),
            proven,
            people: people.into_iter().collect(),
        })
        .collect();
    steps.sort_by(|a, b| (a.change, a.danger, &a.what).cmp(&(b.change, b.danger, &b.what)));
    steps
}

/// Orders a plan, lets changes wait that a step by hand must come before, and says which steps nobody can make safe.
///
/// Returns whether a change waits that did not before.
pub fn arrange(plan: &mut Plan, desired: &Desired<'_>, observed: &Observed) -> bool {
    let mut ordered = order(plan, desired, observed);
    let waits = wait(plan, &ordered);
    if waits {
        ordered = order(plan, desired, observed);
    }
    plan.findings.retain(|finding| finding.code != UNSAFE_STEP);
    for step in &ordered.unsafe_steps {
        let change = &plan.changes[step.change];
        plan.findings.push(Finding {
            address: change.address.clone(),
            code: UNSAFE_STEP,
            message: message(step, change),
            source: change.source,
        });
    }
    plan.findings
        .sort_by(|a, b| (&a.address, a.code, &a.message).cmp(&(&b.address, b.code, &b.message)));
    plan.order = ordered;
    waits
}

fn message(step: &UnsafeStep, change: &Change) -> Phrase {
    let mut people = Phrase::default().joined(step.people.iter().take(NAMED), ", ");
    if step.people.len() > NAMED {
        people = people.word(&format!(" and {} more", step.people.len() - NAMED));
    }
    let what = step.what.clone();
    let (spares, prevents) = match step.proven {
        true => ("no order spares them", "no order prevents it"),
        false => (
            "no order was found that spares them",
            "no order was found that prevents it",
        ),
    };
    match step.danger {
        Danger::Interruption if matches!(change.effect, Effect::RemoveCustomer(..)) => say(
            "for a moment {} cannot reach {}, which they keep: Atlassian removes nobody from an open project (L52), or an earlier step would let others in",
            [people, what],
        ),
        Danger::Interruption => say(
            "for a moment {} cannot reach {}, which they keep: {} without letting others in, and exposure weighs more than interruption",
            [people, what, ours(spares)],
        ),
        Danger::Exposure if matches!(change.effect, Effect::LinkSpace(..)) => say(
            "for a moment {} can reach {}: who can view a space is set after it is linked, and until then it is shown as before, or to everybody who is logged in where nothing linked it (K6)",
            [people, what],
        ),
        Danger::Exposure => say(
            "for a moment {} can reach {}, and {}",
            [people, what, ours(prevents)],
        ),
    }
}

/// Lets automatic changes wait for the steps by hand that must come before them; says whether any does.
fn wait(plan: &mut Plan, ordered: &Order) -> bool {
    let mut open: BTreeMap<u32, BTreeSet<Address>> = BTreeMap::new();
    for (change, step) in plan.changes.iter().zip(&ordered.steps) {
        let Some(step) = step else { continue };
        if facts::never(change) || !facts::later(change) {
            continue;
        }
        let waits = open.entry(*step).or_default();
        if change.waiting_for.is_empty() {
            waits.insert(change.address.clone());
        } else {
            waits.extend(change.waiting_for.iter().cloned());
        }
    }
    if open.is_empty() {
        return false;
    }
    // Stages only grow along constraints, so one pass in their order hands everything on.
    let mut steps: Vec<(u32, u32)> = ordered
        .steps
        .iter()
        .zip(&ordered.stages)
        .filter_map(|(step, stage)| Some((*stage, (*step)?)))
        .collect();
    steps.sort_unstable();
    steps.dedup();
    let mut any = false;
    for (_, step) in steps {
        let inherited: BTreeSet<Address> = ordered.after[step as usize]
            .iter()
            .filter_map(|(first, _)| open.get(first))
            .flatten()
            .cloned()
            .collect();
        if !inherited.is_empty() {
            open.entry(step).or_default().extend(inherited);
        }
    }
    for (change, step) in plan.changes.iter_mut().zip(&ordered.steps) {
        let Some(waits) = step.and_then(|step| open.get(&step)) else {
            continue;
        };
        if change.is_automatic() {
            change.waiting_for = waits.iter().cloned().collect();
            any = true;
        }
    }
    any
}
