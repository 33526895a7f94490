//! Keys, words and names that are not known, or of the wrong kind.

use crate::support::refused;
use insta::assert_snapshot;

#[test]
fn lists_and_words_that_are_nearly_right() {
    let text = refused(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    customer_access:
      view_without_login: no
      external: { allowed_domains: ANY }
    organizations: { Globex: { members: { from: [a.csv] } } }
    projects:
      ITSM: { organizations: [Globex], customers: [a@b.example] }
=== a.csv
email,name
a@b.example,"A, B",C
"#,
    );
    for hint in [
        "YAML 1.2 reads `no` as text: write `false`, without quotes",
        "did you mean `any`?",
        "quote a field that holds the separator",
    ] {
        assert_eq!(text.matches(hint).count(), 1, "{hint}: {text}");
    }
    let list = "put the list under `list`: `{ list: […] }`";
    assert_eq!(text.matches(list).count(), 2, "{text}");
}

#[test]
fn an_expectation_that_names_nobody_on_no_site_is_told_both() {
    let text = refused(
        r#"
=== portcullis.yaml
version: 1
sites: { acme: { url: "sandbox:" } }
expectations:
  - { name: x, who: everybody, cannot: sign_up, site: acmee }
"#,
    );
    for told in ["`everybody` names nobody", "did you mean `acme`?"] {
        assert_eq!(text.matches(told).count(), 1, "{told}: {text}");
    }
}

#[test]
fn wrong_types() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    customer_access:
      customers_can_create_accounts: yes
      view_without_login: "false"
      external: { portal_only_accounts: 1, allowed_domains: acme.com }
    organizations: [Globex]
    projects:
      ITSM: { organizations: { list: Globex }, customers: { list: [2024, null, [a]] } }
policy: { max_new_accounts: many, max_removals: 5 }
"#), @r#"
    error[wrong-type]: expected `true` or `false`, found text `yes`
     --> portcullis.yaml:6:38
      |
    6 |       customers_can_create_accounts: yes
      |                                      ^^^
      |
      = hint: YAML 1.2 reads `yes` as text: write `true`, without quotes

    error[wrong-type]: expected `true` or `false`, found text `false`
     --> portcullis.yaml:7:27
      |
    7 |       view_without_login: "false"
      |                           ^^^^^^^
      |
      = hint: write `false`, without quotes

    error[wrong-type]: expected `true` or `false`, found the number `1`
     --> portcullis.yaml:8:41
      |
    8 |       external: { portal_only_accounts: 1, allowed_domains: acme.com }
      |                                         ^
      |
      = hint: write `true`, without quotes

    error[wrong-type]: expected `any` or a list of domains, found text `acme.com`
     --> portcullis.yaml:8:61
      |
    8 |       external: { portal_only_accounts: 1, allowed_domains: acme.com }
      |                                                             ^^^^^^^^
      |
      = hint: write `any`, or a list: `[acme.com]`

    error[wrong-type]: expected a mapping, found a list
     --> portcullis.yaml:9:20
      |
    9 |     organizations: [Globex]
      |                    ^

    error[wrong-type]: expected a list, found text `Globex`
      --> portcullis.yaml:11:38
       |
    11 |       ITSM: { organizations: { list: Globex }, customers: { list: [2024, null, [a]] } }
       |                                      ^^^^^^
       |
       = hint: put it in brackets: `[…]`

    error[wrong-type]: expected text, found the number `2024`
      --> portcullis.yaml:11:68
       |
    11 |       ITSM: { organizations: { list: Globex }, customers: { list: [2024, null, [a]] } }
       |                                                                    ^^^^
       |
       = hint: quote it: "2024"

    error[null-value]: there is no value here, or it is `null`
      --> portcullis.yaml:11:74
       |
    11 |       ITSM: { organizations: { list: Globex }, customers: { list: [2024, null, [a]] } }
       |                                                                          ^^^^
       |
       = hint: write an address

    error[wrong-type]: expected an address, or a mapping with `email` or `account_id`, found a list
      --> portcullis.yaml:11:80
       |
    11 |       ITSM: { organizations: { list: Globex }, customers: { list: [2024, null, [a]] } }
       |                                                                                ^

    error[wrong-type]: expected a whole number, found text `many`
      --> portcullis.yaml:12:29
       |
    12 | policy: { max_new_accounts: many, max_removals: 5 }
       |                             ^^^^

    error[wrong-type]: expected a mapping, found the number `5`
      --> portcullis.yaml:12:49
       |
    12 | policy: { max_new_accounts: many, max_removals: 5 }
       |                                                 ^
    "#);
}

