//! Random sites, and desired states with everything that decides what of a plan is carried out: policies, protections,
//! people who must be gone, people who are kept, surfaces that are closed, and expectations.

use crate::random::Tape;
use serde_json::{Map, Value, json};

const ORGANIZATIONS: [&str; 4] = ["Globex", "Initech", "Umbrella", "Hooli"];
const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];
const SPACES: [&str; 2] = ["KB", "DOCS"];

/// Accounts of the live site, with their kind and role.
const KNOWN: [(&str, &str, &str); 9] = [
    ("p0@a.example", "portal_only", ""),
    ("p1@a.example", "portal_only", ""),
    ("p2@a.example", "portal_only", ""),
    ("q0@b.example", "portal_only", ""),
    ("q1@b.example", "portal_only", ""),
    ("i0@b.example", "atlassian", "customer"),
    ("i1@staff.example", "atlassian", "customer"),
    ("i2@staff.example", "atlassian", "none"),
    ("g0@staff.example", "atlassian", "user"),
];

/// People without an account; some domains are those of organizations, one may be approved.
const STRANGERS: [&str; 4] = [
    "n0@a.example",
    "n1@b.example",
    "n2@new.example",
    "n3@staff.example",
];

fn everybody() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|known| known.0).chain(STRANGERS)
}

/// The domains whose new addresses are judged.
pub(crate) const DOMAINS: [&str; 5] = [
    "a.example",
    "b.example",
    "new.example",
    "staff.example",
    "elsewhere.example",
];

/// One site, and what is wanted of it.
#[derive(Debug)]
pub(crate) struct Wide {
    /// The live site.
    pub(crate) seed: String,
    /// What is desired.
    pub(crate) desired: String,
    /// What is asked for; nothing is everything.
    pub(crate) targets: Vec<String>,
}

/// Makes a site and a desired state.
pub(crate) fn wide(tape: &mut Tape<'_>) -> Wide {
    let known = Known {
        settings: tape.below(3) != 0,
        approvals: tape.below(3) != 0,
        access: tape.below(5) != 0,
    };
    let seed = seed(tape, known);
    let desired = desired(tape, known);
    let targets = match tape.below(4) {
        0 => tape.some([
            "acme/organization/Globex".to_owned(),
            "acme/organization/*/member/p0@a.example".to_owned(),
            "acme/project/ITSM/**".to_owned(),
            "acme/project/HR/access".to_owned(),
            "acme/project/*/organization/*".to_owned(),
            "acme/customer-access/**".to_owned(),
        ]),
        _ => Vec::new(),
    };
    Wide {
        seed,
        desired,
        targets,
    }
}

/// Which facts a plan can read. Where one is not known, nobody can say what the site will refuse, or which organizations an
/// account joins: such a fact is left as Atlassian leaves it.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The site-wide settings, by a mapped endpoint.
    settings: bool,
    /// The approved domains.
    approvals: bool,
    /// Channel access, by the private endpoint.
    access: bool,
}

