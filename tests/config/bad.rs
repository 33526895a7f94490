//! Mistakes that people make, as they are told about them.

use super::support::{Files, refused, rendered};
use insta::assert_snapshot;
use portcullis::diagnostic::Severity;

#[test]
fn a_directory_without_a_root_file() {
    let files = Files::new("=== other.yaml\nversion: 1\n");
    let text = rendered(&files.load()).replace(files.path().as_str(), "DIR");
    assert_snapshot!(text, @r#"
    error[no-workspace]: there is no `portcullis.yaml` in `DIR`
     |
     = hint: `portcullis init` writes a starter workspace
    "#);
}

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
fn duplicate_keys() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      Globex: {}
      Initech: {}
      Globex: { state: absent }
"#), @r#"
    error[duplicate-key]: `Globex` stands twice in this mapping
     --> portcullis.yaml:8:7
      |
    6 |       Globex: {}
      |       ------ first here
    7 |       Initech: {}
    8 |       Globex: { state: absent }
      |       ^^^^^^ again here
    "#);
}

#[test]
fn tabs() {
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n\tacme:\n\t\turl: \"sandbox:\"\n"), @r#"
    error[yaml-syntax]: not valid YAML: tabs disallowed within this context (block indentation)
     --> portcullis.yaml:3:2
      |
    3 |  acme:
      |  ^
      |
      = hint: YAML is indented with spaces; replace the tab
    "#);
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    let files = Files::new("");
    let text = "\u{feff}version: 1\r\nsites:\r\n  acme:\r\n    url: \"sandbox:\"\r\n    organizations: { Globex: { members: { from: [a.csv, b.txt] } } }\r\n";
    files.write("portcullis.yaml", text);
    files.write("a.csv", "\u{feff}email\r\na@b.example\r\n");
    files.write("b.txt", "\u{feff}b@b.example\r\n\r\nc@b.example\r\n");
    let loaded = files.load();
    assert_eq!(rendered(&loaded), "");
    let site = loaded
        .workspace
        .unwrap()
        .sites
        .into_values()
        .next()
        .unwrap();
    let members = site
        .organizations
        .into_values()
        .next()
        .unwrap()
        .members
        .unwrap();
    let lines: Vec<u32> = members.entries.iter().map(|e| e.span.line).collect();
    assert_eq!(lines, [2, 1, 3]);
}

