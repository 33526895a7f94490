//! The header of a roster table: where the columns that count stand.

use super::{place, width};
use crate::config::codes;
use crate::config::context::{Context, closest, listed};
use crate::config::roster::columns::{self, Unused, quoted};
use crate::config::roster::reading::{Column, Condition, Purpose, Reading};
use crate::config::roster::table::{Table, folded};
use crate::diagnostic::{Diagnostic, FileId, Located, Mark, Severity, short};
use crate::neutral::phrase::{Phrase, bare, foreign, ours, personal, say, snippet};
use std::collections::BTreeSet;

/// Where the columns that count stand.
pub(super) struct Columns<'s> {
    at: [Option<usize>; Column::WORDS.len()],
    pub(super) conditions: Vec<(usize, &'s Condition)>,
    pub(super) unused: Vec<Unused>,
}

impl Columns<'_> {
    pub(super) fn of(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }
}

/// A header and where it stands.
pub(super) struct Header<'h, 't> {
    file: FileId,
    table: &'h Table<'t>,
    /// The whole line.
    pub(super) mark: Mark,
}

impl<'h, 't> Header<'h, 't> {
    pub(super) fn of(file: FileId, table: &'h Table<'t>) -> Self {
        Self {
            file,
            table,
            mark: Mark {
                span: place(file, table.header_line, 0),
                length: width(table.header_text).max(1),
            },
        }
    }

    /// Finds the columns and reports what is wrong with the header.
    pub(super) fn columns<'s>(
        &self,
        cx: &mut Context,
        reading: &'s Reading,
        purpose: Purpose,
    ) -> Option<Columns<'s>> {
        let table = self.table;
        let before = cx.problems.len();
        let broken = |cx: &Context| {
            let mut problems = cx.problems[before..].iter();
            problems.any(|problem| problem.severity == Severity::Error)
        };
        let mut used = BTreeSet::new();
        let mut columns = Columns {
            at: [None; Column::WORDS.len()],
            conditions: Vec::new(),
            unused: Vec::new(),
        };
        for &column in purpose.columns() {
            columns.at[column as usize] = match reading.header(column) {
                Some(name) => self.named(cx, name),
                None => table.column(reading, column).unwrap_or_else(|()| {
                    cx.report(self.twice(column.word()));
                    None
                }),
            };
            used.extend(columns.of(column));
        }
        for condition in &reading.conditions {
            if let Some(at) = self.named(cx, &condition.column) {
                columns.conditions.push((at, condition));
                used.insert(at);
            }
        }
        for name in &reading.ignore_columns {
            self.ignore(cx, name, &mut used);
        }
        let missing = |column| columns.of(column).is_none();
        if !broken(cx) && missing(Column::Email) && missing(Column::AccountId) {
            cx.report(self.no_person());
            return None;
        }
        if !broken(cx)
            && purpose == Purpose::Lists
            && missing(Column::Organization)
            && missing(Column::Project)
        {
            cx.report(self.no_list());
        }
        let mut unused = Vec::new();
        for (at, name) in table.header.iter().enumerate() {
            if used.contains(&at) {
                continue;
            }
            match columns::meant(name, missing, purpose) {
                Some(column) => cx.report(self.not_known(name, column)),
                None if name.is_empty() => {}
                None => unused.push(Unused::new(at, name, self.at(name))),
            }
        }
        columns.unused = unused;
        (!broken(cx)).then_some(columns)
    }

    /// Returns the place of a name.
    fn at(&self, name: &str) -> Mark {
        let text = self.table.header_text;
        let before = text.find(name).map_or(0, |at| text[..at].chars().count());
        Mark {
            span: place(self.file, self.table.header_line, before),
            length: width(name).max(1),
        }
    }

    /// Finds a column that the files name.
    fn named(&self, cx: &mut Context, name: &Located<String>) -> Option<usize> {
        match self.table.position(&name.value) {
            Ok(Some(at)) => return Some(at),
            Ok(None) => cx.report(self.no_column(name)),
            Err(()) => cx.report(self.twice(&name.value)),
        }
        None
    }

    /// Counts the columns of a name as used.
    fn ignore(&self, cx: &mut Context, name: &Located<String>, used: &mut BTreeSet<usize>) {
        let header = &self.table.header;
        match self.table.position(&name.value) {
            Ok(Some(at)) => {
                used.insert(at);
            }
            Ok(None) => {
                let mut missing = self.no_column(name);
                missing.severity = Severity::Warning;
                cx.report(missing);
            }
            // Ignoring a name ignores every column of that name.
            Err(()) => used
                .extend((0..header.len()).filter(|at| folded(&header[*at]) == folded(&name.value))),
        }
    }

    fn twice(&self, name: &str) -> Diagnostic {
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            say("the column {} stands twice", [personal(short(name))]),
        )
        .at(self.mark)
    }

    fn not_known(&self, name: &str, column: Column) -> Diagnostic {
        let meant = column.word();
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            say("{} is not a known column", [personal(short(name))]),
        )
        .at(self.at(name))
        .hint(say(
            "did you mean {}? Otherwise say what it is: {}, or `ignore_columns`",
            [foreign(meant), mapping(meant, name)],
        ))
    }

    fn no_list(&self) -> Diagnostic {
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            "the header names neither `organization` nor `project`",
        )
        .at(self.mark)
        .hint("write `columns: { organization: … }` with the header of the column that says whose list the row belongs to")
    }

    fn no_column(&self, name: &Located<String>) -> Diagnostic {
        let known = self.table.header.iter().map(String::as_str);
        let diagnostic = Diagnostic::error(
            codes::ROSTER_FORMAT,
            format!("there is no column `{}`", short(&name.value)),
        )
        .at(name.span)
        .label(self.mark, "the header is here");
        match closest(&name.value, known.clone()) {
            Some(near) => diagnostic.hint(say("did you mean {}?", [bare(quoted(near))])),
            None => diagnostic.hint(say(
                "the columns are {}",
                [Phrase::default().joined(&known.map(personal).collect::<Vec<_>>(), ", ")],
            )),
        }
    }

    fn no_person(&self) -> Diagnostic {
        let table = self.table;
        let near = table.header.iter().find(|name| {
            closest(name, ["email", "account_id"]).is_some() || name.to_lowercase().contains("mail")
        });
        let hint = if table.header_text.contains('@') {
            "the first line names the columns, such as `email,name`".into()
        } else if let Some(near) = near {
            say(
                "rename the column {} to `email` or `account_id`, or say what it is: {}",
                [
                    personal(short(near)),
                    snippet(say(
                        "{ file: …, columns: { email: {} } }",
                        [bare(quoted(near))],
                    )),
                ],
            )
        } else {
            let columns = Purpose::List.columns();
            say(
                "known columns: {}",
                [ours(listed(columns.iter().map(|column| column.word())))],
            )
        };
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            "the header names neither `email` nor `account_id`",
        )
        .at(self.mark)
        .hint(hint)
    }
}

/// The mapping of a column to what it is called in a table.
fn mapping(meant: &str, name: &str) -> Phrase {
    let name = bare(quoted(name));
    snippet(say("columns: { {}: {} }", [ours(meant), name]))
}
