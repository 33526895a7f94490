//! The keys of a description of settings endpoints.

/// A description.
pub(super) const TOP: &[&str] = &["version", "endpoints", "fields"];
/// An endpoint.
pub(super) const ENDPOINT: &[&str] = &["path", "write"];
/// A field.
pub(super) const FIELD: &[&str] = &["endpoint", "pointer", "values", "any"];
/// How "any domain" is said.
pub(super) const ANY: &[&str] = &["pointer", "value", "listed"];
