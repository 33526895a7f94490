//! The hook for pre-commit: its fields by hand, as no schema of it is published for tests to read, and its command for real.

use super::action::yaml;
use super::stage::Stage;

#[test]
fn the_manifest_has_what_pre_commit_wants() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let [hook] = &hooks.as_array().unwrap()[..] else {
        panic!("{hooks}")
    };
    for field in ["id", "name", "entry", "language"] {
        assert!(
            hook[field].as_str().is_some_and(|text| !text.is_empty()),
            "{field}"
        );
    }
    assert_eq!(hook["language"], "rust");
    assert_eq!(hook["pass_filenames"], false);
    let known = [
        "id",
        "name",
        "description",
        "entry",
        "language",
        "pass_filenames",
        "files",
        "require_serial",
        "stages",
        "minimum_pre_commit_version",
    ];
    for field in hook.as_object().unwrap().keys() {
        assert!(known.contains(&field.as_str()), "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_needs_no_network_and_no_credentials() {
    let stage = Stage::new().await;
    let hooks = yaml(".pre-commit-hooks.yaml");
    let words: Vec<&str> = hooks[0]["entry"].as_str().unwrap().split(' ').collect();
    // As pre-commit: the entry's words, then `args`; the program is found on the path of what it installed.
    let run = |arguments: &[&str]| {
        stage
            .command(words[0])
            .args(&words[1..])
            .args(arguments)
            .output()
            .unwrap()
    };
    let ran = run(&[]);
    assert_eq!(
        ran.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(stage.sandbox.exchanges().is_empty());
    assert_eq!(run(&[stage.repository().as_str()]).status.code(), Some(0));
    stage.write("portcullis.yaml", "version: 1\nnothing: here\n");
    assert_eq!(run(&[]).status.code(), Some(3));
}
