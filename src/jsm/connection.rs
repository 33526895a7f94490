//! From an address and credentials to a reader and a writer; where each request goes and what it carries.

use super::call::{Base, Call};
use super::credentials::{Bearer, ClientCredentials, Credentials, OrgKey};
use super::error::{ApiError, ErrorKind};
use super::http::{Http, Options};
use super::read::Reader;
use super::wire;
use super::write::Writer;
use crate::model::{CloudId, Origin};
use futures_util::future::BoxFuture;
use reqwest::Method;
use reqwest::header::HeaderValue;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};

/// Why a request that would go to the site itself is not sent with OAuth.
const NO_OAUTH: &str = "the site's own origin takes no OAuth token of a service account: neither GraphQL nor described settings endpoints can be reached with `auth: oauth`";

/// The longest that a token is used, whatever the service says: Atlassian's last an hour.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long before its end a token is renewed at the earliest: longer than one attempt may take.
const LONGEST_EARLY: Duration = Duration::from_secs(180);

/// The kind of API token, which decides the addresses that take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Auth {
    /// A token without scopes: the site's own address.
    #[default]
    Classic,
    /// A token with scopes, such as a service account's: the API gateway.
    Scoped,
    /// A service account's client id and secret: the API gateway, with a token that ends and is renewed before it does.
    Oauth,
}

/// A site and how to reach it.
#[derive(Clone)]
pub struct Endpoint {
    /// The site's address: scheme and host.
    pub site_url: String,
    /// The API gateway's address; absent, it is Atlassian's, or the same origin for a site on loopback.
    pub api_url: Option<String>,
    /// The kind of token.
    pub auth: Auth,
    /// Who calls; without it, requests that need an account fail before they are sent.
    pub credentials: Option<Credentials>,
    /// The service account that calls with [`Auth::Oauth`].
    pub client: Option<ClientCredentials>,
    /// The key for the Admin API; without it, requests to that fail before they are sent.
    pub org_key: Option<OrgKey>,
    /// How requests are made.
    pub options: Options,
}

/// A site that can be talked to. Opening one makes no request.
#[derive(Clone)]
pub struct Connection {
    http: Arc<Http>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// Checks the addresses and prepares the client.
    ///
    /// # Errors
    /// `Host` when an address may not receive a token, `Unreachable` when no HTTP client can be built.
    pub fn open(endpoint: Endpoint) -> Result<Self, ApiError> {
        let site = Origin::site(&endpoint.site_url)
            .map_err(|error| ApiError::refused_address("url", &error))?;
        let api = match &endpoint.api_url {
            Some(text) => {
                Origin::api(text).map_err(|error| ApiError::refused_address("api_url", &error))?
            }
            None if site.is_loopback() => site.clone(),
            None => Origin::api("https://api.atlassian.com")
                .map_err(|error| ApiError::refused_address("api_url", &error))?,
        };
        let token_origin =
            Origin::auth(&site).map_err(|error| ApiError::refused_address("url", &error))?;
        let target = Target {
            site,
            api,
            token_origin,
            auth: endpoint.auth,
            credentials: endpoint.credentials,
            client: endpoint.client,
            bearer: Mutex::new(None),
            org_key: endpoint.org_key,
            cloud_id: OnceCell::new(),
        };
        let http = Arc::new(Http::new(target, endpoint.options)?);
        Ok(Self { http })
    }

    /// Returns a reader, which cannot change the site.
    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.http))
    }

    /// Returns a writer.
    pub fn writer(&self) -> Writer {
        Writer::new(Arc::clone(&self.http))
    }

    /// Returns how many requests were made over this connection, repeated ones included.
    pub fn requests(&self) -> u64 {
        self.http.requests()
    }
}

/// Where requests go and what they carry.
pub(super) struct Target {
    site: Origin,
    api: Origin,
    token_origin: Origin,
    auth: Auth,
    credentials: Option<Credentials>,
    client: Option<ClientCredentials>,
    /// The token of the service account; whoever finds that it ends soon gets another one while the rest wait.
    bearer: Mutex<Option<Bearer>>,
    org_key: Option<OrgKey>,
    cloud_id: OnceCell<CloudId>,
}

