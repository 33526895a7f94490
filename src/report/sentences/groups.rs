//! Sentences about groups of people with one fate: who loses, gains or keeps what, by which route.

use super::super::impact::GroupRow;
use super::super::text::values::counted;
use super::{NAMES, SENTENCES, Sentence, people, places, some};
use crate::neutral::phrase::Phrase;
use std::collections::{BTreeSet, HashMap};

/// How many routes a sentence tells, with the people of each.
const ROUTES: usize = 5;

/// Says one sentence per thing; articles that the same people gain or lose go with the portal.
pub(super) fn tell(rows: &[GroupRow], many: bool, fate: Fate, all: &mut Vec<Sentence>) {
    let rows = merged(rows);
    let mut with: BTreeSet<usize> = BTreeSet::new();
    let mut shown = Vec::new();
    for told in rows.iter().filter(|told| told.row.article.is_none()) {
        let portal = &told.row;
        let mut spaces = Vec::new();
        for (at, Told { row, .. }) in rows.iter().enumerate() {
            let same = row.site == portal.site
                && row.project == portal.project
                && row.people == portal.people
                // Without names nobody can say that they are the same people.
                && !row.list.is_empty()
                && row.list == portal.list;
            if let (true, Some(space)) = (same, &row.article) {
                with.insert(at);
                spaces.push(Phrase::default().key(space));
            }
        }
        let mut what = Phrase::default().key(&portal.project);
        if !spaces.is_empty() {
            what = what.word(" with the articles of ").joined(&spaces, ", ");
        }
        shown.push((told, what));
    }
    for (at, told) in rows.iter().enumerate() {
        let row = &told.row;
        if let (Some(space), false) = (&row.article, with.contains(&at)) {
            let what = Phrase::of("the articles of ").key(space).word(" in ");
            shown.push((told, what.key(&row.project)));
        }
    }
    shown.sort_by_key(|(told, _)| std::cmp::Reverse(told.row.people));
    let rest = shown.len().saturating_sub(SENTENCES);
    for (told, what) in shown.into_iter().take(SENTENCES) {
        let what = match many {
            true => what.word(" on ").key(&told.row.site),
            false => what,
        };
        let text = of_fate(fate, told, what);
        let causes = places(told.parts.iter().flat_map(|part| &part.caused_by));
        let grave = false;
        all.push(Sentence {
            text,
            grave,
            fate,
            causes,
        });
    }
    if rest > 0 {
        let text = format!("And {rest} more such groups: see access_impact in the JSON plan.");
        let (text, grave, causes) = (Phrase::of(&text), false, Vec::new());
        all.push(Sentence {
            text,
            grave,
            fate,
            causes,
        });
    }
}

/// Groups that differ in their routes only, told in one sentence.
struct Told {
    /// All of them; the routes are those of the first.
    row: GroupRow,
    /// Each of them, the largest first.
    parts: Vec<GroupRow>,
}

/// What becomes of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Fate {
    /// They lose something.
    Loses,
    /// They gain something.
    Gains,
    /// They lose a route and keep the thing by another.
    Keeps,
}

/// Says of one group what becomes of it, without its names.
pub(in crate::report) fn of_group(fate: Fate, row: &GroupRow, many: bool) -> Phrase {
    let row = GroupRow {
        list: Vec::new(),
        caused_by: Vec::new(),
        because: Vec::new(),
        ..row.clone()
    };
    let what = match &row.article {
        Some(space) => Phrase::of("the articles of ").key(space).word(" in "),
        None => Phrase::default(),
    };
    let what = what.key(&row.project);
    let what = match many {
        true => what.word(" on ").key(&row.site),
        false => what,
    };
    let told = Told {
        parts: vec![row.clone()],
        row,
    };
    of_fate(fate, &told, what)
}

fn of_fate(fate: Fate, told: &Told, what: Phrase) -> Phrase {
    match fate {
        Fate::Loses => loses(told, what),
        Fate::Gains => gains(told, what),
        Fate::Keeps => keeps(told, what),
    }
}

