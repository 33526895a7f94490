//! How many people reach each portal that a plan touches: before, after apply, and after the steps by hand.

use super::{Class, Impact, view};
use crate::access::{Answer, SituationId, State, Visitor};
use crate::judge::Worlds;
use crate::model::ProjectKey;
use std::collections::BTreeSet;

/// How many people reach a portal at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// Surely.
    pub people: usize,
    /// Perhaps: not everything is known that decides it.
    pub perhaps: usize,
}

/// Whether a class reaches a portal: before, after apply, after the steps by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReach {
    /// The class.
    pub class: Class,
    /// The answers.
    pub answers: [Answer; 3],
}

/// A portal that a plan touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// The service project.
    pub project: ProjectKey,
    /// The known people: before, after apply, after the steps by hand.
    pub people: [Reached; 3],
    /// The classes, the widest first; domains are left out.
    pub classes: Vec<ClassReach>,
}

/// Counts the portals in which somebody gains, loses or keeps something; for all others nothing changes.
pub(super) fn portals(worlds: &Worlds<'_, '_>, impacts: [&Impact; 2]) -> Vec<Portal> {
    let kept = impacts.iter().flat_map(|impact| &impact.keeps);
    let kept = kept.map(|group| &group.target.project);
    let changed = impacts.iter().flat_map(|impact| impact.projects());
    let touched: BTreeSet<&ProjectKey> = changed.chain(kept).collect();
    let states = [worlds.before, &worlds.applied, worlds.done()];
    let mut portals: Vec<Portal> = touched
        .into_iter()
        .map(|project| Portal {
            project: project.clone(),
            people: [Reached::default(); 3],
            classes: classes(project, states),
        })
        .collect();
    for (moment, state) in states.into_iter().enumerate() {
        let places: Vec<Option<usize>> = portals
            .iter()
            .map(|portal| state.project(portal.project.as_str()))
            .collect();
        let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
        for at in 0..situations {
            let (situation, _, people) = state.people.situation(SituationId(at));
            if people == 0 {
                continue;
            }
            let visitor = Visitor::situation(situation);
            for (portal, place) in portals.iter_mut().zip(&places) {
                let Some(place) = place else {
                    continue;
                };
                let reached = &mut portal.people[moment];
                match view(state, *place, &visitor) {
                    Answer::Yes => reached.people += people as usize,
                    Answer::Uncertain => reached.perhaps += people as usize,
                    Answer::No => {}
                }
            }
        }
    }
    portals
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
