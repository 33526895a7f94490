//! The workspace as one typed whole: merged from all files, checked for structure, every value with its place.

use crate::config::Sources;
use crate::config::driver::Driver;
use crate::config::roster::Reading;
use crate::config::seeded::{SeedAccount, SeedSandbox};
use crate::diagnostic::{FileId, Located, Span};
use crate::model::{
    AccountId, AccountKind, Address, ChannelAccess, CustomerSharing, Domain, Email, OrganizationId,
    OrganizationName, ProjectKey, SiteField, SiteKey, SiteValue, SpaceKey, WhoCanView,
};
use camino::Utf8PathBuf;
use jiff::civil::Date;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// Whether a list is added to or is the whole truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Add what is missing, leave the rest.
    #[default]
    AddOnly,
    /// Remove the rest.
    Exact,
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

/// Who changes the members of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ManagedBy {
    /// Portcullis.
    #[default]
    Portcullis,
    /// An identity provider; members are never changed here.
    Scim,
    /// Agents, by hand; members are never changed here.
    Agents,
}

impl ManagedBy {
    /// Returns the word of the YAML.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Portcullis => "portcullis",
            Self::Scim => "scim",
            Self::Agents => "agents",
        }
    }
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

/// Whether accounts are made for listed people who have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Create {
    /// Make them, without a mail.
    #[default]
    Silent,
    /// Make them by inviting people to the project whose customers they are: Atlassian sends a mail.
    Invite,
    /// Never; a listed person without an account is reported.
    Never,
}

/// What becomes of unlisted people whom Atlassian added by an organization's own e-mail domains, under `exact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoJoined {
    /// They stay.
    #[default]
    Keep,
    /// They go, like everybody who is not listed.
    Remove,
}

/// A list of people: members of an organization, or customers of a project.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Where it is declared.
    pub span: Span,
    /// Whether it is the whole list.
    pub mode: Mode,
    /// The entries of `list` and of every file in `from`, each person once, sorted by [`Who`].
    pub entries: Vec<RosterEntry>,
    /// What becomes of unlisted people of the organization's own e-mail domains.
    pub auto_joined: AutoJoined,
    /// Domains that were renamed: the domain now, with those before.
    pub previous_domains: BTreeMap<Domain, Vec<Domain>>,
    /// Allowed to be there: never added, never removed.
    pub keep: Vec<Located<AddressPattern>>,
    /// Must not be there, in both modes.
    pub absent: Vec<Located<Who>>,
    /// Whether accounts are made.
    pub create: Create,
    /// The roster files that `from` names, in that order.
    pub files: Vec<RosterFile>,
}

/// A roster file that was read.
#[derive(Debug, Clone)]
pub struct RosterFile {
    /// The file; entries that stand in it have it in their span.
    pub file: FileId,
    /// Where the YAML names it.
    pub named: Span,
    /// How many rows, lines or items it has.
    pub rows: u64,
    /// How it is read.
    pub reading: Arc<Reading>,
}

/// How an entry names a person. `Email` sorts before `Account`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// By address.
    Email(Email),
    /// By account id.
    Account(AccountId),
}

impl Who {
    /// Returns the address in compared form, or the account id.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Email(email) => email.key().into(),
            Self::Account(id) => id.text(),
        }
    }
}

/// One entry of a roster. Kept small: a million of them are a supported size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterEntry {
    /// Who.
    pub who: Who,
    /// Where it stands: the YAML item, or the line of the roster file.
    pub span: Span,
    /// The display name, used only when an account is made.
    pub name: Option<SmolStr>,
    /// What few entries have.
    pub extra: Option<Box<RosterExtra>>,
}

/// The rarer parts of a roster entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RosterExtra {
    /// Chooses between two accounts on one address.
    pub account: Option<AccountKind>,
    /// The last day (inclusive, UTC); afterwards the entry means "must be absent".
    pub until: Option<Date>,
    /// With `account_id`: the address the account should have by now.
    pub email: Option<Email>,
    /// The address that the person had before.
    pub previous_email: Option<Email>,
    /// Whether the person is nobody who leaves the list, however alike the addresses are.
    pub new_person: bool,
}

/// An exact address, or `*@domain`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressPattern {
    /// Exactly this person.
    Exact(Email),
    /// Everybody of a domain.
    Domain(Domain),
}

impl std::fmt::Display for AddressPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(email) => f.write_str(email.key()),
            Self::Domain(domain) => write!(f, "*@{domain}"),
        }
    }
}

impl AddressPattern {
    /// Says whether an address is meant.
    pub fn matches(&self, email: &Email) -> bool {
        match self {
            Self::Exact(exact) => exact == email,
            Self::Domain(domain) => domain.as_str() == email.domain(),
        }
    }
}

/// A person, everywhere on the site; beats every roster: absent from every list.
#[derive(Debug, Clone)]
pub struct Person {
    /// Where it is declared.
    pub span: Span,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day, where a file of leavers says so.
    pub until: Option<Date>,
    /// Whether the access of the account itself is ended too.
    pub revoked: bool,
}

/// A person with an Atlassian account who should be a customer, and what is taken for that.
#[derive(Debug, Clone)]
pub struct PersonRole {
    /// Where it is declared.
    pub span: Span,
    /// The apps whose roles on this site are taken, by the names that the files use.
    pub take_away: Vec<Located<String>>,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
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

/// What a class gain does to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Blocks.
    Block,
    /// Warns.
    Warn,
    /// Nothing.
    Allow,
}

