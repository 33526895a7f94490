//! Lists of people: entries in YAML and in roster files, united, sorted, each person once.

mod columns;
mod files;
mod leavers;
mod many;
mod reading;
mod table;

pub use columns::column_words;
pub(super) use files::merge_markers;
pub(super) use leavers::leavers;
pub(super) use many::{Lists, rosters, unfilled};
pub(crate) use reading::Purpose;
pub use reading::{Column, Condition, Reading};
pub(crate) use table::Table;

use super::context::{Context, null};
use super::read::site_rules::{account_id, empty_list};
use super::read::{allow_empty, mode, optional_sentence};
use super::workspace::{
    AddressPattern, AutoJoined, Create, ManagedBy, Mode, Roster, RosterEntry, RosterExtra,
    RosterFile, Who,
};
use super::yaml::{Entry, Node, Value};
use super::{codes, keys};
use crate::diagnostic::{Diagnostic, Located, Mark, Span};
use crate::model::{AccountKind, Domain, Email};
use crate::neutral::phrase::{marked, say};
use files::{Budget, Outcome};
use reading::Source;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words of `managed_by`.
pub(super) const MANAGED_BY: &[(&str, ManagedBy)] = &[
    ("portcullis", ManagedBy::Portcullis),
    ("scim", ManagedBy::Scim),
    ("agents", ManagedBy::Agents),
];
const AUTO_JOINED: &[(&str, AutoJoined)] =
    &[("keep", AutoJoined::Keep), ("remove", AutoJoined::Remove)];
const CREATE: &[(&str, Create)] = &[("silent", Create::Silent), ("never", Create::Never)];
const CREATE_CUSTOMERS: &[(&str, Create)] = &[
    ("silent", Create::Silent),
    ("invite", Create::Invite),
    ("never", Create::Never),
];

/// A list under `exact` to which nothing has been found yet.
#[derive(Debug)]
pub(super) struct Unfilled {
    /// The list.
    pub(super) roster: Span,
    /// Where to say so.
    pub(super) mark: Mark,
    /// Its files, which hold nobody.
    pub(super) files: Vec<(String, Mark)>,
    /// Whether it says where its people stand, be it an empty list.
    pub(super) written: bool,
}

/// Reads a roster with the files that it names.
pub(super) fn roster(cx: &mut Context, entry: &Entry<'_>) -> Option<Roster> {
    roster_of(cx, entry, keys::ROSTER)
}

fn roster_of(cx: &mut Context, entry: &Entry<'_>, known: &[&str]) -> Option<Roster> {
    let fields = cx.fields(&entry.node, entry.mark, known)?;
    let mode = mode(cx, fields.get("mode"));
    let may_be_empty = allow_empty(cx, fields.get("allow_empty"));
    let problems = cx.problems.len();
    let mut entries = Vec::new();
    if let Some(items) = fields.get("list").and_then(|e| cx.items(&e.node)) {
        list(cx, items, &mut entries);
    }
    let mut absent = Vec::new();
    let mut files = Vec::new();
    let mut empty = Vec::new();
    for item in fields
        .get("from")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        let Some(source) = reading::source(cx, item, Purpose::List) else {
            continue;
        };
        let outcome = files::read(cx, &source, Purpose::List, &mut |_, _, found| {
            if found.out {
                absent.push(Located::new(found.entry.who, found.entry.span));
            } else {
                entries.push(found.entry);
            }
        });
        let Some(outcome) = outcome else {
            continue;
        };
        outcome.judge(cx, Purpose::List, mode == Mode::Exact);
        if outcome.rows == 0 {
            empty.push((source.path.to_string(), outcome.start));
        }
        files.push(file(&source, &outcome));
    }
    // What is written wrongly is not empty: following the hint would remove everybody.
    let unreadable = cx.problems[problems..]
        .iter()
        .any(|problem| problem.severity == crate::diagnostic::Severity::Error)
        || ["list", "from"]
            .iter()
            .any(|key| fields.has(key) && fields.get(key).is_none());
    if mode == Mode::Exact && !may_be_empty && !unreadable {
        if entries.is_empty() {
            cx.unfilled.push(Unfilled {
                roster: entry.mark.span,
                mark: fields.get("list").map_or(entry.mark, |e| e.mark),
                files: empty,
                written: fields.has("list") || fields.has("from"),
            });
        } else {
            for (path, mark) in empty {
                cx.report(holds_nobody(&path, mark));
            }
        }
    }
    let entries = united(cx, entries);
    let auto_joined = fields
        .get("auto_joined")
        .and_then(|e| cx.word(&e.node, AUTO_JOINED));
    let previous_domains = previous_domains(cx, fields.get("previous_domains"));
    let mut keep = Vec::new();
    for item in fields
        .get("keep")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        keep.extend(address_pattern(cx, item));
    }
    for item in fields
        .get("absent")
        .and_then(|e| cx.items(&e.node))
        .unwrap_or_default()
    {
        absent.extend(absent_entry(cx, item));
    }
    let words = match known == keys::CUSTOMERS {
        true => CREATE_CUSTOMERS,
        false => CREATE,
    };
    let create = fields.get("create").and_then(|e| cx.word(&e.node, words));
    Some(Roster {
        span: entry.mark.span,
        mode,
        entries,
        auto_joined: auto_joined.map(|word| word.value).unwrap_or_default(),
        previous_domains,
        keep,
        absent,
        create: create.map(|create| create.value).unwrap_or_default(),
        files,
    })
}

