//! The command: what it writes and refuses, and what it never does.

use crate::support::{DRIVER, Live};
use camino::{Utf8Path, Utf8PathBuf};
use portcullis::emulator::{NewAccount, Site};
use portcullis::model::{Email, OrganizationName, ProjectKey};
use std::process::{Command, Output};

fn site() -> Site {
    let mut site = Site::empty("acme");
    let globex = site.add_organization(&OrganizationName::new("Globex").unwrap());
    let people: Vec<_> = ["ana@globex.example", "bo@globex.example"]
        .map(|email| site.add_account(NewAccount::portal_only(Email::new(email).unwrap())))
        .into();
    site.add_members(&globex, &people).unwrap();
    let key = ProjectKey::new("ITSM").unwrap();
    site.add_project(&key, "IT");
    site.add_customers(&key, &people[..1]).unwrap();
    site.set_organization_link(&key, &globex, true).unwrap();
    site
}

/// Runs the program with the token of an administrator, unless `token` says otherwise.
async fn run(arguments: &[&str], token: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PORTCULLIS_")) {
        command.env_remove(name);
    }
    command.env("PORTCULLIS_EMAIL", "admin@sandbox.example");
    command.env("PORTCULLIS_API_TOKEN", token);
    command.env("PORTCULLIS_ORG_API_KEY", "sandbox-org-key");
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn said(output: &Output) -> String {
    assert!(output.stdout.is_empty(), "data belongs to files");
    String::from_utf8(output.stderr.clone()).unwrap()
}

struct Scratch {
    root: Utf8PathBuf,
    _directory: tempfile::TempDir,
}

fn scratch() -> Scratch {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::try_from(directory.path().to_owned()).unwrap();
    Scratch {
        root,
        _directory: directory,
    }
}

