//! What the doors hold for an address, and which portals show themselves, asked over HTTP.

use super::http::Wire;
use super::memory::{
    BOTH, DOMAINS, KINDS, Point, RULES, SOURCE, STATES, is_undocumented, key, project,
};
use portcullis::access::{
    self, Account, Actor, Answer, Channel, DomainClass, ListId, Outcome, PeopleBuilder, Person,
    PersonId, Role, State, Status, Trail, Visitor, outcome, portal,
};
use portcullis::emulator::{AccountState, NewAccount, Site};
use portcullis::model::{AccountKind, Email, OrganizationName, ProjectKey};
use serde_json::Value;

/// The key of the restricted project; that of `memory` is open here.
pub(crate) fn restricted() -> ProjectKey {
    ProjectKey::new("Y").unwrap()
}

/// The projects of every state here: an open one and a restricted one.
pub(crate) fn both_projects(linked: bool) -> Vec<access::Project> {
    let shut = access::Project {
        key: restricted(),
        ..project(false, linked)
    };
    vec![project(true, linked), shut]
}

/// A point with both projects, as site and as state. The organization `Globex` is there too, and is nothing's.
pub(crate) fn stage<'a>(point: &Point, domain: &str) -> (Site, State<'a>) {
    let mut site = point.site(domain);
    site.add_project(&restricted(), "Y");
    site.add_organization(&OrganizationName::new("Globex").unwrap());
    let mut state = point.state(domain);
    state.projects = both_projects(false);
    (site, state)
}

/// The doors that the sandbox has, with their names in a visit; a channel that the engine knows and the sandbox does not is no
/// part of the comparison.
pub(crate) const CHANNELS: [(Channel, &str); 6] = [
    (Channel::SignUp, "signUp"),
    (Channel::PortalForm, "portalForm"),
    (Channel::Email, "email"),
    (Channel::AgentInvite, "agentInvite"),
    (Channel::OrganizationAdd, "organizationAdd"),
    (Channel::RestCreate, "restCreate"),
];

/// What a visit says of a door: of the door itself, of that of a project, or of that of the organization `Globex`.
pub(crate) fn at_door<'v>(visit: &'v Value, channel: Channel, project: &ProjectKey) -> &'v Value {
    let (_, name) = CHANNELS
        .iter()
        .find(|(known, _)| *known == channel)
        .unwrap();
    let found = &visit["doors"][*name];
    match (channel, found["outcome"].is_string()) {
        (_, true) => found,
        (Channel::OrganizationAdd, _) => &found["1"],
        _ => &found[project.as_str()],
    }
}

/// Calls a test for every combination of settings that concern new addresses.
pub(crate) fn settings(mut test: impl FnMut(Point)) {
    for number in 0..32_u32 {
        let [internal, external, restricted_domains, create, no_login] =
            std::array::from_fn(|bit| number >> bit & 1 == 1);
        for approved in RULES {
            for any_domain in RULES {
                for listed in BOTH {
                    test(Point {
                        internal,
                        external,
                        restricted_domains,
                        create,
                        no_login,
                        open: true,
                        approved,
                        listed,
                        any_domain,
                    });
                }
            }
        }
    }
}

