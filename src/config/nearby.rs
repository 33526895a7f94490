//! Files that nearly belong to the workspace. Nobody reads them, and nobody may believe that they are read.
//!
//! Two questions: which files of this format does nobody read, and why; and which file was probably meant by a path that leads
//! nowhere. Both only compare names and the beginnings of files.

use super::codes;
use super::context::{Context, closest};
use super::files::ROOT_FILE;
use super::keys;
use crate::diagnostic::{Diagnostic, Mark};
use crate::files::{Kind, Root};
use crate::model::OrganizationName;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many names are looked at. A workspace may lie at the root of a large repository.
const MOST_NAMES: usize = 100_000;
/// How much of a file is looked at.
const LOOKED_AT: u64 = 64 << 10;
/// How many files one message names.
const NAMED: usize = 8;

/// The key by which a description of settings endpoints shows itself.
const DESCRIPTION: &str = "endpoints";

/// Why nobody reads a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    /// `portcullis.yml`.
    RootFile,
    /// It describes settings endpoints, and no site says so.
    Description,
    /// Its ending is not one of ours; this name would do.
    Ending(String),
    /// No pattern names its folder; perhaps this one was meant, which differs so.
    Folder(Option<(String, Difference)>),
}

/// How a name differs from the one that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    Case,
    Unicode,
    Letters,
}

impl Difference {
    /// Compares two names. `None` when they have nothing to do with each other.
    fn between(one: &str, other: &str) -> Option<Self> {
        let fold = OrganizationName::fold;
        if one == other {
            None
        } else if one.to_lowercase() == other.to_lowercase() {
            Some(Self::Case)
        } else if fold(one) == fold(other) {
            Some(Self::Unicode)
        } else {
            None
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Case => "letter case counts",
            Self::Unicode => {
                "it looks the same, but its Unicode form is another one (composed and decomposed letters)"
            }
            Self::Letters => "it has other letters",
        }
    }
}

/// Reports every file that looks like a part of the workspace and is not read.
///
/// Left out on purpose are dot files and dot folders, folders with a root file of their own, and what the workspace names as
/// something else (`named`).
pub(super) fn unread(
    cx: &mut Context,
    patterns: &[(String, Option<Mark>)],
    named: &BTreeSet<Utf8PathBuf>,
) {
    let patterns: Vec<&str> = patterns
        .iter()
        .map(|(pattern, _)| pattern.strip_prefix("./").unwrap_or(pattern))
        .collect();
    let Some(door) = cx.door.clone() else {
        return;
    };
    let mut found: BTreeMap<(Utf8PathBuf, Why), (&'static str, Vec<Utf8PathBuf>)> = BTreeMap::new();
    for (path, renamed) in candidates(cx, &door, named) {
        let Some(key) = key_of(&door, &path) else {
            continue;
        };
        // A seed never asks its endpoints anything.
        if key == DESCRIPTION && cx.options.seed {
            continue;
        }
        let why = if path == "portcullis.yml" {
            Why::RootFile
        } else if key == DESCRIPTION {
            Why::Description
        } else if let Some(renamed) = renamed {
            Why::Ending(renamed)
        } else {
            Why::Folder(meant(&path, &patterns))
        };
        let folder = path.parent().unwrap_or(Utf8Path::new("")).to_path_buf();
        let (_, paths) = found
            .entry((folder, why))
            .or_insert_with(|| (key, Vec::new()));
        paths.push(path);
    }
    for ((folder, why), (key, mut paths)) in found {
        paths.sort();
        cx.report(said(&folder, &why, key, &paths));
    }
}

/// Returns the files whose names say that they may belong to the workspace and which are not read; where the ending is the
/// reason, with the name that would do.
fn candidates(
    cx: &Context,
    door: &Root,
    named: &BTreeSet<Utf8PathBuf>,
) -> Vec<(Utf8PathBuf, Option<String>)> {
    let mut folders = VecDeque::from([Utf8PathBuf::new()]);
    let mut left = MOST_NAMES;
    let mut found = Vec::new();
    // The nearest folders first, so that a large one further down hides nothing.
    while let Some(folder) = folders.pop_front() {
        if !folder.as_str().is_empty() && door.kind(&folder.join(ROOT_FILE)).is_some() {
            continue;
        }
        // What is not looked at is not warned about.
        let Ok(entries) = door.list(&folder, left) else {
            continue;
        };
        left -= entries.len();
        for entry in entries {
            let name = entry.name.as_str();
            let path = folder.join(name);
            // Links are left alone: what they lead to has a name of its own.
            if entry.link || name.starts_with('.') || named.contains(&path) {
                continue;
            }
            if entry.kind == Kind::Directory {
                if path != crate::policy::acceptance::DIRECTORY {
                    folders.push_back(path);
                }
            } else if entry.kind == Kind::File && !cx.read.contains_key(&path) {
                let renamed = renamed(name);
                if renamed.is_some() || matches!(path.extension(), Some("yaml" | "yml")) {
                    found.push((path, renamed));
                }
            }
        }
    }
    found
}

/// Returns the name that a file should have, where only its ending keeps it from being read: `a.YAML`, `a.yml.txt`.
fn renamed(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_suffix(".txt").unwrap_or(&lower);
    let stem = bare
        .strip_suffix(".yaml")
        .or_else(|| bare.strip_suffix(".yml"))?;
    let ending = bare.get(stem.len()..)?;
    let right = format!("{}{ending}", name.get(..stem.len())?);
    (right != name).then_some(right)
}

/// Returns the top-level key by which a file shows that it has this format: `version: 1`, or one that only this format has.
fn key_of(door: &Root, path: &Utf8Path) -> Option<&'static str> {
    let start = door.named(path).read_start(LOOKED_AT).ok()?;
    let text = String::from_utf8_lossy(&start);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut version = None;
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim();
        if key == "version" && value.trim_matches(['"', '\'']) == "1" {
            version = Some("version");
        }
        if key == DESCRIPTION && version.is_some() {
            return Some(DESCRIPTION);
        }
        // Other programs have an `include` as well.
        let own = keys::TOP.iter().find(|own| **own == key);
        if let Some(own) = own.filter(|own| !matches!(**own, "version" | "include")) {
            return Some(own);
        }
    }
    version
}

