//! What the client gives back: objects of a site, in the model's ids, free of the wire's shapes.

use crate::model::{AccountId, AccountKind, DeskId, Email, OrganizationId, WhoCanView};
use serde_json::Value;

/// The account that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The caller's account.
    pub account_id: AccountId,
    /// The caller's address, unless hidden.
    pub email: Option<String>,
    /// The caller's name.
    pub display_name: String,
}

/// What a site says of itself to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The version of Jira.
    pub version: Option<String>,
    /// The site's time when it answered.
    pub time: Option<jiff::Timestamp>,
}

/// A service project's desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDesk {
    /// The id of the desk.
    pub id: DeskId,
    /// The id of its Jira project.
    pub project_id: String,
    /// The key of its Jira project, as the site spells it.
    pub key: String,
    /// The name of the project.
    pub name: String,
}

/// A customer organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The organization's id.
    pub id: OrganizationId,
    /// Its name, as the site spells it.
    pub name: String,
    /// Whether an identity provider decides on its members; absent in an answer means no.
    pub scim_managed: bool,
}

/// A person's or a program's account, as far as the source of the answer tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub account_id: AccountId,
    /// The address, unless the account hides it.
    pub email: Option<String>,
    /// The name that the account shows.
    pub display_name: String,
    /// Whether the account may log in.
    pub active: bool,
    /// The kind of account: Jira's answers have it, those of Jira Service Management do not.
    pub kind: Option<AccountKind>,
    /// Whether Jira says that the account belongs to a program; `false` where the source does not tell.
    pub app: bool,
}

/// The answer of the private `requestsecurity` endpoint of a project. `None` is a field that was not in the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestSecurity {
    /// `serviceDeskOpenAccess`: whether channel access is open.
    pub open_access: Option<bool>,
    /// `manageEnabled`: by its name, whether customers may share with others (unproven).
    pub manage_enabled: Option<bool>,
    /// `autocompleteEnabled`: by its name, whether customers may search for others (unproven).
    pub autocomplete_enabled: Option<bool>,
    /// `globalPublicSignup`: an echo of a setting of the site.
    pub global_public_signup: Option<bool>,
    /// `globalAnonymousAccess`: an echo of a setting of the site.
    pub global_anonymous_access: Option<bool>,
    /// The whole answer.
    pub raw: Value,
}

/// The knowledge-base sources of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkedSpaces {
    /// The Confluence spaces that the caller can see.
    pub spaces: Vec<LinkedSpace>,
    /// How many sources the caller cannot see: a space missing above may be one of them.
    pub inaccessible: usize,
    /// How many visible sources are no Confluence spaces.
    pub other: usize,
}

/// A Confluence space that is linked to a project as a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedSpace {
    /// The space's ARI (`ari:cloud:confluence:<cloudId>:space/<spaceId>`).
    pub space_ari: String,
    /// The space's key, where the answer's URL tells it.
    pub key: Option<String>,
    /// The space's name; empty where the answer has none.
    pub name: String,
    /// Who can view now; `None` where the caller may not know.
    pub current: Option<WhoCanView>,
    /// The choices that the site allows at present.
    pub valid: Vec<WhoCanView>,
    /// The id of the link.
    pub source_id: Option<String>,
}

/// The app access settings of one e-mail domain.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovedDomain {
    /// The domain, or `ANYONE`.
    pub domain: String,
    /// The setting on notifications, kept as read: the published schema and its examples disagree on the type.
    pub admin_notifications: Value,
    /// The products; none for a domain that is not configured.
    pub products: Vec<ApprovedProduct>,
    /// The whole answer.
    pub raw: Value,
}

/// What one app grants to people of an approved domain.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovedProduct {
    /// The app's ARI.
    pub product_id: String,
    /// Whether an administrator must approve each person.
    pub admin_approval_required: Option<bool>,
    /// The role's ARI.
    pub role: Option<String>,
    /// The whole entry, to be written back unchanged.
    pub raw: Value,
}

/// A request type that is for some people only; for whom, no API tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestrictedType {
    /// The service desk.
    pub desk: DeskId,
    /// Its name.
    pub name: String,
}

/// A permission scheme with its grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionScheme {
    /// Its name.
    pub name: String,
    /// Whether it belongs to one team-managed project, rather than being one that projects share.
    pub project_only: bool,
    /// Who holds what.
    pub grants: Vec<PermissionGrant>,
}

/// A permission, and who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionGrant {
    /// The permission's key, such as `BROWSE_PROJECTS`.
    pub permission: String,
    /// Who holds it.
    pub holder: GrantHolder,
}

/// The holder of a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantHolder {
    /// Its type in the API's words, such as `projectRole`.
    pub kind: String,
    /// Which one, for types that need that: the name of a group, else as `value`.
    pub parameter: Option<String>,
    /// Which one: the id of a group, of a role, of a custom field, of an account.
    pub value: Option<String>,
}

/// A role of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRole {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Who is in a role of a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleActors {
    /// Whether the role belongs to one team-managed project, rather than being one that projects share.
    pub project_only: bool,
    /// Accounts with their display names.
    pub people: Vec<(AccountId, String)>,
    /// Groups.
    pub groups: Vec<Group>,
}

/// A group of Atlassian accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id, where the answer tells it; names can change.
    pub id: Option<String>,
    /// Its name; the id where there is none.
    pub name: String,
}

/// Somebody whom the directory of an Atlassian organization lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUser {
    /// The account.
    pub account_id: AccountId,
    /// Its address, where the answer holds one.
    pub email: Option<Email>,
    /// Whether the account may be used: neither suspended, nor deactivated, nor about to be deleted.
    pub active: bool,
}

/// The roles that an account has on one app of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// The app of the site, as an ARI.
    pub resource: String,
    /// The app, such as `jira-servicedesk`; `platform` for the site and the organization themselves.
    pub owner: String,
    /// The roles, such as `atlassian/user`.
    pub roles: std::collections::BTreeSet<String>,
}
