//! Whatever a file holds, reading it ends, within bounds and without a panic: the bounded form of fuzzing, for every build.
//!
//! Inputs are pieces of real files put together anew, so that they get past the first line, and bytes of any kind.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage has failed"
)]

#[path = "readers/agree.rs"]
mod agree;
#[path = "support/answers.rs"]
mod answers;
#[path = "readers/dialects.rs"]
mod dialects;

use answers::{QUESTIONS, Service};
use camino::Utf8Path;
use portcullis::config::{LoadOptions, load_as_if};
use portcullis::policy::acceptance;
use portcullis::report::json;
use proptest::prelude::*;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long reading a few kilobytes may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

const PIECES: [&str; 40] = [
    "version: 1\n",
    "sites:\n",
    "  acme:\n",
    "    url: \"sandbox:\"\n",
    "    organizations:\n",
    "      Globex:\n",
    "        members: { mode: exact, list: [a@b.cc] }\n",
    "        members:\n",
    "          from: [r.csv]\n",
    "    rosters:\n",
    "      - file: r.csv\n",
    "policy:\n",
    "  protect: [\"acme/**\"]\n",
    "expectations:\n",
    "  - { name: x, who: anyone, cannot: view_portal, site: acme, projects: [\"*\"] }\n",
    "endpoints: { e: { path: /rest/x, write: PUT } }\n",
    "fields: { email.cc_creates_accounts: { endpoint: e, pointer: /a } }\n",
    "email,name,until\n",
    "a@b.cc,\"A, \"\"B\"\"\",2027-01-01\n",
    "sep=;\n",
    "\u{feff}",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "&a ",
    "*a",
    "|\n",
    "\t",
    "owner: jo\ndate: 2026-11-01\n",
    "{\"format_version\":\"1.2\",",
    "\"resource_changes\":[{\"address\":\"a\"}]",
    "}",
    "null",
    "\u{202e}",
    "\u{0}",
];

fn text() -> impl Strategy<Value = String> {
    let made = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24);
    prop_oneof![
        4 => made.prop_map(|pieces| pieces.concat()),
        1 => prop::collection::vec(any::<u8>(), 0..256)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        // What nests is bounded by depth, not by memory.
        1 => (prop::sample::select(vec!["[", "{a: ", "- "]), 1..20_000_usize)
            .prop_map(|(open, times)| format!("version: 1\nsites: {}", open.repeat(times))),
    ]
}

/// Pieces of answers of a service, as scripts of [`Service`] have them.
const ANSWERS: [&str; 34] = [
    "{\"size\":1,\"start\":0,\"limit\":50,\"isLastPage\":true,\"values\":[",
    "{\"size\":2,\"isLastPage\":false,\"values\":[",
    "{\"size\":18446744073709551615,\"isLastPage\":false,\"values\":[",
    "{\"isLast\":false,\"total\":18446744073709551615,\"values\":[",
    "{\"links\":{\"next\":\"/x?cursor=a\"},\"data\":[",
    "{\"_links\":{\"next\":\"https://elsewhere.example/x\"},\"results\":[",
    "{\"id\":\"1\",\"name\":\"Globex\",\"key\":\"ITKB\"}",
    "{\"id\":\"1\",\"name\":\"Initech\",\"scimManaged\":true}",
    "{\"id\":\"\",\"name\":\"\"}",
    "{\"id\":\"1\",\"projectId\":\"1\",\"projectKey\":\"ITSM\",\"projectName\":\"IT\"}",
    "{\"accountId\":\"qm:1:2\",\"emailAddress\":\"ana@globex.example\",\"displayName\":\"Ana\",\"active\":true}",
    "{\"accountId\":\"qm:1:2\",\"emailAddress\":\"bo@globex.example\",\"accountType\":\"atlassian\"}",
    "{\"accountId\":\"\"}",
    "{\"cloudId\":\"1\"}",
    "{\"permissions\":{\"ADMINISTER\":{\"havePermission\":true}}}",
    "{\"data\":{\"helpObjectStore\":null},\"errors\":[{\"message\":\"x\"}]}",
    "{\"domain\":\"globex.example\"}",
    "{\"value\":{\"tool\":\"portcullis\"}}",
    "{\"Service Desk Customers\":\"http://127.0.0.1/rest/api/3/project/1/role/10100\"}",
    "{\"actors\":[{\"type\":\"atlassian-group-role-actor\",\"actorGroup\":{\"groupId\":\"g\"}}]}",
    "{\"records\":[{\"created\":\"2026-11-22T00:00:00.000+0000\",\"summary\":\"x\"}],\"total\":1}",
    "{\"serviceDeskOpenAccess\":true,\"globalPublicSignup\":1}",
    "]}",
    ",",
    "null",
    "[",
    "{",
    "\u{0}",
    "\u{202e}",
    "\n%%\n",
    "\n%%\n429 retry-after=99999999999999999999\n",
    "\n%%\n503 retry-after=Sun,06Nov1994\n",
    "\n%%\n200 content-encoding=gzip\n",
    "\n%%\n404\n{\"errorMessage\":\"gone\"}",
];

