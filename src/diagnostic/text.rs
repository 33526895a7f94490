//! Diagnostics as text for people, with an excerpt of the few lines around each place.

use super::excerpt::{line, marked};
use super::neutral::{neutral, neutral_name};
use super::{Diagnostic, Label, Severity};
use crate::config::Sources;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::io::{self, Write};

/// The longest piece of a line that an excerpt shows, in characters.
const WIDEST: usize = 160;

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Whether to colour.
    pub color: bool,
    /// The width of the terminal.
    pub width: usize,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            color: false,
            width: 120,
        }
    }
}

/// Writes diagnostics one after the other, each followed by an empty line.
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut impl Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    style: TextStyle,
) -> io::Result<()> {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(style.width);
    for diagnostic in diagnostics {
        writeln!(out, "{}\n", render(&renderer, diagnostic, sources))?;
    }
    Ok(())
}

fn render(renderer: &Renderer, diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(neutral(&diagnostic.message))
        .id(diagnostic.code);
    let snippets = diagnostic
        .labels
        .iter()
        .enumerate()
        .filter_map(|(i, label)| excerpt(label, i == 0, sources));
    let mut group = title.elements(snippets);
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(neutral(hint)));
    }
    renderer.render(&[group])
}

/// Cuts out the line before and the line itself, with every dangerous character made visible.
fn excerpt<'s>(
    label: &'s Label,
    primary: bool,
    sources: &'s Sources,
) -> Option<Snippet<'s, annotate_snippets::Annotation<'s>>> {
    let file = sources.get(label.span.file)?;
    let found = marked(sources, label)?;
    let mut first = label.span.line;
    let mut text = String::new();
    if primary
        && first > 1
        && let Some((before, _)) = line(sources, label.span, first - 1)
        && !before.trim().is_empty()
    {
        first -= 1;
        text.push_str(&neutral_name(&before.replace('\t', " "), WIDEST));
        text.push('\n');
    }
    // A long line is shown from shortly before the mark.
    let head = &found.line[..found.start];
    let skip = head.chars().count().saturating_sub(WIDEST / 2);
    let head: String = head.chars().skip(skip).collect();
    let inside: String = found.line[found.start..found.end]
        .chars()
        .take(WIDEST)
        .collect();
    let tail: String = found.line[found.end..].chars().take(WIDEST / 2).collect();
    if skip > 0 {
        text.push('…');
    }
    text.push_str(&neutral(&head.replace('\t', " ")));
    let start = text.len();
    text.push_str(&neutral(&inside.replace('\t', " ")));
    let end = text.len();
    text.push_str(&neutral(&tail.replace('\t', " ")));
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let mut annotation = kind.span(start..end);
    if !label.text.is_empty() {
        annotation = annotation.label(neutral(&label.text));
    }
    Some(
        Snippet::source(text)
            .path(neutral(file.path.as_str()))
            .line_start(usize::try_from(first).unwrap_or(usize::MAX))
            .annotation(annotation),
    )
}
