//! Permission schemes, roles and groups as they were read, in the states that the rules judge.

use crate::support::{email, today, workspace};
use portcullis::access::who::{Listing, audience, write};
use portcullis::access::{Answer, Reading, State, Trail, Visitor, portal};
use portcullis::desired::Desired;
use portcullis::desired::ends::Ends;
use portcullis::model::{
    AccountId, AccountKind, ChannelAccess, DeskId, Incomplete, ProjectKey, Read, SiteKey, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedActors, ObservedPermissions, ObservedProject,
    ObservedScheme, SchemeGrant, SchemeHolder, Standing,
};
use std::collections::{BTreeMap, BTreeSet};

const TEXT: &str = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    projects: { SHUT: {} }
";
const ROLES: [(&str, &str); 3] = [
    ("1", "Administrators"),
    ("2", "Service Desk Team"),
    ("3", "Service Desk Customers"),
];

fn grant(permission: &str, kind: &str, id: Option<&str>) -> SchemeGrant {
    SchemeGrant {
        permission: permission.into(),
        holder: SchemeHolder {
            kind: kind.into(),
            id: id.map(str::to_owned),
            name: id.filter(|_| kind == "group").map(str::to_owned),
        },
    }
}

/// The scheme of a new service project, and more.
fn scheme(more: &[SchemeGrant]) -> ObservedScheme {
    let mut grants = vec![
        grant("BROWSE_PROJECTS", "sd.customer.portal.only", None),
        grant("CREATE_ISSUES", "sd.customer.portal.only", None),
        grant("ADMINISTER_PROJECTS", "projectRole", Some("1")),
        grant("SERVICEDESK_AGENT", "projectRole", Some("2")),
        grant("BROWSE_PROJECTS", "projectRole", Some("2")),
    ];
    grants.extend_from_slice(more);
    ObservedScheme {
        name: "Default".into(),
        grants,
    }
}

fn permissions(more: &[SchemeGrant]) -> ObservedPermissions {
    let actors = ObservedActors {
        people: [AccountId::new("712020:agent")].into(),
        groups: BTreeSet::new(),
    };
    ObservedPermissions {
        team_managed: false,
        scheme: Read::Complete(scheme(more)),
        roles: Read::Complete(
            ROLES
                .iter()
                .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()))
                .collect(),
        ),
        actors: Some(BTreeMap::from([
            ("1".to_owned(), Read::Complete(ObservedActors::default())),
            ("2".to_owned(), Read::Complete(actors)),
        ])),
        groups: BTreeMap::new(),
        customers: None,
    }
}

fn refused<T>() -> Read<T> {
    Read::Incomplete(Incomplete {
        why: "not for you".into(),
        forbidden: true,
    })
}

/// A site with a project, an agent of it, one of another project, an internal and a portal-only customer.
fn observed(access: ChannelAccess, permissions: Option<ObservedPermissions>) -> Observed {
    let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
    for (id, kind, standing) in [
        ("712020:agent", AccountKind::Atlassian, Standing::Agent),
        ("712020:other", AccountKind::Atlassian, Standing::Agent),
        ("712020:ina", AccountKind::Atlassian, Standing::NotAsked),
        ("qm:x:pia", AccountKind::PortalOnly, Standing::NotAsked),
    ] {
        let name = id.rsplit(':').next().unwrap();
        let seen = ObservedAccount {
            email: Some(email(&format!("{name}@x.example"))),
            name: name.into(),
            kind: Some(kind),
            active: true,
            standing,
        };
        observed.accounts.insert(AccountId::new(id), seen);
    }
    let project = ObservedProject {
        desk: DeskId::new("1"),
        name: "Shut".into(),
        channel_access: Some(Observation::read(access, Surface::Private)),
        customer_sharing: None,
        echoed_signup: None,
        echoed_anonymous: None,
        organizations: Some(Read::Complete(BTreeSet::new())),
        customers: Some(Read::Complete(portcullis::model::AccountSet::default())),
        only_shown: portcullis::model::AccountSet::default(),
        knowledge_base: None,
        permissions,
    };
    let key = ProjectKey::new("SHUT").unwrap();
    observed.projects = Some(Read::Complete(BTreeMap::from([(key, project)])));
    observed
}

