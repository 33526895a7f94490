//! Any site: exported over real HTTP, loaded, planned, and nothing is to be done.

use crate::support::{Live, TODAY, assert_empty, key, load, shaped, surfaces, target};
use portcullis::config::Mode;
use portcullis::desired::Desired;
use portcullis::emulator::{AccountState, NewAccount, Role, Site};
use portcullis::export::Shape;
use portcullis::model::{
    AccountKind, ChannelAccess, CustomerSharing, Domain, Email, EmailAccountCreation,
    OrganizationManagement, OrganizationName, ProjectKey, SpaceKey, WhoCanView,
};
use portcullis::observed::Observed;
use portcullis::plan::diff::diff;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeSet;

#[derive(Debug, Clone)]
struct Person {
    email: String,
    name: String,
    atlassian: bool,
    hidden: bool,
    state: AccountState,
}

#[derive(Debug, Clone)]
struct Organization {
    name: String,
    members: Vec<Index>,
    domains: BTreeSet<&'static str>,
    scim: bool,
}

#[derive(Debug, Clone)]
struct Project {
    open: bool,
    sharing: CustomerSharing,
    organizations: Vec<Index>,
    customers: Vec<Index>,
    spaces: Vec<(usize, WhoCanView)>,
}

#[derive(Debug, Clone)]
struct Described {
    people: Vec<Person>,
    organizations: Vec<Organization>,
    projects: Vec<Project>,
    toggles: [bool; 9],
    allowed: BTreeSet<&'static str>,
    by_agents: bool,
    anyone_by_mail: bool,
    approved: Vec<(&'static str, Role, bool)>,
}

const DOMAINS: [&str; 4] = [
    "globex.example",
    "initech.example",
    "xn--exmple-cua.de",
    "a.b.co",
];
const SPACES: [&str; 3] = ["ITKB", "~jo", "HR.1"];

fn person() -> impl Strategy<Value = Person> {
    let local = prop_oneof![
        4 => "[a-c]{1,2}",
        1 => select(vec!["=cmd", "+a", "-b", "Ana", "o'neil", "#x", "null", "a,b", "\"q q\"", "ünï", "1e3"]).prop_map(str::to_owned),
    ];
    let name = prop_oneof![
        "[A-Z][a-z]{1,6}",
        select(vec![
            "=1+1",
            "@all",
            "a\nb",
            "\u{1b}[31m",
            "\"x\", y",
            "\u{202e}evil",
            "",
            " pad "
        ])
        .prop_map(str::to_owned),
    ];
    let state = select(vec![
        AccountState::Active,
        AccountState::Active,
        AccountState::Unverified,
        AccountState::Revoked,
        AccountState::Deactivated,
    ]);
    (
        local,
        select(DOMAINS.to_vec()),
        name,
        any::<bool>(),
        prop::bool::weighted(0.2),
        state,
    )
        .prop_filter_map(
            "an address",
            |(local, domain, name, atlassian, hidden, state)| {
                let email = format!("{local}@{domain}");
                Email::new(&email).ok()?;
                Some(Person {
                    email,
                    name,
                    atlassian,
                    hidden,
                    state,
                })
            },
        )
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-C][a-b]{0,2}",
        2 => select(vec![
            "a/b", "*", "100%", "yes", "No", "null", "~", "12", "1.0", "0x1F", "2026-01-01", "- x", "? y", "key: value", "a #b",
            "#c", "'", "\"", "&a", "*b", "!t", "%TAG", "@x", "`y", "[1]", "{a: b}", "|", ">", "<<", "=", "...", "---",
            "GLOBEX  CORP", "Globex Corp", "Ｇlobex corp", "\u{202e}evil", "zero\u{200b}width", "x\u{feff}y",
            "line\u{2028}separator", "日本語", "🏰", "é", "e\u{301}", "../../etc", "con", "true", ".inf", "1_000", "0o7", "y", "on",
        ]).prop_map(str::to_owned),
        1 => "\\PC{1,20}",
        1 => "[🏰x\u{202e}\" ]{150,200}",
    ]
    .prop_filter("a name", |name| OrganizationName::new(name).is_ok())
}

fn organization() -> impl Strategy<Value = Organization> {
    (
        name(),
        prop::collection::vec(any::<Index>(), 0..5),
        prop::collection::btree_set(select(DOMAINS.to_vec()), 0..3),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(name, members, domains, scim)| Organization {
            name,
            members,
            domains,
            scim,
        })
}

fn project() -> impl Strategy<Value = Project> {
    let sharing = select(vec![
        CustomerSharing::OwnOrganizations,
        CustomerSharing::AnyCustomerByEmail,
        CustomerSharing::SearchProject,
    ]);
    let viewers = select(vec![
        WhoCanView::Anyone,
        WhoCanView::AllLoggedIn,
        WhoCanView::OnlyConfluenceUsers,
    ]);
    (
        any::<bool>(),
        sharing,
        prop::collection::vec(any::<Index>(), 0..4),
        prop::collection::vec(any::<Index>(), 0..5),
        prop::collection::vec((0..SPACES.len(), viewers), 0..3),
    )
        .prop_map(
            |(open, sharing, organizations, customers, spaces)| Project {
                open,
                sharing,
                organizations,
                customers,
                spaces,
            },
        )
}

