//! A directory that files may name paths in.

use super::named::{Links, Named};
use super::{Refusal, Why, parent};
use camino::{Utf8Path, Utf8PathBuf};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileType};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// A directory that files may name paths in: the workspace of a work tree, or the files of a revision. Clones are the same one,
/// and one file descriptor is held for all of them.
#[derive(Debug, Clone)]
pub struct Root(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// As it was named.
    name: Utf8PathBuf,
    directory: Dir,
    /// Directories, as paths name them, that were found to be inside and none of Git's; there may be thousands of files in each.
    judged: Mutex<BTreeSet<Utf8PathBuf>>,
}

/// What lies under a path, links followed as far as they stay inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A pipe, a socket or a device.
    Special,
    /// A link that leads nowhere, or out of the root.
    Astray,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// What it is, or leads to.
    pub kind: Kind,
    /// Whether it is a link.
    pub link: bool,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else {
            Self::Special
        }
    }
}

impl Root {
    /// Opens a directory that the command line names, or that was made by the program.
    ///
    /// # Errors
    /// When it is no directory, or may not be entered.
    pub fn open(directory: &Utf8Path) -> Result<Self, Refusal> {
        let name = directory.to_owned();
        let shown = match name.as_str() {
            "" => Utf8Path::new("."),
            _ => &name,
        };
        match Dir::open_ambient_dir(shown, ambient_authority()) {
            Ok(directory) => Ok(Self(Arc::new(Inner {
                name,
                directory,
                judged: Mutex::default(),
            }))),
            Err(error) => Err(Refusal::new(shown, error.into())),
        }
    }

    /// The same, making the directory where there is none.
    ///
    /// # Errors
    /// When it cannot be made or entered.
    pub fn create(directory: &Utf8Path) -> Result<Self, Refusal> {
        Dir::create_ambient_dir_all(directory, ambient_authority())
            .map_err(|error| Refusal::new(directory, error.into()))?;
        Self::open(directory)
    }

    /// Returns the directory as it was named.
    pub fn name(&self) -> &Utf8Path {
        &self.0.name
    }

    /// A path that a file names. Links are followed as long as they stay inside.
    pub fn named(&self, path: impl Into<Utf8PathBuf>) -> Named {
        Named::new(self.clone(), path.into(), Links::Inside)
    }

    /// A path that is fixed in the program, for what it keeps for itself. No link is followed.
    pub fn own(&self, path: impl Into<Utf8PathBuf>) -> Named {
        Named::new(self.clone(), path.into(), Links::Never)
    }

    /// Says what lies under a path; `None` when nothing does.
    pub fn kind(&self, path: &Utf8Path) -> Option<Kind> {
        let found = match self.0.directory.symlink_metadata(or_dot(path)) {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(_) => return Some(Kind::Astray),
        };
        if !found.is_symlink() {
            return Some(found.into());
        }
        let behind = self.0.directory.metadata(path);
        Some(behind.map_or(Kind::Astray, |behind| behind.file_type().into()))
    }

    /// Lists a directory, sorted by name. Names that are not UTF-8 are left out.
    ///
    /// # Errors
    /// When it leads out, cannot be read, or holds more entries than this.
    pub fn list(&self, path: &Utf8Path, most: usize) -> Result<Vec<Item>, Refusal> {
        self.judge(path)?;
        let refused = |error: io::Error| Refusal::new(path, error.into());
        let entries = self.0.directory.read_dir(or_dot(path)).map_err(refused)?;
        let mut items = Vec::new();
        for entry in entries {
            let entry = entry.map_err(refused)?;
            if items.len() >= most {
                let error = io::Error::other(format!("it holds more than {most} entries"));
                return Err(refused(error));
            }
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let (kind, link) = match entry.file_type() {
                Ok(kind) if !kind.is_symlink() => (kind.into(), false),
                _ => (self.kind(&path.join(&name)).unwrap_or(Kind::Astray), true),
            };
            items.push(Item { name, kind, link });
        }
        items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(items)
    }

    /// Returns where a path really lies below the root, links resolved.
    ///
    /// # Errors
    /// When it leads out, into Git's own data, or to nothing.
    pub fn real(&self, path: &Utf8Path) -> Result<Utf8PathBuf, Refusal> {
        let refused = |why| Refusal::new(path, why);
        let real = self.0.directory.canonicalize(or_dot(path));
        let real = real.map_err(|error| refused(error.into()))?;
        let real = Utf8PathBuf::from_path_buf(real)
            .map_err(|_| refused(Why::System(io::Error::other("its name is not UTF-8"))))?;
        if real.components().any(|part| is_git_data(part.as_str())) {
            return Err(refused(Why::GitData));
        }
        Ok(real)
    }

    /// Refuses a directory that leads out or into Git's own data. What was judged is not judged again.
    pub(super) fn judge(&self, path: &Utf8Path) -> Result<(), Refusal> {
        let judged = || self.0.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if judged().contains(path) {
            return Ok(());
        }
        self.real(path)?;
        judged().insert(path.to_owned());
        Ok(())
    }

    /// Refuses a path of which any part is a link; a part that is not there is none.
    pub(super) fn judge_unlinked(&self, path: &Utf8Path) -> Result<(), Refusal> {
        for part in path.ancestors().filter(|part| !part.as_str().is_empty()) {
            match self.0.directory.symlink_metadata(part) {
                Ok(found) if found.is_symlink() => return Err(Refusal::new(path, Why::Link)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(Refusal::new(path, error.into()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Makes the directory that is to hold a file.
    pub(super) fn make_parent(&self, path: &Utf8Path) -> Result<(), Refusal> {
        let directory = parent(path);
        if directory == "." {
            return Ok(());
        }
        self.0
            .directory
            .create_dir_all(directory)
            .map_err(|error| Refusal::new(path, error.into()))
    }

    pub(super) fn directory(&self) -> &Dir {
        &self.0.directory
    }
}

/// The root itself has a name only as `.`.
fn or_dot(path: &Utf8Path) -> &Utf8Path {
    match path.as_str() {
        "" => Utf8Path::new("."),
        _ => path,
    }
}

/// Git's own data, however the file system takes letter case.
fn is_git_data(name: &str) -> bool {
    name.eq_ignore_ascii_case(".git")
}
