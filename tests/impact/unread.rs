//! What could not be read is said, in every form of the plan, and nobody is taken for safe because of it.

use super::examples::{block, impact, plan, site, told, words};
use super::support::{Case, Round, key, run, today};
use portcullis::access::{Answer, State, Trail, Visitor, portal};
use portcullis::desired::Desired;
use portcullis::judge::Lints;
use portcullis::model::{AccountKind, Email, Field, Incomplete, ProjectKey, Read};
use portcullis::observed::{Observed, ObservedProject, Resolution};
use portcullis::report::build::document;
use portcullis::report::{markdown, text};
use portcullis::{observe, pipeline, target};
use serde_json::json;

fn project<'o>(observed: &'o mut Observed, key: &str) -> &'o mut ObservedProject {
    let Some(Read::Complete(projects)) = &mut observed.projects else {
        panic!("projects were read");
    };
    projects.get_mut(&ProjectKey::new(key).unwrap()).unwrap()
}

fn incomplete(why: &str) -> Incomplete {
    Incomplete {
        why: why.to_owned().into(),
        forbidden: false,
    }
}

/// Lets the roster of a project be unread.
pub(super) fn forget_customers(observed: &mut Observed, key: &str, why: &str) {
    project(observed, key).customers = Some(Read::Incomplete(incomplete(why)));
}

/// Checks that all three forms say something, with line breaks taken out.
fn all_say(round: &Round, part: &str) {
    let flat = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").replace('`', "")
    };
    let written = markdown::plan(&round.document, 60_000).replace('\\', "");
    for form in [flat(&round.text()), flat(&written)] {
        assert!(form.contains(part), "no `{part}` in {form}");
    }
}

