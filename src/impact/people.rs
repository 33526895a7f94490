//! What each person gains, loses and keeps: people with equal situations before and after are judged once.

use super::comparison::Comparison;
use super::routes::{minus, routes, words};
use super::{Group, Impact, NAMED, Named, Target, view};
use crate::access::{
    Actor, Answer, Because, Lookup, Person, PersonId, Role, Situation, SituationId, State, Trail,
    Visitor, articles, portal,
};
use crate::model::SpaceKey;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One person's account and lists in one of the two states, or what stands in for them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Side {
    /// Known, in this situation.
    Known(SituationId),
    /// No account: a new address of this domain.
    New(String),
    /// Nobody, and no address to judge by.
    Nobody,
}

impl Comparison<'_, '_, '_> {
    /// Judges every known person, grouped by their situations in both states.
    pub(super) fn people(&self) -> Impact {
        let mut members: Vec<((Side, Side), Who)> = Vec::new();
        let mut seen: HashSet<PersonId> = HashSet::new();
        for id in self.before.people.ids() {
            let person = self.before.people.get(id);
            let twin = self.counterpart(person);
            seen.extend(twin);
            let is = match (twin, person.email) {
                (Some(twin), _) => Side::Known(self.after.people.situation_of(twin)),
                (None, Some(email)) => Side::New(email.domain().to_owned()),
                (None, None) => Side::Nobody,
            };
            let was = Side::Known(self.before.people.situation_of(id));
            members.push(((was, is), Who::Before(id)));
        }
        for id in self.after.people.ids().filter(|id| !seen.contains(id)) {
            let was = match self.after.people.get(id).email {
                Some(email) => Side::New(email.domain().to_owned()),
                None => Side::Nobody,
            };
            let is = Side::Known(self.after.people.situation_of(id));
            members.push(((was, is), Who::After(id)));
        }
        let mut grouped: HashMap<(Side, Side), Vec<Who>> = HashMap::new();
        for (pair, who) in members {
            grouped.entry(pair).or_default().push(who);
        }
        let mut tally = Tally::default();
        for ((was, is), people) in grouped {
            self.pair(&was, &is, people, &mut tally);
        }
        tally.finish(self)
    }

    /// Finds the same person in the state after.
    fn counterpart(&self, person: &Person<'_>) -> Option<PersonId> {
        if let Some(id) = person.account_id
            && let Some(found) = self.after.people.by_account(id)
        {
            return Some(found);
        }
        match self.after.people.lookup(person.email?) {
            Lookup::Accounts(ids) => ids.into_iter().find(|id| {
                person.account_id.is_none() || self.after.people.get(*id).account_id.is_none()
            }),
            _ => None,
        }
    }

    /// Judges everybody who went from one situation to another.
    fn pair(&self, was: &Side, is: &Side, people: Vec<Who>, tally: &mut Tally) {
        let before = visitor(self.before, was);
        let after = visitor(self.after, is);
        let mut gains = false;
        let mut loses = false;
        let mut loses_for_sure = false;
        let mut keeps = false;
        let at = tally.people.len();
        for project in self.concerned(&before, &after) {
            let pair = &self.projects[project];
            let b = pair
                .before
                .map_or(Answer::No, |at| seen(self.before, at, &before));
            let a = pair
                .after
                .map_or(Answer::No, |at| seen(self.after, at, &after));
            let target = Target {
                project: pair.key.clone(),
                space: None,
            };
            let routes_before = routes(self.before, pair.before, &before);
            let routes_after = routes(self.after, pair.after, &after);
            let gone = minus(&routes_before, &routes_after);
            let had_account = matches!(was, Side::Known(_));
            if a == b {
                if a.promises() && !gone.is_empty() && had_account {
                    keeps = true;
                    let key = (target, words(&routes_after), words(&gone), b, a);
                    tally.keeps.entry(key).or_default().push(at);
                }
            } else if a > b {
                gains = true;
                let come = minus(&routes_after, &routes_before);
                let via = if come.is_empty() {
                    &routes_after
                } else {
                    &come
                };
                let key = (target, words(via), String::new(), b, a);
                tally.gains.entry(key).or_default().push(at);
            } else {
                loses = true;
                loses_for_sure |= b.promises();
                let via = if gone.is_empty() {
                    &routes_before
                } else {
                    &gone
                };
                let key = (target, words(via), String::new(), b, a);
                tally.losses.entry(key).or_default().push(at);
            }
            for space in &pair.spaces {
                let b = pair
                    .before
                    .map_or(Answer::No, |at| reads(self.before, at, space, &before));
                let a = pair
                    .after
                    .map_or(Answer::No, |at| reads(self.after, at, space, &after));
                let target = Target {
                    project: pair.key.clone(),
                    space: Some(space.clone()),
                };
                let key = (target, String::new(), String::new(), b, a);
                if a > b {
                    gains = true;
                    tally.gains.entry(key).or_default().push(at);
                } else if a < b {
                    loses = true;
                    loses_for_sure |= b.promises();
                    tally.losses.entry(key).or_default().push(at);
                }
            }
        }
        // What agents serve is not read.
        let left = match loses && !staff(&after) {
            true => self.best(&after),
            false => Answer::Yes,
        };
        if gains || loses || keeps {
            tally.gaining += if gains { people.len() } else { 0 };
            tally.losing += if loses { people.len() } else { 0 };
            match left {
                Answer::No if loses_for_sure => tally.left.push(at),
                // Or nothing was sure before.
                Answer::No | Answer::Uncertain => tally.unsure.push(at),
                Answer::Yes => {}
            }
            tally.people.push(people);
        }
    }

    /// What somebody has left: the best answer at any portal, or yes where articles are sure.
    fn best(&self, after: &Option<Visitor<'_>>) -> Answer {
        let mut best = Answer::No;
        for (at, project) in self.after.projects.iter().enumerate() {
            best = best.max(seen(self.after, at, after));
            let mut spaces = project.spaces.keys();
            if best == Answer::Yes
                || spaces.any(|space| reads(self.after, at, space, after).promises())
            {
                return Answer::Yes;
            }
        }
        best
    }

    /// Why somebody reaches a thing after, or does not.
    fn because(&self, who: Who, target: &Target) -> Vec<Because> {
        let Some(at) = self.after.project(target.project.as_str()) else {
            return Vec::new();
        };
        let known = match who {
            Who::Before(id) => self.counterpart(self.before.people.get(id)),
            Who::After(id) => Some(id),
        };
        let email = match who {
            Who::Before(id) => self.before.people.get(id).email,
            Who::After(id) => self.after.people.get(id).email,
        };
        let visitor = match (known, email) {
            (Some(id), _) => Visitor::Existing(vec![Actor::person(self.after, id)]),
            (None, Some(email)) => Visitor::new_address(self.after, email.domain()),
            (None, None) => return Vec::new(),
        };
        let mut trail = Trail::recording();
        match &target.space {
            None => {
                portal::reach(self.after, at, &visitor, &mut trail);
            }
            Some(space) => {
                articles::read(self.after, at, space, &visitor, &mut trail);
            }
        }
        trail.into_steps()
    }

    fn name(&self, who: Who) -> String {
        let person = match who {
            Who::Before(id) => self.before.people.get(id),
            Who::After(id) => self.after.people.get(id),
        };
        match (person.email, person.account_id) {
            (Some(email), _) => email.written().to_owned(),
            (None, Some(id)) => format!("id:{id}"),
            (None, None) => person.name.to_owned(),
        }
    }
}

