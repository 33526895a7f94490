//! Organizations, members, properties, links and paging.

use crate::harness::{Box, Who, acme, email, key};
use portcullis::emulator::{AccountState, NewAccount, Options, Site};
use portcullis::model::{AccountId, OrganizationManagement, OrganizationName};
use serde_json::json;

const ORGANIZATIONS: &str = "/rest/servicedeskapi/organization";

#[tokio::test]
async fn q1_creating_an_existing_name_answers_201_with_the_old_id() {
    let sandbox = Box::start(acme().site).await;
    let old = sandbox
        .send(
            Who::Agent,
            "POST",
            ORGANIZATIONS,
            Some(json!({"name": "Globex"})),
        )
        .await;
    let new = sandbox
        .send(
            Who::Agent,
            "POST",
            ORGANIZATIONS,
            Some(json!({"name": "Initech"})),
        )
        .await;
    assert_eq!((old.status, &old.body["id"]), (201, &json!("1")));
    assert_eq!((new.status, &new.body["id"]), (201, &json!("2")));
    for name in ["", " ", &"x".repeat(201)] {
        let status = sandbox
            .status(
                Who::Admin,
                "POST",
                ORGANIZATIONS,
                Some(json!({"name": name})),
            )
            .await;
        assert_eq!(status, 400, "{name}");
    }
}

#[tokio::test]
async fn q2_members_are_removed_by_a_delete_with_a_body_and_listed_by_account_id() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let members = format!("{ORGANIZATIONS}/{}/user", acme.globex);
    let mut ids = vec![acme.ana.to_string(), acme.bo.to_string()];
    ids.sort();
    assert_eq!(sandbox.all(&members, "accountId").await, ids);
    for _ in 0..2 {
        let status = sandbox
            .status(
                Who::Agent,
                "DELETE",
                &members,
                Some(json!({"accountIds": [acme.ana]})),
            )
            .await;
        assert_eq!(status, 204, "removing is idempotent");
    }
    assert_eq!(
        sandbox.all(&members, "accountId").await,
        [acme.bo.text().into_owned()]
    );
    let status = sandbox
        .status(
            Who::Agent,
            "POST",
            &members,
            Some(json!({"accountIds": [acme.bo, acme.ana]})),
        )
        .await;
    assert_eq!(status, 204);
    assert_eq!(sandbox.all(&members, "accountId").await, ids);
}

#[tokio::test]
async fn an_unknown_member_refuses_the_whole_batch() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let members = format!("{ORGANIZATIONS}/{}/user", acme.globex);
    let body = json!({"accountIds": [acme.ana, "qm:nobody"]});
    assert_eq!(
        sandbox
            .status(Who::Admin, "DELETE", &members, Some(body))
            .await,
        400
    );
    assert_eq!(
        sandbox
            .sandbox
            .site()
            .organization_members(&acme.globex)
            .len(),
        2
    );
    let unknown = format!("{ORGANIZATIONS}/77/user");
    let body = json!({"accountIds": [acme.ana]});
    assert_eq!(
        sandbox
            .status(Who::Admin, "POST", &unknown, Some(body))
            .await,
        404
    );
}

