//! What a plan does to people, in sentences, the worst first: the same in every form of the plan.

mod classes;
mod groups;
mod lists;

use super::document::{Check, PlanDocument, ResourceChange, Source};
use super::impact::{AccessImpact, CauseRow, ClassRow, Further, NamedRow, PortalRow, Unread};
use super::subject::spoken;
use crate::neutral::phrase::Phrase;
pub(super) use groups::{Fate, of_group};

/// How many people a sentence names.
const NAMES: usize = 5;
/// How many lines of the files a sentence has as its cause.
const PLACES: usize = 3;
/// How many sentences of one kind are written before the rest is counted.
const SENTENCES: usize = 12;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It says something about the lines around it.
    Note,
    /// Somebody gains.
    Gain,
    /// Somebody loses.
    Loss,
    /// Somebody keeps something, another way.
    Keep,
    /// A warning.
    Warning,
    /// One to look at first.
    Alarm,
}

/// A line: a sentence, or what introduces the deeper ones below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// How deep it stands.
    pub(super) depth: usize,
    /// How much it matters.
    pub(super) mark: Mark,
    /// What it says.
    pub(super) text: Phrase,
    /// The first lines of the files that cause it.
    pub(super) causes: Vec<Source>,
}

/// Says what the plan does to people. Nothing for a plan file that does not say it, and for a plan without changes.
pub(super) fn lines(document: &PlanDocument) -> Vec<Line> {
    let Ok(impact) = document.access_impact.impact() else {
        return Vec::new();
    };
    if document.resource_changes.is_empty() && document.checks.iter().all(|c| c.status == "pass") {
        return Vec::new();
    }
    let mut page = Lines {
        many: document.sites.len() > 1,
        waiting: document
            .resource_changes
            .iter()
            .any(|row| !row.portcullis.waiting_for.is_empty()),
        lines: Vec::new(),
    };
    let [lists, blocked] = [false, true].map(|blocked| lists::gaining(document, &impact, blocked));
    let overridden = impact.if_accepted.as_deref();
    let unread = &overridden.unwrap_or(&impact).unread;
    let now = parts(&impact);
    // Whoever is told of by lists gains.
    let nobody = lists
        .is_empty()
        .then(|| nobody(document, &now, unread.is_empty(), page.many))
        .flatten();
    if let Some(how) = nobody {
        let why = match how.ends_with("access") && adds(document) && is_open(&impact) {
            true => ": every portal is open to all customers already.",
            false => ".",
        };
        page.say(0, Mark::Note, Phrase::of(&how).word(why));
    }
    page.effects(&now, lists, 0);
    for row in &document.resource_changes {
        page.apps_lost(row);
    }
    page.checks(document);
    if let Some(overridden) = overridden {
        let mut then = parts(overridden);
        // What a gate on classes stands against is told with the gate.
        let ungated = |row: &ClassRow| {
            let key = format!("policy.class_gains.{}", row.class);
            let gate = |check: &Check| check.address.to_display == key && check.status == "fail";
            rank(&row.after) < rank(&row.before) || !document.checks.iter().any(gate)
        };
        then.applied.classes.retain(ungated);
        then.by_hand.classes.retain(ungated);
        if then != now || !blocked.is_empty() {
            let text = "If the policy is overridden, the plan does this:";
            page.say(0, Mark::Note, Phrase::of(text));
            page.effects(&then, blocked, 1);
        }
    }
    page.listed("Not read, so not judged: ", unread);
    page.listed("Also decides, not judged: ", &impact.not_judged);
    page.lines
}

/// Says that nobody gains or loses, where that is so.
fn nobody(document: &PlanDocument, now: &Effects, all_read: bool, many: bool) -> Option<String> {
    let quiet = &now.applied;
    if !(quiet.classes.is_empty() && quiet.gains.is_empty() && quiet.losses.is_empty()) {
        return None;
    }
    let rows = &document.resource_changes;
    let blocked = |row: &ResourceChange| !row.portcullis.blocked_by.is_empty();
    // What was not read may hide somebody, unless nothing is done at all.
    let known = match all_read || rows.iter().all(blocked) {
        true => "Nobody gains or loses access",
        false => "Nobody is known to gain or lose access",
    };
    let how = if rows.iter().any(blocked) {
        " by what may be done"
    } else if sentences(&now.by_hand, Vec::new(), many).is_empty() {
        ""
    } else {
        " by what apply does"
    };
    Some(format!("{known}{how}"))
}

