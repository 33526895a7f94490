//! Random small sites, and the plans that lead from one to another.

use crate::abilities::{self, Abilities};
use crate::support::Case;
use portcullis::desired::Desired;
use portcullis::observe;
use portcullis::observed::Observed;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const DOMAINS: [&str; 4] = ["a.example", "new.example", "fresh.example", "staff.example"];

/// How large a site is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) organizations: &'static [&'static str],
    pub(crate) projects: &'static [&'static str],
    /// People who have accounts from the beginning.
    pub(crate) known: &'static [&'static str],
    /// People who may have none yet.
    pub(crate) strangers: &'static [&'static str],
    /// Of how many lists a stranger stands on one.
    pub(crate) rarity: u8,
}

/// What is wanted of people and organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The site as it is: nobody stands on a list without an account.
    Seed,
    /// The site as it is to be.
    Desired,
}

/// Choices, read off a tape that proptest can shrink.
pub(crate) struct Tape<'t>(pub(crate) std::slice::Iter<'t, u8>);

impl<'t> Tape<'t> {
    pub(crate) fn new(bytes: &'t [u8]) -> Self {
        Self(bytes.iter())
    }

    pub(crate) fn below(&mut self, n: u8) -> u8 {
        self.0.next().copied().unwrap_or(0) % n
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    fn some<T>(&mut self, of: impl IntoIterator<Item = T>) -> Vec<T> {
        of.into_iter().filter(|_| self.yes()).collect()
    }

    fn list(&mut self, shape: Shape, side: Side) -> Vec<&'static str> {
        let mut list = self.some(shape.known.iter().copied());
        for stranger in shape.strangers {
            if self.below(shape.rarity) == 1 && side == Side::Desired {
                list.push(stranger);
            }
        }
        list
    }
}

/// Writes one whole state of the site. Equal bytes mean equal things on both sides.
pub(crate) fn state(tape: &mut Tape<'_>, shape: Shape, side: Side) -> String {
    let seed = side == Side::Seed;
    let mode = if seed { "add_only" } else { "exact" };
    let mut site = Map::new();
    let create = tape.yes();
    let no_login = tape.yes() && create;
    let logged_in = tape.below(4) != 0;
    let anyone = tape.yes();
    let internal = tape.yes();
    let allowed = match tape.below(3) {
        0 => json!("any"),
        1 => json!(["new.example", "fresh.example"]),
        _ => json!(["new.example", "fresh.example", "a.example"]),
    };
    site.insert(
        "customer_access".into(),
        json!({
            "internal": { "atlassian_accounts": internal },
            "external": { "portal_only_accounts": true, "allowed_domains": allowed },
            "customers_can_create_accounts": create,
            "view_without_login": no_login,
        }),
    );
    site.insert(
        "knowledge_base".into(),
        json!({ "allow_all_logged_in": logged_in, "allow_anyone": anyone }),
    );
    site.insert(
        "spaces".into(),
        json!({ "KB": { "anonymous_access": true } }),
    );
    if seed {
        let accounts: Vec<Value> = shape
            .known
            .iter()
            .map(|who| json!({ "email": who, "account": "portal_only" }))
            .collect();
        site.insert("accounts".into(), json!({ "list": accounts }));
    }
    let mut organizations = Map::new();
    let mut there: Vec<&str> = Vec::new();
    for (at, name) in shape.organizations.iter().copied().enumerate() {
        let gone = tape.below(6);
        let domain = tape.yes() && at == 0;
        let members = tape.list(shape, side);
        if gone < 2 {
            if !seed {
                let how = if gone == 0 { "absent" } else { "retired" };
                organizations.insert(name.into(), json!({ "state": how }));
            }
            continue;
        }
        there.push(name);
        let domains: &[&str] = if domain { &["new.example"] } else { &[] };
        organizations.insert(
            name.into(),
            json!({ "members": { "mode": mode, "list": members, "allow_empty": true }, "email_domains": domains, "allow_empty": true }),
        );
    }
    site.insert("organizations".into(), Value::Object(organizations));
    let mut projects = Map::new();
    let viewers = tape.below(3);
    let linked = tape.below(4) != 0 || !seed;
    for key in shape.projects.iter().copied() {
        let open = tape.below(3) == 0;
        let links: Vec<&str> = shape
            .organizations
            .iter()
            .copied()
            .filter(|name| tape.yes() && there.contains(name))
            .collect();
        let mut project = json!({
            "channel_access": if open { "open" } else { "restricted" },
            "customer_sharing": "own_organizations",
            "organizations": { "mode": mode, "list": links, "allow_empty": true },
            "customers": { "mode": mode, "list": tape.list(shape, side), "allow_empty": true },
        });
        if key == "P" && linked {
            let who = match viewers {
                2 if open && no_login && anyone => "anyone",
                0 => "only_confluence_users",
                _ if logged_in => "all_logged_in",
                _ => "only_confluence_users",
            };
            project["knowledge_base"] = json!({ "KB": { "who_can_view": who } });
        }
        projects.insert(key.into(), project);
    }
    site.insert("projects".into(), Value::Object(projects));
    let mut approved = Map::new();
    let (approve, approval) = (tape.yes(), tape.yes());
    if approve {
        approved.insert(
            "staff.example".into(),
            json!({ "sites": { "acme": { "role": "customer", "admin_approval": approval } } }),
        );
    }
    let mut text = String::new();
    for (key, value) in &site {
        text += &format!("{key}: {value}\n");
    }
    let approved = json!({ "customer_role": portcullis::emulator::CUSTOMER_ROLE, "approved_domains": { "mode": mode, "domains": approved, "allow_empty": true } });
    text + &format!("=top=\natlassian_organizations: {{ acme-corp: {approved} }}")
}

