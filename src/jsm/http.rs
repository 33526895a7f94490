//! The one place through which every request passes: concurrency, pace, budget, repeating, timeouts, and what is logged.

use super::call::{Answer, Body, Call, Repeat};
use super::connection::Target;
use super::error::{ApiError, ErrorKind, said};
use super::lost::{self, Told};
use super::pace::{Left, Pace, Signal};
use super::window::Window;
use futures_util::future::BoxFuture;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Client, Method, redirect};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Semaphore;

/// Time and chance, so that tests need neither.
pub trait Clock: Send + Sync {
    /// Returns the time since some fixed moment; it never goes back.
    fn elapsed(&self) -> Duration;
    /// Returns the time, to which a `Retry-After` date is relative.
    fn now(&self) -> SystemTime;
    /// Waits.
    fn sleep(&self, wait: Duration) -> BoxFuture<'_, ()>;
    /// Returns a number in `0.0..1.0` that spreads repeated requests.
    fn jitter(&self) -> f64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// When the first connection of the process asked for the time.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn elapsed(&self) -> Duration {
        BEGAN.elapsed()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(wait))
    }

    fn jitter(&self) -> f64 {
        // The standard library's hasher is seeded at random, which is all the randomness that spreading needs.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

/// The most requests in flight at once, unless the user says otherwise: enough for a service that allows a hundred requests
/// a second and takes a third of a second for each.
pub const CONCURRENCY: usize = 32;

/// The largest body of an answer that is taken in, after decompression: a hundred times the largest page of a list. Many answers
/// are under way at once.
const LARGEST_BODY: usize = 16 << 20;

/// The variables that name a proxy for Atlassian's hosts; the first that is set counts.
pub const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// How requests are made.
#[derive(Clone)]
pub struct Options {
    /// The most requests in flight at once. A connection begins with a few and takes more while the service keeps up.
    pub concurrency: usize,
    /// The most requests a second; `None` leaves the pace to what the service says of its limits.
    pub max_rps: Option<f64>,
    /// The most requests that a connection makes, repeated ones included; `None` is no limit.
    pub budget: Option<u64>,
    /// How often a request is repeated at most.
    pub retries: u32,
    /// How long one attempt may take, its body included.
    pub timeout: Duration,
    /// How long the body of an answer may bring nothing new.
    pub stall: Duration,
    /// How long a request may take with all its attempts and the waits between them.
    pub total: Duration,
    /// The longest wait that a service may ask for; a longer one ends the request.
    pub longest_wait: Duration,
    /// Rows asked for per page; services lower it silently.
    pub page_size: u32,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: CONCURRENCY,
            max_rps: None,
            budget: None,
            retries: 5,
            timeout: Duration::from_secs(60),
            stall: Duration::from_secs(20),
            total: Duration::from_secs(15 * 60),
            longest_wait: Duration::from_secs(300),
            page_size: 100,
            clock: Arc::new(SystemClock),
        }
    }
}