impl Target {
    pub(super) fn has_loopback(&self) -> bool {
        self.site.is_loopback() || self.api.is_loopback()
    }

    /// Returns the address of a request, without its query.
    pub(super) async fn url(&self, http: &Http, call: &Call) -> Result<String, ApiError> {
        let product = match (call.base, self.auth) {
            (Base::Admin | Base::Api, _) => {
                return Ok(format!("{}{}", self.api.as_str(), call.path));
            }
            (Base::Token, _) => return Ok(format!("{}{}", self.token_origin.as_str(), call.path)),
            (Base::Jira, Auth::Scoped | Auth::Oauth) => "jira",
            (Base::Confluence, Auth::Scoped | Auth::Oauth) => "confluence",
            _ => return Ok(format!("{}{}", self.site.as_str(), call.path)),
        };
        // Whoever has no token learns that, instead of causing a request for the site's id first.
        self.has_credentials(call)?;
        let cloud = self.cloud_id(http).await?;
        let cloud = super::wire::segment(cloud.as_str());
        Ok(format!(
            "{}/ex/{product}/{cloud}{}",
            self.api.as_str(),
            call.path
        ))
    }

    /// Returns the site's id behind the gateway, asked for once and without credentials.
    ///
    /// Boxed because it is itself a request, and [`Http::send`] asks for it.
    pub(super) fn cloud_id<'a>(
        &'a self,
        http: &'a Http,
    ) -> BoxFuture<'a, Result<CloudId, ApiError>> {
        Box::pin(async move {
            let read = || async {
                let answer = http
                    .send(Call::get(Base::Anonymous, "/_edge/tenant_info"))
                    .await?;
                let tenant: wire::TenantInfo = answer.json()?;
                Ok(CloudId::new(tenant.cloud_id))
            };
            self.cloud_id.get_or_try_init(read).await.cloned()
        })
    }

    /// Returns the site's id behind the gateway where it was asked for.
    pub(super) fn known_cloud_id(&self) -> Option<CloudId> {
        self.cloud_id.get().cloned()
    }

    pub(super) fn has_org_key(&self) -> bool {
        self.org_key.is_some()
    }

    /// Returns what proves who a service account is, for the request for its token.
    pub(super) fn proof(&self, call: &Call) -> Option<Vec<u8>> {
        let client = self.client.as_ref().filter(|_| call.base == Base::Token);
        client.map(ClientCredentials::request)
    }

    /// Says whether what a request must carry is there.
    fn has_credentials(&self, call: &Call) -> Result<(), ApiError> {
        if self.auth != Auth::Oauth {
            return self.authorization(call).map(drop);
        }
        match &self.client {
            Some(_) => Ok(()),
            None => Err(call
                .error(
                    ErrorKind::Unauthorized,
                    "there is no client id and secret of a service account",
                )
                .with_hint("set `PORTCULLIS_CLIENT_ID` and `PORTCULLIS_CLIENT_SECRET`; `portcullis doctor` says how to make them")),
        }
    }

    /// Returns the `Authorization` header of a request, if it carries one: with OAuth a token that does not end soon.
    pub(super) async fn authorize(
        &self,
        http: &Http,
        call: &Call,
    ) -> Result<Option<HeaderValue>, ApiError> {
        match (call.base, self.auth) {
            (Base::Site, Auth::Oauth) => Err(call
                .error(ErrorKind::Unauthorized, NO_OAUTH)
                .with_hint("it is read with an API token: `auth: classic`")),
            (Base::Jira | Base::Confluence | Base::Api, Auth::Oauth) => {
                self.has_credentials(call)?;
                let mut bearer = self.bearer.lock().await;
                let now = http.options().clock.elapsed();
                let fresh = match bearer.take().filter(|bearer| bearer.ends > now) {
                    Some(fresh) => fresh,
                    None => self.token(http).await?,
                };
                let header = fresh.header();
                *bearer = Some(fresh);
                let unfit = "the token holds a character that no header can carry";
                let refused = || call.error(ErrorKind::Unauthorized, unfit);
                header.map(Some).ok_or_else(refused)
            }
            _ => self.authorization(call),
        }
    }

    /// Forgets a token that was refused, if it is still the one that is used; says whether another one may help.
    pub(super) async fn refused(&self, call: &Call, used: Option<&HeaderValue>) -> bool {
        if self.auth != Auth::Oauth
            || !matches!(call.base, Base::Jira | Base::Confluence | Base::Api)
        {
            return false;
        }
        let mut bearer = self.bearer.lock().await;
        if bearer.as_ref().and_then(Bearer::header).as_ref() == used {
            *bearer = None;
        }
        true
    }

    /// Asks for a token. It counts as ended a while before it does, so that no request is under way when it ends.
    ///
    /// Boxed because it is itself a request, and [`Http::send`] asks for it.
    fn token<'a>(&'a self, http: &'a Http) -> BoxFuture<'a, Result<Bearer, ApiError>> {
        Box::pin(async move {
            let call = Call {
                method: Method::POST,
                ..Call::get(Base::Token, "/oauth/token")
            };
            let asked = http.options().clock.elapsed();
            let answer = http.send(call).await?;
            let token: wire::Token = answer.json()?;
            let life = Duration::from_secs(token.expires_in).min(LONGEST_LIFE);
            let early = (life / 4).min(LONGEST_EARLY);
            Ok(Bearer::new(token.access_token, asked + life - early))
        })
    }

    /// Returns the `Authorization` header of a request that needs no token to be asked for.
    fn authorization(&self, call: &Call) -> Result<Option<HeaderValue>, ApiError> {
        let header = match call.base {
            Base::Anonymous | Base::Token => return Ok(None),
            Base::Admin => match &self.org_key {
                Some(key) => key.header(),
                None => {
                    return Err(call
                        .error(ErrorKind::Unauthorized, "there is no API key of the Atlassian organization")
                        .with_hint("set `PORTCULLIS_ORG_API_KEY` to a key made by an organization admin; `portcullis doctor` says how"));
                }
            },
            Base::Site | Base::Jira | Base::Confluence | Base::Api => match &self.credentials {
                Some(credentials) => credentials.header(),
                None => {
                    return Err(call
                        .error(
                            ErrorKind::Unauthorized,
                            "there are no credentials for the site",
                        )
                        .with_hint("set `PORTCULLIS_EMAIL` and `PORTCULLIS_API_TOKEN`; `portcullis doctor` says how to make a token"));
                }
            },
        };
        let unfit = "the credentials hold a character that no header can carry";
        match header {
            Some(header) => Ok(Some(header)),
            None => Err(call.error(ErrorKind::Unauthorized, unfit)),
        }
    }

    /// Returns what helps against a refusal.
    pub(super) fn hint(&self, call: &Call, kind: ErrorKind) -> Option<&'static str> {
        match (kind, call.base, self.auth) {
            (ErrorKind::Unauthorized, Base::Admin, _) => Some(
                "`PORTCULLIS_ORG_API_KEY` must be a valid API key made by an organization admin, not an account's API token",
            ),
            (ErrorKind::Unauthorized | ErrorKind::Rejected, Base::Token, _) => Some(
                "check `PORTCULLIS_CLIENT_ID` and `PORTCULLIS_CLIENT_SECRET`: admin.atlassian.com > Directory > Service accounts shows the credentials and when they end",
            ),
            (ErrorKind::Unauthorized, _, Auth::Oauth) => Some(
                "check the scopes of the service account's credentials; a missing scope is answered with 401",
            ),
            (ErrorKind::Unauthorized, _, Auth::Classic) => Some(
                "check the e-mail and the API token, which ends after a year at most; a token with scopes works only with `auth: scoped`",
            ),
            (ErrorKind::Unauthorized, Base::Site, Auth::Scoped) => Some(
                "this route takes no token with scopes: set its surface to `deny`, or use a token without scopes",
            ),
            (ErrorKind::Unauthorized, _, Auth::Scoped) => Some(
                "check the e-mail, the API token, which ends after a year at most, and its scopes; a missing scope is answered with 401, and a token without scopes works only with `auth: classic`",
            ),
            (ErrorKind::Forbidden, Base::Admin, _) => Some(
                "the key must belong to an admin of this Atlassian organization; check its id too",
            ),
            _ => None,
        }
    }
}
