//! Who gains or loses what by a plan document, each with the rows that cause it: what reviewers agree to.

use super::document::PlanDocument;
use super::impact::{AccessImpact, CauseRow, ClassRow, GroupRow};
use crate::neutral::phrase::{Phrase, key, ours, person, say};
use std::collections::BTreeMap;

/// Somebody, a list or a class who gains or loses something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fate {
    /// The site.
    pub site: String,
    /// A person, a class such as `anyone`, or a list such as `organization:Globex`.
    pub who: String,
    /// The service project.
    pub project: String,
    /// The space, where it is about articles.
    pub article: Option<String>,
    /// Whether they gain it.
    pub gains: bool,
}

impl Fate {
    /// Returns what would happen, such as `ana@globex.example would gain HR`.
    pub fn words(&self) -> Phrase {
        let verb = ours(if self.gains { "gain" } else { "lose" });
        let who = match self.who.split_once(':') {
            Some(("organization", name)) => Phrase::of("everybody in ").key(name),
            Some(("customers", list)) => Phrase::of("everybody on the list of ").key(list),
            Some(("id", _)) => person(&self.who),
            _ if self.who.contains('@') && !self.who.starts_with("*@") => person(&self.who),
            // A class.
            _ => key(&self.who),
        };
        let project = key(&self.project);
        match &self.article {
            Some(space) => say(
                "{} would {} the articles of {} in {}",
                [who, verb, key(space), project],
            ),
            None => say("{} would {} {}", [who, verb, project]),
        }
    }

    /// The same of somebody or something else.
    pub fn of(&self, who: &str) -> Self {
        Self {
            who: who.to_owned(),
            ..self.clone()
        }
    }
}

/// A fate, with what brings it about.
#[derive(Debug)]
pub struct Told<'d> {
    /// Who and what.
    pub fate: Fate,
    /// Of a person: the lists and classes by which that is; empty where there is another route.
    pub by: &'d [String],
    /// Whether something else than rows about people brings it about, so that whoever is on the list shares it.
    pub whole_list: bool,
    /// The rows that cause it. Where some of them name the person, only those.
    pub causes: Vec<&'d str>,
}

/// The people whom rows are about, by address.
pub type Names<'d> = BTreeMap<&'d str, &'d str>;

/// Returns the people whom the rows of a plan are about.
pub fn names(document: &PlanDocument) -> Names<'_> {
    const ABOUT_PEOPLE: [&str; 3] = [
        "jsm_customer_account",
        "jsm_organization_member",
        "jsm_project_customer",
    ];
    let rows = document.resource_changes.iter();
    rows.filter(|row| ABOUT_PEOPLE.contains(&row.kind.as_str()))
        .map(|row| (row.address.as_str(), row.name.as_str()))
        .collect()
}

/// Tells every gain and loss, by apply and by the steps by hand.
pub fn fates<'d>(impact: &'d AccessImpact, names: &Names<'_>, tell: &mut dyn FnMut(Told<'d>)) {
    let further = &impact.with_manual_steps;
    let groups = [
        (&impact.gains, true),
        (&further.gains, true),
        (&impact.losses, false),
        (&further.losses, false),
    ];
    for (rows, gains) in groups {
        for group in rows {
            people(group, gains, names, tell);
        }
    }
    for row in impact.classes.iter().chain(&further.classes) {
        tell(class(row));
    }
}

fn people<'d>(group: &'d GroupRow, gains: bool, names: &Names<'_>, tell: &mut dyn FnMut(Told<'d>)) {
    let causes: Vec<&'d str> = group.caused_by.iter().map(address).collect();
    let mut own: BTreeMap<&str, Vec<&'d str>> = BTreeMap::new();
    let mut of_nobody = false;
    for cause in &causes {
        match names.get(cause) {
            Some(who) => own.entry(who).or_default().push(cause),
            None => of_nobody = true,
        }
    }
    for who in &group.list {
        tell(Told {
            fate: Fate {
                site: group.site.clone(),
                who: who.clone(),
                project: group.project.clone(),
                article: group.article.clone(),
                gains,
            },
            by: &group.by,
            whole_list: of_nobody && !group.by.is_empty(),
            causes: own.get(who.as_str()).unwrap_or(&causes).clone(),
        });
    }
}

fn class(row: &ClassRow) -> Told<'_> {
    let rank = |answer: &str| ["no", "uncertain", "yes"].iter().position(|a| *a == answer);
    Told {
        fate: Fate {
            site: row.site.clone(),
            who: row.class.clone(),
            project: row.project.clone(),
            article: row.article.clone(),
            gains: rank(&row.after) > rank(&row.before),
        },
        by: &[],
        whole_list: false,
        causes: row.caused_by.iter().map(address).collect(),
    }
}

fn address(cause: &CauseRow) -> &str {
    &cause.address
}
