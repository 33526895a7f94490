//! Which hosts may receive a token (contract, section 8): a pull request that edits `url` cannot carry one away.

use url::{Host, Url};

/// The scheme, host and port of a server that may receive a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    url: Url,
    loopback: bool,
}

/// Why an address may not receive a token; reads after "the address is refused: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is no address at all.
    #[error("`{0}` is not an address such as `https://acme.atlassian.net`")]
    NotAnAddress(String),
    /// It names a user or a password, which misleads readers about the host.
    #[error("it holds a user name or a password before the host `{0}`")]
    UserInfo(String),
    /// It is not written as it is used: a reader would see one host, and another one would be asked.
    #[error("it is asked for as `{0}`: write that")]
    Unlike(String),
    /// It holds a path, a query or a fragment, where only scheme and host are wanted.
    #[error("it goes on after the host `{0}`: give the scheme and the host only")]
    Tail(String),
    /// A token would travel in the clear.
    #[error("`{0}` would get a token without encryption: use `https`")]
    Plain(String),
    /// An Atlassian host with a port that Atlassian does not use.
    #[error("port {1} of `{0}` is not Atlassian's")]
    Port(String, u16),
    /// A host that may not receive a token.
    #[error("`{0}` may not receive a token: {1}")]
    Host(String, &'static str),
}

const SITES: &str = "a site is `https://<name>.atlassian.net`, or on this machine for tests; custom domains do not take API tokens";
const API: &str = "the API is `https://api.atlassian.com`, or on this machine for tests";

impl OriginError {
    /// Says whether the address is not written as one, rather than one of a host that may not receive a token.
    pub const fn is_miswritten(&self) -> bool {
        !matches!(self, Self::Host(..))
    }
}

impl Origin {
    /// Checks the address of a site: `https://<name>.atlassian.net`, or `http` on loopback.
    ///
    /// # Errors
    /// When the address may not receive a token; the error names the host.
    pub fn site(text: &str) -> Result<Self, OriginError> {
        let site = |host: &str| {
            host.strip_suffix(".atlassian.net")
                .is_some_and(|name| !name.is_empty())
        };
        Self::checked(text, site, SITES)
    }

    /// Checks the address of the API gateway: `https://api.atlassian.com`, or `http` on loopback.
    ///
    /// # Errors
    /// When the address may not receive a token; the error names the host.
    pub fn api(text: &str) -> Result<Self, OriginError> {
        Self::checked(text, |host| host == "api.atlassian.com", API)
    }

    /// Returns where a service account gets its token for a site: `https://auth.atlassian.com`, or the same origin on loopback.
    ///
    /// # Errors
    /// None for a site that was checked.
    pub fn auth(site: &Self) -> Result<Self, OriginError> {
        match site.loopback {
            true => Ok(site.clone()),
            false => Self::checked(
                "https://auth.atlassian.com",
                |host| host == "auth.atlassian.com",
                API,
            ),
        }
    }

