//! The workspace as one typed whole: merged from all files, checked for structure, every value with its place.

mod law;
mod lists;

pub use law::{
    ATTESTATION_DAYS, Ability, AcceptedDrift, Acknowledgement, Attestation, Expectation,
    ExpectedWho, Gate, Limit, Policy, Undecided, Unmanaged, last_day,
};
pub use lists::{
    AddressPattern, AutoJoined, Create, ManagedBy, Mode, Person, PersonRole, Roster, RosterEntry,
    RosterExtra, RosterFile, Who,
};

use crate::config::Sources;
use crate::config::driver::Driver;
use crate::config::seeded::{SeedAccount, SeedSandbox};
use crate::diagnostic::{Located, Span};
use crate::model::{
    ChannelAccess, CustomerSharing, Domain, Email, OrganizationId, OrganizationName, ProjectKey,
    SiteField, SiteKey, SiteValue, SpaceKey, WhoCanView,
};
use camino::Utf8PathBuf;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Everything that the files of one workspace say.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The directory that holds `portcullis.yaml`.
    pub root: Utf8PathBuf,
    /// The files that were read, for messages and excerpts.
    pub sources: Sources,
    /// Sites by key.
    pub sites: BTreeMap<SiteKey, Site>,
    /// Atlassian organizations by the key used in the YAML.
    pub atlassian_organizations: BTreeMap<String, AtlassianOrganization>,
    /// Limits and acknowledgements.
    pub policy: Policy,
    /// Access tests written by the user.
    pub expectations: Vec<Expectation>,
    /// Dated statements of values that no program can read.
    pub attestations: Vec<Attestation>,
    /// Which files may declare what; empty means every file may declare everything.
    pub scopes: Vec<Scope>,
    /// The files that say who left; their people stand under [`Site::people`] of every site.
    pub leavers: Vec<RosterFile>,
}

/// Which addresses the files matching a pattern may declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// A path pattern relative to the workspace.
    pub files: Located<String>,
    /// Address patterns.
    pub may: Vec<Located<String>>,
}

/// Where a site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteUrl {
    /// The embedded sandbox (`"sandbox:"`).
    Sandbox,
    /// A site's own origin, such as `https://acme.atlassian.net`, without a trailing slash.
    Remote(url::Url),
}

/// How requests authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Auth {
    /// Basic, on the site's own origin.
    #[default]
    Classic,
    /// Scoped tokens and service accounts: routes through `api_url/ex/jira/{cloudId}`.
    Scoped,
    /// A service account's client id and secret (OAuth 2.0), by the same routes.
    Oauth,
}

impl Auth {
    /// Returns the word of the format.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Scoped => "scoped",
            Self::Oauth => "oauth",
        }
    }
}

/// Which user-management experience the site's administrators see; chooses click paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserManagement {
    /// The newer, organization-wide one.
    #[default]
    Centralized,
    /// The original, per-site one.
    Original,
}

/// The Confluence plan of the site (K2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfluencePlan {
    /// Free: no anonymous access.
    Free,
    /// Standard.
    Standard,
    /// Premium.
    Premium,
    /// Enterprise.
    Enterprise,
}

/// What may be done over an unpromised surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SurfaceMode {
    /// Neither read nor write.
    Deny,
    /// Read only.
    Read,
    /// Read and write.
    Write,
}

/// The surfaces that a site allows beyond the documented one.
#[derive(Debug, Clone)]
pub struct Surfaces {
    /// The GraphQL gateway; `read` when not written.
    pub gateway: SurfaceMode,
    /// The project `requestsecurity` endpoint; `read` when not written.
    pub private: SurfaceMode,
    /// Roles of Atlassian accounts; `read` when not written.
    pub roles: SurfaceMode,
    /// Ending the access of portal-only accounts; `read` when not written.
    pub accounts: SurfaceMode,
    /// The operator's description of settings endpoints, already read.
    pub mapped: Option<Driver>,
    /// Audit records, for `drift --blame`: `read` when not written, else `deny`.
    pub audit: SurfaceMode,
    /// The description that cannot be used, since the credential does not reach what it describes.
    pub out_of_reach: Option<String>,
    /// Whether requests carry the OAuth token of a service account, which neither the gateway nor settings endpoints take.
    pub oauth: bool,
}

impl Surfaces {
    /// Takes away what the credential does not reach: an OAuth token is taken by neither the gateway nor described endpoints.
    #[must_use]
    pub fn within_reach(mut self, auth: Auth) -> Self {
        if auth == Auth::Oauth {
            self.oauth = true;
            self.out_of_reach = self.mapped.take().map(|driver| driver.file.to_string());
        }
        self
    }
}

