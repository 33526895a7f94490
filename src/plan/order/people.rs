//! People by situation: everybody who stands on the same lists and makes the same moves shares steps and constraints.

use super::ability::{Fact, Value};
use super::facts::{Facts, List, Who};
use super::graph::Graph;
use super::rule::Step;
use crate::model::{AccountId, ManyMap, ManySet};
use crate::neutral::phrase::{Phrase, person};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People in one situation.
#[derive(Debug)]
pub(super) struct Class {
    /// Where they stand, before or after.
    pub(super) lists: BTreeMap<List, Fact>,
    /// For people without an account: the domain, and the fact that they have one.
    pub(super) newcomer: Option<(&'static str, Fact)>,
    /// For somebody whose access to the site ends: that they have it.
    pub(super) active: Option<Fact>,
    /// For an agent who becomes a customer: that they see what agents see.
    pub(super) serving: Option<Fact>,
    /// For an Atlassian account that gets the role Customer: that it holds it.
    pub(super) holding: Option<Fact>,
    /// Who they are.
    pub(super) people: Vec<Who>,
}

/// One entry of a situation: the list, whether the person joins (`Some(true)`), leaves or stays, and whether later.
type Entry = (List, Option<bool>, bool);

/// What people in one class share: entries; for people without an account the domain and whether it comes later; for others
/// whether their access and their serving end and whether they get the role Customer, each of which is a step of one person.
type Situation = (Vec<Entry>, Option<(&'static str, bool)>, [Option<Fact>; 3]);

/// Groups everybody whom the order concerns, and gives every membership and account its step in `step_of`.
pub(super) fn classes(facts: &mut Facts<'_>, graph: &mut Graph) -> Vec<Class> {
    let standing = standing(facts);
    let mut people: Vec<Who> = facts.moves.keys().copied().collect();
    people.extend(standing.keys().map(|id| Who::Account(*id)));
    people.extend(facts.accounts.keys().map(|email| Who::Email(*email)));
    people.extend(facts.active.keys().map(|id| Who::Account(*id)));
    people.extend(facts.serving.keys().map(|id| Who::Account(*id)));
    people.extend(facts.holding.keys().map(|id| Who::Account(*id)));
    people.sort_unstable();
    people.dedup();
    let mut known: HashMap<Situation, u32> = HashMap::new();
    let mut classes: Vec<Class> = Vec::new();
    let mut steps: Vec<BTreeMap<(List, bool), Step>> = Vec::new();
    let mut creations: Vec<Option<Step>> = Vec::new();
    for who in people {
        let mut entries: Vec<Entry> = facts
            .moves
            .get(&who)
            .into_iter()
            .flatten()
            .map(|m| (m.list, Some(m.joins), m.later))
            .collect();
        if let Who::Account(id) = who {
            let own: BTreeSet<List> = entries.iter().map(|entry| entry.0).collect();
            let stays = standing.get(&id).into_iter().flatten();
            entries.extend(
                stays
                    .filter(|list| !own.contains(list))
                    .map(|list| (*list, None, false)),
            );
        }
        entries.sort_unstable();
        entries.dedup();
        let newcomer = match who {
            Who::Account(_) => None,
            Who::Email(email) => {
                let later = facts.accounts.get(&email).is_none_or(|(_, later)| *later);
                Some((email.domain(), later))
            }
        };
        let roles = match who {
            Who::Account(id) => {
                [&facts.active, &facts.serving, &facts.holding].map(|all| all.get(&id).copied())
            }
            Who::Email(_) => [None; 3],
        };
        let next = u32::try_from(classes.len()).unwrap_or(u32::MAX);
        let situation = (entries.clone(), newcomer, roles);
        let at = *known.entry(situation).or_insert(next);
        if at == next {
            let (mut class, own, creation) = class(facts, graph, at, &entries, newcomer);
            [class.active, class.serving, class.holding] = roles;
            classes.push(class);
            steps.push(own);
            creations.push(creation);
        }
        let at = at as usize;
        for m in facts.moves.get(&who).into_iter().flatten() {
            facts.step_of[m.change] = steps[at].get(&(m.list, m.joins)).copied();
        }
        if let Who::Email(email) = who
            && let Some((change, _)) = facts.accounts.get(&email)
        {
            facts.step_of[*change] = creations[at];
        }
        classes[at].people.push(who);
    }
    classes
}

fn class(
    facts: &Facts<'_>,
    graph: &mut Graph,
    number: u32,
    entries: &[Entry],
    newcomer: Option<(&'static str, bool)>,
) -> (Class, BTreeMap<(List, bool), Step>, Option<Step>) {
    let mut lists = BTreeMap::new();
    let mut own = BTreeMap::new();
    for (list, joins, later) in entries {
        let fact = match joins {
            Some(joins) => {
                let sign = if *joins { '+' } else { '-' };
                let step = graph.step(&format!("{sign}{list:?}"), *later);
                own.insert((*list, *joins), step);
                Fact::changes((!joins).into(), (*joins).into(), step)
            }
            None => match list {
                List::Members(company) => match facts.companies[*company as usize].deleted {
                    Some(step) => Fact::changes(Value::Yes, Value::No, step),
                    None => Fact::YES,
                },
                List::Roster(_) => Fact::YES,
            },
        };
        lists.insert(*list, fact);
    }
    let mut creation = None;
    let newcomer = newcomer.map(|(domain, later)| {
        let step = graph.step(&format!("account {number}"), later);
        creation = Some(step);
        for join in own.values() {
            graph.need(step, *join);
        }
        (domain, Fact::changes(Value::No, Value::Yes, step))
    });
    let class = Class {
        lists,
        newcomer,
        active: None,
        serving: None,
        holding: None,
        people: Vec::new(),
    };
    (class, own, creation)
}

/// Returns the lists on which people stand now, of everybody whom a constraint may concern.
///
/// Somebody who only joins lists, or only leaves some, is concerned only where a link, a project's access or articles
/// change as well.
fn standing(facts: &Facts<'_>) -> ManyMap<AccountId, Vec<List>> {
    let moving_desk: Vec<bool> = facts
        .desks
        .iter()
        .map(|desk| {
            desk.reached().moves()
                || desk.links.values().any(|link| link.moves())
                || desk.spaces.values().any(|space| space.moves())
        })
        .collect();
    let settings = &facts.settings;
    let articles = settings.articles_logged_in.moves()
        || settings.articles_anyone.moves()
        || facts
            .audiences
            .values()
            .any(|audience| audience.logged_in.moves() || audience.anyone.moves());
    let desks_move = articles || moving_desk.contains(&true);
    let mut concerned: ManySet<AccountId> = ManySet::default();
    concerned.extend(facts.active.keys().chain(facts.serving.keys()));
    concerned.extend(facts.holding.keys());
    for (who, moves) in &facts.moves {
        if let Who::Account(id) = who
            && (desks_move || moves.iter().any(|m| m.joins) && moves.iter().any(|m| !m.joins))
        {
            concerned.insert(*id);
        }
    }
    let live = facts.observed.whole_organizations();
    let members = |company: u32| {
        let company = &facts.companies[company as usize];
        if let Some(group) = company.group {
            return Some(group);
        }
        live?.get(company.id?)?.members.as_ref()?.complete()
    };
    for desk in &facts.desks {
        for (company, link) in &desk.links {
            if link.moves() {
                concerned.extend(members(*company).into_iter().flatten());
            }
        }
    }
    let mut standing: ManyMap<AccountId, Vec<List>> = ManyMap::default();
    if concerned.is_empty() {
        return standing;
    }
    let mut stands = |list: List, id: &AccountId| {
        if concerned.contains(id) {
            standing.entry(*id).or_default().push(list);
        }
    };
    for (at, company) in (0..).zip(&facts.companies) {
        if !company.desks.is_empty() {
            for id in members(at).into_iter().flatten() {
                stands(List::Members(at), id);
            }
        }
    }
    for (at, desk) in (0..).zip(&facts.desks) {
        let customers = desk.seen.and_then(|seen| seen.customers.as_ref());
        for id in customers
            .and_then(|read| read.complete())
            .into_iter()
            .flatten()
        {
            stands(List::Roster(at), id);
        }
    }
    standing
}

/// Returns how a person is named in messages.
pub(super) fn name(facts: &Facts<'_>, who: Who) -> Phrase {
    match who {
        Who::Email(email) => person(email),
        Who::Account(id) => {
            let email = facts
                .observed
                .accounts
                .get(&id)
                .and_then(|account| account.email);
            email.map_or_else(|| person(format!("id:{id}")), person)
        }
    }
}
