//! What should be on one site, on one day: rosters with their dates applied, people who must be gone, valid attestations.
//!
//! This is also the scope: what does not stand here is not ours to judge.

pub mod ends;

use crate::config::{
    AtlassianOrganization, Attestation, Expectation, LinkUntil, OrganizationState, Policy, Roster,
    RosterEntry, Site, Who, Workspace,
};
use crate::diagnostic::Span;
use crate::model::{Address, OrganizationName, ProjectKey, SiteKey};
use crate::plan::Reason;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How far ahead the plan forecasts entries that end, in days.
const FORECAST_DAYS: i64 = 30;

/// The policy and the expectations that judge a plan.
#[derive(Debug, Clone, Copy)]
pub struct Law<'w> {
    /// Limits, protections, gates, acknowledgements, accepted drift.
    pub policy: &'w Policy,
    /// Access tests.
    pub expectations: &'w [Expectation],
    /// Whose they are, where they are not the workspace's own: a revision, or a directory.
    pub of: Option<&'w str>,
}

/// The desired state of one site.
#[derive(Debug, Clone)]
pub struct Desired<'w> {
    /// The workspace it comes from.
    pub workspace: &'w Workspace,
    /// The site as written.
    pub site: &'w Site,
    /// The Atlassian organization of the site, with its key.
    pub atlassian: Option<(&'w str, &'w AtlassianOrganization)>,
    /// The id by which the Admin API knows it; in the sandbox, the sandbox's own.
    pub atlassian_id: Option<String>,
    /// Members of organizations whose members are written and ours to change.
    pub members: BTreeMap<&'w OrganizationName, DesiredRoster<'w>>,
    /// Customers of projects whose customers are written.
    pub customers: BTreeMap<&'w ProjectKey, DesiredRoster<'w>>,
    /// Attestations that count today, by address.
    pub attestations: BTreeMap<&'w str, &'w Attestation>,
    /// Attestations of this site that no longer count.
    pub expired_attestations: Vec<&'w Attestation>,
    /// Patterns that narrow the plan; empty means everything.
    pub targets: Vec<String>,
    /// The day everything is judged on (UTC).
    pub today: Date,
    /// What judges a plan: the workspace's own, unless this is the side of the base.
    pub law: Law<'w>,
    /// What judges it as well: the rules of the base, which the branch does not write.
    pub base: Option<Law<'w>>,
}

/// A roster on one day.
#[derive(Debug, Clone)]
pub struct DesiredRoster<'w> {
    /// As written.
    pub roster: &'w Roster,
    /// Entries that hold today.
    pub present: Vec<&'w RosterEntry>,
    /// People who must not be there today, in both modes; whoever must be on no list of the site is not copied here.
    pub gone: Vec<Gone<'w>>,
}

/// Somebody who must not be on a list.
#[derive(Debug, Clone, Copy)]
pub struct Gone<'w> {
    /// Who.
    pub who: &'w Who,
    /// Why.
    pub reason: Reason,
    /// Where that is written.
    pub span: Span,
}

impl<'w> Desired<'w> {
    /// Resolves one site of a workspace for one day.
    ///
    /// `None` when the workspace has no such site.
    pub fn new(workspace: &'w Workspace, site: &SiteKey, today: Date) -> Option<Self> {
        let site = workspace.sites.get(site)?;
        let atlassian = site.atlassian_organization.as_ref().and_then(|key| {
            workspace
                .atlassian_organizations
                .get_key_value(key.value.as_str())
                .map(|(key, organization)| (key.as_str(), organization))
        });
        let members = site
            .organizations
            .iter()
            .filter(|(_, organization)| organization.state.value == OrganizationState::Present)
            .filter_map(|(name, organization)| {
                let roster = organization.members.as_ref()?;
                Some((name, DesiredRoster::new(roster, site, today)))
            })
            .collect();
        let customers = site
            .projects
            .iter()
            .filter_map(|(key, project)| {
                let roster = project.customers.as_ref()?;
                Some((key, DesiredRoster::new(roster, site, today)))
            })
            .collect();
        let mine = |attestation: &&Attestation| {
            let root = attestation.address.value.root();
            root == site.key.as_str() || atlassian.is_some_and(|(key, _)| root == key)
        };
        let (valid, expired_attestations): (Vec<_>, Vec<_>) = workspace
            .attestations
            .iter()
            .filter(mine)
            .partition(|attestation| attestation.until >= today && attestation.on <= today);
        // The newest statement about an address is the one that counts.
        let mut attestations: BTreeMap<&str, &Attestation> = BTreeMap::new();
        for attestation in valid {
            let entry = attestations
                .entry(attestation.address.value.as_str())
                .or_insert(attestation);
            if attestation.on > entry.on {
                *entry = attestation;
            }
        }
        Some(Self {
            workspace,
            site,
            atlassian,
            atlassian_id: atlassian
                .and_then(|(_, organization)| organization.id.as_ref())
                .map(|id| id.value.clone()),
            members,
            customers,
            attestations,
            expired_attestations,
            targets: Vec::new(),
            today,
            law: Law {
                policy: &workspace.policy,
                expectations: &workspace.expectations,
                of: None,
            },
            base: None,
        })
    }

