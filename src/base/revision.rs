//! What a name stands for: a directory, or a revision of the workspace's repository. Never one for the other.

use super::error::{BaseError, Cause};
use super::git::{Git, GitError};
use crate::files::Given;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// What was meant.
pub(super) enum Named {
    /// A directory.
    Directory(Utf8PathBuf),
    /// A revision.
    Revision(Revision),
}

/// A revision of a repository, and where the workspace lies in it.
pub(super) struct Revision {
    /// What was asked for, for people.
    pub(super) name: String,
    /// The root of the work tree.
    pub(super) top: Git,
    /// The commit.
    pub(super) commit: String,
    /// Where the workspace lies there, from the root of the repository.
    pub(super) path: Utf8PathBuf,
    /// Whether that was said with `REV:PATH`.
    pub(super) moved: bool,
}

/// Finds out what a name stands for. Where it could be both, it is refused.
pub(super) fn find(directory: &Utf8Path, name: &str) -> Result<Named, BaseError> {
    let there = Given::new(name).is_a_directory();
    if is_path(name) {
        return if there {
            Ok(Named::Directory(name.into()))
        } else {
            Err(unknown(name, "there is no such directory", None))
        };
    }
    match (there, revision(directory, name)) {
        (true, Ok(found)) => Err(BaseError::Ambiguous {
            name: name.to_owned(),
            what: "there is a directory of that name, and a revision".into(),
            hint: format!(
                "write `./{name}` for the directory, `{}` for the revision",
                full_name(&found.top, name)
            ),
        }),
        // Whether there is a revision of that name is known only where git has looked.
        (true, Err(BaseError::NoGit(_) | BaseError::Unknown { .. })) => {
            Ok(Named::Directory(name.into()))
        }
        (_, found) => found.map(Named::Revision),
    }
}

/// Says whether a name can only be a path.
fn is_path(name: &str) -> bool {
    let path = Utf8Path::new(name);
    let first = path.components().next();
    path.is_absolute()
        || matches!(
            first,
            Some(Utf8Component::CurDir | Utf8Component::ParentDir)
        )
}

fn unknown(name: &str, why: impl Into<String>, hint: Option<String>) -> BaseError {
    BaseError::Unknown {
        name: name.to_owned(),
        why: why.into(),
        hint,
    }
}

fn revision(directory: &Utf8Path, name: &str) -> Result<Revision, BaseError> {
    if name.is_empty() || name.starts_with('-') {
        return Err(unknown(name, "it begins with `-`, or is empty", None));
    }
    let (wanted, path) = split(name);
    if wanted.is_empty() {
        let hint = "name a commit, as in `main`, or `main:PATH`".to_owned();
        return Err(unknown(name, "it names no commit", Some(hint)));
    }
    let here = Git::at(directory);
    let refused = |error: GitError| match error {
        GitError::NoGit(error) => BaseError::NoGit(error),
        GitError::Refused(why) => {
            let cause = Cause::of(&why);
            let hint = cause.and_then(|cause| cause.hint(&why));
            match cause {
                Some(Cause::Owner | Cause::Bare) => BaseError::Unreadable {
                    name: name.to_owned(),
                    why,
                    hint,
                },
                _ => unknown(name, why, hint),
            }
        }
    };
    let root = here.top().map_err(refused)?;
    let prefix = here.prefix().map_err(refused)?;
    let top = Git::at(&root);
    if let Some((start, _)) = wanted.split_once("..")
        && !wanted.contains("^{/")
    {
        let meant = if start.is_empty() { "main" } else { start };
        let hint = format!("the base is one revision, such as `{meant}`");
        return Err(unknown(name, "it is a range of revisions", Some(hint)));
    }
    let commit = commit(&top, name, wanted)?;
    let moved = path.is_some();
    let path = match path {
        None => prefix,
        Some(path) => below(path).ok_or_else(|| {
            let hint = "behind the `:` stands a path from the root of the repository".to_owned();
            unknown(
                name,
                format!("`{path}` leads out of the repository"),
                Some(hint),
            )
        })?,
    };
    let revision = Revision {
        name: name.to_owned(),
        top,
        commit,
        path,
        moved,
    };
    Ok(revision)
}

