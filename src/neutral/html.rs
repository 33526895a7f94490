//! Foreign text made harmless for HTML and XML.

use super::neutral;
use std::fmt::Write as _;

/// Returns the text for the content or a quoted attribute of an HTML or XML element.
///
/// Hidden characters become visible escapes, as do the two that XML forbids (U+FFFE and U+FFFF); markup becomes entities.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in neutral(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_and_what_xml_forbids_become_text() {
        assert_eq!(
            escaped("<b a='1'>\"&\u{0}\u{ffff}"),
            "&lt;b a=&#39;1&#39;&gt;&quot;&amp;\\u{0}\\u{ffff}"
        );
        assert_eq!(escaped("Größe"), "Größe");
    }
}