#[test]
fn a_new_address_finds_the_same_at_every_door_over_http() {
    let mut wire = Wire::open();
    let mut differences = Vec::new();
    let mut compared = 0_u32;
    settings(|point| {
        for domain in DOMAINS {
            let (site, state) = stage(&point, domain);
            wire.set(site);
            let visit = wire.visit(&format!("new@{domain}"));
            assert_eq!(visit["accounts"], serde_json::json!([]));
            let class = DomainClass::of(&state, domain);
            for project in &state.projects {
                for (channel, _) in CHANNELS {
                    let engine = access::accounts::new_address(
                        &state,
                        &class,
                        channel,
                        Some(project),
                        &mut Trail::silent(),
                    );
                    let found = at_door(&visit, channel, &project.key);
                    let sandbox = found["outcome"].as_str().unwrap();
                    let undocumented = is_undocumented(&point, domain);
                    let agree = match engine {
                        Outcome::Uncertain => undocumented,
                        Outcome::Rejected => sandbox == "rejected",
                        other => other.word() == sandbox && !undocumented,
                    };
                    let made = matches!(sandbox, "atlassian" | "portal_only");
                    if !agree || found["accepted"] != made {
                        differences.push(format!(
                            "{channel:?} of {domain} at {}: engine {engine:?}, sandbox {found}, {point:?}",
                            project.key
                        ));
                    }
                    compared += 1;
                }
            }
        }
    });
    none(&differences, compared);
    assert_eq!(compared, 32 * 36 * 2 * 2 * 2 * 6);
    assert_eq!(wire.asked, 32 * 36 * 2 * 2);
}

pub(crate) fn none(differences: &[String], compared: u32) {
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{}",
        differences.len(),
        differences[..differences.len().min(10)].join("\n")
    );
}

/// One account of an address: kind, role in the sandbox, role in the engine, state in the sandbox, status in the engine.
type Holder = (
    AccountKind,
    portcullis::emulator::Role,
    Role,
    AccountState,
    Status,
);

/// Every account, alone, and every pair of a portal-only and an Atlassian one (R1a, R1c).
fn holders() -> Vec<Vec<Holder>> {
    let mut single = Vec::new();
    for (kind, role, engine_role) in KINDS {
        for (state, status) in STATES {
            single.push((kind, role, engine_role, state, status));
        }
    }
    let (portal_only, atlassian): (Vec<Holder>, Vec<Holder>) = single
        .iter()
        .partition(|holder| holder.0 == AccountKind::PortalOnly);
    let mut all: Vec<Vec<Holder>> = single.into_iter().map(|holder| vec![holder]).collect();
    for one in &portal_only {
        for other in &atlassian {
            all.push(vec![*one, *other]);
        }
    }
    all
}

/// Whether the accounts stand on the lists: the rosters of both projects, the organization, and whether that is linked to both.
#[derive(Debug, Clone, Copy)]
struct Lists {
    rosters: bool,
    member: bool,
    linked: bool,
}

/// Puts the accounts of one address on the lists, on both sides.
fn people<'a>(
    site: &mut Site,
    email: &'a Email,
    accounts: &[Holder],
    lists: Lists,
) -> PeopleBuilder<'a> {
    let globex = site.organization_named("Globex").unwrap().id();
    let mut people = PeopleBuilder::default();
    for (kind, role, engine_role, account_state, status) in accounts {
        let base = match kind {
            AccountKind::PortalOnly => NewAccount::portal_only(*email),
            AccountKind::Atlassian => NewAccount::atlassian(*email, *role),
        };
        let id = site.add_account(NewAccount {
            state: *account_state,
            ..base
        });
        let person = people.add(Person {
            email: Some(email),
            account_id: None,
            name: "",
            account: Account {
                kind: Some(*kind),
                status: *status,
                role: *engine_role,
                twin: accounts.len() > 1,
                confluence: None,
            },
        });
        if lists.member {
            site.add_members(&globex, std::slice::from_ref(&id))
                .unwrap();
            people.join(person, ListId::Organization(0), SOURCE);
        }
        for (at, key) in (0_u32..).zip([key(), restricted()]) {
            site.set_organization_link(&key, &globex, lists.linked)
                .unwrap();
            if lists.rosters {
                site.add_customers(&key, std::slice::from_ref(&id)).unwrap();
                people.join(person, ListId::Roster(at), SOURCE);
            }
        }
    }
    people
}

/// What decides over a portal, and what the sandbox says of it.
struct Portal {
    open: bool,
    /// The accounts are on its roster, or in an organization that is linked to it.
    listed: bool,
    /// Anybody sees it without login.
    public: bool,
    shown: bool,
}

