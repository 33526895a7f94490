//! `review`: the first look at a real site, agreement with `who`, lists of people who left, earlier reviews, owners, privacy.

use super::harness::{Place, site};
use portcullis::emulator::Options;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Who reaches each portal and each space, by one review: `ITSM` to address to answer.
fn reached(review: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reached: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for person in review["people"].as_array().unwrap() {
        for reach in person["reaches"].as_array().unwrap() {
            let target = reach["portal"].as_str().or(reach["articles"].as_str());
            reached
                .entry(target.unwrap().to_owned())
                .or_default()
                .insert(
                    person["who"].as_str().unwrap().to_owned(),
                    reach["answer"].as_str().unwrap().to_owned(),
                );
        }
    }
    reached
}

fn finding<'r>(review: &'r Value, code: &str) -> &'r Value {
    let findings = review["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap()
}

fn whom(finding: &Value) -> Vec<&str> {
    let people = finding["people"].as_array();
    people
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_look_at_a_site_needs_nothing_written_and_writes_nothing() {
    let sandbox = site(Options::default()).await;
    let place = Place::new();
    let ran = place.run(&["review", "--url", &sandbox.url()]);
    insta::assert_snapshot!("review_url", ran.text());
    assert_eq!(sandbox.stats().writes, 0);
    let ran = place.run(&["review", "--url", &sandbox.url(), "--format", "json"]);
    let review = ran.json();
    assert_eq!(review["state"], "live");
    assert_eq!(review["numbers"]["people"], 8);
    let told = finding(&review, "nobody-told");
    assert_eq!(told["count"], Value::Null, "{told}");
    assert!(told["not_known"].is_string(), "{told}");
    // A host that may not receive a token is refused; what is no address of a site is wrong usage.
    let ran = place.run(&["review", "--url", "https://acme.example.com"]);
    assert_eq!((ran.code, ran.out.as_str()), (7, ""), "{}", ran.text());
    for (url, meant) in [
        ("acme", "https://acme.atlassian.net"),
        ("acme.atlassian.net", "https://acme.atlassian.net"),
        (
            "https://acme.atlassian.net/jira",
            "https://YOURS.atlassian.net",
        ),
        ("", "https://YOURS.atlassian.net"),
    ] {
        for command in [
            &["review", "--url", url][..],
            &["export", "--url", url, "--to", "copy"],
            &["init", "access", "--from", url],
        ] {
            let ran = place.run(command);
            assert_eq!((ran.code, ran.out.as_str()), (64, ""), "{}", ran.text());
            assert!(ran.err.contains(meant), "{}", ran.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_says_of_everybody_and_every_class_what_who_says() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    for live in [&["--live"][..], &[]] {
        let run = |arguments: &[&str]| {
            place
                .run(&[arguments, live, &["--format", "json"]].concat())
                .json()
        };
        let review = run(&["review"]);
        let reached = reached(&review);
        let mut targets: Vec<&str> = review["portals"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|p| p["project"].as_str())
            .collect();
        targets.extend(
            reached
                .keys()
                .filter(|key| key.contains('/'))
                .map(String::as_str),
        );
        assert!(targets.len() >= 3, "{targets:?}");
        for target in targets {
            let who = run(&["who", target]);
            let listed: BTreeMap<String, String> = who["people"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| {
                    let text = |key: &str| row[key].as_str().unwrap().to_owned();
                    (text("who"), text("answer"))
                })
                .collect();
            let found = reached.get(target).cloned().unwrap_or_default();
            assert_eq!(found, listed, "{target}");
            let classes = |rows: &Value, own: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
                let rows = rows.as_array().unwrap().iter().filter(|row| own(row));
                rows.map(|row| format!("{} {} {}", row["who"], row["answer"], row["route"]))
                    .collect()
            };
            assert_eq!(
                classes(&review["classes"], &|row| row["target"] == target),
                classes(&who["classes"], &|_| true),
                "{target}"
            );
            // The routes of each person too, with the place of that person's own entry.
            for row in who["people"].as_array().unwrap() {
                let people = review["people"].as_array().unwrap();
                let person = people
                    .iter()
                    .find(|person| person["who"] == row["who"])
                    .unwrap();
                let reaches = person["reaches"].as_array().unwrap();
                let reach = reaches
                    .iter()
                    .find(|reach| reach["portal"] == target || reach["articles"] == target);
                assert_eq!(
                    reach.unwrap()["routes"],
                    row["routes"],
                    "{} {target}",
                    row["who"]
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_left_are_found_whatever_list_says_so() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let review = place.run(&["review", "--live", "--format", "json"]).json();
    // `people` of the workspace says so.
    assert_eq!(
        whom(finding(&review, "leavers-still-in")),
        ["mal@globex.example"]
    );
    let wes = review["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["who"] == "wes@umbrella.example");
    let id = wes.unwrap()["account_id"].as_str().unwrap();
    place.write("left.csv", &format!("Email;account_id;until\nANA@globex.example;;\n;{id};2026-11-01\nhana@acme.example;;2026-12-24\nnobody@nowhere.example;;\n"));
    let ran = place.run(&[
        "review",
        "--url",
        &sandbox.url(),
        "--against",
        "left.csv",
        "--format",
        "json",
    ]);
    // Hana's last day is still to come.
    assert_eq!(
        whom(finding(&ran.json(), "leavers-still-in")),
        ["ana@globex.example", "wes@umbrella.example"],
        "{}",
        ran.err
    );
    let ran = place.run(&["review", "--against", "left.pdf"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_since_an_earlier_review_is_told() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let before = place.run(&["review", "--live", "--format", "json"]).out;
    place.write("review.json", &before.replace("[PORT]", "1"));
    let again = place.run(&["review", "--live", "--since", "review.json"]);
    assert!(
        again.out.contains("Since review.json\n  nothing differs\n"),
        "{}",
        again.text()
    );
    let applied = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert!([0, 5].contains(&applied.code), "{}", applied.text());
    let after = place
        .run(&[
            "review",
            "--live",
            "--since",
            "review.json",
            "--format",
            "json",
        ])
        .json();
    let since = &after["since"];
    let names = |part: &str| -> Vec<&str> {
        since[part]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row["who"].as_str())
            .collect()
    };
    assert!(names("new").contains(&"bo@globex.example"), "{since}");
    assert!(names("gone").contains(&"mal@globex.example"), "{since}");
    let left = |row: &&Value| row["code"] == "leavers-still-in";
    let left = since["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(left)
        .unwrap();
    assert_eq!((&left["before"], &left["now"]), (&1.into(), &0.into()));
    // A workspace elsewhere, or at a revision, is a review too.
    let files = place.run(&["review", "--since", "seed", "--format", "json"]);
    assert_eq!(files.code, 3, "a seed is no workspace: {}", files.text());
    let files = place
        .run(&["review", ".", "--since", ".", "--format", "json"])
        .json();
    assert_eq!(files["since"]["new"], Value::Array(Vec::new()));
    place.write("other.json", "{}");
    assert_eq!(place.run(&["review", "--since", "other.json"]).code, 64);
    let masked = place.run(&[
        "review",
        "--since",
        "review.json",
        "--privacy",
        "pseudonymous",
    ]);
    assert!(masked.err.contains("--privacy"), "{}", masked.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sees_what_the_owner_answers_for() {
    let place = Place::quickstart();
    place.replace(
        "organizations/initech.yaml",
        "      Initech:\n",
        "      Initech:\n        owner: jo@acme.com\n",
    );
    place.replace(
        "projects/hr.yaml",
        "      HR:\n",
        "      HR:\n        owner: hr@acme.com\n",
    );
    let owned = place
        .run(&["review", "--owner", "jo@acme.com", "--format", "json"])
        .json();
    let who = |review: &Value| -> Vec<String> {
        review["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["who"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        who(&owned),
        ["peter@initech.example", "samir@initech.example"]
    );
    assert_eq!(owned["people"][0]["lists"][0]["owner"], "jo@acme.com");
    assert_eq!(owned["people"][1]["lists"][0]["until"], "2027-06-30");
    let hr = place
        .run(&["review", "--owner", "hr@acme.com", "--format", "json"])
        .json();
    assert_eq!(who(&hr), ["hana@acme.example"]);
    assert_eq!(hr["portals"][0]["owner"], "hr@acme.com");
    // Lists of others are not theirs, nor is what is found of those.
    let lists = |review: &Value| -> Vec<String> {
        let lists = review["lists"].as_array().unwrap().iter();
        let named =
            lists.filter_map(|list| list["organization"].as_str().or(list["project"].as_str()));
        named.map(str::to_owned).collect()
    };
    assert_eq!(lists(&owned), ["Initech"]);
    assert_eq!(lists(&hr), ["HR"]);
    // Once somebody answers for one list, those that nobody answers for are a finding.
    let all = place.run(&["review", "--format", "json"]).json();
    let bare = finding(&all, "without-owner");
    assert_eq!(
        bare["what"],
        serde_json::json!(["organization `Globex`", "customers of ITSM"])
    );
    let nobody = place.run(&["review", "--owner", "nobody"]);
    assert!(
        nobody.err.contains("answers for no list"),
        "{}",
        nobody.text()
    );
    // It decides nothing.
    place.replace("projects/hr.yaml", "        owner: hr@acme.com\n", "");
    let plan = place.run(&["plan"]).out;
    place.replace(
        "organizations/initech.yaml",
        "        owner: jo@acme.com\n",
        "",
    );
    assert_eq!(
        plan.lines().count(),
        place.run(&["plan"]).out.lines().count()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_a_review_gives_people_away_or_runs_what_they_typed() {
    let place = Place::quickstart();
    place.replace(
        "seed/portcullis.yaml",
        "name: Tom,",
        "name: \"=HYPERLINK(1)<script>alert(1)</script>\",",
    );
    for format in ["text", "csv", "json", "html"] {
        let shown = place.run(&["review", "--live", "--format", format]);
        assert_eq!(shown.code, 0, "{}", shown.text());
        assert!(shown.out.contains("tom@acme.example"), "{format}");
        if format == "html" {
            assert!(!shown.out.contains("<script>alert"), "{}", shown.out);
        }
        for cell in shown
            .out
            .lines()
            .filter(|_| format == "csv")
            .flat_map(|line| line.split(','))
        {
            assert!(!cell.trim_matches('"').starts_with('='), "{cell}");
        }
        for privacy in ["pseudonymous", "counts"] {
            let ran = place.run(&["review", "--live", "--format", format, "--privacy", privacy]);
            assert_eq!(ran.code, 0, "{}", ran.text());
            let shown = ran.out.replace("person-", "");
            for name in ["tom@", "mal@", "ana@", "HYPERLINK", "qm:"] {
                assert!(!shown.contains(name), "{format} {privacy}: {name}");
            }
        }
    }
    let counts = place
        .run(&[
            "review",
            "--live",
            "--format",
            "json",
            "--privacy",
            "counts",
        ])
        .json();
    let people = counts["people"].as_array().unwrap();
    let counted: u64 = people
        .iter()
        .map(|row| row["count"].as_u64().unwrap())
        .sum();
    assert_eq!(Value::from(counted), counts["numbers"]["people"]);
    assert!(people.len() < 8);
}

#[test]
fn a_contract_that_ends_is_shown_with_its_list_and_found() {
    let place = Place::new();
    let site = "    organizations: { Globex: { UNTIL members: { list: [ana@globex.example] } } }\n    projects: { ITSM: { organizations: { list: [Globex] } } }\n";
    let head = "version: 1\nsites:\n  acme:\n";
    place.write(
        "seed/portcullis.yaml",
        &format!("{head}{}", site.replace("UNTIL", "")),
    );
    place.write(
        "portcullis.yaml",
        &format!(
            "{head}    url: \"sandbox:\"\n    seed: seed\n{}",
            site.replace("UNTIL", "until: 2026-12-10,")
                .replace("[Globex]", "[{ name: Globex, until: 2026-12-05 }]")
        ),
    );
    for state in [&["review", "--live"][..], &["review"]] {
        let report = place.run(&[state, &["--format", "json"]].concat()).json();
        let lists = report["lists"].as_array().unwrap();
        let globex = lists.iter().find(|list| list["organization"] == "Globex");
        assert_eq!(globex.unwrap()["until"], "2026-12-10", "{report:#}");
        let findings = report["findings"].as_array().unwrap();
        let soon = findings.iter().find(|found| found["code"] == "end-soon");
        // The organization, and its link.
        assert_eq!(soon.unwrap()["count"], 2, "{report:#}");
        let text = place.run(state);
        assert!(text.out.contains("until 2026-12-10"), "{}", text.text());
        let page = place.run(&[state, &["--format", "html"]].concat());
        assert!(page.out.contains("until 2026-12-10"), "{}", page.text());
        // Names stand as names, not between the backquotes of a terminal.
        let (body, _script) = page.out.split_once("<script>").unwrap();
        assert!(!body.contains('`'), "{body}");
        assert!(body.contains("<code><bdi>Globex</bdi></code>"), "{body}");
    }
}

/// Whoever leaves by a file of leavers ends soon as well, on however many lists.
#[test]
fn people_who_leave_soon_by_a_file_of_leavers_end_soon() {
    let place = Place::quickstart();
    let count = |state: &[&str]| {
        let report = place.run(&[state, &["--format", "json"]].concat()).json();
        finding(&report, "end-soon")["count"].as_u64().unwrap()
    };
    let (live, files) = (count(&["review", "--live"]), count(&["review"]));
    place.write(
        "hr/leavers.csv",
        "email,until\nana@globex.example,2026-12-01\nnever@x.example,2026-12-01\npeter@initech.example,2027-12-01\n",
    );
    place.replace(
        "portcullis.yaml",
        "version: 1\n",
        "version: 1\nleavers: [{ file: hr/leavers.csv }]\n",
    );
    assert_eq!(count(&["review", "--live"]), live + 1);
    assert_eq!(count(&["review"]), files + 1);
}

/// A last day that is over is nothing that ends soon, and no news either: it is told for as long as something is still there.
#[test]
fn a_contract_that_has_ended_is_found_while_something_of_it_is_left() {
    let place = Place::new();
    let site = "    organizations: { Globex: { UNTIL members: { list: [ana@globex.example] } }, Initech: { members: { list: [peter@initech.example] } } }
    projects: { ITSM: { organizations: { mode: exact, list: [Globex, LINK] } } }
";
    let head = "version: 1\nsites:\n  acme:\n";
    place.write(
        "seed/portcullis.yaml",
        &format!(
            "{head}{}",
            site.replace("UNTIL", "").replace("LINK", "Initech")
        ),
    );
    place.write(
        "portcullis.yaml",
        &format!(
            "{head}    url: \"sandbox:\"\n    seed: seed\n{}",
            site.replace("UNTIL", "until: 2026-11-20,")
                .replace("LINK", "{ name: Initech, until: 2026-11-21 }")
        ),
    );
    let counts = |state: &[&str]| {
        let report = place.run(&[state, &["--format", "json"]].concat()).json();
        let count = |code: &str| finding(&report, code)["count"].clone();
        (count("end-soon"), count("past-the-last-day"))
    };
    assert_eq!(counts(&["review", "--live"]), (0.into(), 2.into()));
    // In the files nothing is linked any more.
    assert_eq!(counts(&["review"]), (0.into(), 0.into()));
    let text = place.run(&["review", "--live"]);
    let told = text.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("2 organizations or links are past their last day and still there: organization `Globex`, the link of `Initech` to ITSM"),
        "{}",
        text.text()
    );
    let applied = place.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}", applied.text());
    assert_eq!(counts(&["review", "--live"]), (0.into(), 0.into()));
}

#[test]
fn whoever_is_in_a_group_that_the_files_list_is_on_a_list() {
    let place = Place::new();
    place.write(
        "seed/portcullis.yaml",
        "version: 1
sites:
  acme:
    sandbox:
      groups: { staff: { members: [ivy@x.example] }, strays: { members: [kim@x.example] } }
      projects: { HR: { customer_groups: [staff, strays] } }
    projects: { HR: { channel_access: restricted } }
",
    );
    place.write(
        "portcullis.yaml",
        "version: 1
sites:
  acme:
    url: \"sandbox:\"
    seed: seed
    projects: { HR: { customer_groups: { list: [staff] } } }
",
    );
    let review = place.run(&["review", "--live", "--format", "json"]).json();
    let found = whom(finding(&review, "on-no-list"));
    assert_eq!(found, ["kim@x.example"], "{review:#}");
}
