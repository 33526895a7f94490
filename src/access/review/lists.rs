//! The lists of a site for its review: who answers for each, who is on it, and until when.

use crate::access::people::{ListId, PersonId};
use crate::access::scheme::Part;
use crate::access::state::{Coverage, State};
use crate::config::{Create, ManagedBy, Organization, Project, Roster};
use crate::desired::{Desired, DesiredRoster};
use crate::model::OrganizationName;
use crate::neutral::named;
use crate::plan::Reason;
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The lists of a site.
#[derive(Debug)]
pub struct Lists<'s> {
    rows: BTreeMap<ListId, ListRow<'s>>,
    /// The last day of each entry that has one, by list and by address or account id.
    until: HashMap<ListId, HashMap<String, Date>>,
    /// Who must not be on a list today, by list and by address or account id.
    gone: HashMap<ListId, HashMap<String, Reason>>,
    /// The lists that a review is about, where it is about one owner's.
    shown: Option<BTreeSet<ListId>>,
}

/// A list of people.
#[derive(Debug)]
pub struct ListRow<'s> {
    /// The name of the organization, or the key of the project.
    pub name: &'s str,
    /// The name of the organization in the files.
    pub written: Option<&'s str>,
    /// Whether it is the members of an organization; else the customers of a project.
    pub organization: bool,
    /// Who answers for it.
    pub owner: Option<&'s str>,
    /// Whether the workspace declares it.
    pub declared: bool,
    /// Who changes it, where the workspace says.
    pub managed_by: Option<ManagedBy>,
    /// The last day of the organization itself, after which nobody reaches anything by it.
    pub until: Option<Date>,
    /// How many people are on it.
    pub people: usize,
    /// What is not known of it; reads after its name.
    pub gap: Option<String>,
    /// Whether accounts for it are made without a mail.
    pub silent: bool,
    /// Whether nobody is to be in it once its last day is over.
    pub emptied: bool,
}

impl ListRow<'_> {
    /// Returns what it is called in a report.
    pub fn label(&self) -> String {
        match self.organization {
            true => format!("organization {}", named(self.name)),
            false => format!("customers of {}", self.name),
        }
    }
}

/// That somebody is on a list.
#[derive(Debug, Clone, Copy)]
pub struct On<'l, 's> {
    /// The list.
    pub row: &'l ListRow<'s>,
    /// Whether that is known.
    pub sure: bool,
    /// The last day of the entry.
    pub until: Option<Date>,
    /// Why it should not be so today.
    pub gone: Option<Reason>,
}

/// Returns the list of which it may not be known whether somebody is on it.
pub(super) const fn firmly(list: ListId) -> ListId {
    match list {
        ListId::PerhapsOrganization(at) => ListId::Organization(at),
        ListId::PerhapsRoster(at) => ListId::Roster(at),
        ListId::PerhapsCircle(id) => ListId::Circle(id),
        other => other,
    }
}

/// The groups in the role of a project's customers that the files list there: whoever is in one is there on purpose.
pub(super) fn declared_groups(state: &State<'_>, desired: &Desired<'_>) -> BTreeSet<u32> {
    let projects = state.projects.iter();
    let circles = projects.flat_map(|project| {
        let declared = desired.site.projects.get(&project.key);
        let groups = declared.and_then(|declared| declared.customer_groups.as_ref());
        let circles = project.scheme.circles.iter();
        circles.filter(move |circle| {
            let listed = groups.into_iter().flat_map(|groups| &groups.list);
            let name = circle.group.as_deref();
            circle.part == Part::Customers
                && listed
                    .into_iter()
                    .any(|listed| Some(listed.name.as_str()) == name)
        })
    });
    circles.map(|circle| circle.id).collect()
}

/// Says whether somebody is in one of these groups.
pub(super) fn is_in_group(state: &State<'_>, id: PersonId, groups: &BTreeSet<u32>) -> bool {
    let lists = state.people.lists(id);
    let mut circles = lists.iter().filter_map(|list| match firmly(*list) {
        ListId::Circle(circle) => Some(circle),
        _ => None,
    });
    circles.any(|circle| groups.contains(&circle))
}

