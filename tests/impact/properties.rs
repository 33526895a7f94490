//! Two random small sites: grouping people by situations gives what judging each of them gives, and turns round.

use super::support::{self, Case};
use portcullis::access::{Answer, State, Trail, Visitor, articles, portal};
use portcullis::impact::{Group, Impact, impact};
use portcullis::judge::{Sheet, Worlds};
use portcullis::model::Email;
use portcullis::pipeline;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const PEOPLE: [&str; 5] = [
    "ana@globex.example",
    "bo@globex.example",
    "cy@acme.example",
    "dee@free.example",
    "ed@other.example",
];
const ORGANIZATIONS: [&str; 3] = ["Alpha", "Beta", "Gamma"];
const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];

/// Takes one bit after the other; past the end every bit is off.
struct Tape<'t>(std::slice::Iter<'t, bool>);

impl Tape<'_> {
    fn yes(&mut self) -> bool {
        self.0.next().copied().unwrap_or(false)
    }

    fn some(&mut self, of: &[&str]) -> String {
        let some: Vec<&str> = of.iter().copied().filter(|_| self.yes()).collect();
        format!(
            "{{ mode: exact, list: [{}], allow_empty: true }}",
            some.join(", ")
        )
    }
}

fn yaml(bits: &[bool]) -> String {
    let tape = &mut Tape(bits.iter());
    let mut text = format!(
        "    confluence_plan: standard\n    customer_access:\n      external: {{ portal_only_accounts: {}, allowed_domains: {} }}\n      internal: {{ atlassian_accounts: false }}\n      customers_can_create_accounts: {}\n      view_without_login: {}\n    knowledge_base: {{ allow_all_logged_in: {}, allow_anyone: {} }}\n    organizations:\n",
        tape.yes(),
        if tape.yes() {
            "any"
        } else {
            "[globex.example]"
        },
        tape.yes(),
        tape.yes(),
        tape.yes(),
        tape.yes(),
    );
    let present: Vec<&str> = ORGANIZATIONS.into_iter().filter(|_| !tape.yes()).collect();
    for name in &present {
        let _ = writeln!(text, "      {name}: {{ members: {} }}", tape.some(&PEOPLE));
    }
    if present.is_empty() {
        text = text.replace("    organizations:\n", "");
    }
    text += "    projects:\n";
    for key in PROJECTS {
        let access = if tape.yes() { "open" } else { "restricted" };
        let _ = writeln!(text, "      {key}:\n        channel_access: {access}");
        let _ = writeln!(text, "        organizations: {}", tape.some(&present));
        let _ = writeln!(text, "        customers: {}", tape.some(&PEOPLE));
        let who = ["only_confluence_users", "all_logged_in", "anyone"]
            [usize::from(tape.yes()) + usize::from(tape.yes())];
        let _ = writeln!(
            text,
            "        knowledge_base: {{ KB{key}: {{ who_can_view: {who} }} }}"
        );
    }
    text
}

/// Person, target, before, after.
type Row = (String, String, Answer, Answer);

fn rows(groups: &[Group]) -> BTreeSet<Row> {
    groups
        .iter()
        .flat_map(|group| {
            group.people.list.iter().map(|person| {
                (
                    person.clone(),
                    group.target.to_string(),
                    group.before,
                    group.after,
                )
            })
        })
        .collect()
}

fn answers(state: &State<'_>, email: &str) -> Vec<(String, Answer)> {
    let email = Email::new(email).unwrap();
    let visitor = Visitor::address(state, &email);
    let mut answers = Vec::new();
    for (at, project) in state.projects.iter().enumerate() {
        let seen = portal::reach(state, at, &visitor, &mut Trail::silent()).view;
        answers.push((project.key.to_string(), seen));
        for space in project.spaces.keys() {
            let read = articles::read(state, at, space, &visitor, &mut Trail::silent());
            answers.push((format!("{}/{space}", project.key), read));
        }
    }
    answers
}

/// Judges every person who is known in either state on their own.
fn one_by_one(before: &State<'_>, after: &State<'_>) -> (BTreeSet<Row>, BTreeSet<Row>) {
    let (mut gains, mut losses) = (BTreeSet::new(), BTreeSet::new());
    for person in PEOPLE {
        let email = Email::new(person).unwrap();
        let known = |state: &State<'_>| state.people.iter().any(|one| one.email == Some(&email));
        if !known(before) && !known(after) {
            continue;
        }
        for ((target, was), (_, is)) in answers(before, person)
            .into_iter()
            .zip(answers(after, person))
        {
            let row = (person.to_owned(), target, was, is);
            if is > was {
                gains.insert(row);
            } else if is < was {
                losses.insert(row);
            }
        }
    }
    (gains, losses)
}

