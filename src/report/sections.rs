//! A plan cut into sections for a reviewer, before any markup: what the Markdown and the HTML form have in common.
//!
//! What the reader must see first comes first; every piece of text is marked as ours or foreign.

use super::document::{ManualStepDocument, PlanDocument, ResourceChange, Source};
use super::text::impact_sentences;
use super::text::rows::{Section as Fate, action, null_of, reason, value, whole};
use super::text::values::{Null, counted};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::BTreeMap;

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Our own words.
    Word(String),
    /// A name, an address, a path: foreign from end to end.
    Name(String),
    /// Our words with foreign text among them.
    Message(String),
    /// A link to a page.
    Link(String),
}

/// Text in pieces; a renderer puts spaces between them.
pub(super) type Phrase = Vec<Piece>;

impl Section {
    /// Returns the heading: the title, with the count where there is one.
    pub(super) fn heading(&self) -> String {
        let count = self.count.map(|count| format!(" ({count})"));
        format!("{}{}", self.title, count.unwrap_or_default())
    }
}

/// One part of a plan, as a table.
#[derive(Debug)]
pub(super) struct Section {
    /// What the rows have in common.
    pub(super) title: &'static str,
    /// How many things the rows stand for; `None` where the rows are sentences.
    pub(super) count: Option<usize>,
    /// The heading of every column.
    pub(super) heads: Vec<&'static str>,
    /// The rows, as wide as `heads`.
    pub(super) rows: Vec<Vec<Phrase>>,
    /// How many things belong to what, the most first; empty where that says nothing.
    pub(super) lists: Vec<(Phrase, usize)>,
    /// How many rows a reader may see without unfolding.
    pub(super) open: usize,
    /// Who gets space first; 0 before all others.
    pub(super) priority: u8,
}

/// Cuts a plan into its sections, in reading order; empty ones are left out. `items` limits lists of people within a row.
pub(super) fn sections(document: &PlanDocument, items: usize) -> Vec<Section> {
    let mut fates: BTreeMap<usize, Vec<&ResourceChange>> = BTreeMap::new();
    for change in &document.resource_changes {
        fates
            .entry(Fate::of(change) as usize)
            .or_default()
            .push(change);
    }
    let settled: std::collections::BTreeSet<&str> = document
        .manual_steps
        .iter()
        .flat_map(|step| &step.addresses)
        .map(String::as_str)
        .collect();
    let mut of = |fate: Fate| fates.remove(&(fate as usize)).unwrap_or_default();
    let mut all = vec![impact(document), errors(document), checks(document)];
    all.push(changes(
        "Blocked, will not be done",
        of(Fate::Blocked),
        10,
        6,
    ));
    all.push(changes("To remove", of(Fate::Remove), 25, 2));
    all.push(changes("To change", of(Fate::Change), 25, 3));
    all.push(changes("To add", of(Fate::Add), 10, 4));
    all.push(steps(document, items));
    let mut by_hand = of(Fate::ByHand);
    by_hand.retain(|change| !settled.contains(change.address.as_str()));
    all.push(changes(
        "By hand, without a known click path",
        by_hand,
        10,
        5,
    ));
    all.push(changes(
        "Waiting for a step by hand",
        of(Fate::Waiting),
        0,
        7,
    ));
    all.push(findings(document));
    all.push(forecast(document));
    all.retain(|section| !section.rows.is_empty());
    all
}

/// Returns what the whole plan says in a few lines: whether it can be believed, and what comes next.
pub(super) fn remarks(document: &PlanDocument) -> Vec<Phrase> {
    let mut remarks = Vec::new();
    let mut say = |text: &str| remarks.push(vec![Piece::Word(text.to_owned())]);
    if document.errored || !document.complete {
        say("This plan is not whole: what could not be read is left as it is.");
    }
    if let Some(redaction) = &document.portcullis {
        match redaction.privacy.as_str() {
            "counts" => {
                say("People are shown as counts only. This plan can be read, never applied.")
            }
            _ => say("People are shown by pseudonyms. This plan can be read, never applied."),
        }
    }
    if document.resource_changes.is_empty() && document.manual_steps.is_empty() && document.complete
    {
        say("Nothing to change.");
    }
    if document.is_overridable() {
        remarks.push(vec![
            Piece::Word(
                "To override what the policy blocks, for exactly this plan: run".to_owned(),
            ),
            Piece::Name("portcullis apply".to_owned()),
            Piece::Word("with".to_owned()),
            Piece::Name(format!("--accept {}", document.digest)),
        ]);
    }
    remarks
}

