//! Why a request got no answer, in words: which host, by which proxy, what happened, and what to look at.

/// What is told of a request without an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) message: String,
    pub(super) hint: String,
}

/// Says what became of a request. `proxy` is the variable that names the proxy on the way.
pub(super) fn told(error: &reqwest::Error, proxy: Option<&'static str>) -> Told {
    let host = error.url().and_then(place);
    // The innermost cause ("connection refused") helps; the outer layers repeat the URL with its query.
    let mut cause = None;
    let mut next = std::error::Error::source(error);
    while let Some(inner) = next {
        next = inner.source();
        cause = Some(inner.to_string());
    }
    Told::of(host.as_deref(), error.is_timeout(), cause.as_deref(), proxy)
}

/// The host, with the port where it is not the usual one.
fn place(url: &url::Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// What went wrong on the way, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Nobody knows a host of that name.
    Name,
    /// A certificate that this machine does not trust.
    Certificate,
    /// Something else than TLS, or than HTTP, answered.
    Language,
    /// The proxy wants to know who asks.
    ProxyLogin,
    /// The proxy leads to no such place.
    ProxyRefuses,
    /// Somebody hung up.
    Closed,
    /// Anything else, as its own words say.
    Other,
}

impl Trouble {
    fn of(cause: &str) -> Self {
        let says = |words: &[&str]| words.iter().any(|word| cause.contains(word));
        if says(&["lookup address", "dns error", "No such host"]) {
            Self::Name
        } else if says(&["certificate"]) {
            Self::Certificate
        } else if says(&["corrupt message", "HTTP version"]) {
            Self::Language
        } else if says(&["proxy authorization required"]) {
            Self::ProxyLogin
        } else if says(&["tunnel error"]) {
            Self::ProxyRefuses
        } else if says(&["close_notify", "closed before message", "unexpected eof"]) {
            Self::Closed
        } else {
            Self::Other
        }
    }
}

impl Told {
    fn of(
        host: Option<&str>,
        timeout: bool,
        cause: Option<&str>,
        proxy: Option<&'static str>,
    ) -> Self {
        let trouble = cause.map_or(Trouble::Other, Trouble::of);
        let through = proxy.map_or(String::new(), |variable| {
            format!(" through the proxy that `{variable}` names")
        });
        let host = host.unwrap_or("the service");
        let what = match (trouble, cause) {
            (Trouble::Name, _) => Some("no host of that name is known".to_owned()),
            (Trouble::Certificate, Some(cause)) => Some(format!(
                "its certificate is not trusted ({})",
                cause.trim_start_matches("invalid peer certificate: ")
            )),
            (Trouble::Language, _) => Some("what answers there speaks something else".to_owned()),
            (Trouble::ProxyLogin, _) => Some("the proxy wants a name and a password".to_owned()),
            (Trouble::ProxyRefuses, _) => Some("the proxy refuses to lead there".to_owned()),
            (Trouble::Closed, _) => Some("it was closed before there was an answer".to_owned()),
            (Trouble::Other, cause) => cause.map(str::to_owned),
            (Trouble::Certificate, None) => None,
        };
        let mut message = match timeout {
            true => format!("no answer of `{host}` in time{through}"),
            false => format!("the connection to `{host}` failed{through}"),
        };
        if let Some(what) = what {
            message = format!("{message}: {what}");
        }
        Self {
            message,
            hint: hint(trouble, proxy),
        }
    }
}

fn hint(trouble: Trouble, proxy: Option<&'static str>) -> String {
    match (trouble, proxy) {
        (Trouble::Certificate, _) => {
            "where a proxy or a firewall opens encrypted connections, its root certificate belongs into this machine's store, or into a file \
             that `SSL_CERT_FILE` names; nothing was sent"
                .to_owned()
        }
        (Trouble::ProxyLogin, Some(variable)) => {
            format!("write them into `{variable}`, as in `http://NAME:PASSWORD@HOST:PORT`")
        }
        (_, Some(variable)) => format!(
            "check the `url` of the site and the proxy that `{variable}` names; hosts in `NO_PROXY` are reached without it"
        ),
        (_, None) => {
            "check the `url` of the site and that this machine reaches it; behind a proxy, `HTTPS_PROXY` names it"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cause: &str, proxy: Option<&'static str>) -> (String, String) {
        let told = Told::of(Some("acme.atlassian.net"), false, Some(cause), proxy);
        (told.message, told.hint)
    }

    #[test]
    fn the_way_is_named_and_what_happened_in_words_of_ours() {
        let proxy = Some("HTTPS_PROXY");
        let causes = [
            (
                "failed to lookup address information: Name or service not known",
                "no host of that name is known",
            ),
            (
                "invalid peer certificate: UnknownIssuer",
                "its certificate is not trusted (UnknownIssuer)",
            ),
            (
                "received corrupt message of type InvalidContentType",
                "what answers there speaks something else",
            ),
            (
                "invalid HTTP version parsed",
                "what answers there speaks something else",
            ),
            (
                "tunnel error: proxy authorization required",
                "the proxy wants a name and a password",
            ),
            (
                "tunnel error: unsuccessful",
                "the proxy refuses to lead there",
            ),
            (
                "peer closed connection without sending TLS close_notify: https://docs.rs/rustls",
                "it was closed before there was an answer",
            ),
            (
                "Connection refused (os error 111)",
                "Connection refused (os error 111)",
            ),
        ];
        for (cause, words) in causes {
            let (message, _) = of(cause, proxy);
            assert_eq!(
                message,
                format!(
                    "the connection to `acme.atlassian.net` failed through the proxy that `HTTPS_PROXY` names: {words}"
                )
            );
            let (message, _) = of(cause, None);
            assert_eq!(
                message,
                format!("the connection to `acme.atlassian.net` failed: {words}")
            );
        }
    }

    #[test]
    fn the_hint_is_of_the_trouble() {
        let (_, hint) = of("invalid peer certificate: UnknownIssuer", None);
        assert!(hint.contains("`SSL_CERT_FILE`"), "{hint}");
        let (_, hint) = of(
            "tunnel error: proxy authorization required",
            Some("https_proxy"),
        );
        assert!(
            hint.contains("`https_proxy`") && hint.contains("NAME:PASSWORD@"),
            "{hint}"
        );
        let (_, hint) = of("Connection refused (os error 111)", Some("ALL_PROXY"));
        assert!(
            hint.contains("`ALL_PROXY`") && hint.contains("`NO_PROXY`"),
            "{hint}"
        );
        let (_, hint) = of("Connection refused (os error 111)", None);
        assert!(hint.contains("`HTTPS_PROXY`"), "{hint}");
    }

    #[test]
    fn a_port_is_told_where_it_is_not_the_usual_one() {
        let place = |text: &str| place(&url::Url::parse(text).unwrap());
        assert_eq!(
            place("http://127.0.0.1:9/x?q=1").as_deref(),
            Some("127.0.0.1:9")
        );
        assert_eq!(
            place("https://acme.atlassian.net/x").as_deref(),
            Some("acme.atlassian.net")
        );
    }
}
