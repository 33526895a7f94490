//! Text for people in typed pieces: words of ours, names of theirs, people, addresses, places, links.
//!
//! A name is typed by a stranger and may read like a sentence of the program. So text is built from pieces, and whatever is not
//! ours stands between marks that it cannot contain: backquotes on a terminal and in messages, a code span in Markdown, an
//! element of its own in HTML. A message within JSON is the same text as on a terminal, and [`Phrase::read`] gives its pieces
//! back: what stands between backquotes is foreign, and a bare word with an `@` in it or with `id:` at its beginning is a
//! person, or an address of something that is about one. Words of ours hold neither.
//!
//! People are pieces of their own ([`person`], [`marked`], [`personal`]), so that `--privacy` replaces them without a look at
//! what stands around them.

use super::neutral;
use std::borrow::Cow;
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
    /// A person: an address, `id:` and an account id, or what somebody who answers for something calls themselves.
    Person {
        /// Who.
        who: String,
        /// Whether it stands between marks in any case.
        marked: bool,
    },
    /// What stands in a person's entry of a file or on their account: a display name, a date, what was meant for an
    /// address. Nobody can tell what a stranger wrote there, so privacy masks it from end to end.
    Entry {
        /// What stands there.
        text: String,
        /// Whether it stands between marks.
        marked: bool,
    },
    /// A stranger's sentence that is quoted whole, such as what a service answered or why somebody did something. It has no
    /// pieces, so it is the one place in which people have to be searched for.
    Prose {
        /// The sentence.
        text: String,
        /// Whether it stands between marks.
        marked: bool,
    },
    /// Something to write into a file, between marks as a whole: what its pieces say, without marks of their own.
    Snippet(Phrase),
    /// A place in the files, as `file:line`, and where it can be read, where that is known.
    Place(String, Option<String>),
    /// A link to a page.
    Link(String),
}

/// Text in pieces, which stand as close to each other as they are written. Two phrases that read the same are equal.
#[derive(Clone, Default)]
pub struct Phrase(Vec<Piece>);

/// Returns a name between marks that it cannot break out of: backquotes, with its own and all that is hidden as escapes.
pub fn named(name: impl fmt::Display) -> String {
    format!("`{}`", without_marks(&name.to_string()))
}

fn without_marks(text: &str) -> String {
    neutral(text).replace('`', "\\u{60}")
}

/// Fills a sentence of ours: each `{}` in it stands for the next of the parts. Literals may stand between backquotes.
pub fn say<const N: usize>(sentence: &str, parts: [Phrase; N]) -> Phrase {
    let mut ours = sentence.split("{}").map(Phrase::read);
    let mut said = ours.next().unwrap_or_default();
    debug_assert_eq!(ours.clone().count(), N, "a part for every place");
    for (part, following) in parts.iter().zip(ours) {
        said = said.then(part).then(&following);
    }
    said
}

/// A person: an address, or `id:` and an account id; bare on a terminal while it is one plain word.
pub fn person(who: impl fmt::Display) -> Phrase {
    Phrase::default().person(&who.to_string())
}

/// A person between marks, whatever they are called.
pub fn marked(who: impl fmt::Display) -> Phrase {
    let (who, marked) = (who.to_string(), true);
    Phrase::default().piece(Piece::Person { who, marked })
}

/// An account by its id, between marks.
pub fn by_id(id: impl fmt::Display) -> Phrase {
    marked(format!("id:{id}"))
}

/// What stands in a person's entry or on their account ([`Piece::Entry`]).
pub fn personal(text: impl fmt::Display) -> Phrase {
    let (text, marked) = (text.to_string(), true);
    Phrase::default().piece(Piece::Entry { text, marked })
}

/// The same at the end of a sentence that says what to write, without marks.
pub fn bare(text: impl fmt::Display) -> Phrase {
    let (text, marked) = (text.to_string(), false);
    Phrase::default().piece(Piece::Entry { text, marked })
}

/// A name that is no person's, or another literal, between marks.
pub fn foreign(name: impl fmt::Display) -> Phrase {
    Phrase::default().name(&name.to_string())
}

/// An address, a key or a domain.
pub fn key(key: impl fmt::Display) -> Phrase {
    Phrase::default().key(&key.to_string())
}

