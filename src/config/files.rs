//! Finding and reading the workspace's files: include patterns, confinement, size limits.

use super::codes;
use super::context::Context;
use super::nearby;
use super::sources::{Form, SourceFile};
use crate::diagnostic::{Diagnostic, FileId, Mark};
use crate::files::{Kind, Refusal, Why};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use encoding_rs::Encoding;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The name of the root file.
pub(crate) const ROOT_FILE: &str = "portcullis.yaml";

/// The patterns that are included when the root file says nothing.
pub(super) const DEFAULT_INCLUDE: [&str; 6] = [
    "sites/**",
    "organizations/**",
    "projects/**",
    "policy/**",
    "expectations/**",
    "attestations/**",
];

/// Says whether a path relative to the workspace matches a pattern: `**` stands for any number of directories, `*` for any
/// text within one name.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    fn parts(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            (["**"], rest) => !rest.is_empty(),
            (["**", more @ ..], rest) => (0..=rest.len()).any(|skip| parts(more, &rest[skip..])),
            ([first, more @ ..], [name, rest @ ..]) => within(first, name) && parts(more, rest),
            _ => false,
        }
    }
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    parts(&pattern, &path)
}

/// Matches one name against a pattern with `*`, greedily and without backtracking beyond the last star.
fn within(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// Says why a pattern or path cannot be used, when it cannot.
pub(super) fn path_problem(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        Some("the path is empty")
    } else if path.contains('\\') {
        Some("paths are written with `/`")
    } else if path.contains('\0') {
        Some("the path holds a NUL character")
    } else if Utf8Path::new(path).is_absolute() {
        Some("the path is absolute")
    } else {
        None
    }
}

/// Joins a relative path to a directory of the workspace, both relative to its root. `None` when it leaves the workspace.
pub(super) fn join(directory: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let mut joined: Vec<&str> = Vec::new();
    for component in directory
        .components()
        .chain(Utf8Path::new(path).components())
    {
        match component {
            Utf8Component::Normal(name) => joined.push(name),
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                joined.pop()?;
            }
            Utf8Component::RootDir | Utf8Component::Prefix(_) => return None,
        }
    }
    Some(joined.join("/").into())
}

impl Context {
    /// Lists the files that patterns include, sorted; reports patterns that cannot be used or that match nothing.
    pub(super) fn included(&mut self, patterns: &[(String, Option<Mark>)]) -> Vec<Utf8PathBuf> {
        let mut found = BTreeSet::new();
        for (pattern, mark) in patterns {
            let problem = path_problem(pattern).or_else(|| {
                pattern
                    .split('/')
                    .any(|part| part == "..")
                    .then_some("the pattern leaves the workspace")
            });
            if let Some(problem) = problem {
                self.problems.push(
                    Diagnostic::error(codes::PATH_ESCAPES, format!("`{pattern}`: {problem}"))
                        .at_maybe(*mark)
                        .hint("name files below the directory of `portcullis.yaml`"),
                );
                continue;
            }
            let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
            let mut below: Vec<&str> = Vec::new();
            for part in pattern
                .split('/')
                .collect::<Vec<_>>()
                .split_last()
                .map_or(&[][..], |(_, d)| d)
            {
                if part.contains('*') {
                    break;
                }
                below.push(part);
            }
            let before = found.len();
            let mut matched = Vec::new();
            let mut visited = BTreeSet::new();
            self.walk(below.join("/").into(), &mut visited, &mut |path| {
                if matches(pattern, path.as_str()) {
                    matched.push(path);
                }
            });
            matched.extend(
                self.replaced
                    .keys()
                    .filter(|path| matches(pattern, path.as_str()))
                    .cloned(),
            );
            let any = !matched.is_empty();
            found.extend(matched);
            if let (Some(mark), false, true) = (mark, any, found.len() == before) {
                let near = self.door.as_ref();
                let near = near.and_then(|door| nearby::pattern_hint(door, pattern));
                let hint = near.unwrap_or_else(|| {
                    "patterns match `.yaml` and `.yml` files; `sites/**` means everything below `sites`".to_owned()
                });
                self.problems.push(
                    Diagnostic::error(codes::NO_MATCH, format!("`{pattern}` matches no file"))
                        .at(*mark)
                        .hint(hint),
                );
            }
        }
        found.remove(Utf8Path::new(ROOT_FILE));
        found.into_iter().collect()
    }

