//! Small sites, written in the workspace's own format.

use portcullis::access::{
    Account, Actor, Answer, Because, Channel, Outcome, Reach, Role, State, Status, Trail, Visitor,
    articles, outcome, portal,
};
use portcullis::config::{LoadOptions, Workspace, load};
use portcullis::desired::Desired;
use portcullis::model::{AccountKind, Email, SiteKey, SpaceKey};

/// The day on which tests judge.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Reads a workspace of one file.
pub(crate) fn workspace(text: &str) -> Workspace {
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("portcullis.yaml"), text).unwrap();
    let path = camino::Utf8Path::from_path(directory.path()).unwrap();
    let loaded = load(path, LoadOptions::new(today()));
    let Some(workspace) = loaded.workspace else {
        let messages: Vec<_> = loaded
            .diagnostics
            .iter()
            .map(|d| (&d.message, d.span()))
            .collect();
        panic!("{messages:?}\n{text}");
    };
    workspace
}

/// Builds the desired state of site `acme` and hands it over.
pub(crate) fn with_state<T>(text: &str, test: impl FnOnce(&State<'_>) -> T) -> T {
    let workspace = workspace(text);
    let desired = Desired::new(&workspace, &SiteKey::new("acme").unwrap(), today()).unwrap();
    test(&State::desired(&desired))
}

/// The settings of a site: each `None` leaves the key out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) internal: Option<bool>,
    pub(crate) external: Option<bool>,
    /// `any`, or a list.
    pub(crate) allowed: Option<&'static str>,
    pub(crate) create: Option<bool>,
    pub(crate) no_login: Option<bool>,
    /// Role and approval of `approved.example` and `both.example`.
    pub(crate) approved: Option<(&'static str, bool)>,
    /// Role and approval of the any-domain rule.
    pub(crate) any_domain: Option<(&'static str, bool)>,
}

impl Settings {
    /// I, E, and R with L, everything else open.
    pub(crate) fn types(internal: bool, external: bool, allowed: &'static str) -> Self {
        Self {
            internal: Some(internal),
            external: Some(external),
            allowed: Some(allowed),
            create: Some(true),
            no_login: Some(true),
            approved: Some(("customer", false)),
            any_domain: None,
        }
    }

    /// Writes a workspace; `below` are further lines of the site, indented by four.
    pub(crate) fn yaml(self, below: &str) -> String {
        let mut text = String::from(
            "version: 1\natlassian_organizations:\n  corp:\n    approved_domains:\n      domains:\n",
        );
        match self.approved {
            None => {
                text += "        unrelated.example: { sites: { acme: { role: customer, admin_approval: false } } }\n"
            }
            Some((role, approval)) => {
                for domain in ["approved.example", "both.example"] {
                    text += &format!(
                        "        {domain}: {{ sites: {{ acme: {{ role: {role}, admin_approval: {approval} }} }} }}\n"
                    );
                }
            }
        }
        if let Some((role, approval)) = self.any_domain {
            text += &format!(
                "    any_domain: {{ sites: {{ acme: {{ role: {role}, admin_approval: {approval} }} }} }}\n"
            );
        }
        text += "sites:\n  acme:\n    url: \"sandbox:\"\n    atlassian_organization: corp\n";
        let mut keys = Vec::new();
        if let Some(on) = self.internal {
            keys.push(format!("internal: {{ atlassian_accounts: {on} }}"));
        }
        let mut external = Vec::new();
        if let Some(on) = self.external {
            external.push(format!("portal_only_accounts: {on}"));
        }
        if let Some(list) = self.allowed {
            external.push(format!("allowed_domains: {list}"));
        }
        if !external.is_empty() {
            keys.push(format!("external: {{ {} }}", external.join(", ")));
        }
        if let Some(on) = self.create {
            keys.push(format!("customers_can_create_accounts: {on}"));
        }
        if let Some(on) = self.no_login {
            keys.push(format!("view_without_login: {on}"));
        }
        if !keys.is_empty() {
            text += &format!("    customer_access: {{ {} }}\n", keys.join(", "));
        }
        text += below;
        text
    }
}

/// One open and one restricted project; `Globex` is linked to the restricted one, `cy@x.example` on its roster.
pub(crate) const PROJECTS: &str = "
    organizations:
      Globex: { members: { mode: exact, list: [ana@globex.example] } }
      Other: { members: { mode: exact, list: [oz@other.example] } }
    projects:
      OPEN: { channel_access: open, customer_sharing: any_customer_by_email, organizations: { mode: exact, list: [], allow_empty: true }, customers: { mode: exact, list: [], allow_empty: true } }
      SHUT:
        channel_access: restricted
        organizations: { mode: exact, list: [Globex] }
        customers: { mode: exact, list: [cy@x.example, { email: ina@approved.example, account: atlassian }] }
";

pub(crate) fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

pub(crate) fn project(state: &State<'_>, key: &str) -> usize {
    state.project(key).unwrap()
}

/// What becomes of an address, with the reasons.
pub(crate) fn channel(
    state: &State<'_>,
    address: &str,
    channel: Channel,
    key: Option<&str>,
) -> (Outcome, Vec<Because>) {
    let visitor = Visitor::address(state, &email(address));
    let mut trail = Trail::recording();
    let at = key.map(|key| project(state, key));
    let outcome = outcome(state, &visitor, channel, at, &mut trail);
    (outcome, trail.into_steps())
}

/// What a visitor may do at a portal, with the reasons.
pub(crate) fn reach(state: &State<'_>, visitor: &Visitor<'_>, key: &str) -> (Reach, Vec<Because>) {
    let mut trail = Trail::recording();
    let reach = portal::reach(state, project(state, key), visitor, &mut trail);
    let silent = portal::reach(state, project(state, key), visitor, &mut Trail::silent());
    assert_eq!(reach, silent, "the trail must not change the answer");
    (reach, trail.into_steps())
}

/// Whether a visitor reads the articles of a space, with the reasons.
pub(crate) fn read(
    state: &State<'_>,
    visitor: &Visitor<'_>,
    key: &str,
    space: &str,
) -> (Answer, Vec<Because>) {
    let mut trail = Trail::recording();
    let space = SpaceKey::new(space).unwrap();
    let answer = articles::read(state, project(state, key), &space, visitor, &mut trail);
    (answer, trail.into_steps())
}

/// An account on no list.
pub(crate) fn account(kind: AccountKind, status: Status, role: Role) -> Visitor<'static> {
    Visitor::Existing(vec![Actor {
        account: Account {
            kind: Some(kind),
            status,
            role,
            twin: false,
            confluence: None,
        },
        lists: &[],
        sources: &[],
        certainty: Answer::Yes,
    }])
}

/// The numbers of the rules that were applied.
pub(crate) fn rules(because: &[Because]) -> Vec<&'static str> {
    because.iter().map(|step| step.rule.0).collect()
}

/// Asserts that a rule was applied, and with a text that says so.
#[track_caller]
pub(crate) fn cites(because: &[Because], rule: &str, text: &str) {
    assert!(
        because
            .iter()
            .any(|step| step.rule.0 == rule && step.text.to_string().contains(text)),
        "no {rule} `{text}` in {because:#?}"
    );
}

/// Every channel to which the table of R3 applies: all but the two that provision accounts of one kind.
pub(crate) fn ruled() -> impl Iterator<Item = Channel> {
    let provisioning = [Channel::ScimPortalOnly, Channel::Directory];
    Channel::ALL
        .into_iter()
        .filter(move |by| !provisioning.contains(by))
}
