//! Whom an expectation is about: classes, known people (one per situation), and members whom nobody knows.

mod others;

pub(super) use others::serves;

use crate::access::{
    Account, Actor, Answer, Coverage, ListId, Lookup, PersonId, Role, SituationId, State,
    StateKind, Visitor,
};
use crate::config::{Ability, Expectation, ExpectedWho};
use crate::model::{AccountKind, Email};
use crate::neutral::phrase::{Phrase, foreign, marked, personal, say};
use std::collections::BTreeSet;

/// Somebody whom an expectation is about, in any state of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Without login.
    Anonymous,
    /// A new address of a public mail provider.
    Public,
    /// A new address of a company that no list names.
    Company,
    /// An existing customer who is on no list.
    AnyCustomer,
    /// A new address of a domain.
    New(String),
    /// An address, with whatever accounts it has.
    Address(Email),
    /// The same, where only new accounts are meant.
    Signs(Email),
    /// A known person, who stands for everybody in their situation.
    Person(PersonId),
    /// Whoever else is a member of an organization, by position.
    Member(u32),
    /// Somebody whose address is hidden.
    Hidden(SituationId),
    /// Somebody of whom nothing is known but that they may be meant.
    Unread,
    /// Offline: somebody whom no list of the workspace names, and who may be on one that holds more people.
    Unlisted,
}

/// Somebody whom an expectation is about, with a name.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) name: Phrase,
    pub(super) who: Who,
    /// Whether it is not known that there is anybody like that.
    pub(super) perhaps: bool,
}

impl Subject {
    fn new(name: impl Into<Phrase>, who: Who) -> Self {
        Self {
            name: name.into(),
            who,
            perhaps: false,
        }
    }
}

impl Who {
    /// Returns the visitor that this is in a state; `None` where nobody is like that there.
    pub(super) fn visitor<'s>(
        &self,
        state: &'s State<'_>,
        lists: &'s [ListId],
    ) -> Option<Visitor<'s>> {
        Some(match self {
            Self::Anonymous => Visitor::Anonymous,
            Self::Public | Self::Company => match Visitor::anyone(state) {
                Visitor::Anyone(classes) => {
                    let [public, company] = *classes;
                    Visitor::New(if *self == Self::Public {
                        public
                    } else {
                        company
                    })
                }
                other => other,
            },
            Self::AnyCustomer => Visitor::AnyCustomer,
            Self::New(domain) => Visitor::new_address(state, domain),
            // Signing up is about those who have no account.
            Self::Signs(email) => Visitor::address(state, email),
            Self::Address(email) => Visitor::asked(state, email),
            Self::Person(id) if (id.0 as usize) < state.people.len() => {
                Visitor::Existing(vec![Actor::person(state, *id)])
            }
            Self::Person(_) => return None,
            Self::Member(at) if (*at as usize) < state.organizations.len() => {
                Visitor::Existing(vec![Actor {
                    account: Account::customer(AccountKind::PortalOnly),
                    lists,
                    sources: &[],
                    certainty: crate::access::Answer::Yes,
                }])
            }
            Self::Member(_) => return None,
            Self::Unread => Visitor::Existing(vec![Actor {
                account: Account {
                    role: Role::Unknown,
                    ..Account::customer(AccountKind::Atlassian)
                },
                certainty: Answer::Uncertain,
                ..Actor::customer()
            }]),
            Self::Unlisted => Visitor::Existing(vec![Actor::customer()]),
            Self::Hidden(id) => Visitor::situation(state.people.situation(*id).0),
        })
    }
}

/// Returns the list that an expectation about an organization is about.
pub(super) fn lists(expectation: &Expectation, state: &State<'_>) -> Vec<ListId> {
    let ExpectedWho::Organization(name) = &expectation.who.value else {
        return Vec::new();
    };
    let mut organizations = (0_u32..).zip(&state.organizations);
    let found = organizations
        .find(|(_, organization)| !organization.gone && organization.name == name.as_str());
    found
        .map(|(at, _)| ListId::Organization(at))
        .into_iter()
        .collect()
}

