//! A review for programs, written person by person.

use super::{Report, Row, rows};
use crate::access::explain::json::{Step, because};
use crate::access::review::{Count, ListRow, PortalRow, kind};
use crate::access::who::json::{RouteDocument, route};
use crate::config::ManagedBy;
use crate::exit::Exit;
use crate::neutral::json::escaped;
use crate::neutral::phrase::Phrase;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::{self, Write};

/// The version of the document.
pub(super) const FORMAT_VERSION: &str = "1.0";

/// What `review --format json` writes: a head, a line for each person, and a tail.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewDocument<'d> {
    #[serde(flatten)]
    head: Head<'d>,
    /// Everybody known, each on a line; with `--privacy counts` one for those who are alike.
    people: Vec<PersonDocument<'d>>,
    #[serde(flatten)]
    tail: Tail<'d>,
}

/// What stands before people.
#[derive(Debug, Serialize, JsonSchema)]
struct Head<'d> {
    /// The version of this format.
    format_version: &'static str,
    /// The version of Portcullis.
    tool_version: &'static str,
    /// The site's key.
    site: &'d str,
    /// Which state it is of: `desired` (as the workspace describes it), `live` (as the site was read), or `after`.
    state: &'static str,
    /// The day that it was made for.
    on: String,
    /// What is shown of people: `full`, `pseudonymous` or `counts`.
    privacy: &'static str,
    /// Whose lists and portals it is of, with `--owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'d str>,
    /// How much it is about.
    numbers: Numbers,
    /// What was looked for, also what was not found.
    findings: Vec<FindingDocument<'d>>,
    /// What differs from an earlier review, with `--since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<super::since::SinceDocument<'d>>,
    /// Every portal.
    portals: Vec<PortalDocument<'d>>,
    /// Classes of people that nobody could list, with what they reach.
    classes: Vec<ClassDocument<'d>>,
    /// Every list of people.
    lists: Vec<ListDocument<'d>>,
}

/// What stands behind people.
#[derive(Debug, Serialize, JsonSchema)]
struct Tail<'d> {
    /// What was not read, so that something may be missing.
    not_read: Vec<Phrase>,
    /// What also decides and is never judged here, as sentences.
    not_judged: Vec<Phrase>,
    /// What to do next, as sentences with commands.
    next: &'d [String],
    /// The exit code.
    exit_code: u8,
    /// The reason of the exit code, in words.
    exit_reason: &'static str,
}

/// How much a review is about.
#[derive(Debug, Serialize, JsonSchema)]
struct Numbers {
    /// People.
    people: usize,
    /// Portals.
    portals: usize,
    /// Customer organizations.
    organizations: usize,
}

/// One thing that was looked for.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingDocument<'d> {
    /// The stable code.
    code: &'static str,
    /// What it is, in words.
    title: String,
    /// Its number in the text, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    /// How many there are; `null` where that is not known.
    count: Option<usize>,
    /// How many there are at least, where more is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<usize>,
    /// Why more is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_known: Option<&'d str>,
    /// What it is about, where that is no person.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'d [String]>,
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<Vec<String>>,
}

/// A portal.
#[derive(Debug, Serialize, JsonSchema)]
struct PortalDocument<'d> {
    /// The key of the project.
    project: String,
    /// Whether it is open to every customer: `yes`, `no` or `uncertain`.
    open: &'static str,
    /// Whether anybody without login sees it.
    anonymous: &'static str,
    /// Whether anybody with an address can get in.
    anyone: &'static str,
    /// Whether every customer of the site gets in.
    any_customer: &'static str,
    /// How many known people reach it.
    people: usize,
    /// How many more might.
    people_perhaps: usize,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'d str>,
}

/// A class with what it reaches.
#[derive(Debug, Serialize, JsonSchema)]
struct ClassDocument<'d> {
    /// `anonymous`, `anyone`, `any_customer`, `*@DOMAIN`, `group:NAME` or `agents`.
    who: &'d str,
    /// The key of a project, or `PROJECT/SPACE`.
    target: String,
    /// `yes`, `no` or `uncertain`.
    answer: &'static str,
    /// By which route, in words.
    route: &'d Phrase,
    /// Why, step by step.
    because: Vec<Step<'d>>,
}

