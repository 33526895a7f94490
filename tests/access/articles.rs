//! Section 5: who reads an article.

use crate::support::{Settings, account, cites, email, read, rules, with_state};
use Answer::{No, Uncertain, Yes};
use portcullis::access::{Answer, Role, State, Status, Visitor};
use portcullis::model::AccountKind;

/// A site with one space, every prerequisite met unless said otherwise.
#[derive(Clone, Copy)]
struct Kb {
    who: &'static str,
    access: &'static str,
    no_login: bool,
    allow_anyone: bool,
    allow_all: bool,
    plan: &'static str,
    anonymous: Option<bool>,
    unlicensed: Option<bool>,
}

impl Kb {
    const fn of(who: &'static str) -> Self {
        Self {
            who,
            access: "open",
            no_login: true,
            allow_anyone: true,
            allow_all: true,
            plan: "standard",
            anonymous: Some(true),
            unlicensed: Some(true),
        }
    }

    fn yaml(self) -> String {
        let settings = Settings {
            no_login: Some(self.no_login),
            ..Settings::types(false, true, "[listed.example]")
        };
        let mut facts = Vec::new();
        if let Some(on) = self.anonymous {
            facts.push(format!("anonymous_access: {on}"));
        }
        if let Some(on) = self.unlicensed {
            facts.push(format!("unlicensed_access: {on}"));
        }
        settings.yaml(&format!(
            "    confluence_plan: {}
    knowledge_base: {{ allow_all_logged_in: {}, allow_anyone: {} }}
    spaces: {{ KB: {{ {} }} }}
    projects:
      DESK:
        channel_access: {}
        organizations: {{ mode: exact, list: [], allow_empty: true }}
        customers: {{ mode: exact, list: [cy@x.example, {{ email: ina@x.example, account: atlassian }}] }}
        knowledge_base: {{ KB: {{ who_can_view: {} }} }}
",
            self.plan,
            self.allow_all,
            self.allow_anyone,
            facts.join(", "),
            self.access,
            self.who
        ))
    }

    /// Anonymous, a portal-only customer of the project, an Atlassian one, an agent.
    #[track_caller]
    fn row(self, wanted: [Answer; 4]) {
        with_state(&self.yaml(), |state| {
            for (visitor, wanted) in visitors(state).iter().zip(wanted) {
                let (got, because) = read(state, visitor, "DESK", "KB");
                assert_eq!(got, wanted, "{visitor:?}: {because:#?}");
                assert!(!because.is_empty());
            }
        });
    }

    /// Asserts that a failing prerequisite is named to an anonymous visitor.
    #[track_caller]
    fn anonymous_fails(self, rule: &str) {
        with_state(&self.yaml(), |state| {
            let (got, because) = read(state, &Visitor::Anonymous, "DESK", "KB");
            assert_ne!(got, Yes);
            assert!(rules(&because).contains(&rule), "{because:#?}");
        });
    }
}

fn visitors<'s>(state: &'s State<'_>) -> [Visitor<'s>; 4] {
    [
        Visitor::Anonymous,
        Visitor::address(state, &email("cy@x.example")),
        Visitor::address(state, &email("ina@x.example")),
        account(AccountKind::Atlassian, Status::Active, Role::Staff),
    ]
}

#[test]
fn k_anyone_with_every_prerequisite() {
    Kb::of("anyone").row([Yes; 4]);
}

#[test]
fn k1_site_switch_for_anyone() {
    let kb = Kb {
        allow_anyone: false,
        ..Kb::of("anyone")
    };
    kb.row([No, Uncertain, Uncertain, Uncertain]);
    kb.anonymous_fails("K1");
}

#[test]
fn k2_confluence_free() {
    let kb = Kb {
        plan: "free",
        ..Kb::of("anyone")
    };
    kb.row([No, Uncertain, Uncertain, Uncertain]);
    kb.anonymous_fails("K2");
}

#[test]
fn k3_portal_restricted_or_behind_a_login() {
    for kb in [
        Kb {
            access: "restricted",
            ..Kb::of("anyone")
        },
        Kb {
            no_login: false,
            ..Kb::of("anyone")
        },
    ] {
        kb.row([No, Uncertain, Uncertain, Uncertain]);
        kb.anonymous_fails("K3");
    }
}

#[test]
fn k4_confluence_anonymous_access() {
    let off = Kb {
        anonymous: Some(false),
        ..Kb::of("anyone")
    };
    off.row([No, Uncertain, Uncertain, Uncertain]);
    off.anonymous_fails("K4");
    let undeclared = Kb {
        anonymous: None,
        ..Kb::of("anyone")
    };
    undeclared.row([Uncertain; 4]);
    undeclared.anonymous_fails("K4");
}

