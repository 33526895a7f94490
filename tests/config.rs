//! Reading workspaces: what is accepted, and how each mistake is reported.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "config/bad.rs"]
mod bad;
#[path = "config/codes.rs"]
mod codes;
#[path = "config/good.rs"]
mod good;
#[path = "config/nearby.rs"]
mod nearby;
#[path = "config/properties.rs"]
mod properties;
#[path = "config/rosters.rs"]
mod rosters;
#[path = "config/schema.rs"]
mod schema;
#[path = "config/support.rs"]
mod support;
