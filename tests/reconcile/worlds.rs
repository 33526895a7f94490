//! What a plan is judged on is what apply then makes: the world after apply, as the judge sees it, and the world read again.

use crate::random::Tape;
use crate::support::{Case, run, site};
use crate::wide::{DOMAINS, Wide, wide};
use portcullis::access::{
    Actor, Channel, Coverage, Lookup, Organization, PersonId, Situation, State, Trail, Visitor,
    articles, outcome, portal,
};
use portcullis::apply::{Apply, Journal, Outcome};
use portcullis::desired::Desired;
use portcullis::emulator::Options;
use portcullis::expect::{self, Judgement};
use portcullis::judge::{Sheet, Worlds};
use portcullis::model::AccountKind;
use portcullis::observe::Whole;
use portcullis::plan::Block;
use portcullis::report::build::Planned;
use portcullis::{observe, pipeline, target};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody reaches: by portal, by article space, and by channel for those who have no account.
type Access = BTreeMap<String, String>;

fn access(state: &State<'_>, visitor: &Visitor<'_>) -> Access {
    let silent = &mut Trail::silent();
    let mut access = Access::new();
    for (at, project) in state.projects.iter().enumerate() {
        let reach = portal::reach(state, at, visitor, silent);
        access.insert(project.key.to_string(), format!("{reach:?}"));
        for space in project.spaces.keys() {
            let read = articles::read(state, at, space, visitor, silent);
            access.insert(format!("{}/{space}", project.key), format!("{read:?}"));
        }
    }
    access
}

/// What a new address gets, and reaches then.
fn entering(state: &State<'_>, visitor: &Visitor<'_>) -> Access {
    let mut access = access(state, visitor);
    for channel in Channel::ALL {
        for (at, project) in state.projects.iter().enumerate() {
            let found = outcome(state, visitor, channel, Some(at), &mut Trail::silent());
            access.insert(format!("{channel:?} {}", project.key), format!("{found:?}"));
        }
    }
    access
}

/// Finds a person of one state in another.
fn counterpart(id: PersonId, of: &State<'_>, among: &State<'_>) -> Option<PersonId> {
    let person = of.people.get(id);
    if let Some(account) = person.account_id {
        return among.people.by_account(account);
    }
    // Whom the plan makes has no id yet; a second account on the address is known by its own.
    let Lookup::Accounts(ids) = among.people.lookup(person.email?) else {
        return None;
    };
    ids.into_iter().find(|id| {
        let account = among.people.get(*id).account_id;
        account.is_none_or(|account| of.people.by_account(account).is_none())
    })
}

/// Says whether an answer may be another one; the place, the answer foreseen, the answer read.
type Excuse = fn(&str, Option<&String>, Option<&String>) -> bool;

fn is_open(answer: Option<&String>) -> bool {
    answer.is_some_and(|answer| answer.contains("Uncertain"))
}

/// A whole reading knows more than the plan did: whatever was sure must be so.
fn known_better(_: &str, foreseen: Option<&String>, _: Option<&String>) -> bool {
    foreseen.is_none() || is_open(foreseen)
}

/// The next plan reads less where less is left to do, and it reads what this one left open: whether an account can be made,
/// and who views a space that is linked without a choice. Whatever both are sure of must be the same.
fn reads_less(_: &str, foreseen: Option<&String>, read: Option<&String>) -> bool {
    is_open(read) || is_open(foreseen)
}

