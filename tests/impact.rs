//! Impact: which people and classes gain, lose and keep what, by stated examples, against brute force, and as text.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "impact/examples.rs"]
mod examples;
#[path = "impact/limits.rs"]
mod limits;
#[path = "impact/names.rs"]
mod names;
#[path = "impact/properties.rs"]
mod properties;
#[path = "impact/stories.rs"]
mod stories;
#[expect(dead_code, reason = "these tests need a part of it")]
#[path = "support/reconcile.rs"]
mod support;
#[path = "impact/unread.rs"]
mod unread;
