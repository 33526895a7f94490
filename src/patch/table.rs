//! Edits of a roster file with columns: rows are found, taken out and written by the reader that loads them.

use crate::config::{Column, Purpose, Reading, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose list a person is on, where the rows of a file say so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListName {
    /// The column that names such a list.
    pub(super) column: Column,
    /// Its name.
    pub(super) name: String,
}

/// The edits of one roster file.
#[derive(Debug)]
pub(super) struct TableEdits {
    reading: Arc<Reading>,
    purpose: Purpose,
    /// Lists that lose the row on this line; all of them where the file fills one list.
    removed: BTreeMap<u32, BTreeSet<ListName>>,
    added: Vec<String>,
}

impl TableEdits {
    pub(super) fn new(reading: Arc<Reading>, purpose: Purpose) -> Self {
        Self {
            reading,
            purpose,
            removed: BTreeMap::new(),
            added: Vec::new(),
        }
    }

    fn open<'t>(&self, text: &'t str) -> Result<Table<'t>, String> {
        Table::expecting(text, &self.reading, self.purpose)
            .ok_or_else(|| "the roster has no header".to_owned())
    }

    /// Takes a person off a list.
    pub(super) fn remove(&mut self, line: u32, list: Option<ListName>) {
        self.removed.entry(line).or_default().extend(list);
    }

    /// Puts a person on a list.
    pub(super) fn add(
        &mut self,
        text: &str,
        email: Option<&str>,
        account_id: Option<&str>,
        list: Option<&ListName>,
    ) -> Result<(), String> {
        let table = self.open(text)?;
        let at = |column| table.column(&self.reading, column).ok().flatten();
        let mut cells = vec![""; table.header.len()];
        let mut set = |at: usize, value| {
            if let Some(cell) = cells.get_mut(at) {
                *cell = value;
            }
        };
        match (email, at(Column::Email), account_id, at(Column::AccountId)) {
            (Some(email), Some(at), _, _) => set(at, email),
            (_, _, Some(id), Some(at)) => set(at, id),
            _ => return Err("the roster has no column for them".into()),
        }
        if self.purpose == Purpose::Lists {
            let list = list.ok_or("the roster fills other lists")?;
            let at = at(list.column).ok_or("the roster has no column that names the list")?;
            set(at, &list.name);
        }
        for condition in &self.reading.conditions {
            let at = table.position(&condition.column.value).ok().flatten();
            if let (Some(at), Some(value)) = (at, condition.rows_in.first()) {
                set(at, value);
            }
        }
        let row = table.written(cells).ok_or("the row cannot be written")?;
        self.added.push(row);
        Ok(())
    }

    /// Returns the edits as ranges that get another text.
    pub(super) fn edits(
        &self,
        text: &str,
        newline: &str,
    ) -> Result<Vec<(usize, usize, String)>, String> {
        let mut edits = Vec::new();
        let mut table = self.open(text)?;
        let columns = [Column::Organization, Column::Project]
            .map(|column| (column, table.column(&self.reading, column).ok().flatten()));
        let mut rewritten = Vec::new();
        let mut found = 0;
        while let Some(row) = table.next() {
            let row = row.map_err(|_| "the roster cannot be read".to_owned())?;
            let Some(lists) = self.removed.get(&row.line) else {
                continue;
            };
            found += 1;
            let (start, end) = (row.start, row.end);
            match self.left(row.cells, &columns, lists) {
                None => edits.push((start, end, String::new())),
                Some(cells) => rewritten.push((start, end, cells)),
            }
        }
        if found < self.removed.len() {
            return Err("a row of the roster was not found again".into());
        }
        for (start, end, cells) in rewritten {
            let row = table.written(cells.iter().map(String::as_str));
            let row = row.ok_or("the row cannot be written")?;
            edits.push((start, end, format!("{row}{newline}")));
        }
        if !self.added.is_empty() {
            let end = text.len();
            let mut rows = match text.is_empty() || text.ends_with('\n') {
                true => String::new(),
                false => newline.to_owned(),
            };
            for row in &self.added {
                rows.push_str(row);
                rows.push_str(newline);
            }
            edits.push((end, end, rows));
        }
        Ok(edits)
    }

    /// Returns what is left of a row that some lists lose; `None` where nothing is.
    fn left(
        &self,
        cells: &csv::StringRecord,
        columns: &[(Column, Option<usize>); 2],
        lists: &BTreeSet<ListName>,
    ) -> Option<Vec<String>> {
        if self.purpose != Purpose::Lists {
            return None;
        }
        let mut left: Vec<String> = cells.iter().map(str::to_owned).collect();
        let mut any = false;
        for (column, at) in columns {
            let Some(cell) = at.and_then(|at| left.get_mut(at)) else {
                continue;
            };
            let split = self.reading.split.as_deref();
            let names: Vec<&str> = match split {
                Some(split) => cell.split(split).map(str::trim).collect(),
                None => vec![cell.trim()],
            };
            let goes = |name: &str| {
                lists
                    .iter()
                    .any(|list| list.column == *column && list.name == name)
            };
            let stay: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| !name.is_empty() && !goes(name))
                .collect();
            any |= !stay.is_empty();
            if names.iter().any(|name| goes(name)) {
                *cell = stay.join(split.unwrap_or_default());
            }
        }
        any.then_some(left)
    }
}
