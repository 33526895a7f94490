//! Recording what a person saw.

use super::harness::Place;

const WORKSPACE: &str = "\
version: 1
sites:
  acme:
    url: \"sandbox:\"
    user_management: original
    customer_access:
      internal: { atlassian_accounts: false }
      external: { portal_only_accounts: true, allowed_domains: [a.example, b.example] }
      customers_can_create_accounts: false
    organization_management: agents
    portal_only_login: { password: true, sso: false }
    surfaces: { private: deny, gateway: deny }
    projects:
      IT: { channel_access: restricted, customer_sharing: own_organizations }
";
const SEED: &str =
    "version: 1\nsites: { acme: { projects: { IT: { channel_access: restricted } } } }\n";

fn by_hand() -> Place {
    let place = Place::new();
    place.write(
        "portcullis.yaml",
        &WORKSPACE.replace("\"sandbox:\"\n", "\"sandbox:\"\n    seed: seed\n"),
    );
    place.write("seed/portcullis.yaml", SEED);
    place
}

/// The commands that a plan prints.
fn printed(place: &Place) -> Vec<Vec<String>> {
    let plan = place.run(&["plan", "--format", "json"]).json();
    let steps = plan["manual_steps"].as_array().unwrap();
    steps
        .iter()
        .filter_map(|step| step["attest"].as_str().or(step["command"].as_str()))
        .map(|command| {
            let words = std::process::Command::new("sh")
                .args([
                    "-c",
                    &format!("for word in {command}; do printf '%s\\n' \"$word\"; done"),
                ])
                .output()
                .unwrap();
            let words = String::from_utf8(words.stdout).unwrap();
            let words = words.lines().skip(1);
            words
                .map(|word| word.replace("YOU", "jo@acme.example"))
                .collect()
        })
        .collect()
}

/// The policy says how long a statement counts where it does not say so itself, at most ten years.
#[test]
fn a_statement_counts_for_as_many_days_as_the_policy_says() {
    let place = by_hand();
    place.write(
        "policy/policy.yaml",
        "version: 1\npolicy: { attestation_days: 7 }\n",
    );
    let address = "acme/customer-access/internal";
    let seen = ["--value", "false", "--by", "jo@acme.example"];
    let ran = place.run(&[&["attest", address], &seen[..]].concat());
    assert!(ran.text().contains("until 2026-11-29"), "{}", ran.text());
    place.write(
        "attestations/by-hand.yaml",
        "version: 1\nattestations:\n  - { address: acme/setting/organization-management, value: agents, by: jo, on: 2026-11-20 }\n",
    );
    let open = |day: &str| {
        let plan = place
            .run(&["plan", "--format", "json", "--today", day])
            .json();
        plan["manual_steps"]
            .to_string()
            .contains("organization-management")
    };
    assert!(!open("2026-11-27"));
    assert!(open("2026-11-28"));
    place.write(
        "policy/policy.yaml",
        "version: 1\npolicy: { attestation_days: 0 }\n",
    );
    let ran = place.run(&["validate"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    assert!(ran.text().contains("1 to 3650 days"), "{}", ran.text());
}

#[test]
fn pasting_every_command_of_a_plan_empties_it() {
    let place = by_hand();
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, 2, "{}", plan.text());
    let commands = printed(&place);
    assert!(commands.len() >= 6, "{commands:?}: {}", plan.text());
    for words in commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = place.run(&words);
        assert_eq!(ran.code, 0, "{words:?}: {}", ran.text());
    }
    insta::assert_snapshot!(place.read("attestations/acme.yaml"));
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
}

#[test]
fn a_statement_is_renewed_where_it_stands() {
    let place = by_hand();
    let mine = "version: 1\n# about both\nattestations:\n  - address: acme/customer-access/internal   # checked twice\n    value: true\n    by: bo@acme.example\n    on: 2026-01-01\n  # the next\n  - { address: acme/setting/organization-management, value: agents, by: bo, on: 2026-11-01 }\n";
    place.write("attestations/all.yaml", mine);
    let ran = place.run(&[
        "attest",
        ".",
        "acme/customer-access/internal",
        "--value",
        "false",
        "--by",
        "jo@acme.example",
    ]);
    insta::assert_snapshot!(format!(
        "{}--- file\n{}",
        ran.text(),
        place.read("attestations/all.yaml")
    ));
    assert!(!place.path().join("attestations/acme.yaml").exists());
}

#[test]
fn a_statement_says_who_looked_and_whether_the_value_changed() {
    let place = by_hand();
    let attest = |value: &str, by: &str| {
        let address = "acme/customer-access/internal";
        place.run(&["attest", address, "--value", value, "--by", by])
    };
    let copied = attest("false", "YOU");
    assert_eq!(copied.code, 64, "{}", copied.text());
    assert!(
        copied.err.contains("`--by jo@acme.example`"),
        "{}",
        copied.err
    );
    assert!(!place.path().join("attestations").exists());
    for (value, done) in [
        ("false", "recorded acme/customer-access/internal in "),
        ("false", "renewed acme/customer-access/internal in "),
        (
            "true",
            "changed acme/customer-access/internal from false to true in ",
        ),
    ] {
        let ran = attest(value, "jo");
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(ran.out.starts_with(done), "{}", ran.text());
    }
}