/// Unites groups that differ in their routes only, for the eye; the JSON keeps them apart.
fn merged(rows: &[GroupRow]) -> Vec<Told> {
    let mut merged: Vec<Told> = Vec::new();
    let mut at = HashMap::new();
    for row in rows {
        let key = (
            &row.site,
            &row.project,
            &row.article,
            &row.before,
            &row.after,
        );
        let known = *at.entry(key).or_insert(merged.len());
        match merged.get_mut(known) {
            Some(told) => {
                told.row.people += row.people;
                told.row.list.extend(row.list.iter().cloned());
                told.parts.push(row.clone());
            }
            None => merged.push(Told {
                row: row.clone(),
                parts: vec![row.clone()],
            }),
        }
    }
    for told in &mut merged {
        told.row.list.sort_unstable();
    }
    for told in &mut merged {
        told.parts
            .sort_by_key(|part| std::cmp::Reverse(part.people));
    }
    merged
}

/// Says who does something and by which route, so that nobody is told a route that is somebody else's.
fn by_route(told: &Told, verb: &str, what: &Phrase, route: impl Fn(&GroupRow) -> Route) -> Phrase {
    let all = &told.row;
    let head = Phrase::of(&format!("{} {verb} ", people(all.people))).then(what);
    if let [_] = told.parts.as_slice() {
        let head = match route(all) {
            Route { words, .. } if words.is_empty() => head,
            Route { words, aside: true } => head.word(" (").then(&words).word(")"),
            Route { words, .. } => head.word(" ").then(&words),
        };
        return match all.list.is_empty() {
            true => head.word("."),
            false => {
                let names = some(&all.list, all.people, NAMES);
                head.word(": ").then(&names).word(".")
            }
        };
    }
    let shown = told.parts.len().min(ROUTES);
    let each = match all.people <= NAMES {
        true => NAMES,
        false => (NAMES / shown).max(1),
    };
    let mut parts: Vec<Phrase> = told
        .parts
        .iter()
        .take(shown)
        .map(|part| {
            let names = some(&part.list, part.people, each);
            let words = route(part).words;
            match words.is_empty() {
                true => names,
                false => names.word(" (").then(&words).word(")"),
            }
        })
        .collect();
    let rest = &told.parts[shown..];
    if !rest.is_empty() {
        let count: usize = rest.iter().map(|part| part.people).sum();
        let ways = counted(rest.len(), "other way", "other ways");
        parts.push(Phrase::of(&format!("and {count} more in {ways}")));
    }
    head.word(": ").joined(&parts, "; ").word(".")
}

/// How people get in, and whether that is said aside.
struct Route {
    words: Phrase,
    aside: bool,
}

impl Route {
    /// Reads a route of the document; nothing where there is none.
    fn of(before: &str, via: &Phrase, aside: bool) -> Self {
        let words = match via.is_empty() {
            true => Phrase::default(),
            false => Phrase::of(before).then(via),
        };
        Self { words, aside }
    }
}

fn loses(told: &Told, what: Phrase) -> Phrase {
    let row = &told.row;
    let verb = match row.people {
        _ if row.after == "uncertain" || row.before == "uncertain" => "may lose",
        1 => "loses",
        _ => "lose",
    };
    by_route(told, verb, &what, |part| {
        Route::of("was: ", &part.via, true)
    })
}

fn gains(told: &Told, what: Phrase) -> Phrase {
    let row = &told.row;
    let verb = match (row.after.as_str(), row.people) {
        ("uncertain", _) => "may gain",
        (_, 1) => "gains",
        _ => "gain",
    };
    // They may have had it.
    let what = match (row.before.as_str(), row.after.as_str()) {
        ("uncertain", "yes") => what.word(" for sure"),
        _ => what,
    };
    by_route(told, verb, &what, |part| {
        Route::of("through ", &part.via, false)
    })
}

fn keeps(told: &Told, what: Phrase) -> Phrase {
    let verb = if told.row.people == 1 {
        "keeps"
    } else {
        "keep"
    };
    let lost = &told.row.lost;
    if told.parts.len() > 1 && told.parts.iter().all(|part| part.lost == *lost) {
        let what = what.word(" without ").then(lost);
        return by_route(told, verb, &what, |part| {
            Route::of("through ", &part.via, false)
        });
    }
    by_route(told, verb, &what, |part| {
        let route = Route::of("through ", &part.via, false);
        let words = route.words.word(", without ").then(&part.lost);
        Route { words, ..route }
    })
}
