//! A request to be made, and the answer of one that succeeded.

use super::error::{ApiError, ErrorKind, shortened};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;

/// Whether a request may be made again after an attempt that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Doing it twice has the outcome of doing it once.
    Always,
    /// Only while it certainly was not sent: what creates something.
    IfUnsent,
}

/// The server and the credentials of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// The site, without credentials.
    Anonymous,
    /// The site's own origin, whatever the kind of token.
    Site,
    /// Jira: the site, or the API gateway for a scoped token.
    Jira,
    /// Confluence: the site, or the API gateway for a scoped token.
    Confluence,
    /// The API gateway, with the credentials of the site.
    Api,
    /// Where a service account gets its token; the transport adds what proves who it is.
    Token,
    /// The Admin API, with the organization's key.
    Admin,
}

/// A request to be made.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) base: Base,
    /// The path, its variable parts percent-encoded.
    pub(super) path: String,
    pub(super) query: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Option<Value>,
    pub(super) repeat: Repeat,
    /// Whether it changes something; a GraphQL query is a POST that does not.
    pub(super) writes: bool,
    /// The right that the operation needs, for the message of a refusal.
    pub(super) right: Option<&'static str>,
    /// Whether to send the header that undocumented endpoints want against cross-site requests.
    pub(super) no_check: bool,
    /// Whether the operator described it: nobody knows what its answers hold, so their text is never quoted.
    pub(super) described: bool,
}

impl Call {
    pub(super) fn get(base: Base, path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            base,
            path: path.into(),
            query: Vec::new(),
            body: None,
            repeat: Repeat::Always,
            writes: false,
            right: None,
            no_check: false,
            described: false,
        }
    }

    pub(super) fn write(
        method: Method,
        base: Base,
        path: impl Into<String>,
        repeat: Repeat,
    ) -> Self {
        Self {
            method,
            repeat,
            writes: true,
            ..Self::get(base, path)
        }
    }

    pub(super) fn query(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl ToString,
    ) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn right(mut self, right: &'static str) -> Self {
        self.right = Some(right);
        self
    }

    /// Makes an error about this request; its query, which may hold addresses, is left out.
    pub(super) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> ApiError {
        ApiError::new(kind, message).of_call(self.method.as_str(), &self.path)
    }
}

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Body {
    /// Text, whatever it says.
    Text(String),
    /// Nothing that could be read; reads after "the answer ".
    Unfit(&'static str),
}

impl Body {
    /// Returns the text; an unfit body has none.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Unfit(_) => "",
        }
    }
}

/// The body of a successful answer, with what an error about it needs.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) call: Call,
    body: Body,
    html: bool,
    request_id: Option<String>,
}

impl Answer {
    pub(super) fn new(call: Call, body: Body, html: bool, request_id: Option<String>) -> Self {
        Self {
            call,
            body,
            html,
            request_id,
        }
    }

    /// Reads the body.
    ///
    /// # Errors
    /// `Unreadable` when it is not the expected JSON; `Uncertain` for what creates something, which may be there now.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        let text = match &self.body {
            Body::Text(text) => text,
            Body::Unfit(why) => return Err(self.unreadable(format!("the answer {why}"))),
        };
        serde_json::from_str(text).map_err(|error| {
            if self.html || text.trim_start().starts_with('<') {
                self.unreadable("the answer is HTML instead of JSON")
                    .with_hint("check that the `url` is that of a Jira site; a proxy or a login page may have answered in its place")
            } else {
                let error = shortened(&error.to_string());
                self.unreadable(format!("the answer is not as documented: {error}"))
            }
        })
    }

    /// Makes an error about the content of this answer.
    pub(super) fn unreadable(&self, message: impl Into<String>) -> ApiError {
        let kind = match self.call.repeat {
            Repeat::IfUnsent => ErrorKind::Uncertain,
            Repeat::Always => ErrorKind::Unreadable,
        };
        self.call
            .error(kind, message)
            .with_request_id(self.request_id.clone())
    }

    pub(super) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> ApiError {
        let right = self.call.right.filter(|_| kind == ErrorKind::Forbidden);
        self.call
            .error(kind, message)
            .with_right(right)
            .with_request_id(self.request_id.clone())
    }
}
