//! A YAML file as extents: where each value begins and ends in the text, so that an edit touches nothing else.

use granit_parser::{Event, Options, Parser, StructureStyle};

/// A value and the bytes it covers.
#[derive(Debug)]
pub(super) struct Piece {
    /// The first byte.
    pub(super) start: usize,
    /// The byte behind the last one; for block collections, of their content.
    pub(super) end: usize,
    /// Line and column of the start, both from 1, columns in characters.
    pub(super) at: (usize, usize),
    /// Whether it is written with brackets.
    pub(super) flow: bool,
    /// What it is.
    pub(super) what: What,
}

/// What a piece is.
#[derive(Debug)]
pub(super) enum What {
    /// A scalar or an alias.
    Scalar,
    /// Items.
    List(Vec<Piece>),
    /// Keys and values.
    Map(Vec<(Piece, Piece)>),
}

/// Parses a file; `None` when it is no single YAML document.
pub(super) fn parse(text: &str) -> Option<Piece> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let bytes: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain(std::iter::once(text.len()))
        .collect();
    let byte =
        |marker: &granit_parser::Marker| bytes.get(marker.index()).copied().unwrap_or(text.len());
    let mut open: Vec<(Piece, Vec<Piece>)> = Vec::new();
    let mut root = None;
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.ok()?;
        let at = (span.start.line(), span.start.col() + 1);
        let piece = |flow, what| Piece {
            start: byte(&span.start),
            end: byte(&span.end),
            at,
            flow,
            what,
        };
        let done = match event {
            Event::Scalar(..) | Event::Alias(..) => piece(false, What::Scalar),
            Event::SequenceStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                open.push((piece(flow, What::List(Vec::new())), Vec::new()));
                continue;
            }
            Event::MappingStart(style, ..) => {
                let flow = style == StructureStyle::Flow;
                open.push((piece(flow, What::Map(Vec::new())), Vec::new()));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (mut piece, children) = open.pop()?;
                piece.end = if piece.flow {
                    byte(&span.end)
                } else {
                    children.last().map_or(piece.start, |last| last.end)
                };
                piece.what = match piece.what {
                    What::List(_) => What::List(children),
                    _ => {
                        let mut pairs = Vec::with_capacity(children.len() / 2);
                        let mut children = children.into_iter();
                        while let (Some(key), Some(value)) = (children.next(), children.next()) {
                            pairs.push((key, value));
                        }
                        What::Map(pairs)
                    }
                };
                piece
            }
            _ => continue,
        };
        match open.last_mut() {
            Some((_, children)) => children.push(done),
            None if root.is_none() => root = Some(done),
            None => return None,
        }
    }
    root
}

impl Piece {
    /// Returns the text of a scalar without its quotes.
    pub(super) fn word<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end)
            .unwrap_or_default()
            .trim()
            .trim_matches(['"', '\''])
    }

    /// Returns the items of a list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        match &self.what {
            What::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the entries of a mapping.
    pub(super) fn entries(&self) -> &[(Self, Self)] {
        match &self.what {
            What::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the value below a key.
    pub(super) fn get(&self, text: &str, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(name, _)| name.word(text) == key)
            .map(|(_, value)| value)
    }

    /// Visits every piece, the outermost first, until something is found.
    fn search<'p, T>(&'p self, found: &impl Fn(&'p Self) -> Option<T>) -> Option<T> {
        if let Some(result) = found(self) {
            return Some(result);
        }
        match &self.what {
            What::Scalar => None,
            What::List(items) => items.iter().find_map(|item| item.search(found)),
            What::Map(entries) => entries.iter().find_map(|(_, value)| value.search(found)),
        }
    }

    /// Returns the list with an item that begins at this place, and the item's index.
    pub(super) fn item_at(&self, at: (usize, usize)) -> Option<(&Self, usize)> {
        self.search(&|piece| {
            let index = piece.items()?.iter().position(|item| item.at == at)?;
            Some((piece, index))
        })
    }

    /// Returns the mapping with a key at this place, and the entry's index.
    pub(super) fn entry_at(&self, at: (usize, usize)) -> Option<(&Self, usize)> {
        self.search(&|piece| {
            let index = piece.entries().iter().position(|(key, _)| key.at == at)?;
            Some((piece, index))
        })
    }

    /// Returns the mapping that holds, one level down, a value at this place, and the index of the entry.
    pub(super) fn entry_around(&self, at: (usize, usize)) -> Option<(&Self, usize)> {
        self.search(&|piece| {
            let holds = |(_, value): &(Self, Self)| value.entries().iter().any(|(_, v)| v.at == at);
            let index = piece.entries().iter().position(holds)?;
            Some((piece, index))
        })
    }

    /// Returns the value at this place, or the value of the key at this place.
    pub(super) fn value_at(&self, at: (usize, usize)) -> Option<&Self> {
        let by_key = self
            .entry_at(at)
            .map(|(map, index)| &map.entries()[index].1);
        by_key.or_else(|| {
            self.search(&|piece| {
                let values = piece.entries().iter().map(|(_, value)| value);
                values.into_iter().find(|value| value.at == at)
            })
        })
    }
}
