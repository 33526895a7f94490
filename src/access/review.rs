//! The access review of a whole site: each known person and class with what they reach, and first what somebody should look at.
//!
//! It reads the same state by the same rules as `explain` and `who`. People in equal situations are judged once, and of a
//! situation only the portals that its lists can make a difference to: a million people cost little more than their lists do.

mod findings;
mod lists;

pub use findings::{Code, Count, Finding};
pub use lists::{ListRow, Lists, On};

use super::Trail;
use super::answer::Answer;
use super::people::{Account, ListId, Person, PersonId, Role, Situation, SituationId};
use super::state::{Fact, State, StateKind};
use super::visitor::{Actor, Visitor};
use super::who::{self, ClassRow, Via};
use crate::desired::Desired;
use crate::model::{AccountKind, SpaceKey};
use crate::neutral::phrase::{Phrase, ours, say};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What decides on access too and is never judged nor read: no program can read it, or it is not customer access.
pub const NEVER_JUDGED: [&str; 7] = [
    "for whom a request type is that is for some people only, and request types that a portal hides",
    "issue security levels, and with whom customers or agents shared single requests",
    "blocked and allowed addresses of the project's e-mail channel: no API tells them",
    "chat channels (Slack, Teams) and widgets through which a project takes requests",
    "restrictions of single pages of a knowledge base, and articles that are kept inside Jira Service Management",
    "rules of an identity provider or an authentication policy about who may log in",
    "apps of the Marketplace that open portals or requests by ways of their own",
];

/// A review of one site.
#[derive(Debug)]
pub struct Review<'s, 'w> {
    /// The state that was asked.
    pub state: &'s State<'w>,
    /// The portals that are shown, by their position in the state.
    pub portals: Vec<PortalRow>,
    /// Classes with what they reach, portal by portal.
    pub classes: Vec<ClassReach>,
    /// The lists of people, with who answers for them.
    pub lists: Lists<'s>,
    /// The people who are shown, sorted by address.
    pub people: Vec<PersonId>,
    /// What somebody should look at, one row for each kind, also where nothing was found.
    pub findings: Vec<Finding>,
    /// What is not known of lists, roles and settings; reads as sentences.
    pub gaps: Vec<Phrase>,
    /// What also decides and is not judged, as far as it was read or could not be; reads as sentences.
    pub not_judged: Vec<Phrase>,
    reached: HashMap<SituationId, Vec<Reached>>,
}

/// What is shown of a site.
#[derive(Debug, Clone, Default)]
pub struct Scope<'a> {
    /// Only what this person or team answers for.
    pub owner: Option<&'a str>,
    /// The addresses and account ids of people who left, by another list than the workspace's.
    pub left: Option<&'a Left>,
}

/// People who left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Addresses in compared form.
    pub emails: BTreeSet<String>,
    /// Account ids.
    pub accounts: BTreeSet<String>,
}

/// A portal: how open it is, and how many people reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalRow {
    /// Its position in the state.
    pub project: usize,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Whether it is open to every customer.
    pub open: Answer,
    /// Whether visitors without login see it.
    pub anonymous: Answer,
    /// Whether whoever signs up sees it.
    pub anyone: Answer,
    /// Whether every customer of the site sees it.
    pub any_customer: Answer,
    /// How many of the people shown surely see it.
    pub people: usize,
    /// How many perhaps do.
    pub perhaps: usize,
}

/// A class that reaches a portal or the articles of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReach {
    /// The project's position.
    pub project: usize,
    /// The space, for articles.
    pub space: Option<SpaceKey>,
    /// Who, and why.
    pub class: ClassRow,
}

/// Something that everybody in a situation reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The project's position.
    pub project: usize,
    /// The space, for articles.
    pub space: Option<SpaceKey>,
    /// Whether they do.
    pub answer: Answer,
    /// By which routes, with the list behind each that is one.
    pub via: Vec<(Via, Option<ListId>)>,
}

