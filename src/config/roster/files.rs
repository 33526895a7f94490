//! Roster files: tables (`.csv`), `.txt`, and `.yaml` lists. A million lines are a supported size, so nothing is allocated per
//! line beyond the entry itself.

mod header;
mod rows;

use super::columns::{self, Unused};
use super::conflict;
use super::reading::{Purpose, Source};
use crate::config::context::{Context, address};
use crate::config::workspace::{RosterEntry, Who};
use crate::config::{codes, yaml};
use crate::diagnostic::{Diagnostic, FileId, Mark, Span};

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
        "csv" => rows::csv(cx, file, &text, reading, purpose, &mut budget, take),
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
