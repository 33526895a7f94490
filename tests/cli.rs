//! The program as people run it: the real binary, its arguments, streams and exit codes.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[cfg(unix)]
#[path = "cli/asked.rs"]
mod asked;
#[path = "cli/attest.rs"]
mod attest;
#[path = "cli/blame.rs"]
mod blame;
#[path = "cli/console.rs"]
mod console;
#[path = "cli/credentials.rs"]
mod credentials;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/doors.rs"]
mod doors;
#[path = "cli/explain.rs"]
mod explain;
#[path = "cli/failures.rs"]
mod failures;
#[path = "cli/graph.rs"]
mod graph;
#[path = "cli/harness.rs"]
mod harness;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/kills.rs"]
mod kills;
#[path = "cli/oauth.rs"]
mod oauth;
#[path = "cli/people.rs"]
mod people;
#[path = "cli/remote.rs"]
mod remote;
#[path = "cli/review.rs"]
mod review;
#[path = "cli/rosters.rs"]
mod rosters;
#[path = "cli/schemes.rs"]
mod schemes;
#[path = "cli/standing.rs"]
mod standing;
#[path = "cli/starting.rs"]
mod starting;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/targets.rs"]
mod targets;
#[path = "cli/tokens.rs"]
mod tokens;
#[path = "cli/weather.rs"]
mod weather;
#[path = "cli/written.rs"]
mod written;
