//! Two states side by side: which projects differ, and in which of them somebody's access may.

use crate::access::{ListId, Project, State, Visitor};
use crate::model::{ProjectKey, SpaceKey};
use std::collections::{BTreeSet, HashMap};

/// Two states with what differs between them.
pub(super) struct Comparison<'s, 'b, 'a> {
    pub(super) before: &'s State<'b>,
    pub(super) after: &'s State<'a>,
    /// Every project of either, with its position in both.
    pub(super) projects: Vec<Pair>,
    /// Projects that an organization is linked to in either state, as positions in `projects`.
    linked: HashMap<u32, Vec<usize>>,
    rosters: HashMap<u32, usize>,
    /// Whether positions of organizations and projects mean the same in both states.
    aligned: bool,
}

/// A project of either state.
pub(super) struct Pair {
    pub(super) key: ProjectKey,
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
    pub(super) spaces: BTreeSet<SpaceKey>,
    /// Whether something differs that concerns more people than some members of organizations.
    pub(super) differs: bool,
    /// Organizations linked in one state only.
    pub(super) links: BTreeSet<u32>,
}

impl<'s, 'b, 'a> Comparison<'s, 'b, 'a> {
    pub(super) fn new(before: &'s State<'b>, after: &'s State<'a>) -> Self {
        let same_site = before.site == after.site
            && before.approved == after.approved
            && before.any_domain == after.any_domain
            && before.spaces == after.spaces;
        let keys: BTreeSet<&ProjectKey> = before
            .projects
            .iter()
            .chain(&after.projects)
            .map(|project| &project.key)
            .collect();
        let projects: Vec<Pair> = keys
            .into_iter()
            .map(|key| {
                let (b, a) = (before.project(key.as_str()), after.project(key.as_str()));
                let was = b.map(|at| &before.projects[at]);
                let is = a.map(|at| &after.projects[at]);
                Pair {
                    key: key.clone(),
                    before: b,
                    after: a,
                    spaces: [was, is]
                        .into_iter()
                        .flatten()
                        .flat_map(|project| project.spaces.keys().cloned())
                        .collect(),
                    differs: !same_site || !alike(was, is),
                    links: organizations(was)
                        .symmetric_difference(&organizations(is))
                        .copied()
                        .collect(),
                }
            })
            .collect();
        let aligned = before
            .organizations
            .iter()
            .zip(&after.organizations)
            .all(|(was, is)| was.name == is.name)
            && projects.iter().all(|pair| pair.before == pair.after);
        let mut linked: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut rosters = HashMap::new();
        for (at, pair) in projects.iter().enumerate() {
            let was = organizations(pair.before.map(|at| &before.projects[at]));
            let is = organizations(pair.after.map(|at| &after.projects[at]));
            for organization in was.union(&is) {
                linked.entry(*organization).or_default().push(at);
            }
            if let Some(position) = pair.before.or(pair.after) {
                rosters.insert(u32::try_from(position).unwrap_or(u32::MAX), at);
            }
        }
        Self {
            before,
            after,
            projects,
            linked,
            rosters,
            aligned,
        }
    }

    /// Returns the projects in which something may differ for these two.
    pub(super) fn concerned(
        &self,
        before: &Option<Visitor<'_>>,
        after: &Option<Visitor<'_>>,
    ) -> Vec<usize> {
        let everything = || (0..self.projects.len()).collect();
        let (Some(Visitor::Existing(was)), Some(Visitor::Existing(is))) = (before, after) else {
            return everything();
        };
        let ([was], [is]) = (was.as_slice(), is.as_slice()) else {
            return everything();
        };
        if !self.aligned || was.account != is.account {
            return everything();
        }
        let mut concerned: BTreeSet<usize> = BTreeSet::new();
        for (at, pair) in self.projects.iter().enumerate() {
            let by_link = |lists: &[ListId]| {
                lists
                    .iter()
                    .any(|list| matches!(list, ListId::Organization(o) if pair.links.contains(o)))
            };
            if pair.differs || !pair.links.is_empty() && (by_link(was.lists) || by_link(is.lists)) {
                concerned.insert(at);
            }
        }
        let changed = |one: &[ListId], other: &[ListId]| -> Vec<ListId> {
            one.iter()
                .filter(|list| other.binary_search(list).is_err())
                .copied()
                .collect()
        };
        for list in changed(was.lists, is.lists)
            .into_iter()
            .chain(changed(is.lists, was.lists))
        {
            match list {
                ListId::Organization(at) => {
                    concerned.extend(self.linked.get(&at).into_iter().flatten());
                }
                ListId::Roster(at) => concerned.extend(self.rosters.get(&at)),
                // No plan changes schemes or roles.
                ListId::Circle(_) => {}
            }
        }
        concerned.into_iter().collect()
    }
}

fn organizations(project: Option<&Project>) -> BTreeSet<u32> {
    project
        .into_iter()
        .flat_map(|project| &project.organizations)
        .map(|link| link.organization)
        .collect()
}

/// Says whether two states of a project differ in nothing but links and people.
fn alike(was: Option<&Project>, is: Option<&Project>) -> bool {
    match (was, is) {
        (Some(was), Some(is)) => {
            was.channel_access == is.channel_access
                && was.links == is.links
                && was.roster == is.roster
                && was.spaces == is.spaces
                && was.scheme == is.scheme
        }
        _ => false,
    }
}
