//! Which constraints a plan must satisfy: who can do what, by which routes, and what one request needs of another.
//!
//! The routes are those of the customer access model, as `access` judges them: portals (section 4), articles (section 5)
//! and sign-up (R2 to R5).

use super::ability::{Fact, Route, Value};
use super::facts::{Facts, List};
use super::graph::Graph;
use super::needs;
use super::people::Class;
use super::settings::{Approval, Settings};
use crate::access::is_public_mail;
use crate::config::ConfluencePlan;
use crate::model::{Domain, SpaceKey};
use crate::plan::Plan;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What people can do who reach every project that is open all the time.
const OPEN_PROJECTS: &str = "projects that are open";

/// Whom a constraint protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    /// People of a class, by position.
    Class(u32),
    /// A class of strangers, by name.
    Strangers(String),
}

/// What a constraint is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    pub(super) whom: Whom,
    /// What they can do, such as `project ITSM`.
    pub(super) what: String,
}

/// Adds every constraint; what each is about is returned by position.
pub(super) fn add(
    plan: &Plan,
    facts: &Facts<'_>,
    classes: &[Class],
    graph: &mut Graph,
) -> Vec<About> {
    needs::add(plan, facts, classes, graph);
    let mut rules = Rules {
        facts,
        classes,
        graph,
        abouts: Vec::new(),
    };
    for (at, class) in (0..).zip(classes) {
        rules.class(at, class);
    }
    rules.strangers();
    rules.abouts
}

struct Rules<'r, 'a> {
    facts: &'r Facts<'a>,
    classes: &'r [Class],
    graph: &'r mut Graph,
    abouts: Vec<About>,
}

/// The two readings of a new address's account: the facts of each way to one.
pub(super) struct Newcomer {
    exposure: Vec<Route>,
    pub(super) promise: Vec<Route>,
    /// The way to an agent's licence, with which one sees every portal and reads whatever is linked.
    serving: Route,
}

/// Somebody who has no account yet.
struct Arrival {
    new: Newcomer,
    /// Whether the account is there.
    account: Fact,
    /// The organizations that the address's domain brings them into, by position.
    joins: Vec<(u32, Fact)>,
}

impl Rules<'_, '_> {
    fn about(&mut self, whom: Whom, what: String) -> u32 {
        self.abouts.push(About { whom, what });
        u32::try_from(self.abouts.len() - 1).unwrap_or(u32::MAX)
    }

    fn protect(&mut self, whom: &Whom, what: impl FnOnce() -> String, both: [&[Route]; 2]) {
        let moves = |routes: &[Route]| routes.iter().flatten().any(|fact| fact.moves());
        if !moves(both[0]) && !moves(both[1]) {
            return;
        }
        let before = self.graph.rules.len();
        let next = u32::try_from(self.abouts.len()).unwrap_or(u32::MAX);
        self.graph.protect(both[0], both[1], next);
        // What is left for a later run may be long in coming: until then it counts as not done.
        if let Some(today) = self.without_later(both) {
            self.graph.protect(&today[0], &today[1], next);
        }
        if self.graph.rules.len() > before {
            let weight = match whom {
                Whom::Class(at) => self.classes[*at as usize].people.len(),
                Whom::Strangers(_) => 1,
            };
            for rule in &mut self.graph.rules[before..] {
                rule.weight = u32::try_from(weight).unwrap_or(u32::MAX);
            }
            self.about(whom.clone(), what());
        }
    }

    /// The routes as they are while nothing is done that is left for a later run; nothing where there is no such step.
    fn without_later(&self, both: [&[Route]; 2]) -> Option<[Vec<Route>; 2]> {
        let later = |fact: &Fact| fact.step.is_some_and(|step| self.graph.is_later(step));
        if !both.into_iter().flatten().flatten().any(later) {
            return None;
        }
        let still = |fact: &Fact| match later(fact) {
            true => Fact::always(fact.before),
            false => *fact,
        };
        let frozen = |route: &Route| route.iter().map(still).collect();
        Some(both.map(|routes| routes.iter().map(frozen).collect()))
    }

