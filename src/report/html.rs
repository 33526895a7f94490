//! The review page: a plan as one self-contained HTML file, on whose first screen stands who gains and who loses, and why.
//!
//! Nothing is requested from anywhere, and a strict policy lets one style and one script run, each named by its hash. Long lists
//! stand within `noscript`: with the script they are text until somebody opens or searches them, without it they are folded
//! lists, so that everything can be read either way.

mod access_review;
mod drift;
mod lists;
mod markup;
mod people;
mod picture;
mod steps;

pub use access_review::access_review;
pub(super) use markup::is_safe_link;

use super::document::PlanDocument;
use super::drift::DriftDocument;
use super::made::Made;
use super::sections::{overriding, remarks, rest};
use super::text::headline;
use super::verdict::verdict;
use crate::neutral::html::escaped;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use markup::phrase;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Returns a source of the content-security policy that lets exactly this text take effect.
fn hashed(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written to.
pub fn plan(document: &PlanDocument, out: &mut dyn Write) -> io::Result<()> {
    open("Portcullis plan", &document.sites, out)?;
    let (tone, says) = verdict(document);
    writeln!(
        out,
        "<p class=\"verdict {}\">{}</p>",
        tone.word(),
        phrase(&says)
    )?;
    let impact = document.access_impact.impact().ok();
    if let Some(impact) = &impact {
        people::numbers(impact, out)?;
    }
    writeln!(out, "<p>{}</p>", escaped(&headline(document)))?;
    for remark in remarks(document) {
        writeln!(out, "<p>{}</p>", phrase(&remark))?;
    }
    search(out)?;
    people::sentences(document, out)?;
    if let Some(impact) = &impact {
        people::portals(document, impact, out)?;
        people::groups(document, impact, out)?;
    }
    lists::before_steps(document, out)?;
    steps::checklist(document, out)?;
    lists::after_steps(document, out)?;
    writeln!(out, "<section>\n<h2>The rest</h2>\n<dl class=\"rest\">")?;
    for (what, text) in rest(document) {
        writeln!(out, "<dt>{what}</dt><dd>{}</dd>", phrase(&text))?;
    }
    writeln!(out, "</dl>\n</section>")?;
    if let Some(how) = overriding(document) {
        writeln!(
            out,
            "<section>\n<h2>Overriding</h2>\n<p>{}</p>\n</section>",
            phrase(&how)
        )?;
    }
    close(&document.tool_version, document.made.as_ref(), out)
}

/// Writes what differs between site and files as a page of the same kind.
///
/// # Errors
/// When `out` cannot be written to.
pub fn drift(document: &DriftDocument, out: &mut dyn Write) -> io::Result<()> {
    open("Portcullis drift", &document.sites, out)?;
    drift::head(document, out)?;
    search(out)?;
    drift::body(document, out)?;
    let standing = document.standing.as_ref();
    let made = standing.and_then(|plan| plan.made.as_ref());
    close(document.tool_version, made, out)
}

/// Begins a page, up to its heading.
fn open(what: &str, sites: &[String], out: &mut dyn Write) -> io::Result<()> {
    let sites: Vec<String> = sites.iter().map(|site| escaped(site)).collect();
    let title = format!("{what}: {}", sites.join(", "));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>",
        hashed(STYLE),
        hashed(SCRIPT),
    )
}

/// Writes the search, which is there only with the script, and begins the main part.
fn search(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "</header>\n<main>\n<form id=\"search\" role=\"search\" hidden>\n<label for=\"query\">Find a person, an organization or a project</label><br>\n\
         <input id=\"query\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\">\n\
         <p id=\"count\" role=\"status\"></p>\n<div id=\"found\"></div>\n</form>"
    )
}

/// Ends a page with what it was made by, when, and of which commit.
fn close(version: &str, made: Option<&Made>, out: &mut dyn Write) -> io::Result<()> {
    let mut says = format!("Portcullis {}", escaped(version));
    if let Some(made) = made {
        match (&made.at, &made.today) {
            (Some(at), _) => says += &format!(" · made at <time>{}</time>", escaped(at)),
            (None, Some(day)) => says += &format!(" · as if it were {}", escaped(day)),
            (None, None) => {}
        }
        if let Some(commit) = &made.commit {
            says += &format!(" · commit <code>{}</code>", escaped(commit));
        }
    }
    writeln!(
        out,
        "</main>\n<footer><p class=\"soft\">{says}</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>"
    )
}
