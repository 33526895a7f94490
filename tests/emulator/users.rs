//! The directory over the Admin API: who is in it, who has which role, granting and taking roles.

use crate::harness::{Box, Who, acme, email, key};
use portcullis::emulator::{App, NewAccount, Role, Site};
use portcullis::model::{AccountId, Domain, OrganizationName};
use serde_json::{Value, json};

struct Directory {
    sandbox: Box,
    organization: String,
    jsm: String,
    cloud: String,
}

impl Directory {
    async fn of(site: Site) -> Self {
        Self {
            organization: site.atlassian_organization().to_owned(),
            jsm: site.jsm_product(),
            cloud: site.cloud_id().to_string(),
            sandbox: Box::start(site).await,
        }
    }

    async fn get(&self, rest: &str) -> Value {
        let path = format!("/admin/v2/orgs/{}/directories/-/{rest}", self.organization);
        let got = self.sandbox.send(Who::Key, "GET", &path, None).await;
        assert_eq!(got.status, 200, "{rest}: {}", got.body);
        got.body
    }

    async fn change(&self, what: &str, account: &AccountId, role: &str, app: &str) -> u16 {
        let path = format!(
            "/admin/v1/orgs/{}/users/{account}/roles/{what}",
            self.organization
        );
        let resource = format!("ari:cloud:{app}::site/{}", self.cloud);
        let body = json!({"role": role, "resource": resource});
        self.sandbox
            .status(Who::Key, "POST", &path, Some(body))
            .await
    }

    /// The roles of a person, by app.
    async fn roles(&self, account: &AccountId) -> Vec<String> {
        let page = self.get(&format!("users/{account}/role-assignments")).await;
        let rows = page["data"].as_array().unwrap().iter();
        rows.flat_map(|row| {
            let owner = row["resourceOwner"].as_str().unwrap();
            let roles = row["roles"].as_array().unwrap().iter();
            roles.map(move |role| format!("{owner} {}", role.as_str().unwrap()))
        })
        .collect()
    }
}

fn emails(page: &Value) -> Vec<&str> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["email"].as_str().unwrap()).collect()
}

/// A former agent who also uses Jira, in the harness's site.
fn with_dev() -> (Site, AccountId) {
    let mut site = acme().site;
    let dev = site.add_account(NewAccount {
        apps: [App::Jira].into(),
        ..NewAccount::atlassian(email("dev@globex.example"), Role::User)
    });
    (site, dev)
}

