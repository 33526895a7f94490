//! Expectations: access tests written by the user, judged on a state, each failure with a counterexample.
//!
//! # Data flow
//!
//! ```text
//! Expectation ─► visitors × projects ─► Answer with Trail ─► Holds, Fails(counterexample), Undecided(why)
//! ```
//!
//! `validate` judges the desired state, `plan` the state after the plan. `can` must surely hold for all of `who`; `cannot`
//! must surely hold for each. Where the rules or the facts do not decide it, the expectation is undecided: a warning in
//! `validate`, a finding in `plan`. It does not stop a plan, since a surface that cannot be read must not stop revocations.

use crate::access::{
    Account, Actor, Answer, Because, Channel, ListId, Lookup, Outcome, Source, State, StateKind,
    Trail, Visitor, articles, outcome, portal,
};
use crate::config::{Ability, Expectation, ExpectedWho, Sources, Workspace};
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::model::{AccountKind, Address, Email, SiteKey};
use crate::plan::Finding;
use crate::policy::Verdict;
use jiff::civil::Date;
use std::collections::BTreeSet;

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
    pub text: String,
    /// By which rules, from which lines.
    pub because: Vec<Because>,
}

/// Somebody whom an expectation is about.
struct Subject<'s> {
    name: String,
    visitor: Visitor<'s>,
    /// Whether it is not known that there is anybody like that.
    perhaps: bool,
}

impl<'s> Subject<'s> {
    fn new(name: &str, visitor: Visitor<'s>) -> Self {
        Self {
            name: name.to_owned(),
            visitor,
            perhaps: false,
        }
    }
}

/// Judges one expectation on a state of its site.
pub fn judge(expectation: &Expectation, state: &State<'_>) -> Judgement {
    let mut lists: Vec<ListId> = Vec::new();
    if let ExpectedWho::Organization(name) = &expectation.who.value {
        let position = (0_u32..)
            .zip(&state.organizations)
            .find(|(_, organization)| organization.name == name.as_str());
        lists.extend(position.map(|(at, _)| ListId::Organization(at)));
    }
    let subjects = subjects(expectation, state, &lists);
    // Offline, an address that no list names may or may not have an account.
    let unclear = matches!(&expectation.who.value, ExpectedWho::Person(email)
        if state.kind == StateKind::Desired && state.people.lookup(email) == Lookup::Nobody);
    let mut undecided = None;
    let mut failures = Vec::new();
    let mut held = 0_usize;
    for subject in &subjects {
        for place in places(expectation, state) {
            let mut answer = ask(expectation, state, subject, place, &mut Trail::silent());
            if subject.perhaps {
                // Only what a list that nobody can judge may add to what everybody of the class has.
                let any = Subject::new("", Visitor::AnyCustomer);
                if answer <= ask(expectation, state, &any, place, &mut Trail::silent()) {
                    continue;
                }
                answer = Answer::Uncertain;
            }
            let wanted = if expectation.can {
                Answer::Yes
            } else {
                Answer::No
            };
            if answer == wanted {
                held += 1;
                continue;
            }
            let mut trail = Trail::recording();
            let _ = ask(expectation, state, subject, place, &mut trail);
            let example = Counterexample {
                text: sentence(expectation, state, subject, place, answer),
                because: trail.into_steps(),
            };
            if answer == Answer::Uncertain {
                undecided.get_or_insert(example);
            } else if unclear {
                failures.push(example);
            } else {
                return Judgement::Fails(example);
            }
        }
    }
    match (failures.into_iter().next(), undecided) {
        (Some(example), None) if held == 0 => Judgement::Fails(example),
        (_, Some(example)) | (Some(example), None) => Judgement::Undecided(example),
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
                // Of many projects, those that do not link the space are not meant.
                !pattern.contains('*')
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

/// Resolves `who` to visitors: classes, known people (one per situation), and unknown members of lists.
fn subjects<'s>(
    expectation: &Expectation,
    state: &'s State<'_>,
    lists: &'s [ListId],
) -> Vec<Subject<'s>> {
    let subject = Subject::new;
    match &expectation.who.value {
        ExpectedWho::Anonymous => vec![subject("a visitor without login", Visitor::Anonymous)],
        ExpectedWho::Anyone => match Visitor::anyone(state) {
            // Apart, so that what holds for one class only is decided.
            Visitor::Anyone(classes) => {
                let [public, company] = *classes;
                vec![
                    subject(
                        "anyone with an address of a public mail provider",
                        Visitor::New(public),
                    ),
                    subject(
                        "anyone of a company that no list names",
                        Visitor::New(company),
                    ),
                ]
            }
            other => vec![subject("anyone", other)],
        },
        ExpectedWho::AnyCustomer => vec![subject("any customer", Visitor::AnyCustomer)],
        ExpectedWho::Domain(domain) => {
            let new = subject(
                &format!("a new address of `{domain}`"),
                Visitor::new_address(state, domain.as_str()),
            );
            let known = people(state, |email, _| {
                email.is_some_and(|email| email.domain() == domain.as_str())
            });
            let mut all: Vec<_> = std::iter::once(new).chain(known).collect();
            // `can` is asked of everybody who is known; `cannot` is broken by whoever turns up.
            if !expectation.can {
                all.extend(perhaps_of(state, domain.as_str()));
            }
            all
        }
        ExpectedWho::Organization(name) => {
            let mut all = people(state, |_, on| lists.iter().any(|list| on.contains(list)));
            if !lists.is_empty() {
                all.push(subject(
                    &format!("any member of `{name}`"),
                    Visitor::Existing(vec![Actor {
                        account: Account::customer(AccountKind::PortalOnly),
                        lists,
                        sources: &[],
                        certainty: Answer::Yes,
                    }]),
                ));
            }
            all
        }
        ExpectedWho::Person(email) => {
            let name = format!("`{}`", email.key());
            // Signing up is about those who have no account, and the second subject about those who may.
            let visitor = match expectation.ability.value {
                Ability::SignUp => Visitor::address(state, email),
                _ => Visitor::asked(state, email),
            };
            let mut all = vec![subject(&name, visitor)];
            if state.kind == StateKind::Desired && state.people.lookup(email) == Lookup::Nobody {
                all.push(subject(
                    &format!("{name}, if there is an account already,"),
                    Visitor::AnyCustomer,
                ));
            }
            all
        }
    }
}

