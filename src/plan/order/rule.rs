//! A constraint on the order: what it says of every state, and the edges that make it hold.

use super::search::Span;
use std::collections::{BTreeSet, VecDeque};

/// A step, by position.
pub(super) type Step = u32;

/// An order between two steps: the first ends before the second begins.
pub(super) type Edge = (Step, Step);

/// What a constraint protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Nobody can do in between what they can do neither before nor after.
    Exposure,
    /// Nobody loses in between what they keep.
    Interruption,
}

/// A constraint that any one of several sets of edges satisfies.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    /// The sets of edges, best first; each of them is enough.
    pub(super) options: Vec<Vec<Edge>>,
    /// Which set holds; `None` once the constraint was given up.
    pub(super) chosen: Option<usize>,
    /// Whom and what it protects, by position in the caller's list.
    pub(super) about: u32,
    /// How much it weighs, in people.
    pub(super) weight: u32,
    /// What it says of every state: a single span that is never whole, or several of which one always is.
    pub(super) spans: Vec<Span>,
    /// Once it was given up: the step that is done too early, where that is known.
    pub(super) blamed: Option<Step>,
    /// Whether no order at all satisfies it together with the others, rather than that none was found.
    pub(super) proven: bool,
}

impl Rule {
    /// Every step that it looks at.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        let spans = self.spans.iter();
        spans.flat_map(|span| span.ups.iter().chain(&span.downs).copied())
    }

    /// Returns edges that the stages satisfy and that make the rule hold, if there are such.
    ///
    /// `apart` says whether the first step ends before the second begins (`Some(true)`) or both are done at once
    /// (`Some(false)`). An ability lasts where a chain of routes leads from one that was whole from the beginning to one
    /// that stays whole: what turns the next one on comes before what turns the last one off.
    pub(super) fn holds(&self, apart: impl Fn(Step, Step) -> Option<bool>) -> Option<Vec<Edge>> {
        if self.kind == Kind::Exposure {
            let pairs = self.spans.iter().flat_map(|span| {
                let downs = span.downs.iter();
                downs.flat_map(|down| span.ups.iter().map(move |up| (*down, *up)))
            });
            let mut at_once = None;
            for (down, up) in pairs {
                match apart(down, up) {
                    Some(true) => return Some(vec![(down, up)]),
                    Some(false) => at_once = Some(Vec::new()),
                    None => {}
                }
            }
            return at_once;
        }
        let link = |from: &Span, to: &Span| -> Option<Vec<Edge>> {
            let mut edges = Vec::new();
            for up in &to.ups {
                for down in &from.downs {
                    if apart(*up, *down)? {
                        edges.push((*up, *down));
                    }
                }
            }
            Some(edges)
        };
        // Breadth first, so that the chain is short.
        let mut from: Vec<Option<(usize, Vec<Edge>)>> = vec![None; self.spans.len()];
        let whole = (0..self.spans.len()).filter(|at| self.spans[*at].ups.is_empty());
        let mut open: VecDeque<usize> = whole.collect();
        let mut seen: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(at) = open.pop_front() {
            if self.spans[at].downs.is_empty() {
                let mut edges = Vec::new();
                let mut at = at;
                while let Some((before, own)) = from[at].take() {
                    edges.extend(own);
                    at = before;
                }
                return Some(edges);
            }
            for (next, span) in self.spans.iter().enumerate() {
                if seen.contains(&next) {
                    continue;
                }
                if let Some(edges) = link(&self.spans[at], span) {
                    seen.insert(next);
                    from[next] = Some((at, edges));
                    open.push_back(next);
                }
            }
        }
        None
    }

    /// Returns a step of the first stage after which the rule does not hold.
    pub(super) fn broken(&self, stage: impl Fn(Step) -> u32) -> Option<Step> {
        let mut ends: Vec<u32> = self.steps().map(&stage).collect();
        ends.sort_unstable();
        ends.dedup();
        let at = ends.into_iter().find(|end| {
            let done = |step: &Step| stage(*step) <= *end;
            let whole = self
                .spans
                .iter()
                .any(|span| span.ups.iter().all(done) && !span.downs.iter().any(done));
            whole == (self.kind == Kind::Exposure)
        })?;
        self.harms().find(|step| stage(*step) == at)
    }

    /// The steps that make an exposure possible or end a route that people rely on.
    fn harms(&self) -> impl Iterator<Item = Step> {
        self.spans.iter().flat_map(|span| match self.kind {
            Kind::Exposure => span.ups.iter().copied(),
            Kind::Interruption => span.downs.iter().copied(),
        })
    }

    /// An edge to every step that could harm, from every step that helps and comes before.
    pub(super) fn before_harm(&self, stage: impl Fn(Step) -> u32) -> Vec<Edge> {
        let helps = self.spans.iter().flat_map(|span| match self.kind {
            Kind::Exposure => span.downs.iter().copied(),
            Kind::Interruption => span.ups.iter().copied(),
        });
        let mut edges: Vec<Edge> = helps
            .flat_map(|help| self.harms().map(move |harm| (help, harm)))
            .filter(|(help, harm)| stage(*help) < stage(*harm))
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// A rule that has not been looked at.
    pub(super) fn new(kind: Kind, spans: Vec<Span>, options: Vec<Vec<Edge>>, about: u32) -> Self {
        Self {
            kind,
            options,
            chosen: Some(0),
            about,
            weight: 1,
            spans,
            blamed: None,
            proven: true,
        }
    }

    /// Returns the step that somebody pays for when the rule was given up.
    pub(super) fn too_early(&self) -> Option<Step> {
        let first = self.options.first().and_then(|edges| edges.first());
        self.blamed.or(first.map(|(_, then)| *then))
    }

    pub(super) fn edges(&self) -> &[Edge] {
        self.chosen
            .and_then(|at| self.options.get(at))
            .map_or(&[], Vec::as_slice)
    }
}
