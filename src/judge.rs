//! One judge: what a plan may do, decided once, on what will really be done.
//!
//! # Data flow
//!
//! ```text
//! changes ─► Sheet (rows and what stands against each) ─► Worlds (before, after apply, after the steps by hand)
//!              ▲                                             │
//!              └──── blocks, which only grow ◄── protections, lints, class gains, expectations, limits, dependents
//! ```
//!
//! A round judges the rows that are free at its start; rounds follow until no block comes. Then the plan is ordered. Where the
//! order lets a row wait for a step by hand, less is done by apply than was judged, so it is judged again: blocks only grow, so
//! this ends.

mod needs;
mod remains;
mod sheet;
mod worlds;

pub use sheet::Sheet;
pub use worlds::Worlds;

use crate::access::State;
use crate::desired::Desired;
use crate::expect;
use crate::impact::{self, Assessment};
use crate::lint;
use crate::observed::Observed;
use crate::plan::{Block, Change, Finding, Plan, order};
use crate::policy::{self, Verdict};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What the judge says of a plan, beside the blocks on its rows.
#[derive(Debug)]
pub struct Judgement {
    /// What was checked, and what came of it.
    pub verdicts: Vec<Verdict>,
    /// What the plan does to people.
    pub impact: Assessment,
    /// The plan with what may be overridden lifted, and what that does to people; `None` where nothing may be.
    pub overridden: Option<(Plan, Assessment)>,
}

/// What a round found.
#[derive(Debug, Default)]
pub struct Ledger {
    verdicts: Vec<Verdict>,
    /// Where each verdict stands, by its kind and name: a limit on removals gives one for every list.
    at: HashMap<(&'static str, String), usize>,
    findings: Vec<Finding>,
}

impl Ledger {
    /// Notes a verdict. What failed once stays failed, since what made it fail is held back from then on.
    pub fn put(&mut self, verdict: Verdict) {
        let Some(known) = self.known(&verdict) else {
            self.verdicts.push(verdict);
            return;
        };
        if !known.fails() {
            *known = verdict;
        } else if verdict.fails() && known.kind == "lint" {
            for problem in verdict.problems {
                if !known.problems.contains(&problem) {
                    known.problems.push(problem);
                }
            }
        }
    }

    /// Notes a verdict in the place of any before: what it judges is not what it was, and it has held nothing back.
    pub fn replace(&mut self, verdict: Verdict) {
        match self.known(&verdict) {
            Some(known) => *known = verdict,
            None => self.verdicts.push(verdict),
        }
    }

    /// Returns the verdict of the same kind and name, or notes where this one will stand.
    fn known(&mut self, verdict: &Verdict) -> Option<&mut Verdict> {
        match self.at.entry((verdict.kind, verdict.name.clone())) {
            Entry::Occupied(at) => self.verdicts.get_mut(*at.get()),
            Entry::Vacant(room) => {
                room.insert(self.verdicts.len());
                None
            }
        }
    }

    /// Notes what other rules found, where it is not what these found: it says whose rules they are, and their places are in other
    /// files.
    fn adds(&mut self, others: Self, name: &str) {
        for mut verdict in others.verdicts {
            let key = (verdict.kind, std::mem::take(&mut verdict.name));
            let known = self.at.get(&key).map(|at| &self.verdicts[*at]);
            let known = known.is_some_and(|known| known.fails() == verdict.fails());
            verdict.name = key.1;
            if known || verdict.problems.is_empty() {
                continue;
            }
            verdict.name = crate::plan::as_it_has(&verdict.name.as_str().into(), name).to_string();
            verdict.source = None;
            self.verdicts.push(verdict);
        }
        self.findings.extend(others.findings);
    }

