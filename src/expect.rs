//! Expectations: access tests written by the user, judged on a state, each failure with a counterexample.
//!
//! # Data flow
//!
//! ```text
//! Expectation ─► visitors × projects ─► Answer with Trail ─► Holds, Fails(counterexample), Undecided(why)
//! ```
//!
//! `validate` judges the desired state, `plan` the worlds after apply and after the steps by hand: `cannot` must hold in both,
//! `can` in the last; `drift` judges what was read. `can` must surely hold for all of `who`, `cannot` for each. Where the rules or the facts do not decide it,
//! the expectation is undecided. What fails holds back the rows that are a cause of it, and no others.

mod offline;
mod review;
mod standing;
mod subjects;

pub use offline::{FAILED, diagnostics};
pub(crate) use review::review;
pub(crate) use standing::standing;

use crate::access::{
    Answer, Because, Channel, Coverage, ListId, Lookup, Outcome, State, StateKind, Status, Trail,
    Visitor, articles, outcome, portal,
};
use crate::config::{Ability, Expectation, ExpectedWho};
use crate::model::{AccountKind, Address, SiteKey};
use crate::neutral::phrase::{Phrase, foreign, ours, say};
use subjects::Subject;

/// What an expectation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It holds.
    Holds,
    /// It does not, as the counterexample shows.
    Fails(Counterexample),
    /// The rules or the facts do not decide it, as the example shows.
    Undecided(Counterexample),
}

/// Somebody for whom an expectation does not surely hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// Who does, or may do, or cannot do what: a sentence fragment.
    pub text: Phrase,
    /// By which rules, from which lines.
    pub because: Vec<Because>,
}

/// One subject at one place, for whom an expectation does not surely hold.
#[derive(Debug, Clone)]
struct Miss {
    subject: Subject,
    place: Option<usize>,
    answer: Answer,
    /// Whether it may be somebody for whom it holds.
    unclear: bool,
}

/// Judges one expectation on a state of its site.
pub fn judge(expectation: &Expectation, state: &State<'_>) -> Judgement {
    let lists = subjects::lists(expectation, state);
    let (misses, held) = misses(expectation, state, &lists);
    verdict(expectation, state, &lists, &misses, held)
}

/// Finds everybody for whom an expectation does not surely hold, and says how often it does.
fn misses(expectation: &Expectation, state: &State<'_>, lists: &[ListId]) -> (Vec<Miss>, usize) {
    // Offline, an address that no list names may or may not have an account.
    let unclear = matches!(&expectation.who.value, ExpectedWho::Person(email)
        if state.kind == StateKind::Desired && state.people.lookup(email) == Lookup::Nobody);
    let wanted: Answer = expectation.can.into();
    let (mut misses, mut held) = (Vec::new(), 0);
    for subject in subjects::subjects(expectation, state, lists) {
        let Some(visitor) = subject.who.visitor(state, lists) else {
            continue;
        };
        for place in places(expectation, state) {
            if matches!(expectation.who.value, ExpectedWho::Others(_))
                && subjects::serves(state, &subject.who, place)
            {
                continue;
            }
            let mut answer = ask(expectation, state, &visitor, place, &mut Trail::silent());
            if subject.perhaps {
                // Only what a list that nobody can judge may add to what everybody of the class has.
                let any = &Visitor::AnyCustomer;
                if answer <= ask(expectation, state, any, place, &mut Trail::silent()) {
                    continue;
                }
                answer = Answer::Uncertain;
            }
            if answer == wanted {
                held += 1;
                continue;
            }
            misses.push(Miss {
                subject: subject.clone(),
                place,
                answer,
                unclear,
            });
        }
    }
    (misses, held)
}

/// Says what the misses come to.
fn verdict(
    expectation: &Expectation,
    state: &State<'_>,
    lists: &[ListId],
    misses: &[Miss],
    held: usize,
) -> Judgement {
    let example = |miss: &Miss| {
        let mut trail = Trail::recording();
        if let Some(visitor) = miss.subject.who.visitor(state, lists) {
            let _ = ask(expectation, state, &visitor, miss.place, &mut trail);
        }
        Counterexample {
            text: sentence(expectation, state, &miss.subject, miss.place, miss.answer),
            because: trail.into_steps(),
        }
    };
    let sure = |miss: &&Miss| miss.answer != Answer::Uncertain;
    let fails = misses.iter().filter(sure).find(|miss| !miss.unclear);
    if let Some(miss) = fails {
        return Judgement::Fails(example(miss));
    }
    let undecided = misses.iter().find(|miss| miss.answer == Answer::Uncertain);
    let failure = misses.iter().find(sure);
    match (failure, undecided) {
        (Some(miss), None) if held == 0 => Judgement::Fails(example(miss)),
        (_, Some(miss)) | (Some(miss), None) => Judgement::Undecided(example(miss)),
        (None, None) => Judgement::Holds,
    }
}

