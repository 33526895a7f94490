//! Everybody who reaches a project or a space, by which route: the answer to `portcullis who`.

pub mod json;
mod permissions;
pub mod write;

use super::accounts::{DomainClass, Outcome};
use super::answer::{Answer, Because, RuleId, Source, Trail};
use super::articles;
use super::people::{ListId, PersonId, Role, SituationId, Status};
use super::portal::{self, Route};
use super::scheme::{Circle, Reading};
use super::state::{Coverage, Project, State, StateKind};
use super::visitor::{self, Actor, Visitor};
use super::{Channel, accounts};
use crate::desired::ends::{Ends, List};
use crate::model::{AccountId, AccountKind, Email, ProjectKey, SpaceKey};
use crate::neutral::named;
use crate::neutral::phrase::{self, Phrase, ours, say};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};

/// One way in which a person reaches the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The route in words: `roster`, `organization Globex`, `open project`, `agent (role Service Desk Team)`, `permission leak`.
    pub route: Phrase,
    /// The rule that makes it a route.
    pub rule: RuleId,
    /// Where it is said.
    pub source: Option<Source>,
    /// The list that makes it one.
    pub list: Option<List>,
    /// The last day, where the workspace says one.
    pub until: Option<Date>,
}

impl Via {
    /// Returns the route as text has it: a project's own list is that of its `customers`.
    pub fn said(&self) -> Phrase {
        match self.route.to_string().as_str() {
            "roster" => Phrase::of("customers"),
            "perhaps the roster" => Phrase::of("perhaps customers"),
            _ => self.route.clone(),
        }
    }

    fn new(route: impl Into<Phrase>, rule: &'static str, source: Option<Source>) -> Self {
        Self {
            route: route.into(),
            rule: RuleId(rule),
            source,
            list: None,
            until: None,
        }
    }

    fn on(self, list: Option<List>) -> Self {
        Self { list, ..self }
    }
}

/// A class that reaches the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassRow {
    /// `anonymous`, `anyone`, `any_customer`, `*@domain`, `group:NAME`, or `agents`.
    pub who: String,
    /// Whether it does.
    pub answer: Answer,
    /// The route in words.
    pub route: Phrase,
    /// Why.
    pub because: Vec<Because>,
}

/// A person who reaches the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub person: PersonId,
    /// Whether they do.
    pub answer: Answer,
    /// By which routes.
    pub via: Vec<Via>,
}

/// Everybody who reaches a project or one of its spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The project.
    pub project: ProjectKey,
    /// The space, where articles are asked about.
    pub space: Option<SpaceKey>,
    /// Classes, the widest first.
    pub classes: Vec<ClassRow>,
    /// People, sorted by address.
    pub people: Vec<PersonRow>,
    /// What is not in the list because it is not known; reads as sentences.
    pub gaps: Vec<Phrase>,
    /// What also decides and is not judged; reads as sentences.
    pub not_judged: Vec<Phrase>,
}

/// A person as a listing shows them, or several where people are only counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The address, `id:…` where none is visible, or what is shown instead.
    pub who: String,
    /// The account id, where it is known and shown.
    pub account_id: Option<String>,
    /// The display name; empty where it is not known or not shown.
    pub name: String,
    /// The kind of the account, where it is known.
    pub account: Option<AccountKind>,
    /// Whether they reach the target.
    pub answer: Answer,
    /// By which routes.
    pub via: Vec<Via>,
    /// How many people the row stands for, where people are only counted.
    pub count: Option<usize>,
}

/// An audience with its people by name, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The state that was asked.
    pub state: StateKind,
    /// The project.
    pub project: ProjectKey,
    /// The space, where articles are asked about.
    pub space: Option<SpaceKey>,
    /// Classes, the widest first.
    pub classes: Vec<ClassRow>,
    /// People.
    pub people: Vec<Listed>,
    /// What is not in the list because it is not known.
    pub gaps: Vec<Phrase>,
    /// What also decides and is not judged.
    pub not_judged: Vec<Phrase>,
}

