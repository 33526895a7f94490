//! Random sites with everything that access depends on, and random wishes for them: kinds, states and roles of accounts, twins,
//! hidden addresses, groups, permission schemes, every toggle, approved domains, surfaces, rights, policies and expectations.

use crate::seeds::{Facts, grants, seed};
use crate::tape::Tape;
use crate::wishes::desired;
use portcullis::emulator::{Grant, Site};
use portcullis::model::ProjectKey;
use serde_json::{Map, Value, json};

pub(crate) const ORGANIZATIONS: [&str; 4] = ["Globex", "Initech", "Umbrella", "Hooli"];
pub(crate) const PROJECTS: [&str; 3] = ["HR", "ITSM", "WEB"];
pub(crate) const SPACES: [&str; 2] = ["KB", "DOCS"];

/// Groups of Atlassian accounts, with their ids.
pub(crate) const GROUPS: [(&str, &str); 3] = [
    ("hr-staff", "5b1c7e7e-0a51-4b53-9a2e-6f1f6d1c0a01"),
    ("partners", "5b1c7e7e-0a51-4b53-9a2e-6f1f6d1c0a02"),
    ("board", "5b1c7e7e-0a51-4b53-9a2e-6f1f6d1c0a03"),
];

/// Accounts of the live site, with their kind.
pub(crate) const KNOWN: [(&str, &str); 11] = [
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
pub(crate) const TWIN: &str = "p1@a.example";

/// People without an account; some domains are those of organizations, one may be approved.
pub(crate) const STRANGERS: [&str; 6] = [
    "n0@a.example",
    "n1@b.example",
    "n2@new.example",
    "n3@staff.example",
    "n4@gmail.com",
    "p0@new.example",
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

/// The id of an organization of the live site.
pub(crate) fn organization_id(number: usize) -> String {
    (101 + number).to_string()
}

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
                    "acme/account/**".to_owned(),
                    "acme/project/*/customer-group/*".to_owned(),
                    "acme/organization/Globex Group/**".to_owned(),
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

/// The site-wide switches: all of them, or some.
pub(crate) fn switches(tape: &mut Tape<'_>, every: bool, site: &mut Map<String, Value>) {
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

pub(crate) fn grant_of(tape: &mut Tape<'_>) -> Value {
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

pub(crate) fn atlassian(tape: &mut Tape<'_>, mode: Option<&str>, any_domain: bool) -> Value {
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

pub(crate) fn domains_of(tape: &mut Tape<'_>, number: usize) -> Vec<String> {
    let own = ["a.example", "b.example", "a.example", "new.example"][number];
    tape.some(2, [own.to_owned(), format!("x{number}.example")])
}

pub(crate) fn text(site: &Map<String, Value>, top: &Map<String, Value>) -> String {
    let lines = |map: &Map<String, Value>| -> String {
        map.iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect()
    };
    format!("{}=top=\n{}", lines(site), lines(top))
}

pub(crate) const VIEWERS: [&str; 3] = ["only_confluence_users", "all_logged_in", "anyone"];
pub(crate) const SHARING: [&str; 3] = [
    "own_organizations",
    "any_customer_by_email",
    "search_project",
];
