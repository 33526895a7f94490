//! `--privacy` over real runs: people with hostile and odd names, addresses and ids, in every command and every form.

use super::harness::{Place, Ran};

/// Everything that tells of a person here has `zq` in it, and nothing else has.
const MARK: &str = "zq";

const SEED: &str = r#"version: 1
sites:
  acme:
    customer_access:
      internal: { atlassian_accounts: true }
      external: { portal_only_accounts: true, allowed_domains: any }
      customers_can_create_accounts: false
    accounts:
      list:
        - { email: zqana@globex.example, name: NAME1, account_id: zq-odd.id1 }
        - { email: "\"zq b\"@globex.example", name: NAME2 }
        - { email: o'zqbrien@globex.example, name: "Zq `O'Brien` *x* <b>" }
        - { email: zq/slash@globex.example, name: NAME3 }
        - { email: zqgone@globex.example, name: Zq Gone, state: revoked }
        - { email: zqhid@globex.example, name: Zq Hidden, account_id: zqhidden_2, email_hidden: true }
        - { email: zqtwo@globex.example, name: Zq Two, account_id: zq-two.a }
        - { email: zqtwo@globex.example, name: Zq Two, account: atlassian, account_id: zq-two.b }
        - { email: zqold@globex.example, name: Zq Old }
        - { email: zqatl@acme.example, name: NAME4, account: atlassian, role: user, apps: [jira] }
    organizations:
      Globex:
        members:
          list: [zqana@globex.example, "\"zq b\"@globex.example", o'zqbrien@globex.example, zq/slash@globex.example, zqold@globex.example, zqhid@globex.example]
      Initech: { members: { list: [zqana@globex.example] } }
    projects:
      HELP: { channel_access: restricted, organizations: { list: [Globex, Initech] }, customers: { list: [zqana@globex.example, "\"zq b\"@globex.example", zqatl@acme.example] } }
      DESK: { channel_access: open, customers: { list: ["\"zq b\"@globex.example"] } }
"#;

const WORKSPACE: &str = r#"version: 1
policy:
  protect: ["acme/organization/Globex/member/o'zqbrien@globex.example"]
  max_removals: { count: 1 }
  max_people_losing_access: { count: 1 }
  accept_drift:
    - { address: "acme/organization/Initech/member/zqana@globex.example", owner: Zqowner Jones, reason: "zqana@globex.example asked, says REASON" }
    - { address: "acme/organization/Initech/member/zqnobody@globex.example", owner: Zqowner Jones, reason: asked by Zqowner Jones }
  acknowledge:
    - { lint: L49, address: "**", owner: Zqowner Jones, reason: "zqtwo@globex.example knows" }
sites:
  acme:
    url: "sandbox:"
    seed: seed
    surfaces: { private: deny, gateway: read, accounts: read }
    organizations:
      Globex:
        members:
          mode: exact
          list:
            - zqnew@globex.example
            - zqoldd@globex.example
            - zqgone@globex.example
            - zqtwo@globex.example
            - { email: "\"zq b\"@globex.example", until: "2026-12-01" }
            - { account_id: zqhidden_2, name: Zq Hidden }
            - { email: "\"zq new\"@globex.example", name: Zq New }
      Initech: { members: { mode: exact, list: [zqmoves@globex.example, "\"zq c\"@globex.example"] } }
    projects:
      HELP: { channel_access: restricted, organizations: { list: [Globex, Initech] }, customers: { mode: exact, list: [zqatl@acme.example] } }
      DESK: { channel_access: open, customers: { mode: exact, list: [zqnew@globex.example] } }
    people:
      zq/slash@globex.example: { state: absent }
      zqana@globex.example: { state: revoked }
      zqatl@acme.example: { role: customer, take_away: [jira] }
attestations:
  - { address: acme/customer-access/view-without-login, value: false, by: Zqwitness Smith, on: "2026-01-01" }
expectations:
  - { name: nobody new, site: acme, who: "*@globex.example", cannot: view_portal, projects: [HELP] }
  - { name: she stays out, site: acme, who: zqnew@globex.example, cannot: view_portal, projects: [HELP] }
  - { name: she stays in, site: acme, who: "\"zq b\"@globex.example", can: view_portal, projects: [HELP] }
"#;

/// The workspace, with four people called so, and what somebody says of a difference.
fn place(names: [&str; 4], reason: &str) -> Place {
    let called = |text: &str| {
        let text = text.replace("REASON", reason);
        let numbered = (1..).zip(names);
        numbered.fold(text, |text, (number, name)| {
            text.replace(&format!("NAME{number}"), name)
        })
    };
    let mut place = Place::new();
    place.environment(&[("PORTCULLIS_PSEUDONYM_KEY", "a key of these tests")]);
    place.write("seed/portcullis.yaml", &called(SEED));
    place.write("portcullis.yaml", &called(WORKSPACE));
    place
}

/// Every command that tells of people, in every form; what writes nothing comes first.
fn commands(privacy: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut add = |command: &str, forms: &[&str]| {
        for form in forms {
            let words = command.split(' ').chain(["--format", form]);
            let words = words.chain(["--privacy", privacy]);
            all.push(words.map(|word| word.replace("%20", " ")).collect());
        }
    };
    add(
        "validate",
        &["text", "json", "sarif", "codequality", "github", "junit"],
    );
    let plan = ["text", "markdown", "html", "json", "gitlab"];
    add("plan", &plan);
    add("show full.plan", &plan);
    add("drift", &["text", "json", "html"]);
    for who in [
        "\"zq%20b\"@globex.example",
        "zqana@globex.example",
        "zq/slash@globex.example",
        "zqnew@globex.example",
    ] {
        add(&format!("explain {who}"), &["text", "json"]);
        add(&format!("explain --live {who}"), &["text", "json"]);
    }
    add("who HELP", &["text", "json", "csv"]);
    add("who --live HELP", &["text", "json", "csv"]);
    add("review access --live", &["text", "json", "csv", "html"]);
    add("apply --auto-approve --report done.json", &["json"]);
    all
}

fn run(place: &Place, command: &[String]) -> Ran {
    place.run(&command.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What a run wrote, without digests, which may hold any two letters and hide nobody.
fn written(place: &Place, ran: &Ran) -> String {
    let report = place.path().join("done.json");
    let report = std::fs::read_to_string(report).unwrap_or_default();
    format!("{}{report}", ran.text()).to_lowercase()
}

const ORDINARY: [&str; 4] = ["Zq Lima", "Zq \\\"B\\\" Berg", "Zqx", "Zq Atl"];

#[test]
fn no_form_of_any_command_shows_who_somebody_is() {
    for privacy in ["pseudonymous", "counts"] {
        let place = place(ORDINARY, "Zq Lima");
        let saved = place.run(&["plan", "--out", "full.plan"]);
        let names = saved.text().to_lowercase().matches(MARK).count();
        assert!(names > 40, "{}", saved.text());
        for command in commands(privacy) {
            let ran = run(&place, &command);
            assert_ne!(ran.code, 2, "{command:?}: {}", ran.text());
            let text = written(&place, &ran);
            if let Some(at) = text.find(MARK) {
                let from = text.floor_char_boundary(at.saturating_sub(300));
                let until = text.floor_char_boundary(at + 200);
                panic!("{command:?} shows somebody: …{}…", &text[from..until]);
            }
        }
    }
}

/// Whoever is called as a word of the program is, takes that word from nobody.
#[test]
fn what_people_are_called_changes_no_word() {
    for privacy in ["pseudonymous", "counts"] {
        let (one, other) = (
            place(ORDINARY, "nobody"),
            place(["Access", "people", "Plan", "The site"], "nobody"),
        );
        for place in [&one, &other] {
            place.run(&["plan", "--out", "full.plan"]);
        }
        for command in commands(privacy) {
            let writes = command
                .iter()
                .any(|word| word == "apply" || word == "validate");
            if !writes {
                let texts = [&one, &other].map(|place| run(place, &command).text());
                assert_eq!(texts[0], texts[1], "{command:?}");
            }
        }
    }
}

/// What is wrong with a person's entry quotes it, and no form shows what stood there.
#[test]
fn what_is_wrong_with_an_entry_shows_nobody() {
    let place = place(ORDINARY, "Zq Lima");
    place.replace(
        "portcullis.yaml",
        "          mode: exact\n          list:",
        "          mode: exact\n          from: [a.csv, b.txt]\n          list:",
    );
    place.replace(
        "portcullis.yaml",
        "            - zqnew@globex.example\n",
        "            - zqnew@globex.example\n            - { email: zq.at.globex, zqkey: zqvalue }\n            - \"Zq Person <zqp@globex.example>\"\n            - { email: zqd@globex.example, until: zq day, account: zqkind }\n            - zqnew@globex.example\n",
    );
    place.write(
        "a.csv",
        "email,name,until,Zq Column,Status\nzqnew@globex.example,Zq `New`,zq,x,Zq\nzq `quote`,Zq,,,\n",
    );
    place.write("b.txt", " zq spaces@globex.example \n*@zq\n");
    let full = place.run(&["validate"]);
    assert!(
        full.text().to_lowercase().matches(MARK).count() > 20,
        "{}",
        full.text()
    );
    for privacy in ["pseudonymous", "counts"] {
        for command in commands(privacy) {
            let ran = run(&place, &command);
            let text = written(&place, &ran);
            assert!(!text.contains(MARK), "{command:?}: {}", ran.text());
        }
    }
}
