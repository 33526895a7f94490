//! Roster files: `.csv`, `.txt`, and `.yaml` lists. A million lines are a supported size, so nothing is allocated per line
//! beyond the entry itself.

use super::boxed;
use crate::config::context::{Context, address, closest, invalid_date, listed, parse_date};
use crate::config::read::site_rules::account_id_problem;
use crate::config::workspace::{RosterEntry, RosterExtra, Who};
use crate::config::{codes, yaml};
use crate::diagnostic::{Diagnostic, FileId, Mark, Span, short};
use crate::model::{AccountId, AccountKind};
use camino::Utf8Path;

/// How many problems of one list are shown; a file in the wrong format would otherwise give one for each line.
pub(super) const MOST_PROBLEMS: usize = 50;

/// Reads a roster file and appends its entries; `named` is where its name stands.
pub(super) fn read(cx: &mut Context, path: &Utf8Path, named: Mark, entries: &mut Vec<RosterEntry>) {
    let kind = path.extension().unwrap_or_default();
    if !matches!(kind, "csv" | "txt" | "yaml" | "yml") {
        cx.report(
            Diagnostic::error(
                codes::ROSTER_FORMAT,
                format!("`{path}` is not a roster file"),
            )
            .at(named)
            .hint("roster files end in `.csv`, `.txt` or `.yaml`"),
        );
        return;
    }
    let Some((file, text)) = cx.read(path, Some(named)) else {
        return;
    };
    match kind {
        "csv" => csv(cx, file, &text, entries),
        "txt" => lines(cx, file, &text, entries),
        _ => {
            let limits = cx.yaml_limits();
            if let Some(tree) = yaml::parse(file, &text, limits, &mut cx.problems)
                && let Some(items) = cx.items(&tree)
            {
                super::list(cx, items, entries);
            }
        }
    }
}

/// Counts the problems of one file and stops it when there are too many.
struct Budget {
    left: usize,
}

impl Budget {
    fn report(&mut self, cx: &mut Context, diagnostic: Diagnostic) {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            cx.report(diagnostic);
            if left == 0 {
                let span = cx.problems.last().and_then(Diagnostic::span);
                let more = Diagnostic::error(
                    codes::ROSTER_FORMAT,
                    "further problems of this file are left out",
                );
                cx.report(more.at_maybe(span.map(Mark::from)));
            }
        }
    }
}

fn place(file: FileId, line: u64, column: usize) -> Span {
    Span {
        file,
        line: u32::try_from(line.max(1)).unwrap_or(u32::MAX),
        column: u16::try_from(column + 1).unwrap_or(u16::MAX),
    }
}

fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Reads one address a line; `#` begins a comment at the start of a line and behind a space.
fn lines(cx: &mut Context, file: FileId, text: &str, entries: &mut Vec<RosterEntry>) {
    let mut budget = Budget {
        left: MOST_PROBLEMS,
    };
    // An address with its line break is rarely shorter than 16 bytes.
    entries.reserve(text.len() / 32);
    for (number, line) in (1u64..).zip(text.split('\n')) {
        let mut content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some(at) = content.find(" #").or_else(|| content.find("\t#")) {
            content = content[..at].trim_end();
        }
        let column = || line.chars().take_while(|c| c.is_whitespace()).count();
        match address(content) {
            Ok(email) => entries.push(RosterEntry {
                who: Who::Email(email),
                span: place(file, number, column()),
                extra: None,
            }),
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
}

/// The columns that are known, by position.
#[derive(Default)]
struct Columns {
    email: Option<usize>,
    account_id: Option<usize>,
    name: Option<usize>,
    account: Option<usize>,
    until: Option<usize>,
}

/// The columns that a roster file may have, in the format's own words.
pub(crate) const COLUMNS: [&str; 5] = ["email", "account_id", "name", "account", "until"];

impl Columns {
    fn slot(&mut self, name: &str) -> Option<&mut Option<usize>> {
        match name {
            "email" => Some(&mut self.email),
            "account_id" => Some(&mut self.account_id),
            "name" => Some(&mut self.name),
            "account" => Some(&mut self.account),
            "until" => Some(&mut self.until),
            _ => None,
        }
    }

    /// Returns the column that a header's unknown name was probably meant to be, unless that one is there as well.
    ///
    /// An ignored `untill` would let guests in for ever, so one slip of the pen is an error, and so is `valid until`.
    /// Columns of other programs' tables (`amount`, `company name`) are further away than that.
    fn meant_by(&mut self, name: &str) -> Option<&'static str> {
        let written = name.to_lowercase().replace(['-', ' ', '.'], "_");
        if COLUMNS.contains(&name.to_lowercase().as_str()) {
            return None;
        }
        COLUMNS.into_iter().find(|column| {
            let near = strsim::damerau_levenshtein(&written, column) <= 1
                || *column == "until" && written.split('_').any(|word| word == *column);
            near && self.slot(column).is_some_and(|slot| slot.is_none())
        })
    }
}

/// Reads a table with a header in any order; unknown columns are ignored, but not those that are a slip of the pen.
fn csv(cx: &mut Context, file: FileId, text: &str, entries: &mut Vec<RosterEntry>) {
    let mut budget = Budget {
        left: MOST_PROBLEMS,
    };
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16)
        .from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    if !matches!(reader.read_record(&mut record), Ok(true)) {
        cx.report(
            Diagnostic::error(codes::ROSTER_FORMAT, "the file is empty")
                .at(place(file, 1, 0))
                .hint("the first line names the columns, such as `email,name`"),
        );
        return;
    }
    let Some(columns) = header(cx, file, text, &record) else {
        return;
    };
    let width = record.len();
    entries.reserve(text.len() / 48);
    let mut lines = Lines::new(text);
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let line = error.position().map_or(1, ::csv::Position::line);
                let diagnostic =
                    Diagnostic::error(codes::ROSTER_FORMAT, "this line cannot be read");
                cx.report(diagnostic.at(place(file, line, 0)));
                return;
            }
        }
        let start = record.position().map_or(0, ::csv::Position::byte);
        let (line, row) = lines.at(usize::try_from(start).unwrap_or(usize::MAX));
        if record.len() == 1 && record.get(0).is_some_and(|only| only.trim().is_empty()) {
            continue;
        }
        let row = Row {
            file,
            line,
            row,
            record: &record,
        };
        match row.entry(&columns, width) {
            Ok(entry) => entries.push(entry),
            Err(problems) => {
                for problem in problems {
                    budget.report(cx, problem);
                }
            }
        }
    }
}

fn header(
    cx: &mut Context,
    file: FileId,
    text: &str,
    record: &::csv::StringRecord,
) -> Option<Columns> {
    let first = text.lines().next().unwrap_or_default();
    let whole = Mark {
        span: place(file, 1, 0),
        length: width(first).max(1),
    };
    let mut columns = Columns::default();
    let mut fine = true;
    for (i, name) in record.iter().enumerate() {
        let name = name.trim().to_lowercase();
        if let Some(slot) = columns.slot(&name)
            && slot.replace(i).is_some()
        {
            fine = false;
            cx.report(
                Diagnostic::error(
                    codes::ROSTER_FORMAT,
                    format!("the column `{name}` stands twice"),
                )
                .at(whole),
            );
        }
    }
    if columns.email.is_none() && columns.account_id.is_none() {
        let hint = if record.len() == 1 && first.contains([';', '\t']) {
            "separate the columns by commas".to_string()
        } else if first.contains('@') {
            "the first line names the columns, such as `email,name`".to_string()
        } else if let Some(near) = record.iter().find(|name| {
            let name = name.trim();
            closest(name, ["email", "account_id"]).is_some() || name.to_lowercase().contains("mail")
        }) {
            format!(
                "rename the column `{}` to `email` or `account_id`",
                short(near.trim())
            )
        } else {
            format!("known columns: {}", listed(COLUMNS))
        };
        cx.report(
            Diagnostic::error(
                codes::ROSTER_FORMAT,
                "the header names neither `email` nor `account_id`",
            )
            .at(whole)
            .hint(hint),
        );
        return None;
    }
    for name in record.iter().map(str::trim) {
        let Some(meant) = columns.meant_by(name) else {
            continue;
        };
        fine = false;
        let before = first.find(name).map_or(0, |at| first[..at].chars().count());
        let mark = Mark {
            span: place(file, 1, before),
            length: width(name).max(1),
        };
        cx.report(
            Diagnostic::error(
                codes::ROSTER_FORMAT,
                format!("`{}` is not a known column", short(name)),
            )
            .at(mark)
            .hint(format!(
                "did you mean `{meant}`? Columns that look like none of {} are ignored",
                listed(COLUMNS)
            )),
        );
    }
    fine.then_some(columns)
}

