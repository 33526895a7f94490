//! (b) What a plan says of people, against the difference of the pages before and after it was applied.

use crate::live::{is_staff, told, truth};
use crate::pages::{Pages, Shown, domain_of};
use crate::round::{Found, sure};
use portcullis::access::explain::Asked;
use portcullis::access::{
    Answer, Coverage, Lookup, Reading, State, Trail, Visitor, articles, portal,
};
use portcullis::impact::{Assessment, Class, Group};
use portcullis::judge::Worlds;
use portcullis::model::{AccountId, Domain, Email, SpaceKey};
use portcullis::report::build::Planned;
use std::collections::{BTreeMap, BTreeSet};

const PART: &str = "impact";

/// Somebody of the site after apply, with what they see before and after.
struct Somebody {
    name: String,
    id: AccountId,
    email: String,
    before: Shown,
    after: Shown,
    /// Whether the plan knows them.
    known: bool,
    /// Whether another account has the address.
    twin: bool,
    staff: bool,
    /// Whether the address holds a licence of Confluence.
    confluence: bool,
}

/// Everybody who has an account after apply.
fn everybody(worlds: &Worlds<'_, '_>, (before, after): (&Pages, &Pages)) -> Vec<Somebody> {
    let accounts = after.site.accounts();
    accounts
        .filter(|account| !account.email().ends_with("@sandbox.example"))
        .map(|account| {
            let id = account.id();
            let email = account.email();
            let had = before.site.account(&id).is_some();
            let found = worlds.before.people.by_account(&id);
            let seen = found.map(|found| worlds.before.people.get(found));
            let hidden = seen.is_some_and(|seen| seen.email.is_none());
            Somebody {
                name: match hidden {
                    true => format!("id:{id}"),
                    false => email.to_owned(),
                },
                before: match had {
                    true => before.of_account(&id),
                    false => before.of_domain(domain_of(email)),
                },
                after: after.of_account(&id),
                known: seen.is_some() || !had,
                confluence: after.uses_confluence(email),
                twin: after.site.accounts_with_email(email).len() > 1,
                staff: seen.is_some_and(|seen| is_staff(&seen.account)) || after.is_agent(email),
                email: email.to_owned(),
                id,
            }
        })
        .collect()
}

/// Compares the impact of what apply did.
pub(crate) fn check(
    planned: &Planned,
    worlds: &Worlds<'_, '_>,
    pages: (&Pages, &Pages),
    found: &mut Found,
) {
    let impact = &planned.impact.applied;
    let people = everybody(worlds, pages);
    let by_name: BTreeMap<&str, Vec<&Somebody>> =
        people.iter().fold(BTreeMap::new(), |mut all, one| {
            all.entry(one.name.as_str())
                .or_insert_with(Vec::new)
                .push(one);
            all
        });
    for group in impact.gains.iter().chain(&impact.losses) {
        // The sandbox's own two accounts are no part of the worlds.
        let named = group.people.list.iter();
        for name in named.filter(|name| !name.ends_with("@sandbox.example")) {
            found.asked(PART, group.after, &group.because);
            match by_name.get(name.as_str()).map(Vec::as_slice) {
                Some([one]) => sentence(one, group, found),
                Some(_) => {}
                None if group.after == Answer::Yes => {
                    found.put(
                        PART,
                        &group.because,
                        format!("{name} {}: yes, and there is no such account", group.target),
                    );
                }
                None => {}
            }
        }
        if group.caused_by.is_empty() {
            found.put(
                PART,
                &group.because,
                format!(
                    "{:?} {}: no change causes it",
                    group.people.list, group.target
                ),
            );
        }
    }
    for one in &people {
        moves(one, &planned.impact, worlds, found);
    }
    classes(&planned.impact, worlds, pages, found);
    counts(planned, worlds, pages, found);
}

/// A sentence about one person is true.
fn sentence(one: &Somebody, group: &Group, found: &mut Found) {
    if one.twin || one.staff {
        return;
    }
    let target = group.target.to_string();
    let was = one.before.get(&target).copied().unwrap_or(false);
    let is = one.after.get(&target).copied().unwrap_or(false);
    if !sure(group.before, was) || !sure(group.after, is) {
        found.put(
            PART,
            &group.because,
            format!(
                "{} {target}: said {} then {}, is {was} then {is}, via {:?} ({})",
                one.name,
                group.before.word(),
                group.after.word(),
                group.via,
                told(&group.because)
            ),
        );
    }
}

