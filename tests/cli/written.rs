//! What is written once for many: defaults of projects, who alone may, what becomes of what cannot be decided, many attestations.

use super::harness::Place;
use std::io::Write as _;
use std::process::Stdio;

const SITE: &str = "version: 1
sites:
  acme:
    url: \"sandbox:\"
    customer_access:
      internal: { atlassian_accounts: false }
      external: { portal_only_accounts: true, allowed_domains: [globex.example] }
      customers_can_create_accounts: false
      view_without_login: false
    organizations:
      Globex: { members: { mode: exact, list: [ana@globex.example] } }
      Initech: { members: { mode: exact, list: [eve@initech.example] } }
";

fn place(rest: &str) -> Place {
    let place = Place::new();
    place.write("portcullis.yaml", &format!("{SITE}{rest}"));
    place
}

#[test]
fn defaults_are_for_declared_projects_that_do_not_say_otherwise() {
    let place = place(
        "    project_defaults: { channel_access: restricted, customer_sharing: own_organizations }
    projects:
      HR: {}
      WEB: { channel_access: open }
",
    );
    let review = place.run(&["review", "--format", "json"]).json();
    let open: Vec<(&str, &str)> = review["portals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|portal| {
            (
                portal["project"].as_str().unwrap(),
                portal["open"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(open, [("HR", "no"), ("WEB", "yes")]);
    place.replace(
        "portcullis.yaml",
        "channel_access: restricted,",
        "channel_access: shut,",
    );
    let ran = place.run(&["validate"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("unknown-word"), "{}", ran.text());
}

#[test]
fn nobody_but_those_who_are_named_may() {
    let only = |only: &str, project: &str| {
        let place = place(&format!(
            "    projects:
      HR: {{ channel_access: restricted, organizations: {{ mode: exact, list: [Globex] }}, customers: {{ mode: exact, list: [cy@acme.com] }} }}
      BOTH: {{ channel_access: restricted, organizations: {{ mode: exact, list: [Globex, Initech] }}, customers: {{ mode: exact, list: [cy@acme.com] }} }}
      WEB: {{ channel_access: open, customers: {{ mode: exact, list: [cy@acme.com] }} }}
expectations:
  - {{ name: it, site: acme, only: [{only}], can: view_portal, projects: [{project}] }}
"
        ));
        place.run(&["validate"])
    };
    for (allowed, project) in [
        ("\"organization:Globex\", cy@acme.com", "HR"),
        ("\"*@globex.example\", \"*@acme.com\"", "HR"),
        (
            "\"organization:Globex\", \"organization:Initech\", cy@acme.com",
            "BOTH",
        ),
        ("any_customer", "WEB"),
    ] {
        let ran = only(allowed, project);
        assert_eq!(ran.code, 0, "{allowed} {project}: {}", ran.text());
    }
    for (allowed, project, who) in [
        ("\"organization:Globex\"", "HR", "`cy@acme.com`"),
        (
            "\"organization:Globex\", cy@acme.com",
            "BOTH",
            "`eve@initech.example`",
        ),
        ("\"organization:Globex\"", "WEB", "any customer"),
    ] {
        let ran = only(allowed, project);
        assert_eq!(ran.code, 10, "{allowed} {project}: {}", ran.text());
        assert!(ran.out.contains(who), "{}", ran.text());
    }
    let ran = only("\"organization:Nowhere\"", "HR");
    assert_eq!(ran.code, 3, "{}", ran.text());
    let both = place(
        "    projects: { HR: {} }\nexpectations:\n  - { name: it, site: acme, who: anyone, only: [anyone], can: view_portal, projects: [HR] }\n",
    );
    assert!(both.run(&["validate"]).out.contains("exclude each other"));
}

#[test]
fn what_cannot_be_decided_fails_where_that_is_written() {
    let rest = |policy: &str, own: &str| {
        format!(
            "    projects: {{ HR: {{}} }}\n{policy}expectations:\n  - {{ name: it, site: acme, who: any_customer, cannot: view_portal, projects: [HR]{own} }}\n"
        )
    };
    let run = |policy: &str, own: &str| place(&rest(policy, own)).run(&["validate"]).code;
    assert_eq!(run("", ""), 0);
    assert_eq!(run("policy: { undecided: block }\n", ""), 10);
    assert_eq!(
        run("policy: { undecided: block }\n", ", undecided: warn"),
        0
    );
    assert_eq!(run("", ", undecided: block"), 10);
}

/// Runs with lines on standard input.
fn answered(place: &Place, arguments: &[&str], lines: &str) -> (i32, String, String) {
    let mut child = place
        .command(arguments)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(lines.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        place.neutral(&output.stdout),
        place.neutral(&output.stderr),
    )
}

#[test]
fn one_round_through_the_pages_settles_a_plan() {
    let place = place("    organization_management: agents\n");
    let plan = place
        .run(&["plan", "--out", "plan.json", "--format", "json"])
        .json();
    let steps = plan["manual_steps"].as_array().unwrap();
    let open = steps
        .iter()
        .filter(|step| step["attest"].is_string())
        .count();
    assert!(open >= 4, "{open}");
    let round = ["attest", "--all-of", "plan.json", "--by", "jo@acme.example"];
    // The last one is left for another time.
    let lines = "y\n".repeat(open - 1) + "\n";
    let (code, out, err) = answered(&place, &round, &lines);
    assert_eq!(code, 9, "{out}{err}");
    assert_eq!(out.lines().count(), open - 1, "{out}");
    assert!(err.contains("1 step left for another time"), "{err}");
    let written = place.read("attestations/acme.yaml");
    assert!(
        written.contains("\"on\": \"2026-11-22\", until: \"2027-02-20\""),
        "{written}"
    );
    let again = place
        .run(&["plan", "--out", "plan.json", "--format", "json"])
        .json();
    let left = again["manual_steps"].as_array().unwrap();
    assert_eq!(
        left.iter()
            .filter(|step| step["attest"].is_string())
            .count(),
        1
    );
    let (code, out, err) = answered(&place, &round, "y\n");
    assert_eq!(code, 0, "{out}{err}");
    let done = place.run(&["plan", "--format", "json"]).json();
    let rest = done["manual_steps"].as_array().unwrap();
    assert!(rest.iter().all(|step| step["attest"].is_null()), "{rest:?}");
    // Nothing is left to ask: that is said.
    place.run(&["plan", "--out", "plan.json"]);
    let (code, _, err) = answered(&place, &round, "");
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("nothing is recorded"), "{err}");
    // Nobody there to ask: nothing is recorded.
    assert_eq!(
        place
            .run(&["attest", "--all-of", "plan.json", "--by", "YOU"])
            .code,
        64
    );
}

#[test]
fn a_table_of_statements_is_recorded_whole_or_not_at_all() {
    let place = place("    organization_management: agents\n");
    place.write("seen.csv", "Address;Value;By;On\nacme/customer-access/internal;false;;\nacme/setting/organization-management;agents;jo@acme.example;2026-11-01\n");
    let ran = place.run(&["attest", "--from", "seen.csv", "--by", "cy@acme.example"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let written = place.read("attestations/acme.yaml");
    assert!(
        written.contains("value: false, by: cy@acme.example, \"on\": \"2026-11-22\""),
        "{written}"
    );
    assert!(
        written.contains("value: agents, by: jo@acme.example, \"on\": \"2026-11-01\""),
        "{written}"
    );
    place.write("wrong.csv", "address,value,on\nacme/customer-access/external,true,\nacme/customer-access/internal,true,soon\n,x,\n");
    let ran = place.run(&["attest", "--from", "wrong.csv", "--by", "cy"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
    assert!(
        ran.err.contains("line 3") && ran.err.contains("line 4"),
        "{}",
        ran.err
    );
    assert_eq!(place.read("attestations/acme.yaml"), written);
    place.write(
        "unfit.csv",
        "address,value\nacme/customer-access/external,true\nacme/customer-access/internal,maybe\n",
    );
    let ran = place.run(&["attest", "--from", "unfit.csv", "--by", "cy"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    assert_eq!(place.read("attestations/acme.yaml"), written);
}