/// What a person may be called in a list: the address, and the account id.
fn names<'p>(state: &'p State<'_>, id: PersonId) -> [Option<Cow<'p, str>>; 2] {
    let person = state.people.get(id);
    [
        person.email.map(|email| email.key().into()),
        person.account_id.map(|id| id.text()),
    ]
}

fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'s> Lists<'s> {
    pub(super) fn new<'w>(state: &'s State<'w>, desired: &'s Desired<'w>) -> Self {
        let mut lists = Self {
            rows: BTreeMap::new(),
            until: HashMap::new(),
            gone: HashMap::new(),
            shown: None,
        };
        let declared = declared(state, desired);
        for (at, organization) in state.organizations.iter().enumerate() {
            if organization.gone {
                continue;
            }
            let list = ListId::Organization(position(at));
            let written = declared.get(&at).copied();
            let row = ListRow {
                name: &organization.name,
                written: written.map(|(name, _)| name.as_str()),
                organization: true,
                owner: written.and_then(|(_, written)| written.owner.as_deref()),
                declared: written.is_some(),
                managed_by: written.map(|(_, written)| written.managed_by),
                until: written.and_then(|(_, written)| Some(written.until.as_ref()?.value)),
                people: 0,
                gap: gap(&organization.members),
                silent: written.is_some_and(|(_, written)| silent(written.members.as_ref())),
                emptied: written.is_some_and(|(_, written)| written.empty),
            };
            lists.rows.insert(list, row);
            if let Some(roster) = written.and_then(|(name, _)| desired.members.get(name)) {
                lists.dates(list, roster);
            }
        }
        for (at, project) in state.projects.iter().enumerate() {
            let list = ListId::Roster(position(at));
            let written: Option<&Project> = desired.site.projects.get(&project.key);
            let row = ListRow {
                name: project.key.as_str(),
                written: None,
                organization: false,
                owner: written.and_then(|written| written.owner.as_deref()),
                declared: written.is_some_and(|written| written.customers.is_some()),
                managed_by: written.map(|written| written.customers_managed_by),
                until: None,
                people: 0,
                gap: gap(&project.roster),
                silent: written.is_some_and(|written| silent(written.customers.as_ref())),
                emptied: false,
            };
            lists.rows.insert(list, row);
            if let Some(roster) = desired.customers.get(&project.key) {
                lists.dates(list, roster);
            }
        }
        for id in state.people.ids() {
            for list in state.people.lists(id) {
                if let Some(row) = lists.rows.get_mut(&firmly(*list)) {
                    row.people += 1;
                }
            }
        }
        lists
    }

    fn dates(&mut self, list: ListId, roster: &DesiredRoster<'_>) {
        for entry in &roster.present {
            if let Some(extra) = &entry.extra
                && let Some(until) = extra.until
            {
                let until_of = self.until.entry(list).or_default();
                until_of.insert(entry.who.text().into_owned(), until);
                if let Some(email) = &extra.email {
                    until_of.insert(email.key().to_owned(), until);
                }
            }
        }
        for gone in &roster.gone {
            let who = gone.who.text().into_owned();
            self.gone.entry(list).or_default().insert(who, gone.reason);
        }
    }

    /// Leaves only the lists of one owner in sight, and returns which these are; what else somebody is on is still known.
    pub(super) fn narrow(&mut self, owner: &str) -> BTreeSet<ListId> {
        let owned = self.rows.iter().filter(|(_, row)| row.owner == Some(owner));
        let owned: BTreeSet<ListId> = owned.map(|(list, _)| *list).collect();
        self.shown = Some(owned.clone());
        owned
    }

    /// Returns the lists that the review is about, organizations first.
    pub fn rows(&self) -> impl Iterator<Item = &ListRow<'s>> {
        let rows = self.rows.iter();
        rows.filter(|(list, _)| self.is_shown(**list))
            .map(|(_, row)| row)
    }

    fn is_shown(&self, list: ListId) -> bool {
        self.shown
            .as_ref()
            .is_none_or(|shown| shown.contains(&list))
    }

    /// Returns the organizations that the review is about, and whether each is linked to a project.
    pub(super) fn organizations<'l>(&'l self, state: &State<'_>) -> Vec<(&'l ListRow<'s>, bool)> {
        let links = state
            .projects
            .iter()
            .flat_map(|project| &project.organizations);
        let linked: BTreeSet<u32> = links.map(|link| link.organization).collect();
        let rows = self.rows.iter().filter_map(|(list, row)| match list {
            ListId::Organization(at) if self.is_shown(*list) => Some((row, linked.contains(at))),
            _ => None,
        });
        rows.collect()
    }

    /// Says whether a project is linked to the organization that has a name in the files.
    pub(super) fn is_linked(&self, state: &State<'_>, project: usize, name: &str) -> bool {
        let mut links = state.projects[project].organizations.iter();
        links.any(|link| {
            let row = self.rows.get(&ListId::Organization(link.organization));
            row.is_some_and(|row| row.written == Some(name))
        })
    }

    /// Returns the last day of a person's entry of a list.
    pub(super) fn until(&self, state: &State<'_>, id: PersonId, list: ListId) -> Option<Date> {
        let of_list = self.until.get(&firmly(list))?;
        let names = names(state, id);
        let mut known = names.iter().flatten();
        known.find_map(|name| of_list.get(name.as_ref()).copied())
    }

    /// Returns the lists that a person is on.
    pub fn of<'l>(&'l self, state: &State<'_>, id: PersonId) -> Vec<On<'l, 's>> {
        let lists = state.people.lists(id).iter().filter_map(|list| {
            let firm = firmly(*list);
            let gone = self.gone.get(&firm).and_then(|gone| {
                let names = names(state, id);
                let mut known = names.iter().flatten();
                known.find_map(|name| gone.get(name.as_ref()).copied())
            });
            Some(On {
                row: self.rows.get(&firm)?,
                sure: firm == *list,
                until: self.until(state, id, firm),
                gone,
            })
        });
        lists.collect()
    }

    /// Returns who answers for the project at a position.
    pub(super) fn owner_of_project(&self, project: usize) -> Option<&'s str> {
        self.rows.get(&ListId::Roster(position(project)))?.owner
    }

    /// Says whether somebody answers for any list.
    pub fn have_owners(&self) -> bool {
        self.rows.values().any(|row| row.owner.is_some())
    }
}

