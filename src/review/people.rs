//! What a fresh plan does to people that the reviewed one did not say, and the rows that would do it.

use crate::neutral::phrase::Phrase;
use crate::report::document::PlanDocument;
use crate::report::fates::{self, Fate};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the rows of `fresh` that are to be withheld, by address, each with who would gain or lose what by it.
///
/// A gain or loss is reviewed where the reviewed plan has it for that person or class, surely or as "may", carried out by apply or
/// by hand, or has it for the lists and classes by which the person comes to it. Rows that name one person answer for that
/// person; where no such row is a cause, every cause is withheld.
///
/// # Errors
/// When what one of the plans says of people cannot be read: then nothing is known to be reviewed.
pub fn withheld(
    reviewed: &PlanDocument,
    fresh: &PlanDocument,
) -> Result<BTreeMap<String, BTreeSet<Phrase>>, serde_json::Error> {
    let old = reviewed.access_impact.impact()?;
    let new = fresh.access_impact.impact()?;
    let mut known: BTreeSet<Fate> = BTreeSet::new();
    let names = fates::names(reviewed);
    for impact in std::iter::once(&*old).chain(old.if_accepted.as_deref()) {
        fates::fates(impact, &names, &mut |told| {
            if told.whole_list {
                known.extend(told.by.iter().map(|list| told.fate.of(list)));
            }
            known.insert(told.fate);
        });
    }
    let names = fates::names(fresh);
    let mut withheld: BTreeMap<String, BTreeSet<Phrase>> = BTreeMap::new();
    fates::fates(&new, &names, &mut |told| {
        let mut lists = told.by.iter();
        let by_list = !told.by.is_empty() && lists.all(|list| known.contains(&told.fate.of(list)));
        if by_list || known.contains(&told.fate) {
            return;
        }
        let mut rows = told.causes;
        if rows.is_empty() {
            // Nothing names the cause, so nothing is certain not to be it.
            let all = fresh.resource_changes.iter();
            rows = all
                .filter(|row| row.portcullis.blocked_by.is_empty())
                .map(|row| row.address.as_str())
                .collect();
        }
        for row in rows {
            let who = withheld.entry(row.to_owned()).or_default();
            who.insert(told.fate.words());
        }
    });
    Ok(withheld)
}
