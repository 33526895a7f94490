//! Who changed it and when, as the audit logs say; where they say nothing, that. Never a guess.
//!
//! What a real site records is not published in full, and the words of a record are not promised. So a record counts for a change
//! only where it names everything that the change is about, and says the direction or the value that is live now; and only
//! where no newer record about the same says otherwise.

use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a log says that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// Who, as far as the log says: an address, a name or an id.
    pub by: Option<String>,
    /// What was done, in the log's words.
    pub summary: String,
    /// What it is about.
    pub items: Vec<Item>,
    /// Values that changed: field, before, after.
    pub changes: Vec<(String, String, String)>,
}

/// Something that a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The log's word for what it is.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The logs as they were read, newest first; the reason where one was not.
#[derive(Debug, Clone)]
pub struct Logs {
    /// The site's.
    pub site: Result<Vec<Record>, String>,
    /// That of the Atlassian organization.
    pub organization: Result<Vec<Record>, String>,
}

/// What people of a site are called in a log: by address, the account ids and display names that only they have.
pub type Names = BTreeMap<String, Vec<String>>;

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blame {
    /// A record says so.
    By(Record),
    /// The log was read and says nothing of it.
    Silent,
    /// The log could not be read: the reason.
    Unread(String),
}

/// Which way something went on the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Added,
    Removed,
}

