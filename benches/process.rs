//! How much processor time whole runs take on a workspace of 100,000 people: `cargo bench --bench process`.
//!
//! `PORTCULLIS_BENCH_ORGANIZATIONS=10000` makes it a million: a hundred people in each organization, ids as long as real ones.
//!
//! The workspace and a snapshot of the site are made first and do not count. The figures are user and system time of the
//! processes as Linux counts them, in steps of ten milliseconds; elsewhere only that they end well is told.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use camino::Utf8Path;
use portcullis::model::{
    AccountId, AccountKind, ChannelAccess, DeskId, Email, Field, OrganizationId, ProjectKey, Read,
    SiteField, SiteKey, SiteValue, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Standing,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

const PER_ORGANIZATION: usize = 100;
const PROJECTS: usize = 50;

/// How many organizations there are.
static ORGANIZATIONS: LazyLock<usize> = LazyLock::new(|| {
    let asked = std::env::var("PORTCULLIS_BENCH_ORGANIZATIONS").ok();
    asked.map_or(1_000, |asked| {
        asked.parse().expect("a number of organizations")
    })
});

fn main() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let root = Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    write_workspace(root);
    let snapshot = root.join("snapshot.json");
    let mut text = Vec::new();
    portcullis::observed::snapshot::write(&observed(), &mut text).expect("a snapshot");
    fs_err::write(&snapshot, text).expect("the snapshot");
    let file = snapshot.as_str();
    run(root, &["validate"]);
    run(root, &["explain", "u7@d999.example"]);
    run(root, &["who", "P7"]);
    run(root, &["plan", "--observed", file]);
    // One project becomes restricted, which is a change that concerns a whole class of people.
    let open = "P0: { channel_access: open";
    let restricted = "P0: { channel_access: restricted";
    edit(root, open, restricted);
    run(root, &["plan", "--observed", file]);
    // The same with limits on people, which have to be judged as well.
    edit(
        root,
        "version: 1\n",
        "version: 1\npolicy: { max_people_losing_access: { percent: 5 }, max_people_gaining_access: { count: 5 } }\n",
    );
    run(root, &["plan", "--observed", file]);
}

fn edit(root: &Utf8Path, from: &str, to: &str) {
    let path = root.join("portcullis.yaml");
    let text = fs_err::read_to_string(&path).expect("the root file");
    assert!(text.contains(from), "no `{from}` in the root file");
    fs_err::write(&path, text.replacen(from, to, 1)).expect("the root file");
}

fn run(root: &Utf8Path, arguments: &[&str]) {
    let before = processor_time_of_children();
    let start = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.arg(arguments[0]).arg(root).args(&arguments[1..]);
    let status = command
        .env("PORTCULLIS_TODAY", "2026-11-22")
        .stdout(Stdio::null())
        .status()
        .expect("the program runs");
    let elapsed = start.elapsed().as_secs_f64();
    let words = arguments.join(" ").replace(root.as_str(), "…");
    let used = match (before, processor_time_of_children()) {
        (Some((user, system)), Some((user_after, system_after))) => format!(
            "user {:.2} s + sys {:.2} s",
            user_after - user,
            system_after - system
        ),
        _ => "not counted here".to_owned(),
    };
    println!("{words}: {used} (elapsed {elapsed:.2} s), {status}");
}

/// User and system seconds of the child processes that have ended, where `/proc` tells them.
fn processor_time_of_children() -> Option<(f64, f64)> {
    let stat = fs_err::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    // Fields 16 and 17 of proc(5), where the state is field 3; Linux counts a hundred ticks a second for programs.
    let ticks = |field: usize| Some(fields.get(field - 3)?.parse::<f64>().ok()? / 100.0);
    Some((ticks(16)?, ticks(17)?))
}

fn address(organization: usize, member: usize) -> String {
    format!("u{member}@d{organization}.example")
}

/// Whether an organization is linked to a project: every one to two of them.
fn linked(organization: usize, project: usize) -> bool {
    organization % PROJECTS == project || organization * PROJECTS / *ORGANIZATIONS == project
}

