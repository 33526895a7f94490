//! How long judging a plan's impact takes for 100,000 people: `cargo bench --bench impact`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use portcullis::access::State;
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::impact::impact;
use portcullis::judge::Sheet;
use portcullis::model::{
    Address, ChannelAccess, Email, OrganizationName, ProjectKey, SiteKey, Surface,
};
use portcullis::plan::{
    Action, Change, Effect, OrganizationRef, PersonRef, Phase, Reason, ResourceType,
};
use serde_json::Value;
use std::fmt::Write as _;
use std::time::Instant;

const ORGANIZATIONS: usize = 1_000;
const PER_ORGANIZATION: usize = 100;
const PROJECTS: usize = 50;

fn main() {
    let workspace = workspace();
    let today = jiff::civil::date(2026, 11, 22);
    let site = SiteKey::new("acme").expect("a site key");
    let desired = Desired::new(&workspace, &site, today).expect("the site");
    let before = timed("build the state before", || State::desired(&desired));
    let changes = changes();
    let sheet = Sheet::new(&changes);
    let after = timed("fold the changes over it", || before.after(&changes));
    println!(
        "{} people in {} situations, then {}",
        before.people.len(),
        before.people.situations(),
        after.people.situations()
    );
    let found = timed("judge the impact", || impact(&before, &after, &sheet));
    println!(
        "{} people gain, {} lose, {} groups keep, {} classes",
        found.gaining.len(),
        found.losing.len(),
        found.keeps.len(),
        found.classes.len()
    );
    let nothing = timed("judge that nothing changes", || {
        impact(&before, &before, &sheet)
    });
    assert!(nothing.is_empty());
}

/// The open project closes, and one person of each organization joins the next one.
fn changes() -> Vec<Change> {
    let key = ProjectKey::new("P0").expect("a key");
    let closes = Effect::SetChannelAccess(key, ChannelAccess::Restricted);
    let mut changes = vec![change("acme/project/P0/access", closes)];
    for n in 0..ORGANIZATIONS {
        let next = format!("Company {}", (n + 1) % ORGANIZATIONS);
        let next = OrganizationName::new(&next).expect("a name");
        let person = Email::new(&format!("u0@d{n}.example")).expect("an address");
        let joins = Effect::AddMember(OrganizationRef::Planned(next), PersonRef::Planned(person));
        changes.push(change(&format!("acme/member/{n}"), joins));
    }
    changes
}

fn change(address: &str, effect: Effect) -> Change {
    Change {
        address: Address::from_encoded(address),
        kind: ResourceType::OrganizationMember,
        name: String::new(),
        action: Action::Create,
        before: Value::Null,
        after: Value::Null,
        reason: Reason::Listed,
        source: None,
        surface: Surface::Documented,
        effect,
        phase: Phase::Grants,
        blocked_by: Vec::new(),
        waiting_for: Vec::new(),
        needs_right: None,
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.3} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

/// Every organization is linked to two projects, of which one is open.
fn workspace() -> Workspace {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = camino::Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    let mut text = String::from(
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: false, view_without_login: false }\n    organizations:\n",
    );
    for n in 0..ORGANIZATIONS {
        let list: Vec<String> = (0..PER_ORGANIZATION)
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
        let access = if p == 0 { "open" } else { "restricted" };
        let linked: Vec<String> = (0..ORGANIZATIONS)
            .filter(|n| n % PROJECTS == p || n / 20 == p)
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
