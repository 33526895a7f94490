//! Exit codes, through the binary, and the small commands.

use crate::stage::{Stage, add_member};

#[test]
fn every_exit_code_of_the_contract_that_a_file_and_a_sandbox_can_cause() {
    let stage = Stage::new();
    stage.run(&["plan", "--detailed-exitcode"]).ended(0);
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage.run(&["plan", "--detailed-exitcode"]).ended(2);
    stage.run(&["drift", "--detailed-exitcode"]).ended(2);
    stage
        .run(&["plan", "--out", "no/such/directory/plan.json"])
        .ended(1);
    stage.run(&["plan", "--no-such-flag"]).ended(64);
    stage.run(&["plan", "--budget", "3"]).ended(8);
    stage.run(&["drift", "--budget", "3"]).ended(8);
    // 6 is in `reviewed`, 5 in `policy`; the sandbox refuses nothing halfway, so 4 needs faults.
    stage.replace(
        "portcullis.yaml",
        "url: \"sandbox:\"",
        "url: https://acme.atlassian.net",
    );
    stage.replace("portcullis.yaml", "    seed: seed\n", "");
    stage.run(&["plan"]).ended(7);
    stage.replace("portcullis.yaml", "version: 1", "version: 9");
    stage.run(&["plan"]).ended(3);
    stage.run(&["drift"]).ended(3);
    stage.run(&["sites"]).ended(3);
    let manual = Stage::new();
    manual.replace(
        "portcullis.yaml",
        "      mapped: drivers/sandbox-settings.yaml\n",
        "",
    );
    manual.run(&["apply", "--auto-approve"]).ended(9);
    manual
        .run(&["apply", "--auto-approve", "--allow-manual"])
        .ended(0);
}

#[test]
fn sites_are_listed_for_people_and_for_a_matrix() {
    let stage = Stage::new();
    assert_eq!(stage.run(&["sites"]).ended(0).out, "acme  sandbox:\n");
    let ran = stage.run(&["sites", "--format", "json"]).ended(0);
    assert_eq!(ran.out.lines().count(), 1);
    assert_eq!(ran.json()[0]["site"], "acme");
}

#[test]
fn codeowners_follow_the_scopes_and_the_keys_come_last() {
    let stage = Stage::new();
    let scopes = "version: 1\nscopes:\n  - { files: \"organizations/**\", may: [\"acme/organization/**\"] }\n  - { files: \"projects/**\", may: [\"acme/project/**\"] }\n";
    stage.replace("portcullis.yaml", "version: 1\n", scopes);
    stage.run(&["codeowners"]).ended(64);
    stage.run(&["codeowners", "--owner", "*=team"]).ended(64);
    stage
        .run(&[
            "codeowners",
            "--owner",
            "*=@acme/it",
            "--owner",
            "nowhere/**=@acme/x",
        ])
        .ended(64);
    let ran = stage
        .run(&[
            "codeowners",
            "--owner",
            "*=@acme/it",
            "--owner",
            "organizations/**=@acme/sales it@acme.example",
        ])
        .ended(0);
    let lines: Vec<&str> = ran.out.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "/** @acme/it",
            // Whoever answers for the list that names it.
            "/rosters/initech.csv @acme/sales it@acme.example",
            "/organizations/** @acme/sales it@acme.example",
            "/projects/** @acme/it",
            "/acceptances/** @acme/it",
            "/portcullis.yaml @acme/it",
        ]
    );
}
