//! What is wrong with a file that is no YAML, for people: what happened, on which line it did, and what to do about it.
//!
//! A parser notices a mistake where it can read no further, which is often a line later than somebody made it.

use super::place;
use crate::config::codes;
use crate::diagnostic::{Diagnostic, FileId, Mark};
use granit_parser::{ErrorKind, ScanError};

/// Turns a parser error into a diagnostic, with a hint for the mistakes that people make most.
pub(super) fn told(file: FileId, text: &str, error: &ScanError) -> Diagnostic {
    let marker = error.marker();
    let lines: Vec<&str> = text.lines().collect();
    let at = Place {
        file,
        lines: &lines,
        line: marker.line().max(1),
        column: marker.col(),
    };
    if let Some(found) = at.unquoted_sandbox() {
        return found;
    }
    let found = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            let span = place(file, at.line, at.column);
            return Diagnostic::error(codes::YAML_LIMIT, "values are nested too deep").at(span);
        }
        ErrorKind::CommentInterceptedScalar => at.deeper(at.next(at.line)),
        ErrorKind::MappingValueNotAllowed => at.colon(),
        ErrorKind::SimpleKeyExpected => at.no_key(at.line),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            at.misaligned()
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar => at.quote(),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::InvalidColonPlacement => at.bracket(),
        ErrorKind::MisplacedFlowCollectionEnd => Some(at.error(
            (at.line, at.column),
            "this bracket closes nothing",
            "delete it, or write the bracket that it should close",
        )),
        _ => None,
    };
    let found = at.tab(&error.info()).or(found);
    found.unwrap_or_else(|| at.other(error))
}

/// Where the parser stopped, in which text. Lines count from 1, columns from 0.
struct Place<'t> {
    file: FileId,
    lines: &'t [&'t str],
    line: usize,
    column: usize,
}

impl<'t> Place<'t> {
    fn text(&self, line: usize) -> &'t str {
        self.lines.get(line.wrapping_sub(1)).copied().unwrap_or("")
    }

    /// Returns the next line that holds something.
    fn next(&self, line: usize) -> usize {
        let mut after = line + 1..=self.lines.len();
        after.find(|line| holds(self.text(*line))).unwrap_or(line)
    }

    /// Returns the lines above that hold something, the nearest first.
    fn above(&self, line: usize) -> impl Iterator<Item = usize> {
        (1..line).rev().filter(move |line| holds(self.text(*line)))
    }

    fn error(&self, at: (usize, usize), what: &str, hint: &str) -> Diagnostic {
        Diagnostic::error(codes::YAML_SYNTAX, format!("not valid YAML: {what}"))
            .at(place(self.file, at.0, at.1))
            .hint(hint.to_owned())
    }

    /// A line that is indented deeper than the value before it, of which it becomes a part.
    fn deeper(&self, line: usize) -> Option<Diagnostic> {
        let before = self.above(line).next()?;
        let own = indent(self.text(line));
        (own > indent(self.text(before))).then(|| {
            self.error(
                (line, own),
                &format!(
                    "this line is indented deeper than line {before}, so it is read as part of the value there"
                ),
                &format!("check the indentation of lines {before} and {line}"),
            )
        })
    }

    /// A colon where none can stand: within a value, or on a line that goes on with the one before.
    fn colon(&self) -> Option<Diagnostic> {
        let text = self.text(self.line);
        if key_end(text).is_some_and(|end| text[..end].chars().count() < self.column) {
            return Some(self.error(
                (self.line, self.column),
                "a value that is not quoted holds `: `",
                "put the value into quotes",
            ));
        }
        let before = self.above(self.line).next()?;
        match key_end(self.text(before)).is_some()
            || self.text(before).trim_start().starts_with("- ")
        {
            true => self.deeper(self.line),
            false => self.no_key(before),
        }
    }

    /// A line among keys that is none: a space or a colon is missing.
    fn no_key(&self, line: usize) -> Option<Diagnostic> {
        let text = self.text(line);
        let (start, content) = (indent(text), text.trim());
        if content.starts_with('-') && !content.starts_with("--") {
            return Some(self.error(
                (line, start),
                "an item of a list has no space behind `-`",
                "write `- `, then the item",
            ));
        }
        let at = content.find(':').filter(|_| !content.contains("://"));
        Some(match at {
            Some(at) if content.len() > at + 1 => self.error(
                (line, start + content[..at].chars().count()),
                "a key has no space behind its `:`",
                "write `: ` between the key and the value",
            ),
            _ => self.error(
                (line, start),
                "this line is no key: it has no `:`",
                "write `:` behind the key, or indent the line as part of the value before it",
            ),
        })
    }

    /// A line whose indentation is that of no line above that it could stand beside.
    fn misaligned(&self) -> Option<Diagnostic> {
        let text = self.text(self.line);
        let (own, is_item) = (indent(text), text.trim_start().starts_with("- "));
        let mut least = usize::MAX;
        let mut nearest: Option<(usize, usize)> = None;
        for line in self.above(self.line) {
            let text = self.text(line);
            let (left, item) = (indent(text), text.trim_start().starts_with("- "));
            if left >= least {
                continue;
            }
            least = left;
            if left == own && item == is_item {
                return None;
            }
            if left == own {
                return Some(self.among(is_item));
            }
            let off = left.abs_diff(own);
            if nearest.is_none_or(|(_, known)| off < known) {
                nearest = Some((line, off));
            }
            if left < own {
                break;
            }
        }
        let (line, _) = nearest?;
        let s = if own == 1 { "" } else { "s" };
        Some(self.error(
            (self.line, own),
            &format!(
                "this line is indented by {own} space{s}, unlike each line above that it could stand beside"
            ),
            &format!("check the indentation of lines {line} and {}", self.line),
        ))
    }

    /// An item among keys, or a key among items.
    fn among(&self, is_item: bool) -> Diagnostic {
        let at = (self.line, indent(self.text(self.line)));
        match is_item {
            true => self.error(
                at,
                "an item of a list stands among keys",
                "a list stands under a key of its own, such as `list:`, and not among keys: check the indentation",
            ),
            false => self.error(
                at,
                "this line stands among the items of a list, and is none",
                "begin it with `- `, or check its indentation",
            ),
        }
    }

    /// A quote that is not closed on the line on which it is opened.
    fn quote(&self) -> Option<Diagnostic> {
        let lines = std::iter::once(self.line).chain(self.above(self.line));
        let (line, at) = lines
            .filter_map(|line| Some((line, open_quote(self.text(line))?)))
            .next()?;
        Some(self.error(
            (line, at),
            "this quote is not closed on its line",
            "close it at the end of the value",
        ))
    }

    /// A bracket that is not closed, or a comma that is missing within.
    fn bracket(&self) -> Option<Diagnostic> {
        let lines = std::iter::once(self.line).chain(self.above(self.line));
        for line in lines {
            let text = self.text(line);
            if let Some((at, closing)) = open_bracket(text) {
                return Some(self.error(
                    (line, at),
                    "this bracket is not closed on its line",
                    &format!(
                        "write `{closing}` at the end, or a comma behind each entry if it goes on"
                    ),
                ));
            }
        }
        Some(self.error(
            (self.line, self.column),
            "a comma is missing between two entries",
            "write `, ` between them, and put a value that holds `: ` or a bracket into quotes",
        ))
    }

    /// A line that is indented with a tab: this one, or the next where the parser took it for more of a value.
    fn tab(&self, message: &str) -> Option<Diagnostic> {
        let tab = |line: usize| {
            let text = self.text(line);
            let blank = &text[..text.len() - text.trim_start().len()];
            blank.find('\t').map(|at| (line, at))
        };
        let here = tab(self.line);
        let at = match message.contains("tab") {
            true => here.or_else(|| tab(self.next(self.line))),
            false => here,
        }?;
        Some(self.error(
            at,
            "this line is indented with a tab",
            "YAML is indented with spaces; replace the tab",
        ))
    }

    /// Anything else, in the parser's words.
    fn other(&self, error: &ScanError) -> Diagnostic {
        // The parser begins a quotation with a backquote, which here stands around names.
        let message = error.info().trim_end_matches('.').replace('`', "'");
        let line = self.text(self.line).trim_start();
        let what = format!("not valid YAML: {message}");
        let diagnostic = Diagnostic::error(codes::YAML_SYNTAX, what).at(place(
            self.file,
            self.line,
            self.column,
        ));
        if message.contains("tab") {
            diagnostic.hint("YAML is indented with spaces; replace the tab")
        } else if message.contains("trailing content") {
            diagnostic
                .hint("quote the whole value; in '…' a quote is written twice, in \"…\" as \\\"")
        } else if message.contains("unexpected character")
            || message.contains("indicator")
            || line.starts_with(['@', '`', '%'])
        {
            diagnostic.hint("quote values that begin with a special character")
        } else if line.contains(": *") || line.starts_with("- *") || line.contains("[*") {
            diagnostic.hint("quote values that begin with `*`, such as \"*@acme.com\"")
        } else {
            diagnostic
        }
    }

    /// `url: sandbox:` without quotes.
    fn unquoted_sandbox(&self) -> Option<Diagnostic> {
        let line = self.text(self.line);
        let at = unquoted_sandbox(line)?;
        let column = line[..at].chars().count();
        let found = Diagnostic::error(
            codes::UNQUOTED_SANDBOX,
            "`sandbox:` without quotes is the beginning of a mapping",
        );
        let mark = Mark {
            span: place(self.file, self.line, column),
            length: 8,
        };
        Some(found.at(mark).hint("write `url: \"sandbox:\"`"))
    }
}

