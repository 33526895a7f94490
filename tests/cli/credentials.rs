//! With an agent's token, without the organization's key, by OAuth, and where a surface is refused: every command says what it
//! could not do before it promises anything, and writes nothing that it could not have promised.

use super::harness::{Place, site};
use portcullis::emulator::{
    Answer, Fate, OAUTH_CLIENT, Options, Passage, Policy, Sandbox, Verdict,
};
use std::sync::Arc;

/// Refuses the gateway and the private endpoint, as they may be refused one day.
#[derive(Debug)]
struct Refused;

impl Policy for Refused {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let unpromised = ["/gateway/api/graphql", "requestsecurity"];
        let refused = unpromised
            .iter()
            .any(|part| passage.operation.contains(part));
        Verdict {
            fate: match refused {
                true => Fate::Answer(Answer::json(403, &serde_json::json!({"message": "no"}))),
                false => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    Agent,
    NoKey,
    Oauth,
    Refused,
}

/// Every command that asks a site.
const COMMANDS: [&[&str]; 10] = [
    &["doctor"],
    &["plan"],
    &["apply", "--auto-approve"],
    &["drift"],
    &["explain", "hana@acme.example", "--live"],
    &["who", "ITSM", "--live"],
    &["review", "--live"],
    &["graph", "--live"],
    &["export", "--to", "copy"],
    &["export", "--partial", "--to", "part"],
];

/// What a command says with a credential; one of these is enough. Nothing where it needs nothing that is missing.
fn said(with: With, command: &str, partial: bool) -> &'static [&'static str] {
    match (with, command) {
        (With::Agent, "doctor") => &["Jira administrator", "Administer Jira"],
        (With::Agent, "plan") => &["lack the right Administer Jira"],
        (With::Agent, "apply") => &["not read for want of a right or a credential"],
        (With::Agent, "drift") => &["a right or a credential is missing"],
        (With::Agent, "explain" | "who" | "review" | "graph") => {
            &["they are shown to administrators only"]
        }
        // All that an export writes is shown to an agent.
        (With::Agent, _) => &[],
        (With::NoKey, "plan" | "apply") => &["not read for want of a right or a credential"],
        (With::NoKey, "doctor" | "drift") => &["PORTCULLIS_ORG_API_KEY"],
        (With::NoKey, "export") if partial => &["could not be read whole"],
        (With::NoKey, "export") => &["PORTCULLIS_ORG_API_KEY"],
        (With::NoKey, _) => &["organization's API key"],
        (With::Oauth, "doctor") => &["takes no OAuth token"],
        (With::Oauth, _) => &["is reached by OAuth, which does not reach"],
        (With::Refused, "doctor") => &["refused"],
        (With::Refused, _) => &["403", "could not be read"],
    }
}

/// The codes with which a command may end that could not do everything.
fn codes(with: With, command: &str) -> &'static [i32] {
    match (with, command) {
        (_, "explain" | "who" | "review" | "graph") => &[0],
        (With::Agent, "doctor" | "plan" | "apply" | "drift") => &[7],
        (With::NoKey, "plan" | "apply" | "drift") => &[7],
        (With::NoKey, "doctor") => &[0, 7],
        (With::Oauth | With::Refused, "doctor") => &[0, 7],
        _ => &[0, 4, 5, 7, 8, 9],
    }
}

async fn stage(with: With) -> (Sandbox, Place) {
    let policy: Arc<dyn Policy> = match with {
        With::Refused => Arc::new(Refused),
        _ => Options::default().policy,
    };
    let sandbox = site(Options {
        policy,
        ..Options::default()
    })
    .await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[("COLUMNS", "200")]);
    match with {
        With::Agent => place.environment(&[
            ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
            ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
        ]),
        With::NoKey => place.without("PORTCULLIS_ORG_API_KEY"),
        With::Oauth => {
            place.without("PORTCULLIS_EMAIL");
            place.without("PORTCULLIS_API_TOKEN");
            place.environment(&[
                ("PORTCULLIS_CLIENT_ID", OAUTH_CLIENT.0),
                ("PORTCULLIS_CLIENT_SECRET", OAUTH_CLIENT.1),
            ]);
            place.replace("portcullis.yaml", "    url:", "    auth: oauth\n    url:");
        }
        With::Refused => {}
    }
    (sandbox, place)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_says_what_it_could_not_do_before_it_promises_anything() {
    let mut wrong = Vec::new();
    for with in [With::Agent, With::NoKey, With::Oauth, With::Refused] {
        let (sandbox, place) = stage(with).await;
        for command in COMMANDS {
            // Nothing that an earlier command did helps the next one.
            let before = sandbox.stats().writes;
            let ran = place.run(command);
            let partial = command.contains(&"--partial");
            let wanted = said(with, command[0], partial);
            let text = format!("{}\n{}", ran.err, ran.out);
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let found = wanted.iter().filter_map(|says| words.find(says)).min();
            if wanted.is_empty() && ran.code == 0 {
                continue;
            }
            let Some(found) = found else {
                wrong.push(format!(
                    "{with:?} {command:?} says none of {wanted:?}: {}",
                    ran.text()
                ));
                continue;
            };
            if !codes(with, command[0]).contains(&ran.code) {
                wrong.push(format!("{with:?} {command:?} ends with {}", ran.code));
            }
            // What is promised stands behind the head of a plan.
            if ["plan", "apply"].contains(&command[0])
                && words.find("in all:").is_some_and(|promise| promise < found)
            {
                wrong.push(format!(
                    "{with:?} {command:?} promises first: {}",
                    ran.text()
                ));
            }
            if with == With::Agent
                && ["plan", "apply"].contains(&command[0])
                && (words.contains("apply will send") || !words.contains("lacks Administer Jira"))
            {
                wrong.push(format!(
                    "{with:?} {command:?} promises writes: {}",
                    ran.text()
                ));
            }
            let wrote = sandbox.stats().writes - before;
            if wrote > 0 && (command[0] != "apply" || [With::Agent, With::NoKey].contains(&with)) {
                wrong.push(format!("{with:?} {command:?} wrote {wrote} times"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
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
