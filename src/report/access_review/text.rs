//! A review for people who read a terminal.

use super::{Report, Row, rows};
use crate::access::Answer;
use crate::access::explain::text::place;
use crate::access::review::{Finding, kind};
use crate::neutral::columns::{self, padded};
use crate::neutral::neutral;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// How many names of a finding or a comparison stand in text; JSON and CSV have all.
const NAMED: usize = 8;
/// A very long name must not push every other column off the screen.
const WIDEST: usize = 44;
/// What a line of the classes takes beside the target, the names, the answer and the route.
const CLASS_GAPS: usize = 13;

/// Writes a review as text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    writeln!(out, "{}\n{}\n", report.headline(), report.size())?;
    findings(out, report)?;
    since(out, report)?;
    portals(out, report)?;
    classes(out, report)?;
    lists(out, report)?;
    writeln!(out, "\nPeople: {}", report.review.people.len())?;
    for row in report.rows() {
        person(out, report, &row)?;
    }
    paragraphs(out, report, "Not read", &report.gaps())?;
    paragraphs(
        out,
        report,
        "Also decides, not judged",
        &report.never_judged(),
    )?;
    paragraphs(out, report, "Next", report.next)
}

fn findings(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    writeln!(out, "Look at first")?;
    let mut any = false;
    for (number, finding) in report.found() {
        any = true;
        let mut title = finding.code.title(finding.sure());
        let names = named(report, finding);
        if !names.is_empty() {
            title = format!("{title}: {names}");
        }
        if let Some(gap) = finding.gap() {
            title = format!("{title}; {gap}");
        }
        wrapped(out, report, &format!("{number:>3}. "), &neutral(&title))?;
        wrapped(out, report, "     ", finding.code.hint())?;
    }
    if !any {
        writeln!(out, "  nothing")?;
    }
    for finding in report.unknown() {
        let why = neutral(finding.gap().unwrap_or_default()).into_owned();
        let line = format!("whether {}: {why}", finding.code.about());
        wrapped(out, report, "   ? ", &line)?;
    }
    let none = report.none().map(|finding| finding.code.word());
    let none: Vec<String> = none.map(|word| word.replace('-', " ")).collect();
    if !none.is_empty() {
        wrapped(
            out,
            report,
            "     ",
            &format!("none of: {}", none.join(", ")),
        )?;
    }
    Ok(())
}

fn named(report: &Report<'_, '_, '_>, finding: &Finding) -> String {
    let mut names = finding.things.clone();
    names.extend(report.names(finding));
    short(&names)
}

fn short(names: &[String]) -> String {
    match names.len() {
        0..=NAMED => names.join(", "),
        more => format!("{} and {} more", names[..NAMED].join(", "), more - NAMED),
    }
}

fn since(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    let Some((name, changes)) = report.since else {
        return Ok(());
    };
    writeln!(out, "\nSince {}", neutral(name))?;
    if changes.is_empty() {
        return writeln!(out, "  nothing differs");
    }
    for (code, before, now) in &changes.findings {
        writeln!(out, "  {}: {before} before, {now} now", neutral(code))?;
    }
    for (title, people) in changes.parts() {
        if people.is_empty() {
            continue;
        }
        writeln!(out, "  {title}: {}", people.len())?;
        for (who, targets) in people {
            let targets = if targets.is_empty() {
                "nothing".to_owned()
            } else {
                short(targets)
            };
            let who = format!("    {} ", padded(&neutral(who), 34));
            beside(out, report, &who, &neutral(&targets))?;
        }
    }
    Ok(())
}

fn portals(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    writeln!(
        out,
        "\nPortals: {}\n  {:<10} {:<10} {:<9} {:<9} {:<9} {:>7} {:>7}  owner",
        report.review.portals.len(),
        "",
        "",
        "the web",
        "sign-up",
        "customers",
        "people",
        "perhaps"
    )?;
    for portal in &report.review.portals {
        let access = match portal.open {
            Answer::Yes => "open",
            Answer::No => "restricted",
            Answer::Uncertain => "not known",
        };
        let line = format!(
            "  {:<10} {access:<10} {:<9} {:<9} {:<9} {:>7} {:>7} ",
            report.review.target(portal.project, None),
            portal.anonymous.word(),
            portal.anyone.word(),
            portal.any_customer.word(),
            portal.people,
            portal.perhaps
        );
        let owner = portal.owner.as_deref().unwrap_or("-");
        beside(out, report, &line, &neutral(owner))?;
    }
    Ok(())
}

fn classes(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    writeln!(out, "\nClasses")?;
    // As many names as leave room for the rest of the line.
    let fitting = (1..=4).rev().map(|most| report.classes(most));
    let (mut lines, mut widths) = (Vec::new(), [0; 3]);
    for some in fitting {
        widths = [
            widest(some.iter().map(|line| neutral(&line.target).width())),
            widest(some.iter().map(|line| line.names().width())),
            widest(some.iter().map(|line| line.answer.width())),
        ];
        lines = some;
        let routes = widest(lines.iter().map(|line| line.route.to_string().width()));
        if widths.iter().sum::<usize>() + routes + CLASS_GAPS <= report.width {
            break;
        }
    }
    let [targets, names, answers] = widths;
    for line in &lines {
        let head = format!(
            "  {}  {}  {:<answers$}  {:<3} ",
            padded(&neutral(&line.target), targets),
            padded(&line.names(), names),
            line.answer,
            line.rule
        );
        beside(out, report, &head, &line.route.to_string())?;
    }
    Ok(())
}

