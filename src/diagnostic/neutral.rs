//! Foreign text made harmless for a terminal: control characters, escape sequences, and characters that hide or reorder text.

use std::borrow::Cow;

/// Says whether a character could change how a terminal or a reader sees the text around it.
///
/// Control characters (C0 with ESC, DEL, C1), bidirectional controls, zero-width and other invisible characters, line and
/// paragraph separators, interlinear marks, and tag characters.
pub fn dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes dangerous characters as `\u{..}`; line breaks and tabs too.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains(dangerous) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if dangerous(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe.into()
}

/// The same, and at most `longest` characters, the last one `…` where something was left out.
pub fn neutral_name(text: &str, longest: usize) -> Cow<'_, str> {
    let safe = neutral(text);
    match safe.char_indices().nth(longest) {
        None => safe,
        Some(_) => {
            let kept: String = safe.chars().take(longest.saturating_sub(1)).collect();
            format!("{kept}…").into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_reordering_become_visible() {
        assert_eq!(neutral("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(
            neutral("a\u{202e}b\u{200b}\u{9b}"),
            "a\\u{202e}b\\u{200b}\\u{9b}"
        );
        assert!(matches!(neutral("Bödö ✓"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(neutral_name("abcdef", 4), "abc…");
        assert_eq!(neutral_name("abcd", 4), "abcd");
    }
}
