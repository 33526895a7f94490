//! What the scripts share.

use super::stage::{Ran, Stage, source};
use std::collections::BTreeMap;

fn shell(stage: &Stage, script: &str, environment: &[(&str, &str)]) -> Ran {
    let common = source().join(".github/actions/common.sh");
    let environment: BTreeMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    stage.bash(
        &format!("set -u\nsource '{common}'\n{script}"),
        &environment,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_code_block_can_end_it() {
    let stage = Stage::new().await;
    let text = "a ```` b\n```\n@everyone <img>\n";
    let file = stage.beside("text");
    std::fs::write(&file, text).unwrap();
    let ran = shell(
        &stage,
        "as_code_block \"$FILE\" 1000",
        &[("FILE", file.as_str())],
    )
    .ended(0);
    assert_eq!(ran.log, format!("`````text\n{text}`````\n"));
    let ran = shell(
        &stage,
        "as_code_block \"$FILE\" 10",
        &[("FILE", file.as_str())],
    )
    .ended(0);
    assert_eq!(
        ran.log,
        "`````text\na ```` b\n`````\n\n2 more lines are in the output of the run.\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn workflow_commands_of_strangers_are_switched_off() {
    let stage = Stage::new().await;
    let script =
        "code=0; guarded bash -c 'echo \"::error::pwned\" >&2; exit 3' || code=$?; exit $code";
    let ran = shell(&stage, script, &[]).ended(3);
    let lines: Vec<&str> = ran.log.lines().collect();
    let word = lines[0].strip_prefix("::stop-commands::").unwrap();
    assert_eq!(word.len(), 32);
    assert_eq!(lines[1..], ["::error::pwned", "", &format!("::{word}::")]);
    let again = shell(&stage, script, &[]).ended(3);
    assert!(!again.log.contains(word), "nobody can guess the word");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_summary_stays_below_what_github_keeps() {
    let stage = Stage::new().await;
    let (file, summary) = (stage.beside("text"), stage.beside("step-summary"));
    std::fs::write(&file, "x".repeat(600_000)).unwrap();
    let environment = [
        ("FILE", file.as_str()),
        ("GITHUB_STEP_SUMMARY", summary.as_str()),
    ];
    shell(
        &stage,
        "add_step_summary \"$FILE\"; add_step_summary \"$FILE\"",
        &environment,
    )
    .ended(0);
    let text = std::fs::read_to_string(summary).unwrap();
    assert!(text.len() < 1_000_000);
    assert!(
        text.ends_with("larger than GitHub shows (600000 bytes).\n"),
        "{}",
        &text[text.len() - 80..]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_cannot_start_another() {
    let stage = Stage::new().await;
    let file = stage.beside("output");
    let environment = [
        ("GITHUB_OUTPUT", file.as_str()),
        ("VALUE", "x\nblocked=false"),
    ];
    shell(&stage, "set_output name \"$VALUE\"", &environment).ended(1);
    assert!(!file.exists());
}
