//! Manual steps where the site is a sandbox: its console stands in for Atlassian's pages, under the same words.

use super::{Entry, ManualSubject, project_of};
use crate::config::{Site, SiteUrl};
use crate::model::SiteField;
use crate::neutral::phrase::Phrase;
use crate::neutral::shell::quoted;
use url::Url;

/// Who can do a step: the console is for this machine, and asks for nothing.
pub(super) const ROLE: &str = "whoever runs the sandbox: its console takes no login";

/// Where the console of a sandbox is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Console {
    /// In the process of a command, so a server has to be started on its state first.
    Embedded,
    /// Under this origin.
    Served(Url),
}

impl Console {
    /// Returns the console of a site that is a sandbox: an embedded one, or a server on this machine, where no site of
    /// Atlassian's can be.
    pub(super) fn of(site: &Site) -> Option<Self> {
        match &site.url.as_ref()?.value {
            SiteUrl::Sandbox => Some(Self::Embedded),
            SiteUrl::Remote(url) => {
                let local = match url.host()? {
                    url::Host::Domain(name) => name == "localhost",
                    url::Host::Ipv4(ip) => ip.is_loopback(),
                    url::Host::Ipv6(ip) => ip.is_loopback(),
                };
                local.then(|| Self::Served(url.clone()))
            }
        }
    }

    /// Returns the beginning of a click path.
    pub(super) fn path(&self, site: &Site, subject: &ManualSubject, entry: Entry) -> Vec<Phrase> {
        let console = match self {
            Self::Served(_) => "the sandbox's console".to_owned(),
            Self::Embedded => format!(
                "the console of `portcullis sandbox --site {key} --state .portcullis/sandbox/{key}.json`, run in the workspace",
                key = quoted(site.key.as_str())
            ),
        };
        let page = match entry {
            Entry::SiteSettings => None,
            Entry::AppAccessSettings => {
                Some("App access settings (or User access settings)".to_owned())
            }
            Entry::Users => Some("Users".to_owned()),
            Entry::PortalCustomers => Some("Portal-only customers".to_owned()),
            Entry::Project => project_of(site, subject).map(|project| format!("project {project}")),
        };
        let elements = [console].into_iter().chain(page);
        elements.map(Phrase::from).collect()
    }

    /// Returns the link to the page, where a server is there to answer it.
    pub(super) fn link(&self, subject: &ManualSubject) -> Option<String> {
        let Self::Served(origin) = self else {
            return None;
        };
        let (page, query, control) = page(subject);
        let mut url = origin.join("/__sandbox/console/").ok()?.join(&page).ok()?;
        if let Some((name, value)) = query {
            url.query_pairs_mut().append_pair(name, value);
        }
        url.set_fragment(control);
        Some(url.into())
    }
}

/// What a link leads to: the page below the console, a query, and the id of the control.
type Place<'s> = (
    String,
    Option<(&'static str, &'s str)>,
    Option<&'static str>,
);

fn page(subject: &ManualSubject) -> Place<'_> {
    let settings = |name: &str, control| (name.to_owned(), None, Some(control));
    match subject {
        ManualSubject::SiteField(field) => {
            let (name, control) = settings_page(*field);
            settings(name, control)
        }
        ManualSubject::AllowedDomains => settings("customer-access", "allowed-domains"),
        ManualSubject::ApprovedDomain(_) => settings("app-access", "approved-domains"),
        ManualSubject::AnyDomain => settings("app-access", "any-domain"),
        ManualSubject::EmailDomains(name) => (
            "organization".to_owned(),
            Some(("name", name.as_str())),
            Some("domains"),
        ),
        ManualSubject::Rename { from, .. } => (
            "organization".to_owned(),
            Some(("name", from.as_str())),
            Some("name"),
        ),
        ManualSubject::ChannelAccess(project) => {
            (format!("project/{project}"), None, Some("channel-access"))
        }
        ManualSubject::CustomerSharing(project) => {
            (format!("project/{project}"), None, Some("customer-sharing"))
        }
        ManualSubject::KnowledgeBase(project, _) => {
            (format!("project/{project}"), None, Some("knowledge-base"))
        }
        ManualSubject::InviteInternal(_) => settings("users", "invite"),
        // Without the address, which a link would carry past the redaction of reports.
        ManualSubject::SuspendAccount(_)
        | ManualSubject::CustomerRole(..)
        | ManualSubject::LeaveGroups(..) => settings("users", "search"),
        ManualSubject::MigrateAccounts(_)
        | ManualSubject::GrantPortalAccess(_)
        | ManualSubject::RevokePortalAccess(_) => settings("portal-only-customers", "search"),
    }
}

fn settings_page(field: SiteField) -> (&'static str, &'static str) {
    match field {
        SiteField::Internal => ("customer-access", "internal"),
        SiteField::External => ("customer-access", "external"),
        SiteField::AllowedDomains => ("customer-access", "allowed-domains"),
        SiteField::CustomersCanCreateAccounts => ("customer-access", "creation"),
        SiteField::ViewWithoutLogin => ("customer-access", "login"),
        SiteField::EmailCcCreatesAccounts => ("email-requests", "account-creation"),
        SiteField::OrganizationManagement => ("configuration", "organization-management"),
        SiteField::PortalOnlyPassword | SiteField::PortalOnlySso => {
            ("authentication", "login-methods")
        }
        SiteField::KnowledgeBaseAllLoggedIn => ("knowledge-base-permissions", "all-logged-in"),
        SiteField::KnowledgeBaseAnyone => ("knowledge-base-permissions", "anyone"),
    }
}