#[test]
fn q17_anyone_without_prerequisites_is_at_most_all_logged_in() {
    let kb = Kb {
        allow_anyone: false,
        ..Kb::of("anyone")
    };
    with_state(&kb.yaml(), |state| {
        let visitor = Visitor::address(state, &email("cy@x.example"));
        let (_, because) = read(state, &visitor, "DESK", "KB");
        cites(&because, "Q17", "not documented");
    });
    // Without K5 there is nothing left to fall back to, but for a licence of Confluence, which an Atlassian account may hold.
    let neither = Kb {
        allow_all: false,
        ..kb
    };
    neither.row([No, No, Uncertain, Uncertain]);
}

#[test]
fn k_all_logged_in_with_k5_and_k6() {
    Kb::of("all_logged_in").row([No, Yes, Yes, Yes]);
}

#[test]
fn k5_site_switch_for_all_logged_in() {
    let kb = Kb {
        allow_all: false,
        ..Kb::of("all_logged_in")
    };
    kb.row([No, No, Uncertain, Uncertain]);
    with_state(&kb.yaml(), |state| {
        let visitor = Visitor::address(state, &email("cy@x.example"));
        let (_, because) = read(state, &visitor, "DESK", "KB");
        cites(&because, "K5", "the site does not allow");
    });
}

#[test]
fn k6_any_active_user_can_view_the_space() {
    let off = Kb {
        unlicensed: Some(false),
        ..Kb::of("all_logged_in")
    };
    off.row([No, No, Uncertain, Uncertain]);
    with_state(&off.yaml(), |state| {
        let visitor = Visitor::address(state, &email("cy@x.example"));
        let (_, because) = read(state, &visitor, "DESK", "KB");
        cites(&because, "K6", "Confluence does not let every active user");
    });
    let undeclared = Kb {
        unlicensed: None,
        ..Kb::of("all_logged_in")
    };
    undeclared.row([No, Yes, Yes, Yes]);
}

#[test]
fn k7_an_atlassian_customer_reads_in_confluence_itself_whatever_its_permissions() {
    with_state(&Kb::of("all_logged_in").yaml(), |state| {
        let ina = Visitor::address(state, &email("ina@x.example"));
        cites(
            &read(state, &ina, "DESK", "KB").1,
            "K7",
            "Confluence itself",
        );
    });
}

#[test]
fn k9_portal_only_accounts_read_in_the_portal_only() {
    with_state(&Kb::of("all_logged_in").yaml(), |state| {
        let cy = Visitor::address(state, &email("cy@x.example"));
        cites(
            &read(state, &cy, "DESK", "KB").1,
            "K9",
            "in the portal only",
        );
    });
}

#[test]
fn k11_without_the_portal_a_promise_is_no_and_exposure_yes() {
    let kb = Kb {
        access: "restricted",
        ..Kb::of("all_logged_in")
    };
    with_state(&kb.yaml(), |state| {
        let (got, because) = read(state, &Visitor::AnyCustomer, "DESK", "KB");
        assert_eq!(got, Uncertain);
        cites(&because, "K11", "they do not see the portal of DESK");
        assert!(rules(&because).contains(&"Q19"));
    });
}

#[test]
fn k_only_confluence_users() {
    Kb::of("only_confluence_users").row([No, No, Uncertain, Uncertain]);
}

#[test]
fn newcomers_read_what_their_account_reads() {
    with_state(&Kb::of("all_logged_in").yaml(), |state| {
        for (domain, wanted) in [("listed.example", Yes), ("other.example", No)] {
            let visitor = Visitor::new_address(state, domain);
            let (got, because) = read(state, &visitor, "DESK", "KB");
            assert_eq!(got, wanted, "{domain}: {because:#?}");
        }
        assert_eq!(read(state, &Visitor::anyone(state), "DESK", "KB").0, No);
    });
}

#[test]
fn disabled_accounts_read_like_anonymous_visitors() {
    for (who, wanted) in [("anyone", Yes), ("all_logged_in", No)] {
        with_state(&Kb::of(who).yaml(), |state| {
            let visitor = account(AccountKind::PortalOnly, Status::Disabled, Role::Customer);
            assert_eq!(read(state, &visitor, "DESK", "KB").0, wanted);
        });
    }
}

#[test]
fn a_space_that_is_not_linked_is_read_by_nobody() {
    with_state(&Kb::of("anyone").yaml(), |state| {
        assert_eq!(read(state, &Visitor::Anonymous, "DESK", "OTHER").0, No);
    });
}