/// Returns the rest of a plan as lines of `what: how much`.
pub(super) fn rest(document: &PlanDocument) -> Vec<(&'static str, Phrase)> {
    let mut rest = Vec::new();
    let mut say = |what, text: String| rest.push((what, vec![Piece::Message(text)]));
    if !document.resource_drift.is_empty() {
        let changed = counted(document.resource_drift.len(), "thing was", "things were");
        say("outside", format!("{changed} changed by somebody else"));
    }
    let unmanaged = &document.unmanaged;
    say(
        "not in the YAML, left alone",
        format!(
            "{}, {}, {} on managed lists",
            counted(unmanaged.organizations, "organization", "organizations"),
            counted(unmanaged.projects, "project", "projects"),
            counted(unmanaged.people, "person", "people"),
        ),
    );
    let coverage = &document.coverage;
    say(
        "coverage",
        format!(
            "{} of {} and {} of {} are described; {}, {} not known",
            coverage.organizations_managed,
            counted(coverage.organizations_live, "organization", "organizations"),
            coverage.projects_managed,
            counted(coverage.projects_live, "project", "projects"),
            counted(coverage.fields_known, "field known", "fields known"),
            coverage.fields_unknown,
        ),
    );
    let budget = &document.api_budget;
    say(
        "requests",
        format!(
            "applying sends {} writes or more; planning took {} requests",
            budget.apply_writes, budget.plan_requests
        ),
    );
    say(
        "mails sent by these requests",
        document.notifications.mails.to_string(),
    );
    rest.push(("digest", vec![Piece::Name(document.digest.clone())]));
    rest
}

/// What the plan does to people: the sentences of the text form, and the numbers for where those have no space.
fn impact(document: &PlanDocument) -> Section {
    let sentences = impact_sentences(document);
    let rows: Vec<Vec<Phrase>> = sentences
        .into_iter()
        .map(|sentence| vec![vec![Piece::Message(sentence)]])
        .collect();
    let number = |name: &str| {
        let number = document.access_impact.get(name).and_then(Value::as_u64);
        usize::try_from(number.unwrap_or(0)).unwrap_or(usize::MAX)
    };
    let lists: Vec<(Phrase, usize)> = [
        ("people who gain something", number("people_gaining")),
        ("people who lose something", number("people_losing")),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(what, count)| (vec![Piece::Word(what.to_owned())], count))
    .collect();
    Section {
        title: "Who gains or loses access",
        count: None,
        heads: vec!["what happens"],
        rows,
        lists,
        open: 25,
        priority: 0,
    }
}

fn errors(document: &PlanDocument) -> Section {
    let rows = document.errors.iter().map(|error| {
        let mut why = vec![Piece::Message(error.message.clone())];
        if error.forbidden {
            why.push(Piece::Word("(a right or a credential is missing)".into()));
        }
        vec![spoken(&error.address), why, place(error.source.as_ref())]
    });
    plain(
        "Could not be read",
        vec!["what", "why", "declared in"],
        rows.collect(),
        10,
        0,
    )
}

