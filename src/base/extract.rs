//! Writes the files that a workspace can consist of out of a revision into an empty directory.
//!
//! A link becomes what it is in a work tree: a file that it leads to is read from git's objects, a directory of the workspace is
//! linked again, and one that leads out or nowhere leads out or nowhere here as well, so that the loader says of it what it would
//! say of the work tree. A submodule is read from its own repository where that is checked out.

use super::error::BaseError;
use super::git::{Blobs, Git};
use super::revision::Revision;
use super::tree::{self, Entry, Target, Tree};
use crate::files::{Given, Refusal, Scratch};
use camino::{Utf8Path, Utf8PathBuf};
use std::io;

/// The endings of files that a workspace can consist of; nothing else is taken out of a revision.
const ENDINGS: [&str; 4] = ["yaml", "yml", "csv", "txt"];
/// The largest file, as the loader has it, and what all of them may have together.
const MOST_BYTES: u64 = 256 << 20;
const MOST_IN_ALL: u64 = 4 << 30;
/// The longest path that a link may hold.
const MOST_OF_LINK: u64 = 4096;
/// How deep submodules may lie in each other.
const MOST_DEEP: usize = 4;

/// Where the workspace lies among the temporary files.
pub(super) const WORKSPACE: &str = "workspace";
/// Beside it: where links go that lead out.
const OUTSIDE: &str = "outside";

/// Writes the workspace of a commit to temporary files, below [`WORKSPACE`]. Returns what could not be read, for people.
pub(super) fn extract(
    found: &Revision,
    commit: &str,
    files: &Scratch,
) -> Result<Vec<String>, BaseError> {
    files
        .make_directory(Utf8Path::new(WORKSPACE))
        .map_err(temporary)?;
    let mut extraction = Extraction {
        found,
        files,
        left: MOST_IN_ALL,
        unread: Vec::new(),
    };
    files
        .write(Utf8Path::new(OUTSIDE), b"")
        .map_err(temporary)?;
    extraction.repository(&found.top, commit, &found.path, Utf8Path::new(""), 0)?;
    Ok(extraction.unread)
}

struct Extraction<'a> {
    found: &'a Revision,
    files: &'a Scratch,
    /// How many bytes may still be written.
    left: u64,
    unread: Vec<String>,
}

