//! Known people, the lists they stand on, and their distinct situations.

use super::answer::Source;
use crate::model::{AccountId, AccountKind, Email};
use std::collections::{BTreeSet, HashMap};

/// The position of a person in [`People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u32);

/// The position of a distinct situation in [`People`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SituationId(pub u32);

/// A list of people, by the position of its owner in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListId {
    /// The members of an organization.
    Organization(u32),
    /// The roster of a project.
    Roster(u32),
    /// People whom the permission scheme or a role of a project lets in, by [`Circle::id`](super::Circle::id).
    Circle(u32),
}

/// Whether an account can be used (section 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It can.
    Active,
    /// It exists and gets no notifications until the address is verified (R6).
    Unverified,
    /// Portal access revoked (R1g), or an Atlassian account suspended (R1b).
    Disabled,
}

/// What an account may do in JSM beyond what lists say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A customer: every portal-only account, and Atlassian accounts with the role Customer.
    Customer,
    /// An agent or administrator of some project, or an app.
    Staff,
    /// An Atlassian account without a JSM role (R1e).
    None,
    /// Not known.
    Unknown,
}

/// What matters of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// Its kind, where known.
    pub kind: Option<AccountKind>,
    /// Whether it can be used.
    pub status: Status,
    /// Its role.
    pub role: Role,
    /// Whether another account has the same address (R1a, R1c).
    pub twin: bool,
}

impl Account {
    /// An active customer.
    pub const fn customer(kind: AccountKind) -> Self {
        Self {
            kind: Some(kind),
            status: Status::Active,
            role: Role::Customer,
            twin: false,
        }
    }
}

/// A known person: one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// The address, unless hidden.
    pub email: Option<&'a Email>,
    /// The account's id, where there is one.
    pub account_id: Option<&'a AccountId>,
    /// The display name: typed by a stranger, to be neutralised by every renderer.
    pub name: &'a str,
    /// What matters of the account.
    pub account: Account,
}

/// That a person stands on a list, and where that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Membership {
    /// The list.
    pub list: ListId,
    /// Where that is said.
    pub source: Source,
}

/// What access depends on: equal situations have equal access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Situation<'s> {
    /// The account.
    pub account: Account,
    /// The lists, sorted.
    pub lists: &'s [ListId],
}

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// One account, or two.
    Accounts(Vec<PersonId>),
    /// Nobody has it.
    Nobody,
    /// Whether somebody has it is not known; the reason.
    Unknown(String),
}

/// Everybody who is known, with their lists; built once.
#[derive(Debug, Default)]
pub struct People<'a> {
    people: Vec<Person<'a>>,
    by_email: HashMap<&'a str, Vec1>,
    by_account: HashMap<&'a str, u32>,
    /// Lists of person `i` are `lists[starts[i]..starts[i + 1]]`, with their sources beside them.
    starts: Vec<u32>,
    lists: Vec<ListId>,
    sources: Vec<Source>,
    /// The situation of each person, and a person of each situation.
    situation: Vec<u32>,
    examples: Vec<u32>,
    counts: Vec<u32>,
    /// The situations in which there is somebody whose address the site hides.
    hidden: BTreeSet<SituationId>,
    /// Addresses whose owner could not be told, and whether everybody else who is not known has no account.
    unresolved: HashMap<&'a str, String>,
    unlisted: Option<String>,
}

/// One or two positions: an address seldom has two accounts, never more.
#[derive(Debug, Clone, Copy)]
struct Vec1(u32, Option<u32>);

impl<'a> People<'a> {
    /// Returns how many people are known.
    pub const fn len(&self) -> usize {
        self.people.len()
    }

    /// Says whether nobody is known.
    pub const fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Returns everybody, in the order of their positions.
    pub fn iter(&self) -> impl Iterator<Item = &Person<'a>> {
        self.people.iter()
    }

    /// Returns every position.
    pub fn ids(&self) -> impl Iterator<Item = PersonId> + use<> {
        (0..u32::try_from(self.people.len()).unwrap_or(u32::MAX)).map(PersonId)
    }

    /// Returns a person.
    pub fn get(&self, id: PersonId) -> &Person<'a> {
        &self.people[id.0 as usize]
    }

    /// Looks an address up (R1).
    pub fn lookup(&self, email: &Email) -> Lookup {
        if let Some(Vec1(first, second)) = self.by_email.get(email.key()) {
            let ids = std::iter::once(*first).chain(*second);
            return Lookup::Accounts(ids.map(PersonId).collect());
        }
        if let Some(why) = self.unresolved.get(email.key()) {
            return match why.is_empty() {
                true => Lookup::Nobody,
                false => Lookup::Unknown(why.clone()),
            };
        }
        match &self.unlisted {
            None => Lookup::Nobody,
            Some(why) => Lookup::Unknown(why.clone()),
        }
    }

    /// Looks an account id up.
    pub fn by_account(&self, id: &AccountId) -> Option<PersonId> {
        self.by_account.get(id.as_str()).copied().map(PersonId)
    }

    fn range(&self, person: u32) -> std::ops::Range<usize> {
        let at = person as usize;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }

    /// Returns the lists of a person, sorted.
    pub fn lists(&self, id: PersonId) -> &[ListId] {
        &self.lists[self.range(id.0)]
    }

    /// Returns where each of a person's lists is said, in the order of [`People::lists`].
    pub fn sources(&self, id: PersonId) -> &[Source] {
        &self.sources[self.range(id.0)]
    }

    /// Returns how many distinct situations there are.
    pub const fn situations(&self) -> usize {
        self.examples.len()
    }

    /// Returns the situations of people whose address is hidden: each may be anybody whose account was not found.
    pub fn hidden(&self) -> impl Iterator<Item = Situation<'_>> {
        self.hidden.iter().map(|id| self.situation(*id).0)
    }

    /// Returns the situation of a person.
    pub fn situation_of(&self, id: PersonId) -> SituationId {
        SituationId(self.situation[id.0 as usize])
    }

    /// Returns a situation with somebody who is in it and how many people are.
    pub fn situation(&self, id: SituationId) -> (Situation<'_>, PersonId, u32) {
        let example = PersonId(self.examples[id.0 as usize]);
        let situation = Situation {
            account: self.get(example).account,
            lists: self.lists(example),
        };
        (situation, example, self.counts[id.0 as usize])
    }
}

