//! How many people reach each portal of the site, and by which organizations and groups: before, after apply, and after the steps
//! by hand.
//!
//! Each situation is judged only at the portals whose lists it has; everywhere else what counts is the account, which is judged
//! once.

use super::views::Views;
use super::{Class, Impact, view};
use crate::access::{Answer, ListId, Part, SituationId, State, Visitor};
use crate::judge::Worlds;
use crate::model::{ProjectKey, SpaceKey, WhoCanView};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many people reach a portal at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// Surely.
    pub people: usize,
    /// Perhaps: not everything is known that decides it.
    pub perhaps: usize,
    /// How many of those who surely do have an account that the plan makes: nobody counted them before.
    pub made: usize,
}

/// Whether a class reaches a portal: before, after apply, after the steps by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReach {
    /// The class.
    pub class: Class,
    /// The answers.
    pub answers: [Answer; 3],
}

/// A customer organization or a group by which people come to a portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// `organization` or `group`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it is linked, or in the role, before and when everything is done.
    pub there: [bool; 2],
    /// How many known people are in it, before and when everything is done.
    pub people: [usize; 2],
}

/// A knowledge-base space of a portal, and who can view it before and when everything is done, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The space.
    pub space: SpaceKey,
    /// Who can view it.
    pub viewers: [Option<WhoCanView>; 2],
}

/// A portal of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The service project.
    pub project: ProjectKey,
    /// Whether somebody gains, loses or keeps something there.
    pub touched: bool,
    /// The known people: before, after apply, after the steps by hand.
    pub people: [Reached; 3],
    /// The classes, the widest first; domains are left out.
    pub classes: Vec<ClassReach>,
    /// The organizations and groups by which people come; of a portal that is touched.
    pub ways: Vec<Way>,
    /// Its spaces; of a portal that is touched.
    pub shelves: Vec<Shelf>,
}

/// Counts every portal of the site.
pub(super) fn portals(worlds: &Worlds<'_, '_>, impacts: [&Impact; 2]) -> Vec<Portal> {
    let kept = impacts.iter().flat_map(|impact| &impact.keeps);
    let kept = kept.map(|group| &group.target.project);
    let changed = impacts.iter().flat_map(|impact| impact.projects());
    let touched: BTreeSet<&ProjectKey> = changed.chain(kept).collect();
    let states = [worlds.before, &worlds.applied, worlds.done()];
    let keys: BTreeSet<&ProjectKey> = states
        .iter()
        .flat_map(|state| &state.projects)
        .map(|project| &project.key)
        .collect();
    let known = states[0].people.len();
    let lists = states.map(|state| Lists::of(state, known));
    let count = |moment: usize, key: &ProjectKey| match states[moment].project(key.as_str()) {
        Some(at) => lists[moment].count(states[moment], at),
        None => Reached::default(),
    };
    let portals = keys.into_iter().map(|key| {
        let is_touched = touched.contains(key);
        let before = count(0, key);
        // Where nobody gains or loses, the numbers stay, but for people who are made: they may reach a portal as everybody can.
        let people = [0, 1, 2].map(|moment: usize| {
            let as_before = states[moment].people.len() == states[0].people.len();
            match moment == 0 || !is_touched && as_before {
                true => before,
                false => count(moment, key),
            }
        });
        let ends = [(states[0], &lists[0]), (states[2], &lists[2])];
        Portal {
            project: key.clone(),
            touched: is_touched,
            people,
            classes: classes(key, states),
            ways: if is_touched {
                ways(key, ends)
            } else {
                Vec::new()
            },
            shelves: if is_touched {
                shelves(key, [states[0], states[2]])
            } else {
                Vec::new()
            },
        }
    });
    portals.collect()
}

/// Who is on which list in a state.
struct Lists {
    /// The situations with somebody in them, by each of their lists.
    on: HashMap<ListId, Vec<SituationId>>,
    /// All situations with somebody in them.
    situations: Vec<SituationId>,
    /// How many people in a situation have an account that the plan makes.
    made: HashMap<SituationId, usize>,
}

