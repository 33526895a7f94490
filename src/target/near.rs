//! Which address was probably meant by a target that matches nothing.

use crate::config::{Roster, Workspace, closest};
use crate::desired::Desired;
use crate::model::Address;

/// Returns the declared address that is nearest to a target: part by part, the first that is unknown is replaced.
pub fn near(workspace: &Workspace, target: &str) -> Option<String> {
    let parts: Vec<&str> = target.split('/').collect();
    let mut meant: Vec<String> = Vec::new();
    let mut replaced = false;
    for (at, part) in parts.iter().enumerate() {
        if part.contains('*') {
            meant.push((*part).to_owned());
            continue;
        }
        let known = below(workspace, &meant);
        // What is not known by name, such as the rows of a list in which everybody may stand, is left as it is.
        if known.is_empty() || known.iter().any(|name| name == part) {
            meant.push((*part).to_owned());
            continue;
        }
        let Some(near) = closest(part, known.iter().map(String::as_str)) else {
            // What stands so far may help all the same.
            return replaced.then(|| meant[..at].join("/"));
        };
        replaced = true;
        meant.push(near.to_owned());
    }
    replaced.then(|| meant.join("/"))
}

/// Returns the parts that may follow the parts of an address.
fn below(workspace: &Workspace, parts: &[String]) -> Vec<String> {
    let encoded = |name: &str| Address::new([name]).as_str().to_owned();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let Some(first) = parts.first() else {
        let sites = workspace.sites.keys().map(|key| encoded(key.as_str()));
        let atlassian = workspace.atlassian_organizations.keys();
        return sites.chain(atlassian.map(|key| encoded(key))).collect();
    };
    let site = workspace.sites.get(first.as_str());
    let rest: Vec<&str> = parts.iter().skip(1).map(String::as_str).collect();
    match (site, rest.as_slice()) {
        (None, []) => words(&["approved-domain"]),
        (Some(_), []) => words(&[
            "customer-access",
            "allowed-domain",
            "setting",
            "account",
            "organization",
            "project",
        ]),
        (Some(site), ["organization"]) => site
            .organizations
            .keys()
            .map(|name| encoded(name.as_str()))
            .collect(),
        (Some(site), ["project"]) => site
            .projects
            .keys()
            .map(|key| encoded(key.as_str()))
            .collect(),
        (Some(_), ["organization", _]) => words(&["member", "email-domain"]),
        (Some(_), ["project", _]) => words(&[
            "access",
            "sharing",
            "organization",
            "customer",
            "customer-group",
            "knowledge-base",
        ]),
        (Some(site), ["organization", name, "member"]) => {
            let mut named = site.organizations.iter();
            let named = named.find(|(known, _)| encoded(known.as_str()) == **name);
            named.map_or_else(Vec::new, |(_, found)| people(found.members.as_ref()))
        }
        (Some(site), ["project", key, "customer"]) => {
            let found = site.projects.get(*key);
            found.map_or_else(Vec::new, |found| people(found.customers.as_ref()))
        }
        (Some(site), ["project", key, "organization"]) => {
            let found = site.projects.get(*key);
            let links = found.and_then(|found| found.organizations.as_ref());
            let names = links.iter().flat_map(|links| {
                let ended = links.dated.iter().map(|link| &link.name);
                links.list.iter().chain(ended)
            });
            names.map(|name| encoded(name.value.as_str())).collect()
        }
        (Some(site), ["project", key, "knowledge-base"]) => {
            let spaces = site.projects.get(*key).map(|found| &found.knowledge_base);
            let spaces = spaces.iter().flat_map(|spaces| spaces.keys());
            spaces.map(|space| encoded(space.as_str())).collect()
        }
        _ => Vec::new(),
    }
}

fn people(roster: Option<&Roster>) -> Vec<String> {
    let entries = roster.iter().flat_map(|roster| &roster.entries);
    entries
        .map(|entry| Address::new([Desired::person_of(entry).as_str()]))
        .map(|address| address.as_str().to_owned())
        .collect()
}