#[test]
fn what_cannot_be_stated_is_not_written() {
    let place = by_hand();
    let attest = |address: &str, value: &str, more: &[&str]| {
        let mut arguments = vec!["attest", address, "--value", value, "--by", "jo"];
        arguments.extend(more);
        place.run(&arguments)
    };
    let mut text = String::new();
    for (address, value, more) in [
        ("acme/customer-access/internl", "true", &[][..]),
        ("acme/customer-access/internal", "maybe", &[]),
        ("nowhere/customer-access/internal", "true", &[]),
        ("acme/organization/Globex", "true", &[]),
        (
            "acme/customer-access/internal",
            "true",
            &["--on", "2027-01-01"],
        ),
        (
            "acme/customer-access/internal",
            "true",
            &["--until", "2026-01-01"],
        ),
    ] {
        let ran = attest(address, value, more);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (3, ""),
            "{address} {value} {}",
            ran.err
        );
        text.push_str(&ran.err);
        text.push('\n');
    }
    insta::assert_snapshot!(text);
    assert!(!place.path().join("attestations").exists());

    place.replace(
        "portcullis.yaml",
        "version: 1\n",
        "version: 1\ninclude: [\"sites/**\"]\n",
    );
    place.write("sites/acme.yaml", "version: 1\n");
    let ran = attest("acme/customer-access/internal", "true", &[]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("is not part of the workspace"),
        "{}",
        ran.err
    );
}

#[test]
fn scopes_hold_for_statements_too() {
    let place = by_hand();
    place.replace(
        "portcullis.yaml",
        "version: 1\n",
        "version: 1\nscopes: [{ files: \"projects/**\", may: [\"acme/project/**\"] }]\n",
    );
    let ran = place.run(&[
        "attest",
        "acme/customer-access/internal",
        "--value",
        "true",
        "--by",
        "jo",
    ]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("may not declare `attestations`"),
        "{}",
        ran.err
    );
    assert!(!place.path().join("attestations").exists());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_workspace_is_not_followed() {
    let place = by_hand();
    let elsewhere = Place::new();
    std::os::unix::fs::symlink(elsewhere.path(), place.path().join("attestations")).unwrap();
    let ran = place.run(&[
        "attest",
        "acme/customer-access/internal",
        "--value",
        "true",
        "--by",
        "jo",
    ]);
    assert_ne!(ran.code, 0, "{}", ran.text());
    assert!(!elsewhere.path().join("acme.yaml").exists());
}

/// A statement that neither the files nor the site bear out never makes a plan empty.
#[test]
fn a_wrong_statement_never_turns_a_plan_green() {
    for (field, on) in [
        ("customers-can-create-accounts", false),
        ("view-without-login", true),
    ] {
        let key = field.replace('-', "_");
        let place = Place::new();
        place.write(
            "portcullis.yaml",
            &format!("version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    seed: seed\n    surfaces: {{ private: read }}\n    customer_access: {{ {key}: {on} }}\n    projects: {{ IT: {{ channel_access: restricted }} }}\n"),
        );
        place.write(
            "seed/portcullis.yaml",
            &format!("version: 1\nsites:\n  acme:\n    customer_access: {{ {key}: {on} }}\n    projects: {{ IT: {{ channel_access: restricted }} }}\n"),
        );
        let address = format!("acme/customer-access/{field}");
        let attest = |value: bool| {
            let value = value.to_string();
            let ran = place.run(&[
                "attest",
                &address,
                "--value",
                &value,
                "--by",
                "jo@acme.example",
            ]);
            assert_eq!(ran.code, 0, "{}", ran.text());
        };
        attest(!on);
        let ran = place.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(ran.code, 2, "{}", ran.text());
        assert!(
            ran.out.contains("attestation-contradicted"),
            "{}",
            ran.text()
        );
        let plan = place.run(&["plan", "--format", "json"]).json();
        let row = &plan["resource_changes"][0];
        assert_eq!(row["address"], address.as_str());
        assert!(row["change"]["before"].is_null(), "{row}");
        assert_eq!(row["change"]["after"], on, "{row}");
        assert_eq!(plan["manual_steps"].as_array().unwrap().len(), 1);
        let drift = place.run(&["drift", "--detailed-exitcode"]);
        assert_eq!(drift.code, 2, "{}", drift.text());
        assert!(drift.out.contains(&address), "{}", drift.text());
        attest(on);
        let ran = place.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
}
