//! Workspaces and sites of any size, for counting what planning costs as one kind of thing grows: shared by the test that counts
//! allocations and the bench that counts instructions.

use portcullis::model::{
    AccountId, AccountKind, AccountSet, ChannelAccess, CustomerSharing, DeskId, Email,
    OrganizationId, ProjectKey, Read, SiteField, SiteKey, SiteValue, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Resolution,
    Standing,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How much of each kind there is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    organizations: usize,
    /// Members of each organization.
    members: usize,
    /// Members of each organization who are not listed any more.
    removals: usize,
    projects: usize,
    /// Organizations that each project comes to link.
    links: usize,
    leavers: usize,
    /// Projects whose customer sharing a person must set.
    by_hand: usize,
    expectations: usize,
    /// Organizations whose e-mail domains a person must set.
    domains: usize,
    /// Organizations that exist and are to be deleted.
    deleted: usize,
    /// Organizations that get another name.
    renamed: usize,
    /// Customers of the first project, of whom as many again leave.
    customers: usize,
}

/// What everything but one kind of thing stays at.
const SMALL: Size = Size {
    organizations: 20,
    members: 10,
    removals: 1,
    projects: 5,
    links: 4,
    leavers: 5,
    by_hand: 5,
    expectations: 5,
    domains: 5,
    deleted: 2,
    renamed: 2,
    customers: 5,
};