impl Lists {
    /// Whoever stands behind the first `known` has an account that the plan makes.
    fn of(state: &State<'_>, known: usize) -> Self {
        let (mut on, mut filled) = (HashMap::<_, Vec<_>>::new(), Vec::new());
        let mut made = HashMap::new();
        for id in state.people.ids().skip(known) {
            *made.entry(state.people.situation_of(id)).or_default() += 1;
        }
        let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
        for at in (0..situations).map(SituationId) {
            let (situation, _, people) = state.people.situation(at);
            if people == 0 {
                continue;
            }
            filled.push(at);
            for list in situation.lists {
                on.entry(*list).or_default().push(at);
            }
        }
        Self {
            on,
            situations: filled,
            made,
        }
    }

    /// Counts who reaches a project, situation by situation.
    fn count(&self, state: &State<'_>, at: usize) -> Reached {
        let mut reached = Reached::default();
        let mut views = Views::of(state, at);
        for id in &self.situations {
            let (situation, _, people) = state.people.situation(*id);
            match views.view(situation) {
                Answer::Yes => {
                    reached.people += people as usize;
                    reached.made += self.made.get(id).copied().unwrap_or(0);
                }
                Answer::Uncertain => reached.perhaps += people as usize,
                Answer::No => {}
            }
        }
        reached
    }

    /// Counts the people on a list.
    fn people(&self, state: &State<'_>, list: ListId) -> usize {
        let on = self.on.get(&list).into_iter().flatten();
        on.map(|id| state.people.situation(*id).2 as usize).sum()
    }
}

/// Finds the organizations and groups of a portal, in either of two states.
fn ways(key: &ProjectKey, ends: [(&State<'_>, &Lists); 2]) -> Vec<Way> {
    let mut found: BTreeMap<(&'static str, String), Way> = BTreeMap::new();
    for (end, (state, lists)) in ends.into_iter().enumerate() {
        let Some(at) = state.project(key.as_str()) else {
            continue;
        };
        let project = &state.projects[at];
        let mut note = |kind: &'static str, name: &str, people: usize| {
            let way = found.entry((kind, name.to_owned())).or_insert_with(|| Way {
                kind,
                name: name.to_owned(),
                there: [false; 2],
                people: [0; 2],
            });
            way.there[end] = true;
            way.people[end] = people;
        };
        for link in &project.organizations {
            if let Some(organization) = state.organizations.get(link.organization as usize) {
                let people = lists.people(state, ListId::Organization(link.organization));
                note("organization", &organization.name, people);
            }
        }
        for circle in project
            .scheme
            .circles
            .iter()
            .filter(|circle| circle.part != Part::Serves)
        {
            if let Some(group) = &circle.group {
                let people = lists.people(state, ListId::Circle(circle.id));
                note("group", group, circle.size.unwrap_or(people));
            }
        }
    }
    found.into_values().collect()
}

fn shelves(key: &ProjectKey, states: [&State<'_>; 2]) -> Vec<Shelf> {
    let mut found: BTreeMap<SpaceKey, [Option<WhoCanView>; 2]> = BTreeMap::new();
    for (end, state) in states.into_iter().enumerate() {
        let project = state.project(key.as_str()).map(|at| &state.projects[at]);
        for (space, viewers) in project.into_iter().flat_map(|project| &project.spaces) {
            found.entry(space.clone()).or_default()[end] = viewers.value().copied();
        }
    }
    let found = found.into_iter();
    found
        .map(|(space, viewers)| Shelf { space, viewers })
        .collect()
}

fn classes(project: &ProjectKey, states: [&State<'_>; 3]) -> Vec<ClassReach> {
    let answer = |class: &Class, state: &State<'_>| {
        let Some(at) = state.project(project.as_str()) else {
            return Answer::No;
        };
        match class {
            Class::Anonymous => view(state, at, &Visitor::Anonymous),
            Class::Anyone => view(state, at, &Visitor::anyone(state)),
            Class::AnyCustomer => view(state, at, &Visitor::AnyCustomer),
            Class::OfPublicMail => view(state, at, &Visitor::of_any_domain(state, true)),
            Class::OfCompanies => view(state, at, &Visitor::of_any_domain(state, false)),
            Class::Domain(domain) => view(state, at, &Visitor::new_address(state, domain)),
        }
    };
    [Class::Anonymous, Class::Anyone, Class::AnyCustomer]
        .into_iter()
        .map(|class| ClassReach {
            answers: states.map(|state| answer(&class, state)),
            class,
        })
        .collect()
}
