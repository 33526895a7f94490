//! A plan cut into sections for a reviewer, before any markup: what the Markdown and the HTML form have in common.
//!
//! What the reader must see first comes first; all text is in typed pieces.

mod steps;

pub(super) use steps::{clicks, present_and_expected, visits};

use super::document::{PlanDocument, ResourceChange, Source};
use super::doubts::Doubts;
use super::headcount::Headcount;
use super::impact::{GroupRow, PortalRow};
use super::law::{other_findings, told};
use super::sentences::lines;
use super::subject::{Subject, root, spoken};
use super::text::notes::requests;
use super::text::rows::{Section as Fate, action, label, reason, value};
use super::text::values::counted;
use crate::neutral::phrase::Phrase;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl Section {
    /// Returns the heading: the title, with the count where there is one.
    pub(super) fn heading(&self) -> String {
        let count = self.count.map(|count| format!(" ({count})"));
        format!("{}{}", self.title, count.unwrap_or_default())
    }
}

/// How the rows of a section are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As a table.
    Table,
    /// As items, each with what belongs to it below.
    Items,
    /// As items to tick off, each with what belongs to it below.
    Tasks,
}

/// One part of a plan.
#[derive(Debug)]
pub(super) struct Section {
    /// How the rows are shown.
    pub(super) form: Form,
    /// What the rows have in common.
    pub(super) title: &'static str,
    /// How many things the rows stand for; `None` where the rows are sentences.
    pub(super) count: Option<usize>,
    /// The heading of every column.
    pub(super) heads: Vec<&'static str>,
    /// The rows, as wide as `heads`.
    pub(super) rows: Vec<Vec<Phrase>>,
    /// How many things belong to what, the most first; empty where that says nothing.
    pub(super) lists: Vec<(Phrase, usize)>,
    /// How many rows a reader may see without unfolding.
    pub(super) open: usize,
    /// Who gets space first; 0 before all others.
    pub(super) priority: u8,
}

/// Cuts a plan into its sections, in reading order; empty ones are left out. `items` limits lists of people within a row.
pub(super) fn sections(document: &PlanDocument, items: usize) -> Vec<Section> {
    let mut fates: BTreeMap<usize, Vec<&ResourceChange>> = BTreeMap::new();
    for change in &document.resource_changes {
        fates
            .entry(Fate::of(change) as usize)
            .or_default()
            .push(change);
    }
    let settled: BTreeSet<&str> = document
        .manual_steps
        .iter()
        .flat_map(|step| &step.addresses)
        .map(String::as_str)
        .collect();
    let many = document.sites.len() > 1;
    let mut of = |fate: Fate| fates.remove(&(fate as usize)).unwrap_or_default();
    let mut all = vec![errors(document), checks(document), law(document)];
    all.push(changes(
        "Blocked, will not be done",
        many,
        of(Fate::Blocked),
        10,
        1,
    ));
    all.push(portals(document));
    all.push(impact(document));
    all.push(changes("To remove", many, of(Fate::Remove), 25, 2));
    all.push(changes("To change", many, of(Fate::Change), 25, 3));
    all.push(changes("To add", many, of(Fate::Add), 10, 4));
    all.push(steps::steps(document, items));
    let mut by_hand = of(Fate::ByHand);
    by_hand.retain(|change| !settled.contains(change.address.as_str()));
    all.push(changes(
        "By hand, without a known click path",
        many,
        by_hand,
        10,
        5,
    ));
    all.push(changes(
        "Waiting for a step by hand",
        many,
        of(Fate::Waiting),
        0,
        7,
    ));
    all.push(findings(document));
    all.push(forecast(document));
    all.retain(|section| !section.rows.is_empty());
    all
}

/// Returns what the whole plan says in a few lines: whether it can be believed, and what comes next.
pub(super) fn remarks(document: &PlanDocument) -> Vec<Phrase> {
    let mut remarks = Vec::new();
    let mut say = |text: &str| remarks.push(Phrase::of(text));
    if document.errored || !document.complete {
        say("This plan is not whole: what could not be read is left as it is.");
    }
    if let Some(redaction) = &document.portcullis {
        match redaction.privacy.as_str() {
            "counts" => {
                say("People are shown as counts only. This plan can be read, never applied.")
            }
            _ => say("People are shown by pseudonyms. This plan can be read, never applied."),
        }
    }
    if document.resource_changes.is_empty() && document.manual_steps.is_empty() && document.complete
    {
        say("Nothing to change.");
    }
    remarks
}

