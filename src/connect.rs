//! From a site of the workspace to a connection: over the network with a token, or to the embedded sandbox.

mod seeding;
mod tokens;

pub use tokens::TokenError;

use crate::config::{self, Loaded, SiteUrl, Workspace};
use crate::diagnostic::Diagnostic;
use crate::emulator::{self, Keeper, Sandbox, Site};
use crate::files::{Lock, Named, Place, Refusal, Root};
use crate::jsm::{ApiError, Auth, Connection, Endpoint, Options};
use crate::model::{Origin, SiteKey};
use crate::seed::{self, SeedError};
use camino::Utf8Path;
use jiff::civil::Date;
use std::io;
use tokens::Tokens;

/// Why a site cannot be talked to.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The site has no `url`.
    #[error("site `{0}` has no `url`")]
    NoUrl(SiteKey),
    /// The environment has no token that may be sent there.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The address is refused, or no client can be built.
    #[error("{0}")]
    Client(#[from] ApiError),
    /// The sandbox's state cannot be read or written, or no port can be had.
    #[error("the sandbox of site `{site}` cannot start: {cause}")]
    Sandbox {
        /// The site.
        site: SiteKey,
        /// The cause.
        cause: io::Error,
    },
    /// Another run, or a server, uses the same sandbox.
    #[error(
        "the sandbox of site `{0}` is in use: by another run, or by a `portcullis sandbox` that still serves (lock file `{1}`)"
    )]
    Busy(SiteKey, String),
    /// The seed has errors.
    #[error("the seed of site `{site}` is invalid")]
    InvalidSeed {
        /// The site.
        site: SiteKey,
        /// What is wrong.
        diagnostics: Vec<Diagnostic>,
        /// The seed's files, for excerpts.
        sources: config::Sources,
    },
    /// The seed cannot become a site.
    #[error("{0}")]
    Seed(#[from] SeedError),
}

/// A site that can be talked to.
#[derive(Debug)]
pub struct Session {
    /// The connection.
    pub connection: Connection,
    /// The id of the Atlassian organization, when the sandbox decides it.
    pub atlassian_id: Option<String>,
    /// What is to be said of a seed that was edited after the embedded sandbox was made from it.
    pub stale_seed: Option<String>,
    sandbox: Option<(Sandbox, StateLock)>,
}

impl Session {
    /// Opens a site. Nothing is sent yet; the embedded sandbox is started, and seeded the first time.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn open(
        workspace: &Workspace,
        key: &SiteKey,
        options: Options,
        today: Date,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConnectError> {
        let site = workspace
            .sites
            .get(key)
            .ok_or_else(|| ConnectError::NoUrl(key.clone()))?;
        let auth = sent_as(site.auth);
        match site.url.as_ref().map(|url| &url.value) {
            None => Err(ConnectError::NoUrl(key.clone())),
            Some(SiteUrl::Remote(url)) => {
                let api_url = site.api_url.as_ref().map(|url| url.value.as_str());
                let connection = remote(key, url.as_str(), api_url, auth, options, lookup)?;
                Ok(Self {
                    connection,
                    atlassian_id: None,
                    stale_seed: None,
                    sandbox: None,
                })
            }
            Some(SiteUrl::Sandbox) => {
                let failed = |cause| ConnectError::Sandbox {
                    site: key.clone(),
                    cause,
                };
                let refused = |refusal: Refusal| failed(refusal.into());
                let state_file = Place::Named(state_file(workspace, key).map_err(refused)?);
                let lock = StateLock::take(&state_file, key)?;
                let seed = site.seed.as_ref().map(|seed| seed.value.as_path());
                let directory = seed.map(|seed| workspace.root.join(seed));
                let (state, edited) =
                    begin_or_go_on(&state_file, directory.as_deref(), key, today)?;
                let stale_seed = seed.filter(|_| edited).map(|seed| stale(seed, &state_file));
                let sandbox_options = emulator::Options {
                    state_file: Some(state_file),
                    ..emulator::Options::default()
                };
                let sandbox = Sandbox::start(state, sandbox_options)
                    .await
                    .map_err(failed)?;
                let tokens = Tokens::sandbox();
                let connection = Connection::open(Endpoint {
                    site_url: sandbox.url(),
                    api_url: None,
                    auth,
                    credentials: tokens.credentials,
                    client: tokens.client,
                    org_key: tokens.org_key,
                    options,
                })?;
                let atlassian_id = Some(sandbox.site().atlassian_organization().to_owned());
                Ok(Self {
                    connection,
                    atlassian_id,
                    stale_seed,
                    sandbox: Some((sandbox, lock)),
                })
            }
        }
    }

    /// Returns what saves the state of the embedded sandbox when the session cannot be closed in order.
    pub fn keeper(&self) -> Option<Keeper> {
        self.sandbox.as_ref().map(|(sandbox, _)| sandbox.keeper())
    }

    /// Ends the session; the sandbox saves its state.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn close(self) -> io::Result<()> {
        if let Some((sandbox, _lock)) = self.sandbox {
            sandbox.stop().await?;
        }
        Ok(())
    }
}

/// How the client sends what the files call a kind of credential.
pub const fn sent_as(auth: config::Auth) -> Auth {
    match auth {
        config::Auth::Classic => Auth::Classic,
        config::Auth::Scoped => Auth::Scoped,
        config::Auth::Oauth => Auth::Oauth,
    }
}

