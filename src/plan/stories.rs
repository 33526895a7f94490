//! Changes that tell one story: a person under another address, a slip of the pen, a company with another domain, people who
//! move between organizations, an organization under another name.
//!
//! What the workspace says (`previous_email`, `previous_domains`) is told; what only looks so is a suspicion, with the edit that
//! settles it. Either way the two rows are a pair: whoever leaves by a mere edit of a list leaves when whoever comes in their
//! place has come (`Plan::replacements`). Where the addresses differ by a slip of the pen, nobody leaves until somebody says what
//! it is, since a mistyped address may well get an account. `people`, leavers, `absent` and entries that have ended are no mere
//! edits and are never held back.

use super::alike;
use super::diff::Draft;
use super::lists::PeopleList;
use super::roster::{Comparison, Index, Match};
use super::{Block, Change, Effect, Finding, PersonRef, Reason};
use crate::config::{RosterEntry, Who};
use crate::desired::{Desired, DesiredRoster};
use crate::model::{AccountId, AccountKind, Address, Email, OrganizationName};
use crate::neutral::named;
use crate::neutral::phrase::{Phrase, foreign, marked, ours, person, say, snippet};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many stories of one kind a list tells one by one.
const TOLD: usize = 20;

/// Why two rows of a list are about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    /// The workspace says so.
    Declared,
    /// The addresses are alike.
    Alike,
    /// The local parts are the same, the domains are not.
    Namesake,
}

/// Somebody who comes, and whom they seem to replace: positions among the missing and the removals.
struct Pair<'p> {
    /// `None` for somebody who is on the list already.
    come: Option<usize>,
    gone: usize,
    tie: Tie,
    entry: &'p RosterEntry,
    new: &'p Email,
    old: &'p Email,
}

/// Returns the addresses that a listed person had before, as the entry and the list say.
fn before<'e>(
    entry: &'e RosterEntry,
    roster: &'e DesiredRoster<'_>,
) -> impl Iterator<Item = Email> {
    let written = entry.extra.as_ref().and_then(|extra| extra.previous_email);
    let email = match &entry.who {
        Who::Email(email) => Some(email),
        Who::Account(_) => None,
    };
    let parts = email.and_then(|email| email.key().rsplit_once('@'));
    let renamed = parts.into_iter().flat_map(|(local, domain)| {
        let domains = &roster.roster.previous_domains;
        let mut named = domains
            .iter()
            .filter(move |(now, _)| now.as_str() == domain);
        let before = named.next().map(|(_, before)| before.as_slice());
        let before = before.unwrap_or_default().iter();
        before.filter_map(move |domain| Email::new(&format!("{local}@{domain}")).ok())
    });
    written.into_iter().chain(renamed)
}

/// Returns the Atlassian account that a listed person has under an address from before: it keeps its id, whatever its
/// address, so nothing is made. A portal-only account cannot change its address.
pub(super) fn same_account<'o>(
    entry: &RosterEntry,
    roster: &DesiredRoster<'_>,
    index: &Index<'o>,
) -> Option<AccountId> {
    before(entry, roster).find_map(|old| match index.find(&old, Some(AccountKind::Atlassian)) {
        Match::One(id) => {
            // Where nobody had to look the kind up, the id tells: nothing is removed because of it.
            let kind = index.account(&id).and_then(|account| account.kind);
            let atlassian = kind.map_or(!id.looks_portal_only(), |kind| {
                kind == AccountKind::Atlassian
            });
            atlassian.then_some(id)
        }
        _ => None,
    })
}

