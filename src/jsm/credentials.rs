//! Tokens: read from the environment, held in a type that shows them to nobody.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::time::Duration;

/// An account's e-mail and API token, for Basic authentication.
#[derive(Clone)]
pub struct Credentials {
    email: String,
    token: SecretString,
}

/// The client id and secret of a service account, which are exchanged for a token that ends (OAuth 2.0, client credentials).
#[derive(Clone)]
pub struct ClientCredentials {
    id: String,
    secret: SecretString,
}

/// The API key of an Atlassian organization, for the Admin API.
#[derive(Clone)]
pub struct OrgKey(SecretString);

/// One half of a pair of credentials is there, the other is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{missing}` is not set, though its counterpart `{present}` is")]
pub struct MissingVariable {
    /// The name of the general variable that would complete the pair.
    pub missing: &'static str,
    /// The name of the variable that is set.
    pub present: String,
}

const CLIENT_ID: &str = "PORTCULLIS_CLIENT_ID";
const CLIENT_SECRET: &str = "PORTCULLIS_CLIENT_SECRET";
const EMAIL: &str = "PORTCULLIS_EMAIL";
const API_TOKEN: &str = "PORTCULLIS_API_TOKEN";

impl Credentials {
    /// Pairs an e-mail with its API token.
    pub fn new(email: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            token: SecretString::from(token.into()),
        }
    }

    /// Reads `PORTCULLIS_<SITE>_EMAIL` and `PORTCULLIS_<SITE>_API_TOKEN`, then the variables without the site.
    ///
    /// `lookup` gives the value of an environment variable; empty values count as absent. The site's key is
    /// upper-cased and its `-` become `_`. `None` means that neither half is set.
    ///
    /// # Errors
    /// When only one half of the pair is set, since a run without credentials would then be a surprise.
    pub fn from_env(
        site_key: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, MissingVariable> {
        let email = variable(site_key, "EMAIL", &lookup);
        let token = variable(site_key, "API_TOKEN", &lookup);
        match (email, token) {
            (Some((_, email)), Some((_, token))) => Ok(Some(Self::new(email, token))),
            (None, None) => Ok(None),
            (Some((present, _)), None) => Err(MissingVariable {
                missing: API_TOKEN,
                present,
            }),
            (None, Some((present, _))) => Err(MissingVariable {
                missing: EMAIL,
                present,
            }),
        }
    }

    /// Returns the e-mail of the account, which is not a secret.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Says whether they are exactly this pair.
    pub(crate) fn is(&self, email: &str, token: &str) -> bool {
        self.email == email && self.token.expose_secret() == token
    }

    /// Builds the `Authorization` header, marked as sensitive so that no HTTP log shows it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let pair = format!("{}:{}", self.email, self.token.expose_secret());
        sensitive(&format!("Basic {}", STANDARD.encode(pair)))
    }
}

impl ClientCredentials {
    /// Pairs a client id with its secret.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: SecretString::from(secret.into()),
        }
    }

    /// Reads `PORTCULLIS_<SITE>_CLIENT_ID` and `PORTCULLIS_<SITE>_CLIENT_SECRET`, then the variables without the site, as
    /// [`Credentials::from_env`] does.
    ///
    /// # Errors
    /// When only one half of the pair is set.
    pub fn from_env(
        site_key: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, MissingVariable> {
        let id = variable(site_key, "CLIENT_ID", &lookup);
        let secret = variable(site_key, "CLIENT_SECRET", &lookup);
        match (id, secret) {
            (Some((_, id)), Some((_, secret))) => Ok(Some(Self::new(id, secret))),
            (None, None) => Ok(None),
            (Some((present, _)), None) => Err(MissingVariable {
                missing: CLIENT_SECRET,
                present,
            }),
            (None, Some((present, _))) => Err(MissingVariable {
                missing: CLIENT_ID,
                present,
            }),
        }
    }

    /// Says whether they are exactly this pair.
    pub(crate) fn is(&self, id: &str, secret: &str) -> bool {
        self.id == id && self.secret.expose_secret() == secret
    }

    /// Builds the body of the request for a token. It goes to the transport as bytes, and into no log.
    pub(super) fn request(&self) -> Vec<u8> {
        let body = serde_json::json!({
            "grant_type": "client_credentials",
            "client_id": self.id,
            "client_secret": self.secret.expose_secret(),
        });
        body.to_string().into_bytes()
    }
}

/// A token that a service account was given, and when it ends.
#[derive(Clone)]
pub(super) struct Bearer {
    token: SecretString,
    /// By the connection's clock.
    pub(super) ends: Duration,
}

