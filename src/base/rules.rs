//! What a branch does to the rules that judge it, each with what the old rule says of this very plan.

use crate::config::{Mode, Roster, Site, SiteUrl, SurfaceMode, Workspace};
use crate::diagnostic::Span;
use crate::model::Address;
use crate::neutral::named;
use crate::neutral::phrase::Phrase;
use crate::policy::{Verdict, Weight, acceptance};
use crate::report::build::{Planned, source};
use crate::report::document::{FindingDocument, RuleChange};
use crate::report::law;
use crate::rules::{self, Edit, Edited, Rule};
use camino::Utf8Path;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of what a branch can change beside the rules that stand under `policy`, `expectations` and `scopes`.
mod kind {
    pub(super) const RULE: &str = "rule";
    pub(super) const URL: &str = "url";
    pub(super) const SURFACE: &str = "surface";
    pub(super) const DESCRIPTION: &str = "description";
    pub(super) const UNMANAGED: &str = "unmanaged";
    pub(super) const KEEP: &str = "keep";
    pub(super) const ATTESTATION: &str = "attestation";
    pub(super) const ACCEPTANCE: &str = "acceptance";
    pub(super) const GIVEN_UP: &str = "given_up";
}

/// What the old rule says of this plan.
mod outcome {
    pub(super) const PASSED: &str = "passed";
    pub(super) const WARNED: &str = "warned";
    pub(super) const BLOCKED: &str = "blocked";
    pub(super) const FAILED: &str = "failed";
}

/// Lists what the branch adds, changes, deletes or stops managing; `before` is what it started from.
pub(super) fn changes(before: &Workspace, now: &Workspace) -> Vec<RuleChange> {
    let mut found = Vec::new();
    let any = now.sites.keys().next().map_or("", |key| key.as_str());
    let edits = rules::compare(&rules::of(before), &rules::of(now));
    found.extend(edits.into_iter().map(|edit| rule(now, any, edit)));
    for (key, old) in &before.sites {
        match now.sites.get(key) {
            Some(new) => site(now, old, new, &mut found),
            None => {
                let mut gone = change(kind::UNMANAGED, "sites", key, Edited::Deleted);
                gone.message = "this branch stops managing the whole site".into();
                found.push(gone);
            }
        }
    }
    attestations(before, now, &mut found);
    for name in pending(&before.root, &now.root) {
        let name = format!("{}/{name}", acceptance::DIRECTORY);
        let mut pending = change(kind::ACCEPTANCE, &name, any, Edited::Added);
        pending.message =
            format!("this branch brings `{name}`, which lifts nothing until the base has it")
                .into();
        found.push(pending);
    }
    found
}

/// Returns what is said of a change among the findings.
pub(super) fn finding(change: &RuleChange) -> FindingDocument {
    let code = match change.kind.as_str() {
        kind::URL => "site-changed",
        kind::UNMANAGED => "no-longer-managed",
        kind::ACCEPTANCE => "acceptance-pending",
        kind::GIVEN_UP => "access-not-given-back",
        _ => "rules-changed",
    };
    FindingDocument {
        address: change.address.clone(),
        code: code.to_owned(),
        message: change.message.clone().word(law::then(change)),
        source: change.source.clone(),
    }
}

fn change(kind: &str, name: &str, address: impl ToString, edited: Edited) -> RuleChange {
    RuleChange {
        kind: kind.to_owned(),
        name: name.to_owned(),
        address: address.to_string(),
        edit: edited.word().to_owned(),
        loosens: true,
        before: Value::Null,
        after: Value::Null,
        outcome: outcome::PASSED.to_owned(),
        decisive: false,
        message: Phrase::default(),
        source: None,
    }
}

fn rule(now: &Workspace, any: &str, edit: Edit) -> RuleChange {
    let name = edit.name().to_owned();
    let says = |rule: &Option<Rule>| rule.as_ref().map_or(Value::Null, |rule| rule.says.clone());
    let span = edit.after.as_ref().and_then(|rule| rule.span);
    RuleChange {
        loosens: edit.loosens,
        before: says(&edit.before),
        after: says(&edit.after),
        message: sentence(&name, edit.edited).into(),
        source: source(&now.sources, span),
        ..change(kind::RULE, &name, any, edit.edited)
    }
}

