//! Who is asking: an account on its lists, a new address, or a class of people.

use super::accounts::{self, Channel, DomainClass, Outcome};
use super::answer::{Answer, Source, Trail};
use super::people::{Account, ListId, Lookup, PersonId, Situation};
use super::portal;
use super::state::{State, StateKind};
use crate::model::{AccountKind, Email};

/// Why it is not known offline whether an address has an account.
const NOT_NAMED: &str = "no list of the workspace names it";

/// An account on its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'s> {
    /// The account.
    pub account: Account,
    /// Its lists, sorted.
    pub lists: &'s [ListId],
    /// Where each list is said; empty where nobody will read the trail.
    pub sources: &'s [Source],
    /// How sure the lists are.
    pub certainty: Answer,
}

impl<'s> Actor<'s> {
    /// A customer on no list, of either kind.
    pub const fn customer() -> Self {
        Self {
            account: Account::customer(AccountKind::PortalOnly),
            lists: &[],
            sources: &[],
            certainty: Answer::Yes,
        }
    }

    /// A known person.
    pub fn person(state: &'s State<'_>, id: PersonId) -> Self {
        Self {
            account: state.people.get(id).account,
            lists: state.people.lists(id),
            sources: state.people.sources(id),
            certainty: Answer::Yes,
        }
    }

    /// Everybody in a situation.
    pub const fn situation(situation: Situation<'s>) -> Self {
        Self {
            account: situation.account,
            lists: situation.lists,
            sources: &[],
            certainty: Answer::Yes,
        }
    }

    /// Returns where it is said that the account is on a list, if it is.
    pub fn on(&self, list: ListId) -> Option<Source> {
        let at = self.lists.binary_search(&list).ok()?;
        Some(self.sources.get(at).copied().unwrap_or(Source::Default))
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor<'s> {
    /// Somebody without login.
    Anonymous,
    /// Any address at all: of a public mail provider, and of a company domain that no list names.
    Anyone(Box<[DomainClass; 2]>),
    /// Any existing customer who is on no list.
    AnyCustomer,
    /// A new address.
    New(DomainClass),
    /// Somebody with one account, or two on one address (R1a).
    Existing(Vec<Actor<'s>>),
    /// An address of which it is not known whether it has an account; the reason, and its class.
    Unclear(String, DomainClass),
}

impl<'s> Visitor<'s> {
    /// Leaves aside what whoever is new may get by rules and groups that nobody read.
    pub(crate) fn leave_doubts_aside(&mut self) {
        match self {
            Self::Anyone(classes) => classes.iter_mut().for_each(|class| class.doubts = false),
            Self::New(class) | Self::Unclear(_, class) => class.doubts = false,
            Self::Anonymous | Self::AnyCustomer | Self::Existing(_) => {}
        }
    }

    /// Any address at all.
    pub fn anyone(state: &State<'_>) -> Self {
        Self::Anyone(Box::new([
            DomainClass::unlisted(state, true),
            DomainClass::unlisted(state, false),
        ]))
    }

    /// A new address of a domain that nothing names, of a public mail provider or of a company.
    pub fn of_any_domain(state: &State<'_>, public: bool) -> Self {
        Self::New(DomainClass::unlisted(state, public))
    }

    /// A new address of a domain, in lower-case ASCII.
    pub fn new_address(state: &State<'_>, domain: &str) -> Self {
        Self::New(DomainClass::of(state, domain))
    }

    /// One address (R1).
    pub fn address(state: &'s State<'_>, email: &Email) -> Self {
        match state.people.lookup(email) {
            Lookup::Accounts(ids) => {
                Self::Existing(ids.into_iter().map(|id| Actor::person(state, id)).collect())
            }
            Lookup::Nobody => Self::new_address(state, email.domain()),
            Lookup::Unknown(why) => Self::Unclear(why, DomainClass::of(state, email.domain())),
        }
    }

    /// One address, as [`Visitor::address`] takes it, but where only the workspace is known, nobody can say of an address
    /// that no list names whether it has an account.
    pub fn asked(state: &'s State<'_>, email: &Email) -> Self {
        match Self::address(state, email) {
            Self::New(class) if state.kind == StateKind::Desired => {
                Self::Unclear(NOT_NAMED.to_owned(), class)
            }
            visitor => visitor,
        }
    }

    /// Everybody in a situation.
    pub fn situation(situation: Situation<'s>) -> Self {
        Self::Existing(vec![Actor::situation(situation)])
    }
}

/// Returns what becomes of a visitor by one channel.
///
/// `project` is the position of the project, for the channels that depend on one.
pub fn outcome(
    state: &State<'_>,
    visitor: &Visitor<'_>,
    channel: Channel,
    project: Option<usize>,
    trail: &mut Trail,
) -> Outcome {
    let facts = project.and_then(|at| state.projects.get(at));
    match visitor {
        // An anonymous visitor may give any address.
        Visitor::Anonymous => outcome(state, &Visitor::anyone(state), channel, project, trail),
        Visitor::Anyone(classes) => {
            let mut steps = trail.fresh();
            let public = accounts::new_address(state, &classes[0], channel, facts, &mut steps);
            let company = accounts::new_address(state, &classes[1], channel, facts, trail);
            if public != company {
                trail.append(steps);
            }
            public.either(company)
        }
        Visitor::New(class) => accounts::new_address(state, class, channel, facts, trail),
        Visitor::AnyCustomer => {
            let existing = Visitor::Existing(vec![Actor::customer()]);
            outcome(state, &existing, channel, project, trail)
        }
        Visitor::Existing(actors) => {
            let usable =
                project.map(|at| portal::reach(state, at, visitor, &mut Trail::silent()).send);
            // Of two accounts, one that can be used settles it; one that is shut settles it last.
            let weight = |outcome: &Outcome| match outcome {
                Outcome::Existing => 2,
                Outcome::Denied => 0,
                _ => 1,
            };
            actors
                .iter()
                .map(|actor| accounts::existing(actor.account, channel, facts.zip(usable), trail))
                .max_by_key(weight)
                .unwrap_or(Outcome::Denied)
        }
        Visitor::Unclear(why, class) => {
            let _ = accounts::new_address(state, class, channel, facts, trail);
            trail.add("R1", None, || {
                format!("whether the address has an account is not known: {why}").into()
            });
            Outcome::Uncertain
        }
    }
}
