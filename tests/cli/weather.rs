//! The sandbox as a server with limits and faults, and the commands that live with them.

use super::harness::{ADMIN, Place};
use std::io::{BufRead, BufReader};
use std::process::Child;

/// A sandbox of its own process, killed with the test.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(place: &Place, more: &[&str]) -> Self {
        let mut arguments = vec!["sandbox", "--seed", "seed", "--state", "state.json"];
        arguments.extend(more);
        let mut child = place.command(&arguments).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let started: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = started["url"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    /// Interrupts it, so that it saves.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-INT", &id])
            .status();
        assert!(kill.unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(130));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn under_limits_and_faults_apply_ends_in_an_empty_plan() {
    let mut place = Place::quickstart();
    place.environment(&ADMIN);
    place.replace("portcullis.yaml", "    seed: seed", "    ");
    // Without an `id` the approved domains of a remote site cannot be reached; the rest is of interest here.
    place.replace("portcullis.yaml", "atlassian_organization: acme-corp", "");
    let served = Served::start(
        &place,
        &[
            "--page-cap=2",
            "--read-rps=50",
            "--write-rps=40",
            "--latency-ms=1",
            "--faults=seed=5,502=0.02,reset-before=0.02,reset-after=0.02,stale=0.1,shift=0.3,slow=0.1:2ms",
        ],
    );
    place.replace(
        "portcullis.yaml",
        "\"sandbox:\"",
        &format!("\"{}\"", served.url),
    );
    let mut codes = Vec::new();
    while codes.last() != Some(&0) {
        let applied = place.run(&["apply", "--auto-approve"]);
        assert!([0, 4, 8].contains(&applied.code), "{}", applied.text());
        codes.push(place.run(&["plan", "--detailed-exitcode"]).code);
        assert!(codes.len() < 10, "{codes:?}: {}", applied.text());
    }
    let url = served.url.clone();
    served.stop();
    let calm = Served::start(&place, &[]);
    place.replace("portcullis.yaml", &url, &calm.url);
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(
        plan.text(),
        "exit 0\n--- stdout\nacme: nothing to change\n--- stderr\n"
    );
    let state = place.read("state.json");
    assert!(state.contains("Initech"), "{state}");
}

#[test]
fn a_wrong_spec_is_64_and_names_its_part() {
    let place = Place::new();
    let ran = place.run(&["sandbox", "--faults", "seed=7,429=2"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
    assert!(
        ran.err
            .contains("`429=2`: a chance is a number from 0 to 1"),
        "{}",
        ran.err
    );
    let ran = place.run(&["sandbox", "--read-rps", "0"]);
    assert_eq!(ran.code, 64, "{}", ran.text());
}
