//! Two states of one site side by side, and which projects can matter to whom.

use super::view;
use crate::access::{Answer, ListId, Project, State, Visitor};
use crate::model::{ProjectKey, SpaceKey};
use std::collections::{BTreeSet, HashMap};

/// Two states with what differs between them. Positions of projects, organizations and people mean the same in both.
pub(super) struct Comparison<'s, 'b, 'a> {
    pub(super) before: &'s State<'b>,
    pub(super) after: &'s State<'a>,
    /// Every project.
    pub(super) projects: Vec<Pair>,
    /// Projects that an organization is linked to in either state.
    linked: HashMap<u32, Vec<usize>>,
    /// Organizations whose e-mail domains differ.
    pub(super) domains: BTreeSet<u32>,
    /// Whether it counts what whoever is new may get by rules and groups that nobody read.
    pub(super) doubts: bool,
}

/// A project in both states.
pub(super) struct Pair {
    pub(super) key: ProjectKey,
    pub(super) spaces: BTreeSet<SpaceKey>,
    /// Whether something differs that concerns more people than some members of organizations.
    pub(super) differs: bool,
    /// Organizations linked in one state only.
    pub(super) links: BTreeSet<u32>,
    /// Whether it is viewed without login, before and after.
    pub(super) without_login: [Answer; 2],
}

impl<'s, 'b, 'a> Comparison<'s, 'b, 'a> {
    pub(super) fn new(before: &'s State<'b>, after: &'s State<'a>) -> Self {
        let same_site = before.site == after.site
            && before.approved == after.approved
            && before.any_domain == after.any_domain
            && before.spaces == after.spaces;
        let mut linked: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut projects = Vec::with_capacity(before.projects.len());
        for (at, (was, is)) in before.projects.iter().zip(&after.projects).enumerate() {
            let (had, has) = (organizations(was), organizations(is));
            for organization in had.union(&has) {
                linked.entry(*organization).or_default().push(at);
            }
            projects.push(Pair {
                key: was.key.clone(),
                spaces: was.spaces.keys().chain(is.spaces.keys()).cloned().collect(),
                differs: !same_site || !alike(was, is),
                links: had.symmetric_difference(&has).copied().collect(),
                without_login: [
                    view(before, at, &Visitor::Anonymous),
                    view(after, at, &Visitor::Anonymous),
                ],
            });
        }
        let pairs = before.organizations.iter().zip(&after.organizations);
        let known = (0_u32..)
            .zip(pairs)
            .filter(|(_, (was, is))| {
                was.domains != is.domains || was.email_domains != is.email_domains
            })
            .map(|(at, _)| at);
        let new = (before.organizations.len()..after.organizations.len())
            .filter(|at| !after.organizations[*at].email_domains.is_empty())
            .map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        Self {
            before,
            after,
            projects,
            linked,
            domains: known.chain(new).collect(),
            doubts: true,
        }
    }

    /// The same comparison, in which nobody new gets anything by rules and groups that nobody read.
    pub(super) fn without_doubts(self) -> Self {
        Self {
            doubts: false,
            ..self
        }
    }

    /// Says whether nothing differs that could concern whole classes of people.
    pub(super) fn spares_classes(&self) -> bool {
        self.domains.is_empty()
            && !(self.projects.iter()).any(|pair| pair.differs || !pair.links.is_empty())
    }

    /// Returns the projects in which something may differ for people of a new address's domain.
    pub(super) fn concerned_domain(&self, domain: &str) -> Vec<usize> {
        let before = self.before.organizations.claiming(domain);
        let claiming = before.chain(self.after.organizations.claiming(domain));
        let claiming: BTreeSet<u32> = claiming.map(|(at, _)| at).collect();
        let mut concerned: BTreeSet<usize> = BTreeSet::new();
        for (at, pair) in self.projects.iter().enumerate() {
            if pair.differs || claiming.iter().any(|at| pair.links.contains(at)) {
                concerned.insert(at);
            }
        }
        // Which of several organizations people join is not known (Q20), so what becomes of one concerns all.
        if claiming.intersection(&self.domains).next().is_some() {
            let linked = claiming.iter().filter_map(|at| self.linked.get(at));
            concerned.extend(linked.flatten());
        }
        concerned.into_iter().collect()
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
        if was.account != is.account {
            return everything();
        }
        let mut concerned: BTreeSet<usize> = BTreeSet::new();
        for (at, pair) in self.projects.iter().enumerate() {
            let by_link = |lists: &[ListId]| {
                let mut organizations = lists.iter().filter_map(organization);
                organizations.any(|at| pair.links.contains(&at))
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
            if let Some(at) = organization(&list) {
                concerned.extend(self.linked.get(&at).into_iter().flatten());
            }
            match list {
                ListId::Roster(at) | ListId::PerhapsRoster(at) => {
                    concerned.insert(at as usize);
                }
                // No plan changes schemes or roles.
                _ => {}
            }
        }
        concerned.into_iter().collect()
    }
}

/// The organization of a list, where somebody is a member or may be one.
const fn organization(list: &ListId) -> Option<u32> {
    match list {
        ListId::Organization(at) | ListId::PerhapsOrganization(at) => Some(*at),
        _ => None,
    }
}

fn organizations(project: &Project) -> BTreeSet<u32> {
    let links = project.organizations.iter();
    links.map(|link| link.organization).collect()
}

/// Says whether two states of a project differ in nothing but links and people.
fn alike(was: &Project, is: &Project) -> bool {
    was.channel_access == is.channel_access
        && was.links == is.links
        && was.roster == is.roster
        && was.spaces == is.spaces
        && was.scheme == is.scheme
}
