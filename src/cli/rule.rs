//! `portcullis rule`: what a rule, a lint or the code of a finding means, with its source.

use super::Output;
use super::args::{ReportFormat, RuleArguments};
use crate::exit::Exit;
use crate::meaning::{self, Meaning};
use serde_json::{Value, json};
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr as _;

/// Runs the command.
pub(super) fn run(arguments: &RuleArguments, output: &mut Output) -> Exit {
    let meanings = match &arguments.code {
        None => meaning::all(),
        Some(code) => meaning::find(code),
    };
    if let (Some(code), true) = (&arguments.code, meanings.is_empty()) {
        let hint = match meaning::nearest(code) {
            Some(near) => format!("did you mean `{near}`? `portcullis rule` lists every code"),
            None => "`portcullis rule` lists every code".to_owned(),
        };
        return output.fail(Exit::Usage, &format!("unknown code `{code}`"), Some(&hint));
    }
    let width = output.style.width;
    let written = match (arguments.format, &arguments.code) {
        (ReportFormat::Json, _) => {
            let codes: Vec<Value> = meanings.iter().map(value).collect();
            let document = json!({ "format_version": "1.0", "codes": codes });
            output
                .data
                .write_all(crate::diagnostic::json::to_text(&document).as_bytes())
        }
        (ReportFormat::Text, Some(_)) => meanings
            .iter()
            .try_for_each(|meaning| whole(meaning, width, &mut output.data)),
        (ReportFormat::Text, None) => list(&meanings, width, &mut output.data),
    };
    output.finish(written, Exit::Done)
}

fn value(meaning: &Meaning) -> Value {
    let urls: Vec<&str> = meaning.sources.iter().map(|source| source.url).collect();
    let mut value = json!({
        "code": meaning.code,
        "kind": meaning.kind,
        "text": meaning.text,
        "known": meaning.evidence.map(|evidence| evidence.word()),
        "sources": urls,
        "page": meaning::address(meaning.page),
    });
    for (label, text) in &meaning.more {
        value[label.to_lowercase().replace(' ', "_")] = Value::from(text.as_str());
    }
    value
}

/// Writes all that is known of a code.
fn whole(meaning: &Meaning, width: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})", meaning.code, meaning.kind)?;
    paragraph("  ", meaning.text, width, out)?;
    writeln!(out)?;
    for (label, text) in &meaning.more {
        paragraph(&format!("{label}: "), text, width, out)?;
    }
    if let Some(evidence) = meaning.evidence {
        writeln!(out, "Known: {}", evidence.word())?;
    }
    for source in meaning.sources {
        // A link is never broken.
        writeln!(out, "Source: {}", source.url)?;
    }
    writeln!(out, "Page: {}", meaning::address(meaning.page))
}

/// Writes every code with its sentence.
fn list(meanings: &[Meaning], width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut kind = "";
    let codes = meanings.iter().map(|meaning| meaning.code.len());
    let column = codes.max().unwrap_or(0) + 2;
    for meaning in meanings {
        let family = meaning.kind.split(',').next().unwrap_or_default();
        if family != kind {
            let blank = if kind.is_empty() { "" } else { "\n" };
            writeln!(out, "{blank}{family}")?;
            kind = family;
        }
        paragraph(
            &format!("  {:<column$}", meaning.code),
            meaning.text,
            width,
            out,
        )?;
    }
    Ok(())
}

/// Writes text behind a label; the lines after the first are indented by two columns, or as the label where it is blank.
fn paragraph(label: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let width = width.max(40);
    let hanging = if label.ends_with(": ") {
        2
    } else {
        label.len()
    };
    let mut line = label.to_owned();
    let mut fresh = true;
    for word in text.split(' ') {
        if !fresh && line.width() + 1 + word.width() > width {
            writeln!(out, "{line}")?;
            line = " ".repeat(hanging);
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    writeln!(out, "{line}")
}
