//! The pull-request action: an untrusted number, files from git, and nothing of them run.

use super::action::{CREDENTIALS, Done, run};
use super::stage::Stage;
use serde_json::json;

/// A repository with an origin in which pull request 7 is open.
pub(crate) async fn stage() -> (Stage, String) {
    let stage = Stage::new().await;
    stage.git(&[
        "checkout",
        "-q",
        "-b",
        "it's \"$(touch pwned)\"".replace(' ', "-").as_str(),
    ]);
    stage.write(
        "rosters/globex.csv",
        &(stage.read("rosters/globex.csv") + "eve@globex.example,Eve\n"),
    );
    stage.write(".gitattributes", "* filter=evil merge=evil diff=evil\n");
    stage.write(".githooks/post-checkout", "#!/bin/sh\ntouch pwned\n");
    let head = stage.commit("Eve joins");
    let origin = stage.beside("origin.git");
    stage.git(&["clone", "-q", "--bare", ".", origin.as_str()]);
    stage.git(&[
        "--git-dir",
        origin.as_str(),
        "update-ref",
        "refs/pull/7/head",
        &head,
    ]);
    stage.git(&["remote", "add", "origin", origin.as_str()]);
    stage.git(&["checkout", "-q", "main"]);
    // The branch moved on meanwhile, without a conflict.
    stage.write("README.md", "moved on\n");
    stage.commit("a word");
    pull(&stage, &head, "main", "open");
    (stage, head)
}

fn pull(stage: &Stage, head: &str, base: &str, state: &str) {
    let base = json!({"ref": base, "repo": {"full_name": "acme/access"}});
    stage.set_hub(
        "pulls-7",
        &json!({"state": state, "head": {"sha": head}, "base": base}),
    );
}

pub(crate) fn fetch(stage: &Stage, number: &[u8], head: &str) -> Done {
    let file = stage.beside("number");
    std::fs::write(&file, number).unwrap();
    let inputs = [
        ("number_file", file.as_str()),
        ("head_sha", head),
        ("branch", "main"),
        ("token", "t0ken"),
    ];
    run(stage, "pull-request", &inputs)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_merged_files_are_planned_against_the_branch() {
    let (stage, head) = stage().await;
    let done = fetch(&stage, b"7\n", &head).ended(0);
    assert_eq!(done.output("number"), "7");
    assert_eq!(done.output("base"), stage.git(&["rev-parse", "main"]));
    let data = camino::Utf8PathBuf::from(done.output("directory"));
    assert_eq!(
        std::fs::read_to_string(data.join("README.md")).unwrap(),
        "moved on\n"
    );
    assert!(
        std::fs::read_to_string(data.join("rosters/globex.csv"))
            .unwrap()
            .contains("eve@globex")
    );
    assert!(
        !stage.read("rosters/globex.csv").contains("eve@globex"),
        "the trusted files stay as they are"
    );
    assert!(
        !stage.read(".git/config").contains("AUTHORIZATION"),
        "the token is not left behind"
    );

    let inputs = [("directory", data.as_str()), ("base", done.output("base"))];
    let plan = run(&stage, "plan", &[&CREDENTIALS[..], &inputs].concat()).ended(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.file("plan_path")).unwrap();
    let rows = plan["resource_changes"].as_array().unwrap();
    let origin = |row: &serde_json::Value| row["portcullis"]["origin"].as_str().unwrap().to_owned();
    for row in rows {
        let ours = row["address"]
            .as_str()
            .unwrap()
            .contains("eve@globex.example");
        assert_eq!(
            origin(row),
            if ours { "this_branch" } else { "there_before" },
            "{}",
            row["address"]
        );
    }
    assert!(rows.iter().any(|row| origin(row) == "this_branch"));
    stage.unharmed();
    assert!(!data.join("pwned").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_attribute_of_the_pull_request_decides_how_files_are_written() {
    let (stage, head) = stage().await;
    // As where Git LFS is set up for the machine: every file of that attribute goes through a program.
    for part in ["smudge", "clean", "process"] {
        let name = format!("filter.evil.{part}");
        let asked = stage.beside("pwned");
        stage.git(&["config", &name, &format!("touch '{asked}'; cat")]);
    }
    stage.git(&["config", "filter.evil.required", "true"]);
    stage.git(&["config", "merge.evil.driver", "touch pwned"]);
    let done = fetch(&stage, b"7\n", &head).ended(0);
    let data = camino::Utf8PathBuf::from(done.output("directory"));
    let attributes = std::fs::read_to_string(data.join(".gitattributes")).unwrap();
    assert!(attributes.contains("filter=evil"), "it lies there as data");
    let roster = std::fs::read_to_string(data.join("rosters/globex.csv")).unwrap();
    assert!(roster.contains("eve@globex.example"), "{roster}");
    stage.unharmed();
    assert!(!data.join("pwned").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_proves_nothing() {
    let (stage, head) = stage().await;
    for number in [
        &b""[..],
        b"0",
        b"7;touch pwned",
        b"$(touch pwned)",
        b"../7",
        b"7\n8",
        b"7\08",
        b"7\r",
        b"-7",
        b"\xff7",
    ] {
        fetch(&stage, number, &head).ended(1);
        assert_eq!(stage.calls(), [[""; 0]; 0], "{number:?} reached GitHub");
    }
    // Another pull request, one that moved on, was closed, or goes elsewhere.
    stage.set_hub("pulls-8", &json!({"state": "open", "head": {"sha": "2".repeat(40)}, "base": {"ref": "main", "repo": {"full_name": "acme/access"}}}));
    fetch(&stage, b"8", &head).ended(1);
    pull(&stage, &head, "main", "closed");
    fetch(&stage, b"7", &head).ended(1);
    pull(&stage, &head, "release", "open");
    fetch(&stage, b"7", &head).ended(1);
    pull(&stage, &"2".repeat(40), "main", "open");
    fetch(&stage, b"7", &head).ended(1);
    fetch(&stage, b"7", &"2".repeat(40)).ended(1);
    fetch(&stage, b"7", "$(touch pwned)").ended(64);
    assert_eq!(stage.writes(), [""; 0]);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_no_number_and_a_conflict_is_no_plan() {
    let (stage, head) = stage().await;
    let file = stage.beside("linked");
    std::fs::write(stage.beside("number"), "7").unwrap();
    std::os::unix::fs::symlink(stage.beside("number"), &file).unwrap();
    let inputs = [
        ("number_file", file.as_str()),
        ("head_sha", &head),
        ("branch", "main"),
        ("token", "t"),
    ];
    run(&stage, "pull-request", &inputs).ended(1);
    let inputs = [
        ("number_file", stage.beside("number").into_string()),
        ("head_sha", head.clone()),
        ("branch", "--upload-pack=touch pwned".into()),
        ("token", "t".into()),
    ];
    let inputs: Vec<(&str, &str)> = inputs
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    run(&stage, "pull-request", &inputs).ended(64);

    stage.write("rosters/globex.csv", "name,email\n");
    stage.commit("everybody leaves");
    let done = fetch(&stage, b"7", &head).ended(1);
    assert!(done.ran.log.contains("does not merge"), "{}", done.ran.log);
    stage.unharmed();
}