/// Something to write into a file, such as `previous_email: ` and a person, between one pair of marks.
pub fn snippet(pieces: Phrase) -> Phrase {
    Phrase::default().piece(Piece::Snippet(pieces))
}

/// Words of ours that are not written out where they are used, such as a number.
pub fn ours(words: impl fmt::Display) -> Phrase {
    Phrase::of(&words.to_string())
}

/// A stranger's sentence ([`Piece::Prose`]), bare.
pub fn prose(text: impl fmt::Display) -> Phrase {
    let (text, marked) = (text.to_string(), false);
    Phrase::default().piece(Piece::Prose { text, marked })
}

/// A stranger's sentence ([`Piece::Prose`]) between marks.
pub fn quoted(text: impl fmt::Display) -> Phrase {
    let (text, marked) = (text.to_string(), true);
    Phrase::default().piece(Piece::Prose { text, marked })
}

impl Phrase {
    /// Starts with words of ours.
    pub fn of(words: &str) -> Self {
        Self::default().word(words)
    }

    /// Adds words of ours.
    #[must_use]
    pub fn word(mut self, words: &str) -> Self {
        debug_assert!(
            !words.split(is_between).any(holds_a_person),
            "people are pieces: {words}"
        );
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

    /// Adds a person: an address, `id:` and an account id, or what they call themselves.
    #[must_use]
    pub fn person(self, who: &str) -> Self {
        let (who, marked) = (who.to_owned(), false);
        self.piece(Piece::Person { who, marked })
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

    /// Returns the pieces of a message by the grammar of messages: a name stands between backquotes and has none ([`named`]), and
    /// people are bare words with an `@` in them or `id:` before them; a whole domain (`*@globex.example`) is none.
    pub fn read(message: &str) -> Self {
        let pieces = message.split('`').enumerate();
        pieces.fold(Self::default(), |phrase, (at, text)| match at % 2 {
            0 => phrase.bare(text),
            _ => match text.strip_prefix('@') {
                Some(who) if is_called(who) => phrase.then(&marked(who)),
                _ => phrase.name(text),
            },
        })
    }

    /// Adds what stands outside of marks in a message.
    fn bare(mut self, text: &str) -> Self {
        let mut from = 0;
        let mut rest = 0;
        for part in text.split_inclusive(is_between) {
            let word = part.trim_end_matches(is_between);
            if holds_a_person(word) {
                let end = word.trim_end_matches(is_edge).len();
                let (who, start) = (&word[..end], rest);
                self = self.word(&text[from..start]);
                self = match who.contains('/') {
                    true => self.key(who),
                    false => self.person(who),
                };
                from = start + end;
            }
            rest += part.len();
        }
        self.word(&text[from..])
    }

    /// Returns the pieces.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Returns the same text with some of its pieces replaced.
    #[must_use]
    pub fn replaced(&self, piece: impl Fn(&Piece) -> Option<Piece>) -> Self {
        let pieces = self.0.iter();
        Self(
            pieces
                .map(|old| piece(old).unwrap_or_else(|| old.clone()))
                .collect(),
        )
    }

    /// Says whether it has no piece.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the word of ours that it begins with, such as the key of a policy; empty where it begins with something else.
    pub fn first_word(&self) -> &str {
        self.key_behind("")
    }

    /// Returns the word of ours that it begins with, behind others where these stand there.
    pub fn key_behind(&self, others: &str) -> &str {
        let Some(Piece::Word(words)) = self.0.first() else {
            return "";
        };
        let words = words.strip_prefix(others).unwrap_or(words);
        words.split([':', ' ']).next().unwrap_or_default()
    }

    /// Says whether it begins with these words of ours.
    pub fn begins_with(&self, words: &str) -> bool {
        matches!(self.0.first(), Some(Piece::Word(first)) if first.starts_with(words))
    }

    /// Says whether a piece is this foreign text.
    pub fn mentions(&self, text: &str) -> bool {
        self.0.iter().any(|piece| match piece {
            Piece::Name(found) | Piece::Key(found) | Piece::Place(found, _) => found == text,
            Piece::Person { who: found, .. }
            | Piece::Entry { text: found, .. }
            | Piece::Prose { text: found, .. } => found == text,
            Piece::Snippet(pieces) => pieces.mentions(text),
            Piece::Word(_) | Piece::Link(_) => false,
        })
    }
}

impl Piece {
    /// Returns foreign text without the marks that a terminal needs, or words of ours.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Person { who, .. } if who.is_empty() || is_called(who) => {
                format!("@{who}").into()
            }
            Self::Snippet(Phrase(pieces)) => {
                let texts: Vec<_> = pieces.iter().map(Self::bare).collect();
                texts.concat().into()
            }
            Self::Word(text)
            | Self::Name(text)
            | Self::Key(text)
            | Self::Entry { text, .. }
            | Self::Person { who: text, .. }
            | Self::Prose { text, .. }
            | Self::Place(text, _)
            | Self::Link(text) => text.as_str().into(),
        }
    }

    /// Returns the text without anything that says what it is.
    fn bare(&self) -> Cow<'_, str> {
        match self {
            Self::Person { who, .. } => who.as_str().into(),
            other => other.text(),
        }
    }

    /// Says whether it is part of a sentence like words of ours, without marks in any form.
    pub fn is_running_text(&self) -> bool {
        match self {
            Self::Word(_) => true,
            Self::Prose { marked, .. } | Self::Entry { marked, .. } => !marked,
            _ => false,
        }
    }

    /// Says whether it needs no marks on a terminal.
    pub fn is_bare(&self) -> bool {
        match self {
            Self::Word(_) | Self::Link(_) => true,
            Self::Prose { marked, .. } | Self::Entry { marked, .. } => !marked,
            Self::Name(_) | Self::Snippet(_) => false,
            Self::Key(text) | Self::Place(text, _) => is_plain(text),
            Self::Person { marked, who } => {
                !marked && is_plain(who) && holds_a_person(who) && is_one_word(who)
            }
        }
    }
}