/// Whoever may be of a domain and is not known to be: people whose address is hidden, and offline whoever else stands on
/// lists that may hold more people than are written.
fn perhaps_of<'s>(state: &'s State<'_>, domain: &str) -> Vec<Subject<'s>> {
    let perhaps = |name: String, visitor| Subject {
        name,
        visitor,
        perhaps: true,
    };
    if state.kind == StateKind::Desired {
        let unlisted = Visitor::Existing(vec![Actor::customer()]);
        let name = format!("somebody of `{domain}` whom the workspace does not name");
        return vec![perhaps(name, unlisted)];
    }
    let name = format!("somebody whose address is hidden, perhaps of `{domain}`,");
    let hidden = state.people.hidden();
    hidden
        .map(|situation| perhaps(name.clone(), Visitor::situation(situation)))
        .collect()
}

/// One subject for each situation of the known people who are meant.
fn people<'s>(
    state: &'s State<'_>,
    meant: impl Fn(Option<&Email>, &[ListId]) -> bool,
) -> Vec<Subject<'s>> {
    let mut seen = BTreeSet::new();
    state
        .people
        .ids()
        .filter(|id| {
            let person = state.people.get(*id);
            meant(person.email, state.people.lists(*id))
                && seen.insert(state.people.situation_of(*id))
        })
        .map(|id| {
            let person = state.people.get(id);
            let name = match (person.email, person.account_id) {
                (Some(email), _) => email.key().to_owned(),
                (None, Some(account)) => format!("id:{account}"),
                (None, None) => person.name.to_owned(),
            };
            let visitor = Visitor::Existing(vec![Actor::person(state, id)]);
            Subject::new(&format!("`{name}`"), visitor)
        })
        .collect()
}

fn ask(
    expectation: &Expectation,
    state: &State<'_>,
    subject: &Subject<'_>,
    place: Option<usize>,
    trail: &mut Trail,
) -> Answer {
    let visitor = &subject.visitor;
    match (expectation.ability.value, place) {
        (Ability::SignUp, _) => {
            match outcome(state, visitor, Channel::SignUp, None, trail) {
                // Somebody who has an account neither needs nor gets another one.
                Outcome::Existing => expectation.can.into(),
                other => other.account(),
            }
        }
        (_, None) => Answer::No,
        (Ability::ViewPortal, Some(at)) => portal::reach(state, at, visitor, trail).view,
        (Ability::SendRequest, Some(at)) => portal::reach(state, at, visitor, trail).send,
        (Ability::ReadArticle, Some(at)) => {
            let (Some(space), Some(project)) = (&expectation.space, state.projects.get(at)) else {
                return Answer::No;
            };
            if !project.spaces.contains_key(&space.value) && state.kind == StateKind::Desired {
                trail.add("K5", None, || {
                    format!(
                        "`{}` does not link the space `{}` in the workspace, and may on the site",
                        project.key, space.value
                    )
                });
                return Answer::Uncertain;
            }
            articles::read(state, at, &space.value, visitor, trail)
        }
    }
}

