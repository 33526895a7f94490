//! Abilities as sums of products over facts that a plan turns on or off, and the constraints that follow.
//!
//! What somebody can do is "some route is whole": each route is a set of facts that must all hold. A change turns facts on
//! or off once, so a state in between is safe when
//!
//! - for an ability that is there neither before nor after, every route that would be whole for a moment loses a fact
//!   before it gains one (exposure);
//! - for an ability that is there before and after, some route is whole at every moment (interruption). Mostly one new
//!   route is whole before one old route loses a fact; a search may find routes that exist only in between.

use super::graph::Graph;
use super::rule::{Edge, Kind, Rule, Step};
use super::search::Span;

/// The three values of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    /// It does not hold.
    No,
    /// Not known: counts as access for exposure and as none for promises.
    Maybe,
    /// It holds.
    Yes,
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl From<Option<bool>> for Value {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Maybe, Self::from)
    }
}

impl Value {
    pub(super) const fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

/// A fact before and after the plan, and the step that changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fact {
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) step: Option<Step>,
}

impl Fact {
    pub(super) const YES: Self = Self::always(Value::Yes);
    pub(super) const NO: Self = Self::always(Value::No);

    pub(super) const fn always(value: Value) -> Self {
        Self {
            before: value,
            after: value,
            step: None,
        }
    }

    pub(super) const fn changes(before: Value, after: Value, step: Step) -> Self {
        Self {
            before,
            after,
            step: Some(step),
        }
    }

    pub(super) const fn not(self) -> Self {
        Self {
            before: self.before.not(),
            after: self.after.not(),
            step: self.step,
        }
    }

    /// Says whether it ever holds.
    pub(super) fn ever(self) -> bool {
        self.before != Value::No || self.after != Value::No
    }

    /// Says whether the plan changes it.
    pub(super) fn moves(self) -> bool {
        self.before != self.after
    }

    /// The fact under one reading, before and after.
    fn read(self, kind: Kind) -> (bool, bool) {
        let floor = match kind {
            Kind::Exposure => Value::Maybe,
            Kind::Interruption => Value::Yes,
        };
        (self.before >= floor, self.after >= floor)
    }
}

/// A route to an ability: facts that must all hold.
pub(super) type Route = Vec<Fact>;

/// How many ways of keeping somebody's access are tried before a search looks at all of them.
const OPTIONS: usize = 8;

impl Graph {
    /// Adds what an ability asks of the order, under both readings. The routes may differ between the readings.
    pub(super) fn protect(&mut self, exposure: &[Route], promise: &[Route], about: u32) {
        self.expose(exposure, about);
        self.promise(promise, about);
    }

    /// Nobody gains for a moment what they have neither before nor after.
    pub(super) fn expose(&mut self, routes: &[Route], about: u32) {
        let whole = |side: fn((bool, bool)) -> bool| {
            routes
                .iter()
                .any(|route| route.iter().all(|fact| side(fact.read(Kind::Exposure))))
        };
        if whole(|read| read.0) || whole(|read| read.1) {
            return;
        }
        for route in routes {
            let Some(span) = span(route, Kind::Exposure) else {
                continue;
            };
            let mut options: Vec<Vec<Edge>> = Vec::new();
            for down in &span.downs {
                options.extend(span.ups.iter().map(|up| vec![(*down, *up)]));
            }
            self.add(Kind::Exposure, vec![span], options, about);
        }
    }

    /// Nobody loses for a moment what they keep.
    pub(super) fn promise(&mut self, routes: &[Route], about: u32) {
        let mut spans: Vec<Span> = Vec::new();
        for route in routes {
            let Some(mut span) = span(route, Kind::Interruption) else {
                continue;
            };
            if span.ups.is_empty() && span.downs.is_empty() {
                return;
            }
            for steps in [&mut span.ups, &mut span.downs] {
                steps.sort_unstable();
                steps.dedup();
            }
            if !spans.contains(&span) {
                spans.push(span);
            }
        }
        let mut options: Vec<Vec<Edge>> = Vec::new();
        for new in spans.iter().filter(|span| span.downs.is_empty()) {
            for old in spans.iter().filter(|span| span.ups.is_empty()) {
                let edges: Vec<Edge> = new
                    .ups
                    .iter()
                    .flat_map(|up| old.downs.iter().map(move |down| (*up, *down)))
                    .filter(|(up, down)| up != down)
                    .collect();
                if edges.is_empty() {
                    return;
                }
                options.push(edges);
            }
        }
        options.sort_by_key(Vec::len);
        options.truncate(OPTIONS);
        self.add(Kind::Interruption, spans, options, about);
    }

    fn add(&mut self, kind: Kind, spans: Vec<Span>, options: Vec<Vec<Edge>>, about: u32) {
        if !options.is_empty() {
            self.rules.push(Rule::new(kind, spans, options, about));
        }
    }
}

/// Returns the steps that open and that close a route; `None` for one that is never whole: something on it never holds, or
/// one step turns a fact of it off and another on at once.
fn span(route: &Route, kind: Kind) -> Option<Span> {
    let (mut ups, mut downs) = (Vec::new(), Vec::new());
    for fact in route {
        match (fact.read(kind), fact.step) {
            ((false, true), Some(step)) => ups.push(step),
            ((true, false), Some(step)) => downs.push(step),
            ((true, true), _) => {}
            _ => return None,
        }
    }
    let at_once = ups.iter().any(|up| downs.contains(up));
    (!at_once).then_some(Span { ups, downs })
}
