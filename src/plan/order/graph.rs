//! The constraints between steps, and the stages that satisfy them.
//!
//! A step is what one request can settle. Steps of one batch (the same list and direction, or the same document) stay
//! together as long as no chain of constraints passes through the batch twice; only then is the batch cut. Where some
//! constraint finds no place all the same, the steps that hang together with it are searched for an order ([`search`]).

use super::rule::{Edge, Kind, Rule, Step};
use super::search::{Groups, Piece, Problem, Span};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How much searching for another way is worth, in visited edges, before constraints of interruption are given up.
const PATIENCE: usize = 5_000_000;

/// Steps and constraints.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The batch of each step.
    pub(super) batch: Vec<u32>,
    batches: HashMap<String, u32>,
    /// The batches that are one document each, written at once.
    documents: BTreeSet<u32>,
    /// Steps that are left for a later run.
    later: BTreeSet<Step>,
    /// Beginnings of steps that can be told apart from their ends, with the step.
    beginnings: BTreeMap<Step, Step>,
    /// What one request needs of another; never given up.
    pub(super) needs: BTreeSet<Edge>,
    pub(super) rules: Vec<Rule>,
}

impl Graph {
    /// Adds a step to a batch; one that is left for a later run shares no batch with those of this run.
    pub(super) fn step(&mut self, batch: &str, later: bool) -> Step {
        let batch = if later {
            format!("later {batch}")
        } else {
            batch.to_owned()
        };
        let next = u32::try_from(self.batches.len()).unwrap_or(u32::MAX);
        let at = *self.batches.entry(batch).or_insert(next);
        self.batch.push(at);
        let step = u32::try_from(self.batch.len() - 1).unwrap_or(u32::MAX);
        if later {
            self.later.insert(step);
        }
        step
    }

    /// Says whether a step is left for a later run.
    pub(super) fn is_later(&self, step: Step) -> bool {
        self.later.contains(&step)
    }

    /// Says that a step cannot be done before another.
    pub(super) fn need(&mut self, first: Step, then: Step) {
        if first != then {
            self.needs.insert((first, then));
        }
    }

    /// Says that one request writes everything of a step's batch that is done in the same stage.
    pub(super) fn at_once(&mut self, step: Step) {
        self.documents.insert(self.batch[step as usize]);
    }

    /// Adds the beginning of a step as a step of its own: the same requests do both.
    pub(super) fn within(&mut self, whole: Step, batch: &str) -> Step {
        let beginning = self.step(batch, self.is_later(whole));
        self.need(beginning, whole);
        self.beginnings.insert(beginning, whole);
        beginning
    }

    /// Returns the step of the plan that a step belongs to.
    pub(super) fn whole(&self, step: Step) -> Step {
        self.beginnings.get(&step).copied().unwrap_or(step)
    }

    /// Says whether a rule asks for nothing but the contrary of what requests need. The options of an interruption are not
    /// all that there are.
    fn is_impossible(&self, rule: &Rule) -> bool {
        let against = |edge: &Edge| self.needs.contains(&(edge.1, edge.0));
        rule.kind == Kind::Exposure && rule.options.iter().all(|edges| edges.iter().any(against))
    }

    /// Chooses among the options, gives up what cannot hold, and returns the stage of every step.
    pub(super) fn stages(&mut self) -> Vec<u32> {
        let mut stages = self.choose();
        if self.rules.iter().any(|rule| rule.chosen.is_none()) {
            self.search(&mut stages);
        }
        stages
    }

