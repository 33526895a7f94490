//! Section 3: account type and outcome.

use crate::support::{PROJECTS, Settings, channel, cites, email, reach, ruled, rules, with_state};
use Outcome::{Atlassian, PendingApproval, PortalOnly, Rejected, Uncertain};
use portcullis::access::{
    Account, Answer, Channel, Outcome, Reach, Trail, Visitor, accounts, outcome,
};
use portcullis::model::AccountKind;

/// G5 to G9.
const STAFF: [Channel; 5] = [
    Channel::AgentCc,
    Channel::AgentInvite,
    Channel::OrganizationAdd,
    Channel::RestCreate,
    Channel::RestInvite,
];
/// G1 to G4, and G10.
const SELF_SERVICE: [Channel; 5] = [
    Channel::SignUp,
    Channel::PortalForm,
    Channel::Email,
    Channel::CustomerCc,
    Channel::CustomerShare,
];
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
            for by in ruled() {
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
fn r4_where_nobody_says_who_acts_an_approval_leaves_chat_open() {
    let settings = Settings {
        approved: Some(("customer", true)),
        ..Settings::types(true, true, LISTED)
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        let (got, because) = channel(state, COLUMNS[0], Channel::Chat, Some("OPEN"));
        assert_eq!(got, Uncertain, "{because:#?}");
        cites(&because, "R4", "counts as self-service");
    });
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
        for by in ruled() {
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
                let text = step.text.to_string();
                let first = text.split(' ').next().unwrap_or_default();
                assert!(!first.ends_with(':') || first == "assumed:", "{step:?}");
            }
        }
    });
}

/// Asserts what R6 says of one address by one channel of a hybrid site.
#[track_caller]
fn r6_row(address: &str, by: Channel, rule: &str, text: &str) {
    let hybrid = Settings::types(true, true, "any");
    with_state(&hybrid.yaml(PROJECTS), |state| {
        let (_, because) = channel(state, address, by, Some("OPEN"));
        cites(&because, rule, text);
    });
}

#[test]
fn r6_v_int_begins_with_verification_and_holds_mail() {
    for by in [
        Channel::SignUp,
        Channel::PortalForm,
        Channel::CustomerCc,
        Channel::CustomerShare,
    ] {
        r6_row(COLUMNS[0], by, "R6", "when the person verifies the address");
    }
    r6_row(COLUMNS[0], Channel::Email, "R6", "the request is held");
}

#[test]
fn r6_v_ext_gets_a_verification_mail_and_holds_nothing() {
    for by in [Channel::SignUp, Channel::CustomerCc, Channel::CustomerShare] {
        r6_row(COLUMNS[3], by, "R6", "a verification mail is sent");
    }
    r6_row(COLUMNS[3], Channel::Email, "R6", "a verification mail");
    r6_row(COLUMNS[3], Channel::Email, "Q11", "not held");
}

#[test]
fn r6_v_staff_exists_at_once_without_notifications() {
    for by in STAFF {
        r6_row(
            COLUMNS[3],
            by,
            "R6",
            "no notifications until it is verified",
        );
    }
}

#[test]
fn r6_v_anon_is_made_on_sending() {
    r6_row(COLUMNS[3], Channel::PortalForm, "R6", "made on sending");
}

#[test]
fn r6_v_adm_internal_people_are_invited_by_the_organization() {
    for by in STAFF {
        r6_row(
            COLUMNS[0],
            by,
            "R6",
            "invited by the Atlassian organization",
        );
    }
}

#[test]
fn r7_a1_an_account_sees_every_open_portal() {
    let settings = Settings {
        no_login: Some(false),
        ..Settings::types(false, true, LISTED)
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        let visitor = Visitor::new_address(state, "listed.example");
        assert_eq!(reach(state, &visitor, "OPEN").0, Reach::both(Answer::Yes));
        assert_eq!(reach(state, &visitor, "SHUT").0, Reach::NONE);
    });
}

#[test]
fn r7_a2_a_domain_moves_new_customers_only() {
    let site = "
    organizations:
      Globex: { email_domains: [listed.example], members: { mode: exact, list: [ana@globex.example] } }
      Other: { members: { mode: exact, list: [known@listed.example] } }
    projects:
      SHUT:
        channel_access: restricted
        organizations: { mode: exact, list: [Globex] }
        customers: { mode: exact, list: [], allow_empty: true }
";
    with_state(&Settings::types(false, true, LISTED).yaml(site), |state| {
        let known = Visitor::address(state, &email("known@listed.example"));
        let (got, because) = reach(state, &known, "SHUT");
        assert_eq!(got, Reach::NONE, "existing customers are not moved");
        assert!(!rules(&because).contains(&"R7"));
        let new = Visitor::address(state, &email("new@listed.example"));
        assert_eq!(reach(state, &new, "SHUT").0, Reach::both(Answer::Yes));
    });
}

#[test]
fn r7_a4_an_invitation_limits_nobody_to_one_portal() {
    let settings = Settings {
        create: Some(false),
        no_login: Some(false),
        ..Settings::types(false, true, LISTED)
    };
    with_state(&settings.yaml(PROJECTS), |state| {
        let invited = Visitor::address(state, &email("cy@x.example"));
        for key in ["SHUT", "OPEN"] {
            assert_eq!(reach(state, &invited, key).0, Reach::both(Answer::Yes));
        }
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
