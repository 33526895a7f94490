//! What goes wrong between here and a site, and the sentence that helps.

use super::harness::{Place, site};
use portcullis::emulator::Options;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test(flavor = "multi_thread")]
async fn credentials_and_rights() {
    let sandbox = site(Options::default()).await;
    let mut text = String::new();
    let mut check = |what: &str, place: &Place, code: i32| {
        for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
            let ran = place.run(arguments);
            assert_eq!(ran.code, code, "{what}: {}", ran.text());
            if arguments == ["plan"] {
                text.push_str(&format!("# {what}\n{}\n", ran.err));
            }
        }
    };
    let mut place = Place::remote(&sandbox);
    place.environment(&[
        ("PORTCULLIS_API_TOKEN", "wrong"),
        ("PORTCULLIS_ALLOW_LOOPBACK", "1"),
    ]);
    check("wrong token", &place, 7);
    place.without("PORTCULLIS_API_TOKEN");
    check("half a pair", &place, 7);
    let mut real = at("https://acme.atlassian.net");
    for (name, _) in super::harness::ADMIN {
        real.without(name);
    }
    check("no credentials", &real, 7);
    place.without("PORTCULLIS_ALLOW_LOOPBACK");
    place.environment(&[
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
    ]);
    insta::assert_snapshot!(text);
    // An agent reads and writes a part; what it lacks is named.
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    let applied = place.run(&["apply", "--auto-approve"]);
    insta::assert_snapshot!("agent", format!("{}\n{}", plan.code, applied.text()));
}

/// A server that answers everything with the same bytes and counts connections.
fn server(answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    // Ends with the process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            seen.fetch_add(1, Ordering::SeqCst);
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            // The request is small; what matters is that it came.
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, count)
}

fn at(url: &str) -> Place {
    let mut place = Place::new();
    place.write(
        "portcullis.yaml",
        &format!("version: 1\nsites: {{ acme: {{ url: \"{url}\", organizations: {{ Globex: {{}} }} }} }}\n"),
    );
    place.environment(&super::harness::ADMIN);
    place
}