/// An answer before anything was made of it.
struct Raw {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

/// How an attempt ended without an answer.
enum Lost {
    /// It was certainly not sent.
    Unsent(ApiError),
    /// It may have been carried out.
    Maybe(ApiError),
    /// It was not even tried.
    Refused(ApiError),
}

/// The transport, shared by every reader and writer of a connection.
pub(super) struct Http {
    client: Client,
    target: Target,
    /// The variable of the environment that names a proxy, where requests go through one.
    proxy: Option<&'static str>,
    options: Options,
    permits: Semaphore,
    window: Mutex<Window>,
    pace: Mutex<Pace>,
    /// Held by the read, and by the write, that waits for its turn.
    turns: [tokio::sync::Mutex<()>; 2],
    requests: AtomicU64,
    /// Whether the service ever answered, so that one that cannot be reached now is likely to come back.
    answered: AtomicBool,
}

impl Http {
    pub(super) fn new(target: Target, options: Options) -> Result<Self, ApiError> {
        let window = Window::new(options.concurrency);
        Ok(Self {
            client: client(&target, &options)?,
            proxy: proxy(&target),
            permits: Semaphore::new(window.open()),
            window: Mutex::new(window),
            pace: Mutex::new(Pace::new(options.max_rps)),
            turns: Default::default(),
            target,
            options,
            requests: AtomicU64::new(0),
            answered: AtomicBool::new(false),
        })
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// Returns how many requests were made, repeated ones included.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Makes a request, and makes it again where that is safe and may help.
    ///
    /// A service that answers 429, 502, 503 or 504 is asked again after its `Retry-After` or an exponentially growing
    /// pause. What creates something is repeated only while it certainly was not sent: after that, an outcome that is
    /// not known is `Uncertain`, and the caller reads before it repeats. A host that cannot be connected to before it
    /// ever answered is most often a slip in its name, so it is tried once more and no longer.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, ApiError> {
        let url = self.target.url(self, &call).await?;
        // Whether some attempt may have changed the site, so that no later failure can say that nothing happened.
        let mut landed = false;
        let mut attempt = 0;
        let began = self.options.clock.elapsed();
        // A token may end before its time; another one is tried once.
        let mut renewed = false;
        loop {
            let authorization = match self.target.authorize(self, &call).await {
                Ok(authorization) => authorization,
                Err(error) => return Err(uncertain_if(landed, error)),
            };
            let mut retries = self.options.retries;
            let (error, again, asked) =
                match self.attempt(&call, &url, authorization.as_ref()).await {
                    Ok(raw) if (200..300).contains(&raw.status) => return Ok(answer(call, raw)),
                    // The object is gone, and a lost attempt of ours may be why: either way it is as wanted.
                    Ok(raw) if landed && gone(&call, &raw) => return Ok(answer(call, raw)),
                    // Who is not let in has changed nothing.
                    Ok(raw)
                        if raw.status == 401
                            && !renewed
                            && self.target.refused(&call, authorization.as_ref()).await =>
                    {
                        renewed = true;
                        continue;
                    }
                    Ok(raw) => {
                        let busy = matches!(raw.status, 429 | 502..=504);
                        landed |= call.writes && raw.status >= 500;
                        let asked = retry_after(&raw.headers, self.options.clock.now());
                        let error = self.refusal(&call, &raw).with_retry_after(asked);
                        // What was refused for coming too fast was not carried out, whatever it is.
                        let again = raw.status == 429 || busy && call.repeat == Repeat::Always;
                        (error, again, asked)
                    }
                    Err(Lost::Refused(error)) => return Err(uncertain_if(landed, error)),
                    Err(Lost::Unsent(error)) => {
                        if !self.answered.load(Ordering::Relaxed) {
                            retries = retries.min(1);
                        }
                        (error, true, None)
                    }
                    Err(Lost::Maybe(error)) => {
                        landed |= call.writes;
                        (error, call.repeat == Repeat::Always, None)
                    }
                };
            let wait = self.pause(attempt, asked);
            let taken = self.options.clock.elapsed().saturating_sub(began);
            let too_long = wait > self.options.longest_wait || taken + wait > self.options.total;
            if !again || attempt >= retries || too_long {
                return Err(uncertain_if(landed, error));
            }
            attempt += 1;
            tracing::debug!(method = %call.method, path = %call.path, attempt, wait_ms = wait.as_millis() as u64, %error, "again");
            self.options.clock.sleep(wait).await;
        }
    }

    /// Waits as before an attempt that nobody asked to wait for.
    pub(super) async fn rest(&self, attempt: u32) {
        self.options.clock.sleep(self.pause(attempt, None)).await;
    }

