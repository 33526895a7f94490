//! Where a workspace lies in its repository, seen from the directories alone: the answer is the same in a hook, in a container
//! that has no git, and in a repository of somebody else.

use camino::Utf8Path;

/// Returns where a directory lies in its repository, with `/` at the end unless it is the root; `None` outside of one.
pub fn prefix(directory: &Utf8Path) -> Option<String> {
    let real = directory.canonicalize_utf8().ok()?;
    // A linked worktree and a submodule have a file of that name.
    let top = real.ancestors().find(|at| at.join(".git").exists())?;
    let below = real.strip_prefix(top).ok()?;
    let mut prefix = String::new();
    for part in below.components() {
        prefix.push_str(part.as_str());
        prefix.push('/');
    }
    Some(prefix)
}
