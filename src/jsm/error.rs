//! What can go wrong between Portcullis and Atlassian: one error type with a kind, the service's words, and a hint.

use crate::model::{Incomplete, OriginError};
use crate::neutral::phrase::{Phrase, foreign, prose};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What a failed request means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The address may not receive a token; nothing was sent.
    Host,
    /// No connection, or none that lasted; for a write, it was not sent.
    Unreachable,
    /// Credentials are missing or refused.
    Unauthorized,
    /// The account lacks a right, see [`ApiError::right`].
    Forbidden,
    /// The service says, in its own words, that the object does not exist.
    NotFound,
    /// It exists already.
    Conflict,
    /// The service refused the content of the request.
    Rejected,
    /// The service wanted the header of experimental operations (412).
    ExperimentalHeader,
    /// The service went on asking to wait; the request was not carried out.
    RateLimited,
    /// The request budget of this run is spent; the request was not sent.
    BudgetSpent,
    /// The answer is not JSON, or lacks a needed field.
    Unreadable,
    /// A write that may or may not have taken effect: read again before repeating it.
    Uncertain,
    /// A write that the service accepted and that reading back does not show.
    NotTaken,
    /// The service failed.
    Server,
}

/// A failed request. Holds the path without its query, and never a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    call: Option<(String, String)>,
    status: Option<u16>,
    message: String,
    /// Whether the message is the service's.
    quoted: bool,
    i18n_key: Option<String>,
    request_id: Option<String>,
    right: Option<&'static str>,
    retry_after: Option<Duration>,
    hint: Option<Cow<'static, str>>,
}

