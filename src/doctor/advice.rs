//! What to do next: tokens for planning and for applying, and what no program can find out.

use super::{SiteReport, State};
use crate::config::{Auth, Site, UserManagement};

/// The scopes with which a token plans: each reads.
const READING: &str = "read:servicedesk:jira-service-management read:organization:jira-service-management \
read:organization.user:jira-service-management read:organization.property:jira-service-management \
read:servicedesk.organization:jira-service-management read:servicedesk.customer:jira-service-management read:user:jira \
read:permission:jira read:permission-scheme:jira read:project:jira read:project-role:jira read:project-category:jira \
read:application-role:jira read:group:jira read:field:jira read:avatar:jira read:requesttype:jira-service-management \
read:audit-log:jira";

/// The scopes that applying needs besides.
const WRITING: &str = "write:organization:jira-service-management delete:organization:jira-service-management \
write:organization.user:jira-service-management delete:organization.user:jira-service-management \
write:organization.property:jira-service-management write:servicedesk.organization:jira-service-management \
delete:servicedesk.organization:jira-service-management write:servicedesk.customer:jira-service-management \
delete:servicedesk.customer:jira-service-management write:customer:jira-service-management write:project-role:jira \
delete:project-role:jira";

/// Returns what to do next on a site: a heading and sentences each.
pub fn advice(site: &Site, report: &SiteReport) -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("a token for planning", planning(site.auth)),
        ("a token for applying", applying(site, report)),
        ("what no program can find out", vec![user_management(site)]),
    ]
}

/// Returns how to make the tokens, before anything is declared.
pub fn tokens(auth: Auth) -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("a token for planning", planning(auth)),
        ("a token for applying", for_applying(auth)),
    ]
}

fn planning(auth: Auth) -> Vec<String> {
    let mut says = vec![
        "Use an account of its own, not a person's: an agent of each service project, which reads organizations, customers and links.".to_owned(),
        "Make it administrator of these projects too where permission schemes, channel access and sharing are to be read; Atlassian shows them to nobody else.".to_owned(),
    ];
    says.push(match auth {
        Auth::Classic => "A token without scopes (id.atlassian.com > Security > API tokens > Create API token) may do all that its account may; only the account's rights bound it.".to_owned(),
        Auth::Scoped => format!("Create API token with scopes > Jira, with these: {READING}."),
        Auth::Oauth => format!("A service account with OAuth 2.0 credentials (admin.atlassian.com > Directory > Service accounts > Create credentials), with these scopes: {READING}. Its client id and secret are PORTCULLIS_CLIENT_ID and PORTCULLIS_CLIENT_SECRET."),
    });
    says
}

fn for_applying(auth: Auth) -> Vec<String> {
    let mut says = vec![
        "Keep it where only the pipeline of the default branch reads it.".to_owned(),
        "Its account is an administrator of the projects whose customers are declared, and a Jira administrator where accounts are made or organizations deleted.".to_owned(),
    ];
    if auth != Auth::Classic {
        says.push(format!("Scopes: those for planning, and {WRITING}."));
    }
    says
}

fn applying(site: &Site, report: &SiteReport) -> Vec<String> {
    let mut says = for_applying(site.auth);
    let declared = |name: &str| report.fields.iter().any(|field| field.field == name);
    let roles = declared("people.role");
    let domains = declared("approved_domains");
    if roles || domains {
        let what = match (roles, domains) {
            (true, true) => "Approved domains and roles",
            (true, false) => "Roles",
            _ => "Approved domains",
        };
        says.push(format!("{what}: admin.atlassian.com > Settings > API keys > Create API key, by an organization admin; as PORTCULLIS_ORG_API_KEY."));
    }
    let missing = report
        .sections
        .iter()
        .flat_map(|(_, checks)| checks)
        .any(|check| check.state == State::Missing);
    if missing {
        says.push("A plan may lack rights that an apply needs: what is missing above counts for the account that applies.".to_owned());
    }
    says
}

fn user_management(site: &Site) -> String {
    let (assumed, other) = match site.user_management {
        UserManagement::Centralized => ("centralized", "original"),
        UserManagement::Original => ("original", "centralized"),
    };
    format!(
        "Which user management the site has; steps by hand go by `user_management: {assumed}`. Open admin.atlassian.com and choose \
Directory: where Users and Groups stand there it is centralized, where they stand under the site only it is original. Write \
`user_management: {other}` where that is so, since the click paths differ."
    )
}
