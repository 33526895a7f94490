//! Known people, the lists they stand on, and their distinct situations.

use super::answer::Source;
use crate::model::{AccountId, AccountKind, Email, ManyMap};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

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
    /// Perhaps the members of an organization: the caller lacks the right to put somebody on the list, or to take them off.
    PerhapsOrganization(u32),
    /// Perhaps the roster of a project.
    PerhapsRoster(u32),
    /// People whom the permission scheme or a role of a project lets in, by [`Circle::id`](super::Circle::id).
    Circle(u32),
    /// Perhaps the same: the caller lacks the right to let them in, or to keep them out.
    PerhapsCircle(u32),
    /// Perhaps the members of organizations whose e-mail domains were not read: an account that is made joins by its domain (A2).
    PerhapsByDomain,
}

impl ListId {
    /// The same list, of which it is not known whether somebody is on it.
    #[must_use]
    pub const fn perhaps(self) -> Self {
        match self {
            Self::Organization(at) => Self::PerhapsOrganization(at),
            Self::Roster(at) => Self::PerhapsRoster(at),
            Self::Circle(id) => Self::PerhapsCircle(id),
            other => other,
        }
    }
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
    /// Whether there will be such an account is not known: the site may refuse it (R3), or a revoked one may have the address
    /// (R1g), or the caller lacks the right to make it.
    Perhaps,
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
    /// Whether it holds a licence of Confluence; `None` where nobody read that.
    pub confluence: Option<bool>,
}

impl Account {
    /// An active customer.
    pub const fn customer(kind: AccountKind) -> Self {
        Self {
            kind: Some(kind),
            status: Status::Active,
            role: Role::Customer,
            twin: false,
            confluence: None,
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

/// Everybody who is known, with their lists: read once, and shared by every state that changes lead to.
///
/// A person keeps their position, and a situation its number, through all states of one run, so that two states are
/// compared by numbers.
#[derive(Debug, Clone, Default)]
pub struct People<'a> {
    read: Arc<ReadPeople<'a>>,
    moves: Option<Arc<Moves<'a>>>,
}

/// Everybody as read.
#[derive(Debug, Default)]
struct ReadPeople<'a> {
    people: Vec<Person<'a>>,
    by_email: ManyMap<&'a str, Vec1>,
    by_account: ManyMap<&'a AccountId, u32>,
    /// Lists of person `i` are `lists[starts[i]..starts[i + 1]]`, with their sources beside them.
    starts: Vec<u32>,
    lists: Vec<ListId>,
    sources: Vec<Source>,
    /// The situation of each person, and a person of each situation.
    situation: Vec<u32>,
    examples: Vec<u32>,
    counts: Vec<u32>,
    /// How many people of each situation hide their address: each may be anybody whose account was not found.
    hidden: BTreeMap<SituationId, u32>,
    /// Addresses whose owner could not be told, and whether everybody else who is not known has no account.
    unresolved: HashMap<&'a str, String>,
    unlisted: Option<String>,
    /// The domains of their addresses.
    domains: BTreeSet<&'a str>,
}

/// What changes make of the people who were read: an overlay, not a copy.
#[derive(Debug, Clone, Default)]
struct Moves<'a> {
    /// People whom the changes make, and people whose account they change, by position.
    people: BTreeMap<u32, Person<'a>>,
    by_email: HashMap<&'a str, u32>,
    /// People whose lists or account differ from what was read.
    moved: HashMap<u32, Moved>,
    /// Each situation that nobody was in before, with somebody who came into it; numbered after those that were read.
    situations: Vec<(u32, Account, Vec<ListId>)>,
    /// By how much the number of people in a situation differs.
    counts: HashMap<u32, i64>,
    hidden: BTreeMap<SituationId, i64>,
}

/// Where somebody stands after the changes.
#[derive(Debug, Clone, Default)]
struct Moved {
    lists: Vec<ListId>,
    sources: Vec<Source>,
    situation: u32,
}

/// One or two positions: an address seldom has two accounts, never more.
#[derive(Debug, Clone, Copy)]
struct Vec1(u32, Option<u32>);

