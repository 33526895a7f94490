//! What a plan does to people: four numbers, the sentences, each portal before and after, and everybody by name.

use super::super::document::PlanDocument;
use super::super::headcount::Headcount;
use super::super::impact::{AccessImpact, CauseRow, Further, GroupRow, PortalRow};
use super::super::sentences::{Fate, Mark, lines, of_group, people};
use super::super::subject::spoken;
use super::markup::{OPEN, begin, folded, phrase};
use super::picture;
use crate::neutral::html::escaped;
use crate::neutral::phrase::Phrase;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the four numbers: of what apply does and the steps by hand add; with the policy overridden, where it blocks.
pub(super) fn numbers(impact: &AccessImpact, out: &mut dyn Write) -> io::Result<()> {
    let blocked = impact.if_accepted.is_some();
    let whole = impact.if_accepted.as_deref().unwrap_or(impact);
    let count = Headcount::whole(whole);
    let more = match whole.at_least {
        Some(_) => " or more",
        None => "",
    };
    writeln!(out, "<dl class=\"numbers\">")?;
    for (number, what) in [
        (count.without, "lose every portal"),
        (count.losing, "lose something"),
        (count.gaining, "gain something"),
        (count.keeping, "keep a portal another way"),
    ] {
        let number = number.number(more);
        writeln!(out, "<div><dt>{what}</dt><dd>{number}</dd></div>")?;
    }
    writeln!(out, "</dl>")?;
    if blocked {
        writeln!(
            out,
            "<p class=\"soft\">The numbers are those of the whole plan, with what the policy blocks.</p>"
        )?;
    }
    Ok(())
}

/// Returns what apply does and what the steps by hand add.
fn further(impact: &AccessImpact) -> [Further; 2] {
    [impact.applied(), impact.with_manual_steps.clone()]
}

/// Writes what happens to people, in the sentences that every form of the plan has.
pub(super) fn sentences(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    let lines = lines(document);
    if lines.is_empty() {
        return Ok(());
    }
    begin("Who gains or loses access", out)?;
    writeln!(out, "<ul>")?;
    for line in lines {
        let deep = if line.depth > 0 { "deep " } else { "" };
        let class = match line.mark {
            Mark::Alarm => format!("{deep}alarm"),
            Mark::Gain => format!("{deep}add"),
            Mark::Loss => format!("{deep}del"),
            Mark::Keep => format!("{deep}same"),
            Mark::Note | Mark::Warning => format!("{deep}fact"),
        };
        let places = line.causes.iter();
        let places = places.map(|source| Phrase::default().place(&source.file, source.line));
        let places: Vec<Phrase> = places.collect();
        let text = match places.is_empty() {
            true => line.text,
            false => line.text.word(" ").joined(&places, " "),
        };
        writeln!(out, "<li class=\"{class}\">{}</li>", phrase(&text))?;
    }
    writeln!(out, "</ul>\n</section>")
}

/// Writes each portal: whether classes reach it, and how many people do; those in which nothing changes are folded.
pub(super) fn portals(
    document: &PlanDocument,
    impact: &AccessImpact,
    out: &mut dyn Write,
) -> io::Result<()> {
    let whole = impact.if_accepted.as_deref().unwrap_or(impact);
    let (touched, others): (Vec<&PortalRow>, Vec<&PortalRow>) =
        whole.portals.iter().partition(|portal| portal.touched);
    if touched.is_empty() {
        return Ok(());
    }
    let many = document.sites.len() > 1;
    let title = "Portals before and after";
    begin(title, out)?;
    let caption = "When everything is done. A number is how many known people reach the portal.";
    if touched.len() > OPEN {
        let summary = format!("all {} portals in which something changes", touched.len());
        let content = table(&touched, caption, many);
        folded(title, &summary, usize::MAX, &content, out)?;
    } else {
        writeln!(out, "{}", table(&touched, caption, many))?;
    }
    picture::picture(&touched, many, out)?;
    if !others.is_empty() {
        let summary = match others.len() {
            1 => "1 other portal, in which nothing changes".to_owned(),
            n => format!("{n} other portals, in which nothing changes"),
        };
        folded(title, &summary, usize::MAX, &table(&others, "", many), out)?;
    }
    writeln!(out, "</section>")
}

