//! Help centers, as far as they decide who may enter: read and told, never judged and never written.

use serde::{Deserialize, Serialize};

/// A help center. A support site of Customer Service Management ("customer experience") is one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpCenter {
    /// Its name.
    pub name: String,
    /// Whether it is a support site of Customer Service Management.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_service: bool,
    /// Who may enter, or why that is not known.
    pub audience: super::Field<Audience>,
}

/// Who may enter a help center.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    Public,
    /// External customers.
    External,
    /// Internal customers.
    Internal,
    /// Members of customer organizations: the names that were told, and how many more there are.
    Organizations(Vec<String>, u64),
}
