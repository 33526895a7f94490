//! Why a path is refused, without a word of what lies there.

use camino::Utf8PathBuf;
use std::io;

/// A path that is not read or written.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` {why}")]
pub struct Refusal {
    /// The path as it was named.
    pub path: Utf8PathBuf,
    /// Why.
    pub why: Why,
}

/// Why a path is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// There is nothing.
    #[error("does not exist")]
    Missing,
    /// It leaves its directory, by `..` or through a link that points out of it or begins at the root of the file system.
    #[error("leads out of its directory through a symbolic link")]
    LeadsOut,
    /// What the program keeps for itself is never behind a link.
    #[error("is a symbolic link, or lies behind one, and nothing is kept behind a link")]
    Link,
    /// Git's own data is no part of a workspace: a checkout may keep a token there.
    #[error("lies in Git's own data")]
    GitData,
    /// A directory, pipe, socket or device.
    #[error("is not a regular file")]
    NotRegular,
    /// A path of the command line that is no file and no pipe.
    #[error("is neither a file nor a pipe")]
    Device,
    /// More than is ever read.
    #[error("is larger than {} MiB", .0.div_ceil(1 << 20))]
    TooLarge(u64),
    /// Not text.
    #[error("is not UTF-8 text (line {line})")]
    NotUtf8 {
        /// The line with the first byte that is none.
        line: usize,
        /// Whether it begins as UTF-16 does.
        utf16: bool,
    },
    /// The system says no.
    #[error("cannot be used: {0}")]
    System(io::Error),
}

impl Refusal {
    /// Refuses a path.
    pub(super) fn new(path: impl Into<Utf8PathBuf>, why: Why) -> Self {
        let path = path.into();
        Self { path, why }
    }

    /// Says whether there is simply nothing.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, Why::Missing)
    }
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            // The door's own word for a path that leaves its directory has no number of the system.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Self::LeadsOut,
            _ => Self::System(error),
        }
    }
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        let kind = match &refusal.why {
            Why::Missing => io::ErrorKind::NotFound,
            Why::System(error) => error.kind(),
            Why::TooLarge(_) => io::ErrorKind::FileTooLarge,
            Why::NotUtf8 { .. } => io::ErrorKind::InvalidData,
            Why::LeadsOut | Why::Link | Why::GitData | Why::NotRegular | Why::Device => {
                io::ErrorKind::PermissionDenied
            }
        };
        Self::new(kind, refusal)
    }
}
