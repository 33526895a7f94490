//! The numbered checklist of what only a person can do.

use super::Settled;
use super::layout::{Page, Paint};
use super::rows::{Row, Widths, more, null_of, place, shown_of, turned};
use super::values::of_roles;
use crate::neutral::phrase::Phrase;
use crate::report::alike;
use crate::report::document::{ManualStepDocument, PlanDocument, ResourceChange};
use std::io;

/// Writes the steps of one site; numbers run on over sites, so that people can speak of "step 3".
pub(super) fn checklist(
    document: &PlanDocument,
    steps: &[&ManualStepDocument],
    settled: &Settled<'_>,
    number: &mut usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    page.blank();
    let note = format!(" ({}): only a person can do these", steps.len());
    page.line(2, &[(Paint::Change, "by hand"), (Paint::Plain, &note)])?;
    let shared = shared_beginning(steps);
    if let Some(place) = shared {
        page.prose(4, (Paint::Faint, "all in: "), &place.to_string())?;
    }
    let by_all = shared_role(steps);
    if let Some(role) = by_all {
        page.prose(4, (Paint::Faint, "all by: "), role)?;
    }
    let asks = |address: &str| settled.change(address).is_some_and(alike::asks);
    for group in alike::steps(steps.iter().copied(), asks) {
        let Some(step) = group.first() else { continue };
        *number += 1;
        let path = &step.click_path[usize::from(shared.is_some())..];
        let role = by_all.is_none().then_some(step.role.as_str());
        match alike::look_up(&group) {
            None => one(settled, step, (path, role), *number, page)?,
            Some(what) => {
                let label = format!("{number}. ");
                let indent = 4 + label.len();
                page.prose(4, (Paint::Heading, &label), &what.to_string())?;
                page.prose(indent, (Paint::Faint, "each:   "), &way(path))?;
                if let Some(role) = role {
                    page.prose(indent, (Paint::Faint, "who:    "), role)?;
                }
                page.unbroken(indent, "record: ", &alike::record(document))?;
            }
        }
    }
    Ok(())
}

/// Returns who can do all steps, if that is the same.
fn shared_role<'s>(steps: &[&'s ManualStepDocument]) -> Option<&'s str> {
    let (first, others) = steps.split_first()?;
    let same = others.iter().all(|step| step.role == first.role);
    (!others.is_empty() && same).then_some(first.role.as_str())
}

/// Returns where all steps begin, if that is one place and none of them ends there.
fn shared_beginning<'s>(steps: &[&'s ManualStepDocument]) -> Option<&'s Phrase> {
    let (first, others) = steps.split_first()?;
    let place = first.click_path.first()?;
    let same = |step: &&ManualStepDocument| {
        step.click_path.len() > 1 && step.click_path.first() == Some(place)
    };
    (!others.is_empty() && steps.iter().all(same)).then_some(place)
}

/// Says where to click.
fn way(path: &[Phrase]) -> String {
    Phrase::default().joined(path, " > ").to_string()
}

fn one(
    settled: &Settled<'_>,
    step: &ManualStepDocument,
    (path, role): (&[Phrase], Option<&str>),
    number: usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let changes: Vec<(&str, Option<&ResourceChange>)> = step
        .addresses
        .iter()
        .map(|address| (address.as_str(), settled.change(address)))
        .collect();
    let label = format!("{number}. ");
    let indent = 4 + label.len();
    page.prose(4, (Paint::Heading, &label), &step.title.to_string())?;
    page.prose(indent, (Paint::Faint, "where:  "), &way(path))?;
    if let Some(link) = &step.link {
        page.unbroken(indent, "link:   ", link)?;
    }
    if let Some(role) = role {
        page.prose(indent, (Paint::Faint, "who:    "), role)?;
    }
    let first = changes.iter().find_map(|(_, change)| *change);
    // What becomes of roles stands in the title.
    if of_roles(&step.present, &step.expected).is_none() {
        let values = turned(&step.present, &step.expected, null_of(first));
        page.prose(indent, (Paint::Faint, "value:  "), &values.to_string())?;
    }
    if let [(_, Some(change))] = changes.as_slice() {
        let source = place(change.portcullis.source.as_ref());
        if !source.is_empty() {
            page.prose(indent, (Paint::Faint, "asked:  "), &source)?;
        }
        for blocked in &change.portcullis.blocked_by {
            page.prose(indent, (Paint::Alarm, "! blocked: "), &blocked.to_string())?;
        }
    }
    if let Some(command) = &step.attest {
        page.unbroken(indent, "record: ", command)?;
    }
    if changes.len() > 1 {
        let shown = shown_of(changes.len(), page.limit(0));
        let rows: Vec<Row> = changes
            .iter()
            .take(shown)
            .map(|(address, change)| change.map_or_else(|| Row::bare(address), Row::of))
            .collect();
        let widths = Widths::of(rows.iter(), indent, page);
        for row in &rows {
            widths.write(row, page)?;
        }
        more(changes.len() - shown, indent, page)?;
    }
    Ok(())
}