/// Finds who comes in whose place. Whoever is said to be a new person comes in nobody's.
fn pairs<'p>(
    roster: &DesiredRoster<'p>,
    comparison: &'p Comparison<'_>,
    index: &Index<'p>,
) -> Vec<Pair<'p>> {
    let mut leaving: Vec<(usize, &Email)> = Vec::new();
    for (at, removal) in comparison.removals.iter().enumerate() {
        if removal.reason == Reason::NotListed
            && let Some(email) = index.email_of(&removal.account)
        {
            leaving.push((at, email));
        }
    }
    if leaving.is_empty() {
        return Vec::new();
    }
    let mut by_address: HashMap<&str, (usize, &'p Email)> = leaving
        .iter()
        .map(|(at, email)| (email.key(), (*at, *email)))
        .collect();
    let mut found = Vec::new();
    let mut coming: Vec<(usize, &'p RosterEntry, &'p Email)> = Vec::new();
    for (come, missing) in comparison.missing.iter().enumerate() {
        let entry = missing.entry;
        let extra = entry.extra.as_deref();
        let email = match &entry.who {
            Who::Email(email) => Some(email),
            Who::Account(_) => extra.and_then(|extra| extra.email.as_ref()),
        };
        let Some(new) = email.filter(|_| !extra.is_some_and(|extra| extra.new_person)) else {
            continue;
        };
        let declared = before(entry, roster).find_map(|old| by_address.remove(old.key()));
        match declared {
            Some((gone, old)) => found.push(Pair {
                come: Some(come),
                gone,
                tie: Tie::Declared,
                entry,
                new,
                old,
            }),
            None => coming.push((come, entry, new)),
        }
    }
    leaving.retain(|(_, email)| by_address.contains_key(email.key()));
    let come: Vec<&str> = coming.iter().map(|(.., email)| email.key()).collect();
    let gone: Vec<&str> = leaving.iter().map(|(_, email)| email.key()).collect();
    let mut paired: BTreeSet<usize> = BTreeSet::new();
    for (a, b) in alike::pairs(&come, &gone) {
        let ((come, entry, new), (gone, old)) = (coming[a], leaving[b]);
        by_address.remove(old.key());
        paired.insert(come);
        found.push(Pair {
            come: Some(come),
            gone,
            tie: Tie::Alike,
            entry,
            new,
            old,
        });
    }
    let mut by_name: HashMap<&str, (usize, &'p Email)> = HashMap::new();
    let there = already_there(roster, comparison, &leaving, &by_address);
    for pair in &there {
        by_address.remove(pair.old.key());
    }
    found.extend(there);
    for (at, email) in leaving.iter().rev() {
        if by_address.contains_key(email.key())
            && let Some((local, _)) = email.key().rsplit_once('@')
        {
            by_name.insert(local, (*at, email));
        }
    }
    for (come, entry, new) in coming {
        let local = new.key().rsplit_once('@').map(|(local, _)| local);
        if paired.contains(&come) {
            continue;
        }
        if let Some((gone, old)) = local.and_then(|local| by_name.remove(local))
            && old != new
        {
            found.push(Pair {
                come: Some(come),
                gone,
                tie: Tie::Namesake,
                entry,
                new,
                old,
            });
        }
    }
    found
}

/// Finds people who are on the list already under a mistyped domain of somebody who leaves: an earlier run may have made the
/// account and held the removal back. Names within one domain are alike too often for that.
fn already_there<'p>(
    roster: &DesiredRoster<'p>,
    comparison: &'p Comparison<'_>,
    leaving: &[(usize, &'p Email)],
    free: &HashMap<&str, (usize, &'p Email)>,
) -> Vec<Pair<'p>> {
    let mut by_name: HashMap<&str, Vec<(usize, &'p Email)>> = HashMap::new();
    for (gone, old) in leaving {
        if free.contains_key(old.key())
            && let Some((local, _)) = old.key().rsplit_once('@')
        {
            by_name.entry(local).or_default().push((*gone, old));
        }
    }
    if by_name.is_empty() {
        return Vec::new();
    }
    let coming = comparison.missing.iter();
    let coming: BTreeSet<_> = coming.map(|missing| missing.entry.span).collect();
    let mut found: BTreeMap<usize, Pair<'p>> = BTreeMap::new();
    for entry in &roster.present {
        let Who::Email(new) = &entry.who else {
            continue;
        };
        let local = new.key().rsplit_once('@').map(|(local, _)| local);
        let Some(leaving) = local.and_then(|local| by_name.get(local)) else {
            continue;
        };
        let extra = entry.extra.as_deref();
        if coming.contains(&entry.span) || extra.is_some_and(|extra| extra.new_person) {
            continue;
        }
        for (gone, old) in leaving {
            if alike::alike(new.key(), old.key())
                && !before(entry, roster).any(|said| said == **old)
            {
                found.entry(*gone).or_insert(Pair {
                    come: None,
                    gone: *gone,
                    tie: Tie::Alike,
                    entry,
                    new,
                    old,
                });
            }
        }
    }
    found.into_values().collect()
}

impl<'a> Draft<'a> {
    /// Tells the stories of one list, remembers who replaces whom, and returns what stands against removals, by position.
    pub(super) fn stories(
        &mut self,
        list: &PeopleList<'_>,
        roster: &DesiredRoster<'a>,
        comparison: &Comparison<'a>,
    ) -> BTreeMap<usize, Block> {
        let mut held = BTreeMap::new();
        let index = &self.index;
        let pairs = pairs(roster, comparison, index);
        if pairs.is_empty() {
            return held;
        }
        let base = self.address(list.parts.iter().copied());
        let row = |draft: &Self, person: &str| {
            draft.address(list.parts.iter().copied().chain([list.child(), person]))
        };
        let mut replacements = Vec::new();
        let mut told = Vec::new();
        let mut declared: Vec<&Pair<'_>> = Vec::new();
        let mut alike: Vec<&Pair<'_>> = Vec::new();
        let mut domains: BTreeMap<(&str, &str), Vec<&Pair<'_>>> = BTreeMap::new();
        for pair in &pairs {
            if pair.come.is_some() {
                let come = row(self, &Desired::person_of(pair.entry));
                replacements.push((row(self, pair.old.key()), come));
            }
            match pair.tie {
                Tie::Declared => {
                    // Whoever has an account already loses nothing.
                    if pair
                        .come
                        .is_some_and(|at| comparison.missing[at].account.is_none())
                    {
                        declared.push(pair);
                    }
                }
                Tie::Alike => {
                    held.insert(
                        pair.gone,
                        Block::Rule(say(
                            "{} in the same list differs by little: `previous_email` or `new_person: true` there says whether it is the same person",
                            [marked(pair.new)],
                        )),
                    );
                    alike.push(pair);
                }
                Tie::Namesake => {
                    let key = (pair.old.domain(), pair.new.domain());
                    domains.entry(key).or_default().push(pair);
                }
            }
        }
        if let Some(first) = declared.first() {
            told.push(Finding {
                address: base.clone(),
                code: "successor",
                message: successor(first, declared.len()),
                source: Some(first.entry.span),
            });
        }
        for pair in alike.iter().take(TOLD) {
            told.push(Finding {
                address: row(self, &Desired::person_of(pair.entry)),
                code: "similar-address",
                message: say(
                    "{} is listed and {} leaves, and they differ by little: mend it if it is mistyped; if the address changed, write {} with it, and if they are two people, `new_person: true`; until then nobody is removed for it",
                    [marked(pair.new), marked(pair.old), previous(pair)],
                ),
                source: Some(pair.entry.span),
            });
        }
        if let Some(more) = alike.len().checked_sub(TOLD).filter(|more| *more > 0) {
            told.push(Finding {
                address: base.clone(),
                code: "similar-address",
                message: format!("{more} more people are listed whose addresses differ by little from those of people who leave").into(),
                source: Some(roster.roster.span),
            });
        }
        for ((old, new), pairs) in domains {
            told.push(domain_story(&base, roster, (old, new), &pairs));
        }
        self.findings.extend(told);
        self.replacements.extend(replacements);
        held
    }

    /// Tells who moves between organizations, and which organizations seem to have another name now.
    pub(super) fn stories_of_the_site(&mut self) {
        let moves = moves(&self.changes);
        self.findings.extend(moves);
        self.renamed_organizations();
    }

    fn renamed_organizations(&mut self) {
        let mut by_word: HashMap<String, Vec<String>> = HashMap::new();
        let first = |name: &str| {
            let fold = OrganizationName::fold(name);
            fold.split(' ').next().map(str::to_owned)
        };
        let deleted = self
            .changes
            .iter()
            .filter_map(|change| match change.effect {
                Effect::DeleteOrganization(_) if change.reason == Reason::NoLongerDeclared => {
                    Some(change.name.clone())
                }
                _ => None,
            });
        for name in deleted.chain(self.unmanaged.organizations.iter().cloned()) {
            if let Some(word) = first(&name) {
                by_word.entry(word).or_default().push(name);
            }
        }
        let mut told = Vec::new();
        for change in &self.changes {
            let Effect::CreateOrganization(name) = &change.effect else {
                continue;
            };
            let known = first(name.as_str()).and_then(|word| by_word.get(&word));
            // A word that many names begin with says nothing.
            if let Some([old]) = known.map(Vec::as_slice) {
                told.push(Finding {
                    address: change.address.clone(),
                    code: "organization-renamed",
                    message: format!(
                        "it is made anew, and the site has {}, which no file names: if it is the same one, write {}",
                        named(old),
                        named(format!("previous_name: {}", serde_json::json!(old)))
                    ).into(),
                    source: change.source,
                });
            }
        }
        self.findings.extend(told);
    }
}

/// What is to be written with an entry whose address changed.
fn previous(pair: &Pair<'_>) -> Phrase {
    snippet(say("previous_email: {}", [person(pair.old)]))
}

fn successor(first: &Pair<'_>, count: usize) -> Phrase {
    let (new, old) = (marked(first.new), marked(first.old));
    let who = match count {
        1 => say("{} follows {}", [new, old]),
        _ => say(
            "{} people follow their addresses, such as {} for {}",
            [ours(count), new, old],
        ),
    };
    who.word(
        ": a portal-only account cannot change its address, so a new one is made, and the old one leaves the list when the new one is there; requests and login of the old one stay behind: migrating it, or changing the reporter of its requests, is by hand"
    )
}

fn domain_story(
    list: &Address,
    roster: &DesiredRoster<'_>,
    (old, new): (&str, &str),
    pairs: &[&Pair<'_>],
) -> Finding {
    match pairs {
        [pair] => Finding {
            address: list.clone(),
            code: "address-changed",
            message: say(
                "{} comes and {} leaves: if it is one person, write {} with the entry, and if they are two, `new_person: true`; a new account has neither the requests nor the login of the old one",
                [marked(pair.new), marked(pair.old), previous(pair)],
            ),
            source: Some(pair.entry.span),
        },
        pairs => {
            let count = pairs.len();
            let first = pairs
                .iter()
                .map(|pair| pair.new.key())
                .min()
                .unwrap_or_default();
            Finding {
                address: list.clone(),
                code: "domain-changed",
                message: say(
                    "{} people of {} leave and {} of the same names come from {}, such as {}: it looks as if the domain changed; new accounts have neither the requests nor the login of the old ones; {} says that they are the same people",
                    [
                        ours(count),
                        foreign(old),
                        ours(count),
                        foreign(new),
                        marked(first),
                        foreign(format!("previous_domains: {{ {new}: [{old}] }}")),
                    ],
                ),
                source: Some(roster.roster.span),
            }
        }
    }
}

/// Tells who leaves one organization by an edit and joins another.
fn moves(changes: &[Change]) -> Vec<Finding> {
    let mut left: HashMap<&AccountId, &Change> = HashMap::new();
    for change in changes {
        if let Effect::RemoveMember(_, account) = &change.effect
            && change.reason == Reason::NotListed
        {
            left.insert(account, change);
        }
    }
    if left.is_empty() {
        return Vec::new();
    }
    let list = |change: &Change| {
        let (list, _) = change.address.as_str().rsplit_once("/member/")?;
        Some(Address::from_encoded(list))
    };
    let mut between: BTreeMap<(Address, Address), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        if let Effect::AddMember(_, PersonRef::Existing(account)) = &change.effect
            && let Some(gone) = left.get(account)
            && let (Some(from), Some(to)) = (list(gone), list(change))
        {
            between.entry((to, from)).or_default().push(change);
        }
    }
    let told = between.into_iter().map(|((to, from), people)| Finding {
        message: match people.as_slice() {
            [one] => say("{} moves here from {}", [marked(&one.name), foreign(&from)]),
            many => say(
                "{} people move here from {}",
                [ours(many.len()), foreign(&from)],
            ),
        },
        source: people.first().and_then(|change| change.source),
        address: to,
        code: "moved",
    });
    told.collect()
}
