//! What was seen on a site: as far as it was read, with the reason where it was not.
//!
//! An [`Observed`] can be saved (`export --snapshot`), and planned against or asked without network (`--observed` of `plan`, `explain` and `who`).

mod accounts;
mod doors;
mod permissions;
mod rights;
mod roles;
pub mod snapshot;
mod unread;

pub use accounts::Accounts;
pub use doors::ObservedDoors;
pub use permissions::{
    GroupRef, ObservedActors, ObservedCustomers, ObservedGroup, ObservedPermissions,
    ObservedScheme, SchemeFault, SchemeGrant, SchemeHolder,
};
pub use rights::{Allowed, Rights};
pub use roles::{ObservedAppRoles, ObservedRoles};
pub use unread::Unread;

use crate::model::{
    AccountId, AccountKind, AccountSet, ChannelAccess, CloudId, CustomerSharing, DeskId, Domain,
    Email, Field, Incomplete, OrganizationId, OrganizationName, ProjectKey, Read, SiteField,
    SiteKey, SiteValue, SpaceKey, Surface, WhoCanView,
};
use crate::neutral::phrase::Phrase;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// One site as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observed {
    /// The version of this format.
    pub format_version: String,
    /// The site's key in the YAML.
    pub site: SiteKey,
    /// The site's id behind the gateway, when it was asked for.
    pub cloud_id: Option<CloudId>,
    /// The account whose token was used; never removed from anything.
    pub caller: Option<AccountId>,
    /// Every account that any list showed.
    pub accounts: Accounts,
    /// What became of each address that no list showed.
    pub resolutions: BTreeMap<Email, Resolution>,
    /// Customer organizations; `None` when the list was not needed.
    pub organizations: Option<Read<BTreeMap<OrganizationId, ObservedOrganization>>>,
    /// Service projects; `None` when the list was not needed.
    pub projects: Option<Read<BTreeMap<ProjectKey, ObservedProject>>>,
    /// Site-wide settings that were asked for.
    pub settings: BTreeMap<SiteField, Observation<SiteValue>>,
    /// Approved domains of the Atlassian organization that were asked for.
    pub approved_domains: Option<Read<BTreeMap<Domain, ObservedApproval>>>,
    /// This site's JSM entry of the any-domain rule, when it was asked for.
    pub any_domain: Option<Read<Option<ObservedGrant>>>,
    /// The role ARI that an existing entry uses for JSM customers, when one was seen; never guessed.
    pub customer_role: Option<String>,
    /// What the caller may do; `None` when it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Read<Rights>>,
    /// Groups that hold the role of a project's customers, or that a permission scheme names, by [`GroupRef::key`], as far as
    /// they were needed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, ObservedGroup>,
    /// Which of the accounts in sight hold the role Customer of Jira Service Management on this site, by the directory of the
    /// Atlassian organization; `None` when that was not asked. Portal-only accounts are customers without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_role_holders: Option<Read<AccountSet>>,
    /// The roles of people who should be customers, by account.
    #[serde(
        default,
        with = "roles::pairs",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub roles: BTreeMap<AccountId, Read<ObservedRoles>>,
    /// Addresses of accounts in sight that a second account has as well, which stands on no list: the directory shows it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shared_addresses: BTreeSet<Email>,
    /// What also decides and is not judged; `None` when it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doors: Option<ObservedDoors>,
    /// Requests that reading took.
    pub requests: u64,
}

impl Observed {
    /// The version written into snapshots.
    pub const FORMAT_VERSION: &'static str = "2.0";

    /// Returns an observation in which nothing was read yet.
    pub fn nothing(site: SiteKey) -> Self {
        Self {
            format_version: Self::FORMAT_VERSION.to_owned(),
            site,
            cloud_id: None,
            caller: None,
            accounts: Accounts::default(),
            resolutions: BTreeMap::new(),
            organizations: None,
            projects: None,
            settings: BTreeMap::new(),
            approved_domains: None,
            any_domain: None,
            customer_role: None,
            rights: None,
            groups: BTreeMap::new(),
            customer_role_holders: None,
            roles: BTreeMap::new(),
            shared_addresses: BTreeSet::new(),
            doors: None,
            requests: 0,
        }
    }

