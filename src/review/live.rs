//! Why a row of a reviewed plan is not planned any more: the site is so already, or the files no longer ask for it.

use crate::model::{AccountId, AccountSet, Address, OrganizationId, Read};
use crate::observed::{Observed, ObservedOrganization, ObservedProject};
use crate::report::document::ResourceChange;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// A site as it was read, found by what the addresses of rows name.
pub struct Live<'o> {
    observed: &'o Observed,
    accounts: HashMap<String, Vec<&'o AccountId>>,
    organizations: Option<HashMap<String, (&'o OrganizationId, &'o ObservedOrganization)>>,
    projects: Option<HashMap<String, &'o ObservedProject>>,
}

impl<'o> Live<'o> {
    /// Indexes what was read.
    pub fn new(observed: &'o Observed) -> Self {
        let mut accounts: HashMap<String, Vec<&AccountId>> = HashMap::new();
        for (id, seen) in observed.accounts.iter() {
            if let Some(email) = &seen.email {
                accounts.entry(encoded(email.key())).or_default().push(id);
            }
        }
        let organizations = observed.whole_organizations().map(|all| {
            let named = all
                .iter()
                .map(|(id, seen)| (encoded(&seen.name), (id, seen)));
            named.collect()
        });
        let projects = observed.whole_projects().map(|all| {
            let named = all.iter().map(|(key, seen)| (encoded(key.as_str()), seen));
            named.collect()
        });
        Self {
            observed,
            accounts,
            organizations,
            projects,
        }
    }

    /// Says whether the site is as a row would make it; `None` where the row is of another site, or what was read does not tell.
    pub fn is_as(&self, row: &ResourceChange) -> Option<bool> {
        let wanted = row.change.actions.iter().all(|action| action != "delete");
        let parts: Vec<&str> = row.address.split('/').collect();
        let (site, parts) = parts.split_first()?;
        if *site != encoded(self.observed.site.as_str()) {
            return None;
        }
        match parts {
            ["account", who] => Some(self.accounts(who, row).is_empty() != wanted),
            ["organization", name] => {
                Some(self.organizations.as_ref()?.contains_key(*name) == wanted)
            }
            ["organization", name, "member", who] => {
                let Some((_, organization)) = self.organizations.as_ref()?.get(*name) else {
                    return Some(!wanted);
                };
                let members = whole(organization.members.as_ref())?;
                Some(self.any(members, who, row) == wanted)
            }
            ["project", key, rest @ ..] => {
                let project = self.projects.as_ref()?.get(*key)?;
                match rest {
                    ["customer", who] => {
                        let customers = whole(project.customers.as_ref())?;
                        Some(self.any(customers, who, row) == wanted)
                    }
                    ["organization", name] => {
                        let linked = whole(project.organizations.as_ref())?;
                        let found = self.organizations.as_ref()?.get(*name);
                        Some(found.is_some_and(|(id, _)| linked.contains(*id)) == wanted)
                    }
                    ["access"] => same(project.channel_access.as_ref()?.value.known()?, row),
                    ["sharing"] => same(project.customer_sharing.as_ref()?.value.known()?, row),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn any(&self, list: &AccountSet, who: &str, row: &ResourceChange) -> bool {
        let mut meant = self.accounts(who, row).into_iter();
        meant.any(|id| list.contains(id))
    }

    /// The accounts that a row about somebody means: by id where the row has one, else by address.
    fn accounts(&self, who: &str, row: &ResourceChange) -> Vec<&'o AccountId> {
        let sides = [&row.change.before, &row.change.after].into_iter();
        let mut ids = sides.filter_map(|side| side.get("account_id").and_then(Value::as_str));
        let id = ids.next().or_else(|| who.strip_prefix("id:"));
        match id.map(AccountId::new) {
            Some(id) => {
                let known = self.observed.accounts.get_key_value(&id);
                known.map(|(id, _)| id).into_iter().collect()
            }
            None => self.accounts.get(who).cloned().unwrap_or_default(),
        }
    }
}

fn same(live: &impl Serialize, row: &ResourceChange) -> Option<bool> {
    Some(serde_json::to_value(live).ok()? == row.change.after)
}

fn whole<T>(read: Option<&Read<T>>) -> Option<&T> {
    read.and_then(Read::complete)
}

fn encoded(name: &str) -> String {
    Address::new([name]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OrganizationName, SiteKey};
    use serde_json::json;

    fn row(address: &Address, action: &str) -> ResourceChange {
        let row = json!({
            "address": address.to_string(), "mode": "managed", "type": "jsm_organization", "name": "n",
            "change": { "actions": [action], "before": null, "after": null },
            "action_reason": "listed", "portcullis": { "surface": "documented" },
        });
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn a_site_answers_for_its_own_rows_alone() {
        let name = OrganizationName::new("Globex / EMEA").unwrap();
        let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
        let organization = ObservedOrganization {
            name: name.as_str().to_owned(),
            scim_managed: false,
            members: None,
            ownership: None,
            email_domains: None,
        };
        let all = [(OrganizationId::new("1"), organization)].into();
        observed.organizations = Some(Read::Complete(all));
        let live = Live::new(&observed);
        for (site, organization, action, told) in [
            ("acme", name.as_str(), "create", Some(true)),
            ("acme", name.as_str(), "delete", Some(false)),
            ("acme", "Initech", "create", Some(false)),
            ("other", name.as_str(), "create", None),
            ("other", "Initech", "delete", None),
        ] {
            let row = row(&Address::new([site, "organization", organization]), action);
            assert_eq!(live.is_as(&row), told, "{} {action}", row.address);
        }
    }
}
