//! The book: what is generated from the program is as the program has it, every page is reached, every link leads somewhere,
//! every block of commands runs, and every block of YAML is valid.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "book/blocks.rs"]
mod blocks;
#[path = "book/generated.rs"]
mod generated;
#[path = "book/links.rs"]
mod links;
#[path = "book/pages.rs"]
mod pages;
#[path = "book/promises.rs"]
mod promises;
#[path = "book/shown.rs"]
mod shown;
#[path = "book/snapshots.rs"]
mod snapshots;
#[cfg(unix)]
#[path = "book/terminal.rs"]
mod terminal;
