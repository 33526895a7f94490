//! What a plan does to people: who gains, loses and keeps which portal and which articles, and why.
//!
//! Membership is not access: somebody who leaves an organization and stays on a roster keeps the portal. So two states
//! are compared by the rules of [`crate::access`], for every person and for the classes anonymous, anyone, any customer
//! and each domain in sight.
//!
//! # Which states
//!
//! [`assess`] compares three: *before* (as read), *after apply* (the changes that apply would carry out, folded over what
//! was read), and *after the manual steps* (those that wait for a person, and what waits for them, folded over that).
//! Blocked changes are in none of them. What was not read is unknown in all of them, so it makes nobody gain or lose.
//!
//! # What counts
//!
//! An answer that rises (no, uncertain, yes) is a gain, one that falls is a loss; with `uncertain` on either side the
//! sentence says "may". Somebody *keeps* a portal when a route to it goes and the answer stays a sure yes. Somebody ends
//! *without any access* when no portal and no article is sure any more; agents, whose projects are not read, never do.
//!
//! # Cost
//!
//! People with equal accounts on equal lists before and after share one evaluation, and only the projects that a change
//! can concern are evaluated. When no change concerns a class, only the people whom the changes name are looked at.

mod outlook;
mod unread;

use crate::access::portal::Route;
use crate::access::{
    Actor, Answer, Because, Coverage, ListId, PersonId, Project, Role, Situation, SituationId,
    State, Status, Trail, Visitor, articles, portal,
};
use crate::desired::Desired;
use crate::model::{ProjectKey, SiteKey, SpaceKey};
use crate::observed::Observed;
use crate::plan::{Change, Plan};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many people of a group are named.
pub const NAMED: usize = 50;

/// A portal, or the articles of a space that is linked to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// The service project.
    pub project: ProjectKey,
    /// The space, for articles.
    pub space: Option<SpaceKey>,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.space {
            None => write!(f, "{}", self.project),
            Some(space) => write!(f, "{}/{space}", self.project),
        }
    }
}

/// A class of people, the widest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Whoever opens the page, without login.
    Anonymous,
    /// Any address at all.
    Anyone,
    /// Any existing customer who is on no list.
    AnyCustomer,
    /// Any new address of a domain.
    Domain(String),
}

impl Class {
    /// Returns the word used in reports and in `policy.class_gains`; `*@domain` for a domain.
    pub fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::Anyone => "anyone".into(),
            Self::AnyCustomer => "any_customer".into(),
            Self::Domain(domain) => format!("*@{domain}").into(),
        }
    }
}

/// A class whose access to something changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassChange {
    /// The class.
    pub class: Class,
    /// What it reaches, or no longer reaches.
    pub target: Target,
    /// The answer before.
    pub before: Answer,
    /// The answer after.
    pub after: Answer,
    /// How many known people surely reached it before.
    pub people_before: usize,
    /// Why it is as it is after.
    pub because: Vec<Because>,
}

/// Some people: how many, and the first of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// How many.
    pub count: usize,
    /// The first [`NAMED`], as addresses or `id:<accountId>`, sorted.
    pub first: Vec<String>,
}

/// People who gain, lose or keep one thing for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub target: Target,
    /// The routes that come (gains), go (losses), or remain (keeps), in words.
    pub via: String,
    /// For keeps: the routes that go.
    pub lost: String,
    /// The answer before.
    pub before: Answer,
    /// The answer after.
    pub after: Answer,
    /// Who.
    pub people: Named,
}

/// What changes between two states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impact {
    /// Classes whose access changes; a domain that fares as anyone does is left out.
    pub classes: Vec<ClassChange>,
    /// People who gain.
    pub gains: Vec<Group>,
    /// People who lose.
    pub losses: Vec<Group>,
    /// People who lose a route and keep the portal by another.
    pub keeps: Vec<Group>,
    /// People who lose something and end with nothing sure.
    pub without_any_access: Named,
    /// How many people gain something.
    pub people_gaining: usize,
    /// How many people lose something.
    pub people_losing: usize,
}

