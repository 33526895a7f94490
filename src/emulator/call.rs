//! One request as the imitated operations see it, and the answer they give.

use super::accounts::Account;
use super::audit::Author;
use super::oauth::SERVICE;
use super::objects::Project;
use super::site::{ADMIN, AGENT, Site};
use super::{ORG_KEY, Options, page};
use crate::model::AccountKind;
use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::Engine as _;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Which of Atlassian's servers an operation belongs to: decides credentials, prefixes and the shape of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    /// `/rest/servicedeskapi`.
    Jsm,
    /// `/rest/api/3`, and the endpoints of the site that nobody documents.
    Jira,
    /// `/wiki/api/v2`.
    Confluence,
    /// `api.atlassian.com/admin`.
    Admin,
    /// `/gateway/api/graphql`.
    Gateway,
}

/// Who sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// No credentials.
    Anonymous,
    /// Credentials that nobody has.
    Unknown,
    /// The built-in site and Jira administrator.
    Admin,
    /// The built-in agent and project administrator.
    Agent,
    /// The holder of the Atlassian organization's API key.
    OrganizationKey,
    /// The service account, by an OAuth token.
    ServiceAccount,
}

impl Caller {
    /// Says who sends these headers; `is_token` knows the OAuth tokens that have not ended.
    pub(super) fn of(headers: &HeaderMap, is_token: impl FnOnce(&str) -> bool) -> Self {
        let Some(value) = headers.get("authorization") else {
            return Self::Anonymous;
        };
        let text = value.to_str().unwrap_or("");
        if text.strip_prefix("Bearer ") == Some(ORG_KEY) {
            return Self::OrganizationKey;
        }
        if let Some(token) = text.strip_prefix("Bearer ") {
            return match is_token(token) {
                true => Self::ServiceAccount,
                false => Self::Unknown,
            };
        }
        let decoded = text
            .strip_prefix("Basic ")
            .and_then(|code| base64::engine::general_purpose::STANDARD.decode(code).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match decoded.as_deref().and_then(|pair| pair.split_once(':')) {
            Some(pair) if pair == ADMIN => Self::Admin,
            Some(pair) if pair == AGENT => Self::Agent,
            _ => Self::Unknown,
        }
    }

    /// Returns the address of the caller's own account, for those who have one.
    pub(super) fn address(self) -> Option<&'static str> {
        match self {
            Self::Admin => Some(ADMIN.0),
            Self::Agent => Some(AGENT.0),
            Self::ServiceAccount => Some(SERVICE),
            _ => None,
        }
    }

    pub(super) fn account(self, site: &Site) -> Option<&Account> {
        let handle = site.accounts.with_email(self.address()?).find(|handle| {
            site.accounts
                .get(*handle)
                .is_some_and(|account| site.is_agent(account))
        })?;
        site.accounts.get(handle)
    }
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) face: Face,
    pub(super) caller: Caller,
    /// Path parameters, decoded.
    pub(super) params: &'a [(String, String)],
    /// Query parameters, decoded, in the order of the request.
    pub(super) query: &'a [(String, String)],
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a Bytes,
    /// The path as it was sent.
    pub(super) path: &'a str,
    /// The origin under which the sandbox is reached.
    pub(super) base: &'a str,
    pub(super) options: &'a Options,
    /// By how many rows a page begins later than asked for.
    pub(super) shift: i8,
}

