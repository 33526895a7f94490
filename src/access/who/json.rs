//! An audience as JSON.

use super::{Listed, Listing, Via};
use crate::access::explain::json::{Place, Step, because, place, surface};
use crate::config::Sources;
use crate::exit::Exit;
use crate::neutral::phrase::Phrase;
use schemars::JsonSchema;
use serde::Serialize;

/// What `who --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhoDocument<'d> {
    /// The version of this format.
    format_version: &'static str,
    /// The site's key.
    site: &'d str,
    /// Which state it is of: `desired` (as the workspace describes it), `live` (as the site was read), or `after`.
    state: &'static str,
    /// The key of the project.
    project: &'d str,
    /// The key of the space, where its readers were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<&'d str>,
    /// Classes of people that nobody could list.
    classes: Vec<ClassDocument<'d>>,
    /// Everybody known who reaches it; with `--privacy counts` one row for those who come by the same routes.
    people: Vec<PersonDocument<'d>>,
    /// What was not read, so that somebody may be missing.
    gaps: &'d [Phrase],
    /// What also decides and is not judged here, as sentences.
    not_judged: &'d [Phrase],
    /// The exit code.
    exit_code: u8,
    /// The reason of the exit code, in words.
    exit_reason: &'static str,
}

/// A class that reaches something.
#[derive(Debug, Serialize, JsonSchema)]
struct ClassDocument<'d> {
    /// `anonymous`, `anyone`, `any_customer`, `*@DOMAIN`, `group:NAME` or `agents`.
    who: &'d str,
    /// `yes`, `no` or `uncertain`.
    answer: &'static str,
    /// By which route, in words.
    route: &'d Phrase,
    /// Why, step by step.
    because: Vec<Step<'d>>,
}

/// A person who reaches something.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonDocument<'d> {
    /// The address, or `id:` and the account id.
    who: &'d str,
    /// `yes` or `uncertain`.
    answer: &'static str,
    /// Every way in which they reach it.
    routes: Vec<RouteDocument>,
    /// The account id, where it is known and people are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'d str>,
    /// The display name, as they chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'d str>,
    /// The kind of account: `portal_only` or `atlassian`.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'static str>,
    /// How many people the row stands for, with `--privacy counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// One way in which somebody reaches something.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RouteDocument {
    /// The route in words, such as `roster` or `organization Globex`.
    route: Phrase,
    /// The rule that makes it one, as `portcullis rule` knows it.
    rule: &'static str,
    /// Where in the files it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Place>,
    /// By which surface it was read from the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<&'static str>,
    /// The last day, where the workspace says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// Returns an audience as JSON.
pub fn document<'d>(
    site: &'d str,
    audience: &'d Listing,
    sources: &Sources,
    exit: Exit,
) -> WhoDocument<'d> {
    let classes = audience.classes.iter().map(|class| ClassDocument {
        who: &class.who,
        answer: class.answer.word(),
        route: &class.route,
        because: because(&class.because, sources),
    });
    let people = audience.people.iter();
    WhoDocument {
        format_version: "1.0",
        site,
        state: audience.state.word(),
        project: audience.project.as_str(),
        space: audience.space.as_ref().map(|space| space.as_str()),
        classes: classes.collect(),
        people: people.map(|row| person(row, sources)).collect(),
        gaps: &audience.gaps,
        not_judged: &audience.not_judged,
        exit_code: exit.code(),
        exit_reason: exit.reason(),
    }
}

/// Returns a route: its words, its rule, and where it is said or by which surface it was read.
pub fn route(via: &Via, sources: &Sources) -> RouteDocument {
    RouteDocument {
        route: via.route.clone(),
        rule: via.rule.0,
        source: via.source.and_then(|source| place(source, sources)),
        surface: via.source.and_then(surface),
        until: via.until.map(|until| until.to_string()),
    }
}

fn person<'d>(row: &'d Listed, sources: &Sources) -> PersonDocument<'d> {
    PersonDocument {
        who: &row.who,
        answer: row.answer.word(),
        routes: row.via.iter().map(|via| route(via, sources)).collect(),
        account_id: row.account_id.as_deref(),
        name: (!row.name.is_empty()).then_some(row.name.as_str()),
        account: row.account.map(|kind| kind.word()),
        count: row.count,
    }
}
