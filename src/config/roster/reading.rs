//! How a roster file is read, as far as the YAML says: which file, which columns, which rows.

use crate::config::context::{Context, closest, listed};
use crate::config::yaml::{Node, Value};
use crate::config::{codes, keys};
use crate::diagnostic::{Diagnostic, Located, Mark, short};
use camino::Utf8PathBuf;
use encoding_rs::Encoding;

/// What a column of a roster file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The address.
    Email,
    /// The account id.
    AccountId,
    /// The display name.
    Name,
    /// The kind of account.
    Account,
    /// The last day.
    Until,
    /// The customer organization whose member the person is.
    Organization,
    /// The key of the project whose customer the person is.
    Project,
    /// The address before.
    PreviousEmail,
    /// Whether the person is nobody who leaves the list.
    NewPerson,
}

impl Column {
    /// Every column with the word for it.
    pub(crate) const WORDS: [(&'static str, Self); 9] = [
        ("email", Self::Email),
        ("account_id", Self::AccountId),
        ("name", Self::Name),
        ("account", Self::Account),
        ("until", Self::Until),
        ("organization", Self::Organization),
        ("project", Self::Project),
        ("previous_email", Self::PreviousEmail),
        ("new_person", Self::NewPerson),
    ];

    /// Returns the word, which is also the header of the column where the YAML names none.
    pub const fn word(self) -> &'static str {
        Self::WORDS[self as usize].0
    }
}

/// What a roster file is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// One list, which names the file under `from`.
    List,
    /// Every list of a site that its rows name.
    Lists,
    /// People who left.
    Leavers,
}

impl Purpose {
    /// Returns the columns that such a file may have.
    pub(crate) const fn columns(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::List => &[
                C::Email,
                C::AccountId,
                C::Name,
                C::Account,
                C::Until,
                C::PreviousEmail,
                C::NewPerson,
            ],
            Self::Lists => &[
                C::Email,
                C::AccountId,
                C::Name,
                C::Account,
                C::Until,
                C::Organization,
                C::Project,
                C::PreviousEmail,
                C::NewPerson,
            ],
            Self::Leavers => &[C::Email, C::AccountId, C::Name, C::Until],
        }
    }

    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::List | Self::Leavers => keys::ROSTER_FILE,
            Self::Lists => keys::ROSTERS_FILE,
        }
    }
}

/// Which rows of a table count, by the value of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The header of the column.
    pub column: Located<String>,
    /// Values with which a row counts.
    pub rows_in: Vec<String>,
    /// Values with which a row means "must be absent".
    pub rows_out: Vec<String>,
}

/// How a roster file is read. Everything that is not written is found from the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// The header of each column that has another name than ours.
    pub columns: Vec<(Column, Located<String>)>,
    /// Which rows count.
    pub conditions: Vec<Condition>,
    /// What stands between several organizations or projects in one cell.
    pub split: Option<String>,
    /// What stands between two cells.
    pub separator: Option<u8>,
    /// The encoding of the file.
    pub encoding: Option<&'static Encoding>,
    /// How dates are written, in the words of `strptime`.
    pub date_format: Option<String>,
    /// Fewer rows than this are a broken export.
    pub min_rows: Option<Located<u64>>,
    /// Columns that may be left out of account.
    pub ignore_columns: Vec<Located<String>>,
}

impl Reading {
    /// Returns the header that the YAML names for a column.
    pub(crate) fn header(&self, column: Column) -> Option<&Located<String>> {
        self.columns
            .iter()
            .find(|(mapped, _)| *mapped == column)
            .map(|(_, header)| header)
    }
}

/// A roster file as the YAML names it.
#[derive(Debug)]
pub(in crate::config) struct Source {
    /// Where it lies, relative to the workspace.
    pub(in crate::config) path: Utf8PathBuf,
    /// Where it is named.
    pub(in crate::config) mark: Mark,
    /// How it is read.
    pub(in crate::config) reading: Reading,
}

/// Reads a path, or a mapping with `file`.
pub(in crate::config) fn source(
    cx: &mut Context,
    node: &Node<'_>,
    purpose: Purpose,
) -> Option<Source> {
    if !matches!(node.value, Value::Map(_)) {
        let path = cx.path(node)?;
        return Some(Source {
            path: path.value,
            mark: node.mark,
            reading: Reading::default(),
        });
    }
    let fields = cx.fields(node, node.mark, purpose.keys())?;
    let file = cx
        .required(
            &fields,
            "file",
            "the path of the roster file, relative to this file",
        )
        .and_then(|e| Some((cx.path(&e.node)?.value, e.node.mark)));
    let mut reading = Reading::default();
    if let Some(entry) = fields.get("columns") {
        columns(cx, &entry.node, purpose, &mut reading);
    }
    if let Some(entry) = fields.get("where") {
        conditions(cx, &entry.node, &mut reading);
    }
    if let Some(entry) = fields.get("ignore_columns") {
        for item in cx.items(&entry.node).unwrap_or_default() {
            reading.ignore_columns.extend(header(cx, item));
        }
    }
    reading.split = fields.get("split").and_then(|e| cx.sentence(&e.node));
    reading.separator = fields.get("separator").and_then(|e| separator(cx, &e.node));
    reading.encoding = fields.get("encoding").and_then(|e| encoding(cx, &e.node));
    reading.date_format = fields
        .get("date_format")
        .and_then(|e| date_format(cx, &e.node));
    reading.min_rows = fields.get("min_rows").and_then(|e| cx.number(&e.node));
    let (path, mark) = file?;
    Some(Source {
        path,
        mark,
        reading,
    })
}

