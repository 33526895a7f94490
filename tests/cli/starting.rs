//! The first steps: `init`, the quickstart, the sandbox as a server.

use super::harness::{ADMIN, Place};
use std::io::{BufRead, BufReader, Read};
use std::process::Command;

#[test]
fn the_starter_workspace_plans_cleanly() {
    let place = Place::new();
    let init = place.run(&["init", "demo"]);
    insta::assert_snapshot!(init.text());
    let valid = place.run(&["validate", "demo"]);
    assert_eq!(
        valid.text(),
        "exit 0\n--- stdout\nthe workspace is valid\n\
         read: 6 files, 1 site, 1 organization, 1 project, 2 people, 0 expectations, 1 limit, 0 protections, 0 attestations\n\
         --- stderr\n"
    );
    let plan = place.run(&["plan", "demo", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    // What its comments promise.
    place.write(
        "demo/rosters/globex.csv",
        "email,name\nana@globex.example,Ana\ndora@globex.example,Dora\n",
    );
    place.replace(
        "demo/sites/acme.yaml",
        "[globex.example]",
        "[globex.example, initech.example]",
    );
    let changed = place.run(&["plan", "demo", "--detailed-exitcode"]);
    insta::assert_snapshot!(changed.text());
    let applied = place.run(&["apply", "demo", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}", applied.text());
    let again = place.run(&["plan", "demo", "--detailed-exitcode"]);
    assert_eq!(again.code, 0, "{}", again.text());
}

#[test]
fn a_seed_that_is_edited_after_the_first_run_changes_nothing_and_that_is_said() {
    let place = Place::new();
    place.run(&["init"]);
    let said = "the seed `seed` was edited after the sandbox was made from it";
    for _ in 0..2 {
        let ran = place.run(&["plan"]);
        assert_eq!(
            (ran.code, ran.err.contains(said)),
            (0, false),
            "{}",
            ran.text()
        );
    }
    let seed = place.read("seed/portcullis.yaml");
    place.write("seed/portcullis.yaml", &format!("{seed}# a remark\n"));
    for command in [
        &["plan"][..],
        &["drift"],
        &["explain", ".", "ana@globex.example", "--live"],
    ] {
        let ran = place.run(command);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(ran.err.contains(said), "{}", ran.text());
    }
    // What the note says helps.
    fs_err::remove_file(place.path().join(".portcullis/sandbox/acme.json")).unwrap();
    for _ in 0..2 {
        let ran = place.run(&["plan"]);
        assert!(!ran.err.contains(said), "{}", ran.text());
    }
    // A seed that is named later is one that the sandbox did not begin with.
    place.replace("portcullis.yaml", "    seed: seed", "    # seed: seed");
    fs_err::remove_file(place.path().join(".portcullis/sandbox/acme.json")).unwrap();
    place.run(&["plan"]);
    place.replace("portcullis.yaml", "    # seed: seed", "    seed: seed");
    assert!(place.run(&["plan"]).err.contains(said));
}

#[test]
fn the_starter_workspace_guards_lists_as_it_says() {
    let starter = |members: &[&str], roster: &[&str]| {
        let place = Place::new();
        place.run(&["init"]);
        let members: String = members
            .iter()
            .map(|name| format!("            - {name}@globex.example\n"))
            .collect();
        let seed = place.read("seed/portcullis.yaml");
        let (before, rest) = seed.split_once("          list:\n").unwrap();
        let (_, after) = rest.split_once("    projects:\n").unwrap();
        let seed = format!("{before}          list:\n{members}    projects:\n{after}");
        place.write("seed/portcullis.yaml", &seed);
        let roster: String = roster
            .iter()
            .map(|name| format!("{name}@globex.example\n"))
            .collect();
        place.write("rosters/globex.csv", &format!("email\n{roster}"));
        place.run(&["plan", "--detailed-exitcode"])
    };
    // One of four is 25 %, two are 50 %.
    let one = starter(&["a", "b", "c", "d"], &["a", "b", "c"]);
    assert_eq!(one.code, 2, "{}", one.text());
    let two = starter(&["a", "b", "c", "d"], &["a", "b"]);
    assert_eq!(two.code, 5, "{}", two.text());
    assert!(
        two.out.contains("would lose 2 of 4 entries"),
        "{}",
        two.text()
    );
    // A smaller list may lose one, and not its last one by mistake: an empty roster has to be meant.
    let small = starter(&["a", "b"], &["a"]);
    assert_eq!(small.code, 2, "{}", small.text());
    let emptied = starter(&["a", "b"], &[]);
    assert_ne!(emptied.code, 2, "{}", emptied.text());
}

#[test]
fn init_overwrites_nothing() {
    let place = Place::new();
    place.write("rosters/globex.csv", "mine");
    let ran = place.run(&["init"]);
    assert_eq!(ran.code, 64);
    insta::assert_snapshot!(ran.text());
    assert_eq!(place.read("rosters/globex.csv"), "mine");
    assert!(!place.path().join("portcullis.yaml").exists());
    assert!(!place.path().join("sites").exists());

    let place = Place::new();
    place.write(".gitignore", "target\n");
    let ran = place.run(&["init"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("`/.portcullis/`"), "{}", ran.err);
    assert_eq!(place.read(".gitignore"), "target\n");
}

#[test]
fn the_quickstart_reaches_an_empty_plan() {
    let place = Place::quickstart();
    let first = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(first.code, 2, "{}", first.text());
    let applied = place.run(&["apply", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{}", applied.text());
    let second = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(
        second.text(),
        "exit 0\n--- stdout\nacme: nothing to change\n--- stderr\n"
    );
}

#[test]
fn the_sandbox_serves_until_it_is_interrupted() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut place = Place::quickstart();
        let arguments = [
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--site",
            "acme",
            "--seed",
            "seed",
            "--state",
            "state/site.json",
            "--page-cap",
            "2",
        ];
        let mut child = place.command(&arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.starts_with("{\"url\":\"http://127.0.0.1:"), "{line}");
        let started: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(started["site"], "acme");

        let url = started["url"].as_str().unwrap();
        place.replace("portcullis.yaml", "\"sandbox:\"", &format!("\"{url}\""));
        place.environment(&ADMIN);
        place.replace("portcullis.yaml", "    seed: seed", "    ");
        // Without an `id` the approved domains of a remote site cannot be reached; the rest is of interest here.
        place.replace("portcullis.yaml", "atlassian_organization: acme-corp", "");
        let applied = place.run(&["apply", "--auto-approve"]);
        assert_eq!(applied.code, 0, "{}", applied.text());

        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "standard output is the one line");
        let mut notes = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut notes)
            .unwrap();
        assert!(
            notes.contains("PORTCULLIS_EMAIL=admin@sandbox.example"),
            "{notes}"
        );
        assert!(
            place.read("state/site.json").contains("Initech"),
            "what was applied is saved"
        );
    }
}

#[test]
fn the_sandbox_is_for_this_machine_only() {
    let place = Place::new();
    let ran = place.run(&["sandbox", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, 64);
    insta::assert_snapshot!(ran.text());
    let ran = place.run(&["sandbox", "--site", "no such/site"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
    let ran = place.run(&["sandbox", "--seed", "missing"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    place.write("state.json", "{");
    let ran = place.run(&["sandbox", "--state", "state.json"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
}

#[test]
fn a_port_that_is_taken_is_said_with_a_way_out() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let ran = place.run(&["sandbox", "--listen", &listen]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    let hint = "take a free port with `--listen 127.0.0.1:";
    assert!(ran.err.contains(hint), "{}", ran.text());
}

/// The embedded sandbox saves a moment after each change; an interruption must not lose what the journal calls done.
#[test]
fn an_interrupted_apply_loses_nothing_that_the_embedded_sandbox_answered() {
    let place = Place::quickstart();
    let mut child = place.command(&["apply", "--auto-approve"]).spawn().unwrap();
    let journal = place.path().join(".portcullis/journal/acme.jsonl");
    let done = || {
        let text = std::fs::read_to_string(&journal).unwrap_or_default();
        text.contains("\"outcome\":\"done\"")
    };
    let running = loop {
        if child.try_wait().unwrap().is_some() {
            break false;
        }
        if done() {
            break true;
        }
        std::thread::yield_now();
    };
    if running {
        let id = child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
    }
    let ended = child.wait_with_output().unwrap();
    // It may have been faster than the signal.
    assert!(matches!(ended.status.code(), Some(0 | 130)), "{ended:?}");
    let plan = place.run(&["plan", "--format", "json"]).json();
    let left: Vec<&str> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["address"].as_str().unwrap())
        .collect();
    for line in place.read(".portcullis/journal/acme.jsonl").lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["result"]["outcome"] == "done" {
            let address = line["address"].as_str().unwrap();
            assert!(!left.contains(&address), "{address} was done and is lost");
        }
    }
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
}

/// Where a repository is already, what it holds stays, and a part of a workspace is never joined.
#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_from_a_site_begins_in_a_repository() {
    let sandbox = super::harness::site(portcullis::emulator::Options::default()).await;
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    let url = sandbox.url();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write(".gitignore", "target\n");
    place.write("README.md", "ours\n");
    let ran = place.run(&["init", "--from", &url]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.err.contains("add the line `/.portcullis/`"),
        "{}",
        ran.text()
    );
    assert_eq!(place.read(".gitignore"), "target\n");
    assert_eq!(place.read("README.md"), "ours\n");
    let plan = place.run(&["plan"]);
    assert!(plan.out.contains("nothing to change"), "{}", plan.text());
    let again = place.run(&["init", "--from", &url]);
    assert_eq!(again.code, 64, "{}", again.text());
    assert!(
        again.err.contains("`.` has `portcullis.yaml`"),
        "{}",
        again.text()
    );
    let left: Vec<String> = place
        .path()
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_owned())
        .filter(|name| name.starts_with(".portcullis-export"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// What comes next is what is true of the answers.
#[tokio::test(flavor = "multi_thread")]
async fn answers_that_contradict_the_site_or_each_other_promise_no_empty_plan() {
    let sandbox = super::harness::site(portcullis::emulator::Options::default()).await;
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    let url = sandbox.url();
    let began = |name: &str, answers: &[&str]| {
        let mut words = vec!["init", name, "--from", &url, "--by", "jo@acme.example"];
        for answer in answers {
            words.extend(["--answer", *answer]);
        }
        let ran = place.run(&words);
        assert_eq!(ran.code, 0, "{}", ran.text());
        ran.err
    };
    let create = "customers-can-create-accounts=no";
    let said = began("one", &[create]);
    let next = "Next: `portcullis plan one` shows what the answers and the site do not agree on.";
    assert!(said.contains(next), "{said}");
    assert!(
        !place
            .run(&["plan", "one"])
            .out
            .contains("nothing to change")
    );
    let said = began("two", &[create, "view-without-login=yes"]);
    let next = "Next: `portcullis validate two` explains 1 error: answers contradict each other.";
    assert!(said.contains(next), "{said}");
    assert_eq!(place.run(&["validate", "two"]).code, 3);
}

/// From a live site: what is there, and what only a person can say of it, so that the first plan is empty.
#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_begins_with_what_the_site_has() {
    let sandbox = super::harness::site(portcullis::emulator::Options::default()).await;
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    let url = sandbox.url();
    let url = url.as_str();
    let from = [
        "init",
        "access",
        "--from",
        url,
        "--strategy",
        "hybrid",
        "--answer",
        "view-without-login=no",
    ];
    let ran = place.run(&from);
    assert_eq!(ran.code, 64, "{}", ran.text());
    assert!(
        ran.err.contains("nobody answers for the answers"),
        "{}",
        ran.text()
    );
    let ran = place.run(&[
        "init",
        "access",
        "--from",
        url,
        "--answer",
        "login=no",
        "--by",
        "jo@acme.example",
    ]);
    assert_eq!(ran.code, 64, "{}", ran.text());
    assert!(
        ran.err.contains("the settings are: internal, external"),
        "{}",
        ran.text()
    );
    let ran = place.run(&[&from[..], &["--by", "jo@acme.example"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert!(
        ran.err.contains(
            "Not answered, so not managed: customers-can-create-accounts, organization-management."
        ),
        "{}",
        ran.text()
    );
    let plan = place.run(&["plan", "access", "--format", "json"]).json();
    assert_eq!(plan["resource_changes"], serde_json::json!([]), "{plan}");
    assert_eq!(plan["manual_steps"], serde_json::json!([]), "{plan}");
    // What was answered is judged: another value is a step for a person.
    let settings = "access/sites/127-settings.yaml";
    let settings = if place.path().join(settings).exists() {
        settings.to_owned()
    } else {
        let names = place.path().join("access/sites").read_dir_utf8().unwrap();
        let names: Vec<String> = names
            .map(|name| name.unwrap().file_name().to_owned())
            .collect();
        format!(
            "access/sites/{}",
            names
                .iter()
                .find(|name| name.ends_with("-settings.yaml"))
                .unwrap()
        )
    };
    place.replace(
        &settings,
        "view_without_login: false",
        "view_without_login: true",
    );
    let plan = place.run(&["plan", "access", "--format", "json"]).json();
    assert_eq!(plan["manual_steps"].as_array().unwrap().len(), 1, "{plan}");
    assert_eq!(sandbox.stats().writes, 0);
}

#[test]
fn every_strategy_begins_with_an_empty_plan() {
    for (strategy, line) in [
        ("internal", "internal: { atlassian_accounts: true }"),
        ("external", "portal_only_accounts: true"),
        ("hybrid", "internal: { atlassian_accounts: true }"),
        ("closed", "portal_only_accounts: false"),
    ] {
        let place = Place::new();
        let ran = place.run(&["init", "access", "--strategy", strategy]);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(
            place.read("access/sites/acme.yaml").contains(line),
            "{strategy}"
        );
        let ran = place.run(&["plan", "access", "--detailed-exitcode"]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (0, "acme: nothing to change\n"),
            "{strategy}: {}",
            ran.text()
        );
    }
}

/// What `init` says next can be done, and the files say of each strategy what is true.
#[test]
fn what_comes_next_is_possible_with_every_strategy() {
    let cleo = "cleo@globex.example,Cleo Castro\n";
    for (strategy, code, says) in [
        (
            "internal",
            9,
            "invite `cleo@globex.example` with the Jira Service Management role Customer",
        ),
        ("external", 0, "applied: 2 done"),
        ("hybrid", 0, "applied: 2 done"),
    ] {
        let place = Place::new();
        place.run(&["init", "--strategy", strategy]);
        let valid = place.run(&["validate"]);
        assert!(
            valid.out.starts_with("the workspace is valid\n"),
            "{}",
            valid.text()
        );
        let roster = place.read("rosters/globex.csv");
        place.write("rosters/globex.csv", &(roster + cleo));
        let ran = place.run(&["apply", "--auto-approve"]);
        assert_eq!(ran.code, code, "{strategy}: {}", ran.text());
        assert!(ran.out.contains(says), "{strategy}: {}", ran.text());
        assert!(!ran.out.contains("Not read"), "{strategy}: {}", ran.text());
    }
    let place = Place::new();
    let began = place.run(&["init", "--strategy", "closed"]);
    assert!(began.err.contains("Take somebody out"), "{}", began.text());
    place.replace("rosters/globex.csv", "bo@globex.example,Bo Berg\n", "");
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    for (strategy, listed) in [("internal", false), ("closed", false), ("hybrid", true)] {
        let place = Place::new();
        place.run(&["init", "--strategy", strategy]);
        let site = place.read("sites/acme.yaml");
        assert_eq!(
            site.contains("Only addresses of these domains"),
            listed,
            "{site}"
        );
    }
}

#[test]
fn the_review_page_says_when_it_was_made_and_of_which_commit() {
    let mut place = Place::quickstart();
    place.without("PORTCULLIS_TODAY");
    let git = |arguments: &[&str]| {
        let ran = std::process::Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@t.example"])
            .args(arguments)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(ran.status.success(), "git {arguments:?}");
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "as it is"]);
    let commit = git(&["rev-parse", "HEAD"]);
    place.environment(&[("PATH", &std::env::var("PATH").unwrap())]);
    let ran = place.run(&["plan", "--out", "plan.json", "--format", "html"]);
    let foot = |page: &str| page.split("<footer>").nth(1).unwrap().to_owned();
    let said = foot(&ran.out);
    assert!(
        said.contains(&format!("<code>{commit}</code>")),
        "{}",
        &said[..300]
    );
    let made = said.split("<time>").nth(1).unwrap();
    let made = made.split('<').next().unwrap();
    assert!(
        made.parse::<jiff::Timestamp>().is_ok() && made.ends_with('Z'),
        "{made}"
    );
    // A saved plan keeps both, and so does drift.
    let shown = place.run(&["show", "plan.json", "--format", "html"]);
    assert_eq!(foot(&shown.out), said);
    let drift = place.run(&["drift", "--format", "html"]);
    assert!(foot(&drift.out).contains(&commit));
}

#[test]
fn what_apply_leaves_to_a_person_names_the_next_command_with_its_workspace() {
    let place = Place::new();
    place.write(
        "access/portcullis.yaml",
        "version: 1\nsites: { acme: { url: \"sandbox:\", organization_management: agents } }\n",
    );
    let ran = place.run(&["apply", "access", "--auto-approve"]);
    assert_eq!(ran.code, 9, "{}", ran.text());
    let next = "\nnext: do the steps by hand, record them with the commands above, then:\n      portcullis plan access\n";
    assert!(ran.out.ends_with(next), "{}", ran.text());
}
