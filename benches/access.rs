//! How long the access questions take on a workspace of 100,000 people: `cargo bench --bench access`.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark reports on standard output"
)]

use portcullis::access::explain::{Asked, explain};
use portcullis::access::who::audience;
use portcullis::access::{SituationId, State, Trail, Visitor, portal};
use portcullis::config::{LoadOptions, load};
use portcullis::desired::Desired;
use portcullis::model::SiteKey;
use std::fmt::Write as _;
use std::time::Instant;

const PEOPLE: usize = 100_000;
const ORGANIZATIONS: usize = 1_000;
const PROJECTS: usize = 50;

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = camino::Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    write_workspace(path);
    let today = jiff::civil::date(2026, 11, 22);
    let loaded = timed("load the workspace", || load(path, LoadOptions::new(today)));
    let workspace = loaded.workspace.expect("a valid workspace");
    let site = SiteKey::new("acme").expect("a site key");
    let desired = Desired::new(&workspace, &site, today).expect("the site");
    let state = timed("build the state", || State::desired(&desired));
    println!(
        "{} people in {} situations",
        state.people.len(),
        state.people.situations()
    );
    let who = Asked::new("u99999@d99.example").expect("an address");
    let explanation = timed("explain one person", || explain(&state, &who, None));
    assert_eq!(explanation.projects.len(), PROJECTS);
    let found = timed("who reaches one project", || audience(&state, 0, None));
    println!("{} people reach it", found.people.len());
    let answers = timed("every situation in every project", || {
        let mut yes = 0_usize;
        for at in 0..state.people.situations() {
            let id = SituationId(u32::try_from(at).unwrap_or(u32::MAX));
            let visitor = Visitor::situation(state.people.situation(id).0);
            for project in 0..PROJECTS {
                let reach = portal::reach(&state, project, &visitor, &mut Trail::silent());
                yes += usize::from(reach.view.promises());
            }
        }
        yes
    });
    println!("{answers} of them yes");
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.3} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

/// Organizations of a hundred people each, everyone in one or two; every project serves some of them, few are open.
fn write_workspace(path: &camino::Utf8Path) {
    let mut root = String::from(
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    customer_access:\n      internal: { atlassian_accounts: true }\n      external: { portal_only_accounts: true, allowed_domains: any }\n      customers_can_create_accounts: false\n      view_without_login: false\n    organizations:\n",
    );
    let each = PEOPLE / ORGANIZATIONS;
    for organization in 0..ORGANIZATIONS {
        let mut list = String::new();
        for at in 0..each + each / 10 {
            let person = (organization * each + at) % PEOPLE;
            let _ = writeln!(list, "u{person}@d{}.example", person % 100);
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
        let access = if project % 10 == 0 {
            "open"
        } else {
            "restricted"
        };
        let linked: Vec<String> = (0..ORGANIZATIONS)
            .filter(|organization| organization % PROJECTS == project)
            .map(|organization| format!("O{organization}"))
            .collect();
        let _ = writeln!(
            root,
            "      P{project}: {{ channel_access: {access}, organizations: {{ mode: exact, list: [{}] }} }}",
            linked.join(", ")
        );
    }
    fs_err::write(path.join("portcullis.yaml"), root).expect("the root file");
}
