//! One change: what, why, asked for where, over which surface, and what it rests on.

use crate::config::ApprovedRole;
use crate::diagnostic::Span;
use crate::model::{
    AccountId, AccountKind, Address, ChannelAccess, CustomerSharing, Domain, Email, OrganizationId,
    OrganizationName, ProjectKey, Right, SiteField, SiteValue, SpaceKey, Surface, WhoCanView,
};
use crate::observed::{GroupRef, ObservedRoles};
use crate::plan::Block;
use serde_json::Value;
use std::collections::BTreeSet;

/// The type of a managed thing, spelled as in the plan JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// A customer-access toggle.
    CustomerAccess,
    /// An allowed external domain.
    AllowedDomain,
    /// An approved domain.
    ApprovedDomain,
    /// Another site-wide setting.
    SiteSetting,
    /// An account.
    CustomerAccount,
    /// A customer organization.
    Organization,
    /// A membership.
    OrganizationMember,
    /// An e-mail domain of an organization.
    OrganizationEmailDomain,
    /// Channel access or customer sharing of a project.
    ProjectAccess,
    /// A link between a project and an organization.
    ProjectOrganization,
    /// A person on a project's roster.
    ProjectCustomer,
    /// The role of an Atlassian account.
    CustomerRole,
    /// A group in the role of a project's customers.
    ProjectCustomerGroup,
    /// A linked knowledge-base space.
    KnowledgeBaseSpace,
}

impl ResourceType {
    /// Returns the name used in the plan JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CustomerAccess => "jsm_customer_access",
            Self::AllowedDomain => "jsm_allowed_domain",
            Self::ApprovedDomain => "jsm_approved_domain",
            Self::SiteSetting => "jsm_site_setting",
            Self::CustomerAccount => "jsm_customer_account",
            Self::Organization => "jsm_organization",
            Self::OrganizationMember => "jsm_organization_member",
            Self::OrganizationEmailDomain => "jsm_organization_email_domain",
            Self::ProjectAccess => "jsm_project_access",
            Self::ProjectOrganization => "jsm_project_organization",
            Self::ProjectCustomer => "jsm_project_customer",
            Self::CustomerRole => "jsm_customer_role",
            Self::ProjectCustomerGroup => "jsm_project_customer_group",
            Self::KnowledgeBaseSpace => "jsm_knowledge_base_space",
        }
    }

    /// Says whether it is about the whole site, not about one of its objects or people.
    pub const fn is_of_the_site(self) -> bool {
        matches!(
            self,
            Self::CustomerAccess | Self::AllowedDomain | Self::ApprovedDomain | Self::SiteSetting
        )
    }
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// It comes into being.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

impl Action {
    /// Returns the word used in the plan JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// Why a change is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Listed, and not there.
    Listed,
    /// The written value differs.
    Differs,
    /// The live value is not known, so it cannot be called in sync.
    Unknown,
    /// Not listed, and the list is exact.
    NotListed,
    /// The entry's `until` has passed.
    Expired,
    /// Named under `absent`.
    Absent,
    /// Named under `people` as absent.
    PersonAbsent,
    /// Named under `people` as revoked.
    PersonRevoked,
    /// The organization's `state` is `retired`.
    Retired,
    /// The organization's `state` is `absent`.
    StateAbsent,
    /// Made by Portcullis, no longer declared, and `organizations_mode` is exact.
    NoLongerDeclared,
    /// A listed person has no account.
    NoAccount,
    /// The live name differs from the declared one.
    Renamed,
}

impl Reason {
    /// Says whether a line of the files orders it by itself, without comparing lists: somebody's date has passed, or somebody must
    /// be gone everywhere. Who reviewed that line reviewed this.
    pub const fn is_due(self) -> bool {
        match self {
            Self::Expired | Self::PersonAbsent | Self::PersonRevoked => true,
            Self::Listed
            | Self::Differs
            | Self::Unknown
            | Self::NotListed
            | Self::Absent
            | Self::Retired
            | Self::StateAbsent
            | Self::NoLongerDeclared
            | Self::NoAccount
            | Self::Renamed => false,
        }
    }

