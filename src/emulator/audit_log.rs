//! The two logs over the wire: Jira's audit records, and the events of the Atlassian organization over the Admin API.

use super::admin::check_organization;
use super::audit::{Item, Log, Record};
use super::call::{Answer, Call, Reply};
use super::site::Site;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The actions of the organization's log, with the words for people.
const ACTIONS: [(&str, &str, &str); 6] = [
    (
        "approved_domain_updated",
        "Changed an approved domain",
        "App access settings",
    ),
    ("user_added_to_group", "Added user to group", "Groups"),
    ("user_granted_role", "Granted role to user", "Users"),
    ("user_invited", "Invited user", "Users"),
    (
        "user_removed_from_group",
        "Removed user from group",
        "Groups",
    ),
    ("user_revoked_role", "Revoked role from user", "Users"),
];

/// Lists the audit records of the site, newest first.
pub(super) fn records(site: &Site, call: &Call<'_>) -> Reply {
    let moment = |name: &str| match call.query(name) {
        None => Ok(None),
        Some(text) => time(text)
            .map(Some)
            .ok_or_else(|| call.error(400, &format!("`{name}` is no date and time."))),
    };
    let (from, to) = (moment("from")?, moment("to")?);
    let words: Vec<String> = call
        .query("filter")
        .unwrap_or("")
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let found: Vec<&Record> = site
        .audit
        .records(Log::Site)
        .filter(|record| from.is_none_or(|from| record.at >= from))
        .filter(|record| to.is_none_or(|to| record.at <= to))
        .filter(|record| words.iter().all(|word| has(record, word)))
        .collect();
    let offset = call.number("offset", 0);
    let limit = call.number("limit", 1000).min(1000);
    let rows: Vec<Value> = found
        .iter()
        .skip(offset)
        .take(limit)
        .map(|record| record_row(record))
        .collect();
    Ok(Answer::json(
        200,
        &json!({"offset": offset, "limit": limit, "total": found.len(), "records": rows}),
    ))
}

fn has(record: &Record, word: &str) -> bool {
    let event = &record.event;
    let changes = event
        .changes
        .iter()
        .flat_map(|changed| [changed.from.as_str(), changed.to.as_str()]);
    [
        event.summary.as_str(),
        event.category.as_str(),
        event.object.id.as_str(),
        event.object.name.as_str(),
        event.object.kind.as_str(),
    ]
    .into_iter()
    .chain(changes)
    .any(|text| text.to_lowercase().contains(word))
}

fn record_row(record: &Record) -> Value {
    let event = &record.event;
    let changes: Vec<Value> = event
        .changes
        .iter()
        .map(|changed| {
            let mut row = json!({"fieldName": changed.field});
            for (key, value) in [("changedFrom", &changed.from), ("changedTo", &changed.to)] {
                if !value.is_empty() {
                    row[key] = json!(value);
                }
            }
            row
        })
        .collect();
    let mut row = json!({
        "id": record.id,
        "summary": event.summary,
        "created": record.at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        "category": event.category,
        "eventSource": "",
        "objectItem": item(&event.object),
        "changedValues": changes,
        "associatedItems": event.items.iter().map(item).collect::<Vec<_>>(),
    });
    if let Some(author) = &record.author {
        row["authorAccountId"] = json!(author.id);
        row["authorKey"] = json!(author.id);
    }
    row
}

fn item(item: &Item) -> Value {
    json!({"id": item.id, "name": item.name, "typeName": item.kind})
}

/// Lists the events of the organization, newest first, as they are searched for.
pub(super) fn events(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let page = Page::of(call, 30)?;
    let (action, word) = (
        call.query("action"),
        call.query("q").unwrap_or("").to_lowercase(),
    );
    let actors: Vec<&str> = call.query_all("actor").collect();
    let found = site.audit.records(Log::Organization).filter(|record| {
        action.is_none_or(|action| record.event.category == action)
            && has(record, &word)
            && (actors.is_empty()
                || record
                    .author
                    .as_ref()
                    .is_some_and(|author| actors.contains(&author.id.as_str())))
    });
    Ok(page.answer(call, found, false))
}

