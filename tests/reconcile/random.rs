//! Random pairs of a live site and a desired state, and an oracle that shares no code with planning.

use portcullis::emulator::{AccountState, CUSTOMER_ROLE, ProjectRole, RoleActor, Site};
use portcullis::model::{ChannelAccess, CustomerSharing, SpaceKey, WhoCanView};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const ORGANIZATIONS: [&str; 4] = ["Globex", "Initech", "Umbrella", "Hooli & Söhne"];
pub(crate) const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];
pub(crate) const GROUPS: [&str; 2] = ["staff", "writers"];
pub(crate) const SPACES: [&str; 2] = ["KB", "DOCS"];
pub(crate) const APPROVED: [&str; 3] = ["in.example", "sub.in.example", "staff.example"];

pub(crate) type People = BTreeSet<String>;

/// People who have accounts from the start.
pub(crate) fn known() -> Vec<String> {
    let a = (0..5).map(|n| format!("p{n}@a.example"));
    let b = (0..3).map(|n| format!("q{n}@b.example"));
    a.chain(b).collect()
}

/// Says whether a known person has an Atlassian account.
pub(crate) fn is_atlassian(email: &str) -> bool {
    let at = known().iter().position(|known| known == email);
    at.is_some_and(|at| at % 3 == 2)
}

/// People who have none. Their domain is on no organization, so that nobody joins one by themselves.
pub(crate) fn strangers() -> Vec<String> {
    (0..3).map(|n| format!("n{n}@new.example")).collect()
}

/// Choices, read off a tape that proptest can shrink.
pub(crate) struct Tape<'t>(pub(crate) std::slice::Iter<'t, u8>);

impl Tape<'_> {
    pub(crate) fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    pub(crate) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(crate) fn some<T>(&mut self, of: impl IntoIterator<Item = T>) -> Vec<T> {
        of.into_iter().filter(|_| self.below(3) == 1).collect()
    }

    pub(crate) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.yes().then(|| make(self))
    }
}

