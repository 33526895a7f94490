//! Limits and protections: which changes must not be carried out, however much the YAML asks for them.
//!
//! A blocked change stays in the plan, with the reason beside it.

mod impact;

use crate::config::{AcceptedDrift, Limit};
use crate::desired::Desired;
use crate::diagnostic::Span;
use crate::model::{Address, Email, OrganizationName, Read};
use crate::observed::Observed;
use crate::plan::{
    Action, Change, Finding, Operation, OrganizationRef, PersonRef, Plan, ResourceType,
};
use std::collections::{BTreeMap, BTreeSet};

/// The result of one limit or protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `limit` or `protect`.
    pub kind: &'static str,
    /// The YAML key, with the list it is about.
    pub name: String,
    /// What is exceeded or touched; empty when it passes.
    pub problems: Vec<String>,
    /// Where the rule is written.
    pub source: Option<Span>,
    /// Whether the problems are only told, and block nothing.
    pub warns: bool,
}

/// Applies the policy to a plan: drops what is accepted, blocks what is not allowed, and says what was judged.
pub fn review(plan: &mut Plan, desired: &Desired<'_>, observed: &Observed) -> Vec<Verdict> {
    let policy = &desired.workspace.policy;
    accept_drift(plan, desired, &policy.accept_drift);
    let mut verdicts = Vec::new();
    for pattern in &policy.protect {
        verdicts.push(protect(plan, &pattern.value, pattern.span));
    }
    if let Some(limit) = &policy.max_removals {
        verdicts.extend(max_removals(plan, desired, observed, limit));
    }
    if let Some(limit) = &policy.max_new_accounts {
        let new = plan
            .changes
            .iter()
            .filter(|change| makes_account(change))
            .count();
        let exceeded = u64::try_from(new).is_ok_and(|new| new > limit.value);
        let problem = format!(
            "{new} accounts would be made, at most {} are allowed",
            limit.value
        );
        if exceeded {
            block(plan, makes_account, "policy.max_new_accounts");
        }
        verdicts.push(Verdict {
            kind: "limit",
            name: "policy.max_new_accounts".to_owned(),
            problems: if exceeded { vec![problem] } else { Vec::new() },
            source: Some(limit.span),
            warns: false,
        });
    }
    block_dependents(plan);
    verdicts.extend(impact::review(plan, desired, observed));
    verdicts
}

/// Blocks what rests on an account or an organization that must not be made.
fn block_dependents(plan: &mut Plan) {
    let mut accounts: BTreeSet<Email> = BTreeSet::new();
    let mut organizations: BTreeSet<OrganizationName> = BTreeSet::new();
    for change in plan
        .changes
        .iter()
        .filter(|change| change.blocked_by.is_empty())
    {
        match &change.operation {
            Operation::CreateAccount { email, .. } => {
                accounts.insert(email.clone());
            }
            Operation::CreateOrganization(name) => {
                organizations.insert(name.clone());
            }
            _ => {}
        }
    }
    for change in plan
        .changes
        .iter_mut()
        .filter(|change| change.is_automatic())
    {
        let (organization, person) = match &change.operation {
            Operation::AddMember(organization, person) => (Some(organization), Some(person)),
            Operation::AddCustomer(_, person) => (None, Some(person)),
            Operation::Link(_, organization) | Operation::SetEmailDomains(organization, _) => {
                (Some(organization), None)
            }
            _ => continue,
        };
        let no_organization = matches!(organization, Some(OrganizationRef::Planned(name)) if !organizations.contains(name));
        let no_account =
            matches!(person, Some(PersonRef::Planned(email)) if !accounts.contains(email));
        if no_organization {
            change
                .blocked_by
                .push("the organization is not made".to_owned());
        }
        if no_account {
            change.blocked_by.push("the account is not made".to_owned());
        }
    }
}

fn makes_account(change: &Change) -> bool {
    matches!(change.operation, Operation::CreateAccount { .. })
}

/// Says whether a change takes access away from somebody, or deletes something.
fn takes_away(change: &Change) -> bool {
    change.action == Action::Delete
        && matches!(
            change.kind,
            ResourceType::Organization
                | ResourceType::OrganizationMember
                | ResourceType::ProjectOrganization
                | ResourceType::ProjectCustomer
                | ResourceType::ApprovedDomain
        )
        || matches!(
            &change.operation,
            Operation::SetChannelAccess(_, crate::model::ChannelAccess::Restricted)
        )
        || change.kind == ResourceType::ProjectAccess && change.after == "restricted"
}

fn block(plan: &mut Plan, which: impl Fn(&Change) -> bool, why: &str) {
    for change in plan.changes.iter_mut().filter(|change| which(change)) {
        change.blocked_by.push(why.to_owned());
    }
}

