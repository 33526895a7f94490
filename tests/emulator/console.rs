//! The console: what forms change, what they refuse, who may send them, and that foreign text stays text.

use crate::browser::{Browser, all};
use crate::harness::{acme, email, key, space};
use portcullis::emulator::{AccountState, App, NewAccount, Role};
use portcullis::model::{
    AccountKind, ChannelAccess, CustomerSharing, Domain, EmailAccountCreation,
    OrganizationManagement, OrganizationName, WhoCanView,
};
use scraper::{Html, Selector};
const PAGES: [&str; 17] = [
    "/__sandbox/console",
    "/__sandbox/console/customer-access",
    "/__sandbox/console/email-requests",
    "/__sandbox/console/configuration",
    "/__sandbox/console/authentication",
    "/__sandbox/console/knowledge-base-permissions",
    "/__sandbox/console/app-access",
    "/__sandbox/console/users",
    "/__sandbox/console/portal-only-customers",
    "/__sandbox/console/customers",
    "/__sandbox/console/organization?name=Globex",
    "/__sandbox/console/project/ITSM",
    "/__sandbox/visit",
    "/__sandbox/visit?as=ana@globex.example",
    "/__sandbox/console/groups",
    "/__sandbox/console/help-centers",
    "/__sandbox/console/groups?name=site-admins",
];

#[tokio::test]
async fn every_page_is_whole_labelled_and_without_script() {
    let mut site = acme().site;
    site.approve_domain("acme.com", Role::Customer, true);
    let browser = Browser::on(site).await;
    for path in PAGES {
        let text = browser.page(path).await;
        let page = Html::parse_document(&text);
        assert_eq!(page.errors, Vec::<String>::new(), "{path}");
        assert!(
            all(&page, "script, iframe, object, [style], [onclick]").is_empty(),
            "{path}"
        );
        for one in [
            "html[lang=en]",
            "title",
            "main#main",
            "h1",
            "nav[aria-label]",
        ] {
            assert_eq!(all(&page, one).len(), 1, "{path}: {one}");
        }
        let mut ids: Vec<&str> = all(&page, "[id]")
            .iter()
            .filter_map(|e| e.value().id())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{path}: an id twice");
        for control in all(&page, "input:not([type=hidden]), textarea, select") {
            let id = control.value().id().unwrap_or("");
            let named = all(&page, &format!("label[for=\"{id}\"]")).len() == 1
                || control.ancestors().any(|node| {
                    node.value()
                        .as_element()
                        .is_some_and(|element| element.name() == "label")
                });
            assert!(named, "{path}: {}", control.html());
        }
        for table in all(&page, "table") {
            assert!(
                !table
                    .select(&Selector::parse("caption, th[scope]").unwrap())
                    .collect::<Vec<_>>()
                    .is_empty()
            );
        }
        for link in all(&page, "a[href^=\"/\"], link[href^=\"/\"]") {
            let place = link.value().attr("href").unwrap();
            assert_eq!(browser.get(place).await.0, 200, "{path} links to {place}");
        }
    }
    let answer = browser
        .http
        .get(browser.url(PAGES[0]))
        .send()
        .await
        .unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(
        browser.sandbox.stats().requests,
        0,
        "the pages are outside the count"
    );
}

