//! The workspace as it was somewhere else: at a git revision, or in another directory.
//!
//! A revision is read from git's objects into a temporary directory: nothing is checked out, and no hook, filter or attribute
//! of the repository runs. What it is asked about is the repository of the workspace and no other, whatever `GIT_DIR` says.

mod error;
mod extract;
mod git;
mod history;
mod origin;
mod place;
mod revision;
mod rules;
mod stands;
mod tree;

pub use error::BaseError;
pub use history::{Fork, History};
pub use origin::{mark_origins, mark_unknown};
pub use place::{inner, prefix};
pub use rules::outcomes;
pub use stands::Stands;

use crate::config::{self, LoadOptions, Policy, Workspace};
use crate::desired::Law;
use crate::diagnostic::Severity;
use crate::files::{Given, Scratch};
use crate::report::document::{PlanDocument, RuleChange};
use camino::Utf8Path;
use jiff::civil::Date;
use revision::{Named, Revision};
use std::sync::LazyLock;

/// The workspace to compare with.
#[derive(Debug)]
pub struct Base {
    /// What was asked for, for people.
    pub name: String,
    /// What it says; `None` when there was no workspace yet.
    pub workspace: Option<Workspace>,
    /// How the branch relates to it.
    pub history: History,
    /// What lies in the workspace and could not be read there, as sentences without a full stop.
    pub unread: Vec<String>,
    /// Keeps the files of a revision while the workspace is in use.
    _files: Option<Scratch>,
}

impl Base {
    /// Opens the workspace that `directory` was, at `revision`: a directory, or whatever `git rev-parse` takes, with `:PATH`
    /// behind it where the workspace lay elsewhere in the repository.
    ///
    /// # Errors
    /// See [`BaseError`].
    pub fn open(directory: &Utf8Path, revision: &str, today: Date) -> Result<Self, BaseError> {
        match revision::find(directory, revision)? {
            Named::Directory(root) => Ok(Self {
                name: revision.to_owned(),
                workspace: load(revision, &root, today, &[])?,
                history: History::Contained,
                unread: Vec::new(),
                _files: None,
            }),
            Named::Revision(found) => {
                let read = At::read(&found, &found.commit, today)?;
                if found.moved && read.workspace.is_none() {
                    return Err(BaseError::Unknown {
                        name: revision.to_owned(),
                        why: format!("there is no `portcullis.yaml` in `{}` there", found.path),
                        hint: Some("behind the `:` stands the directory of the workspace".into()),
                    });
                }
                Ok(Self {
                    name: revision.to_owned(),
                    workspace: read.workspace,
                    history: history::of(&found, today),
                    unread: read.unread,
                    _files: Some(read.files),
                })
            }
        }
    }
}

impl Base {
    /// What this branch does to the rules that judge it, compared with where it started from; what the old ones come to is told by
    /// [`outcomes`].
    pub fn rule_changes(&self, now: &Workspace) -> Vec<RuleChange> {
        let before = match &self.history {
            History::Behind { fork, .. } => fork.workspace.as_ref(),
            _ => self.workspace.as_ref(),
        };
        before.map_or_else(Vec::new, |before| rules::changes(before, now))
    }

    /// Returns the policy and the expectations of this workspace: the built-in ones where there is none.
    pub fn law(&self) -> Law<'_> {
        static BUILT_IN: LazyLock<Policy> = LazyLock::new(Policy::default);
        let workspace = self.workspace.as_ref();
        Law {
            policy: workspace.map_or(&BUILT_IN, |workspace| &workspace.policy),
            expectations: workspace.map_or(&[], |workspace| &workspace.expectations),
            of: Some(&self.name),
        }
    }

    /// What stands in the way of telling whose doing a change is: a stable code and a sentence without a full stop.
    pub fn remarks(&self) -> Vec<(&'static str, String)> {
        origin::remarks(self)
    }
}

/// Returns the commit that is checked out where a directory lies; `None` where there is none, or no git.
pub fn commit(directory: &Utf8Path) -> Option<String> {
    let asked = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
    git::Git::at(directory).line(&asked).ok()
}

/// Puts what a branch does to its rules into a plan, and says each among the findings.
pub fn tell_rules(document: &mut PlanDocument, changes: Vec<RuleChange>) {
    let findings = changes.iter().map(rules::finding);
    document.findings.extend(findings);
    document.rule_changes = changes;
}

/// The workspace at one commit.
struct At {
    workspace: Option<Workspace>,
    unread: Vec<String>,
    files: Scratch,
}

impl At {
    fn read(found: &Revision, commit: &str, today: Date) -> Result<Self, BaseError> {
        let files = Scratch::new().map_err(|refusal| BaseError::temporary(refusal.into()))?;
        let unread = extract::extract(found, commit, &files)?;
        let root = files.path().join(extract::WORKSPACE);
        let workspace = load(&found.name, &root, today, &unread)?;
        Ok(Self {
            workspace,
            unread,
            files,
        })
    }
}

fn load(
    name: &str,
    root: &Utf8Path,
    today: Date,
    unread: &[String],
) -> Result<Option<Workspace>, BaseError> {
    if !Given::new(root.join(config::ROOT_FILE)).is_there() {
        return Ok(None);
    }
    let loaded = config::load(root, LoadOptions::new(today));
    if loaded.workspace.is_some() {
        return Ok(loaded.workspace);
    }
    let errors = loaded.diagnostics.iter();
    let errors: Vec<_> = errors.filter(|d| d.severity == Severity::Error).collect();
    let first = errors.first().map(|error| {
        let place = error.span().map(|span| loaded.sources.place(span));
        match place {
            Some(place) => format!("{} ({place})", error.message),
            None => error.message.to_string(),
        }
    });
    Err(BaseError::Invalid {
        name: name.to_owned(),
        errors: errors.len(),
        first: first.unwrap_or_default(),
        unread: unread.to_vec(),
    })
}
