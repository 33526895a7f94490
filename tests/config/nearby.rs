//! Files that nearly belong to a workspace, names that are nearly declared, and what a run has read.

use crate::support::{Files, brief, today};
use portcullis::config::{LoadOptions, load};
use portcullis::diagnostic::Severity;

const ROOT: &str = r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations: { Globex: {} }
"#;

#[test]
fn a_file_that_nobody_reads_is_named_with_the_reason() {
    let rule = "version: 1\npolicy: { protect: [\"acme/**\"] }\n";
    for (path, reason, hint) in [
        (
            "policies/a.yaml",
            "does not name the folder `policies`",
            "`policy/`",
        ),
        (
            "expectation/a.yml",
            "does not name the folder `expectation`",
            "`expectations/`",
        ),
        (
            "organisations/x/a.yaml",
            "the folder `organisations`",
            "`organizations/`",
        ),
        ("Policy/a.yaml", "letter case counts", "`policy/`"),
        ("policy/a.YAML", "files end in `.yaml`", "`a.yaml`"),
        ("policy/a.yml.txt", "files end in `.yaml`", "`a.yml`"),
        (
            "a.yaml",
            "no pattern of `include` names it",
            "move it to `policy/`",
        ),
        (
            "rules/a.yaml",
            "no pattern of `include` names it",
            "add `rules/**`",
        ),
        (
            "drivers/a.yaml",
            "no site names it",
            "`surfaces: { mapped: FILE }`",
        ),
        (
            "portcullis.yml",
            "the root file is `portcullis.yaml`",
            "delete it",
        ),
    ] {
        let files = Files::new(ROOT);
        let described = "version: 1\nendpoints: { a: { path: /a } }\n";
        files.write(
            path,
            if path.starts_with("drivers") {
                described
            } else {
                rule
            },
        );
        let loaded = files.load();
        assert!(loaded.workspace.is_some(), "{path}: {}", brief(&loaded));
        let [found] = loaded.diagnostics.as_slice() else {
            panic!("{path}: {}", brief(&loaded));
        };
        assert_eq!(found.code, "unread-file", "{path}");
        assert_eq!(found.severity, Severity::Warning, "{path}");
        assert!(
            found.message.to_string().contains(&format!("`{path}`")),
            "{}",
            found.message
        );
        assert!(
            found.message.to_string().contains(reason),
            "{path}: {}",
            found.message
        );
        let said = found.hint.as_ref().unwrap().to_string();
        assert!(said.contains(hint), "{path}: {said}");
    }
}

#[test]
fn what_is_left_out_on_purpose_or_has_another_format_is_not_told() {
    let files = Files::new(ROOT);
    let ours = "version: 1\nsites: {}\n";
    for (path, text) in [
        (".drafts/a.yaml", ours),
        ("policy/.a.yaml", ours),
        ("other/portcullis.yaml", ours),
        ("other/sites/a.yaml", ours),
        ("compose.yaml", "version: \"3.9\"\nservices: {}\n"),
        (
            "chart/values.yaml",
            "# policy: x\nimage: { policy: always }\n",
        ),
        ("notes.txt", ours),
        ("policies/old.yaml.bak", ours),
    ] {
        files.write(path, text);
    }
    assert_eq!(brief(&files.load()), "");
}

#[test]
fn what_the_workspace_names_as_something_else_is_not_told() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    seed: before
    organizations: { Globex: { members: { from: [lists/globex.yaml] } } }
=== before/portcullis.yaml
version: 1
=== before/sites/acme.yaml
version: 1
sites: { acme: {} }
=== lists/globex.yaml
- ana@globex.example
"#,
    );
    assert_eq!(brief(&files.load()), "");
}

#[test]
fn many_files_of_one_folder_are_one_message() {
    let files = Files::new(ROOT);
    for number in 0..12 {
        files.write(
            &format!("policies/{number:02}.yaml"),
            "version: 1\npolicy: {}\n",
        );
    }
    let loaded = files.load();
    assert_eq!(loaded.diagnostics.len(), 1, "{}", brief(&loaded));
    let message = &loaded.diagnostics[0].message;
    assert!(
        message
            .to_string()
            .contains("`policies/07.yaml` and 4 more"),
        "{message}"
    );
}

