//! The access review of a site as a page in the form of the review page: what to look at first, then everybody by name.

use super::super::access_review::{Report, Row, rows};
use super::markup::{OPEN, begin, folded, phrase};
use super::{SCRIPT, STYLE, hashed};
use crate::access::Answer;
use crate::access::review::kind;
use crate::neutral::html::escaped;
use crate::neutral::phrase::Phrase;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn access_review(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    let title = format!("Portcullis review: {}", escaped(report.site));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>",
        hashed(STYLE),
        hashed(SCRIPT),
    )?;
    verdict(report, out)?;
    numbers(report, out)?;
    writeln!(out, "<p>{}</p>", said(&report.headline()))?;
    writeln!(
        out,
        "</header>\n<form id=\"search\" role=\"search\" hidden>\n<label for=\"query\">Find a person, an organization or a project</label><br>\n\
         <input id=\"query\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">\n\
         <p id=\"count\" role=\"status\"></p>\n<div id=\"found\"></div>\n</form>\n<main>"
    )?;
    findings(report, out)?;
    since(report, out)?;
    portals(report, out)?;
    classes(report, out)?;
    lists(report, out)?;
    people(report, out)?;
    sentences("Not read", &report.gaps(), out)?;
    sentences("Also decides, not judged", &report.never_judged(), out)?;
    let next: Vec<Phrase> = report.next.iter().map(|next| Phrase::read(next)).collect();
    sentences("Next", &next, out)?;
    writeln!(
        out,
        "</main>\n<footer><p class=\"soft\">Portcullis {}</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>",
        escaped(env!("CARGO_PKG_VERSION"))
    )
}

fn verdict(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let count = report.found().count();
    let (tone, says) = match count {
        0 => ("", "Nothing to look at first".to_owned()),
        1 => ("look", "1 thing to look at first".to_owned()),
        _ => ("look", format!("{count} things to look at first")),
    };
    writeln!(out, "<p class=\"verdict {tone}\">{says}</p>")
}

fn numbers(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let review = report.review;
    let open = review
        .portals
        .iter()
        .filter(|portal| portal.anonymous == Answer::Yes);
    writeln!(out, "<dl class=\"numbers\">")?;
    for (number, what) in [
        (review.people.len(), "people"),
        (review.portals.len(), "portals"),
        (open.count(), "open to the web"),
        (
            review.lists.rows().filter(|row| row.organization).count(),
            "organizations",
        ),
    ] {
        writeln!(out, "<div><dt>{what}</dt><dd>{number}</dd></div>")?;
    }
    writeln!(out, "</dl>")
}

fn code(text: &str) -> String {
    format!("<code><bdi>{}</bdi></code>", escaped(text))
}

/// A message, whose names stand between backquotes.
fn said(message: &str) -> String {
    phrase(&Phrase::read(message))
}

/// What a finding is about: a name as it is, a message with its names as such.
fn thing(text: &str) -> String {
    match text.contains('`') {
        true => said(text),
        false => code(text),
    }
}

fn findings(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    begin("Look at first", out)?;
    for (number, finding) in report.found() {
        let title = escaped(&finding.code.title(finding.sure()));
        let gap = finding
            .gap()
            .map_or(String::new(), |gap| format!("; {}", said(gap)));
        writeln!(
            out,
            "<h3>{number}. {title}{gap}</h3>\n<p class=\"soft\">{}</p>",
            said(finding.code.hint())
        )?;
        let mut names = finding.things.clone();
        names.extend(report.names(finding));
        list(&title, &names, out)?;
    }
    let unknown = report.unknown().map(|finding| {
        let gap = said(finding.gap().unwrap_or_default());
        format!(
            "<li>{}: not known, {gap}</li>\n",
            escaped(finding.code.word())
        )
    });
    let unknown: String = unknown.collect();
    if !unknown.is_empty() {
        writeln!(out, "<ul>\n{unknown}</ul>")?;
    }
    let none: Vec<&str> = report.none().map(|finding| finding.code.word()).collect();
    if !none.is_empty() {
        writeln!(
            out,
            "<p class=\"soft\">None of: {}</p>",
            escaped(&none.join(", "))
        )?;
    }
    writeln!(out, "</section>")
}

fn list(of: &str, names: &[String], out: &mut dyn Write) -> io::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let rows: String = names
        .iter()
        .map(|name| format!("<li>{}\n", thing(name)))
        .collect();
    let content = format!("<ul>\n{rows}</ul>\n");
    match names.len() <= OPEN {
        true => writeln!(out, "<div data-find>\n{content}</div>"),
        false => folded(
            of,
            &format!("all {}", names.len()),
            names.len(),
            &content,
            out,
        ),
    }
}

fn since(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let Some((name, changes)) = report.since else {
        return Ok(());
    };
    begin(&format!("Since {name}"), out)?;
    if changes.is_empty() {
        writeln!(out, "<p>Nothing differs.</p>")?;
    }
    for (code, before, now) in &changes.findings {
        writeln!(out, "<p>{}: {before} before, {now} now</p>", escaped(code))?;
    }
    for (title, people) in changes.parts() {
        if people.is_empty() {
            continue;
        }
        let mut content = String::from("<ul>\n");
        for (who, targets) in people {
            let _ = writeln!(
                content,
                "<li>{}: {}",
                code(who),
                escaped(&targets.join(", "))
            );
        }
        content.push_str("</ul>\n");
        let title = format!("{title}: {}", people.len());
        folded(&title, &title, people.len(), &content, out)?;
    }
    writeln!(out, "</section>")
}

