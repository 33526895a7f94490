//! Tables as spreadsheets and directories write them (RFC 4180 and its dialects): the one reader of roster files with columns,
//! for loading and for editing.
//!
//! A cell may hold line breaks, rows of empty cells are blank, a first line such as `sep=;` names the separator, and otherwise the
//! header shows it. Names of columns are compared without regard to letter case and spaces.

use super::reading::{Column, Purpose, Reading};
use std::collections::BTreeSet;

/// What separates two cells, in the order of preference.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A table with its header read.
pub(crate) struct Table<'t> {
    text: &'t str,
    /// Where the rows and the header begin, behind a line `sep=`.
    begin: usize,
    reader: csv::Reader<&'t [u8]>,
    record: csv::StringRecord,
    lines: Lines<'t>,
    /// The names of the columns, as written, without spaces around them.
    pub(crate) header: Vec<String>,
    /// The line of the header, from 1.
    pub(crate) header_line: u32,
    /// Its text up to the first line break.
    pub(crate) header_text: &'t str,
    /// What separates two cells.
    pub(crate) separator: u8,
}

/// One row of a table that is not blank.
pub(crate) struct Row<'r> {
    /// The cells.
    pub(crate) cells: &'r csv::StringRecord,
    /// The line on which it begins, from 1.
    pub(crate) line: u32,
    /// The bytes that it covers, its line break included.
    pub(crate) start: usize,
    /// The byte behind it.
    pub(crate) end: usize,
    /// Its text.
    pub(crate) text: &'r str,
}

/// Why a table ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// A quote is opened on this line and never closed.
    Open(u32),
    /// Behind a closing quote on this line stands something else than the separator.
    Behind(u32),
    /// The line cannot be read at all.
    Unreadable(u32),
}

/// Returns the form in which names of columns are compared.
pub(crate) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

impl<'t> Table<'t> {
    /// Reads the header. `None` when the file holds nothing.
    ///
    /// `known` says whether a folded name is one that the file is expected to have: the separator that gives the most of
    /// those is the one.
    pub(crate) fn open(
        text: &'t str,
        separator: Option<u8>,
        known: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let (said, begin) = separator_line(text);
        let body = text.get(begin..).unwrap_or_default();
        let mut best: Option<(usize, usize, u8)> = None;
        let candidates = separator.or(said);
        for candidate in SEPARATORS {
            if candidates.is_some_and(|fixed| fixed != candidate) {
                continue;
            }
            let names = first_record(body, candidate)?;
            let hits = names.iter().filter(|name| known(&folded(name))).count();
            let better = best.is_none_or(|(most, width, _)| (hits, names.len()) > (most, width));
            if better {
                best = Some((hits, names.len(), candidate));
            }
        }
        let separator = best.map(|(.., separator)| separator)?;
        let mut table = Self {
            text,
            begin,
            reader: reader(body, separator),
            record: csv::StringRecord::new(),
            lines: Lines::new(text, begin),
            header: Vec::new(),
            header_line: 1,
            header_text: "",
            separator,
        };
        let row = table.next()?.ok()?;
        let (line, start) = (row.line, row.start);
        table.header = table
            .record
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        table.header_line = line;
        let rest = text.get(start..).unwrap_or_default();
        table.header_text = rest.lines().next().unwrap_or_default();
        Some(table)
    }

    /// Reads the header of a roster file as the YAML says that it is to be read.
    pub(crate) fn expecting(text: &'t str, reading: &Reading, purpose: Purpose) -> Option<Self> {
        let expected: BTreeSet<String> = purpose
            .columns()
            .iter()
            .map(|column| column.word().to_owned())
            .chain(reading.columns.iter().map(|(_, name)| folded(&name.value)))
            .chain(reading.conditions.iter().map(|c| folded(&c.column.value)))
            .chain(
                reading
                    .ignore_columns
                    .iter()
                    .map(|name| folded(&name.value)),
            )
            .collect();
        Self::open(text, reading.separator, |name| expected.contains(name))
    }