/// Where somebody is, what is not there, and that a button stands in the frame of what it sends.
#[tokio::test]
async fn pages_say_where_they_are_what_is_empty_and_what_a_button_belongs_to() {
    let browser = Browser::on(acme().site).await;
    for path in PAGES {
        let page = Html::parse_document(&browser.page(path).await);
        let current: Vec<String> = all(&page, "nav [aria-current=page]")
            .iter()
            .map(|link| link.value().attr("href").unwrap().to_owned())
            .collect();
        let bare = path.split('?').next().unwrap();
        let below = ["organization", "project/ITSM"].iter();
        match below.clone().any(|end| bare.ends_with(end)) {
            true => assert_eq!(current, Vec::<String>::new(), "{path}"),
            false => assert_eq!(current, [bare], "{path}"),
        }
        for table in all(&page, "table") {
            let rows = Selector::parse("tbody tr").unwrap();
            assert!(
                table.select(&rows).next().is_some(),
                "{path}: {}",
                table.html()
            );
        }
    }
    let project = browser.page("/__sandbox/console/project/WEB").await;
    assert!(
        project.contains("<strong>Organizations</strong>: none"),
        "{project}"
    );
    let visit = Html::parse_document(&browser.page("/__sandbox/visit?as=ana@globex.example").await);
    for door in ["sign-up", "portal-form", "email", "agent-invite"] {
        let frames = all(&visit, &format!("#{door}"));
        let text: String = frames[0].text().collect();
        assert!(text.contains("as ana@globex.example"), "{door}: {text}");
        let button = Selector::parse("button[type=submit]").unwrap();
        assert_eq!(frames[0].select(&button).count(), 1, "{door}");
    }
    let options = all(&visit, "select[name=project] option");
    assert!(
        options
            .iter()
            .any(|option| option.value().attr("value") == Some("ITSM"))
    );
}

/// Whoever opens the bare address in a browser is led on; a program hears that nothing is there.
#[tokio::test]
async fn the_bare_address_leads_a_browser_to_the_console() {
    let browser = Browser::on(acme().site).await;
    let ask = |accept: &'static str| {
        let request = browser.http.get(browser.url("/"));
        request.header("accept", accept).send()
    };
    let answer = ask("text/html,application/xhtml+xml,*/*;q=0.8")
        .await
        .unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], "/__sandbox/console");
    for accept in ["application/json", "*/*"] {
        let answer = ask(accept).await.unwrap();
        assert_eq!(answer.status(), 404, "{accept}");
        assert!(
            answer
                .text()
                .await
                .unwrap()
                .contains("nothing is imitated here")
        );
    }
}

#[tokio::test]
async fn a_page_shows_what_is_and_a_form_makes_it_what_it_says() {
    let browser = Browser::on(acme().site).await;
    let checked = |page: &str, name: &str| {
        let page = Html::parse_document(page);
        let boxes = all(&page, &format!("input[name=\"{name}\"][checked]"));
        boxes
            .first()
            .map(|one| one.value().attr("value").unwrap_or("on").to_owned())
    };
    let path = "/__sandbox/console/customer-access";
    let before = browser.page(path).await;
    for (name, wanted) in [
        ("internal", None),
        ("external", Some("on")),
        ("domains", None),
        ("creation", Some("allow")),
        ("without-login", None),
    ] {
        assert_eq!(checked(&before, name).as_deref(), wanted, "{name}");
    }
    let form = [
        ("internal", "on"),
        ("domains", "on"),
        ("allowed-domains", "Globex.example\r\n b.example, c.example"),
        ("creation", "allow"),
        ("without-login", "on"),
    ];
    let after = browser.submit(path, &form).await;
    assert!(after.contains("role=\"status\""), "{after}");
    assert_eq!(checked(&after, "external"), None);
    let settings = browser.sandbox.site().settings;
    assert!(settings.atlassian_accounts && !settings.portal_only_accounts);
    assert!(settings.restrict_domains && settings.view_without_login);
    let listed: Vec<&str> = settings
        .allowed_domains
        .iter()
        .map(Domain::as_str)
        .collect();
    assert_eq!(listed, ["b.example", "c.example", "globex.example"]);

    // A refused form changes nothing and keeps what was typed.
    let kept = browser
        .refused(
            path,
            &[
                ("domains", "listed"),
                ("allowed-domains", "no domain"),
                ("creation", "allow"),
            ],
        )
        .await;
    assert!(
        kept.contains("href=\"#allowed-domains\"") && kept.contains(">\nno domain</textarea>"),
        "{kept}"
    );
    browser
        .refused(
            path,
            &[
                ("domains", "any"),
                ("creation", "deny"),
                ("without-login", "on"),
            ],
        )
        .await;
    browser.refused(path, &[("domains", "any")]).await;

    for (name, form) in [
        (
            "email-requests",
            &[("account-creation", "anyone_by_settings")][..],
        ),
        (
            "configuration",
            &[("organization-management", "jira_admins_only")],
        ),
        ("authentication", &[("sso", "on")]),
        ("knowledge-base-permissions", &[("anyone", "on")]),
    ] {
        browser
            .submit(&format!("/__sandbox/console/{name}"), form)
            .await;
    }
    let settings = browser.sandbox.site().settings;
    assert_eq!(
        settings.email_account_creation,
        EmailAccountCreation::AnyoneBySettings
    );
    assert_eq!(
        settings.organization_management,
        OrganizationManagement::JiraAdminsOnly
    );
    assert!(settings.portal_only_sso && !settings.portal_only_password);
    assert!(settings.kb_allow_anyone && !settings.kb_allow_all_logged_in);
    browser
        .refused("/__sandbox/console/authentication", &[])
        .await;
    browser
        .refused(
            "/__sandbox/console/email-requests",
            &[("account-creation", "nobody")],
        )
        .await;
    browser
        .refused("/__sandbox/console/configuration", &[])
        .await;
}