fn checks(document: &PlanDocument) -> Section {
    let failed = document
        .checks
        .iter()
        .filter(|check| check.status != "pass");
    let rows = failed.flat_map(|check| {
        let name = vec![
            Piece::Message(check.address.kind.clone()),
            Piece::Message(check.address.to_display.clone()),
        ];
        let overridden = check.overridden.as_ref();
        let overridden = overridden.map(|_| Piece::Message(format!("{}:", check.effect())));
        let problems: Vec<Phrase> = if check.problems.is_empty() {
            vec![vec![Piece::Message(check.status.clone())]]
        } else {
            check
                .problems
                .iter()
                .map(|problem| {
                    let problem = Piece::Message(problem.message.clone());
                    overridden.clone().into_iter().chain([problem]).collect()
                })
                .collect()
        };
        problems
            .into_iter()
            .map(move |problem| vec![name.clone(), problem])
    });
    plain(
        "Checks that do not pass",
        vec!["check", "what is wrong"],
        rows.collect(),
        10,
        1,
    )
}

fn findings(document: &PlanDocument) -> Section {
    let rows = document.findings.iter().map(|finding| {
        vec![
            spoken(&finding.address),
            vec![Piece::Message(finding.message.clone())],
            vec![Piece::Name(finding.code.clone())],
            place(finding.source.as_ref()),
        ]
    });
    plain(
        "Worth knowing",
        vec!["what", "remark", "code", "asked for in"],
        rows.collect(),
        0,
        8,
    )
}

fn forecast(document: &PlanDocument) -> Section {
    let rows = document.forecast.iter().map(|entry| {
        vec![
            spoken(&entry.address),
            vec![Piece::Message(match entry.count {
                Some(count) => format!("{} ({count})", entry.until),
                None => entry.until.clone(),
            })],
            place(Some(&entry.source)),
        ]
    });
    plain(
        "Ends soon",
        vec!["what", "last day", "asked for in"],
        rows.collect(),
        0,
        9,
    )
}

fn steps(document: &PlanDocument, items: usize) -> Section {
    let changes: BTreeMap<&str, &ResourceChange> = document
        .resource_changes
        .iter()
        .map(|change| (change.address.as_str(), change))
        .collect();
    let rows = document
        .manual_steps
        .iter()
        .map(|step| row_of_step(step, &changes, items));
    let heads = vec!["step", "where", "who", "now → wanted", "record with"];
    plain(
        "By hand: only a person can do these",
        heads,
        rows.collect(),
        10,
        5,
    )
}

fn row_of_step(
    step: &ManualStepDocument,
    changes: &BTreeMap<&str, &ResourceChange>,
    items: usize,
) -> Vec<Phrase> {
    let mut what = vec![Piece::Message(step.title.clone())];
    if step.addresses.len() > 1 {
        what.push(Piece::Word("for".into()));
        for address in step.addresses.iter().take(items) {
            what.extend(thing(address).what);
        }
        if step.addresses.len() > items {
            what.push(Piece::Word(format!(
                "and {} more",
                step.addresses.len() - items
            )));
        }
    }
    let mut path: Phrase = Vec::new();
    for (i, click) in step.click_path.iter().enumerate() {
        if i > 0 {
            path.push(Piece::Word("→".into()));
        }
        path.push(Piece::Message(click.clone()));
    }
    path.extend(step.link.clone().map(Piece::Link));
    let first = step
        .addresses
        .first()
        .and_then(|address| changes.get(address.as_str()).copied());
    let values = format!(
        "{} → {}",
        whole(&step.present, null_of(first)),
        whole(&step.expected, Null::NotThere)
    );
    vec![
        what,
        path,
        vec![Piece::Message(step.role.clone())],
        vec![Piece::Message(values)],
        step.attest
            .iter()
            .map(|command| Piece::Name(command.clone()))
            .collect(),
    ]
}

fn plain(
    title: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Vec<Phrase>>,
    open: usize,
    priority: u8,
) -> Section {
    Section {
        title,
        count: Some(rows.len()),
        heads,
        rows,
        lists: Vec::new(),
        open,
        priority,
    }
}

