//! The one door to the file system: what it refuses, what a command shows of a hostile workspace, and that nothing else in the
//! library touches a file.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "files/commands.rs"]
mod commands;
#[path = "files/door.rs"]
mod door;
#[path = "files/wall.rs"]
mod wall;
