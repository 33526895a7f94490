//! An audience as text or CSV.

use super::{ClassRow, Listing, Via};
use crate::access::explain::text;
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::neutral::columns::{padded, wrapped};
use crate::neutral::csv::field;
use crate::neutral::neutral;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

fn target(audience: &Listing) -> String {
    match &audience.space {
        Some(space) => format!("{}/{space}", audience.project),
        None => audience.project.to_string(),
    }
}

/// Writes an audience for people.
///
/// # Errors
/// When `out` cannot be written to.
pub fn text(
    out: &mut dyn Write,
    site: &str,
    audience: &Listing,
    sources: &Sources,
    width: usize,
) -> io::Result<()> {
    writeln!(
        out,
        "Who {} {} on {}, {}\n",
        if audience.space.is_some() {
            "reads"
        } else {
            "reaches"
        },
        target(audience),
        neutral(site),
        match audience.state {
            StateKind::Desired => "as the workspace describes it",
            StateKind::Live => "as the site was read",
            StateKind::After => "as the site will be after the plan",
        }
    )?;
    writeln!(out, "Classes")?;
    classes(out, audience, sources, width)?;
    writeln!(out, "\nPeople: {}", audience.head_count())?;
    people(out, audience, sources, width)?;
    if !audience.gaps.is_empty() {
        writeln!(out, "\nNot in this list")?;
        for gap in &audience.gaps {
            hanging(out, "  ", &gap.to_string(), width)?;
        }
    }
    if !audience.not_judged.is_empty() {
        writeln!(out, "\nAlso decides, not judged")?;
        for door in &audience.not_judged {
            hanging(out, "  ", &door.to_string(), width)?;
        }
    }
    Ok(())
}

/// Writes the classes; what is answered alike, and for the same reasons, is said once.
fn classes(
    out: &mut dyn Write,
    audience: &Listing,
    sources: &Sources,
    width: usize,
) -> io::Result<()> {
    let mut groups: Vec<(&ClassRow, Vec<&str>)> = Vec::new();
    for class in &audience.classes {
        let alike = |(first, _): &&mut (&ClassRow, Vec<&str>)| {
            (first.answer, &first.route, &first.because)
                == (class.answer, &class.route, &class.because)
        };
        match groups.iter_mut().find(alike) {
            Some((_, names)) => names.push(&class.who),
            None => groups.push((class, vec![&class.who])),
        }
    }
    let groups: Vec<(&ClassRow, String)> = groups
        .into_iter()
        .map(|(class, names)| (class, neutral(&names.join(", ")).into_owned()))
        .collect();
    let fits = |names: &&String| names.width() <= WIDEST;
    let name_width = column(
        groups
            .iter()
            .map(|(_, names)| names)
            .filter(fits)
            .map(String::as_str),
    );
    let answer_width = column(groups.iter().map(|(class, _)| class.answer.word()));
    for (class, names) in &groups {
        let beside = match fits(&names) {
            true => names.as_str(),
            false => {
                hanging(out, "  ", names, width)?;
                ""
            }
        };
        let label = format!(
            "  {}  {:<answer_width$}  ",
            padded(beside, name_width),
            class.answer.word()
        );
        hanging(out, &label, &class.route.to_string(), width)?;
        for step in &class.because {
            let place = step.source.map(|source| text::place(source, sources));
            let place = place.map_or_else(String::new, |place| format!("  ({place})"));
            let label = format!("      {:<4} ", step.rule.0);
            hanging(out, &label, &format!("{}{place}", step.text), width)?;
        }
    }
    Ok(())
}