impl Impact {
    /// Says whether nobody gains or loses anything.
    pub const fn is_empty(&self) -> bool {
        self.classes.is_empty() && self.gains.is_empty() && self.losses.is_empty()
    }
}

/// What a plan does to the people of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The site.
    pub site: SiteKey,
    /// From before to after apply.
    pub applied: Impact,
    /// From after apply to after the manual steps and what waits for them.
    pub by_hand: Impact,
    /// What could not be judged because it was not read: sentence fragments, sorted.
    pub unread: Vec<String>,
    /// Projects that people could reach before and nobody can after apply and manual steps.
    pub abandoned: Vec<ProjectKey>,
}

/// Judges what a plan does to people. Pure; the plan's blocked changes count as not done.
pub fn assess(desired: &Desired<'_>, observed: &Observed, plan: &Plan) -> Assessment {
    let open: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|change| change.blocked_by.is_empty())
        .collect();
    let mut assessment = Assessment {
        site: desired.site.key.clone(),
        applied: Impact::default(),
        by_hand: Impact::default(),
        unread: unread::unread(desired, observed),
        abandoned: Vec::new(),
    };
    if open.is_empty() {
        return assessment;
    }
    let (automatic, later): (Vec<&Change>, Vec<&Change>) =
        open.iter().partition(|change| change.is_automatic());
    let before_seen = match outlook::touched(observed, &open) {
        Some(people) => Cow::Owned(outlook::reduced(observed, &people)),
        None => Cow::Borrowed(observed),
    };
    let applied_seen = outlook::fold((*before_seen).clone(), desired, automatic);
    let before = State::live(desired, &before_seen);
    let applied = State::live(desired, &applied_seen);
    assessment.applied = impact(&before, &applied);
    if later.is_empty() {
        assessment.abandoned = abandoned(&applied, observed, &open, &assessment.applied.losses);
        return assessment;
    }
    let done_seen = outlook::fold(applied_seen.clone(), desired, later);
    let done = State::live(desired, &done_seen);
    assessment.by_hand = impact(&applied, &done);
    let mut losses = assessment.applied.losses.clone();
    losses.extend(assessment.by_hand.losses.iter().cloned());
    assessment.abandoned = abandoned(&done, observed, &open, &losses);
    assessment
}

/// What the classes gain or lose when the given changes are done over what was read; nobody in particular is judged.
///
/// `count` says whether to count who reached each portal before, which takes looking at everybody.
pub(crate) fn classes_after<'c>(
    desired: &Desired<'_>,
    observed: &Observed,
    changes: impl IntoIterator<Item = &'c Change>,
    count: bool,
) -> Vec<ClassChange> {
    let nobody = outlook::reduced(observed, &HashSet::new());
    let after_seen = outlook::fold(nobody.clone(), desired, changes);
    let before = State::live(desired, if count { observed } else { &nobody });
    let after = State::live(desired, &after_seen);
    let comparison = Comparison::new(&before, &after);
    let reached = if count {
        comparison.reached_before()
    } else {
        HashMap::new()
    };
    comparison.classes(&reached)
}

/// Returns how many people surely reach some portal as the site was read.
pub(crate) fn people_with_access(desired: &Desired<'_>, observed: &Observed) -> usize {
    let state = State::live(desired, observed);
    let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
    (0..situations)
        .map(|at| state.people.situation(SituationId(at)))
        .filter(|(situation, _, _)| {
            let visitor = Visitor::situation(*situation);
            (0..state.projects.len()).any(|at| view(&state, at, &visitor).promises())
        })
        .map(|(_, _, people)| people as usize)
        .sum()
}

/// Compares two states of one site.
pub fn impact(before: &State<'_>, after: &State<'_>) -> Impact {
    let comparison = Comparison::new(before, after);
    let mut result = comparison.people();
    let reached = comparison.reached_before();
    result.classes = comparison.classes(&reached);
    result
}

fn view(state: &State<'_>, at: usize, visitor: &Visitor<'_>) -> Answer {
    portal::reach(state, at, visitor, &mut Trail::silent()).view
}

