//! Diagnostics as text for people, with an excerpt of the few lines around each place.

use super::excerpt::{line, marked};
use super::{Diagnostic, Label, Severity};
use crate::config::Sources;
use crate::neutral::columns::folded;
use crate::neutral::phrase::Phrase;
use crate::neutral::{neutral, neutral_before};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};
use std::io::{self, Write};
use std::ops::Range;

/// The longest piece of a line that an excerpt shows, in characters.
const WIDEST: usize = 160;

/// How many lines apart two marks may be to share an excerpt.
const NEAR: u32 = 6;

/// How diagnostics are shown.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Whether to colour.
    pub color: bool,
    /// The width of the terminal.
    pub width: usize,
    /// Whether messages and hints are broken to fit it; elsewhere they stay one line each, which can be searched.
    pub folded: bool,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            color: false,
            width: 120,
            folded: false,
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
        let room = style.folded.then_some(style.width);
        writeln!(out, "{}\n", render(&renderer, diagnostic, sources, room))?;
    }
    Ok(())
}

/// The least room for text behind a label, however narrow the terminal is.
const NARROWEST: usize = 20;

fn render(
    renderer: &Renderer,
    diagnostic: &Diagnostic,
    sources: &Sources,
    room: Option<usize>,
) -> String {
    let (level, word) = match diagnostic.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Warning => (Level::WARNING, "warning"),
        Severity::Note => (Level::NOTE, "note"),
    };
    // The renderer puts further lines below the first letter of the first.
    let fit = |text: &Phrase, label: usize| match room {
        Some(width) => folded(
            &text.to_string(),
            width.saturating_sub(label).max(NARROWEST),
        ),
        None => text.to_string(),
    };
    let label = word.len() + diagnostic.code.len() + "[]: ".len();
    let title = level
        .primary_title(fit(&diagnostic.message, label))
        .id(diagnostic.code);
    let excerpts = excerpts(&diagnostic.labels, sources);
    let places: Vec<String> = excerpts
        .iter()
        .map(|excerpt| excerpt.place.clone())
        .collect();
    let snippets = excerpts
        .into_iter()
        .enumerate()
        .map(|(i, excerpt)| excerpt.snippet.path(format!("{PLACE}{i}{PLACE}")));
    let mut group = title.elements(snippets);
    if let Some(hint) = &diagnostic.hint {
        let line = diagnostic.labels.iter().map(|label| label.span.line).max();
        let digits = line.unwrap_or_default().to_string().len();
        let hint = fit(hint, digits + " = hint: ".len());
        group = group.element(Level::HELP.with_name("hint").message(hint));
    }
    placed(&renderer.render(&[group]), &places)
}

/// Stands in for the place of an excerpt; [`neutral`] text never has it.
const PLACE: char = '\u{1}';

/// Writes the true places into rendered text: the renderer counts columns in what it is given, which is a cut line with
/// some characters spelled out.
fn placed(rendered: &str, places: &[String]) -> String {
    let mut text = String::with_capacity(rendered.len());
    for (i, piece) in rendered.split(PLACE).enumerate() {
        // Every place has a mark before and behind its number, so the odd pieces are numbers.
        if i % 2 == 1 {
            let place = piece.parse().ok().and_then(|at: usize| places.get(at));
            text.push_str(place.map_or("", String::as_str));
        } else if i > 0 {
            text.push_str(piece.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
        } else {
            text.push_str(piece);
        }
    }
    text
}

/// A piece of source with marks in it, and where it is: `path:line:column`, harmless.
struct Excerpt<'s> {
    snippet: Snippet<'s, Annotation<'s>>,
    place: String,
}

/// Returns where a label is, as people and editors write it.
fn place_of(label: &Label, sources: &Sources) -> Option<String> {
    let file = sources.get(label.span.file)?;
    let (line, column) = (label.span.line, label.span.column.max(1));
    Some(format!("{}:{line}:{column}", neutral(file.path.as_str())))
}

/// Cuts out the marked lines: neighbouring marks of one file share an excerpt, others have their own.
fn excerpts<'s>(labels: &'s [Label], sources: &'s Sources) -> Vec<Excerpt<'s>> {
    let Some((first, rest)) = labels.split_first() else {
        return Vec::new();
    };
    let (near, far): (Vec<&Label>, Vec<&Label>) = rest.iter().partition(|label| {
        label.span.file == first.span.file && label.span.line.abs_diff(first.span.line) <= NEAR
    });
    let together: Vec<&Label> = std::iter::once(first).chain(near).collect();
    let mut found: Vec<Excerpt<'s>> = Vec::new();
    match joint(&together, sources) {
        Some(excerpt) => found.push(excerpt),
        None => found.extend(
            together
                .iter()
                .filter_map(|l| single(l, *l == first, sources)),
        ),
    }
    found.extend(far.iter().filter_map(|label| single(label, false, sources)));
    found
}

/// Shows several marks in one excerpt, where the lines are short and harmless enough to be shown as they are.
fn joint<'s>(labels: &[&'s Label], sources: &'s Sources) -> Option<Excerpt<'s>> {
    let (first, rest) = labels.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let top = labels.iter().map(|label| label.span.line).min()?;
    let bottom = labels.iter().map(|label| label.span.line).max()?;
    let mut text = String::new();
    let mut starts = Vec::new();
    for number in top..=bottom {
        let (line, _) = line(sources, first.span, number)?;
        if line.chars().count() > WIDEST || neutral(line) != line {
            return None;
        }
        starts.push(text.len());
        text.push_str(line);
        text.push('\n');
    }
    let mut annotations = Vec::new();
    for (i, label) in labels.iter().enumerate() {
        let found = marked(sources, label)?;
        let at = *starts.get(usize::try_from(label.span.line - top).ok()?)?;
        annotations.push(annotation(label, i == 0, at + found.start..at + found.end));
    }
    Some(Excerpt {
        snippet: Snippet::source(text)
            .line_start(usize::try_from(top).ok()?)
            .annotations(annotations),
        place: place_of(labels.first()?, sources)?,
    })
}

/// Shows one marked line, with every dangerous character made visible; a long line from shortly before the mark.
fn single<'s>(label: &'s Label, primary: bool, sources: &'s Sources) -> Option<Excerpt<'s>> {
    let found = marked(sources, label)?;
    let head = &found.line[..found.start];
    let skip = head.chars().count().saturating_sub(WIDEST / 2);
    let head: String = head.chars().skip(skip).collect();
    let inside = found.line[found.start..found.end].chars();
    let inside: String = inside.take(WIDEST).collect();
    let tail = found.line[found.end..].chars();
    let tail: String = tail.take(WIDEST / 2).collect();
    let mut text = String::new();
    if skip > 0 {
        text.push('…');
    }
    // A tab would be escaped like any control character, which nobody would recognise as indentation.
    let [head, inside, tail] = [head, inside, tail].map(|piece| piece.replace('\t', " "));
    text.push_str(&neutral_before(&head, &format!("{inside}{tail}")));
    let start = text.len();
    text.push_str(&neutral_before(&inside, &tail));
    let end = text.len();
    text.push_str(&neutral(&tail));
    Some(Excerpt {
        snippet: Snippet::source(text)
            .line_start(usize::try_from(label.span.line).ok()?)
            .annotation(annotation(label, primary, start..end)),
        place: place_of(label, sources)?,
    })
}

fn annotation(label: &Label, primary: bool, place: Range<usize>) -> Annotation<'_> {
    let kind = if primary {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let annotation = kind.span(place);
    if label.text.is_empty() {
        annotation
    } else {
        annotation.label(label.text.to_string())
    }
}