#[test]
fn crlf_does_not_show_in_excerpts() {
    let files = Files::new("");
    files.write(
        "portcullis.yaml",
        "version: 1\r\nsites:\r\n  acme:\r\n    url: \"sandbox:\"\r\n    auth: no\r\n",
    );
    assert_snapshot!(rendered(&files.load()), @r#"
    error[unknown-word]: `no` is not one of the words allowed here
     --> portcullis.yaml:5:11
      |
    5 |     auth: no
      |           ^^
      |
      = hint: one of `classic`, `scoped`, `oauth`
    "#);
}

#[test]
fn the_place_is_true_however_the_excerpt_is_cut() {
    let pad = "x".repeat(200);
    let files = Files::new("");
    files.write(
        "portcullis.yaml",
        format!(
            "version: 1\nsites: {{ acme: {{ title: \"{pad}\", url: \"sandbox:\", auth: no }} }}\n"
        ),
    );
    let text = rendered(&files.load());
    let at = "sites: { acme: { title: \"\", url: \"sandbox:\", auth: ".len() + 200 + 1;
    assert!(
        text.contains(&format!("portcullis.yaml:2:{at}\n")),
        "{text}"
    );
    assert!(!text.contains('\u{1}'), "{text}");
}

#[test]
fn two_documents() {
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\n---\nversion: 1\n"), @r#"
    error[yaml-documents]: a second YAML document begins here
     --> portcullis.yaml:2:1
      |
    2 | ---
      | ^^^
      |
      = hint: put it into a file of its own
    "#);
}

#[test]
fn an_alias_bomb() {
    let mut text =
        String::from("=== portcullis.yaml\nversion: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let item = format!("*a{}, ", i - 1).repeat(10);
        text += &format!("a{i}: &a{i} [{item}]\n");
    }
    assert_snapshot!(refused(&text), @r#"
    error[yaml-limit]: anchors and aliases hold more than 100000 values
     --> portcullis.yaml:6:40
      |
    6 | a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, ]
      |                                        ^^^
      |
      = hint: write the values out, or move them into a roster file
    "#);
}

#[test]
fn sandbox_without_quotes() {
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: sandbox:\n    auth: classic\n"), @r#"
    error[unquoted-sandbox]: `sandbox:` without quotes is the beginning of a mapping
     --> portcullis.yaml:4:10
      |
    4 |     url: sandbox:
      |          ^^^^^^^^
      |
      = hint: write `url: "sandbox:"`
    "#);
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n  acme: { url: sandbox: }\n"), @r#"
    error[unquoted-sandbox]: `sandbox:` without quotes is the beginning of a mapping
     --> portcullis.yaml:3:16
      |
    3 |   acme: { url: sandbox: }
      |                ^^^^^^^^
      |
      = hint: write `url: "sandbox:"`
    "#);
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url:\n      sandbox:\n"), @r#"
    error[unquoted-sandbox]: `sandbox:` without quotes is the beginning of a mapping
     --> portcullis.yaml:5:7
      |
    5 |       sandbox:
      |       ^^^^^^^
      |
      = hint: write `url: "sandbox:"`
    "#);
}

#[test]
fn missing_and_malformed_roster_files() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      Globex: { members: { from: [rosters/globx.csv, rosters/a.csv, rosters/b.csv, rosters/c.txt, people.xlsx] } }
=== rosters/a.csv
name,email,until
Ana,ana@globex.example,2027-01-31

Bo,bo@globex,31.1.2027
Cy,cy@globex.example
Di;di@globex.example
"Ed,ed@globex.example,
Fy,fy@globex.example,
=== rosters/b.csv
Name;E-Mail
Ana;ana@globex.example
=== rosters/c.txt
ana@globex.example
Bo <bo@globex.example>
*@globex.example
cy@globex.example, di@globex.example
"#), @r#"
    error[missing-file]: there is no `rosters/globx.csv`
     --> portcullis.yaml:6:35
      |
    6 |       Globex: { members: { from: [rosters/globx.csv, rosters/a.csv, rosters/b.csv, rosters/c.txt, people.xlsx] } }
      |                                   ^^^^^^^^^^^^^^^^^
      |
      = hint: paths are relative to the file that names them

    error[roster-format]: `people.xlsx` is not a roster file
     --> portcullis.yaml:6:99
      |
    6 | …mbers: { from: [rosters/globx.csv, rosters/a.csv, rosters/b.csv, rosters/c.txt, people.xlsx] } }
      |                                                                                  ^^^^^^^^^^^
      |
      = hint: roster files end in `.csv`, `.txt` or `.yaml`

    error[invalid-address]: invalid address `bo@globex`: `globex` is not a domain name
     --> rosters/a.csv:4:4
      |
    4 | Bo,bo@globex,31.1.2027
      |    ^^^^^^^^^

    error[invalid-date]: `31.1.2027` is not a date
     --> rosters/a.csv:4:14
      |
    4 | Bo,bo@globex,31.1.2027
      |              ^^^^^^^^^
      |
      = hint: write the year, month and day, such as `2027-01-31`, or say how dates are written: `date_format: "%d.%m.%Y"`

    error[roster-format]: this line has 2 of the header's 3 fields
     --> rosters/a.csv:5:1
      |
    5 | Cy,cy@globex.example
      | ^^^^^^^^^^^^^^^^^^^^
      |
      = hint: a field is missing; an empty one still needs its separator

    error[roster-format]: this line has 1 of the header's 3 fields
     --> rosters/a.csv:6:1
      |
    6 | Di;di@globex.example
      | ^^^^^^^^^^^^^^^^^^^^
      |
      = hint: a field is missing; an empty one still needs its separator

    error[roster-format]: a quote is opened on this line and never closed
     --> rosters/a.csv:7:1
      |
    7 | "Ed,ed@globex.example,
      | ^
      |
      = hint: close it, or write two quotes for one that belongs to the text

    error[roster-format]: the header names neither `email` nor `account_id`
     --> rosters/b.csv:1:1
      |
    1 | Name;E-Mail
      | ^^^^^^^^^^^
      |
      = hint: rename the column `E-Mail` to `email` or `account_id`, or say what it is: `{ file: …, columns: { email: "E-Mail" } }`

    error[conflicting-entries]: `ana@globex.example` stands twice in this list, with different details
     --> rosters/c.txt:1:1
      |
    1 | ana@globex.example
      | ^ again here
      |
     ::: rosters/a.csv:2:1
      |
    2 | Ana,ana@globex.example,2027-01-31
      | - first here
      |
      = hint: keep one; the other is at rosters/a.csv:2:1

    error[invalid-address]: invalid address `Bo <bo@globex.example>`: `globex.example>` is not a domain name
     --> rosters/c.txt:2:1
      |
    2 | Bo <bo@globex.example>
      | ^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: write only the address: bo@globex.example

    error[invalid-address]: invalid address `*@globex.example`: it names a whole domain
     --> rosters/c.txt:3:1
      |
    3 | *@globex.example
      | ^^^^^^^^^^^^^^^^
      |
      = hint: a whole domain can stand in `keep`, not in a list of people

    error[invalid-address]: invalid address `cy@globex.example, di@globex.example`: invalid character
     --> rosters/c.txt:4:1
      |
    4 | cy@globex.example, di@globex.example
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: one address a line; a table is a `.csv` file with a header
    "#);
}

