//! Roster files: tables (`.csv`), `.txt`, and `.yaml` lists. A million lines are a supported size, so nothing is allocated per
//! line beyond the entry itself.

use super::columns::{self, Unused, quoted};
use super::reading::{Column, Condition, Purpose, Reading, Source, is_one_of};
use super::table::{Broken, Row, Table, folded};
use super::{boxed, conflict};
use crate::config::context::{Context, address, closest, invalid_date, listed, parse_date};
use crate::config::read::site_rules::account_id_problem;
use crate::config::workspace::{RosterEntry, RosterExtra, Who};
use crate::config::{codes, yaml};
use crate::diagnostic::{Diagnostic, FileId, Mark, Span, short};
use crate::model::{AccountId, AccountKind};
use std::collections::{BTreeMap, BTreeSet};

/// How many problems of one list are shown; a file in the wrong format would otherwise give one for each line.
pub(super) const MOST_PROBLEMS: usize = 50;

/// A person of a roster file.
pub(in crate::config) struct Found<'r> {
    /// The entry.
    pub(in crate::config) entry: RosterEntry,
    /// Whether the row means "must be absent".
    pub(in crate::config) out: bool,
    /// The organization's cell.
    pub(in crate::config) organization: Option<&'r str>,
    /// The project's cell.
    pub(in crate::config) project: Option<&'r str>,
}

/// A roster file that was read.
pub(in crate::config) struct Outcome {
    /// The file.
    pub(in crate::config) file: FileId,
    /// Where its content begins.
    pub(in crate::config) start: Mark,
    /// How many rows, lines or items it has.
    pub(in crate::config) rows: u64,
    unused: Vec<Unused>,
}

impl Outcome {
    /// Reports the columns that nobody reads; `exact` where a list that the file fills is the whole truth.
    pub(in crate::config) fn judge(&self, cx: &mut Context, purpose: Purpose, exact: bool) {
        let path = cx.sources.get(self.file).map(|file| file.path.to_string());
        let path = path.unwrap_or_default();
        columns::judge(cx, &self.unused, purpose, exact, &path);
    }
}

/// Counts the problems of one file and shows the first ones.
pub(in crate::config) struct Budget {
    left: usize,
    hidden: usize,
    last: Option<Span>,
}

impl Budget {
    pub(in crate::config) const fn new() -> Self {
        Self {
            left: MOST_PROBLEMS,
            hidden: 0,
            last: None,
        }
    }

    pub(in crate::config) fn report(&mut self, cx: &mut Context, diagnostic: Diagnostic) {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                self.last = diagnostic.span();
                cx.report(diagnostic);
            }
            None => self.hidden += 1,
        }
    }

    /// Says how many problems were not shown.
    pub(in crate::config) fn finish(self, cx: &mut Context, whole: &str) {
        if self.hidden > 0 {
            let more = match self.hidden {
                1 => format!("one further problem of {whole} is left out"),
                n => format!("{n} further problems of {whole} are left out"),
            };
            cx.report(
                Diagnostic::error(codes::ROSTER_FORMAT, more).at_maybe(self.last.map(Mark::from)),
            );
        }
    }
}

