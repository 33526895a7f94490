//! A review for spreadsheets: one line for each finding, each class, and each person and route.

use super::{Report, rows};
use crate::access::explain::text::place;
use crate::access::review::{On, kind};
use crate::neutral::csv::field;
use std::io::{self, Write};

const HEADER: [&str; 16] = [
    "kind",
    "who",
    "account_id",
    "name",
    "account",
    "role",
    "status",
    "lists",
    "target",
    "answer",
    "route",
    "rule",
    "source",
    "owner",
    "until",
    "note",
];

/// Writes one line.
type Line<'l> = &'l mut dyn FnMut([&str; 16]) -> io::Result<()>;

/// Writes a review as CSV. What a spreadsheet would take for a formula becomes text.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(out: &mut dyn Write, report: &Report<'_, '_, '_>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let mut line = |fields: [&str; 16]| {
        let fields = fields.map(|text| field(text).into_owned());
        writer.write_record(fields).map_err(io::Error::other)
    };
    line(HEADER)?;
    findings(report, &mut line)?;
    classes(report, &mut line)?;
    people(report, &mut line)?;
    for gap in report.gaps() {
        line(note("not read", &gap.to_string()))?;
    }
    for what in report.never_judged() {
        line(note("also decides, not judged", &what.to_string()))?;
    }
    writer.flush()
}

fn findings(report: &Report<'_, '_, '_>, line: Line<'_>) -> io::Result<()> {
    for (number, finding) in report.found() {
        let title = finding.code.title(finding.sure());
        let note = finding
            .gap()
            .map_or(title.clone(), |gap| format!("{title}; {gap}"));
        let code = finding.code.word();
        let names = report.names(finding);
        if names.is_empty() && finding.things.is_empty() {
            line(finding_line(number, code, "", "", &note, ""))?;
        }
        for who in &names {
            line(finding_line(number, code, who, "", &note, ""))?;
        }
        for thing in &finding.things {
            line(finding_line(number, code, "", thing, &note, ""))?;
        }
    }
    for finding in report.unknown() {
        let note = finding.gap().unwrap_or_default();
        line(finding_line(
            0,
            finding.code.word(),
            "",
            "",
            note,
            "unknown",
        ))?;
    }
    Ok(())
}

fn classes(report: &Report<'_, '_, '_>, line: Line<'_>) -> io::Result<()> {
    let review = report.review;
    for reach in &review.classes {
        let target = review.target(reach.project, reach.space.as_ref());
        let first = reach.class.because.first();
        let source = first.and_then(|step| step.source);
        let source = source.map_or(String::new(), |source| place(source, report.sources));
        let rule = first.map_or("", |step| step.rule.0);
        line([
            "class",
            &reach.class.who,
            "",
            "",
            "",
            "",
            "",
            "",
            &target,
            reach.class.answer.word(),
            &reach.class.route.to_string(),
            rule,
            &source,
            "",
            "",
            "",
        ])?;
    }
    Ok(())
}

fn people(report: &Report<'_, '_, '_>, line: Line<'_>) -> io::Result<()> {
    let review = report.review;
    for row in report.rows() {
        let person = review.state.people.get(row.id);
        let named = report.mask.is_full();
        let id = person
            .account_id
            .filter(|_| named)
            .map_or_else(String::new, |id| id.to_string());
        let name = if named { person.name } else { "" };
        let account = kind(person).map_or("", |kind| kind.word());
        let lists = row.lists(review);
        let joined = |text: &dyn Fn(&On<'_, '_>) -> Option<String>| {
            let texts: Vec<String> = lists.iter().filter_map(text).collect();
            texts.join("; ")
        };
        let names = joined(&|on| {
            let perhaps = if on.sure { "" } else { "perhaps " };
            Some(format!("{perhaps}{}", on.row.label()))
        });
        let owners = joined(&|on| on.row.owner.map(str::to_owned));
        let until = joined(&|on| on.until.map(|until| format!("{}: {until}", on.row.label())));
        let (role, status) = (
            rows::role(person.account.role),
            rows::status(person.account.status),
        );
        let start = ["person", &row.who, &id, name, account, role, status, &names];
        let mut one = |target: &str, answer: &str, route: &str, rule: &str, source: &str| {
            let [kind, who, id, name, account, role, status, lists] = start;
            line([
                kind, who, id, name, account, role, status, lists, target, answer, route, rule,
                source, &owners, &until, "",
            ])
        };
        let reached = review.reached(row.id);
        if reached.is_empty() {
            one("", "no", "", "", "")?;
        }
        for reached in reached {
            let target = review.target(reached.project, reached.space.as_ref());
            for via in row.via(review, reached) {
                let source = via
                    .source
                    .map_or(String::new(), |source| place(source, report.sources));
                one(
                    &target,
                    reached.answer.word(),
                    &via.route.to_string(),
                    via.rule.0,
                    &source,
                )?;
            }
        }
    }
    Ok(())
}

fn finding_line<'a>(
    number: usize,
    code: &'a str,
    who: &'a str,
    target: &'a str,
    note: &'a str,
    answer: &'a str,
) -> [&'a str; 16] {
    let kind = if number > 0 { "finding" } else { "not known" };
    [
        kind, who, "", "", "", "", "", "", target, answer, code, "", "", "", "", note,
    ]
}

const fn note<'a>(kind: &'a str, text: &'a str) -> [&'a str; 16] {
    [
        kind, "", "", "", "", "", "", "", "", "", "", "", "", "", "", text,
    ]
}
