//! Names that a document tells of people, and where they stand in a stranger's text.

use std::collections::{BTreeMap, HashMap};

/// What people are called, with their identity, by the first word: where that begins in the name, and the name.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, BTreeMap<String, (usize, String)>>);

impl Known {
    /// Takes in what somebody is called; a single letter is no name.
    pub(super) fn learn(&mut self, name: &str, identity: &str) {
        let Some(at) = name.find(char::is_alphanumeric) else {
            return;
        };
        if name.chars().nth(1).is_none() {
            return;
        }
        let word = first_word(&name[at..]).to_owned();
        let of_word = self.0.entry(word).or_default();
        of_word
            .entry(name.to_owned())
            .or_insert_with(|| (at, identity.to_owned()));
    }

    /// Returns who is called exactly this.
    pub(super) fn who(&self, name: &str) -> Option<&str> {
        let at = name.find(char::is_alphanumeric)?;
        let (_, who) = self.0.get(first_word(&name[at..]))?.get(name)?;
        Some(who)
    }

    /// Returns a text with every name replaced, and with what stands between them as `between` has it.
    pub(super) fn replaced(
        &self,
        text: &str,
        pseudonym: impl Fn(&str) -> String,
        between: impl Fn(&str) -> String,
    ) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut from = 0;
        let mut inside = false;
        for (at, c) in text.char_indices().filter(|_| !self.0.is_empty()) {
            let begins = c.is_alphanumeric() && !inside;
            inside = c.is_alphanumeric();
            if !begins || at < from {
                continue;
            }
            if let Some((length, start, who)) = self.at(text, from, at) {
                shown.push_str(&between(&text[from..start]));
                shown.push_str(&pseudonym(who));
                from = start + length;
            }
        }
        shown.push_str(&between(&text[from..]));
        shown
    }

    /// The longest name whose first word stands at a place, with its length, where it begins, and whose it is.
    fn at(&self, text: &str, from: usize, at: usize) -> Option<(usize, usize, &str)> {
        let names = self.0.get(first_word(&text[at..]))?;
        let found = names.iter().filter_map(|(name, (offset, who))| {
            let start = at.checked_sub(*offset).filter(|start| *start >= from)?;
            let rest = text.get(start..)?.strip_prefix(name.as_str())?;
            let ends = !rest.starts_with(char::is_alphanumeric);
            ends.then_some((name.len(), start, who.as_str()))
        });
        found.max_by_key(|(length, ..)| *length)
    }
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    &text[..end]
}
