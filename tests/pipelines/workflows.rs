//! What no schema says: inputs never become code, rights are few, versions are fixed, and names fit together.

use super::action::{names, yaml};
use super::stage::source;
use serde_json::Value;
use std::collections::BTreeSet;

const OURS: &str = "portcullis-jsm/portcullis/.github/actions/";

/// The example workflows.
pub(crate) fn paths() -> Vec<String> {
    let mut paths: Vec<String> = source()
        .join("examples/gitops/github")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| format!("examples/gitops/github/{}", entry.unwrap().file_name()))
        .filter(|path| path.ends_with(".yml"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 4, "{paths:?}");
    paths
}

fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.filter_map(|job| job["steps"].as_array())
        .flatten()
        .collect()
}

/// Every step of every example workflow and action, with where it is.
fn all_steps() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for path in paths() {
        let workflow = yaml(&path);
        all.extend(
            steps(&workflow)
                .into_iter()
                .map(|step| (path.clone(), step.clone())),
        );
    }
    for name in names() {
        let path = format!(".github/actions/{name}/action.yml");
        let action = yaml(&path);
        let steps = action["runs"]["steps"].as_array().unwrap();
        all.extend(steps.iter().map(|step| (path.clone(), step.clone())));
    }
    all
}

#[test]
fn no_expression_stands_in_a_script() {
    let mut scripts = 0;
    for (path, step) in all_steps() {
        let Some(script) = step["run"].as_str() else {
            continue;
        };
        scripts += 1;
        assert!(!script.contains("${{"), "{path}: {script}");
        assert!(!script.contains("eval "), "{path}: {script}");
        assert_eq!(
            step["shell"], "bash",
            "{path}: without it there is no pipefail"
        );
    }
    assert!(scripts >= 14);
    for name in names() {
        for entry in source()
            .join(".github/actions")
            .join(name)
            .read_dir_utf8()
            .unwrap()
        {
            let entry = entry.unwrap();
            if entry.file_name().ends_with(".sh") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                assert!(
                    !text.contains("${{") && !text.contains("eval "),
                    "{}",
                    entry.path()
                );
                assert!(text.contains("\nset -euo pipefail\n"), "{}", entry.path());
            }
        }
    }
}

#[test]
fn every_input_is_known_and_every_needed_one_is_given() {
    for (path, step) in all_steps() {
        let Some(action) = step["uses"]
            .as_str()
            .and_then(|uses| uses.strip_prefix(OURS))
        else {
            continue;
        };
        let name = action.split('@').next().unwrap();
        let inputs = yaml(&format!(".github/actions/{name}/action.yml"))["inputs"].clone();
        let empty = serde_json::Map::new();
        let given = step["with"].as_object().unwrap_or(&empty);
        for input in given.keys() {
            assert!(
                inputs[input].is_object(),
                "{path}: `{name}` has no input `{input}`"
            );
        }
        for (input, about) in inputs.as_object().unwrap() {
            let needed = about["required"] == true;
            assert!(
                !needed || given.contains_key(input),
                "{path}: `{name}` needs `{input}`"
            );
        }
    }
}

#[test]
fn every_output_that_is_used_exists() {
    for path in paths() {
        let workflow = yaml(&path);
        let text = std::fs::read_to_string(source().join(&path)).unwrap();
        for step in steps(&workflow) {
            let (Some(id), Some(uses)) = (step["id"].as_str(), step["uses"].as_str()) else {
                continue;
            };
            let name = uses.strip_prefix(OURS).unwrap().split('@').next().unwrap();
            let outputs = yaml(&format!(".github/actions/{name}/action.yml"))["outputs"].clone();
            let prefix = format!("steps.{id}.outputs.");
            for used in text.split(&prefix).skip(1) {
                let end = used
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap();
                assert!(
                    outputs[&used[..end]].is_object(),
                    "{path}: `{}` of `{name}`",
                    &used[..end]
                );
            }
        }
    }
}

#[test]
fn the_contract_s_outputs_exist() {
    let all = [
        "exitcode",
        "has_changes",
        "has_removals",
        "blocked",
        "plan_path",
        "summary_path",
    ];
    for (name, outputs) in [
        ("plan", &all[..]),
        ("apply", &all[..]),
        ("drift", &["exitcode", "has_changes", "summary_path"]),
    ] {
        let action = yaml(&format!(".github/actions/{name}/action.yml"));
        for output in outputs {
            assert!(
                action["outputs"][output]["value"].is_string(),
                "{name}: {output}"
            );
        }
    }
}

/// Returns the action of a `uses:`, which must name a whole commit.
fn fixed<'u>(path: &str, uses: &'u str) -> &'u str {
    let (action, version) = uses.split_once('@').unwrap();
    let full = version.len() == 40 && version.chars().all(|c| c.is_ascii_hexdigit());
    assert!(full, "{path}: {uses} is not fixed to a commit");
    action
}

