//! Random sites with everything that access depends on, and random wishes for them: kinds, states and roles of accounts, twins,
//! hidden addresses, groups, permission schemes, every toggle, approved domains, surfaces, rights, policies and expectations.

use crate::tape::Tape;
use portcullis::emulator::{Grant, ProjectRole, Site};
use portcullis::model::ProjectKey;
use serde_json::{Map, Value, json};

const ORGANIZATIONS: [&str; 4] = ["Globex", "Initech", "Umbrella", "Hooli"];
pub(crate) const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];
const SPACES: [&str; 2] = ["KB", "DOCS"];
const GROUPS: [&str; 2] = ["hr-staff", "partners"];

/// Accounts of the live site, with their kind.
const KNOWN: [(&str, &str); 11] = [
    ("p0@a.example", "portal_only"),
    ("p1@a.example", "portal_only"),
    ("p2@a.example", "portal_only"),
    ("q0@b.example", "portal_only"),
    ("q1@b.example", "portal_only"),
    ("m0@gmail.com", "portal_only"),
    ("i0@b.example", "atlassian"),
    ("i1@staff.example", "atlassian"),
    ("i2@staff.example", "atlassian"),
    ("i3@a.example", "atlassian"),
    ("g0@staff.example", "atlassian"),
];

/// Somebody with two accounts on one address, where there is one.
const TWIN: &str = "p1@a.example";

/// People without an account; some domains are those of organizations, one may be approved.
pub(crate) const STRANGERS: [&str; 5] = [
    "n0@a.example",
    "n1@b.example",
    "n2@new.example",
    "n3@staff.example",
    "n4@gmail.com",
];

/// Domains whose new addresses are judged. The last two are named nowhere: a public mail provider, and a company.
pub(crate) const DOMAINS: [&str; 6] = [
    "a.example",
    "b.example",
    "new.example",
    "staff.example",
    "outlook.com",
    "elsewhere.example",
];

/// Everybody who has an address.
pub(crate) fn everybody() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.0).chain(STRANGERS)
}

/// One site, and what is wanted of it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The live site.
    pub(crate) seed: String,
    /// Organizations whose members an identity provider chooses.
    pub(crate) provisioned: Vec<String>,
    /// What permission schemes grant besides.
    pub(crate) grants: Vec<(String, Grant)>,
    /// What is desired.
    pub(crate) desired: String,
    /// What is asked for; nothing is everything.
    pub(crate) targets: Vec<String>,
    /// Whether the Atlassian organization's key is there.
    pub(crate) key: bool,
    /// Whether the caller is an agent, and no administrator of the site.
    pub(crate) agent: bool,
}

impl World {
    /// Makes a site and a desired state.
    pub(crate) fn new(tape: &mut Tape<'_>) -> Self {
        let facts = Facts {
            plan: tape.pick(&["standard", "standard", "standard", "free"]),
            anonymous: [tape.yes(), tape.yes()],
            organization: !tape.once_in(4),
            plain: tape.once_in(3),
        };
        let seed = seed(tape, &facts);
        let provisioned = tape.some(10, ORGANIZATIONS.map(str::to_owned));
        let desired = desired(tape, &facts);
        let targets = match tape.once_in(5) && !facts.plain {
            true => tape.some(
                3,
                [
                    "acme/organization/Globex".to_owned(),
                    "acme/organization/*/member/p0@a.example".to_owned(),
                    "acme/project/ITSM/**".to_owned(),
                    "acme/project/HR/access".to_owned(),
                    "acme/project/*/organization/*".to_owned(),
                    "acme/customer-access/**".to_owned(),
                ],
            ),
            false => Vec::new(),
        };
        Self {
            seed,
            provisioned,
            grants: grants(tape),
            desired,
            targets,
            key: !tape.once_in(4) || facts.plain,
            agent: tape.once_in(12) && !facts.plain,
        }
    }

