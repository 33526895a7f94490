//! Text measured in columns of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns text filled with spaces up to a number of columns.
pub fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

/// Breaks text at spaces, and words that are longer than a line anywhere.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let width = word.width();
        if used > 0 && used + 1 + width > columns {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if used > 0 {
            line.push(' ');
            used += 1;
        }
        if width <= columns {
            line.push_str(word);
            used += width;
            continue;
        }
        for c in word.chars() {
            let width = c.width().unwrap_or(0);
            if used + width > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += width;
        }
    }
    lines.push(line);
    lines
}

/// Breaks the lines of a text at spaces where they are longer than a number of columns, each rest as far in as its line begins. A
/// word stays whole, such as a link that somebody copies.
pub fn folded(text: &str, columns: usize) -> String {
    let lines = text.split('\n').map(|line| {
        if line.width() <= columns {
            return line.to_owned();
        }
        let words = line.trim_start();
        let indent = &line[..line.len() - words.len()];
        let mut folded = indent.to_owned();
        let mut used = indent.width();
        let mut first = true;
        for word in words.split(' ') {
            if !first && used + 1 + word.width() > columns && !word.is_empty() {
                folded.push('\n');
                folded.push_str(indent);
                used = indent.width();
            } else if !first {
                folded.push(' ');
                used += 1;
            }
            folded.push_str(word);
            used += word.width();
            first = false;
        }
        folded
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{folded, padded, wrapped};

    #[test]
    fn lines_are_folded_and_words_stay_whole() {
        assert_eq!(folded("ab cd ef", 5), "ab cd\nef");
        assert_eq!(folded("  abc def\nx: ", 6), "  abc\n  def\nx: ");
        assert_eq!(folded("see abcdefgh ok? ", 5), "see\nabcdefgh\nok? ");
    }

    #[test]
    fn columns_are_filled_not_letters() {
        assert_eq!(padded("日", 4), "日  ");
        assert_eq!(padded("abc", 2), "abc");
    }

    #[test]
    fn text_breaks_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrapped("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrapped("abcdefgh i", 3), ["abc", "def", "gh", "i"]);
        assert_eq!(wrapped("", 3), [""]);
    }
}