impl<'a> People<'a> {
    /// Returns how many people are known.
    pub fn len(&self) -> usize {
        let made = self.moves.iter().flat_map(|moves| moves.people.keys());
        let made = made.filter(|at| **at as usize >= self.read.people.len());
        self.read.people.len() + made.count()
    }

    /// Says whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns everybody, in the order of their positions.
    pub fn iter(&self) -> impl Iterator<Item = &Person<'a>> {
        self.ids().map(|id| self.get(id))
    }

    /// Returns every position.
    pub fn ids(&self) -> impl Iterator<Item = PersonId> + use<> {
        (0..position(self.len())).map(PersonId)
    }

    /// Returns the positions of people whose account or lists are not as they were read, the first first.
    pub fn moved(&self) -> Vec<PersonId> {
        let moved = self.moves.iter().flat_map(|moves| moves.moved.keys());
        let mut moved: Vec<PersonId> = moved.map(|at| PersonId(*at)).collect();
        moved.sort_unstable();
        moved
    }

    /// Returns a person.
    pub fn get(&self, id: PersonId) -> &Person<'a> {
        let made = self
            .moves
            .as_ref()
            .and_then(|moves| moves.people.get(&id.0));
        made.unwrap_or_else(|| &self.read.people[id.0 as usize])
    }

    /// Looks an address up (R1).
    pub fn lookup(&self, email: &Email) -> Lookup {
        let made = self
            .moves
            .as_ref()
            .and_then(|moves| moves.by_email.get(email.key()));
        let read = self.read.by_email.get(email.key()).into_iter();
        let ids = read.flat_map(|Vec1(first, second)| std::iter::once(*first).chain(*second));
        let ids: Vec<PersonId> = ids.chain(made.copied()).map(PersonId).collect();
        if !ids.is_empty() {
            return Lookup::Accounts(ids);
        }
        if let Some(why) = self.read.unresolved.get(email.key()) {
            return match why.is_empty() {
                true => Lookup::Nobody,
                false => Lookup::Unknown(why.clone()),
            };
        }
        match &self.read.unlisted {
            None => Lookup::Nobody,
            Some(why) => Lookup::Unknown(why.clone()),
        }
    }

    /// Looks an account id up.
    pub fn by_account(&self, id: &AccountId) -> Option<PersonId> {
        self.read.by_account.get(id).copied().map(PersonId)
    }

    /// Returns the domain of every known address, some of them more than once.
    pub fn domains(&self) -> impl Iterator<Item = &'a str> {
        let made = self.moves.iter().flat_map(|moves| moves.people.values());
        let made = made.filter_map(|person| person.email.map(Email::domain));
        self.read.domains.iter().copied().chain(made)
    }

    /// Returns the addresses that two accounts have (R1a), each of them once or twice.
    pub fn shared_addresses(&self) -> impl Iterator<Item = &'a str> {
        let read = self.read.by_email.iter();
        let read = read.filter(|(_, Vec1(first, second))| {
            second.is_some() || self.get(PersonId(*first)).account.twin
        });
        let made = self.moves.iter().flat_map(|moves| moves.people.values());
        let made = made.filter(|person| person.account.twin);
        let made = made.filter_map(|person| person.email.map(Email::key));
        read.map(|(key, _)| *key).chain(made)
    }

    fn moved_to(&self, id: PersonId) -> Option<&Moved> {
        self.moves.as_ref()?.moved.get(&id.0)
    }

    /// Returns the lists of a person, sorted.
    pub fn lists(&self, id: PersonId) -> &[ListId] {
        match self.moved_to(id) {
            Some(moved) => &moved.lists,
            None => &self.read.lists[self.read.range(id.0)],
        }
    }

    /// Returns where each of a person's lists is said, in the order of [`People::lists`].
    pub fn sources(&self, id: PersonId) -> &[Source] {
        match self.moved_to(id) {
            Some(moved) => &moved.sources,
            None => &self.read.sources[self.read.range(id.0)],
        }
    }

    /// Returns how many distinct situations have a number; nobody may be left in one.
    pub fn situations(&self) -> usize {
        let more = self
            .moves
            .as_ref()
            .map_or(0, |moves| moves.situations.len());
        self.read.examples.len() + more
    }

    /// Returns the situations of people whose address is hidden: each may be anybody whose account was not found.
    pub fn hidden(&self) -> impl Iterator<Item = Situation<'_>> {
        self.hidden_situations().map(|id| self.situation(id).0)
    }

    /// Returns the numbers of the situations of people whose address is hidden.
    pub fn hidden_situations(&self) -> impl Iterator<Item = SituationId> {
        let moves = self.moves.as_ref().map(|moves| &moves.hidden);
        let more = moves.into_iter().flat_map(|hidden| hidden.keys());
        let all: BTreeSet<SituationId> = self.read.hidden.keys().chain(more).copied().collect();
        all.into_iter().filter(move |id| {
            let read = i64::from(self.read.hidden.get(id).copied().unwrap_or(0));
            let more = moves
                .and_then(|hidden| hidden.get(id))
                .copied()
                .unwrap_or(0);
            read + more > 0
        })
    }

    /// Returns the situation of a person.
    pub fn situation_of(&self, id: PersonId) -> SituationId {
        let moved = self.moved_to(id).map(|moved| moved.situation);
        SituationId(moved.unwrap_or_else(|| self.read.situation[id.0 as usize]))
    }

    /// Returns a situation with somebody who is or was in it, and how many people are.
    ///
    /// The situation is that of the state in which its number was given, whoever has left it since.
    pub fn situation(&self, id: SituationId) -> (Situation<'_>, PersonId, u32) {
        let at = id.0 as usize;
        let read = self.read.examples.len();
        if at < read {
            let example = PersonId(self.read.examples[at]);
            let situation = Situation {
                account: self.read.people[example.0 as usize].account,
                lists: &self.read.lists[self.read.range(example.0)],
            };
            let more = self
                .moves
                .as_ref()
                .and_then(|moves| moves.counts.get(&id.0));
            let count = i64::from(self.read.counts[at]) + more.copied().unwrap_or(0);
            return (situation, example, u32::try_from(count).unwrap_or(0));
        }
        let moves = self.moves.as_deref();
        let count = moves.and_then(|moves| moves.counts.get(&id.0)).copied();
        let found = moves.and_then(|moves| moves.situations.get(at - read));
        let Some((example, account, lists)) = found else {
            debug_assert!(false, "situation {at} has no number");
            return self.situation(SituationId(0));
        };
        let example = PersonId(*example);
        let situation = Situation {
            account: *account,
            lists,
        };
        (
            situation,
            example,
            u32::try_from(count.unwrap_or(0)).unwrap_or(0),
        )
    }
}

