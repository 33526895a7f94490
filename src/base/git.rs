//! Git, asked questions only: without what surrounds the process, without the network, and without running anything of the
//! repository's.

use camino::{Utf8Path, Utf8PathBuf};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// What says which repository, index and objects are meant, and with what configuration; git sets it for hooks, `rebase --exec`
/// and `git -c`. As `git rev-parse --local-env-vars` lists it, but for `GIT_CONFIG_COUNT`: whoever sets that means this run,
/// and in a container it is how a directory is declared safe.
const LOCAL: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Configuration of every question. A directory that a pull request filled so that it looks like a bare repository is none.
const CONFIGURATION: [&str; 4] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.warnAmbiguousRefs=true",
    "safe.bareRepository=explicit",
];

/// Why git gave no answer.
#[derive(Debug)]
pub(super) enum GitError {
    /// The program cannot be started.
    NoGit(io::Error),
    /// What git said, as one line.
    Refused(String),
}

impl GitError {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stderr);
        let fatal = text.lines().find_map(|line| line.strip_prefix("fatal: "));
        let why = fatal.or_else(|| text.lines().next()).unwrap_or_default();
        Self::Refused(if why.is_empty() {
            "no reason given".to_owned()
        } else {
            why.to_owned()
        })
    }
}

/// A repository, or a directory in one.
#[derive(Debug, Clone)]
pub(super) struct Git {
    directory: Utf8PathBuf,
}

impl Git {
    /// Asks about the repository that a directory lies in.
    pub(super) fn at(directory: &Utf8Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// The directory of the work tree's root.
    pub(super) fn top(&self) -> Result<Utf8PathBuf, GitError> {
        self.line(&["rev-parse", "--show-toplevel"])
            .map(Utf8PathBuf::from)
    }

    /// Where the directory lies below the root; empty for the root itself.
    pub(super) fn prefix(&self) -> Result<Utf8PathBuf, GitError> {
        let prefix = self.line(&["rev-parse", "--show-prefix"])?;
        Ok(Utf8PathBuf::from(prefix.trim_end_matches('/')))
    }

    /// Asks for one line.
    pub(super) fn line(&self, arguments: &[&str]) -> Result<String, GitError> {
        Ok(self.answer(arguments)?.0)
    }

    /// Asks for one line, and returns what git remarked beside it.
    pub(super) fn answer(&self, arguments: &[&str]) -> Result<(String, String), GitError> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            return Err(GitError::of(&output));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        // Some versions of git echo `--end-of-options`, so the last line is the answer.
        let line = text.lines().last().unwrap_or_default().to_owned();
        let remarks = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((line, remarks))
    }

    /// Asks a question that git answers by its exit code: yes with 0, no with 1.
    pub(super) fn says_yes(&self, arguments: &[&str]) -> Result<bool, GitError> {
        let output = self.run(arguments)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(GitError::of(&output)),
        }
    }

    /// Asks for a list whose items end in NUL. Items that are not UTF-8 are left out: no file of a workspace has such a name.
    pub(super) fn list(&self, arguments: &[&str]) -> Result<Vec<String>, GitError> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            return Err(GitError::of(&output));
        }
        let items = output.stdout.split(|byte| *byte == 0);
        Ok(items
            .filter(|item| !item.is_empty())
            .filter_map(|item| String::from_utf8(item.to_vec()).ok())
            .collect())
    }

    /// Opens the contents of objects.
    pub(super) fn blobs(&self) -> Result<Blobs, GitError> {
        let mut child = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::NoGit)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(GitError::Refused("git has no streams".into()));
        };
        Ok(Blobs {
            child,
            input: Some(input),
            output: BufReader::new(output),
        })
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.command()
            .args(arguments)
            .output()
            .map_err(GitError::NoGit)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        for name in LOCAL {
            command.env_remove(name);
        }
        command.args(["--no-replace-objects", "--no-pager"]);
        for setting in CONFIGURATION {
            command.args(["-c", setting]);
        }
        command
            .current_dir(&self.directory)
            .env("GIT_OPTIONAL_LOCKS", "0")
            // No version of git may fetch what a partial clone has left out: the first line is for newer ones.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        command
    }
}

/// The contents of a repository's objects, one after the other.
#[derive(Debug)]
pub(super) struct Blobs {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Blobs {
    /// Copies an object to `to` and returns its size; `None` where it is larger than `most`, and nothing is copied.
    ///
    /// An object that is not there is an error of the kind `NotFound`.
    pub(super) fn copy(
        &mut self,
        id: &str,
        most: u64,
        to: &mut dyn Write,
    ) -> io::Result<Option<u64>> {
        let input = self
            .input
            .as_mut()
            .ok_or_else(|| io::Error::other("git has no streams"))?;
        writeln!(input, "{id}")?;
        input.flush()?;
        let mut header = String::new();
        self.output.read_line(&mut header)?;
        let header = header.trim_end();
        if header.ends_with(" missing") {
            let message = format!("the object {id} is not there");
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        }
        let size: u64 = header
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| io::Error::other(format!("git's answer is `{header}`")))?;
        let fits = size <= most;
        let mut content = (&mut self.output).take(size);
        let copied = if fits {
            io::copy(&mut content, to)?
        } else {
            io::copy(&mut content, &mut io::sink())?
        };
        let mut newline = [0];
        self.output.read_exact(&mut newline)?;
        if copied != size {
            return Err(io::Error::other(format!("the object {id} ends early")));
        }
        Ok(fits.then_some(size))
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // Without its input git ends by itself.
        self.input = None;
        let _ = self.child.wait();
    }
}
