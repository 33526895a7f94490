//! The private endpoint and the sandbox's own settings endpoints.

use crate::harness::{Box, Who, acme, key};
use portcullis::model::{ChannelAccess, CustomerSharing};
use serde_json::{Value, json};

const SITE: &str = "/rest/sandbox-settings/1/site";
const SECURITY: &str = "/rest/servicedesk/1/servicedesk/ITSM/settings/requestsecurity";

#[tokio::test]
async fn requestsecurity_merges_what_is_posted() {
    let sandbox = Box::start(acme().site).await;
    let before = sandbox.get(SECURITY).await;
    assert_eq!(before["serviceDeskOpenAccess"], false);
    assert_eq!(
        (
            &before["globalPublicSignup"],
            &before["globalAnonymousAccess"]
        ),
        (&json!(true), &json!(false))
    );
    assert_eq!(before["unlicensedAccessLinkedConfluenceSpace"], true);
    for (body, open, sharing) in [
        (
            json!({"serviceDeskOpenAccess": true}),
            ChannelAccess::Open,
            CustomerSharing::OwnOrganizations,
        ),
        (
            json!({"manageEnabled": true}),
            ChannelAccess::Open,
            CustomerSharing::AnyCustomerByEmail,
        ),
        (
            json!({"autocompleteEnabled": true, "globalPublicSignup": false}),
            ChannelAccess::Open,
            CustomerSharing::SearchProject,
        ),
        (
            json!({"serviceDeskOpenAccess": false, "manageEnabled": false}),
            ChannelAccess::Restricted,
            CustomerSharing::OwnOrganizations,
        ),
    ] {
        assert_eq!(
            sandbox
                .status(Who::Agent, "POST", SECURITY, Some(body))
                .await,
            200
        );
        let site = sandbox.sandbox.site();
        let project = site.project(&key("ITSM")).unwrap();
        assert_eq!(
            (project.channel_access, project.customer_sharing),
            (open, sharing)
        );
        assert!(
            site.settings.customers_can_create_accounts,
            "site settings are only echoed"
        );
    }
    let wrong = Some(json!({"manageEnabled": "yes"}));
    assert_eq!(
        sandbox.status(Who::Agent, "POST", SECURITY, wrong).await,
        400
    );
    assert_eq!(
        sandbox
            .status(Who::Agent, "GET", &SECURITY.replace("ITSM", "NONE"), None)
            .await,
        404
    );
}

#[tokio::test]
async fn site_settings_are_replaced_whole_and_checked_as_the_pages_check_them() {
    let sandbox = Box::start(acme().site).await;
    let mut document = sandbox.get(SITE).await;
    let version = document["readOnlyVersion"].as_u64().unwrap();
    assert_eq!(
        document["customerAccess"]["portal"],
        json!({"accountCreation": "allow", "loginRequired": true})
    );
    document["customerAccess"]["external"]["restrictDomains"] = json!(true);
    document["customerAccess"]["external"]["allowedDomains"] = json!(["B.example"]);
    document["customerAccess"]["portal"]["loginRequired"] = json!(false);
    document["unknown"] = json!({"is": "ignored"});
    let got = sandbox
        .send(Who::Admin, "PUT", SITE, Some(document.clone()))
        .await;
    assert_eq!(got.status, 200);
    assert_eq!(
        got.body["customerAccess"]["external"]["allowedDomains"],
        json!(["b.example"])
    );
    assert_eq!(got.body["readOnlyVersion"], version + 1);
    assert!(got.body.get("unknown").is_none());
    let mut unrestricted = got.body.clone();
    unrestricted["customerAccess"]["external"]["restrictDomains"] = json!(false);
    let kept = sandbox
        .send(Who::Admin, "PUT", SITE, Some(unrestricted))
        .await;
    assert_eq!(
        kept.body["customerAccess"]["external"]["allowedDomains"],
        json!(["b.example"]),
        "the list outlives the restriction"
    );

    let spoiled: [fn(&mut Value); 6] = [
        |d| d["customerAccess"]["portal"]["accountCreation"] = json!("deny"),
        |d| d["portalOnlyAuthentication"] = json!({"password": false, "sso": false}),
        |d| d["email"]["accountCreation"] = json!("sometimes"),
        |d| d["customerAccess"]["external"]["allowedDomains"] = json!(["*.b.example"]),
        |d| d["knowledgeBase"]["anyone"] = json!("no"),
        |d| d["organizationManagement"] = Value::Null,
    ];
    for spoil in spoiled {
        let mut wrong = document.clone();
        spoil(&mut wrong);
        assert_eq!(
            sandbox
                .status(Who::Admin, "PUT", SITE, Some(wrong.clone()))
                .await,
            400,
            "{wrong}"
        );
    }
    assert_eq!(
        sandbox.get(SITE).await,
        kept.body,
        "a refused document changes nothing"
    );
}