/// A person, in the state that knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Who {
    Before(PersonId),
    After(PersonId),
}

type GroupKey = (Target, String, String, Answer, Answer);

/// What was found so far; groups hold positions in `people`.
#[derive(Default)]
struct Tally {
    people: Vec<Vec<Who>>,
    gains: BTreeMap<GroupKey, Vec<usize>>,
    losses: BTreeMap<GroupKey, Vec<usize>>,
    keeps: BTreeMap<GroupKey, Vec<usize>>,
    left: Vec<usize>,
    unsure: Vec<usize>,
    gaining: usize,
    losing: usize,
}

impl Tally {
    fn finish(self, comparison: &Comparison<'_, '_, '_>) -> Impact {
        let named = |groups: &[usize]| {
            let mut names: Vec<String> = groups
                .iter()
                .flat_map(|at| &self.people[*at])
                .map(|who| comparison.name(*who))
                .collect();
            names.sort_unstable();
            let count = names.len();
            names.truncate(NAMED);
            Named {
                count,
                first: names,
            }
        };
        let groups = |found: &BTreeMap<GroupKey, Vec<usize>>| -> Vec<Group> {
            found
                .iter()
                .map(|((target, via, lost, before, after), groups)| {
                    let all = groups.iter().flat_map(|at| &self.people[*at]).copied();
                    let first = all.min_by_key(|who| (comparison.name(*who), *who));
                    Group {
                        target: target.clone(),
                        via: via.clone(),
                        lost: lost.clone(),
                        before: *before,
                        after: *after,
                        people: named(groups),
                        because: first
                            .map(|who| comparison.because(who, target))
                            .unwrap_or_default(),
                    }
                })
                .collect()
        };
        Impact {
            classes: Vec::new(),
            gains: groups(&self.gains),
            losses: groups(&self.losses),
            keeps: groups(&self.keeps),
            without_any_access: named(&self.left),
            without_sure_access: named(&self.unsure),
            people_gaining: self.gaining,
            people_losing: self.losing,
        }
    }
}

fn visitor<'s>(state: &'s State<'_>, side: &Side) -> Option<Visitor<'s>> {
    match side {
        Side::Known(id) => {
            let (situation, _, _) = state.people.situation(*id);
            let Situation { account, lists } = situation;
            Some(Visitor::situation(Situation { account, lists }))
        }
        Side::New(domain) => Some(Visitor::new_address(state, domain)),
        Side::Nobody => None,
    }
}

fn seen(state: &State<'_>, at: usize, visitor: &Option<Visitor<'_>>) -> Answer {
    visitor
        .as_ref()
        .map_or(Answer::No, |visitor| view(state, at, visitor))
}

fn reads(state: &State<'_>, at: usize, space: &SpaceKey, visitor: &Option<Visitor<'_>>) -> Answer {
    visitor.as_ref().map_or(Answer::No, |visitor| {
        articles::read(state, at, space, visitor, &mut Trail::silent())
    })
}

fn staff(visitor: &Option<Visitor<'_>>) -> bool {
    matches!(visitor, Some(Visitor::Existing(actors))
        if actors.iter().any(|actor| actor.account.role == Role::Staff))
}
