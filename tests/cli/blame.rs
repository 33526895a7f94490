//! `drift --blame` and `drift --since`: who changed what, by the logs and by nothing else; what is new first.

use super::harness::{Place, Ran, site};
use portcullis::emulator::{Options, Sandbox};
use serde_json::Value;

/// A workspace of somebody else, who changes the site over REST by credentials of their own.
const OTHERS: &str = "    organizations:
      Umbrella: {}
    projects:
      ITSM: { organizations: { list: [Umbrella] } }
";

/// The quickstart, applied; then changed by somebody else.
fn changed(sandbox: &Sandbox) -> Place {
    let place = Place::remote(sandbox);
    let ran = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert!([0, 5, 9].contains(&ran.code), "{}", ran.text());
    let mut other = Place::new();
    other.environment(&super::harness::ADMIN);
    let head = format!(
        "version: 1\nsites:\n  acme:\n    url: \"{}\"\n",
        sandbox.url()
    );
    other.write("portcullis.yaml", &format!("{head}{OTHERS}"));
    let ran = other.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    place
}

fn blame<'r>(report: &'r Value, address: &str) -> &'r Value {
    let rows = report["blame"].as_array().unwrap();
    let found = rows.iter().find(|row| row["address"] == address);
    found.unwrap_or_else(|| panic!("{address}: {report:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_names_who_did_it_or_that_the_log_says_nothing() {
    let sandbox = site(Options::default()).await;
    let place = changed(&sandbox);
    let writes = sandbox.stats().writes;
    let report = place.run(&["drift", "--blame", "--format", "json"]).json();
    assert_eq!(sandbox.stats().writes, writes);
    let link = blame(&report, "acme/project/ITSM/organization/Umbrella");
    assert_eq!(link["by"], "admin@sandbox.example", "{link}");
    assert_eq!(link["says"], "Customer organization added to project");
    assert!(link["at"].as_str().unwrap().ends_with('Z'), "{link}");
    for row in report["resource_drift"].as_array().unwrap() {
        let said = blame(&report, row["address"].as_str().unwrap());
        assert!(said["says"].is_string(), "{said}");
    }
    let text = place.run(&["drift", "--blame"]);
    assert!(
        text.out.contains("admin@sandbox.example"),
        "{}",
        text.text()
    );
    let hidden = place.run(&["drift", "--blame", "--privacy", "pseudonymous"]);
    assert!(!hidden.out.contains("admin@"), "{}", hidden.text());
    // Without the question nobody asks the logs.
    let asked = |sandbox: &Sandbox| {
        let stats = sandbox.stats().by_operation;
        stats
            .get("GET /rest/api/3/auditing/record")
            .copied()
            .unwrap_or(0)
    };
    let before = asked(&sandbox);
    let plain = place.run(&["drift", "--format", "json"]).json();
    assert!(plain.get("blame").is_none());
    assert_eq!(asked(&sandbox), before);
    // Where reading is denied, or the right is missing, that is said of each.
    place.replace(
        "portcullis.yaml",
        "      private: write",
        "      audit: deny\n      private: write",
    );
    let denied = place.run(&["drift", "--blame", "--format", "json"]).json();
    let says = blame(&denied, "acme/project/ITSM/organization/Umbrella");
    assert!(
        says["says"].as_str().unwrap().contains("audit: deny"),
        "{says}"
    );
    assert_eq!(asked(&sandbox), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_since_an_earlier_report_comes_first() {
    let sandbox = site(Options::default()).await;
    let place = Place::remote(&sandbox);
    let first = place.run(&["drift", "--format", "json"]);
    place.write("yesterday.json", &first.out);
    let same = place
        .run(&["drift", "--since", "yesterday.json", "--format", "json"])
        .json();
    assert_eq!(same["since"]["new"], serde_json::json!([]));
    assert_eq!(same["since"]["gone"], serde_json::json!([]));
    let mut other = Place::new();
    other.environment(&super::harness::ADMIN);
    let head = format!(
        "version: 1\nsites:\n  acme:\n    url: \"{}\"\n",
        sandbox.url()
    );
    let more = "    organizations: { Zenith: {} }\n    projects: { ITSM: { organizations: { list: [Zenith] } } }\n";
    other.write("portcullis.yaml", &format!("{head}{more}"));
    let ran: Ran = other.run(&["apply", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    let now = place
        .run(&["drift", "--since", "yesterday.json", "--format", "json"])
        .json();
    let address = "acme/project/ITSM/organization/Zenith";
    assert_eq!(now["since"]["new"], serde_json::json!([address]), "{now:#}");
    assert_eq!(now["resource_drift"][0]["address"], address);
    let text = place.run(&["drift", "--since", "yesterday.json"]);
    assert!(
        text.out.contains("new since yesterday.json"),
        "{}",
        text.text()
    );
    place.write("plan.json", "{}");
    assert_eq!(place.run(&["drift", "--since", "plan.json"]).code, 64);
}

/// What nobody but a person can put right was done by somebody all the same.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_person_names_who_brought_it_about() {
    let sandbox = site(Options::default()).await;
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    let wanted = "    projects: { HR: { channel_access: restricted, customers: { mode: exact, list: [hana@acme.example] } } }\n";
    let head = format!(
        "version: 1\nsites:\n  acme:\n    url: \"{}\"\n",
        sandbox.url()
    );
    place.write("portcullis.yaml", &format!("{head}{wanted}"));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = "channel-access=open&customer-sharing=own_organizations&by=hana@acme.example";
    let page = "__sandbox/console/project/HR/customer-permissions";
    let sent = client
        .post(format!("{}/{page}", sandbox.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(!sent.status().is_client_error(), "{}", sent.status());
    let ran = place.run(&["drift", "--blame", "--format", "json"]);
    let report = ran.json();
    let waits = report["resource_changes"].as_array().unwrap();
    assert!(
        waits
            .iter()
            .any(|row| row["address"] == "acme/project/HR/access"
                && row["action_reason"] == "waits_for_a_person"),
        "{report:#}"
    );
    let access = blame(&report, "acme/project/HR/access");
    assert_eq!(access["by"], "hana@acme.example", "{access}");
    let text = place.run(&["drift", "--blame"]).out;
    assert!(text.contains("by `hana@acme.example` on"), "{text}");
    let page = place.run(&["drift", "--blame", "--format", "html"]).out;
    assert!(page.contains("Customer permissions changed"), "{page}");
    let hidden = place
        .run(&["drift", "--blame", "--privacy", "pseudonymous"])
        .out;
    assert!(!hidden.contains("hana@"), "{hidden}");
}

/// A person whose licence was taken, a domain, and a link that nobody ever logged.
const MINE: &str = "    atlassian_organization: corp
    surfaces: { roles: write }
    people: { dev@acme.example: { role: customer, take_away: [jira] } }
    projects: { ITSM: { organizations: { mode: exact, list: [], allow_empty: true } } }
atlassian_organizations:
  corp:
    id: ID
    approved_domains: { domains: { acme.example: { sites: { acme: { role: customer } } } } }
policy: { max_licences_removed: 5 }
";

const SEED: &str = "version: 1
atlassian_organizations: { corp: { approved_domains: { domains: { acme.example: { sites: { acme: { role: customer } } } } } } }
sites:
  acme:
    atlassian_organization: corp
    accounts: { list: [{ email: dev@acme.example, account: atlassian, role: user, apps: [jira] }] }
    organizations: { Umbrella: {} }
    projects: { ITSM: { organizations: { list: [Umbrella] }, customers: { list: [dev@acme.example] } } }
";

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_approved_domains_are_in_the_log_of_the_organization() {
    let mut place = Place::new();
    place.environment(&super::harness::ADMIN);
    place.write("seed/portcullis.yaml", SEED);
    let key = portcullis::model::SiteKey::new("acme").unwrap();
    let today = super::harness::TODAY.parse().unwrap();
    let seeded = portcullis::connect::seed_directory(&place.path().join("seed"), &key, today);
    let sandbox = Sandbox::start(seeded.unwrap(), Options::default())
        .await
        .unwrap();
    let id = sandbox.site().atlassian_organization().to_owned();
    let head = format!(
        "version: 1\nsites:\n  acme:\n    url: \"{}\"\n",
        sandbox.url()
    );
    place.write("portcullis.yaml", &(head + &MINE.replace("ID", &id)));
    // How the site began is in no log.
    let first = place.run(&["drift", "--blame", "--format", "json"]).json();
    let link = blame(&first, "acme/project/ITSM/organization/Umbrella");
    assert_eq!(link["says"], "the log says nothing", "{link}");
    assert!(link["by"].is_null() && link["at"].is_null(), "{link}");
    place.write("yesterday.json", &first.to_string());
    let ran = place.run(&["apply", "--auto-approve", "--allow-manual"]);
    assert_eq!(ran.code, 0, "{}", ran.text());
    // Somebody gives the licence back and takes the domain away, with the organization's key.
    let dev = sandbox.site().accounts_with_email("dev@acme.example")[0]
        .id()
        .to_string();
    let url = format!("{}/admin", sandbox.url());
    let cloud = sandbox.site().cloud_id().to_string();
    // Plain HTTP is all that is spoken here, but the client wants to know where it would get its cryptography from.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let role = serde_json::json!({"role": "atlassian/user", "resource": format!("ari:cloud:jira-software::site/{cloud}")});
    let given = client
        .post(format!("{url}/v1/orgs/{id}/users/{dev}/roles/assign"))
        .bearer_auth("sandbox-org-key")
        .json(&role)
        .send()
        .await
        .unwrap();
    assert!(
        given.status().is_success(),
        "{}",
        given.text().await.unwrap()
    );
    let domain = format!("{url}/v2/orgs/{id}/app-access-settings/domains/acme.example");
    let body = serde_json::json!({"adminNotifications": true, "products": []});
    let taken = client
        .put(domain)
        .bearer_auth("sandbox-org-key")
        .header("X-ExperimentalApi", "opt-in")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert!(
        taken.status().is_success(),
        "{}",
        taken.text().await.unwrap()
    );
    let report = place.run(&["drift", "--blame", "--format", "json"]).json();
    for (address, says) in [
        ("acme/account/dev@acme.example/role", "Granted role to user"),
        (
            "corp/approved-domain/acme.example",
            "Changed an approved domain",
        ),
    ] {
        let found = blame(&report, address);
        assert_eq!(found["says"], says, "{found}");
        assert!(found["at"].as_str().unwrap().ends_with('Z'), "{found}");
    }
    // The page says the same, and what is new first.
    let page = place.run(&[
        "drift",
        "--blame",
        "--since",
        "yesterday.json",
        "--format",
        "html",
    ]);
    for says in [
        "Granted role to user",
        "new since yesterday.json",
        "Changed an approved domain",
    ] {
        assert!(page.out.contains(says), "{says}: {}", page.text());
    }
    // Without the organization's key that log is not read, and nothing is guessed.
    place.without("PORTCULLIS_ORG_API_KEY");
    let blind = place.run(&["drift", "--blame", "--format", "json"]).json();
    let unread = blind["blame"].to_string();
    assert!(!unread.contains("Granted role"), "{unread}");
}
