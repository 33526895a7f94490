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
//! *without any access* when no portal is left and no article is sure; where a portal is uncertain, that is told apart.
//! Somebody whom a change puts on a list or takes off one holds the role Customer in all three states: the list proves it.
//! Agents, whose projects are not read, never count.
//!
//! # Cost
//!
//! People with equal accounts on equal lists before and after share one evaluation, and only the projects that a change
//! can concern are evaluated. When no change concerns a class, only the people whom the changes name are looked at.

mod classes;
mod comparison;
mod outlook;
mod people;
mod routes;
mod unread;

use crate::access::{Answer, Because, Coverage, Role, SituationId, State, Trail, Visitor, portal};
use crate::desired::Desired;
use crate::model::{ProjectKey, SiteKey, SpaceKey};
use crate::observed::Observed;
use crate::plan::{Change, Plan};
use comparison::Comparison;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

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
    /// Whether these are all who reached it: it was restricted for sure, and everybody on the lists that count is known.
    /// Otherwise the number is a least one.
    pub people_before_whole: bool,
    /// For [`Class::Anyone`] where it falls: the domains in sight whose new addresses fare better after, sorted.
    pub except: Vec<String>,
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
    /// Why it is as it is after, for the first of them by name; the others of the group are there by the same routes.
    pub because: Vec<Because>,
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
    /// People who lose something and end without any portal, and without articles that they surely read.
    pub without_any_access: Named,
    /// People who lose something and end with nothing sure, while of some portal it is not known, now or before.
    pub without_sure_access: Named,
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

    /// The projects in which somebody gains or loses something.
    fn projects(&self) -> impl Iterator<Item = &ProjectKey> {
        let groups = self.gains.iter().chain(&self.losses);
        let classes = self.classes.iter().map(|change| &change.target.project);
        groups.map(|group| &group.target.project).chain(classes)
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
    /// What could not be judged because it was not read, of projects and lists of people: sentence fragments.
    pub unread: Vec<String>,
    /// The same of the site's settings, as far as the plan bears on whole classes.
    pub unread_settings: Vec<String>,
    /// The same of articles, as far as the plan bears on them.
    pub unread_articles: Option<String>,
    /// Projects that people could reach before and nobody can after apply and manual steps.
    pub abandoned: Vec<ProjectKey>,
}

/// Judges what a plan does to people. Pure; the plan's blocked changes count as not done.
///
/// `before` is the state as the site was read: [`State::live`] of the same `desired` and `observed`.
pub fn assess(
    desired: &Desired<'_>,
    observed: &Observed,
    plan: &Plan,
    before: &State<'_>,
) -> Assessment {
    let open: Vec<&Change> = plan
        .changes
        .iter()
        .filter(|change| change.blocked_by.is_empty())
        .collect();
    let mut assessment = Assessment {
        site: desired.site.key.clone(),
        applied: Impact::default(),
        by_hand: Impact::default(),
        unread: Vec::new(),
        unread_settings: Vec::new(),
        unread_articles: None,
        abandoned: Vec::new(),
    };
    if open.is_empty() {
        assessment.unread = unread::people(observed, before);
        return assessment;
    }
    let (automatic, later): (Vec<&Change>, Vec<&Change>) =
        open.iter().partition(|change| change.is_automatic());
    judge(
        &mut assessment,
        desired,
        observed,
        before,
        &automatic,
        &later,
    );
    // Articles change where a portal does, or with a setting of the site.
    let of_the_site = open.iter().any(|change| change.kind.is_of_the_site());
    let touched: BTreeSet<ProjectKey> = [&assessment.applied, &assessment.by_hand]
        .into_iter()
        .flat_map(Impact::projects)
        .cloned()
        .collect();
    assessment.unread = unread::people(observed, before);
    if open.iter().any(|change| outlook::concerns_classes(change)) {
        assessment.unread_settings = unread::classes(before);
    }
    assessment.unread_articles =
        unread::articles(before, |key| of_the_site || touched.contains(key));
    assessment
}

/// Compares the states before, after apply, and after the manual steps.
fn judge(
    assessment: &mut Assessment,
    desired: &Desired<'_>,
    observed: &Observed,
    before: &State<'_>,
    automatic: &[&Change],
    later: &[&Change],
) {
    let open: Vec<&Change> = automatic.iter().chain(later).copied().collect();
    let reduced =
        outlook::touched(observed, &open).map(|people| outlook::reduced(observed, &people));
    let before_seen = reduced.as_ref().unwrap_or(observed);
    let customers = outlook::customers(observed, &open);
    let not_known = |id| {
        let found = before.people.by_account(id);
        found.is_some_and(|found| before.people.get(found).account.role == Role::Unknown)
    };
    let rebuilt = (reduced.is_some() || customers.iter().any(not_known))
        .then(|| State::live_knowing(desired, before_seen, &customers));
    let before = rebuilt.as_ref().unwrap_or(before);
    let applied_seen = outlook::fold(before_seen.clone(), desired, automatic.iter().copied());
    let applied = State::live_knowing(desired, &applied_seen, &customers);
    assessment.applied = impact(before, &applied);
    if later.is_empty() {
        assessment.abandoned = abandoned(&applied, observed, &open, &assessment.applied.losses);
        return;
    }
    let done_seen = outlook::fold(applied_seen.clone(), desired, later.iter().copied());
    let done = State::live_knowing(desired, &done_seen, &customers);
    assessment.by_hand = impact(&applied, &done);
    let mut losses = assessment.applied.losses.clone();
    losses.extend(assessment.by_hand.losses.iter().cloned());
    assessment.abandoned = abandoned(&done, observed, &open, &losses);
}

/// What the classes gain or lose when the given changes are done over what was read; nobody in particular is judged.
///
/// `before` is the state as the site was read, where it is to be counted who reached each portal; that takes looking at everybody.
pub(crate) fn classes_after<'c>(
    desired: &Desired<'_>,
    observed: &Observed,
    changes: impl IntoIterator<Item = &'c Change>,
    before: Option<&State<'_>>,
) -> Vec<ClassChange> {
    let nobody = outlook::reduced(observed, &HashSet::new());
    let after_seen = outlook::fold(nobody.clone(), desired, changes);
    let after = State::live(desired, &after_seen);
    match before {
        Some(before) => {
            let comparison = Comparison::new(before, &after);
            comparison.classes(&comparison.reached_before())
        }
        None => {
            let before = State::live(desired, &nobody);
            Comparison::new(&before, &after).classes(&HashMap::new())
        }
    }
}

/// Returns how many people surely reach some portal in a state.
pub(crate) fn people_with_access(state: &State<'_>) -> usize {
    let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
    (0..situations)
        .map(|at| state.people.situation(SituationId(at)))
        .filter(|(situation, _, _)| {
            let visitor = Visitor::situation(*situation);
            (0..state.projects.len()).any(|at| view(state, at, &visitor).promises())
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
