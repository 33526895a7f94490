//! The operator's own description of settings endpoints (surface `mapped`), for what has no known public route.
//!
//! ```yaml
//! version: 1
//! endpoints:
//!   site: { path: /rest/settings/1/site, write: PUT }     # read with GET; `write` absent means read only
//! fields:
//!   customer_access.view_without_login: { endpoint: site, pointer: /portal/loginRequired, values: { "true": false, "false": true } }
//!   customer_access.external.allowed_domains:
//!     { endpoint: site, pointer: /external/allowedDomains, any: { pointer: /external/restrictDomains, value: false, listed: true } }
//! ```

use crate::model::SiteField;
use serde_json::Value;
use std::collections::BTreeMap;

/// A described set of settings endpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// The file, relative to the workspace, for messages.
    pub file: String,
    /// Endpoints by name.
    pub endpoints: BTreeMap<String, Endpoint>,
    /// Where each field stands.
    pub fields: BTreeMap<MappedField, Mapping>,
}

/// A field that a description can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MappedField {
    /// A site-wide setting, named by its YAML path.
    Site(SiteField),
    /// `organization.email_domains`; paths hold `{organization_id}`.
    OrganizationEmailDomains,
    /// `project.channel_access`; paths hold `{project_key}`.
    ChannelAccess,
    /// `project.customer_sharing`; paths hold `{project_key}`.
    CustomerSharing,
    /// `project.knowledge_base.who_can_view`; paths hold `{project_key}`, pointers `{space_key}`.
    WhoCanView,
}

impl MappedField {
    /// Every field that a description can reach.
    pub fn all() -> impl Iterator<Item = Self> {
        SiteField::ALL.into_iter().map(Self::Site).chain([
            Self::OrganizationEmailDomains,
            Self::ChannelAccess,
            Self::CustomerSharing,
            Self::WhoCanView,
        ])
    }

    /// Returns the name of the field in a description.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Site(field) => field.yaml_path(),
            Self::OrganizationEmailDomains => "organization.email_domains",
            Self::ChannelAccess => "project.channel_access",
            Self::CustomerSharing => "project.customer_sharing",
            Self::WhoCanView => "project.knowledge_base.who_can_view",
        }
    }
}

/// One settings endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The absolute path on the site's own origin.
    pub path: String,
    /// How it is written; `None` means read only.
    pub write: Option<WriteMethod>,
}

/// The method that writes an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMethod {
    /// PUT of the whole document.
    Put,
    /// POST of the whole document.
    Post,
    /// PATCH with the whole document.
    Patch,
}

impl WriteMethod {
    /// The methods, spelled as in a description and as in a request.
    pub const WORDS: &[(&'static str, Self)] = &[
        ("PUT", Self::Put),
        ("POST", Self::Post),
        ("PATCH", Self::Patch),
    ];

    /// Returns the method's name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }
}

/// Where and how a field stands in an endpoint's document.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The endpoint's name.
    pub endpoint: String,
    /// RFC 6901.
    pub pointer: String,
    /// The endpoint's value for each of our words (`"true"`, `"open"`); empty means the same words and types.
    pub values: BTreeMap<String, Value>,
    /// For allowed domains: how "any domain" is said.
    pub any: Option<AnyMarker>,
}

/// How an endpoint says "any domain".
#[derive(Debug, Clone, PartialEq)]
pub struct AnyMarker {
    /// The pointer of the marking value.
    pub pointer: String,
    /// Its value when any domain is allowed.
    pub value: Value,
    /// Its value when the list counts.
    pub listed: Value,
}
