//! How a branch relates to its base: whether it holds everything that the base has.

use super::At;
use super::git::GitError;
use super::revision::{self, Revision, SHALLOW};
use crate::config::Workspace;
use crate::files::Scratch;
use jiff::civil::Date;

/// How the branch relates to its base.
#[derive(Debug)]
pub enum History {
    /// The branch holds the base, or the base is a directory: what was not there before is the branch's doing.
    Contained,
    /// The base has moved on since the branch left it.
    Behind {
        /// How many commits of the base the branch does not hold.
        commits: u64,
        /// The workspace where the two parted.
        fork: Box<Fork>,
    },
    /// It cannot be told.
    Unknown {
        /// Why not, as a sentence without a full stop.
        why: String,
    },
}

/// The workspace where a branch left its base.
#[derive(Debug)]
pub struct Fork {
    /// What it says; `None` when there was no workspace yet.
    pub workspace: Option<Workspace>,
    /// Keeps its files while it is in use.
    _files: Scratch,
}

/// Finds out how what is checked out relates to a revision.
pub(super) fn of(found: &Revision, today: Date) -> History {
    relation(found, today).unwrap_or_else(|why| History::Unknown { why })
}

fn relation(found: &Revision, today: Date) -> Result<History, String> {
    let git = &found.top;
    let base = found.commit.as_str();
    let commit = |name: &str| git.line(&["rev-parse", "--verify", "--quiet", name]);
    let head = commit("HEAD^{commit}").map_err(|_| "this branch has no commit yet".to_owned())?;
    // In the middle of a merge the files hold both sides already.
    let merged = commit("MERGE_HEAD^{commit}").ok();
    for side in std::iter::once(&head).chain(&merged) {
        if git
            .says_yes(&["merge-base", "--is-ancestor", base, side])
            .map_err(words)?
        {
            return Ok(History::Contained);
        }
    }
    let Ok(fork) = git.line(&["merge-base", base, &head]) else {
        return Err(if revision::is_shallow(git) {
            format!(
                "where this branch left `{}` is not in this clone; {SHALLOW}",
                found.name
            )
        } else {
            format!("this branch and `{}` have no commit in common", found.name)
        });
    };
    let tree = |at: &str| commit(&format!("{at}:{}", found.path)).ok();
    if tree(base) == tree(&fork) {
        // It has moved on, but not where the workspace lies.
        return Ok(History::Contained);
    }
    let missing = git
        .line(&["rev-list", "--count", base, &format!("^{head}")])
        .map_err(words)?;
    let read = At::read(found, &fork, today).map_err(|error| {
        format!(
            "the workspace where this branch left `{}` cannot be read: {error}",
            found.name
        )
    })?;
    if let Some(unread) = read.unread.first() {
        return Err(unread.clone());
    }
    Ok(History::Behind {
        commits: missing.trim().parse().unwrap_or(1),
        fork: Box::new(Fork {
            workspace: read.workspace,
            _files: read.files,
        }),
    })
}

fn words(error: GitError) -> String {
    match error {
        GitError::NoGit(error) => error.to_string(),
        GitError::Refused(why) => why,
    }
}
