//! Limits in numbers.

use super::{Verdict, block, makes_account};
use crate::config::Limit;
use crate::desired::Desired;
use crate::diagnostic::Located;
use crate::model::{Address, Read};
use crate::observed::Observed;
use crate::plan::{Action, Change, Plan, ResourceType};
use std::collections::BTreeMap;

/// Blocks every new account when there are more than allowed.
pub(super) fn max_new_accounts(plan: &mut Plan, limit: &Located<u64>) -> Verdict {
    let name = "policy.max_new_accounts";
    let new = plan
        .changes
        .iter()
        .filter(|change| makes_account(change) && change.blocked_by.is_empty())
        .count();
    let exceeded = u64::try_from(new).is_ok_and(|count| count > limit.value);
    let mut problems = Vec::new();
    if exceeded {
        problems.push(format!(
            "{new} accounts would be made, at most {} are allowed",
            limit.value
        ));
        block(plan, makes_account, name);
    }
    Verdict {
        kind: "limit",
        name: name.to_owned(),
        problems,
        source: Some(limit.span),
        warns: false,
    }
}

/// Blocks the removals of every list that would lose more than allowed.
pub(super) fn max_removals(
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
    if removals.is_empty() {
        verdicts.push(Verdict {
            kind: "limit",
            name: "policy.max_removals".to_owned(),
            problems: Vec::new(),
            source: Some(limit.span),
            warns: false,
        });
    }
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
