//! What only a seed says: the accounts, groups and doors of the sandbox's site that no workspace manages.

use crate::diagnostic::Span;
use crate::model::{AccountId, AccountKind, Email, OrganizationName, ProjectKey};
use std::collections::{BTreeMap, BTreeSet};

/// An account that a seed declares.
#[derive(Debug, Clone)]
pub struct SeedAccount {
    /// Where it stands.
    pub span: Span,
    /// Its address.
    pub email: Email,
    /// Its display name.
    pub name: Option<String>,
    /// Its kind; portal-only when not written.
    pub account: AccountKind,
    /// Its id, when the seed fixes it.
    pub account_id: Option<AccountId>,
    /// Its JSM role, for Atlassian accounts.
    pub role: SeedRole,
    /// The other apps that it may use, for Atlassian accounts.
    pub apps: BTreeSet<SeedApp>,
    /// Whether it is a service account.
    pub service: bool,
    /// Its state.
    pub state: SeedAccountState,
    /// Whether its address is hidden from API answers.
    pub email_hidden: bool,
}

/// The role of a seeded account in Jira Service Management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedRole {
    /// None.
    None,
    /// Customer: free.
    #[default]
    Customer,
    /// User: an agent.
    User,
    /// An administrator of the site and of the Atlassian organization.
    Admin,
}

/// An app besides Jira Service Management.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeedApp {
    /// Jira.
    Jira,
    /// Confluence.
    Confluence,
}

/// The state of a seeded account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedAccountState {
    /// Usable.
    #[default]
    Active,
    /// Exists, not yet verified.
    Unverified,
    /// Portal access revoked.
    Revoked,
    /// Deactivated or suspended.
    Deactivated,
}

/// What a site of a seed has besides accounts that no workspace manages.
#[derive(Debug, Clone, Default)]
pub struct SeedSandbox {
    /// Groups of Atlassian accounts, by name.
    pub groups: BTreeMap<String, SeedGroup>,
    /// Groups that every project has in its role of customers.
    pub default_customer_groups: Vec<String>,
    /// Projects, by key.
    pub projects: BTreeMap<ProjectKey, SeedProject>,
    /// Help centers besides the one of the site, by name.
    pub help_centers: BTreeMap<String, SeedHelpCenter>,
    /// Whether people have to verify their address themselves.
    pub verification_by_hand: bool,
}

/// A group of a seed.
#[derive(Debug, Clone)]
pub struct SeedGroup {
    /// Its id, when the seed fixes it.
    pub id: Option<String>,
    /// Its members.
    pub members: Vec<Email>,
    /// The JSM role that it grants.
    pub role: SeedRole,
    /// The other apps that it opens.
    pub apps: BTreeSet<SeedApp>,
}

/// What a project of a seed has that no workspace manages.
#[derive(Debug, Clone, Default)]
pub struct SeedProject {
    /// Whether it is team-managed.
    pub team_managed: bool,
    /// Whether the built-in agent administers it.
    pub agent_administers: bool,
    /// Groups in its role of customers.
    pub customer_groups: Vec<String>,
    /// People who are listed as its customers for the record only.
    pub for_the_record: Vec<Email>,
    /// Request types, by name.
    pub request_types: BTreeMap<String, SeedRequestType>,
}

/// A request type of a seed.
#[derive(Debug, Clone, Default)]
pub struct SeedRequestType {
    /// The groups that it is restricted to.
    pub groups: Vec<String>,
    /// The people that it is restricted to.
    pub people: Vec<Email>,
}

/// Who may enter a help center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedAudience {
    /// Everybody whom the portals let in.
    #[default]
    Public,
    /// External customers.
    External,
    /// Internal customers.
    Internal,
    /// Members of the named organizations.
    Organizations,
}

/// A help center of a seed.
#[derive(Debug, Clone, Default)]
pub struct SeedHelpCenter {
    /// Who may enter.
    pub audience: SeedAudience,
    /// The organizations whose members may, where the audience is theirs.
    pub organizations: Vec<OrganizationName>,
    /// Whether it is a support site of Customer Service Management.
    pub customer_service: bool,
}
