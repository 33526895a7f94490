//! What reading a workspace carries along: the options, the files read so far, and the problems found.

use super::codes;
use super::load::LoadOptions;
use super::roster::Unfilled;
use super::sources::Sources;
use super::workspace::Scope;
use super::yaml::{Entry, Node, ScalarKind, Value, YamlLimits, scalar_kind};
use crate::diagnostic::{Diagnostic, FileId, Located, Mark, short};
use crate::files::Root;
use crate::model::{Domain, Email, EmailError, NameError, SiteKey};
use crate::neutral::phrase::{Phrase, bare, foreign, personal, say};
use camino::Utf8PathBuf;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What reading a workspace carries along.
#[derive(Debug)]
pub(super) struct Context {
    /// The workspace directory as given.
    pub(super) root: Utf8PathBuf,
    /// The same as what files may name paths in; `None` where there is no such directory.
    pub(super) door: Option<Root>,
    /// What the caller wants.
    pub(super) options: LoadOptions,
    /// Files that are taken to have another text than on disk, relative to the workspace.
    pub(super) replaced: BTreeMap<Utf8PathBuf, Arc<str>>,
    /// The files that were read.
    pub(super) sources: Sources,
    /// The same by path, so that a file named twice is read once.
    pub(super) read: BTreeMap<Utf8PathBuf, (FileId, Arc<str>)>,
    /// How many bytes they hold.
    pub(super) bytes: u64,
    /// How many entries of directories were looked at.
    pub(super) listed: usize,
    /// What is wrong with them.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether a file could not be read or parsed, so that what seems to be missing may stand in it.
    pub(super) partial: bool,
    /// Which files may declare what.
    pub(super) scopes: Vec<Scope>,
    /// The names of organizations and projects of the site that is read, in lower case.
    pub(super) declared: BTreeSet<String>,
    /// Lists under `exact` to which nothing has been found yet.
    pub(super) unfilled: Vec<Unfilled>,
    /// The sites of expectations that are wrong otherwise, so that one run tells everything about them.
    pub(super) sites_of_wrong: Vec<Located<SiteKey>>,
}

/// A mapping whose keys were checked against those known here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'n, 't> {
    /// Where the mapping is named.
    pub(super) mark: Mark,
    entries: &'n [Entry<'t>],
}

impl<'n, 't> Fields<'n, 't> {
    /// Returns the entry with this key unless its value is nothing, which has been reported.
    pub(super) fn get(&self, key: &str) -> Option<&'n Entry<'t>> {
        self.entries
            .iter()
            .find(|e| e.key == key && !matches!(e.node.value, Value::Null))
    }

    /// Says whether the key is written, with whatever value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key == key)
    }
}

impl Diagnostic {
    /// Adds a place where there is one.
    #[must_use]
    pub(super) fn at_maybe(self, mark: Option<Mark>) -> Self {
        match mark {
            Some(mark) => self.at(mark),
            None => self,
        }
    }
}

/// Among more candidates than this, only those with the same first letter are compared: a site has thousands of names.
const MANY: usize = 256;

/// Returns the candidate that was probably meant.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lowered = word.to_lowercase().replace('-', "_");
    let length = lowered.chars().count();
    let first = lowered.chars().next();
    let known: Vec<&str> = known.into_iter().collect();
    let many = known.len() > MANY;
    let near = known.into_iter().filter_map(|candidate| {
        let other = candidate.to_lowercase().replace('-', "_");
        let count = other.chars().count();
        let allowed = (length.max(count) / 3).max(1);
        if count.abs_diff(length) > allowed || (many && other.chars().next() != first) {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&lowered, &other);
        (distance <= allowed).then_some((distance, candidate))
    });
    near.min().map(|(_, candidate)| candidate)
}