impl Call<'_> {
    /// Returns how many rows of a list the request leaves out at the front.
    pub(super) fn skips(&self) -> usize {
        self.number("start", self.number("startAt", 0))
    }

    /// Returns where the page of a list really begins, with the rows that came or went before it.
    pub(super) fn position(&self) -> usize {
        self.skips().saturating_add_signed(self.shift.into())
    }

    /// Returns a number that is equal for requests that ask for the same in the name of the same caller.
    pub(super) fn identity(&self, method: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (method, self.path, self.query, self.caller).hash(&mut hasher);
        self.body.hash(&mut hasher);
        hasher.finish()
    }

    pub(super) fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns every value of a repeatable parameter, whether repeated or separated by commas.
    pub(super) fn query_all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b str> {
        self.query
            .iter()
            .filter(move |(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
    }

    /// Returns a number of the query; what is no number counts as left out, as Atlassian tolerates it.
    pub(super) fn number(&self, name: &str, default: usize) -> usize {
        self.query(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.query(name) == Some("true")
    }

    /// Reads the body as a JSON object.
    pub(super) fn json(&self) -> Result<Value, Answer> {
        match serde_json::from_slice(self.body) {
            Ok(value @ Value::Object(_)) => Ok(value),
            _ => Err(self.error(400, "the body is not a JSON object")),
        }
    }

    pub(super) fn is_admin(&self) -> bool {
        matches!(self.caller, Caller::Admin | Caller::ServiceAccount)
    }

    /// Returns who the records say did it.
    pub(super) fn author(&self, site: &Site) -> Option<Author> {
        match self.caller {
            Caller::OrganizationKey => Some(Author::key()),
            caller => site.author(caller.address()?),
        }
    }

    /// Says whether the caller administers a project.
    pub(super) fn administers(&self, site: &Site, project: &Project) -> bool {
        self.is_admin()
            || self
                .caller
                .account(site)
                .is_some_and(|account| site.administers(project, account))
    }

    /// Makes an error answer in the shape of the server that the operation belongs to.
    pub(super) fn error(&self, status: u16, message: &str) -> Answer {
        error(self.face, status, message)
    }

    /// Makes a JSM error with the key that programs match on.
    pub(super) fn keyed_error(&self, status: u16, key: &str, message: &str) -> Answer {
        Answer::json(
            status,
            &json!({"errorMessage": message, "i18nErrorMessage": {"i18nKey": key, "parameters": []}}),
        )
    }
}

/// Makes an error body as atlassian-rest.md, section 11, describes it per server.
pub(super) fn error(face: Face, status: u16, message: &str) -> Answer {
    let body = match face {
        Face::Jsm => json!({
            "errorMessage": message,
            "i18nErrorMessage": {"i18nKey": format!("sd.sandbox.error.{status}"), "parameters": []},
        }),
        Face::Jira => json!({"errorMessages": [message], "errors": {}, "status": status}),
        Face::Confluence => {
            json!({"errors": [{"status": status, "code": code_word(status), "title": message, "detail": null}]})
        }
        Face::Admin if status == 401 || status == 429 => {
            json!({"code": status, "message": message})
        }
        Face::Admin => {
            let code = match status {
                404 => "ADMIN-404-2".to_owned(),
                403 => "ADMIN-403-3".to_owned(),
                409 => "ADMIN-409-28".to_owned(),
                400 => "ADMIN-400-24".to_owned(),
                other => format!("ADMIN-{other}-1"),
            };
            json!({"errors": [{
                "id": "sandbox", "status": status.to_string(), "code": code,
                "title": code_word(status), "detail": message,
            }]})
        }
        Face::Gateway => json!({"code": status, "message": message}),
    };
    Answer::json(status, &body)
}

fn code_word(status: u16) -> &'static str {
    match status {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        409 => "CONFLICT",
        _ => "ERROR",
    }
}

/// The answer to a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides `Content-Type` and what the transport adds.
    pub headers: Vec<(&'static str, String)>,
    /// The body; an empty one is sent without a content type.
    pub body: Vec<u8>,
    /// How many e-mails the real site would have sent.
    pub mails: u64,
    /// Whether it stops in the middle of its body, while the connection stays open.
    pub stalls: bool,
}

/// What an operation gives: a normal answer or a refusal, sent in the same way.
pub(super) type Reply = Result<Answer, Answer>;

impl Answer {
    /// Makes an answer with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string().into_bytes(),
            ..Self::default()
        }
    }

    /// Makes an answer without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(super) fn raw(body: Vec<u8>) -> Self {
        Self {
            status: 200,
            body,
            ..Self::default()
        }
    }
}

fn account_type(account: &Account) -> &'static str {
    match (account.kind, account.service) {
        (AccountKind::PortalOnly, _) => "customer",
        (AccountKind::Atlassian, true) => "app",
        (AccountKind::Atlassian, false) => "atlassian",
    }
}

/// Writes the user object of Jira's own API.
pub(super) fn jira_user(account: &Account, base: &str) -> Value {
    let mut user = json!({
        "self": format!("{base}/rest/api/3/user?accountId={}", page::encoded(&account.id)),
        "accountId": &*account.id,
        "accountType": account_type(account),
        "displayName": &*account.name,
        "active": account.state.is_active(),
        "timeZone": "Etc/UTC",
        "locale": "en_US",
    });
    if !account.email_hidden {
        user["emailAddress"] = json!(&*account.email);
    }
    user
}
