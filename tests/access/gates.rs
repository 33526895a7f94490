//! Section 3.2: the gate of every channel for a new address, whatever the site and the project say.

use crate::support::{Settings, channel, cites, rules, with_state};
use Outcome::{Atlassian, PortalOnly, Rejected, Uncertain};
use portcullis::access::{Channel, Outcome, Scheme, State, Trail, Visitor, Way, outcome};
use portcullis::desired::Desired;
use portcullis::model::SiteKey;

/// One cell of the table: what the site and the project say.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// C.
    create: bool,
    /// N.
    no_login: bool,
    /// The site's option for mail is `agents_always`.
    agents_always: bool,
    /// The project is open.
    open: bool,
    /// Its customers may share beyond their own organizations.
    wide: bool,
}

const SHARING: [(&str, bool); 3] = [
    ("own_organizations", false),
    ("any_customer_by_email", true),
    ("search_project", true),
];

/// A site that gives every address a portal-only account, with a project of every sort.
fn site(create: bool, no_login: bool, cc: &str) -> String {
    let settings = Settings {
        create: Some(create),
        no_login: Some(no_login),
        ..Settings::types(false, true, "any")
    };
    let mut below = format!("    email: {{ cc_creates_accounts: {cc} }}\n    projects:\n");
    for (at, (sharing, _)) in SHARING.iter().enumerate() {
        for (key, access) in [("OPEN", "open"), ("SHUT", "restricted")] {
            below += &format!(
                "      {key}{at}: {{ channel_access: {access}, customer_sharing: {sharing} }}\n"
            );
        }
    }
    settings.yaml(&below)
}

/// Asserts one row of the table over every combination of what could matter to it.
#[track_caller]
fn gate(by: Channel, wanted: impl Fn(Cell) -> Outcome) {
    for create in [false, true] {
        for no_login in [false, true] {
            for (cc, agents_always) in [("agents_always", true), ("anyone_by_settings", false)] {
                with_state(&site(create, no_login, cc), |state| {
                    for (at, (_, wide)) in SHARING.iter().enumerate() {
                        for open in [false, true] {
                            let cell = Cell {
                                create,
                                no_login,
                                agents_always,
                                open,
                                wide: *wide,
                            };
                            let key = format!("{}{at}", if open { "OPEN" } else { "SHUT" });
                            let (got, because) =
                                channel(state, "new@other.example", by, Some(&key));
                            assert_eq!(got, wanted(cell), "{cell:?}: {because:#?}");
                            assert!(
                                ["R2", "Q8"].contains(&because[0].rule.0),
                                "the gate comes first: {because:#?}"
                            );
                        }
                    }
                });
            }
        }
    }
}

const fn passes(pass: bool) -> Outcome {
    if pass { PortalOnly } else { Rejected }
}

#[test]
fn g1_sign_up_needs_account_creation_only() {
    gate(Channel::SignUp, |cell| passes(cell.create));
}

#[test]
fn g2_the_form_needs_creation_no_login_and_an_open_project() {
    gate(Channel::PortalForm, |cell| {
        passes(cell.create && cell.no_login && cell.open)
    });
}

#[test]
fn g3_mail_needs_creation_and_an_open_project() {
    gate(Channel::Email, |cell| passes(cell.create && cell.open));
}

#[test]
fn g4_whom_a_customer_copies_in_needs_creation_and_an_open_project() {
    gate(Channel::CustomerCc, |cell| passes(cell.create && cell.open));
}

#[test]
fn g5_whom_an_agent_copies_in_passes_always_or_by_settings() {
    gate(Channel::AgentCc, |cell| {
        passes(cell.agents_always || (cell.create && cell.open))
    });
}

#[test]
fn q9_that_the_option_binds_agents_is_assumed() {
    for (create, key, assumed) in [
        (false, "OPEN0", true),
        (true, "SHUT0", true),
        (true, "OPEN0", false),
    ] {
        with_state(&site(create, false, "anyone_by_settings"), |state| {
            let (_, because) = channel(state, "new@other.example", Channel::AgentCc, Some(key));
            assert_eq!(rules(&because).contains(&"Q9"), assumed, "{because:#?}");
        });
        with_state(&site(create, false, "agents_always"), |state| {
            let (_, because) = channel(state, "new@other.example", Channel::AgentCc, Some(key));
            assert!(!rules(&because).contains(&"Q9"), "both sources agree");
        });
    }
}

