//! E-mail addresses and domains in the form in which they are compared (Q1, P1).

use super::intern::{Interner, Numbered};
use email_address::{EmailAddress, Options};
use serde::Serialize;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The addresses that were met, as compared and as written.
static ADDRESSES: LazyLock<Interner<SmolStr>> = LazyLock::new(Interner::default);

/// Why an address or a domain was refused; reads after "invalid address: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not an address at all.
    #[error("{0}")]
    Address(String),
    /// The part behind the `@`, or a bare domain, is not a domain name.
    #[error("`{0}` is not a domain name")]
    Domain(String),
    /// A leading `@` or a wildcard: Atlassian's lists match exact domains only (P2).
    #[error(
        "`{0}` is not an exact domain: lists match whole domains, without `@`, `*` or subdomains"
    )]
    NotExact(String),
}

/// An address: lower-case ASCII domain and case-folded local part; plus-tags are kept (Q1).
///
/// The written form is kept where it differs, since accounts are created and messages shown with it. Both are numbers of texts
/// that are kept for the whole run, so that equal addresses are found equal without reading them. Sorted as the texts are.
#[derive(Clone, Copy)]
pub struct Email {
    key: u32,
    written: u32,
}

impl Email {
    /// Checks an address and brings it into the compared form.
    ///
    /// # Errors
    /// When the text is not an address with a dotted domain.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        if is_plain(text) {
            let number = ADDRESSES.number(text, || SmolStr::new(text));
            return Ok(Self {
                key: number,
                written: number,
            });
        }
        Self::checked(text)
    }

    /// The same of many at a time, which is faster where most of them are known.
    ///
    /// # Errors
    /// For each that is not an address with a dotted domain.
    pub(crate) fn many<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Result<Self, EmailError>> {
        let texts: Vec<&str> = texts.collect();
        let known = ADDRESSES.known(&texts).into_iter().zip(&texts);
        let one = |(known, text): (Option<u32>, &&str)| match known {
            Some(number) if is_plain(text) => Ok(Self {
                key: number,
                written: number,
            }),
            _ => Self::new(text),
        };
        known.map(one).collect()
    }

    fn checked(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text
            .rsplit_once('@')
            .ok_or_else(|| EmailError::Address("there is no `@` in it".into()))?;
        if domain.is_empty() {
            return Err(EmailError::Address("nothing follows the `@`".into()));
        }
        let domain = ascii_domain(domain)?;
        let simple = !text.is_empty()
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+'))
            && local.len() <= 64
            && !local.is_empty()
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        if !simple {
            let options = Options::default()
                .with_required_tld()
                .without_display_text()
                .without_domain_literal();
            EmailAddress::parse_with_options(&format!("{local}@{domain}"), options)
                .map_err(|error| EmailError::Address(error.to_string()))?;
        }
        let local: Cow<'_, str> = if local
            .bytes()
            .any(|b| b.is_ascii_uppercase() || !b.is_ascii())
        {
            local.to_lowercase().into()
        } else {
            local.into()
        };
        let plain = text
            .strip_prefix(&*local)
            .and_then(|rest| rest.strip_prefix('@'))
            .is_some_and(|rest| rest == domain);
        let written = ADDRESSES.number(text, || SmolStr::new(text));
        let key = match plain {
            true => written,
            false => {
                let key = smol_str::format_smolstr!("{local}@{domain}");
                ADDRESSES.number(key.as_str(), || key.clone())
            }
        };
        Ok(Self { key, written })
    }

    /// Returns the compared form.
    pub fn key(&self) -> &'static str {
        ADDRESSES.get(self.key)
    }

    /// Returns the address as it was written.
    pub fn written(&self) -> &'static str {
        ADDRESSES.get(self.written)
    }

    /// Returns the domain in compared form.
    pub fn domain(&self) -> &'static str {
        self.key().rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Email").field(&self.written()).finish()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl Eq for Email {}
