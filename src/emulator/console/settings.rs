//! The site-wide pages: customer access and its neighbours, and what approved domains grant. Sections and labels are Atlassian's own, as its
//! support pages name them, so that an administrator finds the control that a step names; docs/sandbox.md has the page behind each.

use super::super::accounts::Role;
use super::super::call::Answer;
use super::super::settings::{ANYONE, CUSTOMER_ROLE, SiteSettings, granted};
use super::super::site::Site;
use super::super::site_settings::replace;
use super::html::{self, Notice, check, choice, group, hidden, line, lines};
use super::{CONSOLE, Form, encoded, see_other};
use crate::model::{Domain, EmailAccountCreation, OrganizationManagement};
use std::collections::BTreeSet;

/// Why a form was refused, and the id of the control to look at.
type Refusal = (String, &'static str);

/// One page with one form: its name in paths and its title.
struct Page {
    name: &'static str,
    title: &'static str,
    /// The settings as the form would send them.
    present: fn(&SiteSettings) -> Form,
    controls: fn(&Form) -> String,
    /// Takes a form over into settings.
    take: fn(&mut SiteSettings, &Form) -> Result<(), Refusal>,
}

const PAGES: [Page; 5] = [
    Page {
        name: "customer-access",
        title: "Customer access",
        present: |settings| {
            Form::default()
                .with_box("internal", settings.atlassian_accounts)
                .with_box("external", settings.portal_only_accounts)
                .with_box("domains", settings.restrict_domains)
                .with("allowed-domains", joined(&settings.allowed_domains))
                .with(
                    "creation",
                    if settings.customers_can_create_accounts {
                        "allow"
                    } else {
                        "deny"
                    },
                )
                .with_box("without-login", settings.view_without_login)
        },
        controls: |form| {
            [
                "<h2>Account types</h2>\n".to_owned(),
                group(
                    "internal",
                    "Internal",
                    &check(
                        form,
                        "internal",
                        "Use approved domains to grant internal customers access to the help center with Atlassian accounts",
                    ),
                ),
                group(
                    "external",
                    "External",
                    &[
                        check(
                            form,
                            "external",
                            "Allow portal-only accounts to be created for new customers accessing the help center",
                        ),
                        check(
                            form,
                            "domains",
                            "Only allow account creation for customers with specific email domains",
                        ),
                        lines(
                            form,
                            "allowed-domains",
                            "Email domains",
                            "One domain on each line.",
                        ),
                    ]
                    .concat(),
                ),
                "<h2>Portal access</h2>\n".to_owned(),
                group(
                    "creation",
                    "Account creation",
                    &choice(
                        form,
                        "creation",
                        &[
                            (
                                "deny",
                                "Don't allow customers to create their own accounts",
                            ),
                            ("allow", "Allow customers to create accounts"),
                        ],
                    ),
                ),
                group(
                    "login",
                    "Login",
                    &check(
                        form,
                        "without-login",
                        "Customers can access and send requests from the portal without logging in",
                    ),
                ),
            ]
            .concat()
        },
        take: |settings, form| {
            settings.atlassian_accounts = form.has("internal");
            settings.portal_only_accounts = form.has("external");
            // Programs say the two as words.
            settings.restrict_domains = form.has("domains") && form.get("domains") != "any";
            settings.allowed_domains =
                domains(form.get("allowed-domains")).map_err(|why| (why, "allowed-domains"))?;
            settings.customers_can_create_accounts = match form.get("creation") {
                "allow" => true,
                "deny" => false,
                _ => {
                    let why = "Choose whether customers can create accounts.";
                    return Err((why.to_owned(), "creation"));
                }
            };
            settings.view_without_login = form.has("without-login");
            Ok(())
        },
    },
    Page {
        name: "email-requests",
        title: "Email requests",
        present: |settings| {
            Form::default().with("account-creation", settings.email_account_creation.word())
        },
        controls: |form| {
            group(
                "account-creation",
                "Account creation for customers",
                &choice(
                    form,
                    "account-creation",
                    &[
                        (
                            "agents_always",
                            "Agents can always create new accounts. Existing customers can create new accounts based on customer access and project level customer permissions settings",
                        ),
                        (
                            "anyone_by_settings",
                            "Anyone can create new accounts based on customer access and project level customer permissions settings",
                        ),
                    ],
                ),
            )
        },
        take: |settings, form| {
            settings.email_account_creation =
                EmailAccountCreation::from_word(form.get("account-creation")).ok_or_else(|| {
                    (
                        "Choose whose addresses become accounts.".to_owned(),
                        "account-creation",
                    )
                })?;
            Ok(())
        },
    },
    Page {
        name: "configuration",
        title: "Configuration",
        present: |settings| {
            Form::default().with(
                "organization-management",
                settings.organization_management.word(),
            )
        },
        controls: |form| {
            group(
                "organization-management",
                "Organization management",
                &choice(
                    form,
                    "organization-management",
                    &[
                        (
                            "agents",
                            "Yes, agents can add and remove organizations from projects, and add and remove customers from organizations",
                        ),
                        (
                            "jira_admins_only",
                            "Only Jira administrators can manage organizations",
                        ),
                    ],
                ),
            )
        },
        take: |settings, form| {
            settings.organization_management = OrganizationManagement::from_word(
                form.get("organization-management"),
            )
            .ok_or_else(|| {
                (
                    "Choose who manages organizations.".to_owned(),
                    "organization-management",
                )
            })?;
            Ok(())
        },
    },
    Page {
        name: "authentication",
        title: "Authentication",
        present: |settings| {
            Form::default()
                .with_box("password", settings.portal_only_password)
                .with_box("sso", settings.portal_only_sso)
        },
        controls: |form| {
            [
                "<h2 id=\"login-methods\">Password and Single sign-on</h2>\n".to_owned(),
                group(
                    "password-login",
                    "Password",
                    &check(form, "password", "Enable login with email and password"),
                ),
                group(
                    "single-sign-on",
                    "Single sign-on",
                    &check(form, "sso", "Enable single sign-on"),
                ),
            ]
            .concat()
        },
        take: |settings, form| {
            settings.portal_only_password = form.has("password");
            settings.portal_only_sso = form.has("sso");
            Ok(())
        },
    },
    Page {
        name: "knowledge-base-permissions",
        title: "Knowledge base permissions",
        present: |settings| {
            Form::default()
                .with_box("all-logged-in", settings.kb_allow_all_logged_in)
                .with_box("anyone", settings.kb_allow_anyone)
        },
        controls: |form| {
            [
                group(
                    "all-logged-in",
                    "All logged-in users",
                    &check(
                        form,
                        "all-logged-in",
                        "Projects may show articles to all logged-in users",
                    ),
                ),
                group(
                    "anyone",
                    "Anyone",
                    &check(form, "anyone", "Projects may show articles to anyone"),
                ),
            ]
            .concat()
        },
        take: |settings, form| {
            settings.kb_allow_all_logged_in = form.has("all-logged-in");
            settings.kb_allow_anyone = form.has("anyone");
            Ok(())
        },
    },
];

/// Returns a number with what it counts.
fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

/// The first page: where everything is.
pub(super) fn index(site: &Site) -> Answer {
    let projects: Vec<Vec<String>> = site
        .projects
        .values()
        .map(|project| {
            vec![
                format!(
                    "<a href=\"{CONSOLE}/project/{0}\">project {0}</a>",
                    html::text(project.key.as_str())
                ),
                html::text(&project.name),
                html::text(project.channel_access.word()),
                project.roster.as_slice().len().to_string(),
                project.organizations.len().to_string(),
            ]
        })
        .collect();
    let body = format!(
        "<p>Settings that Atlassian offers on pages only, under the names that manual steps use. What is changed here is changed at once. \
         To see what it means for somebody, <a href=\"/__sandbox/visit\">visit the help center</a> as that person.</p>\n\
         <p>{}, <a href=\"{CONSOLE}/customers\">{}</a>.</p>\n{}",
        counted(site.accounts.len(), "account", "accounts"),
        counted(site.organizations.len(), "organization", "organizations"),
        html::table(
            "Service projects",
            &[
                "Project",
                "Name",
                "Channel access",
                "Customers",
                "Organizations"
            ],
            &projects
        )
    );
    html::page(site.name(), "Console", None, &body)
}

/// One page of settings.
pub(super) fn page(site: &Site, name: &str, query: &Form) -> Answer {
    let Some(page) = PAGES.iter().find(|page| page.name == name) else {
        return html::error(404, "There is no such page.");
    };
    shown(
        site,
        page,
        &(page.present)(&site.settings),
        saved(query).as_ref(),
    )
}

/// Takes one page of settings.
pub(super) fn put(site: &mut Site, name: &str, form: &Form) -> Answer {
    let Some(page) = PAGES.iter().find(|page| page.name == name) else {
        return html::error(404, "There is no such page.");
    };
    let mut new = site.settings.clone();
    let taken = (page.take)(&mut new, form)
        .and_then(|()| replace(site, new).map_err(|why| (why.to_owned(), "main")));
    match taken {
        Ok(()) => see_other(format!("{CONSOLE}/{name}?saved")),
        Err((why, id)) => shown(site, page, form, Some(&Notice::Refused(&why, id))),
    }
}

fn shown(site: &Site, page: &Page, form: &Form, notice: Option<&Notice<'_>>) -> Answer {
    let body = html::form(
        &format!("{CONSOLE}/{}", page.name),
        &(page.controls)(form),
        "Save",
    );
    html::page(site.name(), page.title, notice, &body)
}

/// What a page says after its form was taken.
pub(super) fn saved(query: &Form) -> Option<Notice<'static>> {
    query.has("saved").then_some(Notice::Done("Saved."))
}