/// A kind of thing, and how many of it there are at first.
pub(crate) type Kind = (&'static str, usize);

/// Everything that grows alone.
pub(crate) const KINDS: [Kind; 12] = [
    ("entries", 10),
    ("organizations", 20),
    ("projects", 5),
    ("links", 20),
    ("removals", 8),
    ("leavers", 25),
    ("steps by hand", 5),
    ("expectations", 25),
    ("e-mail domains by hand", 10),
    ("deleted organizations", 10),
    ("renamed organizations", 10),
    ("customers", 20),
];

/// How much more there can be of a kind than at first.
pub(crate) const MOST: usize = 9;

impl Size {
    /// Returns a size with a number of one kind of thing, which `first` says how many there are of at first.
    pub(crate) fn of((kind, first): Kind, number: usize) -> Self {
        let most = MOST * first;
        match kind {
            "entries" => Self {
                members: number,
                ..SMALL
            },
            "organizations" => Self {
                organizations: number,
                ..SMALL
            },
            "projects" => Self {
                projects: number,
                ..SMALL
            },
            "links" => Self {
                organizations: most,
                links: number,
                ..SMALL
            },
            "removals" => Self {
                members: most + 1,
                removals: number,
                ..SMALL
            },
            "leavers" => Self {
                leavers: number,
                ..SMALL
            },
            "steps by hand" => Self {
                projects: most,
                links: 1,
                by_hand: number,
                ..SMALL
            },
            "expectations" => Self {
                expectations: number,
                ..SMALL
            },
            "e-mail domains by hand" => Self {
                organizations: most,
                domains: number,
                ..SMALL
            },
            "deleted organizations" => Self {
                deleted: number,
                ..SMALL
            },
            "renamed organizations" => Self {
                organizations: most,
                renamed: number,
                ..SMALL
            },
            "customers" => Self {
                customers: number,
                ..SMALL
            },
            other => panic!("nothing grows by `{other}`"),
        }
    }
}

fn address(organization: usize, member: usize) -> String {
    format!("u{member}@d{organization}.example")
}

fn customer(number: usize) -> String {
    format!("c{number}@customers.example")
}

/// The files: exact lists, links, people who must be gone, settings by hand, expectations.
pub(crate) fn yaml(size: Size) -> String {
    let mut text = String::from(
        "version: 1\npolicy: { max_people_losing_access: { count: 1000000 }, max_removals: { count: 1000000 } }\nsites:\n  acme:\n    url: \"sandbox:\"\n    confluence_plan: standard\n    organizations:\n",
    );
    for organization in 0..size.organizations {
        let list = (size.removals..size.members).map(|member| address(organization, member));
        let list: Vec<String> = list.collect();
        write!(text, "      Company {organization}: {{ members: {{ mode: exact, list: [{}], allow_empty: true }}", list.join(", ")).unwrap();
        if organization < size.domains {
            write!(text, ", email_domains: [mail{organization}.example]").unwrap();
        }
        if organization < size.renamed {
            write!(text, ", previous_name: Firm {organization}").unwrap();
        }
        text += " }\n";
    }
    for organization in 0..size.deleted {
        writeln!(text, "      Gone {organization}: {{ state: absent }}").unwrap();
    }
    text += "    projects:\n";
    for project in 0..size.projects {
        let links = (0..size.links).map(|organization| format!("Company {organization}"));
        let links: Vec<String> = links.collect();
        let sharing = match project < size.by_hand {
            true => "any_customer_by_email",
            false => "own_organizations",
        };
        writeln!(text, "      P{project}: {{ channel_access: restricted, customer_sharing: {sharing}, organizations: {{ mode: exact, list: [{}] }}", links.join(", ")).unwrap();
        if project == 0 {
            let customers = size.customers..2 * size.customers;
            let customers: Vec<String> = customers.map(customer).collect();
            write!(
                text,
                ", customers: {{ mode: exact, list: [{}], allow_empty: true }}",
                customers.join(", ")
            )
            .unwrap();
        }
        text += " }\n";
    }
    if size.leavers > 0 {
        text += "    people:\n";
    }
    for leaver in 0..size.leavers {
        writeln!(
            text,
            "      gone{leaver}@leavers.example: {{ state: absent }}"
        )
        .unwrap();
    }
    text += "expectations:\n";
    for number in 0..size.expectations {
        writeln!(text, "  - {{ name: e{number}, who: anonymous, cannot: view_portal, site: acme, projects: [P0] }}").unwrap();
    }
    text
}

fn called(name: String, members: Vec<AccountId>) -> ObservedOrganization {
    ObservedOrganization {
        name,
        scim_managed: false,
        members: Some(Read::Complete(members.into())),
        ownership: None,
        email_domains: None,
    }
}

/// The site: everybody who is listed or is to leave, and nothing linked yet.
pub(crate) fn observed(size: Size) -> Observed {
    let mut observed = Observed::nothing(SiteKey::new("acme").unwrap());
    let account = |email: &str| ObservedAccount {
        email: Email::new(email).ok(),
        name: "Somebody".into(),
        kind: Some(AccountKind::PortalOnly),
        active: true,
        standing: Standing::Customer,
    };
    let mut organizations = BTreeMap::new();
    for organization in 0..size.organizations {
        let mut members = Vec::new();
        for member in 0..size.members {
            let id = AccountId::new(format!("qm:{organization}:{member}"));
            let email = address(organization, member);
            observed.accounts.insert(id, account(&email));
            members.push(id);
        }
        if organization == 0 {
            for leaver in 0..size.leavers {
                let id = AccountId::new(format!("qm:leaver:{leaver}"));
                let email = format!("gone{leaver}@leavers.example");
                observed.accounts.insert(id, account(&email));
                members.push(id);
            }
        }
        let name = match organization < size.renamed {
            true => format!("Firm {organization}"),
            false => format!("Company {organization}"),
        };
        let id = OrganizationId::new(format!("{organization}"));
        organizations.insert(id, called(name, members));
    }
    for organization in 0..size.deleted {
        let id = OrganizationId::new(format!("gone {organization}"));
        organizations.insert(id, called(format!("Gone {organization}"), Vec::new()));
    }
    let mut customers = Vec::new();
    for number in 0..2 * size.customers {
        let id = AccountId::new(format!("qm:customer:{number}"));
        observed.accounts.insert(id, account(&customer(number)));
        if number < size.customers {
            customers.push(id);
        }
    }
    observed.organizations = Some(Read::Complete(organizations));
    let projects = (0..size.projects).map(|project| {
        let seen = ObservedProject {
            desk: DeskId::new(format!("{project}")),
            name: format!("Project {project}"),
            channel_access: Some(Observation::read(
                ChannelAccess::Restricted,
                Surface::Private,
            )),
            customer_sharing: Some(Observation::read(
                CustomerSharing::OwnOrganizations,
                Surface::Private,
            )),
            echoed_signup: Some(false),
            echoed_anonymous: Some(false),
            organizations: Some(Read::Complete(BTreeSet::new())),
            customers: Some(Read::Complete(match project {
                0 => customers.clone().into(),
                _ => AccountSet::default(),
            })),
            only_shown: AccountSet::default(),
            knowledge_base: None,
            permissions: None,
        };
        (ProjectKey::new(&format!("P{project}")).unwrap(), seen)
    });
    observed.projects = Some(Read::Complete(projects.collect()));
    for (field, on) in [
        (SiteField::Internal, false),
        (SiteField::External, true),
        (SiteField::CustomersCanCreateAccounts, false),
        (SiteField::ViewWithoutLogin, false),
    ] {
        let seen = Observation::read(SiteValue::Toggle(on), Surface::Mapped);
        observed.settings.insert(field, seen);
    }
    observed.resolutions = BTreeMap::<Email, Resolution>::new();
    observed
}
