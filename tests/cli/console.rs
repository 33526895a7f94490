//! Manual steps done by hand in the sandbox: plan, console, attest or read, empty plan; and one writer for one state file.

use super::harness::{ADMIN, Place, Ran};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command};

/// What is wanted of the site, which the seed is not; nothing of it can be written without a person.
const WANTED: &str = "    customer_access:
      internal: { atlassian_accounts: true }
      external: { portal_only_accounts: true, allowed_domains: [globex.example] }
      customers_can_create_accounts: true
      view_without_login: false
    email: { cc_creates_accounts: anyone_by_settings }
    organization_management: jira_admins_only
    portal_only_login: { password: false, sso: true }
    knowledge_base: { allow_all_logged_in: true, allow_anyone: true }
    organizations:
      Globex:
        previous_name: Globex Inc
        email_domains: [globex.example]
    projects:
      ITSM:
        channel_access: restricted
        customer_sharing: any_customer_by_email
        knowledge_base: { ITKB: { who_can_view: only_confluence_users } }
";
const SEED: &str = "\
version: 1
sites:
  acme:
    customer_access: { external: { portal_only_accounts: false } }
    organizations:
      Globex Inc: { members: { list: [ana@globex.example] } }
    spaces: { ITKB: { anonymous_access: false } }
    projects:
      ITSM:
        channel_access: open
        organizations: { list: [Globex Inc] }
        knowledge_base: { ITKB: { who_can_view: all_logged_in } }
";

/// Writes a workspace for a site under an address, with `more` among the keys of the site.
fn workspace(place: &Place, url: &str, more: &str) {
    // Customers may sign up from here on, while nobody could read whether the project is open: told, and no reason to stop.
    let policy = "policy: { class_gains: { anyone: warn } }\n";
    let text = format!("version: 1\nsites:\n  acme:\n    url: \"{url}\"\n{more}{WANTED}{policy}");
    place.write("portcullis.yaml", &text);
}