fn holds_nobody(path: &str, mark: Mark) -> Diagnostic {
    Diagnostic::warning(
        codes::EMPTY_LIST,
        format!("`{path}` holds nobody, and the list is `exact`"),
    )
    .at(mark)
    .hint("whoever stood in it is removed; `min_rows` makes a broken export an error")
}

/// Reads the customers of a project, and who changes them.
pub(super) fn customers(cx: &mut Context, entry: &Entry<'_>) -> (Option<Roster>, ManagedBy) {
    let fields = match &entry.node.value {
        Value::Map(_) => cx.fields(&entry.node, entry.mark, keys::CUSTOMERS),
        _ => None,
    };
    let written = fields.and_then(|fields| fields.get("managed_by"));
    let managed = written.and_then(|e| cx.word(&e.node, MANAGED_BY));
    let managed_by = managed.as_ref().map(|m| m.value).unwrap_or_default();
    let (Some(fields), Some(managed)) = (fields, managed) else {
        return (roster_of(cx, entry, keys::CUSTOMERS), managed_by);
    };
    if managed_by == ManagedBy::Portcullis {
        return (roster_of(cx, entry, keys::CUSTOMERS), managed_by);
    }
    if let Some(key) = keys::ROSTER.iter().find(|key| fields.has(key)) {
        cx.report(
            Diagnostic::error(
                codes::MANAGED_ELSEWHERE,
                format!(
                    "`{key}` cannot stand beside `managed_by: {}`",
                    managed_by.word()
                ),
            )
            .at(entry.mark)
            .label(managed.span, "the customers are changed there, never here")
            .hint("leave it out, or write `managed_by: portcullis`"),
        );
    }
    (None, managed_by)
}

fn file(source: &Source, outcome: &Outcome) -> RosterFile {
    RosterFile {
        file: outcome.file,
        named: source.mark.span,
        rows: outcome.rows,
        reading: Arc::new(source.reading.clone()),
    }
}