    fn walk(
        &mut self,
        directory: Utf8PathBuf,
        visited: &mut BTreeSet<Utf8PathBuf>,
        visit: &mut impl FnMut(Utf8PathBuf),
    ) {
        let Some(door) = self.door.clone() else {
            return;
        };
        let nested =
            !directory.as_str().is_empty() && door.kind(&directory.join(ROOT_FILE)).is_some();
        let hidden = directory.components().any(|c| c.as_str().starts_with('.'));
        let may_be = matches!(door.kind(&directory), Some(Kind::Directory | Kind::Astray));
        if nested || hidden || !may_be {
            return;
        }
        let left = self.options.limits.entries.saturating_sub(self.listed);
        let listed = door
            .real(&directory)
            .and_then(|real| match visited.insert(real) {
                true => door.list(&directory, left),
                false => Ok(Vec::new()),
            });
        let items = match listed {
            Ok(items) => items,
            Err(refusal) => {
                self.refused(&refusal, &directory, None);
                return;
            }
        };
        self.listed += items.len();
        for item in items {
            if item.name.starts_with('.') {
                continue;
            }
            let path: Utf8PathBuf = if directory.as_str().is_empty() {
                item.name.into()
            } else {
                format!("{directory}/{}", item.name).into()
            };
            let yaml = matches!(path.extension(), Some("yaml" | "yml"));
            match item.kind {
                Kind::Directory => self.walk(path, visited, visit),
                _ if yaml => visit(path),
                // A link that leads out may have been meant as a directory, whose files would be left out in silence.
                Kind::Astray if path.extension().is_none() => self.walk(path, visited, visit),
                _ => {}
            }
        }
    }

    /// Checks that a path is inside the workspace, links resolved.
    pub(super) fn confined(&mut self, shown: &Utf8Path, mark: Option<Mark>) -> Option<()> {
        match self.door.clone()?.real(shown) {
            Ok(_) => Some(()),
            Err(refusal) => {
                self.refused(&refusal, shown, mark);
                None
            }
        }
    }

    /// Says why a file is not part of the workspace.
    fn refused(&mut self, refusal: &Refusal, shown: &Utf8Path, mark: Option<Mark>) {
        let why = &refusal.why;
        let near = match (why, &self.door) {
            (Why::Missing, Some(door)) => nearby::hint(door, shown),
            _ => None,
        };
        let (code, message, hint) = match why {
            Why::LeadsOut => (
                codes::PATH_ESCAPES,
                format!("`{shown}` leads out of the workspace through a symbolic link"),
                Some("copy the file into the workspace"),
            ),
            Why::GitData => (
                codes::PATH_ESCAPES,
                format!("`{shown}` {why}"),
                Some("copy the file into the workspace"),
            ),
            Why::Missing => (
                codes::MISSING_FILE,
                format!("there is no `{shown}`"),
                Some("paths are relative to the file that names them"),
            ),
            Why::NotRegular | Why::Device | Why::Link => (
                codes::UNREADABLE,
                format!("`{shown}` is not a regular file"),
                Some("a pipe or a device cannot be part of a workspace: put a file there"),
            ),
            Why::TooLarge(_) => (
                codes::FILE_TOO_LARGE,
                format!("`{shown}` {why}"),
                Some("split it; a roster may name several files in `from`"),
            ),
            Why::NotUtf8 { utf16, .. } => (
                codes::NOT_UTF8,
                format!("`{shown}` {why}"),
                Some(if *utf16 {
                    "save it as UTF-8; it looks like UTF-16"
                } else {
                    "save it as UTF-8"
                }),
            ),
            Why::System(error) => (
                codes::UNREADABLE,
                format!("cannot read `{shown}`: {error}"),
                None,
            ),
        };
        let mut diagnostic = Diagnostic::error(code, message).at_maybe(mark);
        if let Some(hint) = near.or_else(|| hint.map(str::to_owned)) {
            diagnostic = diagnostic.hint(hint);
        }
        self.problems.push(diagnostic);
    }

