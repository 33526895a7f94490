//! Rows that are one story: addresses that change, slips of the pen, companies that change their domain.

use crate::support::{Case, Round, run};
use portcullis::apply::Outcome;

/// A site that lets any address have an account.
const OPEN: &str =
    "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }\n";

fn exact(list: &str) -> String {
    format!("organizations: {{ Globex: {{ members: {{ mode: exact, list: [{list}] }} }} }}")
}

fn seed(list: &str) -> String {
    format!("{OPEN}organizations: {{ Globex: {{ members: {{ list: [{list}] }} }} }}")
}

/// Returns the messages of the findings with this code.
fn told(round: &Round, code: &str) -> Vec<String> {
    let findings = round.plan.findings.iter();
    let found = findings.filter(|finding| finding.code == code);
    found.map(|finding| finding.message.to_string()).collect()
}

/// Returns the rows that apply carries out.
fn done(round: &Round) -> Vec<String> {
    let rows = round
        .plan
        .changes
        .iter()
        .filter(|change| change.is_automatic());
    rows.map(|change| {
        let address = change.address.as_str();
        let short = address.rsplit('/').take(2).collect::<Vec<_>>();
        format!("{} {} {}", change.action.word(), short[1], short[0])
    })
    .collect()
}

#[test]
fn a_mistyped_address_removes_nobody_until_somebody_says_what_it_is() {
    run(async {
        let mut case = Case::new(&exact("bo@globx.example"), &seed("bo@globex.example")).await;
        let round = case.plan().await;
        let [message] = told(&round, "similar-address").try_into().unwrap();
        for part in [
            "`bo@globx.example`",
            "`bo@globex.example`",
            "`new_person: true`",
            "`previous_email: bo@globex.example`",
        ] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(
            done(&round),
            [
                "create account bo@globx.example",
                "create member bo@globx.example"
            ]
        );
        case.apply(&round).await;
        // The account is there now, and nothing has been settled.
        let round = case.plan().await;
        assert_eq!(done(&round), Vec::<String>::new());
        assert_eq!(told(&round, "similar-address").len(), 1);
        // Two people after all.
        case.rewrite(&exact("{ email: bo@globx.example, new_person: true }"));
        let round = case.plan().await;
        assert_eq!(told(&round, "similar-address"), Vec::<String>::new());
        assert_eq!(done(&round), ["delete member bo@globex.example"]);
    });
}

#[test]
fn every_edit_that_settles_a_likeness_lets_the_removal_go() {
    for settled in [
        "list: [{ email: bo@globx.example, previous_email: bo@globex.example }]",
        "list: [{ email: bo@globx.example, new_person: true }]",
        "list: [bo@globx.example], absent: [bo@globex.example]",
        "list: [bo@globx.example, { email: bo@globex.example, until: 2026-11-01 }]",
    ] {
        run(async {
            let desired =
                format!("organizations: {{ Globex: {{ members: {{ mode: exact, {settled} }} }} }}");
            let case = Case::new(&desired, &seed("bo@globex.example")).await;
            let round = case.converge().await;
            let rows = done(&round);
            assert!(
                rows.contains(&"delete member bo@globex.example".to_owned()),
                "{settled}: {rows:?}"
            );
        });
    }
}

#[test]
fn digits_and_other_names_are_no_slip_of_the_pen() {
    run(async {
        let before = "user17@globex.example, bo@globex.example";
        let after = "user18@globex.example, cy@globex.example";
        let case = Case::new(&exact(after), &seed(before)).await;
        let round = case.converge().await;
        assert_eq!(told(&round, "similar-address"), Vec::<String>::new());
        assert!(round.plan.replacements.is_empty());
    });
}

#[test]
fn a_company_that_changed_its_domain_is_told_as_one_and_settled_by_one_line() {
    run(async {
        let before = "ana@old.example, bo@old.example, cy@old.example";
        let after = "ana@new.example, bo@new.example, cy@new.example";
        let mut case = Case::new(&exact(after), &seed(before)).await;
        let round = case.plan().await;
        let [message] = told(&round, "domain-changed").try_into().unwrap();
        assert!(message.contains("3 people of `old.example`"), "{message}");
        assert!(
            message.contains("`previous_domains: { new.example: [old.example] }`"),
            "{message}"
        );
        case.rewrite(&format!(
            "organizations: {{ Globex: {{ members: {{ mode: exact, list: [{after}], previous_domains: {{ new.example: [old.example] }} }} }} }}"
        ));
        let round = case.plan().await;
        assert_eq!(told(&round, "domain-changed"), Vec::<String>::new());
        let [message] = told(&round, "successor").try_into().unwrap();
        assert!(
            message.contains("`ana@new.example` for `ana@old.example`"),
            "{message}"
        );
        // Nobody leaves in a stage before their successor has come.
        let stage = |row: &str| {
            let at = round
                .plan
                .changes
                .iter()
                .position(|c| c.address.as_str().ends_with(row));
            round.plan.order.stages[at.unwrap()]
        };
        assert!(stage("member/ana@new.example") < stage("member/ana@old.example"));
        case.converge().await;
    });
}

#[test]
fn an_atlassian_account_keeps_its_id_when_its_address_changes() {
    run(async {
        let accounts = "accounts: { list: [{ email: ana@old.example, account: atlassian, role: customer }, { email: bo@old.example, account: portal_only }] }\n";
        let seed = format!(
            "{accounts}{}",
            seed("{ email: ana@old.example, account: atlassian }, bo@old.example")
        );
        let desired = "organizations: { Globex: { members: { mode: exact, list: [{ email: ana@new.example, previous_email: ana@old.example }, { email: bo@new.example, previous_email: bo@old.example }] } } }";
        let case = Case::new(desired, &seed).await;
        let round = case.converge().await;
        // Of ana nothing is made and nothing goes; a portal-only account has a successor.
        assert_eq!(
            done(&round),
            [
                "create account bo@new.example",
                "create member bo@new.example",
                "delete member bo@old.example"
            ]
        );
    });
}

