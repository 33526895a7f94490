//! A remote site: what is written to it and by which command, and who may.

use super::harness::{Place, site};
use portcullis::emulator::{Answer, Fate, Options, Passage, Policy, Verdict};
use std::process::Command;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn only_apply_writes() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    for (arguments, code) in [
        (&["validate"][..], 0),
        (&["plan", "--out", "plan.json"], 0),
        (&["plan", "--detailed-exitcode"], 2),
        (&["show", "plan.json"], 0),
        (
            &[
                "attest",
                "acme/setting/organization-management",
                "--value",
                "agents",
                "--by",
                "jo",
            ],
            0,
        ),
        // Nobody can be asked here, and nobody agreed before.
        (&["apply"], 64),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.text());
        assert_eq!(sandbox.stats().writes, 0, "{arguments:?}");
    }
    let ran = place.run(&["apply"]);
    assert!(ran.err.contains("--auto-approve"), "{}", ran.err);
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let writes = sandbox.stats().writes;
    assert!(writes > 0);
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(sandbox.stats().writes, writes, "nothing is left to do");
}

/// Refuses to make organizations.
#[derive(Debug)]
struct NoOrganizations;

impl Policy for NoOrganizations {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let body = serde_json::json!({"errorMessage": "no more organizations"});
        Verdict {
            fate: match passage.operation {
                "POST /rest/servicedeskapi/organization" => Fate::Answer(Answer::json(400, &body)),
                _ => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_change_is_4_and_the_rest_is_done() {
    let options = Options {
        policy: Arc::new(NoOrganizations),
        ..Options::default()
    };
    let sandbox = site(options).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(ran.code, 4, "{}", ran.text());
    assert_eq!(ran.json()["exit_code"], 4);
    assert!(ran.out.contains("no more organizations"), "{}", ran.out);
    let site = sandbox.site();
    assert!(site.organization_named("Initech").is_none());
    let globex = site.organization_named("Globex").unwrap().id().clone();
    let members = site.organization_members(&globex);
    assert!(
        members
            .iter()
            .any(|account| account.email() == "bo@globex.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_protection_are_5() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    place.write(
        "policy/limits.yaml",
        "version: 1\npolicy: { protect: [\"acme/organization/Globex/**\"] }\n",
    );
    for arguments in [
        &["plan", "--format", "json"][..],
        &["plan", "--detailed-exitcode", "--format", "json"],
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 5, "{}", ran.text());
        assert_eq!(ran.json()["exit_reason"], "blocked");
    }
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 5, "{}", ran.text());
    let site = sandbox.site();
    let globex = site.organization_named("Globex").unwrap().id().clone();
    let kept = site.organization_members(&globex);
    assert!(
        kept.iter()
            .any(|account| account.email() == "old@globex-partners.example")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn manual_steps_are_9_unless_allowed() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    place.replace(
        "portcullis.yaml",
        "      mapped: drivers/sandbox-settings.yaml",
        "      #",
    );
    let ran = place.run(&["apply", "--auto-approve", "--format", "json"]);
    assert_eq!(ran.code, 9, "{}", ran.text());
    assert_eq!(ran.json()["exit_reason"], "manual steps remain");
    let ran = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
}

/// Holds one write back for longer than any test runs, and says that it came.
#[derive(Debug)]
struct Hold(Mutex<Sender<()>>);

impl Policy for Hold {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let held = passage.operation
            == "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization";
        if held {
            // The test may have gone on already.
            let _ = self.0.lock().unwrap().send(());
        }
        Verdict {
            wait: Duration::from_secs(if held { 3600 } else { 0 }),
            ..Verdict::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_apply_leaves_a_journal_and_converges() {
    let (sender, held) = channel();
    let options = Options {
        policy: Arc::new(Hold(Mutex::new(sender))),
        ..Options::default()
    };
    let sandbox = site(options).await;
    let place = Place::remote(&sandbox);
    let child = place.command(&["apply", "--auto-approve"]).spawn().unwrap();
    held.recv_timeout(Duration::from_secs(60))
        .expect("a link to an organization that was just made");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    let told = place.neutral(&ended.stderr);
    assert!(told.contains("interrupted: acme: "), "{told}");
    assert!(told.contains(" done, "), "{told}");
    assert!(told.contains("not tried or without an answer"), "{told}");
    assert!(told.contains(".portcullis/journal/acme.jsonl"), "{told}");
    assert!(told.contains("run `portcullis apply` again"), "{told}");
    let journal = place.read(".portcullis/journal/acme.jsonl");
    assert!(!journal.is_empty() && journal.ends_with('\n'));
    let mut done = Vec::new();
    for line in journal.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["site"], "acme");
        done.push(line["address"].as_str().unwrap().to_owned());
    }
    assert!(
        done.contains(&"acme/organization/Initech".to_owned()),
        "{done:?}"
    );

    // The same state without the hold: the next run does what is left.
    let after = portcullis::emulator::Sandbox::start(sandbox.site(), Options::default())
        .await
        .unwrap();
    place.replace("portcullis.yaml", &sandbox.url(), &after.url());
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    assert_eq!(place.run(&["plan", "--detailed-exitcode"]).code, 0);
}
