//! A path of the command line: anywhere, a regular file or a pipe, never a device, bounded.

use super::named::{Lock, locked, make_private};
use super::{Access, Refusal, Why, bounded, parent};
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, BufWriter, Write};

/// How much of a large file is read at once, in bytes.
const READ_AT_ONCE: usize = 1 << 17;

/// A path that whoever started the program chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given(Utf8PathBuf);

impl Given {
    /// A path of the command line.
    pub fn new(path: impl Into<Utf8PathBuf>) -> Self {
        Self(path.into())
    }

    /// Returns the path.
    pub fn path(&self) -> &Utf8Path {
        &self.0
    }

    /// Says whether there is anything under the path, a link that leads nowhere included.
    pub fn is_there(&self) -> bool {
        self.0.symlink_metadata().is_ok()
    }

    /// Says whether the path is a directory.
    pub fn is_a_directory(&self) -> bool {
        self.0.is_dir()
    }

    /// Says whether the path is a regular file.
    pub fn is_a_file(&self) -> bool {
        self.0.is_file()
    }

    /// Reads the file or pipe to its end, up to a bound. A pipe is waited for, as everywhere in a shell.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Refusal> {
        let (file, size) = self.open()?;
        bounded::read(file, size, limit).map_err(|why| self.refused(why))
    }

    /// Opens the file or pipe to be read piece by piece. What is beyond the bound is an error when it is read.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn reader(&self, limit: u64) -> Result<impl BufRead + use<>, Refusal> {
        let (file, size) = self.open()?;
        let reader = bounded::Reader::new(file, size, limit);
        let reader = reader.map_err(|why| self.refused(why))?;
        Ok(BufReader::with_capacity(READ_AT_ONCE, reader))
    }

    fn open(&self) -> Result<(File, u64), Refusal> {
        let refused = |why| self.refused(why);
        let found = std::fs::metadata(&self.0).map_err(|error| refused(error.into()))?;
        // To open a device may do something already, so it is looked at before, and again behind the door.
        usable(&found).map_err(refused)?;
        let file = File::open(&self.0).map_err(|error| refused(error.into()))?;
        let opened = file.metadata().map_err(|error| refused(error.into()))?;
        usable(&opened).map_err(refused)?;
        Ok((file, opened.len()))
    }

    /// Reads the file or pipe as text, up to a bound.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read_text(&self, limit: u64) -> Result<String, Refusal> {
        bounded::text(self.read(limit)?).map_err(|why| self.refused(why))
    }

    /// Writes the file: in one step where it is a regular one or none yet, so that a failure leaves what was there; a pipe as it
    /// comes.
    ///
    /// # Errors
    /// When it cannot be written, or is a device.
    pub fn replace(
        &self,
        access: Access,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Refusal> {
        let refused = |error: io::Error| self.refused(error.into());
        let old = match std::fs::metadata(&self.0) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(refused(error)),
        };
        if let Some(found) = &old {
            usable(found).map_err(|why| self.refused(why))?;
            if !found.is_file() {
                let file = File::options().write(true).open(&self.0).map_err(refused)?;
                return buffered(file, write).map_err(refused);
            }
        }
        // A link is followed: what it points to is replaced, and the link stays.
        let target = match &old {
            Some(_) => self.0.canonicalize_utf8().map_err(refused)?,
            None => self.0.clone(),
        };
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        if access == Access::Ordinary {
            use std::os::unix::fs::PermissionsExt as _;
            // The process's mask is applied to it, as for every new file.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut file = builder.tempfile_in(parent(&target)).map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            // What is missing is the directory: the file would be made.
            match missing {
                true => Refusal::new(parent(&target), Why::Missing),
                false => refused(error),
            }
        })?;
        buffered(file.as_file_mut(), write).map_err(refused)?;
        if let (Access::Ordinary, Some(old)) = (access, old) {
            let kept = file.as_file().set_permissions(old.permissions());
            kept.map_err(refused)?;
        }
        file.persist(&target)
            .map_err(|failed| refused(failed.error))?;
        Ok(())
    }

    /// Writes a file that must not be there yet, making its directory where there is none.
    ///
    /// # Errors
    /// When it is there, or cannot be written.
    pub fn create_new(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let refused = |error: io::Error| self.refused(error.into());
        self.make_parent()?;
        let mut file = File::create_new(&self.0).map_err(refused)?;
        file.write_all(bytes).map_err(refused)
    }

    /// Returns the path with every link resolved; `None` where nothing lies there.
    pub fn real(&self) -> Option<Utf8PathBuf> {
        self.0.canonicalize_utf8().ok()
    }

    /// Says whether the path is a directory in which nothing lies; what cannot be listed counts as such.
    pub fn is_empty(&self) -> bool {
        std::fs::read_dir(&self.0).map_or(true, |mut entries| entries.next().is_none())
    }

    /// Takes the file as a lock, making it and its directory where there is none; `None` while somebody else holds it.
    pub(super) fn lock(&self) -> Result<Option<Lock>, Refusal> {
        let refused = |error: io::Error| self.refused(error.into());
        self.make_parent()?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = options.open(&self.0).map_err(refused)?;
        make_private(&file).map_err(refused)?;
        locked(file).map_err(refused)
    }

    /// Makes the directory that is to hold the file.
    pub(super) fn make_parent(&self) -> Result<(), Refusal> {
        std::fs::create_dir_all(parent(&self.0)).map_err(|error| self.refused(error.into()))
    }

    fn refused(&self, why: Why) -> Refusal {
        Refusal::new(&*self.0, why)
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn buffered(
    file: impl Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    file.flush()
}

/// Refuses what is neither a regular file nor a pipe.
fn usable(found: &Metadata) -> Result<(), Why> {
    if found.is_file() || is_pipe(found) {
        Ok(())
    } else {
        Err(Why::Device)
    }
}

#[cfg(unix)]
fn is_pipe(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}