/// What the table says of each portal.
const PORTAL_HEADS: [&str; 7] = [
    "channel access",
    "the web",
    "sign-up",
    "every customer",
    "people",
    "perhaps",
    "owner",
];

fn portals(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let review = report.review;
    if review.portals.is_empty() {
        return Ok(());
    }
    begin("Portals", out)?;
    writeln!(
        out,
        "<div data-find>\n<table class=\"portals\">\n<caption>Who can open each portal. A number is how many known people reach it.</caption>\n\
         <thead><tr><th scope=\"col\">portal</th>{}</tr></thead>\n<tbody>",
        PORTAL_HEADS
            .map(|head| format!("<th scope=\"col\">{head}</th>"))
            .concat()
    )?;
    for portal in &review.portals {
        let access = match portal.open {
            Answer::Yes => "open",
            Answer::No => "restricted",
            Answer::Uncertain => "not known",
        };
        write!(
            out,
            "<tr><th scope=\"row\">{}</th>",
            code(&review.target(portal.project, None))
        )?;
        let cells = [
            access.to_owned(),
            answer(portal.anonymous),
            answer(portal.anyone),
            answer(portal.any_customer),
            portal.people.to_string(),
            portal.perhaps.to_string(),
            portal.owner.as_deref().map_or(String::new(), code),
        ];
        for (head, cell) in PORTAL_HEADS.iter().zip(cells) {
            write!(out, "<td data-head=\"{head}\">{cell}</td>")?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>\n</div>\n</section>")
}

fn answer(answer: Answer) -> String {
    match answer {
        Answer::Yes => "<span class=\"alarm\">yes</span>".to_owned(),
        other => other.word().to_owned(),
    }
}

fn classes(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let lines = report.classes(10);
    let mut content = String::from("<ul>\n");
    for line in &lines {
        let _ = writeln!(
            content,
            "<li>{}: {} {} <i>{} {}</i>",
            code(&line.target),
            code(&line.names()),
            line.answer,
            phrase(line.route),
            line.rule
        );
    }
    content.push_str("</ul>\n");
    begin("Classes", out)?;
    folded(
        "Classes",
        &format!("{} classes", lines.len()),
        lines.len(),
        &content,
        out,
    )?;
    writeln!(out, "</section>")
}

fn lists(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let mut count = 0;
    let mut content = String::from("<ul>\n");
    for row in report.review.lists.rows() {
        count += 1;
        let what = if row.organization {
            "organization"
        } else {
            "customers of"
        };
        let _ = write!(
            content,
            "<li>{what} {}: {} people",
            code(row.name),
            row.people
        );
        if let Some(owner) = row.owner {
            let _ = write!(content, ", owner {}", code(owner));
        }
        if let Some(until) = row.until {
            let _ = write!(content, ", until {until}");
        }
        if !row.declared {
            content.push_str(", not declared");
        }
        if let Some(gap) = &row.gap {
            let _ = write!(content, ", {}", said(gap));
        }
        content.push('\n');
    }
    content.push_str("</ul>\n");
    begin("Lists", out)?;
    folded("Lists", &format!("{count} lists"), count, &content, out)?;
    writeln!(out, "</section>")
}

fn people(report: &Report<'_, '_, '_>, out: &mut dyn Write) -> io::Result<()> {
    let count = report.review.people.len();
    begin("People", out)?;
    // Written piece by piece: a million people are not held as one text.
    let long = count > OPEN;
    writeln!(out, "<details><summary>{count} people</summary>")?;
    match long {
        true => writeln!(out, "<noscript data-of=\"People\">")?,
        false => writeln!(out, "<div data-find>")?,
    }
    writeln!(out, "<ul>")?;
    for row in report.rows() {
        person(report, &row, out)?;
    }
    let end = if long { "</noscript>" } else { "</div>" };
    writeln!(out, "</ul>\n{end}\n</details>\n</section>")
}

fn person(report: &Report<'_, '_, '_>, row: &Row, out: &mut dyn Write) -> io::Result<()> {
    let review = report.review;
    let known = review.state.people.get(row.id);
    let mut text = code(&row.who);
    if report.mask.is_full() && !known.name.is_empty() {
        let _ = write!(text, " <bdi>{}</bdi>", escaped(known.name));
    }
    let kind = kind(known).map_or("kind not known", |kind| kind.word());
    let _ = write!(
        text,
        " <i>{kind}, role {}, {}</i>",
        rows::role(known.account.role),
        rows::status(known.account.status)
    );
    for on in row.lists(review) {
        let what = if on.row.organization {
            "organization"
        } else {
            "customers of"
        };
        let perhaps = if on.sure { "" } else { "perhaps " };
        let _ = write!(text, "; {perhaps}{what} {}", code(on.row.name));
        if let Some(until) = on.until {
            let _ = write!(text, " until {until}");
        }
    }
    let reached = review.reached(row.id);
    if reached.is_empty() {
        text.push_str("; reaches nothing");
    }
    for reached in reached {
        let target = review.target(reached.project, reached.space.as_ref());
        let via = row.via(review, reached);
        let routes: Vec<String> = via
            .iter()
            .map(|via| format!("{} {}", phrase(&via.said()), via.rule.0))
            .collect();
        let _ = write!(
            text,
            "; {} {} <i>{}</i>",
            code(&target),
            reached.answer.word(),
            routes.join(", ")
        );
    }
    writeln!(out, "<li>{text}")
}

fn sentences(title: &str, lines: &[Phrase], out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    begin(title, out)?;
    writeln!(out, "<ul>")?;
    for line in lines {
        writeln!(out, "<li>{}</li>", phrase(line))?;
    }
    writeln!(out, "</ul>\n</section>")
}