    /// Says whether the server runs on this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Returns the host, as `acme.atlassian.net`.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns the origin as text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    fn checked(
        text: &str,
        atlassian: impl Fn(&str) -> bool,
        rule: &'static str,
    ) -> Result<Self, OriginError> {
        let not_an_address = || OriginError::NotAnAddress(text.to_owned());
        let url = Url::parse(text).map_err(|_| not_an_address())?;
        let host = url.host().ok_or_else(not_an_address)?;
        let name = host.to_string();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OriginError::UserInfo(name));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(OriginError::Tail(name));
        }
        let used = url.as_str().trim_end_matches('/');
        if text.strip_suffix('/').unwrap_or(text) != used {
            return Err(OriginError::Unlike(used.to_owned()));
        }
        let loopback = match &host {
            Host::Domain(domain) => *domain == "localhost",
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        if loopback {
            return match url.scheme() {
                "http" => Ok(Self { url, loopback }),
                _ => Err(OriginError::Host(name, rule)),
            };
        }
        if !atlassian(&name) {
            return Err(OriginError::Host(name, rule));
        }
        match (url.scheme(), url.port()) {
            ("https", None) => Ok(Self { url, loopback }),
            ("https", Some(port)) => Err(OriginError::Port(name, port)),
            _ => Err(OriginError::Plain(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However the text is pieced together, what is accepted leads to Atlassian over TLS or to this machine.
        #[test]
        fn whatever_is_accepted_may_receive_a_token(
            scheme in prop::sample::select(vec!["https://", "http://"]),
            pieces in prop::collection::vec(prop::sample::select(vec![
                "acme", ".", "acme.atlassian.net", "api.atlassian.com", "evil.example", "@", ":",
                "443", "8080", "/", "\\", "#", "?", "localhost", "127.0.0.1", "[::1]", "%2e", "\u{3002}", "\t",
            ]), 1..5),
        ) {
            let text = format!("{scheme}{}", pieces.concat());
            for origin in [Origin::site(&text), Origin::api(&text)].into_iter().flatten() {
                let host = origin.url.host_str().unwrap();
                let atlassian = host == "api.atlassian.com" || host.ends_with(".atlassian.net");
                prop_assert!(text.is_ascii() && text.trim_end_matches('/') == origin.as_str(), "{}", text);
                let local = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
                prop_assert!(local || (atlassian && origin.url.scheme() == "https"), "{}", text);
                prop_assert!(origin.url.username().is_empty());
                prop_assert_eq!(origin.is_loopback(), local);
            }
        }
    }

    #[test]
    fn sites_the_api_and_loopback_may_receive_a_token() {
        for text in [
            "https://acme.atlassian.net",
            "https://acme.atlassian.net/",
            "http://127.0.0.1:8080",
            "http://127.8.9.1",
            "http://[::1]:81",
            "http://localhost:1",
        ] {
            assert!(Origin::site(text).is_ok(), "{text}");
        }
        assert!(Origin::api("https://api.atlassian.com").is_ok());
        assert_eq!(
            Origin::site("http://localhost:1/").unwrap().as_str(),
            "http://localhost:1"
        );
    }

    #[test]
    fn anything_else_is_refused_and_the_host_is_named() {
        for (text, host) in [
            ("http://acme.atlassian.net", "acme.atlassian.net"),
            ("https://acme.atlassian.net:8443", "acme.atlassian.net"),
            ("https://acme.atlassian.net.evil.example", "evil.example"),
            ("https://evilatlassian.net", "evilatlassian.net"),
            ("https://atlassian.net", "atlassian.net"),
            ("https://.atlassian.net", ".atlassian.net"),
            // What is read is what is asked: no other letters, no other forms of the same.
            ("https://\u{430}cme.atlassian.net", "xn--"),
            (
                "https://acme.atlassian\u{3002}net",
                "`https://acme.atlassian.net`",
            ),
            (
                "https://acme\u{ff0e}atlassian.net",
                "`https://acme.atlassian.net`",
            ),
            (
                "https://ac\u{ad}me.atlassian.net",
                "`https://acme.atlassian.net`",
            ),
            (
                "https://ac\tme.atlassian.net",
                "`https://acme.atlassian.net`",
            ),
            (
                " https://acme.atlassian.net",
                "`https://acme.atlassian.net`",
            ),
            ("https:acme.atlassian.net", "`https://acme.atlassian.net`"),
            ("https://ACME.atlassian.net", "`https://acme.atlassian.net`"),
            (
                "https://acme.atlassian.net:443",
                "`https://acme.atlassian.net`",
            ),
            ("http://127.1:8080", "`http://127.0.0.1:8080`"),
            ("http://0x7f000001", "`http://127.0.0.1`"),
            ("https://acme.atlassian.net.", "acme.atlassian.net."),
            ("https://acme.atlassian.net@evil.example", "evil.example"),
            // A backslash ends the host for this parser, as for a browser.
            (
                "https://acme.atlassian.net\\@evil.example",
                "acme.atlassian.net",
            ),
            ("https://u:p@acme.atlassian.net", "acme.atlassian.net"),
            ("https://acme.atlassian.net/x", "acme.atlassian.net"),
            ("https://support.acme.com", "support.acme.com"),
            ("https://127.0.0.1", "127.0.0.1"),
            ("http://127.0.0.1.evil.example", "evil.example"),
            ("http://localhost.evil.example", "evil.example"),
            ("http://10.0.0.1", "10.0.0.1"),
            ("http://0.0.0.0", "0.0.0.0"),
            ("http://[::ffff:10.0.0.1]", "ffff"),
            ("https://api.atlassian.com", "api.atlassian.com"),
            ("file:///etc/passwd", "file"),
            ("acme.atlassian.net", "acme"),
        ] {
            let error = Origin::site(text).expect_err(text).to_string();
            assert!(error.contains(host), "{text}: {error}");
        }
        assert!(Origin::api("https://evil.atlassian.net").is_err());
    }
}
