//! How the work of a plan grows with each kind of thing, counted in instructions: `cargo bench --bench growth`, with valgrind. The
//! program is the bench's own, or the one that `PORTCULLIS` names.
//!
//! The count is nearly the same on a busy machine: threads that wait for each other make it differ by some thousandths, and so much
//! of the whole is allowed for. What the first eight times as many more cost is held against what the first as many
//! more cost: in proportion that is eight times as much, and twenty-seven times where each thing looks at all others of its kind. The bench fails
//! where it is more than ten: sorting, searching and, in a static program, musl's allocator take a little more than in proportion.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "what cannot be set up ends it")]

#[path = "../tests/support/sizes.rs"]
mod sizes;

use camino::Utf8Path;
use sizes::{KINDS, Kind, MOST, Size};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many times as much of everything that grows as the test of allocations has.
const SCALE: usize = 20;
/// How much of the whole may be chance, as one part in so many.
const CHANCE: u64 = 400;
/// How many times as much eight times as many more may cost.
const BOUND: u64 = 10;

fn main() -> ExitCode {
    // A count is the same beside others, and a processor counts one at a time.
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let mut counted = std::thread::scope(|scope| {
        let work = || {
            let take = || KINDS.get(next.fetch_add(1, Ordering::Relaxed));
            let all = std::iter::from_fn(take);
            all.map(|kind| (*kind, growth(*kind))).collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let done = running.into_iter();
        done.flat_map(|worker| worker.join().unwrap())
            .collect::<Vec<_>>()
    });
    counted.sort_by_key(|(kind, _)| KINDS.iter().position(|known| known == kind));
    assert_eq!(counted.len(), KINDS.len());
    let mut steep = Vec::new();
    for ((kind, first), (few, many, chance)) in counted {
        let (more, rest) = (many / few, many % few * 10 / few);
        println!(
            "{kind}: {few} instructions for {} more, {more}.{rest} times that for eight times as many",
            first * SCALE
        );
        if many > (few + chance) * BOUND {
            steep.push(kind);
        }
    }
    if steep.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("grows faster than in proportion: {}", steep.join(", "));
    ExitCode::FAILURE
}

/// Counts what as many more of a kind cost, what eight times as many more do, and how much of that may be chance.
fn growth((kind, first): Kind) -> (u64, u64, u64) {
    let grown: Kind = (kind, first * SCALE);
    let [once, twice, most] =
        [1, 2, MOST].map(|times| instructions(Size::of(grown, times * grown.1)));
    // More of a kind that costs nothing is not more of it: then the bound is nothing, too.
    (
        twice.saturating_sub(once).max(1),
        most.saturating_sub(once),
        once / CHANCE,
    )
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
    // What is counted is an optimized program; what lays the stage need not be.
    let program = std::env::var_os("PORTCULLIS");
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_portcullis").into());
    let run = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(program)
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
