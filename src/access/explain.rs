//! What one person or class gets and reaches, with every reason: the answer to `portcullis explain`.

pub mod json;
pub mod text;

use super::accounts::{self, Channel, DomainClass, Outcome, Way};
use super::answer::{Answer, Because, Trail};
use super::articles;
use super::desired;
use super::people::{Account, Lookup, PersonId, Role, Status};
use super::portal::{self, Reach};
use super::state::{State, StateKind};
use super::visitor::{self, Visitor};
use crate::model::{AccountKind, Domain, Email, EmailError, ProjectKey, SpaceKey};
use crate::neutral::phrase::{Phrase, say};
use std::collections::BTreeSet;

/// About whom somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// `anonymous`: somebody without login.
    Anonymous,
    /// `anyone`: any address at all.
    Anyone,
    /// `any_customer`: an existing customer on no list.
    AnyCustomer,
    /// `*@domain`: a new address of the domain.
    Domain(Domain),
    /// One address.
    Address(Email),
}

impl Asked {
    /// Reads what was typed.
    ///
    /// # Errors
    /// When it is neither a class nor an address.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        match text {
            "anonymous" => Ok(Self::Anonymous),
            "anyone" => Ok(Self::Anyone),
            "any_customer" => Ok(Self::AnyCustomer),
            _ => match text.strip_prefix("*@") {
                Some(domain) => Domain::new(domain).map(Self::Domain),
                None => Email::new(text).map(Self::Address),
            },
        }
    }

    /// Finds who that is in a state.
    pub fn visitor<'s>(&self, state: &'s State<'_>) -> Visitor<'s> {
        match self {
            Self::Anonymous => Visitor::Anonymous,
            Self::Anyone => Visitor::anyone(state),
            Self::AnyCustomer => Visitor::AnyCustomer,
            Self::Domain(domain) => Visitor::new_address(state, domain.as_str()),
            Self::Address(email) => Visitor::asked(state, email),
        }
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Anyone => f.write_str("anyone"),
            Self::AnyCustomer => f.write_str("any_customer"),
            Self::Domain(domain) => write!(f, "*@{}", domain.as_str()),
            Self::Address(email) => f.write_str(email.key()),
        }
    }
}

/// What a channel leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelAnswer {
    /// The channel.
    pub channel: Channel,
    /// The outcome.
    pub outcome: Outcome,
    /// Why.
    pub because: Vec<Because>,
}

/// What somebody may do in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectAnswer {
    /// The project.
    pub key: ProjectKey,
    /// View and send.
    pub reach: Reach,
    /// The channels that depend on the project.
    pub channels: Vec<ChannelAnswer>,
    /// Why.
    pub because: Vec<Because>,
}

/// Whether somebody reads a space of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleAnswer {
    /// The project.
    pub project: ProjectKey,
    /// The space.
    pub space: SpaceKey,
    /// Whether its articles can be read.
    pub read: Answer,
    /// Why.
    pub because: Vec<Because>,
}

/// Everything about one person or class in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The state.
    pub state: StateKind,
    /// The accounts that are known to have the address; none for a class.
    pub accounts: Vec<Account>,
    /// Outcomes by channel: those that depend on no project, and with one project all.
    pub channels: Vec<ChannelAnswer>,
    /// Portals, by key.
    pub projects: Vec<ProjectAnswer>,
    /// Articles, by project and space.
    pub articles: Vec<ArticleAnswer>,
    /// What is not possible and what to do instead, and what else to know.
    pub notes: Vec<Because>,
    /// What also decides and is not judged; reads as sentences.
    pub not_judged: Vec<Phrase>,
}

impl Explanation {
    /// Says whether two explanations give the same answers, for whatever reasons.
    pub fn agrees(&self, other: &Self) -> bool {
        let channels = |answers: &[ChannelAnswer]| -> Vec<(Channel, Outcome)> {
            answers.iter().map(|a| (a.channel, a.outcome)).collect()
        };
        channels(&self.channels) == channels(&other.channels)
            && self.projects.len() == other.projects.len()
            && self.projects.iter().zip(&other.projects).all(|(a, b)| {
                (&a.key, a.reach) == (&b.key, b.reach)
                    && channels(&a.channels) == channels(&b.channels)
            })
            && self.articles.len() == other.articles.len()
            && self
                .articles
                .iter()
                .zip(&other.articles)
                .all(|(a, b)| (&a.project, &a.space, a.read) == (&b.project, &b.space, b.read))
    }
}