/// Says where two states differ in what anybody reaches.
fn differences(foreseen: &State<'_>, read: &State<'_>, excused: Excuse) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |who: String, foreseen: Access, read: Access| {
        let keys = foreseen.keys().chain(read.keys()).collect::<BTreeSet<_>>();
        for key in keys {
            let (one, other) = (foreseen.get(key), read.get(key));
            if one != other && !excused(key, one, other) {
                found.push(format!("{who}, {key}: foreseen {one:?}, read {other:?}"));
            }
        }
    };
    for id in foreseen.people.ids() {
        let person = foreseen.people.get(id);
        let visitor = Visitor::Existing(vec![Actor::person(foreseen, id)]);
        let now = match counterpart(id, foreseen, read) {
            // Nothing that these plans do changes a role, and readings differ in whose role they ask for.
            Some(other) => {
                let mut actor = Actor::person(read, other);
                actor.account.role = person.account.role;
                Visitor::Existing(vec![actor])
            }
            // Somebody who is on no list any more is not read; the account is what it was.
            None => Visitor::situation(Situation {
                account: person.account,
                lists: &[],
            }),
        };
        let who = format!("{:?} {:?}", person.email, person.account_id);
        compare(who, access(foreseen, &visitor), access(read, &now));
    }
    for id in read.people.ids() {
        let person = read.people.get(id);
        if counterpart(id, read, foreseen).is_none() && !read.people.lists(id).is_empty() {
            let known = person
                .email
                .is_some_and(|email| matches!(foreseen.people.lookup(email), Lookup::Accounts(_)));
            if !known {
                compare(
                    format!("{:?}, whom nobody foresaw", person.email),
                    Access::new(),
                    access(read, &Visitor::Existing(vec![Actor::person(read, id)])),
                );
            }
        }
    }
    for (name, one, other) in [
        ("anonymous", Visitor::Anonymous, Visitor::Anonymous),
        ("any customer", Visitor::AnyCustomer, Visitor::AnyCustomer),
    ] {
        compare(
            name.to_owned(),
            entering(foreseen, &one),
            entering(read, &other),
        );
    }
    // Where the e-mail domains of an organization were not read, nobody knows what a new address joins.
    let unread = |organization: &Organization| organization.domains != Coverage::Whole;
    let mut organizations = foreseen.organizations.iter().chain(&read.organizations);
    if organizations.any(unread) {
        return found;
    }
    let (one, other) = (Visitor::anyone(foreseen), Visitor::anyone(read));
    compare(
        "anyone".to_owned(),
        entering(foreseen, &one),
        entering(read, &other),
    );
    for domain in DOMAINS {
        let (one, other) = (
            Visitor::new_address(foreseen, domain),
            Visitor::new_address(read, domain),
        );
        compare(
            format!("*@{domain}"),
            entering(foreseen, &one),
            entering(read, &other),
        );
    }
    found
}

/// Says where what a plan says of expectations is not what the worlds say.
fn verdicts(
    desired: &Desired<'_>,
    planned: &Planned,
    worlds: &Worlds<'_, '_>,
    read: &State<'_>,
) -> Vec<String> {
    let word = |judgement: &Judgement| match judgement {
        Judgement::Holds => "pass",
        Judgement::Fails(_) => "fail",
        Judgement::Undecided(_) => "unknown",
    };
    let mut found = Vec::new();
    for expectation in &desired.workspace.expectations {
        let name = &expectation.name;
        let verdict = planned
            .verdicts
            .iter()
            .find(|v| v.kind == "expectation" && v.name == *name);
        let Some(verdict) = verdict else {
            found.push(format!("nothing is said of {name}"));
            continue;
        };
        let foreseen = word(&expect::judge(expectation, &worlds.applied));
        let now = word(&expect::judge(expectation, read));
        // What could not be decided may be, once it is done; and somebody on no list, with a hidden address, is not found.
        if foreseen != now && foreseen != "unknown" && now != "unknown" {
            found.push(format!("{name}: {foreseen} foreseen, {now} as read"));
        }
        let done = word(&expect::judge(expectation, worlds.done()));
        let block = Block::Expectation(name.clone());
        let holds_back = planned
            .plan
            .changes
            .iter()
            .any(|row| row.blocked_by.contains(&block));
        // A promise is judged when everything is done, a prohibition at both moments.
        let worst = match expectation.can {
            true => done,
            false => [foreseen, done]
                .into_iter()
                .max_by_key(|w| ["pass", "unknown", "fail"].iter().position(|x| x == w))
                .unwrap(),
        };
        if verdict.status() != worst && !(verdict.fails() && holds_back) {
            found.push(format!(
                "{name}: the plan says {}, its worlds {worst}",
                verdict.status()
            ));
        }
    }
    found
}

