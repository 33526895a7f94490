//! YAML text to a tree in which every value knows its place. Besides `amend`, which only asks for
//! places, the only module that knows the YAML parser.
//!
//! Only syntax errors stop a file. Duplicate keys, tags, merge keys and odd keys are reported and left out of the tree, so that
//! the rest of the file is still checked.

mod syntax;

use super::codes;
use crate::diagnostic::{Diagnostic, FileId, Mark, Span};
use crate::neutral::phrase::{Phrase, personal, say};
use granit_parser::{Event, Options, Parser, ScalarStyle};
use std::borrow::Cow;
use std::collections::HashMap;

/// How much one YAML file may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct YamlLimits {
    /// How deep mappings and lists may nest.
    pub(super) depth: usize,
    /// How many values a file may hold, aliases expanded.
    pub(super) nodes: usize,
    /// How many of them anchors and aliases may hold together.
    pub(super) alias_nodes: usize,
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node<'t> {
    /// Where it stands; for mappings and lists the mark covers one character.
    pub(super) mark: Mark,
    /// What it is.
    pub(super) value: Value<'t>,
}

/// A YAML value. Scalars stay text: what they mean depends on what is expected.
#[derive(Debug, Clone)]
pub(super) enum Value<'t> {
    /// Nothing, `null` or `~`.
    Null,
    /// Plain text, which may mean a number or a boolean.
    Plain(Cow<'t, str>),
    /// Quoted or block text, which is always text.
    Quoted(Cow<'t, str>),
    /// A list.
    List(Vec<Node<'t>>),
    /// A mapping, in the order of the file, without duplicates.
    Map(Vec<Entry<'t>>),
}

/// One entry of a mapping.
#[derive(Debug, Clone)]
pub(super) struct Entry<'t> {
    /// The key.
    pub(super) key: Cow<'t, str>,
    /// Where the key stands.
    pub(super) mark: Mark,
    /// The value.
    pub(super) node: Node<'t>,
}

impl<'t> Node<'t> {
    /// Says what the value is, for messages.
    pub(super) fn kind(&self) -> Phrase {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Plain(text) => match scalar_kind(text) {
                ScalarKind::Text => say("text {}", [personal(crate::diagnostic::short(text))]),
                ScalarKind::Number => say("the number {}", [personal(text)]),
                ScalarKind::Boolean => personal(text),
            },
            Value::Quoted(text) => say("text {}", [personal(crate::diagnostic::short(text))]),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a mapping".into(),
        }
    }

    /// Returns the entries of a mapping.
    pub(super) fn entries(&self) -> Option<&[Entry<'t>]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Returns the value below a key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    fn count(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Map(entries) => entries.iter().map(|entry| entry.node.count() + 1).sum(),
            _ => 0,
        }
    }
}

/// What plain text means in YAML 1.2's core schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// Says what plain text means in YAML 1.2's core schema.
pub(super) fn scalar_kind(text: &str) -> ScalarKind {
    if matches!(text, "true" | "false" | "True" | "False" | "TRUE" | "FALSE") {
        return ScalarKind::Boolean;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = match unsigned.as_bytes() {
        [b'0', b'x', rest @ ..] => !rest.is_empty() && rest.iter().all(u8::is_ascii_hexdigit),
        [b'0', b'o', rest @ ..] => {
            !rest.is_empty() && rest.iter().all(|b| (b'0'..=b'7').contains(b))
        }
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => text.parse::<f64>().is_ok(),
        _ => matches!(
            unsigned,
            ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN"
        ),
    };
    if number {
        ScalarKind::Number
    } else {
        ScalarKind::Text
    }
}

/// Parses a file. `None` when it has no usable document; the reasons are among `problems`.
pub(super) fn parse<'t>(
    file: FileId,
    text: &'t str,
    limits: YamlLimits,
    problems: &mut Vec<Diagnostic>,
) -> Option<Node<'t>> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = limits.depth;
    options.block_nesting_limit = limits.depth;
    let mut builder = Builder {
        file,
        limits,
        problems,
        nodes: 0,
        alias_nodes: 0,
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: 0,
        root: None,
    };
    for next in Parser::new_from_str_with_options(text, options) {
        let step = match next {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => Err(Box::new(syntax::told(file, text, &error))),
        };
        match step {
            Ok(true) => {}
            Ok(false) => break,
            Err(problem) => {
                builder.problems.push(*problem);
                return None;
            }
        }
    }
    let root = builder.root.take();
    match root {
        Some(Node {
            value: Value::Null, ..
        })
        | None => {
            problems.push(
                Diagnostic::error(codes::EMPTY_FILE, "the file is empty")
                    .at(start_of(file))
                    .hint("write `version: 1`, or delete the file"),
            );
            None
        }
        some => some,
    }
}