impl ApiError {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            call: None,
            status: None,
            message: message.into(),
            quoted: false,
            i18n_key: None,
            request_id: None,
            right: None,
            retry_after: None,
            hint: None,
        }))
    }

    /// Makes the error of an address that may not receive a token; `field` is the key that holds it.
    pub(crate) fn refused_address(field: &str, error: &OriginError) -> Self {
        Self::new(
            ErrorKind::Host,
            format!("the `{field}` of the site is refused: {error}"),
        )
    }

    pub(super) fn of_call(mut self, method: &str, path: &str) -> Self {
        self.0.call = Some((method.to_owned(), path.to_owned()));
        self
    }

    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(super) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    pub(super) fn with_right(mut self, right: Option<&'static str>) -> Self {
        self.0.right = right;
        self
    }

    pub(super) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(super) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(super) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Says that the message is the service's.
    pub(super) fn quoted(mut self) -> Self {
        self.0.quoted = true;
        self
    }

    pub(super) fn with_i18n_key(mut self, key: Option<String>) -> Self {
        self.0.i18n_key = key;
        self
    }

    /// Returns what the failure means.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the HTTP method and the path, where a request was about to be made.
    pub fn call(&self) -> Option<(&str, &str)> {
        let (method, path) = self.0.call.as_ref()?;
        Some((method, path))
    }

    /// Returns the HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the service's message, or ours where it gave none.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns JSM's language-independent key of the message.
    pub fn i18n_key(&self) -> Option<&str> {
        self.0.i18n_key.as_deref()
    }

    /// Returns the id under which Atlassian's support finds the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the right that the operation needs, for a refused one.
    pub fn right(&self) -> Option<&'static str> {
        self.0.right
    }

    /// Returns how long the service asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns a sentence that helps, where there is one; a refused right is named.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        if let Some(hint) = &self.0.hint {
            return Some(hint.clone());
        }
        if let Some(right) = self.0.right {
            return Some(format!("the account must be or have: {right}").into());
        }
        let hint = match self.0.kind {
            ErrorKind::BudgetSpent => {
                "raise `--budget`, or narrow the run with `--site` or `--target`"
            }
            ErrorKind::RateLimited => "run again later, or with a lower `--concurrency`",
            ErrorKind::Uncertain => {
                "the change may have taken effect: running again reads the site first"
            }
            ErrorKind::Unreachable => {
                "check the `url` of the site and that this machine reaches it"
            }
            ErrorKind::ExperimentalHeader => {
                "something between this machine and Atlassian removes the header `X-ExperimentalApi`"
            }
            _ => return None,
        };
        Some(hint.into())
    }

    /// Says what failed and what the service said.
    pub fn words(&self) -> Phrase {
        let inner = &self.0;
        let call = inner.call.as_ref();
        let call = call.map(|(method, path)| foreign(format!("{method} {path}")));
        let words = match (call, inner.status) {
            (Some(call), Some(status)) => call.word(&format!(" was answered with {status}: ")),
            (Some(call), None) => call.word(": "),
            (None, _) => Phrase::default(),
        };
        let words = words.then(&match inner.quoted {
            true => prose(&inner.message),
            false => Phrase::read(&inner.message),
        });
        match &inner.request_id {
            Some(id) => words.word(" (request ").key(id).word(")"),
            None => words,
        }
    }

    /// Returns the error as the reason why something could not be read whole.
    pub fn incomplete(&self) -> Incomplete {
        let words = self.words();
        let why = match self.hint() {
            Some(hint) => words.word("; ").then(&Phrase::read(&hint)),
            None => words,
        };
        Incomplete {
            why,
            forbidden: matches!(
                self.0.kind,
                ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::Host
            ),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

impl std::error::Error for ApiError {}

/// What a service said about a failure.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) message: String,
    pub(super) i18n_key: Option<String>,
}

/// Reads the error bodies of JSM, Jira, the Admin API and the gateway; `None` when it is none of them.
pub(super) fn said(body: &str) -> Option<Said> {
    let value: Value = serde_json::from_str(body).ok().filter(Value::is_object)?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(value.get("errorMessage").and_then(text));
    if let Some(messages) = value.get("errorMessages").and_then(Value::as_array) {
        parts.extend(messages.iter().filter_map(text));
    }
    match value.get("errors") {
        Some(Value::Object(fields)) => {
            parts.extend(
                fields
                    .iter()
                    .filter_map(|(field, message)| Some(format!("{field}: {}", message.as_str()?))),
            );
        }
        Some(Value::Array(errors)) => {
            for error in errors {
                let detail = ["detail", "title", "message", "code"]
                    .iter()
                    .find_map(|key| error.get(key).and_then(text));
                parts.extend(detail);
            }
        }
        _ => {}
    }
    if parts.is_empty() {
        parts.extend(
            ["message", "error_description", "error"]
                .iter()
                .find_map(|key| value.get(key).and_then(text)),
        );
    }
    let i18n_key = value
        .pointer("/i18nErrorMessage/i18nKey")
        .and_then(text)
        .filter(|key| !key.is_empty());
    let message = if parts.is_empty() {
        "no reason was given".to_owned()
    } else {
        shortened(&parts.join("; "))
    };
    Some(Said { message, i18n_key })
}

/// Brings foreign text to one line of bounded length without control characters, such as those that steer a terminal.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 400;
    let line = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let mut chars = line.chars();
    let mut short: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_surface_s_error_body_is_read() {
        let message = |body: &str| said(body).unwrap().message;
        let jsm =
            r#"{"errorMessage":"Not here.","i18nErrorMessage":{"i18nKey":"sd.x","parameters":[]}}"#;
        assert_eq!(message(jsm), "Not here.");
        assert_eq!(said(jsm).unwrap().i18n_key.as_deref(), Some("sd.x"));
        assert_eq!(
            message(r#"{"errorMessages":["A","B"],"errors":{"name":"too long"},"status":400}"#),
            "A; B; name: too long"
        );
        assert_eq!(
            message(
                r#"{"errors":[{"id":"1","status":404,"code":"ADMIN-1","title":"T","detail":"D"}]}"#
            ),
            "D"
        );
        assert_eq!(
            message(r#"{"code":401,"message":"Unauthorized; scope does not match"}"#),
            "Unauthorized; scope does not match"
        );
        assert_eq!(message("{}"), "no reason was given");
        assert_eq!(said("<html>"), None);
        assert_eq!(said("[]"), None);
    }

    #[test]
    fn missing_rights_are_told_apart_from_unreadable_answers() {
        let forbidden =
            ApiError::new(ErrorKind::Forbidden, "no").with_right(Some("Jira administrator"));
        assert!(forbidden.incomplete().forbidden);
        assert!(
            forbidden
                .incomplete()
                .why
                .to_string()
                .contains("Jira administrator")
        );
        assert!(
            !ApiError::new(ErrorKind::Unreadable, "x")
                .incomplete()
                .forbidden
        );
    }
}
