//! Limits on people, emptied projects, blocked and accepted changes, and steps by hand: who is counted, and when.

use super::examples::{SITE, block, impact, plan, site, told};
use super::support::{Case, Round, run};
use portcullis::model::{ChannelAccess, ProjectKey};
use serde_json::{Value, json};

/// Four people with access; the change lets two of them into HR.
fn two_gain(policy: &str) -> Round {
    let after = site(&[("list: [], allow_empty: true }", "list: [Globex] }")]);
    plan(&site(&[]), &format!("{after}=top=\npolicy: {policy}\n"))
}

/// Four people with access; the change takes ITSM from one of them.
fn one_loses(policy: &str) -> Round {
    let after = site(&[("open", "restricted")]);
    plan(&site(&[]), &format!("{after}=top=\npolicy: {policy}\n"))
}

fn blocked(round: &Round) -> Vec<String> {
    let changes = round.plan.changes.iter();
    changes.flat_map(super::examples::words).collect()
}

#[test]
fn a_limit_blocks_above_its_count_and_not_at_it() {
    assert_eq!(
        blocked(&two_gain("{ max_people_gaining_access: { count: 2 } }")),
        Vec::<String>::new()
    );
    assert_eq!(
        blocked(&two_gain("{ max_people_gaining_access: { count: 1 } }")),
        ["policy.max_people_gaining_access: 2 people, at most 1 are allowed"]
    );
    assert_eq!(
        blocked(&one_loses("{ max_people_losing_access: { count: 1 } }")),
        Vec::<String>::new()
    );
    assert_eq!(
        blocked(&one_loses("{ max_people_losing_access: { count: 0 } }")),
        ["policy.max_people_losing_access: 1 person, at most 0 are allowed"]
    );
}

#[test]
fn a_limit_blocks_above_its_percent_and_not_at_it() {
    assert_eq!(
        blocked(&one_loses("{ max_people_losing_access: { percent: 25 } }")),
        Vec::<String>::new()
    );
    assert_eq!(
        blocked(&one_loses("{ max_people_losing_access: { percent: 24 } }")),
        [
            "policy.max_people_losing_access: 1 of the 4 people with access, at most 24 % are allowed"
        ]
    );
    assert_eq!(
        blocked(&two_gain("{ max_people_gaining_access: { percent: 50 } }")),
        Vec::<String>::new()
    );
    assert_eq!(
        blocked(&two_gain("{ max_people_gaining_access: { percent: 49 } }")),
        [
            "policy.max_people_gaining_access: 2 of the 4 people with access, at most 49 % are allowed"
        ]
    );
}

#[test]
fn of_count_and_percent_the_first_that_is_exceeded_blocks() {
    for policy in [
        "{ max_people_losing_access: { count: 0, percent: 100 } }",
        "{ max_people_losing_access: { count: 9, percent: 1 } }",
    ] {
        assert_eq!(blocked(&one_loses(policy)).len(), 1, "{policy}");
    }
}

#[test]
fn a_gain_does_not_count_as_a_loss_and_the_other_way_round() {
    let policy = "{ max_people_losing_access: { count: 0 } }";
    assert_eq!(blocked(&two_gain(policy)), Vec::<String>::new());
    let policy = "{ max_people_gaining_access: { count: 0 } }";
    assert_eq!(blocked(&one_loses(policy)), Vec::<String>::new());
}

