//! The judged do not write the law: with `--base` a plan is judged by the rules of both, and says what the branch does to them.

use crate::stage::{Stage, add_member, rows};
use serde_json::Value;

const LIMITS: &str = "version: 1
policy:
  protect: [\"acme/organization/Globex/**\"]
";

/// A base with a protection; on top of it, Bo leaves Globex and the protection goes.
fn disarmed() -> Stage {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.write("policy/limits.yaml", LIMITS);
    stage.commit("as applied");
    std::fs::remove_file(stage.root.join("policy/limits.yaml")).unwrap();
    bo_leaves(&stage);
    stage
}

fn bo_leaves(stage: &Stage) {
    stage.replace(
        "organizations/globex.yaml",
        "            - bo@globex.example   # until the merger\n",
        "",
    );
}

const BO: &str = "delete acme/organization/Globex/member/bo@globex.example";

fn change<'p>(plan: &'p Value, name: &str) -> &'p Value {
    let changes = plan["rule_changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {}", plan["rule_changes"]))
}

fn blocks(plan: &Value) -> String {
    let rows = plan["resource_changes"].as_array().unwrap();
    let blocks = rows.iter().map(|row| &row["portcullis"]["blocked_by"]);
    blocks.map(Value::to_string).collect()
}

#[test]
fn a_protection_that_the_branch_deletes_still_blocks() {
    let stage = disarmed();
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    assert_eq!(rows(&plan["resource_changes"]), [BO]);
    assert!(
        blocks(&plan).contains("(as `HEAD` has it)"),
        "{}",
        blocks(&plan)
    );
    let gone = change(&plan, "policy.protect acme/organization/Globex/**");
    for (key, value) in [
        ("kind", "rule"),
        ("edit", "deleted"),
        ("outcome", "blocked"),
    ] {
        assert_eq!(gone[key], value, "{gone}");
    }
    assert_eq!(
        (&gone["loosens"], &gone["decisive"]),
        (&true.into(), &true.into())
    );
    let text = stage.run(&["plan", "--base", "HEAD"]).ended(5).out;
    let section = "this branch changes the rules (1) ! rules: this branch takes `acme/organization/Globex/**` under `policy.protect` away; under the old rule this plan is blocked; it counts once the base has it or its owners approve";
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains(section), "{text}");
    // It is said once.
    assert!(!text.contains("[rules-changed]"), "{text}");
    for (format, section) in [
        ("markdown", "#### This branch changes the rules (1)"),
        ("html", "This branch changes the rules (1)"),
    ] {
        let plan = ["plan", "--base", "HEAD", "--format", format];
        let page = stage.run(&plan).ended(5).out;
        assert!(page.contains(section), "{page}");
        let said = page.matches("under the old rule this plan is blocked");
        assert_eq!(said.count(), 1, "{page}");
    }
    // The branch alone would do it.
    let alone = [
        "plan",
        "--base",
        "HEAD",
        "--rules-from",
        "none",
        "--detailed-exitcode",
    ];
    stage.run(&alone).ended(2);
    let alone = stage.plan(&["--base", "HEAD", "--rules-from", "none"]);
    assert_eq!(alone["rule_changes"], serde_json::json!([]));
    assert_eq!(
        alone["resource_changes"][0]["portcullis"]["origin"],
        "this_branch"
    );
    // Rules may come from elsewhere than the base.
    stage.commit("disarmed");
    stage
        .run(&["plan", "--base", "HEAD", "--detailed-exitcode"])
        .ended(2);
    stage
        .run(&["plan", "--base", "HEAD", "--rules-from", "HEAD~1"])
        .ended(5);
}

