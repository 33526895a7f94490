//! The plan JSON's `access_impact`: who gains, loses and keeps what, over all sites of the plan.
//!
//! The shape is stable: names are added, never changed. Every `list` is whole.

use super::build::{Planned, source};
use super::document::Source;
use crate::access::{self, Because};
use crate::config::Sources;
use crate::impact::{Assessment, ClassChange, Group, Impact, Named, Portal, Shelf, Way};
use crate::model::SiteKey;
use crate::neutral::phrase::Phrase;
use crate::plan::Plan;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// `access_impact`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessImpact {
    /// Whether everything was read that bears on what this plan does to people.
    pub complete: bool,
    /// What was not.
    pub unread: Vec<Unread>,
    /// What also decides and is not judged: help centers with an audience, request types that are for some people only,
    /// team-managed projects; and what of that was not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_judged: Vec<Unread>,
    /// Classes of people whose access changes by what apply does.
    pub classes: Vec<ClassRow>,
    /// People who gain.
    pub gains: Vec<GroupRow>,
    /// People who lose.
    pub losses: Vec<GroupRow>,
    /// People who lose a route and keep the portal by another.
    pub keeps: Vec<GroupRow>,
    /// People who lose something and end without any portal, and without articles that they surely read.
    pub without_any_access: NamedRow,
    /// People who lose something and end with nothing sure, while of some portal it is not known.
    #[serde(default)]
    pub without_sure_access: NamedRow,
    /// How many people gain something; `null` where that is not known.
    pub people_gaining: Option<usize>,
    /// How many people lose something; `null` where that is not known.
    pub people_losing: Option<usize>,
    /// How many do at least, where it is not known how many do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<AtLeast>,
    /// Restricted projects that lose the last people who could reach them, as `site/project/KEY`.
    pub projects_without_anyone: Vec<String>,
    /// Every portal of the site; those in which something changes say so.
    #[serde(default)]
    pub portals: Vec<PortalRow>,
    /// What the manual steps, and changes that wait for them, add to that once they are done.
    pub with_manual_steps: Further,
    /// All of this with the policy overridden for exactly this plan; left out where the policy blocks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_accepted: Option<Box<Self>>,
}

impl AccessImpact {
    /// Returns what apply does, in the shape of what the steps by hand add; where it is not known how many people gain or lose
    /// something, as many as do at least.
    pub fn applied(&self) -> Further {
        let known = self.at_least.clone().unwrap_or_default();
        Further {
            classes: self.classes.clone(),
            gains: self.gains.clone(),
            losses: self.losses.clone(),
            keeps: self.keeps.clone(),
            without_any_access: self.without_any_access.clone(),
            without_sure_access: self.without_sure_access.clone(),
            people_gaining: self.people_gaining.unwrap_or(known.people_gaining),
            people_losing: self.people_losing.unwrap_or(known.people_losing),
        }
    }
}

/// How many people are known to gain and lose something, where there may be more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AtLeast {
    /// Gain something.
    pub people_gaining: usize,
    /// Lose something.
    pub people_losing: usize,
}

/// A portal: how many known people surely reach it, and perhaps; and whether classes do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PortalRow {
    /// The site.
    pub site: String,
    /// The service project.
    pub project: String,
    /// Whether somebody gains, loses or keeps something there.
    #[serde(default = "yes")]
    pub touched: bool,
    /// Before.
    pub before: usize,
    /// When apply is done.
    pub after: usize,
    /// When the steps by hand are done too.
    pub after_manual_steps: usize,
    /// How many of those after the steps by hand have an account that the plan makes: nobody counted them before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub with_new_accounts: usize,
    /// Before, perhaps.
    pub perhaps_before: usize,
    /// When apply is done, perhaps.
    pub perhaps_after: usize,
    /// When the steps by hand are done too, perhaps.
    pub perhaps_after_manual_steps: usize,
    /// Anonymous, anyone and any customer.
    pub classes: Vec<PortalClassRow>,
    /// The organizations and groups by which people come, where something changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<WayRow>,
    /// The knowledge-base spaces, where something changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spaces: Vec<ShelfRow>,
}

const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// Plans that were written before a portal said so hold only what is touched.
const fn yes() -> bool {
    true
}

