//! Foreign text made harmless in JSON that a terminal or a log shows; the JSON means the same.

use super::is_hidden;
use std::fmt::Write as _;

/// Returns JSON text with every hidden character other than the line breaks of its layout as `\uXXXX`.
///
/// What a log would take for a command (see [`super::neutral`]) gets an escape too. Outside strings neither occurs.
pub fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 1);
    for (at, c) in json.char_indices() {
        if c != '\n' && is_hidden(c) || super::begins_command(&json[at..]) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn the_meaning_stays() {
        let text = serde_json::json!(["a\u{202e}\u{9b}\u{e0041}::x\n##[error]y"]);
        let shown = escaped(&text.to_string());
        assert!(
            shown.is_ascii() && !shown.contains("::") && !shown.contains("##["),
            "{shown}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            text
        );
    }
}
