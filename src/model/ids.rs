//! Opaque ids that Atlassian assigns.

mod account;
mod accounts;

pub use account::{AccountId, by_number, numbered};
pub use accounts::AccountSet;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Wraps the id exactly as Atlassian spelled it.
            pub fn new(id: impl Into<Box<str>>) -> Self {
                Self(id.into())
            }

            /// Returns the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// The id of a customer organization; a string in bodies, a number in paths (`"12"`).
    OrganizationId
}
id! {
    /// The id of a service desk (`"15"`), which is not the id of its project.
    DeskId
}
id! {
    /// The id of a site behind the gateway, from `/_edge/tenant_info`.
    CloudId
}
