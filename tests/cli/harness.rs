//! A directory of its own, the binary with an empty environment, and a sandbox in this process as the remote site.

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::connect::seed_directory;
use portcullis::emulator::{Options, Sandbox, Site};
use portcullis::model::SiteKey;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub(crate) const TODAY: &str = "2026-11-22";
pub(crate) const ADMIN: [(&str, &str); 3] = [
    ("PORTCULLIS_EMAIL", "admin@sandbox.example"),
    ("PORTCULLIS_API_TOKEN", "sandbox-admin"),
    ("PORTCULLIS_ORG_API_KEY", "sandbox-org-key"),
];

/// A temporary directory in which the program runs.
pub(crate) struct Place {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The run as snapshots show it.
    pub(crate) fn text(&self) -> String {
        let Self { code, out, err } = self;
        format!("exit {code}\n--- stdout\n{out}--- stderr\n{err}")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
            environment: vec![("PORTCULLIS_TODAY".into(), TODAY.into())],
        }
    }

    /// The quickstart, against the embedded sandbox.
    pub(crate) fn quickstart() -> Self {
        let place = Self::new();
        copy(&example(), place.path());
        place
    }

    /// The quickstart, against a sandbox that is a remote site.
    pub(crate) fn remote(sandbox: &Sandbox) -> Self {
        let mut place = Self::quickstart();
        place.replace(
            "portcullis.yaml",
            "url: \"sandbox:\"",
            &format!("url: \"{}\"", sandbox.url()),
        );
        place.replace("portcullis.yaml", "    seed: seed", "    ");
        let id = sandbox.site().atlassian_organization().to_owned();
        place.replace(
            "portcullis.yaml",
            "  acme-corp:\n",
            &format!("  acme-corp:\n    id: {id}\n"),
        );
        place.environment(&ADMIN);
        place
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.directory.path()).unwrap()
    }

    pub(crate) fn environment(&mut self, variables: &[(&str, &str)]) {
        for (name, value) in variables {
            self.environment.retain(|(known, _)| known != name);
            self.environment.push(((*name).into(), (*value).into()));
        }
    }

    pub(crate) fn without(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().expect("an exit code"),
            out: self.neutral(&output.stdout),
            err: self.neutral(&output.stderr),
        }
    }

    /// Text without what differs from run to run.
    pub(crate) fn neutral(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let text = text
            .replace(self.path().as_str(), "[DIR]")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        let mut neutral = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("127.0.0.1:") {
            let (before, after) = rest.split_at(at + "127.0.0.1:".len());
            neutral.push_str(before);
            let digits = after.find(|c: char| !c.is_ascii_digit());
            let digits = digits.unwrap_or(after.len());
            neutral.push_str(if digits > 0 { "[PORT]" } else { "" });
            rest = &after[digits..];
        }
        neutral + rest
    }
}

/// A sandbox with the quickstart's seed.
pub(crate) async fn site(options: Options) -> Sandbox {
    Sandbox::start(seeded(), options).await.unwrap()
}

/// The site that the quickstart's seed describes.
pub(crate) fn seeded() -> Site {
    let key = SiteKey::new("acme").unwrap();
    seed_directory(&example().join("seed"), &key, TODAY.parse().unwrap()).unwrap()
}

fn example() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart")
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
            let mut file = std::fs::File::create(target).unwrap();
            file.write_all(&std::fs::read(entry.path()).unwrap())
                .unwrap();
        }
    }
}
