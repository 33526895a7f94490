//! GitLab's jobs, each script run for real: the reports have the form that GitLab wants, and apply takes the plan's file.

use super::action::yaml;
use super::stage::{Ran, Stage};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Runs a job as GitLab's runner does: all lines in one shell that stops at the first failure.
fn job(stage: &Stage, name: &str) -> Ran {
    job_with(stage, name, &[])
}

/// The same with more variables.
fn job_with(stage: &Stage, name: &str, variables: &[(&str, &str)]) -> Ran {
    let pipeline = yaml("examples/gitops/gitlab/.gitlab-ci.yml");
    let lines = pipeline[name]["script"].as_array().unwrap();
    let script: Vec<&str> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    let mut environment: BTreeMap<String, String> = Stage::credentials();
    for (variable, value) in pipeline["variables"].as_object().unwrap() {
        environment.insert(variable.clone(), value.as_str().unwrap().to_owned());
    }
    environment.insert("CI_DEFAULT_BRANCH".into(), "main".into());
    environment.insert("CI_COMMIT_SHA".into(), stage.git(&["rev-parse", "HEAD"]));
    environment.insert(
        "CI_REPOSITORY_URL".into(),
        stage.beside("origin.git").into_string(),
    );
    let more = variables.iter();
    environment.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    stage.bash(&script.join("\n"), &environment)
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    let origin = stage.beside("origin.git");
    stage.git(&["clone", "-q", "--bare", ".", origin.as_str()]);
    stage.git(&[
        "--git-dir",
        origin.as_str(),
        "config",
        "receive.advertisePushOptions",
        "true",
    ]);
    stage.git(&["remote", "add", "origin", origin.as_str()]);
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn validate_plan_apply_drift() {
    let stage = stage().await;
    job(&stage, "validate").ended(0);
    let findings: Value = serde_json::from_str(&stage.read("codequality.json")).unwrap();
    assert!(findings.is_array());

    job(&stage, "plan").ended(0);
    let counts: Value = serde_json::from_str(&stage.read("gitlab.json")).unwrap();
    let names: Vec<&String> = counts.as_object().unwrap().keys().collect();
    assert_eq!(names, ["create", "delete", "update"]);
    assert!(counts["create"].as_u64().unwrap() > 0);
    assert!(stage.read("plan.md").contains("bo@globex.example"));

    job(&stage, "apply").ended(0);
    let head = stage.git(&["rev-parse", "HEAD"]);
    let origin = stage.beside("origin.git");
    let marked = stage.git(&[
        "--git-dir",
        origin.as_str(),
        "rev-parse",
        "portcullis/applied^{commit}",
    ]);
    assert_eq!(marked, head);

    job(&stage, "drift").ended(0);
    let was = stage.sandbox.site().settings.customers_can_create_accounts;
    stage
        .sandbox
        .edit(|site| site.settings.customers_can_create_accounts = !was);
    job(&stage, "drift").ended(2);
    stage.git(&["apply", "--check", "accept.patch"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_not_marked() {
    let stage = stage().await;
    job(&stage, "plan").ended(0);
    stage.write(
        "rosters/globex.csv",
        &(stage.read("rosters/globex.csv") + "eve@globex.example,Eve\n"),
    );
    job(&stage, "apply").ended(2);
    let origin = stage.beside("origin.git");
    assert_eq!(stage.git(&["--git-dir", origin.as_str(), "tag"]), "");

    stage.write("portcullis.yaml", "version: 1\nnothing: here\n");
    job(&stage, "validate").ended(3);
    let findings: Value = serde_json::from_str(&stage.read("codequality.json")).unwrap();
    let finding = &findings[0];
    for field in ["description", "check_name", "fingerprint", "severity"] {
        assert!(finding[field].is_string(), "{field}: {finding}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_plan_is_red_and_can_be_read() {
    let stage = stage().await;
    let text = stage.read("portcullis.yaml") + "\npolicy:\n  max_new_accounts: 1\n";
    stage.write("portcullis.yaml", &text);
    stage.commit("a limit");
    job(&stage, "plan").ended(5);
    assert!(stage.read("plan.md").contains("max_new_accounts"));
    let plan: Value = serde_json::from_str(&stage.read("plan.json")).unwrap();
    let rows = plan["resource_changes"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|row| row["portcullis"]["origin"] == "there_before")
    );
}

/// The notes of a merge request, as GitLab keeps them.
type Notes = Arc<Mutex<Vec<Value>>>;

/// Starts a GitLab with these notes and returns its address.
async fn gitlab(notes: Notes) -> String {
    const OF_REQUEST: &str = "/projects/7/merge_requests/3/notes";
    let list = async |State(notes): State<Notes>| Json(notes.lock().unwrap().clone());
    let make = async |State(notes): State<Notes>, headers: HeaderMap, Json(note): Json<Value>| {
        assert_eq!(headers["private-token"], "n0te-token");
        let mut notes = notes.lock().unwrap();
        let id = 100 + notes.len();
        notes.push(json!({"id": id, "author": {"id": 9}, "body": note["body"]}));
    };
    let edit = async |State(notes): State<Notes>, Path(id): Path<u64>, Json(note): Json<Value>| {
        let mut notes = notes.lock().unwrap();
        let edited = notes.iter_mut().find(|note| note["id"] == id).unwrap();
        edited["body"] = note["body"].clone();
    };
    let routes = Router::new()
        .route("/user", get(async || Json(json!({"id": 9}))))
        .route(OF_REQUEST, get(list).post(make))
        .route(&format!("{OF_REQUEST}/{{id}}"), put(edit))
        .with_state(notes);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_note_is_made_once_and_edited_in_place() {
    let stage = stage().await;
    let notes: Notes = Arc::default();
    // Others write too, and one of them knows the marker.
    let eve =
        json!({"id": 1, "author": {"id": 5}, "body": "<!-- portcullis:plan -->\nall is well"});
    notes.lock().unwrap().push(eve.clone());
    let url = gitlab(Arc::clone(&notes)).await;
    let variables = [
        ("PORTCULLIS_NOTE_TOKEN", "n0te-token"),
        ("CI_API_V4_URL", &*url),
        ("CI_PROJECT_ID", "7"),
        ("CI_MERGE_REQUEST_IID", "3"),
        ("CI_PIPELINE_URL", "https://gitlab.example/p/1"),
    ];
    // Without a plan there is nothing to say.
    job_with(&stage, "note", &variables).ended(0);
    assert_eq!(notes.lock().unwrap().len(), 1);
    job(&stage, "plan").ended(0);
    assert!(stage.read("plan.html").starts_with("<!DOCTYPE html>"));
    for _ in 0..2 {
        let ran = job_with(&stage, "note", &variables).ended(0);
        assert!(!ran.log.contains("n0te-token"), "{}", ran.log);
        let notes = notes.lock().unwrap();
        assert_eq!(notes.len(), 2);
        assert_eq!(notes[0], eve);
        let body = notes[1]["body"].as_str().unwrap();
        let plan = stage.read("plan.md");
        assert!(
            body.starts_with(&format!("<!-- portcullis:plan -->\n{plan}")),
            "{body}"
        );
        let head = stage.git(&["rev-parse", "HEAD"]);
        assert!(
            body.contains(&head) && body.contains("https://gitlab.example/p/1"),
            "{body}"
        );
    }
    // The plan is another one by now.
    stage.write("plan.md", "**Portcullis**: nothing to change\n");
    job_with(&stage, "note", &variables).ended(0);
    let notes = notes.lock().unwrap();
    assert_eq!(notes.len(), 2);
    assert!(
        notes[1]["body"]
            .as_str()
            .unwrap()
            .contains("nothing to change")
    );
}

#[test]
fn artifacts_are_for_developers_and_forks_get_no_plan() {
    let pipeline = yaml("examples/gitops/gitlab/.gitlab-ci.yml");
    for (name, job) in pipeline.as_object().unwrap() {
        if job["artifacts"].is_object() {
            assert_eq!(job["artifacts"]["access"], "developer", "{name}");
            assert!(job["artifacts"]["expire_in"].is_string(), "{name}");
        }
    }
    let rules = pipeline["plan"]["rules"].as_array().unwrap();
    assert!(
        rules[0]["if"]
            .as_str()
            .unwrap()
            .contains("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID")
    );
    assert_eq!(pipeline["apply"]["resource_group"], "portcullis-site");
    assert_eq!(pipeline["apply"]["rules"][0]["when"], "manual");
}
