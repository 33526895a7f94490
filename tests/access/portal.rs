//! Section 4: who sees a portal and may send requests.

use crate::support::{PROJECTS, Settings, account, cites, email, reach, rules, with_state};
use portcullis::access::{
    Account, Actor, Answer, ListId, Reach, Role, Scheme, State, Status, Visitor,
};
use portcullis::model::AccountKind;

const YES: Reach = Reach::both(Answer::Yes);
const NO: Reach = Reach::NONE;
const UNCERTAIN: Reach = Reach::both(Answer::Uncertain);

/// The three columns "open": C=deny; C=allow and N off; C=allow and N on.
const OPEN_COLUMNS: [(bool, bool); 3] = [(false, false), (true, false), (true, true)];

fn site(create: bool, no_login: bool) -> String {
    let settings = Settings {
        create: Some(create),
        no_login: Some(no_login),
        ..Settings::types(true, true, "any")
    };
    settings.yaml(PROJECTS)
}

/// Asserts one row of 4.2: restricted and not listed, then the three open columns.
#[track_caller]
fn v_row(visitor: impl Fn(&State<'_>) -> Visitor<'static>, shut: [Reach; 3], open: [Reach; 3]) {
    for (at, (create, no_login)) in OPEN_COLUMNS.into_iter().enumerate() {
        with_state(&site(create, no_login), |state| {
            let visitor = visitor(state);
            let (got, because) = reach(state, &visitor, "SHUT");
            assert_eq!(
                got, shut[at],
                "restricted, C={create} N={no_login}: {because:#?}"
            );
            let (got, because) = reach(state, &visitor, "OPEN");
            assert_eq!(got, open[at], "open, C={create} N={no_login}: {because:#?}");
            assert!(!because.is_empty());
        });
    }
}

#[test]
fn v_anonymous() {
    v_row(|_| Visitor::Anonymous, [NO; 3], [NO, NO, YES]);
}

#[test]
fn v_portal_only_active() {
    v_row(
        |_| account(AccountKind::PortalOnly, Status::Active, Role::Customer),
        [NO; 3],
        [YES; 3],
    );
}

#[test]
fn v_atlassian_with_the_role_customer() {
    v_row(
        |_| account(AccountKind::Atlassian, Status::Active, Role::Customer),
        [NO; 3],
        [YES; 3],
    );
}

#[test]
fn v_atlassian_without_a_role() {
    v_row(
        |_| account(AccountKind::Atlassian, Status::Active, Role::None),
        [NO; 3],
        [NO, UNCERTAIN, YES],
    );
}

#[test]
fn v_atlassian_whose_role_was_not_read() {
    // On no list, so that a restricted project is closed whatever the role is.
    v_row(
        |_| account(AccountKind::Atlassian, Status::Active, Role::Unknown),
        [NO; 3],
        [UNCERTAIN, UNCERTAIN, YES],
    );
}

#[test]
fn v_an_account_that_may_not_be_there_sees_what_anybody_sees() {
    v_row(
        |_| account(AccountKind::PortalOnly, Status::Perhaps, Role::Customer),
        [NO; 3],
        [UNCERTAIN, UNCERTAIN, YES],
    );
}

#[test]
fn v_revoked_or_suspended() {
    for kind in [AccountKind::PortalOnly, AccountKind::Atlassian] {
        v_row(
            |_| account(kind, Status::Disabled, Role::Customer),
            [NO; 3],
            [NO, NO, YES],
        );
    }
}

#[test]
fn v_agents() {
    // Which projects an agent serves is not read.
    v_row(
        |_| account(AccountKind::Atlassian, Status::Active, Role::Staff),
        [UNCERTAIN; 3],
        [YES; 3],
    );
}

#[test]
fn v_listed_people_reach_a_restricted_project() {
    for (create, no_login) in OPEN_COLUMNS {
        with_state(&site(create, no_login), |state| {
            for (address, text) in [
                ("cy@x.example", "on the list of customers of SHUT"),
                ("ina@approved.example", "on the list of customers of SHUT"),
                ("ana@globex.example", "a member of `Globex`"),
            ] {
                let visitor = Visitor::address(state, &email(address));
                let (got, because) = reach(state, &visitor, "SHUT");
                assert_eq!(got, YES);
                cites(&because, "V1", text);
                let first = because.iter().find(|step| step.rule.0 == "V1").unwrap();
                assert!(first.source.unwrap().span().is_some());
            }
        });
    }
}

/// The column "restricted, on roster or in a linked organization" for accounts that no workspace can write.
#[track_caller]
fn listed_row(account: portcullis::access::Account, wanted: [Reach; 3]) {
    for ((create, no_login), wanted) in OPEN_COLUMNS.into_iter().zip(wanted) {
        with_state(&site(create, no_login), |state| {
            let at = u32::try_from(state.project("SHUT").unwrap()).unwrap();
            for list in [ListId::Organization(0), ListId::Roster(at)] {
                let lists = [list];
                let visitor = Visitor::Existing(vec![Actor {
                    account,
                    lists: &lists,
                    ..Actor::customer()
                }]);
                let (got, because) = reach(state, &visitor, "SHUT");
                assert_eq!(got, wanted, "{list:?}: {because:#?}");
            }
        });
    }
}

#[test]
fn v_listed_without_a_role_reaches_nothing_and_with_an_unread_one_perhaps() {
    for (role, wanted) in [(Role::None, Reach::NONE), (Role::Unknown, UNCERTAIN)] {
        let account = Account {
            role,
            ..Account::customer(AccountKind::Atlassian)
        };
        listed_row(account, [wanted; 3]);
    }
}

#[test]
fn v_listed_but_revoked_or_suspended_reaches_nothing() {
    for kind in [AccountKind::PortalOnly, AccountKind::Atlassian] {
        let account = Account {
            status: Status::Disabled,
            ..Account::customer(kind)
        };
        listed_row(account, [NO; 3]);
    }
}

#[test]
fn v_listed_agents_reach_it() {
    let account = Account {
        role: Role::Staff,
        ..Account::customer(AccountKind::Atlassian)
    };
    listed_row(account, [YES; 3]);
}

#[test]
fn v1_restricted_is_roster_and_linked_organizations_and_nobody_else() {
    with_state(&site(true, true), |state| {
        for address in ["oz@other.example", "stranger@gmail.com"] {
            let visitor = Visitor::address(state, &email(address));
            let (got, because) = reach(state, &visitor, "SHUT");
            assert_eq!(got, NO);
            cites(&because, "V1", "SHUT is restricted");
        }
        for visitor in [
            Visitor::Anonymous,
            Visitor::anyone(state),
            Visitor::AnyCustomer,
        ] {
            assert_eq!(reach(state, &visitor, "SHUT").0, NO);
        }
    });
}

#[test]
fn v2_every_customer_reaches_every_open_project() {
    with_state(&site(false, false), |state| {
        for address in ["cy@x.example", "oz@other.example", "ina@approved.example"] {
            let visitor = Visitor::address(state, &email(address));
            let (got, because) = reach(state, &visitor, "OPEN");
            assert_eq!(got, YES);
            cites(&because, "V2", "OPEN is open");
        }
        let (got, because) = reach(state, &Visitor::AnyCustomer, "OPEN");
        assert_eq!(got, YES);
        assert!(rules(&because).contains(&"Q26"));
    });
}

#[test]
fn v3_existing_customers_outside_a_restricted_project_are_refused_by_mail() {
    with_state(&site(true, true), |state| {
        let mail = portcullis::access::Channel::Email;
        let (got, because) = crate::support::channel(state, "oz@other.example", mail, Some("SHUT"));
        assert_eq!(got, portcullis::access::Outcome::Existing);
        cites(
            &because,
            "V3",
            "no permission to access this service project",
        );
        let (_, because) = crate::support::channel(state, "cy@x.example", mail, Some("SHUT"));
        assert!(!rules(&because).contains(&"V3"));
    });
}

#[test]
fn v7_a_leaking_scheme_shows_a_restricted_portal() {
    let workspace = crate::support::workspace(&site(true, true));
    let key = portcullis::model::SiteKey::new("acme").unwrap();
    let desired =
        portcullis::desired::Desired::new(&workspace, &key, crate::support::today()).unwrap();
    let mut state = State::desired(&desired);
    state.projects[1].scheme.leaks = true;
    let (got, because) = reach(&state, &Visitor::AnyCustomer, "SHUT");
    assert_eq!(
        got,
        Reach {
            view: Answer::Yes,
            send: Answer::Uncertain
        }
    );
    cites(&because, "V7", "permission scheme of SHUT");
    assert_eq!(reach(&state, &Visitor::Anonymous, "SHUT").0, NO);
}

#[test]
fn v8a_and_v8b_broken_schemes() {
    use portcullis::access::{Channel, Outcome};
    let workspace = crate::support::workspace(&site(true, true));
    let key = portcullis::model::SiteKey::new("acme").unwrap();
    let desired =
        portcullis::desired::Desired::new(&workspace, &key, crate::support::today()).unwrap();
    let mut state = State::desired(&desired);
    state.projects[0].scheme = Scheme {
        lacks_portal_access: true,
        ..Scheme::default()
    };
    for by in [Channel::Email, Channel::AgentInvite] {
        let (got, because) = crate::support::channel(&state, "new@x.example", by, Some("OPEN"));
        assert_eq!(got, Outcome::Rejected);
        assert!(rules(&because).contains(&"V8a"), "{because:#?}");
    }
    state.projects[0].scheme = Scheme {
        granted_to_customers_role: true,
        ..Scheme::default()
    };
    let (got, because) = reach(&state, &Visitor::AnyCustomer, "OPEN");
    assert_eq!(got, NO);
    cites(&because, "V8b", "acts restricted");
    assert_eq!(reach(&state, &Visitor::Anonymous, "OPEN").0, NO);
}

#[test]
fn v10_members_come_through_the_link_with_both_places() {
    with_state(&site(false, false), |state| {
        let visitor = Visitor::address(state, &email("ana@globex.example"));
        let (_, because) = reach(state, &visitor, "SHUT");
        let link = because.iter().find(|step| step.rule.0 == "V10").unwrap();
        assert!(link.text.to_string().contains("`Globex` is linked to SHUT"));
        assert!(link.source.unwrap().span().is_some());
    });
}

/// Asserts 4.1 for an open project: anyone, an approved domain, a listed domain.
#[track_caller]
fn open_means(settings: Settings, wanted: [Reach; 3]) {
    let settings = Settings {
        no_login: Some(false),
        ..settings
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        let visitors = [
            Visitor::anyone(state),
            Visitor::new_address(state, "approved.example"),
            Visitor::new_address(state, "listed.example"),
        ];
        for (visitor, wanted) in visitors.iter().zip(wanted) {
            let (got, because) = reach(state, visitor, "OPEN");
            assert_eq!(got, wanted, "{because:#?}");
        }
        assert_eq!(reach(state, &Visitor::AnyCustomer, "OPEN").0, YES);
    });
}

