//! (d) What is said offline, from the files alone, against the pages of a site that is as the files want it, however it stands with
//! what they leave open.

use crate::http::Wire;
use crate::live;
use crate::pages::Pages;
use crate::round::{Found, Stage};
use crate::world::{DOMAINS, STRANGERS, World, everybody};
use portcullis::access::State;
use portcullis::access::explain::Asked;
use portcullis::model::Email;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The day after which the earlier of the two dates of entries has passed, and the later has not.
const PASSED: &str = "2026-11-22";

/// Compares what `explain` says without `--live`.
pub(crate) fn check(stage: &Stage<'_>, world: &World, wire: &mut Wire, found: &mut Found) {
    let site = as_wanted(world).site();
    let pages = Pages::open(wire, site, &STRANGERS, &DOMAINS);
    found.whole += 1;
    let state = State::offline(&stage.desired);
    // What no file tells, the answers take for granted and say so: accounts are active, one on an address, and customers'.
    for who in everybody().filter(|who| pages.is_plain(who)) {
        let email = Email::new(who).unwrap();
        live::explained(&state, &Asked::Address(email), &pages, "offline", found);
    }
    for asked in live::classes() {
        live::explained(&state, &asked, &pages, "offline", found);
    }
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
        absent: words(&files["people"]),
        files: &files,
    };
    // Groups that no file names are none of theirs.
    for desk in site["sandbox"]["projects"]
        .as_object_mut()
        .unwrap()
        .values_mut()
    {
        desk["customer_groups"] = json!([]);
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
    World {
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
    for key in SETTINGS.into_iter().chain(["people", "projects"]) {
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

/// The keys of a mapping, or the words of a list; entries by their address.
fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => map.keys().cloned().collect(),
        Value::Array(list) => {
            let names = list
                .iter()
                .map(|one| one["email"].as_str().or(one.as_str()));
            names.map(|name| name.unwrap().to_owned()).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// The address of an entry, or the word that it is.
fn address(entry: &Value) -> &str {
    entry["email"].as_str().or(entry.as_str()).unwrap()
}

/// What the files ask of lists.
struct Wish<'w> {
    /// Who must be on no list.
    absent: BTreeSet<String>,
    files: &'w Map<String, Value>,
}

impl Wish<'_> {
    /// A roster as it is wanted, from what is on the list; whoever is on it has an account.
    fn roster(&self, wanted: &Value, live: &Value) -> Value {
        let mut list: Vec<Value> = Vec::new();
        let mut named = BTreeSet::new();
        for entry in wanted["list"].as_array().into_iter().flatten() {
            let who = address(entry);
            let passed = entry["until"].as_str().is_some_and(|until| until < PASSED);
            named.insert(who.to_owned());
            if !passed {
                let mut entry = entry.clone();
                if let Some(entry) = entry.as_object_mut() {
                    entry.remove("until");
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
        let mut all = live.as_object().unwrap().clone();
        for (name, wanted) in self.files["organizations"].as_object().unwrap() {
            if wanted["state"] == "absent" {
                all.remove(name);
                continue;
            }
            let seen = live[name].clone();
            let mut company = json!({ "allow_empty": true });
            company["members"] = self.roster(&wanted["members"], &seen["members"]);
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

    fn projects(&self, live: &Value, organizations: &Value) -> Value {
        let is_linkable = |name: &str| {
            organizations[name].is_object() && self.files["organizations"][name]["state"].is_null()
        };
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
                merge(&mut desk[field], &wanted[field]);
            }
            desk["customers"] = match wanted["customers"].is_null() {
                true => self.roster(&Value::Null, &desk["customers"]),
                false => self.roster(&wanted["customers"], &desk["customers"]),
            };
            let links = &wanted["organizations"];
            let mut linked = words(&links["list"]);
            if links["mode"] != "exact" {
                // A link that no file has counts as one of an organization that takes nobody in by a domain.
                let by_domain = |name: &String| organizations[name]["email_domains"] != json!([]);
                let others = words(&desk["organizations"]["list"]).into_iter();
                linked.extend(others.filter(|name| !by_domain(name)));
            }
            linked.retain(|name| is_linkable(name));
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
