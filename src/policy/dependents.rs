//! What rests on an account or an organization that must not be made.

use super::{PREFIX, is_overridable};
use crate::model::{Email, OrganizationName};
use crate::plan::{Operation, OrganizationRef, PersonRef, Plan};
use std::collections::BTreeMap;

/// Blocks what rests on something that is not made: overridably where only the policy stands against making it.
pub(super) fn block_dependents(plan: &mut Plan) {
    // What is made: unblocked, or blocked by the policy alone.
    let mut accounts: BTreeMap<Email, bool> = BTreeMap::new();
    let mut organizations: BTreeMap<OrganizationName, bool> = BTreeMap::new();
    for change in &plan.changes {
        if !is_overridable(&change.blocked_by) {
            continue;
        }
        let made = change.blocked_by.is_empty();
        match &change.operation {
            Operation::CreateAccount { email, .. } => {
                accounts.insert(email.clone(), made);
            }
            Operation::CreateOrganization(name) => {
                organizations.insert(name.clone(), made);
            }
            _ => {}
        }
    }
    let why = |made: Option<&bool>, what: &str| match made {
        Some(true) => None,
        Some(false) => Some(format!("{PREFIX}: the {what} is not made")),
        None => Some(format!("the {what} is not made")),
    };
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
        if let Some(OrganizationRef::Planned(name)) = organization {
            let why = why(organizations.get(name), "organization");
            change.blocked_by.extend(why);
        }
        if let Some(PersonRef::Planned(email)) = person {
            change
                .blocked_by
                .extend(why(accounts.get(email), "account"));
        }
    }
}