/// Plans, applies, reads again and compares; returns the rows with what became of each.
async fn check(wide: &Wide) -> Result<Vec<String>, String> {
    let mut case = Case::new(&wide.desired, &wide.seed).await;
    // A target that matches nothing is a usage error, and no plan.
    let whole = case.workspace.clone();
    let mut targets = wide.targets.clone();
    if target::narrow(&mut case.workspace, &targets).is_err() {
        case.workspace = whole;
        targets.clear();
    }
    let mut desired = case.desired();
    desired.targets = targets;
    let connection = case.connect();
    let (reader, writer) = (connection.reader(), connection.writer());
    let observed = observe::observe(&reader, &desired).await.unwrap();
    let planned = pipeline::plan(&desired, &observed);
    let before = State::live(&desired, &observed);
    let sheet = Sheet::new(&planned.plan.changes);
    let worlds = Worlds::new(&before, &sheet);
    let journal = Journal::none();
    let apply = Apply {
        begins: &|_| (),
        reader: &reader,
        writer: &writer,
        desired: &desired,
        observed: &observed,
        journal: &journal,
    };
    let report = apply.run(&planned.plan).await;
    let mut found: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (change, outcome) in planned.plan.changes.iter().zip(&report.outcomes) {
        let row = format!(
            "{} {} ({:?}, {:?}): {outcome:?} {:?} {:?}",
            change.action.word(),
            change.address,
            change.surface,
            change.reason,
            change.blocked_by,
            change.waiting_for
        );
        let promised = change.is_automatic() && !change.is_question();
        if promised && !matches!(outcome, Outcome::Done | Outcome::AlreadyTrue) {
            found.push(format!("not done: {row}"));
        }
        rows.push(row);
    }
    let after = observe::observe(&reader, &desired).await.unwrap();
    let read = State::live(&desired, &after);
    found.extend(differences(&worlds.applied, &read, reads_less));
    // Whom the plan knew and who is on no list any more is looked up, but for Atlassian accounts, whose roles a search does
    // not tell.
    let known = worlds.applied.people.iter();
    let portal_only = known.filter(|one| one.account.kind == Some(AccountKind::PortalOnly));
    let people = portal_only.filter_map(|one| one.email.cloned());
    // Who serves a project is read where an expectation names somebody who may.
    let projects = observed.whole_projects();
    let mut permissions =
        (projects.into_iter().flatten()).filter_map(|(_, seen)| seen.permissions.as_ref());
    let staff = permissions.any(|seen| seen.actors.is_some());
    let whole = Whole {
        surfaces: &desired.site.surfaces,
        atlassian_organization: desired.atlassian_id.as_deref(),
        people: people.collect(),
        only: None,
        staff,
    };
    let whole = observe::observe_site(&reader, desired.site.key.clone(), whole)
        .await
        .unwrap();
    let read = State::live(&desired, &whole);
    found.extend(differences(&worlds.applied, &read, known_better));
    found.extend(verdicts(&desired, &planned, &worlds, &read));
    match found.is_empty() {
        true => Ok(rows),
        false => Err(format!(
            "{}\n\n{}\n\ntargets {:?}\nseed\n{}\ndesired\n{}",
            found.join("\n"),
            rows.join("\n"),
            desired.targets,
            wide.seed,
            wide.desired
        )),
    }
}

/// The choices that a seed stands for (splitmix64).
fn choices(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()
    };
    (0..75).flat_map(|_| next()).collect()
}

fn judged(choices: &[u8]) -> Result<Vec<String>, String> {
    run(check(&wide(&mut Tape(choices.iter()))))
}

/// Sets ever smaller parts of the choices to nothing, as long as it still goes wrong.
fn smaller(mut choices: Vec<u8>, mut found: String) -> String {
    let mut part = choices.len() / 2;
    while part > 0 {
        for from in (0..choices.len()).step_by(part) {
            let to = (from + part).min(choices.len());
            if choices[from..to].iter().all(|byte| *byte == 0) {
                continue;
            }
            let mut fewer = choices.clone();
            fewer[from..to].fill(0);
            if let Err(still) = judged(&fewer) {
                (choices, found) = (fewer, still);
            }
        }
        part /= 2;
    }
    found
}

