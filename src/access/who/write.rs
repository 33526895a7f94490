//! An audience as text, CSV or JSON.

use super::{Listed, Listing, Via};
use crate::access::answer::Source;
use crate::access::explain::{json, text};
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::exit::Exit;
use crate::neutral::columns::padded;
use crate::neutral::csv::field;
use crate::neutral::neutral;
use serde_json::{Value, json};
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
    for class in &audience.classes {
        writeln!(
            out,
            "  {:<34} {:<10} {}",
            neutral(&class.who),
            class.answer.word(),
            neutral(&class.route)
        )?;
        for step in &class.because {
            write!(out, "      {:<4} {}", step.rule.0, neutral(&step.text))?;
            match step.source {
                Some(source) => writeln!(out, "  ({})", text::place(source, sources))?,
                None => writeln!(out)?,
            }
        }
    }
    writeln!(out, "\nPeople: {}", audience.head_count())?;
    let names = audience.people.iter().map(|row| neutral(&row.who).width());
    let name_width = names.max().unwrap_or(0).clamp(34, WIDEST);
    let routes = audience.people.iter().flat_map(|row| &row.via);
    let route_widths = routes.map(|via| neutral(&via.route).width());
    let route_width = route_widths.max().unwrap_or(0).clamp(28, WIDEST);
    for row in &audience.people {
        let (mut who, mut answer) = (neutral(&row.who), row.answer.word());
        for via in &row.via {
            writeln!(
                out,
                "  {} {answer:<10} {} {}",
                padded(&who, name_width),
                padded(&neutral(&via.route), route_width),
                rule_and_place(via, sources)
            )?;
            // Further routes of the same person stand below, without the name.
            (who, answer) = ("".into(), "");
        }
    }
    if !audience.gaps.is_empty() {
        writeln!(out, "\nNot in this list")?;
        for gap in &audience.gaps {
            writeln!(out, "  {}", neutral(gap))?;
        }
    }
    Ok(())
}

/// One very long name must not push every other answer off the screen.
const WIDEST: usize = 60;

fn rule_and_place(via: &Via, sources: &Sources) -> String {
    match via.source {
        Some(source) => format!("{:<4} {}", via.rule.0, text::place(source, sources)),
        None => via.rule.to_string(),
    }
}

/// Writes an audience as CSV: one line per class, and per person and route.
///
/// # Errors
/// When `out` cannot be written to.
pub fn csv(out: &mut dyn Write, audience: &Listing, sources: &Sources) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let mut line = |fields: [&str; 9]| {
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
            &class.route,
            first.map_or("", |step| step.rule.0),
            &source,
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
                &via.route,
                via.rule.0,
                &source,
            ])?;
        }
    }
    writer.flush()
}

/// Returns an audience as JSON.
pub fn document(site: &str, audience: &Listing, sources: &Sources, exit: Exit) -> Value {
    let classes: Vec<Value> = audience
        .classes
        .iter()
        .map(|class| {
            json!({
                "who": class.who,
                "answer": class.answer.word(),
                "route": class.route,
                "because": json::because(&class.because, sources),
            })
        })
        .collect();
    let people: Vec<Value> = audience
        .people
        .iter()
        .map(|row| person(row, sources))
        .collect();
    let mut document = json!({
        "format_version": "1.0",
        "site": site,
        "state": audience.state.word(),
        "project": audience.project.as_str(),
        "classes": classes,
        "people": people,
        "gaps": audience.gaps,
        "exit_code": exit.code(),
        "exit_reason": exit.reason(),
    });
    if let Some(space) = &audience.space {
        document["space"] = space.as_str().into();
    }
    document
}

fn person(row: &Listed, sources: &Sources) -> Value {
    let routes: Vec<Value> = row
        .via
        .iter()
        .map(|via| {
            let mut value = json!({ "route": via.route, "rule": via.rule.0 });
            match via.source {
                Some(Source::Written(span) | Source::Attested(span)) => {
                    if let Some(file) = sources.get(span.file) {
                        value["source"] = json!({ "file": file.path, "line": span.line });
                    }
                }
                Some(Source::Read(surface)) => value["surface"] = surface.word().into(),
                Some(Source::Default) | None => {}
            }
            value
        })
        .collect();
    let mut value = json!({
        "who": row.who,
        "answer": row.answer.word(),
        "routes": routes,
    });
    if let Some(id) = &row.account_id {
        value["account_id"] = id.as_str().into();
    }
    if !row.name.is_empty() {
        value["name"] = row.name.as_str().into();
    }
    if let Some(kind) = row.account {
        value["account"] = kind.word().into();
    }
    if let Some(count) = row.count {
        value["count"] = count.into();
    }
    value
}
