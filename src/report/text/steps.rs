//! The numbered checklist of what only a person can do.

use super::Settled;
use super::layout::{Page, Paint};
use super::rows::{Row, Widths, more, null_of, place, shown_of, whole};
use super::values::Null;
use crate::report::document::{ManualStepDocument, ResourceChange};
use std::io;

/// Writes the steps of one site; numbers run on over sites, so that people can speak of "step 3".
pub(super) fn checklist(
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
    for step in steps {
        *number += 1;
        one(settled, step, *number, page)?;
    }
    Ok(())
}

fn one(
    settled: &Settled<'_>,
    step: &ManualStepDocument,
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
    page.prose(4, (Paint::Heading, &label), &step.title)?;
    page.prose(
        indent,
        (Paint::Faint, "where:  "),
        &step.click_path.join(" > "),
    )?;
    if let Some(link) = &step.link {
        page.unbroken(indent, "link:   ", link)?;
    }
    page.prose(indent, (Paint::Faint, "who:    "), &step.role)?;
    let first = changes.iter().find_map(|(_, change)| *change);
    let values = format!(
        "{} → {}",
        whole(&step.present, null_of(first)),
        whole(&step.expected, Null::NotThere)
    );
    page.prose(indent, (Paint::Faint, "value:  "), &values)?;
    if let [(_, Some(change))] = changes.as_slice() {
        let source = place(change.portcullis.source.as_ref());
        if !source.is_empty() {
            page.prose(indent, (Paint::Faint, "asked:  "), &source)?;
        }
        for blocked in &change.portcullis.blocked_by {
            page.prose(indent, (Paint::Alarm, "! blocked: "), blocked)?;
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
