//! Finding people in addresses, values and messages, and the name each gets instead.

use super::Privacy;
use crate::model::{Address, Email};
use crate::report::document::ResourceChange;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// What stands for a person where only numbers are shown.
pub(super) const SOMEBODY: &str = "somebody";

/// The people of a document.
#[derive(Debug)]
pub(super) struct People {
    privacy: Privacy,
    key: String,
    /// The address of an account id, as far as some row names both.
    addresses: HashMap<String, String>,
    /// Display names with the person's identity, by their first word: where that begins in the name, and the name.
    names: HashMap<String, BTreeMap<String, (usize, String)>>,
}

impl People {
    pub(super) fn new(privacy: Privacy, key: Option<&str>) -> Self {
        let key = key.unwrap_or_default().to_owned();
        Self {
            privacy,
            key,
            addresses: HashMap::new(),
            names: HashMap::new(),
        }
    }

    /// Learns which account id, address and display name are one person.
    pub(super) fn learn(&mut self, row: &ResourceChange) {
        let Some(who) = of_address(&row.address) else {
            return;
        };
        let mut identity = who;
        let values = [&row.change.before, &row.change.after];
        let part = |key: &str| values.iter().find_map(|value| value.get(key)?.as_str());
        if let Some(email) = part("email") {
            identity = identity_of(email);
        }
        if let Some(id) = part("account_id")
            && identity.contains('@')
        {
            self.addresses.insert(id.to_owned(), identity.clone());
        }
        for name in [part("name"), Some(row.name.as_str())]
            .into_iter()
            .flatten()
        {
            self.learn_name(name, &identity);
        }
    }

    fn learn_name(&mut self, name: &str, identity: &str) {
        let Some(at) = name.find(char::is_alphanumeric) else {
            return;
        };
        // Addresses are found without help; a single letter is no name.
        if name.contains('@') || name.chars().nth(1).is_none() {
            return;
        }
        let word = first_word(&name[at..]).to_owned();
        let of_word = self.names.entry(word).or_default();
        of_word
            .entry(name.to_owned())
            .or_insert_with(|| (at, identity.to_owned()));
    }

    /// Returns what is shown instead of an address or account id.
    pub(super) fn pseudonym(&self, who: &str) -> String {
        if self.privacy == Privacy::Counts {
            return SOMEBODY.to_owned();
        }
        let who = who.strip_prefix("id:").unwrap_or(who);
        let identity = identity_of(self.addresses.get(who).map_or(who, String::as_str));
        let mut hash = Sha256::new();
        hash.update((self.key.len() as u64).to_le_bytes());
        hash.update(&self.key);
        hash.update(&identity);
        let digest = hash.finalize();
        let mut name = String::from("person-");
        for byte in digest.iter().take(6) {
            name.push_str(&format!("{byte:02x}"));
        }
        // What is no address keeps nothing: its end may be part of a name.
        if let Ok(email) = Email::new(&identity) {
            name.push('@');
            name.push_str(email.domain());
        }
        name
    }

    pub(super) fn rewrite(&self, text: &mut String) {
        *text = self.text(text);
    }

    /// Rewrites an address: the part that names a person, and people within other parts.
    pub(super) fn rewrite_address(&self, address: &mut String) {
        let parts: Vec<String> = address.split('/').map(decoded).collect();
        let at = position(&parts);
        let mut changed = Vec::with_capacity(parts.len());
        for (i, part) in parts.iter().enumerate() {
            changed.push(if Some(i) == at {
                self.pseudonym(part)
            } else {
                self.text(part)
            });
        }
        if changed != parts {
            *address = Address::new(changed.iter().map(String::as_str)).to_string();
        }
        if self.privacy == Privacy::Counts
            && at.is_some()
            && let Some(list) = address.rfind('/')
        {
            // As in a pattern: everybody of the list.
            address.truncate(list + 1);
            address.push('*');
        }
    }