#[test]
fn whoever_leaves_stays_when_whoever_comes_instead_cannot_come() {
    // Nothing was read that says whether the site makes the account, and it does not.
    run(async {
        let seed = "customer_access: { external: { portal_only_accounts: true, allowed_domains: [initech.example] } }\norganizations: { Globex: { members: { list: [peter@initech.example] } } }";
        let desired = format!(
            "surfaces: {{ private: write }}\n{}",
            exact("peter@umbrella.example")
        );
        let case = Case::new(&desired, seed).await;
        let round = case.plan().await;
        assert_eq!(told(&round, "address-changed").len(), 1);
        assert!(done(&round).contains(&"delete member peter@initech.example".to_owned()));
        let report = case.apply(&round).await;
        let of = |row: &str| {
            let at = round
                .plan
                .changes
                .iter()
                .position(|c| c.address.as_str().ends_with(row));
            report.outcomes[at.unwrap()].clone()
        };
        assert!(matches!(
            of("account/peter@umbrella.example"),
            Outcome::Failed(_)
        ));
        let Outcome::NotTried(why) = of("member/peter@initech.example") else {
            panic!("removed: {:?}", of("member/peter@initech.example"));
        };
        assert!(
            why.to_string()
                .contains("acme/organization/Globex/member/peter@umbrella.example"),
            "{why}"
        );
    });
}

#[test]
fn whoever_leaves_stays_when_the_plan_says_already_that_nobody_comes_instead() {
    run(async {
        let access = "customer_access: { external: { portal_only_accounts: true, allowed_domains: [initech.example] } }\n";
        let seed = format!(
            "{access}organizations: {{ Globex: {{ members: {{ list: [peter@initech.example] }} }} }}"
        );
        for create in ["silent", "never"] {
            let desired = format!(
                "{access}organizations: {{ Globex: {{ members: {{ mode: exact, list: [peter@umbrella.example], create: {create} }} }} }}"
            );
            let case = Case::new(&desired, &seed).await;
            let round = case.plan().await;
            let gone = round
                .plan
                .changes
                .iter()
                .find(|c| c.address.as_str().ends_with("peter@initech.example"));
            assert!(!gone.unwrap().blocked_by.is_empty(), "{}", round.text());
        }
    });
}

#[test]
fn people_who_leave_for_good_are_never_held_back() {
    run(async {
        let desired = format!(
            "{}\npeople: {{ bo@globex.example: {{ state: absent, reason: left, owner: it@acme.example }} }}",
            exact("bo@globx.example")
        );
        let case = Case::new(&desired, &seed("bo@globex.example")).await;
        let round = case.converge().await;
        assert!(done(&round).contains(&"delete member bo@globex.example".to_owned()));
        assert!(round.plan.replacements.is_empty());
    });
}

#[test]
fn a_move_between_organizations_and_another_name_are_told() {
    run(async {
        let desired = "organizations_mode: exact\norganizations: { Globex: { members: { mode: exact, list: [bo@x.example] } }, Initech: { members: { mode: exact, list: [ivy@x.example, ana@x.example] } }, Hooli GmbH: { members: { list: [ivy@x.example] } } }";
        let seed = format!(
            "{OPEN}organizations: {{ Globex: {{ members: {{ list: [ana@x.example, bo@x.example] }} }}, Initech: {{ members: {{ list: [ivy@x.example] }} }}, Hooli Inc: {{}} }}"
        );
        let case = Case::new(desired, &seed).await;
        let round = case.plan().await;
        assert_eq!(
            told(&round, "moved"),
            ["`ana@x.example` moves here from `acme/organization/Globex`"]
        );
        let [message] = told(&round, "organization-renamed").try_into().unwrap();
        assert!(
            message.contains("`previous_name: \"Hooli Inc\"`"),
            "{message}"
        );
    });
}

#[test]
fn columns_of_a_table_say_who_somebody_was() {
    use portcullis::config::{LoadOptions, load};
    let directory = tempfile::tempdir().unwrap();
    let root = camino::Utf8Path::from_path(directory.path()).unwrap();
    let write = |path: &str, text: &str| fs_err::write(root.join(path), text).unwrap();
    write(
        "portcullis.yaml",
        "version: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations: { Globex: { members: { mode: exact, from: [a.csv] } } }\n",
    );
    write(
        "a.csv",
        "email,previous_email,new_person\nana@new.example,ana@old.example,\nbo@globx.example,,yes\ncy@x.example,,no\n",
    );
    let loaded = load(root, LoadOptions::new(crate::support::today()));
    let workspace = loaded.workspace.unwrap();
    let site = workspace.sites.values().next().unwrap();
    let members = site
        .organizations
        .values()
        .next()
        .unwrap()
        .members
        .as_ref()
        .unwrap();
    let said: Vec<(Option<&str>, bool)> = members
        .entries
        .iter()
        .map(|entry| {
            let extra = entry.extra.as_ref();
            let before = extra.and_then(|extra| extra.previous_email.as_ref());
            (
                before.map(|email| email.key()),
                extra.is_some_and(|extra| extra.new_person),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (Some("ana@old.example"), false),
            (None, true),
            (None, false)
        ]
    );
    write(
        "a.csv",
        "email,previous_email,new_person\nana@new.example,ana@old.example,yes\nbo@x.example,,perhaps\n",
    );
    let loaded = load(root, LoadOptions::new(crate::support::today()));
    let codes: Vec<_> = loaded.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["conflicting-keys", "unknown-word"]);
}