/// Explains one person or class; `only` narrows it to one project, whose channels then stand at the top too.
pub fn explain(state: &State<'_>, asked: &Asked, only: Option<&ProjectKey>) -> Explanation {
    let visitor = asked.visitor(state);
    // The ways in are those of an address without an account, unless one is known.
    let entering = match asked {
        Asked::Address(email) => Visitor::address(state, email),
        _ => visitor.clone(),
    };
    let meant: Vec<usize> = (0..state.projects.len())
        .filter(|at| only.is_none_or(|key| state.projects[*at].key == *key))
        .collect();
    let channel = |channel: Channel, project: Option<usize>| {
        let mut trail = Trail::recording();
        let outcome = visitor::outcome(state, &entering, channel, project, &mut trail);
        ChannelAnswer {
            channel,
            outcome,
            because: trail.into_steps(),
        }
    };
    let at_the_top = match meant.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let channels = Channel::ALL
        .into_iter()
        .filter(|channel| !channel.needs_project() || at_the_top.is_some())
        .map(|by| channel(by, at_the_top))
        .collect();
    let projects = meant
        .iter()
        .map(|&at| {
            let mut trail = Trail::recording();
            let reach = portal::reach(state, at, &visitor, &mut trail);
            ProjectAnswer {
                key: state.projects[at].key.clone(),
                reach,
                channels: Channel::ALL
                    .into_iter()
                    .filter(|channel| channel.needs_project())
                    .map(|by| channel(by, Some(at)))
                    .collect(),
                because: trail.into_steps(),
            }
        })
        .collect();
    let mut articles = Vec::new();
    for &at in &meant {
        for space in state.projects[at].spaces.keys() {
            let mut trail = Trail::recording();
            let read = articles::read(state, at, space, &visitor, &mut trail);
            articles.push(ArticleAnswer {
                project: state.projects[at].key.clone(),
                space: space.clone(),
                read,
                because: trail.into_steps(),
            });
        }
    }
    let accounts = match asked {
        Asked::Address(email) => match state.people.lookup(email) {
            Lookup::Accounts(ids) => ids.iter().map(|id| state.people.get(*id).account).collect(),
            Lookup::Nobody | Lookup::Unknown(_) => Vec::new(),
        },
        _ => Vec::new(),
    };
    Explanation {
        state: state.kind,
        accounts,
        channels,
        projects,
        articles,
        notes: notes(state, asked, &meant),
        not_judged: match only {
            Some(key) => state.doors.of_project(key),
            None => state.doors.of_site(),
        },
    }
}

/// What is not possible and what to do instead.
fn notes(state: &State<'_>, asked: &Asked, projects: &[usize]) -> Vec<Because> {
    let mut trail = Trail::recording();
    match asked {
        Asked::Address(email) => {
            match state.people.lookup(email) {
                Lookup::Accounts(ids) => {
                    for id in ids {
                        about_account(state, email, state.people.get(id).account, &mut trail);
                    }
                    if state.kind == StateKind::Desired {
                        trail.add("R1", None, || {
                            "no file tells whether the account is active, the only one on its address, and no more than a customer's: that is taken for granted".into()
                        });
                    }
                }
                Lookup::Nobody => {
                    about_new(state, email.domain(), &mut trail);
                    if state.kind == StateKind::Desired {
                        trail.add("R1", None, || {
                            "no list of the workspace names the address: the ways in are those of an address without an account, and an account that is there is not known".into()
                        });
                    }
                }
                Lookup::Unknown(why) => trail.add("R1", None, || {
                    // Whose access ends is not said to keep it: what the plan leaves is an Atlassian account.
                    let keeps = match why == desired::REVOKED {
                        true => "An Atlassian account that is there reaches every open portal until an administrator suspends it",
                        false => "An account that is there reaches every open portal until it is revoked by hand",
                    };
                    format!("whether the address has an account is not known: {why}. {keeps}").into()
                }),
            }
            subdomain(state, email.domain(), &mut trail);
        }
        Asked::Domain(domain) => {
            about_new(state, domain.as_str(), &mut trail);
            subdomain(state, domain.as_str(), &mut trail);
            known_of_domain(state, domain.as_str(), projects, &mut trail);
        }
        Asked::Anonymous | Asked::Anyone => trail.add("R3", None, || {
            "the accounts are those of an address whose domain nothing here names: ask about an address or `*@domain` for another".into()
        }),
        Asked::AnyCustomer => trail.add("V1", None, || {
            "a customer who is on no list, with a portal-only account: whoever is on a list may reach more".into()
        }),
    }
    trail.into_steps()
}

