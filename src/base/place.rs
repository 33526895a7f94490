//! Where a workspace lies in its repository, seen from the directories alone: the answer is the same in a hook, in a container
//! that has no git, and in a repository of somebody else.

use crate::files::Given;
use camino::{Utf8Path, Utf8PathBuf};

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

/// Returns the repository inside of a workspace to which a file belongs, such as a submodule; `None` where it belongs to the workspace's
/// own. `file` is relative to the workspace and leads over no link.
pub fn inner(workspace: &Utf8Path, file: &Utf8Path) -> Option<Utf8PathBuf> {
    let directories = file.ancestors().skip(1);
    let mut below = directories.filter(|directory| !directory.as_str().is_empty());
    let is_top = |at: &&Utf8Path| Given::new(workspace.join(at).join(".git")).is_there();
    below.find(is_top).map(Utf8Path::to_owned)
}
