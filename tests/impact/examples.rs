//! Stated examples, from a seed through the sandbox to the sentences of the plan.

use super::support::{Case, Round, run};
use serde_json::Value;

pub(super) const SITE: &str = "
    customer_access:
      internal: { atlassian_accounts: false }
      external: { portal_only_accounts: true, allowed_domains: any }
      customers_can_create_accounts: CREATE
      view_without_login: false
    organizations:
      Globex: { members: { mode: exact, list: [ana@globex.example, bo@globex.example] } }
    projects:
      ITSM:
        channel_access: open
        organizations: { mode: exact, list: [Globex] }
        customers: { mode: exact, list: [bo@globex.example, cy@other.example] }
      HR:
        channel_access: restricted
        organizations: { mode: exact, list: [], allow_empty: true }
        customers: { mode: exact, list: [dee@acme.example] }
";

pub(super) fn site(edits: &[(&str, &str)]) -> String {
    let mut text = SITE.replace("CREATE", "false");
    for (from, to) in edits {
        assert!(text.contains(from), "no `{from}`");
        text = text.replace(from, to);
    }
    text
}

/// Plans from a seed, with the policy that counts when none is written.
pub(super) fn plan(before: &str, after: &str) -> Round {
    let after = match after.contains("policy:") {
        true => after.to_owned(),
        false => format!("{after}=top=\npolicy: {{ unmanaged: count }}\n"),
    };
    run(async { Case::new(&after, before).await.plan().await })
}

pub(super) fn impact(round: &Round) -> Value {
    serde_json::to_value(&round.document.access_impact).unwrap()
}