/// Opens a site at an address, with the credentials that the environment has for it. Nothing is sent yet.
///
/// # Errors
/// [`ConnectError::Client`] for an address that may not get a token, [`ConnectError::Token`] where the environment does not
/// let one go there.
pub fn remote(
    key: &SiteKey,
    site_url: &str,
    api_url: Option<&str>,
    auth: Auth,
    options: Options,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Connection, ConnectError> {
    let refused = |field, error| ConnectError::Client(ApiError::refused_address(field, &error));
    let site = Origin::site(site_url).map_err(|error| refused("url", error))?;
    let api = match api_url {
        Some(text) => Some(Origin::api(text).map_err(|error| refused("api_url", error))?),
        None => None,
    };
    let tokens = Tokens::of(key.as_str(), &site, api.as_ref(), lookup)?;
    let connection = Connection::open(Endpoint {
        site_url: site.as_str().to_owned(),
        api_url: api.map(|api| api.as_str().to_owned()),
        auth,
        credentials: tokens.credentials,
        client: tokens.client,
        org_key: tokens.org_key,
        options,
    })?;
    Ok(connection)
}

/// Says how requests to a site that no file describes authenticate: as a service account where the environment has its client id
/// and secret and no API token, else with the token.
pub fn auth_of(key: &SiteKey, lookup: impl Fn(&str) -> Option<String>) -> config::Auth {
    match Tokens::is_client_alone(key.as_str(), lookup) {
        true => config::Auth::Oauth,
        false => config::Auth::Classic,
    }
}

/// That nobody else writes the state file of a sandbox, for as long as this lives.
#[derive(Debug)]
pub struct StateLock {
    /// Held for its lock, which ends with it.
    _lock: Lock,
}

impl StateLock {
    /// Takes the lock beside a state file (`acme.lock` beside `acme.json`), making its directory where there is none.
    ///
    /// # Errors
    /// [`ConnectError::Busy`] while somebody else holds it, [`ConnectError::Sandbox`] when it cannot be made.
    pub fn take(state_file: &Place, site: &SiteKey) -> Result<Self, ConnectError> {
        let place = state_file.with_ending("lock");
        match place.lock() {
            Ok(Some(lock)) => Ok(Self { _lock: lock }),
            Ok(None) => Err(ConnectError::Busy(site.clone(), place.to_string())),
            Err(refusal) => Err(ConnectError::Sandbox {
                site: site.clone(),
                cause: refusal.into(),
            }),
        }
    }
}

/// Returns where a workspace keeps the embedded sandbox of a site.
///
/// # Errors
/// When there is no such workspace.
pub fn state_file(workspace: &Workspace, key: &SiteKey) -> Result<Named, Refusal> {
    let root = Root::open(&workspace.root)?;
    Ok(root.own(format!(".portcullis/sandbox/{key}.json")))
}

/// Returns the state of a sandbox: that of its file, else that of its seed, else an empty site; and whether the seed was edited
/// after the sandbox was made from it.
///
/// # Errors
/// When the state cannot be read, or the seed is invalid.
pub fn begin_or_go_on(
    state_file: &Place,
    seed: Option<&Utf8Path>,
    key: &SiteKey,
    today: Date,
) -> Result<(Site, bool), ConnectError> {
    let failed = |cause| ConnectError::Sandbox {
        site: key.clone(),
        cause,
    };
    let loaded = seed.map(|directory| config::load(directory, seeding::options(today)));
    if state_file.is_there() {
        let state = Site::load(state_file).map_err(failed)?;
        let edited = loaded.is_some_and(|seed| seeding::is_edited(state_file, &seed));
        return Ok((state, edited));
    }
    seeding::begun(state_file, loaded.as_ref());
    let site = match loaded {
        Some(seed) => built(seed, key)?,
        None => Site::empty(key.as_str()),
    };
    Ok((site, false))
}

/// Says that a seed was edited in vain, and what helps.
pub fn stale(seed: &Utf8Path, state_file: &Place) -> String {
    format!(
        "the seed `{seed}` was edited after the sandbox was made from it, and the sandbox keeps its own state: delete `{state_file}` to begin anew"
    )
}

/// Builds a site from a seed directory.
///
/// # Errors
/// When the seed is invalid.
pub fn seed_directory(
    directory: &Utf8Path,
    key: &SiteKey,
    today: Date,
) -> Result<Site, ConnectError> {
    built(config::load(directory, seeding::options(today)), key)
}

fn built(seed: Loaded, key: &SiteKey) -> Result<Site, ConnectError> {
    match seed.workspace {
        Some(workspace) => Ok(seed::build(&workspace, key)?),
        None => Err(ConnectError::InvalidSeed {
            site: key.clone(),
            diagnostics: seed.diagnostics,
            sources: seed.sources,
        }),
    }
}

/// Returns the first part of the host as a key, as `acme` of `https://acme.atlassian.net`.
pub fn key_of(url: &str) -> SiteKey {
    let parsed = url::Url::parse(url).ok();
    let first = parsed
        .as_ref()
        .and_then(url::Url::domain)
        .and_then(|domain| domain.split('.').next())
        .and_then(|first| SiteKey::new(first).ok());
    // An address of numbers has no name in it.
    first.unwrap_or_else(site)
}

#[expect(clippy::expect_used, reason = "`site` is a key")]
fn site() -> SiteKey {
    SiteKey::new("site").expect("`site` is a key")
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn the_key_is_the_first_part_of_the_host() {
        for (url, key) in [
            ("https://acme.atlassian.net", "acme"),
            ("https://acme-dev.atlassian.net/", "acme-dev"),
            ("http://127.0.0.1:8080", "site"),
            ("http://[::1]:8080", "site"),
            ("nothing", "site"),
        ] {
            assert_eq!(key_of(url).as_str(), key, "{url}");
        }
    }
}
