//! Site-wide facts: who can get an account, and what is shown without one.

use super::ability::{Fact, Value};
use super::facts::never;
use super::rule::Step;
use crate::config::ApprovedRole;
use crate::desired::Desired;
use crate::model::{Domain, SiteField, SiteValue};
use crate::observed::{Observed, ObservedGrant};
use crate::plan::domains::{ANYONE, role_of};
use crate::plan::{Action, Plan, ResourceType};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What an approved domain grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Approval {
    /// Whether new people of it get an Atlassian account by themselves; an approval makes that uncertain.
    pub(super) signs_up: Fact,
    /// Whether it counts as approved at all.
    pub(super) counts: Fact,
}

/// Site-wide facts.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    pub(super) internal: Fact,
    pub(super) external: Fact,
    pub(super) create: Fact,
    pub(super) no_login: Fact,
    pub(super) articles_logged_in: Fact,
    pub(super) articles_anyone: Fact,
    /// L before and after; `None` outside is unknown, inside is any domain.
    pub(super) allowed: [Option<Option<&'a BTreeSet<Domain>>>; 2],
    pub(super) allowed_step: Option<Step>,
    pub(super) approved: BTreeMap<&'a str, Approval>,
    /// Whether a domain that no entry names may be approved.
    pub(super) others_approved: Value,
    pub(super) any_domain: Value,
}

/// Reads the settings before and after a plan.
pub(super) fn settings<'a>(
    plan: &'a Plan,
    desired: &'a Desired<'a>,
    observed: &'a Observed,
    step_of: &[Option<Step>],
) -> Settings<'a> {
    let known = |field: SiteField| {
        observed
            .settings
            .get(&field)
            .and_then(|observation| observation.value.known())
    };
    let echo = |field: SiteField| {
        let projects = observed.whole_projects().into_iter().flatten();
        projects.into_iter().find_map(|(_, project)| match field {
            SiteField::CustomersCanCreateAccounts => project.echoed_signup,
            SiteField::ViewWithoutLogin => project.echoed_anonymous,
            _ => None,
        })
    };
    let row = |field: SiteField| {
        let address = desired.address(field.address_parts());
        let found = plan
            .changes
            .iter()
            .position(|change| !never(change) && change.address == address);
        found.and_then(|at| Some((&plan.changes[at], step_of[at]?)))
    };
    let toggle = |field: SiteField| {
        let before = match known(field) {
            Some(SiteValue::Toggle(on)) => Some(*on),
            _ => echo(field),
        };
        match row(field) {
            Some((change, step)) => Fact::changes(
                change.before.as_bool().or(before).into(),
                change.after.as_bool().into(),
                step,
            ),
            None => {
                let written = desired.site.settings.get(&field).map(|value| &value.value);
                // A written value that is not changed holds already, unless a limit stands against it.
                let value = before.or(match written {
                    Some(SiteValue::Toggle(on)) => Some(*on),
                    _ => None,
                });
                Fact::always(value.into())
            }
        }
    };
    let list = |value: Option<&'a SiteValue>| match value {
        Some(SiteValue::Domains(list)) => Some(list.as_ref()),
        _ => None,
    };
    let written = list(
        desired
            .site
            .settings
            .get(&SiteField::AllowedDomains)
            .map(|value| &value.value),
    );
    let allowed_row = plan
        .changes
        .iter()
        .position(|change| change.kind == ResourceType::AllowedDomain && !never(change));
    let live = list(known(SiteField::AllowedDomains));
    let (allowed, allowed_step) = match allowed_row {
        Some(at) => ([live, written], step_of[at]),
        None => ([live.or(written); 2], None),
    };
    let mut approved: BTreeMap<&str, Approval> = BTreeMap::new();
    let read = observed
        .approved_domains
        .as_ref()
        .and_then(|read| read.complete());
    let grant = |grant: Option<&ObservedGrant>| {
        grant.map(|grant| (role_of(grant), grant.admin_approval.unwrap_or(false)))
    };
    for (domain, seen) in read.into_iter().flatten() {
        let (signs_up, counts) = approval(grant(seen.jsm.as_ref()));
        approved.insert(
            domain.as_str(),
            Approval {
                signs_up: Fact::always(signs_up),
                counts: Fact::always(counts),
            },
        );
    }
    for (at, change) in plan.changes.iter().enumerate() {
        let Some(step) = step_of[at].filter(|_| change.kind == ResourceType::ApprovedDomain) else {
            continue;
        };
        let site = desired.site.key.as_str();
        let before = approval(role_in(&change.before, site));
        let after = match change.action {
            Action::Delete => approval(None),
            _ => approval(role_in(&change.after, site)),
        };
        let name = change.name.as_str();
        if change.address.as_str().ends_with(ANYONE) {
            continue;
        }
        approved.insert(
            name,
            Approval {
                signs_up: Fact::changes(before.0, after.0, step),
                counts: Fact::changes(before.1, after.1, step),
            },
        );
    }
    let any_domain = match observed.any_domain.as_ref().map(|read| read.complete()) {
        Some(Some(rule)) => match grant(rule.as_ref()) {
            None => Value::No,
            Some((ApprovedRole::Customer, false)) => Value::Yes,
            Some((ApprovedRole::User, true) | (ApprovedRole::None, _)) => Value::No,
            Some(_) => Value::Maybe,
        },
        None if desired.atlassian.is_none() => Value::No,
        _ => Value::Maybe,
    };
    Settings {
        internal: toggle(SiteField::Internal),
        external: toggle(SiteField::External),
        create: toggle(SiteField::CustomersCanCreateAccounts),
        no_login: toggle(SiteField::ViewWithoutLogin),
        articles_logged_in: toggle(SiteField::KnowledgeBaseAllLoggedIn),
        articles_anyone: toggle(SiteField::KnowledgeBaseAnyone),
        allowed,
        allowed_step,
        approved,
        others_approved: if read.is_some() {
            Value::No
        } else {
            Value::Maybe
        },
        any_domain,
    }
}

/// R4 for sign-up: whether a grant surely gives an account, and whether the domain counts as approved.
const fn approval(grant: Option<(ApprovedRole, bool)>) -> (Value, Value) {
    match grant {
        None | Some((ApprovedRole::None, _)) => (Value::No, Value::No),
        Some((_, false)) => (Value::Yes, Value::Yes),
        Some((_, true)) => (Value::Maybe, Value::Yes),
    }
}

fn role_in(json: &Json, site: &str) -> Option<(ApprovedRole, bool)> {
    let entry = json.get("sites")?.get(site)?;
    let role = match entry.get("role")?.as_str()? {
        "customer" => ApprovedRole::Customer,
        "user" => ApprovedRole::User,
        _ => ApprovedRole::None,
    };
    Some((role, entry.get("admin_approval")?.as_bool()?))
}