/// An organization or a group by which people come to a portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WayRow {
    /// `organization` or `group`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Whether it leads there before.
    pub before: bool,
    /// Whether it does when everything is done.
    pub after: bool,
    /// How many known people are in it before.
    pub people_before: usize,
    /// How many when everything is done.
    pub people_after: usize,
}

/// A space of a portal, and who can view it; `null` where that is not known or it is not linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShelfRow {
    /// The space.
    pub space: String,
    /// Who can view it before.
    pub before: Option<String>,
    /// Who can when everything is done.
    pub after: Option<String>,
}

/// Whether a class reaches a portal: `no`, `uncertain` or `yes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PortalClassRow {
    /// `anonymous`, `anyone` or `any_customer`.
    pub class: String,
    /// Before.
    pub before: String,
    /// When apply is done.
    pub after: String,
    /// When the steps by hand are done too.
    pub after_manual_steps: String,
}

/// A change that causes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CauseRow {
    /// Its address.
    pub address: String,
    /// Where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// What further changes add.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Further {
    /// As in [`AccessImpact`].
    pub classes: Vec<ClassRow>,
    /// As in [`AccessImpact`].
    pub gains: Vec<GroupRow>,
    /// As in [`AccessImpact`].
    pub losses: Vec<GroupRow>,
    /// As in [`AccessImpact`].
    pub keeps: Vec<GroupRow>,
    /// As in [`AccessImpact`].
    pub without_any_access: NamedRow,
    /// As in [`AccessImpact`].
    #[serde(default)]
    pub without_sure_access: NamedRow,
    /// As in [`AccessImpact`].
    pub people_gaining: usize,
    /// As in [`AccessImpact`].
    pub people_losing: usize,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// The site.
    pub site: String,
    /// What: a sentence fragment.
    pub what: Phrase,
}

/// A class whose access changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClassRow {
    /// The site.
    pub site: String,
    /// `anonymous`, `anyone`, `any_customer`, or `*@domain` for new addresses of a domain; `anyone_of_public_mail` and
    /// `anyone_of_companies` where the two fare otherwise than `anyone` does.
    pub class: String,
    /// The service project.
    pub project: String,
    /// The space, when it is about articles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// `no`, `uncertain` or `yes`.
    pub before: String,
    /// `no`, `uncertain` or `yes`.
    pub after: String,
    /// How many known people surely reached the portal before.
    pub people_before: usize,
    /// Whether these are all: the project was restricted, and everybody on its lists is known. Otherwise the number is a least one.
    #[serde(default)]
    pub people_before_whole: bool,
    /// For `anyone` where it falls: the domains in sight whose new addresses fare better after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// The changes that cause it.
    #[serde(default)]
    pub caused_by: Vec<CauseRow>,
    /// Why it is as it is after.
    pub because: Vec<BecauseRow>,
}

/// One step of the reasoning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BecauseRow {
    /// The rule.
    pub rule: String,
    /// What it says here.
    pub text: Phrase,
    /// Where the fact stands, when it stands in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The surface by which the fact is read, when it is the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
}

/// People with one fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupRow {
    /// The site.
    pub site: String,
    /// The service project.
    pub project: String,
    /// The space, when it is about articles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// `no`, `uncertain` or `yes`.
    pub before: String,
    /// `no`, `uncertain` or `yes`.
    pub after: String,
    /// How many.
    pub people: usize,
    /// The routes that come (gains), go (losses), or remain (keeps).
    pub via: Phrase,
    /// For keeps: the routes that go.
    #[serde(default, skip_serializing_if = "Phrase::is_empty")]
    pub lost: Phrase,
    /// The lists and classes by which all of them gain or lose it, such as `organization:Globex`; empty where somebody does by
    /// another route.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// All of them; empty where only numbers are shown.
    #[serde(deserialize_with = "names")]
    pub list: Vec<String>,
    /// The changes that cause it.
    #[serde(default)]
    pub caused_by: Vec<CauseRow>,
    /// Why it is as it is after, for the first of them.
    #[serde(default)]
    pub because: Vec<BecauseRow>,
}

/// Some people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedRow {
    /// How many.
    pub people: usize,
    /// All of them; empty where only numbers are shown.
    #[serde(deserialize_with = "names")]
    pub list: Vec<String>,
    /// The same site by site, where a plan is about several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sites: BTreeMap<String, Self>,
}

