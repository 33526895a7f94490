//! Text measured in columns of a terminal.

use unicode_width::UnicodeWidthStr;

/// Returns text filled with spaces up to a number of columns.
pub fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::padded;

    #[test]
    fn columns_are_filled_not_letters() {
        assert_eq!(padded("日", 4), "日  ");
        assert_eq!(padded("abc", 2), "abc");
    }
}