    /// Portals and articles of people in one situation.
    fn class(&mut self, at: u32, class: &Class) {
        let facts = self.facts;
        let whom = Whom::Class(at);
        let mut desks: BTreeSet<u32> = BTreeSet::new();
        for list in class.lists.keys() {
            match list {
                List::Roster(desk) => {
                    desks.insert(*desk);
                }
                List::Members(company) => desks.extend(&facts.companies[*company as usize].desks),
            }
        }
        let mut same = None;
        if class.newcomer.is_some() || class.active.is_some() || class.serving.is_some() {
            // Whoever gets an account or another role, or loses the account, could lose or gain by every project whose access
            // changes. All projects that stay open are alike.
            let moving = (0..).zip(&facts.desks).filter(|(at, desk)| {
                desk.reached().moves() || desk.spaces.keys().any(|key| self.article_moves(*at, key))
            });
            desks.extend(moving.map(|(at, _)| at));
            same = (0..)
                .zip(&facts.desks)
                .find(|(at, desk)| !desks.contains(at) && desk.reached() == Fact::YES)
                .map(|(at, _)| at);
            desks.extend(same);
        }
        let arrival = class.newcomer.map(|(domain, account)| {
            let joined = (0..).zip(&facts.companies).filter_map(|(at, company)| {
                let (_, fact) = company
                    .domains
                    .iter()
                    .find(|(name, _)| name.as_str() == domain)?;
                Some((at, *fact))
            });
            let joins: Vec<(u32, Fact)> =
                joined.chain(facts.unread_joins.iter().copied()).collect();
            for (company, _) in &joins {
                desks.extend(&facts.companies[*company as usize].desks);
            }
            Arrival {
                new: newcomer(&facts.settings, Domains::One(domain)),
                account,
                joins,
            }
        });
        for desk_at in desks {
            let desk = &facts.desks[desk_at as usize];
            let [exposure, promise] = self.portal(class, desk_at, arrival.as_ref());
            let key = desk.key;
            let what = || match same == Some(desk_at) {
                true => OPEN_PROJECTS.to_owned(),
                false => format!("project {key}"),
            };
            self.protect(&whom, what, [&exposure, &promise]);
            for space in desk.spaces.keys() {
                if self.article_moves(desk_at, space) {
                    let account = match &arrival {
                        None => vec![vec![class.active.unwrap_or(Fact::YES)]],
                        Some(Arrival { new, account, .. }) => {
                            let mut ways = with(&new.exposure, &[account.not()]);
                            ways.push(vec![*account]);
                            ways
                        }
                    };
                    // Who sees the portal without login, the last route of who has no account before or after, reads nothing for
                    // that.
                    let without = arrival.is_some() || class.active.is_some();
                    let seen = promise.len() - usize::from(without);
                    let mut routes = self.articles(desk_at, space, &account, &promise[..seen]);
                    // An agent may read whatever is linked while they are one.
                    let linked = desk.spaces[space];
                    if linked.moves() {
                        let serving = class.serving.map(|serving| vec![linked, serving]);
                        routes[0].extend(serving);
                    }
                    self.protect(
                        &whom,
                        || format!("the articles of {space} in project {key}"),
                        [&routes[0], &routes[1]],
                    );
                }
            }
        }
    }

