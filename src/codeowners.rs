//! A `CODEOWNERS` file from the scopes of a workspace, so that review follows what each file may declare.
//!
//! The configuration format names no owners, so they are given beside it: `files=owner` for the `files` of a scope, and `*=owner`
//! for everything else. In CODEOWNERS the last line that matches counts, so the files that hold the keys (the root file with its
//! scopes, and acceptances) come last and nobody can take them over with a broad scope.

use crate::config::Workspace;
use crate::policy::acceptance;
use std::collections::BTreeMap;
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
    for files in scopes {
        line(files, owners.get(files).unwrap_or(rest))?;
    }
    line(&format!("{}/**", acceptance::DIRECTORY), rest)?;
    line("portcullis.yaml", rest)?;
    Ok(text)
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