#[tokio::test]
async fn the_sandboxs_settings_are_for_administrators() {
    let sandbox = Box::start(acme().site).await;
    for path in [
        SITE,
        "/rest/sandbox-settings/1/organization/1/email-domains",
        "/rest/sandbox-settings/1/project/ITSM/customer-permissions",
        "/rest/sandbox-settings/1/project/ITSM/knowledge-base",
    ] {
        let body = sandbox.get(path).await;
        assert_eq!(sandbox.status(Who::Agent, "GET", path, None).await, 403);
        assert_eq!(
            sandbox
                .status(Who::Agent, "PUT", path, Some(body.clone()))
                .await,
            403
        );
        assert_eq!(
            sandbox
                .send(Who::Admin, "PUT", path, Some(body.clone()))
                .await
                .body,
            body,
            "{path}: what was read can be written back"
        );
    }
}

#[tokio::test]
async fn an_organization_takes_ten_email_domains() {
    let sandbox = Box::start(acme().site).await;
    let path = "/rest/sandbox-settings/1/organization/1/email-domains";
    let list = |n: usize| {
        Some(json!({"emailDomains": (0..n).map(|i| format!("d{i}.example")).collect::<Vec<_>>()}))
    };
    assert_eq!(sandbox.status(Who::Admin, "PUT", path, list(10)).await, 200);
    assert_eq!(sandbox.status(Who::Admin, "PUT", path, list(11)).await, 400);
    assert_eq!(
        sandbox.get(path).await["emailDomains"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    assert_eq!(
        sandbox
            .status(
                Who::Admin,
                "GET",
                &path.replace("/1/email", "/9/email"),
                None
            )
            .await,
        404
    );
}

#[tokio::test]
async fn customer_permissions_and_knowledge_bases_are_put() {
    let sandbox = Box::start(acme().site).await;
    let path = "/rest/sandbox-settings/1/project/ITSM/customer-permissions";
    let wanted = json!({"channelAccess": "open", "customerSharing": "search_project"});
    assert_eq!(
        sandbox
            .send(Who::Admin, "PUT", path, Some(wanted.clone()))
            .await
            .body,
        wanted
    );
    assert_eq!(
        sandbox
            .status(
                Who::Admin,
                "PUT",
                path,
                Some(json!({"channelAccess": "open"}))
            )
            .await,
        400
    );

    let path = "/rest/sandbox-settings/1/project/ITSM/knowledge-base";
    let wanted = json!({"spaces": {"ITKB": {"whoCanView": "all_logged_in"}, "OTHER": {"whoCanView": "only_confluence_users"}}});
    assert_eq!(
        sandbox
            .send(Who::Admin, "PUT", path, Some(wanted.clone()))
            .await
            .body,
        wanted,
        "OTHER gets linked"
    );
    for (space, who, status) in [
        ("ITKB", "anyone", 400),
        ("ITKB", "nonsense", 400),
        ("NONE", "all_logged_in", 404),
    ] {
        let body = json!({"spaces": {space: {"whoCanView": who}}});
        assert_eq!(
            sandbox.status(Who::Admin, "PUT", path, Some(body)).await,
            status
        );
    }
}