fn with_state<T>(observed: &Observed, test: impl FnOnce(&State<'_>) -> T) -> T {
    let workspace = workspace(TEXT);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    test(&State::live(&desired, observed))
}

/// Who sees the portal: the agent, the agent of another project, the internal and the portal-only customer.
fn views(observed: &Observed) -> [Answer; 4] {
    with_state(observed, |state| {
        ["agent", "other", "ina", "pia"].map(|name| {
            let visitor = Visitor::address(state, &email(&format!("{name}@x.example")));
            portal::reach(state, 0, &visitor, &mut Trail::silent()).view
        })
    })
}

const SHUT: ChannelAccess = ChannelAccess::Restricted;
const OPEN: ChannelAccess = ChannelAccess::Open;
use Answer::{No, Uncertain, Yes};

#[test]
fn agents_of_the_project_are_told_from_agents_of_others() {
    assert_eq!(views(&observed(SHUT, None)), [Uncertain, Uncertain, No, No]);
    let read = observed(SHUT, Some(permissions(&[])));
    assert_eq!(views(&read), [Yes, No, No, No]);
    // Whoever may be in a group that is not read may be an agent, unless a group cannot hold the account.
    let by_group = permissions(&[grant("SERVICEDESK_AGENT", "group", Some("g"))]);
    assert_eq!(
        views(&observed(SHUT, Some(by_group))),
        [Yes, Uncertain, Uncertain, No]
    );
}

#[test]
fn v7_a_custom_field_or_the_reporter_lets_every_customer_see_and_a_group_its_members() {
    for kind in ["userCustomField", "groupCustomField", "reporter"] {
        let leak = permissions(&[grant("BROWSE_PROJECTS", kind, Some("customfield_1"))]);
        let leak = observed(SHUT, Some(leak));
        // Whether an Atlassian account holds the role Customer is not known.
        assert_eq!(views(&leak), [Yes, Yes, Uncertain, Yes], "{kind}");
        with_state(&leak, |state| assert!(state.projects[0].scheme.leaks));
    }
    let elsewhere = permissions(&[grant("EDIT_ISSUES", "reporter", None)]);
    assert_eq!(views(&observed(SHUT, Some(elsewhere))), [Yes, No, No, No]);
    let group = || permissions(&[grant("BROWSE_PROJECTS", "group", Some("g"))]);
    let unread = observed(SHUT, Some(group()));
    assert_eq!(views(&unread), [Yes, Uncertain, Uncertain, No]);
    let mut read = group();
    let members = portcullis::model::AccountSet::from([AccountId::new("712020:ina")]);
    read.groups.insert("g".into(), Read::Complete(members));
    // Whether an Atlassian account has a role is not known, and what Browse Projects gives one without is not documented.
    assert_eq!(views(&observed(SHUT, Some(read))), [Yes, No, Uncertain, No]);
}

#[test]
fn people_named_in_the_scheme_are_let_in() {
    for (permission, agent) in [("BROWSE_PROJECTS", false), ("SERVICEDESK_AGENT", true)] {
        let named = permissions(&[grant(permission, "user", Some("712020:ina"))]);
        let named = observed(SHUT, Some(named));
        let ina = if agent { Yes } else { Uncertain };
        assert_eq!(views(&named), [Yes, No, ina, No], "{permission}");
        with_state(&named, |state| {
            let audience = audience(state, 0, None);
            let routes: Vec<String> = audience
                .people
                .iter()
                .filter(|row| state.people.get(row.person).name == "ina")
                .flat_map(|row| row.via.iter().map(|via| via.route.to_string()))
                .collect();
            let route = match agent {
                true => "agent (named in the permission scheme)",
                false => "Browse Projects (named in the permission scheme)",
            };
            assert_eq!(routes, [route]);
        });
    }
}

#[test]
fn v8a_and_v8b_are_read_from_the_grants() {
    let faults = |permissions: ObservedPermissions| {
        with_state(&observed(OPEN, Some(permissions)), |state| {
            let scheme = &state.projects[0].scheme;
            (scheme.lacks_portal_access, scheme.granted_to_customers_role)
        })
    };
    assert_eq!(faults(permissions(&[])), (false, false));
    let role = grant("ADD_COMMENTS", "projectRole", Some("3"));
    assert_eq!(
        faults(permissions(std::slice::from_ref(&role))),
        (false, true)
    );
    for lacking in ["BROWSE_PROJECTS", "CREATE_ISSUES"] {
        let mut lame = permissions(&[]);
        let mut grants = scheme(&[]);
        grants.grants.retain(|grant| {
            grant.permission != lacking || grant.holder.kind != SchemeHolder::PORTAL_ONLY
        });
        lame.scheme = Read::Complete(grants);
        assert_eq!(faults(lame), (true, false), "{lacking}");
    }
    let broken = observed(OPEN, Some(permissions(&[role])));
    assert_eq!(views(&broken), [Yes, No, No, No], "acts restricted");
}

#[test]
fn what_was_refused_is_said_and_decides_nothing() {
    let mut nothing = permissions(&[]);
    nothing.scheme = refused();
    nothing.roles = refused();
    nothing.actors = Some(BTreeMap::new());
    let nothing = observed(SHUT, Some(nothing));
    assert_eq!(views(&nothing), [Uncertain; 4]);
    with_state(&nothing, |state| {
        let scheme = &state.projects[0].scheme;
        assert_eq!(scheme.reading, Reading::Refused("not for you".into()));
        let gaps = audience(state, 0, None).gaps;
        let said = "whom the permission scheme of SHUT lets in is not known: not for you";
        assert!(gaps.iter().any(|gap| gap == said), "{gaps:?}");
    });
    // Without the names of the roles nobody knows whether a grant goes to the customers' role.
    let mut nameless = permissions(&[]);
    nameless.roles = refused();
    with_state(&observed(OPEN, Some(nameless)), |state| {
        let reading = &state.projects[0].scheme.reading;
        assert!(matches!(reading, Reading::Refused(_)), "{reading:?}");
    });
    // So is somebody's role that sees the project without serving it, but not the role of apps.
    let mut viewers = permissions(&[
        grant("BROWSE_PROJECTS", "projectRole", Some("4")),
        grant("BROWSE_PROJECTS", "projectRole", Some("5")),
    ]);
    if let Read::Complete(roles) = &mut viewers.roles {
        roles.insert("4".into(), "Viewers".into());
        roles.insert("5".into(), "atlassian-addons-project-access".into());
    }
    with_state(&observed(SHUT, Some(viewers)), |state| {
        assert_eq!(state.projects[0].scheme.unjudged, ["to the role Viewers"]);
    });
    // What no rule tells is a gap, neither a leak nor none.
    let odd = permissions(&[grant("BROWSE_PROJECTS", "applicationRole", None)]);
    with_state(&observed(SHUT, Some(odd)), |state| {
        let gaps = audience(state, 0, None).gaps;
        assert!(
            gaps.iter()
                .any(|gap| gap.to_string().contains("not documented")),
            "{gaps:?}"
        );
    });
}

#[test]
fn names_of_roles_and_groups_are_foreign_text() {
    let mut hostile = permissions(&[grant("BROWSE_PROJECTS", "group", Some("=cmd\u{1b}[31m"))]);
    let roles = BTreeMap::from([("2".to_owned(), "Team\u{1b}]0;owned\u{7}".to_owned())]);
    hostile.roles = Read::Complete(roles);
    with_state(&observed(SHUT, Some(hostile)), |state| {
        let listing = Listing::new(state, audience(state, 0, None), &Ends::default());
        let workspace = workspace(TEXT);
        let mut out = Vec::new();
        write::text(&mut out, "acme", &listing, &workspace.sources, 100).unwrap();
        write::csv(&mut out, &listing, &workspace.sources).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("Team"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    });
}

#[test]
fn what_was_read_survives_a_snapshot() {
    let observed = observed(SHUT, Some(permissions(&[])));
    let text = serde_json::to_string(&observed).unwrap();
    let back: Observed = serde_json::from_str(&text).unwrap();
    assert_eq!(back, observed);
}
