//! Which credentials a site gets: those of the environment, where the environment allows the host, and on this machine
//! none that are of use elsewhere.
//!
//! A workspace names its sites, and a pull request edits the workspace. So the host that a token goes to is bounded by what
//! the workspace cannot write: `PORTCULLIS_ALLOWED_SITES` names the hosts of a pipeline, and a program that listens on this machine,
//! which anybody may have started, gets nothing but what everybody knows.

use crate::emulator;
use crate::jsm::{ClientCredentials, Credentials, MissingVariable, OrgKey};
use crate::model::Origin;

/// Names the hosts that may get a token, separated by commas or spaces. Set and empty, it lets nothing through.
const ALLOWED_SITES: &str = "PORTCULLIS_ALLOWED_SITES";
/// Allows, as `1`, any credentials on this machine.
const ALLOW_LOOPBACK: &str = "PORTCULLIS_ALLOW_LOOPBACK";

/// What is sent to a site.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) credentials: Option<Credentials>,
    pub(super) client: Option<ClientCredentials>,
    pub(super) org_key: Option<OrgKey>,
}

/// Why nothing is sent to a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Half a pair of credentials.
    #[error(transparent)]
    Half(#[from] MissingVariable),
    /// The environment names the hosts, and this is none of them.
    #[error(
        "`{host}` is none of the hosts that `PORTCULLIS_ALLOWED_SITES` names, so nothing was sent"
    )]
    NotAllowed {
        /// The host of the site's address.
        host: String,
    },
    /// Credentials that are not the sandbox's, for a program on this machine.
    #[error(
        "`{address}` is a program on this machine, and the {what} not the sandbox's: nothing was sent"
    )]
    Loopback {
        /// The address.
        address: String,
        /// What was held back, with its verb.
        what: &'static str,
    },
}

impl TokenError {
    /// Returns what helps.
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Half(_) => Some(
                "set both, or neither; an empty value counts as none, and `portcullis doctor` says how to make a token",
            ),
            Self::NotAllowed { .. } => Some(
                "whoever runs the program allows a host, by adding it to that variable; the workspace cannot",
            ),
            Self::Loopback { .. } => Some(
                "unset them, so that the sandbox's own are used, or set `PORTCULLIS_ALLOW_LOOPBACK=1` where that program may have them",
            ),
        }
    }
}

