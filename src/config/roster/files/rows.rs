//! The rows of a roster table: whom each names, and whether it counts.

use super::header::{Columns, Header};
use super::{Budget, Found, Outcome, place, width};
use crate::config::codes;
use crate::config::context::{Context, address, invalid_date, parse_date};
use crate::config::read::site_rules::account_id_problem;
use crate::config::roster::reading::{Column, Purpose, Reading, is_one_of};
use crate::config::roster::table::{Broken, Row, Table};
use crate::config::roster::{boxed, same_and_new};
use crate::config::workspace::{RosterEntry, RosterExtra, Who};
use crate::diagnostic::{Diagnostic, FileId, Mark, short};
use crate::model::{AccountId, AccountKind};
use crate::neutral::phrase::{foreign, ours, personal, say};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Values of a condition's column that it does not name, with the first place and the number of rows.
type Unnamed = BTreeMap<(usize, String), (Mark, u64)>;

/// Reads a table.
pub(super) fn csv(
    cx: &mut Context,
    file: FileId,
    text: &str,
    reading: &Reading,
    purpose: Purpose,
    budget: &mut Budget,
    take: &mut dyn FnMut(&mut Context, &mut Budget, Found<'_>),
) -> Option<Outcome> {
    let Some(mut table) = Table::expecting(text, reading, purpose) else {
        cx.report(
            Diagnostic::error(codes::ROSTER_FORMAT, "the file is empty")
                .at(place(file, 1, 0))
                .hint("the first line names the columns, such as `email,name`"),
        );
        return None;
    };
    let header = Header::of(file, &table);
    let mut columns = header.columns(cx, reading, purpose)?;
    let (start, width) = (header.mark, table.header.len());
    let mut open: Vec<usize> = (0..columns.unused.len()).collect();
    let mut unnamed = Unnamed::new();
    let mut rows = 0;
    while let Some(row) = table.next() {
        let row = match row {
            Ok(row) => Cells {
                file,
                row,
                reading,
                purpose,
            },
            Err(broken) => {
                cx.report(say_broken(file, broken));
                return None;
            }
        };
        rows += 1;
        if row.row.cells.len() != width {
            budget.report(cx, row.wrong_width(width));
            continue;
        }
        open.retain(|&at| {
            let unused = &mut columns.unused[at];
            let cell = row.row.cells.get(unused.at).unwrap_or_default();
            unused.look(cell, reading, &cx.declared)
        });
        match row.found(&columns, &mut unnamed) {
            Ok(Some(found)) => take(cx, budget, found),
            Ok(None) => {}
            Err(problems) => {
                for problem in problems {
                    budget.report(cx, problem);
                }
            }
        }
    }
    say_unnamed(cx, budget, &columns, unnamed);
    Some(Outcome {
        file,
        start,
        rows,
        unused: columns.unused,
    })
}

fn say_broken(file: FileId, broken: Broken) -> Diagnostic {
    let (message, line, hint) = match broken {
        Broken::Open(line) => (
            "a quote is opened on this line and never closed",
            line,
            "close it, or write two quotes for one that belongs to the text",
        ),
        Broken::Behind(line) => (
            "there is text behind a closing quote",
            line,
            "a quote that was not closed further up swallows rows; within quotes, two stand for one",
        ),
        Broken::Unreadable(line) => ("this line cannot be read", line, "is it a table?"),
    };
    Diagnostic::error(codes::ROSTER_FORMAT, message)
        .at(place(file, line, 0))
        .hint(hint)
}

fn say_unnamed(cx: &mut Context, budget: &mut Budget, columns: &Columns<'_>, unnamed: Unnamed) {
    for ((at, value), (mark, rows)) in unnamed {
        let Some((_, condition)) = columns.conditions.get(at) else {
            continue;
        };
        let column = short(&condition.column.value);
        let shown = if value.is_empty() {
            ours("an empty cell")
        } else {
            personal(short(&value))
        };
        let rows = match rows {
            1 => String::new(),
            n => format!(" ({n} rows)"),
        };
        budget.report(
            cx,
            Diagnostic::error(
                codes::UNNAMED_VALUE,
                say(
                    "{} in the column {} is neither `in` nor `out`{}",
                    [shown, foreign(column), ours(rows)],
                ),
            )
            .at(mark)
            .label(condition.column.span, "decided here")
            .hint("write the value under `in` or `out`; nobody is let in or taken out by a guess"),
        );
    }
}

/// One row of a table, as it is read here.
struct Cells<'r> {
    file: FileId,
    row: Row<'r>,
    reading: &'r Reading,
    purpose: Purpose,
}

impl<'r> Cells<'r> {
    fn field(&self, column: Option<usize>) -> Option<&'r str> {
        let text = self.row.cells.get(column?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the place of a cell's text, found in the row for messages only.
    fn mark(&self, text: &str) -> Mark {
        let first = text.lines().next().unwrap_or_default();
        let (mut line, mut column) = (self.row.line, 0);
        if let Some((more, found)) = (0_u32..)
            .zip(self.row.text.lines())
            .find(|(_, candidate)| candidate.contains(first))
        {
            line = self.row.line + more;
            column = found
                .find(first)
                .map_or(0, |at| found[..at].chars().count());
        }
        Mark {
            span: place(self.file, line, column),
            length: width(first).max(1),
        }
    }

    fn whole(&self) -> Mark {
        let first = self.row.text.lines().next().unwrap_or_default();
        Mark {
            span: place(self.file, self.row.line, 0),
            length: width(first).max(1),
        }
    }

    fn wrong_width(&self, width: usize) -> Diagnostic {
        let found = self.row.cells.len();
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            format!("this line has {found} of the header's {width} fields"),
        )
        .at(self.whole())
        .hint(if found < width {
            "a field is missing; an empty one still needs its separator"
        } else {
            "quote a field that holds the separator"
        })
    }

