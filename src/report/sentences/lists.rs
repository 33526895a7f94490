//! Sentences about whole lists: who links an organization, or puts a group into a role, lets in whoever joins it later, too.

use super::super::document::{PlanDocument, ResourceChange};
use super::super::impact::{AccessImpact, PortalRow};
use super::{Fate, SENTENCES, Sentence, people};
use crate::neutral::phrase::Phrase;
use percent_encoding::percent_decode_str;

/// Says which lists come to which projects, by what is done or (`blocked`) by what only the policy blocks. That somebody joins later
/// is part of what a reviewer agrees to.
pub(super) fn gaining(
    document: &PlanDocument,
    impact: &AccessImpact,
    blocked: bool,
) -> Vec<Sentence> {
    let rows = document.resource_changes.iter().filter(|row| {
        let by_policy = !row.portcullis.blocked_by.is_empty();
        by_policy == blocked && (!by_policy || row.portcullis.overridable)
    });
    let mut all: Vec<Sentence> = rows
        .filter_map(|row| gain(row, impact, document.sites.len() > 1))
        .collect();
    let rest = all.len().saturating_sub(SENTENCES);
    all.truncate(SENTENCES);
    if rest > 0 {
        let text = format!("And {rest} more lists gain something: see the rows.");
        all.push(sentence(Phrase::of(&text)));
    }
    all
}

fn sentence(text: Phrase) -> Sentence {
    Sentence {
        text,
        grave: false,
        fate: Fate::Gains,
        causes: Vec::new(),
    }
}

fn gain(row: &ResourceChange, impact: &AccessImpact, many: bool) -> Option<Sentence> {
    let kind = match row.kind.as_str() {
        "jsm_project_organization" => "organization",
        "jsm_project_customer_group" => "group",
        _ => return None,
    };
    let parts = row.address.split('/');
    let parts: Vec<_> = parts
        .map(|part| percent_decode_str(part).decode_utf8_lossy())
        .collect();
    let [site, _, project, _, name] = parts.as_slice() else {
        return None;
    };
    let creates = row.change.actions.iter().any(|action| action == "create");
    let portal = impact
        .portals
        .iter()
        .find(|portal| portal.site == **site && portal.project == **project);
    // Where every customer comes in, no list gains anything.
    if !creates || portal.is_some_and(is_open) {
        return None;
    }
    let way = portal.and_then(|portal| {
        let mut ways = portal.ways.iter();
        ways.find(|way| way.kind == kind && way.name == **name)
    });
    let verb = match row.portcullis.needs_right {
        Some(_) => "may gain",
        None => "gains",
    };
    let mut text = Phrase::of(&format!("Everybody in {kind} "))
        .name(name)
        .word(&format!(", now and later, {verb} "))
        .key(project);
    if many {
        text = text.word(" on ").key(site);
    }
    if !row.portcullis.waiting_for.is_empty() || row.portcullis.surface == "manual" {
        text = text.word(" once the steps by hand are done");
    }
    if let Some(way) = way {
        text = text.word(&format!(": {} today", people(way.people_after)));
    }
    Some(Sentence {
        causes: row.portcullis.source.iter().cloned().collect(),
        ..sentence(text.word("."))
    })
}

/// Says whether every customer reaches the portal already.
fn is_open(portal: &PortalRow) -> bool {
    let mut classes = portal.classes.iter();
    classes.any(|row| row.class == "any_customer" && row.before == "yes")
}
