//! The keys of a description of settings endpoints.

/// A description.
pub(in crate::config) const TOP: &[&str] = &["version", "endpoints", "fields"];
/// An endpoint.
pub(in crate::config) const ENDPOINT: &[&str] = &["path", "write"];
/// A field.
pub(in crate::config) const FIELD: &[&str] = &["endpoint", "pointer", "values", "any"];
/// How "any domain" is said.
pub(in crate::config) const ANY: &[&str] = &["pointer", "value", "listed"];