impl<'s, 'w> Review<'s, 'w> {
    /// Reviews a state.
    pub fn new(state: &'s State<'w>, desired: &'s Desired<'w>, scope: &Scope<'_>) -> Self {
        let mut lists = Lists::new(state, desired);
        let owned = scope.owner.map(|owner| lists.narrow(owner));
        let shown = |project: usize| {
            owned.as_ref().is_none_or(|owned| {
                let at = u32::try_from(project).unwrap_or(u32::MAX);
                owned.contains(&ListId::Roster(at))
            })
        };
        let reached = reached(state);
        let mut people: Vec<PersonId> = match &owned {
            None => state.people.ids().collect(),
            Some(owned) => {
                let on = |list: &ListId| owned.contains(&lists::firmly(*list));
                let reaches = |reached: &Vec<Reached>| reached.iter().any(|r| shown(r.project));
                let ids = state.people.ids().filter(|id| {
                    state.people.lists(*id).iter().any(on)
                        || reached
                            .get(&state.people.situation_of(*id))
                            .is_some_and(reaches)
                });
                ids.collect()
            }
        };
        people.sort_by_key(|id| who::order_of(state, *id));
        let mut review = Self {
            state,
            portals: Vec::new(),
            classes: Vec::new(),
            lists,
            people,
            findings: Vec::new(),
            gaps: Vec::new(),
            not_judged: not_judged(state),
            reached,
        };
        let projects: Vec<usize> = (0..state.projects.len()).filter(|at| shown(*at)).collect();
        review.portals(&projects);
        review.classes(&projects);
        review.gaps = gaps(state, &projects);
        review.findings = findings::find(&review, desired, scope);
        review
    }

    /// Returns what a person reaches, portals and articles in the order of the projects.
    pub fn reached(&self, id: PersonId) -> &[Reached] {
        let found = self.reached.get(&self.state.people.situation_of(id));
        found.map_or(&[], Vec::as_slice)
    }

    /// Returns the routes by which a person reaches something, each with the place where that person's entry is written.
    pub fn via(&self, id: PersonId, reached: &Reached) -> Vec<Via> {
        let (lists, sources) = (self.state.people.lists(id), self.state.people.sources(id));
        let own = |list: ListId| Some(*sources.get(lists.binary_search(&list).ok()?)?);
        let all = reached.via.iter().map(|(via, list)| {
            let source = list.and_then(|list| own(list).or_else(|| own(list.perhaps())));
            Via {
                source: source.or(via.source),
                until: list.and_then(|list| self.lists.until(self.state, id, list)),
                ..via.clone()
            }
        });
        all.collect()
    }

    /// Returns what stands at a position: `ITSM`, or `ITSM/ITKB` for articles.
    pub fn target(&self, project: usize, space: Option<&SpaceKey>) -> String {
        let key = (self.state.projects.get(project)).map_or("?", |project| project.key.as_str());
        match space {
            Some(space) => format!("{key}/{space}"),
            None => key.to_owned(),
        }
    }

    fn portals(&mut self, projects: &[usize]) {
        let state = self.state;
        let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for id in &self.people {
            for reached in self.reached(*id).iter().filter(|r| r.space.is_none()) {
                let (sure, perhaps) = counts.entry(reached.project).or_default();
                match reached.answer {
                    Answer::Yes => *sure += 1,
                    _ => *perhaps += 1,
                }
            }
        }
        let rows = projects.iter().map(|at| {
            let judge =
                |visitor: &Visitor<'_>| who::judge(state, *at, None, visitor, &mut Trail::silent());
            let (people, perhaps) = counts.get(at).copied().unwrap_or_default();
            PortalRow {
                project: *at,
                owner: self.lists.owner_of_project(*at).map(str::to_owned),
                open: super::accounts::open(&state.projects[*at]),
                anonymous: judge(&Visitor::Anonymous),
                anyone: judge(&Visitor::anyone(state)),
                any_customer: judge(&Visitor::AnyCustomer),
                people,
                perhaps,
            }
        });
        self.portals = rows.collect();
    }

