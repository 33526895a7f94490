//! The apply action: only what was reviewed, and the mark afterwards.

use super::action::{CREDENTIALS, Done, run, run_with};
use super::stage::Stage;
use serde_json::json;
use std::collections::BTreeMap;

fn reviewed(stage: &Stage) -> String {
    run(stage, "plan", &CREDENTIALS)
        .ended(0)
        .output("plan_path")
        .to_owned()
}

fn apply(stage: &Stage, more: &[(&str, &str)]) -> Done {
    let commit = BTreeMap::from([("GITHUB_SHA".to_owned(), stage.git(&["rev-parse", "HEAD"]))]);
    run_with(stage, "apply", &[&CREDENTIALS[..], more].concat(), &commit)
}

const MARK: [(&str, &str); 2] = [("mark", "portcullis/applied"), ("token", "t0ken")];

#[tokio::test(flavor = "multi_thread")]
async fn the_reviewed_plan_is_applied_and_marked() {
    let stage = Stage::new().await;
    let plan = reviewed(&stage);
    let inputs = [&[("plan", plan.as_str())], &MARK[..]].concat();
    let done = apply(&stage, &inputs).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("blocked")),
        ("0", "false")
    );
    assert_eq!(done.output("has_changes"), "false");
    assert!(done.summary.contains("```text"), "{}", done.summary);
    assert!(!done.ran.log.contains("globex.example"), "{}", done.ran.log);
    assert!(!done.ran.log.contains("t0ken"), "{}", done.ran.log);
    let head = stage.git(&["rev-parse", "HEAD"]);
    assert_eq!(stage.hub_state("tags"), json!({"portcullis/applied": head}));

    let after = run(&stage, "plan", &CREDENTIALS).ended(0);
    assert_eq!(
        (after.output("exitcode"), after.output("has_changes")),
        ("0", "false")
    );
    assert_eq!(after.output("has_removals"), "false");

    // Twice is harmless, and the mark moves along.
    stage.write("README.md", "changed\n");
    let head = stage.commit("a word");
    apply(&stage, &inputs).ended(0);
    assert_eq!(stage.hub_state("tags"), json!({"portcullis/applied": head}));
    assert_eq!(
        stage.writes(),
        [
            "PATCH repos/acme/access/git/refs/tags/portcullis/applied",
            "POST repos/acme/access/git/refs",
            "PATCH repos/acme/access/git/refs/tags/portcullis/applied",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_reviewed_is_left_alone_and_not_marked() {
    let stage = Stage::new().await;
    let plan = reviewed(&stage);
    stage.replace(
        "rosters/globex.csv",
        "bo@globex.example,Bo Berg",
        "bo@globex.example,Bo Berg\neve@globex.example,Eve",
    );
    stage.commit("somebody else");
    let done = apply(&stage, &[&[("plan", plan.as_str())], &MARK[..]].concat()).ended(0);
    assert_eq!(done.output("exitcode"), "2");
    assert!(done.ran.log.contains("what nobody reviewed is left alone"));
    // Not everything that the files ask for is done, so the old mark is still the truth.
    assert_eq!(stage.writes(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_applied_without_a_plan_or_a_word() {
    let stage = Stage::new().await;
    apply(&stage, &[]).ended(64);
    apply(&stage, &[("plan", "/nowhere/$(touch pwned)")]).ended(64);
    apply(&stage, &[("auto_approve", "true; touch pwned")]).ended(64);
    assert_eq!(stage.sandbox.stats().writes, 0);
    apply(&stage, &[("auto_approve", "true")]).ended(0);
    assert!(stage.sandbox.stats().writes > 0);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_must_be_the_name_of_a_tag() {
    let stage = Stage::new().await;
    let plan = reviewed(&stage);
    for mark in ["../heads/main", "a b", "x\ny", "$(touch pwned)?", "a..b"] {
        let inputs = [("plan", plan.as_str()), ("mark", mark), ("token", "t")];
        apply(&stage, &inputs).ended(64);
    }
    assert_eq!(stage.writes(), [""; 0]);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_for_a_person_are_no_failure_and_stand_in_the_summary() {
    let stage = Stage::new().await;
    stage.replace(
        "portcullis.yaml",
        "      mapped: drivers/sandbox-settings.yaml",
        "      mapped: null",
    );
    let text = stage.read("portcullis.yaml");
    let text: String = text
        .lines()
        .filter(|line| !line.contains("mapped:"))
        .map(|line| format!("{line}\n"))
        .collect();
    stage.write("portcullis.yaml", &text);
    let head = stage.commit("toggles by hand");
    let plan = reviewed(&stage);
    let inputs = [&[("plan", plan.as_str())], &MARK[..]].concat();
    let done = apply(&stage, &inputs).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("has_changes")),
        ("9", "true")
    );
    let log = &done.ran.log;
    assert!(log.contains("::notice title=Portcullis::"), "{log}");
    let (_, left) = done.summary.split_once("## Left for a person").unwrap();
    assert!(
        left.contains("#### By hand") && left.contains("customers may create their own accounts"),
        "{left}"
    );
    assert_eq!(stage.hub_state("tags"), json!({"portcullis/applied": head}));
    let strict = [&inputs[..], &[("fail_on_manual", "true")]].concat();
    let done = apply(&stage, &strict).ended(9);
    assert!(
        done.summary.contains("## Left for a person"),
        "{}",
        done.summary
    );
}
