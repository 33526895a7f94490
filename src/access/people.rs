//! Known people, the lists they stand on, and their distinct situations.

mod builder;
mod everybody;
mod mover;
mod register;

pub use builder::PeopleBuilder;
pub(super) use mover::Mover;

use super::answer::Source;
use crate::model::{AccountId, AccountKind, Email, ManySet};
use everybody::Everybody;
use register::Register;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

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
    people: Everybody<'a>,
    register: Register<'a>,
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
    unresolved: HashMap<Email, String>,
    unlisted: Option<String>,
    /// The domains of their addresses, once somebody asked.
    domains: OnceLock<ManySet<&'static str>>,
}

/// What changes make of the people who were read: an overlay, not a copy.
#[derive(Debug, Clone, Default)]
struct Moves<'a> {
    /// People whom the changes make, and people whose account they change, by position.
    people: BTreeMap<u32, Person<'a>>,
    by_email: HashMap<Email, u32>,
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
    pub fn iter(&self) -> impl Iterator<Item = Person<'a>> {
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
    pub fn get(&self, id: PersonId) -> Person<'a> {
        let made = self
            .moves
            .as_ref()
            .and_then(|moves| moves.people.get(&id.0).copied());
        made.unwrap_or_else(|| self.read.people.get(id.0))
    }

    /// Looks an address up (R1).
    pub fn lookup(&self, email: &Email) -> Lookup {
        let made = self
            .moves
            .as_ref()
            .and_then(|moves| moves.by_email.get(email));
        let register = &self.read.register;
        let read = [register.first(email), register.second(email)];
        let made = made.copied().map(PersonId);
        let ids: Vec<PersonId> = read.into_iter().flatten().chain(made).collect();
        if !ids.is_empty() {
            return Lookup::Accounts(ids);
        }
        if let Some(why) = self.read.unresolved.get(email) {
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
        self.read.register.account(id)
    }

    /// Returns the domain of every known address, some of them more than once.
    pub fn domains(&self) -> impl Iterator<Item = &'static str> {
        let made = self.moves.iter().flat_map(|moves| moves.people.values());
        let made = made.filter_map(|person| person.email.map(Email::domain));
        self.read.domains().iter().copied().chain(made)
    }

    /// Returns the addresses that two accounts have (R1a), each of them once or twice.
    pub fn shared_addresses(&self) -> impl Iterator<Item = &'static str> {
        let read = self.read.register.shared().iter();
        let made = self.moves.iter().flat_map(|moves| moves.people.values());
        let made = made.filter(|person| person.account.twin);
        let made = made.filter_map(|person| person.email.map(Email::key));
        read.map(Email::key).chain(made)
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
                account: self.read.people.account(example.0),
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
    fn domains(&self) -> &ManySet<&'static str> {
        self.domains.get_or_init(|| {
            let addresses = self.people.iter().filter_map(|person| person.email);
            addresses.map(Email::domain).collect()
        })
    }

    fn range(&self, person: u32) -> std::ops::Range<usize> {
        let at = person as usize;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }
}

fn position(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