/// Says whether the engine may leave open whether the accounts see a portal (R1a, Q4, row "agent or admin of X" of 4.2).
fn may_be_open(accounts: &[Holder], portal: &Portal) -> bool {
    let Portal {
        open,
        listed,
        public,
        shown,
    } = *portal;
    let usable = || {
        accounts
            .iter()
            .filter(|holder| holder.4 != Status::Disabled)
    };
    let twins = accounts.len() > 1 && shown;
    let staff = usable().any(|holder| holder.2 == Role::Staff) && !open && !listed;
    let roleless = usable().any(|holder| holder.2 == Role::None) && (open || listed) && !public;
    twins || staff || roleless
}

#[test]
fn an_account_finds_the_same_portals_and_doors_over_http() {
    let mut wire = Wire::open();
    let email = Email::new("ana@globex.example").unwrap();
    let mut differences = Vec::new();
    let mut compared = 0_u32;
    let holders = holders();
    for number in 0..32_u32 {
        let [create, no_login, rosters, member, linked] =
            std::array::from_fn(|bit| number >> bit & 1 == 1);
        let lists = Lists {
            rosters,
            member,
            linked,
        };
        let point = Point {
            internal: false,
            // P3: what may not be made any more stays as it is.
            external: no_login,
            restricted_domains: true,
            create,
            no_login,
            open: true,
            approved: None,
            listed: true,
            any_domain: None,
        };
        for accounts in &holders {
            let (mut site, mut state) = stage(&point, "globex.example");
            let people = people(&mut site, &email, accounts, lists);
            state.people = people.build();
            state.projects = both_projects(linked);
            wire.set(site);
            let visit = wire.visit("ana@globex.example");
            assert_eq!(visit["accounts"].as_array().unwrap().len(), accounts.len());
            let actors = (0_u32..)
                .take(accounts.len())
                .map(|at| Actor::person(&state, PersonId(at)))
                .collect();
            let visitor = Visitor::Existing(actors);
            for (at, project) in state.projects.iter().enumerate() {
                let open = at == 0;
                let reach = portal::reach(&state, at, &visitor, &mut Trail::silent());
                let sandbox = visit["portals"][at]["view"].as_bool().unwrap();
                let listed = rosters || (member && linked);
                let public = open && create && no_login;
                let portal = Portal {
                    open,
                    listed,
                    public,
                    shown: sandbox,
                };
                let uncertain = may_be_open(accounts, &portal);
                let agree = match reach.view {
                    Answer::Uncertain => uncertain,
                    answer => answer == sandbox.into(),
                };
                let place = format!("{accounts:?} {lists:?} at {}, {point:?}", project.key);
                if !agree {
                    differences.push(format!(
                        "view: engine {reach:?}, sandbox {sandbox}: {place}"
                    ));
                }
                compared += 1;
                for (channel, _) in CHANNELS {
                    let engine = outcome(&state, &visitor, channel, Some(at), &mut Trail::silent());
                    let found = at_door(&visit, channel, &project.key);
                    let mut agree = engine.word() == found["outcome"];
                    // V3: mail of an account is taken where the account may use the portal.
                    if channel == Channel::Email && engine == Outcome::Existing {
                        agree &= match reach.send {
                            Answer::Uncertain => uncertain || public,
                            answer => found["accepted"] == (answer == Answer::Yes),
                        };
                    }
                    if !agree {
                        differences.push(format!(
                            "{channel:?}: engine {engine:?}, {reach:?}, sandbox {found}: {place}"
                        ));
                    }
                    compared += 1;
                }
            }
        }
        let (site, state) = stage(&point, "globex.example");
        wire.set(site);
        let visit = wire.visit("");
        for at in 0..2 {
            let reach = portal::reach(&state, at, &Visitor::Anonymous, &mut Trail::silent());
            assert_eq!(
                reach.view,
                visit["portals"][at]["view"].as_bool().unwrap().into()
            );
            compared += 1;
        }
    }
    none(&differences, compared);
    assert_eq!(compared, 32 * ((16 + 4 * 12) * 2 * 7 + 2));
}
