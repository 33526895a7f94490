//! Project roles over the wire: actors, groups, default actors, and the list of customers, which is a view of one of them.

use crate::harness::{Box, Who, acme, email, key};
use portcullis::emulator::{Caller, Grant, NewAccount, ProjectRole, Role, RoleActor, Site};
use portcullis::model::AccountId;
use serde_json::{Value, json};

const ROLE: &str = "/rest/api/3/project/ITSM/role/10100";
const LIST: &str = "/rest/servicedeskapi/servicedesk/ITSM/customer";

/// The harness's site with the group `hr-staff` of three Atlassian accounts: a customer, one without a role, one out of use.
struct Staffed {
    site: Site,
    ivy: AccountId,
    nora: AccountId,
    dan: AccountId,
}

fn staffed() -> Staffed {
    let mut site = acme().site;
    let add = |site: &mut Site, address: &str, role| {
        site.add_account(NewAccount::atlassian(email(address), role))
    };
    let ivy = add(&mut site, "ivy@acme.com", Role::Customer);
    let nora = add(&mut site, "nora@acme.com", Role::None);
    let dan = add(&mut site, "dan@acme.com", Role::Customer);
    site.set_account_state(&dan, portcullis::emulator::AccountState::Deactivated)
        .unwrap();
    site.add_group("hr-staff", Some("0b1c2d3e-0000-4000-8000-000000000001"));
    site.add_to_group("hr-staff", &[ivy, nora, dan]).unwrap();
    Staffed {
        site,
        ivy,
        nora,
        dan,
    }
}

fn sees(sandbox: &Box, account: &AccountId) -> bool {
    let site = sandbox.sandbox.site();
    site.shows_portal(&key("ITSM"), Caller::Account(account))
}

