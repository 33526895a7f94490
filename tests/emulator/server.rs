//! Counting, the gate, persistence, and the state as a value.

use crate::harness::{Box, Who, acme, email, key, space};
use camino::Utf8PathBuf;
use portcullis::emulator::{
    AccountState, Answer, Fate, NewAccount, Options, Passage, Policy, Role, Site, SiteError, Stats,
    Verdict,
};
use portcullis::model::{AccountId, OrganizationName};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn stats_count_by_template_and_are_outside_the_count() {
    let sandbox = Box::start(acme().site).await;
    sandbox.get("/rest/servicedeskapi/organization/1").await;
    sandbox
        .status(
            Who::Agent,
            "DELETE",
            "/rest/servicedeskapi/organization/1",
            None,
        )
        .await;
    sandbox
        .status(Who::Admin, "GET", "/rest/nowhere", None)
        .await;
    sandbox
        .status(Who::Admin, "PATCH", "/rest/api/3/myself", None)
        .await;
    let got = sandbox
        .send(Who::Nobody, "GET", "/__sandbox/stats", None)
        .await;
    assert_eq!(
        got.body,
        json!({"requests": 4, "writes": 2, "refused": 1, "mails": 0, "by_operation": {
            "GET /rest/servicedeskapi/organization/{organizationId}": 1,
            "DELETE /rest/servicedeskapi/organization/{organizationId}": 1,
            "GET /rest/nowhere": 1,
            "PATCH /rest/api/3/myself": 1,
        }})
    );
    assert!(
        sandbox
            .status(Who::Nobody, "POST", "/__sandbox/stats/reset", None)
            .await
            < 300
    );
    assert_eq!(sandbox.sandbox.stats(), Stats::default());
}

/// Refuses, cuts before and cuts after, by what the path asks for.
#[derive(Debug)]
struct Trouble;

impl Policy for Trouble {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let fate = if passage.path.contains("/1/") && !passage.write {
            Fate::Drop
        } else if passage.operation.ends_with("/myself") {
            Fate::Answer(Answer {
                headers: vec![("retry-after", "1".into())],
                ..Answer::json(429, &json!({}))
            })
        } else {
            Fate::Pass
        };
        Verdict {
            wait: Duration::from_millis(1),
            fate,
            ..Verdict::default()
        }
    }

    fn leave(&self, passage: Passage<'_>, answer: &Answer) -> Verdict {
        let cut = passage.write && answer.status == 201;
        Verdict {
            fate: if cut { Fate::Drop } else { Fate::Pass },
            ..Verdict::default()
        }
    }
}

#[tokio::test]
async fn the_gate_can_answer_or_break_the_connection_before_and_after() {
    let options = Options {
        policy: Arc::new(Trouble),
        record: true,
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options).await;
    let limited = sandbox
        .send(Who::Admin, "GET", "/rest/api/3/myself", None)
        .await;
    assert_eq!(
        (
            limited.status,
            limited.headers["retry-after"].to_str().unwrap()
        ),
        (429, "1")
    );
    assert!(
        sandbox
            .try_send(
                Who::Admin,
                "GET",
                "/rest/servicedeskapi/organization/1/user",
                None,
                true
            )
            .await
            .is_err()
    );
    let lost = sandbox
        .try_send(
            Who::Admin,
            "POST",
            "/rest/servicedeskapi/organization",
            Some(json!({"name": "Lost"})),
            true,
        )
        .await;
    assert!(lost.is_err());
    assert!(
        sandbox.sandbox.site().organization_named("Lost").is_some(),
        "the write landed"
    );
    assert_eq!(
        sandbox
            .status(
                Who::Admin,
                "GET",
                "/rest/servicedeskapi/organization/1",
                None
            )
            .await,
        200
    );
    let statuses: Vec<_> = sandbox
        .sandbox
        .exchanges()
        .iter()
        .map(|e| e.status)
        .collect();
    assert_eq!(statuses, [Some(429), None, None, Some(200)]);
    assert_eq!(sandbox.sandbox.stats().refused, 1);
}

fn file() -> (tempfile::TempDir, Utf8PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().join("deep/acme.json")).unwrap();
    (directory, path)
}

#[tokio::test]
async fn stopping_saves_and_loading_gives_the_same_site() {
    let (_directory, path) = file();
    let options = Options {
        state_file: Some(path.clone().into()),
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options.clone()).await;
    let made = sandbox
        .send(
            Who::Admin,
            "POST",
            "/rest/servicedeskapi/organization",
            Some(json!({"name": "Initech"})),
        )
        .await;
    assert_eq!(made.status, 201);
    let left = sandbox.sandbox.stop().await.unwrap();
    let loaded = Site::load(&path).unwrap();
    assert_eq!(loaded, left);
    assert!(
        loaded.organization_named("Initech").is_some(),
        "names are found again"
    );
    let again = Box::start_with(loaded, options).await;
    let found = again
        .send(
            Who::Admin,
            "POST",
            "/rest/servicedeskapi/organization",
            Some(json!({"name": "Initech"})),
        )
        .await;
    assert_eq!(found.body["id"], made.body["id"]);
}

