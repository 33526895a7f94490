//! Permission schemes: who holds what in a project, and what a leaky or broken scheme does to customers (V7, V8a, V8b).
//!
//! Every project has a scheme of its own. What is stored is only how it differs from the scheme that a new service project
//! gets, so that a state from before schemes were imitated reads as one with healthy schemes.
//!
//! Written from section 4 of the access model alone, as `visit` is.

use super::accounts::{Account, Handle};
use super::audit::{Event, Item};
use super::objects::{Project, SiteError};
use super::roles::{ProjectRole, RoleActor};
use super::site::Site;
use crate::model::ProjectKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The holder by which customers hold permissions: the security type *Service Project Customer – Portal Access*.
pub(super) const PORTAL_ONLY: &str = "sd.customer.portal.only";
/// The holder types that the API describes.
pub(super) const HOLDERS: [&str; 11] = [
    "anyone",
    "applicationRole",
    "assignee",
    "group",
    "groupCustomField",
    "projectLead",
    "projectRole",
    "reporter",
    PORTAL_ONLY,
    "user",
    "userCustomField",
];
/// The permissions that can be granted here.
pub(super) const GRANTABLE: [&str; 6] = [
    "ADD_COMMENTS",
    "ADMINISTER_PROJECTS",
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "SERVICEDESK_AGENT",
];
/// How many grants a scheme can number.
const NUMBERS: u64 = 1000;

/// A permission and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The permission's key, such as `BROWSE_PROJECTS`.
    pub permission: String,
    /// The type of the holder, in the API's words.
    pub holder: String,
    /// Which one: a role's id, a group's name, an account's id, a custom field's id.
    pub parameter: Option<String>,
}

impl Grant {
    /// Makes a grant.
    pub fn new(permission: &str, holder: &str, parameter: Option<&str>) -> Self {
        Self {
            permission: permission.to_owned(),
            holder: holder.to_owned(),
            parameter: parameter.map(str::to_owned),
        }
    }

    fn is(&self, permission: &str, holder: &str) -> bool {
        self.permission == permission && self.holder == holder
    }
}

/// How a project's scheme and roles differ from those of a new service project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Permissions {
    added: BTreeMap<u64, Grant>,
    removed: BTreeSet<u64>,
    /// Who is in a role besides those who are in it in every project, and besides the roster.
    pub(super) actors: BTreeSet<(ProjectRole, RoleActor)>,
    /// Agents taken out of the team, and callers taken out of the administrators.
    #[serde(default)]
    pub(super) without: BTreeSet<(ProjectRole, RoleActor)>,
}

impl Permissions {
    /// Returns the scheme's grants by number.
    pub(super) fn grants(&self) -> BTreeMap<u64, Grant> {
        let mut grants: BTreeMap<u64, Grant> = (1..).zip(of_a_new_project()).collect();
        grants.extend(self.added.clone());
        grants.retain(|number, _| !self.removed.contains(number));
        grants
    }

    /// Adds a grant and returns its number, or `None` when it is there already.
    fn add(&mut self, grant: Grant) -> Option<u64> {
        if self.grants().values().any(|known| *known == grant) {
            return None;
        }
        // A number is never given twice, as ids are on a real site.
        let last = [self.added.keys().next_back(), self.removed.last()];
        let last = last.into_iter().flatten().max().copied().unwrap_or(0);
        let number = last.max(of_a_new_project().len() as u64) + 1;
        self.added.insert(number, grant);
        Some(number)
    }

    fn remove(&mut self, number: u64) -> bool {
        let there = self.grants().contains_key(&number);
        if there {
            self.removed.insert(number);
            self.added.remove(&number);
        }
        there
    }

    /// V7: Browse Projects by a custom field's value, or to the reporter.
    pub(super) fn leaks(&self) -> bool {
        self.grants().values().any(|grant| {
            ["userCustomField", "groupCustomField", "reporter"]
                .iter()
                .any(|holder| grant.is("BROWSE_PROJECTS", holder))
        })
    }

    /// V8a: customers lack Browse Projects or Create Issues.
    pub(super) fn lacks_portal_access(&self) -> bool {
        let grants = self.grants();
        !["BROWSE_PROJECTS", "CREATE_ISSUES"]
            .iter()
            .all(|wanted| grants.values().any(|grant| grant.is(wanted, PORTAL_ONLY)))
    }

    /// V8b: some permission is granted to the role of the customers.
    pub(super) fn granted_to_customers_role(&self) -> bool {
        let role = ProjectRole::Customers.id().to_string();
        self.grants()
            .values()
            .any(|grant| grant.holder == "projectRole" && grant.parameter.as_ref() == Some(&role))
    }
}

/// The scheme of a new service project, as far as permissions are imitated.
fn of_a_new_project() -> Vec<Grant> {
    let (admins, team) = (
        ProjectRole::Administrators.id().to_string(),
        ProjectRole::Team.id().to_string(),
    );
    let mut grants = vec![Grant::new(
        "ADMINISTER_PROJECTS",
        "projectRole",
        Some(&admins),
    )];
    for permission in ["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS"] {
        grants.push(Grant::new(permission, "projectRole", Some(&admins)));
        grants.push(Grant::new(permission, "projectRole", Some(&team)));
        grants.push(Grant::new(permission, PORTAL_ONLY, None));
    }
    for permission in ["EDIT_ISSUES", "SERVICEDESK_AGENT"] {
        grants.push(Grant::new(permission, "projectRole", Some(&admins)));
        grants.push(Grant::new(permission, "projectRole", Some(&team)));
    }
    grants
}

