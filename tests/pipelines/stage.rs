//! A workspace in a git repository, a site on loopback that it describes, and a runner's directories.

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::connect::seed_directory;
use portcullis::emulator::{Options, Sandbox};
use portcullis::model::SiteKey;
use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) const TODAY: &str = "2026-11-22";

/// The root of Portcullis' own repository.
pub(crate) fn source() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a script ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    /// Both streams, as a log shows them.
    pub(crate) log: String,
}

impl Ran {
    /// Checks the exit code and gives itself back.
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.log);
        self
    }
}

/// Everything that a job on a runner has around it.
pub(crate) struct Stage {
    _directory: TempDir,
    root: Utf8PathBuf,
    pub(crate) sandbox: Sandbox,
}

impl Stage {
    /// The quickstart as a commit on `main`, with a site that does not match it yet.
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().canonicalize().unwrap()).unwrap();
        let example = source().join("examples/quickstart");
        let key = SiteKey::new("acme").unwrap();
        let seed = seed_directory(&example.join("seed"), &key, TODAY.parse().unwrap()).unwrap();
        let sandbox = Sandbox::start(seed, Options::default()).await.unwrap();
        let stage = Self {
            _directory: directory,
            root,
            sandbox,
        };
        for name in ["repository", "temp", "home", "bin", "hub"] {
            std::fs::create_dir(stage.root.join(name)).unwrap();
        }
        symlink(
            env!("CARGO_BIN_EXE_portcullis"),
            stage.root.join("bin/portcullis"),
        )
        .unwrap();
        let gh = stage.root.join("bin/gh");
        std::fs::copy(source().join("tests/pipelines/gh.sh"), &gh).unwrap();
        std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
        stage.empty_hub();

        copy(&example, &stage.repository());
        let id = stage.sandbox.site().atlassian_organization().to_owned();
        stage.replace(
            "portcullis.yaml",
            "url: \"sandbox:\"",
            &format!("url: \"{}\"", stage.sandbox.url()),
        );
        stage.replace("portcullis.yaml", "    seed: seed", "    ");
        stage.replace(
            "portcullis.yaml",
            "  acme-corp:\n",
            &format!("  acme-corp:\n    id: {id}\n"),
        );
        stage.git(&["init", "-q", "-b", "main"]);
        stage.commit("the quickstart");
        stage
    }

    pub(crate) fn repository(&self) -> Utf8PathBuf {
        self.root.join("repository")
    }

    pub(crate) fn temp(&self) -> Utf8PathBuf {
        self.root.join("temp")
    }

    pub(crate) fn hub(&self) -> Utf8PathBuf {
        self.root.join("hub")
    }

    /// A path outside the repository.
    pub(crate) fn beside(&self, name: &str) -> Utf8PathBuf {
        self.root.join(name)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.repository().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.repository().join(path)).unwrap()
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replace(from, to));
    }

    /// Runs git in the repository.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything and returns the commit.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@t.example",
            "commit",
            "-q",
            "-m",
            message,
        ]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// A program with the environment of a job: nothing of the machine but where programs are.
    pub(crate) fn command(&self, program: &str) -> Command {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new(program);
        command
            .current_dir(self.repository())
            .env_clear()
            .env("PATH", format!("{}:{path}", self.root.join("bin")))
            .env("HOME", self.root.join("home"))
            .env("RUNNER_TEMP", self.temp())
            .env("GH_STATE", self.hub())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("CI", "true")
            .env("PORTCULLIS_TODAY", TODAY)
            .env("GITHUB_REPOSITORY", "acme/access")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_RUN_ID", "4711")
            .stdin(Stdio::null());
        command
    }

    /// Runs a script as GitHub runs a `run:` with `shell: bash`.
    pub(crate) fn bash(&self, script: &str, environment: &BTreeMap<String, String>) -> Ran {
        let file = self.temp().join("step.sh");
        std::fs::write(&file, script).unwrap();
        let output = self
            .command("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", file.as_str()])
            .envs(environment)
            .output()
            .unwrap();
        let log = [output.stdout, output.stderr].concat();
        Ran {
            code: output.status.code().unwrap(),
            log: String::from_utf8(log).unwrap(),
        }
    }

    /// The credentials of the sandbox, as variables.
    pub(crate) fn credentials() -> BTreeMap<String, String> {
        [
            ("PORTCULLIS_EMAIL", "admin@sandbox.example"),
            ("PORTCULLIS_API_TOKEN", "sandbox-admin"),
            ("PORTCULLIS_ORG_API_KEY", "sandbox-org-key"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// A job whose tokens may go to another site only.
    pub(crate) fn for_another_site() -> BTreeMap<String, String> {
        let name = "PORTCULLIS_ALLOWED_SITES".to_owned();
        BTreeMap::from([(name, "acme.atlassian.net".to_owned())])
    }

    /// Fails if anything that a hostile value asked for has happened.
    pub(crate) fn unharmed(&self) {
        for directory in [self.repository(), self.temp(), self.root.clone()] {
            assert!(
                !directory.join("pwned").exists(),
                "a value was run in {directory}"
            );
        }
    }
}

fn copy(from: &Utf8Path, to: &Utf8Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().starts_with('.') {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(entry.path(), &target);
        } else {
            std::fs::write(target, std::fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