/// Lists words for a hint.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Context {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// The limits for YAML files.
    pub(super) fn yaml_limits(&self) -> YamlLimits {
        let limits = self.options.limits;
        YamlLimits {
            depth: limits.depth,
            nodes: limits.nodes,
            alias_nodes: limits.alias_nodes,
        }
    }

    /// Reports a value of the wrong type.
    pub(super) fn wrong_type(&mut self, node: &Node<'_>, expected: &str) {
        let diagnostic = if matches!(node.value, Value::Null) {
            null(node.mark)
        } else {
            Diagnostic::error(
                codes::WRONG_TYPE,
                say("expected {}, found {}", [expected.into(), node.kind()]),
            )
            .at(node.mark)
        };
        self.report(diagnostic);
    }

    /// Takes a mapping with fixed keys: reports a wrong type, unknown keys and keys without a value.
    pub(super) fn fields<'n, 't>(
        &mut self,
        node: &'n Node<'t>,
        mark: Mark,
        known: &[&str],
    ) -> Option<Fields<'n, 't>> {
        if matches!(node.value, Value::List(_)) && known.contains(&"list") {
            let diagnostic =
                Diagnostic::error(codes::WRONG_TYPE, "expected a mapping, found a list")
                    .at(node.mark)
                    .hint("put the list under `list`: `{ list: […] }`");
            self.report(diagnostic);
            return None;
        }
        let entries = self.entries(node)?;
        for entry in entries {
            if !known.contains(&entry.key.as_ref()) {
                let diagnostic = Diagnostic::error(
                    codes::UNKNOWN_KEY,
                    say("{} is not a key here", [personal(short(&entry.key))]),
                )
                .at(entry.mark);
                let hint = match closest(&entry.key, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("known here: {}", listed(known.iter().copied())),
                };
                self.report(diagnostic.hint(hint));
            } else if matches!(entry.node.value, Value::Null) {
                self.report(null(entry.mark));
            }
        }
        Some(Fields { mark, entries })
    }

    /// Takes a mapping with free keys; values that are nothing are for the caller to report.
    pub(super) fn entries<'n, 't>(&mut self, node: &'n Node<'t>) -> Option<&'n [Entry<'t>]> {
        match &node.value {
            Value::Map(entries) => Some(entries),
            _ => {
                self.wrong_type(node, "a mapping");
                None
            }
        }
    }

    /// Takes a list.
    pub(super) fn items<'n, 't>(&mut self, node: &'n Node<'t>) -> Option<&'n [Node<'t>]> {
        match &node.value {
            Value::List(items) => Some(items),
            Value::Plain(_) | Value::Quoted(_) => {
                let diagnostic = Diagnostic::error(
                    codes::WRONG_TYPE,
                    say("expected a list, found {}", [node.kind()]),
                )
                .at(node.mark)
                .hint(if several(node) {
                    "one item a line, each behind a dash: `- a@b.example`"
                } else {
                    "put it in brackets: `[…]`"
                });
                self.report(diagnostic);
                None
            }
            _ => {
                self.wrong_type(node, "a list");
                None
            }
        }
    }

    /// Takes a value that must be present.
    pub(super) fn required<'n, 't>(
        &mut self,
        fields: &Fields<'n, 't>,
        key: &str,
        why: &str,
    ) -> Option<&'n Entry<'t>> {
        if !fields.has(key) {
            self.report(
                Diagnostic::error(codes::MISSING_KEY, format!("`{key}` is missing"))
                    .at(fields.mark)
                    .hint(why),
            );
        }
        fields.get(key)
    }

    /// Takes text; numbers and booleans without quotes are refused, since YAML would change them (`012`, `1e3`).
    pub(super) fn text<'n>(&mut self, node: &'n Node<'_>) -> Option<&'n str> {
        match &node.value {
            Value::Quoted(text) => Some(text),
            Value::Plain(text) => match scalar_kind(text) {
                ScalarKind::Text => Some(text),
                ScalarKind::Number | ScalarKind::Boolean => {
                    self.report(
                        Diagnostic::error(
                            codes::WRONG_TYPE,
                            say("expected text, found {}", [node.kind()]),
                        )
                        .at(node.mark)
                        .hint(say("quote it: \"{}\"", [bare(text)])),
                    );
                    None
                }
            },
            _ => {
                self.wrong_type(node, "text");
                None
            }
        }
    }

    /// Takes text that says something: not empty, not only spaces.
    pub(super) fn sentence(&mut self, node: &Node<'_>) -> Option<String> {
        let text = self.text(node)?;
        if text.trim().is_empty() {
            self.report(
                Diagnostic::error(codes::NULL_VALUE, "the text is empty")
                    .at(node.mark)
                    .hint("write something, or leave the key out"),
            );
            return None;
        }
        Some(text.to_string())
    }

    /// Takes `true` or `false`.
    pub(super) fn boolean(&mut self, node: &Node<'_>) -> Option<Located<bool>> {
        let (text, quoted) = match &node.value {
            Value::Plain(text) => (text.as_ref(), false),
            Value::Quoted(text) => (text.as_ref(), true),
            _ => {
                self.wrong_type(node, "`true` or `false`");
                return None;
            }
        };
        match (text, quoted) {
            ("true", false) => return Some(Located::new(true, node.mark.span)),
            ("false", false) => return Some(Located::new(false, node.mark.span)),
            _ => {}
        }
        let meant = match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "on" | "1" | "enabled" => Some("true"),
            "false" | "no" | "n" | "off" | "0" | "disabled" => Some("false"),
            _ => None,
        };
        let mut diagnostic = Diagnostic::error(
            codes::WRONG_TYPE,
            say("expected `true` or `false`, found {}", [node.kind()]),
        )
        .at(node.mark);
        if let Some(meant) = meant {
            let why = match (quoted, scalar_kind(text)) {
                // YAML 1.1 had more words for true and false than YAML 1.2 has.
                (false, ScalarKind::Text) => {
                    say("YAML 1.2 reads {} as text: ", [personal(short(text))])
                }
                _ => Phrase::default(),
            };
            diagnostic = diagnostic.hint(say("{}write {}, without quotes", [why, foreign(meant)]));
        }
        self.report(diagnostic);
        None
    }

    /// Takes one of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: &Node<'_>,
        words: &[(&'static str, T)],
    ) -> Option<Located<T>> {
        let text = match &node.value {
            Value::Plain(text) | Value::Quoted(text) => text.as_ref(),
            _ => {
                let known = listed(words.iter().map(|(word, _)| *word));
                self.wrong_type(node, &format!("one of {known}"));
                return None;
            }
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(Located::new(*value, node.mark.span));
        }
        let known = words.iter().map(|(word, _)| *word);
        let mut hint = format!("one of {}", listed(known.clone()));
        if let Some(meant) = closest(text, known) {
            hint = format!("did you mean `{meant}`? ({hint})");
        }
        self.report(
            Diagnostic::error(
                codes::UNKNOWN_WORD,
                say(
                    "{} is not one of the words allowed here",
                    [personal(short(text))],
                ),
            )
            .at(node.mark)
            .hint(hint),
        );
        None
    }

    /// Takes a whole number that is not negative.
    pub(super) fn number(&mut self, node: &Node<'_>) -> Option<Located<u64>> {
        if let Value::Plain(text) = &node.value
            && scalar_kind(text) == ScalarKind::Number
        {
            let value = text.parse::<u64>().ok().filter(|n| *n <= 1 << 53);
            if value.is_none() {
                self.report(
                    Diagnostic::error(
                        codes::INVALID_NUMBER,
                        format!("`{text}` is not a whole number from 0 to 9007199254740992"),
                    )
                    .at(node.mark),
                );
            }
            return value.map(|value| Located::new(value, node.mark.span));
        }
        self.wrong_type(node, "a whole number");
        None
    }

    /// Takes a date, `YYYY-MM-DD`.
    pub(super) fn date(&mut self, node: &Node<'_>) -> Option<Date> {
        let text = match &node.value {
            Value::Plain(text) | Value::Quoted(text) => text.as_ref(),
            _ => {
                self.wrong_type(node, "a date such as `2027-01-31`");
                return None;
            }
        };
        let date = parse_date(text);
        if date.is_none() {
            self.report(invalid_date(text).at(node.mark));
        }
        date
    }

    /// Takes an e-mail address.
    pub(super) fn email(&mut self, node: &Node<'_>) -> Option<Located<Email>> {
        let text = self.text(node)?;
        match address(text) {
            Ok(email) => Some(Located::new(email, node.mark.span)),
            Err(diagnostic) => {
                self.report(diagnostic.at(node.mark));
                None
            }
        }
    }

    /// Takes an exact domain.
    pub(super) fn domain(&mut self, text: &str, mark: Mark) -> Option<Located<Domain>> {
        match Domain::new(text) {
            Ok(domain) => Some(Located::new(domain, mark.span)),
            Err(error) => {
                let diagnostic =
                    Diagnostic::error(codes::INVALID_DOMAIN, error.to_string()).at(mark);
                let bare = text.trim_start_matches(['@', '*', '.']);
                let diagnostic = match text.rsplit_once('@') {
                    Some((_, domain)) if Domain::new(domain).is_ok() => {
                        diagnostic.hint(format!("write `{domain}`"))
                    }
                    _ if bare != text && Domain::new(bare).is_ok() => {
                        diagnostic.hint(format!("write `{bare}`"))
                    }
                    _ => diagnostic,
                };
                self.report(diagnostic);
                None
            }
        }
    }

    /// Takes a name that its type checks.
    pub(super) fn name<T>(
        &mut self,
        text: &str,
        mark: Mark,
        make: impl FnOnce(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        match make(text) {
            Ok(name) => Some(name),
            Err(error) => {
                let diagnostic = Diagnostic::error(
                    codes::INVALID_NAME,
                    format!("invalid name `{}`: {error}", short(text)),
                )
                .at(mark);
                let diagnostic = match error {
                    NameError::Padded => diagnostic.hint(format!("write `{}`", text.trim())),
                    _ => diagnostic,
                };
                self.report(diagnostic);
                None
            }
        }
    }

    /// Takes an address pattern as written in `protect`, `may` and `acknowledge`.
    pub(super) fn pattern(&mut self, node: &Node<'_>) -> Option<Located<String>> {
        let text = self.text(node)?;
        let bad = text.is_empty()
            || text.starts_with('/')
            || text.ends_with('/')
            || text.split('/').any(str::is_empty)
            || text
                .strip_suffix("**")
                .map_or(text, |head| head.strip_suffix('/').unwrap_or(head))
                .contains("**");
        if bad {
            self.report(
                Diagnostic::error(
                    codes::INVALID_PATTERN,
                    format!("`{}` is not an address pattern", short(text)),
                )
                .at(node.mark)
                .hint("an address such as `acme/project/ITSM/access`, with `*` within a part and `/**` at the end for everything below"),
            );
            return None;
        }
        Some(Located::new(text.to_string(), node.mark.span))
    }

    /// Takes a path relative to the file that holds it.
    pub(super) fn path(&mut self, node: &Node<'_>) -> Option<Located<Utf8PathBuf>> {
        let text = self.text(node)?;
        let path = self.resolve(text, node.mark)?;
        Some(Located::new(path, node.mark.span))
    }
}

/// Says whether a text looks like a list whose dashes were forgotten: YAML makes one text of its lines.
fn several(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Plain(text) if text.split_whitespace().nth(1).is_some())
}