/// What a record must say to count.
enum Wanted {
    /// That these went this way; each by a kind and the names that it may have.
    Went(Vec<(&'static str, Vec<String>)>, Way),
    /// That this has this value now, in one of these fields where they are known.
    Became(Vec<(&'static str, Vec<String>)>, Option<Vec<String>>, Value),
    /// That somebody touched these, which the log records whole.
    Touched(Vec<(&'static str, Vec<String>)>),
    /// That an account went this way; a record about what else the account is in says nothing of it.
    Account(Vec<String>, Way),
    /// That an organization of this name went, or is called otherwise now.
    Gone(String),
}

/// Says who made a change: `address` is a plan's, `action` what happened on the site, `live` the value there now.
pub fn blame(
    logs: &Logs,
    names: &Names,
    (address, action, live): (&str, &str, &Value),
    project_name: impl Fn(&str) -> Option<String>,
) -> Blame {
    let parts: Vec<String> = address
        .split('/')
        .map(|part| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8_lossy()
                .into_owned()
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (log, wanted) = match parts.as_slice() {
        [_, "approved-domain", domain] => (
            &logs.organization,
            Some(Wanted::Touched(vec![(
                "domain",
                vec![(*domain).to_owned()],
            )])),
        ),
        // Which role went is not told in the same words everywhere; that one of this person did, and which way, is.
        [_, "account", who, "role"] => {
            let way = match live.get("role").and_then(Value::as_str) {
                Some("none") => Way::Removed,
                _ => Way::Added,
            };
            let all = vec![person(names, who), ("role", Vec::new())];
            (&logs.organization, Some(Wanted::Went(all, way)))
        }
        _ => {
            let wanted = wanted(&parts, names, action, live, project_name);
            (&logs.site, wanted)
        }
    };
    // A log that was not read is told of what no record could be about, too.
    match (log, wanted) {
        (Err(why), _) => Blame::Unread(why.clone()),
        (Ok(_), None) => Blame::Silent,
        (Ok(records), Some(wanted)) => {
            find(records, &wanted).map_or(Blame::Silent, |record| Blame::By(record.clone()))
        }
    }
}

fn wanted(
    parts: &[&str],
    names: &Names,
    action: &str,
    live: &Value,
    project_name: impl Fn(&str) -> Option<String>,
) -> Option<Wanted> {
    let way = match action {
        "create" => Some(Way::Added),
        "delete" => Some(Way::Removed),
        _ => None,
    };
    let project = |key: &str| {
        let mut called = vec![key.to_owned()];
        called.extend(project_name(key));
        ("project", called)
    };
    let organization = |name: &str| ("organization", vec![name.to_owned()]);
    let person = |who: &str| person(names, who);
    Some(match parts {
        [_, "organization", name] => match way {
            Some(Way::Removed) => Wanted::Gone((*name).to_owned()),
            Some(way) => Wanted::Went(vec![organization(name)], way),
            None => {
                let now = live.get("name").cloned().unwrap_or(Value::Null);
                let now_called = now.as_str().unwrap_or(name);
                Wanted::Became(
                    vec![organization(now_called)],
                    Some(vec!["name".into()]),
                    now,
                )
            }
        },
        [_, "organization", name, "member", who] => {
            Wanted::Went(vec![organization(name), person(who)], way?)
        }
        [_, "organization", name, "email-domain", domain] => Wanted::Went(
            vec![organization(name), ("domain", vec![(*domain).to_owned()])],
            way?,
        ),
        [_, "project", key, "organization", name] => {
            Wanted::Went(vec![project(key), organization(name)], way?)
        }
        [_, "project", key, "customer", who] => Wanted::Went(vec![project(key), person(who)], way?),
        [_, "project", key, "customer-group", name] => Wanted::Went(
            vec![project(key), ("group", vec![(*name).to_owned()])],
            way?,
        ),
        [_, "project", key, "access" | "sharing"] => {
            Wanted::Became(vec![project(key)], None, live.clone())
        }
        [_, "project", key, "knowledge-base", space] => Wanted::Became(
            vec![project(key), ("space", vec![(*space).to_owned()])],
            None,
            live.get("who_can_view").cloned().unwrap_or(Value::Null),
        ),
        [_, "account", who] => {
            let state = live.get("state").and_then(Value::as_str);
            let way = match (way, state) {
                (Some(way), _) => way,
                (None, Some("revoked" | "deactivated")) => Way::Removed,
                (None, Some(_)) => Way::Added,
                (None, None) => return None,
            };
            Wanted::Account(person(who).1, way)
        }
        [_, "customer-access" | "setting", name] => {
            let field = match *name {
                "internal" => "atlassian_accounts",
                "external" => "portal_only_accounts",
                "email-cc-creates-accounts" => "email_account_creation",
                other => other,
            };
            Wanted::Became(
                Vec::new(),
                Some(vec![plain(field), plain(name)]),
                live.clone(),
            )
        }
        _ => return None,
    })
}

/// A person, by whatever a log may call them.
fn person(names: &Names, who: &str) -> (&'static str, Vec<String>) {
    let known = names.get(who).cloned().unwrap_or_default();
    let mut called = vec![who.strip_prefix("id:").unwrap_or(who).to_owned()];
    called.extend(known);
    ("user", called)
}

/// The newest record about what is wanted, where it says what is wanted.
fn find<'r>(records: &'r [Record], wanted: &Wanted) -> Option<&'r Record> {
    match wanted {
        Wanted::Touched(all) => records.iter().find(|record| names_all(record, all)),
        Wanted::Account(called, way) => {
            let all = [("user", called.clone())];
            let newest = records.iter().find(|record| is_alone(record, &all))?;
            (went(newest, &all) == Some(*way)).then_some(newest)
        }
        Wanted::Gone(name) => {
            let all = [("organization", vec![name.clone()])];
            let newest = records
                .iter()
                .find(|record| renamed_from(record, name) || is_alone(record, &all))?;
            let gone = renamed_from(newest, name) || went(newest, &all) == Some(Way::Removed);
            gone.then_some(newest)
        }
        Wanted::Went(all, way) => {
            let newest = records.iter().find(|record| names_all(record, all))?;
            (went(newest, all) == Some(*way)).then_some(newest)
        }
        Wanted::Became(all, fields, value) => {
            let value = spelled(value)?;
            for record in records.iter().filter(|record| names_all(record, all)) {
                let mut changes = record.changes.iter();
                let said = |(field, _, to): &&(String, String, String)| {
                    plain(to) == value
                        && fields
                            .as_ref()
                            .is_none_or(|fields| fields.contains(&plain(field)))
                };
                if let Some((field, ..)) = changes.find(said) {
                    // Whoever changed the same field later left another value than the one that is there.
                    let later = records
                        .iter()
                        .take_while(|other| !std::ptr::eq(*other, record));
                    let undone = later
                        .filter(|other| names_all(other, all))
                        .any(|other| other.changes.iter().any(|(other, ..)| other == field));
                    return (!undone).then_some(record);
                }
            }
            None
        }
    }
}

/// Says whether a record is about one thing and nothing else.
fn is_alone(record: &Record, all: &[(&'static str, Vec<String>)]) -> bool {
    let kinds = all.iter().map(|(kind, _)| *kind);
    let kinds: Vec<&str> = kinds.collect();
    let mut items = record.items.iter();
    items.all(|item| kinds.iter().any(|kind| is_a(&item.kind, kind))) && names_all(record, all)
}

/// Says whether a record tells that the organization of a name got another one.
fn renamed_from(record: &Record, name: &str) -> bool {
    let mut items = record.items.iter();
    let mut changes = record.changes.iter();
    items.any(|item| is_a(&item.kind, "organization"))
        && changes.any(|(field, from, to)| plain(field) == "name" && from == name && from != to)
}

/// Says whether a record names everything: as what it is about, or as a value that changed. Without a name anything of the kind
/// is meant.
fn names_all(record: &Record, all: &[(&'static str, Vec<String>)]) -> bool {
    all.iter().all(|(kind, called)| {
        let known = |text: &str| {
            !text.is_empty() && (called.is_empty() || called.iter().any(|name| name == text))
        };
        let by_item = record
            .items
            .iter()
            .any(|item| is_a(&item.kind, kind) && (known(&item.name) || known(&item.id)));
        let by_value = matches!(*kind, "user" | "group" | "domain" | "space")
            && record
                .changes
                .iter()
                .any(|(field, from, to)| is_a(field, kind) && (known(from) || known(to)));
        by_item || by_value
    })
}

/// Says whether a log's word for something means a kind: `CUSTOMER_ORGANIZATION` an organization, `PROJECT_ROLE` no project.
fn is_a(word: &str, kind: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let word = word.trim_end_matches('s');
    match kind {
        "project" => word == "project" || word == "space",
        "user" => ["user", "account", "customer", "member"].contains(&word),
        kind => word.split(['_', ' ', '-']).any(|part| part == kind) || word == kind,
    }
}

/// Which way a record says that things went: by the value that changed, else by its verb.
fn went(record: &Record, all: &[(&'static str, Vec<String>)]) -> Option<Way> {
    let called = |text: &str| {
        all.iter()
            .any(|(_, called)| called.iter().any(|name| name == text))
    };
    for (_, from, to) in &record.changes {
        match (called(from), called(to)) {
            (false, true) if from.is_empty() => return Some(Way::Added),
            (true, false) if to.is_empty() => return Some(Way::Removed),
            _ => {}
        }
    }
    let summary = record.summary.to_ascii_lowercase();
    let has = |verbs: &[&str]| {
        let mut words = summary.split(|c: char| !c.is_ascii_alphabetic());
        words.any(|word| verbs.contains(&word))
    };
    let added = has(&["added", "created", "granted", "linked", "invited"]);
    let removed = has(&["removed", "deleted", "revoked", "unlinked"]);
    match (added, removed) {
        (true, false) => Some(Way::Added),
        (false, true) => Some(Way::Removed),
        _ => None,
    }
}

/// Spells a value as it is compared; nothing for what no log spells in one word.
fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(plain(text)),
        Value::Bool(on) => Some(on.to_string()),
        _ => None,
    }
}

/// A word as it is compared: `Channel access` is `channel_access`.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

#[cfg(test)]
mod tests;
