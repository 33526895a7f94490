//! A path that a file names, or that is fixed in the program: inside its root, a regular file, bounded.

use super::bounded;
use super::root::{Kind, Root};
use super::{Access, Refusal, Why, parent};
use camino::{Utf8Path, Utf8PathBuf};
use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::{File, OpenOptions};
use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU32, Ordering};

/// Which links are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// Those that stay inside the root.
    Inside,
    /// None.
    Never,
}

/// A path inside a [`Root`].
#[derive(Debug, Clone)]
pub struct Named {
    root: Root,
    path: Utf8PathBuf,
    links: Links,
}

/// A file that lines are added to. What was written is with the system at once.
#[derive(Debug)]
pub struct Appended(std::fs::File);

/// That nobody else holds the same file as a lock, for as long as this lives.
#[derive(Debug)]
pub struct Lock {
    /// Held for its lock, which ends with it.
    _file: std::fs::File,
}

impl Named {
    pub(super) fn new(root: Root, path: Utf8PathBuf, links: Links) -> Self {
        Self { root, path, links }
    }

    /// Returns the path, relative to the root.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Says whether there is anything under the path, a link that leads nowhere included.
    pub fn is_there(&self) -> bool {
        self.root.kind(&self.path).is_some()
    }

    /// Refuses a path that is not a regular file inside the root.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn judge(&self) -> Result<(), Refusal> {
        if self.links == Links::Never {
            self.root.judge_unlinked(&self.path)?;
        }
        let found = self.root.directory().symlink_metadata(&self.path);
        let found = found.map_err(|error| self.refused(error.into()))?;
        if found.is_symlink() {
            self.root.real(&self.path)?;
        } else {
            self.root
                .judge(parent(&self.path))
                .map_err(|refusal| self.refused(refusal.why))?;
        }
        match self.root.kind(&self.path) {
            Some(Kind::File) => Ok(()),
            Some(_) => Err(self.refused(Why::NotRegular)),
            None => Err(self.refused(Why::Missing)),
        }
    }

    /// Reads the file whole, up to a bound.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Refusal> {
        self.judge()?;
        let mut options = OpenOptions::new();
        options.read(true);
        let (file, size) = self.open(&mut options)?;
        bounded::read(file, size, limit).map_err(|why| self.refused(why))
    }

    /// Reads the beginning of the file, at most so many bytes.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read_start(&self, most: u64) -> Result<Vec<u8>, Refusal> {
        self.judge()?;
        let mut options = OpenOptions::new();
        options.read(true);
        let (file, _) = self.open(&mut options)?;
        bounded::start(file, most).map_err(|why| self.refused(why))
    }

    /// Reads the file as text, up to a bound.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read_text(&self, limit: u64) -> Result<String, Refusal> {
        bounded::text(self.read(limit)?).map_err(|why| self.refused(why))
    }

    /// Replaces the file in one step: whoever reads it sees the old text or the new one. Makes its directory where there is none.
    ///
    /// # Errors
    /// When the path leads out, or nothing can be written there.
    pub fn replace(&self, bytes: &[u8], access: Access) -> Result<(), Refusal> {
        let target = self.target()?;
        let (temporary, mut file) = self.temporary(&target, access)?;
        let directory = self.root.directory();
        let written = file
            .write_all(bytes)
            .and_then(|()| match (access, directory.metadata(&target)) {
                (Access::Ordinary, Ok(old)) => file.set_permissions(old.permissions()),
                _ => Ok(()),
            })
            .and_then(|()| directory.rename(&temporary, directory, &target));
        written.map_err(|error| {
            // What is half written is of no use; that it cannot be removed changes nothing about the first failure.
            let _ = directory.remove_file(&temporary);
            self.refused(error.into())
        })
    }

    /// Writes a file that must not be there yet.
    ///
    /// # Errors
    /// When it is there, or cannot be written.
    pub fn create_new(&self, bytes: &[u8]) -> Result<(), Refusal> {
        self.root.make_parent(&self.path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let (mut file, _) = self.open(&mut options)?;
        file.write_all(bytes)
            .map_err(|error| self.refused(error.into()))
    }

    /// Opens the file to add to it, for its owner alone, making it where there is none.
    ///
    /// # Errors
    /// When the path is not a regular file inside the root, or cannot be opened.
    pub fn append(&self) -> Result<Appended, Refusal> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        Ok(Appended(self.open_private(&mut options)?))
    }

    /// Takes the file as a lock, making it where there is none; `None` while somebody else holds it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn lock(&self) -> Result<Option<Lock>, Refusal> {
        let mut options = OpenOptions::new();
        options.write(true).create(true);
        locked(self.open_private(&mut options)?).map_err(|error| self.refused(error.into()))
    }

    /// Returns the path beside this one whose name ends otherwise.
    #[must_use]
    pub(super) fn with_ending(&self, ending: &str) -> Self {
        Self {
            path: self.path.with_extension(ending),
            ..self.clone()
        }
    }

    /// Returns where the file really is, or will be, with its directory made.
    fn target(&self) -> Result<Utf8PathBuf, Refusal> {
        if self.links == Links::Never {
            self.root.judge_unlinked(&self.path)?;
        }
        self.root.make_parent(&self.path)?;
        match self.root.kind(&self.path) {
            None => Ok(self.path.clone()),
            Some(Kind::File) => self.root.real(&self.path),
            Some(Kind::Astray) => Err(self.refused(Why::LeadsOut)),
            Some(_) => Err(self.refused(Why::NotRegular)),
        }
    }

    /// Makes an empty file beside a path, under a name of its own.
    fn temporary(&self, target: &Utf8Path, access: Access) -> Result<(Utf8PathBuf, File), Refusal> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        mode(&mut options, access);
        loop {
            // Another run has another number, and what a killed one left is passed over.
            let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            let path = parent(target).join(format!(".{name}.{process}-{count}.new"));
            match self.root.directory().open_with(&path, &options) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(self.refused(error.into())),
            }
        }
    }

    fn open_private(&self, options: &mut OpenOptions) -> Result<std::fs::File, Refusal> {
        if self.links == Links::Never {
            self.root.judge_unlinked(&self.path)?;
        }
        self.root.make_parent(&self.path)?;
        mode(options, Access::Private);
        let (file, _) = self.open(options)?;
        make_private(&file).map_err(|error| self.refused(error.into()))?;
        Ok(file)
    }

    /// Opens the file and looks at what was opened: no pipe is waited for, and nothing but a regular file is used.
    fn open(&self, options: &mut OpenOptions) -> Result<(std::fs::File, u64), Refusal> {
        options.nonblock(true).follow(match self.links {
            Links::Inside => FollowSymlinks::Yes,
            Links::Never => FollowSymlinks::No,
        });
        let opened = self.root.directory().open_with(&self.path, options);
        let file = opened.map_err(|error| self.refused(error.into()))?;
        let found = file
            .metadata()
            .map_err(|error| self.refused(error.into()))?;
        if !found.is_file() {
            return Err(self.refused(Why::NotRegular));
        }
        Ok((file.into_std(), found.len()))
    }

    fn refused(&self, why: Why) -> Refusal {
        Refusal::new(&*self.path, why)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.name().join(&self.path).fmt(f)
    }
}

impl Write for Appended {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Takes the lock of an opened file.
pub(super) fn locked(file: std::fs::File) -> io::Result<Option<Lock>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock { _file: file })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(unix)]
fn mode(options: &mut OpenOptions, access: Access) {
    use cap_std::fs::OpenOptionsExt as _;
    options.mode(match access {
        Access::Private => 0o600,
        Access::Ordinary => 0o666,
    });
}

#[cfg(not(unix))]
fn mode(_: &mut OpenOptions, _: Access) {}

/// Takes a file from everybody but its owner, also one that an older version made for everybody to read.
#[cfg(unix)]
pub(super) fn make_private(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if file.metadata()?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn make_private(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}