    /// Everything but accounts, organizations and projects; of a list that was read whole it is left that it was.
    fn without_lists(&self) -> Self {
        fn emptied<K, V>(read: Option<&Read<BTreeMap<K, V>>>) -> Option<Read<BTreeMap<K, V>>> {
            Some(match read? {
                Read::Complete(_) => Read::Complete(BTreeMap::new()),
                Read::Incomplete(why) => Read::Incomplete(why.clone()),
            })
        }
        Self {
            format_version: Self::FORMAT_VERSION.to_owned(),
            site: self.site.clone(),
            cloud_id: self.cloud_id.clone(),
            caller: self.caller,
            accounts: Accounts::default(),
            resolutions: self.resolutions.clone(),
            organizations: emptied(self.organizations.as_ref()),
            projects: emptied(self.projects.as_ref()),
            settings: self.settings.clone(),
            approved_domains: self.approved_domains.clone(),
            any_domain: self.any_domain.clone(),
            customer_role: self.customer_role.clone(),
            rights: self.rights.clone(),
            groups: self.groups.clone(),
            customer_role_holders: self.customer_role_holders.clone(),
            roles: self.roles.clone(),
            shared_addresses: self.shared_addresses.clone(),
            doors: self.doors.clone(),
            requests: self.requests,
        }
    }

    /// Returns the organizations when the list was read whole.
    pub fn whole_organizations(&self) -> Option<&BTreeMap<OrganizationId, ObservedOrganization>> {
        self.organizations.as_ref().and_then(Read::complete)
    }

    /// Says whether an account holds the role Customer; `None` where that is not known.
    pub fn holds_customer_role(&self, id: &AccountId) -> Option<bool> {
        let holders = self.customer_role_holders.as_ref()?.complete()?;
        Some(holders.contains(id))
    }

    /// Says why it is not known who holds the role Customer, or what would have to be there.
    pub(crate) fn roles_unread(&self) -> Phrase {
        match &self.customer_role_holders {
            None => "the API key of the Atlassian organization (`PORTCULLIS_ORG_API_KEY`) reads it, once `atlassian_organizations` declares its `id`, which admin.atlassian.com shows in the address".into(),
            Some(Read::Incomplete(incomplete)) => incomplete.why.clone(),
            Some(Read::Complete(_)) => "it is another organization's account".into(),
        }
    }

    /// Returns a group by its name, as the actor of a role would show it.
    pub fn group_named(&self, name: &str) -> Option<GroupRef> {
        let mut groups = self.groups.iter();
        let (key, group) = groups.find(|(_, group)| group.name == name)?;
        Some(GroupRef {
            id: (key != name).then(|| key.clone()),
            name: group.name.clone(),
        })
    }

    /// Returns the members of a group when every one of them is known.
    pub fn whole_group(&self, group: &GroupRef) -> Option<&AccountSet> {
        self.groups.get(group.key())?.members.complete()
    }

    /// Returns the value of a site-wide setting that the customer permissions of projects echo, as far as they were read.
    ///
    /// # Errors
    /// When two projects echo different values: the site was changed meanwhile.
    pub fn echo(&self, field: SiteField) -> Result<Option<bool>, Incomplete> {
        let mut echoed = self
            .whole_projects()
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|project| match field {
                SiteField::CustomersCanCreateAccounts => project.echoed_signup,
                SiteField::ViewWithoutLogin => project.echoed_anonymous,
                _ => None,
            });
        let first = echoed.next();
        if echoed.any(|other| Some(other) != first) {
            return Err(Incomplete {
                why:
                    "two projects echo different values of it: the site is being changed; run again"
                        .into(),
                forbidden: false,
            });
        }
        Ok(first)
    }

    /// Returns the service projects when the list was read whole.
    pub fn whole_projects(&self) -> Option<&BTreeMap<ProjectKey, ObservedProject>> {
        self.projects.as_ref().and_then(Read::complete)
    }
}

/// An account that a list showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedAccount {
    /// Its address, unless hidden.
    pub email: Option<Email>,
    /// Its display name: typed by a stranger, to be neutralised by every renderer.
    pub name: SmolStr,
    /// Its kind, where the source says so.
    pub kind: Option<AccountKind>,
    /// Whether it is active.
    pub active: bool,
    /// What it is beyond a customer, where that was asked for.
    pub standing: Standing,
}

/// Whether an account is somebody whom Portcullis never removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nobody asked; only accounts that would be removed are looked up.
    NotAsked,
    /// A customer.
    Customer,
    /// Holds a licence of the service desk: an agent or an administrator.
    Agent,
    /// An app or a service account.
    App,
    /// It could not be told.
    Unknown,
}

