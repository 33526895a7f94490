//! Random pairs of a live site and a desired state, judged by an oracle that shares no code with planning.

use crate::support::{Case, Round, run, site};
use portcullis::apply::Outcome;
use portcullis::emulator::{CUSTOMER_ROLE, Options, Site};
use portcullis::model::{ChannelAccess, CustomerSharing, ProjectKey, SpaceKey, WhoCanView};
use portcullis::report::json::plan_json;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ORGANIZATIONS: [&str; 4] = ["Globex", "Initech", "Umbrella", "Hooli & Söhne"];
const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];
const SPACES: [&str; 2] = ["KB", "DOCS"];
const APPROVED: [&str; 3] = ["in.example", "sub.in.example", "staff.example"];

type People = BTreeSet<String>;

/// People who have accounts from the start.
fn known() -> Vec<String> {
    let a = (0..5).map(|n| format!("p{n}@a.example"));
    let b = (0..3).map(|n| format!("q{n}@b.example"));
    a.chain(b).collect()
}

/// People who have none. Their domain is on no organization, so that nobody joins one by themselves.
fn strangers() -> Vec<String> {
    (0..3).map(|n| format!("n{n}@new.example")).collect()
}

/// Choices, read off a tape that proptest can shrink.
struct Tape<'t>(std::slice::Iter<'t, u8>);

impl Tape<'_> {
    fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    fn some<T>(&mut self, of: impl IntoIterator<Item = T>) -> Vec<T> {
        of.into_iter().filter(|_| self.below(3) == 1).collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }
}

/// The part of a site that the test looks at, in the words of the YAML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct State {
    settings: BTreeMap<&'static str, Value>,
    accounts: People,
    organizations: BTreeMap<String, Company>,
    projects: BTreeMap<String, Desk>,
    viewers: BTreeMap<String, &'static str>,
    approved: BTreeMap<String, bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Company {
    members: People,
    domains: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Desk {
    access: &'static str,
    sharing: &'static str,
    organizations: BTreeSet<String>,
    customers: People,
    spaces: BTreeSet<String>,
}

/// What is wanted; `None` is not managed.
#[derive(Debug, Clone, Default)]
struct Wanted {
    settings: BTreeMap<&'static str, Value>,
    absent: People,
    organizations: BTreeMap<String, WantedCompany>,
    projects: BTreeMap<String, WantedDesk>,
    viewers: BTreeMap<String, &'static str>,
    approved: Option<(bool, BTreeMap<String, bool>)>,
}

#[derive(Debug, Clone, Default)]
struct WantedCompany {
    state: &'static str,
    members: Option<List>,
    domains: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone, Default)]
struct WantedDesk {
    access: Option<&'static str>,
    sharing: Option<&'static str>,
    organizations: Option<(bool, BTreeSet<String>)>,
    customers: Option<List>,
    spaces: BTreeSet<String>,
}

#[derive(Debug, Clone, Default)]
struct List {
    exact: bool,
    list: People,
    absent: People,
}

const ACCESS: [&str; 2] = ["restricted", "open"];
const SHARING: [&str; 3] = [
    "own_organizations",
    "any_customer_by_email",
    "search_project",
];
const VIEWERS: [&str; 2] = ["only_confluence_users", "all_logged_in"];

