//! How the work of a plan grows with each kind of thing, counted in instructions: `cargo bench --bench growth`, with valgrind.
//!
//! The count is the same on a busy machine. What the first eight times as many more cost is held against what the first as many
//! more cost: in proportion that is eight times as much, and twenty-seven times where each thing looks at all others of its kind. The bench fails
//! where it is more than nine: sorting and searching take a little more than in proportion.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "what cannot be set up ends it")]

#[path = "../tests/support/sizes.rs"]
mod sizes;

use camino::Utf8Path;
use sizes::{KINDS, Kind, MOST, Size};
use std::process::{Command, ExitCode};

/// How many times as much of everything that grows as the test of allocations has.
const SCALE: usize = 20;
/// How many times as much eight times as many more may cost.
const BOUND: u64 = 9;

fn main() -> ExitCode {
    let mut steep = Vec::new();
    for (kind, first) in KINDS {
        let grown: Kind = (kind, first * SCALE);
        let [once, twice, most] =
            [1, 2, MOST].map(|times| instructions(Size::of(grown, times * grown.1)));
        // More of a kind that costs nothing is not more of it: then the bound is nothing, too.
        let few = twice.saturating_sub(once).max(1);
        let many = most.saturating_sub(once);
        let (more, rest) = (many / few, many % few * 10 / few);
        println!(
            "{kind}: {few} instructions for {} more, {more}.{rest} times that for eight times as many",
            grown.1
        );
        if many > few * BOUND {
            steep.push(kind);
        }
    }
    if steep.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("grows faster than in proportion: {}", steep.join(", "));
    ExitCode::FAILURE
}

/// Counts what a plan of a workspace and a snapshot takes, the whole program included.
fn instructions(size: Size) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    fs_err::write(root.join("portcullis.yaml"), sizes::yaml(size)).unwrap();
    let mut snapshot = Vec::new();
    portcullis::observed::snapshot::write(&sizes::observed(size), &mut snapshot).unwrap();
    let file = root.join("snapshot.json");
    fs_err::write(&file, snapshot).unwrap();
    let run = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(env!("CARGO_BIN_EXE_portcullis"))
        .args(["plan", root.as_str(), "--observed", file.as_str()])
        .env("PORTCULLIS_TODAY", "2026-11-22")
        .output()
        .expect("valgrind, which `apt-get install valgrind` brings");
    let told = String::from_utf8_lossy(&run.stderr);
    let count = told.lines().find_map(|line| line.split_once("refs:"));
    let count = count.map(|(_, count)| count.trim().replace(',', ""));
    let planned = String::from_utf8_lossy(&run.stdout);
    assert!(planned.contains("digest:"), "no plan:\n{planned}\n{told}");
    count.unwrap().parse().unwrap()
}
