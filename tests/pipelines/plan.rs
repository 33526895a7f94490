//! The plan action.

use super::action::{CREDENTIALS, run, run_with};
use super::stage::Stage;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_has_outputs_and_its_log_no_people() {
    let stage = Stage::new().await;
    let done = run(&stage, "plan", &CREDENTIALS).ended(0);
    for (output, value) in [
        ("exitcode", "2"),
        ("has_changes", "true"),
        ("has_removals", "true"),
        ("blocked", "false"),
    ] {
        assert_eq!(done.output(output), value, "{output}");
    }
    let plan: serde_json::Value = serde_json::from_str(&done.file("plan_path")).unwrap();
    assert_eq!(plan["acceptance_digest"], done.output("digest"));
    assert_eq!(plan["applyable"], true);
    let summary = done.file("summary_path");
    assert!(summary.contains("bo@globex.example"), "{summary}");
    assert!(summary.len() < 60_000);
    assert_eq!(done.summary, summary);
    assert!(!done.ran.log.contains("globex.example"), "{}", done.ran.log);
    assert!(!done.ran.log.contains("sandbox-admin"), "{}", done.ran.log);
    let directory = std::path::Path::new(done.output("plan_path"))
        .parent()
        .unwrap();
    let mode = std::fs::metadata(directory).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "only its owner reads a plan");
    assert_eq!(stage.sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_see_can_be_pseudonymous_while_the_plan_stays_whole() {
    let stage = Stage::new().await;
    let inputs = [
        &CREDENTIALS[..],
        &[("privacy", "pseudonymous"), ("step_summary", "false")],
    ]
    .concat();
    let done = run(&stage, "plan", &inputs).ended(0);
    assert!(done.file("plan_path").contains("bo@globex.example"));
    let first = done.file("summary_path");
    assert!(!first.contains("bo@globex.example"));
    assert_eq!(done.summary, "");
    // Without a key nobody can check a guess against a later run; with one, names stay the same.
    let again = |more: &[(&str, &str)]| {
        let done = run(&stage, "plan", &[&inputs[..], more].concat()).ended(0);
        done.file("summary_path")
    };
    assert_ne!(again(&[]), first);
    let key = [("pseudonym_key", "k3y")];
    let keyed = again(&key);
    assert_eq!(again(&key), keyed);
    assert_ne!(keyed, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_may_come_from_the_job() {
    let stage = Stage::new().await;
    let done = run_with(&stage, "plan", &[], &Stage::credentials()).ended(0);
    assert_eq!(done.output("exitcode"), "2");
    // Without one that may be sent, nothing can be read: the step fails, and still says so where people look.
    let done = run_with(&stage, "plan", &[], &Stage::for_another_site()).ended(7);
    assert_eq!(done.output("exitcode"), "7");
    for output in ["has_changes", "has_removals", "blocked", "plan_path"] {
        assert_eq!(done.output(output), "", "{output}");
    }
    assert!(done.summary.contains("could not plan"), "{}", done.summary);
    assert!(
        done.summary.contains("/acme/access/actions/runs/4711"),
        "{}",
        done.summary
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_workspace_fails_with_its_code() {
    let stage = Stage::new().await;
    stage.write("portcullis.yaml", "version: 1\nnothing: here\n");
    let done = run(&stage, "plan", &CREDENTIALS).ended(3);
    assert!(
        done.file("summary_path")
            .contains("configuration is invalid")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_is_an_output_and_no_failure() {
    let stage = Stage::new().await;
    let text = stage.read("portcullis.yaml") + "\npolicy:\n  max_new_accounts: 1\n";
    stage.write("portcullis.yaml", &text);
    stage.commit("a limit");
    let done = run(&stage, "plan", &CREDENTIALS).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("blocked")),
        ("5", "true")
    );
    assert_eq!(done.output("has_changes"), "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_inputs_stay_text() {
    let stage = Stage::new().await;
    for hostile in [
        "$(touch pwned)",
        "`touch pwned`",
        "'; touch pwned; '",
        "\"; touch pwned; \"",
        "--out=pwned",
        "-h",
        "a && touch pwned",
        "${IFS}touch${IFS}pwned",
        "x\n::set-output name=blocked::false",
    ] {
        for input in [
            "directory",
            "sites",
            "targets",
            "base",
            "partial",
            "max_bytes",
            "privacy",
            "step_summary",
        ] {
            let inputs = [&CREDENTIALS[..], &[(input, hostile)]].concat();
            let done = run(&stage, "plan", &inputs);
            assert_ne!(done.ran.code, 0, "{input}: {hostile}: {}", done.ran.log);
            stage.unharmed();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_may_have_any_name() {
    let stage = Stage::new().await;
    let odd = stage.beside("it's \"$(touch pwned)\" -x");
    std::fs::rename(stage.repository(), &odd).unwrap();
    std::fs::create_dir(stage.repository()).unwrap();
    let inputs = [
        &CREDENTIALS[..],
        &[
            ("directory", odd.as_str()),
            ("sites", "acme\n"),
            ("base", "HEAD"),
        ],
    ]
    .concat();
    assert_eq!(
        run(&stage, "plan", &inputs).ended(0).output("exitcode"),
        "2"
    );
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn losing_access_is_a_removal_although_nothing_is_deleted() {
    let stage = Stage::new().await;
    let all = [&CREDENTIALS[..], &[("auto_approve", "true")]].concat();
    let policy =
        "\npolicy:\n  class_gains: { anonymous: allow, anyone: allow, any_customer: allow }\n";
    stage.write("portcullis.yaml", &(stage.read("portcullis.yaml") + policy));
    let (open, restricted) = ("channel_access: open", "channel_access: restricted");
    run(&stage, "apply", &all).ended(0);
    stage.replace("projects/itsm.yaml", restricted, open);
    run(&stage, "apply", &all).ended(0);
    stage.replace("projects/itsm.yaml", open, restricted);
    let done = run(&stage, "plan", &CREDENTIALS).ended(0);
    assert!(!done.file("plan_path").contains("\"delete\""));
    assert_eq!(
        (done.output("exitcode"), done.output("has_removals")),
        ("2", "true")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_a_branch_changes_are_an_output() {
    let stage = Stage::new().await;
    let root = stage.read("portcullis.yaml");
    stage.write(
        "portcullis.yaml",
        &format!("{root}\npolicy:\n  max_new_accounts: 0\n"),
    );
    stage.commit("a limit");
    let rules = || {
        let inputs = [&CREDENTIALS[..], &[("base", "HEAD")]].concat();
        run(&stage, "plan", &inputs)
            .ended(0)
            .output("rules")
            .to_owned()
    };
    assert_eq!(rules(), "unchanged");
    let acceptance = format!("acceptances/{}.yaml", "0".repeat(64));
    stage.write(&acceptance, "owner: ciso@acme.example\ndate: 2026-11-01\n");
    assert_eq!(rules(), "changed");
    std::fs::remove_file(stage.repository().join(&acceptance)).unwrap();
    // A rule that goes and that nothing here rests on is for the reviewers to see, and for nobody to wait for.
    let two = "\npolicy:\n  max_new_accounts: 0\n  protect: [\"acme/project/NOWHERE\"]\n";
    stage.write("portcullis.yaml", &format!("{root}{two}"));
    stage.commit("a protection");
    stage.write(
        "portcullis.yaml",
        &format!("{root}\npolicy:\n  max_new_accounts: 0\n"),
    );
    assert_eq!(rules(), "changed");
    stage.write("portcullis.yaml", &root);
    assert_eq!(rules(), "decisive");
    // The plan itself is judged by its own rules then, and that is the file which a merge applies.
    let inputs = [&CREDENTIALS[..], &[("base", "HEAD")]].concat();
    let done = run(&stage, "plan", &inputs).ended(0);
    assert_eq!(
        (done.output("exitcode"), done.output("blocked")),
        ("2", "false")
    );
    assert!(done.file("summary_path").contains("HEAD"));
}