#[test]
fn rights_are_few_and_versions_fixed() {
    for (path, step) in all_steps() {
        if let Some(uses) = step["uses"].as_str() {
            fixed(&path, uses);
        }
    }
    for path in paths() {
        let workflow = yaml(&path);
        let permissions = workflow["permissions"].as_object().unwrap();
        assert!(
            permissions.values().all(|right| right == "read"),
            "{path}: a workflow's own rights only read"
        );
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            if let Some(called) = job["uses"].as_str() {
                assert_eq!(called, "./.github/workflows/customer-access.yml", "{path}");
                assert!(job["permissions"].is_object(), "{path}: {name}");
                continue;
            }
            assert!(job["timeout-minutes"].is_number(), "{path}: {name}");
            for step in job["steps"].as_array().unwrap() {
                let Some(uses) = step["uses"].as_str() else {
                    continue;
                };
                let action = fixed(&path, uses);
                if action == "actions/checkout" {
                    assert_eq!(step["with"]["persist-credentials"], false, "{path}: {name}");
                }
                if action == "actions/upload-artifact" {
                    assert!(step["with"]["retention-days"].is_number(), "{path}: {name}");
                }
            }
        }
    }
}

#[test]
fn what_runs_a_pull_request_s_code_holds_nothing() {
    let path = "examples/gitops/github/portcullis-pr.yml";
    let text = std::fs::read_to_string(source().join(path)).unwrap();
    let workflow = yaml(path);
    assert!(!text.contains("secrets."), "{path}");
    assert!(!text.contains("token"), "{path}");
    assert_eq!(
        workflow["permissions"],
        serde_json::json!({"contents": "read"})
    );
    assert!(workflow["jobs"]["validate"]["environment"].is_null());
    for path in paths() {
        let workflow = yaml(&path);
        let triggers: BTreeSet<&str> = workflow["on"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert!(!triggers.contains("pull_request_target"), "{path}");
        let text = std::fs::read_to_string(source().join(&path)).unwrap();
        if text.contains("secrets.") {
            assert!(!triggers.contains("pull_request"), "{path}");
            for (name, job) in workflow["jobs"].as_object().unwrap() {
                let uses_secrets = job.to_string().contains("secrets.");
                assert!(
                    !uses_secrets || job["environment"].is_string(),
                    "{path}: {name}: secrets belong to an environment"
                );
            }
        }
    }
    // The trusted workflow checks out its own branch, never the pull request's commit.
    let called = yaml("examples/gitops/github/customer-access.yml");
    let checkout = &called["jobs"]["plan"]["steps"][0];
    assert_eq!(checkout["with"]["ref"], "${{ inputs.branch }}");
    assert_eq!(called["env"]["GIT_LFS_SKIP_SMUDGE"], "1");
}

#[test]
fn what_writes_to_the_site_runs_one_at_a_time() {
    let mut applies = 0;
    for path in paths() {
        let workflow = yaml(&path);
        for (name, job) in workflow["jobs"].as_object().unwrap() {
            let steps = job["steps"].as_array().into_iter().flatten();
            let mut uses = steps.filter_map(|step| step["uses"].as_str());
            if uses.any(|uses| uses.starts_with(&format!("{OURS}apply@"))) {
                applies += 1;
                assert_eq!(
                    job["concurrency"],
                    serde_json::json!({"group": "portcullis-site-${{ inputs.site }}", "cancel-in-progress": false}),
                    "{path}: {name}"
                );
            }
        }
    }
    assert_eq!(applies, 3);
}

#[test]
fn a_call_grants_what_its_jobs_take_and_every_event_has_a_job() {
    let called = yaml("examples/gitops/github/customer-access.yml");
    let mut taken = BTreeSet::new();
    for job in called["jobs"].as_object().unwrap().values() {
        for (right, level) in job["permissions"].as_object().unwrap() {
            taken.insert((right.clone(), level.as_str().unwrap().to_owned()));
        }
    }
    let conditions: Vec<&str> = called["jobs"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|job| job["if"].as_str())
        .collect();
    for path in paths() {
        let caller = yaml(&path);
        let jobs = caller["jobs"].as_object().unwrap().values();
        for job in jobs.filter(|job| job["uses"].is_string()) {
            for (right, level) in &taken {
                let granted = job["permissions"][right].as_str().unwrap_or_default();
                assert!(granted == level || granted == "write", "{path}: {right}");
            }
            for given in job["with"].as_object().unwrap().keys() {
                let inputs = &called["on"]["workflow_call"]["inputs"];
                assert!(inputs[given].is_object(), "{path}: no input `{given}`");
            }
            for event in caller["on"].as_object().unwrap().keys() {
                let event = format!("github.event_name == '{event}'");
                assert!(
                    conditions.iter().any(|c| c.contains(&event)),
                    "{path}: {event}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inline_scripts_run() {
    use super::stage::Stage;
    let stage = Stage::new().await;
    let output = stage.beside("output");
    let mut ran = BTreeSet::new();
    for (path, step) in all_steps() {
        let Some(script) = step["run"].as_str() else {
            continue;
        };
        if !path.starts_with("examples/") {
            continue;
        }
        let environment = [
            ("GITHUB_OUTPUT", output.as_str()),
            ("NUMBER", "7$(touch pwned)\"'"),
            ("DIRECTORY", "."),
        ];
        let environment = environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        stage.bash(script, &environment).ended(0);
        ran.insert(script.to_owned());
    }
    assert_eq!(ran.len(), 3);
    assert_eq!(
        std::fs::read_to_string(stage.temp().join("number")).unwrap(),
        "7$(touch pwned)\"'\n"
    );
    let matrix = std::fs::read_to_string(output).unwrap();
    let matrix: Value = serde_json::from_str(matrix.strip_prefix("sites=").unwrap()).unwrap();
    assert_eq!(matrix[0]["site"], "acme");
    stage.unharmed();
}
