//! Permission schemes and roles of a live site: who is an agent, what leaks, and what could not be read.

use super::harness::{Place, TODAY};
use camino::Utf8Path;
use portcullis::connect::seed_directory;
use portcullis::emulator::{
    Answer, Fate, Grant, Options, Passage, Policy, ProjectRole, RoleActor, Sandbox, Site, Verdict,
};
use portcullis::model::{ProjectKey, SiteKey};
use std::sync::Arc;

fn hr() -> ProjectKey {
    ProjectKey::new("HR").unwrap()
}

/// The quickstart's site, changed.
async fn sandbox(change: impl Fn(&mut Site), options: Options) -> Sandbox {
    let seed = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart/seed");
    let key = SiteKey::new("acme").unwrap();
    let mut site = seed_directory(&seed, &key, TODAY.parse().unwrap()).unwrap();
    change(&mut site);
    Sandbox::start(site, options).await.unwrap()
}

fn grant(site: &mut Site, permission: &str, holder: &str, parameter: Option<&str>) {
    let grant = Grant::new(permission, holder, parameter);
    site.grant_permission(&hr(), grant).unwrap().unwrap();
}

/// A leak, silent customers, and a group among the agents of the restricted project HR.
fn leaky(site: &mut Site) {
    let field = Some("customfield_10010");
    grant(site, "BROWSE_PROJECTS", "userCustomField", field);
    let customers = Some("jira-servicemanagement-customers-acme");
    grant(site, "BROWSE_PROJECTS", "group", customers);
    let admins = RoleActor::Group("site-admins".into());
    site.add_role_actor(&hr(), ProjectRole::Team, admins)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_agents_groups_and_leaks_in_every_format() {
    let sandbox = sandbox(leaky, Options::default()).await;
    let place = Place::remote(&sandbox);
    for format in ["text", "csv", "json"] {
        let ran = place.run(&["who", ".", "HR", "--live", "--format", format]);
        insta::assert_snapshot!(format!("leaky_{format}"), ran.text());
    }
    assert_eq!(sandbox.stats().writes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_of_a_healthy_project_names_its_agents_and_nobody_else() {
    let sandbox = sandbox(|_| {}, Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["who", ".", "HR", "--live"]);
    insta::assert_snapshot!("healthy", ran.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn schemes_of_other_projects_are_not_read() {
    let sandbox = sandbox(leaky, Options::default()).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["who", ".", "HR", "--live"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let stats = sandbox.stats();
    let of = |operation: &str| stats.by_operation.get(operation).copied().unwrap_or(0);
    assert_eq!(
        of("GET /rest/api/3/project/{projectKeyOrId}/permissionscheme"),
        1
    );
    assert_eq!(of("GET /rest/api/3/project/{projectIdOrKey}/role"), 1);
    // Administrators, the team, and the customers.
    assert_eq!(of("GET /rest/api/3/project/{projectIdOrKey}/role/{id}"), 3);
    assert_eq!(of("GET /rest/api/3/group/member"), 2);
}

/// Refuses whatever tells who holds what.
#[derive(Debug)]
struct NoProjectAdmin;

impl Policy for NoProjectAdmin {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        let body = serde_json::json!({"errorMessages": ["not for you"], "errors": {}});
        let refused = |status| Fate::Answer(Answer::json(status, &body));
        Verdict {
            fate: match passage.operation {
                "GET /rest/api/3/project/{projectKeyOrId}/permissionscheme" => refused(403),
                "GET /rest/api/3/project/{projectIdOrKey}/role" => refused(404),
                _ => Fate::Pass,
            },
            ..Verdict::default()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_and_never_no_leak() {
    let options = Options {
        policy: Arc::new(NoProjectAdmin),
        ..Options::default()
    };
    let sandbox = sandbox(leaky, options).await;
    let place = Place::remote(&sandbox);
    let ran = place.run(&["who", ".", "HR", "--live"]);
    insta::assert_snapshot!("unread", ran.text());
    let mut place = place;
    place.environment(&[("COLUMNS", "400")]);
    let asked = [
        "explain",
        ".",
        "any_customer",
        "--project",
        "HR",
        "--live",
        "--rules",
    ];
    let ran = place.run(&asked);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let said = "V7   whether the permission scheme of HR shows the portal to others is not known: ";
    assert!(ran.out.contains(said), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn explain_knows_leaks_breaks_and_agents() {
    let broken = |site: &mut Site| {
        leaky(site);
        let web = ProjectKey::new("WEB").unwrap();
        let role = ProjectRole::Customers.id().to_string();
        let grant = Grant::new("ADD_COMMENTS", "projectRole", Some(&role));
        site.grant_permission(&web, grant).unwrap().unwrap();
    };
    let sandbox = sandbox(broken, Options::default()).await;
    let mut place = Place::remote(&sandbox);
    place.environment(&[("COLUMNS", "400")]);
    let explained = |who: &str, project: &str| {
        let ran = place.run(&[
            "explain",
            ".",
            who,
            "--project",
            project,
            "--live",
            "--rules",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.text());
        ran.out
    };
    let text = explained("ana@globex.example", "HR");
    assert!(text.contains("V7   the permission scheme of HR shows the portal to customers who are not on it: Browse Projects is granted to the value of the user custom field customfield_10010"), "{text}");
    let text = explained("agent@sandbox.example", "HR");
    let role = "V1   an agent or administrator of HR: role `Service Desk Team`";
    assert!(text.contains(role), "{text}");
    let text = explained("any_customer", "WEB");
    assert!(text.contains("V8b  WEB acts restricted"), "{text}");
    // The workspace does not describe schemes, so without the site there is nothing to say of them.
    let offline = place.run(&["explain", ".", "any_customer", "--project", "WEB"]);
    assert!(!offline.out.contains("V8b"), "{}", offline.out);
}
