//! Section 3.8: when a change bites, as two states of one site.

use crate::support::{PROJECTS, Settings, channel, email, reach, with_state};
use Outcome::{Atlassian, Existing, PortalOnly, Rejected};
use portcullis::access::{Answer, Channel, Outcome, Reach, Visitor};

const YES: Reach = Reach::both(Answer::Yes);

/// What sign-up makes of a new address, and of one that has an account.
fn sign_up(settings: Settings, new: &str) -> [Outcome; 2] {
    with_state(&settings.yaml(PROJECTS), |state| {
        [new, "cy@x.example"].map(|address| channel(state, address, Channel::SignUp, None).0)
    })
}

#[test]
fn change_of_i_e_r_l_or_c_bites_new_accounts_only() {
    let before = Settings::types(true, true, "any");
    let after = [
        (Settings::types(false, true, "any"), PortalOnly),
        (Settings::types(false, false, "any"), Rejected),
        (Settings::types(false, true, "[listed.example]"), Rejected),
        (
            Settings {
                create: Some(false),
                ..before
            },
            Rejected,
        ),
    ];
    let new = "new@approved.example";
    assert_eq!(sign_up(before, new), [Atlassian, Existing]);
    for (settings, wanted) in after {
        assert_eq!(sign_up(settings, new), [wanted, Existing]);
    }
}

#[test]
fn change_an_approved_domain_removed_leaves_accounts_as_they_are() {
    let with = Settings {
        no_login: Some(false),
        ..Settings::types(true, false, "any")
    };
    let without = Settings {
        approved: None,
        ..with
    };
    for (settings, wanted) in [(with, Atlassian), (without, Rejected)] {
        assert_eq!(sign_up(settings, "new@approved.example")[0], wanted);
        with_state(&settings.yaml(PROJECTS), |state| {
            let ina = Visitor::address(state, &email("ina@approved.example"));
            assert_eq!(reach(state, &ina, "SHUT").0, YES);
        });
    }
}

#[test]
fn change_an_approved_domain_added_leaves_portal_only_twins_to_come() {
    use portcullis::access::explain::{Asked, explain};
    let below = "
    projects:
      SHUT: { channel_access: restricted, customers: { mode: exact, list: [old@approved.example] } }
";
    let with = Settings::types(true, true, "any");
    let without = Settings {
        approved: None,
        ..with
    };
    let notes = |settings: Settings| {
        with_state(&settings.yaml(below), |state| {
            let asked = Asked::new("old@approved.example").unwrap();
            explain(state, &asked, None).notes
        })
    };
    assert!(notes(without).iter().all(|note| note.rule.0 != "R1a"));
    crate::support::cites(&notes(with), "R1a", "Migrate the portal-only account");
    assert_eq!(sign_up(with, "new@approved.example")[0], Atlassian);
    assert_eq!(sign_up(without, "new@approved.example")[0], PortalOnly);
}

#[test]
fn change_n_off_to_on_shows_open_portals_to_everybody() {
    for (no_login, wanted) in [(false, Reach::NONE), (true, YES)] {
        let settings = Settings {
            no_login: Some(no_login),
            ..Settings::types(false, true, "any")
        };
        with_state(&settings.yaml(PROJECTS), |state| {
            assert_eq!(reach(state, &Visitor::Anonymous, "OPEN").0, wanted);
            assert_eq!(reach(state, &Visitor::Anonymous, "SHUT").0, Reach::NONE);
        });
    }
}

/// Who reaches a project whose access, link and roster are these: a customer on no list, a member, somebody on the roster.
fn reached(access: &str, linked: bool, listed: bool) -> [Reach; 3] {
    let or_empty = |on: bool, text: &str| match on {
        true => format!("[{text}]"),
        false => "[], allow_empty: true".to_owned(),
    };
    let below = format!(
        "
    organizations:
      Globex: {{ members: {{ mode: exact, list: [ana@globex.example] }} }}
    projects:
      DESK: {{ channel_access: {access}, organizations: {{ mode: exact, list: {} }}, customers: {{ mode: exact, list: {} }} }}
      KEEP: {{ channel_access: restricted, customers: {{ mode: exact, list: [cy@x.example, oz@x.example] }} }}
",
        or_empty(linked, "Globex"),
        or_empty(listed, "cy@x.example"),
    );
    let settings = Settings {
        create: Some(false),
        no_login: Some(false),
        ..Settings::types(false, true, "any")
    };
    with_state(&settings.yaml(&below), |state| {
        ["oz@x.example", "ana@globex.example", "cy@x.example"].map(|address| {
            let visitor = Visitor::address(state, &email(address));
            reach(state, &visitor, "DESK").0
        })
    })
}

#[test]
fn change_open_to_restricted_takes_the_portal_from_everybody_not_listed() {
    assert_eq!(reached("open", true, true), [YES; 3]);
    assert_eq!(reached("restricted", true, true), [Reach::NONE, YES, YES]);
}

#[test]
fn change_restricted_to_open_gives_it_to_every_account() {
    assert_eq!(reached("restricted", false, false), [Reach::NONE; 3]);
    assert_eq!(reached("open", false, false), [YES; 3]);
}

#[test]
fn change_unlinking_takes_access_unless_something_else_grants_it() {
    assert_eq!(
        reached("restricted", false, true),
        [Reach::NONE, Reach::NONE, YES]
    );
    assert_eq!(reached("open", false, true), [YES; 3]);
}

#[test]
fn change_roster_removal_has_no_effect_in_an_open_project() {
    assert_eq!(reached("open", true, false), [YES; 3]);
    assert_eq!(
        reached("restricted", true, false),
        [Reach::NONE, YES, Reach::NONE]
    );
}
