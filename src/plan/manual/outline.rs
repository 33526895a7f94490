//! The steps before they are fitted to a site: in which words, from where, and with which role.

use super::{Entry, ManualSubject, path};
use crate::config::Site;
use crate::model::{Email, SiteField};
use crate::neutral::named;
use crate::neutral::phrase::{Phrase, foreign, marked, ours, person, prose, say};
use crate::observed::ObservedRoles;
use serde_json::Value;

/// A step before it is fitted to a site.
pub(super) struct Outline {
    pub(super) title: Phrase,
    pub(super) entry: Entry,
    /// What follows the entry.
    pub(super) path: Vec<Phrase>,
    pub(super) role: &'static str,
}

/// Who may open `Customer access` (support page "Change access settings for your customers").
const SITE_ADMIN: &str = "site admin or organization admin";
/// Who may open a project's `Customer permissions` and `Knowledge base`.
const PROJECT_ADMIN: &str = "project admin";
/// Who may open `Approved domains` and hand out JSM roles.
const ACCESS_ADMIN: &str = "organization admin or user access admin";

/// Where the pages of a project's settings begin.
const PROJECT_SETTINGS: &str = "Space settings (or Project settings)";
/// Where it is chosen whether customers make their own accounts.
const CREATION: &str = "Account creation";
/// Where an app's grants are chosen.
const GRANT: &str = "Jira Service Management: role and admin approval";

impl Outline {
    /// `expected` is the value that the step is to bring about.
    pub(super) fn of(site: &Site, subject: &ManualSubject, expected: &Value) -> Self {
        use ManualSubject as S;
        match subject {
            S::SiteField(SiteField::CustomersCanCreateAccounts) => account_creation(expected),
            S::SiteField(field) => site_field(*field),
            S::AllowedDomains => site_field(SiteField::AllowedDomains),
            S::ApprovedDomain(domain) => Self::new(
                Entry::AppAccessSettings,
                format!(
                    "set what the approved domain `{domain}` grants for Jira Service Management"
                ),
                &[
                    "Approved domains",
                    &format!("{domain} (Add domain if it is not listed)"),
                    GRANT,
                    "Save",
                ],
            ),
            S::AnyDomain => Self::new(
                Entry::AppAccessSettings,
                "set what the any-domain rule grants for Jira Service Management",
                &["Any domain", GRANT, "Save"],
            ),
            S::EmailDomains(name) => Self::new(
                Entry::Project,
                format!("set the e-mail domains of organization {}", named(name)),
                &[
                    ours("Customers"),
                    prose(name),
                    ours("More actions (…)"),
                    ours("Manage email domains"),
                ],
            )
            .by(organization_role(site)),
            S::Rename { from, to } => Self::new(
                Entry::Project,
                format!("rename organization {} to {}", named(from), named(to)),
                &[
                    ours("Customers"),
                    prose(from),
                    say("edit its name to {}", [prose(to)]),
                ],
            )
            .by(organization_role(site)),
            S::ChannelAccess(project) => customer_permission(
                format!("set channel access of project `{project}`"),
                "Channel access",
            ),
            S::CustomerSharing(project) => customer_permission(
                format!("set customer sharing of project `{project}`"),
                "Customer sharing",
            ),
            S::KnowledgeBase(project, space) => Self::new(
                Entry::Project,
                format!(
                    "set who can view space `{space}` in the knowledge base of project `{project}`"
                ),
                &[
                    PROJECT_SETTINGS,
                    "Channels & self service",
                    "Knowledge base",
                    &format!("{space} (link the space if it is not listed)"),
                    "Who can view",
                ],
            ),
            S::InviteInternal(people) => invitation(people),
            S::MigrateAccounts(people) => migration(people),
            S::GrantPortalAccess(person) => portal_access(person, true),
            S::RevokePortalAccess(person) => portal_access(person, false),
            S::SuspendAccount(person) => of_account(
                person,
                say(
                    "suspend the Atlassian account of {} on this site",
                    [marked(person.written())],
                ),
                &["More actions (…)", "Suspend access"],
            ),
            S::CustomerRole(person, apps) => customer_role(person, apps),
            S::LeaveGroups(person, groups, app) => {
                let groups: Vec<_> = groups.iter().map(foreign).collect();
                let groups = Phrase::default().joined(&groups, " and ");
                let title = say(
                    "take {} out of {}, which gives {}",
                    [marked(person.written()), groups, ours(app)],
                );
                of_account(person, title, &["Groups", "Remove from group"])
            }
        }
    }