#[test]
fn unknown_keys_and_words() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
site: {}
sites:
  acme:
    url: "sandbox:"
    customer-access: {}
    favourite_colour: red
    auth: clasic
    projects:
      ITSM: { channel_access: resticted, customer_sharing: everybody }
"#), @r#"
    error[unknown-key]: `site` is not a key here
     --> portcullis.yaml:2:1
      |
    2 | site: {}
      | ^^^^
      |
      = hint: did you mean `sites`?

    error[unknown-key]: `customer-access` is not a key here
     --> portcullis.yaml:6:5
      |
    6 |     customer-access: {}
      |     ^^^^^^^^^^^^^^^
      |
      = hint: did you mean `customer_access`?

    error[unknown-key]: `favourite_colour` is not a key here
     --> portcullis.yaml:7:5
      |
    7 |     favourite_colour: red
      |     ^^^^^^^^^^^^^^^^
      |
      = hint: known here: `url`, `seed`, `api_url`, `auth`, `token_expires`, `atlassian_organization`, `user_management`, `confluence_plan`, `surfaces`, `customer_access`, `email`, `organization_management`, `portal_only_login`, `knowledge_base`, `spaces`, `unlisted_projects`, `rosters`, `organizations_mode`, `organizations`, `people`, `project_defaults`, `projects`, `allow_empty`, `accounts`, `sandbox`

    error[unknown-word]: `clasic` is not one of the words allowed here
     --> portcullis.yaml:8:11
      |
    8 |     auth: clasic
      |           ^^^^^^
      |
      = hint: did you mean `classic`? (one of `classic`, `scoped`, `oauth`)

    error[unknown-word]: `resticted` is not one of the words allowed here
      --> portcullis.yaml:10:31
       |
    10 |       ITSM: { channel_access: resticted, customer_sharing: everybody }
       |                               ^^^^^^^^^
       |
       = hint: did you mean `restricted`? (one of `open`, `restricted`)

    error[unknown-word]: `everybody` is not one of the words allowed here
      --> portcullis.yaml:10:60
       |
    10 |       ITSM: { channel_access: resticted, customer_sharing: everybody }
       |                                                            ^^^^^^^^^
       |
       = hint: one of `own_organizations`, `any_customer_by_email`, `search_project`
    "#);
}

#[test]
fn names_that_meet_or_are_missing() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    atlassian_organization: acme
    organizations:
      Globex: { id: "12", email_domains: [globex.example] }
      globex: { id: "12", email_domains: [globex.example], previous_name: Globex }
      Gone: { state: retired, members: { list: [a@b.example] } }
      Hooli: { managed_by: scim, members: { list: [a@b.example] } }
    projects:
      IT: { organizations: { list: [Globx, Gone] }, knowledge_base: { KB: { who_can_view: anyone } } }
      HR: { knowledge_base: { KB: { who_can_view: all_logged_in } } }
expectations:
  - { name: x, who: "organization:Glob", can: view_portal, site: acm, projects: [IT] }
  - { name: y, who: "organization:Glob", can: view_portal, site: acme, projects: [TI] }
attestations:
  - { address: acme/customer-access/intern, value: true, by: jo, on: 2026-11-01 }
  - { address: acme/project/IT/access, value: closed, by: jo, on: 2026-12-24 }