#[tokio::test]
async fn domains_projects_and_organizations_are_changed_by_hand() {
    let browser = Browser::on(acme().site).await;
    let access = "/__sandbox/console/app-access";
    browser
        .submit(
            access,
            &[
                ("domain", " Acme.com "),
                ("role", "customer"),
                ("approval", "on"),
            ],
        )
        .await;
    browser
        .submit(access, &[("domain", "ANYONE"), ("role", "user")])
        .await;
    let product = browser.sandbox.site().jsm_product();
    let grant = |domain: &str| {
        let site = browser.sandbox.site();
        let access = site.approved_domains.get(domain)?;
        access.products.get(&product).cloned()
    };
    assert!(grant("acme.com").unwrap().admin_approval_required);
    assert!(!grant("ANYONE").unwrap().admin_approval_required);
    browser
        .submit(access, &[("domain", "acme.com"), ("role", "none")])
        .await;
    assert_eq!(grant("acme.com"), None);
    let kept = browser
        .refused(access, &[("domain", "no domain"), ("role", "user")])
        .await;
    assert!(kept.contains("href=\"#domain\""));
    browser
        .refused(access, &[("domain", "acme.com"), ("role", "king")])
        .await;

    let project = "/__sandbox/console/project/ITSM";
    browser
        .submit(
            &format!("{project}/customer-permissions"),
            &[
                ("channel-access", "open"),
                ("customer-sharing", "search_project"),
            ],
        )
        .await;
    browser
        .refused(
            &format!("{project}/customer-permissions"),
            &[("channel-access", "open")],
        )
        .await;
    let knowledge = format!("{project}/knowledge-base");
    browser
        .submit(&knowledge, &[("space", "OTHER"), ("link", "on")])
        .await;
    browser
        .submit(
            &knowledge,
            &[("space", "ITKB"), ("who-can-view", "only_confluence_users")],
        )
        .await;
    // K1 to K4 do not hold.
    browser
        .refused(&knowledge, &[("space", "ITKB"), ("who-can-view", "anyone")])
        .await;
    browser
        .refused(&knowledge, &[("space", "NONE"), ("link", "on")])
        .await;
    let site = browser.sandbox.site();
    let itsm = site.project(&key("ITSM")).unwrap();
    assert_eq!(
        (itsm.channel_access, itsm.customer_sharing),
        (ChannelAccess::Open, CustomerSharing::SearchProject)
    );
    assert!(itsm.knowledge_base.contains(&space("OTHER")));
    assert_eq!(
        site.space(&space("OTHER")).unwrap().who_can_view,
        WhoCanView::AllLoggedIn
    );
    assert_eq!(
        site.space(&space("ITKB")).unwrap().who_can_view,
        WhoCanView::OnlyConfluenceUsers
    );

    let organization = "/__sandbox/console/organization";
    let page = browser
        .submit(organization, &[("id", "1"), ("new-name", "Globex & Söhne")])
        .await;
    assert!(page.contains("<h1>Globex &amp; Söhne</h1>"), "{page}");
    browser
        .submit(
            organization,
            &[("id", "1"), ("email-domains", "a.example\nb.example")],
        )
        .await;
    let site = browser.sandbox.site();
    let globex = site.organization_named("Globex & Söhne").unwrap();
    assert_eq!(globex.email_domains.len(), 2);
    let eleven: String = (0..11).map(|n| format!("d{n}.example\n")).collect();
    browser
        .refused(organization, &[("id", "1"), ("email-domains", &eleven)])
        .await;
    browser
        .refused(organization, &[("id", "1"), ("new-name", " ")])
        .await;
    browser
        .sandbox
        .edit(|site| site.add_organization(&OrganizationName::new("Taken").unwrap()));
    browser
        .refused(organization, &[("id", "1"), ("new-name", "Taken")])
        .await;
}

