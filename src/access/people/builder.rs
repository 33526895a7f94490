//! Gathering people and the lists they stand on.

use super::register::Register;
use super::{
    Account, ListId, Membership, People, Person, PersonId, ReadPeople, Situation, SituationId,
    everybody::Everybody, position,
};
use crate::access::answer::Source;
use crate::model::{AccountId, Email, ManyMap};
use crate::observed::{Accounts, ObservedAccount};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Gathers people and their memberships.
#[derive(Debug, Default)]
pub struct PeopleBuilder<'a> {
    people: Everybody<'a>,
    register: Register<'a>,
    memberships: Vec<(u32, Membership)>,
    unresolved: HashMap<Email, String>,
    unlisted: Option<String>,
}

impl<'a> PeopleBuilder<'a> {
    /// Begins with nobody, and room for this many people.
    pub fn with_capacity(people: usize) -> Self {
        Self {
            people: Everybody::with_capacity(people),
            register: Register::with_capacity(people),
            ..Self::default()
        }
    }

    /// Begins with everybody who was read, in the order of their ids. More than one on an address makes twins (R1a).
    pub fn of(
        read: &'a Accounts,
        account: impl Fn(&'a AccountId, &'a ObservedAccount) -> Account,
    ) -> Self {
        let account = |id: &'a AccountId, seen: &'a ObservedAccount| Account {
            twin: seen
                .email
                .is_some_and(|email| read.sharing(&email).is_some()),
            ..account(id, seen)
        };
        Self {
            people: Everybody::of(read, account),
            register: Register::of(read),
            ..Self::default()
        }
    }

    /// Returns who has this address already.
    pub fn find(&self, email: &Email) -> Option<PersonId> {
        self.register.first(email)
    }

    /// Returns who has this account id already.
    pub fn find_account(&self, id: &AccountId) -> Option<PersonId> {
        self.register.account(id)
    }

    /// Adds a person. A second one on the same address makes both twins (R1a); a third is counted by id only.
    pub fn add(&mut self, mut person: Person<'a>) -> PersonId {
        let at = PersonId(position(self.people.len()));
        let first = person.email.and_then(|email| self.register.has(*email, at));
        if let Some(first) = first {
            person.account.twin = true;
            self.account_mut(first).twin = true;
        }
        if let Some(id) = person.account_id {
            self.register.is_of(*id, at);
        }
        self.people.push(person);
        at
    }

    /// Lets an address that the site hides stand for an account that is already there; where another account has the address,
    /// they share it (R1a).
    pub fn also_known_as(&mut self, email: &Email, id: PersonId) {
        if self.register.second(email).is_some() {
            return;
        }
        if let Some(first) = self.register.has(*email, id) {
            for one in [first, id] {
                self.account_mut(one).twin = true;
            }
        }
    }

    /// Notes that a second account, which stands on no list, has an address too (R1a).
    pub(in crate::access) fn share(&mut self, email: &Email) {
        if let Some(id) = self.find(email) {
            self.register.share(*email);
            self.account_mut(id).twin = true;
        }
    }

    /// Changes a person.
    pub fn account_mut(&mut self, id: PersonId) -> &mut Account {
        self.people.account_mut(id.0)
    }

    /// Names somebody who has no name yet.
    pub fn name(&mut self, id: PersonId, name: &'a str) {
        self.people.name(id.0, name);
    }

    /// Puts a person on a list; the first mention of a list counts.
    pub fn join(&mut self, id: PersonId, list: ListId, source: Source) {
        self.memberships.push((id.0, Membership { list, source }));
    }

    /// Says that nobody has an address, or why that is not known.
    pub fn unresolved(&mut self, email: &Email, why: Option<String>) {
        self.unresolved.insert(*email, why.unwrap_or_default());
    }

    /// Says that people who are not known may still have an account, and why that was not asked.
    pub fn others_may_exist(&mut self, why: &str) {
        self.unlisted = Some(why.to_owned());
    }

    /// Builds the indices.
    pub fn build(mut self) -> People<'a> {
        let count = self.people.len();
        let (starts, lists, sources) = by_person(count, std::mem::take(&mut self.memberships));
        let mut people = ReadPeople {
            people: self.people,
            register: self.register,
            starts,
            lists,
            sources,
            situation: Vec::with_capacity(count),
            examples: Vec::new(),
            counts: Vec::new(),
            hidden: BTreeMap::new(),
            unresolved: self.unresolved,
            unlisted: self.unlisted,
            domains: OnceLock::new(),
        };
        let mut known: ManyMap<Situation<'_>, u32> = ManyMap::default();
        let mut hidden: BTreeMap<SituationId, u32> = BTreeMap::new();
        let (mut of_person, mut examples, mut counts) = (Vec::with_capacity(count), vec![], vec![]);
        for id in 0..position(count) {
            let account = people.people.account(id);
            let situation = Situation {
                account,
                lists: &people.lists[people.range(id)],
            };
            let at = *known.entry(situation).or_insert_with(|| {
                examples.push(id);
                counts.push(0_u32);
                u32::try_from(examples.len() - 1).unwrap_or(u32::MAX)
            });
            counts[at as usize] += 1;
            if people.people.get(id).email.is_none() {
                *hidden.entry(SituationId(at)).or_default() += 1;
            }
            of_person.push(at);
        }
        (people.situation, people.examples, people.counts) = (of_person, examples, counts);
        people.hidden = hidden;
        People {
            read: Arc::new(people),
            moves: None,
        }
    }
}

/// Puts memberships in the order of people and of their lists, each list once, with where each person's begin. The first mention
/// of a list counts.
fn by_person(
    people: usize,
    memberships: Vec<(u32, Membership)>,
) -> (Vec<u32>, Vec<ListId>, Vec<Source>) {
    let mut ends = vec![0_u32; people + 1];
    for (person, _) in &memberships {
        ends[*person as usize + 1] += 1;
    }
    for at in 1..ends.len() {
        ends[at] += ends[at - 1];
    }
    // Each person's begin where the last one's end; placing moves the begin to the end.
    let mut placed = vec![0_u32; memberships.len()];
    for (at, (person, _)) in (0..).zip(&memberships) {
        let next = &mut ends[*person as usize];
        placed[*next as usize] = at;
        *next += 1;
    }
    let mut starts = Vec::with_capacity(people + 1);
    let (mut lists, mut sources) = (
        Vec::with_capacity(placed.len()),
        Vec::with_capacity(placed.len()),
    );
    let mut from = 0;
    for end in &ends[..people] {
        starts.push(position(lists.len()));
        let own = &mut placed[from..*end as usize];
        from = *end as usize;
        own.sort_by_key(|at| memberships[*at as usize].1.list);
        let mut last = None;
        for at in own {
            let Membership { list, source } = memberships[*at as usize].1;
            if last.replace(list) != Some(list) {
                lists.push(list);
                sources.push(source);
            }
        }
    }
    starts.push(position(lists.len()));
    (starts, lists, sources)
}
