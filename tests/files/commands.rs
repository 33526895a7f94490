//! What the commands do with a workspace that somebody hostile may have written.

use camino::{Utf8Path, Utf8PathBuf};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const WORKSPACE: &str = r#"version: 1
sites:
  acme:
    url: "sandbox:"
    seed: seed
    organizations:
      Globex: { members: { mode: exact, list: [bo@globex.example] } }
policy: { protect: ["acme/organization/Globex/**"] }
"#;

const SEED: &str = r"version: 1
sites:
  acme:
    organizations:
      Globex: { members: { list: [ana@globex.example, bo@globex.example] } }
";

const SECRETS: [(&str, &str); 3] = [
    ("token", "SECRET-TOKEN"),
    ("hosts.yaml", "SECRET-HOST:\n  oauth_token: SECRET-KEY\n"),
    ("pair", "owner: SECRET\ndate: SECRET\n"),
];

struct Stage {
    _directory: tempfile::TempDir,
    outside: Utf8PathBuf,
    workspace: Utf8PathBuf,
}

struct Ended {
    code: i32,
    said: String,
    after: Duration,
}

impl Stage {
    fn new(root: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let outside = Utf8PathBuf::from_path_buf(directory.path().to_path_buf()).unwrap();
        let workspace = outside.join("workspace");
        let stage = Self {
            _directory: directory,
            outside,
            workspace,
        };
        stage.write("portcullis.yaml", root);
        stage.write("seed/portcullis.yaml", SEED);
        for (name, text) in SECRETS {
            std::fs::write(stage.outside.join(name), text).unwrap();
        }
        stage
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.workspace.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command
            .args(arguments)
            .current_dir(&self.workspace)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let begun = Instant::now();
        let output = self.command(arguments).output().unwrap();
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said += &String::from_utf8_lossy(&output.stderr);
        Ended {
            code: output.status.code().unwrap_or(-1),
            said,
            after: begun.elapsed(),
        }
    }

    /// The digest that would override what the policy blocks.
    fn digest(&self) -> String {
        let plan = self.run(&["plan", "--format", "json"]).said;
        let plan: serde_json::Value = serde_json::from_str(plan.lines().next().unwrap())
            .or_else(|_| serde_json::from_str(&plan[..=plan.rfind('}').unwrap()]))
            .unwrap();
        let digest = plan.get("acceptance_digest").unwrap_or(&plan["digest"]);
        digest.as_str().unwrap().to_owned()
    }
}

fn link(target: impl AsRef<Utf8Path>, path: &Utf8Path) {
    let _ = std::fs::remove_file(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink(target.as_ref(), path).unwrap();
}

fn empty(directory: &Utf8Path) -> bool {
    directory.read_dir_utf8().unwrap().next().is_none()
}

#[test]
fn an_acceptance_that_is_no_file_of_the_workspace_shows_nothing_and_lifts_nothing() {
    let stage = Stage::new(WORKSPACE);
    let name = format!("acceptances/{}.yaml", stage.digest());
    let path = stage.workspace.join(&name);
    for (secret, _) in SECRETS {
        link(stage.outside.join(secret), &path);
        let ended = stage.run(&["plan"]);
        assert!(
            !ended.said.contains("SECRET") && !ended.said.contains("oauth"),
            "{}",
            ended.said
        );
        assert!(
            ended.said.contains("an acceptance cannot be read"),
            "{}",
            ended.said
        );
        // What lies in the workspace itself is looked at, and still not quoted.
        std::fs::remove_file(&path).unwrap();
        std::fs::copy(stage.outside.join(secret), &path).unwrap();
        let ended = stage.run(&["plan"]);
        assert!(!ended.said.contains("SECRET"), "{}", ended.said);
        assert!(
            ended.said.contains("is not an acceptance"),
            "{}",
            ended.said
        );
    }
    link("/dev/zero", &path);
    assert!(stage.run(&["plan"]).said.contains("leads out"));
    std::fs::remove_file(&path).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let ended = stage.run(&["plan"]);
    assert!(
        ended.said.contains("is not a regular file"),
        "{}",
        ended.said
    );
    assert!(ended.after < Duration::from_secs(20));
    std::fs::remove_file(&path).unwrap();
    std::fs::File::create(&path)
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    assert!(stage.run(&["plan"]).said.contains("is larger than"));
    stage.write(&name, &format!("owner: {}", "[".repeat(60_000)));
    let ended = stage.run(&["plan"]);
    assert!(
        ended.said.contains("it is not valid YAML"),
        "{}",
        ended.said
    );
    stage.write(&name, "owner: it@acme.example\ndate: 2020-01-01\n");
    let ended = stage.run(&["plan"]);
    assert!(
        ended.said.contains("overridden") && ended.code == 0,
        "{}",
        ended.said
    );
}

#[test]
fn a_directory_of_acceptances_outside_is_not_listed() {
    let stage = Stage::new(WORKSPACE);
    std::fs::create_dir(stage.outside.join("names")).unwrap();
    std::fs::write(stage.outside.join("names/SECRET-NAME.yaml"), "").unwrap();
    link("../names", &stage.workspace.join("acceptances"));
    assert!(!stage.run(&["plan"]).said.contains("SECRET"));
}

#[test]
fn nothing_is_kept_outside_of_the_workspace() {
    for (path, target) in [
        (".portcullis", ""),
        (".portcullis/sandbox", ""),
        (".portcullis/journal", ""),
        (".portcullis/sandbox/acme.lock", "/acme.lock"),
        (".portcullis/sandbox/acme.json", "/acme.json"),
        (".portcullis/journal/acme.jsonl", "/acme.jsonl"),
    ] {
        let (free, _) = WORKSPACE.split_once("policy:").unwrap();
        let stage = Stage::new(free);
        let victim = stage.outside.join("victim");
        std::fs::create_dir(&victim).unwrap();
        link(format!("{victim}{target}"), &stage.workspace.join(path));
        let mut said = String::new();
        for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
            said += &stage.run(arguments).said;
            assert!(
                empty(&victim),
                "{path}: {arguments:?} wrote outside: {said}"
            );
        }
        assert!(said.contains("symbolic link"), "{path}: {said}");
    }
}

