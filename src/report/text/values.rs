//! JSON values in calm words: `on`, `a.example, b.example`, `password: on`.

use crate::neutral::phrase::Phrase;
use serde_json::Value;

/// What `null` stands for; the same value means different things in different rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Null {
    /// The live value is not known.
    Unknown,
    /// The thing does not exist.
    NotThere,
}

impl Null {
    /// Chooses by what happens to the thing: what is created was not there, what is changed is there.
    pub(in crate::report) fn before(action: &str) -> Self {
        if action == "create" {
            Self::NotThere
        } else {
            Self::Unknown
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NotThere => "not there",
        }
    }
}

/// Returns a value as words, at most `items` entries of a list; foreign text in it is a piece of its own.
pub(in crate::report) fn words(value: &Value, null: Null, items: usize) -> Phrase {
    match value {
        Value::Null => Phrase::of(null.word()),
        Value::Bool(true) => Phrase::of("on"),
        Value::Bool(false) => Phrase::of("off"),
        Value::Number(number) => Phrase::of(&number.to_string()),
        Value::String(text) if text.is_empty() => Phrase::of("empty"),
        Value::String(text) => text_of(text),
        Value::Array(list) if list.is_empty() => Phrase::of("none"),
        Value::Array(list) => {
            let shown: Vec<Phrase> = list
                .iter()
                .take(items)
                .map(|item| nested(item, items))
                .collect();
            let text = Phrase::default().joined(&shown, ", ");
            match list.len() - shown.len() {
                0 => text,
                more => text.word(&format!(" and {more} more")),
            }
        }
        Value::Object(map) if map.is_empty() => Phrase::of("nothing"),
        Value::Object(map) => {
            let parts: Vec<Phrase> = map
                .iter()
                .map(|(key, value)| spaced(key).word(": ").then(&nested(value, items)))
                .collect();
            Phrase::default().joined(&parts, ", ")
        }
    }
}

/// Returns `before → after`; of two objects only the keys that differ.
pub(in crate::report) fn transition(
    before: &Value,
    after: &Value,
    null: Null,
    items: usize,
) -> Phrase {
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
        keys.sort();
        keys.dedup();
        let part = |map: &serde_json::Map<String, Value>, key: &str| match map.get(key) {
            Some(value) => nested(value, items),
            None => Phrase::of(Null::NotThere.word()),
        };
        let differing = keys.into_iter().filter(|&key| old.get(key) != new.get(key));
        let parts: Vec<Phrase> = differing
            .map(|key| {
                let was = spaced(key).word(": ").then(&part(old, key));
                was.word(" → ").then(&part(new, key))
            })
            .collect();
        return Phrase::default().joined(&parts, ", ");
    }
    let was = words(before, null, items).word(" → ");
    was.then(&words(after, Null::NotThere, items))
}

/// Says what becomes of the roles of an account: `leaves writers; loses jira and confluence; becomes a customer`. `None` for what is
/// no such change.
pub(in crate::report) fn of_roles(before: &Value, after: &Value) -> Option<Phrase> {
    let loses = after.get("loses")?.as_array()?;
    let becomes = |value: &Value| value.get("role").and_then(Value::as_str) == Some("customer");
    let named = |verb: &str, names: &[Value]| {
        let (last, others) = names.split_last()?;
        let name = |value: &Value| value.as_str().map_or_else(Phrase::default, text_of);
        let others: Vec<Phrase> = others.iter().map(name).collect();
        let and = if others.is_empty() { "" } else { " and " };
        let text = Phrase::of(&format!("{verb} ")).joined(&others, ", ");
        Some(text.word(and).then(&name(last)))
    };
    let leaves = after.get("leaves").and_then(Value::as_array);
    let parts: Vec<Phrase> = [
        leaves.and_then(|groups| named("leaves", groups)),
        named("loses", loses),
        (becomes(after) && !becomes(before)).then(|| Phrase::of("becomes a customer")),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| Phrase::default().joined(&parts, "; "))
}