/// A limit in absolute numbers, in percent, or both; whichever is exceeded first blocks. Written as `off` it has neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Where it is written.
    pub span: Span,
    /// At most this many.
    pub count: Option<u64>,
    /// At most this share, in percent.
    pub percent: Option<u64>,
    /// Ignored for lists with fewer entries than this.
    pub floor: Option<u64>,
}

/// Limits and acknowledgements. Where a limit is not written, the one that is built in applies, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What happens when `anonymous`, `anyone` or `any_customer` gains access, where written.
    pub class_gains: BTreeMap<String, Located<Gate>>,
    /// People losing access.
    pub max_people_losing_access: Option<Limit>,
    /// People gaining access.
    pub max_people_gaining_access: Option<Limit>,
    /// Removals per list.
    pub max_removals: Option<Limit>,
    /// New accounts.
    pub max_new_accounts: Option<Located<u64>>,
    /// Licences of apps that are taken away.
    pub max_licences_removed: Option<Located<u64>>,
    /// Address patterns that no removal may touch.
    pub protect: Vec<Located<String>>,
    /// Address patterns at which nothing may change.
    pub freeze: Vec<Located<String>>,
    /// Accepted lints.
    pub acknowledge: Vec<Acknowledgement>,
    /// Accepted drift.
    pub accept_drift: Vec<AcceptedDrift>,
    /// How unmanaged things are reported.
    pub unmanaged: Option<Located<Unmanaged>>,
    /// What becomes of expectations that cannot be decided, where written; they warn.
    pub undecided: Option<Located<Undecided>>,
    /// How many days an attestation without `until` counts, where written.
    pub attestation_days: Option<Located<u64>>,
}

impl Policy {
    /// Returns how many days an attestation without `until` counts.
    pub fn attestation_days(&self) -> u64 {
        self.attestation_days
            .map_or(ATTESTATION_DAYS, |days| days.value)
    }
}

/// Returns the last day of a statement that counts for so many days; `None` beyond the calendar.
pub fn last_day(on: Date, days: u64) -> Option<Date> {
    let days = i64::try_from(days).ok()?;
    on.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// How many days an attestation without `until` counts where nothing else is written.
pub const ATTESTATION_DAYS: u64 = 90;

/// What becomes of an expectation that cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// It is told.
    Warn,
    /// It fails.
    Block,
}

/// How unmanaged things are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmanaged {
    /// As a number.
    Count,
    /// One by one.
    List,
    /// Not at all.
    Ignore,
}

/// A lint that somebody answers for.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    /// Where it stands.
    pub span: Span,
    /// The lint, such as `L13`.
    pub lint: Located<String>,
    /// Where it applies: an address pattern.
    pub address: Located<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day.
    pub until: Option<Date>,
}

/// A difference that is left alone until its date.
#[derive(Debug, Clone)]
pub struct AcceptedDrift {
    /// Where it stands.
    pub span: Span,
    /// Where it applies: an address pattern.
    pub address: Located<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day.
    pub until: Option<Date>,
}

/// Whom an expectation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedWho {
    /// A visitor without login.
    Anonymous,
    /// Any address at all.
    Anyone,
    /// Any existing customer.
    AnyCustomer,
    /// Any new address of a domain, and every known account of it.
    Domain(Domain),
    /// Every member of an organization.
    Organization(OrganizationName),
    /// Every member of a group of Atlassian accounts, by the group's name.
    Group(String),
    /// One address.
    Person(Email),
    /// Everybody but these (`only`), and but the agents and administrators of each project.
    Others(Vec<Located<Self>>),
}

impl ExpectedWho {
    /// Returns everybody who is named: themselves, or those of `only`.
    pub fn named(&self) -> Vec<&Self> {
        match self {
            Self::Others(allowed) => allowed.iter().map(|who| &who.value).collect(),
            who => vec![who],
        }
    }
}

/// What an expectation says about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// Make an account for themselves.
    SignUp,
    /// See a portal.
    ViewPortal,
    /// Send a request.
    SendRequest,
    /// Read an article.
    ReadArticle,
}

/// An access test written by the user.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Where it stands.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub who: Located<ExpectedWho>,
    /// Whether it must hold for all (`can`) or for none (`cannot`).
    pub can: bool,
    /// What it is about.
    pub ability: Located<Ability>,
    /// The site.
    pub site: Located<SiteKey>,
    /// Project patterns (`*` allowed).
    pub projects: Vec<Located<String>>,
    /// Projects left out.
    pub except: Vec<Located<String>>,
    /// The space, for articles.
    pub space: Option<Located<SpaceKey>>,
    /// What becomes of it where it cannot be decided: as written beside it, else as the policy says.
    pub undecided: Undecided,
}

/// A person's dated statement of a value that no program can read.
#[derive(Debug, Clone)]
pub struct Attestation {
    /// Where it stands.
    pub span: Span,
    /// The address it is about.
    pub address: Located<Address>,
    /// The value seen.
    pub value: serde_json::Value,
    /// Who looked.
    pub by: String,
    /// When.
    pub on: Date,
    /// The last day it counts; [`Policy::attestation_days`] after `on` when not written.
    pub until: Date,
}
