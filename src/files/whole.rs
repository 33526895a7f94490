//! Writing a workspace whole or not at all: into a directory beside the wanted one, or within it where it is there, from which
//! everything is moved at the end.

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

/// Writes the files below `to`, where nothing may have the name of one of them or of a directory that holds one. A failure leaves
/// neither files nor a directory.
///
/// # Errors
/// When one cannot be written, or something has its name.
pub fn write_directory(to: &Utf8Path, files: &BTreeMap<Utf8PathBuf, String>) -> io::Result<()> {
    let exists = to.exists();
    let parent = match to.parent() {
        _ if exists => to,
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
        return move_into(&root, to);
    }
    fs_err::rename(&root, to)?;
    // It has another name now, so there is nothing left to clean up.
    let _ = temporary.keep();
    Ok(())
}

/// Moves what a directory holds into another, which has nothing of these names; all of it or nothing.
fn move_into(from: &Utf8Path, to: &Utf8Path) -> io::Result<()> {
    let entries: Vec<String> = from
        .read_dir_utf8()?
        .map(|entry| Ok(entry?.file_name().to_owned()))
        .collect::<io::Result<_>>()?;
    if let Some(taken) = entries
        .iter()
        .find(|name| fs_err::symlink_metadata(to.join(name)).is_ok())
    {
        let why = format!("`{}` is there already", to.join(taken));
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
    }
    for (at, name) in entries.iter().enumerate() {
        if let Err(error) = fs_err::rename(from.join(name), to.join(name)) {
            for moved in &entries[..at] {
                // As far as it can be taken back.
                let _ = fs_err::rename(to.join(moved), from.join(moved));
            }
            return Err(error);
        }
    }
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
            // What is there is neither written over nor joined.
            let taken = write_directory(to, &files("b/d")).unwrap_err().to_string();
            assert!(taken.contains("is there already"), "{taken}");
            assert!(!to.join("b/d").exists());
            write_directory(to, &BTreeMap::from([("e/f".into(), "3".into())])).unwrap();
            assert_eq!(fs_err::read_dir(to).unwrap().count(), 3);
        }
        assert_eq!(fs_err::read_dir(root).unwrap().count(), 2);
        assert!(refuse_unless_free(&new.join("a.yaml")).is_err());
    }
}
