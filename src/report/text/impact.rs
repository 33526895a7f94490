//! The first block of a plan: what it does to people, the worst first.

use super::layout::{Page, Paint};
use super::values::counted;
use crate::access::is_public_mail;
use crate::report::document::{Check, PlanDocument, ResourceChange};
use crate::report::impact::{AccessImpact, AtLeast, ClassRow, Further, GroupRow, NamedRow};
use std::collections::BTreeSet;
use std::io;

/// How many people a sentence names.
const NAMES: usize = 5;
/// How many routes a sentence tells, with the people of each.
const ROUTES: usize = 5;
/// The rank of new addresses of a domain, after the wider classes.
const DOMAIN: u8 = 3;
/// How many sentences of one kind are written before the rest is counted.
const SENTENCES: usize = 12;

/// Writes what the plan does to people. Nothing for a plan file that does not say it.
pub(super) fn block(document: &PlanDocument, page: &mut Page<'_>) -> io::Result<()> {
    let Ok(impact) = serde_json::from_value::<AccessImpact>(document.access_impact.clone()) else {
        return Ok(());
    };
    // A plan without changes says so itself.
    if document.resource_changes.is_empty() && document.checks.iter().all(|c| c.status == "pass") {
        return Ok(());
    }
    let many = document.sites.len() > 1;
    page.blank();
    page.line(0, &[(Paint::Heading, "who gains or loses access")])?;
    let overridden = impact.if_accepted.clone();
    let whole = overridden.as_deref().unwrap_or(&impact);
    let (unread, now) = (whole.unread.clone(), parts(impact));
    let quiet = &now.applied;
    if quiet.classes.is_empty() && quiet.gains.is_empty() && quiet.losses.is_empty() {
        let rows = &document.resource_changes;
        let blocked = |row: &ResourceChange| !row.portcullis.blocked_by.is_empty();
        // What was not read may hide somebody, unless nothing is done at all.
        let known = match unread.is_empty() || rows.iter().all(blocked) {
            true => "Nobody gains or loses access",
            false => "Nobody is known to gain or lose access",
        };
        let how = if rows.iter().any(blocked) {
            " by what may be done"
        } else if sentences(&now.by_hand, many).is_empty() {
            ""
        } else {
            " by what apply does"
        };
        page.prose(2, (Paint::Plain, ""), &format!("{known}{how}."))?;
    }
    let waits = |row: &ResourceChange| !row.portcullis.waiting_for.is_empty();
    let waiting = document.resource_changes.iter().any(waits);
    effects(&now, many, waiting, 2, page)?;
    let told = |check: &&Check| check.status != "pass" && is_about_people(check);
    for check in document.checks.iter().filter(told) {
        let name = check.address.to_display.as_str();
        let paint = match (check.status.as_str(), &check.overridden) {
            ("fail", None) => Paint::Alarm,
            _ => Paint::Plain,
        };
        let (word, link) = match check.overridden {
            Some(_) => (check.effect(), ":"),
            None => (check.effect(), " by"),
        };
        for problem in &check.problems {
            let text = format!("{word}{link} {name}: {}.", problem.message);
            page.prose(2, (paint, "! "), &text)?;
        }
    }
    if let Some(overridden) = overridden {
        let mut then = parts(*overridden);
        // What a gate on classes stands against is told with the gate.
        let ungated = |row: &ClassRow| {
            let key = format!("policy.class_gains.{}", row.class);
            let gate = |check: &Check| check.address.to_display == key && check.status == "fail";
            rank(&row.after) < rank(&row.before) || !document.checks.iter().any(gate)
        };
        then.applied.classes.retain(ungated);
        then.by_hand.classes.retain(ungated);
        if then != now {
            let text = "If the policy is overridden, the plan does this:";
            page.prose(2, (Paint::Plain, ""), text)?;
            effects(&then, many, waiting, 4, page)?;
        }
    }
    if !unread.is_empty() {
        let shown = unread.iter().take(NAMES).map(|unread| {
            if many {
                format!("{} ({})", unread.what, unread.site)
            } else {
                unread.what.clone()
            }
        });
        let mut text = shown.collect::<Vec<_>>().join("; ");
        if unread.len() > NAMES {
            text.push_str(&format!("; and {} more", unread.len() - NAMES));
        }
        page.prose(
            2,
            (Paint::Plain, "Not read, so not judged: "),
            &format!("{text}."),
        )?;
    }
    Ok(())
}

/// What a plan does, in its two parts.
#[derive(PartialEq, Eq)]
struct Effects {
    applied: Further,
    by_hand: Further,
    abandoned: Vec<String>,
}