"#), @r#"
    error[not-declared]: the Atlassian organization `acme` is not declared
     --> portcullis.yaml:5:29
      |
    5 |     atlassian_organization: acme
      |                             ^^^^
      |
      = hint: declare it under `atlassian_organizations`

    error[used-twice]: the id `12` belongs to two organizations
     --> portcullis.yaml:8:21
      |
    7 |       Globex: { id: "12", email_domains: [globex.example] }
      |                     - first here
    8 |       globex: { id: "12", email_domains: [globex.example], previous_name: Globex }
      |                     ^ again here
      |
      = hint: an id names one organization; see `portcullis export`

    warning[shared-domain]: `globex.example` is an e-mail domain of `Globex` and of `globex` (L41)
     --> portcullis.yaml:8:43
      |
    7 |       Globex: { id: "12", email_domains: [globex.example] }
      |                                           -------------- first here
    8 |       globex: { id: "12", email_domains: [globex.example], previous_name: Globex }
      |                                           ^^^^^^^^^^^^^^ again here
      |
      = hint: which of them a new customer joins is not specified; keep one

    error[used-twice]: `Globex` is still declared, so it was not renamed
     --> portcullis.yaml:8:75
      |
    7 |       Globex: { id: "12", email_domains: [globex.example] }
      |       ------ declared here
    8 |       globex: { id: "12", email_domains: [globex.example], previous_name: Globex }
      |                                                                           ^^^^^^
      |
      = hint: leave `previous_name` out, or delete the other block

    error[conflicting-keys]: `Gone` is retired and keeps its members, so that the list says nothing
     --> portcullis.yaml:9:49
      |
    9 |       Gone: { state: retired, members: { list: [a@b.example] } }
      |                      - declared here            ^
      |
      = hint: leave `members` out

    error[managed-elsewhere]: `members` cannot stand beside `managed_by: scim`
      --> portcullis.yaml:10:34
       |
    10 |       Hooli: { managed_by: scim, members: { list: [a@b.example] } }
       |                            -     ^^^^^^^
       |                            |
       |                            members are changed there, never here
       |
       = hint: leave `members` out, or write `managed_by: portcullis`

    error[not-declared]: the organization `Globx` is not declared
      --> portcullis.yaml:12:37
       |
    12 |       IT: { organizations: { list: [Globx, Gone] }, knowledge_base: { KB: { who_can_view: anyone } } }
       |                                     ^^^^^
       |
       = hint: did you mean `Globex`?

    error[links-absent]: `Gone` is linked here and declared `retired`
      --> portcullis.yaml:12:44
       |
     9 |       Gone: { state: retired, members: { list: [a@b.example] } }
       |                      - declared here
    ...
    12 |       IT: { organizations: { list: [Globx, Gone] }, knowledge_base: { KB: { who_can_view: anyone } } }
       |                                            ^^^^
       |
       = hint: take it out of this list

    error[conflicting-viewers]: `KB` is declared `anyone` and `all_logged_in`
      --> portcullis.yaml:12:91
       |
    12 |       IT: { organizations: { list: [Globx, Gone] }, knowledge_base: { KB: { who_can_view: anyone } } }
       |                                                                                           ^^^^^^ here
    13 |       HR: { knowledge_base: { KB: { who_can_view: all_logged_in } } }
       |                                                   ------------- and here
       |
       = hint: a space has one setting for all projects; write the same, or only one

    error[not-declared]: the site `acm` is not declared
      --> portcullis.yaml:15:66
       |
    15 |   - { name: x, who: "organization:Glob", can: view_portal, site: acm, projects: [IT] }
       |                                                                  ^^^
       |
       = hint: did you mean `acme`?

    error[not-declared]: the organization `Glob` is not declared
      --> portcullis.yaml:16:21
       |
    16 |   - { name: y, who: "organization:Glob", can: view_portal, site: acme, projects: [TI] }
       |                     ^
       |
       = hint: did you mean `Globex`?

    error[not-declared]: the project `TI` is not declared
      --> portcullis.yaml:16:83
       |
    16 | …- { name: y, who: "organization:Glob", can: view_portal, site: acme, projects: [TI] }
       |                                                                                  ^^
       |
       = hint: did you mean `IT`?

    error[not-attestable]: `acme/customer-access/intern` is not an address that a person attests
      --> portcullis.yaml:18:16
       |
    18 |   - { address: acme/customer-access/intern, value: true, by: jo, on: 2026-11-01 }
       |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = hint: did you mean `acme/customer-access/internal`?

    error[wrong-type]: `"closed"` is not a value of `acme/project/IT/access`
      --> portcullis.yaml:19:5
       |
    19 |   - { address: acme/project/IT/access, value: closed, by: jo, on: 2026-12-24 }
       |     ^
       |
       = hint: write one of `open`, `restricted`

    error[invalid-date]: 2026-12-24 is in the future
      --> portcullis.yaml:19:67
       |
    19 |   - { address: acme/project/IT/access, value: closed, by: jo, on: 2026-12-24 }
       |                                                                   ^^^^^^^^^^
       |
       = hint: `on` is the day on which somebody looked
    "#);
}

#[test]
fn descriptions_of_settings_endpoints() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites: { acme: { url: "sandbox:", surfaces: { mapped: drivers/d.yaml } } }
=== drivers/d.yaml
version: 1
endpoints:
  site: { path: "https://evil.example/x", write: put }
  project: { path: "/rest/project/{project}/x" }
  plain: { path: /rest/site }
fields:
  customer_access.view_without_logn: { endpoint: plain, pointer: /a }
  customer_access.view_without_login: { endpoint: plane, pointer: a/b, values: { "true": false } }
  project.channel_access: { endpoint: plain, pointer: "/a~b", values: { open: 1, restricted: 1 } }
  project.knowledge_base.who_can_view: { endpoint: plain, pointer: /a }
  email.cc_creates_accounts: { endpoint: plain, pointer: /a, any: { pointer: /b, value: 1, listed: 1 } }
