//! Foreign text made harmless: what a stranger typed can neither move a cursor, hide or reorder letters, nor become markup.
//!
//! [`neutral`] is for a terminal; every other form of output has a function of its own, built on it.

pub mod columns;
pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod phrase;
pub mod shell;
pub mod workflow;

pub use phrase::named;
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
/// The result holds no line break, so it always stays within its row. What a pipeline's log would take for a command
/// (`::set-output` of GitHub, also where a line is wrapped; `##[error]` and `##vso[` anywhere in a line) loses its first
/// character to an escape in the same way.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") && !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push(&mut shown, c, &text[at..]);
    }
    Cow::Owned(shown)
}

/// Returns the text made harmless where `following` stands right behind it, so that nothing dangerous begins in one and ends
/// in the other.
pub fn neutral_before(text: &str, following: &str) -> String {
    let whole = format!("{text}{following}");
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push(&mut shown, c, &whole[at..]);
    }
    shown
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
    for (at, c) in text.char_indices() {
        let mut piece = String::new();
        push(&mut piece, c, &text[at..]);
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

/// Adds the first character of `rest`.
fn push(shown: &mut String, c: char, rest: &str) {
    if is_hidden(c) || begins_command(rest) {
        // Writing to a string cannot fail.
        let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
    } else {
        shown.push(c);
    }
}

/// Says whether the text begins with what a pipeline's log takes for a command.
fn begins_command(text: &str) -> bool {
    ["::", "##[", "##vso["]
        .iter()
        .any(|command| text.starts_with(command))
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
    fn a_log_sees_no_command() {
        assert_eq!(neutral("::error::x"), "\\u{3a}:error\\u{3a}:x");
        assert_eq!(neutral(":::"), "\\u{3a}\\u{3a}:");
        assert_eq!(
            neutral("a ##[error]b ##vso[c"),
            "a \\u{23}#[error]b \\u{23}#vso[c"
        );
        assert_eq!(neutral("## heading"), "## heading");
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
            prop_assume!(!text.contains("::") && !text.contains("##"));
            prop_assert_eq!(neutral(&text), text.as_str());
        }
    }
}
