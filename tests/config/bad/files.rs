//! Files that are no good YAML, or not where they may be: what is said, with its place.

use crate::support::{Files, refused, rendered};
use insta::assert_snapshot;

#[test]
fn a_directory_without_a_root_file() {
    let files = Files::new("=== other.yaml\nversion: 1\n");
    let text = rendered(&files.load()).replace(files.path().as_str(), "DIR");
    assert_snapshot!(text, @r#"
    error[no-workspace]: there is no `portcullis.yaml` in `DIR`
     |
     = hint: `portcullis init DIR` writes a starter workspace, `portcullis init DIR --from https://YOURS.atlassian.net` one that begins with a live site
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
    assert_snapshot!(refused("=== portcullis.yaml\nversion: 1\nsites:\n\tacme:\n\t\turl: \"sandbox:\"\n"), @r##"
    error[yaml-syntax]: not valid YAML: this line is indented with a tab
     --> portcullis.yaml:3:1
      |
    3 |  acme:
      | ^
      |
      = hint: YAML is indented with spaces; replace the tab
    "##);
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
    let options = portcullis::config::LoadOptions::new(crate::support::today());
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

/// The mistakes that beginners make most: each says what happened, on which line, and what to do.
#[test]
fn what_is_wrongly_indented_or_left_open_is_said_with_its_lines() {
    let cases = [
        "projects:\n  HR:\n    channel_access: open # for now\n      customers: []\n",
        "projects:\n  HR:\n    channel_access: open\n      customers: []\n",
        "projects:\n  HR:\n      channel_access: open # for now\n    customers: []\n",
        "projects:\n  HR:\n    name: x\n   customers: []\n",
        "members:\n  - ana@globex.example\n - bo@globex.example\n",
        "members:\n  - ana@globex.example # she\n   - bo@globex.example\n",
        "members:\n  list: x\n  - bo@globex.example\n",
        "members:\n  - email: ana@globex.example\n    until: x\n  note: y\n",
        "sites:\n  url: x\n\tseed: y\n",
        "sites:\n  url:x\n  seed: y\n",
        "sites:\n  seed: y\n  url:x\n",
        "sites\n  url: x\n",
        "sites:\n  seed: y\n  url\n",
        "members:\n  - ana@globex.example\n  -bo@globex.example\n  - cy@globex.example\n",
        "sites:\n  name: \"x\n  seed: y\n",
        "sites:\n  name: 'x\n  seed: y\n",
        "sites:\n  acme: { name: x\n  seed: y\n",
        "sites:\n  acme: [x, y\n  seed: y\n",
        "sites:\n  acme: { name: x }}\n",
        "sites:\n  acme: { name: x seed: y }\n",
        "sites:\n  name: x: y\n",
        "sites:\n  name: \"x\" y\n",
        "sites:\n  name: @x\n",
    ];
    let told = cases.map(|text| {
        let said = refused(&format!("=== portcullis.yaml\n{text}"));
        let kept = said
            .lines()
            .filter(|line| !line.trim_start().is_empty() && !line.trim().ends_with('|'));
        kept.collect::<Vec<_>>().join("\n")
    });
    assert_snapshot!(told.join("\n\n"), @r##"
    error[yaml-syntax]: not valid YAML: this line is indented deeper than line 3, so it is read as part of the value there
     --> portcullis.yaml:4:7
    4 |       customers: []
      |       ^
      = hint: check the indentation of lines 3 and 4

    error[yaml-syntax]: not valid YAML: this line is indented deeper than line 3, so it is read as part of the value there
     --> portcullis.yaml:4:7
    4 |       customers: []
      |       ^
      = hint: check the indentation of lines 3 and 4

    error[yaml-syntax]: not valid YAML: this line is indented by 4 spaces, unlike each line above that it could stand beside
     --> portcullis.yaml:4:5
    4 |     customers: []
      |     ^
      = hint: check the indentation of lines 3 and 4

    error[yaml-syntax]: not valid YAML: this line is indented by 3 spaces, unlike each line above that it could stand beside
     --> portcullis.yaml:4:4
    4 |    customers: []
      |    ^
      = hint: check the indentation of lines 3 and 4

    error[yaml-syntax]: not valid YAML: this line is indented by 1 space, unlike each line above that it could stand beside
     --> portcullis.yaml:3:2
    3 |  - bo@globex.example
      |  ^
      = hint: check the indentation of lines 2 and 3

    error[yaml-syntax]: not valid YAML: this line is indented deeper than line 2, so it is read as part of the value there
     --> portcullis.yaml:3:4
    3 |    - bo@globex.example
      |    ^
      = hint: check the indentation of lines 2 and 3

    error[yaml-syntax]: not valid YAML: an item of a list stands among keys
     --> portcullis.yaml:3:3
    3 |   - bo@globex.example
      |   ^
      = hint: a list stands under a key of its own, such as `list:`, and not among keys: check the indentation

    error[yaml-syntax]: not valid YAML: this line stands among the items of a list, and is none
     --> portcullis.yaml:4:3
    4 |   note: y
      |   ^
      = hint: begin it with `- `, or check its indentation

    error[yaml-syntax]: not valid YAML: this line is indented with a tab
     --> portcullis.yaml:3:1
    3 |  seed: y
      | ^
      = hint: YAML is indented with spaces; replace the tab

    error[yaml-syntax]: not valid YAML: a key has no space behind its `:`
     --> portcullis.yaml:2:6
    2 |   url:x
      |      ^
      = hint: write `: ` between the key and the value

    error[yaml-syntax]: not valid YAML: a key has no space behind its `:`
     --> portcullis.yaml:3:6
    3 |   url:x
      |      ^
      = hint: write `: ` between the key and the value

    error[yaml-syntax]: not valid YAML: this line is no key: it has no `:`
     --> portcullis.yaml:1:1
    1 | sites
      | ^
      = hint: write `:` behind the key, or indent the line as part of the value before it

    error[yaml-syntax]: not valid YAML: this line is no key: it has no `:`
     --> portcullis.yaml:3:3
    3 |   url
      |   ^
      = hint: write `:` behind the key, or indent the line as part of the value before it

    error[yaml-syntax]: not valid YAML: an item of a list has no space behind `-`
     --> portcullis.yaml:3:3
    3 |   -bo@globex.example
      |   ^
      = hint: write `- `, then the item

    error[yaml-syntax]: not valid YAML: this quote is not closed on its line
     --> portcullis.yaml:2:9
    2 |   name: "x
      |         ^
      = hint: close it at the end of the value

    error[yaml-syntax]: not valid YAML: this quote is not closed on its line
     --> portcullis.yaml:2:9
    2 |   name: 'x
      |         ^
      = hint: close it at the end of the value

    error[yaml-syntax]: not valid YAML: this bracket is not closed on its line
     --> portcullis.yaml:2:9
    2 |   acme: { name: x
      |         ^
      = hint: write `}` at the end, or a comma behind each entry if it goes on

    error[yaml-syntax]: not valid YAML: this bracket is not closed on its line
     --> portcullis.yaml:2:9
    2 |   acme: [x, y
      |         ^
      = hint: write `]` at the end, or a comma behind each entry if it goes on

    error[yaml-syntax]: not valid YAML: this bracket closes nothing
     --> portcullis.yaml:2:20
    2 |   acme: { name: x }}
      |                    ^
      = hint: delete it, or write the bracket that it should close

    error[yaml-syntax]: not valid YAML: a comma is missing between two entries
     --> portcullis.yaml:2:23
    2 |   acme: { name: x seed: y }
      |                       ^
      = hint: write `, ` between them, and put a value that holds `: ` or a bracket into quotes

    error[yaml-syntax]: not valid YAML: a value that is not quoted holds `: `
     --> portcullis.yaml:2:10
    2 |   name: x: y
      |          ^
      = hint: put the value into quotes

    error[yaml-syntax]: not valid YAML: invalid trailing content after double-quoted scalar
     --> portcullis.yaml:2:13
    2 |   name: "x" y
      |             ^
      = hint: quote the whole value; in '…' a quote is written twice, in "…" as \"

    error[yaml-syntax]: not valid YAML: unexpected character: '@'
     --> portcullis.yaml:2:9
    2 |   name: @x
      |         ^
      = hint: quote values that begin with a special character
    "##);
}

#[test]
fn a_misspelt_site_is_one_error_that_names_the_site_that_was_meant() {
    assert_snapshot!(refused(r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    projects: { HR: { organizations: { list: [Globex] } } }
=== organizations/globex.yaml
version: 1
sites:
  acm:
    organizations: { Globex: {} }
"#), @r##"
    error[missing-key]: site `acm` has no `url`
     --> organizations/globex.yaml:3:3
      |
    3 |   acm:
      |   ^^^
      |
      = hint: did you mean `acme`? Otherwise `url: https://NAME.atlassian.net`, or `url: "sandbox:"` for the embedded sandbox
    "##);
}

/// Who names something else than the directory of a workspace is told what they probably mean.
#[test]
fn what_is_no_directory_of_a_workspace_has_a_hint_of_its_own() {
    let files = Files::new(
        "=== access/portcullis.yaml\nversion: 1\n=== access/sites/acme.yaml\nversion: 1\n",
    );
    let told = |name: &str| {
        let directory = match name.contains("://") {
            true => camino::Utf8PathBuf::from(name),
            false => files.path().join(name),
        };
        let loaded = portcullis::config::load(
            &directory,
            portcullis::config::LoadOptions::new(jiff::civil::date(2026, 7, 1)),
        );
        rendered(&loaded).replace(files.path().as_str(), "DIR")
    };
    let told = [
        "https://acme.atlassian.net",
        "acces",
        "nothing",
        "access/sites",
    ]
    .map(told);
    assert_snapshot!(told.join("\n"), @r##"
    error[no-workspace]: `https://acme.atlassian.net` is an address, and DIR is the directory of a workspace
     |
     = hint: `portcullis review --url https://acme.atlassian.net` looks at a site, `portcullis init access --from https://acme.atlassian.net` begins a workspace with one
    error[no-workspace]: there is no directory `DIR/acces`
     |
     = hint: did you mean `DIR/access`?
    error[no-workspace]: there is no directory `DIR/nothing`
     |
     = hint: `portcullis init DIR/nothing` writes a starter workspace, `portcullis init DIR/nothing --from https://YOURS.atlassian.net` one that begins with a live site
    error[no-workspace]: there is no `portcullis.yaml` in `DIR/access/sites`
     |
     = hint: there is one in `DIR/access`: name that directory
    "##);
}
