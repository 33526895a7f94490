//! Doors and visits for accounts in every state, and the stage in which an address is not verified yet.

use crate::harness::{Box, acme, email, key};
use portcullis::emulator::{AccountState, NewAccount, Role, Site};
use portcullis::model::ChannelAccess;
use serde_json::{Value, json};

/// The harness's site with an approved domain, where people verify their address themselves.
fn verifying() -> Site {
    let mut site = acme().site;
    site.verification_by_hand = true;
    site.settings.atlassian_accounts = true;
    site.approve_domain("acme.example", Role::Customer, false);
    site
}

fn door(address: &str, project: &str) -> Value {
    json!({"email": address, "project": project})
}

#[tokio::test]
async fn mail_of_an_internal_customer_is_held_until_the_address_is_verified() {
    let sandbox = Box::start(verifying()).await;
    let first = sandbox.door("email", door("jo@acme.example", "WEB")).await;
    assert_eq!(first["outcome"], "atlassian");
    assert_eq!(
        (&first["accepted"], &first["held"]),
        (&json!(false), &json!(true))
    );
    let again = sandbox.door("email", door("jo@acme.example", "WEB")).await;
    assert_eq!(
        (&again["outcome"], &again["held"]),
        (&json!("existing"), &json!(true))
    );
    let visit = sandbox.visit("jo@acme.example").await;
    assert_eq!(visit["accounts"][0]["state"], "unverified");
    let verified = sandbox.door("verify", door("jo@acme.example", "")).await;
    assert_eq!(verified["accepted"], true, "{verified}");
    let after = sandbox.door("email", door("jo@acme.example", "WEB")).await;
    assert_eq!(
        (&after["accepted"], &after["held"]),
        (&json!(true), &json!(false))
    );
    let nothing = sandbox.door("verify", door("jo@acme.example", "")).await;
    assert_eq!(nothing["accepted"], false);
    let nobody = sandbox.door("verify", door("no@acme.example", "")).await;
    assert_eq!(nobody["outcome"], "rejected");
}

#[tokio::test]
async fn mail_of_an_external_customer_is_not_held() {
    let sandbox = Box::start(verifying()).await;
    let first = sandbox.door("email", door("new@x.example", "WEB")).await;
    assert_eq!(first["outcome"], "portal_only");
    assert_eq!(
        (&first["accepted"], &first["held"]),
        (&json!(true), &json!(false))
    );
    let visit = sandbox.visit("new@x.example").await;
    assert_eq!(visit["accounts"][0]["state"], "unverified");
}

#[tokio::test]
async fn the_visit_says_why_for_an_account_in_every_state() {
    let mut site = acme().site;
    site.project_mut(&key("WEB")).unwrap().channel_access = ChannelAccess::Restricted;
    let mut add = |address: &str, role: Option<Role>, state| {
        let new = match role {
            None => NewAccount::portal_only(email(address)),
            Some(role) => NewAccount::atlassian(email(address), role),
        };
        let id = site.add_account(NewAccount { state, ..new });
        site.add_customers(&key("WEB"), &[id]).unwrap();
    };
    add("on@x.example", None, AccountState::Active);
    add("wait@x.example", None, AccountState::Unverified);
    add("mal@x.example", None, AccountState::Revoked);
    add(
        "old@x.example",
        Some(Role::Customer),
        AccountState::Deactivated,
    );
    add("none@x.example", Some(Role::None), AccountState::Active);
    add("kim@x.example", None, AccountState::Active);
    add("kim@x.example", Some(Role::Customer), AccountState::Active);
    add("lee@x.example", None, AccountState::Active);
    add("lee@x.example", Some(Role::None), AccountState::Active);
    let sandbox = Box::start(site).await;
    for (address, view, why, rule, double, looped) in [
        ("on@x.example", true, "project role", "V1", false, false),
        ("wait@x.example", true, "project role", "V1", false, false),
        ("mal@x.example", false, "out of use", "R1g", false, false),
        ("old@x.example", false, "out of use", "R1b", false, false),
        ("none@x.example", false, "no role", "R1e", false, false),
        ("kim@x.example", true, "project role", "V1", true, false),
        ("lee@x.example", true, "project role", "V1", true, true),
        (
            "nobody@x.example",
            false,
            "without login",
            "V2",
            false,
            false,
        ),
    ] {
        let visit = sandbox.visit(address).await;
        let portals = visit["portals"].as_array().unwrap();
        let web = portals
            .iter()
            .find(|portal| portal["project"] == "WEB")
            .unwrap();
        assert_eq!(web["view"], view, "{address}");
        assert!(
            web["why"].as_str().unwrap().contains(why),
            "{address}: {web}"
        );
        assert_eq!(web["rule"], rule, "{address}");
        assert_eq!(
            (&visit["duplicate"], &visit["loginLoop"]),
            (&json!(double), &json!(looped)),
            "{address}"
        );
        // Only accounts in use are found by their address.
        let found = sandbox
            .get(&format!("/rest/api/3/user/search?query={address}"))
            .await;
        let used = visit["accounts"].as_array().unwrap().iter();
        let used =
            used.filter(|account| account["state"] == "active" || account["state"] == "unverified");
        assert_eq!(found.as_array().unwrap().len(), used.count(), "{address}");
    }
}
