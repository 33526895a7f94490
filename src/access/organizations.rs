//! Customer organizations by position, found by id, by name while they are only planned, and by e-mail domain.

use super::answer::Source;
use super::state::{Coverage, Link};
use crate::model::{Domain, OrganizationId, OrganizationName};
use crate::plan::OrganizationRef;
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;

/// A customer organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id, where it exists already.
    pub id: Option<OrganizationId>,
    /// Its name.
    pub name: String,
    /// The domains whose new customers join by themselves (A2).
    pub email_domains: Vec<(Domain, Source)>,
    /// Whether it may have other e-mail domains.
    pub domains: Coverage,
    /// Whether an identity provider chooses its members: whether domains of its own still add people beside it is not
    /// documented.
    pub provisioned: bool,
    /// How far its list of members can be believed.
    pub members: Coverage,
    /// Whether it has been deleted; it keeps its position, and nobody is in it.
    pub gone: bool,
}

/// Why nobody knows whether new customers join an organization by its e-mail domains.
const PROVISIONED: &str = "an identity provider decides who is a member";

impl Organization {
    /// Sets its e-mail domains and how far that list can be believed.
    pub fn set_domains(&mut self, list: Vec<(Domain, Source)>, coverage: Coverage) {
        (self.email_domains, self.domains) = match self.provisioned {
            true if !list.is_empty() || coverage != Coverage::Whole => {
                (Vec::new(), Coverage::Unread(PROVISIONED.to_owned()))
            }
            _ => (list, coverage),
        };
    }
}

/// The organizations of a state. A clone shares them until one of the two changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organizations(Arc<Indexed>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Indexed {
    all: Vec<Organization>,
    by_id: HashMap<OrganizationId, u32>,
    /// Those that do not exist yet.
    planned: HashMap<OrganizationName, u32>,
    /// The organizations that have each domain, in order.
    by_domain: HashMap<Domain, BTreeSet<u32>>,
    /// Organizations whose members, or whose e-mail domains, could not be read whole.
    members_unread: BTreeSet<u32>,
    domains_unread: BTreeSet<u32>,
    /// Whether there may be others, since their list was not read whole.
    hidden: bool,
}

impl Deref for Organizations {
    type Target = [Organization];

    fn deref(&self) -> &[Organization] {
        &self.0.all
    }
}

impl<'o> IntoIterator for &'o Organizations {
    type Item = &'o Organization;
    type IntoIter = std::slice::Iter<'o, Organization>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Organization> for Organizations {
    fn from_iter<I: IntoIterator<Item = Organization>>(organizations: I) -> Self {
        let mut indexed = Indexed::default();
        for organization in organizations {
            indexed.push(organization);
        }
        Self(Arc::new(indexed))
    }
}

impl From<Vec<Organization>> for Organizations {
    fn from(organizations: Vec<Organization>) -> Self {
        organizations.into_iter().collect()
    }
}

impl Organizations {
    /// Returns the position of an organization that exists.
    pub fn of_id(&self, id: &OrganizationId) -> Option<u32> {
        self.0.by_id.get(id).copied()
    }

    /// Returns the position of the organization that a change means.
    pub fn meant(&self, reference: &OrganizationRef) -> Option<u32> {
        match reference {
            OrganizationRef::Existing(id) => self.of_id(id),
            OrganizationRef::Planned(name) => self.0.planned.get(name).copied(),
        }
    }

    /// Returns the organizations that have an e-mail domain, by position, with where that is said (A2).
    pub fn claiming(&self, domain: &str) -> impl Iterator<Item = (u32, Source)> {
        let claiming = self.0.by_domain.get(domain).into_iter().flatten();
        claiming.filter_map(move |at| {
            let mut domains = self.get(*at as usize)?.email_domains.iter();
            let (_, source) = domains.find(|(name, _)| name.as_str() == domain)?;
            Some((*at, *source))
        })
    }