fn about_account(state: &State<'_>, email: &Email, account: Account, trail: &mut Trail) {
    match (account.kind, account.status, account.role) {
        (_, Status::Disabled, _) => trail.add("R1g", None, || {
            "a plan never grants access back: an administrator does, under Portal-only customers or in the directory".into()
        }),
        (Some(AccountKind::Atlassian), _, Role::None) => trail.add("R1e", None, || {
            "agents cannot invite this account: an organization administrator grants it the role Customer".into()
        }),
        (Some(AccountKind::Atlassian), _, Role::Unknown) => trail.add("R1e", None, || {
            say("whether the account holds the role Customer is not known: {}", [state.roles_unread.clone()])
        }),
        (Some(AccountKind::Atlassian), ..) => trail.add("R4.2", None, || {
            "an Atlassian account cannot be turned into a portal-only one, and need not be: the role Customer is free. To save a licence, remove the licensed role and keep Customer".into()
        }),
        (Some(AccountKind::PortalOnly), ..) => {
            let class = DomainClass::of(state, email.domain());
            let would_be = accounts::account_type(state, &class, Way::Staff, &mut Trail::silent());
            if would_be == Outcome::Atlassian {
                trail.add("R1a", class.approved.map(|grant| grant.source), || {
                    format!(
                        "the account is portal-only although new people of `{}` get Atlassian accounts: once this person has one, two accounts share the address. Migrate the portal-only account",
                        email.domain()
                    ).into()
                });
            }
        }
        (None, ..) => {}
    }
}

fn about_new(state: &State<'_>, domain: &str, trail: &mut Trail) {
    let class = DomainClass::of(state, domain);
    let by_staff = accounts::account_type(state, &class, Way::Staff, &mut Trail::silent());
    match by_staff {
        Outcome::Atlassian => trail.add("R6", class.approved.map(|grant| grant.source), || {
            format!("people of `{domain}` get Atlassian accounts: an organization administrator invites them in the admin hub. A portal-only account for one of them would become a duplicate").into()
        }),
        Outcome::Rejected => trail.add("R3.3", state.site.allowed.source(), || {
            format!("nobody can add people of `{domain}`, agents included: allow the domain first").into()
        }),
        _ => {}
    }
}

/// Q2: lists match whole domains.
fn subdomain(state: &State<'_>, domain: &str, trail: &mut Trail) {
    let approved = state.approved.domains.keys();
    let allowed = state.site.allowed.value().into_iter().flatten().flatten();
    let above: BTreeSet<&str> = approved
        .chain(allowed)
        .map(Domain::as_str)
        .filter(|listed| {
            domain
                .strip_suffix(listed)
                .is_some_and(|rest| rest.ends_with('.'))
        })
        .collect();
    for listed in above {
        trail.add("Q2", None, || {
            format!("assumed: `{listed}` on a list does not cover `{domain}`").into()
        });
    }
}

/// How the known people of a domain fare, who may differ from a new address.
fn known_of_domain(state: &State<'_>, domain: &str, projects: &[usize], trail: &mut Trail) {
    let known: Vec<PersonId> = state
        .people
        .ids()
        .filter(|id| {
            state
                .people
                .get(*id)
                .email
                .is_some_and(|email| email.domain() == domain)
        })
        .collect();
    if known.is_empty() {
        return;
    }
    let people = |count: usize| match count {
        1 => "1 known person".to_owned(),
        _ => format!("{count} known people"),
    };
    trail.add("R1", None, || {
        let mut parts = Vec::new();
        for &at in projects {
            let count = known
                .iter()
                .filter(|id| {
                    let (situation, ..) = state.people.situation(state.people.situation_of(**id));
                    let visitor = Visitor::situation(situation);
                    portal::reach(state, at, &visitor, &mut Trail::silent())
                        .view
                        .exposes()
                })
                .count();
            parts.push(format!("{} {count}", state.projects[at].key));
        }
        format!(
            "the answers are those of a new address; {} of `{domain}` {} apart, reaching: {}",
            people(known.len()),
            if known.len() == 1 { "stands" } else { "stand" },
            parts.join(", ")
        )
        .into()
    });
    let class = DomainClass::of(state, domain);
    if accounts::account_type(state, &class, Way::Staff, &mut Trail::silent()) != Outcome::Atlassian
    {
        return;
    }
    let portal_only = known
        .iter()
        .filter(|id| state.people.get(**id).account.kind == Some(AccountKind::PortalOnly))
        .count();
    if portal_only > 0 {
        trail.add("R1a", class.approved.map(|grant| grant.source), || {
            format!(
                "{} of `{domain}` with a portal-only account: a duplicate as soon as an Atlassian account comes to stand beside it. Migrate the portal-only ones",
                people(portal_only)
            ).into()
        });
    }
}
