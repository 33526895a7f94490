//! Why a row of a reviewed plan is not planned any more: the site is so already, or the files no longer ask for it.

use crate::model::{AccountId, Address, Read};
use crate::observed::{Observed, ObservedOrganization};
use crate::report::document::ResourceChange;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// Says whether a site is as a row would make it; `None` where what was read does not tell.
pub fn is_true(row: &ResourceChange, observed: &Observed) -> Option<bool> {
    let wanted = row.change.actions.iter().all(|action| action != "delete");
    let parts: Vec<&str> = row.address.split('/').collect();
    let site = observed.site.as_str();
    match parts.as_slice() {
        [_, "account", who] => Some(accounts(who, row, observed).is_empty() != wanted),
        [_, "organization", name] => Some(organization(name, observed)?.is_some() == wanted),
        [_, "organization", name, "member", who] => {
            let members = match organization(name, observed)? {
                Some(organization) => whole(organization.members.as_ref())?,
                None => return Some(!wanted),
            };
            Some(any(members, &accounts(who, row, observed)) == wanted)
        }
        [_, "project", key, rest @ ..] => {
            let mut projects = observed.whole_projects()?.iter();
            let here = |key: &str| Address::new([site, "project", key]);
            let wanted_key = Address::from_encoded(&format!("{site}/project/{key}"));
            let (_, project) = projects.find(|(key, _)| here(key.as_str()) == wanted_key)?;
            match rest {
                ["customer", who] => {
                    let customers = whole(project.customers.as_ref())?;
                    Some(any(customers, &accounts(who, row, observed)) == wanted)
                }
                ["organization", name] => {
                    let linked = whole(project.organizations.as_ref())?;
                    let mut organizations = observed.whole_organizations()?.iter();
                    let found = organizations.find(|(_, one)| encoded(&one.name) == *name);
                    Some(found.is_some_and(|(id, _)| linked.contains(id)) == wanted)
                }
                ["access"] => same(project.channel_access.as_ref()?.value.known()?, row),
                ["sharing"] => same(project.customer_sharing.as_ref()?.value.known()?, row),
                _ => None,
            }
        }
        _ => None,
    }
}

fn same(live: &impl Serialize, row: &ResourceChange) -> Option<bool> {
    Some(serde_json::to_value(live).ok()? == row.change.after)
}

fn whole<T>(read: Option<&Read<T>>) -> Option<&T> {
    read.and_then(Read::complete)
}

fn any(list: &BTreeSet<AccountId>, accounts: &[AccountId]) -> bool {
    accounts.iter().any(|id| list.contains(id))
}

fn encoded(name: &str) -> String {
    Address::new([name]).to_string()
}

fn organization<'o>(
    name: &str,
    observed: &'o Observed,
) -> Option<Option<&'o ObservedOrganization>> {
    let mut organizations = observed.whole_organizations()?.values();
    Some(organizations.find(|one| encoded(&one.name) == name))
}

/// The accounts that a row about somebody means: by id where the row has one, else by address.
fn accounts(who: &str, row: &ResourceChange, observed: &Observed) -> Vec<AccountId> {
    let sides = [&row.change.before, &row.change.after].into_iter();
    let mut ids = sides.filter_map(|side| side.get("account_id").and_then(Value::as_str));
    let id = ids.next().or_else(|| who.strip_prefix("id:"));
    if let Some(id) = id.map(AccountId::new) {
        let known = observed.accounts.get_key_value(&id);
        return known.map(|(id, _)| id.clone()).into_iter().collect();
    }
    let meant = observed.accounts.iter().filter(|(_, seen)| {
        let email = seen.email.as_ref();
        email.is_some_and(|email| encoded(email.key()) == who)
    });
    meant.map(|(account, _)| account.clone()).collect()
}
