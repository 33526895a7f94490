//! GitLab's jobs, each script run for real: the reports have the form that GitLab wants, and apply takes the plan's file.

use super::action::yaml;
use super::stage::{Ran, Stage};
use serde_json::Value;
use std::collections::BTreeMap;

/// Runs a job as GitLab's runner does: all lines in one shell that stops at the first failure.
fn job(stage: &Stage, name: &str) -> Ran {
    let pipeline = yaml("examples/gitops/gitlab/.gitlab-ci.yml");
    let lines = pipeline[name]["script"].as_array().unwrap();
    let script: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    let mut environment: BTreeMap<String, String> = Stage::credentials();
    for (variable, value) in pipeline["variables"].as_object().unwrap() {
        environment.insert(variable.clone(), value.as_str().unwrap().to_owned());
    }
    environment.insert("CI_DEFAULT_BRANCH".into(), "main".into());
    environment.insert("CI_COMMIT_SHA".into(), stage.git(&["rev-parse", "HEAD"]));
    environment.insert(
        "CI_REPOSITORY_URL".into(),
        stage.beside("origin.git").into_string(),
    );
    stage.bash(&script.join("\n"), &environment)
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    let origin = stage.beside("origin.git");
    stage.git(&["clone", "-q", "--bare", ".", origin.as_str()]);
    stage.git(&[
        "--git-dir",
        origin.as_str(),
        "config",
        "receive.advertisePushOptions",
        "true",
    ]);
    stage.git(&["remote", "add", "origin", origin.as_str()]);
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn validate_plan_apply_drift() {
    let stage = stage().await;
    job(&stage, "validate").ended(0);
    let findings: Value = serde_json::from_str(&stage.read("codequality.json")).unwrap();
    assert!(findings.is_array());

    job(&stage, "plan").ended(0);
    let counts: Value = serde_json::from_str(&stage.read("gitlab.json")).unwrap();
    let names: Vec<&String> = counts.as_object().unwrap().keys().collect();
    assert_eq!(names, ["create", "delete", "update"]);
    assert!(counts["create"].as_u64().unwrap() > 0);
    assert!(stage.read("plan.md").contains("bo@globex.example"));

    job(&stage, "apply").ended(0);
    let head = stage.git(&["rev-parse", "HEAD"]);
    let origin = stage.beside("origin.git");
    let marked = stage.git(&[
        "--git-dir",
        origin.as_str(),
        "rev-parse",
        "portcullis/applied^{commit}",
    ]);
    assert_eq!(marked, head);

    job(&stage, "drift").ended(0);
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    stage
        .sandbox
        .edit(|site| site.settings.customers_can_create_accounts = !was);
    job(&stage, "drift").ended(2);
    stage.git(&["apply", "--check", "accept.patch"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_not_marked() {
    let stage = stage().await;
    job(&stage, "plan").ended(0);
    stage.write(
        "rosters/globex.csv",
        &(stage.read("rosters/globex.csv") + "eve@globex.example,Eve\n"),
    );
    job(&stage, "apply").ended(2);
    let origin = stage.beside("origin.git");
    assert_eq!(stage.git(&["--git-dir", origin.as_str(), "tag"]), "");

    stage.write("portcullis.yaml", "version: 1\nnothing: here\n");
    job(&stage, "validate").ended(3);
    let findings: Value = serde_json::from_str(&stage.read("codequality.json")).unwrap();
    let finding = &findings[0];
    for field in ["description", "check_name", "fingerprint", "severity"] {
        assert!(finding[field].is_string(), "{field}: {finding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_plan_is_red_and_can_be_read() {
    let stage = stage().await;
    let text = stage.read("portcullis.yaml") + "\npolicy:\n  max_new_accounts: 1\n";
    stage.write("portcullis.yaml", &text);
    stage.commit("a limit");
    job(&stage, "plan").ended(5);
    assert!(stage.read("plan.md").contains("max_new_accounts"));
    let plan: Value = serde_json::from_str(&stage.read("plan.json")).unwrap();
    let rows = plan["resource_changes"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|row| row["portcullis"]["origin"] == "there_before")
    );
}

#[test]
fn artifacts_are_for_developers_and_forks_get_no_plan() {
    let pipeline = yaml("examples/gitops/gitlab/.gitlab-ci.yml");
    for (name, job) in pipeline.as_object().unwrap() {
        if job["artifacts"].is_object() {
            assert_eq!(job["artifacts"]["access"], "developer", "{name}");
            assert!(job["artifacts"]["expire_in"].is_string(), "{name}");
        }
    }
    let rules = pipeline["plan"]["rules"].as_array().unwrap();
    assert!(
        rules[0]["if"]
            .as_str()
            .unwrap()
            .contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID")
    );
    assert_eq!(pipeline["apply"]["resource_group"], "portcullis-site");
    assert_eq!(pipeline["apply"]["rules"][0]["when"], "manual");
}