/// Returns the folder of a pattern that was probably meant by the folder of a path.
fn meant(path: &Utf8Path, patterns: &[&str]) -> Option<(String, Difference)> {
    let folder = path.parent()?.as_str();
    let first = folder.split('/').next().filter(|first| !first.is_empty())?;
    let heads: BTreeSet<&str> = patterns
        .iter()
        .filter_map(|pattern| pattern.split_once('/'))
        .map(|(head, _)| head)
        .filter(|head| !head.contains('*'))
        .collect();
    for head in &heads {
        if let Some(difference) = Difference::between(first, head) {
            return Some(((*head).to_owned(), difference));
        }
    }
    let letters = |near: &str| Some((near.to_owned(), Difference::Letters));
    if heads.contains(first) {
        return None;
    }
    // `policies` for `policy`: more than a slip of the pen, and the same word.
    let stem: String = first.to_lowercase().chars().take(5).collect();
    let same = heads.iter().find(|head| head.starts_with(&stem));
    closest(first, heads.iter().copied())
        .or(same.copied().filter(|_| stem.len() >= 4))
        .and_then(letters)
}

fn said(folder: &Utf8Path, why: &Why, key: &str, paths: &[Utf8PathBuf]) -> Diagnostic {
    let shown: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    let mut files = shown.join(", ");
    if let Some(more) = paths.len().checked_sub(NAMED).filter(|more| *more > 0) {
        files = format!("{files} and {more} more");
    }
    let (looks, they) = match paths.len() {
        1 => ("looks like a part of the workspace and is", "it"),
        _ => ("look like parts of the workspace and are", "them"),
    };
    let (reason, hint) = match why {
        Why::RootFile => (
            format!("the root file is `{ROOT_FILE}`"),
            format!("move what it says to `{ROOT_FILE}`, and delete it"),
        ),
        Why::Description => (
            "no site names it under `surfaces`".to_owned(),
            "`surfaces: { mapped: FILE }` names a description of settings endpoints".to_owned(),
        ),
        Why::Ending(right) => (
            "files end in `.yaml` or `.yml`, in small letters".to_owned(),
            format!("rename it to `{right}`"),
        ),
        Why::Folder(Some((meant, difference))) => {
            let top = folder.as_str().split('/').next().unwrap_or_default();
            (
                match difference {
                    Difference::Letters => format!("`include` does not name the folder `{top}`"),
                    other => format!(
                        "`include` names the folder `{meant}`, and this one is `{top}`: {}",
                        other.said()
                    ),
                },
                format!("did you mean `{meant}/`? Otherwise add `{top}/**` to `include`"),
            )
        }
        Why::Folder(None) => {
            let home = match key {
                "policy" | "expectations" | "attestations" => key,
                _ => "sites",
            };
            (
                "no pattern of `include` names it".to_owned(),
                match folder.as_str().split('/').next().unwrap_or_default() {
                    "" => format!("move {they} to `{home}/`, or add {they} to `include`"),
                    top => format!(
                        "add `{top}/**` to `include`, or give {they} a name that begins with a dot"
                    ),
                },
            )
        }
    };
    Diagnostic::warning(
        codes::UNREAD_FILE,
        format!("{files} {looks} not read: {reason}"),
    )
    .hint(hint)
}