fn parts(impact: AccessImpact) -> Effects {
    let known = impact.at_least.unwrap_or(AtLeast {
        people_gaining: impact.people_gaining.unwrap_or(0),
        people_losing: impact.people_losing.unwrap_or(0),
    });
    Effects {
        applied: Further {
            classes: impact.classes,
            gains: impact.gains,
            losses: impact.losses,
            keeps: impact.keeps,
            without_any_access: impact.without_any_access,
            without_sure_access: impact.without_sure_access,
            people_gaining: known.people_gaining,
            people_losing: known.people_losing,
        },
        by_hand: impact.with_manual_steps,
        abandoned: impact.projects_without_anyone,
    }
}

/// Writes what apply does, who is left, and what comes when people have done their part.
fn effects(
    effects: &Effects,
    many: bool,
    waiting: bool,
    indent: usize,
    page: &mut Page<'_>,
) -> io::Result<()> {
    write(&sentences(&effects.applied, many), indent, page)?;
    for project in &effects.abandoned {
        let text = format!("Nobody is left who can open {}.", super::spoken(project));
        page.prose(indent, (Paint::Alarm, "! "), &text)?;
    }
    let later = sentences(&effects.by_hand, many);
    if later.is_empty() {
        return Ok(());
    }
    let when = match waiting {
        true => "When the manual steps, and the changes that wait for them, are done as well:",
        false => "When the manual steps are done as well:",
    };
    page.prose(indent, (Paint::Plain, ""), when)?;
    write(&later, indent + 2, page)
}

/// Says whether a check is told in this block, and not among the others.
pub(super) fn is_about_people(check: &Check) -> bool {
    let name = check.address.to_display.as_str();
    name.starts_with("policy.class_gains") || name.starts_with("policy.max_people_")
}

/// A sentence, and whether it is one to look at first.
struct Sentence {
    text: String,
    grave: bool,
}

fn write(sentences: &[Sentence], indent: usize, page: &mut Page<'_>) -> io::Result<()> {
    for sentence in sentences {
        let label = if sentence.grave {
            (Paint::Alarm, "! ")
        } else {
            (Paint::Plain, "* ")
        };
        page.prose(indent, label, &sentence.text)?;
    }
    Ok(())
}

fn sentences(impact: &Further, many: bool) -> Vec<Sentence> {
    let mut all = Vec::new();
    let rises = |row: &&ClassRow| rank(&row.after) > rank(&row.before);
    let (wide, narrow): (Vec<&ClassRow>, Vec<&ClassRow>) = impact.classes.iter().partition(rises);
    let mut wide = wide;
    wide.sort_by_key(|row| class_rank(&row.class));
    classes(&wide, many, &mut all);
    let left = &impact.without_any_access;
    if left.people > 0 {
        let verb = if left.people == 1 { "loses" } else { "lose" };
        let text = format!(
            "{} {verb} every portal{}.",
            people(left.people),
            names(left)
        );
        all.push(Sentence { text, grave: true });
    }
    let unsure = &impact.without_sure_access;
    if unsure.people > 0 {
        let text = format!(
            "{} may lose every portal, as not everything is known{}.",
            people(unsure.people),
            names(unsure)
        );
        all.push(Sentence { text, grave: true });
    }
    groups(&impact.losses, many, loses, &mut all);
    let mut narrow = narrow;
    narrow.sort_by_key(|row| class_rank(&row.class));
    classes(&narrow, many, &mut all);
    groups(&impact.gains, many, gains, &mut all);
    groups(&impact.keeps, many, keeps, &mut all);
    all
}

/// Writes one sentence per class and thing; domains with one fate share theirs.
fn classes(rows: &[&ClassRow], many: bool, all: &mut Vec<Sentence>) {
    let mut shared: Vec<(ClassRow, usize)> = Vec::new();
    for row in rows {
        let alike = shared.iter_mut().find(|(other, _)| {
            is_public(&row.class) == is_public(&other.class)
                && class_rank(&row.class) == DOMAIN
                && class_rank(&other.class) == DOMAIN
                && (
                    &other.site,
                    &other.project,
                    &other.article,
                    &other.before,
                    &other.after,
                ) == (
                    &row.site,
                    &row.project,
                    &row.article,
                    &row.before,
                    &row.after,
                )
        });
        match alike {
            Some((other, domains)) => {
                *domains += 1;
                if *domains <= NAMES {
                    other.class = format!("{}, {}", other.class, row.class.trim_start_matches('*'));
                }
            }
            None => shared.push(((*row).clone(), 1)),
        }
    }
    for (mut row, domains) in shared.iter().take(SENTENCES).cloned() {
        if domains > NAMES {
            row.class = format!("{} and {} more domains", row.class, domains - NAMES);
        }
        let wide = class_rank(&row.class) < DOMAIN || is_public(&row.class);
        let grave = rank(&row.after) > rank(&row.before) && wide;
        let text = class(&row, many);
        all.push(Sentence { text, grave });
    }
    if shared.len() > SENTENCES {
        let text = format!("The same for {} more.", shared.len() - SENTENCES);
        all.push(Sentence { text, grave: false });
    }
}

