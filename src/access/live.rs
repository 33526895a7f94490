//! The state that was read, completed by declared facts and valid attestations.

mod lists;
mod organizations;
mod permissions;
mod projects;
mod settings;

use super::answer::Source;
use super::desired;
use super::doors::Doors;
use super::organizations::Organizations;
use super::people::{Account, PeopleBuilder, Role, Status};
use super::state::{Coverage, Fact, Group, SiteFacts, State, StateKind};
use crate::desired::Desired;
use crate::model::{AccountId, AccountKind, Field, Read, Work};
use crate::observed::{
    Allowed, Observation, Observed, ObservedAccount, ObservedRoles, Resolution, Standing,
};
use lists::Lists;
use organizations::organizations;
use projects::projects;
use serde_json::Value;
use settings::rules;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why something is not known of the live site.
const NOT_ASKED: &str = "it was not read";

impl<'a> State<'a> {
    /// Builds the state that was read. Attestations and declared facts of the workspace fill what no program reads.
    pub fn live(desired: &'a Desired<'a>, observed: &'a Observed) -> Self {
        let mut people =
            PeopleBuilder::of(&observed.accounts, |id, seen| account(id, seen, observed));
        for email in &observed.shared_addresses {
            people.share(email);
        }
        resolutions(&mut people, observed);
        let lists = Lists::new(desired, observed);
        let organizations = organizations(&lists, &mut people);
        let projects = projects(&lists, &organizations, &mut people);
        let (site, approved, any_domain) = rules(desired, observed);
        Self {
            kind: StateKind::Live,
            manages_organizations: manages_organizations(observed, &site),
            site,
            approved,
            any_domain,
            organizations,
            projects,
            spaces: desired::spaces(&desired.site.spaces),
            groups: Arc::new(groups(observed, &people)),
            doors: Arc::new(Doors::of(observed)),
            roles_unread: observed.roles_unread(),
            people: people.build(),
        }
    }

    /// Builds what decides on new accounts (R2 to R5): the settings and the domains of [`State::live`], with no list and
    /// nobody on it. It costs as much as the settings do.
    ///
    /// An any-domain rule that nobody asked for counts as written, or as Atlassian's default (2.3): a plan must not leave
    /// open what only a rule that nobody manages could change.
    pub fn account_rules(desired: &'a Desired<'a>, observed: &Observed) -> Self {
        let (site, approved, mut any_domain) = rules(desired, observed);
        if observed.any_domain.is_none() {
            any_domain = desired::any_domain(desired);
        }
        Self {
            kind: StateKind::Live,
            manages_organizations: manages_organizations(observed, &site),
            site,
            approved,
            any_domain,
            organizations: Organizations::default(),
            projects: Vec::new(),
            spaces: BTreeMap::new(),
            groups: Arc::default(),
            doors: Arc::default(),
            roles_unread: observed.roles_unread(),
            people: PeopleBuilder::default().build(),
        }
    }
}

impl State<'_> {
    /// Returns what decides on new accounts, with nobody and no list, as [`State::account_rules`] counts it: an any-domain rule
    /// that nobody read counts as Atlassian's default.
    pub(crate) fn rules_alone(&self) -> State<'static> {
        let any_domain = match &self.any_domain {
            Fact::Unknown(_) => Fact::Known(None, Source::Default),
            known @ Fact::Known(..) => known.clone(),
        };
        State {
            kind: self.kind,
            site: self.site.clone(),
            approved: self.approved.clone(),
            any_domain,
            organizations: Organizations::default(),
            projects: Vec::new(),
            spaces: BTreeMap::new(),
            groups: Arc::default(),
            doors: Arc::default(),
            manages_organizations: true,
            roles_unread: self.roles_unread.clone(),
            people: PeopleBuilder::default().build(),
        }
    }
}

/// Whether nothing speaks against the caller's changing organizations.
fn manages_organizations(observed: &Observed, site: &SiteFacts) -> bool {
    let Some(Read::Complete(rights)) = &observed.rights else {
        return true;
    };
    let by_admins = rights.allow(Work::ManageOrganizations, None, true);
    site.organization_management.value().is_some() || !matches!(by_admins, Allowed::No(_))
}