/// The organizations of the workspace, by their position in a state: found by id, else by name.
fn declared<'s, 'w>(
    state: &State<'_>,
    desired: &'s Desired<'w>,
) -> HashMap<usize, (&'s OrganizationName, &'s Organization)> {
    let mut by_id = HashMap::new();
    let mut by_name = HashMap::new();
    for (at, organization) in state.organizations.iter().enumerate() {
        by_name.entry(organization.name.as_str()).or_insert(at);
        if let Some(id) = &organization.id {
            by_id.insert(id, at);
        }
    }
    let written = desired.site.organizations.iter();
    let found = written.filter_map(|(name, organization)| {
        let id = organization.id.as_ref();
        let previous = organization.previous_name.as_ref();
        let at = id
            .and_then(|id| by_id.get(&id.value))
            .or_else(|| by_name.get(name.as_str()))
            .or_else(|| by_name.get(previous?.value.as_str()))?;
        Some((*at, (name, organization)))
    });
    found.collect()
}

fn gap(coverage: &Coverage) -> Option<String> {
    match coverage {
        Coverage::Whole => None,
        Coverage::AsWritten(why) => Some(why.clone().into_owned()),
        Coverage::Unread(why) => Some(format!("is not known: {why}")),
    }
}

fn silent(roster: Option<&Roster>) -> bool {
    roster.is_some_and(|roster| roster.create == Create::Silent)
}
