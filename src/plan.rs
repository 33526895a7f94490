//! The plan: which changes take the observed site to the desired one, and why each.

mod accounts;
mod alike;
mod block;
pub mod change;
pub mod diff;
pub mod domains;
mod endings;
mod groups;
pub mod identity;
mod links;
mod lists;
pub mod manual;
pub mod opened;
pub mod order;
mod organizations;
mod projects;
pub mod rights;
mod roles;
pub mod roster;
pub(crate) mod settings;
mod spaces;
mod stories;
pub mod surfaces;

pub use block::{Block, as_it_has};
pub use change::{
    Action, Change, Effect, OrganizationRef, PersonRef, Phase, Reason, ResourceType, TakenRole,
};
pub use manual::{ManualStep, ManualSubject, Statement};
pub use order::{Danger, Order, UnsafeStep};

use crate::model::{Address, Incomplete, SiteKey};
use crate::neutral::phrase::Phrase;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What would be done to one site.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The site.
    pub site: SiteKey,
    /// The changes, removals of one kind together, in a stable order.
    pub changes: Vec<Change>,
    /// Steps that only a person can do; changes of surface `manual` point here.
    pub manual_steps: Vec<ManualStep>,
    /// Scopes that could not be planned.
    pub errors: Vec<PlanError>,
    /// Things worth knowing that change nothing.
    pub findings: Vec<Finding>,
    /// Listed people whom nothing brings in, since their accounts are suspended or revoked; the list where they are on it.
    pub left_out: Vec<Address>,
    /// Entries that will mean "must be absent" within thirty days.
    pub forecast: Vec<Forecast>,
    /// What is on the site and not in the YAML.
    pub unmanaged: UnmanagedCounts,
    /// How much of what was read is described.
    pub coverage: Coverage,
    /// Who comes in the place of whom: the removal from a list by a mere edit, and the addition to it.
    pub replacements: BTreeMap<Address, Address>,
    /// When each change is carried out.
    pub order: order::Order,
}

/// A scope that could not be planned, so that nothing in it is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError {
    /// The scope.
    pub address: Address,
    /// Why.
    pub cause: Incomplete,
    /// Where the scope is declared.
    pub source: Option<crate::diagnostic::Span>,
    /// Whether only a change of the YAML mends it, rather than another try.
    pub invalid: bool,
}

/// Something worth knowing that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub address: Address,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// A sentence fragment.
    pub message: Phrase,
    /// Where it was asked for.
    pub source: Option<crate::diagnostic::Span>,
}

/// An entry that will mean "must be absent" soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The membership.
    pub address: Address,
    /// The last day on which it holds.
    pub until: Date,
    /// Where the entry stands.
    pub source: crate::diagnostic::Span,
}

/// What is on the site and not in the YAML, by kind, with names as far as lists were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnmanagedCounts {
    /// Organizations.
    pub organizations: Vec<String>,
    /// Service projects.
    pub projects: Vec<String>,
    /// Members and customers of managed lists that no entry names: address of the list, how many.
    pub people: Vec<(Address, usize)>,
}

/// How much of what was read is described.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Organizations in the YAML that the site has.
    pub organizations_managed: usize,
    /// Organizations of the site.
    pub organizations_live: usize,
    /// Projects in the YAML that the site has.
    pub projects_managed: usize,
    /// Service projects of the site.
    pub projects_live: usize,
    /// Fields that are written in the YAML and whose value is known.
    pub fields_known: usize,
    /// Fields that are written in the YAML and whose value is not known.
    pub fields_unknown: usize,
}
