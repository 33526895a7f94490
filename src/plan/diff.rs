//! The difference between desired and observed: pure, synchronous, total, deterministic.

use crate::config::{Space, Who};
use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::model::{Address, Email, Incomplete, OrganizationId, OrganizationName, Read};
use crate::neutral::phrase::{Phrase, ours, person, say};
use crate::observed::Observed;
use crate::plan::accounts::WantedAccount;
use crate::plan::change::{Change, ResourceType};
use crate::plan::identity::{self, Identity};
use crate::plan::manual::{self, ManualStep, ManualSubject};
use crate::plan::roster::{Index, Match};
use crate::plan::{Coverage, Finding, Forecast, Order, Plan, PlanError, UnmanagedCounts};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Plans one site.
///
/// `diff(x, x)` is empty, and folding the changes over the observed state and planning again is empty.
pub fn diff(desired: &Desired<'_>, observed: &Observed) -> Plan {
    let mut draft = Draft::new(desired, observed);
    draft.settings();
    draft.approved_domains();
    draft.organizations();
    draft.projects();
    draft.accounts();
    draft.ended_access();
    draft.customer_roles();
    draft.contracts_ending();
    draft.people_leaving();
    draft.stories_of_the_site();
    draft.finish()
}

/// A plan in the making.
pub(super) struct Draft<'a> {
    pub(super) desired: &'a Desired<'a>,
    pub(super) observed: &'a Observed,
    pub(super) index: Index<'a>,
    pub(super) identities: BTreeMap<&'a OrganizationName, Identity>,
    /// The declared names of live organizations.
    pub(super) names: HashMap<OrganizationId, Vec<&'a OrganizationName>>,
    pub(super) changes: Vec<Change>,
    /// The rows about settings by address, and whether only a person can carry each out; up to how many rows that is.
    settings_at: (HashMap<Address, bool>, usize),
    pub(super) manual: Vec<ManualStep>,
    pub(super) errors: Vec<PlanError>,
    pub(super) findings: Vec<Finding>,
    pub(super) left_out: Vec<Address>,
    pub(super) forecast: Vec<Forecast>,
    pub(super) unmanaged: UnmanagedCounts,
    pub(super) coverage: Coverage,
    /// Who comes in the place of whom, by row.
    pub(super) replacements: BTreeMap<Address, Address>,
    pub(super) wanted_accounts: BTreeMap<&'a Email, WantedAccount<'a>>,
}

impl<'a> Draft<'a> {
    fn new(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        let identities = observed
            .whole_organizations()
            .map(|live| identity::identify(desired.site, live))
            .unwrap_or_default();
        let mut names: HashMap<OrganizationId, Vec<&OrganizationName>> = HashMap::new();
        for (name, identity) in &identities {
            if let Identity::Live(id) = identity {
                names.entry(id.clone()).or_default().push(name);
            }
        }
        Self {
            desired,
            observed,
            index: Index::with_leavers(observed, desired.site),
            identities,
            names,
            changes: Vec::new(),
            settings_at: (HashMap::new(), 0),
            manual: Vec::new(),
            errors: Vec::new(),
            findings: Vec::new(),
            left_out: Vec::new(),
            forecast: Vec::new(),
            unmanaged: UnmanagedCounts::default(),
            coverage: Coverage::default(),
            replacements: BTreeMap::new(),
            wanted_accounts: BTreeMap::new(),
        }
    }

