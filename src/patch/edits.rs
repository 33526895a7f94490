//! Edits of one file: noted by place, carried out together.

use super::table::{ListName, TableEdits};
use super::tree::{self, Piece};
use crate::diagnostic::Span;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// What should become of a place.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    /// The item of a list, or the row of a roster file, goes; of a file that fills many lists, for this one.
    RemoveItem(Option<ListName>),
    /// The item of the list at this place with this value goes.
    RemoveValue(String),
    /// The list at this place, or the `list` of the mapping, gets an item.
    AddItem(String),
    /// The roster at this place gets a person.
    AddPerson {
        /// By address.
        email: Option<String>,
        /// By account id, where the address is hidden.
        account_id: Option<String>,
        /// Which list it is.
        list: Option<ListName>,
    },
    /// The value at this place becomes another.
    Replace(String),
    /// The entry of a mapping goes with its key.
    RemoveEntry,
    /// The value of a key of the mapping at this place becomes another.
    SetKey(String, String),
    /// Another edit takes care of it.
    Nothing,
}

/// What becomes of one list or mapping.
#[derive(Debug, Default, Clone)]
struct Container {
    remove: BTreeSet<usize>,
    add: Vec<String>,
    /// Items of a `list` that a mapping does not have yet.
    listed: Vec<String>,
}

/// A file with the edits that it gets.
#[derive(Debug)]
pub(super) struct File {
    path: Utf8PathBuf,
    text: String,
    /// `None` for `.csv` and `.txt`.
    tree: Option<Piece>,
    /// For `.csv`.
    table: Option<TableEdits>,
    newline: &'static str,
    /// Ranges that get another text.
    replaced: Vec<(usize, usize, String)>,
    /// Lists and mappings that lose or get items, by their first byte.
    containers: BTreeMap<usize, Container>,
    /// Lines that go, from 1, and lines that come at the end; `.txt` only.
    lines: BTreeSet<u32>,
    appended: Vec<String>,
}

type Noted = Result<(), String>;

impl File {
    /// Opens a file for editing.
    pub(super) fn open(
        path: &Utf8Path,
        text: &str,
        table: Option<TableEdits>,
    ) -> Result<Self, String> {
        let plain = is(path, "txt") || is(path, "csv");
        let tree = if plain { None } else { tree::parse(text) };
        if !plain && tree.is_none() {
            return Err(format!("`{path}` cannot be edited"));
        }
        Ok(Self {
            path: path.to_path_buf(),
            text: text.to_owned(),
            tree,
            table,
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            replaced: Vec::new(),
            containers: BTreeMap::new(),
            lines: BTreeSet::new(),
            appended: Vec::new(),
        })
    }

    fn tree(&self) -> Result<&Piece, String> {
        self.tree
            .as_ref()
            .ok_or_else(|| format!("`{}` has no such place", self.path))
    }

    /// Says whether the roster at this key has a `list` of its own.
    pub(super) fn has_list(&self, span: Span) -> bool {
        let roster = self.value(at(span));
        roster.is_ok_and(|roster| roster.get(&self.text, "list").is_some())
    }

    fn value(&self, at: (usize, usize)) -> Result<&Piece, String> {
        self.tree()?
            .value_at(at)
            .ok_or_else(|| format!("`{}`:{} does not hold the value itself", self.path, at.0))
    }

    /// Notes an edit.
    ///
    /// # Errors
    /// When the place is not written in a way that a small edit can change; the error says why.
    pub(super) fn note(&mut self, span: Span, wish: Wish) -> Noted {
        let place = at(span);
        let missing = || format!("`{}:{}` is not written there itself", self.path, place.0);
        match wish {
            Wish::Nothing => Ok(()),
            Wish::RemoveItem(list) if self.tree.is_none() => {
                match &mut self.table {
                    Some(table) => table.remove(span.line, list),
                    None => {
                        self.lines.insert(span.line);
                    }
                }
                Ok(())
            }
            Wish::RemoveItem(_) => {
                let (list, index) = self.tree()?.item_at(place).ok_or_else(missing)?;
                let start = list.start;
                self.container(start).remove.insert(index);
                Ok(())
            }
            Wish::RemoveValue(value) => {
                let list = self.value(place)?;
                let items = list.items().ok_or_else(missing)?;
                let index = items.iter().position(|item| item.word(&self.text) == value);
                let (start, index) = (list.start, index.ok_or_else(missing)?);
                self.container(start).remove.insert(index);
                Ok(())
            }
            Wish::AddPerson {
                email,
                account_id,
                list,
            } if self.tree.is_none() => match &mut self.table {
                Some(table) => {
                    let (email, id) = (email.as_deref(), account_id.as_deref());
                    table.add(&self.text, email, id, list.as_ref())
                }
                None => {
                    let why = "their address is hidden, and the roster holds addresses";
                    self.appended.push(email.ok_or(why)?);
                    Ok(())
                }
            },
            Wish::AddPerson {
                email, account_id, ..
            } => {
                let item = match (email, account_id) {
                    (Some(email), _) => quoted(&email),
                    (None, Some(id)) => format!("{{ account_id: {} }}", quoted(&id)),
                    (None, None) => return Err("neither address nor account id is known".into()),
                };
                self.add(place, item)
            }
            Wish::AddItem(item) => self.add(place, quoted(&item)),
            Wish::Replace(text) => {
                let value = self.value(place)?;
                let range = (value.start, value.end, text);
                self.replaced.push(range);
                Ok(())
            }
            Wish::SetKey(key, text) => {
                let map = self.value(place)?;
                let value = map.get(&self.text, &key).ok_or_else(missing)?;
                let range = (value.start, value.end, text);
                self.replaced.push(range);
                Ok(())
            }
            Wish::RemoveEntry => {
                let tree = self.tree()?;
                let found = tree.entry_at(place).or_else(|| tree.entry_around(place));
                let (map, index) = found.ok_or_else(missing)?;
                let start = map.start;
                self.container(start).remove.insert(index);
                Ok(())
            }
        }
    }

