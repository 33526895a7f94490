//! What planning costs, as the number of things grows: counted in allocations, never in time.
//!
//! Each kind of thing grows alone. Work that goes through all of one kind for each of them, and keeps what it finds, costs
//! twenty-seven times as much for eight times as many more; what grows in proportion costs eight times as much.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use camino::Utf8Path;
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::model::{
    AccountId, AccountKind, ChannelAccess, CustomerSharing, DeskId, Email, OrganizationId,
    ProjectKey, Read, SiteField, SiteKey, SiteValue, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Resolution,
    Standing,
};
use portcullis::pipeline;
use portcullis::report::build::document;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How much of each kind there is.
#[derive(Debug, Clone, Copy)]
struct Size {
    organizations: usize,
    /// Members of each organization.
    members: usize,
    /// Members of each organization who are not listed any more.
    removals: usize,
    projects: usize,
    /// Organizations that each project comes to link.
    links: usize,
    leavers: usize,
    /// Projects whose customer sharing a person must set.
    by_hand: usize,
    expectations: usize,
}

const SMALL: Size = Size {
    organizations: 20,
    members: 10,
    removals: 1,
    projects: 5,
    links: 4,
    leavers: 5,
    by_hand: 5,
    expectations: 5,
};

fn address(organization: usize, member: usize) -> String {
    format!("u{member}@d{organization}.example")
}

/// The files: exact lists, links, people who must be gone, settings by hand, expectations.
fn yaml(size: Size) -> String {
    let mut text = String::from(
        "version: 1\npolicy: { max_people_losing_access: off, max_removals: off }\nsites:\n  acme:\n    url: \"sandbox:\"\n    confluence_plan: standard\n    organizations:\n",
    );
    for organization in 0..size.organizations {
        let list = (size.removals..size.members).map(|member| address(organization, member));
        let list: Vec<String> = list.collect();
        writeln!(text, "      Company {organization}: {{ members: {{ mode: exact, list: [{}], allow_empty: true }} }}", list.join(", ")).unwrap();
    }
    text += "    projects:\n";
    for project in 0..size.projects {
        let links = (0..size.links).map(|organization| format!("Company {organization}"));
        let links: Vec<String> = links.collect();
        let sharing = match project < size.by_hand {
            true => "any_customer_by_email",
            false => "own_organizations",
        };
        writeln!(text, "      P{project}: {{ channel_access: restricted, customer_sharing: {sharing}, organizations: {{ mode: exact, list: [{}] }} }}", links.join(", ")).unwrap();
    }
    if size.leavers > 0 {
        text += "    people:\n";
    }
    for leaver in 0..size.leavers {
        writeln!(
            text,
            "      gone{leaver}@leavers.example: {{ state: absent }}"
        )
        .unwrap();
    }
    text += "expectations:\n";
    for number in 0..size.expectations {
        writeln!(text, "  - {{ name: e{number}, who: anonymous, cannot: view_portal, site: acme, projects: [P0] }}").unwrap();
    }
    text
}

fn observed(size: Size) -> Observed {
    let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
    let account = |email: &str| ObservedAccount {
        email: Email::new(email).ok(),
        name: "Somebody".into(),
        kind: Some(AccountKind::PortalOnly),
        active: true,
        standing: Standing::Customer,
    };
    let mut organizations = BTreeMap::new();
    for organization in 0..size.organizations {
        let mut members = Vec::new();
        for member in 0..size.members {
            let id = AccountId::new(format!("qm:{organization}:{member}"));
            let email = address(organization, member);
            observed.accounts.insert(id, account(&email));
            members.push(id);
        }
        if organization == 0 {
            for leaver in 0..size.leavers {
                let id = AccountId::new(format!("qm:leaver:{leaver}"));
                let email = format!("gone{leaver}@leavers.example");
                observed.accounts.insert(id, account(&email));
                members.push(id);
            }
        }
        let seen = ObservedOrganization {
            name: format!("Company {organization}"),
            scim_managed: false,
            members: Some(Read::Complete(members.into())),
            ownership: None,
            email_domains: None,
        };
        organizations.insert(OrganizationId::new(format!("{organization}")), seen);
    }
    observed.organizations = Some(Read::Complete(organizations));
    let projects = (0..size.projects).map(|project| {
        let seen = ObservedProject {
            desk: DeskId::new(format!("{project}")),
            name: format!("Project {project}"),
            channel_access: Some(Observation::read(
                ChannelAccess::Restricted,
                Surface::Private,
            )),
            customer_sharing: Some(Observation::read(
                CustomerSharing::OwnOrganizations,
                Surface::Private,
            )),
            echoed_signup: Some(false),
            echoed_anonymous: Some(false),
            organizations: Some(Read::Complete(BTreeSet::new())),
            customers: Some(Read::Complete(portcullis::model::AccountSet::default())),
            only_shown: portcullis::model::AccountSet::default(),
            knowledge_base: None,
            permissions: None,
        };
        (ProjectKey::new(&format!("P{project}")).unwrap(), seen)
    });
    observed.projects = Some(Read::Complete(projects.collect()));
    for (field, on) in [
        (SiteField::Internal, false),
        (SiteField::External, true),
        (SiteField::CustomersCanCreateAccounts, false),
        (SiteField::ViewWithoutLogin, false),
    ] {
        let seen = Observation::read(SiteValue::Toggle(on), Surface::Mapped);
        observed.settings.insert(field, seen);
    }
    observed.resolutions = BTreeMap::<Email, Resolution>::new();
    observed
}

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

/// A kind of thing: its name, how many there are at first, and the size with as many of it as asked.
type Kind = (&'static str, usize, fn(usize) -> Size);

const KINDS: [Kind; 8] = [
    ("entries", 10, |members| Size { members, ..SMALL }),
    ("organizations", 20, |organizations| Size {
        organizations,
        ..SMALL
    }),
    ("projects", 5, |projects| Size { projects, ..SMALL }),
    ("links", 20, |links| Size {
        organizations: 180,
        links,
        ..SMALL
    }),
    ("removals", 8, |removals| Size {
        members: 80,
        removals,
        ..SMALL
    }),
    ("leavers", 25, |leavers| Size { leavers, ..SMALL }),
    ("steps by hand", 5, |by_hand| Size {
        projects: 45,
        links: 1,
        by_hand,
        ..SMALL
    }),
    ("expectations", 25, |expectations| Size {
        expectations,
        ..SMALL
    }),
];

/// Everything in one test, since the allocator counts for the whole program.
///
/// What the first eight times as many more cost is held against what the first as many more cost, so that what costs the same
/// anyhow hides nothing.
#[test]
fn planning_grows_in_proportion() {
    let mut found = Vec::new();
    for (kind, count, size) in KINDS {
        let [first, twice, nine] = [1, 2, 9].map(|times| work(size(times * count)));
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
