//! The whole product, asked of a [`Site`] in memory.

use portcullis::access::{
    self, Account, Actor, Answer, Approved, Channel, Coverage, DomainClass, Fact, Grant, Link,
    ListId, Outcome, PeopleBuilder, Person, PersonId, Scheme, SiteFacts, Source, State, StateKind,
    Status, Trail, Visitor, portal,
};
use portcullis::config::ApprovedRole;
use portcullis::emulator::{ANYONE, AccountState, Caller, Door, Entry, NewAccount, Role, Site};
use portcullis::model::{
    AccountKind, ChannelAccess, CustomerSharing, Domain, Email, OrganizationName, ProjectKey,
};
use std::collections::BTreeMap;

pub(crate) const BOTH: [bool; 2] = [false, true];
pub(crate) const SOURCE: Source = Source::Default;

/// A rule for a domain, or for any: the role, and whether an administrator must approve.
pub(crate) type Rule = Option<(ApprovedRole, bool)>;

/// Every rule there is.
pub(crate) const RULES: [Rule; 6] = [
    None,
    Some((ApprovedRole::Customer, false)),
    Some((ApprovedRole::Customer, true)),
    Some((ApprovedRole::User, false)),
    Some((ApprovedRole::User, true)),
    Some((ApprovedRole::None, false)),
];

/// A point of the product of settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) internal: bool,
    pub(crate) external: bool,
    pub(crate) restricted_domains: bool,
    pub(crate) create: bool,
    pub(crate) no_login: bool,
    pub(crate) open: bool,
    /// What the domain of the class is approved with.
    pub(crate) approved: Rule,
    /// Whether it is on L.
    pub(crate) listed: bool,
    pub(crate) any_domain: Rule,
}

/// Calls a test for every combination of toggles.
pub(crate) fn toggles(mut test: impl FnMut([bool; 6])) {
    for number in 0..64_u32 {
        test(std::array::from_fn(|bit| number >> bit & 1 == 1));
    }
}

pub(crate) fn key() -> ProjectKey {
    ProjectKey::new("X").unwrap()
}

/// The domains of the classes: a company's, and a public mail provider's.
pub(crate) const DOMAINS: [&str; 2] = ["globex.example", "gmail.com"];

impl Point {
    fn allowed(&self, domain: &str) -> Option<std::collections::BTreeSet<Domain>> {
        self.restricted_domains.then(|| {
            let mut list = vec!["other.example"];
            if self.listed {
                list.push(domain);
            }
            list.into_iter().map(|d| Domain::new(d).unwrap()).collect()
        })
    }

    pub(crate) fn site(&self, domain: &str) -> Site {
        let mut site = Site::empty("acme");
        site.settings.atlassian_accounts = self.internal;
        site.settings.portal_only_accounts = self.external;
        site.settings.restrict_domains = self.restricted_domains;
        site.settings.allowed_domains = self.allowed(domain).unwrap_or_default();
        site.settings.customers_can_create_accounts = self.create;
        site.settings.view_without_login = self.no_login;
        for (domain, rule) in [(domain, self.approved), (ANYONE, self.any_domain)] {
            if let Some((role, approval)) = rule {
                let role = match role {
                    ApprovedRole::Customer => Role::Customer,
                    ApprovedRole::User => Role::User,
                    ApprovedRole::None => Role::None,
                };
                site.approve_domain(domain, role, approval);
            }
        }
        site.add_project(&key(), "X").channel_access = access_of(self.open);
        site
    }