    fn container(&mut self, start: usize) -> &mut Container {
        self.containers.entry(start).or_default()
    }

    /// Adds an item to the list at a place, or to the `list` of the mapping there.
    fn add(&mut self, place: (usize, usize), item: String) -> Noted {
        let value = self.value(place)?;
        let list = match value.items() {
            Some(_) => Some(value),
            None => value.get(&self.text, "list"),
        };
        match list {
            Some(list) if list.items().is_some() => {
                let start = list.start;
                self.container(start).add.push(item);
            }
            None if !value.entries().is_empty() => {
                let start = value.start;
                self.container(start).listed.push(item);
            }
            _ => return Err(format!("`{}:{}` holds no list", self.path, place.0)),
        }
        Ok(())
    }

    /// Carries the edits out.
    ///
    /// # Errors
    /// When a list is written in a way that cannot be edited by lines.
    pub(super) fn edited(&self) -> Result<String, String> {
        let mut edits = self.replaced.clone();
        let root = self.tree.as_ref();
        for (start, container) in &self.climbed() {
            let piece = root.and_then(|root| container_at(root, *start));
            let piece = piece.ok_or_else(|| format!("`{}` cannot be edited", self.path))?;
            let mut container = container.clone();
            if !container.listed.is_empty() {
                let items = container.listed.join(", ");
                container.add.push(format!("list: [{items}]"));
            }
            self.edit_container(piece, &container, &mut edits)?;
        }
        if let Some(table) = &self.table {
            edits.extend(table.edits(&self.text, self.newline)?);
        }
        for &line in &self.lines {
            let start = line_start(&self.text, line);
            let rest = &self.text[start..];
            let end = rest
                .find('\n')
                .map_or(self.text.len(), |found| start + found + 1);
            edits.push((start, end, String::new()));
        }
        if !self.appended.is_empty() {
            let end = self.text.len();
            let gap = if self.text.is_empty() || self.text.ends_with('\n') {
                ""
            } else {
                self.newline
            };
            let mut lines = gap.to_owned();
            for line in &self.appended {
                lines.push_str(line);
                lines.push_str(self.newline);
            }
            edits.push((end, end, lines));
        }
        edits.sort();
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for (start, end, with) in edits {
            if start < from {
                return Err(format!("two edits of `{}` touch each other", self.path));
            }
            text.push_str(self.text.get(from..start).unwrap_or_default());
            text.push_str(&with);
            from = end;
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        Ok(text)
    }

    /// Returns the containers, where a block mapping that would be left empty goes with its own key instead.
    fn climbed(&self) -> BTreeMap<usize, Container> {
        let mut containers = self.containers.clone();
        let Some(root) = &self.tree else {
            return containers;
        };
        loop {
            let emptied = containers.iter().find_map(|(start, container)| {
                let piece = container_at(root, *start)?;
                let all = container.add.is_empty()
                    && container.listed.is_empty()
                    && !piece.entries().is_empty()
                    && container.remove.len() == piece.entries().len();
                let parent = (all && !piece.flow).then(|| parent_of(root, *start))??;
                Some((*start, parent))
            });
            let Some((start, (parent, index))) = emptied else {
                return containers;
            };
            containers.remove(&start);
            containers.entry(parent).or_default().remove.insert(index);
        }
    }

    fn edit_container(
        &self,
        piece: &Piece,
        container: &Container,
        edits: &mut Vec<(usize, usize, String)>,
    ) -> Noted {
        let ranges: Vec<(usize, usize)> = match piece.items() {
            Some(items) => items.iter().map(|item| (item.start, item.end)).collect(),
            None => piece
                .entries()
                .iter()
                .map(|(key, value)| (key.start, value.end.max(key.end)))
                .collect(),
        };
        if piece.flow {
            flow(piece, &ranges, container, edits);
            return Ok(());
        }
        if container.remove.len() == ranges.len() && container.add.is_empty() {
            return Err(format!(
                "nothing would be left in the list at `{}`",
                self.path
            ));
        }
        let list = piece.items().is_some();
        for &index in &container.remove {
            let (start, end) = ranges[index];
            let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
            let lead = self.text[line..start].trim();
            if lead != if list { "-" } else { "" } {
                return Err(format!("`{}` holds several things in one line", self.path));
            }
            edits.push((line, line_end(&self.text, end), String::new()));
        }
        if container.add.is_empty() {
            return Ok(());
        }
        let (start, end) = if list {
            ranges.last().copied()
        } else {
            ranges.first().copied()
        }
        .ok_or_else(|| format!("`{}` holds an empty block", self.path))?;
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let indent = &self.text[line..start];
        if !indent.trim_start().is_empty() && indent.trim() != "-" {
            return Err(format!("`{}` holds several things in one line", self.path));
        }
        let at = line_end(&self.text, end);
        let mut lines = String::new();
        if !self.text[..at].ends_with('\n') {
            lines.push_str(self.newline);
        }
        for item in &container.add {
            lines.push_str(indent);
            lines.push_str(item);
            lines.push_str(self.newline);
        }
        edits.push((at, at, lines));
        Ok(())
    }
}

/// Edits a list or mapping in brackets.
fn flow(
    piece: &Piece,
    ranges: &[(usize, usize)],
    container: &Container,
    edits: &mut Vec<(usize, usize, String)>,
) {
    let added = container.add.join(", ");
    let kept = (0..ranges.len())
        .rev()
        .find(|index| !container.remove.contains(index));
    let (Some(&(first, _)), Some(&(_, last))) = (ranges.first(), ranges.last()) else {
        edits.push((piece.start + 1, piece.start + 1, added));
        return;
    };
    let Some(kept) = kept else {
        edits.push((first, last, added));
        return;
    };
    for &index in container.remove.iter().filter(|index| **index < kept) {
        edits.push((ranges[index].0, ranges[index + 1].0, String::new()));
    }
    // Behind the last item that stays, everything goes and what is new comes.
    let tail = if added.is_empty() {
        String::new()
    } else {
        format!(", {added}")
    };
    if kept + 1 < ranges.len() || !tail.is_empty() {
        edits.push((ranges[kept].1, last.max(ranges[kept].1), tail));
    }
}

fn container_at(piece: &Piece, start: usize) -> Option<&Piece> {
    let here = piece.start == start && !matches!(piece.what, tree::What::Scalar);
    if here {
        return Some(piece);
    }
    match &piece.what {
        tree::What::Scalar => None,
        tree::What::List(items) => items.iter().find_map(|item| container_at(item, start)),
        tree::What::Map(entries) => entries
            .iter()
            .find_map(|(_, value)| container_at(value, start)),
    }
}

/// Returns the mapping whose value is the collection at this byte, and the index of the entry.
fn parent_of(piece: &Piece, start: usize) -> Option<(usize, usize)> {
    let entries = piece.entries();
    let holds = |(_, value): &(Piece, Piece)| {
        value.start == start && !matches!(value.what, tree::What::Scalar)
    };
    match entries.iter().position(holds) {
        Some(index) => Some((piece.start, index)),
        None => entries
            .iter()
            .find_map(|(_, value)| parent_of(value, start)),
    }
}

/// Says whether a file has this ending, in whatever letter case.
pub(super) fn is(path: &Utf8Path, ending: &str) -> bool {
    path.extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

fn at(span: Span) -> (usize, usize) {
    (span.line as usize, usize::from(span.column))
}

fn line_start(text: &str, line: u32) -> usize {
    let before = (line as usize).saturating_sub(1);
    text.split_inclusive('\n').take(before).map(str::len).sum()
}

/// Returns the first byte of the line behind the one that holds this byte.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    // A value that ends with its line, such as block text, ends there.
    if at > 0 && text[..at].ends_with('\n') {
        return at;
    }
    rest.find('\n').map_or(text.len(), |found| at + found + 1)
}

/// Writes a text so that YAML reads exactly it, also between brackets.
fn quoted(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '@' | '-' | ' '))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        text.to_owned()
    } else {
        serde_json::to_string(text).unwrap_or_default()
    }
}