    /// Builds the live site.
    pub(crate) fn site(&self) -> Site {
        let mut site = crate::support::site(&self.seed);
        for name in &self.provisioned {
            if let Some(id) = site.organization_named(name).map(|found| found.id()) {
                site.organization_mut(&id).unwrap().scim_managed = true;
            }
        }
        for (project, grant) in &self.grants {
            let key = ProjectKey::new(project).unwrap();
            let mut grant = grant.clone();
            if grant.holder == "user" {
                let holder = grant.parameter.as_deref().unwrap();
                let Some(account) = site.accounts_with_email(holder).first().map(|a| a.id()) else {
                    continue;
                };
                grant.parameter = Some(account.to_string());
            }
            match grant.holder.strip_prefix("-") {
                Some(holder) => {
                    let grant = Grant::new(&grant.permission, holder, None);
                    site.revoke_permission(&key, &grant).unwrap();
                }
                None => drop(site.grant_permission(&key, grant).unwrap()),
            }
        }
        site
    }

    /// The whole story.
    pub(crate) fn told(&self) -> String {
        format!(
            "targets {:?}, key {}, agent {}, provisioned {:?}, grants {:?}\nseed\n{}\ndesired\n{}",
            self.targets,
            self.key,
            self.agent,
            self.provisioned,
            self.grants,
            self.seed,
            self.desired
        )
    }
}

/// What a scheme grants or lacks; a holder that begins with `-` is one that loses the permission.
fn grants(tape: &mut Tape<'_>) -> Vec<(String, Grant)> {
    let customers = ProjectRole::Customers.id().to_string();
    let mut grants = Vec::new();
    for project in PROJECTS {
        if !tape.once_in(4) {
            continue;
        }
        let grant = match tape.below(8) {
            0 => Grant::new("BROWSE_PROJECTS", "group", Some("partners")),
            1 => Grant::new("BROWSE_PROJECTS", "reporter", None),
            2 => Grant::new(
                "BROWSE_PROJECTS",
                "groupCustomField",
                Some("customfield_10001"),
            ),
            3 => Grant::new("BROWSE_PROJECTS", "user", Some("i3@a.example")),
            4 => Grant::new("ADD_COMMENTS", "projectRole", Some(&customers)),
            5 => Grant::new("CREATE_ISSUES", "-sd.customer.portal.only", None),
            6 => Grant::new("SERVICEDESK_AGENT", "group", Some("hr-staff")),
            _ => Grant::new("BROWSE_PROJECTS", "user", Some("p2@a.example")),
        };
        grants.push((project.to_owned(), grant));
    }
    grants
}

/// The site-wide switches: all of them, or some.
fn switches(tape: &mut Tape<'_>, every: bool, site: &mut Map<String, Value>) {
    let choose = |tape: &mut Tape<'_>| every || tape.once_in(3);
    let mut access = Map::new();
    if choose(tape) {
        access.insert(
            "internal".into(),
            json!({ "atlassian_accounts": tape.yes() }),
        );
    }
    if choose(tape) {
        let domains = match tape.below(4) {
            3 => json!(["new.example", "b.example"]),
            2 => json!(["new.example", "staff.example", "gmail.com"]),
            _ => json!("any"),
        };
        let on = !tape.once_in(4);
        let mut external = json!({ "portal_only_accounts": on });
        // A list without the switch is refused.
        if on || every {
            external["allowed_domains"] = domains;
        }
        access.insert("external".into(), external);
    }
    // Viewing without login needs customers who can create accounts.
    let (create, view) = [(false, false), (true, false), (true, true)][usize::from(tape.below(3))];
    for (key, on) in [
        ("customers_can_create_accounts", create),
        ("view_without_login", view),
    ] {
        if choose(tape) {
            access.insert(key.into(), json!(on));
        }
    }
    site.insert("customer_access".into(), Value::Object(access));
    if choose(tape) {
        let base = json!({ "allow_all_logged_in": !tape.once_in(3), "allow_anyone": tape.yes() });
        site.insert("knowledge_base".into(), base);
    }
    if choose(tape) {
        let who = tape.pick(&["agents_always", "anyone_by_settings"]);
        site.insert("email".into(), json!({ "cc_creates_accounts": who }));
    }
    if choose(tape) {
        let who = tape.pick(&["agents", "jira_admins_only"]);
        site.insert("organization_management".into(), json!(who));
    }
    if choose(tape) {
        // One way to log in stays on.
        let (password, sso) =
            [(true, false), (true, true), (false, true)][usize::from(tape.below(3))];
        let login = json!({ "password": password, "sso": sso });
        site.insert("portal_only_login".into(), login);
    }
}

