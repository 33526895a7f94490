//! Rights by Atlassian's names, and which of them each kind of reading and writing needs.

use serde::{Deserialize, Serialize};

/// A right that Atlassian's documentation names for an operation that is used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// The global permission *Administer Jira*.
    AdministerJira,
    /// The global permission *Browse users and groups*.
    BrowseUsers,
    /// The project permission *Administer projects*.
    AdministerProjects,
    /// The project permission *Service project agent*.
    ServiceProjectAgent,
    /// Administration of the site, which no request about permissions tells.
    SiteAdmin,
    /// Administration of the Atlassian organization, by its API key.
    OrganizationAdmin,
}

impl Right {
    /// The rights that one request about the caller's permissions tells.
    pub const ASKED: [Self; 4] = [
        Self::AdministerJira,
        Self::BrowseUsers,
        Self::AdministerProjects,
        Self::ServiceProjectAgent,
    ];

    /// The rights that somebody has in one project and not in another.
    pub const OF_PROJECTS: [Self; 2] = [Self::AdministerProjects, Self::ServiceProjectAgent];

    /// Returns the key of the permission in Jira's API; `None` where it is no permission of Jira.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::AdministerJira => Some("ADMINISTER"),
            Self::BrowseUsers => Some("USER_PICKER"),
            Self::AdministerProjects => Some("ADMINISTER_PROJECTS"),
            Self::ServiceProjectAgent => Some("SERVICEDESK_AGENT"),
            Self::SiteAdmin | Self::OrganizationAdmin => None,
        }
    }

    /// Returns Atlassian's name of the right.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdministerJira => "Administer Jira",
            Self::BrowseUsers => "Browse users and groups",
            Self::AdministerProjects => "Administer projects",
            Self::ServiceProjectAgent => "Service project agent",
            Self::SiteAdmin => "site admin",
            Self::OrganizationAdmin => "organization admin",
        }
    }

    /// Says whether somebody can have it in one project and not in another.
    pub const fn is_of_projects(self) -> bool {
        matches!(self, Self::AdministerProjects | Self::ServiceProjectAgent)
    }
}

/// Something that is read or written, as far as rights tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Listing every customer organization, not just the caller's own.
    ReadOrganizations,
    /// Listing the members of organizations.
    ReadMembers,
    /// Listing the customers and organizations of a project.
    ReadCustomers,
    /// Reading a project's permission scheme and who is in its roles.
    ReadRoles,
    /// Listing the members of groups.
    ReadGroups,
    /// Finding people by address.
    FindPeople,
    /// Reading a project's customer permissions.
    ReadProjectSettings,
    /// Reading roles and approved domains of the Atlassian organization.
    ReadDirectory,
    /// Reading Jira's audit records.
    ReadAudit,
    /// Making a portal-only account.
    CreateAccount,
    /// Inviting somebody to a project.
    Invite,
    /// Making or renaming a customer organization, changing its members, linking it.
    ManageOrganizations,
    /// Deleting a customer organization.
    DeleteOrganization,
    /// Changing the customers of a project.
    ChangeCustomers,
    /// Changing who is in a role of a project.
    ChangeRoles,
    /// Changing a project's customer permissions or knowledge base.
    ChangeProjectSettings,
    /// Ending somebody's portal-only access.
    EndPortalAccess,
    /// Granting and taking roles of Atlassian accounts, approving domains.
    ChangeDirectory,
}

impl Work {
    /// Returns what it needs by Atlassian's documentation: of each inner list one right, of the outer list all.
    ///
    /// `organizations_by_admins` says that the site leaves the management of organizations to Jira administrators.
    pub const fn needs(self, organizations_by_admins: bool) -> &'static [&'static [Right]] {
        use Right::{
            AdministerJira, AdministerProjects, BrowseUsers, OrganizationAdmin,
            ServiceProjectAgent, SiteAdmin,
        };
        match self {
            Self::ReadOrganizations | Self::ReadMembers | Self::ReadCustomers => {
                &[&[ServiceProjectAgent, AdministerJira]]
            }
            Self::ReadRoles | Self::ChangeRoles => &[&[AdministerProjects, AdministerJira]],
            Self::ReadGroups => &[&[BrowseUsers, AdministerJira]],
            Self::FindPeople => &[&[BrowseUsers]],
            Self::ReadProjectSettings | Self::ChangeCustomers | Self::ChangeProjectSettings => {
                &[&[AdministerProjects]]
            }
            Self::ReadDirectory | Self::ChangeDirectory => &[&[OrganizationAdmin]],
            Self::ReadAudit | Self::CreateAccount | Self::DeleteOrganization => {
                &[&[AdministerJira]]
            }
            Self::Invite => &[&[AdministerJira], &[AdministerProjects]],
            Self::ManageOrganizations if organizations_by_admins => &[&[AdministerJira]],
            Self::ManageOrganizations => &[&[ServiceProjectAgent, AdministerJira]],
            Self::EndPortalAccess => &[&[SiteAdmin]],
        }
    }
}