    /// Returns the stable word for `action_reason`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Listed => "create_because_listed",
            Self::Differs => "update_because_different",
            Self::Unknown => "update_because_unknown",
            Self::NotListed => "delete_because_not_listed",
            Self::Expired => "delete_because_expired",
            Self::Absent => "delete_because_listed_absent",
            Self::PersonAbsent => "delete_because_person_absent",
            Self::PersonRevoked => "update_because_person_revoked",
            Self::Retired => "delete_because_organization_retired",
            Self::StateAbsent => "delete_because_state_absent",
            Self::NoLongerDeclared => "delete_because_no_resource_config",
            Self::NoAccount => "create_because_no_account",
            Self::Renamed => "update_because_renamed",
        }
    }
}

/// An organization that exists, or one that this plan makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrganizationRef {
    /// Exists.
    Existing(OrganizationId),
    /// Made by this plan.
    Planned(OrganizationName),
}

/// An account that exists, or one that this plan makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonRef {
    /// Exists.
    Existing(AccountId),
    /// Made by this plan.
    Planned(Email),
}

/// A role on an app that is taken from an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRole {
    /// The app, as the files name it.
    pub app: String,
    /// The role.
    pub role: String,
    /// The app of the site, as an ARI.
    pub resource: String,
}

impl TakenRole {
    /// Says whether it is a role in Jira Service Management.
    pub fn is_of_jsm(&self) -> bool {
        let app = self.resource.strip_prefix("ari:cloud:");
        app.is_some_and(|app| app.starts_with(ObservedRoles::JSM))
    }
}

/// What a change does to the site, whoever carries it out; specific enough that no choice is left for `apply`.
///
/// "By hand" is a surface of a change ([`Change::surface`]) and never an effect: a person's step changes the same facts as
/// a request would.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// An account comes into being: `POST /customer`, an invitation to a project, or one by a person for an Atlassian account.
    CreateAccount {
        /// Whether it is known that nobody has the address, and that the site would let the account be made.
        certain: bool,
        /// The address.
        email: Email,
        /// The display name.
        name: String,
        /// Which kind it will be.
        kind: AccountKind,
        /// The project to which the person is invited by a mail; `None` where nobody is told.
        invited_to: Option<ProjectKey>,
    },
    /// An account's access to the site ends, whatever lists it is on; only a person can give it back.
    EndAccess(AccountId),
    /// An Atlassian account becomes a customer: the role is granted where it is not held, then roles on apps are taken.
    BecomeCustomer {
        /// The account.
        account: AccountId,
        /// Jira Service Management on this site, where the role Customer is to be granted there.
        grant: Option<String>,
        /// What is taken then.
        takes: Vec<TakenRole>,
        /// Whether it stays an agent or administrator.
        serves: bool,
    },
    /// `POST /organization` and the ownership mark.
    CreateOrganization(OrganizationName),
    /// Another name for an organization.
    RenameOrganization(OrganizationId, OrganizationName),
    /// `DELETE /organization/{id}`.
    DeleteOrganization(OrganizationId),
    /// A member more.
    AddMember(OrganizationRef, PersonRef),
    /// A member less.
    RemoveMember(OrganizationId, AccountId),
    /// A project's roster grows.
    AddCustomer(ProjectKey, PersonRef),
    /// A project's roster shrinks.
    RemoveCustomer(ProjectKey, AccountId),
    /// A group becomes an actor of a project's role *Service Desk Customers*.
    AddCustomerGroup(ProjectKey, GroupRef),
    /// A group is no actor of that role any more.
    RemoveCustomerGroup(ProjectKey, GroupRef),
    /// An organization is linked to a project.
    Link(ProjectKey, OrganizationRef),
    /// An organization is unlinked from a project.
    Unlink(ProjectKey, OrganizationId),
    /// Channel access.
    SetChannelAccess(ProjectKey, ChannelAccess),
    /// Customer sharing.
    SetCustomerSharing(ProjectKey, CustomerSharing),
    /// A space is linked to a project, with who can view it when that is written.
    LinkSpace(ProjectKey, SpaceKey, Option<WhoCanView>),
    /// Who can view a linked space: it belongs to the space, whichever project it is set through.
    SetViewers(ProjectKey, SpaceKey, WhoCanView),
    /// A site-wide setting; several changes may carry the same whole value.
    SetSite(SiteField, SiteValue),
    /// The whole list of an organization's e-mail domains; several changes carry the same list.
    SetEmailDomains(OrganizationRef, BTreeSet<Domain>),
    /// This site's JSM entry of an approved domain.
    ApproveDomain {
        /// The domain.
        domain: Domain,
        /// What the entry grants.
        grants: ApprovedRole,
        /// The role ARI that is written; empty where only a person can write it.
        role: String,
        /// Whether an administrator must approve.
        admin_approval: bool,
    },
    /// Takes this site's JSM entry out of an approved domain.
    DisapproveDomain(Domain),
    /// This site's JSM entry of the any-domain rule: the role, and whether an administrator must approve.
    SetAnyDomain(Option<(ApprovedRole, bool)>),
}

