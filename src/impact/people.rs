//! What each person gains, loses and keeps: people with equal situations before and after are judged once.

use super::cause::{Causes, Turn, Whose};
use super::comparison::Comparison;
use super::routes::{Way, list, minus, ways, words};
use super::{Group, Impact, Named, Target, view};
use crate::access::{
    Actor, Answer, Because, PersonId, Role, Situation, SituationId, State, Trail, Visitor,
    articles, portal,
};
use crate::model::SpaceKey;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What somebody is before: in a situation, or a new address of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Was {
    Known(SituationId),
    /// No account yet.
    New(String),
}

/// One thing that somebody gains, loses or keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    target: Target,
    /// The project's position.
    at: usize,
    /// The ways that come (gains), go (losses) or remain (keeps).
    via: Vec<Way>,
    /// For keeps: the ways that go.
    lost: Vec<Way>,
    before: Answer,
    after: Answer,
}

/// What becomes of everybody who went from one situation to another.
#[derive(Debug, Default)]
struct Fate {
    gains: Vec<Key>,
    losses: Vec<Key>,
    keeps: Vec<Key>,
    loses_for_sure: bool,
    /// What is left of somebody who loses something.
    left: Option<Answer>,
}

impl Fate {
    const fn matters(&self) -> bool {
        !self.gains.is_empty() || !self.losses.is_empty() || !self.keeps.is_empty()
    }
}

