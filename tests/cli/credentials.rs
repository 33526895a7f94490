//! With an agent's token, without the organization's key, by OAuth, and where something is refused: every command says what it
//! could not read or do before it says anything else, and is sure of nothing that rests on it.
//!
//! One table: every command that asks a site, in every such situation, on two sites that differ in what cannot be read. A sure
//! answer must be the one that somebody gets who can read everything. A command that the program has and the table has not fails.

use super::harness::{Place, TODAY};
use camino::Utf8Path;
use portcullis::emulator::{
    Answer, Fate, OAUTH_CLIENT, Options, Passage, Policy, Sandbox, Verdict,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// What one of a site's services does with every request whose operation holds one of these words.
#[derive(Debug)]
struct Refuses {
    operations: &'static [&'static str],
    status: u16,
}

impl Policy for Refuses {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let mut words = self.operations.iter();
        let refused = words.any(|word| passage.operation.contains(word));
        let no = serde_json::json!({ "message": "no" });
        Verdict {
            fate: match refused {
                true => Fate::Answer(Answer::json(self.status, &no)),
                false => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum As {
    /// A site administrator with the organization's key.
    Admin,
    /// An agent who administers projects and not Jira, with the organization's key.
    Agent,
    /// A site administrator without the key.
    WithoutKey,
    /// A service account by client credentials.
    Oauth,
}

/// A situation in which not everything can be read or done.
struct Situation {
    name: &'static str,
    who: As,
    refuses: Refuses,
    /// What every command says that needs it, before its result. One of them is enough.
    says: &'static [&'static str],
    /// Commands that need nothing of it and say nothing.
    free: &'static [&'static str],
    /// Whether nothing may be written.
    writes: bool,
}

const NOTHING: Refuses = Refuses {
    operations: &[],
    status: 403,
};
const UNPROMISED: &[&str] = &["/gateway/api/graphql", "requestsecurity"];

const SITUATIONS: [Situation; 10] = [
    Situation {
        name: "an agent's token",
        who: As::Agent,
        refuses: NOTHING,
        says: &["the site's settings internal", "Jira administrator no"],
        free: &[],
        writes: false,
    },
    Situation {
        name: "without the organization's key",
        who: As::WithoutKey,
        refuses: NOTHING,
        says: &["PORTCULLIS_ORG_API_KEY"],
        free: &[],
        writes: false,
    },
    Situation {
        name: "a key that is refused",
        who: As::Admin,
        refuses: Refuses {
            operations: &["/v1/orgs", "/v2/orgs"],
            status: 401,
        },
        says: &["the approved domains could not be read", "/admin/v"],
        free: &[],
        writes: false,
    },
    Situation {
        name: "OAuth",
        who: As::Oauth,
        refuses: NOTHING,
        says: &[
            "is reached by OAuth, which does not reach",
            "takes no OAuth token",
        ],
        free: &[],
        writes: true,
    },
    Situation {
        name: "gateway and private endpoint answer 403",
        who: As::Admin,
        refuses: Refuses {
            operations: UNPROMISED,
            status: 403,
        },
        says: &[
            "the channel access of HR, ITSM, WEB could not be read",
            "gateway read and written (`write`); refused",
        ],
        free: &[],
        writes: true,
    },
    Situation {
        name: "gateway and private endpoint answer 401",
        who: As::Admin,
        refuses: Refuses {
            operations: UNPROMISED,
            status: 401,
        },
        says: &[
            "the channel access of HR, ITSM, WEB could not be read",
            "gateway read and written (`write`); refused",
        ],
        free: &[],
        writes: true,
    },
    Situation {
        name: "gateway and private endpoint are gone",
        who: As::Admin,
        refuses: Refuses {
            operations: UNPROMISED,
            status: 404,
        },
        says: &[
            "the channel access of HR, ITSM, WEB could not be read",
            "gateway read and written (`write`); refused",
        ],
        free: &[],
        writes: true,
    },
    Situation {
        name: "who is in a project's roles is refused",
        who: As::Admin,
        refuses: Refuses {
            operations: &["/role/"],
            status: 403,
        },
        says: &["who is in the role Service Desk Customers of"],
        // The rights are told by name, and what is refused to one who has them nobody foresees.
        free: &["doctor"],
        writes: true,
    },
    Situation {
        name: "the list of organizations is refused",
        who: As::Admin,
        refuses: Refuses {
            operations: &["GET /rest/servicedeskapi/organization"],
            status: 403,
        },
        says: &[
            "the customer organizations could not be read",
            "organizations",
        ],
        free: &["doctor"],
        writes: false,
    },
    Situation {
        name: "the customers of projects are refused",
        who: As::Admin,
        refuses: Refuses {
            operations: &["GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer"],
            status: 401,
        },
        says: &[
            "the customers of HR, ITSM, WEB could not be read",
            "customers of",
        ],
        free: &["doctor"],
        writes: false,
    },
];

/// How each command that asks a site is asked: for people, and as JSON where it has that.
const ASKED: [(&str, &[&[&str]]); 9] = [
    ("doctor", &[&["doctor"], &["doctor", "--format", "json"]]),
    ("plan", &[&["plan"], &["plan", "--format", "json"]]),
    ("drift", &[&["drift"], &["drift", "--format", "json"]]),
    (
        "explain",
        &[
            &["explain", "hana@acme.example", "--live"],
            &[
                "explain",
                "ana@globex.example",
                "--live",
                "--format",
                "json",
            ],
            &["explain", "hana@acme.example", "--live", "--format", "json"],
            &["explain", "anonymous", "--live", "--format", "json"],
        ],
    ),
    (
        "who",
        &[
            &["who", "ITSM", "--live"],
            &["who", "ITSM", "--live", "--format", "json"],
            &["who", "HR", "--live", "--format", "json"],
        ],
    ),
    (
        "review",
        &[
            &["review", "--live"],
            &["review", "--live", "--format", "json"],
        ],
    ),
    ("graph", &[&["graph", "--live", "--format", "dot"]]),
    (
        "export",
        &[
            &["export", "--to", "copy"],
            &["export", "--partial", "--to", "part"],
        ],
    ),
    // Last, since it changes the site.
    (
        "apply",
        &[
            &["apply", "--auto-approve"],
            &["apply", "--auto-approve", "--partial"],
        ],
    ),
];

/// Commands that never ask a site. `init --from` reads as `export` does, and has a test of its own.
const OFFLINE: [&str; 12] = [
    "init",
    "validate",
    "show",
    "attest",
    "sites",
    "codeowners",
    "sandbox",
    "rule",
    "schema",
    "completions",
    "man",
    "help",
];

#[test]
fn every_command_that_asks_a_site_is_in_the_table() {
    let help = Place::new().run(&["--help"]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| !line.is_empty());
    let commands: BTreeSet<&str> = commands
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10, "{help}");
    let told: BTreeSet<&str> = ASKED
        .iter()
        .map(|(command, _)| *command)
        .chain(OFFLINE)
        .collect();
    assert_eq!(commands, told);
}

