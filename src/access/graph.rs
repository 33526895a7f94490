//! Who reaches what, as nodes and edges: classes and lists lead to portals, portals to the articles of their spaces.

use super::answer::Answer;
use super::people::ListId;
use super::state::State;
use super::who;
use crate::model::SpaceKey;
use std::collections::BTreeMap;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A class of people.
    Class,
    /// The members of a customer organization.
    Organization,
    /// The customers of a project.
    Customers,
    /// A service project's portal.
    Portal,
    /// The articles of a space.
    Space,
}

impl Kind {
    /// Returns the column that it stands in.
    pub const fn column(self) -> usize {
        match self {
            Self::Class | Self::Organization | Self::Customers => 0,
            Self::Portal => 1,
            Self::Space => 2,
        }
    }
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its name: typed by a stranger, to be neutralised by every renderer.
    pub name: String,
    /// How many people stand on the list, where it is one.
    pub people: Option<usize>,
}

/// That one leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The position of the node it leaves.
    pub from: usize,
    /// The position of the node it leads to.
    pub to: usize,
    /// Whether that is known.
    pub sure: bool,
}

/// Who reaches what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// Classes and lists, then portals, then spaces.
    pub nodes: Vec<Node>,
    /// Edges in order, each once.
    pub edges: Vec<Edge>,
}

impl Graph {
    /// Draws a state.
    pub fn of(state: &State<'_>) -> Self {
        let mut graph = Self::default();
        let mut at: BTreeMap<(Kind, String), usize> = BTreeMap::new();
        let mut counts: BTreeMap<ListId, usize> = BTreeMap::new();
        for id in state.people.ids() {
            for list in state.people.lists(id) {
                *counts.entry(*list).or_default() += 1;
            }
        }
        let people = |list: ListId| counts.get(&list).copied().unwrap_or(0);
        let domains = who::by_domain(state);
        for (position, project) in state.projects.iter().enumerate() {
            let key = project.key.as_str();
            let portal = graph.node(&mut at, Kind::Portal, key, None);
            graph.classes(
                &mut at,
                portal,
                &who::classes(state, position, None, &domains),
            );
            for link in &project.organizations {
                if let Some(organization) = state.organizations.get(link.organization as usize) {
                    let on_it = people(ListId::Organization(link.organization));
                    let node =
                        graph.node(&mut at, Kind::Organization, &organization.name, Some(on_it));
                    graph.edge(node, portal, link.sure);
                }
            }
            let roster = ListId::Roster(u32::try_from(position).unwrap_or(u32::MAX));
            if people(roster) > 0 {
                let node = graph.node(&mut at, Kind::Customers, key, Some(people(roster)));
                graph.edge(node, portal, true);
            }
            for (space, viewers) in &project.spaces {
                let node = graph.node(&mut at, Kind::Space, space.as_str(), None);
                graph.edge(portal, node, viewers.value().is_some());
                graph.readers(&mut at, state, (position, space, node), &domains);
            }
        }
        graph.in_columns()
    }

    fn node(
        &mut self,
        at: &mut BTreeMap<(Kind, String), usize>,
        kind: Kind,
        name: &str,
        people: Option<usize>,
    ) -> usize {
        *at.entry((kind, name.to_owned())).or_insert_with(|| {
            self.nodes.push(Node {
                kind,
                name: name.to_owned(),
                people,
            });
            self.nodes.len() - 1
        })
    }

    fn edge(&mut self, from: usize, to: usize, sure: bool) {
        self.edges.push(Edge { from, to, sure });
    }

    fn classes(
        &mut self,
        at: &mut BTreeMap<(Kind, String), usize>,
        to: usize,
        classes: &[who::ClassRow],
    ) {
        for class in classes {
            let node = self.node(at, Kind::Class, &class.who, None);
            self.edge(node, to, class.answer == Answer::Yes);
        }
    }

    /// Classes that read articles without coming through a portal.
    fn readers(
        &mut self,
        at: &mut BTreeMap<(Kind, String), usize>,
        state: &State<'_>,
        (position, space, node): (usize, &SpaceKey, usize),
        domains: &[(String, String, super::Visitor<'_>)],
    ) {
        let classes = who::classes(state, position, Some(space), domains);
        self.classes(at, node, &classes);
    }

    /// Sorts nodes by column, kind and name, and edges by what they join.
    fn in_columns(self) -> Self {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|at| {
            let node = &self.nodes[*at];
            (node.kind.column(), node.kind, node.name.clone())
        });
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        // Of two edges between the same, the sure one counts.
        let mut edges: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        for edge in &self.edges {
            *edges.entry((place[edge.from], place[edge.to])).or_default() |= edge.sure;
        }
        let edges = edges.into_iter();
        Self {
            nodes: order.iter().map(|at| self.nodes[*at].clone()).collect(),
            edges: edges
                .map(|((from, to), sure)| Edge { from, to, sure })
                .collect(),
        }
    }
}
