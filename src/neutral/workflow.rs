//! Foreign text made harmless for the workflow commands of GitHub Actions (`::error file=…::message`).

use super::neutral;

/// Returns the text for the message of a command: one line, `%` as `%25`.
pub fn message(text: &str) -> String {
    // Line breaks are hidden characters, so what the runner would need as `%0A` is a visible escape already.
    neutral(text).replace('%', "%25")
}

/// Returns the text for a property of a command, which `:` and `,` would end.
pub fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_line_nor_a_property_can_be_ended() {
        assert_eq!(
            message("50%\r\n::set-output name=a::b"),
            "50%25\\u{d}\\u{a}\\u{3a}:set-output name=a\\u{3a}:b"
        );
        assert_eq!(property("a:b,c%0A"), "a%3Ab%2Cc%250A");
    }
}
