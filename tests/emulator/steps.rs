//! Every manual step of a site that is a sandbox leads to its console: the link answers, and the page has the words of the path.

use crate::harness::{acme, email, key, space};
use camino::Utf8Path;
use portcullis::config::{LoadOptions, load};
use portcullis::emulator::{AccountState, App, NewAccount, Options, Role, Sandbox};
use portcullis::model::{Domain, OrganizationName, SiteField, SiteKey};
use portcullis::plan::ManualSubject;
use portcullis::plan::manual::step;
use scraper::{Html, Selector};
use serde_json::Value;

fn subjects() -> Vec<ManualSubject> {
    let mut all: Vec<ManualSubject> = SiteField::ALL
        .into_iter()
        .map(ManualSubject::SiteField)
        .collect();
    all.extend([
        ManualSubject::AllowedDomains,
        ManualSubject::ApprovedDomain(Domain::new("acme.com").unwrap()),
        ManualSubject::ApprovedDomain(Domain::new("new.example").unwrap()),
        ManualSubject::AnyDomain,
        ManualSubject::EmailDomains(OrganizationName::new("Globex").unwrap()),
        ManualSubject::Rename {
            from: "O'Neil & Co".to_owned(),
            to: OrganizationName::new("O'Neil").unwrap(),
        },
        ManualSubject::ChannelAccess(key("ITSM")),
        ManualSubject::CustomerSharing(key("ITSM")),
        ManualSubject::KnowledgeBase(key("ITSM"), space("ITKB")),
        ManualSubject::KnowledgeBase(key("ITSM"), space("OTHER")),
        ManualSubject::InviteInternal(vec![email("jo@acme.com")]),
        ManualSubject::MigrateAccounts(vec![email("ana@globex.example")]),
        ManualSubject::GrantPortalAccess(email("bo@globex.example")),
        ManualSubject::RevokePortalAccess(email("ana@globex.example")),
        ManualSubject::SuspendAccount(email("dev@acme.com")),
        ManualSubject::CustomerRole(
            email("dev@acme.com"),
            vec![
                "jira".to_owned(),
                "jira-service-management".to_owned(),
                "confluence".to_owned(),
            ],
        ),
        ManualSubject::LeaveGroups(
            email("dev@acme.com"),
            vec!["writers".to_owned()],
            "confluence".to_owned(),
        ),
    ]);
    all
}

/// What a person looks for on the page: a path names some things with a remark, or with what is to be typed.
fn wanted(words: &str) -> Vec<String> {
    let typed = ["search for ", "edit its name to "];
    if let Some(what) = typed.iter().find(|what| words.starts_with(*what)) {
        return vec![match *what {
            "search for " => "search by e-mail address".to_owned(),
            _ => "edit its name".to_owned(),
        }];
    }
    match words.split_once(" (") {
        Some(("ITKB" | "OTHER", _)) => vec![words.split(' ').next().unwrap().to_owned()],
        Some(("acme.com", _)) => vec!["acme.com".to_owned()],
        Some(("new.example", _)) => vec!["Add domain".to_owned()],
        Some(("Invite users", _)) => vec!["Invite users".to_owned()],
        _ => vec![words.to_owned()],
    }
}

#[tokio::test]
async fn the_click_path_of_every_step_is_found_on_the_page_it_links_to() {
    let acme = acme();
    let mut site = acme.site;
    site.approve_domain("acme.com", Role::Customer, true);
    site.add_organization(&OrganizationName::new("O'Neil & Co").unwrap());
    site.set_account_state(&acme.bo, AccountState::Revoked)
        .unwrap();
    site.add_account(NewAccount::atlassian(email("jo@acme.com"), Role::None));
    let dev = site.add_account(NewAccount {
        apps: [App::Jira, App::Confluence].into(),
        ..NewAccount::atlassian(email("dev@acme.com"), Role::User)
    });
    site.add_group("writers", None);
    site.add_to_group("writers", &[dev]).unwrap();
    let sandbox = Sandbox::start(site, Options::default()).await.unwrap();

    let directory = tempfile::TempDir::new().unwrap();
    let text = format!(
        "version: 1\nsites:\n  acme:\n    url: {}\n    projects:\n      ITSM: {{ organizations: {{ list: [Globex] }} }}\n    organizations: {{ Globex: {{}}, \"O'Neil\": {{}} }}\n",
        sandbox.url()
    );
    std::fs::write(directory.path().join("portcullis.yaml"), text).unwrap();
    let today = "2026-11-22".parse().unwrap();
    let loaded = load(
        Utf8Path::from_path(directory.path()).unwrap(),
        LoadOptions::new(today),
    );
    assert!(loaded.workspace.is_some(), "{:?}", loaded.diagnostics);
    let workspace = loaded.workspace.unwrap();
    let declared = &workspace.sites[&SiteKey::new("acme").unwrap()];

    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for subject in subjects() {
        let made = step(declared, &subject, Vec::new(), Value::Null, Value::Null);
        let link = made.link.expect("a link");
        assert!(link.starts_with(&sandbox.url()), "{link}");
        assert!(
            !link.contains("globex.example"),
            "an address in a link escapes redaction: {link}"
        );
        let answer = http.get(&link).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{link}");
        let page = Html::parse_document(&answer.text().await.unwrap());
        if let Some((_, id)) = link.split_once('#') {
            let control = Selector::parse(&format!("#{id}")).unwrap();
            assert_eq!(page.select(&control).count(), 1, "{link}");
        }
        let text: String = page.root_element().text().collect();
        assert_eq!(made.click_path[0], "the sandbox's console");
        for words in &made.click_path[1..] {
            for word in wanted(&words.to_string()) {
                assert!(
                    text.contains(&word),
                    "{subject:?}: `{word}` is not on {link}:\n{text}"
                );
            }
        }
    }
}