/// After apply, everybody reaches what the plan was judged on, and every expectation is what the plan said of it.
///
/// `PROPTEST_CASES` says how many seeds are tried; `PORTCULLIS_SEED` tries one.
#[test]
fn a_plan_is_judged_on_what_apply_makes() {
    let number = |name| {
        std::env::var(name)
            .ok()
            .map(|given| given.parse::<u64>().unwrap())
    };
    let seeds = match number("PORTCULLIS_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("PROPTEST_CASES").unwrap_or(50),
    };
    for seed in seeds {
        let choices = choices(seed);
        if let Err(found) = judged(&choices) {
            panic!("PORTCULLIS_SEED={seed}\n{}", smaller(choices, found));
        }
    }
}

/// What was found so, each as small as it can be; returns the rows with what became of them.
fn agrees(seed: &str, desired: &str, targets: &[&str]) -> String {
    let wide = Wide {
        seed: seed.to_owned(),
        desired: desired.to_owned(),
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
    };
    let rows = run(check(&wide)).unwrap_or_else(|found| panic!("{found}"));
    rows.join("\n")
}

/// Linking a space lets everybody who is logged in view it, where the site allows that (K5, K6).
#[test]
fn a_space_is_linked_with_what_linking_sets() {
    let seed = "knowledge_base: { allow_all_logged_in: true }
spaces: { KB: { unlicensed_access: true } }
projects: { WEB: { channel_access: open } }";
    let desired = "spaces: { KB: { unlicensed_access: true } }
projects: { WEB: { knowledge_base: { KB: {} } } }
=top=
policy: { class_gains: { any_customer: allow } }
expectations:
  - { name: closed, who: any_customer, cannot: read_article, space: KB, site: acme, projects: [WEB] }";
    let rows = agrees(seed, desired, &[]);
    assert!(rows.contains("Expectation(\"closed\")"), "{rows}");
}