fn described() -> impl Strategy<Value = Described> {
    (
        prop::collection::vec(person(), 0..10),
        prop::collection::vec(organization(), 0..6),
        prop::collection::vec(project(), 0..4),
        any::<[bool; 9]>(),
        prop::collection::btree_set(select(DOMAINS.to_vec()), 0..3),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(
            (
                select(["ANYONE"].into_iter().chain(DOMAINS).collect::<Vec<_>>()),
                select(vec![Role::Customer, Role::User]),
                any::<bool>(),
            ),
            0..3,
        ),
    )
        .prop_map(
            |(
                people,
                organizations,
                projects,
                toggles,
                allowed,
                by_agents,
                anyone_by_mail,
                approved,
            )| Described {
                people,
                organizations,
                projects,
                toggles,
                allowed,
                by_agents,
                anyone_by_mail,
                approved,
            },
        )
}

fn build(described: &Described) -> Site {
    let mut site = Site::empty("acme");
    let mut ids = Vec::new();
    for person in &described.people {
        let email = Email::new(&person.email).unwrap();
        let new = if person.atlassian {
            NewAccount::atlassian(email, Role::Customer)
        } else {
            NewAccount::portal_only(email)
        };
        ids.push(site.add_account(NewAccount {
            name: Some(person.name.clone()),
            kind: if person.atlassian {
                AccountKind::Atlassian
            } else {
                AccountKind::PortalOnly
            },
            state: person.state,
            email_hidden: person.hidden,
            ..new
        }));
    }
    let chosen = |picks: &[Index]| -> Vec<_> {
        picks
            .iter()
            .filter(|_| !ids.is_empty())
            .map(|pick| *pick.get(&ids))
            .collect()
    };
    let mut organizations = Vec::new();
    for organization in &described.organizations {
        let id = site.add_organization(&OrganizationName::new(&organization.name).unwrap());
        site.add_members(&id, &chosen(&organization.members))
            .unwrap();
        let made = site.organization_mut(&id).unwrap();
        made.scim_managed = organization.scim;
        made.email_domains = organization
            .domains
            .iter()
            .map(|domain| Domain::new(domain).unwrap())
            .collect();
        organizations.push(id);
    }
    for space in SPACES {
        site.add_space(&SpaceKey::new(space).unwrap(), space);
    }
    for (number, project) in described.projects.iter().enumerate() {
        let key = ProjectKey::new(&format!("P{number}")).unwrap();
        let made = site.add_project(&key, "a\u{1b}[2J\nname: #");
        made.customer_sharing = project.sharing;
        site.add_customers(&key, &chosen(&project.customers))
            .unwrap();
        for pick in project
            .organizations
            .iter()
            .filter(|_| !organizations.is_empty())
        {
            site.set_organization_link(&key, pick.get(&organizations), true)
                .unwrap();
        }
        for (space, viewers) in &project.spaces {
            site.link_space(&key, &SpaceKey::new(SPACES[*space]).unwrap(), *viewers)
                .unwrap();
        }
        if project.open {
            site.project_mut(&key).unwrap().channel_access = ChannelAccess::Open;
        }
    }
    let [a, b, c, d, e, f, g, h, i] = described.toggles;
    let settings = &mut site.settings;
    settings.atlassian_accounts = a;
    settings.portal_only_accounts = b;
    settings.restrict_domains = c;
    settings.allowed_domains = described
        .allowed
        .iter()
        .map(|domain| Domain::new(domain).unwrap())
        .collect();
    settings.customers_can_create_accounts = d;
    settings.view_without_login = e;
    settings.portal_only_password = f;
    settings.portal_only_sso = g;
    settings.kb_allow_all_logged_in = h;
    settings.kb_allow_anyone = i;
    settings.organization_management = if described.by_agents {
        OrganizationManagement::Agents
    } else {
        OrganizationManagement::JiraAdminsOnly
    };
    settings.email_account_creation = if described.anyone_by_mail {
        EmailAccountCreation::AnyoneBySettings
    } else {
        EmailAccountCreation::AgentsAlways
    };
    for (domain, role, approval) in &described.approved {
        site.approve_domain(domain, *role, *approval);
    }
    site
}

async fn round_trip(described: Described, mapped: bool, shape: Shape) {
    let live = Live::start(build(&described)).await;
    let site = live.sandbox.site();
    let surfaces = if mapped {
        surfaces()
    } else {
        Default::default()
    };
    let observed = live.everything(&surfaces).await;
    let target = target(&site, &live.sandbox.url(), mapped);
    let first = shaped(&observed, &target, shape);
    assert!(first.gaps.is_empty(), "{:?}", first.gaps);
    assert_eq!(first.counts.organizations, site.organizations().count());
    assert_eq!(first.counts.projects, site.projects().count());

    let (workspace, _) = load(&first.files);
    assert_empty(&live.plan(&workspace).await, &first.files);

    let again = shaped(&live.everything(&surfaces).await, &target, shape);
    assert_eq!(first.files, again.files);

    let text = serde_json::to_string(&observed).unwrap();
    let snapshot: Observed = serde_json::from_str(&text).unwrap();
    assert_eq!(snapshot, observed);
    let desired = Desired::new(&workspace, &key(), TODAY).unwrap();
    assert_empty(&diff(&desired, &snapshot), &first.files);

    assert_eq!(live.sandbox.stats().writes, 0);
    live.sandbox.stop().await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_of_an_export_is_empty(described in described(), mapped in any::<bool>(), exact in any::<bool>(), ids in any::<bool>()) {
        let mode = if exact { Mode::Exact } else { Mode::AddOnly };
        let shape = Shape { mode, ids, ..Shape::default() };
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(round_trip(described, mapped, shape));
    }
}