const EXPECTATIONS: &str = "version: 1
expectations:
  - { name: the web sees nothing, who: anonymous, cannot: view_portal, site: acme, projects: [\"*\"] }
  - { name: strangers stay out of HR, who: anyone, cannot: view_portal, site: acme, projects: [HR] }
  - { name: customers stay out of HR, who: any_customer, cannot: view_portal, site: acme, projects: [HR] }
  - { name: hana asks HR, who: hana@acme.example, can: send_request, site: acme, projects: [HR] }
  - { name: Globex stays out of HR, who: \"organization:Globex\", cannot: view_portal, site: acme, projects: [HR] }
  - { name: HR is for few, only: [wes@umbrella.example, hana@acme.example, tom@acme.example], can: view_portal, site: acme, projects: [HR] }
";

/// Two sites that differ in whatever some situation hides.
fn seeds() -> [String; 2] {
    let example = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart/seed");
    let one = std::fs::read_to_string(example.join("portcullis.yaml")).unwrap();
    let mut other = one.clone();
    for (from, to) in [
        (
            "        channel_access: open\n        organizations",
            "        channel_access: restricted\n        knowledge_base: { ITKB: { who_can_view: all_logged_in } }\n        organizations",
        ),
        (
            "        channel_access: restricted\n        organizations: { list: [Umbrella] }\n        customers",
            "        channel_access: open\n        organizations: { list: [] }\n        customers",
        ),
        ("view_without_login: false", "view_without_login: true"),
        ("atlassian_accounts: false", "atlassian_accounts: true"),
        (
            "name: Hana, account: atlassian, role: customer",
            "name: Hana, account: atlassian, role: none",
        ),
        (
            "members: { list: [wes@umbrella.example] }",
            "email_domains: [umbrella.example]\n        members: { list: [wes@umbrella.example] }",
        ),
    ] {
        assert!(other.contains(from), "{from}");
        other = other.replacen(from, to, 1);
    }
    [one, other]
}

async fn stage(seed: &str, who: As, refuses: &Refuses) -> (Sandbox, Place) {
    let seeded = Place::new();
    seeded.write("portcullis.yaml", seed);
    let key = portcullis::model::SiteKey::new("acme").unwrap();
    let today = TODAY.parse().unwrap();
    let site = portcullis::connect::seed_directory(seeded.path(), &key, today).unwrap();
    let sandbox = Sandbox::start(
        site,
        Options {
            policy: Arc::new(Refuses {
                operations: refuses.operations,
                status: refuses.status,
            }),
            ..Options::default()
        },
    )
    .await
    .unwrap();
    let mut place = Place::remote(&sandbox);
    place.environment(&[("COLUMNS", "200")]);
    place.write("expectations/all.yaml", EXPECTATIONS);
    match who {
        As::Admin => {}
        As::Agent => place.environment(&[
            ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
            ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
        ]),
        As::WithoutKey => place.without("PORTCULLIS_ORG_API_KEY"),
        As::Oauth => {
            place.without("PORTCULLIS_EMAIL");
            place.without("PORTCULLIS_API_TOKEN");
            place.environment(&[
                ("PORTCULLIS_CLIENT_ID", OAUTH_CLIENT.0),
                ("PORTCULLIS_CLIENT_SECRET", OAUTH_CLIENT.1),
            ]);
            place.replace("portcullis.yaml", "    url:", "    auth: oauth\n    url:");
        }
    }
    (sandbox, place)
}

/// What a terminal shows, both streams in the order in which they were written; and what went to standard output alone.
fn shown(place: &Place, arguments: &[&str]) -> (i32, String) {
    let path = place.path().join("shown.txt");
    let file = std::fs::File::create(&path).unwrap();
    let mut command = place.command(arguments);
    command
        .stdout(Stdio::from(file.try_clone().unwrap()))
        .stderr(Stdio::from(file));
    let code = command.status().unwrap().code().expect("an exit code");
    let text = place.neutral(&std::fs::read(&path).unwrap());
    (code, text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The words with which a command begins its result.
fn result_begins(command: &str) -> &'static [&'static str] {
    match command {
        "doctor" => &["what is declared"],
        "plan" | "apply" => &[
            "who gains or loses",
            "Nobody ",
            "in all:",
            "acme: ",
            "nothing was applied",
        ],
        "drift" => &[
            "who gains or loses",
            "different (",
            "waits for a person",
            "Nobody ",
        ],
        "explain" => &["on acme, as"],
        "who" => &["Who reaches"],
        "review" => &["Access review of"],
        "graph" => &["digraph"],
        _ => &["Wrote `", "Nothing was written"],
    }
}

/// The sure answers of a command's JSON, by what was asked: `yes` and `no`, `pass` and `fail`.
fn sure(command: &[&str], json: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut note = |what: String, answer: &Value| {
        if let Some(answer @ ("yes" | "no" | "pass" | "fail")) = answer.as_str() {
            all.insert(what, answer.to_owned());
        }
    };
    let rows = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match command[0] {
        "explain" => {
            for (key, project) in json["projects"].as_object().into_iter().flatten() {
                note(format!("view {key}"), &project["view_portal"]);
                note(format!("send {key}"), &project["send_request"]);
            }
            for (key, article) in json["articles"].as_object().into_iter().flatten() {
                note(format!("read {key}"), &article["read"]);
            }
        }
        "who" => {
            for row in rows(&json["people"]).iter().chain(&rows(&json["classes"])) {
                note(text(&row["who"]), &row["answer"]);
            }
        }
        "review" => {
            for row in rows(&json["portals"]) {
                for class in ["anonymous", "anyone", "any_customer", "open"] {
                    note(format!("{class} {}", row["project"]), &row[class]);
                }
            }
            for person in rows(&json["people"]) {
                let mut reached: BTreeMap<String, Value> = BTreeMap::new();
                for portal in rows(&json["portals"]) {
                    reached.insert(text(&portal["project"]), "no".into());
                }
                for row in rows(&person["reaches"]) {
                    if row["portal"].is_string() && row["article"].is_null() {
                        reached.insert(text(&row["portal"]), row["answer"].clone());
                    }
                }
                for (portal, answer) in reached {
                    note(format!("{} {portal}", person["who"]), &answer);
                }
            }
        }
        "drift" => {
            for check in rows(&json["checks"]) {
                if check["address"]["kind"] == "expectation" {
                    note(text(&check["address"]["to_display"]), &check["status"]);
                }
            }
        }
        _ => {}
    }
    all
}

/// Whether a JSON result says itself that it is not whole.
fn says_so(command: &str, json: &Value) -> bool {
    let filled = |value: &Value| value.as_array().is_some_and(|rows| !rows.is_empty());
    match command {
        "plan" => json["complete"] == false || json["access_impact"]["complete"] == false,
        "drift" => filled(&json["unreadable"]) || json["access_impact"]["complete"] == false,
        "who" => {
            filled(&json["gaps"])
                || filled(&json["not_judged"])
                || json.to_string().contains("\"uncertain\"")
        }
        // Of one person and one project often nothing is missing: whether they are is held by the answers.
        "explain" => true,
        "review" => filled(&json["not_read"]),
        _ => true,
    }
}

fn strings(arguments: &[&str]) -> String {
    arguments.join(" ")
}

/// What somebody is told of a site who can read everything: the sure answers of every question.
type Truth = BTreeMap<String, BTreeMap<String, String>>;

/// Asks once for all tests.
async fn truth(at: usize) -> &'static Truth {
    static TRUTH: [OnceCell<Truth>; 2] = [OnceCell::const_new(), OnceCell::const_new()];
    let asked = async || {
        let (_sandbox, place) = stage(&seeds()[at], As::Admin, &NOTHING).await;
        let all = ASKED.iter().flat_map(|(_, asked)| asked.iter());
        let all = all.filter(|arguments| arguments.contains(&"json"));
        let told = all.map(|arguments| {
            let json = place.run(arguments).json();
            (strings(arguments), sure(arguments, &json))
        });
        told.collect()
    };
    TRUTH[at].get_or_init(asked).await
}

/// Runs every command in a situation and returns what is wrong.
async fn walk(situation: &Situation, at: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let seed = &seeds()[at];
    let truth = truth(at).await;
    let (sandbox, place) = stage(seed, situation.who, &situation.refuses).await;
    for (command, asked) in ASKED {
        for arguments in asked {
            let mut say = |what: String| {
                wrong.push(format!(
                    "{}: `{}`: {what}",
                    situation.name,
                    strings(arguments)
                ));
            };
            let before = sandbox.stats().writes;
            if arguments.contains(&"json") {
                let ran = place.run(arguments);
                let Ok(json) = serde_json::from_str::<Value>(&ran.out) else {
                    if ran.code != 7 && ran.code != 8 {
                        say(format!("no JSON: {}", ran.text()));
                    }
                    continue;
                };
                if !situation.free.contains(&command) && !says_so(command, &json) {
                    say(format!("is taken for whole: {}", ran.out));
                }
                let truth = &truth[&strings(arguments)];
                for (what, answer) in sure(arguments, &json) {
                    if truth.get(&what).is_some_and(|truth| *truth != answer) {
                        say(format!("`{what}` is said to be {answer}, and is not"));
                    }
                }
            } else if at == 0 {
                let (code, text) = shown(&place, arguments);
                let found = situation
                    .says
                    .iter()
                    .filter_map(|says| text.find(says))
                    .min();
                let result = result_begins(command).iter();
                let result = result.filter_map(|begins| text.find(begins)).min();
                match (found, result) {
                    _ if situation.free.contains(&command) => {}
                    (None, _) => say(format!("says none of {:?}: {text}", situation.says)),
                    (Some(found), Some(result)) if result < found => {
                        say(format!("begins before it says what is missing: {text}"));
                    }
                    (Some(_), None) if ![7, 8].contains(&code) => {
                        say(format!("has no result and ends with {code}: {text}"));
                    }
                    _ => {}
                }
                if command == "apply"
                    && situation.who == As::Agent
                    && !text.contains("lack the right")
                {
                    say(format!("names no right: {text}"));
                }
            }
            let wrote = sandbox.stats().writes - before;
            let may = command == "apply"
                && (situation.writes
                    || arguments.contains(&"--partial") && situation.who != As::Agent);
            if wrote > 0 && !may {
                say(format!("wrote {wrote} times"));
            }
        }
    }
    wrong
}

async fn hold(at: usize) {
    let mut wrong = Vec::new();
    for site in 0..2 {
        wrong.extend(walk(&SITUATIONS[at], site).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_token() {
    hold(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_organizations_key() {
    hold(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused() {
    hold(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oauth() {
    hold(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unpromised_surfaces_that_answer_403() {
    hold(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unpromised_surfaces_that_answer_401() {
    hold(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unpromised_surfaces_that_are_gone() {
    hold(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_of_projects_that_are_refused() {
    hold(7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_organizations_that_is_refused() {
    hold(8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_projects_that_are_refused() {
    hold(9).await;
}

/// An agent who does not administer a project is not shown who is in its roles.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_whose_role_it_could_not_read() {
    let mut place = Place::new();
    place.write(
        "seed/portcullis.yaml",
        "version: 1
sites:
  acme:
    sandbox:
      groups: { staff: { members: [ivy@x.example] } }
      projects: { HR: { agent_administers: false, customer_groups: [staff] } }
    projects: { HR: { channel_access: restricted } }
",
    );
    let key = portcullis::model::SiteKey::new("acme").unwrap();
    let today = super::harness::TODAY.parse().unwrap();
    let seeded = portcullis::connect::seed_directory(&place.path().join("seed"), &key, today);
    let sandbox = Sandbox::start(seeded.unwrap(), Options::default())
        .await
        .unwrap();
    place.environment(&[
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
    ]);
    let said = "who is in the role Service Desk Customers of HR could not be read";
    for command in ["export", "init"] {
        let from = if command == "init" { "--from" } else { "--url" };
        let url = sandbox.url();
        let arguments: &[&str] = match command {
            "init" => &["init", "from", from, &url],
            _ => &["export", from, &url, "--to", "copy"],
        };
        let ran = place.run(arguments);
        assert_eq!(ran.code, 0, "{}", ran.text());
        assert!(ran.err.contains(said), "{}", ran.text());
    }
    let copied = place.read("copy/projects/HR.yaml");
    assert!(copied.contains("No `customer_groups`"), "{copied}");
}
