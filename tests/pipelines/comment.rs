//! The comment action: one comment, edited in place.

use super::action::{Done, run};
use super::hub::{BOT, HEAD};
use super::stage::Stage;
use serde_json::{Value, json};

fn comment(stage: &Stage, body: &str, more: &[(&str, &str)]) -> Done {
    let file = stage.beside("summary.md");
    std::fs::write(&file, body).unwrap();
    let inputs = [
        ("number", "7"),
        ("body", file.as_str()),
        ("token", "t0ken"),
        ("commit", HEAD),
    ];
    let mut inputs = inputs.to_vec();
    inputs.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    run(stage, "comment", &[&inputs[..], more].concat())
}

fn bodies(stage: &Stage) -> Vec<String> {
    let comments = stage.hub_state("comments");
    let body = |comment: &Value| comment["body"].as_str().unwrap().to_owned();
    comments.as_array().unwrap().iter().map(body).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn made_once_then_edited() {
    let stage = Stage::new().await;
    // Others write too, and one of them knows the marker.
    let marker = "<!-- portcullis:plan: -->";
    stage.set_hub(
        "comments",
        &json!([
            {"id": 1, "user": {"login": "eve"}, "body": format!("{marker}\nall is well")},
            {"id": 2, "user": {"login": BOT}, "body": "another tool"},
            {"id": 3, "user": {"login": BOT}, "body": null},
        ]),
    );
    comment(&stage, "first `plan` $(touch pwned)\n", &[]).ended(0);
    assert_eq!(stage.writes(), ["POST repos/acme/access/issues/7/comments"]);
    let done = comment(&stage, "second \"plan\" %s \\n\n", &[]).ended(0);
    assert_eq!(
        stage.writes(),
        ["PATCH repos/acme/access/issues/comments/103"]
    );
    assert!(!done.ran.log.contains("t0ken"));
    let comments = stage.hub_state("comments");
    assert_eq!(comments.as_array().unwrap().len(), 4);
    let body = comments[3]["body"].as_str().unwrap();
    assert!(
        body.starts_with(&format!("{marker}\nsecond \"plan\" %s \\n\n")),
        "{body}"
    );
    assert!(body.contains(HEAD), "{body}");
    assert!(
        comments[0]["body"]
            .as_str()
            .unwrap()
            .ends_with("all is well")
    );
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_has_its_own() {
    let stage = Stage::new().await;
    let scopes = ["acme", "acme-eu", "--> <script>", "$(touch pwned)", "a\nb"];
    for round in ["one", "two"] {
        for scope in scopes {
            comment(&stage, round, &[("scope", scope)]).ended(0);
        }
    }
    let bodies = bodies(&stage);
    assert_eq!(bodies.len(), scopes.len());
    for body in bodies {
        assert!(body.contains("\ntwo"), "{body}");
        assert_eq!(
            body.lines().next().unwrap().matches("-->").count(),
            1,
            "{body}"
        );
        assert!(!body.contains("<script>"), "{body}");
    }
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_when_there_is_nothing_to_say() {
    let stage = Stage::new().await;
    comment(&stage, "nothing", &[("create", "false")]).ended(0);
    assert_eq!(bodies(&stage), [""; 0]);
    comment(&stage, "something", &[]).ended(0);
    comment(&stage, "nothing any more", &[("create", "false")]).ended(0);
    assert_eq!(bodies(&stage).len(), 1);
    assert!(bodies(&stage)[0].contains("nothing any more"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_number_reaches_nobody() {
    let stage = Stage::new().await;
    for number in [
        "",
        "0",
        "07",
        "-1",
        "7/../8",
        "7;touch pwned",
        "$(touch pwned)",
        "7\n8",
        "７",
        "7 ",
        "99999999999999",
    ] {
        comment(&stage, "text", &[("number", number)]).ended(64);
    }
    comment(&stage, "text", &[("create", "maybe")]).ended(64);
    comment(&stage, "", &[]).ended(64);
    assert_eq!(stage.calls(), [[""; 0]; 0]);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_github_would_refuse_is_replaced() {
    let stage = Stage::new().await;
    comment(&stage, &"x".repeat(70_000), &[]).ended(0);
    assert!(bodies(&stage)[0].contains("longer than a comment can be"));
}
