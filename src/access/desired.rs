//! The state that the workspace describes.
//!
//! Every listed, unexpired person counts as an existing, active, verified account: portal-only unless said otherwise,
//! Atlassian ones with the JSM role Customer. Lists count as written; that others may be on a list in mode `add_only`, or
//! on one that is not managed, is said by its [`Coverage`]. Single values that are absent are unknown.

use super::answer::Source;
use super::organizations::Organization;
use super::people::{Account, ListId, PeopleBuilder, Person, PersonId};
use super::scheme::{Circle, Part, Scheme};
use super::state::{
    Approved, Coverage, Fact, Grant, Link, Project, SiteFacts, SpaceFacts, State, StateKind,
};
use crate::config::{
    ApprovedSite, LinkedOrganizations, Mode, Organization as OrganizationAsWritten,
    OrganizationState, Project as ProjectAsWritten, Roster, RosterEntry, Space, Who,
};
use crate::desired::{Desired, DesiredRoster};
use crate::diagnostic::Located;
use crate::model::{
    AccountKind, EmailAccountCreation, OrganizationManagement, OrganizationName, SiteField,
    SiteValue, SpaceKey,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Why a value is not known offline.
const UNMANAGED: &str = "the workspace does not manage it";
/// Why the any-domain rule is not known offline.
const UNDECLARED_RULE: &str = "the workspace does not declare it";
/// What becomes of people under `people`.
pub(super) const ABSENT: &str =
    "declared absent, the person is taken off every list, and an account that is there stays";
/// What becomes of people under `people` whose access ends.
pub(super) const REVOKED: &str = "declared revoked, the person is taken off every list, and the portal-only access of an account that is there is ended";
/// Reads after "the list ".
const ADD_ONLY: &str = "is `add_only`: whoever else is on it stays";
/// How many patterns of `keep` are named.
const KEPT_NAMED: usize = 5;
/// Reads after "the list ".
const OWN_DOMAINS: &str = "keeps whoever the organization's own e-mail domains brought in";
/// Reads after "the list ".
const DOMAINS_NOT_MANAGED: &str = "of its e-mail domains is not managed";
/// Reads after "the list ".
const NOT_MANAGED: &str = "is not managed: whoever is on it stays";

impl<'a> State<'a> {
    /// Builds the state that the workspace describes for one site on one day.
    pub fn desired(desired: &Desired<'a>) -> Self {
        let site = desired.site;
        let mut people = PeopleBuilder::with_capacity(
            desired
                .members
                .values()
                .chain(desired.customers.values())
                .map(|roster| roster.present.len())
                .sum(),
        );
        for (email, person) in &site.people {
            // A plan takes them off every list; of the account nothing is known offline.
            let becomes = match person.revoked {
                true => REVOKED,
                false => ABSENT,
            };
            people.unresolved(email, Some(becomes.to_owned()));
        }
        for email in site.roles.keys() {
            // The role is one of an Atlassian account, whatever list the person is on and what it says of them.
            people.add(Person {
                email: Some(email),
                account_id: None,
                name: "",
                account: Account::customer(AccountKind::Atlassian),
            });
        }
        let mut organizations = Vec::new();
        let mut positions = BTreeMap::new();
        for (name, organization) in &site.organizations {
            if organization.state.value == OrganizationState::Absent {
                continue;
            }
            let at = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
            positions.insert(name, at);
            let retired = organization.state.value == OrganizationState::Retired;
            if !retired && let Some(roster) = desired.members.get(name) {
                join(&mut people, roster, ListId::Organization(at));
            }
            organizations.push(as_written(name, organization));
        }
        let mut projects = Vec::with_capacity(site.projects.len());
        let mut circles = 0;
        for (key, project) in &site.projects {
            let at = u32::try_from(projects.len()).unwrap_or(u32::MAX);
            if let Some(roster) = desired.customers.get(key) {
                join(&mut people, roster, ListId::Roster(at));
            }
            let links = project.organizations.as_ref();
            let mut linked: Vec<Link> = links
                .into_iter()
                .flat_map(|links| &links.list)
                .filter(|name| {
                    site.organizations
                        .get(&name.value)
                        .is_none_or(|o| o.state.value == OrganizationState::Present)
                })
                .filter_map(|name| {
                    Some(Link {
                        organization: *positions.get(&name.value)?,
                        source: Source::Written(name.span),
                        sure: true,
                    })
                })
                .collect();
            linked.sort_by_key(|link| link.organization);
            projects.push(Project {
                key: key.clone(),
                channel_access: written(project.channel_access.as_ref()),
                customer_sharing: written(project.customer_sharing.as_ref()),
                organizations: linked,
                links: coverage(links.map(|links: &LinkedOrganizations| links.mode)),
                roster: match &project.customers {
                    Some(roster) if keeps(roster) => kept(roster),
                    roster => coverage(roster.as_ref().map(|roster| roster.mode)),
                },
                spaces: project
                    .knowledge_base
                    .iter()
                    .map(|(space, linked)| (space.clone(), written(linked.who_can_view.as_ref())))
                    .collect(),
                spaces_coverage: Coverage::AsWritten(NOT_MANAGED.into()),
                scheme: Scheme {
                    circles: customer_groups(project, &mut circles),
                    ..Scheme::default()
                },
            });
        }
        Self {
            kind: StateKind::Desired,
            site: site_facts(desired),
            approved: approved(desired),
            any_domain: any_domain(desired),
            organizations: organizations.into(),
            projects,
            spaces: spaces(&site.spaces),
            groups: Arc::default(),
            doors: Arc::default(),
            manages_organizations: true,
            roles_unread: "the site was not read".into(),
            people: people.build(),
        }
    }

    /// Builds the same state for answers about somebody who may stand where the workspace does not look.
    ///
    /// Lists that may hold more people, links or domains than are written count as not read, and an any-domain rule that
    /// nobody declares as not known: it is Atlassian's to default and somebody else's to have set.
    pub fn offline(desired: &Desired<'a>) -> Self {
        let mut state = Self::desired(desired);
        state.approved.coverage.doubt("the list ");
        if matches!(state.any_domain, Fact::Known(None, Source::Default)) {
            state.any_domain = Fact::Unknown(UNDECLARED_RULE.to_owned());
        }
        let organizations = state.organizations.iter().cloned().map(|mut organization| {
            organization.members.doubt("the list ");
            organization.domains.doubt("the list ");
            organization
        });
        state.organizations = organizations.collect();
        for project in &mut state.projects {
            project.roster.doubt("it ");
            project.links.doubt("it ");
        }
        state
    }
}

fn as_written(name: &OrganizationName, organization: &OrganizationAsWritten) -> Organization {
    let retired = organization.state.value == OrganizationState::Retired;
    Organization {
        id: None,
        name: name.as_str().to_owned(),
        email_domains: match &organization.email_domains {
            Some(domains) if !retired => domains
                .value
                .iter()
                .map(|domain| (domain.value.clone(), Source::Written(domain.span)))
                .collect(),
            _ => Vec::new(),
        },
        domains: match organization.email_domains.is_some() || retired {
            true => Coverage::Whole,
            false => Coverage::AsWritten(DOMAINS_NOT_MANAGED.into()),
        },
        provisioned: false,
        gone: false,
        members: match retired {
            true if organization.empty => Coverage::Whole,
            true => Coverage::AsWritten("is retired and keeps its members".into()),
            false => match &organization.members {
                Some(roster) if keeps(roster) => kept(roster),
                Some(roster)
                    if roster.mode == Mode::Exact
                        && (organization.email_domains.iter())
                            .any(|domains| !domains.value.is_empty()) =>
                {
                    Coverage::AsWritten(OWN_DOMAINS.into())
                }
                roster => coverage(roster.as_ref().map(|roster| roster.mode)),
            },
        },
    }
}

/// The groups that are written as a project's customers: who is in them is not known offline.
fn customer_groups(project: &ProjectAsWritten, next: &mut u32) -> Vec<Circle> {
    let groups = project.customer_groups.iter();
    let circles = groups.flat_map(|groups| &groups.list).map(|group| {
        let id = *next;
        *next += 1;
        Circle {
            id,
            name: Circle::of_customers(&group.name),
            group: Some(group.name.clone()),
            part: Part::Customers,
            members: Coverage::Unread("the site knows who is in the group".to_owned()),
            size: None,
        }
    });
    circles.collect()
}

pub(super) fn written<T: Copy>(value: Option<&Located<T>>) -> Fact<T> {
    match value {
        Some(value) => Fact::Known(value.value, Source::Written(value.span)),
        None => Fact::Unknown(UNMANAGED.to_owned()),
    }
}

/// Says whether an exact list spares people whom it does not list.
fn keeps(roster: &Roster) -> bool {
    roster.mode == Mode::Exact && !roster.keep.is_empty()
}

/// How far such a list can be believed: whom it spares is said.
fn kept(roster: &Roster) -> Coverage {
    let patterns: Vec<String> = (roster.keep.iter().take(KEPT_NAMED))
        .map(|keep| format!("`{}`", keep.value))
        .collect();
    let more = match roster.keep.len().saturating_sub(KEPT_NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let patterns = patterns.join(", ");
    Coverage::AsWritten(format!("keeps {patterns}{more}: whoever of them is on it stays").into())
}

fn coverage(mode: Option<Mode>) -> Coverage {
    match mode {
        Some(Mode::Exact) => Coverage::Whole,
        Some(Mode::AddOnly) => Coverage::AsWritten(ADD_ONLY.into()),
        None => Coverage::AsWritten(NOT_MANAGED.into()),
    }
}

/// Reads a setting as written.
pub(super) fn setting<T>(
    desired: &Desired<'_>,
    field: SiteField,
    read: fn(&SiteValue) -> Option<T>,
) -> Fact<T> {
    let written = desired.site.settings.get(&field);
    written
        .and_then(|written| {
            let source = Source::Written(written.span);
            Some(Fact::Known(read(&written.value)?, source))
        })
        .unwrap_or_else(|| Fact::Unknown(UNMANAGED.to_owned()))
}

/// Reads a toggle as written.
pub(super) fn toggle(desired: &Desired<'_>, field: SiteField) -> Fact<bool> {
    setting(desired, field, |value| match value {
        SiteValue::Toggle(on) => Some(*on),
        _ => None,
    })
}

/// Reads whose To and Cc addresses become accounts.
pub(super) const fn cc_option(value: &SiteValue) -> Option<EmailAccountCreation> {
    match value {
        SiteValue::EmailAccountCreation(option) => Some(*option),
        _ => None,
    }
}

/// Reads who may manage organizations.
pub(super) const fn managers(value: &SiteValue) -> Option<OrganizationManagement> {
    match value {
        SiteValue::OrganizationManagement(who) => Some(*who),
        _ => None,
    }
}

fn site_facts(desired: &Desired<'_>) -> SiteFacts {
    let site = desired.site;
    SiteFacts {
        internal: toggle(desired, SiteField::Internal),
        external: toggle(desired, SiteField::External),
        allowed: match site.settings.get(&SiteField::AllowedDomains) {
            Some(Located {
                value: SiteValue::Domains(list),
                span,
            }) => Fact::Known(list.clone(), Source::Written(*span)),
            _ => Fact::Unknown(UNMANAGED.to_owned()),
        },
        create: toggle(desired, SiteField::CustomersCanCreateAccounts),
        no_login: toggle(desired, SiteField::ViewWithoutLogin),
        email_cc: setting(desired, SiteField::EmailCcCreatesAccounts, cc_option),
        organization_management: setting(desired, SiteField::OrganizationManagement, managers),
        kb_all_logged_in: toggle(desired, SiteField::KnowledgeBaseAllLoggedIn),
        kb_anyone: toggle(desired, SiteField::KnowledgeBaseAnyone),
        confluence_plan: written(site.confluence_plan.as_ref()),
        login_password: toggle(desired, SiteField::PortalOnlyPassword),
        login_sso: toggle(desired, SiteField::PortalOnlySso),
    }
}

fn grant(approved: &ApprovedSite) -> Grant {
    Grant {
        role: approved.role,
        admin_approval: approved.admin_approval,
        source: Source::Written(approved.span),
    }
}

pub(super) fn approved(desired: &Desired<'_>) -> Approved {
    let written = desired
        .atlassian
        .and_then(|(_, organization)| organization.approved_domains.as_ref());
    Approved {
        domains: written
            .into_iter()
            .flat_map(|approved| &approved.domains)
            .filter_map(|(domain, entry)| {
                Some((domain.clone(), grant(entry.sites.get(&desired.site.key)?)))
            })
            .collect(),
        coverage: coverage(written.map(|approved| approved.mode)),
        default_apps: default_apps(desired),
    }
}

/// The apps that every new account gets, as declared.
pub(super) fn default_apps(desired: &Desired<'_>) -> Vec<String> {
    let apps = desired
        .atlassian
        .into_iter()
        .flat_map(|(_, organization)| &organization.default_app_access);
    apps.map(|app| app.value.clone()).collect()
}

/// The any-domain rule as written; where it is not, Atlassian's default lets people request access only (2.3).
pub(super) fn any_domain(desired: &Desired<'_>) -> Fact<Option<Grant>> {
    let written = desired
        .atlassian
        .and_then(|(_, organization)| organization.any_domain.get(&desired.site.key));
    match written {
        Some(approved) => Fact::Known(Some(grant(approved)), Source::Written(approved.span)),
        None => Fact::Known(None, Source::Default),
    }
}

/// Confluence's side of spaces, as declared.
pub(super) fn spaces(declared: &BTreeMap<SpaceKey, Space>) -> BTreeMap<SpaceKey, SpaceFacts> {
    declared
        .iter()
        .map(|(key, space)| {
            let facts = SpaceFacts {
                anonymous_access: written(space.anonymous_access.as_ref()),
                unlicensed_access: written(space.unlicensed_access.as_ref()),
            };
            (key.clone(), facts)
        })
        .collect()
}

fn join<'a>(people: &mut PeopleBuilder<'a>, roster: &DesiredRoster<'a>, list: ListId) {
    for entry in &roster.present {
        let id = intern(people, entry);
        people.join(id, list, Source::Written(entry.span));
    }
}

/// Finds the person of an entry, or adds one.
pub(super) fn intern<'a>(people: &mut PeopleBuilder<'a>, entry: &'a RosterEntry) -> PersonId {
    let extra = entry.extra.as_deref();
    let kind = extra.and_then(|extra| extra.account);
    let name = entry.name.as_deref().unwrap_or_default();
    let (email, account_id, known) = match &entry.who {
        Who::Email(email) => (Some(email), None, people.find(email)),
        Who::Account(id) => (
            extra.and_then(|extra| extra.email.as_ref()),
            Some(id),
            people.find_account(id),
        ),
    };
    if let Some(id) = known {
        people.name(id, name);
        // One list may say nothing of the account where another says which kind it is.
        if let Some(kind) = kind {
            people.account_mut(id).kind = Some(kind);
        }
        return id;
    }
    people.add(Person {
        email,
        account_id,
        name,
        account: Account::customer(kind.unwrap_or(AccountKind::PortalOnly)),
    })
}
