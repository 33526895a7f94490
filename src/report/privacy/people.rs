//! The people of a document, in pieces of sentences, addresses and values, and the name each gets instead.
//!
//! A person is a piece that says so. In other foreign text, which a stranger typed, people are told by their form: an address,
//! an account id, or somebody whom the document names. Words of ours are never looked at.

use super::Privacy;
use super::known::Known;
use crate::model::{Address, Email};
use crate::neutral::phrase::{Phrase, Piece};
use crate::report::document::{ResourceChange, StatementDocument};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What stands for a person where only numbers are shown.
pub(super) const SOMEBODY: &str = "somebody";

/// The people of a document.
#[derive(Debug)]
pub(super) struct People {
    privacy: Privacy,
    key: String,
    /// The address of an account id, as far as some row names both.
    addresses: HashMap<String, String>,
    /// Addresses and account ids that nobody would know by their form.
    odd: Known,
    /// Display names.
    names: Known,
    /// Those of several words, which nobody would take for anything else.
    full_names: Known,
}

impl People {
    pub(super) fn new(privacy: Privacy, key: Option<&str>) -> Self {
        let key = key.unwrap_or_default().to_owned();
        Self {
            privacy,
            key,
            addresses: HashMap::new(),
            odd: Known::default(),
            names: Known::default(),
            full_names: Known::default(),
        }
    }

    /// Learns which account id, address and display name are one person.
    pub(super) fn learn(&mut self, row: &ResourceChange) {
        self.learn_address(&row.address);
        let Some(who) = of_address(&row.address) else {
            return;
        };
        let mut identity = who.strip_prefix("id:").unwrap_or(&who).to_owned();
        let values = [&row.change.before, &row.change.after];
        let part = |key: &str| values.iter().find_map(|value| value.get(key)?.as_str());
        if let Some(email) = part("email") {
            identity = identity_of(email);
            self.learn_identity(email);
        }
        if let Some(id) = part("account_id") {
            self.learn_identity(id);
            if identity.contains('@') {
                self.addresses.insert(id.to_owned(), identity.clone());
            }
        }
        let called = [part("name"), Some(row.name.as_str())];
        // Addresses are found without help.
        let called = called.into_iter().flatten();
        for name in called.filter(|name| !name.contains('@')) {
            self.names.learn(name, &identity);
            if name.contains(char::is_whitespace) {
                self.full_names.learn(name, &identity);
            }
        }
    }

    /// Learns whom the address of something is about.
    pub(super) fn learn_address(&mut self, address: &str) {
        if let Some(who) = of_address(address) {
            self.learn_identity(who.strip_prefix("id:").unwrap_or(&who));
        }
    }