/// Approved domains and the any-domain rule.
pub(super) fn app_access(site: &Site, query: &Form, refused: Option<&Refusal>) -> Answer {
    let product = site.jsm_product();
    let grant = |domain: &str| {
        site.approved_domains
            .get(domain)
            .and_then(|access| access.products.get(&product))
    };
    let controls = |at: &str, domain: &str| {
        let grant = grant(domain);
        let role = match grant.map(|grant| grant.role.as_str()) {
            Some(CUSTOMER_ROLE) => "customer",
            Some(_) => "user",
            None => "none",
        };
        let present = Form::default().with("role", role).with_box(
            "approval",
            grant.is_some_and(|grant| grant.admin_approval_required),
        );
        group(
            at,
            "Jira Service Management: role and admin approval",
            &[
                choice(
                    &present,
                    "role",
                    &[
                        ("none", "No role"),
                        ("customer", "Customer"),
                        ("user", "User (agent)"),
                    ],
                ),
                check(
                    &present,
                    "approval",
                    "An administrator has to approve each person",
                ),
            ]
            .concat(),
        )
    };
    let path = format!("{CONSOLE}/app-access");
    let mut body = String::from("<h2 id=\"approved-domains\">Approved domains</h2>\n");
    for (at, domain) in site
        .approved_domains
        .keys()
        .filter(|domain| *domain != ANYONE)
        .enumerate()
    {
        body.push_str(&format!("<h3>{}</h3>\n", html::text(domain)));
        body.push_str(&html::form(
            &path,
            &(hidden("domain", domain) + &controls(&format!("domain-{at}"), domain)),
            "Save",
        ));
    }
    body.push_str("<h3>Add domain</h3>\n");
    body.push_str(&html::form(
        &path,
        &(line("text", "domain", "domain", "Domain", "") + &controls("new-domain", "")),
        "Save",
    ));
    body.push_str("<h2 id=\"any-domain\">Any domain</h2>\n");
    body.push_str(&html::form(
        &path,
        &(hidden("domain", ANYONE) + &controls("any-domain-grant", ANYONE)),
        "Save",
    ));
    let notice = match refused {
        Some((why, id)) => Some(Notice::Refused(why, id)),
        None => saved(query),
    };
    html::page(
        site.name(),
        "App access settings (or User access settings)",
        notice.as_ref(),
        &body,
    )
}

