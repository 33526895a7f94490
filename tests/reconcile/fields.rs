//! Every newer field in every case that a field can be in: it comes, changes, goes, stays, is not managed, cannot be read, is
//! refused to the caller, or is left to a person. One line a row of the plan, and what is left over once it was carried out.

use crate::support::{Case, Round, run};
use insta::assert_snapshot;
use portcullis::emulator::Options;
use portcullis::model::{Incomplete, Read, Surface};
use portcullis::observed::{Accounts, Observation, Observed, Resolution};
use std::fmt::Write as _;

/// What happens to a case before it is planned.
#[derive(Clone, Copy)]
enum As {
    /// Nothing: an administrator plans and applies it.
    Admin,
    /// An agent plans it, who is no administrator.
    Agent,
    /// Something is made unreadable.
    Without(fn(&mut Observed)),
}

/// A field in a case: what is desired, and what is there.
type Row = (&'static str, &'static str, &'static str, &'static str, As);

fn cut_off() -> Incomplete {
    Incomplete {
        why: "the connection broke".to_owned().into(),
        forbidden: false,
    }
}

fn without_role_actors(observed: &mut Observed) {
    if let Some(Read::Complete(projects)) = &mut observed.projects {
        for project in projects.values_mut() {
            if let Some(permissions) = &mut project.permissions {
                permissions.customers = Some(Read::Incomplete(cut_off()));
            }
        }
    }
}

fn without_roles(observed: &mut Observed) {
    for roles in observed.roles.values_mut() {
        *roles = Read::Incomplete(cut_off());
    }
}

fn without_organizations(observed: &mut Observed) {
    observed.organizations = Some(Read::Incomplete(cut_off()));
}

fn without_customers(observed: &mut Observed) {
    if let Some(Read::Complete(projects)) = &mut observed.projects {
        for project in projects.values_mut() {
            project.customers = Some(Read::Incomplete(cut_off()));
        }
    }
}

fn without_members(observed: &mut Observed) {
    if let Some(Read::Complete(organizations)) = &mut observed.organizations {
        for organization in organizations.values_mut() {
            organization.members = Some(Read::Incomplete(cut_off()));
        }
    }
}

fn without_links(observed: &mut Observed) {
    if let Some(Read::Complete(projects)) = &mut observed.projects {
        for project in projects.values_mut() {
            project.organizations = Some(Read::Incomplete(cut_off()));
        }
    }
}

fn without_access(observed: &mut Observed) {
    if let Some(Read::Complete(projects)) = &mut observed.projects {
        for project in projects.values_mut() {
            project.channel_access = Some(Observation::failed(cut_off(), Surface::Private));
        }
    }
}

/// As where a search failed: no list shows the person either.
fn without_addresses(observed: &mut Observed) {
    observed.accounts = Accounts::default();
    for resolution in observed.resolutions.values_mut() {
        *resolution = Resolution::Unresolved(cut_off());
    }
}

const GROUPS: &str = "sandbox: { groups: { staff: { id: g-s, members: [ivy@acme.com], role: customer }, temps: { id: g-t, members: [kim@acme.com], role: customer } }, projects: { HR: { customer_groups: [temps] } } }
projects: { HR: {} }";
const PEOPLE: &str = "accounts: { list: [{ email: dev@x.example, account: atlassian, role: user, apps: [jira] }, { email: new@x.example, account: atlassian, role: none }, { email: old@x.example, account: atlassian }] }
sandbox: { groups: { g-jira: { members: [gus@x.example], apps: [jira], role: customer } } }
organizations: { All: { members: { list: [dev@x.example, new@x.example, old@x.example] } } }
projects: { HR: { organizations: { list: [All] } } }";
const ENDING: &str = "accounts: { list: [{ email: gone@x.example, state: revoked }, { email: stray@x.example }, { email: in@acme.com, account: atlassian }] }
organizations: { Globex: { members: { list: [ana@x.example] } }, Initech: {} }
projects: { HR: { organizations: { list: [Globex, Initech] }, customers: { list: [in@acme.com] } } }";
const KEPT_BY_ADMINS: &str = "organization_management: jira_admins_only
organizations: { Globex: { members: { list: [ana@x.example] } } }
projects: { HR: { organizations: { list: [Globex] } } }";
const INTERNAL: &str = "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
projects: { HR: {} }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { acme.com: { sites: { acme: { role: customer } } } } } } }";
const LISTS: &str = "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { email_domains: [globex.example], members: { list: [ana@globex.example, auto@globex.example, bo@x.example] } } }
projects: { HR: { channel_access: open, customers: { list: [ana@globex.example] } }, WEB: { channel_access: restricted } }";