/// Says how to override what the policy blocks, where that can be done.
pub(super) fn overriding(document: &PlanDocument) -> Option<Phrase> {
    let text = "To override what the policy blocks, for exactly this plan: run ";
    let text = Phrase::of(text).name("portcullis apply").word(" with ");
    let accept = format!("--accept {}", document.acceptance_digest);
    document.is_overridable().then(|| text.name(&accept))
}

/// Returns the rest of a plan as lines of `what: how much`.
pub(super) fn rest(document: &PlanDocument) -> Vec<(&'static str, Phrase)> {
    let mut rest = Vec::new();
    let mut say = |what, text: String| rest.push((what, Phrase::of(&text)));
    if !document.resource_drift.is_empty() {
        let changed = counted(document.resource_drift.len(), "thing was", "things were");
        say("outside", format!("{changed} changed by somebody else"));
    }
    let unmanaged = &document.unmanaged;
    say(
        "not in the YAML, left alone",
        format!(
            "{}, {}, {} on managed lists",
            counted(unmanaged.organizations, "organization", "organizations"),
            counted(unmanaged.projects, "project", "projects"),
            counted(unmanaged.people, "person", "people"),
        ),
    );
    let coverage = &document.coverage;
    say(
        "coverage",
        format!(
            "{} of {} and {} of {} are described; {}, {} not known",
            coverage.organizations_managed,
            counted(coverage.organizations_live, "organization", "organizations"),
            coverage.projects_managed,
            counted(coverage.projects_live, "project", "projects"),
            counted(coverage.fields_known, "field known", "fields known"),
            coverage.fields_unknown,
        ),
    );
    let lacking: Vec<&str> = document.lacking().into_iter().collect();
    say("requests", requests(document));
    let mails = match (document.notifications.mails, lacking.is_empty()) {
        (0, _) | (_, true) => document.notifications.mails.to_string(),
        (mails, false) => format!(
            "none with these credentials; {mails} with the right {}",
            lacking.join(" and ")
        ),
    };
    say("mails sent by these requests", mails);
    rest.push(("digest", Phrase::default().key(&document.digest)));
    rest
}

/// What the plan does to people: the sentences of the text form, and the numbers for where those have no space.
fn impact(document: &PlanDocument) -> Section {
    let rows = lines(document).into_iter().map(|line| {
        let causes: Vec<Phrase> = line
            .causes
            .iter()
            .map(|source| Phrase::default().place(&source.file, source.line))
            .collect();
        match causes.is_empty() {
            true => vec![line.text],
            false => vec![line.text.word(" · ").joined(&causes, ", ")],
        }
    });
    let rows = rows.collect();
    let impact = document.access_impact.impact().unwrap_or_default();
    let count = Headcount::applied(&impact);
    let lists: Vec<(Phrase, usize)> = [
        ("people who gain something", count.gaining.sure),
        ("people who may gain something", count.gaining.perhaps()),
        ("people who lose something", count.losing.sure),
        ("people who may lose something", count.losing.perhaps()),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(what, count)| (Phrase::of(what), count))
    .collect();
    Section {
        form: Form::Items,
        title: "Who gains or loses access",
        count: None,
        heads: vec!["what happens"],
        rows,
        lists,
        open: 25,
        priority: 0,
    }
}

