//! What has a last day: entries of lists, organizations and their links to projects, as the workspace says it.

use super::Desired;
use crate::config::{RosterEntry, Who};
use crate::diagnostic::Span;
use crate::model::{Email, ProjectKey};
use crate::neutral::phrase::Phrase;
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};

/// A list of people that the workspace describes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// The members of a customer organization.
    Members(String),
    /// The customers of a service project.
    Customers(ProjectKey),
}

/// What ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Somebody's entry of a list.
    Entry(List),
    /// An organization, which is retired then: nobody reaches anything through it.
    Organization(String),
    /// The link of an organization to a project.
    Link(ProjectKey, String),
}

impl Ending {
    /// Says what it is.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Entry(List::Members(name)) => Phrase::of("member of ").name(name),
            Self::Entry(List::Customers(key)) => Phrase::of("customer of ").key(key.as_str()),
            Self::Organization(name) => Phrase::of("organization ").name(name).word(" itself"),
            Self::Link(key, name) => Phrase::of("link of ")
                .name(name)
                .word(" to ")
                .key(key.as_str()),
        }
    }
}

/// Something that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What.
    pub what: Ending,
    /// The last day.
    pub until: Date,
    /// Where that is written.
    pub span: Span,
}

/// Everything of a site that ends.
#[derive(Debug, Default)]
pub struct Ends {
    /// Entries by list and person.
    entries: HashMap<(List, String), End>,
    /// Organizations by name.
    organizations: HashMap<String, End>,
    /// Links of organizations, by their names.
    links: HashMap<String, Vec<End>>,
}

impl Ends {
    /// Collects what the workspace says. What has ended already is no end any more.
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
        for (name, organization) in &desired.site.organizations {
            let until = organization.until.as_ref();
            if let Some(until) = until.filter(|until| until.value >= desired.today) {
                let end = End {
                    what: Ending::Organization(name.as_str().to_owned()),
                    until: until.value,
                    span: until.span,
                };
                ends.organizations.insert(name.as_str().to_owned(), end);
            }
        }
        for (key, project) in &desired.site.projects {
            let links = project.organizations.iter().flat_map(|links| &links.dated);
            for link in links.filter(|link| link.until >= desired.today) {
                let name = link.name.value.as_str().to_owned();
                let end = End {
                    what: Ending::Link(key.clone(), name.clone()),
                    until: link.until,
                    span: link.name.span,
                };
                ends.links.entry(name).or_default().push(end);
            }
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
                what: Ending::Entry(list.clone()),
                until,
                span: entry.span,
            };
            let by_address = match &entry.who {
                Who::Email(email) => Some(email),
                Who::Account(id) => {
                    let key = (list.clone(), id.to_string());
                    self.entries.insert(key, end.clone());
                    extra.and_then(|extra| extra.email.as_ref())
                }
            };
            if let Some(email) = by_address {
                let key = (list.clone(), email.key().to_owned());
                self.entries.insert(key, end);
            }
        }
    }

    /// Returns until when a list lets somebody into a project: by their own entry, by the organization, and by its link, whichever
    /// ends first. Each of `who` is an address or an account id of the same person.
    pub fn until(&self, list: &List, who: &[&str], project: &ProjectKey) -> Option<Date> {
        let entry = who
            .iter()
            .find_map(|who| self.entries.get(&(list.clone(), (*who).to_owned())));
        let List::Members(name) = list else {
            return entry.map(|end| end.until);
        };
        let to_project = |end: &&End| matches!(&end.what, Ending::Link(key, _) if key == project);
        let link = self.links.get(name).into_iter().flatten().find(to_project);
        let all = [entry, self.organizations.get(name), link];
        all.into_iter().flatten().map(|end| end.until).min()
    }

    /// Says whether nothing ends.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.organizations.is_empty() && self.links.is_empty()
    }

    /// Returns everything that ends for one person, the soonest first: their own entries, and the organizations that they are in
    /// with the links of those.
    pub fn of_address(&self, email: &Email, organizations: &BTreeSet<String>) -> Vec<End> {
        let own = self
            .entries
            .iter()
            .filter(|((_, who), _)| who == email.key());
        let own = own.map(|(_, end)| end);
        let whole = organizations.iter().flat_map(|name| {
            let links = self.links.get(name).into_iter().flatten();
            self.organizations.get(name).into_iter().chain(links)
        });
        let mut mine: Vec<End> = own.chain(whole).cloned().collect();
        mine.sort_by(|a, b| (a.until, &a.what).cmp(&(b.until, &b.what)));
        mine
    }
}
