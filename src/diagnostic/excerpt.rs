//! The lines around a place, without copying or walking the file more than once a label.

use crate::config::Sources;
use crate::diagnostic::{Label, Span};

/// The line that a label stands on, and where the label stands on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked<'s> {
    /// The line without its line break.
    pub(super) line: &'s str,
    /// The first marked byte of the line.
    pub(super) start: usize,
    /// The byte behind the mark; never behind the end of the line.
    pub(super) end: usize,
    /// The byte of the file at which the line begins.
    pub(super) offset: usize,
}

/// Finds the line of a label.
pub(super) fn marked<'s>(sources: &'s Sources, label: &Label) -> Option<Marked<'s>> {
    let (line, offset) = line(sources, label.span, label.span.line)?;
    let byte = |column: usize| {
        line.char_indices()
            .nth(column)
            .map_or(line.len(), |(at, _)| at)
    };
    let column = usize::from(label.span.column.max(1)) - 1;
    let length = usize::try_from(label.length).unwrap_or(usize::MAX);
    let start = byte(column);
    let end = byte(column.saturating_add(length)).max(start);
    Some(Marked {
        line,
        start,
        end,
        offset,
    })
}

/// Finds a line, from 1, of the file a span points into, and the byte at which it begins.
pub(super) fn line(sources: &Sources, span: Span, number: u32) -> Option<(&str, usize)> {
    let text: &str = &sources.get(span.file)?.text;
    let offset = line_start(
        text.as_bytes(),
        usize::try_from(number).ok()?.checked_sub(1)?,
    )?;
    let rest = text.get(offset..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    Some((line.strip_suffix('\r').unwrap_or(line), offset))
}

/// Finds the byte behind the given number of line breaks. Whole pieces are counted first, since rosters have a million lines.
fn line_start(bytes: &[u8], mut breaks: usize) -> Option<usize> {
    let mut start = 0;
    for piece in bytes.chunks(1 << 14) {
        if breaks == 0 {
            break;
        }
        let found = piece.iter().filter(|&&b| b == b'\n').count();
        if found >= breaks {
            let mut places = piece.iter().enumerate().filter(|(_, b)| **b == b'\n');
            return places.nth(breaks - 1).map(|(at, _)| start + at + 1);
        }
        breaks -= found;
        start += piece.len();
    }
    (breaks == 0).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::line_start;

    #[test]
    fn lines_are_found_across_pieces() {
        let text = "ab\n".repeat(20_000);
        for line in [0, 1, 5_461, 5_462, 19_999, 20_000] {
            assert_eq!(line_start(text.as_bytes(), line), Some(line * 3), "{line}");
        }
        assert_eq!(line_start(text.as_bytes(), 20_001), None);
    }
}