/// Takes the header of a column; a header may look like a number.
fn header(cx: &mut Context, node: &Node<'_>) -> Option<Located<String>> {
    match &node.value {
        Value::Plain(text) | Value::Quoted(text) if !text.trim().is_empty() => {
            Some(Located::new(text.to_string(), node.mark.span))
        }
        Value::Plain(_) | Value::Quoted(_) => cx
            .sentence(node)
            .map(|text| Located::new(text, node.mark.span)),
        _ => {
            cx.wrong_type(node, "the header of a column");
            None
        }
    }
}

fn columns(cx: &mut Context, node: &Node<'_>, purpose: Purpose, reading: &mut Reading) {
    let words = match purpose {
        Purpose::Lists => keys::LISTS_COLUMNS,
        Purpose::List | Purpose::Leavers => keys::COLUMNS,
    };
    let known: Vec<Column> = purpose
        .columns()
        .iter()
        .copied()
        .filter(|column| words.contains(&column.word()))
        .collect();
    for entry in cx.entries(node).unwrap_or_default() {
        let Some(column) = known.iter().find(|column| column.word() == entry.key) else {
            let words = known.iter().map(|column| column.word());
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_KEY,
                format!("`{}` is not a column of such a file", short(&entry.key)),
            )
            .at(entry.mark);
            let hint = match closest(&entry.key, words.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", listed(words)),
            };
            cx.report(diagnostic.hint(hint));
            continue;
        };
        if let Some(header) = header(cx, &entry.node) {
            reading.columns.push((*column, header));
        }
    }
}

fn conditions(cx: &mut Context, node: &Node<'_>, reading: &mut Reading) {
    for entry in cx.entries(node).unwrap_or_default() {
        let Some(fields) = cx.fields(&entry.node, entry.mark, keys::WHERE_COLUMN) else {
            continue;
        };
        let mut values = |key: &str| -> Vec<String> {
            let items = fields.get(key).and_then(|e| cx.items(&e.node));
            items
                .unwrap_or_default()
                .iter()
                .filter_map(|item| match &item.value {
                    // The words of a table are text, also `true` and `1`.
                    Value::Plain(text) | Value::Quoted(text) => Some(text.trim().to_owned()),
                    _ => {
                        cx.wrong_type(item, "a value of the column");
                        None
                    }
                })
                .collect()
        };
        let (rows_in, rows_out) = (values("in"), values("out"));
        if !fields.has("in") {
            cx.report(
                Diagnostic::error(codes::MISSING_KEY, "`in` is missing")
                    .at(entry.mark)
                    .hint("`in` lists the values with which a row counts, `out` those with which it means \"must be absent\""),
            );
        }
        if let Some(both) = rows_in.iter().find(|value| is_one_of(value, &rows_out)) {
            cx.report(
                Diagnostic::error(
                    codes::CONFLICTING_KEYS,
                    format!("`{}` stands under `in` and under `out`", short(both)),
                )
                .at(entry.mark),
            );
        }
        reading.conditions.push(Condition {
            column: Located::new(entry.key.to_string(), entry.mark.span),
            rows_in,
            rows_out,
        });
    }
}

/// Says whether a cell holds one of these values, without regard to letter case.
pub(super) fn is_one_of(cell: &str, values: &[String]) -> bool {
    values.iter().any(|value| cell.eq_ignore_ascii_case(value))
        || (!cell.is_ascii() && {
            let cell = cell.to_lowercase();
            values.iter().any(|value| value.to_lowercase() == cell)
        })
}

fn separator(cx: &mut Context, node: &Node<'_>) -> Option<u8> {
    let text = match &node.value {
        Value::Plain(text) | Value::Quoted(text) => text.as_ref(),
        _ => {
            cx.wrong_type(node, "one of `,`, `;`, `\\t`");
            return None;
        }
    };
    match text {
        "," => Some(b','),
        ";" => Some(b';'),
        "\t" | "\\t" | "tab" => Some(b'\t'),
        _ => {
            cx.report(
                Diagnostic::error(
                    codes::UNKNOWN_WORD,
                    format!("`{}` is not a separator", short(text)),
                )
                .at(node.mark)
                .hint("one of `\",\"`, `\";\"`, `\"\\t\"`"),
            );
            None
        }
    }
}

fn encoding(cx: &mut Context, node: &Node<'_>) -> Option<&'static Encoding> {
    let text = cx.text(node)?;
    let label = match text.to_ascii_lowercase().as_str() {
        // What Windows programs call them.
        "ansi" | "cp1252" | "windows1252" => "windows-1252",
        "utf8" => "utf-8",
        _ => text,
    };
    let found = Encoding::for_label(label.as_bytes());
    if found.is_none() {
        cx.report(
            Diagnostic::error(
                codes::UNKNOWN_WORD,
                format!("`{}` is not an encoding", short(text)),
            )
            .at(node.mark)
            .hint("such as `utf-8`, `windows-1252`, `iso-8859-2`, `utf-16le`, `shift_jis`"),
        );
    }
    found
}

fn date_format(cx: &mut Context, node: &Node<'_>) -> Option<String> {
    let text = cx.text(node)?;
    let sample = jiff::civil::date(2027, 1, 31);
    let back = jiff::fmt::strtime::format(text, sample)
        .and_then(|written| jiff::civil::Date::strptime(text, &written));
    if back.is_ok_and(|back| back == sample) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(
            codes::INVALID_DATE,
            format!("`{}` does not say how a date is written", short(text)),
        )
        .at(node.mark)
        .hint("in the words of `strptime`: `%d.%m.%Y` for 31.01.2027, `%m/%d/%Y` for 01/31/2027, `%d %b %Y` for 31 Jan 2027"),
    );
    None
}