/// How many choices a closed site has.
pub(crate) const CLOSED: u32 = 18;

/// Writes a site with fixed settings by its choices: who stands on which list, which links there are, what is open.
pub(crate) fn closed(choices: u32, side: Side) -> String {
    let mut bit = 0;
    let mut yes = || {
        bit += 1;
        choices & (1 << (bit - 1)) != 0
    };
    let mut some = |of: &[&'static str]| -> Vec<&'static str> {
        of.iter().copied().filter(|_| yes()).collect()
    };
    let people = ["p0@a.example", "p1@a.example"];
    let mode = if side == Side::Seed {
        "add_only"
    } else {
        "exact"
    };
    let mut text = String::from(
        "customer_access: { customers_can_create_accounts: false, view_without_login: false }\norganizations:\n",
    );
    let list = |names: &[&str]| json!({ "mode": mode, "list": names, "allow_empty": true });
    let organizations = ["A", "B", "C"];
    for name in organizations {
        text += &format!("  {name}: {}\n", json!({ "members": list(&some(&people)) }));
    }
    text += "projects:\n";
    for key in ["P", "Q"] {
        let links = some(&organizations);
        let roster = some(&people);
        let open = !some(&["open"]).is_empty();
        let project = json!({
            "channel_access": if open { "open" } else { "restricted" },
            "organizations": list(&links),
            "customers": list(&roster),
        });
        text += &format!("  {key}: {project}\n");
    }
    text
}

/// Reads a site that is to become another; nothing needs a person.
pub(crate) async fn read(seed: &str, wanted: &str) -> (Case, Observed, String) {
    let case = Case::new(wanted, seed).await;
    let observed = observe::observe(&case.connect().reader(), &case.desired())
        .await
        .unwrap();
    (case, observed, format!("seed\n{seed}\ndesired\n{wanted}"))
}

/// Evaluates everybody whom a shape knows.
pub(crate) fn judge(shape: Shape, desired: &Desired<'_>, observed: &Observed) -> Abilities {
    let people = shape.known.iter().chain(shape.strangers);
    let people: Vec<String> = people.map(|who| (*who).to_owned()).collect();
    abilities::of(desired, observed, &people, &DOMAINS)
}

/// As many cases as the environment says.
pub(crate) fn cases(default: u32) -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    };
    ProptestConfig {
        cases: if given { config.cases } else { default },
        ..config
    }
}
