//! What only a person can do, as a checklist: the steps of one page together, in an order in which each can be done.

use super::super::alike;
use super::super::document::{ManualStepDocument, PlanDocument};
use super::super::sections::{clicks, present_and_expected, visits};
use super::super::subject::{Subject, root};
use super::markup::{OPEN, begin, phrase};
use crate::neutral::phrase::{Phrase, Piece};
use std::io::{self, Write};

/// Writes the checklist.
pub(super) fn checklist(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    if document.manual_steps.is_empty() {
        return Ok(());
    }
    let title = format!(
        "By hand: only a person can do these ({})",
        document.manual_steps.len()
    );
    begin(&title, out)?;
    let many = document.sites.len() > 1;
    writeln!(out, "<div data-find>")?;
    let mut number = 0;
    for visit in visits(document) {
        let Some(first) = visit.first() else {
            continue;
        };
        let mut page = visit.page.clone();
        if many {
            let site = first.addresses.first().map_or("", |address| root(address));
            page = page.word(" on ").key(site);
        }
        if let Some(link) = &first.link {
            page = page.word(" ").piece(Piece::Link(link.clone()));
        }
        writeln!(
            out,
            "<h3>{}</h3>\n<p class=\"soft\">by: {}</p>\n<ul class=\"steps\">",
            phrase(&page),
            phrase(&Phrase::read(&first.role))
        )?;
        for group in &visit.steps {
            let Some(step) = group.first() else { continue };
            number += 1;
            match alike::look_up(group) {
                None => one(document, step, (number, &clicks(step.controls())), out)?,
                Some(what) => question(document, step, (number, &what), out)?,
            }
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</div>\n</section>")
}

/// Writes what is many times the same question.
fn question(
    document: &PlanDocument,
    first: &ManualStepDocument,
    (number, what): (usize, &Phrase),
    out: &mut dyn Write,
) -> io::Result<()> {
    let record = Phrase::of("record with ").name(&alike::record(document));
    writeln!(
        out,
        "<li><label><input type=\"checkbox\"> <span>{number}. {}</span></label>\n<div class=\"how\"><p>each: {}</p>\n<p>{}</p>\n</div></li>",
        phrase(what),
        phrase(&clicks(first.controls())),
        phrase(&record)
    )
}

fn one(
    document: &PlanDocument,
    step: &ManualStepDocument,
    (number, control): (usize, &Phrase),
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(
        out,
        "<li><label><input type=\"checkbox\"> <span>{number}. {}</span></label>\n<div class=\"how\">",
        phrase(&step.title)
    )?;
    if !control.is_empty() {
        writeln!(out, "<p>{}</p>", phrase(control))?;
    }
    if let Some(values) = present_and_expected(document, step) {
        writeln!(out, "<p>{}</p>", phrase(&values))?;
    }
    if step.addresses.len() > 1 {
        let shown: Vec<Phrase> = step
            .addresses
            .iter()
            .take(OPEN)
            .map(|address| Subject::of(address).what)
            .collect();
        let mut these = Phrase::default().joined(&shown, ", ");
        if step.addresses.len() > OPEN {
            these = these.word(&format!(" and {} more", step.addresses.len() - OPEN));
        }
        writeln!(out, "<p>{}</p>", phrase(&these))?;
    }
    if let Some(command) = &step.attest {
        let record = Phrase::of("record with ").name(command);
        writeln!(out, "<p>{}</p>", phrase(&record))?;
    }
    writeln!(out, "</div></li>")
}
