//! People who become customers: licensed externals of whom the licence is taken.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::apply::Outcome;
use portcullis::model::{Incomplete, Read};

const SITE: &str = "accounts: { list: [{ email: dev@contractor.example, account: atlassian, role: user, apps: [jira, confluence] }, { email: kim@acme.com, account: atlassian, role: none, apps: [jira] }, { email: robot@acme.com, account: atlassian, role: user, service_account: true }, { email: pat@x.example }] }
sandbox: { groups: { jira-users: { id: g-jira, members: [gus@contractor.example], apps: [jira], role: customer } } }
organizations: { Contractors: { members: { list: [dev@contractor.example] } } }
projects: { ITSM: { organizations: { list: [Contractors] } }, HR: {} }";

#[test]
fn an_agent_becomes_a_customer_and_loses_what_is_named_and_nothing_else() {
    assert_snapshot!(check(
        "surfaces: { gateway: write, private: write, roles: write }
people:
  dev@contractor.example: { role: customer, take_away: [jira, jira-service-management], reason: contract ended }
  kim@acme.com: { role: customer }
projects: { ITSM: { channel_access: restricted }, HR: { channel_access: restricted } }",
        SITE,
    ));
}

#[test]
fn without_the_surface_it_is_one_step() {
    assert_snapshot!(check(
        "people: { dev@contractor.example: { role: customer, take_away: [jira] } }",
        SITE,
    ));
}

#[test]
fn what_a_group_gives_is_a_step_that_names_the_group() {
    assert_snapshot!(check(
        "surfaces: { roles: write }
people: { gus@contractor.example: { role: customer, take_away: [jira, confluence] } }",
        SITE,
    ));
}

#[test]
fn the_caller_administrators_apps_and_portal_only_accounts_are_left_alone() {
    assert_snapshot!(check(
        "surfaces: { roles: write }
people:
  admin@sandbox.example: { role: customer, take_away: [jira-service-management] }
  boss@acme.com: { role: customer, take_away: [jira-service-management] }
  robot@acme.com: { role: customer, take_away: [jira-service-management] }
  pat@x.example: { role: customer }
  nobody@x.example: { role: customer }",
        &SITE.replace(
            "list: [{ email: dev",
            "list: [{ email: boss@acme.com, account: atlassian, role: admin }, { email: dev",
        ),
    ));
}

#[test]
fn a_limit_on_licences_blocks_every_row_that_takes_one() {
    run(async {
        let case = Case::new(
            "surfaces: { roles: write }
people: { dev@contractor.example: { role: customer, take_away: [jira, confluence] } }
=top=
policy: { max_licences_removed: 1 }",
            SITE,
        )
        .await;
        let round = case.plan().await;
        let blocks: Vec<String> = round.plan.changes[0]
            .blocked_by
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(blocks, ["policy.max_licences_removed"], "{}", round.text());
    });
}

#[test]
fn roles_that_nobody_could_read_are_a_question_and_a_step() {
    run(async {
        let case = Case::new(
            "surfaces: { roles: write }
people: { dev@contractor.example: { role: customer, take_away: [jira] } }",
            SITE,
        )
        .await;
        let mut observed = case.plan().await.observed;
        for read in observed.roles.values_mut() {
            *read = Read::Incomplete(Incomplete {
                why: "set `PORTCULLIS_ORG_API_KEY`".into(),
                forbidden: false,
            });
        }
        assert_snapshot!(case.plan_from(observed).text());
    });
}

#[test]
fn what_was_taken_stays_taken_and_a_group_that_comes_between_is_told() {
    run(async {
        let mut case = Case::new(
            "surfaces: { roles: write }
people: { dev@contractor.example: { role: customer, take_away: [jira] } }",
            SITE,
        )
        .await;
        let round = case.plan().await;
        case.sandbox.edit(|site| {
            let dev = site.accounts_with_email("dev@contractor.example")[0].id();
            site.add_to_group("jira-users", &[dev]).unwrap();
        });
        let report = case.apply(&round).await;
        let [Outcome::Failed(why)] = report.outcomes.as_slice() else {
            panic!("{report:?}");
        };
        assert!(why.to_string().contains("a group may give it"), "{why}");
        case.rewrite("projects: {}");
        assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
    });
}
