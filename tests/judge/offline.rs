//! (d) What is said offline, from the files alone, against the pages of a site that is as the files want it, however it stands with
//! what they leave open.

use crate::http::Wire;
use crate::live;
use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::world::{DOMAINS, STRANGERS, World, everybody};
use portcullis::access::explain::Asked;
use portcullis::access::{Lookup, State};
use portcullis::desired::Desired;
use portcullis::model::{AccountKind, Email};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The day on which tests judge: a line counts on the day that it names, and is over on the next.
const PASSED: &str = "2026-11-22";

/// Compares what `explain` says without `--live`.
pub(crate) fn check(stage: &Stage<'_>, world: &World, wire: &mut Wire, found: &mut Found) {
    let site = as_wanted(world).site();
    let pages = Pages::open(wire, site, &STRANGERS, &DOMAINS);
    found.whole += 1;
    let state = State::offline(&stage.desired);
    // What no file tells, the answers take for granted and say so: accounts are active, one on an address, and customers'.
    let grouped = in_wanted_groups(&stage.desired, &pages);
    for who in everybody().filter(|who| pages.is_plain(who)) {
        let email = Email::new(who).unwrap();
        // Nor that an account is portal-only, where no list says which kind it is: of such nobody is in a group.
        if grouped.contains(who) && takes_for_portal_only(&state, &email) {
            continue;
        }
        live::explained(&state, &Asked::Address(email), &pages, "offline", found);
    }
    for asked in live::classes() {
        live::explained(&state, &asked, &pages, "offline", found);
    }
}

/// Everybody in a group that the files want among the customers of a project.
fn in_wanted_groups(desired: &Desired<'_>, pages: &Pages) -> BTreeSet<String> {
    let projects = desired.site.projects.values();
    let groups = projects.flat_map(|project| &project.customer_groups);
    let groups = groups.flat_map(|groups| &groups.list);
    let members = groups.flat_map(|group| pages.site.members_of_group(&group.name));
    members.map(|account| account.email().to_owned()).collect()
}

fn takes_for_portal_only(state: &State<'_>, email: &Email) -> bool {
    let Lookup::Accounts(ids) = state.people.lookup(email) else {
        return false;
    };
    let mut kinds = ids.iter().map(|id| state.people.get(*id).account.kind);
    kinds.any(|kind| kind == Some(AccountKind::PortalOnly))
}

/// The same live site, once everything is as the files want it.
fn as_wanted(world: &World) -> World {
    let [live, live_top] = parts(&world.seed);
    let [files, files_top] = parts(&world.desired);
    let mut site = live.clone();
    for key in SETTINGS {
        merge(site.entry(key).or_insert(Value::Null), &files[key]);
    }
    let access = &mut site["customer_access"];
    // Viewing without login needs customers who can create accounts.
    match files["customer_access"]["view_without_login"] == true {
        true => access["customers_can_create_accounts"] = json!(true),
        false if access["customers_can_create_accounts"] == false => {
            access["view_without_login"] = json!(false);
        }
        false => {}
    }
    let wish = Wish {
        absent: leaving(&files["people"]),
        names: renamed(&files["organizations"], &live["organizations"]),
        files: &files,
    };
    // Groups that no file names are none of theirs.
    for (key, desk) in site["sandbox"]["projects"].as_object_mut().unwrap() {
        let wanted = &files["projects"][key]["customer_groups"]["list"];
        desk["customer_groups"] = json!(words(wanted));
    }
    for account in site["accounts"]["list"].as_array_mut().unwrap() {
        as_said(account, &files["people"]);
    }
    site["organizations"] = wish.organizations(&live["organizations"]);
    site["projects"] = wish.projects(&live["projects"], &site["organizations"]);
    let mut top = live_top.clone();
    let files_top = Value::Object(files_top);
    let approved = &files_top["atlassian_organizations"]["acme-corp"];
    let held = &mut top["atlassian_organizations"]["acme-corp"];
    if approved["approved_domains"]["mode"] == "exact" {
        held["approved_domains"]["domains"] = json!({});
    }
    merge(
        &mut held["approved_domains"]["domains"],
        &approved["approved_domains"]["domains"],
    );
    if approved["any_domain"].is_object() {
        held["any_domain"] = approved["any_domain"].clone();
    }
    let lines = |part: &Map<String, Value>| -> String {
        let said = part.iter().filter(|(_, value)| !value.is_null());
        said.map(|(key, value)| format!("{key}: {value}\n"))
            .collect()
    };
    let provisioned = world.provisioned.iter();
    World {
        provisioned: provisioned.map(|name| wish.name(name)).collect(),
        seed: format!("{}=top=\n{}", lines(&site), lines(&top)),
        // Files say nothing of permission schemes, which count as healthy.
        grants: Vec::new(),
        ..world.clone()
    }
}