fn settings(tape: &mut Tape<'_>, every: bool) -> BTreeMap<&'static str, Value> {
    let choices: [(&str, Value, Value); 4] = [
        ("customers_can_create_accounts", json!(false), json!(true)),
        ("email", json!("agents_always"), json!("anyone_by_settings")),
        (
            "organization_management",
            json!("agents"),
            json!("jira_admins_only"),
        ),
        ("sso", json!(false), json!(true)),
    ];
    let mut chosen = BTreeMap::new();
    for (key, low, high) in choices {
        if every || tape.yes() {
            chosen.insert(key, if tape.yes() { high } else { low });
        }
    }
    chosen
}

fn domains_of(tape: &mut Tape<'_>, number: usize) -> BTreeSet<String> {
    let own = ["a.example", "b.example", "c.example", "d.example"][number];
    let candidates = [
        own.to_owned(),
        format!("x{number}.example"),
        format!("y{number}.example"),
    ];
    tape.some(candidates).into_iter().collect()
}

fn live(tape: &mut Tape<'_>) -> State {
    let mut state = State {
        settings: settings(tape, true),
        accounts: known().into_iter().collect(),
        ..State::default()
    };
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        if tape.yes() {
            let company = Company {
                members: tape.some(known()).into_iter().collect(),
                domains: domains_of(tape, number),
            };
            state.organizations.insert((*name).to_owned(), company);
        }
    }
    for space in SPACES {
        state.viewers.insert(space.to_owned(), VIEWERS[0]);
    }
    let names: Vec<String> = state.organizations.keys().cloned().collect();
    for key in PROJECTS {
        let desk = Desk {
            access: ACCESS[usize::from(tape.below(2))],
            sharing: SHARING[usize::from(tape.below(3))],
            organizations: tape.some(names.clone()).into_iter().collect(),
            customers: tape.some(known()).into_iter().collect(),
            spaces: tape.some(SPACES.map(str::to_owned)).into_iter().collect(),
        };
        state.projects.insert(key.to_owned(), desk);
    }
    for space in SPACES {
        let linked = state
            .projects
            .values()
            .any(|desk| desk.spaces.contains(space));
        if linked {
            state
                .viewers
                .insert(space.to_owned(), VIEWERS[usize::from(tape.below(2))]);
        }
    }
    for domain in tape.some(APPROVED) {
        state.approved.insert(domain.to_owned(), tape.yes());
    }
    state
}

fn list(tape: &mut Tape<'_>, absent: &People) -> List {
    let everybody = known().into_iter().chain(strangers());
    let mut chosen: People = tape.some(everybody).into_iter().collect();
    chosen.retain(|person| !absent.contains(person));
    let gone: People = tape.some(known()).into_iter().collect();
    List {
        exact: tape.yes(),
        absent: gone.difference(&chosen).cloned().collect(),
        list: chosen,
    }
}

/// Makes a desired state that a program alone can reach from the live one, which is adjusted where it cannot.
fn wanted(tape: &mut Tape<'_>, live: &mut State) -> Wanted {
    let mut wanted = Wanted {
        settings: settings(tape, false),
        ..Wanted::default()
    };
    if tape.below(3) == 1 {
        wanted.absent = tape.some(known()).into_iter().collect();
    }
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        if tape.below(4) == 0 {
            continue;
        }
        let state =
            ["present", "present", "present", "retired", "absent"][usize::from(tape.below(5))];
        let company = match state {
            "present" => WantedCompany {
                state,
                members: tape.maybe(|tape| list(tape, &wanted.absent)),
                domains: tape.maybe(|tape| domains_of(tape, number)),
            },
            _ => WantedCompany {
                state,
                ..WantedCompany::default()
            },
        };
        wanted.organizations.insert((*name).to_owned(), company);
    }
    let present: Vec<String> = wanted
        .organizations
        .iter()
        .filter(|(_, company)| company.state == "present")
        .map(|(name, _)| name.clone())
        .collect();
    for key in PROJECTS {
        if tape.below(4) == 0 {
            continue;
        }
        let desk = WantedDesk {
            access: tape.maybe(|tape| ACCESS[usize::from(tape.below(2))]),
            sharing: tape.maybe(|tape| SHARING[usize::from(tape.below(3))]),
            organizations: tape
                .maybe(|tape| (tape.yes(), tape.some(present.clone()).into_iter().collect())),
            customers: tape.maybe(|tape| list(tape, &wanted.absent)),
            spaces: tape.some(SPACES.map(str::to_owned)).into_iter().collect(),
        };
        wanted.projects.insert(key.to_owned(), desk);
    }
    for space in SPACES {
        let used = wanted
            .projects
            .values()
            .any(|desk| desk.spaces.contains(space));
        if used {
            wanted
                .viewers
                .insert(space.to_owned(), VIEWERS[usize::from(tape.below(2))]);
        }
    }
    wanted.approved = tape.maybe(|tape| {
        let exact = tape.yes();
        let domains = tape
            .some(APPROVED)
            .into_iter()
            .map(|domain| (domain.to_owned(), tape.yes()))
            .collect();
        (exact, domains)
    });
    // Nobody can be taken off an open project (L52), so whatever loses customers is restricted first.
    for (key, desk) in &mut live.projects {
        let managed = wanted.projects.get_mut(key);
        let loses = !wanted.absent.is_empty()
            || managed
                .as_ref()
                .is_some_and(|desk| desk.customers.is_some());
        match managed {
            Some(managed) if loses && desk.access == "open" => managed.access = Some("restricted"),
            None if loses => desk.access = "restricted",
            _ => {}
        }
    }
    wanted
}