/// The part of a site that the test looks at, in the words of the YAML.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub(crate) settings: BTreeMap<&'static str, Value>,
    pub(crate) accounts: People,
    /// Whose access has ended.
    pub(crate) revoked: People,
    pub(crate) organizations: BTreeMap<String, Company>,
    pub(crate) projects: BTreeMap<String, Desk>,
    pub(crate) viewers: BTreeMap<String, &'static str>,
    pub(crate) approved: BTreeMap<String, bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Company {
    pub(crate) members: People,
    pub(crate) domains: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Desk {
    pub(crate) access: &'static str,
    pub(crate) sharing: &'static str,
    pub(crate) organizations: BTreeSet<String>,
    pub(crate) customers: People,
    pub(crate) groups: BTreeSet<String>,
    pub(crate) spaces: BTreeSet<String>,
}

/// What is wanted; `None` is not managed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) settings: BTreeMap<&'static str, Value>,
    pub(crate) absent: People,
    /// Those of the absent whose access ends too.
    pub(crate) revoked: People,
    pub(crate) organizations: BTreeMap<String, WantedCompany>,
    pub(crate) projects: BTreeMap<String, WantedDesk>,
    pub(crate) viewers: BTreeMap<String, &'static str>,
    pub(crate) approved: Option<(bool, BTreeMap<String, bool>)>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct WantedCompany {
    pub(crate) state: &'static str,
    pub(crate) members: Option<List>,
    pub(crate) domains: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct WantedDesk {
    pub(crate) access: Option<&'static str>,
    pub(crate) sharing: Option<&'static str>,
    pub(crate) organizations: Option<(bool, BTreeSet<String>)>,
    /// Organizations whose link has ended.
    pub(crate) ended: BTreeSet<String>,
    pub(crate) groups: Option<(bool, BTreeSet<String>)>,
    pub(crate) customers: Option<List>,
    pub(crate) spaces: BTreeSet<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    pub(crate) exact: bool,
    pub(crate) list: People,
    pub(crate) absent: People,
}

pub(crate) const ACCESS: [&str; 2] = ["restricted", "open"];
pub(crate) const SHARING: [&str; 3] = [
    "own_organizations",
    "any_customer_by_email",
    "search_project",
];
pub(crate) const VIEWERS: [&str; 2] = ["only_confluence_users", "all_logged_in"];

pub(crate) fn settings(tape: &mut Tape<'_>, every: bool) -> BTreeMap<&'static str, Value> {
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

pub(crate) fn domains_of(tape: &mut Tape<'_>, number: usize) -> BTreeSet<String> {
    let own = ["a.example", "b.example", "c.example", "d.example"][number];
    let candidates = [
        own.to_owned(),
        format!("x{number}.example"),
        format!("y{number}.example"),
    ];
    tape.some(candidates).into_iter().collect()
}

pub(crate) fn live(tape: &mut Tape<'_>) -> State {
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
            groups: tape.some(GROUPS.map(str::to_owned)).into_iter().collect(),
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

pub(crate) fn list(tape: &mut Tape<'_>, absent: &People) -> List {
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
pub(crate) fn wanted(tape: &mut Tape<'_>, live: &mut State) -> Wanted {
    let mut wanted = Wanted {
        settings: settings(tape, false),
        ..Wanted::default()
    };
    if tape.below(3) == 1 {
        wanted.absent = tape.some(known()).into_iter().collect();
        let portal_only = wanted.absent.iter().filter(|email| !is_atlassian(email));
        wanted.revoked = tape.some(portal_only.cloned()).into_iter().collect();
    }
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        if tape.below(4) == 0 {
            continue;
        }
        let state = [
            "present", "present", "present", "retired", "absent", "ended", "emptied",
        ][usize::from(tape.below(7))];
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
            ended: BTreeSet::new(),
            groups: tape.maybe(|tape| {
                (
                    tape.yes(),
                    tape.some(GROUPS.map(str::to_owned)).into_iter().collect(),
                )
            }),
            customers: tape.maybe(|tape| list(tape, &wanted.absent)),
            spaces: tape.some(SPACES.map(str::to_owned)).into_iter().collect(),
        };
        let mut desk = desk;
        if let Some((_, linked)) = &desk.organizations {
            let others = present.iter().filter(|name| !linked.contains(*name));
            desk.ended = tape.some(others.cloned()).into_iter().collect();
        }
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
pub(crate) fn expected(live: &State, wanted: &Wanted) -> State {
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
            "emptied" => {
                if let Some(company) = state.organizations.get_mut(name) {
                    company.members.clear();
                }
            }
            "retired" | "ended" => {
                if let Some(company) = state.organizations.get_mut(name) {
                    company.members = apply(&company.members, None, &BTreeSet::new());
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
            desk.organizations
                .retain(|name| !managed.ended.contains(name));
            if let Some((exact, groups)) = &managed.groups {
                if *exact {
                    desk.groups.clear();
                }
                desk.groups.extend(groups.iter().cloned());
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
    state.revoked.extend(wanted.revoked.iter().cloned());
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
pub(crate) fn seen(site: &Site) -> State {
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
        revoked: site
            .accounts()
            .filter(|account| account.state == AccountState::Revoked)
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
            groups: site
                .role_actors(project.key(), ProjectRole::Customers)
                .into_iter()
                .filter_map(|actor| match actor {
                    RoleActor::Group(name) => Some(name),
                    RoleActor::Account(_) => None,
                })
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

pub(crate) fn yaml_settings(
    settings: &BTreeMap<&'static str, Value>,
    site: &mut Map<String, Value>,
) {
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
pub(crate) fn text(site: &Map<String, Value>, approved: &Value) -> String {
    let mut out = String::new();
    for (key, value) in site {
        out += &format!("{key}: {value}\n");
    }
    out + &format!("=top=\natlassian_organizations: {{ acme-corp: {approved} }}")
}

pub(crate) fn base() -> Map<String, Value> {
    let access = json!({ "internal": { "atlassian_accounts": false }, "external": { "portal_only_accounts": true, "allowed_domains": "any" } });
    Map::from_iter([("customer_access".to_owned(), access)])
}

pub(crate) fn approvals(domains: &BTreeMap<String, bool>) -> Map<String, Value> {
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
pub(crate) fn describe(state: &State, seed: bool) -> String {
    let mut site = base();
    yaml_settings(&state.settings, &mut site);
    let people = |people: &People| json!({ "mode": if seed { "add_only" } else { "exact" }, "list": people, "allow_empty": true });
    if seed {
        let accounts: Vec<Value> = known()
            .iter()
            .map(|email| json!({ "email": email, "account": if is_atlassian(email) { "atlassian" } else { "portal_only" } }))
            .collect();
        site.insert("accounts".into(), json!({ "list": accounts }));
        let spaces: Map<String, Value> = SPACES
            .iter()
            .map(|space| ((*space).to_owned(), json!({})))
            .collect();
        site.insert("spaces".into(), Value::Object(spaces));
        let members: Vec<String> = known()
            .into_iter()
            .filter(|email| is_atlassian(email))
            .collect();
        let groups =
            json!({ GROUPS[0]: { "members": members, "role": "customer" }, GROUPS[1]: {} });
        site.insert("sandbox".into(), json!({ "groups": groups }));
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
                "customer_groups": { "mode": if seed { "add_only" } else { "exact" }, "list": desk.groups, "allow_empty": true },
                "knowledge_base": spaces,
            });
            (key.clone(), desk)
        })
        .collect();
    site.insert("projects".into(), Value::Object(projects));
    let approved = json!({ "customer_role": CUSTOMER_ROLE, "approved_domains": { "domains": approvals(&state.approved) } });
    text(&site, &approved)
}

pub(crate) fn desire(wanted: &Wanted) -> String {
    let mut site = base();
    yaml_settings(&wanted.settings, &mut site);
    let list = |list: &List| json!({ "mode": if list.exact { "exact" } else { "add_only" }, "list": list.list, "absent": list.absent, "allow_empty": true });
    let people: Map<String, Value> = wanted
        .absent
        .iter()
        .map(|email| {
            let state = match wanted.revoked.contains(email) {
                true => "revoked",
                false => "absent",
            };
            (email.clone(), json!({ "state": state }))
        })
        .collect();
    site.insert(
        "surfaces".into(),
        json!({ "gateway": "write", "private": "write", "accounts": "write", "mapped": "settings.yaml" }),
    );
    if !people.is_empty() {
        site.insert("people".into(), Value::Object(people));
    }
    let organizations: Map<String, Value> = wanted
        .organizations
        .iter()
        .map(|(name, company)| {
            let mut out = Map::new();
            match company.state {
                "present" => {}
                "ended" => {
                    out.insert("until".into(), json!("2026-11-21"));
                }
                "emptied" => {
                    out.insert("state".into(), json!("retired"));
                    out.insert("empty".into(), json!(true));
                }
                state => {
                    out.insert("state".into(), json!(state));
                }
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
                let ended = desk.ended.iter();
                let ended = ended.map(|name| json!({ "name": name, "until": "2026-11-21" }));
                let list: Vec<Value> = organizations
                    .iter()
                    .map(|name| json!(name))
                    .chain(ended)
                    .collect();
                out.insert(
                    "organizations".into(),
                    json!({ "mode": mode, "list": list, "allow_empty": true }),
                );
            }
            if let Some((exact, groups)) = &desk.groups {
                let mode = if *exact { "exact" } else { "add_only" };
                out.insert(
                    "customer_groups".into(),
                    json!({ "mode": mode, "list": groups, "allow_empty": true }),
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