fn class(row: &ClassRow, many: bool) -> String {
    let who = match row.class.as_str() {
        "anonymous" => "Anyone on the web".to_owned(),
        "anyone" => "Anyone with an e-mail address".to_owned(),
        "any_customer" => "Every customer of the site".to_owned(),
        domain if is_public(domain) => format!(
            "Anyone with an address {}, of a public mail provider,",
            domain.trim_start_matches('*')
        ),
        domain => format!("Any new address {}", domain.trim_start_matches('*')),
    };
    let what = match &row.article {
        Some(space) => format!("read the articles of {space} in {}", row.project),
        None => format!("open {}", row.project),
    };
    let on = if many {
        format!(" on {}", row.site)
    } else {
        String::new()
    };
    let rises = rank(&row.after) > rank(&row.before);
    let was = match (row.people_before, &row.article) {
        (n, None) if rises && n > 0 && class_rank(&row.class) < DOMAIN => {
            let least = match row.people_before_whole {
                true => "",
                false => "at least ",
            };
            format!(" (was: {least}{})", counted(n, "customer", "customers"))
        }
        _ => String::new(),
    };
    if rises {
        let can = match row.after.as_str() {
            "yes" => "will be able to",
            _ => "may be able to",
        };
        let sure = if row.before == "uncertain" {
            " for sure"
        } else {
            ""
        };
        return format!("{who} {can} {what}{on}{sure}{was}.");
    }
    match row.after.as_str() {
        // It was not known that they could.
        "no" if row.before == "uncertain" => format!(
            "{} may have been able to {what}{on}, and certainly no longer are.",
            no_longer(row)
        ),
        "no" => format!("{} can no longer {what}{on}.", no_longer(row)),
        _ => format!(
            "{} may no longer be able to {what}{on}{was}.",
            no_longer(row)
        ),
    }
}

/// Says whether a class is new addresses of domains at which anybody can get one.
fn is_public(class: &str) -> bool {
    let domain = class.strip_prefix("*@");
    domain.is_some_and(|domain| {
        let first = domain.split(", ").next().unwrap_or(domain);
        is_public_mail(first)
    })
}

fn no_longer(row: &ClassRow) -> String {
    match row.class.as_str() {
        "anonymous" => "People without login".to_owned(),
        "anyone" => {
            let shown = row.except.iter().take(NAMES);
            let shown: Vec<String> = shown.map(|domain| format!("@{domain}")).collect();
            let more = row.except.len() - shown.len();
            let but = match (shown.join(", "), more) {
                (but, _) if but.is_empty() => String::new(),
                (but, 0) => format!(" but {but}"),
                (but, more) => format!(" but {but} and {more} more domains"),
            };
            format!("New people with any e-mail address{but}")
        }
        "any_customer" => "Customers who are on no list".to_owned(),
        domain => format!("New addresses {}", domain.trim_start_matches('*')),
    }
}

/// Writes one sentence per thing; articles that the same people gain or lose go with the portal.
fn groups(
    rows: &[GroupRow],
    many: bool,
    sentence: fn(&Told, &str) -> String,
    all: &mut Vec<Sentence>,
) {
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
                spaces.push(space.as_str());
            }
        }
        let mut what = portal.project.clone();
        if !spaces.is_empty() {
            what = format!("{what} with the articles of {}", spaces.join(", "));
        }
        shown.push((told, what));
    }
    for (at, told) in rows.iter().enumerate() {
        let row = &told.row;
        if let (Some(space), false) = (&row.article, with.contains(&at)) {
            shown.push((told, format!("the articles of {space} in {}", row.project)));
        }
    }
    shown.sort_by_key(|(told, _)| std::cmp::Reverse(told.row.people));
    let rest = shown.len().saturating_sub(SENTENCES);
    for (told, what) in shown.into_iter().take(SENTENCES) {
        let what = if many {
            format!("{what} on {}", told.row.site)
        } else {
            what
        };
        let text = sentence(told, &what);
        all.push(Sentence { text, grave: false });
    }
    if rest > 0 {
        let text = format!("And {rest} more such groups: see `access_impact` in the JSON plan.");
        all.push(Sentence { text, grave: false });
    }
}

/// Groups that differ in their routes only, told in one sentence.
struct Told {
    /// All of them; the routes are those of the first.
    row: GroupRow,
    /// Each of them, the largest first.
    parts: Vec<GroupRow>,
}