    /// Returns the organizations and links that end within the forecast, with their addresses.
    pub fn contracts_ending(&self) -> Vec<(Address, Date, Span)> {
        let organizations = self.site.organizations.iter().filter_map(|(name, one)| {
            let until = one
                .until
                .filter(|_| one.state.value == OrganizationState::Present)?;
            Some((
                self.address(["organization", name.as_str()]),
                until.value,
                until.span,
            ))
        });
        let links = self.site.projects.iter().flat_map(|(key, project)| {
            let dated = project.organizations.iter().flat_map(|links| &links.dated);
            dated.map(move |LinkUntil { name, until }| {
                let parts = ["project", key.as_str(), "organization", name.value.as_str()];
                (self.address(parts), *until, name.span)
            })
        });
        organizations
            .chain(links)
            .filter(|(_, until, _)| self.is_soon(*until))
            .collect()
    }

    /// Returns the leavers whose last day is within the forecast.
    pub fn people_leaving(&self) -> Vec<(&'w Who, Date, Span)> {
        let leaving = self.site.leaving.iter();
        leaving
            .filter_map(|(who, person)| Some((who, person.until?, person.span)))
            .filter(|(_, until, _)| self.is_soon(*until))
            .collect()
    }

    fn is_soon(&self, until: Date) -> bool {
        let days = self.today.until(until);
        until >= self.today && days.is_ok_and(|span| i64::from(span.get_days()) <= FORECAST_DAYS)
    }

    /// Returns the same under the rules of the base alone; `None` where there is no base.
    pub fn under_the_base(&self) -> Option<Self> {
        let law = self.base?;
        let mut under = self.clone();
        under.law = law;
        under.base = None;
        Some(under)
    }

    /// Returns every expectation that judges a plan, the workspace's own first.
    pub fn expectations(&self) -> impl Iterator<Item = &'w Expectation> + use<'w> {
        let base = self.base.map_or(&[][..], |law| law.expectations);
        self.law.expectations.iter().chain(base)
    }

    /// Says whether the site is the embedded sandbox.
    pub fn is_sandbox(&self) -> bool {
        self.site
            .url
            .as_ref()
            .is_some_and(|url| url.value == crate::config::SiteUrl::Sandbox)
    }

    /// Returns the address of something on this site.
    pub fn address<'a>(&'a self, parts: impl IntoIterator<Item = &'a str>) -> Address {
        Address::new(std::iter::once(self.site.key.as_str()).chain(parts))
    }

    /// Returns the same for an entry: one by account id that says the address is known by that.
    pub fn person_of(entry: &RosterEntry) -> String {
        let email = entry.extra.as_ref().and_then(|extra| extra.email.as_ref());
        match (&entry.who, email) {
            (Who::Account(_), Some(email)) => email.key().to_owned(),
            (who, _) => Self::person(who),
        }
    }

    /// Returns the address of a person on a list: by e-mail address, or `id:…` where none is visible.
    pub fn person(who: &Who) -> String {
        match who {
            Who::Email(email) => email.key().to_owned(),
            Who::Account(id) => format!("id:{id}"),
        }
    }
}

impl<'w> DesiredRoster<'w> {
    fn new(roster: &'w Roster, site: &'w Site, today: Date) -> Self {
        let mut present = Vec::with_capacity(roster.entries.len());
        let mut gone: Vec<Gone<'w>> = Vec::new();
        for entry in &roster.entries {
            let by_person = match &entry.who {
                Who::Email(email) => site.people.contains_key(email),
                Who::Account(_) => {
                    let extra = entry.extra.as_ref();
                    let email = extra.and_then(|extra| extra.email.as_ref());
                    site.people_by_id.contains_key(&entry.who)
                        || email.is_some_and(|email| site.people.contains_key(email))
                }
            };
            let expired = entry
                .extra
                .as_ref()
                .and_then(|extra| extra.until)
                .is_some_and(|until| until < today);
            if by_person {
                // `people` and leavers beat every roster, and are asked of whoever is there.
            } else if expired {
                gone.push(Gone {
                    who: &entry.who,
                    reason: Reason::Expired,
                    span: entry.span,
                });
            } else {
                present.push(entry);
            }
        }
        gone.extend(roster.absent.iter().map(|who| Gone {
            who: &who.value,
            reason: Reason::Absent,
            span: who.span,
        }));
        Self {
            roster,
            present,
            gone,
        }
    }

    /// Returns the entries that end within the forecast, soonest first.
    pub fn ending(&self, today: Date) -> Vec<(&'w RosterEntry, Date)> {
        let mut ending: Vec<_> = self
            .present
            .iter()
            .filter_map(|entry| Some((*entry, entry.extra.as_ref()?.until?)))
            .filter(|(_, until)| {
                today
                    .until(*until)
                    .is_ok_and(|span| i64::from(span.get_days()) <= FORECAST_DAYS)
            })
            .collect();
        ending.sort_by_key(|(entry, until)| (*until, entry.span));
        ending
    }
}
