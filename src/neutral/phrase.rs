//! Text for people in typed pieces: words of ours, names of theirs, addresses, places, links.
//!
//! A name is typed by a stranger and may read like a sentence of the program. So text is built from pieces, and whatever is not
//! ours stands between marks that it cannot contain: backquotes on a terminal and in messages, a code span in Markdown, an
//! element of its own in HTML. A message within JSON is the same text as on a terminal; [`Phrase::read`] gives its pieces back.

use super::neutral;
use std::fmt;

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Our own words.
    Word(String),
    /// A name: foreign from end to end.
    Name(String),
    /// An address, a key, a domain, a file and line: foreign too, but without marks on a terminal while it is a single plain word.
    Key(String),
    /// A place in the files, as `file:line`, and where it can be read, where that is known.
    Place(String, Option<String>),
    /// A link to a page.
    Link(String),
}

/// Text in pieces, which stand as close to each other as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase(Vec<Piece>);

/// Returns a name between marks that it cannot break out of: backquotes, with its own and all that is hidden as escapes.
pub fn named(name: impl fmt::Display) -> String {
    format!("`{}`", neutral(&name.to_string()).replace('`', "\\u{60}"))
}

impl Phrase {
    /// Starts with words of ours.
    pub fn of(words: &str) -> Self {
        Self::default().word(words)
    }

    /// Adds words of ours.
    #[must_use]
    pub fn word(mut self, words: &str) -> Self {
        match self.0.last_mut() {
            Some(Piece::Word(last)) => last.push_str(words),
            _ if words.is_empty() => {}
            _ => self.0.push(Piece::Word(words.to_owned())),
        }
        self
    }

    /// Adds a name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.piece(Piece::Name(name.to_owned()))
    }

    /// Adds an address, a key, a domain or a place.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.piece(Piece::Key(key.to_owned()))
    }

    /// Adds a place in the files.
    #[must_use]
    pub fn place(self, file: &str, line: impl fmt::Display) -> Self {
        self.piece(Piece::Place(format!("{file}:{line}"), None))
    }

    /// Gives the places of which it is known where they can be read a link there.
    #[must_use]
    pub fn linked(mut self, link: impl Fn(&str) -> Option<String>) -> Self {
        for piece in &mut self.0 {
            if let Piece::Place(at, to) = piece {
                *to = link(at);
            }
        }
        self
    }

    /// Adds a piece.
    #[must_use]
    pub fn piece(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// Adds the pieces of another phrase.
    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        for piece in &other.0 {
            self = match piece {
                Piece::Word(words) => self.word(words),
                other => self.piece(other.clone()),
            };
        }
        self
    }

    /// Adds phrases with words of ours between them.
    #[must_use]
    pub fn joined<'p>(
        mut self,
        phrases: impl IntoIterator<Item = &'p Self>,
        between: &str,
    ) -> Self {
        for (at, phrase) in phrases.into_iter().enumerate() {
            if at > 0 {
                self = self.word(between);
            }
            self = self.then(phrase);
        }
        self
    }

    /// Returns the pieces of a message, in which every name stands between backquotes and has none ([`named`]).
    pub fn read(message: &str) -> Self {
        let pieces = message.split('`').enumerate();
        pieces.fold(Self::default(), |phrase, (at, text)| match at % 2 {
            0 => phrase.word(text),
            _ => phrase.name(text),
        })
    }

    /// Returns the pieces.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Says whether it has no piece.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says whether a piece is this foreign text.
    pub fn mentions(&self, text: &str) -> bool {
        let mut pieces = self.0.iter();
        pieces.any(|piece| matches!(piece, Piece::Name(found) | Piece::Key(found) | Piece::Place(found, _) if found == text))
    }
}

/// Says whether a key is one plain word, so that it cannot be read as several.
fn is_plain(key: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "@._-+:/*%#~=&".contains(c);
    !key.is_empty() && key.chars().all(plain) && neutral(key) == key
}

impl fmt::Display for Phrase {
    /// Writes it as a terminal shows it and as JSON holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Word(words) => f.write_str(&neutral(words))?,
                Piece::Key(key) | Piece::Place(key, _) if is_plain(key) => f.write_str(key)?,
                Piece::Name(name) | Piece::Key(name) | Piece::Place(name, _) => {
                    f.write_str(&named(name))?
                }
                Piece::Link(url) => f.write_str(&neutral(url))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_stand_between_marks_and_plain_keys_need_none() {
        let phrase = Phrase::of("member ")
            .key("ana@globex.example")
            .word(" of organization ")
            .name("Umbrella and open access");
        assert_eq!(
            phrase.to_string(),
            "member ana@globex.example of organization `Umbrella and open access`"
        );
        assert_eq!(Phrase::default().key("a b").to_string(), "`a b`");
        assert_eq!(Phrase::default().key("::x").to_string(), "`\\u{3a}:x`");
    }

    #[test]
    fn a_name_cannot_end_its_own_marks() {
        let shown = Phrase::of("organization ")
            .name("x` is safe `y\n")
            .to_string();
        assert_eq!(shown, "organization `x\\u{60} is safe \\u{60}y\\u{a}`");
        let read = Phrase::read(&shown);
        assert_eq!(read.pieces().len(), 2);
        assert!(read.mentions("x\\u{60} is safe \\u{60}y\\u{a}"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same_pieces(pieces in prop::collection::vec(("[a-z ,.]{1,6}", "\\PC{0,12}"), 0..5)) {
            let mut phrase = Phrase::default();
            for (words, name) in &pieces {
                phrase = phrase.word(words).name(name);
            }
            let read = Phrase::read(&phrase.to_string());
            prop_assert_eq!(read.to_string(), phrase.to_string());
            let names = |phrase: &Phrase| phrase.pieces().iter().filter(|piece| matches!(piece, Piece::Name(_))).count();
            prop_assert_eq!(names(&read), pieces.len());
        }
    }
}
