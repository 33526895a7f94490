//! The keys of every block, once: the reader refuses others, and a test holds the JSON Schema to the same lists.

macro_rules! keys {
    ($($(#[doc = $doc:literal])+ $name:ident = $definition:literal: $keys:expr;)+) => {
        $($(#[doc = $doc])+ pub(super) const $name: &[&str] = &$keys;)+

        /// Every block with fixed keys, by the name of its definition in the JSON Schema.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &[&str])] = &[$(($definition, $name)),+];
    };
}

keys! {
    /// A file.
    TOP = "Document": ["version", "include", "scopes", "atlassian_organizations", "sites", "leavers", "policy", "expectations", "attestations"];
    /// A scope.
    SCOPE = "ScopeBlock": ["files", "may"];
    /// An Atlassian organization.
    ATLASSIAN = "AtlassianOrganizationBlock": ["id", "customer_role", "approved_domains", "any_domain", "default_app_access"];
    /// Its approved domains.
    APPROVED_DOMAINS = "ApprovedDomainsBlock": ["mode", "domains", "allow_empty"];
    /// One approved domain, and the any-domain rule.
    APPROVED_DOMAIN = "ApprovedDomainBlock": ["sites"];
    /// What an approved domain grants on one site.
    APPROVED_SITE = "ApprovedSiteBlock": ["role", "admin_approval"];
    /// A site.
    SITE = "SiteBlock": [
        "url", "seed", "api_url", "auth", "token_expires", "atlassian_organization", "user_management", "confluence_plan", "surfaces",
        "customer_access", "email", "organization_management", "portal_only_login", "knowledge_base", "spaces",
        "unlisted_projects", "rosters", "organizations_mode", "organizations", "people", "project_defaults", "projects", "allow_empty", "accounts",
        "sandbox"
    ];
    /// The surfaces that a site allows.
    SURFACES = "SurfacesBlock": ["gateway", "private", "audit", "roles", "accounts", "mapped"];
    /// Customer access.
    CUSTOMER_ACCESS = "CustomerAccessBlock": ["internal", "external", "customers_can_create_accounts", "view_without_login"];
    /// Internal customers.
    INTERNAL = "InternalBlock": ["atlassian_accounts"];
    /// External customers.
    EXTERNAL = "ExternalBlock": ["portal_only_accounts", "allowed_domains", "allow_empty"];
    /// E-mail.
    EMAIL = "EmailBlock": ["cc_creates_accounts"];
    /// Login of portal-only customers.
    PORTAL_ONLY_LOGIN = "PortalOnlyLoginBlock": ["password", "sso"];
    /// The site's knowledge-base switches.
    KNOWLEDGE_BASE = "KnowledgeBaseBlock": ["allow_all_logged_in", "allow_anyone"];
    /// Confluence's side of a space.
    SPACE = "SpaceBlock": ["anonymous_access", "unlicensed_access"];
    /// A customer organization.
    ORGANIZATION = "OrganizationBlock": ["id", "previous_name", "state", "until", "empty", "owner", "managed_by", "email_domains", "allow_empty", "members"];
    /// A list of people.
    ROSTER = "RosterBlock": [
        "mode", "list", "from", "auto_joined", "previous_domains", "keep", "absent", "create", "allow_empty"
    ];
    /// A list of customers.
    CUSTOMERS = "CustomersBlock": [
        "mode", "list", "from", "previous_domains", "keep", "absent", "create", "allow_empty", "managed_by"
    ];
    /// A roster file of one list, or of leavers.
    ROSTER_FILE = "RosterFileBlock": [
        "file", "columns", "where", "separator", "encoding", "date_format", "min_rows", "ignore_columns"
    ];
    /// A roster file of many lists.
    ROSTERS_FILE = "RostersFileBlock": [
        "file", "columns", "where", "split", "separator", "encoding", "date_format", "min_rows", "ignore_columns"
    ];
    /// The columns of a table.
    COLUMNS = "ColumnsBlock": ["email", "account_id", "name", "account", "until", "previous_email", "new_person"];
    /// The columns of a table whose rows name their list.
    LISTS_COLUMNS = "ListsColumnsBlock": [
        "email", "account_id", "name", "account", "until", "organization", "project", "previous_email", "new_person"
    ];
    /// Which rows of a table count.
    WHERE_COLUMN = "WhereBlock": ["in", "out"];
    /// A person in a list.
    PERSON_ENTRY = "PersonEntryBlock": ["email", "account_id", "name", "account", "until", "previous_email", "new_person"];
    /// A person who must be absent from a list.
    ABSENT_ENTRY = "AbsentEntryBlock": ["email", "account_id"];
    /// A person, everywhere on the site.
    PERSON = "PersonBlock": ["state", "role", "take_away", "reason", "owner"];
    /// A service project.
    PROJECT = "ProjectBlock": ["owner", "channel_access", "customer_sharing", "organizations", "customers", "customer_groups", "knowledge_base"];
    /// What projects are where they do not say otherwise.
    PROJECT_DEFAULTS = "ProjectDefaultsBlock": ["channel_access", "customer_sharing"];
    /// The organizations linked to a project.
    LINKED_ORGANIZATIONS = "LinkedOrganizationsBlock": ["mode", "list", "allow_empty"];
    /// An organization linked to a project until a day.
    LINKED_ORGANIZATION = "LinkedOrganizationBlock": ["name", "until"];
    /// The groups in the role of a project's customers.
    CUSTOMER_GROUPS = "CustomerGroupsBlock": ["mode", "list", "allow_empty"];
    /// A group in the role of a project's customers.
    CUSTOMER_GROUP = "CustomerGroupBlock": ["name", "id"];
    /// A knowledge-base space of a project.
    LINKED_SPACE = "LinkedSpaceBlock": ["who_can_view"];
    /// The accounts of a seed.
    ACCOUNTS = "AccountsBlock": ["list"];
    /// An account of a seed.
    ACCOUNT = "AccountBlock": ["email", "name", "account", "account_id", "role", "apps", "service_account", "state", "email_hidden"];
    /// What else a seed says of the sandbox.
    SANDBOX = "SandboxBlock": ["groups", "default_customer_groups", "projects", "help_centers", "verification"];
    /// A group of a seed.
    SANDBOX_GROUP = "SandboxGroupBlock": ["id", "members", "role", "apps"];
    /// What only a seed says of a project.
    SANDBOX_PROJECT = "SandboxProjectBlock": ["team_managed", "agent_administers", "customer_groups", "for_the_record", "request_types"];
    /// A request type of a seed.
    SANDBOX_REQUEST_TYPE = "SandboxRequestTypeBlock": ["groups", "people"];
    /// A help center of a seed.
    SANDBOX_HELP_CENTER = "SandboxHelpCenterBlock": ["audience", "customer_service", "organizations"];
    /// Limits and acknowledgements.
    POLICY = "PolicyBlock": [
        "class_gains", "max_people_losing_access", "max_people_gaining_access", "max_removals", "max_new_accounts", "max_licences_removed", "protect", "freeze",
        "acknowledge", "accept_drift", "unmanaged", "undecided", "attestation_days"
    ];
    /// What happens when a class gains access.
    CLASS_GAINS = "ClassGainsBlock": ["anonymous", "anyone", "any_customer"];
    /// A limit.
    LIMIT = "LimitBlock": ["count", "percent", "floor"];
    /// An accepted lint.
    ACKNOWLEDGE = "AcknowledgeBlock": ["lint", "address", "reason", "owner", "until"];
    /// Accepted drift.
    ACCEPT_DRIFT = "AcceptDriftBlock": ["address", "reason", "owner", "until"];
    /// An access test.
    EXPECTATION = "ExpectationBlock": ["name", "who", "only", "can", "cannot", "site", "projects", "except", "space", "undecided"];
    /// A dated statement.
    ATTESTATION = "AttestationBlock": ["address", "value", "by", "on", "until"];
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_block_and_key_is_named_once() {
        let blocks: BTreeSet<_> = super::ALL.iter().map(|(name, _)| name).collect();
        assert_eq!(blocks.len(), super::ALL.len());
        for (name, keys) in super::ALL {
            assert_eq!(
                keys.iter().collect::<BTreeSet<_>>().len(),
                keys.len(),
                "{name}"
            );
        }
    }
}
