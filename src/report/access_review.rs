//! The access review of a site as text, CSV, JSON, or a page: findings first, then portals, classes, lists and people.
//!
//! People are written one by one as the review walks them, so that a million of them need no more memory than ten.

mod csv;
mod json;
pub(in crate::report) mod rows;
mod since;
mod text;

pub use super::html::access_review as html;
pub use csv::write as csv;
pub use json::{ReviewDocument, write as json};
pub use since::{Changes, Earlier, Listed, ReadReviewError};
pub use text::write as text;

use super::privacy::Mask;
use crate::access::StateKind;
use crate::access::review::{Finding, NEVER_JUDGED, Review};
use crate::config::Sources;
use crate::neutral::neutral;
use crate::neutral::phrase::Phrase;
use jiff::civil::Date;
pub(in crate::report) use rows::Row;
use rows::rows;
use std::collections::BTreeMap;

/// A review with what its writers need besides.
#[derive(Debug)]
pub struct Report<'r, 's, 'w> {
    /// The review.
    pub review: &'r Review<'s, 'w>,
    /// The site's key.
    pub site: &'r str,
    /// The day it was made for.
    pub today: Date,
    /// The files behind places.
    pub sources: &'r Sources,
    /// What is shown of people.
    pub mask: &'r Mask,
    /// Only what this person or team answers for.
    pub owner: Option<&'r str>,
    /// What differs from an earlier review, with its name.
    pub since: Option<(&'r str, &'r Changes)>,
    /// What comes next, as sentences with commands.
    pub next: &'r [String],
    /// How wide text is.
    pub width: usize,
}

impl<'s, 'w> Report<'_, 's, 'w> {
    /// Says what the review is of.
    pub(in crate::report) fn headline(&self) -> String {
        let state = match self.review.state.kind {
            StateKind::Desired => "as the workspace describes it",
            StateKind::Live => "as the site was read",
            StateKind::After => "as the site will be after the plan",
        };
        let owner = self.owner.map_or(String::new(), |owner| {
            format!(", what `{}` answers for", neutral(owner))
        });
        format!(
            "Access review of {}, {state}, {}{owner}",
            neutral(self.site),
            self.today
        )
    }

    /// Says how much the review is about.
    pub(in crate::report) fn size(&self) -> String {
        let counted = |count: usize, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        let lists = self.review.lists.rows().filter(|row| row.organization);
        format!(
            "{}, {}, {}",
            counted(self.review.people.len(), "person", "people"),
            counted(self.review.portals.len(), "portal", "portals"),
            counted(lists.count(), "organization", "organizations")
        )
    }

    /// The findings that somebody should look at, with their numbers.
    pub(in crate::report) fn found(&self) -> impl Iterator<Item = (usize, &Finding)> {
        let found = self
            .review
            .findings
            .iter()
            .filter(|finding| finding.sure() > 0);
        (1..).zip(found)
    }

    /// The findings of which nothing is known.
    pub(in crate::report) fn unknown(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.review.findings.iter();
        findings.filter(|finding| finding.sure() == 0 && finding.gap().is_some())
    }

    /// The findings of which there is none.
    pub(in crate::report) fn none(&self) -> impl Iterator<Item = &Finding> {
        let findings = self.review.findings.iter();
        findings.filter(|finding| finding.sure() == 0 && finding.gap().is_none())
    }

    /// Whom a finding is about, as far as people are shown: each once, in order.
    pub(in crate::report) fn names(&self, finding: &Finding) -> Vec<String> {
        if self.mask.counts() {
            return Vec::new();
        }
        let mut names: Vec<String> = finding
            .people
            .iter()
            .map(|id| self.mask.who(&rows::who(self.review, *id)))
            .collect();
        names.dedup();
        if !self.mask.is_full() {
            // The order of addresses would tell about them.
            names.sort_unstable();
            names.dedup();
        }
        names
    }

    pub(in crate::report) fn rows(&self) -> Box<dyn Iterator<Item = Row> + '_> {
        rows(self.review, self.mask)
    }

    pub(in crate::report) fn gaps(&self) -> Vec<Phrase> {
        self.review
            .gaps
            .iter()
            .map(|gap| self.mask.phrase(gap))
            .collect()
    }

    /// What also decides: as far as it was read, and what no program reads.
    pub(in crate::report) fn never_judged(&self) -> Vec<Phrase> {
        let never = NEVER_JUDGED.map(Phrase::from);
        let read = self.review.not_judged.iter();
        read.map(|door| self.mask.phrase(door))
            .chain(never)
            .collect()
    }

    /// The classes that come the same way, together: what they are called, and how many more there are than are named.
    pub(in crate::report) fn classes(&self, most: usize) -> Vec<ClassLine<'_>> {
        type Key<'k> = (usize, Option<&'k str>, bool, &'k str, &'k Phrase);
        let mut lines: Vec<(Key<'_>, ClassLine<'_>)> = Vec::new();
        let mut at: BTreeMap<Key<'_>, usize> = BTreeMap::new();
        for reach in &self.review.classes {
            let space = reach.space.as_ref().map(|space| space.as_str());
            let domain = reach.class.who.starts_with("*@");
            let kind = if domain {
                "*"
            } else {
                reach.class.who.as_str()
            };
            let route = &reach.class.route;
            let key = (reach.project, space, domain, kind, route);
            if domain && let Some(line) = at.get(&key).and_then(|at| lines.get_mut(*at)) {
                let (_, line) = line;
                if line.answer == reach.class.answer.word() {
                    match line.who.len() < most {
                        true => line.who.push(&reach.class.who),
                        false => line.more += 1,
                    }
                    continue;
                }
            }
            at.insert(key, lines.len());
            let line = ClassLine {
                target: self.review.target(reach.project, reach.space.as_ref()),
                who: vec![&reach.class.who],
                more: 0,
                answer: reach.class.answer.word(),
                route: &reach.class.route,
                rule: reach.class.because.first().map_or("", |step| step.rule.0),
            };
            lines.push((key, line));
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

/// Classes that reach one thing in one way.
pub(in crate::report) struct ClassLine<'a> {
    pub(in crate::report) target: String,
    who: Vec<&'a str>,
    more: usize,
    pub(in crate::report) answer: &'static str,
    pub(in crate::report) route: &'a Phrase,
    pub(in crate::report) rule: &'static str,
}

impl ClassLine<'_> {
    pub(in crate::report) fn names(&self) -> String {
        let names: Vec<_> = self.who.iter().map(|who| neutral(who)).collect();
        let names = names.join(", ");
        match self.more {
            0 => names,
            more => format!("{names} and {more} more"),
        }
    }
}
