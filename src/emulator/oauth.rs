//! OAuth 2.0 for the sandbox's service account: a client id and a secret are exchanged for a bearer token that ends.
//!
//! A real site's tokens come from another host. They are taken where requests go through the gateway (`/ex/…`, `/jsm/csm/…`),
//! and neither on the site's own origin nor by GraphQL.

use super::accounts::{NewAccount, Role};
use super::call::{Answer, Call};
use super::ids::mix;
use super::site::Site;
use crate::model::Email;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The service account's client id and secret.
pub const OAUTH_CLIENT: (&str, &str) = ("sandbox-client", "sandbox-client-secret");

/// The address of the service account, which is made when it first asks for a token.
pub(super) const SERVICE: &str = "service@sandbox.example";

/// What a token may do.
const SCOPES: &str = "manage:jira-configuration manage:jira-project manage:servicedesk-customer read:jira-user read:jira-work read:servicedesk-request";

/// The tokens that were given out, with the moment at which each ends.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: u64,
    live: HashMap<String, Instant>,
}

impl Tokens {
    /// Says whether a token was given out and has not ended.
    pub(super) fn is_live(&self, token: &str) -> bool {
        self.live
            .get(token)
            .is_some_and(|end| Instant::now() < *end)
    }

    /// Answers a request for a token.
    pub(super) fn give(&mut self, call: &Call<'_>, life: Duration) -> Answer {
        let asked = asked(call);
        let word = |name: &str| asked[name].as_str().unwrap_or("").to_owned();
        if word("grant_type") != "client_credentials" {
            return refused(400, "unsupported_grant_type");
        }
        if (word("client_id").as_str(), word("client_secret").as_str()) != OAUTH_CLIENT {
            return refused(401, "access_denied");
        }
        self.given += 1;
        let token = format!("sandbox-token-{:016x}", mix(self.given));
        let now = Instant::now();
        self.live.retain(|_, end| now < *end);
        self.live.insert(token.clone(), now + life);
        Answer::json(
            200,
            &json!({
                "access_token": token, "expires_in": life.as_secs(), "scope": SCOPES, "token_type": "Bearer",
            }),
        )
    }
}

/// Reads a request, which is JSON or a form.
fn asked(call: &Call<'_>) -> Value {
    serde_json::from_slice(call.body).unwrap_or_else(|_| {
        url::form_urlencoded::parse(call.body)
            .map(|(key, value)| (key.into_owned(), Value::String(value.into_owned())))
            .collect()
    })
}

fn refused(status: u16, error: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": error, "error_description": "The request for a token was refused."}),
    )
}

impl Site {
    /// Makes the service account, a Jira administrator that no person uses, unless it is there.
    pub(super) fn ensure_service_account(&mut self) {
        if let Ok(email) = Email::new(SERVICE)
            && self.accounts.with_email(SERVICE).next().is_none()
        {
            self.add_account(NewAccount {
                name: Some("Sandbox Service Account".to_owned()),
                service: true,
                ..NewAccount::atlassian(email, Role::Admin)
            });
        }
    }
}
