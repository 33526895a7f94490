//! An explanation as JSON: the shape that the contract fixes.

use super::{ChannelAnswer, Explanation};
use crate::access::answer::{Because, Source};
use crate::access::state::StateKind;
use crate::config::Sources;
use crate::desired::ends::End;
use crate::exit::Exit;
use crate::neutral::phrase::Phrase;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The version of this format.
const FORMAT_VERSION: &str = "1.0";

/// What `explain --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainDocument<'d> {
    /// The version of this format.
    format_version: &'static str,
    /// The site's key.
    site: &'d str,
    /// Who was asked about, as it was typed.
    who: &'d str,
    /// Which state the answers are of: `desired` (as the workspace describes it), `live` (as the site was read), or `after` (as the
    /// site will be after the plan).
    state: &'static str,
    #[serde(flatten)]
    answers: Answers<'d>,
    /// The same keys from `channels` to `not_judged` for the workspace, beside a live state whose answers differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    desired: Option<Answers<'d>>,
    /// The same keys for the site as it was read, beside another state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    live: Option<Answers<'d>>,
    /// The same keys for the site as it will be after the plan, beside another state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    after: Option<Answers<'d>>,
    /// The lists that the person is on until a day.
    ends: Vec<EndDocument>,
    /// The exit code.
    exit_code: u8,
    /// The reason of the exit code, in words.
    exit_reason: &'static str,
}

/// What somebody gets and reaches in one state.
#[derive(Debug, Serialize, JsonSchema)]
struct Answers<'d> {
    /// The account by each of the main channels, by the channel's name.
    channels: BTreeMap<&'static str, ChannelDocument<'d>>,
    /// The account by each of the other channels, by the channel's name.
    other_channels: BTreeMap<&'static str, ChannelDocument<'d>>,
    /// Every project that was asked about, by its key.
    projects: BTreeMap<String, ProjectDocument<'d>>,
    /// Every linked space, as `PROJECT/SPACE`.
    articles: BTreeMap<String, ArticleDocument<'d>>,
    /// What is said once for all answers.
    notes: Vec<Step<'d>>,
    /// What also decides and is not judged here, as sentences.
    not_judged: &'d [Phrase],
}

/// Where a channel leads to.
#[derive(Debug, Serialize, JsonSchema)]
struct ChannelDocument<'d> {
    /// The account that it leads to, as a word.
    outcome: &'static str,
    /// Why, step by step.
    because: Vec<Step<'d>>,
}

/// What somebody may do in a project.
#[derive(Debug, Serialize, JsonSchema)]
struct ProjectDocument<'d> {
    /// Whether they see the portal: `yes`, `no` or `uncertain`.
    view_portal: &'static str,
    /// Whether they can send a request: `yes`, `no` or `uncertain`.
    send_request: &'static str,
    /// The account by each main channel that depends on the project.
    channels: BTreeMap<&'static str, ChannelDocument<'d>>,
    /// The account by each other channel that depends on the project.
    other_channels: BTreeMap<&'static str, ChannelDocument<'d>>,
    /// Why, step by step.
    because: Vec<Step<'d>>,
}

/// Whether somebody reads the articles of a space.
#[derive(Debug, Serialize, JsonSchema)]
struct ArticleDocument<'d> {
    /// `yes`, `no` or `uncertain`.
    read: &'static str,
    /// Why, step by step.
    because: Vec<Step<'d>>,
}

/// A list that somebody is on until a day.
#[derive(Debug, Serialize, JsonSchema)]
struct EndDocument {
    /// Which, in words.
    list: String,
    /// The last day.
    until: String,
    /// Where that is written.
    source: Option<Place>,
}

/// One step of a reason.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step<'d> {
    /// The rule, as `portcullis rule` knows it.
    rule: &'static str,
    /// What it says here.
    text: &'d Phrase,
    /// Where in the files the fact stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// By which surface it was read from the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<&'static str>,
}

/// A place in the files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Place {
    /// The path relative to the workspace.
    file: String,
    /// From 1.
    line: u32,
}

/// Returns the document; `other` is the desired state beside a live one, given where its answers differ.
pub fn document<'d>(
    site: &'d str,
    who: &'d str,
    explanation: &'d Explanation,
    other: Option<&'d Explanation>,
    ends: &[End],
    sources: &Sources,
    exit: Exit,
) -> ExplainDocument<'d> {
    let beside = |kind: StateKind| {
        let other = other.filter(|other| other.state == kind);
        other.map(|other| answers(other, sources))
    };
    let ends = ends.iter().map(|end| EndDocument {
        list: end.what.phrase().to_string(),
        until: end.until.to_string(),
        source: place(Source::Written(end.span), sources),
    });
    ExplainDocument {
        format_version: FORMAT_VERSION,
        site,
        who,
        state: explanation.state.word(),
        answers: answers(explanation, sources),
        desired: beside(StateKind::Desired),
        live: beside(StateKind::Live),
        after: beside(StateKind::After),
        ends: ends.collect(),
        exit_code: exit.code(),
        exit_reason: exit.reason(),
    }
}

fn answers<'d>(explanation: &'d Explanation, sources: &Sources) -> Answers<'d> {
    let projects = explanation.projects.iter().map(|project| {
        let value = ProjectDocument {
            view_portal: project.reach.view.word(),
            send_request: project.reach.send.word(),
            channels: channels(&project.channels, true, sources),
            other_channels: channels(&project.channels, false, sources),
            because: because(&project.because, sources),
        };
        (project.key.to_string(), value)
    });
    let articles = explanation.articles.iter().map(|article| {
        let value = ArticleDocument {
            read: article.read.word(),
            because: because(&article.because, sources),
        };
        (format!("{}/{}", article.project, article.space), value)
    });
    Answers {
        channels: channels(&explanation.channels, true, sources),
        other_channels: channels(&explanation.channels, false, sources),
        projects: projects.collect(),
        articles: articles.collect(),
        notes: because(&explanation.notes, sources),
        not_judged: &explanation.not_judged,
    }
}

/// The main channels, whose keys the contract fixes, or the other ones.
fn channels<'d>(
    channels: &'d [ChannelAnswer],
    main: bool,
    sources: &Sources,
) -> BTreeMap<&'static str, ChannelDocument<'d>> {
    let channels = channels.iter();
    let channels = channels.filter(|answer| answer.channel.is_main() == main);
    channels
        .map(|answer| {
            let value = ChannelDocument {
                outcome: answer.outcome.word(),
                because: because(&answer.because, sources),
            };
            (answer.channel.word(), value)
        })
        .collect()
}

/// Returns the steps of a reason.
pub fn because<'d>(steps: &'d [Because], sources: &Sources) -> Vec<Step<'d>> {
    steps
        .iter()
        .map(|step| Step {
            rule: step.rule.0,
            text: &step.text,
            source: step.source.and_then(|source| place(source, sources)),
            surface: step.source.and_then(surface),
        })
        .collect()
}

/// Returns the place in the files, where there is one.
pub fn place(source: Source, sources: &Sources) -> Option<Place> {
    let span = source.span()?;
    let file = sources.get(span.file)?;
    Some(Place {
        file: file.path.to_string(),
        line: span.line,
    })
}

/// Returns the surface by which something was read.
pub const fn surface(source: Source) -> Option<&'static str> {
    match source {
        Source::Read(surface) => Some(surface.word()),
        Source::Written(_) | Source::Attested(_) | Source::Default => None,
    }
}