    /// Resolves a path that stands in a file: relative to that file, inside the workspace. Reports what is wrong with it.
    pub(super) fn resolve(&mut self, path: &str, mark: Mark) -> Option<Utf8PathBuf> {
        let from = self
            .sources
            .get(mark.span.file)
            .and_then(|file| file.path.parent())
            .unwrap_or(Utf8Path::new(""))
            .to_path_buf();
        if let Some(problem) = path_problem(path) {
            self.problems.push(
                Diagnostic::error(codes::PATH_ESCAPES, format!("`{path}`: {problem}"))
                    .at(mark)
                    .hint("write a path relative to this file, inside the workspace"),
            );
            return None;
        }
        let joined = join(&from, path);
        if joined.is_none() {
            self.problems.push(
                Diagnostic::error(
                    codes::PATH_ESCAPES,
                    format!("`{path}` leaves the workspace"),
                )
                .at(mark)
                .hint("everything a workspace uses lies below the directory of `portcullis.yaml`"),
            );
        }
        joined
    }

    /// Reads a file as text and registers it. A byte order mark is left out.
    pub(super) fn read(
        &mut self,
        path: &Utf8Path,
        mark: Option<Mark>,
    ) -> Option<(FileId, Arc<str>)> {
        self.read_as(path, mark, Expected::Utf8)
    }

    /// Reads a roster file, which may have another encoding.
    pub(super) fn read_roster(
        &mut self,
        path: &Utf8Path,
        mark: Mark,
        encoding: Option<&'static Encoding>,
    ) -> Option<(FileId, Arc<str>)> {
        let expected = encoding.map_or(Expected::Roster, Expected::Encoded);
        self.read_as(path, Some(mark), expected)
    }

    fn read_as(
        &mut self,
        path: &Utf8Path,
        mark: Option<Mark>,
        expected: Expected,
    ) -> Option<(FileId, Arc<str>)> {
        if let Some((id, text)) = self.read.get(path) {
            return Some((*id, Arc::clone(text)));
        }
        if let Some(text) = self.replaced.get(path) {
            let text = Arc::clone(text);
            return self.keep(path, text, Form::Plain);
        }
        let bytes = self.bytes(path, mark)?;
        match expected.text(bytes) {
            Ok((text, form)) => self.keep(path, text.into(), form),
            Err(diagnostic) => {
                self.problems.push(diagnostic(path).at_maybe(mark));
                None
            }
        }
    }

    /// Reads a file as it is, confined and bounded.
    fn bytes(&mut self, path: &Utf8Path, mark: Option<Mark>) -> Option<Vec<u8>> {
        if self.read.len() >= self.options.limits.files {
            self.problems.push(self.too_many());
            return None;
        }
        let limits = self.options.limits;
        let most = limits
            .file_bytes
            .min(limits.total_bytes.saturating_sub(self.bytes));
        match self.door.clone()?.named(path).read(most) {
            Ok(bytes) => {
                self.bytes += bytes.len() as u64;
                Some(bytes)
            }
            Err(refusal) => {
                let together = matches!(refusal.why, Why::TooLarge(_)) && most < limits.file_bytes;
                if together {
                    let message = format!(
                        "the files of the workspace are larger than {} MiB together",
                        limits.total_bytes >> 20
                    );
                    self.problems
                        .push(Diagnostic::error(codes::FILE_TOO_LARGE, message).at_maybe(mark));
                } else {
                    self.refused(&refusal, path, mark);
                }
                None
            }
        }
    }

    fn too_many(&self) -> Diagnostic {
        let limit = self.options.limits.files;
        Diagnostic::error(
            codes::TOO_MANY_FILES,
            format!("the workspace names more than {limit} files"),
        )
    }