#[test]
fn not_a_jira_site() {
    let closed = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let ran = at(&closed).run(&["plan"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    // The port is another one each time.
    let address = closed.trim_start_matches("http://");
    let said = ran.err.replace(address, "127.0.0.1:PORT");
    insta::assert_snapshot!("unreachable", said);

    let page = "<!doctype html><title>Log in</title>";
    let html: &'static str = Box::leak(
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}", page.len()).into_boxed_str(),
    );
    let (url, _) = server(html);
    let ran = at(&url).run(&["plan"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    insta::assert_snapshot!("html", ran.err);
}

#[test]
fn redirects_to_another_host_are_not_followed() {
    let (other, reached) =
        server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {other}/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let (url, _) = server(Box::leak(answer.into_boxed_str()));
    let ran = at(&url).run(&["plan"]);
    assert!(matches!(ran.code, 7 | 8), "{}", ran.text());
    insta::assert_snapshot!("redirect", ran.err);
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[test]
fn a_token_goes_to_no_foreign_host() {
    let (proxy, reached) =
        server("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    for url in [
        "https://acme.atlassian.net.evil.example",
        "https://evil.example",
        "http://acme.atlassian.net",
        "https://acme.atlassian.net:8443",
        "https://somebody:hunter2@acme.atlassian.net",
    ] {
        let mut place = at(url);
        // Whatever is sent would go through here.
        place.environment(&[
            ("HTTPS_PROXY", &proxy),
            ("HTTP_PROXY", &proxy),
            ("ALL_PROXY", &proxy),
        ]);
        for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
            let ran = place.run(arguments);
            assert_eq!(ran.code, 3, "{url}: {}", ran.text());
            assert!(ran.err.contains("portcullis.yaml:2:"), "{}", ran.err);
        }
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0, "nothing was sent");
    // The listener does see what is sent to a host that is allowed.
    let mut place = at("https://acme.atlassian.net");
    place.environment(&[("HTTPS_PROXY", &proxy)]);
    let ran = place.run(&["plan"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    assert!(reached.load(Ordering::SeqCst) > 0);
}

#[test]
fn an_invalid_workspace_is_3() {
    let place = Place::new();
    for arguments in [
        &["validate"][..],
        &["plan"],
        &["apply", "--auto-approve"],
        &["attest", "a/b", "--value", "1", "--by", "x"],
    ] {
        assert_eq!(place.run(arguments).code, 3, "{arguments:?}");
    }
    insta::assert_snapshot!(place.run(&["plan"]).text());
}

#[test]
fn an_unknown_site_is_64() {
    let ran = Place::quickstart().run(&["plan", "--site", "akme"]);
    assert_eq!(ran.code, 64);
    assert!(ran.err.contains("the sites are: acme"), "{}", ran.err);
}

#[test]
fn json_says_what_failed() {
    let invalid = Place::new();
    invalid.write("portcullis.yaml", "version: 1\nsitez: {}\n");
    let mut nobody = at("http://127.0.0.1:1");
    nobody.without("PORTCULLIS_API_TOKEN");
    let closed = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        at(&format!("http://{}", listener.local_addr().unwrap()))
    };
    for (what, place, code) in [
        ("invalid", &invalid, 3),
        ("credentials", &nobody, 7),
        ("unreachable", &closed, 8),
    ] {
        for arguments in [
            &["plan"][..],
            &["apply", "--auto-approve"],
            &["drift"],
            &["explain", ".", "ana@globex.example", "--live"],
            &["who", ".", "ITSM", "--live"],
        ] {
            let mut all = arguments.to_vec();
            all.extend(["--format", "json"]);
            let ran = place.run(&all);
            assert_eq!(ran.code, code, "{what} {arguments:?}: {}", ran.text());
            let document = ran.json();
            let version = if arguments == ["plan"] { "1.2" } else { "1.0" };
            assert_eq!(document["format_version"], version, "{what} {arguments:?}");
            assert_eq!(document["errored"], true, "{what} {arguments:?}");
            assert_eq!(document["exit_code"], code, "{what} {arguments:?}");
            assert!(document["exit_reason"].is_string());
            let first = document["errors"][0]["message"].as_str().unwrap();
            assert!(ran.err.contains(first), "{what} {arguments:?}: {first}");
        }
    }
    let document = invalid.run(&["plan", "--format", "json"]).json();
    assert_eq!(document["errors"][0]["source"]["line"], 2);
    assert_eq!(document["resource_changes"], serde_json::json!([]));
}

#[test]
fn a_log_in_json_ends_in_json_and_no_log_is_coloured() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let closed = at(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let ran = closed.run(&["plan", "--log-format", "json", "-vv"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    let lines: Vec<serde_json::Value> = ran
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    assert!(lines.len() > 1, "{}", ran.err);
    let last = lines.last().unwrap();
    assert_eq!(last["exit_code"], 8);
    assert!(last["hint"].as_str().unwrap().contains("url"));
    let ran = closed.run(&["plan", "-vv"]);
    assert!(ran.err.contains("again"), "{}", ran.err);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn a_file_argument_that_is_not_there_or_something_else_is_64() {
    let place = Place::quickstart();
    place.write("other.json", "[]");
    for file in ["missing.json", "other.json"] {
        for arguments in [&["show", file][..], &["plan", "--observed", file]] {
            let ran = place.run(arguments);
            assert_eq!(ran.code, 64, "{arguments:?}: {}", ran.text());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_workspace_is_refused_and_not_waited_for() {
    let place = Place::new();
    place.write("portcullis.yaml", "version: 1\ninclude: [more.yaml]\n");
    let made = std::process::Command::new("mkfifo")
        .arg(place.path().join("more.yaml"))
        .status()
        .unwrap();
    assert!(made.success());
    let ran = place.run(&["validate"]);
    assert_eq!(ran.code, 3, "{}", ran.text());
    assert!(
        ran.text().contains("`more.yaml` is not a regular file"),
        "{}",
        ran.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_cannot_be_saved_is_an_unexpected_error() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["plan", "--out", "no/such/directory/plan.json"]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    // The file would be made: what is not there is its directory.
    let said = "error: `no/such/directory` does not exist";
    assert!(ran.err.contains(said), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn where_nothing_can_pass_the_directory_is_named_and_how_to_name_another() {
    let mut place = Place::new();
    place.environment(&[("TMPDIR", "/no/such/place")]);
    let ran = place.run(&["review", "--url", "http://127.0.0.1:9"]);
    assert_eq!(ran.code, 1, "{}", ran.text());
    assert!(
        ran.err
            .starts_with("error: `/no/such/place` cannot be used")
            && ran.err.contains("hint: set `TMPDIR`"),
        "{}",
        ran.err
    );
}

#[test]
fn privacy_masks_what_is_no_address_as_well() {
    let place = Place::new();
    place.write(
        "portcullis.yaml",
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations:\n      Globex:\n        members:\n          from: [a.csv, b.txt, c.yaml]\n          list: [\"Secret Person <secret@globex.example>\", { account_id: \"secret person\" }, 0123456, { email: \"secret\\x2bperson\" }, { email: a@b.example, until: secret day }]\n    people:\n      secret.person(at)globex: { absent: true, reason: left }\n",
    );
    place.write(
        "a.csv",
        "email,name,until,account,account_id\nsecret.person(at)globex.example,Top Secret,,,\n`secret` person,Top Secret,,,\na@globex.example,,Secret Name,,\nb@globex.example,,,Secret Name,\n,,,,secret id\n",
    );
    place.write("b.txt", "secret person at globex\n secret.person.with.a.very.long.name.that.goes.on.and.on.and.on.and.on(at)globex.example\n*@secret.example\n");
    place.write(
        "c.yaml",
        "- secret.person\n- Secret Person: 1\n- { email: secret }\n",
    );
    let full = place.run(&["validate"]);
    assert_eq!(full.code, 3);
    assert!(full.out.matches("ecret").count() > 20, "{}", full.text());
    for privacy in ["counts", "pseudonymous"] {
        for format in ["text", "json", "sarif", "codequality", "github", "junit"] {
            let ran = place.run(&["validate", "--privacy", privacy, "--format", format]);
            assert_eq!(ran.code, 3);
            let lower = ran.text().to_lowercase().replace("secret.example", "");
            assert!(!lower.contains("secret"), "{}", ran.text());
            assert!(!lower.contains("0123456"), "{}", ran.text());
            assert!(lower.contains("invalid address"), "{}", ran.text());
        }
        let ran = place.run(&["plan", "--privacy", privacy]);
        let lower = ran.text().to_lowercase().replace("secret.example", "");
        assert!(!lower.contains("secret"), "{}", ran.text());
    }
    // Of a column that nobody reads, the hint lists what stands in its cells.
    place.write("portcullis.yaml", "version: 1\nsites: { acme: { url: \"sandbox:\", organizations: { Globex: { members: { from: [a.csv] } } } } }\n");
    place.write("a.csv", "email,Status\na@globex.example,\"Secret \"\"], out: [\"\" Person\"\nb@globex.example,Secret\n");
    assert!(place.run(&["validate"]).out.contains("Secret"));
    let ran = place.run(&["validate", "--privacy", "counts"]);
    assert!(!ran.text().contains("ecret"), "{}", ran.text());
    assert!(ran.out.contains("Status"), "{}", ran.text());
    // What stands in no roster is still told.
    place.write("portcullis.yaml", "version: 1\nsites: { acme: { url: \"sandbox:\", organizations: { Globex: { members: { mode: exacd } } } } }\n");
    let ran = place.run(&["validate", "--privacy", "counts"]);
    assert!(ran.out.contains("did you mean `exact`?"), "{}", ran.text());
    place.write("portcullis.yaml", "version: 1\nsites: { acme: { url: \"sandbox:\", organizations: { Globex: { members: { from: [a.csv] } } } } }\n");
    place.write("a.csv", "email,untill\n");
    let ran = place.run(&["validate", "--privacy", "counts"]);
    assert!(ran.out.contains("did you mean `until`?"), "{}", ran.text());
}

/// R1g: whoever is listed and revoked cannot be brought in, which an apply says by how it ends, each time.
#[test]
fn a_listed_person_who_is_revoked_leaves_something_to_a_person() {
    let place = Place::new();
    place.write(
        "seed/portcullis.yaml",
        "version: 1
sites:
  acme:
    customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
    accounts: { list: [{ email: kim@initech.example, state: revoked }] }
    projects: { HELP: { channel_access: restricted, customers: { list: [lee@initech.example] } } }
",
    );
    place.write(
        "portcullis.yaml",
        "version: 1
sites:
  acme:
    url: \"sandbox:\"
    seed: seed
    projects: { HELP: { customers: { list: [lee@initech.example, kim@initech.example] } } }
",
    );
    for _ in 0..2 {
        let ran = place.run(&["apply", "--auto-approve"]);
        assert_eq!(ran.code, 9, "{}", ran.text());
        assert!(ran.text().contains("kim@initech.example"), "{}", ran.text());
    }
    let allowed = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert_eq!(allowed.code, 0, "{}", allowed.text());
}

/// 2.3: the role Customer is free by itself, and not where every new account gets apps that take licences.
#[test]
fn an_account_that_takes_default_apps_is_not_called_free() {
    let mut place = Place::new();
    place.environment(&[("COLUMNS", "400")]);
    let workspace = |apps: &str| {
        format!(
            "version: 1
atlassian_organizations:
  corp:
    approved_domains: {{ mode: exact, domains: {{ staff.example: {{ sites: {{ acme: {{ role: customer }} }} }} }} }}
    default_app_access: {apps}
sites:
  acme:
    url: \"sandbox:\"
    atlassian_organization: corp
    customer_access: {{ internal: {{ atlassian_accounts: true }}, external: {{ portal_only_accounts: false }}, customers_can_create_accounts: true, view_without_login: false }}
    projects: {{ HELP: {{ channel_access: open }} }}
"
        )
    };
    place.write("portcullis.yaml", &workspace("[confluence]"));
    let text = place.run(&["explain", ".", "noa@staff.example"]).text();
    assert!(
        !text.contains("free") && text.contains("also gets confluence"),
        "{text}"
    );
    place.write("portcullis.yaml", &workspace("[]"));
    let text = place.run(&["explain", ".", "noa@staff.example"]).text();
    assert!(text.contains("which is free"), "{text}");
}

/// What failed, where, by which way, and what to look at.
#[test]
fn a_connection_that_fails_names_the_host_and_the_proxy() {
    let mut place = Place::new();
    place.write(
        "portcullis.yaml",
        "version: 1\nsites: { acme: { url: \"https://acme.atlassian.net\", projects: { IT: { channel_access: open } } } }\n",
    );
    // A socket that does not listen keeps its port from everybody else.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let nobody = format!("http://user:secret@{}", socket.local_addr().unwrap());
    place.environment(&[
        ("PORTCULLIS_EMAIL", "jo@acme.example"),
        ("PORTCULLIS_API_TOKEN", "token"),
        ("HTTPS_PROXY", &nobody),
    ]);
    let ran = place.run(&["plan"]);
    assert_eq!(ran.code, 8, "{}", ran.text());
    let said = "the connection to `acme.atlassian.net` failed through the proxy that `HTTPS_PROXY` names: ";
    assert!(ran.err.contains(said), "{}", ran.text());
    assert!(
        ran.err
            .contains("hosts in `NO_PROXY` are reached without it"),
        "{}",
        ran.text()
    );
    assert!(!ran.text().contains("secret"), "{}", ran.text());
}

/// Refuses to give an organization another name.
#[derive(Debug)]
struct NoRename;

impl portcullis::emulator::Policy for NoRename {
    fn arrive(&self, passage: portcullis::emulator::Passage<'_>) -> portcullis::emulator::Verdict {
        use portcullis::emulator::{Answer, Fate, Verdict};
        let refused = passage.write && passage.operation.contains("/csm/");
        let no = serde_json::json!({ "message": "this plan does not include it" });
        Verdict {
            fate: match refused {
                true => Fate::Answer(Answer::json(403, &no)),
                false => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

/// Where the site leaves a rename to a person, apply says which control it is, ends as with any step by hand, and the next plan sees
/// the new name by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_rename_that_the_site_refuses_is_told_with_its_control() {
    use portcullis::emulator::Sandbox;
    use portcullis::model::{OrganizationName, SiteKey};
    let mut place = Place::new();
    place.write(
        "seed/portcullis.yaml",
        "version: 1\nsites: { acme: { organizations: { Globex Inc: { members: { list: [ana@globex.example] } } }, projects: { ITSM: { organizations: { list: [Globex Inc] } } } } }\n",
    );
    let key = SiteKey::new("acme").unwrap();
    let today = super::harness::TODAY.parse().unwrap();
    let seeded = portcullis::connect::seed_directory(&place.path().join("seed"), &key, today);
    let options = Options {
        policy: std::sync::Arc::new(NoRename),
        ..Options::default()
    };
    let sandbox = Sandbox::start(seeded.unwrap(), options).await.unwrap();
    place.environment(&super::harness::ADMIN);
    place.environment(&[("COLUMNS", "200")]);
    place.write(
        "portcullis.yaml",
        &format!(
            "version: 1\nsites: {{ acme: {{ url: \"{}\", organizations: {{ Globex: {{ previous_name: Globex Inc, members: {{ list: [ana@globex.example] }} }} }} }} }}\n",
            sandbox.url()
        ),
    );
    let ran = place.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 9, "{}", ran.text());
    for says in [
        "by hand: update acme/organization/Globex  (portcullis.yaml:2)",
        "the site leaves this to a person: rename organization `Globex Inc` to `Globex`: ",
        "/__sandbox/console/organization?name=Globex+Inc",
        "next: do by hand what is left, then:",
    ] {
        assert!(ran.out.contains(says), "{says}: {}", ran.text());
    }
    // Nobody is told to record what the next plan reads.
    assert!(!ran.out.contains("commands above"), "{}", ran.text());
    let drift = place.run(&["drift", "--detailed-exitcode"]);
    assert_eq!(drift.code, 2, "{}", drift.text());
    sandbox.edit(|site| {
        let id = site.organization_named("Globex Inc").unwrap().id();
        let name = OrganizationName::new("Globex").unwrap();
        site.rename_organization(&id, &name).unwrap();
    });
    for command in ["plan", "drift"] {
        let ran = place.run(&[command, "--detailed-exitcode"]);
        assert_eq!(ran.code, 0, "{}", ran.text());
    }
}
