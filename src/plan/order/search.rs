//! The best order of steps that get in each other's way, found by looking at every state in between.
//!
//! Whether an order holds every promise is a hard question in general: a promise that any one of several routes keeps is
//! a choice, and choices exclude each other. So this search is for the few steps that [`super::graph`] finds no order for:
//!
//! 1. Steps that can only help go first, steps that can only harm go last, again and again. That never costs anything.
//! 2. What is left falls into cores that have no rule in common. In each core a shortest path leads from "nothing is done"
//!    to "everything is done" through the states in between. A state costs who is exposed in it, and then who is
//!    interrupted, so a path without cost is found wherever one exists.
//!
//! A core of up to sixteen steps is always searched to the end; a larger one only as far as [`STATES`] goes.

use super::rule::Kind;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// How many states of one core are visited: all that sixteen steps have.
const STATES: usize = 1 << 16;

/// The most steps that a core can have: a state is a set of bits.
const BITS: usize = 64;

/// How many steps of one document are tried in all combinations; of more, each alone and all at once.
const COMBINED: usize = 8;

/// How many moves may share a stage: all their orders are looked at.
const ABREAST: usize = 5;

/// A route in time: it is whole after all of `ups` were done and before any of `downs` is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Span {
    /// The steps that turn on what it needs.
    pub(super) ups: Vec<u32>,
    /// The steps that turn off what it needs.
    pub(super) downs: Vec<u32>,
}

/// What must hold in every state: no span of an exposure is whole, and some span of an interruption is.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// How much it counts while it does not hold.
    pub(super) weight: u32,
    pub(super) spans: Vec<Span>,
}

/// Steps, numbered from 0, and what must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Problem {
    /// The document that a step writes to; steps of one document can be done at once.
    pub(super) document: Vec<Option<u32>>,
    /// Pairs of steps: the second cannot be done before the first.
    pub(super) needs: Vec<(u32, u32)>,
    pub(super) pieces: Vec<Piece>,
}

/// What a path or a state costs: exposure first.
type Cost = (u64, u64);

impl Problem {
    /// Returns the stage of every step in a best order, or nothing where the search would take too long.
    pub(super) fn solve(mut self) -> Option<Vec<u32>> {
        let count = self.document.len();
        let (early, late, core) = self.peel();
        let mut stage = vec![0_u32; count];
        let mut at = 0;
        for pass in &early {
            for step in pass {
                stage[*step as usize] = at;
            }
            at += 1;
        }
        let mut last = at;
        for steps in self.cores(&core) {
            let moves = Core::new(&self, &steps)?.stages()?;
            for (offset, steps) in (0..).zip(&moves) {
                for step in steps {
                    stage[*step as usize] = at + offset;
                }
                last = last.max(at + offset + 1);
            }
        }
        for pass in late.iter().rev() {
            for step in pass {
                stage[*step as usize] = last;
            }
            last += 1;
        }
        Some(stage)
    }

    /// Takes away the steps that can only help, and those that can only harm, pass by pass; returns them and the rest.
    ///
    /// Within a pass the order is free: none of its steps harms, or helps, whatever else of it is done.
    fn peel(&mut self) -> (Vec<Vec<u32>>, Vec<Vec<u32>>, Vec<bool>) {
        let count = self.document.len();
        let (mut early, mut late) = (Vec::new(), Vec::new());
        let mut core = vec![true; count];
        loop {
            let (mut helps, mut harms) = (vec![false; count], vec![false; count]);
            for piece in &self.pieces {
                for span in &piece.spans {
                    let (up, down) = match piece.kind {
                        Kind::Exposure => (&mut harms, &mut helps),
                        Kind::Interruption => (&mut helps, &mut harms),
                    };
                    span.ups.iter().for_each(|step| up[*step as usize] = true);
                    span.downs
                        .iter()
                        .for_each(|step| down[*step as usize] = true);
                }
            }
            let (mut held, mut holds) = (vec![false; count], vec![false; count]);
            for (first, then) in &self.needs {
                held[*then as usize] |= core[*first as usize];
                holds[*first as usize] |= core[*then as usize];
            }
            let free = |harmful: &[bool], held: &[bool]| -> Vec<u32> {
                (0..)
                    .zip(&core)
                    .filter(|(step, core)| {
                        **core && !harmful[*step as usize] && !held[*step as usize]
                    })
                    .map(|(step, _)| step)
                    .collect()
            };
            let mut first = true;
            let mut pass = free(&harms, &held);
            if pass.is_empty() {
                first = false;
                pass = free(&helps, &holds);
            }
            if pass.is_empty() {
                return (early, late, core);
            }
            let mut gone = vec![false; count];
            for step in &pass {
                core[*step as usize] = false;
                gone[*step as usize] = true;
            }
            self.settle(&gone, first);
            // What is needed by steps that are gone binds nobody any more, nor does what steps that are gone need.
            self.needs
                .retain(|(first, then)| core[*first as usize] && core[*then as usize]);
            if first { &mut early } else { &mut late }.push(pass);
        }
    }

