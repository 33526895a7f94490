//! Overriding the policy for exactly one plan: `--accept DIGEST`, or a file `acceptances/DIGEST.yaml` in the workspace.
//!
//! The digest stands for the changes with their policy blocks lifted and for what they then do to people, so it does not
//! change by being accepted; any other change on the site or in the YAML gives another digest, and the acceptance no longer
//! fits.

use crate::config;
use crate::files::{self, Refusal, Root};
use camino::Utf8Path;
use jiff::civil::Date;
use serde::Deserialize;

/// The directory of acceptance files, relative to the workspace; give it code owners of its own.
pub const DIRECTORY: &str = "acceptances";

/// How many files are looked at: somebody may have put other things there.
const MOST: usize = 100_000;

/// How many hexadecimal digits a digest has.
const DIGITS: usize = 64;

/// Who accepted one plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The version of the file's format: 1, or not written.
    #[serde(default)]
    pub version: Option<u32>,
    /// Who answers for it.
    pub owner: String,
    /// Since when.
    pub date: Date,
    /// The last day (inclusive, UTC).
    #[serde(default)]
    pub until: Option<Date>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Why an acceptance file does not count.
#[derive(Debug, thiserror::Error)]
pub enum AcceptanceError {
    /// The file cannot be read.
    #[error("an acceptance cannot be read: {0}")]
    Unreadable(#[from] Refusal),
    /// It is no mapping with `owner` and `date`.
    #[error("`{0}` is not an acceptance: {1}")]
    Shape(String, String),
    /// It belongs to another version of the format.
    #[error("`{0}` has version {1}, this program reads `version: 1`")]
    Version(String, u32),
    /// It does not count yet, or no longer.
    #[error("`{0}` does not count today: it holds from {1} to {2}")]
    OutOfDate(String, Date, String),
}

/// Says whether a text is a whole digest, as plans print it.
pub fn is_digest(text: &str) -> bool {
    text.len() == DIGITS
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Looks for the acceptance of a plan in the workspace; `None` when there is no such file.
///
/// # Errors
/// When there is a file and it does not count.
pub fn find(
    root: &Utf8Path,
    digest: &str,
    today: Date,
) -> Result<Option<Acceptance>, AcceptanceError> {
    if !is_digest(digest) {
        return Ok(None);
    }
    let file = format!("{DIRECTORY}/{digest}.yaml");
    let text = match Root::open(root)?.named(&*file).read_text(files::SMALL) {
        Ok(text) => text,
        Err(refusal) if refusal.is_missing() => return Ok(None),
        Err(refusal) => return Err(refusal.into()),
    };
    // What a parser says may quote the file, and this one is only looked for, never named by anybody.
    let shape = |why: &str| AcceptanceError::Shape(file.clone(), why.to_owned());
    let value = config::small_file(&text).ok_or_else(|| shape("it is not valid YAML"))?;
    let acceptance: Acceptance = serde_json::from_value(value).map_err(|_| {
        shape("it is a mapping with `owner` and `date`, and maybe `until`, `reason` and `version`")
    })?;
    match acceptance.version {
        None | Some(1) => {}
        Some(other) => return Err(AcceptanceError::Version(file, other)),
    }
    if acceptance.owner.trim().is_empty() {
        return Err(shape("`owner` says nobody"));
    }
    if acceptance.date > today || acceptance.until.is_some_and(|until| until < today) {
        let until = acceptance
            .until
            .map_or_else(|| "now on".to_owned(), |until| until.to_string());
        return Err(AcceptanceError::OutOfDate(file, acceptance.date, until));
    }
    Ok(Some(acceptance))
}

/// Returns the YAML files among the acceptances that accept nothing, since their name is not a whole digest and `.yaml`.
pub fn ignored(root: &Utf8Path) -> Vec<String> {
    let mut ignored: Vec<String> = names(root)
        .filter(|name| match name.rsplit_once('.') {
            Some((digest, "yaml")) => !is_digest(digest),
            Some((_, "yml")) => true,
            _ => false,
        })
        .map(|name| format!("{DIRECTORY}/{name}"))
        .collect();
    ignored.sort();
    ignored
}

/// Returns the digests that a workspace has an acceptance of, whatever it says.
pub fn digests(root: &Utf8Path) -> Vec<String> {
    names(root)
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .filter(|digest| is_digest(digest))
        .collect()
}

/// Says whether there may be an acceptance at all; a directory that cannot be listed may hold one.
pub fn may_be_any(root: &Utf8Path) -> bool {
    match Root::open(root).and_then(|root| root.list(Utf8Path::new(DIRECTORY), MOST)) {
        Ok(entries) => !entries.is_empty(),
        Err(refusal) => !refusal.is_missing(),
    }
}

/// Returns the names of the files among the acceptances. A directory that leads out has none.
fn names(root: &Utf8Path) -> impl Iterator<Item = String> {
    let entries = Root::open(root)
        .and_then(|root| root.list(Utf8Path::new(DIRECTORY), MOST))
        .unwrap_or_default();
    entries.into_iter().map(|entry| entry.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<Option<Acceptance>, AcceptanceError> {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let digest = "a".repeat(64);
        std::fs::create_dir(root.join(DIRECTORY)).unwrap();
        std::fs::write(root.join(format!("{DIRECTORY}/{digest}.yaml")), text).unwrap();
        assert_eq!(
            find(root, &"b".repeat(64), jiff::civil::date(2026, 11, 22)).unwrap(),
            None
        );
        find(root, &digest, jiff::civil::date(2026, 11, 22))
    }

    #[test]
    fn an_acceptance_needs_an_owner_and_a_date_that_holds() {
        let good =
            judged("owner: it@acme.example\ndate: 2026-11-20\nuntil: 2026-11-22\nreason: merger\n");
        assert_eq!(good.unwrap().unwrap().owner, "it@acme.example");
        for bad in [
            "date: 2026-11-20\n",
            "owner: x\n",
            "owner: ' '\ndate: 2026-11-20\n",
            "owner: x\ndate: 2026-11-23\n",
            "owner: x\ndate: 2026-11-20\nuntil: 2026-11-21\n",
            "owner: x\ndate: 2026-11-20\nversion: 2\n",
            "owner: x\ndate: 2026-11-20\nforce: true\n",
        ] {
            assert!(judged(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_whole_digests_count() {
        assert!(is_digest(&"0f".repeat(32)));
        assert!(!is_digest("0f0f"));
        assert!(!is_digest(&"0F".repeat(32)));
        assert!(!is_digest(&"../".repeat(22)[..64]));
    }
}