/// Reads a list of names, for which `--privacy counts` has a number.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        All(Vec<String>),
        Number(serde::de::IgnoredAny),
    }
    Ok(match Names::deserialize(deserializer)? {
        Names::All(names) => names,
        Names::Number(_) => Vec::new(),
    })
}

/// Builds `access_impact` from the assessments of all sites.
///
/// `whole` says whether everything managed was read; where it was not, nobody knows how many people gain or lose.
pub(super) fn document(sources: &Sources, planned: &[Planned], whole: bool) -> AccessImpact {
    let now = planned
        .iter()
        .map(|planned| (&planned.plan, &planned.impact));
    let mut all = sum(sources, now, whole);
    all.not_judged = planned
        .iter()
        .flat_map(|planned| {
            let site = planned.plan.site.as_str();
            planned.also_decides.iter().map(move |what| Unread {
                site: site.to_owned(),
                what: what.clone(),
            })
        })
        .collect();
    if planned.iter().any(|planned| planned.overridden.is_some()) {
        all.if_accepted = Some(Box::new(sum(sources, overridden(planned), whole)));
    }
    all
}

fn overridden(planned: &[Planned]) -> impl Iterator<Item = (&Plan, &Assessment)> {
    planned.iter().map(|planned| match &planned.overridden {
        Some(overridden) => (&overridden.plan, &overridden.impact),
        None => (&planned.plan, &planned.impact),
    })
}

fn sum<'p>(
    sources: &Sources,
    assessments: impl Iterator<Item = (&'p Plan, &'p Assessment)>,
    whole: bool,
) -> AccessImpact {
    let mut all = AccessImpact::default();
    let mut known = AtLeast::default();
    let assessments: Vec<_> = assessments.collect();
    let many = assessments.len() > 1;
    for (plan, assessment) in assessments {
        let of = many.then_some(&assessment.site);
        let site = Of {
            sources,
            site: &assessment.site,
            plan,
        };
        let unread = assessment.unread.iter();
        let unread = unread
            .chain(&assessment.unread_settings)
            .chain(&assessment.unread_articles);
        let unread = unread.map(|what| Unread {
            site: assessment.site.to_string(),
            what: what.clone(),
        });
        all.unread.extend(unread);
        let abandoned = assessment.abandoned.iter();
        all.projects_without_anyone
            .extend(abandoned.map(|key| format!("{}/project/{key}", assessment.site)));
        let portals = assessment.portals.iter();
        all.portals
            .extend(portals.map(|portal| site.portal(portal)));
        let now = site.further(&assessment.applied);
        all.classes.extend(now.classes);
        all.gains.extend(now.gains);
        all.losses.extend(now.losses);
        all.keeps.extend(now.keeps);
        add(&mut all.without_any_access, now.without_any_access, of);
        add(&mut all.without_sure_access, now.without_sure_access, of);
        known.people_gaining += now.people_gaining;
        known.people_losing += now.people_losing;
        let later = site.further(&assessment.by_hand);
        let sum = &mut all.with_manual_steps;
        sum.classes.extend(later.classes);
        sum.gains.extend(later.gains);
        sum.losses.extend(later.losses);
        sum.keeps.extend(later.keeps);
        add(&mut sum.without_any_access, later.without_any_access, of);
        add(&mut sum.without_sure_access, later.without_sure_access, of);
        sum.people_gaining += later.people_gaining;
        sum.people_losing += later.people_losing;
    }
    all.complete = whole && all.unread.is_empty();
    if whole {
        all.people_gaining = Some(known.people_gaining);
        all.people_losing = Some(known.people_losing);
    } else {
        all.at_least = Some(known);
    }
    all
}

/// Adds the people of a site; `of` is that site where a plan is about several.
fn add(sum: &mut NamedRow, more: NamedRow, of: Option<&SiteKey>) {
    sum.people += more.people;
    sum.list.extend_from_slice(&more.list);
    if let (Some(site), true) = (of, more.people > 0) {
        sum.sites.insert(site.as_str().to_owned(), more);
    }
}

/// The site whose impact is told, with its plan.
struct Of<'p> {
    sources: &'p Sources,
    site: &'p SiteKey,
    plan: &'p Plan,
}