/// `kind PROJECT via: people`, one a line.
pub(super) fn told(round: &Round) -> String {
    let mut told = String::new();
    for kind in ["gains", "losses", "keeps"] {
        for row in impact(round)[kind].as_array().unwrap() {
            let names: Vec<&str> = row["list"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .collect();
            let what = row["project"].as_str().unwrap();
            told += &format!(
                "{kind} {what} ({}): {}\n",
                row["via"].as_str().unwrap(),
                names.join(", ")
            );
        }
    }
    told
}

pub(super) fn block(round: &Round) -> String {
    let text = round.text();
    text.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn an_account_that_is_made_counts_in_portals_that_were_open_to_it_before() {
    // Whoever signs up reaches ITSM, so nobody gains it; a person more is known to reach it.
    let open = [("CREATE", "true")];
    let before = SITE.replace(open[0].0, open[0].1);
    let after = before.replace(
        "bo@globex.example] } }",
        "bo@globex.example, new@globex.example] } }",
    );
    let round = plan(&before, &after);
    assert_eq!(told(&round), "");
    let impact = impact(&round);
    let portals = impact["portals"].as_array().unwrap();
    let itsm = portals
        .iter()
        .find(|portal| portal["project"] == "ITSM")
        .unwrap();
    assert_eq!(
        (&itsm["before"], &itsm["after"]),
        (&4.into(), &5.into()),
        "{itsm:#}"
    );
}

#[test]
fn letting_customers_sign_up_opens_an_open_project_to_anyone_and_is_blocked() {
    let round = plan(
        &site(&[]),
        &site(&[("accounts: false\n      view", "accounts: true\n      view")]),
    );
    let change = round
        .plan
        .changes
        .iter()
        .find(|c| c.name.contains("create accounts"))
        .unwrap_or(&round.plan.changes[0]);
    assert_eq!(
        words(change),
        [
            "policy.class_gains.anyone: anyone with an e-mail address could open ITSM (was: at least 4 customers)"
        ]
    );
    insta::assert_snapshot!(block(&round));
}

#[test]
fn restricting_a_project_takes_it_from_whoever_is_on_no_list() {
    let round = plan(&site(&[]), &site(&[("open", "restricted")]));
    assert_eq!(
        told(&round),
        "losses ITSM (open access): dee@acme.example\n\
         keeps ITSM (organization `Globex`): ana@globex.example\n\
         keeps ITSM (the list of customers): cy@other.example\n\
         keeps ITSM (the list of customers and organization `Globex`): bo@globex.example\n"
    );
    insta::assert_snapshot!(block(&round));
}

#[test]
fn unlinking_an_organization_takes_nothing_from_who_is_on_the_roster() {
    let shut = [("open", "restricted")];
    let round = plan(
        &site(&shut),
        &site(&[
            shut[0],
            ("list: [Globex] }", "list: [], allow_empty: true }"),
        ]),
    );
    assert_eq!(
        told(&round),
        "losses ITSM (organization `Globex`): ana@globex.example\n\
         keeps ITSM (the list of customers): bo@globex.example\n"
    );
    assert_eq!(
        impact(&round)["without_any_access"]["list"],
        serde_json::json!(["ana@globex.example"])
    );
    insta::assert_snapshot!(block(&round));
}

#[test]
fn moving_somebody_from_the_roster_to_an_organization_is_no_loss() {
    let shut = ("open", "restricted");
    let round = plan(
        &site(&[shut]),
        &site(&[
            shut,
            (
                "list: [ana@globex.example, bo@globex.example]",
                "list: [ana@globex.example, bo@globex.example, cy@other.example]",
            ),
            (
                "list: [bo@globex.example, cy@other.example]",
                "list: [bo@globex.example]",
            ),
        ]),
    );
    assert_eq!(
        told(&round),
        "keeps ITSM (organization `Globex`): cy@other.example\n"
    );
    assert!(round.text().contains("Nobody gains or loses access."));
}

#[test]
fn a_member_more_gains_what_the_organization_is_linked_to() {
    let round = plan(
        &site(&[]),
        &site(&[
            ("projects:\n      ITSM:", "projects:\n      ITSM:"),
            ("list: [], allow_empty: true }", "list: [Globex] }"),
        ]),
    );
    assert_eq!(
        told(&round),
        "gains HR (organization `Globex`): ana@globex.example, bo@globex.example\n"
    );
    insta::assert_snapshot!(block(&round));
}

#[test]
fn nothing_to_change_is_calm() {
    let round = plan(&site(&[]), &site(&[]));
    insta::assert_snapshot!(block(&round));
}

#[test]
fn a_limit_on_people_blocks_what_takes_their_access() {
    let after = site(&[("open", "restricted")]);
    let policy = "=top=\npolicy: { max_people_losing_access: { percent: 10 } }\n";
    let round = plan(&site(&[]), &format!("{after}{policy}"));
    assert_eq!(told(&round), "");
    assert_eq!(
        words(&round.plan.changes[0]),
        [
            "policy.max_people_losing_access: 1 of the 4 people with access, at most 10 % are allowed"
        ]
    );
    assert_eq!(
        round
            .document
            .checks
            .iter()
            .filter(|check| check.status == "fail")
            .count(),
        1
    );
}

#[test]
fn articles_for_everybody_who_is_logged_in_are_gained_by_who_sees_the_portal() {
    let with = |who: &str| {
        format!(
            "{}        knowledge_base: {{ HRKB: {{ who_can_view: {who} }} }}\n    knowledge_base: {{ allow_all_logged_in: true, allow_anyone: false }}\n",
            site(&[])
        )
    };
    let round = plan(&with("only_confluence_users"), &with("all_logged_in"));
    let gains = impact(&round)["gains"].as_array().unwrap().clone();
    let sure: Vec<&Value> = gains.iter().filter(|row| row["after"] == "yes").collect();
    assert_eq!(sure.len(), 1, "{gains:#?}");
    assert_eq!(sure[0]["article"], "HRKB");
    assert_eq!(sure[0]["list"], serde_json::json!(["dee@acme.example"]));
}

#[test]
fn a_revoked_account_gains_nothing_from_a_list() {
    let seed = format!(
        "{}    accounts: {{ list: [{{ email: rita@gone.example, state: revoked }}] }}\n",
        site(&[(
            "list: [dee@acme.example]",
            "list: [dee@acme.example, rita@gone.example]"
        )])
    );
    let round = plan(
        &seed,
        &site(&[(
            "list: [dee@acme.example]",
            "list: [dee@acme.example, cy@other.example]",
        )]),
    );
    assert_eq!(
        told(&round),
        "gains HR (the list of customers): cy@other.example\n"
    );
}

fn sentences(round: &Round) -> String {
    let text = block(round);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// V2: every customer of the site reaches an open project, and nobody can list them; a restricted one has its lists.
#[test]
fn the_customers_of_an_open_project_are_a_least_number() {
    let login = ("without_login: false", "without_login: true");
    let sign_up = ("accounts: false\n      view", "accounts: true\n      view");
    let round = plan(&site(&[sign_up]), &site(&[sign_up, login]));
    let row = &impact(&round)["if_accepted"]["classes"][0];
    assert_eq!(
        (row["project"].as_str(), &row["people_before"]),
        (Some("ITSM"), &4.into())
    );
    assert_eq!(row["people_before_whole"], false);
    let shut = ("access: open", "access: restricted");
    let round = plan(&site(&[sign_up, shut]), &site(&[sign_up]));
    let row = &impact(&round)["if_accepted"]["classes"][0];
    assert_eq!(
        (row["project"].as_str(), &row["people_before"]),
        (Some("ITSM"), &3.into())
    );
    assert_eq!(row["people_before_whole"], true);
}

/// A domain that is still allowed is no part of "any e-mail address".
#[test]
fn domains_that_can_still_sign_up_are_named() {
    let sign_up = ("accounts: false\n      view", "accounts: true\n      view");
    let allowed = ("allowed_domains: any", "allowed_domains: [globex.example]");
    let round = plan(&site(&[sign_up]), &site(&[sign_up, allowed]));
    let told = sentences(&round);
    assert!(
        told.contains(
            "New people with any e-mail address but @globex.example can no longer open ITSM."
        ),
        "{told}"
    );
    assert_eq!(
        impact(&round)["classes"][0]["except"],
        serde_json::json!(["globex.example"])
    );
}

/// Every route stands with the people whose it is.
#[test]
fn nobody_is_told_the_route_of_somebody_else() {
    let round = plan(&site(&[]), &site(&[("open", "restricted")]));
    let told = sentences(&round);
    assert!(
        told.contains(
            "3 people keep ITSM without open access: ana@globex.example (through organization `Globex`); \
             cy@other.example (through the list of customers); \
             bo@globex.example (through the list of customers and organization `Globex`)."
        ),
        "{told}"
    );
}

/// The JSON says why, and where each fact comes from, for people as for classes.
#[test]
fn people_have_the_rules_behind_their_access_with_sources() {
    let round = plan(&site(&[]), &site(&[("open", "restricted")]));
    let lost = &impact(&round)["losses"][0];
    let rule = |row: &Value, rule: &str| -> Value {
        let steps = row["because"].as_array().unwrap();
        let step = steps.iter().find(|step| step["rule"] == rule);
        step.unwrap_or_else(|| panic!("no {rule} in {row}")).clone()
    };
    assert!(
        rule(lost, "V1")["text"]
            .as_str()
            .unwrap()
            .starts_with("ITSM is restricted")
    );
    let impact = impact(&round);
    let keeps = impact["keeps"].as_array().unwrap();
    let ana = keeps
        .iter()
        .find(|row| row["list"][0] == "ana@globex.example")
        .unwrap();
    let link = rule(ana, "V10");
    assert_eq!(link["text"], "`Globex` is linked to ITSM");
    assert_eq!(link["surface"], "documented");
    let class = &impact["classes"][0];
    let because = &class["because"][0];
    assert!(
        because["surface"].is_string() || because["source"]["line"].is_number(),
        "{class}"
    );
}

/// What stands against a change, in words.
pub(super) fn words(change: &portcullis::plan::Change) -> Vec<String> {
    change.blocked_by.iter().map(ToString::to_string).collect()
}
