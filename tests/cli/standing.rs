//! `drift` judges like a plan: expectations on the site as it is, and steps by hand that are open.

use super::harness::Place;

const SEED: &str = "version: 1
sites:
  acme:
    customer_access: { external: { portal_only_accounts: true, allowed_domains: any }, customers_can_create_accounts: false }
    organizations: { Partner: { members: { list: [pia@partner.example] } } }
    projects:
      DESK: { channel_access: open }
      LAW: { channel_access: restricted, organizations: { list: [Partner] } }
";

fn place(access: &str, expectation: &str) -> Place {
    let place = Place::new();
    place.write("seed/portcullis.yaml", SEED);
    place.write(
        "portcullis.yaml",
        &format!(
            "version: 1
sites:
  acme:
    url: \"sandbox:\"
    seed: seed
    organizations: {{ Partner: {{ members: {{ list: [pia@partner.example] }} }} }}
    projects: {{ DESK: {{{access}}}, LAW: {{ organizations: {{ list: [Partner] }} }} }}
{expectation}"
        ),
    );
    place
}

#[test]
fn a_door_that_nobody_manages_breaks_the_expectation_that_forbids_it() {
    let place = place(
        "",
        "expectations:
  - { name: partners stay out of DESK, site: acme, who: \"organization:Partner\", cannot: view_portal, projects: [DESK] }
",
    );
    let ran = place.run(&["drift", "--detailed-exitcode"]);
    assert_eq!(ran.code, 10, "{}", ran.text());
    assert!(
        ran.text().contains("`partners stay out of DESK` fails"),
        "{}",
        ran.text()
    );
    let json = place.run(&["drift", "--format", "json"]).json();
    let checks = json["checks"].as_array().unwrap().iter();
    let mut failed = checks.filter(|check| check["status"] == "fail");
    let failed = failed.next().map(|check| &check["address"]["kind"]);
    assert_eq!(failed, Some(&"expectation".into()), "{json:#}");
    assert_eq!(json["exit_code"], 10);
    assert!(json["access_impact"].is_object());
}

/// A promise that the files keep once they are applied is unfinished work, and no broken promise.
#[test]
fn a_promise_that_the_files_will_keep_does_not_fail() {
    let promise = "expectations:
  - { name: partners reach HELP, site: acme, who: \"organization:Partner\", can: view_portal, projects: [HELP] }
";
    let place = place("", promise);
    place.replace(
        "seed/portcullis.yaml",
        "DESK:",
        "HELP: { channel_access: restricted }\n      DESK:",
    );
    place.replace(
        "portcullis.yaml",
        "projects: {",
        "projects: { HELP: { organizations: { list: [Partner] } },",
    );
    let ran = place.run(&["drift", "--detailed-exitcode"]);
    assert_eq!(ran.code, 2, "{}", ran.text());
}

/// A step that only a person can do waits for that person: no change on the site, and nothing for a patch.
#[test]
fn an_open_step_waits_for_a_person() {
    let place = place(" channel_access: restricted ", "");
    let ran = place.run(&[
        "drift",
        "--detailed-exitcode",
        "--write-patch",
        "accept.patch",
    ]);
    assert_eq!(ran.code, 9, "{}", ran.text());
    assert!(
        ran.text().contains("waits for a person (1)"),
        "{}",
        ran.text()
    );
    assert!(!place.path().join("accept.patch").exists());
    let json = place.run(&["drift", "--format", "json"]).json();
    assert_eq!(json["resource_drift"].as_array().map(Vec::len), Some(0));
    assert_eq!(
        json["resource_changes"][0]["action_reason"],
        "waits_for_a_person"
    );
    let allowed = place.run(&["drift", "--detailed-exitcode", "--allow-manual"]);
    assert_eq!(allowed.code, 0, "{}", allowed.text());
}
