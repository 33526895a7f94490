//! What ends: contracts of companies, links, the access of a person; and another name for an organization.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::apply::{Apply, ApplyReport, Journal, Outcome};

/// Carries a plan out with an agent's token.
async fn apply_as_agent(case: &Case) -> ApplyReport {
    let round = case.plan().await;
    let connection = case.connect_as("agent@sandbox.example", "sandbox-agent");
    let (reader, writer) = (connection.reader(), connection.writer());
    Apply {
        begins: &|_| (),
        reader: &reader,
        writer: &writer,
        desired: &case.desired(),
        observed: &round.observed,
        journal: &Journal::none(),
    }
    .run(&round.plan)
    .await
}

#[test]
fn a_rename_that_the_site_leaves_to_a_person_is_told_with_its_control() {
    run(async {
        let seed = "organization_management: jira_admins_only
organizations: { Globex Inc: {} }";
        let case = Case::new(
            "organizations: { Globex: { previous_name: Globex Inc } }",
            seed,
        )
        .await;
        let report = apply_as_agent(&case).await;
        let [Outcome::LeftToAPerson(why)] = report.outcomes.as_slice() else {
            panic!("{report:?}");
        };
        assert!(why.to_string().contains("edit its name to Globex"), "{why}");
        assert_eq!(report.counts().manual, 1);
        assert_eq!(case.converge().await.plan.changes.len(), 1);
    });
}

#[test]
fn a_contract_that_ended_is_retired_in_both_modes_and_one_that_ends_soon_is_forecast() {
    assert_snapshot!(check(
        "organizations:
  Globex: { until: 2026-11-21, members: { mode: exact, list: [ana@globex.example] } }
  Initech: { until: 2026-12-10 }
  Umbrella: { until: 2027-12-31 }
projects:
  ITSM: { organizations: { mode: exact, list: [Globex, Initech, Umbrella] } }
  HR: { organizations: { list: [Globex] } }",
        "organizations: { Globex: { members: { list: [ana@globex.example, bo@globex.example] } }, Initech: {}, Umbrella: {} }
projects: { ITSM: { organizations: { list: [Globex, Initech, Umbrella] } }, HR: { organizations: { list: [Globex] } }, WEB: { organizations: { list: [Globex] } } }",
    ));
}

#[test]
fn an_organization_is_emptied_only_where_that_is_said_and_whoever_is_out_leaves_it_all_the_same() {
    assert_snapshot!(check(
        "organizations: { Globex: { until: 2026-11-21, empty: true }, Initech: { state: retired } }
people: { mal@initech.example: { state: absent } }",
        "organizations: { Globex: { members: { list: [ana@globex.example] } }, Initech: { members: { list: [ida@initech.example, mal@initech.example] } } }
projects: { ITSM: { organizations: { list: [Globex, Initech] } } }",
    ));
}

#[test]
fn a_link_ends_after_its_day_in_both_modes() {
    assert_snapshot!(check(
        "organizations: { Globex: {}, Initech: {}, Umbrella: {} }
projects:
  ITSM: { organizations: { mode: exact, list: [Globex, { name: Initech, until: 2026-11-21 }] } }
  HR: { organizations: { list: [{ name: Globex, until: 2026-11-21 }, { name: Initech, until: 2026-12-01 }, { name: Umbrella, until: 2026-11-22 }] } }",
        "organizations: { Globex: { members: { list: [ana@globex.example] } }, Initech: {}, Umbrella: {} }
projects: { ITSM: { organizations: { list: [Globex, Initech] } }, HR: { organizations: { list: [Globex, Initech] } } }",
    ));
}

const LEFT: &str = "accounts: { list: [{ email: gone@x.example, state: revoked }, { email: kim@acme.com, account: atlassian }, { email: meg@acme.com, account: atlassian, role: user }] }
organizations: { Globex: { members: { list: [mal@globex.example, ana@globex.example] } } }
projects: { ITSM: { organizations: { list: [Globex] } }, WEB: { channel_access: open, customers: { list: [kim@acme.com] } } }";

#[test]
fn access_ends_over_its_surface_and_nobody_else_is_touched() {
    assert_snapshot!(check(
        "surfaces: { gateway: write, private: write, accounts: write }
people: { mal@globex.example: { state: revoked, reason: left }, gone@x.example: { state: revoked }, never@x.example: { state: revoked } }",
        LEFT,
    ));
}

#[test]
fn without_the_surface_and_for_an_atlassian_account_it_is_a_step() {
    assert_snapshot!(check(
        "people: { mal@globex.example: { state: revoked }, kim@acme.com: { state: revoked } }",
        LEFT,
    ));
}

#[test]
fn an_agent_and_the_caller_keep_their_access_and_it_is_said() {
    assert_snapshot!(check(
        "surfaces: { accounts: write }
people: { meg@acme.com: { state: revoked }, admin@sandbox.example: { state: revoked } }",
        "accounts: { list: [{ email: meg@acme.com, account: atlassian, role: user }] }
organizations: { Globex: { members: { list: [meg@acme.com] } } }",
    ));
}

#[test]
fn protection_and_limits_hold_for_access_that_ends() {
    let blocked = |policy: &str| {
        let desired = format!(
            "surfaces: {{ accounts: write }}
organizations: {{ Globex: {{}} }}
people: {{ mal@globex.example: {{ state: revoked }} }}
=top=
policy: {{ {policy} }}"
        );
        run(async {
            let round = Case::new(&desired, LEFT).await.plan().await;
            let rows = round.plan.changes.iter();
            let row = rows.filter(|row| row.address.as_str() == "acme/account/mal@globex.example");
            let blocks: Vec<String> = row
                .flat_map(|row| &row.blocked_by)
                .map(ToString::to_string)
                .collect();
            blocks.join("; ")
        })
    };
    assert!(blocked("protect: ['acme/organization/Globex/**']").contains("policy.protect"));
    let limit = blocked("max_people_losing_access: { count: 0 }");
    assert!(limit.contains("max_people_losing_access"), "{limit}");
    assert_eq!(blocked("protect: ['acme/project/HR/**']"), "");
}

#[test]
fn ended_access_stays_ended_and_only_a_person_gives_it_back() {
    run(async {
        let mut case = Case::new(
            "surfaces: { accounts: write }
people: { mal@globex.example: { state: revoked } }",
            LEFT,
        )
        .await;
        case.converge().await;
        case.rewrite("organizations: { Globex: { members: { list: [mal@globex.example] } } }");
        assert_snapshot!(case.story().await);
    });
}
