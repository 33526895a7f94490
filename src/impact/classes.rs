//! What whole classes gain and lose: anonymous, anyone, any customer, and each domain in sight.

use super::comparison::Comparison;
use super::{Class, ClassChange, Target, view};
use crate::access::{Answer, Coverage, SituationId, State, Trail, Visitor, articles, portal};
use std::collections::{BTreeMap, HashMap};

impl Comparison<'_, '_, '_> {
    /// How many people surely see each portal before, for projects where something differs for classes.
    pub(super) fn reached_before(&self) -> HashMap<usize, usize> {
        let mut reached = HashMap::new();
        let differing: Vec<(usize, usize)> = self
            .projects
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.differs)
            .filter_map(|(at, pair)| Some((at, pair.before?)))
            .collect();
        if differing.is_empty() {
            return reached;
        }
        let situations = u32::try_from(self.before.people.situations()).unwrap_or(u32::MAX);
        for id in (0..situations).map(SituationId) {
            let (situation, _, people) = self.before.people.situation(id);
            let visitor = Visitor::situation(situation);
            for (at, position) in &differing {
                if view(self.before, *position, &visitor).promises() {
                    *reached.entry(*at).or_default() += people as usize;
                }
            }
        }
        reached
    }

    /// Judges the classes.
    pub(super) fn classes(&self, reached: &HashMap<usize, usize>) -> Vec<ClassChange> {
        let differing: Vec<usize> = (0..self.projects.len())
            .filter(|at| self.projects[*at].differs || !self.projects[*at].links.is_empty())
            .collect();
        let mut changes = Vec::new();
        if differing.is_empty() && self.same_domains() {
            return changes;
        }
        let mut all: Vec<(Class, Visitor<'_>, Visitor<'_>)> = vec![
            (Class::Anonymous, Visitor::Anonymous, Visitor::Anonymous),
            (
                Class::Anyone,
                Visitor::anyone(self.before),
                Visitor::anyone(self.after),
            ),
            (
                Class::AnyCustomer,
                Visitor::AnyCustomer,
                Visitor::AnyCustomer,
            ),
        ];
        let mut domains = self.before.domains_in_sight();
        domains.extend(self.after.domains_in_sight());
        for domain in domains {
            let before = Visitor::new_address(self.before, &domain);
            let after = Visitor::new_address(self.after, &domain);
            all.push((Class::Domain(domain), before, after));
        }
        let mut anyone: BTreeMap<Target, (Answer, Answer)> = BTreeMap::new();
        let mut better: BTreeMap<Target, Vec<String>> = BTreeMap::new();
        for (class, before, after) in &all {
            for (at, pair) in self.projects.iter().enumerate() {
                let spaces = pair.spaces.iter().map(Some);
                for space in std::iter::once(None).chain(spaces) {
                    let answer = |state: &State<'_>, at: Option<usize>, visitor, trail: &mut _| {
                        at.map_or(Answer::No, |at| match space {
                            None => portal::reach(state, at, visitor, trail).view,
                            Some(space) => articles::read(state, at, space, visitor, trail),
                        })
                    };
                    let mut silent = Trail::silent();
                    let b = answer(self.before, pair.before, before, &mut silent);
                    let a = answer(self.after, pair.after, after, &mut silent);
                    let target = Target {
                        project: pair.key.clone(),
                        space: space.cloned(),
                    };
                    if *class == Class::Anyone {
                        anyone.insert(target.clone(), (b, a));
                    }
                    if let (Class::Domain(domain), Some((was, is))) = (class, anyone.get(&target))
                        && is < was
                        && a > *is
                    {
                        let domains = better.entry(target.clone()).or_default();
                        domains.push(domain.clone());
                    }
                    let as_anyone =
                        matches!(class, Class::Domain(_)) && anyone.get(&target) == Some(&(b, a));
                    if a == b || as_anyone {
                        continue;
                    }
                    let mut trail = Trail::recording();
                    answer(self.after, pair.after, after, &mut trail);
                    changes.push(ClassChange {
                        class: class.clone(),
                        target,
                        before: b,
                        after: a,
                        people_before: reached.get(&at).copied().unwrap_or(0),
                        people_before_whole: pair.before.is_none_or(|at| whole(self.before, at)),
                        except: Vec::new(),
                        because: trail.into_steps(),
                    });
                }
            }
        }
        for change in &mut changes {
            if change.class == Class::Anyone {
                change.except = better.remove(&change.target).unwrap_or_default();
            }
        }
        changes
    }

    /// Says whether new addresses join the same organizations in both states.
    fn same_domains(&self) -> bool {
        let domains = |state: &State<'_>| -> Vec<(String, Vec<crate::model::Domain>)> {
            state
                .organizations
                .iter()
                .filter(|organization| !organization.email_domains.is_empty())
                .map(|organization| {
                    let domains = organization.email_domains.iter();
                    (
                        organization.name.clone(),
                        domains.map(|(domain, _)| domain.clone()).collect(),
                    )
                })
                .collect()
        };
        domains(self.before) == domains(self.after)
    }
}

/// Says whether everybody is known who reaches a project: whoever stands on its lists, where it is restricted for sure. To an
/// open one comes every customer of the site (V2), and those who are on no list are never read.
fn whole(state: &State<'_>, at: usize) -> bool {
    let project = &state.projects[at];
    if portal::is_restricted(project) != Answer::Yes {
        return false;
    }
    let linked = project.organizations.iter().filter_map(|link| {
        let organization = state.organizations.get(link.organization as usize)?;
        Some(&organization.members)
    });
    [&project.roster, &project.links]
        .into_iter()
        .chain(linked)
        .all(|coverage| *coverage == Coverage::Whole)
}