    /// The routes to a portal, as exposure and as promise.
    fn portal(&self, class: &Class, desk_at: u32, arrival: Option<&Arrival>) -> [Vec<Route>; 2] {
        let desk = &self.facts.desks[desk_at as usize];
        let mut listed: Vec<Route> = Vec::new();
        if let Some(roster) = class.lists.get(&List::Roster(desk_at)) {
            listed.push(vec![*roster]);
        }
        // People stand on a few lists; a project may link thousands of organizations.
        for (list, member) in &class.lists {
            if let List::Members(company) = list
                && let Some(link) = desk.links.get(company)
            {
                listed.push(vec![*member, *link]);
            }
        }
        if let Some(holding) = class.holding {
            listed = with(&listed, &[holding]);
        }
        let (mut exposure, mut promise) = (listed.clone(), listed);
        match arrival {
            None => {
                exposure.push(vec![desk.reached()]);
                promise.push([desk.reached()].into_iter().chain(class.holding).collect());
                // Whether a permission scheme keeps an agent out does not matter for what is promised.
                promise.extend(class.serving.map(|serving| vec![serving]));
                if let Some(active) = class.active {
                    for routes in [&mut exposure, &mut promise] {
                        *routes = with(routes, &[active]);
                        routes.push(self.without_login(desk.reached()));
                    }
                }
            }
            Some(Arrival {
                new,
                account,
                joins,
            }) => {
                // Whoever has an account signs up no more. For promises that does not matter: what signing up gave,
                // the account gives as well.
                let apart = [Some(account.not()), None];
                let both = [(&mut exposure, &new.exposure), (&mut promise, &new.promise)];
                for ((routes, ways), apart) in both.into_iter().zip(apart) {
                    let mut ends: Vec<Route> = vec![vec![desk.reached()]];
                    routes.push(vec![*account, desk.reached()]);
                    for (company, domain) in joins {
                        let Some(link) = desk.links.get(company) else {
                            continue;
                        };
                        // A domain that comes or goes is not there when the account is made.
                        if !domain.moves() {
                            routes.push(vec![*account, *domain, *link]);
                        }
                        if apart.is_some() || domain.before == Value::Yes {
                            ends.push(vec![*domain, *link]);
                        }
                    }
                    for mut end in ends {
                        end.extend(apart);
                        routes.extend(with(ways, &end));
                    }
                    routes.push(self.without_login(desk.reached()));
                }
            }
        }
        [exposure, promise]
    }

    /// V2 without login: N, C and an open project.
    fn without_login(&self, open: Fact) -> Route {
        vec![
            open,
            self.facts.settings.create,
            self.facts.settings.no_login,
        ]
    }

    fn article_moves(&self, desk: u32, space: &SpaceKey) -> bool {
        let settings = &self.facts.settings;
        let desk = &self.facts.desks[desk as usize];
        let audience = self.facts.audiences.get(space);
        settings.articles_logged_in.moves()
            || settings.articles_anyone.moves()
            || settings.no_login.moves()
            || settings.create.moves()
            || desk.reached().moves()
            || desk.spaces.get(space).is_some_and(|link| link.moves())
            || audience.is_some_and(|a| a.logged_in.moves() || a.anyone.moves())
    }

    /// Section 5: the routes to the articles of one space of one project.
    ///
    /// `account` are the routes to an account, which exposes articles for all who are logged in whatever portals people
    /// see; `portal` are the routes to the portal, which promises them (K11).
    fn articles(
        &self,
        desk: u32,
        space: &SpaceKey,
        account: &[Route],
        portal: &[Route],
    ) -> [Vec<Route>; 2] {
        let facts = self.facts;
        let settings = &facts.settings;
        let desk = &facts.desks[desk as usize];
        let Some(audience) = facts.audiences.get(space) else {
            return [Vec::new(), Vec::new()];
        };
        let mut linked = desk.spaces.get(space).copied().unwrap_or(Fact::NO);
        let passing = facts.passing.get(space).filter(|_| linked.ever());
        if let Some(passing) = passing
            && linked.step == Some(passing.shown)
        {
            linked.step = Some(passing.linked);
        }
        let declared = facts.desired.site.spaces.get(space);
        let said = |field: Option<bool>| Fact::always(field.into());
        let anonymous = said(declared.and_then(|s| s.anonymous_access.as_ref().map(|v| v.value)));
        // K6 counts as on where nothing is declared.
        let unlicensed = declared.and_then(|s| s.unlicensed_access.as_ref().map(|v| v.value));
        let unlicensed = Fact::always(unlicensed.unwrap_or(true).into());
        let paid = facts.desired.site.confluence_plan.as_ref();
        let paid = said(paid.map(|plan| plan.value != ConfluencePlan::Free));
        let public = vec![
            linked,
            audience.anyone,
            settings.articles_anyone,
            paid,
            desk.reached(),
            settings.no_login,
            settings.create,
            anonymous,
        ];
        let inside = [
            linked,
            audience.logged_in,
            settings.articles_logged_in,
            unlicensed,
        ];
        let mut exposure = vec![public.clone()];
        let at_most = [linked, audience.anyone, settings.articles_logged_in];
        exposure.extend(with(account, &inside));
        exposure.extend(with(account, &at_most));
        if let Some(passing) = passing {
            let moment = [
                linked,
                Fact::changes(Value::No, Value::Yes, passing.linked),
                Fact::changes(Value::Yes, Value::No, passing.shown),
                settings.articles_logged_in,
                unlicensed,
            ];
            exposure.extend(with(account, &moment));
        }
        let mut promise = vec![public];
        promise.extend(with(portal, &inside));
        [exposure, promise]
    }