    /// Searches for the best order of all steps that hang together with a rule that was given up.
    fn search(&mut self, stages: &mut [u32]) {
        let mut groups = Groups::new(self.batch.len());
        for (first, then) in &self.needs {
            groups.join(*first, *then);
        }
        for rule in &self.rules {
            let mut steps = rule.steps();
            if let Some(first) = steps.next() {
                steps.for_each(|step| groups.join(first, step));
            }
        }
        let mut of_group: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if let Some(step) = rule.steps().next() {
                of_group.entry(groups.of(step)).or_default().push(at);
            }
        }
        of_group.retain(|_, rules| {
            rules
                .iter()
                .map(|at| &self.rules[*at])
                .any(|rule| rule.chosen.is_none() && !self.is_impossible(rule))
        });
        let mut steps: BTreeMap<u32, Vec<Step>> = BTreeMap::new();
        for step in (0..).take(self.batch.len()) {
            let group = groups.of(step);
            if of_group.contains_key(&group) {
                steps.entry(group).or_default().push(step);
            }
        }
        for (group, rules) in of_group {
            let steps = &steps[&group];
            let found = self.problem(steps, &rules).solve();
            if let Some(found) = &found {
                for (step, stage) in steps.iter().zip(found) {
                    stages[*step as usize] = *stage;
                }
            }
            for at in rules {
                self.judge(at, stages, found.is_some());
            }
        }
    }

    fn problem(&self, steps: &[Step], rules: &[usize]) -> Problem {
        let local: HashMap<Step, u32> = steps.iter().copied().zip(0..).collect();
        let here = |steps: &[Step]| steps.iter().map(|step| local[step]).collect();
        let needs = self.needs.iter();
        let pieces = rules.iter().map(|at| {
            let rule = &self.rules[*at];
            let spans = rule.spans.iter().map(|span| Span {
                ups: here(&span.ups),
                downs: here(&span.downs),
            });
            Piece {
                kind: rule.kind,
                weight: rule.weight,
                spans: spans.collect(),
            }
        });
        Problem {
            document: steps
                .iter()
                .map(|step| {
                    Some(self.batch[*step as usize]).filter(|at| self.documents.contains(at))
                })
                .collect(),
            needs: needs
                .filter_map(|(first, then)| Some((*local.get(first)?, *local.get(then)?)))
                .collect(),
            pieces: pieces.collect(),
        }
    }

    /// Says what a rule asks of the stages that were found, and whether it holds: by edges where some say it, else by
    /// looking at what has been done after every stage, which only an order from the search allows.
    fn judge(&mut self, at: usize, stages: &[u32], searched: bool) {
        let rule = &self.rules[at];
        if rule.chosen.is_some() && !searched {
            return;
        }
        let stage = |step: Step| stages[step as usize];
        let apart = |first: Step, then: Step| {
            let batch = |step: Step| self.batch[step as usize];
            let at_once = batch(first) == batch(then) && self.documents.contains(&batch(first));
            match stage(first).cmp(&stage(then)) {
                Ordering::Less => Some(true),
                Ordering::Equal if first == then || at_once => Some(false),
                _ => None,
            }
        };
        let (chosen, blamed) = match rule.holds(apart) {
            Some(edges) => (Some(edges), None),
            None if !searched => (None, rule.blamed),
            None => match rule.broken(stage) {
                Some(step) => (None, Some(step)),
                // Nothing is known of why it holds, so whatever comes before a step that harms must have worked.
                None => (Some(rule.before_harm(stage)), None),
            },
        };
        let rule = &mut self.rules[at];
        match chosen {
            Some(edges) => {
                rule.options = vec![edges];
                rule.chosen = Some(0);
            }
            None => {
                rule.chosen = None;
                rule.blamed = blamed;
                rule.proven = searched;
            }
        }
    }

    /// Chooses among the options, and gives up what finds no place.
    fn choose(&mut self) -> Vec<u32> {
        let count = self.batch.len();
        // A vertex is a whole batch, or one step of a batch that was cut.
        let mut vertex: Vec<u32> = self.batch.clone();
        let mut cut: BTreeSet<u32> = BTreeSet::new();
        let base = u32::try_from(self.batches.len()).unwrap_or(u32::MAX);
        let mut round = 0;
        loop {
            let edges = self.edges_between(&vertex);
            let total = base as usize + count;
            let component = components(total, &edges);
            let mut sizes: HashMap<u32, u32> = HashMap::new();
            let present: BTreeSet<u32> = vertex.iter().copied().collect();
            for at in &present {
                *sizes.entry(component[*at as usize]).or_default() += 1;
            }
            let knotted = |at: u32| {
                sizes
                    .get(&component[at as usize])
                    .is_some_and(|size| *size > 1)
            };
            if !present.iter().any(|at| knotted(*at)) {
                return levels(&vertex, &edges, total);
            }
            let mut any_cut = false;
            for (step, at) in vertex.iter_mut().enumerate() {
                if *at < base && knotted(*at) {
                    cut.insert(*at);
                    *at = base + u32::try_from(step).unwrap_or(u32::MAX);
                    any_cut = true;
                }
            }
            if !any_cut {
                round += 1;
                self.untie(&vertex, &component, &sizes, round > 4);
            }
        }
    }

    fn edges_between(&self, vertex: &[u32]) -> Vec<Edge> {
        let mut edges: Vec<Edge> = self
            .needs
            .iter()
            .chain(self.rules.iter().flat_map(Rule::edges))
            .map(|(first, then)| (vertex[*first as usize], vertex[*then as usize]))
            .filter(|(first, then)| first != then)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Lets every constraint inside a knot choose again, exposure first, and gives up those that close a circle.
    fn untie(
        &mut self,
        vertex: &[u32],
        component: &[u32],
        sizes: &HashMap<u32, u32>,
        stubborn: bool,
    ) {
        let knot = |step: Step| {
            let at = component[vertex[step as usize] as usize];
            sizes.get(&at).filter(|size| **size > 1).map(|_| at)
        };
        let inside = |edge: &Edge| knot(edge.0).is_some() && knot(edge.0) == knot(edge.1);
        let mut loose: Vec<usize> = (0..self.rules.len())
            .filter(|at| self.rules[*at].edges().iter().any(inside))
            .collect();
        loose.sort_by_key(|at| (self.rules[*at].kind, *at));
        let free: BTreeSet<usize> = loose.iter().copied().collect();
        let mut following: HashMap<Step, Vec<Step>> = HashMap::new();
        let fixed = self.rules.iter().enumerate();
        let fixed = fixed
            .filter(|(at, _)| !free.contains(at))
            .flat_map(|(_, rule)| rule.edges());
        for (first, then) in self.needs.iter().chain(fixed) {
            following
                .entry(vertex[*first as usize])
                .or_default()
                .push(vertex[*then as usize]);
        }
        let mut patience = PATIENCE;
        for at in loose {
            let options = self.rules[at].options.len();
            let first = self.rules[at].chosen.unwrap_or(0);
            let order = std::iter::once(first)
                .chain((0..options).filter(|option| *option != first && !stubborn));
            let mut chosen = None;
            for option in order {
                let edges: Vec<Edge> = self.rules[at].options[option]
                    .iter()
                    .map(|(first, then)| (vertex[*first as usize], vertex[*then as usize]))
                    .collect();
                let circle = edges
                    .iter()
                    .any(|(first, then)| reaches(&following, *then, *first, &mut patience));
                if !circle {
                    for (first, then) in edges {
                        following.entry(first).or_default().push(then);
                    }
                    chosen = Some(option);
                    break;
                }
            }
            self.rules[at].chosen = chosen;
        }
    }
}

