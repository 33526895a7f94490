//! Many statements of one table: what somebody saw on a round through the pages.

use super::{Seen, value_of};
use crate::cli::Output;
use crate::config::amend::Statement;
use crate::exit::Exit;
use crate::files::{self, Given};
use crate::model::Address;
use camino::Utf8Path;
use jiff::civil::Date;

/// The columns that a table may have.
const COLUMNS: [&str; 5] = ["address", "value", "by", "on", "until"];

/// Reads the statements of a table, or says in one message what is wrong with its rows.
pub(super) fn read(
    file: &Utf8Path,
    seen: &Seen<'_>,
    output: &mut Output,
) -> Result<Result<Vec<Statement>, String>, Exit> {
    let read = Given::new(file).read_text(files::LARGE);
    let text = read.map_err(|error| output.fail(Exit::Usage, &error.to_string(), None))?;
    Ok(statements(&text, seen)
        .map_err(|problems| format!("`{file}` cannot be read:\n{}", problems.join("\n"))))
}

fn statements(text: &str, seen: &Seen<'_>) -> Result<Vec<Statement>, Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let separator = match text.lines().next().unwrap_or_default() {
        first if first.contains(';') && !first.contains(',') => b';',
        _ => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| vec![error.to_string()])?
        .clone();
    let names: Vec<String> = header.iter().map(str::to_ascii_lowercase).collect();
    let mut problems: Vec<String> = names
        .iter()
        .filter(|name| !COLUMNS.contains(&name.as_str()))
        .map(|name| format!("column `{name}` is none of {}", COLUMNS.join(", ")))
        .collect();
    for needed in ["address", "value"] {
        if !names.iter().any(|name| name == needed) {
            problems.push(format!("column `{needed}` is missing"));
        }
    }
    let mut statements = Vec::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                problems.push(error.to_string());
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |name: &str| {
            let at = names.iter().position(|known| known == name)?;
            row.get(at).filter(|cell| !cell.is_empty())
        };
        if row.iter().all(str::is_empty) {
            continue;
        }
        match statement(cell, seen) {
            Ok(statement) => statements.push(statement),
            Err(why) => problems.push(format!("line {line}: {why}")),
        }
    }
    match problems.is_empty() {
        true => Ok(statements),
        false => Err(problems),
    }
}

fn statement<'r>(
    cell: impl Fn(&str) -> Option<&'r str>,
    seen: &Seen<'_>,
) -> Result<Statement, String> {
    let date = |name: &str| match cell(name) {
        None => Ok(None),
        Some(text) => {
            let read = text.parse::<Date>();
            read.map(Some)
                .map_err(|_| format!("`{text}` is no date such as 2027-01-31"))
        }
    };
    let address = cell("address").ok_or("`address` is empty")?;
    let value = cell("value").ok_or("`value` is empty")?;
    let seen = Seen {
        by: cell("by").or(seen.by),
        on: date("on")?.unwrap_or(seen.on),
        until: date("until")?.or(seen.until),
        days: seen.days,
    };
    seen.statement(Address::from_encoded(address), value_of(value))
}