    /// Returns the next row that is not blank.
    pub(crate) fn next(&mut self) -> Option<Result<Row<'_>, Broken>> {
        loop {
            let more = self.reader.read_record(&mut self.record);
            let from = self.record.position().map_or(0, csv::Position::byte);
            let from = self.begin + usize::try_from(from).unwrap_or(usize::MAX);
            let (line, start) = self.lines.at(from);
            match more {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => return Some(Err(Broken::Unreadable(line))),
            }
            let all = self.record.as_slice();
            if all.trim().is_empty() {
                continue;
            }
            let end = self.reader.position().byte();
            let mut end = self.begin + usize::try_from(end).unwrap_or(usize::MAX);
            let bytes = self.text.as_bytes();
            // The reader takes `\r` for the end and leaves `\n` to the next record.
            if end > start && bytes.get(end - 1) == Some(&b'\r') && bytes.get(end) == Some(&b'\n') {
                end += 1;
            }
            let end = end.min(bytes.len());
            let text = self.text.get(start..end).unwrap_or_default();
            let last = end == bytes.len();
            if (last || all.contains(['\n', '\r']))
                && let Some(broken) = quotes(text, self.separator, line)
            {
                return Some(Err(broken));
            }
            return Some(Ok(Row {
                cells: &self.record,
                line,
                start,
                end,
                text,
            }));
        }
    }

    /// Returns the position of the column with this name. `Err` when there are several.
    pub(crate) fn position(&self, name: &str) -> Result<Option<usize>, ()> {
        let wanted = folded(name);
        let mut found = None;
        for (at, header) in self.header.iter().enumerate() {
            if folded(header) == wanted && found.replace(at).is_some() {
                return Err(());
            }
        }
        Ok(found)
    }

    /// Returns the position of what a column holds: by the name that the YAML gives it, else by our own.
    pub(crate) fn column(&self, reading: &Reading, column: Column) -> Result<Option<usize>, ()> {
        match reading.header(column) {
            Some(header) => self.position(&header.value),
            None => {
                let at = self.position(column.word())?;
                // A column that the YAML has given another meaning is not ours as well.
                let taken = at.is_some_and(|_| {
                    reading
                        .columns
                        .iter()
                        .any(|(_, header)| folded(&header.value) == column.word())
                });
                Ok(at.filter(|_| !taken))
            }
        }
    }

    /// Writes a row in the dialect of this table.
    pub(crate) fn written<'c>(&self, cells: impl IntoIterator<Item = &'c str>) -> Option<String> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.separator)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        writer.write_record(cells).ok()?;
        let line = String::from_utf8(writer.into_inner().ok()?).ok()?;
        Some(line.trim_end_matches('\n').to_owned())
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .buffer_capacity(text.len().clamp(1, 1 << 16))
        .from_reader(text.as_bytes())
}

/// Returns the cells of the first row that is not blank.
fn first_record(text: &str, separator: u8) -> Option<Vec<String>> {
    // Without quotes no reader is needed, which takes longer to make than to use: a site may have thousands of small files.
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    if !line.contains(['"', '\r']) {
        let cells = line.split(char::from(separator)).map(str::to_owned);
        let cells: Vec<String> = cells.collect();
        if !cells.concat().trim().is_empty() {
            return Some(cells);
        }
    }
    let mut reader = reader(text, separator);
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) if record.as_slice().trim().is_empty() => {}
            Ok(true) => return Some(record.iter().map(str::to_owned).collect()),
            Ok(false) | Err(_) => return None,
        }
    }
}

/// Reads a first line such as `sep=;`, which spreadsheets write: the separator, and where the table begins.
fn separator_line(text: &str) -> (Option<u8>, usize) {
    let line = text.split('\n').next().unwrap_or_default();
    let bare = line.trim_end_matches('\r').trim_matches('"');
    let Some(name) = bare
        .get(..4)
        .filter(|name| name.eq_ignore_ascii_case("sep="))
    else {
        return (None, 0);
    };
    match &bare.as_bytes()[name.len()..] {
        [one] if SEPARATORS.contains(one) => (Some(*one), (line.len() + 1).min(text.len())),
        _ => (None, 0),
    }
}

/// Says what is wrong with the quotes of one row, which would make a row of several.
///
/// The reader of the table is lenient: it takes everything up to the end of the file for one cell where a quote is not closed.
fn quotes(text: &str, separator: u8, line: u32) -> Option<Broken> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let (mut at, mut now, mut opened) = (At::Start, line, line);
    for &byte in text.as_bytes() {
        at = match (at, byte) {
            (At::Start, b'"') => {
                opened = now;
                At::Quoted
            }
            (At::Quoted, b'"') => At::Closed,
            (At::Quoted, _) => At::Quoted,
            // Two quotes stand for one.
            (At::Closed, b'"') => At::Quoted,
            (At::Closed | At::Start | At::Plain, b'\r' | b'\n') => At::Start,
            (At::Closed | At::Start | At::Plain, byte) if byte == separator => At::Start,
            (At::Closed, _) => return Some(Broken::Behind(now)),
            (At::Start | At::Plain, _) => At::Plain,
        };
        now += u32::from(byte == b'\n');
    }
    (at == At::Quoted).then_some(Broken::Open(opened))
}