/// The state that must come out: desired where managed, live elsewhere.
fn expected(live: &State, wanted: &Wanted) -> State {
    let mut state = live.clone();
    for (key, value) in &wanted.settings {
        state.settings.insert(key, value.clone());
    }
    let apply = |before: &People, list: Option<&List>, own: &BTreeSet<String>| -> People {
        let mut after = before.clone();
        if let Some(list) = list {
            if list.exact {
                after.retain(|person| own.contains(person.split_once('@').unwrap().1));
            }
            after.extend(list.list.iter().cloned());
            after.retain(|person| !list.absent.contains(person));
        }
        after.retain(|person| !wanted.absent.contains(person));
        after
    };
    for (name, company) in &mut state.organizations {
        if !wanted.organizations.contains_key(name) {
            company.members = apply(&company.members, None, &BTreeSet::new());
        }
    }
    for (name, company) in &wanted.organizations {
        match company.state {
            "absent" => {
                state.organizations.remove(name);
            }
            "retired" => {
                if let Some(company) = state.organizations.get_mut(name) {
                    company.members.clear();
                }
            }
            _ => {
                let made = state.organizations.entry(name.clone()).or_default();
                if let Some(domains) = &company.domains {
                    made.domains.clone_from(domains);
                }
                // Only domains that are written keep people.
                let own = company.domains.clone().unwrap_or_default();
                made.members = apply(&made.members, company.members.as_ref(), &own);
                state
                    .accounts
                    .extend(company.members.iter().flat_map(|list| list.list.clone()));
            }
        }
    }
    for (key, desk) in &mut state.projects {
        let managed = wanted.projects.get(key);
        if let Some(managed) = managed {
            desk.access = managed.access.unwrap_or(desk.access);
            desk.sharing = managed.sharing.unwrap_or(desk.sharing);
            if let Some((exact, organizations)) = &managed.organizations {
                if *exact {
                    desk.organizations.clear();
                }
                desk.organizations.extend(organizations.iter().cloned());
            }
            desk.spaces.extend(managed.spaces.iter().cloned());
        }
        let customers = managed.and_then(|managed| managed.customers.as_ref());
        desk.customers = apply(&desk.customers, customers, &BTreeSet::new());
        state
            .accounts
            .extend(customers.iter().flat_map(|list| list.list.clone()));
        desk.organizations.retain(|name| {
            wanted
                .organizations
                .get(name)
                .is_none_or(|company| company.state == "present")
        });
    }
    for (space, viewers) in &wanted.viewers {
        state.viewers.insert(space.clone(), viewers);
    }
    if let Some((exact, domains)) = &wanted.approved {
        if *exact {
            state.approved.clear();
        }
        state.approved.extend(domains.clone());
    }
    state
}