fn grant_of(tape: &mut Tape<'_>) -> Value {
    let role = tape.pick(&["customer", "customer", "user", "none"]);
    json!({ "sites": { "acme": { "role": role, "admin_approval": tape.yes() } } })
}

fn approved(tape: &mut Tape<'_>) -> Map<String, Value> {
    let domains = tape.some(2, ["staff.example", "a.example", "b.example"]);
    domains
        .into_iter()
        .map(|domain| (domain.to_owned(), grant_of(tape)))
        .collect()
}

fn atlassian(tape: &mut Tape<'_>, mode: Option<&str>, any_domain: bool) -> Value {
    let mut organization = json!({ "customer_role": portcullis::emulator::CUSTOMER_ROLE });
    if let Some(mode) = mode {
        organization["approved_domains"] =
            json!({ "mode": mode, "domains": approved(tape), "allow_empty": true });
    }
    if tape.once_in(3) && any_domain {
        organization["any_domain"] = grant_of(tape);
    }
    json!({ "acme-corp": organization })
}

fn domains_of(tape: &mut Tape<'_>, number: usize) -> Vec<String> {
    let own = ["a.example", "b.example", "a.example", "new.example"][number];
    tape.some(2, [own.to_owned(), format!("x{number}.example")])
}

fn text(site: &Map<String, Value>, top: &Map<String, Value>) -> String {
    let lines = |map: &Map<String, Value>| -> String {
        map.iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect()
    };
    format!("{}=top=\n{}", lines(site), lines(top))
}

/// The accounts of the live site.
fn accounts(tape: &mut Tape<'_>) -> Value {
    let mut accounts = Vec::new();
    let twin = tape.once_in(4).then_some((TWIN, "atlassian"));
    for (email, kind) in KNOWN.into_iter().chain(twin) {
        let mut account = json!({ "email": email, "account": kind });
        let ended = match kind {
            "atlassian" => "deactivated",
            _ => "revoked",
        };
        if kind == "atlassian" {
            let role = match email {
                "g0@staff.example" => "user",
                "i2@staff.example" => tape.pick(&["none", "customer"]),
                _ => tape.pick(&["customer", "customer", "none", "user"]),
            };
            account["role"] = json!(role);
            if tape.once_in(6) {
                account["apps"] = json!([tape.pick(&["confluence", "jira"])]);
            }
        }
        match tape.below(10) {
            9 => account["state"] = json!(ended),
            8 => account["state"] = json!("unverified"),
            7 => account["email_hidden"] = json!(true),
            _ => {}
        }
        accounts.push(account);
    }
    json!({ "list": accounts })
}

/// What no workspace manages: groups, and who is listed for the record.
fn groups(tape: &mut Tape<'_>) -> Value {
    let internal = [
        "i0@b.example",
        "i1@staff.example",
        "i2@staff.example",
        "i3@a.example",
    ];
    let mut groups = Map::new();
    for name in GROUPS {
        let members = tape.some(3, internal);
        let role = tape.pick(&["none", "none", "customer", "user"]);
        groups.insert(name.into(), json!({ "members": members, "role": role }));
    }
    let mut projects = Map::new();
    for project in PROJECTS {
        let record = tape.some(8, ["p0@a.example", "q0@b.example"]);
        let groups = tape.some(6, GROUPS);
        projects.insert(
            project.into(),
            json!({ "for_the_record": record, "customer_groups": groups, "agent_administers": !tape.once_in(6) }),
        );
    }
    json!({ "groups": groups, "projects": projects, "verification": tape.pick(&["at_once", "at_once", "by_hand"]) })
}

