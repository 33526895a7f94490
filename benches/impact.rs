//! How long judging a plan's impact takes for 100,000 people: `cargo bench --bench impact`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use portcullis::access::State;
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::impact::impact;
use portcullis::model::SiteKey;
use std::fmt::Write as _;
use std::time::Instant;

const ORGANIZATIONS: usize = 1_000;
const PER_ORGANIZATION: usize = 100;
const PROJECTS: usize = 50;

fn main() {
    let before = workspace(false);
    let after = workspace(true);
    let today = jiff::civil::date(2026, 11, 22);
    let site = SiteKey::new("acme").expect("a site key");
    let before = Desired::new(&before, &site, today).expect("the site");
    let after = Desired::new(&after, &site, today).expect("the site");
    let before = timed("build the state before", || State::desired(&before));
    let after = timed("build the state after", || State::desired(&after));
    println!(
        "{} people in {} situations, then {}",
        before.people.len(),
        before.people.situations(),
        after.people.situations()
    );
    let found = timed("judge the impact", || impact(&before, &after));
    println!(
        "{} people gain, {} lose, {} groups keep, {} classes",
        found.people_gaining,
        found.people_losing,
        found.keeps.len(),
        found.classes.len()
    );
    let nothing = timed("judge that nothing changes", || impact(&before, &before));
    assert!(nothing.is_empty());
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.3} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

/// Every organization is linked to two projects; the change restricts an open project, unlinks some organizations and
/// takes one member out of each.
fn workspace(changed: bool) -> Workspace {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = camino::Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    let mut text = String::from(
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: false, view_without_login: false }\n    organizations:\n",
    );
    for n in 0..ORGANIZATIONS {
        let skip = usize::from(changed);
        let list: Vec<String> = (skip..PER_ORGANIZATION)
            .map(|m| format!("u{m}@d{n}.example"))
            .collect();
        let _ = writeln!(
            text,
            "      Company {n}: {{ members: {{ mode: exact, list: [{}] }} }}",
            list.join(", ")
        );
    }
    text += "    projects:\n";
    for p in 0..PROJECTS {
        let access = if p == 0 && !changed {
            "open"
        } else {
            "restricted"
        };
        let linked: Vec<String> = (0..ORGANIZATIONS)
            .filter(|n| n % PROJECTS == p || n / 20 == p)
            .filter(|n| !changed || n % 97 != 0)
            .map(|n| format!("Company {n}"))
            .collect();
        let _ = writeln!(
            text,
            "      P{p}: {{ channel_access: {access}, organizations: {{ mode: exact, list: [{}] }} }}",
            linked.join(", ")
        );
    }
    fs_err::write(path.join("portcullis.yaml"), text).expect("a writable directory");
    let loaded = load(path, LoadOptions::new(jiff::civil::date(2026, 11, 22)));
    loaded.workspace.expect("a valid workspace")
}
