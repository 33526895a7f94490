//! What is declared on a site, and who carries each of it out: the program, a person, or nobody.

use super::{DeclaredField, ProjectRights, Rights, Way};
use crate::config::SurfaceMode;
use crate::config::driver::MappedField;
use crate::config::{ManagedBy, OrganizationState, Project, Roster, Surfaces};
use crate::desired::Desired;
use crate::model::{OrganizationManagement, ProjectKey, SiteField, SiteValue, Surface};
use crate::plan::surfaces::route;
use std::collections::BTreeMap;

const JIRA_ADMIN: &str = "needs a Jira administrator (global permission `Administer Jira`)";
const DESK_ADMIN: &str = "needs an administrator of the project";
const ROLES_ADMIN: &str = "needs an administrator of the project, or of Jira";
const AGENT: &str = "needs an agent of the project";
/// Why spaces are linked by hand with OAuth.
const BY_OAUTH: &str = "the GraphQL gateway takes no OAuth token of a service account: an API token makes it automatic";
const REFUSED_ENDPOINT: &str = "the endpoint of your mapped description refuses this account";
const NO_PROJECT: &str = "the site shows no such service project to this account";

/// Fields under way: those of the same field, way and reason become one line.
#[derive(Default)]
struct Lines {
    order: Vec<(&'static str, Way, String)>,
    objects: BTreeMap<(&'static str, Way, String), Vec<String>>,
}

impl Lines {
    fn add(&mut self, field: &'static str, object: Option<&str>, way: Way, why: impl Into<String>) {
        let key = (field, way, why.into());
        if !self.objects.contains_key(&key) {
            self.order.push(key.clone());
        }
        let objects = self.objects.entry(key).or_default();
        objects.extend(object.map(str::to_owned));
    }

    fn finish(mut self) -> Vec<DeclaredField> {
        self.order
            .drain(..)
            .map(|key| DeclaredField {
                objects: self.objects.remove(&key).unwrap_or_default(),
                field: key.0,
                way: key.1,
                why: key.2,
            })
            .collect()
    }
}

/// Returns what is declared on a site, in the order of the configuration format.
pub fn fields(desired: &Desired<'_>, rights: &Rights) -> Vec<DeclaredField> {
    let mut lines = Lines::default();
    approved_domains(desired, rights, &mut lines);
    settings(desired, rights, &mut lines);
    organizations(desired, rights, &mut lines);
    for (key, project) in &desired.site.projects {
        self::project(desired, key, project, rights, &mut lines);
    }
    people(desired, rights, &mut lines);
    accounts(desired, rights, &mut lines);
    lines.finish()
}

/// Adds whose access ends, and who becomes a customer.
fn people(desired: &Desired<'_>, rights: &Rights, lines: &mut Lines) {
    let surfaces = &desired.site.surfaces;
    if desired.site.people.values().any(|person| person.revoked) {
        let (way, why) = match (surfaces.accounts == SurfaceMode::Write, rights.administer) {
            (true, Some(false)) => (
                Way::Refused,
                "needs a site admin, who also administers Jira, as this account does not",
            ),
            (true, _) => (
                Way::Automatic(Surface::Accounts),
                "of portal-only accounts; needs a site admin, and only a person can undo it",
            ),
            (false, _) => (
                Way::ByHand,
                "surfaces: { accounts: write } makes it automatic for portal-only accounts",
            ),
        };
        lines.add("people.state: revoked", None, way, why);
    }
    if !desired.site.roles.is_empty() {
        let named = desired.atlassian_id.is_some();
        let write = surfaces.roles == SurfaceMode::Write;
        let (way, why) = match (write, named, rights.organization_key) {
            (false, ..) => (
                Way::ByHand,
                "surfaces: { roles: write } and the organization's key make it automatic",
            ),
            (true, false, _) => (
                Way::ByHand,
                "the `id` of the Atlassian organization makes it automatic, with the organization's key",
            ),
            (true, true, Some(false)) => (
                Way::ByHand,
                "an API key of the Atlassian organization (`PORTCULLIS_ORG_API_KEY`) makes it automatic",
            ),
            (true, true, Some(true)) => (
                Way::Automatic(Surface::Roles),
                "with the organization's key; what a group gives is by hand",
            ),
            (true, true, None) => (
                Way::Automatic(Surface::Roles),
                "with the organization's key, of which it is not known whether it is accepted; what a group gives is by hand",
            ),
        };
        lines.add("people.role", None, way, why);
    }
}

fn approved_domains(desired: &Desired<'_>, rights: &Rights, lines: &mut Lines) {
    let Some((_, organization)) = desired.atlassian else {
        return;
    };
    if let Some(approved) = &organization.approved_domains {
        for (domain, declared) in &approved.domains {
            if !declared.sites.contains_key(&desired.site.key) {
                continue;
            }
            let (way, why) = if desired.atlassian_id.is_none() {
                let why =
                    "needs the `id` of the Atlassian organization under `atlassian_organizations`";
                (Way::Refused, why)
            } else {
                match rights.organization_key {
                    Some(false) => (
                        Way::Refused,
                        "needs an API key of the Atlassian organization (`PORTCULLIS_ORG_API_KEY`)",
                    ),
                    Some(true) => (Way::Automatic(Surface::Documented), "documented Admin API"),
                    None => (
                        Way::Automatic(Surface::Documented),
                        "documented Admin API; whether the key is accepted is not known",
                    ),
                }
            };
            lines.add("approved_domains", Some(domain.as_str()), way, why);
        }
    }
    if organization.any_domain.contains_key(&desired.site.key) {
        lines.add("any_domain", None, Way::ByHand, "no API writes this rule");
    }
}

fn settings(desired: &Desired<'_>, rights: &Rights, lines: &mut Lines) {
    for field in desired.site.settings.keys() {
        let route = route(&desired.site.surfaces, MappedField::Site(*field));
        match route.write {
            Surface::Mapped if refused(desired, rights, MappedField::Site(*field)) => {
                lines.add(field.yaml_path(), None, Way::ByHand, REFUSED_ENDPOINT);
            }
            Surface::Manual => {
                let parts = field.address_parts();
                let address = format!("{}/{}/{}", desired.site.key, parts[0], parts[1]);
                let why = match desired.attestations.get(address.as_str()) {
                    Some(attested) => format!(
                        "no API of Atlassian reaches it; attested by {} until {}",
                        attested.by, attested.until
                    ),
                    None if desired.site.surfaces.out_of_reach.is_some() => {
                        "your mapped description cannot be used: the site's own origin takes no OAuth token".to_owned()
                    }
                    None if route.read == Surface::Mapped => {
                        "your mapped description reads it and does not write it".to_owned()
                    }
                    None => "no API of Atlassian reaches it, and nobody attests it now".to_owned(),
                };
                lines.add(field.yaml_path(), None, Way::ByHand, why);
            }
            surface => lines.add(
                field.yaml_path(),
                None,
                Way::Automatic(surface),
                by_description(&desired.site.surfaces),
            ),
        }
    }
}

/// Says whether the described endpoint of a field refused the caller.
fn refused(desired: &Desired<'_>, rights: &Rights, field: MappedField) -> bool {
    let described = desired.site.surfaces.mapped.as_ref();
    let mapping = described.and_then(|driver| driver.fields.get(&field));
    mapping.is_some_and(|mapping| rights.refused_endpoints.contains(&mapping.endpoint))
}

fn by_description(surfaces: &Surfaces) -> String {
    match &surfaces.mapped {
        Some(driver) => format!("as {} describes it", driver.file),
        None => "as described".to_owned(),
    }
}

fn organizations(desired: &Desired<'_>, rights: &Rights, lines: &mut Lines) {
    let admins_only = matches!(
        desired
            .site
            .settings
            .get(&SiteField::OrganizationManagement)
            .map(|declared| &declared.value),
        Some(SiteValue::OrganizationManagement(
            OrganizationManagement::JiraAdminsOnly
        ))
    );
    let agents = rights.projects.values().map(|project| project.agent);
    let agent = any(agents);
    for (name, organization) in &desired.site.organizations {
        let name = Some(name.as_str());
        let documented = |held: Option<bool>, right: &str| match held {
            Some(false) => (Way::Refused, right.to_owned()),
            Some(true) => (
                Way::Automatic(Surface::Documented),
                "documented REST".to_owned(),
            ),
            None => (
                Way::Automatic(Surface::Documented),
                format!("documented REST; whether the account may is not known: {right}"),
            ),
        };
        let managed = if admins_only {
            documented(
                rights.administer,
                "needs a Jira administrator, as `organization_management: jira_admins_only` says",
            )
        } else {
            documented(agent, "needs an agent of any service project")
        };
        if organization.state.value == OrganizationState::Absent {
            let (way, why) = documented(rights.administer, JIRA_ADMIN);
            lines.add("organizations.state: absent", name, way, why);
            continue;
        }
        lines.add("organizations", name, managed.0, managed.1.clone());
        if organization.previous_name.is_some() {
            lines.add(
                "organizations.previous_name",
                name,
                managed.0,
                managed.1.clone(),
            );
        }
        if organization.email_domains.is_some() {
            let route = route(
                &desired.site.surfaces,
                MappedField::OrganizationEmailDomains,
            );
            let (way, why) = match route.write {
                Surface::Manual => (Way::ByHand, "no API of Atlassian writes them".to_owned()),
                surface => (
                    Way::Automatic(surface),
                    by_description(&desired.site.surfaces),
                ),
            };
            lines.add("organizations.email_domains", name, way, why);
        }
        if organization.members.is_some() {
            let (way, why) = match organization.managed_by {
                ManagedBy::Portcullis => managed,
                ManagedBy::Scim => (
                    Way::ByHand,
                    "managed_by: scim: the identity provider has the members".to_owned(),
                ),
                ManagedBy::Agents => (
                    Way::ByHand,
                    "managed_by: agents: agents have the members".to_owned(),
                ),
            };
            lines.add("organizations.members", name, way, why);
        }
    }
}

fn project(
    desired: &Desired<'_>,
    key: &ProjectKey,
    project: &Project,
    rights: &Rights,
    lines: &mut Lines,
) {
    let name = Some(key.as_str());
    let held = match rights.projects.get(key) {
        Some(held) => *held,
        None if rights.projects_known => {
            lines.add("projects", name, Way::Refused, NO_PROJECT);
            return;
        }
        None => ProjectRights::default(),
    };
    let surfaces = &desired.site.surfaces;
    let settings = [
        (
            "projects.channel_access",
            project.channel_access.is_some(),
            MappedField::ChannelAccess,
        ),
        (
            "projects.customer_sharing",
            project.customer_sharing.is_some(),
            MappedField::CustomerSharing,
        ),
    ];
    for (field, declared, mapped) in settings {
        if declared {
            let why = "surfaces: { private: write } makes it automatic, over an endpoint that Atlassian does not promise";
            let rights = (rights, held.administer);
            setting(field, name, surfaces, mapped, why, rights, lines);
        }
    }
    if project.organizations.is_some() {
        let right = any([held.agent, rights.administer].into_iter());
        documented("projects.organizations", name, right, AGENT, lines);
    }
    if project.customers.is_some() {
        documented(
            "projects.customers",
            name,
            held.administer,
            DESK_ADMIN,
            lines,
        );
    }
    if project.customer_groups.is_some() {
        let right = any([held.administer, rights.administer].into_iter());
        documented("projects.customer_groups", name, right, ROLES_ADMIN, lines);
    }
    for (space, linked) in &project.knowledge_base {
        let object = format!("{key}/{space}");
        let field = match linked.who_can_view {
            Some(_) => "projects.knowledge_base.who_can_view",
            None => "projects.knowledge_base",
        };
        let why = match surfaces.oauth {
            true => BY_OAUTH,
            false => {
                "surfaces: { gateway: write } makes it automatic, over operations that Atlassian publishes without a promise"
            }
        };
        let object = Some(object.as_str());
        setting(
            field,
            object,
            surfaces,
            MappedField::WhoCanView,
            why,
            (rights, held.administer),
            lines,
        );
    }
}

/// Adds a setting of a project, whose surface decides.
fn setting(
    field: &'static str,
    object: Option<&str>,
    surfaces: &Surfaces,
    mapped: MappedField,
    by_hand: &str,
    (rights, administer): (&Rights, Option<bool>),
    lines: &mut Lines,
) {
    match (route(surfaces, mapped).write, administer) {
        (surface, _) if rights.refused.contains(&surface) => {
            let why = format!(
                "surface {} is refused to these credentials, as told above",
                surface.word()
            );
            lines.add(field, object, Way::ByHand, why);
        }
        (Surface::Manual, _) => lines.add(field, object, Way::ByHand, by_hand),
        (Surface::Mapped, _) => lines.add(
            field,
            object,
            Way::Automatic(Surface::Mapped),
            by_description(surfaces),
        ),
        (_, Some(false)) => lines.add(field, object, Way::Refused, DESK_ADMIN),
        (surface, _) => lines.add(
            field,
            object,
            Way::Automatic(surface),
            "as surfaces allow it, without a promise by Atlassian",
        ),
    }
}

fn documented(
    field: &'static str,
    object: Option<&str>,
    held: Option<bool>,
    right: &str,
    lines: &mut Lines,
) {
    match held {
        Some(false) => lines.add(field, object, Way::Refused, right),
        Some(true) => lines.add(
            field,
            object,
            Way::Automatic(Surface::Documented),
            "documented REST",
        ),
        None => lines.add(
            field,
            object,
            Way::Automatic(Surface::Documented),
            format!("documented REST; whether the account may is not known: {right}"),
        ),
    }
}

/// Accounts for listed people who have none.
fn accounts(desired: &Desired<'_>, rights: &Rights, lines: &mut Lines) {
    let organizations = desired.site.organizations.values();
    let members = organizations.filter_map(|organization| organization.members.as_ref());
    let projects = desired.site.projects.values();
    let customers = projects.filter_map(|project| project.customers.as_ref());
    let makes = |roster: &Roster| {
        roster.create != crate::config::Create::Never && !roster.entries.is_empty()
    };
    if members.chain(customers).any(makes) {
        let field = "accounts of listed people who have none";
        documented(field, None, rights.administer, JIRA_ADMIN, lines);
    }
}

/// Says whether any of several is held: yes where one is, no where none is, else not known.
fn any(held: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(false);
    for held in held {
        match held {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all = None,
        }
    }
    all
}
