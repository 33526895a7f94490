//! The examples, run as their READMEs say: validate, plan, apply, plan again, each in a directory of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "examples/maps.rs"]
mod maps;

use camino::{Utf8Path, Utf8PathBuf};
use std::process::{Command, Output};

/// The day on which the examples are judged.
const TODAY: &str = "2026-11-22";

/// The line of the quickstart that the README asks to take out.
const SAMIR: &str =
    "            - { email: samir@initech.example, name: Samir, until: 2027-06-30 }\n";

/// A copy of an example, in a directory that is deleted at the end.
struct Example {
    directory: tempfile::TempDir,
}

/// What a command said.
struct Said {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Example {
    /// Copies an example, without any state that an earlier run left in the tree.
    fn new(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let from = root().join("examples").join(name);
        copy(&from, Utf8Path::from_path(directory.path()).unwrap());
        Self { directory }
    }

    /// Runs a command on the copy.
    fn run(&self, command: &str, options: &[&str]) -> Said {
        let output = portcullis()
            .arg(command)
            .current_dir(self.directory.path())
            .args(options)
            .output()
            .unwrap();
        said(output)
    }

    /// Returns the plan's text, which must come with this exit code.
    fn plan(&self, code: i32) -> String {
        let said = self.run("plan", &["--detailed-exitcode"]);
        assert_eq!(said.code, code, "{}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// Validates, and applies; `code` is what apply must end with.
    fn apply(&self, code: i32) -> String {
        let said = self.run("apply", &["--auto-approve"]);
        assert_eq!(said.code, code, "{}{}", said.stdout, said.stderr);
        said.stdout
    }

    /// Replaces a text in a file of the copy.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.directory.path().join(file);
        let text = fs_err::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        fs_err::write(path, text.replace(from, to)).unwrap();
    }

    /// The workspace must be valid.
    fn validate(&self) {
        let said = self.run("validate", &[]);
        assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    }
}

/// The package's directory.
fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command, without the environment of whoever runs the tests.
fn portcullis() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.env_clear().env("PORTCULLIS_TODAY", TODAY);
    // Windows finds its sockets and temporary directories through these.
    for kept in ["SystemRoot", "TEMP", "TMP", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".portcullis" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}

/// Compares with a file beside this one, under `tests/examples/`. Digests are left out: they hold account ids, which the
/// sandbox gives out in the order in which requests under way at once happen to arrive.
fn snapshot(name: &str, text: &str) {
    let filters = [
        (r"\b[0-9a-f]{64}\b", "[digest]"),
        (r"(digest: +)[0-9a-f]{12}\b", "$1[digest]"),
    ];
    insta::with_settings!({ filters => filters, snapshot_path => "examples", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn every_example_is_run_here_and_has_a_readme() {
    let mut found: Vec<String> = root()
        .join("examples")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_owned())
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "README.md",
            "by-hand",
            "closed",
            "external-only",
            "gitops",
            "internal-only",
            "large",
            "offboarding",
            "one-csv",
            "quickstart"
        ]
    );
    // The pipelines under `gitops` are no workspace; `tests/pipelines.rs` runs them.
    let workspaces = found
        .iter()
        .filter(|name| !["README.md", "gitops"].contains(&name.as_str()));
    for example in workspaces {
        let directory = root().join("examples").join(example);
        for file in ["README.md", "portcullis.yaml", "seed/portcullis.yaml"] {
            assert!(directory.join(file).is_file(), "{example} has no {file}");
        }
    }
}

#[test]
fn quickstart_is_carried_out_and_then_there_is_nothing_to_do() {
    let example = Example::new("quickstart");
    example.validate();
    snapshot("quickstart", &example.plan(2));
    let applied = example.apply(0);
    assert!(applied.contains("done"), "{applied}");
    assert_eq!(example.plan(0), "acme: nothing to change\n");
}

#[test]
fn quickstart_a_changed_line_is_the_only_change_and_is_named() {
    let example = Example::new("quickstart");
    example.apply(0);
    example.edit("organizations/initech.yaml", SAMIR, "");
    snapshot("quickstart-changed", &example.plan(2));
}

#[test]
fn quickstart_a_harmless_toggle_is_blocked_as_its_readme_shows() {
    let example = Example::new("quickstart");
    example.apply(0);
    example.edit(
        "sites/acme.yaml",
        "customers_can_create_accounts: false",
        "customers_can_create_accounts: true",
    );
    example.edit(
        "sites/acme.yaml",
        "allowed_domains: [globex.example, initech.example]",
        "allowed_domains: any",
    );
    let plan = example.plan(5);
    let said = plan.split("\n\n").next().unwrap();
    let readme = fs_err::read_to_string(root().join("examples/quickstart/README.md")).unwrap();
    assert!(readme.contains(&format!("```text\n{said}\n```")), "{plan}");
}

#[test]
fn internal_only_leaves_one_invitation_to_a_person() {
    let example = Example::new("internal-only");
    example.validate();
    snapshot("internal-only", &example.plan(2));
    example.apply(9);
    snapshot("internal-only-after", &example.plan(2));
}

#[test]
fn external_only_is_carried_out() {
    let example = Example::new("external-only");
    example.validate();
    snapshot("external-only", &example.plan(2));
    example.apply(0);
    let after = example.plan(0);
    assert!(after.starts_with("acme: nothing to change\n"), "{after}");
    assert!(
        after.contains("organization `Initech`: 1 unlisted member stays"),
        "{after}"
    );
}

#[test]
fn closed_is_carried_out_and_says_what_ends_soon() {
    let example = Example::new("closed");
    example.validate();
    snapshot("closed", &example.plan(2));
    example.apply(0);
    snapshot("closed-after", &example.plan(0));
}

#[test]
fn closed_keeps_the_organization_that_is_protected() {
    let example = Example::new("closed");
    example.apply(0);
    example.edit(
        "projects/archive.yaml",
        "list: [Globex]",
        "list: [], allow_empty: true",
    );
    snapshot("closed-protected", &example.plan(5));
    // The expectation about Globex holds, since the row that would break it is blocked.
    example.apply(5);
}

#[test]
fn by_hand_does_what_is_documented_and_lists_the_rest_as_steps() {
    let example = Example::new("by-hand");
    example.validate();
    snapshot("by-hand", &example.plan(2));
    example.apply(9);
    snapshot("by-hand-after", &example.plan(2));
    let allowed = example.run("apply", &["--auto-approve", "--allow-manual"]);
    assert_eq!(allowed.code, 0, "{}", allowed.stderr);
}

#[test]
fn by_hand_an_attestation_settles_a_field() {
    let example = Example::new("by-hand");
    let before = example.plan(2);
    let step = "whether projects may show articles to all logged-in users";
    assert!(before.contains(step));
    example.edit(
        "attestations/2026-11.yaml",
        "attestations:\n",
        "attestations:\n  - { address: acme/setting/knowledge-base-all-logged-in, value: true, by: jo@acme.example, on: 2026-11-20 }\n",
    );
    let after = example.plan(2);
    assert!(!after.contains(step));
}

#[test]
fn large_is_carried_out_on_both_sites() {
    let example = Example::new("large");
    example.validate();
    snapshot("large", &example.plan(2));
    example.apply(0);
    snapshot("large-after", &example.plan(0));
}

#[test]
fn large_a_file_may_declare_only_what_its_scope_grants() {
    let example = Example::new("large");
    example.edit(
        "organizations/apac/zorin/organization.yaml",
        "APAC Zorin:",
        "EMEA Globex:",
    );
    let said = example.run("validate", &[]);
    assert_eq!(said.code, 3);
    assert!(said.stdout.contains("outside-scope"), "{}", said.stdout);
}

#[test]
fn offboarding_ends_what_ended_and_leaves_a_group_to_a_person() {
    let example = Example::new("offboarding");
    example.validate();
    snapshot("offboarding", &example.plan(2));
    example.apply(9);
    snapshot("offboarding-after", &example.plan(2));
    let later = example.run("plan", &["--today", "2026-12-11"]);
    assert!(later.stdout.contains("project ITSM"), "{}", later.stdout);
    assert!(
        later.stdout.contains("organization `Globex`"),
        "{}",
        later.stdout
    );
}

#[test]
fn one_csv_fills_forty_lists_and_leavers_go() {
    let example = Example::new("one-csv");
    example.validate();
    snapshot("one-csv", &example.plan(2));
    example.apply(0);
    snapshot("one-csv-after", &example.plan(0));
}

#[test]
fn one_csv_a_broken_export_does_nothing() {
    let example = Example::new("one-csv");
    example.apply(0);
    let path = example.directory.path().join("rosters/customers.csv");
    let whole = fs_err::read_to_string(&path).unwrap();
    let rows = |count: usize| -> String {
        let lines: Vec<&str> = whole.lines().take(count + 1).collect();
        lines.join("\n") + "\n"
    };
    fs_err::write(&path, rows(620)).unwrap();
    let said = example.run("validate", &[]);
    assert_eq!(said.code, 3, "{}", said.stdout);
    assert!(
        said.stdout.contains("has 620 rows, and `min_rows` is 900"),
        "{}",
        said.stdout
    );
    // Without that line the limits hold it.
    example.edit("sites/acme.yaml", "min_rows: 900", "min_rows: 1");
    let plan = example.plan(5);
    assert!(
        plan.contains("`rosters/customers.csv` would lose"),
        "{plan}"
    );
    let said = example.run("apply", &["--auto-approve"]);
    assert_eq!(said.code, 5, "{}", said.stdout);
}

#[test]
fn one_csv_a_new_customer_is_one_line_to_paste() {
    let example = Example::new("one-csv");
    let path = example.directory.path().join("rosters/customers.csv");
    let more = "kim.new@acorn.example,Kim New,Active,Acorn Freight,,\n";
    let table = fs_err::read_to_string(&path).unwrap() + more;
    fs_err::write(&path, table).unwrap();
    let said = example.run("validate", &[]);
    assert_eq!(said.code, 3, "{}", said.stdout);
    let block = r#"`organizations: { "Acorn Freight": { members: {} } }`"#;
    assert!(said.stdout.contains(block), "{}", said.stdout);
}

#[test]
fn planning_imports_neither_the_client_nor_http_nor_the_runtime() {
    let mut files: Vec<Utf8PathBuf> = Vec::new();
    for module in ["plan", "policy", "desired", "model"] {
        files.push(root().join("src").join(format!("{module}.rs")));
        collect(&root().join("src").join(module), &mut files);
    }
    assert!(files.len() > 15, "the modules have moved: {files:?}");
    for file in files {
        let text = fs_err::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.trim().starts_with("//")) {
            for forbidden in ["jsm::", "reqwest", "tokio", "axum"] {
                assert!(!line.contains(forbidden), "{file}: {line}");
            }
        }
    }
}

/// Collects the Rust files below a directory, which need not exist.
fn collect(directory: &Utf8Path, files: &mut Vec<Utf8PathBuf>) {
    let Ok(entries) = directory.read_dir_utf8() else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension() == Some("rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_documents_name_every_code_and_every_key() {
    let diagnostics = fs_err::read_to_string(root().join("docs/diagnostics.md")).unwrap();
    for (code, sentence) in portcullis::config::codes::ALL {
        let row = format!("| `{code}` | {} |", sentence.trim());
        assert!(
            diagnostics.contains(&row),
            "not in docs/diagnostics.md: {row}"
        );
    }
    let configuration = fs_err::read_to_string(root().join("docs/configuration.md")).unwrap();
    let schema = fs_err::read_to_string(root().join("schemas/portcullis.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    for (block, definition) in schema["definitions"].as_object().unwrap() {
        let Some(keys) = definition["properties"].as_object() else {
            continue;
        };
        for key in keys.keys() {
            let named = ["`", "."]
                .iter()
                .any(|before| configuration.contains(&format!("{before}{key}`")));
            assert!(named, "not in docs/configuration.md: `{key}` of {block}");
        }
    }
}

/// Words that are spelled like codes and are parts of addresses, of places in Atlassian's pages, or of prose.
const NO_CODES: &[&str] = &[
    "account-creation",
    "all-logged-in",
    "allowed-domain",
    "allowed-domains",
    "any-domain",
    "app-access",
    "approved-domain",
    "approved-domains",
    "channel-access",
    "customer-access",
    "customer-sharing",
    "customers-can-create-accounts",
    "email-domain",
    "email-requests",
    "knowledge-base",
    "knowledge-base-all-logged-in",
    "knowledge-base-anyone",
    "knowledge-base-permissions",
    "login-methods",
    "organization-management",
    "portal-only-customers",
    "self-service",
    "view-without-login",
];

#[test]
fn the_documents_name_every_code_of_a_finding() {
    let page = fs_err::read_to_string(root().join("docs/diagnostics.md")).unwrap();
    let mut files = Vec::new();
    for part in ["drift.rs", "expect.rs", "lint.rs", "plan.rs", "policy.rs"] {
        files.push(root().join("src").join(part));
    }
    for part in ["expect", "lint", "plan", "policy"] {
        collect(&root().join("src").join(part), &mut files);
    }
    let mut found = std::collections::BTreeSet::new();
    for file in files {
        if file.file_name() == Some("tests.rs") {
            continue;
        }
        let text = fs_err::read_to_string(&file).unwrap();
        // Tests stand at the end of a file, and have examples of their own.
        let text = text.split("#[cfg(test)]").next().unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let words = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
        let spelled = |word: &&str| {
            word.contains('-')
                && word
                    .split('-')
                    .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
        };
        found.extend(words.filter(spelled).map(str::to_owned));
    }
    for code in ["expectation-failed", "left-in-place", "unsafe-step"] {
        assert!(found.contains(code), "{code} is not found in the source");
    }
    let missing: Vec<_> = found
        .iter()
        .filter(|word| !NO_CODES.contains(&word.as_str()))
        .filter(|code| !page.contains(&format!("| `{code}` | ")))
        .collect();
    assert!(
        missing.is_empty(),
        "not in docs/diagnostics.md: {missing:?}"
    );
}

#[test]
fn the_yaml_of_the_readme_is_a_valid_workspace() {
    let readme = fs_err::read_to_string(root().join("README.md")).unwrap();
    let yaml = readme.split("```yaml\n").nth(1).unwrap();
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(
        directory.path().join("portcullis.yaml"),
        yaml.split("```").next().unwrap(),
    )
    .unwrap();
    let run = |command: &str| {
        said(
            portcullis()
                .arg(command)
                .arg(directory.path())
                .output()
                .unwrap(),
        )
    };
    assert_eq!(run("validate").code, 0);
    let plan = run("plan");
    assert_eq!(plan.code, 7, "{}", plan.stderr);
    assert!(plan.stderr.contains("PORTCULLIS_EMAIL"), "{}", plan.stderr);
}

/// Editors check a file by the schema that its first line names, which must be there and accept it.
#[test]
fn every_file_of_a_workspace_names_its_schema() {
    let mut seen = 0;
    let mut open = vec![root().join("examples")];
    while let Some(directory) = open.pop() {
        for entry in directory.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let Ok(text) = fs_err::read_to_string(&path) else {
                continue;
            };
            // What pipelines and clusters read is theirs.
            if path.extension() != Some("yaml") || path.as_str().contains("/gitops/") {
                continue;
            }
            let first = text.lines().next().unwrap();
            let schema = first.strip_prefix("# yaml-language-server: $schema=");
            let schema = schema.unwrap_or_else(|| panic!("{path} begins with `{first}`"));
            let schema = fs_err::read_to_string(path.with_file_name(schema)).unwrap();
            let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
            let file: serde_json::Value = serde_yaml::from_str(&text).unwrap();
            let valid = jsonschema::validator_for(&schema).unwrap();
            let problems: Vec<String> = valid.iter_errors(&file).map(|e| e.to_string()).collect();
            assert!(problems.is_empty(), "{path}: {problems:#?}");
            seen += 1;
        }
    }
    assert!(seen > 90, "{seen}");
}
