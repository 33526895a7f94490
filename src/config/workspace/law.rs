//! What judges: limits, acknowledgements, accepted drift, expectations, and statements of what somebody saw.

use crate::diagnostic::{Located, Span};
use crate::model::{Address, Domain, Email, OrganizationName, SiteKey, SpaceKey};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a class gain does to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Blocks.
    Block,
    /// Warns.
    Warn,
    /// Nothing.
    Allow,
}

/// A limit in absolute numbers, in percent, or both; whichever is exceeded first blocks. Written as `off` it has neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Where it is written.
    pub span: Span,
    /// At most this many.
    pub count: Option<u64>,
    /// At most this share, in percent.
    pub percent: Option<u64>,
    /// Ignored for lists with fewer entries than this.
    pub floor: Option<u64>,
}

/// Limits and acknowledgements. Where a limit is not written, the one that is built in applies, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What happens when `anonymous`, `anyone` or `any_customer` gains access, where written.
    pub class_gains: BTreeMap<String, Located<Gate>>,
    /// People losing access.
    pub max_people_losing_access: Option<Limit>,
    /// People gaining access.
    pub max_people_gaining_access: Option<Limit>,
    /// Removals per list.
    pub max_removals: Option<Limit>,
    /// New accounts.
    pub max_new_accounts: Option<Located<u64>>,
    /// Licences of apps that are taken away.
    pub max_licences_removed: Option<Located<u64>>,
    /// Address patterns that no removal may touch.
    pub protect: Vec<Located<String>>,
    /// Address patterns at which nothing may change.
    pub freeze: Vec<Located<String>>,
    /// Accepted lints.
    pub acknowledge: Vec<Acknowledgement>,
    /// Accepted drift.
    pub accept_drift: Vec<AcceptedDrift>,
    /// How unmanaged things are reported.
    pub unmanaged: Option<Located<Unmanaged>>,
    /// What becomes of expectations that cannot be decided, where written; they warn.
    pub undecided: Option<Located<Undecided>>,
    /// How many days an attestation without `until` counts, where written.
    pub attestation_days: Option<Located<u64>>,
}

impl Policy {
    /// Returns how many days an attestation without `until` counts.
    pub fn attestation_days(&self) -> u64 {
        self.attestation_days
            .map_or(ATTESTATION_DAYS, |days| days.value)
    }
}

/// Returns the last day of a statement that counts for so many days; `None` beyond the calendar.
pub fn last_day(on: Date, days: u64) -> Option<Date> {
    let days = i64::try_from(days).ok()?;
    on.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// How many days an attestation without `until` counts where nothing else is written.
pub const ATTESTATION_DAYS: u64 = 90;

/// What becomes of an expectation that cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// It is told.
    Warn,
    /// It fails.
    Block,
}

/// How unmanaged things are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmanaged {
    /// As a number.
    Count,
    /// One by one.
    List,
    /// Not at all.
    Ignore,
}

/// A lint that somebody answers for.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    /// Where it stands.
    pub span: Span,
    /// The lint, such as `L13`.
    pub lint: Located<String>,
    /// Where it applies: an address pattern.
    pub address: Located<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day.
    pub until: Option<Date>,
}

/// A difference that is left alone until its date.
#[derive(Debug, Clone)]
pub struct AcceptedDrift {
    /// Where it stands.
    pub span: Span,
    /// Where it applies: an address pattern.
    pub address: Located<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day.
    pub until: Option<Date>,
}

/// Whom an expectation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedWho {
    /// A visitor without login.
    Anonymous,
    /// Any address at all.
    Anyone,
    /// Any existing customer.
    AnyCustomer,
    /// Any new address of a domain, and every known account of it.
    Domain(Domain),
    /// Every member of an organization.
    Organization(OrganizationName),
    /// Every member of a group of Atlassian accounts, by the group's name.
    Group(String),
    /// One address.
    Person(Email),
    /// Everybody but these (`only`), and but the agents and administrators of each project.
    Others(Vec<Located<Self>>),
}

impl ExpectedWho {
    /// Returns everybody who is named: themselves, or those of `only`.
    pub fn named(&self) -> Vec<&Self> {
        match self {
            Self::Others(allowed) => allowed.iter().map(|who| &who.value).collect(),
            who => vec![who],
        }
    }
}

/// What an expectation says about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Make an account for themselves.
    SignUp,
    /// See a portal.
    ViewPortal,
    /// Send a request.
    SendRequest,
    /// Read an article.
    ReadArticle,
}

/// An access test written by the user.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub who: Located<ExpectedWho>,
    /// Whether it must hold for all (`can`) or for none (`cannot`).
    pub can: bool,
    /// What it is about.
    pub ability: Located<Ability>,
    /// The site.
    pub site: Located<SiteKey>,
    /// Project patterns (`*` allowed).
    pub projects: Vec<Located<String>>,
    /// Projects left out.
    pub except: Vec<Located<String>>,
    /// The space, for articles.
    pub space: Option<Located<SpaceKey>>,
    /// What becomes of it where it cannot be decided: as written beside it, else as the policy says.
    pub undecided: Undecided,
}

/// A person's dated statement of a value that no program can read.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// Where it stands.
    pub span: Span,
    /// The address it is about.
    pub address: Located<Address>,
    /// The value seen.
    pub value: serde_json::Value,
    /// Who looked.
    pub by: String,
    /// When.
    pub on: Date,
    /// The last day it counts; [`Policy::attestation_days`] after `on` when not written.
    pub until: Date,
}
