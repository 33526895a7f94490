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

/// Who is taken out of an organization that opens a help center loses that too, and whoever deletes it closes the door: by name,
/// and never as something that was judged.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_organization_opens_is_named_where_its_people_go() {
    const OPENS: [&str; 2] = [
        "the help center `Partners` is opened to the members of `Globex`",
        "the support site `Support` of Customer Service Management is opened to the members of `Globex`",
    ];
    let (_sandbox, place) = stage("").await;
    let findings = |place: &Place| -> Vec<String> {
        let plan = place.run(&["plan", "--format", "json"]).json();
        let all = plan["findings"].as_array().unwrap().iter();
        let opens = all.filter(|finding| finding["code"] == "opens-help-center");
        opens
            .map(|finding| finding["message"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(findings(&place), Vec::<String>::new());
    let root = place.read("portcullis.yaml");
    let globex = "Globex: { members: { list: [ana@globex.example] } }";
    for (written, tail) in [
        (
            "Globex: { state: absent }",
            ": deleting the organization closes it to them, and that is not judged",
        ),
        (
            "Globex: { members: { mode: exact, allow_empty: true, list: [] } }",
            ": the one who leaves loses it as well, and that is not judged",
        ),
    ] {
        let unlinked = root.replace("organizations: { list: [Globex] }", "");
        place.write(
            "portcullis.yaml",
            &unlinked.replace(globex, written).replace(", }", " }"),
        );
        let expected: Vec<String> = OPENS.iter().map(|says| format!("{says}{tail}")).collect();
        let mut found = findings(&place);
        found.sort();
        assert_eq!(
            found,
            expected,
            "{written}: {}",
            place.run(&["plan"]).text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_says_where_nobody_read_which_help_centers_it_closes() {
    let (_sandbox, place) = stage("    surfaces: { gateway: deny }\n").await;
    let root = place.read("portcullis.yaml");
    let unlinked = root.replace("organizations: { list: [Globex] }", "");
    place.write(
        "portcullis.yaml",
        &unlinked.replace(
            "Globex: { members: { list: [ana@globex.example] } }",
            "Globex: { state: absent }",
        ),
    );
    let ran = place.run(&["plan"]);
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("which help centers and support sites are opened to the members of `Globex` was not read"),
        "{}",
        ran.text()
    );
}