/// A `portcullis sandbox` of its own process.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = place.command(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let started: Value = serde_json::from_str(&line).unwrap();
        Self {
            url: started["url"].as_str().unwrap().to_owned(),
            child,
        }
    }

    /// Sends what a browser sends for a form, and gives the status; 303 is what a taken form is answered with.
    fn submit(&self, path: &str, form: &[(&str, &str)]) -> u16 {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let head = format!(
            "POST {path} HTTP/1.1\r\nOrigin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
            self.url,
            body.len()
        );
        self.exchange(&head, &body).0
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.exchange(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    fn exchange(&self, head: &str, body: &str) -> (u16, String) {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{head}Host: {host}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    /// Interrupts the server and waits until it saved.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(killed.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(130));
    }

    /// Does by hand what steps say, one after the other as they are listed: each is taken when its turn comes. The steps of one page that
    /// stand together are one visit.
    fn by_hand(&self, steps: &[Value]) {
        let mut visit = ("", "");
        for step in steps {
            let path: Vec<&str> = step["click_path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .collect();
            let (page, control, form) = form(&path);
            if (page, control) != visit {
                let page = format!("/__sandbox/console/{page}");
                assert_eq!(self.submit(&page, form), 303, "{path:?}");
            }
            visit = (page, control);
        }
    }

    /// Renames the organization, which the program would do by itself.
    fn rename(&self) {
        let form = [("id", "1"), ("new-name", "Globex")];
        assert_eq!(self.submit("/__sandbox/console/organization", &form), 303);
    }
}

/// A page of the console, the part of it that is saved by itself, and what a person sends there.
type Visit = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// What a person does who follows a click path: the page and its form as it is after the step.
fn form(path: &[&str]) -> Visit {
    let on = |name: &str| path.contains(&name);
    if on("Customer access") {
        let form = &[
            ("internal", "on"),
            ("external", "on"),
            ("domains", "on"),
            ("allowed-domains", "globex.example"),
            ("creation", "allow"),
        ];
        ("customer-access", "", form)
    } else if on("Email requests") {
        let form = &[("account-creation", "anyone_by_settings")];
        ("email-requests", "", form)
    } else if on("Configuration") {
        let form = &[("organization-management", "jira_admins_only")];
        ("configuration", "", form)
    } else if on("Authentication") {
        ("authentication", "", &[("sso", "on")])
    } else if on("Knowledge base permissions") {
        let form = &[("all-logged-in", "on"), ("anyone", "on")];
        ("knowledge-base-permissions", "", form)
    } else if on("Manage email domains") {
        let form = &[("id", "1"), ("email-domains", "globex.example")];
        ("organization", "domains", form)
    } else if on("Channel access") {
        let form = &[
            ("channel-access", "restricted"),
            ("customer-sharing", "own_organizations"),
        ];
        ("project/ITSM/customer-permissions", "access", form)
    } else if on("Customer sharing") {
        let form = &[
            ("channel-access", "restricted"),
            ("customer-sharing", "any_customer_by_email"),
        ];
        ("project/ITSM/customer-permissions", "sharing", form)
    } else if on("Who can view") {
        let form = &[("space", "ITKB"), ("who-can-view", "only_confluence_users")];
        ("project/ITSM/knowledge-base", "", form)
    } else {
        panic!("nothing is done at {path:?}");
    }
}

fn steps(plan: &Ran) -> Vec<Value> {
    plan.json()["manual_steps"].as_array().unwrap().clone()
}

/// The words of a command, as a shell splits it, without the program's name and with a person in the place of `YOU`.
fn words(command: &str) -> Vec<String> {
    let script = format!("for word in {command}; do printf '%s\\n' \"$word\"; done");
    let split = Command::new("sh").args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(split.stdout).unwrap();
    let words = text.lines().skip(1);
    words
        .map(|word| word.replace("YOU", "jo@acme.example"))
        .collect()
}

fn run(place: &Place, words: &[String]) -> Ran {
    place.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn what_a_person_does_in_the_console_and_attests_empties_the_plan() {
    let mut place = Place::new();
    place.write("seed/portcullis.yaml", SEED);
    let server = Server::start(
        &place,
        &["sandbox", "--seed", "seed", "--state", "state/acme.json"],
    );
    workspace(&place, &server.url, "");
    place.environment(&ADMIN);
    let plan = place.run(&["plan", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(plan.code, 2, "{}", plan.text());
    let before = steps(&plan);
    assert!(before.len() >= 12, "{before:#?}");
    for step in &before {
        let link = step["link"].as_str().unwrap();
        let link = link.strip_prefix("http://127.0.0.1:[PORT]").unwrap();
        assert!(link.starts_with("/__sandbox/console/"), "{link}");
        assert_eq!(server.get(link).0, 200, "{link}");
    }
    // A statement made before anything was done is contradicted by what is read, or believed; so the hands come first.
    server.by_hand(&before);
    server.rename();
    for step in &before {
        let Some(command) = step["attest"].as_str() else {
            continue;
        };
        let attested = run(&place, &words(command));
        assert_eq!(attested.code, 0, "{command}: {}", attested.text());
    }
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "{}", plan.text());
    assert!(
        plan.out.starts_with("acme: nothing to change\n"),
        "{}",
        plan.out
    );
    server.stop();
    assert!(place.read("state/acme.json").contains("jira_admins_only"));
}

/// The quickstart's description of the sandbox's settings endpoint, for reading only.
fn read_only_driver(place: &Place) {
    let example = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/quickstart/drivers/sandbox-settings.yaml"
    );
    let text = std::fs::read_to_string(example).unwrap();
    assert!(text.contains(", write: PUT"));
    place.write("drivers/settings.yaml", &text.replace(", write: PUT", ""));
}

#[test]
fn an_embedded_sandbox_is_served_by_the_command_that_its_steps_name() {
    let place = Place::new();
    place.write("seed/portcullis.yaml", SEED);
    read_only_driver(&place);
    workspace(
        &place,
        "sandbox:",
        "    seed: seed\n    surfaces: { mapped: drivers/settings.yaml }\n",
    );
    let plan = place.run(&["plan", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(plan.code, 2, "{}", plan.text());
    let before = steps(&plan);
    assert!(before.len() >= 12, "{before:#?}");
    let first = before[0]["click_path"][0].as_str().unwrap();
    assert!(
        before
            .iter()
            .all(|step| step["click_path"][0] == first && step["link"].is_null())
    );
    let command = words(first.split('`').nth(1).unwrap());
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let server = Server::start(&place, &command);

    // While it serves, nobody else may write the same state.
    let busy = place.run(&["plan"]);
    assert_eq!(busy.code, 8, "{}", busy.text());
    insta::assert_snapshot!(busy.text());
    let second = place.run(&command);
    assert_eq!(second.code, 8, "{}", second.text());
    assert!(second.err.contains("still serves"), "{}", second.err);

    server.by_hand(&before);
    server.rename();
    server.stop();
    // What is read needs no statement.
    let plan = place.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(
        plan.text(),
        "exit 0\n--- stdout\nacme: nothing to change\n--- stderr\n"
    );
}