    /// A step for whoever usually sees to what is there.
    fn new<S: Clone + Into<Phrase>>(entry: Entry, title: impl Into<Phrase>, steps: &[S]) -> Self {
        Self {
            title: title.into(),
            entry,
            path: path(steps),
            role: match entry {
                Entry::SiteSettings => SITE_ADMIN,
                Entry::AppAccessSettings | Entry::Users => ACCESS_ADMIN,
                Entry::PortalCustomers => "organization admin",
                Entry::Project => PROJECT_ADMIN,
            },
        }
    }

    /// The same step for somebody else.
    fn by(self, role: &'static str) -> Self {
        Self { role, ..self }
    }
}

fn invitation(people: &[Email]) -> Outline {
    let whom = match people {
        [one] => marked(one.written()),
        all => ours(format!("these {} people", all.len())),
    };
    Outline::new(
        Entry::Users,
        say(
            "invite {} with the Jira Service Management role Customer",
            [whom],
        ),
        &[
            "Invite users (for who is listed already: Grant access)",
            "Jira Service Management: Customer",
            "Invite",
        ],
    )
}

fn migration(people: &[Email]) -> Outline {
    let title = match people {
        [one] => say(
            "migrate the portal-only account of {} to an Atlassian account, which cannot be undone",
            [marked(one.written())],
        ),
        all => say(
            "migrate these {} portal-only accounts to Atlassian accounts, which cannot be undone",
            [ours(all.len())],
        ),
    };
    Outline::new(
        Entry::PortalCustomers,
        title,
        &[
            "search by e-mail address",
            "More actions (…)",
            "Migrate to Atlassian account",
            "Migrate",
        ],
    )
}

fn portal_access(person: &Email, granted: bool) -> Outline {
    let who = person.written();
    let (title, does) = match granted {
        true => (
            say(
                "give the portal-only account of {} its access back",
                [marked(who)],
            ),
            "Grant access",
        ),
        false => (
            say(
                "end the portal-only access of {}; only a person can give it back",
                [marked(who)],
            ),
            "Revoke access",
        ),
    };
    let steps = [search(who), ours("More actions (…)"), ours(does)];
    Outline::new(Entry::PortalCustomers, title, &steps)
}

fn customer_role(person: &Email, apps: &[String]) -> Outline {
    let who = person.written();
    let mut title = say(
        "give {} the Jira Service Management role Customer",
        [marked(who)],
    );
    if !apps.is_empty() {
        title = title.word(&format!(", then take away {}", apps.join(", ")));
    }
    // The licence of an agent goes with the choice of the role; every other app has a choice of its own.
    let mut steps = vec!["Jira Service Management: Customer".to_owned()];
    let is_jsm = |app: &&String| ObservedRoles::owners(app) == [ObservedRoles::JSM];
    let others = apps.iter().filter(|app| !is_jsm(app));
    steps.extend(others.map(|app| format!("{}: None", app_name(app))));
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    of_account(person, title, &steps)
}

/// An app as its page calls it; what has no word of ours stands as the files have it.
fn app_name(app: &str) -> &str {
    match app {
        "jira" => "Jira",
        "confluence" => "Confluence",
        other => other,
    }
}

/// A step at an Atlassian account in the list of users.
fn of_account(who: &Email, title: Phrase, controls: &[&str]) -> Outline {
    let steps: Vec<Phrase> = std::iter::once(search(who.written()))
        .chain(controls.iter().map(ours))
        .collect();
    Outline::new(Entry::Users, title, &steps)
}

fn search(who: &str) -> Phrase {
    say("search for {}", [person(who)])
}

/// Returns how many elements of an outline's path lead to its page.
pub(super) const fn page(subject: &ManualSubject) -> usize {
    match subject {
        ManualSubject::ChannelAccess(_)
        | ManualSubject::CustomerSharing(_)
        | ManualSubject::KnowledgeBase(..) => 3,
        ManualSubject::InviteInternal(_)
        | ManualSubject::MigrateAccounts(_)
        | ManualSubject::GrantPortalAccess(_)
        | ManualSubject::RevokePortalAccess(_)
        | ManualSubject::SuspendAccount(_)
        | ManualSubject::CustomerRole(..)
        | ManualSubject::LeaveGroups(..) => 0,
        _ => 1,
    }
}