    /// Returns how long to wait: what the service asked for as a minimum, else 0.5 s doubling up to 30 s; plus jitter.
    fn pause(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        let grown = Duration::from_millis(500 << attempt.min(6)).min(Duration::from_secs(30));
        let jitter = self.options.clock.jitter();
        match asked {
            // Everybody who was refused at once was told the same time, so a part of a second spreads them.
            Some(asked) => asked + Duration::from_millis(500).mul_f64(jitter),
            None => grown.mul_f64(0.5 + jitter / 2.0),
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        url: &str,
        authorization: Option<&reqwest::header::HeaderValue>,
    ) -> Result<Raw, Lost> {
        let failed = |kind, message: &str| call.error(kind, message);
        let _permit = self.permits.acquire().await.map_err(|_| {
            Lost::Refused(failed(ErrorKind::Unreachable, "the connection is closed"))
        })?;
        self.wait_for_turn(call).await?;
        self.spend(call).map_err(Lost::Refused)?;
        let mut request = self
            .client
            .request(call.method.clone(), url)
            .query(&call.query)
            .header(ACCEPT, "application/json")
            .header("X-ExperimentalApi", "opt-in");
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if call.no_check {
            request = request.header("X-Atlassian-Token", "no-check");
        }
        if let Some(proof) = self.target.proof(call) {
            request = request.header(CONTENT_TYPE, "application/json").body(proof);
        } else if let Some(body) = &call.body {
            request = request.json(body);
        }
        let mut response = request
            .send()
            .await
            .map_err(|error| self.lost(call, error))?;
        self.answered.store(true, Ordering::Relaxed);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.learn(call, status, &headers);
        if call.writes {
            tracing::info!(method = %call.method, path = %call.path, status, "request");
        } else {
            tracing::debug!(method = %call.method, path = %call.path, status, "request");
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = tokio::time::timeout(self.options.stall, response.chunk()).await;
            let Ok(chunk) = chunk else {
                let message = "the answer began and did not go on";
                return Err(Lost::Maybe(call.error(ErrorKind::Unreachable, message)));
            };
            let Some(chunk) = chunk.map_err(|error| self.lost(call, error))? else {
                break;
            };
            if bytes.len() + chunk.len() > LARGEST_BODY {
                let body = Body::Unfit("is larger than 16 MiB");
                return Ok(Raw {
                    status,
                    headers,
                    body,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        let body = match String::from_utf8(bytes) {
            Ok(text) => Body::Text(text),
            // Names with characters replaced would be other names.
            Err(_) => Body::Unfit("is not UTF-8"),
        };
        Ok(Raw {
            status,
            headers,
            body,
        })
    }

    /// Says what became of a request that got no answer: which host, by which proxy, and what to look at.
    fn lost(&self, call: &Call, error: reqwest::Error) -> Lost {
        let (unsent, wrong) = (error.is_connect(), error.is_builder());
        let Told { message, hint } = lost::told(&error, self.proxy);
        let error = call.error(ErrorKind::Unreachable, message).with_hint(hint);
        if wrong {
            Lost::Refused(error)
        } else if unsent {
            Lost::Unsent(error)
        } else {
            Lost::Maybe(error)
        }
    }

    /// Waits until the pace allows a request.
    async fn wait_for_turn(&self, call: &Call) -> Result<(), Lost> {
        // One at a time asks for a turn, so that whoever waits learns of a pace that changed meanwhile.
        let _asks = self.turns[usize::from(call.writes)].lock().await;
        loop {
            let turn = locked(&self.pace).turn(call.writes, self.options.clock.elapsed());
            match turn {
                Ok(()) => return Ok(()),
                Err(wait) if wait > self.options.longest_wait => {
                    let seconds = wait.as_secs();
                    let message = format!("the service wants to be left alone for {seconds} s");
                    return Err(Lost::Refused(call.error(ErrorKind::RateLimited, message)));
                }
                Err(wait) => self.options.clock.sleep(wait).await,
            }
        }
    }

    /// Adapts to what an answer says of the service's limits.
    fn learn(&self, call: &Call, status: u16, headers: &HeaderMap) {
        let refused = status == 429;
        let signal = Signal {
            refused,
            retry_after: retry_after(headers, self.options.clock.now()).filter(|_| refused),
            left: left(headers),
        };
        locked(&self.pace).answered(call.writes, self.options.clock.elapsed(), signal);
        let others_wait = self.permits.available_permits() == 0;
        if locked(&self.window).answered(others_wait, signal.is_strained()) {
            self.permits.add_permits(1);
        }
    }

    /// Counts a request against the budget.
    fn spend(&self, call: &Call) -> Result<(), ApiError> {
        let limit = self.options.budget.unwrap_or(u64::MAX);
        self.requests
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |made| {
                (made < limit).then_some(made + 1)
            })
            .map(drop)
            .map_err(|_| {
                call.error(
                    ErrorKind::BudgetSpent,
                    format!("the budget of {limit} requests is spent"),
                )
            })
    }

    /// Makes an error of an answer that is not a success.
    fn refusal(&self, call: &Call, raw: &Raw) -> ApiError {
        let body = said(raw.body.text());
        let quoted = body.as_ref().filter(|_| !call.described);
        let html = is_html(&raw.headers) || raw.body.text().trim_start().starts_with('<');
        let kind = match raw.status {
            401 => ErrorKind::Unauthorized,
            403 => ErrorKind::Forbidden,
            // A wrong host and a proxy say 404 too, and "it does not exist" must never rest on their word.
            404 if body.is_some() => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            412 => ErrorKind::ExperimentalHeader,
            429 => ErrorKind::RateLimited,
            300..=399 | 404 => ErrorKind::Unreadable,
            400..=499 => ErrorKind::Rejected,
            _ => ErrorKind::Server,
        };
        let message = match (quoted, raw.status) {
            (Some(said), _) => said.message.clone(),
            (None, _) if call.described => "what it said is not shown".to_owned(),
            (None, 300..=399) => format!(
                "a redirect to {}, which is not followed",
                place(&raw.headers)
            ),
            (None, _) if html => "answered HTML instead of JSON".to_owned(),
            (None, _) => "no reason was given".to_owned(),
        };
        let mut error = call
            .error(kind, message)
            .with_status(raw.status)
            .with_request_id(request_id(&raw.headers))
            .with_i18n_key(quoted.and_then(|said| said.i18n_key.clone()));
        if quoted.is_some() {
            error = error.quoted();
        }
        if kind == ErrorKind::Forbidden {
            error = error.with_right(call.right);
        }
        match self.target.hint(call, kind) {
            Some(hint) => error.with_hint(hint),
            None if kind == ErrorKind::Unreadable => {
                error.with_hint("check that the `url` is that of a Jira site; a proxy or a login page may have answered in its place")
            }
            None => error,
        }
    }
}

fn uncertain_if(landed: bool, error: ApiError) -> ApiError {
    // What the service refuses clearly is told as it is; what it did not get to says nothing about an earlier attempt.
    match error.kind() {
        ErrorKind::Unreachable
        | ErrorKind::Server
        | ErrorKind::RateLimited
        | ErrorKind::BudgetSpent
            if landed =>
        {
            error.with_kind(ErrorKind::Uncertain)
        }
        _ => error,
    }
}

fn gone(call: &Call, raw: &Raw) -> bool {
    call.method == Method::DELETE && raw.status == 404 && said(raw.body.text()).is_some()
}

fn answer(call: Call, raw: Raw) -> Answer {
    let (html, request_id) = (is_html(&raw.headers), request_id(&raw.headers));
    Answer::new(call, raw.body, html, request_id)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads how much of a limit is left.
fn left(headers: &HeaderMap) -> Option<Left> {
    let number = |name| header(headers, name)?.trim().parse::<u32>().ok();
    let (limit, remaining) = (number("x-ratelimit-limit"), number("x-ratelimit-remaining"));
    match (limit, remaining) {
        (Some(limit), Some(remaining)) => Some(Left {
            remaining: remaining.into(),
            limit: limit.into(),
        }),
        // Less than a fifth, without a number.
        _ if header(headers, "x-ratelimit-nearlimit") == Some("true") => Some(Left {
            remaining: 19.0,
            limit: 100.0,
        }),
        _ => None,
    }
}

/// A panic elsewhere leaves counts behind that are good enough to go on with.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = header(headers, "x-arequestid").or_else(|| header(headers, "atl-traceid"))?;
    let plain = id.len() <= 100 && id.bytes().all(|b| b.is_ascii_graphic());
    plain.then(|| id.to_owned())
}

fn is_html(headers: &HeaderMap) -> bool {
    header(headers, "content-type").is_some_and(|kind| kind.contains("html"))
}

/// Names the host that a redirect points to, without its path, which may hold what should not be shown.
fn place(headers: &HeaderMap) -> String {
    let host = header(headers, "location")
        .and_then(|location| url::Url::parse(location).ok())
        .and_then(|url| url.host_str().map(|host| format!("`{host}`")));
    host.unwrap_or_else(|| "another page".to_owned())
}

/// Reads `Retry-After`, in seconds or as an HTTP date; a date in the past is no wait.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = header(headers, RETRY_AFTER.as_str())?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Returns the variable by which requests to a target go through a proxy.
fn proxy(target: &Target) -> Option<&'static str> {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match target.has_loopback() {
        true => None,
        false => PROXIES.into_iter().find(set),
    }
}

fn client(target: &Target, options: &Options) -> Result<Client, ApiError> {
    // The provider is a process-wide choice; whoever installed one before is welcome to it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|root| Certificate::from_der(root).ok());
    let mut builder = Client::builder()
        // Merged, not instead: a company's own roots keep working, and a machine without any store works too.
        .tls_certs_merge(roots)
        // A token must not follow a redirect to another host, and no API used here redirects at all.
        .redirect(redirect::Policy::none())
        .timeout(options.timeout)
        .connect_timeout(options.timeout.min(Duration::from_secs(15)))
        .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")));
    if target.has_loopback() {
        // A proxy would see the token of a plain connection.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        ApiError::new(
            ErrorKind::Unreachable,
            format!("the HTTP client cannot be built: {}", error.without_url()),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    fn asked(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        // 1994-11-06 08:49:27 UTC
        retry_after(&headers, UNIX_EPOCH + Duration::from_secs(784_111_767))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            asked("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
    }

    #[test]
    fn jitter_stays_in_its_range() {
        for _ in 0..100 {
            assert!((0.0..1.0).contains(&SystemClock.jitter()));
        }
    }
}
