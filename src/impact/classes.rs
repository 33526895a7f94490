//! What whole classes gain and lose: anonymous, anyone, any customer, and each domain in sight.

use super::cause::{Causes, Turn, Whose};
use super::comparison::Comparison;
use super::routes::Way;
use super::{Class, ClassChange, Target, view};
use crate::access::accounts::DomainClass;
use crate::access::{
    Answer, Coverage, SituationId, State, Trail, Visitor, accounts, articles, portal,
};
use crate::model::AccountKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl Comparison<'_, '_, '_> {
    /// How many people surely see each portal before, for projects where something differs for classes.
    fn reached_before(&self) -> HashMap<usize, usize> {
        let mut reached = HashMap::new();
        let differing: Vec<(usize, usize)> = self
            .projects
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.differs)
            .map(|(at, _)| (at, at))
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

    /// The classes, with who they are before and after.
    fn visitors(&self) -> Vec<(Class, Visitor<'_>, Visitor<'_>)> {
        let mut all = vec![
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
        let states: [&State<'_>; 2] = [self.before, self.after];
        for (class, public) in [(Class::OfPublicMail, true), (Class::OfCompanies, false)] {
            let [before, after] = states.map(|state| Visitor::of_any_domain(state, public));
            all.push((class, before, after));
        }
        let domains: BTreeSet<String> = match self.projects.iter().any(|pair| pair.differs) {
            true => states
                .iter()
                .flat_map(|state| state.domains_in_sight())
                .collect(),
            // Nothing else is concerned, and a site may have as many domains as people.
            false => (states.iter())
                .flat_map(|state| state.domains_of_organizations())
                .map(str::to_owned)
                .collect(),
        };
        for domain in domains {
            let before = Visitor::new_address(self.before, &domain);
            let after = Visitor::new_address(self.after, &domain);
            all.push((Class::Domain(domain), before, after));
        }
        if !self.doubts {
            for (_, before, after) in &mut all {
                before.leave_doubts_aside();
                after.leave_doubts_aside();
            }
        }
        all
    }

    /// Judges the classes.
    pub(super) fn classes(&self, causes: &Causes) -> Vec<ClassChange> {
        let mut changes = Vec::new();
        if self.spares_classes() {
            return changes;
        }
        let reached = self.reached_before();
        let mut anyone: BTreeMap<Target, (Answer, Answer)> = BTreeMap::new();
        let mut better: BTreeMap<Target, Vec<String>> = BTreeMap::new();
        for (class, before, after) in &self.visitors() {
            let concerned = match class {
                Class::Domain(domain) => self.concerned_domain(domain),
                _ => (0..self.projects.len()).collect(),
            };
            for at in concerned {
                let pair = &self.projects[at];
                let spaces = pair.spaces.iter().map(Some);
                for space in std::iter::once(None).chain(spaces) {
                    let answer = |state: &State<'_>, visitor, trail: &mut _| match space {
                        None => portal::reach(state, at, visitor, trail).view,
                        Some(space) => articles::read(state, at, space, visitor, trail),
                    };
                    let mut silent = Trail::silent();
                    let b = answer(self.before, before, &mut silent);
                    let a = answer(self.after, after, &mut silent);
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
                    let among = matches!(
                        class,
                        Class::OfPublicMail | Class::OfCompanies | Class::Domain(_)
                    );
                    let as_anyone = among && anyone.get(&target) == Some(&(b, a));
                    if a == b || as_anyone {
                        continue;
                    }
                    let mut trail = Trail::recording();
                    answer(self.after, after, &mut trail);
                    let turn = Turn::from(b, a);
                    let whose = match class {
                        Class::Domain(domain) => Whose::Class(Some(domain)),
                        _ => Whose::Class(None),
                    };
                    let caused = |ways| causes.of(whose, (turn, &target), at, ways);
                    // Where the portal is what it was, and an account is had as before, articles change by what is said of
                    // them.
                    let portal = view(self.before, at, before).cmp(&view(self.after, at, after));
                    let enters = enters(self.before, before) == enters(self.after, after);
                    let ways: &[Way] = match space.is_some() && portal != b.cmp(&a) && enters {
                        true => &[],
                        false => ways_of(class),
                    };
                    let mut caused_by = caused(ways);
                    if caused_by.is_empty() {
                        caused_by = caused(ways_of(class));
                    }
                    changes.push(ClassChange {
                        class: class.clone(),
                        target: target.clone(),
                        before: b,
                        after: a,
                        people_before: reached.get(&at).copied().unwrap_or(0),
                        people_before_whole: whole(self.before, at),
                        except: Vec::new(),
                        caused_by,
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
}

/// The ways by which a class may come in.
const fn ways_of(class: &Class) -> &'static [Way] {
    match class {
        Class::Anonymous => &[Way::WithoutLogin],
        Class::AnyCustomer => &[Way::Open, Way::WithoutLogin],
        Class::Anyone | Class::OfPublicMail | Class::OfCompanies | Class::Domain(_) => {
            &[Way::SelfService, Way::WithoutLogin]
        }
    }
}

/// Says whether whoever is new comes to an account by themselves, of which kind, and whether perhaps as an agent.
fn enters(state: &State<'_>, visitor: &Visitor<'_>) -> Vec<(Answer, Option<AccountKind>, Answer)> {
    let one = |class: &DomainClass| {
        let silent = Trail::silent;
        let newcomer = accounts::newcomer(state, class, &mut silent());
        let agent = accounts::perhaps_agent(state, class, &mut silent());
        (newcomer.certainty, newcomer.account.kind, agent)
    };
    match visitor {
        Visitor::New(class) => vec![one(class)],
        Visitor::Anyone(classes) => classes.iter().map(one).collect(),
        _ => Vec::new(),
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