    /// Notes something that is only told.
    pub fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// Whether lints are judged; a random site, made to try the reconciler, breaks one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lints {
    /// As every command does.
    Judged,
    /// Left out.
    LeftOut,
}

/// Judges and orders a plan. Blocked changes stay in it, with the reasons beside them.
///
/// Where there is a base, its rules judge the rows that the workspace's own leave free, on the same worlds: a plan passes only by
/// both.
pub fn judge(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    lints: Lints,
) -> Judgement {
    let before = State::live(desired, observed);
    let left_alone = policy::accept_drift(plan, desired);
    needs::block_without(&mut plan.changes, &plan.replacements, &left_alone, &before);
    needs::block_unmade(&mut plan.changes);
    let mut own = std::mem::take(&mut plan.findings);
    needs::wait_with(&mut plan.changes, &plan.replacements, &before);
    let mut ledger = rounds(plan, (desired, observed, lints), &before);
    if let Some(base) = desired.under_the_base() {
        own.append(&mut ledger.findings);
        let at_first: Vec<Vec<Block>> = plan.changes.iter().map(|c| c.blocked_by.clone()).collect();
        let others = rounds(plan, (&base, observed, lints), &before);
        let name = base.law.of.unwrap_or("the base");
        for (change, first) in plan.changes.iter_mut().zip(at_first) {
            for block in &mut change.blocked_by {
                if !first.contains(block) {
                    block.is_of(name);
                }
            }
        }
        ledger.adds(others, name);
    }
    if !desired.site.people.is_empty() && desired.targets.is_empty() {
        let sheet = Sheet::new(&plan.changes);
        let worlds = Worlds::new(&before, &sheet);
        let remains = remains::remains(desired, worlds.done());
        drop(worlds);
        plan.findings.extend(remains);
    }
    plan.findings.extend(own);
    plan.findings.append(&mut ledger.findings);
    plan.findings
        .sort_by(|a, b| (&a.address, a.code, &a.message).cmp(&(&b.address, b.code, &b.message)));
    plan.findings
        .dedup_by(|a, b| (&a.address, a.code, &a.message) == (&b.address, b.code, &b.message));
    let impact = assess(&plan.changes, observed, &before);
    let overridden = lifted(plan, desired, observed).map(|lifted| {
        let impact = assess(&lifted.changes, observed, &before);
        (lifted, impact)
    });
    Judgement {
        verdicts: ledger.verdicts,
        impact,
        overridden,
    }
}

/// Judges by one set of rules until nothing changes, and orders what is free.
fn rounds(
    plan: &mut Plan,
    (desired, observed, lints): (&Desired<'_>, &Observed, Lints),
    before: &State<'_>,
) -> Ledger {
    let mut ledger = Ledger::default();
    loop {
        ledger.findings.clear();
        let mut sheet = Sheet::new(&plan.changes);
        let needs = needs::needs(&plan.changes, &plan.replacements, before);
        let given = (desired, observed, lints);
        settle(&mut sheet, &needs, given, before, &mut ledger);
        let blocks = sheet.into_blocks();
        for (change, blocks) in plan.changes.iter_mut().zip(blocks) {
            change.blocked_by = blocks;
        }
        let waits = order::arrange(plan, desired, observed);
        let waits_with = needs::wait_with(&mut plan.changes, &plan.replacements, before);
        if !waits && !waits_with {
            return ledger;
        }
    }
}

/// Says what changes do to people, as they stand.
pub fn assess(changes: &[Change], observed: &Observed, before: &State<'_>) -> Assessment {
    let sheet = Sheet::new(changes);
    let worlds = Worlds::new(before, &sheet);
    impact::assess(observed, &sheet, &worlds)
}

/// Judges round by round until no block comes.
fn settle(
    sheet: &mut Sheet<'_>,
    needs: &needs::Needs,
    (desired, observed, lints): (&Desired<'_>, &Observed, Lints),
    before: &State<'_>,
    ledger: &mut Ledger,
) {
    let held = lint::Held::new(before, desired, observed);
    needs::block(sheet, needs);
    policy::protections(sheet, desired, observed, ledger);
    loop {
        let at_first = sheet.count();
        needs::block(sheet, needs);
        let worlds = Worlds::new(before, sheet);
        ledger.findings.clear();
        if lints == Lints::Judged {
            lint::review(sheet, &held, desired, observed, &worlds, ledger);
        }
        policy::gates(sheet, desired, &worlds, ledger);
        expect::review(sheet, desired, &worlds, ledger);
        drop(worlds);
        if sheet.count() == at_first {
            let worlds = Worlds::new(before, sheet);
            policy::limits(sheet, desired, observed, &worlds, ledger);
        }
        needs::block(sheet, needs);
        if sheet.count() == at_first {
            return;
        }
    }
}

/// Returns the plan as it is with what may be overridden lifted and the order made anew; `None` where nothing may be.
fn lifted(plan: &Plan, desired: &Desired<'_>, observed: &Observed) -> Option<Plan> {
    let mut blocks = plan.changes.iter().flat_map(|change| &change.blocked_by);
    if !blocks.any(Block::is_overridable) {
        return None;
    }
    let mut plan = plan.clone();
    for change in &mut plan.changes {
        change.blocked_by.retain(|block| !block.is_overridable());
    }
    order::arrange(&mut plan, desired, observed);
    Some(plan)
}
