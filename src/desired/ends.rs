//! What has a last day: entries of lists that end, as the workspace says it.

use super::Desired;
use crate::config::{RosterEntry, Who};
use crate::diagnostic::Span;
use crate::model::{Email, ProjectKey};
use crate::neutral::phrase::Phrase;
use jiff::civil::Date;
use std::collections::HashMap;

/// A list of people that the workspace describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// The members of a customer organization.
    Members(String),
    /// The customers of a service project.
    Customers(ProjectKey),
}

impl List {
    /// Says what somebody on it is.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Members(name) => Phrase::of("member of ").name(name),
            Self::Customers(key) => Phrase::of("customer of ").key(key.as_str()),
        }
    }
}

/// An entry that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The list.
    pub list: List,
    /// The last day.
    pub until: Date,
    /// Where that is written.
    pub span: Span,
}

/// Every entry of a site that ends, by list and person.
#[derive(Debug, Default)]
pub struct Ends(HashMap<(List, String), End>);

impl Ends {
    /// Collects what the workspace says.
    pub fn of(desired: &Desired<'_>) -> Self {
        let mut ends = Self::default();
        for (name, roster) in &desired.members {
            let list = List::Members(name.as_str().to_owned());
            ends.add(&list, &roster.present);
        }
        for (key, roster) in &desired.customers {
            let list = List::Customers((*key).clone());
            ends.add(&list, &roster.present);
        }
        ends
    }

    fn add(&mut self, list: &List, entries: &[&RosterEntry]) {
        for entry in entries {
            let extra = entry.extra.as_ref();
            let Some(until) = extra.and_then(|extra| extra.until) else {
                continue;
            };
            let end = End {
                list: list.clone(),
                until,
                span: entry.span,
            };
            let by_address = match &entry.who {
                Who::Email(email) => Some(email),
                Who::Account(id) => {
                    self.0.insert((list.clone(), id.to_string()), end.clone());
                    extra.and_then(|extra| extra.email.as_ref())
                }
            };
            if let Some(email) = by_address {
                self.0.insert((list.clone(), email.key().to_owned()), end);
            }
        }
    }

    /// Returns when somebody's entry of a list ends; `who` is an address or an account id.
    pub fn get(&self, list: &List, who: &str) -> Option<&End> {
        self.0.get(&(list.clone(), who.to_owned()))
    }

    /// Says whether nothing ends.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns everything of one person that ends, the soonest first.
    pub fn of_address(&self, email: &Email) -> Vec<End> {
        let mine = self.0.iter().filter(|((_, who), _)| who == email.key());
        let mut mine: Vec<End> = mine.map(|(_, end)| end.clone()).collect();
        mine.sort_by(|a, b| (a.until, &a.list).cmp(&(b.until, &b.list)));
        mine
    }
}