impl Of<'_> {
    fn further(&self, impact: &Impact) -> Further {
        let groups = |groups: &[Group]| groups.iter().map(|one| self.group(one)).collect();
        Further {
            classes: impact
                .classes
                .iter()
                .map(|change| self.class(change))
                .collect(),
            gains: groups(&impact.gains),
            losses: groups(&impact.losses),
            keeps: groups(&impact.keeps),
            without_any_access: named(&impact.without_any_access),
            without_sure_access: named(&impact.without_sure_access),
            people_gaining: impact.gaining.len(),
            people_losing: impact.losing.len(),
        }
    }

    fn portal(&self, portal: &Portal) -> PortalRow {
        let [before, after, last] = portal.people;
        let classes = portal.classes.iter().map(|reach| {
            let [before, after, last] = reach.answers.map(|answer| answer.word().to_owned());
            PortalClassRow {
                class: reach.class.word().into_owned(),
                before,
                after,
                after_manual_steps: last,
            }
        });
        PortalRow {
            site: self.site.as_str().to_owned(),
            project: portal.project.as_str().to_owned(),
            touched: portal.touched,
            before: before.people,
            after: after.people,
            after_manual_steps: last.people,
            with_new_accounts: last.made,
            perhaps_before: before.perhaps,
            perhaps_after: after.perhaps,
            perhaps_after_manual_steps: last.perhaps,
            classes: classes.collect(),
            ways: portal.ways.iter().map(way).collect(),
            spaces: portal.shelves.iter().map(shelf).collect(),
        }
    }

    fn group(&self, group: &Group) -> GroupRow {
        let space = group.target.space.as_ref();
        GroupRow {
            site: self.site.as_str().to_owned(),
            project: group.target.project.as_str().to_owned(),
            article: space.map(|space| space.as_str().to_owned()),
            before: group.before.word().to_owned(),
            after: group.after.word().to_owned(),
            people: group.people.count(),
            via: group.via.clone(),
            lost: group.lost.clone(),
            by: group.by.clone(),
            list: group.people.list.clone(),
            caused_by: self.causes(&group.caused_by),
            because: self.because(&group.because),
        }
    }

    fn class(&self, change: &ClassChange) -> ClassRow {
        let space = change.target.space.as_ref();
        ClassRow {
            site: self.site.as_str().to_owned(),
            class: change.class.word().into_owned(),
            project: change.target.project.as_str().to_owned(),
            article: space.map(|space| space.as_str().to_owned()),
            before: change.before.word().to_owned(),
            after: change.after.word().to_owned(),
            people_before: change.people_before,
            people_before_whole: change.people_before_whole,
            except: change.except.clone(),
            caused_by: self.causes(&change.caused_by),
            because: self.because(&change.because),
        }
    }

    fn causes(&self, rows: &BTreeSet<usize>) -> Vec<CauseRow> {
        let rows = rows.iter().filter_map(|at| self.plan.changes.get(*at));
        let mut causes: Vec<CauseRow> = rows
            .map(|change| CauseRow {
                address: change.address.to_string(),
                source: source(self.sources, change.source),
            })
            .collect();
        causes.dedup();
        causes
    }

    fn because(&self, steps: &[Because]) -> Vec<BecauseRow> {
        steps
            .iter()
            .map(|step| BecauseRow {
                rule: step.rule.to_string(),
                text: step.text.clone(),
                source: source(self.sources, step.source.and_then(access::Source::span)),
                surface: match step.source {
                    Some(access::Source::Read(surface)) => Some(surface.word().to_owned()),
                    _ => None,
                },
            })
            .collect()
    }
}

fn named(people: &Named) -> NamedRow {
    NamedRow {
        people: people.count(),
        list: people.list.clone(),
        sites: BTreeMap::new(),
    }
}

fn way(way: &Way) -> WayRow {
    WayRow {
        kind: way.kind.to_owned(),
        name: way.name.clone(),
        before: way.there[0],
        after: way.there[1],
        people_before: way.people[0],
        people_after: way.people[1],
    }
}

fn shelf(shelf: &Shelf) -> ShelfRow {
    let [before, after] = shelf
        .viewers
        .map(|viewers| viewers.map(|who| who.word().to_owned()));
    ShelfRow {
        space: shelf.space.as_str().to_owned(),
        before,
        after,
    }
}
