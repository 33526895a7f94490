//! The whole way round: random permission schemes on the sandbox's site, read over the wire, judged by the rules, and compared
//! with the portals that the sandbox shows. The sandbox and the rules are written apart from each other.

use crate::support::{email, today, workspace};
use portcullis::access::{Answer, State, Trail, Visitor, portal};
use portcullis::config::Surfaces;
use portcullis::desired::Desired;
use portcullis::emulator::{
    Caller, Grant, NewAccount, Options, ProjectRole, Role, RoleActor, Sandbox, Site,
};
use portcullis::jsm::{self, Auth, Connection, Credentials, Endpoint};
use portcullis::model::{ChannelAccess, Email, ProjectKey, SiteKey};
use portcullis::observe::{Whole, observe_site};
use proptest::prelude::*;
use std::collections::BTreeSet;

const PEOPLE: [(&str, Option<Role>); 4] = [
    ("pia@x.example", None),
    ("ina@x.example", Some(Role::Customer)),
    ("nora@x.example", Some(Role::None)),
    ("ulf@x.example", Some(Role::User)),
];

/// Grants that matter, and some that must not.
const GRANTS: [(&str, &str, Option<&str>); 11] = [
    ("BROWSE_PROJECTS", "userCustomField", Some("customfield_1")),
    ("BROWSE_PROJECTS", "groupCustomField", Some("customfield_2")),
    ("BROWSE_PROJECTS", "reporter", None),
    (
        "BROWSE_PROJECTS",
        "group",
        Some("jira-servicemanagement-customers-acme"),
    ),
    ("BROWSE_PROJECTS", "group", Some("site-admins")),
    ("BROWSE_PROJECTS", "projectRole", Some("10100")),
    ("ADD_COMMENTS", "projectRole", Some("10100")),
    ("EDIT_ISSUES", "reporter", None),
    (
        "CREATE_ISSUES",
        "group",
        Some("jira-servicemanagement-customers-acme"),
    ),
    ("BROWSE_PROJECTS", "assignee", None),
    (
        "SERVICEDESK_AGENT",
        "group",
        Some("jira-servicemanagement-customers-acme"),
    ),
];

fn key() -> ProjectKey {
    ProjectKey::new("SHUT").unwrap()
}

fn site(
    open: bool,
    grants: &[bool],
    team: &[bool],
    named: [Option<usize>; 2],
    group_in_team: bool,
    roster: &[bool],
) -> Site {
    let mut site = Site::empty("acme");
    let project = site.add_project(&key(), "Shut");
    if open {
        project.channel_access = ChannelAccess::Open;
    }
    for (at, (address, role)) in PEOPLE.into_iter().enumerate() {
        let new = match role {
            None => NewAccount::portal_only(email(address)),
            Some(role) => NewAccount::atlassian(email(address), role),
        };
        let id = site.add_account(new);
        if team[at] {
            let actor = RoleActor::Account(id);
            site.add_role_actor(&key(), ProjectRole::Team, actor)
                .unwrap();
        }
        // R1e: an Atlassian account without a role cannot be added, so whoever is on the list is taken for a customer.
        if roster[at] && role != Some(Role::None) {
            site.add_customers(&key(), &[id]).unwrap();
        }
    }
    for (permission, at) in ["BROWSE_PROJECTS", "SERVICEDESK_AGENT"]
        .into_iter()
        .zip(named)
    {
        if let Some(at) = at {
            let id = site.accounts_with_email(PEOPLE[at].0)[0].id();
            let grant = Grant::new(permission, "user", Some(&id.text()));
            site.grant_permission(&key(), grant).unwrap().unwrap();
        }
    }
    if group_in_team {
        let group = RoleActor::Group("jira-servicemanagement-customers-acme".into());
        site.add_role_actor(&key(), ProjectRole::Team, group)
            .unwrap();
    }
    for ((permission, holder, parameter), on) in GRANTS.into_iter().zip(grants) {
        if *on {
            let grant = Grant::new(permission, holder, parameter);
            site.grant_permission(&key(), grant).unwrap().unwrap();
        }
    }
    site
}

/// Compares what the rules say of each account, by what was read, with the portal that the sandbox shows.
///
/// Returns how many answers were certain.
async fn compare(site: Site) -> Result<usize, String> {
    let truth = site.clone();
    let sandbox = Sandbox::start(site, Options::default()).await.unwrap();
    let connection = Connection::open(Endpoint {
        site_url: sandbox.url(),
        api_url: None,
        auth: Auth::Classic,
        credentials: Some(Credentials::new("admin@sandbox.example", "sandbox-admin")),
        client: None,
        org_key: None,
        options: jsm::Options::default(),
    })
    .unwrap();
    let reader = connection.reader();
    let people: BTreeSet<Email> = PEOPLE.iter().map(|(address, _)| email(address)).collect();
    let acme = SiteKey::new("acme").unwrap();
    let surfaces = Surfaces::default();
    let whole = Whole {
        people,
        only: Some(key()),
        staff: true,
        ..Whole::new(&surfaces, None)
    };
    let observed = observe_site(&reader, acme.clone(), whole).await.unwrap();
    assert_eq!(sandbox.stats().writes, 0);
    let workspace = workspace("version: 1\nsites: { acme: { url: \"sandbox:\" } }\n");
    let desired = Desired::new(&workspace, &acme, today()).unwrap();
    let state = State::live(&desired, &observed);
    let mut certain = 0;
    for account in truth.accounts() {
        let shown = truth.shows_portal(&key(), Caller::Account(&account.id()));
        let address = account.email().to_owned();
        let mut trail = Trail::recording();
        let visitor = Visitor::address(&state, &email(&address));
        let answer = portal::reach(&state, 0, &visitor, &mut trail).view;
        let agrees = match answer {
            Answer::Uncertain => true,
            sure => sure == Answer::from(shown),
        };
        if !agrees {
            let why = trail.into_steps();
            return Err(format!(
                "{address}: {answer:?}, but shown is {shown}: {why:#?}"
            ));
        }
        certain += usize::from(answer != Answer::Uncertain);
    }
    Ok(certain)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_of_a_random_scheme_explains_what_the_sandbox_shows(
        open in any::<bool>(),
        // Few grants at a time, or nearly everything leaks.
        grants in prop::collection::vec(prop::bool::weighted(0.12), GRANTS.len()),
        team in prop::collection::vec(prop::bool::weighted(0.2), PEOPLE.len()),
        named in prop::array::uniform2(prop::option::weighted(0.2, 0..PEOPLE.len())),
        group_in_team in prop::bool::weighted(0.2),
        roster in prop::collection::vec(prop::bool::weighted(0.3), PEOPLE.len()),
    ) {
        let site = site(open, &grants, &team, named, group_in_team, &roster);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let certain = runtime.block_on(compare(site)).map_err(TestCaseError::fail)?;
        // The built-in callers and the portal-only customer are never in doubt.
        prop_assert!(certain >= 3, "{certain}");
    }
}
