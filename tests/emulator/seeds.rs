//! What only a seed says becomes the sandbox's site.

use crate::harness::{Box, Who, key};
use camino::Utf8Path;
use portcullis::config::{LoadOptions, load};
use portcullis::emulator::{ProjectRole, RoleActor, Site};
use portcullis::model::SiteKey;
use serde_json::json;

fn load_seed(
    body: &str,
    options: impl Fn(jiff::civil::Date) -> LoadOptions,
) -> (Option<Site>, String) {
    let directory = tempfile::TempDir::new().unwrap();
    let text = format!("version: 1\nsites:\n  acme:\n{body}");
    std::fs::write(directory.path().join("portcullis.yaml"), text).unwrap();
    let today = "2026-11-29".parse().unwrap();
    let loaded = load(
        Utf8Path::from_path(directory.path()).unwrap(),
        options(today),
    );
    let problems = loaded
        .diagnostics
        .iter()
        .map(|problem| format!("{}: {}", problem.code, problem.message))
        .collect::<Vec<_>>()
        .join("\n");
    let site = loaded
        .workspace
        .map(|workspace| portcullis::seed::build(&workspace, &SiteKey::new("acme").unwrap()));
    (site.map(Result::unwrap), problems)
}

fn seeded(body: &str) -> Site {
    let (site, problems) = load_seed(body, LoadOptions::seed);
    site.unwrap_or_else(|| panic!("{problems}"))
}

#[tokio::test]
async fn groups_roles_and_records_of_a_seed_are_on_the_site() {
    let site = seeded(
        "    accounts:
      list:
        - { email: ivy@acme.com, account: atlassian, role: user, apps: [jira] }
        - { email: bot@acme.com, account: atlassian, role: none, service_account: true }
    sandbox:
      groups:
        hr-staff: { id: g-1, members: [ivy@acme.com, jo@acme.com] }
        paid: { members: [kim@acme.com], role: user, apps: [confluence] }
        everybody: {}
      default_customer_groups: [everybody]
      projects:
        HR: { team_managed: true, agent_administers: false, customer_groups: [hr-staff], for_the_record: [old@x.example] }
    projects: { HR: { customers: { list: [jo@acme.com] } }, IT: {} }
",
    );
    let sandbox = Box::start(site).await;
    let site = sandbox.sandbox.site();
    let group = |name: &str| RoleActor::Group(name.to_owned());
    let actors = site.role_actors(&key("HR"), ProjectRole::Customers);
    assert!(actors.contains(&group("hr-staff")) && actors.contains(&group("everybody")));
    assert_eq!(actors.len(), 3, "jo is one person: {actors:?}");
    let actors = site.role_actors(&key("IT"), ProjectRole::Customers);
    assert_eq!(actors, [group("everybody")].into());
    let project = sandbox.get("/rest/api/3/project/HR").await;
    assert_eq!(project["style"], "next-gen");
    assert_eq!(
        sandbox
            .status(Who::Agent, "GET", "/rest/api/3/project/HR/role", None)
            .await,
        404
    );
    let listed = sandbox
        .all(
            "/rest/servicedeskapi/servicedesk/HR/customer",
            "displayName",
        )
        .await;
    assert!(listed.contains(&"old@x.example".to_owned()), "{listed:?}");
    let member = sandbox.get("/rest/api/3/group/member?groupId=g-1").await;
    assert_eq!(member["total"], 2);
    let kim = sandbox.visit("kim@acme.com").await;
    assert_eq!(kim["accounts"][0]["role"], "user");
    assert_eq!(kim["accounts"][0]["apps"], json!(["confluence"]));
    let bot = sandbox
        .get("/rest/api/3/user/search?query=bot@acme.com")
        .await;
    assert_eq!(bot[0]["accountType"], "app");
}

#[tokio::test]
async fn request_types_help_centers_and_verification_of_a_seed_are_on_the_site() {
    let site = seeded(
        "    sandbox:
      verification: by_hand
      groups: { hr-staff: { members: [ivy@acme.com] } }
      projects:
        HR:
          request_types:
            Ask: {}
            Hire somebody: { groups: [hr-staff], people: [bo@globex.example] }
      help_centers:
        Partners: { audience: organizations, organizations: [Globex] }
    organizations: { Globex: { members: { list: [bo@globex.example] } } }
    projects: { HR: { channel_access: open } }
",
    );
    assert!(site.verification_by_hand);
    let sandbox = Box::start(site).await;
    for (address, hires, enters) in [
        ("ivy@acme.com", true, false),
        ("bo@globex.example", true, true),
    ] {
        let visit = sandbox.visit(address).await;
        let kinds = &visit["portals"][0]["requestTypes"];
        assert_eq!(
            kinds,
            &json!({"Ask": true, "Hire somebody": hires}),
            "{address}"
        );
        assert_eq!(visit["helpCenters"][1]["name"], "Partners");
        assert_eq!(visit["helpCenters"][1]["enter"], enters, "{address}");
    }
    assert_eq!(sandbox.sandbox.site().organizations().count(), 1);
}

#[test]
fn a_seed_names_what_is_there_and_a_workspace_names_none_of_it() {
    let wrong = "    sandbox: { projects: { HR: { customer_groups: [nobody] } } }\n";
    let (_, problems) = load_seed(wrong, LoadOptions::seed);
    assert!(problems.contains("not-declared"), "{problems}");
    let wrong = "    accounts: { list: [{ email: a@x.example, apps: [jira] }] }\n";
    let (_, problems) = load_seed(wrong, LoadOptions::seed);
    assert!(problems.contains("conflicting-keys"), "{problems}");
    let misplaced = "    url: \"sandbox:\"\n    sandbox: { groups: { a: {} } }\n";
    let (_, problems) = load_seed(misplaced, LoadOptions::new);
    assert!(problems.contains("seed-misplaced"), "{problems}");
}