#[test]
fn apply_is_judged_by_both_as_well_and_the_base_s_owners_can_accept() {
    let stage = disarmed();
    let site = stage.site_bytes();
    let ran = stage
        .run(&["apply", "--auto-approve", "--base", "HEAD"])
        .ended(5);
    assert!(ran.out.contains("as `HEAD` has it"), "{}", ran.out);
    assert_eq!(stage.site_bytes(), site);
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let digest = plan["acceptance_digest"].as_str().unwrap().to_owned();
    // Written by the branch itself it lifts nothing.
    let file = format!("acceptances/{digest}.yaml");
    stage.write(&file, "owner: it@acme.example\ndate: 2026-11-01\n");
    stage
        .run(&["apply", "--auto-approve", "--base", "HEAD"])
        .ended(5);
    let pending = stage.plan_blocked(&["--base", "HEAD"]);
    assert_eq!(change(&pending, &file)["kind"], "acceptance");
    std::fs::remove_file(stage.root.join(&file)).unwrap();
    let accept = [
        "apply",
        "--auto-approve",
        "--base",
        "HEAD",
        "--accept",
        &digest,
    ];
    stage.run(&accept).ended(0);
    assert_ne!(stage.site_bytes(), site);
}

#[test]
fn drift_is_left_alone_only_where_both_accept_it() {
    let stage = Stage::new();
    stage.plan(&[]);
    let accepts = "version: 1\npolicy:\n  accept_drift: [{ address: \"acme/organization/Globex/**\", reason: fair, owner: it@acme.example }]\n";
    stage.commit("as applied");
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    stage.write("policy/drift.yaml", accepts);
    assert_eq!(
        rows(&stage.plan(&[])["resource_changes"]),
        Vec::<String>::new()
    );
    let plan = stage.plan(&["--base", "HEAD"]);
    let eve = "delete acme/organization/Globex/member/eve@globex.example";
    assert_eq!(rows(&plan["resource_changes"]), [eve]);
    let added = change(&plan, "policy.accept_drift acme/organization/Globex/**");
    assert_eq!(
        (&added["edit"], &added["loosens"]),
        (&"added".into(), &true.into())
    );
    stage.commit("accepted");
    let plan = stage.plan(&["--base", "HEAD"]);
    assert_eq!(rows(&plan["resource_changes"]), Vec::<String>::new());
}

#[test]
fn an_expectation_that_the_branch_deletes_still_holds_back() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.write(
        "expectations/bo.yaml",
        "version: 1\nexpectations:\n  - { name: Bo can ask, who: bo@globex.example, can: view_portal, site: acme, projects: [ITSM] }\n",
    );
    stage.commit("as applied");
    std::fs::remove_file(stage.root.join("expectations/bo.yaml")).unwrap();
    bo_leaves(&stage);
    let ran = stage
        .run(&["plan", "--base", "HEAD", "--format", "json"])
        .ended(10);
    let plan = ran.json();
    assert!(blocks(&plan).contains("expectation"), "{}", blocks(&plan));
    let gone = change(&plan, "expectation Bo can ask");
    assert_eq!(
        (&gone["outcome"], &gone["decisive"]),
        (&"failed".into(), &true.into())
    );
}

#[test]
fn a_limit_that_the_branch_loosens_counts_and_one_that_it_tightens_is_no_matter() {
    let stage = Stage::new();
    stage.plan(&[]);
    let limit = |count: u64| {
        stage.write(
            "policy/limits.yaml",
            &format!("version: 1\npolicy:\n  max_removals: {{ count: {count}, floor: 1 }}\n"),
        );
    };
    limit(1);
    stage.commit("as applied");
    limit(5);
    stage.write(
        "rosters/initech.csv",
        "name,email\nMichael,michael@initech.example\n",
    );
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let grown = change(&plan, "policy.max_removals");
    assert_eq!(
        (&grown["outcome"], &grown["decisive"]),
        (&"blocked".into(), &true.into())
    );
    assert_eq!(grown["before"]["count"], 1);
    assert_eq!(grown["after"]["count"], 5);
    limit(0);
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let shrunk = change(&plan, "policy.max_removals");
    assert_eq!(
        (&shrunk["loosens"], &shrunk["decisive"]),
        (&false.into(), &false.into())
    );
}