#[tokio::test]
async fn a_licensed_person_becomes_a_free_customer() {
    let (site, dev) = with_dev();
    let directory = Directory::of(site).await;
    let roles = directory.roles(&dev).await;
    assert_eq!(
        roles,
        [
            "jira-servicedesk atlassian/user",
            "jira-software atlassian/user"
        ]
    );
    let jsm = "jira-servicedesk";
    assert_eq!(
        directory
            .change("assign", &dev, "atlassian/customer", jsm)
            .await,
        204
    );
    assert_eq!(
        directory.roles(&dev).await[..2],
        [
            "jira-servicedesk atlassian/customer",
            "jira-servicedesk atlassian/user"
        ]
    );
    assert_eq!(
        directory
            .change("revoke", &dev, "atlassian/user", jsm)
            .await,
        204
    );
    assert_eq!(
        directory
            .change("revoke", &dev, "atlassian/user", "jira")
            .await,
        204
    );
    assert_eq!(
        directory.roles(&dev).await,
        ["jira-servicedesk atlassian/customer"]
    );
    let visit = directory.sandbox.visit("dev@globex.example").await;
    assert_eq!(visit["accounts"][0]["role"], "customer");
    assert_eq!(visit["accounts"][0]["apps"], json!([]));
    assert_eq!(
        directory
            .change("revoke", &dev, "atlassian/customer", jsm)
            .await,
        204
    );
    assert_eq!(directory.roles(&dev).await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_becomes_a_customer_joins_by_domain() {
    let mut acme = acme();
    let nora = NewAccount::atlassian(email("nora@initech.example"), Role::None);
    let nora = acme.site.add_account(nora);
    let name = OrganizationName::new("Initech").unwrap();
    let initech = acme.site.add_organization(&name);
    let domain = Domain::new("initech.example").unwrap();
    let state = acme.site.organization_mut(&initech).unwrap();
    state.email_domains.insert(domain);
    acme.site
        .set_organization_link(&key("ITSM"), &initech, true)
        .unwrap();
    let directory = Directory::of(acme.site).await;
    let visit = directory.sandbox.visit("nora@initech.example").await;
    assert_eq!(visit["portals"][0]["view"], false, "{visit}");
    directory
        .change("assign", &nora, "atlassian/customer", "jira-servicedesk")
        .await;
    let visit = directory.sandbox.visit("nora@initech.example").await;
    assert_eq!(visit["accounts"][0]["organizations"], json!(["Initech"]));
    assert_eq!(visit["portals"][0]["view"], true);
}

#[tokio::test]
async fn roles_through_a_group_are_told_and_stay() {
    let (mut site, dev) = with_dev();
    site.add_group("agents-emea", Some("g-1"));
    site.set_group_access("agents-emea", Role::User, [App::Confluence].into())
        .unwrap();
    site.add_to_group("agents-emea", std::slice::from_ref(&dev))
        .unwrap();
    let directory = Directory::of(site).await;
    for app in ["jira-servicedesk", "jira-software"] {
        directory
            .change("revoke", &dev, "atlassian/user", app)
            .await;
    }
    assert_eq!(
        directory.roles(&dev).await,
        [
            "jira-servicedesk atlassian/user",
            "confluence atlassian/user"
        ]
    );
    let groups = directory
        .get(&format!("groups?accountIds={dev}&roleIds=atlassian/user"))
        .await;
    let made: Vec<&Value> = groups["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|group| group["name"] == "agents-emea")
        .collect();
    assert_eq!(made[0]["id"], "g-1");
    let granted = directory.get("groups/g-1/role-assignments").await;
    assert_eq!(granted["data"].as_array().unwrap().len(), 2);
    assert_eq!(granted["data"][0]["roles"], json!(["atlassian/user"]));
}

#[tokio::test]
async fn the_directory_is_read_by_role_domain_and_cursor() {
    let (mut site, _) = with_dev();
    for i in 0..5 {
        let address = format!("c{i}@acme.com");
        site.add_account(NewAccount::atlassian(email(&address), Role::Customer));
    }
    site.add_account(NewAccount::atlassian(email("none@acme.com"), Role::None));
    site.add_account(NewAccount {
        service: true,
        ..NewAccount::atlassian(email("bot@acme.com"), Role::Customer)
    });
    let directory = Directory::of(site).await;
    let everybody = directory.get("users?limit=100").await;
    assert_eq!(
        emails(&everybody).len(),
        9,
        "portal-only and service accounts are not in it"
    );
    let customers = format!(
        "users?roleIds=atlassian/customer&resourceIds={}&limit=3",
        directory.jsm
    );
    let first = directory.get(&customers).await;
    assert_eq!(
        emails(&first),
        ["c0@acme.com", "c1@acme.com", "c2@acme.com"]
    );
    let cursor = first["links"]["next"].as_str().unwrap();
    let second = directory.get(&format!("users?cursor={cursor}")).await;
    assert_eq!(emails(&second), ["c3@acme.com", "c4@acme.com"]);
    assert!(second["links"].get("next").is_none());
    let licensed = directory
        .get("users?roleIds=atlassian/user&emailDomains=globex.example")
        .await;
    assert_eq!(emails(&licensed), ["dev@globex.example"]);
    let admins = directory.get("users?roleIds=atlassian/org-admin").await;
    assert_eq!(emails(&admins), ["admin@sandbox.example"]);
    let of_jira = format!("users?resourceIds=ari:cloud:jira::site/{}", directory.cloud);
    assert_eq!(
        emails(&directory.get(&of_jira).await),
        ["dev@globex.example"]
    );
    let elsewhere = "users?resourceIds=ari:cloud:jira-servicedesk::site/other";
    assert!(emails(&directory.get(elsewhere).await).is_empty());
}

#[tokio::test]
async fn what_cannot_be_granted_is_refused() {
    let (site, dev) = with_dev();
    let ana = site.accounts_with_email("ana@globex.example")[0].id();
    let admin = site.accounts_with_email("admin@sandbox.example")[0].id();
    let directory = Directory::of(site).await;
    let jsm = "jira-servicedesk";
    let assign = |account: &AccountId, role: &'static str, app: &'static str| {
        let account = *account;
        let directory = &directory;
        async move { directory.change("assign", &account, role, app).await }
    };
    assert_eq!(
        assign(&ana, "atlassian/customer", jsm).await,
        404,
        "portal-only"
    );
    assert_eq!(assign(&dev, "atlassian/customer", "jira").await, 400);
    assert_eq!(assign(&dev, "atlassian/customer", "jira-admin").await, 400);
    assert_eq!(assign(&dev, "atlassian/guest", jsm).await, 400);
    assert_eq!(
        directory
            .change("revoke", &admin, "atlassian/user", jsm)
            .await,
        403
    );
    let path = format!(
        "/admin/v2/orgs/{}/directories/-/users/{dev}/role-assignments",
        directory.organization
    );
    for who in [Who::Admin, Who::Agent, Who::Nobody] {
        assert_eq!(directory.sandbox.status(who, "GET", &path, None).await, 401);
    }
    let other = path.replace("/-/", "/other/");
    assert_eq!(
        directory
            .sandbox
            .status(Who::Key, "GET", &other, None)
            .await,
        404
    );
}