    fn classes(&mut self, projects: &[usize]) {
        let domains = who::by_domain(self.state);
        for at in projects {
            let spaces = self.state.projects[*at].spaces.keys().map(Some);
            for space in std::iter::once(None).chain(spaces) {
                let classes = who::classes(self.state, *at, space, &domains).into_iter();
                self.classes.extend(classes.map(|class| ClassReach {
                    project: *at,
                    space: space.cloned(),
                    class,
                }));
            }
        }
    }
}

/// What everybody in each situation reaches.
///
/// A list matters to the projects that it belongs to and to no others: elsewhere somebody on it fares as the same account on
/// no list does.
fn reached(state: &State<'_>) -> HashMap<SituationId, Vec<Reached>> {
    let concerned = Concerned::new(state);
    let mut on_no_list: HashMap<Account, Vec<Reached>> = HashMap::new();
    let mut all = HashMap::new();
    let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
    for id in (0..situations).map(SituationId) {
        let (situation, _, people) = state.people.situation(id);
        if people == 0 {
            continue;
        }
        let account = situation.account;
        let everywhere = on_no_list.entry(account).or_insert_with(|| {
            let nobody = Situation {
                account,
                lists: &[],
            };
            let every = 0..state.projects.len();
            every.flat_map(|at| of_project(state, at, nobody)).collect()
        });
        let own = concerned.by(situation.lists);
        let elsewhere = everywhere.iter().filter(|r| !own.contains(&r.project));
        let mut found: Vec<Reached> = elsewhere.cloned().collect();
        found.extend(own.iter().flat_map(|at| of_project(state, *at, situation)));
        found.sort_by(|a, b| (a.project, &a.space).cmp(&(b.project, &b.space)));
        all.insert(id, found);
    }
    all
}

/// What everybody in a situation reaches of one project: its portal, and the articles of its spaces.
fn of_project(state: &State<'_>, at: usize, situation: Situation<'_>) -> Vec<Reached> {
    let visitor = Visitor::situation(situation);
    let actor = Actor::situation(situation);
    let spaces = state.projects[at].spaces.keys().map(Some);
    let found = std::iter::once(None).chain(spaces).filter_map(|space| {
        let answer = who::judge(state, at, space, &visitor, &mut Trail::silent());
        answer.exposes().then(|| Reached {
            project: at,
            space: space.cloned(),
            answer,
            via: who::routes(state, at, space.is_some(), &actor),
        })
    });
    found.collect()
}

/// The projects that each list matters to.
struct Concerned {
    organizations: Vec<Vec<usize>>,
    circles: BTreeMap<u32, usize>,
}

impl Concerned {
    fn new(state: &State<'_>) -> Self {
        let mut organizations = vec![Vec::new(); state.organizations.len()];
        let mut circles = BTreeMap::new();
        for (at, project) in state.projects.iter().enumerate() {
            for link in &project.organizations {
                if let Some(projects) = organizations.get_mut(link.organization as usize) {
                    projects.push(at);
                }
            }
            circles.extend(project.scheme.circles.iter().map(|circle| (circle.id, at)));
        }
        Self {
            organizations,
            circles,
        }
    }

    fn by(&self, lists: &[ListId]) -> BTreeSet<usize> {
        let mut projects = BTreeSet::new();
        for list in lists {
            match *list {
                ListId::Roster(at) | ListId::PerhapsRoster(at) => {
                    projects.insert(at as usize);
                }
                ListId::Organization(at) | ListId::PerhapsOrganization(at) => {
                    projects.extend(self.organizations.get(at as usize).into_iter().flatten());
                }
                ListId::Circle(id) | ListId::PerhapsCircle(id) => {
                    projects.extend(self.circles.get(&id));
                }
                // Only a plan makes accounts.
                ListId::PerhapsByDomain => {}
            }
        }
        projects
    }
}

/// Returns the kind of a person's account: as read, else as the form of its id tells.
pub fn kind(person: Person<'_>) -> Option<AccountKind> {
    let by_id = || {
        let id = person.account_id?;
        id.looks_portal_only().then_some(AccountKind::PortalOnly)
    };
    person.account.kind.or_else(by_id)
}

