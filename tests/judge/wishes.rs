//! What the workspaces of random worlds want: lists with everything that an entry can say, people who leave or become customers,
//! renames, contracts that end, groups, settings and surfaces.

use crate::laws::{expectations, policy};
use crate::seeds::Facts;
use crate::tape::Tape;
use crate::world::{
    GROUPS, KNOWN, ORGANIZATIONS, PROJECTS, SHARING, SPACES, TWIN, VIEWERS, atlassian, domains_of,
    everybody, organization_id, switches, text,
};
use serde_json::{Map, Value, json};

/// Dates that a line can name, against the day on which tests judge: long over, today itself, and a day to come.
const DAYS: [&str; 3] = ["2027-01-31", "2026-11-22", "2026-01-31"];

/// Whose list a roster is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ListOf {
    Organization,
    Project,
}

/// The kind of account that somebody has, or would get.
fn kind_of(person: &str) -> &'static str {
    let known = KNOWN.iter().find(|known| known.0 == person);
    known.map_or("portal_only", |known| known.1)
}

/// One entry of a list: an address, or one with something more.
fn entry(tape: &mut Tape<'_>, person: &str, listed: &[&str]) -> Value {
    let kind = kind_of(person);
    match tape.below(10) {
        9 => json!({ "email": person, "until": DAYS[2] }),
        8 => json!({ "email": person, "until": DAYS[usize::from(tape.below(2))] }),
        7 => json!({ "email": person, "account": kind }),
        6 if person != TWIN => json!({ "email": person, "new_person": true }),
        5 if person != TWIN => {
            // Whoever had another address is on the list no more under that one.
            let before: Vec<&str> = (KNOWN.iter().map(|known| known.0))
                .filter(|old| *old != person && *old != TWIN && !listed.contains(old))
                .collect();
            match before.is_empty() {
                true => json!(person),
                false => json!({ "email": person, "previous_email": tape.pick(&before) }),
            }
        }
        _ if person == TWIN => json!({ "email": person, "account": kind }),
        _ => json!(person),
    }
}

/// A list of people, some of whom are to be gone, some kept.
fn roster(tape: &mut Tape<'_>, of: ListOf, leaving: &[String]) -> Value {
    let mut chosen: Vec<&str> = Vec::new();
    for person in everybody() {
        // `people` beats every list: somebody may stand on one all the same.
        let leaves = leaving.iter().any(|one| one == person);
        if tape.once_in(3) && (!leaves || tape.once_in(4)) {
            chosen.push(person);
        }
    }
    let entries = chosen.iter().map(|person| entry(tape, person, &chosen));
    let list: Vec<Value> = entries.collect();
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
    if tape.once_in(6) {
        let domains = tape.pick(&["a.example", "b.example"]);
        roster["previous_domains"] = json!({ "new.example": [domains] });
    }
    match (tape.below(6), of) {
        (5, _) => roster["create"] = json!("never"),
        (4, ListOf::Project) => roster["create"] = json!("invite"),
        (3 | 4, ListOf::Organization) => roster["auto_joined"] = json!("remove"),
        _ => {}
    }
    roster
}

/// People whom the files speak of everywhere on the site: who leaves every list, whose access ends, and who becomes a customer.
fn people(tape: &mut Tape<'_>) -> Map<String, Value> {
    let mut people = Map::new();
    if !tape.once_in(3) {
        return people;
    }
    for (email, kind) in KNOWN {
        if !tape.once_in(3) {
            continue;
        }
        let said = match tape.below(6) {
            5 | 4 => json!({ "state": "revoked" }),
            3 | 2 if kind == "atlassian" || tape.once_in(4) => {
                let apps = ["jira-service-management", "jira", "confluence"];
                json!({ "role": "customer", "take_away": tape.some(2, apps) })
            }
            _ => json!({ "state": "absent" }),
        };
        people.insert(email.to_owned(), said);
    }
    people
}

/// Which routes the program may take.
fn surfaces(tape: &mut Tape<'_>, facts: &Facts) -> Value {
    let mut surfaces = Map::new();
    for (name, modes) in [
        ("gateway", &["write", "write", "write", "read", "deny"][..]),
        ("private", &["write", "write", "write", "read", "deny"][..]),
        ("accounts", &["write", "write", "read"][..]),
        ("roles", &["write", "write", "write", "read", "deny"][..]),
    ] {
        let mode = tape.pick(modes);
        let mode = if facts.plain { "write" } else { mode };
        surfaces.insert(name.to_owned(), json!(mode));
    }
    if !tape.once_in(3) || facts.plain {
        surfaces.insert("mapped".into(), json!("settings.yaml"));
    }
    Value::Object(surfaces)
}

