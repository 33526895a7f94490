//! Who reads the articles of a space (K1 to K11), asked over HTTP: every audience under every setting, for every kind of visitor.

use super::http::Wire;
use super::looking::{both_projects, none, restricted, stage};
use super::memory::{BOTH, Point, SOURCE, key};
use portcullis::access::{
    self, Account, Actor, Answer, Fact, ListId, PeopleBuilder, Person, PersonId, Role, Status,
    Trail, Visitor, articles,
};
use portcullis::config::ConfluencePlan;
use portcullis::emulator::{self, AccountState, NewAccount};
use portcullis::model::{AccountId, AccountKind, Email, SpaceKey, WhoCanView};

/// One space for each audience and each state of Confluence's two switches.
fn spaces() -> Vec<(SpaceKey, WhoCanView, bool, bool)> {
    let mut all = Vec::new();
    for (word, who) in WhoCanView::WORDS {
        for anonymous in BOTH {
            for unlicensed in BOTH {
                let letter = |on| if on { "1" } else { "0" };
                let name = format!(
                    "{}{}{}",
                    word.replace('_', "").to_uppercase(),
                    letter(anonymous),
                    letter(unlicensed)
                );
                all.push((SpaceKey::new(&name).unwrap(), *who, anonymous, unlicensed));
            }
        }
    }
    all
}

/// The visitors with an account: name, kind, roles, whether in use, whether on the roster of both projects.
const PEOPLE: [(&str, AccountKind, emulator::Role, Role, bool, bool); 9] = {
    use AccountKind::{Atlassian, PortalOnly};
    use emulator::Role as R;
    [
        ("po-on", PortalOnly, R::None, Role::Customer, true, true),
        ("po-off", PortalOnly, R::None, Role::Customer, true, false),
        ("po-gone", PortalOnly, R::None, Role::Customer, false, true),
        ("at-on", Atlassian, R::Customer, Role::Customer, true, true),
        (
            "at-off",
            Atlassian,
            R::Customer,
            Role::Customer,
            true,
            false,
        ),
        ("no-on", Atlassian, R::None, Role::None, true, true),
        ("no-off", Atlassian, R::None, Role::None, true, false),
        ("staff", Atlassian, R::User, Role::Staff, true, false),
        ("staff-gone", Atlassian, R::User, Role::Staff, false, false),
    ]
};