/// Reads the state off a sandbox.
fn seen(site: &Site) -> State {
    let settings = &site.settings;
    let email = |account: &&portcullis::emulator::Account| account.email().to_owned();
    let mut state = State {
        settings: BTreeMap::from([
            (
                "customers_can_create_accounts",
                json!(settings.customers_can_create_accounts),
            ),
            ("email", json!(settings.email_account_creation.word())),
            (
                "organization_management",
                json!(settings.organization_management.word()),
            ),
            ("sso", json!(settings.portal_only_sso)),
        ]),
        accounts: site
            .accounts()
            .skip(2)
            .map(|account| account.email().to_owned())
            .collect(),
        ..State::default()
    };
    let mut names = BTreeMap::new();
    for organization in site.organizations() {
        let company = Company {
            members: site
                .organization_members(&organization.id())
                .iter()
                .map(email)
                .collect(),
            domains: organization
                .email_domains
                .iter()
                .map(|domain| domain.as_str().to_owned())
                .collect(),
        };
        names.insert(organization.id(), organization.name().to_owned());
        state
            .organizations
            .insert(organization.name().to_owned(), company);
    }
    for project in site.projects() {
        let desk = Desk {
            access: match project.channel_access {
                ChannelAccess::Open => "open",
                ChannelAccess::Restricted => "restricted",
            },
            sharing: match project.customer_sharing {
                CustomerSharing::OwnOrganizations => SHARING[0],
                CustomerSharing::AnyCustomerByEmail => SHARING[1],
                CustomerSharing::SearchProject => SHARING[2],
            },
            organizations: project
                .organizations()
                .iter()
                .map(|id| names[id].clone())
                .collect(),
            customers: site
                .project_customers(project.key())
                .iter()
                .map(email)
                .collect(),
            spaces: project
                .knowledge_base
                .iter()
                .map(|space| space.as_str().to_owned())
                .collect(),
        };
        state
            .projects
            .insert(project.key().as_str().to_owned(), desk);
    }
    for space in SPACES {
        let space = site.space(&SpaceKey::new(space).unwrap()).unwrap();
        let viewers = match space.who_can_view {
            WhoCanView::Anyone => "anyone",
            WhoCanView::AllLoggedIn => VIEWERS[1],
            WhoCanView::OnlyConfluenceUsers => VIEWERS[0],
        };
        state
            .viewers
            .insert(SPACES[state.viewers.len()].to_owned(), viewers);
    }
    let product = site.jsm_product();
    for (domain, access) in &site.approved_domains {
        if let Some(grant) = access.products.get(&product) {
            state
                .approved
                .insert(domain.clone(), grant.admin_approval_required);
        }
    }
    state
}

fn yaml_settings(settings: &BTreeMap<&'static str, Value>, site: &mut Map<String, Value>) {
    for (key, value) in settings {
        match *key {
            "customers_can_create_accounts" => {
                site["customer_access"][*key] = value.clone();
            }
            "email" => {
                site.insert("email".into(), json!({ "cc_creates_accounts": value }));
            }
            "sso" => {
                site.insert("portal_only_login".into(), json!({ "sso": value }));
            }
            other => {
                site.insert(other.into(), value.clone());
            }
        }
    }
}

/// Writes a site and the approved domains as the tests take them; JSON is YAML.
fn text(site: &Map<String, Value>, approved: &Value) -> String {
    let mut out = String::new();
    for (key, value) in site {
        out += &format!("{key}: {value}\n");
    }
    out + &format!("=top=\natlassian_organizations: {{ acme-corp: {approved} }}")
}

fn base() -> Map<String, Value> {
    let access = json!({ "internal": { "atlassian_accounts": false }, "external": { "portal_only_accounts": true, "allowed_domains": "any" } });
    Map::from_iter([("customer_access".to_owned(), access)])
}

fn approvals(domains: &BTreeMap<String, bool>) -> Map<String, Value> {
    domains
        .iter()
        .map(|(domain, approval)| {
            (
                domain.clone(),
                json!({ "sites": { "acme": { "role": "customer", "admin_approval": approval } } }),
            )
        })
        .collect()
}

