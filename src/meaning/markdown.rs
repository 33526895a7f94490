//! The tables of the documentation, made from the tables of the program.

use super::findings::{self, Stage};
use super::rules::{self, Rule};
use super::sources::Source;
use super::{judged_by, lints, may_be_acknowledged};
use crate::config::codes;
use crate::diagnostic::Severity;
use crate::lint::table;
use std::fmt::Write as _;

/// Returns the table of a family of rules: `R`, `G`, `A`, `V`, `K`, or `Q` for what is assumed.
pub fn rules(family: char) -> String {
    let rows = rules::TABLE
        .iter()
        .filter(|rule| rule.code.starts_with(family));
    if family == 'Q' {
        let mut table = header(&[
            "code",
            "what is not documented",
            "what is assumed",
            "pages about it",
        ]);
        for rule in rows {
            let assumed = rule.assumed.unwrap_or_default();
            row(
                &mut table,
                &[rule.code, rule.text, assumed, &links(rule.sources)],
            );
        }
        return table;
    }
    let mut table = header(&["code", "what it says", "known from"]);
    for rule in rows {
        row(&mut table, &[rule.code, rule.text, &known_from(rule)]);
    }
    table
}

/// Returns the rules that no answer gives as a reason, with why.
pub fn not_cited() -> String {
    let mut table = header(&["code", "why no answer names it"]);
    for (code, why) in rules::NOT_CITED {
        row(&mut table, &[&format!("`{code}`"), why]);
    }
    table
}

/// Returns the table of lints.
pub fn lints() -> String {
    let mut table = header(&[
        "lint",
        "severity",
        "can be acknowledged",
        "condition",
        "judged by",
    ]);
    for lint in &table::TABLE {
        let severity = match lint.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let may = if may_be_acknowledged(lint) {
            "yes"
        } else {
            "no"
        };
        row(
            &mut table,
            &[lint.code, severity, may, lint.condition, &judged_by(lint)],
        );
    }
    table
}

/// Returns why each lint matters, with its sources.
pub fn reasons() -> String {
    let mut table = header(&["why", "what comes of it", "pages about it"]);
    for why in lints::TABLE {
        row(
            &mut table,
            &[&format!("`{}`", why.code), why.text, &links(why.sources)],
        );
    }
    table
}

/// Returns the table of problems that files can have.
pub fn files() -> String {
    let mut table = header(&["code", "meaning"]);
    for (code, text) in codes::ALL {
        row(&mut table, &[&format!("`{code}`"), text.trim()]);
    }
    table.push_str(&rows_of(Stage::Files));
    table
}

/// Returns the table of what a later step reports.
pub fn findings(stage: Stage) -> String {
    header(&["code", "meaning"]) + &rows_of(stage)
}

fn rows_of(stage: Stage) -> String {
    let mut rows = String::new();
    for finding in findings::TABLE.iter().filter(|found| found.stage == stage) {
        row(&mut rows, &[&format!("`{}`", finding.code), finding.text]);
    }
    rows
}

fn known_from(rule: &Rule) -> String {
    let word = rule.evidence.word();
    if rule.sources.is_empty() {
        word.to_owned()
    } else {
        format!("{word}: {}", links(rule.sources))
    }
}

fn links(sources: &[Source]) -> String {
    let links: Vec<String> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| format!("[{}]({})", at + 1, source.url))
        .collect();
    links.join(", ")
}

/// Returns the head of a table.
pub fn header(cells: &[&str]) -> String {
    let mut head = String::new();
    row(&mut head, cells);
    head.push('|');
    head.push_str(&"---|".repeat(cells.len()));
    head.push('\n');
    head
}

/// Adds a row to a table.
pub fn row(table: &mut String, cells: &[&str]) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}
