//! What a fresh plan does to people that the reviewed one did not say, and the rows that would do it.

use crate::report::document::PlanDocument;
use crate::report::impact::{AccessImpact, CauseRow, ClassRow, GroupRow};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody, or a class, who would gain or lose something that nobody reviewed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Fate {
    site: String,
    who: String,
    object: String,
    gains: bool,
}

impl Fate {
    fn words(&self) -> String {
        let verb = if self.gains { "gain" } else { "lose" };
        format!("{} would {verb} {}", self.who, self.object)
    }
}

/// Returns the rows of `fresh` that are to be withheld, by address, each with who would gain or lose what by it.
///
/// A gain or loss is reviewed where the reviewed plan has it for that person or class, surely or as "may", carried out by apply or
/// by hand. Rows that name one person answer for that person; where no such row is a cause, every cause is withheld.
///
/// # Errors
/// When what one of the plans says of people cannot be read: then nothing is known to be reviewed.
pub fn withheld(
    reviewed: &PlanDocument,
    fresh: &PlanDocument,
) -> Result<BTreeMap<String, BTreeSet<String>>, serde_json::Error> {
    let old = AccessImpact::deserialize(&reviewed.access_impact)?;
    let new = AccessImpact::deserialize(&fresh.access_impact)?;
    let mut known = BTreeSet::new();
    for impact in std::iter::once(&old).chain(old.if_accepted.as_deref()) {
        fates(impact, &mut |fate, _| {
            known.insert(fate);
        });
    }
    let names = names(fresh);
    let mut withheld: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    fates(&new, &mut |fate, causes| {
        if known.contains(&fate) {
            return;
        }
        let own = |cause: &&CauseRow| names.get(cause.address.as_str()) == Some(&fate.who.as_str());
        let mut rows: Vec<&str> = match causes.iter().any(|cause| own(&cause)) {
            true => causes.iter().filter(own).map(address).collect(),
            false => causes.iter().map(address).collect(),
        };
        if rows.is_empty() {
            // Nothing names the cause, so nothing is certain not to be it.
            let all = fresh.resource_changes.iter();
            rows = all
                .filter(|row| row.portcullis.blocked_by.is_empty())
                .map(|row| row.address.as_str())
                .collect();
        }
        for row in rows {
            withheld
                .entry(row.to_owned())
                .or_default()
                .insert(fate.words());
        }
    });
    Ok(withheld)
}

fn address(cause: &CauseRow) -> &str {
    &cause.address
}

/// The names of the people whom rows are about, by address.
fn names(document: &PlanDocument) -> BTreeMap<&str, &str> {
    const ABOUT_PEOPLE: [&str; 3] = [
        "jsm_customer_account",
        "jsm_organization_member",
        "jsm_project_customer",
    ];
    let rows = document.resource_changes.iter();
    rows.filter(|row| ABOUT_PEOPLE.contains(&row.kind.as_str()))
        .map(|row| (row.address.as_str(), row.name.as_str()))
        .collect()
}

/// Is told a fate and its causes.
type Tell<'t> = dyn FnMut(Fate, &[CauseRow]) + 't;

/// Tells every gain and loss of an impact, with its causes.
fn fates(impact: &AccessImpact, tell: &mut Tell<'_>) {
    let further = &impact.with_manual_steps;
    let groups = [
        (&impact.gains, true),
        (&further.gains, true),
        (&impact.losses, false),
        (&further.losses, false),
    ];
    for (rows, gains) in groups {
        for GroupRow {
            site,
            project,
            article,
            list,
            caused_by,
            ..
        } in rows
        {
            for who in list {
                let fate = Fate {
                    site: site.clone(),
                    who: who.clone(),
                    object: object(project, article.as_deref()),
                    gains,
                };
                tell(fate, caused_by);
            }
        }
    }
    for ClassRow {
        site,
        class,
        project,
        article,
        before,
        after,
        caused_by,
        ..
    } in impact.classes.iter().chain(&further.classes)
    {
        let rank = |answer: &str| ["no", "uncertain", "yes"].iter().position(|a| *a == answer);
        let fate = Fate {
            site: site.clone(),
            who: class.clone(),
            object: object(project, article.as_deref()),
            gains: rank(after) > rank(before),
        };
        tell(fate, caused_by);
    }
}

fn object(project: &str, article: Option<&str>) -> String {
    match article {
        Some(space) => format!("the articles of {space} in {project}"),
        None => project.to_owned(),
    }
}
