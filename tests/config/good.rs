//! Workspaces that are accepted.

use super::support::{Files, brief};
use portcullis::config::{Mode, SiteUrl, Who};
use portcullis::model::{Email, OrganizationName, ProjectKey, SiteField, SiteKey};

/// Every key of the format, spread over files.
pub(crate) const EVERYTHING: &str = r#"
=== portcullis.yaml
# yaml-language-server: $schema=./schemas/portcullis.schema.json
version: 1
include: ["sites/**", "policy/**", "organizations/**"]
scopes:
  - { files: "sites/**", may: ["**"] }
  - { files: "policy/**", may: ["policy", "expectations", "attestations"] }
  - { files: "organizations/globex/**", may: ["acme/organization/Globex/**"] }
atlassian_organizations:
  acme-corp:
    id: 3f1a
    customer_role: "ari:cloud:jira-servicedesk::role/customer"
    approved_domains:
      mode: add_only
      domains:
        acme.com: { sites: { acme: { role: customer, admin_approval: false } } }
    any_domain: { sites: { acme: { role: none } } }
    default_app_access: []
=== sites/acme.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    seed: ../seed
    api_url: https://api.atlassian.com
    auth: classic
    atlassian_organization: acme-corp
    user_management: centralized
    confluence_plan: standard
    surfaces: { gateway: read, private: write, roles: read, accounts: read, mapped: ../drivers/customer-access.yaml }
    customer_access:
      internal: { atlassian_accounts: true }
      external: { portal_only_accounts: true, allowed_domains: any }
      customers_can_create_accounts: true
      view_without_login: false
    email: { cc_creates_accounts: agents_always }
    organization_management: agents
    portal_only_login: { password: true, sso: false }
    knowledge_base: { allow_all_logged_in: true, allow_anyone: false }
    spaces:
      ITKB: { anonymous_access: false, unlicensed_access: true }
    unlisted_projects: report
    organizations_mode: add_only
    people:
      mal@globex.example: { state: absent, reason: "left", owner: it@acme.com }
      eve@globex.example: { state: revoked, reason: "left" }
      dev@contractor.example: { role: customer, take_away: [jira], reason: "contract ended", owner: it@acme.com }
    projects:
      ITSM:
        channel_access: restricted
        customer_sharing: own_organizations
        organizations: { mode: exact, list: [{ name: Globex, until: 2099-03-31 }] }
        customers: { mode: add_only, create: invite, list: [cy@acme.com] }
        customer_groups: { mode: exact, list: [{ name: hr-staff, id: "1f3a" }, it-staff] }
        knowledge_base:
          ITKB: { who_can_view: all_logged_in }
      WEB: {}
=== organizations/globex/globex.yaml
version: 1
sites:
  acme:
    organizations:
      Globex:
        id: "12"
        previous_name: Globex Inc
        state: present
        until: 2099-12-31
        empty: true
        managed_by: portcullis
        email_domains: [globex.example]
        members:
          mode: exact
          list:
            - ana@globex.example
            - { email: bo@globex.example, name: Bo, account: portal_only, until: 2027-01-31 }
            - { account_id: "qm:1", previous_email: b@old.example, email: b@new.example }
          from: [rosters/globex.csv, rosters/more.txt, rosters/list.yaml]
          keep: ["*@globex.example"]
          absent: [mal@globex.example]
          create: silent
=== organizations/globex/rosters/globex.csv
name,department,email,until
"Doe, Jo",Sales,Jo.Doe@Globex.example,
Ana,,ANA2@globex.example,2027-03-01

=== organizations/globex/rosters/more.txt
# more
cy@globex.example   # a contractor
ana@globex.example
=== organizations/globex/rosters/list.yaml
- di@globex.example
- { email: ed@globex.example }
=== drivers/customer-access.yaml
version: 1
endpoints:
  site: { path: /rest/settings/1/site, write: PUT }
  kb: { path: "/rest/settings/1/project/{project_key}/kb" }
