//! Writing a workspace whole or not at all: into a directory beside the wanted one, which then takes its name.

use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::io;

/// Refuses a directory that holds something, since nothing is ever overwritten.
///
/// # Errors
/// When it does, or cannot be looked into.
pub fn refuse_unless_free(to: &Utf8Path) -> Result<(), String> {
    match fs_err::symlink_metadata(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(found) if !found.is_dir() => Err(format!("`{to}` exists and is no directory")),
        Ok(_) => match fs_err::read_dir(to).map(|mut entries| entries.next()) {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(format!(
                "`{to}` is not empty, and export overwrites nothing: name a new directory"
            )),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Writes the files below `to`, which is absent or empty. A failure leaves neither files nor a directory.
///
/// # Errors
/// When one cannot be written, or something came in meanwhile.
pub fn write_directory(to: &Utf8Path, files: &BTreeMap<Utf8PathBuf, String>) -> io::Result<()> {
    let exists = to.exists();
    // A path such as `.` has no name and no parent to write beside.
    let to = if exists {
        to.canonicalize_utf8()?
    } else {
        to.to_owned()
    };
    let parent = match to.parent() {
        Some(parent) if parent != "" => parent,
        _ => Utf8Path::new("."),
    };
    fs_err::create_dir_all(parent)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".portcullis-export-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As of any new directory: what the user's mask leaves.
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    let temporary = builder.tempdir_in(parent)?;
    let root = Utf8PathBuf::try_from(temporary.path().to_owned()).map_err(io::Error::other)?;
    for (path, text) in files {
        let path = root.join(path);
        if let Some(directory) = path.parent() {
            fs_err::create_dir_all(directory)?;
        }
        fs_err::write(path, text)?;
    }
    if exists {
        // Fails when something came in meanwhile.
        fs_err::remove_dir(&to)?;
    }
    fs_err::rename(&root, &to)?;
    // It has another name now, so there is nothing left to clean up.
    let _ = temporary.keep();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(path: &str) -> BTreeMap<Utf8PathBuf, String> {
        BTreeMap::from([("a.yaml".into(), "1".into()), (path.into(), "2".into())])
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap();
        // A file cannot also be a directory.
        assert!(write_directory(&root.join("to"), &files("a.yaml/b")).is_err());
        assert_eq!(fs_err::read_dir(root).unwrap().count(), 0);
    }

    #[test]
    fn absent_and_empty_directories_are_filled_and_others_refused() {
        let scratch = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(scratch.path()).unwrap();
        let (new, empty) = (root.join("deep/new"), root.join("empty"));
        fs_err::create_dir(&empty).unwrap();
        for to in [&new, &empty] {
            refuse_unless_free(to).unwrap();
            write_directory(to, &files("b/c.csv")).unwrap();
            assert_eq!(fs_err::read_to_string(to.join("b/c.csv")).unwrap(), "2");
            assert!(refuse_unless_free(to).unwrap_err().contains("not empty"));
            assert!(write_directory(to, &files("d")).is_err());
            assert!(!to.join("d").exists());
        }
        assert_eq!(fs_err::read_dir(root).unwrap().count(), 2);
        assert!(refuse_unless_free(&new.join("a.yaml")).is_err());
    }
}
