//! The property over random worlds, with a seed for each.

use crate::http::Wire;
use crate::kinds::KINDS;
use crate::round::{Found, round};
use crate::support::run;
use crate::tape::{Tape, choices, smaller};
use crate::world::World;
use std::collections::BTreeMap;

/// How many worlds are tried where nothing else is asked for.
const WORLDS: u64 = 240;

/// Worlds that once disagreed, beyond those that every build tries, one or two of each kind that no test by its name shows.
const ONCE_WRONG: [(u64, &str); 24] = [
    (381, "companies and public mail fare otherwise"),
    (512, "a group that new accounts may join"),
    (715, "an agent's licence by an approval that nobody read"),
    (
        1174,
        "an agent's licence by the any-domain rule that nobody read",
    ),
    (1228, "a link, and a switch that nobody could read"),
    (2060, "offline, an approval holds up whoever comes alone"),
    (2365, "public mail loses, companies are left open"),
    (
        3826,
        "an expectation about a domain that may grant licences",
    ),
    (3875, "one of two organizations of a domain goes"),
    (
        4005,
        "an account without a role, and nobody may make accounts any more",
    ),
    (4489, "an account is made as its domain is approved no more"),
    (
        5121,
        "viewers that the site may not offer once the project is open",
    ),
    (5300, "articles for anyone, and the portal without a login"),
    (5771, "an expectation about everybody else"),
    (
        6799,
        "an organization of several goes, and another is linked",
    ),
    (
        7016,
        "the any-domain rule and the access of a project change",
    ),
    (7236, "an agent's rows that may be refused"),
    (7387, "offline, an approval by sign-up and by mail"),
    (
        7741,
        "a group of people of whom one has causes of their own",
    ),
    (8056, "viewing without login rests on a switch that waits"),
    (8118, "a group and a switch both open a portal"),
    (8443, "offline, who is absent may be in a group"),
    (9085, "many accounts and what signing up gave"),
    (9297, "a domain that another organization has no more"),
];

fn number(name: &str) -> Option<u64> {
    let given = std::env::var(name).ok()?;
    Some(given.parse().unwrap())
}

fn tried(choices: &[u8], wire: &mut Wire) -> (World, Found) {
    let world = World::new(&mut Tape::new(choices));
    let mut found = Found::default();
    run(round(&world, true, wire, &mut found));
    (world, found)
}

/// Tries the world of a seed, and says what it was asked to say.
#[expect(
    clippy::print_stderr,
    reason = "for whoever looks at one world by hand"
)]
fn told(seed: u64, wire: &mut Wire) -> Found {
    let (world, mut found) = tried(&choices(seed), wire);
    if std::env::var_os("PORTCULLIS_TOLD").is_some() {
        eprintln!("{}\n{}", found.rows.join("\n"), world.told());
    }
    if std::env::var_os("PORTCULLIS_ALL").is_some() {
        for (part, rules, text) in &found.wrong {
            eprintln!("@{seed} {part} [{rules}] {text}");
        }
    }
    if number("PORTCULLIS_SHRINK").is_some() {
        shrink(seed, &found);
    }
    found.rows.clear();
    found
}

/// Looks for a smaller world that is as wrong, and tells it.
fn shrink(seed: u64, found: &Found) {
    let meant = std::env::var("PORTCULLIS_PART").ok();
    let same = |one: &(&str, String, String)| {
        meant
            .as_ref()
            .is_none_or(|meant| format!("{} [{}] {}", one.0, one.1, one.2).contains(meant.as_str()))
    };
    if !found.wrong.iter().any(same) {
        return;
    }
    let wire = std::cell::RefCell::new(Wire::open());
    let still = |choices: &[u8]| {
        let (_, found) = tried(choices, &mut wire.borrow_mut());
        found.wrong.iter().any(same)
    };
    let small = smaller(choices(seed), still);
    let (world, found) = tried(&small, &mut wire.borrow_mut());
    panic!("seed {seed}\n{:#?}\n{}", found.wrong, world.told());
}

/// Tries the worlds of some seeds, as many at once as there are processors; what they found is in the order of the seeds.
fn all(seeds: impl Iterator<Item = u64> + Clone + Send) -> BTreeMap<u64, Found> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..at_once)
            .map(|own| {
                let own = seeds.clone().skip(own).step_by(at_once);
                scope.spawn(move || {
                    let mut wire = Wire::open();
                    own.map(|seed| (seed, told(seed, &mut wire)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let found = workers.into_iter().flat_map(|worker| match worker.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        found.collect()
    })
}

#[test]
fn worlds_that_once_disagreed_agree() {
    let found = all(ONCE_WRONG.into_iter().map(|(seed, _)| seed));
    let wrong: Vec<String> = ONCE_WRONG
        .into_iter()
        .flat_map(|(seed, kind)| {
            let wrong = found.get(&seed).map_or(&[][..], |found| &found.wrong);
            wrong
                .iter()
                .map(move |(part, rules, text)| format!("{seed}, {kind}: {part} [{rules}] {text}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whatever_is_said_of_people_is_what_the_site_does() {
    let chosen = ["PORTCULLIS_SEED", "PORTCULLIS_FROM", "PORTCULLIS_WORLDS"];
    let as_built = chosen.into_iter().all(|name| number(name).is_none());
    let seeds = match number("PORTCULLIS_SEED") {
        Some(seed) => seed..seed + 1,
        None => {
            let first = number("PORTCULLIS_FROM").unwrap_or(0);
            first..first + number("PORTCULLIS_WORLDS").unwrap_or(WORLDS)
        }
    };
    let mut total = Found::default();
    let mut kinds: BTreeMap<(&str, String), (u64, u64, String)> = BTreeMap::new();
    for (seed, found) in all(seeds) {
        for (part, rules, text) in &found.wrong {
            let kind = kinds.entry((part, rules.clone()));
            kind.or_insert_with(|| (0, seed, text.clone())).0 += 1;
        }
        total.add(found);
    }
    let mut told = format!(
        "{} worlds, {} applied with {} writes; {} gains and losses said, {} not told since nothing is sure; {} without their causes; {} moments, {} expectations, {} worlds judged offline; answers (all, uncertain) {:?}\nuncertain by rule {:#?}\n",
        total.worlds,
        total.applied,
        total.writes,
        total.said,
        total.unsaid,
        total.causes,
        total.moments,
        total.verdicts,
        total.whole,
        total.answers,
        total.uncertain
    );
    for (kind, least) in KINDS {
        let count = total.kinds.get(kind).copied().unwrap_or(0);
        told += &format!("{kind}: in {count} worlds, at least {least}\n");
    }
    for ((part, rules), (count, seed, text)) in &kinds {
        told += &format!("{count} × {part} [{rules}], seed {seed}: {text}\n");
    }
    if std::env::var_os("PORTCULLIS_COUNTS").is_some() {
        eprintln!("{told}");
    }
    assert!(
        total.wrong.is_empty(),
        "{} disagreements\n{told}",
        total.wrong.len()
    );
    assert!(total.applied > 0 || total.worlds < 10, "{told}");
    for (kind, least) in KINDS {
        // Whoever chooses other worlds sees the counts, and judges them.
        let found = total.kinds.get(kind).copied().unwrap_or(0);
        assert!(found >= least || !as_built, "{kind}\n{told}");
    }
}