#[test]
fn a_path_that_leads_nowhere_is_answered_with_what_is_nearly_there() {
    for (written, there, said) in [
        ("rosters/globex.csv", "rosters/Globex.csv", "letter case"),
        ("rosters/globex.csv", "Rosters/globex.csv", "letter case"),
        (
            "rosters/M\u{fc}ller.csv",
            "rosters/Mu\u{308}ller.csv",
            "Unicode form",
        ),
        ("rosters/globex.csv", "rosters/globx.csv", "did you mean"),
        ("rosters/globex.csv", "roster/globex.csv", "did you mean"),
        (
            "rosters/globex.csv",
            "rosters/globex.csv.txt",
            "did you mean",
        ),
    ] {
        let files = Files::new(&format!(
            "=== portcullis.yaml\nversion: 1\nsites:\n  acme:\n    url: \"sandbox:\"\n    organizations: {{ Globex: {{ members: {{ from: [{written}] }} }} }}\n"
        ));
        files.write(there, "email\nana@globex.example\n");
        let loaded = files.load();
        let missing: Vec<_> = loaded
            .diagnostics
            .iter()
            .filter(|d| d.code == "missing-file")
            .collect();
        let [missing] = missing.as_slice() else {
            panic!("{there}: {}", brief(&loaded));
        };
        let hint = missing.hint.as_ref().unwrap().to_string();
        assert!(
            hint.contains(said) && hint.contains(&format!("`{there}`")),
            "{there}: {hint}"
        );
    }
}

#[test]
fn a_pattern_that_matches_nothing_is_answered_with_the_folder_that_is_there() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
include: ["sites/**", "organisations/**"]
=== sites/acme.yaml
version: 1
sites: { acme: { url: "sandbox:" } }
=== organizations/globex.yaml
version: 1
sites: { acme: { organizations: { Globex: {} } } }
"#,
    );
    let loaded = files.load();
    let told = brief(&loaded);
    assert!(
        told.contains("`organisations/**` matches no file\n  hint: did you mean `organizations`?"),
        "{told}"
    );
    assert!(
        told.contains("unread-file: `organizations/globex.yaml`"),
        "{told}"
    );
}

#[test]
fn what_was_read_is_counted_also_where_it_is_not_valid() {
    let files = Files::new(
        r#"
=== portcullis.yaml
version: 1
sites:
  acme:
    url: "sandbox:"
    organizations:
      Globex: { members: { from: [globex.csv], list: [ana@globex.example, cy@globex.example] } }
      Initech: { members: { list: [ana@globex.example] } }
    projects: { ITSM: { customers: { list: [di@acme.example], absent: [ed@acme.example] } } }
    people: { mal@globex.example: { state: absent, reason: left, owner: it@acme.example }, dev@x.example: { role: customer } }
=== policy/a.yaml
version: 1
policy: { max_removals: { count: 3 }, max_new_accounts: 5, class_gains: { anyone: block }, protect: ["acme/organization/Globex"] }
=== expectations/a.yaml
version: 1
expectations: [{ name: A, who: anonymous, cannot: view_portal, site: acme, projects: [ITSM] }]
=== globex.csv
email
ana@globex.example
bo@globex.example
"#,
    );
    let read = "4 files, 1 site, 2 organizations, 1 project, 7 people, 1 expectation, 3 limits, 1 protection, 0 attestations";
    let loaded = files.load();
    assert!(loaded.workspace.is_some(), "{}", brief(&loaded));
    assert_eq!(loaded.inventory().to_string(), read);
    files.write(
        "attestations/a.yaml",
        "version: 1\nattestations: [{ on: never }]\n",
    );
    let broken = load(files.path(), LoadOptions::new(today()));
    assert!(broken.workspace.is_none());
    assert_eq!(
        broken.inventory().to_string(),
        read.replace("4 files", "5 files")
    );
}
