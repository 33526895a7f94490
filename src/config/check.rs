//! Checks over the whole workspace, one function each: names that are used and not declared, names and ids that meet,
//! statements that contradict each other.

mod attestations;
mod expectations;

use super::codes;
use super::context::{Context, closest};
use super::workspace::{
    ApprovedSite, Organization, OrganizationState, Roster, RosterEntry, Site, Who, Workspace,
};
use crate::diagnostic::{Diagnostic, FileId, Mark, Span};
use crate::model::{OrganizationName, SiteKey, SpaceKey, WhoCanView};
use crate::neutral::phrase::{foreign, marked, ours, say};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Runs every check.
pub(super) fn check(cx: &mut Context, workspace: &Workspace) {
    atlassian_references(cx, workspace);
    let leavers = workspace
        .leavers
        .iter()
        .map(|leavers| leavers.file)
        .collect();
    for site in workspace.sites.values() {
        near_duplicates(cx, site);
        used_twice(cx, site);
        shared_domains(cx, site);
        linked_organizations(cx, workspace, site);
        gone_organizations(cx, site);
        viewers(cx, site);
        rosters(cx, site);
        listed_and_left(cx, site, &leavers);
        accounts(cx, site);
    }
    expectations::check(cx, workspace);
    attestations::check(cx, workspace);
}

/// Marks a name that stands at a span.
fn mark(span: Span, text: &str) -> Mark {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    Mark {
        span,
        length: length.max(1),
    }
}

/// Reports a name that is used and not declared, with the declared name that was probably meant.
fn not_declared<'a>(
    kind: &str,
    name: &str,
    place: impl Into<Mark>,
    declared: impl Iterator<Item = &'a str> + Clone,
    otherwise: &str,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        codes::NOT_DECLARED,
        format!(
            "{kind} `{}` is not declared",
            crate::diagnostic::short(name)
        ),
    )
    .at(place);
    match closest(name, declared) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint(otherwise),
    }
}

fn atlassian_references(cx: &mut Context, workspace: &Workspace) {
    for site in workspace.sites.values() {
        if let Some(key) = &site.atlassian_organization
            && !workspace.atlassian_organizations.contains_key(&key.value)
        {
            let declared = workspace.atlassian_organizations.keys();
            cx.report(not_declared(
                "the Atlassian organization",
                &key.value,
                mark(key.span, &key.value),
                declared.map(String::as_str),
                "declare it under `atlassian_organizations`",
            ));
        }
    }
    for organization in workspace.atlassian_organizations.values() {
        let approved = organization.approved_domains.iter();
        let approved = approved.flat_map(|a| a.domains.values().flat_map(|d| &d.sites));
        for (key, ApprovedSite { span, .. }) in approved.chain(&organization.any_domain) {
            if !workspace.sites.contains_key(key) {
                cx.report(undeclared_site(workspace, key, *span));
            }
        }
    }
}

/// Reports a site that is used and not declared.
fn undeclared_site(workspace: &Workspace, key: &SiteKey, span: Span) -> Diagnostic {
    not_declared(
        "the site",
        key.as_str(),
        mark(span, key.as_str()),
        workspace.sites.keys().map(SiteKey::as_str),
        "declare it under `sites`",
    )
}

/// Organizations whose names differ only in case, width or spaces: Atlassian would make two, people would see one.
///
/// Two that both have an `id` exist already, so none would be made: an export of such a site must load.
fn near_duplicates(cx: &mut Context, site: &Site) {
    let mut folded: BTreeMap<String, (&OrganizationName, &Organization)> = BTreeMap::new();
    for (name, organization) in &site.organizations {
        let fold = name.folded();
        if let Some((other, first)) = folded.get(&fold)
            && (first.id.is_none() || organization.id.is_none())
        {
            cx.report(
                Diagnostic::error(
                    codes::NEAR_DUPLICATE,
                    format!("`{name}` and `{other}` differ only in case, width or spaces"),
                )
                .label(mark(organization.span, name.as_str()), "this one")
                .label(mark(first.span, other.as_str()), "and this one")
                .hint("keep one, give them names that people can tell apart, or write the `id` of both if the site has both"),
            );
        }
        // One without an id stays remembered: whatever else folds to it is a near-duplicate of it.
        match folded.get(&fold) {
            Some((_, first)) if first.id.is_none() => {}
            _ => {
                folded.insert(fold, (name, organization));
            }
        }
    }
}