impl ReadPeople<'_> {
    fn range(&self, person: u32) -> std::ops::Range<usize> {
        let at = person as usize;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }
}

fn position(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Changes people: gathers what differs, then numbers the situations that come of it.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    people: People<'a>,
    changed: BTreeMap<u32, (Vec<(ListId, Source)>, Account)>,
    next: u32,
    made: BTreeMap<u32, Person<'a>>,
    by_email: HashMap<&'a str, u32>,
}

impl<'a> Mover<'a> {
    /// Begins with people as they are.
    pub(super) fn new(people: &People<'a>) -> Self {
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
    pub(super) fn make(&mut self, mut person: Person<'a>) -> PersonId {
        let id = PersonId(self.next);
        self.next += 1;
        if let Some(email) = person.email {
            if let Lookup::Accounts(others) = self.people.lookup(email) {
                person.account.twin = true;
                for other in others {
                    self.entry(other).1.twin = true;
                }
            }
            self.by_email.insert(email.key(), id.0);
        }
        self.made.insert(id.0, person);
        let _ = self.entry(id);
        id
    }

    /// Finds an account that the changes make.
    pub(super) fn made(&self, email: &Email) -> Option<PersonId> {
        self.by_email.get(email.key()).copied().map(PersonId)
    }

    /// Returns an account, to be changed.
    pub(super) fn account(&mut self, id: PersonId) -> &mut Account {
        &mut self.entry(id).1
    }

    /// Puts somebody on a list.
    pub(super) fn join(&mut self, id: PersonId, list: ListId, source: Source) {
        let (lists, _) = self.entry(id);
        if let Err(at) = lists.binary_search_by_key(&list, |(list, _)| *list) {
            lists.insert(at, (list, source));
        }
    }

    /// Takes somebody off a list.
    pub(super) fn leave(&mut self, id: PersonId, list: ListId) {
        let (lists, _) = self.entry(id);
        lists.retain(|(other, _)| *other != list);
    }

    /// Numbers the situations and returns the people as they are now.
    pub(super) fn done(self) -> People<'a> {
        if self.changed.is_empty() {
            return self.people;
        }
        let before = self.people;
        let mut moves = before.moves.as_deref().cloned().unwrap_or_default();
        moves.people.extend(self.made);
        moves.by_email.extend(self.by_email);
        let mut known: HashMap<Situation<'_>, u32> = HashMap::new();
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
                let person = *before.get(id);
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

/// Gathers people and their memberships.
#[derive(Debug, Default)]
pub struct PeopleBuilder<'a> {
    people: Vec<Person<'a>>,
    by_email: ManyMap<&'a str, Vec1>,
    by_account: ManyMap<&'a AccountId, u32>,
    memberships: Vec<(u32, Membership)>,
    unresolved: HashMap<&'a str, String>,
    unlisted: Option<String>,
}

impl<'a> PeopleBuilder<'a> {
    /// Makes room for this many people.
    pub fn with_capacity(people: usize) -> Self {
        Self {
            people: Vec::with_capacity(people),
            by_email: ManyMap::with_capacity_and_hasher(people, Default::default()),
            by_account: ManyMap::with_capacity_and_hasher(people, Default::default()),
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
        self.by_account.get(id).copied().map(PersonId)
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
            self.by_account.insert(id, position);
        }
        self.people.push(person);
        PersonId(position)
    }

