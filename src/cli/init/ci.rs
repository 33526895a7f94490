//! `init --ci`: the pipeline of a code host, with its pins filled in from the program that is running.

use super::super::args::CodeHost;
use crate::base;
use crate::config::{self, LoadOptions, SiteUrl};
use crate::files::Given;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::civil::Date;

/// The commit that this program was built from, where the build says so, as that of a release does.
const COMMIT: Option<&str> = option_env!("RELEASE_COMMIT");
/// What stands in the examples for a commit that somebody has to choose.
const OPEN: &str = "0000000000000000000000000000000000000000 # REPLACE: the commit of Portcullis that you reviewed";
const GITHUB: [(&str, &str); 3] = [
    (
        ".github/workflows/portcullis.yml",
        include_str!("../../../examples/gitops/github/portcullis.yml"),
    ),
    (
        ".github/workflows/portcullis-pr.yml",
        include_str!("../../../examples/gitops/github/portcullis-pr.yml"),
    ),
    (
        ".github/workflows/customer-access.yml",
        include_str!("../../../examples/gitops/github/customer-access.yml"),
    ),
];
const GITLAB: [(&str, &str); 1] = [(
    ".gitlab-ci.yml",
    include_str!("../../../examples/gitops/gitlab/.gitlab-ci.yml"),
)];

/// A pipeline to be written.
pub(super) struct Pipeline {
    /// The root of the repository.
    root: Utf8PathBuf,
    /// Its files, from there.
    pub(super) files: Vec<(&'static str, String)>,
    host: CodeHost,
}

impl Pipeline {
    /// Fills the pipeline in for a workspace, which need not be there yet.
    pub(super) fn of(workspace: &Utf8Path, host: CodeHost, today: Date) -> Self {
        let (root, directory) = place(workspace);
        let hosts = hosts(workspace, today);
        let templates: &[(&'static str, &str)] = match host {
            CodeHost::Github => &GITHUB,
            CodeHost::Gitlab => &GITLAB,
        };
        let fill = |text: &str| filled(text, COMMIT, &directory, &hosts);
        Self {
            root,
            files: templates
                .iter()
                .map(|(name, text)| (*name, fill(text)))
                .collect(),
            host,
        }
    }

    /// Returns where a file is written.
    pub(super) fn path(&self, name: &str) -> Utf8PathBuf {
        self.root.join(name)
    }

    /// Says what a person has to do next.
    pub(super) fn next(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let pins = match (self.host, is_commit(COMMIT)) {
            (CodeHost::Github, false) => format!(
                "this program does not know which commit it was built from: put that of v{version} in place of the forty zeros, as `git ls-remote https://github.com/portcullis-jsm/portcullis 'refs/tags/v{version}*'` tells it; "
            ),
            (CodeHost::Github, true) => String::new(),
            (CodeHost::Gitlab, _) => "set `image`; ".to_owned(),
        };
        format!(
            "\nNext: {pins}{} lists the tokens and what a person sets at the code host.",
            crate::meaning::address("pipeline-setup.md")
        )
    }
}

/// Returns the root of the repository that a directory lies in, or will lie in, and the way from there; the directory itself
/// outside of one.
fn place(workspace: &Utf8Path) -> (Utf8PathBuf, String) {
    let alone = || (workspace.to_owned(), ".".to_owned());
    let Some(absolute) = std::path::absolute(workspace)
        .ok()
        .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
    else {
        return alone();
    };
    let Some(there) = absolute
        .ancestors()
        .find(|path| Given::new(*path).is_a_directory())
    else {
        return alone();
    };
    let (Some(prefix), Some(real)) = (base::prefix(there), Given::new(there).real()) else {
        return alone();
    };
    let depth = prefix.matches('/').count();
    let Some(root) = real.ancestors().nth(depth) else {
        return alone();
    };
    let below = absolute.strip_prefix(there).unwrap_or(Utf8Path::new(""));
    let parts = Utf8Path::new(&prefix).join(below);
    let parts: Vec<&str> = parts
        .components()
        .map(|part| part.as_str())
        .filter(|part| *part != ".")
        .collect();
    let directory = if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    };
    (root.to_owned(), directory)
}

/// Returns the hosts of the sites, as far as the workspace can be read.
fn hosts(workspace: &Utf8Path, today: Date) -> Vec<String> {
    if !Given::new(workspace.join(config::ROOT_FILE)).is_a_file() {
        return Vec::new();
    }
    let Some(workspace) = config::load(workspace, LoadOptions::new(today)).workspace else {
        return Vec::new();
    };
    let urls = workspace
        .sites
        .values()
        .filter_map(|site| site.url.as_ref());
    let mut hosts: Vec<String> = urls
        .filter_map(|url| match &url.value {
            SiteUrl::Remote(url) => url.host_str().map(str::to_owned),
            SiteUrl::Sandbox => None,
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

fn is_commit(commit: Option<&str>) -> bool {
    commit.is_some_and(|commit| {
        commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Fills a file of the examples in.
fn filled(text: &str, commit: Option<&str>, directory: &str, hosts: &[String]) -> String {
    let version = env!("CARGO_PKG_VERSION");
    // JSON's strings are YAML's as well.
    let quoted = serde_json::Value::from(directory).to_string();
    let hosts = serde_json::Value::from(hosts.join(" ")).to_string();
    let mut text = text
        .replace("directory: \".\"\n", &format!("directory: {quoted}\n"))
        .replace("DIRECTORY: .\n", &format!("DIRECTORY: {quoted}\n"))
        .replace("_DIRECTORY: \".\"\n", &format!("_DIRECTORY: {quoted}\n"))
        .replace(
            "allowed_sites: \"\"\n",
            &format!("allowed_sites: {hosts}\n"),
        )
        .replace("portcullis:0.1.0 #", &format!("portcullis:{version} #"));
    if let Some(commit) = commit.filter(|commit| is_commit(Some(commit))) {
        text = text.replace(OPEN, &format!("{commit} # v{version}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_those_of_the_running_version() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (name, text) in GITHUB {
            let hosts = ["acme.atlassian.net".to_owned()];
            let filled = filled(text, Some(commit), "it's \"access\"", &hosts);
            assert!(!filled.contains("REPLACE"), "{name}");
            let ours = text.matches("portcullis-jsm/portcullis/.github/actions/");
            assert_eq!(filled.matches(commit).count(), ours.count(), "{name}");
        }
        // A build that names no commit leaves the choice to a person.
        for unknown in [None, Some("main"), Some("")] {
            let (_, text) = GITHUB[2];
            assert_eq!(filled(text, unknown, ".", &[]), text);
        }
    }
}
