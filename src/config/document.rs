//! The configuration format as written, for the JSON Schema only: a description of every key for editors. The reader itself
//! works on located values; a test holds both to the same keys.

use crate::model::{
    AccountKind, ChannelAccess, CustomerSharing, EmailAccountCreation, OrganizationManagement,
    WhoCanView,
};
use schemars::JsonSchema;
use std::collections::BTreeMap;

macro_rules! blocks {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })+) => {
        $(#[derive(Debug, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        $(#[$meta])*
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* })+
    };
}

macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)* })+) => {
        $($(#[$meta])*
        #[derive(Debug, JsonSchema)]
        pub enum $name { $($(#[$variant_meta])* #[schemars(rename = $word)] $variant,)* })+
    };
}

/// A date, `YYYY-MM-DD`.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
pub struct DateText(#[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))] pub String);

/// An e-mail address.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, example = &"ana@globex.example")]
pub struct AddressText(#[schemars(regex(pattern = r"^.+@.+\..+$"))] pub String);

/// An exact domain, without `@`, `*` or subdomains.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, example = &"globex.example")]
pub struct DomainText(#[schemars(regex(pattern = r"^[^@*\s]+\.[^@*\s]+$"))] pub String);

/// Text that says something.
#[derive(Debug, JsonSchema)]
#[schemars(transparent)]
pub struct Sentence(#[schemars(length(min = 1))] pub String);

/// An address of something managed, with `*` within a part and `/**` at the end for everything below.
#[derive(Debug, JsonSchema)]
#[schemars(transparent, example = &"acme/project/ITSM/**")]
pub struct PatternText(#[schemars(length(min = 1))] pub String);

/// The configuration version: 1.
#[derive(Debug)]
pub struct Version;

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "const": 1 })
    }

    fn inline_schema() -> bool {
        true
    }
}

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
    /// A list of people.
    RosterBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// The people.
        list: Option<Vec<PersonEntry>>,
        /// Roster files (`.csv`, `.txt`, `.yaml`) relative to this file.
        from: Option<Vec<ListFile>>,
        /// Under `exact`: what becomes of unlisted people of the organization's own e-mail domains, whom Atlassian adds by itself; `keep` when absent.
        #[schemars(extend("default" = "keep"))]
        auto_joined: Option<AutoJoinedWord>,
        /// Domains that were renamed: the domain now, and those before. `ana@` the first is the person who was `ana@` one of the others.
        previous_domains: Option<BTreeMap<String, Vec<DomainText>>>,
        /// Allowed to be there, never added and never removed: addresses, or `*@domain`.
        keep: Option<Vec<String>>,
        /// People who must not be there, in both modes.
        absent: Option<Vec<AbsentEntry>>,
        /// Whether accounts are made for listed people who have none; `silent` when absent.
        #[schemars(extend("default" = "silent"))]
        create: Option<CreateWord>,
        /// Allows an empty list under `exact`, which removes everybody.
        allow_empty: Option<bool>,
    }
    /// A list of customers.
    CustomersBlock {
        /// Whether the list is added to or is the whole truth; `add_only` when absent.
        #[schemars(extend("default" = "add_only"))]
        mode: Option<ModeWord>,
        /// The people.
        list: Option<Vec<PersonEntry>>,
        /// Roster files (`.csv`, `.txt`, `.yaml`) relative to this file.
        from: Option<Vec<ListFile>>,
        /// Domains that were renamed: the domain now, and those before. `ana@` the first is the person who was `ana@` one of the others.
        previous_domains: Option<BTreeMap<String, Vec<DomainText>>>,
        /// Allowed to be there, never added and never removed: addresses, or `*@domain`.
        keep: Option<Vec<String>>,
        /// People who must not be there, in both modes.
        absent: Option<Vec<AbsentEntry>>,
        /// Whether accounts are made for listed people who have none, and how; `silent` when absent.
        #[schemars(extend("default" = "silent"))]
        create: Option<CustomersCreateWord>,
        /// Allows an empty list under `exact`, which removes everybody.
        allow_empty: Option<bool>,
        /// Who changes the customers; `portcullis` when absent.
        #[schemars(extend("default" = "portcullis"))]
        managed_by: Option<ManagedByWord>,
    }
    /// A roster file, and how it is read.
    RosterFileBlock {
        /// The file, relative to this one.
        file: Sentence,
        /// The header of each column that has another name than ours: `email`, `account_id`, `name`, `account`, `until`, `previous_email`, `new_person`.
        columns: Option<ColumnsBlock>,
        /// Which rows count, by the value of a column.
        #[schemars(rename = "where")]
        where_: Option<BTreeMap<String, WhereBlock>>,
        /// What stands between two cells: `,`, `;` or a tab; found from the header when absent.
        separator: Option<String>,
        /// The encoding, such as `windows-1252`; UTF-8 when absent, or UTF-16 where a byte order mark says so.
        encoding: Option<String>,
        /// How dates are written, as `strptime` has it, such as `%d.%m.%Y`; `2027-01-31` is always read.
        date_format: Option<String>,
        /// Fewer rows than this are an error: a broken export.
        min_rows: Option<u64>,
        /// Columns that may be left out of account.
        ignore_columns: Option<Vec<String>>,
    }
    /// A roster file of many lists, and how it is read.
    RostersFileBlock {
        /// The file, relative to this one.
        file: Sentence,
        /// The header of each column that has another name than ours; `organization` or `project` says whose list a row belongs to.
        columns: Option<ListsColumnsBlock>,
        /// Which rows count, by the value of a column.
        #[schemars(rename = "where")]
        where_: Option<BTreeMap<String, WhereBlock>>,
        /// What stands between several organizations or projects in one cell.
        split: Option<Sentence>,
        /// What stands between two cells: `,`, `;` or a tab; found from the header when absent.
        separator: Option<String>,
        /// The encoding, such as `windows-1252`; UTF-8 when absent, or UTF-16 where a byte order mark says so.
        encoding: Option<String>,
        /// How dates are written, as `strptime` has it, such as `%d.%m.%Y`; `2027-01-31` is always read.
        date_format: Option<String>,
        /// Fewer rows than this are an error: a broken export.
        min_rows: Option<u64>,
        /// Columns that may be left out of account.
        ignore_columns: Option<Vec<String>>,
    }
    /// The headers of columns.
    ColumnsBlock {
        /// The address.
        email: Option<String>,
        /// The account id.
        account_id: Option<String>,
        /// The display name, used only when an account is made.
        name: Option<String>,
        /// The kind of account: `portal_only` or `atlassian`.
        account: Option<String>,
        /// The last day.
        until: Option<String>,
        /// The address that the person had before.
        previous_email: Option<String>,
        /// Whether the person is nobody who leaves the list: `yes` or `no`.
        new_person: Option<String>,
    }
    /// The headers of columns, where rows name their list.
    ListsColumnsBlock {
        /// The address.
        email: Option<String>,
        /// The account id.
        account_id: Option<String>,
        /// The display name, used only when an account is made.
        name: Option<String>,
        /// The kind of account: `portal_only` or `atlassian`.
        account: Option<String>,
        /// The last day.
        until: Option<String>,
        /// The customer organization whose member the person is.
        organization: Option<String>,
        /// The key of the project whose customer the person is.
        project: Option<String>,
        /// The address that the person had before.
        previous_email: Option<String>,
        /// Whether the person is nobody who leaves the list: `yes` or `no`.
        new_person: Option<String>,
    }
    /// Which rows of a table count; any other value is an error.
    WhereBlock {
        /// Values with which a row counts.
        r#in: Vec<String>,
        /// Values with which a row means "must be absent".
        out: Option<Vec<String>>,
    }
    /// A person with details.
    PersonEntryBlock {
        /// The address.
        email: Option<AddressText>,
        /// The account id; then `email` is the address the account should have by now.
        account_id: Option<Sentence>,
        /// The display name, used only when an account is made.
        name: Option<Sentence>,
        /// Chooses between two accounts on one address.
        account: Option<AccountKind>,
        /// The last day (inclusive, UTC); afterwards the entry means "must be absent".
        until: Option<DateText>,
        /// The address that the person had before.
        previous_email: Option<AddressText>,
        /// Says that the person is nobody who leaves the list, however alike the addresses are.
        new_person: Option<bool>,
    }
    /// A person who must be absent.
    AbsentEntryBlock {
        /// The address.
        email: Option<AddressText>,
        /// The account id.
        account_id: Option<Sentence>,
    }
    /// A person, everywhere on the site.
    #[schemars(extend("anyOf" = [{ "required": ["state"] }, { "required": ["role"] }]))]
    PersonBlock {
        /// What should become of the person: `absent` leaves every list, `revoked` loses the account's access itself too. Either this or `role`.
        state: Option<PersonStateWord>,
        /// The role in Jira Service Management that an Atlassian account should have.
        role: Option<PersonRoleWord>,
        /// With `role`: apps whose roles on this site are taken from the account, such as `jira`; `jira-service-management` is the licence of an agent.
        take_away: Option<Vec<Sentence>>,
        /// Why.
        reason: Option<Sentence>,
        /// Who answers for it.
        owner: Option<Sentence>,
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
    /// The accounts of a seed.
    AccountsBlock {
        /// The accounts.
        list: Vec<AccountBlock>,
    }
    /// An account of a seed.
    AccountBlock {
        /// Its address.
        email: AddressText,
        /// Its display name.
        name: Option<Sentence>,
        /// Its kind; `portal_only` when absent.
        #[schemars(extend("default" = "portal_only"))]
        account: Option<AccountKind>,
        /// Its id, when the seed fixes it.
        account_id: Option<Sentence>,
        /// The JSM role of an Atlassian account; `customer` when absent.
        #[schemars(extend("default" = "customer"))]
        role: Option<SeedRoleWord>,
        /// The other apps that an Atlassian account may use.
        apps: Option<Vec<AppWord>>,
        /// Whether an Atlassian account is a service account, which no person uses.
        service_account: Option<bool>,
        /// Its state; `active` when absent.
        #[schemars(extend("default" = "active"))]
        state: Option<AccountStateWord>,
        /// Whether its address is hidden from API answers.
        email_hidden: Option<bool>,
    }
    /// What a seed says of the sandbox besides what a workspace manages.
    SandboxBlock {
        /// Groups of Atlassian accounts, by name.
        groups: Option<BTreeMap<String, SandboxGroupBlock>>,
        /// Groups that every project has in its role Service Desk Customers.
        default_customer_groups: Option<Vec<Sentence>>,
        /// Projects by key.
        projects: Option<BTreeMap<String, SandboxProjectBlock>>,
        /// Help centers besides the one of the site, by name.
        help_centers: Option<BTreeMap<String, SandboxHelpCenterBlock>>,
        /// Whether people verify their address at once, or by the door `verify`; `at_once` when absent.
        #[schemars(extend("default" = "at_once"))]
        verification: Option<VerificationWord>,
    }
    /// A group of Atlassian accounts.
    SandboxGroupBlock {
        /// Its id, when the seed fixes it.
        id: Option<Sentence>,
        /// Its members; who is named nowhere else gets an Atlassian account.
        members: Option<Vec<AddressText>>,
        /// The JSM role that it grants; `none` when absent.
        #[schemars(extend("default" = "none"))]
        role: Option<SeedRoleWord>,
        /// The other apps that it opens.
        apps: Option<Vec<AppWord>>,
    }
    /// What only a seed says of a project.
    SandboxProjectBlock {
        /// Whether it is team-managed; `false` when absent.
        #[schemars(extend("default" = false))]
        team_managed: Option<bool>,
        /// Whether the built-in agent administers it; `true` when absent.
        #[schemars(extend("default" = true))]
        agent_administers: Option<bool>,
        /// Groups in its role Service Desk Customers.
        customer_groups: Option<Vec<Sentence>>,
        /// People who are in its list of customers for the record, which gives them nothing.
        for_the_record: Option<Vec<AddressText>>,
        /// Request types by name.
        request_types: Option<BTreeMap<String, SandboxRequestTypeBlock>>,
    }
    /// A request type; without groups and people it is for everybody who sees the portal.
    SandboxRequestTypeBlock {
        /// The groups that it is restricted to.
        groups: Option<Vec<Sentence>>,
        /// The people that it is restricted to.
        people: Option<Vec<AddressText>>,
    }
    /// A help center.
    SandboxHelpCenterBlock {
        /// Who may enter; `public` when absent.
        #[schemars(extend("default" = "public"))]
        audience: Option<AudienceWord>,
        /// The organizations whose members may enter, with `audience: organizations`.
        organizations: Option<Vec<String>>,
        /// Whether it is a support site of Customer Service Management; `false` when absent.
        #[schemars(extend("default" = false))]
        customer_service: Option<bool>,
    }
    /// Limits and acknowledgements. A limit that is not written does not apply.
    PolicyBlock {
        /// What happens when a whole class of people gains access.
        class_gains: Option<ClassGainsBlock>,
        /// How many people may lose access; at most 50 or 30 %, from 10 people on, when absent.
        #[schemars(extend("default" = { "count": 50, "percent": 30, "floor": 10 }))]
        max_people_losing_access: Option<LimitSetting>,
        /// How many people may gain access.
        max_people_gaining_access: Option<LimitSetting>,
        /// How many entries of one list, of all lists that one roster file fills, or of all lists of people of a site may be removed; at most 30 %, from 10 entries on, when absent.
        #[schemars(extend("default" = { "percent": 30, "floor": 10 }))]
        max_removals: Option<LimitSetting>,
        /// How many accounts may be made.
        max_new_accounts: Option<u64>,
        /// How many licences of apps may be taken away.
        max_licences_removed: Option<u64>,
        /// Addresses that no removal may touch.
        protect: Option<Vec<PatternText>>,
        /// Addresses at which nothing may change, gains included.
        freeze: Option<Vec<PatternText>>,
        /// Lints that somebody answers for.
        acknowledge: Option<Vec<AcknowledgeBlock>>,
        /// Differences that are left alone until their date.
        accept_drift: Option<Vec<AcceptDriftBlock>>,
        /// How unmanaged things are reported; `count` when absent.
        #[schemars(extend("default" = "count"))]
        unmanaged: Option<UnmanagedWord>,
        /// What becomes of expectations that cannot be decided; `warn` when absent.
        #[schemars(extend("default" = "warn"))]
        undecided: Option<UndecidedWord>,
        /// How many days an attestation without `until` counts; 90 when absent.
        #[schemars(extend("default" = 90))]
        #[schemars(range(min = 1, max = 3650))]
        attestation_days: Option<u64>,
    }
    /// What happens when a whole class of people gains access.
    ClassGainsBlock {
        /// Visitors without login; `block` when absent.
        #[schemars(extend("default" = "block"))]
        anonymous: Option<GateWord>,
        /// Whoever signs up with any address; `block` when absent.
        #[schemars(extend("default" = "block"))]
        anyone: Option<GateWord>,
        /// Every existing customer; `warn` when absent.
        #[schemars(extend("default" = "warn"))]
        any_customer: Option<GateWord>,
    }
    /// A limit; whichever of `count` and `percent` is exceeded first blocks.
    LimitBlock {
        /// At most this many.
        count: Option<u64>,
        /// At most this share, in percent.
        #[schemars(range(max = 100))]
        percent: Option<u64>,
        /// The limit is ignored for lists with fewer entries.
        floor: Option<u64>,
    }
    /// A lint that somebody answers for.
    AcknowledgeBlock {
        /// The number of the lint.
        #[schemars(regex(pattern = r"^L[1-9]\d*$"), example = &"L13")]
        lint: String,
        /// Where it applies.
        address: PatternText,
        /// Why.
        reason: Sentence,
        /// Who answers for it.
        owner: Sentence,
        /// The last day.
        until: Option<DateText>,
    }
    /// A difference that is left alone.
    AcceptDriftBlock {
        /// Where it applies.
        address: PatternText,
        /// Why.
        reason: Sentence,
        /// Who answers for it.
        owner: Sentence,
        /// The last day.
        until: Option<DateText>,
    }
    /// An access test: one of `can` (must hold for all of them) and `cannot` (for each).
    ExpectationBlock {
        /// A sentence that reports show.
        name: Sentence,
        /// `anonymous`, `anyone`, `any_customer`, `*@domain`, `organization:NAME`, `group:NAME`, or an address.
        #[schemars(length(min = 1))]
        who: Option<String>,
        /// Instead of `who`, with `can`: nobody but these and the agents and administrators of each project may.
        #[schemars(length(min = 1))]
        only: Option<Vec<String>>,
        /// What they must be able to do.
        can: Option<AbilityWord>,
        /// What they must not be able to do.
        cannot: Option<AbilityWord>,
        /// The key of the site.
        site: String,
        /// Project keys or patterns; needed except for `sign_up`.
        projects: Option<Vec<String>>,
        /// Projects that are left out.
        except: Option<Vec<String>>,
        /// The knowledge-base space, for `read_article`.
        space: Option<String>,
        /// What becomes of it where it cannot be decided; as `policy.undecided` says when absent.
        undecided: Option<UndecidedWord>,
    }
    /// A person's dated statement of a value that no program can read.
    AttestationBlock {
        /// The address, as plans show it.
        #[schemars(example = &"acme/customer-access/view-without-login")]
        address: PatternText,
        /// The value seen, in the words of this format.
        value: AttestedValue,
        /// Who looked.
        by: Sentence,
        /// When.
        on: DateText,
        /// The last day it counts; `policy.attestation_days` after `on` when absent, which are 90.
        until: Option<DateText>,
    }
}

/// An attested value.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum AttestedValue {
    /// A toggle.
    Toggle(bool),
    /// A word.
    Word(String),
    /// A list of domains.
    Domains(Vec<DomainText>),
    /// Login of portal-only customers.
    Login(PortalOnlyLoginBlock),
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

/// A limit, or `off`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum LimitSetting {
    /// No limit, not even one that is built in.
    Off(OffWord),
    /// At most so many.
    Limit(LimitBlock),
}

/// A roster file of one list: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ListFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RosterFileBlock>),
}

/// A roster file of many lists: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum ListsFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RostersFileBlock>),
}

/// A file of leavers: a path, or a mapping with `file`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum LeaversFile {
    /// A path.
    Path(Sentence),
    /// With details.
    Detailed(Box<RosterFileBlock>),
}

