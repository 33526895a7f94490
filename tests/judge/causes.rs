//! (b) The causes that a plan names are causes: in a world in which none of them was carried out, nobody gains or loses what they
//! are said to cause.

use crate::impact::say_of;
use crate::round::Found;
use portcullis::access::explain::Asked;
use portcullis::access::{Answer, Lookup, State, Visitor};
use portcullis::impact::{Class, ClassChange, Target};
use portcullis::judge::Worlds;
use portcullis::model::{Address, Domain, Email};
use portcullis::plan::Change;
use portcullis::report::build::Planned;
use std::collections::BTreeSet;

const PART: &str = "causes";

/// Takes the named causes out of the world after apply, and asks again.
pub(crate) fn check(planned: &Planned, worlds: &Worlds<'_, '_>, found: &mut Found) {
    let changes = &planned.plan.changes;
    let impact = &planned.impact.applied;
    let groups = impact.gains.iter().map(|group| (group, true));
    for (group, gains) in groups.chain(impact.losses.iter().map(|group| (group, false))) {
        let without = without(changes, worlds, &group.caused_by);
        for name in &group.people.list {
            let Ok(email) = Email::new(name) else {
                continue;
            };
            // Whoever has no account yet may gain it as everybody new of their domain does, beside what is done for them.
            let lookup = worlds.before.people.lookup(&email);
            let is_new = !matches!(lookup, Lookup::Accounts(_));
            // Of two accounts on one address the pages know which one gains, and an address does not.
            if matches!(lookup, Lookup::Accounts(ids) if ids.len() > 1) {
                continue;
            }
            let with_others = |change: &ClassChange| {
                change.target == group.target && change.after > change.before
            };
            if is_new && impact.classes.iter().any(with_others) {
                continue;
            }
            let asked = Asked::Address(email);
            let answer = alone(&without, &asked, &group.target);
            if is_new && answer > alone(worlds.before, &asked, &group.target) {
                continue;
            }
            let causes = addresses(changes, &group.caused_by);
            told(
                &asked,
                &group.target,
                (gains, group.after),
                (answer, causes),
                found,
            );
        }
    }
    for change in &impact.classes {
        let asked = match &change.class {
            Class::Anonymous => Asked::Anonymous,
            Class::Anyone => Asked::Anyone,
            Class::AnyCustomer => Asked::AnyCustomer,
            Class::OfPublicMail => Asked::Domain(Domain::new("outlook.com").unwrap()),
            Class::OfCompanies => Asked::Domain(Domain::new("elsewhere.example").unwrap()),
            Class::Domain(domain) => Asked::Domain(Domain::new(domain.as_str()).unwrap()),
        };
        let without = without(changes, worlds, &change.caused_by);
        // Of the domains that nothing names, not of one that is asked for.
        let visitor = match &change.class {
            Class::OfPublicMail => Visitor::of_any_domain(&without, true),
            Class::OfCompanies => Visitor::of_any_domain(&without, false),
            _ => asked.visitor(&without),
        };
        let answer = say_of(&without, &visitor, &change.target.to_string()).0;
        let turn = (change.after > change.before, change.after);
        let causes = addresses(changes, &change.caused_by);
        told(&asked, &change.target, turn, (answer, causes), found);
    }
}

/// The answer about an address, but for what a stranger might take as an agent by a rule that nobody read.
fn alone(state: &State<'_>, asked: &Asked, target: &Target) -> Answer {
    let mut visitor = asked.visitor(state);
    if let Visitor::New(class) | Visitor::Unclear(_, class) = &mut visitor {
        class.doubts = false;
    }
    say_of(state, &visitor, &target.to_string()).0
}

/// The world after what is carried out, but for some rows.
fn without<'b>(
    changes: &'b [Change],
    worlds: &Worlds<'b, '_>,
    causes: &BTreeSet<usize>,
) -> State<'b> {
    let rows = changes.iter().enumerate();
    let rows =
        rows.filter(|(at, row)| row.is_automatic() && !row.is_question() && !causes.contains(at));
    worlds.before.after(rows.map(|(_, row)| row))
}

fn addresses<'c>(changes: &'c [Change], causes: &BTreeSet<usize>) -> Vec<&'c Address> {
    causes.iter().map(|at| &changes[*at].address).collect()
}

fn told(
    asked: &Asked,
    target: &Target,
    (gains, after): (bool, Answer),
    (answer, causes): (Answer, Vec<&Address>),
    found: &mut Found,
) {
    found.causes += 1;
    let all_the_same = if gains {
        answer >= after
    } else {
        answer <= after
    };
    if all_the_same {
        let turn = if gains { "gains" } else { "loses" };
        found.put(
            PART,
            &[],
            format!(
                "{asked} {turn} {target} without {causes:?} too: {}",
                answer.word()
            ),
        );
    }
}