    pub(super) fn address<'s>(&'s self, parts: impl IntoIterator<Item = &'s str>) -> Address {
        self.desired.address(parts)
    }

    pub(super) fn error(&mut self, address: Address, cause: Incomplete, source: Option<Span>) {
        self.errors.push(PlanError {
            address,
            cause,
            source,
            invalid: false,
        });
    }

    /// Adds an error that only a change of the YAML mends.
    pub(super) fn invalid(
        &mut self,
        address: Address,
        why: impl Into<Phrase>,
        source: Option<Span>,
    ) {
        let cause = Incomplete {
            why: why.into(),
            forbidden: false,
        };
        self.errors.push(PlanError {
            address,
            cause,
            source,
            invalid: true,
        });
    }

    pub(super) fn finding(
        &mut self,
        address: Address,
        code: &'static str,
        message: impl Into<Phrase>,
        source: Option<Span>,
    ) {
        self.findings.push(Finding {
            address,
            code,
            message: message.into(),
            source,
        });
    }

    /// Adds the step that a person must take for some rows of surface `manual`.
    pub(super) fn by_hand(
        &mut self,
        subject: &ManualSubject,
        addresses: Vec<Address>,
        present: Value,
        expected: Value,
    ) {
        self.manual.push(manual::step(
            self.desired.site,
            subject,
            addresses,
            present,
            expected,
        ));
    }

    /// Returns the changes of these addresses that only a person can make.
    pub(super) fn manual_changes_at(&mut self, addresses: &[Address]) -> Vec<Address> {
        let rows = self.settings_at();
        let by_hand = addresses.iter().filter(|at| rows.get(*at) == Some(&true));
        let mut found: Vec<Address> = by_hand.cloned().collect();
        found.sort();
        found.dedup();
        found
    }

    /// Says whether the plan changes something at this address.
    pub(super) fn changes_at(&mut self, address: &Address) -> bool {
        self.settings_at().contains_key(address)
    }

    /// Returns the rows about the site's and the projects' settings, those that came since the last time included.
    fn settings_at(&mut self) -> &HashMap<Address, bool> {
        let (rows, known) = &mut self.settings_at;
        for change in &self.changes[*known..] {
            if change.kind.is_of_the_site() || change.kind == ResourceType::ProjectAccess {
                *rows.entry(change.address.clone()).or_default() |= change.is_by_hand();
            }
        }
        *known = self.changes.len();
        rows
    }

    /// Returns what the workspace says of Confluence's side of a space.
    pub(super) fn declared_space(&self, key: &crate::model::SpaceKey) -> Option<&'a Space> {
        self.desired.site.spaces.get(key)
    }

    /// Forecasts organizations and links that end soon.
    fn contracts_ending(&mut self) {
        for (address, until, source) in self.desired.contracts_ending() {
            self.forecast.push(Forecast {
                address,
                until,
                source,
            });
        }
    }

    /// Forecasts people who leave soon, by a file of leavers; of whom the site shows no account nothing ends.
    fn people_leaving(&mut self) {
        for (who, until, source) in self.desired.people_leaving() {
            let there = match who {
                Who::Email(email) => !matches!(
                    self.index.find(email, None),
                    Match::Nobody | Match::NotAsked | Match::Unresolved(_) | Match::Inactive(_)
                ),
                Who::Account(id) => self.index.account(id).is_some_and(|seen| seen.active),
            };
            if there {
                let person = Desired::person(who);
                self.forecast.push(Forecast {
                    address: self.address(["account", person.as_str()]),
                    until,
                    source,
                });
            }
        }
    }

    fn finish(mut self) -> Plan {
        for attestation in &self.desired.expired_attestations {
            self.findings.push(Finding {
                address: attestation.address.value.clone(),
                code: "attestation-expired",
                message: say(
                    "the statement of {} by {} no longer counts",
                    [ours(attestation.on), person(&attestation.by)],
                ),
                source: Some(attestation.span),
            });
        }
        for change in &mut self.changes {
            change.waiting_for.sort();
            change.waiting_for.dedup();
            change.blocked_by.sort();
            change.blocked_by.dedup();
        }
        self.changes
            .sort_by(|a, b| (a.phase, &a.address, a.action).cmp(&(b.phase, &b.address, b.action)));
        self.errors
            .sort_by(|a, b| (&a.address, &a.cause.why).cmp(&(&b.address, &b.cause.why)));
        self.errors.dedup();
        self.findings.sort_by(|a, b| {
            (&a.address, a.code, &a.message).cmp(&(&b.address, b.code, &b.message))
        });
        // Two lines may ask for the same thing that cannot be done.
        self.findings
            .dedup_by(|a, b| (&a.address, a.code, &a.message) == (&b.address, b.code, &b.message));
        self.forecast
            .sort_by(|a, b| (a.until, &a.address).cmp(&(b.until, &b.address)));
        manual::sequence::sort(&mut self.manual);
        Plan {
            site: self.desired.site.key.clone(),
            changes: self.changes,
            manual_steps: self.manual,
            errors: self.errors,
            findings: self.findings,
            left_out: self.left_out,
            forecast: self.forecast,
            unmanaged: self.unmanaged,
            coverage: self.coverage,
            replacements: self.replacements,
            order: Order::default(),
        }
    }
}

/// Reads a whole list out of an optional read, or says why it is not there.
pub(super) fn whole<T>(read: Option<&Read<T>>) -> Result<&T, Incomplete> {
    match read {
        Some(Read::Complete(value)) => Ok(value),
        Some(Read::Incomplete(why)) => Err(why.clone()),
        None => Err(Incomplete {
            why: "it is not in the snapshot".into(),
            forbidden: false,
        }),
    }
}
