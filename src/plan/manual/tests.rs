//! Every subject under both user-management experiences and in the sandbox.

use super::{ManualStep, ManualSubject, step};
use crate::config::{
    Auth, LinkedOrganizations, Mode, Project, Site, SiteUrl, Surfaces, UnlistedProjects,
    UserManagement,
};
use crate::diagnostic::{FileId, Located, Span};
use crate::model::{
    Address, Domain, Email, OrganizationName, ProjectKey, SiteField, SiteKey, SpaceKey,
};
use crate::neutral::phrase::Phrase;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SPAN: Span = Span {
    file: FileId(0),
    line: 1,
    column: 1,
};

fn site(url: SiteUrl, user_management: UserManagement) -> Site {
    let project = Project {
        owner: None,
        span: SPAN,
        channel_access: None,
        customer_sharing: None,
        organizations: Some(LinkedOrganizations {
            span: SPAN,
            mode: Mode::AddOnly,
            list: vec![Located::new(name("Globex"), SPAN)],
            dated: Vec::new(),
        }),
        customers: None,
        customers_managed_by: crate::config::ManagedBy::default(),
        customer_groups: None,
        knowledge_base: BTreeMap::new(),
    };
    Site {
        key: SiteKey::new("acme").unwrap(),
        span: SPAN,
        url: Some(Located::new(url, SPAN)),
        seed: None,
        api_url: None,
        auth: Auth::Classic,
        token_expires: None,
        atlassian_organization: Some(Located::new("acme-corp".into(), SPAN)),
        user_management,
        confluence_plan: None,
        surfaces: Surfaces::default(),
        settings: BTreeMap::new(),
        spaces: BTreeMap::new(),
        unlisted_projects: Located::new(UnlistedProjects::Report, SPAN),
        organizations_mode: Mode::AddOnly,
        organizations: BTreeMap::new(),
        people: BTreeMap::new(),
        roles: BTreeMap::new(),
        people_by_id: BTreeMap::new(),
        leaving: Vec::new(),
        rosters: Vec::new(),
        projects: BTreeMap::from([(key("ITSM"), project)]),
        accounts: Vec::new(),
        sandbox: crate::config::SeedSandbox::default(),
    }
}

fn remote(user_management: UserManagement) -> Site {
    site(
        SiteUrl::Remote("https://acme.atlassian.net".parse().unwrap()),
        user_management,
    )
}

fn name(text: &str) -> OrganizationName {
    OrganizationName::new(text).unwrap()
}

fn key(text: &str) -> ProjectKey {
    ProjectKey::new(text).unwrap()
}

fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

fn subjects() -> Vec<(ManualSubject, Value, Value)> {
    let mut all: Vec<(ManualSubject, Value, Value)> = SiteField::ALL
        .into_iter()
        .filter(|field| !matches!(field, SiteField::PortalOnlySso | SiteField::AllowedDomains))
        .map(|field| {
            let expected = match field {
                SiteField::EmailCcCreatesAccounts => json!("agents_always"),
                SiteField::OrganizationManagement => json!("agents"),
                SiteField::PortalOnlyPassword => json!({"password": true, "sso": false}),
                _ => json!(true),
            };
            (ManualSubject::SiteField(field), Value::Null, expected)
        })
        .collect();
    let space = SpaceKey::new("ITKB").unwrap();
    all.extend([
        (
            ManualSubject::AllowedDomains,
            json!("any"),
            json!(["a.example", "b.example"]),
        ),
        (
            ManualSubject::ApprovedDomain(Domain::new("acme.com").unwrap()),
            json!("none"),
            json!("customer"),
        ),
        (
            ManualSubject::AnyDomain,
            Value::Null,
            json!({"role": "none"}),
        ),
        (
            ManualSubject::EmailDomains(name("Globex")),
            json!([]),
            json!(["globex.example"]),
        ),
        (
            ManualSubject::EmailDomains(name("O'Neil & Co")),
            json!([]),
            json!(["oneil.example"]),
        ),
        (
            ManualSubject::Rename {
                from: "Globex Inc".into(),
                to: name("Globex"),
            },
            json!("Globex Inc"),
            json!("Globex"),
        ),
        (
            ManualSubject::ChannelAccess(key("ITSM")),
            Value::Null,
            json!("restricted"),
        ),
        (
            ManualSubject::CustomerSharing(key("ITSM")),
            json!("search_project"),
            json!("own_organizations"),
        ),
        (
            ManualSubject::KnowledgeBase(key("ITSM"), space),
            Value::Null,
            json!("all_logged_in"),
        ),
        (
            ManualSubject::InviteInternal(vec![email("jo@acme.com")]),
            Value::Null,
            json!("atlassian"),
        ),
        (
            ManualSubject::MigrateAccounts(
                (0..214).map(|i| email(&format!("p{i}@acme.com"))).collect(),
            ),
            json!("portal_only"),
            json!("atlassian"),
        ),
        (
            ManualSubject::GrantPortalAccess(email("bo@globex.example")),
            json!("revoked"),
            json!("active"),
        ),
    ]);
    all
}