fn sentence(name: &str, edited: Edited) -> String {
    let (key, about) = name.split_once(' ').unwrap_or((name, ""));
    let what = match key {
        "expectation" => format!("the expectation {}", named(about)),
        _ if about.is_empty() => format!("`{key}`"),
        _ => format!("{} under `{key}`", named(about)),
    };
    match edited {
        Edited::Added => format!("this branch adds {what}"),
        Edited::Changed => format!("this branch changes {what}"),
        Edited::Deleted => format!("this branch takes {what} away"),
    }
}

fn site(workspace: &Workspace, old: &Site, new: &Site, found: &mut Vec<RuleChange>) {
    let key = new.key.as_str();
    let urls = [old, new].map(|site| site.url.as_ref().map(|url| &url.value));
    if urls[0] != urls[1] {
        let (before, after) = (url(urls[0]), url(urls[1]));
        found.push(RuleChange {
            message: format!(
                "this branch makes it another site: `{after}` instead of `{before}`, so this plan says nothing about the latter"
            ).into(),
            outcome: outcome::BLOCKED.to_owned(),
            decisive: true,
            before: before.into(),
            after: after.into(),
            source: source(&workspace.sources, new.url.as_ref().map(|url| url.span)),
            ..change(kind::URL, "url", key, Edited::Changed)
        });
    }
    surfaces(old, new, found);
    let mut gone = |kind: &str, name: &str| {
        let mut gone = change(
            kind::UNMANAGED,
            kind,
            Address::new([key, kind, name]),
            Edited::Deleted,
        );
        gone.message =
            "this branch stops managing it: it stays as it is, and nothing here judges it any more"
                .into();
        found.push(gone);
    };
    // A rename names its old self.
    let renamed: BTreeSet<&str> = new
        .organizations
        .values()
        .filter_map(|organization| organization.previous_name.as_ref())
        .map(|name| name.value.as_str())
        .collect();
    for name in old.organizations.keys() {
        if !new.organizations.contains_key(name) && !renamed.contains(name.as_str()) {
            gone("organization", name.as_str());
        }
    }
    for project in old.projects.keys() {
        if !new.projects.contains_key(project) {
            gone("project", project.as_str());
        }
    }
    given_up(old, new, found);
    lists(workspace, old, new, found);
}

/// What a line took from somebody does not come back by deleting the line.
fn given_up(old: &Site, new: &Site, found: &mut Vec<RuleChange>) {
    let key = new.key.as_str();
    let mut tell = |name: &str, email: &str, message: &str| {
        found.push(RuleChange {
            loosens: false,
            message: message.into(),
            ..change(
                kind::GIVEN_UP,
                name,
                Address::new([key, "account", email]),
                Edited::Deleted,
            )
        });
    };
    for (email, person) in &old.people {
        let still = new.people.get(email).is_some_and(|person| person.revoked);
        if person.revoked && !still {
            tell(
                "revoked",
                email.key(),
                "this branch no longer says that the access of this account ends; where it has ended, only a person can give it back (Portal-only customers > Grant access)",
            );
        }
    }
    for email in old
        .roles
        .keys()
        .filter(|email| !new.roles.contains_key(*email))
    {
        tell(
            "role",
            email.key(),
            "this branch no longer says which role this account has; what was taken from it is not given back",
        );
    }
}

fn url(url: Option<&SiteUrl>) -> String {
    match url {
        Some(SiteUrl::Remote(url)) => url.as_str().trim_end_matches('/').to_owned(),
        Some(SiteUrl::Sandbox) => "sandbox:".to_owned(),
        None => "none".to_owned(),
    }
}

fn surfaces(old: &Site, new: &Site, found: &mut Vec<RuleChange>) {
    let key = new.key.as_str();
    let word = |mode: SurfaceMode| match mode {
        SurfaceMode::Deny => "deny",
        SurfaceMode::Read => "read",
        SurfaceMode::Write => "write",
    };
    for (name, before, after) in [
        ("gateway", old.surfaces.gateway, new.surfaces.gateway),
        ("private", old.surfaces.private, new.surfaces.private),
    ] {
        if before != after {
            let (was, is) = (word(before), word(after));
            found.push(RuleChange {
                loosens: after > before,
                before: was.into(),
                after: is.into(),
                message: format!("this branch sets `surfaces.{name}` to `{is}`; it was `{was}`")
                    .into(),
                ..change(
                    kind::SURFACE,
                    &format!("surfaces.{name}"),
                    key,
                    Edited::Changed,
                )
            });
        }
    }
    let (before, after) = (&old.surfaces.mapped, &new.surfaces.mapped);
    if before != after {
        let edited = match (before, after) {
            (None, _) => Edited::Added,
            (_, None) => Edited::Deleted,
            _ => Edited::Changed,
        };
        let file = |driver: &Option<crate::config::driver::Driver>| {
            let file = driver.as_ref().map(|driver| driver.file.clone());
            file.map_or(Value::Null, Value::from)
        };
        found.push(RuleChange {
            message: "this branch changes the description of the site's settings endpoints; until the base has it, the base's is used".into(),
            outcome: outcome::BLOCKED.to_owned(),
            decisive: true,
            before: file(before),
            after: file(after),
            ..change(kind::DESCRIPTION, "surfaces.mapped", key, edited)
        });
    }
}

