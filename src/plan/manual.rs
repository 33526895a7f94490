//! What only a person can do: where to click, with which role, and the value to reach.
//!
//! The click paths follow Atlassian's support pages as read in November 2026. Atlassian renames menus (`Products` became
//! `Apps`, projects become spaces), so where two names are in use the newer one stands first and the older one after `or`.

mod attest;
mod outline;
mod sandbox;
pub(super) mod sequence;

pub use attest::Statement;

use crate::config::{Site, SiteUrl, UserManagement};
use crate::model::{Address, Domain, Email, OrganizationName, ProjectKey, SiteField, SpaceKey};
use crate::neutral::phrase::Phrase;
use outline::Outline;
use sandbox::Console;
use serde_json::Value;

/// A step that only a person can do.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualStep {
    /// The addresses that it settles.
    pub addresses: Vec<Address>,
    /// What to do, in one line.
    pub title: Phrase,
    /// Where to click, outermost first.
    pub click_path: Vec<Phrase>,
    /// How many of these, the last ones, are on the page to which the others lead.
    pub on_page: usize,
    /// A link to the page, where one is known.
    pub link: Option<String>,
    /// Who can do it.
    pub role: String,
    /// The present value, as far as known.
    pub present: Value,
    /// The value it should have.
    pub expected: Value,
    /// What records that a person checked it, where attesting helps.
    pub attest: Option<Statement>,
}

/// What a person has to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManualSubject {
    /// A site-wide setting. The two login methods of portal-only customers are one page and one step; give either.
    SiteField(SiteField),
    /// The allowed external domains: the same step as [`SiteField::AllowedDomains`].
    AllowedDomains,
    /// An approved domain of the Atlassian organization.
    ApprovedDomain(Domain),
    /// The rule for domains that nobody approved.
    AnyDomain,
    /// The e-mail domains of an organization.
    EmailDomains(OrganizationName),
    /// A new name for an organization.
    Rename {
        /// The name on the site.
        from: String,
        /// The name in the YAML.
        to: OrganizationName,
    },
    /// Who may send requests to a project.
    ChannelAccess(ProjectKey),
    /// With whom customers of a project may share requests.
    CustomerSharing(ProjectKey),
    /// A knowledge-base space of a project: linked, and who can view it.
    KnowledgeBase(ProjectKey, SpaceKey),
    /// People who would get an Atlassian account, which only an administrator can hand out.
    InviteInternal(Vec<Email>),
    /// Portal-only accounts that should be Atlassian accounts.
    MigrateAccounts(Vec<Email>),
    /// A portal-only account whose access was revoked.
    GrantPortalAccess(Email),
    /// A portal-only account whose access must end.
    RevokePortalAccess(Email),
    /// An Atlassian account whose access to the site must end.
    SuspendAccount(Email),
    /// An Atlassian account that should be a customer, and the apps that are taken from it.
    CustomerRole(Email, Vec<String>),
    /// Groups that an account must leave, since they give it an app.
    LeaveGroups(Email, Vec<String>, String),
}

/// Where a click path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// The site's settings menu, Jira Service Management section.
    SiteSettings,
    /// Atlassian Administration, at the organization's app access settings.
    AppAccessSettings,
    /// Atlassian Administration, at the list of users.
    Users,
    /// Atlassian Administration, at the list of portal-only customers.
    PortalCustomers,
    /// A service project.
    Project,
}

/// Describes what a person has to do on a site so that `addresses` are settled.
///
/// `present` is the live value, `null` when it is not known; `expected` is the value of the whole subject (for allowed
/// domains `"any"` or the list, for portal-only login both methods), since that is what an attestation states.
pub fn step(
    site: &Site,
    subject: &ManualSubject,
    addresses: Vec<Address>,
    present: Value,
    expected: Value,
) -> ManualStep {
    let outline = Outline::of(site, subject, &expected);
    let attest = attest::statement(site, subject, &addresses, &present, &expected);
    let (mut click_path, role, link) = match Console::of(site) {
        Some(console) => (
            console.path(site, subject, outline.entry),
            sandbox::ROLE,
            console.link(subject),
        ),
        None => (
            entry_path(site, subject, outline.entry),
            role(site, outline.entry, outline.role),
            link(site, subject, outline.entry),
        ),
    };
    let on_page = outline.path.len().saturating_sub(outline::page(subject));
    click_path.extend(outline.path);
    ManualStep {
        on_page,
        addresses,
        title: outline.title,
        click_path,
        link,
        role: role.to_owned(),
        present,
        expected,
        attest,
    }
}