#[test]
fn invalid_addresses_and_domains() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    customer_access: { external: { allowed_domains: ["@acme.com", "*.acme.com", "jo@acme.com", acme] } }
    organizations:
      " Globex": { members: { list: [ana, "bo@globex.example ", "*@globex.example"] } }
    people: { mal: { state: absent } }
"#), @r#"
    error[invalid-domain]: `@acme.com` is not an exact domain: lists match whole domains, without `@`, `*` or subdomains
     --> portcullis.yaml:5:54
      |
    5 |     customer_access: { external: { allowed_domains: ["@acme.com", "*.acme.com", "jo@acme.com", acme] } }
      |                                                      ^^^^^^^^^^^
      |
      = hint: write `acme.com`

    error[invalid-domain]: `*.acme.com` is not an exact domain: lists match whole domains, without `@`, `*` or subdomains
     --> portcullis.yaml:5:67
      |
    5 |     customer_access: { external: { allowed_domains: ["@acme.com", "*.acme.com", "jo@acme.com", acme] } }
      |                                                                   ^^^^^^^^^^^^
      |
      = hint: write `acme.com`

    error[invalid-domain]: `jo@acme.com` is not a domain name
     --> portcullis.yaml:5:81
      |
    5 |     customer_access: { external: { allowed_domains: ["@acme.com", "*.acme.com", "jo@acme.com", acme] } }
      |                                                                                 ^^^^^^^^^^^^^
      |
      = hint: write `acme.com`

    error[invalid-domain]: `acme` is not a domain name
     --> portcullis.yaml:5:96
      |
    5 | …cess: { external: { allowed_domains: ["@acme.com", "*.acme.com", "jo@acme.com", acme] } }
      |                                                                                  ^^^^

    error[invalid-name]: invalid name ` Globex`: it begins or ends with a space
     --> portcullis.yaml:7:7
      |
    7 |       " Globex": { members: { list: [ana, "bo@globex.example ", "*@globex.example"] } }
      |       ^^^^^^^^^
      |
      = hint: write `Globex`

    error[invalid-address]: invalid address `ana`: there is no `@` in it
     --> portcullis.yaml:7:38
      |
    7 |       " Globex": { members: { list: [ana, "bo@globex.example ", "*@globex.example"] } }
      |                                      ^^^

    error[invalid-address]: invalid address `bo@globex.example `: `globex.example ` is not a domain name
     --> portcullis.yaml:7:43
      |
    7 |       " Globex": { members: { list: [ana, "bo@globex.example ", "*@globex.example"] } }
      |                                           ^^^^^^^^^^^^^^^^^^^^
      |
      = hint: leave out the spaces around it: bo@globex.example

    error[invalid-address]: invalid address `*@globex.example`: it names a whole domain
     --> portcullis.yaml:7:65
      |
    7 |       " Globex": { members: { list: [ana, "bo@globex.example ", "*@globex.example"] } }
      |                                                                 ^^^^^^^^^^^^^^^^^^
      |
      = hint: a whole domain can stand in `keep`, not in a list of people

    error[invalid-address]: invalid address `mal`: there is no `@` in it
     --> portcullis.yaml:8:15
      |
    8 |     people: { mal: { state: absent } }
      |               ^^^
    "#);
}

