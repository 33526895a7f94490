//! Account ids, a million at a time: each a number of what was met first under it, which is mostly a text that many share and a
//! UUID, so that it takes 24 bytes and none on the heap.

use crate::model::ManyMap;
use crate::model::intern::{Interner, Numbered};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::fmt;
use std::sync::{LazyLock, RwLock};

/// An account id: opaque, at most 128 characters, often holds `:`, so it is encoded in paths.
///
/// A number of what is kept for the whole run, so that equal ids are found equal without reading them. Sorted as the texts are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountId(u32);

/// The ids that were met.
static IDS: LazyLock<Interner<Form>> = LazyLock::new(Interner::default);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    /// A shared text, then a UUID in lower case.
    Uuid(Start, [u8; 16]),
    /// Anything else.
    Text(Box<str>),
}

/// What many ids begin with, by its position among the texts that were seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Start(u32);

/// The texts before UUIDs that were seen. A site has a few; what a service makes up beyond the bound is kept as text.
static STARTS: RwLock<Vec<&'static str>> = RwLock::new(Vec::new());
const MOST_STARTS: usize = 1_000;
/// Where the hyphens of a UUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
const UUID: usize = 36;

impl Form {
    fn of(id: impl AsRef<str> + Into<Box<str>>) -> Self {
        let text = id.as_ref();
        let at = text.len().checked_sub(UUID);
        let form = at
            .filter(|at| text.is_char_boundary(*at))
            .and_then(|at| Some((&text[..at], uuid(&text[at..])?)))
            .and_then(|(start, uuid)| Some(Self::Uuid(Start::of(start)?, uuid)));
        form.unwrap_or_else(|| Self::Text(id.into()))
    }
}

impl Start {
    fn of(text: &str) -> Option<Self> {
        // A million ids in a row begin alike.
        if let Some((last, start)) = LAST.get()
            && last == text
        {
            return Some(start);
        }
        let start = Self::find(text)?;
        LAST.set(Some((start.text(), start)));
        Some(start)
    }

    fn find(text: &str) -> Option<Self> {
        let position = |starts: &[&str]| starts.iter().position(|known| *known == text);
        let found = match STARTS.read() {
            Ok(starts) => position(&starts),
            Err(_) => None,
        };
        let found = found.or_else(|| {
            let mut starts = STARTS.write().ok()?;
            // Somebody else may have been faster.
            position(&starts).or_else(|| {
                (starts.len() < MOST_STARTS).then(|| {
                    starts.push(Box::leak(text.into()));
                    starts.len() - 1
                })
            })
        });
        Some(Self(u32::try_from(found?).ok()?))
    }

    fn text(self) -> &'static str {
        let starts = STARTS.read().ok();
        starts
            .and_then(|starts| starts.get(self.0 as usize).copied())
            .unwrap_or_default()
    }
}

impl AccountId {
    /// Wraps the id exactly as Atlassian spelled it.
    pub fn new(id: impl AsRef<str> + Into<Box<str>>) -> Self {
        let form = Form::of(id);
        Self(IDS.number(&form, || form.clone()))
    }

    /// The same of many at a time, which is faster.
    pub(crate) fn many<'t>(ids: impl Iterator<Item = &'t str>) -> Vec<Self> {
        let forms: Vec<Form> = ids.map(Form::of).collect();
        let known = IDS.known(&forms.iter().collect::<Vec<_>>());
        let one = |(known, form): (Option<u32>, Form)| match known {
            Some(number) => number,
            None => IDS.number(&form, || form.clone()),
        };
        known.into_iter().zip(forms).map(one).map(Self).collect()
    }

    fn form(self) -> &'static Form {
        IDS.get(self.0)
    }

    /// Returns the id as text.
    pub fn text(&self) -> Cow<'static, str> {
        match self.form() {
            Form::Uuid(..) => self.to_string().into(),
            Form::Text(text) => Cow::Borrowed(text),
        }
    }

    /// Says whether the id has the shape of a portal-only account (`qm:…`).
    ///
    /// Atlassian does not promise the shape, so this is a hint for display and never a reason to change anything.
    pub fn looks_portal_only(&self) -> bool {
        match self.form() {
            Form::Uuid(start, _) => start.text().starts_with("qm:"),
            Form::Text(text) => text.starts_with("qm:"),
        }
    }
}

impl Numbered for AccountId {
    fn number(self) -> u32 {
        self.0
    }
}

impl Ord for AccountId {
    fn cmp(&self, other: &Self) -> Ordering {
        if self == other {
            return Ordering::Equal;
        }
        match (self.form(), other.form()) {
            (Form::Uuid(start, uuid), Form::Uuid(other_start, other_uuid))
                if start == other_start =>
            {
                uuid.cmp(other_uuid)
            }
            (Form::Uuid(start, uuid), Form::Uuid(other_start, other_uuid)) => {
                let (start, other_start) = (start.text(), other_start.text());
                let written = [written(uuid), written(other_uuid)];
                let one = start.bytes().chain(written[0]);
                one.cmp(other_start.bytes().chain(written[1]))
            }
            (Form::Uuid(start, uuid), Form::Text(other)) => {
                let text = start.text().bytes().chain(written(uuid));
                text.cmp(other.bytes())
            }
            (Form::Text(text), Form::Uuid(start, uuid)) => {
                let other = start.text().bytes().chain(written(uuid));
                text.bytes().cmp(other)
            }
            (Form::Text(text), Form::Text(other)) => text.cmp(other),
        }
    }
}

impl PartialOrd for AccountId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form() {
            Form::Uuid(start, uuid) => {
                f.write_str(start.text())?;
                let written = written(uuid);
                f.write_str(std::str::from_utf8(&written).map_err(|_| fmt::Error)?)
            }
            Form::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccountId").field(&self.text()).finish()
    }
}

