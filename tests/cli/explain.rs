//! `explain` and `who`: as the workspace says it, as the site was read, as a snapshot shows it, and what goes wrong.

use super::harness::{Place, site};
use portcullis::emulator::{Options, Sandbox};

/// The quickstart, whose site cannot be reached: nobody listens on its port, and while the socket lives nobody else comes to.
fn out_of_reach() -> (Place, tokio::net::TcpSocket) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("url: \"http://{}\"", socket.local_addr().unwrap());
    let mut place = Place::quickstart();
    place.replace("portcullis.yaml", "url: \"sandbox:\"", &url);
    place.replace("portcullis.yaml", "    seed: seed", "    ");
    place.environment(&super::harness::ADMIN);
    (place, socket)
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_live_shows_both_states_where_they_differ_and_writes_nothing() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["explain", "hana@acme.example", "--live"]);
    insta::assert_snapshot!("explain_live", ran.text());
    let ran = place.run(&["explain", "hana@acme.example", "--live", "--format", "json"]);
    let document = ran.json();
    assert_eq!(document["state"], "live");
    assert_eq!(document["projects"]["ITSM"]["view_portal"], "yes");
    // The roster of ITSM is `add_only`: whoever is on it on the site stays.
    assert_eq!(
        document["desired"]["projects"]["ITSM"]["view_portal"],
        "uncertain"
    );
    assert_eq!(
        document["projects"]["ITSM"]["because"][0]["surface"],
        "private"
    );
    assert_eq!(sandbox.stats().writes, 0);
    // Where both agree, there is one answer.
    let ran = place.run(&[
        "explain",
        "hana@acme.example",
        "--project",
        "HR",
        "--live",
        "--format",
        "json",
    ]);
    let document = ran.json();
    assert_eq!(document["projects"]["HR"]["view_portal"], "yes");
    assert!(document.get("desired").is_none(), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_without_live_asks_nobody() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["explain", "hana@acme.example", "--format", "json"]);
    assert_eq!(ran.json()["state"], "desired");
    assert_eq!(ran.json()["projects"]["ITSM"]["view_portal"], "uncertain");
    assert_eq!(place.run(&["who", "ITSM"]).code, 0);
    assert_eq!(sandbox.stats().requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_live_looks_a_stranger_up() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let told = |who: &str| {
        let ran = place.run(&["explain", who, "--live", "--format", "json"]);
        let document = ran.json();
        let outcome = &document["channels"]["sign_up"]["outcome"];
        outcome.as_str().unwrap_or_default().to_owned()
    };
    // `wes` is on lists; nobody has the other address, which only a search can tell.
    assert_eq!(told("wes@umbrella.example"), "existing");
    assert_eq!(told("nobody@nowhere.example"), "portal_only");
}

/// A list shows one account and not its kind; a search shows what else has the address (R1a).
#[tokio::test(flavor = "multi_thread")]
async fn explain_live_looks_a_listed_address_up_too() {
    use portcullis::emulator::{NewAccount, Role};
    let mut seeded = super::harness::seeded();
    let wes = portcullis::model::Email::new("wes@umbrella.example").unwrap();
    let place = async |site| {
        let sandbox = Sandbox::start(site, Options::default()).await.unwrap();
        (Place::remote(&sandbox), sandbox)
    };
    let (alone, _alone) = place(seeded.clone()).await;
    let ran = alone.run(&["explain", "wes@umbrella.example", "--live"]);
    assert!(
        !ran.out.contains("of which kind is not known"),
        "{}",
        ran.text()
    );
    assert!(!ran.out.contains("share the address"), "{}", ran.text());
    seeded.add_account(NewAccount::atlassian(wes, Role::Customer));
    let (twins, _twins) = place(seeded).await;
    let ran = twins.run(&["explain", "wes@umbrella.example", "--live"]);
    assert!(
        ran.out
            .contains("an Atlassian account and a portal-only one share the address"),
        "{}",
        ran.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_live_lists_whom_the_site_lets_in() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["who", "HR", "--live"]);
    insta::assert_snapshot!("who_live", ran.text());
    let ran = place.run(&["who", "HR", "--live", "--format", "json"]);
    let document = ran.json();
    let people: Vec<&str> = document["people"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|person| person["who"].as_str())
        .collect();
    for somebody in ["hana@acme.example", "wes@umbrella.example"] {
        assert!(people.contains(&somebody), "{people:?}");
    }
    let ran = place.run(&["who", "HR", "--live", "--format", "csv"]);
    assert!(ran.out.contains("wes@umbrella.example"), "{}", ran.text());
    assert_eq!(sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_answers_as_the_site_did_without_a_request() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    assert_eq!(place.run(&["export", "--snapshot", "live.json"]).code, 0);
    let questions: [&[&str]; 4] = [
        &["explain", "any_customer"],
        &["explain", "anyone", "--project", "ITSM"],
        &["explain", "*@globex.example", "--format", "json"],
        &["who", "ITSM"],
    ];
    let live: Vec<String> = questions
        .iter()
        .map(|question| place.run(&[question, &["--live"][..]].concat()).text())
        .collect();
    let before = sandbox.stats().requests;
    for (question, live) in questions.iter().zip(live) {
        let with = [question, &["--observed", "live.json"][..]].concat();
        assert_eq!(place.run(&with).text(), live, "{question:?}");
    }
    // Somebody on a list reaches the same; of which kind the account is, only a search tells.
    let projects = |arguments: &[&str]| place.run(arguments).json()["projects"].clone();
    let listed = ["explain", "ana@globex.example", "--format", "json"];
    let found = projects(&[&listed[..], &["--observed", "live.json"]].concat());
    assert_eq!(sandbox.stats().requests, before);
    assert_eq!(
        found["HR"]["view_portal"],
        projects(&[&listed[..], &["--live"]].concat())["HR"]["view_portal"]
    );
    // Nobody can be looked up any more, and that is said.
    let ran = place.run(&[
        "explain",
        "nobody@nowhere.example",
        "--observed",
        "live.json",
    ]);
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains("only people on lists were read"),
        "{}",
        ran.text()
    );
}