fn pick<'w>(tape: &mut Tape<'_>, words: &[&'w str]) -> &'w str {
    let count = u8::try_from(words.len()).unwrap();
    words[usize::from(tape.below(count))]
}

/// The site-wide switches: all of them, or some.
fn switches(tape: &mut Tape<'_>, every: bool, known: Known, site: &mut Map<String, Value>) {
    let choose = |tape: &mut Tape<'_>| every || tape.below(3) == 1;
    let mut access = Map::new();
    let doors = |tape: &mut Tape<'_>| known.settings && choose(tape);
    if known.approvals && doors(tape) {
        access.insert(
            "internal".into(),
            json!({ "atlassian_accounts": tape.yes() }),
        );
    }
    if doors(tape) {
        let domains = match tape.below(3) {
            0 => json!(["new.example", "b.example"]),
            _ => json!("any"),
        };
        let external =
            json!({ "portal_only_accounts": tape.below(5) != 0, "allowed_domains": domains });
        access.insert("external".into(), external);
    } else if every {
        let external = json!({ "portal_only_accounts": true, "allowed_domains": "any" });
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
        let (logged_in, anyone) = (tape.below(3) != 0, tape.yes());
        let base =
            json!({ "allow_all_logged_in": logged_in || !known.settings, "allow_anyone": anyone });
        site.insert("knowledge_base".into(), base);
    }
    if choose(tape) {
        let who = pick(tape, &["agents_always", "anyone_by_settings"]);
        site.insert("email".into(), json!({ "cc_creates_accounts": who }));
    }
    if choose(tape) {
        // One way to log in stays on.
        let (password, sso) =
            [(true, false), (true, true), (false, true)][usize::from(tape.below(3))];
        let login = json!({ "password": password, "sso": sso });
        site.insert("portal_only_login".into(), login);
    }
}

fn approved(tape: &mut Tape<'_>) -> Map<String, Value> {
    let mut domains = Map::new();
    for domain in tape.some(["staff.example", "a.example"]) {
        let role = if tape.below(4) == 0 {
            "user"
        } else {
            "customer"
        };
        let entry = json!({ "sites": { "acme": { "role": role, "admin_approval": tape.yes() } } });
        domains.insert(domain.to_owned(), entry);
    }
    domains
}

fn domains_of(tape: &mut Tape<'_>, number: usize) -> Vec<String> {
    let own = ["a.example", "b.example", "c.example", "new.example"][number];
    tape.some([own.to_owned(), format!("x{number}.example")])
}

fn text(site: &Map<String, Value>, top: &Map<String, Value>) -> String {
    let lines = |map: &Map<String, Value>| -> String {
        map.iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect()
    };
    format!("{}=top=\n{}", lines(site), lines(top))
}

fn spaces() -> Value {
    json!({
        "KB": { "anonymous_access": true, "unlicensed_access": true },
        "DOCS": { "anonymous_access": false, "unlicensed_access": false },
    })
}

fn atlassian(domains: Map<String, Value>, mode: &str) -> Value {
    json!({ "acme-corp": {
        "customer_role": portcullis::emulator::CUSTOMER_ROLE,
        "approved_domains": { "mode": mode, "domains": domains, "allow_empty": true },
    } })
}

fn seed(tape: &mut Tape<'_>, known: Known) -> String {
    let mut site = Map::new();
    switches(tape, true, known, &mut site);
    site.insert("spaces".into(), spaces());
    let mut accounts = Vec::new();
    for (email, kind, role) in KNOWN {
        let mut account = json!({ "email": email, "account": kind });
        if !role.is_empty() {
            account["role"] = json!(role);
        }
        let ended = if kind == "atlassian" {
            "deactivated"
        } else {
            "revoked"
        };
        match tape.below(10) {
            0 => account["state"] = json!(ended),
            1 => account["state"] = json!("unverified"),
            2 => account["email_hidden"] = json!(true),
            _ => {}
        }
        accounts.push(account);
    }
    site.insert("accounts".into(), json!({ "list": accounts }));
    // Nobody without a role gets onto a list.
    let listed: Vec<&str> = KNOWN
        .iter()
        .filter(|k| k.2 != "none")
        .map(|k| k.0)
        .collect();
    let mut organizations = Map::new();
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        if tape.below(4) != 0 {
            let company = json!({
                "members": { "list": tape.some(listed.clone()), "allow_empty": true },
                "email_domains": if known.settings { domains_of(tape, number) } else { Vec::new() },
                "allow_empty": true,
            });
            organizations.insert((*name).to_owned(), company);
        }
    }
    let names: Vec<String> = organizations.keys().cloned().collect();
    site.insert("organizations".into(), Value::Object(organizations));
    let viewers = [
        VIEWERS[usize::from(tape.below(2))],
        VIEWERS[usize::from(tape.below(3))],
    ];
    let mut projects = Map::new();
    for key in PROJECTS {
        let linked: Map<String, Value> = SPACES
            .into_iter()
            .zip(viewers)
            .filter(|_| tape.below(3) == 1)
            .map(|(space, who)| (space.to_owned(), json!({ "who_can_view": who })))
            .collect();
        let desk = json!({
            "channel_access": if known.access && tape.below(3) == 1 { "open" } else { "restricted" },
            "customer_sharing": pick(tape, &SHARING),
            "organizations": { "list": tape.some(names.clone()), "allow_empty": true },
            "customers": { "list": tape.some(listed.clone()), "allow_empty": true },
            "knowledge_base": linked,
        });
        projects.insert(key.to_owned(), desk);
    }
    site.insert("projects".into(), Value::Object(projects));
    let mut top = Map::new();
    if known.approvals {
        let domains = approved(tape);
        top.insert(
            "atlassian_organizations".into(),
            atlassian(domains, "add_only"),
        );
    }
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
        if tape.below(3) != 1 || absent.iter().any(|one| one == person) {
            continue;
        }
        chosen.push(person);
        let kind = KNOWN
            .iter()
            .find(|known| known.0 == person)
            .map(|known| known.1);
        list.push(match tape.below(8) {
            0 => json!({ "email": person, "until": "2026-01-31" }),
            1 => json!({ "email": person, "until": "2027-01-31" }),
            2 => json!({ "email": person, "account": kind.unwrap_or("portal_only") }),
            _ => json!(person),
        });
    }
    let gone: Vec<&str> = KNOWN
        .iter()
        .map(|known| known.0)
        .filter(|one| !chosen.contains(one))
        .collect();
    let mode = if tape.yes() { "exact" } else { "add_only" };
    let mut roster = json!({ "mode": mode, "list": list, "allow_empty": true });
    if tape.below(3) == 1 {
        roster["absent"] = json!(tape.some(gone));
    }
    if tape.below(3) == 1 {
        roster["keep"] = json!([pick(
            tape,
            &["*@a.example", "*@b.example", "*@staff.example"]
        )]);
    }
    if tape.below(5) == 1 {
        roster["create"] = json!("never");
    }
    roster
}