    /// Reads every piece as if some steps were done all the time, or never.
    fn settle(&mut self, gone: &[bool], done: bool) {
        let gone = |step: &u32| gone[*step as usize];
        for piece in &mut self.pieces {
            piece.spans.retain_mut(|span| {
                let (holds, ends) = match done {
                    true => (&mut span.ups, &span.downs),
                    false => (&mut span.downs, &span.ups),
                };
                holds.retain(|step| !gone(step));
                !ends.iter().any(gone)
            });
        }
        self.pieces.retain(|piece| match piece.kind {
            Kind::Exposure => !piece.spans.is_empty(),
            Kind::Interruption => !piece
                .spans
                .iter()
                .any(|span| span.ups.is_empty() && span.downs.is_empty()),
        });
    }

    /// Groups the steps of the core that rules or needs tie together.
    fn cores(&self, core: &[bool]) -> Vec<Vec<u32>> {
        let mut groups = Groups::new(core.len());
        for (first, then) in &self.needs {
            groups.join(*first, *then);
        }
        for piece in &self.pieces {
            let mut steps = piece
                .spans
                .iter()
                .flat_map(|span| span.ups.iter().chain(&span.downs));
            if let Some(first) = steps.next() {
                steps.for_each(|step| groups.join(*first, *step));
            }
        }
        let mut found: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (step, core) in (0..).zip(core) {
            if *core {
                found.entry(groups.of(step)).or_default().push(step);
            }
        }
        found.into_values().collect()
    }
}

/// Things that belong together, by joining pairs.
#[derive(Debug)]
pub(super) struct Groups(Vec<u32>);

impl Groups {
    pub(super) fn new(count: usize) -> Self {
        Self((0..).take(count).collect())
    }

    /// Returns the group of a thing: the same number for all that were joined.
    pub(super) fn of(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let above = self.0[self.0[at as usize] as usize];
            self.0[at as usize] = above;
            at = above;
        }
        at
    }

    pub(super) fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.of(one), self.of(other));
        let (low, high) = (one.min(other), one.max(other));
        self.0[high as usize] = low;
    }
}

/// A span as two sets of bits.
type Bits = (u64, u64);

/// A few steps and their rules, as bits.
struct Core {
    steps: Vec<u32>,
    /// What each step needs.
    needs: Vec<u64>,
    /// Steps of one document, where there is more than one.
    documents: Vec<u64>,
    pieces: Vec<(Kind, u64, Vec<Bits>)>,
}

impl Core {
    fn new(problem: &Problem, steps: &[u32]) -> Option<Self> {
        if steps.len() > BITS {
            return None;
        }
        let bit_of: BTreeMap<u32, u32> = steps.iter().copied().zip(0..).collect();
        let bits = |of: &[u32]| {
            of.iter()
                .filter_map(|step| bit_of.get(step))
                .fold(0_u64, |bits, bit| bits | 1 << bit)
        };
        let mut needs = vec![0_u64; steps.len()];
        for (first, then) in &problem.needs {
            if let (Some(first), Some(then)) = (bit_of.get(first), bit_of.get(then)) {
                needs[*then as usize] |= 1 << first;
            }
        }
        let mut documents: BTreeMap<u32, u64> = BTreeMap::new();
        for step in steps {
            if let Some(document) = problem.document[*step as usize] {
                *documents.entry(document).or_default() |= bits(&[*step]);
            }
        }
        let inside = |piece: &&Piece| {
            let first = piece
                .spans
                .iter()
                .flat_map(|s| s.ups.iter().chain(&s.downs));
            first.take(1).any(|step| bit_of.contains_key(step))
        };
        let pieces = problem.pieces.iter().filter(inside).map(|piece| {
            let spans = piece.spans.iter();
            let spans = spans.map(|span| (bits(&span.ups), bits(&span.downs)));
            (piece.kind, u64::from(piece.weight), spans.collect())
        });
        Some(Self {
            needs,
            documents: documents
                .into_values()
                .filter(|of| of.count_ones() > 1)
                .collect(),
            pieces: pieces.collect(),
            steps: steps.to_vec(),
        })
    }

    fn full(&self) -> u64 {
        u64::MAX >> (BITS - self.steps.len())
    }