fn unread(round: &Round) -> Vec<String> {
    assert_eq!(impact(round)["complete"], json!(false));
    impact(round)["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["what"].as_str().unwrap().to_owned())
        .collect()
}

/// Unlinks Globex from ITSM, which is restricted: Ana loses it, and Bo stays on the roster.
fn unlinked() -> (String, String) {
    let shut = [("open", "restricted")];
    let before = site(&shut);
    let after = site(&[
        shut[0],
        ("list: [Globex] }", "list: [], allow_empty: true }"),
    ]);
    (before, after)
}

fn with(before: &str, after: &str, forget: impl FnOnce(&mut Observed)) -> Round {
    run(async {
        let case = Case::new(after, before).await;
        let mut observed = case.plan().await.observed;
        forget(&mut observed);
        case.plan_from(observed)
    })
}

/// Whoever loses a way in may be on the roster that nobody read.
#[test]
fn an_unread_roster_makes_a_loss_a_perhaps() {
    let (before, after) = unlinked();
    let after = after.replace(
        "        customers: { mode: exact, list: [bo@globex.example, cy@other.example] }\n",
        "",
    );
    let round = with(&before, &after, |observed| {
        forget_customers(observed, "ITSM", "a page broke off")
    });
    assert_eq!(
        impact(&round)["losses"][0]["after"],
        "uncertain",
        "{}",
        round.text()
    );
    assert_eq!(impact(&round)["without_any_access"]["people"], 0);
    assert_eq!(
        impact(&round)["without_sure_access"]["list"],
        json!(["ana@globex.example", "bo@globex.example"])
    );
    assert_eq!(unread(&round)[0], "the customers of ITSM: a page broke off");
    all_say(&round, "2 people may lose ITSM");
    all_say(
        &round,
        "2 people may lose every portal, as not everything is known",
    );
    all_say(&round, "the customers of ITSM: a page broke off");
}

/// The members of a linked organization that nobody read may be anybody.
#[test]
fn unread_members_of_another_linked_organization_make_a_loss_a_perhaps() {
    let extra = |text: &str| {
        text.replace(
            "    projects:\n",
            "      Other: { members: { list: [zed@other.example] } }\n    projects:\n",
        )
        .replace(
            "list: [], allow_empty: true }\n        customers: { mode: exact, list: [bo",
            "list: [Other] }\n        customers: { mode: exact, list: [bo",
        )
        .replace("list: [Globex] }", "list: [Globex, Other] }")
    };
    let (before, after) = unlinked();
    let round = with(&extra(&before), &extra(&after), |observed| {
        let Some(Read::Complete(organizations)) = &mut observed.organizations else {
            panic!("organizations were read");
        };
        let other = organizations
            .values_mut()
            .find(|seen| seen.name == "Other")
            .unwrap();
        other.members = Some(Read::Incomplete(incomplete("forbidden")));
    });
    assert_eq!(
        impact(&round)["losses"][0]["after"],
        "uncertain",
        "{}",
        round.text()
    );
    all_say(&round, "1 person may lose ITSM");
    all_say(&round, "the members of 1 linked organization");
}

/// Without the list of organizations nobody knows whom a project's links let in, so it is not called empty either.
#[test]
fn an_unread_list_of_organizations_leaves_no_project_without_anyone() {
    let shut = [("open", "restricted")];
    let before = site(&shut);
    let after = "
    projects:
      ITSM:
        customers: { mode: exact, list: [], allow_empty: true }
";
    let round = with(&before, after, |observed| {
        observed.organizations = Some(Read::Incomplete(incomplete("the service is down")));
    });
    assert_eq!(
        impact(&round)["projects_without_anyone"],
        json!([]),
        "{}",
        round.text()
    );
    assert!(!told(&round).is_empty());
    assert_eq!(
        impact(&round)["without_any_access"]["people"],
        0,
        "{}",
        round.text()
    );
    all_say(&round, "the members of the 1 organization of ITSM");
}

#[test]
fn unread_channel_access_makes_an_opening_a_perhaps() {
    let round = with(
        &site(&[]),
        &site(&[(
            "list: [dee@acme.example]",
            "list: [dee@acme.example, cy@other.example]",
        )]),
        |observed| {
            let access = project(observed, "HR").channel_access.as_mut().unwrap();
            access.value = Field::Unknown("the answer was garbled".to_owned());
        },
    );
    all_say(
        &round,
        "whether HR is open or restricted: the answer was garbled",
    );
    assert_eq!(
        impact(&round)["gains"][0]["before"],
        "uncertain",
        "{}",
        round.text()
    );
}

#[test]
fn an_address_that_could_not_be_looked_up_is_counted() {
    let round = with(
        &site(&[]),
        &site(&[(
            "list: [dee@acme.example]",
            "list: [dee@acme.example, new@acme.example]",
        )]),
        |observed| {
            for resolution in observed.resolutions.values_mut() {
                *resolution = Resolution::Unresolved(incomplete("the search cannot be trusted"));
            }
        },
    );
    assert_eq!(round.addresses(), Vec::<String>::new());
    assert_eq!(unread(&round), ["whether 1 listed address has an account"]);
    assert!(!round.plan.errors.is_empty());
}

/// A plan of a part reads that part: what it cannot see it does not call unharmed.
#[test]
fn a_plan_of_a_part_says_what_it_did_not_look_at() {
    let after = site(&[
        (
            "list: [ana@globex.example, bo@globex.example]",
            "list: [ana@globex.example]",
        ),
        (
            "list: [dee@acme.example]",
            "list: [dee@acme.example, cy@other.example]",
        ),
    ]);
    let of_part = |targets: &[&str]| {
        let targets: Vec<String> = targets.iter().map(|&target| target.to_owned()).collect();
        run(async {
            let mut case = Case::new(&after, &site(&[])).await;
            target::narrow(&mut case.workspace, &targets).unwrap();
            let mut desired = Desired::new(&case.workspace, &key(), today()).unwrap();
            desired.targets.clone_from(&targets);
            let observed = observe::observe(&case.connect().reader(), &desired)
                .await
                .unwrap();
            let planned = [pipeline::plan_by(&desired, &observed, Lints::LeftOut)];
            let document = document(&case.workspace, &planned);
            let [planned] = planned;
            Round {
                document,
                plan: planned.plan,
                observed: observed.clone(),
            }
        })
    };
    // Bo leaves Globex; which projects that opens was not asked.
    let round = of_part(&["acme/organization/Globex"]);
    assert_eq!(round.plan.changes.len(), 1);
    assert!(
        !round.text().contains("Nobody gains or loses"),
        "{}",
        round.text()
    );
    all_say(&round, "Nobody is known to gain or lose access.");
    insta::assert_snapshot!("target_organization", block(&round));
    // Cy gains HR; ITSM was not looked at.
    let round = of_part(&["acme/project/HR"]);
    insta::assert_snapshot!("target_project", block(&round));
    assert_eq!(impact(&round)["complete"], json!(false));
}

/// The agent of the sandbox may not read everything.
#[test]
fn who_has_no_rights_is_told_what_was_not_read() {
    let (before, after) = unlinked();
    let round = run(async {
        let case = Case::new(&after, &before).await;
        let agent = case.connect_as("agent@sandbox.example", "sandbox-agent");
        case.plan_by(&agent).await.unwrap()
    });
    assert!(
        !round.text().contains("Nobody gains or loses access."),
        "{}",
        round.text()
    );
    unread(&round);
    insta::assert_snapshot!("agent", round.text());
}

/// Somebody whose address the site hides is counted and named by id.
#[test]
fn people_with_hidden_addresses_are_named_by_id() {
    let (before, after) = unlinked();
    let seed = format!(
        "{before}    accounts: {{ list: [{{ email: ana@globex.example, account_id: \"5b:77\", account: atlassian, role: customer, email_hidden: true }}] }}\n"
    );
    let round = plan(&seed, &after);
    assert!(
        impact(&round)["losses"].to_string().contains("id:5b:77"),
        "{}",
        round.text()
    );
    all_say(&round, "id:5b:77");
}

/// The last resort: a plan that is shown without anything being known.
#[test]
fn nothing_read_is_nothing_judged() {
    let (before, after) = unlinked();
    let round = with(&before, &after, |observed| {
        observed.projects = Some(Read::Incomplete(incomplete("the service is down")));
    });
    assert_eq!(
        unread(&round),
        ["the service projects: the service is down"]
    );
    let mut written = Vec::new();
    text::plan(&round.document, text::Style::default(), &mut written).unwrap();
    assert!(!String::from_utf8(written).unwrap().contains("Nobody gains"));
}

/// Gives everybody an Atlassian account, whose role was not read.
fn with_atlassian_accounts(observed: &mut Observed) {
    observed.customer_role_holders = None;
    for account in observed.accounts.values_mut() {
        account.kind = Some(AccountKind::Atlassian);
    }
}

/// R1d: leaving a roster takes no role away, so an open portal stays open to whoever was on the roster of another project.
#[test]
fn leaving_a_roster_takes_no_role_away() {
    let after = site(&[(
        "list: [dee@acme.example] }",
        "list: [], allow_empty: true }",
    )]);
    let (case, round) = run(async {
        let case = Case::new(&after, &site(&[])).await;
        let mut observed = case.plan().await.observed;
        with_atlassian_accounts(&mut observed);
        let round = case.plan_from(observed);
        (case, round)
    });
    assert_eq!(
        told(&round),
        "losses HR (the list of customers): dee@acme.example\n"
    );
    // Whether the account holds the role Customer was not read, so that it surely reached nothing before or after.
    assert_eq!(impact(&round)["without_sure_access"]["people"], 1);
    let desired = Desired::new(&case.workspace, &key(), today()).unwrap();
    let before = State::live(&desired, &round.observed);
    let state = before.after(&round.plan.changes);
    let itsm = state.project("ITSM").unwrap();
    let dee = Visitor::address(&state, &Email::new("dee@acme.example").unwrap());
    assert_eq!(
        portal::reach(&state, itsm, &dee, &mut Trail::silent()).view,
        Answer::Uncertain
    );
}

/// R1e: who can be put on a list was a customer before, and had what is open to customers.
#[test]
fn being_put_on_a_list_gains_no_open_portal() {
    let (before, after) = (
        site(&[]),
        site(&[("[dee@acme.example]", "[dee@acme.example, cy@other.example]")]),
    );
    let round = with(&before, &after, |observed| {
        with_atlassian_accounts(observed);
        // Nothing but the plan says that Cy is a customer.
        let cy = Email::new("cy@other.example").unwrap();
        let (id, _) = observed
            .accounts
            .iter()
            .find(|(_, seen)| seen.email.as_ref() == Some(&cy))
            .unwrap();
        let id = *id;
        let Some(Read::Complete(customers)) = &mut project(observed, "ITSM").customers else {
            panic!("the roster was read");
        };
        assert!(customers.remove(&id));
    });
    assert_eq!(
        told(&round),
        "gains HR (the list of customers): cy@other.example\n"
    );
}

/// Where it is not known who could get an account, it is not known either that they could open the portal.
#[test]
fn a_class_that_may_have_been_able_is_not_said_to_have_been() {
    let sign_up = ("accounts: false\n      view", "accounts: true\n      view");
    let after = "
    projects:
      ITSM: { channel_access: restricted }
";
    let round = with(&site(&[sign_up]), after, |observed| {
        observed.settings.clear();
    });
    let impact = impact(&round);
    let classes = impact["classes"].as_array().unwrap();
    let anyone = classes.iter().find(|row| row["class"] == "anyone").unwrap();
    assert_eq!(
        (&anyone["before"], &anyone["after"]),
        (&json!("uncertain"), &json!("no"))
    );
    all_say(
        &round,
        "New people with any e-mail address but @acme.example, @globex.example, @other.example may have been able to open ITSM, and certainly no longer are.",
    );
}

/// Q5: the any-domain rule may grant strangers an agent's licence, which says of no door that it was open before.
#[test]
fn a_door_is_blocked_although_strangers_may_be_agents_by_a_rule_that_nobody_read() {
    let sign_up = [
        ("accounts: false\n      view", "accounts: true\n      view"),
        ("atlassian_accounts: false", "atlassian_accounts: true"),
    ];
    let before = site(&sign_up);
    let after = before.replace("channel_access: restricted", "channel_access: open");
    let top = "=top=\natlassian_organizations: { acme-corp: {} }\npolicy: { unmanaged: count }\n";
    let round = with(&before, &format!("{after}{top}"), |observed| {
        observed.any_domain = Some(Read::Incomplete(incomplete("no key")));
    });
    let opened = round.plan.changes.iter().map(words).collect::<Vec<_>>();
    let told = opened.concat().join(" ");
    assert!(told.contains("policy.class_gains.anyone"), "{told}");
}

/// Whoever is made a customer might have become an agent instead, which is no loss of every project.
#[test]
fn an_account_that_is_made_loses_nothing_by_a_rule_that_nobody_read() {
    let sign_up = [
        ("accounts: false\n      view", "accounts: true\n      view"),
        ("atlassian_accounts: false", "atlassian_accounts: true"),
    ];
    let before = site(&sign_up);
    let after = before.replace(
        "bo@globex.example] } }",
        "bo@globex.example, new@globex.example] } }",
    );
    let top = "=top=\natlassian_organizations: { acme-corp: {} }\npolicy: { unmanaged: count }\n";
    let round = with(&before, &format!("{after}{top}"), |observed| {
        observed.any_domain = Some(Read::Incomplete(incomplete("no key")));
        observed.approved_domains = Some(Read::Incomplete(incomplete("no key")));
    });
    assert!(
        round.text().contains("account new@globex.example"),
        "{}",
        round.text()
    );
    assert!(!told(&round).contains("losses"), "{}", told(&round));
}

/// Groups in the role of a project's customers let Atlassian accounts in, and portal-only accounts are in none.
#[test]
fn groups_that_nobody_could_read_may_let_an_atlassian_account_in() {
    let before = site(&[]);
    let top = "=top=
policy: { unmanaged: count }
expectations:
  - { name: ana, who: ana@globex.example, cannot: view_portal, site: acme, projects: [HR] }
  - { name: bo, who: bo@globex.example, cannot: view_portal, site: acme, projects: [HR] }
";
    let round = with(&before, &format!("{before}{top}"), |observed| {
        let holders = observed.accounts.keys().copied().collect();
        observed.customer_role_holders = Some(Read::Complete(holders));
        for account in observed.accounts.values_mut() {
            let is_ana = account
                .email
                .is_some_and(|email| email.key().starts_with("ana@"));
            account.kind = Some(match is_ana {
                true => AccountKind::Atlassian,
                false => AccountKind::PortalOnly,
            });
        }
        let permissions = &mut project(observed, "HR").permissions;
        let permissions = permissions.as_mut().expect("an expectation is about HR");
        permissions.customers = Some(Read::Incomplete(incomplete("refused")));
    });
    let status = |name: &str| {
        let checks = round.document.checks.iter();
        let mut named = checks.filter(|check| check.address.to_display == name);
        named.next().map(|check| check.status.clone())
    };
    assert_eq!(status("ana").as_deref(), Some("unknown"));
    assert_eq!(status("bo").as_deref(), Some("pass"));
}