async fn names(sandbox: &Box, path: &str) -> Vec<String> {
    let role = sandbox.get(path).await;
    let actors = role["actors"].as_array().unwrap().iter();
    actors
        .map(|actor| actor["displayName"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_group_in_the_role_of_customers_opens_the_project_to_its_members() {
    let staffed = staffed();
    let sandbox = Box::start(staffed.site).await;
    assert!(!sees(&sandbox, &staffed.ivy));
    let add = json!({"groupId": ["0b1c2d3e-0000-4000-8000-000000000001"]});
    let got = sandbox.send(Who::Agent, "POST", ROLE, Some(add)).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(names(&sandbox, ROLE).await, ["Ana", "hr-staff"]);
    assert!(sees(&sandbox, &staffed.ivy));
    assert!(!sees(&sandbox, &staffed.nora), "no role in the app");
    assert!(!sees(&sandbox, &staffed.dan), "out of use");

    let visit = sandbox.visit("ivy@acme.com").await;
    let itsm = portal(&visit, "ITSM");
    assert_eq!(itsm["view"], true);
    assert!(itsm["why"].as_str().unwrap().contains("hr-staff"), "{itsm}");
    assert_eq!(visit["accounts"][0]["groups"][1], "hr-staff");
    let visit = sandbox.visit("nora@acme.com").await;
    let itsm = portal(&visit, "ITSM");
    assert_eq!(itsm["view"], false);
    assert!(itsm["why"].as_str().unwrap().contains("no role"), "{itsm}");

    let path = format!("{ROLE}?groupId=0b1c2d3e-0000-4000-8000-000000000001");
    assert_eq!(sandbox.status(Who::Agent, "DELETE", &path, None).await, 204);
    assert!(!sees(&sandbox, &staffed.ivy));
    assert_eq!(sandbox.status(Who::Agent, "DELETE", &path, None).await, 404);
}

fn portal<'v>(visit: &'v Value, project: &str) -> &'v Value {
    let portals = visit["portals"].as_array().unwrap();
    portals
        .iter()
        .find(|portal| portal["project"] == project)
        .unwrap()
}

#[tokio::test]
async fn a_group_that_grants_a_role_makes_customers_and_agents_of_its_members() {
    let mut staffed = staffed();
    let customers = RoleActor::Group("hr-staff".into());
    staffed
        .site
        .add_role_actor(&key("ITSM"), ProjectRole::Customers, customers)
        .unwrap();
    staffed
        .site
        .set_group_access("hr-staff", Role::Customer, [].into())
        .unwrap();
    let sandbox = Box::start(staffed.site).await;
    assert!(sees(&sandbox, &staffed.nora), "Customer through the group");
    sandbox
        .sandbox
        .edit(|site| site.set_group_access("hr-staff", Role::User, [].into()))
        .unwrap();
    let team = names(&sandbox, "/rest/api/3/project/WEB/role/10101").await;
    assert!(team.contains(&"nora@acme.com".to_owned()), "{team:?}");
}

#[tokio::test]
async fn the_list_of_customers_is_a_view_of_the_role() {
    let mut staffed = staffed();
    let site = &mut staffed.site;
    let itsm = key("ITSM");
    site.add_role_actor(
        &itsm,
        ProjectRole::Customers,
        RoleActor::Group("hr-staff".into()),
    )
    .unwrap();
    let permitted = site.add_account(NewAccount::atlassian(email("pam@x.example"), Role::None));
    let grant = Grant::new("BROWSE_PROJECTS", "user", Some(&permitted.text()));
    site.grant_permission(&itsm, grant).unwrap();
    let old = site.add_account(NewAccount::portal_only(email("old@x.example")));
    site.list_for_the_record(&itsm, std::slice::from_ref(&old))
        .unwrap();
    let sandbox = Box::start(staffed.site).await;

    let mut listed = sandbox.all(&format!("{LIST}?limit=2"), "displayName").await;
    listed.sort();
    assert_eq!(
        listed,
        [
            "Ana",
            "dan@acme.com",
            "ivy@acme.com",
            "nora@acme.com",
            "old@x.example",
            "pam@x.example"
        ]
    );
    assert_eq!(
        names(&sandbox, ROLE).await,
        ["Ana", "hr-staff"],
        "only those who were put there are actors"
    );
    assert!(sees(&sandbox, &permitted));
    assert!(!sees(&sandbox, &old), "for the record gives nothing");
    let visit = sandbox.visit("old@x.example").await;
    let why = portal(&visit, "ITSM")["why"].as_str().unwrap();
    assert!(why.contains("for the record"), "{why}");

    // Removing those who are no actors is answered as done, and changes nothing.
    let body = json!({"accountIds": [old, permitted, staffed.ivy]});
    assert_eq!(
        sandbox.status(Who::Agent, "DELETE", LIST, Some(body)).await,
        204
    );
    assert_eq!(sandbox.all(LIST, "displayName").await.len(), 6);
    let found = sandbox.all(&format!("{LIST}?query=iv"), "accountId").await;
    assert_eq!(found, [staffed.ivy.text().into_owned()]);
}

#[tokio::test]
async fn default_actors_are_in_every_project_and_told_to_administrators() {
    let mut site = staffed().site;
    let group = RoleActor::Group("hr-staff".into());
    site.add_default_actor(ProjectRole::Customers, group.clone())
        .unwrap();
    site.add_project(&key("NEW"), "New");
    assert!(
        site.role_actors(&key("NEW"), ProjectRole::Customers)
            .contains(&group)
    );
    assert!(
        !site
            .role_actors(&key("ITSM"), ProjectRole::Customers)
            .contains(&group),
        "projects from before keep their actors"
    );
    let sandbox = Box::start(site).await;
    let roles = sandbox.get("/rest/api/3/role").await;
    let customers = roles
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["name"] == "Service Desk Customers")
        .unwrap();
    assert_eq!(customers["actors"][0]["actorGroup"]["name"], "hr-staff");
    assert_eq!(
        sandbox
            .status(Who::Agent, "GET", "/rest/api/3/role", None)
            .await,
        403
    );
}