/// Ids and previous names that belong to two organizations.
fn used_twice(cx: &mut Context, site: &Site) {
    let mut ids = BTreeMap::new();
    let mut previous = BTreeMap::new();
    for (name, organization) in &site.organizations {
        if let Some(id) = &organization.id
            && let Some(first) = ids.insert(id.value.as_str(), id.span)
        {
            cx.report(
                Diagnostic::error(
                    codes::USED_TWICE,
                    format!("the id `{}` belongs to two organizations", id.value),
                )
                .label(id.span, "again here")
                .label(first, "first here")
                .hint("an id names one organization; see `portcullis export`"),
            );
        }
        let Some(old) = &organization.previous_name else {
            continue;
        };
        let place = mark(old.span, old.value.as_str());
        if let Some(other) = site.organizations.get(&old.value) {
            let own = old.value == *name;
            let message = if own {
                "`previous_name` is the name itself".to_string()
            } else {
                format!("`{}` is still declared, so it was not renamed", old.value)
            };
            let diagnostic = Diagnostic::error(codes::USED_TWICE, message).at(place);
            cx.report(if own {
                diagnostic.hint("leave `previous_name` out")
            } else {
                diagnostic
                    .label(mark(other.span, old.value.as_str()), "declared here")
                    .hint("leave `previous_name` out, or delete the other block")
            });
        }
        if let Some(first) = previous.insert(old.value.clone(), old.span) {
            cx.report(
                Diagnostic::error(
                    codes::USED_TWICE,
                    format!("two organizations were called `{}`", old.value),
                )
                .label(place, "again here")
                .label(mark(first, old.value.as_str()), "first here"),
            );
        }
    }
}

/// L41: which organization a customer of a shared domain joins is unspecified (Q20).
fn shared_domains(cx: &mut Context, site: &Site) {
    let mut seen = BTreeMap::new();
    for (name, organization) in &site.organizations {
        let domains = organization.email_domains.iter();
        for domain in domains.flat_map(|domains| &domains.value) {
            let text = domain.value.as_str();
            let Some((other, first)) = seen.insert(text, (name, domain.span)) else {
                continue;
            };
            cx.report(
                Diagnostic::warning(
                    codes::SHARED_DOMAIN,
                    format!("`{text}` is an e-mail domain of `{other}` and of `{name}` (L41)"),
                )
                .label(mark(domain.span, text), "again here")
                .label(mark(first, text), "first here")
                .hint("which of them a new customer joins is not specified; keep one"),
            );
        }
    }
}

fn linked_organizations(cx: &mut Context, workspace: &Workspace, site: &Site) {
    // A site without an address is another one's name, misspelt: what stands there is declared, and one error is enough.
    let astray = |name: &OrganizationName| {
        let mut sites = workspace.sites.values();
        sites.any(|site| site.url.is_none() && site.organizations.contains_key(name))
    };
    for project in site.projects.values() {
        let Some(linked) = &project.organizations else {
            continue;
        };
        let ended = linked.dated.iter().map(|link| &link.name);
        let ended = ended.filter(|name| !linked.list.contains(name));
        for name in linked.list.iter().chain(ended) {
            let place = mark(name.span, name.value.as_str());
            let Some(organization) = site.organizations.get(&name.value) else {
                if astray(&name.value) {
                    continue;
                }
                let declared = site.organizations.keys();
                let folded = name.value.folded();
                let near = declared.clone().find(|other| other.folded() == folded);
                let diagnostic = not_declared(
                    "the organization",
                    name.value.as_str(),
                    place,
                    near.map_or_else(
                        || declared.map(OrganizationName::as_str).collect::<Vec<_>>(),
                        |near| vec![near.as_str()],
                    )
                    .into_iter(),
                    &format!(
                        "declare it under `sites.{}.organizations`, such as `{{}}`",
                        site.key
                    ),
                );
                cx.report(diagnostic);
                continue;
            };
            let word = match organization.state.value {
                _ if organization.ended => continue,
                OrganizationState::Present => continue,
                OrganizationState::Retired => "retired",
                OrganizationState::Absent => "absent",
            };
            cx.report(
                Diagnostic::error(
                    codes::LINKS_ABSENT,
                    format!("`{}` is linked here and declared `{word}`", name.value),
                )
                .at(place)
                .label(organization.state.span, "declared here")
                .hint("take it out of this list"),
            );
        }
    }
}

/// Members of an organization that is to have none.
fn gone_organizations(cx: &mut Context, site: &Site) {
    for (name, organization) in &site.organizations {
        let Organization { state, members, .. } = organization;
        if state.value == OrganizationState::Present || organization.ended {
            continue;
        }
        let why = match state.value == OrganizationState::Retired && !organization.empty {
            true => "is retired and keeps its members, so that the list says nothing",
            false => "is to be emptied and lists members",
        };
        if let Some(entry) = members.as_ref().and_then(|members| members.entries.first()) {
            cx.report(
                Diagnostic::error(codes::CONFLICTING_KEYS, format!("`{name}` {why}"))
                    .at(entry.span)
                    .label(state.span, "declared here")
                    .hint("leave `members` out"),
            );
        }
    }
}

