//! What is declared many times and cannot be read: one line tells of all, and what somebody changed has a step of its own.

use crate::stage::Stage;

/// Twelve organizations with an e-mail domain each, on a site whose settings no program reaches.
fn firms() -> Stage {
    let stage = Stage::new();
    stage.replace(
        "portcullis.yaml",
        "      mapped: drivers/sandbox-settings.yaml\n    customer_access:\n      external: { portal_only_accounts: true, allowed_domains: [globex.example, initech.example] }\n      customers_can_create_accounts: false   # asked by security\n    knowledge_base: { allow_all_logged_in: true }\n",
        "",
    );
    std::fs::remove_dir_all(stage.root.join("drivers")).unwrap();
    let firm = |n: u8| format!("      Firm {n:02}: {{ email_domains: [firm{n:02}.example] }}\n");
    let firms: String = (1..=12).map(firm).collect();
    let text = format!("version: 1\nsites:\n  acme:\n    organizations:\n{firms}");
    stage.write("organizations/firms.yaml", &text);
    stage.write("seed/organizations/firms.yaml", &text);
    stage
}

#[test]
fn twelve_questions_of_a_kind_are_one_line_in_every_form() {
    let stage = firms();
    let all = "the e-mail domains of 12 organizations: `Firm 01`, `Firm 02`, `Firm 03` and 9 more";
    for command in ["plan", "drift"] {
        let text = stage.run(&[command]).ended(0).out;
        assert_eq!(text.matches(all).count(), 1, "{command}: {text}");
        assert!(!text.contains("Firm 07"), "{command}: {text}");
    }
    let text = stage.run(&["plan"]).ended(0).out;
    assert!(text.contains("portcullis attest --from FILE.csv --by YOU"));
    let comment = stage.run(&["plan", "--format", "markdown"]).ended(0).out;
    assert_eq!(comment.matches("look up the e-mail domains").count(), 1);
    assert!(!comment.contains("Firm 07"), "{comment}");
    let page = stage.run(&["plan", "--format", "html"]).ended(0).out;
    assert_eq!(page.matches("look up the e-mail domains of 12").count(), 1);
    // Programs get each of them, with what a statement says.
    let plan = stage.plan(&[]);
    let steps = plan["manual_steps"].as_array().unwrap();
    assert_eq!(steps.len(), 12);
    assert_eq!(
        steps[6]["states"],
        serde_json::json!({"address": "acme/organization/Firm 07/email-domain", "value": ["firm07.example"]})
    );
}

#[test]
fn what_a_branch_changed_is_a_step_of_its_own() {
    let stage = firms();
    stage.commit("as it was");
    stage.replace(
        "organizations/firms.yaml",
        "firm07.example",
        "firm07.example, firm07.test",
    );
    let text = stage.run(&["plan", "--base", "HEAD"]).ended(0).out;
    assert!(text.contains("of 11 organizations"), "{text}");
    assert!(
        text.contains("set the e-mail domains of organization `Firm 07`"),
        "{text}"
    );
    // Nobody has looked, so what is there is not known.
    assert!(
        text.contains("value:  unknown → firm07.example, firm07.test"),
        "{text}"
    );
}

#[test]
fn what_somebody_saw_otherwise_is_a_step_of_its_own() {
    let stage = firms();
    let address = "acme/organization/Firm 08/email-domain";
    let seen = ["--value", "[\"old.example\"]", "--by", "jo@acme.example"];
    stage
        .run(&[&["attest", address], &seen[..]].concat())
        .ended(0);
    let text = stage.run(&["plan"]).ended(0).out;
    assert!(text.contains("of 11 organizations"), "{text}");
    assert!(
        text.contains("value:  old.example → firm08.example"),
        "{text}"
    );
}
