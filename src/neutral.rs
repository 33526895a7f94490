//! Foreign text made harmless for a terminal: what a stranger typed can neither move the cursor nor hide or reorder letters.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Says whether a character is shown as an escape: controls, text direction marks, and what is invisible or breaks lines.
///
/// Invisible means Unicode's `Default_Ignorable_Code_Point` except U+FE0F, which only asks for the coloured form of
/// a symbol. U+200C and U+200D, which some scripts and joined emoji use, are shown as escapes too: names that differ
/// in them alone would look the same in a review.
pub const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' // C0 with tab and newline, DEL, C1
        | '\u{AD}' | '\u{34F}' | '\u{61C}'
        | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Returns the text with every hidden character as `\u{202e}`; text without one is returned as it is.
///
/// The result holds no line break, so it always stays within its row.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push(&mut shown, c);
    }
    Cow::Owned(shown)
}

/// Returns the text made harmless and at most `max_chars` characters long; what is cut away is shown as `…`.
///
/// The cut never falls within an escape.
pub fn shortened(text: &str, max_chars: usize) -> Cow<'_, str> {
    let shown = neutral(text);
    if shown.chars().nth(max_chars).is_none() {
        return shown;
    }
    let room = max_chars.saturating_sub(1);
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let mut piece = String::new();
        push(&mut piece, c);
        used += piece.chars().count();
        if used > room {
            break;
        }
        kept.push_str(&piece);
    }
    if max_chars > 0 {
        kept.push('…');
    }
    Cow::Owned(kept)
}

fn push(shown: &mut String, c: char) {
    if is_hidden(c) {
        // Writing to a string cannot fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_of_any_script_stays_as_it_is() {
        for plain in [
            "",
            "Globex",
            "Jürgen Größe",
            "Ольга",
            "日本語",
            "עברית",
            "العربية",
            "हिन्दी",
            "ไทย",
            "❤️",
            "a\\b `c` 'd'",
        ] {
            assert!(
                matches!(neutral(plain), Cow::Borrowed(text) if text == plain),
                "{plain}"
            );
        }
    }

    #[test]
    fn what_could_deceive_is_shown() {
        assert_eq!(neutral("\u{1b}[31mred\n"), "\\u{1b}[31mred\\u{a}");
        assert_eq!(neutral("moc.live\u{202e}"), "moc.live\\u{202e}");
        assert_eq!(neutral("a\u{200b}b\u{feff}"), "a\\u{200b}b\\u{feff}");
        assert_eq!(neutral("\u{9b}2J\u{7f}\t"), "\\u{9b}2J\\u{7f}\\u{9}");
        assert_eq!(
            neutral("\u{e0041}\u{3164}\u{2066}"),
            "\\u{e0041}\\u{3164}\\u{2066}"
        );
    }

    #[test]
    fn a_cut_is_marked_and_never_falls_within_an_escape() {
        assert_eq!(shortened("Globex", 6), "Globex");
        assert_eq!(shortened("Globex Corp", 6), "Globe…");
        assert_eq!(shortened("a\u{202e}bcd", 6), "a…");
        assert_eq!(shortened("abc", 1), "…");
        assert_eq!(shortened("abc", 0), "");
    }

    proptest! {
        #[test]
        fn no_hidden_character_is_ever_shown(text in any::<String>(), max in 0_usize..40) {
            for shown in [neutral(&text), shortened(&text, max)] {
                prop_assert!(!shown.chars().any(|c| is_hidden(c) || c.is_control()), "{shown:?}");
            }
            prop_assert!(shortened(&text, max).chars().count() <= max);
        }

        #[test]
        fn hostile_characters_anywhere_are_escaped(
            a in "[a-zà-öא-ת]{0,5}",
            bad in prop::sample::select(vec!['\n', '\r', '\u{1b}', '\u{9b}', '\u{202e}', '\u{2069}', '\u{200d}', '\u{61c}']),
            b in "[a-z]{0,5}",
        ) {
            let text = format!("{a}{bad}{b}");
            prop_assert_eq!(neutral(&text), format!("{a}\\u{{{:x}}}{b}", u32::from(bad)));
        }

        #[test]
        fn letters_and_digits_of_every_script_are_the_identity(text in "[\\p{L}\\p{N}\\p{P}\\p{Sm}\\p{Sc} ]{0,20}") {
            prop_assume!(!text.chars().any(is_hidden)); // The Hangul fillers are letters to Unicode.
            prop_assert_eq!(neutral(&text), text.as_str());
        }
    }
}
