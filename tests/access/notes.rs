//! What `explain` says is not possible, and what to do instead.

use crate::support::{Settings, cites, today, with_state, workspace};
use portcullis::access::explain::{Asked, explain};
use portcullis::access::{Because, State};
use portcullis::desired::Desired;
use portcullis::model::{AccountId, AccountKind, Email, SiteKey};
use portcullis::observed::{Observed, ObservedAccount, Standing};

const PEOPLE: &str = "
    organizations:
      Team:
        members:
          mode: exact
          list:
            - { email: ina@approved.example, account: atlassian }
            - old@approved.example
            - cy@x.example
    projects:
      SHUT: { channel_access: restricted, organizations: { mode: exact, list: [Team] } }
";

fn notes(state: &State<'_>, who: &str) -> Vec<Because> {
    explain(state, &Asked::new(who).unwrap(), None).notes
}

/// Asserts what a hybrid site with the approved domain `approved.example` tells of somebody.
#[track_caller]
fn told(who: &str, rule: &str, text: &str) {
    with_state(
        &Settings::types(true, true, "[x.example]").yaml(PEOPLE),
        |state| cites(&notes(state, who), rule, text),
    );
}

#[test]
fn r4_2_an_atlassian_account_does_not_become_portal_only_and_need_not() {
    let who = "ina@approved.example";
    told(who, "R4.2", "cannot be turned into a portal-only one");
    told(who, "R4.2", "the role Customer is free");
    told(who, "R4.2", "remove the licensed role and keep Customer");
}

#[test]
fn r1a_a_portal_only_account_of_an_approved_domain_is_to_be_migrated() {
    let who = "old@approved.example";
    told(who, "R1a", "Migrate the portal-only account");
    told(
        "*@approved.example",
        "R1a",
        "1 known person of `approved.example` with a portal-only account",
    );
    with_state(
        &Settings::types(true, true, "[x.example]").yaml(PEOPLE),
        |state| {
            for who in ["cy@x.example", "*@x.example", "ina@approved.example"] {
                let notes = notes(state, who);
                assert!(!notes.iter().any(|note| note.rule.0 == "R1a"), "{notes:#?}");
            }
        },
    );
}

#[test]
fn r6_people_of_an_approved_domain_are_invited_by_an_organization_administrator() {
    for who in ["new@approved.example", "*@approved.example"] {
        told(
            who,
            "R6",
            "an organization administrator invites them in the admin hub",
        );
    }
}

#[test]
fn r3_3_where_nobody_may_have_an_account_agents_make_none_either() {
    for who in ["new@other.example", "*@other.example"] {
        told(who, "R3.3", "agents included: allow the domain first");
    }
}

#[test]
fn q2_a_list_does_not_cover_subdomains() {
    told(
        "new@sub.x.example",
        "Q2",
        "`x.example` on a list does not cover `sub.x.example`",
    );
}

#[test]
fn classes_say_of_whom_they_answer() {
    for who in ["anonymous", "anyone"] {
        told(who, "R3", "an address whose domain nothing here names");
    }
    told("any_customer", "V1", "a customer who is on no list");
    told(
        "*@x.example",
        "R1",
        "1 known person of `x.example` stands apart",
    );
}

#[test]
fn r1g_a_disabled_account_is_brought_back_by_an_administrator_only() {
    let workspace = workspace(&Settings::types(true, true, "any").yaml(PEOPLE));
    let site = SiteKey::new("acme").unwrap();
    let desired = Desired::new(&workspace, &site, today()).unwrap();
    let mut observed = Observed::nothing(site);
    let email = Email::new("gone@x.example").unwrap();
    observed.accounts.insert(
        AccountId::new("qm:gone"),
        ObservedAccount {
            email: Some(email),
            name: "Gone".into(),
            kind: Some(AccountKind::PortalOnly),
            active: false,
            standing: Standing::NotAsked,
        },
    );
    let state = State::live(&desired, &observed);
    let told = notes(&state, "gone@x.example");
    cites(&told, "R1g", "a plan never grants access back");
}

#[test]
fn r1e_an_account_without_a_role_is_for_an_organization_administrator() {
    use portcullis::access::explain::Explanation;
    use portcullis::access::{Account, PeopleBuilder, Person, Role};
    let workspace = workspace(&Settings::types(true, true, "any").yaml(""));
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    let email = Email::new("rol@x.example").unwrap();
    let mut people = PeopleBuilder::default();
    people.add(Person {
        email: Some(&email),
        account_id: None,
        name: "",
        account: Account {
            role: Role::None,
            ..Account::customer(AccountKind::Atlassian)
        },
    });
    let state = State {
        people: people.build(),
        ..State::desired(&desired)
    };
    let asked = Asked::new("rol@x.example").unwrap();
    let Explanation { notes, .. } = explain(&state, &asked, None);
    cites(&notes, "R1e", "agents cannot invite this account");
}