#[test]
fn the_scopes_of_the_base_judge_the_files_of_the_branch() {
    let stage = Stage::new();
    stage.plan(&[]);
    let scopes = "scopes:\n  - { files: \"organizations/**\", may: [\"acme/organization/**\"] }\n  - { files: \"projects/**\", may: [\"acme/project/**\"] }\nsites:\n";
    stage.replace("portcullis.yaml", "sites:\n", scopes);
    stage.commit("as applied");
    stage.replace("portcullis.yaml", scopes, "sites:\n");
    stage.replace("projects/itsm.yaml", "[Globex, Initech]", "[Globex]");
    let text = stage.read("projects/itsm.yaml")
        + "    organizations:\n      Umbrella:\n        members: { list: [ana@globex.example] }\n";
    stage.write("projects/itsm.yaml", &text);
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let of = |address: &str| {
        let rows = plan["resource_changes"].as_array().unwrap();
        let row = rows.iter().find(|row| row["address"] == address).unwrap();
        row["portcullis"]["blocked_by"].to_string()
    };
    let outside = of("acme/organization/Umbrella");
    assert!(
        outside.contains("scopes: `projects/itsm.yaml` may not declare it"),
        "{outside}"
    );
    assert_eq!(
        of("acme/project/ITSM/organization/Initech"),
        "null",
        "granted"
    );
    let gone = change(&plan, "scopes projects/**");
    assert_eq!(
        (&gone["outcome"], &gone["decisive"]),
        (&"blocked".into(), &true.into())
    );
}

/// A branch that nobody trusts says neither where the token goes nor which requests are sent with it.
#[test]
fn another_url_and_another_description_wait_for_the_base() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.commit("as applied");
    let description = stage.read("drivers/sandbox-settings.yaml");
    stage.replace("drivers/sandbox-settings.yaml", "/portal/", "/secret/");
    stage.replace(
        "portcullis.yaml",
        "customers_can_create_accounts: false",
        "customers_can_create_accounts: true",
    );
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    let changed = change(&plan, "surfaces.mapped");
    assert_eq!(
        (&changed["kind"], &changed["decisive"]),
        (&"description".into(), &true.into())
    );
    assert!(
        blocks(&plan).contains("the description of the endpoint is another one"),
        "{}",
        blocks(&plan)
    );
    stage.write("drivers/sandbox-settings.yaml", &description);
    let plan = stage.plan(&["--base", "HEAD"]);
    assert_eq!(plan["rule_changes"], serde_json::json!([]), "as it was");
}

#[test]
fn everything_that_judges_is_listed() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.commit("as applied");
    stage.replace("portcullis.yaml", "private: write", "private: read");
    stage.replace(
        "organizations/globex.yaml",
        "mode: exact",
        "mode: add_only\n          keep: [\"*@globex.example\"]",
    );
    stage.replace(
        "projects/itsm.yaml",
        "        organizations: { mode: exact, list: [Globex, Initech] }\n",
        "",
    );
    std::fs::remove_file(stage.root.join("organizations/initech.yaml")).unwrap();
    stage.write(
        "attestations/a.yaml",
        "version: 1\nattestations:\n  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.example, on: 2026-11-01 }\n",
    );
    stage.write(
        "policy/known.yaml",
        "version: 1\npolicy:\n  acknowledge: [{ lint: L13, address: \"acme/**\", reason: known, owner: it@acme.example }]\n",
    );
    let plan = stage.plan(&["--base", "HEAD"]);
    for (kind, address) in [
        ("surface", "acme"),
        ("unmanaged", "acme/organization/Initech"),
        ("unmanaged", "acme/project/ITSM/organization"),
        ("unmanaged", "acme/organization/Globex/member"),
        ("keep", "acme/organization/Globex/member"),
        ("attestation", "acme/customer-access/view-without-login"),
        ("rule", "acme"),
    ] {
        let changes = plan["rule_changes"].as_array().unwrap();
        assert!(
            changes
                .iter()
                .any(|one| one["kind"] == kind && one["address"] == address),
            "{kind} {address}: {}",
            plan["rule_changes"]
        );
    }
    let decisive = plan["rule_changes"].as_array().unwrap();
    assert!(
        decisive.iter().all(|one| one["decisive"] == false),
        "nothing rests on it"
    );
    let findings = plan["findings"].as_array().unwrap();
    for one in decisive {
        let message = one["message"].as_str().unwrap();
        let said = |finding: &Value| finding["message"].as_str().unwrap().starts_with(message);
        assert!(findings.iter().any(said), "{message}");
    }
}