const MOVED: &str = "accounts: { list: [{ email: at@old.example, account: atlassian }] }
organizations: { Globex: { members: { list: [ana@old.example, at@old.example] } } }";
const LISTS_CLOSED: &str = "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [ana@globex.example, bo@x.example] } } }
projects: { HR: { channel_access: restricted, customers: { list: [ana@globex.example] } }, WEB: { channel_access: restricted } }";

const ROLES: &str = "surfaces: { gateway: write, private: write, roles: write, accounts: write }\n";

const TABLE: &[Row] = &[
    (
        "customer_groups",
        "create and remove",
        "projects: { HR: { customer_groups: { mode: exact, list: [staff] } } }",
        GROUPS,
        As::Admin,
    ),
    (
        "customer_groups",
        "keep",
        "projects: { HR: { customer_groups: { mode: exact, list: [{ name: temps, id: g-t }] } } }",
        GROUPS,
        As::Admin,
    ),
    (
        "customer_groups",
        "change: another group of the name",
        "projects: { HR: { customer_groups: { list: [{ name: temps, id: g-x }] } } }",
        GROUPS,
        As::Admin,
    ),
    (
        "customer_groups",
        "unmanaged",
        "projects: { HR: { customers: { list: [] } } }",
        GROUPS,
        As::Admin,
    ),
    (
        "customer_groups",
        "unreadable",
        "projects: { HR: { customer_groups: { mode: exact, list: [staff] } } }",
        GROUPS,
        As::Without(without_role_actors),
    ),
    (
        "customer_groups",
        "refused",
        "projects: { HR: { customer_groups: { list: [staff] } } }",
        "sandbox: { groups: { staff: { members: [ivy@acme.com], role: customer } }, projects: { HR: { agent_administers: false } } }\nprojects: { HR: {} }",
        As::Agent,
    ),
    (
        "customer_groups",
        "by hand: an agent is in it, whom nobody but a person takes out",
        "projects: { HR: { customer_groups: { mode: exact, list: [], allow_empty: true } } }",
        "accounts: { list: [{ email: meg@acme.com, account: atlassian, role: user }] }\nsandbox: { groups: { helpers: { members: [meg@acme.com], role: customer } }, projects: { HR: { customer_groups: [helpers] } } }\nprojects: { HR: {} }",
        As::Admin,
    ),
    (
        "people.role",
        "create",
        "people: { new@x.example: { role: customer } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role, take_away",
        "change",
        "people: { dev@x.example: { role: customer, take_away: [jira, jira-service-management] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role, take_away",
        "keep: what is not named stays",
        "people: { dev@x.example: { role: customer, take_away: [confluence] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "unmanaged: a role that nobody names",
        "organizations: { All: { members: { list: [new@x.example] } } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "keep",
        "people: { old@x.example: { role: customer, take_away: [jira] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "remove: the line is deleted",
        "organizations: { All: {} }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "unreadable",
        "people: { dev@x.example: { role: customer, take_away: [jira] } }",
        PEOPLE,
        As::Without(without_roles),
    ),
    (
        "people.role",
        "refused: a group gives it",
        "people: { gus@x.example: { role: customer, take_away: [jira] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "refused: the caller",
        "people: { admin@sandbox.example: { role: customer, take_away: [jira] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.role",
        "by hand",
        "surfaces: { roles: read }\npeople: { dev@x.example: { role: customer, take_away: [jira] } }",
        PEOPLE,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "create",
        "people: { ana@x.example: { state: revoked } }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "keep",
        "people: { gone@x.example: { state: revoked } }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "remove: the line is deleted, and the person listed",
        "organizations: { Globex: { members: { list: [gone@x.example] } } }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "unreadable: whose account it is",
        "people: { stray@x.example: { state: revoked } }",
        ENDING,
        As::Without(without_addresses),
    ),
    (
        "people.state: revoked",
        "unmanaged",
        "organizations: { Globex: {} }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "refused to an agent",
        "people: { ana@x.example: { state: revoked } }",
        ENDING,
        As::Agent,
    ),
    (
        "people.state: revoked",
        "by hand",
        "surfaces: { accounts: read }\npeople: { ana@x.example: { state: revoked } }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "an Atlassian account",
        "people: { in@acme.com: { state: revoked } }",
        ENDING,
        As::Admin,
    ),
    (
        "people.state: revoked",
        "change: was absent, and on no list any more",
        "people: { stray@x.example: { state: revoked } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of an organization",
        "keep and forecast",
        "organizations: { Globex: { until: 2026-11-22 }, Initech: { until: 2026-12-10 } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of an organization",
        "remove",
        "organizations: { Globex: { until: 2026-11-21 } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of an organization",
        "change: prolonged",
        "organizations: { Globex: { until: 2027-11-21 } }\nprojects: { HR: { organizations: { list: [Globex] } } }",
        "organizations: { Globex: {} }\nprojects: { HR: {} }",
        As::Admin,
    ),
    (
        "until of an organization",
        "unmanaged: nothing is said of when it ends",
        "organizations: { Globex: {} }",
        ENDING,
        As::Admin,
    ),
    (
        "until of an organization",
        "refused",
        "organization_management: jira_admins_only\norganizations: { Globex: { until: 2026-11-21, empty: true } }\n=top=\nattestations: [{ address: acme/setting/organization-management, value: jira_admins_only, by: jo@acme.com, on: 2026-11-01 }]",
        KEPT_BY_ADMINS,
        As::Agent,
    ),
    (
        "until of an organization",
        "unreadable",
        "organizations: { Globex: { until: 2026-11-21 } }",
        ENDING,
        As::Without(without_organizations),
    ),
    (
        "until of an organization",
        "create",
        "organizations: { Umbrella: { until: 2027-11-21 } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of an organization",
        "create: of one that has ended nothing is made",
        "organizations: { Umbrella: { until: 2026-11-21 } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of a link",
        "remove under add_only",
        "organizations: { Globex: {} }\nprojects: { HR: { organizations: { list: [{ name: Globex, until: 2026-11-21 }] } } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of a link",
        "create: it is linked until then",
        "organizations: { Umbrella: {} }\nprojects: { HR: { organizations: { list: [{ name: Umbrella, until: 2027-11-21 }] } } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of a link",
        "unreadable",
        "organizations: { Globex: {} }\nprojects: { HR: { organizations: { list: [{ name: Globex, until: 2026-11-21 }] } } }",
        ENDING,
        As::Without(without_links),
    ),
    (
        "until of a link",
        "refused",
        "organizations: { Globex: {} }\nprojects: { HR: { organizations: { list: [{ name: Globex, until: 2026-11-21 }] } } }",
        KEPT_BY_ADMINS,
        As::Agent,
    ),
    (
        "until of a link",
        "keep",
        "organizations: { Globex: {}, Initech: {} }\nprojects: { HR: { organizations: { mode: exact, list: [{ name: Globex, until: 2026-11-30 }, Initech] } } }",
        ENDING,
        As::Admin,
    ),
    (
        "until of a link",
        "change: prolonged after it ended",
        "organizations: { Globex: {} }\nprojects: { HR: { organizations: { list: [{ name: Globex, until: 2027-11-21 }] } } }",
        "organizations: { Globex: {} }\nprojects: { HR: {} }",
        As::Admin,
    ),
    (
        "until of a link",
        "unmanaged: the project says nothing of its links",
        "organizations: { Globex: {} }\nprojects: { HR: { customers: { list: [] } } }",
        ENDING,
        As::Admin,
    ),
    (
        "previous_name",
        "change",
        "organizations: { Globex AG: { previous_name: Globex } }",
        ENDING,
        As::Admin,
    ),
    (
        "previous_name",
        "keep",
        "organizations: { Globex: { previous_name: Globex Inc } }",
        ENDING,
        As::Admin,
    ),
    (
        "previous_name",
        "unmanaged: another name that nobody told",
        "organizations: { Globex AG: {} }",
        ENDING,
        As::Admin,
    ),
    (
        "previous_name",
        "refused",
        "organization_management: jira_admins_only\norganizations: { Globex AG: { previous_name: Globex } }\n=top=\nattestations: [{ address: acme/setting/organization-management, value: jira_admins_only, by: jo@acme.com, on: 2026-11-01 }]",
        KEPT_BY_ADMINS,
        As::Agent,
    ),
    (
        "previous_name",
        "unreadable",
        "organizations: { Globex AG: { previous_name: Globex } }",
        ENDING,
        As::Without(without_organizations),
    ),
    (
        "previous_name",
        "create: nobody has the old name",
        "organizations: { Umbrella: { previous_name: Umbrella Inc } }",
        ENDING,
        As::Admin,
    ),
    (
        "previous_name",
        "remove: the key is taken out afterwards",
        "organizations: { Globex: {} }",
        ENDING,
        As::Admin,
    ),
    (
        "create: invite",
        "create",
        "projects: { HR: { customers: { create: invite, list: [new@x.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "create: invite",
        "unmanaged: a list that says nothing invites nobody",
        "projects: { HR: { customers: { list: [new@x.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "create: invite",
        "by hand: who would get an Atlassian account",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }
customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }
projects: { HR: { customers: { create: invite, list: [new@acme.com] } } }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { acme.com: { sites: { acme: { role: customer } } } } } } }",
        INTERNAL,
        As::Admin,
    ),
    (
        "create: invite",
        "keep: who has an account gets no mail",
        "projects: { HR: { customers: { create: invite, list: [bo@x.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "create: invite",
        "refused",
        "projects: { HR: { customers: { create: invite, list: [new@x.example] } } }",
        LISTS,
        As::Agent,
    ),
    (
        "create: invite",
        "unreadable",
        "projects: { HR: { customers: { create: invite, list: [new@x.example] } } }",
        LISTS,
        As::Without(without_customers),
    ),
    (
        "create: invite",
        "change: never",
        "projects: { HR: { customers: { create: never, list: [new@x.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "create: invite",
        "remove: who goes gets no mail",
        "projects: { HR: { channel_access: restricted, customers: { mode: exact, create: invite, list: [bo@x.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "owner",
        "no effect",
        "organizations: { Globex: { owner: it@acme.com } }\nprojects: { HR: { owner: hr@acme.com } }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "change",
        "project_defaults: { channel_access: restricted }\nprojects: { HR: {} }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "keep: the project says otherwise",
        "project_defaults: { channel_access: restricted }\nprojects: { HR: { channel_access: open } }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "unmanaged: the project is not declared",
        "project_defaults: { channel_access: restricted }\nprojects: { WEB: {} }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "by hand",
        "surfaces: { private: deny }\nproject_defaults: { channel_access: restricted }\nprojects: { HR: {} }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "unreadable",
        "project_defaults: { channel_access: restricted }\nprojects: { HR: {} }",
        LISTS,
        As::Without(without_access),
    ),
    (
        "project_defaults",
        "refused",
        "project_defaults: { channel_access: restricted }\nprojects: { HR: {} }",
        "sandbox: { projects: { HR: { agent_administers: false } } }\nprojects: { HR: { channel_access: open } }",
        As::Agent,
    ),
    (
        "project_defaults",
        "create: a sharing that nobody had set",
        "project_defaults: { customer_sharing: any_customer_by_email }\nprojects: { HR: {} }",
        LISTS,
        As::Admin,
    ),
    (
        "project_defaults",
        "remove: what was set by it stays",
        "projects: { HR: {} }",
        LISTS,
        As::Admin,
    ),
    (
        "managed_by: agents",
        "unmanaged: their lists are left alone",
        "organizations: { Globex: { managed_by: agents } }\nprojects: { HR: { channel_access: open, customers: { managed_by: agents } } }",
        LISTS,
        As::Admin,
    ),
    (
        "managed_by: agents",
        "remove: out beats in",
        "people: { ana@globex.example: { state: absent } }\norganizations: { Globex: { managed_by: agents } }\nprojects: { HR: { channel_access: restricted, customers: { managed_by: agents } } }",
        LISTS,
        As::Admin,
    ),
    (
        "managed_by: agents",
        "unreadable: whoever is out",
        "people: { ana@globex.example: { state: absent } }\norganizations: { Globex: { managed_by: agents } }",
        LISTS,
        As::Without(without_members),
    ),
    (
        "managed_by: agents",
        "refused: whoever is out",
        "organization_management: jira_admins_only\npeople: { ana@x.example: { state: absent } }\norganizations: { Globex: { managed_by: agents } }\n=top=\nattestations: [{ address: acme/setting/organization-management, value: jira_admins_only, by: jo@acme.com, on: 2026-11-01 }]",
        KEPT_BY_ADMINS,
        As::Agent,
    ),
    (
        "managed_by: agents",
        "create: it is made and linked, and its list left alone",
        "organizations: { Umbrella: { managed_by: agents } }\nprojects: { WEB: { organizations: { list: [Umbrella] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "managed_by: agents",
        "keep: whoever leaves later",
        "organizations: { Globex: { managed_by: agents } }\n=top=\nleavers: [{ file: leavers.csv }]",
        "organizations: { Globex: { members: { list: [bo@x.example] } } }",
        As::Admin,
    ),
    (
        "auto_joined",
        "keep",
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example], auto_joined: keep } } }",
        LISTS,
        As::Admin,
    ),
    (
        "auto_joined",
        "remove",
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example], auto_joined: remove } } }",
        LISTS,
        As::Admin,
    ),
    (
        "auto_joined",
        "unmanaged: under add_only nobody goes",
        "organizations: { Globex: { email_domains: [globex.example], members: { list: [ana@globex.example] } } }",
        LISTS,
        As::Admin,
    ),
    (
        "auto_joined",
        "refused",
        "organization_management: jira_admins_only\norganizations: { Globex: { members: { mode: exact, list: [ana@x.example], auto_joined: remove } } }\n=top=\nattestations: [{ address: acme/setting/organization-management, value: jira_admins_only, by: jo@acme.com, on: 2026-11-01 }]",
        "organization_management: jira_admins_only\norganizations: { Globex: { email_domains: [x.example], members: { list: [ana@x.example, auto@x.example] } } }",
        As::Agent,
    ),
    (
        "auto_joined",
        "unreadable",
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example], auto_joined: remove } } }",
        LISTS,
        As::Without(without_members),
    ),
    (
        "auto_joined",
        "create: a listed newcomer of the own domain",
        "organizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example, new@globex.example], auto_joined: keep } } }",
        LISTS,
        As::Admin,
    ),
    (
        "auto_joined",
        "by hand: what the organization's domains are nobody could read",
        "surfaces: { private: read }\norganizations: { Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@globex.example], auto_joined: keep } } }",
        LISTS,
        As::Admin,
    ),
    (
        "previous_domains",
        "create: a successor, made before the old one goes",
        "organizations: { Globex: { members: { mode: exact, list: [ana@new.example], previous_domains: { new.example: [old.example] } } } }",
        MOVED,
        As::Admin,
    ),
    (
        "previous_domains",
        "keep: an account that keeps its id",
        "organizations: { Globex: { members: { list: [at@new.example], previous_domains: { new.example: [old.example] } } } }",
        MOVED,
        As::Admin,
    ),
    (
        "previous_domains",
        "change: one more domain",
        "organizations: { Globex: { members: { mode: exact, list: [at@new.example, ana@new.example], previous_domains: { new.example: [older.example, old.example] } } } }",
        MOVED,
        As::Admin,
    ),
    (
        "previous_domains",
        "remove: the new one is there, and the old one goes",
        "organizations: { Globex: { members: { mode: exact, list: [ana@new.example, at@old.example], previous_domains: { new.example: [old.example] } } } }",
        "organizations: { Globex: { members: { list: [ana@old.example, ana@new.example, at@old.example] } } }",
        As::Admin,
    ),
    (
        "previous_domains",
        "unmanaged: nothing says that two are one",
        "organizations: { Globex: { members: { list: [ana@new.example] } } }",
        MOVED,
        As::Admin,
    ),
    (
        "previous_domains",
        "unreadable",
        "organizations: { Globex: { members: { mode: exact, list: [ana@new.example], previous_domains: { new.example: [old.example] } } } }",
        MOVED,
        As::Without(without_members),
    ),
    (
        "previous_domains",
        "refused",
        "organizations: { Globex: { members: { mode: exact, list: [ana@new.example], previous_domains: { new.example: [old.example] } } } }",
        MOVED,
        As::Agent,
    ),
    (
        "previous_domains",
        "by hand: the successor would be an Atlassian account",
        "surfaces: { gateway: write, private: write, mapped: settings.yaml }\ncustomer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }\norganizations: { Globex: { members: { mode: exact, list: [ana@acme.com], previous_domains: { acme.com: [old.example] } } } }\n=top=\natlassian_organizations: { acme-corp: { approved_domains: { domains: { acme.com: { sites: { acme: { role: customer } } } } } } }",
        "customer_access: { internal: { atlassian_accounts: true }, external: { portal_only_accounts: false } }\norganizations: { Globex: { members: { list: [ana@old.example] } } }\n=top=\natlassian_organizations: { acme-corp: { approved_domains: { domains: { acme.com: { sites: { acme: { role: customer } } } } } } }",
        As::Admin,
    ),
    (
        "leavers",
        "remove, and forecast who has an account",
        "organizations: { Globex: {} }\n=top=\nleavers: [{ file: leavers.csv }]",
        LISTS_CLOSED,
        As::Admin,
    ),
    (
        "leavers",
        "create: who is listed and left is not added",
        "organizations: { Umbrella: { members: { list: [ana@globex.example] } } }\n=top=\nleavers: [{ file: leavers.csv }]",
        LISTS_CLOSED,
        As::Admin,
    ),
    (
        "leavers",
        "change: who leaves later is added until then",
        "organizations: { Umbrella: { members: { list: [bo@x.example] } } }\n=top=\nleavers: [{ file: leavers.csv }]",
        LISTS_CLOSED,
        As::Admin,
    ),
    (
        "leavers",
        "keep: nobody of them is there",
        "projects: { WEB: { channel_access: restricted } }\n=top=\nleavers: [{ file: leavers.csv }]",
        "projects: { WEB: { channel_access: restricted } }",
        As::Admin,
    ),
    (
        "leavers",
        "unmanaged: without the file nobody goes",
        "organizations: { Globex: {} }",
        LISTS_CLOSED,
        As::Admin,
    ),
    (
        "leavers",
        "unreadable",
        "organizations: { Globex: {} }\n=top=\nleavers: [{ file: leavers.csv }]",
        LISTS_CLOSED,
        As::Without(without_members),
    ),
    (
        "leavers",
        "refused",
        "organization_management: jira_admins_only\norganizations: { Globex: {} }\n=top=\nleavers: [{ file: leavers.csv }]\nattestations: [{ address: acme/setting/organization-management, value: jira_admins_only, by: jo@acme.com, on: 2026-11-01 }]",
        "organization_management: jira_admins_only\norganizations: { Globex: { members: { list: [ana@globex.example, bo@x.example] } } }",
        As::Agent,
    ),
    (
        "leavers",
        "by hand: an agent stays, and what remains is said",
        "organizations: { Globex: {} }\n=top=\nleavers: [{ file: leavers.csv }]",
        "accounts: { list: [{ email: ana@globex.example, account: atlassian, role: user }] }\norganizations: { Globex: { members: { list: [ana@globex.example] } } }",
        As::Admin,
    ),
    (
        "only",
        "holds",
        "projects: { WEB: { channel_access: restricted } }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [WEB] }]",
        LISTS,
        As::Admin,
    ),
    (
        "only",
        "fails",
        "projects: { WEB: { customers: { list: [bo@x.example] } } }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [WEB] }]",
        LISTS,
        As::Admin,
    ),
    (
        "only",
        "unreadable",
        "projects: { WEB: { channel_access: restricted } }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [WEB] }]",
        LISTS,
        As::Without(without_customers),
    ),
    (
        "only",
        "change: closed by the plan itself",
        "projects: { HR: { channel_access: restricted, customers: { mode: exact, list: [], allow_empty: true } } }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [HR] }]",
        "projects: { HR: { channel_access: open } }",
        As::Admin,
    ),
    (
        "only",
        "by hand: closed by a person, and open until then",
        "surfaces: { private: read }\nprojects: { HR: { channel_access: restricted } }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [HR] }]",
        "projects: { HR: { channel_access: open } }",
        As::Admin,
    ),
    (
        "only",
        "unmanaged: the project is named and nothing of it said",
        "projects: { HR: {} }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [HR] }]",
        "projects: { HR: { channel_access: open }, WEB: {} }",
        As::Admin,
    ),
    (
        "only",
        "refused: who is in the role is not shown to the caller",
        "projects: { HR: {} }\n=top=\nexpectations: [{ name: nobody else, only: [\"group:jira-servicedesk-users\"], can: view_portal, site: acme, projects: [HR] }]",
        "sandbox: { groups: { staff: { members: [ivy@acme.com], role: customer } }, projects: { HR: { agent_administers: false, customer_groups: [staff] } } }\nprojects: { HR: {} }",
        As::Agent,
    ),
];

