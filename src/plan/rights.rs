//! Which rows the caller cannot carry out: the rights that each takes, against those that the site says the caller has.

use super::change::{Change, Effect};
use super::{Finding, Plan};
use crate::access::State;
use crate::desired::Desired;
use crate::model::{OrganizationManagement, ProjectKey, Read, Right, Surface, Work};
use crate::neutral::phrase::{foreign, ours, say};
use crate::observed::{Allowed, Observed};
use std::collections::BTreeMap;

/// Marks the rows of a plan that take a right which the caller lacks for sure, and says which rights those are.
pub fn mark(plan: &mut Plan, desired: &Desired<'_>, observed: &Observed) {
    let Some(Read::Complete(rights)) = &observed.rights else {
        return;
    };
    // As read, else as somebody attests it.
    let rules = State::account_rules(desired, observed);
    let setting = rules.site.organization_management.value();
    let by_admins = setting == Some(&OrganizationManagement::JiraAdminsOnly);
    let mut lacking: BTreeMap<Right, (usize, String)> = BTreeMap::new();
    for change in &mut plan.changes {
        if change.is_by_hand() || change.is_question() {
            continue;
        }
        let Some((work, project)) = work(change) else {
            continue;
        };
        if let Allowed::No(choices) = rights.allow(work, project, by_admins) {
            change.needs_right = choices.first().copied();
        }
        if let Some(right) = change.needs_right {
            let first = change.address.to_string();
            lacking.entry(right).or_insert((0, first)).0 += 1;
        }
    }
    if !rules.manages_organizations {
        perhaps_by_admins(plan, desired);
    }
    for (right, (count, first)) in lacking {
        let first = foreign(&first);
        let rows = match count {
            1 => say("{} takes it", [first]),
            _ => say(
                "{} changes take it, {} the first of them",
                [ours(count), first],
            ),
        };
        plan.findings.push(Finding {
            address: desired.address([]),
            code: "right-missing",
            message: say(
                "the caller lacks the right {}: {}, and apply would stop before its first write",
                [ours(right.name()), rows],
            ),
            source: None,
        });
    }
}

/// Says that the site may leave organizations to Jira administrators, where rows change them and nobody read whether it does.
fn perhaps_by_admins(plan: &mut Plan, desired: &Desired<'_>) {
    let rows = plan.changes.iter();
    let mut rows = rows.filter(|row| row.effect.is_of_organizations() && !row.is_by_hand());
    let Some(first) = rows.next() else { return };
    let more = match rows.count() {
        0 => "takes".to_owned(),
        count => format!("and {count} more changes take"),
    };
    plan.findings.push(Finding {
        address: desired.address(["setting", "organization-management"]),
        code: "right-unknown",
        message: say(
            "whether agents may manage organizations was not read, and the caller is no Jira administrator: {} {} that right",
            [foreign(&first.address), ours(more)],
        ),
        source: None,
    });
}

/// Returns what kind of work a row is and the project that it is in; `None` where no permission of Jira decides on it.
fn work(change: &Change) -> Option<(Work, Option<&ProjectKey>)> {
    Some(match &change.effect {
        Effect::CreateAccount {
            invited_to: Some(key),
            ..
        } => (Work::Invite, Some(key)),
        Effect::CreateAccount { .. } => (Work::CreateAccount, None),
        Effect::EndAccess(_) => (Work::EndPortalAccess, None),
        Effect::BecomeCustomer { .. } => (Work::ChangeDirectory, None),
        effect if effect.is_of_organizations() => (Work::ManageOrganizations, None),
        Effect::DeleteOrganization(_) => (Work::DeleteOrganization, None),
        Effect::AddCustomer(key, _) | Effect::RemoveCustomer(key, _) => {
            (Work::ChangeCustomers, Some(key))
        }
        Effect::AddCustomerGroup(key, _) | Effect::RemoveCustomerGroup(key, _) => {
            (Work::ChangeRoles, Some(key))
        }
        Effect::SetChannelAccess(key, _) | Effect::SetCustomerSharing(key, _)
            if change.surface == Surface::Private =>
        {
            (Work::ChangeProjectSettings, Some(key))
        }
        _ => return None,
    })
}
