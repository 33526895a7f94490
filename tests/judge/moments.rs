//! (e) At every write: nobody can do what they could do neither before nor after, and nobody who keeps something loses it, but
//! for the steps that the plan names as unsafe.

use crate::http::Wire;
use crate::impact;
use crate::pages::{Pages, Shown, domain_of};
use crate::round::Found;
use crate::world::DOMAINS;
use portcullis::access::Lookup;
use portcullis::access::explain::Asked;
use portcullis::emulator::{Answer, Keeper, Passage, Policy, Site, Verdict};
use portcullis::judge::Worlds;
use portcullis::plan::{Danger, Plan};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

const PART: &str = "moments";

/// Keeps the site as it is after every write.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<(Option<Keeper>, Vec<Site>)>);

impl Watch {
    /// Begins to watch.
    pub(crate) fn begin(&self, keeper: Keeper) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (Some(keeper), Vec::new());
    }

    /// Ends, and returns what the site was like after each write.
    pub(crate) fn end(&self) -> Vec<Site> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *held).1
    }
}

impl Policy for Watch {
    fn leave(&self, passage: Passage<'_>, _: &Answer) -> Verdict {
        if passage.write {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(site) = held.0.as_ref().and_then(Keeper::site) {
                held.1.push(site);
            }
        }
        Verdict::default()
    }
}

/// What everybody and every class sees: people by address, classes by a word without an `@` in the middle.
fn seen(pages: &Pages, people: &[String]) -> BTreeMap<String, Shown> {
    let mut seen: BTreeMap<String, Shown> = BTreeMap::new();
    for who in people {
        seen.insert(who.clone(), pages.of_address(who));
    }
    for domain in DOMAINS {
        seen.insert(format!("*@{domain}"), pages.of_domain(domain));
    }
    seen.insert("anonymous".into(), pages.anonymous.clone());
    seen.insert("any_customer".into(), pages.any_customer.clone());
    seen
}

/// Compares every moment with both ends.
pub(crate) fn check(
    plan: &Plan,
    moments: Vec<Site>,
    strangers: &[&str],
    worlds: &Worlds<'_, '_>,
    wire: &mut Wire,
    (before, after): (&Pages, &Pages),
    found: &mut Found,
) {
    let accounts = after
        .site
        .accounts()
        .map(|account| account.email().to_owned());
    let mut people: Vec<String> = accounts
        .filter(|email| !email.ends_with("@sandbox.example") && !after.is_agent(email))
        .collect();
    people.extend(strangers.iter().map(|who| (*who).to_owned()));
    people.sort_unstable();
    people.dedup();
    let (was, is) = (seen(before, &people), seen(after, &people));
    for (number, site) in moments.into_iter().enumerate() {
        let pages = Pages::open(wire, site, strangers, &DOMAINS);
        found.moments += 1;
        for (who, now) in seen(&pages, &people) {
            for (target, now) in &now {
                let at = |shown: &BTreeMap<String, Shown>| {
                    shown
                        .get(&who)
                        .and_then(|shown| shown.get(target))
                        .copied()
                        .unwrap_or(false)
                };
                let danger = match (at(&was), *now, at(&is)) {
                    (false, true, false) => Danger::Exposure,
                    (true, false, true) => Danger::Interruption,
                    _ => continue,
                };
                // The order keeps what is sure at both ends: what may be had already is no exposure, what may not be had no promise.
                let end = match danger {
                    Danger::Exposure => portcullis::access::Answer::No,
                    Danger::Interruption => portcullis::access::Answer::Yes,
                };
                let asked = Asked::new(&who).unwrap();
                // Of two accounts on one address an address asks for those that were read.
                if let Asked::Address(email) = &asked
                    && let Lookup::Accounts(read) = worlds.before.people.lookup(email)
                    && read.len() < before.site.accounts_with_email(&who).len()
                {
                    continue;
                }
                if impact::judged(worlds, &asked, target).0 != [end; 2] {
                    continue;
                }
                if !is_named(plan, danger, &who, target) {
                    found.put(
                        PART,
                        &[],
                        format!("{danger:?} of {who} at {target} after write {number}"),
                    );
                }
            }
        }
    }
}

/// Says whether the plan names a step as unsafe for somebody.
fn is_named(plan: &Plan, danger: Danger, who: &str, target: &str) -> bool {
    let (project, _) = crate::pages::parts(target);
    plan.order.unsafe_steps.iter().any(|step| {
        let meant = step
            .what
            .to_string()
            .ends_with(&format!("project {project}"))
            || step.what == "projects that are open";
        let of_class = |people: &str| !people.contains('@') || people.ends_with(domain_of(who));
        step.danger == danger
            && meant
            && step.people.iter().any(|one| {
                let one = one.to_string();
                one == who || of_class(&one)
            })
    })
}