const SETTINGS: [&str; 5] = [
    "customer_access",
    "knowledge_base",
    "email",
    "organization_management",
    "portal_only_login",
];

/// What stands below a site and at the top level, a value by each key; `null` where there is none.
fn parts(text: &str) -> [Map<String, Value>; 2] {
    let (site, top) = text.split_once("=top=\n").unwrap();
    let read = |part: &str| -> Map<String, Value> {
        let lines = part.lines().map(|line| line.split_once(": ").unwrap());
        let values =
            lines.map(|(key, value)| (key.to_owned(), serde_json::from_str(value).unwrap()));
        values.collect()
    };
    let (mut site, top) = (read(site), read(top));
    for key in SETTINGS
        .into_iter()
        .chain(["people", "projects", "project_defaults"])
    {
        site.entry(key).or_insert(Value::Null);
    }
    site.entry("organizations").or_insert_with(|| json!({}));
    [site, top]
}

fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (_, Value::Null) => {}
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more.clone(),
    }
}

/// Whether the day that a line names has passed.
fn is_over(entry: &Value) -> bool {
    entry["until"].as_str().is_some_and(|until| until < PASSED)
}

/// The keys of a mapping, or the words of a list; entries by their address.
fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(list) => {
            let word = |one: &Value| {
                let name = one["email"].as_str().or(one["name"].as_str());
                name.or(one.as_str()).unwrap().to_owned()
            };
            list.iter().map(word).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Whom the files take off every list.
fn leaving(people: &Value) -> BTreeSet<String> {
    let people = people.as_object().into_iter().flatten();
    let people = people.filter(|(_, said)| said["state"].is_string());
    people.map(|(who, _)| who.clone()).collect()
}

/// Lets an account be what the files say of its person.
fn as_said(account: &mut Value, people: &Value) {
    let said = &people[account["email"].as_str().unwrap()];
    let is_atlassian = account["account"] == "atlassian";
    if said["state"] == "revoked" {
        let ended = if is_atlassian {
            "deactivated"
        } else {
            "revoked"
        };
        account["state"] = json!(ended);
    }
    if said["role"] != "customer" || !is_atlassian {
        return;
    }
    let taken = words(&said["take_away"]);
    if account["role"] == "none" || taken.contains("jira-service-management") {
        account["role"] = json!("customer");
    }
    let apps = words(&account["apps"]);
    account["apps"] = json!(apps.difference(&taken).collect::<Vec<_>>());
}

/// The names that live organizations get, by those that they have.
fn renamed(wanted: &Value, live: &Value) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (name, wanted) in wanted.as_object().unwrap() {
        let mut all = live.as_object().unwrap().iter();
        let found = match wanted["id"].is_string() {
            true => all.find(|(_, seen)| seen["id"] == wanted["id"]),
            false if live[name].is_object() => None,
            false => all.find(|(old, _)| wanted["previous_name"] == **old),
        };
        names.extend(found.map(|(old, _)| (old.clone(), name.clone())));
    }
    names
}

/// The address of an entry, or the word that it is.
fn address(entry: &Value) -> &str {
    entry["email"].as_str().or(entry.as_str()).unwrap()
}

/// What the files ask of lists.
struct Wish<'w> {
    /// Who must be on no list.
    absent: BTreeSet<String>,
    /// The names that organizations get, by those that they have.
    names: BTreeMap<String, String>,
    files: &'w Map<String, Value>,
}