    pub(crate) fn state<'a>(&self, domain: &str) -> State<'a> {
        let known = |on| Fact::Known(on, SOURCE);
        let grant = |rule: Rule| {
            rule.map(|(role, admin_approval)| Grant {
                role,
                admin_approval,
                source: SOURCE,
            })
        };
        let mut site = SiteFacts::unknown("not part of the test");
        site.internal = known(self.internal);
        site.external = known(self.external);
        site.allowed = Fact::Known(self.allowed(domain), SOURCE);
        site.create = known(self.create);
        site.no_login = known(self.no_login);
        State {
            kind: StateKind::Live,
            manages_organizations: true,
            site,
            approved: Approved {
                domains: grant(self.approved)
                    .into_iter()
                    .map(|grant| (Domain::new(domain).unwrap(), grant))
                    .collect(),
                coverage: Coverage::Whole,
                default_apps: Vec::new(),
            },
            any_domain: Fact::Known(grant(self.any_domain), SOURCE),
            organizations: vec![access::Organization {
                id: None,
                domains: access::Coverage::Whole,
                provisioned: false,
                gone: false,
                name: "Globex".to_owned(),
                email_domains: Vec::new(),
                members: Coverage::Whole,
            }]
            .into(),
            projects: vec![project(self.open, false)],
            spaces: BTreeMap::new(),
            groups: std::sync::Arc::default(),
            doors: std::sync::Arc::default(),
            roles_unread: "".into(),
            people: PeopleBuilder::default().build(),
        }
    }
}

pub(crate) const fn access_of(open: bool) -> ChannelAccess {
    if open {
        ChannelAccess::Open
    } else {
        ChannelAccess::Restricted
    }
}

pub(crate) fn project(open: bool, linked: bool) -> access::Project {
    access::Project {
        key: key(),
        channel_access: Fact::Known(access_of(open), SOURCE),
        customer_sharing: Fact::Known(CustomerSharing::OwnOrganizations, SOURCE),
        organizations: linked
            .then_some(Link {
                organization: 0,
                source: SOURCE,
                sure: true,
            })
            .into_iter()
            .collect(),
        links: Coverage::Whole,
        roster: Coverage::Whole,
        spaces: BTreeMap::new(),
        spaces_coverage: Coverage::Whole,
        scheme: Scheme::default(),
    }
}

/// Says whether the model itself has no answer here (Q5).
pub(crate) fn is_undocumented(point: &Point, domain: &str) -> bool {
    let approved = point
        .approved
        .is_some_and(|(role, _)| role != ApprovedRole::None);
    let rule = matches!(
        point.any_domain,
        Some((ApprovedRole::Customer, true) | (ApprovedRole::User, false))
    );
    point.internal && !approved && rule && domain != "gmail.com"
}

#[test]
fn a_new_address_fares_the_same_at_every_door_under_all_settings() {
    let mut compared = 0_u32;
    let mut differences = Vec::new();
    toggles(
        |[
            internal,
            external,
            restricted_domains,
            create,
            no_login,
            open,
        ]| {
            for approved in RULES {
                for any_domain in RULES {
                    for listed in BOTH {
                        let point = Point {
                            internal,
                            external,
                            restricted_domains,
                            create,
                            no_login,
                            open,
                            approved,
                            listed,
                            any_domain,
                        };
                        for domain in DOMAINS {
                            compared += doors(&point, domain, &mut differences);
                        }
                    }
                }
            }
        },
    );
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{}",
        differences.len(),
        differences[..differences.len().min(10)].join("\n")
    );
    assert_eq!(compared, 64 * 36 * 2 * 2 * 6);
}

/// Compares one point at every door; returns how many comparisons that took.
fn doors(point: &Point, domain: &str, differences: &mut Vec<String>) -> u32 {
    let site = point.site(domain);
    let state = point.state(domain);
    let class = DomainClass::of(&state, domain);
    let key = key();
    let email = Email::new(&format!("new@{domain}")).unwrap();
    let doors = [
        (Channel::SignUp, Door::SignUp),
        (Channel::PortalForm, Door::PortalForm(&key)),
        (Channel::Email, Door::Email(&key)),
        (Channel::AgentInvite, Door::Staff),
        (Channel::OrganizationAdd, Door::Staff),
        (Channel::RestCreate, Door::Staff),
    ];
    for (channel, door) in doors {
        let engine = access::accounts::new_address(
            &state,
            &class,
            channel,
            Some(&state.projects[0]),
            &mut Trail::silent(),
        );
        let sandbox = site.knock(&email, door);
        let agree = match (engine, sandbox) {
            (Outcome::Uncertain, _) => is_undocumented(point, domain),
            (Outcome::Atlassian, Entry::Atlassian)
            | (Outcome::PortalOnly, Entry::PortalOnly)
            | (Outcome::PendingApproval, Entry::PendingApproval) => !is_undocumented(point, domain),
            (Outcome::Rejected, Entry::Rejected) => true,
            _ => false,
        };
        if !agree {
            differences.push(format!(
                "{channel:?} of {domain}: engine {engine:?}, sandbox {sandbox:?}, {point:?}"
            ));
        }
    }
    6
}