/// The organizations, with the names of those that can be linked.
fn organizations(tape: &mut Tape<'_>, leaving: &[String]) -> (Map<String, Value>, Vec<String>) {
    let mut organizations = Map::new();
    let mut linkable = Vec::new();
    for (number, base) in ORGANIZATIONS.iter().enumerate() {
        let mut company = Map::new();
        let mut name = (*base).to_owned();
        // Known by its id or by the name it had: either way it gets the name that the files say.
        match tape.below(8) {
            7 => {
                name = format!("{base} Group");
                company.insert("previous_name".into(), json!(base));
            }
            6 => {
                name = format!("{base} Group");
                company.insert("id".into(), json!(organization_id(number)));
            }
            _ => {}
        }
        match tape.below(9) {
            8 => continue,
            state @ (7 | 6) => {
                let state = if state == 7 { "retired" } else { "absent" };
                company.insert("state".into(), json!(state));
                if state == "retired" && tape.yes() {
                    company.insert("empty".into(), json!(true));
                }
            }
            state => {
                linkable.push(name.clone());
                if !tape.once_in(4) {
                    let members = roster(tape, ListOf::Organization, leaving);
                    company.insert("members".into(), members);
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
                if state == 5 {
                    company.insert("until".into(), json!(tape.pick(&DAYS)));
                    if tape.once_in(3) {
                        company.insert("empty".into(), json!(true));
                    }
                }
            }
        }
        organizations.insert(name, Value::Object(company));
    }
    (organizations, linkable)
}

/// Links to organizations, some of which end.
fn links(tape: &mut Tape<'_>, linkable: &[String]) -> Value {
    let linked = tape.some(3, linkable.to_vec());
    let list = linked.into_iter().map(|name| match tape.below(4) {
        3 => json!({ "name": name, "until": tape.pick(&DAYS) }),
        _ => json!(name),
    });
    let list: Vec<Value> = list.collect();
    let mode = tape.pick(&["exact", "add_only"]);
    json!({ "mode": mode, "list": list, "allow_empty": true })
}

/// Groups that are to be among a project's customers.
fn customer_groups(tape: &mut Tape<'_>) -> Value {
    let wanted = tape.some(2, GROUPS);
    let list = wanted.into_iter().map(|(name, id)| match tape.below(4) {
        3 => json!({ "name": name, "id": id }),
        _ => json!(name),
    });
    let list: Vec<Value> = list.collect();
    let mode = tape.pick(&["exact", "add_only"]);
    json!({ "mode": mode, "list": list, "allow_empty": true })
}

fn projects(tape: &mut Tape<'_>, linkable: &[String], leaving: &[String]) -> Map<String, Value> {
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
            desk.insert("organizations".into(), links(tape, linkable));
        }
        if !tape.once_in(3) {
            let customers = roster(tape, ListOf::Project, leaving);
            desk.insert("customers".into(), customers);
        } else if tape.once_in(4) {
            desk.insert("customers".into(), json!({ "managed_by": "agents" }));
        }
        if tape.once_in(3) {
            desk.insert("customer_groups".into(), customer_groups(tape));
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
    projects
}

pub(crate) fn desired(tape: &mut Tape<'_>, facts: &Facts) -> String {
    let mut site = Map::new();
    if tape.yes() {
        switches(tape, false, &mut site);
    }
    site.insert("confluence_plan".into(), json!(facts.plan));
    let said = tape.some(2, SPACES);
    site.insert("spaces".into(), facts.spaces(|space| said.contains(&space)));
    site.insert("surfaces".into(), surfaces(tape, facts));
    let people = people(tape);
    let leaving: Vec<String> = (people.iter())
        .filter(|(_, said)| said["state"].is_string())
        .map(|(who, _)| who.clone())
        .collect();
    site.insert("people".into(), Value::Object(people));
    let (organizations, linkable) = organizations(tape, &leaving);
    site.insert("organizations".into(), Value::Object(organizations));
    let projects = projects(tape, &linkable, &leaving);
    let keys: Vec<String> = projects.keys().cloned().collect();
    site.insert("projects".into(), Value::Object(projects));
    if tape.once_in(8) {
        let defaults = json!({ "channel_access": tape.pick(&["restricted", "open"]), "customer_sharing": tape.pick(&SHARING) });
        site.insert("project_defaults".into(), defaults);
    }
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
        top.insert("expectations".into(), expectations(tape, &linkable, &keys));
    }
    top.insert("policy".into(), policy);
    text(&site, &top)
}