/// One list of people or organizations: whether it is managed, whether it is the whole truth, and who may stay on it.
struct List {
    exact: bool,
    keep: BTreeSet<String>,
    span: Span,
}

impl List {
    fn of(roster: &Roster) -> Self {
        Self {
            exact: roster.mode == Mode::Exact,
            keep: roster
                .keep
                .iter()
                .map(|one| one.value.to_string())
                .collect(),
            span: roster.span,
        }
    }
}

fn managed(site: &Site) -> BTreeMap<String, List> {
    let key = site.key.as_str();
    let mut lists = BTreeMap::new();
    let mut put = |parts: [&str; 3], list| {
        let [kind, name, last] = parts;
        lists.insert(Address::new([key, kind, name, last]).to_string(), list);
    };
    for (name, organization) in &site.organizations {
        if let Some(members) = &organization.members {
            put(["organization", name.as_str(), "member"], List::of(members));
        }
    }
    for (project, declared) in &site.projects {
        if let Some(customers) = &declared.customers {
            put(
                ["project", project.as_str(), "customer"],
                List::of(customers),
            );
        }
        if let Some(linked) = &declared.organizations {
            let list = List {
                exact: linked.mode == Mode::Exact,
                keep: BTreeSet::new(),
                span: linked.span,
            };
            put(["project", project.as_str(), "organization"], list);
        }
    }
    lists
}

fn lists(workspace: &Workspace, old: &Site, new: &Site, found: &mut Vec<RuleChange>) {
    let now = managed(new);
    for (address, was) in managed(old) {
        let object = address.rsplit_once('/').map_or("", |(object, _)| object);
        let Some(is) = now.get(&address) else {
            // Where the whole object is gone, that says it all.
            if !found
                .iter()
                .any(|gone| gone.kind == kind::UNMANAGED && gone.address == object)
            {
                found.push(RuleChange {
                    message: "this branch stops managing this list: it stays as it is".into(),
                    ..change(kind::UNMANAGED, "list", &address, Edited::Deleted)
                });
            }
            continue;
        };
        let place = source(&workspace.sources, Some(is.span));
        if was.exact != is.exact {
            found.push(RuleChange {
                loosens: was.exact,
                before: mode(was.exact).into(),
                after: mode(is.exact).into(),
                message: format!(
                    "this branch makes the list `{}`; it was `{}`",
                    mode(is.exact),
                    mode(was.exact)
                )
                .into(),
                source: place.clone(),
                ..change(kind::UNMANAGED, "mode", &address, Edited::Changed)
            });
        }
        if was.keep != is.keep {
            let more = is.keep.difference(&was.keep).next().is_some();
            found.push(RuleChange {
                loosens: more,
                before: json!(was.keep),
                after: json!(is.keep),
                message: match more {
                    true => "this branch lets more people stay on this list (`keep`)".into(),
                    false => "this branch lets fewer people stay on this list (`keep`)".into(),
                },
                source: place,
                ..change(kind::KEEP, "keep", &address, Edited::Changed)
            });
        }
    }
}

const fn mode(exact: bool) -> &'static str {
    if exact { "exact" } else { "add_only" }
}

