//! What counts changes the digest of a plan, and what does not count leaves it alone: every leaf of a plan is tried.

use crate::stage::{Stage, add_member, remove_member};
use portcullis::report::digest;
use portcullis::report::document::PlanDocument;
use serde_json::{Value, json};

/// A plan with rows to do, rows by hand, rows that the policy blocks and rows that a rule blocks; people and classes gain and lose.
fn rich() -> Value {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.write(
        "policy/policy.yaml",
        "version: 1
policy:
  max_removals: { count: 1, floor: 1 }
  protect: [\"acme/project/ITSM\"]
expectations:
  - { name: Ana can ask, who: ana@globex.example, can: view_portal, site: acme, projects: [ITSM] }
",
    );
    stage.write(
        "organizations/globex.yaml",
        &(stage.read("organizations/globex.yaml")
            + "            - cy@globex.example\n            - zoe@nowhere.example\n"),
    );
    stage.write(
        "rosters/initech.csv",
        "name,email\nMichael,michael@initech.example\n",
    );
    // Read, and written by nobody but a person.
    stage.replace("portcullis.yaml", "gateway: write", "gateway: read");
    stage.replace(
        "projects/itsm.yaml",
        "who_can_view: all_logged_in",
        "who_can_view: only_confluence_users",
    );
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage.plan_blocked(&[])
}

/// Returns the paths of every leaf, as JSON pointers.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                leaves(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for (key, value) in values.iter().enumerate() {
                leaves(value, &format!("{at}/{key}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Says whether a leaf is part of what a reviewer agrees to; `None` where it depends on the rest.
fn counts(plan: &Value, pointer: &str) -> Option<bool> {
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        ["digest" | "acceptance_digest"] => Some(true),
        ["made", "sites", _, "cloud_id"] => Some(false),
        // The reach of a rule says on which rows it bears.
        ["made", "sites", _, "rules", _, "reach", _] => None,
        ["made", "sites", _, "atlassian_organization"] => None,
        ["made", "sites", ..] => Some(true),
        ["resource_changes", at, rest @ ..] => {
            let row = &plan["resource_changes"][at.parse::<usize>().unwrap()];
            let marks = &row["portcullis"];
            let ruled = marks["blocked_by"].is_array() && marks["overridable"] != true;
            match rest {
                ["change", "before", ..] => Some(false),
                ["change", "after", "name"] if row["type"] != "jsm_customer_account" => Some(false),
                ["address"] | ["change", ..] => Some(!ruled),
                // Who answers for a gain, what blocks and who does it: the digest holds what follows from them.
                ["name" | "type" | "action_reason"] => None,
                [
                    "portcullis",
                    "blocked_by" | "overridable" | "surface" | "waiting_for",
                    ..,
                ] => None,
                _ => Some(false),
            }
        }
        // With the policy overridden is what counts where there is such a thing.
        ["access_impact", "if_accepted", rest @ ..] => {
            impact(&plan["access_impact"]["if_accepted"], rest)
        }
        ["access_impact", ..] => Some(false),
        _ => Some(false),
    }
}

fn impact(value: &Value, rest: &[&str]) -> Option<bool> {
    match rest {
        // Somebody may lose the same by apply and by a step by hand, and is said once.
        ["with_manual_steps", rest @ ..] if !rest.is_empty() => {
            impact(&value["with_manual_steps"], rest).filter(|counts| !counts)
        }
        // Where a list loses or gains as a whole, who is on it does not matter.
        [kind @ ("gains" | "losses"), at, "list", _]
            if value[kind][at.parse::<usize>().unwrap()]["by"].is_array() =>
        {
            None
        }
        ["gains" | "losses", _, "list", _] => Some(true),
        ["gains" | "losses", _, "project" | "site" | "article"] => Some(true),
        ["gains" | "losses", _, "by" | "caused_by", ..] => None,
        ["classes", _, "class" | "project" | "site" | "article"] => Some(true),
        ["classes", _, "before" | "after" | "caused_by", ..] => None,
        ["gains" | "losses" | "classes"] => None,
        _ => Some(false),
    }
}

#[test]
fn every_leaf_of_a_plan_counts_or_does_not() {
    let plan = rich();
    let document: PlanDocument = serde_json::from_value(plan.clone()).unwrap();
    assert!(digest::holds(&document), "as it was made");
    for (kind, wanted) in [("blocked", 2), ("free", 2), ("ruled", 1), ("by hand", 1)] {
        let rows = document.resource_changes.iter().filter(|row| {
            let marks = &row.portcullis;
            let is = match (marks.blocked_by.is_empty(), marks.overridable) {
                (false, true) => "blocked",
                (false, false) => "ruled",
                (true, _) if marks.surface == "manual" => "by hand",
                (true, _) => "free",
            };
            is == kind
        });
        assert!(rows.count() >= wanted, "{kind}");
    }
    let mut pointers = Vec::new();
    leaves(&plan, "", &mut pointers);
    let (mut counted, mut ignored) = (0, 0);
    for pointer in pointers {
        let Some(expected) = counts(&plan, &pointer) else {
            continue;
        };
        let mut edited = plan.clone();
        let leaf = edited.pointer_mut(&pointer).unwrap();
        *leaf = match leaf {
            Value::String(text) => json!(format!("{text}x")),
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            Value::Bool(set) => json!(!*set),
            _ => continue,
        };
        let Ok(document) = serde_json::from_value::<PlanDocument>(edited) else {
            continue;
        };
        assert_eq!(!digest::holds(&document), expected, "{pointer}");
        match expected {
            true => counted += 1,
            false => ignored += 1,
        }
    }
    assert!(counted > 30 && ignored > 100, "{counted} and {ignored}");
}

/// What happens elsewhere voids no acceptance; what happens to the rows that are blocked does.
#[test]
fn an_acceptance_is_bound_to_what_is_blocked() {
    let stage = Stage::new();
    stage.write(
        "policy/policy.yaml",
        "version: 1\npolicy:\n  max_removals: { count: 1, floor: 1 }\n",
    );
    stage.plan(&[]);
    stage.write(
        "rosters/initech.csv",
        "name,email\nMichael,michael@initech.example\n",
    );
    let first = stage.plan_blocked(&[]);
    stage.edit(|site| remove_member(site, "Globex", "ana@globex.example"));
    let second = stage.plan_blocked(&[]);
    assert_ne!(first["digest"], second["digest"]);
    assert_eq!(first["acceptance_digest"], second["acceptance_digest"]);
    stage.write(
        "policy/policy.yaml",
        "version: 1\npolicy:\n  max_removals: { count: 1, floor: 1 }\n  protect: [\"acme/organization/Initech\"]\n",
    );
    let third = stage.plan_blocked(&[]);
    assert_ne!(first["acceptance_digest"], third["acceptance_digest"]);
}
