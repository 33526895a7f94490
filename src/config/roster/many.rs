//! One roster file for many lists (`rosters` of a site): every row is an entry of the organization or project that it names.
//!
//! The list decides what becomes of the entry (its mode, and who manages it); the file counts as the one that declares it, so
//! `scopes` must grant the file each list that it fills.

use super::columns::quoted;
use super::files::{self, Budget, Found};
use super::reading::{self, Purpose, Source};
use super::{empty_list, file, united};
use crate::config::codes;
use crate::config::context::{Context, closest};
use crate::config::scope;
use crate::config::workspace::{
    AutoJoined, Create, ManagedBy, Mode, Organization, OrganizationState, Project, Roster,
    RosterEntry, RosterFile, Who,
};
use crate::config::yaml::Entry;
use crate::diagnostic::{Diagnostic, Located, Mark, Severity, Span, short};
use crate::model::{Address, OrganizationName, ProjectKey};
use crate::neutral::phrase::{Phrase, bare, foreign, ours, personal, say, snippet};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The lists of a site that rows may name.
pub(in crate::config) struct Lists<'l> {
    /// The key of the site.
    pub(in crate::config) site: &'l str,
    /// Its organizations.
    pub(in crate::config) organizations: &'l mut BTreeMap<OrganizationName, Organization>,
    /// Its projects.
    pub(in crate::config) projects: &'l mut BTreeMap<ProjectKey, Project>,
}

/// What is known of one list while a file is read.
struct List {
    kind: &'static str,
    name: String,
    /// Where it is declared.
    span: Span,
    exact: bool,
    /// Why rows cannot be its entries.
    closed: Option<&'static str>,
    entries: Vec<RosterEntry>,
    absent: Vec<Located<Who>>,
    first: Option<Span>,
}

/// Names that rows have and the workspace has not: the first place, and how many rows.
type Undeclared = BTreeMap<(&'static str, String), (Mark, u64)>;

/// Reads the roster files of a site and adds their rows to the lists.
pub(in crate::config) fn rosters(
    cx: &mut Context,
    entry: Option<&Entry<'_>>,
    lists: &mut Lists<'_>,
) -> Vec<RosterFile> {
    let items = entry.and_then(|e| cx.items(&e.node)).unwrap_or_default();
    let before = cx.problems.len();
    let mut read = Vec::new();
    for item in items {
        if let Some(source) = reading::source(cx, item, Purpose::Lists) {
            read.extend(one(cx, &source, lists));
        }
    }
    let broken = |problem: &Diagnostic| problem.severity == Severity::Error;
    if cx.problems[before..].iter().any(broken) {
        // A row that cannot be read may be the one that fills a list: it is not said that the list may be emptied.
        cx.unfilled.clear();
    }
    read
}

fn one(cx: &mut Context, source: &Source, lists: &mut Lists<'_>) -> Option<RosterFile> {
    let mut known = known(lists);
    let index: HashMap<(&'static str, String), usize> = known
        .iter()
        .enumerate()
        .map(|(at, list)| ((list.kind, list.name.clone()), at))
        .collect();
    let by_kind = |kind: &'static str| -> HashMap<&str, usize> {
        let of_kind = index.iter().filter(|((found, _), _)| *found == kind);
        of_kind
            .map(|((_, name), at)| (name.as_str(), *at))
            .collect()
    };
    let (organizations, projects) = (by_kind("organization"), by_kind("project"));
    let mut undeclared = Undeclared::new();
    let split = source.reading.split.as_deref();
    let outcome = files::read(cx, source, Purpose::Lists, &mut |cx, budget, found| {
        let Found {
            entry,
            out,
            organization,
            project,
        } = found;
        let cells = [
            ("organization", organization, &organizations),
            ("project", project, &projects),
        ];
        let named = cells
            .into_iter()
            .filter_map(|(kind, cell, index)| Some((kind, cell?, index)));
        for (kind, cell, index) in named {
            for name in names(cell, split) {
                let Some(list) = index.get(name).and_then(|at| known.get_mut(*at)) else {
                    let key = (kind, name.to_owned());
                    undeclared.entry(key).or_insert((entry.span.into(), 0)).1 += 1;
                    continue;
                };
                list.take(cx, budget, &entry, out);
            }
        }
    });
    let outcome = outcome?;
    let exact = known.iter().any(|list| list.first.is_some() && list.exact);
    outcome.judge(cx, Purpose::Lists, exact);
    say_undeclared(cx, source, &undeclared, &known);
    in_scope(cx, source, lists.site, &known);
    for list in known {
        list.fill(cx, lists);
    }
    Some(file(source, &outcome))
}

/// Returns the names that stand in one cell.
fn names<'c>(cell: &'c str, split: Option<&'c str>) -> impl Iterator<Item = &'c str> {
    let parts: Box<dyn Iterator<Item = &'c str>> = match split {
        Some(split) => Box::new(cell.split(split)),
        None => Box::new(std::iter::once(cell)),
    };
    parts.map(str::trim).filter(|name| !name.is_empty())
}