    /// People whom no list names: without login, of any domain, of a domain, and customers on no list.
    fn strangers(&mut self) {
        let facts = self.facts;
        let settings = &facts.settings;
        let mut domains: BTreeMap<Domains<'_>, Vec<(u32, Fact)>> = BTreeMap::new();
        domains.insert(Domains::OtherCompanies, Vec::new());
        domains.insert(Domains::OtherPublicMail, Vec::new());
        for list in settings.allowed.iter().flatten().flatten() {
            for domain in *list {
                domains.entry(Domains::One(domain.as_str())).or_default();
            }
        }
        for domain in settings.approved.keys() {
            domains.entry(Domains::One(domain)).or_default();
        }
        for (at, company) in (0..).zip(&facts.companies) {
            for (domain, fact) in &company.domains {
                domains
                    .entry(Domains::One(domain.as_str()))
                    .or_default()
                    .push((at, *fact));
            }
        }
        for joins in domains.values_mut() {
            joins.extend(&facts.unread_joins);
        }
        // Domains with the same ways to an account fare the same wherever they join nothing.
        let mut seen: HashMap<Vec<Route>, ()> = HashMap::new();
        let mut somebody: [Vec<Route>; 2] = [Vec::new(), Vec::new()];
        for (domain, joins) in &domains {
            let new = newcomer(settings, *domain);
            let label = match domain {
                Domains::OtherCompanies => "new people of any domain".to_owned(),
                Domains::OtherPublicMail => "new people of public mail domains".to_owned(),
                Domains::One(domain) => format!("new people of {domain}"),
            };
            let whom = Whom::Strangers(label);
            if seen.insert(new.exposure.clone(), ()).is_none() {
                self.protect(
                    &whom,
                    || "signing up".to_owned(),
                    [&new.exposure, &new.promise],
                );
                somebody[0].extend(new.exposure.iter().cloned());
                somebody[1].extend(new.promise.iter().cloned());
                self.new_people(&whom, &new, &[]);
            }
            if !joins.is_empty() {
                self.new_people(&whom, &new, joins);
            }
        }
        for (at, desk) in (0..).zip(&facts.desks) {
            let key = desk.key;
            let whom = Whom::Strangers("people who are not logged in".to_owned());
            let view = [self.without_login(desk.reached())];
            self.protect(&whom, || format!("project {key}"), [&view, &view]);
            let send = somebody
                .each_ref()
                .map(|ways| with(ways, &self.without_login(desk.reached())));
            self.protect(
                &whom,
                || format!("requests in project {key}"),
                [&send[0], &send[1]],
            );
            for space in desk.spaces.keys() {
                if !self.article_moves(at, space) {
                    continue;
                }
                let what = || format!("the articles of {space} in project {key}");
                let nothing = self.articles(at, space, &[], &[]);
                self.protect(&whom, what, [&nothing[0], &nothing[1]]);
                let always = [vec![Fact::YES]];
                let open = [vec![desk.reached()]];
                let customers = self.articles(at, space, &always, &open);
                let whom = Whom::Strangers("customers on no list".to_owned());
                self.protect(&whom, what, [&customers[0], &customers[1]]);
                let listed = self.articles(at, space, &always, &always);
                let whom = Whom::Strangers(format!("customers of {key}"));
                self.protect(&whom, what, [&listed[0], &listed[1]]);
            }
        }
    }

