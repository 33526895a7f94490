//! Section 3: account type and outcome.

use crate::support::{
    PROJECTS, Settings, account, channel, cites, email, reach, rules, with_state,
};
use Outcome::{Atlassian, Existing, PendingApproval, PortalOnly, Rejected, Uncertain};
use portcullis::access::{
    Account, Actor, Answer, Channel, Outcome, Reach, Role, State, Status, Trail, Visitor, accounts,
    outcome,
};
use portcullis::model::AccountKind;

const STAFF: [Channel; 3] = [
    Channel::AgentInvite,
    Channel::OrganizationAdd,
    Channel::RestCreate,
];
const SELF_SERVICE: [Channel; 3] = [Channel::SignUp, Channel::PortalForm, Channel::Email];
const LISTED: &str = "[listed.example, both.example]";
/// Columns P, B, X and O of R3.
const COLUMNS: [&str; 4] = [
    "new@approved.example",
    "new@both.example",
    "new@listed.example",
    "new@other.example",
];

/// Asserts one row of R3 over every channel, whoever acts.
#[track_caller]
fn r3_row(settings: Settings, wanted: [Outcome; 4]) {
    with_state(&settings.yaml(PROJECTS), |state| {
        for (address, wanted) in COLUMNS.into_iter().zip(wanted) {
            for by in Channel::ALL {
                let (got, because) = channel(state, address, by, Some("OPEN"));
                assert_eq!(got, wanted, "{address} by {}: {because:#?}", by.word());
                assert!(!because.is_empty());
            }
        }
    });
}

#[test]
fn r3_internal_off_external_off() {
    r3_row(Settings::types(false, false, "any"), [Rejected; 4]);
}

#[test]
fn r3_internal_off_external_any() {
    r3_row(Settings::types(false, true, "any"), [PortalOnly; 4]);
}

#[test]
fn r3_internal_off_external_listed() {
    r3_row(
        Settings::types(false, true, LISTED),
        [Rejected, PortalOnly, PortalOnly, Rejected],
    );
}

#[test]
fn r3_internal_on_external_off() {
    r3_row(
        Settings::types(true, false, "any"),
        [Atlassian, Atlassian, Rejected, Rejected],
    );
    let any = Settings {
        any_domain: Some(("customer", false)),
        ..Settings::types(true, false, "any")
    };
    r3_row(any, [Atlassian; 4]);
}

#[test]
fn r3_internal_on_external_any() {
    r3_row(
        Settings::types(true, true, "any"),
        [Atlassian, Atlassian, PortalOnly, PortalOnly],
    );
    let any = Settings {
        any_domain: Some(("customer", false)),
        ..Settings::types(true, true, "any")
    };
    r3_row(any, [Atlassian; 4]);
}

#[test]
fn r3_internal_on_external_listed() {
    r3_row(
        Settings::types(true, true, LISTED),
        [Atlassian, Atlassian, PortalOnly, Rejected],
    );
    let any = Settings {
        any_domain: Some(("customer", false)),
        ..Settings::types(true, true, LISTED)
    };
    r3_row(any, [Atlassian; 4]);
    with_state(&any.yaml(PROJECTS), |state| {
        let (_, because) = channel(state, "new@listed.example", Channel::SignUp, None);
        cites(&because, "Q5", "beats the list of allowed domains");
        let (_, because) = channel(state, "new@other.example", Channel::SignUp, None);
        assert!(!rules(&because).contains(&"Q5"));
    });
}

#[test]
fn r3_1_internal_beats_external_on_both_lists() {
    with_state(&Settings::types(true, true, LISTED).yaml(""), |state| {
        let (got, because) = channel(state, "new@both.example", Channel::SignUp, None);
        assert_eq!(got, Atlassian);
        cites(&because, "R3.1", "beats the external rules");
        let step = because.iter().find(|step| step.rule.0 == "R3.1").unwrap();
        assert_eq!(step.source.unwrap().span().unwrap().line, 7);
    });
}

#[test]
fn r3_2_with_internal_off_approved_domains_have_no_bearing() {
    with_state(&Settings::types(false, true, "any").yaml(""), |state| {
        let (got, because) = channel(state, "new@approved.example", Channel::SignUp, None);
        assert_eq!(got, PortalOnly);
        cites(&because, "R3.2", "no bearing");
    });
}

