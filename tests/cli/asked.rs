//! What `init` asks a person in a terminal, and how it takes nonsense, doubt, and nobody there.

use super::harness::{ADMIN, Place, site};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use portcullis::emulator::Options;
use std::io::{Read as _, Write as _};

/// Runs the program in a terminal into which all of this was typed already; gives its exit code and what the terminal shows.
fn typed(place: &Place, arguments: &[&str], keys: &str) -> (u32, String) {
    let size = PtySize {
        rows: 50,
        cols: 100,
        ..PtySize::default()
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(arguments);
    command.cwd(place.path().as_str());
    command.env_clear();
    command.env("TERM", "dumb");
    command.env("PORTCULLIS_TODAY", super::harness::TODAY);
    for (name, value) in ADMIN {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut writer = pair.master.take_writer().unwrap();
    writer.write_all(keys.as_bytes()).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut said = Vec::new();
    let mut bytes = [0; 4_096];
    // Linux answers with an error where the other side is closed.
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        said.extend_from_slice(&bytes[..count]);
    }
    let text = String::from_utf8_lossy(&said).replace('\r', "");
    (child.wait().unwrap().exit_code(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_taken_once_they_are_values_and_what_projects_report_is_held_against_them() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::new();
    place.environment(&ADMIN);
    let url = sandbox.url();
    let keys = "perhaps\rno\ryes\rno\ryes\r\u{4}\rjo@acme.example\r";
    let (code, said) = typed(&place, &["init", "access", "--from", &url], keys);
    assert_eq!(code, 0, "{said}");
    for sentence in [
        "  `yes` or `no`; Enter leaves it open: ",
        "Every project that was read reports `yes`. Look again",
        "An answer is a statement of a person, so it needs one.",
        "Not answered, so not managed: view-without-login, organization-management.",
        "Next: `portcullis plan access` has nothing to change.",
    ] {
        assert!(said.contains(sentence), "no `{sentence}` in {said}");
    }
    let plan = place.run(&["plan", "access"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    assert!(plan.out.contains("nothing to change"), "{}", plan.text());
    let seen: Vec<String> = std::fs::read_dir(place.path().join("access/attestations"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    assert_eq!(seen.concat().matches("by: \"jo@acme.example\"").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_anybody_to_ask_the_rest_stays_open() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::new();
    place.environment(&ADMIN);
    let url = sandbox.url();
    let (code, said) = typed(&place, &["init", "access", "--from", &url], "\u{4}");
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("Not answered, so not managed: internal, "),
        "{said}"
    );
    let (code, said) = typed(&place, &["init", "other", "--from", &url], "no\r\u{4}\u{4}");
    assert_eq!(code, 0, "{said}");
    let sentence = "Nobody answers for the answers, so they are left out.";
    assert!(said.contains(sentence), "{said}");
    assert!(!place.path().join("other/attestations").exists());
    // A plain start asks for one word, and writes nothing without it.
    let (code, said) = typed(&place, &["init", "plain"], "\u{4}");
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("\nerror: the answer could not be read"),
        "{said}"
    );
    assert!(!place.path().join("plain").exists());
}
