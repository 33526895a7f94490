//! Foreign text made harmless for Markdown as GitHub and GitLab render it.
//!
//! Backslashes are not enough: both sites look for mentions, issue numbers and addresses in the rendered text, where an
//! escape is gone. They leave code alone, so foreign text always stands in a code span.

use super::{is_hidden, shortened};
use std::fmt::Write as _;

/// The longest piece of foreign text in a comment, in characters.
const LONGEST: usize = 120;
/// The longest message in a comment, in characters.
const LONGEST_MESSAGE: usize = 400;

/// Returns the text as a code span that fits into a table cell, at most 120 characters of it.
///
/// The two characters that could end the span or the cell, `` ` `` and `|`, are shown as `\u{60}` and `\u{7c}`.
pub fn code(text: &str) -> String {
    let shown = shortened(text, LONGEST);
    if shown.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let mut span = String::with_capacity(shown.len() + 2);
    span.push('`');
    for c in shown.chars() {
        match c {
            '`' | '|' => {
                // Writing to a string cannot fail.
                let _ = write!(span, "\\u{{{:x}}}", u32::from(c));
            }
            c => span.push(c),
        }
    }
    span.push('`');
    span
}

/// Returns a message of ours with foreign text in it: plain words stay, everything that could mean something is code.
///
/// Text between backticks is one code span. The result is one line, and safe within a table cell.
pub fn prose(text: &str) -> String {
    let mut safe = String::with_capacity(text.len().min(LONGEST_MESSAGE) + 16);
    // Line breaks between words are spaces here; everything else that is hidden becomes visible.
    let text = text.replace(['\n', '\r'], " ");
    for (i, piece) in shortened(&text, LONGEST_MESSAGE).split('`').enumerate() {
        if i % 2 == 1 {
            separate(&mut safe);
            safe.push_str(&code(piece));
            continue;
        }
        if piece.starts_with(char::is_whitespace) {
            space(&mut safe);
        }
        for (j, word) in piece.split_whitespace().enumerate() {
            if j > 0 {
                space(&mut safe);
            }
            push_word(&mut safe, word);
        }
        if piece.ends_with(char::is_whitespace) {
            space(&mut safe);
        }
    }
    let end = safe.trim_end().len();
    safe.truncate(end);
    safe
}

fn space(safe: &mut String) {
    if !safe.is_empty() && !safe.ends_with(' ') {
        safe.push(' ');
    }
}

/// Keeps two code spans from growing together, and `$` or letters from touching one.
fn separate(safe: &mut String) {
    if safe.ends_with(|c: char| c == '`' || c.is_alphanumeric()) {
        safe.push(' ');
    }
}

fn push_word(safe: &mut String, word: &str) {
    if safe.ends_with('`') && word.starts_with(char::is_alphanumeric) {
        safe.push(' ');
    }
    let inner = word.trim_start_matches(['(', '"']);
    let open = &word[..word.len() - inner.len()];
    let core = inner.trim_end_matches([',', ';', ':', '.', ')', '"', '?', '!']);
    let close = &inner[core.len()..];
    if word == "&" {
        safe.push_str("&amp;");
    } else if core.is_empty()
        && word
            .chars()
            .all(|c| matches!(c, ',' | ';' | ':' | '.' | ')' | '(' | '"' | '?'))
    {
        safe.push_str(word);
    } else if matches!(core, "→" | "…" | "%" | "—" | "·")
        || is_plain(core) && !numbered(core, close) && !close.contains('!')
    {
        safe.push_str(open);
        safe.push_str(core);
        safe.push_str(close);
    } else {
        separate(safe);
        // The punctuation of our sentence is no part of a name, unless it could mean something by itself.
        if core.is_empty() || numbered(core, close) || close.contains('!') {
            safe.push_str(&code(word));
        } else {
            safe.push_str(open);
            safe.push_str(&code(core));
            safe.push_str(close);
        }
    }
}

/// Says whether a word can mean nothing: letters and digits, with single hyphens or apostrophes between them.
fn is_plain(word: &str) -> bool {
    let letters = word
        .chars()
        .all(|c| (c.is_alphanumeric() || matches!(c, '-' | '\'' | '’')) && !is_hidden(c));
    let ends = word.starts_with(char::is_alphanumeric) && word.ends_with(char::is_alphanumeric);
    // GitHub links `GH-12`, and numbers of commits.
    let reference = word
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("gh-"));
    let commit = word.len() >= 7
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit());
    letters
        && ends
        && !reference
        && !commit
        && !word.contains("--")
        && word.chars().count() <= LONGEST
}

/// Says whether a word could begin a numbered list.
fn numbered(core: &str, close: &str) -> bool {
    core.bytes().all(|b| b.is_ascii_digit()) && close.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_code_span() {
        assert_eq!(code("Globex"), "`Globex`");
        assert_eq!(code("a|b`c\n"), "`a\\u{7c}b\\u{60}c\\u{a}`");
        assert_eq!(code(" "), "(empty)");
        assert!(code(&"x".repeat(10_000)).len() < 130);
    }

    #[test]
    fn messages_keep_their_words_and_lose_their_meaning() {
        assert_eq!(
            prose("rename organization `Globex` to `G [x](y)`"),
            "rename organization `Globex` to `G [x](y)`"
        );
        assert_eq!(
            prose("tell @everyone, see #12 and GH-12 or www.evil.example"),
            "tell `@everyone`, see `#12` and `GH-12` or `www.evil.example`"
        );
        assert_eq!(
            prose("off → on (30 %), e-mail: 12 of 40"),
            "off → on (30 %), e-mail: 12 of 40"
        );
        assert_eq!(
            prose("# heading\n- item | cell"),
            "`#` heading `-` item `\\u{7c}` cell"
        );
        assert_eq!(prose("1. one"), "`1.` one");
        assert_eq!(prose("an odd ` tick"), "an odd ` tick`");
        assert_eq!(
            prose("Channels & self service"),
            "Channels &amp; self service"
        );
    }
}