    /// Rewrites a value; an object with an address or an account id is a person, whose display name goes.
    pub(super) fn rewrite_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.rewrite(text),
            Value::Array(list) => list.iter_mut().for_each(|item| self.rewrite_value(item)),
            Value::Object(map) => {
                let person = map.contains_key("email") || map.contains_key("account_id");
                let old = std::mem::take(map);
                for (key, mut value) in old {
                    match (&mut value, key.as_str()) {
                        (_, "name" | "display_name") if person => continue,
                        (Value::String(who), "email" | "account_id") => *who = self.pseudonym(who),
                        (value, _) => self.rewrite_value(value),
                    }
                    map.insert(self.text(&key), value);
                }
            }
            _ => {}
        }
    }

    /// Returns a message without people: addresses, account ids and the display names that were learned.
    pub(super) fn text(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        // Where what was not yet written begins.
        let mut from = 0;
        let mut start = 0;
        for (end, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if !is_delimiter(c) {
                continue;
            }
            if let Some((at, until, who)) = self.person_in(&text[start..end]) {
                self.push_names(&mut shown, &text[from..start + at]);
                shown.push_str(&self.pseudonym(&who));
                from = start + until;
            }
            start = end + c.len_utf8();
        }
        self.push_names(&mut shown, &text[from.min(text.len())..]);
        shown
    }

    /// Finds the person in a word: where it begins and ends, and who it is.
    fn person_in(&self, word: &str) -> Option<(usize, usize, String)> {
        let edge = |c: char| matches!(c, '.' | '\'' | '!' | '?' | ':' | '*');
        let at = word.len() - word.trim_start_matches(edge).len();
        let core = word[at..].trim_end_matches(edge);
        let until = at + core.len();
        if core.is_empty() {
            return None;
        }
        let plain = decoded(core);
        if let Some((local, domain)) = plain.rsplit_once('@') {
            let named = !local.is_empty() && domain.contains('.');
            // `mailto:` and the like stay; a colon is no part of the addresses that Atlassian takes.
            let skip = core
                .rfind('@')
                .and_then(|end| core[..end].rfind(':'))
                .map_or(0, |colon| colon + 1);
            return named.then(|| (at + skip, until, decoded(&core[skip..])));
        }
        let id = plain.strip_prefix("id:").unwrap_or(&plain);
        let known = self.addresses.contains_key(id) || id.len() < plain.len() || is_account_id(id);
        known.then(|| (at, until, id.to_owned()))
    }

    /// Adds text in which display names are replaced.
    fn push_names(&self, shown: &mut String, text: &str) {
        let mut from = 0;
        let mut inside = false;
        for (at, c) in text.char_indices() {
            let begins = c.is_alphanumeric() && !inside;
            inside = c.is_alphanumeric();
            if !begins || at < from {
                continue;
            }
            let Some(names) = self.names.get(first_word(&text[at..])) else {
                continue;
            };
            // The longest name that stands here.
            let found = names
                .iter()
                .filter_map(|(name, (offset, who))| {
                    let start = at.checked_sub(*offset).filter(|start| *start >= from)?;
                    let rest = text.get(start..)?.strip_prefix(name.as_str())?;
                    let ends = !rest.starts_with(char::is_alphanumeric);
                    ends.then_some((name.len(), start, who))
                })
                .max_by_key(|(length, ..)| *length);
            if let Some((length, start, who)) = found {
                shown.push_str(&text[from..start]);
                shown.push_str(&self.pseudonym(who));
                from = start + length;
            }
        }
        shown.push_str(&text[from..]);
    }
}

/// Returns the person that an address is about: an e-mail address, or `id:` and an account id.
pub(super) fn of_address(address: &str) -> Option<String> {
    let parts: Vec<String> = address.split('/').map(decoded).collect();
    position(&parts).map(|at| parts[at].clone())
}

/// Says which part of an address names a person (contract, section 7).
fn position(parts: &[String]) -> Option<usize> {
    let words: Vec<&str> = parts.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, "account", _] => Some(2),
        [_, "organization", _, "member", _] | [_, "project", _, "customer", _] => Some(4),
        _ => None,
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Returns an address in compared form, anything else as it is.
fn identity_of(who: &str) -> String {
    Email::new(who).map_or_else(|_| who.to_owned(), |email| email.key().to_owned())
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    &text[..end]
}

fn is_delimiter(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '/' | '`'
                | '"'
                | '<'
                | '>'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | ','
                | ';'
                | '='
                | '|'
                | '\\'
                | '→'
        )
        || c.is_control()
}

/// Says whether a word has one of the forms of Atlassian's account ids.
fn is_account_id(word: &str) -> bool {
    let hexadecimal = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let uuid = |text: &str| {
        text.len() == 36
            && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
            && text.split('-').all(hexadecimal)
    };
    word.starts_with("qm:") && word.len() > 3
        || word.len() == 24 && hexadecimal(word)
        || word.split_once(':').is_some_and(|(number, id)| {
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && uuid(id)
        })
}
