//! The order of changes: at every moment nobody gains or loses what they are not meant to.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "order/abilities.rs"]
mod abilities;
#[path = "order/examples.rs"]
mod examples;
#[path = "order/exhaustive.rs"]
mod exhaustive;
#[path = "order/failures.rs"]
mod failures;
#[path = "order/fold.rs"]
mod fold;
#[path = "order/prefixes.rs"]
mod prefixes;
#[path = "order/sites.rs"]
mod sites;
#[path = "support/reconcile.rs"]
#[expect(dead_code, reason = "shared with the tests of the whole pipeline")]
mod support;