/// What somebody gains or loses is said.
fn moves(one: &Somebody, assessment: &Assessment, worlds: &Worlds<'_, '_>, found: &mut Found) {
    if one.staff {
        return;
    }
    let impact = &assessment.applied;
    let targets: BTreeSet<&String> = one.before.keys().chain(one.after.keys()).collect();
    for target in targets {
        let was = one.before.get(target).copied().unwrap_or(false);
        let is = one.after.get(target).copied().unwrap_or(false);
        if was == is {
            continue;
        }
        let groups = if is { &impact.gains } else { &impact.losses };
        let named = |group: &&Group| {
            group.target.to_string() == *target && group.people.list.contains(&one.name)
        };
        if groups.iter().any(|group| named(&group)) {
            found.said += 1;
            continue;
        }
        let classes = impact.classes.iter().filter(|change| {
            change.target.to_string() == *target && (change.after > change.before) == is
        });
        let covers = |class: &Class| matches!(class, Class::Anonymous | Class::AnyCustomer);
        let by_class = classes.clone().any(|change| covers(&change.class));
        if by_class && !one.known {
            continue;
        }
        // Whoever holds a licence of Confluence and is on no list is nobody whom a plan knows.
        if !one.known && one.confluence && target.contains('/') {
            continue;
        }
        // Of two accounts on one address an address asks for the one that was read.
        let email = Email::new(&one.email).unwrap();
        if !one.known && matches!(worlds.before.people.lookup(&email), Lookup::Accounts(_)) {
            continue;
        }
        let asked = Asked::Address(email);
        let (answers, why) = judged(worlds, &asked, target);
        if is_open(answers, found) {
            continue;
        }
        let turn = if is { "gains" } else { "loses" };
        let known = if one.known { "known" } else { "not known" };
        found.put(
            PART,
            &[],
            format!(
                "{} ({known}, {:?}) {turn} {target}, and nothing says so{}; the judge: {}",
                one.name,
                account(worlds.before, one),
                if by_class { " but for a class" } else { "" },
                why,
            ),
        );
    }
}

fn account(state: &State<'_>, one: &Somebody) -> Option<portcullis::access::Account> {
    let id = state.people.by_account(&one.id)?;
    Some(state.people.get(id).account)
}

/// What the judge says of somebody before and after, with the reasons.
pub(crate) fn judged(
    worlds: &Worlds<'_, '_>,
    asked: &Asked,
    target: &str,
) -> ([Answer; 2], String) {
    let say = |state: &State<'_>| {
        let project = crate::pages::parts(target).0;
        // The scheme of a project that the plan does not touch is not read, and counts as healthy.
        let scheme = state.project(project).map(|at| &state.projects[at].scheme);
        if scheme.is_some_and(|scheme| scheme.reading == Reading::NotAsked) {
            return (Answer::Uncertain, "its scheme was not asked for".to_owned());
        }
        say(state, asked, target)
    };
    let ((before, why), (after, then)) = (say(worlds.before), say(&worlds.applied));
    let told = format!("{} ({why}) then {} ({then})", before.word(), after.word());
    ([before, after], told)
}

/// What the judge says of a portal or of articles in one world, with the reasons.
pub(crate) fn say(state: &State<'_>, asked: &Asked, target: &str) -> (Answer, String) {
    say_of(state, &asked.visitor(state), target)
}

/// The same for whoever it is.
pub(crate) fn say_of(state: &State<'_>, visitor: &Visitor<'_>, target: &str) -> (Answer, String) {
    let (project, space) = crate::pages::parts(target);
    let Some(at) = state.project(project) else {
        return (Answer::Uncertain, String::new());
    };
    let mut trail = Trail::recording();
    let answer = match space {
        None => portal::reach(state, at, visitor, &mut trail).view,
        Some(space) => {
            let space = SpaceKey::new(space).unwrap();
            let project = &state.projects[at];
            if !project.spaces.contains_key(&space) && project.spaces_coverage != Coverage::Whole {
                return (Answer::Uncertain, "not read".to_owned());
            }
            articles::read(state, at, &space, visitor, &mut trail)
        }
    };
    (answer, told(&trail.into_steps()))
}

/// Says whether what moves is left open before and after: then nothing sure is wrong, and it is counted.
fn is_open(answers: [Answer; 2], found: &mut Found) -> bool {
    let open = answers == [Answer::Uncertain; 2];
    found.unsaid += u64::from(open);
    open
}