/// Writes everybody: each route beside the person where every line fits, else below them.
fn people(
    out: &mut dyn Write,
    audience: &Listing,
    sources: &Sources,
    width: usize,
) -> io::Result<()> {
    let name_width = column(audience.people.iter().map(|row| row.who.as_str()));
    let answer_width = column(audience.people.iter().map(|row| row.answer.word()));
    let routes = || audience.people.iter().flat_map(|row| &row.via);
    let said: Vec<String> = routes().map(|via| via.said().to_string()).collect();
    let route_width = column(said.iter().map(String::as_str));
    let rests = routes().map(|via| rule_and_place(via, sources).width());
    let beside = name_width + answer_width + route_width + 8 + rests.max().unwrap_or(0) <= width;
    for row in &audience.people {
        let name = padded(&neutral(&row.who), name_width);
        let head = format!("  {name}  {:<answer_width$}  ", row.answer.word());
        // Further routes of the same person stand below, without the name.
        let further = match beside {
            true => " ".repeat(head.width()),
            false => " ".repeat(6),
        };
        if !beside {
            writeln!(out, "{}", head.trim_end())?;
        }
        for (at, via) in row.via.iter().enumerate() {
            let label = if beside && at == 0 { &head } else { &further };
            let route = padded(&via.said().to_string(), route_width);
            let line = format!("{label}{route}  {}", rule_and_place(via, sources));
            match line.width() <= width {
                true => writeln!(out, "{line}")?,
                false => {
                    let text = format!("{}, {}", via.said(), rule_and_place(via, sources));
                    hanging(out, label, &text, width)?;
                }
            }
        }
    }
    Ok(())
}

/// One very long name must not push every other answer off the screen.
const WIDEST: usize = 50;

/// The least columns of text behind a label, however narrow the terminal is.
const NARROWEST: usize = 30;

/// Returns the columns that texts below each other take.
fn column<T: std::fmt::Display>(texts: impl Iterator<Item = T>) -> usize {
    let widths = texts.map(|text| neutral(&text.to_string()).width());
    widths.max().unwrap_or(0).min(WIDEST)
}

/// Writes text behind a label, over as many lines as the width asks for.
fn hanging(out: &mut dyn Write, label: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = label.width();
    let room = width.saturating_sub(indent).max(NARROWEST);
    for (at, line) in wrapped(&neutral(text), room).iter().enumerate() {
        match at {
            0 => writeln!(out, "{}", format!("{label}{line}").trim_end())?,
            _ => writeln!(out, "{:indent$}{}", "", line.trim_end())?,
        }
    }
    Ok(())
}

/// Says the rule of a route, where it stands, and until when.
fn rule_and_place(via: &Via, sources: &Sources) -> String {
    let rule = match via.source {
        Some(source) => format!("{:<4} {}", via.rule.0, text::place(source, sources)),
        None => via.rule.to_string(),
    };
    match via.until {
        Some(until) => format!("{rule}  until {until}"),
        None => rule,
    }
}

/// Writes an audience as CSV: one line per class, and per person and route.
///
/// # Errors
/// When `out` cannot be written to.
pub fn csv(out: &mut dyn Write, audience: &Listing, sources: &Sources) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let mut line = |fields: [&str; 10]| {
        let fields = fields.map(|text| field(text).into_owned());
        writer.write_record(fields).map_err(io::Error::other)
    };
    line([
        "kind",
        "who",
        "account_id",
        "name",
        "account",
        "answer",
        "route",
        "rule",
        "source",
        "until",
    ])?;
    for class in &audience.classes {
        let first = class.because.first();
        let source = first
            .and_then(|step| step.source)
            .map_or(String::new(), |source| text::place(source, sources));
        line([
            "class",
            &class.who,
            "",
            "",
            "",
            class.answer.word(),
            &class.route.to_string(),
            first.map_or("", |step| step.rule.0),
            &source,
            "",
        ])?;
    }
    for row in &audience.people {
        for via in &row.via {
            let source = via
                .source
                .map_or(String::new(), |source| text::place(source, sources));
            line([
                "person",
                &row.who,
                row.account_id.as_deref().unwrap_or_default(),
                &row.name,
                row.account.map_or("", |kind| kind.word()),
                row.answer.word(),
                &via.route.to_string(),
                via.rule.0,
                &source,
                &via.until
                    .map_or_else(String::new, |until| until.to_string()),
            ])?;
        }
    }
    writer.flush()
}
