//! Uniting the files of a workspace into one tree: mappings are united, top-level lists and those of `policy` are
//! concatenated, everything else is declared once.

use super::codes;
use super::context::{Context, null};
use super::yaml::{Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Mark, short};
use std::borrow::Cow;
use std::collections::HashMap;

/// How the values of one key from several files come together.
#[derive(Debug)]
enum Shape {
    /// Declared in one place.
    Once,
    /// Written in every file and checked there; the first one is kept.
    First,
    /// A list to which every file may add.
    Concatenate,
    /// A mapping that is united; `*` stands for every key that is not named.
    Unite(&'static [(&'static str, Self)]),
}

const ONCE: Shape = Shape::Once;
const ENTITIES: Shape = Shape::Unite(&[]);

/// The whole format, as far as merging is concerned.
const TOP: Shape = Shape::Unite(&[
    ("version", Shape::First),
    ("include", Shape::Concatenate),
    ("scopes", Shape::Concatenate),
    ("expectations", Shape::Concatenate),
    ("attestations", Shape::Concatenate),
    (
        "policy",
        Shape::Unite(&[
            ("class_gains", ENTITIES),
            ("protect", Shape::Concatenate),
            ("freeze", Shape::Concatenate),
            ("acknowledge", Shape::Concatenate),
            ("accept_drift", Shape::Concatenate),
        ]),
    ),
    ("atlassian_organizations", Shape::Unite(&[("*", ATLASSIAN)])),
    ("sites", Shape::Unite(&[("*", SITE)])),
]);

const ATLASSIAN: Shape = Shape::Unite(&[
    ("approved_domains", Shape::Unite(&[("domains", ENTITIES)])),
    ("any_domain", Shape::Unite(&[("sites", ENTITIES)])),
]);

const SITE: Shape = Shape::Unite(&[
    ("surfaces", ENTITIES),
    (
        "customer_access",
        Shape::Unite(&[("internal", ENTITIES), ("external", ENTITIES)]),
    ),
    ("email", ENTITIES),
    ("portal_only_login", ENTITIES),
    ("knowledge_base", ENTITIES),
    ("spaces", ENTITIES),
    ("rosters", Shape::Concatenate),
    ("organizations", ENTITIES),
    ("people", ENTITIES),
    ("project_defaults", ENTITIES),
    ("projects", ENTITIES),
]);

/// The values of one key, one for each file that has it, with the places of the key.
type Parts<'t> = Vec<(Mark, Node<'t>)>;

impl Shape {
    fn of(&self, key: &str) -> &Self {
        match self {
            Self::Unite(keys) => keys
                .iter()
                .find(|(name, _)| *name == key)
                .or_else(|| keys.iter().find(|(name, _)| *name == "*"))
                .map_or(&ONCE, |(_, shape)| shape),
            Self::Once | Self::First | Self::Concatenate => &ONCE,
        }
    }
}

/// Unites the files' trees, in the order given; what is declared twice is reported and the first one kept.
pub(super) fn merge<'t>(cx: &mut Context, files: Vec<Node<'t>>) -> Option<Node<'t>> {
    let mark = files.first()?.mark;
    let parts = files.into_iter().map(|node| (node.mark, node)).collect();
    Some(unite(cx, &TOP, mark, parts))
}

fn unite<'t>(cx: &mut Context, shape: &Shape, mark: Mark, parts: Parts<'t>) -> Node<'t> {
    let mut order: Vec<(Cow<'t, str>, Parts<'t>)> = Vec::new();
    let mut index: HashMap<Cow<'t, str>, usize> = HashMap::new();
    for (key_mark, part) in parts {
        match part.value {
            Value::Map(entries) => {
                for Entry { key, mark, node } in entries {
                    let at = *index.entry(key.clone()).or_insert_with(|| {
                        order.push((key, Vec::with_capacity(1)));
                        order.len() - 1
                    });
                    if let Some((_, found)) = order.get_mut(at) {
                        found.push((mark, node));
                    }
                }
            }
            Value::Null => cx.report(null(key_mark)),
            _ => cx.wrong_type(&part, "a mapping"),
        }
    }
    let entries = order
        .into_iter()
        .filter_map(|(key, parts)| join(cx, shape.of(&key), key, parts))
        .collect();
    Node {
        mark,
        value: Value::Map(entries),
    }
}

fn join<'t>(
    cx: &mut Context,
    shape: &Shape,
    key: Cow<'t, str>,
    mut parts: Parts<'t>,
) -> Option<Entry<'t>> {
    let mark = parts.first()?.0;
    if parts.len() == 1 {
        let (_, node) = parts.pop()?;
        return Some(Entry { key, mark, node });
    }
    let node = match shape {
        Shape::Unite(_) => unite(cx, shape, mark, parts),
        Shape::Concatenate => {
            let mut all = Vec::new();
            let place = parts.first()?.1.mark;
            for (key_mark, part) in parts {
                match part.value {
                    Value::List(items) => all.extend(items),
                    Value::Null => cx.report(null(key_mark)),
                    _ => cx.wrong_type(&part, "a list"),
                }
            }
            Node {
                mark: place,
                value: Value::List(all),
            }
        }
        Shape::First => parts.into_iter().next()?.1,
        Shape::Once => {
            let mut parts = parts.into_iter();
            let (first, node) = parts.next()?;
            for (again, _) in parts {
                twice(cx, &key, again, first);
            }
            node
        }
    };
    Some(Entry { key, mark, node })
}

/// Reports something that is declared in two places.
pub(super) fn twice(cx: &mut Context, what: &str, again: Mark, first: impl Into<Mark>) {
    let first = first.into();
    let elsewhere = cx.sources.place(first.span);
    cx.report(
        Diagnostic::error(
            codes::DECLARED_TWICE,
            format!("`{}` is declared twice", short(what)),
        )
        .label(again, "again here")
        .label(first, "first here")
        .hint(format!("keep one; the other is at {elsewhere}")),
    );
}