/// The live state as YAML: a seed, or a desired state that describes all of it.
fn describe(state: &State, seed: bool) -> String {
    let mut site = base();
    yaml_settings(&state.settings, &mut site);
    let people = |people: &People| json!({ "mode": if seed { "add_only" } else { "exact" }, "list": people, "allow_empty": true });
    if seed {
        let accounts: Vec<Value> = known()
            .iter()
            .enumerate()
            .map(|(n, email)| json!({ "email": email, "account": if n % 3 == 2 { "atlassian" } else { "portal_only" } }))
            .collect();
        site.insert("accounts".into(), json!({ "list": accounts }));
        let spaces: Map<String, Value> = SPACES
            .iter()
            .map(|space| ((*space).to_owned(), json!({})))
            .collect();
        site.insert("spaces".into(), Value::Object(spaces));
    }
    let organizations: Map<String, Value> = state
        .organizations
        .iter()
        .map(|(name, company)| (name.clone(), json!({ "members": people(&company.members), "email_domains": company.domains, "allow_empty": true })))
        .collect();
    site.insert("organizations".into(), Value::Object(organizations));
    let projects: Map<String, Value> = state
        .projects
        .iter()
        .map(|(key, desk)| {
            let spaces: Map<String, Value> = desk
                .spaces
                .iter()
                .map(|space| (space.clone(), json!({ "who_can_view": state.viewers[space] })))
                .collect();
            let desk = json!({
                "channel_access": desk.access, "customer_sharing": desk.sharing, "customers": people(&desk.customers),
                "organizations": { "mode": if seed { "add_only" } else { "exact" }, "list": desk.organizations, "allow_empty": true },
                "knowledge_base": spaces,
            });
            (key.clone(), desk)
        })
        .collect();
    site.insert("projects".into(), Value::Object(projects));
    let approved = json!({ "customer_role": CUSTOMER_ROLE, "approved_domains": { "domains": approvals(&state.approved) } });
    text(&site, &approved)
}

fn desire(wanted: &Wanted) -> String {
    let mut site = base();
    yaml_settings(&wanted.settings, &mut site);
    let list = |list: &List| json!({ "mode": if list.exact { "exact" } else { "add_only" }, "list": list.list, "absent": list.absent, "allow_empty": true });
    let people: Map<String, Value> = wanted
        .absent
        .iter()
        .map(|email| (email.clone(), json!({ "state": "absent" })))
        .collect();
    if !people.is_empty() {
        site.insert("people".into(), Value::Object(people));
    }
    let organizations: Map<String, Value> = wanted
        .organizations
        .iter()
        .map(|(name, company)| {
            let mut out = Map::new();
            if company.state != "present" {
                out.insert("state".into(), json!(company.state));
            }
            if let Some(members) = &company.members {
                out.insert("members".into(), list(members));
            }
            if let Some(domains) = &company.domains {
                out.insert("email_domains".into(), json!(domains));
                out.insert("allow_empty".into(), json!(true));
            }
            (name.clone(), Value::Object(out))
        })
        .collect();
    site.insert("organizations".into(), Value::Object(organizations));
    let projects: Map<String, Value> = wanted
        .projects
        .iter()
        .map(|(key, desk)| {
            let mut out = Map::new();
            if let Some(access) = desk.access {
                out.insert("channel_access".into(), json!(access));
            }
            if let Some(sharing) = desk.sharing {
                out.insert("customer_sharing".into(), json!(sharing));
            }
            if let Some((exact, organizations)) = &desk.organizations {
                let mode = if *exact { "exact" } else { "add_only" };
                out.insert(
                    "organizations".into(),
                    json!({ "mode": mode, "list": organizations, "allow_empty": true }),
                );
            }
            if let Some(customers) = &desk.customers {
                out.insert("customers".into(), list(customers));
            }
            let spaces: Map<String, Value> = desk
                .spaces
                .iter()
                .map(|space| {
                    (
                        space.clone(),
                        json!({ "who_can_view": wanted.viewers[space] }),
                    )
                })
                .collect();
            if !spaces.is_empty() {
                out.insert("knowledge_base".into(), Value::Object(spaces));
            }
            (key.clone(), Value::Object(out))
        })
        .collect();
    site.insert("projects".into(), Value::Object(projects));
    let mut approved = json!({ "customer_role": CUSTOMER_ROLE });
    if let Some((exact, domains)) = &wanted.approved {
        let mode = if *exact { "exact" } else { "add_only" };
        approved["approved_domains"] =
            json!({ "mode": mode, "domains": approvals(domains), "allow_empty": true });
    }
    text(&site, &approved)
}