    fn cost(&self, state: u64) -> Cost {
        let mut cost = (0, 0);
        for (kind, weight, spans) in &self.pieces {
            let whole = spans
                .iter()
                .any(|(ups, downs)| ups & !state == 0 && downs & state == 0);
            match (kind, whole) {
                (Kind::Exposure, true) => cost.0 += weight,
                (Kind::Interruption, false) => cost.1 += weight,
                _ => {}
            }
        }
        cost
    }

    /// Says whether some steps can be done at once in a state.
    fn possible(&self, state: u64, steps: u64) -> bool {
        bits(steps).all(|bit| self.needs[bit as usize] & !(state | steps) == 0)
    }

    /// What one request can do in a state: a step, or several of one document.
    fn moves(&self, state: u64) -> Vec<u64> {
        let left = self.full() & !state;
        let mut moves: Vec<u64> = bits(left).map(|bit| 1 << bit).collect();
        for document in &self.documents {
            let of = left & document;
            match of.count_ones() as usize {
                0 | 1 => {}
                2..=COMBINED => {
                    // All subsets of the bits, the whole first.
                    let mut some = of;
                    while some != 0 {
                        if some.count_ones() > 1 {
                            moves.push(some);
                        }
                        some = (some - 1) & of;
                    }
                }
                _ => moves.push(of),
            }
        }
        moves.retain(|steps| self.possible(state, *steps));
        moves
    }

    /// Returns the moves of a cheapest path, each as a set of steps.
    fn path(&self) -> Option<Vec<u64>> {
        let full = self.full();
        let mut best: HashMap<u64, (Cost, u64)> = HashMap::from([(0, ((0, 0), 0))]);
        let mut costs: HashMap<u64, Cost> = HashMap::new();
        // The cheapest state first, and among them the one that is furthest.
        let mut open = BinaryHeap::from([(Reverse((0, 0)), 0_u32, Reverse(0_u64))]);
        let mut visited = 0;
        while let Some((Reverse(cost), _, Reverse(state))) = open.pop() {
            if best.get(&state).is_some_and(|(known, _)| *known < cost) {
                continue;
            }
            if state == full {
                let mut path = Vec::new();
                let mut at = full;
                while at != 0 {
                    let (_, before) = *best.get(&at)?;
                    path.push(at & !before);
                    at = before;
                }
                path.reverse();
                return Some(path);
            }
            visited += 1;
            if visited > STATES {
                return None;
            }
            for steps in self.moves(state) {
                let next = state | steps;
                let own = *costs.entry(next).or_insert_with(|| self.cost(next));
                let sum = (cost.0 + own.0, cost.1 + own.1);
                if best.get(&next).is_none_or(|(known, _)| sum < *known) {
                    best.insert(next, (sum, state));
                    open.push((Reverse(sum), next.count_ones(), Reverse(next)));
                }
            }
        }
        None
    }

    /// Returns the steps of every stage: moves share one as long as none of their orders costs anything.
    fn stages(&self) -> Option<Vec<Vec<u32>>> {
        let mut stages: Vec<Vec<u64>> = Vec::new();
        let mut before = 0_u64;
        for steps in self.path()? {
            let joined = stages.last().map(|stage| {
                let mut stage = stage.clone();
                stage.push(steps);
                stage
            });
            match joined {
                Some(stage) if self.abreast(before, &stage) => {
                    stages.pop();
                    stages.push(stage);
                }
                _ => {
                    let done = stages.last().into_iter().flatten();
                    before = done.fold(before, |state, steps| state | steps);
                    stages.push(vec![steps]);
                }
            }
        }
        let stages = stages.into_iter().map(|stage| {
            let all = stage.into_iter().fold(0, |all, steps| all | steps);
            bits(all).map(|bit| self.steps[bit as usize]).collect()
        });
        Some(stages.collect())
    }

    fn abreast(&self, before: u64, moves: &[u64]) -> bool {
        moves.len() <= ABREAST
            && (1..1_u32 << moves.len()).all(|some| {
                let state = moves
                    .iter()
                    .zip(0..)
                    .filter(|(_, bit)| some & (1 << bit) != 0)
                    .fold(before, |state, (steps, _)| state | steps);
                self.cost(state) == (0, 0)
            })
            && moves.iter().all(|steps| self.possible(before, *steps))
    }
}

