//! An acceptance of a plan.
#![no_main]

#[path = "../stage.rs"]
mod stage;

use camino::Utf8Path;
use portcullis::policy::acceptance;

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let directory = tempfile::tempdir().expect("there is a temporary directory");
    let root = Utf8Path::from_path(directory.path()).expect("its name is UTF-8");
    let digest = "a".repeat(64);
    let file = root.join(format!("{}/{digest}.yaml", acceptance::DIRECTORY));
    std::fs::create_dir(root.join(acceptance::DIRECTORY)).expect("it is new");
    std::fs::write(file, text).expect("it can be written");
    let _ = acceptance::find(root, &digest, stage::day());
});