/// Returns the positions of the projects that are meant; signing up is about no project.
fn places(expectation: &Expectation, state: &State<'_>) -> Vec<Option<usize>> {
    if expectation.ability.value == Ability::SignUp {
        return vec![None];
    }
    let matches = |pattern: &str, key: &str| Address::new([key]).matches(pattern);
    state
        .projects
        .iter()
        .enumerate()
        .filter(|(_, project)| {
            let key = project.key.as_str();
            let linked = |pattern: &str| {
                // Of many projects, those that do not link the space are not meant; one of which that is not known may.
                !pattern.contains('*')
                    || matches!(project.spaces_coverage, Coverage::Unread(_))
                    || expectation
                        .space
                        .as_ref()
                        .is_none_or(|space| project.spaces.contains_key(&space.value))
            };
            expectation
                .projects
                .iter()
                .any(|pattern| matches(&pattern.value, key) && linked(&pattern.value))
                && !expectation
                    .except
                    .iter()
                    .any(|pattern| matches(&pattern.value, key))
        })
        .map(|(at, _)| Some(at))
        .collect()
}

fn ask(
    expectation: &Expectation,
    state: &State<'_>,
    visitor: &Visitor<'_>,
    place: Option<usize>,
    trail: &mut Trail,
) -> Answer {
    match (expectation.ability.value, place) {
        (Ability::SignUp, _) => {
            match outcome(state, visitor, Channel::SignUp, None, trail) {
                // Somebody who has an account neither needs nor gets another one.
                Outcome::Existing => expectation.can.into(),
                other => other.account(),
            }
        }
        (_, None) => Answer::No,
        (Ability::ViewPortal, Some(at)) => {
            let view = portal::reach(state, at, visitor, trail).view;
            perhaps_serves(view, state, at, visitor, trail)
        }
        (Ability::SendRequest, Some(at)) => {
            let send = portal::reach(state, at, visitor, trail).send;
            perhaps_serves(send, state, at, visitor, trail)
        }
        (Ability::ReadArticle, Some(at)) => {
            let (Some(space), Some(project)) = (&expectation.space, state.projects.get(at)) else {
                return Answer::No;
            };
            if !project.spaces.contains_key(&space.value)
                && project.spaces_coverage != Coverage::Whole
            {
                trail.add("K5", None, || {
                    format!(
                        "whether `{}` links the space `{}` is not known",
                        project.key, space.value
                    )
                    .into()
                });
                return Answer::Uncertain;
            }
            let read = articles::read(state, at, &space.value, visitor, trail);
            perhaps_serves(read, state, at, visitor, trail)
        }
    }
}

/// Nobody with an Atlassian account is surely kept out of whom it was not read whether they are an agent, where it was not read
/// either who serves the project (4.2): the role Customer excludes no other.
fn perhaps_serves(
    answer: Answer,
    state: &State<'_>,
    at: usize,
    visitor: &Visitor<'_>,
    trail: &mut Trail,
) -> Answer {
    let Visitor::Existing(actors) = visitor else {
        return answer;
    };
    // Offline, agents are none of the workspace's business.
    if state.kind == StateKind::Desired {
        return answer;
    }
    let project = &state.projects[at];
    let mut unknown = actors.iter().filter(|actor| {
        let account = actor.account;
        account.kind != Some(AccountKind::PortalOnly) && account.status != Status::Disabled
    });
    // Whoever was not read may be any of those who serve the project.
    let read = actors.iter().all(|actor| actor.certainty == Answer::Yes);
    let staff_is_known = read && project.scheme.staff == Coverage::Whole;
    if answer != Answer::No || staff_is_known || unknown.next().is_none() {
        return answer;
    }
    trail.add("V1", None, || {
        format!(
            "whether the account is an agent or administrator of {} is not known",
            project.key
        )
        .into()
    });
    Answer::Uncertain
}

fn sentence(
    expectation: &Expectation,
    state: &State<'_>,
    subject: &Subject,
    place: Option<usize>,
    answer: Answer,
) -> Phrase {
    let can = match answer {
        Answer::Yes => "can",
        Answer::No => "cannot",
        Answer::Uncertain => "may or may not be able to",
    };
    let (who, can) = (subject.name.clone(), ours(can));
    let project = place
        .and_then(|at| state.projects.get(at))
        .map_or("", |project| project.key.as_str());
    match expectation.ability.value {
        Ability::SignUp => say("{} {} sign up", [who, can]),
        Ability::ViewPortal => say("{} {} view the portal of {}", [who, can, foreign(project)]),
        Ability::SendRequest => say("{} {} send requests to {}", [who, can, foreign(project)]),
        Ability::ReadArticle => {
            let space = expectation.space.as_ref();
            let space = space.map_or("", |space| space.value.as_str());
            say(
                "{} {} read articles of {} in {}",
                [who, can, foreign(space), foreign(project)],
            )
        }
    }
}

/// Returns the expectations of one site.
fn of_site<'w>(
    expectations: &'w [Expectation],
    site: &SiteKey,
) -> impl Iterator<Item = &'w Expectation> {
    let site = site.clone();
    expectations
        .iter()
        .filter(move |expectation| expectation.site.value == site)
}
