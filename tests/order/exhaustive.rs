//! Random small plans, every order of them tried: where one is safe, the plan's own order is safe and says nothing.

use crate::abilities::{self, Abilities, Wrong};
use crate::fold::{field, fold, link, unit};
use crate::sites::{CLOSED, Shape, Side, Tape, cases, closed, judge, read, state};
use crate::support::run;
use portcullis::access::{Channel, Outcome, State, Trail, Visitor, outcome};
use portcullis::desired::Desired;
use portcullis::model::{
    ChannelAccess, Domain, Email, Field, OrganizationId, ProjectKey, Read, SiteField, SiteValue,
    WhoCanView,
};
use portcullis::observed::Observed;
use portcullis::plan::{Change, Danger, Effect, OrganizationRef, PersonRef, Plan, diff, order};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const SHAPE: Shape = Shape {
    organizations: &["A", "B"],
    projects: &["P", "Q"],
    known: &["p0@a.example", "p1@a.example"],
    strangers: &["n0@new.example"],
    rarity: 12,
};

/// How many requests a plan may need for all their orders to be tried.
const REQUESTS: usize = 9;

/// Changes that can only happen together.
struct Unit {
    changes: Vec<usize>,
    /// What the same request can write as well.
    request: String,
    stage: u32,
}

/// A plan with every state in between.
struct Tried<'p> {
    plan: &'p Plan,
    desired: &'p Desired<'p>,
    units: Vec<Unit>,
    before: Abilities,
    after: Abilities,
    end: Observed,
    /// By set of units: the site, and what is wrong with it.
    states: BTreeMap<u32, (Observed, Vec<Wrong>)>,
}

impl<'p> Tried<'p> {
    fn new(plan: &'p Plan, desired: &'p Desired<'p>, observed: &Observed) -> Option<Self> {
        let mut order: Vec<usize> = (0..plan.changes.len()).collect();
        order.retain(|at| plan.changes[*at].is_automatic());
        order.sort_by_key(|at| plan.order.stages[*at]);
        let mut units: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        let mut end = observed.clone();
        for at in order {
            let change = &plan.changes[at];
            let key = (unit(at, change), field(change));
            units.entry(key).or_default().push(at);
            fold(&mut end, change);
        }
        if units.is_empty() || units.len() > REQUESTS {
            return None;
        }
        let units = units.into_iter().map(|((request, _), changes)| Unit {
            stage: plan.order.stages[changes[0]],
            changes,
            request,
        });
        let mut tried = Self {
            plan,
            desired,
            units: units.collect(),
            before: judge(SHAPE, desired, observed),
            after: judge(SHAPE, desired, &end),
            end,
            states: BTreeMap::new(),
        };
        tried.states.insert(0, (observed.clone(), Vec::new()));
        tried.fill();
        Some(tried)
    }

    fn full(&self) -> u32 {
        (1 << self.units.len()) - 1
    }

    /// Reaches every state that requests can reach, and judges it.
    fn fill(&mut self) {
        for state in 0..=self.full() {
            let Some((site, _)) = self.states.get(&state) else {
                continue;
            };
            let site = site.clone();
            for steps in self.moves(state, |_| true) {
                let next = state | steps;
                if self.states.contains_key(&next) {
                    continue;
                }
                let mut site = site.clone();
                for change in self.changes(steps) {
                    fold(&mut site, change);
                }
                let now = judge(SHAPE, self.desired, &site);
                let wrong = abilities::wrong(&self.before, &now, &self.after);
                self.states.insert(next, (site, wrong));
            }
        }
    }

