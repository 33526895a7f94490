//! Which stream gets what, in which form.

use super::harness::Place;
use std::io::Read as _;

#[test]
fn json_says_how_the_command_ended() {
    let place = Place::quickstart();
    for (arguments, code, reason) in [
        (&["validate", "--format", "json"][..], 0, "done"),
        (&["plan", "--format", "json"], 0, "done"),
        (
            &["plan", "--format", "json", "--detailed-exitcode"],
            2,
            "changes are present",
        ),
        (&["apply", "--format", "json", "--auto-approve"], 0, "done"),
        (
            &["plan", "--format", "json", "--detailed-exitcode"],
            0,
            "done",
        ),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.text());
        let json = ran.json();
        assert_eq!(json["exit_code"], code, "{arguments:?}");
        assert_eq!(json["exit_reason"], reason, "{arguments:?}");
    }
    place.write("sites/more.yaml", "version: 1\nnonsense: 1\n");
    let ran = place.run(&["validate", "--format", "json"]);
    assert_eq!((ran.code, ran.json()["exit_code"].as_i64()), (3, Some(3)));
    assert_eq!(ran.json()["exit_reason"], "the configuration is invalid");
}

#[test]
fn a_saved_plan_shows_as_the_plan_did() {
    let place = Place::quickstart();
    let plan = place.run(&["plan", "--out", "plan.json"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    let shown = place.run(&["show", "plan.json"]);
    assert_eq!(shown.text(), plan.text());
    let json = place.run(&["show", "plan.json", "--format", "json"]);
    assert_eq!(
        json.json(),
        serde_json::from_str::<serde_json::Value>(
            &place.neutral(place.read("plan.json").as_bytes())
        )
        .unwrap()
    );

    place.write("other.json", "{\"format_version\": \"9.0\"}");
    let ran = place.run(&["show", "other.json"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
    assert_eq!(place.run(&["show", "missing.json"]).code, 64);
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let place = Place::quickstart();
    for arguments in [
        &["schema"][..],
        &["plan"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
    ] {
        let mut child = place.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let mut notes = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut notes)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), notes.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn colour_is_for_terminals_or_on_request() {
    let mut place = Place::quickstart();
    let colour = |place: &Place, arguments: &[&str]| place.run(arguments).out.contains('\u{1b}');
    assert!(!colour(&place, &["plan"]), "not a terminal");
    assert!(colour(&place, &["plan", "--color", "always"]));
    place.environment(&[("CLICOLOR_FORCE", "1")]);
    assert!(colour(&place, &["plan"]));
    assert!(!colour(&place, &["plan", "--color", "never"]));
    place.environment(&[("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1")]);
    assert!(!colour(&place, &["plan"]));
}

#[test]
fn machines_get_one_json_object_per_line_of_the_log() {
    let place = Place::quickstart();
    let ran = place.run(&["plan", "-vv", "--log-format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    for line in ran.err.lines() {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_ok(),
            "{line}"
        );
    }
}

#[test]
fn a_pipeline_gets_one_line_per_phase_and_other_programs_none() {
    let mut place = Place::quickstart();
    assert_eq!(place.run(&["plan"]).err, "");
    place.environment(&[("CI", "true")]);
    assert_eq!(place.run(&["plan"]).err, "reading acme\n");
    let applied = place.run(&["apply", "--auto-approve"]);
    let stages: Vec<&str> = applied.err.lines().collect();
    assert_eq!(stages[0], "reading acme");
    let count = stages.len() - 1;
    assert!(count > 1, "{}", applied.err);
    for (number, line) in (1..).zip(&stages[1..]) {
        let begins = format!("applying acme: stage {number} of {count}, ");
        assert!(line.starts_with(&begins), "{line}");
    }
    assert_eq!(
        place.run(&["apply", "--auto-approve"]).err,
        "reading acme\n"
    );
}

#[test]
fn what_people_are_told_is_json_too_where_the_log_is() {
    let mut place = Place::quickstart();
    place.environment(&[("CI", "true")]);
    place.replace("sites/acme.yaml", "sites:", "sitez: {}\nsites:");
    let ran = place.run(&["plan", "--log-format", "json"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    let lines: Vec<serde_json::Value> = ran
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    assert_eq!(lines[0]["code"], "unknown-key");
    assert_eq!(lines[0]["source"]["file"], "sites/acme.yaml");
    assert!(lines.iter().all(|line| line["level"] == "ERROR"));
}

#[test]
fn numbers_that_allow_nothing_and_files_called_dash_are_64() {
    let place = Place::quickstart();
    for option in [
        "--concurrency=0",
        "--budget=0",
        "--max-rps=0",
        "--concurrency=x",
        "--out=-",
    ] {
        let ran = place.run(&["plan", option]);
        assert_eq!(ran.code, 64, "{option}: {}", ran.text());
        assert_eq!(ran.out, "");
    }
    assert!(!place.path().join("-").exists());
}

#[test]
fn a_usage_error_is_json_where_the_log_is() {
    let place = Place::quickstart();
    for format in [&["--log-format", "json"][..], &["--log-format=json"]] {
        let ran = place.run(&[&["plan", "--budget=0"], format].concat());
        assert_eq!(ran.code, 64, "{}", ran.text());
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        let line: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(line["exit_code"], 64);
        let message = line["message"].as_str().unwrap();
        assert!(
            message.starts_with("invalid value '0' for '--budget <N>'"),
            "{message}"
        );
    }
    // Help is data whatever the log is.
    let help = place.run(&["plan", "--log-format", "json", "--help"]);
    assert_eq!(help.code, 0);
    assert!(help.out.contains("Usage:"), "{}", help.text());
}

#[test]
fn verbose_says_what_was_read_and_what_was_written() {
    let place = Place::quickstart();
    let plan = place.run(&["plan", "-v"]);
    assert!(
        plan.err.contains("read site=acme requests="),
        "{}",
        plan.err
    );
    assert!(!plan.err.contains("request method="), "{}", plan.err);
    let applied = place.run(&["apply", "--auto-approve", "-v"]);
    assert!(
        applied.err.contains("request method=POST"),
        "{}",
        applied.err
    );
    assert!(
        !applied.err.contains("request method=GET"),
        "{}",
        applied.err
    );
}