    fn new_people(&mut self, whom: &Whom, new: &Newcomer, joins: &[(u32, Fact)]) {
        let facts = self.facts;
        for (at, desk) in (0..).zip(&facts.desks) {
            let joined: Vec<Route> = joins
                .iter()
                .filter_map(|(company, domain)| Some(vec![*domain, *desk.links.get(company)?]))
                .collect();
            if !joins.is_empty() && joined.is_empty() {
                continue;
            }
            let routes = [&new.exposure, &new.promise].map(|ways| {
                let mut routes = with(ways, &[desk.reached()]);
                for join in &joined {
                    routes.extend(with(ways, join));
                }
                routes.push(self.without_login(desk.reached()));
                routes
            });
            let key = desk.key;
            self.protect(whom, || format!("project {key}"), [&routes[0], &routes[1]]);
            for space in desk.spaces.keys() {
                if !self.article_moves(at, space) {
                    continue;
                }
                let mut read =
                    self.articles(at, space, &new.exposure, &routes[1][..routes[1].len() - 1]);
                let linked = desk.spaces[space];
                read[0].extend(with(std::slice::from_ref(&new.serving), &[linked]));
                self.protect(
                    whom,
                    || format!("the articles of {space} in project {key}"),
                    [&read[0], &read[1]],
                );
            }
        }
    }
}

/// The domains of new addresses that fare alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Domains<'d> {
    /// Those of companies that nothing names.
    OtherCompanies,
    /// Those of public mail providers that nothing names: the any-domain rule passes them by (R5).
    OtherPublicMail,
    /// This one.
    One(&'d str),
}

/// R2 to R5 for sign-up: the ways in which a new address gets an account.
pub(super) fn newcomer(settings: &Settings<'_>, of: Domains<'_>) -> Newcomer {
    let domain = match of {
        Domains::One(domain) => Some(domain),
        Domains::OtherCompanies | Domains::OtherPublicMail => None,
    };
    let approval = domain
        .and_then(|domain| settings.approved.get(domain))
        .copied()
        .unwrap_or_else(|| {
            // An address of no listed domain is not approved, however many lists were not read.
            let value = domain.map_or(Value::No, |_| settings.others_approved);
            Approval {
                signs_up: Fact::always(value),
                counts: Fact::always(value),
                licence: Fact::always(settings.any_licence.max(value)),
            }
        });
    let public = domain.map_or(of == Domains::OtherPublicMail, is_public_mail);
    let any = Fact::always(if public {
        Value::No
    } else {
        settings.any_domain
    });
    let allows = |list: Option<Option<&BTreeSet<Domain>>>| {
        Value::from(list.map(|list| {
            list.is_none_or(|list| {
                domain.is_some_and(|domain| list.iter().any(|name| name.as_str() == domain))
            })
        }))
    };
    let [before, after] = settings.allowed.map(allows);
    let allowed = match settings.allowed_step {
        Some(step) if before != after => Fact::changes(before, after, step),
        _ => Fact::always(before),
    };
    let (create, internal, external) = (settings.create, settings.internal, settings.external);
    let licence = match public && !approval.counts.ever() {
        // The any-domain rule passes public mail domains by.
        true => Fact::NO,
        false => approval.licence,
    };
    Newcomer {
        serving: vec![create, internal, licence],
        exposure: vec![
            vec![create, internal, approval.counts],
            vec![create, internal, any],
            vec![create, external, allowed],
        ],
        promise: vec![
            vec![create, internal, approval.signs_up],
            vec![create, internal, approval.counts.not(), any],
            vec![create, external, allowed, internal.not()],
            vec![create, external, allowed, approval.counts.not(), any.not()],
        ],
    }
}

/// Adds facts to every route; what can never hold is left out.
fn with(routes: &[Route], facts: &[Fact]) -> Vec<Route> {
    if facts.iter().any(|fact| !fact.ever()) {
        return Vec::new();
    }
    routes
        .iter()
        .filter(|route| route.iter().all(|fact| fact.ever()))
        .map(|route| route.iter().chain(facts).copied().collect())
        .collect()
}
