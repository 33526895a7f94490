//! A release: the names that the workflow makes are those that the `setup` action, cargo-binstall and the book look for, and its shell
//! steps make, as they stand, what `setup` takes.

use super::action::{run_with, yaml};
use super::setup::{fetched, script, stage};
use super::stage::{Stage, source};
use serde_json::Value;
use std::collections::BTreeMap;

const WORKFLOW: &str = ".github/workflows/release.yml";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Which machine of a runner takes the archive of which target.
const MACHINES: [(&str, &str, &str); 4] = [
    ("Linux", "x86_64", "x86_64-unknown-linux-musl"),
    ("Linux", "aarch64", "aarch64-unknown-linux-musl"),
    ("Darwin", "x86_64", "x86_64-apple-darwin"),
    ("Darwin", "arm64", "aarch64-apple-darwin"),
];

/// The targets that the workflow builds, in order.
fn targets() -> Vec<String> {
    let workflow = yaml(WORKFLOW);
    let matrix = &workflow["jobs"]["build"]["strategy"]["matrix"]["include"];
    let matrix = matrix.as_array().unwrap().iter();
    let mut targets: Vec<String> = matrix
        .map(|one| one["target"].as_str().unwrap().to_owned())
        .collect();
    targets.sort();
    targets
}

fn archive(target: &str) -> String {
    let suffix = match target.contains("-windows-") {
        true => "zip",
        false => "tar.gz",
    };
    format!("portcullis-{VERSION}-{target}.{suffix}")
}

/// The script of a step, by the job and the step's name.
fn step(job: &str, name: &str) -> String {
    let workflow = yaml(WORKFLOW);
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap().iter();
    let mut named = steps.filter(|step| step["name"] == name);
    let step = named.next().unwrap_or_else(|| panic!("no step `{name}`"));
    step["run"].as_str().unwrap().to_owned()
}

/// The metadata for cargo-binstall: the keys of each of its sections.
fn metadata() -> BTreeMap<String, BTreeMap<String, String>> {
    let text = std::fs::read_to_string(source().join("Cargo.toml")).unwrap();
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut section = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end_matches(']');
            section = name.strip_prefix("package.metadata.binstall");
        } else if let (Some(section), Some((key, value))) = (section, line.split_once(" = ")) {
            let target = section.strip_prefix(".overrides.").unwrap_or_default();
            let keys = sections.entry(target.to_owned()).or_default();
            keys.insert(key.to_owned(), value.trim_matches('"').to_owned());
        }
    }
    sections
}

/// Where cargo-binstall looks for the archive of a target.
fn looked_for(target: &str) -> String {
    let all = metadata();
    let of = |key: &str| {
        let own = all.get(target).and_then(|keys| keys.get(key));
        own.or_else(|| all[""].get(key)).unwrap().clone()
    };
    let suffix = match of("pkg-fmt").as_str() {
        "tgz" => ".tar.gz",
        "zip" => ".zip",
        other => panic!("`{other}` is packed by nothing"),
    };
    of("pkg-url")
        .replace("{ repo }", env!("CARGO_PKG_REPOSITORY"))
        .replace("{ version }", VERSION)
        .replace("{ target }", target)
        .replace("{ archive-suffix }", suffix)
}

