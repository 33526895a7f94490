//! Changing one attestation in the text of a file, leaving every other byte as it is.
//!
//! Only the places of values are taken from the parser; the text between them, comments included, is not touched.

use crate::diagnostic::Span;
use crate::model::Address;
use granit_parser::{Event, Options, Parser, StructureStyle};
use jiff::civil::Date;
use serde_json::Value;
use std::ops::Range;

/// A statement to write down.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// What it is about.
    pub(crate) address: Address,
    /// What the person saw.
    pub(crate) value: Value,
    /// Who looked.
    pub(crate) by: String,
    /// When.
    pub(crate) on: Date,
    /// The last day on which it counts.
    pub(crate) until: Date,
}

impl Statement {
    /// Spells the statement as one flow mapping, which fits into every kind of list.
    fn text(&self) -> String {
        // Readers of YAML 1.1 take a bare date for a moment in time and a bare `on` for `true`; quotes say the same to all.
        format!(
            "{{ address: {}, value: {}, by: {}, \"on\": \"{}\", until: \"{}\" }}",
            word(self.address.as_str()),
            flow(&self.value),
            word(&self.by),
            self.on,
            self.until
        )
    }
}

/// Returns the text of a new file with one statement.
pub(crate) fn new_file(statement: &Statement) -> String {
    format!(
        "# What people looked up because no program can read it.\nversion: 1\nattestations:\n  - {}\n",
        statement.text()
    )
}

/// Returns the text of a file with a statement added, or put in the place of the entry that begins at `replaced`.
///
/// `None` where the file has no list in which the place can be found; what the result means is for the loader to judge.
pub(crate) fn with_statement(
    text: &str,
    statement: &Statement,
    replaced: Option<Span>,
) -> Option<String> {
    let list = list(text)?;
    let new = statement.text();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let splice = |range: Range<usize>, with: &str| {
        Some(format!(
            "{}{with}{}",
            &text[..range.start],
            &text[range.end..]
        ))
    };
    if let Some(span) = replaced {
        let item = list.items.iter().find(|item| {
            item.line == span.line as usize && item.column + 1 == usize::from(span.column)
        })?;
        return splice(item.range.clone(), &new);
    }
    match (&list.place, list.items.last()) {
        (Place::Absent, _) => {
            let gap = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                line_end
            };
            Some(format!(
                "{text}{gap}attestations:{line_end}  - {new}{line_end}"
            ))
        }
        (Place::Flow(start), None) => splice(start + 1..start + 1, &new),
        (Place::Flow(_), Some(last)) => splice(last.range.end..last.range.end, &format!(", {new}")),
        (Place::Block, last) => {
            let last = last?;
            let line = text[..last.range.start]
                .rfind('\n')
                .map_or(0, |newline| newline + 1);
            let indent = text[line..last.range.start].find('-')?;
            let end = text[last.range.end..]
                .find('\n')
                .map_or(text.len(), |newline| last.range.end + newline + 1);
            let gap = if text[..end].ends_with('\n') {
                ""
            } else {
                line_end
            };
            let added = format!("{gap}{}- {new}{line_end}", " ".repeat(indent));
            splice(end..end, &added)
        }
    }
}

/// The list of attestations in a file.
struct List {
    place: Place,
    items: Vec<Item>,
}

enum Place {
    /// There is none.
    Absent,
    /// One line or more for each entry.
    Block,
    /// In brackets, the first of which stands at this byte.
    Flow(usize),
}

/// An entry: where it begins, and the bytes from there to the end of its last value.
struct Item {
    line: usize,
    column: usize,
    range: Range<usize>,
}

fn list(text: &str) -> Option<List> {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut list = List {
        place: Place::Absent,
        items: Vec::new(),
    };
    let mut depth = 0_usize;
    let mut is_key = true;
    let mut named = false;
    let mut inside = false;
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.ok()?;
        let bytes = span.byte_range();
        let opens = matches!(event, Event::MappingStart(..) | Event::SequenceStart(..));
        let closes = matches!(event, Event::MappingEnd | Event::SequenceEnd);
        let leaf = matches!(event, Event::Scalar(..) | Event::Alias(_));
        if !opens && !closes && !leaf {
            continue;
        }
        if closes {
            depth = depth.checked_sub(1)?;
        }
        // Depth 0 holds the document, depth 1 its keys and values, depth 2 the entries of the list.
        if depth == 1 && inside && closes {
            inside = false;
        } else if depth == 1 && is_key {
            named = matches!(&event, Event::Scalar(name, ..) if name == "attestations");
        } else if depth == 1
            && named
            && let Event::SequenceStart(style, ..) = &event
        {
            inside = true;
            list.place = match style {
                StructureStyle::Flow => Place::Flow(bytes.clone()?.start),
                _ => Place::Block,
            };
        }
        if depth == 1 && (leaf || closes) {
            is_key = !is_key;
        }
        if inside && depth >= 2 {
            if depth == 2 && !closes {
                list.items.push(Item {
                    line: span.start.line(),
                    column: span.start.col(),
                    range: bytes.clone()?,
                });
            }
            // The end of a block collection lies beyond the comments after it; those of flow collections and of
            // scalars are exact.
            let exact = leaf || (closes && bytes.as_ref().is_some_and(|bytes| !bytes.is_empty()));
            if exact && let (Some(item), Some(bytes)) = (list.items.last_mut(), bytes) {
                item.range.end = item.range.end.max(bytes.end);
            }
        }
        if opens {
            depth += 1;
        }
    }
    for item in &mut list.items {
        // A block of text ends after its line.
        let written = text.get(item.range.clone())?.trim_end();
        item.range.end = item.range.start + written.len();
    }
    Some(list)
}