/// Reads a roster file and hands its people over, one by one. `None` when it cannot be read at all.
pub(in crate::config) fn read(
    cx: &mut Context,
    source: &Source,
    purpose: Purpose,
    take: &mut dyn FnMut(&mut Context, &mut Budget, Found<'_>),
) -> Option<Outcome> {
    let path = &source.path;
    let kind = path.extension().unwrap_or_default().to_ascii_lowercase();
    let reading = &source.reading;
    let table = kind == "csv";
    let allowed: &[&str] = match purpose {
        Purpose::Lists => &["csv"],
        Purpose::List | Purpose::Leavers => &["csv", "txt", "yaml", "yml"],
    };
    if !allowed.contains(&kind.as_str()) {
        let hint = match purpose {
            Purpose::Lists => "a file that fills many lists is a table: it ends in `.csv`",
            _ if matches!(kind.as_str(), "tsv" | "tab") => {
                "rename it so that it ends in `.csv`; tabs between the cells are read"
            }
            _ => "roster files end in `.csv`, `.txt` or `.yaml`",
        };
        cx.report(
            Diagnostic::error(
                codes::ROSTER_FORMAT,
                format!("`{path}` is not a roster file"),
            )
            .at(source.mark)
            .hint(hint),
        );
        return None;
    }
    let columns = !reading.columns.is_empty()
        || !reading.conditions.is_empty()
        || !reading.ignore_columns.is_empty();
    if !table && (columns || reading.separator.is_some() || reading.date_format.is_some()) {
        cx.report(
            Diagnostic::error(
                codes::CONFLICTING_KEYS,
                format!("`{path}` is no table, so it has no columns"),
            )
            .at(source.mark)
            .hint("`columns`, `where`, `separator`, `date_format` and `ignore_columns` go with a `.csv` file"),
        );
    }
    let (file, text) = cx.read_roster(path, source.mark, reading.encoding)?;
    if let Some(line) = conflict(&text) {
        cx.report(merge_markers(file, line));
        return None;
    }
    let mut budget = Budget::new();
    let outcome = match kind.as_str() {
        "csv" => csv(cx, file, &text, reading, purpose, &mut budget, take),
        "txt" => Some(lines(cx, file, &text, &mut budget, take)),
        _ => list(cx, file, &text, &mut budget, take),
    };
    budget.finish(cx, "this file");
    let outcome = outcome?;
    if let Some(least) = reading.min_rows
        && outcome.rows < least.value
    {
        cx.report(
            Diagnostic::error(
                codes::TOO_FEW_ROWS,
                format!(
                    "`{path}` has {} {}, and `min_rows` is {}",
                    outcome.rows,
                    if outcome.rows == 1 { "row" } else { "rows" },
                    least.value
                ),
            )
            .at(least.span)
            .label(outcome.start, "the file begins here")
            .hint("a broken export; nothing is read from it"),
        );
        return None;
    }
    Some(outcome)
}

/// Says that a file holds the conflict markers of a merge, once.
pub(in crate::config) fn merge_markers(file: FileId, line: u32) -> Diagnostic {
    Diagnostic::error(
        codes::CONFLICT_MARKERS,
        "the file holds the conflict markers of a merge",
    )
    .at(Mark {
        span: place(file, line, 0),
        length: 7,
    })
    .hint("decide which lines stay, and take out the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`")
}

fn place(file: FileId, line: u32, column: usize) -> Span {
    Span {
        file,
        line: line.max(1),
        column: u16::try_from(column + 1).unwrap_or(u16::MAX),
    }
}

fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Reads the items of a YAML list.
fn list(
    cx: &mut Context,
    file: FileId,
    text: &str,
    budget: &mut Budget,
    take: &mut dyn FnMut(&mut Context, &mut Budget, Found<'_>),
) -> Option<Outcome> {
    let limits = cx.yaml_limits();
    let tree = yaml::parse(file, text, limits, &mut cx.problems)?;
    let items = cx.items(&tree)?;
    for item in items {
        if let Some(entry) = super::bounded(cx, budget, |cx| super::person(cx, item)) {
            let found = Found {
                entry,
                out: false,
                organization: None,
                project: None,
            };
            take(cx, budget, found);
        }
    }
    Some(Outcome {
        file,
        start: tree.mark,
        rows: items.len() as u64,
        unused: Vec::new(),
    })
}

/// Reads one address a line; `#` begins a comment at the start of a line and behind a space.
fn lines(
    cx: &mut Context,
    file: FileId,
    text: &str,
    budget: &mut Budget,
    take: &mut dyn FnMut(&mut Context, &mut Budget, Found<'_>),
) -> Outcome {
    let mut rows = 0;
    for (number, line) in (1_u32..).zip(text.split('\n')) {
        let mut content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        rows += 1;
        if let Some(at) = content.find(" #").or_else(|| content.find("\t#")) {
            content = content[..at].trim_end();
        }
        let column = || line.chars().take_while(|c| c.is_whitespace()).count();
        match address(content) {
            Ok(email) => take(
                cx,
                budget,
                Found {
                    entry: RosterEntry {
                        who: Who::Email(email),
                        span: place(file, number, column()),
                        name: None,
                        extra: None,
                    },
                    out: false,
                    organization: None,
                    project: None,
                },
            ),
            Err(diagnostic) => {
                let mark = Mark {
                    span: place(file, number, column()),
                    length: width(content),
                };
                let diagnostic = diagnostic.at(mark);
                let several = content.contains([',', ';']) || content.contains(char::is_whitespace);
                budget.report(
                    cx,
                    if several && !content.contains('<') {
                        diagnostic
                            .hint("one address a line; a table is a `.csv` file with a header")
                    } else {
                        diagnostic
                    },
                );
            }
        }
    }
    Outcome {
        file,
        start: place(file, 1, 0).into(),
        rows,
        unused: Vec::new(),
    }
}

/// Where the columns that count stand.
struct Columns<'s> {
    at: [Option<usize>; Column::WORDS.len()],
    conditions: Vec<(usize, &'s Condition)>,
    unused: Vec<Unused>,
}

impl Columns<'_> {
    fn of(&self, column: Column) -> Option<usize> {
        self.at[column as usize]
    }
}

/// Values of a condition's column that it does not name, with the first place and the number of rows.
type Unnamed = BTreeMap<(usize, String), (Mark, u64)>;

/// Reads a table.
fn csv(
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
    let mut columns = header(cx, file, &table, reading, purpose)?;
    let width = table.header.len();
    let start = Mark {
        span: place(file, table.header_line, 0),
        length: self::width(table.header_text).max(1),
    };
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
            "an empty cell".to_owned()
        } else {
            format!("`{}`", short(&value))
        };
        let rows = match rows {
            1 => String::new(),
            n => format!(" ({n} rows)"),
        };
        budget.report(
            cx,
            Diagnostic::error(
                codes::UNNAMED_VALUE,
                format!("{shown} in the column `{column}` is neither `in` nor `out`{rows}"),
            )
            .at(mark)
            .label(condition.column.span, "decided here")
            .hint("write the value under `in` or `out`; nobody is let in or taken out by a guess"),
        );
    }
}