impl Extraction<'_> {
    /// Writes what a commit of a repository has below a directory to `at` in the workspace.
    fn repository(
        &mut self,
        git: &Git,
        commit: &str,
        directory: &Utf8Path,
        at: &Utf8Path,
        depth: usize,
    ) -> Result<(), BaseError> {
        let unreadable = |error| BaseError::unreadable(&self.found.name, error);
        let tree = tree::list(git, commit, directory).map_err(unreadable)?;
        if tree.is_empty() {
            return Ok(());
        }
        let mut blobs = git.blobs().map_err(unreadable)?;
        let place = |path: &Utf8Path| {
            let below = path.strip_prefix(directory).unwrap_or(path);
            at.join(below)
        };
        let mut whole: Option<Tree> = None;
        // Regular files first: nothing is ever written through a link.
        for (path, entry) in &tree {
            if let Entry::File(id) = entry
                && is_known(path)
            {
                self.file(git, &mut blobs, id, &place(path))?;
            }
        }
        for (path, entry) in &tree {
            let Entry::Link(_) = entry else { continue };
            if whole.is_none() && !directory.as_str().is_empty() {
                let all = tree::list(git, commit, Utf8Path::new(""));
                whole = Some(all.map_err(|error| BaseError::unreadable(&self.found.name, error))?);
            }
            let all = whole.as_ref().unwrap_or(&tree);
            let target = self.target(git, &mut blobs, all, path)?;
            self.link(git, &mut blobs, &target, directory, path, &place(path))?;
        }
        for (path, entry) in &tree {
            if let Entry::Module(commit) = entry {
                let module = at.join(path.strip_prefix(directory).unwrap_or(path));
                self.module(git, path, commit, &module, depth)?;
            }
        }
        Ok(())
    }

    fn file(
        &mut self,
        git: &Git,
        blobs: &mut Blobs,
        id: &str,
        at: &Utf8Path,
    ) -> Result<(), BaseError> {
        let target = Utf8Path::new(WORKSPACE).join(at);
        let mut file = self.files.create(&target).map_err(temporary)?;
        let most = MOST_BYTES.min(self.left);
        match self.copy(git, blobs, id, most, at, &mut file)? {
            Some(size) => self.left -= size,
            None => {
                self.unread
                    .push(format!("`{at}` is larger than {} MiB", most >> 20));
                // Not a short file, but none: what needs it then says that it is not there.
                drop(file);
                self.files.remove(&target).map_err(temporary)?;
            }
        }
        Ok(())
    }

    fn copy(
        &self,
        git: &Git,
        blobs: &mut Blobs,
        id: &str,
        most: u64,
        path: &Utf8Path,
        to: &mut dyn io::Write,
    ) -> Result<Option<u64>, BaseError> {
        let name = &self.found.name;
        blobs.copy(id, most, to).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                let asked = git.line(&["config", "--get", "extensions.partialClone"]);
                let promised = git.line(&["config", "--get-regexp", r"^remote\..*\.promisor$"]);
                let partial = asked.is_ok() || promised.is_ok();
                BaseError::missing(name, path.as_str(), partial)
            } else {
                BaseError::Unreadable {
                    name: name.clone(),
                    why: format!("`{path}`: {error}"),
                    hint: None,
                }
            }
        })
    }

    fn target(
        &self,
        git: &Git,
        blobs: &mut Blobs,
        tree: &Tree,
        path: &Utf8Path,
    ) -> Result<Target, BaseError> {
        tree::follow(tree, path, &mut |id| {
            let mut text = Vec::new();
            self.copy(git, blobs, id, MOST_OF_LINK, path, &mut text)?;
            // A path that is too long or no text leads nowhere.
            Ok(String::from_utf8(text).unwrap_or_default())
        })
    }

    /// Makes what stands for a link.
    fn link(
        &mut self,
        git: &Git,
        blobs: &mut Blobs,
        target: &Target,
        directory: &Utf8Path,
        path: &Utf8Path,
        at: &Utf8Path,
    ) -> Result<(), BaseError> {
        let up = "../".repeat(at.components().count().saturating_sub(1));
        match target {
            Target::File(id) if is_known(path) => self.file(git, blobs, id, at),
            Target::File(_) => Ok(()),
            Target::Directory(there) => {
                // A directory beside the workspace is not part of it, in a work tree neither.
                let below = there.strip_prefix(directory).ok();
                let to = match below {
                    Some(below) if !below.as_str().is_empty() => format!("{up}{below}"),
                    _ => self.outside().to_string(),
                };
                self.point(at, &to)
            }
            Target::Nothing => self.point(at, &format!("{up}.nothing")),
            Target::Outside => self.point(at, self.outside().as_str()),
            Target::Module => {
                self.unread
                    .push(format!("`{at}` is a link into a submodule"));
                self.point(at, &format!("{up}.nothing"))
            }
        }
    }

    fn point(&self, at: &Utf8Path, to: &str) -> Result<(), BaseError> {
        let target = Utf8Path::new(WORKSPACE).join(at);
        self.files.link(&target, to).map_err(temporary)
    }

    fn outside(&self) -> Utf8PathBuf {
        self.files.path().join(OUTSIDE)
    }

    /// Reads a submodule at the commit that the tree names, from the repository that is checked out there.
    fn module(
        &mut self,
        git: &Git,
        path: &Utf8Path,
        commit: &str,
        at: &Utf8Path,
        depth: usize,
    ) -> Result<(), BaseError> {
        let here = match git.top() {
            Ok(top) => top.join(path),
            Err(error) => return Err(BaseError::unreadable(&self.found.name, error)),
        };
        let module = Git::at(&here);
        // Where nothing is checked out, the directory is one of the repository around it.
        let own = Given::new(here.join(".git")).is_there();
        let object = format!("{commit}^{{commit}}");
        let known = own && module.line(&["cat-file", "-e", &object]).is_ok();
        if known && depth < MOST_DEEP {
            return self.repository(&module, commit, Utf8Path::new(""), at, depth + 1);
        }
        // Not checked out, and the same on the branch: neither side has anything from it.
        let empty = Given::new(&*here).is_empty();
        let now = git.line(&["rev-parse", "--verify", "--quiet", &format!("HEAD:{path}")]);
        if empty && now.is_ok_and(|now| now == commit) {
            return Ok(());
        }
        self.unread.push(format!(
            "the submodule `{path}` (commit {}) is not here: `git submodule update --init {path}`",
            commit.get(..10).unwrap_or(commit)
        ));
        Ok(())
    }
}

fn temporary(refusal: Refusal) -> BaseError {
    BaseError::temporary(refusal.into())
}

fn is_known(path: &Utf8Path) -> bool {
    path.extension().is_some_and(|e| ENDINGS.contains(&e))
}