/// Finds the commit. Two references of one name are refused too: a tag `main` beside the branch could be anybody's.
fn commit(top: &Git, name: &str, wanted: &str) -> Result<String, BaseError> {
    let peeled = format!("{wanted}^{{commit}}");
    let asked = top.answer(&["rev-parse", "--verify", "--end-of-options", &peeled]);
    match asked {
        Ok((_, remarks)) if remarks.contains("is ambiguous") => Err(BaseError::Ambiguous {
            name: name.to_owned(),
            what: "a branch and a tag, or two other references, have that name".into(),
            hint: format!("write which one: `refs/heads/{wanted}` or `refs/tags/{wanted}`"),
        }),
        Ok((commit, _)) => Ok(commit.trim().to_owned()),
        Err(GitError::NoGit(error)) => Err(BaseError::NoGit(error)),
        Err(GitError::Refused(why)) => {
            let remote = format!("refs/remotes/origin/{wanted}^{{commit}}");
            let remote = top.line(&["rev-parse", "--verify", "--quiet", &remote]);
            let hint = if remote.is_ok() {
                Some(format!(
                    "there is no branch of that name here, but one that was fetched: `origin/{wanted}`"
                ))
            } else {
                is_shallow(top).then(|| SHALLOW.to_owned())
            };
            Err(unknown(name, why, hint))
        }
    }
}

/// What helps in a clone that has few revisions.
pub(super) const SHALLOW: &str = "this clone is shallow and has few revisions: `git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout, `GIT_DEPTH: \"0\"` in GitLab";

/// Says whether the repository lacks history.
pub(super) fn is_shallow(top: &Git) -> bool {
    let asked = top.line(&["rev-parse", "--is-shallow-repository"]);
    asked.is_ok_and(|answer| answer == "true")
}

/// Splits `REV:PATH`. A colon within braces, as in `HEAD^{/fix: that}`, belongs to the revision.
fn split(name: &str) -> (&str, Option<&str>) {
    let mut depth = 0_usize;
    for (at, c) in name.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => return (&name[..at], Some(&name[at + 1..])),
            _ => {}
        }
    }
    (name, None)
}

/// Returns a path from the root of a repository in its plain form; `None` where it leads out.
fn below(path: &str) -> Option<Utf8PathBuf> {
    let mut plain = Vec::new();
    for part in Utf8Path::new(path).components() {
        match part {
            Utf8Component::Normal(name) => plain.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                return None;
            }
        }
    }
    Some(plain.join("/").into())
}

fn full_name(top: &Git, name: &str) -> String {
    let full = top.line(&[
        "rev-parse",
        "--symbolic-full-name",
        "--end-of-options",
        name,
    ]);
    match full {
        Ok(full) if full.starts_with("refs/") => full,
        _ => format!("{name}^{{commit}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_separates_the_path_unless_it_stands_in_braces() {
        for (name, expected) in [
            ("main", ("main", None)),
            ("main:old/access", ("main", Some("old/access"))),
            ("main:", ("main", Some(""))),
            (":main", ("", Some("main"))),
            ("HEAD^{/fix: it}", ("HEAD^{/fix: it}", None)),
            ("HEAD@{12:00}:a", ("HEAD@{12:00}", Some("a"))),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }

    #[test]
    fn what_can_only_be_a_path_is_one() {
        for path in ["./main", "../base", ".", "/tmp/base"] {
            assert!(is_path(path), "{path}");
        }
        for name in ["main", "refs/heads/main", ".hidden", "HEAD"] {
            assert!(!is_path(name), "{name}");
        }
        assert_eq!(below("./old/access/"), Some("old/access".into()));
        assert_eq!(below(""), Some("".into()));
        assert_eq!(below("../old"), None);
    }
}