/// Says which file or folder was probably meant by a path that leads nowhere.
pub(super) fn hint(door: &Root, path: &Utf8Path) -> Option<String> {
    let mut real = Utf8PathBuf::new();
    let mut worst = None;
    for part in path.components() {
        let wanted = part.as_str();
        let next = real.join(wanted);
        if door.kind(&next).is_some() {
            real = next;
            continue;
        }
        let names: Vec<String> = door
            .list(&real, MOST_NAMES)
            .ok()?
            .into_iter()
            .map(|entry| entry.name)
            .filter(|name| !name.starts_with('.'))
            .collect();
        let (name, difference) = nearest(wanted, &names)?;
        worst = worst.max(Some(difference));
        real.push(name);
    }
    let difference = worst.filter(|_| door.kind(&real).is_some())?;
    Some(match difference {
        Difference::Letters => format!("did you mean `{real}`?"),
        other => format!(
            "there is `{real}`: {}; write it so, or rename it",
            other.said()
        ),
    })
}

/// Returns the name that was probably meant, and how it differs.
fn nearest<'n>(wanted: &str, names: &'n [String]) -> Option<(&'n str, Difference)> {
    let alike = names
        .iter()
        .find_map(|name| Some((name.as_str(), Difference::between(wanted, name)?)));
    if alike.is_some() {
        return alike;
    }
    let stem = |name: &str| name.split('.').next().map(str::to_lowercase);
    // Another ending, or one more: `globex.csv.txt`.
    let other = names.iter().find(|name| stem(name) == stem(wanted));
    let long = wanted
        .split('.')
        .next()
        .is_some_and(|stem| stem.chars().count() > 2);
    let near = closest(wanted, names.iter().map(String::as_str)).filter(|_| long);
    near.or(other.map(String::as_str))
        .map(|name| (name, Difference::Letters))
}

/// Says which folder was probably meant by a pattern that matches nothing.
pub(super) fn pattern_hint(door: &Root, pattern: &str) -> Option<String> {
    let literal: Vec<&str> = pattern
        .split('/')
        .take_while(|part| !part.contains('*'))
        .collect();
    let path = Utf8PathBuf::from(literal.join("/"));
    (!literal.is_empty() && door.kind(&path).is_none())
        .then(|| hint(door, &path))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_that_are_nearly_ours() {
        for (name, right) in [
            ("a.YAML", Some("a.yaml")),
            ("A.Yml", Some("A.yml")),
            ("a.yml.txt", Some("a.yml")),
            ("a.yaml.TXT", Some("a.yaml")),
            ("a.yaml", None),
            ("a.txt", None),
            ("a.yaml.bak", None),
            ("yaml", None),
        ] {
            assert_eq!(renamed(name).as_deref(), right, "{name}");
        }
    }

    #[test]
    fn folders_that_are_nearly_the_right_ones() {
        let patterns = super::super::files::DEFAULT_INCLUDE;
        for (path, folder) in [
            ("policies/a.yaml", Some("policy")),
            ("expectation/a.yaml", Some("expectations")),
            ("organisations/x/a.yaml", Some("organizations")),
            ("Sites/a.yaml", Some("sites")),
            ("attestation/a.yaml", Some("attestations")),
            ("ci/a.yaml", None),
            ("a.yaml", None),
        ] {
            let found = meant(path.into(), &patterns).map(|(folder, _)| folder);
            assert_eq!(found.as_deref(), folder, "{path}");
        }
    }
}