/// Whether somebody is added to a list, or an organization to a project.
fn adds(document: &PlanDocument) -> bool {
    document.resource_changes.iter().any(|row| {
        let listed = matches!(
            row.kind.as_str(),
            "jsm_organization_member" | "jsm_project_customer" | "jsm_project_organization"
        );
        listed && row.change.actions.iter().any(|action| action == "create")
    })
}

/// Whether every customer of the sites reaches every portal, before and after.
fn is_open(impact: &AccessImpact) -> bool {
    let open = |portal: &PortalRow| {
        let mut classes = portal.classes.iter();
        classes.any(|row| row.class == "any_customer" && row.before == "yes" && row.after == "yes")
    };
    !impact.portals.is_empty() && impact.portals.iter().all(open)
}

/// What a plan does, in its two parts.
#[derive(PartialEq, Eq)]
struct Effects {
    applied: Further,
    by_hand: Further,
    abandoned: Vec<String>,
}

fn parts(impact: &AccessImpact) -> Effects {
    Effects {
        applied: impact.applied(),
        by_hand: impact.with_manual_steps.clone(),
        abandoned: impact.projects_without_anyone.clone(),
    }
}

/// The lines as they come.
struct Lines {
    many: bool,
    waiting: bool,
    lines: Vec<Line>,
}

impl Lines {
    fn say(&mut self, depth: usize, mark: Mark, text: Phrase) {
        self.lines.push(Line {
            depth,
            mark,
            text,
            causes: Vec::new(),
        });
    }

    fn tell(&mut self, depth: usize, sentence: Sentence) {
        self.lines.push(Line {
            depth,
            mark: sentence.mark(),
            text: sentence.text,
            causes: sentence.causes,
        });
    }

    /// Says what apply does, who is left, and what comes when people have done their part.
    fn effects(&mut self, effects: &Effects, lists: Vec<Sentence>, depth: usize) {
        for sentence in sentences(&effects.applied, lists, self.many) {
            self.tell(depth, sentence);
        }
        for project in &effects.abandoned {
            let project = spoken(project, self.many);
            let text = Phrase::of("No customer is left who can open ").then(&project);
            self.say(depth, Mark::Alarm, text.word("."));
        }
        let later = sentences(&effects.by_hand, Vec::new(), self.many);
        if later.is_empty() {
            return;
        }
        let when = match self.waiting {
            true => "When the manual steps, and the changes that wait for them, are done as well:",
            false => "When the manual steps are done as well:",
        };
        self.say(depth, Mark::Note, Phrase::of(when));
        for sentence in later {
            self.tell(depth + 1, sentence);
        }
    }

    /// Says what was not read or not judged, the first few by name.
    fn listed(&mut self, title: &str, all: &[Unread]) {
        if all.is_empty() {
            return;
        }
        let shown: Vec<Phrase> = all
            .iter()
            .take(NAMES)
            .map(|one| {
                let what = one.what.clone();
                match self.many {
                    true => what.word(" (").key(&one.site).word(")"),
                    false => what,
                }
            })
            .collect();
        let mut text = Phrase::of(title).joined(&shown, "; ");
        if all.len() > NAMES {
            text = text.word(&format!("; and {} more", all.len() - NAMES));
        }
        self.say(0, Mark::Note, text.word("."));
    }

    /// Names every app that somebody loses who becomes a customer.
    fn apps_lost(&mut self, row: &ResourceChange) {
        let done = row.portcullis.blocked_by.is_empty() && !row.change.before.is_null();
        let after = &row.change.after;
        let (Some(email), Some(apps), true) =
            (after["email"].as_str(), after["loses"].as_array(), done)
        else {
            return;
        };
        let apps: Vec<Phrase> = apps
            .iter()
            .filter_map(|app| Some(Phrase::default().key(app.as_str()?)))
            .collect();
        if apps.is_empty() {
            return;
        }
        let when = match row.portcullis.surface.as_str() {
            "manual" => ", once the step by hand is done",
            _ => "",
        };
        let text = Phrase::default()
            .key(email)
            .word(" loses ")
            .joined(&apps, ", ");
        self.say(
            0,
            Mark::Loss,
            text.word(" and is a customer").word(when).word("."),
        );
    }

    /// Says what the policy has against it.
    fn checks(&mut self, document: &PlanDocument) {
        let told = |check: &&Check| check.status != "pass" && is_about_people(check);
        for check in document.checks.iter().filter(told) {
            let mark = match (check.status.as_str(), &check.overridden) {
                ("fail", None) => Mark::Alarm,
                _ => Mark::Warning,
            };
            let link = match check.overridden {
                Some(_) => ": ",
                None => " by ",
            };
            let name = Phrase::read(&check.address.to_display);
            for problem in &check.problems {
                let text = check.effect().word(link).then(&name).word(": ");
                let problem = problem.message.clone();
                self.say(0, mark, text.then(&problem).word("."));
            }
        }
    }
}