"#), @r#"
    error[invalid-mapping]: `https://evil.example/x`: it names a host; only paths on the site's own origin are reached
     --> drivers/d.yaml:3:17
      |
    3 |   site: { path: "https://evil.example/x", write: put }
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^

    error[unknown-word]: `put` is not one of the words allowed here
     --> drivers/d.yaml:3:50
      |
    3 |   site: { path: "https://evil.example/x", write: put }
      |                                                  ^^^
      |
      = hint: did you mean `PUT`? (one of `PUT`, `POST`, `PATCH`)

    error[invalid-mapping]: `/rest/project/{project}/x`: it holds a placeholder that is not known here
     --> drivers/d.yaml:4:20
      |
    4 |   project: { path: "/rest/project/{project}/x" }
      |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[unknown-key]: `customer_access.view_without_logn` is not a field that can be mapped
     --> drivers/d.yaml:7:3
      |
    7 |   customer_access.view_without_logn: { endpoint: plain, pointer: /a }
      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: did you mean `customer_access.view_without_login`?

    error[not-declared]: there is no endpoint `plane`
     --> drivers/d.yaml:8:51
      |
    8 |   customer_access.view_without_login: { endpoint: plane, pointer: a/b, values: { "true": false } }
      |                                                   ^^^^^
      |
      = hint: declare it under `endpoints`

    error[invalid-mapping]: `a/b`: it does not begin with `/`
     --> drivers/d.yaml:8:67
      |
    8 |   customer_access.view_without_login: { endpoint: plane, pointer: a/b, values: { "true": false } }
      |                                                                   ^^^
      |
      = hint: a JSON pointer such as `/portal/loginRequired`

    error[invalid-mapping]: `false` is missing in `values`
     --> drivers/d.yaml:8:72
      |
    8 |   customer_access.view_without_login: { endpoint: plane, pointer: a/b, values: { "true": false } }
      |                                                                        ^^^^^^
      |
      = hint: say every word, or leave `values` out where the endpoint uses the same words

    error[invalid-mapping]: the path of `plain` needs `{project_key}` for `project.channel_access`
     --> drivers/d.yaml:9:39
      |
    9 |   project.channel_access: { endpoint: plain, pointer: "/a~b", values: { open: 1, restricted: 1 } }
      |                                       ^^^^^

    error[invalid-mapping]: `/a~b`: `~` is written `~0` in a JSON pointer, `/` is written `~1`
     --> drivers/d.yaml:9:55
      |
    9 |   project.channel_access: { endpoint: plain, pointer: "/a~b", values: { open: 1, restricted: 1 } }
      |                                                       ^^^^^^
      |
      = hint: a JSON pointer such as `/portal/loginRequired`

    error[invalid-mapping]: `restricted` and `open` stand for the same value
     --> drivers/d.yaml:9:82
      |
    9 | … project.channel_access: { endpoint: plain, pointer: "/a~b", values: { open: 1, restricted: 1 } }
      |                                                                                  ^^^^^^^^^^

    error[invalid-mapping]: the path of `plain` needs `{project_key}` for `project.knowledge_base.who_can_view`
      --> drivers/d.yaml:10:52
       |
    10 |   project.knowledge_base.who_can_view: { endpoint: plain, pointer: /a }
       |                                                    ^^^^^

    error[invalid-mapping]: the pointer needs `{space_key}`
      --> drivers/d.yaml:10:68
       |
    10 |   project.knowledge_base.who_can_view: { endpoint: plain, pointer: /a }
       |                                                                    ^^

    error[invalid-mapping]: `any` goes with `customer_access.external.allowed_domains` only
      --> drivers/d.yaml:11:62
       |
    11 |   email.cc_creates_accounts: { endpoint: plain, pointer: /a, any: { pointer: /b, value: 1, listed: 1 } }
       |                                                              ^^^

    error[invalid-mapping]: `value` and `listed` are the same
      --> drivers/d.yaml:11:62
       |
    11 |   email.cc_creates_accounts: { endpoint: plain, pointer: /a, any: { pointer: /b, value: 1, listed: 1 } }
       |                                                              ^^^
    "#);
}

#[test]
fn names_that_differ_only_in_case_or_spaces() {
    let shown = refused(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      Globex: { id: "12" }
      "GLOBEX": { id: "13" }
      "globex": {}
"#,
    );
    let found: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("differ only"))
        .collect();
    // Two with ids exist on the site already; the third could only be made.
    assert_eq!(
        found,
        ["error[near-duplicate]: `globex` and `Globex` differ only in case, width or spaces"]
    );
}