/// What a limit cannot see it does not vouch for.
#[test]
fn a_limit_that_could_not_see_everybody_says_so() {
    let after = site(&[
        ("open", "restricted"),
        (
            "list: [dee@acme.example]",
            "list: [dee@acme.example, cy@other.example]",
        ),
    ]);
    let text = format!("{after}=top=\npolicy: {{ max_people_losing_access: {{ count: 9 }} }}\n");
    run(async {
        let case = Case::new(&text, &site(&[])).await;
        let whole = case.plan().await;
        let check = |round: &Round| round.document.checks[0].clone();
        assert_eq!(check(&whole).status, "pass");
        let mut observed = whole.observed.clone();
        super::unread::forget_customers(&mut observed, "ITSM", "the service broke off");
        let round = case.plan_from(observed);
        // No row touches the list that was not read, so it makes nobody gain or lose; the impact says what it did not see.
        assert_eq!(check(&round).status, "pass");
        assert_eq!(impact(&round)["complete"], json!(false));
        let unread = impact(&round)["unread"].to_string();
        assert!(
            unread.contains("the customers of ITSM: the service broke off"),
            "{unread}"
        );
    });
}

#[test]
fn a_restricted_project_that_nobody_is_left_in_is_named() {
    let after = site(&[("list: [dee@acme.example]", "list: [], allow_empty: true")]);
    let round = plan(&site(&[]), &after);
    assert_eq!(
        impact(&round)["projects_without_anyone"],
        json!(["acme/project/HR"])
    );
    assert!(
        block(&round).contains("! No customer is left who can open project HR."),
        "{}",
        block(&round)
    );
    // One who stays is enough, also through an organization.
    let linked = site(&[
        ("list: [dee@acme.example]", "list: [], allow_empty: true"),
        (
            "organizations: { mode: exact, list: [], allow_empty: true }",
            "organizations: { mode: exact, list: [Globex] }",
        ),
    ]);
    let round = plan(&site(&[]), &linked);
    assert_eq!(impact(&round)["projects_without_anyone"], json!([]));
}