/// What became of an address that no list showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// Accounts whose visible address is this one: one, or two of different kinds. Of an address that somebody asks about, a
    /// second one may hide its address: a search shows it beside the first.
    Found(Vec<AccountId>),
    /// One hit whose address is hidden: may add or keep, never remove.
    FoundHidden(AccountId),
    /// An account that is deactivated or revoked.
    Inactive(AccountId),
    /// Nobody, by a list of every account.
    NotFound,
    /// Nobody who is active, by a search that can be trusted; it does not show who is suspended or revoked.
    NoneActive,
    /// The search could not be trusted or failed.
    Unresolved(Incomplete),
}

/// A customer organization as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedOrganization {
    /// Its name on the site, exactly.
    pub name: String,
    /// Whether an identity provider manages it.
    pub scim_managed: bool,
    /// Its members; `None` when they were not needed.
    pub members: Option<Read<AccountSet>>,
    /// The ownership mark; `None` when it was not asked for.
    pub ownership: Option<Read<Option<Ownership>>>,
    /// Its e-mail domains; `None` when they were not asked for.
    pub email_domains: Option<Observation<BTreeSet<Domain>>>,
}

/// The mark that Portcullis leaves on organizations it creates, as entity property `portcullis`. Holds nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ownership {
    /// Always `portcullis`.
    pub tool: String,
    /// The key of the site in the workspace that made it.
    pub workspace: String,
    /// The organization's key in the YAML.
    pub key: OrganizationName,
}

impl Ownership {
    /// The entity property's key.
    pub const PROPERTY: &'static str = "portcullis";
}

/// A service project as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedProject {
    /// The id of its service desk.
    pub desk: DeskId,
    /// Its name.
    pub name: String,
    /// Open or restricted; `None` when it was not asked for.
    pub channel_access: Option<Observation<ChannelAccess>>,
    /// Customer sharing; `None` when it was not asked for.
    pub customer_sharing: Option<Observation<CustomerSharing>>,
    /// C as this project's settings echo it, when read.
    pub echoed_signup: Option<bool>,
    /// N as this project's settings echo it, when read.
    pub echoed_anonymous: Option<bool>,
    /// Linked organizations; `None` when they were not needed.
    pub organizations: Option<Read<BTreeSet<OrganizationId>>>,
    /// The roster; `None` when it was not needed. Where it was read who holds the role *Service Desk Customers*, those alone.
    pub customers: Option<Read<AccountSet>>,
    /// Who is shown in Atlassian's list of customers and does not hold the role: there by a group, by a permission, or for the
    /// record. Nobody can take them off that list.
    #[serde(default, skip_serializing_if = "AccountSet::is_empty")]
    pub only_shown: AccountSet,
    /// Linked spaces; `None` when they were not asked for.
    pub knowledge_base: Option<Observation<BTreeMap<SpaceKey, ObservedSpace>>>,
    /// Its permission scheme and roles; `None` when they were not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<ObservedPermissions>,
}

/// A linked space as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedSpace {
    /// Its resource identifier, where the surface has one.
    pub ari: Option<String>,
    /// Who can view it.
    pub who_can_view: Field<WhoCanView>,
    /// The values that the site would take now, where it says so.
    pub possible: Option<BTreeSet<WhoCanView>>,
}

/// What an approved domain grants, seen from one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedApproval {
    /// This site's JSM entry, when there is one.
    pub jsm: Option<ObservedGrant>,
    /// How many entries there are for other apps and sites; they are never touched.
    pub others: usize,
}

/// The JSM entry of an approved domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedGrant {
    /// The role, as the API spells it.
    pub role: Option<String>,
    /// Whether an administrator must approve.
    pub admin_approval: Option<bool>,
}

/// A value and the surface that showed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation<T> {
    /// The value, or why it is not known.
    pub value: Field<T>,
    /// The surface it was read by.
    pub surface: Surface,
    /// For attested values: the last day on which the statement counts.
    pub attested_until: Option<Date>,
    /// For a value that could not be read: whether a right or a credential is missing.
    #[serde(default)]
    pub forbidden: bool,
}

impl<T> Observation<T> {
    /// A value that a program read.
    pub const fn read(value: T, surface: Surface) -> Self {
        Self {
            value: Field::Known(value),
            surface,
            attested_until: None,
            forbidden: false,
        }
    }

    /// A value whose reading the service refused or did not manage.
    pub fn failed(cause: crate::model::Incomplete, surface: Surface) -> Self {
        Self {
            forbidden: cause.forbidden,
            ..Self::unknown(cause.why.to_string(), surface)
        }
    }

    /// A value that could not be read, with the reason.
    pub const fn unknown(why: String, surface: Surface) -> Self {
        Self {
            value: Field::Unknown(why),
            surface,
            attested_until: None,
            forbidden: false,
        }
    }
}
