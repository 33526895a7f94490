//! The roles of an Atlassian account on the apps of the site, as the directory of the Atlassian organization tells them.

use super::GroupRef;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The roles of one account on this site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedRoles {
    /// The apps on which it has a role, by the directory's word for the app, such as `jira-servicedesk`.
    pub apps: BTreeMap<String, ObservedAppRoles>,
    /// Whether it administers the site or the Atlassian organization.
    pub administers: bool,
}

/// The roles of one account on one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedAppRoles {
    /// The app of the site, as an ARI.
    pub resource: String,
    /// The roles, those through groups included.
    pub roles: BTreeSet<String>,
    /// Groups that give one beside the role Customer, and are not those by which the app itself grants it.
    pub groups: BTreeSet<GroupRef>,
}

impl ObservedRoles {
    /// The directory's word for Jira Service Management.
    pub const JSM: &'static str = "jira-servicedesk";

    /// The directory's word for Confluence.
    pub const CONFLUENCE: &'static str = "confluence";

    /// Returns the directory's words for an app as the files name it.
    pub fn owners(app: &str) -> Vec<&str> {
        match app {
            "jira-service-management" => vec![Self::JSM],
            "jira" => vec!["jira", "jira-core", "jira-software"],
            other => vec![other],
        }
    }

    /// Says whether it holds the role Customer.
    pub fn is_customer(&self) -> bool {
        let jsm = self.apps.get(Self::JSM);
        jsm.is_some_and(|jsm| jsm.roles.contains(crate::jsm::CUSTOMER_ROLE))
    }
}

impl ObservedAppRoles {
    /// Returns the roles that are more than that of a customer.
    pub fn more(&self) -> impl Iterator<Item = &str> {
        let roles = self.roles.iter().map(String::as_str);
        roles.filter(|role| *role != crate::jsm::CUSTOMER_ROLE)
    }
}

/// The roles as pairs: where accounts are named by number, a key of a JSON object could not be told from an id.
pub(super) mod pairs {
    use super::ObservedRoles;
    use crate::model::{AccountId, Read};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::collections::BTreeMap;

    type Roles = BTreeMap<AccountId, Read<ObservedRoles>>;

    pub(in crate::observed) fn serialize<S: Serializer>(
        roles: &Roles,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(roles.iter())
    }

    pub(in crate::observed) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Roles, D::Error> {
        let pairs = Vec::<(AccountId, Read<ObservedRoles>)>::deserialize(from)?;
        Ok(pairs.into_iter().collect())
    }
}