#[tokio::test]
async fn a_change_is_saved_while_the_sandbox_runs() {
    let (_directory, path) = file();
    let options = Options {
        state_file: Some(path.clone().into()),
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options).await;
    sandbox
        .send(
            Who::Admin,
            "POST",
            "/rest/servicedeskapi/organization",
            Some(json!({"name": "Initech"})),
        )
        .await;
    sandbox.sandbox.saved().await;
    let saved = Site::load(&path).unwrap();
    assert!(saved.organization_named("Initech").is_some());
}

#[tokio::test]
async fn a_keeper_saves_at_once_and_keeps_no_sandbox_alive() {
    let (_directory, path) = file();
    let options = Options {
        state_file: Some(path.clone().into()),
        ..Options::default()
    };
    let sandbox = Box::start_with(acme().site, options).await.sandbox;
    let keeper = sandbox.keeper();
    for name in ["Initech", "Hooli"] {
        sandbox.edit(|site| site.add_organization(&OrganizationName::new(name).unwrap()));
        keeper.save().unwrap();
        let saved = Site::load(&path).unwrap();
        assert!(saved.organization_named(name).is_some(), "{name}");
    }
    sandbox.stop().await.unwrap();
    std::fs::remove_file(&path).unwrap();
    keeper.save().unwrap();
    assert!(!path.exists(), "what has ended is not saved again");
}

#[test]
fn a_file_that_is_no_state_is_refused_with_its_name() {
    let (_directory, path) = file();
    acme().site.save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for broken in ["{", &text.replace("\"members\":[", "\"members\":[99,")] {
        std::fs::write(&path, broken).unwrap();
        let error = Site::load(&path).unwrap_err().to_string();
        assert!(error.contains("acme.json"), "{error}");
    }
}

#[test]
fn the_same_steps_give_the_same_site_and_other_orders_an_equal_directory() {
    assert_eq!(acme().site, acme().site);
    let mut changed = acme().site;
    changed.settings.view_without_login = true;
    assert_ne!(changed, acme().site);
    let person = |text: &str| NewAccount {
        id: Some(AccountId::new(text)),
        ..NewAccount::portal_only(email(text))
    };
    let (mut a, mut b) = (Site::empty("s"), Site::empty("s"));
    for (site, order) in [
        (&mut a, ["x@x.de", "y@x.de"]),
        (&mut b, ["y@x.de", "x@x.de"]),
    ] {
        let ids: Vec<_> = order.map(|text| site.add_account(person(text))).into();
        let organization = site.add_organization(&OrganizationName::new("O").unwrap());
        site.add_members(&organization, &ids).unwrap();
    }
    assert_eq!(a, b);
    assert_ne!(Site::empty("s"), Site::empty("t"));
}

#[test]
fn the_builder_names_what_is_missing_and_never_doubles() {
    let mut site = acme().site;
    let again = site.add_account(NewAccount {
        name: Some("Ana B".into()),
        ..NewAccount::portal_only(email("ANA@globex.example"))
    });
    assert_eq!(site.accounts_with_email("ana@globex.example").len(), 1);
    assert_eq!(site.account(&again).unwrap().name(), "Ana B");
    let admin = site.add_account(NewAccount {
        state: AccountState::Deactivated,
        ..NewAccount::atlassian(email("admin@sandbox.example"), Role::None)
    });
    let admin = site.account(&admin).unwrap();
    assert_eq!(
        (admin.role, admin.state),
        (Role::Admin, AccountState::Active)
    );
    let twin = site.add_account(NewAccount::atlassian(
        email("ana@globex.example"),
        Role::Customer,
    ));
    assert_ne!(twin, again);
    let nobody = AccountId::new("nobody");
    let missing = site.add_customers(&key("ITSM"), &[twin, nobody]);
    assert_eq!(missing, Err(SiteError::Account(nobody)));
    assert_eq!(site.project_customers(&key("ITSM")).len(), 1);
    let name = OrganizationName::new("Globex").unwrap();
    let other = site.add_organization(&OrganizationName::new("Other").unwrap());
    assert_eq!(
        site.rename_organization(&other, &name),
        Err(SiteError::NameTaken(name.clone()))
    );
    assert_eq!(site.add_organization(&name).as_str(), "1");
    assert!(site.space(&space("NONE")).is_none());
}