    /// Returns the linked organizations whose members could not be read whole, with the reason.
    pub fn members_unread<'s>(
        &'s self,
        links: &'s [Link],
    ) -> impl Iterator<Item = (&'s Organization, &'s str)> {
        let found = self.among(&self.0.members_unread, links);
        found.filter_map(|(_, found)| Some((found, unread(&found.members)?)))
    }

    /// Returns the linked organizations whose e-mail domains could not be read whole, by position, with the reason.
    pub fn domains_unread<'s>(
        &'s self,
        links: &'s [Link],
    ) -> impl Iterator<Item = (u32, &'s Organization, &'s str)> {
        let found = self.among(&self.0.domains_unread, links);
        found.filter_map(|(at, found)| Some((at, found, unread(&found.domains)?)))
    }

    /// Says whether the e-mail domains of some organization could not be read whole.
    pub fn hides_domains(&self) -> bool {
        !self.0.domains_unread.is_empty()
    }

    fn among<'s>(
        &'s self,
        unread: &'s BTreeSet<u32>,
        links: &'s [Link],
    ) -> impl Iterator<Item = (u32, &'s Organization)> {
        // Mostly everything was read, so that nobody goes through the links.
        let links = if unread.is_empty() { &[] } else { links };
        let links = links.iter().map(|link| link.organization);
        links
            .filter(|at| unread.contains(at))
            .filter_map(|at| Some((at, self.get(at as usize)?)))
    }

    /// Says that there may be others, since their list was not read whole.
    pub fn hide_others(&mut self) {
        Arc::make_mut(&mut self.0).hidden = true;
    }

    /// Says whether there may be others than these.
    pub fn hides_others(&self) -> bool {
        self.0.hidden
    }

    /// Puts an organization behind all others and returns its position.
    pub fn push(&mut self, organization: Organization) -> u32 {
        Arc::make_mut(&mut self.0).push(organization)
    }

    /// Changes the organization at a position, if there is one; never its id.
    pub fn change(&mut self, at: u32, change: impl FnOnce(&mut Organization)) {
        Arc::make_mut(&mut self.0).change(at, change);
    }
}

impl Indexed {
    fn push(&mut self, organization: Organization) -> u32 {
        let at = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        match (&organization.id, OrganizationName::new(&organization.name)) {
            (Some(id), _) => {
                self.by_id.insert(id.clone(), at);
            }
            (None, Ok(name)) => {
                self.planned.insert(name, at);
            }
            (None, Err(_)) => {}
        }
        self.all.push(organization);
        self.note(at);
        at
    }

    fn change(&mut self, at: u32, change: impl FnOnce(&mut Organization)) {
        let Some(organization) = self.all.get_mut(at as usize) else {
            return;
        };
        for (domain, _) in &organization.email_domains {
            if let Some(claiming) = self.by_domain.get_mut(domain) {
                claiming.remove(&at);
            }
        }
        self.members_unread.remove(&at);
        self.domains_unread.remove(&at);
        change(organization);
        self.note(at);
    }

    fn note(&mut self, at: u32) {
        let organization = &self.all[at as usize];
        for (domain, _) in &organization.email_domains {
            self.by_domain.entry(domain.clone()).or_default().insert(at);
        }
        if unread(&organization.members).is_some() {
            self.members_unread.insert(at);
        }
        if unread(&organization.domains).is_some() {
            self.domains_unread.insert(at);
        }
    }
}

fn unread(coverage: &Coverage) -> Option<&str> {
    match coverage {
        Coverage::Unread(why) => Some(why),
        Coverage::Whole | Coverage::AsWritten(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organization(domain: &str, members: Coverage) -> Organization {
        Organization {
            id: None,
            name: domain.to_owned(),
            email_domains: vec![(Domain::new(domain).unwrap(), Source::Default)],
            domains: Coverage::Whole,
            provisioned: false,
            members,
            gone: false,
        }
    }

    fn claiming(organizations: &Organizations, domain: &str) -> Vec<u32> {
        organizations.claiming(domain).map(|(at, _)| at).collect()
    }

    #[test]
    fn domains_and_what_is_unread_follow_changes_and_copies_do_not() {
        let unread = Coverage::Unread("refused".to_owned());
        let mut organizations: Organizations = vec![
            organization("a.example", Coverage::Whole),
            organization("b.example", unread),
        ]
        .into();
        let before = organizations.clone();
        assert_eq!(
            organizations.push(organization("a.example", Coverage::Whole)),
            2
        );
        organizations.change(0, |organization| organization.email_domains.clear());
        organizations.change(1, |organization| organization.members = Coverage::Whole);
        assert_eq!(claiming(&organizations, "a.example"), [2]);
        assert_eq!(claiming(&before, "a.example"), [0]);
        let links = [0, 1].map(|organization| Link {
            organization,
            source: Source::Default,
            sure: true,
        });
        assert_eq!(before.members_unread(&links).count(), 1);
        assert_eq!(organizations.members_unread(&links).count(), 0);
    }
}