/// Lists the events of the organization in the order in which they came to be, unless asked for the other.
pub(super) fn stream(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let page = Page::of(call, 200)?;
    let newest_first = site.audit.records(Log::Organization);
    Ok(match call.query("sortOrder") == Some("desc") {
        true => page.answer(call, newest_first, true),
        false => page.answer(call, newest_first.rev(), true),
    })
}

/// Lists the actions that an event can be of.
pub(super) fn actions(site: &Site, call: &Call<'_>) -> Reply {
    check_organization(site, call)?;
    let rows: Vec<Value> = ACTIONS
        .into_iter()
        .map(|(id, name, group)| {
            json!({
                "id": id, "type": "event-actions",
                "attributes": {"displayName": name, "groupDisplayName": group},
            })
        })
        .collect();
    Ok(Answer::json(200, &json!({"data": rows})))
}

/// One page of events: from which to which moment, and how many are left out at the front.
struct Page {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    skip: usize,
    limit: usize,
}

impl Page {
    fn of(call: &Call<'_>, default: usize) -> Result<Self, Answer> {
        let moment = |name: &str| match call.query(name) {
            None => Ok(None),
            Some(text) => time(text)
                .map(Some)
                .ok_or_else(|| call.error(400, &format!("`{name}` is no moment."))),
        };
        let skip = match call.query("cursor") {
            None => 0,
            Some(cursor) => URL_SAFE_NO_PAD
                .decode(cursor)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
                .ok_or_else(|| call.error(400, "The cursor is not valid."))?,
        };
        let limit = call.number("limit", default);
        if !(1..=500).contains(&limit) {
            return Err(call.error(400, "The limit must be between 1 and 500."));
        }
        Ok(Self {
            from: moment("from")?,
            to: moment("to")?,
            skip,
            limit,
        })
    }

    fn answer<'r>(
        &self,
        call: &Call<'_>,
        records: impl Iterator<Item = &'r Record>,
        polled: bool,
    ) -> Answer {
        let mut rows: Vec<Value> = records
            .filter(|record| self.from.is_none_or(|from| record.at >= from))
            .filter(|record| self.to.is_none_or(|to| record.at <= to))
            .skip(self.skip)
            .take(self.limit + 1)
            .map(|record| event_row(record, call, polled))
            .collect();
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let url = format!("{}{}", call.base, call.path);
        let mut links = json!({"self": url});
        let mut meta = json!({"page_size": rows.len()});
        if more {
            let cursor = URL_SAFE_NO_PAD.encode((self.skip + self.limit).to_string());
            links["next"] = json!(format!("{url}?cursor={cursor}&limit={}", self.limit));
            meta["next"] = json!(cursor);
        }
        Answer::json(200, &json!({"data": rows, "meta": meta, "links": links}))
    }
}

fn event_row(record: &Record, call: &Call<'_>, polled: bool) -> Value {
    let event = &record.event;
    let context: Vec<Value> = std::iter::once(&event.object)
        .chain(&event.items)
        .map(|item| {
            json!({"id": item.id, "type": item.kind.to_lowercase(), "attributes": {"name": item.name}})
        })
        .collect();
    let mut actor = json!({"id": record.author.as_ref().map_or("", |author| author.id.as_str())});
    if let Some(author) = &record.author {
        actor["name"] = json!(author.name);
        if let Some(email) = &author.email {
            actor["email"] = json!(email);
        }
    }
    let time = record.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let mut attributes = json!({
        "time": time, "action": event.category, "actor": actor, "context": context, "container": [],
    });
    if polled {
        attributes["processedAt"] = json!(time);
    }
    json!({
        "id": record.id.to_string(),
        "type": "events",
        "attributes": attributes,
        "links": {"self": format!("{}{}/{}", call.base, call.path, record.id)},
        "message": {"content": event.summary, "format": "simple"},
    })
}

/// Reads a moment: ISO 8601, with or without a time and an offset, or milliseconds since 1970.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(millis) = text.parse::<i64>() {
        return Timestamp::from_millisecond(millis).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    // An offset without a colon, as Jira writes it.
    if let Ok(moment) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text) {
        return Some(moment);
    }
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    local
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|at| at.timestamp())
}