impl Bearer {
    pub(super) fn new(token: String, ends: Duration) -> Self {
        Self {
            token: SecretString::from(token),
            ends,
        }
    }

    /// Builds the `Authorization` header; `None` when the token holds what no header can carry.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        sensitive(&format!("Bearer {}", self.token.expose_secret()))
    }
}

impl OrgKey {
    /// Wraps an organization API key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(SecretString::from(key.into()))
    }

    /// Reads `PORTCULLIS_<SITE>_ORG_API_KEY`, then `PORTCULLIS_ORG_API_KEY`, as [`Credentials::from_env`] does.
    pub fn from_env(site_key: &str, lookup: impl Fn(&str) -> Option<String>) -> Option<Self> {
        variable(site_key, "ORG_API_KEY", &lookup).map(|(_, key)| Self::new(key))
    }

    /// Says whether it is exactly this key.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.0.expose_secret() == key
    }

    /// Builds the `Authorization` header; `None` when the key holds what no header can carry.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        sensitive(&format!("Bearer {}", self.0.expose_secret()))
    }
}

/// Returns the name and the value of the first variable that is set.
fn variable(
    site_key: &str,
    name: &str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Option<(String, String)> {
    let site = site_key.to_ascii_uppercase().replace('-', "_");
    [
        format!("PORTCULLIS_{site}_{name}"),
        format!("PORTCULLIS_{name}"),
    ]
    .into_iter()
    .find_map(|variable| {
        let value = lookup(&variable)?;
        // A secret store often hands values over with a line end, which no header can carry.
        let value = value.trim();
        (!value.is_empty()).then(|| (variable, value.to_owned()))
    })
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").finish_non_exhaustive()
    }
}

impl fmt::Debug for OrgKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrgKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = pairs.iter().find(|(key, _)| *key == name)?;
            Some(found.1.to_owned())
        }
    }

    #[test]
    fn the_variables_of_the_site_win_over_the_general_ones() {
        let lookup = of(&[
            ("PORTCULLIS_ACME_EU_EMAIL", "eu@acme.com"),
            ("PORTCULLIS_EMAIL", "all@acme.com"),
            ("PORTCULLIS_API_TOKEN", "t0ken\n"),
        ]);
        let found = Credentials::from_env("acme-eu", lookup).unwrap().unwrap();
        assert_eq!(found.email(), "eu@acme.com");
        assert_eq!(found.header().unwrap(), "Basic ZXVAYWNtZS5jb206dDBrZW4=");
    }

    #[test]
    fn half_a_pair_is_an_error_and_none_is_none() {
        let half = Credentials::from_env("acme", of(&[("PORTCULLIS_EMAIL", "a@b.c")]));
        let half = half.unwrap_err();
        assert_eq!(half.missing, "PORTCULLIS_API_TOKEN");
        assert_eq!(half.present, "PORTCULLIS_EMAIL");
        let own = of(&[("PORTCULLIS_ACME_API_TOKEN", "t")]);
        let half = Credentials::from_env("acme", own).unwrap_err();
        assert_eq!(half.missing, "PORTCULLIS_EMAIL");
        assert_eq!(half.present, "PORTCULLIS_ACME_API_TOKEN");
        let empty = Credentials::from_env("acme", of(&[("PORTCULLIS_EMAIL", " ")]));
        assert!(empty.unwrap().is_none());
    }

    #[test]
    fn a_client_has_an_id_and_a_secret() {
        let own = of(&[
            ("PORTCULLIS_ACME_CLIENT_ID", "acme"),
            ("PORTCULLIS_CLIENT_ID", "all"),
            ("PORTCULLIS_CLIENT_SECRET", "s\n"),
        ]);
        let found = ClientCredentials::from_env("acme", own).unwrap().unwrap();
        assert!(found.is("acme", "s"));
        let half = ClientCredentials::from_env("acme", of(&[("PORTCULLIS_CLIENT_ID", "all")]));
        assert_eq!(half.unwrap_err().missing, "PORTCULLIS_CLIENT_SECRET");
        let none = ClientCredentials::from_env("acme", of(&[]));
        assert!(none.unwrap().is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            Credentials::new("a@b.c", "s3cret"),
            OrgKey::new("s3cret"),
            ClientCredentials::new("id", "s3cret"),
            Bearer::new("s3cret".into(), Duration::ZERO),
            Credentials::new("a@b.c", "s3cret").header(),
            OrgKey::new("s3cret").header(),
        );
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(!shown.contains("YUBi"), "{shown}");
    }
}