fn listing(directory: &Utf8Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in directory.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            found.extend(
                listing(&path)
                    .into_iter()
                    .map(|below| format!("{}/{below}", path.file_name().unwrap())),
            );
        } else {
            found.push(path.file_name().unwrap().to_owned());
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn by_address_alone_the_workspace_plans_empty_and_the_site_is_not_written() {
    let live = Live::start(site()).await;
    let (url, scratch) = (live.sandbox.url(), scratch());
    let (to, snapshot) = (scratch.root.join("to"), scratch.root.join("s.json"));
    let arguments = [
        "export",
        "--url",
        &url,
        "--site",
        "acme",
        "--to",
        to.as_str(),
        "--snapshot",
        snapshot.as_str(),
    ];
    let output = run(&arguments, "sandbox-admin").await;
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("1 organization, 1 project, 3 roster entries."));
    assert_eq!(
        listing(&to),
        [
            ".gitignore",
            "organizations/globex.yaml",
            "portcullis.yaml",
            "projects/ITSM.yaml",
            "rosters/globex.csv",
            "rosters/projects/ITSM.csv",
            "schemas/portcullis.schema.json",
            "sites/acme.yaml",
        ]
    );
    let ignored = fs_err::read_to_string(to.join(".gitignore")).unwrap();
    assert!(ignored.lines().any(|line| line == "/.portcullis/"));
    let plan = run(
        &["plan", to.as_str(), "--detailed-exitcode"],
        "sandbox-admin",
    )
    .await;
    assert_eq!(code(&plan), 0, "{}", String::from_utf8_lossy(&plan.stdout));
    // Rewritten, it is what it was: the form is the newest, whatever the old one is.
    let again = scratch.root.join("again.json");
    let rewrite = [
        "export",
        "--observed",
        snapshot.as_str(),
        "--snapshot",
        again.as_str(),
    ];
    let rewritten = run(&rewrite, "").await;
    assert_eq!(code(&rewritten), 0, "{}", said(&rewritten));
    assert_eq!(
        fs_err::read(&again).unwrap(),
        fs_err::read(&snapshot).unwrap()
    );
    fs_err::write(&again, "{}").unwrap();
    let damaged = run(
        &rewrite.map(|word| {
            if word == snapshot.as_str() {
                again.as_str()
            } else {
                word
            }
        }),
        "",
    )
    .await;
    assert_eq!(code(&damaged), 64, "{}", said(&damaged));
    assert!(
        said(&damaged).contains("is not a snapshot: line 1"),
        "{}",
        said(&damaged)
    );
    fs_err::remove_file(&again).unwrap();
    let offline = [
        "plan",
        to.as_str(),
        "--detailed-exitcode",
        "--observed",
        snapshot.as_str(),
    ];
    assert_eq!(code(&run(&offline, "none").await), 0);
    assert_eq!(live.sandbox.stats().writes, 0);

    let again = run(&arguments, "sandbox-admin").await;
    assert_eq!(code(&again), 64);
    assert!(said(&again).contains("is not empty"));
    assert_eq!(
        scratch.root.read_dir_utf8().unwrap().count(),
        2,
        "nothing else is left behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_workspace_its_surfaces_and_its_mapped_description_are_kept() {
    let live = Live::start(site()).await;
    let (url, scratch) = (live.sandbox.url(), scratch());
    let (from, to) = (scratch.root.join("from"), scratch.root.join("to"));
    fs_err::create_dir_all(from.join("drivers")).unwrap();
    fs_err::write(from.join("drivers/mine.yaml"), DRIVER).unwrap();
    let organization = live.sandbox.site().atlassian_organization().to_owned();
    let text = format!(
        "version: 1\natlassian_organizations: {{ corp: {{ id: \"{organization}\" }} }}\nsites:\n  acme:\n    url: {url}\n    atlassian_organization: corp\n    \
         user_management: original\n    surfaces: {{ gateway: write, private: deny, mapped: drivers/mine.yaml }}\n"
    );
    fs_err::write(from.join("portcullis.yaml"), text).unwrap();
    let arguments = [
        "export",
        from.as_str(),
        "--site",
        "acme",
        "--to",
        to.as_str(),
    ];
    let output = run(&arguments, "sandbox-admin").await;
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert_eq!(
        fs_err::read_to_string(to.join("drivers/mine.yaml")).unwrap(),
        DRIVER
    );
    let root = fs_err::read_to_string(to.join("portcullis.yaml")).unwrap();
    for line in [
        "gateway: write",
        "private: deny",
        "mapped: drivers/mine.yaml",
        "user_management: original",
        "atlassian_organization: corp",
    ] {
        assert!(root.contains(line), "{root}");
    }
    let settings = fs_err::read_to_string(to.join("sites/acme.yaml")).unwrap();
    assert!(
        settings.contains("customers_can_create_accounts: false"),
        "{settings}"
    );
    let plan = run(
        &["plan", to.as_str(), "--detailed-exitcode"],
        "sandbox-admin",
    )
    .await;
    assert_eq!(code(&plan), 0, "{}", String::from_utf8_lossy(&plan.stdout));
    assert_eq!(live.sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_sandbox_goes_along() {
    let scratch = scratch();
    let (from, to) = (scratch.root.join("from"), scratch.root.join("to"));
    fs_err::create_dir(&from).unwrap();
    fs_err::create_dir(from.join("seed")).unwrap();
    fs_err::write(
        from.join("portcullis.yaml"),
        "version: 1\nsites: { acme: { url: \"sandbox:\", seed: seed } }\n",
    )
    .unwrap();
    fs_err::write(
        from.join("seed/portcullis.yaml"),
        "version: 1\nsites: { acme: { organizations: { Globex: { members: { list: [ana@globex.example] } } } } }\n",
    )
    .unwrap();
    let output = run(&["export", from.as_str(), "--to", to.as_str()], "none").await;
    assert_eq!(code(&output), 0, "{}", said(&output));
    let plan = run(&["plan", to.as_str(), "--detailed-exitcode"], "none").await;
    assert_eq!(code(&plan), 0, "{}", String::from_utf8_lossy(&plan.stdout));
    assert!(listing(&to).contains(&"rosters/globex.csv".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_whole_stops_it_unless_it_may_be_left_out() {
    let live = Live::start(site()).await;
    let (url, scratch) = (live.sandbox.url(), scratch());
    let to = scratch.root.join("to");
    let by_address = [
        "export",
        "--url",
        &url,
        "--site",
        "acme",
        "--to",
        to.as_str(),
    ];
    let wrong = run(&by_address, "guess").await;
    assert_eq!(code(&wrong), 7, "{}", said(&wrong));
    assert!(!said(&wrong).contains("guess"), "the token is never shown");

    // The Admin API knows no such organization, so the approved domains cannot be read.
    let from = scratch.root.join("from");
    fs_err::create_dir(&from).unwrap();
    let text = format!(
        "version: 1\natlassian_organizations: {{ corp: {{ id: other }} }}\nsites: {{ acme: {{ url: \"{url}\", atlassian_organization: corp }} }}\n"
    );
    fs_err::write(from.join("portcullis.yaml"), text).unwrap();
    let whole = ["export", from.as_str(), "--to", to.as_str()];
    let output = run(&whole, "sandbox-admin").await;
    assert!([7, 8].contains(&code(&output)), "{}", said(&output));
    assert!(
        said(&output).contains("the approved domains could not be read whole"),
        "{}",
        said(&output)
    );
    assert!(!to.exists());
    let partial = ["export", from.as_str(), "--to", to.as_str(), "--partial"];
    let output = run(&partial, "sandbox-admin").await;
    assert_eq!(code(&output), 0, "{}", said(&output));
    let root = fs_err::read_to_string(to.join("portcullis.yaml")).unwrap();
    assert!(root.contains("# Left out: the approved domains."), "{root}");
    let plan = run(
        &["plan", to.as_str(), "--detailed-exitcode"],
        "sandbox-admin",
    )
    .await;
    assert_eq!(code(&plan), 0, "{}", String::from_utf8_lossy(&plan.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_place_to_write_to_it_is_wrong_usage() {
    assert_eq!(
        code(&run(&["export", "--url", "https://acme.atlassian.net"], "none").await),
        64
    );
}