/// Says whether one vertex leads to another; when patience ends the answer is yes, which gives a constraint up.
fn reaches(
    following: &HashMap<Step, Vec<Step>>,
    from: Step,
    to: Step,
    patience: &mut usize,
) -> bool {
    let mut seen: BTreeSet<Step> = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        for next in following.get(&at).into_iter().flatten() {
            if *patience == 0 {
                return true;
            }
            *patience -= 1;
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    false
}

fn adjacency(total: usize, edges: &[Edge]) -> Vec<Vec<u32>> {
    let mut following = vec![Vec::new(); total];
    for (first, then) in edges {
        following[*first as usize].push(*then);
    }
    following
}

/// Returns the strongly connected component of every vertex (Tarjan, without recursion).
fn components(total: usize, edges: &[Edge]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let following = adjacency(total, edges);
    let mut index = vec![NEW; total];
    let mut low = vec![0_u32; total];
    let mut component = vec![NEW; total];
    let (mut next, mut components) = (0_u32, 0_u32);
    let mut stack: Vec<u32> = Vec::new();
    for root in 0..u32::try_from(total).unwrap_or(NEW) {
        if index[root as usize] != NEW {
            continue;
        }
        let mut calls: Vec<(u32, usize)> = vec![(root, 0)];
        while let Some((at, edge)) = calls.pop() {
            let here = at as usize;
            if edge == 0 {
                index[here] = next;
                low[here] = next;
                next += 1;
                stack.push(at);
            }
            if let Some(to) = following[here].get(edge) {
                calls.push((at, edge + 1));
                let there = *to as usize;
                if index[there] == NEW {
                    calls.push((*to, 0));
                } else if component[there] == NEW {
                    low[here] = low[here].min(index[there]);
                }
                continue;
            }
            if low[here] == index[here] {
                while let Some(member) = stack.pop() {
                    component[member as usize] = components;
                    if member == at {
                        break;
                    }
                }
                components += 1;
            }
            if let Some((parent, _)) = calls.last() {
                let parent = *parent as usize;
                low[parent] = low[parent].min(low[here]);
            }
        }
    }
    component
}

/// Returns the length of the longest chain before every step.
fn levels(vertex: &[u32], edges: &[Edge], total: usize) -> Vec<u32> {
    let following = adjacency(total, edges);
    let mut before = vec![0_u32; total];
    for (_, then) in edges {
        before[*then as usize] += 1;
    }
    let mut level = vec![0_u32; total];
    let mut ready: Vec<u32> = (0..u32::try_from(total).unwrap_or(u32::MAX))
        .filter(|at| before[*at as usize] == 0)
        .collect();
    while let Some(at) = ready.pop() {
        for then in &following[at as usize] {
            let there = *then as usize;
            level[there] = level[there].max(level[at as usize] + 1);
            before[there] -= 1;
            if before[there] == 0 {
                ready.push(*then);
            }
        }
    }
    vertex.iter().map(|at| level[*at as usize]).collect()
}

/// Numbers used stages without gaps.
pub(super) fn compress(stages: &mut [u32]) {
    let used: BTreeSet<u32> = stages.iter().copied().collect();
    let names: BTreeMap<u32, u32> = used.into_iter().zip(0..).collect();
    for stage in stages {
        *stage = names[stage];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule about routes: each edge is a route of its own, or a handover.
    fn rule(kind: Kind, options: Vec<Vec<Edge>>) -> Rule {
        let spans = match kind {
            Kind::Exposure => vec![Span {
                downs: options.iter().flatten().map(|edge| edge.0).collect(),
                ups: options.iter().flatten().map(|edge| edge.1).collect(),
            }],
            Kind::Interruption => {
                let old = options.iter().flatten().map(|edge| edge.1);
                let new = options.iter().map(|edges| Span {
                    ups: edges.iter().map(|edge| edge.0).collect(),
                    downs: Vec::new(),
                });
                let old = Span {
                    ups: Vec::new(),
                    downs: old.collect(),
                };
                std::iter::once(old).chain(new).collect()
            }
        };
        Rule::new(kind, spans, options, 0)
    }

    #[test]
    fn a_batch_stays_together_until_a_chain_passes_through_it_twice() {
        let mut graph = Graph::default();
        let (a, b, other) = (
            graph.step("list", false),
            graph.step("list", false),
            graph.step("link", false),
        );
        graph.rules = vec![rule(Kind::Interruption, vec![vec![(a, other)]])];
        assert_eq!(graph.stages(), [0, 0, 1]);
        graph
            .rules
            .push(rule(Kind::Exposure, vec![vec![(other, b)]]));
        assert_eq!(graph.stages(), [0, 2, 1]);
    }

    #[test]
    fn exposure_weighs_more_than_interruption() {
        let mut graph = Graph::default();
        let (a, b) = (graph.step("a", false), graph.step("b", false));
        graph.rules = vec![
            rule(Kind::Interruption, vec![vec![(a, b)]]),
            rule(Kind::Exposure, vec![vec![(b, a)]]),
        ];
        assert_eq!(graph.stages(), [1, 0]);
        assert_eq!(graph.rules[0].chosen, None);
        assert_eq!(graph.rules[1].chosen, Some(0));
    }

    #[test]
    fn another_option_is_taken_before_a_constraint_is_given_up() {
        let mut graph = Graph::default();
        let (a, b, c) = (
            graph.step("a", false),
            graph.step("b", false),
            graph.step("c", false),
        );
        graph.need(b, a);
        graph.rules = vec![rule(Kind::Interruption, vec![vec![(a, b)], vec![(c, b)]])];
        assert_eq!(graph.stages(), [2, 1, 0]);
        assert_eq!(graph.rules[0].chosen, Some(1));
    }
}
