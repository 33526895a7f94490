//! Runs a composite action as a runner does: its steps in order, with their environment, from the `action.yml` itself.

use super::stage::{Ran, Stage, source};
use serde_json::Value;
use std::collections::BTreeMap;

/// How an action ended.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) ran: Ran,
    pub(crate) outputs: BTreeMap<String, String>,
    /// What the page of the run shows.
    pub(crate) summary: String,
    /// What was put on the path.
    pub(crate) path: String,
}

impl Done {
    /// Checks the exit code and gives itself back.
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.ran.code, code, "{}\n{}", self.ran.log, self.summary);
        self
    }

    pub(crate) fn output(&self, name: &str) -> &str {
        let output = self.outputs.get(name);
        output.unwrap_or_else(|| panic!("no output `{name}`: {:?}\n{}", self.outputs, self.ran.log))
    }

    /// The text of the file that an output names.
    pub(crate) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.output(name)).unwrap()
    }
}

/// Reads YAML as JSON.
pub(crate) fn yaml(path: &str) -> Value {
    let text = std::fs::read_to_string(source().join(path)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the actions.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = source()
        .join(".github/actions")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().path().to_owned())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// Puts values in place of expressions. Only the few forms that the actions use are known; any other one is a failure.
fn evaluate(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").unwrap();
        let value = values.get(expression.trim());
        result += before;
        // An output that no step set is empty, as on GitHub.
        let unset = expression.trim().starts_with("steps.");
        assert!(
            value.is_some() || unset,
            "unknown expression `{expression}`"
        );
        result += value.map_or("", String::as_str);
        rest = after;
    }
    result + rest
}

/// Runs an action. Inputs that are not given have their defaults; an unknown one is a failure.
pub(crate) fn run(stage: &Stage, name: &str, inputs: &[(&str, &str)]) -> Done {
    run_with(stage, name, inputs, &BTreeMap::new())
}

/// Runs an action with variables of the job.
pub(crate) fn run_with(
    stage: &Stage,
    name: &str,
    inputs: &[(&str, &str)],
    job: &BTreeMap<String, String>,
) -> Done {
    let action = yaml(&format!(".github/actions/{name}/action.yml"));
    let home = source().join(".github/actions").join(name);
    let mut values = BTreeMap::from([
        ("github.action_path".to_owned(), home.to_string()),
        ("github.token".to_owned(), "t0ken".to_owned()),
    ]);
    for (input, about) in action["inputs"].as_object().unwrap() {
        if let Some(default) = about["default"].as_str() {
            let default = evaluate(default, &values);
            values.insert(format!("inputs.{input}"), default);
        }
    }
    for (input, value) in inputs {
        assert!(
            action["inputs"][input].is_object(),
            "`{name}` has no input `{input}`"
        );
        values.insert(format!("inputs.{input}"), (*value).to_owned());
    }
    let files =
        ["output", "summary", "path"].map(|name| stage.temp().join(format!("github-{name}")));
    for file in &files {
        std::fs::write(file, "").unwrap();
    }
    let mut ran = Ran {
        code: 0,
        log: String::new(),
    };
    for step in action["runs"]["steps"].as_array().unwrap() {
        if ran.code != 0 && step["if"] != "always()" {
            continue;
        }
        // Another action: a cache, which is empty here.
        if step["uses"].is_string() {
            assert!(step["uses"].as_str().unwrap().starts_with("actions/cache@"));
            continue;
        }
        assert_eq!(step["shell"], "bash");
        let mut environment = job.clone();
        for (variable, value) in step["env"].as_object().unwrap() {
            environment.insert(variable.clone(), evaluate(value.as_str().unwrap(), &values));
        }
        for (variable, file) in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"]
            .iter()
            .zip(&files)
        {
            environment.insert((*variable).to_owned(), file.to_string());
        }
        std::fs::write(&files[0], "").unwrap();
        let step_ran = stage.bash(step["run"].as_str().unwrap(), &environment);
        ran.log += &step_ran.log;
        if ran.code == 0 {
            ran.code = step_ran.code;
        }
        for line in std::fs::read_to_string(&files[0]).unwrap().lines() {
            let (output, value) = line.split_once('=').unwrap();
            let id = step["id"].as_str().unwrap();
            values.insert(format!("steps.{id}.outputs.{output}"), value.to_owned());
        }
    }
    let outputs = action["outputs"].as_object().into_iter().flatten();
    let outputs = outputs
        .map(|(output, about)| {
            (
                output.clone(),
                evaluate(about["value"].as_str().unwrap(), &values),
            )
        })
        .collect();
    Done {
        ran,
        outputs,
        summary: std::fs::read_to_string(&files[1]).unwrap(),
        path: std::fs::read_to_string(&files[2]).unwrap(),
    }
}

/// The sandbox's credentials, as the inputs of an action.
pub(crate) const CREDENTIALS: [(&str, &str); 3] = [
    ("email", "admin@sandbox.example"),
    ("api_token", "sandbox-admin"),
    ("org_api_key", "sandbox-org-key"),
];