/// Unites groups that differ in their routes only, for the eye; the JSON keeps them apart.
fn merged(rows: &[GroupRow]) -> Vec<Told> {
    let mut merged: Vec<Told> = Vec::new();
    for row in rows {
        let key = |row: &GroupRow| {
            (
                row.site.clone(),
                row.project.clone(),
                row.article.clone(),
                row.before.clone(),
                row.after.clone(),
            )
        };
        match merged.iter_mut().find(|told| key(&told.row) == key(row)) {
            Some(told) => {
                told.row.people += row.people;
                told.row.list.extend(row.list.iter().cloned());
                told.row.list.sort_unstable();
                told.parts.push(row.clone());
            }
            None => merged.push(Told {
                row: row.clone(),
                parts: vec![row.clone()],
            }),
        }
    }
    for told in &mut merged {
        told.parts
            .sort_by_key(|part| std::cmp::Reverse(part.people));
    }
    merged
}

/// Says who does something and by which route, so that nobody is told a route that is somebody else's.
fn by_route(told: &Told, verb: &str, what: &str, route: impl Fn(&GroupRow) -> String) -> String {
    let all = &told.row;
    let head = format!("{} {verb} {what}", people(all.people));
    if let [_] = told.parts.as_slice() {
        let route = route(all);
        let names = behind(&all.list, all.people);
        return match route.is_empty() {
            true => format!("{head}{names}."),
            false => format!("{head} {route}{names}."),
        };
    }
    let shown = told.parts.len().min(ROUTES);
    let each = match all.people <= NAMES {
        true => NAMES,
        false => (NAMES / shown).max(1),
    };
    let mut parts: Vec<String> = told
        .parts
        .iter()
        .take(shown)
        .map(|part| {
            let route = route(part);
            let bare = route.strip_prefix('(').and_then(|r| r.strip_suffix(')'));
            let route = bare.unwrap_or(&route);
            match route.is_empty() {
                true => list(part, each),
                false => format!("{} ({route})", list(part, each)),
            }
        })
        .collect();
    let rest = &told.parts[shown..];
    if !rest.is_empty() {
        let count: usize = rest.iter().map(|part| part.people).sum();
        let ways = counted(rest.len(), "other way", "other ways");
        parts.push(format!("and {count} more in {ways}"));
    }
    format!("{head}: {}.", parts.join("; "))
}

fn loses(told: &Told, what: &str) -> String {
    let row = &told.row;
    let verb = match row.people {
        _ if row.after == "uncertain" || row.before == "uncertain" => "may lose",
        1 => "loses",
        _ => "lose",
    };
    by_route(told, verb, what, |part| match part.via.as_str() {
        "" => String::new(),
        via => format!("(was: {via})"),
    })
}

fn gains(told: &Told, what: &str) -> String {
    let row = &told.row;
    let verb = match (row.after.as_str(), row.people) {
        ("uncertain", _) => "may gain",
        (_, 1) => "gains",
        _ => "gain",
    };
    // They may have had it.
    let sure = match (row.before.as_str(), row.after.as_str()) {
        ("uncertain", "yes") => " for sure",
        _ => "",
    };
    by_route(told, verb, &format!("{what}{sure}"), |part| {
        match part.via.as_str() {
            "" => String::new(),
            via => format!("through {via}"),
        }
    })
}

fn keeps(told: &Told, what: &str) -> String {
    let verb = if told.row.people == 1 {
        "keeps"
    } else {
        "keep"
    };
    let lost = &told.row.lost;
    if told.parts.len() > 1 && told.parts.iter().all(|part| part.lost == *lost) {
        let what = format!("{what} without {lost}");
        return by_route(told, verb, &what, |part| format!("through {}", part.via));
    }
    by_route(told, verb, what, |part| {
        format!("through {}, without {}", part.via, part.lost)
    })
}

fn list(row: &GroupRow, most: usize) -> String {
    some(&row.list, row.people, most)
}

fn names(people: &NamedRow) -> String {
    behind(&people.list, people.people)
}

/// Names people behind a sentence; nothing where only their number is shown.
fn behind(names: &[String], people: usize) -> String {
    match names.is_empty() {
        true => String::new(),
        false => format!(": {}", some(names, people, NAMES)),
    }
}

/// The first few names of so many people, and how many more there are; their number where no name is shown.
fn some(names: &[String], people: usize, most: usize) -> String {
    if names.is_empty() {
        return people.to_string();
    }
    let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
    let more = people.saturating_sub(shown.len());
    let names = shown.join(", ");
    if more > 0 {
        format!("{names} and {more} more")
    } else {
        names
    }
}

fn people(count: usize) -> String {
    match count {
        1 => "1 person".to_owned(),
        n => format!("{n} people"),
    }
}

fn rank(answer: &str) -> u8 {
    match answer {
        "no" => 0,
        "uncertain" => 1,
        _ => 2,
    }
}

fn class_rank(class: &str) -> u8 {
    match class {
        "anonymous" => 0,
        "anyone" => 1,
        "any_customer" => 2,
        _ => DOMAIN,
    }
}