fn known(lists: &Lists<'_>) -> Vec<List> {
    let list = |kind, name: &str, span, roster: Option<&Roster>, closed| List {
        kind,
        name: name.to_owned(),
        span,
        exact: roster.is_some_and(|roster| roster.mode == Mode::Exact),
        closed,
        entries: Vec::new(),
        absent: Vec::new(),
        first: None,
    };
    let organizations = lists.organizations.iter().map(|(name, organization)| {
        let closed = match (organization.managed_by, organization.state.value) {
            (ManagedBy::Scim, _) => Some("an identity provider manages its members"),
            (ManagedBy::Agents, _) => Some("agents manage its members"),
            (_, OrganizationState::Present) => None,
            // The day of a date in one file must not break another.
            _ if organization.ended => None,
            (_, OrganizationState::Retired) => Some("it is retired"),
            (_, OrganizationState::Absent) => Some("it is to be deleted"),
        };
        let roster = organization.members.as_ref();
        list(
            "organization",
            name.as_str(),
            organization.span,
            roster,
            closed,
        )
    });
    let projects = lists.projects.iter().map(|(key, project)| {
        let roster = project.customers.as_ref();
        let closed = match project.customers_managed_by {
            ManagedBy::Portcullis => None,
            _ => Some("others manage its customers"),
        };
        list("project", key.as_str(), project.span, roster, closed)
    });
    organizations.chain(projects).collect()
}

impl List {
    fn take(&mut self, cx: &mut Context, budget: &mut Budget, entry: &RosterEntry, out: bool) {
        let first = self.first.is_none();
        self.first.get_or_insert(entry.span);
        if let Some(why) = self.closed {
            if first {
                let diagnostic = Diagnostic::warning(
                    codes::MANAGED_ELSEWHERE,
                    say(
                        "rows for the {} {} are left alone: {}",
                        [ours(self.kind), personal(short(&self.name)), ours(why)],
                    ),
                );
                budget.report(
                    cx,
                    diagnostic.at(entry.span).label(self.span, "declared here"),
                );
            }
        } else if out {
            self.absent
                .push(Located::new(entry.who.clone(), entry.span));
        } else {
            self.entries.push(entry.clone());
        }
    }

    /// Adds what was found to the list itself.
    fn fill(self, cx: &mut Context, lists: &mut Lists<'_>) {
        if self.entries.is_empty() && self.absent.is_empty() {
            return;
        }
        let slot = match self.kind {
            "organization" => lists
                .organizations
                .get_mut(self.name.as_str())
                .map(|organization| &mut organization.members),
            _ => lists
                .projects
                .get_mut(self.name.as_str())
                .map(|project| &mut project.customers),
        };
        let Some(slot) = slot else {
            return;
        };
        let roster = slot.get_or_insert_with(|| Roster {
            span: self.span,
            mode: Mode::default(),
            entries: Vec::new(),
            auto_joined: AutoJoined::default(),
            previous_domains: BTreeMap::new(),
            keep: Vec::new(),
            absent: Vec::new(),
            create: Create::default(),
            files: Vec::new(),
        });
        roster.absent.extend(self.absent);
        let mut entries = std::mem::take(&mut roster.entries);
        entries.extend(self.entries);
        roster.entries = united(cx, entries);
    }
}