/// One line a row, error, finding, forecast and check.
fn lines(round: &Round) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &round.plan.changes {
        let mut line = format!(
            "{} {} over {}",
            change.action.word(),
            change.address,
            change.surface.word()
        );
        for block in &change.blocked_by {
            let _ = write!(line, "; blocked: {block}");
        }
        if !change.waiting_for.is_empty() {
            line += "; waits";
        }
        if let Some(right) = change.needs_right {
            let _ = write!(line, "; lacks {}", right.name());
        }
        lines.push(line);
    }
    let errors = round.plan.errors.iter();
    lines.extend(errors.map(|error| format!("not read {}: {}", error.address, error.cause.why)));
    let findings = round
        .plan
        .findings
        .iter()
        .filter(|finding| finding.code != "lint");
    lines.extend(findings.map(|finding| format!("{} {}", finding.code, finding.address)));
    let forecast = round.plan.forecast.iter();
    lines.extend(forecast.map(|ends| format!("ends {} {}", ends.until, ends.address)));
    let checks = round.document.checks.iter();
    let told = checks.filter(|check| check.address.kind == "expectation");
    lines.extend(told.map(|check| format!("expectation {}", check.status)));
    if round.document.notifications.mails > 0 {
        lines.push(format!("mails {}", round.document.notifications.mails));
    }
    lines
}

