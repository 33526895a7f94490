//! Arguments of commands that a person copies into a POSIX shell.

use super::is_hidden;
use std::fmt::Write as _;

/// Quotes one argument for POSIX shells; what would not be visible is spelled as `$'\u202e'`.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, '@' | '%' | '+' | ':' | ',' | '.' | '/' | '_' | '-')
    };
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.chars().any(is_hidden) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            c if is_hidden(c) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn arguments_survive_the_shell() {
        assert_eq!(
            quoted("acme/setting/portal-only-login"),
            "acme/setting/portal-only-login"
        );
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $(rm -rf ~)`x`"), r"'it'\''s $(rm -rf ~)`x`'");
        assert_eq!(quoted("a\u{202e}'\n"), r"$'a\U0000202e\'\U0000000a'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("#x"), "'#x'");
        assert_eq!(quoted("~x"), "'~x'");
        assert_eq!(quoted("a=b"), "'a=b'");
    }
}