/// Whether a line holds more than a comment.
fn holds(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && !text.starts_with('#')
}

/// By how many spaces a line is indented.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The byte position behind the first key of a line.
fn key_end(line: &str) -> Option<usize> {
    line.find(": ").or_else(|| {
        line.trim_end()
            .ends_with(':')
            .then(|| line.trim_end().len() - 1)
    })
}

/// The column of a quote at the beginning of a value that nothing closes on the same line.
fn open_quote(line: &str) -> Option<usize> {
    let mut open: Option<(usize, char)> = None;
    let mut before = ' ';
    for (at, c) in line.chars().enumerate() {
        match open {
            Some((_, quote)) if c == quote && before != '\\' => open = None,
            None if matches!(c, '"' | '\'') && matches!(before, ' ' | '[' | '{' | ',') => {
                open = Some((at, c));
            }
            None if c == '#' && before == ' ' => break,
            _ => {}
        }
        before = c;
    }
    open.map(|(at, _)| at)
}

/// The column of the outermost bracket that is not closed on the same line, and what would close it.
fn open_bracket(line: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.chars().enumerate() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') if before == ' ' => break,
            (None, '{') => open.push((at, '}')),
            (None, '[') => open.push((at, ']')),
            (None, '}' | ']') => drop(open.pop()),
            _ => {}
        }
        before = c;
    }
    open.first().copied()
}

/// Finds an unquoted `sandbox:` behind `url:` and returns its byte position.
fn unquoted_sandbox(line: &str) -> Option<usize> {
    let after = line.find("url:")? + 4;
    let rest = &line[after..];
    let value = rest.trim_start();
    let tail = value.strip_prefix("sandbox:")?;
    let ends = tail.trim_start();
    (ends.is_empty() || ends.starts_with(['#', ',', '}']))
        .then_some(after + rest.len() - value.len())
}
