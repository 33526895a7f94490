//! Lines on a page: harmless text, measured in terminal columns, cut or wrapped to the width, coloured last.

use super::Style;
use crate::neutral::columns::wrapped;
use crate::neutral::neutral;
use anstyle::{AnsiColor, Style as Ansi};
use std::io;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a piece of text is; colour follows from it and never says more than the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Paint {
    /// Ordinary text.
    Plain,
    /// The beginning of a block.
    Heading,
    /// Something that comes.
    Add,
    /// Something that changes.
    Change,
    /// Something that goes.
    Remove,
    /// Something that stands in the way.
    Alarm,
    /// Where to look, beside what matters.
    Faint,
}

impl Paint {
    const fn ansi(self) -> Ansi {
        match self {
            Self::Plain => Ansi::new(),
            Self::Heading => Ansi::new().bold(),
            Self::Add => AnsiColor::Green.on_default(),
            Self::Change => AnsiColor::Yellow.on_default(),
            Self::Remove => AnsiColor::Red.on_default(),
            Self::Alarm => AnsiColor::Yellow.on_default().bold(),
            Self::Faint => Ansi::new().dimmed(),
        }
    }
}

/// Where the lines go.
pub(in crate::report) struct Page<'a> {
    style: Style,
    out: &'a mut dyn io::Write,
    blank_due: bool,
    begun: bool,
}

/// Narrower terminals get lines that are too long rather than columns of one letter.
const NARROWEST: usize = 40;

impl<'a> Page<'a> {
    pub(in crate::report) fn new(style: Style, out: &'a mut dyn io::Write) -> Self {
        Self {
            style,
            out,
            blank_due: false,
            begun: false,
        }
    }

    /// Returns how many rows of a group are shown, `least` at the least.
    pub(in crate::report) fn limit(&self, least: usize) -> usize {
        self.style
            .list_limit
            .map_or(usize::MAX, |limit| limit.max(least))
    }

    /// Returns the columns that a line may have.
    pub(in crate::report) fn width(&self) -> usize {
        self.style.width.max(NARROWEST)
    }

    /// Leaves an empty line before the next line, if there is a next one and one before.
    pub(in crate::report) fn blank(&mut self) {
        self.blank_due = self.begun;
    }

    /// Writes one line, cut to the width.
    pub(in crate::report) fn line(
        &mut self,
        indent: usize,
        pieces: &[(Paint, &str)],
    ) -> io::Result<()> {
        let mut left = self.width().saturating_sub(indent);
        let mut fitting = Vec::with_capacity(pieces.len());
        for (paint, text) in pieces {
            let text = fit(&neutral(text), left);
            left -= text.width();
            fitting.push((*paint, text));
        }
        self.emit(indent, &fitting)
    }

    /// Writes a row whose cells were fitted before; only trailing space may go beyond the width, and it is not written.
    pub(super) fn row(&mut self, indent: usize, pieces: &[(Paint, &str)]) -> io::Result<()> {
        let pieces: Vec<(Paint, String)> = pieces
            .iter()
            .map(|&(paint, text)| (paint, text.to_owned()))
            .collect();
        self.emit(indent, &pieces)
    }

    /// Writes what to do next: the command on the same line where it fits, else on a line of its own, never broken.
    pub(in crate::report) fn next(&mut self, text: &str, command: &str) -> io::Result<()> {
        if !self.style.next {
            return Ok(());
        }
        let label = "next: ";
        if label.len() + text.width() + 1 + neutral(command).width() <= self.width() {
            return self.unbroken(0, label, &format!("{text} {command}"));
        }
        self.prose(0, (Paint::Faint, label), text)?;
        self.unbroken(label.len(), "", command)
    }

    /// Writes a line that must not be broken: a command or a link.
    pub(in crate::report) fn unbroken(
        &mut self,
        indent: usize,
        label: &str,
        text: &str,
    ) -> io::Result<()> {
        let pieces = [
            (Paint::Faint, label.to_owned()),
            (Paint::Plain, neutral(text).into_owned()),
        ];
        self.emit(indent, &pieces)
    }

    /// Writes text that runs over as many lines as it needs, each after the first indented by the width of `label`.
    pub(in crate::report) fn prose(
        &mut self,
        indent: usize,
        label: (Paint, &str),
        text: &str,
    ) -> io::Result<()> {
        let hanging = indent + label.1.width();
        let lines = wrapped(&neutral(text), self.width().saturating_sub(hanging));
        for (i, line) in lines.into_iter().enumerate() {
            if i == 0 {
                self.emit(
                    indent,
                    &[(label.0, label.1.to_owned()), (Paint::Plain, line)],
                )?;
            } else {
                self.emit(hanging, &[(Paint::Plain, line)])?;
            }
        }
        Ok(())
    }

    /// The only place that writes. Text passes [`neutral`] here again, whoever forgot it before; it does not change twice.
    fn emit(&mut self, indent: usize, pieces: &[(Paint, String)]) -> io::Result<()> {
        if std::mem::take(&mut self.blank_due) {
            writeln!(self.out)?;
        }
        self.begun = true;
        let last = pieces
            .iter()
            .rposition(|(_, text)| !text.trim_end().is_empty());
        write!(self.out, "{:indent$}", "")?;
        for (i, (paint, text)) in pieces
            .iter()
            .enumerate()
            .take(last.map_or(0, |last| last + 1))
        {
            let text = neutral(text);
            let text = if Some(i) == last {
                text.trim_end()
            } else {
                &text
            };
            let ansi = paint.ansi();
            if self.style.color && ansi != Ansi::new() {
                write!(self.out, "{ansi}{text}{ansi:#}")?;
            } else {
                self.out.write_all(text.as_bytes())?;
            }
        }
        writeln!(self.out)
    }
}

/// Returns text cut at its end to a number of columns, with `…` for what is missing.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let mut kept = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > columns {
            break;
        }
        kept.push(c);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Returns text cut at its beginning, since the end of `file:line` matters most.
pub(super) fn fit_end(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 0;
    let mut kept = Vec::new();
    for c in text.chars().rev() {
        used += c.width().unwrap_or(0);
        if used + 1 > columns {
            break;
        }
        kept.push(c);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_count_columns_not_letters() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 6), "日本語");
        assert_eq!(fit_end("organizations/globex.yaml:12", 12), "…bex.yaml:12");
    }
}