#[test]
fn v_4_1_without_creation_open_means_existing_accounts() {
    let deny = Settings {
        create: Some(false),
        ..Settings::types(true, true, "any")
    };
    open_means(deny, [NO, NO, NO]);
}

#[test]
fn v_4_1_internal_only_adds_approved_domains() {
    open_means(Settings::types(true, false, "any"), [NO, YES, NO]);
}

#[test]
fn v_4_1_external_any_adds_anyone_on_the_web() {
    open_means(Settings::types(false, true, "any"), [YES, YES, YES]);
}

#[test]
fn v_4_1_external_listed_adds_the_listed_domains() {
    open_means(
        Settings::types(false, true, "[listed.example]"),
        [NO, NO, YES],
    );
}

#[test]
fn v_4_1_both_add_the_union() {
    open_means(
        Settings::types(true, true, "[listed.example]"),
        [NO, YES, YES],
    );
}

#[test]
fn v_4_1_without_login_adds_anonymous_viewing_and_sending() {
    for (no_login, wanted) in [(false, NO), (true, YES)] {
        let settings = Settings {
            no_login: Some(no_login),
            ..Settings::types(false, true, "[listed.example]")
        };
        with_state(&settings.yaml(PROJECTS), |state| {
            assert_eq!(reach(state, &Visitor::Anonymous, "OPEN").0, wanted);
        });
    }
}