async fn told(&(field, case, desired, seed, how): &Row) -> String {
    let desired = match desired.contains("surfaces:") {
        true => desired.to_owned(),
        false => format!("{ROLES}{desired}"),
    };
    let site = Case::with(&desired, seed, Options::default()).await;
    let mut told = format!("{field}: {case}\n");
    let round = match how {
        As::Admin => site.plan().await,
        As::Agent => {
            let agent = site.connect_as("agent@sandbox.example", "sandbox-agent");
            site.plan_by(&agent).await.unwrap()
        }
        As::Without(cut) => {
            let mut observed = site.plan().await.observed;
            cut(&mut observed);
            site.plan_from(observed)
        }
    };
    for line in lines(&round) {
        let _ = writeln!(told, "    {line}");
    }
    if lines(&round).is_empty() {
        told += "    nothing\n";
    }
    if matches!(how, As::Admin) && !round.plan.changes.is_empty() {
        site.apply(&round).await;
        let left = lines(&site.plan().await);
        let _ = writeln!(
            told,
            "    then: {}",
            match left.is_empty() {
                true => "nothing".to_owned(),
                false => left.join(" | "),
            }
        );
    }
    told
}

#[test]
fn every_newer_field_in_every_case() {
    run(async {
        let mut all = String::new();
        for row in TABLE {
            all += &told(row).await;
        }
        assert_snapshot!(all);
    });
}
