//! `apply --due`, for a nightly run: what a date in a reviewed line orders by now, and nothing else; and the record of a run.

use crate::stage::{Stage, add_member, rows};
use serde_json::Value;

/// Bo's last day was yesterday; Cy is new, and Eve is on the list by somebody else's doing.
fn night() -> Stage {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.replace(
        "organizations/globex.yaml",
        "            - bo@globex.example   # until the merger\n",
        "            - { email: bo@globex.example, until: 2026-11-21 }\n            - cy@globex.example\n",
    );
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage
}

const LEFT: [&str; 3] = [
    "create acme/account/cy@globex.example",
    "create acme/organization/Globex/member/cy@globex.example",
    "delete acme/organization/Globex/member/eve@globex.example",
];

#[test]
fn what_is_due_is_done_without_asking_and_the_rest_is_left() {
    let stage = night();
    let ran = stage.run(&["apply", "--due"]).ended(0);
    assert!(!ran.out.contains("eve@globex.example"), "{}", ran.out);
    let mut left = rows(&stage.plan(&[])["resource_changes"]);
    left.sort();
    assert_eq!(left, LEFT);
    // The next night there is nothing to do.
    let site = stage.site_bytes();
    stage.run(&["apply", "--due"]).ended(0);
    assert_eq!(stage.site_bytes(), site);
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    stage
        .run(&["apply", "--due", "--plan", "plan.json"])
        .ended(64);
}

#[test]
fn who_must_be_gone_everywhere_is_due_and_limits_hold() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.replace(
        "portcullis.yaml",
        "    knowledge_base:",
        "    people:\n      samir@initech.example: { state: absent, reason: left, owner: it@acme.example }\n    knowledge_base:",
    );
    stage.write(
        "policy/limits.yaml",
        "version: 1\npolicy:\n  max_people_losing_access: { count: 0 }\n",
    );
    let site = stage.site_bytes();
    stage.run(&["apply", "--due"]).ended(5);
    assert_eq!(stage.site_bytes(), site);
    std::fs::remove_file(stage.root.join("policy/limits.yaml")).unwrap();
    stage.run(&["apply", "--due"]).ended(0);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
}

fn record(stage: &Stage) -> Value {
    serde_json::from_str(&stage.read("record.json")).unwrap()
}

#[test]
fn the_record_of_a_run_says_who_approved_what_and_what_became_of_it() {
    let stage = night();
    stage.commit("what was merged");
    let head = stage.git(&["rev-parse", "HEAD"]);
    stage.run(&["plan", "--out", "plan.json"]).ended(0);
    let plan: Value = serde_json::from_str(&stage.read("plan.json")).unwrap();
    stage
        .run(&[
            "apply",
            "--plan",
            "plan.json",
            "--verify",
            "--report",
            "record.json",
        ])
        .ended(0);
    let record = record(&stage);
    assert_eq!(record["format_version"], "1.0");
    assert_eq!(record["commit"], head.trim());
    assert_eq!(record["approval"]["by"], "reviewed plan");
    assert_eq!(record["approval"]["plan"], "plan.json");
    assert_eq!(record["approval"]["plan_digest"], plan["digest"]);
    assert_eq!(record["digest"], plan["digest"]);
    assert_eq!(record["sites"]["acme"]["origin"], "sandbox:acme");
    assert_eq!(record["read_back"], "touched lists");
    assert_eq!(
        (&record["exit_code"], &record["exit_reason"]),
        (&0.into(), &plan["exit_reason"])
    );
    let done = record["rows"].as_array().unwrap();
    assert_eq!(done.len(), 4);
    for row in done {
        assert_eq!(row["result"]["outcome"], "done", "{row}");
    }
    assert!(record["finished"].as_str().unwrap() >= record["started"].as_str().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stage.root.join("record.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Nothing is done of which no record could be kept.
#[test]
fn a_record_that_cannot_be_written_stops_the_run_before_the_first_change() {
    let stage = night();
    let site = stage.site_bytes();
    stage
        .run(&["apply", "--due", "--report", "no/such/place/record.json"])
        .ended(1);
    assert_eq!(stage.site_bytes(), site);
    stage
        .run(&[
            "apply",
            "--due",
            "--report",
            "record.json",
            "--privacy",
            "counts",
        ])
        .ended(64);
    assert_eq!(stage.site_bytes(), site);
    stage
        .run(&["apply", "--due", "--report", "record.json"])
        .ended(0);
    assert_eq!(record(&stage)["approval"]["by"], "--due");
}
