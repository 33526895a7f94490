//! Tables as other programs write them: what is meant, and every way of writing it down that the docs name.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

/// The day on which these tests judge.
pub(crate) const TODAY: Date = date(2026, 11, 22);

/// The lists that rows may name, with the key under which the workspace declares each.
pub(crate) const LISTS: [(&str, &str); 3] = [
    ("organizations", "Globex"),
    ("organizations", "Initech & Söhne"),
    ("projects", "HR"),
];

/// One row, as it is meant.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Who; a number is one person.
    pub(crate) person: usize,
    /// Whether the row names the account as well.
    pub(crate) by_id: bool,
    name: String,
    /// A column that means nothing.
    phone: String,
    /// Whether the row's status counts as in.
    pub(crate) active: bool,
    pub(crate) until: Option<Date>,
    /// Whose list it belongs to; only where a file fills several.
    pub(crate) lists: BTreeSet<usize>,
    /// Whether a row of empty cells stands before it.
    blank: bool,
}

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Marked,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

/// How a table is written.
#[derive(Debug, Clone)]
pub(crate) struct Dialect {
    separator: u8,
    /// Whether a first line says the separator, and whether the YAML does.
    said: (bool, bool),
    pub(crate) encoding: Encoding,
    quoted: bool,
    crlf: bool,
    last_newline: bool,
    /// Whether columns have the names of another program.
    foreign: bool,
    letters: Letters,
    split: &'static str,
    date_format: Option<&'static str>,
    order: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Letters {
    AsTold,
    Upper,
    Lower,
}

/// The columns in our words, and as another program calls them.
const COLUMNS: [(&str, &str); 8] = [
    ("email", "Email Address"),
    ("account_id", "User \"key\""),
    ("name", "Full name; display"),
    ("until", "End date"),
    ("organization", "Organization Name"),
    ("project", "Desk"),
    ("status", "User status"),
    ("phone", "Phone, mobile"),
];

pub(crate) fn address(person: usize) -> String {
    // Some need quotes in a table, and none is another's slip of the pen.
    match person % 4 {
        0 => format!("o'neil.{person}@globex.example"),
        1 => format!("p{person}@globex.example"),
        2 => format!("\"a;b,{person}\"@globex.example"),
        _ => format!("P+{person}@globex.example"),
    }
}

pub(crate) fn account(person: usize) -> String {
    format!("qm:c3716a1b-87bd-e499-797d-c959e23528e7:{person:08}-4f2c-9000")
}

/// What is written for people to read; every letter is one of Windows-1252 too.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Zé;,\t\"' \n\r|=+@#-]{0,8}"
}

/// Rows about different people.
pub(crate) fn rows(people: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    let days = [
        None,
        Some(TODAY),
        Some(date(2026, 11, 21)),
        Some(date(2027, 2, 1)),
    ];
    let row = (
        any::<bool>(),
        text(),
        text(),
        prop::bool::weighted(0.8),
        select(days.to_vec()),
        prop::collection::btree_set(0..LISTS.len(), 1..=LISTS.len()),
        prop::bool::weighted(0.2),
    );
    let most = people.len();
    prop::collection::vec(row, 1..=most).prop_map(move |rows| {
        let people = people.clone();
        let numbered = people.zip(rows);
        numbered
            .map(
                |(person, (by_id, name, phone, active, until, lists, blank))| Row {
                    person,
                    by_id,
                    name,
                    phone,
                    active,
                    until,
                    lists,
                    blank,
                },
            )
            .collect()
    })
}

pub(crate) fn dialect() -> impl Strategy<Value = Dialect> {
    let encodings = [
        Encoding::Utf8,
        Encoding::Utf8,
        Encoding::Utf8,
        Encoding::Marked,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Windows1252,
    ];
    (
        select(&b",;\t"[..]),
        any::<(bool, bool)>(),
        select(encodings.to_vec()),
        any::<[bool; 4]>(),
        select(vec![Letters::AsTold, Letters::Upper, Letters::Lower]),
        select(vec![";", "|", ", ", " / "]),
        select(vec![
            None,
            Some("%d.%m.%Y"),
            Some("%m/%d/%Y"),
            Some("%d %b %Y"),
        ]),
        Just((0..COLUMNS.len()).collect::<Vec<_>>()).prop_shuffle(),
    )
        .prop_map(
            |(separator, said, encoding, flags, letters, split, date_format, order)| Dialect {
                separator,
                said,
                encoding,
                quoted: flags[0],
                crlf: flags[1],
                last_newline: flags[2],
                foreign: flags[3],
                letters,
                split,
                date_format,
                order,
            },
        )
}

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    OneList,
    ManyLists,
    Leavers,
}

impl Use {
    fn has(self, column: &str) -> bool {
        match column {
            "organization" | "project" => self == Self::ManyLists,
            // A status of somebody who left says nothing here.
            "status" => self != Self::Leavers,
            _ => true,
        }
    }
}