/// Takes what one domain, or the any-domain rule, grants; other products of the entry stay.
pub(super) fn put_app_access(site: &mut Site, form: &Form) -> Answer {
    let role = match form.get("role") {
        "none" => Role::None,
        "customer" => Role::Customer,
        "user" => Role::User,
        _ => {
            let refusal = ("Choose a role.".to_owned(), "main");
            return app_access(site, form, Some(&refusal));
        }
    };
    let domain = match form.get("domain").trim() {
        ANYONE => ANYONE.to_owned(),
        written => match Domain::new(written) {
            Ok(domain) => domain.as_str().to_owned(),
            Err(error) => {
                let refusal = (format!("`{written}` is no domain: {error}"), "domain");
                return app_access(site, form, Some(&refusal));
            }
        },
    };
    let product = site.jsm_product();
    let grant = granted(role, form.has("approval"));
    site.change_domain(&domain, |domains, domain| match grant {
        None => {
            let emptied = domains.get_mut(domain).is_some_and(|access| {
                access.products.remove(&product);
                access.products.is_empty()
            });
            if emptied {
                domains.remove(domain);
            }
        }
        Some(grant) => {
            let access = domains.entry(domain.to_owned()).or_default();
            access.products.insert(product, grant);
        }
    });
    see_other(format!("{CONSOLE}/app-access?saved"))
}

/// Reads domains, one on each line or separated by commas.
pub(super) fn domains(text: &str) -> Result<BTreeSet<Domain>, String> {
    text.split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(|word| Domain::new(word).map_err(|error| format!("`{word}` is no domain: {error}")))
        .collect()
}

/// Writes domains as [`domains`] reads them.
pub(super) fn joined(domains: &BTreeSet<Domain>) -> String {
    domains
        .iter()
        .map(Domain::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the link to the page of an organization, as markup.
pub(super) fn organization_link(name: &str) -> String {
    format!(
        "<a href=\"{CONSOLE}/organization?name={}\">{}</a>",
        html::value(&encoded(name)),
        html::text(name)
    )
}