/// Restricted projects that somebody loses and whose lists are empty when the changes are done; unread lists are not.
fn abandoned(
    after: &State<'_>,
    observed: &Observed,
    changes: &[&Change],
    losses: &[Group],
) -> Vec<ProjectKey> {
    let lost: BTreeSet<&ProjectKey> = losses.iter().map(|group| &group.target.project).collect();
    let emptied = |key: &&ProjectKey| {
        let state = after.project(key.as_str()).map(|at| &after.projects[at]);
        state.is_some_and(|project| {
            project.roster == Coverage::Whole
                && project.links == Coverage::Whole
                && portal::is_restricted(project) == Answer::Yes
        }) && outlook::emptied(observed, changes, key)
    };
    lost.into_iter().filter(emptied).cloned().collect()
}

/// One person's account and lists in one of the two states, or what stands in for them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Side {
    /// Known, in this situation.
    Known(SituationId),
    /// No account: a new address of this domain.
    New(String),
    /// Nobody, and no address to judge by.
    Nobody,
}

/// Two states with what differs between them.
struct Comparison<'s, 'b, 'a> {
    before: &'s State<'b>,
    after: &'s State<'a>,
    /// Every project of either, with its position in both.
    projects: Vec<Pair>,
    /// Projects that an organization is linked to in either state, as positions in `projects`.
    linked: HashMap<u32, Vec<usize>>,
    rosters: HashMap<u32, usize>,
    /// Whether positions of organizations and projects mean the same in both states.
    aligned: bool,
}

struct Pair {
    key: ProjectKey,
    before: Option<usize>,
    after: Option<usize>,
    spaces: BTreeSet<SpaceKey>,
    /// Whether something differs that concerns more people than some members of organizations.
    differs: bool,
    /// Organizations linked in one state only.
    links: BTreeSet<u32>,
}