/// A membership whose account is accepted as missing is not tried, and says so beforehand.
#[test]
fn what_rests_on_accepted_drift_is_held_back() {
    let desired = "organizations: { Globex: { members: { list: [n@new.example] } } }
=top=
policy: { accept_drift: [{ address: acme/account/*, reason: later, owner: it@acme.com }] }";
    let rows = agrees("organizations: { Globex: {} }", desired, &[]);
    assert!(
        rows.contains("the account is not made, as that drift is accepted"),
        "{rows}"
    );
}

/// The same where the project stays open, as accepted: Atlassian takes nobody off its list (L52).
#[test]
fn a_removal_that_rests_on_accepted_drift_is_held_back() {
    let seed = "projects: { WEB: { channel_access: open, customers: { list: [p@a.example] } } }";
    let desired = "projects: { WEB: { channel_access: restricted, customers: { mode: exact, list: [], allow_empty: true } } }
=top=
policy: { accept_drift: [{ address: acme/project/WEB/access, reason: later, owner: it@acme.com }], max_removals: off, max_people_losing_access: off }";
    let rows = agrees(seed, desired, &[]);
    assert!(
        rows.contains("the project is not restricted, as that drift is accepted"),
        "{rows}"
    );
}

/// An expectation that a row would break, which something else holds back, holds.
#[test]
fn an_expectation_is_judged_on_what_is_left_of_the_plan() {
    let desired = "spaces: { KB: { anonymous_access: true } }
projects: { WEB: { knowledge_base: { KB: { who_can_view: only_confluence_users } } } }
=top=
policy: { protect: [], class_gains: { anonymous: allow } }
expectations:
  - { name: public, who: anonymous, can: read_article, space: KB, site: acme, projects: [\"*\"] }";
    let seed = "spaces: { KB: { anonymous_access: true } }
projects: { WEB: { channel_access: restricted } }";
    agrees(seed, desired, &[]);
}

/// An account that only a held-back switch would let in is held back with it, whatever nobody read of other domains.
#[test]
fn an_account_rests_on_the_switch_that_lets_it_in() {
    let seed = "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
organizations: { Globex: {} }
=top=
atlassian_organizations: { acme-corp: {} }";
    let desired = "customer_access: { external: { portal_only_accounts: true } }
organizations: { Globex: { members: { list: [n@new.example] } } }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: {}, allow_empty: true } } }
policy: { protect: [], accept_drift: [{ address: acme/customer-access/external, reason: later, owner: it@acme.com }] }";
    let rows = agrees(seed, desired, &[]);
    assert!(
        rows.contains("the site does not let the account be made"),
        "{rows}"
    );
}

/// Whom a link lets in is read also where only the link is asked for.
#[test]
fn a_target_that_links_reads_whom_that_lets_in() {
    let seed = "organizations: { Globex: { members: { list: [p@a.example] } } }
projects: { WEB: { channel_access: restricted } }";
    let desired = "organizations: { Globex: {} }
projects: { WEB: { organizations: { list: [Globex] } } }
=top=
policy: { max_people_gaining_access: { count: 0 } }";
    let rows = agrees(seed, desired, &["acme/project/WEB/organization/*"]);
    assert!(rows.contains("1 person"), "{rows}");
}

/// An expectation about an organization is judged on its members, also where nothing changes them.
#[test]
fn the_members_of_an_expected_organization_are_read() {
    let seed = "organizations: { Globex: { members: { list: [p@a.example] } }, Initech: { members: { list: [p@a.example] } } }
projects: { WEB: { channel_access: restricted, organizations: { list: [Initech] } } }";
    let desired = "organizations: { Globex: {} }
projects: { WEB: { channel_access: restricted } }
=top=
expectations:
  - { name: apart, who: \"organization:Globex\", cannot: view_portal, site: acme, projects: [WEB] }";
    agrees(seed, desired, &[]);
}

/// An account that is made joins by its domain an organization that only this plan links.
#[test]
fn an_account_joins_an_organization_that_is_linked_with_it() {
    let seed = "customer_access: { external: { portal_only_accounts: true } }
organizations: { Globex: { email_domains: [globex.example] }, Initech: {} }
projects: { WEB: { channel_access: restricted } }";
    let desired = "organizations: { Initech: { members: { list: [n@globex.example] } } }
projects: { WEB: { organizations: { list: [Globex] } } }
=top=
expectations:
  - { name: outside, who: n@globex.example, cannot: view_portal, site: acme, projects: [WEB] }";
    let desired = desired.replace(
        "organizations: { Initech",
        "organizations: { Globex: {}, Initech",
    );
    let rows = agrees(seed, &desired, &[]);
    assert!(rows.contains("Expectation(\"outside\")"), "{rows}");
}

/// Who can view a space belongs to the space: of every project that links it, everything is read that decides who gets in there.
#[test]
fn the_scheme_of_every_project_that_shows_a_space_is_read() {
    run(async {
        let seed = "knowledge_base: { allow_all_logged_in: true }
projects:
  HR: { channel_access: open, knowledge_base: { KB: { who_can_view: only_confluence_users } } }
  WEB: { channel_access: restricted, knowledge_base: { KB: { who_can_view: only_confluence_users } } }";
        let desired =
            "projects: { WEB: { knowledge_base: { KB: { who_can_view: all_logged_in } } } }";
        let case = Case::on(desired, site(seed), Options::default()).await;
        let observed = case.plan().await.observed;
        let projects = observed.whole_projects().unwrap();
        let read = |key: &str| {
            projects[key]
                .permissions
                .as_ref()
                .map(|seen| seen.scheme.complete().is_some())
        };
        assert_eq!(["HR", "WEB"].map(read), [Some(true); 2]);
    });
}

/// An account of the kind that only a held-back approval would choose is held back with it.
#[test]
fn an_account_rests_on_the_approval_that_chooses_its_kind() {
    let seed = "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: true } }
organizations: { Globex: {} }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { mode: add_only, domains: { new.example: { sites: { acme: { role: customer, admin_approval: false } } } } }, customer_role: \"ari:cloud:jira-servicedesk::role/product/customer\" } }";
    let desired = "organizations: { Globex: { members: { list: [{ email: n@new.example, account: portal_only }] } } }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: {}, allow_empty: true } } }
policy: { protect: [], accept_drift: [{ address: acme-corp/approved-domain/new.example, reason: later, owner: it@acme.com }] }";
    let rows = agrees(seed, desired, &[]);
    assert!(rows.contains("an account of the other kind"), "{rows}");
}