/// What a workspace can only declare, and declares as it is.
struct Facts {
    /// Confluence's plan.
    plan: &'static str,
    /// Whether Confluence lets anonymous people into each space.
    anonymous: [bool; 2],
    /// Whether the workspace knows the Atlassian organization. One that does not takes the any-domain rule as Atlassian makes it
    /// (2.3), so there the site has none.
    organization: bool,
    /// Whether everything can be read and done by itself, and no policy stands against it.
    plain: bool,
}

impl Facts {
    /// What is said of each space, where something is.
    fn spaces(&self, said: impl Fn(&str) -> bool) -> Value {
        let spaces = SPACES.into_iter().zip(self.anonymous);
        let facts = |space, on| match said(space) {
            true => json!({ "anonymous_access": on }),
            false => json!({}),
        };
        spaces
            .map(|(space, on)| (space.to_owned(), facts(space, on)))
            .collect::<Map<_, _>>()
            .into()
    }
}

fn seed(tape: &mut Tape<'_>, facts: &Facts) -> String {
    let mut site = Map::new();
    switches(tape, true, &mut site);
    site.insert("confluence_plan".into(), json!(facts.plan));
    site.insert("spaces".into(), facts.spaces(|_| true));
    site.insert("accounts".into(), accounts(tape));
    site.insert("sandbox".into(), groups(tape));
    let listed: Vec<&str> = KNOWN.iter().map(|known| known.0).collect();
    let mut organizations = Map::new();
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        if tape.once_in(4) {
            continue;
        }
        let company = json!({
            "members": { "list": tape.some(3, listed.clone()), "allow_empty": true },
            "email_domains": domains_of(tape, number),
            "allow_empty": true,
        });
        organizations.insert((*name).to_owned(), company);
    }
    let names: Vec<String> = organizations.keys().cloned().collect();
    site.insert("organizations".into(), Value::Object(organizations));
    let viewers: Vec<&str> = SPACES.iter().map(|_| tape.pick(&VIEWERS)).collect();
    let mut projects = Map::new();
    for key in PROJECTS {
        let linked: Map<String, Value> = SPACES
            .into_iter()
            .zip(&viewers)
            .filter_map(|(space, who)| {
                let linked = tape.once_in(3);
                linked.then(|| (space.to_owned(), json!({ "who_can_view": who })))
            })
            .collect();
        let desk = json!({
            "channel_access": if tape.once_in(3) { "open" } else { "restricted" },
            "customer_sharing": tape.pick(&SHARING),
            "organizations": { "list": tape.some(3, names.clone()), "allow_empty": true },
            "customers": { "list": tape.some(4, listed.clone()), "allow_empty": true },
            "knowledge_base": linked,
        });
        projects.insert(key.to_owned(), desk);
    }
    site.insert("projects".into(), Value::Object(projects));
    let mut top = Map::new();
    top.insert(
        "atlassian_organizations".into(),
        atlassian(tape, Some("add_only"), facts.organization),
    );
    text(&site, &top)
}

const VIEWERS: [&str; 3] = ["only_confluence_users", "all_logged_in", "anyone"];
const SHARING: [&str; 3] = [
    "own_organizations",
    "any_customer_by_email",
    "search_project",
];

/// A list of people, some of whom are to be gone, some kept.
fn roster(tape: &mut Tape<'_>, absent: &[String]) -> Value {
    let mut list = Vec::new();
    let mut chosen: Vec<&str> = Vec::new();
    for person in everybody() {
        if !tape.once_in(3) || absent.iter().any(|one| one == person) {
            continue;
        }
        chosen.push(person);
        let kind = KNOWN
            .iter()
            .find(|known| known.0 == person)
            .map(|known| known.1);
        let kind = kind.unwrap_or("portal_only");
        list.push(match tape.below(8) {
            7 => json!({ "email": person, "until": "2026-01-31" }),
            6 => json!({ "email": person, "until": "2027-01-31" }),
            5 => json!({ "email": person, "account": kind }),
            _ if person == TWIN => json!({ "email": person, "account": kind }),
            _ => json!(person),
        });
    }
    let gone: Vec<&str> = KNOWN
        .iter()
        .map(|known| known.0)
        .filter(|one| !chosen.contains(one))
        .collect();
    let mode = tape.pick(&["exact", "add_only"]);
    let mut roster = json!({ "mode": mode, "list": list, "allow_empty": true });
    if tape.once_in(3) {
        roster["absent"] = json!(tape.some(3, gone));
    }
    if tape.once_in(3) {
        roster["keep"] = json!([tape.pick(&["*@a.example", "*@b.example", "*@staff.example"])]);
    }
    if tape.once_in(5) {
        roster["create"] = json!("never");
    }
    roster
}

