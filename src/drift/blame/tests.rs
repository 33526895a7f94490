//! Which records count for which change.

use super::*;
use serde_json::json;

fn record(
    at: i64,
    summary: &str,
    items: &[(&str, &str)],
    changes: &[(&str, &str, &str)],
) -> Record {
    let item = |(kind, name): &(&str, &str)| Item {
        kind: (*kind).into(),
        id: String::new(),
        name: (*name).into(),
    };
    let change = |(field, from, to): &(&str, &str, &str)| {
        ((*field).to_owned(), (*from).to_owned(), (*to).to_owned())
    };
    Record {
        at: Timestamp::from_second(at).unwrap(),
        by: Some("jo".into()),
        summary: summary.into(),
        items: items.iter().map(item).collect(),
        changes: changes.iter().map(change).collect(),
    }
}

fn asked(site: Vec<Record>, address: &str, action: &str, live: Value) -> Blame {
    let logs = Logs {
        site: Ok(site),
        organization: Err("no key".into()),
    };
    let names = Names::from([("ana@x.example".to_owned(), vec!["Ana".to_owned()])]);
    blame(&logs, &names, (address, action, &live), |_| None)
}

#[test]
fn a_record_counts_where_it_names_everything_and_says_the_way() {
    let items = [("PROJECT", "IT"), ("CUSTOMER_ORGANIZATION", "Globex")];
    let added = || record(2, "Organization added to project", &items, &[]);
    let at = "acme/project/IT/organization/Globex";
    assert!(matches!(
        asked(vec![added()], at, "create", json!({})),
        Blame::By(_)
    ));
    // The newest says that it was put there, and it is gone: somebody else took it away, whom no record names.
    assert_eq!(asked(vec![added()], at, "delete", json!({})), Blame::Silent);
    let other = "acme/project/IT/organization/Initech";
    assert_eq!(
        asked(vec![added()], other, "create", json!({})),
        Blame::Silent
    );
    // A verb that nobody knows says no way.
    let vague = record(3, "Organization touched", &items, &[]);
    assert_eq!(
        asked(vec![vague, added()], at, "create", json!({})),
        Blame::Silent
    );
}

#[test]
fn people_are_named_by_values_too_and_roles_are_no_projects() {
    let customer = |to: &str| {
        let items = [
            ("PROJECT", "IT"),
            ("PROJECT_ROLE", "Service Desk Customers"),
        ];
        record(1, "Project roles changed", &items, &[("Users", "", to)])
    };
    let at = "acme/project/IT/customer/ana@x.example";
    assert!(matches!(
        asked(vec![customer("Ana")], at, "create", json!({})),
        Blame::By(_)
    ));
    assert_eq!(
        asked(vec![customer("Anna")], at, "create", json!({})),
        Blame::Silent
    );
    let role = record(1, "added", &[("PROJECT_ROLE", "IT"), ("USER", "Ana")], &[]);
    assert_eq!(asked(vec![role], at, "create", json!({})), Blame::Silent);
}

#[test]
fn a_value_counts_until_a_newer_record_has_another() {
    let changed = |at, to: &str| {
        record(
            at,
            "changed",
            &[("PROJECT", "IT")],
            &[("Channel access", "x", to)],
        )
    };
    let at = "acme/project/IT/access";
    let found = asked(vec![changed(1, "Open")], at, "update", json!("open"));
    assert!(matches!(found, Blame::By(_)));
    let newer = vec![changed(2, "Restricted"), changed(1, "Open")];
    assert_eq!(asked(newer, at, "update", json!("open")), Blame::Silent);
}

#[test]
fn a_role_of_a_person_is_in_the_log_of_the_organization() {
    let items = [("USER", "Ana"), ("ROLE", "atlassian/user")];
    let granted = || record(2, "Granted role to user", &items, &[]);
    let names = Names::from([("ana@x.example".to_owned(), vec!["Ana".to_owned()])]);
    let asked = |records: Vec<Record>, live: &str| {
        let logs = Logs {
            site: Err("not asked".into()),
            organization: Ok(records),
        };
        let at = "acme/account/ana@x.example/role";
        blame(
            &logs,
            &names,
            (at, "update", &json!({"role": live})),
            |_| None,
        )
    };
    assert!(matches!(asked(vec![granted()], "user"), Blame::By(_)));
    // Somebody took the role Customer away, whom no record names.
    assert_eq!(asked(vec![granted()], "none"), Blame::Silent);
    let group = record(
        3,
        "User added to group",
        &[("USER", "Ana"), ("GROUP", "g")],
        &[],
    );
    assert!(
        matches!(asked(vec![group, granted()], "user"), Blame::By(found) if found.summary.contains("role"))
    );
}

#[test]
fn access_that_was_given_back_is_told_by_records_about_the_account_alone() {
    let granted = || record(1, "Portal-only access granted", &[("USER", "Ana")], &[]);
    let at = "acme/account/ana@x.example";
    let live = json!({"state": "active"});
    let asked = |records| asked(records, at, "update", live.clone());
    // A list that the person is on has nothing to do with it.
    let items = [("PROJECT", "IT"), ("USER", "Ana")];
    let listed = record(2, "Customer added to project", &items, &[]);
    assert_eq!(asked(vec![listed, granted()]), Blame::By(granted()));
    let revoked = record(3, "Portal-only access revoked", &[("USER", "Ana")], &[]);
    assert_eq!(asked(vec![revoked, granted()]), Blame::Silent);
    assert_eq!(asked(vec![]), Blame::Silent);
}

#[test]
fn an_organization_that_is_gone_may_have_another_name() {
    let items = [("ORGANIZATION", "Globex AG")];
    let renamed = || {
        record(
            2,
            "Customer organization renamed",
            &items,
            &[("Name", "Globex", "Globex AG")],
        )
    };
    let made = || {
        record(
            1,
            "Customer organization created",
            &[("ORGANIZATION", "Globex")],
            &[],
        )
    };
    let at = "acme/organization/Globex";
    let told = |records| asked(records, at, "delete", Value::Null);
    assert_eq!(told(vec![renamed(), made()]), Blame::By(renamed()));
    assert_eq!(told(vec![made()]), Blame::Silent);
    // What the other name is called was renamed from this one, and the other way round nobody was.
    let other = asked(
        vec![renamed()],
        "acme/organization/Globex AG",
        "delete",
        Value::Null,
    );
    assert_eq!(other, Blame::Silent);
}

#[test]
fn a_log_that_was_not_read_is_said() {
    let logs = Logs {
        site: Err("no right".into()),
        organization: Ok(Vec::new()),
    };
    let at = "acme/account/ana@x.example";
    let live = json!({"state": "active"});
    let found = blame(&logs, &Names::new(), (at, "update", &live), |_| None);
    assert_eq!(found, Blame::Unread("no right".into()));
    let found = asked(
        vec![],
        "corp/approved-domain/x.example",
        "create",
        json!({}),
    );
    assert_eq!(found, Blame::Unread("no key".into()));
}
