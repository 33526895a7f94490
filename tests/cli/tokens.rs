//! Where a token goes is decided by the environment, never by the workspace, which a pull request can edit.

use super::harness::{ADMIN, Place, Ran, site};
use portcullis::emulator::{Answer, Fate, Options, Passage, Policy, Sandbox, Verdict};
use serde_json::json;
use std::sync::{Arc, Mutex};

const REAL: [(&str, &str); 3] = [
    ("PORTCULLIS_EMAIL", "jo@acme.com"),
    ("PORTCULLIS_API_TOKEN", "ATATT3x-real"),
    ("PORTCULLIS_ORG_API_KEY", "real-key"),
];

fn asked(sandbox: &Sandbox) -> u64 {
    sandbox.stats().requests
}

/// Every command that talks to a site.
fn all(place: &Place, sandbox: &Sandbox) -> Vec<Ran> {
    let url = sandbox.url();
    let by_address = ["export", "--url", &url, "--to", "copy"];
    let commands = [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["drift"],
        &["explain", "ana@globex.example", "--live"],
        &["who", "ITSM", "--live"],
        &by_address,
    ];
    commands.map(|arguments| place.run(arguments)).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_on_this_machine_gets_no_real_token() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&REAL);
    for ran in all(&place, &sandbox) {
        assert_eq!(ran.code, 7, "{}", ran.text());
        assert!(
            ran.err.contains("PORTCULLIS_ALLOW_LOOPBACK=1"),
            "{}",
            ran.err
        );
        assert!(!ran.text().contains("ATATT3x"), "{}", ran.text());
    }
    // A key alone is held back too, and a real site does not lend its token to an API on this machine.
    place.environment(&ADMIN);
    place.environment(&[REAL[2]]);
    assert_eq!(place.run(&["plan"]).code, 7);
    place.environment(&REAL);
    place.replace(
        "portcullis.yaml",
        &sandbox.url(),
        "https://acme.atlassian.net",
    );
    place.replace(
        "portcullis.yaml",
        "url: \"https://acme.atlassian.net\"",
        &format!(
            "url: \"https://acme.atlassian.net\"\n    api_url: \"{}\"",
            sandbox.url()
        ),
    );
    assert_eq!(place.run(&["plan"]).code, 7);
    assert_eq!(asked(&sandbox), 0, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_needs_no_environment() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    for (name, _) in ADMIN {
        place.without(name);
    }
    let ran = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(ran.code, 2, "{}", ran.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_the_hosts_and_the_workspace_cannot_add_one() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::remote(&sandbox);
    for list in ["", "acme.atlassian.net"] {
        place.environment(&[("PORTCULLIS_ALLOWED_SITES", list)]);
        for ran in all(&place, &sandbox) {
            assert_eq!(ran.code, 7, "{}", ran.text());
            assert!(ran.err.contains("PORTCULLIS_ALLOWED_SITES"), "{}", ran.err);
        }
    }
    assert_eq!(asked(&sandbox), 0, "nothing was sent");
    place.environment(&[("PORTCULLIS_ALLOWED_SITES", "acme.atlassian.net,127.0.0.1")]);
    let ran = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(ran.code, 2, "{}", ran.text());
}

/// Answers the described endpoint with what a stranger should not read, and keeps the paths that are asked for.
#[derive(Debug, Default)]
struct Confidential {
    status: u16,
    paths: Mutex<Vec<String>>,
}

impl Policy for Confidential {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        self.paths
            .lock()
            .unwrap()
            .push(passage.operation.to_owned());
        let body = json!({
            "external": { "domains": ["salary of Jo"], "any": "salary of Jo" },
            "errorMessages": ["salary of Jo"],
        });
        let settings = passage.operation.contains("/rest/sandbox-settings");
        Verdict {
            fate: match settings {
                true => Fate::Answer(Answer::json(self.status, &body)),
                false => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_described_endpoint_holds_is_never_quoted() {
    for (status, marker) in [
        (200, ""),
        (
            200,
            ", any: { pointer: /external/any, value: true, listed: false }",
        ),
        (404, ""),
        (400, ""),
        (302, ""),
    ] {
        let policy = Arc::new(Confidential {
            status,
            ..Confidential::default()
        });
        let sandbox = site(Options {
            policy: Arc::<Confidential>::clone(&policy),
            ..Options::default()
        })
        .await;
        let mut place = Place::new();
        place.environment(&ADMIN);
        place.write(
            "portcullis.yaml",
            &format!("version: 1\nsites:\n  acme:\n    url: \"{}\"\n    surfaces: {{ mapped: map.yaml }}\n    customer_access: {{ external: {{ allowed_domains: [x.example] }} }}\n", sandbox.url()),
        );
        place.write(
            "map.yaml",
            &format!("version: 1\nendpoints: {{ e: {{ path: /rest/sandbox-settings/1/site, write: POST }} }}\nfields: {{ customer_access.external.allowed_domains: {{ endpoint: e, pointer: /external/domains{marker} }} }}\n"),
        );
        for arguments in [
            &["plan"][..],
            &["plan", "--format", "json"],
            &["plan", "--format", "markdown"],
            &["apply", "--auto-approve"],
            &["drift"],
        ] {
            let ran = place.run(arguments);
            assert!(
                !ran.text().contains("salary"),
                "{status} {arguments:?}: {}",
                ran.text()
            );
            if arguments[0] == "plan" && ran.code == 0 {
                let request = "POST /rest/sandbox-settings/1/site";
                assert!(ran.out.contains(request), "{arguments:?}: {}", ran.text());
            }
        }
        assert!(
            policy
                .paths
                .lock()
                .unwrap()
                .iter()
                .any(|path| path.contains("sandbox-settings")),
            "the endpoint was asked"
        );
    }
}