/// Says whether a key is one plain word, so that it cannot be read as several.
fn is_plain(key: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "@._-+:/*%#~=&".contains(c);
    !key.is_empty() && key.chars().all(plain) && neutral(key) == key
}

/// Says whether somebody is known by what they are called alone: neither an address nor an account id.
fn is_called(who: &str) -> bool {
    !who.is_empty() && !who.contains('@') && !who.starts_with("id:")
}

/// Says whether a word of a message tells of a person.
fn holds_a_person(word: &str) -> bool {
    let whole_domain = word.starts_with("*@");
    word.contains('@') && !whole_domain
        || word.starts_with("id:") && word.len() > 3
        || word.contains("/id:")
}

/// Says whether a person is read back as this word: neither cut at its end nor taken for the address of something.
fn is_one_word(who: &str) -> bool {
    !who.ends_with(is_edge) && !who.contains('/')
}

/// What ends a sentence or a part of one stands behind a person without being a part of them.
fn is_edge(c: char) -> bool {
    matches!(c, '.' | ':')
}

/// What stands between two words of a message.
fn is_between(c: char) -> bool {
    !(c.is_alphanumeric() || "@._-+:/*%#~=&".contains(c))
}

impl fmt::Display for Phrase {
    /// Writes it as a terminal shows it and as JSON holds it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                // A backquote in it would begin a name.
                Piece::Prose {
                    text,
                    marked: false,
                } => f.write_str(&neutral(&text.replace('`', "'")))?,
                Piece::Entry {
                    text,
                    marked: false,
                } => f.write_str(&without_marks(text))?,
                piece if piece.is_bare() => f.write_str(&neutral(&piece.text()))?,
                piece => f.write_str(&named(piece.text()))?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl PartialEq for Phrase {
    fn eq(&self, other: &Self) -> bool {
        match (self.0.as_slice(), other.0.as_slice()) {
            ([Piece::Word(one)], [Piece::Word(other)]) => neutral(one) == neutral(other),
            (one, other_pieces) => one == other_pieces || self.to_string() == other.to_string(),
        }
    }
}
impl Eq for Phrase {}
impl PartialEq<str> for Phrase {
    fn eq(&self, other: &str) -> bool {
        let text = self.to_string();
        text.as_str() == other
    }
}
impl PartialEq<&str> for Phrase {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}
impl PartialOrd for Phrase {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Phrase {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self.0.as_slice(), other.0.as_slice()) {
            // People who are listed are compared without a text being made of each.
            ([Piece::Person { who: one, .. }], [Piece::Person { who: two, .. }])
                if self.0.iter().chain(&other.0).all(Piece::is_bare) =>
            {
                one.cmp(two)
            }
            _ => self.to_string().cmp(&other.to_string()),
        }
    }
}
impl std::hash::Hash for Phrase {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

/// A message of ours, by its grammar ([`Phrase::read`]); people in it are pieces where the sentence is built from pieces.
impl From<&str> for Phrase {
    fn from(message: &str) -> Self {
        Self::read(message)
    }
}
impl From<&String> for Phrase {
    fn from(message: &String) -> Self {
        Self::read(message)
    }
}
impl From<String> for Phrase {
    fn from(message: String) -> Self {
        Self::read(&message)
    }
}

impl serde::Serialize for Phrase {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Phrase {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}
impl schemars::JsonSchema for Phrase {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Phrase".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
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