impl PartialOrd for Email {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Email {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match self.key == other.key {
            true => std::cmp::Ordering::Equal,
            false => self.key().cmp(other.key()),
        }
    }
}
impl std::hash::Hash for Email {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}
impl Numbered for Email {
    fn number(self) -> u32 {
        self.key
    }
}
impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key())
    }
}
impl Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.written())
    }
}
impl<'de> serde::Deserialize<'de> for Email {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// An exact domain in lower-case ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(SmolStr);

impl Domain {
    /// Checks a domain and brings it into the compared form.
    ///
    /// # Errors
    /// When the text is no domain name, or not an exact one (P2, L60).
    pub fn new(text: &str) -> Result<Self, EmailError> {
        if text.starts_with('@') || text.contains('*') {
            return Err(EmailError::NotExact(text.into()));
        }
        ascii_domain(text).map(|domain| Self(domain.into()))
    }

    /// Returns the domain as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Domain {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl<'de> serde::Deserialize<'de> for Domain {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// Says whether an address is one beyond doubt, in the compared form: what nearly all are, told in one pass.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(at) = bytes.iter().position(|byte| *byte == b'@') else {
        return false;
    };
    let (local, domain) = (&bytes[..at], &bytes[at + 1..]);
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut last = b'.';
    let local_fits = local.iter().all(|byte| {
        let before = std::mem::replace(&mut last, *byte);
        is_letter(*byte) || b"_-+".contains(byte) || *byte == b'.' && before != b'.'
    });
    let local_ends = last != b'.';
    last = b'.';
    let domain_fits = domain.iter().all(|byte| {
        let before = std::mem::replace(&mut last, *byte);
        is_letter(*byte) || *byte == b'-' && before != b'.' || *byte == b'.' && is_letter(before)
    });
    local_fits
        && local_ends
        && local.len() <= 64
        && domain_fits
        && is_letter(last)
        && domain.len() <= 63
        && domain.contains(&b'.')
}

fn ascii_domain(text: &str) -> Result<Cow<'_, str>, EmailError> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    let domain: Cow<'_, str> = if plain {
        text.into()
    } else {
        idna::domain_to_ascii_strict(text)
            .map_err(|_| EmailError::Domain(text.into()))?
            .into()
    };
    let labels_fine = domain.split('.').all(|label| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    });
    if domain.len() > 253 || !domain.contains('.') || !labels_fine {
        return Err(EmailError::Domain(text.into()));
    }
    Ok(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn q1_case_and_idn_do_not_matter_but_plus_tags_do() {
        let a = Email::new("Ana@Exämple.DE").unwrap();
        assert_eq!(a.key(), "ana@xn--exmple-cua.de");
        assert_eq!(a.written(), "Ana@Exämple.DE");
        assert_ne!(
            Email::new("a+x@b.de").unwrap(),
            Email::new("a@b.de").unwrap()
        );
    }

    #[test]
    fn addresses_without_a_dotted_domain_are_refused() {
        for bad in [
            "a",
            "a@b",
            "@b.de",
            "a..b@c.de",
            "a b@c.de",
            "a@-b.de",
            "a@[127.0.0.1]",
            "a@b.de ",
        ] {
            assert!(Email::new(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_looks_plain_is_an_address_in_the_compared_form(
            text in "[a-c0.+_-]{0,4}@?[a-c0.-]{0,6}|[aA.é]{1,3}@[aB-]{1,3}[.]de",
        ) {
            if is_plain(&text) {
                let email = Email::checked(&text).unwrap();
                prop_assert_eq!((email.key(), email.written()), (text.as_str(), text.as_str()));
            }
        }
    }

    #[test]
    fn p2_domains_are_exact() {
        assert!(matches!(Domain::new("@b.de"), Err(EmailError::NotExact(_))));
        assert!(matches!(
            Domain::new("*.b.de"),
            Err(EmailError::NotExact(_))
        ));
        assert_eq!(Domain::new("B.De").unwrap().as_str(), "b.de");
    }
}