#[tokio::test]
async fn actors_are_set_as_a_whole_and_only_by_those_who_administer_the_project() {
    let staffed = staffed();
    let sandbox = Box::start(staffed.site).await;
    let set = json!({"categorisedActors": {
        "atlassian-user-role-actor": [staffed.ivy],
        "atlassian-group-role-actor": ["hr-staff"],
    }});
    let got = sandbox.send(Who::Agent, "PUT", ROLE, Some(set)).await;
    assert_eq!(got.status, 200, "{}", got.body);
    assert_eq!(names(&sandbox, ROLE).await, ["hr-staff", "ivy@acme.com"]);
    let inactive = json!({"user": [staffed.dan]});
    assert_eq!(
        sandbox
            .status(Who::Agent, "POST", ROLE, Some(inactive))
            .await,
        404
    );
    for query in ["", "?user=a&group=hr-staff"] {
        let path = format!("{ROLE}{query}");
        assert_eq!(sandbox.status(Who::Agent, "DELETE", &path, None).await, 400);
    }
    sandbox
        .sandbox
        .edit(|site| site.dismiss_agent(&key("ITSM")))
        .unwrap();
    for path in [ROLE, "/rest/api/3/project/ITSM/role"] {
        assert_eq!(sandbox.status(Who::Agent, "GET", path, None).await, 404);
        assert_eq!(sandbox.status(Who::Admin, "GET", path, None).await, 200);
    }
    let add = json!({"accountIds": [staffed.ivy]});
    assert_eq!(
        sandbox.status(Who::Agent, "POST", LIST, Some(add)).await,
        403
    );
    let held = sandbox
        .send(
            Who::Agent,
            "GET",
            "/rest/api/3/mypermissions?permissions=ADMINISTER_PROJECTS&projectKey=ITSM",
            None,
        )
        .await;
    let have = &held.body["permissions"]["ADMINISTER_PROJECTS"]["havePermission"];
    assert_eq!(have, false);
}

#[tokio::test]
async fn a_team_managed_project_has_roles_of_its_own() {
    let mut site = acme().site;
    site.project_mut(&key("ITSM")).unwrap().team_managed = true;
    let sandbox = Box::start(site).await;
    let roles = sandbox.get("/rest/api/3/project/ITSM/role").await;
    let own = roles["Service Desk Customers"].as_str().unwrap();
    assert!(!own.ends_with("/10100"), "{own}");
    let role = sandbox.get(own).await;
    assert_eq!(role["scope"]["project"]["key"], "ITSM");
    assert_eq!(role["actors"][0]["displayName"], "Ana");
    assert_eq!(sandbox.status(Who::Admin, "GET", ROLE, None).await, 404);
    let project = sandbox.get("/rest/api/3/project/ITSM").await;
    assert_eq!(
        (&project["style"], &project["simplified"]),
        (&json!("next-gen"), &json!(true))
    );
    let scheme = sandbox
        .get("/rest/api/3/project/ITSM/permissionscheme?expand=permissions")
        .await;
    assert_eq!(scheme["scope"]["type"], "PROJECT");
    let team = roles["Service Desk Team"].as_str().unwrap();
    let team = team.rsplit('/').next().unwrap();
    let grants = scheme["permissions"].as_array().unwrap();
    assert!(
        grants
            .iter()
            .any(|grant| grant["holder"]["parameter"] == team)
    );
}

#[tokio::test]
async fn groups_are_listed_and_paged() {
    let staffed = staffed();
    let sandbox = Box::start(staffed.site).await;
    let groups = sandbox.get("/rest/api/3/group/bulk?maxResults=2").await;
    assert_eq!(groups["total"], 4);
    assert_eq!(groups["isLast"], false);
    let next = sandbox.get(groups["nextPage"].as_str().unwrap()).await;
    assert_eq!(next["values"].as_array().unwrap().len(), 2);
    let named = sandbox
        .get("/rest/api/3/group/bulk?groupName=hr-staff")
        .await;
    assert_eq!(
        named["values"],
        json!([{"groupId": "0b1c2d3e-0000-4000-8000-000000000001", "name": "hr-staff"}])
    );
    let path = "/rest/api/3/group/member?groupId=0b1c2d3e-0000-4000-8000-000000000001";
    let active = sandbox.get(&format!("{path}&maxResults=1")).await;
    assert_eq!(
        (&active["total"], &active["isLast"]),
        (&json!(2), &json!(false))
    );
    let all = sandbox
        .get(&format!("{path}&includeInactiveUsers=true"))
        .await;
    assert_eq!(all["total"], 3);
    let both = format!("{path}&groupname=hr-staff");
    assert_eq!(sandbox.status(Who::Admin, "GET", &both, None).await, 400);
    let of_ivy = sandbox
        .get(&format!(
            "/rest/api/3/user/groups?accountId={}",
            staffed.ivy
        ))
        .await;
    assert_eq!(of_ivy[1]["name"], "hr-staff");
}

#[test]
fn portal_only_accounts_are_in_no_group() {
    let acme = acme();
    let mut site = acme.site;
    site.add_group("hr-staff", None);
    assert!(site.add_to_group("hr-staff", &[acme.ana]).is_err());
    assert!(site.add_to_group("nobody", &[]).is_err());
}
