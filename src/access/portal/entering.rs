//! Who sees a portal that is not known yet: somebody new, and somebody of whom it was not read whether there is an account.

use super::{Reach, account, anonymous, on_no_list, restricted, without_unread_groups};
use crate::access::accounts::{self, Newcomer};
use crate::access::answer::{Answer, Source, Trail};
use crate::access::desired;
use crate::access::people::{Account, ListId, Role, Status};
use crate::access::scheme;
use crate::access::state::{Project, State, StateKind};
use crate::access::visitor::{Actor, Visitor};
use crate::neutral::named;

/// What the customer reaches that an address may have an account of, by why that is not known. Whoever is declared absent or
/// revoked is taken off every list, those included that keep whom they do not name; but out of no group.
pub(in crate::access) fn customer_of_doubt(
    state: &State<'_>,
    project_at: usize,
    why: &str,
    trail: &mut Trail,
) -> Reach {
    let visitor = match [desired::ABSENT, desired::REVOKED].contains(&why) {
        true => Visitor::AnyCustomer,
        false => Visitor::Existing(vec![Actor::customer()]),
    };
    let reach = super::reach(state, project_at, &visitor, trail);
    match state.projects.get(project_at) {
        Some(project) if why == desired::ABSENT => {
            let account = Account {
                kind: None,
                ..Actor::customer().account
            };
            scheme::perhaps_in_a_group(project, account, reach, "whether the account is in", trail)
        }
        _ => reach,
    }
}

/// Whom an address may turn out to be, of which it was not read whether it has an account: somebody on the lists whose
/// address is hidden, an agent, or somebody who is suspended or revoked, whom no search shows (R1b, R1g). Offline nobody is
/// hidden, agents are none of the workspace's business, and accounts count as active.
pub(in crate::access) fn perhaps<'s>(
    state: &'s State<'_>,
) -> impl Iterator<Item = (Visitor<'s>, &'static str)> {
    let read = state.kind != StateKind::Desired;
    let hidden = state.people.hidden().map(|situation| {
        (
            Visitor::situation(situation),
            "somebody on the lists whose address the site hides may be the one",
        )
    });
    let on_no_list = |status, role| {
        Visitor::Existing(vec![Actor {
            account: Account {
                kind: None,
                status,
                role,
                twin: false,
                confluence: None,
            },
            lists: &[],
            sources: &[],
            certainty: Answer::Yes,
        }])
    };
    let others = [
        (
            on_no_list(Status::Active, Role::Staff),
            "an agent or administrator may have the address",
        ),
        (
            on_no_list(Status::Disabled, Role::Customer),
            "an account that is suspended or revoked may have the address",
        ),
    ];
    hidden.chain(others).filter(move |_| read)
}

/// Somebody new by the best self-service channel, or without login (section 4.1).
pub(super) fn newcomer(
    state: &State<'_>,
    project_at: usize,
    project: &Project,
    class: &accounts::DomainClass,
    trail: &mut Trail,
) -> Reach {
    let mut as_account = trail.fresh();
    let Newcomer {
        certainty,
        account: who,
        ..
    } = accounts::newcomer(state, class, &mut as_account);
    let mut reach = Reach::NONE;
    if certainty.exposes() {
        let joined = Joined::of(class);
        joined.explain(state, &mut as_account);
        let actor = joined.actor(who);
        // Offline, a list that may hold more people than are written holds nobody who is new.
        let unlisted = match state.kind == StateKind::Desired && class.organizations.is_empty() {
            true => Some(on_no_list(project)),
            false if class.doubts || project.scheme.customers_unread.is_none() => None,
            false => Some(without_unread_groups(project)),
        };
        let listed = unlisted.as_ref().unwrap_or(project);
        reach = account(state, project_at, listed, &actor, &mut as_account);
        let whom = "whether new accounts join";
        reach = scheme::perhaps_in_a_group(project, who, reach, whom, &mut as_account);
        let known = |at| class.organizations.iter().any(|(known, _)| *known == at);
        let whom = || format!("new customers of {} join", class.label());
        reach = perhaps_joined(state, project, known, whom, reach, &mut as_account);
        reach = reach.and(certainty);
        if reach.view == Answer::No {
            let agent = accounts::perhaps_agent(state, class, &mut as_account);
            reach = reach.or(Reach::both(agent));
        }
    }
    let mut without_login = trail.fresh();
    let open_to_all = anonymous(state, project, &mut without_login);
    if open_to_all.view.exposes() {
        trail.append(without_login);
    }
    if !certainty.exposes() && accounts::open(project) == Answer::No {
        // Even with an account the portal would stay closed.
        restricted(project, "and nobody else", trail);
    }
    trail.append(as_account);
    reach.or(open_to_all)
}

/// A2: a linked organization whose e-mail domains were not read may have the domain of somebody who is new.
pub(super) fn perhaps_joined(
    state: &State<'_>,
    project: &Project,
    known: impl Fn(u32) -> bool,
    whom: impl FnOnce() -> String,
    reach: Reach,
    trail: &mut Trail,
) -> Reach {
    if reach.view == Answer::Yes {
        return reach;
    }
    let mut unread = state.organizations.domains_unread(&project.organizations);
    let Some((_, organization, why)) = unread.find(|(at, _, _)| !known(*at)) else {
        return reach;
    };
    trail.add("A2", None, || {
        format!(
            "whether {} {} by themselves, which is linked to {}, is not known: {why}",
            whom(),
            named(&organization.name),
            project.key
        )
        .into()
    });
    reach.or(Reach::both(Answer::Uncertain))
}

/// A2, A3: the organizations that a new customer of a domain joins, and through them restricted projects.
pub(in crate::access) struct Joined {
    lists: Vec<ListId>,
    sources: Vec<Source>,
}

impl Joined {
    pub(in crate::access) fn of(class: &accounts::DomainClass) -> Self {
        let (lists, sources) = class
            .organizations
            .iter()
            .map(|(at, source)| (ListId::Organization(*at), *source))
            .unzip();
        Self { lists, sources }
    }

    pub(in crate::access) fn explain(&self, state: &State<'_>, trail: &mut Trail) {
        for (list, source) in self.lists.iter().zip(&self.sources) {
            let ListId::Organization(at) = list else {
                continue;
            };
            if let Some(organization) = state.organizations.get(*at as usize) {
                trail.add("R7", Some(*source), || {
                    format!(
                        "new customers of the domain join {} by themselves",
                        named(&organization.name)
                    )
                    .into()
                });
            }
        }
        if self.lists.len() > 1 {
            trail.add("Q20", None, || {
                "the domain belongs to several organizations: which one is joined is not documented"
                    .into()
            });
        }
    }

    pub(in crate::access) fn actor(&self, account: Account) -> Actor<'_> {
        Actor {
            account,
            lists: &self.lists,
            sources: &self.sources,
            certainty: match self.lists.len() {
                0 | 1 => Answer::Yes,
                _ => Answer::Uncertain,
            },
        }
    }
}