/// What also decides: what was found, what was not read, and where nothing was found, that.
fn not_judged(state: &State<'_>) -> Vec<Phrase> {
    const KINDS: [(&str, &str, &str); 2] = [
        (
            "V9",
            "help centers with an audience of their own, and support sites of Customer Service Management that are opened to organizations",
            "no help center has an audience of its own, and there is no support site of Customer Service Management",
        ),
        (
            "V6",
            "request types that are for some people only",
            "no request type is for some people only",
        ),
    ];
    let mut all = state.doors.of_site();
    for (rule, what, none) in KINDS {
        match state.doors.coverage(rule) {
            None => all.push(format!("{what}: not read").into()),
            Some(true) if !state.doors.found.iter().any(|door| door.rule == rule) => {
                all.push(none.into());
            }
            Some(_) => {}
        }
    }
    all
}

impl State<'_> {
    /// What is not known of a site that was read, as sentences; nothing of a state that is only written.
    pub fn unread(&self) -> Vec<Phrase> {
        if self.kind != StateKind::Live {
            return Vec::new();
        }
        let projects: Vec<usize> = (0..self.projects.len()).collect();
        let refused = self.doors.unread.iter().map(|unread| unread.says.clone());
        gaps(self, &projects).into_iter().chain(refused).collect()
    }
}

/// What is not known of the site, each once.
fn gaps(state: &State<'_>, projects: &[usize]) -> Vec<Phrase> {
    let mut seen = BTreeSet::new();
    let found = projects.iter().flat_map(|at| who::gaps(state, *at));
    let mut gaps: Vec<Phrase> = found.filter(|gap| seen.insert(gap.clone())).collect();
    gaps.extend(settings(state));
    let roles = state.people.iter();
    let unknown = roles
        .filter(|person| person.account.role == Role::Unknown)
        .count();
    if unknown > 0 {
        let accounts = match unknown {
            1 => "1 Atlassian account holds".to_owned(),
            n => format!("{n} Atlassian accounts hold"),
        };
        gaps.push(say(
            "whether {} the role Customer is not known: {}",
            [ours(accounts), state.roles_unread.clone()],
        ));
    }
    if state.kind == StateKind::Desired {
        gaps.push(
            "what is on the site was not read: agents, administrators, groups and whoever is on a list beyond the files are not here; `--live` reads them".into(),
        );
    } else {
        gaps.push(
            "accounts that stand on no list, in no role and in no group of a project were not read"
                .into(),
        );
    }
    gaps
}

/// The site-wide settings that are not known, those with the same reason together.
fn settings(state: &State<'_>) -> Vec<Phrase> {
    fn why<T>(fact: &Fact<T>) -> Option<&str> {
        match fact {
            Fact::Known(..) => None,
            Fact::Unknown(why) => Some(why),
        }
    }
    let site = &state.site;
    let all = [
        (
            "whether people of approved domains get Atlassian accounts",
            why(&site.internal),
        ),
        (
            "whether portal-only accounts are allowed",
            why(&site.external),
        ),
        ("which external domains are allowed", why(&site.allowed)),
        (
            "whether customers can create their own accounts",
            why(&site.create),
        ),
        (
            "whether portals can be viewed without login",
            why(&site.no_login),
        ),
        (
            "whether knowledge bases are open to all who are logged in",
            why(&site.kb_all_logged_in),
        ),
        (
            "whether knowledge bases are open to anyone",
            why(&site.kb_anyone),
        ),
        (
            "what becomes of company domains that nobody approved",
            why(&state.any_domain),
        ),
    ];
    let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
    for (what, why) in all {
        let Some(why) = why else {
            continue;
        };
        match by_reason.iter_mut().find(|(known, _)| *known == why) {
            Some((_, whats)) => whats.push(what),
            None => by_reason.push((why, vec![what])),
        }
    }
    let lines = by_reason.into_iter();
    lines
        .map(|(why, whats)| format!("not known, since {why}: {}", whats.join("; ")).into())
        .collect()
}