fn protect(plan: &mut Plan, pattern: &str, span: Span) -> Verdict {
    let touched: Vec<String> = plan
        .changes
        .iter()
        .filter(|change| takes_away(change) && protected(change, pattern))
        .map(|change| change.address.to_string())
        .collect();
    let why = format!("policy.protect `{pattern}`");
    block(
        plan,
        |change| takes_away(change) && protected(change, pattern),
        &why,
    );
    Verdict {
        kind: "protect",
        name: why,
        problems: touched
            .into_iter()
            .map(|address| format!("`{address}` would take access away"))
            .collect(),
        source: Some(span),
        warns: false,
    }
}

/// A link is protected with its project as well as with its organization.
fn protected(change: &Change, pattern: &str) -> bool {
    if change.address.matches(pattern) {
        return true;
    }
    let site = change.address.root();
    match &change.kind {
        ResourceType::ProjectOrganization => {
            Address::new([site, "organization", change.name.as_str()]).matches(pattern)
        }
        ResourceType::Organization => false,
        _ => false,
    }
}

fn max_removals(
    plan: &mut Plan,
    desired: &Desired<'_>,
    observed: &Observed,
    limit: &Limit,
) -> Vec<Verdict> {
    let mut removals: BTreeMap<Address, usize> = BTreeMap::new();
    for change in &plan.changes {
        if let Some(list) = list_of(change) {
            *removals.entry(list).or_default() += 1;
        }
    }
    let sizes = sizes(desired, observed);
    let mut verdicts = Vec::new();
    for (list, removed) in removals {
        let size = sizes.get(&list).copied().unwrap_or(removed);
        if (size as u64) < limit.floor.unwrap_or(0) {
            continue;
        }
        let by_count = limit.count.is_some_and(|count| removed as u64 > count);
        let by_percent = limit
            .percent
            .is_some_and(|percent| removed as u64 * 100 > percent * size as u64);
        let mut problems = Vec::new();
        if by_count || by_percent {
            let allowed = match (by_percent, limit.percent, limit.count) {
                (true, Some(percent), _) => format!("{percent} %"),
                (_, _, count) => count.unwrap_or(0).to_string(),
            };
            problems.push(format!(
                "`{list}` would lose {removed} of {size} entries, at most {allowed} are allowed"
            ));
            block(
                plan,
                |change| list_of(change).as_ref() == Some(&list),
                "policy.max_removals",
            );
        }
        verdicts.push(Verdict {
            kind: "limit",
            name: format!("policy.max_removals on {list}"),
            problems,
            source: Some(limit.span),
            warns: false,
        });
    }
    verdicts
}

/// Returns the list that a removal shortens.
fn list_of(change: &Change) -> Option<Address> {
    if change.action != Action::Delete {
        return None;
    }
    match change.kind {
        ResourceType::OrganizationMember
        | ResourceType::ProjectCustomer
        | ResourceType::ProjectOrganization => {
            let (list, _) = change.address.as_str().rsplit_once('/')?;
            Some(Address::from_encoded(list))
        }
        _ => None,
    }
}

fn sizes(desired: &Desired<'_>, observed: &Observed) -> BTreeMap<Address, usize> {
    let mut sizes = BTreeMap::new();
    if let Some(live) = observed.whole_organizations() {
        let names: BTreeMap<_, _> = crate::plan::identity::identify(desired.site, live)
            .into_iter()
            .filter_map(|(name, identity)| match identity {
                crate::plan::identity::Identity::Live(id) => Some((id, name.as_str())),
                _ => None,
            })
            .collect();
        for (id, organization) in live {
            if let Some(Read::Complete(members)) = &organization.members {
                let name = names.get(id).copied().unwrap_or(&organization.name);
                sizes.insert(
                    desired.address(["organization", name, "member"]),
                    members.len(),
                );
            }
        }
    }
    for (key, project) in observed.whole_projects().into_iter().flatten() {
        if let Some(Read::Complete(customers)) = &project.customers {
            sizes.insert(
                desired.address(["project", key.as_str(), "customer"]),
                customers.len(),
            );
        }
        if let Some(Read::Complete(linked)) = &project.organizations {
            sizes.insert(
                desired.address(["project", key.as_str(), "organization"]),
                linked.len(),
            );
        }
    }
    sizes
}

/// Leaves out differences that somebody accepted until a date, and lists them.
fn accept_drift(plan: &mut Plan, desired: &Desired<'_>, accepted: &[AcceptedDrift]) {
    for acceptance in accepted {
        let lasts = acceptance.until.is_none_or(|until| until >= desired.today);
        if !lasts {
            continue;
        }
        let (left, kept) = std::mem::take(&mut plan.changes)
            .into_iter()
            .partition::<Vec<_>, _>(|change| change.address.matches(&acceptance.address.value));
        plan.changes = kept;
        for change in left {
            plan.findings.push(Finding {
                message: format!(
                    "{} left alone: {} ({})",
                    change.action.word(),
                    acceptance.reason,
                    acceptance.owner
                ),
                address: change.address,
                code: "drift-accepted",
                source: Some(acceptance.span),
            });
        }
    }
}
