//! The two digests of a plan: SHA-256 over canonical JSON, made from the document itself, so that anybody can check them.
//!
//! `digest` stands for the plan: where the site is, the workspace's own rules in reach of what is touched, every row that would be
//! done or that only the policy blocks, and who gains or loses what. `acceptance_digest` stands for what the policy blocks alone: the
//! rows, the limits that they violate, and their people, so that what happens elsewhere does not void an acceptance. Neither has
//! totals, keeps, causes, times, positions or sentences in it. There is one of each a site; a plan over several has the hash of theirs.

use super::document::{MadeSite, PlanDocument, ResourceChange};
use super::fates::{self, Fate};
use super::impact::AccessImpact;
use super::made;
use crate::model::Surface;
use crate::neutral::phrase::Phrase;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Both digests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Digests {
    whole: String,
    acceptance: String,
}

/// Writes the digests into a document, site by site and over all of them; `impact` is what it does to people.
pub(super) fn seal(document: &mut PlanDocument, impact: &AccessImpact) {
    let sites = document.made.as_ref().map(|made| made.sites.clone());
    let mut sites = sites.unwrap_or_default();
    for (key, site) in &mut sites {
        let digests = of_site(document, impact, key, site);
        site.digest = digests.whole;
        site.acceptance_digest = digests.acceptance;
    }
    let all = over(&sites);
    document.digest = all.whole;
    document.acceptance_digest = all.acceptance;
    if let Some(made) = &mut document.made {
        made.sites = sites;
    }
}

/// Says whether the digests in a document follow from what else it holds.
pub fn holds(document: &PlanDocument) -> bool {
    // What cannot be read follows from nothing.
    let Ok(impact) = document.access_impact.impact() else {
        return false;
    };
    let mut again = document.clone();
    seal(&mut again, &impact);
    again.digest == document.digest
        && again.acceptance_digest == document.acceptance_digest
        && again.made == document.made
}

fn over(sites: &std::collections::BTreeMap<String, MadeSite>) -> Digests {
    let join = |of: fn(&MadeSite) -> &String| match sites.len() {
        1 => sites.values().map(of).cloned().collect(),
        _ => {
            let each: Vec<&String> = sites.values().map(of).collect();
            hash(&json!(each))
        }
    };
    Digests {
        whole: join(|site| &site.digest),
        acceptance: join(|site| &site.acceptance_digest),
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Apply carries it out.
    Done,
    /// A person carries it out, or it waits for one.
    ByHand,
    /// Only the policy stands against it.
    Blocked,
}

/// Returns what becomes of a row; `None` where it changes nothing: a rule blocks it, or it is a question.
fn role(row: &ResourceChange) -> Option<Role> {
    let marks = &row.portcullis;
    if row.action_reason == crate::plan::Reason::Unknown.word() {
        return None;
    }
    if !marks.overridden.is_empty() || marks.overridable {
        return Some(Role::Blocked);
    }
    if !marks.blocked_by.is_empty() {
        return None;
    }
    let by_hand = !marks.waiting_for.is_empty() || marks.surface == Surface::Manual.word();
    Some(if by_hand { Role::ByHand } else { Role::Done })
}

fn of_site(document: &PlanDocument, impact: &AccessImpact, key: &str, site: &MadeSite) -> Digests {
    let (mut done, mut by_hand, mut blocked) = (Vec::new(), Vec::new(), Vec::new());
    let mut lifted: BTreeSet<&str> = BTreeSet::new();
    let mut limits: BTreeSet<&str> = BTreeSet::new();
    let rows = document.resource_changes.iter();
    for row in rows.filter(|row| site.has(key, &row.address)) {
        match role(row) {
            None => {}
            Some(Role::Done) => done.push(said(row)),
            Some(Role::ByHand) => by_hand.push(said(row)),
            Some(Role::Blocked) => {
                blocked.push(said(row));
                lifted.insert(&row.address);
                let marks = &row.portcullis;
                let why = marks.blocked_by.iter().chain(&marks.overridden);
                limits.extend(why.filter_map(|why| limit(why)));
            }
        }
    }
    // With the policy overridden, since that is what somebody who accepts agrees to.
    let accepted = impact.if_accepted.as_deref().unwrap_or(impact);
    let (mut people, mut accepted_people) = (BTreeSet::new(), BTreeSet::new());
    let mut projects: BTreeSet<String> = BTreeSet::new();
    fates::fates(accepted, &fates::names(document), &mut |told| {
        if told.fate.site != key {
            return;
        }
        let fates: Vec<Fate> = match told.whole_list {
            true => told.by.iter().map(|list| told.fate.of(list)).collect(),
            false => vec![told.fate],
        };
        let of_blocked = told.causes.iter().any(|cause| lifted.contains(cause));
        for fate in fates {
            if of_blocked {
                projects.insert(fate.project.clone());
                accepted_people.insert(fate.clone());
            }
            people.insert(fate);
        }
    });
    let touched = crate::rules::touched(
        lifted.iter().copied(),
        projects.iter().map(|project| (key, project.as_str())),
    );
    let bearing = site.rules.iter().filter(|rule| rule.reaches(&touched));
    let acceptance = json!({
        "origin": site.origin,
        "rules": said_rules(bearing),
        "blocked": sorted(blocked.clone()),
        "limits": limits,
        "people": said_people(accepted_people),
    });
    let whole = json!({
        "origin": site.origin,
        "rules": said_rules(&site.rules),
        "done": sorted(done),
        "by_hand": sorted(by_hand),
        "blocked": sorted(blocked),
        "people": said_people(people),
    });
    Digests {
        whole: hash(&whole),
        acceptance: hash(&acceptance),
    }
}

/// A row as far as it counts. The display name of an account is typed by its owner and changes any time.
fn said(row: &ResourceChange) -> Value {
    let mut after = row.change.after.clone();
    if matches!(
        row.kind.as_str(),
        "jsm_organization_member" | "jsm_project_customer"
    ) && let Some(entries) = after.as_object_mut()
    {
        entries.remove("name");
    }
    json!([row.address, row.change.actions, after])
}

fn said_rules<'r>(rules: impl IntoIterator<Item = &'r crate::rules::Rule>) -> Vec<Value> {
    let said = rules.into_iter().map(|rule| json!([rule.name, rule.says]));
    sorted(said.collect())
}

fn said_people(people: BTreeSet<Fate>) -> Vec<Value> {
    let said = people.into_iter().map(|fate| {
        let verb = if fate.gains { "gains" } else { "loses" };
        json!([verb, fate.who, fate.project, fate.article])
    });
    said.collect()
}

fn sorted(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_cached_key(ToString::to_string);
    values
}

/// The key of the policy that a block names, without the numbers beside it.
fn limit(block: &Phrase) -> Option<&str> {
    let key = block.key_behind("cannot be judged: ");
    key.starts_with("policy.").then_some(key)
}

/// Objects of this JSON implementation are sorted by key, so the text is canonical.
fn hash(value: &Value) -> String {
    let hash = Sha256::digest(value.to_string().as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the rules that were in reach of a plan and are in reach of it now, of one site, for comparing.
pub fn in_reach(
    document: &PlanDocument,
    impact: &AccessImpact,
    key: &str,
    rules: &[crate::rules::Rule],
) -> Vec<crate::rules::Rule> {
    let Some(site) = document.made.as_ref().and_then(|made| made.sites.get(key)) else {
        return Vec::new();
    };
    let touched = made::touched(document, impact, key, site);
    let reached = rules.iter().filter(|rule| rule.reaches(&touched));
    reached.cloned().collect()
}