/// A list of people.
#[derive(Debug, Serialize, JsonSchema)]
struct ListDocument<'d> {
    /// The customer organization, where the list is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'d str>,
    /// The project, where the list is of its customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'d str>,
    /// How many people are on it, as far as known.
    people: usize,
    /// Whether the files describe it.
    declared: bool,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'d str>,
    /// The last day of the whole list.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Who keeps it, where Portcullis does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'static str>,
    /// Why it is not known who is on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_known: Option<&'d str>,
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonDocument<'d> {
    /// The address, or `id:` and the account id.
    who: &'d str,
    /// `customer`, `agent`, `none` or `unknown`.
    role: &'static str,
    /// `active`, `unverified`, `suspended or revoked` or `perhaps`.
    status: &'static str,
    /// Whether the account takes a licence; `null` where that is not known.
    licence: Option<bool>,
    /// The lists that they are on.
    lists: Vec<OnDocument<'d>>,
    /// What they reach.
    reaches: Vec<ReachDocument>,
    /// The kind of account: `portal_only` or `atlassian`.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'static str>,
    /// The account id, where people are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Cow<'static, str>>,
    /// The display name, as they chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'d str>,
    /// How many people the row stands for, with `--privacy counts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// A list that somebody is on.
#[derive(Debug, Serialize, JsonSchema)]
struct OnDocument<'d> {
    /// The customer organization, where the list is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'d str>,
    /// The project, where the list is of its customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'d str>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'d str>,
    /// The last day of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// `true` where it is not sure that they are on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    perhaps: bool,
}

/// Something that somebody reaches.
#[derive(Debug, Serialize, JsonSchema)]
struct ReachDocument {
    /// The key of the project, for its portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    portal: Option<String>,
    /// `PROJECT/SPACE`, for its articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    articles: Option<String>,
    /// `yes` or `uncertain`.
    answer: &'static str,
    /// Every way in which they reach it.
    routes: Vec<RouteDocument>,
}

/// Writes a review as JSON: findings first, people last but for what is not known; each person on a line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(out: &mut dyn Write, report: &Report<'_, '_, '_>, exit: Exit) -> io::Result<()> {
    writeln!(out, "{{")?;
    for (key, value) in &keys(&head(report)) {
        field(out, key, value)?;
        writeln!(out, ",")?;
    }
    write!(out, "  \"people\": [")?;
    let mut between = "\n    ";
    for row in report.rows() {
        let text = Value::Object(keys(&person(report, &row))).to_string();
        write!(out, "{between}{}", escaped(&text))?;
        between = ",\n    ";
    }
    writeln!(out, "\n  ],")?;
    let tail = keys(&Tail {
        not_read: report.gaps(),
        not_judged: report.never_judged(),
        next: report.next,
        exit_code: exit.code(),
        exit_reason: exit.reason(),
    });
    for (at, (key, value)) in tail.iter().enumerate() {
        field(out, key, value)?;
        writeln!(out, "{}", if at + 1 < tail.len() { "," } else { "" })?;
    }
    writeln!(out, "}}")
}