/// Names everything that rows name and the workspace does not declare, with the block to paste.
fn say_undeclared(cx: &mut Context, source: &Source, undeclared: &Undeclared, known: &[List]) {
    let Some((_, (mark, _))) = undeclared.first_key_value() else {
        return;
    };
    let first = undeclared
        .values()
        .map(|(mark, _)| *mark)
        .min_by_key(|mark| mark.span);
    let rows: u64 = undeclared.values().map(|(_, rows)| rows).sum();
    let named = undeclared
        .keys()
        .map(|(kind, name)| say("{} {}", [ours(kind), personal(short(name))]));
    let named: Vec<Phrase> = named.collect();
    let message = say(
        "{} fills lists that are not declared ({} {}): {}",
        [
            foreign(&source.path),
            ours(rows),
            ours(if rows == 1 { "row" } else { "rows" }),
            Phrase::default().joined(&named, ", "),
        ],
    );
    let block = |kind: &str, empty: &str| {
        let names = undeclared.keys().filter(|(found, _)| *found == kind);
        let names: Vec<Phrase> = names
            .map(|(_, name)| bare(quoted(name)).word(": ").word(empty))
            .collect();
        let all = Phrase::default().joined(&names, ", ");
        (!names.is_empty()).then(|| snippet(say("{}s: { {} }", [ours(kind), all])))
    };
    let blocks = [
        block("organization", "{ members: {} }"),
        block("project", "{ customers: {} }"),
    ];
    let blocks: Vec<Phrase> = blocks.into_iter().flatten().collect();
    let blocks = Phrase::default().joined(&blocks, " and ");
    let mut hint = say("declare them under the site: {}", [blocks]);
    for (kind, name) in undeclared.keys().take(8) {
        let declared = || {
            known
                .iter()
                .filter(|list| list.kind == *kind)
                .map(|list| list.name.as_str())
        };
        if source.reading.split.is_none()
            && let Some(between) = [";", ",", "|"].into_iter().find(|between| {
                name.contains(between)
                    && names(name, Some(between)).all(|part| declared().any(|known| known == part))
            })
        {
            hint = say(
                "write {} where a cell names several",
                [foreign(format!("split: {}", quoted(between)))],
            );
            break;
        }
        let fold = OrganizationName::fold(name);
        let near = declared().find(|known| OrganizationName::fold(known) == fold);
        if let Some(near) = near.or_else(|| closest(name, declared())) {
            hint = say(
                "did you mean {} for {}? Otherwise {}",
                [bare(quoted(near)), bare(quoted(name)), hint],
            );
            break;
        }
    }
    cx.report(
        Diagnostic::error(codes::NOT_DECLARED, message)
            .at(first.unwrap_or(*mark))
            .label(source.mark, "the file is named here")
            .hint(hint),
    );
}

/// Reports lists that no scope grants the roster file.
fn in_scope(cx: &mut Context, source: &Source, site: &str, known: &[List]) {
    if cx.scopes.is_empty() {
        return;
    }
    let outside: Vec<(Address, Span)> = known
        .iter()
        .filter_map(|list| Some((Address::new([site, list.kind, &list.name]), list.first?)))
        .filter(|(address, _)| !scope::granted(&cx.scopes, &source.path, address))
        .collect();
    let Some((_, first)) = outside.iter().min_by_key(|(_, span)| *span) else {
        return;
    };
    let named: Vec<String> = outside
        .iter()
        .map(|(address, _)| format!("`{address}`"))
        .collect();
    let may: Vec<String> = outside
        .iter()
        .map(|(address, _)| quoted(address.as_str()))
        .collect();
    cx.report(
        Diagnostic::error(
            codes::OUTSIDE_SCOPE,
            format!("`{}` may not declare {}", source.path, named.join(", ")),
        )
        .at(*first)
        .label(source.mark, "the file is named here")
        .hint(format!(
            "a scope must grant it: `{{ files: {}, may: [{}] }}`",
            quoted(source.path.as_str()),
            may.join(", ")
        )),
    );
}

/// Reports lists under `exact` that are empty although nothing says that they may be.
pub(in crate::config) fn unfilled(cx: &mut Context, lists: &Lists<'_>) {
    let rosters = lists
        .organizations
        .values()
        .filter_map(|organization| organization.members.as_ref())
        .chain(
            lists
                .projects
                .values()
                .filter_map(|project| project.customers.as_ref()),
        );
    let filled: BTreeSet<Span> = rosters
        .filter(|roster| !roster.entries.is_empty())
        .map(|roster| roster.span)
        .collect();
    for list in std::mem::take(&mut cx.unfilled) {
        if filled.contains(&list.roster) {
            continue;
        }
        let mut message = "an empty list under `exact` removes everybody".to_owned();
        if let [(path, _), ..] = list.files.as_slice() {
            message = format!("{message}: `{path}` holds nobody");
        }
        let mut diagnostic = empty_list(list.mark, &message);
        if !list.written {
            diagnostic = diagnostic.hint("name the people under `list`, or their file under `from`; `allow_empty: true` is for a list that nobody is to stay on");
        }
        for (_, mark) in list.files {
            diagnostic = diagnostic.label(mark, "nothing follows");
        }
        cx.report(diagnostic);
    }
}
