//! A workspace in a temporary directory, its sandbox, and the binary that runs on it.

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::emulator::{NewAccount, Site};
use portcullis::model::{AccountId, Email, OrganizationId, ProjectKey};
use serde_json::Value;
use std::process::Command;

/// A workspace whose sandbox starts as `SEED` says, and whose YAML describes just that.
pub(crate) struct Stage {
    _directory: tempfile::TempDir,
    pub(crate) root: Utf8PathBuf,
}

const ROOT: &str = r#"version: 1
atlassian_organizations:
  acme-corp:
    approved_domains:
      mode: add_only
      domains:
        acme-group.example: { sites: { acme: { role: customer, admin_approval: false } } }
sites:
  acme:
    url: "sandbox:"
    seed: seed
    atlassian_organization: acme-corp
    surfaces:
      gateway: write
      private: write
      mapped: drivers/sandbox-settings.yaml
    customer_access:
      external: { portal_only_accounts: true, allowed_domains: [globex.example, initech.example] }
      customers_can_create_accounts: false   # asked by security
    knowledge_base: { allow_all_logged_in: true }
"#;

const GLOBEX: &str = "version: 1
sites:
  acme:
    organizations:
      Globex:
        members:
          mode: exact
          list:
            # the two founders
            - ana@globex.example
            - bo@globex.example   # until the merger
";

const INITECH: &str = "version: 1
sites:
  acme:
    organizations:
      Initech:
        members: { mode: exact, from: [../rosters/initech.csv] }
";

const ROSTER: &str = "name,email\nPeter,peter@initech.example\nSamir,samir@initech.example\nMichael,michael@initech.example\n";

const PROJECTS: &str = "version: 1
sites:
  acme:
    projects:
      ITSM:
        channel_access: restricted
        customer_sharing: own_organizations
        organizations: { mode: exact, list: [Globex, Initech] }
        knowledge_base:
          ITKB: { who_can_view: all_logged_in }
";

const SEED: &str = r#"version: 1
atlassian_organizations:
  acme-corp:
    approved_domains:
      domains:
        acme-group.example: { sites: { acme: { role: customer, admin_approval: false } } }
sites:
  acme:
    atlassian_organization: acme-corp
    confluence_plan: standard
    customer_access:
      internal: { atlassian_accounts: false }
      external: { portal_only_accounts: true, allowed_domains: [globex.example, initech.example] }
      customers_can_create_accounts: false
    knowledge_base: { allow_all_logged_in: true, allow_anyone: false }
    spaces:
      ITKB: { anonymous_access: false, unlicensed_access: true }
    organizations:
      Globex:
        members: { list: [ana@globex.example, bo@globex.example] }
      Initech:
        members: { list: [peter@initech.example, samir@initech.example, michael@initech.example] }
    projects:
      ITSM:
        channel_access: restricted
        customer_sharing: own_organizations
        organizations: { list: [Globex, Initech] }
        knowledge_base:
          ITKB: { who_can_view: all_logged_in }
"#;

/// How a run of the binary ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) notes: String,
}

impl Ran {
    /// Checks the exit code and gives itself back.
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.notes
        );
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e}:\n{}\n{}", self.out, self.notes))
    }
}

impl Stage {
    /// Runs `drift` against what the tag `applied` says was applied last.
    pub(crate) fn drift(&self, more: &[&str]) -> Ran {
        self.run(&[&["drift", "--base", "applied"], more].concat())
    }

    /// Nothing differs from what was applied last.
    pub(crate) fn no_drift(&self) {
        let ran = self.drift(&["--detailed-exitcode"]).ended(0);
        assert_eq!(ran.out, "no drift\n");
    }