/// The kinds of account that somebody can have: kind, role in the sandbox, role in the engine.
pub(crate) const KINDS: [(AccountKind, Role, access::Role); 4] = [
    (AccountKind::PortalOnly, Role::None, access::Role::Customer),
    (
        AccountKind::Atlassian,
        Role::Customer,
        access::Role::Customer,
    ),
    (AccountKind::Atlassian, Role::User, access::Role::Staff),
    (AccountKind::Atlassian, Role::None, access::Role::None),
];

pub(crate) const STATES: [(AccountState, Status); 4] = [
    (AccountState::Active, Status::Active),
    (AccountState::Unverified, Status::Unverified),
    (AccountState::Revoked, Status::Disabled),
    (AccountState::Deactivated, Status::Disabled),
];

#[test]
fn a_portal_shows_itself_to_the_same_people_under_all_settings() {
    let mut compared = 0_u32;
    toggles(|[create, no_login, open, on_roster, member, linked]| {
        let point = Point {
            internal: true,
            external: true,
            restricted_domains: false,
            create,
            no_login,
            open,
            approved: None,
            listed: false,
            any_domain: None,
        };
        for (kind, role, engine_role) in KINDS {
            for (account_state, status) in STATES {
                let mut site = point.site("globex.example");
                let email = Email::new("ana@globex.example").unwrap();
                let base = match kind {
                    AccountKind::PortalOnly => NewAccount::portal_only(email),
                    AccountKind::Atlassian => NewAccount::atlassian(email, role),
                };
                let id = site.add_account(NewAccount {
                    state: account_state,
                    ..base
                });
                let organization = site.add_organization(&OrganizationName::new("Globex").unwrap());
                if member {
                    site.add_members(&organization, std::slice::from_ref(&id))
                        .unwrap();
                }
                if on_roster {
                    site.add_customers(&key(), std::slice::from_ref(&id))
                        .unwrap();
                }
                site.set_organization_link(&key(), &organization, linked)
                    .unwrap();

                let mut people = PeopleBuilder::default();
                let person = people.add(Person {
                    email: Some(&email),
                    account_id: None,
                    name: "",
                    account: Account {
                        kind: Some(kind),
                        status,
                        role: engine_role,
                        twin: false,
                        confluence: None,
                    },
                });
                if member {
                    people.join(person, ListId::Organization(0), SOURCE);
                }
                if on_roster {
                    people.join(person, ListId::Roster(0), SOURCE);
                }
                let mut state = point.state("globex.example");
                state.people = people.build();
                state.projects = vec![project(open, linked)];
                let visitor = Visitor::Existing(vec![Actor::person(&state, PersonId(0))]);
                let engine = portal::reach(&state, 0, &visitor, &mut Trail::silent()).view;
                let sandbox = site.shows_portal(&key(), Caller::Account(&id));
                let listed = on_roster || (member && linked);
                let active = status != Status::Disabled;
                let public = open && create && no_login;
                let wanted = match engine_role {
                    access::Role::Staff if active && !open && !listed => Answer::Uncertain,
                    access::Role::None if active && open && create && !public => Answer::Uncertain,
                    _ => sandbox.into(),
                };
                assert_eq!(
                    engine, wanted,
                    "{kind:?} {role:?} {account_state:?}, on the roster {on_roster}, member {member}, linked {linked}, {point:?}; the sandbox says {sandbox}"
                );
                compared += 1;
            }
        }
        let site = point.site("globex.example");
        let state = point.state("globex.example");
        let engine = portal::reach(&state, 0, &Visitor::Anonymous, &mut Trail::silent()).view;
        let sandbox = site.shows_portal(&key(), Caller::Anonymous);
        assert_eq!(engine, sandbox.into(), "anonymous, {point:?}");
        compared += 1;
    });
    assert_eq!(compared, 64 * 17);
}
