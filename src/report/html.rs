//! The plan as one self-contained HTML page: no script, nothing loaded from elsewhere, tables that a screen reader understands.

use super::document::PlanDocument;
use super::sections::{Section, remarks, rest, sections};
use super::text::headline;
use crate::neutral::html::escaped;
use crate::neutral::phrase::{Phrase, Piece};
use std::io::{self, Write};

/// Nothing but the page's own style may ever take effect, even if markup slipped through.
const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
"#;

const STYLE: &str = "<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-style: italic; }
th, td { border: 1px solid #888; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th[scope=row] { font-weight: normal; }
.scroll { overflow-x: auto; }
</style>
";

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn plan(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    let sites: Vec<String> = document.sites.iter().map(|site| escaped(site)).collect();
    let title = format!("Portcullis plan: {}", sites.join(", "));
    write!(
        out,
        "{HEAD}<title>{title}</title>\n{STYLE}</head>\n<body>\n<main>\n"
    )?;
    writeln!(out, "<h1>{title}</h1>")?;
    writeln!(
        out,
        "<p><strong>{}</strong></p>",
        escaped(&headline(document))
    )?;
    for remark in remarks(document) {
        writeln!(out, "<p>{}</p>", phrase(&remark))?;
    }
    for (i, section) in sections(document, usize::MAX).iter().enumerate() {
        table(i, section, out)?;
    }
    writeln!(out, "<h2>The rest</h2>\n<dl>")?;
    for (what, text) in rest(document) {
        writeln!(out, "<dt>{what}</dt><dd>{}</dd>", phrase(&text))?;
    }
    writeln!(
        out,
        "</dl>\n</main>\n<footer><p>Portcullis {}</p></footer>\n</body>\n</html>",
        escaped(&document.tool_version)
    )
}

fn table(number: usize, section: &Section, out: &mut dyn Write) -> io::Result<()> {
    let (title, heading) = (section.title, section.heading());
    writeln!(
        out,
        "<section aria-labelledby=\"s{number}\">\n<h2 id=\"s{number}\">{heading}</h2>"
    )?;
    writeln!(
        out,
        "<div class=\"scroll\"><table>\n<caption>{title}</caption>\n<thead><tr>"
    )?;
    for head in &section.heads {
        write!(out, "<th scope=\"col\">{head}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &section.rows {
        write!(out, "<tr>")?;
        for (i, cell) in row.iter().enumerate() {
            let text = phrase(cell);
            if i == 0 {
                write!(out, "<th scope=\"row\">{text}</th>")?;
            } else {
                write!(out, "<td>{text}</td>")?;
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table></div>\n</section>")
}

fn phrase(phrase: &Phrase) -> String {
    let pieces = phrase.pieces().iter().map(|piece| match piece {
        Piece::Word(text) => escaped(text),
        // `bdi` keeps letters that run from right to left from reordering what stands beside them.
        Piece::Name(text) | Piece::Key(text) => {
            format!("<code><bdi>{}</bdi></code>", escaped(text))
        }
        Piece::Link(url) if is_safe_link(url) => {
            format!("<a href=\"{0}\" rel=\"noreferrer\">{0}</a>", escaped(url))
        }
        Piece::Link(url) => format!("<code><bdi>{}</bdi></code>", escaped(url)),
    });
    pieces.collect()
}

/// Says whether a link may be one: a web address of plain characters on one of Atlassian's hosts, where steps by hand are done.
pub(super) fn is_safe_link(url: &str) -> bool {
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
