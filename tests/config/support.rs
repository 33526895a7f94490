//! Small workspaces in temporary directories.

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::config::{LoadOptions, Loaded, load};

/// A workspace in a directory that is deleted at the end.
pub(crate) struct Files {
    directory: tempfile::TempDir,
}

impl Files {
    /// Writes files; each text begins with its path on a line of its own, behind `=== `.
    pub(crate) fn new(text: &str) -> Self {
        let files = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        for part in text.split("=== ").skip(1) {
            let (path, text) = part.split_once('\n').unwrap();
            files.write(path.trim(), text);
        }
        files
    }

    /// Writes one file.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.directory.path()).unwrap()
    }

    /// Joins a path.
    pub(crate) fn join(&self, path: &str) -> Utf8PathBuf {
        self.path().join(path)
    }

    /// Reads the workspace.
    pub(crate) fn load(&self) -> Loaded {
        load(self.path(), LoadOptions::new(today()))
    }

    /// Reads the workspace as a seed.
    pub(crate) fn load_seed(&self) -> Loaded {
        load(self.path(), LoadOptions::seed(today()))
    }
}

/// The day on which tests judge.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::civil::date(2026, 11, 22)
}

/// Shows diagnostics, one a line.
pub(crate) fn brief(loaded: &Loaded) -> String {
    let mut text = String::new();
    for d in &loaded.diagnostics {
        let place = d.span().map_or("-".into(), |s| loaded.sources.place(s));
        let length = d.labels.first().map_or(0, |l| l.length);
        text += &format!("{place}+{length} {}: {}\n", d.code, d.message);
        if let Some(hint) = &d.hint {
            text += &format!("  hint: {hint}\n");
        }
    }
    text
}

/// Reads a workspace and shows its diagnostics as people see them.
pub(crate) fn rendered(loaded: &Loaded) -> String {
    use portcullis::diagnostic::text::{TextStyle, write};
    let mut out = Vec::new();
    write(
        &mut out,
        &loaded.diagnostics,
        &loaded.sources,
        TextStyle::default(),
    )
    .unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_string()
}

/// Shows what is wrong with a workspace; asserts that nothing is made of it.
pub(crate) fn refused(text: &str) -> String {
    let loaded = Files::new(text).load();
    assert!(loaded.workspace.is_none(), "accepted: {text}");
    rendered(&loaded)
}
