//! Lists of people: entries in YAML and in roster files, united, sorted, each person once.

mod files;

pub(crate) use files::COLUMNS;

use super::context::{Context, null};
use super::read::site_rules::{account_id, empty_list};
use super::read::{allow_empty, mode, optional_sentence};
use super::workspace::{AddressPattern, Create, Mode, Roster, RosterEntry, RosterExtra, Who};
use super::yaml::{Entry, Node, Value};
use super::{codes, keys};
use crate::diagnostic::{Diagnostic, Located};
use crate::model::{AccountKind, Domain, Email};

const CREATE: &[(&str, Create)] = &[("silent", Create::Silent), ("never", Create::Never)];

/// Reads a roster with the files that it names.
pub(super) fn roster(cx: &mut Context, entry: &Entry<'_>) -> Option<Roster> {
    let fields = cx.fields(&entry.node, entry.mark, keys::ROSTER)?;
    let mode = mode(cx, fields.get("mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let problems = cx.problems.len();
    let mut entries = Vec::new();
    if let Some(items) = fields.get("list").and_then(|e| cx.items(&e.node)) {
        list(cx, items, &mut entries);
    }
    for item in fields
        .get("from")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        if let Some(path) = cx.path(item) {
            files::read(cx, &path.value, item.mark, &mut entries);
        }
    }
    let unreadable = cx.problems.len() > problems;
    if mode == Mode::Exact && entries.is_empty() && !may_be_empty && !unreadable {
        let mark = fields.get("list").map_or(entry.mark, |e| e.mark);
        cx.report(empty_list(
            mark,
            "an empty list under `exact` removes everybody",
        ));
    }
    let entries = united(cx, entries);
    let mut keep = Vec::new();
    for item in fields
        .get("keep")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        keep.extend(address_pattern(cx, item));
    }
    let mut absent = Vec::new();
    for item in fields
        .get("absent")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        absent.extend(absent_entry(cx, item));
    }
    let create = fields.get("create").and_then(|e| cx.word(&e.node, CREATE));
    Some(Roster {
        span: entry.mark.span,
        mode,
        entries,
        keep,
        absent,
        create: create.map(|create| create.value).unwrap_or_default(),
    })
}

/// Reads the items of a YAML list of people.
fn list(cx: &mut Context, items: &[Node<'_>], entries: &mut Vec<RosterEntry>) {
    entries.reserve(items.len());
    let before = cx.problems.len();
    for item in items {
        entries.extend(person(cx, item));
        if cx.problems.len() - before > files::MOST_PROBLEMS {
            cx.report(
                Diagnostic::error(
                    codes::ROSTER_FORMAT,
                    "further problems of this list are left out",
                )
                .at(item.mark),
            );
            return;
        }
    }
}

fn person(cx: &mut Context, node: &Node<'_>) -> Option<RosterEntry> {
    let span = node.mark.span;
    match &node.value {
        Value::Plain(_) | Value::Quoted(_) => Some(RosterEntry {
            who: Who::Email(cx.email(node)?.value),
            span,
            extra: None,
        }),
        Value::Null => {
            cx.report(null(node.mark).hint("write an address"));
            None
        }
        Value::List(_) => {
            cx.wrong_type(
                node,
                "an address, or a mapping with `email` or `account_id`",
            );
            None
        }
        Value::Map(_) => {
            let fields = cx.fields(node, node.mark, keys::PERSON_ENTRY)?;
            let email = fields.get("email").and_then(|e| cx.email(&e.node));
            let account_id = fields
                .get("account_id")
                .and_then(|e| account_id(cx, &e.node));
            let previous = fields.get("previous_email").and_then(|e| {
                if !fields.has("account_id") {
                    cx.report(
                        Diagnostic::error(
                            codes::CONFLICTING_KEYS,
                            "`previous_email` goes with `account_id` only",
                        )
                        .at(e.mark)
                        .hint("the account id says whose address changed"),
                    );
                }
                cx.email(&e.node)
            });
            if !fields.has("email") && !fields.has("account_id") {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, "`email` or `account_id` is missing")
                        .at(node.mark),
                );
            }
            let extra = RosterExtra {
                name: optional_sentence(cx, fields.get("name")),
                account: fields
                    .get("account")
                    .and_then(|e| cx.word(&e.node, AccountKind::WORDS))
                    .map(|kind| kind.value),
                until: fields.get("until").and_then(|e| cx.date(&e.node)),
                email: None,
                previous_email: previous.map(|email| email.value),
            };
            let email = email.map(|email| email.value);
            let (who, extra) = match account_id {
                Some(id) => (Who::Account(id), RosterExtra { email, ..extra }),
                None if fields.has("account_id") => return None,
                None => (Who::Email(email?), extra),
            };
            Some(RosterEntry {
                who,
                span,
                extra: boxed(extra),
            })
        }
    }
}

