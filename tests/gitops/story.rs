//! From a branch to the night after: plan, review, merge, apply, somebody clicks, drift, and the two ways back.

use crate::stage::{Stage, add_member, organization, remove_member, row, rows};

fn merged_and_applied() -> Stage {
    let stage = Stage::new();
    stage.commit("as applied");
    stage.git(&["tag", "applied"]);

    // A branch adds somebody; the pull request shows it, apart from what was there before.
    stage.git(&["checkout", "-q", "-b", "add-cy"]);
    let text = stage.read("organizations/globex.yaml") + "            - cy@globex.example\n";
    stage.write("organizations/globex.yaml", &text);
    stage.commit("Globex: Cy joins");
    stage
        .run(&[
            "plan",
            "--base",
            "main",
            "--out",
            ".portcullis/plan.json",
            "--detailed-exitcode",
        ])
        .ended(2);
    let plan: serde_json::Value =
        serde_json::from_str(&stage.read(".portcullis/plan.json")).unwrap();
    for change in plan["resource_changes"].as_array().unwrap() {
        assert_eq!(change["portcullis"]["origin"], "this_branch");
    }

    // Merged, and applied as reviewed; a tag says what was applied.
    stage.git(&["checkout", "-q", "main"]);
    stage.git(&["merge", "-q", "--no-ff", "-m", "merge", "add-cy"]);
    let found = stage.drift(&["--format", "json"]).ended(0).json();
    assert_eq!(
        rows(&found["resource_changes"]).len(),
        2,
        "the night before, it is not applied yet"
    );
    assert_eq!(rows(&found["resource_drift"]).len(), 0);
    stage
        .run(&["apply", "--plan", ".portcullis/plan.json"])
        .ended(0);
    stage.git(&["tag", "-f", "applied"]);
    stage.no_drift();
    stage
}

/// Somebody changes the site by hand.
fn clicked(stage: &Stage) {
    stage.edit(|site| {
        add_member(site, "Globex", "eve@globex.example");
        remove_member(site, "Initech", "peter@initech.example");
        site.settings.customers_can_create_accounts = true;
    });
    let found = stage.drifted();
    assert_eq!(rows(&found["resource_drift"]).len(), 3);
    assert_eq!(rows(&found["resource_changes"]).len(), 0);
    let eve = row(
        &found["resource_drift"],
        "acme/organization/Globex/member/eve@globex.example",
    );
    assert_eq!(eve["action_reason"], "foreign_change");
}

#[test]
fn the_patch_accepts_what_somebody_clicked() {
    let stage = merged_and_applied();
    clicked(&stage);
    let patch = ["--write-patch", ".portcullis/accept.patch"];
    stage.drift(&patch).ended(0);
    stage.git(&["checkout", "-q", "-b", "accept"]);
    stage.git(&["apply", "--index", ".portcullis/accept.patch"]);
    stage.commit("accept what happened on the site");
    // Nothing is left to do, also before anybody applied the branch.
    stage.run(&["plan", "--detailed-exitcode"]).ended(0);
    stage.no_drift();
}

#[test]
fn apply_reverts_what_somebody_clicked() {
    let stage = merged_and_applied();
    clicked(&stage);
    // The old reviewed plan does not cover that, so it is left alone.
    let ran = stage
        .run(&["apply", "--plan", ".portcullis/plan.json"])
        .ended(0);
    assert!(ran.notes.contains("not reviewed: "), "{}", ran.notes);
    stage
        .run(&["plan", "--out", ".portcullis/revert.json"])
        .ended(0);
    stage
        .run(&["apply", "--plan", ".portcullis/revert.json"])
        .ended(0);
    stage.no_drift();
    let site = stage.site();
    let members: Vec<String> = site
        .organization_members(&organization(&site, "Globex"))
        .iter()
        .map(|account| account.email().to_string())
        .collect();
    assert!(
        !members.iter().any(|email| email == "eve@globex.example"),
        "{members:?}"
    );
}
