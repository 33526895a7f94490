//! What only a person can do, as visits to pages: what of it is one visit, and how each step is told.

use super::super::alike;
use super::super::document::{ManualStepDocument, PlanDocument};
use super::super::subject::{Subject, root};
use super::super::text::rows::{null_of, whole};
use super::super::text::values::{Null, of_roles};
use super::{Form, Section, plain};
use crate::neutral::phrase::{Phrase, Piece};

/// What only a person can do: a task for each page, with what to do there below.
pub(super) fn steps(document: &PlanDocument, items: usize) -> Section {
    let rows = visits(document).into_iter().map(|visit| {
        let mut page = visit.page.clone();
        if let Some(first) = visit.first() {
            if let (Some(address), true) = (first.addresses.first(), document.sites.len() > 1) {
                page = page.word(" on ").key(root(address));
            }
            if let Some(link) = &first.link {
                page = page.word(" ").piece(Piece::Link(link.clone()));
            }
            page = page
                .word(" (by: ")
                .then(&Phrase::read(&first.role))
                .word(")");
        }
        let steps = visit.steps.iter();
        let steps = steps.filter_map(|group| match alike::look_up(group) {
            None => Some(task(document, group.first()?, items)),
            Some(what) => {
                let what = what
                    .word("; each: ")
                    .then(&clicks(group.first()?.controls()));
                let record = alike::record(document);
                Some(what.word("; record with ").name(&record))
            }
        });
        std::iter::once(page).chain(steps).collect()
    });
    let rows: Vec<Vec<Phrase>> = rows.collect();
    Section {
        form: Form::Tasks,
        count: Some(document.manual_steps.len()),
        ..plain(
            "By hand: only a person can do these",
            Vec::new(),
            rows,
            10,
            5,
        )
    }
}

/// Returns one step of a visit.
fn task(document: &PlanDocument, step: &ManualStepDocument, items: usize) -> Phrase {
    let mut text = step.title.clone();
    if step.addresses.len() > 1 {
        let shown: Vec<Phrase> = step
            .addresses
            .iter()
            .take(items)
            .map(|address| Subject::of(address).what)
            .collect();
        text = text.word(": ").joined(&shown, ", ");
        if step.addresses.len() > items {
            let more = step.addresses.len() - items;
            text = text.word(&format!(" and {more} more"));
        }
    }
    if !step.controls().is_empty() {
        text = text.word("; ").then(&clicks(step.controls()));
    }
    if let Some(values) = present_and_expected(document, step) {
        text = text.word("; ").then(&values);
    }
    match &step.attest {
        Some(command) => text.word("; record with ").name(command),
        None => text,
    }
}

/// The steps of one page, which are one visit.
pub(in crate::report) struct Visit<'d> {
    /// Where the page is.
    pub(in crate::report) page: Phrase,
    /// What to do there, in an order in which the page accepts it; what is many times the same question is one ([`alike`]).
    pub(in crate::report) steps: Vec<Vec<&'d ManualStepDocument>>,
}

impl<'d> Visit<'d> {
    /// Returns the first step, which knows the page.
    pub(in crate::report) fn first(&self) -> Option<&'d ManualStepDocument> {
        self.steps.first()?.first().copied()
    }
}

/// Puts together the steps that follow each other on one page.
pub(in crate::report) fn visits(document: &PlanDocument) -> Vec<Visit<'_>> {
    let site =
        |step: &ManualStepDocument| step.addresses.first().map(|first| root(first).to_owned());
    let asked = alike::asked(document);
    let mut visits: Vec<Visit<'_>> = Vec::new();
    for group in alike::steps(&document.manual_steps, |address| asked.contains(address)) {
        let Some(step) = group.first().copied() else {
            continue;
        };
        let same = |visit: &&mut Visit<'_>| {
            visit.first().is_some_and(|other| {
                (step.page(), &step.role, &step.link, site(step))
                    == (other.page(), &other.role, &other.link, site(other))
            })
        };
        match visits.last_mut().filter(same) {
            Some(visit) => visit.steps.push(group),
            None => visits.push(Visit {
                page: clicks(step.page()),
                steps: vec![group],
            }),
        }
    }
    visits
}

/// Returns where to click.
pub(in crate::report) fn clicks(path: &[Phrase]) -> Phrase {
    Phrase::default().joined(path, " → ")
}

/// Returns what is there now and what it should be; `None` where the title of the step says all.
pub(in crate::report) fn present_and_expected(
    document: &PlanDocument,
    step: &ManualStepDocument,
) -> Option<Phrase> {
    if of_roles(&step.present, &step.expected).is_some() {
        return None;
    }
    let first = step.addresses.first();
    let change = first.and_then(|first| {
        let mut rows = document.resource_changes.iter();
        rows.find(|row| row.address == *first)
    });
    let now = Phrase::of("now ").then(&whole(&step.present, null_of(change)));
    Some(
        now.word(", wanted ")
            .then(&whole(&step.expected, Null::NotThere)),
    )
}