/// Keeps an entry small: nothing is allocated for the common one that says nothing more than an address.
fn boxed(extra: RosterExtra) -> Option<Box<RosterExtra>> {
    (extra != RosterExtra::default()).then(|| Box::new(extra))
}

/// Sorts by person and folds equal entries; the same person with different details is reported.
fn united(cx: &mut Context, mut entries: Vec<RosterEntry>) -> Vec<RosterEntry> {
    if !entries.is_sorted_by(|a, b| a.who < b.who) {
        entries.sort_by(|a, b| a.who.cmp(&b.who));
        let mut conflicts = Vec::new();
        entries.dedup_by(|again, first| {
            let same = again.who == first.who;
            if same && again.extra != first.extra {
                conflicts.push((again.span, first.span, again.who.clone()));
            }
            same
        });
        for (again, first, who) in conflicts.into_iter().take(files::MOST_PROBLEMS) {
            let elsewhere = cx.sources.place(first);
            let who = match &who {
                Who::Email(email) => email.key(),
                Who::Account(id) => id.as_str(),
            };
            cx.report(
                Diagnostic::error(
                    codes::CONFLICTING_ENTRIES,
                    format!("`{who}` stands twice in this list, with different details"),
                )
                .label(again, "again here")
                .label(first, "first here")
                .hint(format!("keep one; the other is at {elsewhere}")),
            );
        }
    }
    entries.shrink_to_fit();
    entries
}

fn address_pattern(cx: &mut Context, node: &Node<'_>) -> Option<Located<AddressPattern>> {
    let text = cx.text(node)?;
    let pattern = match text.strip_prefix("*@") {
        Some(domain) => {
            let domain: Located<Domain> = cx.domain(domain, node.mark)?;
            AddressPattern::Domain(domain.value)
        }
        None => AddressPattern::Exact(cx.email(node)?.value),
    };
    Some(Located::new(pattern, node.mark.span))
}

fn absent_entry(cx: &mut Context, node: &Node<'_>) -> Option<Located<Who>> {
    let who = match &node.value {
        Value::Map(_) => {
            let fields = cx.fields(node, node.mark, keys::ABSENT_ENTRY)?;
            let email: Option<Located<Email>> = fields.get("email").and_then(|e| cx.email(&e.node));
            let id = fields
                .get("account_id")
                .and_then(|e| account_id(cx, &e.node));
            match (id, email) {
                (Some(id), _) => Who::Account(id),
                (None, Some(email)) => Who::Email(email.value),
                (None, None) => {
                    if !fields.has("email") && !fields.has("account_id") {
                        cx.report(
                            Diagnostic::error(
                                codes::MISSING_KEY,
                                "`email` or `account_id` is missing",
                            )
                            .at(node.mark),
                        );
                    }
                    return None;
                }
            }
        }
        Value::Null => {
            cx.report(null(node.mark).hint("write an address"));
            return None;
        }
        _ => Who::Email(cx.email(node)?.value),
    };
    Some(Located::new(who, node.mark.span))
}