/// Answers with long rows, deep ones and many, and of bytes of any kind.
fn told() -> impl Strategy<Value = Vec<u8>> {
    let made = prop::collection::vec(prop::sample::select(&ANSWERS[..]), 1..16);
    prop_oneof![
        6 => made.prop_map(|pieces| pieces.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..256),
        1 => (prop::sample::select(vec!["[", "{\"values\":"]), 1..20_000_usize)
            .prop_map(|(open, times)| open.repeat(times).into_bytes()),
    ]
}

/// A service for all answers. It gives the answers of one script at a time, so one test at a time asks it.
static SERVICE: LazyLock<Mutex<(Runtime, Service)>> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let service = runtime.block_on(Service::start());
    Mutex::new((runtime, service))
});

fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Runs a reader, and fails where it takes too long.
fn ends<T>(what: &str, read: impl FnOnce() -> T) -> Result<T, TestCaseError> {
    let began = Instant::now();
    let value = read();
    prop_assert!(
        began.elapsed() < PATIENCE,
        "{what} took {:?}",
        began.elapsed()
    );
    Ok(value)
}

/// A workspace on disk that names the other files.
fn stage() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let root = "version: 1\nsites: { acme: { url: \"sandbox:\", surfaces: { mapped: m.yaml }, organizations: { G: { members: { mode: exact, from: [r.csv] } } } } }\n";
    fs_err::write(directory.path().join("portcullis.yaml"), root).unwrap();
    fs_err::write(directory.path().join("r.csv"), "email\na@b.cc\n").unwrap();
    fs_err::write(
        directory.path().join("m.yaml"),
        "version: 1\nendpoints: {}\nfields: {}\n",
    )
    .unwrap();
    directory
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// The root file, a roster and a description of endpoints.
    #[test]
    fn a_workspace_of_anything_is_read_to_an_end(text in text()) {
        let stage = stage();
        let root = Utf8Path::from_path(stage.path()).unwrap();
        for file in ["portcullis.yaml", "r.csv", "m.yaml"] {
            for options in [LoadOptions::new(day()), LoadOptions::seed(day())] {
                let loaded = ends(file, || load_as_if(root, options, Utf8Path::new(file), &text))?;
                // Either there is a workspace, or somebody is told why not.
                prop_assert!(loaded.workspace.is_some() || !loaded.diagnostics.is_empty());
            }
        }
    }

    /// A plan that somebody hands over.
    #[test]
    fn a_plan_of_anything_is_read_to_an_end(text in text()) {
        let read = ends("a plan", || json::read_plan(&text))?;
        if let Err(error) = read {
            prop_assert!(error.to_string().len() < 1_000);
        }
    }

    /// Answers of the service, to each question that the program has for it.
    #[test]
    fn answers_of_anything_are_read_to_an_end(script in told(), number in 0..QUESTIONS) {
        let service = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
        let (runtime, service) = &*service;
        ends("an answer", || runtime.block_on(service.ask(number, &script)))?;
    }

    /// An acceptance: it lifts something only where it is one.
    #[test]
    fn an_acceptance_of_anything_is_read_to_an_end(text in text()) {
        let stage = stage();
        let root = Utf8Path::from_path(stage.path()).unwrap();
        let digest = "a".repeat(64);
        fs_err::create_dir(root.join(acceptance::DIRECTORY)).unwrap();
        fs_err::write(root.join(format!("acceptances/{digest}.yaml")), &text).unwrap();
        let found = ends("an acceptance", || acceptance::find(root, &digest, day()))?;
        if let Ok(Some(found)) = found {
            prop_assert!(text.contains(&found.owner));
        }
    }
}

/// The questions of the property above are understood where the answers are: nothing is tested by what is never read.
#[test]
fn every_list_and_every_object_is_read_where_the_answer_is_one() {
    let service = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
    let (runtime, service) = &*service;
    let whole = include_bytes!("../fuzz/seeds/answers/whole");
    let (_, script) = whole.split_first().unwrap();
    let understood = (0..QUESTIONS).filter(|number| runtime.block_on(service.ask(*number, script)));
    let understood: Vec<usize> = understood.collect();
    assert!(understood.len() > QUESTIONS / 2, "{understood:?}");
}