#[test]
fn an_entity_in_two_files() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    auth: classic
=== organizations/a.yaml
version: 1
sites: { acme: { organizations: { Globex: {} }, auth: classic } }
=== organizations/b.yaml
version: 1
sites: { acme: { organizations: { Globex: {} } } }
"#), @r#"
    error[declared-twice]: `auth` is declared twice
     --> organizations/a.yaml:2:49
      |
    2 | sites: { acme: { organizations: { Globex: {} }, auth: classic } }
      |                                                 ^^^^ again here
      |
     ::: portcullis.yaml:5:5
      |
    5 |     auth: classic
      |     ---- first here
      |
      = hint: keep one; the other is at portcullis.yaml:5:5

    error[declared-twice]: `Globex` is declared twice
     --> organizations/b.yaml:2:35
      |
    2 | sites: { acme: { organizations: { Globex: {} } } }
      |                                   ^^^^^^ again here
      |
     ::: organizations/a.yaml:2:35
      |
    2 | sites: { acme: { organizations: { Globex: {} }, auth: classic } }
      |                                   ------ first here
      |
      = hint: keep one; the other is at organizations/a.yaml:2:35
    "#);
}

#[test]
fn null_is_not_absence() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    customer_access:
    auth: null
    organizations:
      Globex:
      Initech: ~
"#), @r#"
    error[null-value]: there is no value here, or it is `null`
     --> portcullis.yaml:5:5
      |
    5 |     customer_access:
      |     ^^^^^^^^^^^^^^^
      |
      = hint: leave the key out to leave it unmanaged; write `{}` for a block without details

    error[null-value]: there is no value here, or it is `null`
     --> portcullis.yaml:6:5
      |
    6 |     auth: null
      |     ^^^^
      |
      = hint: leave the key out to leave it unmanaged; write `{}` for a block without details

    error[null-value]: there is no value here, or it is `null`
     --> portcullis.yaml:8:7
      |
    8 |       Globex:
      |       ^^^^^^
      |
      = hint: leave the key out to leave it unmanaged; write `{}` for a block without details

    error[null-value]: there is no value here, or it is `null`
     --> portcullis.yaml:9:7
      |
    9 |       Initech: ~
      |       ^^^^^^^
      |
      = hint: leave the key out to leave it unmanaged; write `{}` for a block without details
    "#);
}

#[test]
fn a_file_outside_its_scope() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
scopes:
  - { files: "organizations/globex/**", may: ["acme/organization/Globex/**"] }
sites: { acme: { url: "sandbox:" } }
=== organizations/globex/a.yaml
version: 1
sites:
  acme:
    url: https://evil.atlassian.net
    organizations: { Globex: {}, Initech: {} }
    people: { ana@globex.example: { state: absent } }
policy: { max_new_accounts: 5 }
=== projects/it.yaml
version: 1
sites: { acme: { projects: { IT: {} } } }
"#), @r#"
    error[declared-twice]: `url` is declared twice
     --> organizations/globex/a.yaml:4:5
      |
    4 |     url: https://evil.atlassian.net
      |     ^^^ again here
      |
     ::: portcullis.yaml:4:18
      |
    4 | sites: { acme: { url: "sandbox:" } }
      |                  --- first here
      |
      = hint: keep one; the other is at portcullis.yaml:4:18

    error[outside-scope]: `organizations/globex/a.yaml` may not declare `acme/url`
     --> organizations/globex/a.yaml:4:5
      |
    4 |     url: https://evil.atlassian.net
      |     ^^^
      |
      = hint: the scopes in `portcullis.yaml` grant this file `acme/organization/Globex/**`

    error[outside-scope]: `organizations/globex/a.yaml` may not declare `acme/organization/Initech`
     --> organizations/globex/a.yaml:5:34
      |
    5 |     organizations: { Globex: {}, Initech: {} }
      |                                  ^^^^^^^
      |
      = hint: the scopes in `portcullis.yaml` grant this file `acme/organization/Globex/**`

    error[outside-scope]: `organizations/globex/a.yaml` may not declare `acme/people/ana@globex.example`
     --> organizations/globex/a.yaml:6:15
      |
    6 |     people: { ana@globex.example: { state: absent } }
      |               ^^^^^^^^^^^^^^^^^^
      |
      = hint: the scopes in `portcullis.yaml` grant this file `acme/organization/Globex/**`

    error[outside-scope]: `organizations/globex/a.yaml` may not declare `policy`
     --> organizations/globex/a.yaml:7:1
      |
    7 | policy: { max_new_accounts: 5 }
      | ^^^^^^
      |
      = hint: the scopes in `portcullis.yaml` grant this file `acme/organization/Globex/**`

    error[outside-scope]: `projects/it.yaml` may not declare `acme/project/IT`
     --> projects/it.yaml:2:30
      |
    2 | sites: { acme: { projects: { IT: {} } } }
      |                              ^^
      |
      = hint: no scope in `portcullis.yaml` names this file
    "#);
}

