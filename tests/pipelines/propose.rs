//! The propose action: one pull request with the edit that accepts what somebody changed.

use super::action::{Done, run};
use super::hub::BOT;
use super::stage::Stage;
use serde_json::{Value, json};

async fn stage() -> Stage {
    let stage = Stage::new().await;
    let origin = stage.beside("origin.git");
    stage.git(&["clone", "-q", "--bare", ".", origin.as_str()]);
    stage.git(&["remote", "add", "origin", origin.as_str()]);
    stage
}

/// Writes a patch that adds somebody to the roster.
fn patch(stage: &Stage, who: &str) -> String {
    let roster = stage.read("rosters/globex.csv");
    stage.write("rosters/globex.csv", &format!("{roster}{who},X\n"));
    let diff = stage.git(&["diff"]) + "\n";
    stage.git(&["checkout", "-q", "--", "."]);
    let path = stage.beside("accept.patch");
    std::fs::write(&path, diff).unwrap();
    path.into_string()
}

fn propose(stage: &Stage, patch: &str, more: &[(&str, &str)]) -> Done {
    let inputs = [
        ("patch", patch),
        ("has_changes", "true"),
        ("token", "t0ken"),
    ];
    let mut inputs = inputs.to_vec();
    inputs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    run(stage, "propose", &[&inputs[..], more].concat())
}

fn tip(stage: &Stage) -> String {
    let origin = stage.beside("origin.git");
    stage.git(&[
        "--git-dir",
        origin.as_str(),
        "rev-parse",
        "refs/heads/portcullis/drift",
    ])
}

fn pulls(stage: &Stage) -> Vec<Value> {
    stage.hub_state("pulls").as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_pull_request_while_something_can_be_accepted() {
    let stage = stage().await;
    // A fork may have a branch of the same name.
    let fork = json!({"number": 9, "state": "open", "user": {"login": BOT}, "head": {"ref": "portcullis/drift", "repo": {"full_name": "eve/access"}}});
    stage.set_hub("pulls", &json!([fork]));
    let edit = patch(&stage, "eve@globex.example");
    let done = propose(&stage, &edit, &[]).ended(0);
    assert!(!done.ran.log.contains("t0ken"));
    let first = tip(&stage);
    let origin = stage.beside("origin.git");
    let show = |what: &str| stage.git(&["--git-dir", origin.as_str(), "show", what]);
    assert!(show(&format!("{first}:rosters/globex.csv")).contains("eve@globex.example"));
    assert_eq!(
        stage.git(&["rev-parse", &format!("{first}^")]),
        stage.git(&["rev-parse", "main"])
    );
    let opened = pulls(&stage);
    assert_eq!(opened.len(), 2);
    assert_eq!(opened[1]["base"], "main");
    assert!(
        !opened[1]["body"].as_str().unwrap().contains("eve@"),
        "the text names nobody"
    );
    assert_eq!(
        stage.git(&["status", "--porcelain"]),
        "",
        "the checkout stays as it was"
    );
    assert!(!stage.read(".git/config").contains("AUTHORIZATION"));

    // The same again changes nothing; another edit replaces it, in the same pull request.
    propose(&stage, &edit, &[]).ended(0);
    assert_eq!((tip(&stage), pulls(&stage).len()), (first.clone(), 2));
    propose(&stage, &patch(&stage, "fay@globex.example"), &[]).ended(0);
    assert_ne!(tip(&stage), first);
    assert_eq!(pulls(&stage).len(), 2);

    // What could not be found out closes nothing; nothing to accept any more does.
    propose(&stage, "", &[("has_changes", "")]).ended(0);
    assert_eq!(pulls(&stage)[1]["state"], "open");
    propose(&stage, "", &[("has_changes", "false")]).ended(0);
    assert_eq!(pulls(&stage)[1]["state"], "closed");
    assert_eq!(pulls(&stage)[0]["state"], "open");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_patches_reach_nobody() {
    let stage = stage().await;
    let edit = patch(&stage, "eve@globex.example");
    for (name, value) in [
        ("head", "--force"),
        ("head", "a b"),
        ("head", "main"),
        ("branch", "$(touch pwned) x"),
        ("token", ""),
        ("patch", "/nowhere/$(touch pwned)"),
    ] {
        propose(&stage, &edit, &[(name, value)]).ended(64);
    }
    let broken = stage.beside("broken.patch");
    std::fs::write(
        &broken,
        "--- a/../../pwned\n+++ b/../../pwned\n@@ -0,0 +1 @@\n+x\n",
    )
    .unwrap();
    assert_ne!(propose(&stage, broken.as_str(), &[]).ran.code, 0);
    assert_eq!(stage.writes(), [""; 0]);
    stage.unharmed();
}
