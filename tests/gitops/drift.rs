//! `drift`: whose doing each difference is, and silence when nothing matters.

use crate::stage::{Stage, add_member, key, remove_member, row, rows};
use serde_json::Value;

fn drift(stage: &Stage, more: &[&str]) -> Value {
    let mut arguments = vec!["drift", "--format", "json"];
    arguments.extend(more);
    let ran = stage.run(&arguments);
    assert!(matches!(ran.code, 0 | 2), "{}", ran.notes);
    let document = ran.json();
    assert_eq!(document["exit_code"], ran.code);
    document
}

#[test]
fn nothing_to_say_is_one_line() {
    let stage = Stage::new();
    stage.commit("as applied");
    for more in [&["drift"][..], &["drift", "--base", "HEAD"]] {
        let mut arguments = more.to_vec();
        arguments.push("--detailed-exitcode");
        let ran = stage.run(&arguments).ended(0);
        assert_eq!(ran.out, "no drift\n");
        assert_eq!(ran.notes, "reading acme\n");
    }
}

#[test]
fn what_somebody_clicked_is_told_from_what_git_has_not_applied() {
    let stage = Stage::new();
    stage.commit("as applied");
    stage.edit(|site| {
        add_member(site, "Globex", "eve@globex.example");
        remove_member(site, "Initech", "peter@initech.example");
        site.settings.customers_can_create_accounts = true;
    });
    let text = stage.read("organizations/globex.yaml") + "            - cy@globex.example\n";
    stage.write("organizations/globex.yaml", &text);
    let site = stage.site_bytes();
    let found = drift(&stage, &["--base", "HEAD", "--detailed-exitcode"]);
    assert_eq!(found["exit_code"], 2);
    assert_eq!(
        rows(&found["resource_drift"]),
        [
            "create acme/organization/Globex/member/eve@globex.example",
            "delete acme/organization/Initech/member/peter@initech.example",
            "update acme/customer-access/customers-can-create-accounts",
        ]
    );
    let toggled = row(
        &found["resource_drift"],
        "acme/customer-access/customers-can-create-accounts",
    );
    assert_eq!(
        (&toggled["change"]["before"], &toggled["change"]["after"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        rows(&found["resource_changes"]),
        [
            "create acme/account/cy@globex.example",
            "create acme/organization/Globex/member/cy@globex.example",
        ]
    );
    assert_eq!(stage.site_bytes(), site, "drift never writes to the site");
    let text = stage.run(&["drift", "--base", "HEAD"]).ended(0).out;
    for part in [
        "changed on the site (3)",
        "+ member eve@globex.example",
        "- member peter@initech.example",
        "is on, described as off",
        "in the files, not applied yet (2)",
        // People first, in the words of a plan, and what comes next at the end.
        "who gains or loses access when the site is taken to the files",
        "1 person loses every portal: eve@globex.example.",
        "next: to see what takes the site to the files: portcullis plan",
        "next: to take the files to the site instead: portcullis drift --write-patch drift.patch",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let people = text.find("who gains or loses").unwrap();
    assert!(people < text.find("changed on the site").unwrap(), "{text}");
    let page = stage
        .run(&["drift", "--base", "HEAD", "--format", "html"])
        .ended(0)
        .out;
    for part in [
        "<title>Portcullis drift: acme</title>",
        "<p class=\"verdict look\">3 things were changed on the site, 2 rows are not applied yet.</p>",
        "Changed on the site (3)",
        "is on, described as off",
        "<h2 id=\"portalsbeforeandafter\">Portals before and after</h2>",
        "eve@globex.example",
    ] {
        assert!(page.contains(part), "{part}:\n{page}");
    }
    // Without a base there is only a difference.
    let found = drift(&stage, &[]);
    assert_eq!(found["resource_changes"], Value::Array(Vec::new()));
    assert_eq!(found["resource_drift"].as_array().unwrap().len(), 5);
    assert_eq!(found["base"], Value::Null);
}

#[test]
fn what_the_files_follow_is_settled_and_what_both_change_is_told_twice() {
    let stage = Stage::new();
    stage.commit("as applied");
    stage.edit(|site| {
        add_member(site, "Globex", "eve@globex.example");
        let project = site.project_mut(&key("ITSM")).unwrap();
        project.customer_sharing = portcullis::model::CustomerSharing::SearchProject;
    });
    let text = stage.read("organizations/globex.yaml") + "            - eve@globex.example\n";
    stage.write("organizations/globex.yaml", &text);
    stage.replace(
        "projects/itsm.yaml",
        "own_organizations",
        "any_customer_by_email",
    );
    let found = drift(&stage, &["--base", "HEAD"]);
    assert_eq!(
        rows(&found["resource_drift"]),
        ["update acme/project/ITSM/sharing"]
    );
    assert_eq!(
        rows(&found["resource_changes"]),
        ["update acme/project/ITSM/sharing"]
    );
    let foreign = row(&found["resource_drift"], "acme/project/ITSM/sharing");
    assert_eq!(foreign["change"]["before"], "own_organizations");
    assert_eq!(foreign["change"]["after"], "search_project");
}

#[test]
fn accepted_drift_is_listed_and_stale_or_ended_acceptances_are_told() {
    let stage = Stage::new();
    stage.edit(|site| add_member(site, "Globex", "eve@globex.example"));
    let entry = |address: &str, until: &str| {
        format!(
            "    - {{ address: \"{address}\", reason: audit, owner: it@acme.example, until: {until} }}\n"
        )
    };
    let eve = "acme/organization/Globex/member/eve@globex.example";
    let policy = |entries: &[String]| {
        let text = format!("version: 1\npolicy:\n  accept_drift:\n{}", entries.concat());
        stage.write("policy/accepted.yaml", &text);
    };
    policy(&[
        entry(eve, "2026-11-22"),
        entry("acme/project/ITSM/**", "2027-01-01"),
    ]);
    let found = drift(&stage, &["--detailed-exitcode"]);
    assert_eq!(found["exit_code"], 0);
    assert_eq!(found["accepted"][0]["address"], eve);
    assert_eq!(found["accepted"][0]["owner"], "it@acme.example");
    assert_eq!(found["notices"][0]["code"], "acceptance-stale");
    assert_eq!(found["notices"].as_array().unwrap().len(), 1);
    policy(&[entry(eve, "2026-11-21")]);
    let found = drift(&stage, &["--detailed-exitcode"]);
    assert_eq!(found["exit_code"], 2);
    assert_eq!(found["notices"][0]["code"], "acceptance-expired");
}

#[test]
fn attestations_that_end_and_projects_that_no_file_has_are_told() {
    let stage = Stage::new();
    let attest = |address: &str, on: &str, until: &str| {
        format!(
            "  - {{ address: {address}, value: false, by: jo@acme.example, on: {on}, until: {until} }}\n"
        )
    };
    let text = [
        "version: 1\nattestations:\n".to_owned(),
        attest(
            "acme/customer-access/view-without-login",
            "2026-11-01",
            "2026-12-06",
        ),
        attest("acme/customer-access/internal", "2026-08-01", "2026-11-01"),
        attest(
            "acme/setting/knowledge-base-anyone",
            "2026-11-01",
            "2026-12-07",
        ),
    ];
    stage.write("attestations/site.yaml", &text.concat());
    stage.edit(|site| {
        site.add_project(&key("WEB"), "Web");
    });
    let found = drift(&stage, &["--detailed-exitcode"]);
    let codes: Vec<(&str, &str)> = found["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["code"].as_str().unwrap(), n["address"].as_str().unwrap()))
        .collect();
    assert_eq!(
        codes,
        [
            ("attestation-expired", "acme/customer-access/internal"),
            (
                "attestation-ends-soon",
                "acme/customer-access/view-without-login"
            ),
        ]
    );
    assert_eq!(found["unlisted_projects"][0], "acme/project/WEB");
    assert_eq!(found["exit_code"], 0);
}

#[test]
fn what_is_not_known_is_neither_drift_nor_silence() {
    let stage = Stage::new();
    stage.replace(
        "portcullis.yaml",
        "      mapped: drivers/sandbox-settings.yaml\n",
        "",
    );
    let found = drift(&stage, &["--detailed-exitcode"]);
    assert_eq!(found["exit_code"], 2);
    assert_eq!(found["resource_drift"], Value::Array(Vec::new()));
    assert!(!found["unreadable"].as_array().unwrap().is_empty());
}

#[test]
fn an_invalid_or_missing_base_ends_the_comparison() {
    let stage = Stage::new();
    stage.run(&["drift", "--base", "v1"]).ended(64);
    stage.replace("portcullis.yaml", "version: 1", "version: 9");
    stage.commit("broken");
    stage.replace("portcullis.yaml", "version: 9", "version: 1");
    stage.run(&["drift", "--base", "HEAD"]).ended(3);
}

#[test]
fn json_holds_nothing_that_a_terminal_or_a_log_obeys() {
    // A name that a stranger chose may stand anywhere in the document; here it is the first text that every document has.
    let hostile = "\u{1b}[31m\u{202e}\u{200b}\n::error::x ##vso[task]";
    let document = portcullis::report::drift::DriftDocument::new(Some(hostile));
    let mut written = Vec::new();
    portcullis::report::drift::json(&document, &mut written).unwrap();
    let text = String::from_utf8(written).unwrap();
    assert!(text.is_ascii() && !text.contains('\u{1b}'), "{text}");
    for command in ["::error", "##vso["] {
        assert!(!text.contains(command), "{text}");
    }
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["base"], hostile);
}