impl Project {
    /// Returns the id of the project's permission scheme.
    pub(super) fn scheme_id(&self) -> u64 {
        10_000 + u64::from(self.desk)
    }

    /// Returns the id of a grant by its number in the scheme.
    pub(super) fn grant_id(&self, number: u64) -> u64 {
        self.scheme_id() * NUMBERS + number
    }
}

impl Site {
    /// Grants a permission in the scheme of a project and returns the id of the grant, or `None` when it was there already.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn grant_permission(
        &mut self,
        key: &ProjectKey,
        grant: Grant,
    ) -> Result<Option<u64>, SiteError> {
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        let number = project.permissions.add(grant.clone());
        let id = number.map(|number| project.grant_id(number));
        if id.is_some() {
            self.note_grant(key, &grant, true);
        }
        Ok(id)
    }

    /// Takes a grant out of the scheme of a project, and says whether it was there.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn revoke_permission(
        &mut self,
        key: &ProjectKey,
        grant: &Grant,
    ) -> Result<bool, SiteError> {
        let project = self
            .projects
            .get_mut(key)
            .ok_or_else(|| SiteError::Project(key.clone()))?;
        let number = project
            .permissions
            .grants()
            .into_iter()
            .find_map(|(number, known)| (known == *grant).then_some(number));
        let there = number.is_some_and(|number| project.permissions.remove(number));
        if there {
            self.note_grant(key, grant, false);
        }
        Ok(there)
    }

    pub(super) fn revoke_grant(&mut self, key: &ProjectKey, id: u64) -> bool {
        let Some(project) = self.projects.get_mut(key) else {
            return false;
        };
        let grant = project.permissions.grants().remove(&(id % NUMBERS));
        let there = id / NUMBERS == project.scheme_id() && project.permissions.remove(id % NUMBERS);
        if let Some(grant) = grant.filter(|_| there) {
            self.note_grant(key, &grant, false);
        }
        there
    }

    fn note_grant(&mut self, key: &ProjectKey, grant: &Grant, added: bool) {
        let id = self.projects.get(key).map_or(0, Project::scheme_id);
        let holder = match &grant.parameter {
            Some(parameter) => format!("{} ({parameter})", grant.holder),
            None => grant.holder.clone(),
        };
        let entry = Event::site(
            "permissions",
            "Permission scheme updated",
            Item::new("SCHEME", id, format!("Permission scheme of {key}")),
        )
        .with(self.project_item(key));
        let entry = match added {
            true => entry
                .changed("Permission", "", &grant.permission)
                .changed("Type", "", holder),
            false => entry
                .changed("Permission", &grant.permission, "")
                .changed("Type", holder, ""),
        };
        self.note(entry);
    }

    /// Says whether a project lets in every customer: it is open, and V8b does not make it act restricted.
    pub(super) fn acts_open(&self, project: &Project) -> bool {
        project.channel_access == crate::model::ChannelAccess::Open
            && !project.permissions.granted_to_customers_role()
    }

    /// Says whether a customer or agent sees a portal by the scheme alone: V7, or as one of the project's team.
    pub(super) fn scheme_lets_in(&self, project: &Project, account: &Account) -> bool {
        project.permissions.leaks()
            || self.is_named(
                project,
                account,
                &["ADMINISTER_PROJECTS", "SERVICEDESK_AGENT"],
            )
            || self.is_staff(project, account)
    }

    /// V7: Browse Projects makes a customer of whoever is in a group that has it. Being named oneself is taken to be as good.
    pub(super) fn scheme_makes_customer(&self, project: &Project, account: &Account) -> bool {
        self.is_named(project, account, &["BROWSE_PROJECTS"])
    }

    /// V7: whom Browse Projects makes a customer, by name or through a group.
    pub(super) fn customers_by_scheme(&self, project: &Project) -> Vec<Handle> {
        let grants = project.permissions.grants().into_values();
        grants
            .filter(|grant| grant.permission == "BROWSE_PROJECTS")
            .filter_map(|grant| match (grant.holder.as_str(), grant.parameter) {
                ("group", Some(name)) => Some(self.group_members(&name)),
                ("user", Some(id)) => Some(self.accounts.handle(&id).into_iter().collect()),
                _ => None,
            })
            .flatten()
            .collect()
    }

    /// Says whether one of these permissions is granted to an account or to a group of it.
    fn is_named(&self, project: &Project, account: &Account, permissions: &[&str]) -> bool {
        let groups = self.groups_of(account);
        project.permissions.grants().into_values().any(|grant| {
            let Some(parameter) = grant.parameter else {
                return false;
            };
            permissions.contains(&grant.permission.as_str())
                && match grant.holder.as_str() {
                    "group" => groups.contains(&parameter),
                    "user" => *account.id == *parameter,
                    _ => false,
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_project_has_a_healthy_scheme() {
        let scheme = Permissions::default();
        assert!(!scheme.leaks());
        assert!(!scheme.lacks_portal_access());
        assert!(!scheme.granted_to_customers_role());
    }

    #[test]
    fn grants_come_and_go_and_no_number_comes_back() {
        let mut scheme = Permissions::default();
        let before = scheme.grants();
        let leak = Grant::new("BROWSE_PROJECTS", "reporter", None);
        let first = scheme.add(leak.clone()).unwrap();
        assert_eq!(scheme.add(leak.clone()), None);
        assert!(scheme.leaks());
        assert!(scheme.remove(first));
        assert!(!scheme.remove(first));
        assert_eq!(scheme.grants(), before);
        assert_ne!(scheme.add(leak).unwrap(), first);
    }
}