    fn changes(&self, units: u32) -> impl Iterator<Item = &'p Change> {
        let plan = self.plan;
        self.units
            .iter()
            .zip(0..)
            .filter(move |(_, bit)| units & (1 << bit) != 0)
            .flat_map(move |(unit, _)| unit.changes.iter().map(|at| &plan.changes[*at]))
    }

    /// What one request can do in a state.
    fn moves(&self, state: u32, may: impl Fn(&Unit) -> bool) -> Vec<u32> {
        let mut requests: BTreeMap<&str, u32> = BTreeMap::new();
        for (unit, bit) in self.units.iter().zip(0..) {
            if state & (1 << bit) == 0 && may(unit) {
                *requests.entry(&unit.request).or_default() |= 1 << bit;
            }
        }
        let mut moves = Vec::new();
        for all in requests.into_values() {
            let mut some = all;
            while some != 0 {
                if self.is_possible(state, some) {
                    moves.push(some);
                }
                some = (some - 1) & all;
            }
        }
        moves
    }

    /// Says whether the site takes a request in a state, and makes of it what the plan says.
    fn is_possible(&self, state: u32, steps: u32) -> bool {
        let mut site = self.states[&state].0.clone();
        let done: Vec<&Change> = self.changes(state | steps).collect();
        let all: Vec<&Change> = self.changes(self.full()).collect();
        let done_or_absent = |is: &dyn Fn(&Effect) -> bool| {
            !all.iter().any(|change| is(&change.effect))
                || done.iter().any(|change| is(&change.effect))
        };
        for change in self.changes(steps) {
            let made = |who: &PersonRef| match who {
                PersonRef::Existing(_) => true,
                PersonRef::Planned(email) => done_or_absent(
                    &|op| matches!(op, Effect::CreateAccount { email: made, .. } if made == email),
                ),
            };
            let founded = |organization: &OrganizationRef| match organization {
                OrganizationRef::Existing(_) => true,
                OrganizationRef::Planned(name) => done_or_absent(
                    &|op| matches!(op, Effect::CreateOrganization(made) if made == name),
                ),
            };
            let possible = match &change.effect {
                Effect::AddMember(organization, who) => made(who) && founded(organization),
                Effect::AddCustomer(_, who) => made(who),
                Effect::Link(_, organization) => founded(organization),
                Effect::SetEmailDomains(organization, _) => founded(organization),
                // L52.
                Effect::RemoveCustomer(key, _) => !is_open(&site, key),
                Effect::CreateAccount { email, .. } => {
                    let (now, end) = (self.creates(&site, email), self.creates(&self.end, email));
                    (now == end || now == Outcome::PortalOnly && end == Outcome::Uncertain)
                        && self.joins_nothing_else(&site, email)
                }
                _ => true,
            };
            if !possible {
                return false;
            }
        }
        for change in self.changes(steps) {
            fold(&mut site, change);
        }
        // L15, and K1 to K5 for who is chosen right now.
        let on = |field| toggle(&site, field);
        let signing_up = on(SiteField::CustomersCanCreateAccounts);
        let no_login = on(SiteField::ViewWithoutLogin);
        (signing_up || !no_login)
            && self.changes(steps).all(|change| match &change.effect {
                Effect::SetViewers(key, _, who) | Effect::LinkSpace(key, _, Some(who)) => match who
                {
                    WhoCanView::Anyone => {
                        on(SiteField::KnowledgeBaseAnyone) && no_login && is_open(&site, key)
                    }
                    WhoCanView::AllLoggedIn => on(SiteField::KnowledgeBaseAllLoggedIn),
                    WhoCanView::OnlyConfluenceUsers => true,
                },
                _ => true,
            })
    }

    /// R3: what making an account gives. The plan was made by the settings at the end; where they leave it open, a state
    /// that is sure will do.
    fn creates(&self, site: &Observed, email: &Email) -> Outcome {
        let state = State::live(self.desired, site);
        let visitor = Visitor::new_address(&state, email.domain());
        let silent = &mut Trail::silent();
        outcome(&state, &visitor, Channel::RestCreate, None, silent)
    }

    /// A2: an account joins the organizations of its domain, so a domain that goes must have gone and one that comes must not
    /// have come when it is made.
    fn joins_nothing_else(&self, site: &Observed, email: &Email) -> bool {
        let domain = Domain::new(email.domain()).unwrap();
        let (before, after) = (
            claims(&self.states[&0].0, &domain),
            claims(&self.end, &domain),
        );
        claims(site, &domain) == before.intersection(&after).cloned().collect()
    }

    /// What is wrong while a request is under way: a link shows a space before the same request says to whom.
    fn wrong_within(&self, state: u32, steps: u32) -> Vec<Wrong> {
        let mut site = self.states[&state].0.clone();
        let mut any = false;
        for change in self.changes(steps) {
            if let Effect::LinkSpace(key, space, _) = &change.effect {
                link(&mut site, key, space);
                any = true;
            }
        }
        if !any {
            return Vec::new();
        }
        let now = judge(SHAPE, self.desired, &site);
        abilities::wrong(&self.before, &now, &self.after)
    }

    /// Says whether some order goes through no state in which such things are wrong.
    fn can_be_safe(&self, is_wrong: impl Fn(&Wrong) -> bool) -> bool {
        let mut safe: BTreeSet<u32> = BTreeSet::from([0]);
        for state in 0..=self.full() {
            if !safe.contains(&state) {
                continue;
            }
            for steps in self.moves(state, |_| true) {
                let next = state | steps;
                let (_, wrong) = &self.states[&next];
                let within = self.wrong_within(state, steps);
                if !wrong.iter().chain(&within).any(&is_wrong) {
                    safe.insert(next);
                }
            }
        }
        safe.contains(&self.full())
    }

    /// What goes wrong in the plan's own order, whatever comes first inside a stage.
    fn passed(&self) -> Result<BTreeSet<Wrong>, u32> {
        let mut stages: BTreeMap<u32, BTreeMap<&str, u32>> = BTreeMap::new();
        for (unit, bit) in self.units.iter().zip(0..) {
            let stage = stages.entry(unit.stage).or_default();
            *stage.entry(&unit.request).or_default() |= 1 << bit;
        }
        let mut wrong = BTreeSet::new();
        let mut before = 0;
        for stage in stages.into_values() {
            let requests: Vec<u32> = stage.into_values().collect();
            for some in 0..1_u32 << requests.len() {
                let (done, left): (Vec<_>, Vec<_>) = requests
                    .iter()
                    .zip(0..)
                    .partition(|(_, bit)| some & (1 << bit) != 0);
                let state = done
                    .iter()
                    .fold(before, |state, (steps, _)| state | **steps);
                let (_, found) = self.states.get(&state).ok_or(state)?;
                wrong.extend(found.iter().cloned());
                for (steps, _) in left {
                    wrong.extend(self.wrong_within(state, *steps));
                }
            }
            before = requests.iter().fold(before, |state, steps| state | steps);
        }
        Ok(wrong)
    }
}