/// Says that a value is nothing.
pub(super) fn null(mark: Mark) -> Diagnostic {
    Diagnostic::error(codes::NULL_VALUE, "there is no value here, or it is `null`")
        .at(mark)
        .hint("leave the key out to leave it unmanaged; write `{}` for a block without details")
}

/// Reads `YYYY-MM-DD`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if shaped { text.parse().ok() } else { None }
}

/// Says that a date is none.
pub(super) fn invalid_date(text: &str) -> Diagnostic {
    Diagnostic::error(
        codes::INVALID_DATE,
        say("{} is not a date", [personal(short(text))]),
    )
    .hint("write the year, month and day, such as `2027-01-31`")
}

/// Says why a text is no address; what of it is quoted is a person's as the whole is.
fn no_address(error: &EmailError) -> Phrase {
    match error {
        EmailError::Domain(domain) => say("{} is not a domain name", [personal(domain)]),
        EmailError::Address(_) | EmailError::NotExact(_) => {
            let why = error.to_string();
            let why = why.trim_end_matches('.');
            let first = why.chars().next().map(|c| c.to_lowercase().to_string());
            let rest: String = why.chars().skip(1).collect();
            (first.unwrap_or_default() + &rest).into()
        }
    }
}

/// Reads an e-mail address; the error has no place yet, and a hint where the mistake is a common one.
///
/// `*@domain` is refused although a local part may be `*`: it means a whole domain everywhere else in the format.
pub(super) fn address(text: &str) -> Result<Email, Diagnostic> {
    let why = match Email::new(text) {
        Ok(email)
            if !text
                .strip_prefix('*')
                .is_some_and(|rest| rest.starts_with('@')) =>
        {
            return Ok(email);
        }
        Ok(_) => "it names a whole domain".into(),
        Err(error) => no_address(&error),
    };
    let diagnostic = Diagnostic::error(
        codes::INVALID_ADDRESS,
        say("invalid address {}: {}", [personal(short(text)), why]),
    );
    Err(if let Some((_, inner)) = text.split_once('<') {
        let inner = inner.trim_end().trim_end_matches('>');
        diagnostic.hint(say("write only the address: {}", [bare(inner)]))
    } else if text.starts_with("*@") {
        diagnostic.hint("a whole domain can stand in `keep`, not in a list of people")
    } else if text.trim() != text {
        diagnostic.hint(say(
            "leave out the spaces around it: {}",
            [bare(text.trim())],
        ))
    } else {
        diagnostic
    })
}