#[test]
fn r3_3_the_table_stops_agents_too() {
    with_state(&Settings::types(false, true, LISTED).yaml(""), |state| {
        let (got, because) = channel(state, "new@other.example", Channel::AgentInvite, None);
        assert_eq!(got, Rejected);
        cites(&because, "R3", "stops agents too");
        cites(&because, "R3.4", "could not be added");
    });
}

#[test]
fn r3_4_a_rejected_mail_leaves_the_known_message() {
    with_state(
        &Settings::types(true, false, "any").yaml(PROJECTS),
        |state| {
            let (got, because) = channel(state, "new@other.example", Channel::Email, Some("OPEN"));
            assert_eq!(got, Rejected);
            cites(&because, "R3.4", "doesn't belong to domains allowed");
        },
    );
}

#[test]
fn r3_an_empty_list_lets_nobody_in() {
    let settings = Settings::types(false, true, "[], allow_empty: true");
    with_state(&settings.yaml(""), |state| {
        for address in COLUMNS {
            let (got, because) = channel(state, address, Channel::AgentInvite, None);
            assert_eq!(got, Rejected);
            cites(&because, "R3", "no domain is allowed");
        }
    });
}

#[test]
fn p2_subdomains_do_not_match() {
    with_state(&Settings::types(true, true, LISTED).yaml(""), |state| {
        for address in ["a@sub.approved.example", "a@sub.listed.example"] {
            assert_eq!(channel(state, address, Channel::SignUp, None).0, Rejected);
        }
        let (got, _) = channel(state, "A@LISTED.Example", Channel::SignUp, None);
        assert_eq!(got, PortalOnly, "P1: domains compare without case");
    });
}

/// Asserts one row of R4: staff, then self-service.
#[track_caller]
fn r4_row(role: &'static str, approval: bool, staff: Outcome, own: Outcome, rule: &str) {
    let settings = Settings {
        approved: Some((role, approval)),
        ..Settings::types(true, true, LISTED)
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        for (channels, wanted) in [(STAFF, staff), (SELF_SERVICE, own)] {
            for by in channels {
                let (got, because) = channel(state, COLUMNS[0], by, Some("OPEN"));
                assert_eq!(got, wanted, "{} {because:#?}", by.word());
                assert!(rules(&because).contains(&"R4") || rules(&because).contains(&rule));
            }
        }
    });
}

#[test]
fn r4_customer_without_approval() {
    r4_row("customer", false, Atlassian, Atlassian, "R4");
}

#[test]
fn r4_customer_with_approval() {
    r4_row("customer", true, Atlassian, PendingApproval, "Q3");
}

#[test]
fn r4_user_either_way() {
    r4_row("user", false, Atlassian, Atlassian, "Q3");
    r4_row("user", true, Atlassian, Atlassian, "Q3");
}

#[test]
fn r4_none_counts_as_not_approved() {
    r4_row("none", false, Rejected, Rejected, "R4");
    let settings = Settings {
        approved: Some(("none", false)),
        ..Settings::types(true, true, LISTED)
    };
    with_state(&settings.yaml(""), |state| {
        let (got, because) = channel(state, COLUMNS[1], Channel::SignUp, None);
        assert_eq!(got, PortalOnly, "column X takes over");
        cites(&because, "R4", "without a role in Jira Service Management");
    });
}

#[test]
fn q3_an_approval_makes_access_uncertain_and_a_role_user_waits_too() {
    for role in ["customer", "user"] {
        let settings = Settings {
            approved: Some((role, true)),
            no_login: Some(false),
            ..Settings::types(true, true, LISTED)
        };
        with_state(&settings.yaml(PROJECTS), |state| {
            let visitor = Visitor::address(state, &email(COLUMNS[0]));
            let (got, _) = reach(state, &visitor, "OPEN");
            assert_eq!(got, Reach::both(Answer::Uncertain));
            assert!(got.view.exposes() && !got.view.promises());
        });
    }
}

