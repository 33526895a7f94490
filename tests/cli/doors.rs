//! What also decides who gets in and is judged by nobody: help centers with an audience, support sites, request types that are
//! for some people only, team-managed projects. Read where somebody can, told wherever somebody reads who gets in.

use super::harness::{ADMIN, Place, TODAY};
use portcullis::connect::seed_directory;
use portcullis::emulator::{Options, Sandbox};
use portcullis::model::SiteKey;

const SITE: &str = "    organizations: { Globex: { members: { list: [ana@globex.example] } } }
    projects:
      HR: { channel_access: restricted, customers: { list: [ivy@acme.example] } }
      OPS: { channel_access: restricted, organizations: { list: [Globex] } }
";

const SEED: &str = "version: 1
sites:
  acme:
    organizations: { Globex: { members: { list: [ana@globex.example] } } }
    projects:
      HR: { customers: { list: [old@acme.example] } }
      OPS: {}
    sandbox:
      groups: { staff: {} }
      projects:
        HR: { request_types: { Ask: {}, \"Hire `somebody`\": { groups: [staff] } } }
        OPS: { team_managed: true }
      help_centers:
        Partners: { audience: organizations, organizations: [Globex] }
        Front door: {}
        Support: { customer_service: true, audience: organizations, organizations: [Globex] }
";

/// What is said of this site wherever it was read.
const FOUND: [&str; 4] = [
    "the help center `Partners` is for the members of `Globex` only",
    "the support site `Support` of Customer Service Management is for the members of `Globex` only",
    "the request type `Hire \\u{60}somebody\\u{60}` of HR is for some people or groups only",
    "OPS is team-managed: who is let in by its own access settings no permission scheme tells, and it is not read",
];

async fn stage(surfaces: &str) -> (Sandbox, Place) {
    let mut place = Place::new();
    place.write("seed/portcullis.yaml", SEED);
    let key = SiteKey::new("acme").unwrap();
    let seeded = seed_directory(&place.path().join("seed"), &key, TODAY.parse().unwrap());
    let sandbox = Sandbox::start(seeded.unwrap(), Options::default())
        .await
        .unwrap();
    let url = sandbox.url();
    place.write(
        "portcullis.yaml",
        &format!("version: 1\nsites:\n  acme:\n    url: \"{url}\"\n{surfaces}{SITE}"),
    );
    place.environment(&ADMIN);
    (sandbox, place)
}

fn words(value: &serde_json::Value) -> Vec<String> {
    let rows = value.as_array().unwrap_or_else(|| panic!("{value}"));
    let text = |row: &serde_json::Value| row.as_str().or(row["what"].as_str()).unwrap().to_owned();
    rows.iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_about_access_names_what_else_decides() {
    let (sandbox, place) = stage("").await;
    let run = |arguments: &[&str]| place.run(arguments);
    for (command, expected) in [
        (&["plan"][..], &FOUND[..]),
        (&["plan", "--format", "markdown"], &FOUND[..3]),
        (&["explain", "ana@globex.example", "--live"], &FOUND[..]),
        (
            &["explain", "ana@globex.example", "--project", "HR", "--live"],
            &FOUND[..3],
        ),
        (&["who", "HR", "--live"], &FOUND[..3]),
        (&["review", "--live"], &FOUND[..]),
    ] {
        let ran = run(command);
        // Lines are broken where the width ends.
        let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for door in expected {
            assert!(
                told.contains(door) || command.contains(&"markdown"),
                "{command:?} says nothing of {door}: {}",
                ran.text()
            );
        }
        assert!(
            told.contains("lso decides, not judged"),
            "{command:?}: {}",
            ran.text()
        );
        assert!(
            !told.contains("Front door"),
            "{command:?}: a help center for everybody is no news"
        );
    }
    let plan = run(&["plan", "--format", "json"]).json();
    let told = words(&plan["access_impact"]["not_judged"]);
    let who = words(&run(&["who", "OPS", "--live", "--format", "json"]).json()["not_judged"]);
    let explained = run(&["explain", "anonymous", "--live", "--format", "json"]).json();
    let explained = words(&explained["not_judged"]);
    for door in FOUND {
        assert!(told.contains(&door.to_owned()), "{told:?}");
        assert!(explained.contains(&door.to_owned()), "{explained:?}");
        assert_eq!(
            who.contains(&door.to_owned()),
            !door.contains("of HR"),
            "{who:?}"
        );
    }
    let review = run(&["review", "--live", "--format", "json"]).json();
    let listed = words(&review["not_judged"]);
    assert!(
        listed
            .iter()
            .any(|line| line.contains("blocked and allowed addresses") && line.contains("no API"))
    );
    let doctor = run(&["doctor"]);
    for says in [
        "4 help centers, with who may enter each",
        "1 request type for some people only",
        "never read",
    ] {
        assert!(doctor.out.contains(says), "{}", doctor.text());
    }
    assert_eq!(sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_and_never_taken_for_nothing() {
    for (surfaces, credentials, expected) in [
        (
            "",
            &[
                ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
                ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
            ][..],
            "request types that are for some people only were not read: they are shown to administrators only",
        ),
        (
            "    surfaces: { gateway: deny }\n",
            &[],
            "support sites of Customer Service Management, were not read: the surface `gateway` is not used (`deny`)",
        ),
    ] {
        let (_sandbox, mut place) = stage(surfaces).await;
        place.environment(credentials);
        for command in [
            &["who", "HR", "--live"][..],
            &["explain", "anonymous", "--live"],
            &["review", "--live"],
        ] {
            let ran = place.run(command);
            let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(expected), "{command:?}: {}", ran.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_says_where_there_is_no_other_door() {
    let place = Place::quickstart();
    let ran = place.run(&["review", "--live"]);
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for none in [
        "no help center has an audience of its own",
        "no request type is for some people only",
    ] {
        assert!(told.contains(none), "{}", ran.text());
    }
    let offline = place.run(&["review"]);
    assert!(
        offline
            .out
            .contains("request types that are for some people only: not read"),
        "{}",
        offline.text()
    );
}