#[tokio::test]
async fn accounts_are_invited_migrated_revoked_and_given_back() {
    let acme = acme();
    let mut site = acme.site;
    site.add_account(NewAccount::atlassian(email("jo@acme.com"), Role::None));
    let browser = Browser::on(site).await;
    let kinds = |address: &str| {
        let site = browser.sandbox.site();
        let accounts = site.accounts_with_email(address);
        accounts
            .iter()
            .map(|account| (account.kind, account.role, account.state))
            .collect::<Vec<_>>()
    };
    // G13: whatever the settings say, an Atlassian account; whoever has one gets the role (R1e).
    let users = "/__sandbox/console/users";
    let page = browser
        .submit(users, &[("email", "Kim@Elsewhere.example")])
        .await;
    assert!(page.contains("Kim@Elsewhere.example"), "{page}");
    browser.submit(users, &[("email", "jo@acme.com")]).await;
    for address in ["kim@elsewhere.example", "jo@acme.com"] {
        assert_eq!(
            kinds(address),
            [(AccountKind::Atlassian, Role::Customer, AccountState::Active)]
        );
    }
    assert_eq!(browser.sandbox.stats().mails, 2);
    browser.submit(users, &[("email", "jo@acme.com")]).await;
    assert_eq!(browser.sandbox.stats().mails, 2, "nothing was left to do");
    browser.refused(users, &[("email", "nobody")]).await;

    let customers = "/__sandbox/console/portal-only-customers";
    let bo = &*acme.bo.text();
    browser
        .submit(customers, &[("account", bo), ("action", "revoke")])
        .await;
    assert_eq!(kinds("bo@globex.example")[0].2, AccountState::Revoked);
    let page = browser
        .page(&format!("{customers}?search=bo@globex.example"))
        .await;
    assert!(
        page.contains("Grant access") && !page.contains("ana@"),
        "{page}"
    );
    browser
        .submit(customers, &[("account", bo), ("action", "grant")])
        .await;
    assert_eq!(kinds("bo@globex.example")[0].2, AccountState::Active);

    let ana = &*acme.ana.text();
    browser
        .submit(customers, &[("account", ana), ("action", "migrate")])
        .await;
    assert_eq!(
        kinds("ana@globex.example"),
        [
            (AccountKind::PortalOnly, Role::None, AccountState::Revoked),
            (AccountKind::Atlassian, Role::Customer, AccountState::Active),
        ]
    );
    let site = browser.sandbox.site();
    for list in [
        site.organization_members(&acme.globex),
        site.project_customers(&key("ITSM")),
        site.project_customers(&key("WEB")),
    ] {
        let anas: Vec<AccountKind> = list
            .iter()
            .filter(|account| account.email() == "ana@globex.example")
            .map(|account| account.kind)
            .collect();
        assert_eq!(
            anas,
            [AccountKind::Atlassian],
            "the new account took the old one's places"
        );
    }
    let nobody = browser
        .send(customers, &[("account", "qm:none"), ("action", "grant")])
        .await;
    assert_eq!(nobody.status().as_u16(), 404);
    let wrong = browser
        .send(customers, &[("account", bo), ("action", "delete")])
        .await;
    assert_eq!(wrong.status().as_u16(), 422);
}