/// Finds the columns and reports what is wrong with the header.
fn header<'s>(
    cx: &mut Context,
    file: FileId,
    table: &Table<'_>,
    reading: &'s Reading,
    purpose: Purpose,
) -> Option<Columns<'s>> {
    let whole = Mark {
        span: place(file, table.header_line, 0),
        length: width(table.header_text).max(1),
    };
    let mark = |name: &str| {
        let at = table.header_text.find(name);
        let before = at.map_or(0, |at| table.header_text[..at].chars().count());
        Mark {
            span: place(file, table.header_line, before),
            length: width(name).max(1),
        }
    };
    let twice = |name: &str| {
        Diagnostic::error(
            codes::ROSTER_FORMAT,
            format!("the column `{}` stands twice", short(name)),
        )
        .at(whole)
    };
    let before = cx.problems.len();
    let mut used = BTreeSet::new();
    let mut columns = Columns {
        at: [None; Column::WORDS.len()],
        conditions: Vec::new(),
        unused: Vec::new(),
    };
    let named = |cx: &mut Context, name: &crate::diagnostic::Located<String>| match table
        .position(&name.value)
    {
        Ok(Some(at)) => Some(at),
        Ok(None) => {
            cx.report(no_column(table, name, whole));
            None
        }
        Err(()) => {
            cx.report(twice(&name.value));
            None
        }
    };
    for &column in purpose.columns() {
        columns.at[column as usize] = match reading.header(column) {
            Some(name) => named(cx, name),
            None => table.column(reading, column).unwrap_or_else(|()| {
                cx.report(twice(column.word()));
                None
            }),
        };
        used.extend(columns.of(column));
    }
    for condition in &reading.conditions {
        if let Some(at) = named(cx, &condition.column) {
            columns.conditions.push((at, condition));
            used.insert(at);
        }
    }
    for name in &reading.ignore_columns {
        match table.position(&name.value) {
            Ok(Some(at)) => {
                used.insert(at);
            }
            Ok(None) => {
                let mut missing = no_column(table, name, whole);
                missing.severity = crate::diagnostic::Severity::Warning;
                cx.report(missing);
            }
            // Ignoring a name ignores every column of that name.
            Err(()) => used.extend(
                (0..table.header.len())
                    .filter(|at| folded(&table.header[*at]) == folded(&name.value)),
            ),
        }
    }
    let broken = cx.problems[before..]
        .iter()
        .any(|p| p.severity == crate::diagnostic::Severity::Error);
    if !broken && columns.of(Column::Email).is_none() && columns.of(Column::AccountId).is_none() {
        cx.report(no_person(table, whole));
        return None;
    }
    if !broken
        && purpose == Purpose::Lists
        && columns.of(Column::Organization).is_none()
        && columns.of(Column::Project).is_none()
    {
        cx.report(
            Diagnostic::error(
                codes::ROSTER_FORMAT,
                "the header names neither `organization` nor `project`",
            )
            .at(whole)
            .hint("write `columns: { organization: … }` with the header of the column that says whose list the row belongs to"),
        );
    }
    for (at, name) in table.header.iter().enumerate() {
        if used.contains(&at) {
            continue;
        }
        let missing = |column| columns.of(column).is_none();
        match columns::meant(name, missing, purpose) {
            Some(column) => {
                let meant = column.word();
                cx.report(
                    Diagnostic::error(
                        codes::ROSTER_FORMAT,
                        format!("`{}` is not a known column", short(name)),
                    )
                    .at(mark(name))
                    .hint(format!(
                        "did you mean `{meant}`? Otherwise say what it is: `columns: {{ {meant}: {} }}`, or `ignore_columns`",
                        quoted(name)
                    )),
                );
            }
            None if name.is_empty() => {}
            None => columns.unused.push(Unused::new(at, name, mark(name))),
        }
    }
    let broken = cx.problems[before..]
        .iter()
        .any(|p| p.severity == crate::diagnostic::Severity::Error);
    (!broken).then_some(columns)
}