thread_local! {
    /// The numbers under which ids are written and read, while a value is written or read that knows them: serde hands
    /// nothing down to the parts of a value.
    static NUMBERS: RefCell<Option<Numbers>> = const { RefCell::new(None) };

    /// What the last id began with, and its position.
    static LAST: Cell<Option<(&'static str, Start)>> = const { Cell::new(None) };
}

enum Numbers {
    /// For writing.
    ById(ManyMap<AccountId, u32>),
    /// For reading, with whether they are numbered here one after the other, and in the order of their texts.
    Ids(Vec<AccountId>, bool),
}

/// Writes each of these ids by its number, from 0, wherever a value holds it while `work` runs. Others are text.
pub fn numbered<'i, R>(
    ids: impl IntoIterator<Item = &'i AccountId>,
    work: impl FnOnce() -> R,
) -> R {
    with(
        Numbers::ById(ids.into_iter().copied().zip(0..).collect()),
        work,
    )
}

/// Reads a number as the id that has it, from 0, while `work` runs.
pub fn by_number<R>(ids: Vec<AccountId>, work: impl FnOnce() -> R) -> R {
    let run = ids
        .windows(2)
        .all(|two| two[0].0 + 1 == two[1].0 && two[0] < two[1]);
    with(Numbers::Ids(ids, run), work)
}

/// Says whether ids, as they were just read, are in the order of their texts, each once.
pub(super) fn are_in_order(ids: &[AccountId]) -> bool {
    // A snapshot has them by number in that order, which is told without reading their texts.
    let known = NUMBERS.with_borrow(|numbers| match numbers {
        Some(Numbers::Ids(run, true)) => match (run.first(), run.last(), ids.first(), ids.last()) {
            (Some(first), Some(last), Some(own), Some(end)) => {
                first.0 <= own.0 && end.0 <= last.0 && ids.is_sorted_by(|one, two| one.0 < two.0)
            }
            _ => false,
        },
        _ => false,
    });
    known || ids.is_sorted_by(|one, two| one < two)
}

fn with<R>(numbers: Numbers, work: impl FnOnce() -> R) -> R {
    /// Takes the numbers back, however the work ends.
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            NUMBERS.set(None);
        }
    }
    NUMBERS.set(Some(numbers));
    let _over = Over;
    work()
}

impl Serialize for AccountId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = NUMBERS.with_borrow(|numbers| match numbers {
            Some(Numbers::ById(numbers)) => numbers.get(self).copied(),
            _ => None,
        });
        match number {
            Some(number) => serializer.serialize_u32(number),
            None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Id;
        impl serde::de::Visitor<'_> for Id {
            type Value = AccountId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an account id")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AccountId, E> {
                Ok(AccountId::new(text))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<AccountId, E> {
                let id = NUMBERS.with_borrow(|numbers| match numbers {
                    Some(Numbers::Ids(ids, _)) => ids.get(usize::try_from(number).ok()?).copied(),
                    _ => None,
                });
                id.ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unsigned(number), &self))
            }
        }
        deserializer.deserialize_any(Id)
    }
}

/// Reads a UUID in lower case with its hyphens.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes = text.as_bytes();
    let mut uuid = [0_u8; 16];
    let mut at = 0;
    for byte in &mut uuid {
        if HYPHENS.contains(&at) {
            if bytes.get(at) != Some(&b'-') {
                return None;
            }
            at += 1;
        }
        *byte = digit(*bytes.get(at)?)? << 4 | digit(*bytes.get(at + 1)?)?;
        at += 2;
    }
    Some(uuid)
}

fn written(uuid: &[u8; 16]) -> [u8; UUID] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; UUID];
    let mut at = 0;
    for byte in uuid {
        if HYPHENS.contains(&at) {
            at += 1;
        }
        text[at] = DIGITS[usize::from(byte >> 4)];
        text[at + 1] = DIGITS[usize::from(byte & 15)];
        at += 2;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_small() {
        assert_eq!((size_of::<AccountId>(), size_of::<Form>()), (4, 24));
    }

    #[test]
    fn only_what_reads_back_as_written_is_taken_apart() {
        let uuid = "c3716a1b-87bd-e499-797d-c959e23528e7";
        for text in [
            "",
            uuid,
            "é",
            &format!("qm:{uuid}:{uuid}"),
            &format!("qm:{}", uuid.to_uppercase()),
            &uuid.replace('-', "0"),
            &format!("é{uuid}"),
            &format!("{uuid}x"),
        ] {
            assert_eq!(AccountId::new(text).to_string(), text);
        }
        assert!(AccountId::new(format!("qm:{uuid}:{uuid}")).looks_portal_only());
        assert!(!AccountId::new(format!("712020:{uuid}")).looks_portal_only());
    }

    proptest! {
        #[test]
        fn ids_are_read_and_sorted_as_their_texts(
            starts in prop::collection::vec("(qm:|7|é|a-)?[0-9a-f]{0,3}-?", 2),
            ends in prop::collection::vec("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fA]{12}|[a-z:]{0,5}", 2),
        ) {
            let [one, other] = [0, 1].map(|at| format!("{}{}", starts[at], ends[at]));
            let ids = [&one, &other].map(|text| AccountId::new(text.as_str()));
            prop_assert_eq!(ids[0].to_string(), &*one);
            prop_assert_eq!(ids[0].text(), &*one);
            prop_assert_eq!(ids[0].cmp(&ids[1]), one.cmp(&other));
            prop_assert_eq!(ids[0] == ids[1], one == other);
            let json = serde_json::to_string(&ids[0]).unwrap();
            prop_assert_eq!(serde_json::from_str::<AccountId>(&json).unwrap(), ids[0]);
        }
    }
}
