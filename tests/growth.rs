//! What planning costs, as the number of things grows: counted in allocations, never in time.
//!
//! Each kind of thing grows alone. Work that goes through all of one kind for each of them, and keeps what it finds, costs
//! twenty-seven times as much for eight times as many more; what grows in proportion costs eight times as much. Work that keeps
//! nothing is counted by `cargo bench --bench growth`.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "support/sizes.rs"]
mod sizes;

use camino::Utf8Path;
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::model::SiteKey;
use portcullis::pipeline;
use portcullis::report::build::document;
use sizes::{KINDS, MOST, Size, observed, yaml};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn workspace(size: Size) -> Workspace {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    fs_err::write(root.join("portcullis.yaml"), yaml(size)).unwrap();
    let loaded = load(root, LoadOptions::new(jiff::civil::date(2026, 11, 22)));
    let problems: Vec<_> = loaded.diagnostics.iter().map(|d| &d.message).collect();
    loaded.workspace.unwrap_or_else(|| panic!("{problems:?}"))
}

/// What planning and telling a plan allocates: how often, and how many bytes.
fn work(size: Size) -> [usize; 2] {
    let (workspace, observed) = (workspace(size), observed(size));
    let region = Region::new(ALLOCATOR);
    let key = SiteKey::new("acme").unwrap();
    let desired = Desired::new(&workspace, &key, jiff::civil::date(2026, 11, 22)).unwrap();
    let planned = [pipeline::plan(&desired, &observed)];
    let told = document(&workspace, &planned);
    let spent = region.change();
    assert!(!told.resource_changes.is_empty());
    [spent.allocations, spent.bytes_allocated]
}

/// Everything in one test, since the allocator counts for the whole program.
///
/// What the first eight times as many more cost is held against what the first as many more cost, so that what costs the same
/// anyhow hides nothing.
#[test]
fn planning_grows_in_proportion() {
    let mut found = Vec::new();
    for grown @ (kind, count) in KINDS {
        let [first, twice, nine] = [1, 2, MOST].map(|times| work(Size::of(grown, times * count)));
        for (at, what) in ["allocations", "bytes"].into_iter().enumerate() {
            let (few, many) = (twice[at] - first[at], nine[at] - first[at]);
            eprintln!("{kind}, {what}: {few} for {count} more, {many} for eight times that");
            // Tables double as they grow, so bytes come in steps.
            let most = [9, 10][at];
            if many > few * most {
                found.push(format!("{kind}, {what}: {few} and {many}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