fn no_column(
    table: &Table<'_>,
    name: &crate::diagnostic::Located<String>,
    header: Mark,
) -> Diagnostic {
    let known = table.header.iter().map(String::as_str);
    let diagnostic = Diagnostic::error(
        codes::ROSTER_FORMAT,
        format!("there is no column `{}`", short(&name.value)),
    )
    .at(name.span)
    .label(header, "the header is here");
    match closest(&name.value, known.clone()) {
        Some(near) => diagnostic.hint(format!("did you mean {}?", quoted(near))),
        None => diagnostic.hint(format!("the columns are {}", listed(known))),
    }
}

fn no_person(table: &Table<'_>, whole: Mark) -> Diagnostic {
    let near = table.header.iter().find(|name| {
        closest(name, ["email", "account_id"]).is_some() || name.to_lowercase().contains("mail")
    });
    let hint = if table.header_text.contains('@') {
        "the first line names the columns, such as `email,name`".to_owned()
    } else if let Some(near) = near {
        format!(
            "rename the column `{}` to `email` or `account_id`, or say what it is: `{{ file: …, columns: {{ email: {} }} }}`",
            short(near),
            quoted(near)
        )
    } else {
        let columns = Purpose::List.columns();
        format!(
            "known columns: {}",
            listed(columns.iter().map(|column| column.word()))
        )
    };
    Diagnostic::error(
        codes::ROSTER_FORMAT,
        "the header names neither `email` nor `account_id`",
    )
    .at(whole)
    .hint(hint)
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
        let email = self
            .field(columns.of(Column::Email))
            .and_then(|text| match address(text) {
                Ok(email) => Some(email),
                Err(diagnostic) => {
                    problems.push(diagnostic.at(self.mark(text)));
                    None
                }
            });
        let id =
            self.field(columns.of(Column::AccountId)).and_then(|text| {
                match account_id_problem(text) {
                    None => Some(AccountId::new(text)),
                    Some(problem) => {
                        problems.push(
                            Diagnostic::error(
                                codes::INVALID_ID,
                                format!("invalid account id `{}`: {problem}", short(text)),
                            )
                            .at(self.mark(text)),
                        );
                        None
                    }
                }
            });
        let account = self.field(columns.of(Column::Account)).and_then(|text| {
            let kind = AccountKind::from_word(text);
            if kind.is_none() {
                problems.push(
                    Diagnostic::error(
                        codes::UNKNOWN_WORD,
                        format!("`{}` is not a kind of account", short(text)),
                    )
                    .at(self.mark(text))
                    .hint("`portal_only` or `atlassian`"),
                );
            }
            kind
        });
        let until = self.field(columns.of(Column::Until)).and_then(|text| {
            let date = self.date(text);
            if date.is_none() {
                problems.push(self.no_date(text));
            }
            date
        });
        let previous_email = self
            .field(columns.of(Column::PreviousEmail))
            .and_then(|text| match address(text) {
                Ok(email) => Some(email),
                Err(diagnostic) => {
                    problems.push(diagnostic.at(self.mark(text)));
                    None
                }
            });
        let new_person = self
            .field(columns.of(Column::NewPerson))
            .is_some_and(|text| {
                let lower = text.to_ascii_lowercase();
                if !matches!(lower.as_str(), "yes" | "no" | "true" | "false") {
                    problems.push(
                        Diagnostic::error(
                            codes::UNKNOWN_WORD,
                            format!("`{}` is neither `yes` nor `no`", short(text)),
                        )
                        .at(self.mark(text)),
                    );
                }
                matches!(lower.as_str(), "yes" | "true")
            });
        if new_person && previous_email.is_some() {
            problems.push(super::same_and_new(self.whole().span));
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

    fn date(&self, text: &str) -> Option<jiff::civil::Date> {
        match &self.reading.date_format {
            // Dates as we write them are never mistaken for others.
            Some(format) => {
                parse_date(text).or_else(|| jiff::civil::Date::strptime(format.as_str(), text).ok())
            }
            None => parse_date(text),
        }
    }

    fn no_date(&self, text: &str) -> Diagnostic {
        let diagnostic = invalid_date(text).at(self.mark(text));
        match &self.reading.date_format {
            Some(format) => diagnostic.hint(format!("`date_format` is `{format}`")),
            None => diagnostic.hint("write the year, month and day, such as `2027-01-31`, or say how dates are written: `date_format: \"%d.%m.%Y\"`"),
        }
    }
}