#[tokio::test]
async fn roles_apps_and_groups_are_taken_one_by_one_and_nobody_is_locked_out() {
    let mut site = acme().site;
    let dev = site.add_account(NewAccount {
        apps: [App::Jira, App::Confluence].into(),
        ..NewAccount::atlassian(email("dev@acme.com"), Role::User)
    });
    site.add_group("writers", None);
    site.add_to_group("writers", &[dev]).unwrap();
    let browser = Browser::on(site).await;
    let users = "/__sandbox/console/users";
    let dev = &*dev.text();
    let now = || {
        let site = browser.sandbox.site();
        let account = site.accounts_with_email("dev@acme.com")[0].clone();
        let groups = site.members_of_group("writers").len();
        (account.role, account.apps, account.state, groups)
    };
    let page = browser.page(&format!("{users}?search=dev@acme.com")).await;
    for control in [
        "Jira Service Management: Customer",
        "Jira: None",
        "Confluence: None",
        "Remove from group writers",
        "Suspend access",
    ] {
        assert!(page.contains(control), "{control}: {page}");
    }
    for action in ["customer", "no-jira"] {
        browser
            .submit(users, &[("account", dev), ("action", action)])
            .await;
    }
    let only = [App::Confluence].into();
    assert_eq!(now(), (Role::Customer, only, AccountState::Active, 1));
    let page = browser.page(&format!("{users}?search=dev@acme.com")).await;
    assert!(!page.contains("Jira: None"), "{page}");
    let groups = "/__sandbox/console/groups";
    browser
        .submit(groups, &[("name", "writers"), ("remove", dev)])
        .await;
    browser
        .submit(users, &[("account", dev), ("action", "suspend")])
        .await;
    assert_eq!((now().2, now().3), (AccountState::Deactivated, 0));
    browser
        .submit(users, &[("account", dev), ("action", "restore")])
        .await;
    assert_eq!(now().2, AccountState::Active);
    let admin = browser
        .sandbox
        .site()
        .accounts_with_email("admin@sandbox.example")[0]
        .id()
        .to_string();
    browser
        .refused(users, &[("account", &admin), ("action", "suspend")])
        .await;
}

#[tokio::test]
async fn groups_are_made_filled_and_put_into_the_role_of_customers() {
    let mut site = acme().site;
    site.add_account(NewAccount::atlassian(email("ivy@acme.com"), Role::Customer));
    let browser = Browser::on(site).await;
    let groups = "/__sandbox/console/groups";
    let project = "/__sandbox/console/project/ITSM/customers";
    browser.submit(groups, &[("new", "hr-staff")]).await;
    browser.refused(groups, &[("new", "hr-staff")]).await;
    let add = |address: &'static str| [("name", "hr-staff"), ("add", address)];
    let page = browser.submit(groups, &add("ivy@acme.com")).await;
    assert!(page.contains("ivy@acme.com"));
    browser.refused(groups, &add("ana@globex.example")).await;
    assert_eq!(
        browser.visit("?as=ivy@acme.com").await["portals"][0]["view"],
        false
    );
    browser.submit(project, &[("group", "hr-staff")]).await;
    browser.refused(project, &[("group", "nobody")]).await;
    let visit = browser.visit("?as=ivy@acme.com").await;
    assert_eq!(visit["portals"][0]["view"], true);
    let page = browser.page("/__sandbox/visit?as=ivy@acme.com").await;
    assert!(page.contains("Service Desk Customers"), "{page}");
    let page = browser.page("/__sandbox/console/project/ITSM").await;
    assert!(page.contains("through a group in the project role"));
    browser
        .submit(project, &[("remove-group", "hr-staff")])
        .await;
    browser
        .refused(project, &[("remove-group", "hr-staff")])
        .await;
    let visit = browser.visit("?as=ivy@acme.com").await;
    assert_eq!(visit["portals"][0]["view"], false);

    // Out of an open project's customers: the name stays for the record.
    let ana = browser
        .sandbox
        .site()
        .accounts_with_email("ana@globex.example")[0]
        .id();
    let open = "/__sandbox/console/project/WEB/customers";
    let page = browser.submit(open, &[("remove", &*ana.text())]).await;
    assert!(page.contains("for the record"), "{page}");
    assert!(
        browser
            .sandbox
            .site()
            .project_customers(&key("WEB"))
            .is_empty()
    );
}

