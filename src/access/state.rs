//! The facts that the rules need, each known with its source or unknown with the reason.

use super::answer::{Answer, Source};
use super::doors::Doors;
use super::organizations::Organizations;
use super::people::{ListId, Lookup, People, PersonId};
use super::scheme::Scheme;
use crate::config::{ApprovedRole, ConfluencePlan};
use crate::model::{
    ChannelAccess, CustomerSharing, Domain, Email, EmailAccountCreation, OrganizationManagement,
    ProjectKey, SiteField, SpaceKey, WhoCanView,
};
use crate::neutral::phrase::Phrase;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A fact: known with its source, or unknown with the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// Known.
    Known(T, Source),
    /// Not known; reads after "… is not known: ".
    Unknown(String),
}

impl<T> Fact<T> {
    /// Returns the value when it is known.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Known(value, _) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Returns where the value comes from, when it is known.
    pub const fn source(&self) -> Option<Source> {
        match self {
            Self::Known(_, source) => Some(*source),
            Self::Unknown(_) => None,
        }
    }

    /// Answers a question about the value; unknown is uncertain.
    pub fn is(&self, test: impl FnOnce(&T) -> bool) -> Answer {
        self.value()
            .map_or(Answer::Uncertain, |value| test(value).into())
    }
}

impl Fact<bool> {
    /// Says whether a toggle is on; unknown is uncertain.
    pub fn on(&self) -> Answer {
        self.is(|on| *on)
    }
}

/// How far a list can be believed where somebody is *not* on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coverage {
    /// It is the whole list.
    Whole,
    /// It is what the workspace writes; others may be there and would be left alone. Reads after "the list ".
    AsWritten(Cow<'static, str>),
    /// It could not be read whole, so nobody is known not to be on it.
    Unread(String),
}

impl Coverage {
    /// Returns the answer for somebody who is not among the known entries.
    pub const fn missing(&self) -> Answer {
        match self {
            Self::Whole | Self::AsWritten(_) => Answer::No,
            Self::Unread(_) => Answer::Uncertain,
        }
    }

    /// Lets a list that may hold more than is written count as not read; `subject` goes before the reason.
    pub(super) fn doubt(&mut self, subject: &str) {
        if let Self::AsWritten(why) = self {
            *self = Self::Unread(format!("{subject}{why}"));
        }
    }
}

/// Which state the facts describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKind {
    /// What the workspace says.
    Desired,
    /// What was read.
    Live,
    /// What the site will be after the plan.
    After,
}

impl StateKind {
    /// Returns the word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Desired => "desired",
            Self::Live => "live",
            Self::After => "after",
        }
    }
}

/// The site-wide settings (section 2.1 and 2.2 of the model).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFacts {
    /// I: new accounts of approved domains are Atlassian accounts.
    pub internal: Fact<bool>,
    /// E: portal-only accounts are allowed.
    pub external: Fact<bool>,
    /// R and L: `None` is "any domain".
    pub allowed: Fact<Option<BTreeSet<Domain>>>,
    /// C: customers can create their own accounts.
    pub create: Fact<bool>,
    /// N: portals can be viewed without login.
    pub no_login: Fact<bool>,
    /// Whose To and Cc addresses become accounts (G5).
    pub email_cc: Fact<EmailAccountCreation>,
    /// Who may add people to organizations (G7).
    pub organization_management: Fact<OrganizationManagement>,
    /// K5.
    pub kb_all_logged_in: Fact<bool>,
    /// K1.
    pub kb_anyone: Fact<bool>,
    /// K2: the Confluence plan.
    pub confluence_plan: Fact<ConfluencePlan>,
    /// Whether portal-only accounts log in by password.
    pub login_password: Fact<bool>,
    /// Whether portal-only accounts log in by single sign-on.
    pub login_sso: Fact<bool>,
}

impl SiteFacts {
    /// Returns the toggle behind a field of the site, where access depends on it.
    pub(super) const fn toggle_mut(&mut self, field: SiteField) -> Option<&mut Fact<bool>> {
        Some(match field {
            SiteField::Internal => &mut self.internal,
            SiteField::External => &mut self.external,
            SiteField::CustomersCanCreateAccounts => &mut self.create,
            SiteField::ViewWithoutLogin => &mut self.no_login,
            SiteField::KnowledgeBaseAllLoggedIn => &mut self.kb_all_logged_in,
            SiteField::KnowledgeBaseAnyone => &mut self.kb_anyone,
            SiteField::PortalOnlyPassword => &mut self.login_password,
            SiteField::PortalOnlySso => &mut self.login_sso,
            SiteField::AllowedDomains
            | SiteField::EmailCcCreatesAccounts
            | SiteField::OrganizationManagement => return None,
        })
    }

    /// Nothing known, for one reason.
    pub fn unknown(why: &str) -> Self {
        fn no<T>(why: &str) -> Fact<T> {
            Fact::Unknown(why.to_owned())
        }
        Self {
            internal: no(why),
            external: no(why),
            allowed: no(why),
            create: no(why),
            no_login: no(why),
            email_cc: no(why),
            organization_management: no(why),
            kb_all_logged_in: no(why),
            kb_anyone: no(why),
            confluence_plan: no(why),
            login_password: no(why),
            login_sso: no(why),
        }
    }
}

