//! The access evaluator, row by row of the customer access model; `explain` and `who` as people and programs see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "access/accounts.rs"]
mod accounts;
#[path = "access/articles.rs"]
mod articles;
#[path = "access/changes.rs"]
mod changes;
#[path = "access/existing.rs"]
mod existing;
#[path = "access/gates.rs"]
mod gates;
#[path = "access/live.rs"]
mod live;
#[path = "access/notes.rs"]
mod notes;
#[path = "access/output.rs"]
mod output;
#[path = "access/portal.rs"]
mod portal;
#[path = "access/properties.rs"]
mod properties;
#[path = "access/rows.rs"]
mod rows;
#[path = "access/rules.rs"]
mod rules;
#[path = "access/sandbox.rs"]
mod sandbox;
#[path = "access/schemes.rs"]
mod schemes;
#[path = "access/support.rs"]
mod support;
