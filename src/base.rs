//! The workspace as it was somewhere else: at a git revision, or in another directory.
//!
//! A revision is read from git's objects into a temporary directory (`git ls-tree`, `git cat-file`): nothing is checked out, and
//! no hook, filter or attribute of the repository runs.

use crate::config::{self, LoadOptions, Workspace};
use crate::report::document::PlanDocument;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// The endings of files that a workspace can consist of; nothing else is taken out of a revision.
const ENDINGS: [&str; 4] = ["yaml", "yml", "csv", "txt"];

/// The workspace to compare with.
#[derive(Debug)]
pub struct Base {
    /// What was asked for, for people.
    pub name: String,
    /// What it says; `None` when there was no workspace yet.
    pub workspace: Option<Workspace>,
    /// Keeps the files of a revision while the workspace is in use.
    _files: Option<tempfile::TempDir>,
}

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// Neither a directory nor a revision.
    #[error("`{0}` is neither a directory nor a revision that git knows here: {1}")]
    Unknown(String, String),
    /// The program cannot be started.
    #[error("the program `git` cannot be started: {0}")]
    NoGit(io::Error),
    /// Git gave an answer that cannot be used.
    #[error("revision `{0}` cannot be read: {1}")]
    Unreadable(String, String),
    /// A temporary file cannot be written.
    #[error("the base cannot be written to a temporary directory: {0}")]
    Temporary(#[from] io::Error),
    /// The workspace there has errors.
    #[error("the workspace at `{name}` has {errors} errors, so nothing can be compared with it")]
    Invalid {
        /// What was asked for.
        name: String,
        /// How many.
        errors: usize,
    },
}

impl Base {
    /// Opens the workspace that `directory` was, at `revision`: a directory, or whatever `git rev-parse` takes.
    ///
    /// # Errors
    /// See [`BaseError`].
    pub fn open(directory: &Utf8Path, revision: &str, today: Date) -> Result<Self, BaseError> {
        let (root, files) = if Utf8Path::new(revision).is_dir() {
            (Utf8PathBuf::from(revision), None)
        } else {
            let files = tempfile::tempdir()?;
            let root = Utf8PathBuf::from_path_buf(files.path().to_path_buf())
                .map_err(|_| io::Error::other("the temporary directory's name is not UTF-8"))?;
            extract(directory, revision, &root)?;
            (root, Some(files))
        };
        if !root.join("portcullis.yaml").exists() {
            return Ok(Self {
                name: revision.to_owned(),
                workspace: None,
                _files: files,
            });
        }
        let loaded = config::load(&root, LoadOptions::new(today));
        match loaded.workspace {
            Some(workspace) => Ok(Self {
                name: revision.to_owned(),
                workspace: Some(workspace),
                _files: files,
            }),
            None => Err(BaseError::Invalid {
                name: revision.to_owned(),
                errors: loaded
                    .diagnostics
                    .iter()
                    .filter(|d| d.severity == crate::diagnostic::Severity::Error)
                    .count(),
            }),
        }
    }
}

/// Marks every change of a plan: would the base cause it as well, against the same live state?
pub fn mark_origins(document: &mut PlanDocument, base: &PlanDocument) {
    let there: BTreeMap<&str, _> = base
        .resource_changes
        .iter()
        .map(|row| (row.address.as_str(), &row.change))
        .collect();
    for row in &mut document.resource_changes {
        let before = there.get(row.address.as_str()).is_some_and(|change| {
            change.actions == row.change.actions && change.after == row.change.after
        });
        let origin = if before {
            "there_before"
        } else {
            "this_branch"
        };
        row.portcullis.origin = Some(origin.to_owned());
    }
}

/// Returns where the workspace lies in its repository, with `/` at the end unless it is the root; `None` outside of one.
pub fn prefix(directory: &Utf8Path) -> Option<String> {
    let output = git(directory, &["rev-parse", "--show-prefix"]).ok()?;
    Some(output.trim_end_matches(['\n', '\r']).to_owned())
}