#[test]
fn a_state_that_never_ends_is_refused() {
    let stage = Stage::new(WORKSPACE);
    link(
        "/dev/zero",
        &stage.workspace.join(".portcullis/sandbox/acme.json"),
    );
    let ended = stage.run(&["plan"]);
    assert_eq!(ended.code, 8, "{}", ended.said);
    assert!(ended.after < Duration::from_secs(20));
    stage.write("x", "");
    std::fs::remove_file(stage.workspace.join(".portcullis/sandbox/acme.json")).unwrap();
    stage.write(".portcullis/sandbox/acme.json", "{\"SECRET\": 1}");
    let ended = stage.run(&["plan"]);
    assert!(
        ended.code == 8 && !ended.said.contains("SECRET"),
        "{}",
        ended.said
    );
}

#[test]
fn a_roster_that_is_a_link_into_git_is_refused_without_its_text() {
    let roster = "version: 1\nsites: { acme: { url: \"sandbox:\", organizations: { G: { members: { from: [r/l.txt] } } } } }\n";
    let stage = Stage::new(roster);
    stage.write(".git/config", "AUTHORIZATION: basic SECRET\n");
    link("../.git/config", &stage.workspace.join("r/l.txt"));
    let ended = stage.run(&["validate"]);
    assert!(
        ended.code == 3 && !ended.said.contains("SECRET"),
        "{}",
        ended.said
    );
    link("../../token", &stage.workspace.join("r/l.txt"));
    let ended = stage.run(&["validate"]);
    assert!(
        ended.code == 3 && !ended.said.contains("SECRET"),
        "{}",
        ended.said
    );
}

#[test]
fn a_file_of_the_command_line_that_is_no_plan_is_not_quoted() {
    let stage = Stage::new(WORKSPACE);
    let ended = stage.run(&["show", "../token"]);
    assert!(
        ended.code == 64 && !ended.said.contains("SECRET-"),
        "{}",
        ended.said
    );
    let shape = r#"{"format_version": "1.2", "resource_changes": "SECRET-SHAPE"}"#;
    std::fs::write(stage.outside.join("shape"), shape).unwrap();
    let ended = stage.run(&["show", "../shape"]);
    assert!(
        ended.code == 64 && !ended.said.contains("SECRET-"),
        "{}",
        ended.said
    );
    std::fs::write(stage.outside.join("shape"), r#"{"site": ["SECRET-SITE"]}"#).unwrap();
    let ended = stage.run(&["plan", "--observed", "../shape"]);
    assert!(
        ended.code == 64 && !ended.said.contains("SECRET-"),
        "{}",
        ended.said
    );
    for device in ["/dev/zero", "/dev/null"] {
        let ended = stage.run(&["show", device]);
        assert!(
            ended.code == 64 && ended.said.contains("neither a file nor a pipe"),
            "{}",
            ended.said
        );
    }
}

#[test]
fn a_plan_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::new(WORKSPACE);
    stage.write("plan.json", "old");
    stage.run(&["plan", "--out", "plan.json"]);
    let kept = stage.workspace.join("plan.json").metadata().unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    assert!(kept.len() > 100);
}

#[test]
fn a_command_that_waits_for_a_pipe_ends_with_the_signal() {
    let stage = Stage::new(WORKSPACE);
    let pipe = stage.outside.join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    for arguments in [
        &["show", "../pipe"][..],
        &["plan", "--observed", "../pipe"],
        &["apply", "--plan", "../pipe", "--auto-approve"],
    ] {
        let mut command = stage.command(arguments);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(700));
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} waits");
        let begun = Instant::now();
        let killed = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > Duration::from_secs(20) {
                child.kill().unwrap();
                panic!("{arguments:?} does not end");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
