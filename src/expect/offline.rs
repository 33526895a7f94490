//! Expectations judged on what is written, as `validate` shows them.

use super::{Judgement, judge, of_site};
use crate::access::{Because, Source, State};
use crate::config::{Expectation, Undecided, Workspace};
use crate::desired::Desired;
use crate::diagnostic::{Diagnostic, Severity};
use crate::neutral::phrase::{Phrase, foreign, say};
use jiff::civil::Date;

/// The code of an expectation that fails.
pub const FAILED: &str = "expectation-failed";

/// How many reasons stand in a hint.
const REASONS: usize = 4;

/// Judges the expectations of every site on its desired state, as `validate` shows them.
pub fn diagnostics(workspace: &Workspace, today: Date) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for key in workspace.sites.keys() {
        if of_site(&workspace.expectations, key).next().is_none() {
            continue;
        }
        let Some(desired) = Desired::new(workspace, key, today) else {
            continue;
        };
        let state = State::offline(&desired);
        for expectation in of_site(&workspace.expectations, key) {
            diagnostics.extend(diagnostic(expectation, judge(expectation, &state)));
        }
    }
    diagnostics
}

fn diagnostic(expectation: &Expectation, judgement: Judgement) -> Option<Diagnostic> {
    let name = &expectation.name;
    let (mut diagnostic, example) = match judgement {
        Judgement::Holds => return None,
        Judgement::Fails(example) => (
            Diagnostic::error(
                FAILED,
                say(
                    "the expectation {} fails: {}",
                    [foreign(name), example.text.clone()],
                ),
            ),
            example,
        ),
        Judgement::Undecided(example) if expectation.undecided == Undecided::Block => (
            Diagnostic::error(
                FAILED,
                say(
                    "the expectation {} cannot be decided: {}",
                    [foreign(name), example.text.clone()],
                ),
            ),
            example,
        ),
        Judgement::Undecided(example) => (
            Diagnostic::warning(
                "expectation-undecided",
                say(
                    "the expectation {} is undecided: {}",
                    [foreign(name), example.text.clone()],
                ),
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
    if rest.len() > REASONS + 1 {
        let more = rest.split_off(REASONS).len();
        rest.push(format!("and {more} more, which `portcullis explain` tells").into());
    }
    if !rest.is_empty() {
        return Some(diagnostic.hint(Phrase::of("because ").joined(&rest, "; ")));
    }
    if diagnostic.severity == Severity::Warning {
        diagnostic = diagnostic.hint("manage what is not known, or see `portcullis plan`");
    }
    Some(diagnostic)
}

pub(super) fn step_text(step: &Because) -> Phrase {
    Phrase::of(&format!("{}: ", step.rule)).then(&step.text)
}