fields:
  customer_access.view_without_login: { endpoint: site, pointer: /portal/loginRequired, values: { "true": false, "false": true } }
  customer_access.external.allowed_domains:
    { endpoint: site, pointer: /external/allowedDomains, any: { pointer: /external/restrictDomains, value: false, listed: true } }
  project.knowledge_base.who_can_view: { endpoint: kb, pointer: "/spaces/{space_key}/viewers" }
=== seed/portcullis.yaml
version: 1
sites:
  acme:
    accounts:
      list:
        - { email: jo@acme.com, name: Jo, account: atlassian, account_id: "5b:1", role: user, state: active, email_hidden: true }
=== policy/policy.yml
version: 1
policy:
  class_gains: { anonymous: block, anyone: block, any_customer: warn }
  max_people_losing_access: { count: 25, percent: 10 }
  max_people_gaining_access: { count: 200 }
  max_removals: { percent: 30, floor: 10 }
  max_new_accounts: 50
  protect: ["acme/organization/Globex", "acme/project/HR/**"]
  acknowledge: [{ lint: L13, address: "acme/**", reason: "public help center", owner: it@acme.com, until: 2027-06-30 }]
  accept_drift: [{ address: "acme/project/ITSM/customer/*", reason: "moving", owner: "it", until: 2027-01-31 }]
  unmanaged: count
expectations:
  - { name: HR is never public, who: anonymous, cannot: view_portal, site: acme, projects: ["*"], except: [WEB] }
  - { name: Globex can ask IT, who: "*@globex.example", can: send_request, site: acme, projects: [ITSM] }
  - { name: Globex reads, who: "organization:Globex", can: read_article, site: acme, projects: [ITSM], space: ITKB }
  - { name: nobody signs up, who: anyone, cannot: sign_up, site: acme }
attestations:
  - { address: acme/customer-access/view-without-login, value: false, by: jo@acme.com, on: 2026-11-01, until: 2027-01-30 }
  - { address: acme/project/ITSM/access, value: open, by: jo@acme.com, on: 2026-11-01 }
"#;