/// Finds the line of a byte position; positions only grow, so the text is walked once.
struct Lines<'t> {
    text: &'t str,
    byte: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, begin: usize) -> Self {
        let mut lines = Self {
            text,
            byte: 0,
            line: 1,
        };
        lines.walk(begin);
        lines
    }

    /// Returns the line number of a record and its first byte. Line breaks before a record belong to no record and are skipped.
    fn at(&mut self, byte: usize) -> (u32, usize) {
        let bytes = self.text.as_bytes();
        let mut end = byte.min(bytes.len());
        while matches!(bytes.get(end), Some(b'\n' | b'\r')) {
            end += 1;
        }
        self.walk(end);
        (self.line, end)
    }

    fn walk(&mut self, end: usize) {
        let skipped = self.text.as_bytes().get(self.byte..end).unwrap_or_default();
        let breaks = skipped.iter().filter(|&&b| b == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.byte = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let mut table = Table::open(text, None, |name| name == "email").unwrap();
        let mut found = vec![(table.header_line, table.header.clone())];
        while let Some(row) = table.next() {
            let row = row.unwrap();
            assert_eq!(row.text, &text[row.start..row.end]);
            found.push((row.line, row.cells.iter().map(str::to_owned).collect()));
        }
        found
    }

    fn broken(text: &str) -> Option<Broken> {
        let mut table = Table::open(text, None, |_| false).unwrap();
        while let Some(row) = table.next() {
            if let Err(broken) = row {
                return Some(broken);
            }
        }
        None
    }

    #[test]
    fn separators_are_found_from_the_header_or_said() {
        for (text, separator) in [
            ("email,name\n", b','),
            ("Email;Name, first\n", b';'),
            ("name\temail\n", b'\t'),
            ("sep=;\nemail;a\n", b';'),
            ("\"sep=\t\"\r\nemail\ta\n", b'\t'),
            ("email\n", b','),
        ] {
            let table = Table::open(text, None, |name| name == "email").unwrap();
            assert_eq!(table.separator, separator, "{text:?}");
            assert!(table.position("EMAIL").unwrap().is_some(), "{text:?}");
        }
    }

    #[test]
    fn rows_know_their_first_line_over_breaks_and_blanks() {
        let found = rows("\n\nemail,note\r\n,,\r\na,\"x\r\ny\"\r\n\r\n;\nb,c\n");
        let lines: Vec<(u32, &str)> = found.iter().map(|(n, cells)| (*n, &*cells[0])).collect();
        assert_eq!(lines, [(3, "email"), (5, "a"), (8, ";"), (9, "b")]);
    }

    #[test]
    fn quotes_that_would_swallow_rows_are_told() {
        assert_eq!(broken("e,n\na,\"x\nb,y\n"), Some(Broken::Open(2)));
        assert_eq!(broken("e,n\na,\"x"), Some(Broken::Open(2)));
        assert_eq!(
            broken("e,n\na,\"x\nb,y\nc,\"z\"\n"),
            Some(Broken::Behind(4))
        );
        assert_eq!(broken("e,n\na,\"x\"\"\ny\"\n"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_in_any_dialect_is_read(
            cells in prop::collection::vec(prop::collection::vec("[a-z,;\t\"\n\r é]{0,6}", 3), 1..8),
            separator in prop::sample::select(&SEPARATORS[..]),
            crlf in any::<bool>(),
            said in any::<bool>(),
        ) {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(separator)
                .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
                .from_writer(Vec::new());
            writer.write_record(["email", "b", "c"]).unwrap();
            for row in &cells {
                writer.write_record(row).unwrap();
            }
            let body = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let text = if said { format!("sep={}\n{body}", char::from(separator)) } else { body };
            let read: Vec<Vec<String>> = rows(&text).into_iter().skip(1).map(|(_, row)| row).collect();
            let wanted: Vec<Vec<String>> = cells
                .into_iter()
                .filter(|row| !row.concat().trim().is_empty())
                .collect();
            prop_assert_eq!(read, wanted, "{:?}", text);
        }
    }
}
