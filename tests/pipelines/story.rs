//! The whole way through the actions, as the example workflows chain them: a pull request, its comment, the merge, the apply
//! of what was shown, the mark, and the night after.

use super::action::{CREDENTIALS, run, run_with};
use super::pull_request::{fetch, stage};
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn from_a_pull_request_to_the_night_after() {
    let (stage, head) = stage().await;
    let first = [&CREDENTIALS[..], &[("auto_approve", "true")]].concat();
    run(&stage, "apply", &first).ended(0);

    // The pull request: planned as data, shown in one comment.
    let pull = fetch(&stage, b"7\n", &head).ended(0);
    let inputs = [
        ("directory", pull.output("directory")),
        ("base", pull.output("base")),
    ];
    let plan = run(&stage, "plan", &[&CREDENTIALS[..], &inputs].concat()).ended(0);
    assert_eq!(
        (plan.output("exitcode"), plan.output("has_removals")),
        ("2", "false")
    );
    let inputs = [
        ("number", pull.output("number")),
        ("body", plan.output("summary_path")),
        ("commit", head.as_str()),
        ("token", "t0ken"),
    ];
    run(&stage, "comment", &inputs).ended(0);
    let comment = stage.hub_state("comments")[0]["body"].clone();
    assert!(
        comment.as_str().unwrap().contains("eve@globex.example"),
        "{comment}"
    );

    // What the workflow uploads, and what GitHub knows after the merge.
    let download = stage.hub().join("download/10");
    std::fs::create_dir_all(&download).unwrap();
    std::fs::copy(plan.output("plan_path"), download.join("plan.json")).unwrap();
    let name = format!("portcullis-plan-7-{head}");
    stage.set_hub("artifacts", &json!({"artifacts": [{"name": name, "expired": false, "created_at": "x", "workflow_run": {"id": 10}}]}));
    stage.set_hub("actions-runs-10", &json!({"event": "workflow_run", "path": ".github/workflows/portcullis.yml", "head_branch": "main", "head_repository": {"full_name": "acme/access"}}));
    let user = ["-c", "user.name=t", "-c", "user.email=t@t.example"];
    stage.git(&[&user[..], &["merge", "-q", "--no-ff", "-m", "merge", &head]].concat());
    let merge = stage.git(&["rev-parse", "HEAD"]);
    stage.set_hub(
        &format!("commits-{merge}-pulls"),
        &json!([{"number": 7, "merged_at": "x", "merge_commit_sha": merge, "base": {"ref": "main"}, "head": {"sha": head}}]),
    );

    // The merge: exactly that plan, then the mark.
    let inputs = [
        ("commit", merge.as_str()),
        ("branch", "main"),
        ("token", "t0ken"),
    ];
    let reviewed = run(&stage, "reviewed-plan", &inputs).ended(0);
    let inputs = [
        ("plan", reviewed.output("plan_path")),
        ("mark", "portcullis/applied"),
        ("token", "t0ken"),
    ];
    let job = BTreeMap::from([("GITHUB_SHA".to_owned(), merge.clone())]);
    run_with(&stage, "apply", &[&CREDENTIALS[..], &inputs].concat(), &job).ended(0);
    assert_eq!(
        stage.hub_state("tags"),
        json!({"portcullis/applied": merge})
    );

    // The night: silence, until somebody clicks; the patch then accepts it.
    stage.git(&["tag", "portcullis/applied", &merge]);
    let inputs = [
        ("base", "refs/tags/portcullis/applied"),
        ("issue", "true"),
        ("token", "t0ken"),
    ];
    let drift = || run(&stage, "drift", &[&CREDENTIALS[..], &inputs].concat()).ended(0);
    assert_eq!(drift().output("has_changes"), "false");
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    stage
        .sandbox
        .edit(|site| site.settings.customers_can_create_accounts = !was);
    let found = drift();
    assert_eq!(found.output("has_changes"), "true");
    assert_eq!(stage.hub_state("issues").as_array().unwrap().len(), 1);
    stage.git(&["apply", found.output("patch_path")]);
    stage.commit("accepted");
    assert_eq!(drift().output("has_changes"), "false");
    assert_eq!(stage.hub_state("issues")[0]["state"], "closed");
    stage.unharmed();
}