fn changes(
    title: &'static str,
    changes: Vec<&ResourceChange>,
    open: usize,
    priority: u8,
) -> Section {
    let mixed = changes.iter().any(|change| {
        Fate::of(change) as usize != Fate::Remove as usize
            && Fate::of(change) as usize != Fate::Change as usize
            && Fate::of(change) as usize != Fate::Add as usize
    });
    let valued = changes.iter().any(|change| !value(change).is_empty());
    let mut heads = vec!["what", "of", "why", "asked for in"];
    if valued {
        heads.insert(2, "value");
    }
    if mixed {
        heads.insert(0, "action");
    }
    let mut lists: BTreeMap<(u8, String, &'static str), (Phrase, usize)> = BTreeMap::new();
    let mut count = 0;
    let mut rows: Vec<((u8, String), Vec<Phrase>)> = Vec::with_capacity(changes.len());
    for change in changes {
        let thing = thing(&change.address);
        let weight = change.portcullis.count.unwrap_or(1);
        count += weight;
        let order = (thing.rank, thing.order.clone());
        let list = lists
            .entry((thing.rank, thing.order.clone(), thing.kind))
            .or_insert_with(|| {
                let mut phrase = thing.of.clone();
                phrase.push(Piece::Word(thing.kind.to_owned()));
                (phrase, 0)
            });
        list.1 += weight;
        let mut what = thing.what;
        let name = change.name.as_str();
        let shown = what
            .iter()
            .any(|piece| matches!(piece, Piece::Name(text) if text == name));
        if is_person(&change.kind) && !shown && !name.is_empty() {
            what.push(Piece::Name(name.to_owned()));
        }
        let mut row = vec![
            what,
            thing.of,
            why(change),
            place(change.portcullis.source.as_ref()),
        ];
        if valued {
            row.insert(2, vec![Piece::Message(value(change))]);
        }
        if mixed {
            row.insert(0, vec![Piece::Message(action(change).to_owned())]);
        }
        rows.push((order, row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut lists: Vec<(Phrase, usize)> = lists.into_values().collect();
    lists.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Section {
        title,
        count: Some(count),
        heads,
        rows,
        lists,
        open,
        priority,
    }
}

fn is_person(kind: &str) -> bool {
    matches!(
        kind,
        "jsm_customer_account" | "jsm_organization_member" | "jsm_project_customer"
    )
}

fn why(change: &ResourceChange) -> Phrase {
    let mut why = vec![Piece::Message(reason(&change.action_reason))];
    let extra = &change.portcullis;
    for blocked in &extra.blocked_by {
        why.push(Piece::Word("· blocked by".into()));
        why.push(Piece::Message(blocked.clone()));
    }
    if let Some(first) = extra.waiting_for.first() {
        why.push(Piece::Word("· after".into()));
        why.extend(spoken(first));
        if extra.waiting_for.len() > 1 {
            why.push(Piece::Word(format!(
                "and {} more",
                extra.waiting_for.len() - 1
            )));
        }
    }
    if !matches!(extra.surface.as_str(), "" | "documented" | "manual") {
        why.push(Piece::Word("· over".into()));
        why.push(Piece::Message(extra.surface.clone()));
        if let Some(request) = &extra.request {
            why.push(Piece::Name(request.clone()));
        }
    }
    match extra.origin.as_deref() {
        None | Some("this_branch") => {}
        Some(origin) => {
            why.push(Piece::Word("·".into()));
            why.push(Piece::Message(origin.replace('_', " ")));
        }
    }
    why
}

fn place(source: Option<&Source>) -> Phrase {
    source
        .map(|source| Piece::Name(format!("{}:{}", source.file, source.line)))
        .into_iter()
        .collect()
}

/// What an address stands for.
struct Thing {
    what: Phrase,
    of: Phrase,
    /// The plural of what it is.
    kind: &'static str,
    /// Sorts by what it belongs to: the site first, then accounts, organizations, projects.
    rank: u8,
    order: String,
}

/// Returns how people call what an address stands for, with what it belongs to.
fn spoken(address: &str) -> Phrase {
    let thing = thing(address);
    let mut phrase = thing.what;
    phrase.push(Piece::Word("of".into()));
    phrase.extend(thing.of);
    phrase
}

/// Reads an address (contract, section 7); an unknown shape is shown as it is.
fn thing(address: &str) -> Thing {
    let parts: Vec<String> = address
        .split('/')
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let root = parts.first().copied().unwrap_or("");
    let word = |text: &str| Piece::Word(text.to_owned());
    let name = |text: &str| Piece::Name(text.to_owned());
    let site = || vec![word("site"), name(root)];
    let organization = |of: &str| vec![word("organization"), name(of)];
    let project = |of: &str| vec![word("project"), name(of)];
    let (rank, what, of, kind) = match parts.get(1..).unwrap_or(&[]) {
        ["customer-access", "internal"] => (
            0,
            vec![word("internal Atlassian accounts")],
            site(),
            "settings",
        ),
        ["customer-access", "external"] => (
            0,
            vec![word("external: portal-only accounts")],
            site(),
            "settings",
        ),
        ["customer-access", "customers-can-create-accounts"] => (
            0,
            vec![word("customers can create accounts")],
            site(),
            "settings",
        ),
        ["customer-access", "view-without-login"] => {
            (0, vec![word("view without login")], site(), "settings")
        }
        ["setting", "email-cc-creates-accounts"] => (
            0,
            vec![word("e-mail: To and Cc create accounts")],
            site(),
            "settings",
        ),
        ["setting", "organization-management"] => {
            (0, vec![word("organization management")], site(), "settings")
        }
        ["setting", "portal-only-login"] => {
            (0, vec![word("portal-only login")], site(), "settings")
        }
        ["setting", "knowledge-base-all-logged-in"] => (
            0,
            vec![word("articles for all logged-in users")],
            site(),
            "settings",
        ),
        ["setting", "knowledge-base-anyone"] => {
            (0, vec![word("articles for anyone")], site(), "settings")
        }
        ["allowed-domain", "any"] => (0, vec![word("any external domain")], site(), "settings"),
        ["allowed-domain", domain] => (
            0,
            vec![word("allowed domain"), name(domain)],
            site(),
            "allowed domains",
        ),
        ["approved-domain", "ANYONE"] => (
            1,
            vec![word("any-domain rule")],
            vec![word("Atlassian organization"), name(root)],
            "rules",
        ),
        ["approved-domain", domain] => (
            1,
            vec![word("approved domain"), name(domain)],
            vec![word("Atlassian organization"), name(root)],
            "approved domains",
        ),
        ["account", who] => (2, vec![word("account"), name(who)], site(), "accounts"),
        ["organization", of] => (
            3,
            vec![word("the organization")],
            organization(of),
            "itself",
        ),
        ["organization", of, "member", who] => (
            3,
            vec![word("member"), name(who)],
            organization(of),
            "members",
        ),
        ["organization", of, "email-domain", domain] => (
            3,
            vec![word("e-mail domain"), name(domain)],
            organization(of),
            "e-mail domains",
        ),
        ["project", key] => (4, vec![word("the project")], project(key), "itself"),
        ["project", key, "access"] => (4, vec![word("channel access")], project(key), "settings"),
        ["project", key, "sharing"] => {
            (4, vec![word("customer sharing")], project(key), "settings")
        }
        ["project", key, "organization", of] => (
            4,
            vec![word("organization"), name(of)],
            project(key),
            "organizations",
        ),
        ["project", key, "customer", who] => (
            4,
            vec![word("customer"), name(who)],
            project(key),
            "customers",
        ),
        ["project", key, "knowledge-base", space] => {
            (4, vec![word("space"), name(space)], project(key), "spaces")
        }
        _ => (5, vec![name(address)], site(), "others"),
    };
    let order = of
        .iter()
        .map(|piece| match piece {
            Piece::Word(text) | Piece::Name(text) | Piece::Message(text) | Piece::Link(text) => {
                text.as_str()
            }
        })
        .collect();
    Thing {
        what,
        of,
        kind,
        rank,
        order,
    }
}
