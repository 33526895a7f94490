//! Lists of people that cannot be meant, in YAML and in roster files.

use crate::support::{Files, refused};
use insta::assert_snapshot;
use portcullis::diagnostic::Severity;

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
        let hint = d.hint.as_ref().unwrap().to_string();
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
    let hint = twice.hint.as_ref().unwrap().to_string();
    assert!(twice.message.to_string().contains("two ids") && hint.contains(":8:"));
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
      e@x.example: { role: customer, take_away: [jria, other-app, jira-core] }
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
            ("unknown-word", 10),
        ],
        "{found:?}"
    );
}