impl Tokens {
    /// Takes the credentials of a site from the environment.
    ///
    /// On this machine the sandbox's own stand in where none are set; whatever else is set is held back, and never
    /// replaced in silence.
    pub(super) fn of(
        key: &str,
        site: &Origin,
        api: Option<&Origin>,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, TokenError> {
        if let Some(allowed) = lookup(ALLOWED_SITES)
            && !names(&allowed, site.host())
        {
            return Err(TokenError::NotAllowed {
                host: site.host().to_owned(),
            });
        }
        let found = Self {
            credentials: Credentials::from_env(key, &lookup)?,
            client: ClientCredentials::from_env(key, &lookup)?,
            org_key: OrgKey::from_env(key, &lookup),
        };
        let local = [Some(site), api]
            .into_iter()
            .flatten()
            .find(|origin| origin.is_loopback());
        match local {
            None => Ok(found),
            Some(_) if lookup(ALLOW_LOOPBACK).as_deref() == Some("1") => Ok(found),
            Some(local) => found.of_the_sandbox(local),
        }
    }

    /// Says whether the environment has a service account's client id and secret for a site, and no API token.
    pub(super) fn is_client_alone(key: &str, lookup: impl Fn(&str) -> Option<String>) -> bool {
        let client = ClientCredentials::from_env(key, &lookup);
        matches!(client, Ok(Some(_))) && matches!(Credentials::from_env(key, &lookup), Ok(None))
    }

    /// Lets through what is the sandbox's, and puts it in where nothing is set.
    fn of_the_sandbox(self, local: &Origin) -> Result<Self, TokenError> {
        let held_back = |what| TokenError::Loopback {
            address: local.as_str().to_owned(),
            what,
        };
        let known = |credentials: &Credentials| {
            let mut pairs = emulator::CALLERS.iter();
            pairs.any(|(email, token)| credentials.is(email, token))
        };
        let (id, secret) = emulator::OAUTH_CLIENT;
        match (&self.credentials, &self.client, &self.org_key) {
            (Some(credentials), ..) if !known(credentials) => {
                Err(held_back("e-mail and the API token in the environment are"))
            }
            (_, Some(client), _) if !client.is(id, secret) => {
                Err(held_back("client id and the secret in the environment are"))
            }
            (.., Some(key)) if !key.is(emulator::ORG_KEY) => {
                Err(held_back("organization's API key in the environment is"))
            }
            (None, None, None) => Ok(Self::sandbox()),
            _ => Ok(self),
        }
    }

    /// Returns the sandbox's caller with every right, and its key.
    pub(super) fn sandbox() -> Self {
        let [(email, token), _] = emulator::CALLERS;
        Self {
            credentials: Some(Credentials::new(email, token)),
            client: Some(ClientCredentials::new(
                emulator::OAUTH_CLIENT.0,
                emulator::OAUTH_CLIENT.1,
            )),
            org_key: Some(OrgKey::new(emulator::ORG_KEY)),
        }
    }
}

/// Says whether a list of hosts holds one.
fn names(list: &str, host: &str) -> bool {
    list.split([',', ' ', '\t', '\n', '\r'])
        .any(|entry| entry.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: [(&str, &str); 2] = [
        ("PORTCULLIS_EMAIL", "jo@acme.com"),
        ("PORTCULLIS_API_TOKEN", "t0ken"),
    ];
    const AGENT: [(&str, &str); 2] = [
        ("PORTCULLIS_EMAIL", "agent@sandbox.example"),
        ("PORTCULLIS_API_TOKEN", "sandbox-agent"),
    ];

    fn of(site: &str, api: Option<&str>, set: &[(&str, &str)]) -> Result<Tokens, TokenError> {
        let lookup = |name: &str| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let api = api.map(|api| Origin::api(api).unwrap());
        Tokens::of("acme", &Origin::site(site).unwrap(), api.as_ref(), lookup)
    }

    fn email(tokens: Result<Tokens, TokenError>) -> Option<String> {
        let credentials = tokens.unwrap().credentials;
        credentials.map(|credentials| credentials.email().to_owned())
    }

    #[test]
    fn the_hosts_that_the_environment_names_are_the_only_ones() {
        let site = "https://acme.atlassian.net";
        for allowed in [
            "acme.atlassian.net",
            "other.atlassian.net, ACME.atlassian.net",
            "a.b\nacme.atlassian.net",
        ] {
            let set = [REAL.as_slice(), &[(ALLOWED_SITES, allowed)]].concat();
            assert_eq!(email(of(site, None, &set)).as_deref(), Some("jo@acme.com"));
        }
        for allowed in [
            "",
            " ",
            "atlassian.net",
            "cme.atlassian.net",
            "*",
            "https://acme.atlassian.net",
        ] {
            let set = [REAL.as_slice(), &[(ALLOWED_SITES, allowed)]].concat();
            let refused = TokenError::NotAllowed {
                host: "acme.atlassian.net".into(),
            };
            assert_eq!(of(site, None, &set).unwrap_err(), refused, "{allowed}");
        }
        // It is the site's host that counts, also where requests go to the API's.
        let set = [REAL.as_slice(), &[(ALLOWED_SITES, "api.atlassian.com")]].concat();
        assert!(of(site, Some("https://api.atlassian.com"), &set).is_err());
        let set = [AGENT.as_slice(), &[(ALLOWED_SITES, "acme.atlassian.net")]].concat();
        assert!(of("http://127.0.0.1:1", None, &set).is_err());
    }

    #[test]
    fn on_this_machine_only_what_everybody_knows_is_sent() {
        let here = "http://127.0.0.1:4000";
        let admin = Some("admin@sandbox.example");
        assert_eq!(email(of(here, None, &[])).as_deref(), admin);
        assert_eq!(
            email(of(here, None, &AGENT)).as_deref(),
            Some("agent@sandbox.example")
        );
        assert!(of(here, None, &AGENT).unwrap().org_key.is_none());
        let held = of(here, None, &REAL).unwrap_err();
        assert!(
            held.to_string().contains("`http://127.0.0.1:4000`"),
            "{held}"
        );
        assert!(held.hint().unwrap().contains("PORTCULLIS_ALLOW_LOOPBACK=1"));
        // The pairs are pairs: one caller's address with the other's token is nobody's.
        let mixed = [AGENT[0], ("PORTCULLIS_API_TOKEN", "sandbox-admin")];
        assert!(of(here, None, &mixed).is_err());
        let key = [AGENT[0], AGENT[1], ("PORTCULLIS_ORG_API_KEY", "real")];
        assert!(of(here, None, &key).is_err());
        assert!(of(here, None, &[("PORTCULLIS_ORG_API_KEY", "real")]).is_err());
        assert!(
            of(
                here,
                None,
                &[("PORTCULLIS_ACME_ORG_API_KEY", "sandbox-org-key")]
            )
            .is_ok()
        );
        for (consent, ok) in [("1", true), ("", false), ("0", false), ("true", false)] {
            let set = [REAL.as_slice(), &[(ALLOW_LOOPBACK, consent)]].concat();
            assert_eq!(of(here, None, &set).is_ok(), ok, "{consent}");
        }
    }

    #[test]
    fn a_service_account_is_held_back_from_this_machine_too() {
        let here = "http://127.0.0.1:4000";
        let id = ("PORTCULLIS_CLIENT_ID", "sandbox-client");
        let known = [id, ("PORTCULLIS_CLIENT_SECRET", "sandbox-client-secret")];
        let tokens = of(here, None, &known).unwrap();
        assert!(tokens.client.is_some() && tokens.credentials.is_none());
        assert!(of(here, None, &[]).unwrap().client.is_some());
        let real = [id, ("PORTCULLIS_CLIENT_SECRET", "real")];
        let held = of(here, None, &real).unwrap_err().to_string();
        assert!(held.contains("client id and the secret"), "{held}");
        assert!(of("https://acme.atlassian.net", None, &real).is_ok());
        assert!(of(here, None, &[id]).is_err(), "half a pair");
    }

    #[test]
    fn an_api_on_this_machine_gets_no_token_of_a_real_site() {
        let site = "https://acme.atlassian.net";
        assert!(of(site, Some("http://localhost:1"), &REAL).is_err());
        assert!(of(site, Some("https://api.atlassian.com"), &REAL).is_ok());
        assert!(of(site, None, &[]).unwrap().credentials.is_none());
    }
}
