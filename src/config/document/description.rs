//! Descriptions of settings endpoints (`surfaces.mapped`).

use super::words::{Version, WriteWord};
use schemars::JsonSchema;
use std::collections::BTreeMap;

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