/// Asserts one row of R5 with external accounts for any domain: staff, then self-service.
#[track_caller]
fn r5_row(role: &'static str, approval: bool, staff: Outcome, own: Outcome, rule: &str) {
    let settings = Settings {
        any_domain: Some((role, approval)),
        ..Settings::types(true, true, "any")
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        for (channels, wanted) in [(STAFF, staff), (SELF_SERVICE, own)] {
            for by in channels {
                let (got, because) = channel(state, "new@other.example", by, Some("OPEN"));
                assert_eq!(got, wanted, "{} {because:#?}", by.word());
                assert!(rules(&because).contains(&rule), "{because:#?}");
            }
        }
        for by in Channel::ALL {
            let (got, because) = channel(state, "new@gmail.com", by, Some("OPEN"));
            assert_eq!(got, PortalOnly, "public mail is passed by");
            cites(&because, "R5", "`gmail.com`");
        }
    });
}

#[test]
fn r5_customer_without_approval_fires() {
    r5_row("customer", false, Atlassian, Atlassian, "R5");
}

#[test]
fn r5_customer_with_approval_is_undocumented() {
    r5_row("customer", true, Uncertain, Uncertain, "Q5");
}

#[test]
fn r5_user_with_approval_leaves_the_external_column() {
    r5_row("user", true, PortalOnly, PortalOnly, "R5");
}

#[test]
fn r5_user_without_approval_is_undocumented() {
    r5_row("user", false, Uncertain, Uncertain, "Q5");
}

#[test]
fn r5_none_does_not_fire() {
    r5_row("none", false, PortalOnly, PortalOnly, "R5");
}

#[test]
fn r5_needs_internal_on() {
    let settings = Settings {
        any_domain: Some(("customer", false)),
        ..Settings::types(false, false, "any")
    };
    r3_row(settings, [Rejected; 4]);
}

/// The gate of every channel: C=deny, then C=allow, on an open and on a restricted project, with N off and on.
#[track_caller]
fn gate_rows(by: Channel, wanted: [(bool, bool, &str, Outcome); 8]) {
    for (create, no_login, key, wanted) in wanted {
        let settings = Settings {
            create: Some(create),
            no_login: Some(no_login),
            ..Settings::types(false, true, "any")
        };
        with_state(&settings.yaml(PROJECTS), |state| {
            let (got, because) = channel(state, "new@other.example", by, Some(key));
            assert_eq!(got, wanted, "C={create} N={no_login} {key}: {because:#?}");
            assert_eq!(because[0].rule.0, "R2");
        });
    }
}

/// Every combination of C, N and the project; `pass` says which let an address through.
#[track_caller]
fn gate_table(by: Channel, pass: impl Fn(bool, bool, bool) -> bool) {
    let mut rows = [(false, false, "OPEN", Rejected); 8];
    let mut at = 0;
    for create in [false, true] {
        for no_login in [false, true] {
            for key in ["OPEN", "SHUT"] {
                let outcome = match pass(create, no_login, key == "OPEN") {
                    true => PortalOnly,
                    false => Rejected,
                };
                rows[at] = (create, no_login, key, outcome);
                at += 1;
            }
        }
    }
    gate_rows(by, rows);
}

#[test]
fn g1_sign_up_needs_account_creation_only() {
    gate_table(Channel::SignUp, |create, _, _| create);
}

#[test]
fn g2_the_form_needs_creation_no_login_and_an_open_project() {
    gate_table(Channel::PortalForm, |create, no_login, open| {
        create && no_login && open
    });
}

#[test]
fn g3_mail_needs_creation_and_an_open_project() {
    gate_table(Channel::Email, |create, _, open| create && open);
}

#[test]
fn g6_agents_pass_whatever_portal_access_says() {
    gate_table(Channel::AgentInvite, |_, _, _| true);
}

#[test]
fn g7_organizations_pass_whatever_portal_access_says() {
    gate_table(Channel::OrganizationAdd, |_, _, _| true);
}

#[test]
fn g8_rest_passes_and_says_that_its_table_is_assumed() {
    gate_table(Channel::RestCreate, |_, _, _| true);
    with_state(&Settings::types(false, true, "any").yaml(""), |state| {
        let (_, because) = channel(state, "new@other.example", Channel::RestCreate, None);
        cites(&because, "Q7", "assumed");
    });
}

#[test]
fn r1d_and_r1f_existing_people_stay_whatever_the_settings_say() {
    let closed = Settings {
        create: Some(false),
        ..Settings::types(false, false, "any")
    };
    with_state(&closed.yaml(PROJECTS), |state| {
        for (address, rule) in [("cy@x.example", "R1f"), ("ina@approved.example", "R1d")] {
            for by in Channel::ALL {
                let (got, because) = channel(state, address, by, Some("SHUT"));
                assert_eq!(got, Existing);
                assert!(rules(&because).contains(&rule), "{because:#?}");
                assert!(
                    !rules(&because).contains(&"R3"),
                    "P3: lists are not consulted"
                );
            }
        }
    });
}