/// How many people lose, gain and keep each portal, and the articles of each space in it.
fn portals(document: &PlanDocument) -> Section {
    let impact = document.access_impact.impact().unwrap_or_default();
    let blocked = impact.if_accepted.is_some();
    let whole = impact.if_accepted.as_deref().unwrap_or(&impact);
    let many = document.sites.len() > 1;
    let mut things: BTreeMap<(&str, &str, Option<&str>), [People<'_>; 3]> = BTreeMap::new();
    let later = &whole.with_manual_steps;
    let fates = [
        [&whole.losses, &later.losses],
        [&whole.gains, &later.gains],
        [&whole.keeps, &later.keeps],
    ];
    for (at, fate) in fates.iter().enumerate() {
        for row in fate.iter().flat_map(|rows| rows.iter()) {
            let thing = (
                row.site.as_str(),
                row.project.as_str(),
                row.article.as_deref(),
            );
            things.entry(thing).or_default()[at].add(row);
        }
    }
    let mut counted: BTreeMap<(&str, &str), &PortalRow> = BTreeMap::new();
    for portal in &whole.portals {
        let (site, project) = (portal.site.as_str(), portal.project.as_str());
        counted.insert((site, project), portal);
        // Whoever is made may come where nobody else gains or loses.
        if portal.before != portal.after_manual_steps {
            things.entry((site, project, None)).or_default();
        }
    }
    let rows = things.iter().map(|((site, project, article), people)| {
        let mut name = match article {
            None => Phrase::default().key(project),
            Some(space) => Phrase::of("articles of ")
                .key(space)
                .word(" in ")
                .key(project),
        };
        if many {
            name = name.word(" on ").key(site);
        }
        let number = |people: &People<'_>| Phrase::of(&people.count().to_string());
        let portal = counted
            .get(&(*site, *project))
            .filter(|_| article.is_none());
        vec![
            name,
            number(&people[0]),
            number(&people[1]),
            number(&people[2]),
            portal.map_or_else(Phrase::default, |portal| Phrase::of(&moved(portal))),
        ]
    });
    let rows: Vec<Vec<Phrase>> = rows.collect();
    Section {
        count: None,
        ..plain(
            match blocked {
                true => "Portals, with what the policy blocks",
                false => "Portals",
            },
            vec!["portal", "lose", "gain", "keep another way", "people"],
            rows,
            20,
            0,
        )
    }
}

/// How many people reach a portal before and when everything is done, so that the numbers beside it add up: whoever has a new
/// account was nobody before, and gains nothing where anybody could have signed up.
fn moved(portal: &PortalRow) -> String {
    let mut text = format!("{} → {}", portal.before, portal.after_manual_steps);
    match portal.with_new_accounts {
        0 => {}
        new => {
            let _ = write!(text, ", {new} with new accounts");
        }
    }
    let perhaps = [portal.perhaps_before, portal.perhaps_after_manual_steps];
    if perhaps != [0, 0] {
        let _ = write!(text, " (perhaps {} → {} more)", perhaps[0], perhaps[1]);
    }
    text
}

/// People who are counted once.
#[derive(Default)]
struct People<'d> {
    names: BTreeSet<&'d str>,
    unnamed: usize,
}

impl<'d> People<'d> {
    fn add(&mut self, row: &'d GroupRow) {
        self.names.extend(row.list.iter().map(String::as_str));
        if row.list.is_empty() {
            // Without names nobody can say who stands in two groups.
            self.unnamed = self.unnamed.max(row.people);
        }
    }

    fn count(&self) -> usize {
        self.names.len().max(self.unnamed)
    }
}

pub(super) fn errors(document: &PlanDocument) -> Section {
    let many = document.sites.len() > 1;
    let rows = document.errors.iter().map(|error| {
        let why = error.message.clone();
        let why = match error.forbidden {
            true => why.word(" (a right or a credential is missing)"),
            false => why,
        };
        vec![
            spoken(&error.address, many),
            why,
            place(error.source.as_ref()),
        ]
    });
    plain(
        "Could not be read",
        vec!["what", "why", "declared in"],
        rows.collect(),
        10,
        0,
    )
}

pub(super) fn checks(document: &PlanDocument) -> Section {
    let failed = document
        .checks
        .iter()
        .filter(|check| check.status != "pass");
    let rows = failed.flat_map(|check| {
        let name = check.title();
        let problems: Vec<Phrase> = if check.problems.is_empty() {
            vec![Phrase::read(&check.status)]
        } else {
            check
                .problems
                .iter()
                .map(|problem| {
                    let problem = problem.message.clone();
                    match &check.overridden {
                        Some(_) => check.effect().word(": ").then(&problem),
                        None => problem,
                    }
                })
                .collect()
        };
        problems
            .into_iter()
            .map(move |problem| vec![name.clone(), problem])
    });
    plain(
        "Checks that do not pass",
        vec!["check", "what is wrong"],
        rows.collect(),
        10,
        1,
    )
}

/// What the branch does to the rules that judge it.
pub(super) fn law(document: &PlanDocument) -> Section {
    let rows = told(document).into_iter().map(|told| {
        vec![
            told.about,
            told.says.clone(),
            place(told.change.source.as_ref()),
        ]
    });
    plain(
        "This branch changes the rules",
        vec!["what", "what the branch does", "written in"],
        rows.collect(),
        10,
        1,
    )
}

pub(super) fn findings(document: &PlanDocument) -> Section {
    let many = document.sites.len() > 1;
    let doubts = Doubts::of_checks(&document.checks);
    let others = other_findings(document).filter(|finding| !doubts.tell(finding));
    let rows = others.map(|finding| {
        vec![
            spoken(&finding.address, many),
            finding.message.clone(),
            Phrase::default().key(&finding.code),
            place(finding.source.as_ref()),
        ]
    });
    plain(
        "Worth knowing",
        vec!["what", "remark", "code", "asked for in"],
        rows.collect(),
        0,
        8,
    )
}

