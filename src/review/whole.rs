//! Is a plan file whole, of this site, and made under rules that still hold? What is not can be shown and never applied.

use crate::model::Surface;
use crate::report::digest;
use crate::report::document::{Made, MadeSite, PlanDocument};
use crate::rules::{self, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// Why a plan file can be shown and never applied; reads after the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotApplicable {
    /// Something went wrong while planning, or not everything was read.
    #[error("was made from an incomplete reading and can be shown, never applied")]
    Incomplete,
    /// It was made with `--partial`.
    #[error("was made with `--partial`, so it can be shown, never applied")]
    Partial,
    /// It judged another day.
    #[error("judges {0}, since it was made with `--today`, so it can be shown, never applied")]
    OtherDay(String),
    /// It was made from a snapshot.
    #[error("was made from a snapshot, not from the live site, and can be shown, never applied")]
    Snapshot,
    /// Names were taken out of it, or it does not say where it was made.
    #[error(
        "does not say of which site it was made, or names were taken out of it, so it can be shown, never applied"
    )]
    Redacted,
    /// It says so itself.
    #[error("says of itself that it is not to be applied (`applyable: false`)")]
    NotApplyable,
    /// A row stands in it twice.
    #[error("has two rows that {actions} `{address}`, so it is damaged")]
    Twice {
        /// What they do.
        actions: String,
        /// Where.
        address: String,
    },
    /// A row is of a site that the plan is not about.
    #[error("has a row at `{0}`, which is of none of its sites, so it is damaged")]
    Stray(String),
    /// Its digests do not follow from what it says.
    #[error(
        "is not as it was made: its digests do not follow from what it says (or another version of Portcullis made it)"
    )]
    Damaged,
    /// It is a plan of other sites.
    #[error("is a plan of {found}, and this is {wanted}")]
    OtherSites {
        /// The sites in the file.
        found: String,
        /// The sites planned now.
        wanted: String,
    },
    /// Rules were loosened since, in reach of its rows.
    #[error("was made under other rules; since then these were loosened: {}", .0.join(", "))]
    Loosened(Vec<String>),
}

/// Says whether a file can be applied at all: whole, made from a live site, and as it was made. `day` is the day that is judged now,
/// where that is not today.
///
/// # Errors
/// When it is not.
pub fn applicable(
    reviewed: &PlanDocument,
    day: Option<jiff::civil::Date>,
) -> Result<&Made, NotApplicable> {
    if reviewed.portcullis.is_some() {
        return Err(NotApplicable::Redacted);
    }
    let made = reviewed.made.as_ref().ok_or(NotApplicable::Redacted)?;
    match made.from.as_str() {
        Made::LIVE => {}
        Made::SNAPSHOT => return Err(NotApplicable::Snapshot),
        _ => return Err(NotApplicable::Redacted),
    }
    if made.partial {
        return Err(NotApplicable::Partial);
    }
    if reviewed.errored || !reviewed.complete || !reviewed.errors.is_empty() {
        return Err(NotApplicable::Incomplete);
    }
    if let Some(judged) = &made.today
        && day.map(|day| day.to_string()).as_ref() != Some(judged)
    {
        return Err(NotApplicable::OtherDay(judged.clone()));
    }
    let mut seen = BTreeSet::new();
    for row in &reviewed.resource_changes {
        if !seen.insert((&row.address, &row.change.actions)) {
            return Err(NotApplicable::Twice {
                actions: row.change.actions.join(" "),
                address: row.address.clone(),
            });
        }
        let mut sites = made.sites.iter();
        if !sites.any(|(key, site)| site.has(key, &row.address)) {
            return Err(NotApplicable::Stray(row.address.clone()));
        }
    }
    let automatic = reviewed.resource_changes.iter().any(|row| {
        let marks = &row.portcullis;
        marks.blocked_by.is_empty()
            && marks.waiting_for.is_empty()
            && marks.surface != Surface::Manual.word()
    });
    if automatic && !reviewed.applyable {
        return Err(NotApplicable::NotApplyable);
    }
    if !digest::holds(reviewed) {
        return Err(NotApplicable::Damaged);
    }
    Ok(made)
}

/// Says whether two plans are of the same sites: the same keys at the same places, with the same ids where both have read them.
///
/// # Errors
/// When they are not.
pub fn same_sites(reviewed: &Made, fresh: &Made) -> Result<(), NotApplicable> {
    let same = |old: &MadeSite, new: &MadeSite| {
        let ids = (old.cloud_id.as_ref(), new.cloud_id.as_ref());
        old.origin == new.origin && !matches!(ids, (Some(old), Some(new)) if old != new)
    };
    let both = reviewed.sites.iter().zip(&fresh.sites);
    if reviewed.sites.len() == fresh.sites.len()
        && both
            .clone()
            .all(|(old, new)| old.0 == new.0 && same(old.1, new.1))
    {
        return Ok(());
    }
    Err(NotApplicable::OtherSites {
        found: words(&reviewed.sites),
        wanted: words(&fresh.sites),
    })
}

fn words(sites: &BTreeMap<String, MadeSite>) -> String {
    let words: Vec<String> = sites
        .iter()
        .map(|(key, site)| {
            let id = site.cloud_id.as_ref();
            let id = id.map_or_else(String::new, |id| format!(", id {id}"));
            format!("site `{key}` ({}{id})", site.origin)
        })
        .collect();
    match words.is_empty() {
        true => "no site".to_owned(),
        false => words.join(", "),
    }
}

/// Says whether no rule that bears on a plan has been loosened since it was made; `now` are the rules of the workspace.
///
/// # Errors
/// When one has, with their names.
pub fn same_rules(reviewed: &PlanDocument, now: &[Rule]) -> Result<(), NotApplicable> {
    let Some(made) = &reviewed.made else {
        return Err(NotApplicable::Redacted);
    };
    let impact = reviewed
        .access_impact
        .impact()
        .map_err(|_| NotApplicable::Damaged)?;
    let mut loosened = BTreeSet::new();
    for (key, site) in &made.sites {
        let now = digest::in_reach(reviewed, &impact, key, now);
        let edits = rules::compare(&site.rules, &now);
        let looser = edits.iter().filter(|edit| edit.loosens);
        loosened.extend(looser.map(|edit| format!("`{}`", edit.name())));
    }
    match loosened.is_empty() {
        true => Ok(()),
        false => Err(NotApplicable::Loosened(loosened.into_iter().collect())),
    }
}