fn site_field(field: SiteField) -> Outline {
    let (title, page, role): (&str, &[&str], _) = match field {
        SiteField::Internal => (
            "set whether internal customers get Atlassian accounts by approved domains",
            &[
                "Customer access",
                "Account types",
                "Internal",
                "Use approved domains to grant internal customers access to the help center with Atlassian accounts",
                "Save",
            ],
            SITE_ADMIN,
        ),
        SiteField::External => (
            "set whether external customers may get portal-only accounts",
            &[
                "Customer access",
                "Account types",
                "External",
                "Allow portal-only accounts to be created for new customers accessing the help center",
                "Save",
            ],
            SITE_ADMIN,
        ),
        SiteField::AllowedDomains => (
            "set which external domains may get portal-only accounts",
            &[
                "Customer access",
                "Account types",
                "External",
                "Only allow account creation for customers with specific email domains",
                "Save",
            ],
            SITE_ADMIN,
        ),
        SiteField::CustomersCanCreateAccounts => (
            "set whether customers may create their own accounts",
            &["Customer access", "Portal access", CREATION, "Save"],
            SITE_ADMIN,
        ),
        SiteField::ViewWithoutLogin => (
            "set whether help centers can be viewed without login",
            &[
                "Customer access",
                "Portal access",
                "Customers can access and send requests from the portal without logging in",
                "Save",
            ],
            SITE_ADMIN,
        ),
        SiteField::EmailCcCreatesAccounts => (
            "set whose To and Cc addresses become accounts",
            &["Email requests", "Account creation for customers", "Save"],
            "site admin",
        ),
        SiteField::OrganizationManagement => (
            "set who manages customer organizations",
            &["Configuration", "Organization management"],
            "Jira admin",
        ),
        SiteField::PortalOnlyPassword | SiteField::PortalOnlySso => (
            "set how portal-only customers log in (at least one method stays on)",
            &["Authentication", "Password and Single sign-on", "Save"],
            "Jira admin",
        ),
        SiteField::KnowledgeBaseAllLoggedIn => (
            "set whether projects may show articles to all logged-in users",
            &["Knowledge base permissions", "All logged-in users"],
            "Jira site admin who is also Confluence admin",
        ),
        SiteField::KnowledgeBaseAnyone => (
            "set whether projects may show articles to anyone",
            &["Knowledge base permissions", "Anyone"],
            "Jira site admin who is also Confluence admin",
        ),
    };
    Outline::new(Entry::SiteSettings, title, page).by(role)
}

/// A step on a project's page of customer permissions.
fn customer_permission(title: String, control: &str) -> Outline {
    let page = [
        PROJECT_SETTINGS,
        "Access",
        "Customer permissions",
        control,
        "Save",
    ];
    Outline::new(Entry::Project, title, &page)
}

/// The page has one option for each answer, so the step names the one to pick; where it is not known, their heading.
fn account_creation(expected: &Value) -> Outline {
    let mut outline = site_field(SiteField::CustomersCanCreateAccounts);
    let option = match expected {
        Value::Bool(true) => "Allow customers to create accounts",
        Value::Bool(false) => "Don't allow customers to create their own accounts",
        _ => return outline,
    };
    let control = outline.path.iter_mut();
    for control in control.filter(|control| **control == Phrase::of(CREATION)) {
        *control = Phrase::of(option);
    }
    outline
}

/// Organizations are managed by agents unless the site leaves them to Jira admins (access model, section 2.5).
fn organization_role(site: &Site) -> &'static str {
    use crate::model::{OrganizationManagement, SiteValue};
    match site
        .settings
        .get(&SiteField::OrganizationManagement)
        .map(|written| &written.value)
    {
        Some(SiteValue::OrganizationManagement(OrganizationManagement::JiraAdminsOnly)) => {
            "Jira admin"
        }
        _ => "project admin or agent; Jira admin where only those manage organizations",
    }
}
