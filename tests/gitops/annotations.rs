//! Annotations: code hosts know paths from the root of the repository, wherever the program was started.

use crate::stage::Stage;
use serde_json::Value;

/// Returns the paths that a form of `validate` names, in order and once each.
fn paths(form: &str, text: &str) -> Vec<String> {
    let json = || serde_json::from_str::<Value>(text).unwrap();
    let mut found: Vec<String> = match form {
        "github" => text
            .lines()
            .filter_map(|line| line.split_once(" file=")?.1.split_once(','))
            .map(|(path, _)| path.to_owned())
            .collect(),
        "codequality" => json()
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["location"]["path"].as_str().unwrap().to_owned())
            .collect(),
        "sarif" => json()["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| &found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            .map(|uri| uri.as_str().unwrap().to_owned())
            .collect(),
        _ => text
            .split("<testsuite name=\"")
            .skip(1)
            .filter_map(|rest| rest.split_once('"'))
            .map(|(path, _)| path.to_owned())
            .collect(),
    };
    found.sort();
    found.dedup();
    found
}

#[test]
fn paths_begin_at_the_root_of_the_repository() {
    let stage = Stage::new();
    stage.replace("organizations/globex.yaml", "ana@globex.example", "ana");
    stage.replace("rosters/initech.csv", "peter@initech.example", "peter");
    let top = stage.root.parent().unwrap().to_owned();
    let here = ["organizations/globex.yaml", "rosters/initech.csv"].map(str::to_owned);
    let below = here.clone().map(|path| format!("work/{path}"));
    let forms = ["github", "codequality", "sarif", "junit"];
    let ran = |directory: &str, workspace: &str, form: &str| {
        let directory = stage.root.join(directory);
        let arguments = ["validate", workspace, "--format", form];
        let ran = stage.run_in(&directory, &[], &arguments).ended(3);
        paths(form, &ran.out)
    };
    for form in forms {
        assert_eq!(ran(".", ".", form), here, "{form} outside of a repository");
    }
    stage.git(&["init", "-q", ".."]);
    for form in forms {
        for (directory, workspace) in [
            ("..", "work"),
            (".", "."),
            (".", stage.root.as_str()),
            ("organizations", ".."),
            (
                "../..",
                stage
                    .root
                    .strip_prefix(top.parent().unwrap())
                    .unwrap()
                    .as_str(),
            ),
        ] {
            assert_eq!(
                ran(directory, workspace, form),
                below,
                "{form} in {directory}"
            );
        }
    }
    // Text is for people, who are where they are.
    let text = stage.run(&["validate"]).ended(3).out;
    assert!(
        text.contains("organizations/globex.yaml") && !text.contains("work/organizations"),
        "{text}"
    );
    // A linked worktree is a repository of its own.
    stage.git(&["add", "-A", "."]);
    stage.git(&["commit", "-q", "-m", "one"]);
    stage.git(&["worktree", "add", "-q", "../linked"]);
    let arguments = ["validate", "linked/work", "--format", "github"];
    let found = stage.run_in(&top, &[], &arguments).ended(3);
    assert_eq!(paths("github", &found.out), below);
}