fn command(directory: &Utf8Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("--no-replace-objects")
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .current_dir(directory)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

fn git(directory: &Utf8Path, arguments: &[&str]) -> Result<String, BaseError> {
    let output = command(directory)
        .args(arguments)
        .output()
        .map_err(BaseError::NoGit)?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        let why = why.lines().next().unwrap_or("no reason given");
        let what = arguments.last().copied().unwrap_or_default();
        return Err(BaseError::Unreadable(what.to_owned(), why.to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes the workspace's files of a revision to a directory.
fn extract(directory: &Utf8Path, revision: &str, to: &Utf8Path) -> Result<(), BaseError> {
    let unknown = |why: String| BaseError::Unknown(revision.to_owned(), why);
    if revision.is_empty() || revision.starts_with('-') {
        return Err(unknown("it begins with `-`, or is empty".into()));
    }
    let wanted = format!("{revision}^{{commit}}");
    let commit = git(
        directory,
        &["rev-parse", "--verify", "--end-of-options", &wanted],
    )
    .map_err(|error| match error {
        BaseError::Unreadable(_, why) => unknown(why),
        other => other,
    })?;
    // `--end-of-options` is echoed by some versions of git.
    let commit = commit.lines().last().unwrap_or_default().trim().to_owned();
    let prefix = prefix(directory).unwrap_or_default();
    let path = if prefix.is_empty() {
        "."
    } else {
        prefix.as_str()
    };
    let top = git(directory, &["rev-parse", "--show-toplevel"])?;
    let top = Utf8PathBuf::from(top.trim_end_matches(['\n', '\r']));
    let listing = git(&top, &["ls-tree", "-r", "-z", &commit, "--", path])?;
    let mut wanted: Vec<(String, Utf8PathBuf)> = Vec::new();
    for entry in listing.split('\0').filter(|entry| !entry.is_empty()) {
        let Some((meta, path)) = entry.split_once('\t') else {
            continue;
        };
        let mut meta = meta.split(' ');
        let (Some(mode), Some("blob"), Some(id)) = (meta.next(), meta.next(), meta.next()) else {
            continue;
        };
        let Some(relative) = path.strip_prefix(&prefix) else {
            continue;
        };
        let relative = Utf8PathBuf::from(relative);
        let plain = relative
            .components()
            .all(|part| matches!(part, Utf8Component::Normal(name) if name != ".git"));
        let known = relative.extension().is_some_and(|e| ENDINGS.contains(&e));
        // A link could point anywhere, so only regular files are taken.
        if plain && known && mode.starts_with("100") {
            wanted.push((id.to_owned(), relative));
        }
    }
    write_blobs(&top, revision, &wanted, to)
}

fn write_blobs(
    top: &Utf8Path,
    revision: &str,
    wanted: &[(String, Utf8PathBuf)],
    to: &Utf8Path,
) -> Result<(), BaseError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let broken = |why: String| BaseError::Unreadable(revision.to_owned(), why);
    let mut child = command(top)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(BaseError::NoGit)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(broken("git has no streams".into()));
    };
    let mut output = BufReader::new(output);
    for (id, path) in wanted {
        writeln!(input, "{id}")
            .and_then(|()| input.flush())
            .map_err(|error| broken(error.to_string()))?;
        let mut header = String::new();
        output
            .read_line(&mut header)
            .map_err(|error| broken(error.to_string()))?;
        let size: u64 = header
            .trim_end()
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| broken(format!("`{path}`: {}", header.trim_end())))?;
        let target = to.join(path);
        if let Some(parent) = target.parent() {
            fs_err::create_dir_all(parent)?;
        }
        let mut file = fs_err::File::create(&target)?;
        let copied = io::copy(&mut (&mut output).take(size), &mut file)?;
        let mut newline = [0];
        if copied != size || output.read_exact(&mut newline).is_err() {
            return Err(broken(format!("`{path}` ends early")));
        }
    }
    drop(input);
    let _ = child.wait();
    Ok(())
}