/// What a rule says of people is as personal as the rows.
#[test]
fn privacy_covers_what_is_said_of_the_rules() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.commit("as applied");
    stage.write(
        "attestations/a.yaml",
        "version: 1\nattestations:\n  - { address: acme/customer-access/view-without-login, value: false, by: Jo Doe, on: 2026-11-01 }\n",
    );
    stage.write(
        "policy/known.yaml",
        "version: 1\npolicy:\n  acknowledge: [{ lint: L13, address: \"acme/account/bo@globex.example\", reason: known, owner: it@acme.example }]\nexpectations:\n  - { name: bo@globex.example asks, who: bo@globex.example, can: send_request, site: acme, projects: [ITSM] }\n",
    );
    for privacy in ["pseudonymous", "counts"] {
        let option = format!("--privacy={privacy}");
        let plan = stage.plan(&["--base", "HEAD", &option]);
        let changes = plan["rule_changes"].to_string();
        assert_eq!(plan["rule_changes"].as_array().unwrap().len(), 3);
        for who in ["bo@", "it@", "Jo Doe"] {
            assert!(!changes.contains(who), "{privacy}: {changes}");
        }
        let text = stage.run(&["plan", "--base", "HEAD", &option]).out;
        assert!(text.contains("this branch changes the rules (3)"), "{text}");
        assert!(!text.contains("bo@"), "{text}");
    }
}

#[test]
fn rules_that_cannot_be_read_block_and_whoever_mends_them_can_pass() {
    let stage = Stage::new();
    stage.plan(&[]);
    stage.write(
        "policy/limits.yaml",
        "version: 1\npolicy: { max_removals: many }\n",
    );
    stage.commit("broken");
    std::fs::remove_file(stage.root.join("policy/limits.yaml")).unwrap();
    stage.run(&["plan", "--base", "HEAD"]).ended(0);
    bo_leaves(&stage);
    let plan = stage.plan_blocked(&["--base", "HEAD"]);
    assert!(
        blocks(&plan).contains("the rules of the base cannot be read"),
        "{}",
        blocks(&plan)
    );
    let digest = plan["acceptance_digest"].as_str().unwrap();
    // The branch cannot accept itself by a file.
    let file = format!("acceptances/{digest}.yaml");
    stage.write(&file, "owner: it@acme.example\ndate: 2026-11-01\n");
    stage.plan_blocked(&["--base", "HEAD"]);
    stage
        .run(&[
            "apply",
            "--auto-approve",
            "--allow-manual",
            "--base",
            "HEAD",
            "--accept",
            digest,
        ])
        .ended(0);
}

/// Where there was no workspace, the built-in limits judge, whatever the branch switches off.
#[test]
fn without_a_workspace_at_the_base_the_built_in_rules_judge() {
    let stage = Stage::new();
    stage.plan(&[]);
    let initial = stage.root.join("../first");
    std::fs::create_dir(&initial).unwrap();
    stage.edit(|site| {
        for n in 0..12 {
            add_member(site, "Initech", &format!("p{n}@initech.example"));
        }
    });
    stage.write(
        "policy/limits.yaml",
        "version: 1\npolicy:\n  max_removals: off\n  max_people_losing_access: off\n",
    );
    stage.plan(&[]);
    let plan = stage.plan_blocked(&["--base", initial.as_str()]);
    assert!(
        blocks(&plan).contains("policy.max_removals"),
        "{}",
        blocks(&plan)
    );
}
