//! How long ordering a plan takes, for many changes, for a knot of them and for long rosters: `cargo bench --bench order`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::model::{
    AccountId, AccountKind, ChannelAccess, DeskId, Email, OrganizationId, ProjectKey, Read,
    SiteKey, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Standing,
};
use portcullis::plan::{diff, order};
use std::fmt::Write as _;
use std::time::Instant;

const ORGANIZATIONS: usize = 1_000;
const PROJECTS: usize = 50;

fn main() {
    // Twice as many changes show what grows faster than they do.
    for (members, moving, knot) in [
        (100, 12, false),
        (100, 25, false),
        (100, 25, true),
        (1_000, 5, false),
    ] {
        let changes = 2 * moving * ORGANIZATIONS;
        let entries = members * ORGANIZATIONS;
        let how = if knot { ", one knot" } else { "" };
        println!("{entries} members, about {changes} changes{how}");
        measure(members, moving, knot);
    }
}

fn measure(members: usize, moving: usize, knot: bool) {
    let workspace = timed("load the workspace", || workspace(members, moving, knot));
    let today = jiff::civil::date(2026, 11, 22);
    let site = SiteKey::new("acme").expect("a site key");
    let desired = Desired::new(&workspace, &site, today).expect("the site");
    let observed = observed(site, members, knot);
    let plan = timed("plan, with its order", || diff::diff(&desired, &observed));
    assert!(plan.errors.is_empty(), "{:?}", plan.errors);
    let ordered = timed("the order alone", || {
        order::order(&plan, &desired, &observed)
    });
    println!(
        "  {} changes in {} stages, {} unsafe steps",
        plan.changes.len(),
        ordered.stages.iter().max().map_or(0, |last| last + 1),
        ordered.unsafe_steps.len()
    );
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    let took = start.elapsed().as_secs_f64() * 1000.0;
    println!("  {what}: {took:.0} ms");
    result
}

fn email(person: usize) -> String {
    format!("u{person}@d{}.example", person % 100)
}

/// The first few members of every organization move on to the next one, and to its project; links move with them here and
/// there, and a project is restricted. In a knot every link moves the other way, so that those who move keep their project:
/// a circle through every organization, which no order spares.
fn workspace(members: usize, moving: usize, knot: bool) -> Workspace {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = camino::Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    let mut root = String::from(
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    surfaces: { private: write }\n    organizations:\n",
    );
    for organization in 0..ORGANIZATIONS {
        let before = (organization + ORGANIZATIONS - 1) % ORGANIZATIONS * members;
        let own = organization * members;
        let mut list = String::new();
        for person in (before..before + moving).chain(own + moving..own + members) {
            let _ = writeln!(list, "{}", email(person));
        }
        let file = format!("o{organization}.txt");
        fs_err::write(path.join(&file), list).expect("a roster");
        let _ = writeln!(
            root,
            "      O{organization}: {{ members: {{ mode: exact, from: [{file}] }} }}"
        );
    }
    root.push_str("    projects:\n");
    for project in 0..PROJECTS {
        let linked: Vec<String> = (0..ORGANIZATIONS)
            .filter(|at| match knot {
                true => (at + ORGANIZATIONS - 1) % PROJECTS == project,
                false => (at + usize::from(at % 97 == 0)) % PROJECTS == project,
            })
            .map(|at| format!("O{at}"))
            .collect();
        let _ = writeln!(
            root,
            "      P{project}: {{ channel_access: restricted, organizations: {{ mode: exact, list: [{}] }} }}",
            linked.join(", ")
        );
    }
    fs_err::write(path.join("portcullis.yaml"), root).expect("the root file");
    let loaded = load(path, LoadOptions::new(jiff::civil::date(2026, 11, 22)));
    loaded.workspace.expect("a valid workspace")
}

fn account(person: usize) -> AccountId {
    AccountId::new(format!("qm:{person}"))
}

fn observed(site: SiteKey, members: usize, knot: bool) -> Observed {
    let mut observed = Observed::nothing(site);
    for person in 0..ORGANIZATIONS * members {
        let seen = ObservedAccount {
            email: Some(Email::new(&email(person)).expect("an address")),
            name: format!("u{person}").into(),
            kind: Some(AccountKind::PortalOnly),
            active: true,
            standing: Standing::Customer,
        };
        observed.accounts.insert(account(person), seen);
    }
    let organizations = (0..ORGANIZATIONS).map(|at| {
        let own = at * members..(at + 1) * members;
        let seen = ObservedOrganization {
            name: format!("O{at}"),
            scim_managed: false,
            members: Some(Read::Complete(own.map(account).collect())),
            ownership: None,
            email_domains: None,
        };
        (OrganizationId::new(at.to_string()), seen)
    });
    observed.organizations = Some(Read::Complete(organizations.collect()));
    let projects = (0..PROJECTS).map(|at| {
        let linked = (0..ORGANIZATIONS).filter(|own| own % PROJECTS == at);
        let access = match at {
            0 if !knot => ChannelAccess::Open,
            _ => ChannelAccess::Restricted,
        };
        let seen = ObservedProject {
            desk: DeskId::new(at.to_string()),
            name: format!("P{at}"),
            channel_access: Some(Observation::read(access, Surface::Private)),
            customer_sharing: None,
            echoed_signup: None,
            echoed_anonymous: None,
            organizations: Some(Read::Complete(
                linked
                    .map(|own| OrganizationId::new(own.to_string()))
                    .collect(),
            )),
            customers: Some(Read::Complete(portcullis::model::AccountSet::default())),
            only_shown: portcullis::model::AccountSet::default(),
            knowledge_base: None,
            permissions: None,
        };
        (ProjectKey::new(&format!("P{at}")).expect("a key"), seen)
    });
    observed.projects = Some(Read::Complete(projects.collect()));
    observed
}
