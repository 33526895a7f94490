//! Where a workspace lies in its repository, seen from the directories alone: the answer is the same in a hook, in a container
//! that has no git, and in a repository of somebody else.

use crate::files::Given;
use camino::Utf8Path;

/// Returns where a directory lies in its repository, with `/` at the end unless it is the root; `None` outside of one.
pub fn prefix(directory: &Utf8Path) -> Option<String> {
    let real = Given::new(directory).real()?;
    // A linked worktree and a submodule have a file of that name.
    let top = real
        .ancestors()
        .find(|at| Given::new(at.join(".git")).is_there())?;
    let below = real.strip_prefix(top).ok()?;
    let mut prefix = String::new();
    for part in below.components() {
        prefix.push_str(part.as_str());
        prefix.push('/');
    }
    Some(prefix)
}
