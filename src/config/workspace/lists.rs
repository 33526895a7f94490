//! Who is listed: rosters, the files they come from, their entries, and people named one by one.

use crate::config::roster::Reading;
use crate::diagnostic::{FileId, Located, Span};
use crate::model::{AccountId, AccountKind, Domain, Email};
use jiff::civil::Date;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether a list is added to or is the whole truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Add what is missing, leave the rest.
    #[default]
    AddOnly,
    /// Remove the rest.
    Exact,
}

/// Who changes the members of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ManagedBy {
    /// Portcullis.
    #[default]
    Portcullis,
    /// An identity provider; members are never changed here.
    Scim,
    /// Agents, by hand; members are never changed here.
    Agents,
}

impl ManagedBy {
    /// Returns the word of the YAML.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Portcullis => "portcullis",
            Self::Scim => "scim",
            Self::Agents => "agents",
        }
    }
}

/// Whether accounts are made for listed people who have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Create {
    /// Make them, without a mail.
    #[default]
    Silent,
    /// Make them by inviting people to the project whose customers they are: Atlassian sends a mail.
    Invite,
    /// Never; a listed person without an account is reported.
    Never,
}

/// What becomes of unlisted people whom Atlassian added by an organization's own e-mail domains, under `exact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoJoined {
    /// They stay.
    #[default]
    Keep,
    /// They go, like everybody who is not listed.
    Remove,
}

/// A list of people: members of an organization, or customers of a project.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Where it is declared.
    pub span: Span,
    /// Whether it is the whole list.
    pub mode: Mode,
    /// The entries of `list` and of every file in `from`, each person once, sorted by [`Who`].
    pub entries: Vec<RosterEntry>,
    /// What becomes of unlisted people of the organization's own e-mail domains.
    pub auto_joined: AutoJoined,
    /// Domains that were renamed: the domain now, with those before.
    pub previous_domains: BTreeMap<Domain, Vec<Domain>>,
    /// Allowed to be there: never added, never removed.
    pub keep: Vec<Located<AddressPattern>>,
    /// Must not be there, in both modes.
    pub absent: Vec<Located<Who>>,
    /// Whether accounts are made.
    pub create: Create,
    /// The roster files that `from` names, in that order.
    pub files: Vec<RosterFile>,
}

/// A roster file that was read.
#[derive(Debug, Clone)]
pub struct RosterFile {
    /// The file; entries that stand in it have it in their span.
    pub file: FileId,
    /// Where the YAML names it.
    pub named: Span,
    /// How many rows, lines or items it has.
    pub rows: u64,
    /// How it is read.
    pub reading: Arc<Reading>,
}

/// How an entry names a person. `Email` sorts before `Account`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// By address.
    Email(Email),
    /// By account id.
    Account(AccountId),
}

impl Who {
    /// Returns the address in compared form, or the account id.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Email(email) => email.key().into(),
            Self::Account(id) => id.text(),
        }
    }
}

/// One entry of a roster. Kept small: a million of them are a supported size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Who.
    pub who: Who,
    /// Where it stands: the YAML item, or the line of the roster file.
    pub span: Span,
    /// The display name, used only when an account is made.
    pub name: Option<SmolStr>,
    /// What few entries have.
    pub extra: Option<Box<RosterExtra>>,
}

/// The rarer parts of a roster entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterExtra {
    /// Chooses between two accounts on one address.
    pub account: Option<AccountKind>,
    /// The last day (inclusive, UTC); afterwards the entry means "must be absent".
    pub until: Option<Date>,
    /// With `account_id`: the address the account should have by now.
    pub email: Option<Email>,
    /// The address that the person had before.
    pub previous_email: Option<Email>,
    /// Whether the person is nobody who leaves the list, however alike the addresses are.
    pub new_person: bool,
}

/// An exact address, or `*@domain`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressPattern {
    /// Exactly this person.
    Exact(Email),
    /// Everybody of a domain.
    Domain(Domain),
}

impl std::fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(email) => f.write_str(email.key()),
            Self::Domain(domain) => write!(f, "*@{domain}"),
        }
    }
}

impl AddressPattern {
    /// Says whether an address is meant.
    pub fn matches(&self, email: &Email) -> bool {
        match self {
            Self::Exact(exact) => exact == email,
            Self::Domain(domain) => domain.as_str() == email.domain(),
        }
    }
}

/// A person, everywhere on the site; beats every roster: absent from every list.
#[derive(Debug, Clone)]
pub struct Person {
    /// Where it is declared.
    pub span: Span,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day, where a file of leavers says so.
    pub until: Option<Date>,
    /// Whether the access of the account itself is ended too.
    pub revoked: bool,
}

/// A person with an Atlassian account who should be a customer, and what is taken for that.
#[derive(Debug, Clone)]
pub struct PersonRole {
    /// Where it is declared.
    pub span: Span,
    /// The apps whose roles on this site are taken, by the names that the files use.
    pub take_away: Vec<Located<String>>,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
}