#[test]
fn every_key_of_the_contract_is_read() {
    let files = Files::new(EVERYTHING);
    let loaded = files.load();
    let remarks: Vec<_> = loaded.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(remarks, ["unused-column"], "{}", brief(&loaded));
    let workspace = loaded.workspace.unwrap();
    let site = &workspace.sites[&SiteKey::new("acme").unwrap()];
    assert_eq!(site.url.as_ref().unwrap().value, SiteUrl::Sandbox);
    assert_eq!(site.seed.as_ref().unwrap().value, "seed");
    assert_eq!(site.settings.len(), SiteField::ALL.len());
    let driver = site.surfaces.mapped.as_ref().unwrap();
    assert_eq!((driver.endpoints.len(), driver.fields.len()), (2, 3));
    let globex = &site.organizations[&OrganizationName::new("Globex").unwrap()];
    let members = globex.members.as_ref().unwrap();
    assert_eq!(members.mode, Mode::Exact);
    let who: Vec<_> = members
        .entries
        .iter()
        .map(|e| match &e.who {
            Who::Email(email) => email.written().to_string(),
            Who::Account(id) => id.to_string(),
        } + " " + &workspace.sources.place(e.span))
        .collect();
    insta::assert_snapshot!(who.join("\n"), @r"
    ANA2@globex.example organizations/globex/rosters/globex.csv:3:1
    ana@globex.example organizations/globex/globex.yaml:16:15
    bo@globex.example organizations/globex/globex.yaml:17:15
    cy@globex.example organizations/globex/rosters/more.txt:2:1
    di@globex.example organizations/globex/rosters/list.yaml:1:3
    ed@globex.example organizations/globex/rosters/list.yaml:2:3
    Jo.Doe@Globex.example organizations/globex/rosters/globex.csv:2:1
    qm:1 organizations/globex/globex.yaml:18:15
    ");
    let jo = Email::new("jo.doe@globex.example").unwrap();
    let jo = members
        .entries
        .iter()
        .find(|e| e.who == Who::Email(jo))
        .unwrap();
    assert_eq!(jo.name.as_deref(), Some("Doe, Jo"));
    assert!(site.projects.contains_key(&ProjectKey::new("WEB").unwrap()));
    assert_eq!(
        workspace.attestations[1].until,
        jiff::civil::date(2027, 1, 30)
    );
    assert_eq!(workspace.expectations.len(), 4);
    assert_eq!(workspace.scopes.len(), 3);
}

#[test]
fn a_seed_declares_accounts_and_needs_no_url() {
    let files = Files::new(&EVERYTHING.replace("=== seed/portcullis.yaml", "=== portcullis.yaml"));
    fs_err::remove_dir_all(files.join("sites")).unwrap();
    fs_err::remove_dir_all(files.join("organizations")).unwrap();
    fs_err::remove_dir_all(files.join("policy")).unwrap();
    let loaded = files.load_seed();
    assert_eq!(brief(&loaded), "");
    let site = &loaded.workspace.unwrap().sites[&SiteKey::new("acme").unwrap()];
    assert_eq!(site.accounts.len(), 1);
    assert!(site.accounts[0].email_hidden);
    assert!(files.load().workspace.is_none());
}

#[test]
fn dot_files_nested_workspaces_and_named_files_are_not_included() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
include: ["**"]
sites: { acme: { url: "sandbox:", seed: live, surfaces: { mapped: maps/m.yml } } }
=== a/one.yml
version: 1
sites: { acme: { organizations: { One: { members: { from: [people.yaml] } } } } }
=== a/people.yaml
- ana@globex.example
=== maps/m.yml
version: 1
endpoints: {}
fields: {}
=== a/.hidden.yaml
nonsense
=== .github/workflows/ci.yml
on: push
=== nested/portcullis.yaml
nonsense
=== nested/b.yaml
nonsense
=== live/portcullis.yaml
nonsense
=== live/sites/a.yaml
nonsense
=== notes.txt
nonsense
=== b.yaml
version: 1
"#,
    );
    let loaded = files.load();
    assert_eq!(brief(&loaded), "");
    let workspace = loaded.workspace.unwrap();
    let read: Vec<String> = (0..9)
        .filter_map(|i| workspace.sources.get(portcullis::diagnostic::FileId(i)))
        .map(|file| file.path.to_string())
        .collect();
    assert_eq!(
        read,
        [
            "portcullis.yaml",
            "a/one.yml",
            "a/people.yaml",
            "b.yaml",
            "maps/m.yml"
        ]
    );
}

#[test]
fn equal_entries_fold_into_the_first_one() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      Globex: { members: { list: [b@x.example, a@x.example, B@X.example], from: [r.txt, r.txt] } }
=== r.txt
a@x.example
"#,
    );
    let loaded = files.load();
    assert_eq!(brief(&loaded), "");
    let workspace = loaded.workspace.unwrap();
    let site = workspace.sites.values().next().unwrap();
    let members = site.organizations.values().next().unwrap().members.as_ref();
    let places: Vec<String> = members
        .unwrap()
        .entries
        .iter()
        .map(|e| format!("{} {}", e.who.text(), workspace.sources.place(e.span)))
        .collect();
    assert_eq!(
        places,
        [
            "a@x.example portcullis.yaml:6:48",
            "b@x.example portcullis.yaml:6:35"
        ]
    );
}

#[test]
fn an_anchor_may_stand_for_a_whole_value() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      A: { members: &everybody { list: [a@x.example] } }
      B: { members: *everybody }
"#,
    );
    let loaded = files.load();
    assert_eq!(brief(&loaded), "");
    assert!(loaded.workspace.is_some());
}

