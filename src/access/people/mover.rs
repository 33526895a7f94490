//! Changing people: what differs is gathered, and the situations that come of it are numbered.

use super::{
    Account, ListId, Lookup, Moved, People, Person, PersonId, Situation, SituationId, position,
};
use crate::access::answer::Source;
use crate::model::{Email, ManyMap};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Changes people: gathers what differs, then numbers the situations that come of it.
#[derive(Debug)]
pub(in crate::access) struct Mover<'a> {
    people: People<'a>,
    changed: BTreeMap<u32, (Vec<(ListId, Source)>, Account)>,
    next: u32,
    made: BTreeMap<u32, Person<'a>>,
    by_email: HashMap<Email, u32>,
}

impl<'a> Mover<'a> {
    /// Begins with people as they are.
    pub(in crate::access) fn new(people: &People<'a>) -> Self {
        Self {
            next: position(people.len()),
            people: people.clone(),
            changed: BTreeMap::new(),
            made: BTreeMap::new(),
            by_email: HashMap::new(),
        }
    }

    fn entry(&mut self, id: PersonId) -> &mut (Vec<(ListId, Source)>, Account) {
        let people = &self.people;
        let made = &self.made;
        self.changed.entry(id.0).or_insert_with(|| {
            if let Some(person) = made.get(&id.0) {
                return (Vec::new(), person.account);
            }
            let lists = people.lists(id).iter().copied();
            let lists = lists.zip(people.sources(id).iter().copied()).collect();
            (lists, people.get(id).account)
        })
    }

    /// Makes an account. An address that is there already makes twins (R1a).
    pub(in crate::access) fn make(&mut self, mut person: Person<'a>) -> PersonId {
        let id = PersonId(self.next);
        self.next += 1;
        if let Some(email) = person.email {
            if let Lookup::Accounts(others) = self.people.lookup(email) {
                person.account.twin = true;
                for other in others {
                    self.entry(other).1.twin = true;
                }
            }
            self.by_email.insert(*email, id.0);
        }
        self.made.insert(id.0, person);
        let _ = self.entry(id);
        id
    }

    /// Finds an account that the changes make.
    pub(in crate::access) fn made(&self, email: &Email) -> Option<PersonId> {
        self.by_email.get(email).copied().map(PersonId)
    }

    /// Returns an account, to be changed.
    pub(in crate::access) fn account(&mut self, id: PersonId) -> &mut Account {
        &mut self.entry(id).1
    }

    /// Puts somebody on a list.
    pub(in crate::access) fn join(&mut self, id: PersonId, list: ListId, source: Source) {
        let (lists, _) = self.entry(id);
        if let Err(at) = lists.binary_search_by_key(&list, |(list, _)| *list) {
            lists.insert(at, (list, source));
        }
    }

    /// Takes somebody off a list.
    pub(in crate::access) fn leave(&mut self, id: PersonId, list: ListId) {
        let (lists, _) = self.entry(id);
        lists.retain(|(other, _)| *other != list);
    }

    /// Numbers the situations and returns the people as they are now.
    pub(in crate::access) fn done(self) -> People<'a> {
        if self.changed.is_empty() {
            return self.people;
        }
        let before = self.people;
        let mut moves = before.moves.as_deref().cloned().unwrap_or_default();
        moves.people.extend(self.made);
        moves.by_email.extend(self.by_email);
        let mut known: ManyMap<Situation<'_>, u32> = ManyMap::default();
        for at in 0..position(before.situations()) {
            known.insert(before.situation(SituationId(at)).0, at);
        }
        let changed: Vec<(u32, Vec<ListId>, Vec<Source>, Account)> = self
            .changed
            .into_iter()
            .map(|(at, (lists, account))| {
                let (lists, sources) = lists.into_iter().unzip();
                (at, lists, sources, account)
            })
            .collect();
        let mut numbered: Vec<u32> = Vec::with_capacity(changed.len());
        for (at, lists, _, account) in &changed {
            let situation = Situation {
                account: *account,
                lists,
            };
            let next = position(before.read.examples.len() + moves.situations.len());
            let number = *known.entry(situation).or_insert_with(|| {
                moves.situations.push((*at, *account, lists.clone()));
                next
            });
            numbered.push(number);
        }
        drop(known);
        let count = before.len();
        for ((at, lists, sources, account), situation) in changed.into_iter().zip(numbered) {
            let id = PersonId(at);
            let is_new = at as usize >= count;
            let hidden = match is_new {
                true => false,
                false => before.get(id).email.is_none(),
            };
            if !is_new {
                let was = before.situation_of(id);
                *moves.counts.entry(was.0).or_default() -= 1;
                if hidden {
                    *moves.hidden.entry(was).or_default() -= 1;
                }
                let person = before.get(id);
                if person.account != account {
                    moves.people.insert(at, Person { account, ..person });
                }
            } else if let Some(person) = moves.people.get_mut(&at) {
                person.account = account;
            }
            *moves.counts.entry(situation).or_default() += 1;
            if hidden {
                *moves.hidden.entry(SituationId(situation)).or_default() += 1;
            }
            moves.moved.insert(
                at,
                Moved {
                    lists,
                    sources,
                    situation,
                },
            );
        }
        People {
            read: before.read,
            moves: Some(Arc::new(moves)),
        }
    }
}
