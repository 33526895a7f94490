//! Who can do what on a site, and why: the customer access model as one pure evaluator.
//!
//! # Data flow
//!
//! ```text
//! Desired ─────────────┐
//! Desired + Observed ──┼─► State ─► Visitor ─► Outcome by channel, Reach per project, Answer per article, each with a Trail
//! changes, over a State ┘               ▲
//!                        anonymous, anyone, any customer, `*@domain`, an address, a situation
//! ```
//!
//! A [`State`] holds facts, each known with its [`Source`] or unknown with the reason. It is built from what is written
//! ([`State::desired`], and [`State::offline`] for answers about one person), from what was read ([`State::live`]), or as what
//! changes make of another state ([`State::after`], the one fold of effects). The rules
//! are the numbered ones of the customer access model; every function and table row names its number.
//!
//! # Three values
//!
//! Answers are yes, no, or uncertain (P4). [`Answer::exposes`] is the reading for exposure (uncertain counts as access),
//! [`Answer::promises`] the one for promises (uncertain counts as none).
//!
//! # Scale
//!
//! What a person reaches depends on the account and on the lists that the person stands on, not on the name. People
//! with equal accounts on equal lists share one [`Situation`]; addresses without an account are judged by
//! [`DomainClass`]. A million people cost as much as their distinct situations: a [`Trail`] that is
//! [silent](Trail::silent) builds no text, and [`State::people`] holds the indices person → lists and person → situation.
//!
//! # How the next steps plug in
//!
//! - **Impact**: build `before = State::live(..)` and `after = before.after(changes)`; for every person of either, pair the
//!   two situations (`People::situation_of`), evaluate each distinct pair once per project ([`portal::reach`]) and
//!   space ([`articles::read`]) with a silent trail, count people per pair, and run again with a recording trail for the
//!   pairs that are shown. Classes are [`Visitor::Anonymous`], [`Visitor::Anyone`], [`Visitor::AnyCustomer`], and
//!   [`Visitor::new_address`] per domain in [`State::domains_in_sight`].
//! - **Expectations**: resolve `who` to visitors (`*@domain` is the new address and every known account of the domain),
//!   require [`Answer::promises`] for `can` and `!`[`Answer::exposes`] for `cannot`; the trail of the first visitor that
//!   fails is the counterexample. [`State::offline`] counts a list
//!   that may hold more people than the YAML says as not read.
//! - **Lints**: read the same facts ([`State::site`], [`State::approved`], …); each fact carries its span.

pub mod accounts;
mod answer;
pub mod articles;
mod desired;
mod doors;
pub mod explain;
mod fold;
pub mod graph;
mod live;
mod organizations;
mod people;
pub mod portal;
mod public_mail;
pub mod review;
mod scheme;
mod state;
mod visitor;
pub mod who;

pub use accounts::{Channel, DomainClass, Outcome, Way};
pub use answer::{Answer, Because, RuleId, Source, Trail};
pub use doors::{Door, Doors, help_center_words};
pub use organizations::{Organization, Organizations};
pub use people::{
    Account, ListId, Lookup, Membership, People, PeopleBuilder, Person, PersonId, Role, Situation,
    SituationId, Status,
};
pub use portal::Reach;
pub use public_mail::is_public_mail;
pub use scheme::{Circle, InCircle, Part, Reading, Scheme};
pub use state::{
    Approved, Coverage, Fact, Grant, Link, Project, SiteFacts, SpaceFacts, State, StateKind,
};
pub use visitor::{Actor, Visitor, outcome};
