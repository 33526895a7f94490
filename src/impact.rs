//! What a plan does to people: who gains, loses and keeps which portal and which articles, and why.
//!
//! Membership is not access: somebody who leaves an organization and stays on a roster keeps the portal. So two states
//! are compared by the rules of [`crate::access`], for every person and for the classes anonymous, anyone, any customer
//! and each domain in sight.
//!
//! # Which states
//!
//! [`assess`] compares the three worlds of a plan ([`Worlds`]): *before* (as read), *after apply* (what
//! apply would carry out, folded over that), and *after the manual steps* (those that wait for a person, and what waits for
//! them). Blocked changes are in none of them. What was not read is unknown in all of them, so it makes nobody gain or lose.
//!
//! # What counts
//!
//! An answer that rises (no, uncertain, yes) is a gain, one that falls is a loss; with `uncertain` on either side the
//! sentence says "may". Somebody *keeps* a portal when a route to it goes and the answer stays a sure yes. Somebody ends
//! *without any access* when no portal is left and no article is sure; where a portal is uncertain, that is told apart.
//! Agents, whose projects are not read, never count.
//!
//! # Cost
//!
//! People with equal accounts on equal lists before and after share one evaluation, and only the projects that a change
//! can concern are evaluated. When no change concerns a class, no class is judged.

mod cause;
mod classes;
mod comparison;
mod people;
mod portals;
mod routes;
mod unread;
mod views;

use crate::access::{
    Answer, Because, Coverage, Link, ListId, PersonId, SituationId, State, Trail, Visitor, portal,
};
use crate::judge::{Sheet, Worlds};
use crate::model::{ProjectKey, SiteKey, SpaceKey};
use crate::neutral::phrase::Phrase;
use crate::observed::Observed;
use crate::plan::{Change, Effect};
use cause::Causes;
pub(crate) use cause::{Tracer, Whose};
use comparison::Comparison;
pub use portals::{ClassReach, Portal, Reached, Shelf, Way};
use std::borrow::Cow;
use std::collections::BTreeSet;
use views::Views;

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
    /// Any address of a public mail provider that nothing names, where that differs from [`Class::Anyone`]: the any-domain rule
    /// passes them by (R5).
    OfPublicMail,
    /// Any address of a company's domain that nothing names, where that differs from [`Class::Anyone`].
    OfCompanies,
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
            Self::OfPublicMail => "anyone_of_public_mail".into(),
            Self::OfCompanies => "anyone_of_companies".into(),
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
    /// The changes that cause it, as positions in the plan.
    pub caused_by: BTreeSet<usize>,
    /// Why it is as it is after.
    pub because: Vec<Because>,
}

/// Some people, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Addresses or `id:<accountId>`, sorted.
    pub list: Vec<String>,
}

impl Named {
    /// Returns how many there are.
    pub const fn count(&self) -> usize {
        self.list.len()
    }
}

/// People who gain, lose or keep one thing for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub target: Target,
    /// The routes that come (gains), go (losses), or remain (keeps), in words.
    pub via: Phrase,
    /// For keeps: the routes that go.
    pub lost: Phrase,
    /// The lists and classes by which all of them gain or lose it, such as `organization:Globex`, `customers:ITSM` or
    /// `any_customer`; empty where somebody does by another route.
    pub by: Vec<String>,
    /// The answer before.
    pub before: Answer,
    /// The answer after.
    pub after: Answer,
    /// Who.
    pub people: Named,
    /// The changes that cause it, as positions in the plan.
    pub caused_by: BTreeSet<usize>,
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
    /// People who gain something.
    pub gaining: BTreeSet<PersonId>,
    /// People who lose something.
    pub losing: BTreeSet<PersonId>,
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
    pub unread: Vec<Phrase>,
    /// The same of the site's settings, as far as the plan bears on whole classes.
    pub unread_settings: Vec<Phrase>,
    /// The same of articles, as far as the plan bears on them.
    pub unread_articles: Option<Phrase>,
    /// Projects that people could reach before and nobody can after apply and manual steps.
    pub abandoned: Vec<ProjectKey>,
    /// Every portal of the site, by key; none where nothing is done.
    pub portals: Vec<Portal>,
}