#[test]
fn cargo_binstall_and_the_book_know_every_archive() {
    let targets = targets();
    assert_eq!(targets.len(), 5, "{targets:?}");
    let release = format!(
        "{}/releases/download/v{VERSION}",
        env!("CARGO_PKG_REPOSITORY")
    );
    let book = std::fs::read_to_string(source().join("docs/releasing.md")).unwrap();
    for target in &targets {
        assert_eq!(looked_for(target), format!("{release}/{}", archive(target)));
        assert!(
            book.contains(target.as_str()),
            "{target} is not in the book"
        );
    }
    // Rust's usual Linux takes the static program.
    for (gnu, musl) in [
        ("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"),
        ("aarch64-unknown-linux-gnu", "aarch64-unknown-linux-musl"),
    ] {
        assert_eq!(looked_for(gnu), format!("{release}/{}", archive(musl)));
    }
    let setup = std::fs::read_to_string(source().join(".github/actions/setup/setup.sh")).unwrap();
    let base = format!(
        "{}/releases/download/v$INPUT_VERSION",
        env!("CARGO_PKG_REPOSITORY")
    );
    assert!(setup.contains(&base), "{base}");
    assert!(
        setup.contains(WORKFLOW),
        "who signs is the workflow that builds"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setup_action_asks_for_an_archive_of_the_workflow() {
    let stage = stage().await;
    let job = BTreeMap::from([(
        "BINARY".to_owned(),
        env!("CARGO_BIN_EXE_portcullis").to_owned(),
    )]);
    for (system, machine, target) in MACHINES {
        assert!(targets().contains(&target.to_owned()), "{target}");
        let answers =
            format!("#!/bin/bash\ncase $1 in -s) echo {system} ;; *) echo {machine} ;; esac\n");
        script(&stage, "uname", &answers);
        // There is no such release: the source is built, after the archive was asked for.
        let done = run_with(&stage, "setup", &[("sha256", &"0".repeat(64))], &job).ended(0);
        assert_eq!(done.output("from"), "source");
        assert_eq!(fetched(&stage), [archive(target)]);
        std::fs::remove_dir_all(stage.temp().join("portcullis-kept")).unwrap();
    }
}

/// Lays out what the steps need of the repository, with a program for each target that only tells its version.
fn lay_out(stage: &Stage) {
    let root = stage.repository();
    std::fs::remove_dir_all(&root).unwrap();
    for directory in ["", ".ci/image"] {
        std::fs::create_dir_all(root.join(directory)).unwrap();
    }
    for file in [
        "Cargo.toml",
        "README.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        ".ci/pack",
        ".ci/image/Dockerfile",
    ] {
        std::fs::copy(source().join(file), root.join(file)).unwrap();
    }
    let changes = std::fs::read_to_string(source().join("CHANGELOG.md")).unwrap();
    let released = changes.replace("## Unreleased\n", &format!("## {VERSION} - 2026-12-01\n"));
    let older = "\n## 0.0.9 - 2026-01-01\n\n- Nothing that is told again.\n";
    std::fs::write(root.join("CHANGELOG.md"), released + older).unwrap();
}

/// The environment of a job that a tag started.
fn job(stage: &Stage, tag: &str) -> BTreeMap<String, String> {
    let file = |name: &str| {
        let path = stage.temp().join(name);
        std::fs::write(&path, "").unwrap();
        path.to_string()
    };
    BTreeMap::from([
        ("GITHUB_REF_NAME".to_owned(), tag.to_owned()),
        ("GITHUB_ENV".to_owned(), file("env")),
        ("GITHUB_OUTPUT".to_owned(), file("output")),
        ("GH_TOKEN".to_owned(), "t0ken".to_owned()),
        ("ACTOR".to_owned(), "jo".to_owned()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_of_the_workflow_make_what_setup_takes() {
    let stage = stage().await;
    lay_out(&stage);
    let root = stage.repository();
    let version = step("build", "The tag is the version");
    let other = job(&stage, "v9.9.9");
    assert_ne!(
        stage.bash(&version, &other).code,
        0,
        "another tag is refused"
    );
    let mut job = job(&stage, &format!("v{VERSION}"));
    stage.bash(&version, &job).ended(0);
    let said = std::fs::read_to_string(&job["GITHUB_ENV"]).unwrap();
    assert_eq!(said, format!("VERSION={VERSION}\n"));
    job.insert("VERSION".to_owned(), VERSION.to_owned());

    // What is built is a stand-in; what packs it is not.
    let program = format!("#!/bin/sh\necho portcullis {VERSION}\n");
    let dist = root.join("dist");
    std::fs::create_dir(&dist).unwrap();
    let packed = targets();
    let packed = packed.iter().filter(|target| !target.contains("windows"));
    for target in packed.clone() {
        script(&stage, "built", &program);
        let release = root.join(format!("target/{target}/release"));
        std::fs::create_dir_all(&release).unwrap();
        std::fs::rename(stage.beside("bin/built"), release.join("portcullis")).unwrap();
        job.insert("TARGET".to_owned(), target.clone());
        stage.bash(&step("build", "Pack"), &job).ended(0);
        let made = root.join("target/pack").join(archive(target));
        std::fs::copy(made, dist.join(archive(target))).unwrap();
    }
    job.insert("VERSION".to_owned(), "9.9.9".to_owned());
    assert_ne!(
        stage.bash(&step("build", "Pack"), &job).code,
        0,
        "another program is refused"
    );

    stage.bash(&step("publish", "Checksums"), &job).ended(0);
    stage
        .bash("cd dist && sha256sum --check --strict SHA256SUMS", &job)
        .ended(0);

    // The image holds the static programs, one for each machine.
    script(
        &stage,
        "docker",
        "#!/bin/bash\nprintf '%s\\n' \"$*\" >>\"$GH_STATE/docker\"\ncat >/dev/null\n\
         case \"$*\" in *--metadata-file*) echo '{\"containerimage.digest\": \"sha256:abc\"}' >image.json ;; esac\n",
    );
    stage.bash(&step("publish", "The image"), &job).ended(0);
    for machine in ["amd64", "arm64"] {
        assert!(
            root.join(format!("image/{machine}/portcullis")).is_file(),
            "{machine}"
        );
    }
    // Whatever else the image takes lies there too.
    let recipe = std::fs::read_to_string(root.join("image/Dockerfile")).unwrap();
    assert!(recipe.contains("COPY --chown=65532:65532 tmp /tmp"));
    assert!(root.join("image/tmp").is_dir());
    let output = std::fs::read_to_string(&job["GITHUB_OUTPUT"]).unwrap();
    assert_eq!(output, "name=ghcr.io/acme/access\ndigest=sha256:abc\n");
    let docker = std::fs::read_to_string(stage.hub().join("docker")).unwrap();
    assert!(
        docker.contains(&format!("--tag ghcr.io/acme/access:{VERSION} ")),
        "{docker}"
    );

    // The notes are what the changelog says of this version, and of no other.
    script(
        &stage,
        "gh",
        "#!/bin/bash\nprintf '%s\\n' \"$@\" >\"$GH_STATE/created\"\n",
    );
    stage.bash(&step("publish", "The release"), &job).ended(0);
    let notes = std::fs::read_to_string(root.join("notes.md")).unwrap();
    assert!(
        notes.contains("### Added") && !notes.contains("told again"),
        "{notes}"
    );
    let created = std::fs::read_to_string(stage.hub().join("created")).unwrap();
    for target in packed {
        assert!(
            created.contains(&format!("dist/{}\n", archive(target))),
            "{created}"
        );
    }
    assert!(created.contains("dist/SHA256SUMS\n"), "{created}");

    // The action finds, verifies and runs it.
    std::fs::copy(
        source().join("tests/pipelines/gh.sh"),
        stage.beside("bin/gh"),
    )
    .unwrap();
    std::fs::write(stage.hub().join("attested"), "").unwrap();
    for file in dist.read_dir_utf8().unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), stage.beside("release").join(file.file_name())).unwrap();
    }
    let done = run_with(&stage, "setup", &[], &BTreeMap::new()).ended(0);
    assert_eq!(
        (done.output("from"), done.output("version")),
        ("release", VERSION)
    );
}

#[test]
fn the_workflow_is_pinned_and_takes_few_rights() {
    let workflow = yaml(WORKFLOW);
    assert_eq!(
        workflow["permissions"],
        serde_json::json!({ "contents": "read" })
    );
    let jobs = workflow["jobs"].as_object().unwrap();
    for (name, job) in jobs {
        assert!(job["timeout-minutes"].is_u64(), "{name}");
        for step in job["steps"].as_array().unwrap() {
            if let Some(uses) = step["uses"].as_str() {
                let commit = uses.split_once('@').unwrap().1;
                assert!(
                    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{uses}"
                );
            }
            let run = step["run"].as_str().unwrap_or_default();
            assert!(!run.contains("${{"), "{run}");
        }
    }
    // Whoever approves the environment releases; nothing before it may write.
    assert_eq!(jobs["publish"]["environment"], "release");
    assert_eq!(jobs["build"]["permissions"], Value::Null);
}