fn shown(site: &Site) -> String {
    let steps = subjects().into_iter().map(|(subject, present, expected)| {
        text(&step(site, &subject, Vec::new(), present, expected))
    });
    steps.collect()
}

fn text(step: &ManualStep) -> String {
    let mut text = format!(
        "{}\n  {}\n  {}\n",
        step.title,
        Phrase::default().joined(&step.click_path, " > "),
        step.role
    );
    let attest = step
        .attest
        .as_ref()
        .map(|statement| statement.command(None));
    for extra in [&step.link, &attest].into_iter().flatten() {
        text.push_str(&format!("  {extra}\n"));
    }
    text
}

#[test]
fn every_subject_with_centralized_user_management() {
    insta::assert_snapshot!(shown(&remote(UserManagement::Centralized)), @r#"
    set whether internal customers get Atlassian accounts by approved domains
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > Internal > Use approved domains to grant internal customers access to the help center with Atlassian accounts > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/internal --value true --by YOU
    set whether external customers may get portal-only accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > External > Allow portal-only accounts to be created for new customers accessing the help center > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/external --value true --by YOU
    set whether customers may create their own accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Portal access > Allow customers to create accounts > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/customers-can-create-accounts --value true --by YOU
    set whether help centers can be viewed without login
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Portal access > Customers can access and send requests from the portal without logging in > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/view-without-login --value true --by YOU
    set whose To and Cc addresses become accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Email requests > Account creation for customers > Save
      site admin
      portcullis attest acme/setting/email-cc-creates-accounts --value agents_always --by YOU
    set who manages customer organizations
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Configuration > Organization management
      Jira admin
      portcullis attest acme/setting/organization-management --value agents --by YOU
    set how portal-only customers log in (at least one method stays on)
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Authentication > Password and Single sign-on > Save
      Jira admin
      portcullis attest acme/setting/portal-only-login --value '{"password":true,"sso":false}' --by YOU
    set whether projects may show articles to all logged-in users
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Knowledge base permissions > All logged-in users
      Jira site admin who is also Confluence admin
      portcullis attest acme/setting/knowledge-base-all-logged-in --value true --by YOU
    set whether projects may show articles to anyone
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Knowledge base permissions > Anyone
      Jira site admin who is also Confluence admin
      portcullis attest acme/setting/knowledge-base-anyone --value true --by YOU
    set which external domains may get portal-only accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > External > Only allow account creation for customers with specific email domains > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/allowed-domain --value '["a.example","b.example"]' --by YOU
    set what the approved domain `acme.com` grants for Jira Service Management
      admin.atlassian.com > your organization > Apps (or Products) > App access settings (or User access settings) > Approved domains > acme.com (Add domain if it is not listed) > Jira Service Management: role and admin approval > Save
      organization admin or user access admin
      https://admin.atlassian.com/
    set what the any-domain rule grants for Jira Service Management
      admin.atlassian.com > your organization > Apps (or Products) > App access settings (or User access settings) > Any domain > Jira Service Management: role and admin approval > Save
      organization admin or user access admin
      https://admin.atlassian.com/
      portcullis attest acme-corp/approved-domain/ANYONE --value none --by YOU
    set the e-mail domains of organization `Globex`
      acme.atlassian.net > project ITSM > Customers > Globex > More actions (…) > Manage email domains
      project admin or agent; Jira admin where only those manage organizations
      https://acme.atlassian.net/projects/ITSM/customers
      portcullis attest acme/organization/Globex/email-domain --value '["globex.example"]' --by YOU
    set the e-mail domains of organization `O'Neil & Co`
      acme.atlassian.net > a service project with this organization > Customers > O'Neil & Co > More actions (…) > Manage email domains
      project admin or agent; Jira admin where only those manage organizations
      portcullis attest 'acme/organization/O'\''Neil & Co/email-domain' --value '["oneil.example"]' --by YOU
    rename organization `Globex Inc` to `Globex`
      acme.atlassian.net > project ITSM > Customers > Globex Inc > edit its name to Globex
      project admin or agent; Jira admin where only those manage organizations
      https://acme.atlassian.net/projects/ITSM/customers
    set channel access of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Channel access > Save
      project admin
      portcullis attest acme/project/ITSM/access --value restricted --by YOU
    set customer sharing of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Customer sharing > Save
      project admin
    set who can view space `ITKB` in the knowledge base of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Channels & self service > Knowledge base > ITKB (link the space if it is not listed) > Who can view
      project admin
    invite `jo@acme.com` with the Jira Service Management role Customer
      admin.atlassian.com > your organization > Directory > Users > Invite users (for who is listed already: Grant access) > Jira Service Management: Customer > Invite
      organization admin or user access admin
      https://admin.atlassian.com/
    migrate these 214 portal-only accounts to Atlassian accounts, which cannot be undone
      admin.atlassian.com > your organization > Apps (or Products) > acme.atlassian.net > Jira Service Management > Portal-only customers > search by e-mail address > More actions (…) > Migrate to Atlassian account > Migrate
      organization admin
      https://admin.atlassian.com/
    give the portal-only account of `bo@globex.example` its access back
      admin.atlassian.com > your organization > Apps (or Products) > acme.atlassian.net > Jira Service Management > Portal-only customers > search for bo@globex.example > More actions (…) > Grant access
      organization admin
      https://admin.atlassian.com/
    "#);
}

#[test]
fn every_subject_with_original_user_management() {
    insta::assert_snapshot!(shown(&remote(UserManagement::Original)), @r#"
    set whether internal customers get Atlassian accounts by approved domains
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > Internal > Use approved domains to grant internal customers access to the help center with Atlassian accounts > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/internal --value true --by YOU
    set whether external customers may get portal-only accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > External > Allow portal-only accounts to be created for new customers accessing the help center > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/external --value true --by YOU
    set whether customers may create their own accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Portal access > Allow customers to create accounts > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/customers-can-create-accounts --value true --by YOU
    set whether help centers can be viewed without login
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Portal access > Customers can access and send requests from the portal without logging in > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/customer-access/view-without-login --value true --by YOU
    set whose To and Cc addresses become accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Email requests > Account creation for customers > Save
      site admin
      portcullis attest acme/setting/email-cc-creates-accounts --value agents_always --by YOU
    set who manages customer organizations
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Configuration > Organization management
      Jira admin
      portcullis attest acme/setting/organization-management --value agents --by YOU
    set how portal-only customers log in (at least one method stays on)
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Authentication > Password and Single sign-on > Save
      Jira admin
      portcullis attest acme/setting/portal-only-login --value '{"password":true,"sso":false}' --by YOU
    set whether projects may show articles to all logged-in users
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Knowledge base permissions > All logged-in users
      Jira site admin who is also Confluence admin
      portcullis attest acme/setting/knowledge-base-all-logged-in --value true --by YOU
    set whether projects may show articles to anyone
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Knowledge base permissions > Anyone
      Jira site admin who is also Confluence admin
      portcullis attest acme/setting/knowledge-base-anyone --value true --by YOU
    set which external domains may get portal-only accounts
      acme.atlassian.net > Settings (gear) > Apps (or Products) > Jira Service Management > Customer access > Account types > External > Only allow account creation for customers with specific email domains > Save
      site admin or organization admin
      https://acme.atlassian.net/jira/settings/products/servicedesk/customer-access
      portcullis attest acme/allowed-domain --value '["a.example","b.example"]' --by YOU
    set what the approved domain `acme.com` grants for Jira Service Management
      admin.atlassian.com > your organization > Apps (or Products) > App access settings (or User access settings) > Approved domains > acme.com (Add domain if it is not listed) > Jira Service Management: role and admin approval > Save
      organization admin or user access admin
      https://admin.atlassian.com/
    set what the any-domain rule grants for Jira Service Management
      admin.atlassian.com > your organization > Apps (or Products) > App access settings (or User access settings) > Any domain > Jira Service Management: role and admin approval > Save
      organization admin or user access admin
      https://admin.atlassian.com/
      portcullis attest acme-corp/approved-domain/ANYONE --value none --by YOU
    set the e-mail domains of organization `Globex`
      acme.atlassian.net > project ITSM > Customers > Globex > More actions (…) > Manage email domains
      project admin or agent; Jira admin where only those manage organizations
      https://acme.atlassian.net/projects/ITSM/customers
      portcullis attest acme/organization/Globex/email-domain --value '["globex.example"]' --by YOU
    set the e-mail domains of organization `O'Neil & Co`
      acme.atlassian.net > a service project with this organization > Customers > O'Neil & Co > More actions (…) > Manage email domains
      project admin or agent; Jira admin where only those manage organizations
      portcullis attest 'acme/organization/O'\''Neil & Co/email-domain' --value '["oneil.example"]' --by YOU
    rename organization `Globex Inc` to `Globex`
      acme.atlassian.net > project ITSM > Customers > Globex Inc > edit its name to Globex
      project admin or agent; Jira admin where only those manage organizations
      https://acme.atlassian.net/projects/ITSM/customers
    set channel access of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Channel access > Save
      project admin
      portcullis attest acme/project/ITSM/access --value restricted --by YOU
    set customer sharing of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Customer sharing > Save
      project admin
    set who can view space `ITKB` in the knowledge base of project `ITSM`
      acme.atlassian.net > project ITSM > Space settings (or Project settings) > Channels & self service > Knowledge base > ITKB (link the space if it is not listed) > Who can view
      project admin
    invite `jo@acme.com` with the Jira Service Management role Customer
      admin.atlassian.com > your organization > acme.atlassian.net > Users > Invite users (for who is listed already: Grant access) > Jira Service Management: Customer > Invite
      organization admin or site admin
      https://admin.atlassian.com/
    migrate these 214 portal-only accounts to Atlassian accounts, which cannot be undone
      admin.atlassian.com > your organization > acme.atlassian.net > Jira Service Management > search by e-mail address > More actions (…) > Migrate to Atlassian account > Migrate
      organization admin or site admin
      https://admin.atlassian.com/
    give the portal-only account of `bo@globex.example` its access back
      admin.atlassian.com > your organization > acme.atlassian.net > Jira Service Management > search for bo@globex.example > More actions (…) > Grant access
      organization admin or site admin
      https://admin.atlassian.com/
    "#);
}

#[test]
fn every_subject_in_the_sandbox() {
    let sandbox = site(SiteUrl::Sandbox, UserManagement::Centralized);
    insta::assert_snapshot!(shown(&sandbox), @r#"
    set whether internal customers get Atlassian accounts by approved domains
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customer access > Account types > Internal > Use approved domains to grant internal customers access to the help center with Atlassian accounts > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/customer-access/internal --value true --by YOU
    set whether external customers may get portal-only accounts
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customer access > Account types > External > Allow portal-only accounts to be created for new customers accessing the help center > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/customer-access/external --value true --by YOU
    set whether customers may create their own accounts
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customer access > Portal access > Allow customers to create accounts > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/customer-access/customers-can-create-accounts --value true --by YOU
    set whether help centers can be viewed without login
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customer access > Portal access > Customers can access and send requests from the portal without logging in > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/customer-access/view-without-login --value true --by YOU
    set whose To and Cc addresses become accounts
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Email requests > Account creation for customers > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/setting/email-cc-creates-accounts --value agents_always --by YOU
    set who manages customer organizations
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Configuration > Organization management
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/setting/organization-management --value agents --by YOU
    set how portal-only customers log in (at least one method stays on)
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Authentication > Password and Single sign-on > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/setting/portal-only-login --value '{"password":true,"sso":false}' --by YOU
    set whether projects may show articles to all logged-in users
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Knowledge base permissions > All logged-in users
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/setting/knowledge-base-all-logged-in --value true --by YOU
    set whether projects may show articles to anyone
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Knowledge base permissions > Anyone
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/setting/knowledge-base-anyone --value true --by YOU
    set which external domains may get portal-only accounts
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customer access > Account types > External > Only allow account creation for customers with specific email domains > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/allowed-domain --value '["a.example","b.example"]' --by YOU
    set what the approved domain `acme.com` grants for Jira Service Management
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > App access settings (or User access settings) > Approved domains > acme.com (Add domain if it is not listed) > Jira Service Management: role and admin approval > Save
      whoever runs the sandbox: its console takes no login
    set what the any-domain rule grants for Jira Service Management
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > App access settings (or User access settings) > Any domain > Jira Service Management: role and admin approval > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme-corp/approved-domain/ANYONE --value none --by YOU
    set the e-mail domains of organization `Globex`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > project ITSM > Customers > Globex > More actions (…) > Manage email domains
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/organization/Globex/email-domain --value '["globex.example"]' --by YOU
    set the e-mail domains of organization `O'Neil & Co`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Customers > O'Neil & Co > More actions (…) > Manage email domains
      whoever runs the sandbox: its console takes no login
      portcullis attest 'acme/organization/O'\''Neil & Co/email-domain' --value '["oneil.example"]' --by YOU
    rename organization `Globex Inc` to `Globex`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > project ITSM > Customers > Globex Inc > edit its name to Globex
      whoever runs the sandbox: its console takes no login
    set channel access of project `ITSM`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Channel access > Save
      whoever runs the sandbox: its console takes no login
      portcullis attest acme/project/ITSM/access --value restricted --by YOU
    set customer sharing of project `ITSM`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > project ITSM > Space settings (or Project settings) > Access > Customer permissions > Customer sharing > Save
      whoever runs the sandbox: its console takes no login
    set who can view space `ITKB` in the knowledge base of project `ITSM`
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > project ITSM > Space settings (or Project settings) > Channels & self service > Knowledge base > ITKB (link the space if it is not listed) > Who can view
      whoever runs the sandbox: its console takes no login
    invite `jo@acme.com` with the Jira Service Management role Customer
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Users > Invite users (for who is listed already: Grant access) > Jira Service Management: Customer > Invite
      whoever runs the sandbox: its console takes no login
    migrate these 214 portal-only accounts to Atlassian accounts, which cannot be undone
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Portal-only customers > search by e-mail address > More actions (…) > Migrate to Atlassian account > Migrate
      whoever runs the sandbox: its console takes no login
    give the portal-only account of `bo@globex.example` its access back
      the console of `portcullis sandbox --site acme --state .portcullis/sandbox/acme.json`, run in the workspace > Portal-only customers > search for bo@globex.example > More actions (…) > Grant access
      whoever runs the sandbox: its console takes no login
    "#);
}

#[test]
fn a_sandbox_that_is_served_is_linked_to() {
    let console = |url: &str| {
        site(
            SiteUrl::Remote(url.parse().unwrap()),
            UserManagement::Centralized,
        )
    };
    for origin in [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ] {
        let site = console(origin);
        for (subject, present, expected) in subjects() {
            let step = step(&site, &subject, Vec::new(), present, expected);
            let page = format!("{origin}/__sandbox/console/");
            assert!(
                step.link.as_ref().unwrap().starts_with(&page),
                "{:?}",
                step.link
            );
            assert_eq!(step.click_path[0], "the sandbox's console");
            assert_eq!(
                step.role,
                "whoever runs the sandbox: its console takes no login"
            );
        }
    }
    let rename = ManualSubject::Rename {
        from: "a&b <c> \u{202e}d".into(),
        to: name("Globex"),
    };
    let made = step(
        &console("http://127.0.0.1:1"),
        &rename,
        Vec::new(),
        Value::Null,
        Value::Null,
    );
    assert_eq!(
        made.link.as_deref(),
        Some(
            "http://127.0.0.1:1/__sandbox/console/organization?name=a%26b+%3Cc%3E+%E2%80%AEd#name"
        )
    );
}

#[test]
fn the_option_that_is_to_be_picked_is_named() {
    let subject = ManualSubject::SiteField(SiteField::CustomersCanCreateAccounts);
    for (expected, option) in [
        (json!(true), "Allow customers to create accounts"),
        (
            json!(false),
            "Don't allow customers to create their own accounts",
        ),
    ] {
        let site = remote(UserManagement::Centralized);
        let made = step(&site, &subject, Vec::new(), Value::Null, expected);
        assert!(
            made.click_path.iter().any(|part| part == option),
            "{:?}",
            made.click_path
        );
    }
}

#[test]
fn both_login_methods_give_the_same_step() {
    let site = remote(UserManagement::Centralized);
    let make = |field| {
        let expected = json!({"password": true, "sso": false});
        step(
            &site,
            &ManualSubject::SiteField(field),
            Vec::new(),
            Value::Null,
            expected,
        )
    };
    assert_eq!(
        make(SiteField::PortalOnlyPassword),
        make(SiteField::PortalOnlySso)
    );
}

#[test]
fn a_statement_about_a_value_that_is_read_is_not_asked_for() {
    let site = remote(UserManagement::Centralized);
    let subject = ManualSubject::ChannelAccess(key("ITSM"));
    let known = step(
        &site,
        &subject,
        Vec::new(),
        json!("open"),
        json!("restricted"),
    );
    assert_eq!(known.attest, None);
    let unknown = step(
        &site,
        &subject,
        Vec::new(),
        Value::Null,
        json!("restricted"),
    );
    assert_eq!(
        unknown.attest.map(|statement| statement.command(None)),
        Some("portcullis attest acme/project/ITSM/access --value restricted --by YOU".to_owned())
    );
}

#[test]
fn a_space_is_attested_by_the_word_of_its_viewers() {
    let mut site = remote(UserManagement::Centralized);
    site.surfaces.gateway = crate::config::SurfaceMode::Deny;
    let subject = ManualSubject::KnowledgeBase(key("ITSM"), SpaceKey::new("ITKB").unwrap());
    let made = step(
        &site,
        &subject,
        Vec::new(),
        Value::Null,
        json!({"who_can_view": "anyone"}),
    );
    assert_eq!(
        made.attest.map(|statement| statement.command(Some("./my access"))),
        Some("portcullis attest './my access' acme/project/ITSM/knowledge-base/ITKB --value anyone --by YOU".to_owned())
    );
}

#[test]
fn the_settled_addresses_and_values_are_kept() {
    let site = remote(UserManagement::Centralized);
    let addresses = vec![Address::new(["acme", "allowed-domain", "a.example"])];
    let made = step(
        &site,
        &ManualSubject::AllowedDomains,
        addresses.clone(),
        json!([]),
        json!(["a.example"]),
    );
    assert_eq!(
        (made.addresses, made.present, made.expected),
        (addresses, json!([]), json!(["a.example"]))
    );
}