/// What an approved domain, or the any-domain rule, grants for JSM here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// The role.
    pub role: ApprovedRole,
    /// Whether an administrator must approve.
    pub admin_approval: bool,
    /// Where that is said.
    pub source: Source,
}

/// The approved domains that matter on this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// Domains with what they grant.
    pub domains: BTreeMap<Domain, Grant>,
    /// Whether others may be approved too.
    pub coverage: Coverage,
    /// Apps that every new account of the Atlassian organization gets, as declared: each takes a licence. No program reads it.
    pub default_apps: Vec<String>,
}

/// A link from a project to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The position of the organization in [`State::organizations`].
    pub organization: u32,
    /// Where the link comes from.
    pub source: Source,
    /// Whether it is there for sure; not where the caller lacks the right to make it, or to take it away.
    pub sure: bool,
}

/// A service project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its key.
    pub key: ProjectKey,
    /// Open or restricted.
    pub channel_access: Fact<ChannelAccess>,
    /// Customer sharing.
    pub customer_sharing: Fact<CustomerSharing>,
    /// Linked organizations, sorted by position.
    pub organizations: Vec<Link>,
    /// Whether other organizations may be linked.
    pub links: Coverage,
    /// Whether others may be on the roster.
    pub roster: Coverage,
    /// Linked spaces and who can view them.
    pub spaces: BTreeMap<SpaceKey, Fact<WhoCanView>>,
    /// Whether other spaces may be linked.
    pub spaces_coverage: Coverage,
    /// Its permission scheme, as far as somebody looked.
    pub scheme: Scheme,
}

/// A group of Atlassian accounts that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How far its members are known.
    pub members: Coverage,
    /// Its known members.
    pub people: Vec<PersonId>,
}

/// Confluence's side of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceFacts {
    /// K4.
    pub anonymous_access: Fact<bool>,
    /// K6.
    pub unlicensed_access: Fact<bool>,
}

/// Everything that the rules need to know of one site. A clone shares the people.
#[derive(Debug, Clone)]
pub struct State<'a> {
    /// Which state this is.
    pub kind: StateKind,
    /// Site-wide settings.
    pub site: SiteFacts,
    /// Approved domains.
    pub approved: Approved,
    /// The any-domain rule (3.5): `None` is the default, which lets people request access only.
    pub any_domain: Fact<Option<Grant>>,
    /// Customer organizations, by position.
    pub organizations: Organizations,
    /// Service projects, sorted by key.
    pub projects: Vec<Project>,
    /// Confluence's side of spaces.
    pub spaces: BTreeMap<SpaceKey, SpaceFacts>,
    /// Groups that were read, by id, else by name; no plan changes who is in them.
    pub groups: Arc<BTreeMap<String, Group>>,
    /// What also decides and is not judged; no plan changes it.
    pub doors: Arc<Doors>,
    /// Whether nothing speaks against the caller's changing organizations. The site may leave them to Jira administrators, which a
    /// setting says that not everybody can read; then what lets people into one is no more than perhaps. A right that is lacking
    /// for sure stands at each row.
    pub manages_organizations: bool,
    /// Why nobody asked which Atlassian accounts hold the role Customer, or got no answer; reads after a colon.
    pub roles_unread: Phrase,
    /// Known people, their lists and their situations.
    pub people: People<'a>,
}

impl State<'_> {
    /// Returns the position of a project.
    pub fn project(&self, key: &str) -> Option<usize> {
        self.projects
            .binary_search_by(|project| project.key.as_str().cmp(key))
            .ok()
    }

    /// Returns the names of the organizations that whoever has an address is in, surely or perhaps.
    pub fn organizations_of(&self, email: &Email) -> BTreeSet<String> {
        let Lookup::Accounts(people) = self.people.lookup(email) else {
            return BTreeSet::new();
        };
        let lists = people.into_iter().flat_map(|id| self.people.lists(id));
        lists
            .filter_map(|list| match list {
                ListId::Organization(at) | ListId::PerhapsOrganization(at) => {
                    self.organizations.get(*at as usize)
                }
                _ => None,
            })
            .map(|organization| organization.name.clone())
            .collect()
    }

    /// Returns every domain that some fact names or some known person has, in order.
    pub fn domains_in_sight(&self) -> BTreeSet<String> {
        let mut domains: BTreeSet<String> = BTreeSet::new();
        domains.extend(self.approved.domains.keys().map(|d| d.as_str().to_owned()));
        if let Some(Some(allowed)) = self.site.allowed.value() {
            domains.extend(allowed.iter().map(|d| d.as_str().to_owned()));
        }
        domains.extend(self.domains_of_organizations().map(str::to_owned));
        domains.extend(self.people.domains().map(str::to_owned));
        domains
    }

    /// Returns the e-mail domains of organizations, some of them more than once.
    pub fn domains_of_organizations(&self) -> impl Iterator<Item = &str> {
        let organizations = self.organizations.iter();
        let domains = organizations.flat_map(|organization| &organization.email_domains);
        domains.map(|(domain, _)| domain.as_str())
    }
}