/// The administration of people differs: with the original experience a site admin suffices for portal-only customers.
fn role(site: &Site, entry: Entry, usual: &'static str) -> &'static str {
    match (site.user_management, entry) {
        (UserManagement::Original, Entry::PortalCustomers) => "organization admin or site admin",
        (UserManagement::Original, Entry::Users) => "organization admin or site admin",
        _ => usual,
    }
}

fn entry_path(site: &Site, subject: &ManualSubject, entry: Entry) -> Vec<Phrase> {
    let place = place(site);
    let centralized = site.user_management == UserManagement::Centralized;
    match entry {
        Entry::SiteSettings => path(&[
            &place,
            "Settings (gear)",
            "Apps (or Products)",
            "Jira Service Management",
        ]),
        Entry::AppAccessSettings => path(&[
            "admin.atlassian.com",
            "your organization",
            "Apps (or Products)",
            "App access settings (or User access settings)",
        ]),
        Entry::Users if centralized => path(&[
            "admin.atlassian.com",
            "your organization",
            "Directory",
            "Users",
        ]),
        Entry::Users => path(&["admin.atlassian.com", "your organization", &place, "Users"]),
        Entry::PortalCustomers if centralized => path(&[
            "admin.atlassian.com",
            "your organization",
            "Apps (or Products)",
            &place,
            "Jira Service Management",
            "Portal-only customers",
        ]),
        Entry::PortalCustomers => path(&[
            "admin.atlassian.com",
            "your organization",
            &place,
            "Jira Service Management",
        ]),
        Entry::Project => match project_of(site, subject) {
            Some(project) => path(&[&place, &format!("project {project}")]),
            None => path(&[&place, "a service project with this organization"]),
        },
    }
}

/// The link to the page. Atlassian documents addresses for its administration, for a project's list of customers, and of the
/// settings for the page Customer access; none is guessed.
fn link(site: &Site, subject: &ManualSubject, entry: Entry) -> Option<String> {
    match (entry, subject) {
        (
            Entry::SiteSettings,
            ManualSubject::AllowedDomains
            | ManualSubject::SiteField(
                SiteField::Internal
                | SiteField::External
                | SiteField::AllowedDomains
                | SiteField::CustomersCanCreateAccounts
                | SiteField::ViewWithoutLogin,
            ),
        ) => {
            let Some(SiteUrl::Remote(url)) = site.url.as_ref().map(|url| &url.value) else {
                return None;
            };
            // Support page "Unable to add or invite a customer".
            url.join("/jira/settings/products/servicedesk/customer-access")
                .ok()
                .map(String::from)
        }
        (Entry::AppAccessSettings | Entry::Users | Entry::PortalCustomers, _) => {
            Some("https://admin.atlassian.com/".into())
        }
        (Entry::Project, ManualSubject::EmailDomains(_) | ManualSubject::Rename { .. }) => {
            let Some(SiteUrl::Remote(url)) = site.url.as_ref().map(|url| &url.value) else {
                return None;
            };
            // Support page "Manage access to Jira Service Management projects and requests".
            let project = project_of(site, subject)?;
            url.join(&format!("/projects/{project}/customers"))
                .ok()
                .map(String::from)
        }
        _ => None,
    }
}

/// The project whose pages the subject is on; for an organization, the first declared one that it is linked to.
fn project_of<'a>(site: &'a Site, subject: &'a ManualSubject) -> Option<&'a ProjectKey> {
    match subject {
        ManualSubject::ChannelAccess(project)
        | ManualSubject::CustomerSharing(project)
        | ManualSubject::KnowledgeBase(project, _) => Some(project),
        ManualSubject::EmailDomains(name) | ManualSubject::Rename { to: name, .. } => {
            site.projects.iter().find_map(|(key, project)| {
                let linked = project.organizations.as_ref()?;
                linked
                    .list
                    .iter()
                    .any(|listed| listed.value == *name)
                    .then_some(key)
            })
        }
        _ => None,
    }
}

/// The site as people know it: its host name, or its key where it has none.
fn place(site: &Site) -> String {
    match site.url.as_ref().map(|url| &url.value) {
        Some(SiteUrl::Remote(url)) => url
            .host_str()
            .map_or_else(|| site.key.to_string(), str::to_owned),
        _ => site.key.to_string(),
    }
}

fn path<S: Clone + Into<Phrase>>(parts: &[S]) -> Vec<Phrase> {
    parts.iter().cloned().map(Into::into).collect()
}

#[cfg(test)]
mod tests;