impl<'s, 'b, 'a> Comparison<'s, 'b, 'a> {
    fn new(before: &'s State<'b>, after: &'s State<'a>) -> Self {
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

    /// Judges every known person, grouped by their situations in both states.
    fn people(&self) -> Impact {
        let mut members: Vec<((Side, Side), Who)> = Vec::new();
        let mut seen: HashSet<PersonId> = HashSet::new();
        for id in self.before.people.ids() {
            let person = self.before.people.get(id);
            let twin = self.counterpart(person);
            seen.extend(twin);
            let is = match (twin, person.email) {
                (Some(twin), _) => Side::Known(self.after.people.situation_of(twin)),
                (None, Some(email)) => Side::New(email.domain().to_owned()),
                (None, None) => Side::Nobody,
            };
            let was = Side::Known(self.before.people.situation_of(id));
            members.push(((was, is), Who::Before(id)));
        }
        for id in self.after.people.ids().filter(|id| !seen.contains(id)) {
            let was = match self.after.people.get(id).email {
                Some(email) => Side::New(email.domain().to_owned()),
                None => Side::Nobody,
            };
            let is = Side::Known(self.after.people.situation_of(id));
            members.push(((was, is), Who::After(id)));
        }
        let mut grouped: HashMap<(Side, Side), Vec<Who>> = HashMap::new();
        for (pair, who) in members {
            grouped.entry(pair).or_default().push(who);
        }
        let mut tally = Tally::default();
        for ((was, is), people) in grouped {
            self.pair(&was, &is, people, &mut tally);
        }
        tally.finish(self)
    }

    /// Finds the same person in the state after.
    fn counterpart(&self, person: &crate::access::Person<'_>) -> Option<PersonId> {
        if let Some(id) = person.account_id
            && let Some(found) = self.after.people.by_account(id)
        {
            return Some(found);
        }
        match self.after.people.lookup(person.email?) {
            crate::access::Lookup::Accounts(ids) => ids.into_iter().find(|id| {
                person.account_id.is_none() || self.after.people.get(*id).account_id.is_none()
            }),
            _ => None,
        }
    }

    /// Judges everybody who went from one situation to another.
    fn pair(&self, was: &Side, is: &Side, people: Vec<Who>, tally: &mut Tally) {
        let before = visitor(self.before, was);
        let after = visitor(self.after, is);
        let mut gains = false;
        let mut loses = false;
        let mut keeps = false;
        let at = tally.people.len();
        for project in self.concerned(&before, &after) {
            let pair = &self.projects[project];
            let b = pair
                .before
                .map_or(Answer::No, |at| seen(self.before, at, &before));
            let a = pair
                .after
                .map_or(Answer::No, |at| seen(self.after, at, &after));
            let target = Target {
                project: pair.key.clone(),
                space: None,
            };
            let routes_before = routes(self.before, pair.before, &before);
            let routes_after = routes(self.after, pair.after, &after);
            let gone = minus(&routes_before, &routes_after);
            let had_account = matches!(was, Side::Known(_));
            if a == b {
                if a.promises() && !gone.is_empty() && had_account {
                    keeps = true;
                    let key = (target, words(&routes_after), words(&gone), b, a);
                    tally.keeps.entry(key).or_default().push(at);
                }
            } else if a > b {
                gains = true;
                let come = minus(&routes_after, &routes_before);
                let via = if come.is_empty() {
                    &routes_after
                } else {
                    &come
                };
                let key = (target, words(via), String::new(), b, a);
                tally.gains.entry(key).or_default().push(at);
            } else {
                loses = true;
                let via = if gone.is_empty() {
                    &routes_before
                } else {
                    &gone
                };
                let key = (target, words(via), String::new(), b, a);
                tally.losses.entry(key).or_default().push(at);
            }
            for space in &pair.spaces {
                let b = pair
                    .before
                    .map_or(Answer::No, |at| reads(self.before, at, space, &before));
                let a = pair
                    .after
                    .map_or(Answer::No, |at| reads(self.after, at, space, &after));
                let target = Target {
                    project: pair.key.clone(),
                    space: Some(space.clone()),
                };
                let key = (target, String::new(), String::new(), b, a);
                if a > b {
                    gains = true;
                    tally.gains.entry(key).or_default().push(at);
                } else if a < b {
                    loses = true;
                    tally.losses.entry(key).or_default().push(at);
                }
            }
        }
        let nothing_left = loses && !staff(&after) && !self.anything_sure(&after);
        if gains || loses || keeps {
            tally.gaining += if gains { people.len() } else { 0 };
            tally.losing += if loses { people.len() } else { 0 };
            if nothing_left {
                tally.left.push(at);
            }
            tally.people.push(people);
        }
    }

    fn anything_sure(&self, after: &Option<Visitor<'_>>) -> bool {
        (0..self.after.projects.len()).any(|at| {
            seen(self.after, at, after).promises()
                || self.after.projects[at]
                    .spaces
                    .keys()
                    .any(|space| reads(self.after, at, space, after).promises())
        })
    }

    /// Returns the projects in which something may differ for these two.
    fn concerned(&self, before: &Option<Visitor<'_>>, after: &Option<Visitor<'_>>) -> Vec<usize> {
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

    /// How many people surely see each portal before, for projects where something differs for classes.
    fn reached_before(&self) -> HashMap<usize, usize> {
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
    fn classes(&self, reached: &HashMap<usize, usize>) -> Vec<ClassChange> {
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
                        because: trail.into_steps(),
                    });
                }
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

    fn name(&self, who: Who) -> String {
        let person = match who {
            Who::Before(id) => self.before.people.get(id),
            Who::After(id) => self.after.people.get(id),
        };
        match (person.email, person.account_id) {
            (Some(email), _) => email.written().to_owned(),
            (None, Some(id)) => format!("id:{id}"),
            (None, None) => person.name.to_owned(),
        }
    }
}

/// A person, in the state that knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Who {
    Before(PersonId),
    After(PersonId),
}

type GroupKey = (Target, String, String, Answer, Answer);

/// What was found so far; groups hold positions in `people`.
#[derive(Default)]
struct Tally {
    people: Vec<Vec<Who>>,
    gains: BTreeMap<GroupKey, Vec<usize>>,
    losses: BTreeMap<GroupKey, Vec<usize>>,
    keeps: BTreeMap<GroupKey, Vec<usize>>,
    left: Vec<usize>,
    gaining: usize,
    losing: usize,
}