    fn learn_identity(&mut self, who: &str) {
        let found = person_in(who);
        let whole = found.is_some_and(|(from, until, _)| (from, until) == (0, who.len()));
        if !whole || who.contains(is_delimiter) {
            self.odd.learn(who, who);
        }
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

    /// Takes people out of a sentence, piece by piece.
    pub(super) fn phrase(&self, phrase: &mut Phrase) {
        *phrase = phrase.replaced(|piece| self.piece(piece));
    }

    /// Returns what stands for a piece; words of ours and places in files stay.
    fn piece(&self, piece: &Piece) -> Option<Piece> {
        Some(match piece {
            Piece::Word(_) | Piece::Place(..) => return None,
            // What stood between marks goes on to.
            Piece::Person { who, .. } => match piece.is_bare() {
                true => Piece::Key(self.pseudonym(who)),
                false => Piece::Name(self.pseudonym(who)),
            },
            Piece::Entry { text, marked } => Piece::Entry {
                text: match self.identity(text) {
                    Some(who) => self.pseudonym(&who),
                    None => crossed(text),
                },
                marked: *marked,
            },
            Piece::Name(name) => Piece::Name(self.name(name)),
            Piece::Key(key) => match piece.is_bare() {
                true => Piece::Key(self.name(key)),
                false => Piece::Name(self.name(key)),
            },
            Piece::Prose { text, marked } => Piece::Prose {
                text: self.prose(text),
                marked: *marked,
            },
            Piece::Snippet(pieces) => Piece::Snippet(pieces.replaced(|piece| self.piece(piece))),
            Piece::Link(url) => Piece::Link(self.foreign(url)),
        })
    }

    /// Rewrites foreign text that is a name: a person's as a whole, or the address of something.
    pub(super) fn rewrite(&self, name: &mut String) {
        *name = self.name(name);
    }

    /// Returns what is shown of a name, which is a person's as a whole or holds an address.
    fn name(&self, name: &str) -> String {
        if let Some(who) = self.identity(name) {
            return self.pseudonym(&who);
        }
        if let Some(request) = self.request(name) {
            return request;
        }
        if of_address(name).is_some() {
            let mut address = name.to_owned();
            self.rewrite_address(&mut address);
            return address;
        }
        self.foreign(name)
    }

    /// Returns a request, such as `GET /rest/api/3/user`, without the people in its path; `None` where it is none.
    fn request(&self, name: &str) -> Option<String> {
        let (method, path) = name.split_once(" /")?;
        let is_method = method.bytes().all(|b| b.is_ascii_uppercase());
        let mut behind = "";
        let parts = path.split('/').map(|part| {
            let of_a_person = matches!(std::mem::replace(&mut behind, part), "user" | "users");
            match of_a_person && !matches!(part, "search" | "bulk") {
                true => self.pseudonym(&decoded(part)),
                false => self.foreign(part),
            }
        });
        let path = parts.collect::<Vec<_>>().join("/");
        is_method.then(|| format!("{method} /{path}"))
    }

    /// Returns who this is, where the whole of it is a person's address, account id or display name.
    fn identity(&self, text: &str) -> Option<String> {
        if let Some(id) = text.strip_prefix("id:") {
            return Some(id.to_owned());
        }
        // A whole domain, although a local part may be `*`.
        if text.starts_with("*@") {
            return None;
        }
        if self.addresses.contains_key(text) || is_account_id(text) || Email::new(text).is_ok() {
            return Some(text.to_owned());
        }
        let who = self.odd.who(text).or_else(|| self.names.who(text))?;
        Some(who.to_owned())
    }

    /// Rewrites an address: the part that names a person, and people within the names of other things.
    pub(super) fn rewrite_address(&self, address: &mut String) {
        let parts: Vec<String> = address.split('/').map(decoded).collect();
        let at = position(&parts);
        let mut changed = Vec::with_capacity(parts.len());
        for (i, part) in parts.iter().enumerate() {
            // Every second part says what the next one is called; a project is called by its key.
            let named = i > 0 && i % 2 == 0 && parts[i - 1] != "project";
            changed.push(match (Some(i) == at, named) {
                (true, _) => self.pseudonym(part),
                (false, true) => match self.identity(part) {
                    Some(who) => self.pseudonym(&who),
                    None => self.foreign(part),
                },
                (false, false) => part.clone(),
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

    /// Says whether a statement is about a person, or what it states holds one.
    pub(super) fn is_in(&self, statement: &StatementDocument) -> bool {
        let mut value = statement.value.clone();
        self.rewrite_value(&mut value);
        let mut address = statement.address.clone();
        self.rewrite_address(&mut address);
        address != statement.address || value != statement.value
    }

    /// Rewrites a value; an object with an address or an account id is a person, whose display name goes.
    pub(super) fn rewrite_value(&self, value: &mut Value) {
        match value {
            // Words that settings have by themselves, such as `own_organizations`, are ours.
            Value::String(text) if text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') => {}
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
                    map.insert(self.foreign(&key), value);
                }
            }
            _ => {}
        }
    }

    /// Returns a stranger's sentence without people: their addresses, account ids, and the display names that were learned.
    pub(super) fn prose(&self, text: &str) -> String {
        self.searched(text, &self.names)
    }

    /// Returns a stranger's text without addresses, account ids and full names: one word may be the name of anything.
    pub(super) fn foreign(&self, text: &str) -> String {
        self.searched(text, &self.full_names)
    }

    /// Finds people by their form, and those whom the document knows, by their address, their id or one of some names.
    fn searched(&self, text: &str, names: &Known) -> String {
        let pseudonym = |who: &str| self.pseudonym(who);
        let named = |rest: &str| names.replaced(rest, pseudonym, str::to_owned);
        self.odd
            .replaced(text, pseudonym, |rest| self.formed(rest, &named))
    }

    fn formed(&self, text: &str, between: &dyn Fn(&str) -> String) -> String {
        let mut shown = String::with_capacity(text.len());
        // Where what was not yet written begins.
        let mut from = 0;
        let mut start = 0;
        for (end, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if !is_delimiter(c) {
                continue;
            }
            if let Some((at, until, who)) = person_in(&text[start..end]) {
                shown.push_str(&between(&text[from..start + at]));
                shown.push_str(&self.pseudonym(&who));
                from = start + until;
            }
            start = end + c.len_utf8();
        }
        shown.push_str(&between(&text[from.min(text.len())..]));
        shown
    }
}

/// Finds the person in a word: where it begins and ends, and who it is.
fn person_in(word: &str) -> Option<(usize, usize, String)> {
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
    let known = id.len() < plain.len() || is_account_id(id);
    known.then(|| (at, until, id.to_owned()))
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

/// Replaces every character but spaces and colons.
pub(super) fn crossed(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' | '\t' | '\r' | ':' => c,
            _ => 'x',
        })
        .collect()
}
