//! The drift action and its issue.

use super::action::{CREDENTIALS, Done, run, run_with};
use super::hub::BOT;
use super::stage::Stage;
use serde_json::json;

fn drift(stage: &Stage, more: &[(&str, &str)]) -> Done {
    let issue = [
        ("issue", "true"),
        ("token", "t0ken"),
        ("base", "refs/tags/portcullis/applied"),
    ];
    run(stage, "drift", &[&CREDENTIALS[..], &issue, more].concat())
}

async fn applied() -> Stage {
    let stage = Stage::new().await;
    let ran = stage
        .command(env!("CARGO_BIN_EXE_portcullis"))
        .args(["apply", "--auto-approve"])
        .envs(Stage::credentials())
        .output();
    assert!(ran.unwrap().status.success());
    stage.git(&["tag", "portcullis/applied"]);
    stage
}

fn click(stage: &Stage, value: bool) {
    stage
        .sandbox
        .edit(|site| site.settings.customers_can_create_accounts = value);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_issue_while_something_matters() {
    let stage = applied().await;
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    stage.set_hub(
        "issues",
        &json!([
            {"number": 1, "state": "open", "user": {"login": "eve"}, "body": "<!-- portcullis:drift: -->"},
            {"number": 2, "state": "open", "user": {"login": BOT}, "body": "<!-- portcullis:drift: -->", "pull_request": {}},
        ]),
    );
    let writes = stage.sandbox.stats().writes;
    let done = drift(&stage, &[]).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("has_changes")),
        ("0", "false")
    );
    assert_eq!(done.output("patch_path"), "");
    assert_eq!(
        stage.writes(),
        [""; 0],
        "nothing matters, so nothing is said"
    );

    click(&stage, !was);
    let done = drift(&stage, &[]).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("has_changes")),
        ("2", "true")
    );
    assert_eq!(stage.writes(), ["POST repos/acme/access/issues"]);
    assert!(done.file("patch_path").contains("+++ "));
    drift(&stage, &[]).ended(0);
    assert_eq!(stage.writes(), ["PATCH repos/acme/access/issues/3"]);
    let issues = stage.hub_state("issues");
    assert_eq!(issues.as_array().unwrap().len(), 3);
    let body = issues[2]["body"].as_str().unwrap();
    assert!(body.contains("customers can create accounts"), "{body}");

    click(&stage, was);
    drift(&stage, &[]).ended(0);
    assert_eq!(stage.hub_state("issues")[2]["state"], "closed");
    stage.calls();
    drift(&stage, &[]).ended(0);
    assert_eq!(stage.writes(), [""; 0]);
    assert_eq!(
        stage.sandbox.stats().writes,
        writes,
        "drift never writes to the site"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_found_out_fails_and_touches_no_issue() {
    let stage = applied().await;
    let inputs = [("issue", "true"), ("token", "t")];
    let done = run_with(&stage, "drift", &inputs, &Stage::for_another_site()).ended(7);
    assert_eq!(done.output("has_changes"), "");
    drift(&stage, &[("base", "refs/tags/none")]).ended(64);
    assert_eq!(stage.calls(), [[""; 0]; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_scopes_stay_text() {
    let stage = applied().await;
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    click(&stage, !was);
    drift(&stage, &[("scope", "@everyone --> $(touch pwned) `x`")]).ended(0);
    let issue = stage.hub_state("issues")[0].clone();
    assert_eq!(
        issue["title"],
        "Customer access has drifted: -everyone-------touch-pwned---x-"
    );
    assert_eq!(
        issue["body"]
            .as_str()
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .matches("-->")
            .count(),
        1
    );
    drift(&stage, &[("sites", "$(touch pwned)")]).ended(64);
    stage.unharmed();
}