/// Resolves `who` to subjects.
pub(super) fn subjects(
    expectation: &Expectation,
    state: &State<'_>,
    lists: &[ListId],
) -> Vec<Subject> {
    let subject = |name: Phrase, who| Subject::new(name, who);
    match &expectation.who.value {
        ExpectedWho::Anonymous => vec![subject("a visitor without login".into(), Who::Anonymous)],
        // Apart, so that what holds for one class only is decided.
        ExpectedWho::Anyone => vec![
            subject(
                "anyone with an address of a public mail provider".into(),
                Who::Public,
            ),
            subject(
                "anyone of a company that no list names".into(),
                Who::Company,
            ),
        ],
        ExpectedWho::AnyCustomer => vec![subject("any customer".into(), Who::AnyCustomer)],
        ExpectedWho::Domain(domain) => {
            let new = subject(
                format!("a new address of `{domain}`").into(),
                Who::New(domain.as_str().to_owned()),
            );
            let known = people(state, |email, _| {
                email.is_some_and(|email| email.domain() == domain.as_str())
            });
            let mut all: Vec<_> = std::iter::once(new).chain(known).collect();
            // `can` is asked of everybody who is known; `cannot` is broken by whoever turns up.
            if !expectation.can {
                all.extend(perhaps_of(state, domain.as_str()));
            }
            all
        }
        ExpectedWho::Organization(name) => {
            let mut all = people(state, |_, on| lists.iter().any(|list| on.contains(list)));
            if let [ListId::Organization(at)] = lists {
                all.push(subject(
                    say("any member of {}", [foreign(name)]),
                    Who::Member(*at),
                ));
            } else if state.organizations.hides_others() {
                all.push(subject(
                    say("a member of {}, which was not read,", [foreign(name)]),
                    Who::Unread,
                ));
            }
            all
        }
        ExpectedWho::Group(name) => members(state, name),
        ExpectedWho::Others(allowed) => {
            let allowed: Vec<&ExpectedWho> = allowed.iter().map(|who| &who.value).collect();
            others::others(state, &allowed)
        }
        ExpectedWho::Person(email) => {
            let name = marked(email);
            let who = match expectation.ability.value {
                Ability::SignUp => Who::Signs(*email),
                _ => Who::Address(*email),
            };
            let mut all = vec![subject(name.clone(), who)];
            if state.kind == StateKind::Desired && state.people.lookup(email) == Lookup::Nobody {
                all.push(subject(
                    name.word(", if there is an account already,"),
                    Who::AnyCustomer,
                ));
            }
            all
        }
    }
}

/// Everybody in a group, and whoever may be in it where its members were not read.
fn members(state: &State<'_>, name: &str) -> Vec<Subject> {
    let group = state.groups.values().find(|group| group.name == name);
    let known: BTreeSet<PersonId> = group
        .into_iter()
        .flat_map(|group| group.people.iter().copied())
        .collect();
    let mut all = people_of(state, known.iter().copied());
    if group.is_none_or(|group| group.members != Coverage::Whole) {
        all.push(Subject::new(
            say(
                "somebody in group {}, whose members were not read,",
                [foreign(name)],
            ),
            Who::Unread,
        ));
    }
    all
}

/// Whoever may be of a domain and is not known to be: people whose address is hidden, and offline whoever else stands on
/// lists that may hold more people than are written.
fn perhaps_of(state: &State<'_>, domain: &str) -> Vec<Subject> {
    let perhaps = |name: String, who| Subject {
        name: name.into(),
        who,
        perhaps: true,
    };
    if state.kind == StateKind::Desired {
        let name = format!("somebody of `{domain}` whom the workspace does not name");
        return vec![perhaps(name, Who::Unlisted)];
    }
    let name = format!("somebody whose address is hidden, perhaps of `{domain}`,");
    let hidden = state.people.hidden_situations();
    hidden
        .map(|id| perhaps(name.clone(), Who::Hidden(id)))
        .collect()
}

/// One subject for each situation of the known people who are meant.
fn people(state: &State<'_>, meant: impl Fn(Option<&Email>, &[ListId]) -> bool) -> Vec<Subject> {
    let meant = |id: &PersonId| {
        let person = state.people.get(*id);
        meant(person.email, state.people.lists(*id))
    };
    people_of(state, state.people.ids().filter(meant))
}

/// One subject for each situation of these people.
fn people_of(state: &State<'_>, people: impl Iterator<Item = PersonId>) -> Vec<Subject> {
    let mut seen = BTreeSet::new();
    people
        .filter(|id| seen.insert(state.people.situation_of(*id)))
        .map(|id| {
            let person = state.people.get(id);
            let name = match (person.email, person.account_id) {
                (Some(email), _) => marked(email),
                (None, Some(account)) => marked(format!("id:{account}")),
                (None, None) => personal(person.name),
            };
            Subject::new(name, Who::Person(id))
        })
        .collect()
}