    /// Says whether the row counts (`Some(false)`), means "must be absent" (`Some(true)`), or cannot be told.
    fn fate(&self, columns: &Columns<'_>, unnamed: &mut Unnamed) -> Option<bool> {
        let mut out = false;
        for (number, (at, condition)) in columns.conditions.iter().enumerate() {
            let cell = self.row.cells.get(*at).unwrap_or_default().trim();
            if is_one_of(cell, &condition.rows_in) {
                continue;
            }
            if is_one_of(cell, &condition.rows_out) {
                out = true;
                continue;
            }
            let key = (number, short(cell).into_owned());
            unnamed
                .entry(key)
                .or_insert_with(|| {
                    (
                        if cell.is_empty() {
                            self.whole()
                        } else {
                            self.mark(cell)
                        },
                        0,
                    )
                })
                .1 += 1;
            return None;
        }
        Some(out)
    }

    fn found(
        &self,
        columns: &Columns<'_>,
        unnamed: &mut Unnamed,
    ) -> Result<Option<Found<'r>>, Vec<Diagnostic>> {
        let Some(out) = self.fate(columns, unnamed) else {
            return Ok(None);
        };
        let mut problems = Vec::new();
        let email = self.read(columns.of(Column::Email), &mut problems, address);
        let id = self.read(columns.of(Column::AccountId), &mut problems, account_id);
        let account = self.read(columns.of(Column::Account), &mut problems, account_kind);
        let until = self.read(columns.of(Column::Until), &mut problems, |text| {
            self.date(text)
        });
        let previous_email = columns.of(Column::PreviousEmail);
        let previous_email = self.read(previous_email, &mut problems, address);
        let new_person = self
            .read(columns.of(Column::NewPerson), &mut problems, yes_or_no)
            .unwrap_or(false);
        if new_person && previous_email.is_some() {
            problems.push(same_and_new(self.whole().span));
        }
        let organization = self.field(columns.of(Column::Organization));
        let project = self.field(columns.of(Column::Project));
        if self.purpose == Purpose::Lists && !out && organization.is_none() && project.is_none() {
            let message = "this line does not say whose list it belongs to";
            problems.push(
                Diagnostic::error(codes::ROSTER_FORMAT, message)
                    .at(self.whole())
                    .hint("fill the cell, or leave such rows out with `where`"),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (who, email) = match (id, email) {
            (Some(id), email) => (Who::Account(id), email),
            (None, Some(email)) => (Who::Email(email), None),
            // Whoever is out and has no address any more is nobody to take off a list.
            (None, None) if out => return Ok(None),
            (None, None) => {
                let message = "this line has neither an address nor an account id";
                return Err(vec![
                    Diagnostic::error(codes::ROSTER_FORMAT, message).at(self.whole()),
                ]);
            }
        };
        // A name is shown in one line, whatever the table holds.
        let name =
            self.field(columns.of(Column::Name))
                .map(|name| match name.contains(['\n', '\r']) {
                    true => name.split_whitespace().collect::<Vec<_>>().join(" ").into(),
                    false => name.into(),
                });
        Ok(Some(Found {
            entry: RosterEntry {
                who,
                span: place(self.file, self.row.line, 0),
                name,
                extra: boxed(RosterExtra {
                    account,
                    until,
                    email,
                    previous_email,
                    new_person,
                }),
            },
            out,
            organization,
            project,
        }))
    }

    /// Reads a cell; what is wrong with it is said at its place.
    fn read<T>(
        &self,
        column: Option<usize>,
        problems: &mut Vec<Diagnostic>,
        read: impl FnOnce(&str) -> Result<T, Diagnostic>,
    ) -> Option<T> {
        let text = self.field(column)?;
        let problem = match read(text) {
            Ok(value) => return Some(value),
            Err(problem) => problem,
        };
        problems.push(problem.at(self.mark(text)));
        None
    }

    fn date(&self, text: &str) -> Result<Date, Diagnostic> {
        // Dates as we write them are never mistaken for others.
        let date = parse_date(text);
        let Some(format) = &self.reading.date_format else {
            return date.ok_or_else(|| invalid_date(text).hint("write the year, month and day, such as `2027-01-31`, or say how dates are written: `date_format: \"%d.%m.%Y\"`"));
        };
        date.or_else(|| Date::strptime(format.as_str(), text).ok())
            .ok_or_else(|| invalid_date(text).hint(format!("`date_format` is `{format}`")))
    }
}

fn account_id(text: &str) -> Result<AccountId, Diagnostic> {
    match account_id_problem(text) {
        None => Ok(AccountId::new(text)),
        Some(problem) => Err(Diagnostic::error(
            codes::INVALID_ID,
            say(
                "invalid account id {}: {}",
                [personal(short(text)), ours(problem)],
            ),
        )),
    }
}

fn account_kind(text: &str) -> Result<AccountKind, Diagnostic> {
    AccountKind::from_word(text).ok_or_else(|| {
        Diagnostic::error(
            codes::UNKNOWN_WORD,
            say("{} is not a kind of account", [personal(short(text))]),
        )
        .hint("`portal_only` or `atlassian`")
    })
}

fn yes_or_no(text: &str) -> Result<bool, Diagnostic> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(Diagnostic::error(
            codes::UNKNOWN_WORD,
            say("{} is neither `yes` nor `no`", [personal(short(text))]),
        )),
    }
}
