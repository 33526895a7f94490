//! Site-wide facts: who can get an account, and what is shown without one.

use super::ability::{Fact, Value};
use super::facts::never;
use super::rule::Step;
use crate::config::ApprovedRole;
use crate::desired::Desired;
use crate::model::{Domain, SiteField, SiteValue};
use crate::observed::{Observed, ObservedApproval, ObservedGrant};
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
    /// Whether new people of it may get an agent's licence by themselves (Q3, Q5).
    pub(super) licence: Fact,
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
    /// Whether that rule may give an agent's licence (Q5).
    pub(super) any_licence: Value,
}

impl Settings<'_> {
    /// Returns a site-wide switch.
    pub(super) const fn switch(&self, field: SiteField) -> Option<Fact> {
        Some(match field {
            SiteField::Internal => self.internal,
            SiteField::External => self.external,
            SiteField::CustomersCanCreateAccounts => self.create,
            SiteField::ViewWithoutLogin => self.no_login,
            SiteField::KnowledgeBaseAllLoggedIn => self.articles_logged_in,
            SiteField::KnowledgeBaseAnyone => self.articles_anyone,
            _ => return None,
        })
    }
}

/// Reads the settings before and after a plan.
pub(super) fn settings<'a>(
    plan: &'a Plan,
    desired: &'a Desired<'a>,
    observed: &'a Observed,
    step_of: &[Option<Step>],
) -> Settings<'a> {
    let sources = Sources {
        plan,
        desired,
        observed,
        step_of,
    };
    let (allowed, allowed_step) = sources.allowed();
    Settings {
        internal: sources.toggle(SiteField::Internal),
        external: sources.toggle(SiteField::External),
        create: sources.toggle(SiteField::CustomersCanCreateAccounts),
        no_login: sources.toggle(SiteField::ViewWithoutLogin),
        articles_logged_in: sources.toggle(SiteField::KnowledgeBaseAllLoggedIn),
        articles_anyone: sources.toggle(SiteField::KnowledgeBaseAnyone),
        allowed,
        allowed_step,
        approved: sources.approved(),
        others_approved: match sources.approved_domains() {
            Some(_) => Value::No,
            None => Value::Maybe,
        },
        any_domain: sources.any_domain(),
        any_licence: sources.any_licence(),
    }
}

/// What the settings are read from.
struct Sources<'a, 's> {
    plan: &'a Plan,
    desired: &'a Desired<'a>,
    observed: &'a Observed,
    step_of: &'s [Option<Step>],
}

/// The allowed domains; without a list it is any domain.
type Allowed<'a> = Option<&'a BTreeSet<Domain>>;

