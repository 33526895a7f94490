//! Nothing but the door touches the file system, held by reading the sources.

use camino::{Utf8Path, Utf8PathBuf};

/// What only the door may write: the crates and modules of the file system, and the methods of paths that go there.
const DOORS: [&str; 20] = [
    "std::fs",
    " fs::",
    "fs_err",
    "tokio::fs",
    "cap_std",
    "cap_fs_ext",
    "tempfile",
    "os::unix::fs",
    "File::",
    "OpenOptions",
    ".exists()",
    ".is_file()",
    ".is_dir()",
    ".is_symlink()",
    "canonicalize",
    "symlink_metadata",
    ".metadata()",
    "read_dir",
    "read_link",
    "walkdir",
];

fn sources(directory: &Utf8Path, found: &mut Vec<Utf8PathBuf>) {
    for entry in directory.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension() == Some("rs") {
            found.push(path);
        }
    }
}

/// The code of a file: without comments, and without its tests, which stand at its end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let lines = text[..tests].lines().zip(1..);
    lines
        .map(|(line, number)| (number, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// The places of a text that touch the file system.
fn touches(text: &str) -> Vec<(usize, &str)> {
    code(text)
        .filter(|(_, line)| DOORS.iter().any(|word| line.contains(word)))
        .collect()
}

#[test]
fn nothing_but_the_door_touches_the_file_system() {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 200, "the sources were not found");
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap();
        let door = name == "files.rs" || name.starts_with("files");
        // Whole files of tests are declared as such in the file that they belong to.
        let test = name.file_name().is_some_and(|name| name == "tests.rs");
        if door || test {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // A file that patches are made of, which is no file of the system.
        let own = text.contains("struct File") || text.contains("edits::{") && name == "patch.rs";
        for (number, line) in touches(&text) {
            let only_own = own
                && DOORS
                    .iter()
                    .all(|word| *word == "File::" || !line.contains(word));
            if !only_own {
                found.push(format!("src/{name}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "use `crate::files` instead:\n{}",
        found.join("\n")
    );
}

#[test]
fn what_touches_the_file_system_is_seen() {
    for line in [
        "let text = std::fs::read_to_string(path)?;",
        "use std::fs::File;",
        "    fs_err::write(&path, text)?;",
        "let real = path.canonicalize_utf8()?;",
        "if path.exists() {",
        "for entry in root.read_dir_utf8()? {",
        "    let file = fs::read(path)?;",
    ] {
        assert_eq!(touches(line).len(), 1, "{line}");
    }
    let quiet =
        "// std::fs is not used here\nlet a = 1;\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
    assert!(touches(quiet).is_empty());
}