impl Comparison<'_, '_, '_> {
    /// Judges every known person, grouped by their situations in both states.
    pub(super) fn people(&self, causes: &Causes) -> Impact {
        let before = self.before.people.len();
        let mut moved: BTreeSet<PersonId> = self.before.people.moved().into_iter().collect();
        moved.extend(self.after.people.moved());
        let mut fates: HashMap<(Was, SituationId), Fate> = HashMap::new();
        let mut fated: BTreeMap<(Was, SituationId), Vec<PersonId>> = BTreeMap::new();
        for id in &moved {
            let was = match (id.0 as usize) < before {
                true => Was::Known(self.before.people.situation_of(*id)),
                false => match self.after.people.get(*id).email {
                    Some(email) => Was::New(email.domain().to_owned()),
                    None => continue,
                },
            };
            let is = self.after.people.situation_of(*id);
            fated.entry((was, is)).or_default().push(*id);
        }
        for (was, is) in fated.keys() {
            fates.insert((was.clone(), *is), self.fate(was, *is));
        }
        // Everybody else is where they were.
        let mut staying: HashMap<SituationId, Fate> = HashMap::new();
        let situations = u32::try_from(self.before.people.situations()).unwrap_or(u32::MAX);
        for is in (0..situations).map(SituationId) {
            let (_, _, people) = self.before.people.situation(is);
            if people > 0 {
                let fate = self.fate(&Was::Known(is), is);
                if fate.matters() {
                    staying.insert(is, fate);
                }
            }
        }
        let mut found: Vec<(Vec<PersonId>, Fate)> = Vec::new();
        if !staying.is_empty() {
            let mut people: HashMap<SituationId, Vec<PersonId>> = HashMap::new();
            // Both go in the order of positions.
            let mut gone = moved.iter().peekable();
            for id in self.before.people.ids() {
                if gone.next_if_eq(&&id).is_some() {
                    continue;
                }
                let is = self.before.people.situation_of(id);
                if staying.contains_key(&is) {
                    people.entry(is).or_default().push(id);
                }
            }
            for (is, fate) in staying {
                found.extend(people.remove(&is).map(|people| (people, fate)));
            }
        }
        for (pair, people) in fated {
            if let Some(fate) = fates.remove(&pair).filter(Fate::matters) {
                found.push((people, fate));
            }
        }
        self.tally(found, causes)
    }

    /// Judges everybody who went from one situation to another.
    fn fate(&self, was: &Was, is: SituationId) -> Fate {
        let before = match was {
            Was::Known(id) => Some(visitor(self.before, *id)),
            // An account that is made is no loss of what its owner might have taken as an agent, by a rule that nobody read.
            Was::New(domain) => {
                let mut visitor = Visitor::new_address(self.before, domain);
                visitor.leave_doubts_aside();
                Some(visitor)
            }
        };
        let after = Some(visitor(self.after, is));
        let mut fate = Fate::default();
        for at in self.concerned(&before, &after) {
            self.portal(&mut fate, was, at, &before, &after);
            self.spaces(&mut fate, at, &before, &after);
        }
        if !fate.losses.is_empty() && !staff(&after) {
            fate.left = Some(self.best(&after));
        }
        fate
    }

    /// Judges one portal.
    fn portal(
        &self,
        fate: &mut Fate,
        was: &Was,
        at: usize,
        before: &Option<Visitor<'_>>,
        after: &Option<Visitor<'_>>,
    ) {
        let b = seen(self.before, at, before);
        let a = seen(self.after, at, after);
        let (had, has) = (ways(self.before, at, before), ways(self.after, at, after));
        let (mut come, mut gone) = (minus(&has, &had), minus(&had, &has));
        self.add_open(&mut come, at, b, Turn::Gain);
        self.add_open(&mut gone, at, a, Turn::Loss);
        let key = |via: &[Way], lost: &[Way]| Key {
            target: Target {
                project: self.projects[at].key.clone(),
                space: None,
            },
            at,
            via: via.to_vec(),
            lost: lost.to_vec(),
            before: b,
            after: a,
        };
        if a == b {
            if a.promises() && !gone.is_empty() && matches!(was, Was::Known(_)) {
                fate.keeps.push(key(&has, &gone));
            }
        } else if a > b {
            let via = if come.is_empty() { &has } else { &come };
            fate.gains.push(key(via, &[]));
        } else {
            fate.loses_for_sure |= b.promises();
            let via = if gone.is_empty() { &had } else { &gone };
            fate.losses.push(key(via, &[]));
        }
    }

    fn spaces(
        &self,
        fate: &mut Fate,
        at: usize,
        before: &Option<Visitor<'_>>,
        after: &Option<Visitor<'_>>,
    ) {
        for space in &self.projects[at].spaces {
            let b = reads(self.before, at, space, before);
            let a = reads(self.after, at, space, after);
            let key = || Key {
                target: Target {
                    project: self.projects[at].key.clone(),
                    space: Some(space.clone()),
                },
                at,
                via: Vec::new(),
                lost: Vec::new(),
                before: b,
                after: a,
            };
            if a > b {
                fate.gains.push(key());
            } else if a < b {
                fate.loses_for_sure |= b.promises();
                fate.losses.push(key());
            }
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
    fn because(&self, who: PersonId, target: &Target, at: usize) -> Vec<Because> {
        let visitor = Visitor::Existing(vec![Actor::person(self.after, who)]);
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

    /// Adds the way that everybody has without a login, where it comes or goes and is more than what somebody has on the other
    /// side of it.
    fn add_open(&self, moved: &mut Vec<Way>, at: usize, other: Answer, turn: Turn) {
        let [was, is] = self.projects[at].without_login;
        let (less, more) = match turn {
            Turn::Gain => (was, is),
            Turn::Loss => (is, was),
        };
        if more > less && more > other && !moved.contains(&Way::WithoutLogin) {
            moved.push(Way::WithoutLogin);
        }
    }

    /// Whether a portal is open before or after.
    fn is_open(&self, at: usize) -> bool {
        let states: [&State<'_>; 2] = [self.before, self.after];
        let mut projects = states.into_iter().map(|state| &state.projects[at]);
        projects.any(|project| portal::is_restricted(project) != Answer::Yes)
    }

    /// The ways into a portal that come or go for somebody.
    fn moved_ways(&self, who: PersonId, at: usize, turn: Turn) -> Vec<Way> {
        let is = Some(Visitor::Existing(vec![Actor::person(self.after, who)]));
        let was = ((who.0 as usize) < self.before.people.len())
            .then(|| Visitor::Existing(vec![Actor::person(self.before, who)]));
        let (has, had) = (ways(self.after, at, &is), ways(self.before, at, &was));
        let (mut moved, other) = match turn {
            Turn::Gain => (minus(&has, &had), seen(self.before, at, &was)),
            Turn::Loss => (minus(&had, &has), seen(self.after, at, &is)),
        };
        if was.is_none() && turn == Turn::Loss {
            // Whoever is new could have come by themselves.
            moved.push(Way::SelfService);
        }
        self.add_open(&mut moved, at, other, turn);
        moved
    }

    /// The lists and classes by which people gain or lose something; none where one of them does by another route.
    fn by(&self, key: &Key, people: &[PersonId], turn: Turn) -> Vec<String> {
        let state: &State<'_> = match turn {
            Turn::Gain => self.after,
            Turn::Loss => self.before,
        };
        let mut all: BTreeSet<Way> = key.via.iter().copied().collect();
        if key.target.space.is_some() {
            for who in people {
                let mut moved = self.moved_ways(*who, key.at, turn);
                if moved.is_empty() && (who.0 as usize) < state.people.len() {
                    // They are in the portal as before, and what it shows changes.
                    let there = Visitor::Existing(vec![Actor::person(state, *who)]);
                    moved = ways(state, key.at, &Some(there));
                }
                if moved.is_empty() {
                    return Vec::new();
                }
                all.extend(moved);
            }
        }
        let lists = all.iter().map(|way| list(state, key.at, *way));
        lists.collect::<Option<_>>().unwrap_or_default()
    }

    /// Every way in that somebody has or had, and those that everybody has.
    fn all_ways(&self, who: PersonId, at: usize) -> Vec<Way> {
        let after = Some(Visitor::Existing(vec![Actor::person(self.after, who)]));
        let mut all = ways(self.after, at, &after);
        if (who.0 as usize) < self.before.people.len() {
            let before = Some(Visitor::Existing(vec![Actor::person(self.before, who)]));
            all.extend(ways(self.before, at, &before));
        }
        all.extend([Way::Open, Way::SelfService, Way::WithoutLogin]);
        all
    }

    fn name(&self, who: PersonId) -> String {
        let person = self.after.people.get(who);
        match (person.email, person.account_id) {
            (Some(email), _) => email.written().to_owned(),
            (None, Some(id)) => format!("id:{id}"),
            (None, None) => person.name.to_owned(),
        }
    }

    fn named(&self, people: impl IntoIterator<Item = PersonId>) -> Named {
        let mut names: Vec<String> = people.into_iter().map(|who| self.name(who)).collect();
        names.sort_unstable();
        Named { list: names }
    }

    fn tally(&self, found: Vec<(Vec<PersonId>, Fate)>, causes: &Causes) -> Impact {
        let mut impact = Impact::default();
        let mut groups: [BTreeMap<&Key, Vec<PersonId>>; 3] = Default::default();
        let (mut left, mut unsure) = (Vec::new(), Vec::new());
        for (people, fate) in &found {
            let lists = [&fate.gains, &fate.losses, &fate.keeps];
            for (groups, keys) in groups.iter_mut().zip(lists) {
                for key in keys {
                    groups.entry(key).or_default().extend(people);
                }
            }
            if !fate.gains.is_empty() {
                impact.gaining.extend(people);
            }
            if !fate.losses.is_empty() {
                impact.losing.extend(people);
            }
            match fate.left {
                Some(Answer::No) if fate.loses_for_sure => left.extend(people),
                // Or nothing was sure before.
                Some(Answer::No | Answer::Uncertain) => unsure.extend(people),
                Some(Answer::Yes) | None => {}
            }
        }
        let [gains, losses, keeps] = groups.map(|groups| self.groups(&groups, causes));
        impact.gains = gains;
        impact.losses = losses;
        impact.keeps = keeps;
        impact.without_any_access = self.named(left);
        impact.without_sure_access = self.named(unsure);
        impact
    }

    fn groups(&self, found: &BTreeMap<&Key, Vec<PersonId>>, causes: &Causes) -> Vec<Group> {
        let groups = found.iter().map(|(key, people)| {
            let first = people.iter().min_by_key(|who| (self.name(**who), **who));
            // Ways that go are named as they were, ways that come as they are.
            let goes = key.after < key.before;
            let state: &State<'_> = if goes { self.before } else { self.after };
            let broken: &[Way] = match key.lost.is_empty() {
                true => &key.via,
                false => &key.lost,
            };
            let mut caused_by = BTreeSet::new();
            // What remains remains although something goes.
            let turn = match key.lost.is_empty() {
                true => Turn::from(key.before, key.after),
                false => Turn::Loss,
            };
            for who in people {
                let whose = Whose::person(self.before, self.after, *who);
                let caused = |ways: &[Way]| causes.of(whose, (turn, &key.target), key.at, ways);
                // Articles are reached by the ways into the portal.
                let mut moved = match key.target.space {
                    None => broken.to_vec(),
                    Some(_) => self.moved_ways(*who, key.at, turn),
                };
                if whose.lacks_the_role() && self.is_open(key.at) && !moved.contains(&Way::Open) {
                    moved.push(Way::Open);
                }
                let own = caused(&moved);
                // They can change with a portal that is as open as before, by another of its ways.
                caused_by.extend(match own.is_empty() {
                    true => caused(&self.all_ways(*who, key.at)),
                    false => own,
                });
            }
            Group {
                target: key.target.clone(),
                via: match key.target.space {
                    None => words(state, key.at, &key.via).into(),
                    Some(_) => crate::neutral::phrase::Phrase::default(),
                },
                lost: words(self.before, key.at, &key.lost).into(),
                by: self.by(key, people, turn),
                before: key.before,
                after: key.after,
                people: self.named(people.iter().copied()),
                caused_by,
                because: first
                    .map(|who| self.because(*who, &key.target, key.at))
                    .unwrap_or_default(),
            }
        });
        let mut groups: Vec<Group> = groups.collect();
        fn key(group: &Group) -> impl Ord + '_ {
            let words = (&group.via, &group.lost);
            (&group.target, words, group.before, group.after)
        }
        groups.sort_by(|a, b| key(a).cmp(&key(b)));
        groups
    }
}

fn visitor<'s>(state: &'s State<'_>, id: SituationId) -> Visitor<'s> {
    let (Situation { account, lists }, _, _) = state.people.situation(id);
    Visitor::situation(Situation { account, lists })
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
