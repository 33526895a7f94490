//! Foreign text made harmless for a CSV file that somebody opens in a spreadsheet.

use super::neutral;
use std::borrow::Cow;

/// Returns the text of a field, before the quoting that a CSV writer does.
///
/// A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, behind spaces too; a leading apostrophe
/// makes it text, as OWASP advises. Tabs and line breaks, which also begin formulas, are visible escapes.
pub fn field(text: &str) -> Cow<'_, str> {
    let shown = neutral(text);
    // Full-width signs count too: spreadsheets of East Asian locales fold them.
    let formula = shown.trim_start().starts_with([
        '=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
    ]);
    if formula {
        Cow::Owned(format!("'{shown}"))
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn formulas_become_text() {
        for hostile in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "  =1", "＝1"] {
            assert!(field(hostile).starts_with('\''), "{hostile}");
        }
        assert_eq!(field("\t=1"), "\\u{9}=1");
        assert_eq!(field("ana@globex.example"), "ana@globex.example");
    }
}