/// Organizations of a hundred people, each with a roster file; one in ten projects is open.
fn write_workspace(root: &Utf8Path) {
    let mut text = String::from(
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    confluence_plan: standard\n    customer_access:\n      internal: { atlassian_accounts: false }\n      external: { portal_only_accounts: true, allowed_domains: any }\n      customers_can_create_accounts: false\n      view_without_login: false\n    organizations:\n",
    );
    for organization in 0..*ORGANIZATIONS {
        // One member of each has gone.
        let list: Vec<String> = (1..PER_ORGANIZATION)
            .map(|member| format!("{},User {member}", address(organization, member)))
            .collect();
        let file = format!("o{organization}.csv");
        let rows = format!("email,name\n{}\n", list.join("\n"));
        fs_err::write(root.join(&file), rows).expect("a roster");
        let _ = writeln!(
            text,
            "      Company {organization}: {{ members: {{ mode: exact, from: [{file}] }} }}"
        );
    }
    text.push_str("    projects:\n");
    for project in 0..PROJECTS {
        let access = if project % 10 == 0 {
            "open"
        } else {
            "restricted"
        };
        let list: Vec<String> = (0..*ORGANIZATIONS)
            // Some are no longer linked.
            .filter(|organization| linked(*organization, project) && organization % 97 != 0)
            .map(|organization| format!("Company {organization}"))
            .collect();
        let _ = writeln!(
            text,
            "      P{project}: {{ channel_access: {access}, organizations: {{ mode: exact, list: [{}] }} }}",
            list.join(", ")
        );
    }
    fs_err::write(root.join("portcullis.yaml"), text).expect("the root file");
}

/// The site before: everybody is there, every link too.
fn observed() -> Observed {
    let mut observed = Observed::nothing(SiteKey::new("acme").expect("a site key"));
    let mut organizations = BTreeMap::new();
    for organization in 0..*ORGANIZATIONS {
        let mut members = Vec::new();
        for member in 0..PER_ORGANIZATION {
            let id = account(organization, member);
            observed.accounts.insert(
                id,
                ObservedAccount {
                    email: Email::new(&address(organization, member)).ok(),
                    name: format!("User {member}").into(),
                    kind: Some(AccountKind::PortalOnly),
                    active: true,
                    standing: Standing::Customer,
                },
            );
            members.push(id);
        }
        organizations.insert(
            organization_id(organization),
            ObservedOrganization {
                name: format!("Company {organization}"),
                scim_managed: false,
                members: Some(Read::Complete(members.into())),
                ownership: None,
                email_domains: None,
            },
        );
    }
    observed.organizations = Some(Read::Complete(organizations));
    let mut projects = BTreeMap::new();
    for project in 0..PROJECTS {
        let access = if project % 10 == 0 {
            ChannelAccess::Open
        } else {
            ChannelAccess::Restricted
        };
        let links = (0..*ORGANIZATIONS).filter(|organization| linked(*organization, project));
        projects.insert(
            ProjectKey::new(&format!("P{project}")).expect("a project key"),
            ObservedProject {
                desk: DeskId::new(format!("{project}")),
                name: format!("Project {project}"),
                channel_access: Some(Observation::read(access, Surface::Private)),
                customer_sharing: None,
                echoed_signup: Some(false),
                echoed_anonymous: Some(false),
                organizations: Some(Read::Complete(links.map(organization_id).collect())),
                customers: Some(Read::Complete(portcullis::model::AccountSet::default())),
                only_shown: portcullis::model::AccountSet::default(),
                knowledge_base: None,
                permissions: None,
            },
        );
    }
    observed.projects = Some(Read::Complete(projects));
    for (field, value) in [
        (SiteField::Internal, SiteValue::Toggle(false)),
        (SiteField::External, SiteValue::Toggle(true)),
        (SiteField::AllowedDomains, SiteValue::Domains(None)),
        (
            SiteField::CustomersCanCreateAccounts,
            SiteValue::Toggle(false),
        ),
        (SiteField::ViewWithoutLogin, SiteValue::Toggle(false)),
    ] {
        let seen = Observation {
            value: Field::Known(value),
            ..Observation::read(SiteValue::Toggle(false), Surface::Private)
        };
        observed.settings.insert(field, seen);
    }
    observed
}

/// An id as long as those of portal-only accounts.
fn account(organization: usize, member: usize) -> AccountId {
    const SITE: &str = "c3716a1b-87bd-e499-797d-c959e23528e7";
    // The ids of one organization stand apart from each other, as random ones do.
    let number = (organization * PER_ORGANIZATION + member + 1) as u64;
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (a, b) = (mixed >> 32, mixed & 0xffff_ffff);
    let (c, d) = (b >> 16, b & 0xffff);
    AccountId::new(format!(
        "qm:{SITE}:{a:08x}-{c:04x}-{d:04x}-9000-{number:012x}"
    ))
}

fn organization_id(organization: usize) -> OrganizationId {
    OrganizationId::new(format!("{}", organization + 1))
}