/// A space has one setting, however many projects show it (K3).
fn viewers(cx: &mut Context, site: &Site) {
    let mut seen: BTreeMap<&SpaceKey, (WhoCanView, Span)> = BTreeMap::new();
    for project in site.projects.values() {
        for (key, space) in &project.knowledge_base {
            let Some(viewers) = space.who_can_view else {
                continue;
            };
            let (first, place) = *seen.entry(key).or_insert((viewers.value, viewers.span));
            if first != viewers.value {
                cx.report(
                    Diagnostic::error(
                        codes::CONFLICTING_VIEWERS,
                        format!("`{key}` is declared `{}` and `{first}`", viewers.value),
                    )
                    .label(mark(viewers.span, viewers.value.word()), "here")
                    .label(mark(place, first.word()), "and here")
                    .hint("a space has one setting for all projects; write the same, or only one"),
                );
            }
        }
    }
}

/// Returns every list of people of a site.
fn lists(site: &Site) -> impl Iterator<Item = &Roster> {
    let members = site
        .organizations
        .values()
        .filter_map(|o| o.members.as_ref());
    let customers = site.projects.values().filter_map(|p| p.customers.as_ref());
    members.chain(customers)
}

fn rosters(cx: &mut Context, site: &Site) {
    for roster in lists(site) {
        listed_and_absent(cx, roster);
    }
}

/// Finds the entry of a person that has not run out.
fn valid<'r>(cx: &Context, roster: &'r Roster, who: &Who) -> Option<&'r RosterEntry> {
    let at = roster
        .entries
        .binary_search_by(|entry| entry.who.cmp(who))
        .ok()?;
    let entry = roster.entries.get(at)?;
    let until = entry.extra.as_ref().and_then(|extra| extra.until);
    until
        .is_none_or(|until| until >= cx.options.today)
        .then_some(entry)
}

fn listed_and_absent(cx: &mut Context, roster: &Roster) {
    for absent in &roster.absent {
        if let Some(entry) = valid(cx, roster, &absent.value) {
            let who = absent.value.text();
            cx.report(
                Diagnostic::error(
                    codes::LISTED_AND_ABSENT,
                    say("{} is listed and must be absent", [marked(&who)]),
                )
                .label(mark(absent.span, &who), "absent here")
                .label(mark(entry.span, &who), "listed here")
                .hint("take it out of one of them"),
            );
        }
    }
}

/// People who are listed although they left. Who stands under `people` is told one by one, and of each file of leavers how many.
fn listed_and_left(cx: &mut Context, site: &Site, leavers: &BTreeSet<FileId>) {
    let mut left: BTreeMap<FileId, Vec<(Cow<'_, str>, Span, Span)>> = BTreeMap::new();
    let mut reported = Vec::new();
    for entry in lists(site).flat_map(|roster| &roster.entries) {
        let extra = entry.extra.as_ref();
        let person = match &entry.who {
            Who::Email(email) => site.people.get(email),
            Who::Account(_) => site.people_by_id.get(&entry.who),
        };
        let ended = extra
            .and_then(|extra| extra.until)
            .is_some_and(|until| until < cx.options.today);
        let Some(person) = person.filter(|_| !ended) else {
            continue;
        };
        let who = entry.who.text();
        if leavers.contains(&person.span.file) {
            let of_file = left.entry(person.span.file).or_default();
            of_file.push((who, entry.span, person.span));
        } else {
            reported.push(
                Diagnostic::warning(
                    codes::LISTED_AND_ABSENT,
                    say(
                        "{} is listed, but absent everywhere under `people`",
                        [marked(&who)],
                    ),
                )
                .label(mark(entry.span, &who), "has no effect")
                .label(mark(person.span, &who), "`people` beats every list")
                .hint("take the person out of the list"),
            );
        }
    }
    for (file, listed) in left {
        let path = cx.sources.get(file).map(|file| file.path.to_string());
        let path = path.unwrap_or_default();
        let count = listed.len();
        let Some((who, entry, person)) = listed.into_iter().min_by_key(|(_, _, person)| *person)
        else {
            continue;
        };
        let message = match count {
            1 => say(
                "{} says that one listed person has left: {}",
                [foreign(path), marked(&who)],
            ),
            n => say(
                "{} says that {} listed people have left, such as {}",
                [foreign(path), ours(n), marked(&who)],
            ),
        };
        reported.push(
            Diagnostic::note(codes::LISTED_AND_ABSENT, message)
                .label(mark(person, &who), "left")
                .label(mark(entry, &who), "still listed"),
        );
    }
    cx.problems.extend(reported);
}

/// Accounts of a seed: one portal-only and one Atlassian account an address, an id once.
fn accounts(cx: &mut Context, site: &Site) {
    let mut ids = BTreeMap::new();
    let mut addresses = BTreeMap::new();
    for account in &site.accounts {
        let id = account.account_id.as_ref();
        let first = id.and_then(|id| ids.insert(id, account.span));
        let key = (&account.email, account.account);
        let first = first.or(addresses.insert(key, account.span));
        if let Some(first) = first {
            cx.report(
                Diagnostic::error(
                    codes::USED_TWICE,
                    format!(
                        "two accounts of `{}` with the same kind or id",
                        account.email
                    ),
                )
                .label(account.span, "again here")
                .label(first, "first here")
                .hint("an address has at most one portal-only and one Atlassian account"),
            );
        }
    }
}