impl Tally {
    fn finish(self, comparison: &Comparison<'_, '_, '_>) -> Impact {
        let named = |groups: &[usize]| {
            let mut names: Vec<String> = groups
                .iter()
                .flat_map(|at| &self.people[*at])
                .map(|who| comparison.name(*who))
                .collect();
            names.sort_unstable();
            let count = names.len();
            names.truncate(NAMED);
            Named {
                count,
                first: names,
            }
        };
        let groups = |found: &BTreeMap<GroupKey, Vec<usize>>| -> Vec<Group> {
            found
                .iter()
                .map(|((target, via, lost, before, after), groups)| Group {
                    target: target.clone(),
                    via: via.clone(),
                    lost: lost.clone(),
                    before: *before,
                    after: *after,
                    people: named(groups),
                })
                .collect()
        };
        Impact {
            classes: Vec::new(),
            gains: groups(&self.gains),
            losses: groups(&self.losses),
            keeps: groups(&self.keeps),
            without_any_access: named(&self.left),
            people_gaining: self.gaining,
            people_losing: self.losing,
        }
    }
}

fn visitor<'s>(state: &'s State<'_>, side: &Side) -> Option<Visitor<'s>> {
    match side {
        Side::Known(id) => {
            let (situation, _, _) = state.people.situation(*id);
            let Situation { account, lists } = situation;
            Some(Visitor::situation(Situation { account, lists }))
        }
        Side::New(domain) => Some(Visitor::new_address(state, domain)),
        Side::Nobody => None,
    }
}

fn seen(state: &State<'_>, at: usize, visitor: &Option<Visitor<'_>>) -> Answer {
    visitor
        .as_ref()
        .map_or(Answer::No, |visitor| view(state, at, visitor))
}

fn reads(state: &State<'_>, at: usize, space: &SpaceKey, visitor: &Option<Visitor<'_>>) -> Answer {
    visitor.as_ref().map_or(Answer::No, |visitor| {
        articles::read(state, at, space, visitor, &mut Trail::silent())
    })
}

fn staff(visitor: &Option<Visitor<'_>>) -> bool {
    matches!(visitor, Some(Visitor::Existing(actors))
        if actors.iter().any(|actor| actor.account.role == Role::Staff))
}

/// The ways in, in words, the firmest first.
fn routes(state: &State<'_>, at: Option<usize>, visitor: &Option<Visitor<'_>>) -> Vec<String> {
    let (Some(at), Some(visitor)) = (at, visitor) else {
        return Vec::new();
    };
    let project = &state.projects[at];
    let actors: &[Actor<'_>] = match visitor {
        Visitor::Existing(actors) => actors,
        Visitor::New(_) if view(state, at, visitor).exposes() => {
            return vec!["self-service".to_owned()];
        }
        _ => return Vec::new(),
    };
    let mut words = Vec::new();
    for actor in actors {
        if actor.account.status == Status::Disabled {
            if view(state, at, &Visitor::Anonymous).exposes() {
                words.push("the portal without login".to_owned());
            }
            continue;
        }
        for route in portal::routes(at, project, actor) {
            words.push(match route {
                Route::Roster { .. } => "the roster".to_owned(),
                Route::Organization { organization, .. } => format!(
                    "organization {}",
                    state
                        .organizations
                        .get(organization as usize)
                        .map_or("?", |organization| organization.name.as_str())
                ),
                Route::Open => "open access".to_owned(),
                Route::Circle(found) => project
                    .scheme
                    .circles
                    .get(found.circle as usize)
                    .map_or_else(|| "?".to_owned(), |circle| circle.route()),
                Route::Staff => "being an agent".to_owned(),
                Route::Leak => "the permission scheme".to_owned(),
            });
        }
    }
    words
}

fn minus(these: &[String], those: &[String]) -> Vec<String> {
    these
        .iter()
        .filter(|route| !those.contains(route))
        .cloned()
        .collect()
}

fn words(routes: &[String]) -> String {
    routes.join(" and ")
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