fn desired(tape: &mut Tape<'_>, known: Known) -> String {
    let mut site = Map::new();
    switches(tape, false, known, &mut site);
    site.insert("spaces".into(), spaces());
    let mut surfaces = Map::new();
    let gateway = pick(tape, &["write", "write", "write", "read", "deny"]);
    surfaces.insert("gateway".to_owned(), json!(gateway));
    let private = match known.access {
        true => pick(tape, &["write", "write", "read"]),
        false => "deny",
    };
    surfaces.insert("private".to_owned(), json!(private));
    if known.settings {
        surfaces.insert("mapped".into(), json!("settings.yaml"));
    }
    site.insert("surfaces".into(), Value::Object(surfaces));
    let mut absent = Vec::new();
    if tape.below(3) == 1 {
        absent = tape.some(KNOWN.iter().map(|known| known.0.to_owned()));
        let people = absent
            .iter()
            .map(|who| (who.clone(), json!({ "state": "absent" })));
        site.insert("people".into(), Value::Object(people.collect()));
    }
    let mut organizations = Map::new();
    let mut present = Vec::new();
    for (number, name) in ORGANIZATIONS.iter().enumerate() {
        let company = match tape.below(8) {
            0 => continue,
            1 => json!({ "state": "retired" }),
            2 => json!({ "state": "absent" }),
            _ => {
                present.push((*name).to_owned());
                let mut company = Map::new();
                if tape.below(4) != 0 {
                    company.insert("members".into(), roster(tape, &absent));
                }
                if tape.yes() {
                    company.insert("email_domains".into(), json!(domains_of(tape, number)));
                    company.insert("allow_empty".into(), json!(true));
                }
                Value::Object(company)
            }
        };
        organizations.insert((*name).to_owned(), company);
    }
    site.insert("organizations".into(), Value::Object(organizations));
    // For anyone a space can be where the site's settings say so.
    let most = if known.settings { 3 } else { 2 };
    let viewers = [
        VIEWERS[usize::from(tape.below(2))],
        VIEWERS[usize::from(tape.below(most))],
    ];
    let mut projects = Map::new();
    for key in PROJECTS {
        if tape.below(5) == 0 {
            continue;
        }
        let mut desk = Map::new();
        if tape.yes() {
            let access = if tape.below(3) == 1 {
                "open"
            } else {
                "restricted"
            };
            desk.insert("channel_access".into(), json!(access));
        }
        if tape.yes() {
            desk.insert("customer_sharing".into(), json!(pick(tape, &SHARING)));
        }
        if tape.below(4) != 0 {
            let mode = if tape.yes() { "exact" } else { "add_only" };
            let links =
                json!({ "mode": mode, "list": tape.some(present.clone()), "allow_empty": true });
            desk.insert("organizations".into(), links);
        }
        if tape.below(3) != 0 {
            desk.insert("customers".into(), roster(tape, &absent));
        }
        let linked: Map<String, Value> = SPACES
            .into_iter()
            .zip(viewers)
            .filter_map(|(space, who)| match tape.below(6) {
                0 => Some((space.to_owned(), json!({}))),
                1 | 2 => Some((space.to_owned(), json!({ "who_can_view": who }))),
                _ => None,
            })
            .collect();
        desk.insert("knowledge_base".into(), Value::Object(linked));
        projects.insert(key.to_owned(), Value::Object(desk));
    }
    let keys: Vec<String> = projects.keys().cloned().collect();
    site.insert("projects".into(), Value::Object(projects));
    let mut top = Map::new();
    if known.approvals {
        // Under `add_only` only the domains that are named are read.
        let mode = "exact";
        let domains = approved(tape);
        top.insert("atlassian_organizations".into(), atlassian(domains, mode));
    }
    top.insert("policy".into(), policy(tape));
    top.insert("expectations".into(), expectations(tape, &present, &keys));
    text(&site, &top)
}

