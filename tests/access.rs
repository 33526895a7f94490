//! The access evaluator, row by row of the customer access model; `explain` and `who` as people and programs see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "access/accounts.rs"]
mod accounts;
#[path = "access/articles.rs"]
mod articles;
#[path = "access/portal.rs"]
mod portal;
#[path = "access/support.rs"]
mod support;