fn lists(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    let rows: Vec<_> = report.review.lists.rows().collect();
    writeln!(out, "\nLists: {}", rows.len())?;
    let labels = rows.iter().map(|row| neutral(&row.label()).width());
    let width = labels.max().unwrap_or(0).clamp(20, WIDEST);
    for row in rows {
        let mut says = vec![match row.people {
            1 => "1 person".to_owned(),
            people => format!("{people} people"),
        }];
        says.extend(row.owner.map(|owner| format!("owner {owner}")));
        says.extend(row.until.map(|until| format!("until {until}")));
        match row.managed_by {
            _ if !row.declared => says.push("not declared".into()),
            Some(managed) if managed.word() != "portcullis" => {
                says.push(format!("managed by {}", managed.word()));
            }
            _ => {}
        }
        says.extend(row.gap.clone());
        let label = format!("  {}", padded(&neutral(&row.label()), width));
        beside(out, report, &label, &neutral(&says.join(", ")))?;
    }
    Ok(())
}

fn person(out: &mut dyn Write, report: &Report<'_, '_, '_>, row: &Row) -> io::Result<()> {
    let review = report.review;
    let known = review.state.people.get(row.id);
    let account = known.account;
    let mut says = vec![
        kind(known)
            .map_or("account of an unknown kind", |kind| kind.word())
            .to_owned(),
    ];
    says.push(match rows::role(account.role) {
        "unknown" => "role not known".to_owned(),
        "none" => "no role".to_owned(),
        role => role.to_owned(),
    });
    if rows::licence(account) == Some(true) {
        says.push("takes a licence".into());
    }
    if account.twin {
        says.push("two accounts".into());
    }
    match rows::status(account.status) {
        "active" => {}
        other => says.push(other.into()),
    }
    let who = format!("  {}", padded(&neutral(&row.who), 34));
    beside(out, report, &who, &says.join(", "))?;
    for on in row.lists(review) {
        let mut text = on.row.label();
        if !on.sure {
            text = format!("perhaps {text}");
        }
        if let Some(until) = on.until {
            text = format!("{text}, until {until}");
        }
        if on.gone.is_some() {
            text.push_str(", should be off it");
        }
        if let Some(owner) = on.row.owner {
            text = format!("{text}, owner {owner}");
        }
        wrapped(out, report, "      on ", &neutral(&text))?;
    }
    ways(out, report, row)
}

/// What somebody reaches, each with the ways there.
fn ways(out: &mut dyn Write, report: &Report<'_, '_, '_>, row: &Row) -> io::Result<()> {
    let review = report.review;
    let mut lines = Vec::new();
    for reached in review.reached(row.id) {
        let target = review.target(reached.project, reached.space.as_ref());
        let (mut target, mut answer) = (neutral(&target).into_owned(), reached.answer.word());
        for via in row.via(review, reached) {
            let source = via
                .source
                .map_or(String::new(), |source| place(source, report.sources));
            let end = format!("{:<4} {source}", via.rule.0).trim_end().to_owned();
            lines.push((target, answer, via.said().to_string(), end));
            (target, answer) = (String::new(), "");
        }
    }
    let targets = widest(lines.iter().map(|(target, ..)| target.width()));
    let routes = widest(lines.iter().map(|(_, _, route, _)| route.width()));
    let answers = widest(lines.iter().map(|(_, answer, ..)| answer.width()));
    for (target, answer, route, end) in &lines {
        let (target, route) = (padded(target, targets), padded(route, routes));
        beside(
            out,
            report,
            &format!("      {target}  {answer:<answers$}  {route} "),
            end,
        )?;
    }
    Ok(())
}

/// Returns how wide a column is.
fn widest(cells: impl Iterator<Item = usize>) -> usize {
    cells.max().unwrap_or(0).min(WIDEST)
}

/// Writes what a line begins with and the rest behind it, or below where it does not fit.
fn beside(
    out: &mut dyn Write,
    report: &Report<'_, '_, '_>,
    head: &str,
    rest: &str,
) -> io::Result<()> {
    if head.width() + 1 + rest.width() <= report.width {
        return writeln!(out, "{}", format!("{head} {rest}").trim_end());
    }
    writeln!(out, "{}", columns::folded(head.trim_end(), report.width))?;
    wrapped(out, report, "          ", rest)
}

fn paragraphs(
    out: &mut dyn Write,
    report: &Report<'_, '_, '_>,
    title: &str,
    lines: &[impl std::fmt::Display],
) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for line in lines {
        wrapped(out, report, "  ", &neutral(&line.to_string()))?;
    }
    Ok(())
}

/// Writes text in lines of the terminal's width; further lines stand below the first letter.
fn wrapped(
    out: &mut dyn Write,
    report: &Report<'_, '_, '_>,
    indent: &str,
    text: &str,
) -> io::Result<()> {
    let room = report.width.saturating_sub(indent.len()).max(20);
    let mut start = indent.to_owned();
    for line in columns::wrapped(text, room) {
        writeln!(out, "{start}{line}")?;
        start = " ".repeat(indent.len());
    }
    Ok(())
}