#[tokio::test]
async fn q9_the_server_lowers_large_limits_and_pages_by_size() {
    let mut site = Site::empty("acme");
    for i in 0..23 {
        site.add_organization(&OrganizationName::new(&format!("O{i}")).unwrap());
    }
    let options = Options {
        page_cap: 10,
        ..Options::default()
    };
    let sandbox = Box::start_with(site, options).await;
    let page = sandbox
        .get(&format!("{ORGANIZATIONS}?limit=100&start=10&unheard=of"))
        .await;
    assert_eq!(page["size"], 10);
    assert_eq!(page["limit"], 100);
    assert_eq!(page["isLastPage"], false);
    let next = sandbox.get(page["_links"]["next"].as_str().unwrap()).await;
    assert_eq!(
        (&next["start"], &next["size"], &next["isLastPage"]),
        (&json!(20), &json!(3), &json!(true))
    );
    assert!(next["_links"].get("next").is_none());
    let beyond = sandbox.get(&format!("{ORGANIZATIONS}?start=500")).await;
    assert_eq!(
        (&beyond["size"], &beyond["isLastPage"]),
        (&json!(0), &json!(true))
    );
    let names = sandbox.all(ORGANIZATIONS, "name").await;
    assert_eq!(names, (0..23).map(|i| format!("O{i}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn q9_members_of_many_pages_come_each_once_and_in_order() {
    let mut site = Site::empty("acme");
    let big = site.add_organization(&OrganizationName::new("Big").unwrap());
    let ids: Vec<_> = (0..230)
        .map(|i| site.add_account(NewAccount::portal_only(email(&format!("p{i}@x.example")))))
        .collect();
    site.add_members(&big, &ids).unwrap();
    let sandbox = Box::start(site).await;
    let listed = sandbox
        .all(&format!("{ORGANIZATIONS}/{big}/user"), "accountId")
        .await;
    let mut wanted: Vec<String> = ids.iter().map(ToString::to_string).collect();
    wanted.sort();
    assert_eq!(listed, wanted);
    assert_eq!(sandbox.sandbox.stats().requests, 5);
}

#[tokio::test]
async fn q11_rows_shift_between_pages_while_members_change() {
    let mut site = Site::empty("acme");
    let big = site.add_organization(&OrganizationName::new("Big").unwrap());
    let ids: Vec<_> = (0..4)
        .map(|i| site.add_account(NewAccount::portal_only(email(&format!("p{i}@x.example")))))
        .collect();
    site.add_members(&big, &ids).unwrap();
    let sandbox = Box::start(site).await;
    let page = async |start: usize| {
        let path = format!("{ORGANIZATIONS}/{big}/user?limit=2&start={start}");
        sandbox.get(&path).await["values"].clone()
    };
    let (first, rest) = (page(0).await, page(2).await);
    let gone = AccountId::new(first[0]["accountId"].as_str().unwrap());
    sandbox
        .sandbox
        .edit(|site| site.remove_members(&big, &[gone]))
        .unwrap();
    let shifted = page(2).await;
    assert_eq!(shifted.as_array().unwrap().len(), 1, "one row was skipped");
    assert_eq!(shifted[0], rest[1]);
}

#[tokio::test]
async fn q13_members_who_can_no_longer_log_in_stay_listed() {
    let mut acme = acme();
    acme.site
        .set_account_state(&acme.bo, AccountState::Deactivated)
        .unwrap();
    let sandbox = Box::start(acme.site).await;
    let members = sandbox
        .get(&format!("{ORGANIZATIONS}/{}/user", acme.globex))
        .await;
    let bo = members["values"]
        .as_array()
        .unwrap()
        .iter()
        .find(|u| u["accountId"] == acme.bo.text().into_owned());
    assert_eq!(bo.unwrap()["active"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_added_at_once_from_many_sides_are_all_there() {
    let mut site = Site::empty("acme");
    let big = site.add_organization(&OrganizationName::new("Big").unwrap());
    let ids: Vec<_> = (0..200)
        .map(|i| site.add_account(NewAccount::portal_only(email(&format!("p{i}@x.example")))))
        .collect();
    let sandbox = std::sync::Arc::new(Box::start(site).await);
    let path = format!("{ORGANIZATIONS}/{big}/user");
    let tasks: Vec<_> = (0..20)
        .map(|i| {
            let (sandbox, path) = (std::sync::Arc::clone(&sandbox), path.clone());
            // Neighbours overlap by half, so that the same person is added twice at once.
            let batch = ids[i * 10..(i * 10 + 15).min(200)].to_vec();
            tokio::spawn(async move {
                let body = Some(json!({"accountIds": batch}));
                sandbox.status(Who::Agent, "POST", &path, body).await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 204);
    }
    let mut wanted: Vec<String> = ids.iter().map(ToString::to_string).collect();
    wanted.sort();
    assert_eq!(sandbox.all(&path, "accountId").await, wanted);
}

#[tokio::test]
async fn q10_links_take_the_organization_as_a_number_or_as_digits() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let links = "/rest/servicedeskapi/servicedesk/WEB/organization";
    for body in [json!({"organizationId": 1}), json!({"organizationId": "1"})] {
        assert_eq!(
            sandbox
                .status(Who::Agent, "POST", links, Some(body.clone()))
                .await,
            204
        );
        assert_eq!(sandbox.all(links, "name").await, ["Globex"]);
        for _ in 0..2 {
            assert_eq!(
                sandbox
                    .status(Who::Agent, "DELETE", links, Some(body.clone()))
                    .await,
                204
            );
        }
        assert!(sandbox.all(links, "name").await.is_empty());
    }
    assert_eq!(
        sandbox
            .status(
                Who::Agent,
                "POST",
                links,
                Some(json!({"organizationId": 9}))
            )
            .await,
        404
    );
}

#[tokio::test]
async fn q10_property_keys_come_in_the_shape_of_the_schema() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let properties = format!("{ORGANIZATIONS}/{}/property", acme.globex);
    let one = format!("{properties}/portcullis");
    assert_eq!(sandbox.status(Who::Admin, "GET", &one, None).await, 404);
    assert_eq!(
        sandbox
            .status(Who::Agent, "PUT", &one, Some(json!({"tool": "portcullis"})))
            .await,
        201
    );
    assert_eq!(
        sandbox
            .status(Who::Agent, "PUT", &one, Some(json!({"tool": "p"})))
            .await,
        200
    );
    assert_eq!(
        sandbox.get(&one).await,
        json!({"key": "portcullis", "value": {"tool": "p"}})
    );
    assert_eq!(
        sandbox.get(&properties).await["keys"][0]["key"],
        "portcullis"
    );
    let large = json!("x".repeat(32_768));
    assert_eq!(
        sandbox.status(Who::Agent, "PUT", &one, Some(large)).await,
        400
    );
    assert_eq!(sandbox.status(Who::Agent, "DELETE", &one, None).await, 204);
    assert_eq!(sandbox.status(Who::Agent, "DELETE", &one, None).await, 404);
}

#[tokio::test]
async fn q14_deleting_an_organization_drops_members_and_links_with_it() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let path = format!("{ORGANIZATIONS}/{}", acme.globex);
    assert_eq!(sandbox.status(Who::Agent, "DELETE", &path, None).await, 403);
    assert_eq!(sandbox.status(Who::Admin, "DELETE", &path, None).await, 204);
    assert_eq!(sandbox.status(Who::Admin, "DELETE", &path, None).await, 404);
    let site = sandbox.sandbox.site();
    assert!(
        site.project(&key("ITSM"))
            .unwrap()
            .organizations()
            .is_empty()
    );
    assert!(site.account(&acme.ana).is_some());
    let again = sandbox
        .send(
            Who::Admin,
            "POST",
            ORGANIZATIONS,
            Some(json!({"name": "Globex"})),
        )
        .await;
    assert_eq!(again.status, 201);
    // Even the highest id is not given twice: a list that lags behind must not lead to another organization.
    let site = sandbox.sandbox.site();
    assert_ne!(site.organization_named("Globex").unwrap().id(), acme.globex);
    assert!(site.organization_members(&acme.globex).is_empty());
}

#[tokio::test]
async fn organization_lists_can_be_filtered_by_member() {
    let acme = acme();
    let sandbox = Box::start(acme.site).await;
    let of = |id: &str| format!("{ORGANIZATIONS}?accountId={id}");
    assert_eq!(sandbox.all(&of(&acme.ana.text()), "name").await, ["Globex"]);
    let me = sandbox.get("/rest/api/3/myself").await["accountId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(sandbox.all(&of(&me), "name").await.is_empty());
    assert_eq!(
        sandbox.status(Who::Admin, "GET", &of("nobody"), None).await,
        404
    );
}

#[tokio::test]
async fn agents_lose_organization_writes_where_only_admins_manage_them() {
    let mut acme = acme();
    acme.site.settings.organization_management = OrganizationManagement::JiraAdminsOnly;
    let sandbox = Box::start(acme.site).await;
    let members = format!("{ORGANIZATIONS}/{}/user", acme.globex);
    let people = json!({"accountIds": [acme.ana]});
    let link = json!({"organizationId": 1});
    for (method, path, body) in [
        ("POST", ORGANIZATIONS, json!({"name": "New"})),
        ("POST", &members, people.clone()),
        ("DELETE", &members, people),
        (
            "POST",
            "/rest/servicedeskapi/servicedesk/WEB/organization",
            link.clone(),
        ),
        (
            "DELETE",
            "/rest/servicedeskapi/servicedesk/WEB/organization",
            link,
        ),
    ] {
        assert_eq!(
            sandbox
                .status(Who::Agent, method, path, Some(body.clone()))
                .await,
            403,
            "{method} {path}"
        );
        assert!(
            sandbox.status(Who::Admin, method, path, Some(body)).await < 300,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn members_of_a_scim_organization_belong_to_the_identity_provider() {
    let mut acme = acme();
    acme.site
        .organization_mut(&acme.globex)
        .unwrap()
        .scim_managed = true;
    let sandbox = Box::start(acme.site).await;
    let path = format!("{ORGANIZATIONS}/{}", acme.globex);
    assert_eq!(sandbox.get(&path).await["scimManaged"], true);
    let body = json!({"accountIds": [acme.ana]});
    assert_eq!(
        sandbox
            .status(Who::Admin, "DELETE", &format!("{path}/user"), Some(body))
            .await,
        400
    );
}

#[tokio::test]
async fn an_organization_is_renamed_over_the_api_of_customer_service_management() {
    let acme = acme();
    let id = acme.globex.to_string();
    let mut site = acme.site;
    let provisioned = site.add_organization(&OrganizationName::new("Provisioned").unwrap());
    site.organization_mut(&provisioned).unwrap().scim_managed = true;
    let cloud = site.cloud_id().to_string();
    let sandbox = Box::start(site).await;
    let path = |id: &str| format!("/jsm/csm/cloudid/{cloud}/api/v1/organization/{id}");
    let put = |who: Who, id: String, name: &'static str| {
        let (sandbox, path) = (&sandbox, path(&id));
        async move {
            let body = Some(json!({"name": name}));
            sandbox.status(who, "PUT", &path, body).await
        }
    };
    assert_eq!(put(Who::Agent, id.clone(), "Globex Inc").await, 200);
    let read = sandbox
        .get(&format!("/rest/servicedeskapi/organization/{id}"))
        .await;
    assert_eq!(read["name"], "Globex Inc");
    assert_eq!(put(Who::Agent, id.clone(), "Provisioned").await, 409);
    assert_eq!(put(Who::Agent, id.clone(), " ").await, 400);
    assert_eq!(put(Who::Agent, provisioned.to_string(), "Other").await, 400);
    assert_eq!(put(Who::Agent, "99".into(), "Other").await, 404);
    assert_eq!(put(Who::Nobody, id.clone(), "Other").await, 401);
    let elsewhere = path(&id).replace(&cloud, "other");
    let body = Some(json!({"name": "Other"}));
    assert_eq!(
        sandbox.status(Who::Agent, "PUT", &elsewhere, body).await,
        404
    );
    sandbox.sandbox.edit(|site| {
        site.settings.organization_management = OrganizationManagement::JiraAdminsOnly;
    });
    assert_eq!(put(Who::Agent, id.clone(), "Other").await, 403);
    assert_eq!(put(Who::Admin, id, "Other").await, 200);
}