fn desired(tape: &mut Tape<'_>, facts: &Facts) -> String {
    let mut site = Map::new();
    if tape.yes() {
        switches(tape, false, &mut site);
    }
    site.insert("confluence_plan".into(), json!(facts.plan));
    let said = tape.some(2, SPACES);
    site.insert("spaces".into(), facts.spaces(|space| said.contains(&space)));
    let mut surfaces = Map::new();
    let gateway = tape.pick(&["write", "write", "write", "read", "deny"]);
    let private = tape.pick(&["write", "write", "write", "read", "deny"]);
    let (gateway, private) = match facts.plain {
        true => ("write", "write"),
        false => (gateway, private),
    };
    surfaces.insert("gateway".to_owned(), json!(gateway));
    surfaces.insert("private".to_owned(), json!(private));
    if !tape.once_in(3) || facts.plain {
        surfaces.insert("mapped".into(), json!("settings.yaml"));
    }
    site.insert("surfaces".into(), Value::Object(surfaces));
    let mut absent = Vec::new();
    if tape.once_in(3) {
        absent = tape.some(3, KNOWN.iter().map(|known| known.0.to_owned()));
        let people = absent
            .iter()
            .map(|who| (who.clone(), json!({ "state": "absent" })));
        site.insert("people".into(), Value::Object(people.collect()));
    }
    let mut organizations = Map::new();
    let mut present = Vec::new();
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        let company = match tape.below(8) {
            7 => continue,
            6 => json!({ "state": "retired" }),
            5 => json!({ "state": "absent" }),
            _ => {
                present.push((*name).to_owned());
                let mut company = Map::new();
                if !tape.once_in(4) {
                    company.insert("members".into(), roster(tape, &absent));
                }
                if tape.once_in(3) {
                    company.insert("email_domains".into(), json!(domains_of(tape, number)));
                    company.insert("allow_empty".into(), json!(true));
                }
                if tape.once_in(12) {
                    let who = tape.pick(&["scim", "agents"]);
                    company.remove("members");
                    company.insert("managed_by".into(), json!(who));
                }
                Value::Object(company)
            }
        };
        organizations.insert((*name).to_owned(), company);
    }
    site.insert("organizations".into(), Value::Object(organizations));
    let viewers: Vec<&str> = SPACES.iter().map(|_| tape.pick(&VIEWERS)).collect();
    let mut projects = Map::new();
    for key in PROJECTS {
        if tape.once_in(5) {
            continue;
        }
        let mut desk = Map::new();
        if tape.yes() {
            let access = if tape.once_in(3) {
                "open"
            } else {
                "restricted"
            };
            desk.insert("channel_access".into(), json!(access));
        }
        if tape.once_in(3) {
            desk.insert("customer_sharing".into(), json!(tape.pick(&SHARING)));
        }
        if !tape.once_in(4) {
            let mode = tape.pick(&["exact", "add_only"]);
            let links =
                json!({ "mode": mode, "list": tape.some(3, present.clone()), "allow_empty": true });
            desk.insert("organizations".into(), links);
        }
        if !tape.once_in(3) {
            desk.insert("customers".into(), roster(tape, &absent));
        }
        let linked: Map<String, Value> = SPACES
            .into_iter()
            .zip(&viewers)
            .filter_map(|(space, who)| match tape.below(6) {
                5 => Some((space.to_owned(), json!({}))),
                4 | 3 => Some((space.to_owned(), json!({ "who_can_view": who }))),
                _ => None,
            })
            .collect();
        desk.insert("knowledge_base".into(), Value::Object(linked));
        projects.insert(key.to_owned(), Value::Object(desk));
    }
    let keys: Vec<String> = projects.keys().cloned().collect();
    site.insert("projects".into(), Value::Object(projects));
    let mut top = Map::new();
    let mode = match tape.below(3) {
        2 => None,
        1 => Some("exact"),
        _ => Some("add_only"),
    };
    if facts.organization {
        top.insert(
            "atlassian_organizations".into(),
            atlassian(tape, mode, true),
        );
    }
    let mut policy = policy(tape);
    if facts.plain {
        policy = json!({
            "class_gains": { "anonymous": "allow", "anyone": "allow", "any_customer": "allow" },
            "max_people_losing_access": "off", "max_removals": "off",
        });
    } else {
        top.insert("expectations".into(), expectations(tape, &present, &keys));
    }
    top.insert("policy".into(), policy);
    text(&site, &top)
}

