//! What a site was asked for and did not tell, in a few sentences: said before anything that may rest on it.

use super::{Observation, Observed, Resolution};
use crate::model::{Field, Incomplete, Read, SiteField, Surface};
use crate::neutral::named;
use std::fmt;

/// How many things a sentence names.
const NAMES: usize = 5;
/// What is named, where the names are its own and not those of what it belongs to.
const SETTINGS: &str = "the site's settings";

/// Things of one kind that were asked for and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What, such as `the channel access`; with `of` and their names where there are several of it.
    what: &'static str,
    /// Of which projects, organizations, groups or settings; nothing for what the site has once.
    of: Vec<String>,
    /// Why; of the first of them, since the reasons are alike.
    why: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        let shown = self.of.len().min(NAMES);
        if shown > 0 {
            let of = if self.what == SETTINGS { "" } else { "of " };
            write!(f, " {of}{}", self.of[..shown].join(", "))?;
        }
        match self.of.len() - shown {
            0 => {}
            more => write!(f, " and {more} more")?,
        }
        write!(f, " could not be read: {}", self.why)
    }
}

impl Observed {
    /// Returns what was asked for and not read, one for each kind. What nobody asked for, and what no program can read, is not
    /// here.
    pub fn unread(&self) -> Vec<Unread> {
        let mut all = Gaps::default();
        all.list("the service projects", None, self.projects.as_ref());
        all.list(
            "the customer organizations",
            None,
            self.organizations.as_ref(),
        );
        all.list("the rights of this account", None, self.rights.as_ref());
        self.of_projects(&mut all);
        for organization in self.whole_organizations().into_iter().flatten() {
            let (name, seen) = (named(&organization.1.name), organization.1);
            all.list("the members", Some(&name), seen.members.as_ref());
            all.value("the e-mail domains", &name, seen.email_domains.as_ref());
        }
        for (field, seen) in &self.settings {
            all.value(SETTINGS, setting(*field), Some(seen));
        }
        all.list("the approved domains", None, self.approved_domains.as_ref());
        all.list("the any-domain rule", None, self.any_domain.as_ref());
        let holders = self.customer_role_holders.as_ref();
        all.list("the holders of the role Customer", None, holders);
        for read in self.roles.values() {
            all.list("the roles of people who become customers", None, Some(read));
        }
        for group in self.groups.values() {
            let name = named(&group.name);
            all.list("the members of groups", Some(&name), Some(&group.members));
        }
        for resolution in self.resolutions.values() {
            if let Resolution::Unresolved(why) = resolution {
                all.add("the accounts of listed addresses", None, &why.why);
            }
        }
        if let Some(doors) = &self.doors {
            let centers = doors.help_centers.as_ref();
            all.list("help centers with an audience of their own", None, centers);
            if let Some(why) = &doors.request_types_unread {
                let what = "request types that are for some people only";
                all.add(what, None, &why.why);
            }
        }
        all.0
    }

    fn of_projects(&self, all: &mut Gaps) {
        for (key, seen) in self.whole_projects().into_iter().flatten() {
            let key = key.as_str();
            let name = Some(key);
            all.value("the channel access", key, seen.channel_access.as_ref());
            all.value("the customer sharing", key, seen.customer_sharing.as_ref());
            all.value("the linked spaces", key, seen.knowledge_base.as_ref());
            all.list(
                "the linked organizations",
                name,
                seen.organizations.as_ref(),
            );
            all.list("the customers", name, seen.customers.as_ref());
            let Some(permissions) = &seen.permissions else {
                continue;
            };
            all.list("the permission scheme", name, Some(&permissions.scheme));
            all.list("the roles", name, Some(&permissions.roles));
            let customers = permissions.customers.as_ref();
            all.list("who is in the role Service Desk Customers", name, customers);
            let actors = permissions.actors.iter().flat_map(|actors| actors.values());
            let groups = permissions.groups.values();
            for read in actors {
                all.list("the agents and administrators", name, Some(read));
            }
            for read in groups {
                all.list("the agents and administrators", name, Some(read));
            }
        }
    }
}

/// A setting as a sentence names it.
const fn setting(field: SiteField) -> &'static str {
    match field {
        SiteField::AllowedDomains => "allowed-domains",
        field => field.address_parts()[1],
    }
}

/// What is not known, in the order in which it was found.
#[derive(Default)]
struct Gaps(Vec<Unread>);

impl Gaps {
    fn list<T>(&mut self, what: &'static str, of: Option<&str>, read: Option<&Read<T>>) {
        if let Some(Read::Incomplete(Incomplete { why, .. })) = read {
            self.add(what, of, why);
        }
    }

    fn value<T>(&mut self, what: &'static str, of: &str, seen: Option<&Observation<T>>) {
        if let Some(Observation {
            value: Field::Unknown(why),
            surface: Surface::Private | Surface::Gateway | Surface::Mapped,
            ..
        }) = seen
        {
            self.add(what, Some(of), why);
        }
    }

    fn add(&mut self, what: &'static str, of: Option<&str>, why: &dyn std::fmt::Display) {
        let of = of.map(str::to_owned);
        match self.0.iter_mut().find(|known| known.what == what) {
            None => self.0.push(Unread {
                what,
                of: of.into_iter().collect(),
                why: why.to_string(),
            }),
            Some(known) => {
                // One thing may be unread in several ways, which follow each other.
                known.of.extend(of.filter(|of| known.of.last() != Some(of)));
            }
        }
    }
}
