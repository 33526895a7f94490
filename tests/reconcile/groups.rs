//! Groups of Atlassian accounts as customers of projects: the actors of the role *Service Desk Customers*.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::jsm::Connection;
use portcullis::model::{Incomplete, ProjectKey, Read};
use portcullis::plan::Block;

const STAFF: &str = "sandbox: { groups: { hr-staff: { id: g-hr, members: [ivy@acme.com, jo@acme.com], role: customer }, contractors: { id: g-co, members: [kim@acme.com], role: customer }, empty: {} }, projects: { HR: { customer_groups: [contractors] }, ITSM: { customer_groups: [hr-staff] } } }
projects: { HR: {}, ITSM: {}, WEB: { customers: { list: [jo@acme.com] } } }";

#[test]
fn a_group_comes_and_another_goes_and_one_stays() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { mode: exact, list: [{ name: hr-staff, id: g-hr }] } }, ITSM: { customer_groups: { mode: exact, list: [hr-staff] } }, WEB: { customer_groups: { list: [empty] } } }",
        STAFF,
    ));
}

#[test]
fn groups_that_the_files_do_not_list_stay_under_add_only_and_where_nothing_is_said() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { list: [hr-staff] } }, ITSM: { customers: { list: [] } } }",
        STAFF,
    ));
}

#[test]
fn an_emptied_exact_list_takes_every_group_out() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { mode: exact, list: [], allow_empty: true } } }",
        STAFF,
    ));
}

#[test]
fn a_group_with_an_agent_or_the_caller_in_it_does_not_go() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { mode: exact, list: [], allow_empty: true } } }",
        "accounts: { list: [{ email: meg@acme.com, account: atlassian, role: user }] }
sandbox: { groups: { helpers: { members: [meg@acme.com, ivy@acme.com], role: customer }, bosses: { members: [admin@sandbox.example] } }, projects: { HR: { customer_groups: [helpers, bosses] } } }
projects: { HR: {} }",
    ));
}

#[test]
fn what_the_role_gives_every_new_project_is_no_row() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { mode: exact, list: [], allow_empty: true } } }",
        "sandbox: { groups: { everybody: { members: [ivy@acme.com], role: customer } }, default_customer_groups: [everybody] }
projects: { HR: {} }",
    ));
}

#[test]
fn a_group_of_the_same_name_with_another_id_is_refused_and_one_that_is_not_there_is_told() {
    assert_snapshot!(check(
        "projects: { HR: { customer_groups: { mode: exact, list: [{ name: contractors, id: g-old }] } }, ITSM: { customer_groups: { list: [nobody-knows, { name: hr-staff, id: g-hr }] } } }",
        STAFF,
    ));
}

#[test]
fn people_of_a_group_are_not_interrupted_when_they_move_to_it() {
    assert_snapshot!(check(
        "projects: { WEB: { customers: { mode: exact, list: [], allow_empty: true }, customer_groups: { list: [hr-staff] } } }",
        STAFF,
    ));
}

#[test]
fn a_role_or_a_group_that_nobody_could_read_takes_nothing_out() {
    run(async {
        let case = Case::new(
            "projects: { HR: { customer_groups: { mode: exact, list: [{ name: hr-staff, id: g-hr }] } } }",
            STAFF,
        )
        .await;
        let seen = case.plan().await.observed;
        let cut_off = || Incomplete {
            why: "the answer was cut off".into(),
            forbidden: false,
        };
        let mut nameless = seen.clone();
        for group in nameless.groups.values_mut() {
            group.members = Read::Incomplete(cut_off());
        }
        let round = case.plan_from(nameless);
        assert_snapshot!("a_group_of_unknown_size", round.text());
        let gone = &round.plan.changes[1];
        assert!(
            matches!(&gone.blocked_by[..], [Block::Rule(why)] if why.to_string().contains("cut off"))
        );
        let mut roleless = seen.clone();
        let key = ProjectKey::new("HR").unwrap();
        if let Some(Read::Complete(projects)) = &mut roleless.projects {
            let project = projects.get_mut(&key).unwrap();
            project.permissions.as_mut().unwrap().customers = Some(Read::Incomplete(cut_off()));
        }
        let round = case.plan_from(roleless);
        assert_eq!(round.addresses(), Vec::<String>::new());
        assert_eq!(round.plan.errors.len(), 1, "{}", round.text());
    });
}

#[test]
fn without_the_right_a_group_may_come() {
    run(async {
        let case = Case::new(
            "projects: { HR: { customer_groups: { list: [{ name: hr-staff, id: g-hr }] } } }",
            STAFF,
        )
        .await;
        let administrator = case.plan().await;
        let mut agent = administrator.observed.clone();
        if let Some(Read::Complete(rights)) = &mut agent.rights {
            rights.site.values_mut().for_each(|held| *held = false);
            rights.projects.clear();
        }
        let round = case.plan_from(agent);
        assert!(round.plan.changes[0].needs_right.is_some());
        assert_snapshot!(round.text());
    });
}

#[test]
fn expectations_speak_of_the_members_of_a_group() {
    assert_snapshot!(check(
        "projects: { HR: { channel_access: restricted, customer_groups: { list: [hr-staff] } }, ITSM: {}, WEB: {} }
=top=
expectations:
  - { name: Staff reach HR, who: 'group:hr-staff', can: send_request, site: acme, projects: [HR] }
  - { name: Staff stay out of WEB, who: 'group:hr-staff', cannot: view_portal, site: acme, projects: [WEB] }
  - { name: Nobody knows, who: 'group:nobody-knows', cannot: view_portal, site: acme, projects: [WEB] }
",
        STAFF,
    ));
}

#[test]
fn only_with_a_group_means_its_members_and_nobody_else() {
    let only = |mode: &str, who: &str| {
        format!(
            "projects: {{ HR: {{ channel_access: restricted, customer_groups: {{ mode: {mode}, list: [hr-staff] }} }} }}
=top=
expectations: [{{ name: staff alone, only: [{who}], can: view_portal, site: acme, projects: [HR] }}]"
        )
    };
    run(async {
        for (desired, status) in [
            (only("exact", "'group:hr-staff'"), "pass"),
            // Who is in the other group stays a customer.
            (only("add_only", "'group:hr-staff'"), "fail"),
            (
                only("add_only", "'group:hr-staff', 'group:contractors'"),
                "pass",
            ),
            (only("exact", "'group:contractors'"), "fail"),
            (only("exact", "ivy@acme.com"), "fail"),
        ] {
            let case = Case::new(&desired, STAFF).await;
            let round = case.plan().await;
            let checks = &round.document.checks;
            let found = checks
                .iter()
                .find(|check| check.address.kind == "expectation");
            assert_eq!(found.unwrap().status, status, "{desired}\n{}", round.text());
        }
    });
}

#[test]
fn verifying_reads_the_role_back() {
    run(async {
        let case = Case::new(
            "projects: { HR: { customer_groups: { mode: exact, list: [hr-staff] } } }",
            STAFF,
        )
        .await;
        let round = case.plan().await;
        let connection: Connection = case.connect();
        let (reader, writer) = (connection.reader(), connection.writer());
        let report = portcullis::apply::Apply {
            begins: &|_| (),
            reader: &reader,
            writer: &writer,
            desired: &case.desired(),
            observed: &round.observed,
            journal: &portcullis::apply::Journal::none(),
        }
        .run_and_verify(&round.plan)
        .await;
        assert_eq!(report.counts().done, 2, "{report:?}");
        let twice = case.apply(&round).await;
        assert_eq!(twice.counts().failed, 0, "{twice:?}");
        assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
    });
}
