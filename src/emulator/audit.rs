//! The two logs of who changed what: the site's audit log, and the event log of the Atlassian organization.
//!
//! What changes the site notes it without knowing who asked; whoever took the request then signs what was noted. What a real
//! site records is not published in full. Recorded here are project roles, permission schemes, groups, accounts, customer
//! access, customer permissions of projects, organizations and their links, approved domains and roles in apps; nothing is
//! recorded of members and e-mail domains of organizations and of knowledge bases, so that a log can also say nothing.

use super::site::Site;
use crate::model::{Email, ProjectKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many records are kept; the oldest go first.
const KEPT: usize = 5_000;

/// Which log a record stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Log {
    /// The site's.
    Site,
    /// That of the Atlassian organization.
    Organization,
}

/// Something that a record is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    /// The kind, in the log's own word.
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) name: String,
}

impl Item {
    pub(super) fn new(kind: &str, id: impl ToString, name: impl ToString) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_string(),
            name: name.to_string(),
        }
    }
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Changed {
    pub(super) field: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) log: Log,
    /// The category, or in the organization's log the action.
    pub(super) category: String,
    pub(super) summary: String,
    pub(super) object: Item,
    #[serde(default)]
    pub(super) items: Vec<Item>,
    #[serde(default)]
    pub(super) changes: Vec<Changed>,
}

impl Event {
    /// Says that something was done on the site.
    pub(super) fn site(category: &str, summary: &str, object: Item) -> Self {
        Self {
            log: Log::Site,
            category: category.to_owned(),
            summary: summary.to_owned(),
            object,
            items: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Says that something was done in the Atlassian organization.
    pub(super) fn organization(action: &str, summary: &str, object: Item) -> Self {
        Self {
            log: Log::Organization,
            ..Self::site(action, summary, object)
        }
    }

    pub(super) fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Adds a value that changed; one that is as before is left out.
    pub(super) fn changed(mut self, field: &str, from: impl ToString, to: impl ToString) -> Self {
        let (from, to) = (from.to_string(), to.to_string());
        if from != to {
            self.changes.push(Changed {
                field: field.to_owned(),
                from,
                to,
            });
        }
        self
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Author {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
}

impl Author {
    /// The holder of the organization's API key.
    pub(super) fn key() -> Self {
        Self {
            id: super::ORG_KEY.to_owned(),
            name: "Sandbox API key".to_owned(),
            email: None,
        }
    }
}

/// A record of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) at: Timestamp,
    /// Nobody where somebody without an account did it.
    pub(super) author: Option<Author>,
    #[serde(flatten)]
    pub(super) event: Event,
}

/// What was recorded, oldest first, and what was noted and not signed yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Audit {
    next: u64,
    records: VecDeque<Record>,
    #[serde(skip)]
    noted: Vec<Event>,
}

impl Audit {
    /// Returns this moment, to the millisecond that the logs tell, and later than every record before.
    fn moment(&self) -> Timestamp {
        let now = Timestamp::now().as_millisecond();
        let last = self
            .records
            .back()
            .map_or(0, |last| last.at.as_millisecond());
        Timestamp::from_millisecond(now.max(last + 1)).unwrap_or(Timestamp::MAX)
    }

    /// Returns the records of a log, newest first.
    pub(super) fn records(&self, log: Log) -> impl DoubleEndedIterator<Item = &Record> {
        let records = self.records.iter().rev();
        records.filter(move |record| record.event.log == log)
    }
}

impl Site {
    /// Notes what was done, until somebody signs it.
    pub(super) fn note(&mut self, event: Event) {
        self.audit.noted.push(event);
    }

    /// Records what was noted, as done by somebody now.
    pub(super) fn sign(&mut self, author: Option<Author>) {
        for event in std::mem::take(&mut self.audit.noted) {
            self.audit.next += 1;
            let record = Record {
                id: self.audit.next,
                at: self.audit.moment(),
                author: author.clone(),
                event,
            };
            self.audit.records.push_back(record);
        }
        let much = self.audit.records.len().saturating_sub(KEPT);
        self.audit.records.drain(..much);
    }

    /// Forgets what was noted: it is how things began.
    pub(super) fn begin(&mut self) {
        self.audit.noted.clear();
    }

    /// Returns the author that an address stands for: its first account.
    pub(super) fn author(&self, address: &str) -> Option<Author> {
        let email = Email::new(address).ok()?;
        let accounts = self.accounts_with_email(email.key());
        accounts.first().map(|account| Author {
            id: account.id.to_string(),
            name: account.name.to_string(),
            email: Some(account.email.to_string()),
        })
    }

    /// The item of a project.
    pub(super) fn project_item(&self, key: &ProjectKey) -> Item {
        match self.projects.get(key) {
            Some(project) => Item::new("PROJECT", project.id, &project.key),
            None => Item::new("PROJECT", "", key),
        }
    }

    /// The item of an account.
    pub(super) fn account_item(&self, id: &str) -> Item {
        let name = self.accounts.by_id(id).map_or(id, |account| &account.name);
        Item::new("USER", id, name)
    }
}