/// A person: an address, or a mapping with `email` or `account_id`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum PersonEntry {
    /// An address.
    Address(AddressText),
    /// A person with details.
    Detailed(PersonEntryBlock),
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

/// A person who must be absent: an address, or a mapping with `email` or `account_id`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum AbsentEntry {
    /// An address.
    Address(AddressText),
    /// By key.
    Detailed(AbsentEntryBlock),
}

choices! {
    /// What becomes of people whom Atlassian adds by itself.
    AutoJoinedWord {
        /// They stay.
        Keep = "keep",
        /// They go, like everybody who is not listed.
        Remove = "remove",
    }
    /// Whether a list is added to or is the whole truth.
    ModeWord {
        /// Add what is missing, leave the rest.
        AddOnly = "add_only",
        /// Remove the rest.
        Exact = "exact",
    }
    /// A role in Jira Service Management.
    RoleWord {
        /// Customer: free.
        Customer = "customer",
        /// User: an agent, licensed.
        User = "user",
        /// No role.
        None = "none",
    }
    /// How requests authenticate.
    AuthWord {
        /// An API token, on the site's own origin.
        Classic = "classic",
        /// Scoped tokens and service accounts, through the gateway.
        Scoped = "scoped",
        /// The client id and secret of a service account (OAuth 2.0), through the gateway.
        Oauth = "oauth",
    }
    /// Which user-management experience administrators see.
    UserManagementWord {
        /// The newer, organization-wide one.
        Centralized = "centralized",
        /// The original, per-site one.
        Original = "original",
    }
    /// A Confluence plan.
    ConfluencePlanWord {
        /// Free: no anonymous access.
        Free = "free",
        /// Standard.
        Standard = "standard",
        /// Premium.
        Premium = "premium",
        /// Enterprise.
        Enterprise = "enterprise",
    }
    /// What may be done over a route.
    SurfaceWord {
        /// Neither read nor write.
        Deny = "deny",
        /// Read only.
        Read = "read",
        /// Read and write.
        Write = "write",
    }
    /// Whether audit records may be read.
    AuditWord {
        /// Not read.
        Deny = "deny",
        /// Read.
        Read = "read",
    }
    /// What to do about projects that are not listed.
    UnlistedWord {
        /// Say nothing.
        Ignore = "ignore",
        /// List them.
        Report = "report",
        /// Fail.
        Error = "error",
    }
    /// What should become of an organization.
    OrganizationStateWord {
        /// It exists.
        Present = "present",
        /// Unlinked everywhere, emptied, kept.
        Retired = "retired",
        /// Deleted.
        Absent = "absent",
    }
    /// Who changes the members of an organization.
    ManagedByWord {
        /// Portcullis.
        Portcullis = "portcullis",
        /// An identity provider; members are never changed here.
        Scim = "scim",
        /// Agents, by hand; members are never changed here.
        Agents = "agents",
    }
    /// Whether accounts are made.
    CreateWord {
        /// Make them, without a mail.
        Silent = "silent",
        /// Never; a listed person without an account is reported.
        Never = "never",
    }
    /// Whether accounts are made.
    CustomersCreateWord {
        /// Make them, without a mail.
        Silent = "silent",
        /// By inviting people to the project, by a mail that Atlassian sends.
        Invite = "invite",
        /// Never; a listed person without an account is reported.
        Never = "never",
    }
    /// The state of a person.
    PersonStateWord {
        /// Absent everywhere.
        Absent = "absent",
        /// Absent everywhere, and the account's access itself is ended.
        Revoked = "revoked",
    }
    /// The role of a person.
    PersonRoleWord {
        /// A customer: free.
        Customer = "customer",
    }
    /// A role of an account or group of a seed.
    SeedRoleWord {
        /// No role.
        None = "none",
        /// Customer: free.
        Customer = "customer",
        /// User: an agent, licensed.
        User = "user",
        /// An administrator of the site and of the Atlassian organization.
        Admin = "admin",
    }
    /// An app besides Jira Service Management.
    AppWord {
        /// Jira.
        Jira = "jira",
        /// Confluence.
        Confluence = "confluence",
    }
    /// When addresses are verified.
    VerificationWord {
        /// Nobody has to open a mail.
        AtOnce = "at_once",
        /// By the door `verify`.
        ByHand = "by_hand",
    }
    /// Who may enter a help center.
    AudienceWord {
        /// Everybody whom the portals let in.
        Public = "public",
        /// External customers.
        External = "external",
        /// Internal customers.
        Internal = "internal",
        /// Members of the organizations that it names.
        Organizations = "organizations",
    }
    /// The state of an account of a seed.
    AccountStateWord {
        /// Usable.
        Active = "active",
        /// Exists, not yet verified.
        Unverified = "unverified",
        /// Portal access revoked.
        Revoked = "revoked",
        /// Deactivated or suspended.
        Deactivated = "deactivated",
    }
    /// What a gain does to a plan.
    GateWord {
        /// Blocks.
        Block = "block",
        /// Warns.
        Warn = "warn",
        /// Nothing.
        Allow = "allow",
    }
    /// How unmanaged things are reported.
    UnmanagedWord {
        /// As a number.
        Count = "count",
        /// One by one.
        List = "list",
        /// Not at all.
        Ignore = "ignore",
    }
    /// What becomes of an expectation that cannot be decided.
    UndecidedWord {
        /// It is told.
        Warn = "warn",
        /// It fails.
        Block = "block",
    }
    /// What an expectation is about.
    AbilityWord {
        /// Make an account for themselves.
        SignUp = "sign_up",
        /// See a portal.
        ViewPortal = "view_portal",
        /// Send a request.
        SendRequest = "send_request",
        /// Read an article.
        ReadArticle = "read_article",
    }
    /// Any domain.
    AnyWord {
        /// Any domain.
        Any = "any",
    }
    /// No limit.
    OffWord {
        /// No limit.
        Off = "off",
    }
    /// The method that writes a settings endpoint.
    WriteWord {
        /// PUT of the whole document.
        Put = "PUT",
        /// POST of the whole document.
        Post = "POST",
        /// PATCH with the whole document.
        Patch = "PATCH",
    }
}