impl Default for Surfaces {
    fn default() -> Self {
        Self {
            gateway: SurfaceMode::Read,
            private: SurfaceMode::Read,
            roles: SurfaceMode::Read,
            accounts: SurfaceMode::Read,
            mapped: None,
            audit: SurfaceMode::Read,
            out_of_reach: None,
            oauth: false,
        }
    }
}

/// What to do about service projects that the site has and the YAML has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnlistedProjects {
    /// Say nothing.
    Ignore,
    /// List them.
    #[default]
    Report,
    /// Fail.
    Error,
}

/// One site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its key in the YAML.
    pub key: SiteKey,
    /// Where it was first named.
    pub span: Span,
    /// Where it is; `None` only in workspaces that are never planned, such as seeds.
    pub url: Option<Located<SiteUrl>>,
    /// Sandbox only: the workspace directory that seeds it, relative to the root and confined to it.
    pub seed: Option<Located<Utf8PathBuf>>,
    /// The origin of the gateway and the Admin API, when written.
    pub api_url: Option<Located<url::Url>>,
    /// How requests authenticate.
    pub auth: Auth,
    /// The last day of the token, when written.
    pub token_expires: Option<Located<Date>>,
    /// The key of the Atlassian organization that the site belongs to.
    pub atlassian_organization: Option<Located<String>>,
    /// Which click paths manual steps show.
    pub user_management: UserManagement,
    /// The Confluence plan, when written.
    pub confluence_plan: Option<Located<ConfluencePlan>>,
    /// Which surfaces may be used.
    pub surfaces: Surfaces,
    /// Site-wide settings that are written; what is absent is unmanaged.
    pub settings: BTreeMap<SiteField, Located<SiteValue>>,
    /// Confluence's side of spaces, as declared facts.
    pub spaces: BTreeMap<SpaceKey, Space>,
    /// What to do about projects that are not listed.
    pub unlisted_projects: Located<UnlistedProjects>,
    /// `exact` removes organizations that Portcullis made and the YAML no longer has.
    pub organizations_mode: Mode,
    /// Customer organizations.
    pub organizations: BTreeMap<OrganizationName, Organization>,
    /// People, everywhere on the site.
    pub people: BTreeMap<Email, Person>,
    /// People who should have the role Customer.
    pub roles: BTreeMap<Email, PersonRole>,
    /// The same for people whom a file of leavers names by account id; each key is [`Who::Account`].
    pub people_by_id: BTreeMap<Who, Person>,
    /// People whose last day, by a file of leavers, is today or later.
    pub leaving: Vec<(Who, Person)>,
    /// Files whose rows are entries of the lists that they name; the entries stand in those lists.
    pub rosters: Vec<RosterFile>,
    /// Service projects.
    pub projects: BTreeMap<ProjectKey, Project>,
    /// Accounts that a seed declares; refused outside seeds.
    pub accounts: Vec<SeedAccount>,
    /// What else a seed says of the sandbox; refused outside seeds.
    pub sandbox: SeedSandbox,
}

impl Site {
    /// Says whether nobody has to be off every list, by `people` or by a file of leavers.
    pub fn nobody_leaves(&self) -> bool {
        self.people.is_empty() && self.people_by_id.is_empty()
    }
}

/// Confluence's side of a space.
#[derive(Debug, Clone)]
pub struct Space {
    /// Where it is declared.
    pub span: Span,
    /// K4: anonymous access.
    pub anonymous_access: Option<Located<bool>>,
    /// K6: "any active user can view this space".
    pub unlicensed_access: Option<Located<bool>>,
}

/// What should become of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrganizationState {
    /// It exists.
    #[default]
    Present,
    /// Unlinked everywhere, emptied, kept.
    Retired,
    /// Deleted.
    Absent,
}

/// A customer organization.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Where it is declared.
    pub span: Span,
    /// Its id, when written; identity then survives a rename in the UI.
    pub id: Option<Located<OrganizationId>>,
    /// The name it had: a rename, never a delete and a create.
    pub previous_name: Option<Located<OrganizationName>>,
    /// What should become of it today: whoever has ended is retired.
    pub state: Located<OrganizationState>,
    /// Who answers for it: shown and filtered by, without effect.
    pub owner: Option<String>,
    /// The last day (inclusive, UTC), when written.
    pub until: Option<Located<Date>>,
    /// Whether it is retired because that day has passed.
    pub ended: bool,
    /// Whether it is emptied where it is retired.
    pub empty: bool,
    /// Who changes its members.
    pub managed_by: ManagedBy,
    /// The whole list of its e-mail domains, when written.
    pub email_domains: Option<Located<Vec<Located<Domain>>>>,
    /// Its members, when written.
    pub members: Option<Roster>,
}