/// The plan as machines see it, without the number of requests that reading took.
fn bytes(round: &Round) -> String {
    let mut document = round.document.clone();
    document.api_budget.plan_requests = 0;
    plan_json(&document)
}

/// A moderate number of cases, unless `PROPTEST_CASES` says otherwise.
fn cases() -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 100,
        ..ProptestConfig::default()
    };
    ProptestConfig {
        cases: if given { default.cases } else { 40 },
        ..default
    }
}

fn tape() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 400)
}

proptest! {
    #![proptest_config(cases())]

    /// After apply nothing is left to do, and the site is as desired where managed and as before elsewhere.
    #[test]
    fn apply_makes_the_desired_state_and_nothing_else(tape in tape()) {
        let mut tape = Tape(tape.iter());
        let mut live = live(&mut tape);
        let wanted = wanted(&mut tape, &mut live);
        let (seed, desired) = (describe(&live, true), desire(&wanted));
        run(async {
            let case = Case::new(&desired, &seed).await;
            assert_eq!(seen(&case.sandbox.site()), live, "the seed is what the oracle thinks");
            let first = case.plan().await;
            // The same input gives the same bytes, however the pages are cut.
            assert_eq!(first.json(), case.plan().await.json());
            let options = Options { page_cap: 3, ..Options::default() };
            let cut = Case::with(&desired, &seed, options).await;
            assert_eq!(bytes(&first), bytes(&cut.plan().await));
            assert_eq!(case.sandbox.stats().writes, 0);
            let report = case.apply(&first).await;
            for (change, outcome) in first.plan.changes.iter().zip(&report.outcomes) {
                assert!(matches!(outcome, Outcome::Done | Outcome::AlreadyTrue), "{}: {outcome:?}\nseed\n{seed}\ndesired\n{desired}", change.address);
            }
            let second = case.plan().await;
            assert_eq!(second.addresses(), Vec::<String>::new(), "seed\n{seed}\ndesired\n{desired}\n{}", first.text());
            assert_eq!(seen(&case.sandbox.site()), expected(&live, &wanted), "seed\n{seed}\ndesired\n{desired}\n{}", first.text());
        });
    }

    /// A site that is described exactly as it is has nothing to change.
    #[test]
    fn a_site_compared_with_itself_has_no_difference(tape in tape()) {
        let live = live(&mut Tape(tape.iter()));
        let (seed, desired) = (describe(&live, true), describe(&live, false));
        run(async {
            let case = Case::on(&desired, site(&seed), Options::default()).await;
            let round = case.plan().await;
            assert_eq!(round.addresses(), Vec::<String>::new(), "{desired}\n{}", round.text());
            assert!(round.plan.errors.is_empty() && round.plan.findings.is_empty(), "{}", round.text());
        });
    }
}

/// The oracle itself: an empty desired state leaves everything alone.
#[test]
fn the_oracle_leaves_alone_what_is_not_managed() {
    let choices: Vec<u8> = (0..400).map(|n| (n * 7 % 251) as u8).collect();
    let live = live(&mut Tape(choices.iter()));
    assert_eq!(expected(&live, &Wanted::default()), live);
    let key = ProjectKey::new(PROJECTS[0]).unwrap();
    assert!(site(&describe(&live, true)).project(&key).is_some());
}