    /// Returns what differs from what was applied last.
    pub(crate) fn drifted(&self) -> Value {
        let ran = self.drift(&["--format", "json", "--detailed-exitcode"]);
        ran.ended(2).json()
    }

    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().canonicalize().unwrap())
            .unwrap()
            .join("work");
        std::fs::create_dir(&root).unwrap();
        let stage = Self {
            _directory: directory,
            root,
        };
        let driver = Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("examples/quickstart/drivers/sandbox-settings.yaml");
        stage.write(
            "drivers/sandbox-settings.yaml",
            &std::fs::read_to_string(driver).unwrap(),
        );
        stage.write("portcullis.yaml", ROOT);
        stage.write("organizations/globex.yaml", GLOBEX);
        stage.write("organizations/initech.yaml", INITECH);
        stage.write("rosters/initech.csv", ROSTER);
        stage.write("projects/itsm.yaml", PROJECTS);
        stage.write("seed/portcullis.yaml", SEED);
        stage
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap()
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replace(from, to));
    }

    /// Runs the binary in the workspace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(&self.root, &[], arguments)
    }

    /// Runs the binary in a directory, with more variables.
    pub(crate) fn run_in(
        &self,
        directory: &Utf8Path,
        variables: &[(&str, &str)],
        arguments: &[&str],
    ) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("PORTCULLIS_TODAY", "2026-11-22")
            .env("CI", "true")
            .env("COLUMNS", "160")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            notes: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Plans as JSON where nothing is blocked.
    pub(crate) fn plan(&self, more: &[&str]) -> Value {
        self.plan_ended(more, 0)
    }

    /// Plans as JSON where a row is blocked: 5, asked for or not.
    pub(crate) fn plan_blocked(&self, more: &[&str]) -> Value {
        self.plan_ended(more, 5)
    }

    fn plan_ended(&self, more: &[&str], code: i32) -> Value {
        let mut arguments = vec!["plan", "--format", "json"];
        arguments.extend(more);
        self.run(&arguments).ended(code).json()
    }

    fn state(&self) -> Utf8PathBuf {
        self.root.join(".portcullis/sandbox/acme.json")
    }

    /// Returns the sandbox's state as bytes; makes it first where there is none.
    pub(crate) fn site_bytes(&self) -> Vec<u8> {
        if !self.state().exists() {
            self.run(&["plan"]).ended(0);
        }
        std::fs::read(self.state()).unwrap()
    }

    pub(crate) fn site(&self) -> Site {
        self.site_bytes();
        Site::load(self.state()).unwrap()
    }

    /// Somebody clicks on the site.
    pub(crate) fn edit<T>(&self, change: impl FnOnce(&mut Site) -> T) -> T {
        let mut site = self.site();
        let result = change(&mut site);
        site.save(self.state()).unwrap();
        result
    }

    /// Runs git without anybody's configuration.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.root, arguments)
    }

    /// Runs git in a directory.
    pub(crate) fn git_in(&self, directory: &Utf8Path, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=t",
                "-c",
                "user.email=t@t.example",
                "-c",
                "init.defaultBranch=main",
            ])
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", &self.root)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}:\n{text}\n{why}");
        text
    }

    /// Makes the workspace a repository with everything committed.
    pub(crate) fn commit(&self, message: &str) {
        if !self.root.join(".git").exists() {
            self.git(&["init", "-q"]);
            self.write(".gitignore", ".portcullis/\n");
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }
}

pub(crate) fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

pub(crate) fn key(text: &str) -> ProjectKey {
    ProjectKey::new(text).unwrap()
}

/// Returns the id of an organization.
pub(crate) fn organization(site: &Site, name: &str) -> OrganizationId {
    site.organization_named(name).unwrap().id()
}

/// Returns the account with an address; makes a portal-only one where there is none.
pub(crate) fn account(site: &mut Site, address: &str) -> AccountId {
    let found = site
        .accounts_with_email(address)
        .first()
        .map(|account| account.id());
    found.unwrap_or_else(|| site.add_account(NewAccount::portal_only(email(address))))
}

/// Adds a member to an organization, as an agent would by hand.
pub(crate) fn add_member(site: &mut Site, name: &str, address: &str) {
    let (id, account) = (organization(site, name), account(site, address));
    site.add_members(&id, &[account]).unwrap();
}

/// Removes a member from an organization.
pub(crate) fn remove_member(site: &mut Site, name: &str, address: &str) {
    let (id, account) = (organization(site, name), account(site, address));
    site.remove_members(&id, &[account]).unwrap();
}

/// Returns `action address` of every row of a list, sorted.
pub(crate) fn rows(list: &Value) -> Vec<String> {
    let mut rows: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!(
                "{} {}",
                row["change"]["actions"][0].as_str().unwrap(),
                row["address"].as_str().unwrap()
            )
        })
        .collect();
    rows.sort();
    rows
}

/// Returns the row at an address.
pub(crate) fn row<'v>(list: &'v Value, address: &str) -> &'v Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|row| row["address"] == address)
        .unwrap_or_else(|| panic!("no `{address}` in {list:#}"))
}
