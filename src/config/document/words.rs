//! The words and the forms of text that keys take.

use schemars::JsonSchema;

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