    #[test]
    fn people_are_bare_words_that_no_word_of_ours_looks_like() {
        let said = say(
            "{} and {}, {} or {}: {} ({})",
            [
                person("ana@globex.example"),
                person("id:qm:1a2b"),
                marked("ana@globex.example"),
                person("\"a b\"@globex.example"),
                person("Jo Smith"),
                personal("Ana Lima"),
            ],
        );
        let text = "ana@globex.example and id:qm:1a2b, `ana@globex.example` or `\"a b\"@globex.example`: `@Jo Smith` (`Ana Lima`)";
        assert_eq!(said, text);
        assert_eq!(Phrase::read(text), said);
        let who: Vec<String> = people(&Phrase::read(text));
        assert_eq!(who, ["ana@globex.example", "id:qm:1a2b", "Jo Smith"]);
        let place = "acme/organization/Globex/member/ana@globex.example";
        let told = Phrase::read(&format!("see {place}."));
        assert_eq!(told.pieces()[1], Piece::Key(place.to_owned()));
    }

    #[test]
    #[should_panic(expected = "people are pieces")]
    fn words_of_ours_hold_no_address() {
        let _ = Phrase::of("the account of ana@globex.example");
    }

    #[test]
    fn a_stranger_s_sentence_ends_nobody_s_marks() {
        let said = say("{}; project {}", [prose("no `such user"), foreign("A")]);
        assert_eq!(said, "no 'such user; project `A`");
        assert!(Phrase::read(&said.to_string()).mentions("A"));
    }

    /// The people of a phrase who are told by their piece alone.
    fn people(phrase: &Phrase) -> Vec<String> {
        let pieces = phrase.pieces().iter();
        let people = pieces.filter_map(|piece| match piece {
            Piece::Person { who, .. } => Some(who.clone()),
            _ => None,
        });
        people.collect()
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
            let names = |phrase: &Phrase| phrase.pieces().iter().filter(|piece| !matches!(piece, Piece::Word(_))).count();
            prop_assert_eq!(names(&read), pieces.len());
        }

        #[test]
        fn people_read_back_as_the_same_people(
            pieces in prop::collection::vec(("[a-z ,.;()]{1,6}", "[a-zA-Z0-9._+:-]{1,9}@[a-z]{1,5}[.]example|id:[a-z0-9:-]{1,12}|[A-Z][a-z]{0,4}( [A-Z][a-z]{0,4})?"), 0..5)
        ) {
            let mut phrase = Phrase::default();
            for (words, who) in &pieces {
                phrase = phrase.word(words).word(" ").person(who).word(" ");
            }
            let read = Phrase::read(&phrase.to_string());
            prop_assert_eq!(read.to_string(), phrase.to_string());
            // Whose end looks like the end of a sentence, or who is taken for a command of a pipeline, stands between marks, where the whole of it tells who it is.
            let bare = |who: &&String| !who.ends_with(['.', ':']) && !who.contains("::");
            let written = people(&phrase);
            prop_assert_eq!(people(&read), written.iter().filter(bare).cloned().collect::<Vec<_>>());
        }
    }
}
