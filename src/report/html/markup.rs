//! Pieces of text as HTML, and lists that are text until somebody looks.

use crate::neutral::html::escaped;
use crate::neutral::phrase::{Phrase, Piece};
use std::io::{self, Write};

/// How many rows of a list stand in the page as elements; a longer list is text until somebody opens it.
pub(super) const OPEN: usize = 25;

/// Returns a phrase as HTML.
pub(super) fn phrase(phrase: &Phrase) -> String {
    let pieces = phrase.pieces().iter().map(|piece| match piece {
        piece if piece.is_running_text() => escaped(&piece.text()),
        Piece::Link(url) if is_safe_link(url) => {
            format!("<a href=\"{0}\" rel=\"noreferrer\">{0}</a>", escaped(url))
        }
        // `bdi` keeps letters that run from right to left from reordering what stands beside them.
        piece => format!("<code><bdi>{}</bdi></code>", escaped(&piece.text())),
    });
    pieces.collect()
}

/// Returns a phrase as HTML with as few bytes as there can be, for rows of which there may be thousands.
pub(super) fn short(phrase: &Phrase) -> String {
    let pieces = phrase
        .pieces()
        .iter()
        .map(|piece| match piece.is_running_text() {
            true => escaped(&piece.text()),
            false => format!("<bdi>{}</bdi>", escaped(&piece.text())),
        });
    pieces.collect()
}

/// Says whether a link may be one: a web address of plain characters on one of Atlassian's hosts, where steps by hand are done.
pub(in crate::report) fn is_safe_link(url: &str) -> bool {
    let plain = url
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~:/?#&=%+".contains(&b));
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    plain
        && host.is_some_and(|host| {
            !host.contains(':')
                && [".atlassian.net", ".atlassian.com", ".jira.com"]
                    .iter()
                    .any(|end| host.ends_with(end))
        })
}

/// Writes the beginning of a part of the page.
pub(super) fn begin(title: &str, out: &mut dyn Write) -> io::Result<()> {
    let id: String = title
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    writeln!(
        out,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>",
        escaped(title)
    )
}

/// Writes a folded part; `summary` is markup. A long one is text until it is opened or searched.
pub(super) fn folded(
    of: &str,
    summary: &str,
    rows: usize,
    content: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (before, after) = match rows > OPEN {
        true => (
            format!("<noscript data-of=\"{}\">", escaped(of)),
            "</noscript>",
        ),
        false => ("<div data-find>".to_owned(), "</div>"),
    };
    writeln!(
        out,
        "<details><summary>{summary}</summary>\n{before}\n{content}{after}\n</details>"
    )
}
