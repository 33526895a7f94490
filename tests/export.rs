//! `export`: what was read, written as a workspace whose plan is empty.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "export/command.rs"]
mod command;
#[path = "export/hostile.rs"]
mod hostile;
#[path = "export/large.rs"]
mod large;
#[path = "export/random.rs"]
mod random;
#[path = "export/support.rs"]
mod support;