fn sentence(
    expectation: &Expectation,
    state: &State<'_>,
    subject: &Subject<'_>,
    place: Option<usize>,
    answer: Answer,
) -> String {
    let can = match answer {
        Answer::Yes => "can",
        Answer::No => "cannot",
        Answer::Uncertain => "may or may not be able to",
    };
    let who = &subject.name;
    let project = place
        .and_then(|at| state.projects.get(at))
        .map_or("", |project| project.key.as_str());
    match expectation.ability.value {
        Ability::SignUp => format!("{who} {can} sign up"),
        Ability::ViewPortal => format!("{who} {can} view the portal of `{project}`"),
        Ability::SendRequest => format!("{who} {can} send requests to `{project}`"),
        Ability::ReadArticle => {
            let space = expectation.space.as_ref();
            let space = space.map_or("", |space| space.value.as_str());
            format!("{who} {can} read articles of `{space}` in `{project}`")
        }
    }
}

/// Judges the expectations of every site on its desired state, as `validate` shows them.
pub fn diagnostics(workspace: &Workspace, today: Date) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for key in workspace.sites.keys() {
        if of_site(workspace, key).next().is_none() {
            continue;
        }
        let Some(desired) = Desired::new(workspace, key, today) else {
            continue;
        };
        let state = State::offline(&desired);
        for expectation in of_site(workspace, key) {
            diagnostics.extend(diagnostic(expectation, judge(expectation, &state)));
        }
    }
    diagnostics
}

fn of_site<'w>(workspace: &'w Workspace, site: &SiteKey) -> impl Iterator<Item = &'w Expectation> {
    let site = site.clone();
    workspace
        .expectations
        .iter()
        .filter(move |expectation| expectation.site.value == site)
}

fn diagnostic(expectation: &Expectation, judgement: Judgement) -> Option<Diagnostic> {
    let name = &expectation.name;
    let (mut diagnostic, example) = match judgement {
        Judgement::Holds => return None,
        Judgement::Fails(example) => (
            Diagnostic::error(
                "expectation-failed",
                format!("the expectation `{name}` fails: {}", example.text),
            ),
            example,
        ),
        Judgement::Undecided(example) => (
            Diagnostic::warning(
                "expectation-undecided",
                format!("the expectation `{name}` is undecided: {}", example.text),
            ),
            example,
        ),
    };
    diagnostic = diagnostic.label(expectation.span, "expected here");
    let mut rest = Vec::new();
    for step in &example.because {
        match step.source.and_then(Source::span) {
            Some(span) => diagnostic = diagnostic.label(span, step_text(step)),
            None => rest.push(step_text(step)),
        }
    }
    if !rest.is_empty() {
        return Some(diagnostic.hint(format!("because {}", rest.join("; "))));
    }
    if diagnostic.severity == Severity::Warning {
        diagnostic = diagnostic.hint("manage what is not known, or see `portcullis plan`");
    }
    Some(diagnostic)
}

fn step_text(step: &Because) -> String {
    format!("{}: {}", step.rule, step.text)
}

/// Judges the expectations of one site on the state after a plan: checks, and findings for what is undecided.
pub fn review(desired: &Desired<'_>, after: &State<'_>) -> (Vec<Verdict>, Vec<Finding>) {
    let sources = &desired.workspace.sources;
    let (mut verdicts, mut findings) = (Vec::new(), Vec::new());
    for expectation in of_site(desired.workspace, &desired.site.key) {
        let problems = match judge(expectation, after) {
            Judgement::Holds => Vec::new(),
            Judgement::Fails(example) => vec![told(&example, sources)],
            Judgement::Undecided(example) => {
                findings.push(Finding {
                    address: desired.address(["expectation", expectation.name.as_str()]),
                    code: "expectation-undecided",
                    message: told(&example, sources),
                    source: Some(expectation.span),
                });
                continue;
            }
        };
        verdicts.push(Verdict {
            warns: false,
            kind: "expectation",
            name: expectation.name.clone(),
            problems,
            source: Some(expectation.span),
        });
    }
    (verdicts, findings)
}

/// A counterexample in one line: who, by which rules, from which lines.
fn told(example: &Counterexample, sources: &Sources) -> String {
    let steps: Vec<String> = example
        .because
        .iter()
        .map(|step| {
            let place = step
                .source
                .and_then(Source::span)
                .and_then(|span| at(sources, span))
                .unwrap_or_default();
            format!("{}{place}", step_text(step))
        })
        .collect();
    match steps.is_empty() {
        true => example.text.clone(),
        false => format!("{}, because {}", example.text, steps.join("; ")),
    }
}

fn at(sources: &Sources, span: Span) -> Option<String> {
    Some(format!(" ({}:{})", sources.get(span.file)?.path, span.line))
}
