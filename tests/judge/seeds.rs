//! The live sites of random worlds: settings, accounts, groups, lists, and what permission schemes grant.

use crate::tape::Tape;
use crate::world::{
    GROUPS, KNOWN, ORGANIZATIONS, PROJECTS, SHARING, SPACES, TWIN, VIEWERS, atlassian, domains_of,
    organization_id, switches, text,
};
use portcullis::emulator::{Grant, ProjectRole};
use serde_json::{Map, Value, json};

/// What a workspace can only declare, and declares as it is.
pub(crate) struct Facts {
    /// Confluence's plan.
    pub(crate) plan: &'static str,
    /// Whether Confluence lets anonymous people into each space.
    pub(crate) anonymous: [bool; 2],
    /// Whether the workspace knows the Atlassian organization. One that does not takes the any-domain rule as Atlassian makes it
    /// (2.3), so there the site has none.
    pub(crate) organization: bool,
    /// Whether everything can be read and done by itself, and no policy stands against it.
    pub(crate) plain: bool,
}

impl Facts {
    /// What is said of each space, where something is.
    pub(crate) fn spaces(&self, said: impl Fn(&str) -> bool) -> Value {
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

pub(crate) fn seed(tape: &mut Tape<'_>, facts: &Facts) -> String {
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
        // Somebody may have given it the name that the files say already.
        let name = match tape.once_in(10) {
            true => format!("{name} Group"),
            false => (*name).to_owned(),
        };
        let company = json!({
            "id": organization_id(number),
            "members": { "list": tape.some(3, listed.clone()), "allow_empty": true },
            "email_domains": domains_of(tape, number),
            "allow_empty": true,
        });
        organizations.insert(name, company);
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
    for (name, id) in GROUPS {
        let members = tape.some(3, internal);
        let role = tape.pick(&["none", "none", "customer", "user"]);
        let mut group = json!({ "id": id, "members": members, "role": role });
        if tape.once_in(6) {
            group["apps"] = json!([tape.pick(&["jira", "confluence"])]);
        }
        groups.insert(name.into(), group);
    }
    let mut projects = Map::new();
    for project in PROJECTS {
        let record = tape.some(8, ["p0@a.example", "q0@b.example"]);
        let groups = tape.some(6, GROUPS.map(|group| group.0));
        projects.insert(
            project.into(),
            json!({ "for_the_record": record, "customer_groups": groups, "agent_administers": !tape.once_in(6) }),
        );
    }
    json!({ "groups": groups, "projects": projects, "verification": tape.pick(&["at_once", "at_once", "by_hand"]) })
}

/// What a scheme grants or lacks; a holder that begins with `-` is one that loses the permission.
pub(crate) fn grants(tape: &mut Tape<'_>) -> Vec<(String, Grant)> {
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