impl Listing {
    /// Names the people of an audience of a state, and says when an entry of theirs ends.
    pub fn new(state: &State<'_>, audience: Audience, ends: &Ends) -> Self {
        let project = audience.project;
        let people = audience.people.into_iter().map(|mut row| {
            let person = state.people.get(row.person);
            let id = person.account_id.map(ToString::to_string);
            if !ends.is_empty() {
                let address = person.email.map(Email::key);
                let who: Vec<&str> = address.into_iter().chain(id.as_deref()).collect();
                for via in &mut row.via {
                    let list = via.list.as_ref();
                    via.until = list.and_then(|list| ends.until(list, &who, &project));
                }
            }
            Listed {
                who: match (person.email, &id) {
                    (Some(email), _) => email.key().to_owned(),
                    (None, Some(id)) => format!("id:{id}"),
                    (None, None) => "?".to_owned(),
                },
                account_id: id,
                name: person.name.to_owned(),
                account: person.account.kind,
                answer: row.answer,
                via: row.via,
                count: None,
            }
        });
        let people = people.collect();
        Self {
            state: state.kind,
            project,
            space: audience.space,
            classes: audience.classes,
            people,
            gaps: audience.gaps,
            not_judged: audience.not_judged,
        }
    }

    /// Returns how many people are in it.
    pub fn head_count(&self) -> usize {
        self.people.iter().map(|row| row.count.unwrap_or(1)).sum()
    }
}

/// Lists who reaches the project at a position, or one of its spaces.
///
/// Classes that surely do not are left out; so are people.
pub fn audience(state: &State<'_>, project_at: usize, space: Option<&SpaceKey>) -> Audience {
    // Whether a scheme that was not read shows the portal to everybody is one gap, and not one row for everybody.
    let mut healthy = None;
    if let Reading::Refused(_) = &state.projects[project_at].scheme.reading {
        let state = healthy.insert(state.clone());
        state.projects[project_at].scheme.reading = Reading::Done;
    }
    let read = state;
    let state = healthy.as_ref().unwrap_or(state);
    let judge =
        |visitor: &Visitor<'_>, trail: &mut Trail| judge(state, project_at, space, visitor, trail);
    let classes = classes(state, project_at, space, &by_domain(state));
    let mut judged: HashMap<SituationId, Answer> = HashMap::new();
    let mut people = Vec::new();
    for id in state.people.ids() {
        let situation = state.people.situation_of(id);
        let answer = *judged.entry(situation).or_insert_with(|| {
            let (situation, ..) = state.people.situation(situation);
            judge(&Visitor::situation(situation), &mut Trail::silent())
        });
        if answer.exposes() {
            people.push(PersonRow {
                person: id,
                answer,
                via: via(state, project_at, space.is_some(), id),
            });
        }
    }
    people.sort_by_key(|row| order_of(state, row.person));
    let mut gaps = gaps(read, project_at);
    if let Some(space) = space {
        gaps.push(format!(
            "who holds a Confluence licence is not read: they read of {space} what its own permissions let them"
        ).into());
    }
    gaps.extend(shut_out(state, project_at));
    let roles = people
        .iter()
        .filter(|row| state.people.get(row.person).account.role == Role::Unknown)
        .count();
    if roles > 0 && state.kind == StateKind::Live {
        gaps.push(say(
            "whether {} of them hold the role Customer is not known: {}",
            [ours(roles), state.roles_unread.clone()],
        ));
    }
    Audience {
        project: state.projects[project_at].key.clone(),
        space: space.cloned(),
        classes,
        people,
        gaps,
        not_judged: state.doors.of_project(&state.projects[project_at].key),
    }
}

/// What people are sorted by: the address, and behind everybody who shows one the account id.
pub(super) fn order_of<'s>(
    state: &'s State<'_>,
    person: PersonId,
) -> (bool, Option<&'s Email>, Option<&'s AccountId>) {
    let person = state.people.get(person);
    (person.email.is_none(), person.email, person.account_id)
}

/// Whether a visitor sees a portal, or reads the articles of one of its spaces.
pub(super) fn judge(
    state: &State<'_>,
    project_at: usize,
    space: Option<&SpaceKey>,
    visitor: &Visitor<'_>,
    trail: &mut Trail,
) -> Answer {
    match space {
        Some(space) => articles::read(state, project_at, space, visitor, trail),
        None => portal::reach(state, project_at, visitor, trail).view,
    }
}

