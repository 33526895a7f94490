//! What was read, counted by kind, so that whoever believes in a file sees whether it counts.

use super::sources::Sources;
use super::workspace::{Policy, Site, Who, Workspace};
use crate::model::AccountId;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashSet;

/// What was read, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inventory {
    /// Files, roster files and descriptions of endpoints included.
    pub files: usize,
    /// Sites.
    pub sites: usize,
    /// Customer organizations.
    pub organizations: usize,
    /// Service projects.
    pub projects: usize,
    /// People on lists or under `people`, leavers included, each once a site.
    pub people: usize,
    /// Access tests.
    pub expectations: usize,
    /// Limits of the policy that are written.
    pub limits: usize,
    /// Patterns under `protect` and `freeze`.
    pub protections: usize,
    /// Statements of what a person saw.
    pub attestations: usize,
}

impl Inventory {
    /// Counts the files alone.
    pub(super) fn of_files(sources: &Sources) -> Self {
        Self {
            files: sources.iter().count(),
            ..Self::default()
        }
    }

    /// Counts what a workspace holds.
    pub(super) fn of(workspace: &Workspace, sources: &Sources) -> Self {
        let sites = || workspace.sites.values();
        Self {
            sites: workspace.sites.len(),
            organizations: sites().map(|site| site.organizations.len()).sum(),
            projects: sites().map(|site| site.projects.len()).sum(),
            people: sites().map(people).sum(),
            expectations: workspace.expectations.len(),
            limits: limits(&workspace.policy),
            protections: workspace.policy.protect.len() + workspace.policy.freeze.len(),
            attestations: workspace.attestations.len(),
            ..Self::of_files(sources)
        }
    }
}

fn people(site: &Site) -> usize {
    let mut people: HashSet<Named<'_>> = HashSet::new();
    let members = site.organizations.values().map(|o| &o.members);
    let customers = site.projects.values().map(|project| &project.customers);
    for roster in members.chain(customers).flatten() {
        let absent = roster.absent.iter().map(|who| &who.value);
        let listed = roster.entries.iter().map(|entry| &entry.who);
        people.extend(listed.chain(absent).map(named));
    }
    let by_address = site.people.keys().chain(site.roles.keys());
    people.extend(by_address.map(|email| Ok(email.key())));
    people.extend(site.people_by_id.keys().map(named));
    people.extend(site.leaving.iter().map(|(who, _)| named(who)));
    people.len()
}

/// How somebody is named: by address, or by account id.
type Named<'w> = Result<&'w str, &'w AccountId>;

fn named(who: &Who) -> Named<'_> {
    match who {
        Who::Email(email) => Ok(email.key()),
        Who::Account(id) => Err(id),
    }
}

fn limits(policy: &Policy) -> usize {
    let people = [
        policy.max_people_losing_access,
        policy.max_people_gaining_access,
        policy.max_removals,
    ];
    people.iter().flatten().count()
        + policy.max_new_accounts.iter().count()
        + policy.max_licences_removed.iter().count()
        + policy.class_gains.len()
}

impl std::fmt::Display for Inventory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = [
            (self.files, "file", "files"),
            (self.sites, "site", "sites"),
            (self.organizations, "organization", "organizations"),
            (self.projects, "project", "projects"),
            (self.people, "person", "people"),
            (self.expectations, "expectation", "expectations"),
            (self.limits, "limit", "limits"),
            (self.protections, "protection", "protections"),
            (self.attestations, "attestation", "attestations"),
        ];
        for (at, (count, one, many)) in counts.into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let word = if count == 1 { one } else { many };
            write!(f, "{comma}{count} {word}")?;
        }
        Ok(())
    }
}
