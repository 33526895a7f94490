//! What goes over the wire: only documented requests and answers, nothing written while reading, and no request too many.

use crate::support::{Case, key, run};
use crate::wire_check::Wire;
use portcullis::config::Surfaces;
use portcullis::emulator::{Options, Stats};
use portcullis::observe::{self, Whole};
use std::collections::BTreeSet;

/// A desired state that touches every documented operation and most of the others.
const DESIRED: &str = "customer_access: { external: { portal_only_accounts: true, allowed_domains: [x.example] } }
organizations_mode: exact
organizations:
  Globex: { email_domains: [globex.example], members: { mode: exact, list: [ana@x.example, new@x.example] } }
  Initech: { members: { list: [bo@x.example, hid@x.example] } }
  Old: { state: absent }
projects:
  ITSM: { channel_access: restricted, customer_sharing: search_project, organizations: { mode: exact, list: [Globex, Initech] }, customers: { mode: exact, list: [ana@x.example] }, knowledge_base: { KB: { who_can_view: all_logged_in }, NEW: { who_can_view: only_confluence_users } } }
people: { mal@x.example: { state: absent } }
=top=
atlassian_organizations: { acme-corp: { approved_domains: { mode: exact, domains: { in.example: { sites: { acme: { role: customer } } }, kept.example: { sites: { acme: { role: customer } } } } } } }";

const SEED: &str = "spaces: { NEW: {} }
accounts: { list: [{ email: hid@x.example, account: atlassian, email_hidden: true }, { email: mal@x.example, account: atlassian }] }
organizations:
  Globex: { members: { list: [ana@x.example, bo@x.example, mal@x.example] } }
  Umbrella: { members: { list: [mal@x.example] } }
  Old: {}
projects:
  ITSM: { channel_access: open, organizations: { list: [Umbrella] }, customers: { list: [mal@x.example, bo@x.example] }, knowledge_base: { KB: {} } }
  HR: {}
=top=
atlassian_organizations: { acme-corp: { approved_domains: { domains: { kept.example: { sites: { acme: { role: customer } } }, old.example: { sites: { acme: { role: customer } } } } } } }";

#[test]
fn every_request_and_answer_of_a_full_apply_follows_the_official_descriptions() {
    let Some(mut wire) = Wire::load() else { return };
    run(async {
        let options = Options {
            record: true,
            ..Options::default()
        };
        let case = Case::with(DESIRED, SEED, options).await;
        case.converge().await;
        let surfaces: Surfaces = case.desired().site.surfaces.clone();
        let organization = case.sandbox.site().atlassian_organization().to_owned();
        let reader = case.connect().reader();
        let whole = Whole {
            staff: true,
            ..Whole::new(&surfaces, Some(&organization))
        };
        observe::observe_site(&reader, key(), whole).await.unwrap();
        let exchanges = case.sandbox.exchanges();
        assert!(exchanges.len() > 60, "{}", exchanges.len());
        let operations: BTreeSet<String> = exchanges
            .iter()
            .filter_map(|exchange| wire.operation(exchange))
            .collect();
        assert!(operations.len() >= 20, "{operations:#?}");
        let objections = wire.check_all(&exchanges);
        assert!(objections.is_empty(), "{}", objections.join("\n"));
    });
}

/// Groups that come into a role of customers and go, people who become customers or whose access ends, another name for an
/// organization, an invitation: what the newer fields send.
const NEWER: &str = "surfaces: { gateway: write, private: write, roles: write, accounts: write }
organizations: { Globex AG: { previous_name: Globex } }
people: { dev@acme.com: { role: customer, take_away: [jira] }, no@acme.com: { role: customer }, mal@x.example: { state: revoked } }
projects:
  HR: { customer_groups: { mode: exact, list: [staff] } }
  OPS: { customer_groups: { list: [staff] }, customers: { mode: exact, create: invite, list: [bo@x.example, new@x.example] } }";