/// New addresses of every domain in sight, with how they come to a portal. A listing of many portals makes them once.
pub(super) fn by_domain<'s>(state: &'s State<'_>) -> Vec<(String, String, Visitor<'s>)> {
    let domains = state.domains_in_sight().into_iter();
    let all = domains.map(|domain| {
        let visitor = Visitor::New(DomainClass::of(state, &domain));
        (format!("*@{domain}"), by_sign_up(state, &visitor), visitor)
    });
    all.collect()
}

/// The classes that reach a project, or one of its spaces, the widest first.
pub(super) fn classes(
    state: &State<'_>,
    project_at: usize,
    space: Option<&SpaceKey>,
    domains: &[(String, String, Visitor<'_>)],
) -> Vec<ClassRow> {
    let project = &state.projects[project_at];
    let mut classes = Vec::new();
    let mut class = |who: String, route: String, visitor: &Visitor<'_>| {
        let answer = judge(state, project_at, space, visitor, &mut Trail::silent());
        if answer.exposes() {
            let mut trail = Trail::recording();
            let _ = judge(state, project_at, space, visitor, &mut trail);
            classes.push(ClassRow {
                who,
                answer,
                route: route.into(),
                because: trail.into_steps(),
            });
        }
        answer
    };
    let anonymous = class(
        "anonymous".into(),
        "without login".into(),
        &Visitor::Anonymous,
    );
    let anyone = class(
        "anyone".into(),
        by_sign_up(state, &Visitor::anyone(state)),
        &Visitor::anyone(state),
    );
    // Where only a leak lets every customer in, the leak is the row.
    if space.is_some() || !project.scheme.leaks || accounts::open(project).exposes() {
        class(
            "any_customer".into(),
            match space {
                Some(_) => "any account of the site".into(),
                None => "open project".into(),
            },
            &Visitor::AnyCustomer,
        );
    }
    // What anyone reaches, the people of each domain reach too.
    if anonymous != Answer::Yes && anyone != Answer::Yes {
        for (who, route, visitor) in domains {
            class(who.clone(), route.clone(), visitor);
        }
    }
    // What shows the portal does not show its articles: of those, the rules of the space decide.
    if space.is_none() {
        classes.extend(permissions::leaks(project));
        classes.extend(permissions::groups(project));
        classes.push(permissions::agents(project));
    }
    classes
}

fn by_sign_up(state: &State<'_>, visitor: &Visitor<'_>) -> String {
    match visitor::outcome(state, visitor, Channel::SignUp, None, &mut Trail::silent()) {
        Outcome::Rejected => "without login".into(),
        _ => "sign-up".into(),
    }
}

fn via(state: &State<'_>, project_at: usize, article: bool, id: PersonId) -> Vec<Via> {
    let all = routes(state, project_at, article, &Actor::person(state, id)).into_iter();
    all.map(|(via, _)| via).collect()
}

/// The routes of somebody who reaches a project or a space, and the list behind each that is one.
pub(super) fn routes(
    state: &State<'_>,
    project_at: usize,
    article: bool,
    actor: &Actor<'_>,
) -> Vec<(Via, Option<ListId>)> {
    let project = &state.projects[project_at];
    // Whoever cannot log in comes as everybody does.
    let found = match actor.account.status {
        Status::Disabled => Vec::new(),
        _ => portal::routes(project_at, project, actor),
    };
    let mut all: Vec<(Via, Option<ListId>)> = found
        .into_iter()
        .map(|route| (list_of(project_at, project, route), route))
        .map(|(list, route)| (via_of(state, project, route), list))
        .collect();
    if all.is_empty() {
        all.push((otherwise(article, actor), None));
    }
    all
}

fn list_of(project_at: usize, project: &Project, route: Route) -> Option<ListId> {
    match route {
        Route::Roster { sure, .. } => {
            let list = ListId::Roster(u32::try_from(project_at).unwrap_or(u32::MAX));
            Some(if sure { list } else { list.perhaps() })
        }
        Route::Organization { organization, .. } => Some(ListId::Organization(organization)),
        Route::Circle(found) => {
            let circle = project.scheme.circles.get(found.circle as usize)?;
            found.source.map(|_| ListId::Circle(circle.id))
        }
        Route::Open | Route::Staff | Route::Leak => None,
    }
}

/// The route of somebody who comes by no list, group or open door.
fn otherwise(article: bool, actor: &Actor<'_>) -> Via {
    let (route, rule) = match (actor.account.status, article) {
        (Status::Disabled, true) => ("without login", "K1"),
        (Status::Disabled, false) => ("without login", "V2"),
        (_, true) => ("any account of the site", "Q19"),
        (_, false) => ("not known", "V1"),
    };
    Via::new(route, rule, None)
}

fn via_of(state: &State<'_>, project: &Project, route: Route) -> Via {
    match route {
        Route::Roster { source, sure } => {
            let route = match sure {
                true => "roster",
                false => "perhaps the roster",
            };
            let list = List::Customers(project.key.clone());
            Via::new(route, "V1", Some(source)).on(Some(list))
        }
        Route::Organization {
            organization,
            member,
            ..
        } => {
            let found = state.organizations.get(organization as usize);
            let name = found.map_or("?", |organization| organization.name.as_str());
            let list = found.map(|organization| List::Members(organization.name.clone()));
            Via::new(format!("organization {}", named(name)), "V10", Some(member)).on(list)
        }
        Route::Open => {
            let route = match accounts::open(project) {
                Answer::Yes => "open project",
                _ => "perhaps an open project",
            };
            Via::new(route, "V2", project.channel_access.source())
        }
        Route::Circle(found) => {
            let circle = project.scheme.circles.get(found.circle as usize);
            let route = circle.map_or_else(|| "?".to_owned(), Circle::route);
            let route = match found.source {
                Some(_) => route,
                None => format!("perhaps {route}"),
            };
            Via::new(route, circle.map_or("V1", Circle::rule), found.source)
        }
        Route::Staff => Via::new("agent", "V1", None),
        Route::Leak => Via::new("permission leak", "V7", project.scheme.source()),
    }
}

/// What could not be believed or read of the lists behind the target.
pub(super) fn gaps(state: &State<'_>, project_at: usize) -> Vec<Phrase> {
    let project = &state.projects[project_at];
    let mut gaps = Vec::new();
    let mut note = |what: String, coverage: &Coverage| match coverage {
        Coverage::Whole => {}
        Coverage::AsWritten(why) => gaps.push(format!("{what} {why}").into()),
        Coverage::Unread(why) => gaps.push(format!("{what} is not known: {why}").into()),
    };
    note(
        format!("the list of customers of {}", project.key),
        &project.roster,
    );
    note(
        format!("the list of organizations of {}", project.key),
        &project.links,
    );
    for link in &project.organizations {
        if let Some(organization) = state.organizations.get(link.organization as usize) {
            note(
                format!("the list of members of {}", named(&organization.name)),
                &organization.members,
            );
        }
    }
    gaps.extend(permissions::gaps(project));
    gaps
}

/// Listed people whose account is suspended or revoked: an access review asks why they are still listed.
fn shut_out(state: &State<'_>, project_at: usize) -> Option<Phrase> {
    let project = &state.projects[project_at];
    let names: BTreeSet<Phrase> = state
        .people
        .ids()
        .filter(|id| state.people.get(*id).account.status == Status::Disabled)
        .filter(|id| {
            let routes = portal::routes(project_at, project, &Actor::person(state, *id));
            routes
                .iter()
                .any(|route| matches!(route, Route::Roster { .. } | Route::Organization { .. }))
        })
        .map(|id| {
            let person = state.people.get(id);
            match (person.email, person.account_id) {
                (Some(email), _) => phrase::person(email),
                (None, Some(account)) => phrase::person(format!("id:{account}")),
                (None, None) => Phrase::of("?"),
            }
        })
        .collect();
    let people = match names.len() {
        0 => return None,
        1 => "1 listed person is".to_owned(),
        count => format!("{count} listed people are"),
    };
    let said = Phrase::of(&people).word(" suspended or revoked: ");
    Some(said.joined(&names, ", "))
}
