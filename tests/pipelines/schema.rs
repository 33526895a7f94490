//! The YAML against its published schema. Where the schemas come from: `schemas/README.md`.

use super::action::{names, yaml};
use super::stage::source;
use serde_json::Value;

/// Fails with every place of `document` that the schema does not allow.
pub(crate) fn check(schema: &str, path: &str, document: &Value) {
    let text =
        std::fs::read_to_string(source().join("tests/pipelines/schemas").join(schema)).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{path}: {}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn actions() {
    let names = names();
    for required in ["setup", "plan", "apply", "drift"] {
        assert!(names.iter().any(|name| name == required), "{required}");
    }
    for name in names {
        let path = format!(".github/actions/{name}/action.yml");
        check("github-actions.json", &path, &yaml(&path));
    }
}

#[test]
fn workflows() {
    for path in super::workflows::paths() {
        check("github-workflows.json", &path, &yaml(&path));
    }
}

#[test]
fn our_own_workflows() {
    for name in ["ci", "release"] {
        let path = format!(".github/workflows/{name}.yml");
        check("github-workflows.json", &path, &yaml(&path));
    }
}

#[test]
fn gitlab() {
    let path = "examples/gitops/gitlab/.gitlab-ci.yml";
    check("gitlab-ci.json", path, &yaml(path));
}

#[test]
fn kubernetes() {
    let path = "examples/gitops/kubernetes/cronjob.yaml";
    check("kubernetes-cronjob-1.34.json", path, &yaml(path));
}

#[test]
fn the_schemas_refuse_what_is_wrong() {
    let wrong = [
        (
            "github-actions.json",
            ".github/actions/plan/action.yml",
            "/runs/using",
            Value::from("wasm"),
        ),
        (
            "github-workflows.json",
            "examples/gitops/github/portcullis-pr.yml",
            "/jobs/validate/steps",
            Value::from("none"),
        ),
        (
            "gitlab-ci.json",
            "examples/gitops/gitlab/.gitlab-ci.yml",
            "/plan/artifacts/access",
            Value::from("everybody"),
        ),
        (
            "kubernetes-cronjob-1.34.json",
            "examples/gitops/kubernetes/cronjob.yaml",
            "/spec/schedule",
            Value::from(3),
        ),
    ];
    for (schema, path, place, value) in wrong {
        let mut document = yaml(path);
        *document.pointer_mut(place).unwrap() = value;
        let refused = std::panic::catch_unwind(|| check(schema, path, &document));
        assert!(refused.is_err(), "{schema}");
    }
}