/// Everything that a plan from the one to the other does, steps by hand included, as both states and the impact.
fn compared(one: &[bool], other: &[bool], test: impl FnOnce(&State<'_>, &State<'_>, Impact)) {
    support::run(async {
        let case = Case::new(&yaml(other), &yaml(one)).await;
        let observed = case.plan().await.observed;
        let desired = case.desired();
        let plan = pipeline::difference(&desired, &observed);
        let before = State::live(&desired, &observed);
        let sheet = Sheet::new(&plan.changes);
        let after = before.after(sheet.free().map(|(_, change)| change));
        let found = impact(&before, &after, &sheet);
        test(&before, &after, found);
    });
}

fn bits() -> impl Strategy<Value = Vec<bool>> {
    proptest::collection::vec(any::<bool>(), 70)
}

/// Two sites that differ in some bits only, as a plan would make them.
fn near() -> impl Strategy<Value = (Vec<bool>, Vec<bool>)> {
    (bits(), proptest::collection::vec(0_usize..70, 0..5)).prop_map(|(one, flips)| {
        let mut other = one.clone();
        for at in flips {
            other[at] = !other[at];
        }
        (one, other)
    })
}

fn check(one: &[bool], other: &[bool]) {
    compared(one, other, |before, after, there| {
        let (gains, losses) = one_by_one(before, after);
        assert_eq!(rows(&there.gains), gains);
        assert_eq!(rows(&there.losses), losses);
        let people = |rows: &BTreeSet<Row>| -> usize {
            rows.iter().map(|row| &row.0).collect::<BTreeSet<_>>().len()
        };
        assert_eq!(there.gaining.len(), people(&gains));
        assert_eq!(there.losing.len(), people(&losses));
        for group in there.gains.iter().chain(&there.losses) {
            assert!(!group.caused_by.is_empty(), "no cause of {group:?}");
        }
        for keep in &there.keeps {
            assert_eq!((keep.before, keep.after), (Answer::Yes, Answer::Yes));
        }
    });
}

/// Counts who reaches each portal by judging everybody on their own.
fn counted(state: &State<'_>) -> Vec<(String, usize, usize)> {
    let mut counts = Vec::new();
    for (at, project) in state.projects.iter().enumerate() {
        let (mut surely, mut perhaps) = (0, 0);
        for id in state.people.ids() {
            let (situation, ..) = state.people.situation(state.people.situation_of(id));
            let visitor = Visitor::situation(situation);
            match portal::reach(state, at, &visitor, &mut Trail::silent()).view {
                Answer::Yes => surely += 1,
                Answer::Uncertain => perhaps += 1,
                Answer::No => {}
            }
        }
        counts.push((project.key.to_string(), surely, perhaps));
    }
    counts
}

/// Every portal of the site is counted, whether something changes in it or not.
fn check_portals(one: &[bool], other: &[bool]) {
    support::run(async {
        let case = Case::new(&yaml(other), &yaml(one)).await;
        let observed = case.plan().await.observed;
        let desired = case.desired();
        let planned = pipeline::plan(&desired, &observed);
        let portals = &planned.impact.portals;
        if portals.is_empty() {
            assert!(
                planned
                    .plan
                    .changes
                    .iter()
                    .all(|change| !change.blocked_by.is_empty())
            );
            return;
        }
        let before = State::live(&desired, &observed);
        let sheet = Sheet::new(&planned.plan.changes);
        let worlds = Worlds::new(&before, &sheet);
        let states = [worlds.before, &worlds.applied, worlds.done()];
        for (moment, state) in states.into_iter().enumerate() {
            for (key, surely, perhaps) in counted(state) {
                let mut portals = portals.iter();
                let portal = portals.find(|portal| portal.project.as_str() == key);
                let said = portal.unwrap().people[moment];
                assert_eq!((said.people, said.perhaps), (surely, perhaps), "{key}");
            }
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn groups_say_what_judging_everybody_says(one in bits(), other in bits()) {
        check(&one, &other);
    }

    #[test]
    fn every_portal_is_counted_as_judging_everybody_counts((one, other) in near()) {
        check_portals(&one, &other);
    }

    #[test]
    fn a_few_changes_are_judged_as_everybody_is((one, other) in near()) {
        check(&one, &other);
    }

    #[test]
    fn nothing_changes_between_a_site_and_itself(one in bits()) {
        compared(&one, &one, |_, _, found| assert!(found.is_empty()));
    }
}