fn judged(state: &State<'_>, visitor: &Visitor<'_>, by: Channel) -> (Outcome, Vec<&'static str>) {
    let mut trail = Trail::recording();
    let got = outcome(state, visitor, by, Some(0), &mut trail);
    (got, rules(&trail.into_steps()))
}

#[test]
fn r1b_and_r1g_disabled_accounts_are_denied() {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            for (kind, rule) in [
                (AccountKind::Atlassian, "R1b"),
                (AccountKind::PortalOnly, "R1g"),
            ] {
                let visitor = account(kind, Status::Disabled, Role::Customer);
                for by in Channel::ALL {
                    let (got, rules) = judged(state, &visitor, by);
                    assert_eq!(got, Outcome::Denied);
                    assert!(rules.contains(&rule));
                }
            }
        },
    );
}

#[test]
fn r1e_an_atlassian_account_without_a_role_is_not_for_agents_to_add() {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            let visitor = account(AccountKind::Atlassian, Status::Active, Role::None);
            let mut trail = Trail::recording();
            let got = outcome(state, &visitor, Channel::AgentInvite, None, &mut trail);
            assert_eq!(got, Existing);
            cites(&trail.into_steps(), "R1e", "agents cannot add it");
        },
    );
}

/// Both accounts on one address.
fn twins(role: Role) -> Visitor<'static> {
    let actor = |kind, role| Actor {
        account: Account {
            kind: Some(kind),
            status: Status::Active,
            role,
            twin: true,
        },
        ..Actor::customer()
    };
    Visitor::Existing(vec![
        actor(AccountKind::Atlassian, role),
        actor(AccountKind::PortalOnly, Role::Customer),
    ])
}

#[test]
fn r1a_and_r1c_two_accounts_on_one_address_cannot_be_relied_on() {
    let settings = Settings {
        no_login: Some(false),
        ..Settings::types(true, true, "any")
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        for (role, rule) in [(Role::Customer, "R1a"), (Role::None, "R1c")] {
            let (got, applied) = judged(state, &twins(role), Channel::SignUp);
            assert_eq!(got, Existing);
            assert!(applied.contains(&rule), "{applied:?}");
            let (got, because) = reach(state, &twins(role), "OPEN");
            assert_eq!(got, Reach::both(Answer::Uncertain));
            assert!(rules(&because).contains(&rule), "{because:#?}");
            assert_eq!(reach(state, &twins(role), "SHUT").0, Reach::NONE);
        }
    });
}

#[test]
fn sentences_are_understood_without_the_model_and_a_closed_portal_is_named() {
    let closed = Settings {
        create: Some(false),
        no_login: Some(false),
        ..Settings::types(true, true, "any")
    };
    with_state(&closed.yaml(PROJECTS), |state| {
        for visitor in [
            Visitor::anyone(state),
            Visitor::new_address(state, "nowhere.example"),
        ] {
            let (got, because) = reach(state, &visitor, "SHUT");
            assert_eq!(got, Reach::NONE);
            cites(&because, "V1", "restricted");
            cites(&because, "R2", "customers cannot create accounts");
            for step in because {
                let first = step.text.split(' ').next().unwrap_or_default();
                assert!(!first.ends_with(':') || first == "assumed:", "{step:?}");
            }
        }
    });
}

#[test]
fn r6_verification_is_told_by_channel() {
    let hybrid = Settings::types(true, true, "any");
    with_state(&hybrid.yaml(PROJECTS), |state| {
        for (address, by, text) in [
            (
                COLUMNS[0],
                Channel::SignUp,
                "when the person verifies the address",
            ),
            (COLUMNS[0], Channel::Email, "the request is held"),
            (
                COLUMNS[0],
                Channel::AgentInvite,
                "invited by the Atlassian organization",
            ),
            (COLUMNS[3], Channel::SignUp, "a verification mail"),
            (COLUMNS[3], Channel::PortalForm, "made on sending"),
            (COLUMNS[3], Channel::AgentInvite, "no notifications"),
        ] {
            let (_, because) = channel(state, address, by, Some("OPEN"));
            cites(&because, "R6", text);
        }
        let (_, because) = channel(state, COLUMNS[3], Channel::Email, Some("OPEN"));
        cites(&because, "Q11", "not held");
    });
}