fn policy(tape: &mut Tape<'_>) -> Value {
    let mut policy = json!({ "max_people_losing_access": "off", "max_removals": "off" });
    if !tape.once_in(3) {
        policy["class_gains"] =
            json!({ "anonymous": "allow", "anyone": "allow", "any_customer": "allow" });
    }
    if tape.once_in(5) {
        policy["max_people_losing_access"] = json!({ "count": tape.below(4) });
    }
    if tape.once_in(5) {
        policy["max_people_gaining_access"] = json!({ "count": tape.below(4) });
    }
    if tape.once_in(6) {
        policy["max_removals"] = json!({ "count": tape.below(3) });
    }
    if tape.once_in(6) {
        policy["max_new_accounts"] = json!(tape.below(3));
    }
    if tape.once_in(5) {
        policy["protect"] = json!(tape.some(
            3,
            [
                "acme/organization/Globex",
                "acme/organization/Initech/**",
                "acme/organization/*/member/p0@a.example",
                "acme/project/HR/**",
                "acme/project/ITSM/customer/*",
            ]
        ));
    }
    if tape.once_in(5) {
        let addresses = tape.some(
            3,
            [
                "acme/project/ITSM/customer/*",
                "acme/organization/Globex/member/*",
                "acme/organization/Hooli",
                "acme/project/HR/access",
                "acme/customer-access/**",
                "acme/account/*",
            ],
        );
        let accepted = addresses.into_iter().map(|address| {
            json!({ "address": address, "reason": "as agreed", "owner": "it@acme.com", "until": "2027-01-31" })
        });
        policy["accept_drift"] = accepted.collect();
    }
    policy
}

fn expectations(tape: &mut Tape<'_>, organizations: &[String], projects: &[String]) -> Value {
    let mut expectations = Vec::new();
    for number in 0..tape.below(6) {
        let mut who = vec![
            "anonymous".to_owned(),
            "anyone".to_owned(),
            "any_customer".to_owned(),
            "*@a.example".to_owned(),
            "*@new.example".to_owned(),
            "p0@a.example".to_owned(),
            "i1@staff.example".to_owned(),
            "n0@a.example".to_owned(),
        ];
        who.extend(
            organizations
                .iter()
                .map(|name| format!("organization:{name}")),
        );
        let who: Vec<&str> = who.iter().map(String::as_str).collect();
        let can = tape.pick(&["cannot", "can"]);
        let ability = tape.pick(&["view_portal", "read_article", "send_request", "sign_up"]);
        let who = tape.pick(&who);
        let mut one =
            json!({ "name": format!("e{number}"), "who": who, can: ability, "site": "acme" });
        if ability == "sign_up" {
            if !who.starts_with("anyone") && !who.starts_with("*@") {
                continue;
            }
        } else {
            let mut keys: Vec<&str> = projects.iter().map(String::as_str).collect();
            keys.push("*");
            one["projects"] = json!([tape.pick(&keys)]);
            if ability == "read_article" {
                one["space"] = json!(tape.pick(&SPACES));
            }
        }
        expectations.push(one);
    }
    Value::Array(expectations)
}
