//! The two logs of who changed what: Jira's audit records, and the events of the Atlassian organization. Reading only.

use super::call::{Base, Call};
use super::error::ApiError;
use super::read::{ORG_ADMIN, Reader};
use super::wire;
use crate::model::AccountId;
use jiff::Timestamp;
use serde::Deserialize;

/// Rows of a page of audit records, the documented maximum.
const RECORDS_PER_PAGE: usize = 1000;
/// Rows of a page of events.
const EVENTS_PER_PAGE: usize = 500;
/// How many pages of a log are read, the newest first: what is older is nobody's news.
const PAGES: usize = 5;

/// What a log says that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// When.
    pub at: Timestamp,
    /// The account that did it, where the log says.
    pub account_id: Option<AccountId>,
    /// Its name as the log has it.
    pub name: Option<String>,
    /// What was done, in the log's words.
    pub summary: String,
    /// What it is about: kind, id, name.
    pub items: Vec<AuditItem>,
    /// Values that changed: field, before, after.
    pub changes: Vec<(String, String, String)>,
}

/// Something that a record is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditItem {
    /// The log's word for what it is.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
struct Records {
    #[serde(default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    summary: Option<String>,
    created: Option<String>,
    author_account_id: Option<String>,
    object_item: Option<Item>,
    #[serde(default)]
    associated_items: Vec<Item>,
    #[serde(default)]
    changed_values: Vec<Changed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: Option<String>,
    name: Option<String>,
    type_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    field_name: Option<String>,
    changed_from: Option<String>,
    changed_to: Option<String>,
}

#[derive(Deserialize)]
struct Events {
    #[serde(default)]
    data: Vec<Event>,
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    attributes: Attributes,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Attributes {
    time: String,
    action: Option<String>,
    actor: Option<Actor>,
    #[serde(default)]
    context: Vec<Context>,
}

#[derive(Deserialize)]
struct Actor {
    id: Option<String>,
    name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct Context {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    attributes: Option<ContextAttributes>,
}

#[derive(Deserialize)]
struct ContextAttributes {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

/// Reads a moment as Jira writes it: an offset may lack its colon.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok())
}

impl From<Item> for AuditItem {
    fn from(item: Item) -> Self {
        Self {
            kind: item.type_name.unwrap_or_default(),
            id: item.id.unwrap_or_default(),
            name: item.name.unwrap_or_default(),
        }
    }
}

/// A record without a moment says nothing of when, and is left out.
fn record(row: Record) -> Option<AuditRecord> {
    let items = row.object_item.into_iter().chain(row.associated_items);
    let changes = row.changed_values.into_iter().map(|changed| {
        (
            changed.field_name.unwrap_or_default(),
            changed.changed_from.unwrap_or_default(),
            changed.changed_to.unwrap_or_default(),
        )
    });
    Some(AuditRecord {
        at: moment(&row.created?)?,
        account_id: row
            .author_account_id
            .filter(|id| !id.is_empty())
            .map(AccountId::new),
        name: None,
        summary: row.summary.unwrap_or_default(),
        items: items.map(Into::into).collect(),
        changes: changes.collect(),
    })
}

fn event(row: Event) -> Option<AuditRecord> {
    let attributes = row.attributes;
    let actor = attributes.actor;
    let items = attributes.context.into_iter().map(|item| AuditItem {
        kind: item.kind.unwrap_or_default(),
        id: item.id.unwrap_or_default(),
        name: item
            .attributes
            .and_then(|attributes| attributes.name)
            .unwrap_or_default(),
    });
    let said = row.message.and_then(|message| message.content);
    Some(AuditRecord {
        at: moment(&attributes.time)?,
        account_id: None,
        name: actor.and_then(|actor| actor.email.or(actor.name).or(actor.id)),
        summary: said.or(attributes.action).unwrap_or_default(),
        items: items.collect(),
        changes: Vec::new(),
    })
}

impl Reader {
    /// Lists the newest audit records of the site, newest first.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn audit_records(&self) -> Result<Vec<AuditRecord>, ApiError> {
        let mut records = Vec::new();
        for page in 0..PAGES {
            let call = Call::get(Base::Jira, "/rest/api/3/auditing/record")
                .query("offset", page * RECORDS_PER_PAGE)
                .query("limit", RECORDS_PER_PAGE)
                .right("Administer Jira");
            let rows: Records = self.http.send(call).await?.json()?;
            let last = rows.records.len() < RECORDS_PER_PAGE;
            records.extend(rows.records.into_iter().filter_map(record));
            if last {
                break;
            }
        }
        Ok(records)
    }

    /// Says whether the audit records of the site can be read, by asking for one.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn audit_answers(&self) -> Result<(), ApiError> {
        let call = Call::get(Base::Jira, "/rest/api/3/auditing/record")
            .query("limit", 1)
            .right("Administer Jira");
        self.http.send(call).await.map(drop)
    }

    /// Lists the newest events of an Atlassian organization, newest first.
    ///
    /// # Errors
    /// As every request: see [`ErrorKind`](super::ErrorKind).
    pub async fn organization_events(&self, org_id: &str) -> Result<Vec<AuditRecord>, ApiError> {
        let path = format!("/admin/v1/orgs/{}/events-stream", wire::segment(org_id));
        let mut events = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let mut call = Call::get(Base::Admin, path.as_str())
                .query("sortOrder", "desc")
                .query("limit", EVENTS_PER_PAGE)
                .right(ORG_ADMIN);
            if let Some(cursor) = &cursor {
                call = call.query("cursor", cursor);
            }
            let page: Events = self.http.send(call).await?.json()?;
            events.extend(page.data.into_iter().filter_map(event));
            cursor = page.meta.and_then(|meta| meta.next);
            if cursor.is_none() {
                break;
            }
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_as_both_logs_write_them() {
        let jira = moment("2026-11-22T10:00:00.500+0000").unwrap();
        assert_eq!(jira, moment("2026-11-22T10:00:00.500Z").unwrap());
        assert_eq!(moment("yesterday"), None);
    }
}