/// What is said of classes is true, and what becomes of them is said.
fn classes(
    assessment: &Assessment,
    worlds: &Worlds<'_, '_>,
    (before, after): (&Pages, &Pages),
    found: &mut Found,
) {
    let impact = &assessment.applied;
    let asked = |class: &Class| match class {
        Class::Anonymous => Some(Asked::Anonymous),
        Class::Anyone => Some(Asked::Anyone),
        Class::AnyCustomer => Some(Asked::AnyCustomer),
        Class::OfPublicMail => Some(Asked::Domain(Domain::new("outlook.com").unwrap())),
        Class::OfCompanies => Some(Asked::Domain(Domain::new("elsewhere.example").unwrap())),
        Class::Domain(domain) if crate::world::DOMAINS.contains(&domain.as_str()) => {
            Some(Asked::Domain(Domain::new(domain).unwrap()))
        }
        Class::Domain(_) => None,
    };
    for change in &impact.classes {
        found.asked(PART, change.after, &change.because);
        let Some(asked) = asked(&change.class) else {
            continue;
        };
        let target = change.target.to_string();
        let fits = |answer: Answer, pages: &Pages| {
            let (least, most) = truth(&asked, pages);
            match answer {
                Answer::Yes => least.get(&target) == Some(&true),
                Answer::No => most.get(&target) != Some(&true),
                Answer::Uncertain => true,
            }
        };
        if !fits(change.before, before) || !fits(change.after, after) {
            found.put(
                PART,
                &change.because,
                format!(
                    "{asked} {target}: said {} then {} ({})",
                    change.before.word(),
                    change.after.word(),
                    told(&change.because)
                ),
            );
        }
        if change.caused_by.is_empty() {
            found.put(
                PART,
                &change.because,
                format!("{asked} {target}: no change causes it"),
            );
        }
    }
    for asked in crate::live::classes() {
        let ((least, most), (least_after, most_after)) =
            (truth(&asked, before), truth(&asked, after));
        let targets: BTreeSet<&String> = most.keys().chain(most_after.keys()).collect();
        for target in targets {
            let get = |shown: &Shown| shown.get(target).copied().unwrap_or(false);
            let gains = !get(&most) && get(&most_after);
            let loses = get(&least) && !get(&least_after);
            let word = asked.to_string();
            let said = |up: bool| {
                impact.classes.iter().any(|change| {
                    let wider = match change.class {
                        Class::Anyone => word.starts_with("*@"),
                        Class::OfPublicMail => word == "*@outlook.com",
                        Class::OfCompanies => word == "*@elsewhere.example",
                        _ => false,
                    };
                    (change.class.word() == word || wider)
                        && change.target.to_string() == *target
                        && (change.after > change.before) == up
                })
            };
            for (moves, up) in [(gains, true), (loses, false)] {
                if moves && !said(up) {
                    let (answers, why) = judged(worlds, &asked, target);
                    if is_open(answers, found) {
                        continue;
                    }
                    let turn = if up { "gains" } else { "loses" };
                    found.put(
                        PART,
                        &[],
                        format!(
                            "class {word} {turn} {target}, and nothing says so; the judge: {why}"
                        ),
                    );
                }
            }
        }
    }
}

/// Totals per portal are right: of the people that the plan knows.
fn counts(
    planned: &Planned,
    worlds: &Worlds<'_, '_>,
    (before, after): (&Pages, &Pages),
    found: &mut Found,
) {
    for portal in &planned.impact.portals {
        let key = portal.project.as_str();
        for (moment, state, pages) in [(0, worlds.before, before), (1, &worlds.applied, after)] {
            // The scheme of a project that the plan does not touch is not read, and counts as healthy.
            let asked = state
                .project(key)
                .map(|at| &state.projects[at].scheme.reading);
            if asked == Some(&Reading::NotAsked) {
                continue;
            }
            // Which projects an agent serves is not read, so agents are no part of the comparison.
            let (mut see, mut agents) = (Vec::new(), 0);
            for id in state.people.ids() {
                let person = state.people.get(id);
                let shown = match (person.account_id, person.email) {
                    (Some(id), _) if pages.site.account(id).is_some() => pages.of_account(id),
                    (_, Some(email)) => pages.of_address(email.key()),
                    _ => continue,
                };
                let account = person.account_id.and_then(|id| pages.site.account(id));
                if account.is_some_and(|account| pages.is_agent(account.email())) {
                    agents += 1;
                    continue;
                }
                if shown.get(key) == Some(&true) {
                    see.push(format!(
                        "{:?} {:?}",
                        person.email.map(portcullis::model::Email::key),
                        person.account
                    ));
                }
            }
            let said = &portal.people[moment];
            if see.len() + agents < said.people || see.len() > said.people + said.perhaps {
                found.put(PART, &[], format!("{key}: {} people and perhaps {} more at moment {moment}, and {} see it: {see:?}", said.people, said.perhaps, see.len()));
            }
        }
    }
}
