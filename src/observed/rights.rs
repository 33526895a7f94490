//! What the caller may do, as far as the site says.

use crate::model::{ProjectKey, Right, Work};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The caller's rights. What is not in here was not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rights {
    /// Rights on the site; one that belongs to projects counts as had where it is had in any project.
    pub site: BTreeMap<Right, bool>,
    /// Rights in projects that were asked about one by one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub projects: BTreeMap<ProjectKey, BTreeMap<Right, bool>>,
}

/// Whether the caller may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// The rights are there.
    Yes,
    /// This right, or another of the same list, is missing for sure.
    No(&'static [Right]),
    /// The site does not tell.
    Unknown,
}

impl Rights {
    /// Says whether the caller has a right, on the site or in a project; `None` where that is not known.
    pub fn has(&self, right: Right, project: Option<&ProjectKey>) -> Option<bool> {
        let told = |right| self.site.get(&right).copied();
        let of_site = match right {
            // Nothing tells who is a site admin; but site admins administer Jira, so whoever does not is none.
            Right::SiteAdmin => {
                told(right).or_else(|| told(Right::AdministerJira).filter(|held| !held))
            }
            _ => told(right),
        };
        match project.filter(|_| right.is_of_projects()) {
            None => of_site,
            // Whoever has it in no project has it in none of them; having it somewhere says little of this one.
            Some(key) => match self.projects.get(key).and_then(|held| held.get(&right)) {
                Some(held) => Some(*held),
                None => of_site.filter(|held| !held),
            },
        }
    }

    /// Says whether the caller may do a kind of work, in a project where it belongs to one.
    pub fn allow(
        &self,
        work: Work,
        project: Option<&ProjectKey>,
        organizations_by_admins: bool,
    ) -> Allowed {
        let mut known = true;
        for choices in work.needs(organizations_by_admins) {
            let held: Vec<Option<bool>> = choices
                .iter()
                .map(|right| self.has(*right, project))
                .collect();
            if held.contains(&Some(true)) {
                continue;
            }
            if held.iter().all(|held| *held == Some(false)) {
                return Allowed::No(choices);
            }
            known = false;
        }
        if known {
            Allowed::Yes
        } else {
            Allowed::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(held: &[(Right, bool)]) -> Rights {
        Rights {
            site: held.iter().copied().collect(),
            projects: BTreeMap::new(),
        }
    }

    #[test]
    fn an_agent_may_not_make_accounts_and_the_right_is_named() {
        let agent = rights(&[
            (Right::AdministerJira, false),
            (Right::ServiceProjectAgent, true),
        ]);
        let Allowed::No(missing) = agent.allow(Work::CreateAccount, None, false) else {
            panic!("an agent cannot make accounts");
        };
        assert_eq!(missing[0].name(), "Administer Jira");
        let ending = agent.allow(Work::EndPortalAccess, None, false);
        assert_eq!(ending, Allowed::No(&[Right::SiteAdmin]));
        let managing = |by_admins| agent.allow(Work::ManageOrganizations, None, by_admins);
        assert_eq!(managing(false), Allowed::Yes);
        assert_eq!(managing(true), Allowed::No(&[Right::AdministerJira]));
    }

    #[test]
    fn a_right_in_some_project_says_nothing_of_this_one() {
        let (ours, other) = (
            ProjectKey::new("ITSM").unwrap(),
            ProjectKey::new("HR").unwrap(),
        );
        let mut some = rights(&[
            (Right::AdministerProjects, true),
            (Right::AdministerJira, false),
        ]);
        let customers =
            |rights: &Rights, key| rights.allow(Work::ChangeCustomers, Some(key), false);
        assert_eq!(customers(&some, &ours), Allowed::Unknown);
        some.projects.insert(
            ours.clone(),
            BTreeMap::from([(Right::AdministerProjects, true)]),
        );
        some.projects.insert(
            other.clone(),
            BTreeMap::from([(Right::AdministerProjects, false)]),
        );
        assert_eq!(customers(&some, &ours), Allowed::Yes);
        assert!(matches!(customers(&some, &other), Allowed::No(_)));
        let none = rights(&[(Right::AdministerProjects, false)]);
        assert!(matches!(customers(&none, &ours), Allowed::No(_)));
    }

    #[test]
    fn both_rights_of_an_invitation_are_needed_and_what_nobody_tells_is_unknown() {
        let key = ProjectKey::new("ITSM").unwrap();
        let mut half = rights(&[
            (Right::AdministerJira, true),
            (Right::AdministerProjects, true),
        ]);
        let invite = |rights: &Rights| rights.allow(Work::Invite, Some(&key), false);
        assert_eq!(invite(&half), Allowed::Unknown);
        half.site.insert(Right::AdministerProjects, false);
        assert_eq!(invite(&half), Allowed::No(&[Right::AdministerProjects]));
        assert_eq!(
            half.allow(Work::EndPortalAccess, None, false),
            Allowed::Unknown
        );
    }
}