fn policy(tape: &mut Tape<'_>) -> Value {
    let mut policy = json!({ "max_people_losing_access": "off", "max_removals": "off" });
    if tape.yes() {
        policy["class_gains"] =
            json!({ "anonymous": "allow", "anyone": "allow", "any_customer": "allow" });
    }
    if tape.below(3) == 1 {
        policy["max_people_losing_access"] = json!({ "count": tape.below(4) });
    }
    if tape.below(4) == 1 {
        policy["max_people_gaining_access"] = json!({ "count": tape.below(4) });
    }
    if tape.below(4) == 1 {
        policy["max_removals"] = json!({ "count": tape.below(3) });
    }
    if tape.below(5) == 1 {
        policy["max_new_accounts"] = json!(tape.below(3));
    }
    if tape.below(3) == 1 {
        policy["protect"] = json!(tape.some([
            "acme/organization/Globex",
            "acme/organization/Initech/**",
            "acme/organization/*/member/p0@a.example",
            "acme/project/HR/**",
            "acme/project/ITSM/customer/*",
        ]));
    }
    if tape.below(3) == 1 {
        let addresses = tape.some([
            "acme/project/ITSM/customer/*",
            "acme/organization/Globex/member/*",
            "acme/organization/Hooli",
            "acme/project/HR/access",
            "acme/customer-access/**",
            "acme/account/*",
        ]);
        let accepted = addresses.into_iter().map(|address| {
            json!({ "address": address, "reason": "as agreed", "owner": "it@acme.com", "until": "2027-01-31" })
        });
        policy["accept_drift"] = accepted.collect();
    }
    policy
}

fn expectations(tape: &mut Tape<'_>, organizations: &[String], projects: &[String]) -> Value {
    let mut expectations = Vec::new();
    for number in 0..tape.below(5) {
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
        let can = if tape.yes() { "can" } else { "cannot" };
        let ability = pick(
            tape,
            &["view_portal", "send_request", "read_article", "sign_up"],
        );
        let who = pick(tape, &who);
        let mut one =
            json!({ "name": format!("e{number}"), "who": who, can: ability, "site": "acme" });
        if ability == "sign_up" {
            if !who.starts_with("anyone") && !who.starts_with("*@") {
                continue;
            }
        } else {
            let mut keys: Vec<&str> = projects.iter().map(String::as_str).collect();
            keys.push("*");
            one["projects"] = json!([pick(tape, &keys)]);
            if ability == "read_article" {
                one["space"] = json!(pick(tape, &SPACES));
            }
        }
        expectations.push(one);
    }
    Value::Array(expectations)
}
