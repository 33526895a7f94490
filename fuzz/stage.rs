//! What the targets have in common: a workspace on disk, of which one file is taken to have another text.

use camino::Utf8Path;
use portcullis::config::{LoadOptions, load_as_if};
use std::sync::LazyLock;

/// Made once: files are written before the first input, and none after.
static DIRECTORY: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let directory = tempfile::tempdir().expect("there is a temporary directory");
    let write = |name: &str, text: &str| {
        std::fs::write(directory.path().join(name), text).expect("it can be written");
    };
    write("portcullis.yaml", "version: 1\nsites: { acme: { url: \"sandbox:\", surfaces: { mapped: m.yaml }, organizations: { G: { members: { mode: exact, from: [r.csv] } } } } }\n");
    write("r.csv", "email\na@b.cc\n");
    write("m.yaml", "version: 1\nendpoints: {}\nfields: {}\n");
    directory
});

/// The day on which everything is judged, so that an input means the same tomorrow.
#[allow(dead_code, reason = "not every target needs it")]
pub fn day() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Reads the workspace as if a file of it had this text.
#[allow(dead_code, reason = "not every target needs it")]
pub fn read(file: &str, text: &str) {
    let root = Utf8Path::from_path(DIRECTORY.path()).expect("its name is UTF-8");
    for options in [LoadOptions::new(day()), LoadOptions::seed(day())] {
        let loaded = load_as_if(root, options, Utf8Path::new(file), text);
        assert!(loaded.workspace.is_some() || !loaded.diagnostics.is_empty());
    }
}