fn attestations(before: &Workspace, now: &Workspace, found: &mut Vec<RuleChange>) {
    type Said = BTreeMap<String, (Value, Option<Span>)>;
    let said = |workspace: &Workspace| -> Said {
        let all = workspace.attestations.iter();
        all.map(|one| {
            let says = json!({ "value": one.value, "by": one.by, "on": one.on.to_string(), "until": one.until.to_string() });
            (one.address.value.to_string(), (says, Some(one.address.span)))
        })
        .collect()
    };
    let (old, new) = (said(before), said(now));
    let addresses: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for address in addresses {
        let (was, is) = (old.get(address), new.get(address));
        if was.map(|(says, _)| says) == is.map(|(says, _)| says) {
            continue;
        }
        let (edited, message) = match (was, is) {
            (None, _) => (
                Edited::Added,
                "this branch says what somebody saw (an attestation)",
            ),
            (_, None) => (
                Edited::Deleted,
                "this branch takes back what somebody saw (an attestation)",
            ),
            _ => (
                Edited::Changed,
                "this branch says that somebody saw something else (an attestation)",
            ),
        };
        let says = |side: Option<&(Value, Option<Span>)>| {
            side.map_or(Value::Null, |(says, _)| says.clone())
        };
        found.push(RuleChange {
            before: says(was),
            after: says(is),
            message: message.into(),
            source: source(&now.sources, is.and_then(|(_, span)| *span)),
            ..change(kind::ATTESTATION, "attestation", address, edited)
        });
    }
}

/// Returns the acceptances that only the branch has.
fn pending(before: &Utf8Path, now: &Utf8Path) -> Vec<String> {
    let names = |root: &Utf8Path| -> BTreeSet<String> {
        acceptance::digests(root)
            .into_iter()
            .map(|digest| format!("{digest}.yaml"))
            .collect()
    };
    names(now).difference(&names(before)).cloned().collect()
}

/// Says of every rule that the branch loosens what the old one comes to on this plan, whose rows `old` judges by the rules of the
/// base alone and `own` by those of the workspace. One that matters waits for its owners, unless they have accepted it.
pub fn outcomes(changes: &mut [RuleChange], own: &[Planned], old: &[Planned], accepted: bool) {
    for change in changes
        .iter_mut()
        .filter(|change| change.kind == kind::RULE)
    {
        // The scopes of the base stand against rows before anything else is judged.
        let scopes = change.name.starts_with("scopes ");
        let then = under(&change.name, if scopes { own } else { old });
        then.clone_into(&mut change.outcome);
        let matters = matches!(then, outcome::BLOCKED | outcome::FAILED);
        let same = !scopes && under(&change.name, own) == then;
        change.decisive = change.loosens && matters && !same && !accepted;
    }
}

/// What a rule comes to where it judges.
fn under(name: &str, planned: &[Planned]) -> &'static str {
    let (key, about) = name.split_once(' ').unwrap_or((name, ""));
    let rows = || planned.iter().flat_map(|planned| &planned.plan.changes);
    match key {
        "policy.acknowledge" => {
            let (code, pattern) = about.split_once(' ').unwrap_or((about, ""));
            let blocks = |block: &crate::plan::Block| matches!(block, crate::plan::Block::Lint(lint) if *lint == code);
            let mut findings = planned.iter().flat_map(|planned| &planned.plan.findings);
            if rows().any(|row| row.blocked_by.iter().any(blocks)) {
                outcome::BLOCKED
            } else if findings.any(|one| one.code == code && one.address.matches(pattern)) {
                outcome::WARNED
            } else {
                outcome::PASSED
            }
        }
        "policy.accept_drift" => outcome::PASSED,
        "scopes" => {
            let blocks = |block: &crate::plan::Block| block.to_string().starts_with("scopes: ");
            match rows().any(|row| row.blocked_by.iter().any(blocks)) {
                true => outcome::BLOCKED,
                false => outcome::PASSED,
            }
        }
        _ => {
            let quoted = format!("{key} {}", named(about));
            let meant = |verdict: &&Verdict| match key {
                "expectation" => verdict.kind == "expectation" && verdict.name == about,
                _ if about.is_empty() => {
                    // What the base's rule found beside these says so.
                    let of_a_list = verdict.name.starts_with(&format!("{key} on "));
                    verdict.name == key || of_a_list && !verdict.name.ends_with(" has it)")
                }
                _ => verdict.name == quoted,
            };
            let verdicts = planned.iter().flat_map(|planned| &planned.verdicts);
            let worst = verdicts.filter(meant).map(|verdict| {
                match (verdict.problems.is_empty(), verdict.weight) {
                    (true, _) => 0,
                    (false, Weight::Warns | Weight::Undecided) => 1,
                    (false, Weight::Fails) => 2,
                }
            });
            match (worst.max().unwrap_or(0), key) {
                (2, "expectation") => outcome::FAILED,
                (2, _) => outcome::BLOCKED,
                (1, _) => outcome::WARNED,
                _ => outcome::PASSED,
            }
        }
    }
}
