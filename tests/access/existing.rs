//! Section 3 where there is an account already: rules R1 and what they let follow.

use crate::support::{
    PROJECTS, Settings, account, channel, cites, reach, ruled, rules, with_state,
};
use Outcome::{Atlassian, Existing, PortalOnly, Uncertain};
use portcullis::access::{
    Account, Actor, Answer, Channel, Outcome, Reach, Role, State, Status, Trail, Visitor, outcome,
};
use portcullis::model::AccountKind;

#[test]
fn r1d_and_r1f_existing_people_stay_whatever_the_settings_say() {
    let closed = Settings {
        create: Some(false),
        ..Settings::types(false, false, "any")
    };
    with_state(&closed.yaml(PROJECTS), |state| {
        for (address, rule) in [("cy@x.example", "R1f"), ("ina@approved.example", "R1d")] {
            for by in ruled() {
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
                for by in ruled() {
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

/// Asserts what an existing account on no list is told by one channel about the restricted project.
#[track_caller]
fn existing_row(by: Channel, rule: &str, text: &str) {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            for kind in [AccountKind::PortalOnly, AccountKind::Atlassian] {
                let visitor = account(kind, Status::Active, Role::Customer);
                let at = state.project("SHUT");
                let mut trail = Trail::recording();
                assert_eq!(outcome(state, &visitor, by, at, &mut trail), Existing);
                cites(&trail.into_steps(), rule, text);
            }
        },
    );
}

#[test]
fn r1_existing_by_sign_up_logs_in() {
    existing_row(Channel::SignUp, "R1", "no second account");
    existing_row(Channel::PortalForm, "R1", "no second account");
}

#[test]
fn r1_existing_by_mail_needs_the_project() {
    existing_row(Channel::Email, "V3", "no permission to access");
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            let (_, because) = channel(state, "oz@other.example", Channel::Email, Some("OPEN"));
            cites(&because, "R1", "OPEN takes e-mail of this account");
        },
    );
}

#[test]
fn r1_existing_by_the_customers_page_lands_on_the_roster() {
    existing_row(
        Channel::AgentInvite,
        "R1",
        "on the project's list of customers",
    );
    existing_row(
        Channel::RestInvite,
        "R1",
        "on the project's list of customers",
    );
}

#[test]
fn r1_existing_by_an_organization_gains_its_projects() {
    existing_row(
        Channel::OrganizationAdd,
        "R1",
        "gains every project linked to the organization",
    );
}

#[test]
fn r1_existing_by_rest_create_is_answered_400() {
    existing_row(Channel::RestCreate, "R1", "answered 400, or 409");
}

#[test]
fn v5_who_is_copied_in_or_shared_with_sees_that_request_only() {
    for by in [
        Channel::CustomerCc,
        Channel::AgentCc,
        Channel::CustomerShare,
    ] {
        existing_row(by, "V5", "that one request");
    }
}

#[test]
fn v4_chat_of_a_restricted_project_takes_existing_customers_too() {
    existing_row(Channel::Chat, "V4", "does not stop a connected chat");
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            for (address, key) in [("oz@other.example", "OPEN"), ("cy@x.example", "SHUT")] {
                let (_, because) = channel(state, address, Channel::Chat, Some(key));
                assert!(!rules(&because).contains(&"V4"), "{because:#?}");
            }
        },
    );
}

#[test]
fn r1a_the_directory_puts_an_atlassian_account_beside_a_portal_only_one() {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            let told = |kind, status, by| {
                let visitor = account(kind, status, Role::Customer);
                let (got, rules) = judged(state, &visitor, by);
                (got, rules.contains(&"R1a"))
            };
            let (portal_only, atlassian) = (AccountKind::PortalOnly, AccountKind::Atlassian);
            for status in [Status::Active, Status::Disabled] {
                let got = told(portal_only, status, Channel::Directory);
                assert_eq!(got, (Atlassian, true));
                let got = told(atlassian, status, Channel::ScimPortalOnly);
                assert_eq!(got, (Uncertain, true), "no table says it");
            }
            for (kind, by) in [
                (atlassian, Channel::Directory),
                (portal_only, Channel::ScimPortalOnly),
            ] {
                assert_eq!(told(kind, Status::Active, by), (Existing, false));
                assert_eq!(told(kind, Status::Disabled, by), (Outcome::Denied, false));
            }
            // With both there is nothing left to make.
            for by in [Channel::Directory, Channel::ScimPortalOnly] {
                assert_eq!(judged(state, &twins(Role::Customer), by).0, Existing);
            }
        },
    );
}

#[test]
fn r1_an_account_of_unknown_kind_may_get_a_second_one() {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            let visitor = Visitor::Existing(vec![Actor {
                account: Account {
                    kind: None,
                    ..Account::customer(AccountKind::PortalOnly)
                },
                ..Actor::customer()
            }]);
            for by in [Channel::Directory, Channel::ScimPortalOnly] {
                let (got, rules) = judged(state, &visitor, by);
                assert_eq!(got, Uncertain);
                assert_eq!(rules[0], "R1");
            }
            assert_eq!(judged(state, &visitor, Channel::SignUp).0, Existing);
        },
    );
}

#[test]
fn r1e_the_directory_is_where_the_role_is_granted() {
    with_state(
        &Settings::types(true, true, "any").yaml(PROJECTS),
        |state| {
            let visitor = account(AccountKind::Atlassian, Status::Active, Role::None);
            let mut trail = Trail::recording();
            let got = outcome(state, &visitor, Channel::Directory, None, &mut trail);
            assert_eq!(got, Existing);
            cites(&trail.into_steps(), "R1e", "grants it the role Customer");
        },
    );
}

#[test]
fn r1h_an_address_that_nobody_has_is_new() {
    with_state(
        &Settings::types(false, true, "any").yaml(PROJECTS),
        |state| {
            let (got, because) = channel(state, "nobody@x.example", Channel::SignUp, None);
            assert_eq!(got, PortalOnly);
            assert!(!rules(&because).iter().any(|rule| rule.starts_with("R1")));
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
            confluence: None,
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
