//! Why there is nothing to compare with, each with one hint: what to do about just that.

use super::git::GitError;
use std::io;

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// A revision and a directory, or two revisions, have the name.
    #[error("`{name}` is ambiguous: {what}")]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// What it could mean.
        what: String,
        /// How each is written.
        hint: String,
    },
    /// Neither a directory nor a revision.
    #[error("`{name}` is neither a directory nor a revision that git knows here: {why}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What is known about it.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The program cannot be started.
    #[error("the program `git` cannot be started: {0}")]
    NoGit(io::Error),
    /// Git gave an answer that cannot be used.
    #[error("revision `{name}` cannot be read: {why}")]
    Unreadable {
        /// What was asked for.
        name: String,
        /// What went wrong.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A temporary file cannot be written.
    #[error("the base cannot be written to a temporary directory (`{directory}`): {why}")]
    Temporary {
        /// Where.
        directory: String,
        /// What went wrong.
        why: io::Error,
    },
    /// The workspace there has errors.
    #[error(
        "the workspace at `{name}` has {}, so nothing can be compared with it: {first}",
        counted(*errors)
    )]
    Invalid {
        /// What was asked for.
        name: String,
        /// How many.
        errors: usize,
        /// The first one.
        first: String,
        /// What could not be read there.
        unread: Vec<String>,
    },
}

fn counted(errors: usize) -> String {
    match errors {
        1 => "1 error".to_owned(),
        errors => format!("{errors} errors"),
    }
}

impl BaseError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ambiguous { hint, .. } => Some(hint.clone()),
            Self::Unknown { hint, .. } | Self::Unreadable { hint, .. } => hint.clone(),
            Self::NoGit(_) => {
                Some("install git, or name a directory that holds the base: `--base DIR`".into())
            }
            Self::Temporary { .. } => Some(
                "set `TMPDIR` to a directory that is there, has room and can be written to".into(),
            ),
            Self::Invalid { unread, .. } => {
                (!unread.is_empty()).then(|| format!("not read there: {}", unread.join("; ")))
            }
        }
    }

    /// Says whether the command line is wrong, rather than the machine or the repository.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Ambiguous { .. } | Self::Unknown { .. })
    }

    pub(super) fn temporary(why: io::Error) -> Self {
        Self::Temporary {
            directory: std::env::temp_dir().to_string_lossy().into_owned(),
            why,
        }
    }

    /// An answer of git's about a revision that is known to be there.
    pub(super) fn unreadable(name: &str, error: GitError) -> Self {
        match error {
            GitError::NoGit(error) => Self::NoGit(error),
            GitError::Refused(why) => {
                let hint = Cause::of(&why).and_then(|cause| cause.hint(&why));
                Self::Unreadable {
                    name: name.to_owned(),
                    why,
                    hint,
                }
            }
        }
    }

    /// An object that is not there.
    pub(super) fn missing(name: &str, path: &str, partial: bool) -> Self {
        let hint = if partial {
            format!(
                "this is a partial clone, and nothing is fetched behind your back: clone without `--filter`, or fetch what is missing with `git diff --stat {name}`"
            )
        } else {
            "the repository is damaged: `git fsck` says more".to_owned()
        };
        Self::Unreadable {
            name: name.to_owned(),
            why: format!("the content of `{path}` is not in this repository"),
            hint: Some(hint),
        }
    }
}

/// Why git refuses to look at a repository at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// There is none.
    NoRepository,
    /// It belongs to somebody else.
    Owner,
    /// The directory looks like a bare repository.
    Bare,
}

impl Cause {
    pub(super) fn of(why: &str) -> Option<Self> {
        if why.contains("dubious ownership") {
            Some(Self::Owner)
        } else if why.contains("cannot use bare repository") {
            Some(Self::Bare)
        } else if why.contains("not a git repository") || why.contains("must be run in a work tree")
        {
            Some(Self::NoRepository)
        } else {
            None
        }
    }

    pub(super) fn hint(self, why: &str) -> Option<String> {
        match self {
            Self::Owner => {
                let directory = why.split('\'').nth(1).unwrap_or("DIR");
                Some(format!(
                    "the repository belongs to another user, as in a container: `git config --global --add safe.directory {directory}`"
                ))
            }
            Self::Bare => Some(
                "the workspace's directory has the files of a bare repository (`HEAD`, `objects`, `refs`): take them out of it".into(),
            ),
            Self::NoRepository => {
                let set = std::env::var_os("GIT_DIR").is_some();
                set.then(|| {
                    "the repository is the one that the workspace's directory lies in; `GIT_DIR` is not asked".into()
                })
            }
        }
    }
}