#[test]
fn q15_anonymous_requests_need_an_address_that_gets_an_account() {
    let nobody = Settings::types(false, false, "any");
    with_state(&nobody.yaml(PROJECTS), |state| {
        let (got, because) = reach(state, &Visitor::Anonymous, "OPEN");
        assert_eq!(
            got,
            Reach {
                view: Answer::Yes,
                send: Answer::No
            }
        );
        cites(&because, "Q15", "viewing stays possible");
    });
}

#[test]
fn q16_an_atlassian_customer_outside_a_restricted_project_is_noted() {
    with_state(&site(false, false), |state| {
        let visitor = account(AccountKind::Atlassian, Status::Active, Role::Customer);
        let (got, because) = reach(state, &visitor, "SHUT");
        assert_eq!(got, NO);
        assert!(rules(&because).contains(&"Q16"));
    });
}

#[test]
fn an_unknown_project_access_decides_only_for_listed_people() {
    let below = "
    organizations:
      Globex: { members: { mode: exact, list: [ana@globex.example] } }
    projects:
      DARK: { organizations: { mode: exact, list: [Globex] } }
";
    with_state(&Settings::types(true, true, "any").yaml(below), |state| {
        let ana = Visitor::address(state, &email("ana@globex.example"));
        assert_eq!(reach(state, &ana, "DARK").0, YES);
        let (got, because) = reach(state, &Visitor::AnyCustomer, "DARK");
        assert_eq!(got, UNCERTAIN);
        cites(&because, "V1", "the workspace does not manage it");
    });
}

#[test]
fn a_list_that_is_only_added_to_says_that_others_may_be_on_it() {
    let below = "
    projects:
      SHUT: { channel_access: restricted, customers: { list: [cy@x.example] } }
";
    with_state(&Settings::types(true, true, "any").yaml(below), |state| {
        let (got, because) = reach(state, &Visitor::AnyCustomer, "SHUT");
        assert_eq!(got, NO);
        cites(
            &because,
            "V1",
            "the list of customers of SHUT is `add_only`",
        );
        cites(
            &because,
            "V1",
            "the list of organizations of SHUT is not managed",
        );
    });
}