pub(super) fn forecast(document: &PlanDocument) -> Section {
    let many = document.sites.len() > 1;
    let rows = document.forecast.iter().map(|entry| {
        let until = Phrase::default().key(&entry.until);
        vec![
            spoken(&entry.address, many),
            match entry.count {
                Some(count) => until.word(&format!(" ({count})")),
                None => until,
            },
            place(Some(&entry.source)),
        ]
    });
    plain(
        "Ends soon",
        vec!["what", "last day", "asked for in"],
        rows.collect(),
        0,
        9,
    )
}

fn plain(
    title: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Vec<Phrase>>,
    open: usize,
    priority: u8,
) -> Section {
    Section {
        form: Form::Table,
        title,
        count: Some(rows.len()),
        heads,
        rows,
        lists: Vec::new(),
        open,
        priority,
    }
}

fn changes(
    title: &'static str,
    many: bool,
    changes: Vec<&ResourceChange>,
    open: usize,
    priority: u8,
) -> Section {
    let mixed = changes.iter().any(|change| {
        Fate::of(change) as usize != Fate::Remove as usize
            && Fate::of(change) as usize != Fate::Change as usize
            && Fate::of(change) as usize != Fate::Add as usize
    });
    let valued = changes.iter().any(|change| !value(change).is_empty());
    let mut heads = vec!["what", "of", "why", "asked for in"];
    if valued {
        heads.insert(2, "value");
    }
    if mixed {
        heads.insert(0, "action");
    }
    if many {
        heads.insert(0, "site");
    }
    let mut lists: BTreeMap<(String, u8, String, &'static str), (Phrase, usize)> = BTreeMap::new();
    let mut count = 0;
    let mut rows: Vec<((String, u8, String), Vec<Phrase>)> = Vec::with_capacity(changes.len());
    for change in changes {
        let subject = Subject::of(&change.address);
        let site = match many {
            true => root(&change.address).to_owned(),
            false => String::new(),
        };
        let weight = change.portcullis.count.unwrap_or(1);
        count += weight;
        let of = subject.of.to_string();
        let list = lists
            .entry((site.clone(), subject.rank, of.clone(), subject.kind))
            .or_insert_with(|| {
                let list = match subject.is_of_the_site() {
                    true => Phrase::of(subject.kind),
                    false => subject.of.clone().word(" ").word(subject.kind),
                };
                let list = match many {
                    true => list.word(" on ").key(&site),
                    false => list,
                };
                (list, 0)
            });
        list.1 += weight;
        let order = (site.clone(), subject.rank, of);
        let mut row = vec![
            label(change),
            subject.of,
            why(change, many),
            place(change.portcullis.source.as_ref()),
        ];
        if valued {
            row.insert(2, value(change));
        }
        if mixed {
            row.insert(0, Phrase::read(action(change)));
        }
        if many {
            row.insert(0, Phrase::default().key(&site));
        }
        rows.push((order, row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut lists: Vec<(Phrase, usize)> = lists.into_values().collect();
    lists.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Section {
        form: Form::Table,
        title,
        count: Some(count),
        heads,
        rows,
        lists,
        open,
        priority,
    }
}

fn why(change: &ResourceChange, many: bool) -> Phrase {
    let mut why = Phrase::read(&reason(&change.action_reason));
    let extra = &change.portcullis;
    for blocked in &extra.blocked_by {
        why = why.word(" · blocked by ").then(blocked);
    }
    for (at, lifted) in extra.lifted_by.iter().enumerate() {
        let before = if at == 0 {
            " · lifted by "
        } else {
            "; and by "
        };
        why = why.word(before).then(lifted);
    }
    if let Some(first) = extra.waiting_for.first() {
        why = why.word(" · after ").then(&spoken(first, many));
        if extra.waiting_for.len() > 1 {
            let more = extra.waiting_for.len() - 1;
            why = why.word(&format!(" and {more} more"));
        }
    }
    if let Some(right) = &extra.needs_right {
        why = why.word(" · lacks ").then(&Phrase::read(right));
    }
    if !matches!(extra.surface.as_str(), "" | "documented" | "manual") {
        why = why.word(" · over ").then(&Phrase::read(&extra.surface));
        if let Some(request) = &extra.request {
            why = why.word(" ").name(request);
        }
    }
    match extra.origin.as_deref() {
        None | Some("this_branch") => why,
        Some(origin) => why
            .word(" · ")
            .then(&Phrase::read(&origin.replace('_', " "))),
    }
}

fn place(source: Option<&Source>) -> Phrase {
    source.map_or_else(Phrase::default, |source| {
        Phrase::default().place(&source.file, source.line)
    })
}