    /// Lets an address that the site hides stand for an account that is already there; where another account has the address,
    /// they share it (R1a).
    pub fn also_known_as(&mut self, email: &'a Email, id: PersonId) {
        let known = self.by_email.entry(email.key()).or_insert(Vec1(id.0, None));
        if known.0 == id.0 || known.1.is_some() {
            return;
        }
        known.1 = Some(id.0);
        let first = PersonId(known.0);
        for one in [first, id] {
            self.get_mut(one).account.twin = true;
        }
    }

    /// Notes that a second account, which stands on no list, has an address too (R1a).
    pub(super) fn share(&mut self, email: &Email) {
        if let Some(id) = self.find(email) {
            self.get_mut(id).account.twin = true;
        }
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
        let mut people = ReadPeople {
            people: self.people,
            by_email: self.by_email,
            by_account: self.by_account,
            starts,
            lists: self.memberships.iter().map(|(_, m)| m.list).collect(),
            sources: self.memberships.iter().map(|(_, m)| m.source).collect(),
            situation: Vec::with_capacity(count),
            examples: Vec::new(),
            counts: Vec::new(),
            hidden: BTreeMap::new(),
            unresolved: self.unresolved,
            unlisted: self.unlisted,
            domains: BTreeSet::new(),
        };
        drop(self.memberships);
        // Mostly many people of one domain follow each other.
        let mut last = "";
        for domain in people
            .people
            .iter()
            .filter_map(|person| person.email)
            .map(Email::domain)
        {
            if domain != last {
                people.domains.insert(domain);
                last = domain;
            }
        }
        let mut known: HashMap<Situation<'_>, u32> = HashMap::new();
        let mut hidden: BTreeMap<SituationId, u32> = BTreeMap::new();
        let (mut of_person, mut examples, mut counts) = (Vec::with_capacity(count), vec![], vec![]);
        for (id, person) in (0..).zip(&people.people) {
            let situation = Situation {
                account: person.account,
                lists: &people.lists[people.range(id)],
            };
            let at = *known.entry(situation).or_insert_with(|| {
                examples.push(id);
                counts.push(0_u32);
                u32::try_from(examples.len() - 1).unwrap_or(u32::MAX)
            });
            counts[at as usize] += 1;
            if person.email.is_none() {
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
