//! Which files were planned, and when: their commit, their address at the code host for whoever reviews the plan, and the time.

use super::Lookup;
use super::args::Global;
use crate::base;
use crate::report::made::Made;
use camino::Utf8Path;
use jiff::Timestamp;

/// The commit whose files are planned, where the pipeline's own variable says another one.
const COMMIT: &str = "PORTCULLIS_COMMIT";

/// Says in a plan which files it was made of, and when.
pub(super) fn stamp(made: &mut Made, directory: &Utf8Path, global: &Global, lookup: Lookup) {
    made.files = address(directory, lookup);
    made.commit = ["GITHUB_SHA", "CI_COMMIT_SHA"]
        .into_iter()
        .find_map(|own| named(own, lookup))
        .or_else(|| base::commit(directory));
    match global.other_day() {
        Some(day) => made.today = Some(day.to_string()),
        None => made.at = Some(Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    }
}

/// Returns the commit that the pipeline names, by our variable or its own.
fn named(own: &str, lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    // What `workflow_run` calls its commit is the default branch's, whatever was planned.
    let misleading = set("GITHUB_EVENT_NAME").as_deref() == Some("workflow_run");
    let commit = set(COMMIT).or_else(|| set(own).filter(|_| !misleading))?;
    is_commit(&commit).then_some(commit)
}

fn is_commit(text: &str) -> bool {
    text.len() >= 7 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Returns the address to which a path of the workspace is added; `None` outside of a pipeline.
fn address(directory: &Utf8Path, lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    let commit = |own: &str| named(own, &lookup);
    let prefix = base::prefix(directory)?;
    let (repository, middle, commit) = match (set("GITHUB_REPOSITORY"), set("CI_PROJECT_URL")) {
        (Some(repository), _) => {
            let server =
                set("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
            (
                format!("{server}/{repository}"),
                "blob",
                commit("GITHUB_SHA")?,
            )
        }
        (None, Some(url)) => (url, "-/blob", commit("CI_COMMIT_SHA")?),
        (None, None) => return None,
    };
    let plain = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
    };
    let rest = repository.strip_prefix("https://")?;
    let prefix: String = prefix
        .bytes()
        .map(|b| match plain(&char::from(b).to_string()) {
            true => char::from(b).to_string(),
            false => format!("%{b:02X}"),
        })
        .collect();
    plain(rest).then(|| format!("https://{rest}/{middle}/{commit}/{prefix}"))
}

#[cfg(test)]
mod tests {
    use super::address;
    use camino::Utf8Path;

    fn with(variables: &[(&'static str, &'static str)]) -> Option<String> {
        let lookup = |name: &str| {
            let mut found = variables.iter();
            found
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let directory = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
        address(&directory, lookup)
    }

    #[test]
    fn the_code_host_says_where_the_files_are() {
        let github = [
            ("GITHUB_REPOSITORY", "acme/access"),
            ("GITHUB_SHA", "0123456789abcdef"),
        ];
        assert_eq!(
            with(&github).unwrap(),
            "https://github.com/acme/access/blob/0123456789abcdef/examples/quickstart/"
        );
        let gitlab = [
            ("CI_PROJECT_URL", "https://gitlab.example/acme/access"),
            ("CI_COMMIT_SHA", "0123456789abcdef"),
        ];
        assert_eq!(
            with(&gitlab).unwrap(),
            "https://gitlab.example/acme/access/-/blob/0123456789abcdef/examples/quickstart/"
        );
        assert_eq!(with(&[]), None);
    }

    #[test]
    fn a_commit_that_is_not_the_one_planned_is_no_link() {
        let run = ("GITHUB_EVENT_NAME", "workflow_run");
        let github = [
            ("GITHUB_REPOSITORY", "acme/access"),
            ("GITHUB_SHA", "0123456789abcdef"),
            run,
        ];
        assert_eq!(with(&github), None);
        let mut told = github.to_vec();
        told.push(("PORTCULLIS_COMMIT", "fedcba9876543210"));
        assert!(with(&told).unwrap().contains("/blob/fedcba9876543210/"));
        told.pop();
        told.push(("PORTCULLIS_COMMIT", "main) [x](y"));
        assert_eq!(with(&told), None);
    }
}
