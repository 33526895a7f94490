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

/// Splits a command of ours into its words: the inverse of [`quoted`] between spaces. `None` for what it never writes.
pub fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match c {
            ' ' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '$' => {
                let word = word.get_or_insert_default();
                if rest.next()? != '\'' {
                    return None;
                }
                loop {
                    match rest.next()? {
                        '\'' => break,
                        '\\' => match rest.next()? {
                            'U' => {
                                let code: String = rest.by_ref().take(8).collect();
                                let code = u32::from_str_radix(&code, 16).ok()?;
                                word.push(char::from_u32(code)?);
                            }
                            c => word.push(c),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(rest.next()?),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::{quoted, words};

    #[test]
    fn words_are_what_was_quoted() {
        let said = [
            "a b",
            "it's",
            "",
            "a\u{202e}'\\\n",
            "plain/x",
            r"back\slash",
        ];
        let command: Vec<String> = said.iter().map(|word| quoted(word)).collect();
        assert_eq!(words(&command.join(" ")).unwrap(), said);
        assert_eq!(words("'open"), None);
        assert_eq!(words("$HOME"), None);
    }

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