/// A service project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Where it is declared.
    pub span: Span,
    /// Who answers for it: shown and filtered by, without effect.
    pub owner: Option<String>,
    /// Open or restricted, when written.
    pub channel_access: Option<Located<ChannelAccess>>,
    /// Customer sharing, when written.
    pub customer_sharing: Option<Located<CustomerSharing>>,
    /// Linked organizations, when written.
    pub organizations: Option<LinkedOrganizations>,
    /// The roster, when written.
    pub customers: Option<Roster>,
    /// Who changes the roster.
    pub customers_managed_by: ManagedBy,
    /// Groups in the role *Service Desk Customers*, when written.
    pub customer_groups: Option<CustomerGroups>,
    /// Linked spaces and who can view them.
    pub knowledge_base: BTreeMap<SpaceKey, LinkedSpace>,
}

/// Organizations linked to a project.
#[derive(Debug, Clone)]
pub struct LinkedOrganizations {
    /// Where the block stands.
    pub span: Span,
    /// Whether it is the whole list.
    pub mode: Mode,
    /// The organizations whose link holds today; each is declared in the same workspace.
    pub list: Vec<Located<OrganizationName>>,
    /// Links with a last day, those that have ended included.
    pub dated: Vec<LinkUntil>,
}

/// A link between a project and an organization that ends.
#[derive(Debug, Clone)]
pub struct LinkUntil {
    /// The organization.
    pub name: Located<OrganizationName>,
    /// The last day (inclusive, UTC).
    pub until: Date,
}

/// Groups of Atlassian accounts in a project's role *Service Desk Customers*.
#[derive(Debug, Clone)]
pub struct CustomerGroups {
    /// Where the block stands.
    pub span: Span,
    /// Whether it is the whole list.
    pub mode: Mode,
    /// The groups, each once.
    pub list: Vec<CustomerGroup>,
}

/// A group that is a customer of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerGroup {
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its id, when written: another group of the same name is then refused.
    pub id: Option<String>,
}

impl CustomerGroup {
    /// Says whether it is a group that the site shows: by id where both have one, else by name.
    pub fn means(&self, group: &crate::observed::GroupRef) -> bool {
        match (&self.id, &group.id) {
            (Some(id), Some(other)) => id == other,
            _ => self.name == group.name,
        }
    }
}

/// A knowledge-base space of a project.
#[derive(Debug, Clone)]
pub struct LinkedSpace {
    /// Where it is declared.
    pub span: Span,
    /// Who can view it, when written.
    pub who_can_view: Option<Located<WhoCanView>>,
}

/// An Atlassian organization.
#[derive(Debug, Clone)]
pub struct AtlassianOrganization {
    /// Where it is declared.
    pub span: Span,
    /// Its id, needed to reach the Admin API.
    pub id: Option<Located<String>>,
    /// The ARI of the JSM Customer role, when written.
    pub customer_role: Option<Located<String>>,
    /// Approved domains, when written.
    pub approved_domains: Option<ApprovedDomains>,
    /// The any-domain rule per site; judged, written by hand.
    pub any_domain: BTreeMap<SiteKey, ApprovedSite>,
    /// Apps that every new user gets: a fact for the cost lint.
    pub default_app_access: Vec<Located<String>>,
}

/// Approved domains of an Atlassian organization.
#[derive(Debug, Clone)]
pub struct ApprovedDomains {
    /// Where the block stands.
    pub span: Span,
    /// Whether it is the whole list, as far as this workspace's sites are concerned.
    pub mode: Mode,
    /// The domains.
    pub domains: BTreeMap<Domain, ApprovedDomain>,
}

/// One approved domain.
#[derive(Debug, Clone)]
pub struct ApprovedDomain {
    /// Where it is declared.
    pub span: Span,
    /// What it grants on each site.
    pub sites: BTreeMap<SiteKey, ApprovedSite>,
}

/// What an approved domain grants for JSM on one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovedSite {
    /// Where it is declared.
    pub span: Span,
    /// The role.
    pub role: ApprovedRole,
    /// Whether an administrator must approve.
    pub admin_approval: bool,
}

/// The JSM role that an approved domain grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovedRole {
    /// Customer: free.
    Customer,
    /// User: an agent, licensed.
    User,
    /// None.
    None,
}

impl ApprovedRole {
    /// Returns the word used in YAML and plans.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::User => "user",
            Self::None => "none",
        }
    }
}
