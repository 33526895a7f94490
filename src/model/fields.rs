//! The values that settings can take, in the YAML's words.

use super::Domain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// Every value with its word, in the order of the documentation.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];

            /// Returns the word used in YAML, plans and reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns the value that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::WORDS.iter().find(|(w, _)| *w == word).map(|&(_, value)| value)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// Who may send requests to a project by portal, widget and e-mail (V1 and V2 in docs/rules.md).
    ChannelAccess {
        /// Whoever the site's customer access lets in.
        Open = "open",
        /// The roster and members of linked organizations only (V1).
        Restricted = "restricted",
    }
}
words! {
    /// With whom a customer may share a request.
    CustomerSharing {
        /// Their own organizations.
        OwnOrganizations = "own_organizations",
        /// Any customer, by typing an address.
        AnyCustomerByEmail = "any_customer_by_email",
        /// Any customer or organization, by searching in the project.
        SearchProject = "search_project",
    }
}
words! {
    /// Who can view the articles of a linked knowledge-base space (K1 to K11 in docs/rules.md).
    WhoCanView {
        /// Everybody, without login.
        Anyone = "anyone",
        /// Every logged-in account.
        AllLoggedIn = "all_logged_in",
        /// People with Confluence access.
        OnlyConfluenceUsers = "only_confluence_users",
    }
}
impl WhoCanView {
    /// Returns the site-wide switches without which a site does not offer it (K1, K3, K5).
    pub const fn switches(self) -> &'static [SiteField] {
        match self {
            Self::Anyone => &[
                SiteField::KnowledgeBaseAnyone,
                SiteField::ViewWithoutLogin,
                SiteField::CustomersCanCreateAccounts,
            ],
            Self::AllLoggedIn => &[SiteField::KnowledgeBaseAllLoggedIn],
            Self::OnlyConfluenceUsers => &[],
        }
    }
}

words! {
    /// The two kinds of account that a customer can have.
    AccountKind {
        /// A portal-only account, scoped to one site.
        PortalOnly = "portal_only",
        /// An Atlassian account.
        Atlassian = "atlassian",
    }
}
words! {
    /// Whose To and Cc addresses become accounts.
    EmailAccountCreation {
        /// Those that agents add, always.
        AgentsAlways = "agents_always",
        /// Anyone's, as far as the site's settings allow.
        AnyoneBySettings = "anyone_by_settings",
    }
}
words! {
    /// Who may manage customer organizations.
    OrganizationManagement {
        /// Agents.
        Agents = "agents",
        /// Jira administrators only.
        JiraAdminsOnly = "jira_admins_only",
    }
}
words! {
    /// The route by which a field is read or written (contract, section 4).
    Surface {
        /// Published REST, experimental operations included.
        Documented = "documented",
        /// GraphQL gateway operations published without a promise.
        Gateway = "gateway",
        /// The project `requestsecurity` endpoint, known from other public tools.
        Private = "private",
        /// Roles of Atlassian accounts over the Admin API, with the organization's key.
        Roles = "roles",
        /// Ending the access of portal-only accounts: published REST that no program can undo.
        Accounts = "accounts",
        /// The operator's own description of a settings endpoint.
        Mapped = "mapped",
        /// A person, by click path, observed through attestations.
        Manual = "manual",
    }
}

/// A site-wide setting that has no public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteField {
    /// I: Atlassian accounts for internal customers.
    Internal,
    /// E: portal-only accounts for external customers.
    External,
    /// R and L: any domain, or the whole list.
    AllowedDomains,
    /// C: customers can create their own accounts.
    CustomersCanCreateAccounts,
    /// N: help centers can be viewed without login.
    ViewWithoutLogin,
    /// Whose To and Cc addresses become accounts.
    EmailCcCreatesAccounts,
    /// Who manages organizations.
    OrganizationManagement,
    /// Whether portal-only customers may log in by password.
    PortalOnlyPassword,
    /// Whether portal-only customers may log in by SSO.
    PortalOnlySso,
    /// K5: the site allows knowledge bases for all logged-in users.
    KnowledgeBaseAllLoggedIn,
    /// K1: the site allows knowledge bases for anyone.
    KnowledgeBaseAnyone,
}

impl SiteField {
    /// Every field, in the order of the configuration format.
    pub const ALL: [Self; 11] = [
        Self::Internal,
        Self::External,
        Self::AllowedDomains,
        Self::CustomersCanCreateAccounts,
        Self::ViewWithoutLogin,
        Self::EmailCcCreatesAccounts,
        Self::OrganizationManagement,
        Self::PortalOnlyPassword,
        Self::PortalOnlySso,
        Self::KnowledgeBaseAllLoggedIn,
        Self::KnowledgeBaseAnyone,
    ];

    /// Returns the path of the key in the YAML, below the site; mapped descriptions use the same words.
    pub const fn yaml_path(self) -> &'static str {
        match self {
            Self::Internal => "customer_access.internal.atlassian_accounts",
            Self::External => "customer_access.external.portal_only_accounts",
            Self::AllowedDomains => "customer_access.external.allowed_domains",
            Self::CustomersCanCreateAccounts => "customer_access.customers_can_create_accounts",
            Self::ViewWithoutLogin => "customer_access.view_without_login",
            Self::EmailCcCreatesAccounts => "email.cc_creates_accounts",
            Self::OrganizationManagement => "organization_management",
            Self::PortalOnlyPassword => "portal_only_login.password",
            Self::PortalOnlySso => "portal_only_login.sso",
            Self::KnowledgeBaseAllLoggedIn => "knowledge_base.allow_all_logged_in",
            Self::KnowledgeBaseAnyone => "knowledge_base.allow_anyone",
        }
    }

    /// Returns the parts of the address below the site, such as `customer-access/internal`.
    ///
    /// Two pairs of fields share an address: allowed domains have one per domain (this is the one of `any`), and the
    /// two portal-only login methods are one resource.
    pub const fn address_parts(self) -> [&'static str; 2] {
        match self {
            Self::Internal => ["customer-access", "internal"],
            Self::External => ["customer-access", "external"],
            Self::AllowedDomains => ["allowed-domain", "any"],
            Self::CustomersCanCreateAccounts => {
                ["customer-access", "customers-can-create-accounts"]
            }
            Self::ViewWithoutLogin => ["customer-access", "view-without-login"],
            Self::EmailCcCreatesAccounts => ["setting", "email-cc-creates-accounts"],
            Self::OrganizationManagement => ["setting", "organization-management"],
            Self::PortalOnlyPassword | Self::PortalOnlySso => ["setting", "portal-only-login"],
            Self::KnowledgeBaseAllLoggedIn => ["setting", "knowledge-base-all-logged-in"],
            Self::KnowledgeBaseAnyone => ["setting", "knowledge-base-anyone"],
        }
    }

    /// Returns the field with this YAML path.
    pub fn from_yaml_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|field| field.yaml_path() == path)
    }
}

/// The value of a [`SiteField`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteValue {
    /// A toggle.
    Toggle(bool),
    /// Allowed domains: `None` is "any domain".
    Domains(Option<BTreeSet<Domain>>),
    /// Whose To and Cc addresses become accounts.
    EmailAccountCreation(EmailAccountCreation),
    /// Who manages organizations.
    OrganizationManagement(OrganizationManagement),
}