fn table(portals: &[&PortalRow], caption: &str, many: bool) -> String {
    let most = portals
        .iter()
        .map(|portal| portal.before.max(last(portal)).max(1));
    let most = most.max().unwrap_or(1);
    let mut rows = String::new();
    for portal in portals {
        let mut name = Phrase::default().key(&portal.project);
        if many {
            name = name.word(" on ").key(&portal.site);
        }
        let _ = write!(rows, "<tr><th scope=\"row\">{}</th>", phrase(&name));
        for class in &portal.classes {
            let (before, after) = (class.before.as_str(), class.after_manual_steps.as_str());
            let head = class_words(&class.class);
            let _ = write!(
                rows,
                "<td data-head=\"{}\">{}</td>",
                escaped(head),
                moved(before, after)
            );
        }
        let _ = writeln!(
            rows,
            "<td data-head=\"people\">{}</td></tr>",
            bars(portal, most)
        );
    }
    let classes = portals.first().map_or(&[][..], |portal| &portal.classes);
    let heads = classes.iter().map(|class| {
        format!(
            "<th scope=\"col\">{}</th>",
            escaped(class_words(&class.class))
        )
    });
    let heads: String = heads.collect();
    let caption = match caption {
        "" => String::new(),
        caption => format!("<caption>{caption}</caption>\n"),
    };
    format!(
        "<table class=\"portals\">\n{caption}<thead><tr><th scope=\"col\">portal</th>{heads}<th scope=\"col\">people before and after</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    )
}

/// A class as people say it.
pub(super) fn class_words(class: &str) -> &str {
    match class {
        "anonymous" => "anyone on the web",
        "anyone" => "anyone with an address",
        "any_customer" => "every customer",
        "anyone_of_public_mail" => "anyone with a public mail address",
        "anyone_of_companies" => "anyone with a company's address",
        other => other,
    }
}

fn last(portal: &PortalRow) -> usize {
    portal.after_manual_steps
}

fn moved(before: &str, after: &str) -> String {
    let (from, to) = (escaped(before), escaped(after));
    let rank = |answer: &str| match answer {
        "no" => 0,
        "uncertain" => 1,
        _ => 2,
    };
    match rank(after).cmp(&rank(before)) {
        std::cmp::Ordering::Equal => format!("<span class=\"soft\">{to}</span>"),
        std::cmp::Ordering::Greater => format!("<span class=\"up\">{from} → {to}</span>"),
        std::cmp::Ordering::Less => format!("<span class=\"down\">{from} → {to}</span>"),
    }
}

/// Two bars and their numbers; the numbers say everything.
fn bars(portal: &PortalRow, most: usize) -> String {
    let (before, after) = (portal.before, last(portal));
    let width = |people: usize| people * 200 / most;
    let made = match portal.with_new_accounts {
        0 => String::new(),
        n => format!(" <small>{n} with new accounts</small>"),
    };
    let perhaps = match portal.perhaps_after_manual_steps {
        0 => String::new(),
        n => format!(" <small>and perhaps {n}</small>"),
    };
    let class = if after < before { "less" } else { "is" };
    format!(
        "{before} → {after}{made}{perhaps}<svg viewBox=\"0 0 200 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"was\" x=\"0\" y=\"0\" height=\"5\" width=\"{}\"/><rect class=\"{class}\" x=\"0\" y=\"6\" height=\"5\" width=\"{}\"/></svg>",
        width(before),
        width(after)
    )
}

/// Writes everybody who loses, gains or keeps something, by name, with what causes it.
pub(super) fn groups(
    document: &PlanDocument,
    impact: &AccessImpact,
    out: &mut dyn Write,
) -> io::Result<()> {
    let many = document.sites.len() > 1;
    let whole = impact.if_accepted.as_deref().unwrap_or(impact);
    let [applied, later] = further(whole);
    let later_title = "when the steps by hand are done";
    let parts: [(Fate, &str, &[GroupRow]); 6] = [
        (Fate::Loses, "", &applied.losses),
        (Fate::Loses, later_title, &later.losses),
        (Fate::Gains, "", &applied.gains),
        (Fate::Gains, later_title, &later.gains),
        (Fate::Keeps, "", &applied.keeps),
        (Fate::Keeps, later_title, &later.keeps),
    ];
    for (fate, when, rows) in parts {
        if rows.is_empty() {
            continue;
        }
        let title = match fate {
            Fate::Loses => "Who loses what",
            Fate::Gains => "Who gains what",
            Fate::Keeps => "Who keeps a portal another way",
        };
        let title = match when {
            "" => title.to_owned(),
            when => format!("{title}, {when}"),
        };
        begin(&title, out)?;
        if rows.len() > OPEN {
            let all: usize = rows.iter().map(|row| row.people).sum();
            let mut content = String::new();
            for row in rows {
                let _ = write!(
                    content,
                    "<h3>{}</h3>\n{}",
                    phrase(&of_group(fate, row, many)),
                    named(row)
                );
            }
            let summary = format!("{} in {} groups", people(all), rows.len());
            folded(&title, &summary, usize::MAX, &content, out)?;
        } else {
            for row in rows {
                folded(
                    &title,
                    &phrase(&of_group(fate, row, many)),
                    row.list.len(),
                    &named(row),
                    out,
                )?;
            }
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}

/// The cause, the rules and the names of a group.
fn named(row: &GroupRow) -> String {
    let mut text = String::new();
    if !row.because.is_empty() {
        let rules = row.because.iter().take(OPEN).map(|step| {
            let text = Phrase::default().key(&step.rule).word(" ").then(&step.text);
            match &step.source {
                Some(source) => text
                    .word(" (")
                    .key(&format!("{}:{}", source.file, source.line))
                    .word(")"),
                None => text,
            }
        });
        let rules: Vec<Phrase> = rules.collect();
        let rules = Phrase::of("As it is then: ").joined(&rules, "; ");
        let _ = writeln!(text, "<p class=\"soft\">{}</p>", phrase(&rules));
    }
    if !row.caused_by.is_empty() {
        let causes: Vec<Phrase> = row.caused_by.iter().take(OPEN).map(cause).collect();
        let mut because = Phrase::of("Because of ").joined(&causes, "; ");
        if row.caused_by.len() > OPEN {
            because = because.word(&format!("; and {} more", row.caused_by.len() - OPEN));
        }
        let _ = writeln!(text, "<p class=\"soft\">{}</p>", phrase(&because));
    }
    if !row.list.is_empty() {
        text.push_str("<ul>\n");
        for name in &row.list {
            let _ = writeln!(text, "<li>{}", escaped(name));
        }
        text.push_str("</ul>\n");
    }
    text
}

fn cause(row: &CauseRow) -> Phrase {
    let what = spoken(&row.address, false);
    match &row.source {
        Some(source) => {
            let place = format!("{}:{}", source.file, source.line);
            what.word(" (").key(&place).word(")")
        }
        None => what,
    }
}
