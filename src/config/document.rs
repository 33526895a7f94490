//! The configuration format as written, for the JSON Schema only: a description of every key for editors. The reader itself
//! works on located values; a test holds both to the same keys.

macro_rules! blocks {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })+) => {
        $(#[derive(Debug, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* })+
    };
}

mod description;
mod law;
mod lists;
mod seeds;
mod words;

pub use description::MappedDocument;
pub use lists::PersonEntry;

use crate::model::{
    ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement, WhoCanView,
};
use law::{AttestationBlock, ExpectationBlock, PolicyBlock};
use lists::{CustomersBlock, LeaversFile, ListsFile, PersonBlock, RosterBlock};
use schemars::JsonSchema;
use seeds::{AccountsBlock, SandboxBlock};
use std::collections::BTreeMap;
use words::{
    AnyWord, AuditWord, AuthWord, ConfluencePlanWord, DateText, DomainText, ManagedByWord,
    ModeWord, OrganizationStateWord, PatternText, RoleWord, Sentence, SurfaceWord, UnlistedWord,
    UserManagementWord, Version,
};

blocks! {
    /// A file of a Portcullis workspace. What is absent is unmanaged.
    Document {
        /// The configuration version; in every file, and the same.
        version: Version,
        /// Which files belong to the workspace. Root file only; `sites/**`, `organizations/**`, `projects/**`, `policy/**`, `expectations/**` and `attestations/**` when absent.
        #[schemars(extend("default" = ["sites/**", "organizations/**", "projects/**", "policy/**", "expectations/**", "attestations/**"]))]
        include: Option<Vec<String>>,
        /// Root file only. Once there is a scope, a file may declare only what a scope grants it.
        scopes: Option<Vec<ScopeBlock>>,
        /// Atlassian organizations, the company-level ones, by a key of your choice.
        atlassian_organizations: Option<BTreeMap<String, AtlassianOrganizationBlock>>,
        /// Sites by a key of your choice.
        sites: Option<BTreeMap<String, SiteBlock>>,
        /// Root file only. Roster files whose rows are people who left: absent everywhere from the day after their last day.
        leavers: Option<Vec<LeaversFile>>,
        /// Limits on what one apply may change, and what somebody answers for.
        policy: Option<PolicyBlock>,
        /// Access tests.
        expectations: Option<Vec<ExpectationBlock>>,
        /// Dated statements of values that no program can read.
        attestations: Option<Vec<AttestationBlock>>,
    }
    /// Which files may declare what.
    ScopeBlock {
        /// A path pattern relative to the workspace; `**` stands for any directories.
        #[schemars(example = &"organizations/globex/**")]
        files: String,
        /// Address patterns, or keys such as `policy`, `expectations`, `attestations`, `acme/url`, `acme/people/*`.
        may: Vec<PatternText>,
    }
    /// An Atlassian organization.
    AtlassianOrganizationBlock {
        /// Its id; needed only to reach the Admin API of a real site.
        id: Option<Sentence>,
        /// The ARI of the JSM Customer role; learned from an existing entry when absent.
        customer_role: Option<Sentence>,
        /// Domains whose people get access by themselves.
        approved_domains: Option<ApprovedDomainsBlock>,
        /// The any-domain rule; read and judged, written by hand.
        any_domain: Option<ApprovedDomainBlock>,
        /// Apps that every new user gets: a fact for the cost lint, never written.
        default_app_access: Option<Vec<Sentence>>,
    }
    /// Approved domains.
    ApprovedDomainsBlock {
        /// Whether the list is added to or is the whole truth.
        mode: Option<ModeWord>,
        /// The domains.
        domains: Option<BTreeMap<String, ApprovedDomainBlock>>,
        /// Allows an empty list under `exact`, which removes every approved domain.
        allow_empty: Option<bool>,
    }
    /// What a domain grants.
    ApprovedDomainBlock {
        /// What it grants on each site, by the key of the site.
        sites: Option<BTreeMap<String, ApprovedSiteBlock>>,
    }
    /// What a domain grants on one site.
    ApprovedSiteBlock {
        /// The role in Jira Service Management.
        role: RoleWord,
        /// Whether an administrator must approve each person; `false` when absent.
        #[schemars(extend("default" = false))]
        admin_approval: Option<bool>,
    }
    /// A site.
    SiteBlock {
        /// The origin of the site, or `"sandbox:"` (in quotes) for the embedded sandbox.
        #[schemars(example = &"https://acme.atlassian.net", example = &"sandbox:")]
        url: Option<String>,
        /// Sandbox only: the workspace directory that fills it the first time.
        seed: Option<String>,
        /// The origin of the gateway and the Admin API; `https://api.atlassian.com` when absent.
        #[schemars(extend("default" = "https://api.atlassian.com"))]
        api_url: Option<String>,
        /// How requests authenticate; `classic` when absent.
        #[schemars(extend("default" = "classic"))]
        auth: Option<AuthWord>,
        /// The last day of the API token or of the service account's credentials: a fact, told from 30 days ahead.
        token_expires: Option<DateText>,
        /// The key of the Atlassian organization that the site belongs to.
        atlassian_organization: Option<String>,
        /// Which click paths manual steps show; `centralized` when absent.
        #[schemars(extend("default" = "centralized"))]
        user_management: Option<UserManagementWord>,
        /// The Confluence plan; without one, lints that depend on it are silent.
        confluence_plan: Option<ConfluencePlanWord>,
        /// Which routes beyond the documented REST API may be used.
        surfaces: Option<SurfacesBlock>,
        /// The site's customer access settings.
        customer_access: Option<CustomerAccessBlock>,
        /// Requests by e-mail.
        email: Option<EmailBlock>,
        /// Who may manage customer organizations.
        organization_management: Option<OrganizationManagement>,
        /// How portal-only customers log in.
        portal_only_login: Option<PortalOnlyLoginBlock>,
        /// The site's switches for knowledge bases.
        knowledge_base: Option<KnowledgeBaseBlock>,
        /// Confluence's side of spaces, by space key: read where possible, else taken as a fact.
        spaces: Option<BTreeMap<String, SpaceBlock>>,
        /// What to do about service projects that the site has and the configuration has not; `report` when absent.
        #[schemars(extend("default" = "report"))]
        unlisted_projects: Option<UnlistedWord>,
        /// Roster files (`.csv`) whose rows are entries of the organizations or projects that they name.
        rosters: Option<Vec<ListsFile>>,
        /// `exact` removes organizations that Portcullis itself made and the configuration no longer has; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        organizations_mode: Option<ModeWord>,
        /// Customer organizations by name.
        organizations: Option<BTreeMap<String, OrganizationBlock>>,
        /// People who must be absent everywhere on the site, by address; beats every list.
        people: Option<BTreeMap<String, PersonBlock>>,
        /// What declared projects are where they do not say otherwise.
        project_defaults: Option<ProjectDefaultsBlock>,
        /// Service projects by key.
        projects: Option<BTreeMap<String, ProjectBlock>>,
        /// Allows `organizations_mode: exact` without any organization.
        allow_empty: Option<bool>,
        /// Seeds only: accounts that exist.
        accounts: Option<AccountsBlock>,
        /// Seeds only: what else the sandbox has that no workspace manages.
        sandbox: Option<SandboxBlock>,
    }
    /// Routes beyond the documented REST API.
    SurfacesBlock {
        /// GraphQL operations published without a promise (linked spaces, who can view); `read` when absent.
        #[schemars(extend("default" = "read"))]
        gateway: Option<SurfaceWord>,
        /// The project endpoint known from other public tools (channel access, sharing); `read` when absent.
        #[schemars(extend("default" = "read"))]
        private: Option<SurfaceWord>,
        /// Roles of Atlassian accounts, with the organization's key; `read` when absent.
        #[schemars(extend("default" = "read"))]
        roles: Option<SurfaceWord>,
        /// Ending the access of portal-only accounts, which only a person can undo; `read` when absent.
        #[schemars(extend("default" = "read"))]
        accounts: Option<SurfaceWord>,
        /// Audit records, for `drift --blame`; `read` when absent.
        #[schemars(extend("default" = "read"))]
        audit: Option<AuditWord>,
        /// A file that describes settings endpoints, relative to this file.
        mapped: Option<String>,
    }
    /// The site's customer access settings.
    CustomerAccessBlock {
        /// Internal customers, with Atlassian accounts.
        internal: Option<InternalBlock>,
        /// External customers, with portal-only accounts.
        external: Option<ExternalBlock>,
        /// Whether customers can create their own accounts.
        customers_can_create_accounts: Option<bool>,
        /// Whether help centers can be viewed without login.
        view_without_login: Option<bool>,
    }
    /// Internal customers.
    InternalBlock {
        /// Whether people of approved domains get Atlassian accounts as customers.
        atlassian_accounts: Option<bool>,
    }
    /// External customers.
    ExternalBlock {
        /// Whether portal-only accounts are allowed.
        portal_only_accounts: Option<bool>,
        /// `any`, or the whole list of domains that may get portal-only accounts.
        allowed_domains: Option<AllowedDomains>,
        /// Allows an empty `allowed_domains`, which lets no domain in.
        allow_empty: Option<bool>,
    }
    /// Requests by e-mail.
    EmailBlock {
        /// Whose To and Cc addresses become accounts.
        cc_creates_accounts: Option<EmailAccountCreation>,
    }
    /// How portal-only customers log in.
    PortalOnlyLoginBlock {
        /// By password.
        password: Option<bool>,
        /// By single sign-on.
        sso: Option<bool>,
    }
    /// The site's switches for knowledge bases.
    KnowledgeBaseBlock {
        /// Whether spaces can be opened to all logged-in users.
        allow_all_logged_in: Option<bool>,
        /// Whether spaces can be opened to anyone.
        allow_anyone: Option<bool>,
    }
    /// Confluence's side of a space.
    SpaceBlock {
        /// Whether anonymous visitors may read the space.
        anonymous_access: Option<bool>,
        /// Whether any active user without a Confluence licence can view the space.
        unlicensed_access: Option<bool>,
    }
    /// A customer organization.
    OrganizationBlock {
        /// Its id, in quotes; written by `export`, so that identity survives a rename in the user interface.
        #[schemars(regex(pattern = r"^\d+$"), example = &"12")]
        id: Option<String>,
        /// The name it had: a rename, never a delete and a create.
        previous_name: Option<String>,
        /// What should become of it; `present` when absent.
        #[schemars(extend("default" = "present"))]
        state: Option<OrganizationStateWord>,
        /// Who answers for it: shown and filtered by, without effect.
        owner: Option<Sentence>,
        /// The last day (inclusive, UTC) of a present organization; afterwards it is retired.
        until: Option<DateText>,
        /// Whether a retired organization is emptied too; its members stay when absent.
        empty: Option<bool>,
        /// Who changes its members; `portcullis` when absent.
        #[schemars(extend("default" = "portcullis"))]
        managed_by: Option<ManagedByWord>,
        /// The whole list of its e-mail domains, at most ten.
        #[schemars(length(max = 10))]
        email_domains: Option<Vec<DomainText>>,
        /// Allows an empty `email_domains`, which removes every domain.
        allow_empty: Option<bool>,
        /// Its members.
        members: Option<RosterBlock>,
    }
    /// A service project.
    ProjectBlock {
        /// Who answers for it: shown and filtered by, without effect.
        owner: Option<Sentence>,
        /// Who may send requests by portal, widget and e-mail.
        channel_access: Option<ChannelAccess>,
        /// With whom customers may share their requests.
        customer_sharing: Option<CustomerSharing>,
        /// Organizations linked to the project.
        organizations: Option<LinkedOrganizationsBlock>,
        /// The project's own customers.
        customers: Option<CustomersBlock>,
        /// Groups of Atlassian accounts that are customers of the project: actors of its role *Service Desk Customers*.
        customer_groups: Option<CustomerGroupsBlock>,
        /// Knowledge-base spaces by space key; a space that is not linked gets linked.
        knowledge_base: Option<BTreeMap<String, LinkedSpaceBlock>>,
    }
    /// What declared projects are where they do not say otherwise.
    ProjectDefaultsBlock {
        /// Who may send requests by portal, widget and e-mail.
        channel_access: Option<ChannelAccess>,
        /// With whom customers may share their requests.
        customer_sharing: Option<CustomerSharing>,
    }
    /// Organizations linked to a project.
    LinkedOrganizationsBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// Names of organizations that this workspace declares.
        list: Option<Vec<LinkedOrganizationEntry>>,
        /// Allows an empty list under `exact`, which unlinks every organization.
        allow_empty: Option<bool>,
    }
    /// A linked organization with the day on which the link ends.
    LinkedOrganizationBlock {
        /// Its name; this workspace declares it.
        name: Sentence,
        /// The last day (inclusive, UTC); afterwards the organization is unlinked, in both modes.
        until: Option<DateText>,
    }
    /// Groups in the project role *Service Desk Customers*.
    CustomerGroupsBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// The groups, by name.
        list: Option<Vec<CustomerGroupEntry>>,
        /// Allows an empty list under `exact`, which takes every group out.
        allow_empty: Option<bool>,
    }
    /// A group with its id.
    CustomerGroupBlock {
        /// Its name.
        name: Sentence,
        /// Its id, written by `export`: with it, another group of the same name is refused.
        id: Option<Sentence>,
    }
    /// A knowledge-base space of a project.
    LinkedSpaceBlock {
        /// Who can view its articles in the portal.
        who_can_view: Option<WhoCanView>,
    }
}

/// `any`, or a list.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum AllowedDomains {
    /// Any domain.
    Any(AnyWord),
    /// Exactly these.
    Listed(Vec<DomainText>),
}

/// An organization: its name, or a mapping with `name` and `until`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum LinkedOrganizationEntry {
    /// Its name.
    Name(String),
    /// With the last day of the link.
    Detailed(LinkedOrganizationBlock),
}

/// A group: its name, or a mapping with `name` and `id`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum CustomerGroupEntry {
    /// Its name.
    Name(Sentence),
    /// With its id.
    Detailed(CustomerGroupBlock),
}