fn is_open(site: &Observed, key: &ProjectKey) -> bool {
    let Some(Read::Complete(projects)) = &site.projects else {
        panic!("everything is read")
    };
    let access = projects[key].channel_access.as_ref().unwrap();
    access.value.known() == Some(&ChannelAccess::Open)
}

/// The organizations that people of a domain join by themselves.
fn claims(site: &Observed, domain: &Domain) -> BTreeSet<OrganizationId> {
    let all = site.whole_organizations().into_iter().flatten();
    all.filter(|(_, seen)| {
        let domains = seen.email_domains.as_ref();
        domains.is_some_and(|list| list.value.known().is_some_and(|list| list.contains(domain)))
    })
    .map(|(id, _)| id.clone())
    .collect()
}

fn toggle(site: &Observed, field: SiteField) -> bool {
    matches!(
        &site.settings[&field].value,
        Field::Known(SiteValue::Toggle(true))
    )
}

/// Compares a plan's own order with every other one.
fn compare(seed: &str, wanted: &str) {
    run(async {
        let (case, observed, story) = read(seed, wanted).await;
        let desired = case.desired();
        let mut plan = diff::diff(&desired, &observed);
        order::arrange(&mut plan, &desired, &observed);
        assert!(plan.errors.is_empty(), "{:?}\n{story}", plan.errors);
        let Some(tried) = Tried::new(&plan, &desired, &observed) else {
            return;
        };
        let story = || {
            let lines: Vec<String> = plan
                .changes
                .iter()
                .zip(&plan.order.stages)
                .map(|(change, stage)| {
                    format!("{stage} {} {}", change.action.word(), change.address)
                })
                .collect();
            let named = &plan.order.unsafe_steps;
            format!("{}\n{named:#?}\n{story}", lines.join("\n"))
        };
        let is_exposure = |wrong: &Wrong| wrong.2 == Danger::Exposure;
        let found = tried
            .passed()
            .unwrap_or_else(|state| panic!("{state:b} cannot be reached\n{}", story()));
        let named = &plan.order.unsafe_steps;
        for wrong in &found {
            assert!(
                abilities::is_named(&plan, wrong),
                "{wrong:?} is not named\n{}",
                story()
            );
        }
        if !found.is_empty() || !named.is_empty() {
            assert!(
                !tried.can_be_safe(|_| true),
                "{found:?}, and a safe order exists\n{}",
                story()
            );
        }
        let exposes = named.iter().any(|step| step.danger == Danger::Exposure);
        if exposes || found.iter().any(is_exposure) {
            assert!(
                !tried.can_be_safe(is_exposure),
                "{found:?}, and an order without exposure exists\n{}",
                story()
            );
        }
        assert!(named.iter().all(|step| step.proven), "{}", story());
    });
}

/// A tape, and the bytes of it that are different in the desired state.
fn tapes() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, u8)>)> {
    let flips = proptest::collection::vec((0..60_usize, any::<u8>()), 2..16);
    (proptest::collection::vec(any::<u8>(), 60), flips)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn where_some_order_is_safe_the_plans_own_is((bytes, flips) in tapes()) {
        let seed = state(&mut Tape::new(&bytes), SHAPE, Side::Seed);
        let mut bytes = bytes.clone();
        for (at, value) in &flips {
            bytes[*at] = *value;
        }
        let wanted = state(&mut Tape::new(&bytes), SHAPE, Side::Desired);
        compare(&seed, &wanted);
    }

    /// Lists, links and open projects alone, where steps get in each other's way most.
    #[test]
    fn where_lists_and_links_cross_the_plans_own_order_is_safe_if_any_is(
        before in 0..1_u32 << CLOSED,
        flips in proptest::collection::btree_set(0..CLOSED, 4..=REQUESTS),
    ) {
        let after = flips.iter().fold(before, |bits, bit| bits ^ (1 << bit));
        compare(&closed(before, Side::Seed), &closed(after, Side::Desired));
    }
}
