//! A plan file is read back as it was written, and other files are refused with a reason.

use crate::document::{change, empty, step, with};
use portcullis::report::document::{
    Check, CheckAddress, CheckProblem, FindingDocument, ForecastDocument, ScopeError, Source,
};
use portcullis::report::json::{ReadPlanError, plan_json, read_plan};
use proptest::prelude::*;
use serde_json::{Value, json};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_plan_is_read_back_as_it_was_written(
        action in prop::sample::select(vec!["create", "update", "delete"]),
        names in prop::collection::vec(any::<String>(), 0..4),
        before in values(),
        after in values(),
        blocked in prop::collection::vec(any::<String>(), 0..3),
        origin in prop::option::of(any::<String>()),
        previous in prop::option::of(any::<String>()),
        flags in any::<[bool; 3]>(),
        counts in any::<[u32; 3]>(),
        note in any::<String>(),
    ) {
        let mut changes = Vec::new();
        for name in &names {
            let mut made = change(action, "jsm_organization", name, before.clone(), after.clone());
            made.portcullis.blocked_by = blocked.iter().map(Into::into).collect();
            made.portcullis.waiting_for.clone_from(&blocked);
            made.portcullis.origin.clone_from(&origin);
            made.previous_address.clone_from(&previous);
            if flags[0] {
                made.portcullis.source = None;
            }
            changes.push(made);
        }
        let mut document = with(changes);
        [document.applyable, document.complete, document.errored] = flags;
        document.access_impact = after.clone().into();
        document.api_budget.plan_requests = counts[0].into();
        document.notifications.note.clone_from(&note);
        document.coverage.fields_known = counts[1] as usize;
        document.unmanaged.addresses.clone_from(&names);
        document.manual_steps = names.iter().map(|name| step(&[name], &note, before.clone(), after.clone())).collect();
        let source = Some(Source { file: note.clone(), line: counts[2] });
        document.errors = vec![ScopeError { address: note.clone(), message: note.clone().into(), forbidden: flags[1], source: source.clone() }];
        document.findings = vec![FindingDocument { address: note.clone(), code: "x".into(), message: note.clone().into(), source }];
        document.forecast = vec![ForecastDocument {
            address: note.clone(),
            until: "2027-01-31".into(),
            source: Source { file: note.clone(), line: 1 }, count: None,
        }];
        document.checks = vec![Check {
            address: CheckAddress { kind: "limit".into(), to_display: note.clone() },
            status: "fail".into(),
            overridden: None,
            problems: vec![CheckProblem { message: note.into() }],
        }];
        document.resource_drift.clone_from(&document.resource_changes);
        let text = plan_json(&document);
        prop_assert_eq!(read_plan(&text).unwrap(), document);
        prop_assert_eq!(text.chars().last(), Some('\n'));
    }
}

#[test]
fn unknown_keys_and_later_minor_versions_are_read() {
    let mut value: Value = serde_json::from_str(&plan_json(&empty())).unwrap();
    value["format_version"] = json!("1.9");
    value["tomorrow"] = json!({"more": true});
    value["coverage"]["tomorrow"] = json!(1);
    let document = read_plan(&value.to_string()).unwrap();
    assert_eq!(document.format_version, "1.9");
    assert_eq!(document.coverage, empty().coverage);
}

#[test]
fn another_major_version_is_refused_by_name() {
    let error =
        read_plan(r#"{"format_version": "2.0", "tool_version": "3.1.4", "plan": []}"#).unwrap_err();
    assert!(matches!(&error, ReadPlanError::Version { found, .. } if found == "2.0"));
    insta::assert_snapshot!(error, @r#"has plan format `2.0`, this program reads `1.*`; show it with the version that wrote it (portcullis 3.1.4), or plan again"#);
    assert!(matches!(
        read_plan(r#"{"format_version": "10.2"}"#),
        Err(ReadPlanError::Version { .. })
    ));
}

#[test]
fn what_is_no_plan_is_said_to_be_none() {
    for other in [
        "{}",
        "[]",
        "1",
        r#"{"format_version": 1}"#,
        r#"{"format_version": null}"#,
    ] {
        assert!(
            matches!(read_plan(other), Err(ReadPlanError::NotAPlan)),
            "{other}"
        );
    }
    insta::assert_snapshot!(read_plan("{}").unwrap_err(), @r#"is not a plan: it has no `format_version` (write one with `portcullis plan --out FILE`)"#);
    insta::assert_snapshot!(read_plan("version: 1\n").unwrap_err(), @r#"is not a plan: it is not JSON (line 1, column 1) (write one with `portcullis plan --out FILE`)"#);
}

#[test]
fn a_missing_part_is_placed() {
    let mut value: Value = serde_json::from_str(&plan_json(&empty())).unwrap();
    value.as_object_mut().unwrap().remove("digest");
    insta::assert_snapshot!(read_plan(&value.to_string()).unwrap_err(), @r#"is a plan of format `1.2` with a part that cannot be read (line 1, column 668)"#);
}
