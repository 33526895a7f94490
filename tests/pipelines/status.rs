//! The status action: what branch protection sees of the plan and of its rules.

use super::action::{Done, run};
use super::hub::HEAD;
use super::stage::Stage;
use serde_json::{Value, json};

fn status(stage: &Stage, more: &[(&str, &str)]) -> Done {
    let inputs = [("commit", HEAD), ("token", "t0ken"), ("number", "7")];
    run(stage, "status", &[&inputs[..], more].concat())
}

/// Runs the action and returns `context state` of what it said, and the descriptions.
fn said(stage: &Stage, more: &[(&str, &str)]) -> (Vec<String>, String) {
    stage.set_hub("statuses", &json!([]));
    status(stage, more).ended(0);
    let statuses = stage.hub_state("statuses");
    let text = |status: &Value, key: &str| status[key].as_str().unwrap().to_owned();
    let statuses = statuses.as_array().unwrap();
    for status in statuses {
        assert_eq!(status["commit"], HEAD);
        assert!(text(status, "description").len() <= 140);
        assert!(text(status, "target_url").ends_with("/acme/access/actions/runs/4711"));
    }
    let states = statuses
        .iter()
        .map(|s| format!("{} {}", text(s, "context"), text(s, "state")));
    let descriptions = statuses.iter().map(|s| text(s, "description"));
    (
        states.collect(),
        descriptions.collect::<Vec<_>>().join("; "),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_and_its_rules_stand_apart() {
    let stage = Stage::new().await;
    for (code, blocked, rules, plan, expected) in [
        ("0", "false", "unchanged", "success", "success"),
        ("2", "false", "changed", "success", "success"),
        ("5", "true", "unchanged", "failure", "success"),
        ("2", "true", "unchanged", "failure", "success"),
        ("10", "false", "unchanged", "failure", "success"),
        ("3", "", "", "failure", "error"),
        ("7", "", "", "error", "error"),
        ("8", "", "", "error", "error"),
        ("", "", "", "error", "error"),
    ] {
        let inputs = [("exitcode", code), ("blocked", blocked), ("rules", rules)];
        let (states, descriptions) = said(&stage, &inputs);
        let wanted = [
            format!("portcullis/plan {plan}"),
            format!("portcullis/rules {expected}"),
        ];
        assert_eq!(states, wanted, "{code} {blocked} {rules}: {descriptions}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loosened_rule_waits_for_its_owners() {
    let stage = Stage::new().await;
    let decided = |decision: &str, head: &str| {
        let pull = json!({"reviewDecision": decision, "headRefOid": head});
        stage.set_hub(
            "graphql",
            &json!({"data": {"repository": {"pullRequest": pull}}}),
        );
    };
    let inputs = [
        ("exitcode", "2"),
        ("blocked", "false"),
        ("rules", "decisive"),
    ];
    for (decision, head, state) in [
        ("REVIEW_REQUIRED", HEAD, "pending"),
        ("CHANGES_REQUESTED", HEAD, "pending"),
        (
            "APPROVED",
            "2222222222222222222222222222222222222222",
            "pending",
        ),
        ("APPROVED", HEAD, "success"),
    ] {
        decided(decision, head);
        let (states, _) = said(&stage, &inputs);
        assert_eq!(states[1], format!("portcullis/rules {state}"), "{decision}");
        assert_eq!(states[0], "portcullis/plan success");
    }
    // Nobody can be asked about no pull request.
    let (states, _) = said(
        &stage,
        &[&inputs[..], &[("number", "7$(touch pwned)")]].concat(),
    );
    assert_eq!(states[1], "portcullis/rules pending");
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_have_their_own_and_hostile_values_stay_text() {
    let stage = Stage::new().await;
    let inputs = [
        ("exitcode", "0"),
        ("rules", "unchanged"),
        ("scope", "a b$(touch pwned)"),
    ];
    let (states, _) = said(&stage, &inputs);
    assert_eq!(states[0], "portcullis/plan (a-b--touch-pwned-) success");
    status(&stage, &[("commit", "$(touch pwned)")]).ended(64);
    status(&stage, &[("token", "")]).ended(64);
    status(&stage, &[("rules", "fine")]).ended(64);
    stage.unharmed();
}