#[test]
fn people_of_blocked_changes_gain_and_lose_nothing() {
    let policy = "{ protect: [\"acme/project/HR/**\", \"acme/project/ITSM/**\"], max_people_gaining_access: { count: 0 } }";
    let after = site(&[
        ("list: [dee@acme.example]", "list: [cy@other.example]"),
        (
            "list: [bo@globex.example, cy@other.example]",
            "list: [bo@globex.example]",
        ),
    ]);
    let round = plan(&site(&[]), &format!("{after}=top=\npolicy: {policy}\n"));
    assert_eq!(told(&round), "");
    assert_eq!(impact(&round)["people_gaining"], 0);
    assert_eq!(impact(&round)["people_losing"], 0);
    let then = &impact(&round)["if_accepted"];
    assert_eq!(
        (&then["people_gaining"], &then["people_losing"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(then["gains"][0]["list"], json!(["cy@other.example"]));
    insta::assert_snapshot!(block(&round));
}

/// R3 lets nobody of this domain have an account, which no acceptance changes.
#[test]
fn somebody_whom_a_rule_keeps_out_does_not_count_as_gaining() {
    let only = [(
        "allowed_domains: any",
        "allowed_domains: [globex.example, other.example, acme.example]",
    )];
    let before = site(&only);
    let after = site(&[
        only[0],
        (
            "list: [dee@acme.example]",
            "list: [dee@acme.example, eve@elsewhere.example]",
        ),
    ]);
    let round = plan(&before, &after);
    assert_eq!(blocked(&round).len(), 2, "{}", round.text());
    assert_eq!(told(&round), "");
    assert_eq!(impact(&round)["if_accepted"], Value::Null);
}

#[test]
fn an_accepted_difference_moves_nobody() {
    let after = site(&[("list: [], allow_empty: true }", "list: [Globex] }")]);
    let accepted = |until: &str| {
        let policy = format!(
            "{{ accept_drift: [{{ address: \"acme/project/HR/organization/*\", reason: merger, owner: it@acme.example, until: {until} }}] }}"
        );
        plan(&site(&[]), &format!("{after}=top=\npolicy: {policy}\n"))
    };
    let round = accepted("2026-11-22");
    assert_eq!(round.addresses(), Vec::<String>::new());
    assert_eq!(impact(&round)["people_gaining"], 0);
    let found: Vec<&str> = round
        .document
        .findings
        .iter()
        .map(|f| f.code.as_str())
        .collect();
    assert!(found.contains(&"drift-accepted"), "{found:?}");
    let round = accepted("2026-11-21");
    assert_eq!(impact(&round)["people_gaining"], 2);
}

/// The site-wide toggle is a step for a person: what it does to people stands apart until it is done, and then it is past.
#[test]
fn a_step_by_hand_moves_people_when_it_is_done_and_not_before() {
    let surfaces = "    surfaces: { gateway: write, private: write }";
    let before = site(&[]);
    let after = format!(
        "{surfaces}\n{}",
        site(&[
            ("accounts: false\n      view", "accounts: true\n      view"),
            (
                "list: [dee@acme.example]",
                "list: [dee@acme.example, cy@other.example]"
            ),
        ])
    );
    // The other settings were looked at by a person.
    let seen = [
        ("customer-access/internal", "false"),
        ("customer-access/external", "true"),
        ("allowed-domain/any", "true"),
        ("customer-access/view-without-login", "false"),
        ("customer-access/customers-can-create-accounts", "false"),
    ]
    .map(|(what, value)| {
        format!("  - {{ address: acme/{what}, value: {value}, by: jo@acme.example, on: 2026-11-01, until: 2027-01-30 }}\n")
    })
    .concat();
    let text = format!(
        "{after}=top=\nattestations:\n{seen}policy: {{ class_gains: {{ anyone: allow }} }}\n"
    );
    run(async {
        let case = Case::new(&text, &before).await;
        let first = case.plan().await;
        // Apply lets Cy into HR; the door for everybody waits for an administrator.
        assert_eq!(
            told(&first),
            "gains HR (the list of customers): cy@other.example\n"
        );
        assert_eq!(impact(&first)["classes"], json!([]));
        let later = &impact(&first)["with_manual_steps"]["classes"];
        assert_eq!(later[0]["class"], "anyone", "{later:#}");
        assert_eq!(later[0]["people_before"], 4);
        insta::assert_snapshot!("by_hand_before", block(&first));
        case.apply(&first).await;
        let second = case.plan().await;
        assert_eq!(told(&second), "");
        assert_eq!(&impact(&second)["with_manual_steps"]["classes"], later);
        // The administrator does it; a project's settings echo it.
        case.sandbox.edit(|site| {
            site.settings.customers_can_create_accounts = true;
        });
        let third = case.plan().await;
        assert_eq!(impact(&third)["with_manual_steps"]["classes"], json!([]));
    });
}

/// Atlassian refuses removals while a project is open, and closing it is a step for a person here: the removal waits.
#[test]
fn a_change_that_waits_for_a_person_counts_with_the_step() {
    let surfaces = "    surfaces: { gateway: read, private: read, mapped: settings.yaml }";
    let before = SITE.replace("CREATE", "false");
    let after = format!(
        "{surfaces}\n{}",
        site(&[
            ("channel_access: open", "channel_access: restricted"),
            (
                "list: [bo@globex.example, cy@other.example]",
                "list: [bo@globex.example]"
            ),
        ])
    );
    run(async {
        let case = Case::new(&after, &before).await;
        let first = case.plan().await;
        assert_eq!(told(&first), "");
        let later = &impact(&first)["with_manual_steps"];
        assert_eq!(later["people_losing"], 2, "{}", first.text());
        insta::assert_snapshot!("waiting", block(&first));
        case.sandbox.edit(|site| {
            let key = ProjectKey::new("ITSM").unwrap();
            site.project_mut(&key).unwrap().channel_access = ChannelAccess::Restricted;
        });
        // Who lost it by the step lost it already; who loses it by the removal loses it by apply.
        let second = case.plan().await;
        assert_eq!(
            told(&second),
            "losses ITSM (the list of customers): cy@other.example\n"
        );
        assert_eq!(impact(&second)["with_manual_steps"]["people_losing"], 0);
    });
}