/// Spells a value in flow style.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", word(key), flow(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// Spells text: bare where it cannot mean anything else, else quoted as JSON, which is YAML.
fn word(text: &str) -> String {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '+');
    let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let lowered = text.to_ascii_lowercase();
    if begins && text.chars().all(plain) && !special.contains(&lowered.as_str()) {
        return text.to_owned();
    }
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Statement, new_file, with_statement};
    use crate::diagnostic::{FileId, Span};
    use crate::model::Address;
    use granit_parser::{Event, Parser, ScalarStyle};
    use jiff::civil::date;
    use serde_json::json;

    fn statement() -> Statement {
        Statement {
            address: Address::from_encoded("acme/project/IT/access"),
            value: json!("open"),
            by: "Jo Doe".into(),
            on: date(2026, 11, 1),
            until: date(2027, 1, 30),
        }
    }

    const WRITTEN: &str = r#"{ address: acme/project/IT/access, value: open, by: "Jo Doe", "on": "2026-11-01", until: "2027-01-30" }"#;

    fn at(line: u32, column: u16) -> Option<Span> {
        Some(Span {
            file: FileId(0),
            line,
            column,
        })
    }

    #[test]
    fn a_new_file_has_a_version() {
        let text = new_file(&statement());
        assert!(text.ends_with(&format!("version: 1\nattestations:\n  - {WRITTEN}\n")));
    }

    #[test]
    fn values_are_spelled_so_that_they_mean_the_same() {
        let with = |value| {
            let statement = Statement {
                value,
                ..statement()
            };
            statement.text()
        };
        assert!(with(json!("true")).contains(r#"value: "true","#));
        assert!(with(json!("No")).contains(r#"value: "No","#));
        assert!(with(json!(false)).contains("value: false,"));
        assert!(
            with(json!(["a.example", "1.example"])).contains(r#"value: [a.example, "1.example"],"#)
        );
        assert!(
            with(json!({"password": true, "sso": false}))
                .contains("value: { password: true, sso: false },")
        );
        assert!(with(json!("a: b # c\n")).contains(r##"value: "a: b # c\n","##));
    }

    /// What YAML 1.1 reads as something else than text, and YAML 1.2 as text.
    fn differs_between_versions(plain: &str) -> bool {
        let words = ["y", "n", "yes", "no", "on", "off"];
        let between = |c: char| matches!(c, '-' | ':' | '_');
        let number = |c: char| c.is_ascii_digit() || between(c);
        words.contains(&plain.to_ascii_lowercase().as_str())
            || (plain.contains(between) && plain.chars().all(number))
    }

    #[test]
    fn keys_and_dates_are_the_same_to_every_version_of_yaml() {
        let awkward = ["on", "Off", "y", "2026-11-01", "12:30:00", "1_000", "plain"];
        let mut seen = Vec::new();
        for text in awkward {
            let statement = Statement {
                value: json!({ text: text }),
                by: text.into(),
                ..statement()
            };
            for next in Parser::new_from_str(&new_file(&statement)) {
                if let (Event::Scalar(text, style, ..), _) = next.unwrap() {
                    let quoted = style != ScalarStyle::Plain;
                    assert!(quoted || !differs_between_versions(&text), "{text}");
                    seen.push(text.into_owned());
                }
            }
        }
        for text in awkward.iter().chain(&["on", "until", "2027-01-30"]) {
            assert!(seen.iter().any(|found| found == text), "{text}");
        }
    }

    #[test]
    fn an_entry_is_added_after_the_last_one() {
        for (before, after) in [
            ("version: 1\n", "version: 1\nattestations:\n  - @\n"),
            ("version: 1", "version: 1\nattestations:\n  - @\n"),
            ("version: 1\r\n", "version: 1\r\nattestations:\r\n  - @\r\n"),
            (
                "attestations:\n- { a: 1 }  # one\n# end\nversion: 1\n",
                "attestations:\n- { a: 1 }  # one\n- @\n# end\nversion: 1\n",
            ),
            (
                "attestations:\n    - a: 1 # one\n      b: [x,\n          y]\n\n    # about the next key\nversion: 1",
                "attestations:\n    - a: 1 # one\n      b: [x,\n          y]\n    - @\n\n    # about the next key\nversion: 1",
            ),
            ("attestations: [] # none\n", "attestations: [@] # none\n"),
            (
                "version: 1\nattestations: [{ a: { attestations: 1 } }, ]",
                "version: 1\nattestations: [{ a: { attestations: 1 } }, @, ]",
            ),
            (
                "attestations:\n  - ü: é",
                "attestations:\n  - ü: é\n  - @\n",
            ),
        ] {
            assert_eq!(
                with_statement(before, &statement(), None).as_deref(),
                Some(after.replace('@', WRITTEN).as_str()),
                "{before}"
            );
        }
    }

    #[test]
    fn an_entry_is_replaced_where_it_stands() {
        let before = "version: 1\nattestations:\n  # one\n  - a: 1 # x\n    b: |\n      text\n  # two\n  - { a: 2 } # y\n";
        assert_eq!(
            with_statement(before, &statement(), at(8, 5)).unwrap(),
            before.replace("{ a: 2 }", WRITTEN)
        );
        let first = with_statement(before, &statement(), at(4, 5)).unwrap();
        assert!(first.starts_with(&format!(
            "version: 1\nattestations:\n  # one\n  - {WRITTEN}\n"
        )));
        assert!(first.ends_with("  # two\n  - { a: 2 } # y\n"));
        assert_eq!(with_statement(before, &statement(), at(9, 5)), None);
        assert_eq!(with_statement("a: [", &statement(), None), None);
    }
}