/// The numbers of the bits that are set.
fn bits(mut of: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        (of != 0).then(|| {
            let bit = of.trailing_zeros();
            of &= of - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const STEPS: u32 = 6;

    fn span() -> impl Strategy<Value = Span> {
        // Every step is up, down or not there, so that none is both.
        proptest::collection::vec(0..6_u8, STEPS as usize).prop_map(|signs| {
            let of = |sign| {
                let steps = (0..).zip(&signs).filter(|(_, own)| **own == sign);
                steps.map(|(step, _)| step).collect()
            };
            Span {
                ups: of(0),
                downs: of(1),
            }
        })
    }

    /// A piece that holds at the beginning and at the end.
    fn piece() -> impl Strategy<Value = Piece> {
        let exposure = (span(), 0..STEPS, 1..STEPS).prop_map(|(mut span, up, further)| {
            let down = (up + further) % STEPS;
            span.ups.retain(|step| *step != up && *step != down);
            span.downs.retain(|step| *step != up && *step != down);
            span.ups.push(up);
            span.downs.push(down);
            (Kind::Exposure, vec![span])
        });
        let routes = (span(), span(), proptest::collection::vec(span(), 0..3));
        let interruption = routes.prop_map(|(mut old, mut new, others)| {
            old.ups.clear();
            new.downs.clear();
            (
                Kind::Interruption,
                std::iter::once(old).chain([new]).chain(others).collect(),
            )
        });
        prop_oneof![exposure, interruption].prop_map(|(kind, spans)| Piece {
            kind,
            weight: 1,
            spans,
        })
    }

    fn problem() -> impl Strategy<Value = Problem> {
        (
            proptest::collection::vec(proptest::option::of(0..2_u32), STEPS as usize),
            proptest::collection::btree_set((0..STEPS, 0..STEPS), 0..3),
            proptest::collection::vec(piece(), 1..7),
        )
            .prop_map(|(document, needs, pieces)| Problem {
                document,
                // Towards higher numbers, so that they never run in a circle.
                needs: needs.into_iter().filter(|(a, b)| a < b).collect(),
                pieces,
            })
    }

    /// Says by brute force whether some order holds what counts.
    fn can_be(core: &Core, counts: fn(Cost) -> bool) -> bool {
        let mut reached = BTreeSet::from([0]);
        for state in 0..=core.full() {
            if reached.contains(&state) {
                let next = core.moves(state).into_iter().map(|steps| state | steps);
                reached.extend(next.filter(|state| !counts(core.cost(*state))));
            }
        }
        reached.contains(&core.full())
    }

    /// Every state that the stages may pass through.
    fn passed(problem: &Problem, stages: &[u32]) -> BTreeSet<u64> {
        let mut requests: BTreeMap<(u32, u64), u64> = BTreeMap::new();
        for (step, stage) in (0_u64..).zip(stages) {
            let document = problem.document[step as usize];
            let request = document.map_or(step, |document| 100 + u64::from(document));
            *requests.entry((*stage, request)).or_default() |= 1 << step;
        }
        let mut found = BTreeSet::from([0]);
        let mut before = 0;
        for stage in stages.iter().collect::<BTreeSet<_>>() {
            let own: Vec<u64> = requests
                .iter()
                .filter(|((at, _), _)| at == stage)
                .map(|(_, steps)| *steps)
                .collect();
            for some in 0..1_u32 << own.len() {
                let done = own
                    .iter()
                    .zip(0..)
                    .filter(|(_, bit)| some & (1 << bit) != 0);
                found.insert(done.fold(before, |state, (steps, _)| state | steps));
            }
            before = own.iter().fold(before, |state, steps| state | steps);
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn the_order_is_as_safe_as_any(problem in problem()) {
            let all: Vec<u32> = (0..STEPS).collect();
            let core = Core::new(&problem, &all).unwrap();
            let stages = problem.clone().solve().unwrap();
            for (first, then) in &problem.needs {
                let (first, then) = (*first as usize, *then as usize);
                let document = problem.document[first];
                let at_once = document.is_some() && document == problem.document[then];
                prop_assert!(stages[first] < stages[then] || at_once && stages[first] == stages[then], "{:?}", stages);
            }
            let costs: Vec<Cost> = passed(&problem, &stages).into_iter().map(|state| core.cost(state)).collect();
            if can_be(&core, |cost| cost != (0, 0)) {
                prop_assert!(costs.iter().all(|cost| *cost == (0, 0)), "{stages:?} {costs:?}");
            }
            if can_be(&core, |cost| cost.0 != 0) {
                prop_assert!(costs.iter().all(|cost| cost.0 == 0), "{stages:?} {costs:?}");
            }
        }
    }

    #[test]
    fn a_core_beyond_all_bounds_is_left_alone() {
        let count = 65;
        let swap = |one: u32, other: u32| Piece {
            kind: Kind::Exposure,
            weight: 1,
            spans: vec![Span {
                ups: vec![one],
                downs: vec![other],
            }],
        };
        let problem = Problem {
            document: vec![None; count as usize],
            needs: Vec::new(),
            pieces: (0..count).map(|at| swap(at, (at + 1) % count)).collect(),
        };
        assert_eq!(problem.solve(), None);
    }
}