#[test]
fn the_same_people_read_the_same_articles_over_http() {
    let mut wire = Wire::open();
    let spaces = spaces();
    let addresses: Vec<Email> = PEOPLE
        .iter()
        .map(|person| Email::new(&format!("{}@globex.example", person.0)).unwrap())
        .collect();
    let mut differences = Vec::new();
    let mut compared = 0_u32;
    for number in 0..32_u32 {
        let [kb_anyone, kb_all, paid, create, no_login] =
            std::array::from_fn(|bit| number >> bit & 1 == 1);
        let point = Point {
            internal: false,
            external: false,
            restricted_domains: false,
            create,
            no_login,
            open: true,
            approved: None,
            listed: false,
            any_domain: None,
        };
        let (mut site, mut state) = stage(&point, "globex.example");
        let known = |on| Fact::Known(on, SOURCE);
        site.settings.kb_allow_anyone = kb_anyone;
        site.settings.kb_allow_all_logged_in = kb_all;
        site.confluence_plan = match paid {
            true => emulator::ConfluencePlan::Standard,
            false => emulator::ConfluencePlan::Free,
        };
        state.site.kb_anyone = known(kb_anyone);
        state.site.kb_all_logged_in = known(kb_all);
        state.site.confluence_plan = Fact::Known(
            match paid {
                true => ConfluencePlan::Standard,
                false => ConfluencePlan::Free,
            },
            SOURCE,
        );
        state.projects = both_projects(false);
        for (space, who, anonymous, unlicensed) in &spaces {
            site.add_space(space, space.as_str());
            for project in [key(), restricted()] {
                site.link_space(&project, space, *who).unwrap();
            }
            let switches = site.space_mut(space).unwrap();
            switches.anonymous_access = *anonymous;
            switches.unlicensed_access = *unlicensed;
            for project in &mut state.projects {
                project
                    .spaces
                    .insert(space.clone(), Fact::Known(*who, SOURCE));
            }
            let facts = access::SpaceFacts {
                anonymous_access: known(*anonymous),
                unlicensed_access: known(*unlicensed),
            };
            state.spaces.insert(space.clone(), facts);
        }
        let mut people = PeopleBuilder::default();
        for ((_, kind, role, engine_role, active, on_roster), email) in
            PEOPLE.iter().zip(&addresses)
        {
            let base = match kind {
                AccountKind::PortalOnly => NewAccount::portal_only(*email),
                AccountKind::Atlassian => NewAccount::atlassian(*email, *role),
            };
            let id: AccountId = site.add_account(NewAccount {
                state: match (active, kind) {
                    (true, _) => AccountState::Active,
                    (false, AccountKind::PortalOnly) => AccountState::Revoked,
                    (false, AccountKind::Atlassian) => AccountState::Deactivated,
                },
                ..base
            });
            let person = people.add(Person {
                email: Some(email),
                account_id: None,
                name: "",
                account: Account {
                    kind: Some(*kind),
                    status: if *active {
                        Status::Active
                    } else {
                        Status::Disabled
                    },
                    role: *engine_role,
                    twin: false,
                    confluence: None,
                },
            });
            if *on_roster {
                for (at, project) in (0_u32..).zip([key(), restricted()]) {
                    site.add_customers(&project, std::slice::from_ref(&id))
                        .unwrap();
                    people.join(person, ListId::Roster(at), SOURCE);
                }
            }
        }
        state.people = people.build();
        wire.set(site);
        for visitor_at in 0..=PEOPLE.len() {
            let person = visitor_at
                .checked_sub(1)
                .map(|at| (PEOPLE[at], &addresses[at]));
            let address = person.map_or("", |(_, email)| email.written());
            let visit = wire.visit(address);
            let visitor = match person {
                None => Visitor::Anonymous,
                Some(_) => {
                    let id = PersonId(u32::try_from(visitor_at - 1).unwrap());
                    Visitor::Existing(vec![Actor::person(&state, id)])
                }
            };
            for (at, project) in state.projects.iter().enumerate() {
                let sees = visit["portals"][at]["view"].as_bool().unwrap();
                for (space, who, ..) in &spaces {
                    let engine = articles::read(&state, at, space, &visitor, &mut Trail::silent());
                    let sandbox = visit["portals"][at]["articles"][space.as_str()]
                        .as_bool()
                        .unwrap();
                    let usable = person.filter(|(person, _)| person.4);
                    let agree = match (engine, usable) {
                        // Q17, Q19, Q4, and licences of Atlassian accounts.
                        (Answer::Uncertain, Some((person, _))) => {
                            *who == WhoCanView::Anyone
                                || person.3 == Role::Staff
                                || person.1 == AccountKind::Atlassian
                                || (*who == WhoCanView::AllLoggedIn
                                    && kb_all
                                    && (!sees || person.3 == Role::None))
                        }
                        (Answer::Uncertain, None) => false,
                        (answer, _) => answer == sandbox.into(),
                    };
                    if !agree {
                        differences.push(format!(
                            "{space} of {} for `{address}`: engine {engine:?}, sandbox {sandbox}, KB anyone {kb_anyone}, all {kb_all}, paid {paid}, {point:?}",
                            project.key
                        ));
                    }
                    compared += 1;
                }
            }
        }
    }
    none(&differences, compared);
    assert_eq!(compared, 32 * 10 * 2 * 12);
    assert_eq!(wire.asked, 32 * 10);
}