/// Writes a workspace whose only list comes from one roster file.
fn roster(name: &str, text: &str) -> Files {
    let files = Files::new("");
    let members = format!("{{ members: {{ from: [{name}] }} }}");
    let root = format!(
        "version: 1\nsites: {{ a: {{ url: \"sandbox:\", organizations: {{ X: {members} }} }} }}\n"
    );
    files.write("portcullis.yaml", root);
    files.write(name, text);
    files
}

#[test]
fn long_rosters_are_read_from_every_kind_of_file() {
    let lines = |head: &str, before: &str, after: &str| {
        let lines = (0..60_000).map(|i| format!("{before}p{i}@c{}.example{after}\n", i % 7));
        head.to_string() + &lines.collect::<String>()
    };
    for (name, text) in [
        ("r.txt", lines("", "", "")),
        (
            "r.csv",
            lines("name,email,until\n", "\"P, \",", ",2027-01-31"),
        ),
        ("r.yaml", lines("", "- ", "")),
    ] {
        let files = roster(name, &text);
        let loaded = files.load();
        assert_eq!(brief(&loaded), "");
        let workspace = loaded.workspace.unwrap();
        let site = workspace.sites.values().next().unwrap();
        let organization = site.organizations.values().next().unwrap();
        let entries = &organization.members.as_ref().unwrap().entries;
        assert_eq!(entries.len(), 60_000, "{name}");
        assert!(entries.is_sorted_by(|a, b| a.who < b.who));
    }
}

#[test]
fn a_file_in_the_wrong_format_is_not_reported_line_by_line() {
    for (name, text) in [
        ("r.txt", "nobody\n".repeat(5_000)),
        ("r.csv", "email\n".to_string() + &"nobody\n".repeat(5_000)),
        ("r.yaml", "- nobody\n".repeat(5_000)),
    ] {
        let loaded = roster(name, &text).load();
        let count = loaded.diagnostics.len();
        assert!((51..=53).contains(&count), "{name}: {count}");
    }
}

#[test]
fn every_team_may_have_a_policy_file_with_lists_of_its_own() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
policy: { protect: [acme/a], max_removals: { count: 3 } }
sites: { acme: { url: "sandbox:" } }
=== policy/one.yaml
version: 1
policy:
  protect: [acme/b]
  accept_drift: [{ address: acme/x, reason: r, owner: o }]
  acknowledge: [{ lint: L13, address: acme/y, reason: r, owner: o }]
=== policy/two.yaml
version: 1
policy:
  protect:
    - acme/c
  accept_drift: [{ address: acme/z, reason: r, owner: o }]
  acknowledge: [{ lint: L14, address: acme/y, reason: r, owner: o }]
"#,
    );
    let loaded = files.load();
    assert_eq!(brief(&loaded), "");
    let workspace = loaded.workspace.unwrap();
    let policy = &workspace.policy;
    let protected: Vec<String> = policy
        .protect
        .iter()
        .map(|pattern| {
            format!(
                "{} {}",
                pattern.value,
                workspace.sources.place(pattern.span)
            )
        })
        .collect();
    assert_eq!(
        protected,
        [
            "acme/a portcullis.yaml:2:21",
            "acme/b policy/one.yaml:3:13",
            "acme/c policy/two.yaml:4:7"
        ]
    );
    assert_eq!(
        (policy.accept_drift.len(), policy.acknowledge.len()),
        (2, 2)
    );
    // A limit has one author.
    files.write(
        "policy/two.yaml",
        "version: 1\npolicy: { max_removals: { count: 9 } }\n",
    );
    assert!(brief(&files.load()).contains("declared-twice"));
}

#[test]
fn a_limit_that_is_built_in_is_switched_off_by_a_word() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
policy: { max_people_losing_access: off, max_removals: "off" }
"#,
    );
    let policy = files.load().workspace.unwrap().policy;
    for limit in [policy.max_people_losing_access, policy.max_removals] {
        let limit = limit.unwrap();
        assert_eq!((limit.count, limit.percent), (None, None));
    }
    assert_eq!(policy.max_people_gaining_access, None);
}
