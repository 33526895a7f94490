//! How much of what a site allows is used, and how often it refuses: `cargo bench --bench pace`.
//!
//! A sandbox in this process allows 100 reads and 50 writes a second and takes 200 ms for each. Reading 3,000 organizations
//! and adding somebody to each takes about a minute and a half; the machine has little to do meanwhile.
#![expect(
    clippy::print_stdout,
    reason = "a benchmark reports on standard output"
)]

use portcullis::apply::{Apply, Journal, Outcome};
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::emulator::{Conditions, Options as SandboxOptions, Sandbox};
use portcullis::jsm::{Auth, Connection, Credentials, Endpoint, Options, OrgKey};
use portcullis::model::SiteKey;
use portcullis::{observe, plan, seed};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ORGANIZATIONS: usize = 3_000;
const READS: f64 = 100.0;
const WRITES: f64 = 50.0;
const LATENCY: Duration = Duration::from_millis(200);

#[tokio::main]
async fn main() {
    let key = SiteKey::new("acme").expect("a site key");
    let site = seed::build(&workspace(true), &key).expect("a seed");
    let workspace = workspace(false);
    let conditions = Conditions::default()
        .latency(LATENCY)
        .limits(Some(READS), Some(WRITES));
    let options = SandboxOptions {
        // The pages of one list follow each other, which would be slow for another reason.
        page_cap: ORGANIZATIONS,
        policy: Arc::new(conditions),
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(site, options).await.expect("a free port");
    let connection = Connection::open(Endpoint {
        site_url: sandbox.url(),
        api_url: None,
        auth: Auth::Classic,
        credentials: Some(Credentials::new("admin@sandbox.example", "sandbox-admin")),
        client: None,
        org_key: Some(OrgKey::new("sandbox-org-key")),
        options: Options {
            page_size: ORGANIZATIONS as u32,
            ..Options::default()
        },
    })
    .expect("loopback is allowed");
    let (reader, writer) = (connection.reader(), connection.writer());
    let desired = Desired::new(&workspace, &key, today()).expect("the site");

    let began = Instant::now();
    let observed = observe::observe(&reader, &desired)
        .await
        .expect("it can be read");
    let read = report("reads", &sandbox, READS, (0, 0), began.elapsed());

    let plan = plan::diff::diff(&desired, &observed);
    assert!(plan.errors.is_empty(), "{:?}", plan.errors);
    let began = Instant::now();
    let applied = Apply {
        begins: &|_| (),
        reader: &reader,
        writer: &writer,
        desired: &desired,
        observed: &observed,
        journal: &Journal::none(),
    }
    .run(&plan)
    .await;
    report("writes", &sandbox, WRITES, read, began.elapsed());
    let odd = applied
        .outcomes
        .iter()
        .find(|outcome| **outcome != Outcome::Done);
    assert_eq!(odd, None);
}

/// Prints what became of the requests since `before`, and returns how many there are now, and how many were refused.
fn report(
    what: &str,
    sandbox: &Sandbox,
    allowed: f64,
    before: (u64, u64),
    took: Duration,
) -> (u64, u64) {
    let stats = sandbox.stats();
    let (requests, refused) = (stats.requests - before.0, stats.refused - before.1);
    let seconds = took.as_secs_f64();
    let rate = (requests - refused) as f64 / seconds;
    // The bucket is full at the start, so a run may use a second more than it takes.
    let most = allowed * (seconds + 1.0) / seconds;
    println!(
        "{what}: {requests} in {seconds:.1} s, {rate:.1} a second of {allowed} allowed: {:.3} ({:.3} with the first burst); {refused} refused: {:.2} %",
        rate / allowed,
        rate / most,
        100.0 * refused as f64 / requests as f64
    );
    (stats.requests, stats.refused)
}

fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Organizations with one member each; a second one is to join all but the first.
fn workspace(seed: bool) -> Workspace {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = camino::Utf8Path::from_path(directory.path()).expect("a UTF-8 path");
    let mut text = String::from("version: 1\nsites:\n  acme:\n");
    if !seed {
        text += "    url: \"sandbox:\"\n";
    }
    text += "    organizations:\n";
    for n in 0..ORGANIZATIONS {
        let joins = if seed && n > 0 {
            ""
        } else {
            ", zoe@joins.example"
        };
        writeln!(
            text,
            "      Org {n}: {{ members: {{ mode: add_only, list: [ person{n}@org{n}.example{joins} ] }} }}"
        )
        .expect("text");
    }
    std::fs::write(path.join("portcullis.yaml"), text).expect("written");
    let options = if seed {
        LoadOptions::seed(today())
    } else {
        LoadOptions::new(today())
    };
    let loaded = load(path, options);
    loaded
        .workspace
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics.first()))
}