/// Judges what a plan does to people. Pure; blocked changes are in none of the worlds.
pub fn assess(observed: &Observed, sheet: &Sheet<'_>, worlds: &Worlds<'_, '_>) -> Assessment {
    let before = worlds.before;
    let mut assessment = Assessment {
        site: observed.site.clone(),
        applied: Impact::default(),
        by_hand: Impact::default(),
        unread: unread::people(observed, before),
        unread_settings: Vec::new(),
        unread_articles: None,
        abandoned: Vec::new(),
        portals: Vec::new(),
    };
    let open: Vec<&Change> = sheet.free().map(|(_, change)| change).collect();
    if open.is_empty() {
        return assessment;
    }
    assessment.applied = impact(before, &worlds.applied, sheet);
    if let Some(done) = &worlds.done {
        assessment.by_hand = impact(&worlds.applied, done, sheet);
    }
    let impacts = [&assessment.applied, &assessment.by_hand];
    let lost: BTreeSet<ProjectKey> = impacts
        .iter()
        .flat_map(|impact| &impact.losses)
        .map(|group| group.target.project.clone())
        .collect();
    assessment.abandoned = abandoned(worlds.done(), &lost);
    assessment.portals = portals::portals(worlds, impacts);
    // Articles change where a portal does, or with a setting of the site.
    let impacts = [&assessment.applied, &assessment.by_hand].into_iter();
    let touched: BTreeSet<ProjectKey> = impacts.flat_map(Impact::projects).cloned().collect();
    let of_the_site = open.iter().any(|change| change.kind.is_of_the_site());
    if open.iter().any(|change| concerns_classes(change)) {
        assessment.unread_settings = unread::classes(before);
    }
    assessment.unread_articles =
        unread::articles(before, |key| of_the_site || touched.contains(key));
    assessment
}

/// Says whether a change can concern more people than those whom it names: a setting, a domain, or a link, by which new
/// addresses may get in.
const fn concerns_classes(change: &Change) -> bool {
    !matches!(
        change.effect,
        Effect::AddMember(..)
            | Effect::RemoveMember(..)
            | Effect::AddCustomer(..)
            | Effect::RemoveCustomer(..)
            | Effect::CreateAccount { .. }
            | Effect::EndAccess(_)
            | Effect::BecomeCustomer { .. }
            | Effect::CreateOrganization(_)
            | Effect::RenameOrganization(..)
            | Effect::SetCustomerSharing(..)
    )
}

/// Returns how many people surely reach some portal in a state.
pub(crate) fn people_with_access(state: &State<'_>) -> usize {
    let situations = u32::try_from(state.people.situations()).unwrap_or(u32::MAX);
    let projects = 0..state.projects.len();
    let mut views: Vec<Views<'_, '_>> = projects.map(|at| Views::of(state, at)).collect();
    (0..situations)
        .map(|at| state.people.situation(SituationId(at)))
        .filter(|(situation, _, _)| {
            let mut views = views.iter_mut();
            views.any(|project| project.view(*situation).promises())
        })
        .map(|(_, _, people)| people as usize)
        .sum()
}

/// Compares two states of one site, the second of which the free changes of a sheet lead to.
pub fn impact(before: &State<'_>, after: &State<'_>, sheet: &Sheet<'_>) -> Impact {
    let comparison = Comparison::new(before, after);
    let causes = Causes::new(before, after, sheet.free());
    let mut result = comparison.people(&causes);
    result.classes = comparison.classes(&causes);
    result
}

/// Compares two states for the people who are known, and for no classes.
pub(crate) fn people(before: &State<'_>, after: &State<'_>, sheet: &Sheet<'_>) -> Impact {
    let causes = Causes::new(before, after, sheet.free());
    Comparison::new(before, after).people(&causes)
}

/// Compares two states for classes of people, and for nobody in particular, as gates on classes judge: what strangers may
/// get by rules and groups that nobody read says of no door that it was open before.
pub(crate) fn classes(
    before: &State<'_>,
    after: &State<'_>,
    sheet: &Sheet<'_>,
) -> Vec<ClassChange> {
    let comparison = Comparison::new(before, after).without_doubts();
    if comparison.spares_classes() {
        return Vec::new();
    }
    comparison.classes(&Causes::new(before, after, sheet.free()))
}

fn view(state: &State<'_>, at: usize, visitor: &Visitor<'_>) -> Answer {
    portal::reach(state, at, visitor, &mut Trail::silent()).view
}

/// Restricted projects that somebody loses and whose lists are empty when the changes are done, groups in the role of their
/// customers included; unread lists are not.
fn abandoned(after: &State<'_>, lost: &BTreeSet<ProjectKey>) -> Vec<ProjectKey> {
    if lost.is_empty() {
        return Vec::new();
    }
    let mut filled: BTreeSet<ListId> = BTreeSet::new();
    let situations = u32::try_from(after.people.situations()).unwrap_or(u32::MAX);
    for (situation, _, people) in (0..situations).map(|at| after.people.situation(SituationId(at)))
    {
        if people > 0 {
            filled.extend(situation.lists);
        }
    }
    let emptied = |key: &&ProjectKey| {
        let Some(at) = after.project(key.as_str()) else {
            return false;
        };
        let project = &after.projects[at];
        let roster = ListId::Roster(u32::try_from(at).unwrap_or(u32::MAX));
        let has_people = |link: &Link| {
            let organization = after.organizations.get(link.organization as usize);
            filled.contains(&ListId::Organization(link.organization))
                || organization.is_none_or(|found| found.members != Coverage::Whole)
        };
        project.roster == Coverage::Whole
            && project.links == Coverage::Whole
            && portal::is_restricted(project) == Answer::Yes
            && !filled.contains(&roster)
            && !project.organizations.iter().any(has_people)
            && !project.scheme.may_let_customers_in()
    };
    lost.iter().filter(emptied).cloned().collect()
}