/// What is known of an account that a list showed.
///
/// Neither standing on a list nor being no agent says that an Atlassian account holds the role Customer; the directory does.
fn account(id: &AccountId, seen: &ObservedAccount, observed: &Observed) -> Account {
    let is_atlassian = match seen.kind {
        Some(kind) => kind == AccountKind::Atlassian,
        // Lists do not tell the kind. Whoever may be an Atlassian account may lack the role.
        None => !id.looks_portal_only(),
    };
    let roles = observed.roles.get(id).and_then(Read::complete);
    let jsm = roles.and_then(|roles| roles.apps.get(ObservedRoles::JSM));
    let role = match (seen.standing, observed.holds_customer_role(id)) {
        (Standing::Agent | Standing::App, _) => Role::Staff,
        _ if jsm.is_some_and(|jsm| jsm.more().next().is_some()) => Role::Staff,
        (_, Some(true)) => Role::Customer,
        _ if !is_atlassian => Role::Customer,
        (_, Some(false)) if seen.kind.is_some() => Role::None,
        (_, Some(false) | None) => Role::Unknown,
    };
    // Lists do not tell the kind. The id of a portal-only account does, and whoever is an agent or in the directory of the
    // Atlassian organization has an Atlassian account.
    let has_a_role =
        seen.standing == Standing::Agent || observed.holds_customer_role(id) == Some(true);
    let told = match (id.looks_portal_only(), has_a_role) {
        (true, _) => Some(AccountKind::PortalOnly),
        (false, true) => Some(AccountKind::Atlassian),
        (false, false) => None,
    };
    Account {
        kind: seen.kind.or(told),
        status: if seen.active {
            Status::Active
        } else {
            Status::Disabled
        },
        role,
        twin: false,
        confluence: roles.map(|roles| roles.apps.contains_key(ObservedRoles::CONFLUENCE)),
    }
}

/// The groups that were read.
fn groups(observed: &Observed, people: &PeopleBuilder<'_>) -> BTreeMap<String, Group> {
    let read = observed.groups.iter().map(|(key, seen)| {
        let members = seen.members.complete();
        let known = members.into_iter().flatten();
        let group = Group {
            name: seen.name.clone(),
            members: match &seen.members {
                Read::Complete(_) => Coverage::Whole,
                Read::Incomplete(why) => Coverage::Unread(why.why.to_string()),
            },
            people: known.filter_map(|id| people.find_account(id)).collect(),
        };
        (key.clone(), group)
    });
    read.collect()
}

fn resolutions<'a>(people: &mut PeopleBuilder<'a>, observed: &'a Observed) {
    people.others_may_exist("only people on lists were read, and the address was not looked up");
    for (email, resolution) in &observed.resolutions {
        match resolution {
            Resolution::NotFound => people.unresolved(email, None),
            Resolution::NoneActive => people.unresolved(
                email,
                Some("a search shows active accounts only, and one that is suspended or revoked may be there".into()),
            ),
            Resolution::Unresolved(why) => people.unresolved(email, Some(why.why.to_string())),
            Resolution::FoundHidden(id) | Resolution::Inactive(id) => {
                if let Some(known) = people.find_account(id) {
                    people.also_known_as(email, known);
                }
            }
            Resolution::Found(ids) => {
                for id in ids {
                    if let Some(known) = people.find_account(id) {
                        people.also_known_as(email, known);
                    }
                }
            }
        }
    }
}

/// A value as read, else as attested, else unknown.
fn settled<T: Clone>(
    desired: &Desired<'_>,
    seen: Option<&Observation<T>>,
    address: &[&str],
    parse: impl FnOnce(&Value) -> Option<T>,
) -> Fact<T> {
    if let Some(Observation {
        value: Field::Known(value),
        surface,
        ..
    }) = seen
    {
        return Fact::Known(value.clone(), Source::Read(*surface));
    }
    let address = desired.address(address.iter().copied());
    let attested = desired
        .attestations
        .get(address.as_str())
        .and_then(|attestation| {
            Some(Fact::Known(
                parse(&attestation.value)?,
                Source::Attested(attestation.span),
            ))
        });
    attested.unwrap_or_else(|| {
        Fact::Unknown(match seen.map(|seen| &seen.value) {
            Some(Field::Unknown(why)) => why.clone(),
            _ => NOT_ASKED.to_owned(),
        })
    })
}
