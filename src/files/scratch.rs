//! A directory for a while: the files of a revision, or a workspace as it would be.

use super::{Refusal, Root, Why};
use camino::{Utf8Path, Utf8PathBuf};
use std::io::{self, Write};

/// A directory of the program's own, which nobody else may enter and which goes away with this.
#[derive(Debug)]
pub struct Scratch {
    path: Utf8PathBuf,
    root: Root,
    _directory: tempfile::TempDir,
}

impl Scratch {
    /// Makes one where the system keeps temporary files.
    ///
    /// # Errors
    /// When there is no such place, or it is full.
    pub fn new() -> Result<Self, Refusal> {
        let place = Utf8PathBuf::from_path_buf(std::env::temp_dir());
        let place = place.unwrap_or_else(|_| "the temporary directory".into());
        let refused = |error| Refusal::new(place.clone(), Why::System(error));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o700));
        }
        let directory = builder.tempdir().map_err(refused)?;
        let path = Utf8PathBuf::from_path_buf(directory.path().to_path_buf())
            .map_err(|_| refused(io::Error::other("its name is not UTF-8")))?;
        let root = Root::open(&path)?;
        Ok(Self {
            path,
            root,
            _directory: directory,
        })
    }

    /// Returns where it is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Writes a file that is not there yet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Utf8Path, text: &[u8]) -> Result<(), Refusal> {
        self.root.named(path).create_new(text)
    }

    /// Makes a directory, and those above it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make_directory(&self, path: &Utf8Path) -> Result<(), Refusal> {
        let made = self.root.directory().create_dir_all(path);
        made.map_err(|error| Refusal::new(path, error.into()))
    }

    /// Makes a file to be written piece by piece.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self, path: &Utf8Path) -> Result<impl Write + use<>, Refusal> {
        self.root.make_parent(path)?;
        let made = self.root.directory().create(path);
        made.map_err(|error| Refusal::new(path, error.into()))
    }

    /// Takes a file away again.
    ///
    /// # Errors
    /// When it cannot be taken away.
    pub fn remove(&self, path: &Utf8Path) -> Result<(), Refusal> {
        let removed = self.root.directory().remove_file(path);
        removed.map_err(|error| Refusal::new(path, error.into()))
    }

    /// Makes a link as a revision has it. It is followed only as far as it stays inside.
    ///
    /// # Errors
    /// When it cannot be made.
    #[cfg(unix)]
    pub fn link(&self, path: &Utf8Path, target: &str) -> Result<(), Refusal> {
        self.root.make_parent(path)?;
        let made = self.root.directory().symlink_contents(target, path);
        made.map_err(|error| Refusal::new(path, error.into()))
    }

    /// Windows lets not everybody make links, and git's work trees have none there either.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn link(&self, _: &Utf8Path, _: &str) -> Result<(), Refusal> {
        Ok(())
    }
}
