//! The setup action: a given program, the archive of the release if it is what it should be, or a build from source.

use super::action::{Done, run, run_with};
use super::stage::{Stage, source};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

pub(super) fn script(stage: &Stage, name: &str, text: &str) {
    let path = stage.beside("bin").join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A stand-in for `curl` that serves files of a directory, for `cargo` that copies the program, and for `uname`.
pub(super) async fn stage() -> Stage {
    let stage = Stage::new().await;
    std::fs::create_dir(stage.beside("release")).unwrap();
    script(
        &stage,
        "curl",
        "#!/bin/bash\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && to=$2; shift; done\n\
         printf '%s\\n' \"$1\" >>\"$GH_STATE/fetched\"\ncp -- \"$GH_STATE/../release/${1##*/}\" \"$to\"\n",
    );
    script(
        &stage,
        "cargo",
        "#!/bin/bash\nprintf '%s\\n' \"$@\" >\"$GH_STATE/cargo\"\ncp \"$BINARY\" \"${!#}/bin/portcullis\"\n",
    );
    script(
        &stage,
        "uname",
        "#!/bin/bash\ncase $1 in -s) echo Linux ;; *) echo x86_64 ;; esac\n",
    );
    stage
}

fn set_up(stage: &Stage, inputs: &[(&str, &str)]) -> Done {
    let binary = env!("CARGO_BIN_EXE_portcullis").to_owned();
    let job = BTreeMap::from([("BINARY".to_owned(), binary)]);
    run_with(stage, "setup", inputs, &job)
}

fn archive() -> String {
    format!(
        "portcullis-{}-x86_64-unknown-linux-musl.tar.gz",
        env!("CARGO_PKG_VERSION")
    )
}

/// Makes a release whose program only tells its version; returns the checksum of its archive.
fn release(stage: &Stage) -> String {
    let directory = stage.beside("release");
    let program = directory.join("portcullis");
    let text = format!("#!/bin/sh\necho portcullis {}\n", env!("CARGO_PKG_VERSION"));
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let archive = directory.join(archive());
    let packed = Command::new("tar")
        .args([
            "-czf",
            archive.as_str(),
            "-C",
            directory.as_str(),
            "portcullis",
        ])
        .status();
    assert!(packed.unwrap().success());
    let sum: String = Sha256::digest(std::fs::read(&archive).unwrap())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = format!(
        "{}  other.tar.gz\n{sum}  {}\n",
        "0".repeat(64),
        archive.file_name().unwrap()
    );
    std::fs::write(directory.join("SHA256SUMS"), list).unwrap();
    std::fs::write(stage.hub().join("attested"), "").unwrap();
    sum
}

pub(super) fn fetched(stage: &Stage) -> Vec<String> {
    let path = stage.hub().join("fetched");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::write(path, "").unwrap();
    text.lines()
        .map(|url| url.rsplit('/').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_binary_is_taken_and_its_version_checked() {
    let stage = stage().await;
    let binary = ("binary", env!("CARGO_BIN_EXE_portcullis"));
    let done = run(&stage, "setup", &[binary]).ended(0);
    assert_eq!(
        (done.output("version"), done.output("from")),
        (env!("CARGO_PKG_VERSION"), "binary")
    );
    let directory = done.path.trim_end();
    assert_eq!(done.output("binary"), format!("{directory}/portcullis"));
    run(
        &stage,
        "setup",
        &[binary, ("version", env!("CARGO_PKG_VERSION"))],
    )
    .ended(0);
    run(&stage, "setup", &[binary, ("version", "9.9.9")]).ended(1);
    run(&stage, "setup", &[binary, ("version", "9; touch pwned")]).ended(64);
    run(&stage, "setup", &[("binary", "/nowhere/$(touch pwned)")]).ended(1);
    assert_eq!(fetched(&stage), [""; 0]);
    stage.unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_is_taken_when_it_is_what_it_should_be() {
    let stage = stage().await;
    let sum = release(&stage);
    let done = set_up(&stage, &[]).ended(0);
    assert_eq!(done.output("from"), "release");
    assert_eq!(fetched(&stage), ["SHA256SUMS".to_owned(), archive()]);
    assert!(!stage.hub().join("cargo").exists());
    // Kept for the next run, and verified there again.
    set_up(&stage, &[]).ended(0);
    assert_eq!(fetched(&stage), ["SHA256SUMS"]);
    let kept = stage.temp().join("portcullis-kept").join(archive());
    std::fs::write(&kept, "poisoned").unwrap();
    set_up(&stage, &[("sha256", &sum)]).ended(0);
    assert_eq!(fetched(&stage), [archive()]);
    // Another checksum, or nobody who vouches for the archive: nothing is run, and nothing is built instead.
    let done = set_up(&stage, &[("sha256", &"1".repeat(64))]).ended(1);
    assert!(done.ran.log.contains("checksum"), "{}", done.ran.log);
    std::fs::remove_file(stage.hub().join("attested")).unwrap();
    let done = set_up(&stage, &[]).ended(1);
    assert!(
        done.ran.log.contains("release workflow"),
        "{}",
        done.ran.log
    );
    assert!(!stage.hub().join("cargo").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_release_it_is_built_from_source_with_the_lock_file() {
    let stage = stage().await;
    let done = set_up(&stage, &[]).ended(0);
    assert_eq!(
        (done.output("version"), done.output("from")),
        (env!("CARGO_PKG_VERSION"), "source")
    );
    let arguments = std::fs::read_to_string(stage.hub().join("cargo")).unwrap();
    let arguments: Vec<&str> = arguments.lines().collect();
    assert_eq!(arguments[..4], ["install", "--locked", "--force", "--path"]);
    let built = std::path::Path::new(arguments[4]).canonicalize().unwrap();
    assert_eq!(built, source().canonicalize().unwrap());
    // Once: the next run finds it.
    std::fs::remove_file(stage.hub().join("cargo")).unwrap();
    set_up(&stage, &[]).ended(0);
    assert!(!stage.hub().join("cargo").exists());
}