const NEWER_SEED: &str = "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
accounts: { list: [{ email: dev@acme.com, account: atlassian, role: user, apps: [jira] }, { email: no@acme.com, account: atlassian, role: none }, { email: mal@x.example }] }
organizations: { Globex: {} }
projects: { HR: {}, OPS: { customers: { list: [bo@x.example, old@x.example] } } }
sandbox:
  groups: { staff: { id: g-s, members: [ivy@acme.com], role: customer }, temps: { members: [kim@acme.com], role: customer } }
  projects: { HR: { customer_groups: [temps], request_types: { Ask: { groups: [staff] } } }, OPS: { team_managed: true } }
  help_centers: { Partners: { audience: organizations, organizations: [Globex] } }";

#[test]
fn requests_for_roles_groups_and_endings_follow_the_official_descriptions() {
    let Some(mut wire) = Wire::load() else { return };
    run(async {
        let options = Options {
            record: true,
            ..Options::default()
        };
        let case = Case::with(NEWER, NEWER_SEED, options).await;
        case.converge().await;
        let exchanges = case.sandbox.exchanges();
        let operations: BTreeSet<String> = exchanges
            .iter()
            .filter_map(|exchange| wire.operation(exchange))
            .collect();
        for operation in [
            "GET /rest/api/3/project/{projectIdOrKey}/role",
            "GET /rest/api/3/project/{projectIdOrKey}/role/{id}",
            "POST /rest/api/3/project/{projectIdOrKey}/role/{id}",
            "DELETE /rest/api/3/project/{projectIdOrKey}/role/{id}",
            "GET /rest/api/3/role",
            "GET /rest/api/3/group/member",
            "GET /rest/servicedeskapi/requesttype",
            "PUT /rest/servicedeskapi/customer/user/{accountId}/revoke-portal-only-access",
            "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer/invite",
            "POST /v1/orgs/{orgId}/users/{userId}/roles/assign",
            "POST /v1/orgs/{orgId}/users/{userId}/roles/revoke",
        ] {
            assert!(
                operations.contains(operation),
                "{operation}: {operations:#?}"
            );
        }
        // In every request on the role: the project's own id of it, and actors by account id and by group id alone.
        for exchange in exchanges.iter().filter(|exchange| {
            exchange.method == "POST"
                && exchange.path.contains("/role/")
                && exchange.path.contains("/rest/api/3/project/")
        }) {
            let body: serde_json::Value = serde_json::from_slice(&exchange.request_body).unwrap();
            let keys: BTreeSet<&str> = body
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert!(
                keys.is_subset(&BTreeSet::from(["user", "group", "groupId"])),
                "{body}"
            );
        }
        let objections = wire.check_all(&exchanges);
        assert!(objections.is_empty(), "{}", objections.join("\n"));
    });
}

#[test]
fn reading_planning_and_showing_write_nothing() {
    run(async {
        let case = Case::new(DESIRED, SEED).await;
        let before = serde_json::to_string(&case.sandbox.site()).unwrap();
        let round = case.plan().await;
        assert!(!round.addresses().is_empty());
        drop((round.text(), round.json()));
        let surfaces: Surfaces = case.desired().site.surfaces.clone();
        let whole = Whole::new(&surfaces, None);
        observe::observe_site(&case.connect().reader(), key(), whole)
            .await
            .unwrap();
        assert_eq!(case.sandbox.stats().writes, 0);
        assert_eq!(serde_json::to_string(&case.sandbox.site()).unwrap(), before);
    });
}

/// Subtracts the counts of one moment from those of a later one.
fn since(later: &Stats, earlier: &Stats) -> (u64, u64) {
    (
        later.requests - earlier.requests,
        later.writes - earlier.writes,
    )
}

