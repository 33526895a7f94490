//! A `CODEOWNERS` file from the scopes of a workspace, so that review follows what each file may declare.
//!
//! The configuration format names no owners, so they are given beside it: `files=owner` for the `files` of a scope, and `*=owner`
//! for everything else. In CODEOWNERS the last line that matches counts, so the files that hold the keys (the root file with its
//! scopes, and acceptances) come last and nobody can take them over with a broad scope.

use crate::config::{Workspace, file_matches};
use crate::policy::acceptance;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The pattern that stands for everything no scope names.
pub const REST: &str = "*";

/// Why no file can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeownersError {
    /// Nobody is named for these.
    #[error("nobody owns {0}: name somebody with `--owner '{1}=@team'`")]
    NoOwner(String, String),
    /// An owner is named for what no scope has.
    #[error("no scope has the files `{0}`")]
    NoScope(String),
    /// Not `files=owner`.
    #[error(
        "`{0}` is not `FILES=OWNER`, where an owner is `@user`, `@organization/team` or an address"
    )]
    Shape(String),
    /// A pattern that CODEOWNERS does not know.
    #[error("`{0}` cannot be said in a CODEOWNERS file")]
    Pattern(String),
}

/// Reads `FILES=OWNER[ OWNER…]`.
///
/// # Errors
/// When it is not of that form.
pub fn owner(text: &str) -> Result<(String, Vec<String>), CodeownersError> {
    let wrong = || CodeownersError::Shape(text.to_owned());
    let (files, owners) = text.split_once('=').ok_or_else(wrong)?;
    let owners: Vec<String> = owners.split_whitespace().map(str::to_owned).collect();
    let named = |owner: &String| {
        let name = owner.strip_prefix('@').unwrap_or(owner);
        let characters = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./+@".contains(c));
        characters && !name.is_empty() && owner.contains('@')
    };
    if files.is_empty() || owners.is_empty() || !owners.iter().all(named) {
        return Err(wrong());
    }
    Ok((files.to_owned(), owners))
}

/// Writes the file; `prefix` is where the workspace lies in its repository.
///
/// # Errors
/// When somebody is missing or named for nothing, or a pattern cannot be said.
pub fn codeowners(
    workspace: &Workspace,
    owners: &BTreeMap<String, Vec<String>>,
    prefix: &str,
) -> Result<String, CodeownersError> {
    let scopes: Vec<&str> = workspace
        .scopes
        .iter()
        .map(|scope| scope.files.value.as_str())
        .collect();
    if let Some(files) = owners
        .keys()
        .find(|files| *files != REST && !scopes.contains(&files.as_str()))
    {
        return Err(CodeownersError::NoScope(files.clone()));
    }
    let rest = owners
        .get(REST)
        .ok_or_else(|| CodeownersError::NoOwner("what no scope names".into(), REST.into()))?;
    let mut text = String::from(
        "# Written by `portcullis codeowners` from the scopes in portcullis.yaml; the last line that matches counts.\n",
    );
    let mut line = |pattern: &str, owners: &[String]| -> Result<(), CodeownersError> {
        let path = pattern_of(&format!("{prefix}{pattern}"))?;
        // Writing to text cannot fail.
        let _ = writeln!(text, "{path} {}", owners.join(" "));
        Ok(())
    };
    line("**", rest)?;
    for (path, files) in rosters(workspace) {
        line(&path, owners.get(files).unwrap_or(rest))?;
    }
    for files in scopes {
        line(files, owners.get(files).unwrap_or(rest))?;
    }
    line(&format!("{}/**", acceptance::DIRECTORY), rest)?;
    line("portcullis.yaml", rest)?;
    Ok(text)
}

/// Returns the roster files that lie in no scope's files and whose list one scope declares, with the files of that scope: who
/// answers for a list answers for the people on it. What several scopes name belongs to the rest.
fn rosters(workspace: &Workspace) -> BTreeMap<String, &str> {
    let scope_of = |path: &str| {
        let scopes = workspace.scopes.iter().rev();
        let mut fitting = scopes.filter(|scope| file_matches(&scope.files.value, path));
        fitting.next().map(|scope| scope.files.value.as_str())
    };
    let path = |file| workspace.sources.get(file).map(|file| file.path.as_str());
    let mut named: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for site in workspace.sites.values() {
        let members = site.organizations.values().map(|o| &o.members);
        let customers = site.projects.values().map(|project| &project.customers);
        let lists = members.chain(customers).flatten();
        for roster in lists.flat_map(|roster| &roster.files) {
            if let (Some(file), Some(by)) = (path(roster.file), path(roster.named.file)) {
                named.entry(file).or_default().insert(scope_of(by));
            }
        }
    }
    let outside = named
        .into_iter()
        .filter(|(file, _)| scope_of(file).is_none());
    outside
        .filter_map(|(file, scopes)| {
            let mut scopes = scopes.into_iter();
            let only = scopes
                .next()
                .flatten()
                .filter(|_| scopes.next().is_none())?;
            Some((file.to_owned(), only))
        })
        .collect()
}

fn pattern_of(path: &str) -> Result<String, CodeownersError> {
    if path.contains(['[', ']', '!', '#', '\\', '\n', '\t']) {
        return Err(CodeownersError::Pattern(path.to_owned()));
    }
    Ok(format!("/{}", path.replace(' ', "\\ ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_users_teams_or_addresses() {
        let read = owner("organizations/globex/**=@acme/globex it@acme.example").unwrap();
        assert_eq!(read.1, ["@acme/globex", "it@acme.example"]);
        for bad in ["x", "=@a", "x=", "x=team", "x=@", "x=@a\u{202e}b", "x=@a,b"] {
            assert!(owner(bad).is_err(), "{bad}");
        }
    }
}
