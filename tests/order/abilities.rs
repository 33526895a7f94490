//! What everybody can do in one state, as the evaluator judges it.

use portcullis::access::{Answer, Channel, State, Trail, Visitor, articles, outcome, portal};
use portcullis::desired::Desired;
use portcullis::model::Email;
use portcullis::neutral::phrase::Phrase;
use portcullis::observed::Observed;
use portcullis::plan::{Danger, Plan};
use std::collections::BTreeMap;

/// Who and what, with the answer.
pub(crate) type Abilities = BTreeMap<(String, String), Answer>;

/// Who, what, and how it is wrong.
pub(crate) type Wrong = (String, String, Danger);

/// Evaluates every person and class over every project, its articles, and sign-up.
pub(crate) fn of(
    desired: &Desired<'_>,
    observed: &Observed,
    people: &[String],
    domains: &[&str],
) -> Abilities {
    let state = State::live(desired, observed);
    let mut found = Abilities::new();
    let emails: Vec<Email> = people.iter().map(|who| Email::new(who).unwrap()).collect();
    let mut visitors: Vec<(String, Visitor<'_>)> = emails
        .iter()
        .map(|email| (email.key().to_owned(), Visitor::address(&state, email)))
        .collect();
    visitors.push(("people who are not logged in".into(), Visitor::Anonymous));
    visitors.push(("new people of any domain".into(), Visitor::anyone(&state)));
    visitors.push(("customers on no list".into(), Visitor::AnyCustomer));
    for domain in domains {
        visitors.push((
            format!("new people of {domain}"),
            Visitor::new_address(&state, domain),
        ));
    }
    let silent = Trail::silent;
    for (name, visitor) in &visitors {
        let mut put = |what: String, answer: Answer| {
            found.insert((name.clone(), what), answer);
        };
        if name.starts_with("new people") {
            let got = outcome(&state, visitor, Channel::SignUp, None, &mut silent());
            put("signing up".into(), got.account());
        }
        for (at, project) in state.projects.iter().enumerate() {
            let reach = portal::reach(&state, at, visitor, &mut silent());
            put(format!("view {}", project.key), reach.view);
            put(format!("send {}", project.key), reach.send);
        }
    }
    // Everything that is linked at some time is asked about; what is not linked yet is read by nobody.
    for (name, visitor) in &visitors {
        for (at, project) in state.projects.iter().enumerate() {
            for space in project.spaces.keys() {
                let answer = articles::read(&state, at, space, visitor, &mut silent());
                found.insert((name.clone(), format!("articles {}", project.key)), answer);
            }
        }
    }
    found
}

/// What goes wrong in a state between two others: who, what, and how.
pub(crate) fn wrong(before: &Abilities, now: &Abilities, after: &Abilities) -> Vec<Wrong> {
    let none = Answer::No;
    let mut wrong = Vec::new();
    for (key, now) in now {
        let (before, after) = (
            before.get(key).unwrap_or(&none),
            after.get(key).unwrap_or(&none),
        );
        if now.exposes() && !before.exposes() && !after.exposes() {
            wrong.push((key.0.clone(), key.1.clone(), Danger::Exposure));
        }
        if !now.promises() && before.promises() && after.promises() {
            wrong.push((key.0.clone(), key.1.clone(), Danger::Interruption));
        }
    }
    wrong
}

/// Says whether the plan names a person and a project for what goes wrong.
pub(crate) fn is_named(plan: &Plan, (who, what, danger): &Wrong) -> bool {
    let key = what.split(' ').nth(1).unwrap_or("");
    plan.order.unsafe_steps.iter().any(|step| {
        step.danger == *danger
            && (step.what.to_string().ends_with(&format!("project {key}"))
                || step.what == what.as_str()
                || step.what == "projects that are open")
            && (step.people.iter().any(|one| *one == who.as_str())
                || !who.contains('@')
                || is_of_class(&step.people, what))
    })
}

/// Articles are for all customers alike, so people whom the plan leaves alone are named as a class.
fn is_of_class(people: &[Phrase], what: &str) -> bool {
    let classes = ["customers on no list", "customers of "];
    what.starts_with("articles")
        && classes
            .iter()
            .all(|class| people.iter().any(|who| who.begins_with(class)))
}