/// The least possible by the formula of the contract: identity and rights, lists by pages of 50, one read per surface object,
/// two per project that is judged and one for the ids of roles, where something is judged the list of help centers and that of
/// request types that are for some people only, one search per unknown address and the one that proves the
/// search, the pages of the directory where the organization's key is there, and the site's id that it is asked by.
#[test]
fn a_plan_takes_the_least_possible_number_of_requests() {
    let people = |n: usize| {
        let list: Vec<String> = (0..n).map(|n| format!("p{n}@x.example")).collect();
        list.join(", ")
    };
    // Who calls, and what they may do; and the document of the site's settings, which decide who gets which account.
    // Then the directory, where the organization's key is there: the id that it knows the site by, and who holds the role Customer.
    let identity = 2 + 1 + 2;
    // The ids of the roles, and of the project its permission scheme and who is in the role of its customers.
    // What else decides there is read for the whole site: help centers, and request types that are for some people only.
    let judged = 1 + 2 + 2;
    let shapes = [
        // One organization of three pages; the list of desks, for unlisted projects and for judging impact.
        (
            "organizations: { Globex: { members: { mode: exact, list: [LIST] } } }",
            "organizations: { Globex: { members: { list: [LIST] } } }",
            120,
            identity + 1 + 1 + 3,
        ),
        // The same where the site may have any project.
        (
            "unlisted_projects: ignore\norganizations: { Globex: { members: { mode: exact, list: [LIST] } } }",
            "organizations: { Globex: { members: { list: [LIST] } } }",
            50,
            identity + 1 + 1 + 1,
        ),
        // Roster of two pages, links, the private settings of the project, and the members and e-mail domains of the linked
        // organization.
        (
            "organizations: { Globex: {} }\nprojects: { ITSM: { channel_access: restricted, organizations: { list: [Globex] }, customers: { mode: exact, list: [LIST] } } }",
            "organizations: { Globex: {} }\nprojects: { ITSM: { organizations: { list: [Globex] }, customers: { list: [LIST] } } }",
            51,
            identity + 1 + 1 + 1 + 2 + 1 + 1 + 1 + judged,
        ),
        // Two unknown addresses: two searches, and one that proves them.
        (
            "unlisted_projects: ignore\norganizations: { Globex: { members: { list: [LIST, new1@x.example, new2@x.example], create: never } } }",
            "organizations: { Globex: { members: { list: [LIST] } } }",
            10,
            identity + 1 + 1 + 1 + 2,
        ),
        // Somebody gets an account and joins a list: of each project the settings and both lists, which say whether that leads
        // there. Whoever has an account reaches the open ones, so that their schemes and roles are judged: both are told by
        // project, and nothing of that can be shared.
        (
            "organizations: { Globex: { members: { list: [LIST, new@x.example] } } }",
            "organizations: { Globex: { members: { list: [LIST] } } }\nprojects: { AA: { channel_access: open }, BB: { channel_access: open }, CC: { channel_access: restricted } }",
            10,
            identity + 1 + 1 + 1 + 2 + 3 * (1 + 1 + 1) + 1 + 2 * 2,
        ),
    ];
    run(async {
        for (desired, seed, n, least) in shapes {
            let case = Case::new(
                &desired.replace("LIST", &people(n)),
                &seed.replace("LIST", &people(n)),
            )
            .await;
            case.plan().await;
            let stats = case.sandbox.stats();
            assert_eq!(
                stats.requests, least,
                "{desired}\n{:#?}",
                stats.by_operation
            );
        }
    });
}

#[test]
fn an_apply_takes_the_least_possible_number_of_writes() {
    let list: Vec<String> = (0..120).map(|n| format!("p{n}@x.example")).collect();
    let list = list.join(", ");
    run(async {
        let case = Case::new(
            &format!("organizations: {{ Globex: {{ members: {{ mode: exact, list: [{list}] }} }} }}\nprojects: {{ ITSM: {{ customers: {{ list: [{list}] }} }} }}"),
            &format!("organizations: {{ Globex: {{ members: {{ list: [old@x.example] }} }}, Other: {{ members: {{ list: [{list}] }} }} }}\nprojects: {{ ITSM: {{}} }}"),
        )
        .await;
        let round = case.plan().await;
        let before = case.sandbox.stats();
        case.apply(&round).await;
        // Two lists grow by three batches each, and one removal.
        assert_eq!(since(&case.sandbox.stats(), &before), (7, 7));
        // With nothing to do, an apply is a plan.
        let before = case.sandbox.stats();
        let round = case.plan().await;
        let planned = since(&case.sandbox.stats(), &before);
        case.apply(&round).await;
        assert_eq!(since(&case.sandbox.stats(), &before), planned);
        assert_eq!(planned.1, 0);
    });
}
