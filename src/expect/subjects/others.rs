//! Everybody but a few: every class, each domain in sight, and every known person, as far as `only` does not name them.

use super::{Subject, Who, people_of};
use crate::access::{Coverage, DomainClass, ListId, PersonId, State, StateKind};
use crate::config::ExpectedWho;
use std::collections::{BTreeSet, HashSet};

/// Returns everybody who is not among `allowed`.
pub(super) fn others(state: &State<'_>, allowed: &[&ExpectedWho]) -> Vec<Subject> {
    let has = |who: &ExpectedWho| allowed.contains(&who);
    let mut all = Vec::new();
    if !has(&ExpectedWho::Anonymous) {
        all.push(Subject::new("a visitor without login", Who::Anonymous));
    }
    let anyone = has(&ExpectedWho::Anyone);
    if !anyone {
        all.push(Subject::new(
            "anyone with an address of a public mail provider",
            Who::Public,
        ));
        all.push(Subject::new(
            "anyone of a company that no list names",
            Who::Company,
        ));
        all.extend(domains(state, allowed));
    }
    // Whoever may be anybody's customer includes everybody who is known.
    if anyone || has(&ExpectedWho::AnyCustomer) {
        return all;
    }
    all.push(Subject::new("any customer", Who::AnyCustomer));
    let may = May::new(state, allowed);
    let known = state.people.ids().filter(|id| !may.includes(state, *id));
    all.extend(people_of(state, known));
    if state.kind == StateKind::Desired {
        all.push(Subject {
            name: "somebody whom the workspace does not name".into(),
            who: Who::Unlisted,
            perhaps: true,
        });
    }
    all
}

/// A new address of each domain in sight that is not allowed; of domains that fare the same, the first.
fn domains(state: &State<'_>, allowed: &[&ExpectedWho]) -> Vec<Subject> {
    let organizations: BTreeSet<&str> = allowed
        .iter()
        .filter_map(|who| match who {
            ExpectedWho::Organization(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for domain in state.domains_in_sight() {
        let named = allowed
            .iter()
            .any(|who| matches!(who, ExpectedWho::Domain(known) if known.as_str() == domain));
        let mut class = DomainClass::of(state, &domain);
        // Whoever joins an organization that may is a member of it.
        let joins = class.organizations.iter().any(|(at, _)| {
            let joined = state.organizations.get(*at as usize);
            joined.is_some_and(|joined| organizations.contains(joined.name.as_str()))
        });
        class.name = None;
        if !named && !joins && seen.insert(class) {
            let name = format!("a new address of `{domain}`");
            all.push(Subject::new(&name, Who::New(domain)));
        }
    }
    all
}

/// The known people who may.
struct May {
    lists: BTreeSet<ListId>,
    people: BTreeSet<PersonId>,
    domains: BTreeSet<String>,
    emails: BTreeSet<String>,
}

impl May {
    fn new(state: &State<'_>, allowed: &[&ExpectedWho]) -> Self {
        let mut may = Self {
            lists: BTreeSet::new(),
            people: BTreeSet::new(),
            domains: BTreeSet::new(),
            emails: BTreeSet::new(),
        };
        for who in allowed {
            match who {
                ExpectedWho::Organization(name) => {
                    let found = (0_u32..).zip(&state.organizations);
                    let found = found.filter(|(_, found)| found.name == name.as_str());
                    for (at, _) in found {
                        let list = ListId::Organization(at);
                        may.lists.extend([list, list.perhaps()]);
                    }
                }
                ExpectedWho::Group(name) => {
                    let group = state.groups.values().find(|group| group.name == *name);
                    may.people.extend(
                        group
                            .into_iter()
                            .flat_map(|group| group.people.iter().copied()),
                    );
                }
                ExpectedWho::Domain(domain) => {
                    may.domains.insert(domain.as_str().to_owned());
                }
                ExpectedWho::Person(email) => {
                    may.emails.insert(email.key().to_owned());
                }
                ExpectedWho::Anonymous
                | ExpectedWho::Anyone
                | ExpectedWho::AnyCustomer
                | ExpectedWho::Others(_) => {}
            }
        }
        may
    }

    fn includes(&self, state: &State<'_>, id: PersonId) -> bool {
        let email = state.people.get(id).email;
        self.people.contains(&id)
            || email.is_some_and(|email| {
                self.domains.contains(email.domain()) || self.emails.contains(email.key())
            })
            || state
                .people
                .lists(id)
                .iter()
                .any(|list| self.lists.contains(list))
    }
}

/// Says whether somebody is an agent or administrator of a project, whom no rule of customer access keeps out.
pub(in crate::expect) fn serves(state: &State<'_>, who: &Who, place: Option<usize>) -> bool {
    let (Who::Person(id), Some(project)) = (who, place.and_then(|at| state.projects.get(at)))
    else {
        return false;
    };
    if (id.0 as usize) >= state.people.len() {
        return false;
    }
    let lists = state.people.lists(*id);
    let mut circles = project
        .scheme
        .circles
        .iter()
        .filter(|circle| circle.serves());
    circles.any(|circle| lists.binary_search(&ListId::Circle(circle.id)).is_ok())
        || project.scheme.staff != Coverage::Whole
            && state.people.get(*id).account.role == crate::access::Role::Staff
}