/// Finds the line of a byte position; positions only grow, so the text is walked once.
struct Lines<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            byte: 0,
            line: 1,
        }
    }

    /// Returns the line number and the text from there on. Empty lines before a record belong to no record and are skipped.
    fn at(&mut self, byte: usize) -> (u64, &'t str) {
        let bytes = self.text.as_bytes();
        let mut end = byte.min(bytes.len());
        while matches!(bytes.get(end), Some(b'\n' | b'\r')) {
            end += 1;
        }
        let skipped = bytes.get(self.byte..end).unwrap_or_default();
        self.line += skipped.iter().filter(|&&b| b == b'\n').count() as u64;
        self.byte = end;
        (self.line, self.text.get(end..).unwrap_or_default())
    }
}

/// One line of a table.
struct Row<'r> {
    file: FileId,
    line: u64,
    /// The text from the beginning of the line on.
    row: &'r str,
    record: &'r ::csv::StringRecord,
}

impl Row<'_> {
    fn field(&self, column: Option<usize>) -> Option<&str> {
        let text = self.record.get(column?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the place of a field's text, found in the line for messages only.
    fn mark(&self, text: &str) -> Mark {
        let line = self.row.split('\n').next().unwrap_or_default();
        let column = line.find(text).map_or(0, |at| line[..at].chars().count());
        Mark {
            span: place(self.file, self.line, column),
            length: width(text).max(1),
        }
    }

    fn whole(&self) -> Mark {
        self.mark(self.row.split(['\n', '\r']).next().unwrap_or_default())
    }

    fn entry(&self, columns: &Columns, width: usize) -> Result<RosterEntry, Vec<Diagnostic>> {
        let malformed =
            |message: String| Diagnostic::error(codes::ROSTER_FORMAT, message).at(self.whole());
        if let Some(field) = self.record.iter().find(|field| field.contains('\n')) {
            return Err(vec![
                malformed(format!(
                    "a quoted field goes on over {} lines",
                    field.split('\n').count()
                ))
                .hint("close the quote on the same line"),
            ]);
        }
        if self.record.len() != width {
            let found = self.record.len();
            return Err(vec![
                malformed(format!(
                    "this line has {found} of the header's {width} fields"
                ))
                .hint(if found < width {
                    "a field is missing; an empty one still needs its comma"
                } else {
                    "quote a field that holds a comma"
                }),
            ]);
        }
        let mut problems = Vec::new();
        let email = self
            .field(columns.email)
            .and_then(|text| match address(text) {
                Ok(email) => Some(email),
                Err(diagnostic) => {
                    problems.push(diagnostic.at(self.mark(text)));
                    None
                }
            });
        let id = self
            .field(columns.account_id)
            .and_then(|text| match account_id_problem(text) {
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
            });
        let account = self.field(columns.account).and_then(|text| {
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
        let until = self.field(columns.until).and_then(|text| {
            let date = parse_date(text);
            if date.is_none() {
                problems.push(invalid_date(text).at(self.mark(text)));
            }
            date
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let (who, email) = match (id, email) {
            (Some(id), email) => (Who::Account(id), email),
            (None, Some(email)) => (Who::Email(email), None),
            (None, None) => {
                let message = "this line has neither an address nor an account id".to_string();
                return Err(vec![malformed(message)]);
            }
        };
        let name = self.field(columns.name).map(str::to_string);
        Ok(RosterEntry {
            who,
            span: place(self.file, self.line, 0),
            extra: boxed(RosterExtra {
                name,
                account,
                until,
                email,
                previous_email: None,
            }),
        })
    }
}