/// Returns the first place of a file.
pub(super) fn start_of(file: FileId) -> Span {
    Span {
        file,
        line: 1,
        column: 1,
    }
}

struct Builder<'t, 'p> {
    file: FileId,
    limits: YamlLimits,
    problems: &'p mut Vec<Diagnostic>,
    nodes: usize,
    alias_nodes: usize,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Node<'t>>,
    documents: usize,
    root: Option<Node<'t>>,
}

/// A collection whose end has not been seen.
struct Open<'t> {
    mark: Mark,
    anchor: usize,
    items: Items<'t>,
}

enum Items<'t> {
    List(Vec<Node<'t>>),
    Map {
        entries: Vec<Entry<'t>>,
        key: Option<Key<'t>>,
        /// Positions by key, kept from the ninth entry on.
        index: HashMap<Cow<'t, str>, usize>,
    },
}

enum Key<'t> {
    /// A usable key.
    Text(Cow<'t, str>, Mark),
    /// A key that was reported; its value is left out.
    Refused,
}

type Step = Result<bool, Box<Diagnostic>>;

impl<'t> Builder<'t, '_> {
    fn event(&mut self, event: Event<'t>, span: granit_parser::Span) -> Step {
        let mark = self.mark(span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Box::new(
                        Diagnostic::error(
                            codes::YAML_DOCUMENTS,
                            "a second YAML document begins here",
                        )
                        .at(mark)
                        .hint("put it into a file of its own"),
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.tag(tag.is_some(), &span);
                self.count(1, mark)?;
                let plain = matches!(style, ScalarStyle::Plain);
                let value = if plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                    Value::Null
                } else if plain {
                    Value::Plain(text)
                } else {
                    Value::Quoted(text)
                };
                self.finish(Node { mark, value }, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.tag(tag.is_some(), &span);
                self.begin(mark, anchor, Items::List(Vec::new()))?;
            }
            Event::MappingStart(_, anchor, tag) => {
                self.tag(tag.is_some(), &span);
                self.begin(
                    mark,
                    anchor,
                    Items::Map {
                        entries: Vec::new(),
                        key: None,
                        index: HashMap::new(),
                    },
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let value = match open.items {
                        Items::List(items) => Value::List(items),
                        Items::Map { entries, .. } => Value::Map(entries),
                    };
                    let node = Node {
                        mark: open.mark,
                        value,
                    };
                    self.finish(node, open.anchor)?;
                }
            }
            Event::Alias(id) => {
                let Some(target) = self.anchors.get(&id) else {
                    return Err(Box::new(
                        Diagnostic::error(codes::YAML_LIMIT, "an alias that contains itself")
                            .at(mark),
                    ));
                };
                let added = target.count();
                let target = target.clone();
                self.expand(added, mark)?;
                self.count(added, mark)?;
                self.finish(target, 0)?;
            }
            _ => {}
        }
        Ok(true)
    }

    fn mark(&self, span: granit_parser::Span) -> Mark {
        let length = if span.end.line() == span.start.line() {
            span.end.col().saturating_sub(span.start.col()).max(1)
        } else {
            1
        };
        Mark {
            span: place(self.file, span.start.line(), span.start.col()),
            length: u32::try_from(length).unwrap_or(u32::MAX),
        }
    }

    fn tag(&mut self, tagged: bool, span: &granit_parser::Span) {
        if tagged {
            let at = span.tag_start.unwrap_or(span.start);
            self.problems.push(
                Diagnostic::error(codes::YAML_TAG, "YAML tags are not used here")
                    .at(place(self.file, at.line(), at.col()))
                    .hint("leave the tag out; quote the value where it should be text"),
            );
        }
    }

    fn count(&mut self, more: usize, mark: Mark) -> Result<(), Box<Diagnostic>> {
        self.nodes += more;
        if self.nodes > self.limits.nodes {
            return Err(Box::new(
                Diagnostic::error(
                    codes::YAML_LIMIT,
                    format!("the file holds more than {} values", self.limits.nodes),
                )
                .at(mark)
                .hint("split the file, or move people into `.txt` or `.csv` roster files"),
            ));
        }
        Ok(())
    }

    fn expand(&mut self, more: usize, mark: Mark) -> Result<(), Box<Diagnostic>> {
        self.alias_nodes += more;
        if self.alias_nodes > self.limits.alias_nodes {
            return Err(Box::new(
                Diagnostic::error(
                    codes::YAML_LIMIT,
                    format!(
                        "anchors and aliases hold more than {} values",
                        self.limits.alias_nodes
                    ),
                )
                .at(mark)
                .hint("write the values out, or move them into a roster file"),
            ));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        mark: Mark,
        anchor: usize,
        items: Items<'t>,
    ) -> Result<(), Box<Diagnostic>> {
        let mark = Mark {
            span: mark.span,
            length: 1,
        };
        self.count(1, mark)?;
        if self.open.len() >= self.limits.depth {
            return Err(Box::new(
                Diagnostic::error(
                    codes::YAML_LIMIT,
                    format!("values are nested more than {} deep", self.limits.depth),
                )
                .at(mark),
            ));
        }
        self.open.push(Open {
            mark,
            anchor,
            items,
        });
        Ok(())
    }

    fn finish(&mut self, node: Node<'t>, anchor: usize) -> Result<(), Box<Diagnostic>> {
        if anchor != 0 {
            // Anchors may nest, so what they hold counts against the same limit as what aliases add.
            self.expand(node.count(), node.mark)?;
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.items {
            Items::List(items) => items.push(node),
            Items::Map {
                entries,
                key,
                index,
            } => match key.take() {
                None => *key = Some(key_of(node, self.problems)),
                Some(Key::Refused) => {}
                Some(Key::Text(text, mark)) => {
                    if let Some(first) = earlier(entries, index, &text) {
                        self.problems.push(
                            Diagnostic::error(
                                codes::DUPLICATE_KEY,
                                say(
                                    "{} stands twice in this mapping",
                                    [personal(crate::diagnostic::short(&text))],
                                ),
                            )
                            .label(mark, "again here")
                            .label(first, "first here"),
                        );
                    } else {
                        if !index.is_empty() {
                            index.insert(text.clone(), entries.len());
                        }
                        entries.push(Entry {
                            key: text,
                            mark,
                            node,
                        });
                    }
                }
            },
        }
        Ok(())
    }
}

fn earlier<'t>(
    entries: &[Entry<'t>],
    index: &mut HashMap<Cow<'t, str>, usize>,
    key: &str,
) -> Option<Mark> {
    if entries.len() < 9 {
        return entries.iter().find(|e| e.key == key).map(|e| e.mark);
    }
    if index.is_empty() {
        index.extend(entries.iter().enumerate().map(|(i, e)| (e.key.clone(), i)));
    }
    index.get(key).and_then(|&i| entries.get(i)).map(|e| e.mark)
}

fn key_of<'t>(node: Node<'t>, problems: &mut Vec<Diagnostic>) -> Key<'t> {
    let mark = node.mark;
    match node.value {
        Value::Plain(text) if text == "<<" => {
            problems.push(
                Diagnostic::error(codes::YAML_MERGE_KEY, "merge keys (`<<`) are not used here")
                    .at(mark)
                    .hint("write the keys out; an alias (`*name`) may stand as a whole value"),
            );
            Key::Refused
        }
        Value::Plain(text) | Value::Quoted(text) => Key::Text(text, mark),
        Value::Null => {
            problems.push(
                Diagnostic::error(codes::NULL_VALUE, "a key is missing or `null`")
                    .at(mark)
                    .hint("quote it when the key is meant to be the text `null` or `~`"),
            );
            Key::Refused
        }
        Value::List(_) | Value::Map(_) => {
            problems.push(Diagnostic::error(codes::WRONG_TYPE, "a key must be text").at(mark));
            Key::Refused
        }
    }
}