    /// Registers a file that was read.
    fn keep(&mut self, path: &Utf8Path, text: Arc<str>, form: Form) -> Option<(FileId, Arc<str>)> {
        let source = SourceFile {
            path: path.to_path_buf(),
            text: Arc::clone(&text),
        };
        let Some(id) = self.sources.add_in_form(source, form) else {
            self.problems.push(self.too_many());
            return None;
        };
        self.read
            .insert(path.to_path_buf(), (id, Arc::clone(&text)));
        Some((id, text))
    }
}

/// How a file is expected to be written.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// The same, or UTF-16 with a byte order mark, as spreadsheets write tables.
    Roster,
    /// As the YAML says.
    Encoded(&'static Encoding),
}

impl Expected {
    /// Makes text of bytes, or says what they are not.
    fn text(
        self,
        mut bytes: Vec<u8>,
    ) -> Result<(String, Form), impl FnOnce(&Utf8Path) -> Diagnostic> {
        let fail = |message: String, hint: &'static str| {
            move |path: &Utf8Path| {
                Diagnostic::error(codes::NOT_UTF8, format!("`{path}` {message}")).hint(hint)
            }
        };
        let marked = bytes.starts_with(b"\xef\xbb\xbf");
        if marked {
            bytes.drain(..3);
        }
        let utf16 = match bytes.as_slice() {
            [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
            [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
            _ => None,
        };
        let encoding = match self {
            Self::Encoded(encoding) if encoding != encoding_rs::UTF_8 && !marked => Some(encoding),
            Self::Roster => utf16,
            _ => None,
        };
        if let Some(encoding) = encoding {
            let (text, used, wrong) = encoding.decode(&bytes);
            return if wrong {
                Err(fail(
                    format!("is not {} text", used.name()),
                    "is `encoding` right?",
                ))
            } else {
                Ok((text.into_owned(), Form::Encoded(used.name())))
            };
        }
        let form = if marked { Form::Marked } else { Form::Plain };
        match String::from_utf8(bytes) {
            // Latin letters in UTF-16 without a mark are valid UTF-8 with a NUL behind each.
            Ok(text) if text.get(..4).is_some_and(|start| start.contains('\0')) => Err(fail(
                "is not UTF-8 text (line 1)".to_owned(),
                "save it as UTF-8; it looks like UTF-16, which `encoding: utf-16le` reads in a roster file",
            )),
            Ok(text) => Ok((text, form)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = error.as_bytes().iter().take(valid);
                let line = 1 + before.filter(|&&b| b == b'\n').count();
                let wide = error.as_bytes().iter().take(4).any(|&b| b == 0);
                let hint = match (utf16, self) {
                    (Some(_), _) => "save it as UTF-8; it looks like UTF-16",
                    (None, Self::Roster) if wide => {
                        "save it as UTF-8; it looks like UTF-16, which `encoding: utf-16le` reads"
                    }
                    (None, Self::Utf8) => "save it as UTF-8",
                    (None, _) => {
                        "save it as UTF-8, or say what it is, often Windows-1252: `{ file: …, encoding: windows-1252 }`"
                    }
                };
                Err(fail(format!("is not UTF-8 text (line {line})"), hint))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_names_and_directories() {
        for (pattern, path) in [
            ("sites/**", "sites/a.yaml"),
            ("sites/**", "sites/a/b.yaml"),
            ("**/x.yaml", "x.yaml"),
            ("**/x.yaml", "a/b/x.yaml"),
            ("sites/*.yaml", "sites/a.yaml"),
            ("a/**/z*.yaml", "a/z1.yaml"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("sites/**", "sites"),
            ("sites/*.yaml", "sites/a/b.yaml"),
            ("sites/*", "other/a"),
            ("a*c", "ab"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn joined_paths_stay_inside() {
        assert_eq!(join("a/b".into(), "../c.csv").unwrap(), "a/c.csv");
        assert!(join("a".into(), "../../c").is_none());
    }
}
