//! `portcullis rule`: what a rule, a lint or the code of a finding means, with its source.

use super::Output;
use super::args::{ReportFormat, RuleArguments};
use crate::exit::Exit;
use crate::meaning::{self, Meaning};
use schemars::JsonSchema;
use serde::Serialize;
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
            let document = RuleDocument {
                format_version: "1.0",
                codes: meanings.iter().map(CodeDocument::of).collect(),
            };
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

/// What `rule --format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RuleDocument<'m> {
    /// The version of this format.
    format_version: &'static str,
    /// Every code, or those that were asked for.
    codes: Vec<CodeDocument<'m>>,
}

/// What a code means.
#[derive(Debug, Serialize, JsonSchema)]
struct CodeDocument<'m> {
    /// The code.
    code: &'m str,
    /// What it is the code of, such as a rule of customer access, a lint or a problem of the files.
    kind: &'m str,
    /// What it means.
    text: &'m str,
    /// How sure it is, for a rule.
    known: Option<&'static str>,
    /// The addresses of the pages that it rests on.
    sources: Vec<&'static str>,
    /// Where the book has it.
    page: String,
    /// What is assumed where nobody knows, for a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed: Option<&'m str>,
    /// Why no answer ever names it as its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    never_a_reason: Option<&'m str>,
    /// What comes of it, for a lint.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_it_matters: Option<&'m str>,
    /// What the letters of its condition stand for, for a lint.
    #[serde(skip_serializing_if = "Option::is_none")]
    letters: Option<&'m str>,
    /// Which commands judge it, for a lint.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_by: Option<&'m str>,
    /// Whether `policy.acknowledge` can hold it, for a lint.
    #[serde(skip_serializing_if = "Option::is_none")]
    can_be_acknowledged: Option<&'m str>,
    /// Which commands report it, for a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_by: Option<&'m str>,
}

impl<'m> CodeDocument<'m> {
    fn of(meaning: &'m Meaning) -> Self {
        let more = |label: &str| {
            let found = meaning.more.iter().find(|(known, _)| *known == label);
            found.map(|(_, text)| text.as_str())
        };
        Self {
            code: meaning.code,
            kind: meaning.kind,
            text: meaning.text,
            known: meaning.evidence.map(|evidence| evidence.word()),
            sources: meaning.sources.iter().map(|source| source.url).collect(),
            page: meaning::address(meaning.page),
            assumed: more("Assumed"),
            never_a_reason: more("Never a reason"),
            why_it_matters: more("Why it matters"),
            letters: more("Letters"),
            judged_by: more("Judged by"),
            can_be_acknowledged: more("Can be acknowledged"),
            reported_by: more("Reported by"),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_known_of_a_code_is_left_out_of_the_document() {
        for meaning in meaning::all() {
            let value = serde_json::to_value(CodeDocument::of(&meaning)).unwrap();
            let more = value.as_object().unwrap().len() - 6;
            assert_eq!(more, meaning.more.len(), "{value}");
        }
    }
}