impl Wish<'_> {
    /// The name that an organization of the live site gets.
    fn name(&self, live: &str) -> String {
        let name = self.names.get(live).map(String::as_str);
        name.unwrap_or(live).to_owned()
    }

    /// Whether an organization is there, and neither retired nor over.
    fn is_present(&self, name: &str) -> bool {
        let wanted = &self.files["organizations"][name];
        wanted["state"].is_null() && !is_over(wanted)
    }

    /// A roster as it is wanted, from what is on the list; whoever is on it has an account.
    fn roster(&self, wanted: &Value, live: &Value) -> Value {
        let mut list: Vec<Value> = Vec::new();
        let mut named = BTreeSet::new();
        for entry in wanted["list"].as_array().into_iter().flatten() {
            let who = address(entry);
            named.insert(who.to_owned());
            if !is_over(entry) {
                let mut entry = entry.clone();
                if let Some(entry) = entry.as_object_mut() {
                    for key in ["until", "new_person", "previous_email"] {
                        entry.remove(key);
                    }
                }
                list.push(entry);
            }
        }
        let gone = words(&wanted["absent"]);
        if wanted["mode"] != "exact" {
            let stays = live["list"].as_array().into_iter().flatten();
            let stays = stays.filter(|who| {
                let who = address(who);
                !named.contains(who) && !gone.contains(who)
            });
            list.extend(stays.cloned());
        }
        list.retain(|one| {
            let who = address(one);
            !self.absent.contains(who)
        });
        json!({ "list": list, "allow_empty": true })
    }

    fn organizations(&self, live: &Value) -> Value {
        let live = live.as_object().unwrap().iter();
        let live = live.map(|(name, seen)| (self.name(name), seen.clone()));
        let mut all: Map<String, Value> = live.collect();
        for (name, wanted) in self.files["organizations"].as_object().unwrap() {
            if wanted["state"] == "absent" {
                all.remove(name);
                continue;
            }
            let seen = all.get(name).cloned().unwrap_or_default();
            let mut company = json!({ "allow_empty": true });
            if seen["id"].is_string() {
                company["id"] = seen["id"].clone();
            }
            company["members"] = match (self.is_present(name), &wanted["empty"]) {
                (true, _) => self.roster(&wanted["members"], &seen["members"]),
                (false, Value::Bool(true)) => self.roster(&Value::Null, &Value::Null),
                (false, _) => self.roster(&Value::Null, &seen["members"]),
            };
            let domains = [&wanted["email_domains"], &seen["email_domains"]];
            let domains = domains.into_iter().find(|domains| domains.is_array());
            company["email_domains"] = domains.cloned().unwrap_or_else(|| json!([]));
            all.insert(name.clone(), company);
        }
        for company in all.values_mut() {
            company["members"] = self.roster(&Value::Null, &company["members"]);
        }
        Value::Object(all)
    }

    /// The organizations that come to be linked to a project.
    fn links(&self, wanted: &Value, live: &Value, organizations: &Value) -> BTreeSet<String> {
        let entries = wanted["list"].as_array().into_iter().flatten();
        let (over, holding): (Vec<_>, Vec<_>) = entries.partition(|entry| is_over(entry));
        let named = |entries: Vec<&Value>| words(&entries.into_iter().cloned().collect());
        let (over, mut linked) = (named(over), named(holding));
        if wanted["mode"] != "exact" {
            // A link that no file has counts as one of an organization that takes nobody in by a domain.
            let by_domain = |name: &String| organizations[name]["email_domains"] != json!([]);
            let others = words(&live["list"]);
            let others = others.into_iter().map(|name| self.name(&name));
            linked.extend(others.filter(|name| !by_domain(name) && !over.contains(name)));
        }
        linked.retain(|name| organizations[name].is_object() && self.is_present(name));
        linked
    }

    fn projects(&self, live: &Value, organizations: &Value) -> Value {
        let mut all = live.as_object().unwrap().clone();
        let mut viewers: Map<String, Value> = Map::new();
        let by_project = self.files["projects"].as_object();
        for desk in live
            .as_object()
            .unwrap()
            .values()
            .chain(by_project.into_iter().flatten().map(|(_, desk)| desk))
        {
            for (space, linked) in desk["knowledge_base"].as_object().into_iter().flatten() {
                if linked["who_can_view"].is_string() {
                    viewers.insert(space.clone(), linked["who_can_view"].clone());
                }
            }
        }
        for (key, desk) in &mut all {
            let wanted = &self.files["projects"][key];
            for field in ["channel_access", "customer_sharing"] {
                if wanted.is_object() {
                    merge(&mut desk[field], &self.files["project_defaults"][field]);
                }
                merge(&mut desk[field], &wanted[field]);
            }
            desk["customers"] = match wanted["customers"].is_null() {
                true => self.roster(&Value::Null, &desk["customers"]),
                false => self.roster(&wanted["customers"], &desk["customers"]),
            };
            let links = (&wanted["organizations"], &desk["organizations"]);
            let linked = self.links(links.0, links.1, organizations);
            desk["organizations"] = json!({ "list": linked, "allow_empty": true });
            let more = words(&wanted["knowledge_base"]);
            let spaces: Map<String, Value> =
                (words(&desk["knowledge_base"]).into_iter().chain(more))
                    .map(|space| {
                        // A link lets everybody who is logged in view the space.
                        let who = viewers.get(&space).cloned();
                        let who = who.unwrap_or_else(|| json!("all_logged_in"));
                        (space, json!({ "who_can_view": who }))
                    })
                    .collect();
            desk["knowledge_base"] = Value::Object(spaces);
        }
        Value::Object(all)
    }
}