#[test]
fn g5_without_the_option_known_only_an_open_door_is_sure() {
    let below = "
    projects:
      OPEN: { channel_access: open }
      SHUT: { channel_access: restricted }
";
    with_state(&Settings::types(false, true, "any").yaml(below), |state| {
        for (key, wanted) in [("OPEN", PortalOnly), ("SHUT", Uncertain)] {
            let (got, because) = channel(state, "new@other.example", Channel::AgentCc, Some(key));
            assert_eq!(got, wanted, "{because:#?}");
            cites(
                &because,
                "R2",
                "is not known: the workspace does not manage it",
            );
        }
    });
}

#[test]
fn g6_agents_pass_whatever_portal_access_says() {
    gate(Channel::AgentInvite, |_| PortalOnly);
}

#[test]
fn g7_organizations_pass_whatever_portal_access_says() {
    gate(Channel::OrganizationAdd, |_| PortalOnly);
    for (word, text) in [
        ("agents", "agents may do it"),
        ("jira_admins_only", "only Jira administrators may do it"),
    ] {
        let below = format!("    organization_management: {word}\n");
        with_state(&Settings::types(false, true, "any").yaml(&below), |state| {
            let by = Channel::OrganizationAdd;
            let (_, because) = channel(state, "new@other.example", by, None);
            cites(&because, "R2", text);
        });
    }
}

#[test]
fn g8_rest_passes_and_says_that_its_table_is_assumed() {
    gate(Channel::RestCreate, |_| PortalOnly);
    with_state(&Settings::types(false, true, "any").yaml(""), |state| {
        let (_, because) = channel(state, "new@other.example", Channel::RestCreate, None);
        cites(&because, "Q7", "assumed");
    });
}

#[test]
fn g9_an_invitation_through_rest_passes_and_adds_to_the_roster() {
    gate(Channel::RestInvite, |_| PortalOnly);
    with_state(&Settings::types(false, true, "any").yaml(""), |state| {
        let (_, because) = channel(state, "new@other.example", Channel::RestInvite, None);
        cites(&because, "R2", "a place on the project's list of customers");
        cites(&because, "Q7", "assumed");
    });
}

#[test]
fn g10_sharing_needs_creation_an_open_project_and_wide_sharing() {
    gate(Channel::CustomerShare, |cell| {
        passes(cell.create && cell.open && cell.wide)
    });
}

#[test]
fn g11_chat_needs_creation_and_no_open_project() {
    gate(Channel::Chat, |cell| match cell.create {
        true => PortalOnly,
        false => Uncertain,
    });
}

#[test]
fn q8_v4_chat_says_what_is_not_documented_and_what_a_restriction_does_not_stop() {
    for (create, rule, text) in [
        (false, "Q8", "not documented"),
        (true, "R2", "in a connected chat too"),
    ] {
        with_state(&site(create, false, "agents_always"), |state| {
            let (_, because) = channel(state, "new@other.example", Channel::Chat, Some("SHUT0"));
            cites(&because, rule, text);
            cites(&because, "V4", "does not stop a connected chat");
            let (_, because) = channel(state, "new@other.example", Channel::Chat, Some("OPEN0"));
            assert!(!rules(&because).contains(&"V4"));
        });
    }
}

#[test]
fn g12_an_identity_provider_for_portal_only_customers_passes() {
    gate(Channel::ScimPortalOnly, |_| PortalOnly);
}

#[test]
fn q10_whether_the_rules_for_portal_only_accounts_bind_it_is_not_documented() {
    let rows = [
        (Settings::types(false, true, "any"), PortalOnly),
        (Settings::types(false, true, "[listed.example]"), Uncertain),
        (Settings::types(false, false, "any"), Uncertain),
    ];
    for (settings, wanted) in rows {
        with_state(&settings.yaml(""), |state| {
            let by = Channel::ScimPortalOnly;
            let (got, because) = channel(state, "new@other.example", by, None);
            assert_eq!(got, wanted, "{because:#?}");
            assert_eq!(rules(&because).contains(&"Q10"), wanted == Uncertain);
        });
    }
    // An employee provisioned there is a duplicate in the making.
    with_state(&Settings::types(true, true, "any").yaml(""), |state| {
        let by = Channel::ScimPortalOnly;
        let (got, because) = channel(state, "new@approved.example", by, None);
        assert_eq!(got, PortalOnly);
        cites(&because, "R3.1", "would become a duplicate");
    });
}

#[test]
fn g13_the_directory_always_makes_atlassian_accounts() {
    gate(Channel::Directory, |_| Atlassian);
    with_state(&Settings::types(false, false, "any").yaml(""), |state| {
        for address in ["new@other.example", "new@approved.example", "new@gmail.com"] {
            let (got, because) = channel(state, address, Channel::Directory, None);
            assert_eq!(got, Atlassian);
            cites(&because, "R1e", "the role Customer has to be granted");
        }
    });
}

