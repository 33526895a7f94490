//! The one door to the file system: nothing else in the library opens, lists or writes a file, and `tests/files/wall.rs` reads the
//! sources to hold that.
//!
//! There are two kinds of paths, as types, since two kinds of people choose them:
//!
//! - A [`Named`] path is chosen by a *file* (`include`, `from`, `mapped`, `seed`) or is fixed in the program
//!   (`acceptances/…`, everything under `.portcullis/`), so whoever may push a branch chooses what lies there. It stays inside
//!   its [`Root`], also through symbolic links, is a regular file, and is read to a bound. The operating system resolves it
//!   below the opened directory (`openat2` where there is one), so nothing can be swapped between a check and its use.
//! - A [`Given`] path is chosen by whoever starts the program. It may lie anywhere and may be a pipe, but no device, and is
//!   read to a bound as well.
//!
//! A [`Refusal`] says which path and why, never what a file holds.

mod bounded;
mod given;
mod named;
mod refusal;
mod root;
mod scratch;
mod whole;

pub use given::Given;
pub use named::{Appended, Lock, Named};
pub use refusal::{Refusal, Why};
pub use root::{Item, Kind, Root};
pub use scratch::Scratch;
pub use whole::{refuse_unless_free, write_directory};

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;

/// The most that is read of a plan, a snapshot or the state of a sandbox: 1 GiB, some million people.
pub const LARGE: u64 = 1 << 30;

/// The most that is read of a file that one person wrote about one thing: 64 KiB.
pub const SMALL: u64 = 1 << 16;

/// Who may read a file that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone (mode 0600): plans, snapshots, journals, the state of a sandbox.
    Private,
    /// Whoever the user's mask lets; a file that is replaced keeps the rights that it had.
    Ordinary,
}

/// A file that a program keeps something in, wherever its path comes from.
#[derive(Debug, Clone)]
pub enum Place {
    /// A fixed name below a workspace.
    Named(Named),
    /// A path of the command line.
    Given(Given),
}

impl Place {
    /// Says whether there is anything under the path.
    pub fn is_there(&self) -> bool {
        match self {
            Self::Named(named) => named.is_there(),
            Self::Given(given) => given.is_there(),
        }
    }

    /// Reads the file whole, up to a bound.
    ///
    /// # Errors
    /// See [`Why`].
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Named(named) => named.read(limit),
            Self::Given(given) => given.read(limit),
        }
    }

    /// Replaces the file in one step, making its directory where there is none.
    ///
    /// # Errors
    /// When it cannot be written there.
    pub fn replace(&self, bytes: &[u8], access: Access) -> Result<(), Refusal> {
        match self {
            Self::Named(named) => named.replace(bytes, access),
            Self::Given(given) => {
                given.make_parent()?;
                given.replace(access, |file| file.write_all(bytes))
            }
        }
    }

    /// Returns the place beside this one whose name ends otherwise.
    #[must_use]
    pub fn with_ending(&self, ending: &str) -> Self {
        match self {
            Self::Named(named) => Self::Named(named.with_ending(ending)),
            Self::Given(given) => Self::Given(Given::new(given.path().with_extension(ending))),
        }
    }

    /// Takes the file as a lock, making it where there is none; `None` while somebody else holds it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn lock(&self) -> Result<Option<Lock>, Refusal> {
        match self {
            Self::Named(named) => named.lock(),
            Self::Given(given) => given.lock(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => named.fmt(f),
            Self::Given(given) => given.fmt(f),
        }
    }
}

impl From<Utf8PathBuf> for Place {
    fn from(path: Utf8PathBuf) -> Self {
        Self::Given(Given::new(path))
    }
}

impl From<&Utf8PathBuf> for Place {
    fn from(path: &Utf8PathBuf) -> Self {
        path.clone().into()
    }
}

impl From<&Self> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

/// Returns the directory that holds a path, `.` for a mere name.
fn parent(path: &Utf8Path) -> &Utf8Path {
    match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent,
        _ => Utf8Path::new("."),
    }
}
