//! E-mail addresses and domains in the form in which they are compared (Q1, P1).

use email_address::{EmailAddress, Options};
use serde::Serialize;
use smol_str::SmolStr;
use std::borrow::Cow;

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
/// The written form is kept where it differs, since accounts are created and messages shown with it.
#[derive(Debug, Clone)]
pub struct Email {
    key: SmolStr,
    written: Option<Box<str>>,
}

impl Email {
    /// Checks an address and brings it into the compared form.
    ///
    /// # Errors
    /// When the text is not an address with a dotted domain.
    pub fn new(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text
            .rsplit_once('@')
            .ok_or_else(|| EmailError::Address("there is no `@` in it".into()))?;
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
        let key = match plain {
            true => SmolStr::new(text),
            false => smol_str::format_smolstr!("{local}@{domain}"),
        };
        let written = (!plain).then(|| text.into());
        Ok(Self { key, written })
    }

    /// Returns the compared form.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the address as it was written.
    pub fn written(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.key)
    }

    /// Returns the domain in compared form.
    pub fn domain(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(_, domain)| domain)
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
        self.key.cmp(&other.key)
    }
}
impl std::hash::Hash for Email {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
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