fn place(file: FileId, line: usize, column: usize) -> Span {
    Span {
        file,
        line: u32::try_from(line.max(1)).unwrap_or(u32::MAX),
        column: u16::try_from(column.saturating_add(1)).unwrap_or(u16::MAX),
    }
}

/// Reads a file that is no part of a workspace and has a form of its own, such as an acceptance: within bounds, and `None` where
/// anything is wrong with it.
pub(crate) fn small_file(text: &str) -> Option<serde_json::Value> {
    let limits = YamlLimits {
        depth: 8,
        nodes: 1_000,
        alias_nodes: 0,
    };
    let mut problems = Vec::new();
    let tree = parse(FileId(0), text, limits, &mut problems)?;
    problems.is_empty().then(|| json(&tree))
}

/// Turns a value into JSON, plain text by YAML 1.2's core schema.
pub(super) fn json(node: &Node<'_>) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.value {
        Value::Null => Json::Null,
        Value::Quoted(text) => Json::String(text.to_string()),
        Value::Plain(text) => match scalar_kind(text) {
            ScalarKind::Text => Json::String(text.to_string()),
            ScalarKind::Boolean => Json::Bool(text.eq_ignore_ascii_case("true")),
            ScalarKind::Number => {
                let number = text
                    .parse::<i64>()
                    .map(serde_json::Number::from)
                    .ok()
                    .or_else(|| serde_json::Number::from_f64(text.parse().ok()?));
                number.map_or_else(|| Json::String(text.to_string()), Json::Number)
            }
        },
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.to_string(), json(&entry.node)))
            .collect(),
    }
}