blocks! {
    /// A description of settings endpoints on the site's own origin, for what has no known public route.
    MappedDocument {
        /// The version of the format.
        version: Version,
        /// Endpoints by a name of your choice. Each is read with GET.
        endpoints: BTreeMap<String, EndpointBlock>,
        /// Where each field stands, by its path in the configuration (`customer_access.view_without_login`), or
        /// `organization.email_domains`, `project.channel_access`, `project.customer_sharing`, `project.knowledge_base.who_can_view`.
        fields: BTreeMap<String, FieldBlock>,
    }
    /// A settings endpoint.
    EndpointBlock {
        /// The absolute path, with `{organization_id}` or `{project_key}` where the field needs it.
        #[schemars(regex(pattern = "^/"), example = &"/rest/settings/1/site")]
        path: String,
        /// The method that writes it; absent means read only.
        write: Option<WriteWord>,
    }
    /// Where a field stands.
    FieldBlock {
        /// The name of the endpoint.
        endpoint: String,
        /// A JSON pointer (RFC 6901) into its document, with `{space_key}` for who can view.
        #[schemars(regex(pattern = "^/"), example = &"/portal/loginRequired")]
        pointer: String,
        /// The endpoint's value for each of our words; absent where it uses the same words and types.
        values: Option<BTreeMap<String, serde_json::Value>>,
        /// For allowed domains: how the endpoint says "any domain".
        any: Option<AnyBlock>,
    }
    /// How the endpoint says "any domain".
    AnyBlock {
        /// A JSON pointer to the value that says it.
        #[schemars(regex(pattern = "^/"))]
        pointer: String,
        /// Its value when any domain is allowed.
        value: serde_json::Value,
        /// Its value when the list counts.
        listed: serde_json::Value,
    }
}