impl<'a> Sources<'a, '_> {
    fn known(&self, field: SiteField) -> Option<&'a SiteValue> {
        let seen = self.observed.settings.get(&field);
        seen.and_then(|observation| observation.value.known())
    }

    fn written(&self, field: SiteField) -> Option<&'a SiteValue> {
        let written = self.desired.site.settings.get(&field);
        written.map(|value| &value.value)
    }

    fn echo(&self, field: SiteField) -> Option<bool> {
        let mut projects = self.observed.whole_projects().into_iter().flatten();
        projects.find_map(|(_, project)| match field {
            SiteField::CustomersCanCreateAccounts => project.echoed_signup,
            SiteField::ViewWithoutLogin => project.echoed_anonymous,
            _ => None,
        })
    }

    /// A switch of the site. What is written and no row asks for holds already; a row that is never carried out, since
    /// something stands against it or since nobody could read what it asks for, leaves the site as it is.
    fn toggle(&self, field: SiteField) -> Fact {
        let toggled = |value: Option<&SiteValue>| match value {
            Some(SiteValue::Toggle(on)) => Some(*on),
            _ => None,
        };
        let before = toggled(self.known(field)).or_else(|| self.echo(field));
        let address = self.desired.address(field.address_parts());
        let rows = self.plan.changes.iter().zip(self.step_of);
        let mut rows = rows.filter(|(change, _)| change.address == address);
        match rows.clone().find(|(change, _)| !never(change)) {
            Some((change, Some(step))) => Fact::changes(
                change.before.as_bool().or(before).into(),
                change.after.as_bool().into(),
                *step,
            ),
            _ => {
                let written = toggled(self.written(field)).filter(|_| rows.next().is_none());
                Fact::always(before.or(written).into())
            }
        }
    }

    /// The allowed domains before and after, as far as known, and the step that changes them.
    fn allowed(&self) -> ([Option<Allowed<'a>>; 2], Option<Step>) {
        let list = |value: Option<&'a SiteValue>| match value {
            Some(SiteValue::Domains(list)) => Some(list.as_ref()),
            _ => None,
        };
        let written = list(self.written(SiteField::AllowedDomains));
        let live = list(self.known(SiteField::AllowedDomains));
        let rows = self.plan.changes.iter().zip(self.step_of);
        let mut rows = rows.filter(|(change, _)| change.kind == ResourceType::AllowedDomain);
        match rows.clone().find(|(change, _)| !never(change)) {
            Some((_, step)) => ([live, written], *step),
            None => {
                let written = written.filter(|_| rows.next().is_none());
                ([live.or(written); 2], None)
            }
        }
    }

    fn approved_domains(&self) -> Option<&'a BTreeMap<Domain, ObservedApproval>> {
        let read = self.observed.approved_domains.as_ref();
        read.and_then(|read| read.complete())
    }

    fn approved(&self) -> BTreeMap<&'a str, Approval> {
        let mut approved = BTreeMap::new();
        let any = self.any_licence();
        for (domain, seen) in self.approved_domains().into_iter().flatten() {
            let grant = seen.jsm.as_ref().map(granted);
            let (signs_up, counts) = approval(grant);
            approved.insert(
                domain.as_str(),
                Approval {
                    signs_up: Fact::always(signs_up),
                    counts: Fact::always(counts),
                    licence: Fact::always(licence(grant, any)),
                },
            );
        }
        for (at, change) in self.plan.changes.iter().enumerate() {
            let approves = change.kind == ResourceType::ApprovedDomain;
            let Some(step) = self.step_of[at].filter(|_| approves) else {
                continue;
            };
            if change.address.as_str().ends_with(ANYONE) {
                continue;
            }
            let site = self.desired.site.key.as_str();
            let grants = [
                role_in(&change.before, site),
                role_in(&change.after, site).filter(|_| change.action != Action::Delete),
            ];
            let [before, after] = grants.map(approval);
            let [had, has] = grants.map(|grant| licence(grant, any));
            approved.insert(
                change.name.as_str(),
                Approval {
                    signs_up: Fact::changes(before.0, after.0, step),
                    counts: Fact::changes(before.1, after.1, step),
                    licence: Fact::changes(had, has, step),
                },
            );
        }
        approved
    }

    fn any_licence(&self) -> Value {
        let read = self.observed.any_domain.as_ref();
        match read.map(|read| read.complete()) {
            Some(Some(rule)) => licence(rule.as_ref().map(granted), Value::No),
            None if self.desired.atlassian.is_none() => Value::No,
            _ => Value::Maybe,
        }
    }

    fn any_domain(&self) -> Value {
        let read = self.observed.any_domain.as_ref();
        match read.map(|read| read.complete()) {
            Some(Some(rule)) => match rule.as_ref().map(granted) {
                None => Value::No,
                Some((ApprovedRole::Customer, false)) => Value::Yes,
                Some((ApprovedRole::User, true) | (ApprovedRole::None, _)) => Value::No,
                Some(_) => Value::Maybe,
            },
            None if self.desired.atlassian.is_none() => Value::No,
            _ => Value::Maybe,
        }
    }
}

/// Whether new people may get an agent's licence by themselves: by what their domain grants, else by the any-domain rule.
fn licence(grant: Option<(ApprovedRole, bool)>, any: Value) -> Value {
    match grant {
        Some((ApprovedRole::User, false)) => Value::Maybe,
        None | Some((ApprovedRole::None, _)) => any,
        Some(_) => Value::No,
    }
}

fn granted(grant: &ObservedGrant) -> (ApprovedRole, bool) {
    (role_of(grant), grant.admin_approval.unwrap_or(false))
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