#[test]
fn a_snapshot_says_which_site_is_meant_and_another_site_is_warned_of() {
    let place = Place::quickstart();
    assert_eq!(place.run(&["export", "--snapshot", "live.json"]).code, 0);
    place.write(
        "sites/other.yaml",
        "version: 1\nsites: { beta: { url: \"sandbox:\", projects: { ITSM: { channel_access: open } } } }\n",
    );
    for question in [&["explain", "ana@globex.example"][..], &["who", "ITSM"]] {
        let ran = place.run(question);
        assert_eq!(ran.code, 64, "{}", ran.text());
        assert!(
            ran.err.contains("the workspace has several sites"),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("choose one with --site: acme, beta"),
            "{}",
            ran.err
        );
        let with = [question, &["--observed", "live.json"]].concat();
        let ran = place.run(&with);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(ran.out.contains(" on acme, "), "{}", ran.out);
        assert_eq!(ran.err, "");
        let ran = place.run(&[&with[..], &["--site", "beta"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(
            ran.err
                .contains("the snapshot is of a site called `acme`, and is taken for `beta`"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_snapshot_that_is_none_is_64() {
    let place = Place::quickstart();
    place.write("broken.json", "{}");
    for question in [&["explain", "anyone"][..], &["who", "ITSM"]] {
        for (file, text) in [
            ("broken.json", "is not a snapshot"),
            ("none.json", "none.json"),
        ] {
            let ran = place.run(&[question, &["--observed", file]].concat());
            assert_eq!(ran.code, 64, "{}", ran.text());
            assert!(ran.err.contains(text), "{}", ran.err);
        }
        let ran = place.run(&[question, &["--observed", "broken.json", "--live"]].concat());
        assert_eq!(ran.code, 64, "{}", ran.text());
    }
}

#[test]
fn a_site_out_of_reach_is_8_and_the_workspace_still_answers() {
    let (place, _socket) = out_of_reach();
    for question in [&["explain", "ana@globex.example"][..], &["who", "ITSM"]] {
        assert_eq!(place.run(question).code, 0);
        let ran = place.run(&[question, &["--live"]].concat());
        assert_eq!(ran.code, 8, "{}", ran.text());
        assert_eq!(ran.out, "", "no half answer");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_right_is_7_or_an_answer_that_says_what_is_not_known() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
    ]);
    place.without("PORTCULLIS_ORG_API_KEY");
    let ran = place.run(&["explain", "new@acme.example", "--project", "HR", "--live"]);
    insta::assert_snapshot!("agent_explains", ran.text());
    place.environment(&[("PORTCULLIS_API_TOKEN", "wrong")]);
    for question in [&["explain", "ana@globex.example"][..], &["who", "ITSM"]] {
        let ran = place.run(&[question, &["--live"]].concat());
        assert_eq!(ran.code, 7, "{}", ran.text());
        assert_eq!(ran.out, "");
    }
}

#[test]
fn a_file_given_for_the_workspace_is_told_from_a_missing_one() {
    let place = Place::quickstart();
    let ran = place.run(&["validate", "portcullis.yaml"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    let hint = "that is a file; name the directory that holds it: `.`";
    assert!(ran.out.contains(hint), "{}", ran.text());
    let total = "the workspace is not valid: 1 error\n";
    assert!(ran.out.ends_with(total), "{}", ran.text());
    let ran = place.run(&["who", "seed/portcullis.yaml", "ITSM"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    assert!(ran.err.contains("that holds it: `seed`"), "{}", ran.text());
}

#[test]
fn asking_about_nobody_or_nothing_is_64() {
    let place = Place::quickstart();
    for (question, text) in [
        (
            &["explain", "bob"][..],
            "WHO is an address, `anonymous`, `anyone`, `any_customer`, or `*@domain`",
        ),
        (&["explain", "*@no_domain"], "invalid address `*@no_domain`"),
        (
            &["explain", "ana@globex.example", "--project", "NONE"],
            "the projects are: HR, ITSM",
        ),
        (
            &["explain", "ana@globex.example", "--project", "no key"],
            "invalid project key `no key`",
        ),
        (
            &["explain", "ana@globex.example", "--site", "beta"],
            "declares no site `beta`",
        ),
        (&["who", "NONE"], "the projects are: HR, ITSM"),
        (&["who", "ITSM/NONE"], "its spaces are: ITKB"),
        (&["who", "HR/ITKB"], "no space is linked to it"),
        (
            &["who", "NONE"],
            "; with `--live`, those that only the site",
        ),
        (&["who", "."], "PROJECT is missing: `.` is a directory"),
        (&["who", "."], "hint: `portcullis who . PROJECT`"),
        (
            &["explain", "seed"],
            "WHO is missing: `seed` is a directory",
        ),
    ] {
        let ran = place.run(question);
        assert_eq!(ran.code, 64, "{question:?}: {}", ran.text());
        assert!(ran.err.contains(text), "{question:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

/// What was asked is answered first; how accounts come about, and every rule, are for whoever asks for them.
#[test]
fn explain_answers_first_and_says_the_rest_where_asked() {
    let mut place = Place::quickstart();
    place.environment(&[("COLUMNS", "80")]);
    for who in [
        "ana@globex.example",
        "anonymous",
        "*@globex.example",
        "nobody@web.example",
    ] {
        let short = place.run(&["explain", who]).out;
        let wide = short.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{short}");
        let accounts = short
            .lines()
            .filter(|line| line.starts_with("Account"))
            .count();
        assert_eq!(accounts, 1, "{short}");
        assert!(!short.contains("Account, by channel"), "{short}");
        assert!(!short.contains("Other ways in"), "{short}");
        let order = ["\nPortals\n", "\nArticles\n", "\nAccount "].map(|part| short.find(part));
        assert!(
            order.is_sorted() && order[0].is_some(),
            "{order:?}: {short}"
        );
        let whole = place.run(&["explain", who, "--rules", "--channels"]).out;
        assert!(whole.contains("\nAccount, by channel\n"), "{whole}");
        assert!(whole.len() > short.len(), "{whole}");
        assert!(!whole.contains("More:"), "{whole}");
    }
    let short = place.run(&["explain", "ana@globex.example"]).out;
    assert!(
        short.contains("\nAccount                      a portal-only account\n"),
        "{short}"
    );
    // What somebody reaches comes before what not, with the lines that decide it.
    assert!(short.find("  ITSM ") < short.find("  HR "), "{short}");
    assert!(short.contains("(rosters/globex.csv:2)"), "{short}");
    assert!(!short.contains("K9 "), "{short}");
    let rules = place.run(&["explain", "ana@globex.example", "--rules"]).out;
    assert!(rules.contains("K9 "), "{rules}");
}

#[test]
fn what_has_a_last_day_says_so() {
    let place = Place::quickstart();
    let list = "rosters/globex.csv";
    place.write(
        list,
        "email,name,until\nana@globex.example,Ana,2027-01-31\nbo@globex.example,Bo,\n",
    );
    let ran = place.run(&["explain", "ana@globex.example"]);
    assert!(ran.out.contains("\nEnds\n"), "{}", ran.text());
    assert!(
        ran.out
            .contains("member of `Globex`         last day 2027-01-31  (rosters/globex.csv:2)"),
        "{}",
        ran.text()
    );
    let ran = place.run(&["explain", "ana@globex.example", "--format", "json"]);
    assert_eq!(ran.json()["ends"][0]["until"], "2027-01-31");
    assert_eq!(ran.json()["ends"][0]["source"]["line"], 2);
    let ran = place.run(&["explain", "bo@globex.example", "--live"]);
    assert!(!ran.out.contains("\nEnds\n"), "{}", ran.text());
    // On the live site the list is the site's, and the day still the file's.
    let out = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert_eq!(out.code, 0, "{}", out.text());
    for live in [&["who", "ITSM"][..], &["who", "ITSM", "--live"]] {
        let ran = place.run(live);
        let lines: Vec<&str> = ran
            .out
            .lines()
            .filter(|line| line.contains("until 2027-01-31"))
            .collect();
        assert_eq!(lines.len(), 1, "{}", ran.text());
        let ran = place.run(&[live, &["--format", "csv"][..]].concat());
        let ana = ran
            .out
            .lines()
            .find(|line| line.contains("ana@globex.example"));
        assert!(
            ana.is_some_and(|line| line.ends_with(",2027-01-31")),
            "{}",
            ran.text()
        );
        let ran = place.run(&[live, &["--format", "json"][..]].concat());
        let people = ran.json()["people"].clone();
        let of = |who: &str| {
            people
                .as_array()
                .unwrap()
                .iter()
                .find(|row| row["who"] == who)
                .cloned()
                .unwrap()
        };
        assert_eq!(of("ana@globex.example")["routes"][0]["until"], "2027-01-31");
        assert!(of("bo@globex.example")["routes"][0].get("until").is_none());
    }
}

#[test]
fn what_an_organization_or_its_link_ends_says_so_too() {
    let place = Place::quickstart();
    place.replace(
        "projects/itsm.yaml",
        "list: [Globex, Initech]",
        "list: [{ name: Globex, until: 2027-03-31 }, Initech]",
    );
    place.replace(
        "organizations/initech.yaml",
        "      Initech:\n",
        "      Initech:\n        until: 2027-02-28\n",
    );
    let ran = place.run(&["explain", "ana@globex.example"]);
    let line = "link of `Globex` to ITSM   last day 2027-03-31  (projects/itsm.yaml:";
    assert!(ran.out.contains(line), "{}", ran.text());
    // The soonest first: an own entry ends after the organization does.
    let ran = place.run(&["explain", "samir@initech.example", "--format", "json"]);
    let ends = ran.json()["ends"].clone();
    let told: Vec<(&str, &str)> = ends
        .as_array()
        .unwrap()
        .iter()
        .map(|end| {
            (
                end["list"].as_str().unwrap(),
                end["until"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("organization `Initech` itself", "2027-02-28"),
            ("member of `Initech`", "2027-06-30"),
        ]
    );
    let ran = place.run(&["who", "ITSM", "--format", "csv"]);
    for (who, until) in [
        ("ana@globex.example", "2027-03-31"),
        ("peter@initech.example", "2027-02-28"),
        ("samir@initech.example", "2027-02-28"),
    ] {
        let line = ran.out.lines().find(|line| line.contains(who));
        let ends = line.is_some_and(|line| line.ends_with(&format!(",{until}")));
        assert!(ends, "{}", ran.text());
    }
}

/// Files that are sound and break their own promises are another thing than files that contradict themselves.
#[test]
fn a_promise_that_fails_is_10_and_a_broken_file_3() {
    let place = Place::quickstart();
    let expectation = |who: &str| {
        format!(
            "version: 1\nexpectations:\n  - {{ name: it, who: {who}, can: view_portal, site: acme, projects: [HR] }}\n"
        )
    };
    place.write("expectations/it.yaml", &expectation("anonymous"));
    let ran = place.run(&["validate"]);
    assert_eq!(ran.code, 10, "{}", ran.text());
    assert!(
        ran.out.contains("error[expectation-failed]"),
        "{}",
        ran.text()
    );
    assert!(
        ran.out
            .contains("the files are sound, and break what they promise"),
        "{}",
        ran.text()
    );
    let ran = place.run(&["validate", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["exit_code"].as_u64()), (10, Some(10)));
    assert_eq!(ran.json()["valid"], false);
    place.write("projects/more.yaml", "version: 1\nnothing: 1\n");
    assert_eq!(place.run(&["validate"]).code, 3);
    let help = place.run(&["--help"]).out;
    assert!(help.contains("10 an"), "{help}");
}