/// Returns the keys of a document with their values.
fn keys(document: &impl Serialize) -> Map<String, Value> {
    // Text, numbers and lists of them under names, which always become JSON.
    match serde_json::to_value(document) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn field(out: &mut dyn Write, key: &str, value: &Value) -> io::Result<()> {
    // Strings, numbers, booleans and lists of them, which always become JSON.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    write!(out, "  \"{key}\": {}", escaped(&text).replace('\n', "\n  "))
}

fn head<'d>(report: &'d Report<'_, '_, '_>) -> Head<'d> {
    let review = report.review;
    Head {
        format_version: FORMAT_VERSION,
        tool_version: env!("CARGO_PKG_VERSION"),
        site: report.site,
        state: review.state.kind.word(),
        on: report.today.to_string(),
        privacy: report.mask.word(),
        owner: report.owner,
        numbers: Numbers {
            people: review.people.len(),
            portals: review.portals.len(),
            organizations: review.lists.rows().filter(|row| row.organization).count(),
        },
        findings: findings(report),
        since: report.since.map(|(name, changes)| changes.document(name)),
        portals: review
            .portals
            .iter()
            .map(|row| portal(report, row))
            .collect(),
        classes: classes(report),
        lists: review.lists.rows().map(list).collect(),
    }
}

fn findings<'d>(report: &'d Report<'_, '_, '_>) -> Vec<FindingDocument<'d>> {
    let mut numbers = 1..;
    let all = report.review.findings.iter().map(|finding| {
        let sure = finding.sure();
        let number = if sure > 0 { numbers.next() } else { None };
        let (count, at_least) = match &finding.count {
            Count::Sure(count) => (Some(*count), None),
            Count::AtLeast(..) | Count::Unknown(_) => (None, Some(sure)),
        };
        let named = !finding.people.is_empty() && !report.mask.counts();
        FindingDocument {
            code: finding.code.word(),
            title: finding.code.title(sure),
            number,
            hint: number.map(|_| finding.code.hint()),
            count,
            at_least,
            not_known: finding.gap(),
            what: (!finding.things.is_empty()).then_some(finding.things.as_slice()),
            people: named.then(|| report.names(finding)),
        }
    });
    all.collect()
}

fn portal<'d>(report: &Report<'_, '_, '_>, portal: &'d PortalRow) -> PortalDocument<'d> {
    PortalDocument {
        project: report.review.target(portal.project, None),
        open: portal.open.word(),
        anonymous: portal.anonymous.word(),
        anyone: portal.anyone.word(),
        any_customer: portal.any_customer.word(),
        people: portal.people,
        people_perhaps: portal.perhaps,
        owner: portal.owner.as_deref(),
    }
}

fn classes<'d>(report: &'d Report<'_, '_, '_>) -> Vec<ClassDocument<'d>> {
    let all = report.review.classes.iter().map(|reach| ClassDocument {
        who: &reach.class.who,
        target: report.review.target(reach.project, reach.space.as_ref()),
        answer: reach.class.answer.word(),
        route: &reach.class.route,
        because: because(&reach.class.because, report.sources),
    });
    all.collect()
}

/// The name of a list under the key that says what it is of: organization, project.
fn kinds<'d>(row: &ListRow<'d>) -> (Option<&'d str>, Option<&'d str>) {
    match row.organization {
        true => (Some(row.name), None),
        false => (None, Some(row.name)),
    }
}

fn list<'d>(row: &'d ListRow<'_>) -> ListDocument<'d> {
    let (organization, project) = kinds(row);
    ListDocument {
        organization,
        project,
        people: row.people,
        declared: row.declared,
        owner: row.owner,
        until: row.until.map(|until| until.to_string()),
        managed_by: row.managed_by.map(ManagedBy::word),
        not_known: row.gap.as_deref(),
    }
}

fn person<'d>(report: &'d Report<'_, '_, '_>, row: &'d Row) -> PersonDocument<'d> {
    let review = report.review;
    let known = review.state.people.get(row.id);
    let lists = row.lists(review).into_iter().map(|on| {
        let (organization, project) = kinds(on.row);
        OnDocument {
            organization,
            project,
            owner: on.row.owner,
            until: on.until.map(|until| until.to_string()),
            perhaps: !on.sure,
        }
    });
    let reaches = review.reached(row.id);
    let reaches = reaches.iter().map(|reached| {
        let target = Some(review.target(reached.project, reached.space.as_ref()));
        let (portal, articles) = match reached.space {
            Some(_) => (None, target),
            None => (target, None),
        };
        let via = row.via(review, reached);
        ReachDocument {
            portal,
            articles,
            answer: reached.answer.word(),
            routes: via.iter().map(|via| route(via, report.sources)).collect(),
        }
    });
    let shown = report.mask.is_full();
    PersonDocument {
        who: &row.who,
        role: rows::role(known.account.role),
        status: rows::status(known.account.status),
        licence: rows::licence(known.account),
        lists: lists.collect(),
        reaches: reaches.collect(),
        account: kind(known).map(|kind| kind.word()),
        account_id: known.account_id.filter(|_| shown).map(|id| id.text()),
        name: Some(known.name).filter(|name| shown && !name.is_empty()),
        count: row.count,
    }
}