#[test]
fn paths_that_leave_the_workspace() {
    let files = Files::new(
        r#"
=== ws/portcullis.yaml
version: 1
include: ["sites/**", "../*.yaml", "/etc/*.yaml", "nothing/**"]
sites:
  acme:
    url: "sandbox:"
    seed: ../seed
    surfaces: { mapped: /etc/passwd }
    organizations: { Globex: { members: { from: [../out.csv, link.csv] } } }
=== out.csv
email
=== ws/sites/a.yaml
version: 1
"#,
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink(files.join("out.csv"), files.join("ws/link.csv")).unwrap();
    let options = portcullis::config::LoadOptions::new(super::support::today());
    let loaded = portcullis::config::load(&files.join("ws"), options);
    #[cfg(unix)]
    assert_snapshot!(rendered(&loaded), @r#"
    error[path-escapes]: `../*.yaml`: the pattern leaves the workspace
     --> portcullis.yaml:2:23
      |
    2 | include: ["sites/**", "../*.yaml", "/etc/*.yaml", "nothing/**"]
      |                       ^^^^^^^^^^^
      |
      = hint: name files below the directory of `portcullis.yaml`

    error[path-escapes]: `/etc/*.yaml`: the path is absolute
     --> portcullis.yaml:2:36
      |
    2 | include: ["sites/**", "../*.yaml", "/etc/*.yaml", "nothing/**"]
      |                                    ^^^^^^^^^^^^^
      |
      = hint: name files below the directory of `portcullis.yaml`

    error[no-match]: `nothing/**` matches no file
     --> portcullis.yaml:2:51
      |
    2 | include: ["sites/**", "../*.yaml", "/etc/*.yaml", "nothing/**"]
      |                                                   ^^^^^^^^^^^^
      |
      = hint: patterns match `.yaml` and `.yml` files; `sites/**` means everything below `sites`

    error[path-escapes]: `../seed` leaves the workspace
     --> portcullis.yaml:6:11
      |
    6 |     seed: ../seed
      |           ^^^^^^^
      |
      = hint: everything a workspace uses lies below the directory of `portcullis.yaml`

    error[path-escapes]: `/etc/passwd`: the path is absolute
     --> portcullis.yaml:7:25
      |
    7 |     surfaces: { mapped: /etc/passwd }
      |                         ^^^^^^^^^^^
      |
      = hint: write a path relative to this file, inside the workspace

    error[path-escapes]: `../out.csv` leaves the workspace
     --> portcullis.yaml:8:50
      |
    8 |     organizations: { Globex: { members: { from: [../out.csv, link.csv] } } }
      |                                                  ^^^^^^^^^^
      |
      = hint: everything a workspace uses lies below the directory of `portcullis.yaml`

    error[path-escapes]: `link.csv` leads out of the workspace through a symbolic link
     --> portcullis.yaml:8:62
      |
    8 |     organizations: { Globex: { members: { from: [../out.csv, link.csv] } } }
      |                                                              ^^^^^^^^
      |
      = hint: copy the file into the workspace
    "#);
    assert!(loaded.workspace.is_none());
}

#[test]
fn tags_merge_keys_and_numbers_as_text() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: !!str "sandbox:"
    organizations:
      Globex: &globex { id: 12 }
      Initech: { <<: *globex }
      Hooli: { members: { keep: [*@hooli.example] } }
"#), @r#"
    error[yaml-tag]: YAML tags are not used here
     --> portcullis.yaml:4:10
      |
    4 |     url: !!str "sandbox:"
      |          ^
      |
      = hint: leave the tag out; quote the value where it should be text

    error[yaml-merge-key]: merge keys (`<<`) are not used here
     --> portcullis.yaml:7:18
      |
    7 |       Initech: { <<: *globex }
      |                  ^^
      |
      = hint: write the keys out; an alias (`*name`) may stand as a whole value

    error[yaml-syntax]: not valid YAML: while parsing node, found unknown anchor
     --> portcullis.yaml:8:34
      |
    8 |       Hooli: { members: { keep: [*@hooli.example] } }
      |                                  ^
      |
      = hint: quote values that begin with `*`, such as "*@acme.com"
    "#);
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: !!str "sandbox:"
    organizations:
      Globex: &globex { id: 12 }
      Initech: { <<: *globex }
"#), @r#"
    error[yaml-tag]: YAML tags are not used here
     --> portcullis.yaml:4:10
      |
    4 |     url: !!str "sandbox:"
      |          ^
      |
      = hint: leave the tag out; quote the value where it should be text

    error[wrong-type]: expected text, found the number `12`
     --> portcullis.yaml:6:29
      |
    6 |       Globex: &globex { id: 12 }
      |                             ^^
      |
      = hint: quote it: "12"

    error[yaml-merge-key]: merge keys (`<<`) are not used here
     --> portcullis.yaml:7:18
      |
    7 |       Initech: { <<: *globex }
      |                  ^^
      |
      = hint: write the keys out; an alias (`*name`) may stand as a whole value
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
fn contradictions_in_lists() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    people: { mal@b.example: { state: absent } }
    organizations:
      Globex:
        email_domains: []
        members:
          mode: exact
          list: [a@b.example, mal@b.example, { email: A@b.example, name: Ann }]
          absent: [a@b.example]
      Empty: { members: { mode: exact } }
    projects:
      IT: { organizations: { mode: exact, list: [] }, customers: { mode: exact, list: [], allow_empty: true } }
"#), @r#"
    error[empty-list]: an empty `email_domains` removes every domain
     --> portcullis.yaml:8:9
      |
    8 |         email_domains: []
      |         ^^^^^^^^^^^^^
      |
      = hint: write `allow_empty: true` beside it if that is meant

    warning[listed-and-absent]: `mal@b.example` is listed, but absent everywhere under `people`
      --> portcullis.yaml:11:31
       |
     5 |     people: { mal@b.example: { state: absent } }
       |               ------------- `people` beats every list
    ...
    11 |           list: [a@b.example, mal@b.example, { email: A@b.example, name: Ann }]
       |                               ^^^^^^^^^^^^^ has no effect
       |
       = hint: take the person out of the list

    error[conflicting-entries]: `a@b.example` stands twice in this list, with different details
      --> portcullis.yaml:11:46
       |
    11 |           list: [a@b.example, mal@b.example, { email: A@b.example, name: Ann }]
       |                  - first here                ^ again here
       |
       = hint: keep one; the other is at portcullis.yaml:11:18

    error[listed-and-absent]: `a@b.example` is listed and must be absent
      --> portcullis.yaml:12:20
       |
    11 |           list: [a@b.example, mal@b.example, { email: A@b.example, name: Ann }]
       |                  ----------- listed here
    12 |           absent: [a@b.example]
       |                    ^^^^^^^^^^^ absent here
       |
       = hint: take it out of one of them

    error[empty-list]: an empty list under `exact` removes everybody
      --> portcullis.yaml:13:16
       |
    13 |       Empty: { members: { mode: exact } }
       |                ^^^^^^^
       |
       = hint: name the people under `list`, or their file under `from`; `allow_empty: true` is for a list that nobody is to stay on

    error[empty-list]: an empty list under `exact` unlinks every organization
      --> portcullis.yaml:15:43
       |
    15 |       IT: { organizations: { mode: exact, list: [] }, customers: { mode: exact, list: [], allow_empty: true } }
       |                                           ^^^^
       |
       = hint: write `allow_empty: true` beside it if that is meant
    "#);
}

#[test]
fn terminal_escapes_in_files_are_shown_not_run() {
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n  acme: { url: \"sandbox:\", auth: \"\u{202e}cis\u{200b}salc\" }\n"), @r#"
    error[unknown-word]: `\u{202e}cis\u{200b}salc` is not one of the words allowed here
     --> portcullis.yaml:3:34
      |
    3 |   acme: { url: "sandbox:", auth: "\u{202e}cis\u{200b}salc" }
      |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: one of `classic`, `scoped`, `oauth`
    "#);
}

#[test]
fn json_has_terraforms_shape() {
    let files = Files::new(
        "=== portcullis.yaml\nversion: 1\nsites:\n  acme: { url: \"sandbox:\", auth: basic }\n",
    );
    let loaded = files.load();
    let json = portcullis::diagnostic::json::document(&loaded.diagnostics, &loaded.sources);
    assert_snapshot!(portcullis::diagnostic::json::to_text(&json), @r#"
    {
      "diagnostics": [
        {
          "code": "unknown-word",
          "detail": "one of `classic`, `scoped`, `oauth`",
          "range": {
            "end": {
              "byte": 56,
              "column": 39,
              "line": 3
            },
            "filename": "portcullis.yaml",
            "start": {
              "byte": 51,
              "column": 34,
              "line": 3
            }
          },
          "severity": "error",
          "snippet": {
            "code": "  acme: { url: \"sandbox:\", auth: basic }",
            "context": null,
            "highlight_end_offset": 38,
            "highlight_start_offset": 33,
            "start_line": 3,
            "values": []
          },
          "summary": "`basic` is not one of the words allowed here"
        }
      ],
      "error_count": 1,
      "format_version": "1.0",
      "valid": false,
      "warning_count": 0
    }
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

#[test]
fn one_syntax_error_is_one_problem_and_the_other_files_are_still_checked() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites: { acme: { projects: { IT: { organizations: { list: [Globex] } } } } }
=== organizations/globex.yaml
version: 1
sites:
  acme:
    organizations:
      Globex: { members: { list: [a@b.example }
=== sites/list.yaml
- acme
=== sites/url.yaml
version: 1
sites: { acme: { url: "http://acme.atlassian.net/jira", api_url: "https://jo:secret@x.example" } }
"#), @r#"
    error[yaml-syntax]: not valid YAML: mismatched bracket '[' closed by '}'
     --> organizations/globex.yaml:5:34
      |
    5 |       Globex: { members: { list: [a@b.example }
      |                                  ^

    error[wrong-type]: expected a mapping, found a list
     --> sites/list.yaml:1:1
      |
    1 | - acme
      | ^

    error[invalid-url]: `http://acme.atlassian.net/jira` cannot be used: it is not `https`
     --> sites/url.yaml:2:23
      |
    2 | sites: { acme: { url: "http://acme.atlassian.net/jira", api_url: "https://jo:secret@x.example" } }
      |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: such as `https://acme.atlassian.net`

    error[invalid-url]: `https://…@x.example` cannot be used: it holds a user name or password; tokens come from the environment
     --> sites/url.yaml:2:66
      |
    2 | sites: { acme: { url: "http://acme.atlassian.net/jira", api_url: "https://jo:secret@x.example" } }
      |                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = hint: such as `https://acme.atlassian.net`
    "#);
}

#[test]
fn a_slip_in_the_header_of_a_roster_is_refused_and_other_columns_are_not() {
    let header = |header: &str| {
        let fields = header.matches(',').count();
        let files = Files::new(&format!(
            "=== portcullis.yaml\nversion: 1\nsites: {{ acme: {{ url: \"sandbox:\", organizations: {{ Globex: {{ members: {{ from: [a.csv] }} }} }} }} }}\n=== a.csv\n{header}\na@globex.example{}\n",
            ",".repeat(fields)
        ));
        files.load().diagnostics
    };
    for (slip, meant, column) in [
        ("email,name,untill", "until", 12),
        ("email,name,Unti", "until", 12),
        ("email,valid until", "until", 7),
        ("email,until_date", "until", 7),
        ("email,acount", "account", 7),
        ("email,account-id", "account_id", 7),
        ("account_id,E-Mail", "email", 12),
        ("account_id,mail", "email", 12),
    ] {
        let found = header(slip);
        let d = found.iter().find(|d| d.code == "roster-format");
        let d = d.unwrap_or_else(|| panic!("{slip}: {found:?}"));
        let hint = d.hint.as_deref().unwrap();
        assert!(
            hint.starts_with(&format!("did you mean `{meant}`?")),
            "{slip}: {hint}"
        );
        let span = d.span().unwrap();
        assert_eq!((span.line, span.column), (1, column), "{slip}");
    }
    for (other, severity) in [
        (
            "email,name,amount,count,country,unit,date",
            Some(Severity::Note),
        ),
        ("email,name,Company Name,role", Some(Severity::Warning)),
        ("email,until,valid until", Some(Severity::Warning)),
        ("email,until,mail", Some(Severity::Note)),
        ("Email,NAME,Until,account,Account_ID", None),
    ] {
        let found = header(other);
        let worst = found.iter().map(|d| d.severity).min();
        assert_eq!(worst, severity, "{other}: {found:?}");
        assert!(found.iter().all(|d| d.code == "unused-column"), "{other}");
    }
}

#[test]
fn groups_as_customers_have_a_name_each_and_one_id() {
    let found = Files::new(
        "=== portcullis.yaml
version: 1
sites:
  acme:
    url: \"sandbox:\"
    projects:
      A: { customer_groups: { mode: exact, list: [] } }
      B: { customer_groups: { list: [{ id: g-1 }, 7, { name: staff, idd: x }] } }
      C: { customer_groups: { list: [staff, { name: staff, id: g-1 }, { name: staff, id: g-2 }] } }
      D: { customer_groups: [staff] }
",
    )
    .load()
    .diagnostics;
    let told: Vec<(&str, u32, u16)> = found
        .iter()
        .map(|d| {
            let span = d.span().unwrap();
            (d.code, span.line, span.column)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("empty-list", 6, 44),
            ("missing-key", 7, 38),
            ("wrong-type", 7, 51),
            ("unknown-key", 7, 69),
            ("conflicting-entries", 8, 71),
            ("wrong-type", 9, 29),
        ],
        "{found:?}"
    );
    let twice = &found[4];
    assert!(twice.message.contains("two ids") && twice.hint.as_deref().unwrap().contains(":8:"));
}

#[test]
fn what_ends_says_when_and_what_becomes_of_it() {
    let found = Files::new(
        "=== portcullis.yaml
version: 1
sites:
  acme:
    url: \"sandbox:\"
    people:
      mal@x.example: { state: gone }
    organizations:
      A: { until: 31.12.2027 }
      B: { empty: true }
      C: { state: retired, empty: true, members: { list: [ana@x.example] } }
      D: { until: 2020-01-31, members: { list: [ana@x.example] } }
    projects:
      P: { organizations: { list: [A, { name: A, until: 2027-01-31 }, { until: 2027-01-31 }, { name: B, until: soon }, { name: E, until: 2020-01-31 }, D] } }
",
    )
    .load()
    .diagnostics;
    let told: Vec<(&str, u32)> = found
        .iter()
        .map(|d| (d.code, d.span().unwrap().line))
        .collect();
    assert_eq!(
        told,
        [
            ("unknown-word", 6),
            ("invalid-date", 8),
            ("conflicting-keys", 9),
            ("conflicting-keys", 10),
            ("conflicting-entries", 13),
            ("missing-key", 13),
            ("invalid-date", 13),
            ("not-declared", 13),
        ],
        "{found:?}"
    );
}

#[test]
fn a_role_is_no_state_and_takes_apps_away_by_name() {
    let found = Files::new(
        "=== portcullis.yaml
version: 1
sites:
  acme:
    url: \"sandbox:\"
    people:
      a@x.example: { role: customer, state: absent }
      b@x.example: { take_away: [jira] }
      c@x.example: { role: agent }
      d@x.example: { role: customer, take_away: [Jira Software, jira, jira] }
",
    )
    .load()
    .diagnostics;
    let told: Vec<(&str, u32)> = found
        .iter()
        .map(|d| (d.code, d.span().unwrap().line))
        .collect();
    assert_eq!(
        told,
        [
            ("conflicting-keys", 6),
            ("missing-key", 7),
            ("unknown-word", 8),
            ("unknown-word", 9),
        ],
        "{found:?}"
    );
}
