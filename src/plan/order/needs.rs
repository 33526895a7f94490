//! What one request needs of another to work, or to do what it says: constraints that are never given up.

use super::ability::{Fact, Route, Value};
use super::facts::{Facts, never};
use super::graph::Graph;
use super::people::Class;
use super::rule::Step;
use super::rules::{Domains, newcomer};
use crate::model::{Address, WhoCanView};
use crate::plan::{Effect, OrganizationRef, Plan};
use std::collections::HashMap;

/// Adds what one request needs of another.
pub(super) fn add(plan: &Plan, facts: &Facts<'_>, classes: &[Class], graph: &mut Graph) {
    let settings = &facts.settings;
    let mut made: HashMap<&OrganizationRef, Step> = HashMap::new();
    let planned: Vec<(OrganizationRef, Step)> = plan
        .changes
        .iter()
        .zip(&facts.step_of)
        .filter_map(|(change, step)| match &change.effect {
            Effect::CreateOrganization(name) => {
                Some((OrganizationRef::Planned(name.clone()), (*step)?))
            }
            _ => None,
        })
        .collect();
    made.extend(planned.iter().map(|(name, step)| (name, *step)));
    for (change, step) in plan.changes.iter().zip(&facts.step_of) {
        let Some(step) = *step else { continue };
        if never(change) {
            continue;
        }
        match &change.effect {
            Effect::AddMember(organization, _)
            | Effect::Link(_, organization)
            | Effect::SetEmailDomains(organization, _) => {
                if let Some(first) = made.get(organization) {
                    graph.need(*first, step);
                }
            }
            // L52: Atlassian removes customers from restricted projects only.
            Effect::RemoveCustomer(key, _) => {
                let open = facts
                    .desk_of
                    .get(key)
                    .map(|at| facts.desks[*at as usize].open);
                match open {
                    Some(Fact {
                        after: Value::No,
                        step: Some(first),
                        ..
                    }) => graph.need(first, step),
                    Some(Fact {
                        after: Value::Yes,
                        step: Some(then),
                        ..
                    }) => graph.need(step, then),
                    _ => {}
                }
            }
            // K1 to K5: who can view a space is chosen among what the site offers at that moment.
            Effect::SetViewers(key, _, who) | Effect::LinkSpace(key, _, Some(who)) => {
                let open = facts
                    .desk_of
                    .get(key)
                    .map(|at| facts.desks[*at as usize].open);
                let switches = who.switches().iter();
                let switches = switches.filter_map(|field| settings.switch(*field));
                let open = open.filter(|_| *who == WhoCanView::Anyone);
                for fact in switches.chain(open) {
                    match fact.step {
                        Some(before) if fact.after == Value::Yes => graph.need(before, step),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    // Whoever leaves a list leaves when whoever comes in their place has come.
    if !plan.replacements.is_empty() {
        let at: HashMap<&Address, Step> = plan
            .changes
            .iter()
            .zip(&facts.step_of)
            .filter(|(change, _)| !never(change))
            .filter_map(|(change, step)| Some((&change.address, (*step)?)))
            .collect();
        for (gone, come) in &plan.replacements {
            if let (Some(gone), Some(come)) = (at.get(gone), at.get(come)) {
                graph.need(*come, *gone);
            }
        }
    }
    // L15: viewing without login rests on people being able to make accounts.
    let (create, login) = (settings.create, settings.no_login);
    match (create.step, login.step) {
        (Some(c), Some(n)) if login.after == Value::Yes => graph.need(c, n),
        (Some(c), Some(n)) if login.after == Value::No => graph.need(n, c),
        _ => {}
    }
    accounts(facts, classes, graph);
}

/// An account is of the kind that the plan says once the settings are those that it was judged by (R3). It joins the
/// organizations of its domain by itself (A2): what goes has gone by then, what comes has not come yet.
fn accounts(facts: &Facts<'_>, classes: &[Class], graph: &mut Graph) {
    let settings = &facts.settings;
    for class in classes {
        let Some((
            domain,
            Fact {
                step: Some(creation),
                ..
            },
        )) = class.newcomer
        else {
            continue;
        };
        // Creation asks for what sign-up asks, except that people may make accounts.
        let mut ways = newcomer(settings, Domains::One(domain)).promise;
        for way in &mut ways {
            // The first fact of every way is C.
            way.remove(0);
        }
        let always = |way: &Route| {
            way.iter()
                .all(|fact| fact.before == Value::Yes && !fact.moves())
        };
        let holds = |way: &&Route| way.iter().all(|fact| fact.after == Value::Yes);
        if !ways.iter().any(always) {
            let way = ways
                .iter()
                .filter(holds)
                .min_by_key(|way| way.iter().filter(|fact| fact.moves()).count());
            // Where nothing is sure at the end, what is sure now is used as long as it lasts: the last two ways give a
            // portal-only account, which is what plans make.
            let now = |way: &&Route| way.iter().all(|fact| fact.before == Value::Yes);
            match (way, ways[2..].iter().find(now)) {
                (Some(way), _) => {
                    for step in way.iter().filter_map(|fact| fact.step) {
                        graph.need(step, creation);
                    }
                }
                (None, Some(way)) => {
                    for step in way.iter().filter_map(|fact| fact.step) {
                        graph.need(creation, step);
                    }
                }
                (None, None) => {
                    for step in ways.iter().flatten().filter_map(|fact| fact.step) {
                        graph.need(step, creation);
                    }
                }
            }
        }
        for company in &facts.companies {
            for (name, fact) in &company.domains {
                match fact.step {
                    Some(step) if name.as_str() == domain => match fact.after {
                        Value::No => graph.need(step, creation),
                        _ => graph.need(creation, step),
                    },
                    _ => {}
                }
            }
        }
    }
}