impl Dialect {
    fn header(&self, column: usize) -> String {
        let (ours, theirs) = COLUMNS[column];
        let name = if self.foreign { theirs } else { ours };
        match self.letters {
            Letters::AsTold => name.to_owned(),
            Letters::Upper => name.to_uppercase(),
            Letters::Lower => name.to_lowercase(),
        }
    }

    fn date(&self, day: Date) -> String {
        match self.date_format {
            Some(format) => jiff::fmt::strtime::format(format, day).unwrap(),
            None => day.to_string(),
        }
    }

    fn cell(&self, column: usize, row: &Row) -> String {
        let names = |kind: &str| -> String {
            let named = row.lists.iter().map(|list| LISTS[*list]);
            let named = named.filter(|(found, _)| *found == kind);
            let named: Vec<&str> = named.map(|(_, name)| name).collect();
            named.join(self.split)
        };
        match COLUMNS[column].0 {
            "email" => address(row.person),
            "account_id" if row.by_id => account(row.person),
            "account_id" => String::new(),
            "name" => row.name.clone(),
            "until" => row.until.map_or_else(String::new, |day| self.date(day)),
            "organization" => names("organizations"),
            "project" => names("projects"),
            "status" if row.active => "Active".to_owned(),
            "status" => "Suspended".to_owned(),
            _ => row.phone.clone(),
        }
    }

    /// Writes a table.
    pub(crate) fn written(&self, rows: &[Row], used: Use) -> Vec<u8> {
        let columns: Vec<usize> = self
            .order
            .iter()
            .copied()
            .filter(|column| used.has(COLUMNS[*column].0))
            .collect();
        let newline = if self.crlf { "\r\n" } else { "\n" };
        let mut text = String::new();
        if self.said.0 {
            text += &format!("sep={}{newline}", char::from(self.separator));
        }
        let mut line = |cells: Vec<String>| {
            let cells = cells.iter().map(|cell| self.quote(cell));
            let cells: Vec<String> = cells.collect();
            text += &cells.join(&char::from(self.separator).to_string());
            text += newline;
        };
        line(columns.iter().map(|column| self.header(*column)).collect());
        for row in rows {
            if row.blank {
                line(vec![" ".to_owned(); columns.len()]);
            }
            line(
                columns
                    .iter()
                    .map(|column| self.cell(*column, row))
                    .collect(),
            );
        }
        if !self.last_newline {
            text.truncate(text.len() - newline.len());
        }
        self.encoded(&text)
    }

    fn quote(&self, cell: &str) -> String {
        let must = cell.contains(['"', '\n', '\r']) || cell.contains(char::from(self.separator));
        // A cell that begins with a space is the same with and without quotes.
        match must || self.quoted {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.to_owned(),
        }
    }

    fn encoded(&self, text: &str) -> Vec<u8> {
        let wide = |bytes: fn(u16) -> [u8; 2]| {
            let marked = format!("\u{feff}{text}");
            marked.encode_utf16().flat_map(bytes).collect()
        };
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Marked => format!("\u{feff}{text}").into_bytes(),
            Encoding::Utf16Le => wide(u16::to_le_bytes),
            Encoding::Utf16Be => wide(u16::to_be_bytes),
            // Of these letters each is its own number.
            Encoding::Windows1252 => text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect(),
        }
    }

    /// Says whether the file's own text is what a patch can change.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.encoding, Encoding::Utf8 | Encoding::Marked)
    }

    /// Writes the mapping that names the file.
    pub(crate) fn named(&self, file: &str, used: Use) -> String {
        let mut keys = vec![format!("file: {file}")];
        if self.foreign {
            let columns = (0..6).filter(|column| used.has(COLUMNS[*column].0));
            let columns = columns.map(|column| {
                let (ours, theirs) = COLUMNS[column];
                format!("{ours}: {theirs:?}")
            });
            let columns: Vec<String> = columns.collect();
            keys.push(format!("columns: {{ {} }}", columns.join(", ")));
        }
        let name = |column: usize| {
            let (ours, theirs) = COLUMNS[column];
            if self.foreign { theirs } else { ours }
        };
        if used.has("status") {
            keys.push(format!(
                "where: {{ {:?}: {{ in: [active], out: [SUSPENDED, Inactive] }} }}",
                name(6)
            ));
        }
        keys.push(format!("ignore_columns: [{:?}]", name(7)));
        if used == Use::ManyLists {
            keys.push(format!("split: {:?}", self.split));
        }
        if self.said.1 {
            keys.push(format!("separator: {:?}", char::from(self.separator)));
        }
        if self.encoding == Encoding::Windows1252 {
            keys.push("encoding: windows-1252".to_owned());
        }
        if let Some(format) = self.date_format {
            keys.push(format!("date_format: {format:?}"));
        }
        format!("{{ {} }}", keys.join(", "))
    }
}