#[test]
fn every_channel_of_the_table_is_judged_and_named_once() {
    assert_eq!(Channel::ALL.len(), 13);
    let words: std::collections::BTreeSet<_> = Channel::ALL.iter().map(|by| by.word()).collect();
    assert_eq!(words.len(), 13);
    let page = include_str!("../../docs/access.md");
    for (number, by) in (1..).zip(Channel::ALL) {
        let row = format!("| `{}` | G{number}, ", by.word());
        assert!(page.contains(&row), "docs/access.md has no row `{row}`");
    }
    let own = [0, 1, 2, 3, 9].map(|at| Channel::ALL[at]);
    let staff = [4, 5, 6, 7, 8].map(|at| Channel::ALL[at]);
    assert!(own.iter().all(|by| by.way() == Some(Way::SelfService)));
    assert!(staff.iter().all(|by| by.way() == Some(Way::Staff)));
    assert!(Channel::ALL[10..].iter().all(|by| by.way().is_none()));
}

#[test]
fn nobody_gets_in_by_themselves_whom_sign_up_rejects() {
    // Which is why judging sign-up judges every self-service channel (`newcomer`).
    for create in [false, true] {
        for (internal, external, allowed) in [
            (false, true, "any"),
            (true, true, "[listed.example]"),
            (true, false, "any"),
            (false, false, "any"),
        ] {
            for approval in [("customer", false), ("customer", true), ("user", false)] {
                let settings = Settings {
                    create: Some(create),
                    approved: Some(approval),
                    ..Settings::types(internal, external, allowed)
                };
                with_state(&settings.yaml(crate::support::PROJECTS), |state| {
                    for address in ["a@approved.example", "a@listed.example", "a@gmail.com"] {
                        let by_sign_up = channel(state, address, Channel::SignUp, None).0;
                        let own = Channel::ALL
                            .into_iter()
                            .filter(|by| by.way() == Some(Way::SelfService));
                        for by in own {
                            for key in ["OPEN", "SHUT"] {
                                let (got, because) = channel(state, address, by, Some(key));
                                assert!(
                                    got == by_sign_up || got == Rejected,
                                    "{address} by {}: {because:#?}",
                                    by.word()
                                );
                            }
                        }
                    }
                });
            }
        }
    }
}

/// The ways of which no table says what a broken permission scheme does to them.
const UNDOCUMENTED: [Channel; 5] = [
    Channel::CustomerCc,
    Channel::AgentCc,
    Channel::RestInvite,
    Channel::CustomerShare,
    Channel::Chat,
];

#[test]
fn v8_a_broken_permission_scheme_leaves_the_other_ways_uncertain() {
    let workspace = crate::support::workspace(&site(true, true, "agents_always"));
    let key = SiteKey::new("acme").unwrap();
    let desired = Desired::new(&workspace, &key, crate::support::today()).unwrap();
    let mut state = State::desired(&desired);
    let at = state.project("OPEN1").unwrap();
    let told = |state: &State<'_>, by| {
        let visitor = Visitor::new_address(state, "other.example");
        let mut trail = Trail::recording();
        let got = outcome(state, &visitor, by, Some(at), &mut trail);
        (got, rules(&trail.into_steps()))
    };
    state.projects[at].scheme = Scheme {
        lacks_portal_access: true,
        ..Scheme::default()
    };
    for by in UNDOCUMENTED {
        let (got, rules) = told(&state, by);
        assert_eq!(got, Uncertain, "{}", by.word());
        assert!(rules.contains(&"V8a"));
    }
    // Whoever has an account is not put on the roster either.
    for (by, wanted) in [
        (Channel::AgentInvite, "agents cannot add customers"),
        (Channel::RestInvite, "not documented"),
    ] {
        let mut trail = Trail::recording();
        let _ = outcome(&state, &Visitor::AnyCustomer, by, Some(at), &mut trail);
        let steps = trail.into_steps();
        assert!(
            steps
                .iter()
                .any(|step| step.rule.0 == "V8a" && step.text.to_string().contains(wanted)),
            "{steps:#?}"
        );
        assert!(
            !steps
                .iter()
                .any(|step| step.text.to_string().contains("put on"))
        );
    }
    state.projects[at].scheme = Scheme {
        granted_to_customers_role: true,
        ..Scheme::default()
    };
    for by in UNDOCUMENTED {
        let (got, _) = told(&state, by);
        // The project acts restricted, which stops the two that need an open one.
        let stopped = [Channel::CustomerCc, Channel::CustomerShare].contains(&by);
        let wanted = if stopped { Rejected } else { Uncertain };
        assert_eq!(got, wanted, "{}", by.word());
    }
}