/// Gathers people and their memberships.
#[derive(Debug, Default)]
pub struct PeopleBuilder<'a> {
    people: Vec<Person<'a>>,
    by_email: HashMap<&'a str, Vec1>,
    by_account: HashMap<&'a str, u32>,
    memberships: Vec<(u32, Membership)>,
    unresolved: HashMap<&'a str, String>,
    unlisted: Option<String>,
}

impl<'a> PeopleBuilder<'a> {
    /// Makes room for this many people.
    pub fn with_capacity(people: usize) -> Self {
        Self {
            people: Vec::with_capacity(people),
            by_email: HashMap::with_capacity(people),
            ..Self::default()
        }
    }

    /// Returns who has this address already.
    pub fn find(&self, email: &Email) -> Option<PersonId> {
        self.by_email
            .get(email.key())
            .map(|found| PersonId(found.0))
    }

    /// Returns who has this account id already.
    pub fn find_account(&self, id: &AccountId) -> Option<PersonId> {
        self.by_account.get(id.as_str()).copied().map(PersonId)
    }

    /// Adds a person. A second one on the same address makes both twins (R1a); a third is counted by id only.
    pub fn add(&mut self, mut person: Person<'a>) -> PersonId {
        let position = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        if let Some(email) = person.email {
            match self.by_email.get_mut(email.key()) {
                None => {
                    self.by_email.insert(email.key(), Vec1(position, None));
                }
                Some(found) => {
                    found.1.get_or_insert(position);
                    person.account.twin = true;
                    self.people[found.0 as usize].account.twin = true;
                }
            }
        }
        if let Some(id) = person.account_id {
            self.by_account.insert(id.as_str(), position);
        }
        self.people.push(person);
        PersonId(position)
    }

    /// Lets an address that the site hides stand for an account that is already there.
    pub fn also_known_as(&mut self, email: &'a Email, id: PersonId) {
        self.by_email.entry(email.key()).or_insert(Vec1(id.0, None));
    }

    /// Changes a person.
    pub fn get_mut(&mut self, id: PersonId) -> &mut Person<'a> {
        &mut self.people[id.0 as usize]
    }

    /// Puts a person on a list; the first mention of a list counts.
    pub fn join(&mut self, id: PersonId, list: ListId, source: Source) {
        self.memberships.push((id.0, Membership { list, source }));
    }

    /// Says that nobody has an address, or why that is not known.
    pub fn unresolved(&mut self, email: &'a Email, why: Option<String>) {
        self.unresolved.insert(email.key(), why.unwrap_or_default());
    }

    /// Says that people who are not known may still have an account, and why that was not asked.
    pub fn others_may_exist(&mut self, why: &str) {
        self.unlisted = Some(why.to_owned());
    }

    /// Builds the indices.
    pub fn build(mut self) -> People<'a> {
        self.memberships
            .sort_by_key(|(person, m)| (*person, m.list));
        self.memberships
            .dedup_by_key(|(person, m)| (*person, m.list));
        let count = self.people.len();
        let mut starts = vec![0_u32; count + 1];
        for (person, _) in &self.memberships {
            starts[*person as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut people = People {
            people: self.people,
            by_email: self.by_email,
            by_account: self.by_account,
            starts,
            lists: self.memberships.iter().map(|(_, m)| m.list).collect(),
            sources: self.memberships.iter().map(|(_, m)| m.source).collect(),
            situation: Vec::with_capacity(count),
            examples: Vec::new(),
            counts: Vec::new(),
            hidden: BTreeSet::new(),
            unresolved: self.unresolved,
            unlisted: self.unlisted,
        };
        let mut known: HashMap<Situation<'_>, u32> = HashMap::new();
        let mut hidden = BTreeSet::new();
        let (mut of_person, mut examples, mut counts) = (Vec::with_capacity(count), vec![], vec![]);
        for (id, person) in people.ids().zip(&people.people) {
            let situation = Situation {
                account: person.account,
                lists: people.lists(id),
            };
            let at = *known.entry(situation).or_insert_with(|| {
                examples.push(id.0);
                counts.push(0_u32);
                u32::try_from(examples.len() - 1).unwrap_or(u32::MAX)
            });
            counts[at as usize] += 1;
            if person.email.is_none() {
                hidden.insert(SituationId(at));
            }
            of_person.push(at);
        }
        (people.situation, people.examples, people.counts) = (of_person, examples, counts);
        people.hidden = hidden;
        people
    }
}
