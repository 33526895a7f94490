//! `auth: oauth`: a service account whose tokens end while a run goes on, and what that credential cannot reach.

use super::harness::{Place, TODAY, site};
use portcullis::emulator::{Conditions, OAUTH_CLIENT, Options, Sandbox};
use std::sync::Arc;
use std::time::Duration;

/// The quickstart, whose site is reached by a service account.
fn by_oauth(sandbox: &Sandbox) -> Place {
    let mut place = Place::remote(sandbox);
    for name in ["PORTCULLIS_EMAIL", "PORTCULLIS_API_TOKEN"] {
        place.without(name);
    }
    place.environment(&[
        ("PORTCULLIS_CLIENT_ID", OAUTH_CLIENT.0),
        ("PORTCULLIS_CLIENT_SECRET", OAUTH_CLIENT.1),
    ]);
    place.replace("portcullis.yaml", "    url:", "    auth: oauth\n    url:");
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_for_longer_than_its_token_lives() {
    let slow = Conditions::default().latency(Duration::from_millis(50));
    let sandbox = site(Options {
        token_life: Duration::from_secs(1),
        policy: Arc::new(slow),
        ..Options::default()
    })
    .await;
    let place = by_oauth(&sandbox);
    let ran = place.run(&[
        "apply",
        "--auto-approve",
        "--allow-manual",
        "--concurrency",
        "1",
    ]);
    assert!([0, 5, 9].contains(&ran.code), "{}", ran.text());
    let stats = sandbox.stats();
    assert!(stats.writes > 0, "{}", ran.text());
    let tokens = stats.by_operation["POST /oauth/token"];
    assert!(tokens >= 2, "{tokens} tokens: {}", ran.text());
    assert!(!ran.text().contains("401"), "{}", ran.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_token_serves_a_run_and_reaches_no_other_host_than_the_site() {
    let sandbox = site(Options::default()).await;
    let place = by_oauth(&sandbox);
    let ran = place.run(&["plan"]);
    let stats = sandbox.stats();
    assert_eq!(stats.by_operation["POST /oauth/token"], 1);
    assert!(!ran.text().contains(OAUTH_CLIENT.1), "{}", ran.text());
    let loud = place.run(&["plan", "-vv"]);
    assert!(loud.err.contains("/oauth/token") && !loud.err.contains(OAUTH_CLIENT.1));
    assert!(!loud.err.contains("sandbox-token-"), "{}", loud.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_credential_cannot_reach_is_unread_and_said_before_the_run() {
    let sandbox = site(Options::default()).await;
    let place = by_oauth(&sandbox);
    let ran = place.run(&["plan", "--format", "json"]);
    let said = "site `acme` is reached by OAuth, which does not reach linked spaces";
    assert!(ran.err.contains(said), "{}", ran.err);
    assert!(ran.err.contains("the private endpoint"), "{}", ran.err);
    // Drift says what kept it from reading, and not that no program could.
    let drift = place.run(&["drift", "--format", "json"]).json();
    let unknown = drift["unreadable"].as_array().unwrap().iter();
    let space = "acme/project/ITSM/knowledge-base/ITKB";
    let said: Vec<&str> = unknown
        .filter(|row| row["address"] == space)
        .filter_map(|row| row["message"].as_str())
        .collect();
    assert!(
        said.len() == 1 && said[0].contains("takes no OAuth token"),
        "{drift:#}"
    );
    let plan = ran.json();
    let rows = plan["resource_changes"].as_array().unwrap();
    let space = rows
        .iter()
        .find(|row| row["address"] == "acme/project/ITSM/knowledge-base/ITKB");
    let space = space.unwrap();
    // Nobody knows whether it is linked: a question for a person, never something to be linked.
    assert_eq!(space["portcullis"]["surface"], "manual", "{space}");
    assert_eq!(space["change"]["before"], serde_json::Value::Null);
    assert!(
        !sandbox
            .stats()
            .by_operation
            .keys()
            .any(|name| name.contains("graphql"))
    );
    let doctor = place.run(&["doctor", "--format", "json"]).json();
    let checks = doctor["sites"][0]["checks"].as_array().unwrap();
    let gateway = checks
        .iter()
        .find(|check| check["what"] == "gateway")
        .unwrap();
    assert!(
        gateway["says"]
            .as_str()
            .unwrap()
            .contains("takes no OAuth token"),
        "{gateway}"
    );
    let fields = doctor["sites"][0]["fields"].as_array().unwrap();
    let viewers =
        |field: &&serde_json::Value| field["field"] == "projects.knowledge_base.who_can_view";
    let viewers = fields.iter().find(viewers).unwrap();
    assert_eq!(viewers["way"], "by hand", "{viewers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_and_a_missing_one_end_with_7_and_say_what_to_look_at() {
    let sandbox = site(Options::default()).await;
    let mut place = by_oauth(&sandbox);
    place.environment(&[("PORTCULLIS_CLIENT_SECRET", "guess")]);
    let held = place.run(&["plan"]);
    assert_eq!(held.code, 7, "{}", held.text());
    assert_eq!(
        sandbox.stats().requests,
        0,
        "nothing is sent to a program on this machine"
    );
    place.environment(&[("PORTCULLIS_ALLOW_LOOPBACK", "1")]);
    let wrong = place.run(&["plan"]);
    assert_eq!(wrong.code, 7, "{}", wrong.text());
    assert!(wrong.err.contains("Service accounts"), "{}", wrong.err);
    place.without("PORTCULLIS_CLIENT_SECRET");
    let half = place.run(&["plan"]);
    assert_eq!(half.code, 7);
    assert!(
        half.err.contains("`PORTCULLIS_CLIENT_SECRET` is not set"),
        "{}",
        half.err
    );
    place.without("PORTCULLIS_CLIENT_ID");
    let none = place.run(&["plan"]);
    assert_eq!(none.code, 7);
    assert!(
        none.err.contains("set `PORTCULLIS_CLIENT_ID`"),
        "{}",
        none.err
    );
}

#[test]
fn a_token_that_ends_is_told_thirty_days_ahead() {
    let place = Place::quickstart();
    for (last, says) in [
        ("2026-12-23", None),
        ("2026-12-22", Some("ends in 30 days, on 2026-12-22")),
        ("2026-11-23", Some("ends tomorrow")),
        (TODAY, Some("ends today")),
        ("2026-11-21", Some("ended on 2026-11-21")),
    ] {
        let root = place.read("portcullis.yaml");
        place.replace(
            "portcullis.yaml",
            "    url:",
            &format!("    token_expires: {last}\n    url:"),
        );
        for command in ["validate", "plan", "doctor"] {
            let ran = place.run(&[command]);
            assert_eq!(ran.code, 0, "{}", ran.text());
            let text = ran.text();
            match says {
                Some(says) => assert!(text.contains(says), "{command} {last}: {text}"),
                None => assert!(!text.contains("token-expires"), "{command} {last}: {text}"),
            }
        }
        place.write("portcullis.yaml", &root);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_with_nothing_written_yet_is_read_by_whatever_credential_there_is() {
    let sandbox = site(Options::default()).await;
    let url = sandbox.url();
    let mut place = Place::new();
    place.environment(&[
        ("PORTCULLIS_CLIENT_ID", OAUTH_CLIENT.0),
        ("PORTCULLIS_CLIENT_SECRET", OAUTH_CLIENT.1),
    ]);
    let said = "is reached by OAuth, which does not reach linked spaces and who can view them, and help centers with an audience";
    let review = place.run(&["review", "--url", &url, "--format", "json"]);
    assert_eq!(review.code, 0, "{}", review.text());
    assert!(review.err.contains(said), "{}", review.err);
    let report = review.json();
    assert!(report["people"].as_array().unwrap().len() > 3, "{report:#}");
    let not_judged = report["not_judged"].to_string();
    assert!(not_judged.contains("were not read"), "{not_judged}");
    let export = place.run(&["export", "--url", &url, "--to", "access"]);
    assert_eq!(export.code, 0, "{}", export.text());
    assert!(export.err.contains(said), "{}", export.err);
    assert!(place.read("access/portcullis.yaml").contains("auth: oauth"));
    let plan = place.run(&["plan", "access", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    // With a token beside it, the token is what has been set up for people: nothing is lost.
    place.environment(&super::harness::ADMIN);
    let review = place.run(&["review", "--url", &url]);
    assert_eq!(review.code, 0, "{}", review.text());
    assert!(!review.err.contains("OAuth"), "{}", review.err);
    assert_eq!(sandbox.stats().writes, 0);
}
