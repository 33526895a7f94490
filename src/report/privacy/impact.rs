//! The same for what a plan does to people.

use super::people::People;
use crate::report::impact::{
    AccessImpact, BecauseRow, CauseRow, ClassRow, Further, GroupRow, NamedRow,
};
use crate::report::said::SaidImpact;

/// Takes people out of `access_impact`, part by part; of another shape, value by value.
pub(super) fn redact(said: &mut SaidImpact, people: &People) {
    let Ok(impact) = said.impact() else {
        return said.rewrite(|value| people.rewrite_value(value));
    };
    let mut impact = impact.into_owned();
    whole(&mut impact, people);
    *said = impact.into();
}

fn whole(impact: &mut AccessImpact, people: &People) {
    for unread in impact.unread.iter_mut().chain(&mut impact.not_judged) {
        people.phrase(&mut unread.what);
    }
    let AccessImpact {
        classes: rows,
        gains,
        losses,
        keeps,
        without_any_access,
        without_sure_access,
        ..
    } = impact;
    classes(rows, people);
    groups([gains, losses, keeps], people);
    named(without_any_access, people);
    named(without_sure_access, people);
    further(&mut impact.with_manual_steps, people);
    for portal in &mut impact.portals {
        for way in &mut portal.ways {
            people.rewrite(&mut way.name);
        }
    }
    if let Some(accepted) = &mut impact.if_accepted {
        whole(accepted, people);
    }
}

fn further(further: &mut Further, people: &People) {
    classes(&mut further.classes, people);
    let Further {
        gains,
        losses,
        keeps,
        ..
    } = further;
    groups([gains, losses, keeps], people);
    named(&mut further.without_any_access, people);
    named(&mut further.without_sure_access, people);
}

fn classes(rows: &mut [ClassRow], people: &People) {
    for row in rows {
        causes(&mut row.caused_by, people);
        because(&mut row.because, people);
    }
}

fn groups(kinds: [&mut Vec<GroupRow>; 3], people: &People) {
    for row in kinds.into_iter().flatten() {
        people.phrase(&mut row.via);
        people.phrase(&mut row.lost);
        for list in &mut row.by {
            if let Some(("organization", name)) = list.split_once(':') {
                let mut name = name.to_owned();
                people.rewrite(&mut name);
                *list = format!("organization:{name}");
            }
        }
        for who in &mut row.list {
            *who = people.pseudonym(who);
        }
        causes(&mut row.caused_by, people);
        because(&mut row.because, people);
    }
}

fn named(row: &mut NamedRow, people: &People) {
    for who in &mut row.list {
        *who = people.pseudonym(who);
    }
    for site in row.sites.values_mut() {
        named(site, people);
    }
}

fn causes(rows: &mut [CauseRow], people: &People) {
    for row in rows {
        people.rewrite_address(&mut row.address);
    }
}

fn because(rows: &mut [BecauseRow], people: &People) {
    for row in rows {
        people.phrase(&mut row.text);
    }
}