/// Says whether a check is told among these sentences, and not among the others.
pub(super) fn is_about_people(check: &Check) -> bool {
    let name = check.address.to_display.as_str();
    name.starts_with("policy.class_gains") || name.starts_with("policy.max_people_")
}

/// A sentence, and whether it is one to look at first.
struct Sentence {
    text: Phrase,
    grave: bool,
    fate: Fate,
    causes: Vec<Source>,
}

impl Sentence {
    const fn mark(&self) -> Mark {
        match (self.grave, self.fate) {
            (true, _) => Mark::Alarm,
            (false, Fate::Gains) => Mark::Gain,
            (false, Fate::Loses) => Mark::Loss,
            (false, Fate::Keeps) => Mark::Keep,
        }
    }
}

fn sentences(impact: &Further, lists: Vec<Sentence>, many: bool) -> Vec<Sentence> {
    let mut all = Vec::new();
    let rises = |row: &&ClassRow| rank(&row.after) > rank(&row.before);
    let (wide, narrow): (Vec<&ClassRow>, Vec<&ClassRow>) = impact.classes.iter().partition(rises);
    classes::tell(wide, many, &mut all);
    let of_sites = |row: &NamedRow| -> Vec<(Option<String>, NamedRow)> {
        match row.sites.is_empty() {
            true => vec![(None, row.clone())],
            false => {
                let sites = row.sites.iter();
                sites
                    .map(|(site, row)| (Some(site.clone()), row.clone()))
                    .collect()
            }
        }
    };
    for (site, left) in of_sites(&impact.without_any_access) {
        let verb = if left.people == 1 { "loses" } else { "lose" };
        let what = format!("{verb} every portal");
        losing(&left, site.as_deref(), &what, "", &mut all);
    }
    for (site, unsure) in of_sites(&impact.without_sure_access) {
        let why = ", as not everything is known";
        losing(
            &unsure,
            site.as_deref(),
            "may lose every portal",
            why,
            &mut all,
        );
    }
    groups::tell(&impact.losses, many, Fate::Loses, &mut all);
    classes::tell(narrow, many, &mut all);
    all.extend(lists);
    groups::tell(&impact.gains, many, Fate::Gains, &mut all);
    groups::tell(&impact.keeps, many, Fate::Keeps, &mut all);
    all
}

/// Says who is left without anything.
fn losing(row: &NamedRow, site: Option<&str>, what: &str, why: &str, all: &mut Vec<Sentence>) {
    if row.people == 0 {
        return;
    }
    let mut text = Phrase::of(&format!("{} {what}", people(row.people)));
    if let Some(site) = site {
        text = text.word(" on ").key(site);
    }
    text = text.word(why);
    if !row.list.is_empty() {
        text = text.word(": ").then(&some(&row.list, row.people, NAMES));
    }
    let text = text.word(".");
    let (grave, fate, causes) = (true, Fate::Loses, Vec::new());
    all.push(Sentence {
        text,
        grave,
        fate,
        causes,
    });
}

/// Returns the first few places of some causes.
fn places<'c>(causes: impl IntoIterator<Item = &'c CauseRow>) -> Vec<Source> {
    let mut places: Vec<Source> = Vec::new();
    for source in causes.into_iter().filter_map(|cause| cause.source.as_ref()) {
        if places.len() < PLACES && !places.contains(source) {
            places.push(source.clone());
        }
    }
    places
}

/// The first few names of so many people, and how many more there are; their number where no name is shown.
fn some(names: &[String], people: usize, most: usize) -> Phrase {
    if names.is_empty() {
        return Phrase::of(&people.to_string());
    }
    let shown: Vec<Phrase> = names
        .iter()
        .take(most)
        .map(|name| Phrase::default().key(name))
        .collect();
    let more = people.saturating_sub(shown.len());
    let names = Phrase::default().joined(&shown, ", ");
    match more {
        0 => names,
        more => names.word(&format!(" and {more} more")),
    }
}

pub(super) fn people(count: usize) -> String {
    match count {
        1 => "1 person".to_owned(),
        n => format!("{n} people"),
    }
}

fn rank(answer: &str) -> u8 {
    match answer {
        "no" => 0,
        "uncertain" => 1,
        _ => 2,
    }
}
