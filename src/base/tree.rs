//! The tree of a revision as names and kinds, and where a symbolic link in it leads: judged within that tree, never on the disk.

use super::git::{Git, GitError};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

/// What lies at a path of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// A regular file, with the id of its content.
    File(String),
    /// A symbolic link, with the id of the path that it holds.
    Link(String),
    /// A submodule, with the commit that it is at.
    Module(String),
}

/// The files, links and submodules of a tree by their path from the root of the repository.
pub(super) type Tree = BTreeMap<Utf8PathBuf, Entry>;

/// Lists what lies below a directory of a commit; nothing where there is no such directory.
pub(super) fn list(git: &Git, commit: &str, directory: &Utf8Path) -> Result<Tree, GitError> {
    // What stands behind the colon is a name as it is, not a pattern.
    let named = format!("{commit}:{directory}");
    let tree = match git.line(&["rev-parse", "--verify", "--quiet", &named]) {
        Ok(tree) => tree,
        Err(GitError::Refused(_)) => return Ok(Tree::new()),
        Err(error) => return Err(error),
    };
    if git.line(&["cat-file", "-t", &tree])? != "tree" {
        return Ok(Tree::new());
    }
    let mut found = Tree::new();
    for line in git.list(&["ls-tree", "-r", "-z", "--full-tree", &tree])? {
        let Some((meta, path)) = line.split_once('\t') else {
            continue;
        };
        let mut meta = meta.split(' ');
        let (Some(mode), Some(_), Some(id)) = (meta.next(), meta.next(), meta.next()) else {
            continue;
        };
        let path = Utf8Path::new(path);
        // A tree that somebody wrote by hand may hold names that no checkout would make.
        let plain = path
            .components()
            .all(|part| matches!(part, Utf8Component::Normal(name) if name != ".git"));
        if !plain {
            continue;
        }
        let id = id.to_owned();
        let entry = match mode {
            "120000" => Entry::Link(id),
            "160000" => Entry::Module(id),
            mode if mode.starts_with("100") => Entry::File(id),
            _ => continue,
        };
        found.insert(directory.join(path), entry);
    }
    Ok(found)
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// To a file, with the id of its content.
    File(String),
    /// To a directory.
    Directory(Utf8PathBuf),
    /// To nothing, or in a circle.
    Nothing,
    /// Out of the repository.
    Outside,
    /// Into a submodule.
    Module,
}

/// How many links one path may lead over, as the kernel has it.
const MOST_LINKS: usize = 40;

/// Follows a path through the tree of a repository. `read` returns what a link holds.
///
/// # Errors
/// Where a link cannot be read.
pub(super) fn follow<E>(
    tree: &Tree,
    path: &Utf8Path,
    read: &mut dyn FnMut(&str) -> Result<String, E>,
) -> Result<Target, E> {
    let mut at: Vec<String> = Vec::new();
    let mut ahead: Vec<String> = parts(path);
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "." | "" => continue,
            ".." => {
                if at.pop().is_none() {
                    return Ok(Target::Outside);
                }
                continue;
            }
            _ => at.push(part),
        }
        let here = Utf8PathBuf::from(at.join("/"));
        match tree.get(&here) {
            Some(Entry::Link(id)) => {
                links += 1;
                let target = read(id)?;
                if links > MOST_LINKS {
                    return Ok(Target::Nothing);
                }
                if target.starts_with('/') {
                    return Ok(Target::Outside);
                }
                at.pop();
                ahead.extend(parts(Utf8Path::new(&target)));
            }
            Some(Entry::Module(_)) => return Ok(Target::Module),
            Some(Entry::File(id)) => {
                return Ok(if ahead.is_empty() {
                    Target::File(id.clone())
                } else {
                    Target::Nothing
                });
            }
            None if is_directory(tree, &here) => {}
            None => return Ok(Target::Nothing),
        }
    }
    Ok(Target::Directory(at.join("/").into()))
}

/// Returns the parts of a path, the first one last.
fn parts(path: &Utf8Path) -> Vec<String> {
    path.as_str().rsplit('/').map(str::to_owned).collect()
}

fn is_directory(tree: &Tree, path: &Utf8Path) -> bool {
    let below = Utf8PathBuf::from(format!("{path}/"));
    let mut next = tree.range(below..).map(|(found, _)| found);
    next.next().is_some_and(|found| found.starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree in which the id of a link is what it holds.
    fn tree(entries: &[(&str, Entry)]) -> Tree {
        let entries = entries.iter().cloned();
        entries
            .map(|(path, entry)| (Utf8PathBuf::from(path), entry))
            .collect()
    }

    fn link(to: &str) -> Entry {
        Entry::Link(to.into())
    }

    #[test]
    fn links_are_followed_within_the_tree_and_no_further() {
        let tree = tree(&[
            ("a.csv", link("b.csv")),
            ("access/rosters/2026/x.csv", Entry::File("content".into())),
            ("access/rosters/2026-old.csv", Entry::File("old".into())),
            ("access/rosters/current", link("2026")),
            ("access/rosters/x.csv", link("current/x.csv")),
            ("access/up.csv", link("./../access/rosters//x.csv")),
            ("b.csv", link("a.csv")),
            ("gone.csv", link("nothing/there.csv")),
            ("module", Entry::Module("c0ffee".into())),
            ("in.csv", link("module/in.csv")),
            ("out.csv", link("../../etc/passwd")),
            ("root.csv", link("/etc/passwd")),
            ("through.csv", link("access/rosters/2026-old.csv/more")),
        ]);
        let lead = |path: &str| {
            let mut read = |id: &str| Ok::<_, ()>(id.to_owned());
            follow(&tree, Utf8Path::new(path), &mut read).unwrap()
        };
        let content = Target::File("content".into());
        assert_eq!(lead("access/rosters/x.csv"), content);
        assert_eq!(lead("access/up.csv"), content);
        assert_eq!(
            lead("access/rosters/current"),
            Target::Directory("access/rosters/2026".into())
        );
        for circle in ["a.csv", "b.csv", "gone.csv", "through.csv"] {
            assert_eq!(lead(circle), Target::Nothing, "{circle}");
        }
        assert_eq!(lead("in.csv"), Target::Module);
        assert_eq!(lead("out.csv"), Target::Outside);
        assert_eq!(lead("root.csv"), Target::Outside);
    }
}