impl Effect {
    /// Says whether it takes the right to manage organizations, which a site may leave to Jira administrators.
    pub const fn is_of_organizations(&self) -> bool {
        matches!(
            self,
            Self::CreateOrganization(_)
                | Self::RenameOrganization(..)
                | Self::AddMember(..)
                | Self::RemoveMember(..)
                | Self::Link(..)
                | Self::Unlink(..)
        )
    }
}

/// What part an effect plays; it sorts a plan's rows, top down.
///
/// When an effect is carried out is decided by [`crate::plan::order`], whose stages need not follow this table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Site settings and approved domains that let more people have accounts.
    Widen,
    /// Accounts.
    Accounts,
    /// Organizations and their e-mail domains.
    Organizations,
    /// Memberships, links, rosters, linked spaces.
    Grants,
    /// Settings and channel access that let fewer people in.
    Narrow,
    /// Memberships, links and rosters that go.
    Revocations,
    /// Organizations that go.
    Deletions,
    /// Channel access, sharing and site-wide switches that open.
    Open,
    /// Who can view articles, which rests on what was opened before.
    Articles,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What changes.
    pub address: Address,
    /// Its type.
    pub kind: ResourceType,
    /// Its name for people: typed by strangers in part, neutralised by renderers.
    pub name: String,
    /// What happens to it.
    pub action: Action,
    /// The live value; `null` when it is not there or not known.
    pub before: Value,
    /// The desired value; `null` when it goes.
    pub after: Value,
    /// Why.
    pub reason: Reason,
    /// Who asked for it.
    pub source: Option<Span>,
    /// The route.
    pub surface: Surface,
    /// What apply does.
    pub effect: Effect,
    /// What part it plays; sorts the rows.
    pub phase: Phase,
    /// Why it must not be done; empty when nothing stands against it.
    pub blocked_by: Vec<Block>,
    /// Changes that a person must make first.
    pub waiting_for: Vec<Address>,
    /// A right that carrying it out takes and that the caller lacks for sure.
    pub needs_right: Option<Right>,
}

impl Change {
    /// Says whether apply would attempt it.
    pub fn is_automatic(&self) -> bool {
        self.blocked_by.is_empty() && self.waiting_for.is_empty() && self.surface != Surface::Manual
    }

    /// Says whether only a person can carry it out.
    pub fn is_by_hand(&self) -> bool {
        self.surface == Surface::Manual
    }

    /// Says whether it asks what is there rather than changing it: nobody could read the value, and nobody attested it.
    pub fn is_question(&self) -> bool {
        self.reason == Reason::Unknown
    }
}