#[tokio::test]
async fn forms_of_other_pages_and_other_names_are_refused() {
    let browser = Browser::on(acme().site).await;
    let path = "/__sandbox/console/authentication";
    let before = browser.sandbox.site();
    let post = || {
        browser
            .http
            .post(browser.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("sso=on")
    };
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer = post().header(name, value).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}: {value}");
    }
    let rebound = browser
        .http
        .get(browser.url(path))
        .header("host", "evil.example");
    assert_eq!(rebound.send().await.unwrap().status().as_u16(), 421);
    let simple = browser
        .http
        .post(browser.url(path))
        .header("content-type", "text/plain")
        .body("sso=on");
    assert_eq!(simple.send().await.unwrap().status().as_u16(), 415);
    assert_eq!(before, browser.sandbox.site());
    // A program says neither where it comes from nor that it is a browser.
    assert_eq!(post().send().await.unwrap().status().as_u16(), 303);
}

#[tokio::test]
async fn foreign_text_stays_text_and_comes_back_as_it_was() {
    let name = "<script>alert('1')</script> \"&\u{202e}x";
    let mut site = acme().site;
    let organization = site.add_organization(&OrganizationName::new(name).unwrap());
    let account = site.add_account(NewAccount {
        name: Some(name.to_owned()),
        ..NewAccount::portal_only(email("mallory@evil.example"))
    });
    site.add_members(&organization, std::slice::from_ref(&account))
        .unwrap();
    site.set_organization_link(&key("WEB"), &organization, true)
        .unwrap();
    site.add_customers(&key("WEB"), std::slice::from_ref(&account))
        .unwrap();
    site.project_mut(&key("WEB")).unwrap().name = name.to_owned();
    site.space_mut(&space("OTHER")).unwrap().name = name.to_owned();
    let browser = Browser::on(site).await;
    let query: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    for path in [
        "/__sandbox/console".to_owned(),
        "/__sandbox/console/customers".to_owned(),
        format!("/__sandbox/console/customers?search={query}"),
        format!("/__sandbox/console/organization?name={query}"),
        "/__sandbox/console/project/WEB".to_owned(),
        "/__sandbox/console/portal-only-customers".to_owned(),
        "/__sandbox/visit?as=mallory@evil.example".to_owned(),
        "/__sandbox/visit?said=%3Cb%3E-no".to_owned(),
    ] {
        let text = browser.page(&path).await;
        let page = Html::parse_document(&text);
        assert_eq!(page.errors, Vec::<String>::new(), "{path}");
        assert!(all(&page, "script, b").is_empty(), "{path}");
    }
    // What is shown is made harmless; what a form sends back is not touched.
    let page = browser
        .page(&format!("/__sandbox/console/organization?name={query}"))
        .await;
    let page = Html::parse_document(&page);
    let shown: String = all(&page, "h1")[0].text().collect();
    assert!(
        shown.contains("\\u{202e}") && !shown.contains('\u{202e}'),
        "{shown}"
    );
    assert_eq!(all(&page, "#new-name")[0].value().attr("value"), Some(name));
    let (status, page) = browser.get("/__sandbox/visit?as=%3Cscript%3E").await;
    let page = Html::parse_document(&page);
    assert_eq!(status, 422);
    assert!(all(&page, "script").is_empty());
    assert_eq!(all(&page, "#as")[0].value().attr("value"), Some("<script>"));
}
