//! The reviewed-plan action: which artifact counts as the plan that people saw.

use super::action::{Done, run};
use super::hub::HEAD;
use super::stage::Stage;
use serde_json::{Value, json};

const MERGE: &str = "3333333333333333333333333333333333333333";

fn find(stage: &Stage, more: &[(&str, &str)]) -> Done {
    let mut inputs = vec![("commit", MERGE), ("branch", "main"), ("token", "t0ken")];
    inputs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    run(stage, "reviewed-plan", &[&inputs[..], more].concat())
}

/// A merge of pull request 7, and one artifact per given run: its id and what GitHub says of the run.
async fn stage(runs: &[(u64, Value)]) -> Stage {
    let stage = Stage::new().await;
    let merged = json!([{"number": 7, "merged_at": "2026-11-21T10:00:00Z", "merge_commit_sha": MERGE, "base": {"ref": "main"}, "head": {"sha": HEAD}}]);
    stage.set_hub(&format!("commits-{MERGE}-pulls"), &merged);
    artifacts(&stage, &format!("portcullis-plan-7-{HEAD}"), runs);
    stage
}

fn artifacts(stage: &Stage, name: &str, runs: &[(u64, Value)]) {
    let artifact = |id: &u64| json!({"name": name, "expired": false, "created_at": format!("2026-11-20T10:00:{id:02}Z"), "workflow_run": {"id": id}});
    let artifacts: Vec<Value> = runs.iter().map(|(id, _)| artifact(id)).collect();
    stage.set_hub("artifacts", &json!({ "artifacts": artifacts }));
    for (id, run) in runs {
        stage.set_hub(&format!("actions-runs-{id}"), run);
        let directory = stage.hub().join(format!("download/{id}"));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("plan.json"), format!("{{\"run\": {id}}}")).unwrap();
    }
}

fn run_of(event: &str, path: &str, branch: &str, repository: &str) -> Value {
    json!({"event": event, "path": path, "head_branch": branch, "head_repository": {"full_name": repository}})
}

fn trusted() -> Value {
    run_of(
        "workflow_run",
        ".github/workflows/portcullis.yml",
        "main",
        "acme/access",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_plan_of_the_trusted_workflow() {
    let stage = stage(&[(10, trusted()), (11, trusted())]).await;
    let done = find(&stage, &[]).ended(0);
    assert_eq!(done.output("number"), "7");
    assert_eq!(done.file("plan_path"), "{\"run\": 11}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_artifact_that_anybody_could_upload_does_not_count() {
    let plan = ".github/workflows/portcullis.yml";
    let forged = [
        (20, run_of("pull_request", plan, "main", "acme/access")),
        (
            21,
            run_of(
                "workflow_run",
                ".github/workflows/evil.yml",
                "main",
                "acme/access",
            ),
        ),
        (22, run_of("workflow_run", plan, "evil", "acme/access")),
        (23, run_of("workflow_run", plan, "main", "eve/access")),
    ];
    let stage = stage(&forged).await;
    let done = find(&stage, &[]).ended(1);
    assert!(
        done.ran.log.contains("no reviewed plan"),
        "{}",
        done.ran.log
    );
    assert!(
        stage.calls().iter().all(|call| call[0] != "run"),
        "nothing is downloaded"
    );
    let both: Vec<(u64, Value)> = forged.into_iter().chain([(12, trusted())]).collect();
    artifacts(&stage, &format!("portcullis-plan-7-{HEAD}"), &both);
    assert_eq!(
        find(&stage, &[]).ended(0).file("plan_path"),
        "{\"run\": 12}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_no_pull_request_brought_has_no_plan() {
    let stage = stage(&[(10, trusted())]).await;
    stage.set_hub(&format!("commits-{MERGE}-pulls"), &json!([]));
    find(&stage, &[]).ended(1);
    let other = json!([{"number": 7, "merged_at": null, "merge_commit_sha": MERGE, "base": {"ref": "main"}, "head": {"sha": HEAD}}]);
    stage.set_hub(&format!("commits-{MERGE}-pulls"), &other);
    find(&stage, &[]).ended(1);
    let hostile = json!([{"number": "7; touch pwned", "merged_at": "x", "merge_commit_sha": MERGE, "base": {"ref": "main"}, "head": {"sha": "$(touch pwned)"}}]);
    stage.set_hub(&format!("commits-{MERGE}-pulls"), &hostile);
    find(&stage, &[]).ended(1);
    find(&stage, &[("commit", "$(touch pwned)")]).ended(64);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_per_site() {
    let stage = stage(&[]).await;
    artifacts(
        &stage,
        &format!("portcullis-plan-7-{HEAD}-acme-eu"),
        &[(10, trusted())],
    );
    find(&stage, &[("scope", "acme")]).ended(1);
    find(&stage, &[("scope", "acme-eu")]).ended(0);
}