#[test]
fn r7_a3_self_service_reaches_restricted_projects_through_an_organizations_domain() {
    let site = "
    organizations:
      Globex: { email_domains: [listed.example], members: { mode: exact, list: [ana@globex.example] } }
    projects:
      SHUT:
        channel_access: restricted
        organizations: { mode: exact, list: [Globex] }
        customers: { mode: exact, list: [], allow_empty: true }
";
    with_state(&Settings::types(false, true, LISTED).yaml(site), |state| {
        let visitor = Visitor::new_address(state, "listed.example");
        let (got, because) = reach(state, &visitor, "SHUT");
        assert_eq!(got, Reach::both(Answer::Yes));
        cites(&because, "R7", "join `Globex` by themselves");
        let other = Visitor::new_address(state, "both.example");
        assert_eq!(reach(state, &other, "SHUT").0, Reach::NONE);
    });
}

#[test]
fn q20_a_domain_of_two_organizations_is_uncertain() {
    let site = "
    organizations:
      A: { email_domains: [listed.example], members: { mode: exact, list: [ana@globex.example] } }
      B: { email_domains: [listed.example], members: { mode: exact, list: [bea@globex.example] } }
    projects:
      SHUT: { channel_access: restricted, organizations: { mode: exact, list: [A] }, customers: { mode: exact, list: [], allow_empty: true } }
";
    with_state(&Settings::types(false, true, LISTED).yaml(site), |state| {
        let visitor = Visitor::new_address(state, "listed.example");
        let (got, because) = reach(state, &visitor, "SHUT");
        assert_eq!(got, Reach::both(Answer::Uncertain));
        assert!(rules(&because).contains(&"Q20"));
    });
}

#[test]
fn p4_unknown_settings_are_uncertain_only_where_they_matter() {
    let unknown_internal = Settings {
        internal: None,
        ..Settings::types(true, true, LISTED)
    };
    with_state(&unknown_internal.yaml(""), |state| {
        let got = COLUMNS.map(|address| channel(state, address, Channel::SignUp, None).0);
        assert_eq!(got, [Uncertain, Uncertain, PortalOnly, Rejected]);
    });
    let unknown_external = Settings {
        external: None,
        ..Settings::types(true, true, LISTED)
    };
    with_state(&unknown_external.yaml(""), |state| {
        let got = COLUMNS.map(|address| channel(state, address, Channel::SignUp, None).0);
        assert_eq!(got, [Atlassian, Atlassian, Uncertain, Rejected]);
    });
    let unknown_create = Settings {
        create: None,
        ..Settings::types(true, true, LISTED)
    };
    with_state(&unknown_create.yaml(""), |state| {
        let got = COLUMNS.map(|address| channel(state, address, Channel::SignUp, None).0);
        assert_eq!(got, [Uncertain, Uncertain, Uncertain, Rejected]);
    });
}

#[test]
fn classes_anyone_is_yes_only_when_every_address_is() {
    let cases = [
        (Settings::types(false, true, "any"), PortalOnly),
        (Settings::types(false, true, LISTED), Rejected),
        (Settings::types(true, false, "any"), Rejected),
        (
            Settings {
                any_domain: Some(("customer", false)),
                ..Settings::types(true, false, "any")
            },
            Uncertain,
        ),
    ];
    for (settings, wanted) in cases {
        with_state(&settings.yaml(PROJECTS), |state| {
            let mut trail = Trail::recording();
            let visitor = Visitor::anyone(state);
            let got = outcome(state, &visitor, Channel::SignUp, None, &mut trail);
            assert_eq!(got, wanted, "{:#?}", trail.into_steps());
        });
    }
}

#[test]
fn newcomers_are_what_sign_up_makes_of_them() {
    with_state(&Settings::types(true, true, LISTED).yaml(""), |state| {
        let class = portcullis::access::DomainClass::of(state, "approved.example");
        let got = accounts::newcomer(state, &class, &mut Trail::silent());
        assert_eq!(got.certainty, Answer::Yes);
        assert_eq!(got.account, Account::customer(AccountKind::Atlassian));
    });
}