/// Reads the items of a YAML list of people.
fn list(cx: &mut Context, items: &[Node<'_>], entries: &mut Vec<RosterEntry>) {
    entries.reserve(items.len());
    let mut budget = Budget::new();
    for item in items {
        entries.extend(bounded(cx, &mut budget, |cx| person(cx, item)));
    }
    budget.finish(cx, "this list");
}

/// Reads something whose problems count against a budget.
fn bounded<T>(cx: &mut Context, budget: &mut Budget, read: impl FnOnce(&mut Context) -> T) -> T {
    let before = cx.problems.len();
    let result = read(cx);
    for problem in cx.problems.split_off(before) {
        budget.report(cx, problem);
    }
    result
}

/// Returns the first line with the conflict markers of a merge.
pub(super) fn conflict(text: &str) -> Option<u32> {
    if !text.contains("<<<<<<< ") || !text.contains(">>>>>>> ") {
        return None;
    }
    let mut numbered = (1_u32..).zip(text.lines());
    let (line, _) = numbered.find(|(_, line)| line.starts_with("<<<<<<< "))?;
    numbered
        .any(|(_, line)| line.starts_with(">>>>>>> "))
        .then_some(line)
}

fn person(cx: &mut Context, node: &Node<'_>) -> Option<RosterEntry> {
    let span = node.mark.span;
    match &node.value {
        Value::Plain(_) | Value::Quoted(_) => Some(RosterEntry {
            who: Who::Email(cx.email(node)?.value),
            span,
            name: None,
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
            let previous = fields.get("previous_email").and_then(|e| cx.email(&e.node));
            let new_person = fields
                .get("new_person")
                .and_then(|e| cx.boolean(&e.node))
                .is_some_and(|new| new.value);
            if new_person && let Some(previous) = &previous {
                cx.report(same_and_new(previous.span));
            }
            if !fields.has("email") && !fields.has("account_id") {
                cx.report(
                    Diagnostic::error(codes::MISSING_KEY, "`email` or `account_id` is missing")
                        .at(node.mark),
                );
            }
            let name = optional_sentence(cx, fields.get("name"));
            let extra = RosterExtra {
                account: fields
                    .get("account")
                    .and_then(|e| cx.word(&e.node, AccountKind::WORDS))
                    .map(|kind| kind.value),
                until: fields.get("until").and_then(|e| cx.date(&e.node)),
                email: None,
                previous_email: previous.map(|email| email.value),
                new_person,
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
                name: name.map(Into::into),
                extra: boxed(extra),
            })
        }
    }
}

/// Says that an entry cannot have been somebody else before and be new.
fn same_and_new(at: Span) -> Diagnostic {
    Diagnostic::error(
        codes::CONFLICTING_KEYS,
        "`previous_email` and `new_person` contradict each other",
    )
    .at(at)
    .hint("`previous_email` says who the person was, `new_person` that they are nobody who leaves")
}

/// Reads which domains were renamed.
fn previous_domains(cx: &mut Context, entry: Option<&Entry<'_>>) -> BTreeMap<Domain, Vec<Domain>> {
    let mut renamed = BTreeMap::new();
    let entries = entry.and_then(|e| cx.entries(&e.node)).unwrap_or_default();
    for entry in entries {
        let now = cx.domain(&entry.key, entry.mark);
        let mut before = Vec::new();
        for item in cx.items(&entry.node).unwrap_or_default() {
            let text = cx.text(item);
            let domain = text.and_then(|text| cx.domain(text, item.mark));
            let Some(domain) = domain else { continue };
            if now.as_ref().is_some_and(|now| now.value == domain.value) {
                cx.report(
                    Diagnostic::error(
                        codes::CONFLICTING_KEYS,
                        format!("`{}` cannot be the domain before itself", domain.value),
                    )
                    .at(item.mark),
                );
                continue;
            }
            before.push(domain.value);
        }
        if let Some(now) = now {
            renamed.insert(now.value, before);
        }
    }
    renamed
}

/// Keeps an entry small: nothing is allocated for the common one that says nothing more than an address.
fn boxed(extra: RosterExtra) -> Option<Box<RosterExtra>> {
    (extra != RosterExtra::default()).then(|| Box::new(extra))
}

/// Sorts by person and folds equal entries; the same person with different details is reported.
fn united(cx: &mut Context, mut entries: Vec<RosterEntry>) -> Vec<RosterEntry> {
    if !entries.is_sorted_by(|a, b| a.who < b.who) {
        entries.sort_by_cached_key(|entry| (beginning(&entry.who), entry.who.clone()));
        let mut conflicts = Vec::new();
        entries.dedup_by(|again, first| {
            let same = again.who == first.who;
            if same && (&again.name, &again.extra) != (&first.name, &first.extra) {
                conflicts.push((again.span, first.span, again.who.clone()));
            }
            same
        });
        let mut budget = Budget::new();
        for (again, first, who) in conflicts {
            let elsewhere = cx.sources.place(first);
            let who = who.text();
            let diagnostic = Diagnostic::error(
                codes::CONFLICTING_ENTRIES,
                say(
                    "{} stands twice in this list, with different details",
                    [marked(&who)],
                ),
            )
            .label(again, "again here")
            .label(first, "first here")
            .hint(format!("keep one; the other is at {elsewhere}"));
            budget.report(cx, diagnostic);
        }
        budget.finish(cx, "this list");
    }
    entries.shrink_to_fit();
    entries
}

/// What decides nearly every comparison of two people, so that a million are sorted without reading their texts again and again.
fn beginning(who: &Who) -> u128 {
    let mut bytes = [0; 16];
    bytes[0] = u8::from(matches!(who, Who::Account(_)));
    let text = who.text();
    for (byte, of_text) in bytes[1..].iter_mut().zip(text.bytes()) {
        *byte = of_text;
    }
    u128::from_be_bytes(bytes)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_beginning_sorts_as_the_person(
            local in prop::collection::vec("[a-c]{1,18}", 2),
            of_account in prop::collection::vec(any::<bool>(), 2),
        ) {
            let [one, other] = [0, 1].map(|at| match of_account[at] {
                true => Who::Account(AccountId::new(local[at].as_str())),
                false => Who::Email(Email::new(&format!("{}@b.example", local[at])).unwrap()),
            });
            let begins = beginning(&one).cmp(&beginning(&other));
            prop_assert!(begins.is_eq() || begins == one.cmp(&other));
        }
    }
}
