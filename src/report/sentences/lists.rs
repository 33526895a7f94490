//! Sentences about whole lists: who links an organization, or puts a group into a role, lets in whoever joins it later, too.

use super::super::document::{PlanDocument, ResourceChange};
use super::super::impact::{AccessImpact, PortalRow};
use super::{Fate, SENTENCES, Sentence, people};
use crate::neutral::phrase::Phrase;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::HashMap;

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
    let portals = impact.portals.iter();
    let portals: HashMap<(&str, &str), &PortalRow> = portals
        .map(|portal| ((portal.site.as_str(), portal.project.as_str()), portal))
        .collect();
    let gains: Vec<Gain<'_>> = rows.filter_map(|row| Gain::of(row, &portals)).collect();
    let many = document.sites.len() > 1;
    let told = gains.iter().take(SENTENCES);
    let mut all: Vec<Sentence> = told.map(|gain| gain.sentence(many)).collect();
    let rest = gains.len() - all.len();
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

/// A list that comes to a project which not everybody reaches anyhow.
struct Gain<'d> {
    row: &'d ResourceChange,
    portal: Option<&'d PortalRow>,
    /// What the list is.
    kind: &'static str,
    /// The site, the project and the list, as they are called.
    named: [Cow<'d, str>; 3],
}

impl<'d> Gain<'d> {
    fn of(row: &'d ResourceChange, portals: &HashMap<(&str, &str), &'d PortalRow>) -> Option<Self> {
        let kind = match row.kind.as_str() {
            "jsm_project_organization" => "organization",
            "jsm_project_customer_group" => "group",
            _ => return None,
        };
        let mut parts = row.address.split('/');
        let mut part = || Some(percent_decode_str(parts.next()?).decode_utf8_lossy());
        let (site, _, project, _, name) = (part()?, part()?, part()?, part()?, part()?);
        let portal = portals.get(&(&*site, &*project)).copied();
        let mut actions = row.change.actions.iter();
        let creates = actions.any(|action| action == "create");
        // Where every customer comes in, no list gains anything.
        (creates && !portal.is_some_and(is_open)).then_some(Self {
            row,
            portal,
            kind,
            named: [site, project, name],
        })
    }

    fn sentence(&self, many: bool) -> Sentence {
        let (row, kind) = (&self.row.portcullis, self.kind);
        let [site, project, name] = &self.named;
        let way = self.portal.and_then(|portal| {
            let mut ways = portal.ways.iter();
            ways.find(|way| way.kind == kind && way.name == **name)
        });
        let verb = match row.needs_right {
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
        if !row.waiting_for.is_empty() || row.surface == "manual" {
            text = text.word(" once the steps by hand are done");
        }
        if let Some(way) = way {
            text = text.word(&format!(": {} today", people(way.people_after)));
        }
        Sentence {
            causes: row.source.iter().cloned().collect(),
            ..sentence(text.word("."))
        }
    }
}

/// Says whether every customer reaches the portal already.
fn is_open(portal: &PortalRow) -> bool {
    let mut classes = portal.classes.iter();
    classes.any(|row| row.class == "any_customer" && row.before == "yes")
}