/// Returns a text: the words that settings have by themselves, anything else as foreign.
fn text_of(text: &str) -> Phrase {
    let ours = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match ours {
        true => Phrase::of(text),
        false => Phrase::default().key(text),
    }
}

/// Returns `1 site`, `2 sites`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Returns what an approved domain gives on one site; approval is named where it is needed.
fn grant(value: &Value) -> Option<Phrase> {
    let map = value.as_object()?;
    let role = map.get("role")?.as_str()?;
    if map
        .keys()
        .any(|key| key != "role" && key != "admin_approval")
    {
        return None;
    }
    let approval = match map.get("admin_approval") {
        Some(Value::Bool(true)) => " with approval",
        Some(Value::Bool(false)) | None => "",
        Some(_) => return None,
    };
    Some(Phrase::of("role ").then(&text_of(role)).word(approval))
}

fn nested(value: &Value, items: usize) -> Phrase {
    if let Some(text) = grant(value) {
        return text;
    }
    let text = words(value, Null::Unknown, items);
    let several = match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    };
    match several {
        true => Phrase::of("(").then(&text).word(")"),
        false => text,
    }
}

fn spaced(key: &str) -> Phrase {
    let ours = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match ours {
        true => Phrase::of(&key.replace('_', " ")),
        false => Phrase::default().key(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_read_like_words() {
        let shown = |value: Value| words(&value, Null::Unknown, 3).to_string();
        assert_eq!(shown(json!(true)), "on");
        assert_eq!(
            shown(json!(["a.example", "b.example"])),
            "a.example, b.example"
        );
        assert_eq!(
            shown(json!({"acme": {"role": "customer", "admin_approval": true}})),
            "acme: role customer with approval"
        );
        assert_eq!(shown(json!([1, 2, 3, 4, 5])), "1, 2, 3 and 2 more");
        assert_eq!(
            shown(json!({"password": true, "sso": false})),
            "password: on, sso: off"
        );
        assert_eq!(
            shown(json!({"admin_approval": false, "of": [1, 2]})),
            "admin approval: off, of: (1, 2)"
        );
        assert_eq!(shown(json!([])), "none");
        assert_eq!(shown(json!("a\u{202e}\n")), "`a\\u{202e}\\u{a}`");
        assert_eq!(shown(Value::Null), "unknown");
        assert_eq!(
            words(&Value::Null, Null::before("create"), 3).to_string(),
            "not there"
        );
    }

    #[test]
    fn what_becomes_of_roles_is_said_and_no_value() {
        let said = |before: Value, after: Value| {
            of_roles(&before, &after).map(|phrase| phrase.to_string())
        };
        let apps = ["jira", "confluence", "compass"];
        assert_eq!(
            said(
                json!({"email": "a@x.example", "role": "user", "loses": []}),
                json!({"email": "a@x.example", "role": "customer", "loses": apps})
            )
            .unwrap(),
            "loses jira, confluence and compass; becomes a customer"
        );
        assert_eq!(
            said(
                json!({"loses": [], "leaves": []}),
                json!({"loses": ["jira"], "leaves": ["writers"]})
            )
            .unwrap(),
            "leaves writers; loses jira"
        );
        assert_eq!(said(json!("open"), json!("restricted")), None);
    }

    #[test]
    fn of_objects_only_what_differs_is_shown() {
        let shown = |a: Value, b: Value| transition(&a, &b, Null::Unknown, 3).to_string();
        assert_eq!(
            shown(
                json!({"password": true, "sso": false}),
                json!({"password": true, "sso": true})
            ),
            "sso: off → on"
        );
        assert_eq!(
            shown(json!({"a": 1}), json!({"b": 2})),
            "a: 1 → not there, b: not there → 2"
        );
        assert_eq!(shown(Value::Null, json!("open")), "unknown → open");
        assert_eq!(
            shown(json!("open"), json!("restricted")),
            "open → restricted"
        );
    }
}
